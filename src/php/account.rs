//! `TwoFactor\Account`: what may be shown of an account.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::argument::Arg;
use super::date::{Moment, rfc3339};
use super::enums::{Method, methods, names};
use super::factor::{Factor, fields_of};
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, integer, json_serializable, not_constructible, seal};
use crate::verifier::AccountView;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Account",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Account(pub(super) AccountView);

/// As arrays, for dumps and JSON.
fn factors(view: &AccountView) -> Vec<ZBox<ZendHashTable>> {
    let factors = view.factors.iter();
    factors.map(|view| fields_of(view).into_array()).collect()
}

impl Account {
    fn fields(&self) -> Fields {
        let view = &self.0;
        Fields::new()
            .with("userId", view.user.as_str())
            .with("enrolled", view.enrolled)
            .with("readable", view.readable)
            .with("methods", names(&view.methods))
            .with("disabledMethods", names(&view.disabled))
            .with("primary", view.primary.map(|method| method.as_str()))
            .with("factors", factors(view))
            .with("backupCodesLeft", self.backupCodesLeft())
            .with("recoveryCodesLeft", self.recoveryCodesLeft())
            .with("nextRecoveryCode", self.nextRecoveryCode())
            .with("lockedUntil", view.locked_until(None).map(rfc3339))
            .with("lastVerifiedAt", view.last_verified.map(rfc3339))
            .with("totpDrift", view.totp_drift)
            .with("epoch", self.epoch())
            .with("enrolmentDue", view.enrolment_due.map(rfc3339))
            .with("heldSince", view.held_since.map(rfc3339))
            .with("maskedPhone", view.masked_phone.as_deref())
            .with("maskedEmail", view.masked_email.as_deref())
    }
}

#[methods]
impl Account {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn userId(&self) -> &str {
        self.0.user.as_str()
    }

    pub fn isEnrolled(&self) -> bool {
        self.0.enrolled
    }

    pub fn isReadable(&self) -> bool {
        self.0.readable
    }

    pub fn enrolmentDue(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.enrolment_due)
    }

    pub fn isTooWeak(&self) -> bool {
        self.0.too_weak
    }

    pub fn heldSince(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.held_since)
    }

    pub fn codeEndsHold(&self) -> bool {
        self.0.code_ends_hold
    }

    pub fn maskedPhone(&self) -> Option<&str> {
        self.0.masked_phone.as_deref()
    }

    pub fn maskedEmail(&self) -> Option<&str> {
        self.0.masked_email.as_deref()
    }

    pub fn methods(&self) -> Vec<Method> {
        methods(&self.0.methods)
    }

    pub fn disabledMethods(&self) -> Vec<Method> {
        methods(&self.0.disabled)
    }

    pub fn factors(&self) -> Vec<Factor> {
        self.0.factors.iter().cloned().map(Factor).collect()
    }

    pub fn primary(&self) -> Option<Method> {
        self.0.primary.map(Method::from)
    }

    pub fn backupCodesLeft(&self) -> i64 {
        integer(self.0.backup_codes_left as u64)
    }

    pub fn recoveryCodesLeft(&self) -> i64 {
        integer(self.0.recovery_codes_left as u64)
    }

    pub fn nextRecoveryCode(&self) -> Option<i64> {
        self.0.next_recovery_code.map(i64::from)
    }

    pub fn lockedUntil(&self, method: Arg<Option<Method>>) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.locked_until((*method).map(Into::into)))
    }

    pub fn lastVerifiedAt(&self, method: Arg<Option<Method>>) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.last_verified((*method).map(Into::into)))
    }

    pub fn totpDrift(&self) -> Option<i64> {
        self.0.totp_drift
    }

    pub fn steadyTotpDrift(&self) -> Option<i64> {
        self.0.steady_totp_drift
    }

    pub fn takesAnotherApp(&self) -> bool {
        self.0.takes_app
    }

    pub fn epoch(&self) -> i64 {
        integer(self.0.epoch)
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Account {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Account>() };
}
