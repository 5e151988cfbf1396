//! `otpauth://` URIs of other software (the Key URI Format of Google Authenticator), with a reason where one is not taken.

use crate::account::ImportedApp;
use crate::account::totp::{Totp, TotpSecret};
use crate::normalize;
use crate::percent::{decoded, form_decoded};
use crate::types::Algorithm;

/// Longest URI looked at, in bytes.
const LONGEST: usize = 4096;

const HOTP: &str =
    "it counts (HOTP, RFC 4226): only codes of the time are verified here (TOTP, RFC 6238)";
const STEAM: &str = "codes of Steam have letters, and are not verified here";
const TWICE: &str = "a parameter of the URI comes twice";

/// What a URI gives.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) app: ImportedApp,
    /// Whose it is, as its label says.
    pub(super) account: Option<String>,
}

/// Reads one.
///
/// # Errors
/// Why it is not taken.
pub(super) fn read(uri: &str) -> Result<Read, String> {
    if uri.len() > LONGEST {
        return Err("the URI is too long".to_owned());
    }
    let uri = normalize::text(uri);
    let none = || "this is not an otpauth:// URI".to_owned();
    let (scheme, rest) = uri.trim().split_once("://").ok_or_else(none)?;
    if scheme.eq_ignore_ascii_case("otpauth-migration") {
        let why = "an export of Google Authenticator is one for many: export each app as an otpauth:// URI";
        return Err(why.to_owned());
    }
    let is_one = scheme.eq_ignore_ascii_case("otpauth");
    let (place, rest) = rest.split_once('?').filter(|_| is_one).ok_or_else(none)?;
    let (kind, label) = place.split_once('/').unwrap_or((place, ""));
    match kind.to_ascii_lowercase().as_str() {
        "totp" => {}
        "hotp" => return Err(HOTP.to_owned()),
        "steam" => return Err(STEAM.to_owned()),
        _ => return Err("this kind of code is not verified here".to_owned()),
    }
    let (parameters, _) = rest.split_once('#').unwrap_or((rest, ""));
    let (mut secret, mut algorithm, mut digits, mut period) = (None, None, None, None);
    for pair in parameters.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let read = |text: &str| form_decoded(text.as_bytes());
        let (name, value) = read(name).zip(read(value)).ok_or_else(none)?;
        let name = name.trim();
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let is_second = if is("secret") {
            let read = TotpSecret::imported_base32(&value).map_err(said)?;
            secret.replace(read).is_some()
        } else if is("algorithm") {
            algorithm.replace(algorithm_of(&value)?).is_some()
        } else if is("digits") {
            digits.replace(number(&value).ok_or(DIGITS)?).is_some()
        } else if is("period") {
            period.replace(number(&value).ok_or(PERIOD)?).is_some()
        } else if is("encoder") && value.trim().eq_ignore_ascii_case("steam") {
            return Err(STEAM.to_owned());
        } else {
            false
        };
        if is_second {
            return Err(TWICE.to_owned());
        }
    }
    let secret = secret.ok_or("the URI has no secret")?;
    let totp = totp(
        secret,
        algorithm.unwrap_or(Algorithm::Sha1),
        digits.unwrap_or(6),
        period.unwrap_or(30),
    )?;
    let label = decoded(label.as_bytes());
    let account = label
        .as_deref()
        .map(|it| it.rsplit(':').next().unwrap_or(it).trim().to_owned());
    Ok(Read {
        app: ImportedApp { totp, label: None },
        account: account.filter(|it| !it.is_empty()),
    })
}

pub(super) const DIGITS: &str = "codes are verified that have 6 to 8 digits";
pub(super) const PERIOD: &str = "codes are verified that change every 15 to 300 seconds";

/// A secret with how codes are made of it, if they can be verified.
///
/// # Errors
/// Why not.
pub(super) fn totp(
    secret: TotpSecret,
    algorithm: Algorithm,
    digits: u32,
    period: u32,
) -> Result<Totp, String> {
    let digits = u8::try_from(digits).map_err(|_| DIGITS)?;
    if !(6..=8).contains(&digits) {
        return Err(DIGITS.to_owned());
    }
    Totp::new(secret, algorithm, digits, period).map_err(|_| PERIOD.to_owned())
}

/// Why a secret is none, for operators.
pub(super) fn said(why: crate::account::totp::SecretError) -> String {
    use crate::account::totp::{LONGEST_SECRET, SHORTEST_IMPORTED, SecretError};
    match why {
        SecretError::NotBase32 => "the secret is not base 32".to_owned(),
        SecretError::Length => {
            format!("the secret must have {SHORTEST_IMPORTED} to {LONGEST_SECRET} bytes")
        }
    }
}

/// `SHA1`, and as others write it: `sha-256`, `HmacSHA512`.
///
/// # Errors
/// It is none that is verified.
pub(super) fn algorithm_of(name: &str) -> Result<Algorithm, String> {
    let plain: String = normalize::signs(name)
        .map(|it| it.to_ascii_uppercase())
        .collect();
    let plain = plain.strip_prefix("HMAC").unwrap_or(&plain);
    Algorithm::from_name(plain)
        .ok_or_else(|| "codes are verified of SHA-1, SHA-256 and SHA-512".to_owned())
}

/// Digits only.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.trim();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}
