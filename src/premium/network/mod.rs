//! Rules about where requests come from: from which networks second factors may be answered and codes be asked for.
//!
//! ```text
//!  network_deny, network_allow ─▶ lines or a file ─▶ NetworkList ─▶ NetworkRules ─▶ admits(address)?
//! ```
//!
//! `network_deny` comes first: what is in it is denied, also where it is allowed. With `network_allow` everything that is
//! not in it is denied. Both are about second factors alone: whoever is signed in stays so, and a password that is enough
//! is enough. They are the operator's own word, so no known network and no trusted device is exempt.

mod list;
mod rules;

pub use list::{ListError, MOST_BYTES, MOST_RANGES, NetworkList};
pub use rules::NetworkRules;
