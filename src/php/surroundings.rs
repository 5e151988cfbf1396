//! The process around a verifier, for a support bundle: PHP, the program that runs it, the system below.

use std::ffi::c_char;

use ext_php_rs::types::Zval;

use super::failure::failures;
use super::sapi;
use super::settings::{Settings, of_process};
use super::snapshot;
use crate::startup::{build, system};
use crate::verifier::{Surroundings, settings_health};

/// Constants of the engine's, and what they are called here.
const CONSTANTS: [(&str, &str); 5] = [
    ("php", "PHP_VERSION"),
    ("php_for", "PHP_OS_FAMILY"),
    ("php_debug", "PHP_DEBUG"),
    ("php_threads", "PHP_ZTS"),
    ("php_bytes", "PHP_INT_SIZE"),
];

fn constant(name: &str) -> Option<String> {
    unsafe extern "C" {
        fn zend_get_constant_str(name: *const c_char, length: usize) -> *mut Zval;
    }
    // SAFETY: name and length belong together; the answer is a live constant or null, and is copied here.
    let value = unsafe { zend_get_constant_str(name.as_ptr().cast(), name.len()).as_ref() }?;
    value
        .long()
        .map(|number| number.to_string())
        .or_else(|| value.bool().map(|flag| u8::from(flag).to_string()))
        .or_else(|| value.str().map(str::to_owned))
}

/// Which C library, as it says itself.
fn libc() -> String {
    #[cfg(target_env = "gnu")]
    {
        unsafe extern "C" {
            fn gnu_get_libc_version() -> *const c_char;
        }
        // SAFETY: a C string that lives as long as the process.
        let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) };
        format!("glibc {}", version.to_string_lossy())
    }
    #[cfg(not(target_env = "gnu"))]
    {
        "not glibc".to_owned()
    }
}

/// Everything there is to tell.
pub(super) fn surroundings(given: &Settings) -> Surroundings {
    let mut versions = build();
    let constants = CONSTANTS.iter();
    versions.extend(constants.filter_map(|(name, it)| Some((*name, constant(it)?))));
    versions.extend(sapi::name().map(|name| ("sapi", name.to_string_lossy().into_owned())));
    versions.extend(system());
    versions.push(("libc", libc()));
    let (directives, variables) = snapshot::unknown();
    Surroundings {
        versions,
        settings: given.told(&of_process()),
        checks: settings_health(directives, &variables)
            .into_iter()
            .collect(),
        failures: failures(),
    }
}
