//! Backup codes: random, shown once, kept only as keyed hashes, each good for one proof.

use subtle::ConstantTimeEq;

use super::spent::CodeName;
use crate::crypto::code::{self, LookupCode};
use crate::crypto::{HashKey, KeyedHash, hash, scrub_stack};

/// The unspent codes of an account.
#[derive(Debug, Clone)]
pub(super) struct BackupCodes {
    pub(super) hashes: Vec<[u8; 32]>,
    /// They have the length that a strict profile wants.
    pub(super) is_strict: bool,
}

fn hash_of(key: &HashKey, code: &LookupCode) -> KeyedHash {
    let hashed = hash(key, &[b"twofactor/backup/1", code.as_slice()]);
    scrub_stack();
    hashed
}

impl BackupCodes {
    pub(super) fn new(key: &HashKey, codes: &[LookupCode]) -> Self {
        Self {
            hashes: codes
                .iter()
                .map(|code| *hash_of(key, code).bytes())
                .collect(),
            is_strict: codes.iter().all(code::is_strict),
        }
    }

    pub(super) fn left(&self) -> usize {
        self.hashes.len()
    }

    /// Spends the code that was typed, if it is one, and says what it is known by; `None` of what cannot be one. Every kept
    /// hash is compared, whatever the first ones say.
    pub(super) fn spend(&mut self, key: &HashKey, typed: &str) -> Option<(bool, CodeName)> {
        let code = code::read(typed)?;
        let wanted = hash_of(key, &code);
        let mut found = None;
        for (index, kept) in self.hashes.iter().enumerate() {
            if bool::from(KeyedHash::new(*kept).ct_eq(&wanted)) {
                found = Some(index);
            }
        }
        if let Some(index) = found {
            self.hashes.remove(index);
        }
        Some((found.is_some(), CodeName::of_hash(&wanted)))
    }
}
