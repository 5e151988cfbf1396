//! What a telephone number is told by SMS: that it lost its place, or that a password was set anew with a code to it.
//!
//! ```text
//! change ─▶ OPEN ── claimed, in a swap ──▶ a provider ─▶ took it ───────────────────────▶ `number.told`
//!             ▲                                │ ├─────▶ refused it, or nobody knows ───▶ `number.untold`
//!             │                                │ └─────▶ could not be asked ─┐
//!             └── 5 minutes, an hour, six hours later ◀── process died ──────┴── the fourth time ─▶ `number.untold`
//! ```
//!
//! Mails tell all that happens; by SMS people can be flooded, at a site's cost. So nothing else is told this way, and
//! nobody brings it about who has no more than a password: a number is enrolled, replaced and removed with a proof or by
//! an operator, and a password is set anew by whoever read a code on that very telephone. A number is one that was proven,
//! or somebody else would hear of an account that is not theirs, and it hears once that it lost its place.
//!
//! It is written in the swap that makes the change. Each try is written before it is made, so that of two processes one
//! makes it, one that dies has made it, and no number of deaths makes more than four.

use super::context::RuleContext;
use super::notice_record::{MOST_NUMBERS, MOST_TRIES, NumberNotice};
use super::oob_enrolment::FORMER_SECONDS;
use super::oob_factor::Recipient;
use super::state::Account;
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::types::{Method, Purpose, SmsNotice};

/// Seconds after which the next try may be made, of which nobody has said what became of the last.
const TRY_AGAIN: [u64; MOST_TRIES as usize] = [300, 3_600, 6 * 3_600, 300];

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOutcome<'a> {
    /// The provider of that name took the message.
    Told(&'a str),
    /// Nobody takes it, or it is not known whether somebody did: it is not tried again.
    Untold,
    /// Nobody could be asked now.
    Later,
}

impl Account {
    /// Writes down which number is to be told of a change. `before` is the account as it was. Returns what there was no
    /// room for, to be noted.
    pub(super) fn note_number_changes(
        &mut self,
        events: &[Event],
        before: &Self,
        now: UnixTime,
    ) -> Vec<Event> {
        let mut untold = Vec::new();
        if let Some((to, recipient, kind)) = self.lost_number(before, now) {
            untold.extend(self.add_number_notice(kind, to, recipient, now));
        }
        let is_reset = |it: &Event| {
            it.kind == EventKind::EpochRaised && it.purpose == Some(Purpose::ResetPassword)
        };
        if let Some(phone) = self
            .telephone
            .as_ref()
            .filter(|_| events.iter().any(is_reset))
        {
            let (to, recipient) = (phone.number.clone(), phone.recipient.clone());
            let kind = SmsNotice::PasswordReset;
            untold.extend(self.add_number_notice(kind, &to, &recipient, now));
        }
        untold
    }

    /// The number that lost its place in this change; or lost it before, to make room for the one that is there now, and
    /// could not be told.
    fn lost_number<'a>(
        &self,
        before: &'a Self,
        now: UnixTime,
    ) -> Option<(&'a str, &'a Recipient, SmsNotice)> {
        // Whose it is that nobody has proven to have, nobody knows.
        if before.is_unproven(Method::Sms) {
            return None;
        }
        let is_lost = |number: &str| self.phone() != Some(number);
        if let Some(phone) = &before.telephone {
            let kind = match self.phone() {
                Some(_) => SmsNotice::NumberReplaced,
                None => SmsNotice::NumberRemoved,
            };
            return is_lost(&phone.number).then_some((&phone.number, &phone.recipient, kind));
        }
        let former = before.former_phone.as_ref().filter(|it| !it.is_told)?;
        let is_replaced = self.phone().is_some() && is_lost(&former.number);
        (is_replaced && now < former.removed.plus(FORMER_SECONDS)).then_some((
            &former.number,
            &former.recipient,
            SmsNotice::NumberReplaced,
        ))
    }

    /// One more number to tell, in the language of whoever had it. What it was to be told before, of the same thing, is
    /// told with it. Where there is no room, the one that was added last makes it, and that is noted: whoever enrols one
    /// number after the other pushes out what they have put there, and not what had been there before them.
    fn add_number_notice(
        &mut self,
        kind: SmsNotice,
        to: &str,
        recipient: &Recipient,
        now: UnixTime,
    ) -> Option<Event> {
        let locale = Some(recipient.locale.as_str()).filter(|locale| !locale.is_empty());
        let locale = locale.unwrap_or_else(|| self.locale(now)).to_owned();
        let notices = &mut self.notices;
        notices.last = notices.last.saturating_add(1);
        let new = NumberNotice {
            number: notices.last,
            kind,
            to: to.to_owned(),
            locale,
            at: now,
            tries: 0,
            due: now,
        };
        if let Some(before) = notices.numbers.iter_mut().find(|it| it.is_like(&new)) {
            *before = new;
            return None;
        }
        let newest = match notices.numbers.len() < MOST_NUMBERS {
            true => None,
            false => notices.numbers.pop(),
        };
        notices.numbers.push(new);
        newest.map(|it| told(it.kind, None))
    }

    /// What is to be tried now: it counts as tried. What was tried often enough is given up, which is noted.
    pub(super) fn claim_number_notices(
        &mut self,
        context: &mut RuleContext<'_>,
    ) -> Vec<NumberNotice> {
        let now = context.now;
        let numbers = &mut self.notices.numbers;
        numbers.retain(|it| {
            let is_over = it.due <= now && it.tries >= MOST_TRIES;
            if is_over {
                context.note(told(it.kind, None));
            }
            !is_over
        });
        let mut claimed = Vec::new();
        for notice in numbers.iter_mut().filter(|it| it.due <= now) {
            let wait = TRY_AGAIN.get(usize::from(notice.tries));
            notice.due = now.plus(wait.copied().unwrap_or_default());
            notice.tries = notice.tries.saturating_add(1);
            claimed.push(notice.clone());
        }
        claimed
    }

    /// What became of a try. Says nothing of what was told meanwhile, or is to be told anew.
    pub fn settle_number_notice(
        &mut self,
        tried: &NumberNotice,
        outcome: NumberOutcome<'_>,
        context: &mut RuleContext<'_>,
    ) {
        let provider = match outcome {
            NumberOutcome::Told(provider) => Some(provider),
            NumberOutcome::Later if tried.tries < MOST_TRIES => return,
            NumberOutcome::Later | NumberOutcome::Untold => None,
        };
        let numbers = &mut self.notices.numbers;
        let Some(place) = numbers.iter().position(|it| it.number == tried.number) else {
            return;
        };
        numbers.remove(place);
        if let (Some(_), Some(former)) = (provider, &mut self.former_phone) {
            former.is_told |= former.number == tried.to;
        }
        context.note(told(tried.kind, provider));
    }

    /// What a clock that was ahead has put off is due now.
    pub(super) fn put_number_notices_right(&mut self, now: UnixTime) {
        let longest = TRY_AGAIN.into_iter().max().unwrap_or_default();
        for notice in &mut self.notices.numbers {
            notice.at = notice.at.min(now);
            if notice.due > now.plus(longest) {
                notice.due = now;
            }
        }
    }
}

/// Whether a number was told, and by whom.
fn told(kind: SmsNotice, provider: Option<&str>) -> Event {
    let event = match provider {
        Some(provider) => Event::by_itself(EventKind::NumberTold).provider(provider),
        None => Event::by_itself(EventKind::NumberUntold),
    };
    event.method(Method::Sms).because(kind.as_str())
}
