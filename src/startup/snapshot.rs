//! What a process was started with.

use std::path::Path;
use std::str::Utf8Error;
use std::sync::Arc;

use super::environment::{Environment, KEYS_VARIABLE};
use super::key_command::{self, CommandError};
use super::providers::{ProviderList, read_providers};
use crate::config::KeyPlace;
use crate::crypto::{KeyError, KeyRing};

/// Keys that were read at the start.
#[derive(Debug)]
pub enum PreloadedKeys {
    /// These.
    Ring(KeyRing),
    /// The environment's are no keys.
    Unusable(Arc<StartKeysError>),
    /// None for that key file: whoever needs it reads it.
    Nothing,
}

/// Why there are no keys where the process was to have them from when it started. For operators; holds no key material.
#[derive(Debug, thiserror::Error)]
pub enum StartKeysError {
    /// It is not UTF-8.
    #[error("the environment variable {KEYS_VARIABLE} is not valid text")]
    NotText(#[from] Utf8Error),
    /// What it says.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// This process is no unit with credentials.
    #[error(
        "twofactor.key_file names the credential {0}, and systemd gave this process none: LoadCredential={0}:… or \
         LoadCredentialEncrypted={0}:… in the unit that starts it; systemd-run -p does the same for a command"
    )]
    NoCredentials(String),
    /// A program that was to write them.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// What it wrote is not UTF-8.
    #[error("what the program of twofactor.key_file writes is not valid text")]
    CommandNotText,
}

/// Environment, key file and file of providers as they were.
#[derive(Debug)]
pub struct Snapshot {
    environment: Environment,
    keys: Option<Result<KeyRing, Arc<StartKeysError>>>,
    /// The setting, and what could be read.
    key_file: (String, Option<KeyRing>),
    /// Of a credential or a program, why there are none.
    no_keys: Option<Arc<StartKeysError>>,
    providers_file: (String, Option<ProviderList>),
}

impl Snapshot {
    /// Reads everything; the arguments are the settings `key_file` and `providers_file`, empty where no file is named.
    /// A file that cannot be read is left to whoever needs it: it may be readable by then, and if not, reading it says
    /// why.
    #[must_use]
    pub fn take(environment: Environment, key_file: &str, providers_file: &str) -> Self {
        let named = |setting: &str| Some(setting.trim().to_owned()).filter(|path| !path.is_empty());
        let place = named(key_file).and_then(|text| KeyPlace::read(&text).ok());
        let (ring, no_keys) = match place {
            None => (None, None),
            Some(KeyPlace::File(path)) => (KeyRing::read_file(&path).ok(), None),
            Some(place) => match of_the_start(&place, &environment) {
                Ok(ring) => (Some(ring), None),
                Err(why) => (None, Some(Arc::new(why))),
            },
        };
        let list = named(providers_file).and_then(|path| read_providers(Path::new(&path)).ok());
        Self {
            keys: environment.keys().map(|text| parse(text).map_err(Arc::new)),
            key_file: (key_file.trim().to_owned(), ring),
            no_keys,
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
            (named, _) if self.no_keys.is_some() && self.key_file.0 == named => {
                let why = self.no_keys.as_ref().map(Arc::clone);
                why.map_or(PreloadedKeys::Nothing, PreloadedKeys::Unusable)
            }
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

/// Keys that are read now or not at all.
fn of_the_start(place: &KeyPlace, environment: &Environment) -> Result<KeyRing, StartKeysError> {
    match place {
        KeyPlace::File(path) => Ok(KeyRing::read_file(path)?),
        KeyPlace::Credential(name) => match environment.credentials() {
            Some(folder) => Ok(KeyRing::read_file(&folder.join(name))?),
            None => Err(StartKeysError::NoCredentials(name.clone())),
        },
        KeyPlace::Command(path) => {
            let text = key_command::output(path)?;
            let text = std::str::from_utf8(&text).map_err(|_| StartKeysError::CommandNotText)?;
            Ok(KeyRing::parse(text)?)
        }
    }
}

fn parse(text: &[u8]) -> Result<KeyRing, StartKeysError> {
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
    fn keys_of_a_credential_are_those_that_systemd_gave_and_of_no_other_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site.keys");
        fs::write(&file, KEY).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
        let path = folder.path().to_str().unwrap();
        let named = "credential:site.keys";
        let take = |variables: &[(&str, &str)], named: &str| {
            Snapshot::take(environment(variables), named, "").keys(named)
        };
        let given = ("CREDENTIALS_DIRECTORY", path);
        assert_eq!(id(&take(&[given], named)), "spring");
        assert_eq!(
            id(&take(&[given, (KEYS_VARIABLE, "other")], named)),
            "spring"
        );
        let why = |keys: PreloadedKeys| match keys {
            PreloadedKeys::Unusable(why) => why.to_string(),
            keys => panic!("{keys:?}"),
        };
        let told = why(take(&[], named));
        assert!(told.contains("LoadCredential=site.keys:"), "{told}");
        for wrong in [
            ("CREDENTIALS_DIRECTORY", ""),
            ("CREDENTIALS_DIRECTORY", "relative"),
        ] {
            assert!(why(take(&[wrong], named)).contains("systemd gave this process none"));
        }
        // A CGI process has its environment of a request.
        let cgi = [given, ("GATEWAY_INTERFACE", "CGI/1.1")];
        assert!(why(take(&cgi, named)).contains("systemd gave this process none"));
        let told = why(take(&[given], "credential:none"));
        assert!(told.contains("/none cannot be read"), "{told}");
        fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
        assert!(why(take(&[given], named)).contains("can be read by every user"));
        // What another setting names is not there, and nothing is generated in its place.
        let kept = Snapshot::take(environment(&[given]), named, "");
        assert_eq!(id(&kept.keys("credential:other")), "nothing");
        assert!(kept.names_key("credential:other"));
    }

    #[test]
    fn keys_of_a_program_are_what_it_writes_and_what_is_wrong_with_them_shows_none() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let named = format!("command:{}", path.display());
        let take = |lines: &str| {
            fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
            Snapshot::take(environment(&[]), &named, "").keys(&named)
        };
        assert_eq!(id(&take(&format!("echo '{KEY}'"))), "spring");
        for lines in [
            "echo 'c4nary = c4nary'",
            "printf 'c4nary\\377'",
            "echo c4nary; exit 1",
            "true",
        ] {
            match take(lines) {
                PreloadedKeys::Unusable(why) => {
                    assert!(!format!("{why} {why:?}").contains("c4nary"))
                }
                keys => panic!("{lines}: {keys:?}"),
            }
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
