//! SQLite: what users share.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::contract::Shared;
use super::super::error::StoreError;
use super::super::rows::{
    DeliveryReport, MAX_LIMIT, PhoneHash, RawRow, RawRowChange, SentMessage, Swap, Version,
};
use super::columns::{natural, user_of, whole};
use super::connection::Sqlite;
use crate::clock::UnixTime;
use crate::types::{Method, Site, UserId};

const SHARED_ROW: &str =
    "SELECT version, body, keep_until FROM shared_row WHERE site = ?1 AND name = ?2";
const PUT_ROW: &str = "INSERT INTO shared_row (site, name, version, keep_until, body) \
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (site, name) DO NOTHING";
const CHANGE_ROW: &str = "UPDATE shared_row SET version = ?3, keep_until = ?4, body = ?5 \
    WHERE site = ?1 AND name = ?2 AND version = ?6";
/// A few at a time: nobody waits for a great clearing.
const FORGET_ROWS: &str = "DELETE FROM shared_row WHERE rowid IN (SELECT rowid FROM shared_row \
    WHERE site = ?1 AND keep_until < ?2 LIMIT 20)";
const PHONE: &str = "SELECT user FROM phone WHERE site = ?1 AND hash = ?2 ORDER BY user LIMIT 10";
const ADD_MESSAGE: &str = "INSERT INTO message (site, user, provider, method, masked, reference, \
    sent, rank, status, detail, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
/// A few at a time, as above. They were added in the order of their time.
const FORGET_MESSAGES: &str = "DELETE FROM message WHERE id IN (SELECT id FROM message \
    WHERE site = ?1 ORDER BY id LIMIT 20) AND sent < ?2";
const REPORT: &str = "UPDATE message SET rank = ?4, status = ?5, detail = ?6, at = ?7 \
    WHERE site = ?1 AND provider = ?2 AND reference = ?3 AND rank < ?4";
const MESSAGE: &str = "SELECT id, user, provider, method, masked, reference, sent, rank, status, \
    detail, at FROM message WHERE site = ?1 AND provider = ?2 AND reference = ?3";
const MESSAGES: &str = "SELECT id, user, provider, method, masked, reference, sent, rank, status, \
    detail, at FROM message WHERE site = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";

const MESSAGES_TO: &str = "SELECT id, user, provider, method, masked, reference, sent, rank, status, \
    detail, at FROM message WHERE site = ?1 AND user = ?4 AND id < ?2 ORDER BY id DESC LIMIT ?3";
const REMOVE_MESSAGES_TO: &str = "DELETE FROM message WHERE site = ?1 AND user = ?2";
const REMOVE_ROW: &str = "DELETE FROM shared_row WHERE site = ?1 AND name = ?2";

/// A shared row whose version, body and time begin at that column.
pub(super) fn raw_row_of(row: &Row<'_>, first: usize) -> rusqlite::Result<RawRow> {
    Ok(RawRow {
        version: Version(natural(row, first)?),
        body: row.get(first.saturating_add(1))?,
        keep_until: row
            .get::<_, Option<i64>>(first.saturating_add(2))?
            .and_then(|seconds| UnixTime::new(seconds).ok()),
    })
}

impl Sqlite {
    /// Inside a transaction: the messages that were sent to a user, and shared rows.
    pub(super) fn remove_shared(
        &self,
        site: &Site,
        user: &UserId,
        names: &[String],
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(REMOVE_MESSAGES_TO)?
            .execute(params![site.as_str(), user.as_str()])?;
        for name in names {
            self.connection
                .prepare_cached(REMOVE_ROW)?
                .execute(params![site.as_str(), name])?;
        }
        Ok(())
    }

    fn listed_messages(
        &mut self,
        sql: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        self.release();
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare_cached(sql)?
                .query_map(params, message_of)?
                .collect()
        };
        let messages = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(messages)
    }

    pub(super) fn read_shared_rows(
        &self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError> {
        let names = names.iter();
        names.map(|name| self.read_shared_row(site, name)).collect()
    }

    fn read_shared_row(&self, site: &Site, name: &str) -> Result<Option<RawRow>, StoreError> {
        let read = || -> rusqlite::Result<Option<RawRow>> {
            let mut statement = self.connection.prepare_cached(SHARED_ROW)?;
            let raw = statement.query_row(params![site.as_str(), name], |row| raw_row_of(row, 0));
            raw.optional()
        };
        read().map_err(|error| self.fault(error))
    }

    fn write_shared_rows(
        &self,
        site: &Site,
        now: UnixTime,
        changes: &[RawRowChange],
    ) -> rusqlite::Result<Swap> {
        let site = site.as_str();
        let mut is_new = false;
        for RawRowChange {
            name,
            expected,
            body,
            keep_until,
        } in changes
        {
            let keep_until = keep_until.map(UnixTime::seconds);
            let changed = match expected {
                None => {
                    is_new = true;
                    self.connection.prepare_cached(PUT_ROW)?.execute(params![
                        site,
                        name,
                        whole(Version::FIRST.0)?,
                        keep_until,
                        body
                    ])?
                }
                Some(expected) => self
                    .connection
                    .prepare_cached(CHANGE_ROW)?
                    .execute(params![
                        site,
                        name,
                        whole(expected.next().0)?,
                        keep_until,
                        body,
                        whole(expected.0)?
                    ])?,
            };
            if changed != 1 {
                return Ok(Swap::Conflict);
            }
        }
        // Each new row removes some that have expired, so the table does not grow.
        if is_new {
            self.connection
                .prepare_cached(FORGET_ROWS)?
                .execute(params![site, now.seconds()])?;
        }
        Ok(Swap::Done)
    }

    /// What `statements` do, in a transaction of its own.
    pub(super) fn change<T>(
        &mut self,
        statements: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.release();
        self.begin()?;
        let changed = statements(&self.connection)
            .map_err(|error| self.fault(error))
            .and_then(|changed| self.commit().map(|()| changed));
        self.release();
        changed
    }
}

impl Shared for Sqlite {
    fn shared_rows(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError> {
        self.release();
        let rows = self.read_shared_rows(site, names)?;
        self.verify_files()?;
        Ok(rows)
    }

    fn look_beside(&mut self, site: &Site, name: &str) -> Result<Option<RawRow>, StoreError> {
        let row = self.read_shared_row(site, name)?;
        self.verify_files()?;
        Ok(row)
    }

    fn hold_shared_rows(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError> {
        self.release();
        self.begin()?;
        let rows = self.read_shared_rows(site, names);
        if rows.is_err() {
            self.release();
        }
        rows
    }

    fn swap_shared_rows(
        &mut self,
        site: &Site,
        now: UnixTime,
        changes: &[RawRowChange],
    ) -> Result<Swap, StoreError> {
        if !self.holding {
            self.begin()?;
        }
        let swapped = match self.write_shared_rows(site, now, changes) {
            Ok(Swap::Done) => self.commit().map(|()| Swap::Done),
            Ok(Swap::Conflict) => Ok(Swap::Conflict),
            Err(error) => Err(self.fault(error)),
        };
        self.release();
        swapped
    }

    fn phone_users(
        &mut self,
        site: &Site,
        phones: &[PhoneHash],
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let find = || -> rusqlite::Result<Vec<UserId>> {
            let mut statement = self.connection.prepare_cached(PHONE)?;
            let mut users = Vec::new();
            for phone in phones {
                for user in
                    statement.query_map(params![site.as_str(), phone], |row| user_of(row, 0))?
                {
                    users.push(user?);
                }
            }
            users.truncate(10);
            Ok(users)
        };
        let users = find().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(users)
    }

    fn add_message(
        &mut self,
        site: &Site,
        message: &SentMessage,
        keep_from: Option<UnixTime>,
    ) -> Result<(), StoreError> {
        let SentMessage {
            user,
            provider,
            method,
            masked,
            reference,
            sent,
            report,
        } = message;
        self.change(|connection| {
            connection.prepare_cached(ADD_MESSAGE)?.execute(params![
                site.as_str(),
                user.as_str(),
                provider,
                method.as_str(),
                masked,
                reference,
                sent.seconds(),
                report.rank,
                report.status,
                report.detail,
                report.at.seconds()
            ])?;
            if let Some(keep_from) = keep_from {
                connection
                    .prepare_cached(FORGET_MESSAGES)?
                    .execute(params![site.as_str(), keep_from.seconds()])?;
            }
            Ok(())
        })
    }

    fn report_message(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
        report: &DeliveryReport,
    ) -> Result<bool, StoreError> {
        let changed = self.change(|connection| {
            connection.prepare_cached(REPORT)?.execute(params![
                site.as_str(),
                provider,
                reference,
                report.rank,
                report.status,
                report.detail,
                report.at.seconds()
            ])
        })?;
        Ok(changed > 0)
    }

    fn message(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
    ) -> Result<Option<SentMessage>, StoreError> {
        self.release();
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(MESSAGE)?
                .query_row(params![site.as_str(), provider, reference], message_of)
                .optional()
        };
        let found = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(found.map(|(_, message)| message))
    }

    fn messages(
        &mut self,
        site: &Site,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        let before = before
            .and_then(|id| i64::try_from(id).ok())
            .unwrap_or(i64::MAX);
        let limit = limit.min(MAX_LIMIT);
        self.listed_messages(MESSAGES, params![site.as_str(), before, limit])
    }

    fn messages_to(
        &mut self,
        site: &Site,
        user: &UserId,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        let before = before
            .and_then(|id| i64::try_from(id).ok())
            .unwrap_or(i64::MAX);
        let limit = limit.min(MAX_LIMIT);
        let given = params![site.as_str(), before, limit, user.as_str()];
        self.listed_messages(MESSAGES_TO, given)
    }
}

fn message_of(row: &Row<'_>) -> rusqlite::Result<(u64, SentMessage)> {
    let time = |column: usize| -> rusqlite::Result<UnixTime> {
        let seconds: i64 = row.get(column)?;
        UnixTime::new(seconds)
            .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, seconds))
    };
    let method: String = row.get(3)?;
    let message = SentMessage {
        user: user_of(row, 1)?,
        provider: row.get(2)?,
        method: Method::from_name(&method).ok_or(rusqlite::Error::InvalidQuery)?,
        masked: row.get(4)?,
        reference: row.get(5)?,
        sent: time(6)?,
        report: DeliveryReport {
            rank: row.get(7)?,
            status: row.get(8)?,
            detail: row.get(9)?,
            at: time(10)?,
        },
    };
    Ok((natural(row, 0)?, message))
}
