//! Keys that a program writes: it is run once, when the process starts.
//!
//! What it may be is what root alone decides: a file of root's that nobody else can write, in folders of which that holds, and
//! no shell is asked. It has no input, an environment of nothing but a PATH, and ten seconds. Neither what it writes nor what it
//! complains of is repeated anywhere.

use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use crate::clock::instant;

/// For as long as a process may wait for its keys.
const LONGEST: Duration = Duration::from_secs(10);

/// How often it is looked whether there is more.
const PAUSE: Duration = Duration::from_millis(2);

/// No keys are longer.
const MOST_BYTES: usize = 64 * 1024;

/// Nothing of what the process was started with goes to the program.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

const STICKY: u32 = 0o1000;

/// Why it gave none. For operators; holds nothing of what it wrote.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It cannot be run.
    #[error("the program {path} that writes the keys cannot be run: {source}")]
    NotRun {
        /// Where.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// Others than root could put another program there.
    #[error(
        "the program that writes the keys is not run: {path} has to belong to root, and nobody else may write to it (chown root {path}; chmod go-w {path})"
    )]
    Exposed {
        /// The program, or a folder that it is in.
        path: String,
    },
    /// It says that it failed.
    #[error(
        "the program {path} that writes the keys has failed: run it as root and see what it says"
    )]
    Failed {
        /// Where.
        path: String,
    },
    /// It took too long.
    #[error("the program {path} that writes the keys took longer than {} seconds, or wrote too much, and was ended", LONGEST.as_secs())]
    TooLong {
        /// Where.
        path: String,
    },
}

/// The real program, if root alone decides what it is.
fn trusted(path: &Path) -> Result<PathBuf, CommandError> {
    let not_run = |source| CommandError::NotRun {
        path: path.display().to_string(),
        source,
    };
    let real = fs::canonicalize(path).map_err(not_run)?;
    let facts = fs::metadata(&real).map_err(not_run)?;
    if !facts.is_file() {
        return Err(not_run(ErrorKind::InvalidInput.into()));
    }
    for place in real.ancestors() {
        let facts = fs::metadata(place).map_err(not_run)?;
        // In a folder such as /tmp nobody may replace what is another's.
        let is_sticky = facts.is_dir() && facts.mode() & STICKY != 0;
        if facts.uid() != 0 || facts.mode() & 0o022 != 0 && !is_sticky {
            return Err(CommandError::Exposed {
                path: place.display().to_string(),
            });
        }
    }
    Ok(real)
}

/// A program that is ended with the value, with all that it has started.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

/// What it writes.
///
/// # Errors
/// [`CommandError`]
pub(super) fn output(path: &Path) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    output_within(path, LONGEST)
}

fn output_within(path: &Path, longest: Duration) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let shown = || path.display().to_string();
    let not_run = |source| CommandError::NotRun {
        path: shown(),
        source,
    };
    let real = trusted(path)?;
    let begun = instant();
    let child = Command::new(real)
        .env_clear()
        .env("PATH", PATH)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut running = Running(child.map_err(not_run)?);
    let out = running.0.stdout.take();
    let mut out = out.ok_or_else(|| not_run(ErrorKind::BrokenPipe.into()))?;
    let flags = fcntl_getfl(&out).map_err(|why| not_run(why.into()))?;
    fcntl_setfl(&out, flags | OFlags::NONBLOCK).map_err(|why| not_run(why.into()))?;
    // Room for all: growing would leave copies behind.
    let mut text = Zeroizing::new(vec![0; MOST_BYTES]);
    let mut length = 0_usize;
    loop {
        let room = text.get_mut(length..).unwrap_or_default();
        if room.is_empty() || begun.elapsed() >= longest {
            return Err(CommandError::TooLong { path: shown() });
        }
        match out.read(room) {
            Ok(0) => break,
            Ok(more) => length = length.saturating_add(more),
            Err(why) if why.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(not_run(why)),
        }
    }
    // It has closed its output; that it went well it has still to say.
    loop {
        match running.0.try_wait().map_err(not_run)? {
            Some(status) if status.success() => break,
            Some(_) => return Err(CommandError::Failed { path: shown() }),
            None if begun.elapsed() >= longest => {
                return Err(CommandError::TooLong { path: shown() });
            }
            None => thread::sleep(PAUSE),
        }
    }
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A program of root's, if this is root.
    fn program(folder: &Path, name: &str, lines: &str) -> Option<PathBuf> {
        if !rustix::process::geteuid().is_root() {
            return None;
        }
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Some(path)
    }

    #[test]
    fn what_a_program_of_root_writes_is_read_and_it_is_told_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let lines = "env | sort; echo \"in: $(cat)\"; pwd; echo secret >&2";
        let Some(path) = program(folder.path(), "good", lines) else {
            return;
        };
        let said = String::from_utf8(output(&path).unwrap().to_vec()).unwrap();
        assert_eq!(said, format!("PATH={PATH}\nPWD=/\nin: \n/\n"));
    }

    #[test]
    fn one_that_fails_hangs_or_writes_for_ever_gives_nothing_and_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let short = Duration::from_millis(300);
        let Some(path) = program(
            folder.path(),
            "fails",
            "echo c4nary; echo c4nary >&2; exit 3",
        ) else {
            return;
        };
        let why = output(&path).unwrap_err();
        assert!(matches!(why, CommandError::Failed { .. }));
        assert!(!format!("{why} {why:?}").contains("c4nary"));
        let mark = folder.path().join("mark");
        let hangs = format!("(sleep 2; touch {}) & sleep 100", mark.display());
        for lines in [hangs.as_str(), "exec >&-; sleep 100", "exec cat /dev/zero"] {
            let path = program(folder.path(), "hangs", lines).unwrap();
            let begun = instant();
            let why = output_within(&path, short).unwrap_err();
            assert!(
                matches!(why, CommandError::TooLong { .. }),
                "{lines}: {why}"
            );
            assert!(begun.elapsed() < Duration::from_secs(5), "{lines}");
        }
        // What it had started is ended, too.
        let groups = fs::read_dir("/proc").unwrap().filter_map(|it| {
            let command = fs::read(it.ok()?.path().join("cmdline")).ok()?;
            Some(String::from_utf8_lossy(&command).into_owned())
        });
        let left = groups.filter(|command| command.contains("hangs")).count();
        assert_eq!(left, 0);
    }

    #[test]
    fn one_that_others_could_replace_is_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let mark = folder.path().join("mark");
        let Some(path) = program(&inner, "run", &format!("touch {}", mark.display())) else {
            return;
        };
        let refused = || matches!(output(&path), Err(CommandError::Exposed { .. }));
        for (place, mode) in [
            (&path, 0o775),
            (&path, 0o757),
            (&inner, 0o775),
            (&inner, 0o707),
        ] {
            let before = fs::metadata(place).unwrap().permissions();
            fs::set_permissions(place, fs::Permissions::from_mode(mode)).unwrap();
            assert!(refused(), "{} {mode:o}", place.display());
            fs::set_permissions(place, before).unwrap();
        }
        for place in [&path, &inner] {
            std::os::unix::fs::chown(place, Some(4711), None).unwrap();
            assert!(refused(), "{}", place.display());
            std::os::unix::fs::chown(place, Some(0), None).unwrap();
        }
        // By a link it is what the link leads to that counts.
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(output(&link), Err(CommandError::Exposed { .. })));
        assert!(matches!(output(&inner), Err(CommandError::NotRun { .. })));
        assert!(matches!(
            output(&inner.join("none")),
            Err(CommandError::NotRun { .. })
        ));
        assert!(!mark.exists());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        output(&link).unwrap();
        assert!(mark.exists());
    }
}
