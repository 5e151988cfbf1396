//! Keys, providers and settings as this process found them when it started, for whoever opens a verifier: the
//! extension, and programs that are none.
//!
//! Nothing here is read again: what a script puts into the environment later changes nothing, and a worker of
//! PHP-FPM, which sees less of environment and files than the master did, has what the master had.

mod environment;
mod key_command;
mod providers;
mod settings;
mod snapshot;
mod software;

pub use environment::{Environment, KEYS_VARIABLE, PROVIDERS_VARIABLE, Variable};
pub use key_command::CommandError;
pub use providers::{FileError, ProviderList, read_providers};
pub use settings::{GivenSetting, SettingSource, Settings, SettingsError};
pub use snapshot::{PreloadedKeys, Snapshot, StartKeysError};
pub use software::{build, system};
