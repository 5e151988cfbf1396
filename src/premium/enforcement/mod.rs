//! Enforcement: a policy says of whom which factors are asked, how strong, and from when.
//!
//! ```text
//!             rules that match ─┬─ required ──▶ for each strength the earliest day that was ever given ──▶ due?
//!   user ──▶ and do not exclude └─ encourage ─▶ not enrolled, not put off lately ─────────────────────▶ shown
//! ```
//!
//! The strictest of the rules that match counts: of strengths that are due the strongest, of days the earliest, of times
//! until somebody is reminded again the shortest. So the order of rules is no matter, and no rule makes another one
//! weaker; an exclusion is one of its own rule alone.
//!
//! A time of grace is counted from when its user is first seen under a rule that asks for that strength. That day is the
//! account's, and the account never moves it to a later one; a day that was given for a stronger factor holds for a weaker
//! one, too, or asking for less would begin another grace.
//!
//! Nothing here knows an account, a store or a clock: [`Applied::decide`] is a function of what it is given. Which rules are
//! for a user is found out once ([`Policy::of`]), whatever is asked of them then. Roles that nobody knows are every role
//! that a rule is for, and none that one excludes; groups that nobody knows, too, also where the roles are known.

mod policy;
mod read;

pub use policy::{Applied, Level, Policy, Subject, Verdict};
pub use read::{MOST_BYTES, PolicyError, strongest_without_licence};

#[cfg(test)]
mod tests;
