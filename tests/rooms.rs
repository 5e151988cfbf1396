//! Rooms depend on each other downwards only, and what is dangerous stays where it belongs.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room, and the rooms it names, which stand above it: no more and no less. `docs/design.md` has the same
/// table, the other way up.
const ROOMS: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("clock", &[]),
    ("typed", &[]),
    ("crypto", &["typed"]),
    ("qr", &[]),
    ("development", &[]),
    ("wording", &[]),
    ("origin", &[]),
    ("proxy", &["terms"]),
    ("mail", &["terms", "typed", "wording"]),
    ("phone", &["terms", "typed", "wording"]),
    ("audit", &["crypto", "clock", "terms"]),
    ("store", &["clock", "terms"]),
    (
        "config",
        &[
            "store",
            "phone",
            "clock",
            "terms",
            "development",
            "origin",
            "proxy",
        ],
    ),
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
            "proxy",
        ],
    ),
    (
        "account",
        &[
            "store", "crypto", "audit", "config", "clock", "terms", "typed",
        ],
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
            "qr", "origin", "wording",
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

/// Every room named behind `crate::`, also in `use crate::{a, b::{c, d}}`.
fn named(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .flat_map(|(at, _)| first_words(&code[at + 7..]))
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase))
        .collect()
}

/// The first word of a path; of `{…}` the first word of each path in it, whatever braces follow in those.
fn first_words(rest: &str) -> Vec<String> {
    let word_of = |path: &str| -> String {
        let path = path.trim_start();
        path.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(inner) = rest.trim_start().strip_prefix('{') else {
        return vec![word_of(rest)];
    };
    let (mut words, mut depth, mut from) = (Vec::new(), 0_u32, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            ',' if depth == 0 => {
                words.extend(first_words(&inner[from..at]));
                from = at + 1;
            }
            '{' => depth += 1,
            '}' if depth == 0 => {
                words.extend(first_words(&inner[from..at]));
                return words;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    panic!("a brace that does not end");
}

#[test]
fn every_room_is_found_however_it_is_named() {
    for (code, rooms) in [
        ("use crate::sms;", vec!["sms"]),
        ("use crate::sms::{self, budget};", vec!["sms"]),
        ("use crate::{a, sms::http};", vec!["a", "sms"]),
        ("use crate::{a::{B}, sms};", vec!["a", "sms"]),
        (
            "use crate::{\n    a::{b::{C, d}, E},\n    sms,\n};\nuse other::{f};",
            vec!["a", "sms"],
        ),
        ("use crate::{{a, b::{c}}, sms as s};", vec!["a", "b", "sms"]),
        ("crate::a::f(crate::sms::g, {b})", vec!["a", "sms"]),
        ("use crate::Error; use crate::{A, b};", vec!["b"]),
        ("pub(in crate::a) use self::{b};", vec!["a"]),
    ] {
        let mut found = named(code);
        found.retain(|name| !name.is_empty());
        assert_eq!(found, rooms, "{code}");
    }
}

/// The rows that say what a room of ours may use: all of [`ROOMS`], in their words.
#[test]
fn the_design_has_the_same_table() {
    let design = include_str!("../docs/design.md");
    let quoted = |cell: &str| -> Vec<String> {
        let words = cell.split('`').skip(1).step_by(2);
        words.map(ToOwned::to_owned).collect()
    };
    let mut written = BTreeMap::new();
    let (_, rooms) = design.split_once("\n## Rooms\n").unwrap();
    for row in rooms.split("\n## ").next().unwrap().lines() {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [place, _, uses] = cells[..] else {
            continue;
        };
        for place in quoted(place) {
            let Some(room) = place.strip_prefix("src/") else {
                continue;
            };
            let room = room.trim_end_matches('/').trim_end_matches(".rs");
            let uses = BTreeSet::from_iter(quoted(uses));
            let not_below: Vec<_> = uses
                .iter()
                .filter(|name| written.contains_key(*name))
                .collect();
            assert!(
                not_below.is_empty(),
                "{room} uses {not_below:?}, which are not below it"
            );
            let before = written.insert(room.to_owned(), uses);
            assert_eq!(before, None, "{room} has two rows");
        }
    }
    let held: BTreeMap<_, _> = ROOMS
        .iter()
        .map(|(room, uses)| {
            let uses: BTreeSet<_> = uses.iter().map(|name| (*name).to_owned()).collect();
            ((*room).to_owned(), uses)
        })
        .collect();
    assert_eq!(written, held);
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
    for (place, (room, allowed)) in ROOMS.iter().enumerate() {
        for name in *allowed {
            assert!(
                ROOMS.iter().take(place).any(|(before, _)| before == name),
                "{room} uses {name}, which is not below it"
            );
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
