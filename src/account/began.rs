//! In what state of an account something began that is kept outside of it, sealed.

use crate::clock::{SKEW, UnixTime};

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

/// The same, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BeganAt {
    pub(super) began: Began,
    pub(super) at: UnixTime,
}

impl BeganAt {
    /// Length of [`BeganAt::to_bytes`].
    pub(super) const BYTES: usize = Began::BYTES + 8;

    /// To be sealed: what the account was like, time; big-endian.
    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (began, at) = bytes.split_at_mut(Began::BYTES);
        began.copy_from_slice(&self.began.to_bytes());
        at.copy_from_slice(&self.at.unsigned().to_be_bytes());
        bytes
    }

    /// From what a sealed token held; `None` for what none is written as.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (began, at) = bytes.split_first_chunk::<{ Began::BYTES }>()?;
        let at = u64::from_be_bytes(at.try_into().ok()?);
        Some(Self {
            began: Began::from_bytes(*began),
            at: UnixTime::new(i64::try_from(at).ok()?).ok()?,
        })
    }

    /// Whether it counts for so many seconds in an account that is like that now.
    pub(super) fn counts(self, account: Began, seconds: u64, now: UnixTime) -> bool {
        self.began == account && self.at <= now.plus(SKEW) && now < self.at.plus(seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_sealed(epoch: u64, set_back: u32, seconds in 0i64..253_402_300_799) {
            let began = BeganAt { began: Began { epoch, set_back }, at: at(seconds) };
            prop_assert_eq!(BeganAt::from_bytes(&began.to_bytes()), Some(began));
        }

        #[test]
        fn nothing_of_another_length_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if bytes.len() != BeganAt::BYTES {
                prop_assert_eq!(BeganAt::from_bytes(&bytes), None);
            }
        }

        #[test]
        fn it_counts_in_its_epoch_on_its_clock_and_in_its_time(
            later in -2_000i64..2_000,
            other_epoch: bool,
            set_back: bool,
        ) {
            let began = BeganAt { began: Began { epoch: 7, set_back: 1 }, at: at(100_000) };
            let account = Began { epoch: 7 + u64::from(other_epoch), set_back: 1 + u32::from(set_back) };
            let counts = began.counts(account, 900, at(100_000 + later));
            prop_assert_eq!(counts, !other_epoch && !set_back && (-30..900).contains(&later));
        }
    }
}
