//! Codes and notices to telephones: what may be sent, by whom, and what became of it.

pub mod breaker;
pub mod budget;
pub mod metrics;
pub mod pending;
pub mod text;
