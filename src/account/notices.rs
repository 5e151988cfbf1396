//! Whom an account's changes are told.
//!
//! ```text
//! rule ─▶ audit events ─┬─▶ chain                    one swap: neither is there without the other
//!                       └─▶ notices ── offered ──▶ host's mailer ──▶ told: gone
//!                              ▲          │ not said to be told: after 5 minutes, an hour, six hours, a day
//!                              └──────────┘ ──▶ given up: in the audit, and in health
//! ```
//!
//! A notice is made of the audit event of a change, and not by its rule: what is noted in the audit is told, so that no rule
//! can forget it, and a new kind of event does not compile before somebody has said whether it is told. It is written in the
//! very swap that makes the change.

use super::context::RuleContext;
use super::hold::NoticeLink;
use super::notice_record::{
    Addressee, Audience, Change, Contact, MOST_ADDRESSES, MOST_CHANGES, Notice, NoticeKind,
};
use super::oob_enrolment::FORMER_SECONDS;
use super::oob_factor::Recipient;
use super::source::Source;
use super::state::Account;
use crate::audit::{ELSEWHERE, Event, EventKind};
use crate::browser::Device;
use crate::clock::UnixTime;
use crate::types::{Method, Purpose, Requester, UserId};

/// Seconds after which a notice is offered again that was not said to be told: so often, and no more.
const OFFER_AGAIN: [u64; 4] = [300, 3_600, 6 * 3_600, 86_400];

/// Seconds until a code that was shown again is told: not in the request that showed it, or whoever did would learn by its
/// time that the code had been right.
const REPLAY_WAIT: u64 = 60;

/// Seconds between two mails to administrators about one account.
const ADMINISTRATORS_WAIT: u64 = 3_600;

/// Longer than anything waits that is handed out again or has its turn tomorrow, in seconds: two days.
pub(super) const MOST_WAIT: u64 = 2 * 86_400;

/// Seconds after which whatever is due has not been found: a day.
const WAITS_LONG: u64 = 86_400;

/// How long what was given up is kept: thirty days.
const LONG: u64 = 30 * 86_400;

/// A notice that is handed out, and how its user is reached.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The notice; whoever of its addressees was not told yet is.
    pub notice: Notice,
    /// Their name and language.
    pub contact: Contact,
    /// What its link says, if it has one.
    pub link: Option<NoticeLink>,
}

/// Whether people are told of an event of that user's.
#[must_use]
pub fn is_told(event: &Event, user: &UserId) -> bool {
    kind_of(event, user).is_some()
}

/// What an event is told as, and to whom; `None`: to nobody.
fn kind_of(event: &Event, user: &UserId) -> Option<(NoticeKind, &'static [Audience])> {
    const USER: &[Audience] = &[Audience::User];
    const BOTH: &[Audience] = &[Audience::User, Audience::Administrators];
    const ADMINISTRATORS: &[Audience] = &[Audience::Administrators];
    let is_by_another = event.requester == Some(Requester::Operator)
        && event.by.as_deref().is_some_and(|by| by != user.as_str());
    let kind = match event.kind {
        EventKind::Enrolled => NoticeKind::Added,
        EventKind::Imported => NoticeKind::Imported,
        EventKind::Removed => NoticeKind::Removed,
        EventKind::Renamed => NoticeKind::Renamed,
        EventKind::Suspended => NoticeKind::Suspended,
        EventKind::Resumed => NoticeKind::Resumed,
        EventKind::TemporaryCodeIssued => NoticeKind::TemporaryCodeIssued,
        EventKind::TemporaryCodeUsed => NoticeKind::TemporaryCodeUsed,
        EventKind::BackupRegenerated | EventKind::RecoveryRegenerated => NoticeKind::NewCodes,
        EventKind::BackupSpent | EventKind::RecoverySpent => NoticeKind::CodeUsed,
        EventKind::SwitchedOff => NoticeKind::SwitchedOff,
        EventKind::Disabled => NoticeKind::Disabled,
        EventKind::Reset | EventKind::Forgotten => NoticeKind::Reset,
        EventKind::Unlocked => NoticeKind::Unlocked,
        EventKind::EpochRaised if event.purpose == Some(Purpose::ResetPassword) => {
            NoticeKind::PasswordReset
        }
        EventKind::EpochRaised | EventKind::SessionEnded | EventKind::SessionsEnded => {
            return is_by_another.then_some((NoticeKind::SignInsEnded, USER));
        }
        EventKind::DeviceReused => NoticeKind::DeviceCopied,
        EventKind::Reminded => NoticeKind::EnrolmentReminder,
        EventKind::Replayed => {
            let is_told = event.reason.as_deref() == Some(ELSEWHERE);
            return is_told.then_some((NoticeKind::Replayed, USER));
        }
        EventKind::ChangesHeld => return Some((NoticeKind::Held, BOTH)),
        EventKind::ChangesReleased => return Some((NoticeKind::Released, BOTH)),
        EventKind::PasswordSuspected => return Some((NoticeKind::PasswordSuspected, BOTH)),
        EventKind::GuessingSuspected => {
            return Some((NoticeKind::GuessingSuspected, ADMINISTRATORS));
        }
        // What is asked and what becomes of it; what changes no factor and recovers nothing; what is nobody's.
        EventKind::ChallengeOpened
        | EventKind::Accepted
        | EventKind::Rejected
        | EventKind::CheckUnanswered
        | EventKind::CheckInterrupted
        | EventKind::Resynchronised
        | EventKind::ClockSetBack
        | EventKind::Blocked
        | EventKind::CodeSent
        | EventKind::CodeFailed
        | EventKind::EnrolmentStarted
        | EventKind::NumberTold
        | EventKind::NumberUntold
        | EventKind::NoticeUndelivered
        | EventKind::PrimaryChanged
        | EventKind::EnrolmentRequired
        | EventKind::EnrolmentWaived
        | EventKind::EncouragementPutOff
        | EventKind::PolicyChanged
        | EventKind::PolicyRemoved
        | EventKind::LicenceEntered
        | EventKind::LicenceForgotten
        | EventKind::OperatorConfirmed
        | EventKind::ProviderAdded
        | EventKind::ProviderChanged
        | EventKind::ProviderRemoved
        | EventKind::ProvidersOrdered
        | EventKind::ProvidersResealed
        | EventKind::ProviderTested
        | EventKind::TextChanged
        | EventKind::TextRemoved
        | EventKind::DeviceTrusted
        | EventKind::DeviceAccepted
        | EventKind::DeviceEnded
        | EventKind::DevicesEnded
        | EventKind::NetworkRefused
        | EventKind::SupportBundleMade
        | EventKind::KeysChanged
        | EventKind::KeysResealed
        | EventKind::Exported => return None,
    };
    Some((kind, USER))
}

impl Account {
    /// How its user is reached from now on. Addresses and the language before stay told for a while; where the host gives
    /// none, the one that it gave last stays. What was given up, or had nobody to go to, is offered anew when there is another address.
    pub fn know(&mut self, contact: &Contact, now: UnixTime) {
        let enrolled = self.factors.iter().map(|factor| factor.enrolled_at).max();
        let proven = self.last_verified.max(enrolled);
        let known = self.contact.get_or_insert_with(|| Contact {
            locale: contact.locale.clone(),
            locale_since: now,
            ..Contact::default()
        });
        if !known.change(contact, proven, now) {
            return;
        }
        let Some(email) = known.email.clone() else {
            return;
        };
        let locale = known.language(now).to_owned();
        let is_kept = |notice: &Notice| {
            notice.due.is_some() && !notice.to.is_empty() || now < notice.at.plus(LONG)
        };
        self.notices.open.retain(is_kept);
        for notice in &mut self.notices.open {
            if notice.audience == Audience::User && (notice.to.is_empty() || notice.due.is_none()) {
                add_address(&mut notice.to, &email, &locale);
                notice.offered = 0;
                notice.due = Some(now);
            }
        }
    }

    /// In which language its user is told, as a tag; empty: not known.
    #[must_use]
    pub fn locale(&self, now: UnixTime) -> &str {
        let contact = self.contact.as_ref();
        contact.map_or("", |contact| contact.language(now))
    }

    /// Whether something waits for an address, and that contact has one.
    #[must_use]
    pub fn lacks_address_of(&self, contact: &Contact) -> bool {
        contact.email.is_some() && self.notices.open.iter().any(|it| it.to.is_empty())
    }

    /// Writes down who is to be told of these events, once all of a change are there. `before` is the account as it was,
    /// asked for only if something is to be told. Returns what else is to be noted.
    pub(super) fn note_changes(
        &mut self,
        user: &UserId,
        events: &[Event],
        source: &Source,
        before: impl FnOnce() -> Option<Self>,
        now: UnixTime,
    ) -> Vec<Event> {
        let mut told = events
            .iter()
            .filter(|event| kind_of(event, user).is_some())
            .peekable();
        if told.peek().is_none() {
            return Vec::new();
        }
        // What was shown has changed nothing of the account.
        let has_changed = told.any(|event| event.kind != EventKind::Replayed);
        let before = if has_changed { before() } else { None };
        let before = before.as_ref();
        let untold = match before {
            Some(before) => self.note_number_changes(events, before, now),
            None => Vec::new(),
        };
        let has = |kind| events.iter().any(|event| event.kind == kind);
        let added_app = events
            .iter()
            .any(|it| it.kind == EventKind::Enrolled && it.method == Some(Method::Totp));
        for event in events {
            let Some((kind, audiences)) = kind_of(event, user) else {
                continue;
            };
            let was_enrolled = before.is_none_or(Self::is_enrolled);
            let kind = match kind {
                // The app that takes its place is told.
                NoticeKind::Removed if added_app && event.method == Some(Method::Totp) => continue,
                // Of all that goes with it the end is told.
                NoticeKind::CodeUsed if has(EventKind::SwitchedOff) => continue,
                NoticeKind::Added => self.kind_of_enrolment(event, events, before, now),
                // Nothing was taken from, or given back to, who had nothing.
                NoticeKind::Reset | NoticeKind::Unlocked if !was_enrolled => continue,
                kind => kind,
            };
            let change = self.change_of(kind, event, before);
            for audience in audiences {
                let to = match audience {
                    Audience::User => self.addressees(kind, before, now),
                    Audience::Administrators => {
                        vec![Addressee::untold(String::new(), String::new())]
                    }
                };
                let notice = Notice {
                    number: 0,
                    kind,
                    audience: *audience,
                    at: now,
                    times: 1,
                    changes: vec![change.clone()],
                    ip: event.ip.clone(),
                    browser: if event.ip.as_deref() == source.ip() {
                        source.device()
                    } else {
                        // Another request caused it.
                        Device::default()
                    },
                    locale: match audience {
                        Audience::User => self.language_of(kind, before, now),
                        // The site's.
                        Audience::Administrators => String::new(),
                    },
                    to,
                    has_link: true,
                    offered: 0,
                    due: None,
                };
                let wait = match (audience, self.notices.administrators_told) {
                    (Audience::Administrators, Some(told)) => told.plus(ADMINISTRATORS_WAIT),
                    _ if kind == NoticeKind::Replayed => now.plus(REPLAY_WAIT),
                    _ => now,
                };
                self.add_notice(notice, wait.max(now));
            }
        }
        untold
    }

    /// Whether what was enrolled is one more factor, or takes the place of another.
    fn kind_of_enrolment(
        &self,
        event: &Event,
        events: &[Event],
        before: Option<&Self>,
        now: UnixTime,
    ) -> NoticeKind {
        let Some(method) = event.method else {
            return NoticeKind::Added;
        };
        let has_gone = |it: &Event| it.kind == EventKind::Removed && it.method == event.method;
        if method.is_phone() && self.replaced_number(before, now).is_some() {
            NoticeKind::NumberReplaced
        } else if events.iter().any(has_gone)
            || method != Method::Totp && before.is_some_and(|it| it.has(method))
        {
            NoticeKind::Replaced
        } else {
            NoticeKind::Added
        }
    }

    /// The number that the account's takes the place of, also one that was removed to make room, and who was told of it.
    fn replaced_number<'a>(
        &self,
        before: Option<&'a Self>,
        now: UnixTime,
    ) -> Option<(&'a str, &'a Recipient)> {
        let (to, before) = (self.phone()?, before?);
        let (number, recipient) = match (&before.telephone, &before.former_phone) {
            (Some(phone), _) => (&phone.number, &phone.recipient),
            (None, Some(former)) if now < former.removed.plus(FORMER_SECONDS) => {
                (&former.number, &former.recipient)
            }
            (None, _) => return None,
        };
        (number != to).then_some((number.as_str(), recipient))
    }

    fn change_of(&self, kind: NoticeKind, event: &Event, before: Option<&Self>) -> Change {
        // Of what is gone it is known where it was.
        let account = match kind {
            NoticeKind::Removed => before.unwrap_or(self),
            _ => self,
        };
        let destination = match event.method {
            Some(Method::Email) => account.email(),
            Some(method) if method.is_phone() => account.phone(),
            _ => None,
        };
        let left = match (kind, event.method) {
            (NoticeKind::CodeUsed, Some(Method::RecoveryCode)) => self.recovery_codes_left(),
            (NoticeKind::CodeUsed, _) => Some(self.backup_codes_left().unwrap_or(0)),
            _ => None,
        };
        Change {
            method: event.method,
            label: event.label.clone().unwrap_or_default(),
            destination: destination.unwrap_or_default().to_owned(),
            left: left.and_then(|left| u32::try_from(left).ok()),
            by: event.by.clone().unwrap_or_default(),
            at: None,
            ip: None,
        }
    }

    /// Where the host reaches its user, now and lately, and where they have proven to be reached, now and before this
    /// change.
    pub(super) fn addressees(
        &self,
        kind: NoticeKind,
        before: Option<&Self>,
        now: UnixTime,
    ) -> Vec<Addressee> {
        let contact = self.contact.as_ref();
        let known = contact.and_then(|it| it.email.as_deref());
        // Who was told when the number was proven: whoever changes it may have changed the rest before.
        let replaced = match kind {
            NoticeKind::NumberReplaced => self.replaced_number(before, now),
            _ => None,
        };
        let reached = [
            replaced.and_then(|(_, recipient)| recipient.email.as_deref()),
            before.and_then(Self::proven_email),
            self.proven_email(),
            known,
        ];
        let former = contact.into_iter().flat_map(|it| it.former(now));
        let mut to = Vec::new();
        let reached = reached.into_iter().flatten().map(|address| (address, ""));
        for (address, locale) in reached.chain(former) {
            add_address(&mut to, address, locale);
        }
        to
    }

    fn proven_email(&self) -> Option<&str> {
        self.email().filter(|_| !self.is_unproven(Method::Email))
    }

    /// In which language it is told: of a number that was replaced, in that of whoever had it.
    pub(super) fn language_of(
        &self,
        kind: NoticeKind,
        before: Option<&Self>,
        now: UnixTime,
    ) -> String {
        let replaced = match kind {
            NoticeKind::NumberReplaced => self.replaced_number(before, now),
            _ => None,
        };
        let former = replaced.map(|(_, recipient)| recipient.locale.as_str());
        let former = former.filter(|locale| !locale.is_empty());
        former.unwrap_or_else(|| self.locale(now)).to_owned()
    }

    /// One more change to tell, from then on: with those of its kind that were not told yet.
    pub(super) fn add_notice(&mut self, new: Notice, due: UnixTime) {
        let notices = &mut self.notices;
        notices.last = notices.last.saturating_add(1);
        let number = notices.last;
        let is_like = |it: &Notice| (it.kind, it.audience) == (new.kind, new.audience);
        let place = notices.open.iter().position(is_like);
        let before = place.map(|place| notices.open.remove(place));
        let mut notice = Notice {
            number,
            due: Some(due),
            ..new
        };
        if let Some(Notice {
            times,
            mut changes,
            mut to,
            has_link,
            ..
        }) = before
        {
            notice.times = notice.times.saturating_add(times);
            notice.has_link |= has_link;
            changes.append(&mut notice.changes);
            changes.truncate(MOST_CHANGES);
            notice.changes = changes;
            for addressee in &mut to {
                addressee.is_told = false;
            }
            for addressee in std::mem::take(&mut notice.to) {
                add_address(&mut to, &addressee.address, &addressee.locale);
            }
            notice.to = to;
        }
        notice.to.truncate(MOST_ADDRESSES);
        notices.open.push(notice);
    }

    /// From when the next notice is to be handed out that has somebody to go to; [`UnixTime::END`] where all are given up.
    #[must_use]
    pub fn notices_due(&self) -> Option<UnixTime> {
        let open = self.notices.open.iter().filter(|it| !it.to.is_empty());
        let open = open.map(|it| it.due.unwrap_or(UnixTime::END));
        let numbers = self.notices.numbers.iter().map(|it| it.due);
        open.chain(numbers).min()
    }

    /// Whether something should have been told a day ago.
    #[must_use]
    pub fn waits_long(&self, now: UnixTime) -> bool {
        self.notices_due()
            .is_some_and(|due| due < now.minus(WAITS_LONG))
    }

    /// Hands out what is due: it is handed out again if nobody says that it was told, a few times.
    pub(super) fn offer_notices(&mut self, now: UnixTime) -> Vec<Offer> {
        let contact = self.contact.clone().unwrap_or_default();
        let mut due = Vec::new();
        for notice in self.notices.open.iter_mut().filter(|it| it.is_due(now)) {
            let Some(wait) = OFFER_AGAIN.get(usize::from(notice.offered)) else {
                continue;
            };
            if notice.offered == 0 && notice.audience == Audience::User {
                // Its turn is now, however long nobody asked: the next one is counted from here.
                let mut alerts = self.notices.alerts.iter_mut();
                if let Some(told) = alerts.find(|it| it.kind == notice.kind) {
                    told.is_told(now);
                }
            }
            notice.offered = notice.offered.saturating_add(1);
            notice.due = Some(now.plus(*wait));
            due.push(notice.clone());
        }
        let due = due.into_iter();
        due.map(|notice| Offer {
            link: self.link_of(&notice, now),
            contact: contact.clone(),
            notice,
        })
        .collect()
    }

    /// Gives up what was handed out often enough: that is noted.
    pub(super) fn give_up_notices(&mut self, context: &mut RuleContext<'_>) {
        let now = context.now;
        for notice in self.notices.open.iter_mut().filter(|it| it.is_due(now)) {
            if usize::from(notice.offered) >= OFFER_AGAIN.len() {
                notice.due = None;
                let event = Event::by_itself(EventKind::NoticeUndelivered);
                context.note(event.because(notice.kind.as_str()));
            }
        }
    }

    /// The host says that its mailer took the notice of that number for the addressee of that place. Says nothing of one to
    /// which something was added since.
    pub fn notice_told(&mut self, number: u32, place: usize, now: UnixTime) {
        let notices = &mut self.notices;
        for notice in &mut notices.open {
            if notice.number != number {
                continue;
            }
            if let Some(addressee) = notice.to.get_mut(place) {
                addressee.is_told = true;
                if notice.audience == Audience::Administrators {
                    notices.administrators_told = Some(now);
                }
            }
        }
        let is_open =
            |notice: &Notice| notice.to.is_empty() || !notice.to.iter().all(|it| it.is_told);
        notices.open.retain(is_open);
    }

    /// What a clock that was ahead has put off is due now.
    pub(super) fn put_notices_right(&mut self, now: UnixTime) {
        let longest = OFFER_AGAIN.last().copied().unwrap_or_default();
        self.notices.administrators_told = self.notices.administrators_told.map(|at| at.min(now));
        for told in &mut self.notices.alerts {
            told.put_right(now);
        }
        for notice in &mut self.notices.open {
            notice.at = notice.at.min(now);
            if notice.due.is_some_and(|due| due > now.plus(longest)) {
                notice.due = Some(now);
            }
        }
        if let Some(contact) = &mut self.contact {
            contact.put_right(now);
        }
        self.put_number_notices_right(now);
    }
}

/// Once, and no more than there is room for.
fn add_address(to: &mut Vec<Addressee>, address: &str, locale: &str) {
    if to.len() < MOST_ADDRESSES && !to.iter().any(|it| it.address == address) {
        to.push(Addressee::untold(address.to_owned(), locale.to_owned()));
    }
}
