//! The managed gateway's client, against a gateway that is strict about what it is asked and lies in
//! every way about what it answers. What goes wrong on the way to it is in `faults.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use twofactor::clock::UnixTime;
use twofactor::phone::PhoneNumber;
use twofactor::sms::gateway::{
    Distrust, Fault, Gateway, GatewayError, GatewaySettings, PinnedKey, Signing, TokenError,
};
use twofactor::sms::http::HttpSettings;
use twofactor::sms::{
    Channel, CheckError, ProviderRequest, Refusal, SendError, Started, Verdict,
    VerificationProvider,
};
use twofactor_fakes::clock::Clock;
use twofactor_fakes::fault::{Fault as Broken, Proxy};
use twofactor_fakes::gateway::{Gateway as Fake, LICENCE_KEY, Lie, MODULE};
use twofactor_fakes::tls::Authority;

const PHONE: &str = "+4915123456789";

/// A gateway, and somebody who wants to sign in.
struct Scene {
    authority: Authority,
    clock: Clock,
    fake: Fake,
    number: PhoneNumber,
}

impl Scene {
    fn new() -> Self {
        let authority = Authority::new();
        let clock = Clock::new();
        Self {
            fake: Fake::start(&authority, clock.clone()),
            authority,
            clock,
            number: PhoneNumber::parse(PHONE, None).unwrap(),
        }
    }

    fn settings(&self) -> GatewaySettings {
        GatewaySettings {
            url: self.fake.url(),
            licence_key: LICENCE_KEY.to_owned().into(),
            site_url: "https://www.Example.org/cms/".to_owned(),
            module: MODULE.to_owned(),
            signing: Signing::Require,
            keys: self
                .fake
                .keys()
                .map(|key| PinnedKey::parse(&key).unwrap())
                .into(),
            http: HttpSettings {
                ca_file: Some(self.authority.file().to_owned()),
                ..HttpSettings::default()
            },
        }
    }

    fn client(&self) -> Gateway {
        Gateway::new(self.settings()).unwrap()
    }

    fn client_with(&self, change: impl FnOnce(&mut GatewaySettings)) -> Gateway {
        let mut settings = self.settings();
        change(&mut settings);
        Gateway::new(settings).unwrap()
    }

    fn legacy(&self) -> Gateway {
        self.client_with(|settings| {
            settings.signing = Signing::Legacy;
            settings.keys.clear();
        })
    }

    /// With something wrong on the way.
    fn behind(&self, fault: Broken) -> (Proxy, Gateway) {
        let proxy = Proxy::start(&self.authority, self.fake.plain_address(), fault);
        let client = self.client_with(|settings| {
            settings.url = format!("{}/v1", proxy.url());
        });
        (proxy, client)
    }

    fn now(&self) -> UnixTime {
        UnixTime::new(self.clock.now().try_into().unwrap()).unwrap()
    }

    fn request(&self) -> ProviderRequest<'_> {
        ProviderRequest {
            to: &self.number,
            channel: Channel::Sms,
            locale: "de-AT",
            now: self.now(),
        }
    }

    fn start(&self, client: &mut Gateway) -> Result<Started, SendError> {
        client
            .start(&self.request())
            .inspect_err(|e| self.tells_nothing(e))
    }

    fn check(
        &self,
        client: &mut Gateway,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError> {
        client
            .check(&self.request(), reference, code)
            .inspect_err(|e| self.tells_nothing(e))
    }

    /// The code that went out last.
    fn code(&self) -> String {
        self.fake.sent().last().unwrap().code.clone()
    }

    /// A new verification, from a gateway that is itself again.
    fn pending(&self, client: &mut Gateway) -> (String, String) {
        self.clock.advance(301);
        let started = self.start(client).unwrap();
        (started.reference, self.code())
    }

    /// No error holds the licence key, the number, a code or a word of the gateway's.
    fn tells_nothing(&self, error: &(impl Debug + ToString)) {
        let text = format!("{error:?} {}", error.to_string());
        for secret in [
            LICENCE_KEY,
            PHONE,
            &PHONE[1..],
            &PHONE[3..],
            "canary",
            "not possible",
        ] {
            assert!(!text.contains(secret), "{text}");
        }
        for sent in self.fake.sent() {
            assert!(!text.contains(&sent.code), "{text}");
        }
    }

    fn asked(&self) -> usize {
        self.fake.requests().len()
    }
}

#[test]
fn a_code_is_sent_and_found_right_once() {
    let scene = Scene::new();
    let mut client = scene.client();
    client.probe(scene.now()).unwrap();
    let started = scene.start(&mut client).unwrap();
    assert_eq!((started.expires_in, started.resend_after), (300, Some(60)));
    let sent = scene.fake.sent();
    assert_eq!((&*sent[0].phone, &*sent[0].locale), (PHONE, "de-AT"));

    let code = scene.code();
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    let id = &started.reference;
    assert_eq!(scene.check(&mut client, id, &wrong), Ok(Verdict::Wrong));
    assert_eq!(scene.check(&mut client, id, &code), Ok(Verdict::Approved));
    assert_eq!(scene.check(&mut client, id, &code), Ok(Verdict::Over));
    assert_eq!(
        scene.check(&mut client, "ver_9999", &code),
        Ok(Verdict::Over)
    );
}

#[test]
fn a_code_is_over_after_its_time_and_its_checks() {
    let scene = Scene::new();
    let mut client = scene.client();
    let (id, code) = scene.pending(&mut client);
    scene.clock.advance(300);
    assert_eq!(scene.check(&mut client, &id, &code), Ok(Verdict::Over));

    let (id, code) = scene.pending(&mut client);
    for _ in 0..3 {
        assert_eq!(scene.check(&mut client, &id, "0000"), Ok(Verdict::Wrong));
    }
    assert_eq!(scene.check(&mut client, &id, &code), Ok(Verdict::Over));
}

#[test]
fn a_resend_is_of_the_same_code_and_another_number_is_another_verification() {
    let scene = Scene::new();
    let mut client = scene.client();
    let (id, code) = scene.pending(&mut client);
    scene.clock.advance(60);
    let again = scene.start(&mut client).unwrap();
    assert_eq!((again.reference, again.expires_in), (id.clone(), 240));
    assert_eq!(scene.code(), code);

    let other = PhoneNumber::parse("+4915123456780", None).unwrap();
    let request = ProviderRequest {
        to: &other,
        ..scene.request()
    };
    assert_eq!(client.check(&request, &id, &code), Ok(Verdict::Over));
}

#[test]
fn nonces_and_keys_are_never_used_twice() {
    let scene = Scene::new();
    let mut client = scene.client();
    for _ in 0..5 {
        client.probe(scene.now()).unwrap();
        client.log(None, scene.now()).unwrap();
        let (id, code) = scene.pending(&mut client);
        scene.check(&mut client, &id, &code).unwrap();
    }
    let requests = scene.fake.requests();
    let values = |name: &str| {
        let all: Vec<String> = requests
            .iter()
            .filter_map(|request| request.header(name).map(str::to_owned))
            .collect();
        let unique: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(unique.len(), all.len(), "{name}");
        all.len()
    };
    assert_eq!((values("tf-nonce"), values("idempotency-key")), (20, 15));
    for request in &requests {
        let key = request.text().matches(LICENCE_KEY).count();
        assert_eq!(
            key, 1,
            "the key is in the body of a POST or in one header of a GET"
        );
        assert!(!format!("{}?{}", request.path, request.query).contains(LICENCE_KEY));
    }
}

#[test]
fn the_licence_is_proven_by_its_token() {
    let scene = Scene::new();
    let licence = scene.client().licence(scene.now()).unwrap();
    let token = licence.token.unwrap();
    assert_eq!((&*token.id, &*token.kind), ("lic_0001", "credits"));
    assert_eq!(token.expires, scene.now().plus(86_400));
    assert_eq!(licence.credits_remaining.unwrap().to_string(), "1000");

    for (change, expected) in [
        (
            Box::new(|s: &mut GatewaySettings| s.site_url = "https://example.com".to_owned())
                as Box<dyn FnOnce(&mut GatewaySettings)>,
            Fault::DomainMismatch,
        ),
        (
            Box::new(|s| s.licence_key = "TF-OTHER-canary".to_owned().into()),
            Fault::LicenceInvalid,
        ),
        (
            Box::new(|s| s.module = "Other".to_owned()),
            Fault::DomainMismatch,
        ),
    ] {
        let error = scene.client_with(change).licence(scene.now()).unwrap_err();
        scene.tells_nothing(&error);
        assert!(
            matches!(error, GatewayError::Refused { fault, .. } if fault == expected),
            "{error}"
        );
    }
}

/// A signed answer around a token that is none, or another's.
#[test]
fn a_licence_without_its_own_token_is_none() {
    let scene = Scene::new();
    let client = scene.client();
    let replaced = |with: &str| {
        let with = with.to_owned();
        Lie::before(move |body| {
            let mut reply: Value = serde_json::from_str(body).unwrap();
            reply["token"] = serde_json::from_str(&with).unwrap();
            reply.to_string()
        })
    };
    for token in [
        "null",
        "1",
        "true",
        "\"\"",
        "\"TFL1..\"",
        "\"TFL1.e30.\"",
        "{}",
    ] {
        scene.fake.lie_once(replaced(token));
        let error = client.licence(scene.now()).unwrap_err();
        scene.tells_nothing(&error);
    }
    // An honest token of another day.
    let heard = Arc::new(Mutex::new(String::new()));
    let ear = heard.clone();
    scene.fake.lie_once(Lie::before(move |body| {
        *ear.lock().unwrap() = body.to_owned();
        body.to_owned()
    }));
    client.licence(scene.now()).unwrap();
    let old: Value = serde_json::from_str(&heard.lock().unwrap()).unwrap();
    scene.clock.advance(86_401);
    scene.fake.lie_once(replaced(&old["token"].to_string()));
    let error = client.licence(scene.now()).unwrap_err();
    assert_eq!(error, GatewayError::Token(TokenError::Time));
}

/// The same, for whoever asks for something else.
#[cfg(feature = "premium")]
pub(super) fn untrue() -> impl Iterator<Item = (&'static str, Lie)> {
    unsigned().into_iter().map(|(name, lie, _)| (name, lie))
}

/// Everything that can be wrong with a signature.
fn unsigned() -> Vec<(&'static str, Lie, Option<Distrust>)> {
    vec![
        ("unsigned", Lie::Unsigned, Some(Distrust::Unsigned)),
        ("signed twice", Lie::Twice, Some(Distrust::Unsigned)),
        ("another key", Lie::OtherKey, Some(Distrust::Forged)),
        (
            "an unknown key",
            Lie::UnknownKey,
            Some(Distrust::UnknownKey),
        ),
        ("another name", Lie::OtherName, Some(Distrust::Forged)),
        ("late", Lie::Late(301), Some(Distrust::Time)),
        ("early", Lie::Late(-301), Some(Distrust::Time)),
        ("another nonce", Lie::Nonce, Some(Distrust::Forged)),
        ("an old nonce", Lie::Replay, Some(Distrust::Forged)),
        ("another path", Lie::Path, Some(Distrust::Forged)),
        ("another method", Lie::Method, Some(Distrust::Forged)),
        ("another status", Lie::Status, Some(Distrust::Forged)),
        ("another request", Lie::Request, Some(Distrust::Forged)),
        (
            "an altered body",
            Lie::after(|body| body.replace(':', ": ")),
            Some(Distrust::Forged),
        ),
        (
            "something behind the body",
            Lie::after(|body| format!("{body} ")),
            Some(Distrust::Forged),
        ),
        (
            "an empty header",
            Lie::header(|_| String::new()),
            Some(Distrust::Malformed),
        ),
        (
            "fields in another order",
            Lie::header(|header| header.split(',').rev().collect::<Vec<_>>().join(",")),
            Some(Distrust::Malformed),
        ),
        (
            "another algorithm",
            Lie::header(|header| header.replace("ed25519=", "none=")),
            Some(Distrust::Malformed),
        ),
        (
            "another time than was signed",
            Lie::header(|header| header.replacen("t=17", "t=0017", 1)),
            Some(Distrust::Malformed),
        ),
    ]
}

/// Everything that can be wrong with a body, properly signed.
fn signed_lies() -> Vec<(&'static str, Lie)> {
    let replace = |from: &'static str, to: &'static str| {
        Lie::before(move |body| {
            let lie = body.replacen(from, to, 1);
            assert_ne!(lie, body, "the fake says something else");
            lie
        })
    };
    vec![
        ("approved as a text", replace(r#""approved":true"#, r#""approved":"true""#)),
        ("approved as a number", replace(r#""approved":true"#, r#""approved":1"#)),
        ("approved as a list", replace(r#""approved":true"#, r#""approved":[true]"#)),
        ("approved as nothing", replace(r#""approved":true"#, r#""approved":null"#)),
        ("not approved, but all else", replace(r#""approved":true"#, r#""approved":false"#)),
        ("no approved", replace(r#""approved":true,"#, "")),
        ("approved in another case", replace(r#""approved":true"#, r#""Approved":true"#)),
        ("not valid, but all else", replace(r#""valid":true"#, r#""valid":false"#)),
        ("valid as a text", replace(r#""valid":true"#, r#""valid":"true""#)),
        ("valid as a number", replace(r#""valid":true"#, r#""valid":1"#)),
        ("no valid", replace(r#""valid":true,"#, r#""Valid":true,"#)),
        ("pending, but all else", replace(r#""status":"approved""#, r#""status":"pending""#)),
        ("an unknown status", replace(r#""status":"approved""#, r#""status":"ok""#)),
        ("a status in another case", replace(r#""status":"approved""#, r#""status":"APPROVED""#)),
        ("a status that is true", replace(r#""status":"approved""#, r#""status":true"#)),
        ("no status", replace(r#""status":"approved","#, "")),
        ("another number", replace("456789", "456780")),
        ("a number without its sign", replace(PHONE, &PHONE[1..])),
        ("no number", replace(r#""phone":"#, r#""phones":"#)),
        ("another verification", replace(r#""verification_id":"ver_"#, r#""verification_id":"ver_9"#)),
        ("no verification", replace(r#""verification_id":"#, r#""id":"#)),
        ("no first, yes second", replace(r#"{"approved":true"#, r#"{"approved":false,"approved":true"#)),
        ("yes twice", replace(r#"{"approved":true"#, r#"{"approved":true,"approved":true"#)),
        ("yes twice, once in disguise", replace(r#"{"approved":true"#, r#"{"\u0061pproved":true,"approved":true"#)),
        ("something twice deeper down", replace(r#"{"approved":true"#, r#"{"x":{"y":1,"y":2},"approved":true"#)),
        ("something behind it", Lie::before(|body| format!("{body}x"))),
        ("another answer behind it", Lie::before(|body| format!("{body}{body}"))),
        ("something before it", Lie::before(|body| format!("\u{feff}{body}"))),
        ("a comma too many", Lie::before(|body| body.replace('}', ",}"))),
        ("in a list", Lie::before(|body| format!("[{body}]"))),
        ("in an envelope", Lie::before(|body| format!(r#"{{"data":{body}}}"#))),
        ("as a text", Lie::before(|body| json!(body).to_string())),
        ("without quotes", Lie::before(|body| body.replace('"', ""))),
        ("a yes alone", Lie::Instead(200, "true".to_owned())),
        ("nothing", Lie::Instead(200, String::new())),
        ("a page", Lie::Instead(200, "<h1>approved</h1>".to_owned())),
        ("a yes with status 201", Lie::Under(201)),
        ("a yes with status 206", Lie::Under(206)),
        ("a yes with status 302", Lie::Under(302)),
        ("a yes with status 403", Lie::Under(403)),
        ("a yes with status 500", Lie::Under(500)),
        (
            "no, in the message of sending",
            Lie::Instead(
                200,
                r#"{"success":true,"verification_id":"ver_0001","status":"pending","expires_in":300}"#.to_owned(),
            ),
        ),
        (
            "deeper than anybody reads",
            Lie::before(|body| format!("{}{body}{}", "[".repeat(200), "]".repeat(200))),
        ),
        (
            "longer than anybody reads",
            Lie::before(|body| format!("{}{body}", " ".repeat(70_000))),
        ),
    ]
}

#[test]
fn every_lie_about_a_code_is_a_no() {
    let scene = Scene::new();
    let mut client = scene.client();
    for (name, lie, distrust) in unsigned() {
        let (id, code) = scene.pending(&mut client);
        scene.fake.lie_once(lie);
        let error = scene.check(&mut client, &id, &code).unwrap_err();
        let expected = distrust.map(|distrust| CheckError::from(GatewayError::Untrusted(distrust)));
        assert_eq!(Some(error), expected, "{name}");
    }
    for (name, lie) in signed_lies() {
        let (id, code) = scene.pending(&mut client);
        scene.fake.lie_once(lie);
        let verdict = scene.check(&mut client, &id, &code);
        assert!(
            matches!(verdict, Err(CheckError::NoAnswer(_))),
            "{name}: {verdict:?}"
        );
    }
    // The same without a lie.
    let (id, code) = scene.pending(&mut client);
    assert_eq!(scene.check(&mut client, &id, &code), Ok(Verdict::Approved));
}

#[test]
fn half_a_yes_is_a_no() {
    let scene = Scene::new();
    let mut client = scene.client();
    for length in 0.. {
        let (id, code) = scene.pending(&mut client);
        let whole = Arc::new(AtomicUsize::new(0));
        let copy = whole.clone();
        scene.fake.lie_once(Lie::before(move |body| {
            copy.store(body.len(), Ordering::SeqCst);
            body.get(..length).unwrap_or(body).to_owned()
        }));
        let verdict = scene.check(&mut client, &id, &code);
        if length >= whole.load(Ordering::SeqCst) {
            assert_eq!(verdict, Ok(Verdict::Approved));
            assert!(length > 80);
            break;
        }
        assert!(matches!(verdict, Err(CheckError::NoAnswer(_))), "{length}");
    }
}

#[test]
fn what_is_not_signed_is_neither_sent_nor_licensed_nor_listed() {
    let scene = Scene::new();
    let mut client = scene.client();
    let (proxy, mut behind) = scene.behind(Broken::edit(|body| body.push(' ')));
    assert!(matches!(
        scene.start(&mut behind),
        Err(SendError::Unknown(_))
    ));
    assert!(behind.licence(scene.now()).is_err());
    assert!(behind.log(None, scene.now()).is_err());
    assert_eq!(proxy.passed(), 3);
    for (name, lie, distrust) in unsigned() {
        scene.fake.lie_once(lie.clone());
        let error = scene.start(&mut client).unwrap_err();
        let expected = SendError::from(GatewayError::Untrusted(distrust.unwrap()));
        assert_eq!(error, expected, "{name}");
        assert!(matches!(error, SendError::Unknown(_)));
        scene.fake.lie_once(lie.clone());
        let error = client.licence(scene.now()).unwrap_err();
        assert_eq!(error, GatewayError::Untrusted(distrust.unwrap()), "{name}");
        scene.fake.lie_once(lie);
        let error = client.log(None, scene.now()).unwrap_err();
        assert_eq!(error, GatewayError::Untrusted(distrust.unwrap()), "{name}");
    }
}

#[test]
fn a_refusal_counts_only_when_it_is_signed() {
    let scene = Scene::new();
    let mut client = scene.client();
    scene.fake.fail_once(403, "fraud_blocked", None);
    scene.fake.lie_once(Lie::Unsigned);
    let error = scene.start(&mut client).unwrap_err();
    assert!(matches!(error, SendError::Unknown(_)), "{error}");
    // An end that somebody else declared is none.
    let (id, code) = scene.pending(&mut client);
    scene.fake.fail_once(404, "verification_not_found", None);
    scene.fake.lie_once(Lie::OtherKey);
    let verdict = scene.check(&mut client, &id, &code);
    assert!(matches!(verdict, Err(CheckError::NoAnswer(_))));
}

#[test]
fn every_error_of_the_contract_denies() {
    let scene = Scene::new();
    let mut client = scene.client();
    for fault in Fault::ALL {
        let (status, code) = fault.code();
        // 429 and 503 are asked about once more.
        let fail = |times: usize| (0..times).for_each(|_| scene.fake.fail_once(status, code, None));
        let times = if matches!(status, 429 | 503) {
            (2, 3)
        } else {
            (1, 1)
        };

        let (id, right) = scene.pending(&mut client);
        fail(times.0);
        let verdict = scene.check(&mut client, &id, &right);
        match fault {
            Fault::VerificationNotFound => assert_eq!(verdict, Ok(Verdict::Over)),
            _ => assert!(matches!(
                &verdict,
                Err(CheckError::NoAnswer(why) | CheckError::NotAsked(why)) if why.contains(code)
            )),
        }

        scene.clock.advance(301);
        let sent = scene.fake.sent().len();
        fail(times.0);
        let error = scene.start(&mut client).unwrap_err();
        match (fault.refusal(), &error) {
            (
                Some(expected),
                SendError::Refused {
                    refusal, detail, ..
                },
            ) => {
                assert_eq!(*refusal, expected);
                assert!(detail.contains(code));
            }
            (None, SendError::Unknown(why)) => assert!(why.contains(code)),
            _ => panic!("{code}: {error}"),
        }
        assert_eq!(scene.fake.sent().len(), sent, "{code}");

        fail(times.1);
        let error = client.licence(scene.now()).unwrap_err();
        assert!(error.to_string().contains(code), "{error}");
        fail(times.1);
        assert!(
            client
                .probe(scene.now())
                .unwrap_err()
                .to_string()
                .contains(code)
        );
        fail(times.1);
        let error = client.log(None, scene.now()).unwrap_err();
        assert!(matches!(error, GatewayError::Refused { fault: known, .. } if known == *fault));
    }
    // And all is as it was.
    let (id, right) = scene.pending(&mut client);
    assert_eq!(scene.check(&mut client, &id, &right), Ok(Verdict::Approved));
}

#[test]
fn an_error_that_the_contract_does_not_know_denies() {
    let scene = Scene::new();
    let mut client = scene.client();
    for (status, code, refusal) in [
        (400, "approved", Some(Refusal::Unlisted)),
        (400, "rate_limited", Some(Refusal::Unlisted)),
        (401, "licence_frozen", Some(Refusal::Credentials)),
        (402, "invalid_phone", Some(Refusal::Account)),
        (404, "not_found", Some(Refusal::Unlisted)),
        (405, "invalid_request", Some(Refusal::Unlisted)),
        (409, "verification_not_found", Some(Refusal::Unlisted)),
        (410, "verification_not_found", Some(Refusal::Unlisted)),
        (418, "teapot", Some(Refusal::Unlisted)),
        // No code, and no refusals.
        (400, "", None),
        (400, "two words", None),
        (500, "provider_unavailable", None),
        (501, "internal", None),
        (202, "pending", None),
        (302, "found", None),
    ] {
        let (id, right) = scene.pending(&mut client);
        scene.fake.fail_once(status, code, None);
        let verdict = scene.check(&mut client, &id, &right);
        let unjudged = refusal.is_some_and(Refusal::is_the_operators);
        assert!(
            match &verdict {
                Err(CheckError::NoAnswer(_)) => !unjudged,
                Err(CheckError::NotAsked(_)) => unjudged,
                Ok(_) => false,
            },
            "{status} {code}: {verdict:?}"
        );
        scene.fake.fail_once(status, code, None);
        let started = scene.start(&mut client);
        let told = match &started {
            Err(SendError::Refused {
                refusal, detail, ..
            }) => {
                assert!(detail.contains(code));
                Some(*refusal)
            }
            Err(SendError::Unknown(_)) => None,
            other => panic!("{status} {code}: {other:?}"),
        };
        assert_eq!(told, refusal, "{status} {code}");
    }
}

#[test]
fn a_code_is_asked_for_once_more_under_the_same_key() {
    let scene = Scene::new();
    let mut client = scene.client();
    for (status, code, retry_after) in [
        (429, "rate_limited", None),
        (429, "rate_limited", Some(0)),
        (503, "provider_unavailable", None),
        (503, "", None),
    ] {
        scene.clock.advance(301);
        let (before, sent) = (scene.asked(), scene.fake.sent().len());
        scene.fake.fail_once(status, code, retry_after);
        let started = scene.start(&mut client).unwrap();
        scene.fake.fail_once(status, code, retry_after);
        let verdict = scene.check(&mut client, &started.reference, &scene.code());
        assert_eq!(verdict, Ok(Verdict::Approved));
        assert_eq!(scene.fake.sent().len(), sent + 1);
        let requests = scene.fake.requests().split_off(before);
        assert_eq!(requests.len(), 4);
        for pair in requests.chunks(2) {
            let [first, second] = pair else { panic!() };
            assert_eq!((&first.path, &first.body), (&second.path, &second.body));
            assert_eq!(
                first.header("idempotency-key"),
                second.header("idempotency-key")
            );
            assert_ne!(first.header("tf-nonce"), second.header("tf-nonce"));
        }
    }
}

#[test]
fn an_answer_that_was_lost_with_a_503_is_not_a_second_message() {
    let scene = Scene::new();
    let mut client = scene.client();
    // Processed, and then an error page in front of it.
    scene.fake.lie_once(Lie::Instead(503, "busy".to_owned()));
    let started = scene.start(&mut client).unwrap();
    assert_eq!(scene.fake.sent().len(), 1);
    scene.fake.lie_once(Lie::Instead(503, "busy".to_owned()));
    let verdict = scene.check(&mut client, &started.reference, &scene.code());
    assert_eq!(verdict, Ok(Verdict::Approved));
    assert_eq!(scene.asked(), 4);
}

#[test]
fn a_code_is_asked_for_twice_at_most_and_only_when_that_does_no_harm() {
    let scene = Scene::new();
    let mut client = scene.client();
    for (status, code, retry_after, requests) in [
        (429, "rate_limited", None, 2),
        (429, "rate_limited", Some(3), 1),
        (429, "rate_limited", Some(999_999_999), 1),
        (503, "provider_unavailable", None, 2),
        (503, "provider_unavailable", Some(60), 1),
        (500, "internal", None, 1),
        (502, "bad", None, 1),
        (504, "late", None, 1),
        (409, "idempotency_conflict", None, 1),
        (400, "invalid_request", None, 1),
    ] {
        let before = scene.asked();
        (0..requests).for_each(|_| scene.fake.fail_once(status, code, retry_after));
        let error = scene.start(&mut client).unwrap_err();
        assert_eq!(scene.asked(), before + requests, "{status} {code}");
        if let SendError::Refused {
            refusal: Refusal::Limit,
            retry_after: told,
            ..
        } = error
        {
            assert_eq!(told, retry_after.map(|seconds| seconds.min(86_400)));
        }
        let before = scene.asked();
        (0..requests).for_each(|_| scene.fake.fail_once(status, code, retry_after));
        scene.check(&mut client, "ver_1", "123456").unwrap_err();
        assert_eq!(scene.asked(), before + requests, "{status} {code}");
    }
    assert!(scene.fake.sent().is_empty());
}

#[test]
fn a_licence_and_a_list_are_asked_for_three_times_at_most() {
    let scene = Scene::new();
    let client = scene.client();
    for (status, requests) in [
        (429, 3),
        (500, 3),
        (502, 3),
        (503, 3),
        (504, 3),
        (501, 1),
        (403, 1),
    ] {
        let before = scene.asked();
        (0..requests).for_each(|_| scene.fake.fail_once(status, "", None));
        client.licence(scene.now()).unwrap_err();
        assert_eq!(scene.asked(), before + requests, "{status}");
        let asked = scene.fake.requests().split_off(before);
        let keys: BTreeSet<_> = asked.iter().map(|r| r.header("idempotency-key")).collect();
        assert_eq!(keys.len(), 1);
        let before = scene.asked();
        (0..requests).for_each(|_| scene.fake.fail_once(status, "", None));
        client.log(None, scene.now()).unwrap_err();
        assert_eq!(scene.asked(), before + requests, "{status}");
    }
    scene.fake.fail_once(503, "provider_unavailable", None);
    scene.fake.fail_once(500, "", None);
    client.licence(scene.now()).unwrap();
    scene.fake.fail_once(503, "provider_unavailable", None);
    scene.fake.fail_once(429, "rate_limited", None);
    client.log(None, scene.now()).unwrap();
}

#[test]
fn another_provider_is_asked_only_when_nothing_was_written() {
    let scene = Scene::new();
    // Before a byte of the request: tried twice, and somebody else may be asked.
    for fault in [
        Broken::Reset,
        Broken::OtherName,
        Broken::OtherAuthority,
        Broken::Expired,
    ] {
        let (proxy, mut client) = scene.behind(fault);
        let started = scene.start(&mut client);
        assert!(
            matches!(started, Err(SendError::Unreached(_))),
            "{started:?}"
        );
        let verdict = scene.check(&mut client, "ver_1", "123456");
        assert!(
            matches!(verdict, Err(CheckError::NotAsked(_))),
            "{verdict:?}"
        );
        assert_eq!((proxy.connections(), proxy.requests()), (4, 0));
    }
    // After it: once, and nobody else.
    for fault in [
        Broken::ResetAfter,
        Broken::Garbage,
        Broken::Cut(20),
        Broken::Status(500),
        Broken::Redirect(307),
    ] {
        let (proxy, mut client) = scene.behind(fault);
        let started = scene.start(&mut client);
        assert!(matches!(started, Err(SendError::Unknown(_))), "{started:?}");
        assert_eq!(proxy.requests(), 1);
        let verdict = scene.check(&mut client, "ver_1", "123456");
        assert!(
            matches!(verdict, Err(CheckError::NoAnswer(_))),
            "{verdict:?}"
        );
        assert_eq!((proxy.connections(), proxy.requests()), (2, 2));
    }
}

/// The first request came through and was put off; that the second one did not leave says nothing.
#[test]
fn a_request_that_came_through_is_not_forgotten_over_one_that_did_not() {
    let scene = Scene::new();
    let (proxy, mut client) = scene.behind(Broken::None);
    let proxy = Arc::new(proxy);
    let breaking = proxy.clone();
    scene.fake.lie_once(Lie::before(move |body| {
        breaking.set(Broken::Reset);
        body.to_owned()
    }));
    scene.fake.fail_once(503, "provider_unavailable", None);
    let started = scene.start(&mut client);
    assert!(matches!(started, Err(SendError::Unknown(_))), "{started:?}");
    assert_eq!((proxy.connections(), proxy.passed()), (2, 1));
}

#[test]
fn a_no_that_is_turned_into_a_yes_on_the_way_is_a_no() {
    let scene = Scene::new();
    let mut honest = scene.client();
    let (id, _) = scene.pending(&mut honest);
    let yes = format!(
        r#"{{"approved":true,"valid":true,"status":"approved","verification_id":"{id}","phone":"{PHONE}"}}"#
    );
    let (_proxy, mut client) = scene.behind(Broken::edit(move |body| body.clone_from(&yes)));
    let verdict = scene.check(&mut client, &id, "0000");
    assert!(
        matches!(verdict, Err(CheckError::NoAnswer(_))),
        "{verdict:?}"
    );
}

#[test]
fn a_gateway_without_signatures_is_asked_once_and_warned_of() {
    let scene = Scene::new();
    scene.fake.sign(false);
    let mut strict = scene.client();
    assert!(matches!(
        scene.start(&mut strict),
        Err(SendError::Unknown(_))
    ));
    assert!(!strict.is_unsigned());

    let mut legacy = scene.legacy();
    assert!(legacy.is_unsigned());
    legacy.probe(scene.now()).unwrap();
    let (id, code) = scene.pending(&mut legacy);
    assert_eq!(scene.check(&mut legacy, &id, "0000"), Ok(Verdict::Wrong));
    assert_eq!(scene.check(&mut legacy, &id, &code), Ok(Verdict::Approved));
    assert_eq!(scene.check(&mut legacy, &id, &code), Ok(Verdict::Over));

    // No POST is made again; a GET is.
    for status in [429, 503] {
        let before = scene.asked();
        scene.fake.fail_once(status, "", None);
        scene.start(&mut legacy).unwrap_err();
        scene.fake.fail_once(status, "", None);
        scene.check(&mut legacy, &id, &code).unwrap_err();
        scene.fake.fail_once(status, "", None);
        legacy.licence(scene.now()).unwrap_err();
        assert_eq!(scene.asked(), before + 3);
        scene.fake.fail_once(status, "", None);
        legacy.log(None, scene.now()).unwrap();
        assert_eq!(scene.asked(), before + 5);
    }
    let (proxy, _) = scene.behind(Broken::Reset);
    let mut refused = scene.client_with(|settings| {
        settings.signing = Signing::Legacy;
        settings.url = proxy.url().to_owned();
    });
    assert!(matches!(
        scene.start(&mut refused),
        Err(SendError::Unreached(_))
    ));
    assert_eq!(proxy.connections(), 1);

    // Its bodies are read as strictly.
    for (name, lie) in signed_lies() {
        let (id, code) = scene.pending(&mut legacy);
        scene.fake.lie_once(lie);
        let verdict = scene.check(&mut legacy, &id, &code);
        assert!(
            matches!(verdict, Err(CheckError::NoAnswer(_))),
            "{name}: {verdict:?}"
        );
    }
}

#[test]
fn a_wrong_signature_is_wrong_even_where_none_is_needed() {
    let scene = Scene::new();
    let mut client = scene.client_with(|settings| settings.signing = Signing::Legacy);
    let (id, code) = scene.pending(&mut client);
    scene.fake.lie_once(Lie::OtherKey);
    let verdict = scene.check(&mut client, &id, &code);
    assert!(
        matches!(verdict, Err(CheckError::NoAnswer(_))),
        "{verdict:?}"
    );
    let (id, code) = scene.pending(&mut client);
    assert_eq!(scene.check(&mut client, &id, &code), Ok(Verdict::Approved));
}

#[test]
fn a_gateway_may_change_to_its_next_key() {
    let scene = Scene::new();
    for key in scene.fake.keys() {
        let alone = scene.client_with(|settings| {
            settings.keys = vec![PinnedKey::parse(&key).unwrap()];
        });
        let trusted = alone.log(None, scene.now()).is_ok();
        assert_eq!(trusted, key.starts_with("tf-2026a"));
    }
}

#[test]
fn the_list_of_deliveries_has_pages_and_no_numbers() {
    let scene = Scene::new();
    let mut client = scene.client();
    for _ in 0..5 {
        scene.pending(&mut client);
    }
    let mut cursor = None;
    let mut sizes = Vec::new();
    loop {
        let page = client.log(cursor.as_deref(), scene.now()).unwrap();
        sizes.push(page.entries.len());
        for entry in &page.entries {
            assert_eq!(entry.phone, "+49•••••89");
            assert_eq!((&*entry.country, &*entry.status), ("DE", "delivered"));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [2, 2, 1]);
    let asked = scene.asked();
    for cursor in ["", "a b", "a\r\nx: y", &"x".repeat(257)] {
        let error = client.log(Some(cursor), scene.now()).unwrap_err();
        assert!(matches!(error, GatewayError::NotAsked(_)));
    }
    assert_eq!(scene.asked(), asked);
    // A gateway that forgets to mask.
    scene
        .fake
        .lie_once(Lie::before(|body| body.replace("+49*****89", PHONE)));
    let page = client.log(None, scene.now()).unwrap();
    assert!(!format!("{page:?}").contains(&PHONE[3..11]), "{page:?}");
}

/// Everything that a client does with a licence, as far as it can be seen.
fn doings(scene: &Scene) -> Vec<String> {
    let mut client = scene.client();
    let before = scene.asked();
    let mut seen = Vec::new();
    match client.licence(scene.now()) {
        Ok(licence) => seen.push(format!("{:?}", licence.token)),
        Err(error) => seen.push(error.to_string()),
    }
    seen.push(format!("{:?}", client.probe(scene.now())));
    scene.clock.advance(301);
    match scene.start(&mut client) {
        Ok(started) => {
            let code = scene.code();
            seen.push(format!("{} {:?}", started.expires_in, started.resend_after));
            let id = started.reference;
            seen.push(format!("{:?}", scene.check(&mut client, &id, "0000")));
            seen.push(format!("{:?}", scene.check(&mut client, &id, &code)));
        }
        Err(error) => seen.push(error.to_string()),
    }
    seen.push((scene.asked() - before).to_string());
    seen
}

#[test]
fn a_lying_balance_changes_nothing() {
    for balance in [0, 1, 1_000] {
        let scene = Scene::new();
        scene.fake.set_balance(balance);
        let honest = doings(&scene);
        let refused = honest.iter().any(|line| line.contains("credits_exhausted"));
        assert_eq!(
            refused,
            balance == 0,
            "the gateway decides, by what it has and not what it says"
        );
        for claim in [
            json!(null),
            json!(0),
            json!(-1),
            json!(1),
            json!(2.5),
            json!(1_000_000_000),
            json!(u64::MAX),
            json!(1e300),
            json!("0"),
            json!("none"),
            json!("unlimited"),
            json!(""),
            json!("x".repeat(5_000)),
            json!(true),
            json!([0]),
            json!({"amount": 0, "approved": true}),
        ] {
            let scene = Scene::new();
            scene.fake.set_balance(balance);
            scene.fake.claim_balance(claim.clone());
            assert_eq!(doings(&scene), honest, "{claim}");
        }
    }
}

#[test]
fn a_balance_is_shown_as_it_was_told() {
    let scene = Scene::new();
    let client = scene.client();
    for (claim, shown) in [
        (json!(42), Some("42")),
        (json!(-7), Some("-7")),
        (json!("about 40"), Some("about 40")),
        (json!(null), None),
        (json!("a\nb"), None),
        (json!("x".repeat(40)), Some(&*"x".repeat(40))),
        (json!("x".repeat(41)), None),
        (json!(1e300), None),
        (json!(""), None),
        (json!([1]), None),
    ] {
        scene.fake.claim_balance(claim);
        let licence = client.licence(scene.now()).unwrap();
        assert!(!format!("{licence:?}").contains("42"));
        let text = licence.credits_remaining.map(|credits| credits.to_string());
        assert_eq!(text.as_deref(), shown);
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The code names a balance where it is handed through, and nowhere else.
#[test]
fn no_other_code_names_credits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    files(&root.join("php"), &mut found);
    let mut lines = Vec::new();
    let mut read = 0;
    for path in found {
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let code = name.ends_with(".rs") || name.ends_with(".php") || name.ends_with(".tpl");
        if !code || name.ends_with("tests.rs") || name.contains("/lang/") {
            continue;
        }
        read += 1;
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for line in code
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("//"))
        {
            // Whether a provider tells one at all is no balance.
            let lower = line
                .to_lowercase()
                .replace("tells_balance", "")
                .replace("tellsbalance", "");
            // What only brings a name here does nothing with it.
            let is_import = line.starts_with("use ")
                || line.ends_with(',')
                    && !line.contains('(')
                    && !line.contains(':')
                    && !line.contains('\'');
            if !is_import && (lower.contains("credit") || lower.contains("balance")) {
                lines.push(format!("{name}: {line}"));
            }
        }
    }
    assert!(read > 50, "the test looks at nothing");
    lines.sort();
    assert_eq!(
        lines,
        [
            // What version 3 of the module left, to be removed.
            "php/TwoFactor/lib/FormerVersion.php: \
             'mapi_pref_twofactor_sms_product_key', 'mapi_pref_twofactor_smscredit_enabled',",
            "src/sms/gateway/error.rs: CreditsExhausted = 402 \"credits_exhausted\" Some(Refusal::Account),",
            "src/sms/gateway/licence.rs: Balance::shown(shown(self.credits_remaining.as_ref()?)?)",
            "src/sms/gateway/licence.rs: credits_remaining: Option<Value>,",
            "src/sms/gateway/licence.rs: pub credits_remaining: Option<Balance>,",
            "src/sms/gateway/licence.rs: pub(super) fn credits(&self) -> Option<Balance> {",
            "src/sms/gateway/mod.rs: Ok(licence) => Ok(licence.credits_remaining),",
            "src/sms/gateway/mod.rs: credits_remaining: reply.credits(),",
            "src/sms/gateway/mod.rs: fn probe_with_balance(&mut self, now: UnixTime) -> Result<Option<Balance>, ProbeError> {",
            "src/sms/gateway/mod.rs: self.probe_with_balance(now).map(drop)",
            "src/sms/provider.rs: Self::Verification(provider) => provider.probe_with_balance(now),",
            "src/sms/provider.rs: const MOST_BALANCE: usize = 40;",
            "src/sms/provider.rs: f.write_str(\"Balance(<for display>)\")",
            "src/sms/provider.rs: fn probe_with_balance(&mut self, now: UnixTime) -> Result<Option<Balance>, ProbeError> {",
            "src/sms/provider.rs: impl Balance {",
            "src/sms/provider.rs: impl fmt::Debug for Balance {",
            "src/sms/provider.rs: impl fmt::Display for Balance {",
            "src/sms/provider.rs: let fits = (1..=MOST_BALANCE).contains(&text.chars().count());",
            "src/sms/provider.rs: pub fn probe(&mut self, now: UnixTime) -> Result<Option<Balance>, ProbeError> {",
            "src/sms/provider.rs: pub struct Balance(Box<str>);",
            "src/verifier/finding.rs: PROVIDER_CREDITS = \"provider.credits\", \"credits remaining, as it tells: {credits}\";",
            "src/verifier/provider_test.rs: Finding::ok(finding::PROVIDER_CREDITS).with(\"credits\", balance.to_string())",
            "src/verifier/provider_test.rs: Ok(balance) => {",
            "src/verifier/provider_test.rs: findings.extend(balance.map(told));",
            "src/verifier/provider_test.rs: let told = |balance: Balance| {",
        ]
    );
}
