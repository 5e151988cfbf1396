//! Module start and end.
//!
//! Under PHP-FPM this runs in the master, as root, before the workers are forked: so the key file
//! and the file of providers may be such that no worker can read them. Nothing else is made here: no
//! thread, socket, file handle or random state, for every worker would have the same.

use std::env;
use std::ffi::{CStr, CString, c_char, c_int};
use std::fmt::Write as _;
use std::panic;
use std::path::PathBuf;
use std::sync::{OnceLock, PoisonError, RwLock};

use ext_php_rs::error::php_error;
use ext_php_rs::flags::{ErrorType, IniEntryPermission};
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::{IniEntryDef, ModuleEntry};
use zeroize::Zeroizing;

use super::argument::entries;
use super::settings::{Settings, ini_value};
use super::{exception, pool};
use crate::config::{Config, setting, settings};
use crate::crypto::KeyRing;
use crate::phone;
use crate::verifier::{self, PROVIDERS_VARIABLE, ProviderList};

pub const SUCCESS: c_int = 0;
const FAILURE: c_int = -1;
/// `MODULE_TEMPORARY`: by dl().
const TEMPORARY: c_int = 2;

const KEYS_VARIABLE: &str = "TWOFACTOR_KEYS";
const STORE_VARIABLE: &str = "TWOFACTOR_STORE";

/// What the process was started with.
struct Started {
    /// `twofactor.key_file`, or empty for the environment's keys.
    key_file: String,
    keys: Option<Result<KeyRing, String>>,
    store: Option<Zeroizing<String>>,
    /// `twofactor.providers_file`, or empty for the environment's providers.
    providers_file: String,
    providers: Option<Zeroizing<Vec<u8>>>,
}

static STARTED: RwLock<Option<Started>> = RwLock::new(None);

/// Names behind `twofactor.` in php.ini that are no setting.
static UNKNOWN: OnceLock<Vec<String>> = OnceLock::new();

/// Names behind `twofactor.` in php.ini, or in what the command line put there, that are no setting: PHP itself
/// takes any name and says nothing.
pub fn unknown_settings() -> &'static [String] {
    UNKNOWN.get().map(Vec::as_slice).unwrap_or_default()
}

fn read_unknown_settings() -> Vec<String> {
    const PREFIX: &str = "twofactor.";
    unsafe extern "C" {
        fn php_ini_get_configuration_hash() -> *mut ZendHashTable;
    }
    // SAFETY: PHP has read its files before it starts modules, on its one thread, and changes the table no more.
    let Some(table) = (unsafe { php_ini_get_configuration_hash().as_ref() }) else {
        return Vec::new();
    };
    let mut unknown: Vec<String> = entries(table)
        .filter_map(|(key, _)| {
            let name = String::from_utf8_lossy(key.zend_str()?.as_bytes()).into_owned();
            let (prefix, rest) = name.split_at_checked(PREFIX.len())?;
            let known = prefix == PREFIX && setting(rest).is_some();
            (prefix.eq_ignore_ascii_case(PREFIX) && !known)
                .then(|| rest.chars().filter(|c| !c.is_control()).take(64).collect())
        })
        .take(20)
        .collect();
    unknown.sort_unstable();
    unknown
}

/// The keys read at module start.
#[derive(Debug)]
pub enum Preloaded {
    /// These.
    Ring(KeyRing),
    /// The environment's are no keys; the text is for operators.
    Unusable(String),
    /// None for that key file: whoever needs it reads it.
    Nothing,
}

/// The keys read at module start, if they are those of `key_file` (empty: of the environment).
pub fn preloaded(key_file: &str) -> Preloaded {
    let started = STARTED.read().unwrap_or_else(PoisonError::into_inner);
    let same = started.as_ref().filter(|s| s.key_file == key_file);
    match same.and_then(|s| s.keys.as_ref()) {
        Some(Ok(ring)) => Preloaded::Ring(ring.clone()),
        // A file may be readable by now, and if not, reading it says why. The environment of a
        // worker is often empty, and without this word a new key would be made.
        Some(Err(why)) if key_file.is_empty() => Preloaded::Unusable(why.clone()),
        _ => Preloaded::Nothing,
    }
}

/// Whether the process was given a key, be it one that cannot be used: by `key_file` or by the environment, as it
/// is or as it was at the start, since a worker of FPM sees less of it.
pub fn names_key(key_file: Option<&str>) -> bool {
    let file = key_file.unwrap_or_default().trim();
    !file.is_empty()
        || !matches!(preloaded(""), Preloaded::Nothing)
        || env::var_os(KEYS_VARIABLE).is_some()
}

/// The beginning of the engine's `sapi_module_struct`.
#[repr(C)]
struct SapiModule {
    name: *const c_char,
}

/// Whether PHP runs on the command line, and not for a web server; `php -S` is one.
pub fn is_command_line() -> bool {
    unsafe extern "C" {
        static sapi_module: SapiModule;
    }
    // SAFETY: every program that runs PHP has named itself before any extension starts, in a C string
    // that lives as long as it does.
    let name = unsafe { sapi_module.name };
    if name.is_null() {
        return false;
    }
    // SAFETY: as above.
    let name = unsafe { CStr::from_ptr(name) };
    matches!(name.to_bytes(), b"cli" | b"phpdbg")
}

/// The providers read at module start, if they are those of `path` (empty: of the environment). A file
/// that could not be read then is left to whoever needs it: it may be readable by now, and if not,
/// reading it says why.
pub fn preloaded_providers(path: &str) -> Option<ProviderList> {
    let started = STARTED.read().unwrap_or_else(PoisonError::into_inner);
    let same = started.as_ref().filter(|s| s.providers_file == path)?;
    let text = same.providers.clone()?;
    Some(if path.is_empty() {
        ProviderList::Environment(text)
    } else {
        ProviderList::File(text)
    })
}

/// TWOFACTOR_STORE as it was when the process started.
pub fn store_of_environment() -> Option<Zeroizing<String>> {
    let started = STARTED.read().unwrap_or_else(PoisonError::into_inner);
    started.as_ref().and_then(|s| s.store.clone())
}

fn read_keys(key_file: &str) -> Option<Result<KeyRing, String>> {
    let ring = if key_file.is_empty() {
        let text = env::var_os(KEYS_VARIABLE)?;
        let Ok(text) = text.into_string().map(Zeroizing::new) else {
            let why = format!("the environment variable {KEYS_VARIABLE} is not valid text");
            return Some(Err(why));
        };
        KeyRing::parse(&text)
    } else {
        KeyRing::read_file(&PathBuf::from(key_file))
    };
    Some(ring.map_err(|why| why.to_string()))
}

fn read_providers(path: &str) -> Option<Zeroizing<Vec<u8>>> {
    if !path.is_empty() {
        return verifier::read_providers(&PathBuf::from(path)).ok();
    }
    let text = env::var_os(PROVIDERS_VARIABLE).filter(|text| !text.is_empty())?;
    Some(Zeroizing::new(text.into_encoded_bytes()))
}

/// php.ini directives, kept for the life of the process: PHP 8.5 reads the table later, too.
struct Directives {
    table: Vec<IniEntryDef>,
    #[expect(dead_code, reason = "the table points into it")]
    texts: Vec<(CString, CString)>,
}

// SAFETY: made once, never changed, and every pointer in it is to its own `texts`, whose buffers
// do not move.
unsafe impl Send for Directives {}
// SAFETY: as above.
unsafe impl Sync for Directives {}

static DIRECTIVES: OnceLock<Directives> = OnceLock::new();

fn directives() -> &'static Directives {
    DIRECTIVES.get_or_init(|| {
        let texts: Vec<(CString, CString)> = settings()
            .filter_map(|setting| {
                // Empty: TWOFACTOR_STORE has the word, then the default.
                let default = match setting.name {
                    "store" => "",
                    _ => setting.default,
                };
                let name = CString::new(format!("twofactor.{}", setting.name)).ok()?;
                Some((name, CString::new(default).ok()?))
            })
            .collect();
        let mut table: Vec<IniEntryDef> = texts
            .iter()
            .map(|(name, default)| {
                let mut entry = IniEntryDef::end();
                entry.name = name.as_ptr();
                entry.name_length = u16::try_from(name.count_bytes()).unwrap_or(0);
                entry.value = default.as_ptr();
                entry.value_length = u32::try_from(default.count_bytes()).unwrap_or(0);
                entry.modifiable = u8::try_from(IniEntryPermission::System.bits()).unwrap_or(0);
                entry
            })
            .collect();
        table.push(IniEntryDef::end());
        Directives { table, texts }
    })
}

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

/// Before the classes are registered.
pub unsafe extern "C" fn startup(kind: c_int, module: c_int) -> c_int {
    if kind == TEMPORARY {
        php_error(
            &ErrorType::CoreWarning,
            "twofactor cannot be loaded by dl(): name it in php.ini with extension=twofactor",
        );
        return FAILURE;
    }
    let started = panic::catch_unwind(|| {
        hush_panics();
        IniEntryDef::register(&directives().table, module);
        let key_file = ini_value("key_file").unwrap_or_default();
        let key_file = key_file.trim().to_owned();
        let keys = read_keys(&key_file);
        let providers_file = ini_value("providers_file").unwrap_or_default();
        let providers_file = providers_file.trim().to_owned();
        let providers = read_providers(&providers_file);
        let _ = UNKNOWN.set(read_unknown_settings());
        let store = env::var(STORE_VARIABLE).ok().filter(|s| !s.is_empty());
        *STARTED.write().unwrap_or_else(PoisonError::into_inner) = Some(Started {
            key_file,
            keys,
            store: store.map(Zeroizing::new),
            providers_file,
            providers,
        });
        exception::register()
    });
    if matches!(started, Ok(Ok(()))) {
        SUCCESS
    } else {
        FAILURE
    }
}

/// When PHP ends.
pub unsafe extern "C" fn shutdown(_kind: c_int, module: c_int) -> c_int {
    let _ = panic::catch_unwind(|| {
        pool::close();
        phone::forget();
        STARTED
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    });
    // SAFETY: the number this module was started with.
    unsafe { zend_unregister_ini_entries(module) };
    SUCCESS
}

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

fn print_info() {
    let given = Settings::of_process();
    let store = match Config::parse(given.values()) {
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
            let mut name = String::new();
            let _ = write!(name, "twofactor.{}", setting.name);
            let given = given.get(setting.name).unwrap_or_default();
            let shown = match (given.is_empty(), setting.secret) {
                (true, _) => "no value".to_owned(),
                (false, true) => super::object::REDACTED.to_owned(),
                (false, false) => given.to_owned(),
            };
            [name, shown]
        })
        .collect();
    table(Some(["Directive", "Value"]), &values);
}

/// The section of phpinfo(). Of its own making: the engine's would print every value.
pub unsafe extern "C" fn info(_module: *mut ModuleEntry) {
    let _ = panic::catch_unwind(print_info);
}
