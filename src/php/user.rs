//! `TwoFactor\User`: who signs in, as the host application knows them.

use ext_php_rs::convert::FromZvalMut;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use super::argument::{Arg, Optional};
use super::failure::{Failure, invalid};
use super::object::{Dump, Fields, SEALED, constructed_once, seal};
use super::signature::Signature;
use crate::types::UserId;
use crate::verifier;

const MAX_NAME_BYTES: usize = 255;
const MAX_EMAIL_BYTES: usize = 320;
const MAX_LOCALE_BYTES: usize = 35;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\User", flags = SEALED)]
#[derive(Debug)]
pub struct User(pub(super) verifier::User);

/// Reads a user id, or throws `ValueError` for the argument of that name.
///
/// # Errors
/// `ValueError`
pub(super) fn user_id(argument: &str, text: &str) -> Result<UserId, Failure> {
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

/// An array or a `Traversable` that nothing reads: roles wait for a policy that asks for them. A generator that
/// is given is never started.
#[derive(Debug)]
pub struct Unread;

impl FromZvalMut<'_> for Unread {
    const TYPE: DataType = DataType::Iterable;

    fn from_zval_mut(zval: &mut Zval) -> Option<Self> {
        zval.is_iterable().then_some(Self)
    }
}

#[php_impl]
impl User {
    pub fn __construct(
        id: Arg<&str>,
        name: Arg<&str>,
        email: Arg<Option<&str>>,
        roles: Optional<Unread>,
        locale: Arg<Option<&str>>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let _ = roles;
        let optional = |argument, text: Option<&str>, longest| {
            text.map(|text| label(argument, text, longest)).transpose()
        };
        Ok(Self(verifier::User {
            id: user_id("id", &id)?,
            name: label("name", &name, MAX_NAME_BYTES)?,
            email: optional("email", *email, MAX_EMAIL_BYTES)?,
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
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<User>();
        Signature::of::<User>("__construct").default("roles", c"[]");
    }
}
