//! `TwoFactor\Provider`: who carries codes, without the secrets.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use twofactor_macros::methods;
use zeroize::Zeroizing;

use super::argument::entries;
use super::date::{Moment, rfc3339};
use super::enums::{self, Method};
use super::failure::{Failure, invalid, misconfigured};
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use super::settings::allowed;
use crate::sms::{Changes, ProviderKind, Shape, Value};
use crate::verifier::ProviderView;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Provider",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Provider(pub(super) ProviderView);

/// A setting as PHP's string, int or list.
pub(super) struct Shown<'a>(pub(super) &'a Value);

impl IntoZval for Shown<'_> {
    const TYPE: DataType = DataType::Mixed;
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, persistent: bool) -> ext_php_rs::error::Result<()> {
        match self.0 {
            Value::Text(text) => zv.set_string(text, persistent),
            Value::Number(number) => {
                zv.set_long(i64::from(*number));
                Ok(())
            }
            Value::List(list) => list.clone().set_zval(zv, persistent),
        }
    }
}

impl Provider {
    fn settings_array(&self) -> ZBox<ZendHashTable> {
        let settings = self.0.settings.iter();
        settings
            .fold(Fields::new(), |fields, (name, value)| {
                fields.with(name, Shown(value))
            })
            .into_array()
    }

    fn fields(&self) -> Fields {
        let view = &self.0;
        Fields::new()
            .with("name", view.name.as_str())
            .with("kind", view.kind)
            .with("methods", enums::names(&view.methods))
            .with("checksItsOwnCodes", view.checks_its_own_codes)
            .with("keepsLog", view.keeps_log)
            .with("settings", self.settings_array())
            .with("secrets", view.secrets.clone())
            .with("reporting", view.reports)
            .with("source", view.source.as_str())
            .with("confirmed", view.confirmed)
            .with("available", view.available)
            .with("retryAt", view.retry_at.map(rfc3339))
    }
}

#[methods]
impl Provider {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn kind(&self) -> &str {
        self.0.kind
    }

    pub fn methods(&self) -> Vec<Method> {
        enums::methods(&self.0.methods)
    }

    pub fn checksItsOwnCodes(&self) -> bool {
        self.0.checks_its_own_codes
    }

    pub fn keepsLog(&self) -> bool {
        self.0.keeps_log
    }

    pub fn settings(&self) -> ZBox<ZendHashTable> {
        self.settings_array()
    }

    pub fn secrets(&self) -> Vec<&'static str> {
        self.0.secrets.clone()
    }

    pub fn isReporting(&self) -> bool {
        self.0.reports
    }

    pub fn source(&self) -> &str {
        self.0.source.as_str()
    }

    pub fn isConfirmed(&self) -> bool {
        self.0.confirmed
    }

    pub fn isAvailable(&self) -> bool {
        self.0.available
    }

    pub fn retryAt(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.retry_at)
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Provider {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// What a script wants changed. No error repeats more than a name.
///
/// # Errors
/// `ConfigurationError`, as for a value that the core refuses.
pub(super) fn changes(provider: &str, given: &ZendHashTable) -> Result<Changes, Failure> {
    let mut changes = Changes::new();
    for (key, value) in entries(given) {
        let key = key.zend_str().and_then(|key| key.as_str().ok());
        let Some(key) = key else {
            return Err(misconfigured(
                "a provider's settings have names: [\"url\" => …]",
            ));
        };
        let value = match setting(value) {
            Some(value) => value,
            None => {
                // Types that no setting has are refused here; whether the setting exists is said by the core.
                let known = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                let key = if known && key.len() <= 24 { key } else { "…" };
                return Err(misconfigured(&format!(
                    "{provider}: `{key}` must be text, a whole number, a list of texts or null"
                )));
            }
        };
        // A path, which the process writes for a script.
        if let Some(Value::Text(path)) = &value
            && ProviderKind::ALL
                .into_iter()
                .filter_map(|kind| kind.field(key))
                .any(|field| field.shape == Shape::Path)
        {
            allowed(path)?;
        }
        changes.push((key.to_owned(), value));
    }
    Ok(changes)
}

/// The value; `None` inside takes the setting out, `None` outside is nothing a setting can be.
#[allow(clippy::option_option)]
fn setting(value: &Zval) -> Option<Option<Value>> {
    if value.is_null() {
        return Some(None);
    }
    if let Some(text) = value.zend_str() {
        let text = text.as_str().ok()?;
        return Some(Some(Value::Text(Zeroizing::new(text.to_owned()))));
    }
    if let Some(number) = value.long() {
        return Some(Some(Value::Number(u32::try_from(number).ok()?)));
    }
    names(value.array()?).map(|list| Some(Value::List(list)))
}

/// The texts of a list.
fn names(list: &ZendHashTable) -> Option<Vec<String>> {
    entries(list)
        .map(|(_, item)| Some(item.zend_str()?.as_str().ok()?.to_owned()))
        .collect()
}

/// The names in an argument.
///
/// # Errors
/// `ValueError`
pub(super) fn list_of_names(argument: &str, list: &ZendHashTable) -> Result<Vec<String>, Failure> {
    names(list).ok_or_else(|| invalid(argument, "must be a list of names"))
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Provider>() };
}
