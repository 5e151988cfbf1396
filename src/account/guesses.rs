//! Wrong answers from where no proof of the user has come, whatever the method: how many came from each network, how many
//! in all, and whether the password is to be changed because of them.
//!
//! ```text
//!   wrong, from an unknown network ──▶ level of that network + 1, count of this hour + 1
//!                                            │                       │
//!     one of `most` runs out every           │                       │   within the last 24 hours, of which the first
//!     24 hours / `most`:    level = most ────┘                       └── counts whole: `after`; or its method is disabled by
//!                                 ▼                                      it, or blocked for as long as a method ever is
//!            nothing more from there is looked at                                ▼
//!            until one has run out                             SUSPECTED: noted, sign-ins that wait for a proof there end,
//!                                                              and the next proof asks for a new password
//! ```
//!
//! A level that runs out evenly would not do for the second: at one method the lockout lets through eleven in two hours and
//! then one an hour, which is many in a day, and more than run out of such a level never come together.
//!
//! What is right from there, a proof, makes it a known network and forgives it. The rules are in `guessing.rs`.

use super::network::NetworkId;
use crate::clock::UnixTime;

pub(super) const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;
const HOURS_A_DAY: u64 = 24;
/// Of so many hours something can be within the last 24 hours.
const MOST_HOURS: usize = 25;

/// Networks that are counted. Of more, the one with the fewest failures is dropped: it is the ones that guess on which
/// are to be stopped, and nobody's own count is raised by what others do.
const MOST_NETWORKS: usize = 16;

/// Fills with each failure and runs out in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) count: u32,
    pub(super) at: UnixTime,
}

/// Seconds in which one of `most` runs out.
pub(super) fn each(most: u32) -> u64 {
    DAY.checked_div(most.into()).unwrap_or(DAY).max(1)
}

impl Level {
    pub(super) const NONE: Self = Self {
        count: 0,
        at: UnixTime::START,
    };

    /// How it stands at `now`. What has run out is taken off in whole steps, so that the rest of one is not lost.
    pub(super) fn at(self, now: UnixTime, most: u32) -> Self {
        let each = each(most);
        let over = self.at.until(now) / each;
        let count = self
            .count
            .saturating_sub(u32::try_from(over).unwrap_or(u32::MAX));
        Self {
            count,
            at: match count {
                0 => now,
                _ => self.at.plus(over.saturating_mul(each)),
            },
        }
    }

    pub(super) fn with_one_more(self, now: UnixTime, most: u32) -> Self {
        let level = self.at(now, most);
        Self {
            count: level.count.saturating_add(1),
            ..level
        }
    }

    /// Seconds until there is room for one.
    pub(super) fn wait(self, now: UnixTime, most: u32) -> u64 {
        let level = self.at(now, most);
        let surplus = level.count.saturating_add(1).saturating_sub(most);
        match surplus {
            0 => 0,
            steps => each(most)
                .saturating_mul(steps.into())
                .saturating_sub(level.at.until(now)),
        }
    }

    fn put_right(&mut self, now: UnixTime) {
        self.at = self.at.min(now);
    }
}

/// What came from one network.
#[derive(Debug, Clone, Copy)]
pub(super) struct NetworkGuesses {
    pub(super) from: NetworkId,
    pub(super) level: Level,
}

/// What came from all networks in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HourOfGuesses {
    /// Whole hours since 1970.
    pub(super) hour: u64,
    pub(super) count: u32,
}

const fn hour_of(now: UnixTime) -> u64 {
    now.unsigned() / HOUR
}

/// The wrong answers from unknown networks.
#[derive(Debug, Clone)]
pub(super) struct Guesses {
    pub(super) networks: Vec<NetworkGuesses>,
    /// Of all of them, by hours, the oldest first.
    pub(super) hours: Vec<HourOfGuesses>,
    /// Since when the password is to be changed.
    pub(super) password_due: Option<UnixTime>,
}

impl Guesses {
    pub(super) const NONE: Self = Self {
        networks: Vec::new(),
        hours: Vec::new(),
        password_due: None,
    };

    /// Whether it could have been written.
    pub(super) fn is_possible(&self) -> bool {
        let follows = |pair: &[HourOfGuesses]| match pair {
            [one, next] => one.hour < next.hour,
            _ => false,
        };
        self.networks.len() <= MOST_NETWORKS
            && self.hours.len() <= MOST_HOURS
            && self.hours.windows(2).all(follows)
    }

    pub(super) fn put_right(&mut self, now: UnixTime) {
        for network in &mut self.networks {
            network.level.put_right(now);
        }
        let hour = hour_of(now);
        let ahead = self.hours.iter().filter(|it| it.hour > hour);
        let ahead = ahead.fold(0u32, |sum, it| sum.saturating_add(it.count));
        if ahead > 0 {
            self.hours.retain(|it| it.hour <= hour);
            self.count_in(hour, ahead);
        }
        self.password_due = self.password_due.map(|at| at.min(now));
    }

    /// The counts are forgotten; that the password is to be changed is not.
    pub(super) fn forget_counts(&mut self) {
        self.networks.clear();
        self.hours.clear();
    }

    /// One more, wherever it came from.
    ///
    /// Returns how many that makes within the last 24 hours. The first of these counts whole, so some of the hour before
    /// may be among them: in doubt it is one too many.
    pub(super) fn one_more_today(&mut self, now: UnixTime) -> u32 {
        let hour = hour_of(now);
        self.hours
            .retain(|it| it.hour.saturating_add(HOURS_A_DAY) >= hour);
        self.count_in(hour, 1);
        let counts = self.hours.iter().map(|it| it.count);
        counts.fold(0, u32::saturating_add)
    }

    fn count_in(&mut self, hour: u64, more: u32) {
        match self.hours.last_mut() {
            Some(last) if last.hour >= hour => last.count = last.count.saturating_add(more),
            _ => self.hours.push(HourOfGuesses { hour, count: more }),
        }
    }

    /// The password is held for known to somebody else. What led to that counts no more, or the next would lead to it anew.
    pub(super) fn suspect(&mut self, now: UnixTime) {
        self.hours.clear();
        self.password_due = Some(now);
    }

    pub(super) fn of(&self, from: NetworkId) -> Level {
        let found = self.networks.iter().find(|network| network.from == from);
        found.map_or(Level::NONE, |network| network.level)
    }

    /// Whether anything that was wrong from there is still held against it.
    pub(super) fn has_guessed(&self, from: NetworkId) -> bool {
        self.of(from).count > 0
    }

    pub(super) fn forgive(&mut self, from: NetworkId) {
        self.networks.retain(|network| network.from != from);
    }

    pub(super) fn count(&mut self, from: NetworkId, most: u32, now: UnixTime) {
        let level = self.of(from).with_one_more(now, most);
        self.forgive(from);
        self.networks
            .retain(|network| network.level.at(now, most).count > 0);
        if self.networks.len() >= MOST_NETWORKS {
            let all = self.networks.iter().enumerate();
            let least = all.min_by_key(|(_, network)| network.level.at(now, most).count);
            if let Some((place, _)) = least {
                self.networks.remove(place);
            }
        }
        self.networks.push(NetworkGuesses { from, level });
    }

    pub(super) fn take_back(&mut self, from: NetworkId) {
        for network in &mut self.networks {
            if network.from == from {
                network.level.count = network.level.count.saturating_sub(1);
            }
        }
    }
}
