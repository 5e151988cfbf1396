//! `TwoFactor\Notice`: what the link of a notice is about.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::Method;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, not_constructible, seal};
use crate::verifier::NoticeView;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Notice", flags = SEALED)]
#[derive(Debug)]
pub struct Notice(pub(super) NoticeView);

#[methods]
impl Notice {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn userId(&self) -> &str {
        self.0.user.as_str()
    }

    pub fn kind(&self) -> &str {
        self.0.kind.as_str()
    }

    pub fn title(&self) -> &str {
        self.0.title
    }

    pub fn language(&self) -> &str {
        self.0.language
    }

    pub fn method(&self) -> Option<Method> {
        self.0.method.map(Method::from)
    }

    pub fn at(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.at)
    }

    pub fn isUsed(&self) -> bool {
        self.0.is_used
    }

    pub fn heldSince(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.held_since)
    }
}

impl Dump for Notice {
    fn dump(&self) -> Fields {
        let notice = &self.0;
        Fields::new()
            .with("userId", notice.user.as_str())
            .with("kind", notice.kind.as_str())
            .with("title", notice.title)
            .with("language", notice.language)
            .with("method", notice.method.map(|method| method.as_str()))
            .with("at", rfc3339(notice.at))
            .with("isUsed", notice.is_used)
            .with("heldSince", notice.held_since.map(rfc3339))
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Notice>() };
}
