//! Challenges, grants and set-ups as they leave the process: sealed, then base 64 that fits a URL.
//!
//! ```text
//! of a challenge or grant:  purpose (1; its place in Purpose::ALL) | id (16) | length of locale (1) | locale | user id
//! of a set-up:           kind (1) | length of user id (1) | user id | the set-up
//!   kind 0, an app:      its document, with the secret; the account keeps nothing of it
//!   kind 3, an app:      number of backup codes (1) | letters of each (1) | each | its document
//!   kinds 1 and 2,       id (16) among the account's pending numbers and addresses
//!   telephone, e-mail:
//! of a number that is proven for nobody: id (16) of its row
//! of a reset:            kind (1) | what it is
//!   kind 0, asked for:   length (2) | AskedReset | zeros, so that all are of one length whomever they are about
//!   kind 1, proven:      PasswordResetProof (20) | user id
//! of a notice's link:    kind (1; its place in NoticeKind::ALL) | method (1; its place in Method::ALL and one, 0: none) |
//!                        number (4) | when it happened (8) | when its mail was made (8) | user id
//! of a password that the host has checked: PasswordGrant (20) | user id
//! ```

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use serde::{Deserialize, Serialize};

use crate::account::PendingTotp;
use crate::account::{
    ChallengeId, ChallengeToken, GrantId, NoticeKind, NoticeLink, PasswordGrant,
    PasswordResetProof, SetupId,
};
use crate::clock::UnixTime;
use crate::crypto::code::LookupCode;
use crate::crypto::{Context, Domain, Entropy, KeyRing, OsEntropy, RandomError, SecretBytes};
use crate::shared::format;
use crate::types::{Method, Purpose, Site, UserId};

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
    seal_text_by(ring, site, domain, plain, &mut OsEntropy)
}

fn seal_text_by(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    plain: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Zeroizing<String>, RandomError> {
    let sealed = context(site, domain).seal(ring, plain, entropy)?;
    Ok(Zeroizing::new(BASE64URL_NOPAD.encode(&sealed)))
}

fn open_text(ring: &KeyRing, site: &Site, domain: Domain, token: &str) -> Option<SecretBytes> {
    if token.len() > LONGEST {
        return None;
    }
    let sealed = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    context(site, domain).open(ring, &sealed).ok()
}

/// A locale that is longer than any language's is none.
const fn kept_locale(locale: &str) -> &str {
    if locale.len() > LONGEST_LOCALE {
        ""
    } else {
        locale
    }
}

/// Longer than any token of ours: that of a set-up has a user id, two names and perhaps backup codes in it.
const LONGEST: usize = 2048;

#[allow(clippy::too_many_arguments)] // what is sealed, and by what
fn seal(
    ring: &KeyRing,
    site: &Site,
    domain: Domain,
    user: &UserId,
    purpose: Purpose,
    id: &[u8; 16],
    locale: &str,
    entropy: &mut dyn Entropy,
) -> Result<Zeroizing<String>, RandomError> {
    let place = Purpose::ALL
        .iter()
        .position(|p| *p == purpose)
        .unwrap_or_default();
    let locale = kept_locale(locale);
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
    seal_text_by(ring, site, domain, &plain, entropy)
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
    entropy: &mut dyn Entropy,
) -> Result<Zeroizing<String>, RandomError> {
    seal(
        ring,
        site,
        Domain::Challenge,
        &token.user,
        token.purpose,
        token.id.bytes(),
        locale,
        entropy,
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
        &mut OsEntropy,
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
// One value at a time, short-lived; boxing it would move the secret once more.
#[allow(clippy::large_enum_variant)]
pub(super) enum Setup {
    /// An authenticator app, and the backup codes that were shown with it, if any.
    Totp(PendingTotp, Vec<LookupCode>),
    /// A telephone number.
    Phone(SetupId),
    /// An e-mail address.
    Email(SetupId),
}

impl Setup {
    const fn kind(&self) -> u8 {
        match self {
            Self::Totp(_, codes) if codes.is_empty() => 0,
            Self::Phone(_) => 1,
            Self::Email(_) => 2,
            Self::Totp(..) => 3,
        }
    }
}

/// What is sealed of an app: the codes that were shown with it, if any, before its document.
fn with_codes(codes: &[LookupCode], document: &[u8]) -> Result<Zeroizing<Vec<u8>>, RandomError> {
    let letters = codes.iter().map(|code| code.len()).sum::<usize>();
    let room = document.len().saturating_add(letters).saturating_add(2);
    let mut body = Zeroizing::new(Vec::with_capacity(room));
    if let Some(first) = codes.first() {
        body.push(u8::try_from(codes.len()).map_err(|_| RandomError)?);
        body.push(u8::try_from(first.len()).map_err(|_| RandomError)?);
        for code in codes {
            body.extend_from_slice(code);
        }
    }
    body.extend_from_slice(document);
    Ok(body)
}

fn codes_of(body: &[u8]) -> Option<(Vec<LookupCode>, &[u8])> {
    let (&[count, letters], mut rest) = body.split_first_chunk::<2>()?;
    let mut codes = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (code, after) = rest.split_at_checked(usize::from(letters))?;
        codes.push(Zeroizing::new(code.to_vec()));
        rest = after;
    }
    Some((codes, rest))
}

/// The token of a set-up.
pub(super) fn seal_setup(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    setup: &Setup,
) -> Result<Zeroizing<String>, RandomError> {
    let body = match setup {
        Setup::Totp(pending, codes) => {
            with_codes(codes, &pending.to_document().map_err(|_| RandomError)?)?
        }
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
        0 => Setup::Totp(PendingTotp::from_document(body).ok()?, Vec::new()),
        1 => Setup::Phone(id()?),
        2 => Setup::Email(id()?),
        3 => {
            let (codes, document) = codes_of(body)?;
            Setup::Totp(PendingTotp::from_document(document).ok()?, codes)
        }
        _ => return None,
    };
    Some((user, setup))
}

/// The token of a number that is being proven for nobody.
pub(super) fn seal_number_proof(
    ring: &KeyRing,
    site: &Site,
    id: &SetupId,
) -> Result<Zeroizing<String>, RandomError> {
    seal_text(ring, site, Domain::NumberProof, id.bytes())
}

/// The proof a token names; `None` if we did not make it.
pub(super) fn open_number_proof(ring: &KeyRing, site: &Site, token: &str) -> Option<SetupId> {
    let plain = open_text(ring, site, Domain::NumberProof, token)?;
    (&*plain).try_into().ok().map(SetupId::new)
}

/// Somebody has asked for a reset of a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AskedReset {
    /// Under which name it is counted what was tried: 32 hexadecimal digits.
    pub id: String,
    /// When.
    pub at: UnixTime,
    /// What may come of it; `None` if there is nobody to send a code to.
    pub found: Option<ResettableUser>,
}

/// Whose password may be reset, and by which way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ResettableUser {
    user: String,
    challenge: [u8; 16],
    /// The way a code goes.
    pub method: Method,
    /// The language of its message.
    pub locale: String,
}

impl ResettableUser {
    /// The user of a challenge.
    pub(super) fn new(token: &ChallengeToken, method: Method, locale: &str) -> Self {
        Self {
            user: token.user.as_str().to_owned(),
            challenge: *token.id.bytes(),
            method,
            locale: kept_locale(locale).to_owned(),
        }
    }

    /// The challenge that a code is sent for; `None` if no host has such a user.
    pub(super) fn challenge(&self) -> Option<ChallengeToken> {
        Some(ChallengeToken {
            user: UserId::new(self.user.as_str()).ok()?,
            purpose: Purpose::ResetPassword,
            id: ChallengeId::new(self.challenge),
        })
    }
}

/// Kinds of tokens of a reset.
const ASKED: u8 = 0;
const PROVEN: u8 = 1;

/// More than any [`AskedReset`] takes: id 33, time 5, user 193, challenge 16, method 1, locale 37, absence 1.
const ASKED_BYTES: usize = 320;

/// The token of a reset that was asked for: of one length, whatever is in it.
pub(super) fn seal_reset(
    ring: &KeyRing,
    site: &Site,
    asked: &AskedReset,
) -> Result<Zeroizing<String>, RandomError> {
    let body = Zeroizing::new(format::write(asked).map_err(|_| RandomError)?);
    if body.len() > ASKED_BYTES {
        return Err(RandomError);
    }
    let length = u16::try_from(body.len()).map_err(|_| RandomError)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(ASKED_BYTES.saturating_add(3)));
    plain.push(ASKED);
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(&body);
    plain.resize(ASKED_BYTES.saturating_add(3), 0);
    seal_text(ring, site, Domain::PasswordReset, &plain)
}

/// The reset that was asked for; `None` if we did not make the token.
pub(super) fn open_reset(ring: &KeyRing, site: &Site, token: &str) -> Option<AskedReset> {
    let plain = open_text(ring, site, Domain::PasswordReset, token)?;
    let (&[kind, high, low], rest) = plain.split_first_chunk::<3>()?;
    let body = rest.get(..usize::from(u16::from_be_bytes([high, low])))?;
    format::read(body).ok().filter(|_| kind == ASKED)
}

/// The token of a reset that was proven.
pub(super) fn seal_reset_proof(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    proof: &PasswordResetProof,
) -> Result<Zeroizing<String>, RandomError> {
    let plain = [&[PROVEN], &proof.to_bytes()[..], user.as_str().as_bytes()].concat();
    seal_text(ring, site, Domain::PasswordReset, &Zeroizing::new(plain))
}

/// The proof a token holds; `None` if we did not make it for `user`.
pub(super) fn open_reset_proof(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    token: &str,
) -> Option<PasswordResetProof> {
    let plain = open_text(ring, site, Domain::PasswordReset, token)?;
    let (kind, rest) = plain.split_first()?;
    let (proof, owner) = rest.split_first_chunk::<{ PasswordResetProof::BYTES }>()?;
    let is_theirs = *kind == PROVEN && owner == user.as_str().as_bytes();
    is_theirs.then(|| PasswordResetProof::from_bytes(proof))?
}

/// Where something is in the list of all there are.
fn place_of<T: PartialEq>(all: &[T], it: &T) -> Option<u8> {
    let place = all.iter().position(|other| other == it)?;
    u8::try_from(place).ok()
}

/// The token of the link of a notice to that user.
pub(super) fn seal_notice_link(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    link: &NoticeLink,
) -> Result<Zeroizing<String>, RandomError> {
    let kind = place_of(NoticeKind::ALL, &link.kind).ok_or(RandomError)?;
    let method = link.method.and_then(|it| place_of(Method::ALL, &it));
    let plain = [
        &[kind, method.map_or(0, |place| place.saturating_add(1))][..],
        &link.number.to_be_bytes(),
        &link.at.unsigned().to_be_bytes(),
        &link.made.unsigned().to_be_bytes(),
        user.as_str().as_bytes(),
    ]
    .concat();
    seal_text(ring, site, Domain::NoticeLink, &plain)
}

/// The link that a token is, and whose; `None` if we did not make it.
pub(super) fn open_notice_link(
    ring: &KeyRing,
    site: &Site,
    token: &str,
) -> Option<(UserId, NoticeLink)> {
    let plain = open_text(ring, site, Domain::NoticeLink, token)?;
    let (&[kind, method], rest) = plain.split_first_chunk::<2>()?;
    let (number, rest) = rest.split_first_chunk::<4>()?;
    let (at, rest) = rest.split_first_chunk::<8>()?;
    let (made, user) = rest.split_first_chunk::<8>()?;
    let time = |bytes: &[u8; 8]| {
        let seconds = i64::try_from(u64::from_be_bytes(*bytes)).ok()?;
        UnixTime::new(seconds).ok()
    };
    let method = match method.checked_sub(1) {
        Some(place) => Some(*Method::ALL.get(usize::from(place))?),
        None => None,
    };
    let link = NoticeLink {
        number: u32::from_be_bytes(*number),
        kind: *NoticeKind::ALL.get(usize::from(kind))?,
        method,
        at: time(at)?,
        made: time(made)?,
    };
    let user = UserId::new(std::str::from_utf8(user).ok()?).ok()?;
    Some((user, link))
}

/// The token that says that the host has checked a password.
pub(super) fn seal_password_grant(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    grant: &PasswordGrant,
) -> Result<Zeroizing<String>, RandomError> {
    let plain = [&grant.to_bytes()[..], user.as_str().as_bytes()].concat();
    seal_text(ring, site, Domain::PasswordGrant, &Zeroizing::new(plain))
}

/// What such a token holds; `None` if we did not make it for `user`.
pub(super) fn open_password_grant(
    ring: &KeyRing,
    site: &Site,
    user: &UserId,
    token: &str,
) -> Option<PasswordGrant> {
    let plain = open_text(ring, site, Domain::PasswordGrant, token)?;
    let (grant, owner) = plain.split_first_chunk::<{ PasswordGrant::BYTES }>()?;
    let is_theirs = owner == user.as_str().as_bytes();
    is_theirs.then(|| PasswordGrant::from_bytes(grant))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A host may put it into a form.
        #[test]
        fn the_token_of_a_reset_has_one_length_whomever_it_is_about(
            user in "[^\\p{Cc}]{1,47}",
            locale in "[a-z-]{0,60}",
            method in proptest::sample::select(Method::ALL),
            seconds in 0i64..253_402_300_799,
            id: [u8; 16],
        ) {
            let (ring, site) = (KeyRing::parse(KEY).unwrap(), Site::new("default").unwrap());
            let nobody = AskedReset { id: "0".repeat(32), at: UnixTime::START, found: None };
            let token = ChallengeToken {
                user: UserId::new(user).unwrap(),
                purpose: Purpose::ResetPassword,
                id: ChallengeId::new(id),
            };
            let found = ResettableUser::new(&token, method, &locale);
            prop_assert_eq!(found.challenge(), Some(token));
            let at = UnixTime::new(seconds).unwrap();
            let somebody = AskedReset { id: "f".repeat(32), at, found: Some(found) };
            let [none, some] = [&nobody, &somebody].map(|asked| seal_reset(&ring, &site, asked).unwrap());
            prop_assert_eq!(none.len(), some.len());
            prop_assert_eq!(open_reset(&ring, &site, &none), Some(nobody));
            prop_assert_eq!(open_reset(&ring, &site, &some), Some(somebody));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_link_of_a_notice_is_what_was_sealed_for_this_site_and_nothing_else_is_one(
            number: u32,
            kind in proptest::sample::select(NoticeKind::ALL.to_vec()),
            method in proptest::option::of(proptest::sample::select(Method::ALL)),
            at in 0i64..253_402_300_799,
            made in 0i64..253_402_300_799,
            user in "[^\\p{Cc}]{1,47}",
            place: proptest::sample::Index,
            letter in "[A-Za-z0-9_-]",
        ) {
            let (ring, site) = (KeyRing::parse(KEY).unwrap(), Site::new("default").unwrap());
            let user = UserId::new(user).unwrap();
            let time = |seconds| UnixTime::new(seconds).unwrap();
            let link = NoticeLink { number, kind, method, at: time(at), made: time(made) };
            let token = seal_notice_link(&ring, &site, &user, &link).unwrap();
            prop_assert_eq!(open_notice_link(&ring, &site, &token), Some((user.clone(), link)));
            let other = Site::new("other").unwrap();
            prop_assert_eq!(open_notice_link(&ring, &other, &token), None);
            let mut forged = token.to_string();
            let place = place.index(forged.len());
            forged.replace_range(place..=place, &letter);
            prop_assert_eq!(open_notice_link(&ring, &site, &forged).is_some(), forged == *token);
            let grant = seal_grant(&ring, &site, &user, &GrantId::new([1; 16])).unwrap();
            prop_assert_eq!(open_notice_link(&ring, &site, &grant), None);
            prop_assert_eq!(open_grant(&ring, &site, &user, &token), None);
        }
    }

    #[test]
    fn the_longest_user_fits() {
        let (ring, site) = (KeyRing::parse(KEY).unwrap(), Site::new("default").unwrap());
        let token = ChallengeToken {
            user: UserId::new("x".repeat(191)).unwrap(),
            purpose: Purpose::ResetPassword,
            id: ChallengeId::new([0xff; 16]),
        };
        let found = ResettableUser::new(&token, Method::WhatsApp, &"x".repeat(35));
        let asked = AskedReset {
            id: "f".repeat(32),
            at: UnixTime::new(253_402_300_799).unwrap(),
            found: Some(found),
        };
        let sealed = seal_reset(&ring, &site, &asked).unwrap();
        assert_eq!(open_reset(&ring, &site, &sealed), Some(asked));
    }

    #[test]
    fn what_was_asked_for_is_no_proof_and_a_proof_is_its_user_s() {
        let (ring, site) = (KeyRing::parse(KEY).unwrap(), Site::new("default").unwrap());
        let (anna, bert) = (UserId::new("1").unwrap(), UserId::new("2").unwrap());
        let proof = PasswordResetProof::from_bytes(&[1; PasswordResetProof::BYTES]);
        // A time of 0x0101010101010101 is after the year 9999.
        assert_eq!(proof, None);
        let proof = PasswordResetProof::from_bytes(&[0; PasswordResetProof::BYTES]).unwrap();
        let proven = seal_reset_proof(&ring, &site, &anna, &proof).unwrap();
        assert_eq!(open_reset_proof(&ring, &site, &anna, &proven), Some(proof));
        assert_eq!(open_reset_proof(&ring, &site, &bert, &proven), None);
        assert_eq!(open_reset(&ring, &site, &proven), None);
        assert_eq!(open_grant(&ring, &site, &anna, &proven), None);
        assert_eq!(open_challenge(&ring, &site, &proven), None);
        let asked = AskedReset {
            id: "0".repeat(32),
            at: UnixTime::START,
            found: None,
        };
        let asked = seal_reset(&ring, &site, &asked).unwrap();
        assert_eq!(open_reset_proof(&ring, &site, &anna, &asked), None);
    }
}
