//! `TwoFactor\Login`: what a login needs.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::Moment;
use super::device::Device;
use super::enums::{LoginState, Method, methods, names};
use super::failure::Failure;
use super::message::Message;
use super::object::{Dump, Fields, REDACTED, SEALED, json_serializable, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Login",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Login(pub(super) verifier::Login);

impl Login {
    fn fields(&self) -> Fields {
        Fields::new()
            .with("state", LoginState::from(self.0.state).value())
            .with("methods", names(&self.0.methods))
    }
}

#[methods]
impl Login {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn state(&self) -> LoginState {
        self.0.state.into()
    }

    pub fn challenge(&self) -> &str {
        &self.0.challenge
    }

    pub fn methods(&self) -> Vec<Method> {
        methods(&self.0.methods)
    }

    pub fn expiresAt(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.expires_at)
    }

    pub fn enrolmentDue(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.enrolment_due)
    }

    pub fn deviceToken(&self) -> Option<&str> {
        self.0.device_token.as_ref().map(|token| token.as_str())
    }

    pub fn endedDevice(&self) -> Option<Device> {
        self.0.ended_device.clone().map(Device)
    }

    pub fn notices(&self) -> Vec<Message> {
        self.0.notices.iter().cloned().map(Message).collect()
    }

    pub fn isEncouraged(&self) -> bool {
        self.0.is_encouraged
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Login {
    fn dump(&self) -> Fields {
        self.fields().with("challenge", REDACTED).with(
            "deviceToken",
            self.0.device_token.as_ref().map(|_| REDACTED),
        )
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Login>() };
}
