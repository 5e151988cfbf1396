//! Checks by a provider that are not settled yet.
//!
//! The attempt is charged before the provider is asked, and its verdict is audited when it is settled:
//! exactly one event for one attempt. Whoever ends in between leaves the check open here, and the
//! next change of the account notes it as interrupted.

use super::challenge_token::ChallengeToken;
use super::ids::ChallengeId;
use super::lockout::Charged;
use crate::clock::{SKEW, UnixTime};
use crate::types::{Method, Purpose};

/// Seconds after which nobody waits for the provider any more: longer than all its time limits together.
const LONGEST_CHECK: u64 = 120;
/// Open at once; the lockout lets fewer be asked. One more, and the oldest is given up.
const MOST_OPEN: usize = 32;

/// A check that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenCheck {
    /// Tells apart those of one second.
    pub(super) number: u16,
    pub(super) challenge: ChallengeId,
    /// What the challenge is for.
    pub(super) purpose: Purpose,
    /// How the code was sent.
    pub(super) method: Method,
    /// When the attempt was charged.
    pub(super) asked: UnixTime,
    /// What the charge led to.
    pub(super) charged: Charged,
    /// Who made the code.
    pub(super) provider: String,
    /// Where the attempt came from.
    pub(super) ip: Option<String>,
}

impl OpenCheck {
    fn is_over(&self, now: UnixTime) -> bool {
        now >= self.asked.plus(LONGEST_CHECK) || self.asked > now.plus(SKEW)
    }
}

/// Every open check of an account, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenChecks(pub(super) Vec<OpenCheck>);

impl OpenChecks {
    pub(super) const NONE: Self = Self(Vec::new());

    /// Remembers a check. Returns its number, and one that had to make room.
    pub(super) fn open(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        charged: Charged,
        provider: &str,
        ip: Option<&str>,
        now: UnixTime,
    ) -> (u16, Option<OpenCheck>) {
        let given_up = (self.0.len() >= MOST_OPEN).then(|| self.0.remove(0));
        let number = self
            .0
            .last()
            .map_or(0, |newest| newest.number.wrapping_add(1));
        self.0.push(OpenCheck {
            number,
            challenge: token.id,
            purpose: token.purpose,
            method,
            asked: now,
            charged,
            provider: provider.to_owned(),
            ip: ip.map(str::to_owned),
        });
        (number, given_up)
    }

    /// Takes the check out, if it is still open.
    pub(super) fn close(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        number: u16,
        asked: UnixTime,
    ) -> Option<OpenCheck> {
        let place = self.0.iter().position(|open| {
            open.number == number
                && open.asked == asked
                && open.challenge == token.id
                && open.purpose == token.purpose
                && open.method == method
        })?;
        Some(self.0.remove(place))
    }

    /// Takes out what nobody waits for any more.
    pub(super) fn interrupted(&mut self, now: UnixTime) -> Vec<OpenCheck> {
        let (over, open) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|open| open.is_over(now));
        self.0 = open;
        over
    }
}
