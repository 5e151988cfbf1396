//! Figures of a site's accounts and messages, for whoever runs it: how many have which factor, who has to enrol and has
//! not, and where codes went. What happened is counted with the events ([`crate::figures`]); this is what is.
//!
//! ```text
//!   accounts, in the order of user ids ──a page at a time──▶ row "adoption/accounts": where the pass is, what it has seen
//!   messages, the newest first ─────────a page at a time──▶ row "adoption/messages"
//!                                                                │ the pass is at its end
//!                                                                ▼
//!                                       row "adoption": the figures of the last pass, and of each day for 400 days
//!                                       row "adoption/sent": messages by country and provider
//! ```
//!
//! A pass is made of pages, so that no request waits for all of it, and a page is taken in only if the pass is still where
//! the page began. Nobody's name is in the figures. The rows are plain: nothing is decided by them.

mod accounts;
mod messages;
mod rows;

pub use accounts::AccountFigures;
pub use messages::{MessageCount, MessageFigures};
pub use rows::{AccountPass, Adoption, AdoptionKey, AdoptionRow, MessagePass, Snapshot};
