//! What the outside may ask: sign in, enrol, administer.
//!
//! Nothing that returns can be mistaken for a yes: a proof that was not accepted is an [`Error`].
//! The verifier draws ids and codes, seals tokens and calls the account's rules; it decides nothing
//! itself.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::account::{Account, Accounts, Factor, GRANT_SECONDS, RESET_PROOF_SECONDS, Source};
pub use crate::audit::{Authority, Severity, Topic};
use crate::clock::UnixTime;
use crate::config::Config;
use crate::crypto::KeyRing;
use crate::delivery::ActiveProviders;
use crate::delivery::budget::Budgets;
use crate::mail::address;
use crate::phone::PhoneNumber;
use crate::session::SignedInBy;
use crate::shared::{SentMessages, SharedRows};
use crate::startup::ProviderList;
pub use crate::startup::{GivenSetting, SettingSource};
use crate::store::{self, Listing, StoreError, StoreHandle};
use crate::types::{Method, Purpose, UserId, address_text};

mod administer;
mod advice;
mod app_clocks;
mod client;
mod demanded;
mod device;
mod devices;
mod enforcement;
mod enrol;
mod error;
mod everybody;
mod failures;
mod figures;
mod files;
mod finding;
mod health;
mod import;
mod keys;
mod licence;
mod lost_factors;
mod mark;
mod named;
mod new_codes;
#[cfg(not(feature = "premium"))]
mod no_guard;
#[cfg(not(feature = "premium"))]
mod no_premium;
mod notices;
mod number_notices;
mod number_proof;
mod oob_enrol;
mod operator;
mod password_reset;
mod personal_data;
mod phone_reservation;
#[cfg(feature = "premium")]
mod premium;
mod provider_list;
mod provider_registry;
mod provider_test;
mod providers;
mod request_limit;
#[cfg(feature = "cli")]
mod reseal;
mod send;
mod sender;
mod sessions;
mod sign_in;
mod store_id;
mod support;
mod texts;
mod token;

pub use crate::mail::address::is_address;
pub use crate::sms::{Changes, Provider, Value};
pub use crate::texts::{TextError, TextField};
pub use administer::{AuditEvent, EventField};
pub use client::Client;
pub use demanded::{Memberships, Standing};
pub use device::Device;
#[cfg(not(feature = "premium"))]
pub(in crate::verifier) use devices::absent::NewDevice;
pub use enforcement::{Asked, Foreseen, Outcome};
pub use error::{Error, LicenceRequired, Misconfiguration, ProviderTrouble, Stranger, Unavailable};
pub use failures::{Failures, PastFailure};
pub use files::{PathObjection, path_objection};
pub use finding::{Detail, Finding, HealthStatus, SENTENCES, Sentence};
pub use health::{HealthCheck, can_verify, settings_health};
use keys::KeySource;
#[cfg(feature = "cli")]
pub use keys::key_file_of;
pub use licence::{Licence, LicenceState};
pub use lost_factors::TEMPORARY_CODE_SECONDS;
#[cfg(not(feature = "premium"))]
use no_guard::Guard;
pub use notices::NoticeView;
pub use number_proof::ProvenNumber;
pub use oob_enrol::{SetupOf, SetupState};
pub use operator::Operator;
pub use password_reset::{RESET_SECONDS, Step as PasswordResetStep};
#[cfg(feature = "premium")]
use premium::Guard;
#[cfg(feature = "premium")]
pub(in crate::verifier) use premium::NewDevice;
use provider_list::ProviderRegistry;
pub use provider_registry::{ProviderSource, ProviderView};
pub use request_limit::RequestOf;
#[cfg(feature = "cli")]
pub use reseal::{KeyRows, Resealed, SiteKeys};
pub use send::{Delivery, Message};
pub use sessions::{CameOf, Continued};
pub use support::Surroundings;
pub use texts::{MessagePreview, MessageText, NoticePreview, NoticeText};

/// Who signs in, as the host application knows them. Only the id decides anything.
#[derive(Debug, Clone)]
pub struct User {
    /// The only key.
    pub id: UserId,
    /// Shown in the authenticator app.
    pub name: String,
    /// Where codes by e-mail go, once they have proven it.
    pub email: Option<String>,
    /// The language of messages.
    pub locale: Option<String>,
    /// Their roles and groups, for a policy that asks for them.
    pub standing: Standing,
}

/// Whether a second factor is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginState {
    /// No factor is enrolled.
    Allowed,
    /// One of the methods has to be proven.
    ChallengeRequired,
    /// A factor has to be set up, and nothing is enrolled that could be proven. The challenge is good for that alone.
    EnrolmentRequired,
    /// A device that the user trusts stands for the second factor. Nothing was proven.
    TrustedDevice,
}

/// An answer to a right password.
#[derive(Clone)]
pub struct Login {
    /// Who signs in.
    pub user: UserId,
    /// Whether a second factor is due.
    pub state: LoginState,
    /// The sealed token; empty where the password is enough.
    pub challenge: Zeroizing<String>,
    /// What can be proven, the primary first.
    pub methods: Vec<Method>,
    /// The account's epoch; 0 without an account.
    pub epoch: u64,
    /// Until when the challenge is open, if that is limited.
    pub expires_at: Option<UnixTime>,
    /// From when no sign-in ends without an enrolment, if one is required.
    pub enrolment_due: Option<UnixTime>,
    /// What takes the place of the device's token in the browser, of a sign-in by one.
    pub device_token: Option<Zeroizing<String>>,
    /// What a session comes of that it is admitted by.
    pub signed_in_by: SignedInBy,
    /// A device that is over since an earlier token of it was shown.
    pub ended_device: Option<Device>,
    /// Mails for the host to send: what is to be told of the account.
    pub notices: Vec<Message>,
    /// The site suggests a set-up, and it was not put off lately: for a page after the sign-in.
    pub is_encouraged: bool,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A proof was accepted, exactly once.
#[derive(Clone)]
pub struct Verified {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub method: Method,
    /// What for.
    pub purpose: Purpose,
    /// When it was accepted.
    pub at: UnixTime,
    /// What may be done with the proof: a grant of a step-up, or the proof of a reset; else empty.
    pub grant: Zeroizing<String>,
    /// The account's epoch.
    pub epoch: u64,
    /// Backup codes left; `None` without a set.
    pub backup_codes_left: Option<usize>,
    /// Recovery codes left; `None` without a set.
    pub recovery_codes_left: Option<usize>,
    /// It was the last recovery code: no factor is left, and its user has to enrol anew.
    pub switched_off: bool,
    /// It is of a factor that was set up within this sign-in, behind which there was a password alone.
    pub enrolled_by_password: bool,
    /// The token of the device that this proof has made, if that was asked for and may be.
    pub device_token: Option<Zeroizing<String>>,
    /// Somebody else seems to know the password: its user is to be asked for a new one.
    pub must_change_password: bool,
    /// Mails for the host to send: what is to be told of the account.
    pub notices: Vec<Message>,
}

impl Verified {
    /// Until when the grant is good; `None` without one.
    #[must_use]
    pub fn grant_expires(&self) -> Option<UnixTime> {
        let seconds = match self.purpose {
            Purpose::ResetPassword => RESET_PROOF_SECONDS,
            Purpose::Login | Purpose::StepUp | Purpose::VerifyPhone => GRANT_SECONDS,
        };
        (!self.grant.is_empty()).then(|| self.at.plus(seconds))
    }

    /// What the user has proven, in registered values (RFC 8176 section 2): `sms` and `tel` for codes that came by SMS
    /// or a voice call to the user's registered number, `otp` for every other code that is good once; none is
    /// registered for WhatsApp, e-mail or a look-up code. `mfa` where it follows a password: that is what a proof for
    /// [`Purpose::Login`] does. Not of what was set up within the sign-in by the password alone: whoever knew it
    /// could have, so it is no second factor yet. Whether there was a password (`pwd`) the host knows.
    #[must_use]
    pub fn amr(&self) -> Vec<&'static str> {
        let mut values = vec![match self.method {
            Method::Sms => "sms",
            Method::Voice => "tel",
            Method::Passkey => "pop",
            Method::Totp
            | Method::Email
            | Method::WhatsApp
            | Method::BackupCode
            | Method::RecoveryCode
            | Method::TemporaryCode => "otp",
        }];
        if self.purpose == Purpose::Login && !self.enrolled_by_password {
            values.push("mfa");
        }
        values
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("user", &self.user)
            .field("method", &self.method)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// What an authenticator app needs to know.
#[derive(Clone)]
pub struct TotpSetup {
    /// Who holds it goes on with the set-up.
    pub token: Zeroizing<String>,
    /// `otpauth://totp/…`
    pub uri: Zeroizing<String>,
    /// Base 32 in groups of four.
    pub secret: Zeroizing<String>,
    /// What become the account's backup codes with this set-up, where they are shown with it (`codes_shown`): only
    /// when it is begun.
    pub backup_codes: Vec<Zeroizing<String>>,
}

impl fmt::Debug for TotpSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSetup(<redacted>)")
    }
}

/// A fresh set of look-up codes.
#[derive(Clone)]
pub struct FreshCodes {
    /// Shown once; recovery codes from the first to the last.
    pub codes: Vec<Zeroizing<String>>,
    /// The new epoch.
    pub epoch: u64,
}

impl fmt::Debug for FreshCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshCodes")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// A factor was confirmed.
#[derive(Clone)]
pub struct Enrolled {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub method: Method,
    /// Fresh backup codes with the first factor and with a secret that replaces another, else none.
    pub backup_codes: Vec<Zeroizing<String>>,
    /// Fresh recovery codes in their place, from the first to the last, where secrets are derived.
    pub recovery_codes: Vec<Zeroizing<String>>,
    /// The new epoch.
    pub epoch: u64,
    /// When an authenticator app shows a code that is not spent: the one that confirmed it is.
    pub next_code_at: Option<UnixTime>,
    /// Mails for the host to send: what is to be told of the account.
    pub notices: Vec<Message>,
    /// The sign-in that it was set up in: it ends here.
    pub verified: Option<Verified>,
}

impl fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolled")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// What may be shown of a factor.
#[derive(Debug, Clone)]
pub struct FactorView {
    /// Its id.
    pub id: String,
    /// How it is proven.
    pub method: Method,
    /// What its user calls it; empty if they gave it no name.
    pub label: String,
    /// When it was enrolled.
    pub enrolled_at: UnixTime,
    /// When a proof of it was last accepted.
    pub last_used_at: Option<UnixTime>,
    /// It has to be enrolled anew.
    pub disabled: bool,
    /// It proves nothing until it is resumed.
    pub suspended: bool,
    /// The number or address without most of it.
    pub masked: Option<String>,
    /// It was taken over from other software, and nobody has proven here yet to be reached there.
    pub unproven: bool,
}

/// What may be shown of an account.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// Whose.
    pub user: UserId,
    /// A factor is confirmed, or the account cannot be read.
    pub enrolled: bool,
    /// The sealed account opens.
    pub readable: bool,
    /// Enrolled methods, look-up codes last.
    pub methods: Vec<Method>,
    /// Methods that have to be enrolled anew.
    pub disabled: Vec<Method>,
    /// The method asked for first.
    pub primary: Option<Method>,
    /// Unspent backup codes.
    pub backup_codes_left: usize,
    /// Recovery codes that are still good.
    pub recovery_codes_left: usize,
    /// The number of the first of them.
    pub next_recovery_code: Option<u8>,
    /// Blocked methods and until when.
    pub locks: Vec<(Method, UnixTime)>,
    /// What is enrolled, one by one, look-up codes last.
    pub factors: Vec<FactorView>,
    /// Last accepted proof.
    pub last_verified: Option<UnixTime>,
    /// The authenticator's clock error at the last acceptance, in seconds.
    pub totp_drift: Option<i64>,
    /// The same, once several acceptances in a row have said so.
    pub steady_totp_drift: Option<i64>,
    /// There is room for one more authenticator app.
    pub takes_app: bool,
    /// Rises with every change of factors, password or role.
    pub epoch: u64,
    /// From when no sign-in ends without an enrolment, if one is required.
    pub enrolment_due: Option<UnixTime>,
    /// Nothing that is enrolled is strong enough for the site's profile: the next sign-in ends with a set-up.
    pub too_weak: bool,
    /// Since when changes of factors are on hold; `None`: they are not.
    pub held_since: Option<UnixTime>,
    /// A backup or recovery code of the user ends the hold.
    pub code_ends_hold: bool,
    /// Until when the backup codes are good; `None`: they do not end, or there are none.
    pub codes_until: Option<UnixTime>,
    /// The verified number without most of its digits.
    pub masked_phone: Option<String>,
    /// The verified address without most of its letters.
    pub masked_email: Option<String>,
}

impl AccountView {
    fn of(user: UserId, account: &Account, config: &Config, now: UnixTime) -> Self {
        let is_worth_telling =
            |drift: &i64| drift.unsigned_abs() >= config.clock_warn_seconds().into();
        let mut methods = account.methods();
        // For people to read: look-up codes come last, even where a sign-in asks for them first.
        methods.sort_by_key(|m| m.is_lookup());
        let disabled = account.disabled();
        let masked_phone = account.phone().map(|number| {
            PhoneNumber::from_e164(number)
                .map_or_else(|_| "•••".to_owned(), |number| number.masked())
        });
        let masked_email = account.email().map(address::masked);
        let view = |factor: &Factor| FactorView {
            id: factor.id().to_string(),
            method: factor.method(),
            label: factor.label().to_owned(),
            enrolled_at: factor.enrolled_at(),
            last_used_at: factor.last_used_at(),
            disabled: disabled.contains(&factor.method()),
            suspended: factor.is_suspended(),
            unproven: account.is_unproven_factor(factor),
            masked: match factor.method() {
                Method::Email => masked_email.clone(),
                method if method.is_phone() => masked_phone.clone(),
                _ => None,
            },
        };
        Self {
            factors: account.factors().map(view).collect(),
            user,
            enrolled: account.is_enrolled(),
            readable: true,
            methods,
            disabled,
            primary: account.primary(),
            backup_codes_left: account.backup_codes_left().unwrap_or(0),
            recovery_codes_left: account.recovery_codes_left().unwrap_or(0),
            next_recovery_code: account.next_recovery_code(),
            locks: account.locks(now),
            last_verified: account.last_verified(),
            totp_drift: account.totp_drift(),
            steady_totp_drift: account.steady_totp_drift().filter(is_worth_telling),
            takes_app: account.takes_app(config.secrets()),
            epoch: account.epoch(),
            enrolment_due: account.enrolment_due(),
            too_weak: account.is_too_weak(),
            held_since: account.held_since(),
            code_ends_hold: account.code_ends_hold(),
            codes_until: account.imported_codes_until(),
            masked_phone,
            masked_email,
        }
    }

    fn absent(user: UserId) -> Self {
        Self {
            user,
            enrolled: false,
            readable: true,
            methods: Vec::new(),
            disabled: Vec::new(),
            primary: None,
            backup_codes_left: 0,
            recovery_codes_left: 0,
            next_recovery_code: None,
            locks: Vec::new(),
            factors: Vec::new(),
            last_verified: None,
            totp_drift: None,
            steady_totp_drift: None,
            takes_app: true,
            epoch: 0,
            enrolment_due: None,
            too_weak: false,
            held_since: None,
            code_ends_hold: false,
            codes_until: None,
            masked_phone: None,
            masked_email: None,
        }
    }

    /// Enrolled, whatever the plain columns say: they can be edited, and an account that cannot be
    /// read lets nobody in.
    fn unreadable(user: UserId, listing: &Listing) -> Self {
        Self {
            enrolled: true,
            readable: false,
            primary: listing.primary,
            last_verified: listing.last_verified,
            epoch: i64::MAX.unsigned_abs(), // PHP has no larger number
            ..Self::absent(user)
        }
    }

    /// When a proof of that method was last accepted, by a factor that is still enrolled; without a method, of any.
    #[must_use]
    pub fn last_verified(&self, method: Option<Method>) -> Option<UnixTime> {
        let Some(method) = method else {
            return self.last_verified;
        };
        let factors = self.factors.iter().filter(|it| it.method == method);
        factors.filter_map(|it| it.last_used_at).max()
    }

    /// End of the block of `method`, or of the longest one.
    #[must_use]
    pub fn locked_until(&self, method: Option<Method>) -> Option<UnixTime> {
        self.locks
            .iter()
            .filter(|(locked, _)| method.is_none_or(|wanted| wanted == *locked))
            .map(|(_, until)| *until)
            .max()
    }
}

/// Second factors of one site.
#[derive(Debug)]
pub struct Verifier {
    accounts: Accounts,
    rows: SharedRows,
    messages: SentMessages,
    config: Config,
    key_source: KeySource,
    foreign_clock: bool,
    providers: ActiveProviders,
    registry: ProviderRegistry,
    budgets: Budgets,
    #[cfg(feature = "premium")]
    licence: premium::Seen,
    #[cfg(feature = "premium")]
    networks: premium::KeptRules,
}

impl Verifier {
    /// In a fork of the process that opened it: lets go of the store, so that this process can open its own, and
    /// takes nothing from the other one. It is not to be used or dropped any more.
    pub fn disown_after_fork(&self) {
        self.accounts.disown_after_fork();
    }

    /// Opens the store and finds the keys. `keys` are those that were read when the process started;
    /// without them they are read now.
    ///
    /// # Errors
    /// [`Error::Configuration`] with advice; [`Error::Unavailable`] when the store is down.
    pub fn open(config: Config, keys: Option<KeyRing>, foreign_clock: bool) -> Result<Self, Error> {
        Self::open_with(config, keys, None, foreign_clock)
    }

    /// The same with a list of providers that was read when the process started. Without one the file
    /// that the configuration names is read now, and if it names none the list is in the store.
    ///
    /// # Errors
    /// As [`Verifier::open`].
    pub fn open_with(
        config: Config,
        keys: Option<KeyRing>,
        list: Option<ProviderList>,
        foreign_clock: bool,
    ) -> Result<Self, Error> {
        let mut store = store::open(config.store()).map_err(|error| match error {
            StoreError::Unavailable { .. } => Error::from(error),
            StoreError::Configuration { .. } => Misconfiguration::Store(error).into(),
        })?;
        let (ring, key_source) = match keys {
            Some(ring) => (ring, KeySource::Given),
            None => keys::find(&config, &mut *store)?,
        };
        let (store, site) = (StoreHandle::from(store), config.site());
        let rows = SharedRows::new(store.clone(), ring.clone(), site.clone());
        let messages = SentMessages::new(store.clone(), site.clone(), config.audit_keep_days());
        let accounts = Accounts::new(store, ring, site.clone(), *config.policy())
            .keeping(config.audit_keep_days())
            .asking(config.profile().least());
        mark::admit(&accounts, &rows, &config)?;
        let (registry, providers) = ProviderRegistry::open(&config, list)
            .map_err(|error| Misconfiguration::Providers(Arc::new(error)))?;
        let budgets = Budgets::of(config.send_limits()).ok_or(Misconfiguration::Limits)?;
        Ok(Self {
            accounts,
            rows,
            messages,
            config,
            key_source,
            foreign_clock,
            providers,
            registry,
            budgets,
            #[cfg(feature = "premium")]
            licence: premium::Seen::default(),
            #[cfg(feature = "premium")]
            networks: premium::KeptRules::default(),
        })
    }

    /// The client's address, for budgets and the audit.
    fn address(&self, client: &Client) -> IpAddr {
        client.address(self.config.trusted_proxies())
    }

    /// Where a request comes from, for the account.
    fn source(&self, client: &Client) -> Source {
        Source::new(
            address_text(self.address(client)),
            client.user_agent().clone(),
        )
    }

    /// The same where a request may not say who made it.
    fn source_if(&self, client: Option<&Client>) -> Source {
        client.map_or_else(Source::default, |client| self.source(client))
    }

    /// What may be shown of a user's account.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn account(&self, now: UnixTime, user: &UserId) -> Result<AccountView, Error> {
        Ok(match self.accounts.read(user, now)? {
            Some(account) => AccountView::of(user.clone(), &account, &self.config, now),
            None => AccountView::absent(user.clone()),
        })
    }
}

#[cfg(test)]
mod tests;
