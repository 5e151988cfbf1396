//! Sessions: which credential came of which proof.
//!
//! A host mints credentials, cookies most often, and a credential proves by itself only that there was a password
//! once. So what came of which proof is kept here, and asked at every request: a credential counts while the sign-in
//! it came of has not ended, the account's epoch is still that of the sign-in, and nobody has ended everybody's.
//!
//! - [`list`]: the rules, over a list of a user's sessions, the time and what the account says; no I/O,
//! - [`rows`], [`document`]: how a list is stored, sealed for its user, and read with the account in one statement,
//! - [`Sessions`]: what is asked of a site's store.
//!
//! Credentials are kept as keyed hashes only, addresses without their end, and of what browsers send two words.

pub mod credential;
mod document;
mod error;
pub mod list;
mod rows;
mod sessions;

pub use credential::Credential;
pub use document::SessionListError;
pub use error::SessionError;
pub use list::{Generation, Session, SessionId, SignedInBy, Validity};
pub use rows::Unreadable;
pub use sessions::{ChangeProof, NotAdmitted, Sessions, SignIn};
