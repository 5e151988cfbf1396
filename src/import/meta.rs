//! Tables of one value a row: `user_id`, `meta_key`, `meta_value`.
//!
//! WordPress, plugin Two Factor (its classes `Two_Factor_Totp`, `Two_Factor_Email`, `Two_Factor_Core`): the secret is base
//! 32 in plain, codes change every 30 seconds and have six digits (SHA-1); backup codes are kept as hashes of WordPress.
//! CMS Made Simple, module TwoFactor 3 (`TwoFactorUserMeta`): every value in PHP's own form; the secret is base 32 in plain,
//! mostly of 80 bits, codes as above; backup codes are eight hexadecimal digits in plain.

use std::collections::BTreeMap;

use super::php_value;
use super::rows::Row;
use super::tree::Tree;
use super::uri;
use super::{Candidate, Candidates, ImportError};
use crate::account::ImportedApp;
use crate::account::totp::TotpSecret;
use crate::types::{Algorithm, Method};

const SECRET: &str = "_two_factor_totp_key";
const ENABLED: &str = "_two_factor_enabled_providers";

/// The values of one user.
type Values = BTreeMap<String, Tree>;

/// The values of every user, by id.
fn values(rows: &[Row]) -> Result<BTreeMap<String, Values>, ImportError> {
    let mut all: BTreeMap<String, Values> = BTreeMap::new();
    for row in rows {
        let (Some(user), Some(key), Some(value)) = (
            row.text("user_id"),
            row.text("meta_key"),
            row.value("meta_value"),
        ) else {
            let why = "it needs user_id, meta_key and meta_value";
            return Err(ImportError::at(row.place(), why));
        };
        // As the software reads it: text in PHP's own form is what it stands for.
        let value = match value {
            Tree::Text(text) => php_value::read(text).unwrap_or_else(|| value.clone()),
            other => other.clone(),
        };
        let known = all.entry(user.trim().to_owned()).or_default();
        if known.insert(key.to_owned(), value).is_some() {
            let why = "this value comes twice for one user";
            return Err(ImportError::at(row.place(), why));
        }
    }
    Ok(all)
}

fn text<'a>(values: &'a Values, name: &str) -> Option<&'a str> {
    values.get(name)?.as_text()
}

/// The app of a secret as both have it.
fn add_app(candidate: &mut Candidate, secret: Option<&str>) {
    let Some(secret) = secret else {
        return candidate.leave("totp", "the app is switched on there, and has no secret");
    };
    let read = TotpSecret::imported_base32(secret).map_err(uri::said);
    match read.and_then(|it| uri::totp(it, Algorithm::Sha1, 6, 30)) {
        Ok(totp) => candidate
            .factors
            .apps
            .push(ImportedApp { totp, label: None }),
        Err(why) => candidate.leave("totp", why),
    }
}

fn add_email(candidate: &mut Candidate, address: Option<&str>, name: &str) {
    match address {
        Some(address) => candidate.add_email(address),
        None => candidate.leave(
            "email",
            format!("the file has no address: select {name} with it, as docs/cli.md shows"),
        ),
    }
}

/// Reads the user meta of WordPress. A user is called by the login, if it is there as `user_login`, else by the id.
///
/// # Errors
/// [`ImportError`]
pub(super) fn wordpress(rows: &[Row]) -> Result<Candidates, ImportError> {
    let mut all = Candidates::default();
    for (id, values) in values(rows)? {
        if !values.keys().any(|it| it.starts_with("_two_factor_")) {
            continue;
        }
        let candidate = all.of(text(&values, "user_login").unwrap_or(&id))?;
        let enabled = values.get(ENABLED).map(Tree::texts).unwrap_or_default();
        if enabled.is_empty() {
            if values.contains_key(SECRET) {
                candidate.leave("totp", "the second factor is switched off there");
            }
            continue;
        }
        for provider in enabled {
            match provider {
                "Two_Factor_Totp" => add_app(candidate, text(&values, SECRET)),
                "Two_Factor_Email" => {
                    add_email(candidate, text(&values, "user_email"), "user_email");
                }
                "Two_Factor_Backup_Codes" => candidate.leave(
                    "backup",
                    "WordPress keeps backup codes as hashes of its own: new ones have to be made",
                ),
                _ => candidate.leave("other", "keys and what other plugins add is not taken over"),
            }
        }
        candidate.factors.primary = match text(&values, "_two_factor_provider") {
            Some("Two_Factor_Totp") => Some(Method::Totp),
            Some("Two_Factor_Email") => Some(Method::Email),
            _ => None,
        };
    }
    Ok(all)
}

/// Reads the table of the CMS module. A user is called by the id.
///
/// # Errors
/// [`ImportError`]
pub(super) fn cmsms3(rows: &[Row]) -> Result<Candidates, ImportError> {
    let mut all = Candidates::default();
    for (id, values) in values(rows)? {
        let is_of_module = |it: &String| it.starts_with("_two_factor_") || it == "sms_phone";
        if !values.keys().any(is_of_module) {
            continue;
        }
        let candidate = all.of(&id)?;
        let enabled = values.get(ENABLED).map(Tree::texts).unwrap_or_default();
        let primary = text(&values, "_two_factor_primary_provider");
        // As the module has it: who has chosen none is asked for none.
        let Some(primary) = primary.filter(|it| *it != "disabled" && !enabled.is_empty()) else {
            candidate.leave("other", "the second factor is switched off there");
            continue;
        };
        for provider in enabled {
            match provider {
                "TwoFactorProviderTOTP" => add_app(candidate, text(&values, SECRET)),
                "TwoFactorProviderSMS" => match text(&values, "sms_phone") {
                    Some(number) => candidate.add_phone(number),
                    None => candidate.leave("sms", "SMS is switched on there, and has no number"),
                },
                "TwoFactorProviderEmail" => add_email(candidate, text(&values, "email"), "email"),
                "TwoFactorProviderBackupCodes" => {
                    let codes = values.get("backup_codes");
                    candidate.add_codes(codes.map(Tree::texts).unwrap_or_default().into_iter());
                }
                "TwoFactorProviderPasskey" | "TwoFactorProviderSecurityKey" => {
                    candidate.leave("passkey", "passkeys and security keys are not taken over");
                }
                _ => candidate.leave("other", "this kind of second factor is not known"),
            }
        }
        candidate.factors.primary = match primary {
            "TwoFactorProviderTOTP" => Some(Method::Totp),
            "TwoFactorProviderSMS" => Some(Method::Sms),
            "TwoFactorProviderEmail" => Some(Method::Email),
            _ => None,
        };
    }
    Ok(all)
}
