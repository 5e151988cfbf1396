//! `TwoFactor\Factor`: what may be shown of one enrolled factor.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::Method;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use crate::verifier::FactorView;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Factor",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Factor(pub(super) FactorView);

/// Its fields, for dumps and JSON.
pub(super) fn fields_of(view: &FactorView) -> Fields {
    Fields::new()
        .with("id", view.id.as_str())
        .with("method", view.method.as_str())
        .with("label", view.label.as_str())
        .with("enrolledAt", rfc3339(view.enrolled_at))
        .with("lastUsedAt", view.last_used_at.map(rfc3339))
        .with("disabled", view.disabled)
        .with("suspended", view.suspended)
        .with("maskedDestination", view.masked.as_deref())
}

#[methods]
impl Factor {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub fn method(&self) -> Method {
        self.0.method.into()
    }

    pub fn label(&self) -> &str {
        &self.0.label
    }

    pub fn enrolledAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.enrolled_at)
    }

    pub fn lastUsedAt(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.last_used_at)
    }

    pub fn isDisabled(&self) -> bool {
        self.0.disabled
    }

    pub fn isSuspended(&self) -> bool {
        self.0.suspended
    }

    pub fn maskedDestination(&self) -> Option<&str> {
        self.0.masked.as_deref()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        fields_of(&self.0).into_array()
    }
}

impl Dump for Factor {
    fn dump(&self) -> Fields {
        fields_of(&self.0)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Factor>() };
}
