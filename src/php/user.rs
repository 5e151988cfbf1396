//! `TwoFactor\User`: who signs in, as the host application knows them.

use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use super::argument::{Arg, Optional, entries};
use super::failure::{Failure, invalid};
use super::object::{Dump, Fields, SEALED, constructed_once, seal};
use super::signature::Signature;
use crate::types::UserId;
use crate::verifier;

const MAX_NAME_BYTES: usize = 255;
const MAX_EMAIL_BYTES: usize = 320;
const MAX_LOCALE_BYTES: usize = 35;
const MAX_ROLES: usize = 100;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\User", flags = SEALED)]
#[derive(Debug)]
pub struct User(pub(super) verifier::User);

/// Reads a user id, or throws `ValueError` for the argument of that name.
///
/// # Errors
/// `ValueError`
pub fn user_id(argument: &str, text: &str) -> Result<UserId, Failure> {
    UserId::new(text).map_err(|why| invalid(argument, &why.to_string()))
}

/// A text that is shown and kept as it is: not empty, not long, no control characters.
fn label(argument: &str, text: &str, longest: usize) -> Result<String, Failure> {
    if text.is_empty() {
        return Err(invalid(argument, "must not be empty"));
    }
    if text.len() > longest {
        let why = format!("must not be longer than {longest} bytes");
        return Err(invalid(argument, &why));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(argument, "must not contain control characters"));
    }
    Ok(text.to_owned())
}

fn roles(given: Optional<&ZendHashTable>) -> Result<Vec<String>, Failure> {
    let none = ZendHashTable::new();
    let given = given.or(&none);
    if given.len() > MAX_ROLES {
        let why = format!("must not have more than {MAX_ROLES} values");
        return Err(invalid("roles", &why));
    }
    entries(given)
        .map(|(_, role)| {
            let role = role.str();
            let role = role.ok_or_else(|| invalid("roles", "must be a list of strings"))?;
            UserId::new(role)
                .map(|role| role.as_str().to_owned())
                .map_err(|why| invalid("roles", &format!("must be a list of strings that {why}")))
        })
        .collect()
}

#[php_impl]
impl User {
    pub fn __construct(
        id: Arg<&str>,
        name: Arg<&str>,
        email: Arg<Option<&str>>,
        roles: Optional<&ZendHashTable>,
        locale: Arg<Option<&str>>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let optional = |argument, text: Option<&str>, longest| {
            text.map(|text| label(argument, text, longest)).transpose()
        };
        Ok(Self(verifier::User {
            id: user_id("id", &id)?,
            name: label("name", &name, MAX_NAME_BYTES)?,
            email: optional("email", *email, MAX_EMAIL_BYTES)?,
            roles: self::roles(roles)?,
            locale: optional("locale", *locale, MAX_LOCALE_BYTES)?,
        }))
    }

    pub fn id(&self) -> &str {
        self.0.id.as_str()
    }
}

impl Dump for User {
    fn dump(&self) -> Fields {
        Fields::new().with("id", self.0.id.as_str())
    }
}

/// # Safety
/// See [`super::describe`].
pub unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<User>();
        Signature::of::<User>("__construct").default("roles", c"[]");
    }
}
