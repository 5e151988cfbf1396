//! Which sites have something here.

use std::path::PathBuf;

use super::super::error::StoreError;
use super::super::rows::Occupants;
use super::connection::Sqlite;
use crate::types::Site;

const IS_THERE: &str = "SELECT EXISTS (SELECT 1 FROM account WHERE site = ?1) \
    OR EXISTS (SELECT 1 FROM audit WHERE site = ?1)";
/// Each looks at one end of an index.
const SITES: &str = "SELECT (SELECT min(site) FROM account), (SELECT max(site) FROM account), \
    (SELECT min(site) FROM audit WHERE site > ''), (SELECT max(site) FROM audit WHERE site > ''), \
    (SELECT min(site) FROM shared_row), (SELECT max(site) FROM shared_row)";
/// So many of them look at accounts and their events.
const ACCOUNTS: usize = 4;
/// Every table that has rows of sites.
pub(super) const TABLES: [&str; 7] = [
    "account",
    "audit",
    "phone",
    "shared_row",
    "message",
    "aging",
    "notice",
];

impl Sqlite {
    /// See [`Store::occupants`](super::super::contract::Store::occupants).
    pub(super) fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError> {
        self.release();
        let look = || -> rusqlite::Result<(bool, [Option<String>; 6])> {
            let own = self
                .connection
                .query_row(IS_THERE, [site.as_str()], |row| row.get(0))?;
            let sites = self.connection.query_row(SITES, [], |row| {
                Ok([
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                ])
            })?;
            Ok((own, sites))
        };
        let (own, sites) = look().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        let another = |ends: &[Option<String>]| {
            let mut names = ends.iter().flatten();
            names.find(|it| it.as_str() != site.as_str()).cloned()
        };
        Ok(Occupants {
            own,
            other: another(sites.get(..ACCOUNTS).unwrap_or_default()),
            kept: another(&sites),
            elsewhere: None,
            kept_elsewhere: None,
        })
    }

    /// See [`Store::remove_site`](super::super::contract::Store::remove_site).
    pub(super) fn remove_site(&mut self, site: &Site) -> Result<(), StoreError> {
        self.release();
        self.begin()?;
        let removed = TABLES.iter().try_for_each(|table| {
            self.keeping_places(|connection| {
                connection.execute(
                    &format!("DELETE FROM {table} WHERE site = ?1"),
                    [site.as_str()],
                )
            })
            .map_err(|error| self.fault(error))
        });
        let removed = removed.and_then(|()| self.commit());
        self.release();
        removed
    }

    /// See [`Store::remove_if_empty`](super::super::contract::Store::remove_if_empty). Nobody else writes meanwhile.
    pub(super) fn remove_if_empty(&mut self) -> Result<Option<Vec<PathBuf>>, StoreError> {
        self.release();
        self.begin()?;
        let kept = TABLES.map(|table| format!("EXISTS (SELECT 1 FROM {table} WHERE site > '')"));
        let kept = self
            .connection
            .query_row(&format!("SELECT {}", kept.join(" OR ")), [], |row| {
                row.get::<_, bool>(0)
            })
            .map_err(|error| self.fault(error));
        let removed = kept.map(|kept| (!kept).then(|| self.remove_files()));
        self.release();
        removed
    }
}
