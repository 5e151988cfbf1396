//! HMAC-SHA-256 over length-prefixed parts (RFC 2104, FIPS 180-4).
//!
//! Every part goes in behind its length, so that ("ab", "c") and ("a", "bc") differ.

use std::array::TryFromSliceError;
use std::fmt;
use std::sync::OnceLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A 256-bit key for [`hash`]. Redacts and zeroes itself.
pub struct HashKey {
    bytes: [u8; 32],
    /// What every hash under it begins with, from the first one on. In a place of its own: a key that is moved leaves no copy of it.
    prepared: OnceLock<Box<PreparedKey>>,
}

const _: () = {
    super::zeroes_itself::<HashKey>();
    // What an HMAC keeps are two states of its hash.
    super::zeroes_itself::<Sha256>();
};

impl HashKey {
    /// Takes 32 random or derived bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self {
            bytes,
            prepared: OnceLock::new(),
        }
    }

    /// The bytes, for sealing.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }

    fn prepared(&self) -> &PreparedKey {
        self.prepared.get_or_init(|| self.prepare())
    }

    /// It stays a call, as [`PreparedKey::hash`] does.
    #[inline(never)]
    fn prepare(&self) -> Box<PreparedKey> {
        Box::new(PreparedKey::new(&self.bytes))
    }
}

impl Clone for HashKey {
    fn clone(&self) -> Self {
        Self::new(self.bytes)
    }
}

impl Zeroize for HashKey {
    fn zeroize(&mut self) {
        self.bytes.zeroize();
        // It zeroes itself where it is dropped.
        self.prepared.take();
    }
}

impl Drop for HashKey {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for HashKey {}

impl AsRef<[u8]> for HashKey {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl TryFrom<&[u8]> for HashKey {
    type Error = TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self::new)
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(<redacted>)")
    }
}

/// A keyed hash. Compared only in constant time.
#[derive(Clone, Copy)]
pub struct KeyedHash([u8; 32]);

impl KeyedHash {
    /// From the bytes a store kept.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to keep.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl AsRef<[u8]> for KeyedHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for KeyedHash {
    type Error = TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

impl ConstantTimeEq for KeyedHash {
    /// All differences are gathered before the one question; eight bytes at a time, for ten kept codes
    /// are compared with each typed one.
    fn ct_eq(&self, other: &Self) -> Choice {
        let words = |hash: &Self| {
            let (words, _) = hash.0.as_chunks::<8>();
            [0, 1, 2, 3].map(|n| words.get(n).map_or(0, |word| u64::from_ne_bytes(*word)))
        };
        let differences = words(self)
            .iter()
            .zip(words(other))
            .fold(0, |all, (a, b)| all | (a ^ b));
        differences.ct_eq(&0)
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHash(<redacted>)")
    }
}

/// Overwrites what calls before this one left on the stack below it: finishing a hash moves its state, last block
/// included, and what is moved is not zeroed where it was.
#[inline(never)]
pub fn scrub_stack() {
    let mut room = [0u8; 4096];
    std::hint::black_box(&mut room);
}

/// A key that many hashes are made with: what every one of them does first with the key is done once. That is half of
/// a short hash, and as good as the key: it zeroes itself, too.
#[derive(Clone)]
pub(super) struct PreparedKey(Hmac<Sha256>);

impl PreparedKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        // RFC 2104 pads a short key with zeros to the block length; doing it here keeps this infallible.
        let mut block = Zeroizing::new([0u8; 64]);
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = *byte;
        }
        Self(Hmac::<Sha256>::new((&*block).into()))
    }

    /// As [`hash`], under this key.
    ///
    /// It stays a call: what it moves, a block of `parts` included, then lies below its caller, where [`scrub_stack`] finds it.
    #[inline(never)]
    pub(super) fn hash(&self, parts: &[&[u8]]) -> KeyedHash {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        KeyedHash(mac.finalize().into_bytes().into())
    }
}

/// HMAC-SHA-256 of `parts`, each behind its length as a 64-bit big-endian number.
#[must_use]
pub fn hash(key: &HashKey, parts: &[&[u8]]) -> KeyedHash {
    key.prepared().hash(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = HashKey::new([7; 32]);
        let ab_c = hash(&key, &[b"ab", b"c"]);
        let a_bc = hash(&key, &[b"a", b"bc"]);
        assert!(!bool::from(ab_c.ct_eq(&a_bc)));
    }

    #[test]
    fn it_is_hmac_sha256() {
        // Independent of this module: RFC 4231 test case 2 through the same construction would need
        // an unprefixed message, so the prefix is part of the expected input here.
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&[9; 32]).unwrap();
        mac.update(&[0, 0, 0, 0, 0, 0, 0, 2]);
        mac.update(b"hi");
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(hash(&HashKey::new([9; 32]), &[b"hi"]).bytes(), &expected);
    }

    #[test]
    fn a_prepared_key_makes_the_hashes_of_its_key_again_and_again() {
        let key = HashKey::new([9; 32]);
        let prepared = PreparedKey::new(key.expose());
        for parts in [&[b"a".as_slice()][..], &[b"", b"b"], &[], &[&[1; 200]]] {
            assert_eq!(prepared.hash(parts).bytes(), hash(&key, parts).bytes());
        }
    }

    #[test]
    fn a_hash_equals_itself_and_nothing_that_differs_in_a_bit() {
        let hash = KeyedHash::new([0xa5; 32]);
        assert!(bool::from(hash.ct_eq(&KeyedHash::new([0xa5; 32]))));
        for bit in 0..256 {
            let mut other = [0xa5; 32];
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!bool::from(hash.ct_eq(&KeyedHash::new(other))), "bit {bit}");
        }
    }

    #[test]
    fn a_key_zeroes_all_of_itself() {
        let mut key = HashKey::new([65; 32]);
        key.zeroize();
        assert_eq!(key.expose(), &[0; 32]);
    }

    #[test]
    fn keys_and_hashes_redact() {
        assert!(
            !format!("{:?}{:?}", HashKey::new([65; 32]), KeyedHash::new([65; 32])).contains("65")
        );
    }
}
