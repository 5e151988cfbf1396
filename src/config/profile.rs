//! The site's profile. Where it is strict, a few settings have a bound of its own, and a value beyond it is none: the bound
//! counts, and health names the setting. To refuse such a value would deny to everybody on the day that the profile is
//! changed, and to let it count would make the profile a word.

use crate::types::{Method, Strength};

/// The site's profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    pub(super) is_strict: bool,
    pub(super) departures: Vec<Departure>,
}

/// A setting that says what the profile does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// Its name.
    pub setting: &'static str,
    /// What it says.
    pub value: String,
    /// What counts instead.
    pub used: &'static str,
}

impl Profile {
    /// Whether it is the strict one.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Settings that say what it does not take.
    #[must_use]
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// How strong a factor it asks of everybody; `None`: any factor is one.
    #[must_use]
    pub fn least(&self) -> Option<Strength> {
        self.is_strict.then_some(Strength::NoRestricted)
    }

    /// Whether a user who has no factor may set that one up.
    #[must_use]
    pub fn admits_first(&self, method: Method) -> bool {
        self.least().is_none_or(|least| least.admits(method))
    }
}
