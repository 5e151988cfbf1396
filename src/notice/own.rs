//! For which mails and messages a site may have a text of its own, and what they are called.
//!
//! A text for one kind goes before the one for all of them. What people are told of changes is free; what is told of what
//! was unusual is premium, and so are its texts: whoever asks for one has to see to that.

use crate::account::{AlertKind, Audience, Change, Notice, NoticeKind};
use crate::browser::{Browser, Device, System};
use crate::clock::UnixTime;
use crate::i18n::Language;
use crate::texts::{NUMBER, NoticeForm};
use crate::types::Method;

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnNotice {
    /// Every change of an account, to its user.
    Changes,
    /// One kind of them.
    Change(NoticeKind),
    /// What administrators are told of an account.
    Administrators,
    /// What a telephone number is told.
    Number,
    /// Everything unusual of an account, to its user.
    Alerts,
    /// One kind of it.
    Alert(AlertKind),
    /// What was unusual on the site, to administrators.
    Digest,
}

impl OwnNotice {
    /// Every one, those for all kinds before those for one.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Changes, Self::Administrators, Self::Number];
        let kinds = NoticeKind::ALL.iter().copied();
        all.extend(kinds.filter(|kind| is_of_user(*kind)).map(Self::Change));
        all.extend([Self::Alerts, Self::Digest]);
        all.extend(AlertKind::ALL.iter().copied().map(Self::Alert));
        all
    }

    /// The one of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|it| it.name() == name)
    }

    /// Those that may word a notice, the first before the others.
    pub(crate) fn of(notice: &Notice) -> Vec<Self> {
        let alert = AlertKind::ALL.iter().find(|it| it.notice() == notice.kind);
        match (notice.audience, notice.kind, alert) {
            (Audience::Administrators, _, _) => vec![Self::Administrators],
            (Audience::User, _, Some(alert)) => vec![Self::Alert(*alert), Self::Alerts],
            // Nothing has happened, so it is none of the changes.
            (Audience::User, kind @ NoticeKind::EnrolmentReminder, None) => {
                vec![Self::Change(kind)]
            }
            (Audience::User, kind, None) => vec![Self::Change(kind), Self::Changes],
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Changes => "notice".to_owned(),
            Self::Change(kind) => format!("notice.{}", kind.as_str()),
            Self::Administrators => "administrators".to_owned(),
            Self::Number => NUMBER.to_owned(),
            Self::Alerts => "alert".to_owned(),
            Self::Alert(kind) => format!("alert.{}", kind.as_str()),
            Self::Digest => "digest".to_owned(),
        }
    }

    /// What may stand in a mail; `None`: it is no mail.
    pub(crate) const fn form(self) -> Option<NoticeForm> {
        match self {
            Self::Change(NoticeKind::EnrolmentReminder) => Some(NoticeForm::Reminder),
            Self::Changes | Self::Change(_) | Self::Alerts | Self::Alert(_) => {
                Some(NoticeForm::User)
            }
            Self::Administrators => Some(NoticeForm::Administrators),
            Self::Digest => Some(NoticeForm::Digest),
            Self::Number => None,
        }
    }

    /// Whether what it is for takes a licence.
    pub(crate) const fn is_premium(self) -> bool {
        match self {
            Self::Alerts | Self::Alert(_) | Self::Digest => true,
            Self::Changes | Self::Change(_) | Self::Administrators | Self::Number => false,
        }
    }

    /// The kind that it is for, where it is one.
    pub(crate) const fn kind(self) -> Option<NoticeKind> {
        match self {
            Self::Change(kind) => Some(kind),
            Self::Alert(kind) => Some(kind.notice()),
            Self::Changes | Self::Administrators | Self::Number | Self::Alerts | Self::Digest => {
                None
            }
        }
    }
}

/// Whether users are told of it as of a change of theirs.
fn is_of_user(kind: NoticeKind) -> bool {
    kind != NoticeKind::GuessingSuspected && !AlertKind::ALL.iter().any(|it| it.notice() == kind)
}

/// A notice as it might be, for a preview.
pub(crate) fn example(of: OwnNotice, language: Language, at: UnixTime) -> Notice {
    let kind = of.kind().unwrap_or(match of {
        OwnNotice::Administrators => NoticeKind::Held,
        OwnNotice::Alerts => NoticeKind::NewNetwork,
        _ => NoticeKind::Removed,
    });
    let ip = Some("192.0.2.7".to_owned()); // RFC 5737: for documentation
    let is_alert = of.is_premium();
    let change = Change {
        method: example_method(kind),
        left: matches!(kind, NoticeKind::CodeUsed).then_some(7),
        at: is_alert.then_some(at),
        ip: ip.clone().filter(|_| is_alert),
        ..Change::default()
    };
    Notice {
        number: 0,
        kind,
        audience: match of {
            OwnNotice::Administrators => Audience::Administrators,
            _ => Audience::User,
        },
        at,
        times: 1,
        changes: vec![change],
        ip,
        browser: Device {
            browser: Some(Browser::Firefox),
            system: Some(System::Windows),
        },
        locale: language.tag().to_owned(),
        to: Vec::new(),
        has_link: true,
        offered: 0,
        due: None,
    }
}

const fn example_method(kind: NoticeKind) -> Option<Method> {
    match kind {
        NoticeKind::NewCodes | NoticeKind::CodeUsed => Some(Method::BackupCode),
        NoticeKind::NumberReplaced => Some(Method::Sms),
        NoticeKind::TemporaryCodeIssued | NoticeKind::TemporaryCodeUsed => {
            Some(Method::TemporaryCode)
        }
        NoticeKind::Reset
        | NoticeKind::Unlocked
        | NoticeKind::SignInsEnded
        | NoticeKind::PasswordReset
        | NoticeKind::DeviceCopied
        | NoticeKind::PasswordSuspected
        | NoticeKind::GuessingSuspected
        | NoticeKind::Held
        | NoticeKind::Released
        | NoticeKind::EnrolmentReminder
        | NoticeKind::SwitchedOff => None,
        NoticeKind::Added
        | NoticeKind::Replaced
        | NoticeKind::Removed
        | NoticeKind::Renamed
        | NoticeKind::Disabled
        | NoticeKind::Suspended
        | NoticeKind::Resumed
        | NoticeKind::AfterFailures
        | NoticeKind::AfterInactivity
        | NoticeKind::NewNetwork
        | NoticeKind::NewDevice
        | NoticeKind::Blocked
        | NoticeKind::WrongAnswers
        | NoticeKind::Replayed
        | NoticeKind::Imported => Some(Method::Totp),
    }
}
