//! Accounts: read, held and swapped.

use std::path::PathBuf;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{OptionalExtension, params};

use super::super::contract::Store;
use super::super::error::StoreError;
use super::super::id_range::IdRange;
use super::super::rows::{
    AuditRow, Due, Listing, Loaded, MAX_LIMIT, Occupants, PhoneIndex, RawRow, Retention, Row,
    StoreDetails, StoreFacts, Swap, Together, Version,
};
use super::columns::{natural, user_of, whole};
use super::connection::Sqlite;
use super::open_files::replaced;
use super::shared::raw_row_of;
use crate::clock::UnixTime;
use crate::types::{Method, Site, UserId};

const SELECT: &str = "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed \
    FROM account WHERE site = ?1 AND user = ?2";
const HAS_EVENTS: &str = "SELECT EXISTS (SELECT 1 FROM audit WHERE site = ?1 AND user = ?2), \
    (SELECT store FROM schema_version)";
/// The account, and beside it a shared row, or NULL where there is none: one statement takes a third less than two.
const BESIDE: &str = "SELECT a.version, a.enrolled, a.primary_method, a.locked_until, a.last_verified, a.sealed, \
    r.version, r.body, r.keep_until FROM account a LEFT JOIN shared_row r ON r.site = ?1 AND r.name = ?3 \
    WHERE a.site = ?1 AND a.user = ?2";
/// The last row is always there: whether there are events of an account, and the store's id. Of two names each is asked
/// for by itself: for a list SQLite would make a table, which takes longer than all of this.
macro_rules! together {
    ($second:literal) => {
        concat!(
            "SELECT 0, '', version, sealed, NULL FROM account WHERE site = ?1 AND user = ?2 \
             UNION ALL SELECT 1, name, version, body, keep_until FROM shared_row WHERE site = ?1 AND name = ?3 ",
            $second,
            "UNION ALL SELECT 2, store, EXISTS (SELECT 1 FROM audit WHERE site = ?1 AND user = ?2), x'', NULL \
             FROM schema_version"
        )
    };
}
const WITH_ONE: &str = together!("");
const WITH_TWO: &str = together!(
    "UNION ALL SELECT 1, name, version, body, keep_until FROM shared_row WHERE site = ?1 AND name = ?4 "
);
const INSERT: &str = "INSERT INTO account (version, enrolled, primary_method, locked_until, \
    last_verified, sealed, site, user) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
    ON CONFLICT (site, user) DO NOTHING";
const UPDATE: &str = "UPDATE account SET version = ?1, enrolled = ?2, primary_method = ?3, \
    locked_until = ?4, last_verified = ?5, sealed = ?6 WHERE site = ?7 AND user = ?8 AND version = ?9";
const PUT_PHONE: &str = "INSERT INTO phone (site, user, hash) VALUES (?1, ?2, ?3) \
    ON CONFLICT (site, user) DO UPDATE SET hash = excluded.hash";
const REMOVE_PHONE: &str = "DELETE FROM phone WHERE site = ?1 AND user = ?2";
/// Up to another id, or to a blob, which stands behind every text.
macro_rules! list {
    ($from:literal) => {
        concat!(
            "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed, user \
             FROM account WHERE site = ?1 AND user ",
            $from,
            " ?2 AND user < ?3 ORDER BY user LIMIT ?4"
        )
    };
}
const LIST_FROM: &str = list!(">=");
const LIST_AFTER: &str = list!(">");

impl Sqlite {
    fn find(&self, site: &Site, user: &UserId) -> Result<Loaded, StoreError> {
        let find = || -> rusqlite::Result<Option<Loaded>> {
            let row = || {
                self.connection
                    .prepare_cached(SELECT)?
                    .query_row(params![site.as_str(), user.as_str()], row_of)
                    .optional()
            };
            if let Some(row) = row()? {
                return Ok(Some(Loaded::Row(row)));
            }
            let (has_events, id): (bool, String) = self
                .connection
                .prepare_cached(HAS_EVENTS)?
                .query_row(params![site.as_str(), user.as_str()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            if id != self.id {
                return Ok(None);
            }
            // A first enrolment may have been written between the two reads: the row is read once more.
            Ok(Some(
                match (has_events, has_events.then(row).transpose()?.flatten()) {
                    (false, _) => Loaded::Absent,
                    (true, Some(row)) => Loaded::Row(row),
                    (true, None) => Loaded::Orphaned,
                },
            ))
        };
        let found = find().map_err(|error| self.fault(error))?;
        found.ok_or_else(|| replaced(self.path()))
    }

    /// The account and that shared row; `None` without an account.
    fn find_beside(
        &self,
        site: &Site,
        user: &UserId,
        name: &str,
    ) -> Result<Option<(Row, Option<RawRow>)>, StoreError> {
        let find = || {
            let mut statement = self.connection.prepare_cached(BESIDE)?;
            let given = params![site.as_str(), user.as_str(), name];
            let found = statement.query_row(given, |row| {
                // A version is never NULL: there is a row.
                let raw = match row.get_ref(6)? {
                    ValueRef::Null => None,
                    _ => Some(raw_row_of(row, 6)?),
                };
                Ok((row_of(row)?, raw))
            });
            found.optional()
        };
        find().map_err(|error| self.fault(error))
    }

    /// Inside the transaction: the row if it is still the expected one, then the events.
    fn write(
        &self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> rusqlite::Result<Swap> {
        let Listing {
            enrolled,
            primary,
            locked_until,
            last_verified,
        } = &row.listing;
        let version = whole(row.version.0)?;
        let primary = primary.map(Method::as_str);
        let locked_until = locked_until.map(UnixTime::seconds);
        let last_verified = last_verified.map(UnixTime::seconds);
        let changed = match expected {
            None => self.connection.prepare_cached(INSERT)?.execute(params![
                version,
                enrolled,
                primary,
                locked_until,
                last_verified,
                row.sealed,
                site.as_str(),
                user.as_str()
            ])?,
            Some(expected) => self.connection.prepare_cached(UPDATE)?.execute(params![
                version,
                enrolled,
                primary,
                locked_until,
                last_verified,
                row.sealed,
                site.as_str(),
                user.as_str(),
                whole(expected.0)?
            ])?,
        };
        if changed != 1 {
            return Ok(Swap::Conflict);
        }
        self.write_events(site, user, events, row.retention)?;
        self.write_due(site, user, row.due)?;
        let (site, user) = (site.as_str(), user.as_str());
        match row.phone {
            PhoneIndex::AsItWas => {}
            PhoneIndex::Absent => {
                self.connection
                    .prepare_cached(REMOVE_PHONE)?
                    .execute(params![site, user])?;
            }
            PhoneIndex::Is(hash) => {
                self.connection
                    .prepare_cached(PUT_PHONE)?
                    .execute(params![site, user, hash])?;
            }
        }
        Ok(Swap::Done)
    }

    /// The same in a transaction, which ends the hold, and more in it where the row was still the expected one.
    fn write_and(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
        more: impl FnOnce(&Self) -> rusqlite::Result<()>,
    ) -> Result<Swap, StoreError> {
        if !self.holding {
            self.begin()?;
        }
        let written = match self.write(site, user, expected, row, events) {
            Ok(Swap::Done) => more(self).map(|()| Swap::Done),
            other => other,
        };
        let swapped = match written {
            Ok(Swap::Done) => self.commit().map(|()| Swap::Done),
            Ok(Swap::Conflict) => Ok(Swap::Conflict),
            Err(error) => Err(self.fault(error)),
        };
        self.release();
        swapped
    }
}

impl Store for Sqlite {
    fn load(&mut self, site: &Site, user: &UserId) -> Result<Loaded, StoreError> {
        self.release();
        let loaded = self.find(site, user)?;
        self.verify_files()?;
        Ok(loaded)
    }

    fn load_together(
        &mut self,
        site: &Site,
        user: &UserId,
        names: &[&str],
    ) -> Result<Together, StoreError> {
        self.release();
        let read = || -> rusqlite::Result<Option<Together>> {
            let mut found = Together {
                account: None,
                is_orphaned: false,
                shared_rows: vec![None; names.len()],
            };
            let mut is_this_store = false;
            let (site, user) = (site.as_str(), user.as_str());
            let mut statement;
            let mut rows = if let Some(second) = names.get(1) {
                statement = self.connection.prepare_cached(WITH_TWO)?;
                statement.query(params![site, user, names.first(), second])?
            } else {
                statement = self.connection.prepare_cached(WITH_ONE)?;
                statement.query(params![site, user, names.first()])?
            };
            while let Some(row) = rows.next()? {
                let version = natural(row, 2)?;
                match row.get::<_, u8>(0)? {
                    0 => found.account = Some((Version(version), row.get(3)?)),
                    1 => {
                        let name = row.get_ref(1)?.as_str()?;
                        let raw = RawRow {
                            version: Version(version),
                            body: row.get(3)?,
                            keep_until: row
                                .get::<_, Option<i64>>(4)?
                                .and_then(|seconds| UnixTime::new(seconds).ok()),
                        };
                        for (slot, wanted) in found.shared_rows.iter_mut().zip(names) {
                            if name == *wanted {
                                *slot = Some(raw.clone());
                            }
                        }
                    }
                    _ => {
                        is_this_store = row.get_ref(1)?.as_str()? == self.id;
                        found.is_orphaned = version > 0;
                    }
                }
            }
            found.is_orphaned &= found.account.is_none();
            Ok((is_this_store || found.account.is_some()).then_some(found))
        };
        let found = read().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        found.ok_or_else(|| replaced(self.path()))
    }

    /// Waits at the queue whether or not `contended`: it costs nothing when nobody is inside.
    fn hold(&mut self, site: &Site, user: &UserId, _contended: bool) -> Result<Loaded, StoreError> {
        self.release();
        self.begin()?;
        let found = self.find(site, user);
        if found.is_err() {
            self.release();
        }
        found
    }

    fn hold_beside(
        &mut self,
        site: &Site,
        user: &UserId,
        _contended: bool,
        names: &[String],
    ) -> Result<(Loaded, Vec<Option<RawRow>>), StoreError> {
        self.release();
        self.begin()?;
        // Within one transaction: nothing comes or goes between them.
        let find = || -> Result<(Loaded, Vec<Option<RawRow>>), StoreError> {
            let Some((first, more)) = names.split_first() else {
                return Ok((self.find(site, user)?, Vec::new()));
            };
            match self.find_beside(site, user, first)? {
                Some((row, raw)) => {
                    let mut rows = vec![raw];
                    rows.extend(self.read_shared_rows(site, more)?);
                    Ok((Loaded::Row(row), rows))
                }
                None => Ok((self.find(site, user)?, self.read_shared_rows(site, names)?)),
            }
        };
        let found = find();
        if found.is_err() {
            self.release();
        }
        found
    }

    fn swap(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> Result<Swap, StoreError> {
        self.write_and(site, user, expected, row, events, |_| Ok(()))
    }

    fn forget(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
        names: &[String],
    ) -> Result<Swap, StoreError> {
        self.write_and(site, user, expected, row, events, |store| {
            store.remove_shared(site, user, names)
        })
    }

    fn release(&mut self) {
        Self::release(self);
    }
    fn list(
        &mut self,
        site: &Site,
        prefix: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<(UserId, Row)>, StoreError> {
        self.release();
        let range = IdRange::beginning(prefix, after);
        let end = range
            .end
            .map_or_else(|| Value::Blob(Vec::new()), Value::Text);
        let list = match range.includes_from {
            true => LIST_FROM,
            false => LIST_AFTER,
        };
        let rows = || -> rusqlite::Result<Vec<_>> {
            let given = params![site.as_str(), range.from, end, limit.min(MAX_LIMIT)];
            self.connection
                .prepare_cached(list)?
                .query_map(given, |row| Ok((user_of(row, 6)?, row_of(row)?)))?
                .collect()
        };
        let rows = rows().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(rows)
    }

    fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError> {
        Self::occupants(self, site)
    }

    fn remove_site(&mut self, site: &Site) -> Result<(), StoreError> {
        Self::remove_site(self, site)
    }

    fn remove_if_empty(&mut self) -> Result<Option<Vec<PathBuf>>, StoreError> {
        Self::remove_if_empty(self)
    }

    fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        Self::audit(self, site, user, limit, before)
    }

    fn events(
        &mut self,
        site: &Site,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        Self::events(self, site, after, limit)
    }

    fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        Self::chain(self, site, user, from, limit)
    }

    fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        Self::aged(self, site, before, limit)
    }

    fn due(
        &mut self,
        site: &Site,
        from: UnixTime,
        until: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        Self::due(self, site, from, until, limit)
    }

    fn put_off(
        &mut self,
        site: &Site,
        users: &[UserId],
        now: UnixTime,
        until: UnixTime,
    ) -> Result<(), StoreError> {
        Self::put_off(self, site, users, now, until)
    }

    fn check(&mut self) -> Result<StoreFacts, StoreError> {
        Self::check(self)
    }

    fn describe(&mut self, site: &Site) -> Result<StoreDetails, StoreError> {
        Self::describe(self, site)
    }

    fn disown_after_fork(&mut self) {
        Self::disown_after_fork(self);
    }
}

fn row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let time = |column: usize| -> rusqlite::Result<Option<UnixTime>> {
        Ok(row
            .get::<_, Option<i64>>(column)?
            .and_then(|seconds| UnixTime::new(seconds).ok()))
    };
    Ok(Row {
        version: Version(natural(row, 0)?),
        // The plain columns decide nothing: what is odd in them is left out.
        listing: Listing {
            enrolled: row.get(1)?,
            primary: row
                .get_ref(2)?
                .as_str_or_null()?
                .and_then(Method::from_name),
            locked_until: time(3)?,
            last_verified: time(4)?,
        },
        phone: PhoneIndex::AsItWas,
        due: Due::AsItWas,
        retention: Retention::default(),
        sealed: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params};

    use super::super::schema::MIGRATIONS;
    use super::{LIST_AFTER, LIST_FROM};

    #[test]
    fn a_list_is_a_range_of_the_index_and_nothing_is_sorted() {
        let database = Connection::open_in_memory().unwrap();
        for step in MIGRATIONS {
            database.execute_batch(step).unwrap();
        }
        for list in [LIST_FROM, LIST_AFTER] {
            let mut asked = database
                .prepare(&format!("EXPLAIN QUERY PLAN {list}"))
                .unwrap();
            let plan: Vec<String> = asked
                .query_map(params!["site", "a", "b", 1], |row| row.get(3))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert_eq!(plan.len(), 1, "{plan:?}");
            assert!(
                plan[0].ends_with("(site=? AND user>? AND user<?)"),
                "{plan:?}"
            );
        }
    }
}
