//! The key ring: which keys there are, where they come from, how they are kept.
//!
//! A key file is a text that a person can read and a script can append to:
//!
//! ```text
//! # one key a line: id, equals sign, 32 bytes in base 64. The first seals, all open.
//! k20261121a = 3q2+7w…
//! ```
//!
//! To rotate, put a new line first. The environment variable holds the same text; there a `;` may
//! stand for the end of a line.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use zeroize::{Zeroize, Zeroizing};

use super::decoded;
use super::hash::{HashKey, KeyedHash, PreparedKey, hash, scrub_stack};
use super::random::{self, OsEntropy};

/// No key file is longer: far more than any number of keys in use at once.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// The name of a key: 1 to 16 letters, digits, `-` or `_`. Not secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The id that a text is; `None` if it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let fits = (1..=16).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct Key {
    id: KeyId,
    master: PreparedKey,
}

const _: fn(&Key) -> &PreparedKey = |key| &key.master;

/// All keys of a site; cheap to clone. Redacts itself. Keys stay where they were read to: moving would
/// leave copies behind.
#[derive(Clone)]
pub struct KeyRing(Arc<Vec<Key>>);

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|k| k.id.as_str()))
            .finish()
    }
}

/// Why there is no usable key. Display is written for the operator and holds no key material.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error(
        "the key file {path} cannot be read: {why}. Check twofactor.key_file and the file's owner"
    )]
    Unreadable {
        /// Where.
        path: String,
        /// In words.
        why: String,
        /// What the operating system says.
        source: Option<io::Error>,
    },
    /// The file cannot be written.
    #[error("the key file {path} cannot be written: {source}")]
    Unwritable {
        /// Where.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// Everybody can read it.
    #[error(
        "the key file {path} can be read by every user of this machine; run: chmod o-rwx {path}"
    )]
    Exposed {
        /// Where.
        path: String,
    },
    /// A line is not `id = key`.
    #[error(
        "line {line} of the keys is not `id = key` with an id of 1 to 16 letters, digits, - or _ and 32 bytes in base 64"
    )]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
    /// Two lines have the same id.
    #[error("line {line} of the keys repeats an id")]
    Repeated {
        /// Counted from 1.
        line: usize,
    },
    /// No key in it.
    #[error("there is no key in the key file or environment variable")]
    Empty,
    /// No random bytes to make one.
    #[error(transparent)]
    Random(#[from] random::RandomError),
}

impl KeyRing {
    /// Reads keys from the text described above.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], [`KeyError::Repeated`], [`KeyError::Empty`]
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let lines = text.split(['\n', ';']);
        // Room for all: growing would leave copies behind.
        let mut keys: Vec<Key> = Vec::with_capacity(lines.clone().count());
        for (index, raw) in lines.enumerate() {
            let line = index.saturating_add(1);
            let entry = raw.trim();
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            let malformed = || KeyError::Malformed { line };
            let (id, key) = entry.split_once('=').ok_or_else(malformed)?;
            let id = KeyId::read(id.trim()).ok_or_else(malformed)?;
            let bytes = decoded(&BASE64, key.trim().as_bytes()).ok_or_else(malformed)?;
            let mut master: [u8; 32] = bytes.as_slice().try_into().map_err(|_| malformed())?;
            if keys.iter().any(|k| k.id == id) {
                return Err(KeyError::Repeated { line });
            }
            keys.push(Key {
                id,
                master: PreparedKey::new(HashKey::new(master).expose()),
            });
            master.zeroize();
            scrub_stack();
        }
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        Ok(Self(Arc::new(keys)))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyError`]; a file that every user of the machine can read is refused.
    pub fn read_file(path: &Path) -> Result<Self, KeyError> {
        Self::parse(&Self::text_of(path)?)
    }

    /// What a key file says.
    pub(super) fn text_of(path: &Path) -> Result<Zeroizing<String>, KeyError> {
        let unreadable = |why: String, source: Option<io::Error>| KeyError::Unreadable {
            path: path.display().to_string(),
            why,
            source,
        };
        let failed = |error: io::Error| unreadable(error.to_string(), Some(error));
        let mut file = fs::File::open(path).map_err(|error| {
            let why = why_not_opened(path, &error, |path| fs::metadata(path));
            unreadable(why, Some(error))
        })?;
        let facts = file.metadata().map_err(failed)?;
        if !facts.is_file() {
            return Err(unreadable("it is not a file".to_owned(), None));
        }
        if facts.mode() & 0o007 != 0 {
            return Err(KeyError::Exposed {
                path: path.display().to_string(),
            });
        }
        if facts.len() > MAX_FILE_BYTES {
            return Err(unreadable("it is too long for a key file".to_owned(), None));
        }
        // One allocation of the right size: growing would leave copies behind.
        let size = usize::try_from(facts.len()).unwrap_or(0);
        let mut text = Zeroizing::new(String::with_capacity(size.saturating_add(1)));
        Read::by_ref(&mut file)
            .take(MAX_FILE_BYTES)
            .read_to_string(&mut text)
            .map_err(failed)?;
        Ok(text)
    }

    /// A new key: its id, and its line without an end.
    ///
    /// # Errors
    /// [`random::RandomError`]
    pub fn new_line() -> Result<(String, Zeroizing<String>), random::RandomError> {
        let key = Zeroizing::new(random::bytes::<32>(&mut OsEntropy)?);
        let id = format!("k{}", HEXLOWER.encode(&random::bytes::<6>(&mut OsEntropy)?));
        let shown = Zeroizing::new(BASE64.encode(key.as_slice()));
        let room = id.len().saturating_add(3).saturating_add(shown.len());
        let mut line = Zeroizing::new(String::with_capacity(room));
        line.extend([id.as_str(), " = ", shown.as_str()]);
        Ok((id, line))
    }

    /// Writes a new key file (mode 0600) with one new key and returns its id. Never overwrites: of
    /// two processes that try at once one fails.
    ///
    /// # Errors
    /// [`KeyError::Unwritable`], [`KeyError::Random`]
    pub fn create_file(path: &Path) -> Result<String, KeyError> {
        Self::create(path, None)
    }

    /// As [`KeyRing::create_file`]; made by root, the file is `owner`'s.
    ///
    /// # Errors
    /// [`KeyError::Unwritable`], [`KeyError::Random`]
    pub fn create_file_of(owner: u32, path: &Path) -> Result<String, KeyError> {
        Self::create(path, Some(owner))
    }

    fn create(path: &Path, owner: Option<u32>) -> Result<String, KeyError> {
        let unwritable = |source: io::Error| KeyError::Unwritable {
            path: path.display().to_string(),
            source,
        };
        let (id, line) = Self::new_line()?;
        let head = "# ext-twofactor keys. Keep a copy in a safe place: without it no second factor can be verified.\n\
             # One key a line, `id = 32 bytes in base 64`. The first seals, all open.\n";
        let room = head.len().saturating_add(line.len()).saturating_add(1);
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.extend([head, line.as_str(), "\n"]);
        // Written whole under another name first, so that nobody ever reads half a key.
        let staged = path.with_extension(format!("{id}.new"));
        let written = (|| {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&staged)?;
            file.write_all(text.as_bytes())?;
            // Only root can give a file away.
            if file.metadata()?.uid() == 0 && owner.is_some() {
                let _ = fchown(&file, owner, None);
            }
            file.sync_all()?;
            fs::hard_link(&staged, path)?;
            match path.parent() {
                Some(folder) if folder != Path::new("") => fs::File::open(folder)?.sync_all(),
                _ => Ok(()),
            }
        })();
        let _ = fs::remove_file(&staged);
        written.map_err(unwritable)?;
        Ok(id)
    }

    /// A ring of one random key that nobody else has and that ends with this process.
    ///
    /// # Errors
    /// [`random::RandomError`]
    pub fn ephemeral() -> Result<Self, random::RandomError> {
        let master = HashKey::new(random::bytes(&mut OsEntropy)?);
        Ok(Self(Arc::new(vec![Key {
            id: KeyId("ephemeral".to_owned()),
            master: PreparedKey::new(master.expose()),
        }])))
    }

    /// Ids of all keys, the sealing one first.
    pub fn ids(&self) -> impl Iterator<Item = &KeyId> {
        self.0.iter().map(|k| &k.id)
    }

    /// The id of the first key: what is new is sealed with it, and derived from it.
    #[must_use]
    pub fn first(&self) -> Option<&KeyId> {
        self.ids().next()
    }

    /// Whether there is a key of that id.
    #[must_use]
    pub fn has(&self, id: &KeyId) -> bool {
        self.ids().any(|it| it == id)
    }

    /// The sealing key: its id and the key derived from it for `info`.
    pub(super) fn sealing(&self, info: &[&[u8]]) -> Option<(&KeyId, HashKey)> {
        let first = self.0.first()?;
        Some((&first.id, HashKey::new(*first.master.hash(info).bytes())))
    }

    /// A name for something that must be found again but not be known, under the sealing key: of a
    /// telephone number, an address. `parts` begin with what it is for.
    #[must_use]
    pub fn name(&self, parts: &[&[u8]]) -> Option<KeyedHash> {
        Some(name(&self.0.first()?.master, parts))
    }

    /// The names under every key: what was named before the keys changed is found, too.
    #[must_use]
    pub fn names(&self, parts: &[&[u8]]) -> Vec<KeyedHash> {
        self.0.iter().map(|key| name(&key.master, parts)).collect()
    }

    /// The key derived for `info` from the key of that id.
    pub(super) fn opening(&self, id: &str, info: &[&[u8]]) -> Option<HashKey> {
        let key = self.0.iter().find(|k| k.id.as_str() == id)?;
        Some(HashKey::new(*key.master.hash(info).bytes()))
    }
}

/// Why a file did not open. The system says "permission denied" of a file that may not be read and of one that nobody
/// knows is there, because its folder may not be entered: the way out is another one. `look` is what tells of a path.
fn why_not_opened<T>(
    path: &Path,
    error: &std::io::Error,
    look: impl Fn(&Path) -> std::io::Result<T>,
) -> String {
    if error.kind() != ErrorKind::PermissionDenied || look(path).is_ok() {
        return error.to_string();
    }
    let closed = path
        .ancestors()
        .skip(1)
        .find(|folder| look(folder).is_ok())
        .unwrap_or(path);
    format!(
        "the user that this runs as may not enter the folder {}, so whether the file is there cannot be seen",
        closed.display()
    )
}

fn name(master: &PreparedKey, parts: &[&[u8]]) -> KeyedHash {
    let key = HashKey::new(*master.hash(&[b"twofactor/name/1"]).bytes());
    hash(&key, parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_named_is_found_under_a_new_key_by_its_old_name() {
        let old = KeyRing::parse(&format!("a={KEY}")).unwrap();
        let new = KeyRing::parse(&format!("b={}1EA=;a={KEY}", &KEY[..40])).unwrap();
        let parts: [&[u8]; 2] = [b"phone", b"+4915123456789"];
        let before = old.name(&parts).unwrap();
        let names = new.names(&parts);
        assert_eq!(names.len(), 2);
        assert!(names.iter().any(|name| name.bytes() == before.bytes()));
        assert_ne!(new.name(&parts).unwrap().bytes(), before.bytes());
        assert_ne!(
            old.name(&[b"other", parts[1]]).unwrap().bytes(),
            before.bytes()
        );
    }

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn the_first_key_seals_and_all_are_there() {
        let ring = KeyRing::parse(&format!("# new\nb={KEY}\n\n a = {KEY} ; c={KEY}")).unwrap();
        assert_eq!(
            ring.ids().map(KeyId::as_str).collect::<Vec<_>>(),
            ["b", "a", "c"]
        );
        assert_eq!(ring.sealing(&[]).unwrap().0.as_str(), "b");
    }

    #[test]
    fn bad_keys_are_refused_by_line_and_never_echoed() {
        for (text, line) in [
            (format!("a={KEY}\nb:{KEY}"), 2),
            ("a=tooshortsecret".to_owned(), 1),
            (format!("a b={KEY}"), 1),
            (format!("={KEY}"), 1),
            (format!("seventeen_letters={KEY}"), 1),
        ] {
            let error = KeyRing::parse(&text).unwrap_err();
            assert!(
                matches!(error, KeyError::Malformed { line: l } if l == line),
                "{error}"
            );
            assert!(!error.to_string().contains("tooshort") && !error.to_string().contains(KEY));
        }
        assert!(matches!(
            KeyRing::parse(&format!("a={KEY};a={KEY}")),
            Err(KeyError::Repeated { line: 2 })
        ));
        assert!(matches!(
            KeyRing::parse("# nothing\n"),
            Err(KeyError::Empty)
        ));
    }

    #[test]
    fn a_new_key_file_is_private_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        let id = KeyRing::create_file(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let before = fs::read(&path).unwrap();
        assert!(matches!(
            KeyRing::create_file(&path),
            Err(KeyError::Unwritable { .. })
        ));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing is left behind"
        );
        let ring = KeyRing::read_file(&path).unwrap();
        assert_eq!(ring.ids().next().unwrap().as_str(), id);
    }

    #[test]
    fn root_makes_a_key_file_for_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        let me = fs::metadata(dir.path()).unwrap().uid();
        let owner = if me == 0 { 65534 } else { me };
        KeyRing::create_file_of(owner, &path).unwrap();
        let facts = fs::metadata(&path).unwrap();
        assert_eq!((facts.uid(), facts.mode() & 0o777), (owner, 0o600));
    }

    #[test]
    fn a_key_file_everybody_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        KeyRing::create_file(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        assert!(matches!(
            KeyRing::read_file(&path),
            Err(KeyError::Exposed { .. })
        ));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(KeyRing::read_file(&path).is_ok());
    }

    #[test]
    fn a_folder_that_may_not_be_entered_is_told_from_a_file_that_may_not_be_read() {
        let path = Path::new("/etc/twofactor/deep/keys");
        let denied = std::io::Error::from(ErrorKind::PermissionDenied);
        let is_there = |_: &Path| Ok(());
        assert_eq!(
            why_not_opened(path, &denied, is_there),
            denied.to_string(),
            "the file is there, and may not be read"
        );
        let closed = |path: &Path| {
            if path.starts_with("/etc/twofactor/deep") {
                return Err(std::io::Error::from(ErrorKind::PermissionDenied));
            }
            Ok(())
        };
        let why = why_not_opened(path, &denied, closed);
        assert!(
            why.contains("may not enter the folder /etc/twofactor,"),
            "{why}"
        );
        let missing = std::io::Error::from(ErrorKind::NotFound);
        assert_eq!(why_not_opened(path, &missing, closed), missing.to_string());
    }

    #[test]
    fn a_ring_shows_its_ids_only() {
        let ring = KeyRing::parse(&format!("a={KEY}")).unwrap();
        assert_eq!(format!("{ring:?}"), "[\"a\"]");
    }
}
