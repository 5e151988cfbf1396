//! The account as a document: the bytes inside the seal.
//!
//! They are the number of the format and what that format says, as
//! [postcard](https://postcard.jamesmunns.com/wire-format) writes it: fields in order, without names. A format has types
//! of its own, in a file of its own, and is written and read nowhere else: the account's own types may change without
//! it, and whoever changes what is written gives it a new number and keeps a reader for the old one. A golden sample of
//! each format is kept in `tests/documents`.
//!
//! A document of another format, with anything left over, or that no rule could have led to, is refused: dropping what
//! cannot be read could drop a limit.

use super::app::PendingTotp;
use super::state::Account;
use crate::crypto::SecretBytes;
use form::{Reader, Wire, Writer};

mod error;
mod form;
mod v1;

pub use error::DocumentError;

/// The format that is written.
pub const FORMAT: u32 = v1::FORMAT;

impl Account {
    /// The bytes to seal.
    ///
    /// # Errors
    /// [`DocumentError`]; not for any account that can be built.
    pub fn to_document(&self) -> Result<SecretBytes, DocumentError> {
        let mut to = Writer::new();
        FORMAT.write(&mut to);
        self.write(&mut to);
        Ok(to.end())
    }

    /// The account that was written as these bytes.
    ///
    /// # Errors
    /// [`DocumentError`]
    #[inline]
    pub fn from_document(bytes: &[u8]) -> Result<Self, DocumentError> {
        let mut from = Reader::new(bytes);
        match u32::from_wire(&mut from)? {
            v1::FORMAT => last(from),
            _ => Err(DocumentError),
        }
    }
}

impl PendingTotp {
    /// The bytes to seal, in the token of the set-up.
    ///
    /// # Errors
    /// [`DocumentError`]; not for any that can be built.
    pub fn to_document(&self) -> Result<SecretBytes, DocumentError> {
        let mut to = Writer::new();
        self.write(&mut to);
        Ok(to.end())
    }

    /// What was written as these bytes.
    ///
    /// # Errors
    /// [`DocumentError`]
    pub fn from_document(bytes: &[u8]) -> Result<Self, DocumentError> {
        last(Reader::new(bytes))
    }
}

/// The last value there.
#[inline]
fn last<T: Wire>(mut from: Reader<'_>) -> Result<T, DocumentError> {
    let value = T::from_wire(&mut from)?;
    from.end()?;
    Ok(value)
}
