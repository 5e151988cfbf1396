//! Who else may touch what the verifier rests on: files that are named in settings, and the folders they lie in.
//!
//! Whoever may write to a folder may put another file in the place of the one that is meant: a key of their own,
//! a list of providers, an empty store. In a folder with the sticky bit (`/tmp`) only of files that are theirs.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::finding::{self, Finding};
use crate::config::{Config, KeyPlace};
use crate::store::StoreUrl;

/// Why a file with secrets may not have a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathObjection {
    /// It means another file in another folder.
    NotAbsolute,
    /// It has control characters, or steps (`.`, `..`) that lead on by what is there.
    NotPlain,
    /// It lies, or leads by a link, where a web server serves files from.
    Served,
}

impl PathObjection {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAbsolute => "not-absolute",
            Self::NotPlain => "not-plain",
            Self::Served => "served",
        }
    }
}

/// Why a file with secrets may not have that path, of a site of which the host knows that these folders are served. The
/// file need not be there. Both are compared as they are written and as the links on the way resolve. A folder that is
/// everything (`/`) says nothing.
#[must_use]
pub fn path_objection(path: &Path, served: &[PathBuf]) -> Option<PathObjection> {
    if !path.has_root() {
        return Some(PathObjection::NotAbsolute);
    }
    let is_step = |part: &str| matches!(part, "." | "..");
    let is_plain =
        |path: &str| !path.chars().any(char::is_control) && !path.split('/').any(is_step);
    if !path.to_str().is_some_and(is_plain) {
        return Some(PathObjection::NotPlain);
    }
    let seen = [path.to_owned(), resolved(path)];
    let served = served.iter().filter(|it| !it.as_os_str().is_empty());
    let mut folders = served.flat_map(|written| [resolved(written), written.clone()]);
    folders
        .any(|folder| folder != Path::new("/") && seen.iter().any(|it| it.starts_with(&folder)))
        .then_some(PathObjection::Served)
}

/// Links that are followed one after another, as many as the system follows.
const MOST_LINKS: u8 = 40;

/// The path without links, as far as it is there. A link to what is not there is followed, too: whoever opens the file
/// to write it would make it where the link leads.
fn resolved(path: &Path) -> PathBuf {
    // By components, here and below: a slash at the end would mean what a link leads to.
    let mut path: PathBuf = path.components().collect();
    for _ in 0..MOST_LINKS {
        let is_there = |it: &&Path| fs::symlink_metadata(it).is_ok();
        let Some(there) = path.ancestors().find(is_there) else {
            return path;
        };
        let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
        match (fs::canonicalize(there), fs::read_link(there)) {
            (Ok(real), _) => return real.join(rest),
            (Err(_), Ok(target)) => {
                let folder = there.parent().unwrap_or(Path::new("/"));
                path = folder
                    .join(target)
                    .components()
                    .chain(rest.components())
                    .collect();
            }
            (Err(_), Err(_)) => return path,
        }
    }
    path
}

/// Everything that the configuration names, and the key that was found beside the store.
pub(super) fn look(config: &Config, generated: Option<&Path>) -> Vec<Finding> {
    let mut files: Vec<PathBuf> = [
        config.key_file().and_then(KeyPlace::path),
        config.providers_file(),
        config.http_ca_file(),
        generated,
    ]
    .into_iter()
    .flatten()
    .map(Path::to_owned)
    .collect();
    match config.store() {
        StoreUrl::Memory => {}
        StoreUrl::Sqlite(path) => {
            let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            for suffix in ["", ".lock", "-wal", "-shm"] {
                let mut name = real.clone().into_os_string();
                name.push(suffix);
                files.push(name.into());
            }
        }
        // A socket is the server's, and open to all by design.
        StoreUrl::Mysql(url) => files.extend(url.secrets().map(Path::to_owned)),
    }
    let mut troubles = Vec::new();
    for file in files {
        for trouble in about(&file) {
            if !troubles.contains(&trouble) {
                troubles.push(trouble);
            }
        }
    }
    troubles
}

/// A file that cannot be looked at, since its folder is closed to us, is nobody else's business either.
fn about(file: &Path) -> Vec<Finding> {
    let mut troubles = Vec::new();
    if let Ok(facts) = fs::metadata(file) {
        troubles.extend(judge(file, &facts, false));
    }
    let real = fs::canonicalize(file);
    let real = real.as_deref().unwrap_or(file);
    for folder in real.ancestors().skip(1) {
        if let Ok(facts) = fs::metadata(folder) {
            troubles.extend(judge(folder, &facts, true));
        }
    }
    troubles
}

fn judge(path: &Path, facts: &Metadata, is_folder: bool) -> Option<Finding> {
    const STICKY: u32 = 0o1000;
    let shown = path.display().to_string();
    let sticky = is_folder && facts.mode() & STICKY != 0;
    if facts.mode() & 0o002 != 0 && !sticky {
        return Some(Finding::problem(finding::FILES_EVERYBODY).with("path", shown));
    }
    let me = rustix::process::geteuid().as_raw();
    if me != 0 && facts.uid() != 0 && facts.uid() != me {
        let found = Finding::warning(finding::FILES_OWNER).with("path", shown);
        return Some(found.with("uid", facts.uid()));
    }
    let group = rustix::process::getegid().as_raw();
    if facts.mode() & 0o020 != 0 && !sticky && facts.gid() != 0 && (me == 0 || facts.gid() != group)
    {
        let found = Finding::warning(finding::FILES_GROUP).with("path", shown);
        return Some(found.with("group", facts.gid()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::finding::HealthStatus;
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn troubles(settings: &[(&str, &str)]) -> Vec<Finding> {
        look(&Config::parse(settings.iter().copied()).unwrap(), None)
    }

    #[test]
    fn a_file_with_secrets_has_a_plain_path_outside_of_what_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("www");
        fs::create_dir_all(root.join("private")).unwrap();
        fs::create_dir(folder.path().join("store")).unwrap();
        let link = |from: &Path, to: &str| {
            std::os::unix::fs::symlink(from, folder.path().join(to)).unwrap();
        };
        link(&root, "other");
        link(&folder.path().join("store"), "www/inside");
        // To what is not there, directly and by one more link, and in a circle.
        link(&root.join("private").join("key"), "store/key");
        link(Path::new("../www/private/none"), "store/relative");
        link(&folder.path().join("store/relative"), "store/twice");
        link(&folder.path().join("store/round"), "store/round");
        let base = folder.path().display().to_string();
        let served = format!("{base}/www");
        let served = ["", "/", &served].map(PathBuf::from);
        let says = |path: &str| path_objection(Path::new(path), &served);
        for good in [
            "/store/a.key",
            "/store/new/deep/a.key",
            "/www-2/a.key",
            "/wwwa",
        ] {
            assert_eq!(says(&format!("{base}{good}")), None, "{good}");
        }
        for path in [
            "/www",
            "/www/a.key",
            "/www/none/a.key",
            "/other/a.key",
            "/other/none/a.key",
            "/www/inside/a.key",
            "/store/key",
            "/store/relative",
            "/store/twice",
            "/store/twice/",
        ] {
            assert_eq!(
                says(&format!("{base}{path}")),
                Some(PathObjection::Served),
                "{path}"
            );
        }
        // The root is a link itself, and the file lies where it leads.
        let link = [folder.path().join("other")];
        let through = path_objection(&root.join("a.key"), &link);
        assert_eq!(through, Some(PathObjection::Served));
        for path in ["", "a.key", "./a.key", "C:/a.key"] {
            assert_eq!(says(path), Some(PathObjection::NotAbsolute), "{path}");
        }
        for path in ["/a/../b", "/a/./b", "/..", "/a\n", "/a\0b"] {
            assert_eq!(says(path), Some(PathObjection::NotPlain), "{path:?}");
        }
    }

    #[test]
    fn what_others_may_write_to_is_a_problem_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        for name in [
            "key_file",
            "providers_file",
            "http_ca_file",
            "store",
            "password",
        ] {
            let file = inner.join(name);
            fs::write(&file, "").unwrap();
            let text = file.display().to_string();
            let (sqlite, mysql) = (
                format!("sqlite:{text}"),
                format!("mysql://u@127.0.0.1/d?password_file={text}"),
            );
            let settings = [match name {
                "store" => ("store", sqlite.as_str()),
                "password" => ("store", mysql.as_str()),
                name => (name, text.as_str()),
            }];
            mode(&file, 0o600);
            for path in [inner.as_path(), folder.path()] {
                mode(path, 0o700);
            }
            assert_eq!(troubles(&settings), [], "{name}");
            for path in [file.as_path(), &inner, folder.path()] {
                let before = fs::metadata(path).unwrap().mode() & 0o7777;
                mode(path, 0o702);
                let found = troubles(&settings);
                assert_eq!(found.len(), 1, "{name} {path:?} {found:?}");
                assert_eq!(found[0].status(), HealthStatus::Problem);
                assert!(
                    found[0]
                        .message()
                        .contains(&format!("chmod o-w {}", path.display()))
                );
                mode(path, 0o720);
                // Of a group that is not PHP's.
                if rustix::process::geteuid().is_root() {
                    std::os::unix::fs::chown(path, None, Some(4711)).unwrap();
                    let found = troubles(&settings);
                    assert_eq!(found[0].status(), HealthStatus::Warning, "{found:?}");
                    assert!(
                        found[0].message().starts_with("the group 4711"),
                        "{found:?}"
                    );
                    std::os::unix::fs::chown(path, None, Some(0)).unwrap();
                }
                mode(path, before);
            }
        }
    }
}
