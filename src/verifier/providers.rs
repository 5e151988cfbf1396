//! Which providers a site has: what its file says.
//!
//! The file is a list in JSON, the provider to be asked first comes first:
//!
//! ```json
//! [
//!     {"provider": "twilio-verify", "user": "SK…", "secret": "…", "service": "VA…", "channels": ["sms", "voice"]},
//!     {"provider": "sns", "access_key": "AKIA…", "secret": "…", "region": "eu-central-1"}
//! ]
//! ```
//!
//! It holds credentials, so no error repeats a word of it: a place in it has to do.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::Error;
use super::courier::{Couriers, Provider};
use crate::config::Config;
use crate::sms::Channel;
use crate::sms::development::Development;
use crate::sms::gateway::{Gateway, GatewaySettings, PinnedKey, Signing};
use crate::sms::http::HttpSettings;
use crate::sms::sns::{Sns, SnsSettings};
use crate::sms::twilio::messaging::{MessagingSettings, Sender, TwilioMessaging, WhatsApp};
use crate::sms::twilio::verify::{TwilioVerify, VerifySettings};
use crate::sms::twilio::{self, Login};

/// Longest file that is read.
const MOST_BYTES: u64 = 64 * 1024;

/// Longest name of a provider.
const MOST_NAME_BYTES: usize = 32;

/// One entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Which kind.
    provider: Kind,
    /// What the audit and the list of messages call it; its kind if nothing is said.
    name: Option<String>,
    #[serde(default)]
    channels: Vec<Way>,
    user: Option<Secret>,
    secret: Option<Secret>,
    account: Option<String>,
    service: Option<String>,
    from: Option<String>,
    messaging_service: Option<String>,
    voice_from: Option<String>,
    whatsapp_from: Option<String>,
    whatsapp_template: Option<String>,
    whatsapp_variable: Option<String>,
    status_callback: Option<String>,
    validity: Option<u32>,
    access_key: Option<Secret>,
    session_token: Option<Secret>,
    region: Option<String>,
    sender_id: Option<String>,
    max_price: Option<String>,
    url: Option<String>,
    licence_key: Option<Secret>,
    site_url: Option<String>,
    module: Option<String>,
    signature: Option<Signature>,
    #[serde(default)]
    keys: Vec<String>,
    file: Option<PathBuf>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    TwilioVerify,
    TwilioMessaging,
    Sns,
    Gateway,
    Development,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Way {
    Sms,
    Voice,
    WhatsApp,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Signature {
    Require,
    Legacy,
}

/// A text that is wiped.
struct Secret(Zeroizing<String>);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::TwilioVerify => "twilio-verify",
            Self::TwilioMessaging => "twilio-messaging",
            Self::Sns => "sns",
            Self::Gateway => "gateway",
            Self::Development => "development",
        }
    }
}

/// Makes the providers that the configuration names, in their order. Nobody is asked anything.
///
/// # Errors
/// [`Error::Configuration`], with advice and without a word of the file.
pub fn open(config: &Config) -> Result<Couriers, Error> {
    let Some(path) = config.providers_file() else {
        return Ok(Couriers::default());
    };
    let wrong = |why: &str| Error::Configuration(format!("{}: {why}", path.display()));
    let text = read(path).map_err(|why| wrong(&why))?;
    let entries: Vec<Entry> = serde_json::from_slice(&text).map_err(|error| {
        wrong(&format!(
            "line {}, column {} is not what a list of providers may have there",
            error.line(),
            error.column()
        ))
    })?;
    let mut providers: Vec<(String, Provider)> = Vec::with_capacity(entries.len());
    for (place, entry) in entries.into_iter().enumerate() {
        let kind = entry.provider;
        let name = entry.name.clone().unwrap_or_else(|| kind.name().to_owned());
        let place = place.saturating_add(1);
        if !is_name(&name) || providers.iter().any(|(known, _)| *known == name) {
            return Err(wrong(&format!(
                "entry {place}: its name must be its own, 1 to {MOST_NAME_BYTES} letters, digits and dashes"
            )));
        }
        let provider = make(entry, config)
            .map_err(|why| wrong(&format!("entry {place} ({}): {why}", kind.name())))?;
        providers.push((name, provider));
    }
    Ok(Couriers::new(providers))
}

fn is_name(text: &str) -> bool {
    (1..=MOST_NAME_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut file = File::open(path).map_err(|error| format!("cannot be read ({error})"))?;
    let facts = file
        .metadata()
        .map_err(|error| format!("cannot be read ({error})"))?;
    if !facts.is_file() {
        return Err("is not a file".to_owned());
    }
    if facts.mode() & 0o007 != 0 {
        return Err("every user of this machine may read it: set its mode to 0640".to_owned());
    }
    let size = facts.len();
    if size > MOST_BYTES {
        return Err("is too long for a list of providers".to_owned());
    }
    // One allocation of the right size: growing would leave copies behind.
    let capacity = usize::try_from(size).unwrap_or(0).saturating_add(1);
    let mut text = Zeroizing::new(Vec::with_capacity(capacity));
    Read::by_ref(&mut file)
        .take(size)
        .read_to_end(&mut text)
        .map_err(|error| format!("cannot be read ({error})"))?;
    Ok(text)
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("`{name}` is missing"))
}

fn make(entry: Entry, config: &Config) -> Result<Provider, String> {
    let http = HttpSettings {
        ca_file: config.http_ca_file().map(Path::to_owned),
        whole: Duration::from_secs(config.http_seconds().into()),
        ..HttpSettings::default()
    };
    Ok(match entry.provider {
        Kind::TwilioVerify => Provider::Checker(Box::new(TwilioVerify::new(&VerifySettings {
            login: login(entry.user, entry.secret)?,
            service: needed(entry.service, "service")?,
            channels: if entry.channels.is_empty() {
                vec![Channel::Sms]
            } else {
                entry.channels.iter().map(|way| channel(*way)).collect()
            },
            base: entry.url.unwrap_or_else(|| twilio::verify::BASE.to_owned()),
            http,
        })?)),
        Kind::TwilioMessaging => {
            let sms = match (entry.from, entry.messaging_service) {
                (Some(from), None) => Some(Sender::From(from)),
                (None, Some(service)) => Some(Sender::Service(service)),
                (None, None) => None,
                (Some(_), Some(_)) => {
                    return Err("give `from` or `messaging_service`, not both".to_owned());
                }
            };
            let whatsapp = match (entry.whatsapp_from, entry.whatsapp_template) {
                (Some(from), Some(template)) => Some(WhatsApp {
                    sender: Sender::From(from),
                    template,
                    variable: entry.whatsapp_variable.unwrap_or_else(|| "1".to_owned()),
                }),
                (None, None) => None,
                _ => {
                    return Err(
                        "`whatsapp_from` and `whatsapp_template` belong together".to_owned()
                    );
                }
            };
            Provider::Carrier(Box::new(TwilioMessaging::new(MessagingSettings {
                login: login(entry.user, entry.secret)?,
                account: needed(entry.account, "account")?,
                sms,
                whatsapp,
                voice: entry.voice_from,
                status_callback: entry.status_callback,
                validity: entry.validity,
                base: entry
                    .url
                    .unwrap_or_else(|| twilio::messaging::BASE.to_owned()),
                http,
            })?))
        }
        Kind::Sns => Provider::Carrier(Box::new(Sns::new(SnsSettings {
            access_key: needed(entry.access_key, "access_key")?.0,
            secret: needed(entry.secret, "secret")?.0,
            session_token: entry.session_token.map(|token| token.0),
            region: needed(entry.region, "region")?,
            endpoint: entry.url,
            sender_id: entry.sender_id,
            max_price: entry.max_price,
            http,
        })?)),
        Kind::Gateway => {
            let keys = entry
                .keys
                .iter()
                .map(|line| PinnedKey::parse(line))
                .collect::<Result<Vec<_>, _>>()?;
            Provider::Checker(Box::new(Gateway::new(GatewaySettings {
                url: needed(entry.url, "url")?,
                licence_key: needed(entry.licence_key, "licence_key")?.0,
                site_url: needed(entry.site_url, "site_url")?,
                module: entry.module.unwrap_or_else(|| "TwoFactor".to_owned()),
                signing: match entry.signature {
                    Some(Signature::Legacy) => Signing::Legacy,
                    Some(Signature::Require) | None => Signing::Require,
                },
                keys,
                http,
            })?))
        }
        Kind::Development => {
            let allowed = config
                .development()
                .ok_or("it writes codes into a file, and twofactor.development is not 1")?;
            let file = needed(entry.file, "file")?;
            Provider::Carrier(Box::new(
                Development::new(allowed.clone(), &file).map_err(|error| error.to_string())?,
            ))
        }
    })
}

fn login(user: Option<Secret>, secret: Option<Secret>) -> Result<Login, String> {
    Ok(Login {
        user: needed(user, "user")?.0.to_string(),
        secret: needed(secret, "secret")?.0,
    })
}

const fn channel(way: Way) -> Channel {
    match way {
        Way::Sms => Channel::Sms,
        Way::Voice => Channel::Voice,
        Way::WhatsApp => Channel::WhatsApp,
    }
}
