//! Arguments that fail the way the engine's own do.
//!
//! ext-php-rs answers "Invalid value given for argument `x`." and is strict whatever
//! `declare(strict_types)` says. [`Arg`] answers "TwoFactor\Totp::at(): Argument #1 ($unixTime)
//! must be of type int, string given", and where the caller is not strict it converts scalars as
//! any internal function does. Null is never converted.

use std::ffi::{CStr, CString, c_char};
use std::ops::Deref;
use std::ptr;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::{FromZval, FromZvalMut};
use ext_php_rs::ffi::zend_type;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ExecutorGlobals};

unsafe extern "C" {
    fn zend_argument_type_error(position: u32, format: *const c_char, ...);
    fn zend_argument_value_error(position: u32, format: *const c_char, ...);
    fn zend_zval_type_name(value: *const Zval) -> *const c_char;
    fn zend_type_to_string(declared: zend_type) -> *mut ZendStr;
    fn zend_parse_arg_long_weak(value: *const Zval, out: *mut i64, position: u32) -> bool;
    fn zend_parse_arg_bool_weak(value: *const Zval, out: *mut bool, position: u32) -> bool;
    fn zend_parse_arg_str_weak(value: *mut Zval, out: *mut *mut ZendStr, position: u32) -> bool;
}

const STRICT_TYPES: u32 = ext_php_rs::ffi::ZEND_ACC_STRICT_TYPES;

/// A required argument, or a nullable one as `Arg<Option<T>>`.
#[derive(Debug)]
pub struct Arg<T>(pub T);

impl<T> Deref for Arg<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// An argument with a default other than null. `signature` tells reflection what it is.
#[derive(Debug)]
pub struct Optional<T>(Option<T>);

impl<T> Optional<T> {
    /// What the caller gave, or `default`.
    pub fn or(self, default: T) -> T {
        self.0.unwrap_or(default)
    }
}

/// A PHP string as bytes, for what comes from the outside and need not be UTF-8.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> FromZval<'a> for Bytes<'a> {
    const TYPE: DataType = DataType::String;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        zval.zend_str().map(|s| Bytes(s.as_bytes()))
    }
}

impl Bytes<'_> {
    /// As text. Bytes that are no UTF-8 become U+FFFD, which no code, token or grant has in it:
    /// such a text is compared and refused like any other wrong one.
    pub fn text(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::new(String::from_utf8_lossy(self.0).into_owned())
    }
}

/// Keys and values of an array. ext-php-rs's own iterator panics over a key that is no UTF-8.
pub(super) fn entries(array: &ZendHashTable) -> impl Iterator<Item = (Zval, &Zval)> {
    let mut iterator = array.iter();
    std::iter::from_fn(move || iterator.next_zval()).map(|(key, value)| (key, value.dereference()))
}

/// Where in the running call a value stands.
struct ArgumentPosition {
    /// Counted from 1.
    position: u32,
    /// Whether the caller has `declare(strict_types=1)`.
    strict: bool,
    declared: zend_type,
}

fn running_call<'a>() -> Option<&'a ExecuteData> {
    let call: *const ExecuteData = ExecutorGlobals::get().current_execute_data;
    // SAFETY: the engine's current frame lives for as long as the method it runs, and nothing
    // returned from here is kept longer than that.
    unsafe { call.as_ref() }
}

fn place_of(value: *const Zval) -> Option<ArgumentPosition> {
    let call = running_call()?;
    // SAFETY: a frame that runs one of our methods has its function set.
    let function = unsafe { call.func.as_ref() }?;
    // SAFETY: every member of `u2` is a u32; in a frame's `This` it is the number of arguments.
    let given = unsafe { call.This.u2.num_args };
    for index in 0..given {
        // SAFETY: `index` is below the number of arguments of this frame.
        let slot = unsafe { call.zend_call_arg(usize::try_from(index).ok()?) }?;
        if !ptr::eq(slot.dereference(), value) {
            continue;
        }
        // SAFETY: `common` overlays every kind of function.
        let common = unsafe { function.common };
        if index >= common.num_args {
            return None;
        }
        // SAFETY: `arg_info` has `num_args` entries and `index` is below that.
        let declared = unsafe { (*common.arg_info.add(usize::try_from(index).ok()?)).type_ };
        // SAFETY: the caller's frame, if there is one, outlives ours; `common` as above.
        let strict = unsafe {
            call.prev_execute_data
                .as_ref()
                .and_then(|caller| caller.func.as_ref())
                .is_some_and(|f| f.common.fn_flags & STRICT_TYPES != 0)
        };
        return Some(ArgumentPosition {
            position: index.saturating_add(1),
            strict,
            declared,
        });
    }
    None
}

/// Converts a scalar in its slot, as the engine does for a caller without strict types.
fn convert_weakly(value: &mut Zval, wanted: DataType, position: u32) -> bool {
    match wanted {
        DataType::Long => {
            let mut number = 0;
            // SAFETY: reads `value`, writes `number`; throws or warns like any internal function.
            let converted = unsafe { zend_parse_arg_long_weak(value, &raw mut number, position) };
            if converted {
                value.set_long(number);
            }
            converted
        }
        DataType::Bool => {
            let mut flag = false;
            // SAFETY: as above.
            let converted = unsafe { zend_parse_arg_bool_weak(value, &raw mut flag, position) };
            if converted {
                value.set_bool(flag);
            }
            converted
        }
        DataType::String => {
            let mut text = ptr::null_mut();
            // SAFETY: converts the argument in its own slot, which the frame owns.
            unsafe { zend_parse_arg_str_weak(value, &raw mut text, position) }
        }
        _ => false,
    }
}

/// Whether an object is of exactly the class wanted, for all our classes and enums are final; of an interface of PHP's
/// own, whether it has it.
///
/// ext-php-rs reads an enum by the name of its case alone: another enum's `Totp` would do.
fn is_wanted_class(value: &Zval, wanted: DataType) -> bool {
    let Some(class) = wanted.class_name() else {
        return true;
    };
    let Some(object) = value.object() else {
        return false;
    };
    let has = |class: &str| {
        let found = ClassEntry::try_find(class).filter(|found| found.is_interface());
        found.is_some_and(|interface| object.instance_of(interface))
    };
    let name = object.get_class_entry().name();
    class.split('|').any(|class| name == Some(class)) || class.split('|').any(has)
}

fn take<'a, T: FromZvalMut<'a>>(value: &'a mut Zval) -> Option<T> {
    let raw: *mut Zval = value;
    let is_null = value.is_null();
    if is_null || is_wanted_class(value, T::TYPE) {
        // SAFETY: `raw` is the exclusive borrow we were given; a borrow that comes back as `None`
        // is over.
        if let Some(taken) = T::from_zval_mut(unsafe { &mut *raw }) {
            return Some(taken);
        }
    }
    let place = place_of(raw)?;
    // SAFETY: as above; no other borrow is alive.
    let value = unsafe { &mut *raw };
    let right_type = value.get_type() == T::TYPE;
    let scalar = matches!(
        T::TYPE,
        DataType::Long | DataType::Bool | DataType::String | DataType::Double
    );
    if !place.strict && scalar && !right_type && !is_null {
        let converted = convert_weakly(value, T::TYPE, place.position);
        if ExecutorGlobals::has_exception() {
            return None;
        }
        if converted {
            // SAFETY: as above.
            if let Some(taken) = T::from_zval_mut(unsafe { &mut *raw }) {
                return Some(taken);
            }
        }
    }
    // SAFETY: as above.
    let value = unsafe { &*raw };
    if T::TYPE == DataType::String && value.is_string() {
        value_error(place.position, "must be valid UTF-8");
    } else {
        type_error(&place, value);
    }
    None
}

fn type_error(place: &ArgumentPosition, given: &Zval) {
    // SAFETY: `declared` is the type the engine keeps for this parameter. The string that comes
    // back is ours to release, which the box does after the message was made.
    unsafe {
        let declared = ZBox::from_raw(zend_type_to_string(place.declared));
        if let Ok(name) = declared.as_c_str() {
            zend_argument_type_error(
                place.position,
                c"must be of type %s, %s given".as_ptr(),
                name.as_ptr(),
                zend_zval_type_name(given),
            );
        }
    }
}

fn value_error(position: u32, why: &str) {
    let why = CString::new(why.replace('\0', "\\0")).unwrap_or_default();
    // SAFETY: one %s, one C string.
    unsafe { zend_argument_value_error(position, c"%s".as_ptr(), why.as_ptr()) };
}

/// Throws "Class::method(): Argument #n ($name) why" for an argument of the running method.
///
/// False when it has no such argument; nothing is thrown then.
pub(super) fn throw_value_error(name: &str, why: &str) -> bool {
    let Some(position) = position_of(name) else {
        return false;
    };
    value_error(position, why);
    true
}

fn position_of(name: &str) -> Option<u32> {
    // SAFETY: see `place_of`.
    let function = unsafe { running_call()?.func.as_ref() }?;
    // SAFETY: `common` overlays every kind of function.
    let common = unsafe { function.common };
    (0..common.num_args).find_map(|index| {
        // SAFETY: `index` is below `num_args`; an internal function's `arg_info` holds C strings,
        // and only internal functions of ours get here.
        let parameter = unsafe {
            let info = common.arg_info.add(usize::try_from(index).ok()?);
            CStr::from_ptr((*info.cast::<ext_php_rs::ffi::zend_internal_arg_info>()).name)
        };
        (parameter.to_bytes() == name.as_bytes()).then(|| index.saturating_add(1))
    })
}

impl<'a, T: FromZvalMut<'a>> FromZvalMut<'a> for Arg<T> {
    const TYPE: DataType = T::TYPE;
    const NULLABLE: bool = T::NULLABLE;

    fn from_zval_mut(zval: &'a mut Zval) -> Option<Self> {
        take(zval).map(Self)
    }

    fn from_missing() -> Option<Self> {
        T::from_missing().map(Self)
    }
}

impl<'a, T: FromZvalMut<'a>> FromZvalMut<'a> for Optional<T> {
    const TYPE: DataType = T::TYPE;
    // Only so that it may be left out: `signature` takes null away again.
    const NULLABLE: bool = true;

    fn from_zval_mut(zval: &'a mut Zval) -> Option<Self> {
        take(zval).map(|taken| Self(Some(taken)))
    }

    fn from_missing() -> Option<Self> {
        Some(Self(None))
    }
}

/// As [`throw_value_error`], but a `TypeError`.
pub(super) fn throw_type_error(name: &str, why: &str) -> bool {
    let (Some(position), Ok(why)) = (position_of(name), CString::new(why)) else {
        return false;
    };
    // SAFETY: one %s, one C string.
    unsafe { zend_argument_type_error(position, c"%s".as_ptr(), why.as_ptr()) };
    true
}
