//! What a site's policy asks of whoever signs in, as the sign-in needs to know it. Whom it asks for what is decided by
//! what is premium; without that nobody is asked for anything.

use crate::account::Account;
use crate::clock::UnixTime;
use crate::types::{Purpose, Strength};

/// What a user is in the host: what a policy may ask about. What is `None` nobody knows: every rule that asks for one is
/// met, and no exclusion by one is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memberships {
    /// Names of roles.
    pub roles: Option<Vec<String>>,
    /// Names of groups.
    pub groups: Option<Vec<String>>,
}

/// What is known of that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// The host says nothing of it: every rule that asks for a role or group is met, and no exclusion by one is.
    #[default]
    Unknown,
    /// The host can be asked, if a policy wants to know ([`super::Error::StandingWanted`]).
    Unasked,
    /// That.
    Known(Memberships),
}

/// What a policy asks of one user at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Demanded {
    /// How strong the proof of a sign-in has to be by now; `None`: nothing is asked.
    pub(super) sign_in: Option<Strength>,
    /// The same of a step-up.
    pub(super) step_up: Option<Strength>,
    /// From when no sign-in ends without a factor that is not enrolled yet.
    pub(super) due: Option<UnixTime>,
    /// A set-up is encouraged, and was not put off lately.
    pub(super) is_encouraged: bool,
    /// Everything that is asked of a sign-in, by now or later, and from when.
    pub(super) sign_in_days: Vec<(Strength, UnixTime)>,
    /// The same of a step-up.
    pub(super) step_up_days: Vec<(Strength, UnixTime)>,
    /// From when each strength is asked for that is.
    pub(super) dues: Vec<(Strength, UnixTime)>,
}

impl Demanded {
    /// For a challenge of that purpose.
    pub(super) const fn of(&self, purpose: Purpose) -> Option<Strength> {
        match purpose {
            Purpose::Login => self.sign_in,
            Purpose::StepUp => self.step_up,
            Purpose::VerifyPhone | Purpose::ResetPassword => None,
        }
    }

    /// The same, with what will be asked later.
    pub(super) fn days(&self, purpose: Purpose) -> Vec<(Strength, UnixTime)> {
        match purpose {
            Purpose::Login => self.sign_in_days.clone(),
            Purpose::StepUp => self.step_up_days.clone(),
            Purpose::VerifyPhone | Purpose::ResetPassword => Vec::new(),
        }
    }

    /// The strongest that is asked, by now or later.
    pub(super) fn strongest(&self) -> Option<Strength> {
        let days = self.sign_in_days.iter().chain(&self.step_up_days);
        days.map(|(strength, _)| *strength).max()
    }

    /// From when no step-up ends without a factor that is not enrolled yet.
    pub(super) fn step_up_due(&self, account: Option<&Account>) -> Option<UnixTime> {
        let lacks = |strength: Strength| !account.is_some_and(|it| it.has_strength(strength));
        let days = self.step_up_days.iter();
        days.filter(|(strength, _)| lacks(*strength))
            .map(|(_, due)| *due)
            .min()
    }

    /// Whether a day is earlier than the account has it, or is none of its yet.
    pub(super) fn has_news(&self, account: Option<&Account>) -> bool {
        self.dues.iter().any(|(strength, due)| {
            let mut kept = account.into_iter().flat_map(Account::dues);
            let kept = kept.find(|(kept, _)| kept == strength);
            kept.is_none_or(|(_, kept)| *due < kept)
        })
    }
}

/// The earlier of two days on which something is due.
pub(super) fn earlier(a: Option<UnixTime>, b: Option<UnixTime>) -> Option<UnixTime> {
    a.into_iter().chain(b).min()
}
