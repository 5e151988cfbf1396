//! What a process was started with.

use std::path::Path;
use std::str::Utf8Error;
use std::sync::Arc;

use super::environment::{Environment, KEYS_VARIABLE};
use super::providers::{ProviderList, read_providers};
use crate::crypto::{KeyError, KeyRing};

/// Keys that were read at the start.
#[derive(Debug)]
pub enum PreloadedKeys {
    /// These.
    Ring(KeyRing),
    /// The environment's are no keys.
    Unusable(Arc<EnvironmentKeysError>),
    /// None for that key file: whoever needs it reads it.
    Nothing,
}

/// Why what the environment has is no keys. For operators; holds no key material.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentKeysError {
    /// It is not UTF-8.
    #[error("the environment variable {KEYS_VARIABLE} is not valid text")]
    NotText(#[from] Utf8Error),
    /// What it says.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// Environment, key file and file of providers as they were.
#[derive(Debug)]
pub struct Snapshot {
    environment: Environment,
    keys: Option<Result<KeyRing, Arc<EnvironmentKeysError>>>,
    /// The setting, and what could be read.
    key_file: (String, Option<KeyRing>),
    providers_file: (String, Option<ProviderList>),
}

impl Snapshot {
    /// Reads everything; the arguments are the settings `key_file` and `providers_file`, empty where no file is named.
    /// A file that cannot be read is left to whoever needs it: it may be readable by then, and if not, reading it says
    /// why.
    #[must_use]
    pub fn take(environment: Environment, key_file: &str, providers_file: &str) -> Self {
        let named = |setting: &str| Some(setting.trim().to_owned()).filter(|path| !path.is_empty());
        let ring = named(key_file).and_then(|path| KeyRing::read_file(Path::new(&path)).ok());
        let list = named(providers_file).and_then(|path| read_providers(Path::new(&path)).ok());
        Self {
            keys: environment.keys().map(|text| parse(text).map_err(Arc::new)),
            key_file: (key_file.trim().to_owned(), ring),
            providers_file: (
                providers_file.trim().to_owned(),
                list.map(ProviderList::File),
            ),
            environment,
        }
    }

    /// The environment as it was.
    #[must_use]
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The keys of `key_file`, or of the environment where that is empty.
    #[must_use]
    pub fn keys(&self, key_file: &str) -> PreloadedKeys {
        let of_file = || (self.key_file.0 == key_file).then_some(self.key_file.1.as_ref())?;
        match (key_file, &self.keys) {
            // Unusable, not absent: for absent keys a new key file would be generated.
            ("", Some(Err(why))) => PreloadedKeys::Unusable(Arc::clone(why)),
            ("", Some(Ok(ring))) => PreloadedKeys::Ring(ring.clone()),
            ("", None) => PreloadedKeys::Nothing,
            _ => of_file().map_or(PreloadedKeys::Nothing, |ring| {
                PreloadedKeys::Ring(ring.clone())
            }),
        }
    }

    /// Whether there is a key, be it one that cannot be used: that `key_file` names, or of the environment.
    #[must_use]
    pub fn names_key(&self, key_file: &str) -> bool {
        !key_file.is_empty() || self.keys.is_some()
    }

    /// The providers of `providers_file`, or of the environment where that is empty.
    #[must_use]
    pub fn providers(&self, providers_file: &str) -> Option<ProviderList> {
        if providers_file.is_empty() {
            let text = self.environment.providers()?;
            return Some(ProviderList::Environment(text.clone()));
        }
        let same = self.providers_file.0 == providers_file;
        self.providers_file.1.clone().filter(|_| same)
    }
}

fn parse(text: &[u8]) -> Result<KeyRing, EnvironmentKeysError> {
    Ok(KeyRing::parse(std::str::from_utf8(text)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    const KEY: &str = "spring = a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = variables.iter().map(|(n, v)| (n.into(), v.into()));
        Environment::read(owned.collect::<Vec<(OsString, OsString)>>())
    }

    fn id(keys: &PreloadedKeys) -> &str {
        match keys {
            PreloadedKeys::Ring(ring) => ring.ids().next().unwrap().as_str(),
            PreloadedKeys::Unusable(_) => "unusable",
            PreloadedKeys::Nothing => "nothing",
        }
    }

    #[test]
    fn keys_are_those_of_the_file_that_was_read_or_of_the_environment_and_of_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, KEY.replace("spring", "filed")).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let file = file.to_str().unwrap();
        let both = Snapshot::take(environment(&[(KEYS_VARIABLE, KEY)]), file, "");
        fs::remove_file(file).unwrap();
        assert_eq!(id(&both.keys(file)), "filed");
        assert_eq!(id(&both.keys("")), "spring");
        assert_eq!(id(&both.keys("/other")), "nothing");
        assert!(both.names_key(""));

        let wrong = Snapshot::take(environment(&[(KEYS_VARIABLE, "spring")]), file, "");
        assert_eq!(id(&wrong.keys("")), "unusable");
        assert_eq!(id(&wrong.keys(file)), "nothing");
        assert!(wrong.names_key(""));

        let none = Snapshot::take(environment(&[]), "", "");
        assert_eq!(id(&none.keys("")), "nothing");
        assert!(!none.names_key("") && none.names_key(file));
    }

    #[test]
    fn providers_are_those_of_the_file_that_was_read_or_of_the_environment_and_of_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("providers");
        fs::write(&file, "[]").unwrap();
        let text = |list: Option<ProviderList>| match list {
            Some(ProviderList::File(text)) => format!("file {}", String::from_utf8_lossy(&text)),
            Some(ProviderList::Environment(text)) => {
                format!("environment {}", String::from_utf8_lossy(&text))
            }
            None => "nothing".to_owned(),
        };
        let given = || environment(&[("TWOFACTOR_PROVIDERS", "[ ]")]);
        let path = file.to_str().unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(
            text(Snapshot::take(given(), "", path).providers(path)),
            "nothing"
        );
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        let both = Snapshot::take(given(), "", path);
        fs::remove_file(&file).unwrap();
        assert_eq!(text(both.providers(path)), "file []");
        assert_eq!(text(both.providers("")), "environment [ ]");
        assert_eq!(text(both.providers("/other")), "nothing");
        let empty = environment(&[("TWOFACTOR_PROVIDERS", "")]);
        assert_eq!(text(Snapshot::take(empty, "", "").providers("")), "nothing");
    }
}
