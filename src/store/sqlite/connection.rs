//! The one connection: opened, locked for a change, and closed.

use std::fs;
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(feature = "cli")]
use rusqlite::ErrorCode;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::super::error::StoreError;
use super::super::rows::{COPYING, StoreFacts};
use super::database_file::{DatabaseFile, create, real, with_suffix};
use super::fault::{fault, missing, unreachable_directory};
use super::open_files::{self, OpenFiles};
use super::schema::prepare;
use crate::percent;

/// Longest wait for a writer that does not use the queue, such as a backup or the `sqlite3` shell.
const BUSY_PATIENCE: Duration = Duration::from_secs(2);

/// What a database without a file is called.
const IN_MEMORY: &str = "memory:";

/// A SQLite store.
#[derive(Debug)]
pub(crate) struct Sqlite {
    pub(super) connection: Connection,
    /// The database's id.
    pub(super) id: String,
    /// `None` in memory.
    file: Option<DatabaseFile>,
    /// A write transaction is open.
    pub(super) holding: bool,
}

impl Sqlite {
    /// Opens the file at `path`, makes it if it is not there, and brings its tables up to date. One that a copy did not
    /// fill is refused.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let store = Self::open_unfinished(path)?;
        let marked = store.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM shared_row WHERE site = '' AND name = ?1)",
            [COPYING],
            |row| row.get(0),
        );
        match marked {
            Ok(false) => Ok(store),
            Ok(true) => Err(StoreError::copy_interrupted(store.path().display())),
            Err(error) => Err(store.fault(error)),
        }
    }

    /// As [`Sqlite::open`], also of one that is being filled: for the copy alone.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn open_unfinished(path: &Path) -> Result<Self, StoreError> {
        let path = &real(path)?;
        let mut file = DatabaseFile::find(path)?;
        file.enter()?;
        // From here on one process at a time: the first one makes the file, the others find it.
        let mark = file.mark()?;
        let exists = file.restrict()?;
        if !exists && !mark.is_empty() {
            return Err(missing(path));
        }
        if !exists {
            create(path).map_err(|error| {
                unreachable_directory(path.parent().unwrap_or(Path::new("/")), error)
            })?;
        }
        let log = with_suffix(path, "-wal");
        open_files::verify_before_open(path, &log)?;
        let connection = connect(path).map_err(|error| file.fault(error))?;
        let id = prepare(&connection, &mark, path)?;
        if mark.is_empty() {
            file.write_mark(&id)?;
        }
        file.open = Some(OpenFiles::register(path, log)?);
        file.queue.leave();
        Ok(Self {
            connection,
            id,
            file: Some(file),
            holding: false,
        })
    }

    /// A database of its own, which ends with the value.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let failed = |error| fault(error, Path::new(IN_MEMORY));
        let connection = Connection::open_in_memory().map_err(failed)?;
        configure(&connection).map_err(failed)?;
        let id = prepare(&connection, "", Path::new(IN_MEMORY))?;
        Ok(Self {
            connection,
            id,
            file: None,
            holding: false,
        })
    }

    pub(super) fn fault(&self, error: rusqlite::Error) -> StoreError {
        fault(error, self.path())
    }

    pub(super) fn path(&self) -> &Path {
        let file = self.file.as_ref();
        file.map_or(Path::new(IN_MEMORY), |file| &file.path)
    }

    /// The path still leads to the file that is open, and its log's to the log.
    pub(super) fn verify_files(&self) -> Result<(), StoreError> {
        self.open_files().map_or(Ok(()), OpenFiles::verify)
    }

    fn open_files(&self) -> Option<&OpenFiles> {
        self.file.as_ref().and_then(|file| file.open.as_ref())
    }

    /// Removes the files, and returns those that are still there. Works by name only, as every look at them.
    pub(super) fn remove_files(&self) -> Vec<PathBuf> {
        let Some(file) = &self.file else {
            return Vec::new();
        };
        let mut files = ["", "-wal", "-shm", ".lock"]
            .map(|suffix| with_suffix(&file.path, suffix))
            .to_vec();
        files.retain(|path| fs::remove_file(path).is_err() && path.exists());
        files
    }

    /// Commits. It is done only if the log that it went into is the one that others read.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.run("COMMIT")?;
        self.open_files().map_or(Ok(()), OpenFiles::verify_log)
    }

    /// Opens a write transaction, after waiting at the queue.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        if let Some(file) = &mut self.file {
            file.enter()?;
        }
        self.holding = true;
        let begun = self
            .run("BEGIN IMMEDIATE")
            .and_then(|()| self.verify_files());
        if begun.is_err() {
            self.release();
        }
        begun
    }

    /// Ends the transaction, if one is open, and leaves the queue.
    pub(super) fn release(&mut self) {
        if self.holding {
            // After a commit there is nothing to roll back. If rolling back fails, SQLite has already
            // done so by itself, or the next `BEGIN` fails and denies.
            if !self.connection.is_autocommit() {
                let _ = self.run("ROLLBACK");
            }
            if let Some(file) = &mut self.file {
                file.queue.leave();
            }
            self.holding = false;
        }
    }

    pub(super) fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(|error| self.fault(error))
    }

    /// See [`Store::check`](super::super::contract::Store::check).
    pub(super) fn check(&mut self) -> Result<StoreFacts, StoreError> {
        self.release();
        self.begin()?;
        // Writes a page although the value stays the same.
        let checked = self
            .run("UPDATE schema_version SET version = version")
            .and_then(|()| self.commit())
            .and_then(|()| self.verify_files());
        self.release();
        checked?;
        let version = rusqlite::version();
        Ok(StoreFacts {
            name: match &self.file {
                Some(file) => format!("SQLite {version}, {}", file.path.display()),
                None => format!("SQLite {version}"),
            },
            is_durable: true,
        })
    }

    /// Closes the copied connection: as long as it is open, SQLite believes that it has its locks. Closing takes
    /// none from the other process, and it never empties the log. The queue is left as it is.
    pub(super) fn disown_after_fork(&mut self) {
        let Ok(nothing) = Connection::open_in_memory() else {
            return;
        };
        drop(mem::replace(&mut self.connection, nothing));
        self.id.clear();
        if let Some(DatabaseFile { open, queue, .. }) = self.file.take() {
            mem::forget(queue);
            drop(open);
        }
    }
}

impl Drop for Sqlite {
    /// Brings what is in the log into the database, so that a copy of the one file is whole. Nobody is waited for,
    /// and a log that is not the one others use stays where it is.
    fn drop(&mut self) {
        self.release();
        let Some(files) = self.open_files().filter(|files| !files.is_inherited()) else {
            return;
        };
        if files.verify().is_ok() && self.connection.busy_timeout(Duration::ZERO).is_ok() {
            let _ = self
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
}

/// What is damaged in the file, if anything is: every page is looked at. It is no store to this, so nothing is written to
/// tables; it lies where nobody else may write.
///
/// # Errors
/// [`StoreError`]: it is no database at all.
#[cfg(feature = "cli")]
pub(crate) fn damage(path: &Path) -> Result<Option<String>, StoreError> {
    let look = || -> rusqlite::Result<String> {
        connect(path)?.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
    };
    match look() {
        Ok(said) if said == "ok" => Ok(None),
        Ok(said) => Ok(Some(said.split_whitespace().collect::<Vec<_>>().join(" "))),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Ok(Some("it is cut, or its pages are".to_owned())),
            _ => Err(fault(error, path)),
        },
    }
}

/// Follows no link: where the path led was looked up before ([`real`]), and a name may mean another file by now.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let path = folder.join(path.file_name().unwrap_or_default());
    let path = percent::path_encoded(path.as_os_str().as_bytes());
    let uri = format!("file://{path}");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
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
    // Who closes last empties the log and removes it, and SQLite may be wrong about who is last: see `open_files`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    // Or what is bound could change how a statement goes, and some would be prepared anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // At most 1 MiB of a worker's memory.
    connection.pragma_update(None, "cache_size", -1024)?;
    // A log of 1.2 MB: short enough that its space is soon written over, which is twice as fast as
    // growing, and long enough that emptying it does not count.
    connection.pragma_update(None, "wal_autocheckpoint", 600)?;
    Ok(())
}
