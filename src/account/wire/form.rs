//! How a value of an account becomes one of a document, and back.

use postcard::Deserializer;
use postcard::de_flavors::Slice;
use serde::de::DeserializeOwned;
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};

use super::super::device_record::DeviceBytes;
use super::super::totp::TotpSecret;
use super::error::DocumentError;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, KeyedHash, bytes};

/// More values than that are not made room for before they are read: a length alone asks for no memory.
const MOST_ROOM: usize = 64;

/// The bytes of a document while they are read, front to back. What is read is put where it stays: nothing lies between,
/// which every sign-in would fill and empty twice.
pub(super) struct Reader<'a>(Deserializer<'a, Slice<'a>>);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Deserializer::from_bytes(bytes))
    }

    /// The next value, of a type that is written as it is.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    #[inline]
    pub(super) fn value<T: DeserializeOwned>(&mut self) -> Result<T, DocumentError> {
        T::deserialize(&mut self.0).map_err(|_| DocumentError)
    }

    /// Which of several forms follows.
    ///
    /// # Errors
    /// [`DocumentError`]: there is no more.
    #[inline]
    pub(super) fn variant(&mut self) -> Result<u32, DocumentError> {
        self.value()
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`DocumentError`]: something is left over.
    pub(super) fn end(self) -> Result<(), DocumentError> {
        match self.0.finalize() {
            Ok([]) => Ok(()),
            _ => Err(DocumentError),
        }
    }
}

/// A value of an account that a format writes in a form of its own.
pub(super) trait Wire: Sized {
    /// Writes the form of this value. Nothing is copied on the way: what is secret stays in one place, and no memory is
    /// asked for.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// The value that was written there.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError>;
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
            #[inline]
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            #[inline]
            fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                from.value()
            }
        })*
    };
}

as_it_is!(bool, u8, u16, u32, u64, i64, String, UnixTime);

impl<T: Wire> Wire for Option<T> {
    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Written).serialize(serializer)
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        match from.value::<u8>()? {
            0 => Ok(None),
            1 => T::from_wire(from).map(Some),
            _ => Err(DocumentError),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let count = from.value::<usize>()?;
        let mut values = Self::with_capacity(count.min(MOST_ROOM));
        for _ in 0..count {
            values.push(T::from_wire(from)?);
        }
        Ok(values)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Written(&self.0), Written(&self.1)).serialize(serializer)
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Ok((A::from_wire(from)?, B::from_wire(from)?))
    }
}

macro_rules! as_bytes {
    ($($plain:ty),*) => {
        /// Bytes behind their length. They are read without a copy that stays behind.
        $(impl Wire for $plain {
            #[inline]
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                bytes::serialize(self, serializer)
            }

            #[inline]
            fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                bytes::deserialize(&mut from.0).map_err(|_| DocumentError)
            }
        })*
    };
}

as_bytes!(
    [u8; 8],
    [u8; 15],
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
