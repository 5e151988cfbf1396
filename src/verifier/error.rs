//! Why there is no yes: one error for all that may be asked.

use std::error::Error as StdError;
use std::sync::Arc;

use super::keys::KeysError;
use crate::account::totp::{SecretError, TotpError};
use crate::account::{AccountError, Denied, FactorError, LabelError};
use crate::crypto::{KeyError, OpenError, RandomError};
use crate::delivery::DeliveryError;
use crate::session::SessionError;
use crate::shared::SharedError;
use crate::sms::{ProviderConfigError, SendError, SettingError};
use crate::store::StoreError;
use crate::types::UserId;

/// Why there is no yes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The proof was not accepted. The text is neutral.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Store, key, clock or providers cannot be relied on; the text is for operators.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Settings, keys, providers or store are wrong; the text is for operators.
    #[error(transparent)]
    Configuration(#[from] Misconfiguration),
    /// A telephone number cannot be used; the text is for the person whose number it is.
    #[error("{text}")]
    Number {
        /// In one word, for whoever says it in another language.
        reason: &'static str,
        /// In words.
        text: String,
    },
    /// A factor cannot be changed like that; the text is for the person whose factor it is.
    #[error("the factor {0}")]
    Factor(#[from] FactorError),
    /// The site's policy asks for roles or groups: to be asked again with a user of whom they are known.
    #[error("the policy asks what user {0} is")]
    StandingWanted(UserId),
    /// It needs a licence that is good now; the text is for operators.
    #[error(transparent)]
    LicenceRequired(#[from] LicenceRequired),
    /// An argument cannot be right, whoever passes it.
    #[error("{argument} {why}")]
    Invalid {
        /// The parameter's name in PHP.
        argument: &'static str,
        /// What it must be.
        why: String,
    },
}

/// What cannot be relied on now. For operators.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// An account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The sessions.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// What users share.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A provider, or the way to it.
    #[error(transparent)]
    Delivery(DeliveryError),
    /// A provider may have sent a code of its own: its answer was lost.
    #[error("{provider}: {why}")]
    AnswerLost {
        /// Which.
        provider: String,
        /// What went wrong.
        why: String,
    },
    /// The keys.
    #[error(transparent)]
    Keys(KeysError),
    /// The operating system's random generator.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A secret that was made is none.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The list of providers in the store does not open.
    #[error(transparent)]
    Providers(Arc<dyn StdError + Send + Sync>),
    /// Somebody else was faster, again and again.
    #[error("the providers are being changed by too many others at once")]
    ProvidersBusy,
    /// The site's policy says something that this version does not know.
    #[error(
        "the policy of this site was written by another version of this software: set it anew, or take it back, on the server"
    )]
    Policy,
    /// The row that marks this site's store.
    #[error("the mark of this site in the store is damaged: restore the store from a backup")]
    MarkDamaged(#[source] SharedError),
    /// The same row.
    #[error(
        "the mark of this site is gone from the store: restore it from a backup, or restart PHP"
    )]
    MarkMissing,
    /// A list of networks, which says from where second factors may be answered.
    #[error("{setting}: {why}; until that is mended no second factor is looked at")]
    Networks {
        /// Which.
        setting: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// Why what is premium is not to be had. For operators; nobody is kept from signing in by it.
#[derive(Debug, thiserror::Error)]
pub enum LicenceRequired {
    /// The feature `premium` was left out.
    #[error("this build of the extension has nothing that is premium")]
    NotBuilt,
    /// No key is set.
    #[error("this needs a licence: set twofactor.licence_key")]
    NoKey,
    /// It is to be in the store, and nobody has entered one.
    #[error("this needs a licence: enter its key, which setLicenceKey() takes")]
    NotEntered,
    /// A setting.
    #[error("the settings of the licence: {0}")]
    Settings(#[source] SettingError),
    /// The licence, and why the gateway gave no answer, if it gave none.
    #[error("this needs a licence: {why}{}{}", if silence.is_empty() { "" } else { "; " }, silence)]
    Unlicensed {
        /// Why it does not count.
        why: Box<dyn StdError + Send + Sync>,
        /// The same in one word.
        reason: &'static str,
        /// Why nobody answered.
        silence: String,
    },
}

impl LicenceRequired {
    /// A stable word for why, for hosts that speak another language.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotBuilt => "not-built",
            Self::NoKey => "no-key",
            Self::NotEntered => "not-entered",
            Self::Settings(_) => "settings",
            Self::Unlicensed { reason, .. } => reason,
        }
    }
}

/// What an operator has to mend, and how.
#[derive(Debug, thiserror::Error)]
pub enum Misconfiguration {
    /// The store's file, server, credentials or schema.
    #[error(transparent)]
    Store(StoreError),
    /// The store is another site's.
    #[error(transparent)]
    Stranger(#[from] Stranger),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Where keys come from.
    #[error(transparent)]
    Keys(KeysError),
    /// The settings of authenticator apps.
    #[error(transparent)]
    Totp(#[from] TotpError),
    /// The limits of sending.
    #[error("the limits of sending are out of range")]
    Limits,
    /// The list of providers, in a file, the environment or the store.
    #[error(transparent)]
    Providers(Arc<dyn StdError + Send + Sync>),
    /// It is no list of providers.
    #[error(transparent)]
    ProviderConfig(#[from] ProviderConfigError),
    /// The list is not in the store.
    #[error("the providers come from {0}: change them there")]
    ProvidersElsewhere(String),
    /// A new list lacks a provider, or has one twice.
    #[error("the order must name every provider once")]
    ProviderOrder,
    /// Nothing can be called so.
    #[error("the name of a provider must be 1 to {0} letters, digits and dashes")]
    ProviderName(usize),
    /// Nothing is called so.
    #[error("there is no provider of that name")]
    UnknownProvider,
    /// A provider, in its own words, in ours, or for another reason.
    #[error("{provider}: {source}")]
    Provider {
        /// Which.
        provider: String,
        /// Why.
        source: ProviderTrouble,
    },
    /// The texts of messages that are the site's own.
    #[error(
        "the texts of messages in the store cannot be opened, so ours are sent: put the key back, or save a text to \
         begin anew"
    )]
    Texts(#[source] OpenError),
}

/// Why a provider does not do what an operator asks of it.
#[derive(Debug, thiserror::Error)]
pub enum ProviderTrouble {
    /// Its settings.
    #[error(transparent)]
    Config(Arc<ProviderConfigError>),
    /// What it answers when it is asked about itself.
    #[error(transparent)]
    Probe(#[from] crate::sms::ProbeError),
    /// What it answers to a message.
    #[error(transparent)]
    Send(#[from] SendError),
    /// It has no such list.
    #[error("it keeps no list of messages")]
    NoLog,
    /// It has no such way.
    #[error("it is not set up for {0}")]
    Method(&'static str),
}

/// Whose store it is, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum Stranger {
    /// It is not the one that the setting `store_id` names.
    #[error(
        "the store is empty or another one than was set up (twofactor.store_id): correct twofactor.store, or \
         restore the store from a backup. To begin anew on purpose, let go of that id"
    )]
    Another,
    /// Others have accounts in it.
    #[error(
        "the store has accounts of the site {other} and none of {site}: correct twofactor.site. \
         To begin another site in the same store on purpose, set twofactor.new_site to 1 once"
    )]
    OtherSite {
        /// The site that asks.
        site: String,
        /// One of the others.
        other: String,
    },
    /// The site has accounts in other tables.
    #[error(
        "the store has no account of the site {site}, but other tables of the same database \
         have, those with the prefix \"{prefix}\": correct the prefix in twofactor.store. To \
         begin anew on purpose, set twofactor.new_site to 1 once"
    )]
    OtherTables {
        /// The site that asks.
        site: String,
        /// Of the other tables.
        prefix: String,
    },
    /// It was opened for others.
    #[error(
        "the store was opened for the site {other} before, and {site} is new to it: correct twofactor.site. If \
         {site} is right, set twofactor.new_site to 1 once; if {other} is to use the same store, too, there as well"
    )]
    OpenedForOther {
        /// The site that asks.
        site: String,
        /// One of the others.
        other: String,
    },
    /// The site was opened in other tables.
    #[error(
        "the site {site} was opened in other tables of the same database before, those with the prefix \
         \"{prefix}\": correct the prefix in twofactor.store. If it is right, set twofactor.new_site to 1 once; \
         if those tables are another installation's, there as well"
    )]
    OpenedElsewhere {
        /// The site that asks.
        site: String,
        /// Of the other tables.
        prefix: String,
    },
}

impl Error {
    /// Whether it is one account that cannot be relied on: the others can.
    #[must_use]
    pub const fn is_of_one_account(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(Unavailable::Account(
                AccountError::Sealed { .. }
                    | AccountError::KeyMissing { .. }
                    | AccountError::KeyReplaced { .. }
                    | AccountError::Document { .. }
                    | AccountError::Removed(_)
                    | AccountError::Busy(_)
            ))
        )
    }

    pub(super) fn invalid(argument: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid {
            argument,
            why: why.into(),
        }
    }

    pub(super) fn provider(provider: &str, why: impl Into<ProviderTrouble>) -> Self {
        Self::Configuration(Misconfiguration::Provider {
            provider: provider.to_owned(),
            source: why.into(),
        })
    }
}

impl From<ProviderConfigError> for ProviderTrouble {
    fn from(error: ProviderConfigError) -> Self {
        Self::Config(Arc::new(error))
    }
}

impl From<LabelError> for Error {
    fn from(error: LabelError) -> Self {
        Self::Factor(error.into())
    }
}

impl From<DeliveryError> for Error {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Throttled { retry_after } => Denied::Throttled { retry_after }.into(),
            DeliveryError::Refused { reason } => Denied::NotSent { reason }.into(),
            DeliveryError::NotGenuine => Denied::Rejected.into(),
            DeliveryError::Provider { .. }
            | DeliveryError::NobodySent { .. }
            | DeliveryError::Unverified { .. }
            | DeliveryError::ProviderGone(_)
            | DeliveryError::Number
            | DeliveryError::Shared(_)
            | DeliveryError::Store(_) => Unavailable::Delivery(error).into(),
        }
    }
}

impl From<KeysError> for Error {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Random(_) | KeysError::Store(_) => Unavailable::Keys(error).into(),
            KeysError::Key(_)
            | KeysError::Missing(_)
            | KeysError::AtTheStart
            | KeysError::Nowhere => Misconfiguration::Keys(error).into(),
        }
    }
}

macro_rules! from {
    ($($Error:ty => $Kind:ident;)*) => {
        $(impl From<$Error> for Error {
            fn from(error: $Error) -> Self {
                $Kind::from(error).into()
            }
        })*
    };
}

from! {
    AccountError => Unavailable;
    SessionError => Unavailable;
    SharedError => Unavailable;
    StoreError => Unavailable;
    RandomError => Unavailable;
    SecretError => Unavailable;
    KeyError => Misconfiguration;
    TotpError => Misconfiguration;
    ProviderConfigError => Misconfiguration;
    Stranger => Misconfiguration;
}
