//! The support bundle of a site: who gets it, what is in it, and what is not, whatever is in the site.

use std::fs;
use std::path::Path;

use super::licensed::{license, open_by};
use super::*;
use crate::config::settings;
use crate::sms::{Changes, Value};
use crate::verifier::{GivenSetting, SettingSource, Surroundings};

const SERVER: Operator<'static> = Operator::on_server("root");

fn nothing_around() -> Surroundings {
    Surroundings::default()
}

fn bundle(verifier: &Verifier, seconds: i64) -> String {
    let around = nothing_around();
    let made = verifier.support_bundle(at(seconds), &SERVER, "a question", &around);
    made.unwrap()
}

/// What stands behind the name of a line; `None` without one.
fn line<'a>(text: &'a str, section: &str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("\n[{section}]\n")).unwrap();
    let within = rest.split("\n\n").next().unwrap();
    within
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn a_bundle_is_for_operators_of_a_site_with_a_licence_who_say_why_and_is_in_the_audit() {
    let (unlicensed, around) = (open_by(&[], None), nothing_around());
    let asked = |verifier: &Verifier, operator: &Operator<'_>, reason: &str| {
        verifier.support_bundle(at(90), operator, reason, &around)
    };
    let refused = asked(&unlicensed, &SERVER, "why");
    assert!(matches!(refused, Err(Error::LicenceRequired(_))));
    let verifier = open_by(&[], None);
    license(&verifier, 0);
    let (phone, _) = enrol(&verifier, &user("1"));
    enrol(&verifier, &user("2"));
    let grant = step_up(&verifier, &user("1"), &phone, 60);
    // A factor of today, while others have one: whoever knew the password may have set it up.
    let early = Operator::in_request("1", Some(&grant));
    assert!(matches!(
        denied(asked(&verifier, &early, "why")),
        Denied::TooRecent { .. }
    ));
    for operator in [
        Operator::in_request("1", None),
        Operator::in_request("2", Some(&grant)),
    ] {
        assert_eq!(
            denied(asked(&verifier, &operator, "why")),
            Denied::StepUpRequired
        );
    }
    assert!(matches!(
        asked(&verifier, &SERVER, " "),
        Err(Error::Invalid { .. })
    ));
    assert!(verifier.providers_audit(10, None).unwrap().is_empty());
    let text = asked(&verifier, &SERVER, "a question").unwrap();
    assert_eq!(line(&text, "store", "in_audit"), Some("yes"));
    let events = verifier.providers_audit(10, None).unwrap();
    let event = &events[0];
    assert_eq!(
        (event.kind.as_str(), events.len()),
        ("support-bundle.made", 1)
    );
    assert_eq!(event.by.as_deref(), Some("root"));
    assert_eq!(event.reason.as_deref(), Some("a question"));
    let day = 86_400;
    license(&verifier, day);
    let grant = step_up(&verifier, &user("1"), &phone, day + 90);
    let operator = Operator::in_request("1", Some(&grant));
    let made = verifier.support_bundle(at(day + 91), &operator, "later", &around);
    assert!(made.is_ok(), "{made:?}");
}

#[test]
fn a_bundle_tells_health_counters_accounts_and_tables() {
    let verifier = open_by(&[("max_attempts", "9")], None);
    license(&verifier, 0);
    enrol(&verifier, &user("1"));
    while !verifier.refresh_figures(at(10)).unwrap() {}
    let text = bundle(&verifier, 20);
    assert!(text.starts_with("twofactor support bundle, version 1\nmade: 2023-11-14T22:13:50Z\n"));
    assert_eq!(line(&text, "licence", "plan"), Some("pro"));
    assert_eq!(line(&text, "licence", "ends"), Some("2023-11-15T22:13:30Z"));
    assert_eq!(
        line(&text, "store", "state"),
        Some("answers and takes changes")
    );
    assert_eq!(line(&text, "store", "product"), Some("SQLite"));
    assert_eq!(line(&text, "store", "setting.synchronous"), Some("2"));
    assert_eq!(line(&text, "store", "keys"), Some("1"));
    let limit = line(&text, "health", "policy.max_attempts.more").unwrap();
    assert_eq!(
        limit,
        "warning: max_attempts is 9: a guesser has more tries before the first block (recommended: 5)"
    );
    assert_eq!(
        line(&text, "health", "site.issuer")
            .unwrap()
            .matches("<issuer>")
            .count(),
        1
    );
    let enrolments = "twofactor_enrolments_total{method=\"totp\"}";
    assert_eq!(line(&text, "counters", enrolments), Some("1"));
    assert_eq!(line(&text, "accounts", "methods.totp"), Some("1"));
    assert_eq!(
        line(&text, "schema", "steps_taken"),
        line(&text, "schema", "steps_known")
    );
    assert_eq!(line(&text, "schema", "rows.account"), Some("2"));
    let columns = line(&text, "schema", "table.account").unwrap();
    assert!(
        columns.starts_with("site TEXT, user TEXT, version INTEGER"),
        "{columns}"
    );
}

#[test]
fn of_a_setting_a_bundle_tells_numbers_and_words_and_of_all_else_that_it_is_set() {
    let verifier = open_by(&[], None);
    license(&verifier, 0);
    let given = |name: &str, value: &str, source| GivenSetting {
        setting: settings().find(|it| it.name == name).unwrap(),
        source,
        value: value.to_owned().into(),
    };
    let program = SettingSource::Program;
    let mut around = nothing_around();
    around.settings = vec![
        given(
            "store",
            "mysql://c4nary:c4nary@db.c4nary.example/c4nary",
            program,
        ),
        given("max_attempts", "7", SettingSource::PhpIni),
        given("secrets", "derived", SettingSource::Environment),
        given("phone_regions", "DE, AT", program),
        given("profile", "standard", SettingSource::Default),
        given("site", "c4nary", program),
        given("issuer", "", SettingSource::Default),
        given("site_url", "https://c4nary.example", program),
        given("licence_key", "TF-c4nary", program),
        given("store_id", "c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4", program),
        given("trusted_proxies", "10.0.0.7", program),
        given("phone_regions_blocked", "c4nary", program),
        given("http_proxy", "http://c4nary:c4nary@h:1", program),
    ];
    let text = verifier
        .support_bundle(at(1), &SERVER, "c4nary", &around)
        .unwrap();
    let (_, settings) = text.split_once("[settings]\n").unwrap();
    assert_eq!(
        settings.split("\n\n").next().unwrap(),
        "store: mysql (from program)\nmax_attempts: 7 (from php.ini)\nsecrets: derived (from environment)\n\
         phone_regions: DE, AT (from program)\nprofile: standard (default)\nsite: (set) (from program)\n\
         issuer: (not set) (default)\nsite_url: (set) (from program)\nlicence_key: (set) (from program)\n\
         store_id: (set) (from program)\ntrusted_proxies: (set) (from program)\n\
         phone_regions_blocked: (set) (from program)\nhttp_proxy: (set) (from program)"
    );
    assert!(!text.contains("c4nary"), "{text}");
}

#[test]
fn canary_of_a_provider_a_bundle_tells_its_kind_and_the_names_of_what_is_set() {
    let verifier = open_by(&[("phone_regions", "DE")], None);
    license(&verifier, 0);
    let text = |value: &str| Some(Value::Text(Zeroizing::new(value.to_owned())));
    let changes: Changes = [
        ("provider", text("twilio-verify")),
        ("service", text("VA0123456789abcdef0123456789abcdef")),
        ("user", text("SKdeadbeefdeadbeefdeadbeefdeadbeef")),
        ("secret", text("c4nary-of-twilio")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let operator = Operator::on_server("c4nary");
    verifier
        .save_provider(at(0), "c4nary", &changes, &operator)
        .unwrap();
    let told = bundle(&verifier, 1);
    assert_eq!(
        line(&told, "providers", "provider-1.kind"),
        Some("twilio-verify")
    );
    assert_eq!(
        line(&told, "providers", "provider-1.settings"),
        Some("service")
    );
    assert_eq!(
        line(&told, "providers", "provider-1.secrets"),
        Some("user, secret")
    );
    assert_eq!(
        line(&told, "health", "providers.ok"),
        Some("ok: provider-1")
    );
    for secret in ["c4nary", "VA0123", "SKdead", "deadbeef"] {
        assert!(!told.contains(secret), "{told}");
    }
}

/// Cuts the file off from whoever has it open.
fn gone(path: &Path) {
    fs::rename(path, path.with_extension("away")).unwrap();
}

#[test]
fn where_the_store_is_gone_the_server_gets_a_bundle_that_says_so_and_nobody_else_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c4nary.sqlite");
    let store = format!("sqlite:{}", path.display());
    let verifier = open_by(&[("store", &store)], None);
    license(&verifier, 0);
    let (phone, _) = enrol(&verifier, &user("1"));
    let grant = step_up(&verifier, &user("1"), &phone, 30);
    let around = nothing_around();
    let operator = Operator::in_request("1", Some(&grant));
    assert!(
        verifier
            .support_bundle(at(31), &operator, "why", &around)
            .is_ok()
    );
    gone(&path);
    let refused = verifier.support_bundle(at(32), &operator, "why", &around);
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let text = bundle(&verifier, 33);
    assert_eq!(
        line(&text, "store", "in_audit"),
        Some("no: the store took no event")
    );
    let state = line(&text, "store", "state").unwrap();
    assert!(state.starts_with("not available: store."), "{state}");
    assert_eq!(line(&text, "schema", "tables"), Some("cannot be read"));
    assert_eq!(
        line(&text, "health", "store.unavailable"),
        Some("problem: <why>")
    );
    assert_eq!(line(&text, "licence", "plan"), Some("pro"));
    assert!(!text.contains("c4nary") && !text.contains("/tmp"), "{text}");
    // Nor is a licence that was never seen, or has ended since, good because nobody can look.
    let later = verifier.support_bundle(at(70 * 86_400), &SERVER, "why", &around);
    assert!(matches!(later, Err(Error::LicenceRequired(_))), "{later:?}");
    let fresh = folder.path().join("other.sqlite");
    let store = format!("sqlite:{}", fresh.display());
    let verifier = open_by(&[("store", &store)], None);
    license(&verifier, 0);
    gone(&fresh);
    let never = verifier.support_bundle(at(1), &SERVER, "why", &around);
    assert!(matches!(never, Err(Error::Unavailable(_))), "{never:?}");
}
