//! The token of a device, as a browser keeps it: sealed for site and user, then base 64 that fits a cookie.
//!
//! ```text
//! device's id (16) | secret (32)
//! ```
//!
//! So whoever shows something else than a token of ours for this user is told from whoever shows an old one: nobody can
//! make one up that would end a device.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::list::{DeviceId, DeviceSecret, DeviceToken};
use crate::crypto::{Context, Domain, Entropy, KeyRing, RandomError, decoded};
use crate::types::{Site, UserId};

/// Longer than any of ours: beside the text are a salt, a nonce, a tag and the name of a key.
const LONGEST: usize = 1024;

fn context<'a>(site: &'a Site, user: &'a UserId) -> Context<'a> {
    Context {
        domain: Domain::Device,
        site: site.as_str(),
        user: user.as_str(),
        version: 0,
    }
}

/// What a browser is given.
///
/// # Errors
/// [`RandomError`]
pub(super) fn seal(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    token: &DeviceToken,
    entropy: &mut dyn Entropy,
) -> Result<Zeroizing<String>, RandomError> {
    let mut plain = Zeroizing::new([0; 48]);
    let (id, secret) = plain.split_at_mut(16);
    id.copy_from_slice(token.id.bytes());
    secret.copy_from_slice(token.secret.bytes());
    let sealed = context(site, user).seal(ring, plain.as_slice(), entropy)?;
    Ok(Zeroizing::new(BASE64URL_NOPAD.encode(&sealed)))
}

/// What a browser shows; `None` if we did not make it for this user.
pub(super) fn open(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    token: &[u8],
) -> Option<DeviceToken> {
    if token.len() > LONGEST {
        return None;
    }
    let sealed = decoded(&BASE64URL_NOPAD, token)?;
    let plain = context(site, user).open(ring, &sealed).ok()?;
    let (id, secret) = plain.split_first_chunk::<16>()?;
    Some(DeviceToken {
        id: DeviceId::new(*id),
        secret: DeviceSecret::new(secret.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::OsEntropy;

    fn site(name: &str) -> Site {
        Site::new(name).unwrap()
    }

    fn user(id: &str) -> UserId {
        UserId::new(id).unwrap()
    }

    fn sample() -> DeviceToken {
        DeviceToken {
            id: DeviceId::new([3; 16]),
            secret: DeviceSecret::new([9; 32]),
        }
    }

    #[test]
    fn a_token_opens_for_its_site_and_user_alone() {
        let ring = KeyRing::ephemeral().unwrap();
        let token = seal(&ring, &site("a"), &user("7"), &sample(), &mut OsEntropy).unwrap();
        let read = open(&ring, &site("a"), &user("7"), token.as_bytes()).unwrap();
        assert_eq!(read.id, sample().id);
        assert_eq!(read.secret.bytes(), sample().secret.bytes());
        let other = KeyRing::ephemeral().unwrap();
        assert!(open(&ring, &site("b"), &user("7"), token.as_bytes()).is_none());
        assert!(open(&ring, &site("a"), &user("07"), token.as_bytes()).is_none());
        assert!(open(&other, &site("a"), &user("7"), token.as_bytes()).is_none());
    }

    #[test]
    fn a_token_that_is_cut_longer_or_changed_in_one_bit_is_none() {
        let ring = KeyRing::ephemeral().unwrap();
        let token = seal(&ring, &site("a"), &user("7"), &sample(), &mut OsEntropy).unwrap();
        let opens = |bytes: &[u8]| open(&ring, &site("a"), &user("7"), bytes).is_some();
        for length in 0..token.len() {
            assert!(!opens(&token.as_bytes()[..length]), "{length}");
        }
        for place in 0..token.len() {
            for bit in 0..8 {
                let mut changed = token.as_bytes().to_vec();
                changed[place] ^= 1 << bit;
                assert!(!opens(&changed), "{place} {bit}");
            }
        }
        let longer = format!("{}A", token.as_str());
        assert!(!opens(longer.as_bytes()));
        assert!(!opens(&vec![b'A'; 1 << 20]));
        assert!(!opens(b"\0\xff"));
    }
}
