//! Which program runs PHP.

use std::ffi::{CStr, c_char};

/// The beginning of the engine's `sapi_module_struct`.
#[repr(C)]
struct SapiModule {
    name: *const c_char,
}

/// What it calls itself.
pub(super) fn name() -> Option<&'static CStr> {
    unsafe extern "C" {
        static sapi_module: SapiModule;
    }
    // SAFETY: every program that runs PHP has named itself before any extension starts, in a C string
    // that lives as long as it does.
    let name = unsafe { sapi_module.name };
    if name.is_null() {
        return None;
    }
    // SAFETY: as above.
    Some(unsafe { CStr::from_ptr(name) })
}

/// Whether PHP runs on the command line, and not for a web server; `php -S` is one.
pub(super) fn is_command_line() -> bool {
    name().is_some_and(|name| matches!(name.to_bytes(), b"cli" | b"phpdbg"))
}
