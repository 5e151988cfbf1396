//! The mark of a site in its store: it tells a store that was set up from an empty one, and this site's from
//! another's.
//!
//! ```text
//! row "store" = id (16 random bytes) | sealed: started on purpose (1), id   (crypto::seal, domain "store")
//!                                      bound to the site and to the version of the row
//! ```
//!
//! A store in which nobody of this site has an account says of everybody that they have no second factor. That
//! is true of a new one. It is not where others have accounts: most likely the site's name or the tables'
//! prefix was changed or lost, and the store is refused unless the operator says that a site begins here. That
//! an earlier name has left its mark while nobody had an account makes no difference, or whoever loses the
//! name of a site would be that earlier one again.
//!
//! So of two sites that share a store whichever is first to have an account shuts out the other, unless the
//! operator has said so of that. The second one is told when it begins, and not on the day of the first
//! enrolment: a store that another site has opened is refused by the same rule while it is empty, too.
//!
//! A store that was emptied, or another empty one in its place, cannot be told from a new one by itself. So whoever
//! opens it may say which one it was (the setting `store_id`): then nothing else is taken, and nothing is written.

use super::error::{Error, Stranger, Unavailable};
use crate::account::Accounts;
use crate::clock::UnixTime;
use crate::config::Config;
use crate::crypto::{Domain, OpenError, OsEntropy, random};
use crate::shared::format::RowError;
use crate::shared::{
    EncodeError, RowContext, RowKey, RowKind, SharedError, SharedRow, SharedRows, Stored,
};
use crate::store::Swap;

/// Lost swaps after which the mark is left to whoever is faster.
const MOST_TRIES: u32 = 20;

type Id = [u8; 16];

/// The key of the mark.
pub(super) struct MarkKey;

impl RowKey for MarkKey {
    type Row = Mark;

    const KIND: RowKind = RowKind::Store;

    fn id(&self) -> String {
        String::new()
    }
}

/// What stands in a store.
pub(super) struct Mark {
    pub(super) id: Id,
    /// The operator said that a site begins here; or why that cannot be told.
    pub(super) on_purpose: Result<bool, OpenError>,
    /// It is sealed with the key that seals today.
    is_under_first_key: bool,
}

impl Mark {
    /// One that opens.
    pub(super) const fn new(id: Id, on_purpose: bool) -> Self {
        Self {
            id,
            on_purpose: Ok(on_purpose),
            is_under_first_key: true,
        }
    }
}

impl SharedRow for Mark {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let (id, sealed) = bytes.split_first_chunk::<16>().ok_or(RowError)?;
        let opened = context.open(Domain::Store, sealed);
        Ok(Self {
            id: *id,
            on_purpose: opened.and_then(|plain| match plain.split_first() {
                Some((flag, sealed)) if sealed == id.as_slice() => Ok(*flag == 1),
                _ => Err(OpenError::Damaged),
            }),
            is_under_first_key: context.is_under_first_key(sealed),
        })
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let mut plain = vec![u8::from(self.on_purpose == Ok(true))];
        plain.extend_from_slice(&self.id);
        let mut body = self.id.to_vec();
        body.extend(context.seal(Domain::Store, &plain)?);
        Ok(body)
    }
}

pub(super) fn read(rows: &SharedRows) -> Result<Option<Stored<Mark>>, Error> {
    rows.get(&MarkKey).map_err(|error| match error {
        SharedError::Row { .. } => Unavailable::MarkDamaged(error).into(),
        error => error.into(),
    })
}

/// Why the store is not this site's, if so. One that nobody has an account in is refused only `at_first`: whoever was
/// there before stays.
fn stranger(accounts: &Accounts, at_first: bool) -> Result<Option<Stranger>, Error> {
    let found = accounts.occupants()?;
    if found.own {
        return Ok(None);
    }
    let site = accounts.site().as_str().to_owned();
    Ok(Some(if let Some(other) = found.other {
        Stranger::OtherSite { site, other }
    } else if let Some(prefix) = found.elsewhere {
        Stranger::OtherTables { site, prefix }
    } else if !at_first {
        return Ok(None);
    } else if let Some(other) = found.kept {
        Stranger::OpenedForOther { site, other }
    } else if let Some(prefix) = found.kept_elsewhere {
        Stranger::OpenedElsewhere { site, prefix }
    } else {
        return Ok(None);
    }))
}

/// Refuses every store but the one that whoever opens it remembers, if they do.
fn recognise(mark: Option<&Stored<Mark>>, config: &Config) -> Result<(), Error> {
    match config.store_id() {
        Some(remembered) if mark.map(|mark| mark.row.id) != Some(remembered) => {
            Err(Stranger::Another.into())
        }
        _ => Ok(()),
    }
}

/// The same of a store that is open already: it may have been emptied since.
///
/// # Errors
/// [`Error::Configuration`] with advice; [`Error::Unavailable`]
pub(super) fn recognise_again(rows: &SharedRows, config: &Config) -> Result<(), Error> {
    match config.store_id() {
        Some(_) => recognise(read(rows)?.as_ref(), config),
        None => Ok(()),
    }
}

/// Refuses a store of others, and leaves the mark where there is none.
///
/// # Errors
/// [`Error::Configuration`] with advice; [`Error::Unavailable`]
pub(super) fn admit(accounts: &Accounts, rows: &SharedRows, config: &Config) -> Result<(), Error> {
    // The mark never expires, so any time will do for reading and writing it.
    let now = UnixTime::START;
    for _ in 0..MOST_TRIES {
        let mark = read(rows)?;
        recognise(mark.as_ref(), config)?;
        let was_on_purpose = mark
            .as_ref()
            .is_some_and(|mark| mark.row.on_purpose == Ok(true));
        let on_purpose = was_on_purpose || config.is_new_site();
        if !on_purpose && let Some(why) = stranger(accounts, mark.is_none())? {
            return Err(why.into());
        }
        let swapped = match mark {
            None => {
                let id = random::bytes(&mut OsEntropy)?;
                rows.swap(now, &MarkKey, None, &Mark::new(id, on_purpose))?
            }
            Some(mark)
                if mark.row.on_purpose.is_ok()
                    && !(mark.row.is_under_first_key && was_on_purpose == on_purpose) =>
            {
                let renewed = Mark::new(mark.row.id, on_purpose);
                rows.swap(now, &MarkKey, Some(mark.version), &renewed)?
            }
            // One that does not open stays as it is: health says so.
            Some(_) => return Ok(()),
        };
        if let Swap::Done = swapped {
            return Ok(());
        }
    }
    Ok(())
}
