//! From where most wrong and refused answers came: as many networks as there is room for, and those that stand out are
//! certainly among them.
//!
//! A new network takes the place of the one with the fewest, and its count ("Space-Saving", Metwally, Agrawal and El Abbadi
//! 2005): so a count is never too low, and too high by `surplus` at most; whoever has more than one in
//! [`MOST_NETWORKS`] of all answers is in the list, whatever else comes.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::audit::{Event, EventKind};
use crate::types::Network;

/// Networks that are kept of a month.
pub(super) const MOST_NETWORKS: usize = 64;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkCount {
    /// An IPv4 address, or 48 bits of IPv6, as text.
    pub network: String,
    /// Wrong answers from there.
    pub wrong: u64,
    /// Requests that a rule of the site refused.
    pub refused: u64,
    /// So many more may be told of it, of both, than there were.
    pub surplus: u64,
}

impl NetworkCount {
    /// Both, and what it took over.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.wrong
            .saturating_add(self.refused)
            .saturating_add(self.surplus)
    }
}

/// The networks of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Networks(Vec<NetworkCount>);

impl Networks {
    /// Counts an event, if it is about a network.
    pub fn count(&mut self, event: &Event) {
        let is_refused = match event.kind {
            EventKind::NetworkRefused => true,
            EventKind::Rejected | EventKind::Replayed => false,
            _ => return,
        };
        let address = event.ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok());
        let Some(address) = address.filter(|it| !it.is_unspecified()) else {
            return;
        };
        let times = u64::from(event.times.unwrap_or(1));
        let (wrong, refused) = if is_refused { (0, times) } else { (times, 0) };
        self.add(&NetworkCount {
            network: Network::site_of(address).text(),
            wrong,
            refused,
            surplus: 0,
        });
    }

    fn add(&mut self, more: &NetworkCount) {
        if let Some(it) = self.0.iter_mut().find(|it| it.network == more.network) {
            it.wrong = it.wrong.saturating_add(more.wrong);
            it.refused = it.refused.saturating_add(more.refused);
            it.surplus = it.surplus.saturating_add(more.surplus);
            return;
        }
        let mut more = more.clone();
        if self.0.len() >= MOST_NETWORKS {
            let fewest = self.0.iter().map(NetworkCount::all).min().unwrap_or(0);
            if let Some(place) = self.0.iter().position(|it| it.all() == fewest) {
                self.0.remove(place);
            }
            more.surplus = more.surplus.saturating_add(fewest);
        }
        self.0.push(more);
    }

    /// All of these more.
    pub fn add_all(&mut self, more: &Self) {
        for it in &more.0 {
            self.add(it);
        }
    }

    /// The most first.
    #[must_use]
    pub fn top(&self) -> Vec<&NetworkCount> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by(|one, other| {
            other
                .all()
                .cmp(&one.all())
                .then(one.network.cmp(&other.network))
        });
        all
    }

    /// None.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::types::Purpose;

    fn wrong(ip: &str) -> Event {
        let mut event = Event::about(Purpose::Login, EventKind::Rejected);
        event.ip = Some(ip.to_owned());
        event
    }

    #[test]
    fn a_customer_of_ipv6_is_one_and_what_is_no_address_is_none() {
        let mut networks = Networks::default();
        for ip in [
            "2001:db8:1:2::3",
            "2001:db8:1:99::4",
            "192.0.2.7",
            "::",
            "",
            "x\ny",
        ] {
            networks.count(&wrong(ip));
        }
        let mut refused = Event::about(Purpose::Login, EventKind::NetworkRefused);
        refused.ip = Some("192.0.2.7".to_owned());
        refused.times = Some(9);
        networks.count(&refused);
        networks.count(&Event::about(Purpose::Login, EventKind::Accepted));
        let top: Vec<_> = networks
            .top()
            .into_iter()
            .map(|it| (it.network.clone(), it.wrong, it.refused))
            .collect();
        assert_eq!(
            top,
            [
                ("192.0.2.7".to_owned(), 1, 9),
                (
                    Network::site_of("2001:db8:1::".parse().unwrap()).text(),
                    2,
                    0
                ),
            ]
        );
    }

    proptest! {
        /// However many networks there are: no count is too low, none too high by more than is said, and whoever stands
        /// out is there.
        #[test]
        fn whoever_stands_out_is_found_among_many(
            noise in proptest::collection::vec(0u32..5_000, 0..1_500),
            loud in 30u32..200,
            cut in 0usize..1_500,
        ) {
            let mut all: Vec<u32> = noise;
            for n in 0..loud {
                let place = (n as usize * 7) % (all.len() + 1);
                all.insert(place, 1_000_000);
            }
            let ip = |n: u32| std::net::Ipv4Addr::from(0x0A00_0000 + n).to_string();
            let count = |part: &[u32]| {
                let mut networks = Networks::default();
                for n in part {
                    networks.count(&wrong(&ip(*n)));
                }
                networks
            };
            let mut true_counts: BTreeMap<String, u64> = BTreeMap::new();
            for n in &all {
                *true_counts.entry(ip(*n)).or_default() += 1;
            }
            let networks = count(&all);
            prop_assert!(networks.0.len() <= MOST_NETWORKS);
            for it in networks.top() {
                let real = true_counts[&it.network];
                prop_assert!(it.all() >= real && it.all() - it.surplus <= real);
            }
            let is_loud = u64::from(loud) > all.len() as u64 / MOST_NETWORKS as u64;
            if is_loud {
                prop_assert!(networks.top().iter().any(|it| it.network == ip(1_000_000)));
            }
            // In two pieces: no more than there is room for, and none too low by what it says.
            let (first, second) = all.split_at(cut.min(all.len()));
            let mut sum = count(first);
            sum.add_all(&count(second));
            prop_assert!(sum.0.len() <= MOST_NETWORKS);
            for it in sum.top() {
                prop_assert!(it.all() - it.surplus <= true_counts[&it.network]);
            }
        }
    }
}
