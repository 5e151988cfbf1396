//! Secrets that nobody keeps: made anew of a master key whenever they are needed.
//!
//! ```text
//! secret = HMAC-SHA-256(master key, input)
//! input  = "twofactor/derive/1" | kind | site | user | generation (8 bytes, big-endian) | index (4 bytes, big-endian),
//!          each behind its length in bytes as a 64-bit big-endian number
//! kind   = "totp", index 0     an authenticator's secret: the first 20 bytes
//!        | "recovery", index i the i-th recovery code, from 1: five bits a letter, from the first bit on
//! ```
//!
//! This is one step of a key derivation function in feedback-free form (NIST SP 800-108r1 section 4, with HMAC): the
//! master key is uniform, so nothing has to be extracted first. Six fields, each behind its length, can be read back in
//! one way only, so no two inputs give the same bytes; and none begins as anything else does that is made of a master
//! key. `tests/data/derived-secrets.json` has values that `tests/data/derived_secrets.py` makes without this program.
//!
//! The generation is what makes a new secret of the same master key. It never falls.

use zeroize::Zeroizing;

use super::hash::scrub_stack;
use super::ring::{KeyId, KeyRing};

/// What is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DerivedKind {
    /// The secret of an authenticator app.
    Totp,
    /// A recovery code.
    Recovery,
}

impl DerivedKind {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Totp => b"totp",
            Self::Recovery => b"recovery",
        }
    }
}

/// What an account keeps in the place of a secret: of which master key, and which of the secrets made of it. Neither is
/// secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// The master key, which need not be the first one any more.
    pub key: KeyId,
    /// Each is good for one secret, or one set of codes.
    pub generation: u64,
}

/// Derives the secrets of one user and keeps none.
#[derive(Debug, Clone, Copy)]
pub struct Deriver<'a> {
    ring: &'a KeyRing,
    site: &'a str,
    user: &'a str,
}

/// The fields of an input, in order; `generation` and `index` as their bytes.
type Input<'a> = [&'a [u8]; 6];

impl<'a> Deriver<'a> {
    /// For a user of that site, from the keys of `ring`.
    #[must_use]
    pub const fn new(ring: &'a KeyRing, site: &'a str, user: &'a str) -> Self {
        Self { ring, site, user }
    }

    /// What is derived, 32 bytes; `None` when the key is not there.
    #[must_use]
    pub fn derive(
        &self,
        kind: DerivedKind,
        from: &Derivation,
        index: u32,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let secret = self.made(kind, from, index);
        scrub_stack();
        secret
    }

    /// Where it is it stays: an array would be copied with every move, and the copies left behind. What was moved on the
    /// way here lies below the caller.
    #[inline(never)]
    fn made(&self, kind: DerivedKind, from: &Derivation, index: u32) -> Option<Zeroizing<Vec<u8>>> {
        let (generation, index) = (from.generation.to_be_bytes(), index.to_be_bytes());
        let input = self.input(kind, &generation, &index);
        let derived = self.ring.opening(from.key.as_str(), &input)?;
        Some(Zeroizing::new(derived.expose().to_vec()))
    }

    fn input<'b>(
        &'b self,
        kind: DerivedKind,
        generation: &'b [u8; 8],
        index: &'b [u8; 4],
    ) -> Input<'b> {
        [
            b"twofactor/derive/1",
            kind.name(),
            self.site.as_bytes(),
            self.user.as_bytes(),
            generation,
            index,
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::*;

    const KEYS: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=; a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /// The bytes that are hashed.
    fn bytes(input: &Input<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        for field in input {
            out.extend_from_slice(&(field.len() as u64).to_be_bytes());
            out.extend_from_slice(field);
        }
        out
    }

    /// The fields that bytes stand for: whatever can be read back in one way only is no two inputs'.
    fn read(mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut fields = Vec::new();
        while let Some((length, rest)) = bytes.split_first_chunk::<8>() {
            let length = usize::try_from(u64::from_be_bytes(*length)).unwrap();
            let (field, rest) = rest.split_at(length);
            fields.push(field.to_vec());
            bytes = rest;
        }
        fields
    }

    fn kinds() -> impl Strategy<Value = DerivedKind> {
        prop_oneof![Just(DerivedKind::Totp), Just(DerivedKind::Recovery)]
    }

    /// Texts that could run into each other, and numbers that look like them.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ab]{1,3}",
            "\\PC{1,40}",
            Just("totp".to_owned()),
            Just("\u{0}".to_owned())
        ]
    }

    proptest! {
        #[test]
        fn no_two_different_inputs_give_the_same_bytes(
            one in (kinds(), texts(), texts(), 0u64..3, 0u32..3),
            other in (kinds(), texts(), texts(), 0u64..3, 0u32..3),
        ) {
            let ring = KeyRing::parse(KEYS).unwrap();
            let made = [&one, &other].map(|(kind, site, user, generation, index)| {
                let deriver = Deriver::new(&ring, site, user);
                let (generation, index) = (generation.to_be_bytes(), index.to_be_bytes());
                let input = deriver.input(*kind, &generation, &index);
                let made = bytes(&input);
                let fields: Vec<Vec<u8>> = input.iter().map(|field| field.to_vec()).collect();
                assert_eq!(read(&made), fields);
                made
            });
            prop_assert_eq!(made[0] == made[1], one == other);
        }

        #[test]
        fn a_secret_is_the_hmac_of_these_bytes_under_the_key_that_is_named(
            kind in kinds(), site in texts(), user in texts(), generation: u64, index: u32, old: bool,
        ) {
            let ring = KeyRing::parse(KEYS).unwrap();
            let deriver = Deriver::new(&ring, &site, &user);
            let key = KeyId::read(if old { "a" } else { "b" }).unwrap();
            let derived = deriver.derive(kind, &Derivation { key, generation }, index).unwrap();
            let mut mac = Hmac::<Sha256>::new_from_slice(&[u8::from(!old); 32]).unwrap();
            mac.update(&bytes(&deriver.input(kind, &generation.to_be_bytes(), &index.to_be_bytes())));
            prop_assert_eq!(&derived[..], &mac.finalize().into_bytes()[..]);
        }
    }

    #[test]
    fn whatever_differs_in_one_thing_is_another_secret() {
        let ring = KeyRing::parse(KEYS).unwrap();
        let mut seen = HashMap::new();
        for kind in [DerivedKind::Totp, DerivedKind::Recovery] {
            for (site, user) in [
                ("s", "1"),
                ("s", "01"),
                ("s1", "1"),
                ("1", "s"),
                ("s", "11"),
            ] {
                for (key, generation) in [("a", 0), ("a", 1), ("b", 0), ("a", u64::MAX)] {
                    for index in [0, 1, 256] {
                        let from = Derivation {
                            key: KeyId::read(key).unwrap(),
                            generation,
                        };
                        let secret = Deriver::new(&ring, site, user).derive(kind, &from, index);
                        let what = (kind, site, user, key, generation, index);
                        let before = seen.insert(secret.unwrap().to_vec(), what);
                        assert_eq!(before, None, "{what:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_new_first_key_changes_nothing_and_without_its_key_there_is_no_secret() {
        let from = Derivation {
            key: KeyId::read("a").unwrap(),
            generation: 7,
        };
        let derive = |keys: &str| {
            let ring = KeyRing::parse(keys).unwrap();
            Deriver::new(&ring, "s", "1").derive(DerivedKind::Totp, &from, 0)
        };
        let (new, old) = KEYS.split_once(';').unwrap();
        assert!(derive(old).is_some());
        assert_eq!(derive(KEYS), derive(old));
        assert_eq!(derive(new), None);
    }
}
