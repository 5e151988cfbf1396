//! A clock that moves when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What it shows at first: 2025-01-01 at noon.
pub const START: u64 = 1_735_732_800;

/// Seconds since 1970, shared by its clones.
#[derive(Clone)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    /// Starts at [`START`].
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves on.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// As RFC 3339: `2025-01-01T12:00:00Z`.
    #[must_use]
    pub fn rfc3339(&self) -> String {
        let (year, month, day, seconds, _) = self.civil();
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// As RFC 2822: `Wed, 01 Jan 2025 12:00:00 +0000`.
    #[must_use]
    pub fn rfc2822(&self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let (year, month, day, seconds, days) = self.civil();
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let (week, month) = (DAYS[(days % 7) as usize], MONTHS[month as usize - 1]);
        format!("{week}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
    }

    /// Year, month, day, second of the day, and days since 1970.
    fn civil(&self) -> (u64, u64, u64, u64, u64) {
        let now = self.now();
        let (days, seconds) = (now / 86_400, now % 86_400);
        let leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        let (mut year, mut left) = (1970, days);
        while left >= 365 + u64::from(leap(year)) {
            left -= 365 + u64::from(leap(year));
            year += 1;
        }
        let february = 28 + u64::from(leap(year));
        let mut month = 1;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if left < length {
                break;
            }
            left -= length;
            month += 1;
        }
        (year, month, left + 1, seconds, days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        let clock = Clock::new();
        assert_eq!(clock.rfc3339(), "2025-01-01T12:00:00Z");
        assert_eq!(clock.rfc2822(), "Wed, 01 Jan 2025 12:00:00 +0000");
        clock.advance(59 * 86_400 + 12 * 3600 + 61);
        assert_eq!(clock.rfc3339(), "2025-03-02T00:01:01Z");
        clock.advance(3 * 365 * 86_400);
        assert_eq!(clock.rfc2822(), "Wed, 01 Mar 2028 00:01:01 +0000");
    }
}
