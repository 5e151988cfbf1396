use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::crypto::KeyRing;
use crate::shared::{RowContext, SharedRow};
use crate::sms::gateway::{Distrust, Fault, GatewayError, TokenError};
use crate::store::Version;
use crate::types::{LicenceKey, Site};

const NOW: i64 = 1_796_000_000;
const HALF_DAY: i64 = 43_200;
const LIFE: i64 = 86_400;
const GRACE: i64 = 14 * 86_400;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(NOW + seconds).unwrap()
}

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> String {
    BASE64.encode(signer(seed).verifying_key().as_bytes())
}

fn licence_key(text: &str) -> LicenceKey {
    LicenceKey::new(Zeroizing::new(text.to_owned()))
}

fn terms_of(keys: &[(&str, u8)], key: &str) -> Terms {
    terms_for("https://www.Example.org:8443/cms", keys, key)
}

fn terms_for(site: &str, keys: &[(&str, u8)], key: &str) -> Terms {
    let keys: Vec<_> = keys
        .iter()
        .map(|(id, seed)| format!("{id} = {}", public(*seed)))
        .collect();
    Terms::read(&keys.join(", "), site, 14, &licence_key(key)).unwrap()
}

fn terms() -> Terms {
    terms_of(&[("k1", 1), ("k2", 2)], "canary-key")
}

#[derive(Clone)]
struct Claims {
    seed: u8,
    kid: &'static str,
    domain: String,
    module: String,
    kind: String,
    issued: i64,
    begins: i64,
    expires: i64,
}

impl Claims {
    fn good() -> Self {
        Self {
            seed: 1,
            kid: "k1",
            domain: "example.org".to_owned(),
            module: "TwoFactorPro".to_owned(),
            kind: "pro".to_owned(),
            issued: 0,
            begins: 0,
            expires: LIFE,
        }
    }

    fn payload(&self) -> String {
        format!(
            r#"{{"kid":"{}","lid":"lic_7","dom":{},"mod":{},"typ":{},"iat":{},"nbf":{},"exp":{}}}"#,
            self.kid,
            serde_json::to_string(&self.domain).unwrap(),
            serde_json::to_string(&self.module).unwrap(),
            serde_json::to_string(&self.kind).unwrap(),
            NOW + self.issued,
            NOW + self.begins,
            NOW + self.expires
        )
    }

    fn token(&self) -> String {
        signed(self.seed, &self.payload())
    }
}

fn signed(seed: u8, payload: &str) -> String {
    let text = format!("TFL1.{}", BASE64URL_NOPAD.encode(payload.as_bytes()));
    let signature = signer(seed).sign(text.as_bytes()).to_bytes();
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
}

fn with(change: impl FnOnce(&mut Claims)) -> String {
    let mut claims = Claims::good();
    change(&mut claims);
    claims.token()
}

/// What is kept after a genuine yes with this token, whatever the token is worth.
fn kept(token: &str, seconds: i64) -> Kept {
    let mut kept = Kept::nothing(&terms(), at(seconds));
    let _ = kept.heard(Ok(token), &terms(), at(seconds));
    kept
}

fn good() -> Kept {
    let mut kept = Kept::nothing(&terms(), at(0));
    kept.heard(Ok(&Claims::good().token()), &terms(), at(0))
        .unwrap();
    kept
}

fn judged(kept: &Kept, seconds: i64) -> Result<Standing, Unlicensed> {
    let premium = judge(Some(kept), &terms(), Remembered::NOTHING, at(seconds));
    premium.map(|premium| premium.standing())
}

/// Whether a token makes a licence right when it comes.
fn counts(token: &str) -> bool {
    let mut kept = Kept::nothing(&terms(), at(0));
    let heard = kept.heard(Ok(token), &terms(), at(0));
    let judged = judged(&kept, 0);
    assert_eq!(heard.is_ok(), judged.is_ok(), "{heard:?} {judged:?}");
    judged.is_ok()
}

#[test]
fn a_licence_is_good_for_its_time_and_then_for_the_days_of_grace() {
    let kept = good();
    for (seconds, expected) in [
        (0, Ok(Standing::Valid)),
        (LIFE - 1, Ok(Standing::Valid)),
        (LIFE, Ok(Standing::Grace)),
        (LIFE + GRACE - 1, Ok(Standing::Grace)),
        (LIFE + GRACE, Err(Unlicensed::Expired)),
        (10 * GRACE, Err(Unlicensed::Expired)),
    ] {
        assert_eq!(judged(&kept, seconds), expected, "{seconds}");
    }
    let premium = judge(Some(&kept), &terms(), Remembered::NOTHING, at(0)).unwrap();
    let licence = premium.licence();
    assert_eq!((licence.plan, &*licence.id), (Plan::Pro, "lic_7"));
    assert_eq!(licence.domain, "example.org");
    assert_eq!(licence.grace_until, at(LIFE + GRACE));

    let nothing = judge(None, &terms(), Remembered::NOTHING, at(0));
    assert_eq!(nothing.unwrap_err(), Unlicensed::Missing);
    let none = Terms::read(
        &format!("k1 = {}", public(1)),
        "https://example.org",
        0,
        &licence_key("canary-key"),
    )
    .unwrap();
    let over = judge(Some(&kept), &none, Remembered::NOTHING, at(LIFE));
    assert_eq!(over.unwrap_err(), Unlicensed::Expired);
}

#[test]
fn a_licence_for_credits_or_for_anything_that_is_no_named_plan_is_none() {
    assert!(counts(&Claims::good().token()));
    for kind in [
        "credits",
        "Pro",
        "PRO",
        "pro ",
        " pro",
        "pr",
        "prop",
        "premium",
        "pro,credits",
        "1",
        "true",
        "null",
    ] {
        let token = with(|claims| claims.kind = kind.to_owned());
        assert!(!counts(&token), "{kind}");
        let kept = kept(&token, 0);
        assert!(
            matches!(judged(&kept, 0), Err(Unlicensed::Refused { .. })),
            "{kind}: the gateway has said what was bought"
        );
    }
}

#[test]
fn a_token_that_was_cut_at_any_byte_is_none() {
    let token = Claims::good().token();
    for end in 0..token.len() {
        assert!(!counts(&token[..end]), "{end}");
    }
    for start in 1..token.len() {
        assert!(!counts(&token[start..]), "{start}");
    }
}

#[test]
fn signatures_that_have_changed_places_count_for_neither_token() {
    let (one, other) = (
        Claims::good().token(),
        with(|claims| claims.expires = LIFE - 1),
    );
    assert!(counts(&one) && counts(&other));
    let parts = |token: &str| {
        let (text, signature) = token.rsplit_once('.').unwrap();
        (text.to_owned(), signature.to_owned())
    };
    let ((one, its), (other, others)) = (parts(&one), parts(&other));
    assert!(!counts(&format!("{one}.{others}")));
    assert!(!counts(&format!("{other}.{its}")));
    // That of an answer is over another text.
    let answer = signer(1)
        .sign(b"TF1\nPOST\n/v1/licenses/validate")
        .to_bytes();
    let answer = BASE64URL_NOPAD.encode(&answer);
    assert!(!counts(&format!("{one}.{answer}")));
}

#[test]
fn two_keys_are_pinned_at_a_time_and_no_other_one_signs() {
    assert!(counts(&with(|claims| {
        claims.kid = "k2";
        claims.seed = 2;
    })));
    for (kid, seed) in [("k1", 2), ("k2", 1), ("k3", 1), ("k3", 3), ("k1", 3)] {
        let token = with(|claims| {
            claims.kid = kid;
            claims.seed = seed;
        });
        assert!(!counts(&token), "{kid} {seed}");
    }
    // What the first key signed is over when it is taken out, and not when the next one comes beside it.
    let kept = good();
    for (keys, expected) in [
        (&[("k1", 1), ("k3", 3)][..], true),
        (&[("k1", 1)], true),
        (&[("k2", 2), ("k3", 3)], false),
        (&[("k1", 2)], false),
    ] {
        let terms = terms_of(keys, "canary-key");
        let judged = judge(Some(&kept), &terms, Remembered::NOTHING, at(0));
        assert_eq!(judged.is_ok(), expected, "{keys:?}");
    }
    for (keys, why) in [
        (String::new(), "public key"),
        (format!("k1 = {}, ", public(1)), "public key"),
        (format!("k1 = {0}, k1 = {0}", public(1)), "twice"),
        (
            format!("a = {0}, b = {0}, c = {0}", public(1)),
            "two public keys",
        ),
    ] {
        let read = Terms::read(&keys, "https://example.org", 14, &licence_key("canary-key"));
        let error = read.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let read = Terms::read(&format!("k1 = {}", public(1)), "", 14, &licence_key("x"));
    assert!(read.unwrap_err().to_string().contains("which site"));
    for (site, why) in [
        ("example.org", "root URL"),
        (&*format!("https://example.org/{}", "x".repeat(300)), "long"),
    ] {
        let read = Terms::read(&format!("k1 = {}", public(1)), site, 14, &licence_key("x"));
        assert!(read.unwrap_err().to_string().contains(why), "{site}");
    }
}

#[test]
fn a_payload_has_its_eight_fields_once_each_and_no_other() {
    let payload = Claims::good().payload();
    assert!(counts(&signed(1, &payload)));
    for name in ["kid", "lid", "dom", "mod", "typ", "iat", "nbf", "exp"] {
        let missing: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let mut missing = missing.as_object().unwrap().clone();
        let value = missing.remove(name).unwrap();
        let doubled = payload.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        let null = payload.replace(&format!("\"{name}\":{value}"), &format!("\"{name}\":null"));
        let missing = serde_json::to_string(&missing).unwrap();
        for bad in [missing, doubled, null] {
            assert_ne!(bad, payload);
            assert!(!counts(&signed(1, &bad)), "{bad}");
        }
    }
    for bad in [
        payload.replacen('{', "{\"alg\":\"none\",", 1),
        payload.replacen('{', "{\"alg\":\"EdDSA\",", 1),
        format!("[{payload}]"),
        format!("{payload}{payload}"),
        "null".to_owned(),
    ] {
        assert!(!counts(&signed(1, &bad)), "{bad}");
    }
    let token = signed(1, &payload);
    for bad in [
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
        token.replace("TFL1.", "TFL2."),
        token.replace("TFL1.", "TF1."),
        token.replacen('.', "..", 1),
        token.replace('_', "/").replace('-', "+"),
    ] {
        assert!(bad == token || !counts(&bad), "{bad}");
    }
}

#[test]
fn a_token_that_lives_for_more_than_a_day_or_for_no_time_is_none() {
    assert!(counts(&with(|claims| claims.begins = -600)));
    for (issued, begins, expires) in [
        (0, 0, LIFE + 1),
        (0, 0, 400 * LIFE),
        (-1, 0, LIFE),
        (0, 0, 0),
        (0, LIFE, LIFE),
        (0, LIFE + 1, LIFE),
        (100, 0, 50),
    ] {
        let token = with(|claims| {
            (claims.issued, claims.begins, claims.expires) = (issued, begins, expires);
        });
        assert!(!counts(&token), "{issued} {begins} {expires}");
    }
    for ahead in [301, 1_000] {
        let token = with(|claims| claims.begins = ahead);
        let kept = kept(&token, 0);
        assert_eq!(judged(&kept, 0), Err(Unlicensed::NotYet), "{ahead}");
        assert_eq!(judged(&kept, ahead), Ok(Standing::Valid), "{ahead}");
    }
}

#[test]
fn a_clock_that_was_set_back_behind_the_last_use_makes_no_licence() {
    let mut kept = good();
    assert!(!kept.seen(at(3_600)), "once an hour is enough");
    assert!(kept.seen(at(LIFE - 10)));
    let back = i64::try_from(SET_BACK).unwrap();
    assert_eq!(judged(&kept, LIFE - 10 - back), Ok(Standing::Valid));
    assert_eq!(
        judged(&kept, LIFE - 11 - back),
        Err(Unlicensed::ClockSetBack {
            seconds: SET_BACK + 1
        })
    );
    assert_eq!(
        judged(&kept, -400 * LIFE),
        Err(Unlicensed::ClockSetBack {
            seconds: at(-400 * LIFE).until(at(LIFE - 10))
        })
    );
    // Within that the latest time counts, so no time is won.
    assert!(kept.seen(at(LIFE + GRACE + 10)));
    for seconds in [LIFE + GRACE + 10, LIFE + GRACE - back + 10] {
        assert_eq!(
            judged(&kept, seconds),
            Err(Unlicensed::Expired),
            "{seconds}"
        );
    }
    // One that was ahead is mended by the gateway's time, not by waiting.
    let mut kept = good();
    assert!(kept.seen(at(400 * LIFE)));
    assert!(judged(&kept, 10).is_err());
    assert!(kept.ask(&terms(), false, at(10)), "a renewal is due");
    let next = with(|claims| (claims.issued, claims.expires) = (10, 10 + LIFE));
    kept.heard(Ok(&next), &terms(), at(10)).unwrap();
    assert_eq!(judged(&kept, 10), Ok(Standing::Valid));
}

#[test]
fn an_older_row_that_was_put_back_is_refused_by_whoever_has_seen_a_later_one() {
    let first = good();
    let mut later = first.clone();
    let next = with(|claims| (claims.issued, claims.expires) = (HALF_DAY, HALF_DAY + LIFE));
    later.heard(Ok(&next), &terms(), at(HALF_DAY)).unwrap();
    let mut refused = later.clone();
    let no = GatewayError::Refused {
        fault: Fault::LicenceExpired,
        retry_after: None,
    };
    refused.heard(Err(&no), &terms(), at(HALF_DAY)).unwrap();
    let mut used = refused.clone();
    assert!(used.seen(at(LIFE)));
    let rows = [first, later, refused, used];
    for (place, row) in rows.iter().enumerate() {
        for (seen, remembered) in rows.iter().map(Kept::remember).enumerate() {
            let judged = judge(Some(row), &terms(), remembered, at(LIFE));
            assert_eq!(
                judged.err() == Some(Unlicensed::RolledBack),
                place < seen,
                "{place} {seen}"
            );
        }
    }
    // An empty row is no older one, and none that counts.
    let empty = Kept::nothing(&terms(), at(0));
    let judged = judge(Some(&empty), &terms(), rows[3].remember(), at(LIFE));
    assert_eq!(judged.unwrap_err(), Unlicensed::Missing);
}

#[test]
fn a_row_opens_in_its_own_place_and_version_only() {
    let ring = |seed: u8| KeyRing::parse(&format!("k = {}", BASE64.encode(&[seed; 32]))).unwrap();
    let (keys, others) = (ring(7), ring(8));
    let (here, there) = (Site::new("here").unwrap(), Site::new("there").unwrap());
    let place = |ring, site, version| RowContext {
        ring,
        site,
        version: Version(version),
    };
    let bytes = KeptRow(Ok(good())).encode(&place(&keys, &here, 3)).unwrap();
    let read = |place: RowContext<'_>, bytes: &[u8]| KeptRow::decode(bytes, &place).unwrap().0;
    assert_eq!(read(place(&keys, &here, 3), &bytes), Ok(good()));
    for wrong in [
        place(&keys, &here, 4),
        place(&keys, &there, 3),
        place(&others, &here, 3),
    ] {
        assert!(read(wrong, &bytes).is_err());
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(read(place(&keys, &here, 3), &changed).is_err(), "{at}");
    }
    assert!(!HEXLOWER.encode(&bytes).contains(&HEXLOWER.encode(b"TFL1")));
}

#[test]
fn a_no_ends_the_licence_at_once_and_silence_does_not() {
    let refused = |fault| GatewayError::Refused {
        fault,
        retry_after: None,
    };
    let unlisted = |status| GatewayError::Unlisted {
        status,
        code: "some_code".to_owned(),
        retry_after: None,
    };
    let no = [
        GatewayError::NotValid,
        refused(Fault::LicenceInvalid),
        refused(Fault::LicenceExpired),
        refused(Fault::DomainMismatch),
        refused(Fault::CreditsExhausted),
        refused(Fault::CountryBlocked),
        refused(Fault::FraudBlocked),
        GatewayError::Token(TokenError::Domain),
        GatewayError::Token(TokenError::Module),
    ];
    let silence = [
        GatewayError::NotAsked("no connection".to_owned()),
        GatewayError::NoAnswer("a reply that is not complete".to_owned()),
        GatewayError::Untrusted(Distrust::Unsigned),
        GatewayError::Untrusted(Distrust::Forged),
        GatewayError::Untrusted(Distrust::Time),
        GatewayError::Token(TokenError::Malformed),
        GatewayError::Token(TokenError::Forged),
        GatewayError::Token(TokenError::Time),
        refused(Fault::RateLimited),
        refused(Fault::ProviderUnavailable),
        refused(Fault::InvalidRequest),
        refused(Fault::IdempotencyConflict),
        unlisted(400),
        unlisted(401),
        unlisted(403),
        unlisted(410),
        unlisted(429),
    ];
    for error in no {
        let mut kept = good();
        kept.heard(Err(&error), &terms(), at(10)).unwrap();
        for seconds in [10, LIFE, LIFE + 1] {
            let judged = judged(&kept, seconds);
            assert!(matches!(judged, Err(Unlicensed::Refused { .. })), "{error}");
        }
        // Silence after a no is no yes, and a yes is one.
        let unreached = GatewayError::NotAsked("no connection".to_owned());
        kept.heard(Err(&unreached), &terms(), at(20)).unwrap();
        assert!(judged(&kept, 20).is_err(), "{error}");
        let next = with(|claims| (claims.issued, claims.expires) = (30, 30 + LIFE));
        kept.heard(Ok(&next), &terms(), at(30)).unwrap();
        assert_eq!(judged(&kept, 30), Ok(Standing::Valid), "{error}");
        assert_eq!(kept.silence(), None);
    }
    for error in silence {
        let mut kept = good();
        for seconds in [10, 3_700] {
            kept.heard(Err(&error), &terms(), at(seconds)).unwrap();
        }
        assert_eq!(judged(&kept, 3_700), Ok(Standing::Valid), "{error}");
        assert_eq!(judged(&kept, LIFE), Ok(Standing::Grace), "{error}");
        let (why, since) = kept.silence().unwrap();
        assert_eq!((why, since), (&*error.to_string(), at(10)));
    }
}

#[test]
fn a_no_to_one_domain_is_none_to_another() {
    let (mine, evil) = (
        terms(),
        terms_for("https://evil.example", &[("k1", 1)], "canary-key"),
    );
    let mismatch = GatewayError::Refused {
        fault: Fault::DomainMismatch,
        retry_after: None,
    };
    let of = |kept: &Kept, terms: &Terms, seconds| {
        let premium = judge(Some(kept), terms, Remembered::NOTHING, at(seconds));
        premium.map(|premium| premium.standing())
    };
    let is_refused =
        |kept: &Kept, terms: &Terms| matches!(of(kept, terms, 10), Err(Unlicensed::Refused { .. }));
    // The token is good for its own domain, to its end and the grace, and for no other.
    let mut kept = good();
    kept.heard(Err(&mismatch), &evil, at(10)).unwrap();
    assert!(is_refused(&kept, &evil));
    assert_eq!(of(&kept, &mine, 10), Ok(Standing::Valid));
    assert_eq!(of(&kept, &mine, LIFE + GRACE - 1), Ok(Standing::Grace));
    assert!(!kept.ask(&mine, false, at(10)), "nothing is due");
    assert!(kept.ask(&evil, false, at(10)));
    // Nor does a token that names another domain than was asked for take it away.
    let theirs = with(|claims| claims.domain = "elsewhere.example".to_owned());
    assert!(kept.heard(Ok(&theirs), &evil, at(20)).is_err());
    assert_eq!(of(&kept, &mine, 20), Ok(Standing::Valid));

    // A no to the token's own is not taken back by asking for others.
    kept.heard(Err(&GatewayError::NotValid), &mine, at(30))
        .unwrap();
    for site in [
        "https://evil.example",
        "https://a.example",
        "https://b.example",
    ] {
        let other = terms_for(site, &[("k1", 1)], "canary-key");
        kept.heard(Err(&mismatch), &other, at(40)).unwrap();
        assert!(
            is_refused(&kept, &mine) && is_refused(&kept, &other),
            "{site}"
        );
    }
    assert!(
        kept.bytes().len() < 1_200,
        "of those in between nothing is left"
    );
    let next = with(|claims| (claims.issued, claims.expires) = (50, 50 + LIFE));
    kept.heard(Ok(&next), &mine, at(50)).unwrap();
    assert_eq!(of(&kept, &mine, 50), Ok(Standing::Valid));
}

#[test]
fn a_site_that_is_entered_takes_the_place_of_another_only_where_that_is_no_loss() {
    let mine = terms();
    let moved = terms_for("https://new.example", &[("k1", 1)], "canary-key");
    let token = Claims::good().token();
    let no = GatewayError::NotValid;
    let silence = GatewayError::NotAsked("no connection".to_owned());
    let (kept, _) = Kept::nothing(&mine, at(0)).enter(Ok(&token), &mine, false, at(0));
    let kept = kept.unwrap();
    assert_eq!(
        kept.entered().unwrap().site(),
        "https://www.Example.org:8443/cms"
    );
    for (answer, is_good) in [(&no, true), (&no, false), (&silence, true)] {
        let (left, outcome) = kept.clone().enter(Err(answer), &moved, is_good, at(5));
        assert!(left.is_none() && outcome.is_err(), "{answer} {is_good}");
    }
    let (left, outcome) = kept.clone().enter(Err(&silence), &moved, false, at(5));
    assert_eq!(outcome, Err(Unlicensed::Missing));
    assert_eq!(
        left.unwrap().entered().unwrap().site(),
        "https://new.example"
    );
    let next = with(|claims| claims.domain = "new.example".to_owned());
    let (left, outcome) = kept.clone().enter(Ok(&next), &moved, true, at(5));
    assert!(outcome.is_ok());
    let left = left.unwrap();
    assert!(judge(Some(&left), &moved, kept.remember(), at(5)).is_ok());
    assert!(judge(Some(&left), &mine, kept.remember(), at(5)).is_err());
    // Written another way it is the same site: its no is the gateway's no.
    let same = terms_for("https://example.org", &[("k1", 1)], "canary-key");
    let (left, _) = kept.enter(Err(&no), &same, true, at(5));
    assert!(judge(Some(&left.unwrap()), &mine, Remembered::NOTHING, at(5)).is_err());
}

#[test]
fn an_older_token_takes_no_later_ones_place() {
    let mut kept = good();
    let older = with(|claims| (claims.issued, claims.expires) = (-1, LIFE - 1));
    assert_eq!(
        kept.heard(Ok(&older), &terms(), at(10)),
        Err(Unlicensed::Older)
    );
    assert_eq!(kept.licence(&terms()).unwrap().issued, at(0));
    assert_eq!(judged(&kept, 10), Ok(Standing::Valid));
    let same = with(|claims| claims.expires = LIFE - 5);
    kept.heard(Ok(&same), &terms(), at(10)).unwrap();
}

#[test]
fn the_gateway_is_asked_after_half_of_the_life_and_at_most_once_an_hour() {
    let mut kept = good();
    assert!(!kept.ask(&terms(), false, at(0)));
    assert!(!kept.ask(&terms(), false, at(HALF_DAY - 1)));
    assert!(kept.ask(&terms(), false, at(HALF_DAY)));
    assert!(!kept.ask(&terms(), true, at(HALF_DAY + 59)), "whoever asks");
    assert!(!kept.ask(&terms(), false, at(HALF_DAY + 3_599)));
    assert!(kept.ask(&terms(), false, at(HALF_DAY + 3_600)));
    // A person may insist.
    assert!(kept.ask(&terms(), true, at(HALF_DAY + 3_660)));
    // What was asked at a time to come, by a clock that was ahead, stops nothing.
    let mut kept = good();
    assert!(kept.ask(&terms(), true, at(90 * LIFE)));
    assert!(kept.ask(&terms(), true, at(10)));

    let mut refused = good();
    refused
        .heard(Err(&GatewayError::NotValid), &terms(), at(0))
        .unwrap();
    assert!(refused.ask(&terms(), false, at(1)), "that may have changed");
    assert!(!refused.ask(&terms(), false, at(2)));
    let mut nothing = Kept::nothing(&terms(), at(0));
    assert!(nothing.ask(&terms(), false, at(0)));
    assert!(!nothing.ask(&terms(), false, at(1)));
}

#[test]
fn another_licence_key_begins_with_nothing() {
    let other = terms_of(&[("k1", 1)], "another-key");
    let kept = good();
    let judged = |kept: &Kept, terms: &Terms, seconds| {
        judge(Some(kept), terms, kept.remember(), at(seconds)).map(|it| it.standing())
    };
    assert_eq!(judged(&kept, &other, 0), Err(Unlicensed::Missing));
    assert!(kept.licence(&other).is_err());
    let mut moved = kept.clone().for_terms(&other);
    assert_eq!(judged(&moved, &other, 0), Err(Unlicensed::Missing));
    assert!(moved.ask(&other, false, at(1)));
    let next = with(|claims| claims.issued = 1);
    moved.heard(Ok(&next), &other, at(1)).unwrap();
    assert_eq!(judged(&moved, &other, 1), Ok(Standing::Valid));
    assert_eq!(judged(&moved, &terms(), 1), Err(Unlicensed::Missing));
    assert_eq!(kept.clone().for_terms(&terms()), kept);
}

#[test]
fn a_key_that_is_entered_takes_the_place_of_another_only_where_that_is_no_loss() {
    let (mine, other) = (terms(), terms_of(&[("k1", 1)], "another-key"));
    let token = Claims::good().token();
    let (no, silence) = (
        GatewayError::NotValid,
        GatewayError::NotAsked("no connection".to_owned()),
    );
    let enter =
        |kept: Kept, answer, terms: &Terms, is_good| kept.enter(answer, terms, is_good, at(5));
    // The first one: kept with a yes, and while nobody answers, so that a later renewal brings the licence.
    let (kept, outcome) = enter(Kept::nothing(&mine, at(0)), Ok(&token), &mine, false);
    let mine_kept = kept.unwrap();
    assert!(outcome.is_ok());
    assert_eq!(mine_kept.entered().unwrap().key().reveal(), "canary-key");
    assert_eq!(judged(&mine_kept, 5), Ok(Standing::Valid));
    let (kept, outcome) = enter(Kept::nothing(&mine, at(0)), Err(&silence), &mine, false);
    assert_eq!(outcome, Err(Unlicensed::Missing));
    let mut waiting = kept.unwrap();
    assert_eq!(waiting.entered().unwrap().key().reveal(), "canary-key");
    assert!(!waiting.ask(&mine, true, at(64)), "it was asked just now");
    assert!(waiting.ask(&mine, true, at(65)));
    let (kept, outcome) = enter(Kept::nothing(&mine, at(0)), Err(&no), &mine, false);
    assert!(matches!(outcome, Err(Unlicensed::Refused { .. })));
    assert!(kept.is_none(), "nobody needs to keep a wrong key");

    // Another one in the place of a good one.
    let next = with(|claims| claims.issued = 1);
    let (kept, outcome) = enter(mine_kept.clone(), Ok(&next), &other, true);
    let others = kept.unwrap();
    assert!(outcome.is_ok());
    assert_eq!(others.entered().unwrap().key().reveal(), "another-key");
    assert!(judge(Some(&others), &other, mine_kept.remember(), at(5)).is_ok());
    for (answer, is_good) in [(&no, true), (&no, false), (&silence, true)] {
        let (kept, outcome) = enter(mine_kept.clone(), Err(answer), &other, is_good);
        assert!(kept.is_none() && outcome.is_err(), "{answer} {is_good}");
    }
    let (kept, _) = enter(mine_kept.clone(), Err(&silence), &other, false);
    assert_eq!(
        kept.unwrap().entered().unwrap().key().reveal(),
        "another-key"
    );
    let credits = with(|claims| claims.kind = "credits".to_owned());
    let (kept, outcome) = enter(mine_kept.clone(), Ok(&credits), &other, true);
    assert_eq!((kept, outcome), (None, Err(Unlicensed::Plan)));

    // The same one again: its no is the gateway's no, and its silence takes nothing.
    let (kept, outcome) = enter(mine_kept.clone(), Err(&no), &mine, true);
    assert!(outcome.is_err());
    assert!(matches!(
        judged(&kept.unwrap(), 5),
        Err(Unlicensed::Refused { .. })
    ));
    let (kept, outcome) = enter(mine_kept.clone(), Err(&silence), &mine, true);
    assert!(outcome.is_ok());
    assert_eq!(judged(&kept.unwrap(), 5), Ok(Standing::Valid));

    // Forgotten, it is gone from the bytes, and no older answer counts after a later one.
    let forgotten = mine_kept.clone().forget();
    assert_eq!(forgotten.entered(), None);
    assert_eq!(forgotten.remember(), mine_kept.remember());
    let bytes = HEXLOWER.encode(&forgotten.bytes());
    assert!(
        !bytes.contains(&HEXLOWER.encode(b"canary")) && !bytes.contains(&HEXLOWER.encode(b"TFL1"))
    );
}

#[test]
fn neither_key_nor_token_is_shown() {
    let kept = Kept::nothing(&terms(), at(0));
    let kept = kept
        .enter(Ok(&Claims::good().token()), &terms(), false, at(0))
        .0
        .unwrap();
    let token = Claims::good().token();
    let premium = judge(Some(&kept), &terms(), Remembered::NOTHING, at(0));
    let shown = format!(
        "{kept:?} {:?} {premium:?} {:?}",
        terms(),
        licence_key("canary-key")
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!shown.contains(&token[..20]), "{shown}");
}

#[test]
fn the_bytes_of_a_known_row_stay_what_they_are() {
    let mut kept = Kept::nothing(&terms(), at(0));
    assert!(kept.ask(&terms(), false, at(0)));
    let token = "TFL1.e30.c2lnbmF0dXJl";
    let unreached = GatewayError::NotAsked("no connection".to_owned());
    let mut kept = kept
        .enter(Err(&unreached), &terms(), false, at(3))
        .0
        .unwrap();
    kept.heard(Err(&GatewayError::NotValid), &terms(), at(1))
        .unwrap();
    kept.heard(Err(&unreached), &terms(), at(2)).unwrap();
    kept.set_token(token);
    let bytes = kept.bytes();
    assert_eq!(
        HEXLOWER.encode(&bytes),
        GOLDEN,
        "another format needs another number"
    );
    assert_eq!(Kept::of_bytes(&bytes).as_ref(), Some(&kept));
    let mut longer = bytes.clone();
    longer.push(0);
    let mut newer = bytes.clone();
    newer[0] = 2;
    for wrong in [&longer[..], &newer, &bytes[..bytes.len() - 1], &[]] {
        assert!(Kept::of_bytes(wrong).is_none());
    }
}

const GOLDEN: &str = "010b8bdfd5fe8e28878192b3d806010b6578616d706c652e6f72671554464c312e6533302e63326c6e626d463064584a6c82a4e6b00d0186a4e6b00d010b6578616d706c652e6f726731746865206761746577617920616e7377657273207468617420746865206c6963656e6365206973206e6f742076616c696482a4e6b00d0128746865206761746577617920776173206e6f742061736b65643a206e6f20636f6e6e656374696f6e84a4e6b00d010a63616e6172792d6b65792068747470733a2f2f7777772e4578616d706c652e6f72673a383434332f636d73";

proptest! {
    /// The whole rule, against one that is written another way.
    #[test]
    fn it_is_good_exactly_while_every_condition_holds(
        issued in -200_000_i64..200_000,
        begins in -1_000_i64..1_000,
        life in 1_i64..=LIFE,
        latest in -300_000_i64..2_000_000,
        now in -300_000_i64..2_000_000,
        grace in 0_u32..30,
        refused in any::<bool>(),
        ended in any::<bool>(),
    ) {
        let claims = Claims {
            issued,
            begins: issued + begins,
            expires: issued + life,
            ..Claims::good()
        };
        let keys = format!("k1 = {}", public(1));
        let key = licence_key("canary-key");
        let terms = Terms::read(&keys, "https://example.org", grace, &key).unwrap();
        let mut kept = Kept::nothing(&terms, at(-400_000));
        let took = kept.heard(Ok(&claims.token()), &terms, at(-400_000));
        prop_assert_eq!(took.is_ok(), begins < life);
        if refused {
            let error = if ended { GatewayError::NotValid } else { GatewayError::NoAnswer(String::new()) };
            kept.heard(Err(&error), &terms, at(-400_000)).unwrap();
        }
        kept.seen(at(latest));
        let standing = judge(Some(&kept), &terms, Remembered::NOTHING, at(now)).map(|it| it.standing());
        let time = now.max(latest);
        let days = i64::from(grace) * 86_400;
        let good = begins < life
            && !(refused && ended)
            && latest - now <= 3_600
            && time + 300 >= issued
            && time + 300 >= issued + begins
            && time < issued + life + days;
        prop_assert_eq!(standing.is_ok(), good, "{:?}", standing);
        if let Ok(standing) = standing {
            prop_assert_eq!(standing == Standing::Valid, time < issued + life);
        }
    }

    /// One byte more, less or other is another token.
    #[test]
    fn a_token_with_one_byte_changed_is_none(place in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let token = Claims::good().token();
        let mut bytes = token.clone().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(changed == token || !counts(&changed), "{}", changed);
        }
    }

    #[test]
    fn a_licence_for_any_other_domain_module_or_plan_is_none(
        domain in "[a-zA-Z0-9.-]{0,20}|(www\\.)?example\\.org\\.?|EXAMPLE\\.ORG|\\*\\.org|\\PC{0,8}",
        module in "TwoFactor(Pro)?[a-z ]?|twofactorpro|\\PC{0,8}",
        kind in "pro|Pro|credits|\\PC{0,8}",
    ) {
        let good = domain == "example.org" && module == "TwoFactorPro" && kind == "pro";
        let token = with(|claims| {
            claims.domain = domain;
            claims.module = module;
            claims.kind = kind;
        });
        prop_assert_eq!(counts(&token), good);
    }

    /// Nothing that is put together of tokens, or of anything else, is one.
    #[test]
    fn what_no_pinned_key_has_signed_is_none(text in "(TFL1\\.)?[A-Za-z0-9_=-]{0,120}(\\.[A-Za-z0-9_=-]{0,90})?", seed in 3_u8..) {
        prop_assert!(!counts(&text));
        let token = with(|claims| claims.seed = seed);
        prop_assert!(!counts(&token));
    }
}

/// Terms that know what others have found genuine.
fn terms_knowing(genuine: &Arc<Genuine>, site: &str, keys: &[(&str, u8)], days: u32) -> Terms {
    let keys: Vec<_> = keys
        .iter()
        .map(|(id, seed)| format!("{id} = {}", public(*seed)))
        .collect();
    let key = licence_key("canary-key");
    Terms::read_knowing(genuine, &keys.join(", "), site, days, &key).unwrap()
}

const SITE: &str = "https://example.org";
const KEYS: &[(&str, u8)] = &[("k1", 1), ("k2", 2)];

#[test]
fn a_token_that_was_genuine_is_not_checked_again_by_the_same_keys_for_the_same_site() {
    let genuine = Arc::<Genuine>::default();
    let token = Claims::good().token();
    let keys = genuine
        .keys(&format!("k1 = {}, k2 = {}", public(1), public(2)))
        .unwrap();
    let first = genuine.open(&token, &keys, "example.org").unwrap();
    // The setting is read again by whoever asks next.
    let keys = genuine
        .keys(&format!("k1 = {}, k2 = {}", public(1), public(2)))
        .unwrap();
    let second = genuine.open(&token, &keys, "example.org").unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    // Another one between them, and it is checked anew.
    let other = with(|claims| claims.expires = LIFE - 1);
    let other = genuine.open(&other, &keys, "example.org").unwrap();
    assert_ne!(other.expires, first.expires);
    let third = genuine.open(&token, &keys, "example.org").unwrap();
    assert_eq!(first, third);
    assert!(!Arc::ptr_eq(&first, &third));
}

#[test]
fn a_token_that_was_cut_or_changed_after_a_genuine_one_is_none() {
    let genuine = Arc::<Genuine>::default();
    let terms = terms_knowing(&genuine, SITE, KEYS, 14);
    let token = Claims::good().token();
    let counts = |token: &str| {
        let mut kept = good();
        kept.set_token(token);
        judge(Some(&kept), &terms, Remembered::NOTHING, at(0)).is_ok()
    };
    assert!(counts(&token));
    for end in 0..token.len() {
        assert!(!counts(&token[..end]), "{end}");
        assert!(!counts(&token[end + 1..]), "{end}");
        let mut changed = token.clone().into_bytes();
        changed[end] = if changed[end] == b'A' { b'B' } else { b'A' };
        assert!(!counts(&String::from_utf8(changed).unwrap()), "{end}");
    }
    assert!(!counts(&format!("{token}A")));
    // Signatures of two tokens that were both genuine here change places.
    let other = with(|claims| claims.expires = LIFE - 1);
    assert!(counts(&other) && counts(&token) && counts(&other));
    let parts = |token: &str| {
        let (text, signature) = token.rsplit_once('.').unwrap();
        (text.to_owned(), signature.to_owned())
    };
    let ((one, its), (other, others)) = (parts(&token), parts(&other));
    assert!(!counts(&format!("{one}.{others}")));
    assert!(!counts(&format!("{other}.{its}")));
    assert!(!counts(&signed(3, &Claims::good().payload())));
    assert!(counts(&token));
}

#[test]
fn a_token_that_was_genuine_is_none_by_other_keys_or_for_another_site() {
    let genuine = Arc::<Genuine>::default();
    let kept = good();
    let counts = |site: &str, keys: &[(&str, u8)]| {
        let terms = terms_knowing(&genuine, site, keys, 14);
        judge(Some(&kept), &terms, Remembered::NOTHING, at(0))
    };
    for (keys, expected) in [
        (KEYS, true),
        (&[("k1", 2), ("k2", 1)], false),
        (&[("k2", 2), ("k3", 3)], false),
        (&[("k9", 1)], false),
        (&[("k1", 1)], true),
        (&[("k1", 3), ("k2", 2)], false),
        (KEYS, true),
    ] {
        assert_eq!(counts(SITE, keys).is_ok(), expected, "{keys:?}");
    }
    let elsewhere = counts("https://example.net", KEYS).unwrap_err();
    assert_eq!(elsewhere, Unlicensed::Token(TokenError::Domain));
    let elsewhere = counts("https://sub.example.org", KEYS).unwrap_err();
    assert_eq!(elsewhere, Unlicensed::Token(TokenError::Domain));
    assert!(counts(SITE, KEYS).is_ok());
}

#[test]
fn time_and_grace_count_for_a_token_that_was_genuine_before() {
    let genuine = Arc::<Genuine>::default();
    let terms = terms_knowing(&genuine, SITE, KEYS, 14);
    let kept = good();
    let standing = |terms: &Terms, seconds| {
        let premium = judge(Some(&kept), terms, Remembered::NOTHING, at(seconds));
        premium.map(|premium| premium.standing())
    };
    let back = i64::try_from(SET_BACK).unwrap();
    for (seconds, expected) in [
        (0, Ok(Standing::Valid)),
        (LIFE, Ok(Standing::Grace)),
        (LIFE + GRACE, Err(Unlicensed::Expired)),
        (LIFE - 1, Ok(Standing::Valid)),
        (
            -back - 1,
            Err(Unlicensed::ClockSetBack {
                seconds: SET_BACK + 1,
            }),
        ),
    ] {
        assert_eq!(standing(&terms, seconds), expected, "{seconds}");
    }
    // The setting is not part of what was genuine.
    let none = terms_knowing(&genuine, SITE, KEYS, 0);
    assert_eq!(standing(&none, LIFE), Err(Unlicensed::Expired));
    assert_eq!(standing(&terms, LIFE), Ok(Standing::Grace));
    let soon = with(|claims| claims.begins = HALF_DAY);
    let mut early = good();
    early.set_token(&soon);
    for _ in 0..2 {
        let judged = judge(Some(&early), &terms, Remembered::NOTHING, at(0));
        assert_eq!(judged.unwrap_err(), Unlicensed::NotYet);
    }
    // What is of another plan does not become one by having been genuine.
    let credits = with(|claims| claims.kind = "credits".to_owned());
    let mut other = good();
    other.set_token(&credits);
    for _ in 0..2 {
        let judged = judge(Some(&other), &terms, Remembered::NOTHING, at(0));
        assert_eq!(judged.unwrap_err(), Unlicensed::Plan);
    }
}
