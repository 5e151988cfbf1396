//! Secret bytes that come and go with every request.

use std::fmt;
use std::ops::Deref;

use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Secret bytes that are overwritten when they go, wherever they lay. All at once: [`Zeroizing`](zeroize::Zeroizing)
/// writes one byte after the other, which took as long as opening an account. Two are compared in any time: for codes
/// there is [`KeyedHash`](super::KeyedHash).
#[derive(PartialEq, Eq)]
pub struct SecretBytes(Vec<u8>);

const _: () = super::zeroes_itself::<SecretBytes>();

impl SecretBytes {
    /// None, and room for so many.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// Those.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// As many bytes more. Where there is no room for them, all move to twice the place, and where they were is
    /// overwritten.
    #[inline]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// One byte more, as [`SecretBytes::extend`].
    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.reserve(1);
        self.0.push(byte);
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, to change them in their place.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.0
    }

    #[inline]
    fn reserve(&mut self, more: usize) {
        if more > self.0.capacity().saturating_sub(self.0.len()) {
            self.move_to_room_for(more);
        }
    }

    #[cold]
    fn move_to_room_for(&mut self, more: usize) {
        let needed = self.0.len().saturating_add(more);
        let mut larger = Self::with_capacity(needed.saturating_mul(2));
        larger.0.extend_from_slice(&self.0);
        *self = larger; // the old ones are overwritten here
    }

    fn overwrite(&mut self) {
        // What was written once may lie beyond the length, too.
        self.0.resize(self.0.capacity(), 0);
        self.0.fill(0);
        // Nobody reads that any more, and the compiler would leave it out.
        optimization_barrier(self.0.as_slice());
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.overwrite();
    }
}

impl ZeroizeOnDrop for SecretBytes {}

impl Deref for SecretBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_the_place_is_overwritten_without_moving() {
        let mut bytes = SecretBytes::with_capacity(100);
        bytes.extend(b"secret");
        bytes.push(b'!');
        bytes.0.truncate(2);
        let (place, room) = (bytes.0.as_ptr(), bytes.0.capacity());
        bytes.overwrite();
        assert_eq!((bytes.0.as_ptr(), bytes.0.capacity()), (place, room));
        assert_eq!(&*bytes, vec![0; room]);
    }

    #[test]
    fn they_grow_and_stay_what_they_are() {
        let mut bytes = SecretBytes::of(b"a");
        for byte in 0..=255 {
            bytes.push(byte);
            bytes.extend(&[byte; 3]);
        }
        let expected: Vec<u8> = (0..=255).flat_map(|byte| [byte; 4]).collect();
        assert_eq!(&bytes[..1], b"a");
        assert_eq!(&bytes[1..], expected);
    }

    #[test]
    fn they_are_not_shown() {
        assert!(!format!("{:?}", SecretBytes::of(b"ab")).contains("ab"));
    }
}
