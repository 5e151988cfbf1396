//! What a support bundle says of a process that the verifier itself does not know: whoever opened it does.

use std::fmt;

use zeroize::Zeroizing;

use super::{HealthCheck, PastFailure};
use crate::config::Setting;

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

/// The process around a verifier.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Software beside this one, by its name, and its version or another word of its own.
    pub versions: Vec<(&'static str, String)>,
    /// Every setting.
    pub settings: Vec<GivenSetting>,
    /// What health has to say of the process.
    pub checks: Vec<HealthCheck>,
    /// What could not be done in this process, and how many seconds ago last.
    pub failures: Vec<(PastFailure, u64)>,
}
