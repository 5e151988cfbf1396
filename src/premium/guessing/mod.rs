//! Guessing: how often anybody may be wrong from where the user never was, and what is seen of it over a whole site.
//!
//! - [`GuessLimits`]: a ceiling over all methods together, by account and network, and after how many wrong answers the
//!   password is held for known to somebody else. What is counted lies in the account.
//! - [`GuessingRow`]: for how many accounts, and from how many networks, answers were wrong within an hour and within a day.
//!   One row of the site, which is written only when something was wrong.
//!
//! Neither is for an answer from where a proof has come before, or for a passkey: whoever has only the password can use up
//! none of what these need. Where a challenge was opened does not matter. Nor is a limit for a backup or recovery code, which
//! nobody can guess: a wrong one is told, and slowed down as everywhere. What is asked for without a password, a reset, is in neither,
//! or a stranger could read from a limit who has an account.

mod alarm;
mod limits;

pub use alarm::{Alarm, AlarmKind, GuessingKey, GuessingRow, Thresholds};
pub use limits::{Answer, GuessLimits, Noted};
