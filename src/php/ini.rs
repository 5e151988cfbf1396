//! The directives of php.ini.

use std::ffi::{CStr, CString, c_char, c_int};
use std::sync::OnceLock;

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::IniEntryDef;
use zeroize::Zeroizing;

use super::argument::entries;
use crate::config::{DIRECTIVE_PREFIX, setting, settings};
use crate::startup::Environment;

/// Kept for the life of the process: PHP 8.5 reads the table later, too.
struct Directives {
    table: Vec<IniEntryDef>,
    #[expect(dead_code, reason = "the table points into it")]
    given: Vec<CString>,
}

// SAFETY: made once, never changed, and every pointer in it is to its own `given`, whose buffers
// do not move, or to constants.
unsafe impl Send for Directives {}
// SAFETY: as above.
unsafe impl Sync for Directives {}

static DIRECTIVES: OnceLock<Directives> = OnceLock::new();

impl Directives {
    /// What the environment says is the default, which php.ini and the settings of a pool replace. Of one that may hold
    /// a password the engine is told none: any script could read it with `ini_get()`.
    fn of(environment: &Environment) -> Self {
        let mut given = Vec::new();
        let mut table: Vec<IniEntryDef> = settings()
            .filter_map(|setting| {
                let mut default = setting.default_c.as_ptr();
                let mut length = setting.default.len();
                if let Some(variable) = environment.variable(setting.name) {
                    let text = CString::new(variable.text()).ok()?;
                    (default, length) = (text.as_ptr(), text.count_bytes());
                    given.push(text);
                }
                let mut entry = IniEntryDef::end();
                entry.name = setting.directive.as_ptr();
                entry.name_length = u16::try_from(setting.directive.count_bytes()).unwrap_or(0);
                if !setting.secret {
                    entry.value = default;
                    entry.value_length = u32::try_from(length).unwrap_or(0);
                }
                entry.modifiable = u8::try_from(IniEntryPermission::System.bits()).unwrap_or(0);
                Some(entry)
            })
            .collect();
        table.push(IniEntryDef::end());
        Self { table, given }
    }
}

/// Registers them; at module start.
pub(super) fn register(environment: &Environment, module: c_int) {
    let directives = DIRECTIVES.get_or_init(|| Directives::of(environment));
    IniEntryDef::register(&directives.table, module);
}

/// The value of `twofactor.<name>`, at this moment: a pool or host may have its own. None for one that may hold a
/// password and that nobody set.
pub(super) fn value(name: &str) -> Option<Zeroizing<String>> {
    unsafe extern "C" {
        fn zend_ini_string_ex(
            name: *const c_char,
            length: usize,
            original: c_int,
            exists: *mut bool,
        ) -> *mut c_char;
    }
    let name = CString::new(format!("twofactor.{name}")).ok()?;
    let mut exists = false;
    // SAFETY: name and length belong together; the answer is a C string that lives until the
    // directive changes, and is copied here.
    unsafe {
        let value = zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, &raw mut exists);
        if !exists || value.is_null() {
            return None;
        }
        let value = CStr::from_ptr(value).to_string_lossy();
        Some(Zeroizing::new(value.into_owned()))
    }
}

/// Names behind `twofactor.` in php.ini, or in what the command line put there, that are no setting: PHP itself
/// takes any name and says nothing.
pub(super) fn unknown() -> Vec<String> {
    unsafe extern "C" {
        fn php_ini_get_configuration_hash() -> *mut ZendHashTable;
    }
    // SAFETY: PHP has read its files before it starts modules, on its one thread, and changes the table no more.
    let Some(table) = (unsafe { php_ini_get_configuration_hash().as_ref() }) else {
        return Vec::new();
    };
    let mut unknown: Vec<String> = entries(table)
        .filter_map(|(key, _)| {
            // The bytes first: the table has everybody's names, and this is done at every start.
            let name = key.zend_str()?.as_bytes();
            let (prefix, rest) = name.split_at_checked(DIRECTIVE_PREFIX.len())?;
            if !prefix.eq_ignore_ascii_case(DIRECTIVE_PREFIX.as_bytes()) {
                return None;
            }
            let rest = String::from_utf8_lossy(rest);
            let known = prefix == DIRECTIVE_PREFIX.as_bytes() && setting(&rest).is_some();
            (!known).then(|| rest.chars().filter(|c| !c.is_control()).take(64).collect())
        })
        .take(20)
        .collect();
    unknown.sort_unstable();
    unknown
}
