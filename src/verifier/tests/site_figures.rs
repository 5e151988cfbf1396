//! The figures of a site that has a licence.

use serde_json::Value;

use super::licensed::{license, open_by};
use super::*;

const DAY: i64 = 86_400;

fn figures(verifier: &Verifier, seconds: i64, days: u32) -> Value {
    serde_json::from_str(&verifier.figures(at(seconds), days).unwrap()).unwrap()
}

fn refreshed(verifier: &Verifier, seconds: i64) {
    let turns = (0..50).take_while(|_| !verifier.refresh_figures(at(seconds)).unwrap());
    assert!(turns.count() < 50, "it comes to an end");
}

#[test]
fn figures_are_for_who_has_a_licence() {
    let verifier = verifier();
    for refused in [
        verifier.figures(at(0), 30).map(drop),
        verifier.refresh_figures(at(0)).map(drop),
    ] {
        assert!(matches!(refused, Err(Error::LicenceRequired(_))));
    }
}

#[test]
fn figures_say_what_happened_on_each_day_and_what_accounts_there_are() {
    let verifier = open_by(&[], None);
    license(&verifier, 0);
    let (alice, bert) = (user("7"), user("8"));
    let (phone, codes) = enrol(&verifier, &alice);
    enrol(&verifier, &bert);
    step_up(&verifier, &alice, &phone, 60);
    let wrong = |seconds, client: &Client| {
        let login = verifier.begin_login(at(seconds), &alice, client).unwrap();
        let answer = verifier.verify(
            at(seconds),
            &login.challenge,
            Method::BackupCode,
            "aaaa-bbbb-cccc-dddd",
            client,
        );
        assert!(matches!(denied(answer), Denied::Rejected));
    };
    wrong(90, &client_at(5));
    wrong(DAY + 90, &client_at(5));
    let login = verifier
        .begin_login(at(DAY + 95), &alice, &client())
        .unwrap();
    verifier
        .verify(
            at(DAY + 95),
            &login.challenge,
            Method::BackupCode,
            &codes[0],
            &client(),
        )
        .unwrap();
    let server = Operator::on_server("root");
    let due = Some(at(3 * DAY));
    verifier
        .require_enrolment(at(DAY + 96), &user("9").id, due, &server, "test")
        .unwrap();
    let before = figures(&verifier, DAY + 100, 30);
    assert_eq!(before["accounts"], Value::Null);
    assert_eq!(before["messagesAt"], Value::Null);
    refreshed(&verifier, DAY + 100);

    let told = figures(&verifier, DAY + 100, 30);
    assert_eq!(told["version"], 1);
    assert_eq!(told["counted"]["isComplete"], true);
    let days = told["days"].as_array().unwrap();
    assert_eq!(days.len(), 30);
    // It began on the 14th of November 2023, late in the evening.
    let [.., first, second] = &days[..] else {
        panic!()
    };
    assert_eq!(
        (&first["day"], &second["day"]),
        (&"2023-11-14".into(), &"2023-11-15".into())
    );
    assert_eq!(
        (&first["enrolments"], &first["stepUps"], &first["failures"]),
        (&2.into(), &1.into(), &1.into())
    );
    assert_eq!(
        (&second["signIns"], &second["failures"]),
        (&1.into(), &1.into())
    );
    assert_eq!(told["totals"]["failures"], 2);
    assert_eq!(told["methods"]["backup"]["signIns"], 1);
    assert_eq!(told["methods"]["backup"]["failures"], 2);
    assert_eq!(told["methods"]["totp"]["enrolments"], 2);
    let networks = told["networks"].as_array().unwrap();
    assert_eq!(networks.len(), 1);
    assert_eq!(
        (&networks[0]["network"], &networks[0]["wrong"]),
        (&"10.0.0.5".into(), &2.into())
    );

    let accounts = &told["accounts"];
    for (name, number) in [
        ("accounts", 3),
        ("enrolled", 2),
        ("strong", 2),
        ("due", 1),
        ("overdue", 0),
        ("locked", 0),
        ("disabled", 0),
        ("withoutCodes", 0),
        ("unreadable", 0),
    ] {
        assert_eq!(accounts[name], number, "{name}");
    }
    assert_eq!(accounts["methods"]["totp"], 2);
    assert_eq!(accounts["methods"]["backup"], 2);
    assert_eq!(told["adoption"].as_array().unwrap().len(), 1);
    assert_eq!(told["messages"], Value::Array(Vec::new()));
    let text = told.to_string();
    for name in ["user 7", "\"7\"", "2001:db8"] {
        assert!(!text.contains(name), "nobody is named");
    }

    // Ten minutes later the accounts are looked at again; the day has what they were last.
    let (_, _) = enrol(&verifier, &user("10"));
    assert!(verifier.refresh_figures(at(DAY + 200)).unwrap());
    assert_eq!(figures(&verifier, DAY + 200, 1)["accounts"]["accounts"], 3);
    refreshed(&verifier, DAY + 800);
    let told = figures(&verifier, DAY + 800, 1);
    assert_eq!(told["accounts"]["accounts"], 4);
    assert_eq!(told["days"].as_array().unwrap().len(), 1);
    let later = 3 * DAY + 800;
    license(&verifier, later);
    refreshed(&verifier, later);
    let told = figures(&verifier, later, 400);
    assert_eq!(told["accounts"]["overdue"], 1);
    assert_eq!(told["adoption"].as_array().unwrap().len(), 2);
}

#[test]
fn many_accounts_are_looked_at_in_turns_and_a_pass_sees_each_once() {
    let verifier = open_by(&[], None);
    license(&verifier, 0);
    let server = Operator::on_server("root");
    for n in 0..3_500 {
        let id = UserId::new(format!("u{n:04}")).unwrap();
        verifier.unlock(at(0), &id, &server, "test").unwrap();
    }
    let mut turns = 0;
    while !verifier.refresh_figures(at(10)).unwrap() {
        turns += 1;
        let told = figures(&verifier, 10, 1);
        let is_first = told["accounts"] == Value::Null;
        assert!(
            is_first || told["accounts"]["accounts"] == 3_500,
            "no half pass is told"
        );
    }
    assert!((1..10).contains(&turns), "{turns}");
    let told = figures(&verifier, 10, 1);
    assert_eq!(told["accounts"]["accounts"], 3_500);
    assert_eq!(told["totals"]["unlocks"], 3_500);
}

#[test]
fn days_are_between_one_and_four_hundred() {
    let verifier = open_by(&[], None);
    license(&verifier, 0);
    for days in [0, 401, u32::MAX] {
        let refused = verifier.figures(at(0), days);
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
    assert_eq!(
        figures(&verifier, 0, 400)["days"].as_array().unwrap().len(),
        400
    );
}
