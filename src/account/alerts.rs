//! What was unusual in an account's events, told to its user: a notice like any other, but never more often than the limits.
//!
//! ```text
//!   events ─▶ found by whoever looks for it ─▶ Account::note_alert ─┬─ known by its number in the chain: nothing
//!             (what is premium; no sign-in waits)                  ├─ its turn: a notice, due now
//!                                                                   ├─ too early, of a proof: a notice, due in its turn
//!                                                                   └─ too early, of wrong answers: in the audit alone
//! ```
//!
//! Of a kind one mail an hour at most, and so many a day. What was not handed out yet is told together. Kinds have turns of
//! their own, so nobody hides what a proof stood behind by wrong answers.

use super::notice_record::{AlertTurns, Audience, Change, Notice, NoticeKind};
use super::state::Account;
use crate::browser::Device;
use crate::clock::UnixTime;
use crate::types::Method;

/// What was unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// A proof, after several wrong answers.
    AfterFailures,
    /// One after a long time without any.
    AfterInactivity,
    /// One from where none had come.
    NewNetwork,
    /// With a proof a browser became one that its user trusts.
    NewDevice,
    /// A method is blocked for a while.
    Blocked,
    /// The password was right, and the answers after it were wrong.
    WrongAnswers,
}

impl AlertKind {
    /// Every one, the strongest first: wrong answers before it, to which a password is enough, say less of a proof than where
    /// it came from.
    pub const ALL: &'static [Self] = &[
        Self::AfterInactivity,
        Self::NewNetwork,
        Self::AfterFailures,
        Self::NewDevice,
        Self::Blocked,
        Self::WrongAnswers,
    ];

    /// As which notice it is told.
    #[must_use]
    pub const fn notice(self) -> NoticeKind {
        match self {
            Self::AfterFailures => NoticeKind::AfterFailures,
            Self::AfterInactivity => NoticeKind::AfterInactivity,
            Self::NewNetwork => NoticeKind::NewNetwork,
            Self::NewDevice => NoticeKind::NewDevice,
            Self::Blocked => NoticeKind::Blocked,
            Self::WrongAnswers => NoticeKind::WrongAnswers,
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.notice().as_str()
    }

    /// Whether a proof stood behind it; if not, a password was enough to bring it about.
    #[must_use]
    pub const fn is_proven(self) -> bool {
        match self {
            Self::AfterFailures | Self::AfterInactivity | Self::NewNetwork | Self::NewDevice => {
                true
            }
            Self::Blocked | Self::WrongAnswers => false,
        }
    }
}

/// Something unusual in a user's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What.
    pub kind: AlertKind,
    /// The number of the event in the chain of its user.
    pub seq: u64,
    /// When it happened.
    pub at: UnixTime,
    /// How often: of wrong answers, how many there were in a row.
    pub times: u32,
    /// By which method.
    pub method: Option<Method>,
    /// What its user calls the factor; empty without a name.
    pub label: String,
    /// From where.
    pub ip: Option<String>,
    /// Whether nothing had ever been proven from there.
    pub is_foreign: bool,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is told at that time.
    Due(UnixTime),
    /// It was noted before, or there is no such event (any more).
    Known,
    /// Enough of the kind was told lately.
    Limited,
}

impl Account {
    /// Notes what is to be told to its user, no more than so many of a kind a day.
    pub fn note_alert(&mut self, alert: &Alert, most_a_day: u32, now: UnixTime) -> Noted {
        let kind = alert.kind.notice();
        let (gone, last) = (self.audit_begins.after.seq, self.audit.seq);
        let turns = &mut self.notices.alerts;
        let place = match turns.iter().position(|it| it.kind == kind) {
            Some(place) => place,
            None => {
                turns.push(AlertTurns {
                    kind,
                    seq: 0,
                    turns: Vec::new(),
                });
                turns.len().saturating_sub(1)
            }
        };
        let Some(told) = turns.get_mut(place) else {
            return Noted::Known;
        };
        // What says that it is later than the last event was written by somebody else, and would hide all that come.
        if alert.seq <= told.seq || alert.seq <= gone || alert.seq > last {
            return Noted::Known;
        }
        told.seq = alert.seq;
        let is_waiting = |it: &&Notice| {
            (it.kind, it.audience, it.offered) == (kind, Audience::User, 0) && it.due.is_some()
        };
        let waiting = self.notices.open.iter().find(is_waiting);
        let due = match waiting.and_then(|it| it.due) {
            Some(due) => due,
            None => {
                let due = told.next(usize::try_from(most_a_day).unwrap_or(usize::MAX), now);
                if due > now && !alert.kind.is_proven() {
                    return Noted::Limited;
                }
                told.take(due);
                due
            }
        };
        let to = self.addressees(kind, None, now);
        let notice = Notice {
            number: 0,
            kind,
            audience: Audience::User,
            at: alert.at,
            times: alert.times.max(1),
            changes: vec![Change {
                method: alert.method,
                label: alert.label.clone(),
                at: Some(alert.at),
                ip: alert.ip.clone(),
                ..Change::default()
            }],
            ip: alert.ip.clone(),
            browser: Device::default(),
            locale: self.language_of(kind, None, now),
            to,
            // Whoever has the password makes wrong answers: if its user's own proof after them, from where they always are,
            // told a link, a reader of their mail could hold changes as often as they like.
            has_link: alert.kind != AlertKind::AfterFailures || alert.is_foreign,
            offered: 0,
            due: None,
        };
        self.add_notice(notice, due);
        Noted::Due(due)
    }
}
