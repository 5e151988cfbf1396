//! What other software encrypts with: AES in CBC mode with a MAC over the ciphertext, and keys of passwords. Only to read:
//! nothing here is ever used to keep anything.

use aes::cipher::{Array, BlockCipherDecrypt, KeyInit as _};
use hmac::{Hmac, Mac};
use sha2::Digest as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// The hash of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

/// HMAC of some parts (RFC 2104).
pub(super) fn mac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    fn finish<M: Mac>(mac: Option<M>, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        // HMAC takes keys of every length: there is one.
        let bytes = mac.map(|mut mac| {
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().to_vec()
        });
        Zeroizing::new(bytes.unwrap_or_default())
    }
    match hash {
        Hash::Sha1 => finish(Hmac::<sha1::Sha1>::new_from_slice(key).ok(), parts),
        Hash::Sha256 => finish(Hmac::<sha2::Sha256>::new_from_slice(key).ok(), parts),
        Hash::Sha512 => finish(Hmac::<sha2::Sha512>::new_from_slice(key).ok(), parts),
    }
}

/// Whether an HMAC of these texts is that one.
pub(super) fn mac_is(hash: Hash, key: &[u8], texts: &[&str], wanted: &[u8]) -> bool {
    let parts: Vec<&[u8]> = texts.iter().map(|it| it.as_bytes()).collect();
    let found = mac(hash, key, &parts);
    !found.is_empty() && bool::from(found.ct_eq(wanted))
}

/// SHA-512 of some parts.
pub(super) fn sha512(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut hash = sha2::Sha512::new();
    parts.iter().for_each(|part| hash.update(part));
    Zeroizing::new(hash.finalize().to_vec())
}

/// HKDF with SHA-512, without salt and info (RFC 5869): 64 bytes.
pub(super) fn hkdf_sha512(secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let extracted = mac(Hash::Sha512, &[0; 64], &[secret]);
    mac(Hash::Sha512, &extracted, &[&[1]])
}

/// PBKDF2 over HMAC (RFC 8018 section 5.2).
pub(super) fn pbkdf2(
    hash: Hash,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(length.saturating_add(64)));
    let mut block = 0_u32;
    while key.len() < length {
        block = block.saturating_add(1);
        let mut last = mac(hash, password, &[salt, &block.to_be_bytes()]);
        let mut sum = last.clone();
        for _ in 1..rounds {
            last = mac(hash, password, &[&last]);
            sum.iter_mut()
                .zip(last.iter())
                .for_each(|(it, other)| *it ^= other);
        }
        key.extend_from_slice(&sum);
    }
    key.truncate(length);
    key
}

/// Opens AES in CBC mode with PKCS #7 padding (XML Encryption pads with other bytes, so the last one alone counts); `None`
/// where something does not fit. A MAC over the ciphertext is to be checked before.
pub(super) fn cbc(key: &[u8], vector: &[u8], text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    match key.len() {
        16 => opened(&aes::Aes128::new_from_slice(key).ok()?, vector, text),
        24 => opened(&aes::Aes192::new_from_slice(key).ok()?, vector, text),
        32 => opened(&aes::Aes256::new_from_slice(key).ok()?, vector, text),
        _ => None,
    }
}

fn opened<C>(cipher: &C, vector: &[u8], text: &[u8]) -> Option<Zeroizing<Vec<u8>>>
where
    C: BlockCipherDecrypt<BlockSize = aes::cipher::consts::U16>,
{
    let is_whole = vector.len() == BLOCK && !text.is_empty() && text.len().is_multiple_of(BLOCK);
    if !is_whole {
        return None;
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut before = vector;
    for part in text.chunks_exact(BLOCK) {
        let mut block = Array::try_from(part).ok()?;
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(it, other)| it ^ other));
        before = part;
    }
    let padding = usize::from(*plain.last()?);
    if !(1..=BLOCK).contains(&padding) {
        return None;
    }
    let length = plain.len().checked_sub(padding)?;
    plain.truncate(length);
    Some(plain)
}
