//! A temporary code, as the account keeps it: a keyed hash, and for how long it is good.

use subtle::ConstantTimeEq;

use super::spent::CodeName;
use crate::clock::{SKEW, UnixTime};
use crate::crypto::code::{self, LookupCode};
use crate::crypto::{HashKey, KeyedHash, hash, scrub_stack};

/// The one that an operator issued last, while it is neither used nor over.
#[derive(Clone)]
pub(super) struct TemporaryCode {
    pub(super) hash: [u8; 32],
    pub(super) issued: UnixTime,
    pub(super) until: UnixTime,
}

fn hash_of(key: &HashKey, code: &LookupCode) -> KeyedHash {
    let hashed = hash(key, &[b"twofactor/temporary/1", code.as_slice()]);
    scrub_stack();
    hashed
}

impl TemporaryCode {
    /// One that is good from now on for so many seconds.
    pub(super) fn new(key: &HashKey, code: &LookupCode, now: UnixTime, seconds: u64) -> Self {
        Self {
            hash: *hash_of(key, code).bytes(),
            issued: now,
            until: now.plus(seconds),
        }
    }

    /// Whether what was typed is the code of an account that keeps that, and what it is known by; `None` of what cannot be
    /// one. Where it keeps none the work is the same: nobody learns from the time whether one was issued.
    pub(super) fn try_code(
        kept: Option<&Self>,
        key: &HashKey,
        typed: &str,
        now: UnixTime,
    ) -> Option<(bool, CodeName)> {
        let code = code::read(typed)?;
        let wanted = hash_of(key, &code);
        let nothing = [0; 32];
        let kept_hash = KeyedHash::new(kept.map_or(nothing, |it| it.hash));
        let is_it = bool::from(kept_hash.ct_eq(&wanted));
        let is_right = is_it && kept.is_some_and(|it| it.is_good(now));
        Some((is_right, CodeName::of_hash(&wanted)))
    }

    /// Not over, and not from a future that a clock set back has left behind.
    pub(super) fn is_good(&self, now: UnixTime) -> bool {
        self.issued <= now.plus(SKEW) && now < self.until
    }
}
