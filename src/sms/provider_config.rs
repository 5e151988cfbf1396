//! One entry of the list of providers: as it is written, kept, changed and shown.
//!
//! Whoever may change an entry need not know its secrets: what a change leaves out stays as it is.
//! So that nobody learns a secret by sending it somewhere else, a change of where it is sent, or of the kind, takes
//! the secrets anew.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::SettingError;
use super::kinds::ProviderKind;
use super::provider::Provider;
use super::schema::{HostValue, ProviderSetup};
use super::settings::ProviderSettings;
use super::usage::Usage;
use super::value::{ShapeError, Value};

/// Longest name of a provider.
pub const MOST_NAME_BYTES: usize = 32;

/// Longest list, wherever it is kept.
pub const MOST_BYTES: usize = 64 * 1024;

/// Beside the settings, of an entry that nobody has confirmed: who named it. Nobody sets it.
const NAMED_BY: &str = "named_by";

/// Why an entry, or a list of them, is none. For operators; it repeats nothing but names that are known.
#[derive(Debug, thiserror::Error)]
pub enum ProviderConfigError {
    /// Not JSON, or not a list of settings by name.
    #[error("line {line}, column {column} is not what a list of providers may have there")]
    Syntax {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It does not fit where it is kept.
    #[error("the list of providers is longer than 64 KiB")]
    TooLong,
    /// Two providers of one name, or something that is none.
    #[error(
        "entry {0}: its name must be its own, 1 to {MOST_NAME_BYTES} letters, digits and dashes"
    )]
    Name(usize),
    /// What is wrong with one.
    #[error("entry {place} ({kind}): {source}")]
    Entry {
        /// Its place in the list, from 1.
        place: usize,
        /// Its kind.
        kind: &'static str,
        /// What is wrong.
        source: Box<ProviderConfigError>,
    },
    /// It is of no kind.
    #[error("entry {place}: {source}")]
    NoEntry {
        /// Its place in the list, from 1.
        place: usize,
        /// What is wrong.
        source: Box<ProviderConfigError>,
    },
    /// No kind is named.
    #[error("`provider` is missing: say which kind it is")]
    NoKind,
    /// There is no such kind.
    #[error("`provider` must be one of: {}", ProviderKind::names())]
    UnknownKind,
    /// A name is for good.
    #[error("`name` cannot be changed")]
    Renamed,
    /// The kind has no such setting.
    #[error("`{name}` is no setting of {kind}")]
    NoSetting {
        /// Its name, or `…` where it might be a secret in the wrong place.
        name: String,
        /// The kind.
        kind: &'static str,
    },
    /// A value is not what one of this setting looks like.
    #[error("`{name}` {source}")]
    Shape {
        /// The setting.
        name: &'static str,
        /// What is wrong.
        source: ShapeError,
    },
    /// A secret would go somewhere else.
    #[error("`{directs}` says who is given the credentials: with a new one give {secrets} again")]
    SecretsAnew {
        /// What says where they go.
        directs: &'static str,
        /// Those that were not given.
        secrets: String,
    },
    /// With nothing but a password behind it nobody says where codes go.
    #[error(
        "`{0}` says who is given the codes and is asked about them: that takes a second factor that \
         is a day old, or that another administrator or whoever runs the server has confirmed"
    )]
    Unproven(&'static str),
    /// No provider can be made of it.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// An entry as it is written: its settings by name, `provider` and `name` among them.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderConfig(ProviderSettings);

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderConfig(<redacted>)")
    }
}

/// What is to be changed: a value, or `None` to take it out.
pub type Changes = Vec<(String, Option<Value>)>;

impl ProviderConfig {
    /// Its own name; that of its kind if it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0
            .text("name")
            .or_else(|| self.0.text("provider"))
            .unwrap_or_default()
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Option<ProviderKind> {
        ProviderKind::from_name(self.0.text("provider")?)
    }

    /// Everything that is no secret, besides kind and name.
    #[must_use]
    pub fn settings(&self) -> Vec<(String, Value)> {
        let fields = self.kind().map(ProviderKind::fields);
        let fields = fields.unwrap_or_default();
        let is_shown = |name: &str| fields.iter().any(|it| it.name == name && !it.is_secret());
        self.0
            .iter()
            .filter(|(name, _)| is_shown(name))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    }

    /// The names of the secrets it has.
    #[must_use]
    pub fn secrets(&self) -> Vec<&'static str> {
        let fields = self.kind().map(ProviderKind::fields);
        fields
            .into_iter()
            .flatten()
            .filter(|field| field.is_secret() && self.0.get(field.name).is_some())
            .map(|field| field.name)
            .collect()
    }

    /// Whether it has an address to report to what became of messages.
    #[must_use]
    pub fn reports(&self) -> bool {
        let fields = self.kind().map(ProviderKind::fields);
        let mut fields = fields.into_iter().flatten();
        fields.any(|field| {
            field.host_value == Some(HostValue::ReportUrl) && self.0.get(field.name).is_some()
        })
    }

    /// Who named it, if nobody has confirmed it since.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<&str> {
        self.0.text(NAMED_BY)
    }

    /// The settings that say who is given credentials and codes.
    fn directing(&self) -> Vec<&'static str> {
        let fields = self.kind().map(ProviderKind::fields);
        let fields = fields.into_iter().flatten();
        fields
            .filter(|field| field.directs)
            .map(|field| field.name)
            .collect()
    }

    /// The settings that say who is given credentials and codes, and that say something else than `before`.
    fn redirected(&self, before: Option<&Self>) -> Vec<&'static str> {
        let mut directing = self.directing();
        directing.retain(|name| self.0.get(name) != before.and_then(|before| before.0.get(name)));
        directing
    }

    /// Named by somebody with nothing but a password behind them.
    ///
    /// # Errors
    /// [`ProviderConfigError::Unproven`] when codes, and what is said of them, would go to an address that nobody has
    /// confirmed.
    pub fn named_by(&mut self, by: &str, before: Option<&Self>) -> Result<(), ProviderConfigError> {
        let known = before.filter(|before| before.unconfirmed().is_none());
        let redirected = self.redirected(known).into_iter();
        if let Some(name) = redirected
            .into_iter()
            .find(|name| self.0.get(name).is_some())
        {
            return Err(ProviderConfigError::Unproven(name));
        }
        self.0.set(NAMED_BY, Value::text(by));
        Ok(())
    }

    /// Somebody stands for it. Returns whether nobody did.
    pub fn confirm(&mut self) -> bool {
        self.0.remove(NAMED_BY)
    }

    /// Its bytes: the same for the same entry.
    ///
    /// # Errors
    /// Not for any entry that was read.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, ProviderConfigError> {
        to_json(self)
    }

    /// For which numbers it is asked, and how often.
    ///
    /// # Errors
    /// [`ProviderConfigError::Setting`]
    pub fn usage(&self) -> Result<Usage, ProviderConfigError> {
        Ok(Usage::read(&self.0)?)
    }

    /// Makes a provider of it. Nobody is asked anything.
    ///
    /// # Errors
    /// [`ProviderConfigError`]
    pub fn make(&self, setup: &ProviderSetup<'_>) -> Result<Provider, ProviderConfigError> {
        let kind = self.kind_or_error()?;
        for (name, value) in self.0.iter() {
            if matches!(name, "provider" | "name") || name == NAMED_BY {
                continue;
            }
            let field = kind.field(name).ok_or_else(|| no_setting(kind, name))?;
            let wrong = |source| ProviderConfigError::Shape {
                name: field.name,
                source,
            };
            field.shape.check(value).map_err(wrong)?;
        }
        self.usage()?;
        Ok(kind.make(&self.0, setup)?)
    }

    fn kind_or_error(&self) -> Result<ProviderKind, ProviderConfigError> {
        match self.0.get("provider") {
            Some(_) => self.kind().ok_or(ProviderConfigError::UnknownKind),
            None => Err(ProviderConfigError::NoKind),
        }
    }

    /// The entry `name` after a change, and what was changed, without a value. A new one begins empty,
    /// and so does one that changes its kind.
    ///
    /// # Errors
    /// [`ProviderConfigError`]
    pub fn changed(
        before: Option<&Self>,
        name: &str,
        changes: &Changes,
    ) -> Result<(Self, String), ProviderConfigError> {
        let kind = match changes.iter().find(|(key, _)| key == "provider") {
            Some((_, Some(Value::Text(text)))) => ProviderKind::from_name(text),
            Some(_) => None,
            None => Some(
                before
                    .and_then(Self::kind)
                    .ok_or(ProviderConfigError::NoKind)?,
            ),
        }
        .ok_or(ProviderConfigError::UnknownKind)?;
        let before = before.filter(|before| before.kind() == Some(kind));
        let mut after = before.cloned().unwrap_or_default();
        after.0.set("provider", Value::text(kind.name()));
        after.0.set("name", Value::text(name));
        let (mut set, mut removed) = (Vec::new(), Vec::new());
        for (key, value) in changes {
            match key.as_str() {
                "provider" => continue,
                "name" => match value {
                    Some(Value::Text(same)) if same.as_str() == name => continue,
                    _ => return Err(ProviderConfigError::Renamed),
                },
                _ => {}
            }
            let field = kind.field(key).ok_or_else(|| no_setting(kind, key))?;
            match value {
                Some(value) => {
                    let wrong = |source| ProviderConfigError::Shape {
                        name: field.name,
                        source,
                    };
                    field.shape.check(value).map_err(wrong)?;
                    after.0.set(field.name, value.clone());
                    set.push(field.name);
                }
                None => {
                    if after.0.remove(field.name) {
                        removed.push(field.name);
                    }
                }
            }
        }
        let redirected = before.map(|before| after.redirected(Some(before)));
        if let Some(directs) = redirected.and_then(|names| names.first().copied()) {
            let kept: Vec<_> = after
                .secrets()
                .into_iter()
                .filter(|secret| !set.contains(secret))
                .map(|secret| format!("`{secret}`"))
                .collect();
            if !kept.is_empty() {
                let secrets = kept.join(" and ");
                return Err(ProviderConfigError::SecretsAnew { directs, secrets });
            }
        }
        Ok((after, described(kind, &set, &removed)))
    }
}

/// A secret may have ended up where a name belongs.
fn no_setting(kind: ProviderKind, name: &str) -> ProviderConfigError {
    let is_name = name.len() <= 24 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    ProviderConfigError::NoSetting {
        name: if is_name { name } else { "…" }.to_owned(),
        kind: kind.name(),
    }
}

fn described(kind: ProviderKind, set: &[&str], removed: &[&str]) -> String {
    let mut text = kind.name().to_owned();
    for (verb, names) in [("set", set), ("removed", removed)] {
        if !names.is_empty() {
            text.push_str(&format!("; {verb}: {}", names.join(", ")));
        }
    }
    text
}

/// What a provider may be called: fit for the name of a row, for a log and for a header.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=MOST_NAME_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// JSON in one allocation: growing would leave copies behind.
///
/// # Errors
/// [`ProviderConfigError::TooLong`]
pub fn to_json<T: Serialize + ?Sized>(what: &T) -> Result<Zeroizing<Vec<u8>>, ProviderConfigError> {
    let mut room = Zeroizing::new(vec![0_u8; MOST_BYTES]);
    let left = {
        let mut rest = room.as_mut_slice();
        serde_json::to_writer(&mut rest, what).map_err(|_| ProviderConfigError::TooLong)?;
        rest.len()
    };
    let written = MOST_BYTES.saturating_sub(left);
    Ok(Zeroizing::new(
        room.get(..written).unwrap_or_default().to_vec(),
    ))
}

/// Reads a list, without a word of it in the error.
///
/// # Errors
/// [`ProviderConfigError::Syntax`]
pub fn from_json(text: &[u8]) -> Result<Vec<ProviderConfig>, ProviderConfigError> {
    serde_json::from_slice(text).map_err(|error| ProviderConfigError::Syntax {
        line: error.line(),
        column: error.column(),
    })
}

/// Makes the providers of a list that an operator has written.
///
/// # Errors
/// [`ProviderConfigError`]
pub fn make_all(
    text: &[u8],
    setup: &ProviderSetup<'_>,
) -> Result<Vec<(ProviderConfig, Provider)>, ProviderConfigError> {
    let mut made: Vec<(ProviderConfig, Provider)> = Vec::new();
    for (config, place) in from_json(text)?.into_iter().zip(1..) {
        let kind = config.kind_or_error();
        let kind = kind.map_err(|source| ProviderConfigError::NoEntry {
            place,
            source: Box::new(source),
        })?;
        // `unconfirmed` is kept with entries of the store; a file cannot say it.
        if config.unconfirmed().is_some() {
            let source = Box::new(no_setting(kind, NAMED_BY));
            let kind = kind.name();
            return Err(ProviderConfigError::Entry {
                place,
                kind,
                source,
            });
        }
        let name = config.name();
        if !is_name(name) || made.iter().any(|(known, _)| known.name() == name) {
            return Err(ProviderConfigError::Name(place));
        }
        let provider = config
            .make(setup)
            .map_err(|source| ProviderConfigError::Entry {
                place,
                kind: kind.name(),
                source: Box::new(source),
            })?;
        made.push((config, provider));
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::schema::Field;
    use crate::sms::value::Shape;

    /// Changes one field; it may be wrong for other reasons than its shape.
    fn set(kind: ProviderKind, field: &Field, value: Value) -> Result<(), ProviderConfigError> {
        let changes = vec![
            ("provider".to_owned(), Some(Value::text(kind.name()))),
            (field.name.to_owned(), Some(value)),
        ];
        ProviderConfig::changed(None, "main", &changes).map(drop)
    }

    /// Why a field does not take a value; empty where it does.
    fn refusal(kind: ProviderKind, field: &Field, value: Value) -> String {
        set(kind, field, value).map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn no_field_of_any_kind_takes_a_text_of_any_length_or_with_control_characters() {
        let mut tried = 0;
        for kind in ProviderKind::ALL {
            for field in &kind.fields() {
                let name = field.name;
                let value = |one: &str| match field.shape {
                    Shape::Lines { .. } | Shape::Some(_) => Value::List(vec![one.to_owned()]),
                    _ => Value::text(one),
                };
                let long = refusal(kind, field, value(&"x".repeat(4097)));
                let wanted = format!("`{name}` must have at most 4096 bytes");
                assert_eq!(long, wanted, "{}", kind.name());
                for control in ["\0", "a\u{b}b", "\u{7f}", "\u{85}"] {
                    let wanted = format!("`{name}` must not have control characters");
                    assert_eq!(refusal(kind, field, value(control)), wanted);
                }
                let broken = refusal(kind, field, value("a\nb"));
                if field.shape != Shape::Json {
                    let wanted = format!("`{name}` must not have control characters");
                    assert_eq!(broken, wanted);
                }
                let most = match field.shape {
                    Shape::Lines { most } => most,
                    _ => 16,
                };
                let many = refusal(kind, field, Value::List(vec!["x".to_owned(); most + 1]));
                assert_eq!(many, format!("`{name}` must have at most {most} texts"));
                if matches!(field.shape, Shape::Text | Shape::Secret | Shape::Json) {
                    assert_eq!(refusal(kind, field, value(&"x".repeat(4096))), "");
                }
                if field.shape == (Shape::Lines { most }) {
                    let most = Value::List(vec!["x".repeat(4096); most]);
                    assert_eq!(refusal(kind, field, most), "");
                }
                tried += 1;
            }
        }
        assert!(tried > 30, "{tried}");
    }

    #[test]
    fn an_entry_has_every_name_once() {
        let twice = br#"[{"provider": "sns", "secret": "a", "secret": "b"}]"#;
        assert!(matches!(
            from_json(twice),
            Err(ProviderConfigError::Syntax { line: 1, .. })
        ));
    }

    #[test]
    fn no_list_says_of_itself_who_named_an_entry() {
        let text = br#"[{"provider": "development", "file": "/x", "named_by": "anna"}]"#;
        let setup = ProviderSetup {
            http: crate::sms::http::HttpSettings::default(),
            development: None,
        };
        let error = make_all(text, &setup).unwrap_err().to_string();
        assert_eq!(
            error,
            "entry 1 (development): `named_by` is no setting of development"
        );
    }

    #[test]
    fn every_kind_reads_every_field_that_it_describes_and_no_other() {
        // A value of the wrong shape is refused by whatever reads it, after the shape of each was checked.
        for kind in ProviderKind::ALL {
            let fields = kind.fields();
            let mut names: Vec<_> = fields.iter().map(|field| field.name).collect();
            assert!(fields.iter().any(|field| field.is_required), "{kind:?}");
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), fields.len(), "{kind:?}");
            assert!(
                !names
                    .iter()
                    .any(|name| matches!(*name, "provider" | "name" | "named_by"))
            );
        }
    }
}
