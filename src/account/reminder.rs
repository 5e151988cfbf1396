//! Reminding somebody to set up the second factor that is required of them: a mail, once a day at most.
//!
//! When it was is in the account, and changes in the swap that writes the event and what is to be told: of two who remind at
//! once, one does. The mail goes the way of all that people are told (`notices.rs`), and is offered again until the host's
//! mailer took it.

use super::context::RuleContext;
use super::notice_record::Contact;
use super::state::Account;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::types::Requester;

/// Seconds in which nobody is reminded twice.
const DAY: u64 = 86_400;

/// What became of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminder {
    /// There is a mail of it.
    Written,
    /// Nothing is required of them that they do not have.
    NotAsked,
    /// They were reminded less than a day ago.
    Lately,
    /// Nobody has said where they are reached.
    NoAddress,
}

impl Reminder {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::NotAsked => "not-asked",
            Self::Lately => "lately",
            Self::NoAddress => "no-address",
        }
    }
}

impl Account {
    /// Whether its user is to be reminded now, of whom the site's rules ask something (`is_asked`), and who is reached so.
    #[must_use]
    pub fn reminder(&self, is_asked: bool, contact: &Contact, now: UnixTime) -> Reminder {
        let known = self.contact.as_ref().and_then(|it| it.email.as_ref());
        if self.is_enrolled() || !is_asked && self.enrolment_due().is_none() {
            Reminder::NotAsked
        } else if self.reminded.is_some_and(|at| now < at.plus(DAY)) {
            Reminder::Lately
        } else if contact.email.is_none() && known.is_none() {
            Reminder::NoAddress
        } else {
            Reminder::Written
        }
    }

    /// Reminds them, if that is so.
    pub fn remind(
        &mut self,
        authority: Authority,
        by: &str,
        why: &str,
        (is_asked, contact): (bool, &Contact),
        context: &mut RuleContext<'_>,
    ) -> Reminder {
        let reminder = self.reminder(is_asked, contact, context.now);
        if reminder == Reminder::Written {
            self.know(contact, context.now);
            self.reminded = Some(context.now);
            let event = Event::new(EventKind::Reminded, Requester::Operator).by(by, why);
            context.note(event.authority(Some(authority)));
        }
        reminder
    }
}
