//! A provider for developers: it writes every message to a file instead of sending it.
//!
//! Whoever can read that file can sign in as anybody, so there is none without the operator's word
//! ([`DevelopmentAllowed`]), and the file is its owner's alone: made with mode 0600 and refused when it is
//! somebody else's, when others may touch it, when it has a second name, or when a link leads to it. To root it
//! may also be the owner's of the folder it lies in: an operator on the server and the web server's user share
//! the file, whoever made it.
//!
//! A message is a line of JSON: `at` in seconds since 1970, `channel`, `to`, `locale`, `code`, `text`.

pub(super) mod schema;

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, open, openat};
use rustix::io::Errno;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    Channel, MessageBody, MessageProvider, ProbeError, ProviderRequest, SendError, Submitted,
};
use crate::clock::UnixTime;
use crate::development::DevelopmentAllowed;
use crate::types::Method;

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DevelopmentError {
    /// Not from the root on, or with `..` in it.
    #[error("the file for messages must be an absolute path without `..`")]
    Path,
    /// A link leads to it, or it has a second name, or is no plain file.
    #[error("the file for messages must be a plain file that no link leads to")]
    Link,
    /// Others may read or write it.
    #[error("the file for messages must belong to the user PHP runs as, with mode 0600")]
    Owner,
    /// The operating system.
    #[error("the file for messages cannot be opened: {0}")]
    Io(#[from] io::Error),
}

/// Writes messages to a file.
#[derive(Debug)]
pub struct Development {
    path: PathBuf,
    // A witness: whoever builds this type has to show that the operator allows it.
    _allowed: DevelopmentAllowed,
}

/// A message, as a line.
#[derive(Serialize)]
struct Line<'a> {
    at: i64,
    channel: &'static str,
    to: &'a str,
    locale: &'a str,
    code: &'a str,
    text: &'a str,
}

impl Development {
    /// Makes the file if it is not there.
    ///
    /// # Errors
    /// [`DevelopmentError`]
    pub fn new(allowed: DevelopmentAllowed, path: &Path) -> Result<Self, DevelopmentError> {
        open_to_append(path)?;
        Ok(Self {
            path: path.to_owned(),
            _allowed: allowed,
        })
    }
}

impl MessageProvider for Development {
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms, Channel::Voice, Channel::WhatsApp]
    }

    fn send(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let line = Line {
            at: request.now.seconds(),
            channel: Method::from(request.channel).as_str(),
            to: request.to.e164(),
            locale: request.locale,
            code: &message.code,
            text: &message.text,
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(2048));
        serde_json::to_writer(&mut *bytes, &line)
            .map_err(|_| SendError::NotSent("the message cannot be written as JSON".to_owned()))?;
        bytes.push(b'\n');
        // Anew for each: the file may have been emptied, moved or deleted since.
        let mut file =
            open_to_append(&self.path).map_err(|error| SendError::NotSent(error.to_string()))?;
        file.write_all(&bytes)
            .map_err(|error| SendError::Unknown(error.to_string()))?;
        Ok(Submitted { id: None })
    }

    fn probe(&mut self, _now: UnixTime) -> Result<(), ProbeError> {
        open_to_append(&self.path)
            .map(drop)
            .map_err(ProbeError::other)
    }
}

/// Opens the file folder by folder, none of them a link, so that nobody who may write to one of them
/// decides which file this is.
fn open_to_append(path: &Path) -> Result<File, DevelopmentError> {
    let mut names = Vec::new();
    let mut parts = path.components();
    if parts.next() != Some(Component::RootDir) {
        return Err(DevelopmentError::Path);
    }
    for part in parts {
        match part {
            Component::Normal(name) => names.push(name),
            _ => return Err(DevelopmentError::Path),
        }
    }
    let Some((name, folders)) = names.split_last() else {
        return Err(DevelopmentError::Path);
    };
    let a_folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut folder: OwnedFd = open("/", a_folder, Mode::empty()).map_err(refused)?;
    for name in folders {
        folder = openat(&folder, *name, a_folder, Mode::empty()).map_err(refused)?;
    }
    // Without waiting: a pipe that nobody reads would keep us.
    let a_file = OFlags::WRONLY
        | OFlags::APPEND
        | OFlags::CREATE
        | OFlags::NOFOLLOW
        | OFlags::NONBLOCK
        | OFlags::NOCTTY
        | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR;
    let me = rustix::process::geteuid();
    let owner = match rustix::fs::fstat(&folder) {
        Ok(folder) if me.is_root() => folder.st_uid,
        _ => me.as_raw(),
    };
    let file = match openat(&folder, *name, a_file | OFlags::EXCL, mode) {
        Ok(made) => {
            if owner != me.as_raw() {
                let owner = rustix::process::Uid::from_raw(owner);
                rustix::fs::fchown(&made, Some(owner), None).map_err(refused)?;
            }
            made
        }
        Err(Errno::EXIST) => openat(&folder, *name, a_file, mode).map_err(refused)?,
        Err(error) => return Err(refused(error)),
    };
    let file = File::from(file);
    let found = file.metadata()?;
    if !found.is_file() || found.nlink() != 1 {
        return Err(DevelopmentError::Link);
    }
    let own = [owner, me.as_raw()].contains(&found.uid());
    if !own || found.mode() & 0o077 != 0 {
        return Err(DevelopmentError::Owner);
    }
    Ok(file)
}

/// A link is `ELOOP`, or where a folder is asked for `ENOTDIR`; a pipe without a reader is `ENXIO`.
fn refused(error: Errno) -> DevelopmentError {
    match error {
        Errno::LOOP | Errno::NOTDIR | Errno::NXIO | Errno::ISDIR => DevelopmentError::Link,
        error => DevelopmentError::Io(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::PhoneNumber;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn allowed() -> DevelopmentAllowed {
        DevelopmentAllowed::from_setting("1").unwrap()
    }

    /// A folder by its own name: the one for temporary files may be a link.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        (folder, path)
    }

    fn send(development: &mut Development, channel: Channel) -> Result<Submitted, SendError> {
        let request = ProviderRequest {
            to: &PhoneNumber::parse("+4915123456789", None).unwrap(),
            channel,
            locale: "he",
            now: UnixTime::new(1_700_000_000).unwrap(),
        };
        let message = MessageBody {
            text: Zeroizing::new("\": קוד 048151\n@example.com #048151".to_owned()),
            code: Zeroizing::new("048151".to_owned()),
        };
        development.send(&request, &message)
    }

    #[test]
    fn every_message_is_a_line_of_its_own() {
        let (_folder, path) = folder();
        let path = path.join("messages");
        let mut development = Development::new(allowed(), &path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"");
        for channel in development.channels() {
            assert_eq!(send(&mut development, channel), Ok(Submitted { id: None }));
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3);
        for (line, channel) in lines.iter().zip(["sms", "voice", "whatsapp"]) {
            assert_eq!(line["channel"], channel);
            assert_eq!(line["to"], "+4915123456789");
            assert_eq!(line["code"], "048151");
            assert_eq!(line["locale"], "he");
            assert_eq!(line["at"], 1_700_000_000);
            assert!(
                line["text"]
                    .as_str()
                    .unwrap()
                    .ends_with("\n@example.com #048151")
            );
        }
        // A file that was taken away is made again, as it was.
        fs::remove_file(&path).unwrap();
        send(&mut development, Channel::Sms).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    }

    #[test]
    fn no_link_is_followed_and_no_other_kind_of_file_written() {
        let (_folder, at) = folder();
        let real = at.join("real");
        fs::create_dir(&real).unwrap();
        let file = real.join("messages");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let mut development = Development::new(allowed(), &file).unwrap();

        symlink(&file, at.join("link")).unwrap();
        symlink(at.join("nowhere"), at.join("dangling")).unwrap();
        symlink(&real, at.join("folder")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at.join("pipe"),
            rustix::fs::FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        for name in [
            "link",
            "dangling",
            "folder/messages",
            "folder",
            "pipe",
            "real",
        ] {
            let made = Development::new(allowed(), &at.join(name));
            assert!(
                matches!(made, Err(DevelopmentError::Link)),
                "{name}: {made:?}"
            );
        }
        assert!(!at.join("nowhere").exists());

        // The same, put there later.
        fs::hard_link(&file, at.join("second")).unwrap();
        assert!(matches!(
            send(&mut development, Channel::Sms),
            Err(SendError::NotSent(_))
        ));
        assert!(development.probe(UnixTime::new(0).unwrap()).is_err());
        fs::remove_file(at.join("second")).unwrap();
        development.probe(UnixTime::new(0).unwrap()).unwrap();
        fs::rename(&file, real.join("moved")).unwrap();
        symlink(real.join("moved"), &file).unwrap();
        assert!(matches!(
            send(&mut development, Channel::Sms),
            Err(SendError::NotSent(_))
        ));
        assert_eq!(fs::read(real.join("moved")).unwrap(), b"");
    }

    #[test]
    fn a_file_that_others_may_touch_is_refused() {
        let (_folder, at) = folder();
        let file = at.join("messages");
        fs::write(&file, "").unwrap();
        for mode in [0o644, 0o660, 0o640, 0o602, 0o601, 0o610] {
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            let made = Development::new(allowed(), &file);
            assert!(matches!(made, Err(DevelopmentError::Owner)), "{mode:o}");
        }
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        Development::new(allowed(), &file).unwrap();
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&file, Some(12_345), None).unwrap();
            let made = Development::new(allowed(), &file);
            assert!(matches!(made, Err(DevelopmentError::Owner)));
        }
    }

    #[test]
    fn root_and_the_owner_of_the_folder_share_the_file() {
        use std::os::unix::fs::chown;
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let (_folder, at) = folder();
        chown(&at, Some(12_345), None).unwrap();
        let file = at.join("messages");
        // Whoever makes it, it is that user's: else the web server could not write to it.
        let mut development = Development::new(allowed(), &file).unwrap();
        let facts = fs::metadata(&file).unwrap();
        assert_eq!((facts.uid(), facts.mode() & 0o7777), (12_345, 0o600));
        send(&mut development, Channel::Sms).unwrap();
        // Nobody else's.
        chown(&file, Some(12_346), None).unwrap();
        assert!(send(&mut development, Channel::Sms).is_err());
        // Root's own is root's.
        chown(&file, Some(0), None).unwrap();
        send(&mut development, Channel::Sms).unwrap();
    }

    #[test]
    fn a_path_is_absolute_and_goes_straight_down() {
        let (_folder, at) = folder();
        for path in [
            Path::new("messages"),
            Path::new("./messages"),
            Path::new("/"),
            Path::new(""),
        ] {
            let made = Development::new(allowed(), path);
            assert!(matches!(made, Err(DevelopmentError::Path)), "{path:?}");
        }
        let made = Development::new(allowed(), &at.join("../messages"));
        assert!(matches!(made, Err(DevelopmentError::Path)));
        let made = Development::new(allowed(), &at.join("missing/messages"));
        assert!(matches!(made, Err(DevelopmentError::Io(_))));
    }

    #[test]
    fn neither_errors_nor_dumps_name_a_number_or_a_code() {
        let (_folder, at) = folder();
        let path = at.join("messages");
        let mut development = Development::new(allowed(), &path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let error = send(&mut development, Channel::Sms).unwrap_err();
        let shown = format!("{error} {error:?} {development:?}");
        assert!(!shown.contains("048151") && !shown.contains("4915123"));
    }
}
