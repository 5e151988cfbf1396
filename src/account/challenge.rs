//! Challenges, the markers that name them outside, and step-up grants.
//!
//! A marker is sealed (`crypto::Domain::Challenge`) and holds purpose, challenge and user; without
//! the site's key nobody makes or reads one. That it is genuine is not enough: its challenge has to
//! be among the account's open ones. It is spent by one success, ends with the epoch, and has no
//! lifetime of its own unless `challenge_ttl` gives it one.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::{Entropy, RandomError, bytes, random};
use crate::terms::{Method, Purpose, UserId};

use super::sent::{SKEW, Sent};

/// Open at once: enough for every tab a person has, too few to pile up.
const MOST_OPEN: usize = 5;
/// How long a grant is good for, in seconds.
pub const GRANT_SECONDS: u64 = 300;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(with = "bytes")] [u8; 16]);

        impl $name {
            /// A new one: 128 random bits.
            ///
            /// # Errors
            /// [`RandomError`]
            pub fn draw(entropy: &mut dyn Entropy) -> Result<Self, RandomError> {
                Ok(Self(random::bytes(entropy)?))
            }

            /// From the bytes a sealed token held.
            #[must_use]
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, to be sealed.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }
    };
}

random_id! {
    /// Names one attempt. It leaves the process only sealed.
    ChallengeId
}
random_id! {
    /// Names one fresh proof. It leaves the process only sealed.
    GrantId
}
random_id! {
    /// Names one set-up. It leaves the process only sealed.
    SetupId
}

/// What an opened marker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Whose challenge it is.
    pub user: UserId,
    /// What for.
    pub purpose: Purpose,
    /// Which attempt.
    pub id: ChallengeId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Challenge {
    id: ChallengeId,
    purpose: Purpose,
    opened: UnixTime,
    /// Codes on their way, at most one entry a method.
    sent: Vec<Sent>,
}

/// The open challenges, the oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenges(Vec<Challenge>);

impl Challenges {
    pub const NONE: Self = Self(Vec::new());

    pub fn open(&mut self, id: ChallengeId, purpose: Purpose, now: UnixTime) {
        while self.0.len() >= MOST_OPEN {
            self.0.remove(0);
        }
        self.0.push(Challenge {
            id,
            purpose,
            opened: now,
            sent: Vec::new(),
        });
    }

    /// What is on its way for a challenge by a method; `None` if the challenge is not open.
    pub fn sent(&mut self, marker: &Marker, method: Method) -> Option<&mut Sent> {
        let challenge = self.0.iter_mut().find(|c| c.id == marker.id)?;
        let place = match challenge.sent.iter().position(|s| s.method() == method) {
            Some(place) => place,
            None => {
                challenge.sent.push(Sent::new(method));
                challenge.sent.len().saturating_sub(1)
            }
        };
        challenge.sent.get_mut(place)
    }

    /// Who was asked last to send a code for a challenge by a method.
    pub fn provider(&self, marker: &Marker, method: Method) -> Option<&str> {
        let challenge = self.0.iter().find(|c| c.id == marker.id)?;
        let sent = challenge.sent.iter().find(|s| s.method() == method)?;
        Some(sent.provider())
    }

    pub fn is_open(&self, marker: &Marker, now: UnixTime, policy: &Policy) -> bool {
        let ttl = u64::from(policy.challenge_ttl);
        self.0.iter().any(|c| {
            c.id == marker.id
                && c.purpose == marker.purpose
                && (ttl == 0 || now < c.opened.plus(ttl))
        })
    }

    /// Brings back what a clock that was ahead has put into the future.
    pub fn put_right(&mut self, now: UnixTime) {
        for challenge in &mut self.0 {
            challenge.opened = challenge.opened.min(now);
            for sent in &mut challenge.sent {
                sent.put_right(now);
            }
        }
    }

    pub fn close(&mut self, marker: &Marker) {
        self.0.retain(|c| c.id != marker.id);
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    id: GrantId,
    given: UnixTime,
}

/// Fresh proofs, the oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grants(Vec<Grant>);

impl Grants {
    pub const NONE: Self = Self(Vec::new());

    pub fn give(&mut self, id: GrantId, now: UnixTime) {
        self.0.retain(|g| fresh(g, now));
        while self.0.len() >= MOST_OPEN {
            self.0.remove(0);
        }
        self.0.push(Grant { id, given: now });
    }

    /// Ends those that a clock gave which was ahead: they would be good when their time comes.
    pub fn put_right(&mut self, now: UnixTime) {
        self.0.retain(|g| g.given <= now.plus(SKEW));
    }

    pub fn holds(&self, id: &GrantId, now: UnixTime) -> bool {
        self.0.iter().any(|g| g.id == *id && fresh(g, now))
    }
}

/// Not too old, and not from a future that a clock set back has left behind.
fn fresh(grant: &Grant, now: UnixTime) -> bool {
    grant.given <= now && now < grant.given.plus(GRANT_SECONDS)
}
