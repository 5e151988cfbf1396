//! How often what happened: counters that are kept with the events, by day, and in all.
//!
//! ```text
//!   events of everybody, oldest first ──after the cursor, a page at a time──▶ Batch: at most a thousand, of one month
//!                                                                               │ added if the cursor is still where
//!                                                                               ▼ the page began, all rows or none
//!   row "figures"            cursor, when it moved last, totals                for OpenMetrics: they never fall
//!   row "figures/2026-11"    for each day: [ what, by which method, how often ]                   kept 400 days
//!   row "figures/networks/2026-11"    from where most wrong and refused answers came              kept as events are
//! ```
//!
//! Nobody who signs in waits for it: whoever wants the numbers moves the cursor first, and so does the host's regular job.
//! Each event is counted once, however many servers count at the same time, and no event goes because its time is over
//! before it is counted ([`Head::holds`]), unless nobody counts for a week. What goes takes nothing out of the numbers.
//!
//! The rows are plain, as the events are: nothing is decided by them. Days are those of UTC.

mod batch;
mod counts;
mod metrics;
mod networks;
mod rows;

pub use batch::{AT_ONCE, Batch};
pub use counts::{By, Count, Counted, Counts};
pub use networks::{NetworkCount, Networks};
pub use rows::{Day, FiguresKey, FiguresRow, Head, Month, MonthId};
