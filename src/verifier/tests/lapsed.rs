//! Rules and trusted devices whose licence does not count, and rules that do not open: who is asked, and what health says.

use super::licensed::{license, open_by};
use super::texts::{Fixture, KEY_A, KEY_B};
use super::*;
use crate::premium::licence::{Kept, KeptKey, KeptRow, Terms};
use crate::shared::{Keep, RowKind};
use crate::sms::gateway::GatewayError;
use crate::verifier::error::Unavailable;

const SERVER: Operator<'static> = Operator::on_server("root");
const DAY: i64 = 86_400;
const NOW: &str = r#"{"rules": [{"for": "all", "level": "required-now"}]}"#;

/// The account of user 7, and rules for all, under that key.
fn ruled(fixture: &Fixture) -> Verifier {
    let verifier = open(fixture, KEY_A, &[]);
    license(&verifier, 0);
    enrol(&verifier, &user("7"));
    verifier
        .set_enforcement(at(0), NOW, &SERVER, "a rule")
        .unwrap();
    verifier
}

fn open(fixture: &Fixture, keys: &str, settings: &[(&str, &str)]) -> Verifier {
    let url = fixture.url();
    let all: Vec<_> = [("store", url.as_str())]
        .into_iter()
        .chain(settings.iter().copied())
        .collect();
    open_by(&all, Some(KeyRing::parse(keys).unwrap()))
}

/// The gateway says no.
fn refuse(verifier: &Verifier) {
    let config = &verifier.config;
    let terms = Terms::read(
        config.licence_public_keys().unwrap(),
        config.site_url().unwrap(),
        config.premium_grace_days(),
        config.licence_key().unwrap(),
    )
    .unwrap();
    let mut kept = Kept::nothing(&terms, at(0));
    kept.heard(Err(&GatewayError::NotValid), &terms, at(0))
        .unwrap();
    let put = verifier.rows.update(at(0), &KeptKey, |slot| {
        slot.put(KeptRow(Ok(kept.clone())), Keep::Always);
    });
    put.unwrap();
}

/// There is no row of a licence any more.
fn lose(verifier: &Verifier) {
    verifier
        .rows
        .update(at(0), &KeptKey, |slot| slot.end())
        .unwrap();
}

fn begun(verifier: &Verifier, id: &str, seconds: i64) -> Option<LoginState> {
    match verifier.begin_login(at(seconds), &user(id), &client()) {
        Ok(login) => Some(login.state),
        Err(Error::Unavailable(Unavailable::Account(_))) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// What health finds of what is required, of rules and of devices.
fn found(verifier: &Verifier, seconds: i64) -> Vec<(&'static str, HealthStatus)> {
    let checks = verifier.health(Ok(at(seconds)));
    let all = checks.iter().flat_map(|check| &check.findings);
    let all = all.filter(|it| {
        ["enrolment.", "enforcement.", "devices."]
            .iter()
            .any(|of| it.id().starts_with(of))
    });
    all.map(|it| (it.id(), it.status())).collect()
}

const OFF: [(&str, HealthStatus); 2] = [
    ("enforcement.off", HealthStatus::Problem),
    ("devices.off", HealthStatus::Warning),
];
const ENDING: [(&str, HealthStatus); 2] = [
    ("enforcement.ending", HealthStatus::Warning),
    ("devices.ending", HealthStatus::Warning),
];

#[test]
fn without_the_key_nobody_signs_in_where_rules_may_be_set_until_the_key_is_back() {
    let fixture = Fixture::new();
    drop(ruled(&fixture));
    let verifier = open(&fixture, KEY_B, &[]);
    assert_eq!(begun(&verifier, "7", 1), None);
    assert_eq!(
        begun(&verifier, "8", 1),
        None,
        "nobody knows what is asked of them"
    );
    let unreadable = [("enforcement.unreadable", HealthStatus::Problem)];
    assert_eq!(found(&verifier, 1)[..1], unreadable);
    assert!(!can_verify(&verifier.health(Ok(at(1)))));
    // Whoever has no account cannot take them back, whoever they say they are.
    let taking = verifier.set_enforcement(at(1), "", &Operator::in_request("8", None), "why");
    assert!(taking.is_err());
    drop(verifier);
    // If it is lost for good: whoever takes the licence's key away has said that no rules count.
    let verifier = open(&fixture, KEY_B, &[("licence_key", "")]);
    assert_eq!(begun(&verifier, "7", 3), None);
    assert_eq!(begun(&verifier, "8", 3), Some(LoginState::Allowed));
    drop(verifier);
    // Nothing is lost while the key is away.
    let verifier = open(&fixture, &format!("{KEY_B};{KEY_A}"), &[]);
    assert_eq!(
        begun(&verifier, "7", 2),
        Some(LoginState::ChallengeRequired)
    );
    assert_eq!(
        begun(&verifier, "8", 2),
        Some(LoginState::EnrolmentRequired)
    );
    assert_eq!(found(&verifier, 2), []);
}

#[test]
fn rules_that_do_not_open_deny_to_all_unless_it_is_known_that_no_licence_counts() {
    type Settings = &'static [(&'static str, &'static str)];
    type Case = (&'static str, Settings, fn(&Verifier), i64, bool);
    let cases: [Case; 7] = [
        ("good", &[], |_| {}, 1, true),
        ("in its grace", &[], |_| {}, 30 * DAY, true),
        ("not there", &[], lose, 1, true),
        (
            "for nothing that can be read",
            &[("site_url", "https://")],
            |_| {},
            1,
            true,
        ),
        ("refused", &[], refuse, 1, false),
        ("ended", &[], |_| {}, 62 * DAY, false),
        ("of no key", &[("licence_key", "")], |_| {}, 1, false),
    ];
    for (licence, settings, lapse, seconds, denies) in cases {
        let fixture = Fixture::new();
        lapse(&ruled(&fixture));
        fixture.damage(RowKind::Enrolment);
        let verifier = open(&fixture, KEY_A, settings);
        assert_eq!(begun(&verifier, "7", seconds), None, "{licence}");
        let other = begun(&verifier, "8", seconds);
        assert_eq!(other, (!denies).then_some(LoginState::Allowed), "{licence}");
        let id = found(&verifier, seconds)[0].0;
        let said = if denies {
            "enforcement.unreadable"
        } else {
            "enrolment.unreadable"
        };
        assert_eq!(id, said, "{licence}");
    }
}

#[test]
fn a_licence_that_was_to_be_entered_and_never_was_denies_nobody() {
    let fixture = Fixture::new();
    drop(ruled(&fixture));
    let stored = [("licence_key", "stored")];
    fixture.damage(RowKind::Enrolment);
    let verifier = open(&fixture, KEY_A, &stored);
    lose(&verifier);
    assert_eq!(begun(&verifier, "8", 1), Some(LoginState::Allowed));
    assert_eq!(
        found(&verifier, 1),
        [("enrolment.unreadable", HealthStatus::Problem)]
    );
}

#[test]
fn a_key_of_a_licence_that_was_entered_and_does_not_open_may_be_a_good_one() {
    let fixture = Fixture::new();
    drop(ruled(&fixture));
    let verifier = open(&fixture, KEY_B, &[("licence_key", "stored")]);
    assert_eq!(begun(&verifier, "8", 1), None);
    let ids: Vec<_> = found(&verifier, 1).into_iter().map(|it| it.0).collect();
    assert_eq!(ids, ["enforcement.unreadable"]);
    let checks = verifier.health(Ok(at(1)));
    let licence = checks.iter().find(|check| check.name == "licence").unwrap();
    assert_eq!(licence.findings[0].id(), "licence.unusable");
}

#[test]
fn health_says_what_is_not_asked_any_more_and_before_that_when_it_will_not_be() {
    let fixture = Fixture::new();
    let verifier = ruled(&fixture);
    assert_eq!(found(&verifier, 1), []);
    assert_eq!(found(&verifier, DAY / 4 * 3), ENDING, "a renewal is late");
    assert_eq!(found(&verifier, 2 * DAY), ENDING, "in its grace");
    let until = at(61 * DAY);
    let checks = verifier.health(Ok(at(2 * DAY)));
    let check = checks
        .iter()
        .find(|check| check.name == "enforcement")
        .unwrap();
    let values = check.findings.iter().map(|it| it.values().to_vec());
    assert!(values.into_iter().all(|it| it == [("until", until.into())]));
    assert_eq!(found(&verifier, 62 * DAY), OFF, "ended");
    refuse(&verifier);
    assert_eq!(found(&verifier, 1), OFF, "refused");
    lose(&verifier);
    assert_eq!(found(&verifier, 1), OFF, "not there");
    for (settings, finds) in [
        (("licence_key", ""), &OFF[..1]),
        (("licence_key", "stored"), &OFF[..1]),
        (("device_days", "0"), &OFF[..1]),
    ] {
        let verifier = open(&fixture, KEY_A, &[settings]);
        assert_eq!(found(&verifier, 1), finds, "{settings:?}");
    }
    verifier.set_enforcement(at(1), "", &SERVER, "why").unwrap();
    assert_eq!(found(&verifier, 1), OFF[1..], "no rules");
}

#[test]
fn a_site_that_never_had_a_licence_hears_nothing_of_rules_or_devices() {
    let verifier = open_by(&[("licence_key", "")], None);
    assert_eq!(found(&verifier, 1), []);
}
