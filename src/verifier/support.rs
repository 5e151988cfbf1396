//! What a support bundle says of a process that the verifier itself does not know: whoever opened it does.

use super::{GivenSetting, HealthCheck, PastFailure};

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
