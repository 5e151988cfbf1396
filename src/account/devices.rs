//! The devices that a user trusts, as far as an account knows of them: see [`DeviceRecord`](super::device_record).

use super::device_record::{EndedDevices, MOST_DEVICE_BYTES};
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

    /// How often all devices were ended on purpose. What signed in by a device counts while this is as it was.
    #[must_use]
    pub const fn devices_ended(&self) -> u64 {
        self.devices.ended
    }

    /// Those that were ended one by one since: nor does what signed in by them count.
    #[must_use]
    pub fn ended_devices(&self) -> EndedDevices {
        self.devices.ended_ids()
    }

    /// The sign-ins are over that came of any device.
    pub fn end_device_sessions(&mut self) {
        self.devices.end_all();
    }

    /// The sign-ins are over that came of that one.
    pub fn end_device_sessions_of(&mut self, device: [u8; 16]) {
        self.devices.end_one(device);
    }

    /// Ends all of them, and the sign-ins that came of any.
    pub fn end_devices(&mut self) {
        self.devices.clear();
        self.end_device_sessions();
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
    fn sixteen_are_known_that_were_ended_and_with_one_more_all_sign_ins_by_devices_are_over() {
        let mut account = account();
        for number in 1..=16 {
            for _ in 0..2 {
                account.end_device_sessions_of([number; 16]);
            }
            assert_eq!(account.devices_ended(), 0);
        }
        assert!((1..=16).all(|it| account.ended_devices().contains(&[it; 16])));
        assert!(account.devices.is_possible());
        // It outlives the devices themselves: a session is carried over a change of factors.
        account.raise_epoch(None, at(1));
        assert!(account.ended_devices().contains(&[1; 16]));
        account.end_device_sessions_of([17; 16]);
        assert_eq!(account.devices_ended(), 1);
        assert_eq!(account.ended_devices(), EndedDevices::default());
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
