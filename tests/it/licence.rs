//! The licence over TLS and in a store: against a gateway that is strict about what it is asked and lies in every way
//! about what it answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::startup::ProviderList;
use twofactor::types::{Method, Purpose, UserId};
use twofactor::verifier::{
    CameOf, Client, Detail, Error, HealthStatus, Licence, LicenceState, Login, User, Verified,
    Verifier, can_verify,
};
use twofactor_fakes::clock::Clock;
use twofactor_fakes::gateway::{Edit, Gateway as Fake, LICENCE_KEY, Lie, PREMIUM};
use twofactor_fakes::tls::Authority;

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const DAY: u64 = 86_400;
const GRACE: u64 = 14 * DAY;

/// A gateway, and a store that any number of verifiers open.
struct Scene {
    authority: Authority,
    clock: Clock,
    fake: Fake,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let authority = Authority::new();
        let clock = Clock::new();
        Self {
            fake: Fake::start(&authority, clock.clone()),
            authority,
            clock,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn now(&self) -> UnixTime {
        UnixTime::new(self.clock.now().try_into().unwrap()).unwrap()
    }

    fn database(&self) -> String {
        format!("{}/db", self.folder.path().display())
    }

    /// With settings changed; one without a value is left out.
    fn open_with(&self, changes: &[(&str, Option<&str>)]) -> Verifier {
        let (store, ca) = (
            format!("sqlite:{}", self.database()),
            self.authority.file().display().to_string(),
        );
        let (url, keys) = (self.fake.url(), self.fake.keys().join(", "));
        let mut settings = vec![
            ("store", &*store),
            ("http_ca_file", &ca),
            ("site_url", "https://www.Example.org/cms/"),
            ("licence_key", LICENCE_KEY),
            ("licence_url", &url),
            ("licence_public_keys", &keys),
        ];
        for (name, value) in changes {
            settings.retain(|(known, _)| known != name);
            settings.extend(value.map(|value| (*name, value)));
        }
        let config = Config::parse(settings).unwrap();
        let providers = json!([{
            "provider": "gateway", "url": url, "licence_key": LICENCE_KEY,
            "site_url": "https://example.org", "keys": self.fake.keys(),
        }]);
        let providers = ProviderList::Environment(providers.to_string().into_bytes().into());
        let ring = KeyRing::parse(KEYS).unwrap();
        Verifier::open_with(config, Some(ring), Some(providers), false).unwrap()
    }

    fn open(&self) -> Verifier {
        self.open_with(&[])
    }

    /// How often the licence was asked for.
    fn asked(&self) -> usize {
        let paths = self.fake.requests().into_iter().map(|it| it.path);
        paths.filter(|path| path == "/v1/licenses/validate").count()
    }

    fn renew(&self, verifier: &Verifier) -> Result<Licence, String> {
        let renewed = verifier.renew_licence(self.now(), false);
        self.told(renewed)
    }

    fn insist(&self, verifier: &Verifier) -> Result<Licence, String> {
        let renewed = verifier.renew_licence(self.now(), true);
        self.told(renewed)
    }

    /// An error says that a licence is required, and tells neither a key nor a word of the gateway's.
    fn told<T>(&self, answer: Result<T, Error>) -> Result<T, String> {
        answer.map_err(|error| {
            assert!(matches!(error, Error::LicenceRequired(_)), "{error:?}");
            let text = format!("{error}");
            assert!(!format!("{error:?} {text}").contains("canary"), "{error:?}");
            assert!(!text.contains("TFL1") && !text.contains("not possible"));
            text
        })
    }

    fn state(&self, verifier: &Verifier) -> Option<LicenceState> {
        verifier.licence(self.now()).unwrap().map(|it| it.state)
    }

    /// What health finds about the licence; whatever that is, everybody can be verified.
    fn health(&self, verifier: &Verifier) -> Vec<&'static str> {
        let checks = verifier.health(Ok(self.now()));
        assert!(can_verify(&checks));
        let licence = checks.iter().find(|check| check.name == "licence");
        let Some(check) = licence else {
            return Vec::new();
        };
        assert!(check.status < HealthStatus::Problem);
        assert!(!check.message.contains("canary"), "{}", check.message);
        assert!(!check.message.contains('{'), "{}", check.message);
        check.findings.iter().map(|found| found.id()).collect()
    }

    fn row(&self) -> (i64, Vec<u8>) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        let sql = "SELECT version, body FROM shared_row WHERE name = 'licence'";
        database
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
    }

    fn put_back(&self, (version, body): &(i64, Vec<u8>)) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        let sql = "UPDATE shared_row SET version = ?1, body = ?2 WHERE name = 'licence'";
        assert_eq!(database.execute(sql, (version, body)).unwrap(), 1);
    }
}

fn claim(field: &'static str, value: Value) -> Option<Edit> {
    Some(Arc::new(move |payload| {
        let mut claims: Value = serde_json::from_str(payload).unwrap();
        claims[field] = value.clone();
        claims.to_string()
    }))
}

#[test]
fn a_licence_is_renewed_over_tls_and_is_good_without_the_gateway_for_its_time_and_the_grace() {
    let scene = Scene::new();
    let verifier = scene.open();
    assert_eq!(scene.state(&verifier), None);
    assert_eq!(scene.health(&verifier), ["licence.missing"]);
    let licence = scene.renew(&verifier).unwrap();
    assert_eq!((licence.plan, &*licence.domain), ("pro", "example.org"));
    assert_eq!(licence.state, LicenceState::Valid);
    assert_eq!(licence.expires_at, scene.now().plus(DAY));
    assert_eq!(licence.grace_until, scene.now().plus(DAY + GRACE));
    let request: Value = serde_json::from_slice(&scene.fake.requests()[0].body).unwrap();
    assert_eq!(
        request,
        json!({"license_key": LICENCE_KEY, "domain": "example.org", "module": PREMIUM})
    );

    // Another process has it, too, and asks nobody.
    let other = scene.open();
    assert_eq!(other.licence(scene.now()).unwrap(), Some(licence));
    for (wait, state, found) in [
        (0, LicenceState::Valid, "licence.ok"),
        (DAY * 3 / 4 - 1, LicenceState::Valid, "licence.ok"),
        (1, LicenceState::Valid, "licence.ending"),
        (DAY / 4, LicenceState::Grace, "licence.grace"),
        (GRACE - 1, LicenceState::Grace, "licence.grace"),
        (1, LicenceState::Expired, "licence.expired"),
    ] {
        scene.clock.advance(wait);
        assert_eq!(scene.state(&other), Some(state));
        assert_eq!(scene.health(&other), [found]);
    }
    assert_eq!(scene.asked(), 1);
    assert_eq!(scene.renew(&other).unwrap().state, LicenceState::Valid);
}

#[test]
fn the_gateway_is_asked_once_by_all_processes_and_never_while_somebody_signs_in() {
    let scene = Scene::new();
    let (one, other) = (scene.open(), scene.open());
    for verifier in [&one, &other, &one] {
        scene.renew(verifier).unwrap();
        scene.insist(verifier).unwrap();
    }
    assert_eq!(scene.asked(), 1);
    scene.clock.advance(60);
    scene.insist(&other).unwrap();
    assert_eq!(scene.asked(), 2, "a person may ask again after a minute");
    scene.clock.advance(DAY / 2 - 1);
    scene.renew(&one).unwrap();
    assert_eq!(scene.asked(), 2);
    scene.clock.advance(1);
    scene.renew(&one).unwrap();
    assert_eq!(scene.asked(), 3);

    // Nobody answers: once an hour.
    scene.clock.advance(DAY / 2);
    scene.fake.lie(Lie::Unsigned);
    for _ in 0..3 {
        scene.renew(&one).unwrap();
        scene.renew(&other).unwrap();
    }
    assert_eq!(scene.asked(), 4);
    assert_eq!(scene.health(&one), ["licence.ok"], "there is time");
    scene.clock.advance(3_600);
    scene.renew(&other).unwrap();
    assert_eq!(scene.asked(), 5);

    scene.fake.lie(Lie::None);
    scene.clock.advance(400 * DAY);
    let before = scene.asked();
    walk(&scene, &one, "7");
    assert_eq!(scene.asked(), before);
}

#[test]
fn a_no_ends_what_is_premium_at_once_and_a_yes_brings_it_back() {
    for (status, code) in [
        (401, "license_invalid"),
        (402, "credits_exhausted"),
        (403, "license_expired"),
        (403, "domain_mismatch"),
    ] {
        let scene = Scene::new();
        let verifier = scene.open();
        scene.renew(&verifier).unwrap();
        scene.clock.advance(60);
        scene.fake.fail_once(status, code, None);
        let told = scene.insist(&verifier).unwrap_err();
        assert!(told.contains(code), "{told}");
        assert_eq!(
            scene.state(&verifier),
            Some(LicenceState::Refused),
            "{code}"
        );
        assert_eq!(scene.state(&scene.open()), Some(LicenceState::Refused));
        assert_eq!(scene.health(&verifier), ["licence.refused"]);
        // Silence changes nothing of it, neither in the token's time nor in the grace.
        scene.clock.advance(60);
        scene.fake.lie_once(Lie::Unsigned);
        scene.insist(&verifier).unwrap_err();
        scene.clock.advance(DAY);
        assert_eq!(
            scene.state(&verifier),
            Some(LicenceState::Refused),
            "{code}"
        );
        assert_eq!(scene.renew(&verifier).unwrap().state, LicenceState::Valid);
        assert_eq!(scene.health(&verifier), ["licence.ok"]);
    }
    // A reply that is all there, and says no.
    let scene = Scene::new();
    let verifier = scene.open();
    scene.renew(&verifier).unwrap();
    scene.clock.advance(60);
    scene
        .fake
        .lie_once(Lie::Instead(200, "{\"valid\": false}".to_owned()));
    scene.insist(&verifier).unwrap_err();
    assert_eq!(scene.state(&verifier), Some(LicenceState::Refused));
}

#[test]
fn an_answer_that_does_not_prove_to_be_the_gateway_s_gives_no_licence_and_takes_none() {
    let failures = [
        (429, "rate_limited"),
        (503, "provider_unavailable"),
        (400, "invalid_request"),
        // A no of words that are in no contract, or of a status that is not theirs.
        (401, "unauthorized"),
        (403, "license_revoked"),
        (403, "license_invalid"),
        (404, "license_expired"),
        (410, "gone"),
    ];
    for (name, lie) in super::gateway::untrue() {
        let scene = Scene::new();
        let verifier = scene.open();
        scene.fake.lie(lie.clone());
        let told = scene.renew(&verifier).unwrap_err();
        assert!(!told.is_empty(), "{name}");
        assert_eq!(scene.state(&verifier), None, "{name}");
        assert_eq!(
            scene.health(&verifier),
            ["licence.missing", "licence.unanswered"],
            "{name}"
        );
        scene.fake.lie(Lie::None);
        scene.clock.advance(60);
        scene.insist(&verifier).unwrap();
        scene.clock.advance(60);
        scene.fake.lie(lie);
        let kept = scene.insist(&verifier).unwrap();
        assert_eq!(kept.state, LicenceState::Valid, "{name}");
        assert!(kept.because.is_some(), "{name}");
        scene.clock.advance(DAY);
        assert_eq!(scene.state(&verifier), Some(LicenceState::Grace), "{name}");
        assert_eq!(
            scene.health(&verifier),
            ["licence.grace", "licence.unanswered"],
            "{name}"
        );
    }
    for (status, code) in failures {
        let scene = Scene::new();
        let verifier = scene.open();
        scene.renew(&verifier).unwrap();
        scene.clock.advance(60);
        for _ in 0..3 {
            scene.fake.fail_once(status, code, None);
        }
        let kept = scene.insist(&verifier).unwrap();
        assert_eq!(kept.state, LicenceState::Valid, "{code}");
    }
}

#[test]
fn a_token_for_another_domain_module_or_plan_is_no_licence_though_the_gateway_signs_it() {
    for (field, value) in [
        ("typ", json!("credits")),
        ("typ", json!("premium")),
        ("typ", json!("")),
        ("mod", json!("TwoFactor")),
        ("mod", json!("TwoFactorPro ")),
        ("dom", json!("www.example.org")),
        ("dom", json!("example.com")),
        ("dom", json!("EXAMPLE.ORG")),
        ("dom", json!("*")),
        ("kid", json!("tf-2026b")),
        ("exp", json!(4_000_000_000_u64)),
        ("exp", json!(1)),
        ("nbf", json!(4_000_000_000_u64)),
        ("iat", json!("1")),
        ("alg", json!("none")),
    ] {
        let scene = Scene::new();
        let verifier = scene.open();
        scene.fake.claim(claim(field, value.clone()));
        let told = scene.renew(&verifier).unwrap_err();
        assert!(told.contains("licence"), "{field} {value}: {told}");
        assert_eq!(scene.state(&verifier), None, "{field} {value}");
        assert!(!scene.health(&verifier).contains(&"licence.ok"));
    }
    // What the gateway says of this licence counts, where it can be true: it is for credits only now.
    let scene = Scene::new();
    let verifier = scene.open();
    scene.renew(&verifier).unwrap();
    scene.fake.claim(claim("typ", json!("credits")));
    scene.clock.advance(60);
    scene.insist(&verifier).unwrap_err();
    assert_eq!(scene.state(&verifier), Some(LicenceState::Refused));
}

#[test]
fn what_is_kept_counts_for_its_own_site_key_and_pins_only() {
    let scene = Scene::new();
    let verifier = scene.open();
    scene.renew(&verifier).unwrap();
    let keys = scene.fake.keys();
    for (change, found) in [
        (
            ("site_url", Some("https://shop.example.org")),
            "licence.unusable",
        ),
        (
            ("site_url", Some("https://example.com")),
            "licence.unusable",
        ),
        (
            ("licence_key", Some("TF-OTHER-canary-0000")),
            "licence.missing",
        ),
        (("licence_public_keys", Some(&*keys[1])), "licence.unusable"),
    ] {
        let other = scene.open_with(&[change]);
        assert_eq!(scene.state(&other), None, "{change:?}");
        assert_eq!(scene.health(&other), [found], "{change:?}");
    }
    for (change, found) in [
        (("site_url", None), "licence.settings"),
        (("site_url", Some("example.org")), "licence.settings"),
        (("licence_url", None), "licence.settings"),
        (
            ("licence_url", Some("http://gateway.example")),
            "licence.settings",
        ),
        (("licence_key", Some("canary")), "licence.settings"),
        (("licence_public_keys", None), "licence.settings"),
        (
            ("licence_public_keys", Some("k = canary")),
            "licence.settings",
        ),
    ] {
        let other = scene.open_with(&[change]);
        let told = scene.insist(&other).unwrap_err();
        assert!(told.contains("settings"), "{told}");
        assert_eq!(scene.health(&other), [found], "{change:?}");
    }
    let none = scene.open_with(&[("licence_key", None)]);
    assert_eq!(scene.state(&none), None);
    assert!(scene.health(&none).is_empty());
    assert!(scene.insist(&none).unwrap_err().contains("licence_key"));

    // Two keys at a time, so that one can be replaced.
    let first = scene.open_with(&[("licence_public_keys", Some(&*keys[0]))]);
    assert_eq!(scene.state(&first), Some(LicenceState::Valid));
    // Without days of grace there are none.
    let strict = scene.open_with(&[("premium_grace_days", Some("0"))]);
    scene.clock.advance(DAY);
    assert_eq!(scene.state(&strict), Some(LicenceState::Expired));
    assert_eq!(scene.state(&verifier), Some(LicenceState::Grace));
}

#[test]
fn a_licence_key_that_a_person_entered_is_kept_sealed_and_counts_where_no_setting_says_it() {
    let scene = Scene::new();
    let stored = ("licence_key", Some("stored"));
    let verifier = scene.open_with(&[stored]);
    let enter = |key: &str| scene.told(verifier.set_licence_key(scene.now(), key, None, None));
    // Nothing is said of it, and nobody is asked, before there is one.
    assert!(
        scene
            .insist(&verifier)
            .unwrap_err()
            .contains("enter its key")
    );
    assert_eq!(scene.state(&verifier), None);
    assert!(scene.health(&verifier).is_empty());
    assert_eq!(scene.asked(), 0);
    for wrong in ["canary", "canary key with blanks", "stored"] {
        assert!(enter(wrong).unwrap_err().contains("8 to 200"), "{wrong}");
    }
    assert!(
        enter("TF-WRONG-canary-0000")
            .unwrap_err()
            .contains("license_invalid")
    );
    assert!(
        scene.health(&verifier).is_empty(),
        "nothing of a wrong key is kept"
    );

    // While nobody answers it waits; a later renewal brings the licence.
    scene.fake.lie(Lie::Unsigned);
    let told = enter(LICENCE_KEY).unwrap_err();
    assert!(told.contains("not signed"), "{told}");
    assert_eq!(
        scene.health(&verifier),
        ["licence.missing", "licence.unanswered"]
    );
    scene.fake.lie(Lie::None);
    scene.clock.advance(60);
    assert_eq!(scene.insist(&verifier).unwrap().state, LicenceState::Valid);
    let other = scene.open_with(&[stored]);
    assert_eq!(scene.state(&other), Some(LicenceState::Valid));
    let (_, body) = scene.row();
    assert!(
        !String::from_utf8_lossy(&body).contains("canary"),
        "it is sealed"
    );

    // A mistake in the place of a good one takes nothing; nor does silence.
    assert!(enter("TF-WRONG-canary-0000").is_err());
    scene.fake.lie_once(Lie::Unsigned);
    assert!(enter("TF-OTHER-canary-0000").is_err());
    assert_eq!(scene.state(&verifier), Some(LicenceState::Valid));
    // Its own refusal counts at once.
    scene.fake.fail_once(403, "license_expired", None);
    assert!(enter(LICENCE_KEY).is_err());
    assert_eq!(scene.state(&other), Some(LicenceState::Refused));
    assert_eq!(
        enter(LICENCE_KEY).unwrap().unwrap().state,
        LicenceState::Valid
    );

    // A setting has the last word, and the entered one stays for when it has gone.
    let set = scene.open();
    assert!(
        scene
            .told(set.set_licence_key(scene.now(), LICENCE_KEY, None, None))
            .unwrap_err()
            .contains("licence_key")
    );
    assert_eq!(
        scene.state(&set),
        Some(LicenceState::Valid),
        "it is the same key"
    );
    let set = scene.open_with(&[("licence_key", Some("TF-OTHER-canary-0000"))]);
    assert_eq!(scene.state(&set), None);
    assert!(scene.insist(&set).is_err());
    assert_eq!(scene.state(&other), None, "what is kept is of one key");
    scene.clock.advance(60);
    assert_eq!(scene.insist(&other).unwrap().state, LicenceState::Valid);

    assert_eq!(enter("").unwrap(), None);
    assert_eq!(scene.state(&other), None);
    assert!(scene.health(&verifier).is_empty());
    assert!(scene.insist(&verifier).is_err());
    // A row that does not open is told: nobody knows which key was in it.
    enter(LICENCE_KEY).unwrap();
    let (version, mut body) = scene.row();
    body.truncate(20);
    scene.put_back(&(version, body));
    assert_eq!(scene.health(&verifier), ["licence.unusable"]);
    assert_eq!(scene.state(&verifier), None);
    assert_eq!(
        enter(LICENCE_KEY).unwrap().unwrap().state,
        LicenceState::Valid
    );
}

#[test]
fn an_answer_for_a_key_that_was_replaced_meanwhile_counts_for_nothing() {
    let scene = Scene::new();
    let verifier = scene.open_with(&[("licence_key", Some("stored"))]);
    let now = scene.now();
    verifier
        .set_licence_key(now, LICENCE_KEY, None, None)
        .unwrap();
    scene.clock.advance(DAY);
    // The key goes while the gateway is being asked.
    let other = Mutex::new(scene.open_with(&[("licence_key", Some("stored"))]));
    let at = scene.now();
    scene.fake.lie_once(Lie::before(move |body| {
        other
            .lock()
            .unwrap()
            .set_licence_key(at, "", None, None)
            .unwrap();
        body.to_owned()
    }));
    assert!(scene.renew(&verifier).is_err());
    assert_eq!(scene.asked(), 2);
    assert_eq!(scene.state(&verifier), None);
    assert!(scene.health(&verifier).is_empty());
}

#[test]
fn an_address_that_is_entered_with_the_key_is_the_one_that_is_asked_for() {
    let scene = Scene::new();
    let stored = [("licence_key", Some("stored")), ("site_url", None)];
    let verifier = scene.open_with(&stored);
    let enter = |key: &str, site: Option<&str>| {
        scene.told(verifier.set_licence_key(scene.now(), key, site, None))
    };
    let domains = || -> Vec<String> {
        let bodies = scene.fake.requests().into_iter().map(|it| it.body);
        let asked = bodies.filter_map(|body| serde_json::from_slice::<Value>(&body).ok());
        asked
            .map(|it| it["domain"].as_str().unwrap().to_owned())
            .collect()
    };
    // Nobody has said which site it is, so nobody is asked.
    assert!(enter(LICENCE_KEY, None).unwrap_err().contains("which site"));
    for wrong in ["", "example.org", "https://", "https://ex ample.org"] {
        assert!(
            enter(LICENCE_KEY, Some(wrong))
                .unwrap_err()
                .contains("settings"),
            "{wrong}"
        );
    }
    assert_eq!(scene.asked(), 0);
    assert!(scene.health(&verifier).is_empty());
    // Another site's: the gateway says no, and nothing is kept.
    let told = enter(LICENCE_KEY, Some("https://evil.example")).unwrap_err();
    assert!(told.contains("domain_mismatch"), "{told}");
    assert!(scene.health(&verifier).is_empty());
    let licence = enter(LICENCE_KEY, Some("https://www.Example.org/cms/"))
        .unwrap()
        .unwrap();
    assert_eq!(
        (&*licence.domain, licence.state),
        ("example.org", LicenceState::Valid)
    );
    assert_eq!(domains(), ["evil.example", "example.org"]);
    let (_, body) = scene.row();
    assert!(
        !String::from_utf8_lossy(&body).contains("xample"),
        "it is sealed"
    );

    // Every process asks for that one; the key alone, entered anew, is for it as well.
    scene.clock.advance(DAY);
    let other = scene.open_with(&stored);
    assert_eq!(scene.renew(&other).unwrap().state, LicenceState::Valid);
    scene.clock.advance(60);
    assert!(enter(LICENCE_KEY, None).unwrap().unwrap().counts());
    assert_eq!(domains()[2..], ["example.org", "example.org"]);
    // A mistake takes nothing.
    assert!(enter(LICENCE_KEY, Some("https://evil.example")).is_err());
    assert_eq!(scene.state(&other), Some(LicenceState::Valid));
    assert_eq!(scene.health(&other), ["licence.ok"]);

    // A process that was told another site asks for that one, and its no is that one's alone.
    let astray = scene.open_with(&[
        ("licence_key", Some("stored")),
        ("site_url", Some("https://evil.example")),
    ]);
    scene.clock.advance(60);
    assert!(
        scene
            .insist(&astray)
            .unwrap_err()
            .contains("domain_mismatch")
    );
    assert_eq!(scene.health(&astray), ["licence.refused"]);
    assert_eq!(scene.state(&other), Some(LicenceState::Valid));
    assert_eq!(
        scene.state(&scene.open_with(&stored)),
        Some(LicenceState::Valid)
    );
    // Where the setting says it, none is entered.
    let set = scene.open_with(&[("licence_key", Some("stored"))]);
    let told = set.set_licence_key(scene.now(), LICENCE_KEY, Some("https://example.org"), None);
    assert!(scene.told(told).unwrap_err().contains("site_url"));
}

#[test]
fn the_site_s_address_may_be_written_in_many_ways_and_is_one_domain_or_none() {
    let scene = Scene::new();
    scene.renew(&scene.open()).unwrap();
    for same in [
        "https://example.org",
        "https://EXAMPLE.org",
        "http://example.org/",
        "https://www.example.org:8443/cms?x=1#y",
        "https://WWW.Example.Org:",
    ] {
        let verifier = scene.open_with(&[("site_url", Some(same))]);
        assert_eq!(scene.state(&verifier), Some(LicenceState::Valid), "{same}");
    }
    for other in [
        "https://example.org.evil.example",
        "https://xexample.org",
        "https://www.www.example.org",
        "https://shop.example.org",
        "https://example.com",
        "https://org",
        "https://xn--exmple-cua.org",
        "https://192.0.2.1",
    ] {
        let verifier = scene.open_with(&[("site_url", Some(other))]);
        assert_eq!(scene.state(&verifier), None, "{other}");
        assert_eq!(scene.health(&verifier), ["licence.unusable"], "{other}");
    }
    for none in [
        "https://example.org.",
        "https://example.org@evil.example",
        "https://evil.example@example.org",
        "https://ex\u{e4}mple.org",
        "https://www.",
        "https://[2001:db8::1]",
        "https://example.org:80:80",
        "HTTPS://example.org",
        "//example.org",
        "https:///example.org",
        "https://example.org%2eevil",
    ] {
        let verifier = scene.open_with(&[("site_url", Some(none))]);
        assert_eq!(scene.state(&verifier), None, "{none}");
        assert_eq!(scene.health(&verifier), ["licence.settings"], "{none}");
    }
    // Nobody was asked but at the first renewal: which site it is was never the gateway's to say.
    assert_eq!(scene.asked(), 1);
}

#[test]
fn a_server_with_another_clock_gets_no_licence_of_its_own_and_spoils_nobody_else_s() {
    let scene = Scene::new();
    let (right, wrong) = (scene.open(), scene.open());
    scene.renew(&right).unwrap();
    scene.clock.advance(DAY / 2);
    scene.renew(&right).unwrap();
    let now = scene.now();
    let behind =
        |seconds: u64| UnixTime::new(now.seconds() - i64::try_from(seconds).unwrap()).unwrap();
    // What it asks is not answered to it: the gateway signs its own time.
    for at in [behind(2 * 3_600), behind(400 * DAY), now.plus(400 * DAY)] {
        assert!(wrong.renew_licence(at, true).is_err(), "{at:?}");
        assert!(
            !wrong
                .licence(at)
                .unwrap()
                .is_some_and(|licence| licence.counts())
        );
        assert_eq!(
            right.licence(now).unwrap().unwrap().state,
            LicenceState::Valid,
            "{at:?}"
        );
        assert!(right.renew_licence(now, false).unwrap().counts());
    }
    // One that is ahead within the grace leaves its time behind; the next answer mends that.
    let ahead = now.plus(2 * DAY);
    assert!(wrong.renew_licence(ahead, true).unwrap().counts());
    assert_eq!(
        right.licence(now).unwrap().unwrap().state,
        LicenceState::Refused
    );
    scene.clock.advance(60);
    assert_eq!(scene.renew(&right).unwrap().state, LicenceState::Valid);
    // Within the hour of a summer time nothing is won and nothing lost.
    let summer = scene.now().plus(3_500);
    assert!(wrong.renew_licence(summer, false).unwrap().counts());
    assert_eq!(scene.state(&right), Some(LicenceState::Valid));
}

#[test]
fn a_look_by_a_server_whose_clock_is_ahead_keeps_no_other_from_asking_for_the_licence() {
    let scene = Scene::new();
    let (right, ahead) = (scene.open(), scene.open());
    scene.renew(&right).unwrap();
    scene.clock.advance(60);
    // Just so far ahead that its time is kept, and the others are behind it.
    let later = scene.now().plus(3_700);
    let nobody = ahead.preview_enforcement(later, r#"{"rules": []}"#, &[]);
    assert!(nobody.unwrap().is_empty());
    assert_eq!(scene.state(&right), Some(LicenceState::Refused));
    // The gateway was asked a minute ago, and it is not waited for the hour to pass.
    assert_eq!(scene.renew(&right).unwrap().state, LicenceState::Valid);
    assert_eq!(scene.asked(), 2);
}

#[test]
fn an_older_row_that_was_put_back_into_the_store_is_refused_and_none_can_be_made_up() {
    let scene = Scene::new();
    let verifier = scene.open();
    scene.renew(&verifier).unwrap();
    let older = scene.row();
    scene.clock.advance(60);
    scene.fake.fail_once(403, "license_expired", None);
    scene.insist(&verifier).unwrap_err();
    let refused = scene.row();
    scene.put_back(&older);
    assert_eq!(scene.state(&verifier), Some(LicenceState::Refused));
    assert_eq!(scene.health(&verifier), ["licence.unusable"]);
    let shown = verifier.licence(scene.now()).unwrap().unwrap();
    assert!(shown.because.unwrap().contains("older"));
    // The row says that nothing is due; this process knows better, and asks.
    scene.fake.fail_once(403, "license_expired", None);
    let told = scene.renew(&verifier).unwrap_err();
    assert!(told.contains("license_expired"), "{told}");
    assert_eq!(scene.health(&verifier), ["licence.refused"]);
    scene.put_back(&older);
    // A process that begins now has not seen it, and believes it for as long as that token lasts, and its grace.
    let other = scene.open();
    assert_eq!(scene.state(&other), Some(LicenceState::Valid));
    scene.clock.advance(DAY + GRACE);
    assert_eq!(scene.state(&other), Some(LicenceState::Expired));

    // Under another version, or with any bit changed, it does not open.
    scene.put_back(&(refused.0 + 1, older.1.clone()));
    assert_eq!(scene.state(&scene.open()), None);
    assert_eq!(scene.health(&scene.open()), ["licence.unusable"]);
    for at in (0..older.1.len()).step_by(7) {
        let mut body = older.1.clone();
        body[at] ^= 1;
        scene.put_back(&(older.0, body));
        assert_eq!(scene.state(&scene.open()), None, "{at}");
    }
    // The next renewal replaces it.
    assert_eq!(scene.renew(&verifier).unwrap().state, LicenceState::Valid);
    let (_, body) = scene.row();
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(
        !text.contains("TFL1") && !text.contains("lic_"),
        "it is sealed"
    );
}

#[test]
fn a_clock_that_was_set_back_makes_no_licence_until_the_gateway_has_said_what_time_it_is() {
    let scene = Scene::new();
    let verifier = scene.open();
    scene.renew(&verifier).unwrap();
    let begins = scene.now();
    // Whoever uses it in its last hours leaves the time behind.
    let late = begins.plus(DAY - 60);
    assert!(verifier.licence(late).unwrap().unwrap().counts());
    assert!(verifier.renew_licence(late, false).unwrap().counts());
    let state = |now| verifier.licence(now).unwrap().unwrap().state;
    assert_eq!(state(begins), LicenceState::Refused);
    let other = scene.open();
    let told = other.licence(begins).unwrap().unwrap();
    assert!(told.because.unwrap().contains("clock"));
    // Now the fake's clock is right, and what it says counts.
    scene.clock.advance(7_200);
    assert_eq!(scene.renew(&other).unwrap().state, LicenceState::Valid);
    assert_eq!(scene.state(&verifier), Some(LicenceState::Valid));
}

// -- what a licence is not for -------------------------------------------------------------------

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

/// A day of a user with everything that is free: every factor set up, used, refused and taken away. What was answered.
fn walk(scene: &Scene, verifier: &Verifier, id: &str) -> Vec<String> {
    let user = User {
        id: UserId::new(id).unwrap(),
        name: "anna".to_owned(),
        email: Some("anna@example.org".to_owned()),
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    };
    let wait = |seconds| scene.clock.advance(seconds);
    let now = || scene.now();
    let begin = || verifier.begin_login(now(), &user, &client()).unwrap();
    let said = |login: &Login| format!("{:?} {:?}", login.state, login.methods);
    let prove = |challenge: &str, method, code: &str| {
        let proof: Result<Verified, Error> =
            verifier.verify(now(), challenge, method, code, &client());
        match &proof {
            Ok(proof) => format!("{:?} {:?}", proof.method, proof.backup_codes_left),
            Err(error) => format!("{error:?}"),
        }
    };
    let step_up = |phone: &Totp| {
        let challenge = verifier
            .begin_challenge(now(), &user, Purpose::StepUp, &client())
            .unwrap()
            .challenge;
        let proof = verifier.verify(now(), &challenge, Method::Totp, &phone.at(now()), &client());
        proof.unwrap().grant
    };
    let mut told = vec![said(&begin())];

    let setup = verifier.start_totp(now(), &user, None, None, None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(now(), &setup.token, &phone.at(now()), &client())
        .unwrap();
    told.push(format!("{} codes", enrolled.backup_codes.len()));
    wait(30);
    let grant = step_up(&phone);
    let number = PhoneNumber::parse("+4915123456789", None).unwrap();
    let setup = verifier
        .start_phone(now(), &user, &number, Method::Sms, &client(), Some(&grant))
        .unwrap();
    let code = scene.fake.sent().last().unwrap().code.clone();
    let confirmed = verifier.confirm_phone(now(), &setup.token, &code, &client());
    told.push(format!("{:?}", confirmed.unwrap().method));
    let setup = verifier
        .enable_email(now(), &user, &client(), Some(&grant))
        .unwrap();
    let text = setup.message.unwrap().mail.text;
    let code = |text: &str| -> String {
        let mut words = text.split(|c: char| !c.is_ascii_digit());
        words.find(|word| word.len() == 6).unwrap().to_owned()
    };
    let confirmed = verifier.confirm_email(now(), &setup.token, &code(&text), &client());
    told.push(format!("{:?}", confirmed.unwrap().method));

    wait(301);
    let login = begin();
    told.push(said(&login));
    told.push(prove(&login.challenge, Method::Totp, "000000"));
    told.push(prove(&login.challenge, Method::Totp, &phone.at(now())));
    let challenge = begin().challenge;
    verifier
        .send_code(now(), &challenge, Method::Sms, &client())
        .unwrap();
    let sent = scene.fake.sent().last().unwrap().code.clone();
    told.push(prove(&challenge, Method::Sms, &sent));
    let challenge = begin().challenge;
    let mail = verifier
        .send_code(now(), &challenge, Method::Email, &client())
        .unwrap();
    let text = mail.message.unwrap().mail.text;
    told.push(prove(&challenge, Method::Email, &code(&text)));
    let challenge = begin().challenge;
    told.push(prove(
        &challenge,
        Method::BackupCode,
        &enrolled.backup_codes[0],
    ));
    let challenge = begin().challenge;
    told.push(prove(
        &challenge,
        Method::BackupCode,
        &enrolled.backup_codes[0],
    ));
    let proof = {
        let challenge = begin().challenge;
        verifier
            .verify(
                now(),
                &challenge,
                Method::BackupCode,
                &enrolled.backup_codes[1],
                &client(),
            )
            .unwrap()
    };
    verifier
        .admit_session(now(), CameOf::Verified(&proof), b"the cookie", &client())
        .unwrap();
    let counts = |credential: &[u8]| {
        verifier
            .session_counts(now(), &user.id, credential)
            .unwrap()
    };
    told.push(format!("{} {}", counts(b"the cookie"), counts(b"another")));

    // Guesses are charged and blocked as ever.
    wait(60);
    let challenge = begin().challenge;
    for _ in 0..6 {
        told.push(prove(&challenge, Method::Totp, "000000"));
    }
    told.push(prove(
        &challenge,
        Method::BackupCode,
        &enrolled.backup_codes[2],
    ));
    let account = verifier.account(now(), &user.id).unwrap();
    told.push(format!("{:?} {}", account.methods, account.enrolled));
    let intact = verifier.audit_is_intact(&user.id).unwrap();
    told.push(format!("audit {intact}"));
    told
}

#[test]
fn an_ended_licence_leaves_every_user_able_to_sign_in_and_every_factor_working() {
    let free = {
        let scene = Scene::new();
        let verifier = scene.open_with(&[("licence_key", None)]);
        walk(&scene, &verifier, "7")
    };
    assert!(free.iter().any(|it| it.contains("Sms")), "{free:?}");
    assert!(free.iter().any(|it| it.contains("LockedOut")), "{free:?}");
    type Ends = fn(&Scene, &Verifier);
    let worlds: [(&str, Option<LicenceState>, Ends); 7] = [
        ("good", Some(LicenceState::Valid), |_, _| ()),
        ("in its grace", Some(LicenceState::Grace), |scene, _| {
            scene.clock.advance(DAY);
        }),
        ("ended", Some(LicenceState::Expired), |scene, _| {
            scene.clock.advance(DAY + GRACE);
        }),
        ("refused", Some(LicenceState::Refused), |scene, verifier| {
            scene.clock.advance(60);
            scene.fake.fail_once(403, "license_expired", None);
            scene.insist(verifier).unwrap_err();
        }),
        ("damaged", None, |scene, _| {
            let (version, mut body) = scene.row();
            body.truncate(20);
            scene.put_back(&(version, body));
        }),
        ("of no form at all", None, |scene, _| {
            let (version, _) = scene.row();
            scene.put_back(&(version, vec![1]));
        }),
        (
            "rolled back",
            Some(LicenceState::Refused),
            |scene, verifier| {
                let older = scene.row();
                scene.clock.advance(60);
                scene.insist(verifier).unwrap();
                scene.put_back(&older);
            },
        ),
    ];
    for (name, state, ends) in worlds {
        let scene = Scene::new();
        let verifier = scene.open();
        scene.renew(&verifier).unwrap();
        ends(&scene, &verifier);
        assert_eq!(scene.state(&verifier), state, "{name}");
        assert_eq!(walk(&scene, &verifier, "7"), free, "{name}");
    }
    // Nor does anything that is wrong with its settings.
    for (setting, value) in [
        ("licence_key", "x"),
        ("licence_url", "nowhere"),
        ("licence_public_keys", "none"),
        ("site_url", "none"),
        ("licence_key", "stored"),
    ] {
        let scene = Scene::new();
        let verifier = scene.open_with(&[(setting, Some(value))]);
        assert_eq!(scene.state(&verifier), None, "{setting}");
        assert_eq!(walk(&scene, &verifier, "7"), free, "{setting}");
    }
}

#[test]
fn health_says_when_the_licence_ends_in_values() {
    let scene = Scene::new();
    let verifier = scene.open();
    scene.renew(&verifier).unwrap();
    let until = scene.now().plus(DAY);
    let checks = verifier.health(Ok(scene.now()));
    let check = checks.iter().find(|check| check.name == "licence").unwrap();
    assert_eq!(check.status, HealthStatus::Ok);
    let values = check.findings[0].values();
    assert!(values.contains(&("until", Detail::At(until))), "{values:?}");
    assert!(
        check
            .message
            .starts_with("pro for example.org, renewed until ")
    );
}
