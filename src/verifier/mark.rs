//! The mark of a site in its store: it tells a store that was set up from an empty one, and this site's from
//! another's.
//!
//! ```text
//! cell "store" = id (16 random bytes) | sealed: started on purpose (1), id   (crypto::seal, domain "store")
//!                                       bound to the site and to the version of the cell
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

use super::{Error, Verifier};
use crate::account::Accounts;
use crate::clock::UnixTime;
use crate::config::Config;
use crate::crypto::{Context, Domain, KeyId, OpenError, OsEntropy, key_of, random};
use crate::store::{Swap, Version};

/// The cell.
const CELL: &str = "store";

/// Lost swaps after which the mark is left to whoever is faster.
const MOST_TRIES: u32 = 20;

type Id = [u8; 16];

/// What stands in a store.
struct Mark {
    version: Version,
    id: Id,
    /// The operator said that a site begins here; or why that cannot be told.
    on_purpose: Result<bool, OpenError>,
    /// It is sealed with the key that seals today.
    is_under_first_key: bool,
}

fn context(accounts: &Accounts, version: Version) -> Context<'_> {
    Context {
        domain: Domain::Store,
        site: accounts.site().as_str(),
        user: "",
        version: version.0,
    }
}

fn read(accounts: &Accounts) -> Result<Option<Mark>, Error> {
    let Some(cell) = accounts.cell(CELL)? else {
        return Ok(None);
    };
    let Some((id, sealed)) = cell.body.split_first_chunk::<16>() else {
        return Err(Error::Unavailable(
            "the mark of this site in the store is damaged: restore the store from a backup"
                .to_owned(),
        ));
    };
    let opened = context(accounts, cell.version).open(accounts.ring(), sealed);
    Ok(Some(Mark {
        version: cell.version,
        id: *id,
        on_purpose: opened.and_then(|plain| match plain.split_first() {
            Some((flag, sealed)) if sealed == id.as_slice() => Ok(*flag == 1),
            _ => Err(OpenError::Damaged),
        }),
        is_under_first_key: key_of(sealed) == accounts.ring().ids().next().map(KeyId::as_str),
    }))
}

fn put(
    accounts: &Accounts,
    now: UnixTime,
    expected: Option<Version>,
    id: Id,
    on_purpose: bool,
) -> Result<Swap, Error> {
    let version = expected.map_or(Version::FIRST, Version::next);
    let mut plain = vec![u8::from(on_purpose)];
    plain.extend_from_slice(&id);
    let mut body = id.to_vec();
    body.extend(context(accounts, version).seal(accounts.ring(), &plain, &mut OsEntropy)?);
    Ok(accounts.swap_cell(now, CELL, expected, body)?)
}

/// Why the store is not this site's, with the way out, if so. One that nobody has an account in is refused only
/// `at_first`: whoever was there before stays.
fn stranger(accounts: &Accounts, at_first: bool) -> Result<Option<String>, Error> {
    let found = accounts.occupants()?;
    if found.own {
        return Ok(None);
    }
    let site = accounts.site();
    if let Some(other) = found.other {
        return Ok(Some(format!(
            "the store has accounts of the site {other} and none of {site}: correct twofactor.site. \
             To begin another site in the same store on purpose, set twofactor.new_site to 1 once"
        )));
    }
    if let Some(prefix) = found.elsewhere {
        return Ok(Some(format!(
            "the store has no account of the site {site}, but other tables of the same database \
             have, those with the prefix \"{prefix}\": correct the prefix in twofactor.store. To \
             begin anew on purpose, set twofactor.new_site to 1 once"
        )));
    }
    if !at_first {
        return Ok(None);
    }
    if let Some(other) = found.kept {
        return Ok(Some(format!(
            "the store was opened for the site {other} before, and {site} is new to it: correct twofactor.site. If \
             {site} is right, set twofactor.new_site to 1 once; if {other} is to use the same store, too, there as well"
        )));
    }
    Ok(found.kept_elsewhere.map(|prefix| {
        format!(
            "the site {site} was opened in other tables of the same database before, those with the prefix \
             \"{prefix}\": correct the prefix in twofactor.store. If it is right, set twofactor.new_site to 1 once; \
             if those tables are another installation's, there as well"
        )
    }))
}

/// Refuses a store of others, and leaves the mark where there is none.
///
/// # Errors
/// [`Error::Configuration`] with advice; [`Error::Unavailable`]
pub(super) fn admit(accounts: &Accounts, config: &Config) -> Result<(), Error> {
    // What is kept for a time is none of ours, so that no time is needed.
    let now = UnixTime::START;
    for _ in 0..MOST_TRIES {
        let mark = read(accounts)?;
        let was_on_purpose = mark
            .as_ref()
            .is_some_and(|mark| mark.on_purpose == Ok(true));
        let on_purpose = was_on_purpose || config.is_new_site();
        if !on_purpose && let Some(why) = stranger(accounts, mark.is_none())? {
            return Err(Error::Configuration(why));
        }
        let swapped = match mark {
            None => {
                let id = random::bytes(&mut OsEntropy)?;
                put(accounts, now, None, id, on_purpose)?
            }
            Some(mark)
                if mark.on_purpose.is_ok()
                    && !(mark.is_under_first_key && was_on_purpose == on_purpose) =>
            {
                put(accounts, now, Some(mark.version), mark.id, on_purpose)?
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

impl Verifier {
    /// What this site is called in this store: random, the same for as long as the store is, and another one
    /// when its tables were emptied or made anew or another store is in its place. For hosts that remember it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn store_id(&self) -> Result<String, Error> {
        let mark = read(&self.accounts)?.ok_or_else(|| {
            Error::Unavailable(
                "the mark of this site is gone from the store: restore it from a backup, or restart PHP"
                    .to_owned(),
            )
        })?;
        Ok(data_encoding::HEXLOWER.encode(&mark.id))
    }

    /// Who would shut this site out by having an account before anybody has one here, if so: another site in the
    /// same store, or the same one in other tables.
    pub(super) fn other_opener(&self) -> Result<Option<String>, Error> {
        if read(&self.accounts)?.is_some_and(|mark| mark.on_purpose == Ok(true)) {
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
        Ok(read(&self.accounts)?.and_then(|mark| mark.on_purpose.err()))
    }

    /// Seals a mark anew that does not open: an operator has begun to set accounts up anew, for the key is lost.
    pub(super) fn renew_mark(&self, now: UnixTime) -> Result<(), Error> {
        match read(&self.accounts)? {
            Some(mark) if mark.on_purpose.is_err() => {
                put(&self.accounts, now, Some(mark.version), mark.id, false).map(drop)
            }
            _ => Ok(()),
        }
    }
}
