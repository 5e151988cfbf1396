//! Accounts of which something is to be told.

use rusqlite::params;

use super::super::error::StoreError;
use super::super::rows::{Due, MAX_LIMIT};
use super::columns::user_of;
use super::connection::Sqlite;
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

const PUT: &str = "INSERT INTO notice (site, user, due) VALUES (?1, ?2, ?3) \
    ON CONFLICT (site, user) DO UPDATE SET due = excluded.due";
const REMOVE: &str = "DELETE FROM notice WHERE site = ?1 AND user = ?2";
const FIND: &str =
    "SELECT user FROM notice WHERE site = ?1 AND due >= ?2 AND due <= ?3 ORDER BY due LIMIT ?4";
const PUT_OFF: &str = "UPDATE notice SET due = ?4 WHERE site = ?1 AND user = ?2 AND due <= ?3";

impl Sqlite {
    /// Inside a transaction.
    pub(super) fn write_due(&self, site: &Site, user: &UserId, due: Due) -> rusqlite::Result<()> {
        let (site, user) = (site.as_str(), user.as_str());
        match due {
            Due::AsItWas => {}
            Due::Never => {
                self.connection
                    .prepare_cached(REMOVE)?
                    .execute(params![site, user])?;
            }
            Due::At(at) => {
                self.connection
                    .prepare_cached(PUT)?
                    .execute(params![site, user, at.seconds()])?;
            }
        }
        Ok(())
    }

    /// See [`Store::due`](super::super::contract::Store::due).
    pub(super) fn due(
        &mut self,
        site: &Site,
        from: UnixTime,
        until: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let read = || -> rusqlite::Result<Vec<_>> {
            let limit = limit.min(MAX_LIMIT);
            let given = params![site.as_str(), from.seconds(), until.seconds(), limit];
            self.connection
                .prepare_cached(FIND)?
                .query_map(given, |row| user_of(row, 0))?
                .collect()
        };
        let users = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(users)
    }
    /// See [`Store::put_off`](super::super::contract::Store::put_off).
    pub(super) fn put_off(
        &mut self,
        site: &Site,
        users: &[UserId],
        now: UnixTime,
        until: UnixTime,
    ) -> Result<(), StoreError> {
        self.change(|connection| {
            let mut statement = connection.prepare_cached(PUT_OFF)?;
            for user in users {
                let (now, until) = (now.seconds(), until.seconds());
                statement.execute(params![site.as_str(), user.as_str(), now, until])?;
            }
            Ok(())
        })
    }
}
