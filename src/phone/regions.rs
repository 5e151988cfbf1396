//! Which countries' numbers a site sends codes to.

use rlibphonenumber::RegionStr;

use super::{PhoneError, PhoneNumber, Unreachable, known, sheltered};
use crate::types::Method;

/// Longest piece of a wrong list that its error repeats, in characters.
const SHOWN: usize = 16;

/// A list names something that is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a region: give two letters of ISO 3166-1 each, such as \"DE, AT, GB\"")]
pub struct RegionsError(String);

/// An allow list and a block list of regions.
///
/// Without an allow list every region is allowed; what is blocked is never allowed. Numbers of no
/// country (satellites, +800, +883 …) are not allowed under any lists, empty ones included: no
/// entry could name them, so an operator who found out what they cost could not stop them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Regions {
    allowed: Vec<RegionStr>,
    blocked: Vec<RegionStr>,
}

impl Regions {
    /// Reads two lists such as `DE, AT CH`: regions of ISO 3166-1 in either case, behind commas or
    /// spaces.
    ///
    /// # Errors
    /// [`RegionsError`], for operators.
    pub fn parse(allowed: &str, blocked: &str) -> Result<Self, RegionsError> {
        Ok(Self {
            allowed: list(allowed)?,
            blocked: list(blocked)?,
        })
    }

    /// Those of the allow list that are not blocked; none where every region is allowed.
    pub fn allowed(&self) -> impl Iterator<Item = &str> {
        let allowed = self.allowed.iter();
        allowed
            .filter(|region| !self.blocked.contains(region))
            .map(RegionStr::as_str)
    }

    /// Whether codes may go to the number's region.
    #[must_use]
    pub fn allows(&self, number: &PhoneNumber) -> bool {
        number.region.as_ref().is_some_and(|region| {
            (self.allowed.is_empty() || self.allowed.contains(region))
                && !self.blocked.contains(region)
        })
    }

    /// Whether a code may go to this number that way, and to its region.
    ///
    /// # Errors
    /// [`Unreachable`]
    pub fn reach(&self, number: &PhoneNumber, method: Method) -> Result<(), Unreachable> {
        number.reach(method)?;
        if self.allows(number) {
            Ok(())
        } else {
            Err(Unreachable::Country)
        }
    }
}

fn list(text: &str) -> Result<Vec<RegionStr>, RegionsError> {
    text.split(|c: char| c == ',' || c.is_ascii_whitespace())
        .filter(|code| !code.is_empty())
        .map(|code| {
            sheltered(|library| known(library, code))
                .map(|region| region.as_region_str())
                .map_err(|_: PhoneError| RegionsError(code.escape_debug().take(SHOWN).collect()))
        })
        .collect()
}
