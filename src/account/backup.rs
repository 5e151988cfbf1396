//! Backup codes: random, shown once, kept only as keyed hashes, each good for one proof.

use subtle::ConstantTimeEq;

use crate::crypto::code::{self, LookupCode};
use crate::crypto::{HashKey, KeyedHash, hash, scrub_stack};

/// The unspent codes of an account.
#[derive(Debug, Clone)]
pub(super) struct BackupCodes(pub(super) Vec<[u8; 32]>);

fn hash_of(key: &HashKey, code: &LookupCode) -> KeyedHash {
    let hashed = hash(key, &[b"twofactor/backup/1", code.as_slice()]);
    scrub_stack();
    hashed
}

impl BackupCodes {
    pub(super) fn new(key: &HashKey, codes: &[LookupCode]) -> Self {
        Self(
            codes
                .iter()
                .map(|code| *hash_of(key, code).bytes())
                .collect(),
        )
    }

    pub(super) fn left(&self) -> usize {
        self.0.len()
    }

    /// Spends the code that was typed. Every kept hash is compared, whatever the first ones say.
    pub(super) fn spend(&mut self, key: &HashKey, typed: &str) -> bool {
        let Some(code) = code::read(typed) else {
            return false;
        };
        let wanted = hash_of(key, &code);
        let mut found = None;
        for (index, kept) in self.0.iter().enumerate() {
            if bool::from(KeyedHash::new(*kept).ct_eq(&wanted)) {
                found = Some(index);
            }
        }
        match found {
            Some(index) => {
                self.0.remove(index);
                true
            }
            None => false,
        }
    }
}
