//! `TwoFactor\Health`: whether the product can do its work.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::failure::Failure;
use super::health_check::{self, HealthCheck};
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Health",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Health(pub(super) Vec<verifier::HealthCheck>);

impl Health {
    fn fields(&self) -> Fields {
        let checks: Vec<_> = self
            .0
            .iter()
            .map(|check| health_check::fields(check).into_array())
            .collect();
        Fields::new().with("ok", self.isOk()).with("checks", checks)
    }
}

#[methods]
impl Health {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn isOk(&self) -> bool {
        let is_problem = |c: &verifier::HealthCheck| c.status == verifier::HealthStatus::Problem;
        !self.0.iter().any(is_problem)
    }

    pub fn canVerify(&self) -> bool {
        verifier::can_verify(&self.0)
    }

    pub fn checks(&self) -> Vec<HealthCheck> {
        self.0.iter().cloned().map(HealthCheck).collect()
    }

    pub fn sentences() -> ZBox<ZendHashTable> {
        verifier::SENTENCES
            .iter()
            .fold(Fields::new(), |list, it| list.with(it.id, it.text))
            .into_array()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Health {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Health>() };
}
