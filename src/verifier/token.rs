//! Challenges, grants and set-ups as they leave the process: sealed, then base 64 that fits a URL.
//!
//! ```text
//! of a challenge or grant:  purpose (1; its place in Purpose::ALL) | id (16) | length of locale (1) | locale | user id
//! of a set-up:           kind (1) | length of user id (1) | user id | the set-up
//!   kind 0, an app:      its document, with the secret; the account keeps nothing of it
//!   kinds 1 and 2,       id (16) among the account's pending numbers and addresses
//!   telephone, e-mail:
//! ```

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::account::PendingTotp;
use crate::account::{ChallengeId, ChallengeToken, GrantId, SetupId};
use crate::crypto::{Context, Domain, KeyRing, OsEntropy, RandomError};
use crate::types::{Purpose, Site, UserId};

/// Longest locale that is kept: longer than `ca-Latn-ES-valencia`.
const LONGEST_LOCALE: usize = 35;

fn context(site: &Site, domain: Domain) -> Context<'_> {
    Context {
        domain,
        site: site.as_str(),
        user: "",
        version: 0,
    }
}

fn seal_text(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    plain: &[u8],
) -> Result<Zeroizing<String>, RandomError> {
    let sealed = context(site, domain).seal(ring, plain, &mut OsEntropy)?;
    Ok(Zeroizing::new(BASE64URL_NOPAD.encode(&sealed)))
}

fn open_text(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    token: &str,
) -> Option<Zeroizing<Vec<u8>>> {
    if token.len() > LONGEST {
        return None;
    }
    let sealed = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    context(site, domain).open(ring, &sealed).ok()
}

/// Longer than any token of ours: that of a set-up has a user id and two names in it.
const LONGEST: usize = 1536;

fn seal(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    user: &UserId,
    purpose: Purpose,
    id: &[u8; 16],
    locale: &str,
) -> Result<Zeroizing<String>, RandomError> {
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
    seal_text(ring, site, domain, &plain)
}

fn open(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    token: &str,
) -> Option<(Purpose, [u8; 16], UserId, String)> {
    let plain = open_text(ring, site, domain, token)?;
    let (place, rest) = plain.split_first()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first()?;
    let (locale, user) = rest.split_at_checked(usize::from(*length))?;
    let locale = std::str::from_utf8(locale).ok()?.to_owned();
    let purpose = *Purpose::ALL.get(usize::from(*place))?;
    let user = UserId::new(std::str::from_utf8(user).ok()?).ok()?;
    Some((purpose, *id, user, locale))
}

/// The token of a challenge, with the language of the messages sent for it.
pub(super) fn seal_challenge(
    ring: &KeyRing,
    site: &Site,
    token: &ChallengeToken,
    locale: &str,
) -> Result<Zeroizing<String>, RandomError> {
    seal(
        ring,
        site,
        Domain::Challenge,
        &token.user,
        token.purpose,
        token.id.bytes(),
        locale,
    )
}

/// The challenge that a token names, and its language; `None` if we did not make it.
pub(super) fn open_challenge(
    ring: &KeyRing,
    site: &Site,
    token: &str,
) -> Option<(ChallengeToken, String)> {
    let (purpose, id, user, locale) = open(ring, site, Domain::Challenge, token)?;
    let token = ChallengeToken {
        user,
        purpose,
        id: ChallengeId::new(id),
    };
    Some((token, locale))
}

/// The token of a grant.
pub(super) fn seal_grant(
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
pub(super) fn open_grant(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    token: &str,
) -> Option<GrantId> {
    let (_, id, owner, _) = open(ring, site, Domain::Grant, token)?;
    (owner == *user).then_some(GrantId::new(id))
}

/// What a set-up's token holds.
// One at a time, and not for long: in a box a secret would be moved more often.
#[allow(clippy::large_enum_variant)]
pub(super) enum Setup {
    /// An authenticator app.
    Totp(PendingTotp),
    /// A telephone number.
    Phone(SetupId),
    /// An e-mail address.
    Email(SetupId),
}

impl Setup {
    const fn kind(&self) -> u8 {
        match self {
            Self::Totp(_) => 0,
            Self::Phone(_) => 1,
            Self::Email(_) => 2,
        }
    }
}

/// The token of a set-up.
pub(super) fn seal_setup(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    setup: &Setup,
) -> Result<Zeroizing<String>, RandomError> {
    let body = match setup {
        Setup::Totp(pending) => pending.to_document().map_err(|_| RandomError)?,
        Setup::Phone(id) | Setup::Email(id) => Zeroizing::new(id.bytes().to_vec()),
    };
    let user = user.as_str().as_bytes();
    let room = user.len().saturating_add(body.len()).saturating_add(2);
    let mut plain = Zeroizing::new(Vec::with_capacity(room));
    plain.push(setup.kind());
    plain.push(u8::try_from(user.len()).map_err(|_| RandomError)?);
    plain.extend_from_slice(user);
    plain.extend_from_slice(&body);
    seal_text(ring, site, Domain::Setup, &plain)
}

/// The set-up a token names, and whose it is; `None` if we did not make it.
pub(super) fn open_setup(ring: &KeyRing, site: &Site, token: &str) -> Option<(UserId, Setup)> {
    let plain = open_text(ring, site, Domain::Setup, token)?;
    let (&[kind, length], rest) = plain.split_first_chunk::<2>()?;
    let (user, body) = rest.split_at_checked(usize::from(length))?;
    let user = UserId::new(std::str::from_utf8(user).ok()?).ok()?;
    let id = || body.try_into().ok().map(SetupId::new);
    let setup = match kind {
        0 => Setup::Totp(PendingTotp::from_document(body).ok()?),
        1 => Setup::Phone(id()?),
        2 => Setup::Email(id()?),
        _ => return None,
    };
    Some((user, setup))
}
