//! What of the audit is read together, and who is in the lists of those who have a factor.

use super::*;

fn kinds(events: &[AuditEvent]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn events_are_found_by_what_they_are_about_and_read_on_from_the_last_one() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    step_up(&verifier, &alice, &phone, 30);
    verifier
        .raise_epoch(at(40), &alice.id, "host", "password changed", None)
        .unwrap();
    let about = |topic, limit, before| {
        let found = verifier.audit_about(Some(&alice.id), topic, limit, before);
        found.unwrap()
    };
    let signed_in = about(Topic::SignIn, 10, None);
    assert_eq!(kinds(&signed_in), ["factor.accepted", "challenge.opened"]);
    let first = about(Topic::SignIn, 1, None);
    assert_eq!(kinds(&first), ["factor.accepted"]);
    let rest = about(Topic::SignIn, 10, Some(first[0].id));
    assert_eq!(kinds(&rest), ["challenge.opened"]);
    let of_account = about(Topic::Account, 10, None);
    assert_eq!(kinds(&of_account)[0], "epoch.raised");
    assert!(about(Topic::Provider, 10, None).is_empty());
    let all = verifier.audit(Some(&alice.id), 100, None).unwrap();
    assert_eq!(all.len(), signed_in.len() + of_account.len());
    let none = verifier.audit_about(None, Topic::SignIn, 0, None);
    assert!(matches!(none, Err(Error::Invalid { .. })));
}

#[test]
fn other_systems_read_everybodys_events_once_each_and_go_on_from_the_last_one() {
    let verifier = verifier();
    let (alice, bert) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    enrol(&verifier, &bert);
    let all = verifier.events(None, 1000).unwrap();
    let mut newest_first = verifier.audit(None, 1000, None).unwrap();
    newest_first.reverse();
    assert_eq!(kinds(&all), kinds(&newest_first));
    assert!(kinds(&all).contains(&"factor.enrolled"));
    let mut read = Vec::new();
    let mut after = None;
    loop {
        let page = verifier.events(after, 2).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        read.extend(page);
    }
    assert_eq!(kinds(&read), kinds(&all));
    step_up(&verifier, &alice, &phone, 30);
    let new = verifier.events(after, 1000).unwrap();
    assert_eq!(kinds(&new), ["challenge.opened", "factor.accepted"]);
    assert!(new.iter().all(|event| event.user == alice.id));
    let severities = new.iter().map(|event| event.severity);
    assert_eq!(
        severities.collect::<Vec<_>>(),
        [Severity::Info, Severity::Warning]
    );
    for limit in [0, 1001] {
        let refused = verifier.events(None, limit);
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
}

#[test]
fn steps_of_one_sign_in_are_read_together_and_another_one_is_not() {
    let verifier = verifier();
    let (alice, bert) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    enrol(&verifier, &bert);
    step_up(&verifier, &alice, &phone, 30);
    verifier.begin_login(at(60), &alice, &client()).unwrap();
    verifier.begin_login(at(60), &bert, &client()).unwrap();
    let event = |user: &User, place: usize| {
        let found = verifier.audit_about(Some(&user.id), Topic::SignIn, 10, None);
        found.unwrap().swap_remove(place)
    };
    let [opened_again, accepted, opened] = [0, 1, 2].map(|place| event(&alice, place));
    assert!(opened.leads_to(&accepted));
    assert!(!accepted.leads_to(&opened_again), "another one began");
    assert!(!opened.leads_to(&event(&bert, 0)), "somebody else's");
    let later = |seconds| AuditEvent {
        at: opened.at.plus(seconds),
        ..accepted.clone()
    };
    assert!(opened.leads_to(&later(599)));
    assert!(!opened.leads_to(&later(600)), "too long ago");
    let enrolled = verifier.audit_about(Some(&alice.id), Topic::Account, 1, None);
    assert!(!enrolled.unwrap()[0].leads_to(&accepted), "no step of it");
}

#[test]
fn everybody_with_a_factor_is_listed_and_nobody_else() {
    let verifier = verifier();
    assert_eq!(verifier.enrolled_users(at(0), false).unwrap(), []);
    let (alice, bert, carl) = (user("7"), user("8"), user("9"));
    enrol(&verifier, &alice);
    enrol(&verifier, &carl);
    // An account without a factor.
    verifier
        .raise_epoch(at(0), &bert.id, "host", "password changed", None)
        .unwrap();
    let listed = verifier.enrolled_users(at(0), false).unwrap();
    assert_eq!(listed, [alice.id.clone(), carl.id]);
    let server = Operator::on_server("root");
    verifier.reset(at(1), &alice.id, &server, "lost").unwrap();
    assert_eq!(verifier.enrolled_users(at(1), false).unwrap().len(), 1);
}

#[test]
fn nobody_can_be_verified_without_store_keys_and_clock_and_everybody_without_the_rest() {
    let check = |name, finding| HealthCheck::new(name, vec![finding]);
    let problem = || Finding::problem(finding::FILES_EVERYBODY);
    assert!(can_verify(&verifier().health(Ok(at(0)))));
    for name in ["store", "key", "clock"] {
        assert!(!can_verify(&[check(name, problem())]), "{name}");
        assert!(can_verify(&[check(
            name,
            Finding::warning(finding::FILES_OWNER)
        )]));
    }
    for name in ["policy", "site", "files", "providers", "emergency"] {
        assert!(can_verify(&[check(name, problem())]), "{name}");
    }
}
