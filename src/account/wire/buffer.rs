//! The bytes of a document while they are written.

use postcard::ser_flavors::Flavor;

use crate::crypto::SecretBytes;

/// Most accounts are smaller, and none has to be copied to grow.
const ROOM: usize = 1024;

/// Growing bytes that leave no copy of themselves behind when they move.
pub(super) struct Buffer(SecretBytes);

impl Buffer {
    pub(super) fn new() -> Self {
        Self(SecretBytes::with_capacity(ROOM))
    }
}

impl Flavor for Buffer {
    type Output = SecretBytes;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        match bytes {
            // Of most numbers.
            [byte] => self.0.push(*byte),
            _ => self.0.extend(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Self::Output> {
        Ok(self.0)
    }
}
