//! What an operator may say of the provider for developers.

use std::path::Path;

use super::Development;
use crate::sms::error::SettingError;
use crate::sms::message::Channel;
use crate::sms::provider::Provider;
use crate::sms::schema::{ProviderSetup, Schema, fields};
use crate::sms::settings::{FieldType, ProviderSettings};
use crate::sms::value::{Shape, Value};

/// As it is written.
pub(in crate::sms) const NAME: &str = "development";

/// The path of a file.
struct File;

impl FieldType for File {
    type Value = String;

    fn shape() -> Shape {
        Shape::Path
    }

    fn read(value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.to_string()),
            _ => None,
        }
    }
}

fields! {
    struct Fields {
        file: required File, Credentials, "file";
    }
}

/// What it is.
pub(in crate::sms) fn schema() -> Schema {
    let channels = vec![Channel::Sms, Channel::Voice, Channel::WhatsApp];
    Schema {
        is_for_development: true,
        ..Schema::new(channels, Fields::fields())
    }
}

/// Makes one.
///
/// # Errors
/// [`SettingError`]
pub(in crate::sms) fn make(
    settings: &ProviderSettings,
    setup: &ProviderSetup<'_>,
) -> Result<Provider, SettingError> {
    let allowed = setup
        .development
        .ok_or("it writes codes into a file, and twofactor.development is not 1")?;
    let fields = Fields::read(settings)?;
    let made = Development::new(allowed.clone(), Path::new(&fields.file));
    Ok(Provider::Message(Box::new(
        made.map_err(SettingError::other)?,
    )))
}
