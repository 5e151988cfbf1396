//! The bytes of a document while they are written.

use postcard::ser_flavors::Flavor;
use zeroize::Zeroizing;

/// Growing bytes that leave no copy of themselves behind when they move.
pub(super) struct Buffer(Zeroizing<Vec<u8>>);

const _: fn(&Buffer) -> &Zeroizing<Vec<u8>> = |buffer| &buffer.0;

impl Buffer {
    pub(super) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(512)))
    }

    fn reserve(&mut self, more: usize) {
        let needed = self.0.len().saturating_add(more);
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger; // the old one zeroes itself here
        }
    }
}

impl Flavor for Buffer {
    type Output = Zeroizing<Vec<u8>>;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.reserve(1);
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.reserve(bytes.len());
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Self::Output> {
        Ok(self.0)
    }
}
