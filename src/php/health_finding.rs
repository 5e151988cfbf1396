//! `TwoFactor\HealthFinding`: one sentence of health, with what it is about.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::enums::HealthStatus;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, integer, json_serializable, not_constructible, seal};
use crate::verifier::{Detail, Finding};

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\HealthFinding",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct HealthFinding(pub(super) Finding);

fn values(finding: &Finding) -> Fields {
    finding
        .values()
        .iter()
        .fold(Fields::new(), |fields, (name, value)| match value {
            Detail::Text(text) => fields.with(name, text.as_str()),
            Detail::Count(count) => fields.with(name, integer(*count)),
            Detail::At(at) => fields.with(name, at.seconds()),
            Detail::User(user) => fields.with(name, user.for_host()),
        })
}

/// A finding, for dumps and JSON.
pub(super) fn fields(finding: &Finding) -> Fields {
    Fields::new()
        .with("id", finding.id())
        .with("status", HealthStatus::from(finding.status()).value())
        .with("values", values(finding).into_array())
        .with("message", finding.message())
}

#[methods]
impl HealthFinding {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> &str {
        self.0.id()
    }

    pub fn status(&self) -> HealthStatus {
        self.0.status().into()
    }

    pub fn values(&self) -> ZBox<ZendHashTable> {
        values(&self.0).into_array()
    }

    pub fn message(&self) -> String {
        self.0.message()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        fields(&self.0).into_array()
    }
}

impl Dump for HealthFinding {
    fn dump(&self) -> Fields {
        fields(&self.0)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<HealthFinding>() };
}
