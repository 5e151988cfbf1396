//! What an operator writes for a setting of a provider.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// Longest text of a setting, in bytes; the longest there are, session tokens, are shorter.
const MOST_TEXT_BYTES: usize = 4096;

/// A value. Redacts itself: any of them may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(Zeroizing<String>),
    /// A whole number.
    Number(u32),
    /// A list of texts.
    List(Vec<String>),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(<redacted>)")
    }
}

impl Value {
    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Zeroizing::new(text.to_owned()))
    }

    fn texts(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(&**text),
            Self::Number(_) => &[],
            Self::List(list) => list,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            Self::Number(number) => to.serialize_u32(*number),
            Self::List(list) => list.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::text(text))
            }

            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(Zeroizing::new(text)))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
                // The number is not repeated: it may be a secret in a wrong place.
                let number = u32::try_from(number).map_err(|_| E::custom("too large"))?;
                Ok(Value::Number(number))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = from.next_element::<String>()? {
                    list.push(item);
                }
                Ok(Value::List(list))
            }
        }
        from.deserialize_any(Any)
    }
}

/// What a value must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text of one line.
    Text,
    /// The same, which is never shown.
    Secret,
    /// JSON, which may have several lines.
    Json,
    /// The path of a file that this process writes.
    Path,
    /// A whole number.
    Number {
        /// At least.
        least: u32,
        /// At most.
        most: u32,
    },
    /// A list of texts of one line.
    Lines {
        /// At most so many.
        most: usize,
    },
    /// A list of these words, which have spaces between them here.
    Some(&'static str),
    /// One of these words.
    One(&'static str),
}

/// Why a value does not have the shape of its field. It repeats nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Too many texts.
    #[error("must have at most {0} texts")]
    TooMany(usize),
    /// Too long.
    #[error("must have at most {MOST_TEXT_BYTES} bytes")]
    TooLong,
    /// Nobody types these.
    #[error("must not have control characters")]
    Control,
    /// Not a text.
    #[error("must be a text")]
    NoText,
    /// Not a number, or none of these.
    #[error("must be a whole number from {0} to {1}")]
    NoNumber(u32, u32),
    /// Not a list.
    #[error("must be a list of texts")]
    NoList,
    /// Not a list of these words.
    #[error("must be a list of: {}", listed(.0))]
    NotSome(&'static str),
    /// None of these words.
    #[error("must be one of: {}", listed(.0))]
    NotOne(&'static str),
}

fn listed(words: &str) -> String {
    words.split(' ').collect::<Vec<_>>().join(", ")
}

impl Shape {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret",
            Self::Json => "json",
            Self::Path => "path",
            Self::Number { .. } => "number",
            Self::Lines { .. } => "lines",
            Self::Some(_) => "some",
            Self::One(_) => "one",
        }
    }

    /// The words that may be chosen; none where anything may be written.
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::Some(words) | Self::One(words) => words.split(' ').collect(),
            _ => Vec::new(),
        }
    }

    /// Most texts of a value.
    const fn most(self) -> usize {
        match self {
            Self::Lines { most } => most,
            _ => 16,
        }
    }

    /// What was typed into a form, as a value: digits are a number where one belongs, and a text of several lines is a
    /// list. `None` where nothing was typed. Whether it has this shape is for [`Self::check`] to say.
    #[must_use]
    pub fn typed(self, value: Value) -> Option<Value> {
        let text = match &value {
            Value::Text(text) => text,
            Value::List(list) if list.is_empty() => return None,
            Value::Number(_) | Value::List(_) => return Some(value),
        };
        if text.trim().is_empty() {
            return None;
        }
        match self {
            Self::Number { .. } if text.trim().bytes().all(|byte| byte.is_ascii_digit()) => Some(
                text.trim()
                    .parse()
                    .map_or_else(|_| value.clone(), Value::Number),
            ),
            Self::Lines { .. } => {
                let lines = text.split(['\n', '\r']).map(str::trim);
                let lines = lines.filter(|line| !line.is_empty());
                Some(Value::List(lines.map(str::to_owned).collect()))
            }
            _ => Some(value),
        }
    }

    /// Whether a value has this shape.
    ///
    /// # Errors
    /// [`ShapeError`]
    pub fn check(self, value: &Value) -> Result<(), ShapeError> {
        let texts = value.texts();
        if texts.len() > self.most() {
            return Err(ShapeError::TooMany(self.most()));
        }
        if texts.iter().any(|text| text.len() > MOST_TEXT_BYTES) {
            return Err(ShapeError::TooLong);
        }
        let is_control = |letter: char| {
            let is_break = matches!(letter, '\n' | '\r' | '\t');
            letter.is_control() && !(self == Self::Json && is_break)
        };
        if texts.iter().any(|text| text.contains(is_control)) {
            return Err(ShapeError::Control);
        }
        match (self, value) {
            (Self::Text | Self::Secret | Self::Json | Self::Path, Value::Text(_))
            | (Self::Lines { .. }, Value::List(_)) => Ok(()),
            (Self::Number { least, most }, Value::Number(it)) if (least..=most).contains(it) => {
                Ok(())
            }
            (Self::Some(_), Value::List(list)) if list.iter().all(|it| self.has(it)) => Ok(()),
            (Self::One(_), Value::Text(word)) if self.has(word) => Ok(()),
            (Self::Text | Self::Secret | Self::Json | Self::Path, _) => Err(ShapeError::NoText),
            (Self::Number { least, most }, _) => Err(ShapeError::NoNumber(least, most)),
            (Self::Lines { .. }, _) => Err(ShapeError::NoList),
            (Self::Some(words), _) => Err(ShapeError::NotSome(words)),
            (Self::One(words), _) => Err(ShapeError::NotOne(words)),
        }
    }

    fn has(self, word: &str) -> bool {
        self.words().contains(&word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(shape: Shape, text: &str) -> Option<Value> {
        shape.typed(Value::text(text))
    }

    #[test]
    fn what_was_typed_becomes_what_the_field_is_for() {
        let number = Shape::Number { least: 1, most: 9 };
        assert_eq!(typed(number, " 12 "), Some(Value::Number(12)));
        let lines = Shape::Lines { most: 3 };
        let list = Value::List(vec!["+49".to_owned(), "+41".to_owned()]);
        assert_eq!(typed(lines, "+49 \r\n\r\n +41\n"), Some(list.clone()));
        assert_eq!(Shape::Some("a b").typed(list.clone()), Some(list));
        let secret = typed(Shape::Secret, " with spaces ");
        assert_eq!(secret, Some(Value::text(" with spaces ")));
    }

    #[test]
    fn what_is_no_number_stays_as_it_is_and_is_refused() {
        let number = Shape::Number { least: 1, most: 9 };
        for text in ["many", "-1", "+1", "1.5", "99999999999", "\u{661}"] {
            let value = typed(number, text).unwrap();
            assert_eq!(value, Value::text(text));
            assert_eq!(number.check(&value), Err(ShapeError::NoNumber(1, 9)));
        }
    }

    #[test]
    fn nothing_typed_is_nothing() {
        let number = Shape::Number { least: 1, most: 9 };
        for shape in [Shape::Text, Shape::Secret, number, Shape::Lines { most: 1 }] {
            assert_eq!(typed(shape, ""), None);
            assert_eq!(typed(shape, " \r\n"), None);
        }
        assert_eq!(Shape::Some("a b").typed(Value::List(Vec::new())), None);
    }
}
