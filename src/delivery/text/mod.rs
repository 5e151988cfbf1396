//! What messages to telephones say.

mod languages;
mod pieces;
mod standard;

pub use standard::{number_changed, spoken, test_message, words};
