//! A queue in front of the one writer a SQLite file can have.
//!
//! SQLite makes a second writer sleep and try again, which under load starves some for seconds. The
//! queue is an advisory `flock` on a file beside the database: the kernel wakes the next in line at
//! once. It is about fairness only; being right rests on the transaction behind it.
//!
//! Whoever comes out could go straight back in before the one it woke is there. So there are two
//! locks on the one file: `flock` is being the writer, the record lock is being next in line. Who waits is next;
//! who goes in gives that up. A process that has gone in a few times without waiting has to be next
//! first, so it cannot pass those who wait for ever. Both belong to the open file and not to the
//! process, so that two queues of one process, or of two threads, queue too.
//!
//! A lock that somebody holds is waited for on a thread of its own, since `flock` knows no time limit
//! and the holder may be stopped, or its disk may hang. A thread that was given up on is waited for
//! again by the next attempt, so there is never more than one; if the lock reaches it while nobody
//! waits, it lets go at once.
//!
//! The file also bears a mark: which database it belongs to. See [`super::sqlite`].

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc::{self, SEEK_SET};
use nix::sys::signal::{SigSet, SigmaskHow};
use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::io::{Errno, retry_on_intr};

/// What the waiting thread needs, on a machine of any kind.
const STACK_BYTES: usize = 64 * 1024;

/// How often one process may go in before it has to ask whether somebody waits: waking the next one takes almost as long as
/// a commit, so short turns are fair and long enough to be fast.
const TURNS: u8 = 4;

/// Longest mark that is read.
const MAX_MARK_BYTES: u64 = 256;

/// One process's place at the queue.
#[derive(Debug)]
pub(super) struct WriteQueue {
    path: PathBuf,
    file: File,
    inside: bool,
    /// How often we may still go in without asking whether somebody is next.
    turns: u8,
    waiter: Option<Arc<Waiter>>,
}

/// Why the queue could not be entered.
#[derive(Debug)]
pub(super) enum QueueError {
    /// Nobody came out in time.
    Timeout,
    /// The operating system refused.
    Io(io::Error),
}

#[derive(Debug)]
struct Waiter {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug)]
enum Waiting {
    /// The thread waits for the lock, and somebody waits for the thread.
    Wanted,
    /// The thread waits for the lock; nobody waits for the thread.
    Abandoned,
    /// The lock, in a file of its own.
    Granted(File),
    /// The thread is done.
    Ended(Option<io::Error>),
}

impl WriteQueue {
    /// Opens the file, or makes it, readable by its owner only.
    ///
    /// # Errors
    /// The operating system's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            file: open(path)?,
            inside: false,
            turns: TURNS,
            waiter: None,
        })
    }

    /// Goes in, after everybody who asked before, or gives up after `patience`.
    ///
    /// # Errors
    /// [`QueueError`]
    pub(super) fn enter(&mut self, patience: Duration) -> Result<(), QueueError> {
        if self.inside {
            return Ok(());
        }
        match self.step_in() {
            Ok(()) => {}
            Err(Errno::AGAIN | Errno::ACCESS) => {
                self.file = self.queue(patience)?;
                self.turns = TURNS;
            }
            Err(error) => return Err(QueueError::Io(error.into())),
        }
        self.inside = true;
        Ok(())
    }

    /// Comes out. Safe to call outside.
    pub(super) fn leave(&mut self) {
        if self.inside {
            unlock(&self.file);
            self.inside = false;
        }
    }

    /// Goes in if nobody is inside; once our turns are used up, only if nobody is next either.
    fn step_in(&mut self) -> rustix::io::Result<()> {
        let lock = FlockOperation::NonBlockingLockExclusive;
        if self.turns > 0 {
            self.turns -= 1;
            return flock(&self.file, lock);
        }
        next_in_line(&self.file, Next::Try)?;
        let entered = flock(&self.file, lock);
        next_in_line(&self.file, Next::GiveUp)?;
        entered?;
        self.turns = TURNS;
        Ok(())
    }

    fn queue(&mut self, patience: Duration) -> Result<File, QueueError> {
        let waiter = match self.waiter.take().filter(|waiter| waiter.resume()) {
            Some(waiter) => waiter,
            None => {
                Waiter::start(open(&self.path).map_err(QueueError::Io)?).map_err(QueueError::Io)?
            }
        };
        match waiter.wait(patience) {
            Err(QueueError::Timeout) => {
                self.waiter = Some(waiter);
                Err(QueueError::Timeout)
            }
            result => result,
        }
    }

    /// What [`WriteQueue::write_mark`] wrote; empty if it never did.
    ///
    /// # Errors
    /// The operating system's.
    pub(super) fn mark(&mut self) -> io::Result<String> {
        let mut text = String::new();
        self.file.seek(SeekFrom::Start(0))?;
        (&self.file)
            .take(MAX_MARK_BYTES)
            .read_to_string(&mut text)?;
        Ok(text.trim().to_owned())
    }

    /// Replaces the mark, durably. For a caller who is inside.
    ///
    /// # Errors
    /// The operating system's.
    pub(super) fn write_mark(&mut self, mark: &str) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.set_len(0)?;
        self.file.write_all(format!("{mark}\n").as_bytes())?;
        self.file.sync_all()
    }
}

impl Drop for WriteQueue {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Waiter {
    fn start(file: File) -> io::Result<Arc<Self>> {
        let waiter = Arc::new(Self {
            state: Mutex::new(Waiting::Wanted),
            changed: Condvar::new(),
        });
        let theirs = Arc::clone(&waiter);
        // A signal of the process, a timer's for one, must find the threads that expect it: the new
        // thread inherits a mask that takes none.
        let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        let spawned = std::thread::Builder::new()
            .name("twofactor-queue".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || theirs.run(file));
        before.thread_set_mask()?;
        spawned.map(|_| waiter)
    }

    /// The thread.
    fn run(&self, file: File) {
        let locked = retry_on_intr(|| next_in_line(&file, Next::Wait))
            .and_then(|()| retry_on_intr(|| flock(&file, FlockOperation::LockExclusive)));
        let _ = next_in_line(&file, Next::GiveUp);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match (locked, &*state) {
            (Err(error), _) => Waiting::Ended(Some(error.into())),
            (Ok(()), Waiting::Wanted) => Waiting::Granted(file),
            (Ok(()), _) => {
                unlock(&file);
                Waiting::Ended(None)
            }
        };
        self.changed.notify_one();
    }

    /// Waits again for a thread that was given up on; false if that one is done.
    fn resume(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = matches!(*state, Waiting::Abandoned);
        if waits {
            *state = Waiting::Wanted;
        }
        waits
    }

    fn wait(&self, patience: Duration) -> Result<File, QueueError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, patience, |state| matches!(state, Waiting::Wanted))
            .unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, Waiting::Wanted) {
            *state = Waiting::Abandoned;
            return Err(QueueError::Timeout);
        }
        match std::mem::replace(&mut *state, Waiting::Ended(None)) {
            Waiting::Granted(file) => Ok(file),
            Waiting::Ended(Some(error)) => Err(QueueError::Io(error)),
            Waiting::Ended(None) | Waiting::Wanted | Waiting::Abandoned => Err(QueueError::Timeout),
        }
    }
}

/// Never follows a link, and takes nothing that is not a plain file with one name: what is made here
/// may be made by root in a directory of somebody else.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mode = Mode::RUSR | Mode::WUSR;
    let file = match rustix::fs::open(path, flags | OFlags::EXCL, mode) {
        Ok(made) => {
            let made = File::from(made);
            hand_over(&made, path);
            made
        }
        Err(Errno::EXIST) => match rustix::fs::open(path, flags, mode) {
            Err(Errno::LOOP) => return Err(io::Error::from(io::ErrorKind::InvalidInput)),
            opened => File::from(opened?),
        },
        Err(error) => return Err(error.into()),
    };
    let found = file.metadata()?;
    if !found.is_file() || found.nlink() > 1 {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // A strange umask may have taken bits away; somebody may have added some.
    if found.mode() & 0o777 != 0o600 && found.uid() == rustix::process::geteuid().as_raw() {
        rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR)?;
    }
    Ok(file)
}

/// What root makes in somebody's directory is theirs: a store that was first opened by an operator is the
/// web server's all the same. For a file that was made just now, and by its descriptor: a name in that
/// directory may mean another file by now.
pub(super) fn hand_over(made: &File, path: &Path) {
    if rustix::process::geteuid().is_root()
        && let Ok(directory) = std::fs::metadata(path.parent().unwrap_or(Path::new("/")))
    {
        // Where root may not, the file stays root's, and who cannot open it is told so.
        let _ = fchown(made, Some(directory.uid()), None);
    }
}

/// What to do about being next in line.
#[derive(Debug, Clone, Copy)]
enum Next {
    Try,
    Wait,
    GiveUp,
}

/// The record lock of the open file (`F_OFD_SETLK`), over all of it.
fn next_in_line(file: &File, what: Next) -> rustix::io::Result<()> {
    let kind = match what {
        Next::Try | Next::Wait => libc::F_WRLCK,
        Next::GiveUp => libc::F_UNLCK,
    };
    let narrow = |constant: i32| i16::try_from(constant).map_err(|_| Errno::INVAL);
    let lock = libc::flock {
        l_type: narrow(kind)?,
        l_whence: narrow(SEEK_SET)?,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    let argument = match what {
        Next::Wait => FcntlArg::F_OFD_SETLKW(&lock),
        Next::Try | Next::GiveUp => FcntlArg::F_OFD_SETLK(&lock),
    };
    match fcntl(file, argument) {
        Ok(_) => Ok(()),
        Err(error) => Err(Errno::from_raw_os_error(error as i32)),
    }
}

/// Unlocks by name rather than by closing: a forked child may hold a copy of the file.
fn unlock(file: &File) {
    // Cannot fail on a lock that is held; closing the file would be the only other remedy.
    let _ = flock(file, FlockOperation::Unlock);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(20);

    fn queues<const N: usize>() -> (tempfile::TempDir, [WriteQueue; N]) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.lock");
        (
            directory,
            std::array::from_fn(|_| WriteQueue::open(&path).unwrap()),
        )
    }

    #[test]
    fn one_is_inside_and_the_next_enters_when_it_leaves() {
        let (_directory, [mut a, mut b]) = queues();
        a.enter(SOON).unwrap();
        a.enter(SOON).unwrap();
        assert!(matches!(b.enter(SOON), Err(QueueError::Timeout)));
        let leaver = std::thread::spawn(move || {
            std::thread::sleep(SOON);
            a.leave();
            a
        });
        b.enter(LONG).unwrap();
        let mut a = leaver.join().unwrap();
        assert!(matches!(a.enter(SOON), Err(QueueError::Timeout)));
        drop(b);
        a.enter(LONG).unwrap();
    }

    #[test]
    fn a_wait_that_was_given_up_holds_nothing_later() {
        let (_directory, [mut a, mut b, mut c]) = queues();
        a.enter(SOON).unwrap();
        for _ in 0..3 {
            assert!(matches!(
                b.enter(Duration::from_millis(5)),
                Err(QueueError::Timeout)
            ));
        }
        a.leave();
        c.enter(LONG).unwrap();
        c.leave();
        b.enter(LONG).unwrap();
        b.leave();
        c.enter(LONG).unwrap();
    }

    #[test]
    fn a_link_is_not_followed_and_a_wide_mode_is_tightened() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        std::fs::write(&file, "").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(WriteQueue::open(&link).is_err());
        WriteQueue::open(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_mark_is_what_was_written_last() {
        let (_directory, [mut a, mut b]) = queues();
        assert_eq!(a.mark().unwrap(), "");
        a.write_mark("a longer one").unwrap();
        a.write_mark("one").unwrap();
        assert_eq!(b.mark().unwrap(), "one");
    }
}
