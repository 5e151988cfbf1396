//! The settings of one verifier: what php.ini says, what the environment said where php.ini says nothing, and what
//! whoever opens it says besides.

use std::fmt;

use zeroize::Zeroizing;

use super::providers::ProviderList;
use super::snapshot::{PreloadedKeys, Snapshot};
use crate::config::{Config, ConfigError, Setting, setting, settings};
use crate::types::LicenceKey;

/// What php.ini names for the site, and for no test.
const OF_THE_SITE: [&str; 3] = ["key_file", "providers_file", "store_id"];

/// Why no configuration can be made of the settings. For operators, without the value of a secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
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

/// Where a setting came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingSource {
    /// Nowhere: it has its default.
    Default,
    /// A file of PHP's, or of a pool or host.
    PhpIni,
    /// A variable of the process.
    Environment,
    /// The program that opened the verifier.
    Program,
}

impl SettingSource {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::PhpIni => "php.ini",
            Self::Environment => "environment",
            Self::Program => "program",
        }
    }
}

/// A setting as the verifier was opened with it. Redacts itself.
#[derive(Clone)]
pub struct GivenSetting {
    /// Which.
    pub setting: Setting,
    /// Where its value came from.
    pub source: SettingSource,
    /// The value, secret or not; the default where none was given.
    pub value: Zeroizing<String>,
}

impl fmt::Debug for GivenSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.setting.name, self.source.as_str())
    }
}

/// Values by name; those not in it have the core's default.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
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
    /// an empty text says, too. `variable` gives a setting's text and whether that is valid.
    pub fn found(
        ini: impl Fn(&str) -> Option<Zeroizing<String>>,
        variable: impl Fn(&str) -> Option<(Zeroizing<String>, bool)>,
    ) -> Self {
        let mut found = Self {
            values: Vec::with_capacity(64),
            variables: Vec::new(),
        };
        for setting in settings() {
            let name = setting.name;
            let given = ini(name).filter(|value| name != "store" || !value.is_empty());
            let value = match (given, variable(name)) {
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

    /// What the program says goes before it. A licence's key that php.ini or the environment says goes before the one
    /// that was entered.
    pub fn set(&mut self, name: &str, value: Zeroizing<String>) {
        let is_known = self
            .get("licence_key")
            .is_some_and(|key| !key.trim().is_empty());
        if name == "licence_key" && is_known && value.trim() == LicenceKey::STORED {
            return;
        }
        self.variables.retain(|(known, _)| *known != name);
        match self.values.iter_mut().find(|(known, _)| known == name) {
            Some(slot) => slot.1 = value,
            None => self.values.push((name.to_owned(), value)),
        }
    }

    /// A store in memory is somebody's test: the key and the providers of the site are not for it, and it must
    /// not fail because it may not read them. Those that the program gave are.
    pub fn leave_the_site_alone(&mut self, given: &[String]) {
        if self.is_in_memory() {
            self.values
                .retain(|(name, _)| !OF_THE_SITE.contains(&name.as_str()) || given.contains(name));
        }
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.get("store").map(str::trim) == Some("memory:")
    }

    /// The keys that the process was started with, if these settings mean them.
    #[must_use]
    pub fn keys(&self, found: &Snapshot) -> PreloadedKeys {
        let path = self.path("key_file");
        if self.is_in_memory() && path.is_empty() {
            return PreloadedKeys::Nothing;
        }
        found.keys(path)
    }

    /// The same of the list of providers.
    #[must_use]
    pub fn providers(&self, found: &Snapshot) -> Option<ProviderList> {
        let path = self.path("providers_file");
        if self.is_in_memory() && path.is_empty() {
            return None;
        }
        found.providers(path)
    }

    /// Checks them all. `of_request`: a variable that came with a request.
    ///
    /// # Errors
    /// What is wrong, and in which variable if it is one's.
    pub fn config(&self, of_request: Option<String>) -> Result<Config, SettingsError> {
        if let Some(variable) = of_request {
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

    /// Every setting with its value and where that came from. What the program gave that the process says as well is the
    /// process's.
    #[must_use]
    pub fn told(&self, process: &Self) -> Vec<GivenSetting> {
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
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// A path, as the core reads it; empty where none is named.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.get(name).map(str::trim).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::*;
    use std::ffi::OsString;

    fn text(value: &str) -> Zeroizing<String> {
        Zeroizing::new(value.to_owned())
    }

    /// Settings of these lines of php.ini and these variables.
    fn found(ini: &[(&str, &str)], variables: &[(&str, &str)]) -> Settings {
        let of = |from: &[(&str, &str)], name: &str| {
            let found = from.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| text(value))
        };
        Settings::found(
            |name| of(ini, name),
            |name| Some((of(variables, name)?, true)),
        )
    }

    fn source(settings: &Settings, process: &Settings, name: &str) -> SettingSource {
        let told = settings.told(process);
        told.iter()
            .find(|it| it.setting.name == name)
            .unwrap()
            .source
    }

    #[test]
    fn php_ini_goes_before_the_environment_and_the_program_before_both() {
        let process = found(
            &[("max_attempts", "3"), ("store", ""), ("site", "a")],
            &[
                ("max_attempts", "4"),
                ("disable_after", "9"),
                ("store", "memory:"),
            ],
        );
        assert_eq!(process.get("max_attempts"), Some("3"));
        assert_eq!(process.get("disable_after"), Some("9"));
        // Nothing said of the store in php.ini is nothing said.
        assert_eq!(process.get("store"), Some("memory:"));
        let mut given = process.clone();
        given.set("site", text("b"));
        given.set("disable_after", text("8"));
        assert_eq!(given.get("site"), Some("b"));
        for (name, wanted) in [
            ("max_attempts", SettingSource::PhpIni),
            ("store", SettingSource::Environment),
            ("site", SettingSource::Program),
            ("disable_after", SettingSource::Program),
            ("totp_digits", SettingSource::Default),
        ] {
            assert_eq!(source(&given, &process, name), wanted, "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_variable_that_said_it_and_never_with_a_secret() {
        let wrong = found(&[], &[("max_attempts", "many")]);
        let told = wrong.config(None).unwrap_err().to_string();
        assert!(told.starts_with("the environment variable TWOFACTOR_MAX_ATTEMPTS: "));
        let wrong = found(&[("max_attempts", "many")], &[]);
        assert!(
            !wrong
                .config(None)
                .unwrap_err()
                .to_string()
                .contains("variable")
        );
        let secret = found(&[], &[("store", "mysql://u:hunter2@/")]);
        let error = secret.config(None).unwrap_err();
        assert!(!format!("{error} {error:?} {secret:?}").contains("hunter2"));
        let cgi = found(&[], &[]).config(Some("TWOFACTOR_SITE".to_owned()));
        assert!(matches!(cgi, Err(SettingsError::OfRequest(name)) if name == "TWOFACTOR_SITE"));
        let not_text = Settings::found(
            |_| None,
            |name| (name == "site").then(|| (text("\u{fffd}"), false)),
        );
        assert!(matches!(
            not_text.config(None),
            Err(SettingsError::NotText(_))
        ));
    }

    #[test]
    fn a_licence_that_was_entered_is_behind_one_that_the_process_names() {
        let mut given = found(&[("licence_key", "named")], &[]);
        given.set("licence_key", text(" stored "));
        assert_eq!(given.get("licence_key"), Some("named"));
        let mut given = found(&[], &[]);
        given.set("licence_key", text("stored"));
        assert_eq!(given.get("licence_key"), Some("stored"));
    }

    #[test]
    fn a_store_in_memory_takes_nothing_of_the_site_but_what_was_given_for_it() {
        let ini = [
            ("store", "memory:"),
            ("key_file", "/a"),
            ("providers_file", "/b"),
        ];
        let mut given = found(&ini, &[]);
        given.leave_the_site_alone(&["providers_file".to_owned()]);
        assert_eq!(
            (given.path("key_file"), given.path("providers_file")),
            ("", "/b")
        );
        let variables: Vec<(OsString, OsString)> = vec![("TWOFACTOR_KEYS".into(), "x".into())];
        let snapshot = Snapshot::take(Environment::read(variables), "", "");
        assert!(matches!(given.keys(&snapshot), PreloadedKeys::Nothing));
        let kept = found(&[("key_file", " /a ")], &[]);
        assert_eq!(kept.path("key_file"), "/a");
    }
}
