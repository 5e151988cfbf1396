//! What a file has of each user, and what it cannot give.

use std::collections::BTreeMap;

use crate::account::{ImportedFactors, MOST_IMPORTED_CODES, imported_code};
use crate::mail::address::is_address;
use crate::phone::PhoneNumber;

/// Most users of a file.
const MOST_USERS: usize = 200_000;

/// Something of a user that is not taken over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRead {
    /// What: `totp`, `sms`, `email`, `backup`, or a word for what is none of these.
    pub what: &'static str,
    /// Why, for operators.
    pub why: String,
}

/// What a file has of one user.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// What can be taken over.
    pub factors: ImportedFactors,
    /// What cannot.
    pub left: Vec<NotRead>,
}

/// Everybody in a file, by the name or id that it has for them, in the order of these.
#[derive(Debug, Clone, Default)]
pub struct Candidates(pub BTreeMap<String, Candidate>);

/// The file is not what it should be. Names the place, and nothing that stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{why}")]
pub struct ImportError {
    place: String,
    why: String,
}

impl ImportError {
    pub(super) fn whole(why: impl Into<String>) -> Self {
        Self {
            place: String::new(),
            why: why.into(),
        }
    }

    pub(super) fn at(place: impl std::fmt::Display, why: impl Into<String>) -> Self {
        Self {
            place: format!("{place}: "),
            why: why.into(),
        }
    }
}

impl Candidates {
    /// The one of that name, new if there is none.
    ///
    /// # Errors
    /// [`ImportError`]: there are too many.
    pub(super) fn of(&mut self, user: &str) -> Result<&mut Candidate, ImportError> {
        if self.0.len() >= MOST_USERS && !self.0.contains_key(user) {
            let why = format!("it has more than {MOST_USERS} users: split it");
            return Err(ImportError::whole(why));
        }
        Ok(self.0.entry(user.to_owned()).or_default())
    }
}

impl Candidate {
    pub(super) fn leave(&mut self, what: &'static str, why: impl Into<String>) {
        let why = why.into();
        self.left.push(NotRead { what, why });
    }

    /// Takes a number, if it is one.
    pub(super) fn add_phone(&mut self, text: &str) {
        match PhoneNumber::parse(text, None) {
            Ok(number) => match self.factors.phone.as_deref() {
                Some(other) if other != number.e164() => {
                    self.leave("sms", "an account has one telephone number");
                }
                _ => self.factors.phone = Some(number.e164().to_owned()),
            },
            Err(why) => self.leave("sms", why.to_string()),
        }
    }

    /// Takes an address, if it is one.
    pub(super) fn add_email(&mut self, text: &str) {
        let text = text.trim();
        if !is_address(text) {
            self.leave("email", "this is not one e-mail address");
        } else if self.factors.email.as_deref().is_some_and(|it| it != text) {
            self.leave("email", "an account has one e-mail address");
        } else {
            self.factors.email = Some(text.to_owned());
        }
    }

    /// Takes backup codes, as many as may be.
    pub(super) fn add_codes<'a>(&mut self, codes: impl Iterator<Item = &'a str>) {
        let mut is_whole = true;
        for code in codes {
            let has_room = self.factors.codes.len() < MOST_IMPORTED_CODES;
            match imported_code(code).filter(|_| has_room) {
                Some(code) => self.factors.codes.push(code),
                None => is_whole = false,
            }
        }
        if !is_whole {
            let why =
                "codes are taken over that have 8 to 32 letters and digits, and 50 of them at most";
            self.leave("backup", why);
        }
    }
}
