//! The texts of all settings, and what is read from them. A reader is given the name of its setting and sees the
//! others, where one cannot be read without another.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::key_place::KeyPlace;
use super::profile::{Departure, Profile};
use super::setting::Setting;
use crate::client_ip::{Header, TrustedProxies};
use crate::clock::UnixTime;
use crate::development::DevelopmentAllowed;
use crate::phone::Regions;
use crate::proxy::HttpProxy;
use crate::store::StoreUrl;
use crate::types::{LicenceKey, Site, is_host_name};

/// Of a setting that is read together with another one: that it is right is all there is to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked;

/// The text of every setting.
pub(super) struct Values<'a>(Vec<(Setting, &'a str)>);

impl<'a> Values<'a> {
    pub(super) fn new(
        settings: impl Iterator<Item = Setting>,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ConfigError> {
        let mut values: Vec<(Setting, &'a str)> =
            settings.map(|setting| (setting, setting.default)).collect();
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
}

/// A whole number within a range.
pub(super) fn number<T: TryFrom<u32>>(
    values: &Values<'_>,
    name: &'static str,
    least: u32,
    most: u32,
) -> Result<T, ConfigError> {
    let text = values.text(name);
    // `parse` alone would take "+5".
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse::<u32>()
        .ok()
        .filter(|value| digits && (least..=most).contains(value))
        .and_then(|value| T::try_from(value).ok())
        .ok_or(ConfigError::Number { name, least, most })
}

/// One word of a few.
pub(super) fn word<T: Copy>(
    values: &Values<'_>,
    name: &'static str,
    words: &[(&str, T)],
    why: &'static str,
) -> Result<T, ConfigError> {
    let given = values.text(name);
    let known = words.iter().find(|(word, _)| *word == given);
    known
        .map(|(_, value)| *value)
        .ok_or(ConfigError::Value { name, why })
}

pub(super) fn switch(values: &Values<'_>, name: &'static str) -> Result<bool, ConfigError> {
    word(values, name, &[("0", false), ("1", true)], "must be 0 or 1")
}

pub(super) fn path(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<PathBuf>, ConfigError> {
    match values.text(name) {
        "" => Ok(None),
        path if Path::new(path).is_absolute() => Ok(Some(PathBuf::from(path))),
        _ => Err(ConfigError::Value {
            name,
            why: "must be an absolute path",
        }),
    }
}

pub(super) fn key_place(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<KeyPlace>, ConfigError> {
    match values.text(name) {
        "" => Ok(None),
        text => KeyPlace::read(text)
            .map(Some)
            .map_err(|why| ConfigError::Value { name, why }),
    }
}

pub(super) fn store(values: &Values<'_>, name: &'static str) -> Result<StoreUrl, ConfigError> {
    Ok(StoreUrl::parse(values.text(name))?)
}

pub(super) fn site(values: &Values<'_>, name: &'static str) -> Result<Site, ConfigError> {
    Site::new(values.text(name)).map_err(ConfigError::Site)
}

pub(super) fn store_id(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<[u8; 16]>, ConfigError> {
    let text = values.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    let id = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
    id.and_then(|id| id.try_into().ok())
        .map(Some)
        .ok_or(ConfigError::Value {
            name,
            why: "must be what `Verifier::storeId()` gives, 32 hexadecimal digits",
        })
}

/// What was given, or what of the site's name an app can show.
pub(super) fn issuer(values: &Values<'_>, name: &'static str) -> Result<String, ConfigError> {
    const MOST: usize = 64;
    let issuer = match values.text(name) {
        "" => {
            let shown = values.text("site").chars().filter(|c| *c != ':');
            return Ok(shown.take(MOST).collect());
        }
        given => given,
    };
    if issuer.chars().count() > MOST || issuer.contains(':') || issuer.chars().any(char::is_control)
    {
        return Err(ConfigError::Value {
            name,
            why: "must have at most 64 characters, no colon and no control characters",
        });
    }
    Ok(issuer.to_owned())
}

pub(super) fn lockout_max_seconds(
    values: &Values<'_>,
    name: &'static str,
) -> Result<u32, ConfigError> {
    let most: u32 = number(values, name, 1, 86_400)?;
    match values.text("lockout_seconds").parse::<u32>() {
        Ok(first) if most < first => Err(ConfigError::Value {
            name,
            why: "must not be less than `lockout_seconds`",
        }),
        _ => Ok(most),
    }
}

pub(super) fn challenge_ttl(values: &Values<'_>, name: &'static str) -> Result<u32, ConfigError> {
    match number(values, name, 0, 86_400)? {
        1..60 => Err(ConfigError::Value {
            name,
            why: "must be 0 or at least 60 seconds: nobody types faster",
        }),
        seconds => Ok(seconds),
    }
}

/// Days that a browser is trusted where nobody said how many.
const DEVICE_DAYS: &str = "30";

/// The profile, with what of other settings it does not take.
pub(super) fn profile(values: &Values<'_>, name: &'static str) -> Result<Profile, ConfigError> {
    let words = [("standard", false), ("strict", true)];
    let is_strict = word(values, name, &words, "must be standard or strict")?;
    let mut departures = Vec::new();
    let bounds = [
        ("disable_after", strict_disable_after as Bound),
        ("code_digits", strict_code_digits),
        ("device_days", strict_device_days),
    ];
    for (setting, bound) in bounds.iter().copied().filter(|_| is_strict) {
        let value = values.text(setting);
        // What is no number at all is told where it is read.
        if let Some(used) = value.parse().ok().and_then(bound)
            && (setting, value) != ("device_days", DEVICE_DAYS)
        {
            departures.push(Departure {
                setting,
                value: value.to_owned(),
                used,
            });
        }
    }
    Ok(Profile {
        is_strict,
        departures,
    })
}

/// What counts where a profile that is strict does not take a number; `None`: it does.
type Bound = fn(u32) -> Option<&'static str>;

/// NIST SP 800-63B-4 section 3.2.2: no more than a hundred failures, then the method is bound anew.
fn strict_disable_after(value: u32) -> Option<&'static str> {
    (value == 0).then_some("50")
}

/// ASVS 5.0 6.5.4, NIST SP 800-63B-4 section 3.1.3.2: six digits.
fn strict_code_digits(value: u32) -> Option<&'static str> {
    (value < 6).then_some("6")
}

/// NIST SP 800-63B-4 section 5.1 lets no remembered browser stand for an authenticator for longer than a day.
fn strict_device_days(value: u32) -> Option<&'static str> {
    (value > 1).then_some("0")
}

/// A number that has another bound where the profile is strict.
fn bounded<T: TryFrom<u32>>(
    values: &Values<'_>,
    name: &'static str,
    (least, most): (u32, u32),
    bound: Bound,
) -> Result<T, ConfigError> {
    let given = number(values, name, least, most)?;
    let strict = bound(given).filter(|_| values.text("profile") == "strict");
    let used = strict.and_then(|text| text.parse().ok()).unwrap_or(given);
    T::try_from(used).map_err(|_| ConfigError::Number { name, least, most })
}

pub(super) fn disable_after(values: &Values<'_>, name: &'static str) -> Result<u32, ConfigError> {
    bounded(values, name, (0, 100), strict_disable_after)
}

pub(super) fn code_digits(values: &Values<'_>, name: &'static str) -> Result<u8, ConfigError> {
    bounded(values, name, (4, 10), strict_code_digits)
}

pub(super) fn device_days(values: &Values<'_>, name: &'static str) -> Result<u32, ConfigError> {
    bounded(values, name, (0, 30), strict_device_days)
}

pub(super) fn host(values: &Values<'_>, name: &'static str) -> Result<Option<String>, ConfigError> {
    match values.text(name) {
        "" => Ok(None),
        host if is_host_name(host) => Ok(Some(host.to_owned())),
        _ => Err(ConfigError::Value {
            name,
            why: "must be a host name, without https:// and without a port",
        }),
    }
}

fn region_list(name: &'static str, allowed: &str, blocked: &str) -> Result<Regions, ConfigError> {
    Regions::parse(allowed, blocked).map_err(|_| ConfigError::Value {
        name,
        why: "must be regions of ISO 3166-1, such as \"DE, AT, GB\"",
    })
}

/// Those whose numbers get codes, without those that are blocked.
pub(super) fn regions(values: &Values<'_>, name: &'static str) -> Result<Regions, ConfigError> {
    region_list(name, values.text(name), "")?;
    let blocked = "phone_regions_blocked";
    region_list(blocked, values.text(name), values.text(blocked))
}

pub(super) fn regions_blocked(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Checked, ConfigError> {
    region_list(name, "", values.text(name)).map(|_| Checked)
}

pub(super) fn development(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<DevelopmentAllowed>, ConfigError> {
    switch(values, name)?;
    Ok(DevelopmentAllowed::from_setting(values.text(name)))
}

pub(super) fn http_proxy(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<HttpProxy>, ConfigError> {
    match values.text(name) {
        "" => Ok(None),
        text => Ok(Some(HttpProxy::parse(text)?)),
    }
}

/// Any text, or none: for what is judged where it is used.
pub(super) fn some_text(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<String>, ConfigError> {
    let text = values.text(name);
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A language, as BCP 47 (RFC 5646, section 2.1) writes one: subtags of letters and digits; none where it is empty.
pub(super) fn language(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<String>, ConfigError> {
    const MOST: usize = 35;
    let tag = values.text(name);
    let is_subtag = |it: &str| {
        (1..=8).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let first = tag.split('-').next().unwrap_or_default();
    let is_tag = tag.len() <= MOST
        && first.len() > 1
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && tag.split('-').all(is_subtag);
    if !tag.is_empty() && !is_tag {
        return Err(ConfigError::Value {
            name,
            why: "must be a language tag such as de or de-DE",
        });
    }
    Ok((!tag.is_empty()).then(|| tag.to_owned()))
}

/// What alerts there are.
pub const ALERTS: &[&str] = &[
    "after-inactivity",
    "new-network",
    "after-failures",
    "new-device",
    "blocked",
    "wrong-answers",
    "provider-down",
    "provider-failing",
    "budget-low",
    "licence-ending",
    "few-administrators",
];

/// Names of alerts, with commas or spaces between them.
pub(super) fn alerts_off(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Vec<&'static str>, ConfigError> {
    let given = values.text(name).split([',', ' ']);
    let found = given.filter(|it| !it.is_empty());
    found
        .map(|given| ALERTS.iter().find(|it| **it == given).copied())
        .collect::<Option<_>>()
        .ok_or(ConfigError::Value {
            name,
            why: "must be names of alerts with commas between them: after-failures, after-inactivity, new-network, \
                  new-device, blocked, wrong-answers, provider-down, provider-failing, budget-low, licence-ending, \
                  few-administrators",
        })
}

/// The beginning of an address that a token follows, which leads to one place however it is read.
pub(super) fn notice_url(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<String>, ConfigError> {
    let text = values.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    if is_beginning_of_url(text) {
        return Ok(Some(text.to_owned()));
    }
    Err(ConfigError::Value {
        name,
        why: "must begin with https:// and a host, and end with = or /, as https://www.example.com/not-me?token= does",
    })
}

fn is_beginning_of_url(text: &str) -> bool {
    const MOST: usize = 300;
    let is_letter = |b: u8| b.is_ascii_graphic() && !b"\"'<>\\^`{|}#".contains(&b);
    let secure = text.strip_prefix("https://");
    let Some(rest) = secure.or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let Some((authority, _)) = rest.split_once('/') else {
        return false;
    };
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    text.len() <= MOST
        && text.bytes().all(is_letter)
        && text.ends_with(['=', '/'])
        && (is_here || secure.is_some() && is_host_name(host))
}

pub(super) fn licence_key(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<LicenceKey>, ConfigError> {
    let text = values.text(name);
    Ok((!text.is_empty()).then(|| LicenceKey::new(Zeroizing::new(text.to_owned()))))
}

fn header(values: &Values<'_>, name: &'static str) -> Result<Header, ConfigError> {
    let words = [
        ("X-Forwarded-For", Header::XForwardedFor),
        ("Forwarded", Header::Forwarded),
    ];
    word(values, name, &words, "must be X-Forwarded-For or Forwarded")
}

pub(super) fn trusted_proxies_header(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Checked, ConfigError> {
    header(values, name).map(|_| Checked)
}

pub(super) fn trusted_proxies(
    values: &Values<'_>,
    name: &'static str,
) -> Result<TrustedProxies, ConfigError> {
    let header = header(values, "trusted_proxies_header")?;
    TrustedProxies::parse(values.text(name), header).ok_or(ConfigError::Value {
        name,
        why: "must be up to 64 addresses and ranges, such as \"10.0.0.0/8, 2001:db8::7, unix:\", without bits behind a prefix and never everybody",
    })
}

pub(super) fn interval(
    values: &Values<'_>,
    name: &'static str,
) -> Result<Option<(UnixTime, UnixTime)>, ConfigError> {
    let text = values.text(name);
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
