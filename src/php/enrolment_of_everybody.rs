//! `TwoFactor\EnrolmentOfEverybody`: that everybody who has a factor enrols anew.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, not_constructible, seal};
use crate::account;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\EnrolmentOfEverybody", flags = SEALED)]
#[derive(Debug)]
pub struct EnrolmentOfEverybody(pub(super) account::EnrolmentOfEverybody);

#[methods]
impl EnrolmentOfEverybody {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn due(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.due)
    }

    pub fn requiredAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.made)
    }

    pub fn by(&self) -> &str {
        &self.0.by
    }

    pub fn reason(&self) -> &str {
        &self.0.reason
    }
}

impl Dump for EnrolmentOfEverybody {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("due", rfc3339(self.0.due))
            .with("requiredAt", rfc3339(self.0.made))
            .with("by", self.0.by.as_str())
            .with("reason", self.0.reason.as_str())
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<EnrolmentOfEverybody>() };
}
