//! Where a request comes from.

use std::fmt;
use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::client_ip::{Claims, Peer, TrustedProxies};
use crate::types::UserAgent;

/// Where the request comes from. Whose address it is, only a [`Verifier`](super::Verifier) can tell: it knows which
/// proxies are trusted.
#[derive(Debug, Clone)]
pub struct Client {
    peer: Peer,
    claims: Claims,
    user_agent: UserAgent,
    device_token: DeviceCookie,
}

/// What a browser shows of being a device that its user trusts. Redacts and zeroes itself.
#[derive(Clone, Default)]
struct DeviceCookie(Zeroizing<Vec<u8>>);

impl fmt::Debug for DeviceCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Client {
    /// A request that came from there, from what calls itself so ([`UserAgent::read`]), and claims nothing.
    #[must_use]
    pub fn new(peer: impl Into<Peer>, user_agent: impl AsRef<[u8]>) -> Self {
        Self {
            peer: peer.into(),
            claims: Claims::default(),
            user_agent: UserAgent::read(user_agent.as_ref()),
            device_token: DeviceCookie::default(),
        }
    }

    /// With the headers that say where it was before.
    #[must_use]
    pub fn claiming(self, claims: Claims) -> Self {
        Self { claims, ..self }
    }

    /// With the token of a device, as it came; empty where none did.
    #[must_use]
    pub fn showing(self, device_token: &[u8]) -> Self {
        Self {
            device_token: DeviceCookie(Zeroizing::new(device_token.to_vec())),
            ..self
        }
    }

    /// The token of a device, if one was shown.
    #[must_use]
    pub fn device_token(&self) -> Option<&[u8]> {
        Some(self.device_token.0.as_slice()).filter(|token| !token.is_empty())
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
