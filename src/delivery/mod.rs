//! What is sent to telephones: how much may be sent, by whom, what it says, and what became of it.
//!
//! ```text
//!                          sender
//!       ┌──────────┬─────────┼──────────┬───────────┐
//!    ledger    exclusive  providers   record       text
//!       │          │                    │
//!    budget     pending          breaker, stats ─▶ metrics
//! ```
//!
//! [`Sender`] does it, once for codes, notices and operators' tests. The others are its parts: the rules of budgets,
//! breakers and pending verifications, which use no clock and no store, and the shared rows that they are kept in.

pub mod breaker;
pub mod budget;
mod error;
pub mod exclusive;
mod ledger;
pub mod metrics;
pub mod pending;
mod providers;
mod record;
mod request;
mod sender;
pub mod stats;
pub mod text;

pub use error::DeliveryError;
pub use ledger::{BudgetTarget, Charge, Ledger, Spender};
pub use providers::{ActiveProvider, ActiveProviders, Asker};
pub use record::{Record, SendAttempt};
pub use request::{CodeContent, MessageContent, NotSent, ProviderAnswer, SendOutcome, SendRequest};
pub use sender::{Sender, Unverified};
