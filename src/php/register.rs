//! Registers the classes, as `ModuleBuilder::class` of ext-php-rs would.
//!
//! That one moves the whole description of a class once for every method, compares each name with all others, and leaves
//! pieces of memory behind for every method, parameter and type. Every start of PHP waits for it. Here a class is
//! registered from what [`method`](super::method) has written of it.

use std::mem;
use std::ptr;

use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::class::{ClassEntryInfo, RegisteredClass};
use ext_php_rs::error::{Error, Result};
use ext_php_rs::ffi::{zend_do_implement_interface, zend_register_internal_class_ex};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::{ZendClassObject, ZendObject, ZendStr};
use ext_php_rs::zend::ClassEntry;

use super::method::{MethodList, Methods};

/// Makes an object without contents; the constructor that the engine calls next gives it some.
extern "C" fn create_object<T: RegisteredClass>(class: *mut ClassEntry) -> *mut ZendObject {
    // SAFETY: the engine passes the class, which lives as long as PHP, and takes the object over. Until it is
    // initialized nothing of ours takes it for a T.
    unsafe {
        let object = ZendClassObject::<T>::new_uninit(class.as_ref()).into_raw();
        (*object).get_mut_zend_obj()
    }
}

/// What a class is beside its methods, for all of them in one shape.
struct Description {
    name: &'static str,
    flags: ClassFlags,
    interfaces: &'static [ClassEntryInfo],
    create: unsafe extern "C" fn(*mut ClassEntry) -> *mut ZendObject,
}

/// Registers `T`, a final class without a parent, properties and constants. At module start. `list` is anybody's.
///
/// # Errors
/// When the engine refuses it, or it has what is not registered here.
pub(super) fn class<T: Methods>(list: &mut MethodList) -> Result<()> {
    const {
        assert!(T::EXTENDS.is_none() && T::BUILDER_MODIFIER.is_none());
        assert!(T::FLAGS.contains(ClassFlags::Final));
    }
    let metadata = T::get_metadata();
    if !metadata.field_properties().is_empty()
        || !T::method_properties().is_empty()
        || !T::static_properties().is_empty()
        || !T::constants().is_empty()
        || !T::method_builders().is_empty()
    {
        return Err(Error::InvalidScope);
    }
    list.clear();
    T::list(list);
    let class = Description {
        name: T::CLASS_NAME,
        flags: T::FLAGS,
        interfaces: T::IMPLEMENTS,
        create: create_object::<T>,
    };
    let (class, tables) = register(class, list)?;
    metadata.set_ce(class);
    if !tables.is_empty() {
        metadata.set_arg_info(tables);
    }
    Ok(())
}

/// Also gives the tables that the engine keeps pointers to.
fn register(
    class: Description,
    list: &mut MethodList,
) -> Result<(&'static mut ClassEntry, ArgInfoTables)> {
    let (entries, pointed_to) = list.finish();
    // SAFETY: module start. A class entry of zeros is an empty one. The engine copies it and the entries, and looks at both
    // no more; all texts are constants, and the tables that it keeps pointers to are kept.
    let registered = unsafe {
        let mut empty: ClassEntry = mem::zeroed();
        empty.name = ZendStr::new_interned(class.name, true).into_raw();
        empty.ce_flags = class.flags.bits();
        empty.info.internal.builtin_functions = entries.as_ptr();
        let registered = zend_register_internal_class_ex(&raw mut empty, ptr::null_mut());
        registered.as_mut().ok_or(Error::InvalidPointer)?
    };
    registered.info.internal.builtin_functions = ptr::null();
    registered.ce_flags |= ClassFlags::NotSerializable.bits();
    for (interface, _) in class.interfaces {
        // SAFETY: both are registered.
        unsafe { zend_do_implement_interface(registered, ptr::from_ref(interface()).cast_mut()) };
    }
    registered.__bindgen_anon_2.create_object = Some(class.create);
    Ok((registered, pointed_to))
}
