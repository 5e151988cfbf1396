//! What an account keeps of the devices that its user trusts: bytes, and when they were written.
//!
//! What they say is `premium`'s alone, which decides whether a device counts. Here is what holds for them without it:
//! they are written with the account, end with its epoch, and do not outlive a clock that was ahead.

use crate::clock::{SKEW, UnixTime};

/// Most bytes that are kept.
pub const MOST_DEVICE_BYTES: usize = 4096;

/// Of so many devices it is remembered that they were ended; of one more than that, all sign-ins by devices are over.
pub(super) const MOST_ENDED: usize = 16;

/// The ids of devices that were ended; where there are fewer, zeros.
pub type EndedDevices = [[u8; 16]; MOST_ENDED];

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
    /// How often all were ended on purpose: what signed in by a device before that is over, too.
    pub(super) ended: u64,
    /// No time in the bytes is later than this.
    pub(super) latest: UnixTime,
    pub(super) bytes: DeviceBytes,
    /// Those that were ended one by one since all were: what signed in by them is over.
    pub(super) ended_ids: DeviceBytes,
}

impl DeviceRecord {
    pub(super) const NONE: Self = Self {
        ended: 0,
        latest: UnixTime::START,
        bytes: DeviceBytes(Vec::new()),
        ended_ids: DeviceBytes(Vec::new()),
    };

    /// There are none any more.
    pub(super) fn clear(&mut self) {
        *self = Self {
            ended: self.ended,
            ended_ids: std::mem::take(&mut self.ended_ids),
            ..Self::NONE
        };
    }

    /// All are ended: it need not be known any more which.
    pub(super) fn end_all(&mut self) {
        self.ended = self.ended.saturating_add(1);
        self.ended_ids.0.clear();
    }

    /// One is ended.
    pub(super) fn end_one(&mut self, id: [u8; 16]) {
        let ids = &mut self.ended_ids.0;
        if ids.as_chunks::<16>().0.contains(&id) {
            return;
        }
        if ids.len() >= MOST_ENDED * id.len() {
            self.end_all();
        } else {
            ids.extend_from_slice(&id);
        }
    }

    /// Those that were ended one by one.
    pub(super) fn ended_ids(&self) -> EndedDevices {
        let mut ids = EndedDevices::default();
        for (place, id) in ids.iter_mut().zip(self.ended_ids.0.as_chunks::<16>().0) {
            *place = *id;
        }
        ids
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
        let ended = self.ended_ids.0.len();
        ended.is_multiple_of(16)
            && ended <= MOST_ENDED * 16
            && length <= MOST_DEVICE_BYTES
            && (length > 0 || self.latest == UnixTime::START)
    }
}
