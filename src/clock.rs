//! The only place that asks the operating system for the time.
//!
//! Every rule takes the time as an argument, so a test walks through an hour's lockout in no time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Latest moment we reckon with: the end of the year 9999. Keeps every sum of times in range.
const LAST: i64 = 253_402_300_799;

/// How far the clocks of two servers may be apart, in seconds: what one gives, the other takes at once.
pub const SKEW: u64 = 30;

const DAY: i64 = 86_400;

/// A moment, in whole seconds since 1970-01-01T00:00:00Z; never before it, never after the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct UnixTime(i64);

/// For how long things take, which is the system's own affair: nothing is decided by it but when to give up.
#[allow(clippy::disallowed_methods)]
#[must_use]
pub fn instant() -> Instant {
    Instant::now()
}

/// The time is before 1970, after 9999, or not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock shows a time before 1970 or after 9999; set the system clock")]
pub struct ClockError;

impl UnixTime {
    /// 1970-01-01T00:00:00Z: before everything.
    pub const START: Self = Self(0);

    /// The last second that a date can be written for, at the end of the year 9999.
    pub const END: Self = Self(LAST);

    /// # Errors
    /// [`ClockError`] outside the years 1970 to 9999.
    pub const fn new(seconds: i64) -> Result<Self, ClockError> {
        if seconds < 0 || seconds > LAST {
            return Err(ClockError);
        }
        Ok(Self(seconds))
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Seconds since 1970, as the unsigned number RFC 6238 counts with.
    #[must_use]
    pub const fn unsigned(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// On the calendar and the clock, in UTC.
    #[must_use]
    pub const fn utc(self) -> Utc {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        Utc {
            year,
            month,
            day,
            hour: second / 3_600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// `seconds` later; stops at the end of the year 9999.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        let seconds = i64::try_from(seconds).unwrap_or(LAST);
        Self(self.0.saturating_add(seconds).min(LAST))
    }

    /// `seconds` earlier; stops at 1970.
    #[must_use]
    pub fn minus(self, seconds: u64) -> Self {
        let seconds = i64::try_from(seconds).unwrap_or(LAST);
        Self(self.0.saturating_sub(seconds).max(0))
    }

    /// `days` earlier, for what is kept so long; `None` for 0 days: what is kept for ever.
    #[must_use]
    pub fn keep_from(self, days: u32) -> Option<Self> {
        let seconds = u64::from(days).saturating_mul(86_400);
        (seconds > 0).then(|| self.minus(seconds))
    }

    /// Whole seconds from `self` until `later`; 0 when that is past.
    #[must_use]
    pub fn until(self, later: Self) -> u64 {
        u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0)
    }
}

/// A moment on the Gregorian calendar and the clock, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utc {
    /// 1970 to 9999
    pub year: i64,
    /// 1 to 12
    pub month: i64,
    /// 1 to 31
    pub day: i64,
    /// 0 to 23
    pub hour: i64,
    /// 0 to 59
    pub minute: i64,
    /// 0 to 59
    pub second: i64,
}

impl Utc {
    /// RFC 3339, the extended format of ISO 8601: `2015-08-30T12:36:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        format!("{}T{}Z", self.date(), self.time())
    }

    /// The basic format of ISO 8601: `20150830T123600Z`.
    #[must_use]
    pub fn iso8601_basic(self) -> String {
        self.rfc3339().replace(['-', ':'], "")
    }

    /// `2015-08-30`
    #[must_use]
    pub fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `2015-08-30 12:36`, as everybody can read it.
    #[must_use]
    pub fn to_the_minute(self) -> String {
        format!("{} {:02}:{:02}", self.date(), self.hour, self.minute)
    }

    /// `12:36:00`
    #[must_use]
    pub fn time(self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

impl TryFrom<i64> for UnixTime {
    type Error = ClockError;
    fn try_from(seconds: i64) -> Result<Self, ClockError> {
        Self::new(seconds)
    }
}

impl From<UnixTime> for i64 {
    fn from(time: UnixTime) -> Self {
        time.0
    }
}

/// The operating system's time.
///
/// # Errors
/// [`ClockError`] when it cannot be relied on.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Result<UnixTime, ClockError> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| ClockError)?;
    UnixTime::new(i64::try_from(since.as_secs()).map_err(|_| ClockError)?)
}

/// The same to the fraction of a second, since 1970: to be held against another clock.
///
/// # Errors
/// [`ClockError`] when it cannot be relied on.
#[cfg(feature = "cli")]
#[allow(clippy::disallowed_methods)]
pub fn precise() -> Result<std::time::Duration, ClockError> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| ClockError)
}

/// Year, month and day of the days since 1970, in the Gregorian calendar. Counts from 0000-03-01, so
/// that the leap day is a year's last.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (year, of_month) = (era * 400 + year, day - (153 * month + 2) / 5 + 1);
    if month < 10 {
        (year, month + 3, of_month)
    } else {
        (year + 1, month - 9, of_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stay_in_range() {
        assert!(UnixTime::new(-1).is_err());
        assert!(UnixTime::new(i64::MAX).is_err());
        let end = UnixTime::new(LAST).unwrap();
        assert_eq!(end.plus(u64::MAX), end);
        assert_eq!(end.minus(u64::MAX).seconds(), 0);
        assert_eq!(end.until(UnixTime::new(0).unwrap()), 0);
    }

    #[test]
    fn a_moment_is_written_as_the_standards_have_it() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_440_938_160, "2015-08-30T12:36:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
        ] {
            let utc = UnixTime::new(seconds).unwrap().utc();
            assert_eq!(utc.rfc3339(), expected);
            assert_eq!(utc.iso8601_basic(), expected.replace(['-', ':'], ""));
            assert_eq!(format!("{}T{}Z", utc.date(), utc.time()), expected);
        }
    }

    #[test]
    fn every_day_follows_the_one_before_it() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for noon in (DAY / 2..=LAST).step_by(86_400) {
            let utc = UnixTime(noon).utc();
            assert_eq!((utc.year, utc.month, utc.day), (year, month, day));
            assert_eq!((utc.hour, utc.minute, utc.second), (12, 0, 0));
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                4 | 6 | 9 | 11 => 30,
                2 if is_leap => 29,
                2 => 28,
                _ => 31,
            };
            day += 1;
            if day > days {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, day), (10_000, 1, 1));
    }
}
