//! `TwoFactor\ApiResponse`: what the host's server is to answer.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::failure::Failure;
use super::message::Message;
use super::object::{Dump, Fields, REDACTED, SEALED, not_constructible, seal};
use crate::api::Response;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\ApiResponse", flags = SEALED)]
#[derive(Debug)]
pub struct ApiResponse(pub(super) Response);

impl ApiResponse {
    fn named(&self) -> ZBox<ZendHashTable> {
        let headers = self.0.headers.iter();
        let fields = headers.fold(Fields::new(), |fields, (name, value)| {
            fields.with(name, value.as_str())
        });
        fields.into_array()
    }
}

#[methods]
impl ApiResponse {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn status(&self) -> i64 {
        self.0.status.into()
    }

    pub fn headers(&self) -> ZBox<ZendHashTable> {
        self.named()
    }

    pub fn body(&self) -> &str {
        std::str::from_utf8(&self.0.body).unwrap_or_default()
    }

    pub fn notices(&self) -> Vec<Message> {
        self.0.notices.iter().cloned().map(Message).collect()
    }
}

impl Dump for ApiResponse {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("status", self.status())
            .with("headers", self.named())
            .with("body", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<ApiResponse>() };
}
