//! What `#[methods]` cannot say about a parameter: that it is sensitive, or has a default other
//! than null.
//!
//! Written into the engine's own tables after all classes are registered and before the first
//! request, from `zend_post_startup_cb`. Everything that runs later, reflection, named arguments
//! and stack traces among it, sees it as if it had been declared.

use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::zend_internal_arg_info;
use ext_php_rs::ffi::{_ZEND_TYPE_NULLABLE_BIT, zend_function, zend_hash_str_find_ptr_lc};
use ext_php_rs::types::{ZendHashTable, ZendStr};

const ATTRIBUTE_PERSISTENT: u32 = 1;

unsafe extern "C" {
    fn zend_add_attribute(
        attributes: *mut *mut ZendHashTable,
        name: *mut ZendStr,
        argc: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
}

/// The engine's own text, made once in a start: it is asked for some eighty times, and ends with the module.
static SENSITIVE: AtomicPtr<ZendStr> = AtomicPtr::new(ptr::null_mut());

/// Before the first parameter is described.
pub(super) fn begin() {
    let name = ZendStr::new_interned("SensitiveParameter", true);
    SENSITIVE.store(name.into_raw(), Ordering::Relaxed);
}

/// A method of `T`, while its parameters are described.
pub(super) struct Signature {
    function: *mut zend_function,
}

impl Signature {
    /// The method of that PHP name; nothing is described when there is none.
    ///
    /// # Safety
    /// Between the registration of `T` and the first request, on the thread that starts PHP.
    pub(super) unsafe fn of<T: RegisteredClass>(method: &str) -> Self {
        let table = &raw const T::get_metadata().ce().function_table;
        // SAFETY: the class is registered, and the name is passed with its length.
        let found =
            unsafe { zend_hash_str_find_ptr_lc(table, method.as_ptr().cast(), method.len()) };
        Self {
            function: found.cast(),
        }
    }

    fn parameter(&self, name: &str) -> Option<(u32, *mut zend_internal_arg_info)> {
        // SAFETY: null or the engine's entry of one of our methods, which lives as long as PHP.
        let common = unsafe { self.function.as_ref()?.common };
        (0..common.num_args).find_map(|index| {
            // SAFETY: `arg_info` has `num_args` entries; in an internal function each is a
            // `zend_internal_arg_info` whose name is a C string. The table is the engine's
            // own or kept beside the class (`method`), and no other thread runs yet.
            unsafe {
                let info = common
                    .arg_info
                    .add(usize::try_from(index).ok()?)
                    .cast::<zend_internal_arg_info>();
                (CStr::from_ptr((*info).name).to_bytes() == name.as_bytes())
                    .then_some((index, info))
            }
        })
    }

    /// Marks a parameter with `#[\SensitiveParameter]`: stack traces show nothing of it.
    pub(super) fn sensitive(self, name: &str) -> Self {
        if let Some((index, _)) = self.parameter(name) {
            // SAFETY: `parameter` found the function. The engine takes its own reference to the
            // interned name, which [`begin`] has made; offset n + 1 means parameter n.
            unsafe {
                zend_add_attribute(
                    &raw mut (*self.function).common.attributes,
                    SENSITIVE.load(Ordering::Relaxed),
                    0,
                    ATTRIBUTE_PERSISTENT,
                    index.saturating_add(1),
                    0,
                );
            }
        }
        self
    }

    /// Gives an `Optional<T>` parameter its default, as PHP source, and takes null away.
    pub(super) fn default(self, name: &str, source: &'static CStr) -> Self {
        if let Some((_, info)) = self.parameter(name) {
            // SAFETY: see `parameter`; the default is static.
            unsafe {
                (*info).default_value = source.as_ptr();
                (*info).type_.type_mask &= !_ZEND_TYPE_NULLABLE_BIT;
            }
        }
        self
    }
}
