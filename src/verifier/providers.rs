//! Which providers a site has: what a list says, and what is made of it.
//!
//! The list is in JSON, the provider to be asked first comes first:
//!
//! ```json
//! [
//!     {"provider": "twilio-verify", "user": "SK…", "secret": "…", "service": "VA…", "channels": ["sms", "voice"]},
//!     {"provider": "sns", "access_key": "AKIA…", "secret": "…", "region": "eu-central-1"}
//! ]
//! ```
//!
//! It holds credentials, so no error repeats a word of it: a place in it has to do. It comes from the
//! file that `twofactor.providers_file` names; without one from the environment; without that from the
//! store, sealed ([`super::directory`]).

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::Error;
use super::provider_config::{self, Kind, MOST_BYTES, MOST_NAME_BYTES, Written, is_name};
use crate::config::Config;
use crate::sms::development::Development;
use crate::sms::gateway::{Gateway, GatewaySettings, PinnedKey, Signing};
use crate::sms::http::HttpSettings;
use crate::sms::sns::{Sns, SnsSettings};
use crate::sms::twilio::messaging::{MessagingSettings, Sender, TwilioMessaging, WhatsApp};
use crate::sms::twilio::verify::{TwilioVerify, VerifySettings};
use crate::sms::twilio::{self, Login};
use crate::sms::{Channel, Provider};

/// The environment variable.
pub const VARIABLE: &str = "TWOFACTOR_PROVIDERS";

/// Where the list comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderSource {
    /// The file that the configuration names.
    File,
    /// The environment.
    Environment,
    /// The store.
    Store,
}

impl ProviderSource {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::Store => "store",
        }
    }
}

/// A list that was read when the process started. Redacts itself.
#[derive(Clone)]
pub enum ProviderList {
    /// The text of the file that the configuration names.
    File(Zeroizing<Vec<u8>>),
    /// The text in the environment.
    Environment(Zeroizing<Vec<u8>>),
}

impl fmt::Debug for ProviderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderList(<redacted>)")
    }
}

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
    service_unproven: Option<String>,
    from: Option<String>,
    messaging_service: Option<String>,
    voice_from: Option<String>,
    whatsapp_from: Option<String>,
    whatsapp_template: Option<String>,
    whatsapp_variable: Option<String>,
    status_callback: Option<String>,
    auth_token: Option<Secret>,
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

/// Where the list comes from, and what it says.
pub struct Opened {
    /// Whence.
    pub source: ProviderSource,
    /// The same for operators.
    pub place: String,
    /// What it says; nothing yet if it is in the store.
    pub made: Vec<(Written, Provider)>,
}

/// Where the list comes from, and what it says if that is settled for the life of the process. Nobody is
/// asked anything.
///
/// # Errors
/// [`Error::Configuration`], with advice and without a word of the list.
pub fn open(config: &Config, given: Option<ProviderList>) -> Result<Opened, Error> {
    let (source, place, text) = match (config.providers_file(), given) {
        (Some(path), given) => {
            let place = path.display().to_string();
            let text = match given {
                Some(ProviderList::File(text)) => text,
                _ => read(path).map_err(|why| Error::Configuration(format!("{place}: {why}")))?,
            };
            (ProviderSource::File, place, text)
        }
        (None, Some(ProviderList::Environment(text))) => {
            let place = format!("the environment variable {VARIABLE}");
            (ProviderSource::Environment, place, text)
        }
        (None, _) => {
            return Ok(Opened {
                source: ProviderSource::Store,
                place: "the store".to_owned(),
                made: Vec::new(),
            });
        }
    };
    match listed(&text, config) {
        Ok(made) => Ok(Opened {
            source,
            place,
            made,
        }),
        Err(why) => Err(Error::Configuration(format!("{place}: {why}"))),
    }
}

fn listed(text: &[u8], config: &Config) -> Result<Vec<(Written, Provider)>, String> {
    let entries: Vec<Entry> =
        serde_json::from_slice(text).map_err(|error| provider_config::no_list(&error))?;
    let mut providers: Vec<(Written, Provider)> = Vec::with_capacity(entries.len());
    for (place, (entry, written)) in entries
        .into_iter()
        .zip(provider_config::from_json(text)?)
        .enumerate()
    {
        let kind = entry.provider;
        let name = entry.name.as_deref().unwrap_or(kind.name());
        let place = place.saturating_add(1);
        if !is_name(name) || providers.iter().any(|(known, _)| known.name() == name) {
            return Err(format!(
                "entry {place}: its name must be its own, 1 to {MOST_NAME_BYTES} letters, digits and dashes"
            ));
        }
        let provider =
            make(entry, config).map_err(|why| format!("entry {place} ({}): {why}", kind.name()))?;
        providers.push((written, provider));
    }
    Ok(providers)
}

/// Makes one provider. Nobody is asked anything.
///
/// # Errors
/// What is wrong, for operators, without a value.
pub fn build(written: &Written, config: &Config) -> Result<Provider, String> {
    let mut settings = written.clone();
    settings.confirm();
    let text = settings.to_json()?;
    let entry: Entry = serde_json::from_slice(&text)
        .map_err(|_| "it has a setting that this version does not know".to_owned())?;
    make(entry, config)
}

/// Reads a file of providers.
///
/// # Errors
/// Why not, for operators.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
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
    let fits = usize::try_from(size)
        .ok()
        .filter(|size| *size <= MOST_BYTES);
    let fits = fits.ok_or("is too long for a list of providers")?;
    // One allocation of the right size: growing would leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(fits.saturating_add(1)));
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
        proxy: config.http_proxy().cloned(),
        whole: Duration::from_secs(config.http_seconds().into()),
        ..HttpSettings::default()
    };
    Ok(match entry.provider {
        Kind::TwilioVerify => {
            Provider::Verification(Box::new(TwilioVerify::new(&VerifySettings {
                login: login(entry.user, entry.secret)?,
                service: needed(entry.service, "service")?,
                service_unproven: entry.service_unproven,
                channels: if entry.channels.is_empty() {
                    vec![Channel::Sms]
                } else {
                    entry.channels.iter().map(|way| channel(*way)).collect()
                },
                base: entry.url.unwrap_or_else(|| twilio::verify::BASE.to_owned()),
                http,
            })?))
        }
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
            Provider::Message(Box::new(TwilioMessaging::new(MessagingSettings {
                login: login(entry.user, entry.secret)?,
                account: needed(entry.account, "account")?,
                sms,
                whatsapp,
                voice: entry.voice_from,
                status_callback: entry.status_callback,
                auth_token: entry.auth_token.map(|token| token.0),
                validity: entry.validity,
                base: entry
                    .url
                    .unwrap_or_else(|| twilio::messaging::BASE.to_owned()),
                http,
            })?))
        }
        Kind::Sns => Provider::Message(Box::new(Sns::new(SnsSettings {
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
            Provider::Verification(Box::new(Gateway::new(GatewaySettings {
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
            Provider::Message(Box::new(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_that_a_file_may_have_can_be_saved() {
        let error = serde_json::from_str::<Entry>(r#"{"?": 1}"#).err().unwrap();
        let error = error.to_string();
        let names: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert!(names.len() > 20 && names.contains(&"secret"), "{error}");
        for name in names {
            if matches!(name, "provider" | "name") {
                continue;
            }
            let has = |kind: &str| {
                let kind = provider_config::Value::Text(Zeroizing::new(kind.to_owned()));
                let changes = vec![("provider".to_owned(), Some(kind)), (name.to_owned(), None)];
                Written::changed(None, "x", &changes).is_ok()
            };
            let kinds = [
                "twilio-verify",
                "twilio-messaging",
                "sns",
                "gateway",
                "development",
            ];
            assert!(kinds.into_iter().any(has), "{name}");
        }
    }
}
