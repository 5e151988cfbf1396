//! The settings of a provider by their names, and the types that they are read into.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use super::error::SettingError;
use super::value::{Shape, Value};

/// A type that a setting is read into.
pub(super) trait FieldType {
    /// What is read.
    type Value;

    /// What must be written.
    fn shape() -> Shape;

    /// Reads a value of that shape; `None` for every other.
    fn read(value: &Value) -> Option<Self::Value>;
}

/// A text of one line.
pub(super) struct Text;

impl FieldType for Text {
    type Value = String;

    fn shape() -> Shape {
        Shape::Text
    }

    fn read(value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.to_string()),
            _ => None,
        }
    }
}

/// A text that is wiped and never shown.
pub(super) struct Secret;

impl FieldType for Secret {
    type Value = Zeroizing<String>;

    fn shape() -> Shape {
        Shape::Secret
    }

    fn read(value: &Value) -> Option<Zeroizing<String>> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A whole number.
pub(super) struct Number<const LEAST: u32, const MOST: u32>;

impl<const LEAST: u32, const MOST: u32> FieldType for Number<LEAST, MOST> {
    type Value = u32;

    fn shape() -> Shape {
        Shape::Number {
            least: LEAST,
            most: MOST,
        }
    }

    fn read(value: &Value) -> Option<u32> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// A list of texts.
pub(super) struct Lines<const MOST: usize>;

impl<const MOST: usize> FieldType for Lines<MOST> {
    type Value = Vec<String>;

    fn shape() -> Shape {
        Shape::Lines { most: MOST }
    }

    fn read(value: &Value) -> Option<Vec<String>> {
        match value {
            Value::List(list) => Some(list.clone()),
            _ => None,
        }
    }
}

/// Settings by their names. Redacts itself.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub struct ProviderSettings(BTreeMap<String, Value>);

impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderSettings(<redacted>)")
    }
}

impl<'de> Deserialize<'de> for ProviderSettings {
    /// An object; a name in it that comes twice is an error, and one that is `null` is not there.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = ProviderSettings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("settings by their names")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut from: A,
            ) -> Result<ProviderSettings, A::Error> {
                let mut all: BTreeMap<String, Option<Value>> = BTreeMap::new();
                while let Some(name) = from.next_key::<String>()? {
                    if all.insert(name, from.next_value()?).is_some() {
                        return Err(serde::de::Error::custom("a name that comes twice"));
                    }
                }
                let given = |(name, value): (String, Option<Value>)| Some((name, value?));
                Ok(ProviderSettings(
                    all.into_iter().filter_map(given).collect(),
                ))
            }
        }
        from.deserialize_map(Fields)
    }
}

impl ProviderSettings {
    /// Those that are there.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The value of one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets one.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Takes one out. Returns whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    /// One that may be missing.
    pub(super) fn optional<T: FieldType>(
        &self,
        name: &'static str,
    ) -> Result<Option<T::Value>, SettingError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let wrong = |source| SettingError::Shape { name, source };
        T::shape().check(value).map_err(wrong)?;
        Ok(T::read(value))
    }

    /// One that must be there.
    pub(super) fn required<T: FieldType>(
        &self,
        name: &'static str,
    ) -> Result<T::Value, SettingError> {
        self.optional::<T>(name)?.ok_or(SettingError::Missing(name))
    }
}
