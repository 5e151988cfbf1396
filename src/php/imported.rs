//! What an application passes of users of other software, and what it is told of them.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::argument::entries;
use super::failure::{Failure, invalid};
use super::object::Fields;
use super::user::user_id;
use crate::account::totp::{Totp, TotpSecret};
use crate::account::{Imported, ImportedApp, ImportedFactors, MOST_IMPORTED_CODES, imported_code};
use crate::phone::PhoneNumber;
use crate::types::{Algorithm, Method, UserId};
use crate::verifier::is_address;

/// Somebody, with what could not be read of them.
pub(super) struct ImportedUser {
    pub(super) id: UserId,
    pub(super) factors: ImportedFactors,
    unreadable: Vec<Method>,
}

/// The users of a list: of each an array with `id`, and `secrets`, `phone`, `email`, `codes` and `primary` as far as there
/// is any.
///
/// # Errors
/// `ValueError`, which repeats nothing.
pub(super) fn users(
    argument: &'static str,
    list: &ZendHashTable,
) -> Result<Vec<ImportedUser>, Failure> {
    entries(list).map(|(_, it)| user(argument, it)).collect()
}

fn user(argument: &'static str, value: &Zval) -> Result<ImportedUser, Failure> {
    let wrong = || {
        let why = "must be a list of arrays, each with id, and secrets, phone, email, codes and primary of the types that \
                   are described";
        invalid(argument, why)
    };
    let fields = value.array().ok_or_else(wrong)?;
    let (mut id, mut factors, mut unreadable) = (None, ImportedFactors::default(), Vec::new());
    for (name, value) in entries(fields) {
        let name = name.string().ok_or_else(wrong)?;
        if value.is_null() {
            continue;
        }
        match name.as_str() {
            "id" => id = Some(user_id(argument, value.str().ok_or_else(wrong)?)?),
            "secrets" => {
                for secret in texts(value).ok_or_else(wrong)? {
                    match app(secret) {
                        Some(app) => factors.apps.push(app),
                        None => unreadable.push(Method::Totp),
                    }
                }
            }
            "phone" => match PhoneNumber::parse(value.str().ok_or_else(wrong)?, None) {
                Ok(number) => factors.phone = Some(number.e164().to_owned()),
                Err(_) => unreadable.push(Method::Sms),
            },
            "email" => {
                let address = value.str().ok_or_else(wrong)?;
                if is_address(address) {
                    factors.email = Some(address.to_owned());
                } else {
                    unreadable.push(Method::Email);
                }
            }
            "codes" => {
                let codes = texts(value).ok_or_else(wrong)?;
                let read: Vec<_> = codes.iter().filter_map(|it| imported_code(it)).collect();
                if read.len() == codes.len() && read.len() <= MOST_IMPORTED_CODES {
                    factors.codes = read;
                } else {
                    unreadable.push(Method::BackupCode);
                }
            }
            "primary" => {
                let primary = Method::from_name(value.str().ok_or_else(wrong)?);
                factors.primary = Some(primary.ok_or_else(wrong)?);
            }
            _ => return Err(wrong()),
        }
    }
    let id = id.ok_or_else(wrong)?;
    Ok(ImportedUser {
        id,
        factors,
        unreadable,
    })
}

fn texts(value: &Zval) -> Option<Vec<&str>> {
    entries(value.array()?).map(|(_, it)| it.str()).collect()
}

/// As every app has it that was told nothing else: six digits, thirty seconds, SHA-1.
fn app(secret: &str) -> Option<ImportedApp> {
    let secret = TotpSecret::imported_base32(secret).ok()?;
    let totp = Totp::new(secret, Algorithm::Sha1, 6, 30).ok()?;
    Some(ImportedApp { totp, label: None })
}

/// What became of one.
pub(super) fn shown(user: &ImportedUser, imported: Option<&Imported>) -> ZBox<ZendHashTable> {
    let mut left = Fields::new();
    for method in &user.unreadable {
        left = left.with(method.as_str(), "unreadable");
    }
    let taken = imported.map(|it| it.taken.as_slice()).unwrap_or_default();
    match imported {
        Some(imported) => {
            for (method, why) in &imported.left {
                left = left.with(method.as_str(), why.reason());
            }
        }
        None => left = left.with("account", "unavailable"),
    }
    let taken: Vec<&str> = taken.iter().map(|it| it.as_str()).collect();
    let fields = Fields::new().with("id", user.id.as_str());
    let fields = fields.with("taken", taken);
    fields.with("left", left.into_array()).into_array()
}
