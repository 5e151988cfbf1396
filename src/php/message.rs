//! `TwoFactor\Message`: an e-mail for the host to send.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::failure::Failure;
use super::object::{Dump, Fields, REDACTED, SEALED, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Message", flags = SEALED)]
#[derive(Debug)]
pub struct Message(pub(super) verifier::Message);

#[methods]
impl Message {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub fn to(&self) -> Option<&str> {
        self.0.to.as_deref()
    }

    pub fn subject(&self) -> &str {
        &self.0.mail.subject
    }

    pub fn text(&self) -> &str {
        &self.0.mail.text
    }

    pub fn html(&self) -> &str {
        &self.0.mail.html
    }
}

impl Dump for Message {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("to", REDACTED)
            .with("subject", self.0.mail.subject.as_str())
            .with("text", REDACTED)
            .with("html", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Message>() };
}
