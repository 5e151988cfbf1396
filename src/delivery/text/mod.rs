//! What messages to telephones say: our texts, or a site's own.

mod languages;
mod own;
mod pieces;
mod standard;
mod template;

pub use own::{OwnText, OwnTexts};
pub use standard::{number_changed, spoken, test_message, words};
pub use template::{Size, Template, TextError, Values, sample};
