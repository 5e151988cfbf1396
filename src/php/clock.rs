//! Where a verifier's time comes from: the system, or an object of the caller's (PSR-20).

use ext_php_rs::ffi::zend_hash_str_find_ptr_lc;
use ext_php_rs::types::Zval;

use super::date::timestamp;
use super::failure::{Failure, call, mistyped};
use crate::clock::{self, ClockError, UnixTime};

/// The clock of one verifier.
pub(super) struct Clock(Option<Zval>);

impl Clock {
    /// The operating system's.
    pub(super) const fn system() -> Self {
        Self(None)
    }

    /// An object with a method `now`; it need not declare PSR-20's interface.
    ///
    /// # Errors
    /// `TypeError`
    pub(super) fn foreign(value: &Zval) -> Result<Self, Failure> {
        let has_now = value.object().is_some_and(|object| {
            let methods = &raw const object.get_class_entry().function_table;
            // SAFETY: the class of a live object, and a name with its length.
            !unsafe { zend_hash_str_find_ptr_lc(methods, c"now".as_ptr(), 3) }.is_null()
        });
        if !has_now {
            let why = "must have an object with a method now() as \"clock\"";
            return Err(mistyped("settings", why));
        }
        Ok(Self(Some(value.shallow_clone())))
    }

    /// Whether the time is not the system's.
    pub(super) const fn is_foreign(&self) -> bool {
        self.0.is_some()
    }

    /// The value the cycle collector must know of.
    pub(super) fn held(&mut self) -> Option<&mut Zval> {
        self.0.as_mut()
    }

    /// The time, or why there is none.
    ///
    /// # Errors
    /// What the clock threw.
    pub(super) fn read(&self) -> Result<Result<UnixTime, ClockError>, Failure> {
        let Some(clock) = self.0.as_ref().and_then(Zval::object) else {
            return Ok(clock::now());
        };
        let answer = call(clock, "now")?;
        let seconds = timestamp(&answer)?;
        Ok(seconds.ok_or(ClockError).and_then(UnixTime::new))
    }

    /// The time.
    ///
    /// # Errors
    /// `Unavailable` without a time to rely on; what the clock threw.
    pub(super) fn now(&self) -> Result<UnixTime, Failure> {
        Ok(self.read()??)
    }
}
