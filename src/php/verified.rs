//! `TwoFactor\Verified`: a proof was accepted, exactly once.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::{Method, Purpose};
use super::failure::Failure;
use super::message::Message;
use super::object::{
    Dump, Fields, REDACTED, SEALED, integer, json_serializable, not_constructible, seal,
};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Verified",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Verified(pub(super) verifier::Verified);

impl Verified {
    fn fields(&self) -> Fields {
        Fields::new()
            .with("userId", self.0.user.as_str())
            .with("method", self.0.method.as_str())
            .with("purpose", self.0.purpose.as_str())
            .with("at", rfc3339(self.0.at))
            .with("amr", self.0.amr())
            .with("epoch", self.epoch())
            .with("backupCodesLeft", self.backupCodesLeft())
            .with("recoveryCodesLeft", self.recoveryCodesLeft())
            .with("switchedOff", self.isSwitchedOff())
            .with("mustChangePassword", self.mustChangePassword())
    }
}

#[methods]
impl Verified {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn userId(&self) -> &str {
        self.0.user.as_str()
    }

    pub fn method(&self) -> Method {
        self.0.method.into()
    }

    pub fn purpose(&self) -> Purpose {
        self.0.purpose.into()
    }

    pub fn grant(&self) -> &str {
        &self.0.grant
    }

    pub fn grantExpiresAt(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.grant_expires())
    }

    pub fn epoch(&self) -> i64 {
        integer(self.0.epoch)
    }

    pub fn at(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.at)
    }

    pub fn amr(&self) -> Vec<&'static str> {
        self.0.amr()
    }

    pub fn backupCodesLeft(&self) -> Option<i64> {
        self.0.backup_codes_left.map(|left| integer(left as u64))
    }

    pub fn recoveryCodesLeft(&self) -> Option<i64> {
        self.0.recovery_codes_left.map(|left| integer(left as u64))
    }

    pub fn isSwitchedOff(&self) -> bool {
        self.0.switched_off
    }

    pub fn deviceToken(&self) -> Option<&str> {
        self.0.device_token.as_ref().map(|token| token.as_str())
    }

    pub fn mustChangePassword(&self) -> bool {
        self.0.must_change_password
    }

    pub fn notices(&self) -> Vec<Message> {
        self.0.notices.iter().cloned().map(Message).collect()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Verified {
    fn dump(&self) -> Fields {
        self.fields().with("grant", REDACTED).with(
            "deviceToken",
            self.0.device_token.as_ref().map(|_| REDACTED),
        )
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Verified>() };
}
