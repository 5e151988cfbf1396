//! Codes by telephone: who carries them, who checks them, and what may go wrong.
//!
//! A provider is one of two kinds. A [`MessageProvider`] takes a text of ours to a number; the code in it is
//! ours to check. A [`VerificationProvider`] makes a code of its own and is the only one who can check it.
//!
//! What a provider answers is sorted by three questions:
//!
//! ```text
//!                                                was it sent?  counts against it?  another one?
//!   no address, no connection          Unreached no            yes                 may be asked
//!   busy, or it does not go that way   NotSent   no            yes                 may be asked
//!   the proxy gives no connection      Proxy     no            yes                 may be asked
//!   refuses: account, key, sender      Refused   no            no: it works        may be asked
//!   refuses: number, wish, fraud, …    Refused   no            no: it works        no
//!   no answer, 5xx, unreadable         Unknown   perhaps       yes                 no
//! ```
//!
//! An answer that says no in the provider's own form is a refusal, also when its code is in no list of
//! ours: nothing was sent, and whoever can make a provider refuse (by a number of their choice) must not
//! be able to make it look broken.

mod coding;
pub mod development;
mod error;
pub mod gateway;
pub mod gsm;
pub mod http;
pub mod http_api;
mod kinds;
mod message;
mod pause;
mod provider;
mod provider_config;
mod refusal;
mod report;
mod schema;
mod settings;
pub mod sns;
pub mod twilio;
mod usage;
mod value;

pub use coding::Coding;
pub use error::{CheckError, ProbeError, SendError, SettingError};
pub use kinds::ProviderKind;
pub use message::{Channel, MessageBody, ProviderRequest, Submitted};
pub use provider::{
    Balance, LoggedMessage, MessageLog, MessageProvider, Provider, Started, Verdict,
    VerificationProvider,
};
pub use provider_config::{
    Changes, MOST_BYTES, MOST_NAME_BYTES, ProviderConfig, ProviderConfigError, from_json, is_name,
    make_all, to_json,
};
pub use refusal::Refusal;
pub use report::{NoReport, Post, Report};
pub use schema::{Field, Group, HostValue, ProviderSetup, Schema};
pub use settings::ProviderSettings;
pub use usage::{ProviderLimits, Usage};
pub use value::{Shape, ShapeError, Value};
