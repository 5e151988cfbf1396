//! Events of accounts, and by when they may go.

use rusqlite::{Connection, Row, params};

use super::super::error::StoreError;
use super::super::rows::{Aging, AuditRow, MAX_LIMIT, Retention};
use super::columns::{natural, user_of, whole};
use super::connection::Sqlite;
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

const INSERT_EVENT: &str =
    "INSERT INTO audit (site, user, seq, at, body, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const AUDIT: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
/// By place in the user's chain, which has an index: `before` is the id of an event of theirs, most likely.
const AUDIT_OF: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND user = ?4 AND seq < coalesce( \
        (SELECT seq FROM audit WHERE id = ?2 AND site = ?1 AND user = ?4), 9223372036854775807) \
    AND id < ?2 ORDER BY seq DESC LIMIT ?3";
const EVENTS: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
const CHAIN: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND user = ?2 AND seq >= ?3 ORDER BY seq LIMIT ?4";
const FORGET_EVENTS: &str = "DELETE FROM audit WHERE site = ?1 AND user = ?2 AND seq <= ?3";
/// The number of a row that was the last one would be given again, to an event that whoever reads on after it would never
/// see. A row without a site keeps the place.
const LAST: &str = "SELECT coalesce(max(id), 0) FROM audit";
const KEEP_PLACE: &str =
    "INSERT INTO audit (id, site, user, seq, at, body, mac) VALUES (?1, '', '', ?1, 0, x'', x'')";
const GIVE_UP_PLACES: &str = "DELETE FROM audit WHERE site = '' AND id < ?1";
const PUT_AGING: &str = "INSERT INTO aging (site, user, since) VALUES (?1, ?2, ?3) \
    ON CONFLICT (site, user) DO UPDATE SET since = excluded.since";
const REMOVE_AGING: &str = "DELETE FROM aging WHERE site = ?1 AND user = ?2";
const AGED: &str = "SELECT user FROM aging WHERE site = ?1 AND since < ?2 ORDER BY since LIMIT ?3";

impl Sqlite {
    /// Inside a transaction: adds events, removes those that go, and says by when more may.
    pub(super) fn write_events(
        &self,
        site: &Site,
        user: &UserId,
        events: &[AuditRow],
        retention: Retention,
    ) -> rusqlite::Result<()> {
        let (site, user) = (site.as_str(), user.as_str());
        let mut insert = self.connection.prepare_cached(INSERT_EVENT)?;
        for event in events {
            insert.execute(params![
                site,
                event.user.as_str(),
                whole(event.seq)?,
                event.at.seconds(),
                event.body,
                event.mac
            ])?;
        }
        let Retention { forget, aging } = retention;
        if forget > 0 {
            self.keeping_places(|connection| {
                connection.prepare_cached(FORGET_EVENTS)?.execute(params![
                    site,
                    user,
                    whole(forget)?
                ])
            })?;
        }
        match aging {
            Aging::AsItWas => {}
            Aging::Never => {
                self.connection
                    .prepare_cached(REMOVE_AGING)?
                    .execute(params![site, user])?;
            }
            Aging::Since(at) => {
                self.connection.prepare_cached(PUT_AGING)?.execute(params![
                    site,
                    user,
                    at.seconds()
                ])?;
            }
        }
        Ok(())
    }

    /// Inside a transaction: removes events, so that no later one is given the place of one of them.
    pub(super) fn keeping_places(
        &self,
        remove: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<()> {
        let last = || -> rusqlite::Result<i64> {
            self.connection
                .prepare_cached(LAST)?
                .query_row([], |row| row.get(0))
        };
        let before = last()?;
        remove(&self.connection)?;
        if last()? < before {
            self.connection
                .prepare_cached(KEEP_PLACE)?
                .execute([before])?;
            self.connection
                .prepare_cached(GIVE_UP_PLACES)?
                .execute([before])?;
        }
        Ok(())
    }

    /// See [`Store::audit`](super::super::contract::Store::audit).
    pub(super) fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let before = before
            .and_then(|id| i64::try_from(id).ok())
            .unwrap_or(i64::MAX);
        let limit = limit.min(MAX_LIMIT);
        let rows = || -> rusqlite::Result<Vec<_>> {
            match user {
                Some(user) => self
                    .connection
                    .prepare_cached(AUDIT_OF)?
                    .query_map(
                        params![site.as_str(), before, limit, user.as_str()],
                        event_of,
                    )?
                    .collect(),
                None => self
                    .connection
                    .prepare_cached(AUDIT)?
                    .query_map(params![site.as_str(), before, limit], event_of)?
                    .collect(),
            }
        };
        let rows = rows().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(rows)
    }

    /// See [`Store::events`](super::super::contract::Store::events). Here one writes after the other.
    pub(super) fn events(
        &mut self,
        site: &Site,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare_cached(EVENTS)?
                .query_map(
                    params![site.as_str(), after, limit.min(MAX_LIMIT)],
                    event_of,
                )?
                .collect()
        };
        let rows = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(rows)
    }

    /// See [`Store::chain`](super::super::contract::Store::chain).
    pub(super) fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            let given = params![
                site.as_str(),
                user.as_str(),
                // From the lowest number there can be: rows that somebody inserted before ours are to be seen.
                if from == 0 { i64::MIN } else { whole(from)? },
                limit.min(MAX_LIMIT)
            ];
            self.connection
                .prepare_cached(CHAIN)?
                .query_map(given, event_of)?
                .collect()
        };
        let rows = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(rows)
    }

    /// See [`Store::aged`](super::super::contract::Store::aged).
    pub(super) fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let read = || -> rusqlite::Result<Vec<_>> {
            let given = params![site.as_str(), before.seconds(), limit.min(MAX_LIMIT)];
            self.connection
                .prepare_cached(AGED)?
                .query_map(given, |row| user_of(row, 0))?
                .collect()
        };
        let users = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(users)
    }
}

fn event_of(row: &Row<'_>) -> rusqlite::Result<(u64, AuditRow)> {
    let at: i64 = row.get(3)?;
    let event = AuditRow {
        user: user_of(row, 1)?,
        seq: natural(row, 2)?,
        at: UnixTime::new(at).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(3, at))?,
        body: row.get(4)?,
        mac: row.get(5)?,
    };
    Ok((natural(row, 0)?, event))
}
