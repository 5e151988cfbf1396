//! Telephone numbers and e-mail addresses: proven once by a code, used from then on.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::network::Opener;
use super::sent::{Binding, Guess, LONGEST_LIFE, RemoteVerification, Sent};
use super::unanswered::Unanswered;
use super::{GrantId, SetupId};
use super::{PENDING_SECONDS, PENDING_TRIES};
use crate::clock::{SKEW, UnixTime};
use crate::config::Policy;
use crate::crypto::HashKey;
use crate::types::Method;

/// A number that was proven to be the user's.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PhoneFactor {
    /// E.164.
    pub number: String,
    /// The ways it was proven by, in that order.
    pub methods: Vec<Method>,
    /// Who is told when another number takes its place: as it was when this one was proven, for whoever
    /// changes the number may have changed the rest before.
    pub recipient: Recipient,
    /// By SMS.
    pub unanswered: Unanswered,
}

/// A number that its user removed. Who enrols another one soon after has replaced it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct FormerPhone {
    /// E.164.
    pub number: String,
    pub recipient: Recipient,
    pub removed: UnixTime,
}

/// An address that was proven to be the user's.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct EmailFactor {
    pub address: String,
}

/// Set-ups of one kind that are pending at once from where a proof has come from, and as many from elsewhere: what
/// one user's budget of messages allows in an hour, unless the operator raises it, so that nobody ends somebody
/// else's by beginning more.
const MOST_PENDING: usize = 10;

/// The set-ups that wait for a code, the oldest first. Each is known by its id, and that by whoever began it:
/// a set-up that somebody else begins takes no other one's place and none of its tries.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PendingContacts(Vec<PendingContact>);

impl PendingContacts {
    pub const NONE: Self = Self(Vec::new());

    /// One more. What of its kind has to make room is found by the rule of challenges
    /// ([`Opener::takes_the_place_of`]).
    pub fn start(&mut self, setup: PendingContact, now: UnixTime) {
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
    pub fn last_provider(&self, method: Method, to: &str, now: UnixTime) -> String {
        let mut alike = self
            .0
            .iter()
            .rev()
            .filter(|setup| setup.method == method && setup.to == to && !setup.is_stale(now));
        let last = alike.find(|setup| !setup.provider().is_empty());
        last.map_or_else(String::new, |setup| setup.provider().to_owned())
    }

    pub fn get(&self, id: &SetupId, now: UnixTime) -> Option<&PendingContact> {
        let mut open = self.0.iter().filter(|setup| !setup.is_stale(now));
        open.find(|setup| setup.id == *id)
    }

    pub fn get_mut(&mut self, id: &SetupId, now: UnixTime) -> Option<&mut PendingContact> {
        let mut open = self.0.iter_mut().filter(|setup| !setup.is_stale(now));
        open.find(|setup| setup.id == *id)
    }

    pub fn take(&mut self, id: &SetupId) -> Option<PendingContact> {
        let place = self.0.iter().position(|setup| setup.id == *id)?;
        Some(self.0.remove(place))
    }

    /// Those that a clock began that was ahead are over.
    pub fn put_right(&mut self, now: UnixTime) {
        self.0.retain(|setup| !setup.is_ahead(now));
    }

    #[cfg(test)]
    pub fn all(&self) -> &[PendingContact] {
        &self.0
    }
}

/// A number or address that is not proven yet.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PendingContact {
    pub id: SetupId,
    /// The proof that it was begun with, as of [`super::totp::PendingTotp`].
    pub grant: Option<GrantId>,
    pub method: Method,
    /// E.164, or an e-mail address.
    pub to: String,
    /// How its user is told what happens to it.
    pub recipient: Recipient,
    opener: Opener,
    started: UnixTime,
    wrong: u8,
    sent: Sent,
}

/// How somebody is told what happened to their account.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The language, as a tag.
    pub locale: String,
    /// Where to, as the host knows it.
    pub email: Option<String>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

/// What a code typed at an enrolment led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tried {
    Right,
    Wrong,
    /// Too often: the enrolment has to begin anew.
    Over,
    /// As [`Guess::Ask`].
    Ask {
        elsewhere: RemoteVerification,
        judged: bool,
    },
}

/// What the code of an enrolment is bound to.
fn binding(id: &SetupId, method: Method) -> Binding<'_> {
    Binding {
        what: "enrol",
        whom: id.bytes(),
        method,
    }
}

impl PendingContact {
    pub fn new(
        id: SetupId,
        method: Method,
        to: &str,
        recipient: &Recipient,
        grant: Option<GrantId>,
        opener: Opener,
        started: UnixTime,
    ) -> Self {
        Self {
            id,
            grant,
            method,
            to: to.to_owned(),
            recipient: recipient.clone(),
            opener,
            started,
            wrong: 0,
            sent: Sent::new(method),
        }
    }

    pub fn is_stale(&self, now: UnixTime) -> bool {
        self.is_ahead(now) || now >= self.started.plus(PENDING_SECONDS)
    }

    /// Whether a clock began it that was further ahead than those of two servers may be apart: it would wait until
    /// its time comes.
    fn is_ahead(&self, now: UnixTime) -> bool {
        self.started > now.plus(SKEW)
    }

    pub fn provider(&self) -> &str {
        self.sent.provider()
    }

    pub fn send_own(
        &mut self,
        key: &HashKey,
        code: &str,
        provider: &str,
        until: UnixTime,
        policy: &Policy,
    ) {
        let binding = binding(&self.id, self.method);
        self.sent
            .own(key, &binding, code, provider, until, policy.code_checks);
    }

    pub fn send_elsewhere(
        &mut self,
        provider: &str,
        reference: &str,
        now: UnixTime,
        until: UnixTime,
        policy: &Policy,
    ) -> UnixTime {
        self.sent
            .elsewhere(provider, reference, now, until, policy.code_checks)
    }

    /// See [`Sent::lost`].
    pub fn lost(&mut self, provider: &str) {
        self.sent.lost(provider);
    }

    /// Counts the try before anybody is asked about it.
    pub fn try_code(&mut self, key: &HashKey, typed: &str, now: UnixTime) -> Tried {
        let binding = binding(&self.id, self.method);
        // A set-up that began at a later time is stale as a whole, so that the longest life does here.
        let guess = self.sent.guess(key, &binding, typed, now, LONGEST_LIFE);
        if guess != Guess::Right {
            self.wrong = self.wrong.saturating_add(1);
        }
        match guess {
            Guess::Right => Tried::Right,
            Guess::Ask { elsewhere, judged } => Tried::Ask { elsewhere, judged },
            Guess::Wrong if self.is_used_up() => Tried::Over,
            Guess::Wrong => Tried::Wrong,
        }
    }

    /// Tried so often that it has to begin anew.
    pub const fn is_used_up(&self) -> bool {
        self.wrong >= PENDING_TRIES
    }

    pub fn settle(&mut self, elsewhere: &RemoteVerification) -> bool {
        self.sent.settle(&elsewhere.provider, &elsewhere.reference)
    }

    /// Nobody looked at the code that was to be asked about.
    pub fn give_back(&mut self, elsewhere: &RemoteVerification, judged: bool, policy: &Policy) {
        self.sent
            .give_back(&elsewhere.reference, policy.code_checks);
        if !judged {
            self.wrong = self.wrong.saturating_sub(1);
        }
    }

    pub fn over(&mut self, elsewhere: &RemoteVerification) {
        self.sent.over(&elsewhere.reference);
    }
}
