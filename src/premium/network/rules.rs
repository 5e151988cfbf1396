//! The rules in force.

use std::net::IpAddr;
use std::sync::Arc;

use super::list::NetworkList;

/// From where second factors may be answered and codes be asked for. They only ever deny, so they count
/// without a licence, too, and whatever has become of it.
#[derive(Debug, Clone)]
pub struct NetworkRules {
    allow: Option<Arc<NetworkList>>,
    deny: Option<Arc<NetworkList>>,
}

impl NetworkRules {
    /// Those of these lists. `None`: everything is allowed, nothing is denied.
    #[must_use]
    pub const fn new(allow: Option<Arc<NetworkList>>, deny: Option<Arc<NetworkList>>) -> Self {
        Self { allow, deny }
    }

    /// Whether requests from there are looked at. Whoever has no address (`::`) is in a list only if that is.
    #[must_use]
    pub fn admits(&self, ip: IpAddr) -> bool {
        let is_denied = self.deny.as_ref().is_some_and(|list| list.holds(ip));
        !is_denied && self.allow.as_ref().is_none_or(|list| list.holds(ip))
    }
}
