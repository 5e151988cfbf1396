//! Sealing: AES-256-GCM (NIST SP 800-38D) under a key of its own for every text.
//!
//! ```text
//! sealed = 1 | length of key id (1) | key id | salt (24) | nonce (12) | ciphertext | tag (16)
//! key    = HMAC-SHA-256(master, "twofactor/seal/1", domain, site, user, salt)
//! aad    = domain, site, user, version, key id (each behind its length)
//! ```
//!
//! Salt and nonce are random. SP 800-38D section 8.3 allows 2^32 texts under one key whose nonces are random; here one
//! key seals one text, whoever asks for however many tokens, so the limit is nobody's: two texts of one user and
//! domain have the same salt with a probability of 2^-32 after 2^80 of them, and then differ in their nonces still. A
//! text that was moved to another user, site, version or domain, or changed in one bit, does not open.

use std::mem::ManuallyDrop;

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{self, AeadInOut, KeyInit};
use aes_gcm::aes::Aes256Enc;
use aes_gcm::{AesGcm, Nonce};

use super::hash::{HashKey, scrub_stack};
use super::random::{self, Entropy, RandomError};
use super::ring::KeyRing;
use super::secret_bytes::SecretBytes;

/// AES-256-GCM. Its counter mode encrypts, also to open.
///
/// It is not dropped: whoever calls what it is made in calls [`scrub_stack`] next. Its own drop writes zeros byte by byte over the
/// kilobyte that the slower one of two AES needs, which takes as long as the hash that its key is made by, and leaves what was
/// moved before.
type Cipher = AesGcm<Aes256Enc, U12>;

const FORMAT: u8 = 1;
const SALT: usize = 24;
const NONCE: usize = 12;
const TAG: usize = 16;

/// What kind of text is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// A user's account.
    Account,
    /// The token of a challenge.
    Challenge,
    /// A step-up grant.
    Grant,
    /// A set-up that waits for its proof.
    Setup,
    /// A reset of a password: what was asked for, or proven.
    PasswordReset,
    /// That the host has checked a password, for a first set-up.
    PasswordGrant,
    /// A number that is being proven for nobody, and its token.
    NumberProof,
    /// The providers of a site, with their credentials.
    Providers,
    /// The texts of messages that a site has of its own.
    MessageTexts,
    /// The mark of a site in its store.
    Store,
    /// The sessions of a user.
    Sessions,
    /// Since when the sessions of a site count.
    Generation,
    /// The enrolment that is required of everybody.
    Enrolment,
    /// The licence of a site.
    Licence,
    /// The token of a device that a user trusts.
    Device,
    /// What is known of guessing over many accounts.
    Guessing,
    /// The link of a notice.
    NoticeLink,
    /// What was unusual, to be told to administrators.
    Alerts,
}

impl Domain {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Account => b"account",
            Self::Challenge => b"challenge",
            Self::Grant => b"grant",
            Self::Setup => b"setup",
            Self::PasswordReset => b"password-reset",
            Self::PasswordGrant => b"password-grant",
            Self::NumberProof => b"number-proof",
            Self::Providers => b"providers",
            Self::MessageTexts => b"texts",
            Self::Store => b"store",
            Self::Sessions => b"sessions",
            Self::Generation => b"generation",
            Self::Enrolment => b"enrolment",
            Self::Licence => b"licence",
            Self::Device => b"device",
            Self::Guessing => b"guessing",
            Self::NoticeLink => b"notice-link",
            Self::Alerts => b"alerts",
        }
    }
}

/// What a sealed text belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What kind of text it is.
    pub domain: Domain,
    /// The installation.
    pub site: &'a str,
    /// The user; empty where the user is what is sealed, and where it is everybody's.
    pub user: &'a str,
    /// How often the text has been written; 0 where it is written once.
    pub version: u64,
}

/// The text does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was sealed with a key that is not in the ring.
    #[error("it was sealed with a key that is not in the key file")]
    KeyMissing,
    /// It was changed, moved, or never sealed by us.
    #[error("it is damaged or was sealed for something else")]
    Damaged,
}

/// Which key a text says it was sealed with. That it was is only known when it opens.
#[must_use]
pub fn key_of(sealed: &[u8]) -> Option<&str> {
    let (&[_, length], rest) = sealed.split_first_chunk::<2>()?;
    std::str::from_utf8(rest.get(..usize::from(length))?).ok()
}

/// Encrypts in place; the tag. It stays a call, in which the cipher is made where it stays: elsewhere it is moved twice, and lies
/// deeper on the stack than is overwritten.
#[inline(never)]
fn encrypt(
    key: &HashKey,
    nonce: [u8; NONCE],
    associated: &[u8],
    body: &mut [u8],
) -> Result<[u8; TAG], aead::Error> {
    let cipher = ManuallyDrop::new(Cipher::new(key.expose().into()));
    let tag = cipher.encrypt_inout_detached(&Nonce::from(nonce), associated, body.into())?;
    Ok(tag.into())
}

/// Decrypts in place what has that tag. It stays a call, as [`encrypt`] does.
#[inline(never)]
fn decrypt(
    key: &HashKey,
    nonce: [u8; NONCE],
    associated: &[u8],
    body: &mut [u8],
    tag: &[u8; TAG],
) -> Result<(), aead::Error> {
    let cipher = ManuallyDrop::new(Cipher::new(key.expose().into()));
    cipher.decrypt_inout_detached(&Nonce::from(nonce), associated, body.into(), tag.into())
}

impl Context<'_> {
    fn key_info<'a>(&'a self, salt: &'a [u8; SALT]) -> [&'a [u8]; 5] {
        [
            b"twofactor/seal/1",
            self.domain.name(),
            self.site.as_bytes(),
            self.user.as_bytes(),
            salt,
        ]
    }

    fn associated_data(&self, key_id: &str) -> Vec<u8> {
        let version = self.version.to_be_bytes();
        let parts: [&[u8]; 5] = [
            self.domain.name(),
            self.site.as_bytes(),
            self.user.as_bytes(),
            &version,
            key_id.as_bytes(),
        ];
        let mut out = Vec::with_capacity(parts.iter().map(|p| p.len().saturating_add(8)).sum());
        for part in parts {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }

    /// Seals `plain` with the first key of `ring`.
    ///
    /// # Errors
    /// [`RandomError`] when no salt or nonce can be had.
    pub fn seal(
        &self,
        ring: &KeyRing,
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, RandomError> {
        let sealed = self.seal_below(ring, plain, entropy);
        scrub_stack();
        sealed
    }

    /// The same. It stays a call: all that it leaves then lies below its caller.
    #[inline(never)]
    fn seal_below(
        &self,
        ring: &KeyRing,
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, RandomError> {
        // Both at once: each draw is a system call.
        let drawn: [u8; SALT + NONCE] = random::bytes(entropy)?;
        let (salt, nonce) = drawn.split_first_chunk().ok_or(RandomError)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| RandomError)?;
        let (id, key) = ring.sealing(&self.key_info(salt)).ok_or(RandomError)?;
        let id = id.as_str().as_bytes();
        let header = id.len().saturating_add(2 + SALT + NONCE);
        let mut out = Vec::with_capacity(header.saturating_add(plain.len()).saturating_add(TAG));
        out.push(FORMAT);
        out.push(u8::try_from(id.len()).map_err(|_| RandomError)?);
        out.extend_from_slice(id);
        out.extend_from_slice(&drawn);
        out.extend_from_slice(plain);
        let aad = self.associated_data(std::str::from_utf8(id).unwrap_or_default());
        let body = out.get_mut(header..).ok_or(RandomError)?;
        let tag = encrypt(&key, nonce, &aad, body).map_err(|_| RandomError)?;
        out.extend_from_slice(&tag);
        Ok(out)
    }

    /// Opens what [`Context::seal`] sealed in the same context with any key of `ring`.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open(&self, ring: &KeyRing, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let opened = self.open_below(ring, sealed);
        scrub_stack();
        opened
    }

    /// The same. It stays a call, as [`Context::seal_below`] does.
    #[inline(never)]
    fn open_below(&self, ring: &KeyRing, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let (&format, rest) = sealed.split_first().ok_or(OpenError::Damaged)?;
        let (&id_length, rest) = rest.split_first().ok_or(OpenError::Damaged)?;
        if format != FORMAT {
            return Err(OpenError::Damaged);
        }
        let (id, rest) = rest
            .split_at_checked(id_length.into())
            .ok_or(OpenError::Damaged)?;
        let (salt, rest) = rest.split_first_chunk::<SALT>().ok_or(OpenError::Damaged)?;
        let (nonce, rest) = rest
            .split_first_chunk::<NONCE>()
            .ok_or(OpenError::Damaged)?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError::Damaged)?;
        let id = std::str::from_utf8(id).map_err(|_| OpenError::Damaged)?;
        let key = ring
            .opening(id, &self.key_info(salt))
            .ok_or(OpenError::KeyMissing)?;
        let mut plain = SecretBytes::of(body);
        let aad = self.associated_data(id);
        decrypt(&key, *nonce, &aad, plain.as_mut_slice(), tag).map_err(|_| OpenError::Damaged)?;
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::OsEntropy;
    use proptest::prelude::*;

    const KEY_A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const KNOWN: &str = "0101610102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232465b84f2083564d81990bb963f1f343d75790a0ff";
    const KEY_B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn context() -> Context<'static> {
        Context {
            domain: Domain::Account,
            site: "site",
            user: "7",
            version: 3,
        }
    }

    #[test]
    fn what_was_sealed_opens_only_in_its_own_place() {
        let ring = KeyRing::parse(KEY_A).unwrap();
        let sealed = context().seal(&ring, b"text", &mut OsEntropy).unwrap();
        assert_eq!(context().open(&ring, &sealed).unwrap()[..], b"text"[..]);
        for other in [
            Context {
                domain: Domain::Grant,
                ..context()
            },
            Context {
                site: "sit",
                ..context()
            },
            Context {
                user: "8",
                ..context()
            },
            Context {
                version: 4,
                ..context()
            },
            Context {
                site: "site7",
                user: "",
                ..context()
            },
        ] {
            assert_eq!(other.open(&ring, &sealed).unwrap_err(), OpenError::Damaged);
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let ring = KeyRing::parse(KEY_A).unwrap();
        let sealed = context().seal(&ring, b"text", &mut OsEntropy).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(context().open(&ring, &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(context().open(&ring, &sealed[..length]).is_err());
        }
    }

    #[test]
    fn an_old_key_opens_and_the_first_one_seals() {
        let old = KeyRing::parse(KEY_A).unwrap();
        let both = KeyRing::parse(&format!("{KEY_B}\n{KEY_A}")).unwrap();
        let new = KeyRing::parse(KEY_B).unwrap();
        let sealed = context().seal(&old, b"x", &mut OsEntropy).unwrap();
        assert!(context().open(&both, &sealed).is_ok());
        assert_eq!(
            context().open(&new, &sealed).unwrap_err(),
            OpenError::KeyMissing
        );
        let again = context().seal(&both, b"x", &mut OsEntropy).unwrap();
        assert_eq!((key_of(&sealed), key_of(&again)), (Some("a"), Some("b")));
        assert_eq!((key_of(&[]), key_of(&[1, 2, b'a'])), (None, None));
        assert!(context().open(&new, &again).is_ok());
    }

    /// Gives bytes that a test chooses, one after the other.
    struct Chosen(Vec<u8>);

    impl Entropy for Chosen {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            let rest = self.0.split_off(buffer.len());
            buffer.copy_from_slice(&self.0);
            self.0 = rest;
            Ok(())
        }
    }

    /// Computed apart from this program: hash_hmac() and openssl_encrypt() of PHP.
    #[test]
    fn a_known_text_seals_to_known_bytes() {
        let ring = KeyRing::parse(KEY_A).unwrap();
        let chosen = (1..=36).collect();
        let sealed = context().seal(&ring, b"text", &mut Chosen(chosen)).unwrap();
        assert_eq!(data_encoding::HEXLOWER.encode(&sealed), KNOWN);
        assert_eq!(context().open(&ring, &sealed).unwrap()[..], b"text"[..]);
    }

    /// The nonce may repeat: another salt is another key, so another key stream.
    #[test]
    fn no_two_texts_are_sealed_with_one_key() {
        let ring = KeyRing::parse(KEY_A).unwrap();
        let mut salts = std::collections::BTreeSet::new();
        let mut keys = std::collections::BTreeSet::new();
        let mut streams = std::collections::BTreeSet::new();
        let nonce = [7; NONCE];
        for _ in 0..1000 {
            let sealed = context().seal(&ring, b"", &mut OsEntropy).unwrap();
            let salt: [u8; SALT] = sealed[3..3 + SALT].try_into().unwrap();
            let (_, key) = ring.sealing(&context().key_info(&salt)).unwrap();
            assert!(salts.insert(salt) && keys.insert(*key.expose()));
            let again = Chosen([&salt[..], &nonce].concat());
            let sealed = context().seal(&ring, &[0; 16], &mut { again }).unwrap();
            let start = 3 + SALT + NONCE;
            assert!(streams.insert(sealed[start..start + 16].to_vec()));
        }
    }

    #[test]
    fn the_same_text_never_seals_to_the_same_bytes() {
        let ring = KeyRing::parse(KEY_A).unwrap();
        let seal = || context().seal(&ring, b"x", &mut OsEntropy).unwrap();
        assert_ne!(seal(), seal());
    }

    /// Bytes of the stack below whoever calls this, and how many are looked at.
    const STACK: usize = 48 * 1024;

    #[inline(never)]
    fn wipe_stack() {
        std::hint::black_box(&mut [0_u8; 2 * STACK]);
    }

    #[inline(never)]
    fn stack_below(memory: &std::fs::File) -> Vec<u8> {
        use std::os::unix::fs::FileExt;
        let here = 0_u8;
        let end = std::ptr::from_ref(std::hint::black_box(&here)).addr();
        let mut bytes = vec![0; STACK];
        let start = u64::try_from(end - STACK).unwrap();
        memory.read_exact_at(&mut bytes, start).unwrap();
        bytes
    }

    /// The first two keys of AES-256's rounds are the key itself, so that no cipher is left where none of its halves is.
    #[test]
    fn no_key_of_a_text_is_left_on_the_stack() {
        let ring = KeyRing::parse(KEY_A).unwrap();
        let memory = std::fs::File::open("/proc/self/mem").unwrap();
        let drawn: Vec<u8> = (1..=36).collect();
        let salt: [u8; SALT] = drawn[..SALT].try_into().unwrap();
        let (_, key) = ring.sealing(&context().key_info(&salt)).unwrap();
        let halves = key.expose().chunks(16).map(<[u8]>::to_vec);
        let halves: Vec<_> = halves.collect();
        let is_left = |stack: &[u8]| {
            let mut halves = halves.iter();
            halves.any(|half| stack.windows(16).any(|it| it == half.as_slice()))
        };
        drop(key);
        let text = [7; 700];
        wipe_stack();
        let sealed = context().seal(&ring, &text, &mut Chosen(drawn)).unwrap();
        let after_sealing = stack_below(&memory);
        wipe_stack();
        let opened = context().open(&ring, &sealed).unwrap();
        let after_opening = stack_below(&memory);
        assert_eq!(opened[..], text);
        assert!(!is_left(&after_sealing) && !is_left(&after_opening));
        // They would be found.
        wipe_stack();
        let _ = context().open_below(&ring, &sealed).unwrap();
        assert!(is_left(&stack_below(&memory)));
    }

    proptest! {
        #[test]
        fn any_text_round_trips_and_any_bytes_are_survived(
            plain in proptest::collection::vec(any::<u8>(), 0..300),
            junk in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            let ring = KeyRing::parse(KEY_A).unwrap();
            let sealed = context().seal(&ring, &plain, &mut OsEntropy).unwrap();
            let opened = context().open(&ring, &sealed).unwrap();
            prop_assert_eq!(&*opened, plain.as_slice());
            prop_assert!(context().open(&ring, &junk).is_err());
        }
    }
}
