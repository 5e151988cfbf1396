use super::*;
use crate::phone::PhoneNumber;

const KEY: &str = "k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const OTHER: &str = "k2 = PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";

fn settings() -> GatewaySettings {
    GatewaySettings {
        url: "https://gateway.example/v1".to_owned(),
        licence_key: "canary-of-the-licence".to_owned().into(),
        site_url: "https://www.Example.org:8443/shop".to_owned(),
        module: "TwoFactor".to_owned(),
        signing: Signing::Require,
        keys: vec![PinnedKey::parse(KEY).unwrap()],
        http: HttpSettings::default(),
    }
}

fn with(change: impl FnOnce(&mut GatewaySettings)) -> Result<Gateway, SettingError> {
    let mut settings = settings();
    change(&mut settings);
    Gateway::new(settings)
}

#[test]
fn the_domain_is_the_host_of_the_sites_url() {
    for (url, domain) in [
        ("https://www.Example.org:8443/shop", "example.org"),
        ("http://example.org", "example.org"),
        ("https://WWW.example.org/", "example.org"),
        ("https://shop.example.org?x", "shop.example.org"),
        ("https://www2.example.org", "www2.example.org"),
        ("https://localhost/", "localhost"),
    ] {
        assert_eq!(domain_of(url).unwrap(), domain, "{url}");
    }
    for url in [
        "",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "https://",
        "https://www.",
        "https:///x",
        "https://a..b",
        "https://-a.b",
        "https://a_b",
        "https://u@example.org",
        "https://example.org@evil.example",
        "https://example.org:x@evil.example",
        "https://exämple.org",
        "https://example.org\\@evil.example",
        "https://example.org\r\n",
    ] {
        assert!(domain_of(url).is_err(), "{url}");
    }
}

#[test]
fn the_gateway_is_spoken_to_over_tls_at_one_address() {
    for (url, origin, prefix) in [
        ("https://gateway.example", "https://gateway.example", ""),
        ("https://gateway.example/", "https://gateway.example", ""),
        (
            "https://gateway.example:8443/api/V1/",
            "https://gateway.example:8443",
            "/api/V1",
        ),
    ] {
        assert_eq!(
            address(url).unwrap(),
            (origin.to_owned(), prefix.to_owned())
        );
    }
    for url in [
        "",
        "http://gateway.example",
        "http://127.0.0.1",
        "https://",
        "https:///v1",
        "https://u@gateway.example",
        "https://gateway.example?x",
        "https://gateway.example/#x",
        "https://gateway.example/a//b",
        "https://gateway.example/../x",
        "https://gateway.example/a b",
        "https://gateway.example/%2e",
        "https://GATEWAY.example",
    ] {
        assert!(with(|s| s.url = url.to_owned()).is_err(), "{url}");
    }
}

#[test]
fn a_wrong_setting_is_an_error_that_tells_no_secret() {
    type Change = fn(&mut GatewaySettings);
    let changes: &[(&str, Change)] = &[
        ("licence key", |s| s.licence_key = "short".to_owned().into()),
        ("licence key", |s| {
            s.licence_key = "canary with spaces".to_owned().into()
        }),
        ("licence key", |s| {
            s.licence_key = "canary\r\nx-header: y".to_owned().into()
        }),
        ("module", |s| s.module = String::new()),
        ("public key", |s| s.keys.clear()),
        ("two public keys", |s| {
            s.keys = [KEY, OTHER, &KEY.replace("k1", "k3")]
                .map(|key| PinnedKey::parse(key).unwrap())
                .into()
        }),
        ("twice", |s| {
            s.keys = [KEY, KEY].map(|key| PinnedKey::parse(key).unwrap()).into()
        }),
        ("root URL", |s| s.site_url = "canary".to_owned()),
    ];
    for (text, change) in changes {
        let error = with(change).unwrap_err().to_string();
        assert!(error.contains(text), "{text}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    assert!(with(|s| s.keys.push(PinnedKey::parse(OTHER).unwrap())).is_ok());
    let legacy = with(|s| {
        s.signing = Signing::Legacy;
        s.keys.clear();
    })
    .unwrap();
    assert!(legacy.is_unsigned());
    assert!(!with(|_| ()).unwrap().is_unsigned());
}

#[test]
fn nobody_waits_longer_than_the_contract_says() {
    let seconds = std::time::Duration::from_secs;
    let patient = with(|s| {
        s.http.connect = seconds(30);
        s.http.whole = seconds(30);
    });
    assert_eq!(patient.unwrap().whole, seconds(8));
    assert_eq!(
        with(|s| s.http.whole = seconds(5)).unwrap().whole,
        seconds(5)
    );
}

#[test]
fn the_licence_key_is_not_shown() {
    let gateway = with(|_| ()).unwrap();
    let shown = format!("{:?} {gateway:?}", settings());
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(gateway.domain, "example.org");
    let test = with(|s| s.licence_key = "TF-TEST-0000".to_owned().into()).unwrap();
    assert_eq!(test.fingerprint(), "dcdd0452aae2c623");
}

#[test]
fn keys_of_requests_are_random_and_of_version_four() {
    struct Ones;
    impl Entropy for Ones {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(0xff);
            Ok(())
        }
    }
    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(0);
            Ok(())
        }
    }
    struct None;
    impl Entropy for None {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), RandomError> {
            Err(RandomError)
        }
    }
    assert_eq!(
        idempotency_key(&mut Ones).unwrap(),
        "ffffffff-ffff-4fff-bfff-ffffffffffff"
    );
    assert_eq!(
        idempotency_key(&mut Zeros).unwrap(),
        "00000000-0000-4000-8000-000000000000"
    );
    assert!(idempotency_key(&mut None).is_err());
    let one = idempotency_key(&mut OsEntropy).unwrap();
    assert_ne!(one, idempotency_key(&mut OsEntropy).unwrap());
}

/// Every reading of a reply to a check that is not the whole yes.
#[test]
fn only_the_whole_yes_is_a_yes() {
    let said = |text: &str| verdict(text.as_bytes(), "ver_1", "+4915123456789");
    let yes = r#"{"approved": true, "valid": true, "status": "approved", "verification_id": "ver_1", "phone": "+4915123456789"}"#;
    assert_eq!(said(yes), Some(Verdict::Approved));
    for value in [
        "false",
        "\"true\"",
        "1",
        "1.0",
        "\"1\"",
        "null",
        "[]",
        "[true]",
        "{}",
        "\"\"",
        "\"approved\"",
    ] {
        for name in ["approved", "valid"] {
            let lie = yes.replace(
                &format!("\"{name}\": true"),
                &format!("\"{name}\": {value}"),
            );
            assert_ne!(lie, yes);
            assert_eq!(said(&lie), None, "{lie}");
        }
    }
    for name in ["approved", "valid", "status", "verification_id", "phone"] {
        let lie = yes.replace(
            &format!("\"{name}\""),
            &format!("\"{}\"", name.to_uppercase()),
        );
        assert_eq!(said(&lie), None, "{lie}");
        let lie = yes
            .replace(&format!("\"{name}\": "), &format!("\"{name}\": ["))
            .replacen(',', "],", 1);
        assert_eq!(said(&lie), None, "{lie}");
    }
    for status in [
        "pending",
        "Approved",
        "APPROVED",
        " approved",
        "approved ",
        "ok",
        "success",
        "canceled",
        "expired",
        "",
    ] {
        let lie = yes.replace("\"approved\",", &format!("\"{status}\","));
        assert_eq!(said(&lie), None, "{lie}");
    }
    for (from, to) in [
        ("ver_1", "ver_2"),
        ("ver_1", "VER_1"),
        ("ver_1", "ver_1 "),
        ("\"ver_1\"", "1"),
        ("+4915123456789", "4915123456789"),
        ("+4915123456789", "+4915123456780"),
        ("+4915123456789", "+49 15123456789"),
        ("\"+4915123456789\"", "4915123456789"),
    ] {
        let lie = yes.replace(from, to);
        assert_eq!(said(&lie), None, "{lie}");
    }
    let no = r#"{"approved": false, "valid": false, "status": "pending", "attempts_left": 2}"#;
    assert_eq!(said(no), Some(Verdict::Wrong));
    for status in ["approved", "expired", "PENDING", ""] {
        assert_eq!(said(&no.replace("pending", status)), None);
    }
}

#[test]
fn a_code_is_on_its_way_only_if_all_says_so() {
    let said = |text: &str| started(text.as_bytes());
    let yes = r#"{"success": true, "verification_id": "ver_1", "status": "pending", "expires_in": 300, "resend_after": 60}"#;
    assert_eq!(
        said(yes),
        Some(Started {
            reference: "ver_1".to_owned(),
            expires_in: 300,
            resend_after: Some(60),
            again: false,
        })
    );
    for (from, to) in [
        ("true", "false"),
        ("true", "\"true\""),
        ("true", "1"),
        ("ver_1", ""),
        ("ver_1", "ver 1"),
        ("ver_1", "ver\\n1"),
        ("\"ver_1\"", "1"),
        ("pending", "sent"),
        ("pending", "approved"),
        ("300", "0"),
        ("300", "-1"),
        ("300", "\"300\""),
        ("300", "300.5"),
        ("300", "null"),
        ("60", "\"60\""),
        ("60", "-1"),
    ] {
        assert_eq!(said(&yes.replace(from, to)), None, "{to}");
    }
    assert_eq!(said(&yes.replace("ver_1", &"x".repeat(129))), None);
    // No code is good for longer than ten minutes, and nobody waits for longer than a day.
    let long = said(&yes.replace("300", "999999999").replace("60}", "999999999}")).unwrap();
    assert_eq!((long.expires_in, long.resend_after), (600, Some(86_400)));
    let none = said(&yes.replace("60}", "null}")).unwrap();
    assert_eq!(none.resend_after, None);
}

#[test]
fn every_error_of_the_contract_is_known_by_status_and_code() {
    let contract = [
        (400, "invalid_request", Some(Refusal::Sender)),
        (400, "invalid_phone", Some(Refusal::Number)),
        (401, "license_invalid", Some(Refusal::Credentials)),
        (402, "credits_exhausted", Some(Refusal::Account)),
        (403, "license_expired", Some(Refusal::Account)),
        (403, "domain_mismatch", Some(Refusal::Sender)),
        (403, "country_blocked", Some(Refusal::Country)),
        (403, "fraud_blocked", Some(Refusal::Fraud)),
        (404, "verification_not_found", Some(Refusal::Unlisted)),
        (409, "idempotency_conflict", None),
        (429, "rate_limited", Some(Refusal::Limit)),
        (503, "provider_unavailable", None),
    ];
    let fault = |status: u16, text: &str| Fault::of(status, &error::refused_with(text.as_bytes())?);
    assert_eq!(Fault::ALL.len(), contract.len());
    for (status, code, refusal) in contract {
        let text = format!(r#"{{"success": false, "error": "words", "code": "{code}"}}"#);
        let known = fault(status, &text).unwrap();
        assert_eq!((known.code(), known.refusal()), ((status, code), refusal));
        assert_eq!(fault(status + 1, &text), None);
        assert_eq!(fault(200, &text), None);
        for name in ["success", "valid", "approved"] {
            for value in ["true", "\"false\"", "0", "null"] {
                let lie = text.replace("\"success\": false", &format!("\"{name}\": {value}"));
                assert_eq!(fault(status, &lie), None, "{lie}");
            }
        }
        let error = GatewayError::Refused {
            fault: known,
            retry_after: Some(9),
        };
        match (SendError::from(error.clone()), refusal) {
            (
                SendError::Refused {
                    refusal,
                    retry_after,
                    detail,
                },
                Some(expected),
            ) => {
                assert_eq!((refusal, retry_after), (expected, Some(9)));
                assert!(detail.contains(code));
            }
            (SendError::Unknown(why), None) => assert!(why.contains(code)),
            (other, _) => panic!("{other}"),
        }
        // Only these are certain not to have looked at a code.
        let unjudged = matches!(
            code,
            "invalid_request"
                | "license_invalid"
                | "credits_exhausted"
                | "license_expired"
                | "domain_mismatch"
                | "rate_limited"
                | "provider_unavailable"
        );
        let error = CheckError::from(error);
        assert_eq!(matches!(error, CheckError::NotAsked(_)), unjudged, "{code}");
    }
    for unknown in ["", "unknown", "RATE_LIMITED", "rate_limited "] {
        for status in [400, 401, 402, 403, 404, 409, 418, 429, 500, 503] {
            let text = format!(r#"{{"success": false, "code": "{unknown}"}}"#);
            assert_eq!(fault(status, &text), None);
        }
    }
    assert_eq!(fault(429, r#"{"success": false}"#), None);
    assert_eq!(fault(429, r#"{"success": false, "code": 429}"#), None);
}

#[test]
fn a_number_of_no_country_and_what_cannot_be_a_code_are_not_asked_about() {
    let mut gateway = with(|s| s.url = "https://gateway.invalid".to_owned()).unwrap();
    let now = UnixTime::new(1_795_264_496).unwrap();
    let nowhere = PhoneNumber::parse("+80012345678", None).unwrap();
    let number = PhoneNumber::parse("+4915123456789", None).unwrap();
    let request = |to, channel| ProviderRequest {
        to,
        channel,
        locale: "en",
        now,
    };
    for code in [
        "",
        "123",
        "12345678901",
        "12345a",
        "١٢٣٤٥٦",
        "123 456",
        "123456\n",
        "-12345",
    ] {
        let verdict = gateway.check(&request(&number, Channel::Sms), "ver_1", code);
        assert_eq!(verdict, Ok(Verdict::Wrong), "{code}");
    }
    for reference in ["", "ver 1", "ver\n1"] {
        let verdict = gateway.check(&request(&number, Channel::Sms), reference, "123456");
        assert!(matches!(verdict, Err(CheckError::NotAsked(_))));
    }
    for channel in [Channel::Voice, Channel::WhatsApp] {
        let started = gateway.start(&request(&number, channel));
        assert!(matches!(started, Err(SendError::NotSent(_))));
    }
    let started = gateway.start(&request(&nowhere, Channel::Sms));
    assert!(matches!(
        started,
        Err(SendError::Refused {
            refusal: Refusal::Number,
            ..
        })
    ));
}
