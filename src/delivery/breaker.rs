//! When a provider is not asked any more. One row per provider, so that what one process finds out
//! all know.
//!
//! ```text
//!               5 failures in a row, or half of 20 in 60 s
//!   CLOSED ───────────────────────────────────────────────▶ OPEN for 30 s
//!     ▲                                                     │      ▲
//!     │ it worked                                           │ time │ it failed: for twice as long,
//!     │                                                     ▼ is up│ at most 5 min
//!     └──────────────────────────────────────────────── HALF OPEN ─┘
//!                                                       one probe, and nobody else;
//!                                                       given up after 20 s: the next one
//! ```
//!
//! While a breaker is open its provider's methods are hidden, and never passed over: another provider
//! may be asked, the second factor is asked for all the same.
//!
//! The rules take the time as an argument. A clock that was put back ends no probe and opens nothing: what
//! began at a time that is still to come begins at the present, so that nobody waits longer than ever.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::sms::SendError;

/// Failures in a row that open.
const IN_A_ROW: u32 = 5;
/// Attempts below which their share says nothing.
const LEAST: u32 = 20;
/// Share of failures that opens, in percent.
const PERCENT: u32 = 50;
/// Seconds over which the share is taken.
const SECONDS: u64 = 60;
/// Seconds a breaker is open at first.
const OPEN: u32 = 30;
/// Seconds it is open at most.
const LONGEST_OPEN: u32 = 300;
/// Seconds after which a probe is given up: longer than any attempt may take, its one retry included, so
/// that there are never two.
pub const PROBE_SECONDS: u64 = 20;
/// Each second in which something happened has a mark.
const MOST_MARKS: usize = 60;

/// What became of the attempts of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SecondCount {
    at: UnixTime,
    worked: u32,
    failed: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Closed {
        in_a_row: u32,
        /// Of the last minute, oldest first, no two of one second.
        marks: Vec<SecondCount>,
    },
    Open {
        since: UnixTime,
        seconds: u32,
    },
    Probing {
        since: UnixTime,
        number: u32,
        /// How long the breaker was open before.
        seconds: u32,
    },
}

/// The breaker of one provider: one row. A new one is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Breaker {
    state: State,
    /// How many probes there were: the name of the latest.
    probes: u32,
}

/// What to do now. Whoever was let through tells [`Breaker::settle`] of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Ask the provider.
    Allowed,
    /// Ask the provider, and nobody else does: the row has to be written first.
    Probe(Probe),
    /// Do not ask it.
    Open {
        /// When to come back: then there may be a probe.
        until: UnixTime,
    },
}

/// The one request that may find out whether an open breaker can be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe(u32);

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider answered, if only to refuse.
    Worked,
    /// It did not.
    Failed,
}

impl Outcome {
    /// Of a message. That a provider refuses a number or its own account says that it is there.
    #[must_use]
    pub const fn of_send(result: Result<(), &SendError>) -> Self {
        match result {
            Ok(_) | Err(SendError::Refused { .. }) => Self::Worked,
            Err(
                SendError::NotSent(_)
                | SendError::Unreached(_)
                | SendError::Proxy(_)
                | SendError::Unknown(_),
            ) => Self::Failed,
        }
    }
}

/// What a breaker looks like to whoever does not want to send: metrics, health, the choice of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// As usual.
    Closed,
    /// The provider is not asked.
    Open {
        /// Until then.
        until: UnixTime,
    },
    /// The next message, or one that is on its way, finds out.
    HalfOpen,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: State::closed(),
            probes: 0,
        }
    }
}

impl State {
    const fn closed() -> Self {
        Self::Closed {
            in_a_row: 0,
            marks: Vec::new(),
        }
    }
}

impl Breaker {
    /// Asks to send. Changes the row when it answers [`Permission::Probe`], and when the clock was put back.
    pub fn ask(&mut self, now: UnixTime) -> Permission {
        if let State::Open { since, .. } | State::Probing { since, .. } = &mut self.state {
            *since = (*since).min(now);
        }
        let (since, waits, seconds) = match self.state {
            State::Closed { .. } => return Permission::Allowed,
            State::Open { since, seconds } => (since, u64::from(seconds), seconds),
            State::Probing { since, seconds, .. } => (since, PROBE_SECONDS, seconds),
        };
        if now < since.plus(waits) {
            return Permission::Open {
                until: since.plus(waits),
            };
        }
        self.probes = self.probes.wrapping_add(1);
        self.state = State::Probing {
            since: now,
            number: self.probes,
            seconds,
        };
        Permission::Probe(Probe(self.probes))
    }

    /// Tells how the request ended for which [`Breaker::ask`] gave `answer`. What comes late, from before
    /// the breaker opened or from a probe that was given up, changes nothing.
    pub fn settle(&mut self, answer: Permission, outcome: Outcome, now: UnixTime) {
        match (answer, &mut self.state) {
            (Permission::Allowed, State::Closed { in_a_row, marks }) => {
                count(marks, outcome, now);
                *in_a_row = match outcome {
                    Outcome::Worked => 0,
                    Outcome::Failed => in_a_row.saturating_add(1),
                };
                if *in_a_row >= IN_A_ROW || is_half(marks) {
                    self.state = State::Open {
                        since: now,
                        seconds: OPEN,
                    };
                }
            }
            (
                Permission::Probe(Probe(settled)),
                State::Probing {
                    number, seconds, ..
                },
            ) if settled == *number => {
                self.state = match outcome {
                    Outcome::Worked => State::closed(),
                    Outcome::Failed => State::Open {
                        since: now,
                        seconds: seconds.saturating_mul(2).min(LONGEST_OPEN),
                    },
                };
            }
            _ => {}
        }
    }

    /// How it stands, for somebody who does not ask to send.
    #[must_use]
    pub fn condition(&self, now: UnixTime) -> Condition {
        match self.state {
            State::Closed { .. } => Condition::Closed,
            State::Open { since, seconds } if now < since.min(now).plus(seconds.into()) => {
                Condition::Open {
                    until: since.min(now).plus(seconds.into()),
                }
            }
            State::Open { .. } | State::Probing { .. } => Condition::HalfOpen,
        }
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// [`RowError`]; not for any breaker that is used.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RowError> {
        format::write(self)
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`RowError`]: do not ask the provider.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        format::read(bytes)
    }
}

impl SharedRow for Breaker {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Self::from_bytes(bytes)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(self.to_bytes()?)
    }
}

/// The row of the breaker of the provider with this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerKey(String);

impl BreakerKey {
    /// Of that provider.
    #[must_use]
    pub fn of(provider: &str) -> Self {
        Self(provider.to_owned())
    }
}

impl RowKey for BreakerKey {
    type Row = Breaker;

    const KIND: RowKind = RowKind::Breaker;

    fn id(&self) -> String {
        self.0.clone()
    }
}

/// Adds an attempt, and forgets those of more than a minute ago.
fn count(marks: &mut Vec<SecondCount>, outcome: Outcome, now: UnixTime) {
    // What a clock counted that was ahead counts as of the present; so does one that is a little behind.
    let mut ahead = SecondCount {
        at: now,
        worked: 0,
        failed: 0,
    };
    marks.retain(|mark| {
        if mark.at >= now {
            ahead.worked = ahead.worked.saturating_add(mark.worked);
            ahead.failed = ahead.failed.saturating_add(mark.failed);
        }
        mark.at < now && now < mark.at.plus(SECONDS)
    });
    if ahead.worked > 0 || ahead.failed > 0 {
        marks.push(ahead);
    }
    let (worked, failed) = match outcome {
        Outcome::Worked => (1, 0),
        Outcome::Failed => (0, 1),
    };
    match marks.last_mut() {
        Some(last) if last.at == now => {
            last.worked = last.worked.saturating_add(worked);
            last.failed = last.failed.saturating_add(failed);
        }
        _ => marks.push(SecondCount {
            at: now,
            worked,
            failed,
        }),
    }
}

fn is_half(marks: &[SecondCount]) -> bool {
    let (mut all, mut failed) = (0u64, 0u64);
    for mark in marks {
        failed = failed.saturating_add(mark.failed.into());
        all = all.saturating_add(u64::from(mark.worked) + u64::from(mark.failed));
    }
    all >= LEAST.into() && failed.saturating_mul(100) >= all.saturating_mul(PERCENT.into())
}

/// The format of the row; there is one.
const FORMAT: u8 = 1;

/// The row as it is kept.
#[derive(Serialize, Deserialize)]
struct Wire {
    format: u8,
    probes: u32,
    state: WireState,
}

#[derive(Serialize, Deserialize)]
enum WireState {
    /// Failures in a row; the time of the last mark; from the last mark to the first: how many seconds
    /// before the one that came before it in this list, how many worked and how many failed.
    Closed(u32, Option<UnixTime>, Vec<(u8, u32, u32)>),
    /// Since when, for how many seconds.
    Open(UnixTime, u32),
    /// Since when, its number, how many seconds the breaker was open before.
    Probing(UnixTime, u32, u32),
}

impl From<Breaker> for Wire {
    fn from(breaker: Breaker) -> Self {
        let state = match breaker.state {
            State::Closed { in_a_row, marks } => {
                let last = marks.last().map(|mark| mark.at);
                let mut later = last;
                let marks = marks.iter().rev().map(|mark| {
                    let before = later.map_or(0, |later| mark.at.until(later));
                    later = Some(mark.at);
                    // Marks span one minute at most, so a distance in seconds fits a byte.
                    let before = u8::try_from(before).unwrap_or(u8::MAX);
                    (before, mark.worked, mark.failed)
                });
                WireState::Closed(in_a_row, last, marks.collect())
            }
            State::Open { since, seconds } => WireState::Open(since, seconds),
            State::Probing {
                since,
                number,
                seconds,
            } => WireState::Probing(since, number, seconds),
        };
        Self {
            format: FORMAT,
            probes: breaker.probes,
            state,
        }
    }
}

impl TryFrom<Wire> for Breaker {
    type Error = RowError;

    fn try_from(wire: Wire) -> Result<Self, RowError> {
        if wire.format != FORMAT {
            return Err(RowError);
        }
        let length = |seconds: u32| match seconds {
            OPEN..=LONGEST_OPEN => Ok(seconds),
            _ => Err(RowError),
        };
        let state = match wire.state {
            WireState::Closed(in_a_row, last, listed) => {
                if last.is_some() == listed.is_empty() || listed.len() > MOST_MARKS {
                    return Err(RowError);
                }
                let mut marks = Vec::new();
                let mut later = last;
                for (place, (before, worked, failed)) in listed.into_iter().enumerate() {
                    // Distances count back from the last mark, so the first one listed is 0 and no other.
                    if (place == 0) != (before == 0) {
                        return Err(RowError);
                    }
                    let at = later.ok_or(RowError)?.minus(before.into());
                    later = Some(at);
                    marks.push(SecondCount { at, worked, failed });
                }
                marks.reverse();
                State::Closed { in_a_row, marks }
            }
            WireState::Open(since, seconds) => State::Open {
                since,
                seconds: length(seconds)?,
            },
            WireState::Probing(since, number, seconds) => State::Probing {
                since,
                number,
                seconds: length(seconds)?,
            },
        };
        Ok(Self {
            state,
            probes: wire.probes,
        })
    }
}

#[cfg(test)]
mod tests;
