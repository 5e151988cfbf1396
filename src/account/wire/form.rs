//! How a value of an account becomes one of a document, and back.

use serde::de::DeserializeOwned;
use serde::ser::SerializeTuple;
use serde::{Deserialize, Serialize, Serializer};

use super::super::device_record::DeviceBytes;
use super::super::totp::TotpSecret;
use super::error::DocumentError;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, KeyedHash, bytes};

/// A value of an account that a format writes in a form of its own.
pub(super) trait Wire: Sized {
    /// What is read.
    type Form: DeserializeOwned;

    /// Writes the form of this value. Nothing is copied on the way: what is secret stays in one place, and no memory is
    /// asked for.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// The value of that form.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    fn from_wire(form: Self::Form) -> Result<Self, DocumentError>;
}

/// For a serializer: a value, in its form.
pub(super) struct Written<'a, T>(pub(super) &'a T);

impl<T: Wire> Serialize for Written<'_, T> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

macro_rules! as_it_is {
    ($($plain:ty),*) => {
        $(impl Wire for $plain {
            type Form = Self;

            #[inline]
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            #[inline]
            fn from_wire(form: Self) -> Result<Self, DocumentError> {
                Ok(form)
            }
        })*
    };
}

as_it_is!(bool, u8, u16, u32, u64, i64, String, UnixTime);

impl<T: Wire> Wire for Option<T> {
    type Form = Option<T::Form>;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Written).serialize(serializer)
    }

    #[inline]
    fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
        form.map(T::from_wire).transpose()
    }
}

impl<T: Wire> Wire for Vec<T> {
    type Form = Vec<T::Form>;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }

    #[inline]
    fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
        form.into_iter().map(T::from_wire).collect()
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    type Form = (A::Form, B::Form);

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Written(&self.0), Written(&self.1)).serialize(serializer)
    }

    #[inline]
    fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
        Ok((A::from_wire(form.0)?, B::from_wire(form.1)?))
    }
}

/// Bytes behind their length. They are read without a copy that stays behind.
#[derive(Deserialize)]
#[serde(transparent)]
#[serde(bound(deserialize = "T: for<'a> TryFrom<&'a [u8]>"))]
pub(super) struct Bytes<T>(#[serde(with = "bytes")] pub(super) T);

macro_rules! as_bytes {
    ($($plain:ty),*) => {
        $(impl Wire for $plain {
            type Form = Bytes<Self>;

            #[inline]
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                bytes::serialize(self, serializer)
            }

            #[inline]
            fn from_wire(form: Bytes<Self>) -> Result<Self, DocumentError> {
                Ok(form.0)
            }
        })*
    };
}

as_bytes!(
    [u8; 8],
    [u8; 16],
    [u8; 32],
    DeviceBytes,
    HashKey,
    KeyedHash,
    TotpSecret
);

/// Fields, one after the other: a list of a length that is known is written without it.
#[inline]
pub(super) fn fields<S: Serializer>(
    serializer: S,
    count: usize,
    write: impl FnOnce(&mut S::SerializeTuple) -> Result<(), S::Error>,
) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_tuple(count)?;
    write(&mut fields)?;
    fields.end()
}
