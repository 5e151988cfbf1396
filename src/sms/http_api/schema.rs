//! What an operator may say of a message provider over HTTPS.

use super::{HttpApi, HttpApiSettings};
use crate::sms::error::SettingError;
use crate::sms::message::Channel;
use crate::sms::provider::Provider;
use crate::sms::schema::{ProviderSetup, Schema, fields};
use crate::sms::settings::{FieldType, Lines, Number, ProviderSettings, Secret, Text};
use crate::sms::value::{Shape, Value};

/// As it is written.
pub(in crate::sms) const NAME: &str = "http";

/// What is done with the URL.
struct Method;

impl FieldType for Method {
    /// Whether there is no body.
    type Value = bool;

    fn shape() -> Shape {
        Shape::One("POST GET")
    }

    fn read(value: &Value) -> Option<bool> {
        match value {
            Value::Text(word) => Some(**word == "GET"),
            _ => None,
        }
    }
}

/// A channel.
struct One;

impl FieldType for One {
    type Value = Channel;

    fn shape() -> Shape {
        Shape::One("sms voice whatsapp")
    }

    fn read(value: &Value) -> Option<Channel> {
        match value {
            Value::Text(word) => Channel::from_word(word),
            _ => None,
        }
    }
}

/// A text of JSON.
struct Json;

impl FieldType for Json {
    type Value = String;

    fn shape() -> Shape {
        Shape::Json
    }

    fn read(value: &Value) -> Option<String> {
        Text::read(value)
    }
}

fields! {
    struct Fields {
        url: required Text, Request, "http_url", directs;
        method: optional Method, Request, "method";
        headers: optional Lines<16>, Request, "headers", directs;
        json: optional Json, Request, "json", directs;
        form: optional Lines<32>, Request, "form", directs;
        user: optional Secret, Credentials, "http_user";
        secret: optional Secret, Credentials, "http_secret";
        replies: required Lines<64>, Reply, "replies";
        message_id: optional Text, Reply, "message_id";
        channel: optional One, Advanced, "channel";
        coding: optional Text, Advanced, "coding";
        longest: optional Number<1, 10_000>, Advanced, "longest";
        check_url: optional Text, Advanced, "check_url", directs;
    }
}

/// What it is.
pub(in crate::sms) fn schema() -> Schema {
    let channels = vec![Channel::Sms, Channel::Voice, Channel::WhatsApp];
    Schema::new(channels, Fields::fields())
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
    Ok(Provider::Message(Box::new(HttpApi::new(
        &HttpApiSettings {
            url: fields.url,
            is_get: fields.method.unwrap_or(false),
            headers: fields.headers.unwrap_or_default(),
            json: fields.json,
            form: fields.form.unwrap_or_default(),
            user: fields.user,
            secret: fields.secret,
            channel: fields.channel,
            coding: fields.coding,
            longest: fields.longest,
            replies: fields.replies,
            message_id: fields.message_id,
            check_url: fields.check_url,
            http: setup.http.clone(),
        },
    )?)))
}
