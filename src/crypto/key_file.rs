//! A key file with another key, another first key, or one key less. Built for the command line alone.
//!
//! ```text
//!   lock of the folder ─▶ file read ─▶ changed, and read back ─▶ FILE.new, whole and durable ─▶ noted ─▶ renamed over FILE
//! ```
//!
//! So whoever reads the file at any moment reads all of the keys, as they were or as they are; of two who change it at once
//! one is refused; and whoever is killed in between leaves the file as it was, and beside it one that nobody else may read,
//! which the next change removes.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{XattrFlags, fgetxattr, fsetxattr};
use zeroize::Zeroizing;

use super::random::RandomError;
use super::ring::{KeyError, KeyId, KeyRing};

/// What stands between two keys.
const ENDS: [char; 2] = ['\n', ';'];

/// Where Linux keeps who else may read a file (acl(5)).
const ACCESS_LIST: &str = "system.posix_acl_access";

/// Longer than any list of those.
const MOST_ACCESS_BYTES: usize = 64 * 1024;

/// What is to become of a key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChange {
    /// A new key, the last one: it opens, and seals nothing yet.
    Add,
    /// This one is the first, so that it seals.
    Promote(KeyId),
    /// This one goes.
    Retire(KeyId),
}

/// Why a key file stays as it is. For operators; holds no key material.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// What it says, or that it cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// There is no such key.
    #[error("there is no key {0} in it")]
    Unknown(KeyId),
    /// It is what is asked for.
    #[error("the key {0} is the first one already")]
    IsFirst(KeyId),
    /// Nothing could be sealed any more.
    #[error("the key {0} seals everything that is written: put another one first before it goes")]
    Seals(KeyId),
    /// Somebody else changes it.
    #[error(
        "somebody else is changing the key file {path} at this moment, or has just changed it: look at it, and try again"
    )]
    Busy {
        /// Where.
        path: String,
    },
    /// It cannot be written.
    #[error("the key file {path} cannot be changed: {source}")]
    Unwritable {
        /// Where.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// A fault of ours.
    #[error("the key file {path} would not say afterwards what it has to: it is left as it is")]
    Fault {
        /// Where.
        path: String,
    },
}

/// A key file that may be changed.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
}

/// A key file as it will be. What is not put in its place is removed.
pub struct StagedKeys {
    path: PathBuf,
    staged: PathBuf,
    /// Locked.
    folder: File,
    /// The file that was read: number and time of its last change.
    was: (u64, i64, i64),
    is_done: bool,
    /// The key that it is about.
    pub key: KeyId,
}

impl fmt::Debug for StagedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StagedKeys")
            .field("path", &self.path)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl Drop for StagedKeys {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_file(&self.staged);
        }
    }
}

/// The id in a part of the text, if it is a key.
fn id_of(part: &str) -> Option<KeyId> {
    let part = part.trim_end_matches(ENDS).trim();
    if part.starts_with('#') {
        return None;
    }
    KeyId::read(part.split_once('=')?.0.trim())
}

/// The text with that change, the key that it is about, and the ids that are to be in it. Comments stay where they are.
fn changed(
    text: &str,
    change: &KeyChange,
) -> Result<(Zeroizing<String>, KeyId, Vec<KeyId>), KeyFileError> {
    let ring = KeyRing::parse(text)?;
    let mut ids: Vec<KeyId> = ring.ids().cloned().collect();
    // Room for all: growing would leave copies behind.
    let mut new = Zeroizing::new(String::with_capacity(text.len().saturating_add(128)));
    let parts = || text.split_inclusive(ENDS);
    let key = match change {
        KeyChange::Add => {
            let (id, line) = KeyRing::new_line()?;
            let id = KeyId::read(&id).ok_or(RandomError)?;
            new.push_str(text);
            if !text.is_empty() && !text.ends_with('\n') {
                new.push('\n');
            }
            new.extend([line.as_str(), "\n"]);
            ids.push(id.clone());
            id
        }
        KeyChange::Promote(id) | KeyChange::Retire(id) => {
            let is_that = |part: &str| id_of(part).as_ref() == Some(id);
            let moved = parts().find(|part| is_that(part));
            let moved = moved.ok_or_else(|| KeyFileError::Unknown(id.clone()))?;
            let is_first = ring.first() == Some(id);
            let is_promoted = matches!(change, KeyChange::Promote(_));
            if is_first {
                let id = id.clone();
                return Err(if is_promoted {
                    KeyFileError::IsFirst(id)
                } else {
                    KeyFileError::Seals(id)
                });
            }
            ids.retain(|it| it != id);
            let mut is_put = !is_promoted;
            for part in parts().filter(|part| !is_that(part)) {
                if !is_put && id_of(part).is_some() {
                    new.extend([moved.trim_end_matches(ENDS).trim(), "\n"]);
                    is_put = true;
                }
                new.push_str(part);
            }
            if is_promoted {
                ids.insert(0, id.clone());
            }
            id.clone()
        }
    };
    Ok((new, key, ids))
}

fn state(file: &File) -> io::Result<(u64, i64, i64)> {
    let facts = file.metadata()?;
    Ok((facts.ino(), facts.mtime(), facts.mtime_nsec()))
}

/// Whoever else may read `from` may read `to`.
fn copy_access(from: &File, to: &File) -> io::Result<()> {
    let mut list = vec![0; MOST_ACCESS_BYTES];
    // No list, or a file system without.
    let Ok(length) = fgetxattr(from, ACCESS_LIST, list.as_mut_slice()) else {
        return Ok(());
    };
    let list = list.get(..length).unwrap_or_default();
    Ok(fsetxattr(to, ACCESS_LIST, list, XattrFlags::empty())?)
}

impl KeyFile {
    /// The file of that path; where a link leads to it, the file itself.
    ///
    /// # Errors
    /// [`KeyFileError::Keys`] of one that cannot be read, or of which everybody can.
    pub fn of(path: &Path) -> Result<Self, KeyFileError> {
        KeyRing::read_file(path)?;
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Ok(Self { path })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it can be changed so, as far as what it says goes.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn allows(&self, change: &KeyChange) -> Result<(), KeyFileError> {
        changed(&KeyRing::text_of(&self.path)?, change).map(drop)
    }

    /// Writes the changed file beside it, of the same owner and with the same rights.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn stage(&self, change: &KeyChange) -> Result<StagedKeys, KeyFileError> {
        let path = || self.path.display().to_string();
        let unwritable = |source: io::Error| KeyFileError::Unwritable {
            path: path(),
            source,
        };
        let folder = self.path.parent().filter(|it| *it != Path::new(""));
        let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(unwritable)?;
        match folder.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(KeyFileError::Busy { path: path() }),
            Err(TryLockError::Error(why)) => return Err(unwritable(why)),
        }
        let old = File::open(&self.path).map_err(unwritable)?;
        let was = state(&old).map_err(unwritable)?;
        let (text, key, ids) = changed(&KeyRing::text_of(&self.path)?, change)?;
        let is_right = KeyRing::parse(&text).is_ok_and(|ring| ring.ids().eq(ids.iter()));
        if !is_right {
            return Err(KeyFileError::Fault { path: path() });
        }
        let mut staged = self.path.clone().into_os_string();
        staged.push(".new");
        let staged = StagedKeys {
            path: self.path.clone(),
            staged: PathBuf::from(staged),
            folder,
            was,
            is_done: false,
            key,
        };
        staged.write(&old, &text).map_err(unwritable)?;
        Ok(staged)
    }
}

impl StagedKeys {
    fn write(&self, old: &File, text: &str) -> io::Result<()> {
        // Whoever was killed over it is gone, for the folder is ours.
        match fs::remove_file(&self.staged) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let facts = old.metadata()?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.staged)?;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (facts.uid(), facts.gid()) {
            fchown(&file, Some(facts.uid()), Some(facts.gid()))?;
        }
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::Permissions::from_mode(facts.mode() & 0o7777))?;
        copy_access(old, &file)?;
        file.sync_all()
    }

    /// Puts it in the place of the one that was read.
    ///
    /// # Errors
    /// [`KeyFileError::Busy`], [`KeyFileError::Unwritable`]; then that one is there still.
    pub fn put(mut self) -> Result<KeyId, KeyFileError> {
        let path = || self.path.display().to_string();
        let is_same = File::open(&self.path).and_then(|file| state(&file));
        if is_same.ok() != Some(self.was) {
            return Err(KeyFileError::Busy { path: path() });
        }
        if let Err(source) = fs::rename(&self.staged, &self.path) {
            return Err(KeyFileError::Unwritable {
                path: path(),
                source,
            });
        }
        self.is_done = true;
        // It is there; a power cut might bring the old one back, which has the same keys or one more.
        let _ = self.folder.sync_all();
        Ok(self.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn id(text: &str) -> KeyId {
        KeyId::read(text).unwrap()
    }

    fn ids(text: &str) -> Vec<String> {
        let ring = KeyRing::parse(text).unwrap();
        ring.ids().map(|id| id.as_str().to_owned()).collect()
    }

    /// A folder with a key file.
    fn file(text: &str) -> (tempfile::TempDir, KeyFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let file = KeyFile::of(&path).unwrap();
        (folder, file)
    }

    fn text(file: &KeyFile) -> String {
        fs::read_to_string(file.path()).unwrap()
    }

    #[test]
    fn a_key_is_added_last_put_first_and_taken_out_and_comments_stay() {
        let (folder, file) = file(&format!("# ours\na = {KEY}\n# old\nb={KEY};c={KEY}"));
        let added = file.stage(&KeyChange::Add).unwrap().put().unwrap();
        assert_eq!(ids(&text(&file)), ["a", "b", "c", added.as_str()]);
        file.stage(&KeyChange::Promote(added.clone()))
            .unwrap()
            .put()
            .unwrap();
        assert_eq!(ids(&text(&file)), [added.as_str(), "a", "b", "c"]);
        file.stage(&KeyChange::Promote(id("c")))
            .unwrap()
            .put()
            .unwrap();
        file.stage(&KeyChange::Retire(id("a")))
            .unwrap()
            .put()
            .unwrap();
        assert_eq!(ids(&text(&file)), ["c", added.as_str(), "b"]);
        assert!(text(&file).starts_with("# ours\nc") && text(&file).contains("# old\n"));
        assert_eq!(fs::metadata(file.path()).unwrap().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_and_changes_nothing() {
        let (folder, file) = file(&format!("a={KEY}\nb={KEY}\n"));
        let before = text(&file);
        let why = |change| file.stage(&change).unwrap_err();
        assert!(matches!(
            why(KeyChange::Promote(id("a"))),
            KeyFileError::IsFirst(_)
        ));
        assert!(matches!(
            why(KeyChange::Promote(id("x"))),
            KeyFileError::Unknown(_)
        ));
        assert!(matches!(
            why(KeyChange::Retire(id("x"))),
            KeyFileError::Unknown(_)
        ));
        assert!(matches!(
            why(KeyChange::Retire(id("a"))),
            KeyFileError::Seals(_)
        ));
        // What is not put in its place is gone, and one that somebody was killed over is removed.
        fs::write(folder.path().join("keys.new"), "half").unwrap();
        drop(file.stage(&KeyChange::Add).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(text(&file), before);
    }

    #[test]
    fn of_two_who_change_it_at_once_one_is_refused_and_so_is_who_did_not_see_the_last_change() {
        let (_folder, file) = file(&format!("a={KEY}\nb={KEY}\n"));
        let staged = file.stage(&KeyChange::Add).unwrap();
        assert!(matches!(
            file.stage(&KeyChange::Add),
            Err(KeyFileError::Busy { .. })
        ));
        // By hand, meanwhile.
        fs::remove_file(file.path()).unwrap();
        fs::write(file.path(), format!("b={KEY}\n")).unwrap();
        assert!(matches!(staged.put(), Err(KeyFileError::Busy { .. })));
        assert_eq!(ids(&text(&file)), ["b"]);
    }

    #[test]
    fn a_link_stays_one_and_what_everybody_can_read_is_not_touched() {
        let (folder, file) = file(&format!("a={KEY}\nb={KEY}\n"));
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("keys", &link).unwrap();
        let linked = KeyFile::of(&link).unwrap();
        linked
            .stage(&KeyChange::Promote(id("b")))
            .unwrap()
            .put()
            .unwrap();
        assert!(link.is_symlink());
        assert_eq!(ids(&text(&file)), ["b", "a"]);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            KeyFile::of(&link),
            Err(KeyFileError::Keys(KeyError::Exposed { .. }))
        ));
    }

    proptest! {
        /// Whatever stands between them: the keys are those that were, in the order that was asked for.
        #[test]
        fn no_key_is_lost_or_changed_whatever_the_file_looks_like(
            keys in prop::collection::btree_map("[a-z0-9_-]{1,16}", any::<[u8; 32]>(), 1..6),
            between in prop::collection::vec("\n|;|\n# a = b\n| ; \n\n|\n#\n;", 7),
            end in "\n|;|",
            at in any::<prop::sample::Index>(),
        ) {
            let mut text = String::new();
            for ((id, key), between) in keys.iter().zip(&between) {
                let key = data_encoding::BASE64.encode(key);
                text.push_str(&format!("{id} = {key}{between}"));
            }
            text.push_str(&end);
            let mut before = ids(&text);
            let names = |text: &str| {
                let ring = KeyRing::parse(text).unwrap();
                let names: Vec<_> = ring.names(&[b"x"]).iter().map(|it| *it.bytes()).collect();
                let mut all: Vec<_> = ids(text).into_iter().zip(names).collect();
                all.sort();
                all
            };
            let one = at.get(&before).clone();
            let promoted = changed(&text, &KeyChange::Promote(id(&one)));
            if before[0] == one {
                prop_assert!(promoted.is_err());
                return Ok(());
            }
            let promoted = promoted.unwrap().0;
            prop_assert_eq!(names(&promoted), names(&text));
            let retired = changed(&text, &KeyChange::Retire(id(&one))).unwrap().0;
            let mut left = names(&text);
            left.retain(|(it, _)| *it != one);
            prop_assert_eq!(names(&retired), left);
            before.retain(|it| *it != one);
            prop_assert_eq!(&ids(&retired), &before);
            before.insert(0, one);
            prop_assert_eq!(&ids(&promoted), &before);
            let (added, new, _) = changed(&text, &KeyChange::Add).unwrap();
            prop_assert_eq!(ids(&added).pop(), Some(new.as_str().to_owned()));
        }
    }
}
