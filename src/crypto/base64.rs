//! Secret bytes in a document: base 64 that is written and read without a copy that stays behind.
//!
//! For serde's `with`: `#[serde(with = "base64")]` on an array or a secret of at most 64 bytes,
//! `#[serde(with = "base64::list")]` on a list of 32-byte arrays.

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

/// A list of 32-byte arrays.
pub mod list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct One(#[serde(with = "super")] [u8; 32]);

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
