//! For which numbers a provider is asked, and how often.

use super::*;
use crate::delivery::ActiveProvider;
use crate::sms::{ProviderConfig, Usage, Value};

const AUSTRIAN: &str = "+436641234567";
const FRENCH: &str = "+33612345678";

fn usage(settings: &[(&str, Value)]) -> Usage {
    let mut changes = vec![("provider".to_owned(), Some(Value::text("sns")))];
    let settings = settings.iter().cloned();
    changes.extend(settings.map(|(name, value)| (name.to_owned(), Some(value))));
    let (config, _) = ProviderConfig::changed(None, "x", &changes).unwrap();
    config.usage().unwrap()
}

fn regions(list: &[&str]) -> Usage {
    let list = list.iter().map(|it| (*it).to_owned()).collect();
    usage(&[("regions", Value::List(list))])
}

fn with_usages(settings: &[(&str, &str)], usages: Vec<Usage>) -> (Verifier, Vec<Scripted>) {
    let (mut verifier, _) = with_settings(settings, &[]);
    let carriers: Vec<_> = usages.iter().map(|_| Scripted::default()).collect();
    let active = usages.into_iter().zip(&carriers).zip(1..);
    verifier.providers = ActiveProviders::new(
        active
            .map(|((usage, carrier), place)| ActiveProvider {
                name: format!("p{place}"),
                provider: Provider::Message(Box::new(carrier.clone())),
                usage,
            })
            .collect(),
    );
    (verifier, carriers)
}

fn sent(carriers: &[Scripted]) -> Vec<usize> {
    carriers.iter().map(Scripted::sent).collect()
}

fn providers_health(verifier: &Verifier) -> Vec<(&'static str, String)> {
    let checks = verifier.health(Ok(at(1)));
    let check = checks.iter().find(|it| it.name == "providers").unwrap();
    let findings = check.findings.iter();
    findings.map(|it| (it.id(), it.message())).collect()
}

const STORE: (&str, &str) = ("store", "memory:");

#[test]
fn a_number_goes_to_the_first_provider_that_is_asked_for_its_country() {
    let usages = vec![regions(&["DE"]), regions(&["+43", "DE"]), Usage::default()];
    let (verifier, carriers) = with_usages(&[STORE], usages);
    for (to, id, wanted) in [
        (NUMBER, "1", [1, 0, 0]),
        (AUSTRIAN, "2", [1, 1, 0]),
        (FRENCH, "3", [1, 1, 1]),
    ] {
        start(&verifier, &user(id), to, 0).unwrap();
        assert_eq!(sent(&carriers), wanted, "{to}");
    }
    // Fail-over goes on among those that are asked for the number.
    carriers[1].fails_with(SendError::NotSent("busy".to_owned()));
    start(&verifier, &user("4"), "+436641234568", 0).unwrap();
    assert_eq!(sent(&carriers), [1, 1, 2]);
    // And so does the turn of the next one, when a person asks again.
    start(&verifier, &user("1"), NUMBER, 100).unwrap();
    assert_eq!(sent(&carriers), [1, 2, 2]);
    assert!(
        !providers_health(&verifier)
            .iter()
            .any(|(id, _)| id.contains("regions"))
    );
}

#[test]
fn a_number_that_no_provider_is_asked_for_is_refused_and_health_says_so() {
    let settings = [
        STORE,
        ("phone_regions", "DE, AT, FR, CH"),
        ("phone_regions_blocked", "CH"),
    ];
    let usages = || vec![regions(&["DE"]), regions(&["+43"])];
    let (verifier, carriers) = with_usages(&settings, usages());
    let refused = denied(start(&verifier, &user("1"), FRENCH, 0));
    assert_eq!(refused, Denied::NotSent { reason: "country" });
    assert_eq!(sent(&carriers), [0, 0]);
    let said = providers_health(&verifier);
    let found: Vec<_> = said
        .iter()
        .filter(|(id, _)| id.contains("regions"))
        .collect();
    assert_eq!(found.len(), 2, "for SMS and for calls: {said:?}");
    assert_eq!(found[0].0, "providers.regions-left-out");
    assert!(
        found[0].1.contains("sms") && found[0].1.contains("FR"),
        "{}",
        found[0].1
    );
    assert!(
        !found[0].1.contains("CH") && !found[0].1.contains("AT"),
        "{}",
        found[0].1
    );
    // Where every country is allowed it is all others.
    let (verifier, _) = with_usages(&[STORE], usages());
    let said = providers_health(&verifier);
    assert!(
        said.iter().any(|(id, _)| *id == "providers.regions"),
        "{said:?}"
    );
}

#[test]
fn a_provider_has_limits_of_its_own() {
    let own = usage(&[
        ("per_hour", Value::Number(1)),
        ("regions", Value::List(vec!["DE".to_owned()])),
    ]);
    let (verifier, carriers) = with_usages(&[STORE], vec![own, Usage::default()]);
    // Enrolments may have a third of a limit, and all of one that cannot be shared.
    start(&verifier, &user("1"), NUMBER, 0).unwrap();
    let limited = denied(start(&verifier, &user("2"), OTHER, 120));
    let Denied::Throttled { retry_after } = limited else {
        panic!("{limited:?}");
    };
    assert!((3_400..=3_600).contains(&retry_after), "{retry_after}");
    // The other one goes by the limits of the site.
    start(&verifier, &user("3"), AUSTRIAN, 120).unwrap();
    start(&verifier, &user("4"), FRENCH, 120).unwrap();
    assert_eq!(sent(&carriers), [1, 2]);
    start(&verifier, &user("5"), "+4915123450001", 3_700).unwrap();
    assert_eq!(sent(&carriers), [2, 2]);
}

#[test]
fn what_nobody_could_be_asked_to_send_comes_back_to_a_limit_of_a_provider_s_own() {
    let own = usage(&[("per_hour", Value::Number(1))]);
    let (verifier, carriers) = with_usages(&[STORE], vec![own]);
    carriers[0].fails_with(SendError::Unreached("no connection".to_owned()));
    assert!(matches!(
        start(&verifier, &user("1"), NUMBER, 0),
        Err(Error::Unavailable(_))
    ));
    start(&verifier, &user("2"), OTHER, 1).unwrap();
    assert_eq!(sent(&carriers), [1]);
}
