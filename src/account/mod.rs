//! Everything the product knows of one user, and every rule over it.
//!
//! An [`Account`] is one document; each rule is a function of it, of what was asked and of a [`RuleContext`]: the time,
//! the policy, and where audit events go. Rules do no I/O, draw no random numbers and ask no clock: ids and codes come
//! as arguments, drawn by the caller. So a rule is tested without a database, and the login machine is explored
//! exhaustively (`tests/it/login_machine.rs`).
//!
//! [`Accounts::change`] is the only way from a rule to a store: load → open → decide → seal →
//! swap if unchanged. A refused proof is a change too: its failure is charged in the same swap that
//! the answer depends on.
//!
//! ```text
//!   accounts                                     stores the account that the rules have changed
//!      │
//!   sign_in  enrol  oob_enrolment  out_of_band  password_reset  operate  hold  clocks      rules
//!      │
//!   state                                        the account
//!      │
//!   totp  oob_factor  backup  recovery  challenge  grants  lockout  sent  …    what it consists of
//! ```

mod accounts;
mod alerts;
mod app;
mod backup;
mod began;
mod challenge;
mod challenge_token;
mod clocks;
mod code_target;
mod context;
mod demand;
mod denied;
mod device_record;
mod devices;
mod end_sessions;
mod enrol;
mod everybody;
mod export;
mod factor;
mod forget;
mod grants;
mod guesses;
mod guessing;
mod hold;
mod hold_record;
mod ids;
mod import;
mod import_record;
mod imported_code;
mod label;
mod lockout;
mod network;
mod new_codes;
mod notice_record;
mod notices;
mod number_notices;
mod oob_enrolment;
mod oob_factor;
mod open_checks;
mod operate;
mod otpauth;
mod out_of_band;
mod password_grant;
mod password_reset;
mod pending_oob;
mod permit;
mod profile;
mod recovery;
mod reminder;
mod remote_check;
mod repeats;
mod replay;
mod required;
mod requirement;
mod resync;
mod sent;
mod sign_in;
mod source;
mod spent;
mod state;
mod suspension;
mod temporary;
mod temporary_record;
pub mod totp;
mod unanswered;
mod under_policy;
mod wire;

pub use accounts::{AccountError, Accounts, Departing, KeyUse, Looked, OpenedRows, ReadForSignIn};
pub use alerts::{Alert, AlertKind, Noted};
pub use app::{AppClock, PendingTotp};
pub use challenge_token::ChallengeToken;
pub use code_target::{ForChallenge, ForEnrolment};
pub use context::{AuditBuffer, RuleContext};
pub use demand::{Demand, KeptPolicy};
pub use denied::Denied;
pub use device_record::{EndedDevices, MOST_DEVICE_BYTES};
pub use end_sessions::EndedBy;
pub use enrol::{FactorError, NewSecret};
pub use everybody::{EnrolmentKey, EnrolmentOfEverybody, EnrolmentRow, Requirements};
pub use factor::{Factor, FactorId, MOST_APPS};
pub use grants::GRANT_SECONDS;
pub use hold::{NoticeLink, ReleasedBy};
pub use ids::{ChallengeId, GrantId, RequirementId, SetupId};
pub use import::{ImportTerms, Imported, ImportedApp, ImportedFactors, NotImported};
pub use import_record::IMPORTED_CODES_SECONDS;
pub use imported_code::{ImportedCode, MOST_IMPORTED_CODES, imported_code};
pub use label::{LONGEST_LABEL, Label, LabelError};
pub use lockout::Charged;
pub use new_codes::NewCodes;
pub use notice_record::{Addressee, Audience, Change, Contact, Notice, NoticeKind, NumberNotice};
pub use notices::{Offer, is_told};
pub use number_notices::NumberOutcome;
pub use oob_enrolment::{Confirmed, Waiting};
pub use oob_factor::Recipient;
pub use operate::TRUST_SECONDS;
pub use out_of_band::{Destination, SentCode};
pub use password_grant::PasswordGrant;
pub use password_reset::{PasswordResetProof, RESET_PROOF_SECONDS};
pub use permit::Permit;
pub use reminder::Reminder;
pub use remote_check::{Checked, RemoteCheck, Step};
pub use requirement::MOST_GRACE_SECONDS;
pub use sent::RemoteVerification;
pub use sign_in::Accepted;
pub use source::Source;
pub use state::Account;
pub use suspension::SuspendedBy;
pub use totp::PENDING_SECONDS;
pub use wire::{DocumentError, FORMAT as DOCUMENT_FORMAT};

#[cfg(test)]
mod tests;
