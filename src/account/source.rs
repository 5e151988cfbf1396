//! Where a request comes from, as far as an account is told: from which address, and what the browser calls itself.

use std::net::IpAddr;

use crate::browser::Device;
use crate::types::{Network, UserAgent};

/// Where a request comes from. What has neither an address nor a browser nobody asked for, or an operator on the server.
#[derive(Debug, Clone, Default)]
pub struct Source {
    ip: Option<String>,
    /// What that says, if it is an address.
    address: Option<IpAddr>,
    agent: UserAgent,
}

impl Source {
    /// A request from that address, as text, and from what calls itself so.
    #[must_use]
    pub fn new(ip: String, agent: UserAgent) -> Self {
        Self {
            address: ip.parse().ok(),
            ip: Some(ip),
            agent,
        }
    }

    /// A request from that address, if one is known, and from nothing that has a name.
    #[must_use]
    pub fn from_ip(ip: Option<&str>) -> Self {
        Self {
            address: ip.and_then(|ip| ip.parse().ok()),
            ip: ip.map(str::to_owned),
            agent: UserAgent::default(),
        }
    }

    /// The address, for the audit.
    #[must_use]
    pub fn ip(&self) -> Option<&str> {
        self.ip.as_deref()
    }

    /// What the browser calls itself.
    pub(super) const fn agent(&self) -> &UserAgent {
        &self.agent
    }

    /// Browser and system in words.
    pub(super) fn device(&self) -> Device {
        Device::of(&self.agent)
    }

    /// The network that it came from; `None` when its address is not known: none becomes known by a proof from there.
    pub(super) fn network(&self) -> Option<Network> {
        Network::told_by(self.address?)
    }

    /// The network that is one customer's, as [`Network::site_of`] says: whoever has no address has one, too.
    pub(super) fn site(&self) -> Option<Network> {
        self.address.map(Network::site_of)
    }
}
