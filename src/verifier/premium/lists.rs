//! The lists of networks as a process has read them: once, and again when a file is another one.
//!
//! A setting that begins with a slash is a file, anything else the list itself. What is looked at before each request that
//! needs it is the file's device, inode, size and times: a microsecond. A file that is wrong, empty, no regular file, or
//! not there does not undo
//! what this process has read before, for whoever edits it must not stop everybody half-way; where nothing was read before
//! nothing is looked at, for a list that says who is kept out must not be left out because of a typing error.

use std::cell::{Cell, RefCell};
use std::fs::{self, Metadata};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::sync::Arc;

use rustix::fs::OFlags;

use crate::clock::UnixTime;
use crate::premium::network::{MOST_BYTES, NetworkList};

/// Tells one content of a file from another without reading it: device, inode, size, seconds and nanoseconds of the last
/// change of content, and of anything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64, [i64; 4]);

impl Stamp {
    fn of(file: &Metadata) -> Self {
        let times = [
            file.mtime(),
            file.mtime_nsec(),
            file.ctime(),
            file.ctime_nsec(),
        ];
        Self(file.dev(), file.ino(), file.size(), times)
    }
}

/// What a process keeps of the rules.
#[derive(Debug, Default)]
pub(crate) struct KeptRules {
    /// A licence, in whatever state, was found in the store, and when none was.
    pub(super) is_licensed: Cell<bool>,
    pub(super) looked: Cell<Option<UnixTime>>,
    pub(super) allow: RefCell<KeptList>,
    pub(super) deny: RefCell<KeptList>,
}

/// What one setting has led to.
#[derive(Debug, Default)]
pub(super) struct KeptList {
    /// Of the file that was read last, whatever came of it.
    stamp: Option<Stamp>,
    /// What was read last and was right.
    list: Option<Arc<NetworkList>>,
    /// What is wrong with it now.
    fault: Option<String>,
}

impl KeptList {
    /// The list of a setting: the last one that was right. An allow list without an address `is_allowing` nobody, which
    /// nobody means who writes one: it is wrong.
    ///
    /// # Errors
    /// What is wrong, where none was right before.
    pub(super) fn read(
        &mut self,
        setting: Option<&str>,
        is_allowing: bool,
    ) -> Result<Option<Arc<NetworkList>>, String> {
        let Some(text) = setting else {
            return Ok(None);
        };
        if text.starts_with('/') {
            self.look_at(text, is_allowing);
        } else if self.list.is_none() && self.fault.is_none() {
            self.take(Ok(text.as_bytes().to_vec()), is_allowing);
        }
        match (&self.list, &self.fault) {
            (Some(list), _) => Ok(Some(Arc::clone(list))),
            (None, fault) => Err(fault.clone().unwrap_or_default()),
        }
    }

    /// What is wrong with it now, though an earlier one goes on.
    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    fn look_at(&mut self, path: &str, is_allowing: bool) {
        let found = fs::metadata(path).map(|file| Stamp::of(&file));
        let Ok(stamp) = found else {
            self.stamp = None;
            self.fault = found.err().map(|why| why.to_string());
            return;
        };
        if self.stamp != Some(stamp) {
            let read = || -> std::io::Result<(Stamp, Vec<u8>)> {
                // A pipe or a device would be waited for.
                let flags = OFlags::NONBLOCK.bits();
                let mut options = fs::OpenOptions::new();
                options.read(true).custom_flags(flags.cast_signed());
                let file = options.open(path)?;
                let metadata = file.metadata()?;
                if !metadata.is_file() {
                    return Err(std::io::Error::other("it is no regular file"));
                }
                let stamp = Stamp::of(&metadata);
                let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
                let mut bytes = Vec::new();
                // One more than may be: then it is too long.
                file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
                Ok((stamp, bytes))
            };
            let read = read();
            self.stamp = read.as_ref().ok().map(|(stamp, _)| *stamp);
            self.take(read.map(|(_, bytes)| bytes), is_allowing);
        }
    }

    fn take(&mut self, bytes: std::io::Result<Vec<u8>>, is_allowing: bool) {
        let list = bytes
            .map_err(|why| why.to_string())
            .and_then(|bytes| match bytes.trim_ascii() {
                // Emptied by accident it would open the site at once.
                [] => Err(
                    "it is empty: one in which nobody is has a comment, such as # nobody"
                        .to_owned(),
                ),
                _ => Ok(bytes),
            })
            .and_then(|bytes| NetworkList::parse(&bytes).map_err(|why| why.to_string()));
        match list {
            Ok(list) if is_allowing && list.is_empty() => {
                self.fault = Some("it allows nobody".to_owned());
            }
            Ok(list) => {
                self.list = Some(Arc::new(list));
                self.fault = None;
            }
            Err(why) => self.fault = Some(why),
        }
    }
}
