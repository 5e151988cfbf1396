//! Secret bytes in a document: written as they are, and read without a copy that stays behind.
//!
//! For serde's `with`: `#[serde(with = "bytes")]` on an array or a secret, `#[serde(with =
//! "bytes::list")]` on a list of 32-byte arrays.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

pub fn serialize<S: Serializer>(bytes: impl AsRef<[u8]>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_bytes(bytes.as_ref())
}

struct Bytes<T>(PhantomData<T>);

impl<T: for<'a> TryFrom<&'a [u8]>> Visitor<'_> for Bytes<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<T, E> {
        T::try_from(bytes).map_err(|_| E::custom("wrong length"))
    }
}

pub fn deserialize<'de, D: Deserializer<'de>, T: for<'a> TryFrom<&'a [u8]>>(
    from: D,
) -> Result<T, D::Error> {
    from.deserialize_bytes(Bytes(PhantomData))
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
