//! What an account keeps of the devices that its user trusts: bytes, and when they were written.
//!
//! What they say is `premium`'s alone, which decides whether a device counts. Here is what holds for them without it:
//! they are written with the account, end with its epoch, and do not outlive a clock that was ahead.

use crate::clock::{SKEW, UnixTime};

/// Most bytes that are kept.
pub const MOST_DEVICE_BYTES: usize = 4096;

/// Bytes that mean nothing here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DeviceBytes(Vec<u8>);

impl AsRef<[u8]> for DeviceBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for DeviceBytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

/// The devices of a user.
#[derive(Debug, Clone)]
pub(super) struct DeviceRecord {
    /// How often any was ended on purpose: what signed in by a device before that is over, too.
    pub(super) ended: u64,
    /// No time in the bytes is later than this.
    pub(super) latest: UnixTime,
    pub(super) bytes: DeviceBytes,
    /// One was ended because there is a copy of it, and no answer could say so yet.
    pub(super) is_untold: bool,
}

impl DeviceRecord {
    pub(super) const NONE: Self = Self {
        ended: 0,
        latest: UnixTime::START,
        bytes: DeviceBytes(Vec::new()),
        is_untold: false,
    };

    /// There are none any more.
    pub(super) fn clear(&mut self) {
        *self = Self {
            ended: self.ended,
            is_untold: self.is_untold,
            ..Self::NONE
        };
    }

    /// Ends what a clock wrote that was ahead, or it would count when its time comes.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        if self.latest > now.plus(SKEW) {
            self.clear();
        }
    }

    /// Whether it could have been written.
    pub(super) fn is_possible(&self) -> bool {
        let length = self.bytes.0.len();
        length <= MOST_DEVICE_BYTES && (length > 0 || self.latest == UnixTime::START)
    }
}
