//! Events that people without a proof can cause as often as they like.
//!
//! ```text
//!   the first 20 of a kind, purpose and method within a day     written one by one, each with its address
//!   then                                                        counted here, and written as one event
//!                                                               with its number at 10, 100, 1000, … more,
//!                                                               and what is left when the day is over
//! ```
//!
//! So whoever knows a password, or only a name, fills no table, and each attempt is still counted. What a
//! proof was needed for is always written, and so is every acceptance. An operator's act with nothing behind it,
//! on an account without a factor, is one that a password is enough for.

use crate::audit::{ELSEWHERE, Event, EventKind};
use crate::clock::{SKEW, UnixTime};
use crate::types::{Method, Purpose, Requester};

/// Written one by one within a window.
const SINGLE: u32 = 20;
/// How long a window is, in seconds: a day.
const WINDOW: u64 = 86_400;
/// How many are held back before the first of them are written, and how much longer each wait is.
const STEP: u32 = 10;
/// Kinds that are counted at once: more than there are.
const MOST_KINDS: usize = 64;

/// Those of one kind, purpose and method.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    pub(super) kind: EventKind,
    pub(super) purpose: Option<Purpose>,
    pub(super) method: Option<Method>,
    pub(super) requester: Requester,
    /// When the window began.
    pub(super) began: UnixTime,
    /// Written one by one.
    pub(super) single: u32,
    /// Not written yet.
    pub(super) held: u32,
    /// Since when.
    pub(super) since: UnixTime,
    /// Written once there are as many.
    pub(super) until: u32,
    /// Where all of those that are held came from; `None` if from several places.
    pub(super) ip: Option<String>,
}

impl Repeat {
    fn is(&self, event: &Event) -> bool {
        (self.kind, self.purpose, self.method) == (event.kind, event.purpose, event.method)
            && Some(self.requester) == event.requester
    }

    fn is_over(&self, now: UnixTime) -> bool {
        now >= self.began.plus(WINDOW) || self.began > now.plus(SKEW)
    }

    /// What is held, as one event; then nothing is.
    fn summary(&mut self) -> Option<Event> {
        let times = std::mem::take(&mut self.held);
        if times == 0 {
            return None;
        }
        let mut event = Event::new(self.kind, self.requester).since(self.since);
        event.purpose = self.purpose;
        event.method = self.method;
        event.ip = self.ip.take();
        event.times = (times > 1).then_some(times);
        Some(event)
    }

    /// Takes one more, and says what is to be written now.
    fn take(&mut self, event: Event, now: UnixTime) -> Option<Event> {
        if self.single < SINGLE {
            self.single = self.single.saturating_add(1);
            return Some(event);
        }
        if self.held == 0 {
            self.since = now;
            self.ip = event.ip;
        } else if self.ip != event.ip {
            self.ip = None;
        }
        self.held = self.held.saturating_add(1);
        if self.held < self.until {
            return None;
        }
        self.until = self.until.saturating_mul(STEP);
        self.summary()
    }
}

/// All that are counted, the oldest window first.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats(pub(super) Vec<Repeat>);

impl Repeats {
    pub(super) const NONE: Self = Self(Vec::new());

    /// What of `events` is to be written now, and what was held and is to be written first.
    pub(super) fn condense(&mut self, events: Vec<Event>, now: UnixTime) -> Vec<Event> {
        let mut written = Vec::with_capacity(events.len());
        self.0.retain_mut(|repeat| {
            let is_over = repeat.is_over(now);
            if is_over {
                written.extend(repeat.summary());
            }
            !is_over
        });
        for event in events {
            let Some(requester) = event.requester.filter(|_| is_repeatable(&event)) else {
                written.push(event);
                continue;
            };
            let place = match self.0.iter().position(|repeat| repeat.is(&event)) {
                Some(place) => place,
                None => {
                    if self.0.len() >= MOST_KINDS {
                        written.extend(self.0.remove(0).summary());
                    }
                    self.0.push(Repeat {
                        kind: event.kind,
                        purpose: event.purpose,
                        method: event.method,
                        requester,
                        began: now,
                        single: 0,
                        held: 0,
                        since: now,
                        until: STEP,
                        ip: None,
                    });
                    self.0.len().saturating_sub(1)
                }
            };
            if let Some(repeat) = self.0.get_mut(place) {
                written.extend(repeat.take(event, now));
            }
        }
        written
    }
}

/// Whether somebody without a proof can cause it again and again, and it says little the next time.
fn is_repeatable(event: &Event) -> bool {
    match event.requester {
        Some(Requester::Nobody | Requester::Password) => {
            matches!(
                event.kind,
                EventKind::ChallengeOpened
                    | EventKind::Rejected
                    | EventKind::Replayed
                    | EventKind::CheckUnanswered
                    | EventKind::CheckInterrupted
                    | EventKind::Blocked
                    | EventKind::CodeSent
                    | EventKind::CodeFailed
                    | EventKind::EnrolmentStarted
                    | EventKind::NetworkRefused // What somebody was shown before a code was sent is written each time; budgets limit how often that is.
            ) && !(matches!(event.kind, EventKind::EnrolmentStarted) && event.reason.is_some())
                && !is_told_replay(event)
        }
        // Without anything to show for it, on an account without a factor or to end sign-ins.
        Some(Requester::Operator) => {
            event.authority.is_none()
                && matches!(
                    event.kind,
                    EventKind::Unlocked | EventKind::Reset | EventKind::EpochRaised
                )
        }
        _ => false,
    }
}

/// Of which its user is told: each code that was accepted leads to one.
fn is_told_replay(event: &Event) -> bool {
    event.kind == EventKind::Replayed && event.reason.as_deref() == Some(ELSEWHERE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Authority;
    use proptest::prelude::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(1_700_000_000).unwrap().plus(seconds)
    }

    fn opened(ip: &str) -> Event {
        let mut event = Event::about(Purpose::Login, EventKind::ChallengeOpened);
        event.ip = Some(ip.to_owned());
        event
    }

    fn times(events: &[Event]) -> Vec<u32> {
        events.iter().map(|e| e.times.unwrap_or(1)).collect()
    }

    #[test]
    fn twenty_thousand_of_a_kind_are_two_dozen_events_and_none_goes_uncounted() {
        let mut repeats = Repeats::NONE;
        let mut written = Vec::new();
        for n in 0..20_000 {
            written.extend(repeats.condense(vec![opened("192.0.2.1")], at(n / 10)));
        }
        assert!(written[..20].iter().all(|event| event.times.is_none()));
        assert_eq!(times(&written[20..]), [10, 100, 1000, 10_000]);
        assert_eq!(
            (written[21].since, written[21].ip.as_deref()),
            (Some(at(3)), Some("192.0.2.1"))
        );
        // The rest with the next change after the day; that begins a new one.
        let next = repeats.condense(vec![opened("192.0.2.1")], at(86_400));
        assert_eq!(times(&next), [8870, 1]);
        let total: u32 = times(&written).iter().chain(&times(&next)).sum();
        assert_eq!(total, 20_001);
    }

    #[test]
    fn what_came_from_several_places_names_none() {
        let mut repeats = Repeats::NONE;
        for _ in 0..20 {
            repeats.condense(vec![opened("192.0.2.1")], at(0));
        }
        for n in 0..9 {
            repeats.condense(vec![opened(&format!("192.0.2.{n}"))], at(0));
        }
        let [summary] = &repeats.condense(vec![opened("192.0.2.8")], at(0))[..] else {
            panic!("ten are one event");
        };
        assert_eq!((summary.times, summary.ip.as_deref()), (Some(10), None));
    }

    #[test]
    fn a_success_and_what_a_proof_was_needed_for_are_always_written() {
        let mut repeats = Repeats::NONE;
        for event in [
            Event::about(Purpose::Login, EventKind::Accepted),
            Event::about(Purpose::Login, EventKind::Disabled),
            Event::new(EventKind::EnrolmentStarted, Requester::Proven),
            Event::new(EventKind::Unlocked, Requester::Operator).authority(Some(Authority::Proof)),
            Event::new(EventKind::Reset, Requester::Operator).authority(Some(Authority::First)),
            Event::by_itself(EventKind::ProvidersResealed),
        ] {
            for _ in 0..100 {
                assert_eq!(repeats.condense(vec![event.clone()], at(0)).len(), 1);
            }
        }
    }

    #[test]
    fn what_a_stranger_repeats_hides_nothing_of_who_has_the_password() {
        let mut repeats = Repeats::NONE;
        let stranger = Event::about(Purpose::ResetPassword, EventKind::ChallengeOpened);
        for _ in 0..1000 {
            repeats.condense(vec![stranger.clone()], at(0));
        }
        let written = repeats.condense(vec![opened("192.0.2.1")], at(0));
        assert_eq!(written, [opened("192.0.2.1")]);
    }

    #[test]
    fn a_clock_that_was_put_back_ends_the_window_and_one_that_is_a_little_off_does_not() {
        let mut repeats = Repeats::NONE;
        for _ in 0..25 {
            repeats.condense(vec![opened("192.0.2.1")], at(100));
        }
        assert_eq!(repeats.condense(vec![opened("192.0.2.1")], at(70)), []);
        let written = repeats.condense(vec![opened("192.0.2.1")], at(69));
        assert_eq!(times(&written), [6, 1]);
    }

    proptest! {
        /// Whatever comes when, each is counted once and a day writes no more than two dozen of a kind.
        #[test]
        fn each_is_counted_once_and_a_day_is_short(waits in proptest::collection::vec(0u64..3000, 1..2000)) {
            let mut repeats = Repeats::NONE;
            let (mut now, mut written, mut days) = (0, Vec::new(), 0usize);
            let mut began = None;
            for wait in &waits {
                now += wait;
                if began.is_none_or(|began| now >= began + WINDOW) {
                    began = Some(now);
                    days += 1;
                }
                written.extend(repeats.condense(vec![opened("192.0.2.1")], at(now)));
            }
            written.extend(repeats.condense(Vec::new(), at(now + WINDOW)));
            prop_assert_eq!(times(&written).iter().sum::<u32>() as usize, waits.len());
            // 20, then at 10, 100 and 1000 more, and the rest.
            prop_assert!(written.len() <= days * 24);
        }
    }
}
