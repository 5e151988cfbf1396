//! How much may be sent: to a number, for a user, from an address, into a range of numbers, into a
//! country, by a provider, by the site.
//!
//! A budget is a sliding window: so many messages in so many seconds, wherever one lays the window.
//! What was spent lies in one small row for each thing that has budgets, [`Spent`], and a message
//! takes from all windows of it or from none.
//!
//! ```text
//!            ├──────────── seconds ────────────┤
//!   ───▮──────▮▮───────▮──────▮────────────────▮──▶ now
//!      ▲                                        counts: 5
//!      └ past: does not count
//! ```
//!
//! A window of up to 24 messages knows the second of each. A larger one keeps marks: 24 to its
//! length, each for all messages of a stretch of time, and each dated to the end of its stretch. So a
//! message never counts for too short a time, and for up to a 24th of the window too long.
//!
//! Clocks go back, and those of two web servers differ. Whatever was spent at a time that is still to come
//! counts as spent at the present, so that nobody waits longer than the window is long, however far ahead a
//! clock was; nothing is granted sooner than had the clock stood still.
//!
//! What a message took is given back where certainly nobody could be asked to send it ([`Receipt`]): exactly
//! that, or nothing. The wait between two codes to one number stays ([`Budgets::refunds`]).
//!
//! Against messages sent for money (an attacker earns from each one that a range of numbers
//! receives) there are three counters and no guess: a range is a number without its last three
//! digits, so that a run of adjacent numbers meets one budget; a range in which nobody ever typed a
//! code back is [`RangeStanding::Fresh`]; and all fresh ranges together have one budget
//! of the site, so that hopping from range to range ends there, while the ranges of people who do
//! sign in go on.

mod class;
mod key;
mod limits;
mod spent;
mod window;

pub use class::Use;
pub use key::{BudgetKey, Scope, keys_for, keys_for_notice};
pub use limits::Budgets;
pub use spent::{MOST_WINDOWS, RangeStanding, Receipt, Spent};
pub use window::Window;

#[cfg(test)]
mod tests;
