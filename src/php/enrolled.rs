//! `TwoFactor\Enrolled`: a factor was confirmed.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::date::Moment;
use super::enums::Method;
use super::failure::Failure;
use super::message::Message;
use super::object::{Dump, Fields, REDACTED, SEALED, integer, not_constructible, seal};
use super::verified::Verified;
use crate::verifier;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Enrolled", flags = SEALED)]
#[derive(Debug)]
pub struct Enrolled(pub(super) verifier::Enrolled);

#[methods]
impl Enrolled {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn method(&self) -> Method {
        self.0.method.into()
    }

    pub fn backupCodes(&self) -> Vec<&str> {
        self.0
            .backup_codes
            .iter()
            .map(|code| code.as_str())
            .collect()
    }

    pub fn recoveryCodes(&self) -> Vec<&str> {
        self.0
            .recovery_codes
            .iter()
            .map(|code| code.as_str())
            .collect()
    }

    pub fn notices(&self) -> Vec<Message> {
        self.0.notices.iter().cloned().map(Message).collect()
    }

    pub fn verified(&self) -> Option<Verified> {
        self.0.verified.clone().map(Verified)
    }

    pub fn epoch(&self) -> i64 {
        integer(self.0.epoch)
    }

    pub fn nextCodeAt(&self) -> Result<Option<Moment>, Failure> {
        self.0.next_code_at.map(Moment::new).transpose()
    }
}

impl Dump for Enrolled {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("method", self.0.method.as_str())
            .with("epoch", self.epoch())
            .with("backupCodes", REDACTED)
            .with("recoveryCodes", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Enrolled>() };
}
