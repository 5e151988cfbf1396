//! How a method ends when it does not return, and the one place where the core's errors become
//! exceptions.

use std::ffi::{CString, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use ext_php_rs::exception::PhpException;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{CatchError, ExecutorGlobals, bailout, ce, try_catch};

use super::argument;
use super::exception::{self, Class};
use crate::account::{Denied, FactorError};
use crate::clock::{ClockError, instant};
use crate::verifier::{self, Failures, PastFailure};

/// Why a method does not return.
#[derive(Debug)]
pub enum Failure {
    /// The engine already holds the exception.
    Pending,
    /// PHP code that we called ended the request.
    Bailout,
    /// To be thrown.
    Throw(PhpException),
}

impl From<PhpException> for Failure {
    fn from(exception: PhpException) -> Self {
        Self::Throw(exception)
    }
}

impl From<ext_php_rs::error::Error> for Failure {
    fn from(_: ext_php_rs::error::Error) -> Self {
        internal()
    }
}

impl From<Failure> for PhpException {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Throw(exception) => exception,
            // `throw` leaves a pending exception alone: this one is never seen.
            Failure::Pending => PhpException::from_message(String::new()),
            // SAFETY: the method has returned, nothing of ours is alive between here and the
            // handler that caught us, and that handler raises it again.
            Failure::Bailout => unsafe { bailout() },
        }
    }
}

/// For what cannot happen; says nothing of the data it happened to.
pub(super) fn internal() -> Failure {
    PhpException::new(
        "The twofactor extension failed; the call had no result.".to_owned(),
        0,
        ce::error(),
    )
    .into()
}

/// Throws `ValueError` for an argument of the running method.
pub(super) fn invalid(argument: &str, why: &str) -> Failure {
    if argument::throw_value_error(argument, why) {
        return Failure::Pending;
    }
    PhpException::new(format!("${argument} {why}"), 0, ce::value_error()).into()
}

/// Throws `TypeError` for an argument of the running method.
pub(super) fn mistyped(argument: &str, why: &str) -> Failure {
    if argument::throw_type_error(argument, why) {
        return Failure::Pending;
    }
    PhpException::new(format!("${argument} {why}"), 0, ce::type_error()).into()
}

/// Throws `Unavailable`. Its message is for people; the reason is the operator's and goes to
/// PHP's error log, which is never part of a page, whatever `display_errors` says.
pub(super) fn unavailable(reason: &str) -> Failure {
    tell_operator(reason);
    exception::build(
        Class::Unavailable,
        "Second factors cannot be verified right now.",
        &[],
    )
    .into()
}

/// Throws `ConfigurationError`, whose message is for the operator.
pub(super) fn misconfigured(why: &str) -> Failure {
    exception::build(Class::ConfigurationError, why, &[]).into()
}

/// What nobody but the operator is told: a line in PHP's error log.
pub(super) fn tell_operator(reason: &str) {
    log(&format!("twofactor: {reason}"));
}

fn log(line: &str) {
    unsafe extern "C" {
        fn php_log_err_with_severity(line: *const c_char, severity: c_int);
    }
    const LOG_ERR: c_int = 3;
    let line = line.replace(|c: char| c.is_control(), " ");
    if let Ok(line) = CString::new(line) {
        // SAFETY: a C string that outlives the call.
        unsafe { php_log_err_with_severity(line.as_ptr(), LOG_ERR) };
    }
}

impl From<ClockError> for Failure {
    fn from(error: ClockError) -> Self {
        unavailable(&error.to_string())
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        let message = denied.to_string();
        match denied {
            Denied::Rejected => exception::build(Class::Rejected, &message, &[]),
            Denied::Mistyped => exception::build(Class::Mistyped, &message, &[]),
            Denied::LockedOut {
                retry_after,
                disabled,
            } => {
                let seconds = i64::try_from(retry_after).unwrap_or(i64::MAX);
                let mut wait = Zval::new();
                wait.set_long(if disabled { 0 } else { seconds });
                let mut for_good = Zval::new();
                for_good.set_bool(disabled);
                exception::build(
                    Class::LockedOut,
                    &message,
                    &[(c"retryAfter", wait), (c"disabled", for_good)],
                )
            }
            Denied::Throttled { retry_after } => {
                let mut wait = Zval::new();
                wait.set_long(i64::try_from(retry_after).unwrap_or(i64::MAX));
                exception::build(Class::Throttled, &message, &[(c"retryAfter", wait)])
            }
            Denied::TooRecent { retry_after } => {
                let mut wait = Zval::new();
                wait.set_long(i64::try_from(retry_after).unwrap_or(i64::MAX));
                exception::build(Class::TooRecent, &message, &[(c"retryAfter", wait)])
            }
            Denied::NotSent { reason } => return with_reason(Class::NotSent, &message, reason),
            Denied::ChallengeClosed => exception::build(Class::ChallengeClosed, &message, &[]),
            Denied::EnrolmentRequired => exception::build(Class::EnrolmentRequired, &message, &[]),
            Denied::OnHold => exception::build(Class::OnHold, &message, &[]),
            Denied::LinkOver => exception::build(Class::Rejected, &message, &[]),
            Denied::StepUpRequired => exception::build(Class::StepUpRequired, &message, &[]),
        }
        .into()
    }
}

/// Throws `InvalidPhoneNumber`.
pub(super) fn number(reason: &str, text: &str) -> Failure {
    with_reason(Class::InvalidPhoneNumber, text, reason)
}

/// Throws `FactorRefused`.
fn factor(why: FactorError) -> Failure {
    with_reason(Class::FactorRefused, &why.to_string(), why.reason())
}

fn with_reason(class: Class, message: &str, reason: &str) -> Failure {
    let mut why = Zval::new();
    match why.set_string(reason, false) {
        Ok(()) => exception::build(class, message, &[(c"reason", why)]).into(),
        Err(_) => internal(),
    }
}

/// What could not be done in this process.
static FAILURES: Mutex<Failures> = Mutex::new(Failures::none());

/// The same, and how many seconds ago last.
pub(super) fn failures() -> Vec<(PastFailure, u64)> {
    let kept = FAILURES.lock().unwrap_or_else(PoisonError::into_inner);
    let now = instant();
    let ago = |it: &PastFailure| now.saturating_duration_since(it.last).as_secs();
    kept.list().iter().map(|it| (it.clone(), ago(it))).collect()
}

impl From<verifier::Error> for Failure {
    fn from(error: verifier::Error) -> Self {
        FAILURES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .note(&error, instant());
        match error {
            verifier::Error::Denied(denied) => denied.into(),
            verifier::Error::Unavailable(reason) => unavailable(&reason.to_string()),
            verifier::Error::Configuration(why) => misconfigured(&why.to_string()),
            verifier::Error::Factor(why) => factor(why),
            // Whoever asks about users knows how to ask again.
            verifier::Error::StandingWanted(_) => internal(),
            verifier::Error::LicenceRequired(why) => {
                with_reason(Class::LicenceRequired, &why.to_string(), why.reason())
            }
            verifier::Error::Number { reason, text } => number(reason, &text),
            verifier::Error::Invalid { argument, why } => invalid(argument, &why),
        }
    }
}

/// Runs code that may panic; a panic becomes an `Error` without a word of data.
///
/// # Errors
/// [`internal`] after a panic.
pub(super) fn contained<R>(work: impl FnOnce() -> R) -> Result<R, Failure> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| internal())
}

/// Runs code that calls into PHP under a `setjmp` of its own: a fatal error or `exit` in there
/// never jumps over a frame of ours that owns something.
///
/// # Errors
/// [`Failure::Bailout`], or [`Failure::Pending`] when the PHP code threw.
pub(super) fn guarded<R>(work: impl FnOnce() -> R) -> Result<R, Failure> {
    let result = match try_catch(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(CatchError::Bailout) => return Err(Failure::Bailout),
        Err(_) => return Err(internal()),
    };
    if ExecutorGlobals::has_exception() {
        return Err(Failure::Pending);
    }
    Ok(result)
}

/// Calls a method without arguments.
///
/// # Errors
/// As [`guarded`].
pub(super) fn call(object: &ZendObject, method: &str) -> Result<Zval, Failure> {
    Ok(guarded(|| object.try_call_method(method, vec![]))??)
}
