//! Documents as bytes, inside the seal: the number of the format, then the fields in order, as
//! [postcard](https://postcard.jamesmunns.com/wire-format) writes them.
//!
//! The bytes do not name the fields, so whoever adds, removes or moves one, here or in a part, gives
//! the format a new number and keeps a reader for the old one; a test holds the bytes of a known
//! account. A document of another format, or with anything left over, was written by a newer program
//! and is refused: dropping what cannot be read could drop a limit.

use postcard::ser_flavors::Flavor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The text inside the seal is not an account of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account was written by another version of this software")]
pub struct DocumentError;

/// The format of the document; there is one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub(super) struct Format;

impl From<Format> for u32 {
    fn from(_: Format) -> Self {
        1
    }
}

impl TryFrom<u32> for Format {
    type Error = DocumentError;

    fn try_from(number: u32) -> Result<Self, DocumentError> {
        (number == u32::from(Self))
            .then_some(Self)
            .ok_or(DocumentError)
    }
}

/// The bytes of `value`, to seal.
///
/// # Errors
/// [`DocumentError`]; not for anything that can be built.
pub(super) fn write<T: Serialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, DocumentError> {
    postcard::serialize_with_flavor(value, Document::new()).map_err(|_| DocumentError)
}

/// What was written as these bytes, and nothing after it.
///
/// # Errors
/// [`DocumentError`]
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(DocumentError),
    }
}

/// Growing bytes that leave no copy of themselves behind when they move.
struct Document(Zeroizing<Vec<u8>>);

const _: fn(&Document) -> &Zeroizing<Vec<u8>> = |document| &document.0;

impl Document {
    fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(512)))
    }

    fn reserve(&mut self, more: usize) {
        let needed = self.0.len().saturating_add(more);
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger; // the old one zeroes itself here
        }
    }
}

impl Flavor for Document {
    type Output = Zeroizing<Vec<u8>>;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.reserve(1);
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.reserve(bytes.len());
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Self::Output> {
        Ok(self.0)
    }
}
