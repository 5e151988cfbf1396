//! Alerts: what was unusual, told to whom it concerns, and once an hour at most to administrators.
//!
//! ```text
//!   events of everybody ──after a cursor, a page at a time──▶ Batch: what of it is unusual, person by person
//!        │ a proof stood behind it: one cursor                  │ noted in each account, which tells it as a notice
//!        │ a password alone: another one                        ▼ then, if the cursor is still where the page began:
//!   row "alerts"   cursors · Gathered: how often each kind, of how many accounts · what is wrong with the site
//!                                    │ its turn
//!                                    ▼
//!                  Digest, handed out until the host says that its mailer took it
//! ```
//!
//! What was unusual stands in the events ([`crate::audit::Unusual`]), for the account knew it. Nobody who signs in waits for
//! any of this: whoever runs the site asks. What a password alone brings about is read from a cursor of its own, so however
//! much of it there is, it delays no word of a proof.
//!
//! A page that is read twice, by two servers or after a kill, is told once: each account knows the number of the last event
//! that it was told of, and what is gathered moves in one swap with the cursor.

mod batch;
mod digest;
mod facts;
mod languages;
mod mail;
mod row;

pub use batch::{AT_ONCE, Batch, Entry, Share, Thresholds};
pub use digest::{Gathered, Line};
pub use facts::{Fact, FactKind, Sends};
pub use mail::digest_mail;
pub use row::{AlertsKey, AlertsRow, AlertsState, Told};

#[cfg(test)]
mod tests;
