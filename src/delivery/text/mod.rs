//! What messages to telephones say: our texts, or a site's own.

mod languages;
mod own;
mod pieces;
mod standard;
mod template;

pub use own::{OwnText, OwnTexts};
pub use standard::{code_message, notice_message, spoken_code, test_message};
pub use template::{MessageTemplate, MessageValues, Size, TextError, sample};
