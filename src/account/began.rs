//! In what state of an account something began that is kept outside of it, sealed.

/// What of an account a set-up began in: it ends when either is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Began {
    pub(super) epoch: u64,
    /// How often the account was found to be written by a clock that was ahead. A set-up from such a clock is over
    /// then, also when its time comes.
    pub(super) set_back: u32,
}

impl Began {
    /// Of a user who has no account yet.
    pub(super) const NOTHING: Self = Self {
        epoch: 0,
        set_back: 0,
    };
    /// Length of [`Began::to_bytes`].
    pub(super) const BYTES: usize = 12;

    /// To be sealed: epoch, how often a clock was ahead; big-endian.
    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (epoch, set_back) = bytes.split_at_mut(8);
        epoch.copy_from_slice(&self.epoch.to_be_bytes());
        set_back.copy_from_slice(&self.set_back.to_be_bytes());
        bytes
    }

    /// From what a sealed token held.
    pub(super) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let (epoch, set_back) = bytes.split_at(8);
        Self {
            epoch: u64::from_be_bytes(epoch.try_into().unwrap_or_default()),
            set_back: u32::from_be_bytes(set_back.try_into().unwrap_or_default()),
        }
    }
}
