//! Providers in the store, on every store and against strict fakes: two operators at once lose nothing,
//! credentials are asked about and tried out, and they are nowhere to be seen.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Barrier;
use std::thread;

use crate::stores_support::{Fixture, on_both};
use mysql::prelude::Queryable;
use twofactor::account::Denied;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::types::Method;
use twofactor::verifier::{Changes, Client, Error, HealthStatus, Operator, Value, Verifier};
use twofactor_fakes::{Fakes, twilio};
use zeroize::Zeroizing;

const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NUMBER: &str = "+4915123456789";

on_both! {
    operators_at_once_lose_nothing,
    changes_of_one_provider_at_once_are_merged,
    credentials_are_in_no_table,
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(1_700_000_010 + seconds).unwrap()
}

fn open(url: &str, more: &[(&str, &str)]) -> Verifier {
    // Other tests have the same site under other prefixes.
    let mut settings = vec![("store", url), ("new_site", "1")];
    settings.extend_from_slice(more);
    let config = Config::parse(settings).unwrap();
    Verifier::open(config, Some(KeyRing::parse(KEY).unwrap()), true).unwrap()
}

fn changes(pairs: &[(&str, &str)]) -> Changes {
    pairs
        .iter()
        .map(|(name, value)| {
            let value = Value::Text(Zeroizing::new((*value).to_owned()));
            ((*name).to_owned(), Some(value))
        })
        .collect()
}

fn sns() -> Changes {
    changes(&[
        ("provider", "sns"),
        ("access_key", "AKIACANARYCANARY0000"),
        ("secret", "canary-secret-0123456789"),
        ("region", "eu-central-1"),
    ])
}

fn names(verifier: &Verifier) -> Vec<String> {
    let found = verifier.providers(at(0)).unwrap();
    found.into_iter().map(|view| view.name).collect()
}

fn intact_events(verifier: &Verifier) -> usize {
    assert!(verifier.providers_audit_is_intact().unwrap());
    verifier.providers_audit(1000, None).unwrap().len()
}

/// Each of eight, with a connection of their own, adds a provider and takes another one out.
fn operators_at_once_lose_nothing(fixture: &Fixture) {
    const OPERATORS: usize = 8;
    let verifier = open(fixture.url(), &[]);
    for number in 0..OPERATORS {
        let name = format!("old{number}");
        verifier
            .save_provider(at(0), &name, &sns(), &Operator::on_server("anna"))
            .unwrap();
    }
    let start = Barrier::new(OPERATORS);
    thread::scope(|scope| {
        for number in 0..OPERATORS {
            let start = &start;
            scope.spawn(move || {
                let verifier = open(fixture.url(), &[]);
                let by = format!("operator {number}");
                start.wait();
                verifier
                    .save_provider(
                        at(1),
                        &format!("new{number}"),
                        &sns(),
                        &Operator::on_server(&by),
                    )
                    .unwrap();
                verifier
                    .remove_provider(at(1), &format!("old{number}"), &Operator::on_server(&by))
                    .unwrap();
            });
        }
    });
    let mut found = names(&verifier);
    found.sort();
    let wanted: Vec<_> = (0..OPERATORS)
        .map(|number| format!("new{number}"))
        .collect();
    assert_eq!(found, wanted);
    // Nobody's event is lost; whoever had to try again may have noted nothing twice.
    assert_eq!(intact_events(&verifier), 3 * OPERATORS);
}

/// Two pages were open at once: each changes another setting of the same provider.
fn changes_of_one_provider_at_once_are_merged(fixture: &Fixture) {
    let verifier = open(fixture.url(), &[]);
    for round in 0..10 {
        verifier
            .save_provider(at(0), "main", &sns(), &Operator::on_server("anna"))
            .unwrap();
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for change in [("sender_id", "Example"), ("max_price", "0.25")] {
                let start = &start;
                scope.spawn(move || {
                    let verifier = open(fixture.url(), &[]);
                    start.wait();
                    verifier
                        .save_provider(
                            at(1),
                            "main",
                            &changes(&[change]),
                            &Operator::on_server("anna"),
                        )
                        .unwrap();
                });
            }
        });
        let view = &verifier.providers(at(2)).unwrap()[0];
        let names: Vec<_> = view.settings.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["max_price", "region", "sender_id"], "round {round}");
        verifier
            .remove_provider(at(3), "main", &Operator::on_server("anna"))
            .unwrap();
    }
}

fn credentials_are_in_no_table(fixture: &Fixture) {
    let verifier = open(fixture.url(), &[]);
    verifier
        .save_provider(at(0), "main", &sns(), &Operator::on_server("canary-who"))
        .unwrap();
    let everything = if fixture.url().starts_with("mysql:") {
        let url = std::env::var(crate::stores_support::VARIABLE).unwrap();
        let mut server = mysql::Conn::new(url.as_str()).unwrap();
        let mut everything = Vec::new();
        for table in ["account", "audit", "shared_row"] {
            let table = format!("{}twofactor_{table}", fixture.prefix());
            let rows: Vec<mysql::Row> = server.query(format!("SELECT * FROM `{table}`")).unwrap();
            for value in rows.into_iter().flat_map(mysql::Row::unwrap) {
                if let mysql::Value::Bytes(bytes) = value {
                    everything.extend(bytes);
                }
            }
        }
        everything
    } else {
        let folder = std::fs::read_dir(fixture.directory()).unwrap();
        folder
            .flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect()
    };
    let holds = |needle: &str| {
        let needle = needle.as_bytes();
        everything.windows(needle.len()).any(|it| it == needle)
    };
    // What is not secret is there to be found.
    assert!(holds("canary-who") && holds("providers"));
    for secret in ["canary-secret", "AKIACANARY", "eu-central-1"] {
        assert!(!holds(secret), "{secret}");
    }
}

// -- against the fakes ------------------------------------------------------------------------------

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

fn with_fakes(fakes: &Fakes) -> Verifier {
    let ca = fakes.ca_file().to_str().unwrap();
    let verifier = open("memory:", &[("http_ca_file", ca), ("issuer", "Example")]);
    let url = fakes.twilio_url();
    let login = [
        ("user", twilio::KEY),
        ("secret", twilio::SECRET),
        ("url", &*url),
    ];
    let mut verify = changes(&[("provider", "twilio-verify"), ("service", twilio::SERVICE)]);
    verify.extend(changes(&login));
    let mut messaging = changes(&[
        ("provider", "twilio-messaging"),
        ("account", twilio::ACCOUNT),
        ("from", twilio::FROM),
    ]);
    messaging.extend(changes(&login));
    verifier
        .save_provider(at(0), "verify", &verify, &Operator::on_server("anna"))
        .unwrap();
    verifier
        .save_provider(at(0), "messaging", &messaging, &Operator::on_server("anna"))
        .unwrap();
    verifier
}

#[test]
fn credentials_are_asked_about_and_nothing_is_sent() {
    let fakes = Fakes::start();
    let verifier = with_fakes(&fakes);
    let check = |name: &str| verifier.check_provider(at(0), name);
    for name in ["verify", "messaging"] {
        let answer = check(name).unwrap();
        assert_eq!(answer.status, HealthStatus::Ok, "{}", answer.message);
        let wrong = changes(&[("secret", "canary-of-another-account")]);
        verifier
            .save_provider(at(0), name, &wrong, &Operator::on_server("anna"))
            .unwrap();
        let answer = check(name).unwrap();
        assert_eq!(answer.status, HealthStatus::Problem);
        assert!(answer.message.starts_with(name), "{}", answer.message);
        assert!(!answer.message.contains("canary"), "{}", answer.message);
    }
    assert!(matches!(check("none"), Err(Error::Configuration(_))));
    assert!(fakes.twilio.sent().is_empty());
    let asked = fakes.twilio.requests().len();
    verifier.health(Ok(at(0)));
    verifier.providers(at(0)).unwrap();
    assert_eq!(fakes.twilio.requests().len(), asked, "health asks nobody");
}

#[test]
fn a_test_message_goes_by_one_provider_within_the_budgets() {
    let fakes = Fakes::start();
    let verifier = with_fakes(&fakes);
    let number = PhoneNumber::parse(NUMBER, None).unwrap();
    let test = |name: &str, method, seconds| {
        verifier.send_test(
            at(seconds),
            name,
            &number,
            method,
            "en",
            &Operator::on_server("anna"),
            &client(),
        )
    };
    let delivery = test("messaging", Method::Sms, 0).unwrap();
    assert_eq!((delivery.method, delivery.expires_at), (Method::Sms, at(0)));
    assert_eq!(delivery.masked, "+49 ••• 89");
    let sent = fakes.twilio.sent();
    assert_eq!((sent.len(), sent[0].to.as_str()), (1, NUMBER));
    assert_eq!(
        sent[0].text.as_str(),
        "Example: This is a test message. There is nothing to do."
    );
    // The minute between two messages is for operators, too, whoever the provider is.
    match test("verify", Method::Sms, 30) {
        Err(Error::Denied(Denied::Throttled { retry_after: 30 })) => {}
        other => panic!("{other:?}"),
    }
    let delivery = test("verify", Method::Sms, 60).unwrap();
    assert!(delivery.expires_at > at(60), "a code that Twilio made");
    assert_eq!(fakes.twilio.sent().len(), 2);
    for (name, method) in [("verify", Method::Voice), ("none", Method::Sms)] {
        match test(name, method, 200) {
            Err(Error::Configuration(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    // What the provider says is for the operator; nobody else is asked instead.
    let wrong = changes(&[("secret", "canary-of-another-account")]);
    verifier
        .save_provider(at(200), "messaging", &wrong, &Operator::on_server("anna"))
        .unwrap();
    match test("messaging", Method::Sms, 200) {
        Err(Error::Configuration(why)) => {
            assert!(why.to_string().starts_with("messaging: "), "{why}");
            assert!(!format!("{why} {why:?}").contains("canary"), "{why:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fakes.twilio.sent().len(), 2);
    // A test costs what any message costs, and is counted and listed like one.
    let metrics = verifier.metrics(at(200)).unwrap();
    for line in [
        "twofactor_sent_total{provider=\"messaging\",channel=\"sms\"} 1",
        "twofactor_sent_total{provider=\"verify\",channel=\"sms\"} 1",
        "twofactor_failed_total{provider=\"messaging\",channel=\"sms\",kind=\"account\"} 1",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
    assert_eq!(verifier.deliveries(10, None).unwrap().len(), 2);
    let audit = verifier.audit(None, 100, None).unwrap();
    let tests: Vec<_> = audit
        .iter()
        .filter(|event| event.kind == "provider.tested")
        .map(|event| (event.provider.as_deref(), event.reason.as_deref()))
        .collect();
    let masked = Some("+49 ••• 89");
    assert_eq!(
        tests,
        [
            (Some("messaging"), masked),
            (Some("verify"), masked),
            (Some("messaging"), masked)
        ]
    );
    let numbers = PhoneNumber::parse("+493012345678", None).unwrap();
    let answer = verifier.send_test(
        at(400),
        "verify",
        &numbers,
        Method::Sms,
        "en",
        &Operator::on_server("anna"),
        &client(),
    );
    assert!(matches!(answer, Err(Error::Number { .. })), "{answer:?}");
}

#[test]
fn new_credentials_are_used_at_once_even_while_the_breaker_is_open() {
    let fakes = Fakes::start();
    let verifier = with_fakes(&fakes);
    let numbers = (0..5).map(|n| PhoneNumber::parse(&format!("+49151234567{n}0"), None).unwrap());
    let nowhere = changes(&[
        ("url", "https://127.0.0.1:1"),
        ("user", twilio::KEY),
        ("secret", twilio::SECRET),
    ]);
    verifier
        .save_provider(at(0), "messaging", &nowhere, &Operator::on_server("anna"))
        .unwrap();
    for (count, number) in (0..).zip(numbers) {
        let now = at(61 * count);
        let client = Client::new(
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, u8::try_from(count).unwrap())),
            String::new(),
        );
        let answer = verifier.send_test(
            now,
            "messaging",
            &number,
            Method::Sms,
            "en",
            &Operator::on_server("anna"),
            &client,
        );
        assert!(matches!(answer, Err(Error::Configuration(_))), "{answer:?}");
    }
    let now = at(61 * 4);
    let view = |name: &str| {
        let views = verifier.providers(now).unwrap();
        views.into_iter().find(|view| view.name == name).unwrap()
    };
    assert!(!view("messaging").available && view("messaging").retry_at.is_some());
    assert!(view("verify").available);
    let mut here = nowhere;
    let url = fakes.twilio_url();
    here[0].1 = Some(Value::Text(Zeroizing::new(url)));
    verifier
        .save_provider(now, "messaging", &here, &Operator::on_server("anna"))
        .unwrap();
    assert!(view("messaging").available && view("messaging").retry_at.is_none());
}

#[test]
fn health_warns_of_a_gateway_that_does_not_sign() {
    let verifier = open("memory:", &[]);
    let gateway = changes(&[
        ("provider", "gateway"),
        ("url", "https://gateway.example"),
        ("licence_key", "canary-licence-key"),
        ("site_url", "https://example.org"),
        ("signature", "legacy"),
    ]);
    verifier
        .save_provider(at(0), "gateway", &gateway, &Operator::on_server("anna"))
        .unwrap();
    let checks = verifier.health(Ok(at(0)));
    let check = checks.iter().find(|it| it.name == "providers").unwrap();
    assert_eq!(check.status, HealthStatus::Warning);
    assert!(check.message.contains("not signed"), "{}", check.message);
    assert!(!check.message.contains("canary"));
}
