//! The one normal form of what people type and paste: codes, secrets, telephone numbers.
//!
//! A telephone, a word processor or a messenger puts no-break spaces, typographic dashes, zero-width
//! characters and bidirectional marks among the digits that it was given, and a keyboard writes the
//! digits of its own language. Nobody sees a difference, so there is none:
//!
//! ```text
//!   format characters (Cf: zero-width, bidirectional, soft hyphen, byte order mark)   are not there
//!   spaces, tabs and ends of lines (White_Space)                                      a space
//!   dashes (Pd, Dash, and what is drawn as one)                                       a dash
//!   decimal digits of any script (Nd)                                                 0 to 9
//!   full-width forms of ASCII (U+FF01 to U+FF5E)                                      ASCII
//!   everything else, control characters among it                                      itself
//! ```
//!
//! Properties are those of Unicode 16; a test holds the tables to it. What is read is one text for all
//! spellings, and compared, charged and spent as that text.

use zeroize::Zeroizing;

/// The zero of each run of ten decimal digits. In every script they follow one another, from zero to
/// nine (Unicode Standard, section 4.6).
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// General category Cf.
pub(crate) const fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}')
}

/// General category Pd and the property Dash; then what looks like one: a modifier letter, a bullet,
/// part of a box, a heavy minus, and the mark of a long vowel in Japanese.
const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2010}'..='\u{2015}'
        | '\u{2053}' | '\u{207b}' | '\u{208b}' | '\u{2212}' | '\u{2e17}' | '\u{2e1a}'
        | '\u{2e3a}'..='\u{2e3b}' | '\u{2e40}' | '\u{2e5d}' | '\u{301c}' | '\u{3030}' | '\u{30a0}'
        | '\u{fe31}'..='\u{fe32}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{10d6e}' | '\u{10ead}')
        || matches!(
            c,
            '\u{2d7}' | '\u{2043}' | '\u{2500}' | '\u{2796}' | '\u{30fc}' | '\u{ff70}'
        )
}

/// The digit that a decimal digit of any script stands for.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let run = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = code.checked_sub(*ZEROS.get(run)?)?;
    char::from_digit(value, 10)
}

/// What one character stands for; `None` for one that is not there.
fn normal(c: char) -> Option<char> {
    match c {
        '!'..='~' => Some(c),
        _ if is_format(c) => None,
        _ if c.is_whitespace() => Some(' '),
        _ if is_dash(c) => Some('-'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)),
        _ => digit(c).or(Some(c)),
    }
}

/// Whether there are more than `most` characters. Looks at no more than it needs to say so: to be asked
/// before anything else is done with a text.
#[must_use]
pub fn is_longer_than(text: &str, most: usize) -> bool {
    // No character takes more than four bytes.
    text.len() > most.saturating_mul(4) || text.chars().count() > most
}

/// The text in its normal form, spaces and dashes included. Never longer than it was.
#[must_use]
pub fn text(typed: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(typed.len()));
    out.extend(typed.chars().filter_map(normal));
    out
}

/// Letters and digits of something that is copied in groups: the normal form without spaces and dashes.
pub fn signs(typed: &str) -> impl Iterator<Item = char> + '_ {
    let shown = typed.chars().filter_map(normal);
    shown.filter(|c| !matches!(c, ' ' | '-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_syntax::hir::{Class, HirKind};

    use super::*;

    /// Every character of a property, as the tables of another library have it.
    fn every(property: &str) -> Vec<char> {
        let hir = regex_syntax::parse(property).unwrap();
        let HirKind::Class(Class::Unicode(class)) = hir.into_kind() else {
            panic!("{property}");
        };
        class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .collect()
    }

    #[test]
    fn the_tables_are_those_of_unicode() {
        let all = || '\0'..=char::MAX;
        let digits = every(r"\p{Nd}");
        assert!(all().filter(|c| digit(*c).is_some()).eq(digits.clone()));
        // Runs of ten, each from zero on.
        for run in digits.chunks(10) {
            let values: String = run.iter().filter_map(|c| digit(*c)).collect();
            assert_eq!(values, "0123456789", "{run:?}");
        }
        assert!(all().filter(|c| is_format(*c)).eq(every(r"\p{Cf}")));
        assert!(
            all()
                .filter(|c| c.is_whitespace())
                .eq(every(r"\p{White_Space}"))
        );
        let lookalikes = [
            '\u{2d7}', '\u{2043}', '\u{2500}', '\u{2796}', '\u{30fc}', '\u{ff70}',
        ];
        let mut dashes = every(r"[\p{Pd}\p{Dash}]");
        dashes.extend(lookalikes);
        dashes.sort_unstable();
        assert!(all().filter(|c| is_dash(*c)).eq(dashes));
    }

    #[test]
    fn what_nobody_sees_makes_no_difference() {
        for (typed, is) in [
            ("123456", "123456"),
            ("123\u{a0}456", "123 456"),
            ("123\u{202f}456\u{3000}", "123 456 "),
            ("\u{feff}12\u{200b}34\u{2060}56\u{200d}", "123456"),
            ("\u{202a}123456\u{202c}", "123456"),
            ("\u{2066}\u{200e}123456\u{200f}\u{2069}", "123456"),
            ("12\u{ad}34", "1234"),
            ("12–34—56−78‐90‑12", "12-34-56-78-90-12"),
            ("１２３", "123"),
            ("١٢٣۴٥٦", "123456"),
            ("१२३൪५", "12345"),
            ("𝟏𝟐𝟛𝟜", "1234"),
            ("ＡＢｃ－Ｚ＋（）", "ABc-Z+()"),
            ("1\t2\r\n3\u{85}4", "1 2  3 4"),
            // Others stay what they are, and are refused by whoever reads them.
            ("1\0\u{7f}2", "1\0\u{7f}2"),
            ("①½²Ⅷ十ABCé", "①½²Ⅷ十ABCé"),
            ("\u{fffd}", "\u{fffd}"),
        ] {
            assert_eq!(&**text(typed), is, "{typed:?}");
            let signs: String = signs(typed).collect();
            assert_eq!(signs, is.replace([' ', '-'], ""), "{typed:?}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(!is_longer_than("", 0));
        for one in ["a", "é", "１", "𝟏"] {
            assert!(!is_longer_than(&one.repeat(64), 64), "{one}");
            assert!(is_longer_than(&one.repeat(65), 64), "{one}");
        }
        assert!(is_longer_than(&"1".repeat(1 << 20), 64));
    }

    proptest! {
        /// There is one normal form: it is its own.
        #[test]
        fn it_is_normal_already(typed in any::<String>()) {
            let once = text(&typed);
            prop_assert_eq!(&text(&once), &once);
            prop_assert!(once.len() <= typed.len());
        }

        /// Whatever is put between the signs of a code, it is that code.
        #[test]
        fn what_is_put_between_changes_nothing(
            code in "[0-9A-Z]{4,16}",
            between in proptest::collection::vec(0usize..400, 0..20),
        ) {
            let blanks = every(r"[\p{Cf}\p{White_Space}\p{Pd}\p{Dash}]");
            let mut typed = String::new();
            for (index, sign) in code.chars().enumerate() {
                typed.extend(between.get(index).map(|at| blanks[at % blanks.len()]));
                typed.push(sign);
            }
            prop_assert_eq!(signs(&typed).collect::<String>(), code);
        }
    }
}
