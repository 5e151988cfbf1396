//! So many messages in so many seconds.

/// A window of up to this many messages is exact; a larger one has this many stretches.
const GRAINS: u32 = 24;

/// Longest window: a year and a day.
const LONGEST_SECONDS: u32 = 366 * 86_400;

/// Largest limit.
const LARGEST_LIMIT: u32 = 100_000;

/// At most `limit` messages in any `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    limit: u32,
    seconds: u32,
}

impl Window {
    /// `None` outside 1 to 100 000 messages and 1 second to 366 days.
    #[must_use]
    pub const fn new(limit: u32, seconds: u32) -> Option<Self> {
        if limit == 0 || limit > LARGEST_LIMIT || seconds == 0 || seconds > LONGEST_SECONDS {
            return None;
        }
        Some(Self { limit, seconds })
    }

    /// Messages.
    #[must_use]
    pub const fn limit(self) -> u32 {
        self.limit
    }

    /// Seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// Length of a stretch of time that shares a mark. A message counts for `seconds`, and for up to
    /// one second less than this longer.
    #[must_use]
    pub const fn grain(self) -> u32 {
        if self.limit <= GRAINS {
            1
        } else {
            self.seconds.div_ceil(GRAINS)
        }
    }
}
