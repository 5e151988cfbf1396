//! Where the keys come from when the process did not bring them.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::{Config, KeyPlace};
use crate::crypto::{KeyError, KeyRing, RandomError};
use crate::startup::KEYS_VARIABLE;
use crate::store::{Store, StoreError, StoreUrl};
use crate::types::Site;

/// Where the keys came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeySource {
    /// Read when the process started.
    Given,
    /// The file `key_file` names.
    File,
    /// A generated file beside the SQLite store.
    Generated(PathBuf),
    /// Nowhere: they end with the process.
    Ephemeral,
}

/// Why there are none. For operators.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file, or what it says.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The operating system has no randomness to make one of.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Whether the store has accounts is not known.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A new key would open none of them.
    #[error(
        "the key file {} is missing, but the store has accounts; restore it, or set twofactor.key_file",
        _0.display()
    )]
    Missing(PathBuf),
    /// It is not asked for where a script or a pool could name it.
    #[error(
        "twofactor.key_file names a credential or a program, which are read when PHP starts: name it in php.ini or the environment, \
         not in a pool and not in a script"
    )]
    AtTheStart,
    /// Beside a server there is no place to generate one.
    #[error("there is no key: set twofactor.key_file or the environment variable {KEYS_VARIABLE}")]
    Nowhere,
}

/// Named file, generated file: the first there is. Whoever opens the verifier brings those of the environment.
pub(super) fn find(
    config: &Config,
    store: &mut dyn Store,
) -> Result<(KeyRing, KeySource), KeysError> {
    // A store in memory ends with the process, and so may its key.
    if let (StoreUrl::Memory, None) = (config.store(), config.key_file()) {
        return Ok((KeyRing::ephemeral()?, KeySource::Ephemeral));
    }
    match config.key_file() {
        Some(KeyPlace::File(path)) => return Ok((KeyRing::read_file(path)?, KeySource::File)),
        Some(KeyPlace::Credential(_) | KeyPlace::Command(_)) => return Err(KeysError::AtTheStart),
        None => {}
    }
    match config.store() {
        StoreUrl::Memory => Ok((KeyRing::ephemeral()?, KeySource::Ephemeral)),
        StoreUrl::Sqlite(path) => generated(path, config.site(), store),
        StoreUrl::Mysql(_) => Err(KeysError::Nowhere),
    }
}

/// Where the keys lie that a process with these settings reads, if that is a file.
#[cfg(feature = "cli")]
#[must_use]
pub fn key_file_of(config: &Config) -> Option<PathBuf> {
    match (config.key_file(), config.store()) {
        (Some(place), _) => match place {
            KeyPlace::File(path) => Some(path.clone()),
            KeyPlace::Credential(_) | KeyPlace::Command(_) => None,
        },
        (None, StoreUrl::Sqlite(path)) => Some(generated_path(path)),
        (None, StoreUrl::Memory | StoreUrl::Mysql(_)) => None,
    }
}

/// Beside the database itself, wherever a link to it lies.
fn generated_path(database: &Path) -> PathBuf {
    let database = fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    let mut name = database.into_os_string();
    name.push(".key");
    PathBuf::from(name)
}

/// The key beside an embedded store. Made with the store, never for one that has accounts, of this
/// site or another: they share the key, and a new one opens none of them.
fn generated(
    database: &Path,
    site: &Site,
    store: &mut dyn Store,
) -> Result<(KeyRing, KeySource), KeysError> {
    let path = generated_path(database);
    if !path.exists() {
        let found = store.occupants(site)?;
        if found.own || found.other.is_some() {
            return Err(KeysError::Missing(path));
        }
        // Whoever may open the store has to be able to read its key.
        let created = match fs::metadata(database) {
            Ok(found) => KeyRing::create_file_of(found.uid(), &path),
            Err(_) => KeyRing::create_file(&path),
        };
        match created {
            Ok(_) => {}
            // Another process was faster: its key is as good.
            Err(KeyError::Unwritable { .. }) if path.exists() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((KeyRing::read_file(&path)?, KeySource::Generated(path)))
}
