//! The tables, and whose database it is.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::super::error::StoreError;
use super::fault::{fault, missing, read_only};

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
pub(super) const MIGRATIONS: &[&str] = &[
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
    CREATE TABLE shared_row (
        site TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        keep_until INTEGER,
        body BLOB NOT NULL,
        PRIMARY KEY (site, name)
    ) STRICT;
    CREATE INDEX shared_row_keep_until ON shared_row (site, keep_until) WHERE keep_until IS NOT NULL;
    CREATE TABLE message (
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
    CREATE INDEX message_reference ON message (site, provider, reference);
",
    "
    CREATE TABLE aging (
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (site, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX aging_since ON aging (site, since);
    CREATE INDEX message_site ON message (site);
",
    "
    CREATE TABLE notice (
        site TEXT NOT NULL,
        user TEXT NOT NULL,
        due INTEGER NOT NULL,
        PRIMARY KEY (site, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notice_due ON notice (site, due);
",
];

/// How many there are.
pub(super) fn today() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

const SCHEMA_VERSION: &str =
    "CREATE TABLE schema_version (version INTEGER NOT NULL, store TEXT NOT NULL) STRICT";

/// Makes sure that the database is ours, the one `mark` names, and of today's schema. Returns its id.
pub(super) fn prepare(
    connection: &Connection,
    mark: &str,
    path: &Path,
) -> Result<String, StoreError> {
    let failed = |error: rusqlite::Error| fault(error, path);
    let application: i64 = pragma(connection, "application_id").map_err(failed)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    let fresh = tables == 0 && application == 0;
    if fresh && !mark.is_empty() {
        return Err(missing(path));
    }
    if !fresh && application != APPLICATION_ID {
        return Err(StoreError::configuration(format!(
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
        return Err(StoreError::configuration(format!(
            "{} is on a file system without shared memory: move the store to a local disk",
            path.display()
        )));
    }
    let (version, store) = migrate(connection, fresh).map_err(failed)?;
    if version > MIGRATIONS.len() {
        return Err(StoreError::configuration(format!(
            "{} was written by a newer version (schema {version}, this is {}): update this extension",
            path.display(),
            MIGRATIONS.len()
        )));
    }
    if !mark.is_empty() && mark != store {
        return Err(missing(path));
    }
    Ok(store)
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Takes the steps that are missing, all or none. Returns the schema's version and the database's id.
fn migrate(connection: &Connection, fresh: bool) -> rusqlite::Result<(usize, String)> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
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
