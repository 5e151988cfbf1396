//! What of the environment is ours: every setting may come from `TWOFACTOR_<NAME>`, keys and providers from variables
//! of their own.
//!
//! The environment at the start of a process is its operator's. In a CGI process, which is started for one request, it
//! is the request's (RFC 3875 section 4.1), and a variable of ours there is refused: no header becomes one, as those
//! begin with `HTTP_`, but whoever may write a `.htaccess` may set any (`SetEnv`), and may not change php.ini.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::{VARIABLE_PREFIX, settings};

/// The text of a key file.
pub const KEYS_VARIABLE: &str = "TWOFACTOR_KEYS";
/// The text of a file of providers.
pub const PROVIDERS_VARIABLE: &str = "TWOFACTOR_PROVIDERS";

/// A process has it that was started for one request.
const CGI: &str = "GATEWAY_INTERFACE";

/// Where systemd has put what the unit may know (systemd.exec(5)).
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

const MOST_UNKNOWN: usize = 20;
const MOST_NAME_CHARS: usize = 64;

/// A setting as the environment has it. Redacts itself.
#[derive(Clone)]
pub struct Variable {
    name: String,
    setting: &'static str,
    text: Zeroizing<String>,
    is_text: bool,
}

impl Variable {
    /// The variable.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The setting's name.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// What it says. What is no UTF-8 has become U+FFFD.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is UTF-8, and so is what it says.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        self.is_text
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=<redacted>", self.name)
    }
}

/// The variables of ours, as they were.
#[derive(Default)]
pub struct Environment {
    keys: Option<Zeroizing<Vec<u8>>>,
    providers: Option<Zeroizing<Vec<u8>>>,
    variables: Vec<Variable>,
    unknown: Vec<String>,
    of_request: Option<String>,
    credentials: Option<PathBuf>,
}

impl Environment {
    /// As this process has it now.
    #[must_use]
    pub fn of_process() -> Self {
        Self::read(env::vars_os())
    }

    /// Reads variables.
    pub fn read(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut found = Self::default();
        let mut is_cgi = false;
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            is_cgi |= name == CGI;
            if name == CREDENTIALS_VARIABLE {
                found.credentials = Some(PathBuf::from(value));
                continue;
            }
            let prefix = name.get(..VARIABLE_PREFIX.len()).unwrap_or_default();
            if prefix.eq_ignore_ascii_case(VARIABLE_PREFIX) {
                found.take(name, value);
            }
        }
        found.unknown.sort_unstable();
        found.unknown.truncate(MOST_UNKNOWN);
        if !is_cgi {
            return found;
        }
        let keys = found.keys.as_ref().map(|_| KEYS_VARIABLE);
        let providers = found.providers.as_ref().map(|_| PROVIDERS_VARIABLE);
        let setting = found.variables.first().map(Variable::name);
        Self {
            of_request: keys.or(providers).or(setting).map(str::to_owned),
            ..Self::default()
        }
    }

    fn take(&mut self, name: &str, value: OsString) {
        let bytes = || Zeroizing::new(value.clone().into_encoded_bytes());
        match name {
            KEYS_VARIABLE => self.keys = Some(bytes()),
            PROVIDERS_VARIABLE => self.providers = Some(bytes()),
            _ => match settings().find(|setting| setting.variable() == name) {
                Some(setting) => self.variables.push(Variable {
                    name: name.to_owned(),
                    setting: setting.name,
                    text: Zeroizing::new(value.to_string_lossy().into_owned()),
                    is_text: value.to_str().is_some(),
                }),
                None if is_of_the_project(name) => {}
                None => {
                    let shown = name.chars().filter(|c| !c.is_control());
                    self.unknown.push(shown.take(MOST_NAME_CHARS).collect());
                }
            },
        }
    }

    /// The setting of that name, if it is there.
    #[must_use]
    pub fn variable(&self, setting: &str) -> Option<&Variable> {
        self.variables.iter().find(|it| it.setting == setting)
    }

    /// Variables that look like ours and mean nothing: their names, and no value.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// A variable of ours that came with a request, so that nobody may be let in by it.
    #[must_use]
    pub fn of_request(&self) -> Option<&str> {
        self.of_request.as_deref()
    }

    /// The folder with the credentials of the unit, if this is one; never one that came with a request.
    pub(super) fn credentials(&self) -> Option<&Path> {
        self.credentials
            .as_deref()
            .filter(|path| path.is_absolute())
    }

    pub(super) fn keys(&self) -> Option<&[u8]> {
        self.keys.as_ref().map(|text| text.as_slice())
    }

    pub(super) fn providers(&self) -> Option<&Zeroizing<Vec<u8>>> {
        self.providers.as_ref().filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables)
            .field("unknown", &self.unknown)
            .finish_non_exhaustive()
    }
}

/// What the project's own scripts and tests set.
fn is_of_the_project(name: &str) -> bool {
    let rest = name.strip_prefix(VARIABLE_PREFIX).unwrap_or_default();
    matches!(rest, "EXTENSION" | "FAKES" | "NO_BUILD" | "APART") || rest.starts_with("TEST_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    fn read(variables: &[(&str, &str)]) -> Environment {
        let owned = variables.iter().map(|(n, v)| (n.into(), v.into()));
        Environment::read(owned.collect::<Vec<_>>())
    }

    #[test]
    fn every_setting_has_a_variable() {
        for setting in settings() {
            let found = read(&[("PATH", "/bin"), (&setting.variable(), " x ")]);
            let variable = found.variable(setting.name).unwrap();
            assert_eq!((variable.text(), variable.is_text()), (" x ", true));
            assert_eq!(found.variables.len(), 1);
            assert!(found.unknown().is_empty());
        }
    }

    #[test]
    fn a_variable_that_means_nothing_is_named_without_its_value() {
        let found = read(&[
            ("TWOFACTOR_MAX_ATEMPTS", "c4nary"),
            ("TWOFACTOR_max_attempts", "c4nary"),
            ("twofactor_site", "c4nary"),
            ("TWOFACTOR_", "c4nary"),
            ("TWOFACTOR_\u{1b}[2J", "c4nary"),
            ("TWOFACTORY_SITE", "c4nary"),
            ("HTTP_TWOFACTOR_SITE", "c4nary"),
            ("TWOFACTOR_KEYS", "c4nary"),
            ("TWOFACTOR_PROVIDERS", "c4nary"),
            ("TWOFACTOR_EXTENSION", "c4nary"),
            ("TWOFACTOR_TEST_MYSQL", "c4nary"),
        ]);
        let named = [
            "TWOFACTOR_",
            "TWOFACTOR_MAX_ATEMPTS",
            "TWOFACTOR_[2J",
            "TWOFACTOR_max_attempts",
            "twofactor_site",
        ];
        assert_eq!(found.unknown(), named);
        assert!(found.variables.is_empty());
        assert!(!format!("{found:?}").contains("c4nary"));
        let many: Vec<_> = (0..100).map(|n| format!("TWOFACTOR_X{n}")).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(read(&many).unknown().len(), 20);
        let long = format!("TWOFACTOR_{}", "X".repeat(1_000));
        assert_eq!(read(&[(&long, "")]).unknown()[0].len(), 64);
    }

    #[test]
    fn what_is_no_text_is_told_apart_from_what_is() {
        let value = OsString::from_vec(b"sqlite:/\xff".to_vec());
        let found = Environment::read([("TWOFACTOR_STORE".into(), value)]);
        assert!(!found.variable("store").unwrap().is_text());
    }

    #[test]
    fn what_comes_with_a_request_is_not_taken() {
        for name in [
            "TWOFACTOR_EMERGENCY",
            "TWOFACTOR_STORE",
            "TWOFACTOR_KEYS",
            "TWOFACTOR_PROVIDERS",
        ] {
            let found = read(&[
                ("CREDENTIALS_DIRECTORY", "/x"),
                (name, "x"),
                ("GATEWAY_INTERFACE", "CGI/1.1"),
            ]);
            assert!(found.credentials().is_none());
            assert_eq!(found.of_request(), Some(name));
            assert!(found.variables.is_empty());
            assert!(found.keys().is_none() && found.providers().is_none());
        }
        assert_eq!(read(&[("GATEWAY_INTERFACE", "CGI/1.1")]).of_request(), None);
        assert_eq!(read(&[("TWOFACTOR_SITE", "x")]).of_request(), None);
    }
}
