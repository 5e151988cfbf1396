//! Where requests come from, as an account remembers it: short keyed hashes, worth nothing without the account.
//!
//! Whoever has the password but no proof can ask from many networks; where a proof has come from before, they
//! mostly are not. So an account knows the last few networks of its proofs ([`Known`]), and what is asked for
//! from there is counted apart from what is asked for elsewhere.

use std::cell::Cell;

use crate::crypto::{HashKey, hash};
use crate::types::Network;

/// Networks that are remembered: at home, at work, on the way, and two more.
const MOST_KNOWN: usize = 5;

/// The name of a network in one account: it tells two apart and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NetworkId(pub(super) [u8; 8]);

impl NetworkId {
    /// The name of a network. A request from nowhere, as in a test, has a name, too.
    pub(super) fn of(key: &HashKey, network: Option<Network>) -> Self {
        let text = network.map(|network| network.text());
        let text = text.as_deref().unwrap_or_default();
        let mac = hash(key, &[b"twofactor/network/1", text.as_bytes()]);
        let (short, _) = mac.bytes().split_at(8);
        Self(short.try_into().unwrap_or_default())
    }
}

/// The network of an account that was named last: whoever asks about a request asks several times.
#[derive(Debug, Clone, Default)]
pub(super) struct LastNamed(Cell<Option<(Option<Network>, NetworkId)>>);

impl LastNamed {
    /// The name of a network under that key, which is always the same.
    pub(super) fn name(&self, key: &HashKey, network: Option<Network>) -> NetworkId {
        match self.0.get() {
            Some((named, name)) if named == network => name,
            _ => {
                let name = NetworkId::of(key, network);
                self.0.set(Some((network, name)));
                name
            }
        }
    }
}

/// Who opens something that has few places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opener {
    /// From where.
    pub(super) from: NetworkId,
    /// A proof had come from there before.
    pub(super) is_known: bool,
}

impl Opener {
    /// Which of what is open, the oldest first, has to go before this one opens one more.
    ///
    /// What was opened from where a proof has come from before and all the rest have `most` places each. When there
    /// is none left, the oldest of whoever opened most gives its place: no number from elsewhere closes one of the
    /// user's own.
    pub(super) fn takes_the_place_of(
        &self,
        open: impl Iterator<Item = (usize, Self)>,
        most: usize,
    ) -> Option<usize> {
        let beside: Vec<(usize, NetworkId)> = open
            .filter(|(_, other)| other.is_known == self.is_known)
            .map(|(place, other)| (place, other.from))
            .collect();
        if beside.len() < most {
            return None;
        }
        let opened_from = |from: NetworkId| {
            let open = beside.iter().filter(|(_, other)| *other == from).count();
            open.saturating_add(usize::from(from == self.from))
        };
        let many = beside.iter().map(|(_, from)| opened_from(*from)).max()?;
        let oldest = beside.iter().find(|(_, from)| opened_from(*from) == many);
        oldest.map(|(place, _)| *place)
    }
}

/// The networks that proofs came from, the latest first.
#[derive(Debug, Clone)]
pub(super) struct Known(pub(super) Vec<NetworkId>);

impl Known {
    pub(super) const NONE: Self = Self(Vec::new());

    pub(super) fn remember(&mut self, network: NetworkId) {
        self.0.retain(|known| *known != network);
        self.0.insert(0, network);
        self.0.truncate(MOST_KNOWN);
    }

    pub(super) fn holds(&self, network: NetworkId) -> bool {
        self.0.contains(&network)
    }
}
