//! Randomness: the operating system's generator and no other.
//!
//! A user-space generator that was seeded before a fork gives every worker the same "random"
//! numbers; the kernel's cannot. So of `rand` only its [`SysRng`], which keeps no state, is compiled in;
//! `tests/it/modules.rs` finds the others.

use std::convert::Infallible;
use std::fmt;

use rand::TryRng;
use rand::distr::{Distribution, Uniform};
#[allow(clippy::disallowed_types)]
use rand::rngs::SysRng;
use zeroize::{Zeroizing, optimization_barrier};

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
    #[allow(clippy::disallowed_types)]
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
        SysRng.try_fill_bytes(buffer).map_err(|_| RandomError)
    }
}

/// Random bytes that a call draws at once for all that it makes of them, for each draw is a system call and takes as long as a
/// seal besides. Each is given once and then overwritten; what is asked for beyond them is drawn. It lives as long as that call,
/// on its stack: no process is forked meanwhile, and none is ever given the bytes of another.
pub struct DrawnAhead {
    bytes: [u8; AHEAD],
    used: usize,
}

impl DrawnAhead {
    /// Draws them.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn draw() -> Result<Self, RandomError> {
        let bytes = bytes(&mut OsEntropy)?;
        Ok(Self { bytes, used: 0 })
    }
}

impl Entropy for DrawnAhead {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let end = self.used.saturating_add(buffer.len());
        let Some(ready) = self.bytes.get_mut(self.used..end) else {
            return OsEntropy.fill(buffer);
        };
        buffer.copy_from_slice(ready);
        ready.fill(0);
        self.used = end;
        Ok(())
    }
}

impl fmt::Debug for DrawnAhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DrawnAhead(<redacted>)")
    }
}

impl Drop for DrawnAhead {
    fn drop(&mut self) {
        self.bytes.fill(0);
        optimization_barrier(&self.bytes);
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

/// `count` numbers from 0 to `last`, every one as likely as every other.
///
/// # Errors
/// [`RandomError`]; what `each` took until then is not to be used.
pub(super) fn several_up_to(
    last: u64,
    count: usize,
    entropy: &mut dyn Entropy,
    mut each: impl FnMut(u64),
) -> Result<(), RandomError> {
    let mut ahead = Zeroizing::new([0; AHEAD]);
    let bytes = count.saturating_mul(size_of::<u64>()).min(AHEAD);
    let ready = ahead.get_mut(..bytes).ok_or(RandomError)?;
    entropy.fill(ready)?;
    let mut entropy = Ahead { ready, entropy };
    for _ in 0..count {
        each(up_to(last, &mut entropy)?);
    }
    Ok(())
}

/// Bytes that are drawn at once: enough for sixteen numbers.
const AHEAD: usize = 128;

/// Gives what was drawn ahead, for each draw is a system call, and what is asked for beyond that from the source.
struct Ahead<'a> {
    ready: &'a [u8],
    entropy: &'a mut dyn Entropy,
}

impl Entropy for Ahead<'_> {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let Some((first, rest)) = self.ready.split_at_checked(buffer.len()) else {
            return self.entropy.fill(buffer);
        };
        buffer.copy_from_slice(first);
        self.ready = rest;
        Ok(())
    }
}

/// A number from 0 to `last`, every one as likely as every other.
///
/// # Errors
/// [`RandomError`]
pub fn up_to(last: u64, entropy: &mut dyn Entropy) -> Result<u64, RandomError> {
    let numbers = Uniform::new_inclusive(0, last).map_err(|_| RandomError)?;
    let mut source = Source {
        entropy,
        failed: false,
    };
    let number = numbers.sample(&mut source);
    if source.failed {
        return Err(RandomError);
    }
    Ok(number)
}

/// What [`Uniform`] draws from. It knows of no errors, so one is remembered, and the number that it gets instead
/// is one that it never draws again.
struct Source<'a> {
    entropy: &'a mut dyn Entropy,
    failed: bool,
}

impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = Zeroizing::new([0; 4]);
        self.try_fill_bytes(bytes.as_mut_slice())?;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = Zeroizing::new([0; 8]);
        self.try_fill_bytes(bytes.as_mut_slice())?;
        Ok(u64::from_le_bytes(*bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        if self.entropy.fill(buffer).is_err() {
            self.failed = true;
            buffer.fill(u8::MAX);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives numbers in order, as far as there are any.
    struct Numbers<'a>(&'a [u64]);

    impl Entropy for Numbers<'_> {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            let (first, rest) = self.0.split_first().ok_or(RandomError)?;
            buffer.copy_from_slice(first.to_le_bytes().get(..buffer.len()).ok_or(RandomError)?);
            self.0 = rest;
            Ok(())
        }
    }

    /// 2^64 numbers fall to `last + 1` of equal size; what is left over, at the start of some, is drawn again.
    #[test]
    fn what_is_drawn_ahead_is_given_once_and_after_it_what_is_drawn_then() {
        let mut ahead = DrawnAhead::draw().unwrap();
        let drawn = ahead.bytes;
        let first: [u8; 100] = bytes(&mut ahead).unwrap();
        // What they are not enough for takes none of them.
        let more: [u8; 32] = bytes(&mut ahead).unwrap();
        let last: [u8; AHEAD - 100] = bytes(&mut ahead).unwrap();
        assert_eq!([&first[..], &last].concat(), drawn);
        assert_eq!(ahead.bytes, [0; AHEAD]);
        let beyond: [u8; 32] = bytes(&mut ahead).unwrap();
        assert!(more != beyond && ![more, beyond].contains(&[0; 32]));
        assert!(!drawn.windows(32).any(|it| it == more || it == beyond));
    }

    #[test]
    fn every_number_has_a_share_of_the_same_size() {
        let shares = |last: u64| u128::from(last) + 1;
        for last in [1, 2, 9, 31, 250, 999_999, 9_999_999_999, u64::MAX / 2 + 1] {
            let whole = 1_u128 << 64;
            for number in [0, 1, last / 2, last - 1, last] {
                // The last 64-bit number of its share, and the first of the next.
                let end = ((u128::from(number) + 1) * whole).div_ceil(shares(last)) - 1;
                let inside = u64::try_from(end).unwrap();
                assert_eq!(up_to(last, &mut Numbers(&[inside])), Ok(number), "{last}");
            }
            // 0 is left over where the shares do not fit.
            let left_over = !whole.is_multiple_of(shares(last));
            let drawn = up_to(last, &mut Numbers(&[0, u64::MAX]));
            assert_eq!(drawn, Ok(if left_over { last } else { 0 }), "{last}");
        }
        assert_eq!(up_to(0, &mut Numbers(&[u64::MAX])), Ok(0));
        assert_eq!(up_to(u64::MAX, &mut Numbers(&[7])), Ok(7));
    }

    /// Counts how often it is asked, and gives numbers in order.
    struct Draws {
        draws: usize,
        next: u64,
    }

    impl Entropy for Draws {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            self.draws += 1;
            for number in buffer.chunks_mut(8) {
                number.copy_from_slice(&self.next.to_le_bytes());
                self.next += 1;
            }
            Ok(())
        }
    }

    #[test]
    fn several_numbers_are_one_draw_and_no_byte_serves_twice() {
        let several = |last: u64, count: usize, next: u64| {
            let mut source = Draws { draws: 0, next };
            let mut numbers = Vec::new();
            several_up_to(last, count, &mut source, |number| numbers.push(number)).unwrap();
            (numbers, source.draws)
        };
        assert_eq!(several(u64::MAX, 16, 7), ((7..23).collect(), 1));
        assert_eq!(several(u64::MAX, 4, 7), ((7..11).collect(), 1));
        assert!(several(9, 0, 7).0.is_empty());
        // More than are drawn ahead.
        assert_eq!(several(u64::MAX, 18, 7), ((7..25).collect(), 3));
        // The first is left over where ten shares do not fit: what is drawn again is the next, and the last comes from
        // the source.
        assert_eq!(several(9, 3, 0), (vec![0; 3], 2));
    }

    #[test]
    fn without_random_bytes_there_are_no_numbers() {
        for numbers in [&[][..], &[0]] {
            let drawn = several_up_to(9, 1, &mut Numbers(numbers), |_| {});
            assert_eq!(drawn, Err(RandomError), "{numbers:?}");
        }
    }

    #[test]
    fn without_random_bytes_there_is_no_number() {
        for last in [0, 1, 9, 31, 999_999, u64::MAX / 2 + 1, u64::MAX] {
            assert_eq!(up_to(last, &mut Numbers(&[])), Err(RandomError), "{last}");
        }
        // The first is to be drawn again, and there is no other.
        assert_eq!(up_to(999_999, &mut Numbers(&[0])), Err(RandomError));
    }

    #[test]
    fn the_systems_bytes_differ_from_call_to_call() {
        let draw = || bytes::<32>(&mut OsEntropy).unwrap();
        assert_ne!(draw(), draw());
    }
}
