//! What is counted of the events, and how it is told.

use super::*;
use crate::openmetrics::tests::{Family, parse, value};

fn told(verifier: &Verifier, seconds: i64) -> Vec<Family> {
    parse(&verifier.metrics(at(seconds)).unwrap()).unwrap()
}

fn of(families: &[Family], name: &str, method: &str) -> f64 {
    let name = format!("twofactor_{name}_total");
    value(families, &name, &[("method", method)])
}

fn all(families: &[Family], name: &str) -> f64 {
    value(families, &format!("twofactor_{name}_total"), &[])
}

/// Signs in at that second, after so many wrong codes.
fn sign_in(verifier: &Verifier, user: &User, phone: &Totp, wrong: usize, seconds: i64) {
    let login = verifier.begin_login(at(seconds), user, &client()).unwrap();
    let right = phone.at(at(seconds));
    let digit = if right.starts_with('0') { "1" } else { "0" };
    for _ in 0..wrong {
        let code = format!("{digit}{}", &right[1..]);
        let answer = verifier.verify(
            at(seconds),
            &login.challenge,
            Method::Totp,
            &code,
            &client(),
        );
        assert!(matches!(denied(answer), Denied::Rejected));
    }
    verifier
        .verify(
            at(seconds),
            &login.challenge,
            Method::Totp,
            &right,
            &client(),
        )
        .unwrap();
}

#[test]
fn metrics_tell_sign_ins_failures_lockouts_enrolments_and_notices() {
    let verifier = verifier();
    let nothing = told(&verifier, 0);
    assert_eq!(of(&nothing, "sign_ins", "totp"), 0.0);
    assert_eq!(
        value(&nothing, "twofactor_counted_timestamp_seconds", &[]),
        0.0
    );
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        ..user("7")
    };
    let (phone, codes) = enrol(&verifier, &alice);
    sign_in(&verifier, &alice, &phone, 2, 60);
    step_up(&verifier, &alice, &phone, 90);
    let login = verifier.begin_login(at(120), &alice, &client()).unwrap();
    verifier
        .verify(
            at(120),
            &login.challenge,
            Method::BackupCode,
            &codes[0],
            &client(),
        )
        .unwrap();
    let families = told(&verifier, 130);
    assert!(families.iter().all(|family| family.help));
    assert_eq!(of(&families, "sign_ins", "totp"), 1.0);
    assert_eq!(of(&families, "sign_ins", "backup"), 1.0);
    assert_eq!(of(&families, "sign_ins", "device"), 0.0);
    assert_eq!(of(&families, "step_ups", "totp"), 1.0);
    assert_eq!(of(&families, "failures", "totp"), 2.0);
    assert_eq!(of(&families, "failures", "sms"), 0.0);
    assert_eq!(of(&families, "enrolments", "totp"), 1.0);
    assert_eq!(all(&families, "challenges"), 2.0);
    assert!(
        all(&families, "notices") >= 2.0,
        "enrolled, and a backup code"
    );
    assert_eq!(all(&families, "alerts"), 0.0);
    assert_eq!(value(&families, "twofactor_notices_pending", &[]), 1.0);
    let moved = value(&families, "twofactor_counted_timestamp_seconds", &[]);
    assert_eq!(moved, (START + 130) as f64);

    // Nothing happened: nothing is counted again.
    assert_eq!(of(&told(&verifier, 140), "failures", "totp"), 2.0);

    // Blocked, and then disabled.
    let login = verifier.begin_login(at(200), &alice, &client()).unwrap();
    let mut seconds = 200;
    for _ in 0..12 {
        let right = phone.at(at(seconds));
        let digit = if right.starts_with('0') { "1" } else { "0" };
        let code = format!("{digit}{}", &right[1..]);
        let _ = verifier.verify(
            at(seconds),
            &login.challenge,
            Method::Totp,
            &code,
            &client(),
        );
        seconds += 1;
    }
    let families = told(&verifier, seconds);
    let kind = |kind| {
        let labels = [("method", "totp"), ("kind", kind)];
        value(&families, "twofactor_lockouts_total", &labels)
    };
    assert!(kind("blocked") >= 1.0);
    assert_eq!(kind("disabled"), 0.0);
}

/// In pages of a thousand: a site that has many events already is counted bit by bit, and told so.
#[test]
fn a_site_with_many_events_is_counted_in_turns_and_its_numbers_only_rise() {
    let verifier = verifier();
    let alice = user("7");
    let server = Operator::on_server("root");
    let unlock = || verifier.unlock(at(0), &alice.id, &server, "test").unwrap();
    (0..2_500).for_each(|_| unlock());
    let (head, is_all) = verifier.count_events(at(1), 1).unwrap();
    assert!(!is_all);
    assert_eq!(head.totals.sum(crate::figures::Counted::Unlock), 1000);
    let (head, is_all) = verifier.count_events(at(1), 2).unwrap();
    assert!(is_all);
    assert_eq!(head.totals.sum(crate::figures::Counted::Unlock), 2_500);
    let (again, is_all) = verifier.count_events(at(1), 2).unwrap();
    assert!(is_all);
    assert_eq!(again, head);
}

/// Events whose time is of another month, or of a clock that was ahead.
#[test]
fn days_and_months_are_told_apart() {
    use crate::figures::{Counted, FiguresKey, FiguresRow, MonthId};
    let verifier = verifier();
    let alice = user("7");
    let server = Operator::on_server("root");
    for day in [0, 0, 1, 40, 41, 300] {
        let now = at(day * 86_400);
        verifier.unlock(now, &alice.id, &server, "test").unwrap();
    }
    // The clock is put right: what was ahead is of today.
    let now = at(41 * 86_400);
    verifier.count_events(now, 10).unwrap();
    let days = |month| match verifier.rows.get(&FiguresKey::Month(month)).unwrap() {
        Some(stored) => match stored.row {
            FiguresRow::Month(month) => month.days().to_vec(),
            other => panic!("{other:?}"),
        },
        None => Vec::new(),
    };
    let counts = |month: MonthId| {
        let days = days(month).into_iter();
        days.map(|it| (it.day, it.counts.sum(Counted::Unlock)))
            .collect::<Vec<_>>()
    };
    // It begins on the 14th of November 2023.
    let today = MonthId::of(now);
    assert_eq!(counts(today), [(24, 1), (25, 2)]);
    assert_eq!(counts(today.previous()), [(14, 2), (15, 1)]);
    assert_eq!(counts(MonthId::of(at(300 * 86_400))), []);
}
