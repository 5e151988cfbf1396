//! Telephone numbers and e-mail addresses: proven once by a code, used from then on.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::sent::{Binding, Elsewhere, Guess, LONGEST_LIFE, SKEW, Sent};
use super::{PENDING_SECONDS, PENDING_TRIES};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::HashKey;
use crate::terms::Method;

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

/// A number or address that is not proven yet.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PendingContact {
    pub method: Method,
    /// E.164, or an e-mail address.
    pub to: String,
    /// How its user is told what happens to it.
    pub recipient: Recipient,
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
    Ask(Elsewhere),
}

/// What the code of an enrolment is bound to.
fn binding(method: Method, to: &str) -> Binding<'_> {
    Binding {
        what: "enrol",
        whom: to.as_bytes(),
        method,
    }
}

impl PendingContact {
    pub fn new(method: Method, to: &str, recipient: &Recipient, started: UnixTime) -> Self {
        Self {
            method,
            to: to.to_owned(),
            recipient: recipient.clone(),
            started,
            wrong: 0,
            sent: Sent::new(method),
        }
    }

    /// Whether another code for that place belongs to this set-up: a resend keeps what was sent and
    /// what was tried.
    pub fn goes_on(&self, method: Method, to: &str, now: UnixTime) -> bool {
        self.method == method && self.to == to && !self.is_stale(now) && !self.is_used_up()
    }

    pub fn is_stale(&self, now: UnixTime) -> bool {
        now < self.started || now >= self.started.plus(PENDING_SECONDS)
    }

    /// Whether a clock began it that was ahead: it would wait until its time comes.
    pub fn is_ahead(&self, now: UnixTime) -> bool {
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
        let binding = binding(self.method, &self.to);
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
        let binding = binding(self.method, &self.to);
        // A set-up that began at a later time is stale as a whole, so that the longest life does here.
        let guess = self.sent.guess(key, &binding, typed, now, LONGEST_LIFE);
        if guess != Guess::Right {
            self.wrong = self.wrong.saturating_add(1);
        }
        match guess {
            Guess::Right => Tried::Right,
            Guess::Ask(elsewhere) => Tried::Ask(elsewhere),
            Guess::Wrong if self.is_used_up() => Tried::Over,
            Guess::Wrong => Tried::Wrong,
        }
    }

    /// Tried so often that it has to begin anew.
    pub const fn is_used_up(&self) -> bool {
        self.wrong >= PENDING_TRIES
    }

    pub fn settle(&mut self, elsewhere: &Elsewhere) -> bool {
        self.sent.settle(&elsewhere.provider, &elsewhere.reference)
    }

    pub fn over(&mut self, elsewhere: &Elsewhere) {
        self.sent.over(&elsewhere.provider, &elsewhere.reference);
    }
}
