//! `TwoFactor\ProvenNumber`: a receipt for a number that was proven for a registration.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::date::Moment;
use super::enums::Method;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, not_constructible, seal};
use super::phone_number::PhoneNumber;
use crate::verifier;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\ProvenNumber", flags = SEALED)]
#[derive(Debug)]
pub struct ProvenNumber(pub(super) verifier::ProvenNumber);

#[methods]
impl ProvenNumber {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn number(&self) -> PhoneNumber {
        PhoneNumber(self.0.number.clone())
    }

    pub fn method(&self) -> Method {
        self.0.method.into()
    }

    pub fn at(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.at)
    }
}

impl Dump for ProvenNumber {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("number", self.0.number.masked())
            .with("method", self.0.method.as_str())
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<ProvenNumber>() };
}
