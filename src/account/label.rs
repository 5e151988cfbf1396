//! What users call their factors.
//!
//! A label is shown to its user and to administrators, in pages and in the audit: it is short, on one line, and says
//! nothing by characters that nobody sees.

use crate::normalize;

/// Longest label, in characters.
pub const LONGEST_LABEL: usize = 64;

/// Why a text is no label. The texts are for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// Too long.
    #[error("must have at most {LONGEST_LABEL} characters")]
    TooLong,
    /// A control character, an end of a line, or a format character: bidirectional, zero-width.
    #[error("must not have control, bidirectional or invisible characters")]
    Character,
    /// Another factor of the same user is called that, in whatever case.
    #[error("must differ from the names of the other factors")]
    Taken,
}

impl LabelError {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::Character => "character",
            Self::Taken => "taken",
        }
    }
}

/// What its user calls a factor; empty if they gave it no name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// No name.
    pub(super) const NONE: Self = Self(String::new());

    /// Takes what somebody typed, without the spaces around it.
    ///
    /// # Errors
    /// [`LabelError`], but for [`LabelError::Taken`]
    pub fn new(text: &str) -> Result<Self, LabelError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LabelError::Empty);
        }
        if normalize::is_longer_than(text, LONGEST_LABEL) {
            return Err(LabelError::TooLong);
        }
        let is_unseen = |sign: char| {
            sign.is_control() || normalize::is_format(sign) || (sign.is_whitespace() && sign != ' ')
        };
        if text.chars().any(is_unseen) {
            return Err(LabelError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The n-th app that has no name of its own.
    pub(super) fn of_app(n: usize) -> Self {
        match n {
            1 => Self("Authenticator app".to_owned()),
            n => Self(format!("Authenticator app {n}")),
        }
    }

    /// As a document has it: also an empty one.
    pub(super) fn kept(text: String) -> Option<Self> {
        // Most are plain, and every change of an account reads them.
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_plain && text.len() <= LONGEST_LABEL && text.trim().len() == text.len() {
            return Some(Self(text));
        }
        match Self::new(&text) {
            Ok(label) if label.0 == text => Some(label),
            Err(LabelError::Empty) if text.is_empty() => Some(Self::NONE),
            _ => None,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody could take one for the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        !self.0.is_empty() && self.0.to_lowercase() == other.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_says_is_a_label_or_nothing_and_plain_ones_are_no_exception() {
        for text in [
            "",
            " ",
            "a",
            " a",
            "a ",
            "~",
            "a\u{7f}",
            "a\nb",
            "Work phone",
            "büro",
            "a\u{200b}b",
            &"x".repeat(64),
            &"x".repeat(65),
            &"ä".repeat(64),
            &"ä".repeat(65),
        ] {
            let new = Label::new(text).ok().filter(|label| label.as_str() == text);
            let expected = if text.is_empty() {
                Some(Label::NONE)
            } else {
                new
            };
            assert_eq!(Label::kept(text.to_owned()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_label_is_short_on_one_line_and_has_nothing_that_nobody_sees() {
        for good in ["Work phone", "Pixel 9 – büro", "仕事", "📱", "a"] {
            assert_eq!(Label::new(good).unwrap().as_str(), good);
        }
        assert_eq!(Label::new("  home ").unwrap().as_str(), "home");
        assert!(Label::new(&"ä".repeat(64)).is_ok());
        assert_eq!(Label::new(&"ä".repeat(65)), Err(LabelError::TooLong));
        for empty in ["", " ", "\u{3000}\n"] {
            assert_eq!(Label::new(empty), Err(LabelError::Empty));
        }
        for sign in [
            '\0',
            '\n',
            '\r',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{200b}',
            '\u{200f}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{feff}',
            '\u{ad}',
            '\u{a0}',
            '\u{e0041}',
        ] {
            let text = format!("a{sign}b");
            assert_eq!(Label::new(&text), Err(LabelError::Character), "{sign:?}");
        }
    }
}
