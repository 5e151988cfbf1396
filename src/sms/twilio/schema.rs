//! What an operator may say of Twilio's two products.

use zeroize::Zeroizing;

use super::ApiLogin;

/// Whose account it is.
fn login(user: &Zeroizing<String>, secret: Zeroizing<String>) -> ApiLogin {
    ApiLogin {
        user: user.to_string(),
        secret,
    }
}

pub(in crate::sms) mod verify {
    //! Twilio Verify.

    use super::super::verify::{BASE, TwilioVerify, VerifySettings};
    use crate::sms::error::SettingError;
    use crate::sms::message::Channel;
    use crate::sms::provider::Provider;
    use crate::sms::schema::{ProviderSetup, Schema, fields};
    use crate::sms::settings::{FieldType, ProviderSettings, Secret, Text};
    use crate::sms::value::{Shape, Value};

    /// As it is written.
    pub(in crate::sms) const NAME: &str = "twilio-verify";

    /// Channels that are switched on in a service.
    struct Channels;

    impl FieldType for Channels {
        type Value = Vec<Channel>;

        fn shape() -> Shape {
            Shape::Some("sms voice whatsapp")
        }

        fn read(value: &Value) -> Option<Vec<Channel>> {
            let Value::List(words) = value else {
                return None;
            };
            words.iter().map(|word| Channel::from_word(word)).collect()
        }
    }

    fields! {
        struct Fields {
            user: required Secret, Credentials, "user";
            secret: required Secret, Credentials, "secret";
            service: required Text, Credentials, "service";
            service_unproven: optional Text, Credentials, "service_unproven";
            channels: optional Channels, Credentials, "channels";
            url: optional Text, Advanced, "url", directs;
        }
    }

    /// What it is.
    pub(in crate::sms) fn schema() -> Schema {
        let channels = vec![Channel::Sms, Channel::Voice, Channel::WhatsApp];
        Schema {
            checks_its_own_codes: true,
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
        let fields = Fields::read(settings)?;
        let channels = fields.channels.filter(|channels| !channels.is_empty());
        let settings = VerifySettings {
            login: super::login(&fields.user, fields.secret),
            service: fields.service,
            service_unproven: fields.service_unproven,
            channels: channels.unwrap_or_else(|| vec![Channel::Sms]),
            base: fields.url.unwrap_or_else(|| BASE.to_owned()),
            http: setup.http.clone(),
        };
        Ok(Provider::Verification(Box::new(TwilioVerify::new(
            &settings,
        )?)))
    }
}

pub(in crate::sms) mod messaging {
    //! Twilio Messaging, and calls.

    use super::super::messaging::{BASE, MessagingSettings, SenderId, TwilioMessaging, WhatsApp};
    use crate::sms::error::SettingError;
    use crate::sms::message::Channel;
    use crate::sms::provider::Provider;
    use crate::sms::schema::{ProviderSetup, Schema, fields};
    use crate::sms::settings::{Number, ProviderSettings, Secret, Text};

    /// As it is written.
    pub(in crate::sms) const NAME: &str = "twilio-messaging";

    fields! {
        struct Fields {
            account: required Text, Credentials, "account";
            user: required Secret, Credentials, "user";
            secret: required Secret, Credentials, "secret";
            from: optional Text, Sms, "from";
            messaging_service: optional Text, Sms, "messaging_service";
            validity: optional Number<1, 36_000>, Sms, "validity";
            voice_from: optional Text, Calls, "voice_from";
            whatsapp_from: optional Text, WhatsApp, "whatsapp_from";
            whatsapp_template: optional Text, WhatsApp, "whatsapp_template";
            whatsapp_variable: optional Text, WhatsApp, "whatsapp_variable";
            status_callback: optional Text, Reports, "status_callback", with_report;
            auth_token: optional Secret, Reports, "auth_token";
            url: optional Text, Advanced, "url", directs;
        }
    }

    /// What it is.
    pub(in crate::sms) fn schema() -> Schema {
        let channels = vec![Channel::Sms, Channel::Voice, Channel::WhatsApp];
        Schema {
            reports_deliveries: true,
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
        let fields = Fields::read(settings)?;
        let sms = match (fields.from, fields.messaging_service) {
            (Some(from), None) => Some(SenderId::From(from)),
            (None, Some(service)) => Some(SenderId::Service(service)),
            (None, None) => None,
            (Some(_), Some(_)) => {
                return Err("give `from` or `messaging_service`, not both".into());
            }
        };
        let whatsapp = match (fields.whatsapp_from, fields.whatsapp_template) {
            (Some(from), Some(template)) => Some(WhatsApp {
                sender: SenderId::From(from),
                template,
                variable: fields.whatsapp_variable.unwrap_or_else(|| "1".to_owned()),
            }),
            (None, None) => None,
            _ => return Err("`whatsapp_from` and `whatsapp_template` belong together".into()),
        };
        Ok(Provider::Message(Box::new(TwilioMessaging::new(
            MessagingSettings {
                login: super::login(&fields.user, fields.secret),
                account: fields.account,
                sms,
                whatsapp,
                voice: fields.voice_from,
                status_callback: fields.status_callback,
                auth_token: fields.auth_token,
                validity: fields.validity,
                base: fields.url.unwrap_or_else(|| BASE.to_owned()),
                http: setup.http.clone(),
            },
        )?)))
    }
}
