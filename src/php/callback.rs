//! Callables that an object of ours keeps, and the secrets they are called with.

use std::ptr;
use std::sync::atomic::{Ordering, compiler_fence};

use ext_php_rs::convert::{FromZval, IntoZvalDyn};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendCallable, ZendStr, Zval};

use super::failure::{Failure, guarded};

/// `GC_IMMUTABLE`: a string that the engine shares.
const SHARED: u32 = 1 << 6;

/// A callable argument that is kept.
#[derive(Debug)]
pub struct Callback(pub(super) Zval);

impl FromZval<'_> for Callback {
    const TYPE: DataType = DataType::Callable;

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.is_callable().then(|| Self(zval.shallow_clone()))
    }
}

/// Calls it.
///
/// # Errors
/// What it threw.
pub(super) fn call(callback: &Zval, arguments: Vec<&dyn IntoZvalDyn>) -> Result<Zval, Failure> {
    let callable = ZendCallable::new(callback)?;
    Ok(guarded(|| callable.try_call(arguments))??)
}

/// A PHP string with a secret in it. When it goes it is zeroed, unless the callee has kept it: then it is theirs.
pub(super) struct SecretText(Zval);

impl SecretText {
    pub(super) fn new(text: &str) -> Self {
        let mut value = Zval::new();
        value.set_zend_string(ZendStr::new(text, false));
        Self(value)
    }

    pub(super) const fn value(&self) -> &Zval {
        &self.0
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        // SAFETY: the value is a string that we made; nobody else has it when its count is one and it is not the engine's
        // shared one, and its bytes are `len` of them behind the header.
        unsafe {
            let text = self.0.value.str_;
            let is_ours = (*text).gc.refcount == 1 && (*text).gc.u.type_info & SHARED == 0;
            if is_ours {
                let bytes = (&raw mut (*text).val).cast::<u8>();
                for place in 0..(*text).len {
                    ptr::write_volatile(bytes.add(place), 0);
                }
                compiler_fence(Ordering::SeqCst);
            }
        }
    }
}
