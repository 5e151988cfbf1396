//! Format 1.
//!
//! Every list below says what is written, in that order. Numbers stand for the names of methods, purposes, kinds and so
//! on: a new one gets the next number, and none is ever used for anything else.

use serde::ser::SerializeTuple;
use serde::{Deserialize, Serializer};

use super::super::app::{AppFactor, AppSecret, Began, DerivedTotp, PendingTotp};
use super::super::backup::BackupCodes;
use super::super::challenge::{Challenge, Challenges, Opened};
use super::super::demand::{Asked, Demand, Due};
use super::super::device_record::{DeviceBytes, DeviceRecord};
use super::super::factor::{Factor, FactorId, FactorKind, MOST_APPS};
use super::super::grants::{Grant, Grants};
use super::super::guesses::{Guesses, HourOfGuesses, Level, NetworkGuesses};
use super::super::ids::{ChallengeId, GrantId, RequirementId, SetupId};
use super::super::label::Label;
use super::super::lockout::{Charged, Failures};
use super::super::network::{Known, NetworkId, Opener};
use super::super::notice_record::{
    Addressee, Audience, Change, Contact, Notice, NoticeKind, Notices,
};
use super::super::oob_factor::{FormerPhone, Recipient, Telephone};
use super::super::open_checks::{OpenCheck, OpenChecks};
use super::super::pending_oob::{PendingContact, PendingContacts};
use super::super::permit::Permit;
use super::super::recovery::{MOST_RECOVERY_CODES, RecoveryCodes};
use super::super::repeats::{Repeat, Repeats};
use super::super::requirement::RequiredEnrolment;
use super::super::sent::{OwnCode, RemoteVerification, Sent};
use super::super::state::Account;
use super::super::totp::{Totp, TotpSecret};
use super::super::unanswered::Unanswered;
use super::error::DocumentError;
use super::form::{self, Bytes, Wire, Written};
use crate::audit::{Beginning, EventKind, Head};
use crate::clock::UnixTime;
use crate::crypto::recovery_code::RecoveryLength;
use crate::crypto::{Derivation, HashKey, KeyId, KeyedHash};
use crate::types::{Algorithm, Method, Purpose, Requester, Strength};

/// Its number.
pub(super) const FORMAT: u32 = 1;

/// Writes fields in that order.
macro_rules! write_fields {
    ($serializer:ident, $($field:expr,)*) => {
        form::fields($serializer, [$(stringify!($field)),*].len(), |fields| {
            $(fields.serialize_element(&Written(&$field))?;)*
            Ok(())
        })
    };
}

/// `Type as Form { field: type, … }`: the fields of a type, in the order in which they are written.
macro_rules! fields {
    ($($type:ident as $form:ident { $($field:ident: $kind:ty,)* })*) => {
        $(
            #[derive(Deserialize)]
            pub(super) struct $form {
                $($field: <$kind as Wire>::Form,)*
            }

            impl Wire for $type {
                type Form = $form;

                #[inline]
                fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    write_fields!(serializer, $(self.$field,)*)
                }

                #[inline]
                fn from_wire(form: $form) -> Result<Self, DocumentError> {
                    Ok(Self {
                        $($field: <$kind>::from_wire(form.$field)?,)*
                    })
                }
            }
        )*
    };
}

/// `Type(type)`: a type of one field, written as that field is.
macro_rules! transparent {
    ($($type:ident($kind:ty),)*) => {
        $(
            impl Wire for $type {
                type Form = <$kind as Wire>::Form;

                #[inline]
                fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    self.0.write(serializer)
                }

                #[inline]
                fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
                    <$kind>::from_wire(form).map(Self)
                }
            }
        )*
    };
}

/// `Type { Case = number, … }`: what each case is written as.
macro_rules! numbers {
    ($($type:ident { $($case:ident = $number:literal,)* })*) => {
        $(
            impl Wire for $type {
                type Form = u8;

                #[inline]
                fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_u8(match self {
                        $(Self::$case => $number,)*
                    })
                }

                #[inline]
                fn from_wire(form: u8) -> Result<Self, DocumentError> {
                    match form {
                        $($number => Ok(Self::$case),)*
                        _ => Err(DocumentError),
                    }
                }
            }
        )*
    };
}

/// `Type`: an id of sixteen bytes.
macro_rules! ids {
    ($($type:ident,)*) => {
        $(
            impl Wire for $type {
                type Form = Bytes<[u8; 16]>;

                #[inline]
                fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    self.bytes().write(serializer)
                }

                #[inline]
                fn from_wire(form: Self::Form) -> Result<Self, DocumentError> {
                    Ok(Self::new(form.0))
                }
            }
        )*
    };
}

ids! {
    ChallengeId,
    GrantId,
    RequirementId,
    SetupId,
}

numbers! {
    Algorithm {
        Sha1 = 0,
        Sha256 = 1,
        Sha512 = 2,
    }
    Audience {
        User = 0,
        Administrators = 1,
    }
    Charged {
        Free = 0,
        Blocked = 1,
        Disabled = 2,
    }
    EventKind {
        ChallengeOpened = 0,
        Accepted = 1,
        Rejected = 2,
        CheckUnanswered = 3,
        CheckInterrupted = 4,
        Blocked = 5,
        Disabled = 6,
        CodeSent = 7,
        CodeFailed = 8,
        EnrolmentStarted = 9,
        Enrolled = 10,
        NumberTold = 11,
        NumberUntold = 12,
        Removed = 13,
        PrimaryChanged = 14,
        BackupRegenerated = 15,
        BackupSpent = 16,
        Unlocked = 17,
        Reset = 18,
        EpochRaised = 19,
        OperatorConfirmed = 20,
        ProviderAdded = 21,
        ProviderChanged = 22,
        ProviderRemoved = 23,
        ProvidersOrdered = 24,
        ProvidersResealed = 25,
        ProviderTested = 26,
        Renamed = 27,
        TextChanged = 28,
        TextRemoved = 29,
        SessionEnded = 30,
        SessionsEnded = 31,
        RecoveryRegenerated = 32,
        RecoverySpent = 33,
        SwitchedOff = 34,
        EnrolmentRequired = 35,
        EnrolmentWaived = 36,
        DeviceTrusted = 37,
        DeviceAccepted = 38,
        DeviceReused = 39,
        DeviceEnded = 40,
        DevicesEnded = 41,
        EncouragementPutOff = 42,
        PolicyChanged = 43,
        PolicyRemoved = 44,
        LicenceEntered = 45,
        LicenceForgotten = 46,
        NetworkRefused = 50,
        PasswordSuspected = 51,
        GuessingSuspected = 52,
        NoticeUndelivered = 53,
    }
    Method {
        Totp = 0,
        Passkey = 1,
        Email = 2,
        Sms = 3,
        Voice = 4,
        WhatsApp = 5,
        BackupCode = 6,
        RecoveryCode = 7,
    }
    NoticeKind {
        Added = 0,
        Replaced = 1,
        NumberReplaced = 2,
        Removed = 3,
        Renamed = 4,
        NewCodes = 5,
        CodeUsed = 6,
        SwitchedOff = 7,
        Disabled = 8,
        Reset = 9,
        Unlocked = 10,
        SignInsEnded = 11,
        PasswordReset = 12,
        DeviceCopied = 13,
        PasswordSuspected = 14,
        GuessingSuspected = 15,
    }
    Purpose {
        Login = 0,
        StepUp = 1,
        VerifyPhone = 2,
        ResetPassword = 3,
    }
    RecoveryLength {
        Standard = 0,
        Strict = 1,
    }
    Requester {
        Nobody = 0,
        Password = 1,
        Proven = 2,
        Operator = 3,
    }
    Strength {
        Any = 0,
        NoRestricted = 1,
    }
}

transparent! {
    BackupCodes(Vec<[u8; 32]>),
    FactorId([u8; 8]),
    Grants(Vec<Grant>),
    Known(Vec<NetworkId>),
    NetworkId([u8; 8]),
    OpenChecks(Vec<OpenCheck>),
    PendingContacts(Vec<PendingContact>),
    Repeats(Vec<Repeat>),
    Unanswered(u8),
}

fields! {
    Addressee as AddresseeV1 {
        address: String,
        is_told: bool,
    }
    Asked as AskedV1 {
        sign_in: Option<Strength>,
        step_up: Option<Strength>,
    }
    AppFactor as AppV1 {
        secret: AppSecret,
        last_step: u64,
        drift: i64,
        drifts: u8,
    }
    Beginning as BeginningV1 {
        after: Head,
        at: Option<UnixTime>,
    }
    Began as BeganV1 {
        epoch: u64,
        set_back: u32,
    }
    Challenge as ChallengeV1 {
        id: ChallengeId,
        purpose: Purpose,
        opened: UnixTime,
        opener: Opener,
        sent: Vec<Sent>,
        proven: Option<UnixTime>,
        proven_by: Option<Method>,
        demand: Option<Demand>,
    }
    Challenges as ChallengesV1 {
        open: Vec<Challenge>,
        opened: Vec<Opened>,
    }
    Change as ChangeV1 {
        method: Option<Method>,
        label: String,
        destination: String,
        left: Option<u32>,
        by: String,
    }
    Contact as ContactV1 {
        name: String,
        locale: String,
        email: Option<String>,
        former: Option<(String, UnixTime)>,
    }
    Demand as DemandV1 {
        policy: RequirementId,
        asks: Vec<(Strength, UnixTime)>,
        until: Option<UnixTime>,
    }
    Derivation as DerivationV1 {
        key: KeyId,
        generation: u64,
    }
    DerivedTotp as DerivedTotpV1 {
        from: Derivation,
        algorithm: Algorithm,
        digits: u8,
        period: u32,
    }
    DeviceRecord as DeviceRecordV1 {
        ended: u64,
        latest: UnixTime,
        bytes: DeviceBytes,
        ended_ids: DeviceBytes,
    }
    Due as DueV1 {
        strength: Strength,
        made: UnixTime,
        due: UnixTime,
    }
    Factor as FactorV1 {
        id: FactorId,
        label: Label,
        enrolled_at: UnixTime,
        last_used_at: Option<UnixTime>,
        under: Option<RequirementId>,
        kind: FactorKind,
    }
    Failures as FailuresV1 {
        consecutive: u32,
        recent: Vec<UnixTime>,
        blocked_until: Option<UnixTime>,
        disabled: bool,
    }
    FormerPhone as FormerPhoneV1 {
        number: String,
        recipient: Recipient,
        removed: UnixTime,
    }
    Grant as GrantV1 {
        id: GrantId,
        given: UnixTime,
        by: Method,
        policy: Option<RequirementId>,
    }
    Guesses as GuessesV1 {
        networks: Vec<NetworkGuesses>,
        hours: Vec<HourOfGuesses>,
        password_due: Option<UnixTime>,
    }
    Head as HeadV1 {
        seq: u64,
        mac: KeyedHash,
    }
    HourOfGuesses as HourOfGuessesV1 {
        hour: u64,
        count: u32,
    }
    Level as LevelV1 {
        count: u32,
        at: UnixTime,
    }
    NetworkGuesses as NetworkGuessesV1 {
        from: NetworkId,
        level: Level,
    }
    Notice as NoticeV1 {
        number: u32,
        kind: NoticeKind,
        audience: Audience,
        at: UnixTime,
        times: u32,
        changes: Vec<Change>,
        ip: Option<String>,
        locale: String,
        to: Vec<Addressee>,
        offered: u8,
        due: Option<UnixTime>,
    }
    Notices as NoticesV1 {
        last: u32,
        administrators_told: Option<UnixTime>,
        open: Vec<Notice>,
    }
    OpenCheck as OpenCheckV1 {
        number: u16,
        challenge: ChallengeId,
        purpose: Purpose,
        method: Method,
        asked: UnixTime,
        charged: Charged,
        provider: String,
        ip: Option<String>,
    }
    Opened as OpenedV1 {
        from: NetworkId,
        level: u32,
        at: UnixTime,
    }
    Opener as OpenerV1 {
        from: NetworkId,
        is_known: bool,
    }
    OwnCode as OwnCodeV1 {
        hash: [u8; 32],
        until: UnixTime,
        checks_left: u8,
    }
    PendingContact as PendingContactV1 {
        id: SetupId,
        permit: Permit,
        method: Method,
        to: String,
        recipient: Recipient,
        opener: Opener,
        started: UnixTime,
        wrong: u8,
        sent: Sent,
    }
    PendingTotp as PendingTotpV1 {
        secret: AppSecret,
        replaces: bool,
        label: Label,
        name: String,
        permit: Permit,
        began: Began,
        started: UnixTime,
    }
    Recipient as RecipientV1 {
        locale: String,
        email: Option<String>,
    }
    RecoveryCodes as RecoveryCodesV1 {
        from: Derivation,
        used: u8,
        count: u8,
        length: RecoveryLength,
    }
    RemoteVerification as RemoteVerificationV1 {
        provider: String,
        reference: String,
        until: UnixTime,
        from: UnixTime,
        checks_left: u8,
    }
    Repeat as RepeatV1 {
        kind: EventKind,
        purpose: Option<Purpose>,
        method: Option<Method>,
        requester: Requester,
        began: UnixTime,
        single: u32,
        held: u32,
        since: UnixTime,
        until: u32,
        ip: Option<String>,
    }
    RequiredEnrolment as RequiredEnrolmentV1 {
        made: UnixTime,
        due: UnixTime,
        former: Vec<FactorId>,
    }
    Sent as SentV1 {
        method: Method,
        codes: Vec<OwnCode>,
        remote: Vec<RemoteVerification>,
        provider: String,
    }
    Telephone as TelephoneV1 {
        number: String,
        recipient: Recipient,
        unanswered: Unanswered,
    }
}

/// The account; see [`Account`] for what the fields are.
#[derive(Deserialize)]
pub(super) struct AccountV1 {
    epoch: <u64 as Wire>::Form,
    key: <HashKey as Wire>::Form,
    audit: <Head as Wire>::Form,
    audit_begins: <Beginning as Wire>::Form,
    written: <UnixTime as Wire>::Form,
    set_back: <u32 as Wire>::Form,
    primary: <Option<Method> as Wire>::Form,
    last_verified: <Option<UnixTime> as Wire>::Form,
    trusted_from: <UnixTime as Wire>::Form,
    factors: <Vec<Factor> as Wire>::Form,
    telephone: <Option<Telephone> as Wire>::Form,
    failures: <Vec<(Method, Failures)> as Wire>::Form,
    challenges: <Challenges as Wire>::Form,
    step_ups: <Challenges as Wire>::Form,
    grants: <Grants as Wire>::Form,
    former_phone: <Option<FormerPhone> as Wire>::Form,
    pending_contacts: <PendingContacts as Wire>::Form,
    resets: <Challenges as Wire>::Form,
    reset_failures: <Failures as Wire>::Form,
    known: <Known as Wire>::Form,
    known_failures: <Failures as Wire>::Form,
    checks: <OpenChecks as Wire>::Form,
    repeats: <Repeats as Wire>::Form,
    required: <Option<RequiredEnrolment> as Wire>::Form,
    app_generation: <u64 as Wire>::Form,
    codes_generation: <u64 as Wire>::Form,
    devices: <DeviceRecord as Wire>::Form,
    dues: <Vec<Due> as Wire>::Form,
    asked: <Asked as Wire>::Form,
    put_off: <Option<UnixTime> as Wire>::Form,
    guesses: <Guesses as Wire>::Form,
    contact: <Option<Contact> as Wire>::Form,
    notices: <Notices as Wire>::Form,
}

impl Wire for Account {
    type Form = AccountV1;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_fields!(
            serializer,
            self.epoch,
            self.key,
            self.audit,
            self.audit_begins,
            self.written,
            self.set_back,
            self.primary,
            self.last_verified,
            self.trusted_from,
            self.factors,
            self.telephone,
            self.failures,
            self.challenges,
            self.step_ups,
            self.grants,
            self.former_phone,
            self.pending_contacts,
            self.resets,
            self.reset_failures,
            self.known,
            self.known_failures,
            self.checks,
            self.repeats,
            self.required,
            self.app_generation,
            self.codes_generation,
            self.devices,
            self.dues,
            self.asked,
            self.put_off,
            self.guesses,
            self.contact,
            self.notices,
        )
    }

    fn from_wire(form: AccountV1) -> Result<Self, DocumentError> {
        let account = Self {
            epoch: <u64>::from_wire(form.epoch)?,
            key: <HashKey>::from_wire(form.key)?,
            audit: <Head>::from_wire(form.audit)?,
            audit_begins: <Beginning>::from_wire(form.audit_begins)?,
            written: <UnixTime>::from_wire(form.written)?,
            set_back: <u32>::from_wire(form.set_back)?,
            primary: <Option<Method>>::from_wire(form.primary)?,
            last_verified: <Option<UnixTime>>::from_wire(form.last_verified)?,
            trusted_from: <UnixTime>::from_wire(form.trusted_from)?,
            factors: <Vec<Factor>>::from_wire(form.factors)?,
            telephone: <Option<Telephone>>::from_wire(form.telephone)?,
            failures: <Vec<(Method, Failures)>>::from_wire(form.failures)?,
            challenges: <Challenges>::from_wire(form.challenges)?,
            step_ups: <Challenges>::from_wire(form.step_ups)?,
            grants: <Grants>::from_wire(form.grants)?,
            former_phone: <Option<FormerPhone>>::from_wire(form.former_phone)?,
            pending_contacts: <PendingContacts>::from_wire(form.pending_contacts)?,
            resets: <Challenges>::from_wire(form.resets)?,
            reset_failures: <Failures>::from_wire(form.reset_failures)?,
            known: <Known>::from_wire(form.known)?,
            known_failures: <Failures>::from_wire(form.known_failures)?,
            checks: <OpenChecks>::from_wire(form.checks)?,
            repeats: <Repeats>::from_wire(form.repeats)?,
            required: <Option<RequiredEnrolment>>::from_wire(form.required)?,
            of_everybody: None,
            app_generation: <u64>::from_wire(form.app_generation)?,
            codes_generation: <u64>::from_wire(form.codes_generation)?,
            devices: <DeviceRecord>::from_wire(form.devices)?,
            dues: <Vec<Due>>::from_wire(form.dues)?,
            asked: <Asked>::from_wire(form.asked)?,
            put_off: <Option<UnixTime>>::from_wire(form.put_off)?,
            guesses: <Guesses>::from_wire(form.guesses)?,
            contact: <Option<Contact>>::from_wire(form.contact)?,
            notices: <Notices>::from_wire(form.notices)?,
        };
        if is_possible(&account) {
            Ok(account)
        } else {
            Err(DocumentError)
        }
    }
}

/// Whether the rules could have led there: each factor once, no more apps than may be and one that is derived alone, one
/// set of look-up codes, no generation above the last that was given, a number if and only if something reaches it, of
/// devices no more than is kept, no more networks than are counted, and of a kind and audience one notice.
fn is_possible(account: &Account) -> bool {
    let factors = &account.factors;
    let apps = || factors.iter().filter_map(Factor::app);
    let derived = |app: &AppFactor| match app.secret.derivation() {
        Some(from) => apps().count() == 1 && from.generation <= account.app_generation,
        None => true,
    };
    let codes = |codes: &RecoveryCodes| {
        codes.used < codes.count
            && codes.count <= MOST_RECOVERY_CODES
            && codes.from.generation <= account.codes_generation
    };
    let lookups = factors.iter().filter(|it| it.method().is_lookup());
    let is_single = |place: usize, factor: &Factor| {
        let mut others = factors.iter().skip(place.saturating_add(1));
        others.all(|other| {
            let is_app = factor.app().is_some() && other.app().is_some();
            other.id != factor.id && (is_app || other.method() != factor.method())
        })
    };
    let mut placed = factors.iter().enumerate();
    placed.all(|(place, factor)| is_single(place, factor))
        && apps().count() <= MOST_APPS
        && apps().all(derived)
        && lookups.count() <= 1
        && account.recovery().is_none_or(codes)
        && is_once(&account.dues)
        && factors.iter().any(|it| it.method().is_phone()) == account.telephone.is_some()
        && account.devices.is_possible()
        && account.guesses.is_possible()
        && account.notices.is_possible()
}

/// Each strength once.
fn is_once(dues: &[Due]) -> bool {
    let mut placed = dues.iter().enumerate();
    placed.all(|(place, due)| {
        let mut others = dues.iter().skip(place.saturating_add(1));
        others.all(|other| other.strength != due.strength)
    })
}

/// What a factor's kind keeps of it.
#[derive(Deserialize)]
pub(super) enum FactorKindV1 {
    App(AppV1),
    Phone(u8),
    Email(String),
    BackupCodes(<BackupCodes as Wire>::Form),
    RecoveryCodes(RecoveryCodesV1),
}

impl Wire for FactorKind {
    type Form = FactorKindV1;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The enum that is read.
        const NAME: &str = "FactorKindV1";
        match self {
            Self::App(app) => {
                serializer.serialize_newtype_variant(NAME, 0, "App", &Written(app.as_ref()))
            }
            Self::Phone(method) => {
                serializer.serialize_newtype_variant(NAME, 1, "Phone", &Written(method))
            }
            Self::Email(address) => {
                serializer.serialize_newtype_variant(NAME, 2, "Email", &Written(address))
            }
            Self::BackupCodes(codes) => {
                serializer.serialize_newtype_variant(NAME, 3, "BackupCodes", &Written(codes))
            }
            Self::RecoveryCodes(codes) => {
                serializer.serialize_newtype_variant(NAME, 4, "RecoveryCodes", &Written(codes))
            }
        }
    }

    #[inline]
    fn from_wire(form: FactorKindV1) -> Result<Self, DocumentError> {
        Ok(match form {
            FactorKindV1::App(app) => Self::App(Box::new(AppFactor::from_wire(app)?)),
            FactorKindV1::Phone(method) => {
                let method = Method::from_wire(method)?;
                if !method.is_phone() {
                    return Err(DocumentError);
                }
                Self::Phone(method)
            }
            FactorKindV1::Email(address) => Self::Email(address),
            FactorKindV1::BackupCodes(codes) => Self::BackupCodes(BackupCodes::from_wire(codes)?),
            FactorKindV1::RecoveryCodes(codes) => {
                Self::RecoveryCodes(RecoveryCodes::from_wire(codes)?)
            }
        })
    }
}

/// Where the secret of an app is.
#[derive(Deserialize)]
pub(super) enum AppSecretV1 {
    Sealed(TotpV1),
    Derived(DerivedTotpV1),
}

impl Wire for AppSecret {
    type Form = AppSecretV1;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The enum that is read.
        const NAME: &str = "AppSecretV1";
        match self {
            Self::Sealed(totp) => {
                serializer.serialize_newtype_variant(NAME, 0, "Sealed", &Written(totp))
            }
            Self::Derived(derived) => {
                serializer.serialize_newtype_variant(NAME, 1, "Derived", &Written(derived))
            }
        }
    }

    #[inline]
    fn from_wire(form: AppSecretV1) -> Result<Self, DocumentError> {
        Ok(match form {
            AppSecretV1::Sealed(totp) => Self::Sealed(Totp::from_wire(totp)?),
            AppSecretV1::Derived(derived) => Self::Derived(DerivedTotp::from_wire(derived)?),
        })
    }
}

impl Wire for KeyId {
    type Form = String;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }

    #[inline]
    fn from_wire(form: String) -> Result<Self, DocumentError> {
        Self::read(&form).ok_or(DocumentError)
    }
}

/// What a set-up was begun with.
#[derive(Deserialize)]
pub(super) enum PermitV1 {
    None,
    Grant(<GrantId as Wire>::Form),
    Login(<ChallengeId as Wire>::Form),
    StepUp(<ChallengeId as Wire>::Form),
}

impl Wire for Permit {
    type Form = PermitV1;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The enum that is read.
        const NAME: &str = "PermitV1";
        match self {
            Self::None => serializer.serialize_unit_variant(NAME, 0, "None"),
            Self::Grant(id) => serializer.serialize_newtype_variant(NAME, 1, "Grant", &Written(id)),
            Self::Login(id) => serializer.serialize_newtype_variant(NAME, 2, "Login", &Written(id)),
            Self::StepUp(id) => {
                serializer.serialize_newtype_variant(NAME, 3, "StepUp", &Written(id))
            }
        }
    }

    #[inline]
    fn from_wire(form: PermitV1) -> Result<Self, DocumentError> {
        Ok(match form {
            PermitV1::None => Self::None,
            PermitV1::Grant(id) => Self::Grant(GrantId::from_wire(id)?),
            PermitV1::Login(id) => Self::Login(ChallengeId::from_wire(id)?),
            PermitV1::StepUp(id) => Self::StepUp(ChallengeId::from_wire(id)?),
        })
    }
}

impl Wire for Label {
    type Form = String;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }

    #[inline]
    fn from_wire(form: String) -> Result<Self, DocumentError> {
        Self::kept(form).ok_or(DocumentError)
    }
}

/// A secret and how codes are made of it.
#[derive(Deserialize)]
pub(super) struct TotpV1 {
    secret: Bytes<TotpSecret>,
    algorithm: u8,
    digits: u8,
    period: u32,
}

impl Wire for Totp {
    type Form = TotpV1;

    #[inline]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_fields!(
            serializer,
            *self.secret(),
            self.algorithm(),
            self.digits(),
            self.period(),
        )
    }

    #[inline]
    fn from_wire(form: TotpV1) -> Result<Self, DocumentError> {
        let algorithm = Algorithm::from_wire(form.algorithm)?;
        Self::new(form.secret.0, algorithm, form.digits, form.period).map_err(|_| DocumentError)
    }
}
