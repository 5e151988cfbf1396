//! How a kind of provider describes itself.
//!
//! A provider is a folder that says here what an operator may write of it, and what it can do. The list of providers
//! (in a file, the environment or the store), the texts of errors, the tables of the documentation and the forms of
//! hosts are made of that.

use super::http::HttpSettings;
use super::message::Channel;
use super::value::Shape;
use crate::development::DevelopmentAllowed;

/// What settings are about: forms show them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Who asks.
    Credentials,
    /// SMS.
    Sms,
    /// Calls.
    Calls,
    /// WhatsApp.
    WhatsApp,
    /// Reports of what became of messages.
    Reports,
    /// How a request is written.
    Request,
    /// How an answer is read.
    Reply,
    /// Which numbers it is asked for, and how many messages.
    Limits,
    /// What hardly anybody needs.
    Advanced,
}

impl Group {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Sms => "sms",
            Self::Calls => "calls",
            Self::WhatsApp => "whatsapp",
            Self::Reports => "reports",
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Limits => "limits",
            Self::Advanced => "advanced",
        }
    }
}

/// What a host knows of itself that belongs into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostValue {
    /// The root URL of the site.
    SiteUrl,
    /// The address where the host takes reports for the provider.
    ReportUrl,
}

impl HostValue {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SiteUrl => "site_url",
            Self::ReportUrl => "report_url",
        }
    }
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What must be written.
    pub shape: Shape,
    /// No provider can be made without it.
    pub is_required: bool,
    /// What it is about.
    pub group: Group,
    /// The key of its label and help, in a host's languages.
    pub text: &'static str,
    /// It says who is given credentials and codes: whoever changes it gives the secrets anew, and needs more than
    /// a password.
    pub directs: bool,
    /// What a host can fill in.
    pub host_value: Option<HostValue>,
}

impl Field {
    /// A setting without anything special.
    #[must_use]
    pub const fn new(
        name: &'static str,
        shape: Shape,
        is_required: bool,
        group: Group,
        text: &'static str,
    ) -> Self {
        Self {
            name,
            shape,
            is_required,
            group,
            text,
            directs: false,
            host_value: None,
        }
    }

    /// It says who is given credentials and codes.
    #[must_use]
    pub(super) const fn directs(mut self) -> Self {
        self.directs = true;
        self
    }

    /// The root URL of the site.
    #[must_use]
    pub(super) const fn with_site(mut self) -> Self {
        self.host_value = Some(HostValue::SiteUrl);
        self
    }

    /// The address where a host takes reports.
    #[must_use]
    pub(super) const fn with_report(mut self) -> Self {
        self.host_value = Some(HostValue::ReportUrl);
        self
    }

    /// Whether it is never shown.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.shape == Shape::Secret
    }
}

/// What a kind of provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The channels it may have; which of them one has is for its settings to say.
    pub channels: Vec<Channel>,
    /// Only it can say of a code whether that is right.
    pub checks_its_own_codes: bool,
    /// It keeps a list of messages that can be read.
    pub keeps_log: bool,
    /// It tells a balance.
    pub tells_balance: bool,
    /// It reports what became of messages.
    pub reports_deliveries: bool,
    /// It sends nothing, and is there for developers only.
    pub is_for_development: bool,
    /// The settings that are its own, in the order of a form.
    pub fields: Vec<Field>,
}

impl Schema {
    /// A provider that takes our text and does nothing else.
    #[must_use]
    pub const fn new(channels: Vec<Channel>, fields: Vec<Field>) -> Self {
        Self {
            channels,
            checks_its_own_codes: false,
            keeps_log: false,
            tells_balance: false,
            reports_deliveries: false,
            is_for_development: false,
            fields,
        }
    }
}

/// What providers are made with besides their settings.
#[derive(Debug, Clone)]
pub struct ProviderSetup<'a> {
    /// How requests are made.
    pub http: HttpSettings,
    /// The operator's word that codes may be written into a file.
    pub development: Option<&'a DevelopmentAllowed>,
}

/// Declares the settings of a kind: a struct that they are read into, and the fields that describe them.
///
/// ```text
/// name: required|optional TYPE, GROUP, "key of its texts" [, flag]*;
/// ```
macro_rules! fields {
    (
        $(#[$doc:meta])*
        struct $Name:ident {
            $($field:ident: $presence:ident $Type:ty, $group:ident, $text:literal $(, $flag:ident)*;)*
        }
    ) => {
        $(#[$doc])*
        struct $Name {
            $($field: $crate::sms::schema::field_type!($presence $Type),)*
        }

        impl $Name {
            fn fields() -> Vec<$crate::sms::schema::Field> {
                vec![$(
                    $crate::sms::schema::Field::new(
                        stringify!($field),
                        <$Type as $crate::sms::settings::FieldType>::shape(),
                        stringify!($presence) == "required",
                        $crate::sms::schema::Group::$group,
                        $text,
                    )
                    $(.$flag())*,
                )*]
            }

            fn read(
                from: &$crate::sms::settings::ProviderSettings,
            ) -> Result<Self, $crate::sms::error::SettingError> {
                Ok(Self {
                    $($field: from.$presence::<$Type>(stringify!($field))?,)*
                })
            }
        }
    };
}

/// The type that a setting is read into.
macro_rules! field_type {
    (required $Type:ty) => {
        <$Type as $crate::sms::settings::FieldType>::Value
    };
    (optional $Type:ty) => {
        Option<<$Type as $crate::sms::settings::FieldType>::Value>
    };
}

pub(super) use {field_type, fields};
