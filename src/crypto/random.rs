//! Randomness: the operating system's generator and no other.
//!
//! A user-space generator that was seeded before a fork gives every worker the same "random"
//! numbers; the kernel's cannot. `tests/modules.rs` finds the others.

/// The operating system gave no random bytes. Nothing secret can be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system's random generator failed")]
pub struct RandomError;

/// A source of random bytes. Rules take it as an argument; only tests give them another one than
/// [`OsEntropy`].
pub trait Entropy {
    /// Fills `buffer` with random bytes.
    ///
    /// # Errors
    /// [`RandomError`]; `buffer` is then not to be used.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError>;
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[allow(clippy::disallowed_methods)]
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(buffer).map_err(|_| RandomError)
    }
}

/// `N` random bytes.
///
/// # Errors
/// [`RandomError`]
pub fn bytes<const N: usize>(entropy: &mut dyn Entropy) -> Result<[u8; N], RandomError> {
    let mut out = [0; N];
    entropy.fill(&mut out)?;
    Ok(out)
}
