//! What went wrong with the file, for operators: with what they can do about it.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use super::super::error::StoreError;

pub(super) fn unreachable_directory(directory: &Path, error: io::Error) -> StoreError {
    let directory = directory.display();
    let advice = match error.kind() {
        io::ErrorKind::NotFound => StoreError::configuration(format!(
            "the directory {directory} does not exist: create it, owned by the user PHP runs as, with mode 0700"
        )),
        io::ErrorKind::PermissionDenied => StoreError::configuration(format!(
            "{directory} is closed to the user PHP runs as (uid {}): make that user the owner of the \
             directory, with mode 0700",
            rustix::process::geteuid().as_raw()
        )),
        _ => StoreError::unavailable(format!(
            "the directory {directory} cannot be reached ({error})"
        )),
    };
    advice.because(error)
}

pub(super) fn lock_fault(lock: &Path, directory: &Path, error: io::Error) -> StoreError {
    let advice = match error.kind() {
        io::ErrorKind::PermissionDenied if lock.exists() => StoreError::configuration(format!(
            "{} cannot be opened by the user PHP runs as (uid {}): make that user its owner, with mode 0600",
            lock.display(),
            rustix::process::geteuid().as_raw()
        )),
        io::ErrorKind::PermissionDenied => return unreachable_directory(directory, error),
        io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory => {
            StoreError::configuration(format!(
                "{} must be a plain file with one name: remove what is there",
                lock.display()
            ))
        }
        _ => StoreError::unavailable(format!("{} cannot be opened ({error})", lock.display())),
    };
    advice.because(error)
}

/// It was there once.
pub(super) fn missing(path: &Path) -> StoreError {
    StoreError::configuration(format!(
        "{path} is missing, empty, or not the database that was here before: restore it from a backup. \
         To start over, so that nobody has a second factor any more, delete it and {path}.lock",
        path = path.display()
    ))
}

pub(super) fn read_only(path: &Path) -> StoreError {
    StoreError::unavailable(format!(
        "{} is read-only: make it and its directory writable for the user PHP runs as (uid {})",
        path.display(),
        rustix::process::geteuid().as_raw()
    ))
}

/// What SQLite says, with advice.
pub(super) fn fault(error: rusqlite::Error, path: &Path) -> StoreError {
    advice(&error, path).because(error)
}

fn advice(error: &rusqlite::Error, path: &Path) -> StoreError {
    let path_shown = path.display();
    let rusqlite::Error::SqliteFailure(cause, _) = error else {
        return StoreError::unavailable(format!(
            "{path_shown} holds something this version did not write: restore it from a backup"
        ));
    };
    let code = cause.extended_code;
    match cause.code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => StoreError::unavailable(format!(
            "{path_shown} is locked by another program, such as a backup or a shell: end it"
        )),
        ErrorCode::ReadOnly => read_only(path),
        ErrorCode::DiskFull => {
            StoreError::unavailable(format!("the disk of {path_shown} is full: make room"))
        }
        ErrorCode::SystemIoFailure => StoreError::unavailable(format!(
            "the disk of {path_shown} failed (SQLite error {code}): look into the system log"
        )),
        ErrorCode::DatabaseCorrupt => StoreError::unavailable(format!(
            "{path_shown} is damaged (SQLite error {code}): restore it from a backup"
        )),
        ErrorCode::NotADatabase => StoreError::configuration(format!(
            "{path_shown} is not a SQLite database: name another file, or restore it from a backup"
        )),
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => StoreError::configuration(format!(
            "{path_shown} cannot be opened by the user PHP runs as (uid {}): make that user the owner of \
             the file and its directory",
            rustix::process::geteuid().as_raw()
        )),
        ErrorCode::ConstraintViolation => StoreError::unavailable(format!(
            "{path_shown} already holds a later event of this user: an older account was put back"
        )),
        ErrorCode::OutOfMemory => StoreError::unavailable("memory is used up"),
        _ => StoreError::unavailable(format!("{path_shown} failed (SQLite error {code})")),
    }
}
