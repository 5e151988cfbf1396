//! As much of `regex` as this tree asks for, on `regex-lite`, its small sister of the same authors.
//!
//! `mysql_common` takes `regex` with all its features, and Cargo cannot take features away again. What comes with
//! them are the names and ranges of Unicode. Measured with release builds that differ in nothing else:
//!
//! ```text
//!                                                            regex        this
//! compiling the two patterns of a server's version, which
//! every process does when it connects for the first time     0.86 ms      0.03 ms    medians of 41
//!                                                            3 450 000    110 000    instructions
//! a start of PHP, CPU time                                   + 0.1 ms     0          3 × 300 pairs
//!                                                            + 36         0          page faults
//! addresses that the loader writes at a start                14 520       7 520
//! the extension                                              9.5 MB       8.2 MB     (10 MB at most)
//! ```
//!
//! The patterns of `mysql_common` are ASCII, and here `\d` is ASCII: a server whose version has digits of another
//! script is one without a version, where `regex` finds one that `mysql_common` cannot read and panics over. (The
//! store takes that for a server that broke off, as it does any panic while it connects.)
//!
//! What a new release of a dependency needs on top does not compile, or fails `tests/asked_for.rs`, which fails as
//! well when Cargo takes the whole crate again: it is added here.

pub use regex_lite::{Error, Regex};

/// Patterns that are looked for together.
#[derive(Debug, Clone)]
pub struct RegexSet(Vec<Regex>);

impl RegexSet {
    /// # Errors
    /// What is wrong with one of the patterns.
    pub fn new<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<Self, Error> {
        let patterns = patterns.into_iter().map(|one| Regex::new(one.as_ref()));
        patterns.collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them is anywhere in the text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.iter().any(|one| one.is_match(text))
    }

    /// Which of them are in the text.
    #[must_use]
    pub fn matches(&self, text: &str) -> SetMatches {
        let found = self
            .0
            .iter()
            .enumerate()
            .filter(|(_, one)| one.is_match(text));
        SetMatches(found.map(|(at, _)| at).collect())
    }
}

/// Which patterns of a set are in a text.
#[derive(Debug, Clone)]
pub struct SetMatches(Vec<usize>);

impl SetMatches {
    /// Whether there is one.
    #[must_use]
    pub fn matched_any(&self) -> bool {
        !self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a SetMatches {
    type Item = usize;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, usize>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
}

/// For bytes. What is not UTF-8 matches nothing.
pub mod bytes {
    use super::Error;

    /// A pattern for bytes.
    #[derive(Debug, Clone)]
    pub struct Regex(super::Regex);

    impl Regex {
        /// # Errors
        /// What is wrong with the pattern.
        pub fn new(pattern: &str) -> Result<Self, Error> {
            super::Regex::new(pattern).map(Self)
        }

        /// Whether it is anywhere in the bytes.
        #[must_use]
        pub fn is_match(&self, bytes: &[u8]) -> bool {
            std::str::from_utf8(bytes).is_ok_and(|text| self.0.is_match(text))
        }

        /// The first match and its groups.
        #[must_use]
        pub fn captures<'b>(&self, bytes: &'b [u8]) -> Option<Captures<'b>> {
            let text = std::str::from_utf8(bytes).ok()?;
            self.0.captures(text).map(Captures)
        }
    }

    /// A match and its groups.
    #[derive(Debug)]
    pub struct Captures<'b>(regex_lite::Captures<'b>);

    impl<'b> Captures<'b> {
        /// A group; 0 is the whole match.
        #[must_use]
        pub fn get(&self, group: usize) -> Option<Match<'b>> {
            self.0
                .get(group)
                .map(|found| Match(found.as_str().as_bytes()))
        }
    }

    /// What a group matched.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Match<'b>(&'b [u8]);

    impl<'b> Match<'b> {
        /// Its bytes.
        #[must_use]
        pub fn as_bytes(&self) -> &'b [u8] {
            self.0
        }
    }
}
