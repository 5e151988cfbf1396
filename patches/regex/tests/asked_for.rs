//! What the tree asks for, as it asks.

#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use regex::{Regex, RegexSet, bytes};

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
