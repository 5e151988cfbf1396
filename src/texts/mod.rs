//! Texts that a site has of its own: what may stand in one, and where they are kept.
//!
//! ```text
//!  site's text ─▶ rules: one way to read it, leads nowhere ─▶ sealed row ─▶ filled with what we know ─▶ message or mail
//!                                                               │ does not open, not allowed any more, nobody stands for it
//!                                                               └▶ ours
//! ```
//!
//! Texts of codes are filled in `src/delivery/text`, those of notices in `src/notice`.

mod notice;
mod own;
mod rules;

pub use notice::{NoticeContent, NoticeForm, NoticeTemplate, NoticeTextError, TextField};
pub use own::{NUMBER, OwnText, OwnTexts, TextsOf};
pub use rules::{LONGEST_GIVEN, MOST_PARTS, Piece, Placeholder, TextError, pieces_of};
