//! What an operator may say of Amazon SNS.

use super::{Sns, SnsSettings};
use crate::sms::error::SettingError;
use crate::sms::message::Channel;
use crate::sms::provider::Provider;
use crate::sms::schema::{ProviderSetup, Schema, fields};
use crate::sms::settings::{ProviderSettings, Secret, Text};

/// As it is written.
pub(in crate::sms) const NAME: &str = "sns";

fields! {
    struct Fields {
        access_key: required Secret, Credentials, "access_key";
        secret: required Secret, Credentials, "sns_secret";
        session_token: optional Secret, Credentials, "session_token";
        region: required Text, Credentials, "region";
        sender_id: optional Text, Sms, "sender_id";
        max_price: optional Text, Sms, "max_price";
        url: optional Text, Advanced, "url", directs;
    }
}

/// What it is.
pub(in crate::sms) fn schema() -> Schema {
    Schema::new(vec![Channel::Sms], Fields::fields())
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
    Ok(Provider::Message(Box::new(Sns::new(SnsSettings {
        access_key: fields.access_key,
        secret: fields.secret,
        session_token: fields.session_token,
        region: fields.region,
        endpoint: fields.url,
        sender_id: fields.sender_id,
        max_price: fields.max_price,
        http: setup.http.clone(),
    })?)))
}
