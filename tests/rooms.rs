//! Rooms depend on each other downwards only, and what is dangerous stays where it belongs.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Room, and the rooms it names: no more and no less. `docs/design.md` has the same table, shorter.
const ROOMS: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("clock", &[]),
    ("crypto", &[]),
    ("qr", &[]),
    ("development", &[]),
    ("wording", &[]),
    ("origin", &[]),
    ("mail", &["terms", "wording"]),
    ("phone", &["terms"]),
    (
        "sms",
        &[
            "crypto",
            "config",
            "phone",
            "clock",
            "terms",
            "development",
            "wording",
        ],
    ),
    ("audit", &["crypto", "clock", "terms"]),
    ("store", &["clock", "terms"]),
    (
        "config",
        &["store", "phone", "terms", "development", "origin"],
    ),
    (
        "account",
        &["store", "crypto", "audit", "config", "clock", "terms"],
    ),
    (
        "verifier",
        &[
            "account", "sms", "mail", "store", "crypto", "audit", "config", "phone", "clock",
            "terms", "origin",
        ],
    ),
    (
        "php",
        &[
            "verifier", "account", "sms", "store", "crypto", "config", "phone", "clock", "terms",
            "qr", "origin",
        ],
    ),
];

/// The product's own: no file and no folder of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().unwrap() == "tests" {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code without comments, and without tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(src()).unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Every room named behind `crate::`, also in `use crate::{a, b}`.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + 7..];
        let list = match rest.strip_prefix('{') {
            Some(inner) => inner.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        for item in list {
            let word: String = item
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if word.chars().next().is_some_and(char::is_lowercase) {
                names.push(word);
            }
        }
    }
    names
}

#[test]
fn rooms_depend_downwards_only() {
    let mut used = BTreeSet::new();
    for path in sources(&src()) {
        let room = room_of(&path);
        if room == "lib" {
            continue;
        }
        let (_, allowed) = ROOMS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{room} is not in the table"));
        for name in named(&code(&path)) {
            assert!(
                name == room || allowed.contains(&name.as_str()),
                "{} uses {name}, which {room} may not",
                path.display()
            );
            used.insert((room.clone(), name));
        }
    }
    for (room, allowed) in ROOMS {
        for name in *allowed {
            assert!(
                used.contains(&((*room).to_owned(), (*name).to_owned())),
                "{room} need not be allowed {name}"
            );
        }
    }
}

#[test]
fn unsafe_code_and_php_stay_in_their_room() {
    for path in sources(&src()) {
        let room = room_of(&path);
        if room == "php" || room == "lib" {
            continue;
        }
        let code = code(&path);
        for word in ["unsafe ", "unsafe{", "ext_php_rs", "zend_"] {
            assert!(!code.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn time_and_randomness_come_from_one_place_each() {
    for path in sources(&src()) {
        let code = code(&path);
        let name = path
            .strip_prefix(src())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let allowed = |word: &str| {
            matches!(
                (word, name.as_str()),
                ("SystemTime", "clock.rs") | ("getrandom", "crypto/random.rs")
            )
        };
        for word in [
            "SystemTime",
            "getrandom",
            "rand::",
            "thread_rng",
            "mt_rand",
            "uuid",
        ] {
            assert!(!code.contains(word) || allowed(word), "{name} has {word}");
        }
    }
}

/// Whoever can say that this is a site under development can have its codes written to a file.
#[test]
fn only_the_configuration_says_that_a_site_is_under_development() {
    for path in sources(&src()) {
        let room = room_of(&path);
        if room == "development" || room == "config" {
            continue;
        }
        let code = code(&path);
        assert!(
            !code.contains("DevelopmentAllowed::") && !code.contains("from_setting"),
            "{} makes the witness",
            path.display()
        );
    }
}
