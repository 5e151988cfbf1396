//! The kinds of provider there are. A new one is a folder beside this file, and a line in the list here.

use super::error::SettingError;
use super::provider::Provider;
use super::schema::{Field, ProviderSetup, Schema};
use super::settings::ProviderSettings;
use super::usage::Usage;
use super::{development, gateway, http_api, sns, twilio};

macro_rules! kinds {
    ($($Kind:ident: $($path:ident)::+;)*) => {
        /// A kind of provider.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProviderKind {
            $(#[allow(missing_docs)] $Kind,)*
        }

        impl ProviderKind {
            /// Every one, in the order of a form.
            pub const ALL: [Self; [$(Self::$Kind),*].len()] = [$(Self::$Kind),*];

            /// As it is written.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Kind => $($path)::+::NAME,)*
                }
            }

            /// How it describes itself, with the settings that are its own.
            #[must_use]
            pub fn schema(self) -> Schema {
                match self {
                    $(Self::$Kind => $($path)::+::schema(),)*
                }
            }

            /// Makes a provider. Nobody is asked anything.
            ///
            /// # Errors
            /// [`SettingError`]
            pub fn make(
                self,
                settings: &ProviderSettings,
                setup: &ProviderSetup<'_>,
            ) -> Result<Provider, SettingError> {
                match self {
                    $(Self::$Kind => $($path)::+::make(settings, setup),)*
                }
            }
        }
    };
}

kinds! {
    TwilioVerify: twilio::schema::verify;
    TwilioMessaging: twilio::schema::messaging;
    Sns: sns::schema;
    Gateway: gateway::schema;
    Http: http_api::schema;
    Development: development::schema;
}

impl ProviderKind {
    /// The one that is written so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The names of all.
    #[must_use]
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Its settings, in the order of a form: its own, and those that every kind has.
    #[must_use]
    pub fn fields(self) -> Vec<Field> {
        let mut fields = self.schema().fields;
        fields.append(&mut Usage::fields());
        fields
    }

    /// The setting of that name, if it has one.
    #[must_use]
    pub fn field(self, name: &str) -> Option<Field> {
        let mut fields = self.fields().into_iter();
        fields.find(|field| field.name == name)
    }
}
