//! What messages to telephones say: our texts, or a site's own.

mod languages;
mod number;
mod pieces;
mod standard;
mod template;

pub use number::{NumberTemplate, number_sample};
pub use standard::{code_message, notice_message, spoken_code, test_message};
pub use template::{MessageTemplate, MessageValues, Size, sample};
