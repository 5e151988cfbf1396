//! How sessions are stored: a row a user, sealed, and a row a site that says since when they count.
//!
//! ```text
//! row "sessions/…"  = the user's list (crypto::seal, domain "sessions"), bound to site and version; the user is in it
//! row "generation"  = 16 random bytes (crypto::seal, domain "generation"), drawn anew when everybody's are ended
//! ```
//!
//! Whoever can write to the database can put back an older copy, as of accounts, and can remove a row, which ends
//! sessions; none can be made up.

use data_encoding::HEXLOWER;

use super::document::{self, SessionListError};
use super::list::{Generation, SessionList};
use crate::crypto::{Domain, HashKey, OpenError, hash};
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::types::UserId;

/// Why a row does not say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It does not open.
    #[error(transparent)]
    Sealed(#[from] OpenError),
    /// It opens, and says something this program does not know, or is another user's.
    #[error(transparent)]
    Document(#[from] SessionListError),
}

/// The key of a user's row. Ids are no secret and stand beside the accounts; the hash makes them short.
#[derive(Debug, Clone)]
pub(super) struct SessionsKey {
    user: UserId,
    id: String,
}

impl SessionsKey {
    /// Of that user.
    #[must_use]
    pub(super) fn of(user: &UserId) -> Self {
        let parts: [&[u8]; 2] = [b"twofactor/sessions/1", user.as_str().as_bytes()];
        let id = hash(&HashKey::new([0; 32]), &parts);
        Self {
            user: user.clone(),
            id: HEXLOWER.encode(id.bytes()),
        }
    }

    /// What the row says, if it is this user's.
    ///
    /// # Errors
    /// [`Unreadable`]
    pub(super) fn list(&self, row: Option<SessionsRow>) -> Result<Option<SessionList>, Unreadable> {
        match row.map(|row| row.0).transpose()? {
            None => Ok(None),
            Some((user, list)) if user == self.user.as_str() => Ok(Some(list)),
            Some(_) => Err(SessionListError.into()),
        }
    }

    /// The row to store.
    #[must_use]
    pub(super) fn row(&self, list: SessionList) -> SessionsRow {
        SessionsRow(Ok((self.user.as_str().to_owned(), list)))
    }
}

impl RowKey for SessionsKey {
    type Row = SessionsRow;

    const KIND: RowKind = RowKind::Sessions;

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// A user and their sessions. One that cannot be read may be replaced: nothing in it is a limit, and without it what
/// it admitted is over.
#[derive(Debug)]
pub(super) struct SessionsRow(Result<(String, SessionList), Unreadable>);

impl SharedRow for SessionsRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let open = || -> Result<_, Unreadable> {
            let plain = context.open(Domain::Sessions, bytes)?;
            Ok(document::read(&plain)?)
        };
        Ok(Self(open()))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let (user, list) = self.0.as_ref().map_err(|_| RowError)?;
        let plain = document::write(user, list).map_err(|_| RowError)?;
        Ok(context.seal(Domain::Sessions, &plain)?)
    }
}

/// The key of the site's row.
#[derive(Debug)]
pub(super) struct GenerationKey;

impl RowKey for GenerationKey {
    type Row = GenerationRow;

    const KIND: RowKind = RowKind::Generation;

    fn id(&self) -> String {
        String::new()
    }
}

/// Since when the sessions of a site count.
#[derive(Debug)]
pub(super) struct GenerationRow(pub Result<Generation, Unreadable>);

impl SharedRow for GenerationRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let open = || -> Result<_, Unreadable> {
            let plain = context.open(Domain::Generation, bytes)?;
            let bytes: &[u8] = &plain;
            let bytes = bytes.try_into().map_err(|_| SessionListError)?;
            Ok(Generation::new(bytes))
        };
        Ok(Self(open()))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let generation = self.0.as_ref().map_err(|_| RowError)?;
        Ok(context.seal(Domain::Generation, generation.bytes())?)
    }
}
