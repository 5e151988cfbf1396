//! The sessions of one user, and every rule about them: no clock, no randomness, no store.
//!
//! ```text
//!                      admit (a proof, or a sign-in that needed none)
//!                                     │
//!                                     ▼      adopt: what the host minted for the same sign-in
//!   another credential ─────────▶  COUNTS ◀─────────────────────────────────────────────────┐
//!                                     │  ├── its user changes factors with this session: carry ┘
//!                                     ▼  ▼
//!                                   OVER    ended · 30 days old · the account's epoch rose · everybody's were ended ·
//!                                           pushed out by newer ones
//! ```
//!
//! A session is what came of one sign-in. It has the credentials that the host minted for it (the cookie of the
//! sign-in, those of "Test as this user", a renewed one), as keyed hashes, and ends as a whole. Nothing that is over
//! ever counts again.

use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq};

use super::credential::Credential;
use crate::account::EndedDevices;
use crate::browser::Device;
use crate::clock::{SKEW, UnixTime};
use crate::crypto::{Entropy, HashKey, KeyedHash, RandomError, bytes, hash, listed_id, random};
use crate::types::Method;

/// Most sessions of a user. What is over goes first, then those of a password alone, then those of devices.
pub const MAX_SESSIONS: usize = 50;

/// Most sessions of one device: a browser has one, and an old one or two.
pub const MAX_DEVICE_SESSIONS: usize = 5;

/// In the place of the device that a session came of, where its user has ended that with a proof and it went on. It is none
/// that could be ended: all such sessions have it.
const NO_DEVICE: [u8; 16] = [255; 16];

/// How long a session counts from its sign-in, in seconds, however often it is used.
pub const SESSION_SECONDS: u64 = 30 * 86_400;

/// That a session was used is written down at most once in so many seconds.
pub const SEEN_SECONDS: u64 = 300;

/// Most credentials of one session; the oldest goes, which no browser has any more.
const MAX_CREDENTIALS: usize = 8;

listed_id! {
    /// Names a session within its user's list. Tells nothing and lets nobody in.
    SessionId
}

/// Since when the sessions of a site count: another one each time everybody's are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(#[serde(with = "bytes")] [u8; 16]);

impl Generation {
    /// A new one: 128 random bits.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn draw(entropy: &mut dyn Entropy) -> Result<Self, RandomError> {
        Ok(Self(random::bytes(entropy)?))
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From the bytes that were sealed.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// What a session has to belong to if it is to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The account's epoch; 0 without an account.
    pub epoch: u64,
    /// The site's.
    pub generation: Generation,
    /// What is asked of a session that came of a device, which keeps the rest itself.
    #[serde(skip)]
    pub devices: DevicesAllowed,
}

/// Which devices a session may have come of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DevicesAllowed {
    /// How often all of the account were ended.
    pub ended: u64,
    /// Those that were ended one by one.
    pub ended_ids: EndedDevices,
    /// How long after its making a device counts on this site, in seconds; 0 where none does.
    pub lifetime: u64,
}

/// What a sign-in was that a session came of. In a list, as the method of a proof, if any, would be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedInBy {
    /// The password alone was needed.
    Password,
    /// That was proven.
    Proof(Method),
    /// The password, and a device that a proof had made before.
    Device {
        /// How often all devices of the account had been ended.
        ended: u64,
        /// Which one.
        id: [u8; 16],
        /// When a proof had made it.
        made: UnixTime,
        /// When it would have been over, as it was then.
        until: UnixTime,
    },
}

impl SignedInBy {
    /// What was proven, if anything was.
    #[must_use]
    pub const fn method(self) -> Option<Method> {
        match self {
            Self::Proof(method) => Some(method),
            Self::Password | Self::Device { .. } => None,
        }
    }

    /// How much stands behind it: the weaker pushes out no stronger one.
    const fn strength(self) -> u8 {
        match self {
            Self::Password => 0,
            Self::Device { .. } => 1,
            Self::Proof(_) => 2,
        }
    }

    /// Whether it still stands.
    pub(super) fn stands(self, validity: Validity, now: UnixTime) -> bool {
        let devices = &validity.devices;
        match self {
            Self::Password | Self::Proof(_) => true,
            Self::Device {
                ended,
                id,
                made,
                until,
            } => {
                ended == devices.ended
                    && (id == NO_DEVICE || !devices.ended_ids.contains(&id))
                    && now < until.min(made.plus(devices.lifetime))
            }
        }
    }

    /// The device that it came of, if any that could be ended.
    #[must_use]
    pub fn device(self) -> Option<[u8; 16]> {
        match self {
            Self::Device { id, .. } => Some(id).filter(|id| *id != NO_DEVICE),
            Self::Password | Self::Proof(_) => None,
        }
    }

    /// The same when its user has ended that with a proof and it goes on: `ended` is how often all were ended by then. That
    /// it ends when the device would have been over stays.
    const fn without_device(self, ended: u64) -> Self {
        match self {
            Self::Device { made, until, .. } => Self::Device {
                ended,
                id: NO_DEVICE,
                made,
                until,
            },
            Self::Password | Self::Proof(_) => self,
        }
    }
}

/// A sign-in that is to be remembered.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Drawn for it.
    pub id: SessionId,
    /// What the sign-in was.
    pub by: SignedInBy,
    /// From where, without the end.
    pub masked_address: String,
    /// By what.
    pub device: Device,
}

/// What may be shown of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// When its user signed in.
    pub created: UnixTime,
    /// When it was last used, to within [`SEEN_SECONDS`].
    pub seen: UnixTime,
    /// What the sign-in was.
    pub by: SignedInBy,
    /// From where, without the end.
    pub masked_address: String,
    /// By what.
    pub device: Device,
    /// It is the one that was asked about.
    pub is_current: bool,
}

/// Fifty sessions of more than stands behind it leave no room for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRoom;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
struct Hashed(#[serde(with = "bytes")] KeyedHash);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    id: SessionId,
    validity: Validity,
    created: UnixTime,
    seen: UnixTime,
    by: SignedInBy,
    masked_address: String,
    device: Device,
    /// The oldest first.
    credentials: Vec<Hashed>,
}

impl Entry {
    /// A clock gave it that was ahead: it is over, and must not be good when its time comes.
    fn is_ahead(&self, now: UnixTime) -> bool {
        self.created > now.plus(SKEW)
    }

    fn is_alive(&self, now: UnixTime) -> bool {
        !self.is_ahead(now) && now < self.created.plus(SESSION_SECONDS)
    }

    fn counts(&self, validity: Validity, now: UnixTime) -> bool {
        self.validity.epoch == validity.epoch
            && self.validity.generation == validity.generation
            && self.by.stands(validity, now)
            && self.is_alive(now)
    }

    /// Whether the credential is one of its own; looks at all of them.
    fn has(&self, wanted: &KeyedHash) -> Choice {
        self.credentials
            .iter()
            .fold(Choice::from(0), |found, own| found | own.0.ct_eq(wanted))
    }

    fn view(&self, is_current: bool) -> Session {
        Session {
            id: self.id,
            created: self.created,
            seen: self.seen,
            by: self.by,
            masked_address: self.masked_address.clone(),
            device: self.device,
            is_current,
        }
    }
}

/// The sessions of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionList {
    /// Keys the hashes of credentials.
    #[serde(with = "bytes")]
    key: HashKey,
    entries: Vec<Entry>,
}

impl SessionList {
    /// Of a user who has none, with 32 random bytes.
    #[must_use]
    pub const fn new(key: HashKey) -> Self {
        Self {
            key,
            entries: Vec::new(),
        }
    }

    fn hashed(&self, credential: &Credential<'_>) -> KeyedHash {
        let parts: [&[u8]; 2] = [b"twofactor/session/1", credential.bytes()];
        hash(&self.key, &parts)
    }

    /// Looks at every credential of every session, whichever is found.
    fn place_of(&self, credential: &Credential<'_>) -> Option<usize> {
        let wanted = self.hashed(credential);
        let mut found = None;
        for (place, entry) in self.entries.iter().enumerate() {
            if bool::from(entry.has(&wanted)) {
                found = Some(place);
            }
        }
        found
    }

    fn entry_of(&self, credential: &Credential<'_>) -> Option<&Entry> {
        self.entries.get(self.place_of(credential)?)
    }

    /// Ends what is over anyway.
    fn prune(&mut self, validity: Validity, now: UnixTime) {
        self.entries.retain(|entry| entry.counts(validity, now));
    }

    /// Takes a credential from whichever session has it; one without any is over.
    fn release(&mut self, credential: &Credential<'_>) {
        let wanted = self.hashed(credential);
        for entry in &mut self.entries {
            entry
                .credentials
                .retain(|own| !bool::from(own.0.ct_eq(&wanted)));
        }
        self.entries.retain(|entry| !entry.credentials.is_empty());
    }

    /// Of one device there are few: whoever has copied one pushes out those of others by no number of sign-ins.
    fn make_room_for_device(&mut self, device: Option<[u8; 16]>) {
        let Some(device) = device else { return };
        loop {
            let own = self.entries.iter().enumerate();
            let own = own.filter(|(_, it)| it.by.device() == Some(device));
            if own.clone().count() < MAX_DEVICE_SESSIONS {
                return;
            }
            let Some((place, _)) = own.min_by_key(|(_, it)| it.seen) else {
                return;
            };
            self.entries.remove(place);
        }
    }

    /// The device that the session of that name came of, if any.
    #[must_use]
    pub fn device_of(&self, id: SessionId) -> Option<[u8; 16]> {
        let entry = self.entries.iter().find(|entry| entry.id == id)?;
        entry.by.device()
    }

    /// Remembers that a credential came of a sign-in. Without room the one goes that was used least lately: of a
    /// password alone first, then of devices, and of proofs only for another one of a proof.
    ///
    /// # Errors
    /// [`NoRoom`]; then nothing is changed but that what is over is gone.
    pub fn admit(
        &mut self,
        new: NewSession,
        credential: &Credential<'_>,
        validity: Validity,
        now: UnixTime,
    ) -> Result<Session, NoRoom> {
        self.prune(validity, now);
        self.release(credential);
        self.make_room_for_device(new.by.device());
        while self.entries.len() >= MAX_SESSIONS {
            let weakest = self
                .entries
                .iter()
                .enumerate()
                .min_by_key(|(_, entry)| (entry.by.strength(), entry.seen));
            match weakest {
                Some((place, entry)) if entry.by.strength() <= new.by.strength() => {
                    self.entries.remove(place);
                }
                _ => return Err(NoRoom),
            }
        }
        let entry = Entry {
            id: new.id,
            validity,
            created: now,
            seen: now,
            by: new.by,
            masked_address: new.masked_address,
            device: new.device,
            credentials: vec![Hashed(self.hashed(credential))],
        };
        let session = entry.view(true);
        self.entries.push(entry);
        Ok(session)
    }

    /// Whether a credential is one of a session that counts.
    #[must_use]
    pub fn counts(&self, credential: &Credential<'_>, validity: Validity, now: UnixTime) -> bool {
        self.entry_of(credential)
            .is_some_and(|entry| entry.counts(validity, now))
    }

    /// Ends those that came of a password alone. Whether there were any.
    pub fn end_unproven(&mut self) -> bool {
        let before = self.entries.len();
        self.entries
            .retain(|entry| entry.by != SignedInBy::Password);
        self.entries.len() < before
    }

    /// Whether a clock gave any that was ahead.
    #[must_use]
    pub fn has_ahead(&self, now: UnixTime) -> bool {
        self.entries.iter().any(|entry| entry.is_ahead(now))
    }

    /// Ends those.
    pub fn end_ahead(&mut self, now: UnixTime) {
        self.entries.retain(|entry| !entry.is_ahead(now));
    }

    /// Whether it is time to write down that a session is in use.
    #[must_use]
    pub fn is_due(&self, credential: &Credential<'_>, now: UnixTime) -> bool {
        self.entry_of(credential).is_some_and(|entry| {
            now >= entry.seen.plus(SEEN_SECONDS) || entry.seen > now.plus(SKEW)
        })
    }

    /// Writes down that a session is in use.
    pub fn note_use(&mut self, credential: &Credential<'_>, now: UnixTime) {
        let place = self.place_of(credential);
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) {
            entry.seen = now;
        }
    }

    /// Another credential that the host minted for the session of `parent` belongs to it from now on. `false` when
    /// the parent does not count: then the child does not either.
    #[must_use]
    pub fn adopt(
        &mut self,
        child: &Credential<'_>,
        parent: &Credential<'_>,
        validity: Validity,
        now: UnixTime,
    ) -> bool {
        if child.bytes() == parent.bytes() {
            return self.counts(parent, validity, now);
        }
        if !self.counts(parent, validity, now) {
            return false;
        }
        let parent = Hashed(self.hashed(parent));
        let child_hash = Hashed(self.hashed(child));
        // A credential belongs to one session: where another had it, it loses it.
        self.release(child);
        let Some(entry) = self
            .entries
            .iter_mut()
            .find(|entry| bool::from(entry.has(&parent.0)))
        else {
            return false;
        };
        if entry.credentials.len() >= MAX_CREDENTIALS {
            let oldest = entry
                .credentials
                .iter()
                .position(|own| !bool::from(own.0.ct_eq(&parent.0)));
            if let Some(oldest) = oldest {
                entry.credentials.remove(oldest);
            }
        }
        entry.credentials.push(child_hash);
        true
    }

    /// The session of `parent` goes on into the epoch that its user's own change of factors has begun, with one new
    /// credential; copies of the others are worth nothing from then on. What was proven with the change, if that is
    /// new, stands behind it. By a grant, where nothing else is `proven`, one that came of a device goes on though its
    /// user has ended devices. `false` when there is no such session, or it was over before the change.
    #[must_use]
    pub fn carry(
        &mut self,
        child: &Credential<'_>,
        parent: &Credential<'_>,
        proven: Option<Method>,
        validity: Validity,
        now: UnixTime,
    ) -> bool {
        let Some(mut entry) = self.entry_of(parent).cloned() else {
            return false;
        };
        if entry.validity.generation != validity.generation
            || entry.validity.epoch > validity.epoch
            || proven.is_some() && !entry.by.stands(validity, now)
            || !entry.is_alive(now)
        {
            return false;
        }
        let id = entry.id;
        self.entries.retain(|other| other.id != id);
        self.release(child);
        self.prune(validity, now);
        entry.validity = validity;
        entry.seen = now;
        entry.by = match (proven, entry.by) {
            (Some(method), _) => SignedInBy::Proof(method),
            // Its device may be over, and cannot end it any more.
            (None, by) if !by.stands(validity, now) => by.without_device(validity.devices.ended),
            (None, by) => by,
        };
        entry.credentials = vec![Hashed(self.hashed(child))];
        self.entries.push(entry);
        true
    }

    /// Ends a session. `false` when there is none of that name.
    pub fn end(&mut self, id: SessionId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        self.entries.len() < before
    }

    /// Ends the session of a credential. `false` when there is none.
    pub fn end_of(&mut self, credential: &Credential<'_>) -> bool {
        let id = self.entry_of(credential).map(|entry| entry.id);
        id.is_some_and(|id| self.end(id))
    }

    /// Ends all sessions but that of a credential. Where `ended` is there all devices were ended with them, as often by
    /// then, and the session that is kept goes on without the one that it came of.
    pub fn end_all_but(&mut self, kept: Option<&Credential<'_>>, ended: Option<u64>) {
        let kept = kept
            .and_then(|kept| self.entry_of(kept))
            .map(|entry| entry.id);
        self.entries.retain(|entry| Some(entry.id) == kept);
        if let Some(ended) = ended {
            for entry in &mut self.entries {
                entry.by = entry.by.without_device(ended);
            }
        }
    }

    /// Those that count, the one that was used last first.
    #[must_use]
    pub fn sessions(
        &self,
        current: Option<&Credential<'_>>,
        validity: Validity,
        now: UnixTime,
    ) -> Vec<Session> {
        let current = current
            .and_then(|current| self.entry_of(current))
            .map(|entry| entry.id);
        let mut found: Vec<_> = self
            .entries
            .iter()
            .filter(|entry| entry.counts(validity, now))
            .map(|entry| entry.view(Some(entry.id) == current))
            .collect();
        found.sort_by_key(|session| std::cmp::Reverse((session.seen, session.created)));
        found
    }

    /// Until when any of it may count; `None` when nothing is left.
    #[must_use]
    pub fn ends(&self) -> Option<UnixTime> {
        let last = self.entries.iter().map(|entry| entry.created).max();
        last.map(|created| created.plus(SESSION_SECONDS))
    }

    /// No fewer bytes than its document has.
    pub(super) fn room(&self) -> usize {
        let of = |entry: &Entry| {
            128usize
                .saturating_add(entry.masked_address.len())
                .saturating_add(entry.credentials.len().saturating_mul(34))
        };
        let entries = self.entries.iter().map(of);
        entries.fold(64, usize::saturating_add)
    }
}

#[cfg(test)]
mod tests;
