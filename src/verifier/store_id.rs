//! What hosts remember of a store, and what health says of who else is in it.

use super::error::Unavailable;
use super::mark::{Mark, MarkKey, read, recognise_again};
use super::{Error, Verifier};
use crate::clock::UnixTime;
use crate::crypto::OpenError;
use crate::store::Swap;

impl Verifier {
    /// What this site is called in this store: random, the same for as long as the store is, and another one
    /// when its tables were emptied or made anew or another store is in its place. For hosts that remember it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn store_id(&self) -> Result<String, Error> {
        let mark = read(&self.rows)?.ok_or_else(|| Unavailable::MarkMissing)?;
        Ok(data_encoding::HEXLOWER.encode(&mark.row.id))
    }

    /// How many steps the tables of the store have taken, and how many there are: once it is open, all of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn schema(&self) -> Result<(u32, u32), Error> {
        Ok(self.accounts.describe()?.schema)
    }

    /// Refuses a store that is another one than the setting `store_id` says, or that was emptied since it was opened:
    /// for whoever keeps a verifier open and begins something new with it. Without that setting nothing is asked.
    ///
    /// # Errors
    /// [`Error::Configuration`] with advice; [`Error::Unavailable`]
    pub fn recognise_store(&self) -> Result<(), Error> {
        recognise_again(&self.rows, &self.config)
    }

    /// Who would shut this site out by having an account before anybody has one here, if so: another site in the
    /// same store, or the same one in other tables.
    pub(super) fn other_opener(&self) -> Result<Option<String>, Error> {
        if read(&self.rows)?.is_some_and(|mark| mark.row.on_purpose == Ok(true)) {
            return Ok(None);
        }
        let found = self.accounts.occupants()?;
        if found.own {
            return Ok(None);
        }
        let tables = |prefix| format!("an installation with the prefix \"{prefix}\"");
        Ok(found
            .kept
            .map(|other| format!("the site {other}"))
            .or_else(|| found.kept_elsewhere.map(tables)))
    }

    /// Why the mark does not open with the keys there are, if so.
    pub(super) fn mark_trouble(&self) -> Result<Option<OpenError>, Error> {
        Ok(read(&self.rows)?.and_then(|mark| mark.row.on_purpose.err()))
    }

    /// Seals a mark anew that does not open: an operator has begun to set accounts up anew, for the key is lost.
    pub(super) fn renew_mark(&self, now: UnixTime) -> Result<(), Error> {
        match read(&self.rows)? {
            Some(mark) if mark.row.on_purpose.is_err() => {
                let renewed = Mark::new(mark.row.id, false);
                // A lost swap means that another process has resealed it.
                let _: Swap = self
                    .rows
                    .swap(now, &MarkKey, Some(mark.version), &renewed)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
