//! How a value of an account becomes one of a document, and back.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::DocumentError;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, KeyedHash, bytes};

/// A value of an account that a format writes in a form of its own.
pub(super) trait Wire: Sized {
    /// What is written.
    type Form: Serialize + DeserializeOwned;

    /// The form of this value.
    fn to_wire(&self) -> Self::Form;

    /// The value of that form.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    fn from_wire(form: Self::Form) -> Result<Self, DocumentError>;
}

macro_rules! as_it_is {
    ($($plain:ty),*) => {
        $(impl Wire for $plain {
            type Form = Self;

            fn to_wire(&self) -> Self {
                self.clone()
            }

            fn from_wire(form: Self) -> Result<Self, DocumentError> {
                Ok(form)
            }
        })*
    };
}

as_it_is!(bool, u8, u16, u32, u64, i64, String, UnixTime);

impl<T: Wire> Wire for Option<T> {
    type Form = Option<T::Form>;

    fn to_wire(&self) -> Self::Form {
        self.as_ref().map(T::to_wire)
    }

    fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
        form.map(T::from_wire).transpose()
    }
}

impl<T: Wire> Wire for Vec<T> {
    type Form = Vec<T::Form>;

    fn to_wire(&self) -> Self::Form {
        self.iter().map(T::to_wire).collect()
    }

    fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
        form.into_iter().map(T::from_wire).collect()
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    type Form = (A::Form, B::Form);

    fn to_wire(&self) -> Self::Form {
        (self.0.to_wire(), self.1.to_wire())
    }

    fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
        Ok((A::from_wire(form.0)?, B::from_wire(form.1)?))
    }
}

/// Bytes behind their length. They are read without a copy that stays behind.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
#[serde(bound(
    serialize = "T: AsRef<[u8]>",
    deserialize = "T: for<'a> TryFrom<&'a [u8]>"
))]
pub(super) struct Bytes<T>(#[serde(with = "bytes")] pub(super) T);

macro_rules! as_bytes {
    ($($plain:ty),*) => {
        $(impl Wire for $plain {
            type Form = Bytes<Self>;

            fn to_wire(&self) -> Bytes<Self> {
                Bytes(self.clone())
            }

            fn from_wire(form: Bytes<Self>) -> Result<Self, DocumentError> {
                Ok(form.0)
            }
        })*
    };
}

as_bytes!([u8; 8], [u8; 16], [u8; 32], HashKey, KeyedHash);
