//! `TwoFactor\HealthCheck`: one thing that was looked at.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::enums::HealthStatus;
use super::failure::Failure;
use super::health_finding::{self, HealthFinding};
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\HealthCheck",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct HealthCheck(pub(super) verifier::HealthCheck);

/// A check, for dumps and JSON.
pub(super) fn fields(check: &verifier::HealthCheck) -> Fields {
    let findings: Vec<_> = check
        .findings
        .iter()
        .map(|finding| health_finding::fields(finding).into_array())
        .collect();
    Fields::new()
        .with("name", check.name)
        .with("status", HealthStatus::from(check.status).value())
        .with("message", check.message.as_str())
        .with("findings", findings)
}

#[methods]
impl HealthCheck {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn name(&self) -> &str {
        self.0.name
    }

    pub fn status(&self) -> HealthStatus {
        self.0.status.into()
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn findings(&self) -> Vec<HealthFinding> {
        self.0.findings.iter().cloned().map(HealthFinding).collect()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        fields(&self.0).into_array()
    }
}

impl Dump for HealthCheck {
    fn dump(&self) -> Fields {
        fields(&self.0)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<HealthCheck>() };
}
