//! The settings of one `Verifier::open`: php.ini, the environment, overrides.

use std::ffi::{CString, c_char, c_int};

use ext_php_rs::types::{ZendHashTable, Zval};
use zeroize::Zeroizing;

use super::argument::entries;
use super::clock::Clock;
use super::failure::{Failure, invalid, misconfigured, mistyped};
use super::{ini, snapshot};
use crate::config::{KeyPlace, setting};
pub(super) use crate::startup::Settings;
use crate::store::StoreUrl;

/// What php.ini says and, where it says nothing, the environment did at the start.
pub(super) fn of_process() -> Settings {
    Settings::found(ini::value, snapshot::variable)
}

/// Overrides values; `clock` among them becomes the clock.
///
/// # Errors
/// `TypeError`, `ValueError`
pub(super) fn override_with(
    settings: &mut Settings,
    given: &ZendHashTable,
) -> Result<Clock, Failure> {
    let mut clock = Clock::system();
    let mut named = Vec::new();
    for (key, value) in entries(given) {
        let name = match (key.zend_str(), key.long()) {
            (Some(name), _) => String::from_utf8_lossy(name.as_bytes()).into_owned(),
            (None, index) => index.unwrap_or_default().to_string(),
        };
        if name == "clock" {
            clock = Clock::foreign(value)?;
            continue;
        }
        let value = text(&name, value)?;
        // As the core reads it: without space around it, or one before a path would lead around this.
        let said = value.trim();
        let names_a_file = match name.as_str() {
            "key_file" | "providers_file" | "http_ca_file" => !said.is_empty(),
            "network_allow" | "network_deny" => said.starts_with('/'),
            _ => false,
        };
        if names_a_file {
            // A script that could name a program to run would run it.
            if name == "key_file" && KeyPlace::read(said).is_ok_and(|it| it.is_of_the_start()) {
                if settings.path("key_file") != said {
                    return Err(misconfigured(
                        "key_file: a credential or a program is named by php.ini or the environment alone",
                    ));
                }
            } else {
                allowed(said)?;
            }
        }
        // The core says what is wrong with one that is no URL.
        if name == "store"
            && let Ok(store) = StoreUrl::parse(said)
        {
            for path in store.files() {
                allowed(&path.to_string_lossy())?;
            }
        }
        settings.set(&name, value);
        named.push(name);
    }
    settings.leave_the_site_alone(&named);
    Ok(clock)
}

/// Refuses a path that a script chose and `open_basedir` keeps from it. php.ini may name any.
///
/// # Errors
/// `ConfigurationError`
pub(super) fn allowed(path: &str) -> Result<(), Failure> {
    unsafe extern "C" {
        fn php_check_open_basedir_ex(path: *const c_char, warn: c_int) -> c_int;
    }
    let refused = || misconfigured(&format!("open_basedir does not allow {path}"));
    let text = CString::new(path).map_err(|_| refused())?;
    // SAFETY: a C string that outlives the call.
    match unsafe { php_check_open_basedir_ex(text.as_ptr(), 0) } {
        0 => Ok(()),
        _ => Err(refused()),
    }
}

fn text(name: &str, value: &Zval) -> Result<Zeroizing<String>, Failure> {
    if let Some(number) = value.long() {
        return Ok(Zeroizing::new(number.to_string()));
    }
    if let Some(flag) = value.bool() {
        return Ok(Zeroizing::new(i32::from(flag).to_string()));
    }
    let Some(text) = value.zend_str() else {
        // Only names of settings are repeated in errors, never what the caller wrote.
        let name = setting(name).map_or("unknown", |setting| setting.name);
        let why = format!("must have a string, int or bool as \"{name}\"");
        return Err(mistyped("settings", &why));
    };
    match text.as_str() {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(invalid("settings", "must hold valid UTF-8")),
    }
}
