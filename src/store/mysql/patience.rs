//! How long a connection waits.

use std::time::Duration;

/// Longest wait for the network, each way.
pub(super) const NETWORK_PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for a row or a table that somebody else has locked, in seconds. Shorter than the
/// network's, so that the server's answer still arrives.
pub(super) const LOCK_PATIENCE: u8 = 3;
