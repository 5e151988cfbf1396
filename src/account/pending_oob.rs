//! Set-ups of telephone numbers and e-mail addresses that wait for their code.

use super::ids::{GrantId, SetupId};
use super::network::Opener;
use super::oob_factor::Recipient;
use super::permit::Permit;
use super::sent::Sent;
use super::totp::PENDING_SECONDS;
use crate::clock::{SKEW, UnixTime};
use crate::types::Method;

/// Wrong codes after which the set-up of a number or address is over.
const PENDING_TRIES: u8 = 10;

/// Set-ups of one kind that are pending at once from where a proof has come from, and as many from elsewhere: what
/// one user's budget of messages allows in an hour, unless the operator raises it, so that nobody ends somebody
/// else's by beginning more.
const MOST_PENDING: usize = 10;

/// The set-ups that wait for a code, the oldest first. Each is known by its id, and that by whoever began it:
/// a set-up that somebody else begins takes no other one's place and none of its tries.
#[derive(Clone)]
pub(super) struct PendingContacts(pub(super) Vec<PendingContact>);

impl PendingContacts {
    pub(super) const NONE: Self = Self(Vec::new());

    /// One more. What of its kind has to make room is found by the rule of challenges
    /// ([`Opener::takes_the_place_of`]).
    pub(super) fn start(&mut self, setup: PendingContact, now: UnixTime) {
        self.0.retain(|old| !old.is_stale(now));
        let alike = |old: &PendingContact| old.method.is_phone() == setup.method.is_phone();
        let open = self.0.iter().enumerate().filter(|(_, old)| alike(old));
        let open = open.map(|(place, old)| (place, old.opener));
        if let Some(place) = setup.opener.takes_the_place_of(open, MOST_PENDING) {
            self.0.remove(place);
        }
        self.0.push(setup);
    }

    /// Who was asked last to send a code there, for whichever set-up; empty at first.
    pub(super) fn last_provider(&self, method: Method, to: &str, now: UnixTime) -> String {
        let mut alike = self
            .0
            .iter()
            .rev()
            .filter(|setup| setup.method == method && setup.to == to && !setup.is_stale(now));
        let last = alike.find(|setup| !setup.provider().is_empty());
        last.map_or_else(String::new, |setup| setup.provider().to_owned())
    }

    pub(super) fn get(&self, id: &SetupId, now: UnixTime) -> Option<&PendingContact> {
        let mut open = self.0.iter().filter(|setup| !setup.is_stale(now));
        open.find(|setup| setup.id == *id)
    }

    /// Also one that is stale.
    pub(super) fn by_id(&mut self, id: &SetupId) -> Option<&mut PendingContact> {
        self.0.iter_mut().find(|setup| setup.id == *id)
    }

    pub(super) fn take(&mut self, id: &SetupId) -> Option<PendingContact> {
        let place = self.0.iter().position(|setup| setup.id == *id)?;
        Some(self.0.remove(place))
    }

    /// Ends those that were begun with a proof: with another grant, or a challenge.
    pub(super) fn end_begun_with_proofs_but(&mut self, kept: Option<&GrantId>) {
        self.0.retain(|setup| match &setup.permit {
            Permit::None | Permit::Password(_) => true,
            Permit::Grant(grant) => Some(grant) == kept,
            Permit::Login(_) | Permit::StepUp(_) => false,
        });
    }

    /// Those that a clock began that was ahead are over.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.0.retain(|setup| !setup.is_ahead(now));
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> &[PendingContact] {
        &self.0
    }
}

/// A number or address that is not proven yet.
#[derive(Clone)]
pub(super) struct PendingContact {
    pub(super) id: SetupId,
    /// What it was begun with.
    pub(super) permit: Permit,
    pub(super) method: Method,
    /// E.164, or an e-mail address.
    pub(super) to: String,
    /// How its user is told what happens to it.
    pub(super) recipient: Recipient,
    pub(super) opener: Opener,
    pub(super) started: UnixTime,
    pub(super) wrong: u8,
    pub(super) sent: Sent,
}

impl PendingContact {
    pub(super) fn new(
        id: SetupId,
        method: Method,
        to: &str,
        recipient: &Recipient,
        permit: Permit,
        opener: Opener,
        started: UnixTime,
    ) -> Self {
        Self {
            id,
            permit,
            method,
            to: to.to_owned(),
            recipient: recipient.clone(),
            opener,
            started,
            wrong: 0,
            sent: Sent::new(method),
        }
    }

    pub(super) fn is_stale(&self, now: UnixTime) -> bool {
        self.is_ahead(now) || now >= self.started.plus(PENDING_SECONDS)
    }

    /// Whether a clock began it that was further ahead than those of two servers may be apart: it would wait until
    /// its time comes.
    fn is_ahead(&self, now: UnixTime) -> bool {
        self.started > now.plus(SKEW)
    }

    pub(super) fn provider(&self) -> &str {
        self.sent.provider()
    }

    /// What is on its way.
    pub(super) const fn sent(&mut self) -> &mut Sent {
        &mut self.sent
    }

    /// A try that was not right, or that somebody is asked about.
    pub(super) const fn count_try(&mut self) {
        self.wrong = self.wrong.saturating_add(1);
    }

    /// A try was none: nobody has looked at the code.
    pub(super) const fn give_back_try(&mut self) {
        self.wrong = self.wrong.saturating_sub(1);
    }

    /// How often a code may still be tried, of those that are on their way.
    pub(super) fn tries_left(&self, now: UnixTime) -> u8 {
        let tries = PENDING_TRIES.saturating_sub(self.wrong);
        tries.min(self.sent.checks_left(now))
    }

    /// Tried so often that it has to begin anew.
    pub(super) const fn is_used_up(&self) -> bool {
        self.wrong >= PENDING_TRIES
    }
}
