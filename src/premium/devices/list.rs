//! The devices of one user, and every rule about them: no clock, no randomness, no store.
//!
//! ```text
//!     trust (by a proof)           show the current token: the next one
//!             │                   ┌───────────────────────────────────┐
//!             ▼                   ▼                                   │
//!          TRUSTED ───────────────┴───────────────────────────────────┘
//!             │ ▲└─ within 30 s the one before, from the same browser: counts, and the same next one;
//!             │ │                               from anywhere else: as if none was shown
//!             ├─┴─ any earlier one: REUSED
//!             ▼
//!           OVER     ended · too old · the account's epoch rose · pushed out by newer ones · reused
//! ```

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::browser;
use crate::clock::{SKEW, UnixTime};
use crate::crypto::{HashKey, KeyedHash, bytes, hash, listed_id};
use crate::types::{Method, Network, UserAgent};

/// Most devices of a user: the one that was used least lately goes.
pub const MAX_DEVICES: usize = 10;

/// For so long after a rotation the token before it is no theft, in seconds.
pub const ROTATION_SECONDS: u64 = 30;

listed_id! {
    /// Names a device within its user's list. Tells nothing and lets nobody in.
    DeviceId
}

impl DeviceId {
    /// From the bytes a sealed token held.
    #[must_use]
    pub(super) const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What a browser has to show: 256 bits.
#[derive(Clone)]
pub(super) struct DeviceSecret(Zeroizing<[u8; 32]>);

impl DeviceSecret {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A device's token: what a browser keeps and shows, once it is opened. Redacts itself.
#[derive(Clone)]
pub struct DeviceToken {
    pub(super) id: DeviceId,
    pub(super) secret: DeviceSecret,
}

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceToken({}, <redacted>)", self.id)
    }
}

/// A device that is to be made.
#[derive(Debug)]
pub struct Made<'a> {
    /// Its first token.
    pub token: &'a DeviceToken,
    /// The method of the proof that makes it.
    pub proven: Method,
}

/// What can be told of the browser that a request came from.
#[derive(Debug, Clone)]
pub struct RequestedBy {
    /// What it calls itself, as it came.
    pub user_agent: UserAgent,
    /// From where.
    pub network: Network,
    /// The address, without its end.
    pub masked_address: String,
}

/// What may be shown of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub id: DeviceId,
    /// When a proof made it.
    pub created: UnixTime,
    /// When it was last used to sign in, or made.
    pub used: UnixTime,
    /// When it is over.
    pub expires: UnixTime,
    /// From where it was last used, without the end.
    pub masked_address: String,
    /// The browser, and what it runs on.
    pub browser: browser::Device,
    /// It is the one that was asked about, and the browser that asks is where it is now: of an earlier token somebody has a
    /// copy, and what is known of the device is known of theirs.
    pub is_current: bool,
}

/// Where a token is shown, beside where it was shown last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    /// The address, but for its end, is another one, as those of who travels are.
    pub(super) address: bool,
    /// It is another browser, or another system: cookies do not go there by themselves.
    pub(super) browser: bool,
}

impl Moved {
    const NOT: Self = Self {
        address: false,
        browser: false,
    };
}

/// What a token that is shown is worth.
#[derive(Debug)]
pub(super) enum Shown {
    /// It counts: this one takes its place in the browser.
    Counts(DeviceToken, Device, Moved),
    /// It is an earlier one of that device, which is over now.
    Reused(Device),
    /// Nothing, and nothing has changed.
    Nothing,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
struct Hashed(#[serde(with = "bytes")] KeyedHash);

impl Hashed {
    fn is(&self, other: &KeyedHash) -> bool {
        self.0.ct_eq(other).into()
    }
}

/// The token that was the current one before.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Former {
    token: Hashed,
    /// What the current one was made of, beside it.
    #[serde(with = "bytes")]
    salt: [u8; 32],
    rotated: UnixTime,
    browser: Hashed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    id: DeviceId,
    created: UnixTime,
    used: UnixTime,
    /// It is over then, however long devices count by that time: the earliest end that it ever had when it was looked at.
    until: UnixTime,
    /// By what its user was proven when it was made: it stands for no stronger factor.
    proven: Method,
    token: Hashed,
    former: Option<Former>,
    masked_address: String,
    browser: browser::Device,
}

impl Entry {
    /// Not too old, and not of a clock that was ahead.
    fn is_alive(&self, lifetime: u64, now: UnixTime) -> bool {
        self.created <= now.plus(SKEW) && now < self.end(lifetime)
    }

    /// When it is over, where devices count for so long now.
    fn end(&self, lifetime: u64) -> UnixTime {
        self.until.min(self.created.plus(lifetime))
    }

    /// Whether a browser that shows this is where it was used last: of the token before the current one for as long as
    /// two requests of one browser may cross.
    fn is_shown_by(&self, key: &HashKey, token: &DeviceToken, now: UnixTime) -> bool {
        let wanted = hashed(key, token);
        self.id == token.id && (self.token.is(&wanted) || self.recent(&wanted, now).is_some())
    }

    fn view(&self, lifetime: u64, is_current: bool) -> Device {
        Device {
            id: self.id,
            created: self.created,
            used: self.used,
            expires: self.end(lifetime),
            masked_address: self.masked_address.clone(),
            browser: self.browser,
            is_current,
        }
    }

    /// The token before the current one, if it is that and was so until lately.
    fn recent(&self, wanted: &KeyedHash, now: UnixTime) -> Option<&Former> {
        let former = self.former.as_ref();
        former.filter(|it| it.token.is(wanted) && now < it.rotated.plus(ROTATION_SECONDS))
    }

    /// How far it is from where it was used last.
    fn moved(&self, by: &RequestedBy, browser: browser::Device) -> Moved {
        Moved {
            address: self.masked_address != by.masked_address,
            browser: self.browser != browser,
        }
    }

    fn note_use(&mut self, by: &RequestedBy, browser: browser::Device, now: UnixTime) {
        self.used = now;
        self.masked_address.clone_from(&by.masked_address);
        self.browser = browser;
    }
}

fn hashed(key: &HashKey, token: &DeviceToken) -> KeyedHash {
    let parts: [&[u8]; 3] = [b"token", token.id.bytes(), token.secret.bytes()];
    hash(key, &parts)
}

/// The token after that one. Whoever shows the same one again is given the same.
fn next(key: &HashKey, token: &DeviceToken, salt: &[u8; 32]) -> DeviceToken {
    let parts: [&[u8]; 4] = [b"next", token.id.bytes(), salt, token.secret.bytes()];
    DeviceToken {
        id: token.id,
        secret: DeviceSecret::new(*hash(key, &parts).bytes()),
    }
}

/// As much of a browser as can be told of a request, so that two tabs are one.
fn browser_of(key: &HashKey, by: &RequestedBy) -> KeyedHash {
    let network = by.network.text();
    let parts: [&[u8]; 3] = [
        b"browser",
        by.user_agent.as_str().as_bytes(),
        network.as_bytes(),
    ];
    hash(key, &parts)
}

/// The devices of a user.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct DeviceList {
    entries: Vec<Entry>,
}

impl DeviceList {
    pub(super) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn prune(&mut self, lifetime: u64, now: UnixTime) {
        self.entries.retain(|entry| entry.is_alive(lifetime, now));
    }

    /// Whether any of them has a later end than it has where devices count for so long now.
    pub(super) fn outlives(&self, lifetime: u64) -> bool {
        self.entries.iter().any(|it| it.until > it.end(lifetime))
    }

    /// What counts shorter now does so for good, however long devices count later. Which are over by that, and would not be
    /// otherwise.
    #[must_use]
    pub(super) fn cut(&mut self, lifetime: u64, now: UnixTime) -> Vec<DeviceId> {
        let would_live = |entry: &&Entry| now < entry.until && now >= entry.end(lifetime);
        let over: Vec<_> = self
            .entries
            .iter()
            .filter(would_live)
            .map(|it| it.id)
            .collect();
        self.entries.retain(|it| !over.contains(&it.id));
        for entry in &mut self.entries {
            entry.until = entry.end(lifetime);
        }
        over
    }

    /// What a token is worth at a sign-in. `salt` is 32 random bytes, for the next one.
    #[must_use]
    pub(super) fn show(
        &mut self,
        key: &HashKey,
        token: &DeviceToken,
        by: &RequestedBy,
        salt: [u8; 32],
        lifetime: u64,
        now: UnixTime,
    ) -> Shown {
        let wanted = hashed(key, token);
        if let Some(device) = self.end_unless(token.id, &wanted, |_| true, lifetime, now) {
            return Shown::Reused(device);
        }
        let Some(entry) = self.entries.iter_mut().find(|it| it.id == token.id) else {
            return Shown::Nothing;
        };
        let browser = browser_of(key, by);
        if entry.token.is(&wanted) {
            let next = next(key, token, &salt);
            entry.former = Some(Former {
                token: entry.token,
                salt,
                rotated: now,
                browser: Hashed(browser),
            });
            entry.token = Hashed(hashed(key, &next));
            let is_now = browser::Device::of(&by.user_agent);
            let moved = entry.moved(by, is_now);
            entry.note_use(by, is_now, now);
            return Shown::Counts(next, entry.view(lifetime, true), moved);
        }
        match entry.recent(&wanted, now) {
            Some(it) if it.browser.is(&browser) => {
                let next = next(key, token, &it.salt);
                Shown::Counts(next, entry.view(lifetime, true), Moved::NOT)
            }
            _ => Shown::Nothing,
        }
    }

    /// Ends the device of which that is an earlier token. The one before the current one is none for a while: of any
    /// browser, or of `by` alone.
    pub(super) fn end_reused(
        &mut self,
        key: &HashKey,
        token: &DeviceToken,
        by: Option<&RequestedBy>,
        lifetime: u64,
        now: UnixTime,
    ) -> Option<Device> {
        let is_recent = |it: &Former| by.is_none_or(|by| it.browser.is(&browser_of(key, by)));
        self.end_unless(token.id, &hashed(key, token), is_recent, lifetime, now)
    }

    /// The same of a token that is hashed. `may_be`: whether the one before is none.
    fn end_unless(
        &mut self,
        id: DeviceId,
        wanted: &KeyedHash,
        may_be: impl Fn(&Former) -> bool,
        lifetime: u64,
        now: UnixTime,
    ) -> Option<Device> {
        self.prune(lifetime, now);
        let place = self.entries.iter().position(|it| it.id == id)?;
        let entry = self.entries.get(place)?;
        if entry.token.is(wanted) || entry.recent(wanted, now).is_some_and(may_be) {
            return None;
        }
        Some(self.entries.remove(place).view(lifetime, false))
    }

    /// A proof has made a device of that browser. The one whose token it still had, if any, makes place for it; and
    /// without room the one that was used least lately. Whoever takes the place of one with an earlier token of it has a
    /// copy, or was copied: the second is that device.
    pub(super) fn trust(
        &mut self,
        key: &HashKey,
        made: &Made<'_>,
        by: &RequestedBy,
        replaced: Option<&DeviceToken>,
        lifetime: u64,
        now: UnixTime,
    ) -> (Device, Option<Device>) {
        let token = made.token;
        self.prune(lifetime, now);
        let reused =
            replaced.and_then(|token| self.end_reused(key, token, Some(by), lifetime, now));
        self.entries
            .retain(|it| replaced.is_none_or(|replaced| it.id != replaced.id));
        while self.entries.len() >= MAX_DEVICES {
            let mut placed = self.entries.iter().enumerate();
            let first = placed.next();
            let oldest = first.map(|first| {
                placed.fold(first, |oldest, it| {
                    if it.1.used < oldest.1.used {
                        it
                    } else {
                        oldest
                    }
                })
            });
            let Some((place, _)) = oldest else { break };
            self.entries.remove(place);
        }
        let entry = Entry {
            id: token.id,
            created: now,
            used: now,
            until: now.plus(lifetime),
            proven: made.proven,
            token: Hashed(hashed(key, token)),
            former: None,
            masked_address: by.masked_address.clone(),
            browser: browser::Device::of(&by.user_agent),
        };
        let device = entry.view(lifetime, true);
        self.entries.push(entry);
        (device, reused)
    }

    /// What was proven when that one was made; `None` when there is none of that name.
    pub(super) fn proven(&self, id: DeviceId) -> Option<Method> {
        let found = self.entries.iter().find(|it| it.id == id);
        found.map(|it| it.proven)
    }

    /// Ends one. `false` when there is none of that name.
    pub(super) fn end(&mut self, id: DeviceId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|it| it.id != id);
        self.entries.len() < before
    }

    /// Those that count, the one that was used last first. `shown`: what the browser has that they are shown in.
    #[must_use]
    pub(super) fn devices(
        &self,
        key: &HashKey,
        shown: Option<&DeviceToken>,
        lifetime: u64,
        now: UnixTime,
    ) -> Vec<Device> {
        let is_current = |it: &Entry| shown.is_some_and(|token| it.is_shown_by(key, token, now));
        let alive = self.entries.iter().filter(|it| it.is_alive(lifetime, now));
        let mut found: Vec<_> = alive.map(|it| it.view(lifetime, is_current(it))).collect();
        found.sort_by_key(|it| std::cmp::Reverse((it.used, it.created)));
        found
    }
}

#[cfg(test)]
mod tests;
