//! `TwoFactor\Delivery`: a code is on its way.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::Method;
use super::failure::Failure;
use super::message::Message;
use super::object::{Dump, Fields, REDACTED, SEALED, json_serializable, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Delivery",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Delivery(pub(super) verifier::Delivery);

impl Delivery {
    fn fields(&self) -> Fields {
        Fields::new()
            .with("method", self.0.method.as_str())
            .with("maskedDestination", self.0.masked.as_str())
            .with("expiresAt", rfc3339(self.0.expires_at))
            .with("resendAt", rfc3339(self.0.resend_at))
    }
}

#[methods]
impl Delivery {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn method(&self) -> Method {
        self.0.method.into()
    }

    pub fn maskedDestination(&self) -> &str {
        &self.0.masked
    }

    pub fn expiresAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.expires_at)
    }

    pub fn resendAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.resend_at)
    }

    pub fn message(&self) -> Option<Message> {
        self.0.message.clone().map(Message)
    }

    pub fn token(&self) -> &str {
        &self.0.token
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Delivery {
    fn dump(&self) -> Fields {
        self.fields().with("token", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Delivery>() };
}
