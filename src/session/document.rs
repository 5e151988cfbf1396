//! A user's sessions as bytes, inside the seal.
//!
//! ```text
//! { format (1), user id, key (32 bytes), sessions: [ { id, epoch, generation, created, seen, what it came of,
//!   masked address, browser, system, credentials: [ HMAC-SHA-256(key, "twofactor/session/1", credential), … ] }, … ] }
//! ```
//!
//! As [postcard](https://postcard.jamesmunns.com/wire-format) writes it. Whoever changes a field gives the format
//! another number: a list that cannot be read lets nobody in.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::list::SessionList;
const FORMAT: u32 = 1;

/// The text inside the seal is not the list of sessions of that user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the list of sessions is another user's, or was written by another version of this software"
)]
pub struct SessionListError;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    user: &'a str,
    list: &'a SessionList,
}

#[derive(Deserialize)]
struct Read<'a> {
    format: u32,
    user: &'a str,
    list: SessionList,
}

/// The bytes to seal.
///
/// # Errors
/// [`SessionListError`]; not for any list that can be built.
pub(super) fn write(
    user: &str,
    list: &SessionList,
) -> Result<Zeroizing<Vec<u8>>, SessionListError> {
    let written = Written {
        format: FORMAT,
        user,
        list,
    };
    // Room for all: growing would leave copies of the key behind.
    let room = list.room().saturating_add(user.len());
    let bytes = postcard::to_extend(&written, Vec::with_capacity(room));
    bytes.map(Zeroizing::new).map_err(|_| SessionListError)
}

/// Whose, and what was written as these bytes, and nothing after it.
///
/// # Errors
/// [`SessionListError`]
pub(super) fn read(bytes: &[u8]) -> Result<(String, SessionList), SessionListError> {
    match postcard::take_from_bytes::<Read<'_>>(bytes) {
        Ok((read, [])) if read.format == FORMAT => Ok((read.user.to_owned(), read.list)),
        _ => Err(SessionListError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Device;
    use crate::clock::UnixTime;
    use crate::crypto::HashKey;
    use crate::session::credential::Credential;
    use crate::session::list::{
        DevicesAllowed, Generation, NewSession, SessionId, SignedInBy, Validity,
    };
    use crate::types::{Method, UserAgent};

    fn sample() -> SessionList {
        let mut list = SessionList::new(HashKey::new([7; 32]));
        let agent = UserAgent::read(b"Mozilla/5.0 (Windows NT 10.0) Firefox/143.0");
        let new = NewSession {
            id: SessionId::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
            by: SignedInBy::Proof(Method::Totp),
            masked_address: "192.0.2.•••".to_owned(),
            device: Device::of(&agent),
        };
        let validity = Validity {
            epoch: 3,
            generation: Generation::new([9; 16]),
            devices: DevicesAllowed::default(),
        };
        let now = UnixTime::new(1_800_000_000).unwrap();
        list.admit(new, &Credential::new(b"cookie").unwrap(), validity, now)
            .unwrap();
        list
    }

    #[test]
    fn the_bytes_of_a_known_list_stay_what_they_are() {
        let bytes = write("42", &sample()).unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&bytes),
            GOLDEN,
            "another format needs another number"
        );
    }

    const GOLDEN: &str = "010234322007070707070707070707070707070707070707070707070707070707070707070110000102030405060708090a0b0c0d0e0f03100909090909090909090909090909090980c8ceb40d80c8ceb40d0100113139322e302e322ee280a2e280a2e280a2010401030120ebe5c8395c5788b736c728a1c414c57f65052c893f4714fe73265da963fb92e8";

    #[test]
    fn a_list_is_read_as_it_was_written_and_nothing_else_is() {
        let bytes = write("42", &sample()).unwrap();
        let (user, read_back) = read(&bytes).unwrap();
        assert_eq!(user, "42");
        assert_eq!(*write("42", &read_back).unwrap(), *bytes);
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(read(&longer).is_err());
        assert!(read(&bytes[..bytes.len() - 1]).is_err());
        let mut newer = bytes.to_vec();
        newer[0] = 2;
        assert!(read(&newer).is_err());
    }

    #[test]
    fn the_largest_list_fits_its_row_and_the_room_that_is_made_for_it() {
        let mut list = SessionList::new(HashKey::new([7; 32]));
        let validity = Validity {
            epoch: u64::MAX,
            generation: Generation::new([9; 16]),
            devices: DevicesAllowed::default(),
        };
        let now = UnixTime::new(253_402_300_799 - 100_000_000).unwrap();
        let agent = UserAgent::read(b"Mozilla/5.0 (Windows NT 10.0) Firefox/143.0");
        for number in 0..50u8 {
            let new = NewSession {
                id: SessionId::parse(&format!("{number:032x}")).unwrap(),
                by: SignedInBy::Proof(Method::BackupCode),
                masked_address: "2001:db80:ffff:•••".to_owned(),
                device: Device::of(&agent),
            };
            let parent = format!("cookie {number}");
            let parent = Credential::new(parent.as_bytes()).unwrap();
            list.admit(new, &parent, validity, now).unwrap();
            for child in 0..8 {
                let child = format!("child {number} {child}");
                let child = Credential::new(child.as_bytes()).unwrap();
                assert!(list.adopt(&child, &parent, validity, now));
            }
        }
        let user = "u".repeat(191);
        let room = list.room() + 191;
        let bytes = write(&user, &list).unwrap();
        assert!(bytes.len() <= room, "{} of {room}", bytes.len());
        assert_eq!(bytes.capacity(), room, "it did not grow");
        assert!(bytes.len() < 32 * 1024, "{}", bytes.len());
    }
}
