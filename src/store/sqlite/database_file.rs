//! The database's file and the queue's beside it: where they lie, and who may touch them.

use std::ffi::OsString;
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::super::error::StoreError;
use super::super::write_queue::{QueueError, WriteQueue, hand_over};
use super::fault::{fault, lock_fault, unreachable_directory};
use super::open_files::OpenFiles;

/// Links that are followed one after the other; as the system does.
const MOST_LINKS: usize = 40;

/// Longest wait at the queue. Holders stay for one transaction; longer means one is stopped.
const QUEUE_PATIENCE: Duration = Duration::from_secs(5);

/// A database's file, what was opened there, and its queue.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    pub(super) path: PathBuf,
    pub(super) open: Option<OpenFiles>,
    pub(super) queue: WriteQueue,
}

impl DatabaseFile {
    /// Looks at what is at `path`, and opens the queue's file.
    pub(super) fn find(path: &Path) -> Result<Self, StoreError> {
        let directory = path.parent().unwrap_or(Path::new("/"));
        match std::fs::metadata(directory) {
            Ok(found) if found.is_dir() => closed(directory, &found)?,
            Ok(_) => {
                return Err(StoreError::configuration(format!(
                    "{} is not a directory: name a file in an existing directory as the store",
                    directory.display()
                )));
            }
            Err(error) => return Err(unreachable_directory(directory, error)),
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => {}
            Ok(_) => {
                return Err(StoreError::configuration(format!(
                    "{} is not a file: name a file, for example {}",
                    path.display(),
                    path.join("twofactor.sqlite").display()
                )));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreachable_directory(directory, error)),
        }
        let lock = with_suffix(path, ".lock");
        let queue = WriteQueue::open(&lock).map_err(|error| lock_fault(&lock, directory, error))?;
        Ok(Self {
            path: path.to_owned(),
            open: None,
            queue,
        })
    }

    /// Waits until it is this process's turn.
    pub(super) fn enter(&mut self) -> Result<(), StoreError> {
        self.queue
            .enter(QUEUE_PATIENCE)
            .map_err(|error| match error {
                QueueError::Timeout => StoreError::unavailable(format!(
                    "{} has been locked for {} seconds; look for a stopped process that holds {}",
                    self.path.display(),
                    QUEUE_PATIENCE.as_secs(),
                    with_suffix(&self.path, ".lock").display()
                )),
                QueueError::Io(error) => StoreError::unavailable(format!(
                    "{} cannot be locked ({error}); the store must be on a local disk",
                    with_suffix(&self.path, ".lock").display()
                ))
                .because(error),
            })
    }

    /// The id of the database that belongs here; empty where there is none yet.
    pub(super) fn mark(&mut self) -> Result<String, StoreError> {
        self.queue.mark().map_err(|error| self.mark_fault(error))
    }

    pub(super) fn write_mark(&mut self, store: &str) -> Result<(), StoreError> {
        self.queue
            .write_mark(store)
            .map_err(|error| self.mark_fault(error))
    }

    fn mark_fault(&self, error: io::Error) -> StoreError {
        StoreError::unavailable(format!(
            "{} cannot be read or written ({error})",
            with_suffix(&self.path, ".lock").display()
        ))
        .because(error)
    }

    /// Whether the file is there; if so, and others may read it, takes that right from them. No link is followed, and the
    /// mode of a file that has another name is left alone: this may be root, in a folder of somebody else.
    pub(super) fn restrict(&self) -> Result<bool, StoreError> {
        let mut exists = false;
        for suffix in ["", "-wal", "-shm"] {
            let path = with_suffix(&self.path, suffix);
            let Some(file) = look_at(&path)? else {
                continue;
            };
            let found = file
                .metadata()
                .map_err(|error| not_plain(&path).because(error))?;
            if !found.is_file() {
                return Err(not_plain(&path));
            }
            exists |= suffix.is_empty();
            if found.mode() & 0o077 == 0 {
                continue;
            }
            if found.nlink() > 1 {
                return Err(not_plain(&path));
            }
            let open_to_others = StoreError::configuration(format!(
                "others may read or write {}: make the user PHP runs as its owner, and its mode 0600",
                path.display()
            ));
            if found.uid() != rustix::process::geteuid().as_raw() {
                return Err(open_to_others);
            }
            // The file that was looked at, whatever the name means by now.
            let opened = format!("/proc/self/fd/{}", file.as_raw_fd());
            std::fs::set_permissions(opened, Permissions::from_mode(0o600))
                .map_err(|error| open_to_others.because(error))?;
        }
        Ok(exists)
    }

    pub(super) fn fault(&self, error: rusqlite::Error) -> StoreError {
        fault(error, &self.path)
    }
}

/// What the name stands for, a link itself among it, not opened: closing a file that SQLite has open in this process
/// would drop SQLite's locks, and what is only looked at (`O_PATH`) drops none.
fn look_at(path: &Path) -> Result<Option<File>, StoreError> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(found) => Ok(Some(File::from(found))),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(unreachable_directory(
            path.parent().unwrap_or(Path::new("/")),
            error.into(),
        )),
    }
}

fn not_plain(path: &Path) -> StoreError {
    StoreError::configuration(format!(
        "{} must be a plain file with one name, and no link: look who has put it there",
        path.display()
    ))
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the file, empty, for SQLite to fill. The log and its index take its mode and its owner.
pub(super) fn create(path: &Path) -> io::Result<()> {
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

/// Where a link leads. SQLite follows it and has its log beside the file; so the queue has to be there, too, and
/// whoever names the file itself stands at the same one. Only links of root and of this user are followed: somebody
/// else's would choose which file of ours is the store. What it leads to is no link; nothing follows one after this.
pub(super) fn real(path: &Path) -> Result<PathBuf, StoreError> {
    let dangling = || {
        StoreError::configuration(format!(
            "{} is a link to a file that is not there: restore the file, or name the store by its own path",
            path.display()
        ))
    };
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(found) = std::fs::symlink_metadata(&at) else {
            return if at == path { Ok(at) } else { Err(dangling()) };
        };
        if !found.is_symlink() {
            return Ok(at);
        }
        let directory = at.parent().unwrap_or(Path::new("/")).to_owned();
        if let Ok(found) = std::fs::metadata(&directory) {
            closed(&directory, &found)?;
        }
        if ![0, rustix::process::geteuid().as_raw()].contains(&found.uid()) {
            return Err(StoreError::configuration(format!(
                "{} is a link that another user has made: name the store by its own path",
                at.display()
            )));
        }
        let to = std::fs::read_link(&at).and_then(|to| {
            let to = directory.join(to);
            let (Some(folder), Some(name)) = (to.parent(), to.file_name()) else {
                return Err(io::Error::from(io::ErrorKind::InvalidInput));
            };
            Ok(std::fs::canonicalize(folder)?.join(name))
        });
        at = to.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => dangling().because(error),
            _ => unreachable_directory(&directory, error),
        })?;
    }
    Err(not_plain(path))
}

/// Whoever may write to the folder may put an empty database in the place of this one. Where the sticky bit is
/// set they may not.
fn closed(directory: &Path, found: &Metadata) -> Result<(), StoreError> {
    if found.mode() & 0o1002 != 0o0002 {
        return Ok(());
    }
    Err(StoreError::configuration(format!(
        "every user of this machine may write to {directory}, and so put another database in the place of this \
         one: run chmod o-w {directory}",
        directory = directory.display()
    )))
}
