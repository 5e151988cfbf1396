//! What can be wrong with a setting.

use crate::proxy::HttpProxyError;
use crate::store::StoreUrlError;
use crate::types::IdError;

/// What is wrong with a setting, and what to do. Never holds the value of a secret one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such setting.
    #[error("there is no setting `{0}`")]
    Unknown(String),
    /// Not a number in range.
    #[error("`{name}` must be a whole number from {least} to {most}")]
    Number {
        /// Which.
        name: &'static str,
        /// Smallest value.
        least: u32,
        /// Largest value.
        most: u32,
    },
    /// The site cannot be an id.
    #[error("`site` {0}")]
    Site(#[source] IdError),
    /// The store's URL is wrong.
    #[error("`store`: {0}")]
    Store(#[from] StoreUrlError),
    /// The proxy's address is wrong.
    #[error("`http_proxy` {0}")]
    HttpProxy(#[from] HttpProxyError),
    /// Something else.
    #[error("`{name}` {why}")]
    Value {
        /// Which.
        name: &'static str,
        /// What it must be.
        why: &'static str,
    },
}

impl ConfigError {
    /// The setting whose value is wrong; none where there is no such setting.
    #[must_use]
    pub const fn setting(&self) -> Option<&'static str> {
        match self {
            Self::Unknown(_) => None,
            Self::Number { name, .. } | Self::Value { name, .. } => Some(name),
            Self::Site(_) => Some("site"),
            Self::Store(_) => Some("store"),
            Self::HttpProxy(_) => Some("http_proxy"),
        }
    }
}
