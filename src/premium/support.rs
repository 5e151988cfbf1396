//! The support bundle: one text that an operator reads and attaches to a question.
//!
//! ```text
//!   twofactor support bundle, version 1        first line; the number rises when a section means something else
//!   made: 2026-11-30T15:00:00Z
//!
//!   [versions]                                 sections in the order of Section::ALL, each of them, one fact a line
//!   extension: 4.0.0
//! ```
//!
//! It is built for a reader who is a stranger, so what may be in it is decided by the kind of a value and not by looking for
//! what may not: numbers, times, words of this software, versions and names of bounded letters, and sentences of this
//! software. A text that a person has typed has no kind here; of such a thing it can only be said that it is set
//! ([`Value::Set`]). Behind that stands a second barrier: whatever looks like an e-mail address, a network address, a path, a
//! long number or a token is taken out of sentences as well. Every line is printable ASCII, and the whole is bounded.

use std::fmt::Write as _;

use super::Premium;
use crate::clock::UnixTime;

/// The number of the format.
const VERSION: u32 = 1;

/// Most bytes of it all, of a value and of a name; most lines of a section.
const MOST_BYTES: usize = 64 * 1024;
const MOST_VALUE: usize = 500;
const MOST_NAME: usize = 80;
const MOST_LINES: usize = 250;

/// Digits in a row that may be a telephone number.
const NUMBER: usize = 7;

/// Letters and digits in a row that no word of ours has, so that it may be a token.
const TOKEN: usize = 24;

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Software and its versions.
    Versions,
    /// Every setting, and where it came from.
    Settings,
    /// Plan and end.
    Licence,
    /// Whether it answers, and how it is set up.
    Store,
    /// What health found.
    Health,
    /// Kinds and states of the providers.
    Providers,
    /// What failed lately, by kind.
    Errors,
    /// What happened since counting began.
    Counters,
    /// Of how many accounts what is so.
    Accounts,
    /// Tables, columns, rows, formats.
    Schema,
}

impl Section {
    /// In their order.
    pub const ALL: [Self; 10] = [
        Self::Versions,
        Self::Settings,
        Self::Licence,
        Self::Store,
        Self::Health,
        Self::Providers,
        Self::Errors,
        Self::Counters,
        Self::Accounts,
        Self::Schema,
    ];

    /// What stands in brackets above it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Versions => "versions",
            Self::Settings => "settings",
            Self::Licence => "licence",
            Self::Store => "store",
            Self::Health => "health",
            Self::Providers => "providers",
            Self::Errors => "errors",
            Self::Counters => "counters",
            Self::Accounts => "accounts",
            Self::Schema => "schema",
        }
    }
}

/// What may be said.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// How many.
    Number(u64),
    /// When.
    Time(UnixTime),
    /// A word of this software.
    Word(&'static str),
    /// What a software says of its version, its letters, digits and the like alone.
    Version(&'a str),
    /// A name that some software gave: letters, digits, `_`, `.` and `-`; any other is not shown.
    Name(&'a str),
    /// A sentence of this software, in which whatever others have said was replaced before.
    Sentence(&'a str),
    /// There is something that is not shown, not even how long it is.
    Set,
    /// There is nothing.
    Unset,
}

/// A bundle that grows.
#[derive(Debug)]
pub struct Bundle {
    made: UnixTime,
    sections: [(Vec<String>, usize); Section::ALL.len()],
}

impl Bundle {
    /// An empty one.
    #[must_use]
    pub fn begun(_: &Premium, made: UnixTime) -> Self {
        Self {
            made,
            sections: Default::default(),
        }
    }

    /// One more fact. What is too much for its section is counted.
    pub fn tell(&mut self, section: Section, name: &str, value: Value<'_>) {
        let place = Section::ALL.iter().position(|it| *it == section);
        let Some((lines, left_out)) = place.and_then(|place| self.sections.get_mut(place)) else {
            return;
        };
        if lines.len() < MOST_LINES {
            lines.push(format!("{}: {}", label(name), value.text()));
        } else {
            *left_out = left_out.saturating_add(1);
        }
    }

    /// The text: ASCII, each line ended.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("twofactor support bundle, version {VERSION}\n");
        let _ = writeln!(text, "made: {}", self.made.utc().rfc3339());
        text.push_str("about: nothing in it is secret or about a person; read it before you give it to anybody\n");
        for (section, (lines, left_out)) in Section::ALL.iter().zip(&self.sections) {
            let _ = writeln!(text, "\n[{}]", section.as_str());
            if lines.is_empty() {
                text.push_str("(nothing)\n");
            }
            let mut left_out = *left_out;
            for line in lines {
                // The headings and what was left out have to have room, too.
                if text.len().saturating_add(line.len()) < MOST_BYTES.saturating_sub(1024) {
                    let _ = writeln!(text, "{line}");
                } else {
                    left_out = left_out.saturating_add(1);
                }
            }
            if left_out > 0 {
                let _ = writeln!(text, "(lines left out: {left_out})");
            }
        }
        text
    }
}

impl Value<'_> {
    fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Time(at) => at.utc().rfc3339(),
            Self::Word(word) => (*word).to_owned(),
            Self::Version(text) => {
                let is_of_one = |c: &char| c.is_ascii_alphanumeric() || " .,+-_~()".contains(*c);
                let text: String = text.chars().filter(is_of_one).take(MOST_NAME).collect();
                shown(&text)
            }
            Self::Name(text) => {
                let is_name =
                    !text.is_empty() && text.len() <= MOST_NAME && text.bytes().all(of_name);
                if is_name && !is_suspect(text) {
                    (*text).to_owned()
                } else {
                    "(unusual)".to_owned()
                }
            }
            Self::Sentence(text) => {
                let shown = shown(&printable(text));
                let mut cut: String = shown.chars().take(MOST_VALUE).collect();
                if cut.len() < shown.len() {
                    cut.push_str("...");
                }
                cut
            }
            Self::Set => "(set)".to_owned(),
            Self::Unset => "(not set)".to_owned(),
        }
    }
}

const fn of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// A name of ours before the colon: whatever else is in it becomes `_`, but for the labels of a counter.
fn label(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-{}=\",/".contains(c);
    let letters = name.chars().map(|c| if fits(c) { c } else { '_' });
    letters.take(MOST_NAME.saturating_mul(2)).collect()
}

/// Printable ASCII: anything else as its code.
fn printable(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for c in text.chars().take(MOST_VALUE.saturating_mul(4)) {
        match c {
            ' '..='~' => told.push(c),
            c => {
                let _ = write!(told, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    told
}

/// The words between spaces, each that is suspect replaced.
fn shown(text: &str) -> String {
    let words = text.split(' ');
    let words = words.map(|word| if is_suspect(word) { "<left out>" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a word may be what tells something of a person, a machine or a secret: with an at sign, as a path or an address
/// of the web, with a number as long as a telephone's, an IPv4 or IPv6 address, or a token.
fn is_suspect(word: &str) -> bool {
    let longest = |of: fn(&char) -> bool| {
        let (mut longest, mut run) = (0usize, 0usize);
        for c in word.chars() {
            run = if of(&c) { run.saturating_add(1) } else { 0 };
            longest = longest.max(run);
        }
        longest
    };
    let digits = longest(char::is_ascii_digit);
    let letters = longest(char::is_ascii_alphanumeric);
    let is_mixed = word.bytes().any(|b| b.is_ascii_digit()) && letters >= TOKEN;
    let parts = |by: char| word.split(by).filter(|part| !part.is_empty());
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && part.len() <= 3;
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_ipv4 = bare.split('.').filter(|part| is_number(part)).count() == 4;
    let is_hex = |part: &str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_ipv6 =
        word.matches(':').count() >= 2 && parts(':').filter(|part| is_hex(part)).count() >= 2;
    let is_time = word.ends_with('Z') && word.contains('T');
    word.contains('@')
        || word.contains("://")
        || word
            .trim_start_matches(|c: char| "(\"'".contains(c))
            .starts_with('/')
        || (digits >= NUMBER)
        || is_mixed
        || is_ipv4
        || (is_ipv6 && !is_time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bundle() -> Bundle {
        Bundle {
            made: UnixTime::new(1_796_000_000).unwrap(),
            sections: Default::default(),
        }
    }

    #[test]
    fn sections_stand_in_their_order_whatever_the_order_they_were_told_in() {
        let mut it = bundle();
        it.tell(Section::Schema, "steps", Value::Number(4));
        it.tell(Section::Versions, "extension", Value::Version("4.0.0"));
        assert_eq!(
            it.text(),
            "twofactor support bundle, version 1\nmade: 2026-11-30T00:53:20Z\n\
             about: nothing in it is secret or about a person; read it before you give it to anybody\n\n\
             [versions]\nextension: 4.0.0\n\n[settings]\n(nothing)\n\n[licence]\n(nothing)\n\n[store]\n(nothing)\n\n\
             [health]\n(nothing)\n\n[providers]\n(nothing)\n\n[errors]\n(nothing)\n\n[counters]\n(nothing)\n\n\
             [accounts]\n(nothing)\n\n[schema]\nsteps: 4\n"
        );
    }

    #[test]
    fn what_tells_of_a_person_a_machine_or_a_secret_does_not_pass() {
        for word in [
            "anna@example.org",
            "<anna@example.org>",
            "https://www.example.org/a",
            "mysql://u:p@h/d",
            "/home/anna/twofactor.sqlite",
            "(/home/anna/key)",
            "\"/etc/key\":",
            "192.0.2.17",
            "192.0.2.17:",
            "(203.0.113.9)",
            "2001:db8::7",
            "[2001:db8::7]:443",
            "::1:2",
            "+4915123456789",
            "4915123",
            "TFL1eyJhbGciOiJFZERTQSJ9abcdef0",
            "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5",
        ] {
            let text = format!("it says {word} here");
            assert_eq!(
                Value::Sentence(&text).text(),
                "it says <left out> here",
                "{word}"
            );
            let name = Value::Name(word).text();
            assert!(name == "(unusual)", "{word}: {name}");
        }
        for text in [
            "all limits are as recommended",
            "max_attempts is 9: a guesser has more tries (recommended: 5)",
            "the server's clock says 2026-11-30T00:53:20Z, UTC",
            "innodb_flush_log_at_trx_commit is not 1: set it to 1",
            "chmod o-w and/or mode 0600",
        ] {
            assert_eq!(Value::Sentence(text).text(), text);
        }
        assert_eq!(
            Value::Version("10.11.14-MariaDB-0+deb12u2").text(),
            "10.11.14-MariaDB-0+deb12u2"
        );
        assert_eq!(Value::Version("6.1\nx: <b>@h").text(), "6.1x bh");
        assert_eq!(Value::Name("anna's").text(), "(unusual)");
        assert_eq!(Value::Name("").text(), "(unusual)");
        assert_eq!(Value::Set.text(), "(set)");
    }

    #[test]
    fn it_is_bounded_and_says_what_it_leaves_out() {
        let mut it = bundle();
        let long = "long words ".repeat(400);
        for section in Section::ALL {
            for place in 0..1000 {
                it.tell(section, &format!("line-{place}"), Value::Sentence(&long));
            }
        }
        let text = it.text();
        assert!(text.len() <= MOST_BYTES, "{}", text.len());
        for section in Section::ALL {
            assert!(text.contains(&format!("\n[{}]\n", section.as_str())));
        }
        assert_eq!(
            text.matches("(lines left out: ").count(),
            Section::ALL.len()
        );
        let lines: usize = text
            .lines()
            .filter(|line| line.starts_with("line-"))
            .count();
        let left_out: usize = text
            .lines()
            .filter_map(|line| line.strip_prefix("(lines left out: ")?.strip_suffix(')'))
            .map(|number| number.parse::<usize>().unwrap())
            .sum();
        assert_eq!(lines + left_out, 10_000);
    }

    proptest! {
        /// Whatever is told: one line of printable ASCII each, and no line that another could be taken for.
        #[test]
        fn no_text_makes_a_line_of_its_own(name in ".*", text in ".*") {
            let mut it = bundle();
            it.tell(Section::Health, &name, Value::Sentence(&text));
            it.tell(Section::Health, &name, Value::Name(&text));
            it.tell(Section::Health, &name, Value::Version(&text));
            let told = it.text();
            prop_assert!(told.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)));
            prop_assert_eq!(told.lines().count(), bundle().text().lines().count() + 2);
            prop_assert!(told.lines().all(|line| line.len() < 700));
        }
    }
}
