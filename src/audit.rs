//! What happened to an account, in an order nobody can change unnoticed.
//!
//! Every user has a chain: an event's keyed hash covers the one before it, its place, its time and
//! its body. The key and the hash of the last event lie in the user's sealed account, so an event
//! that was removed, altered, added or moved is found, also at the end of the chain.
//!
//! What happens to the providers of codes is in a chain of its own, under a name that no host can give as a
//! user id ([`UserId::providers`]): it is nobody's, and one place shows who changed them.
//!
//! An event never holds a secret, a code or a token: [`Event`] has no field for one.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::clock::UnixTime;
use crate::crypto::{HashKey, KeyedHash, bytes, hash};
use crate::types::{Method, Purpose, Requester, Site, UserId};

pub use crate::types::Authority;

/// Longest text of a person (who, why) that is kept, in characters.
const MAX_TEXT: usize = 255;

/// What happened. The names are stable: hosts show and filter by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// A proof is asked for.
    #[serde(rename = "challenge.opened")]
    ChallengeOpened,
    /// A proof was accepted.
    #[serde(rename = "factor.accepted")]
    Accepted,
    /// A proof was wrong. If the password was right, somebody should look. The reason is [`EARLIER`] of an app's code that is of
    /// an earlier time step than the last that was accepted, and was not accepted itself.
    #[serde(rename = "factor.rejected")]
    Rejected,
    /// A proof was right once, and is spent: to whoever shows it, it was wrong. The reason is [`ELSEWHERE`] or
    /// [`ELSEWHERE_AGAIN`] where it came from another network or browser than the one that spent it; else there is none.
    #[serde(rename = "factor.replayed")]
    Replayed,
    /// A provider that alone can check the code it made gave no answer that counts; the attempt counts.
    #[serde(rename = "check.unanswered")]
    CheckUnanswered,
    /// A request ended while it asked such a provider; the attempt counts.
    #[serde(rename = "check.interrupted")]
    CheckInterrupted,
    /// Too many failures: the method is blocked for a while.
    #[serde(rename = "factor.blocked")]
    Blocked,
    /// Far too many failures: the method has to be enrolled anew.
    #[serde(rename = "factor.disabled")]
    Disabled,
    /// A code went out.
    #[serde(rename = "code.sent")]
    CodeSent,
    /// No provider took the code.
    #[serde(rename = "code.failed")]
    CodeFailed,
    /// A set-up began.
    #[serde(rename = "enrolment.started")]
    EnrolmentStarted,
    /// A factor was confirmed.
    #[serde(rename = "factor.enrolled")]
    Enrolled,
    /// A factor was taken over from other software by an operator.
    #[serde(rename = "factor.imported")]
    Imported,
    /// A number that was replaced was told so.
    #[serde(rename = "number.told")]
    NumberTold,
    /// It could not be told.
    #[serde(rename = "number.untold")]
    NumberUntold,
    /// A factor was given another name by its user.
    #[serde(rename = "factor.renamed")]
    Renamed,
    /// A factor was removed by its user.
    #[serde(rename = "factor.removed")]
    Removed,
    /// A factor counts no more until it is resumed: its user or an operator said that it is lost, or others than its
    /// user may have it.
    #[serde(rename = "factor.suspended")]
    Suspended,
    /// It counts again.
    #[serde(rename = "factor.resumed")]
    Resumed,
    /// Two consecutive codes of an app said how far its clock is off: from now on its codes are looked for there. The reason
    /// says how far, in seconds, such as "+120".
    #[serde(rename = "factor.resynchronised")]
    Resynchronised,
    /// The account was written by a clock that was further ahead than those of two servers may be: this server's was set back,
    /// or another's is ahead. The reason says how far, in seconds.
    #[serde(rename = "clock.set-back")]
    ClockSetBack,
    /// An operator issued a temporary code to whoever lost everything else.
    #[serde(rename = "temporary-code.issued")]
    TemporaryCodeIssued,
    /// It was used: its user has to set up a factor.
    #[serde(rename = "temporary-code.used")]
    TemporaryCodeUsed,
    /// Another method is asked for first.
    #[serde(rename = "primary.changed")]
    PrimaryChanged,
    /// New backup codes; the old ones are void.
    #[serde(rename = "backup.regenerated")]
    BackupRegenerated,
    /// A backup code was spent.
    #[serde(rename = "backup.spent")]
    BackupSpent,
    /// New recovery codes; the old ones are void.
    #[serde(rename = "recovery.regenerated")]
    RecoveryRegenerated,
    /// A recovery code was spent, with all before it; the reason says which of how many.
    #[serde(rename = "recovery.spent")]
    RecoverySpent,
    /// It was the last one: every factor is gone.
    #[serde(rename = "account.switched-off")]
    SwitchedOff,
    /// An operator requires that the user enrols, anew if something is enrolled.
    #[serde(rename = "enrolment.required")]
    EnrolmentRequired,
    /// An operator took that back.
    #[serde(rename = "enrolment.waived")]
    EnrolmentWaived,
    /// Its user put off what the site encourages.
    #[serde(rename = "encouragement.put-off")]
    EncouragementPutOff,
    /// An operator gave the site a policy of whom it asks for which factors, or another one.
    #[serde(rename = "policy.changed")]
    PolicyChanged,
    /// An operator took it back.
    #[serde(rename = "policy.removed")]
    PolicyRemoved,
    /// A licence key was entered.
    #[serde(rename = "licence.entered")]
    LicenceEntered,
    /// The licence key was taken away.
    #[serde(rename = "licence.forgotten")]
    LicenceForgotten,
    /// An operator ended the blocks.
    #[serde(rename = "account.unlocked")]
    Unlocked,
    /// An operator removed every factor.
    #[serde(rename = "account.reset")]
    Reset,
    /// Password, role or the like changed: sign-ins and grants ended.
    #[serde(rename = "epoch.raised")]
    EpochRaised,
    /// An operator vouched for somebody, who may act on others from now on.
    #[serde(rename = "operator.confirmed")]
    OperatorConfirmed,
    /// An operator gave the key file another key, put another one first, or took one out; the label is the key's id, and
    /// the reason begins with which.
    #[serde(rename = "keys.changed")]
    KeysChanged,
    /// Everything that is sealed was sealed anew with the first key, whose id is the label.
    #[serde(rename = "keys.resealed")]
    KeysResealed,
    /// An operator added a provider of codes.
    #[serde(rename = "provider.added")]
    ProviderAdded,
    /// An operator changed its settings.
    #[serde(rename = "provider.changed")]
    ProviderChanged,
    /// An operator removed it.
    #[serde(rename = "provider.removed")]
    ProviderRemoved,
    /// An operator changed the order of the providers.
    #[serde(rename = "providers.ordered")]
    ProvidersOrdered,
    /// They were sealed with another key, because the first one in the key file is another.
    #[serde(rename = "providers.resealed")]
    ProvidersResealed,
    /// An operator sent a test message.
    #[serde(rename = "provider.tested")]
    ProviderTested,
    /// An operator gave messages a text of the site's own.
    #[serde(rename = "text.changed")]
    TextChanged,
    /// An operator took it back: messages have ours.
    #[serde(rename = "text.removed")]
    TextRemoved,
    /// One session was ended.
    #[serde(rename = "session.ended")]
    SessionEnded,
    /// All sessions were ended, or all but one; of everybody, where it is in the chain that is nobody's.
    #[serde(rename = "sessions.ended")]
    SessionsEnded,
    /// A proof made a browser one that its user trusts.
    #[serde(rename = "device.trusted")]
    DeviceTrusted,
    /// Somebody signed in by such a browser in the place of a second factor.
    #[serde(rename = "device.accepted")]
    DeviceAccepted,
    /// An earlier token of it was shown, so there is a copy: it counts no more. Somebody should look.
    #[serde(rename = "device.reused")]
    DeviceReused,
    /// One of them was ended.
    #[serde(rename = "device.ended")]
    DeviceEnded,
    /// All were ended.
    #[serde(rename = "devices.ended")]
    DevicesEnded,
    /// An answer, or a request for a code, from a network that a rule of the site refuses. Nothing was looked at.
    #[serde(rename = "network.refused")]
    NetworkRefused,
    /// So many wrong answers from unknown networks that somebody else seems to know the password.
    #[serde(rename = "password.suspected")]
    PasswordSuspected,
    /// Wrong answers for many accounts, or from many networks; in the chain that is nobody's. The reason says how many.
    #[serde(rename = "guessing.suspected")]
    GuessingSuspected,
    /// No mailer took what was to be told of a change, however often it was handed out. The reason says which.
    #[serde(rename = "notice.undelivered")]
    NoticeUndelivered,
    /// By the link of a notice somebody said that what it told was not them: sign-ins ended, changes of factors are on
    /// hold. The reason says what was told.
    #[serde(rename = "changes.held")]
    ChangesHeld,
    /// They are no more: by a backup code of the user, another administrator, or on the server.
    #[serde(rename = "changes.released")]
    ChangesReleased,
    /// An operator made a support bundle, in the chain that is nobody's.
    #[serde(rename = "support-bundle.made")]
    SupportBundleMade,
    /// Somebody took a copy of all that is kept of the user.
    #[serde(rename = "account.exported")]
    Exported,
    /// Its user was reminded to set up what is required of them.
    #[serde(rename = "enrolment.reminded")]
    Reminded,
    /// An operator had the user forgotten: of the account nothing is left but this, and of the events before it none.
    #[serde(rename = "account.forgotten")]
    Forgotten,
}

impl EventKind {
    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChallengeOpened => "challenge.opened",
            Self::Accepted => "factor.accepted",
            Self::Rejected => "factor.rejected",
            Self::Replayed => "factor.replayed",
            Self::CheckUnanswered => "check.unanswered",
            Self::CheckInterrupted => "check.interrupted",
            Self::Blocked => "factor.blocked",
            Self::Disabled => "factor.disabled",
            Self::CodeSent => "code.sent",
            Self::CodeFailed => "code.failed",
            Self::EnrolmentStarted => "enrolment.started",
            Self::Enrolled => "factor.enrolled",
            Self::Imported => "factor.imported",
            Self::NumberTold => "number.told",
            Self::NumberUntold => "number.untold",
            Self::Renamed => "factor.renamed",
            Self::Removed => "factor.removed",
            Self::Suspended => "factor.suspended",
            Self::Resumed => "factor.resumed",
            Self::Resynchronised => "factor.resynchronised",
            Self::ClockSetBack => "clock.set-back",
            Self::TemporaryCodeIssued => "temporary-code.issued",
            Self::TemporaryCodeUsed => "temporary-code.used",
            Self::PrimaryChanged => "primary.changed",
            Self::BackupRegenerated => "backup.regenerated",
            Self::BackupSpent => "backup.spent",
            Self::RecoveryRegenerated => "recovery.regenerated",
            Self::RecoverySpent => "recovery.spent",
            Self::SwitchedOff => "account.switched-off",
            Self::EnrolmentRequired => "enrolment.required",
            Self::EnrolmentWaived => "enrolment.waived",
            Self::EncouragementPutOff => "encouragement.put-off",
            Self::PolicyChanged => "policy.changed",
            Self::PolicyRemoved => "policy.removed",
            Self::LicenceEntered => "licence.entered",
            Self::LicenceForgotten => "licence.forgotten",
            Self::Unlocked => "account.unlocked",
            Self::Reset => "account.reset",
            Self::EpochRaised => "epoch.raised",
            Self::OperatorConfirmed => "operator.confirmed",
            Self::ProviderAdded => "provider.added",
            Self::ProviderChanged => "provider.changed",
            Self::ProviderRemoved => "provider.removed",
            Self::ProvidersOrdered => "providers.ordered",
            Self::ProvidersResealed => "providers.resealed",
            Self::ProviderTested => "provider.tested",
            Self::TextChanged => "text.changed",
            Self::TextRemoved => "text.removed",
            Self::SessionEnded => "session.ended",
            Self::SessionsEnded => "sessions.ended",
            Self::DeviceTrusted => "device.trusted",
            Self::DeviceAccepted => "device.accepted",
            Self::DeviceReused => "device.reused",
            Self::DeviceEnded => "device.ended",
            Self::DevicesEnded => "devices.ended",
            Self::NetworkRefused => "network.refused",
            Self::PasswordSuspected => "password.suspected",
            Self::GuessingSuspected => "guessing.suspected",
            Self::NoticeUndelivered => "notice.undelivered",
            Self::ChangesHeld => "changes.held",
            Self::ChangesReleased => "changes.released",
            Self::SupportBundleMade => "support-bundle.made",
            Self::KeysChanged => "keys.changed",
            Self::KeysResealed => "keys.resealed",
            Self::Exported => "account.exported",
            Self::Reminded => "enrolment.reminded",
            Self::Forgotten => "account.forgotten",
        }
    }
}

/// What events are about, for whoever looks at a part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Proofs that were asked for, codes that were sent, and what became of both.
    SignIn,
    /// An account: its factors, its sessions, and who may act on others.
    Account,
    /// The providers of codes, and the texts of messages.
    Provider,
}

impl EventKind {
    /// What it is about.
    #[must_use]
    pub const fn topic(self) -> Topic {
        match self {
            Self::ChallengeOpened
            | Self::Accepted
            | Self::Rejected
            | Self::Replayed
            | Self::CheckUnanswered
            | Self::CheckInterrupted
            | Self::Blocked
            | Self::Disabled
            | Self::CodeSent
            | Self::CodeFailed
            | Self::BackupSpent
            | Self::RecoverySpent
            | Self::TemporaryCodeUsed
            | Self::Resynchronised
            | Self::ClockSetBack
            | Self::DeviceAccepted
            | Self::DeviceReused
            | Self::NetworkRefused
            | Self::PasswordSuspected
            | Self::GuessingSuspected => Topic::SignIn,
            Self::EnrolmentStarted
            | Self::Enrolled
            | Self::Imported
            | Self::NumberTold
            | Self::NumberUntold
            | Self::NoticeUndelivered
            | Self::ChangesHeld
            | Self::ChangesReleased
            | Self::Renamed
            | Self::Removed
            | Self::Suspended
            | Self::Resumed
            | Self::TemporaryCodeIssued
            | Self::PrimaryChanged
            | Self::BackupRegenerated
            | Self::RecoveryRegenerated
            | Self::SwitchedOff
            | Self::EnrolmentRequired
            | Self::EnrolmentWaived
            | Self::EncouragementPutOff
            | Self::PolicyChanged
            | Self::PolicyRemoved
            | Self::LicenceEntered
            | Self::LicenceForgotten
            | Self::Unlocked
            | Self::Reset
            | Self::EpochRaised
            | Self::OperatorConfirmed
            | Self::SessionEnded
            | Self::SessionsEnded
            | Self::DeviceTrusted
            | Self::DeviceEnded
            | Self::DevicesEnded
            | Self::SupportBundleMade
            | Self::KeysChanged
            | Self::KeysResealed
            | Self::Exported
            | Self::Reminded
            | Self::Forgotten => Topic::Account,
            Self::ProviderAdded
            | Self::ProviderChanged
            | Self::ProviderRemoved
            | Self::ProvidersOrdered
            | Self::ProvidersResealed
            | Self::ProviderTested
            | Self::TextChanged
            | Self::TextRemoved => Topic::Provider,
        }
    }
}

/// How urgent an event is, for whoever watches a log: a level of PSR-3, whose words are those of RFC 5424.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Info,
    /// As it should be, and worth a look when something else is not.
    Notice,
    /// What is allowed to whom has changed, or somebody proved it; to be kept (OWASP ASVS 5.0, 16.3.1).
    Warning,
    /// Something does not work.
    Error,
    /// Somebody seems to attack: look at it now.
    Alert,
}

impl Severity {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Alert => "alert",
        }
    }
}

impl EventKind {
    /// How urgent it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::ChallengeOpened
            | Self::CodeSent
            | Self::EnrolmentStarted
            | Self::NumberTold
            | Self::Renamed
            | Self::PrimaryChanged
            | Self::EncouragementPutOff
            | Self::SessionEnded
            | Self::ProvidersResealed
            | Self::KeysResealed
            | Self::ProviderTested => Severity::Info,
            Self::Rejected
            | Self::SessionsEnded
            | Self::DeviceTrusted
            | Self::DeviceAccepted
            | Self::DeviceEnded
            | Self::DevicesEnded
            | Self::EnrolmentRequired
            | Self::Reminded
            | Self::EpochRaised
            | Self::NetworkRefused
            | Self::ProvidersOrdered
            | Self::SupportBundleMade
            | Self::TextChanged
            | Self::TextRemoved => Severity::Notice,
            Self::Accepted
            | Self::Enrolled
            | Self::Imported
            | Self::Removed
            | Self::Suspended
            | Self::Resumed
            | Self::Resynchronised
            | Self::TemporaryCodeIssued
            | Self::TemporaryCodeUsed
            | Self::Blocked
            | Self::Disabled
            | Self::BackupRegenerated
            | Self::BackupSpent
            | Self::RecoveryRegenerated
            | Self::RecoverySpent
            | Self::SwitchedOff
            | Self::EnrolmentWaived
            | Self::PolicyChanged
            | Self::PolicyRemoved
            | Self::LicenceEntered
            | Self::LicenceForgotten
            | Self::Unlocked
            | Self::Reset
            | Self::Exported
            | Self::Forgotten
            | Self::OperatorConfirmed
            | Self::ChangesReleased
            | Self::ProviderAdded
            | Self::ProviderChanged
            | Self::ProviderRemoved
            | Self::KeysChanged => Severity::Warning,
            Self::CheckUnanswered
            | Self::CheckInterrupted
            | Self::CodeFailed
            | Self::ClockSetBack
            | Self::NumberUntold
            | Self::NoticeUndelivered => Severity::Error,
            Self::Replayed
            | Self::DeviceReused
            | Self::PasswordSuspected
            | Self::GuessingSuspected
            | Self::ChangesHeld => Severity::Alert,
        }
    }
}

/// Why an event of a code that was spent is told: it came from another network or browser than the one that spent it.
pub const ELSEWHERE: &str = "elsewhere";

/// The same of a code of which that was told before.
pub const ELSEWHERE_AGAIN: &str = "elsewhere again";

/// Why a wrong code of an app stands out: it is of a time step before the last that was accepted, and was not accepted itself.
/// The app's clock was set back, or somebody shows a code of before.
pub const EARLIER: &str = "earlier";

/// One event, before it has a place in a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// By which method.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<Method>,
    /// Which of the account's factors, by its id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub factor: Option<String>,
    /// What it was called then; `None` if it had no name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// What the proof was for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purpose: Option<Purpose>,
    /// What stood behind the request; `None`: there was none, the software did it by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub requester: Option<Requester>,
    /// Who did it, when it was not the user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What stood behind them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authority: Option<Authority>,
    /// From where.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ip: Option<String>,
    /// Who carried the code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider: Option<String>,
    /// When it began, if that was before it was written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<UnixTime>,
    /// How many of these it stands for, if more than one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub times: Option<u32>,
    /// Of a proof: none of the last ones came from where it did. Of a trusted browser: neither did one, nor was it there last; or
    /// it is another browser than it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unknown_network: Option<bool>,
    /// Wrong answers by that method in a row: of a wrong one with it, of a proof before it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failures: Option<u32>,
    /// Of a proof: for how many days its user had proven nothing, and no device of theirs had stood for a proof.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub idle_days: Option<u32>,
}

/// What was unusual about an answer, as far as its account knows: nothing of what is usual is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unusual {
    /// See [`Event::unknown_network`].
    pub unknown_network: bool,
    /// See [`Event::failures`].
    pub failures: u32,
    /// See [`Event::idle_days`].
    pub idle_days: u32,
}

impl Event {
    /// An event of that kind, which a request caused.
    #[must_use]
    pub const fn new(kind: EventKind, requester: Requester) -> Self {
        let mut event = Self::by_itself(kind);
        event.requester = Some(requester);
        event
    }

    /// How urgent it is: as its kind, but what its user shows twice themself is no attack.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self.kind {
            EventKind::Replayed if self.reason.is_none() => EventKind::Rejected.severity(),
            kind => kind.severity(),
        }
    }

    /// An event about a challenge of that purpose.
    #[must_use]
    pub const fn about(purpose: Purpose, kind: EventKind) -> Self {
        Self::new(kind, Requester::of(purpose)).purpose(purpose)
    }

    /// An event that nobody asked for.
    #[must_use]
    pub const fn by_itself(kind: EventKind) -> Self {
        Self {
            kind,
            method: None,
            factor: None,
            label: None,
            purpose: None,
            requester: None,
            by: None,
            reason: None,
            authority: None,
            ip: None,
            provider: None,
            since: None,
            times: None,
            unknown_network: None,
            failures: None,
            idle_days: None,
        }
    }

    /// With that being unusual about it.
    #[must_use]
    pub const fn unusual(mut self, unusual: Unusual) -> Self {
        self.unknown_network = if unusual.unknown_network {
            Some(true)
        } else {
            None
        };
        self.failures = match unusual.failures {
            0 => None,
            failures => Some(failures),
        };
        self.idle_days = match unusual.idle_days {
            0 => None,
            days => Some(days),
        };
        self
    }

    /// About that factor.
    #[must_use]
    pub const fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// About that factor, by its id and the name that its user gave it.
    #[must_use]
    pub fn factor(mut self, id: String, label: &str) -> Self {
        self.factor = Some(id);
        self.label = (!label.is_empty()).then(|| clean(label));
        self
    }

    /// By that provider.
    #[must_use]
    pub fn provider(mut self, name: &str) -> Self {
        self.provider = Some(name.chars().take(MAX_TEXT).collect());
        self
    }

    /// It began at that time.
    #[must_use]
    pub const fn since(mut self, at: UnixTime) -> Self {
        self.since = Some(at);
        self
    }

    /// For that reason. Control characters become spaces; long texts are cut.
    #[must_use]
    pub fn because(mut self, why: &str) -> Self {
        self.reason = Some(clean(why));
        self
    }

    /// For that purpose.
    #[must_use]
    pub const fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// With that behind whoever did it.
    #[must_use]
    pub const fn authority(mut self, authority: Option<Authority>) -> Self {
        self.authority = authority;
        self
    }

    /// About the key of that id.
    #[must_use]
    pub fn about_key(mut self, id: &str) -> Self {
        self.label = Some(clean(id));
        self
    }

    /// Done by an operator, who said why. Control characters become spaces; long texts are cut.
    #[must_use]
    pub fn by(mut self, who: &str, why: &str) -> Self {
        self.by = Some(clean(who));
        self.reason = Some(clean(why));
        self
    }
}

/// A text from outside, fit for a log.
pub fn clean(text: &str) -> String {
    // As most are.
    if text.len() <= MAX_TEXT && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    text.chars()
        .take(MAX_TEXT)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The end of a user's chain; kept in the sealed account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Place of the last event; 0 when there is none.
    pub seq: u64,
    /// Its keyed hash; zeros when there is none.
    #[serde(with = "bytes")]
    pub mac: KeyedHash,
}

impl Head {
    /// Of a chain without events.
    pub const EMPTY: Self = Self {
        seq: 0,
        mac: KeyedHash::new([0; 32]),
    };

    /// The head after one more event with that body.
    #[must_use]
    pub fn after(
        &self,
        key: &HashKey,
        site: &Site,
        user: &UserId,
        at: UnixTime,
        body: &[u8],
    ) -> Self {
        let seq = self.seq.saturating_add(1);
        let mac = hash(
            key,
            &[
                b"twofactor/audit/1",
                self.mac.bytes(),
                site.as_str().as_bytes(),
                user.as_str().as_bytes(),
                &seq.to_be_bytes(),
                &at.seconds().to_be_bytes(),
                body,
            ],
        );
        Self { seq, mac }
    }

    /// Whether this is the same end of the same chain.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.seq == other.seq && bool::from(self.mac.ct_eq(&other.mac))
    }
}

/// Where a user's chain begins; kept in the sealed account. What was before it went when its time was over:
/// a chain that begins elsewhere was cut by somebody else.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// The last event that went; [`Head::EMPTY`] when none did.
    pub after: Head,
    /// The time of the first event that is there; `None` when there is none.
    pub at: Option<UnixTime>,
}

impl Beginning {
    /// Of a chain without events.
    pub const EMPTY: Self = Self {
        after: Head::EMPTY,
        at: None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stable_name_is_the_stored_name() {
        for kind in [
            EventKind::Accepted,
            EventKind::Rejected,
            EventKind::CheckUnanswered,
            EventKind::CheckInterrupted,
            EventKind::Blocked,
            EventKind::EpochRaised,
            EventKind::Reset,
            EventKind::ChallengeOpened,
            EventKind::Disabled,
            EventKind::EnrolmentStarted,
            EventKind::Enrolled,
            EventKind::Imported,
            EventKind::NumberTold,
            EventKind::NumberUntold,
            EventKind::Renamed,
            EventKind::Removed,
            EventKind::Suspended,
            EventKind::Resumed,
            EventKind::Resynchronised,
            EventKind::ClockSetBack,
            EventKind::TemporaryCodeIssued,
            EventKind::TemporaryCodeUsed,
            EventKind::PrimaryChanged,
            EventKind::BackupRegenerated,
            EventKind::BackupSpent,
            EventKind::Unlocked,
            EventKind::OperatorConfirmed,
            EventKind::ProviderAdded,
            EventKind::ProviderChanged,
            EventKind::ProviderRemoved,
            EventKind::ProvidersOrdered,
            EventKind::ProvidersResealed,
            EventKind::ProviderTested,
            EventKind::TextChanged,
            EventKind::TextRemoved,
            EventKind::SessionEnded,
            EventKind::SessionsEnded,
            EventKind::EncouragementPutOff,
            EventKind::PolicyChanged,
            EventKind::PolicyRemoved,
            EventKind::LicenceEntered,
            EventKind::LicenceForgotten,
            EventKind::NetworkRefused,
            EventKind::PasswordSuspected,
            EventKind::GuessingSuspected,
            EventKind::ChangesHeld,
            EventKind::ChangesReleased,
            EventKind::Reminded,
            EventKind::SupportBundleMade,
            EventKind::KeysChanged,
            EventKind::KeysResealed,
        ] {
            assert_eq!(
                serde_json::to_string(&kind).unwrap(),
                format!("\"{}\"", kind.as_str())
            );
        }
    }

    #[test]
    fn what_stood_behind_an_operator_is_stored_by_its_stable_name() {
        for authority in [
            Authority::Proof,
            Authority::First,
            Authority::Server,
            Authority::Emergency,
        ] {
            assert_eq!(
                serde_json::to_string(&authority).unwrap(),
                format!("\"{}\"", authority.as_str())
            );
        }
    }

    #[test]
    fn a_persons_text_cannot_break_a_log_line() {
        let event = Event::new(EventKind::Reset, Requester::Operator)
            .by("admin\n2026 forged", &"x".repeat(10_000));
        assert_eq!(event.by.unwrap(), "admin 2026 forged");
        assert_eq!(event.reason.unwrap().len(), 255);
    }
}
