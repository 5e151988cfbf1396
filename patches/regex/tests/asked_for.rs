//! What the tree asks for, as it asks.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use regex::{Regex, RegexSet, bytes};

/// Every pattern of `mysql_common`, the only crate of the extension that asks for `regex`.
const PATTERNS: [&str; 11] = [
    r"^(?:5.5.5-)?(\d{1,2})\.(\d{1,2})\.(\d{1,3})-MariaDB",
    r"^(\d{1,2})\.(\d{1,2})\.(\d{1,3})(.*)",
    "-----BEGIN RSA PUBLIC KEY-----([^-]*)-----END RSA PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----",
    r"^\d{4}-\d{2}-\d{2}$",
    r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$",
    r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{1,6}$",
    r"^\d{2}:[0-5]\d:[0-5]\d$",
    r"^\d{2}:[0-5]\d:[0-5]\d\.\d{1,6}$",
    r"^[0-8]\d\d:[0-5]\d:[0-5]\d$",
    r"^[0-8]\d\d:[0-5]\d:[0-5]\d\.\d{1,6}$",
];

/// Where Cargo says that this tree and its crates are.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Cargo uses a stand-in only while its version fits all who ask for the crate; otherwise it warns and takes the
/// whole crate.
#[test]
fn cargo_takes_this_crate_for_regex_and_no_other() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    assert!(!lock.contains("[[patch.unused]]"));
    let packages: Vec<&str> = lock.split("[[package]]").collect();
    let of = |name: &str| -> Vec<&str> {
        let line = format!("\nname = \"{name}\"\n");
        let found = packages.iter().filter(|package| package.contains(&line));
        found.copied().collect()
    };
    let regex = of("regex");
    assert_eq!(regex.len(), 1);
    assert!(!regex.concat().contains("\nsource = "), "not this crate");
    assert!(regex.concat().contains("\n \"regex-lite\",\n"));
    let mysql = of("mysql_common").concat();
    assert!(
        mysql.contains("\n \"regex\",\n"),
        "no longer asked for: remove it"
    );
    // Another crate of the extension would have other patterns. The other three build it and measure it.
    let others = packages
        .iter()
        .filter(|package| package.contains("\n \"regex\",\n"));
    let others = others.filter_map(|package| package.trim_start().lines().next());
    assert_eq!(
        others.collect::<Vec<_>>(),
        ["bindgen", "criterion", "mysql_common", "prost-build"]
            .map(|name| format!("name = \"{name}\""))
    );
}

/// What is a new pattern may ask for what `regex-lite` has not, or mean something else there.
#[test]
fn mysql_common_looks_for_what_is_tried_here_and_for_nothing_else() {
    // Crates of other platforms need not be on this machine.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .args(["--filter-platform", &platform])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata = String::from_utf8(cargo.stdout).unwrap();
    let (_, package) = metadata
        .split_once("\"name\":\"mysql_common\",\"version\":")
        .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&cargo.stderr)));
    let (_, path) = package.split_once("\"manifest_path\":\"").unwrap();
    let manifest = Path::new(path.split_once('"').unwrap().0);
    let mut found = BTreeSet::new();
    read_patterns(&manifest.with_file_name("src"), &mut found);
    assert_eq!(found, PATTERNS.map(str::to_owned).into());
    for pattern in PATTERNS {
        assert!(bytes::Regex::new(pattern).is_ok(), "{pattern}");
        assert!(pattern.is_ascii());
    }
}

/// Adds the text behind each `Regex::new(` of a folder.
fn read_patterns(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_patterns(&path, found);
            continue;
        }
        let code = fs::read_to_string(&path).unwrap();
        for at in code.split("Regex::new(").skip(1) {
            let text = at.trim_start();
            let text = text.strip_prefix("r\"").or_else(|| text.strip_prefix('"'));
            let (text, _) = text.and_then(|text| text.split_once('"')).unwrap();
            let lines = text.split("\\\n").map(str::trim_start);
            found.insert(lines.collect());
        }
    }
}

/// How `mysql_common` reads a server's version.
fn version(of: &[u8]) -> Option<Vec<Vec<u8>>> {
    let pattern = bytes::Regex::new(r"^(\d{1,2})\.(\d{1,2})\.(\d{1,3})(.*)").unwrap();
    let groups = pattern.captures(of)?;
    (1..=4)
        .map(|group| groups.get(group).map(|found| found.as_bytes().to_vec()))
        .collect()
}

#[test]
fn a_server_s_version_is_read() {
    let read = version(b"10.11.14-MariaDB-0+deb12u2").unwrap();
    assert_eq!(read, [&b"10"[..], b"11", b"14", b"-MariaDB-0+deb12u2"]);
    assert_eq!(version(b"8.4.0").unwrap(), [&b"8"[..], b"4", b"0", b""]);
    for none in [
        &b""[..],
        b"8.4",
        b"v8.4.0",
        b"8.4.0\xff",
        "٨.٤.٠".as_bytes(),
    ] {
        assert_eq!(version(none), None, "{none:?}");
    }
    let maria = bytes::Regex::new(r"^(?:5.5.5-)?(\d{1,2})\.(\d{1,2})\.(\d{1,3})-MariaDB").unwrap();
    let groups = maria.captures(b"5.5.5-10.11.14-MariaDB-0").unwrap();
    assert_eq!(groups.get(0).unwrap().as_bytes(), b"5.5.5-10.11.14-MariaDB");
    assert_eq!(groups.get(3).unwrap().as_bytes(), b"14");
    assert_eq!(groups.get(4), None);
    assert!(maria.captures(b"8.4.0").is_none());
}

#[test]
fn a_public_key_is_found() {
    let pattern = "-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----";
    let key = b"-----BEGIN PUBLIC KEY-----\nMIIB\nIjAN\n-----END PUBLIC KEY-----\n";
    let groups = bytes::Regex::new(pattern).unwrap().captures(key).unwrap();
    assert_eq!(groups.get(1).unwrap().as_bytes(), b"\nMIIB\nIjAN\n");
}

#[test]
fn times_are_told_from_what_is_none() {
    let pattern = bytes::Regex::new(r"^[0-8]\d\d:[0-5]\d:[0-5]\d\.\d{1,6}$").unwrap();
    assert!(pattern.is_match(b"838:59:59.000001"));
    for none in [
        &b"938:59:59.1"[..],
        b"838:60:59.1",
        b"838:59:59.1\n",
        b"838:59:59.",
    ] {
        assert!(!pattern.is_match(none), "{none:?}");
    }
}

#[test]
fn matches_are_replaced() {
    let links = Regex::new(r"https?://[^ )]+").unwrap();
    assert_eq!(
        links.replace_all("see http://a.b/c (https://d)", "<$0>"),
        "see <http://a.b/c> (<https://d>)"
    );
    assert_eq!(links.replace_all("nothing", "<$0>"), "nothing");
    let brackets = Regex::new(r"(^|[^\]\\])\[(([^\]]*[^\\])?)\]([^(\[]|$)").unwrap();
    assert_eq!(
        brackets.replace_all("a [b] [c](d) [e]", r"$1\[$2\]$4"),
        r"a \[b\] [c](d) \[e\]"
    );
    let named = Regex::new("(?P<digit>[0-9])").unwrap();
    assert_eq!(named.replace_all("1ü2", "${digit}${other}$$"), "1$ü2$");
    // Matches of nothing, between the letters and at the end, never within one.
    assert_eq!(Regex::new("x*").unwrap().replace_all("üx", "-"), "-ü-");
    assert_eq!(Regex::new("a").unwrap().replace_all("aa", ""), "");
}

#[test]
fn of_a_set_all_that_match_are_named() {
    let set = RegexSet::new(["^(zend_.*)$", "^(php_.*)$", "^(.*_init)$"]).unwrap();
    let found = set.matches("zend_init");
    assert!(found.matched_any() && set.is_match("zend_init"));
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [0, 2]);
    assert!(!set.matches("other").matched_any() && !set.is_match("other"));
    assert!(!RegexSet::new(Vec::<String>::new()).unwrap().is_match(""));
}

#[test]
fn what_is_no_pattern_is_said() {
    for wrong in ["(", "[a", "a{2,1}", r"\p{None}", "*"] {
        assert!(!Regex::new(wrong).unwrap_err().to_string().is_empty());
        assert!(bytes::Regex::new(wrong).is_err(), "{wrong}");
        assert!(RegexSet::new(["a", wrong]).is_err(), "{wrong}");
    }
}

proptest! {
    /// `mysql_common` unwraps what it reads of a version: it must always be a number of its type.
    #[test]
    fn what_is_read_of_a_version_is_numbers(
        name in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..20),
            "[0-9٠-٩०-९]{1,4}\\.[0-9٠-٩]{1,3}\\.[0-9𝟎-𝟗]{1,4}.{0,5}".prop_map(String::into_bytes),
        ],
    ) {
        if let Some(read) = version(&name) {
            for number in read.iter().take(3) {
                prop_assert!(std::str::from_utf8(number).unwrap().parse::<u16>().is_ok());
            }
        }
    }
}
