//! Module start and end.
//!
//! Under PHP-FPM this runs in the master, as root, before the workers are forked: so the key file
//! and the file of providers may be such that no worker can read them. Nothing else is made here: no
//! thread, socket, file handle or random state, for every worker would have the same.

use std::ffi::c_int;
use std::panic;

use ext_php_rs::error::{Result, php_error};
use ext_php_rs::flags::ErrorType;

use super::{exception, ini, pool, snapshot};
use crate::phone;
use crate::startup::{Environment, Snapshot};

pub(super) const SUCCESS: c_int = 0;
const FAILURE: c_int = -1;
/// `MODULE_TEMPORARY`: by dl().
const TEMPORARY: c_int = 2;

/// A panic says where it happened and nothing of what it happened to.
fn hush_panics() {
    panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!(
                "twofactor: internal error at {}:{}",
                place.file(),
                place.line()
            );
        }
    }));
}

unsafe extern "C" {
    fn zend_unregister_ini_entries(module: c_int);
}

/// Reads php.ini, the environment and the files they name. Apart: its place on the stack is the classes' afterwards.
#[inline(never)]
fn read(module: c_int) {
    let environment = Environment::of_process();
    ini::register(&environment, module);
    let file = |setting| ini::value(setting).unwrap_or_default();
    let (key_file, providers_file) = (file("key_file"), file("providers_file"));
    let found = Snapshot::take(environment, &key_file, &providers_file);
    snapshot::keep(found, ini::unknown());
}

/// Module start, up to the enumerations; `classes` registers the others.
pub(super) fn startup(kind: c_int, module: c_int, classes: fn() -> Result<()>) -> c_int {
    if kind == TEMPORARY {
        php_error(
            &ErrorType::CoreWarning,
            "twofactor cannot be loaded by dl(): name it in php.ini with extension=twofactor",
        );
        return FAILURE;
    }
    let started = panic::catch_unwind(|| {
        hush_panics();
        read(module);
        exception::register()?;
        classes()
    });
    match started {
        Ok(Ok(())) => SUCCESS,
        Ok(Err(why)) => {
            php_error(&ErrorType::CoreWarning, &format!("twofactor: {why}"));
            FAILURE
        }
        Err(_) => FAILURE,
    }
}

/// When PHP ends.
pub(super) unsafe extern "C" fn shutdown(_kind: c_int, module: c_int) -> c_int {
    let _ = panic::catch_unwind(|| {
        pool::close();
        phone::forget();
        snapshot::forget();
    });
    // SAFETY: the number this module was started with.
    unsafe { zend_unregister_ini_entries(module) };
    SUCCESS
}
