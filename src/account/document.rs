//! The account as bytes: JSON with a format number, inside the seal.
//!
//! A document that has a field or a format this program does not know was written by a newer one
//! and is refused: dropping what it cannot read could drop a limit.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::lockout::Failures;
use super::totp::{PendingTotp, TotpFactor};
use super::{Account, BackupCodes, Challenges, Grants};
use crate::audit::Head;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, KeyedHash};
use crate::terms::Method;

const FORMAT: u32 = 1;

/// The text inside the seal is not an account of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account was written by another version of this software")]
pub struct DocumentError;

#[derive(Serialize)]
struct Out<'a> {
    format: u32,
    epoch: u64,
    #[serde(with = "base64")]
    key: [u8; 32],
    audit_seq: u64,
    #[serde(with = "base64")]
    audit_mac: [u8; 32],
    primary: Option<Method>,
    last_verified: Option<UnixTime>,
    totp: &'a Option<TotpFactor>,
    pending_totp: &'a Option<PendingTotp>,
    backup: &'a Option<BackupCodes>,
    failures: &'a [(Method, Failures)],
    challenges: &'a Challenges,
    grants: &'a Grants,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct In {
    format: u32,
    epoch: u64,
    #[serde(with = "base64")]
    key: [u8; 32],
    audit_seq: u64,
    #[serde(with = "base64")]
    audit_mac: [u8; 32],
    primary: Option<Method>,
    last_verified: Option<UnixTime>,
    totp: Option<TotpFactor>,
    pending_totp: Option<PendingTotp>,
    backup: Option<BackupCodes>,
    failures: Vec<(Method, Failures)>,
    challenges: Challenges,
    grants: Grants,
}

impl Account {
    /// The bytes to seal.
    ///
    /// # Errors
    /// [`DocumentError`]; not for any account that can be built.
    pub fn to_document(&self) -> Result<Zeroizing<Vec<u8>>, DocumentError> {
        let mut out = Out {
            format: FORMAT,
            epoch: self.epoch,
            key: *self.key.expose(),
            audit_seq: self.audit.seq,
            audit_mac: *self.audit.mac.bytes(),
            primary: self.primary,
            last_verified: self.last_verified,
            totp: &self.totp,
            pending_totp: &self.pending_totp,
            backup: &self.backup,
            failures: &self.failures,
            challenges: &self.challenges,
            grants: &self.grants,
        };
        let mut buffer = ZeroingBuffer::new();
        let written = serde_json::to_writer(&mut buffer, &out);
        out.key.zeroize();
        written.map_err(|_| DocumentError)?;
        Ok(buffer.0)
    }

    /// The account that was written as these bytes.
    ///
    /// # Errors
    /// [`DocumentError`]
    pub fn from_document(bytes: &[u8]) -> Result<Self, DocumentError> {
        let mut doc: In = serde_json::from_slice(bytes).map_err(|_| DocumentError)?;
        if doc.format != FORMAT {
            return Err(DocumentError);
        }
        let key = HashKey::new(doc.key);
        doc.key.zeroize();
        Ok(Self {
            epoch: doc.epoch,
            key,
            audit: Head {
                seq: doc.audit_seq,
                mac: KeyedHash::new(doc.audit_mac),
            },
            primary: doc.primary,
            last_verified: doc.last_verified,
            totp: doc.totp,
            pending_totp: doc.pending_totp,
            backup: doc.backup,
            failures: doc.failures,
            challenges: doc.challenges,
            grants: doc.grants,
        })
    }
}

/// A growing buffer that leaves no copy of its bytes behind when it moves.
struct ZeroingBuffer(Zeroizing<Vec<u8>>);

impl ZeroingBuffer {
    fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(2048)))
    }
}

impl Write for ZeroingBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len().saturating_add(bytes.len());
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger; // the old one zeroes itself here
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Byte arrays as base 64, read without a copy that outlives the reading.
pub mod base64 {
    use std::fmt;

    use data_encoding::BASE64;
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};
    use zeroize::Zeroizing;

    /// Longest array in a document, in base 64: a 64-byte secret.
    const LONGEST: usize = 88;

    pub fn serialize<S: Serializer>(bytes: impl AsRef<[u8]>, out: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let bytes = bytes.as_ref();
        let mut text = Zeroizing::new([0u8; LONGEST]);
        let text = text
            .get_mut(..BASE64.encode_len(bytes.len()))
            .ok_or_else(|| S::Error::custom("too long"))?;
        BASE64.encode_mut(bytes, text);
        out.serialize_str(std::str::from_utf8(text).map_err(S::Error::custom)?)
    }

    struct Text<T>(std::marker::PhantomData<T>);

    impl<T: for<'a> TryFrom<&'a [u8]>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes in base 64")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            let mut bytes = Zeroizing::new([0u8; LONGEST]);
            let length = BASE64
                .decode_len(text.len())
                .map_err(|_| E::custom("not base 64"))?;
            let buffer = bytes
                .get_mut(..length)
                .ok_or_else(|| E::custom("too long"))?;
            let length = BASE64
                .decode_mut(text.as_bytes(), buffer)
                .map_err(|_| E::custom("not base 64"))?;
            let decoded = buffer.get(..length).unwrap_or_default();
            T::try_from(decoded).map_err(|_| E::custom("wrong length"))
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>, T: for<'a> TryFrom<&'a [u8]>>(
        from: D,
    ) -> Result<T, D::Error> {
        from.deserialize_str(Text(std::marker::PhantomData))
    }
}

/// A list of 32-byte arrays as base 64.
pub mod base64_list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct One(#[serde(with = "super::base64")] [u8; 32]);

    pub fn serialize<S: Serializer>(list: &[[u8; 32]], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(list.iter().map(|bytes| One(*bytes)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<[u8; 32]>, D::Error> {
        Ok(Vec::<One>::deserialize(from)?
            .into_iter()
            .map(|one| one.0)
            .collect())
    }
}
