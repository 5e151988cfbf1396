//! JSON without two meanings: one value, nothing behind it, no name twice in an object.
//!
//! Two readers of `{"approved": false, "approved": true}` may see two different answers. This one sees
//! none.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A value. Numbers are kept as far as anything needs them.
#[derive(Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// Whole and not negative.
    Count(u64),
    /// Every other number, as it would be written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// Names and values, each name once.
#[derive(Clone, PartialEq)]
pub struct Object(Vec<(String, Json)>);

impl Json {
    /// Reads exactly one value; `None` for everything else.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub const fn object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// For display only: a short text or a number, without control characters.
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Count(count) => Some(count.to_string()),
            Self::Number(text) => Some(text.clone()),
            Self::Text(text) => {
                let fits = text.chars().count() <= 100 && !text.chars().any(char::is_control);
                fits.then(|| text.clone())
            }
            _ => None,
        }
    }
}

impl Object {
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, v)| v)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn count(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Json::Count(count) => Some(*count),
            _ => None,
        }
    }

    pub fn list(&self, name: &str) -> Option<&[Json]> {
        match self.get(name)? {
            Json::List(list) => Some(list),
            _ => None,
        }
    }

    pub fn shown(&self, name: &str) -> Option<String> {
        self.get(name)?.shown()
    }
}

struct Value;

impl<'de> Visitor<'de> for Value {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Count(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some((name, value)) = items.next_entry::<String, Json>()? {
            if object.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a name is there twice"));
            }
            // A reply of ours has a handful; comparing each with all others is to stay cheap.
            if object.len() >= 64 {
                return Err(A::Error::custom("too many names"));
            }
            object.push((name, value));
        }
        Ok(Json::Object(Object(object)))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_have_their_own_types_and_no_others() {
        let json = Json::read(
            br#" {"t": true, "s": "true", "n": 1, "f": 1.0, "m": -1, "z": null, "l": [1], "o": {}} "#,
        )
        .unwrap();
        let object = json.object().unwrap();
        for name in ["t", "s", "n", "f", "m", "z", "l", "o"] {
            assert_eq!(object.bool(name).is_some(), name == "t", "{name}");
            assert_eq!(object.text(name).is_some(), name == "s", "{name}");
            assert_eq!(object.count(name).is_some(), name == "n", "{name}");
            assert_eq!(object.list(name).is_some(), name == "l", "{name}");
            let inner = object.get(name).unwrap();
            assert_eq!(inner.object().is_some(), name == "o", "{name}");
            assert_eq!(inner.shown().is_some(), "snfm".contains(name), "{name}");
        }
        assert!(object.get("T").is_none());
    }

    #[test]
    fn what_has_two_meanings_has_none() {
        for bad in [
            r#"{"a": false, "a": true}"#,
            r#"{"a": true, "a": true}"#,
            r#"{"a": true, "\u0061": true}"#,
            r#"{"b": {"a": 1, "a": 2}}"#,
            r#"{"b": [{"a": 1, "a": 2}]}"#,
            r#"{"a": true} {"a": true}"#,
            r#"{"a": true}x"#,
            "{\"a\": true}\0",
            "\u{feff}{\"a\": true}",
            r#"{"a": true,}"#,
            r#"{"a": true"#,
            r#"{a: true}"#,
            r#"{'a': true}"#,
            r#"{"a": TRUE}"#,
            r#"{"a": NaN}"#,
            r#"{"a": 01}"#,
            r#"{"a": "\ud800"}"#,
            "// comment\n{}",
            "",
        ] {
            assert!(Json::read(bad.as_bytes()).is_none(), "{bad}");
        }
        assert!(Json::read(b"{\"a\": \"\xff\"}").is_none());
        assert!(Json::read("[".repeat(100_000).as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn reading_survives_anything(bytes in any::<Vec<u8>>()) {
            let _ = Json::read(&bytes);
        }
    }
}
