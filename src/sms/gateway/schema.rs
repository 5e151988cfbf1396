//! What an operator may say of the managed gateway.

use super::{Gateway, GatewaySettings, PinnedKey, Signing};
use crate::sms::error::SettingError;
use crate::sms::message::Channel;
use crate::sms::provider::Provider;
use crate::sms::schema::{ProviderSetup, Schema, fields};
use crate::sms::settings::{FieldType, Lines, ProviderSettings, Secret, Text};
use crate::sms::value::{Shape, Value};

/// As it is written.
pub(in crate::sms) const NAME: &str = "gateway";

/// The product that licences name unless something else is said.
const MODULE: &str = "TwoFactor";

impl FieldType for Signing {
    type Value = Self;

    fn shape() -> Shape {
        Shape::One("require legacy")
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(word) if **word == "legacy" => Some(Self::Legacy),
            Value::Text(_) => Some(Self::Require),
            _ => None,
        }
    }
}

fields! {
    struct Fields {
        url: required Text, Credentials, "gateway_url", directs;
        licence_key: required Secret, Credentials, "licence_key";
        site_url: required Text, Credentials, "site_url", with_site;
        keys: optional Lines<16>, Credentials, "keys";
        module: optional Text, Advanced, "module";
        signature: optional Signing, Advanced, "signature";
    }
}

/// What it is.
pub(in crate::sms) fn schema() -> Schema {
    Schema {
        checks_its_own_codes: true,
        keeps_log: true,
        tells_balance: true,
        ..Schema::new(vec![Channel::Sms], Fields::fields())
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
    let fields = Fields::read(settings)?;
    let keys = fields.keys.unwrap_or_default();
    let keys = keys.iter().map(|line| PinnedKey::parse(line));
    Ok(Provider::Verification(Box::new(Gateway::new(
        GatewaySettings {
            url: fields.url,
            licence_key: fields.licence_key,
            site_url: fields.site_url,
            module: fields.module.unwrap_or_else(|| MODULE.to_owned()),
            signing: fields.signature.unwrap_or(Signing::Require),
            keys: keys.collect::<Result<_, _>>()?,
            http: setup.http.clone(),
        },
    )?)))
}
