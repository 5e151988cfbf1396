//! Percent-encoding (RFC 3986 section 2), as URIs and forms have it.
//!
//! `percent-encoding` decodes what it can and leaves the rest as it is. Here nothing is guessed: a percent sign
//! without two digits is an error, and so is what is not UTF-8. What is decoded may be a secret, so it is written
//! once, into one buffer that zeroes itself.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode, percent_encode};
use zeroize::Zeroizing;

/// Everything but unreserved characters (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a path is written with, besides.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Everything but unreserved characters encoded.
pub(crate) fn encoded(text: &str) -> PercentEncode<'_> {
    percent_encode(text.as_bytes(), RESERVED)
}

/// The path of a `file:` URI: slashes stay.
pub(crate) fn path_encoded(path: &[u8]) -> PercentEncode<'_> {
    percent_encode(path, RESERVED_IN_PATH)
}

/// Undoes percent-encoding; a plus sign stays one. `None` where it is wrong, or not of UTF-8.
#[must_use]
pub(crate) fn decoded(text: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    append(&mut bytes, text)?;
    text_of(bytes)
}

/// Undoes the encoding of a form (`application/x-www-form-urlencoded`) or a query: as [`decoded`], but for plus
/// signs, which are spaces.
#[must_use]
pub(crate) fn form_decoded(text: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    for (at, part) in text.split(|byte| *byte == b'+').enumerate() {
        if at > 0 {
            bytes.push(b' ');
        }
        append(&mut bytes, part)?;
    }
    text_of(bytes)
}

fn append(bytes: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    let is_digits = |rest: &[u8]| {
        rest.get(..2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let mut signs = text.split(|byte| *byte == b'%').skip(1);
    signs
        .all(is_digits)
        .then(|| bytes.extend(percent_decode(text)))
}

fn text_of(mut bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    std::str::from_utf8(&bytes).ok()?;
    let text = String::from_utf8(std::mem::take(&mut *bytes));
    text.ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unreserved_characters_stay_and_every_other_is_encoded() {
        let plain = "AZaz09-._~";
        assert_eq!(encoded(plain).to_string(), plain);
        assert_eq!(
            encoded("a b+c/d:e%é\0").to_string(),
            "a%20b%2Bc%2Fd%3Ae%25%C3%A9%00"
        );
        assert_eq!(
            path_encoded(b"/a b/c?d#e%\xff.db").to_string(),
            "/a%20b/c%3Fd%23e%25%FF.db"
        );
    }

    #[test]
    fn what_is_not_encoded_rightly_is_an_error() {
        for decode in [decoded, form_decoded] {
            for wrong in [
                "%",
                "a%",
                "%4",
                "%4+",
                "%+4",
                "%-1",
                "%g0",
                "%0g",
                "%%20",
                "%ff",
                "%C3",
                "%C3%28",
                "%ED%A0%80",
                "%4\u{e9}",
            ] {
                assert!(decode(wrong.as_bytes()).is_none(), "{wrong}");
            }
            assert!(decode(b"a\xff").is_none());
            assert_eq!(&**decode(b"%41%c3%A9\xc3\xa9%00%2541").unwrap(), "Aéé\0%41");
            assert_eq!(&**decode(b"").unwrap(), "");
        }
        assert_eq!(&**decoded(b"+a+%2b").unwrap(), "+a++");
        assert_eq!(&**form_decoded(b"+a+%2b").unwrap(), " a +");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_again(text in any::<String>()) {
            let there = encoded(&text).to_string();
            prop_assert_eq!(&**decoded(there.as_bytes()).unwrap(), &*text);
            prop_assert_eq!(&**form_decoded(there.as_bytes()).unwrap(), &*text);
        }

        #[test]
        fn decoding_survives_anything(text in any::<Vec<u8>>(), signs in "[%+0-9a-g]{0,20}") {
            let _ = (decoded(&text), form_decoded(&text));
            let _ = (decoded(signs.as_bytes()), form_decoded(signs.as_bytes()));
        }
    }
}
