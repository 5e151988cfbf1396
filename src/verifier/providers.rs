//! Which providers a site has: what a list says, and what is made of it.
//!
//! The list is in JSON, the provider to be asked first comes first:
//!
//! ```json
//! [
//!     {"provider": "twilio-verify", "user": "SK…", "secret": "…", "service": "VA…", "channels": ["sms", "voice"]},
//!     {"provider": "sns", "access_key": "AKIA…", "secret": "…", "region": "eu-central-1"}
//! ]
//! ```
//!
//! It holds credentials, so no error repeats a word of it: a place in it has to do. It comes from the
//! file that `twofactor.providers_file` names; without one from the environment; without that from the
//! store, sealed ([`super::provider_registry`]).

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::Config;
use crate::sms::http::HttpSettings;
use crate::sms::{self, Provider, ProviderConfig, ProviderConfigError, ProviderSetup};
use crate::startup::{FileError, PROVIDERS_VARIABLE, ProviderList, read_providers};

/// Where the list comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderSource {
    /// The file that the configuration names.
    File,
    /// The environment.
    Environment,
    /// The store.
    Store,
}

impl ProviderSource {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::Store => "store",
        }
    }
}

/// Why a list that does not come from the store is of no use. For operators, without a word of the list.
#[derive(Debug, thiserror::Error)]
pub(super) enum ListError {
    /// The file that the configuration names.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: FileError,
    },
    /// What it says.
    #[error("{place}: {source}")]
    Config {
        /// Where it comes from.
        place: String,
        /// What is wrong.
        source: ProviderConfigError,
    },
}

/// Where the list comes from, and what it says.
pub(super) struct OpenedList {
    /// Whence.
    pub source: ProviderSource,
    /// The same for operators.
    pub place: String,
    /// What it says; nothing yet if it is in the store.
    pub made: Vec<(ProviderConfig, Provider)>,
}

/// Where the list comes from, and what it says if that is settled for the life of the process. Nobody is
/// asked anything.
///
/// # Errors
/// [`ListError`]
pub(super) fn open(config: &Config, given: Option<ProviderList>) -> Result<OpenedList, ListError> {
    let (source, place, text) = match (config.providers_file(), given) {
        (Some(path), given) => {
            let text = match given {
                Some(ProviderList::File(text)) => text,
                _ => read_providers(path).map_err(|source| ListError::File {
                    path: path.to_owned(),
                    source,
                })?,
            };
            (ProviderSource::File, path.display().to_string(), text)
        }
        (None, Some(ProviderList::Environment(text))) => {
            let place = format!("the environment variable {PROVIDERS_VARIABLE}");
            (ProviderSource::Environment, place, text)
        }
        (None, _) => {
            return Ok(OpenedList {
                source: ProviderSource::Store,
                place: "the store".to_owned(),
                made: Vec::new(),
            });
        }
    };
    match sms::make_all(&text, &setup(config)) {
        Ok(made) => Ok(OpenedList {
            source,
            place,
            made,
        }),
        Err(source) => Err(ListError::Config { place, source }),
    }
}

/// What the configuration says of all providers.
pub(super) fn setup(config: &Config) -> ProviderSetup<'_> {
    ProviderSetup {
        http: HttpSettings {
            ca_file: config.http_ca_file().map(Path::to_owned),
            proxy: config.http_proxy().cloned(),
            whole: Duration::from_secs(config.http_seconds().into()),
            ..HttpSettings::default()
        },
        development: config.development(),
    }
}
