//! What users share: small rows beside the accounts, and the list of messages that were sent.
//!
//! ```text
//! a key of its own type ─▶ SharedRows::update ─▶ hold → decode → the rule puts → encode → swap all, or none
//!                                                 ▲                                         │ conflict
//!                                                 └─────────────────────────────────────────┘
//! ```
//!
//! Every kind of row ([`RowKind`]) has a type of keys ([`RowKey`]), which alone makes the name under which the row
//! is stored, and a type of rows ([`SharedRow`]), which alone reads and writes its bytes. Whoever adds a kind adds a
//! variant to [`RowKind`] and the two types, beside the rule that they belong to.
//!
//! A row of a person is stored under a keyed hash of what it is about ([`SharedRows::hashed`]), once under every key
//! of the ring, so that it holds while keys come and go: such a rule is given all of them, and what one of them
//! forbids is forbidden.
//!
//! A row goes when its time is over ([`Keep`]).

mod error;
pub mod format;
mod key;
mod messages;
#[cfg(feature = "cli")]
mod reseal;
mod row;
mod rows;
mod slot;

pub use error::SharedError;
pub use key::{RowKey, RowKind};
pub use messages::SentMessages;
#[cfg(feature = "cli")]
pub use reseal::{Reseal, SealOf, seal_of};
pub use row::{EncodeError, RowContext, SharedRow, Stored};
pub use rows::SharedRows;
pub use slot::{Keep, Slot};

#[cfg(test)]
mod tests;
