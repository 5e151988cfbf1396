//! What was tried of a reset: counted the same way whether or not there is anybody behind it.

use serde::{Deserialize, Serialize};

use crate::clock::{SKEW, UnixTime};
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};

/// Wrong codes before whoever asked has to begin anew. Those of the account are narrower and decide; these are told.
pub(super) const MOST_GUESSES: u8 = 5;

/// The format of the row; there is one.
const FORMAT: u8 = 1;

/// The row of a reset, by the name that only its token knows.
#[derive(Debug)]
pub(super) struct AttemptsKey(pub(super) String);

impl RowKey for AttemptsKey {
    type Row = Attempts;

    const KIND: RowKind = RowKind::PasswordReset;

    fn id(&self) -> String {
        self.0.clone()
    }
}

/// What was tried so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempts {
    format: u8,
    guesses: u8,
    sent: Option<UnixTime>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            format: FORMAT,
            guesses: 0,
            sent: None,
        }
    }
}

/// Whether a code may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// Yes; another one may follow.
    Look,
    /// Yes; none may follow.
    LookLast,
    /// No: it is over.
    Over,
}

impl Attempts {
    /// Counts a code before anybody looks at it.
    pub(super) const fn guess(&mut self) -> Guess {
        if self.guesses >= MOST_GUESSES {
            return Guess::Over;
        }
        self.guesses = self.guesses.saturating_add(1);
        if self.guesses == MOST_GUESSES {
            Guess::LookLast
        } else {
            Guess::Look
        }
    }

    /// Whether it is over.
    pub(super) const fn is_over(&self) -> bool {
        self.guesses >= MOST_GUESSES
    }

    /// Whether a code may be asked for; notes it. Sooner than the wait between two codes none would be sent, so nothing
    /// is taken from anything.
    pub(super) fn ask_for_code(&mut self, now: UnixTime, wait: u64) -> bool {
        let waits = |sent: UnixTime| sent <= now.plus(SKEW) && now < sent.plus(wait);
        if self.is_over() || self.sent.is_some_and(waits) {
            return false;
        }
        self.sent = Some(now);
        true
    }
}

impl SharedRow for Attempts {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        let row: Self = format::read(bytes)?;
        if row.format == FORMAT {
            Ok(row)
        } else {
            Err(RowError)
        }
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(format::write(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    #[test]
    fn five_codes_are_looked_at() {
        let mut attempts = Attempts::default();
        let guesses = [(); 7].map(|()| attempts.guess());
        let (look, over) = (Guess::Look, Guess::Over);
        assert_eq!(
            guesses,
            [look, look, look, look, Guess::LookLast, over, over]
        );
        assert!(attempts.is_over() && !attempts.ask_for_code(at(0), 60));
    }

    #[test]
    fn one_code_is_asked_for_a_minute_and_a_clock_that_was_ahead_keeps_none_back() {
        let mut attempts = Attempts::default();
        let asked = [0, 59, 60, 100, 120, 200].map(|now| attempts.ask_for_code(at(now), 60));
        assert_eq!(asked, [true, false, true, false, true, true]);
        assert!(!attempts.ask_for_code(at(190), 60), "of another server");
        assert!(
            attempts.ask_for_code(at(100), 60),
            "of a clock that was put back"
        );
    }
}
