//! The account as bytes: JSON with a format number, inside the seal.
//!
//! A document that has a field or a format this program does not know was written by a newer one
//! and is refused: dropping what it cannot read could drop a limit.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Account;

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

impl Account {
    /// The bytes to seal.
    ///
    /// # Errors
    /// [`DocumentError`]; not for any account that can be built.
    pub fn to_document(&self) -> Result<Zeroizing<Vec<u8>>, DocumentError> {
        let mut buffer = ZeroingBuffer::new();
        serde_json::to_writer(&mut buffer, self).map_err(|_| DocumentError)?;
        Ok(buffer.0)
    }

    /// The account that was written as these bytes.
    ///
    /// # Errors
    /// [`DocumentError`]
    pub fn from_document(bytes: &[u8]) -> Result<Self, DocumentError> {
        serde_json::from_slice(bytes).map_err(|_| DocumentError)
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
