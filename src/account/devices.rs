//! The devices that a user trusts, as far as an account knows of them: see [`DeviceRecord`](super::device_record).

use super::device_record::MOST_DEVICE_BYTES;
use super::state::Account;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, hash};

impl Account {
    /// What is kept of its user's devices; empty where nothing is.
    #[must_use]
    pub fn devices(&self) -> &[u8] {
        self.devices.bytes.as_ref()
    }

    /// Keeps that of them instead, in which no time is later than `now` but for what was kept before. Nothing at all
    /// of what is longer than [`MOST_DEVICE_BYTES`].
    pub fn keep_devices(&mut self, bytes: &[u8], now: UnixTime) {
        if (1..=MOST_DEVICE_BYTES).contains(&bytes.len()) {
            self.devices.latest = self.devices.latest.max(now);
            self.devices.bytes = bytes.into();
        } else {
            self.devices.clear();
        }
    }

    /// How often any device was ended on purpose. What signed in by a device counts while this is as it was.
    #[must_use]
    pub const fn devices_ended(&self) -> u64 {
        self.devices.ended
    }

    /// One was ended, or all: so are the sign-ins that came of any.
    pub const fn end_device_sessions(&mut self) {
        self.devices.ended = self.devices.ended.saturating_add(1);
    }

    /// Ends all of them, and the sign-ins that came of any.
    pub fn end_devices(&mut self) {
        self.devices.clear();
        self.end_device_sessions();
    }

    /// Its user has to be told that one was ended of which there is a copy: by the next answer to them that there is.
    pub const fn owe_device_notice(&mut self) {
        self.devices.is_untold = true;
    }

    /// Whether that is to be told.
    #[must_use]
    pub const fn owes_device_notice(&self) -> bool {
        self.devices.is_untold
    }

    /// It is told with this answer.
    pub const fn pay_device_notice(&mut self) {
        self.devices.is_untold = false;
    }

    /// Keys what is kept of them, and nothing else.
    #[must_use]
    pub fn device_key(&self) -> HashKey {
        HashKey::new(*hash(&self.key, &[b"twofactor/device/1"]).bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::device_record::DeviceBytes;
    use super::*;
    use crate::config::Policy;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(1_800_000_000 + seconds).unwrap()
    }

    fn account() -> Account {
        let mut account = Account::new(HashKey::new([7; 32]));
        account.keep_devices(b"one", at(0));
        account
    }

    #[test]
    fn they_end_with_the_epoch() {
        let mut account = account();
        assert_eq!(account.devices(), b"one");
        account.raise_epoch(None, at(1));
        assert_eq!(account.devices(), b"");
    }

    #[test]
    fn what_a_clock_wrote_that_was_ahead_is_gone_when_it_is_seen() {
        let policy = Policy::default();
        for (ahead, kept) in [(30, true), (31, false)] {
            let mut account = account();
            account.keep_devices(b"two", at(ahead));
            // Nothing that is written later makes it younger.
            account.keep_devices(b"three", at(-90));
            let _ = account.put_right(at(0), &policy);
            assert_eq!(account.devices().is_empty(), !kept, "{ahead}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_kept_and_no_list_is_as_if_there_never_was_one() {
        for bytes in [&[7; MOST_DEVICE_BYTES + 1][..], b""] {
            let mut account = account();
            account.keep_devices(bytes, at(1));
            assert_eq!(account.devices(), b"");
            assert!(account.devices.is_possible());
        }
        let mut account = account();
        account.keep_devices(&[7; MOST_DEVICE_BYTES], at(1));
        assert!(account.devices.is_possible());
        account.devices.bytes = DeviceBytes::default();
        assert!(!account.devices.is_possible());
    }

    #[test]
    fn that_they_were_ended_is_remembered_when_none_is_left() {
        let mut account = account();
        account.end_device_sessions();
        assert_eq!(
            (account.devices_ended(), account.devices()),
            (1, &b"one"[..])
        );
        account.end_devices();
        assert_eq!((account.devices_ended(), account.devices()), (2, &b""[..]));
        account.raise_epoch(None, at(1));
        assert_eq!(account.devices_ended(), 2);
    }
}
