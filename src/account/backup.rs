//! Backup codes: random, shown once, kept only as keyed hashes, each good for one proof.

use subtle::ConstantTimeEq;

use super::imported_code::{ImportedCode, imported_code};
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

/// One that other software made is never one of ours: it is shorter, and is kept as what it is.
fn hash_of_imported(key: &HashKey, code: &ImportedCode) -> KeyedHash {
    let hashed = hash(key, &[b"twofactor/backup/imported/1", code.as_slice()]);
    scrub_stack();
    hashed
}

impl BackupCodes {
    /// Those of other software.
    pub(super) fn imported(key: &HashKey, codes: &[ImportedCode]) -> Self {
        let hashes = codes.iter().map(|it| *hash_of_imported(key, it).bytes());
        Self {
            hashes: hashes.collect(),
            is_strict: false,
        }
    }

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
    /// hash is compared, whatever the first ones say. `are_imported`: they are those of other software.
    pub(super) fn spend(
        &mut self,
        key: &HashKey,
        typed: &str,
        are_imported: bool,
    ) -> Option<(bool, CodeName)> {
        let wanted = if are_imported {
            hash_of_imported(key, &imported_code(typed)?)
        } else {
            hash_of(key, &code::read(typed)?)
        };
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
