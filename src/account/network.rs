//! Where requests come from, as an account remembers it: short keyed hashes, worth nothing without the account.
//!
//! Whoever has the password but no proof can ask from many networks; where a proof has come from before, they
//! mostly are not. So an account knows the last few networks of its proofs ([`Known`]), and what is asked for
//! from there is counted apart from what is asked for elsewhere.

use serde::{Deserialize, Serialize};

use crate::crypto::{HashKey, bytes, hash};
use crate::terms::Network;

/// Networks that are remembered: at home, at work, on the way, and two more.
const MOST_KNOWN: usize = 5;

/// The name of a network in one account: it tells two apart and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct NetworkId(#[serde(with = "bytes")] [u8; 8]);

impl NetworkId {
    /// The name of a network. A request from nowhere, as in a test, has a name, too.
    pub fn of(key: &HashKey, network: Option<Network>) -> Self {
        let text = network.map(|network| network.to_string());
        let text = text.as_deref().unwrap_or_default();
        let mac = hash(key, &[b"twofactor/network/1", text.as_bytes()]);
        let (short, _) = mac.bytes().split_at(8);
        Self(short.try_into().unwrap_or_default())
    }
}

/// The networks that proofs came from, the latest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Known(Vec<NetworkId>);

impl Known {
    pub const NONE: Self = Self(Vec::new());

    pub fn remember(&mut self, network: NetworkId) {
        self.0.retain(|known| *known != network);
        self.0.insert(0, network);
        self.0.truncate(MOST_KNOWN);
    }

    pub fn holds(&self, network: NetworkId) -> bool {
        self.0.contains(&network)
    }
}
