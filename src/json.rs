//! JSON without two meanings: one object of the type that is asked for, nothing behind it, no name twice in it or
//! in anything in it.
//!
//! Two readers of `{"approved": false, "approved": true}` may see two different answers. This one sees none. A
//! type that serde derives refuses its own names twice; of names that it does not know, and of what is in them,
//! it says nothing, and it takes a list of values for an object. [`read`] refuses both.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Longest text that is shown, in characters.
const LONGEST_SHOWN: usize = 100;

/// Reads exactly one object; `None` for everything else.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice::<Unambiguous>(bytes).ok()?;
    let Object(value) = serde_json::from_slice(bytes).ok()?;
    Some(value)
}

/// Reads exactly one value of any kind.
///
/// # Errors
/// Where it ends to be one, by line and column.
pub(crate) fn read_value(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice::<Unambiguous>(bytes)?;
    serde_json::from_slice(bytes)
}

/// A field that may be left out, but is of its type where it is there: `null` is not.
///
/// For `#[serde(default, deserialize_with = "…")]`.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// For display only: a short text or a number, without control characters.
pub(crate) fn shown(value: &Value) -> Option<String> {
    match value {
        // A fraction with all its digits, without an exponent.
        Value::Number(number) => Some(match number.as_f64() {
            Some(fraction) if number.is_f64() => fraction.to_string(),
            _ => number.to_string(),
        }),
        Value::String(text) => is_shown(text).then(|| text.clone()),
        _ => None,
    }
}

/// Whether a text is fit for display.
pub(crate) fn is_shown(text: &str) -> bool {
    text.chars().count() <= LONGEST_SHOWN && !text.chars().any(char::is_control)
}

/// A type that is read from an object only. A derived one takes a list of its fields' values as well.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }

        from.deserialize_map(Fields(PhantomData))
    }
}

/// Any value in which no object has a name twice. Every text in it is read, so that none is left that others
/// could not read.
struct Unambiguous;

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some((name, Self)) = items.next_entry::<String, Self>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name is there twice"));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Reply {
        a: bool,
        #[serde(default, deserialize_with = "present")]
        s: Option<String>,
        #[serde(default, deserialize_with = "present")]
        n: Option<u64>,
        other: Option<u64>,
    }

    fn value(text: &str) -> Option<Reply> {
        read(text.as_bytes())
    }

    #[test]
    fn fields_have_their_own_types_and_no_others() {
        let reply = |s: Option<&str>, n, other| {
            let s = s.map(str::to_owned);
            Some(Reply {
                a: true,
                s,
                n,
                other,
            })
        };
        assert_eq!(
            value(r#" {"a": true, "s": "true", "n": 1, "x": {"y": [null, -1, 1.5, "z"]}} "#),
            reply(Some("true"), Some(1), None)
        );
        assert_eq!(value(r#"{"a": true}"#), reply(None, None, None));
        assert_eq!(
            value(r#"{"a": true, "other": null}"#),
            reply(None, None, None)
        );
        for bad in [
            r#"{"A": true}"#,
            r#"{"a": "true"}"#,
            r#"{"a": 1}"#,
            r#"{"a": null}"#,
            r#"{"a": [true]}"#,
            r#"{"a": {}}"#,
            r#"{"a": true, "s": true}"#,
            r#"{"a": true, "s": 1}"#,
            r#"{"a": true, "s": null}"#,
            r#"{"a": true, "s": ["x"]}"#,
            r#"{"a": true, "n": "1"}"#,
            r#"{"a": true, "n": 1.0}"#,
            r#"{"a": true, "n": 1e2}"#,
            r#"{"a": true, "n": -1}"#,
            r#"{"a": true, "n": 18446744073709551616}"#,
            r#"{"a": true, "n": null}"#,
            r#"{"a": true, "n": true}"#,
            // What serde takes for an object.
            r#"[true, "s", 1, 2]"#,
            "true",
            "null",
        ] {
            assert_eq!(value(bad), None, "{bad}");
        }
        #[derive(Deserialize)]
        struct List {
            list: Vec<Object<Reply>>,
        }
        let list = read::<List>(br#"{"list": [{"a": true}]}"#).unwrap().list;
        assert!(matches!(&*list, [Object(Reply { a: true, .. })]));
        assert!(read::<List>(br#"{"list": [[true, "s", 1, 2]]}"#).is_none());
    }

    #[test]
    fn what_has_two_meanings_has_none() {
        assert!(value(r#"{"a": true}"#).is_some());
        for bad in [
            r#"{"a": false, "a": true}"#,
            r#"{"a": true, "a": true}"#,
            r#"{"a": true, "\u0061": true}"#,
            r#"{"a": true, "b": 1, "b": 2}"#,
            r#"{"a": true, "b": {"a": 1, "a": 2}}"#,
            r#"{"a": true, "b": [{"a": 1, "a": 2}]}"#,
            r#"{"a": true} {"a": true}"#,
            r#"{"a": true}x"#,
            "{\"a\": true}\0",
            "\u{feff}{\"a\": true}",
            r#"{"a": true,}"#,
            r#"{"a": true"#,
            r#"{a: true}"#,
            r#"{'a': true}"#,
            r#"{"a": TRUE}"#,
            r#"{"a": true, "b": NaN}"#,
            r#"{"a": true, "b": 01}"#,
            r#"{"a": true, "b": 1e999}"#,
            r#"{"a": true, "b": "\ud800"}"#,
            "// comment\n{\"a\": true}",
            "",
        ] {
            assert_eq!(value(bad), None, "{bad}");
        }
        assert!(read::<Reply>(b"{\"a\": true, \"b\": \"\xff\"}").is_none());
        let nested = |levels: usize| {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            value(&format!("{{\"a\": true, \"b\": {open}{close}}}"))
        };
        assert!(nested(100).is_some() && nested(128).is_none() && nested(100_000).is_none());
        assert_eq!(value(&"[".repeat(100_000)), None);
    }

    #[test]
    fn short_texts_and_numbers_are_shown_and_nothing_else_is() {
        let said = |text: &str| shown(&serde_json::from_str(text).unwrap());
        for (text, expected) in [
            ("1", "1"),
            ("-1", "-1"),
            ("1.5", "1.5"),
            ("1e20", "100000000000000000000"),
            ("18446744073709551615", "18446744073709551615"),
            (r#""a b""#, "a b"),
            (r#""""#, ""),
        ] {
            assert_eq!(said(text).as_deref(), Some(expected));
        }
        for text in ["null", "true", "[1]", "{}", r#""a\nb""#, r#""\u009b""#] {
            assert_eq!(said(text), None, "{text}");
        }
        let long = |count| said(&format!("\"{}\"", "é".repeat(count)));
        assert!(long(LONGEST_SHOWN).is_some() && long(LONGEST_SHOWN + 1).is_none());
    }

    proptest! {
        #[test]
        fn reading_survives_anything(bytes in any::<Vec<u8>>()) {
            let _ = read::<Reply>(&bytes);
        }
    }
}
