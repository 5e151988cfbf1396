//! What may be shown of a site's licence. What it is for is wired in `premium`; a build without that feature has
//! `no_premium` in its place.

use crate::clock::UnixTime;

/// How a licence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceState {
    /// It is good.
    Valid,
    /// Its time is over, and it goes on while nobody could be asked for the next one.
    Grace,
    /// Its time and the grace are over.
    Expired,
    /// It does not count, for another reason.
    Refused,
}

/// A licence for what is premium: what its token says, and how it stands. For display; it opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// The licence's name at the gateway; not its key.
    pub id: String,
    /// What was bought.
    pub plan: &'static str,
    /// For which site: its host, without `www.`.
    pub domain: String,
    /// From when the token is good.
    pub valid_from: UnixTime,
    /// Until when.
    pub expires_at: UnixTime,
    /// How long it goes on after that while nobody can be asked.
    pub grace_until: UnixTime,
    /// How it stands.
    pub state: LicenceState,
    /// Why it does not count, or why it could not be renewed, for operators.
    pub because: Option<String>,
}

impl Licence {
    /// Whether what is premium may be used.
    #[must_use]
    pub const fn counts(&self) -> bool {
        matches!(self.state, LicenceState::Valid | LicenceState::Grace)
    }
}
