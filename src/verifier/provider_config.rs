//! One entry of the list of providers: as it is written, kept, changed and shown.
//!
//! Whoever may change an entry need not know its secrets: what a change leaves out stays as it is.
//! So that nobody learns a secret by sending it somewhere else, a new address or another kind takes
//! the secrets anew.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::audit::clean;

/// Longest name of a provider.
pub const MOST_NAME_BYTES: usize = 32;

/// Longest list, wherever it is kept.
pub const MOST_BYTES: usize = 64 * 1024;

/// Longest text of a setting, in bytes; the longest there are, session tokens, are shorter.
const MOST_TEXT_BYTES: usize = 4096;

/// Most texts of a setting that is a list.
const MOST_TEXTS: usize = 16;

/// What is wrong with a list that is longer.
pub const TOO_LONG: &str = "the list of providers is longer than 64 KiB";

/// Which kind of provider.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    TwilioVerify,
    TwilioMessaging,
    Sns,
    Gateway,
    Development,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::TwilioVerify,
        Self::TwilioMessaging,
        Self::Sns,
        Self::Gateway,
        Self::Development,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::TwilioVerify => "twilio-verify",
            Self::TwilioMessaging => "twilio-messaging",
            Self::Sns => "sns",
            Self::Gateway => "gateway",
            Self::Development => "development",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A value of an entry. Redacts itself: any of them may be a secret.
#[derive(Clone)]
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
                Ok(Value::Text(Zeroizing::new(text.to_owned())))
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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Secret,
    Number,
    List,
    /// A list of these.
    Some(&'static [&'static str]),
    /// One of these.
    One(&'static [&'static str]),
}

struct Field {
    name: &'static str,
    kinds: &'static [Kind],
    shape: Shape,
}

macro_rules! fields {
    ($($name:literal: $shape:expr, $($kind:ident)*;)*) => {
        /// Every setting of every kind, besides `provider` and `name`. [`super::providers`] reads the
        /// same ones.
        const FIELDS: &[Field] = &[
            $(Field { name: $name, kinds: &[$(Kind::$kind),*], shape: $shape },)*
        ];
    };
}

fields! {
    "user": Shape::Secret, TwilioVerify TwilioMessaging;
    "access_key": Shape::Secret, Sns;
    "licence_key": Shape::Secret, Gateway;
    "secret": Shape::Secret, TwilioVerify TwilioMessaging Sns;
    "session_token": Shape::Secret, Sns;
    "account": Shape::Text, TwilioMessaging;
    "service": Shape::Text, TwilioVerify;
    "service_unproven": Shape::Text, TwilioVerify;
    "channels": Shape::Some(&["sms", "voice", "whatsapp"]), TwilioVerify;
    "from": Shape::Text, TwilioMessaging;
    "messaging_service": Shape::Text, TwilioMessaging;
    "voice_from": Shape::Text, TwilioMessaging;
    "whatsapp_from": Shape::Text, TwilioMessaging;
    "whatsapp_template": Shape::Text, TwilioMessaging;
    "whatsapp_variable": Shape::Text, TwilioMessaging;
    "status_callback": Shape::Text, TwilioMessaging;
    "auth_token": Shape::Secret, TwilioMessaging;
    "validity": Shape::Number, TwilioMessaging;
    "region": Shape::Text, Sns;
    "sender_id": Shape::Text, Sns;
    "max_price": Shape::Text, Sns;
    "url": Shape::Text, TwilioVerify TwilioMessaging Sns Gateway;
    "site_url": Shape::Text, Gateway;
    "module": Shape::Text, Gateway;
    "signature": Shape::One(&["require", "legacy"]), Gateway;
    "keys": Shape::List, Gateway;
    "file": Shape::Text, Development;
}

fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

impl Shape {
    fn check(self, value: &Value) -> Result<(), String> {
        let texts: Vec<&str> = match value {
            Value::Text(text) => vec![text.as_str()],
            Value::Number(_) => Vec::new(),
            Value::List(list) => list.iter().map(String::as_str).collect(),
        };
        if texts.len() > MOST_TEXTS {
            return Err(format!("must have at most {MOST_TEXTS} texts"));
        }
        if texts.iter().any(|text| text.len() > MOST_TEXT_BYTES) {
            return Err(format!("must have at most {MOST_TEXT_BYTES} bytes"));
        }
        if texts.iter().any(|text| text.contains(char::is_control)) {
            return Err("must not have control characters".to_owned());
        }
        let one_of = |words: &[&str]| words.join(", ");
        match (self, value) {
            (Self::Text | Self::Secret, Value::Text(_))
            | (Self::Number, Value::Number(_))
            | (Self::List, Value::List(_)) => Ok(()),
            (Self::Some(words), Value::List(list))
                if list.iter().all(|item| words.contains(&item.as_str())) =>
            {
                Ok(())
            }
            (Self::One(words), Value::Text(word)) if words.contains(&word.as_str()) => Ok(()),
            (Self::Text | Self::Secret, _) => Err("must be a text".to_owned()),
            (Self::Number, _) => Err("must be a whole number".to_owned()),
            (Self::List, _) => Err("must be a list of texts".to_owned()),
            (Self::Some(words), _) => Err(format!("must be a list of: {}", one_of(words))),
            (Self::One(words), _) => Err(format!("must be one of: {}", one_of(words))),
        }
    }
}

/// Beside the settings, of an entry that nobody has confirmed: who named it. Nobody sets it.
const NAMED_BY: &str = "named_by";

/// An entry as it is written: its settings by name, `provider` and `name` among them.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Written(BTreeMap<String, Value>);

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(<redacted>)")
    }
}

/// What is to be changed: a value, or `None` to take it out.
pub type Changes = Vec<(String, Option<Value>)>;

impl Written {
    fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Its own name; that of its kind if it has none.
    pub fn name(&self) -> &str {
        self.text("name")
            .or_else(|| self.text("provider"))
            .unwrap_or_default()
    }

    /// Its kind.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_name(self.text("provider")?)
    }

    /// Everything that is no secret, besides kind and name.
    pub fn settings(&self) -> Vec<(String, Value)> {
        self.0
            .iter()
            .filter(|(name, _)| field(name).is_some_and(|field| field.shape != Shape::Secret))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The names of the secrets it has.
    pub fn secrets(&self) -> Vec<&'static str> {
        FIELDS
            .iter()
            .filter(|field| field.shape == Shape::Secret && self.0.contains_key(field.name))
            .map(|field| field.name)
            .collect()
    }

    /// Who named it, if nobody has confirmed it since.
    pub fn unconfirmed(&self) -> Option<&str> {
        self.text(NAMED_BY)
    }

    /// Where its requests go, if not to the vendor's own address.
    fn address(&self) -> Option<&str> {
        self.text("url")
    }

    /// Named by somebody with nothing but a password behind them.
    ///
    /// # Errors
    /// When codes, and what is said of them, would go to an address that nobody has confirmed.
    pub fn named_by(&mut self, by: &str, before: Option<&Self>) -> Result<(), String> {
        let known = before.filter(|before| before.unconfirmed().is_none());
        if self.address().is_some() && self.address() != known.and_then(Self::address) {
            return Err(
                "`url` says who is given the codes and is asked about them: that takes a second factor that \
                 is a day old, or that another administrator or whoever runs the server has confirmed"
                    .to_owned(),
            );
        }
        let by = Value::Text(Zeroizing::new(clean(by)));
        self.0.insert(NAMED_BY.to_owned(), by);
        Ok(())
    }

    /// Somebody stands for it. Returns whether nobody did.
    pub fn confirm(&mut self) -> bool {
        self.0.remove(NAMED_BY).is_some()
    }

    /// Its bytes: the same for the same entry.
    ///
    /// # Errors
    /// Not for any entry that was read.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        to_json(self)
    }

    /// The entry `name` after a change, and what was changed, without a value. A new one begins empty,
    /// and so does one that changes its kind.
    ///
    /// # Errors
    /// What to do, for operators. It repeats nothing but names that are known.
    pub fn changed(
        before: Option<&Self>,
        name: &str,
        changes: &Changes,
    ) -> Result<(Self, String), String> {
        let kind = match changes.iter().find(|(key, _)| key == "provider") {
            Some((_, Some(Value::Text(text)))) => Kind::from_name(text),
            Some(_) => None,
            None => match before.and_then(Self::kind) {
                Some(kind) => Some(kind),
                None => return Err("`provider` is missing: say which kind it is".to_owned()),
            },
        }
        .ok_or_else(|| {
            let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            format!("`provider` must be one of: {}", kinds.join(", "))
        })?;
        let before = before.filter(|before| before.kind() == Some(kind));
        let mut after = before.cloned().unwrap_or_default();
        let text = |text: &str| Value::Text(Zeroizing::new(text.to_owned()));
        after.0.insert("provider".to_owned(), text(kind.name()));
        after.0.insert("name".to_owned(), text(name));
        let (mut set, mut removed) = (Vec::new(), Vec::new());
        for (key, value) in changes {
            match key.as_str() {
                "provider" => continue,
                "name" => match value {
                    Some(Value::Text(same)) if same.as_str() == name => continue,
                    _ => return Err("`name` cannot be changed".to_owned()),
                },
                _ => {}
            }
            let field = field(key).filter(|field| field.kinds.contains(&kind));
            let Some(field) = field else {
                // A secret may have ended up where a name belongs.
                let is_name =
                    key.len() <= 24 && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                let shown = if is_name { key.as_str() } else { "…" };
                return Err(format!("`{shown}` is no setting of {}", kind.name()));
            };
            match value {
                Some(value) => {
                    field
                        .shape
                        .check(value)
                        .map_err(|why| format!("`{key}` {why}"))?;
                    after.0.insert(key.clone(), value.clone());
                    set.push(field.name);
                }
                None => {
                    if after.0.remove(key).is_some() {
                        removed.push(field.name);
                    }
                }
            }
        }
        if before.is_some_and(|before| before.text("url") != after.text("url")) {
            let kept: Vec<_> = after
                .secrets()
                .into_iter()
                .filter(|secret| !set.contains(secret))
                .map(|secret| format!("`{secret}`"))
                .collect();
            if !kept.is_empty() {
                return Err(format!(
                    "`url` says who is given the credentials: with a new one give {} again",
                    kept.join(" and ")
                ));
            }
        }
        Ok((after, described(kind, &set, &removed)))
    }
}

fn described(kind: Kind, set: &[&str], removed: &[&str]) -> String {
    let mut text = kind.name().to_owned();
    for (verb, names) in [("set", set), ("removed", removed)] {
        if !names.is_empty() {
            text.push_str(&format!("; {verb}: {}", names.join(", ")));
        }
    }
    text
}

/// What a provider may be called: fit for the name of a row, for a log and for a header.
pub fn is_name(text: &str) -> bool {
    (1..=MOST_NAME_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// JSON in one allocation: growing would leave copies behind.
///
/// # Errors
/// When it does not fit where it is kept.
pub fn to_json<T: Serialize + ?Sized>(what: &T) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut room = Zeroizing::new(vec![0_u8; MOST_BYTES]);
    let left = {
        let mut rest = room.as_mut_slice();
        serde_json::to_writer(&mut rest, what).map_err(|_| TOO_LONG.to_owned())?;
        rest.len()
    };
    let written = MOST_BYTES.saturating_sub(left);
    Ok(Zeroizing::new(
        room.get(..written).unwrap_or_default().to_vec(),
    ))
}

/// Where a text is no list of entries, without a word of it.
pub fn no_list(error: &serde_json::Error) -> String {
    format!(
        "line {}, column {} is not what a list of providers may have there",
        error.line(),
        error.column()
    )
}

/// Reads a list, without a word of it in the error.
///
/// # Errors
/// Where it is no list of entries.
pub fn from_json(text: &[u8]) -> Result<Vec<Written>, String> {
    let list: Vec<BTreeMap<String, Option<Value>>> =
        serde_json::from_slice(text).map_err(|error| no_list(&error))?;
    Ok(list
        .into_iter()
        .map(|entry| {
            let set = |(name, value): (String, Option<Value>)| Some((name, value?));
            Written(entry.into_iter().filter_map(set).collect())
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: String) -> Value {
        Value::Text(Zeroizing::new(text))
    }

    /// What the entry says to a value of a field; it may be wrong for other reasons than its shape.
    fn said(kind: Kind, field: &Field, value: Value) -> Result<(), String> {
        let changes = vec![
            ("provider".to_owned(), Some(text(kind.name().to_owned()))),
            (field.name.to_owned(), Some(value)),
        ];
        Written::changed(None, "main", &changes).map(drop)
    }

    #[test]
    fn no_field_of_any_kind_takes_a_text_of_any_length_or_with_control_characters() {
        let mut tried = 0;
        for field in FIELDS {
            for kind in field.kinds {
                let name = field.name;
                let value = |one: String| match field.shape {
                    Shape::List | Shape::Some(_) => Value::List(vec![one]),
                    Shape::Text | Shape::Secret | Shape::Number | Shape::One(_) => text(one),
                };
                let long = said(*kind, field, value("x".repeat(4097)));
                let wanted = format!("`{name}` must have at most 4096 bytes");
                assert_eq!(long, Err(wanted), "{}", kind.name());
                for control in ["\0", "a\nb", "\u{7f}", "\u{85}"] {
                    let wanted = format!("`{name}` must not have control characters");
                    assert_eq!(said(*kind, field, value(control.to_owned())), Err(wanted));
                }
                let many = said(*kind, field, Value::List(vec!["x".to_owned(); 17]));
                assert_eq!(many, Err(format!("`{name}` must have at most 16 texts")));
                if matches!(field.shape, Shape::Text | Shape::Secret) {
                    assert_eq!(said(*kind, field, value("x".repeat(4096))), Ok(()));
                }
                if field.shape == Shape::List {
                    let most = Value::List(vec!["x".repeat(4096); 16]);
                    assert_eq!(said(*kind, field, most), Ok(()));
                }
                tried += 1;
            }
        }
        assert!(tried > 30, "{tried}");
    }
}
