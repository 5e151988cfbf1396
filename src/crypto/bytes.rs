//! Secret bytes in a document: written as they are, and read without a copy that stays behind.
//!
//! For serde's `with`: `#[serde(with = "bytes")]` on an array or a secret.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(bytes: impl AsRef<[u8]>, out: S) -> Result<S::Ok, S::Error> {
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

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: for<'a> TryFrom<&'a [u8]>>(
    from: D,
) -> Result<T, D::Error> {
    from.deserialize_bytes(Bytes(PhantomData))
}
