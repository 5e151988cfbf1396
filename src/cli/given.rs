//! Which settings count: those of PHP, as its files and the environment say them, and what the options say before both.
//!
//! ```text
//!   --store, --key-file, --site, --set ─▶ before
//!   --ini, or the php.ini and conf.d of every PHP that loads the extension ─▶ before
//!   TWOFACTOR_<NAME> ─▶ before the default
//! ```
//!
//! Where those of several SAPIs differ in what no option says, a look takes those of the web's and says so; a change needs
//! to know which are meant.

use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::sapi::{self, Sapi};
use crate::config::{setting, similar};
use crate::startup::{Environment, Settings};
use crate::types::LicenceKey;

/// What `--store` must not hold.
const MYSQL: [&str; 2] = ["mysql://", "mariadb://"];

/// Options that say where everything is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct Given {
    /// A php.ini file, or a folder with php.ini and conf.d; several are read in their order. Without it: those of every PHP
    /// that is installed and loads the extension
    #[arg(long, value_name = "PATH", global = true)]
    ini: Vec<PathBuf>,
    /// The store, as twofactor.store says it. A password does not belong here, where every user of this machine sees it:
    /// say password_file=… in it, or the whole of it in the environment variable TWOFACTOR_STORE
    #[arg(long, value_name = "ADDRESS", global = true)]
    store: Option<String>,
    /// The key file
    #[arg(long, value_name = "FILE", global = true)]
    key_file: Option<String>,
    /// The site's name
    #[arg(long, value_name = "NAME", global = true)]
    site: Option<String>,
    /// Any other setting of php.ini, without "twofactor." before it
    #[arg(long, value_name = "NAME=VALUE", global = true)]
    set: Vec<String>,
    /// Where PHP's files are looked for, instead of /: a system that is mounted there
    #[arg(
        long,
        value_name = "FOLDER",
        global = true,
        default_value = "/",
        hide_default_value = true
    )]
    root: PathBuf,
}

/// What was found, and what of it counts.
#[derive(Debug)]
pub(super) struct Found {
    /// The SAPIs that have to do with second factors.
    pub(super) sapis: Vec<Sapi>,
    /// The one whose settings count, by its name; none where no file says anything.
    pub(super) chosen: Option<String>,
    /// Why it need not be the one that is meant.
    pub(super) doubts: Vec<String>,
    /// The same before the options said anything.
    pub(super) process: Settings,
    /// The settings that count.
    pub(super) settings: Settings,
}

impl Given {
    /// The root that PHP's files are looked for below.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Finds the settings.
    ///
    /// # Errors
    /// [`Failure::Usage`], [`Failure::NotFound`]
    pub(super) fn find(&self, environment: &Environment) -> Result<Found, Failure> {
        let options = self.options()?;
        let sapis = if self.ini.is_empty() {
            let mut found = sapi::installed(&self.root);
            found.retain(|it| it.is_concerned() || !it.troubles.is_empty());
            found
        } else {
            vec![self.named()?]
        };
        let chosen = preferred(&sapis);
        let mut doubts = Vec::new();
        if let Some(chosen) = chosen {
            let is_open = |name: &str| !options.iter().any(|(known, _)| known == name);
            let others = sapis
                .iter()
                .filter(|it| it.name != chosen.name && it.is_concerned());
            for other in others {
                let mut names = chosen.differing(other);
                names.retain(|name| is_open(name));
                if !names.is_empty() {
                    let (this, that, names) = (&chosen.name, &other.name, names.join(", "));
                    doubts.push(format!(
                        "PHP's settings differ between {this} and {that}: {names}"
                    ));
                }
            }
            for name in chosen.unclear().filter(|name| is_open(name)) {
                let of = &chosen.name;
                doubts.push(format!(
                    "{of}: twofactor.{name} is what only PHP can compute"
                ));
            }
            let troubles = chosen.troubles.iter();
            doubts.extend(troubles.map(|why| format!("{}: {why}", chosen.name)));
        }
        let variable = |name: &str| {
            let variable = environment.variable(name)?;
            Some((
                Zeroizing::new(variable.text().to_owned()),
                variable.is_text(),
            ))
        };
        let ini = |name: &str| chosen.and_then(|it| it.value(name));
        let process = Settings::found(ini, variable);
        let mut settings = process.clone();
        for (name, value) in &options {
            settings.set(name, value.clone());
        }
        let chosen = chosen.map(|it| it.name.clone());
        Ok(Found {
            sapis,
            chosen,
            doubts,
            process,
            settings,
        })
    }

    fn named(&self) -> Result<Sapi, Failure> {
        let name = self.ini.iter().map(|it| it.display().to_string());
        let name = name.collect::<Vec<_>>().join(", ");
        for path in &self.ini {
            if !path.exists() {
                let path = path.display();
                return Err(Failure::NotFound(format!("--ini: {path} is not there")));
            }
        }
        Sapi::named(&name, &self.ini)
            .map_err(|why| Failure::Unusable(format!("--ini: {name} cannot be read: {why}")))
    }

    fn options(&self) -> Result<Vec<(String, Zeroizing<String>)>, Failure> {
        let mut options = Vec::new();
        if let Some(store) = &self.store {
            if holds_password(store) {
                return Err(Failure::usage(
                    "--store holds a password, which every user of this machine can see there: say password_file=… in it, \
                     or the whole of it in the environment variable TWOFACTOR_STORE or in a file for --ini",
                ));
            }
            options.push(("store".to_owned(), Zeroizing::new(store.clone())));
        }
        for (name, value) in [("key_file", &self.key_file), ("site", &self.site)] {
            if let Some(value) = value {
                options.push((name.to_owned(), Zeroizing::new(value.clone())));
            }
        }
        for given in &self.set {
            let Some((name, value)) = given.split_once('=') else {
                return Err(Failure::usage("--set takes NAME=VALUE"));
            };
            let name = name.strip_prefix("twofactor.").unwrap_or(name);
            let Some(known) = setting(name) else {
                let meant = similar(name).map(|it| format!("; {it} is one"));
                let meant = meant.unwrap_or_default();
                // What is no name may be a password that landed here.
                let is_name = name.len() <= 40
                    && name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
                let named = if is_name { name } else { "" };
                return Err(Failure::usage(format!(
                    "--set {named}: there is no such setting{meant}"
                )));
            };
            // That word is no secret: it says that the store has the licence.
            let is_word = name == "licence_key" && value == LicenceKey::STORED;
            if known.secret && !is_word {
                return Err(Failure::usage(format!(
                    "--set: {name} may hold a password, which every user of this machine could see there: say it in the \
                     environment variable {} or in a file for --ini",
                    known.variable()
                )));
            }
            options.push((name.to_owned(), Zeroizing::new(value.to_owned())));
        }
        Ok(options)
    }
}

/// Whether there is a colon in what stands before the host.
pub(super) fn holds_password(store: &str) -> bool {
    let rest = MYSQL.iter().find_map(|scheme| store.strip_prefix(scheme));
    let authority = rest.and_then(|rest| rest.split(['/', '?']).next());
    let login = authority.and_then(|it| it.rsplit_once('@'));
    // One with a slash in its password is wrong, and holds one all the same.
    let is_torn = rest.is_some_and(|it| it.contains('@')) && login.is_none();
    is_torn || login.is_some_and(|(login, _)| login.contains(':'))
}

/// Whose settings a look takes: those of what serves pages, of the latest version; the command line's last.
fn preferred(sapis: &[Sapi]) -> Option<&Sapi> {
    let rank = |it: &Sapi| {
        let (version, name) = it.name.split_once('/').unwrap_or(("", &it.name));
        let kind = name.split(',').next().unwrap_or_default();
        let place = match kind {
            "fpm" => 3,
            "apache2" | "cgi" => 2,
            "cli" | "phpdbg" | "embed" => 0,
            _ => 1,
        };
        let is_pool = name.contains(", pool ");
        let version: Vec<u32> = version
            .split('.')
            .filter_map(|it| it.parse().ok())
            .collect();
        (it.loads.is_some(), place, !is_pool, version)
    };
    let concerned = sapis.iter().filter(|it| it.is_concerned());
    concerned.max_by_key(|it| rank(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;

    fn given(root: &Path) -> Given {
        Given {
            ini: Vec::new(),
            store: None,
            key_file: None,
            site: None,
            set: Vec::new(),
            root: root.to_owned(),
        }
    }

    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = variables.iter().map(|(n, v)| ((*n).into(), (*v).into()));
        Environment::read(owned.collect::<Vec<_>>())
    }

    #[test]
    fn the_web_s_settings_are_looked_at_and_what_differs_is_said() {
        let root = system(&[
            (
                "etc/php/8.2/cli/conf.d/a.ini",
                "extension=twofactor\ntwofactor.site=a",
            ),
            (
                "etc/php/8.2/fpm/conf.d/a.ini",
                "extension=twofactor\ntwofactor.site=b",
            ),
            ("etc/php/8.4/fpm/conf.d/a.ini", "memory_limit = 1"),
        ]);
        let mut asked = given(root.path());
        let found = asked.find(&environment(&[])).unwrap();
        assert_eq!(found.chosen.as_deref(), Some("8.2/fpm"));
        assert_eq!(found.settings.get("site"), Some("b"));
        assert_eq!(
            found.doubts,
            ["PHP's settings differ between 8.2/fpm and 8.2/cli: site"]
        );
        // What an option says does not differ.
        asked.site = Some("c".to_owned());
        let found = asked.find(&environment(&[])).unwrap();
        assert_eq!(
            (found.settings.get("site"), found.doubts.len()),
            (Some("c"), 0)
        );
        // Nor do those of one that is named.
        let mut asked = given(root.path());
        asked.ini = vec![root.path().join("etc/php/8.2/cli")];
        let found = asked.find(&environment(&[])).unwrap();
        assert_eq!(
            (found.settings.get("site"), found.doubts.len()),
            (Some("a"), 0)
        );
    }

    #[test]
    fn the_environment_counts_where_no_file_says_anything() {
        let root = system(&[(
            "etc/php/8.2/fpm/conf.d/a.ini",
            "extension=twofactor\ntwofactor.site=b",
        )]);
        let variables = environment(&[("TWOFACTOR_SITE", "x"), ("TWOFACTOR_MAX_ATTEMPTS", "3")]);
        let found = given(root.path()).find(&variables).unwrap();
        assert_eq!(found.settings.get("site"), Some("b"));
        assert_eq!(found.settings.get("max_attempts"), Some("3"));
    }

    #[test]
    fn no_secret_is_taken_where_everybody_sees_it_and_none_is_repeated() {
        let root = tempfile::tempdir().unwrap();
        for store in [
            "mysql://u:hunter2@h/d",
            "mariadb://u:hunter2@h/d?prefix=a",
            "mysql://u:hunter2/x@h/d",
        ] {
            let mut asked = given(root.path());
            asked.store = Some(store.to_owned());
            let told = asked.find(&environment(&[])).unwrap_err().to_string();
            assert!(told.starts_with("--store holds a password") && !told.contains("hunter2"));
        }
        for set in [
            "licence_key=hunter2",
            "twofactor.store=hunter2",
            "hunter2",
            "nothing=hunter2",
        ] {
            let mut asked = given(root.path());
            asked.set = vec![set.to_owned()];
            let told = asked.find(&environment(&[])).unwrap_err();
            assert!(matches!(told, Failure::Usage(_)) && !told.to_string().contains("hunter2"));
        }
        let mut asked = given(root.path());
        asked.set = vec!["licence_key=stored".to_owned()];
        let found = asked.find(&environment(&[])).unwrap();
        assert_eq!(found.settings.get("licence_key"), Some("stored"));
        asked.set = vec!["max_atempts=99".to_owned()];
        let told = asked.find(&environment(&[])).unwrap_err().to_string();
        assert!(told.starts_with("--set max_atempts: "), "{told}");
        for store in [
            "mysql://u@h:3306/d?password_file=/a:b@c",
            "sqlite:/a:b@c",
            "memory:",
        ] {
            assert!(!holds_password(store), "{store}");
        }
    }

    proptest! {
        #[test]
        fn an_address_with_a_password_is_never_taken(user in "[a-z]{1,5}", password in "[^@]{1,12}", host in "[a-z.]{1,9}") {
            let address = format!("mysql://{user}:{password}@{host}/d");
            prop_assert!(holds_password(&address));
        }
    }
}
