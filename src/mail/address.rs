//! What an address may be that codes are mailed to: one mailbox, plainly written.
//!
//! A mailer reads a list, a display name, a comment or a source route out of what it is given, and then
//! sends a code to somebody else than the one whose address this was said to be. So there is room for none
//! of them: a local part of atoms, one `@`, the name of a domain.

use crate::normalize;
use crate::types::is_host_name;

/// Longest address, in bytes: a path is 256 with its brackets (RFC 5321 section 4.5.3.1.3).
const LONGEST: usize = 254;

/// Longest local part, in bytes (RFC 5321 section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Whether a text is one address: `Dot-string "@" Domain` (RFC 5321 section 4.1.2), also with letters
/// outside ASCII (RFC 6531 section 3.3).
///
/// What the grammar has besides is refused: a quoted local part, for it may hold commas, spaces and
/// another `@`, which mailers read differently, and which RFC 5321 itself asks hosts to avoid; and an
/// address in brackets in place of a domain.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= LONGEST
        && text.split_once('@').is_some_and(|(local, domain)| {
            local.len() <= LONGEST_LOCAL && local.split('.').all(is_atom) && is_domain(domain)
        })
}

/// An address without most of it: the first letter, and the domain.
#[must_use]
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}•••@{domain}")
        }
        None => "•••".to_owned(),
    }
}

/// RFC 5322 section 3.2.3.
fn is_atom(text: &str) -> bool {
    let is_special = |c: char| "!#$%&'*+-/=?^_`{|}~".contains(c);
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || is_special(c) || is_foreign(c))
}

/// The name of a host with a dot, of which the last part is no number, as of an address it would be.
fn is_domain(text: &str) -> bool {
    let ascii = text.replace(is_foreign, "x");
    let top = ascii.rsplit_once('.').map(|(_, top)| top);
    is_host_name(&ascii) && top.is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()))
}

/// A letter outside ASCII that stands for itself: none that is invisible, or another form of a comma, a
/// space or an `@`.
fn is_foreign(c: char) -> bool {
    !c.is_ascii() && !c.is_control() && normalize::text(c.encode_utf8(&mut [0; 4])).starts_with(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_mailbox_is_an_address() {
        let long = format!(
            "{}@{}.{}.{}.example",
            "a".repeat(64),
            "b".repeat(60),
            "c".repeat(60),
            "d".repeat(59)
        );
        assert_eq!(long.len(), LONGEST);
        for address in [
            "anna@example.org",
            "a@b.co",
            "anna.b+tag@mail.example-1.co.uk",
            "o'neil_/=?^`{|}~!#$%&*-@example.org",
            "1@2.3a",
            "ANNA@EXAMPLE.ORG",
            "anna@xn--mller-kva.de",
            "jürgen@müller.de",
            "用户@例え.jp",
            &long,
        ] {
            assert!(is_address(address), "{address}");
        }
    }

    #[test]
    fn a_list_a_name_a_comment_and_half_an_address_are_none() {
        let local = format!("{}@example.org", "a".repeat(65));
        let whole = format!(
            "{}@{}.{}.{}.example",
            "a".repeat(64),
            "b".repeat(60),
            "c".repeat(60),
            "d".repeat(60)
        );
        for other in [
            "",
            "@",
            "anna",
            "anna@",
            "@example.org",
            "anna@localhost",
            "a@b.example,c@d.example",
            "a@b.example;c@d.example",
            "a@b.example c@d.example",
            "a@b.example\nBcc: c@d.example",
            "a@b.example%0abcc:c@d.example",
            "a@@b.example",
            "a@b@c.example",
            "a,b@c.example",
            "a b@c.example",
            "Anna <a@b.example>",
            "<a@b.example>",
            "a@b.example (Anna)",
            "(Anna)a@b.example",
            "a(anna)@b.example",
            "@relay.example:a@b.example",
            "mailto:a@b.example",
            "group:a@b.example;",
            "\"a b\"@c.example",
            "\"a,b@d.example\"@c.example",
            "a\\@b@c.example",
            "a@[192.0.2.1]",
            "a@192.0.2.1",
            "a@[IPv6:2001:db8::1]",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a@.example",
            "a@b.example.",
            "a@b..example",
            "a@-b.example",
            "a@b_c.example",
            "a@b.example\0",
            "a@b.example\u{85}",
            " a@b.example",
            "a@b.example\u{a0}",
            "a\u{200b}@b.example",
            "a\u{202e}@b.example",
            "a＠b.example",
            "a@b.example，c@d.example",
            "a@b。example",
            "a@b.example,",
            &local,
            &whole,
            &"a@b.example".repeat(100_000),
        ] {
            assert!(!is_address(other), "{other:?}");
        }
    }

    #[test]
    fn of_an_address_the_first_letter_and_the_domain_are_shown() {
        assert_eq!(masked("anna@example.org"), "a•••@example.org");
        assert_eq!(masked("jürgen@müller.de"), "j•••@müller.de");
        assert_eq!(masked("nonsense"), "•••");
    }

    proptest! {
        /// Whatever a mailer takes for more than an atom is in no address.
        #[test]
        fn an_address_has_one_at_and_nothing_that_parts(text in "[ab@.,;:<>() \"\\\\\\[\\]\r\n\t\u{a0}，＠]{0,20}") {
            if is_address(&text) {
                prop_assert_eq!(text.matches('@').count(), 1);
                prop_assert!(text.chars().all(|c| matches!(c, 'a' | 'b' | '@' | '.')), "{}", text);
            }
        }
    }
}
