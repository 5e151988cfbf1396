//! Keys, sealing, keyed hashes and randomness. Nothing here knows what it protects.
//!
//! - [`KeyRing`]: the site's keys. The first one seals, all of them open.
//! - [`seal`]: AES-256-GCM under a key derived for one purpose, site and user, with what the text
//!   belongs to as associated data: a sealed text is worthless anywhere else.
//! - [`Deriver`]: secrets that are made of a master key whenever they are needed, and kept by nobody.
//! - [`KeyedHash`]: HMAC-SHA-256 over length-prefixed parts.
//! - [`random`]: the operating system's generator and no other.

use data_encoding::Encoding;
use zeroize::Zeroizing;

pub(crate) mod bytes;
pub mod code;
mod derive;
mod hash;
#[cfg(feature = "cli")]
mod key_file;
mod listed_id;
pub mod random;
pub mod recovery_code;
mod ring;
mod seal;
mod secret_bytes;

/// Whoever keeps a secret says so with this, and does not compile without zeroing it in the end.
pub(crate) const fn zeroes_itself<T: zeroize::ZeroizeOnDrop>() {}

/// What a text stands for in that encoding; `None` if it is none. Of a secret that was mistyped no part is left behind
/// in memory, as the encoding's own `decode` leaves one.
pub(crate) fn decoded(encoding: &Encoding, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; encoding.decode_len(text.len()).ok()?]);
    let length = encoding.decode_mut(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

pub use derive::{Derivation, DerivedKind, Deriver};
pub use hash::{HashKey, KeyedHash, hash, scrub_stack};
#[cfg(feature = "cli")]
pub use key_file::{KeyChange, KeyFile, KeyFileError, StagedKeys};
pub(crate) use listed_id::listed_id;
pub use random::{DrawnAhead, Entropy, OsEntropy, RandomError};
pub use ring::{KeyError, KeyId, KeyRing};
pub use seal::{Context, Domain, OpenError, key_of};
pub use secret_bytes::SecretBytes;
