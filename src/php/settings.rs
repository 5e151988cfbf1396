//! The settings of one `Verifier::open`: php.ini, the environment, overrides.

use std::ffi::{CString, c_char, c_int};
use std::fmt;

use ext_php_rs::types::{ZendHashTable, Zval};
use zeroize::Zeroizing;

use super::argument::entries;
use super::clock::Clock;
use super::failure::{Failure, invalid, misconfigured, mistyped};
use super::{ini, snapshot};
use crate::config::{Config, ConfigError, Setting, setting, settings};
use crate::store::StoreUrl;
use crate::types::LicenceKey;
use crate::verifier::{GivenSetting, SettingSource};

/// What php.ini names for the site, and for no test.
const OF_THE_SITE: [&str; 3] = ["key_file", "providers_file", "store_id"];

/// Why no configuration can be made of the settings. For operators, without the value of a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum SettingsError {
    /// Whoever made a request chose its value.
    #[error(
        "the environment variable {0} came with a CGI request, so that it need not be the operator's: set it in php.ini"
    )]
    OfRequest(String),
    /// A variable that is not UTF-8.
    #[error("the environment variable {0} is not valid text")]
    NotText(String),
    /// A variable's value.
    #[error("the environment variable {variable}: {source}")]
    Variable {
        /// Which.
        variable: String,
        /// What is wrong.
        source: ConfigError,
    },
    /// A setting's value.
    #[error(transparent)]
    Setting(ConfigError),
}

/// Values by name; those not in it have the core's default.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Settings {
    values: Vec<(String, Zeroizing<String>)>,
    /// Those whose value is a variable's, and whether that is valid text.
    variables: Vec<(&'static str, bool)>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.values.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Settings {
    /// What php.ini says and, where it says nothing, the environment did at the start. Of the store, nothing is what
    /// an empty text says, too.
    pub(super) fn of_process() -> Self {
        let mut found = Self {
            values: Vec::with_capacity(64),
            variables: Vec::new(),
        };
        for setting in settings() {
            let name = setting.name;
            let given = ini::value(name).filter(|value| name != "store" || !value.is_empty());
            let variable = snapshot::variable(name);
            let value = match (given, variable) {
                (Some(value), Some((text, _))) if value != text => value,
                (_, Some((text, is_text))) => {
                    found.variables.push((name, is_text));
                    text
                }
                (Some(value), None) => value,
                (None, None) => continue,
            };
            found.values.push((name.to_owned(), value));
        }
        found
    }

    /// Overrides values; `clock` among them becomes the clock.
    ///
    /// # Errors
    /// `TypeError`, `ValueError`
    pub(super) fn override_with(&mut self, given: &ZendHashTable) -> Result<Clock, Failure> {
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
                allowed(said)?;
            }
            // The core says what is wrong with one that is no URL.
            if name == "store"
                && let Ok(store) = StoreUrl::parse(said)
            {
                for path in store.files() {
                    allowed(&path.to_string_lossy())?;
                }
            }
            // A key that php.ini or the environment says goes before the one that was entered.
            let is_known = self
                .get("licence_key")
                .is_some_and(|key| !key.trim().is_empty());
            if name == "licence_key" && is_known && value.trim() == LicenceKey::STORED {
                continue;
            }
            if OF_THE_SITE.contains(&name.as_str()) {
                named.push(name.clone());
            }
            self.variables.retain(|(known, _)| *known != name);
            match self.values.iter_mut().find(|(known, _)| *known == name) {
                Some(slot) => slot.1 = value,
                None => self.values.push((name, value)),
            }
        }
        self.leave_the_site_alone(&named);
        Ok(clock)
    }

    /// A store in memory is somebody's test: the key and the providers of the site are not for it, and it must
    /// not fail because it may not read them. Those that were given to `Verifier::open` are.
    fn leave_the_site_alone(&mut self, given: &[String]) {
        if self.is_in_memory() {
            self.values
                .retain(|(name, _)| !OF_THE_SITE.contains(&name.as_str()) || given.contains(name));
        }
    }

    /// Whether nothing is kept.
    pub(super) fn is_in_memory(&self) -> bool {
        self.get("store").map(str::trim) == Some("memory:")
    }

    /// Checks them all.
    ///
    /// # Errors
    /// What is wrong, and in which variable if it is one's.
    pub(super) fn config(&self) -> Result<Config, SettingsError> {
        if let Some(variable) = snapshot::variable_of_request() {
            return Err(SettingsError::OfRequest(variable));
        }
        let variable = |name| setting(name).map(|it| it.variable()).unwrap_or_default();
        if let Some((name, _)) = self.variables.iter().find(|(_, is_text)| !is_text) {
            return Err(SettingsError::NotText(variable(name)));
        }
        Config::parse(self.values()).map_err(|why| {
            let of_variable = why
                .setting()
                .filter(|name| self.variables.iter().any(|(known, _)| known == name));
            match of_variable {
                Some(name) => SettingsError::Variable {
                    variable: variable(name),
                    source: why,
                },
                None => SettingsError::Setting(why),
            }
        })
    }

    /// Every setting with its value and where that came from, for a support bundle. What the program gave that the process
    /// says as well is the process's.
    pub(super) fn told(&self) -> Vec<GivenSetting> {
        let process = Self::of_process();
        let told = |setting: Setting| {
            let (value, of_process) = (self.get(setting.name), process.get(setting.name));
            let is_variable = |(name, _): &(&str, bool)| *name == setting.name;
            let source = match value {
                None => SettingSource::Default,
                Some(_) if value != of_process => SettingSource::Program,
                Some(_) if process.variables.iter().any(is_variable) => SettingSource::Environment,
                Some(value) if value == setting.default => SettingSource::Default,
                Some(_) => SettingSource::PhpIni,
            };
            GivenSetting {
                setting,
                source,
                value: value.unwrap_or(setting.default).to_owned().into(),
            }
        };
        settings().map(told).collect()
    }

    fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a setting, when one was given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
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
