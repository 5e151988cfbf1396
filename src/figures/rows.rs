//! The rows.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::networks::Networks;
use crate::clock::UnixTime;
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};

const FORMAT: u8 = 1;

/// For how long an event that is too old and not counted yet stays, in seconds: a week.
const HELD: u64 = 7 * 86_400;

/// How far it was counted, and all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The place of the last event that was counted, among all of the store.
    pub cursor: u64,
    /// When it was.
    pub moved: Option<UnixTime>,
    /// All that were counted since the beginning.
    pub totals: Counts,
}

impl Head {
    /// Whether an event that is older than `keep_from` stays, because it is not counted yet. Not for long: where nobody
    /// counts any more, events go without.
    #[must_use]
    pub fn holds(&self, place: u64, at: UnixTime, keep_from: UnixTime) -> bool {
        place > self.cursor && at >= keep_from.minus(HELD)
    }
}

/// A month of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthId {
    year: i64,
    month: i64,
}

impl MonthId {
    /// The month of a moment.
    #[must_use]
    pub const fn of(at: UnixTime) -> Self {
        let utc = at.utc();
        Self {
            year: utc.year,
            month: utc.month,
        }
    }

    /// The one before.
    #[must_use]
    pub const fn previous(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year.saturating_sub(1),
                month: 12,
            },
            month => Self {
                year: self.year,
                month: month.saturating_sub(1),
            },
        }
    }
}

impl fmt::Display for MonthId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A day of a month and its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// 1 to 31.
    pub day: u8,
    /// What happened.
    pub counts: Counts,
}

/// A month: its days, sorted; those without an event are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month(Vec<Day>);

impl Month {
    /// The counts of a day, to add to them.
    pub fn day_mut(&mut self, day: u8) -> Option<&mut Counts> {
        let place = match self.0.binary_search_by_key(&day, |it| it.day) {
            Ok(place) => place,
            Err(place) => {
                let counts = Counts::default();
                self.0.insert(place, Day { day, counts });
                place
            }
        };
        self.0.get_mut(place).map(|it| &mut it.counts)
    }

    /// Its days, the first one first.
    #[must_use]
    pub fn days(&self) -> &[Day] {
        &self.0
    }

    /// All of these more.
    pub fn add_all(&mut self, more: &Self) {
        for Day { day, counts } in &more.0 {
            if let Some(mine) = self.day_mut(*day) {
                mine.add_all(counts);
            }
        }
    }
}

/// Which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiguresKey {
    /// How far it was counted, and all of it; one.
    Head,
    /// The days of a month.
    Month(MonthId),
    /// From where most wrong and refused answers of a month came.
    Networks(MonthId),
}

impl FiguresKey {
    /// The name of the first one, for whoever reads it beside an account.
    pub const HEAD: &'static str = RowKind::Figures.as_str();
}

impl RowKey for FiguresKey {
    type Row = FiguresRow;

    const KIND: RowKind = RowKind::Figures;

    fn id(&self) -> String {
        match self {
            Self::Head => String::new(),
            Self::Month(month) => month.to_string(),
            Self::Networks(month) => format!("networks/{month}"),
        }
    }
}

/// What one says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FiguresRow {
    /// See [`FiguresKey::Head`].
    Head(Head),
    /// See [`FiguresKey::Month`].
    Month(Month),
    /// See [`FiguresKey::Networks`].
    Networks(Networks),
}

impl FiguresRow {
    /// What these bytes say.
    ///
    /// # Errors
    /// [`RowError`]
    pub fn read(bytes: &[u8]) -> Result<Self, RowError> {
        match postcard::take_from_bytes::<(u8, Self)>(bytes) {
            Ok(((FORMAT, row), [])) => Ok(row),
            _ => Err(RowError),
        }
    }
}

impl SharedRow for FiguresRow {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Self::read(bytes)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(postcard::to_extend(&(FORMAT, self), Vec::new()).map_err(|_| RowError)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::counts::{By, Counted};
    use super::super::networks::MOST_NETWORKS;
    use super::*;
    use crate::audit::{Event, EventKind};
    use crate::types::Purpose;

    fn bytes(row: &FiguresRow) -> Vec<u8> {
        postcard::to_extend(&(FORMAT, row), Vec::new()).unwrap()
    }

    /// A shared row has 64 KiB at most.
    #[test]
    fn the_largest_rows_fit_into_one() {
        let mut counts = Counts::default();
        for what in Counted::ALL {
            for by in By::all() {
                counts.add(*what, by, u64::MAX);
            }
        }
        let mut month = Month::default();
        for day in 1..=31 {
            // Everything that can be, as often as four thousand million times.
            let mine = month.day_mut(day).unwrap();
            for what in Counted::ALL {
                for by in By::all() {
                    mine.add(*what, by, u64::from(u32::MAX));
                }
            }
        }
        let head = Head {
            cursor: u64::MAX,
            moved: Some(UnixTime::END),
            totals: counts,
        };
        let mut networks = Networks::default();
        for n in 0..2 * MOST_NETWORKS {
            let mut event = Event::about(Purpose::Login, EventKind::Rejected);
            event.ip = Some(format!("2001:db8:{n:x}:ffff:ffff:ffff:ffff:ffff"));
            event.times = Some(u32::MAX);
            networks.count(&event);
        }
        for row in [
            FiguresRow::Head(head),
            FiguresRow::Month(month),
            FiguresRow::Networks(networks),
        ] {
            let bytes = bytes(&row);
            assert!(bytes.len() < 64 * 1024, "{}", bytes.len());
            assert_eq!(FiguresRow::read(&bytes), Ok(row));
            assert!(FiguresRow::read(&bytes[1..]).is_err());
            assert!(FiguresRow::read(&[&[2], &bytes[1..]].concat()).is_err());
            assert!(FiguresRow::read(&[&bytes[..], &[0]].concat()).is_err());
        }
    }

    #[test]
    fn months_go_back_over_the_new_year() {
        let january = MonthId::of(UnixTime::new(1_767_225_600).unwrap());
        assert_eq!(january.to_string(), "2026-01");
        assert_eq!(january.previous().to_string(), "2025-12");
        assert_eq!(january.previous().previous().to_string(), "2025-11");
        assert_eq!(
            FiguresKey::Networks(january).name(),
            "figures/networks/2026-01"
        );
        assert_eq!(FiguresKey::Head.name(), FiguresKey::HEAD);
    }

    #[test]
    fn an_event_that_nobody_has_counted_stays_a_week_longer_and_not_for_good() {
        let at = |days: i64| UnixTime::new(1_767_225_600 + days * 86_400).unwrap();
        let head = Head {
            cursor: 10,
            ..Head::default()
        };
        assert!(!head.holds(10, at(-1), at(0)));
        assert!(head.holds(11, at(-1), at(0)));
        assert!(head.holds(11, at(-7), at(0)));
        assert!(!head.holds(11, at(-8), at(0)));
    }
}
