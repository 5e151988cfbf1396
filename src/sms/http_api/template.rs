//! Templates of a request: texts of an operator's, with values of a message where `{name}` stands.
//!
//! A value is encoded for the place where it stands, so none of them can end a string, begin a field, a header or
//! another part of the address: whoever chooses a number, a language or the name of a site chooses nothing else.

use zeroize::Zeroizing;

use crate::percent::encoded;

/// Where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TemplateContext {
    /// In the path or the query of a URL (RFC 3986 section 2.3): everything but unreserved characters is encoded.
    Url,
    /// In a string of a JSON text (RFC 8259 section 7).
    Json,
    /// In the value of a field of a form, which is encoded as a whole.
    Form,
    /// In the value of a header: visible ASCII, so only some values may be there.
    Header,
}

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The number as E.164, with its plus sign.
    Number,
    /// The same without.
    Digits,
    /// The whole message.
    Text,
    /// The digits of the code in it.
    Code,
    /// The language of the message (BCP 47).
    Locale,
    /// A random name of this message: 32 hexadecimal digits.
    Id,
    /// One of two words of the operator's: for a text that GSM 03.38 has all letters of, and for another.
    Coding,
    /// The setting `user`.
    User,
    /// The setting `secret`.
    Secret,
    /// Both in base 64, with a colon between them (RFC 7617 section 2).
    Basic,
}

impl Name {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "number" => Self::Number,
            "digits" => Self::Digits,
            "text" => Self::Text,
            "code" => Self::Code,
            "locale" => Self::Locale,
            "id" => Self::Id,
            "coding" => Self::Coding,
            "user" => Self::User,
            "secret" => Self::Secret,
            "basic" => Self::Basic,
            _ => return None,
        })
    }

    /// Whether it is a credential.
    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::User | Self::Secret | Self::Basic)
    }

    /// Whether it is visible ASCII, whatever the message is.
    const fn is_for_headers(self) -> bool {
        self.is_secret() || matches!(self, Self::Id)
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TemplateError {
    /// There is no such value.
    #[error("there is no value {{{0}}}")]
    Unknown(String),
    /// It may have letters that no header has.
    #[error("no header can have that value")]
    NotHere,
    /// Without the values it is not JSON, or one of them does not stand in a string.
    #[error("must be JSON, in which values stand within quotation marks")]
    NotJson,
}

enum Part {
    Literal(String),
    Value(Name),
}

/// A text with values.
pub(super) struct RequestTemplate {
    place: TemplateContext,
    parts: Vec<Part>,
}

/// Longest name of a value that is shown in an error: a longer one may be anything.
const LONGEST_NAME: usize = 16;

impl RequestTemplate {
    /// Reads one.
    pub(super) fn parse(text: &str, place: TemplateContext) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            literal.push_str(before);
            let word = after.split_once('}').filter(|(word, _)| is_word(word));
            let Some((word, behind)) = word else {
                literal.push('{');
                rest = after;
                continue;
            };
            let name = Name::of(word).ok_or_else(|| {
                let word: String = word.chars().take(LONGEST_NAME).collect();
                TemplateError::Unknown(word)
            })?;
            if place == TemplateContext::Header && !name.is_for_headers() {
                return Err(TemplateError::NotHere);
            }
            parts.push(Part::Literal(std::mem::take(&mut literal)));
            parts.push(Part::Value(name));
            rest = behind;
        }
        literal.push_str(rest);
        parts.push(Part::Literal(literal));
        let template = Self { place, parts };
        if place == TemplateContext::Json && !template.is_json() {
            return Err(TemplateError::NotJson);
        }
        Ok(template)
    }

    /// Whether every value stands in a string: what is put in its place here can be nowhere else in JSON, nor behind
    /// a backslash.
    fn is_json(&self) -> bool {
        let text: String = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.as_str(),
                Part::Value(_) => "·",
            })
            .collect();
        crate::json::read_value(text.as_bytes()).is_ok()
    }

    /// The values in it.
    pub(super) fn names(&self) -> impl Iterator<Item = Name> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(name) => Some(*name),
            Part::Literal(_) => None,
        })
    }

    /// What stands before the first value.
    pub(super) fn beginning(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }

    /// The text with its values, in one buffer: growing would leave copies behind.
    pub(super) fn fill<'a>(&self, value: impl Fn(Name) -> &'a str) -> Zeroizing<String> {
        // No encoding takes more than six bytes for one.
        let length = self.parts.iter().fold(0usize, |sum, part| {
            sum.saturating_add(match part {
                Part::Literal(text) => text.len(),
                Part::Value(name) => value(*name).len().saturating_mul(6),
            })
        });
        let mut out = Zeroizing::new(String::with_capacity(length));
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Value(name) => self.put(&mut out, value(*name)),
            }
        }
        out
    }

    fn put(&self, out: &mut String, value: &str) {
        match self.place {
            TemplateContext::Form | TemplateContext::Header => out.push_str(value),
            TemplateContext::Url => encoded(value).for_each(|piece| out.push_str(piece)),
            TemplateContext::Json => value.chars().for_each(|letter| match letter {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                letter if letter.is_control() => {
                    out.push_str(&format!("\\u{:04x}", u32::from(letter)));
                }
                letter => out.push(letter),
            }),
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(text: &str, place: TemplateContext, value: &str) -> String {
        let template = RequestTemplate::parse(text, place).unwrap();
        template.fill(|_| value).to_string()
    }

    #[test]
    fn values_stand_where_their_names_do() {
        let template =
            RequestTemplate::parse("a{number}b{text}{id}", TemplateContext::Form).unwrap();
        let value = |name| match name {
            Name::Number => "+49",
            Name::Text => "{number}",
            _ => "x",
        };
        // What a value says is no template.
        assert_eq!(*template.fill(value), "a+49b{number}x");
        assert_eq!(template.names().count(), 3);
        assert_eq!(template.beginning(), "a");
    }

    #[test]
    fn braces_without_a_word_are_braces() {
        for text in ["{", "}", "{}", "{ text }", "{Text}", "a{b", "{1}"] {
            assert_eq!(filled(text, TemplateContext::Form, "x"), text);
        }
    }

    #[test]
    fn a_name_that_there_is_not_is_an_error() {
        let error = RequestTemplate::parse("{nummer}", TemplateContext::Form).err();
        assert_eq!(error, Some(TemplateError::Unknown("nummer".to_owned())));
        let long = format!("{{{}}}", "x".repeat(40));
        let error = RequestTemplate::parse(&long, TemplateContext::Form).err();
        assert_eq!(error, Some(TemplateError::Unknown("x".repeat(16))));
    }

    #[test]
    fn in_json_a_value_stands_in_a_string_only() {
        for good in [
            r#"{"a": "{text}"}"#,
            r#"{"a": ["x{text}y", "{number}"], "{id}": 1}"#,
            r#"["{text}"]"#,
        ] {
            assert!(
                RequestTemplate::parse(good, TemplateContext::Json).is_ok(),
                "{good}"
            );
        }
        for bad in [
            r#"{"a": {text}}"#,
            r#"{"a": 1{number}}"#,
            r#"{"a": tru{text}}"#,
            r#"{"a": "\{text}"}"#,
            r#"{"a": "\u00{id}a"}"#,
            r#"{"a": "{text}}"#,
            r#"{text}"#,
            r#"{"a": 1, "a": "{text}"}"#,
            r#"to={number}"#,
        ] {
            let error = RequestTemplate::parse(bad, TemplateContext::Json).err();
            assert_eq!(error, Some(TemplateError::NotJson), "{bad}");
        }
    }

    #[test]
    fn a_header_has_no_value_that_somebody_else_chooses() {
        for bad in [
            "{text}", "{number}", "{digits}", "{code}", "{locale}", "{coding}",
        ] {
            let error = RequestTemplate::parse(bad, TemplateContext::Header).err();
            assert_eq!(error, Some(TemplateError::NotHere), "{bad}");
        }
        assert_eq!(
            filled("Bearer {secret}", TemplateContext::Header, "s"),
            "Bearer s"
        );
    }

    proptest! {
        #[test]
        fn json_reads_back_what_was_put_in(value in any::<String>()) {
            let text = filled(r#"{"a": "x{text}y", "b": 1}"#, TemplateContext::Json, &value);
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read, serde_json::json!({"a": format!("x{value}y"), "b": 1}));
        }

        #[test]
        fn a_url_has_one_part_for_a_value(value in any::<String>()) {
            let text = filled("https://a.example/x/{text}?b={text}&c=1", TemplateContext::Url, &value);
            let (path, query) = text.split_once('?').unwrap();
            prop_assert_eq!(path.matches('/').count(), 4);
            prop_assert_eq!(query.matches('&').count(), 1);
            prop_assert!(text.bytes().all(|b| b.is_ascii_graphic() && b != b'#'));
            let back = path.rsplit('/').next().unwrap();
            let back = crate::percent::decoded(back.as_bytes()).unwrap();
            prop_assert_eq!(back.as_str(), value);
        }
    }
}
