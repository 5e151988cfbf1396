//! The exceptions.
//!
//! Registered by hand: as a `#[php_class]` an exception would lose file, line, trace and
//! constructor.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::{Error, Result};
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::{zend_object, zend_type};
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ZendType, ce};

unsafe extern "C" {
    static spl_ce_RuntimeException: *const ClassEntry;
    static spl_ce_InvalidArgumentException: *const ClassEntry;
    fn zend_declare_typed_property(
        class: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        access: c_int,
        doc: *mut ZendStr,
        ty: zend_type,
    ) -> *mut std::ffi::c_void;
    fn zend_update_property(
        scope: *mut ClassEntry,
        object: *mut zend_object,
        name: *const c_char,
        length: usize,
        value: *mut Zval,
    );
}

/// `ZEND_ACC_PUBLIC | ZEND_ACC_READONLY`
const PUBLIC_READONLY: c_int = 1 | 1 << 7;

/// An exception we throw.
#[derive(Debug, Clone, Copy)]
pub(super) enum Class {
    Rejected,
    Mistyped,
    LockedOut,
    Throttled,
    NotSent,
    ChallengeClosed,
    StepUpRequired,
    EnrolmentRequired,
    OnHold,
    TooRecent,
    Unavailable,
    ConfigurationError,
    InvalidPhoneNumber,
    FactorRefused,
    LicenceRequired,
}

/// A registered class; written anew by every module start.
struct Slot(AtomicPtr<ClassEntry>);

impl Slot {
    const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    fn set(&self, class: &'static mut ClassEntry) {
        self.0.store(class, Ordering::Release);
    }

    fn entry(&self) -> &'static ClassEntry {
        // SAFETY: null, or a class entry that lives as long as PHP. Before registration, which
        // nothing of ours precedes, RuntimeException stands in.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }.unwrap_or_else(runtime_exception)
    }
}

static MARKER: Slot = Slot::new();
static DENIED: Slot = Slot::new();
static REJECTED: Slot = Slot::new();
static MISTYPED: Slot = Slot::new();
static LOCKED_OUT: Slot = Slot::new();
static THROTTLED: Slot = Slot::new();
static NOT_SENT: Slot = Slot::new();
static CHALLENGE_CLOSED: Slot = Slot::new();
static STEP_UP_REQUIRED: Slot = Slot::new();
static ENROLMENT_REQUIRED: Slot = Slot::new();
static ON_HOLD: Slot = Slot::new();
static TOO_RECENT: Slot = Slot::new();
static UNAVAILABLE: Slot = Slot::new();
static CONFIGURATION_ERROR: Slot = Slot::new();
static INVALID_PHONE_NUMBER: Slot = Slot::new();
static FACTOR_REFUSED: Slot = Slot::new();
static LICENCE_REQUIRED: Slot = Slot::new();

impl Class {
    fn entry(self) -> &'static ClassEntry {
        match self {
            Self::Rejected => &REJECTED,
            Self::Mistyped => &MISTYPED,
            Self::LockedOut => &LOCKED_OUT,
            Self::Throttled => &THROTTLED,
            Self::NotSent => &NOT_SENT,
            Self::ChallengeClosed => &CHALLENGE_CLOSED,
            Self::StepUpRequired => &STEP_UP_REQUIRED,
            Self::EnrolmentRequired => &ENROLMENT_REQUIRED,
            Self::OnHold => &ON_HOLD,
            Self::TooRecent => &TOO_RECENT,
            Self::Unavailable => &UNAVAILABLE,
            Self::ConfigurationError => &CONFIGURATION_ERROR,
            Self::InvalidPhoneNumber => &INVALID_PHONE_NUMBER,
            Self::FactorRefused => &FACTOR_REFUSED,
            Self::LicenceRequired => &LICENCE_REQUIRED,
        }
        .entry()
    }
}

fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: SPL is part of every PHP and started before any extension.
    unsafe { &*spl_ce_RuntimeException }
}

fn invalid_argument_exception() -> &'static ClassEntry {
    // SAFETY: as above.
    unsafe { &*spl_ce_InvalidArgumentException }
}

fn readonly_property(slot: &Slot, name: &str, ty: DataType) -> Result<()> {
    let ty = ZendType::empty_from_type(ty, false, false, false).ok_or(Error::InvalidPointer)?;
    let mut no_default = Zval::new();
    no_default.u1.type_info = 0; // IS_UNDEF
    // SAFETY: module start, on a class registered a moment ago; the engine keeps the interned name.
    unsafe {
        zend_declare_typed_property(
            slot.0.load(Ordering::Acquire),
            ZendStr::new_interned(name, true).into_raw(),
            &raw mut no_default,
            PUBLIC_READONLY,
            ptr::null_mut(),
            ty,
        );
    }
    Ok(())
}

/// Registers all of them. At module start, before the classes.
///
/// # Errors
/// When the engine refuses one.
pub(super) fn register() -> Result<()> {
    const MARKED: &str = "\\TwoFactor\\Exception\\TwoFactorException";
    ClassBuilder::new("TwoFactor\\Exception\\TwoFactorException")
        .flags(ClassFlags::Interface)
        .implements((ce::throwable, "\\Throwable"))
        .registration(|class, _| MARKER.set(class))
        .register()?;
    ClassBuilder::new("TwoFactor\\Exception\\Denied")
        .extends((runtime_exception, "\\RuntimeException"))
        .implements((|| MARKER.entry(), MARKED))
        .registration(|class, _| DENIED.set(class))
        .register()?;
    macro_rules! denied {
        ($name:literal, $slot:ident) => {
            ClassBuilder::new($name)
                .flags(ClassFlags::Final)
                .extends((|| DENIED.entry(), "\\TwoFactor\\Exception\\Denied"))
                .registration(|class, _| $slot.set(class))
                .register()?;
        };
    }
    denied!("TwoFactor\\Exception\\Rejected", REJECTED);
    denied!("TwoFactor\\Exception\\Mistyped", MISTYPED);
    denied!("TwoFactor\\Exception\\LockedOut", LOCKED_OUT);
    denied!("TwoFactor\\Exception\\Throttled", THROTTLED);
    denied!("TwoFactor\\Exception\\NotSent", NOT_SENT);
    denied!("TwoFactor\\Exception\\ChallengeClosed", CHALLENGE_CLOSED);
    denied!("TwoFactor\\Exception\\StepUpRequired", STEP_UP_REQUIRED);
    denied!(
        "TwoFactor\\Exception\\EnrolmentRequired",
        ENROLMENT_REQUIRED
    );
    denied!("TwoFactor\\Exception\\OnHold", ON_HOLD);
    denied!("TwoFactor\\Exception\\TooRecent", TOO_RECENT);
    denied!("TwoFactor\\Exception\\Unavailable", UNAVAILABLE);
    readonly_property(&LOCKED_OUT, "retryAfter", DataType::Long)?;
    readonly_property(&LOCKED_OUT, "disabled", DataType::Bool)?;
    readonly_property(&THROTTLED, "retryAfter", DataType::Long)?;
    readonly_property(&TOO_RECENT, "retryAfter", DataType::Long)?;
    readonly_property(&NOT_SENT, "reason", DataType::String)?;
    macro_rules! failed {
        ($name:literal, $slot:ident) => {
            ClassBuilder::new($name)
                .flags(ClassFlags::Final)
                .extends((runtime_exception, "\\RuntimeException"))
                .implements((|| MARKER.entry(), MARKED))
                .registration(|class, _| $slot.set(class))
                .register()?;
        };
    }
    failed!(
        "TwoFactor\\Exception\\ConfigurationError",
        CONFIGURATION_ERROR
    );
    failed!("TwoFactor\\Exception\\LicenceRequired", LICENCE_REQUIRED);
    readonly_property(&LICENCE_REQUIRED, "reason", DataType::String)?;
    macro_rules! invalid {
        ($name:literal, $slot:ident) => {
            ClassBuilder::new($name)
                .flags(ClassFlags::Final)
                .extends((invalid_argument_exception, "\\InvalidArgumentException"))
                .implements((|| MARKER.entry(), MARKED))
                .registration(|class, _| $slot.set(class))
                .register()?;
            readonly_property(&$slot, "reason", DataType::String)?;
        };
    }
    invalid!(
        "TwoFactor\\Exception\\InvalidPhoneNumber",
        INVALID_PHONE_NUMBER
    );
    invalid!("TwoFactor\\Exception\\FactorRefused", FACTOR_REFUSED);
    Ok(())
}

/// An exception object, with file, line and trace of the running call.
pub(super) fn build(class: Class, message: &str, properties: &[(&CStr, Zval)]) -> PhpException {
    let entry = class.entry();
    match object(entry, message, properties) {
        Ok(object) => PhpException::new(message.to_owned(), 0, entry).with_object(object),
        Err(_) => PhpException::new(message.to_owned(), 0, entry),
    }
}

fn object(class: &'static ClassEntry, message: &str, properties: &[(&CStr, Zval)]) -> Result<Zval> {
    let mut exception = ZendObject::new(class);
    let raw: *mut ZendObject = &raw mut *exception;
    let mut text = Zval::new();
    text.set_string(message, false)?;
    // SAFETY: `raw` is a live exception, `message` a property of `Exception`, and every entry of
    // `properties` one of `class`; the engine copies the values.
    unsafe {
        zend_update_property(
            ptr::from_ref(ce::exception()).cast_mut(),
            raw,
            c"message".as_ptr(),
            7,
            &raw mut text,
        );
        for (name, value) in properties {
            let mut value = value.shallow_clone();
            zend_update_property(
                ptr::from_ref(class).cast_mut(),
                raw,
                name.as_ptr(),
                name.count_bytes(),
                &raw mut value,
            );
        }
    }
    exception.into_zval(false)
}
