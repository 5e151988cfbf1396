//! Where a request comes from.

use std::net::IpAddr;

use super::Verifier;
use crate::client_ip::{Claims, Peer};
use crate::types::UserAgent;

/// Where the request comes from. Whose address it is, only a [`Verifier`] can tell: it knows which
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
}

impl Verifier {
    /// The client's address, for budgets and the audit: the only one that counts. `::` where there is none.
    pub(super) fn address(&self, client: &Client) -> IpAddr {
        let proxies = self.config.trusted_proxies();
        proxies.client(client.peer, &client.claims)
    }

    /// The same for the audit, where a request may not say who made it.
    pub(super) fn address_if(&self, client: Option<&Client>) -> Option<String> {
        client.map(|client| self.address(client).to_string())
    }
}
