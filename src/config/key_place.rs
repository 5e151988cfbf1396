//! Where the keys of a site lie, as the setting `key_file` says it.

use std::path::{Path, PathBuf};

/// Where systemd puts credentials: `CREDENTIALS_DIRECTORY`/name (systemd.exec(5), `LoadCredential=`).
const CREDENTIAL: &str = "credential:";
/// A program whose output they are.
const COMMAND: &str = "command:";

/// Longest name of a credential: that of a file.
const MOST_NAME_BYTES: usize = 255;

/// Where keys lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In that file.
    File(PathBuf),
    /// In the credential of that name, of the unit that systemd started.
    Credential(String),
    /// That program writes them.
    Command(PathBuf),
}

impl KeyPlace {
    /// What a text says; empty is not for here.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        if let Some(name) = text.strip_prefix(CREDENTIAL) {
            let fits = (1..=MOST_NAME_BYTES).contains(&name.len())
                && !matches!(name, "." | "..")
                && name.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
            return fits
                .then(|| Self::Credential(name.to_owned()))
                .ok_or("must be credential: and the name of a credential, without a slash");
        }
        let (path, is_command) = match text.strip_prefix(COMMAND) {
            Some(path) => (path, true),
            None => (text, false),
        };
        match (Path::new(path).is_absolute(), is_command) {
            (true, true) => Ok(Self::Command(path.into())),
            (true, false) => Ok(Self::File(path.into())),
            (false, true) => {
                Err("must be command: and the absolute path of a program, without arguments")
            }
            (false, false) => {
                Err("must be an absolute path, credential: and a name, or command: and a path")
            }
        }
    }

    /// Whether it is read when the process starts, and at no other time: of what a script may change meanwhile, or run,
    /// nothing may come a key.
    #[must_use]
    pub const fn is_of_the_start(&self) -> bool {
        matches!(self, Self::Credential(_) | Self::Command(_))
    }

    /// The file, or the program.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Command(path) => Some(path),
            Self::Credential(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_path_a_credential_or_a_program_and_nothing_else() {
        for (text, place) in [
            ("/etc/keys", KeyPlace::File("/etc/keys".into())),
            (
                "credential:twofactor.keys",
                KeyPlace::Credential("twofactor.keys".to_owned()),
            ),
            (
                "command:/usr/local/sbin/keys",
                KeyPlace::Command("/usr/local/sbin/keys".into()),
            ),
            // A path, whatever is in it.
            (
                "/etc/credential:x",
                KeyPlace::File("/etc/credential:x".into()),
            ),
        ] {
            assert_eq!(KeyPlace::read(text), Ok(place), "{text}");
        }
        for text in [
            "keys",
            "credential:",
            "credential:..",
            "credential:../x",
            "credential:a/b",
            "credential:a b",
            "credential:a\n",
            "command:",
            "command:keys",
            "command: /bin/keys",
            "file:/etc/keys",
        ] {
            assert!(KeyPlace::read(text).is_err(), "{text:?}");
        }
    }
}
