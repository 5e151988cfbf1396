//! The embedded store: one SQLite file, or one in memory.
//!
//! A commit is on disk before it is reported (`synchronous = FULL`, write-ahead log). A change reads
//! inside its write transaction, so a swap under a hold is never lost; a [`WriteQueue`] keeps many busy
//! processes fair.
//!
//! An empty database would say "nobody has a second factor", so the file is not trusted by its path
//! alone. Each database has a random id, and the queue's file beside it, `<path>.lock`, is marked with
//! that id when the database is made. While open, the path must still lead to the file that was opened;
//! when opening, the database must be the one the mark names. Since another one can be written over it
//! in place, "no such user" counts only with the id of the database that was opened. A database that was
//! deleted, emptied or swapped for another denies everybody until an operator restores it or removes the
//! mark.

use std::ffi::OsString;
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};

use super::contract::Store;
use super::error::StoreError;
use super::opened::{self, Opened, replaced};
use super::rows::{
    Aging, AuditRow, Cell, Listing, Loaded, MAX_LIMIT, Occupants, PhoneIndex, Retention, Row,
    StoreFacts, Swap, Together, Version,
};
use super::write_queue::{QueueError, WriteQueue, hand_over};
use crate::clock::UnixTime;
use crate::percent;
use crate::types::{Method, Site, UserId};

/// Longest wait at the queue. Holders stay for one transaction; longer means one is stopped.
const QUEUE_PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for a writer that does not use the queue, such as a backup or the `sqlite3` shell.
const BUSY_PATIENCE: Duration = Duration::from_secs(2);

/// Of a new database. A change writes one page each of the accounts, the events and their index; half
/// of SQLite's usual size holds an account, too, and is written faster.
const PAGE_BYTES: u32 = 2048;

/// Says in the file's header whose it is: "2FAC".
const APPLICATION_ID: i64 = 0x3246_4143;

/// Steps from an empty database to today's, forward only; a database remembers how many it took.
///
/// `account` keeps its row number: a sealed account is longer than what a `WITHOUT ROWID` table holds
/// in one page, and each page more is written at each change. For the same reason `audit` does without
/// AUTOINCREMENT: that the newest events were removed shows in the account, which knows the end of its
/// chain.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE account (
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        version INTEGER NOT NULL,
        enrolled INTEGER NOT NULL,
        primary_method TEXT,
        locked_until INTEGER,
        last_verified INTEGER,
        sealed BLOB NOT NULL,
        PRIMARY KEY (site, user)
    ) STRICT;
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        body BLOB NOT NULL,
        mac BLOB NOT NULL,
        UNIQUE (site, user, seq)
    ) STRICT;
",
    "
    CREATE TABLE phone (
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (site, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX phone_hash ON phone (site, hash);
    CREATE TABLE cell (
        site TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        keep_until INTEGER,
        body BLOB NOT NULL,
        PRIMARY KEY (site, name)
    ) STRICT;
    CREATE INDEX cell_keep_until ON cell (site, keep_until) WHERE keep_until IS NOT NULL;
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        provider TEXT NOT NULL,
        method TEXT NOT NULL,
        masked TEXT NOT NULL,
        reference TEXT,
        sent INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        status TEXT NOT NULL,
        detail TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX delivery_reference ON delivery (site, provider, reference);
",
    "
    CREATE TABLE aging (
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (site, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX aging_since ON aging (site, since);
    CREATE INDEX delivery_site ON delivery (site);
",
];

const SCHEMA_VERSION: &str =
    "CREATE TABLE schema_version (version INTEGER NOT NULL, store TEXT NOT NULL) STRICT";

const SELECT: &str = "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed \
    FROM account WHERE site = ?1 AND user = ?2";
const HAS_EVENTS: &str = "SELECT EXISTS (SELECT 1 FROM audit WHERE site = ?1 AND user = ?2), \
    (SELECT store FROM schema_version)";
/// The last row is always there: whether there are events of an account, and the store's id.
const TOGETHER: &str = "SELECT 0, '', version, sealed, NULL FROM account WHERE site = ?1 AND user = ?2 \
    UNION ALL SELECT 1, name, version, body, keep_until FROM cell WHERE site = ?1 AND name IN (?3, ?4) \
    UNION ALL SELECT 2, store, EXISTS (SELECT 1 FROM audit WHERE site = ?1 AND user = ?2), x'', NULL \
    FROM schema_version";
const INSERT: &str = "INSERT INTO account (version, enrolled, primary_method, locked_until, \
    last_verified, sealed, site, user) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
    ON CONFLICT (site, user) DO NOTHING";
const UPDATE: &str = "UPDATE account SET version = ?1, enrolled = ?2, primary_method = ?3, \
    locked_until = ?4, last_verified = ?5, sealed = ?6 WHERE site = ?7 AND user = ?8 AND version = ?9";
const INSERT_EVENT: &str =
    "INSERT INTO audit (site, user, seq, at, body, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const PUT_PHONE: &str = "INSERT INTO phone (site, user, hash) VALUES (?1, ?2, ?3) \
    ON CONFLICT (site, user) DO UPDATE SET hash = excluded.hash";
const REMOVE_PHONE: &str = "DELETE FROM phone WHERE site = ?1 AND user = ?2";
const LIST: &str = "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed, user \
    FROM account WHERE site = ?1 AND user > ?2 AND instr(user, ?3) > 0 ORDER BY user LIMIT ?4";
const IS_THERE: &str = "SELECT EXISTS (SELECT 1 FROM account WHERE site = ?1) \
    OR EXISTS (SELECT 1 FROM audit WHERE site = ?1)";
/// Each looks at one end of an index.
const SITES: &str = "SELECT (SELECT min(site) FROM account), (SELECT max(site) FROM account), \
    (SELECT min(site) FROM audit), (SELECT max(site) FROM audit), \
    (SELECT min(site) FROM cell), (SELECT max(site) FROM cell)";
/// So many of them look at accounts and their events.
const ACCOUNTS: usize = 4;
/// Every table that has rows of sites.
const TABLES: [&str; 6] = ["account", "audit", "phone", "cell", "delivery", "aging"];
const AUDIT: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
/// By place in the user's chain, which has an index: `before` is the id of an event of theirs, most likely.
const AUDIT_OF: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND user = ?4 AND seq < coalesce( \
        (SELECT seq FROM audit WHERE id = ?2 AND site = ?1 AND user = ?4), 9223372036854775807) \
    AND id < ?2 ORDER BY seq DESC LIMIT ?3";
const CHAIN: &str = "SELECT id, user, seq, at, body, mac FROM audit \
    WHERE site = ?1 AND user = ?2 AND seq >= ?3 ORDER BY seq LIMIT ?4";
const FORGET_EVENTS: &str = "DELETE FROM audit WHERE site = ?1 AND user = ?2 AND seq <= ?3";
const PUT_AGING: &str = "INSERT INTO aging (site, user, since) VALUES (?1, ?2, ?3) \
    ON CONFLICT (site, user) DO UPDATE SET since = excluded.since";
const REMOVE_AGING: &str = "DELETE FROM aging WHERE site = ?1 AND user = ?2";
const AGED: &str = "SELECT user FROM aging WHERE site = ?1 AND since < ?2 ORDER BY since LIMIT ?3";

/// A SQLite store.
#[derive(Debug)]
pub(super) struct Sqlite {
    pub(super) connection: Connection,
    /// The database's id.
    id: String,
    /// `None` in memory.
    place: Option<Place>,
    /// A write transaction is open.
    pub(super) holding: bool,
}

/// The file, what was opened there, and its queue.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    opened: Option<Opened>,
    queue: WriteQueue,
}

impl Sqlite {
    /// Opens the file at `path`, makes it if it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let path = &real(path)?;
        let mut place = Place::find(path)?;
        place.enter()?;
        // From here on one process at a time: the first one makes the file, the others find it.
        let mark = place.mark()?;
        let exists = place.tighten()?;
        if !exists && !mark.is_empty() {
            return Err(gone(path));
        }
        if !exists {
            make(path).map_err(|error| {
                unreachable_directory(path.parent().unwrap_or(Path::new("/")), &error)
            })?;
        }
        let log = with_suffix(path, "-wal");
        opened::admit(path, &log)?;
        let connection = connect(path).map_err(|error| place.fault(&error))?;
        let id = prepare(&connection, &mark, path)?;
        if mark.is_empty() {
            place.write_mark(&id)?;
        }
        place.opened = Some(Opened::remember(path, log)?);
        place.queue.leave();
        Ok(Self {
            connection,
            id,
            place: Some(place),
            holding: false,
        })
    }

    /// A database of its own, which ends with the value.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(super) fn in_memory() -> Result<Self, StoreError> {
        let failed = |error: &rusqlite::Error| fault(error, Path::new("memory:"));
        let connection = Connection::open_in_memory().map_err(|error| failed(&error))?;
        configure(&connection).map_err(|error| failed(&error))?;
        let id = prepare(&connection, "", Path::new("memory:"))?;
        Ok(Self {
            connection,
            id,
            place: None,
            holding: false,
        })
    }

    pub(super) fn fault(&self, error: &rusqlite::Error) -> StoreError {
        match &self.place {
            Some(place) => place.fault(error),
            None => fault(error, Path::new("memory:")),
        }
    }

    fn path(&self) -> &Path {
        let place = self.place.as_ref();
        place.map_or(Path::new("memory:"), |place| &place.path)
    }

    /// The path still leads to the file that is open, and its log's to the log.
    pub(super) fn verify_place(&self) -> Result<(), StoreError> {
        self.opened().map_or(Ok(()), Opened::verify)
    }

    fn opened(&self) -> Option<&Opened> {
        self.place.as_ref().and_then(|place| place.opened.as_ref())
    }

    /// Commits. It is done only if the log that it went into is the one that others read.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.run("COMMIT")?;
        self.opened().map_or(Ok(()), Opened::verify_log)
    }

    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        if let Some(place) = &mut self.place {
            place.enter()?;
        }
        self.holding = true;
        let begun = self
            .run("BEGIN IMMEDIATE")
            .and_then(|()| self.verify_place());
        if begun.is_err() {
            self.release();
        }
        begun
    }

    pub(super) fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(|error| self.fault(&error))
    }

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
            // Somebody may have enrolled between the two looks: only a third one tells.
            Ok(Some(
                match (has_events, has_events.then(row).transpose()?.flatten()) {
                    (false, _) => Loaded::Absent,
                    (true, Some(row)) => Loaded::Row(row),
                    (true, None) => Loaded::Orphaned,
                },
            ))
        };
        let found = find().map_err(|error| self.fault(&error))?;
        found.ok_or_else(|| replaced(self.path()))
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
        let (site, user) = (site.as_str(), user.as_str());
        let changed = match expected {
            None => self.connection.prepare_cached(INSERT)?.execute(params![
                version,
                enrolled,
                primary,
                locked_until,
                last_verified,
                row.sealed,
                site,
                user
            ])?,
            Some(expected) => self.connection.prepare_cached(UPDATE)?.execute(params![
                version,
                enrolled,
                primary,
                locked_until,
                last_verified,
                row.sealed,
                site,
                user,
                whole(expected.0)?
            ])?,
        };
        if changed != 1 {
            return Ok(Swap::Conflict);
        }
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
        if row.retention.forget > 0 {
            let forget = whole(row.retention.forget)?;
            self.connection
                .prepare_cached(FORGET_EVENTS)?
                .execute(params![site, user, forget])?;
        }
        match row.retention.aging {
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
}

impl Store for Sqlite {
    fn load(&mut self, site: &Site, user: &UserId) -> Result<Loaded, StoreError> {
        self.release();
        let loaded = self.find(site, user)?;
        self.verify_place()?;
        Ok(loaded)
    }

    fn load_together(
        &mut self,
        site: &Site,
        user: &UserId,
        names: [&str; 2],
    ) -> Result<Together, StoreError> {
        self.release();
        let read = || -> rusqlite::Result<Option<Together>> {
            let [first, second] = names;
            let mut found = Together {
                account: None,
                is_orphaned: false,
                cells: [None, None],
            };
            let mut is_this_store = false;
            let given = params![site.as_str(), user.as_str(), first, second];
            let mut statement = self.connection.prepare_cached(TOGETHER)?;
            let mut rows = statement.query(given)?;
            while let Some(row) = rows.next()? {
                let version = natural(row, 2)?;
                match row.get::<_, u8>(0)? {
                    0 => found.account = Some((Version(version), row.get(3)?)),
                    1 => {
                        let name: String = row.get(1)?;
                        let cell = Cell {
                            version: Version(version),
                            body: row.get(3)?,
                            keep_until: row
                                .get::<_, Option<i64>>(4)?
                                .and_then(|seconds| UnixTime::new(seconds).ok()),
                        };
                        for (slot, wanted) in found.cells.iter_mut().zip(names) {
                            if name == wanted {
                                *slot = Some(cell.clone());
                            }
                        }
                    }
                    _ => {
                        is_this_store = row.get::<_, String>(1)? == self.id;
                        found.is_orphaned = version > 0;
                    }
                }
            }
            found.is_orphaned &= found.account.is_none();
            Ok((is_this_store || found.account.is_some()).then_some(found))
        };
        let found = read().map_err(|error| self.fault(&error))?;
        self.verify_place()?;
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

    fn swap(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> Result<Swap, StoreError> {
        if !self.holding {
            self.begin()?;
        }
        let swapped = match self.write(site, user, expected, row, events) {
            Ok(Swap::Done) => self.commit().map(|()| Swap::Done),
            Ok(Swap::Conflict) => Ok(Swap::Conflict),
            Err(error) => Err(self.fault(&error)),
        };
        self.release();
        swapped
    }

    fn release(&mut self) {
        if self.holding {
            // After a commit there is nothing to roll back. If rolling back fails, SQLite has already
            // done so by itself, or the next `BEGIN` fails and denies.
            if !self.connection.is_autocommit() {
                let _ = self.run("ROLLBACK");
            }
            if let Some(place) = &mut self.place {
                place.queue.leave();
            }
            self.holding = false;
        }
    }

    fn list(
        &mut self,
        site: &Site,
        search: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<(UserId, Row)>, StoreError> {
        self.release();
        let rows = || -> rusqlite::Result<Vec<_>> {
            let given = params![
                site.as_str(),
                after.unwrap_or(""),
                search,
                limit.min(MAX_LIMIT)
            ];
            self.connection
                .prepare_cached(LIST)?
                .query_map(given, |row| Ok((user_of(row, 6)?, row_of(row)?)))?
                .collect()
        };
        let rows = rows().map_err(|error| self.fault(&error))?;
        self.verify_place()?;
        Ok(rows)
    }

    fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError> {
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
        let (own, sites) = look().map_err(|error| self.fault(&error))?;
        self.verify_place()?;
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

    fn remove_site(&mut self, site: &Site) -> Result<(), StoreError> {
        self.release();
        self.begin()?;
        let removed = TABLES.iter().try_for_each(|table| {
            self.connection
                .execute(
                    &format!("DELETE FROM {table} WHERE site = ?1"),
                    [site.as_str()],
                )
                .map(drop)
                .map_err(|error| self.fault(&error))
        });
        let removed = removed.and_then(|()| self.commit());
        self.release();
        removed
    }

    fn audit(
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
        let rows = rows().map_err(|error| self.fault(&error))?;
        self.verify_place()?;
        Ok(rows)
    }

    fn chain(
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
                // Whatever somebody put there, below our first one, too.
                if from == 0 { i64::MIN } else { whole(from)? },
                limit.min(MAX_LIMIT)
            ];
            self.connection
                .prepare_cached(CHAIN)?
                .query_map(given, event_of)?
                .collect()
        };
        let rows = read().map_err(|error| self.fault(&error))?;
        self.verify_place()?;
        Ok(rows)
    }

    fn aged(
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
        let users = read().map_err(|error| self.fault(&error))?;
        self.verify_place()?;
        Ok(users)
    }

    fn check(&mut self) -> Result<StoreFacts, StoreError> {
        self.release();
        self.begin()?;
        // Writes a page although the value stays the same.
        let checked = self
            .run("UPDATE schema_version SET version = version")
            .and_then(|()| self.commit())
            .and_then(|()| self.verify_place());
        self.release();
        checked?;
        let version = rusqlite::version();
        Ok(StoreFacts {
            name: match &self.place {
                Some(place) => format!("SQLite {version}, {}", place.path.display()),
                None => format!("SQLite {version}"),
            },
            is_durable: true,
        })
    }

    /// Closes the copied connection: as long as it is open, SQLite believes that it has its locks. Closing takes
    /// none from the other process, and it never empties the log. The queue is left as it is.
    fn disown_after_fork(&mut self) {
        let Ok(nothing) = Connection::open_in_memory() else {
            return;
        };
        drop(mem::replace(&mut self.connection, nothing));
        self.id.clear();
        if let Some(Place { opened, queue, .. }) = self.place.take() {
            mem::forget(queue);
            drop(opened);
        }
    }
}

impl Drop for Sqlite {
    /// Brings what is in the log into the database, so that a copy of the one file is whole. Nobody is waited for,
    /// and a log that is not the one others use stays where it is.
    fn drop(&mut self) {
        self.release();
        let Some(opened) = self.opened().filter(|opened| !opened.is_inherited()) else {
            return;
        };
        if opened.verify().is_ok() && self.connection.busy_timeout(Duration::ZERO).is_ok() {
            let _ = self
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
}

impl Place {
    /// Looks at what is at `path`, and opens the queue's file.
    fn find(path: &Path) -> Result<Self, StoreError> {
        let directory = path.parent().unwrap_or(Path::new("/"));
        match std::fs::metadata(directory) {
            Ok(found) if found.is_dir() => closed(directory, &found)?,
            Ok(_) => {
                return Err(StoreError::Configuration(format!(
                    "{} is not a directory: name a file in an existing directory as the store",
                    directory.display()
                )));
            }
            Err(error) => return Err(unreachable_directory(directory, &error)),
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => {}
            Ok(_) => {
                return Err(StoreError::Configuration(format!(
                    "{} is not a file: name a file, for example {}",
                    path.display(),
                    path.join("twofactor.sqlite").display()
                )));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreachable_directory(directory, &error)),
        }
        let lock = with_suffix(path, ".lock");
        let queue =
            WriteQueue::open(&lock).map_err(|error| lock_fault(&lock, directory, &error))?;
        Ok(Self {
            path: path.to_owned(),
            opened: None,
            queue,
        })
    }

    fn enter(&mut self) -> Result<(), StoreError> {
        self.queue
            .enter(QUEUE_PATIENCE)
            .map_err(|error| match error {
                QueueError::Timeout => StoreError::Unavailable(format!(
                    "{} has been locked for {} seconds; look for a stopped process that holds {}",
                    self.path.display(),
                    QUEUE_PATIENCE.as_secs(),
                    with_suffix(&self.path, ".lock").display()
                )),
                QueueError::Io(error) => StoreError::Unavailable(format!(
                    "{} cannot be locked ({error}); the store must be on a local disk",
                    with_suffix(&self.path, ".lock").display()
                )),
            })
    }

    fn mark(&mut self) -> Result<String, StoreError> {
        self.queue.mark().map_err(|error| self.mark_fault(&error))
    }

    fn write_mark(&mut self, store: &str) -> Result<(), StoreError> {
        self.queue
            .write_mark(store)
            .map_err(|error| self.mark_fault(&error))
    }

    fn mark_fault(&self, error: &io::Error) -> StoreError {
        StoreError::Unavailable(format!(
            "{} cannot be read or written ({error})",
            with_suffix(&self.path, ".lock").display()
        ))
    }

    /// Whether the file is there; if so, and others may read it, takes that right from them.
    ///
    /// Works by name only. A file that SQLite has open in this process must not be opened and closed
    /// beside it: closing would drop SQLite's locks.
    fn tighten(&self) -> Result<bool, StoreError> {
        let mut exists = false;
        for suffix in ["", "-wal", "-shm"] {
            let path = with_suffix(&self.path, suffix);
            let Ok(found) = std::fs::metadata(&path) else {
                continue;
            };
            exists |= suffix.is_empty();
            if found.mode() & 0o077 == 0 {
                continue;
            }
            let ours = found.uid() == rustix::process::geteuid().as_raw();
            let private = Permissions::from_mode(0o600);
            if !ours || std::fs::set_permissions(&path, private).is_err() {
                return Err(StoreError::Configuration(format!(
                    "others may read or write {}: make the user PHP runs as its owner, and its mode 0600",
                    path.display()
                )));
            }
        }
        Ok(exists)
    }

    fn fault(&self, error: &rusqlite::Error) -> StoreError {
        fault(error, &self.path)
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the file, empty, for SQLite to fill. The log and its index take its mode and its owner.
fn make(path: &Path) -> io::Result<()> {
    let made = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    // A strange umask may have taken bits away.
    made.set_permissions(Permissions::from_mode(0o600))?;
    hand_over(&made, path);
    Ok(())
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let path = percent::path_encoded(path.as_os_str().as_bytes());
    let uri = format!("file://{path}");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let connection = Connection::open_with_flags(uri, flags)?;
    configure(&connection)?;
    Ok(connection)
}

/// What holds for one connection. A file brings no code along: no triggers, no views.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(32);
    // Who closes last empties the log and removes it, and SQLite may be wrong about who is last: see `opened`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // At most 1 MiB of a worker's memory.
    connection.pragma_update(None, "cache_size", -1024)?;
    // A log of 1.2 MB: short enough that its space is soon written over, which is twice as fast as
    // growing, and long enough that emptying it does not count.
    connection.pragma_update(None, "wal_autocheckpoint", 600)?;
    Ok(())
}

/// Makes sure that the database is ours, the one `mark` names, and of today's schema. Returns its id.
fn prepare(connection: &Connection, mark: &str, path: &Path) -> Result<String, StoreError> {
    let failed = |error: rusqlite::Error| fault(&error, path);
    let application: i64 = pragma(connection, "application_id").map_err(failed)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    let fresh = tables == 0 && application == 0;
    if fresh && !mark.is_empty() {
        return Err(gone(path));
    }
    if !fresh && application != APPLICATION_ID {
        return Err(StoreError::Configuration(format!(
            "{} is the database of another program: name a file of its own as the store",
            path.display()
        )));
    }
    if connection.is_readonly("main").map_err(failed)? {
        return Err(read_only(path));
    }
    if fresh {
        connection
            .pragma_update(None, "page_size", PAGE_BYTES)
            .map_err(failed)?;
    }
    let journal: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(failed)?;
    if !matches!(journal.as_str(), "wal" | "memory") {
        return Err(StoreError::Configuration(format!(
            "{} is on a file system without shared memory: move the store to a local disk",
            path.display()
        )));
    }
    let (version, store) = migrate(connection, fresh).map_err(failed)?;
    if version > MIGRATIONS.len() {
        return Err(StoreError::Configuration(format!(
            "{} was written by a newer version (schema {version}, this is {}): update this extension",
            path.display(),
            MIGRATIONS.len()
        )));
    }
    if !mark.is_empty() && mark != store {
        return Err(gone(path));
    }
    Ok(store)
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Takes the steps that are missing, all or none. Returns the schema's version and the database's id.
fn migrate(connection: &Connection, fresh: bool) -> rusqlite::Result<(usize, String)> {
    let transaction =
        rusqlite::Transaction::new_unchecked(connection, rusqlite::TransactionBehavior::Immediate)?;
    if fresh {
        transaction.execute_batch(SCHEMA_VERSION)?;
        transaction.execute(
            "INSERT INTO schema_version VALUES (0, lower(hex(randomblob(16))))",
            [],
        )?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    let (version, store): (u32, String) =
        transaction.query_row("SELECT version, store FROM schema_version", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(missing) = MIGRATIONS
        .get(version..)
        .filter(|missing| !missing.is_empty())
    else {
        return Ok((version, store));
    };
    for step in missing {
        transaction.execute_batch(step)?;
    }
    let taken = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    transaction.execute("UPDATE schema_version SET version = ?1", [taken])?;
    transaction.commit()?;
    Ok((MIGRATIONS.len(), store))
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
                .get::<_, Option<String>>(2)?
                .as_deref()
                .and_then(Method::from_name),
            locked_until: time(3)?,
            last_verified: time(4)?,
        },
        phone: PhoneIndex::AsItWas,
        retention: Retention::default(),
        sealed: row.get(5)?,
    })
}

fn event_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(u64, AuditRow)> {
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

pub(super) fn user_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<UserId> {
    UserId::from_store(row.get::<_, String>(column)?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

pub(super) fn natural(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

pub(super) fn whole(number: u64) -> rusqlite::Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Where a link leads. SQLite follows it and has its log beside the file; so the queue has to be there, too, and
/// whoever names the file itself stands at the same one.
fn real(path: &Path) -> Result<PathBuf, StoreError> {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|it| it.file_type().is_symlink());
    if !is_link {
        return Ok(path.to_owned());
    }
    let directory = path.parent().unwrap_or(Path::new("/"));
    if let Ok(found) = std::fs::metadata(directory) {
        closed(directory, &found)?;
    }
    std::fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::Configuration(format!(
            "{} is a link to a file that is not there: restore the file, or name the store by its own path",
            path.display()
        )),
        _ => unreachable_directory(directory, &error),
    })
}

/// Whoever may write to the folder may put an empty database in the place of this one. Where the sticky bit is
/// set they may not.
fn closed(directory: &Path, found: &Metadata) -> Result<(), StoreError> {
    if found.mode() & 0o1002 != 0o0002 {
        return Ok(());
    }
    Err(StoreError::Configuration(format!(
        "every user of this machine may write to {directory}, and so put another database in the place of this \
         one: run chmod o-w {directory}",
        directory = directory.display()
    )))
}

fn unreachable_directory(directory: &Path, error: &io::Error) -> StoreError {
    let directory = directory.display();
    match error.kind() {
        io::ErrorKind::NotFound => StoreError::Configuration(format!(
            "the directory {directory} does not exist: create it, owned by the user PHP runs as, with mode 0700"
        )),
        io::ErrorKind::PermissionDenied => StoreError::Configuration(format!(
            "{directory} is closed to the user PHP runs as (uid {}): make that user the owner of the \
             directory, with mode 0700",
            rustix::process::geteuid().as_raw()
        )),
        _ => StoreError::Unavailable(format!(
            "the directory {directory} cannot be reached ({error})"
        )),
    }
}

fn lock_fault(lock: &Path, directory: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied if lock.exists() => StoreError::Configuration(format!(
            "{} cannot be opened by the user PHP runs as (uid {}): make that user its owner, with mode 0600",
            lock.display(),
            rustix::process::geteuid().as_raw()
        )),
        io::ErrorKind::PermissionDenied => unreachable_directory(directory, error),
        io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory => {
            StoreError::Configuration(format!(
                "{} must be a plain file with one name: remove what is there",
                lock.display()
            ))
        }
        _ => StoreError::Unavailable(format!("{} cannot be opened ({error})", lock.display())),
    }
}

fn gone(path: &Path) -> StoreError {
    StoreError::Configuration(format!(
        "{path} is missing, empty, or not the database that was here before: restore it from a backup. \
         To start over, so that nobody has a second factor any more, delete it and {path}.lock",
        path = path.display()
    ))
}

fn read_only(path: &Path) -> StoreError {
    StoreError::Unavailable(format!(
        "{} is read-only: make it and its directory writable for the user PHP runs as (uid {})",
        path.display(),
        rustix::process::geteuid().as_raw()
    ))
}

fn fault(error: &rusqlite::Error, path: &Path) -> StoreError {
    let path_shown = path.display();
    let rusqlite::Error::SqliteFailure(cause, _) = error else {
        return StoreError::Unavailable(format!(
            "{path_shown} holds something this version did not write: restore it from a backup"
        ));
    };
    let code = cause.extended_code;
    match cause.code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => StoreError::Unavailable(format!(
            "{path_shown} is locked by another program, such as a backup or a shell: end it"
        )),
        ErrorCode::ReadOnly => read_only(path),
        ErrorCode::DiskFull => {
            StoreError::Unavailable(format!("the disk of {path_shown} is full: make room"))
        }
        ErrorCode::SystemIoFailure => StoreError::Unavailable(format!(
            "the disk of {path_shown} failed (SQLite error {code}): look into the system log"
        )),
        ErrorCode::DatabaseCorrupt => StoreError::Unavailable(format!(
            "{path_shown} is damaged (SQLite error {code}): restore it from a backup"
        )),
        ErrorCode::NotADatabase => StoreError::Configuration(format!(
            "{path_shown} is not a SQLite database: name another file, or restore it from a backup"
        )),
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => StoreError::Configuration(format!(
            "{path_shown} cannot be opened by the user PHP runs as (uid {}): make that user the owner of \
             the file and its directory",
            rustix::process::geteuid().as_raw()
        )),
        ErrorCode::ConstraintViolation => StoreError::Unavailable(format!(
            "{path_shown} already holds a later event of this user: an older account was put back"
        )),
        ErrorCode::OutOfMemory => StoreError::Unavailable("memory is used up".to_owned()),
        _ => StoreError::Unavailable(format!("{path_shown} failed (SQLite error {code})")),
    }
}
