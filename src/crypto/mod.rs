//! Keys, sealing, keyed hashes and randomness. Nothing here knows what it protects.
//!
//! - [`KeyRing`]: the site's keys. The first one seals, all of them open.
//! - [`seal`]: AES-256-GCM under a key derived for one purpose, site and user, with what the text
//!   belongs to as associated data: a sealed text is worthless anywhere else.
//! - [`KeyedHash`]: HMAC-SHA-256 over length-prefixed parts.
//! - [`random`]: the operating system's generator and no other.

pub(crate) mod bytes;
pub mod code;
mod hash;
pub mod random;
mod ring;
mod seal;

/// Whoever keeps a secret says so with this, and does not compile without zeroing it in the end.
pub(crate) const fn zeroes_itself<T: zeroize::ZeroizeOnDrop>() {}

pub use hash::{HashKey, KeyedHash, hash, scrub_stack};
pub use random::{Entropy, OsEntropy, RandomError};
pub use ring::{KeyError, KeyId, KeyRing};
pub use seal::{Context, Domain, OpenError, key_of};
