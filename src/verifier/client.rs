//! Where a request comes from.

use std::net::IpAddr;

use crate::client_ip::{Claims, Peer, TrustedProxies};
use crate::types::UserAgent;

/// Where the request comes from. Whose address it is, only a [`Verifier`](super::Verifier) can tell: it knows which
/// proxies are trusted.
#[derive(Debug, Clone)]
pub struct Client {
    peer: Peer,
    claims: Claims,
    user_agent: UserAgent,
}

impl Client {
    /// A request that came from there, from what calls itself so ([`UserAgent::read`]), and claims nothing.
    #[must_use]
    pub fn new(peer: impl Into<Peer>, user_agent: impl AsRef<[u8]>) -> Self {
        Self {
            peer: peer.into(),
            claims: Claims::default(),
            user_agent: UserAgent::read(user_agent.as_ref()),
        }
    }

    /// With the headers that say where it was before.
    #[must_use]
    pub fn claiming(self, claims: Claims) -> Self {
        Self { claims, ..self }
    }

    /// Who is connected: the client, or a proxy.
    #[must_use]
    pub const fn peer(&self) -> Peer {
        self.peer
    }

    /// What the browser calls itself.
    #[must_use]
    pub const fn user_agent(&self) -> &UserAgent {
        &self.user_agent
    }

    /// Whose address it is, where these proxies are believed: for budgets and the audit the only one that counts.
    /// `::` where there is none.
    #[must_use]
    pub(super) fn address(&self, proxies: &TrustedProxies) -> IpAddr {
        proxies.client(self.peer, &self.claims)
    }
}
