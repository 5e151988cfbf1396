//! What every class of ours has in common: final, without dynamic properties, never equal to
//! another object, constructed once, and shown by dumps as it chooses.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::types::{ZendClassObject, ZendHashTable, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecutorGlobals, ce};

use super::failure::Failure;

/// Flags of all our classes.
pub(super) const SEALED: ClassFlags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties);

/// What a dump shows in place of a secret.
pub(super) const REDACTED: &str = "<redacted>";

unsafe extern "C" {
    fn zend_objects_not_comparable(a: *mut Zval, b: *mut Zval) -> c_int;
}

/// A PHP array under construction. A value that cannot be converted is left out.
#[derive(Debug)]
pub(super) struct Fields(ZBox<ZendHashTable>);

impl Fields {
    pub(super) fn new() -> Self {
        Self(ZendHashTable::new())
    }

    pub(super) fn with(mut self, name: &str, value: impl IntoZval) -> Self {
        let _ = self.0.insert(name, value);
        self
    }

    pub(super) fn into_array(self) -> ZBox<ZendHashTable> {
        self.0
    }
}

/// A class that decides what var_dump(), print_r() and debug_zval_refcount() show of it. None of
/// our objects has a property, so that casts, var_export() and foreach have nothing to show.
pub(super) trait Dump: RegisteredClass {
    /// Never a secret.
    fn dump(&self) -> Fields;
}

unsafe extern "C" fn debug_info<T: Dump>(
    object: *mut ZendObject,
    is_temporary: *mut c_int,
) -> *mut ZendHashTable {
    // SAFETY: the engine passes a live object and a place to write to; the table is ours to give.
    unsafe {
        *is_temporary = 1;
        let fields = catch_unwind(AssertUnwindSafe(|| {
            object
                .as_ref()
                .and_then(ZendClassObject::<T>::from_zend_obj)
                .map(|this| this.dump())
        }));
        let fields = fields.ok().flatten().unwrap_or_else(Fields::new);
        fields.into_array().into_raw()
    }
}

/// Gives the objects of `T` their handlers.
///
/// # Safety
/// At module start, after `T` was registered and before the first object of it.
pub(super) unsafe fn seal<T: Dump>() {
    let handlers = ptr::from_ref(T::get_metadata().handlers()).cast_mut();
    // SAFETY: the table lives in a static of `T`, no other thread runs yet, and nobody holds a
    // reference to it. Objects keep a pointer and never a copy.
    unsafe {
        (*handlers).compare = Some(zend_objects_not_comparable);
        (*handlers).get_debug_info = Some(debug_info::<T>);
    }
}

/// A class whose objects hold values of PHP's, which may hold the object in turn.
pub(super) trait Holder: Dump {
    /// All of them: the cycle collector must know.
    fn held(&mut self) -> &mut [Zval];
}

unsafe extern "C" fn get_gc<T: Holder>(
    object: *mut ZendObject,
    table: *mut *mut Zval,
    count: *mut c_int,
) -> *mut ZendHashTable {
    // SAFETY: the engine passes a live object, exclusively, and two places to write to.
    unsafe {
        let this = object
            .as_mut()
            .and_then(ZendClassObject::<T>::from_zend_obj_mut);
        let held = this.map_or(&mut [][..], |this| this.held());
        *count = c_int::try_from(held.len()).unwrap_or(0);
        *table = held.as_mut_ptr();
    }
    ptr::null_mut()
}

/// As [`seal`], for objects that hold values of PHP's.
///
/// # Safety
/// As [`seal`].
pub(super) unsafe fn seal_holder<T: Holder>() {
    let handlers = ptr::from_ref(T::get_metadata().handlers()).cast_mut();
    // SAFETY: as in `seal`.
    unsafe {
        seal::<T>();
        (*handlers).get_gc = Some(get_gc::<T>);
    }
}

/// For `private function __construct()`: the engine refuses `new` before this is reached.
pub(super) fn not_constructible<T>() -> Result<T, Failure> {
    Err(PhpException::new(
        "This class cannot be instantiated".to_owned(),
        0,
        ce::error(),
    )
    .into())
}

/// Refuses a second `$object->__construct(…)`: our objects never change under a reader.
///
/// # Errors
/// `Error` when `$this` is complete already.
pub(super) fn constructed_once<T: RegisteredClass>() -> Result<(), Failure> {
    let call = ExecutorGlobals::get().current_execute_data;
    // SAFETY: the frame of the running constructor.
    let this = unsafe { call.as_ref() }.and_then(|frame| frame.This.object());
    if this.and_then(ZendClassObject::<T>::from_zend_obj).is_some() {
        return Err(PhpException::new(
            "An object is constructed only once".to_owned(),
            0,
            ce::error(),
        )
        .into());
    }
    Ok(())
}

/// A list that reflection calls `iterable`.
#[derive(Debug)]
pub struct Listing<T>(pub Vec<T>);

impl<T: IntoZval> IntoZval for Listing<T> {
    const TYPE: DataType = DataType::Iterable;
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, persistent: bool) -> ext_php_rs::error::Result<()> {
        self.0.set_zval(zv, persistent)
    }
}

/// `\JsonSerializable`.
pub(super) fn json_serializable() -> &'static ClassEntry {
    unsafe extern "C" {
        static php_json_serializable_ce: *const ClassEntry;
    }
    // SAFETY: json is part of every PHP and started before us.
    unsafe { &*php_json_serializable_ce }
}

/// A count as PHP's int.
pub(super) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
