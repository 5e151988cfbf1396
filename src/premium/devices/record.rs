//! A user's devices as bytes, which the account keeps.
//!
//! ```text
//! { format (1), devices: [ { id, created, used, until, what was proven, HMAC-SHA-256(key, "token", id, secret),
//!   0 | 1 { the same of the token before, salt (32), when, HMAC-SHA-256(key, "browser", user agent, network) },
//!   masked address, browser, system }, … ] }         key: HMAC-SHA-256(account's key, "twofactor/device/1")
//! ```
//!
//! As [postcard](https://postcard.jamesmunns.com/wire-format) writes it. Whoever changes a field gives the format another
//! number: what cannot be read is no device, and everybody is asked.

use super::list::DeviceList;

const FORMAT: u8 = 1;

/// The bytes to keep; none for no devices.
pub(super) fn write(list: &DeviceList) -> Vec<u8> {
    if list.is_empty() {
        return Vec::new();
    }
    postcard::to_extend(&(FORMAT, list), Vec::with_capacity(512)).unwrap_or_default()
}

/// What was written as these bytes, and nothing after it; else no devices.
pub(super) fn read(bytes: &[u8]) -> DeviceList {
    match postcard::take_from_bytes::<(u8, DeviceList)>(bytes) {
        Ok(((FORMAT, list), [])) => list,
        _ => DeviceList::default(),
    }
}
