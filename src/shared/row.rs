//! How the bytes of a shared row are read and written.

use super::format::RowError;
use crate::crypto::{
    Context, Domain, KeyId, KeyRing, OpenError, OsEntropy, RandomError, SecretBytes, key_of,
};
use crate::store::Version;
use crate::types::Site;

/// What a row says.
pub trait SharedRow: Sized {
    /// What the bytes say.
    ///
    /// # Errors
    /// [`RowError`]: deny.
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError>;

    /// The bytes to keep, at most 64 KiB and not none.
    ///
    /// # Errors
    /// [`EncodeError`]
    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError>;
}

/// Why a row cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// It is too long.
    #[error(transparent)]
    Row(#[from] RowError),
    /// It cannot be sealed.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// A row, and how often it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored<R> {
    /// How often.
    pub version: Version,
    /// What it says.
    pub row: R,
}

/// Where a row stands: what is sealed in it is sealed for that place and version.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// The keys.
    pub ring: &'a KeyRing,
    /// The site.
    pub site: &'a Site,
    /// The version that was read, or the one that is to be written.
    pub version: Version,
}

impl RowContext<'_> {
    fn context(&self, domain: Domain) -> Context<'_> {
        Context {
            domain,
            site: self.site.as_str(),
            user: "",
            version: self.version.0,
        }
    }

    /// Seals a part of the row.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn seal(&self, domain: Domain, plain: &[u8]) -> Result<Vec<u8>, RandomError> {
        self.context(domain).seal(self.ring, plain, &mut OsEntropy)
    }

    /// Opens a part of the row.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open(&self, domain: Domain, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        self.context(domain).open(self.ring, sealed)
    }

    /// Whether it is sealed with the key that seals today.
    #[must_use]
    pub fn is_under_first_key(&self, sealed: &[u8]) -> bool {
        key_of(sealed) == self.ring.ids().next().map(KeyId::as_str)
    }
}
