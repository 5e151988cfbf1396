//! Registers the classes, as `ModuleBuilder::class` of ext-php-rs would.
//!
//! That one moves the whole description of a class once for every method, compares each name with all others, and leaves
//! pieces of memory behind for every method, parameter and type. Every start of PHP waits for it. Here the same
//! descriptions are read once, given back before the next class, and what the engine keeps pointers to, the texts, is put
//! one behind the other.

use std::ffi::{CString, c_char};
use std::mem;
use std::panic::AssertUnwindSafe;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use ext_php_rs::args::{ArgInfo, ArgInfoTables};
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::{ClassEntryInfo, ConstructorMeta, ConstructorResult, RegisteredClass};
use ext_php_rs::error::{Error, Result};
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::{zend_do_implement_interface, zend_register_internal_class_ex};
use ext_php_rs::flags::{ClassFlags, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, FunctionEntry, run_handler};
use ext_php_rs::zend_fastcall;

/// Bytes for texts: a little more than there are.
const TEXTS: usize = 10 * 1024;

/// Texts that the engine keeps pointers to, one behind the other, for as long as the process lives. Grows by another
/// piece, and never moves.
static KEPT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps a text that [`FunctionBuilder::build`] has made; null stays null.
///
/// # Safety
/// `text` is null, or came of `CString::into_raw` and is used no more.
unsafe fn keep(kept: &mut Vec<u8>, text: *const c_char) -> *const c_char {
    if text.is_null() {
        return text;
    }
    // SAFETY: as the caller promises.
    let text = unsafe { CString::from_raw(text.cast_mut()) };
    let bytes = text.as_bytes_with_nul();
    if kept.capacity().saturating_sub(kept.len()) < bytes.len() {
        mem::forget(mem::replace(
            kept,
            Vec::with_capacity(bytes.len().max(TEXTS)),
        ));
    }
    let place = kept.spare_capacity_mut().as_ptr();
    kept.extend_from_slice(bytes);
    place.cast()
}

/// Keeps the texts of a method's table.
///
/// # Safety
/// [`FunctionBuilder::build`] has made it, and nothing has read it.
unsafe fn keep_texts(kept: &mut Vec<u8>, table: &mut [ArgInfo]) {
    for (place, info) in table.iter_mut().enumerate() {
        // SAFETY: the first is the head, whose name is a number; all else is as `build` has made it.
        unsafe {
            if place > 0 {
                info.name = keep(kept, info.name);
                info.default_value = keep(kept, info.default_value);
            }
            info.type_.ptr = keep(kept, info.type_.ptr.cast()).cast_mut().cast();
        }
    }
}

/// Makes an object without contents; the constructor that the engine calls next gives it some.
extern "C" fn create_object<T: RegisteredClass>(class: *mut ClassEntry) -> *mut ZendObject {
    // SAFETY: the engine passes the class, which lives as long as PHP, and takes the object over. Until it is
    // initialized nothing of ours takes it for a T.
    unsafe {
        let object = ZendClassObject::<T>::new_uninit(class.as_ref()).into_raw();
        (*object).get_mut_zend_obj()
    }
}

zend_fastcall! {
    extern fn constructor<T: RegisteredClass>(call: &mut ExecuteData, _: &mut Zval) {
        run_handler(AssertUnwindSafe(|| construct::<T>(call)));
    }
}

fn construct<T: RegisteredClass>(call: &mut ExecuteData) {
    let Some(ConstructorMeta { constructor, .. }) = T::constructor() else {
        let why = "You cannot instantiate this class from PHP.";
        PhpException::from_message(why.to_owned()).throw();
        return;
    };
    let contents = match constructor(call) {
        ConstructorResult::Ok(contents) => contents,
        ConstructorResult::Exception(exception) => {
            exception.throw();
            return;
        }
        ConstructorResult::ArgError => return,
    };
    let class = T::get_metadata();
    let object = (call.This.object_mut()).filter(|object| object.instance_of(class.ce()));
    let offset = usize::try_from(class.handlers().offset);
    let (Some(object), Ok(offset)) = (object, offset) else {
        let why = "This object is of another class".to_owned();
        PhpException::from_message(why).throw();
        return;
    };
    // SAFETY: it is a T, so `create_object` has made it, with handlers that say how far into a `ZendClassObject<T>` the
    // engine's object begins.
    unsafe {
        let whole = ptr::from_mut(object).byte_sub(offset);
        (*whole.cast::<ZendClassObject<T>>()).initialize(contents);
    }
}

type Method = (FunctionBuilder<'static>, MethodFlags);

/// What a class is, for all of them in one shape.
struct Description {
    name: &'static str,
    flags: ClassFlags,
    interfaces: &'static [ClassEntryInfo],
    methods: Vec<Method>,
    constructor: Method,
    create: unsafe extern "C" fn(*mut ClassEntry) -> *mut ZendObject,
}

/// Registers `T`, a final class without a parent, properties and constants. At module start.
///
/// # Errors
/// When the engine refuses it.
#[inline(never)] // else the descriptions of all classes have their place on the stack at once
pub(super) fn class<T: RegisteredClass>() -> Result<()> {
    const {
        assert!(T::EXTENDS.is_none() && T::BUILDER_MODIFIER.is_none());
        assert!(T::FLAGS.contains(ClassFlags::Final));
    }
    let metadata = T::get_metadata();
    if !metadata.field_properties().is_empty()
        || !T::method_properties().is_empty()
        || !T::static_properties().is_empty()
        || !T::constants().is_empty()
    {
        return Err(Error::InvalidScope);
    }
    let function = FunctionBuilder::new("__construct", constructor::<T>);
    let constructor = match T::constructor() {
        Some(ConstructorMeta {
            build_fn, flags, ..
        }) => (build_fn(function), flags.unwrap_or(MethodFlags::Public)),
        None => (function, MethodFlags::Public),
    };
    let (class, tables) = register(Description {
        name: T::CLASS_NAME,
        flags: T::FLAGS,
        interfaces: T::IMPLEMENTS,
        methods: T::method_builders(),
        constructor,
        create: create_object::<T>,
    })?;
    metadata.set_ce(class);
    metadata.set_arg_info(tables);
    Ok(())
}

/// Also gives the tables that the engine keeps pointers to.
fn register(class: Description) -> Result<(&'static mut ClassEntry, ArgInfoTables)> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let count = class.methods.len().saturating_add(1);
    let mut entries = Vec::with_capacity(count.saturating_add(1));
    let (mut copied, mut pointed_to) = (Vec::with_capacity(count), Vec::new());
    for (method, flags) in class.methods.into_iter().chain([class.constructor]) {
        let (mut entry, mut table) = method.build()?;
        entry.flags |= flags.bits();
        // SAFETY: `build` has just made it.
        unsafe { keep_texts(&mut kept, &mut table) };
        entry.arg_info = table.as_ptr();
        entries.push(entry);
        // Of a method that says what it returns the engine makes a table of its own, in which names of classes are strings.
        let is_copied = (table.first()).is_some_and(|head| head.type_.type_mask != 0);
        if is_copied {
            copied.push(table);
        } else {
            pointed_to.push(table);
        }
    }
    entries.push(FunctionEntry::end());
    // SAFETY: module start. A class entry of zeros is an empty one. The engine copies it and the entries, and looks at both
    // no more; names of methods it copies, and what else it keeps of them is kept.
    let registered = unsafe {
        let mut empty: ClassEntry = mem::zeroed();
        empty.name = ZendStr::new_interned(class.name, true).into_raw();
        empty.ce_flags = class.flags.bits();
        empty.info.internal.builtin_functions = entries.as_ptr();
        let registered = zend_register_internal_class_ex(&raw mut empty, ptr::null_mut());
        for entry in entries.iter().filter(|entry| !entry.fname.is_null()) {
            drop(CString::from_raw(entry.fname.cast_mut()));
        }
        registered.as_mut().ok_or(Error::InvalidPointer)?
    };
    registered.info.internal.builtin_functions = ptr::null();
    registered.ce_flags |= ClassFlags::NotSerializable.bits();
    for (interface, _) in class.interfaces {
        // SAFETY: both are registered.
        unsafe { zend_do_implement_interface(registered, ptr::from_ref(interface()).cast_mut()) };
    }
    registered.__bindgen_anon_2.create_object = Some(class.create);
    Ok((registered, pointed_to.into_boxed_slice()))
}
