//! What a request says: one object of texts and switches, read strictly and described from one declaration.
//!
//! Of serde this takes the reading of JSON, and not its derived types: their errors repeat the value that was wrong,
//! which may be a password; they take a list for an object; what is not known would be said of the first name only; and
//! the schema of the OpenAPI document would be a second place that says the same. [`body!`] makes the struct, what reads
//! it and its schema. A text is copied once, into memory that is zeroed: serde_json decodes a text with escapes in a
//! buffer of its own, so the raw text is taken and decoded here.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::problem::{Problem, Wrong};

/// The names of a request with their values, as they came.
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object(<redacted>)")
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((name, value)) = items.next_entry::<String, &'de RawValue>()? {
                    all.push((Cow::Owned(name), value));
                }
                Ok(Object(all))
            }
        }

        from.deserialize_map(Names)
    }
}

impl<'a> Object<'a> {
    /// Reads exactly one object; every name once.
    ///
    /// # Errors
    /// A problem that names what is wrong, and no value.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes).map_err(|_| Problem::no_object())?;
        let object: Self = serde_json::from_str(text).map_err(|_| Problem::no_object())?;
        for (place, (name, _)) in object.0.iter().enumerate() {
            if object
                .0
                .iter()
                .take(place)
                .any(|(before, _)| before == name)
            {
                return Err(Problem::field(name, Wrong::Twice));
            }
        }
        Ok(object)
    }

    /// Without any name.
    pub(super) const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Whether the name is there, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Whether all names are among these.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(name, _)| !names.contains(&&**name)) {
            Some((name, _)) => Err(Problem::field(name, Wrong::Unknown)),
            None => Ok(()),
        }
    }

    /// The value of a name that may be left out. `null` is a value, and of no type.
    pub(super) fn optional<T: Field>(&self, name: &str) -> Result<Option<T>, Problem> {
        let Some((_, raw)) = self.0.iter().find(|(known, _)| known == name) else {
            return Ok(None);
        };
        match Plain::read(raw.get()) {
            Some(plain) => match T::read(plain) {
                Ok(value) => Ok(Some(value)),
                Err(wrong) => Err(Problem::field(name, wrong)),
            },
            None => Err(Problem::field(name, Wrong::Type)),
        }
    }

    /// The value of a name that has to be there.
    pub(super) fn required<T: Field>(&self, name: &str) -> Result<T, Problem> {
        let value = self.optional(name)?;
        value.ok_or_else(|| Problem::field(name, Wrong::Missing))
    }
}

/// A value that a field may have.
pub(super) enum Plain {
    Text(Zeroizing<String>),
    Flag(bool),
}

impl Plain {
    /// Of what is JSON already.
    fn read(raw: &str) -> Option<Self> {
        match raw {
            "true" => Some(Self::Flag(true)),
            "false" => Some(Self::Flag(false)),
            raw => {
                let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
                unescaped(inside).map(Self::Text)
            }
        }
    }
}

/// The text of a JSON string (RFC 8259 section 7), in memory that is as large from the start as it will ever be.
/// `None` for a half of a surrogate pair: that is no text.
fn unescaped(inside: &str) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(inside.len()));
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        text.push(match letters.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let mut unit = || -> Option<u32> {
                    let digits = letters.as_str().get(..4)?;
                    let unit = u32::from_str_radix(digits, 16).ok()?;
                    letters = letters.as_str().get(4..)?.chars();
                    Some(unit)
                };
                match unit()? {
                    high @ 0xd800..=0xdbff => {
                        letters = letters.as_str().strip_prefix("\\u")?.chars();
                        let digits = letters.as_str().get(..4)?;
                        let low = u32::from_str_radix(digits, 16).ok()?.checked_sub(0xdc00)?;
                        letters = letters.as_str().get(4..)?.chars();
                        let low = (low < 0x400).then_some(low)?;
                        char::from_u32(0x1_0000 + ((high - 0xd800) << 10 | low))?
                    }
                    unit => char::from_u32(unit)?,
                }
            }
            other => other,
        });
    }
    Some(text)
}

/// What a field may be.
pub(super) trait Field: Sized {
    /// Reads it.
    fn read(plain: Plain) -> Result<Self, Wrong>;

    /// As JSON Schema.
    fn schema() -> Value;
}

/// A text of so many characters.
fn sized(plain: Plain, least: usize, most: usize) -> Result<Zeroizing<String>, Wrong> {
    let Plain::Text(text) = plain else {
        return Err(Wrong::Type);
    };
    // More bytes than that many characters have is more characters.
    let count = text.chars().count();
    if count < least || count > most {
        return Err(Wrong::Form);
    }
    Ok(text)
}

macro_rules! text {
    ($(#[$meta:meta])* $Name:ident, $least:literal to $most:literal, $pattern:expr, $fits:expr) => {
        $(#[$meta])*
        pub(super) struct $Name(Zeroizing<String>);

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($Name), "(<redacted>)"))
            }
        }

        impl std::ops::Deref for $Name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Field for $Name {
            fn read(plain: Plain) -> Result<Self, Wrong> {
                let text = sized(plain, $least, $most)?;
                let fits: fn(&str) -> bool = $fits;
                if fits(&text) { Ok(Self(text)) } else { Err(Wrong::Form) }
            }

            fn schema() -> Value {
                let pattern: Option<&str> = $pattern;
                let mut schema = json!({"type": "string", "minLength": $least, "maxLength": $most});
                if let (Some(pattern), Some(schema)) = (pattern, schema.as_object_mut()) {
                    schema.insert("pattern".to_owned(), pattern.into());
                }
                schema
            }
        }
    };
}

fn is_printed(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Of [`is_printed`]: what Unicode calls control characters.
const PRINTED: &str = r"^[^\u0000-\u001F\u007F-\u009F]*$";

text! {
    /// By which the host knows somebody.
    Name, 1 to 254, Some(PRINTED), is_printed
}
text! {
    /// Passed on and zeroed; its form is the host's to judge. No U+0000: PHP's functions for passwords differ in what they
    /// do with one, which would tell who has an account.
    Password, 1 to 1024, Some(r"^[^\u0000]+$"), |text| !text.contains('\0')
}
text! {
    /// What was handed out here before: a challenge, a set-up, a grant.
    Token, 1 to 2048, Some(r"^[A-Za-z0-9_-]+$"), |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}
text! {
    /// As a person types it: spaces and dashes make no difference.
    Code, 1 to 64, None, |_| true
}
text! {
    /// What a user calls a factor.
    Label, 1 to 64, Some(PRINTED), is_printed
}
text! {
    /// The name of a text, with its version.
    TextName, 1 to 64, Some("^[A-Za-z0-9._/-]+$"), |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
    }
}
text! {
    /// A telephone number as its owner writes it.
    Number, 1 to 64, None, |_| true
}
text! {
    /// Where a number is called from that is written without a country code: ISO 3166-1 alpha-2.
    Region, 2 to 2, Some("^[A-Z]{2}$"), |text| text.bytes().all(|b| b.is_ascii_uppercase())
}
text! {
    /// The id of a factor.
    FactorName, 16 to 16, Some("^[0-9a-f]{16}$"), |text| {
        text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }
}
text! {
    /// The id of a session, or of a device.
    ListedName, 32 to 32, Some("^[0-9a-f]{32}$"), |text| {
        text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }
}

impl Field for bool {
    fn read(plain: Plain) -> Result<Self, Wrong> {
        match plain {
            Plain::Flag(flag) => Ok(flag),
            Plain::Text(_) => Err(Wrong::Type),
        }
    }

    fn schema() -> Value {
        json!({"type": "boolean"})
    }
}

/// One of some words.
pub(super) fn one_of<T: Copy>(
    plain: Plain,
    words: impl IntoIterator<Item = (&'static str, T)>,
) -> Result<T, Wrong> {
    let text = sized(plain, 0, usize::MAX)?;
    let mut words = words.into_iter();
    let found = words.find(|(word, _)| *word == text.as_str());
    found.map(|(_, value)| value).ok_or(Wrong::Form)
}

/// A request's body: read from an object, and described.
pub(super) trait Body: Sized {
    /// What it is called in the document; empty where there is none.
    const NAME: &'static str;

    /// What it is, in a sentence.
    const ABOUT: &'static str;

    /// Reads it.
    fn read(object: &Object<'_>) -> Result<Self, Problem>;

    /// As JSON Schema.
    fn schema() -> Value;

    /// The token in it that is had for a right password, or by whoever is signed in.
    fn token(&self) -> Option<&str> {
        None
    }
}

/// Nothing: of what is looked at only.
#[derive(Debug)]
pub(super) struct NoBody;

impl Body for NoBody {
    const NAME: &'static str = "";
    const ABOUT: &'static str = "";

    fn read(object: &Object<'_>) -> Result<Self, Problem> {
        object.only(&[]).map(|()| Self)
    }

    fn schema() -> Value {
        Value::Null
    }
}

/// One field of an object's schema.
pub(super) fn described(properties: &mut Map<String, Value>, name: &str, about: &str, of: Value) {
    let mut schema = of;
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), about.trim().into());
    }
    properties.insert(name.to_owned(), schema);
}

/// An object.
pub(super) fn object_schema(
    about: &str,
    properties: Map<String, Value>,
    required: &[&str],
) -> Value {
    json!({
        "type": "object",
        "description": about.trim(),
        "properties": properties,
        "required": required,
    })
}

/// An object without other names.
pub(super) fn closed_schema(
    about: &str,
    properties: Map<String, Value>,
    required: &[&str],
) -> Value {
    let mut schema = object_schema(about, properties, required);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    schema
}

/// Declares a body: the struct, what reads it, and its schema.
macro_rules! body {
    (
        $(#[doc = $whole:literal])+
        $Name:ident {
            $($(#[doc = $about:literal])+ $field:ident: $Type:ty,)*
            $(optional: $($(#[doc = $may_about:literal])+ $may:ident: $May:ty,)+)?
        }
        $(token: $token:ident)?
    ) => {
        $(#[doc = $whole])+
        #[derive(Debug)]
        pub(super) struct $Name {
            $($(#[doc = $about])+ pub(super) $field: $Type,)*
            $($($(#[doc = $may_about])+ pub(super) $may: Option<$May>,)+)?
        }

        impl $crate::api::body::Body for $Name {
            const NAME: &'static str = stringify!($Name);
            const ABOUT: &'static str = concat!($($whole),+);

            fn read(
                object: &$crate::api::body::Object<'_>,
            ) -> Result<Self, $crate::api::problem::Problem> {
                object.only(&[$(stringify!($field),)* $($(stringify!($may),)+)?])?;
                Ok(Self {
                    $($field: object.required(stringify!($field))?,)*
                    $($($may: object.optional(stringify!($may))?,)+)?
                })
            }

            #[allow(unused_mut)] // where there is no field
            fn schema() -> serde_json::Value {
                let mut properties = serde_json::Map::new();
                $($crate::api::body::described(
                    &mut properties,
                    stringify!($field),
                    concat!($($about),+),
                    <$Type as $crate::api::body::Field>::schema(),
                );)*
                $($($crate::api::body::described(
                    &mut properties,
                    stringify!($may),
                    concat!($($may_about),+),
                    <$May as $crate::api::body::Field>::schema(),
                );)+)?
                $crate::api::body::closed_schema(
                    Self::ABOUT,
                    properties,
                    &[$(stringify!($field)),*],
                )
            }

            $(fn token(&self) -> Option<&str> {
                Some(&self.$token)
            })?
        }
    };
}

/// Declares a body that is one of two: the first, if a name is there that the second does not have.
macro_rules! either {
    ($(#[doc = $whole:literal])+ $Name:ident { $told:literal => $One:ident($OneBody:ident), $Other:ident($OtherBody:ident) }) => {
        $(#[doc = $whole])+
        #[derive(Debug)]
        pub(super) enum $Name {
            $One($OneBody),
            $Other($OtherBody),
        }

        impl $crate::api::body::Body for $Name {
            const NAME: &'static str = stringify!($Name);
            const ABOUT: &'static str = concat!($($whole),+);

            fn read(
                object: &$crate::api::body::Object<'_>,
            ) -> Result<Self, $crate::api::problem::Problem> {
                if object.has($told) {
                    $OneBody::read(object).map(Self::$One)
                } else {
                    $OtherBody::read(object).map(Self::$Other)
                }
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({
                    "description": Self::ABOUT.trim(),
                    "oneOf": [$OneBody::schema(), $OtherBody::schema()],
                })
            }

            fn token(&self) -> Option<&str> {
                match self {
                    Self::$One(body) => body.token(),
                    Self::$Other(body) => body.token(),
                }
            }
        }
    };
}

pub(super) use {body, either};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Held to serde_json's own reading.
        #[test]
        fn a_text_is_what_its_json_says(text in any::<String>()) {
            let raw = serde_json::to_string(&text).unwrap();
            let escaped: String = text
                .encode_utf16()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect();
            for raw in [raw, format!("\"{escaped}\"")] {
                let Some(Plain::Text(read)) = Plain::read(&raw) else { panic!("{raw}") };
                prop_assert_eq!(&*read, &text);
            }
        }

        #[test]
        fn reading_survives_anything(bytes in any::<Vec<u8>>(), raw in any::<String>()) {
            let _ = Object::read(&bytes);
            let _ = unescaped(&raw);
        }
    }

    #[test]
    fn half_a_pair_is_no_text() {
        for raw in [
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            r#""\ud800x""#,
        ] {
            assert!(Plain::read(raw).is_none(), "{raw}");
        }
    }
}
