//! What a browser shows to be taken for signed in: a cookie's value, a token. It is never stored.

use std::fmt;

/// Longest credential in bytes: no cookie is longer (RFC 6265 section 6.1).
pub const MAX_CREDENTIAL_BYTES: usize = 4096;

/// A credential that may be asked about. Redacts itself.
#[derive(Clone, Copy)]
pub struct Credential<'a>(&'a [u8]);

impl<'a> Credential<'a> {
    /// `None` for what no host can have minted: nothing, or more than [`MAX_CREDENTIAL_BYTES`].
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        (1..=MAX_CREDENTIAL_BYTES)
            .contains(&bytes.len())
            .then_some(Self(bytes))
    }

    pub(super) const fn bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(<redacted>)")
    }
}
