//! `TwoFactor\User`: who signs in, as the host application knows them.

use std::cell::RefCell;

use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendCallable, ZendClassObject, Zval};
use twofactor_macros::methods;

use super::argument::{Arg, entries};
use super::failure::{Failure, guarded, internal, invalid, mistyped};
use super::object::{Dump, Fields, Holder, SEALED, constructed_once, seal_holder};
use crate::types::UserId;
use crate::verifier::{self, Memberships, Standing};

const MAX_NAME_BYTES: usize = 255;
const MAX_EMAIL_BYTES: usize = 320;
const MAX_LOCALE_BYTES: usize = 35;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\User", flags = SEALED)]
#[derive(Debug)]
pub struct User(pub(super) verifier::User, Kept);

/// Roles and groups as they were given, and as they were read: a generator can be read once.
#[derive(Debug)]
pub(super) struct Kept {
    given: [Zval; 2],
    read: RefCell<Option<Memberships>>,
}

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

/// An array or a `Traversable` that is kept, and read when a policy asks for it: a generator is not started before.
#[derive(Debug)]
pub struct Unread(Zval);

impl FromZval<'_> for Unread {
    const TYPE: DataType = DataType::Iterable;

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.is_iterable().then(|| Self(zval.shallow_clone()))
    }
}

/// A user that is kept.
#[derive(Debug)]
pub struct KeptUser(pub(super) Zval);

impl FromZval<'_> for KeptUser {
    const TYPE: DataType = DataType::object("TwoFactor\\User");

    fn from_zval(zval: &Zval) -> Option<Self> {
        user_of(zval).map(|_| Self(zval.shallow_clone()))
    }
}

/// The user that a value is.
pub(super) fn user_of(zval: &Zval) -> Option<&User> {
    ZendClassObject::<User>::from_zend_obj(zval.dereference().object()?).map(|object| &**object)
}

/// The names that an array or a `Traversable` gives; `None` of null.
fn names(argument: &str, given: &Zval) -> Result<Option<Vec<String>>, Failure> {
    let given = given.dereference();
    if given.is_null() {
        return Ok(None);
    }
    let read;
    let list = match given.array() {
        Some(list) => list,
        None => {
            let to_array = ZendCallable::try_from_name("iterator_to_array")?;
            read = guarded(|| to_array.try_call(vec![given, &false]))??;
            read.array().ok_or_else(internal)?
        }
    };
    let names = entries(list).map(|(_, name)| {
        let name = name.zend_str().and_then(|name| name.as_str().ok());
        name.filter(|name| !name.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| mistyped("user", &format!("must have {argument} that are names")))
    });
    names.collect::<Result<_, _>>().map(Some)
}

impl User {
    /// Roles and groups, once a policy has asked for them.
    ///
    /// # Errors
    /// What reading them threw; `TypeError` for what is no name.
    pub(super) fn memberships(&self) -> Result<Memberships, Failure> {
        let before = self.1.read.borrow().clone();
        if let Some(memberships) = before {
            return Ok(memberships);
        }
        let [roles, groups] = &self.1.given;
        let memberships = Memberships {
            roles: names("roles", roles)?,
            groups: names("groups", groups)?,
        };
        self.1.read.replace(Some(memberships.clone()));
        Ok(memberships)
    }

    /// The same user, of whom that is known.
    ///
    /// # Errors
    /// As [`User::memberships`]
    pub(super) fn known(&self) -> Result<verifier::User, Failure> {
        let standing = match self.0.standing {
            Standing::Unasked => Standing::Known(self.memberships()?),
            Standing::Unknown | Standing::Known(_) => self.0.standing.clone(),
        };
        Ok(verifier::User {
            standing,
            ..self.0.clone()
        })
    }
}

#[methods]
impl User {
    pub fn __construct(
        id: Arg<&str>,
        name: Arg<&str>,
        email: Arg<Option<&str>>,
        roles: Arg<Option<Unread>>,
        locale: Arg<Option<&str>>,
        groups: Arg<Option<Unread>>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let standing = match (&roles.0, &groups.0) {
            (None, None) => Standing::Unknown,
            _ => Standing::Unasked,
        };
        let given = [roles.0, groups.0].map(|it| it.map_or_else(Zval::null, |it| it.0));
        let optional = |argument, text: Option<&str>, longest| {
            text.map(|text| label(argument, text, longest)).transpose()
        };
        let user = verifier::User {
            id: user_id("id", &id)?,
            name: label("name", &name, MAX_NAME_BYTES)?,
            email: optional("email", *email, MAX_EMAIL_BYTES)?,
            locale: optional("locale", *locale, MAX_LOCALE_BYTES)?,
            standing,
        };
        let read = RefCell::new(None);
        Ok(Self(user, Kept { given, read }))
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

/// A generator may hold whatever holds the user.
impl Holder for User {
    fn held(&mut self) -> &mut [Zval] {
        &mut self.1.given
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal_holder::<User>();
    }
}
