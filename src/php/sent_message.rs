//! `TwoFactor\SentMessage`: a message that was sent, and what became of it.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::Method;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, integer, json_serializable, not_constructible, seal};
use crate::store;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\SentMessage",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct SentMessage {
    pub(super) id: u64,
    pub(super) message: store::SentMessage,
}

impl SentMessage {
    fn detail_text(&self) -> Option<&str> {
        Some(self.message.report.detail.as_str()).filter(|detail| !detail.is_empty())
    }

    fn fields(&self) -> Fields {
        let message = &self.message;
        Fields::new()
            .with("id", self.id.to_string())
            .with("at", rfc3339(message.sent))
            .with("userId", message.user.for_host())
            .with("provider", message.provider.as_str())
            .with("method", message.method.as_str())
            .with("maskedDestination", message.masked.as_str())
            .with("reference", message.reference.as_deref())
            .with("status", message.report.status.as_str())
            .with("statusAt", rfc3339(message.report.at))
            .with("detail", self.detail_text())
            .with("deliverySeconds", self.delivery_seconds())
    }

    fn delivery_seconds(&self) -> Option<i64> {
        let report = &self.message.report;
        (report.status == "delivered").then(|| integer(self.message.sent.until(report.at)))
    }
}

#[methods]
impl SentMessage {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> String {
        self.id.to_string()
    }

    pub fn at(&self) -> Result<Moment, Failure> {
        Moment::new(self.message.sent)
    }

    pub fn userId(&self) -> &str {
        self.message.user.for_host()
    }

    pub fn provider(&self) -> &str {
        &self.message.provider
    }

    pub fn method(&self) -> Method {
        self.message.method.into()
    }

    pub fn maskedDestination(&self) -> &str {
        &self.message.masked
    }

    pub fn reference(&self) -> Option<&str> {
        self.message.reference.as_deref()
    }

    pub fn status(&self) -> &str {
        &self.message.report.status
    }

    pub fn statusAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.message.report.at)
    }

    pub fn detail(&self) -> Option<&str> {
        self.detail_text()
    }

    pub fn deliverySeconds(&self) -> Option<i64> {
        self.delivery_seconds()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for SentMessage {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<SentMessage>() };
}
