//! Format 1.
//!
//! Every list below says what is written, in that order. Numbers stand for the names of methods, purposes, kinds and so
//! on: a new one gets the next number, and none is ever used for anything else.

use super::super::app::{AppFactor, AppSecret, DerivedTotp, MOST_OFFSET, PendingTotp};
use super::super::backup::BackupCodes;
use super::super::began::Began;
use super::super::challenge::{Challenge, Challenges, Opened, OutsideStep};
use super::super::demand::{Asked, Demand, Due};
use super::super::device_record::{DeviceBytes, DeviceRecord};
use super::super::factor::{Factor, FactorId, FactorKind, MOST_APPS};
use super::super::grants::{Grant, Grants};
use super::super::guesses::{Guesses, HourOfGuesses, Level, NetworkGuesses};
use super::super::hold_record::{Hold, Repudiation};
use super::super::ids::{ChallengeId, GrantId, RequirementId, SetupId};
use super::super::import_record::{ImportRecord, ImportedCodes};
use super::super::label::Label;
use super::super::lockout::{Charged, Failures};
use super::super::network::{Known, LastNamed, NetworkId, Opener};
use super::super::notice_record::{
    Addressee, AlertTurns, Audience, Change, Contact, Former, Notice, NoticeKind, Notices,
    NumberNotice,
};
use super::super::oob_factor::{FormerPhone, Recipient, Telephone};
use super::super::open_checks::{OpenCheck, OpenChecks};
use super::super::pending_oob::{PendingContact, PendingContacts};
use super::super::permit::Permit;
use super::super::recovery::{MOST_RECOVERY_CODES, RecoveryCodes};
use super::super::repeats::{Repeat, Repeats};
use super::super::requirement::RequiredEnrolment;
use super::super::sent::{OwnCode, RemoteVerification, Sent};
use super::super::spent::{CodeName, ShownFrom, SpentCode, SpentCodes};
use super::super::state::Account;
use super::super::temporary_record::TemporaryCode;
use super::super::totp::{Totp, TotpSecret};
use super::super::unanswered::Unanswered;
use super::error::DocumentError;
use super::form::{Reader, Wire, Writer};
use crate::audit::{Beginning, EventKind, Head};
use crate::browser::{Browser, Device, System};
use crate::clock::UnixTime;
use crate::crypto::recovery_code::RecoveryLength;
use crate::crypto::{Derivation, HashKey, KeyId, KeyedHash};
use crate::types::{Algorithm, Method, Purpose, Requester, SmsNotice, Strength};

/// Its number.
pub(super) const FORMAT: u32 = 1;

/// Writes fields in that order.
macro_rules! write_fields {
    ($to:ident, $($field:expr,)*) => {
        $($field.write($to);)*
    };
}

/// `Type { field: type, … }`: the fields of a type, in the order in which they are written.
macro_rules! fields {
    ($($type:ident { $($field:ident: $kind:ty,)* })*) => {
        $(
            impl Wire for $type {
                #[inline]
                fn write(&self, to: &mut Writer) {
                    write_fields!(to, $(self.$field,)*);
                }

                #[inline]
                fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                    Ok(Self {
                        $($field: <$kind>::from_wire(from)?,)*
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
                #[inline]
                fn write(&self, to: &mut Writer) {
                    self.0.write(to);
                }

                #[inline]
                fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                    <$kind>::from_wire(from).map(Self)
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
                #[inline]
                fn write(&self, to: &mut Writer) {
                    to.byte(match self {
                        $(Self::$case => $number,)*
                    });
                }

                #[inline]
                fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                    match from.byte()? {
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
                #[inline]
                fn write(&self, to: &mut Writer) {
                    self.bytes().write(to);
                }

                #[inline]
                fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                    <[u8; 16]>::from_wire(from).map(Self::new)
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
    Browser {
        Edge = 0,
        Opera = 1,
        Vivaldi = 2,
        SamsungInternet = 3,
        Firefox = 4,
        Chrome = 5,
        Safari = 6,
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
        ChangesHeld = 54,
        ChangesReleased = 55,
        Suspended = 56,
        Resumed = 57,
        TemporaryCodeIssued = 58,
        TemporaryCodeUsed = 59,
        Replayed = 60,
        Exported = 70,
        Reminded = 80,
        Forgotten = 71,
        SupportBundleMade = 90,
        KeysChanged = 91,
        KeysResealed = 92,
        Imported = 100,
        Resynchronised = 110,
        ClockSetBack = 111,
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
        TemporaryCode = 8,
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
        Held = 16,
        Released = 17,
        Suspended = 18,
        Resumed = 19,
        TemporaryCodeIssued = 20,
        TemporaryCodeUsed = 21,
        EnrolmentReminder = 30,
        Replayed = 22,
        AfterFailures = 40,
        AfterInactivity = 41,
        NewNetwork = 42,
        NewDevice = 43,
        Blocked = 44,
        WrongAnswers = 45,
        Imported = 50,
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
    SmsNotice {
        NumberReplaced = 0,
        NumberRemoved = 1,
        PasswordReset = 2,
    }
    Strength {
        Any = 0,
        NoRestricted = 1,
    }
    System {
        IPhone = 0,
        IPad = 1,
        Android = 2,
        Windows = 3,
        ChromeOs = 4,
        MacOs = 5,
        Linux = 6,
    }
}

transparent! {
    FactorId([u8; 8]),
    Grants(Vec<Grant>),
    Known(Vec<NetworkId>),
    NetworkId([u8; 8]),
    OpenChecks(Vec<OpenCheck>),
    PackedCode([u8; 15]),
    PendingContacts(Vec<PendingContact>),
    Repeats(Vec<Repeat>),
    ShownFrom([u8; 8]),
    Unanswered(u8),
}

fields! {
    Addressee {
        address: String,
        locale: String,
        is_told: bool,
    }
    AlertTurns {
        kind: NoticeKind,
        seq: u64,
        turns: Vec<UnixTime>,
    }
    Asked {
        sign_in: Option<Strength>,
        step_up: Option<Strength>,
    }
    AppFactor {
        secret: AppSecret,
        last_step: u64,
        offset: i64,
        drift: i64,
        drifts: u8,
    }
    Beginning {
        after: Head,
        at: Option<UnixTime>,
    }
    Began {
        epoch: u64,
        set_back: u32,
    }
    Challenge {
        id: ChallengeId,
        purpose: Purpose,
        opened: UnixTime,
        opener: Opener,
        sent: Vec<Sent>,
        proven: Option<UnixTime>,
        proven_by: Option<Method>,
        demand: Option<Demand>,
        wrong: u8,
        outside: Option<OutsideStep>,
    }
    Challenges {
        open: Vec<Challenge>,
        opened: Vec<Opened>,
    }
    Change {
        method: Option<Method>,
        label: String,
        destination: String,
        left: Option<u32>,
        by: String,
        at: Option<UnixTime>,
        ip: Option<String>,
    }
    Contact {
        name: String,
        locale: String,
        email: Option<String>,
        locale_since: UnixTime,
        email_since: UnixTime,
        former_locales: Vec<Former>,
        former: Vec<Former>,
    }
    Demand {
        policy: RequirementId,
        asks: Vec<(Strength, UnixTime)>,
        until: Option<UnixTime>,
    }
    Derivation {
        key: KeyId,
        generation: u64,
    }
    DerivedTotp {
        from: Derivation,
        algorithm: Algorithm,
        digits: u8,
        period: u32,
    }
    Device {
        browser: Option<Browser>,
        system: Option<System>,
    }
    DeviceRecord {
        ended: u64,
        latest: UnixTime,
        bytes: DeviceBytes,
        ended_ids: DeviceBytes,
    }
    Due {
        strength: Strength,
        made: UnixTime,
        due: UnixTime,
    }
    Failures {
        consecutive: u32,
        recent: Vec<UnixTime>,
        blocked_until: Option<UnixTime>,
        disabled: bool,
    }
    Former {
        value: String,
        locale: String,
        lasted: u64,
        until: UnixTime,
    }
    FormerPhone {
        number: String,
        recipient: Recipient,
        removed: UnixTime,
        is_told: bool,
    }
    Grant {
        id: GrantId,
        given: UnixTime,
        by: Method,
        policy: Option<RequirementId>,
    }
    Guesses {
        networks: Vec<NetworkGuesses>,
        hours: Vec<HourOfGuesses>,
        password_due: Option<UnixTime>,
    }
    Head {
        seq: u64,
        mac: KeyedHash,
    }
    Hold {
        since: UnixTime,
        codes_before: UnixTime,
    }
    HourOfGuesses {
        hour: u64,
        count: u32,
    }
    ImportRecord {
        at: UnixTime,
        unproven: Vec<FactorId>,
        codes: Option<ImportedCodes>,
    }
    ImportedCodes {
        until: UnixTime,
        wrong: u8,
    }
    Level {
        count: u32,
        at: UnixTime,
    }
    NetworkGuesses {
        from: NetworkId,
        level: Level,
    }
    Notice {
        number: u32,
        kind: NoticeKind,
        audience: Audience,
        at: UnixTime,
        times: u32,
        changes: Vec<Change>,
        ip: Option<String>,
        browser: Device,
        locale: String,
        to: Vec<Addressee>,
        has_link: bool,
        offered: u8,
        due: Option<UnixTime>,
    }
    Notices {
        last: u32,
        administrators_told: Option<UnixTime>,
        open: Vec<Notice>,
        numbers: Vec<NumberNotice>,
        alerts: Vec<AlertTurns>,
    }
    NumberNotice {
        number: u32,
        kind: SmsNotice,
        to: String,
        locale: String,
        at: UnixTime,
        tries: u8,
        due: UnixTime,
    }
    OpenCheck {
        number: u16,
        challenge: ChallengeId,
        purpose: Purpose,
        method: Method,
        asked: UnixTime,
        charged: Charged,
        provider: String,
        ip: Option<String>,
    }
    Opened {
        from: NetworkId,
        level: u32,
        at: UnixTime,
    }
    Opener {
        from: NetworkId,
        is_known: bool,
    }
    OwnCode {
        hash: [u8; 32],
        until: UnixTime,
        checks_left: u8,
    }
    OutsideStep {
        app: FactorId,
        step: u64,
        ahead: i64,
    }
    PendingContact {
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
    PendingTotp {
        secret: AppSecret,
        replaces: bool,
        label: Label,
        name: String,
        permit: Permit,
        began: Began,
        started: UnixTime,
    }
    Recipient {
        locale: String,
        email: Option<String>,
    }
    RecoveryCodes {
        from: Derivation,
        used: u8,
        count: u8,
        length: RecoveryLength,
    }
    RemoteVerification {
        provider: String,
        reference: String,
        until: UnixTime,
        from: UnixTime,
        checks_left: u8,
    }
    Repeat {
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
    Repudiation {
        used: u32,
        hold: Option<Hold>,
    }
    RequiredEnrolment {
        made: UnixTime,
        due: UnixTime,
        former: Vec<FactorId>,
    }
    Sent {
        method: Method,
        codes: Vec<OwnCode>,
        remote: Vec<RemoteVerification>,
        provider: String,
    }
    Telephone {
        number: String,
        recipient: Recipient,
        unanswered: Unanswered,
    }
    TemporaryCode {
        hash: [u8; 32],
        issued: UnixTime,
        until: UnixTime,
    }
}

/// What came from the same browser says so once: several are there at every sign-in of who signs in often.
impl Wire for SpentCodes {
    fn write(&self, to: &mut Writer) {
        let mut places: Vec<ShownFrom> = Vec::with_capacity(self.0.len());
        for spent in &self.0 {
            if !places.contains(&spent.from) {
                places.push(spent.from);
            }
        }
        places.write(to);
        to.list(&self.0, |to, spent| {
            let place = places.iter().position(|it| *it == spent.from);
            spent.method.write(to);
            PackedCode::new(spent, place.unwrap_or_default()).write(to);
        });
    }

    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let places = <Vec<ShownFrom>>::from_wire(from)?;
        let codes = from.list(|from| {
            let method = Method::from_wire(from)?;
            let code = PackedCode::from_wire(from)?;
            code.read(method, &places).ok_or(DocumentError)
        });
        codes.map(Self)
    }
}

/// Eight bytes of the code, five of its time, the place of where it came from, whether its user was told.
#[derive(Debug, Clone, Copy)]
struct PackedCode([u8; 15]);

impl PackedCode {
    fn new(spent: &SpentCode, place: usize) -> Self {
        let [a, b, c, d, e, f, g, h] = spent.code.0;
        // Of the last time that there is, the first three are 0.
        let [_, _, _, s, t, u, v, w] = spent.at.seconds().to_be_bytes();
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        let told = u8::from(spent.is_told);
        Self([a, b, c, d, e, f, g, h, s, t, u, v, w, place, told])
    }

    fn read(self, method: Method, from: &[ShownFrom]) -> Option<SpentCode> {
        let [a, b, c, d, e, f, g, h, s, t, u, v, w, place, told] = self.0;
        Some(SpentCode {
            method,
            code: CodeName([a, b, c, d, e, f, g, h]),
            from: *from.get(usize::from(place))?,
            at: UnixTime::new(i64::from_be_bytes([0, 0, 0, s, t, u, v, w])).ok()?,
            is_told: match told {
                0 => false,
                1 => true,
                _ => return None,
            },
        })
    }
}

/// See [`Account`] for what the fields are.
impl Wire for Account {
    #[inline]
    fn write(&self, to: &mut Writer) {
        write_fields!(
            to,
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
            self.repudiation,
            self.temporary_code,
            self.spent,
            self.suspended(),
            self.reminded,
            self.imported,
        );
    }

    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let mut account = Self {
            epoch: u64::from_wire(from)?,
            key: HashKey::from_wire(from)?,
            audit: Head::from_wire(from)?,
            audit_begins: Beginning::from_wire(from)?,
            written: UnixTime::from_wire(from)?,
            set_back: u32::from_wire(from)?,
            primary: <Option<Method>>::from_wire(from)?,
            last_verified: <Option<UnixTime>>::from_wire(from)?,
            trusted_from: UnixTime::from_wire(from)?,
            factors: <Vec<Factor>>::from_wire(from)?,
            telephone: <Option<Telephone>>::from_wire(from)?,
            failures: <Vec<(Method, Failures)>>::from_wire(from)?,
            challenges: Challenges::from_wire(from)?,
            step_ups: Challenges::from_wire(from)?,
            grants: Grants::from_wire(from)?,
            former_phone: <Option<FormerPhone>>::from_wire(from)?,
            pending_contacts: PendingContacts::from_wire(from)?,
            resets: Challenges::from_wire(from)?,
            reset_failures: Failures::from_wire(from)?,
            known: Known::from_wire(from)?,
            last_named: LastNamed::default(),
            known_failures: Failures::from_wire(from)?,
            checks: OpenChecks::from_wire(from)?,
            repeats: Repeats::from_wire(from)?,
            required: <Option<RequiredEnrolment>>::from_wire(from)?,
            of_everybody: None,
            least: None,
            app_generation: u64::from_wire(from)?,
            codes_generation: u64::from_wire(from)?,
            devices: DeviceRecord::from_wire(from)?,
            dues: <Vec<Due>>::from_wire(from)?,
            asked: Asked::from_wire(from)?,
            put_off: <Option<UnixTime>>::from_wire(from)?,
            guesses: Guesses::from_wire(from)?,
            contact: <Option<Contact>>::from_wire(from)?,
            notices: Notices::from_wire(from)?,
            repudiation: <Option<Repudiation>>::from_wire(from)?,
            temporary_code: <Option<TemporaryCode>>::from_wire(from)?,
            reminded: None,
            spent: SpentCodes::from_wire(from)?,
            imported: None,
        };
        let suspended = <Vec<FactorId>>::from_wire(from)?;
        account.reminded = <Option<UnixTime>>::from_wire(from)?;
        account.imported = <Option<ImportRecord>>::from_wire(from)?;
        account.mark_suspended(&suspended);
        // Each is there, once, in its place: or something would count that was told not to.
        if account.suspended() == suspended && is_possible(&account) {
            Ok(account)
        } else {
            Err(DocumentError)
        }
    }
}

/// Whether the rules could have led there: each factor once, no more apps than may be and one that is derived alone, one
/// set of look-up codes, no generation above the last that was given, a number if and only if something reaches it, of
/// devices no more than is kept, no app's clock further off than it is followed, no more networks than are counted, of a kind and audience one notice, of codes
/// that were accepted no more than are remembered, and no link used that was never given.
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
        && apps().all(|app| app.offset.unsigned_abs() <= MOST_OFFSET.into())
        && lookups.count() <= 1
        && account.recovery().is_none_or(codes)
        && is_once(&account.dues)
        && factors.iter().any(|it| it.method().is_phone()) == account.telephone.is_some()
        && account.devices.is_possible()
        && account.contact.as_ref().is_none_or(Contact::is_possible)
        && account.guesses.is_possible()
        && account.notices.is_possible()
        && account.spent.is_possible()
        && account
            .imported
            .as_ref()
            .is_none_or(ImportRecord::is_possible)
        && account
            .repudiation
            .is_none_or(|it| it.used <= account.notices.last)
}

/// Each strength once.
fn is_once(dues: &[Due]) -> bool {
    let mut placed = dues.iter().enumerate();
    placed.all(|(place, due)| {
        let mut others = dues.iter().skip(place.saturating_add(1));
        others.all(|other| other.strength != due.strength)
    })
}

/// A factor; whether it is suspended stands at the end of the account.
impl Wire for Factor {
    #[inline]
    fn write(&self, to: &mut Writer) {
        write_fields!(
            to,
            self.id,
            self.label,
            self.enrolled_at,
            self.last_used_at,
            self.under,
            self.kind,
        );
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Ok(Self {
            id: FactorId::from_wire(from)?,
            label: Label::from_wire(from)?,
            enrolled_at: UnixTime::from_wire(from)?,
            last_used_at: <Option<UnixTime>>::from_wire(from)?,
            under: <Option<RequirementId>>::from_wire(from)?,
            is_suspended: false,
            kind: FactorKind::from_wire(from)?,
        })
    }
}

/// What a factor's kind keeps of it.
impl Wire for FactorKind {
    #[inline]
    fn write(&self, to: &mut Writer) {
        match self {
            Self::App(app) => {
                to.byte(0);
                app.write(to);
            }
            Self::Phone(method) => {
                to.byte(1);
                method.write(to);
            }
            Self::Email(address) => {
                to.byte(2);
                address.write(to);
            }
            Self::BackupCodes(codes) => {
                to.byte(if codes.is_strict { 5 } else { 3 });
                codes.hashes.write(to);
            }
            Self::RecoveryCodes(codes) => {
                to.byte(4);
                codes.write(to);
            }
        }
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let codes = |hashes, is_strict| Self::BackupCodes(BackupCodes { hashes, is_strict });
        Ok(match from.number::<u32>()? {
            0 => Self::App(Box::new(AppFactor::from_wire(from)?)),
            1 => {
                let method = Method::from_wire(from)?;
                if !method.is_phone() {
                    return Err(DocumentError);
                }
                Self::Phone(method)
            }
            2 => Self::Email(String::from_wire(from)?),
            3 => codes(Vec::from_wire(from)?, false),
            4 => Self::RecoveryCodes(RecoveryCodes::from_wire(from)?),
            5 => codes(Vec::from_wire(from)?, true),
            _ => return Err(DocumentError),
        })
    }
}

/// Where the secret of an app is.
impl Wire for AppSecret {
    #[inline]
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Sealed(totp) => {
                to.byte(0);
                totp.write(to);
            }
            Self::Derived(derived) => {
                to.byte(1);
                derived.write(to);
            }
        }
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Ok(match from.number::<u32>()? {
            0 => Self::Sealed(Totp::from_wire(from)?),
            1 => Self::Derived(DerivedTotp::from_wire(from)?),
            _ => return Err(DocumentError),
        })
    }
}

impl Wire for KeyId {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.bytes(self.as_str().as_bytes());
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Self::read(&String::from_wire(from)?).ok_or(DocumentError)
    }
}

/// What a set-up was begun with.
impl Wire for Permit {
    #[inline]
    fn write(&self, to: &mut Writer) {
        match self {
            // What a password was given for is done once a set-up has begun.
            Self::None | Self::Password(_) => to.byte(0),
            Self::Grant(id) => {
                to.byte(1);
                id.write(to);
            }
            Self::Login(id) => {
                to.byte(2);
                id.write(to);
            }
            Self::StepUp(id) => {
                to.byte(3);
                id.write(to);
            }
        }
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Ok(match from.number::<u32>()? {
            0 => Self::None,
            1 => Self::Grant(GrantId::from_wire(from)?),
            2 => Self::Login(ChallengeId::from_wire(from)?),
            3 => Self::StepUp(ChallengeId::from_wire(from)?),
            _ => return Err(DocumentError),
        })
    }
}

impl Wire for Label {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.bytes(self.as_str().as_bytes());
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Self::kept(String::from_wire(from)?).ok_or(DocumentError)
    }
}

/// A secret and how codes are made of it.
impl Wire for Totp {
    #[inline]
    fn write(&self, to: &mut Writer) {
        write_fields!(
            to,
            self.secret(),
            self.algorithm(),
            self.digits(),
            self.period(),
        );
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let secret = TotpSecret::from_wire(from)?;
        let algorithm = Algorithm::from_wire(from)?;
        let digits = u8::from_wire(from)?;
        let period = u32::from_wire(from)?;
        Self::new(secret, algorithm, digits, period).map_err(|_| DocumentError)
    }
}
