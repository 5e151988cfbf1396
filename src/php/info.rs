//! The section of phpinfo().

use std::ffi::{CString, c_char, c_int};
use std::panic;

use ext_php_rs::zend::ModuleEntry;

use super::object::REDACTED;
use super::settings::of_process;
use super::snapshot;
use crate::config::settings;

unsafe extern "C" {
    fn php_info_print_table_start();
    fn php_info_print_table_end();
    fn php_info_print_table_header(columns: c_int, ...);
    fn php_info_print_table_row(columns: c_int, ...);
}

fn table(header: Option<[&str; 2]>, rows: &[[String; 2]]) {
    let text = |text: &str| CString::new(text.replace('\0', " ")).unwrap_or_default();
    // SAFETY: as many C strings as announced, each alive during its call.
    unsafe {
        php_info_print_table_start();
        if let Some(columns) = header {
            let [left, right] = columns.map(text);
            let (left, right): (*const c_char, *const c_char) = (left.as_ptr(), right.as_ptr());
            php_info_print_table_header(2, left, right);
        }
        for [name, value] in rows {
            let (name, value) = (text(name), text(value));
            php_info_print_table_row(2, name.as_ptr(), value.as_ptr());
        }
        php_info_print_table_end();
    }
}

fn print() {
    let given = of_process();
    let store = match given.config(snapshot::variable_of_request()) {
        Ok(config) => config.store().to_string(),
        Err(why) => format!("not usable: {why}"),
    };
    let row = |name: &str, value: String| [name.to_owned(), value];
    table(
        None,
        &[
            row("Second factors (twofactor)", "enabled".to_owned()),
            row("Version", env!("CARGO_PKG_VERSION").to_owned()),
            row("Store", store),
        ],
    );
    let values: Vec<[String; 2]> = settings()
        .map(|setting| {
            let name = format!("twofactor.{}", setting.name);
            let given = given.get(setting.name).unwrap_or_default();
            let shown = match (given.is_empty(), setting.secret) {
                (true, _) => "no value".to_owned(),
                (false, true) => REDACTED.to_owned(),
                (false, false) => given.to_owned(),
            };
            [name, shown]
        })
        .collect();
    table(Some(["Directive", "Value"]), &values);
}

/// Of its own making: the engine's would print every value.
pub(super) unsafe extern "C" fn info(_module: *mut ModuleEntry) {
    let _ = panic::catch_unwind(print);
}
