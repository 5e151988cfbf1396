//! `TwoFactor\RecoveryCodes`: a fresh set, shown once.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::failure::Failure;
use super::object::{Dump, Fields, REDACTED, SEALED, integer, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\RecoveryCodes", flags = SEALED)]
#[derive(Debug)]
pub struct RecoveryCodes(pub(super) verifier::FreshCodes);

#[methods]
impl RecoveryCodes {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn codes(&self) -> Vec<&str> {
        self.0.codes.iter().map(|code| code.as_str()).collect()
    }

    pub fn epoch(&self) -> i64 {
        integer(self.0.epoch)
    }
}

impl Dump for RecoveryCodes {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("codes", REDACTED)
            .with("epoch", self.epoch())
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<RecoveryCodes>() };
}
