//! Which SQLite files this process has open.
//!
//! SQLite's locks are record locks: they belong to the process, and SQLite keeps a list of those it has. Two
//! things make that list untrue. A fork copies the list and none of the locks. And whoever closes one of the files
//! in this process, be it a script that copied it or another copy of SQLite, drops every lock the process has on it.
//! Whoever comes next then takes itself for the only user, and may remove the log while this process goes on
//! writing into it: codes that were spent there would be good again.
//!
//! So a file counts as open only while its path and its log's still lead to what was opened; and nothing new is
//! opened in a process whose list may be untrue, but denied.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::error::StoreError;

/// Device and inode.
type FileId = (u64, u64);

/// A database and its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileIds {
    process: u32,
    database: FileId,
    log: FileId,
}

static OPEN: Mutex<Vec<FileIds>> = Mutex::new(Vec::new());

fn open() -> MutexGuard<'static, Vec<FileIds>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database that this process has open, until it is dropped.
#[derive(Debug)]
pub(super) struct OpenFiles {
    path: PathBuf,
    log: PathBuf,
    files: FileIds,
}

impl OpenFiles {
    /// Remembers what `path` and `log` lead to, right after SQLite opened them.
    ///
    /// # Errors
    /// [`replaced`] if one of them is gone already.
    pub(super) fn register(path: &Path, log: PathBuf) -> Result<Self, StoreError> {
        let files = FileIds {
            process: process::id(),
            database: id(path).ok_or_else(|| replaced(path))?,
            log: id(&log).ok_or_else(|| replaced(&log))?,
        };
        open().push(files);
        Ok(Self {
            path: path.to_owned(),
            log,
            files,
        })
    }

    /// The paths still lead to what was opened.
    ///
    /// # Errors
    /// [`replaced`]
    pub(super) fn verify(&self) -> Result<(), StoreError> {
        if id(&self.path) != Some(self.files.database) {
            return Err(replaced(&self.path));
        }
        self.verify_log()
    }

    /// The log's path does: what was written since the last look is where others read.
    ///
    /// # Errors
    /// [`replaced`]
    pub(super) fn verify_log(&self) -> Result<(), StoreError> {
        if id(&self.log) == Some(self.files.log) {
            Ok(())
        } else {
            Err(replaced(&self.log))
        }
    }

    /// Whether another process opened it, of which this one is a copy.
    pub(super) fn is_inherited(&self) -> bool {
        self.files.process != process::id()
    }
}

impl Drop for OpenFiles {
    fn drop(&mut self) {
        let mut open = open();
        if let Some(at) = open.iter().position(|files| *files == self.files) {
            open.swap_remove(at);
        }
    }
}

/// Whether SQLite's list is to be trusted, before it opens `path`.
///
/// # Errors
/// [`StoreError::Unavailable`] when something is open that was opened by another process, or whose log is gone.
pub(super) fn verify_before_open(path: &Path, log: &Path) -> Result<(), StoreError> {
    let (database, there) = (id(path), id(log));
    for files in open().iter() {
        if files.process != process::id() {
            return Err(StoreError::unavailable(format!(
                "this process was forked while another of its threads had {} open: open it in a process of its own",
                path.display()
            )));
        }
        if Some(files.database) == database && Some(files.log) != there {
            return Err(replaced(log));
        }
    }
    Ok(())
}

fn id(path: &Path) -> Option<FileId> {
    let found = rustix::fs::stat(path).ok()?;
    Some((found.st_dev, found.st_ino))
}

/// Somebody deleted or replaced a file that is in use.
pub(super) fn replaced(path: &Path) -> StoreError {
    StoreError::unavailable(format!(
        "{} was deleted or replaced while in use: put it back, or restore a backup and restart PHP",
        path.display()
    ))
}
