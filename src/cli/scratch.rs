//! Files of somebody else, looked at and written by root: a folder that nobody else may write to, and names that are given
//! once.
//!
//! A copy of a store lies where its site's user, or anybody, may write. Whoever may rename things there chooses what a name
//! means at the next call; so nothing that lies there is opened twice, no link is followed, and what SQLite opens by its
//! name lies in a folder of ours whose folders above are ours or root's.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::failure::Failure;
use crate::crypto::{OsEntropy, random};

/// A folder of our own, which goes with the value.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Scratch {
    /// Below `wanted`, so that no other disk gets what is put there, where nobody else may write to that; otherwise below
    /// the folder for temporary files.
    ///
    /// # Errors
    /// [`Failure::Unusable`]
    pub(super) fn new(wanted: &Path) -> Result<Self, Failure> {
        let temporary = std::env::temp_dir();
        let folders = [wanted, temporary.as_path()].map(fs::canonicalize);
        let Some(folder) = folders.iter().flatten().find(|it| is_closed(it)) else {
            return Err(Failure::Unusable(format!(
                "others may write to {} and to {}: name a folder of your own in the environment variable TMPDIR",
                wanted.display(),
                temporary.display()
            )));
        };
        let path = folder.join(format!(".twofactor-{}", unguessable()?));
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|why| Failure::Unusable(format!("{}: {why}", path.display())))?;
        Ok(Self(path))
    }

    /// Where a store in it is.
    pub(super) fn store(&self) -> PathBuf {
        self.0.join("store.sqlite")
    }
}

/// A name that nobody has put anything at.
fn unguessable() -> Result<String, Failure> {
    let drawn = random::bytes::<16>(&mut OsEntropy);
    let drawn = drawn.map_err(|why| Failure::Unusable(why.to_string()))?;
    Ok(HEXLOWER.encode(&drawn))
}

/// Whether nobody but this user and root can put something else at a name in this folder: a path without links.
fn is_closed(folder: &Path) -> bool {
    let own = |owner: u32| owner == 0 || owner == euid();
    folder.ancestors().all(|it| {
        fs::symlink_metadata(it)
            .is_ok_and(|it| it.is_dir() && own(it.uid()) && !may_be_written(&it))
    })
}

/// Whether a group or everybody may take away what is in it.
fn may_be_written(folder: &Metadata) -> bool {
    folder.mode() & 0o022 != 0 && folder.mode() & 0o1000 == 0
}

fn euid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Opens a file to read it: no link, and nothing that is no file or that waits.
///
/// # Errors
/// [`Failure::NotFound`], [`Failure::Refused`], [`Failure::Unusable`]
pub(super) fn open_plain(path: &Path) -> Result<File, Failure> {
    let shown = path.display();
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => {
            let why = io::Error::from(Errno::NOENT);
            return Err(Failure::NotFound(format!("{shown}: {why}")));
        }
        Err(Errno::LOOP) => {
            let why = format!("{shown} is a link: name the file that it leads to");
            return Err(Failure::Refused(why));
        }
        Err(Errno::AGAIN) => {
            let why = format!("{shown} is kept by another program: try again");
            return Err(Failure::Unusable(why));
        }
        Err(why) => {
            let why = io::Error::from(why);
            return Err(Failure::Unusable(format!("{shown}: {why}")));
        }
    };
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(Failure::Unusable(format!("{shown} is not a file")))
    }
}

/// Everything of an open file into a new one.
///
/// # Errors
/// As the disk's.
pub(super) fn copy_into_new(from: &mut File, to: &Path) -> io::Result<()> {
    let mut made = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    io::copy(from, &mut made)?;
    made.sync_all()
}

/// What may stand beside a store.
const BESIDE: [&str; 4] = ["-wal", "-shm", "-journal", ".lock"];

/// Whether a new store may be put there.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::Unusable`]
pub(super) fn is_free(file: &Path) -> Result<(), Failure> {
    let shown = file.display();
    if fs::symlink_metadata(file).is_ok() {
        return Err(Failure::Refused(format!(
            "{shown} is there already: name a new file"
        )));
    }
    for suffix in BESIDE {
        let path = beside(file, suffix);
        if fs::symlink_metadata(&path).is_ok() {
            // SQLite would take what is in it for changes of the new file.
            return Err(Failure::Refused(format!(
                "{} is there, of another store that was called {shown}: remove it if that one is gone, or name another \
                 file",
                path.display()
            )));
        }
    }
    let folder = file.parent().unwrap_or(Path::new("/"));
    match fs::metadata(folder) {
        Ok(found) if found.mode() & 0o1002 == 0o0002 => Err(Failure::Unusable(format!(
            "every user of this machine may write to {folder}, and so put another file in the place of this one: run \
             chmod o-w {folder}",
            folder = folder.display()
        ))),
        _ => Ok(()),
    }
}

pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Gives a whole store of a scratch folder its name, in one step, and replaces nothing.
///
/// # Errors
/// [`Failure::Refused`] where something has come there meanwhile; as the disk's.
pub(super) fn publish(whole: &Path, file: &Path) -> Result<(), Failure> {
    let taken = || {
        let shown = file.display();
        Failure::Refused(format!("{shown} has come there meanwhile: name a new file"))
    };
    let mut opened = open_plain(whole)?;
    let found = opened.metadata()?;
    if found.uid() != euid() || found.nlink() != 1 || found.mode() & 0o077 != 0 {
        return Err(Failure::Unusable(format!(
            "{} is not as it was made: somebody else writes there",
            whole.display()
        )));
    }
    opened.sync_all()?;
    match rename_to_new(whole, file) {
        Err(Errno::XDEV) => {}
        Err(Errno::EXIST) => return Err(taken()),
        done => return done.map_err(|why| io::Error::from(why).into()),
    }
    // Another disk: under a name that nobody knows until it is whole.
    let part = file.with_file_name(format!(".twofactor-{}", unguessable()?));
    let done = copy_into_new(&mut opened, &part)
        .map_err(Failure::from)
        .and_then(|()| match rename_to_new(&part, file) {
            Err(Errno::EXIST) => Err(taken()),
            done => done.map_err(|why| io::Error::from(why).into()),
        });
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}

fn rename_to_new(from: &Path, to: &Path) -> Result<(), Errno> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system that cannot.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            rustix::fs::link(from, to)?;
            rustix::fs::unlink(from)
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_scratch_folder_is_ours_alone_and_lies_where_nobody_else_may_write() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
        let (within, link) = (theirs.join("within"), folder.path().join("link"));
        for path in [&ours, &theirs, &within] {
            fs::create_dir(path).unwrap();
        }
        for open in [0o707, 0o777, 0o770] {
            mode(&theirs, open);
            for place in [&theirs, &within] {
                let scratch = Scratch::new(place).unwrap();
                assert!(!scratch.0.starts_with(folder.path()), "{open:o}");
            }
        }
        symlink(&ours, &link).unwrap();
        mode(&theirs, 0o1777);
        for place in [&ours, &link, &theirs] {
            let scratch = Scratch::new(place).unwrap();
            assert!(scratch.0.starts_with(folder.path().canonicalize().unwrap()));
            let found = fs::symlink_metadata(&scratch.0).unwrap();
            assert_eq!((found.mode() & 0o7777, found.uid()), (0o700, euid()));
            let path = scratch.0.clone();
            fs::write(scratch.store(), "x").unwrap();
            drop(scratch);
            assert!(!path.exists());
        }
    }

    #[test]
    fn only_a_plain_file_is_opened_and_nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "x").unwrap();
        symlink(path("file"), path("link")).unwrap();
        nix::unistd::mkfifo(&path("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        open_plain(&path("file")).unwrap();
        for (name, said) in [
            ("link", "is a link"),
            ("pipe", "is not a file"),
            (".", "is not a file"),
            ("none", "No such file"),
        ] {
            let why = open_plain(&path(name)).unwrap_err().to_string();
            assert!(why.contains(said), "{name}: {why}");
        }
    }

    #[test]
    fn a_store_gets_its_name_once_and_replaces_nothing_also_from_another_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        // Another disk on most machines; where it is not, the first way is taken twice.
        let other = tempfile::tempdir_in("/dev/shm").unwrap();
        for (at, whole) in [path("whole"), other.path().join("whole")]
            .iter()
            .enumerate()
        {
            let make = || {
                fs::write(whole, "all").unwrap();
                mode(whole, 0o600);
            };
            let file = path(&format!("file-{at}"));
            make();
            publish(whole, &file).unwrap();
            assert_eq!(fs::read(&file).unwrap(), b"all");
            let found = fs::symlink_metadata(&file).unwrap();
            assert_eq!((found.mode() & 0o777, found.nlink()), (0o600, 1));
            // Whatever has come there stays as it is, and what a link leads to.
            fs::write(path("victim"), "theirs").unwrap();
            fs::remove_file(&file).unwrap();
            symlink(path("victim"), &file).unwrap();
            make();
            let refused = publish(whole, &file);
            assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
            assert_eq!(fs::read(path("victim")).unwrap(), b"theirs");
            // A second name is somebody else's.
            make();
            let name = whole.with_file_name("name");
            fs::hard_link(whole, &name).unwrap();
            assert!(publish(whole, &path("other")).is_err());
            fs::remove_file(&name).unwrap();
        }
        let names = fs::read_dir(folder.path()).unwrap();
        let mut names = names.map(|it| it.unwrap().file_name().into_string().unwrap());
        assert!(names.all(|name| !name.starts_with('.')));
    }
}
