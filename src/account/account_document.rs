//! The account as a document.

use zeroize::Zeroizing;

use super::document::{self, DocumentError};
use super::state::Account;

impl Account {
    /// The bytes to seal.
    ///
    /// # Errors
    /// [`DocumentError`]; not for any account that can be built.
    pub fn to_document(&self) -> Result<Zeroizing<Vec<u8>>, DocumentError> {
        document::write(self)
    }

    /// The account that was written as these bytes.
    ///
    /// # Errors
    /// [`DocumentError`]
    pub fn from_document(bytes: &[u8]) -> Result<Self, DocumentError> {
        document::read(bytes)
    }
}
