//! Markers and grants as they leave the process: sealed, then base 64 that fits a URL.
//!
//! ```text
//! sealed text = purpose (1; its place in Purpose::ALL) | id (16) | length of locale (1) | locale | user id
//! ```

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::account::{ChallengeId, GrantId, Marker};
use crate::crypto::{Context, Domain, KeyRing, OsEntropy, RandomError};
use crate::terms::{Purpose, Site, UserId};

/// Longest locale that is kept: longer than `ca-Latn-ES-valencia`.
const LONGEST_LOCALE: usize = 35;

/// Longer than any token of ours.
const LONGEST: usize = 512;

fn seal(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    user: &UserId,
    purpose: Purpose,
    id: &[u8; 16],
    locale: &str,
) -> Result<Zeroizing<String>, RandomError> {
    let context = Context {
        domain,
        site: site.as_str(),
        user: "",
        version: 0,
    };
    let place = Purpose::ALL
        .iter()
        .position(|p| *p == purpose)
        .unwrap_or_default();
    // A locale that is longer than any language's is none.
    let locale = if locale.len() > LONGEST_LOCALE {
        ""
    } else {
        locale
    };
    let mut plain = Zeroizing::new(Vec::with_capacity(
        18usize
            .saturating_add(locale.len())
            .saturating_add(user.as_str().len()),
    ));
    plain.push(u8::try_from(place).map_err(|_| RandomError)?);
    plain.extend_from_slice(id);
    plain.push(u8::try_from(locale.len()).map_err(|_| RandomError)?);
    plain.extend_from_slice(locale.as_bytes());
    plain.extend_from_slice(user.as_str().as_bytes());
    let sealed = context.seal(ring, &plain, &mut OsEntropy)?;
    Ok(Zeroizing::new(BASE64URL_NOPAD.encode(&sealed)))
}

fn open(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    token: &str,
) -> Option<(Purpose, [u8; 16], UserId, String)> {
    if token.len() > LONGEST {
        return None;
    }
    let sealed = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let context = Context {
        domain,
        site: site.as_str(),
        user: "",
        version: 0,
    };
    let plain = context.open(ring, &sealed).ok()?;
    let (place, rest) = plain.split_first()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first()?;
    let (locale, user) = rest.split_at_checked(usize::from(*length))?;
    let locale = std::str::from_utf8(locale).ok()?.to_owned();
    let purpose = *Purpose::ALL.get(usize::from(*place))?;
    let user = UserId::new(std::str::from_utf8(user).ok()?).ok()?;
    Some((purpose, *id, user, locale))
}

/// The marker of a challenge, and the language of the messages sent for it.
pub fn seal_marker(
    ring: &KeyRing,
    site: &Site,
    marker: &Marker,
    locale: &str,
) -> Result<Zeroizing<String>, RandomError> {
    seal(
        ring,
        site,
        Domain::Challenge,
        &marker.user,
        marker.purpose,
        marker.id.bytes(),
        locale,
    )
}

/// The challenge a marker names, and its language; `None` if we did not make it.
pub fn open_marker(ring: &KeyRing, site: &Site, token: &str) -> Option<(Marker, String)> {
    let (purpose, id, user, locale) = open(ring, site, Domain::Challenge, token)?;
    let marker = Marker {
        user,
        purpose,
        id: ChallengeId::new(id),
    };
    Some((marker, locale))
}

/// The token of a grant.
pub fn seal_grant(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    id: &GrantId,
) -> Result<Zeroizing<String>, RandomError> {
    seal(
        ring,
        site,
        Domain::Grant,
        user,
        Purpose::StepUp,
        id.bytes(),
        "",
    )
}

/// The grant a token names; `None` if we did not make it for `user`.
pub fn open_grant(ring: &KeyRing, site: &Site, user: &UserId, token: &str) -> Option<GrantId> {
    let (_, id, owner, _) = open(ring, site, Domain::Grant, token)?;
    (owner == *user).then_some(GrantId::new(id))
}
