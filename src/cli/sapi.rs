//! The PHPs of this machine, as their files say it, for PHP itself may not work: which of their programs (SAPI) load the
//! extension, from where, and which settings each of them sees.
//!
//! A program has a folder with `php.ini` and a folder of further files that are read after it, in the order of their
//! names (`conf.d`); of two lines that set the same the later one counts. A pool of PHP-FPM may say something else for
//! itself (`php_admin_value[twofactor.…]`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ini::{self, Line, Value};
use crate::config::{DIRECTIVE_PREFIX, setting};

/// Where distributions and the images of containers have them, below the root.
const DEBIAN: &str = "etc/php";
const OTHERS: [(&str, &str, &str); 2] = [
    ("php", "etc", "etc/php.d"),
    ("local", "usr/local/etc/php", "usr/local/etc/php/conf.d"),
];

/// A program that runs PHP, or one pool of PHP-FPM.
#[derive(Clone)]
pub(super) struct Sapi {
    /// `8.2/fpm`, or `8.2/fpm, pool www`.
    pub(super) name: String,
    /// What was read, in that order.
    pub(super) files: Vec<PathBuf>,
    /// What the line that loads the extension names.
    pub(super) loads: Option<String>,
    /// `extension_dir`, if a file says it.
    pub(super) extension_dir: Option<String>,
    /// Settings by name, each once: the one that counts.
    values: Vec<(String, Value)>,
    /// Names behind `twofactor.` that are no setting.
    pub(super) unknown: Vec<String>,
    /// What could not be read, and why.
    pub(super) troubles: Vec<String>,
}

impl Sapi {
    fn new(name: String) -> Self {
        Self {
            name,
            files: Vec::new(),
            loads: None,
            extension_dir: None,
            values: Vec::new(),
            unknown: Vec::new(),
            troubles: Vec::new(),
        }
    }

    /// The files that somebody names: folders with `php.ini` and `conf.d`, or files.
    pub(super) fn named(name: &str, paths: &[PathBuf]) -> io::Result<Self> {
        let mut found = Self::new(name.to_owned());
        for path in paths {
            if path.is_dir() {
                found.folder(path, &path.join("conf.d"));
                continue;
            }
            let text = fs::read_to_string(path)?;
            found.take(path, &text);
        }
        Ok(found)
    }

    fn folder(&mut self, folder: &Path, further: &Path) {
        let mut files: Vec<PathBuf> = entries(further);
        files.retain(|file| file.extension().is_some_and(|it| it == "ini"));
        for file in [folder.join("php.ini")].into_iter().chain(files) {
            match fs::read_to_string(&file) {
                Ok(text) => self.take(&file, &text),
                Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                Err(why) => self.cannot_read(&file, &why),
            }
        }
    }

    fn cannot_read(&mut self, file: &Path, why: &io::Error) {
        self.troubles.push(format!("{}: {why}", file.display()));
    }

    fn take(&mut self, file: &Path, text: &str) {
        self.files.push(file.to_owned());
        for line in ini::lines(text) {
            let Line {
                name,
                value,
                section,
            } = line;
            if section.is_some_and(|it| ini::is_for_some_requests(&it)) {
                if name.starts_with(DIRECTIVE_PREFIX) {
                    let file = file.display();
                    self.troubles
                        .push(format!("{file}: {name} is set for some requests only"));
                }
                continue;
            }
            match (name.as_str(), &value) {
                ("extension", Value::Text(of)) if is_ours(of) => {
                    self.loads = Some(of.as_str().to_owned());
                }
                ("extension_dir", Value::Text(folder)) => {
                    self.extension_dir = Some(folder.as_str().to_owned());
                }
                _ => {
                    if let Some(name) = name.strip_prefix(DIRECTIVE_PREFIX) {
                        self.set(name, value);
                    }
                }
            }
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        if setting(name).is_none() {
            let shown = name.chars().filter(|c| !c.is_control()).take(64);
            self.unknown.push(shown.collect());
            return;
        }
        match self.values.iter_mut().find(|(known, _)| known == name) {
            Some(slot) => slot.1 = value,
            None => self.values.push((name.to_owned(), value)),
        }
    }

    /// Whether it has anything to do with second factors.
    pub(super) fn is_concerned(&self) -> bool {
        self.loads.is_some() || !self.values.is_empty()
    }

    /// Whether it says anything of a setting.
    pub(super) fn says(&self, name: &str) -> bool {
        self.said(name).is_some()
    }

    /// What it says of a setting.
    pub(super) fn value(&self, name: &str) -> Option<Zeroizing<String>> {
        match self.said(name)? {
            Value::Text(text) => Some(text.clone()),
            Value::Unclear => None,
        }
    }

    fn said(&self, name: &str) -> Option<&Value> {
        let found = self.values.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }

    /// Settings whose value PHP alone knows.
    pub(super) fn unclear(&self) -> impl Iterator<Item = &str> {
        let is_unclear = |(_, value): &&(String, Value)| *value == Value::Unclear;
        let unclear = self.values.iter().filter(is_unclear);
        unclear.map(|(name, _)| name.as_str())
    }

    /// Settings of which it says something else than another does.
    pub(super) fn differing(&self, other: &Self) -> Vec<String> {
        let says = |of: &Self, name: &str| of.said(name).cloned();
        let names = self.values.iter().chain(&other.values);
        let mut found: Vec<String> = names
            .filter(|(name, _)| says(self, name) != says(other, name))
            .map(|(name, _)| name.clone())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The library that it loads, as far as its files say where that is.
    pub(super) fn library(&self, root: &Path) -> Vec<PathBuf> {
        let Some(named) = &self.loads else {
            return Vec::new();
        };
        if named.starts_with('/') {
            return vec![below(root, Path::new(named))];
        }
        let file = match named.strip_suffix(".so") {
            Some(_) => named.clone(),
            None => format!("{named}.so"),
        };
        let folders = match &self.extension_dir {
            Some(folder) => vec![below(root, Path::new(folder))],
            // Where the engine was built to look: one folder for each API number.
            None => {
                let base = [
                    "usr/lib/php",
                    "usr/local/lib/php/extensions",
                    "usr/lib64/php/modules",
                ];
                let base = base.map(|it| root.join(it));
                let inside = base.iter().flat_map(|it| entries(it));
                inside.chain(base.clone()).collect()
            }
        };
        let mut found: Vec<PathBuf> = folders.iter().map(|it| it.join(&file)).collect();
        found.retain(|it| it.is_file());
        found
    }
}

impl std::fmt::Debug for Sapi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sapi")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An absolute path in a system that is mounted at `root`.
fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn is_ours(extension: &str) -> bool {
    let file = Path::new(extension).file_name();
    let name = file.and_then(|it| it.to_str()).unwrap_or_default();
    matches!(name, "twofactor" | "twofactor.so" | "libtwofactor.so")
}

/// What is in a folder, by name; nothing of one that cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = found.flatten().map(|entry| entry.path()).collect();
    found.sort_unstable();
    found
}

/// Every one there is below `root`, pools of PHP-FPM that say something for themselves among them.
pub(super) fn installed(root: &Path) -> Vec<Sapi> {
    let mut found = Vec::new();
    for version in entries(&root.join(DEBIAN)) {
        let version_name = name_of(&version);
        for folder in entries(&version) {
            let sapi = name_of(&folder);
            // The files that all of them share by links.
            if sapi == "mods-available" || !folder.is_dir() {
                continue;
            }
            let mut it = Sapi::new(format!("{version_name}/{sapi}"));
            it.folder(&folder, &folder.join("conf.d"));
            let pools = pools(&it, &folder.join("pool.d"));
            found.push(it);
            found.extend(pools);
        }
    }
    for (name, folder, further) in OTHERS {
        let mut it = Sapi::new(name.to_owned());
        it.folder(&root.join(folder), &root.join(further));
        if !it.files.is_empty() || !it.troubles.is_empty() {
            found.push(it);
        }
    }
    found
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The setting that a line of a pool sets: only an administrator's lines may set one of ours.
fn of_pool(name: &str) -> Option<&str> {
    let inside = name
        .strip_prefix("php_admin_value[")
        .or_else(|| name.strip_prefix("php_admin_flag["))?;
    inside.strip_suffix(']')?.strip_prefix(DIRECTIVE_PREFIX)
}

fn pools(of: &Sapi, folder: &Path) -> Vec<Sapi> {
    let mut found: Vec<Sapi> = Vec::new();
    for file in entries(folder) {
        if file.extension().is_none_or(|it| it != "conf") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for line in ini::lines(&text) {
            let Some((pool, setting)) = line.section.as_deref().zip(of_pool(&line.name)) else {
                continue;
            };
            let name = format!("{}, pool {pool}", of.name);
            let place = found.iter().position(|it| it.name == name);
            let place = place.unwrap_or_else(|| {
                let mut it = of.clone();
                it.name.clone_from(&name);
                it.files.push(file.clone());
                found.push(it);
                found.len().saturating_sub(1)
            });
            if let Some(it) = found.get_mut(place) {
                it.set(setting, line.value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn each_program_has_the_settings_that_its_own_files_say_last() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(
            root,
            "etc/php/8.2/fpm/php.ini",
            "twofactor.site = a\nextension_dir = /opt/ext",
        );
        write(
            root,
            "etc/php/8.2/fpm/conf.d/20-twofactor.ini",
            "extension=twofactor\ntwofactor.site = b\ntwofactor.sit = c",
        );
        write(
            root,
            "etc/php/8.2/fpm/conf.d/30-x.ini.bak",
            "twofactor.site = no",
        );
        write(
            root,
            "etc/php/8.2/fpm/pool.d/www.conf",
            "[www]\nuser = www-data\n[shop]\nphp_admin_value[twofactor.site] = shop\nphp_value[twofactor.issuer] = no",
        );
        write(root, "etc/php/8.2/cli/php.ini", "memory_limit = -1");
        write(
            root,
            "etc/php/8.2/mods-available/twofactor.ini",
            "extension=twofactor",
        );
        write(root, "opt/ext/twofactor.so", "");
        let found = installed(root);
        let names: Vec<_> = found.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["8.2/cli", "8.2/fpm", "8.2/fpm, pool shop"]);
        let [cli, fpm, shop] = found.as_slice() else {
            panic!("{names:?}")
        };
        assert!(!cli.is_concerned() && fpm.is_concerned());
        assert_eq!(fpm.value("site").unwrap().as_str(), "b");
        assert_eq!(shop.value("site").unwrap().as_str(), "shop");
        assert!(shop.value("issuer").is_none());
        assert_eq!(fpm.unknown, ["sit"]);
        assert_eq!(fpm.differing(shop), ["site"]);
        assert_eq!(fpm.differing(cli), ["site"]);
        assert_eq!(fpm.library(root), [root.join("opt/ext/twofactor.so")]);
        assert!(!format!("{shop:?}").contains("site"));
    }

    #[test]
    fn what_php_computes_and_what_is_for_some_requests_is_said_and_not_guessed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(
            root,
            "usr/local/etc/php/conf.d/tf.ini",
            "extension=/x/twofactor.so\ntwofactor.key_file = ${KEY}\n[HOST=a.example]\ntwofactor.site = a",
        );
        let found = installed(root);
        let [only] = found.as_slice() else { panic!() };
        assert_eq!(only.name, "local");
        assert_eq!(only.unclear().collect::<Vec<_>>(), ["key_file"]);
        assert!(only.value("key_file").is_none() && only.value("site").is_none());
        assert!(only.troubles[0].ends_with("twofactor.site is set for some requests only"));
    }
}
