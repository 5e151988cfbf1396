//! What of a page of events is unusual: a pure rule.

use super::digest::Gathered;
use crate::account::{Alert, AlertKind};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::premium::Premium;
use crate::types::{Purpose, UserId};

/// Events that are read at once.
pub const AT_ONCE: u32 = 1000;

/// What is older is told to nobody, in seconds: three days.
const OLDEST: u64 = 3 * 86_400;

/// Of whose doings a cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Of those who have proven something.
    Proven,
    /// Of those for whom a password was enough.
    Password,
}

impl Share {
    /// Both, the stronger first.
    pub const ALL: [Self; 2] = [Self::Proven, Self::Password];

    /// Whether a kind is of it.
    #[must_use]
    pub fn has(self, kind: AlertKind) -> bool {
        kind.is_proven() == (self == Self::Proven)
    }
}

/// From when on something is unusual.
#[derive(Debug, Clone)]
pub struct Thresholds {
    /// Wrong answers in a row.
    pub failures: u32,
    /// Days without a proof.
    pub idle_days: u32,
    /// What nobody is alerted of.
    pub off: Vec<AlertKind>,
}

impl Thresholds {
    fn is_on(&self, kind: AlertKind) -> bool {
        !self.off.contains(&kind)
    }

    /// What is unusual about an event; `None`: nothing, or nothing that anybody is alerted of. Of one that is unusual in
    /// several ways, the strongest. Whatever needed no password is none, for anybody could bring it about; nor is what a
    /// notice tells: look-up codes, set-ups, a method that is disabled.
    pub(super) fn kind_of(&self, event: &Event) -> Option<AlertKind> {
        let failures = event.failures.unwrap_or(0);
        let is_answer = matches!(event.purpose, Some(Purpose::Login | Purpose::StepUp));
        let is_lookup = event.method.is_some_and(crate::types::Method::is_lookup);
        let kinds: &[(AlertKind, bool)] = match event.kind {
            EventKind::Accepted if is_answer && !is_lookup => &[
                (
                    AlertKind::AfterInactivity,
                    event.idle_days.is_some_and(|days| days >= self.idle_days),
                ),
                (AlertKind::NewNetwork, event.unknown_network == Some(true)),
                // Last, for who knows the password makes them, and with that no other kind late.
                (AlertKind::AfterFailures, failures >= self.failures),
            ],
            EventKind::DeviceAccepted => {
                &[(AlertKind::NewNetwork, event.unknown_network == Some(true))]
            }
            EventKind::DeviceTrusted => &[(AlertKind::NewDevice, true)],
            EventKind::Blocked if is_answer => &[(AlertKind::Blocked, true)],
            EventKind::Rejected | EventKind::Replayed if is_answer => {
                // Of those that were counted and not written one by one there were more.
                let many = failures.max(event.times.unwrap_or(1));
                &[(AlertKind::WrongAnswers, many >= self.failures)]
            }
            _ => &[],
        };
        let mut found = kinds.iter().filter(|(kind, is)| *is && self.is_on(*kind));
        found.next().map(|(kind, _)| *kind)
    }
}

/// An event in its place.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Among those of everybody.
    pub place: u64,
    /// Whose.
    pub user: &'a UserId,
    /// In the chain of its user.
    pub seq: u64,
    /// When.
    pub at: UnixTime,
    /// What; `None`: it cannot be read.
    pub event: Option<&'a Event>,
}

/// What of some events is to be told.
#[derive(Debug)]
pub struct Batch {
    after: u64,
    last: u64,
    is_cut: bool,
    people: Vec<(UserId, Vec<Alert>)>,
}

impl Batch {
    /// Reads the events after a place, in the order of their places, and stops before there are more than `most` people to
    /// be told.
    #[must_use]
    pub fn read<'a>(
        _: &Premium,
        from: (Share, u64),
        entries: impl IntoIterator<Item = Entry<'a>>,
        thresholds: &Thresholds,
        most: usize,
        now: UnixTime,
    ) -> Self {
        Self::of(from, entries, thresholds, most, now)
    }

    pub(super) fn of<'a>(
        (share, after): (Share, u64),
        entries: impl IntoIterator<Item = Entry<'a>>,
        thresholds: &Thresholds,
        most: usize,
        now: UnixTime,
    ) -> Self {
        let mut batch = Self {
            after,
            last: after,
            is_cut: false,
            people: Vec::new(),
        };
        for entry in entries {
            // What a clock gave that was ahead is of the present.
            let at = entry.at.min(now);
            let event = entry.event.filter(|_| at.until(now) <= OLDEST);
            let kind = event.and_then(|event| thresholds.kind_of(event));
            if let (Some(event), Some(kind)) = (event, kind.filter(|kind| share.has(*kind))) {
                let alert = Alert {
                    kind,
                    seq: entry.seq,
                    at,
                    times: match kind {
                        AlertKind::WrongAnswers => {
                            event.failures.unwrap_or(0).max(event.times.unwrap_or(1))
                        }
                        _ => 1,
                    },
                    method: event.method,
                    label: event.label.clone().unwrap_or_default(),
                    ip: event.ip.clone(),
                    is_foreign: event.unknown_network == Some(true),
                };
                if !batch.add(entry.user, alert, most) {
                    batch.is_cut = true;
                    return batch;
                }
            }
            batch.last = entry.place;
        }
        batch
    }

    /// Adds what is to be told to somebody. Whether there was room.
    fn add(&mut self, user: &UserId, alert: Alert, most: usize) -> bool {
        let place = match self.people.iter().position(|(it, _)| it == user) {
            Some(place) => place,
            None if self.people.len() >= most => return false,
            None => {
                self.people.push((user.clone(), Vec::new()));
                self.people.len().saturating_sub(1)
            }
        };
        let Some((_, alerts)) = self.people.get_mut(place) else {
            return false;
        };
        match alert.kind {
            // The wrong answers that a block came of are told with it.
            AlertKind::Blocked => {
                alerts
                    .retain(|it| !matches!(it.kind, AlertKind::WrongAnswers | AlertKind::Blocked));
                alerts.push(alert);
            }
            // One row of wrong answers is one alert, which says how many there are by now.
            AlertKind::WrongAnswers => {
                let before = alerts.iter().position(|it| it.kind == alert.kind);
                let times = before.map_or(0, |place| alerts.remove(place).times);
                alerts.push(Alert {
                    times: alert.times.max(times),
                    ..alert
                });
            }
            _ => alerts.push(alert),
        }
        true
    }

    /// Who is to be told of what, in the order of the events.
    #[must_use]
    pub fn people(&self) -> &[(UserId, Vec<Alert>)] {
        &self.people
    }

    /// Where it begins: after that place.
    #[must_use]
    pub const fn after(&self) -> u64 {
        self.after
    }

    /// The place of the last event that is in it.
    #[must_use]
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// Whether it stopped before the end, because there was no room for more people.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Counts it, for administrators. `of` has for each of the people a short hash and what they are called.
    pub fn count(&self, gathered: &mut Gathered, of: &[([u8; 6], String)]) {
        for ((_, alerts), (hash, name)) in self.people.iter().zip(of) {
            for alert in alerts {
                gathered.count(alert.kind, alert.at, *hash, name);
            }
        }
    }
}
