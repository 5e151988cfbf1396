//! Every setting there is: its name, default, range and meaning, in one table.
//!
//! php.ini and the overrides of `Verifier::open` are made from [`SETTINGS`], the README's table is held to it.
//! A value that is out of range is an error, never a silent default: a mistyped limit must not
//! become no limit.

use std::path::{Path, PathBuf};

use crate::client_ip::{Header, TrustedProxies};
use crate::clock::UnixTime;
use crate::development::DevelopmentAllowed;
use crate::phone::Regions;
use crate::proxy::{HttpProxy, HttpProxyError};
use crate::store::{StoreUrl, StoreUrlError};
use crate::types::{Algorithm, IdError, Purpose, Site, is_host_name};

/// One setting, as php.ini knows it behind the prefix `twofactor.`.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Without the prefix.
    pub name: &'static str,
    /// As text.
    pub default: &'static str,
    /// May hold a password: never shown.
    pub secret: bool,
    /// What it does, its unit and its range.
    pub about: &'static str,
}

/// The site's name where none is given: on every installation the same.
pub const DEFAULT_SITE: &str = "default";

macro_rules! settings {
    ($($name:literal, $default:literal, $secret:literal, $about:literal;)*) => {
        /// Every setting there is.
        pub const SETTINGS: &[Setting] = &[
            $(Setting { name: $name, default: $default, secret: $secret, about: $about },)*
        ];
    };
}

settings! {
    "store", "sqlite:/var/lib/twofactor/twofactor.sqlite", true,
        "Where accounts are kept: sqlite:/absolute/path, mysql://user:password@host/database or memory:";
    "site", "default", false,
        "Name of this installation, 1 to 191 bytes; accounts are sealed for it. Never change it later";
    "new_site", "0", false,
        "1: this site may begin in a store that another site has used before, or with a new prefix. Set it for one request, then take it out: it is remembered";
    "issuer", "", false,
        "Name shown in authenticator apps, up to 64 characters without a colon; empty: the site's name";
    "key_file", "", false,
        "Absolute path of the key file; empty: the environment variable TWOFACTOR_KEYS, else a generated file beside the SQLite store";
    "max_attempts", "5", false,
        "Failures of one method before it is blocked, 1 to 20";
    "lockout_seconds", "60", false,
        "Length of the first block in seconds, 1 to 86400";
    "lockout_growth", "2", false,
        "Each further failure multiplies the block by this, 1 to 10. 1: a block of the same length after every max_attempts failures";
    "lockout_max_seconds", "3600", false,
        "Longest block in seconds, 1 to 86400, not less than lockout_seconds";
    "disable_after", "50", false,
        "Failures in a row, or within disable_window_days, that disable a method until it is enrolled anew, up to 100; 0: never. Backup codes are slowed down and never disabled";
    "disable_window_days", "30", false,
        "Days over which failures are counted whatever succeeded between, 0 to 365; 0: only failures in a row count";
    "challenge_ttl", "0", false,
        "Seconds a challenge stays open, 60 to 86400; 0: until it is answered, superseded or ended by a change of factors";
    "totp_window", "1", false,
        "Time steps accepted before and after the current one, 0 to 2";
    "totp_algorithm", "SHA1", false,
        "Hash of new secrets: SHA1, SHA256 or SHA512. Many apps know SHA1 only";
    "totp_digits", "6", false,
        "Digits of new codes, 6 to 8";
    "backup_codes", "10", false,
        "Backup codes a set, 5 to 20";
    "audit_keep_days", "365", false,
        "How long events of the audit and the list of messages are kept, up to 36500 days; 0: for ever. The last event of each account stays";
    "profile", "standard", false,
        "standard or strict. strict leaves out e-mail, which proves a mailbox and not a person";
    "webotp_host", "", false,
        "Host name that sign-in codes by SMS are bound to, such as example.com, so that telephones offer them there and nowhere else; empty: none";
    "phone_regions", "", false,
        "Regions whose numbers get codes, such as \"DE, AT, CH\" (ISO 3166-1); empty: all";
    "phone_regions_blocked", "", false,
        "Regions whose numbers get no codes";
    "phone_unique", "0", false,
        "1: a number that one user has proven is refused to others; 0: families and offices may share one";
    "providers_file", "", false,
        "Absolute path of the file that names the providers of SMS, calls and WhatsApp, with their credentials; empty: the environment variable TWOFACTOR_PROVIDERS, else the store. Not for everybody to read";
    "development", "0", false,
        "1: the provider `development`, which writes codes into a file, may be used. Never on a site that people can reach";
    "http_ca_file", "", false,
        "Absolute path of the certificates that providers are trusted by, in PEM; empty: the system's";
    "http_seconds", "8", false,
        "Longest time one provider is waited for, 1 to 15 seconds";
    "http_proxy", "", true,
        "Proxy through which providers are reached: http://proxy.example:3128 or http://user:password@proxy.example:3128, user and password percent-encoded; empty: none. The environment (HTTP_PROXY) has no say";
    "send_cooldown_seconds", "60", false,
        "Seconds between two codes to one number or address, 10 to 1800";
    "send_per_number_hour", "5", false,
        "Codes to one number or address in any hour, 1 to 100. Here and in the next three, two thirds may be asked for from where no proof of the user has come";
    "send_per_number_day", "10", false,
        "The same in any day, 1 to 1000";
    "send_per_user_hour", "10", false,
        "Codes for one user in any hour, 1 to 100";
    "send_per_user_day", "20", false,
        "The same in any day, 1 to 1000";
    "send_per_ip_hour", "30", false,
        "Codes asked for from one IPv4 address or one 64-bit network of IPv6 in any hour, 1 to 100000. Here and in every budget below that people share, sign-ins from where no proof of the user has come may have half, enrolments, tests and resets a third, and resets half of that";
    "send_per_ip_day", "100", false,
        "The same in any day, 1 to 100000";
    "send_per_range_hour", "30", false,
        "Codes into a range of numbers, all that differ in the last three digits, in any hour, 1 to 100000";
    "send_per_range_day", "60", false,
        "The same in any day, 1 to 100000";
    "send_new_ranges_hour", "100", false,
        "Codes into all new ranges together, where nobody has typed a code back yet, in any hour, 1 to 100000. A number that its user has proven is in none. Raise it while many people enrol";
    "send_new_ranges_day", "300", false,
        "The same in any day, 1 to 100000";
    "send_per_country_hour", "500", false,
        "Codes into one country in any hour, 1 to 100000";
    "send_per_country_day", "1500", false,
        "The same in any day, 1 to 100000";
    "send_per_provider_minute", "60", false,
        "Messages one provider is asked for in any minute, 1 to 100000";
    "send_per_provider_hour", "1000", false,
        "The same in any hour, 1 to 100000";
    "send_per_provider_day", "2000", false,
        "The same in any day, 1 to 100000";
    "send_site_day", "2000", false,
        "Codes the whole site sends by SMS, call and WhatsApp in any day, and as many by e-mail, 1 to 100000: the most a day can cost";
    "trusted_proxies", "", false,
        "Addresses and ranges of your own reverse proxies, such as \"10.0.0.0/8, 2001:db8::7\", and unix: for sockets of this machine: only from them a header is believed that says where a request came from; empty: nothing is believed";
    "trusted_proxies_header", "X-Forwarded-For", false,
        "The header they write: X-Forwarded-For or Forwarded (RFC 7239). The other is never read";
    "code_digits", "6", false,
        "Digits of a code that is sent, 4 to 10; fewer than 6 only where a person reads it aloud";
    "code_checks", "3", false,
        "Guesses a code that is sent survives, 1 to 5";
    "code_login_seconds", "300", false,
        "How long a code that is sent is good for signing in, 60 to 600 seconds";
    "code_verify_seconds", "600", false,
        "How long a code that is sent is good for checking a number or address, 60 to 600 seconds";
    "cli_operators", "1", false,
        "1: who uses PHP on the command line acts on accounts and providers without a factor of their own, and says who and why; 0: where PHP on the command line serves requests (RoadRunner, Swoole, ReactPHP): nobody does";
    "emergency", "", false,
        "From when until when, as two unix times with a slash between them, at most an hour apart, nobody needs a factor of their own to act on accounts and providers: for when nobody can prove one. What is longer is never obeyed. Who signs in needs theirs all the same";
}

/// The setting that somebody meant who wrote `name`, if there is one that differs in one or two letters.
#[must_use]
pub fn similar(name: &str) -> Option<&'static str> {
    let most = name.len().div_ceil(4).min(2);
    SETTINGS
        .iter()
        .map(|setting| (distance(name, setting.name), setting.name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.to_lowercase().chars().take(64).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(line.saturating_add(1));
        for (column, (known, pair)) in other.iter().zip(row.windows(2)).enumerate() {
            let (&[before, above], Some(&left)) = (pair, next.get(column)) else {
                continue;
            };
            let changed = before.saturating_add(usize::from(letter != *known));
            next.push(
                changed
                    .min(above.saturating_add(1))
                    .min(left.saturating_add(1)),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// What is wrong with a setting, and what to do. Never holds the value of a secret one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such setting.
    #[error("there is no setting `{0}`")]
    Unknown(String),
    /// Not a number in range.
    #[error("`{name}` must be a whole number from {least} to {most}")]
    Number {
        /// Which.
        name: &'static str,
        /// Smallest value.
        least: u32,
        /// Largest value.
        most: u32,
    },
    /// The site cannot be an id.
    #[error("`site` {0}")]
    Site(IdError),
    /// The store's URL is wrong.
    #[error("`store`: {0}")]
    Store(#[from] StoreUrlError),
    /// The proxy's address is wrong.
    #[error("`http_proxy` {0}")]
    HttpProxy(#[from] HttpProxyError),
    /// Something else.
    #[error("`{name}` {why}")]
    Value {
        /// Which.
        name: &'static str,
        /// What it must be.
        why: &'static str,
    },
}

/// The limits every rule over an account obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is described in SETTINGS under its own name
pub struct Policy {
    pub max_attempts: u32,
    pub lockout_seconds: u32,
    pub lockout_growth: u32,
    pub lockout_max_seconds: u32,
    pub disable_after: u32,
    pub disable_window_days: u32,
    pub challenge_ttl: u32,
    pub totp_window: u8,
    pub totp_algorithm: Algorithm,
    pub totp_digits: u8,
    pub backup_codes: u8,
    pub code_digits: u8,
    pub code_checks: u8,
    pub code_login_seconds: u32,
    pub code_verify_seconds: u32,
}

impl Policy {
    /// Seconds a code that is sent for that purpose is good.
    #[must_use]
    pub const fn code_seconds(&self, purpose: Purpose) -> u32 {
        match purpose {
            Purpose::Login | Purpose::StepUp => self.code_login_seconds,
            Purpose::VerifyPhone | Purpose::ResetPassword => self.code_verify_seconds,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: 5,
            lockout_seconds: 60,
            lockout_growth: 2,
            lockout_max_seconds: 3600,
            disable_after: 50,
            disable_window_days: 30,
            challenge_ttl: 0,
            totp_window: 1,
            totp_algorithm: Algorithm::Sha1,
            totp_digits: 6,
            backup_codes: 10,
            code_digits: 6,
            code_checks: 3,
            code_login_seconds: 300,
            code_verify_seconds: 600,
        }
    }
}

/// How many codes are sent at most. Each of these holds at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is described in SETTINGS, as `send_…`
pub struct SendLimits {
    pub cooldown_seconds: u32,
    pub number_hour: u32,
    pub number_day: u32,
    pub user_hour: u32,
    pub user_day: u32,
    pub ip_hour: u32,
    pub ip_day: u32,
    pub range_hour: u32,
    pub range_day: u32,
    pub new_ranges_hour: u32,
    pub new_ranges_day: u32,
    pub country_hour: u32,
    pub country_day: u32,
    pub provider_minute: u32,
    pub provider_hour: u32,
    pub provider_day: u32,
    pub site_day: u32,
}

impl Default for SendLimits {
    fn default() -> Self {
        Self {
            cooldown_seconds: 60,
            number_hour: 5,
            number_day: 10,
            // A user with two numbers, or who mistypes a new one, needs more than one number does, but not much.
            user_hour: 10,
            user_day: 20,
            // Behind one address there may be an office that begins its day.
            ip_hour: 30,
            ip_day: 100,
            // A company may own a range. Of enrolments it is ten an hour and twenty a day: two people who use up what
            // their numbers have.
            range_hour: 30,
            range_day: 60,
            // About how many people may enrol.
            new_ranges_hour: 100,
            new_ranges_day: 300,
            // Even a country that everybody lives in leaves something for the others.
            country_hour: 500,
            country_day: 1_500,
            // What a provider's account is asked for at most.
            provider_minute: 60,
            provider_hour: 1_000,
            provider_day: 2_000,
            // The most a day can cost.
            site_day: 2_000,
        }
    }
}

/// A whole, checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    store: StoreUrl,
    site: Site,
    new_site: bool,
    issuer: String,
    issuer_given: bool,
    key_file: Option<PathBuf>,
    policy: Policy,
    strict: bool,
    webotp_host: Option<String>,
    regions: Regions,
    phone_unique: bool,
    providers_file: Option<PathBuf>,
    development: Option<DevelopmentAllowed>,
    http_ca_file: Option<PathBuf>,
    http_seconds: u8,
    http_proxy: Option<HttpProxy>,
    trusted_proxies: TrustedProxies,
    send_limits: SendLimits,
    audit_keep_days: u32,
    cli_operators: bool,
    emergency: Option<(UnixTime, UnixTime)>,
}

struct Values<'a>(Vec<(&'static Setting, &'a str)>);

impl<'a> Values<'a> {
    fn new(given: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ConfigError> {
        let mut values: Vec<(&'static Setting, &'a str)> =
            SETTINGS.iter().map(|s| (s, s.default)).collect();
        for (name, value) in given {
            let slot = values
                .iter_mut()
                .find(|(setting, _)| setting.name == name)
                .ok_or_else(|| ConfigError::Unknown(name.chars().take(64).collect()))?;
            slot.1 = value.trim();
        }
        Ok(Self(values))
    }

    fn text(&self, name: &str) -> &'a str {
        self.0
            .iter()
            .find(|(setting, _)| setting.name == name)
            .map_or("", |(_, value)| value)
    }

    fn number(&self, name: &'static str, least: u32, most: u32) -> Result<u32, ConfigError> {
        let text = self.text(name);
        // `parse` alone would take "+5".
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u32>()
            .ok()
            .filter(|value| digits && (least..=most).contains(value))
            .ok_or(ConfigError::Number { name, least, most })
    }

    fn path(&self, name: &'static str) -> Result<Option<PathBuf>, ConfigError> {
        match self.text(name) {
            "" => Ok(None),
            path if Path::new(path).is_absolute() => Ok(Some(PathBuf::from(path))),
            _ => Err(ConfigError::Value {
                name,
                why: "must be an absolute path",
            }),
        }
    }

    fn interval(&self, name: &'static str) -> Result<Option<(UnixTime, UnixTime)>, ConfigError> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let moment = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            let seconds = text.parse().ok().filter(|_| digits)?;
            UnixTime::new(seconds).ok()
        };
        text.split_once('/')
            .and_then(|(from, until)| Some((moment(from)?, moment(until)?)))
            .map(Some)
            .ok_or(ConfigError::Value {
                name,
                why: "must be two unix times, such as `echo $(date +%s)/$(date -d '+30 minutes' +%s)` \
                      prints",
            })
    }

    fn one_of<T>(
        &self,
        name: &'static str,
        values: &[(&str, T)],
        why: &'static str,
    ) -> Result<T, ConfigError>
    where
        T: Copy,
    {
        let given = self.text(name);
        values
            .iter()
            .find(|(known, _)| *known == given)
            .map(|(_, value)| *value)
            .ok_or(ConfigError::Value { name, why })
    }

    fn small(&self, name: &'static str, least: u8, most: u8) -> Result<u8, ConfigError> {
        let (least, most) = (u32::from(least), u32::from(most));
        u8::try_from(self.number(name, least, most)?).map_err(|_| ConfigError::Number {
            name,
            least,
            most,
        })
    }
}

impl Config {
    /// Checks settings; those not given have their default.
    ///
    /// # Errors
    /// [`ConfigError`] for the first wrong one.
    pub fn parse<'a>(
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ConfigError> {
        let values = Values::new(values)?;
        let site = Site::new(values.text("site")).map_err(ConfigError::Site)?;
        let issuer = match values.text("issuer") {
            "" => site
                .as_str()
                .chars()
                .filter(|c| *c != ':')
                .take(64)
                .collect(),
            given => given.to_owned(),
        };
        if issuer.chars().count() > 64
            || issuer.contains(':')
            || issuer.chars().any(char::is_control)
        {
            return Err(ConfigError::Value {
                name: "issuer",
                why: "must have at most 64 characters, no colon and no control characters",
            });
        }
        let key_file = values.path("key_file")?;
        let policy = Policy {
            max_attempts: values.number("max_attempts", 1, 20)?,
            lockout_seconds: values.number("lockout_seconds", 1, 86_400)?,
            lockout_growth: values.number("lockout_growth", 1, 10)?,
            lockout_max_seconds: values.number("lockout_max_seconds", 1, 86_400)?,
            disable_after: values.number("disable_after", 0, 100)?,
            disable_window_days: values.number("disable_window_days", 0, 365)?,
            challenge_ttl: values.number("challenge_ttl", 0, 86_400)?,
            totp_window: values.small("totp_window", 0, 2)?,
            totp_algorithm: Algorithm::from_name(values.text("totp_algorithm")).ok_or(
                ConfigError::Value {
                    name: "totp_algorithm",
                    why: "must be SHA1, SHA256 or SHA512",
                },
            )?,
            totp_digits: values.small("totp_digits", 6, 8)?,
            backup_codes: values.small("backup_codes", 5, 20)?,
            code_digits: values.small("code_digits", 4, 10)?,
            code_checks: values.small("code_checks", 1, 5)?,
            code_login_seconds: values.number("code_login_seconds", 60, 600)?,
            code_verify_seconds: values.number("code_verify_seconds", 60, 600)?,
        };
        if policy.lockout_max_seconds < policy.lockout_seconds {
            return Err(ConfigError::Value {
                name: "lockout_max_seconds",
                why: "must not be less than `lockout_seconds`",
            });
        }
        if (1..60).contains(&policy.challenge_ttl) {
            return Err(ConfigError::Value {
                name: "challenge_ttl",
                why: "must be 0 or at least 60 seconds: nobody types faster",
            });
        }
        let webotp_host = match values.text("webotp_host") {
            "" => None,
            host if is_host_name(host) => Some(host.to_owned()),
            _ => {
                return Err(ConfigError::Value {
                    name: "webotp_host",
                    why: "must be a host name, without https:// and without a port",
                });
            }
        };
        let regions = |allowed: &str, blocked: &str, name| {
            Regions::parse(allowed, blocked).map_err(|_| ConfigError::Value {
                name,
                why: "must be regions of ISO 3166-1, such as \"DE, AT, GB\"",
            })
        };
        let blocked = values.text("phone_regions_blocked");
        regions("", blocked, "phone_regions_blocked")?;
        let regions = regions(values.text("phone_regions"), blocked, "phone_regions")?;
        const SWITCH: &str = "must be 0 or 1";
        let switch = |name| values.one_of(name, &[("0", false), ("1", true)], SWITCH);
        switch("development")?;
        let header = values.one_of(
            "trusted_proxies_header",
            &[
                ("X-Forwarded-For", Header::XForwardedFor),
                ("Forwarded", Header::Forwarded),
            ],
            "must be X-Forwarded-For or Forwarded",
        )?;
        Ok(Self {
            store: StoreUrl::parse(values.text("store"))?,
            site,
            issuer,
            issuer_given: !values.text("issuer").is_empty(),
            key_file,
            policy,
            strict: values.one_of(
                "profile",
                &[("standard", false), ("strict", true)],
                "must be standard or strict",
            )?,
            webotp_host,
            regions,
            new_site: switch("new_site")?,
            phone_unique: switch("phone_unique")?,
            providers_file: values.path("providers_file")?,
            development: DevelopmentAllowed::from_setting(values.text("development")),
            http_ca_file: values.path("http_ca_file")?,
            http_seconds: values.small("http_seconds", 1, 15)?,
            http_proxy: match values.text("http_proxy") {
                "" => None,
                text => Some(HttpProxy::parse(text)?),
            },
            audit_keep_days: values.number("audit_keep_days", 0, 36_500)?,
            send_limits: SendLimits {
                cooldown_seconds: values.number("send_cooldown_seconds", 10, 1_800)?,
                number_hour: values.number("send_per_number_hour", 1, 100)?,
                number_day: values.number("send_per_number_day", 1, 1_000)?,
                user_hour: values.number("send_per_user_hour", 1, 100)?,
                user_day: values.number("send_per_user_day", 1, 1_000)?,
                ip_hour: values.number("send_per_ip_hour", 1, 100_000)?,
                ip_day: values.number("send_per_ip_day", 1, 100_000)?,
                range_hour: values.number("send_per_range_hour", 1, 100_000)?,
                range_day: values.number("send_per_range_day", 1, 100_000)?,
                new_ranges_hour: values.number("send_new_ranges_hour", 1, 100_000)?,
                new_ranges_day: values.number("send_new_ranges_day", 1, 100_000)?,
                country_hour: values.number("send_per_country_hour", 1, 100_000)?,
                country_day: values.number("send_per_country_day", 1, 100_000)?,
                provider_minute: values.number("send_per_provider_minute", 1, 100_000)?,
                provider_hour: values.number("send_per_provider_hour", 1, 100_000)?,
                provider_day: values.number("send_per_provider_day", 1, 100_000)?,
                site_day: values.number("send_site_day", 1, 100_000)?,
            },
            trusted_proxies: TrustedProxies::parse(values.text("trusted_proxies"), header).ok_or(
                ConfigError::Value {
                    name: "trusted_proxies",
                    why: "must be up to 64 addresses and ranges, such as \"10.0.0.0/8, 2001:db8::7, unix:\", without bits behind a prefix and never everybody",
                },
            )?,
            cli_operators: switch("cli_operators")?,
            emergency: values.interval("emergency")?,
        })
    }

    /// Where accounts are kept.
    #[must_use]
    pub const fn store(&self) -> &StoreUrl {
        &self.store
    }

    /// The installation.
    #[must_use]
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// The operator says that this site begins in this store.
    #[must_use]
    pub const fn is_new_site(&self) -> bool {
        self.new_site
    }

    /// The name authenticator apps show.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// That name was given, and is not the site's for want of another.
    #[must_use]
    pub const fn has_issuer(&self) -> bool {
        self.issuer_given
    }

    /// The key file, if one is named.
    #[must_use]
    pub fn key_file(&self) -> Option<&Path> {
        self.key_file.as_deref()
    }

    /// The limits.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// E-mail proves nothing here.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.strict
    }

    /// What codes by SMS are bound to.
    #[must_use]
    pub fn webotp_host(&self) -> Option<&str> {
        self.webotp_host.as_deref()
    }

    /// Whose numbers get codes.
    #[must_use]
    pub const fn regions(&self) -> &Regions {
        &self.regions
    }

    /// A number belongs to one user.
    #[must_use]
    pub const fn phone_is_unique(&self) -> bool {
        self.phone_unique
    }

    /// The command line is the operator's.
    #[must_use]
    pub const fn cli_operators(&self) -> bool {
        self.cli_operators
    }

    /// From when until when operators need no factor, if that is short enough.
    #[must_use]
    pub const fn emergency(&self) -> Option<(UnixTime, UnixTime)> {
        self.emergency
    }

    /// The file of providers, if one is named.
    #[must_use]
    pub fn providers_file(&self) -> Option<&Path> {
        self.providers_file.as_deref()
    }

    /// Whether codes may be written into a file.
    #[must_use]
    pub const fn development(&self) -> Option<&DevelopmentAllowed> {
        self.development.as_ref()
    }

    /// The certificates of providers, if others than the system's.
    #[must_use]
    pub fn http_ca_file(&self) -> Option<&Path> {
        self.http_ca_file.as_deref()
    }

    /// Longest wait for one provider.
    #[must_use]
    pub const fn http_seconds(&self) -> u8 {
        self.http_seconds
    }

    /// The proxy through which providers are reached.
    #[must_use]
    pub const fn http_proxy(&self) -> Option<&HttpProxy> {
        self.http_proxy.as_ref()
    }

    /// Days that events and messages are kept; 0: for ever.
    #[must_use]
    pub const fn audit_keep_days(&self) -> u32 {
        self.audit_keep_days
    }

    /// How many codes are sent at most.
    #[must_use]
    pub const fn send_limits(&self) -> &SendLimits {
        &self.send_limits
    }

    /// Whose word counts about where a request came from.
    #[must_use]
    pub const fn trusted_proxies(&self) -> &TrustedProxies {
        &self.trusted_proxies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_those_of_the_policy() {
        let config = Config::parse([]).unwrap();
        assert_eq!(config.policy(), &Policy::default());
        assert_eq!(config.send_limits(), &SendLimits::default());
        assert_eq!(config.issuer(), "default");
        assert_eq!(config.site().as_str(), DEFAULT_SITE);
    }

    #[test]
    fn a_wrong_value_is_an_error_and_not_a_default() {
        for (name, value) in [
            ("max_attempts", "0"),
            ("max_attempts", "+5"),
            ("max_attempts", "5.0"),
            ("max_attempts", ""),
            ("max_attempts", "٥"),
            ("max_attempts", "99999999999999999999"),
            ("disable_after", "-1"),
            ("totp_digits", "5"),
            ("totp_algorithm", "MD5"),
            ("totp_algorithm", "sha1"),
            ("totp_window", "3"),
            ("challenge_ttl", "10"),
            ("lockout_max_seconds", "30"),
            ("site", ""),
            ("new_site", "yes"),
            ("issuer", "a:b"),
            ("key_file", "relative/path"),
            ("store", "sqlite:relative"),
            ("profile", "lax"),
            ("webotp_host", "https://example.com"),
            ("webotp_host", "example.com:443"),
            ("phone_regions", "DE, Atlantis"),
            ("phone_regions_blocked", "X1"),
            ("phone_unique", "yes"),
            ("development", "true"),
            ("providers_file", "providers.json"),
            ("http_ca_file", "ca.pem"),
            ("http_seconds", "0"),
            ("http_proxy", "proxy.example:3128"),
            ("http_proxy", "socks5://proxy.example:1080"),
            ("trusted_proxies", "10.0.0.1/8"),
            ("trusted_proxies", "0.0.0.0/0"),
            ("trusted_proxies", "proxy.example.com"),
            ("trusted_proxies_header", "X-Real-IP"),
            ("code_digits", "3"),
            ("code_checks", "6"),
            ("nonsense", "1"),
        ] {
            let error = Config::parse([(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn every_limit_of_sending_is_a_number_in_its_bounds_and_none_is_no_limit() {
        let limits: Vec<_> = SETTINGS
            .iter()
            .filter(|setting| setting.name.starts_with("send_"))
            .collect();
        assert_eq!(limits.len(), 17);
        for limit in limits {
            let (least, most) = match limit.name {
                "send_cooldown_seconds" => (10, 1_800),
                "send_per_number_hour" | "send_per_user_hour" => (1, 100),
                "send_per_number_day" | "send_per_user_day" => (1, 1_000),
                _ => (1, 100_000),
            };
            assert!(
                limit.about.contains(&format!("{least} to {most}"))
                    || limit.about.starts_with("The same")
            );
            for right in [least, most] {
                let config = Config::parse([(limit.name, right.to_string().as_str())]).unwrap();
                // It is this one that it changes, and no other.
                let fields = |limits: &SendLimits| -> Vec<String> {
                    let all = format!("{limits:?}");
                    let inside = all
                        .trim_start_matches("SendLimits { ")
                        .trim_end_matches(" }");
                    inside.split(", ").map(str::to_owned).collect()
                };
                let before = fields(&SendLimits::default());
                let mut now = fields(config.send_limits());
                now.retain(|field| !before.contains(field));
                let field = limit.name.trim_start_matches("send_");
                let field = field.trim_start_matches("per_");
                assert_eq!(now, [format!("{field}: {right}")]);
            }
            let (below, above) = ((least - 1).to_string(), (most + 1).to_string());
            for wrong in [
                below.as_str(),
                &above,
                "",
                "-1",
                "+5",
                "5.0",
                "1e3",
                "0x10",
                "many",
                "unlimited",
                "4294967297",
            ] {
                let error = Config::parse([(limit.name, wrong)])
                    .unwrap_err()
                    .to_string();
                let expected = format!(
                    "`{}` must be a whole number from {least} to {most}",
                    limit.name
                );
                assert_eq!(error, expected);
            }
        }
    }

    #[test]
    fn a_mistyped_name_has_one_that_was_meant() {
        for (name, meant) in [
            ("max_atempts", Some("max_attempts")),
            ("MAX_ATTEMPTS", Some("max_attempts")),
            ("max-attempts", Some("max_attempts")),
            ("maxattempts", Some("max_attempts")),
            ("stor", Some("store")),
            ("keyfile", Some("key_file")),
            ("send_per_numbr_hour", Some("send_per_number_hour")),
            ("something_else", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(similar(name), meant, "{name}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn no_error_and_no_dump_shows_a_password() {
        for (name, value) in [
            ("store", "mysql://u:hunter2@/"),
            ("http_proxy", "http://u:hunter2@proxy.example"),
            ("http_proxy", "http://u:hunter2@3128@proxy.example:3128"),
        ] {
            let error = Config::parse([(name, value)]).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        let url = "http://u:hunter2@proxy.example:3128";
        let config = Config::parse([("http_proxy", url)]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("proxy.example:3128") && !shown.contains("hunter2"));
    }
}
