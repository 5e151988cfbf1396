//! What people are told: with the result of a call, or by who asks for what is still to be told.

use super::*;
use crate::account::NoticeKind;
use crate::audit::EventKind;

fn anna() -> User {
    User {
        email: Some("anna@example.org".to_owned()),
        ..user("7")
    }
}

fn pending(verifier: &Verifier, seconds: i64) -> Vec<Message> {
    verifier.pending_notices(at(seconds), 50).unwrap()
}

fn subjects(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|it| it.mail.subject.strip_prefix("default: ").unwrap())
        .collect()
}

fn events(verifier: &Verifier, kind: EventKind) -> usize {
    let events = verifier.audit(None, 100, None).unwrap();
    events.iter().filter(|it| it.kind == kind.as_str()).count()
}

#[test]
fn a_call_that_returns_something_tells_and_what_was_not_sent_is_told_again() {
    let verifier = verifier();
    let setup = verifier
        .start_totp(at(0), &anna(), None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
        .unwrap();
    let [told] = &enrolled.notices[..] else {
        panic!("{:?}", enrolled.notices)
    };
    assert_eq!(told.to.as_deref(), Some("anna@example.org"));
    assert_eq!(
        subjects(&enrolled.notices),
        ["A second factor was added to your account"]
    );
    assert!(told.mail.text.contains("IP address: 192.0.2.•••\n"));
    assert!(pending(&verifier, 299).is_empty(), "the host sends it");
    let again = pending(&verifier, 300);
    assert_eq!(again[0].id, told.id);
    assert!(
        pending(&verifier, 301).is_empty(),
        "one process alone is given it"
    );
    let before = events(&verifier, EventKind::Enrolled);
    sent(&verifier, &again, 302);
    assert!(pending(&verifier, 9_999_999).is_empty());
    assert_eq!(events(&verifier, EventKind::Enrolled), before);
}

#[test]
fn what_a_call_changes_that_returns_nothing_is_told_by_who_asks() {
    let verifier = verifier();
    let (phone, codes) = enrol(&verifier, &anna());
    let login = verifier.begin_login(at(30), &anna(), &client()).unwrap();
    let verified = verifier
        .verify(
            at(30),
            &login.challenge,
            Method::BackupCode,
            &codes[0],
            &client(),
        )
        .unwrap();
    assert_eq!(
        subjects(&verified.notices),
        ["A code for emergencies was used for your account"]
    );
    assert!(verified.notices[0].mail.text.contains("Codes left: 9\n"));
    sent(&verifier, &verified.notices, 31);
    let grant = step_up(&verifier, &anna(), &phone, 60);
    verifier
        .regenerate_codes(at(61), &anna().id, Method::BackupCode, &grant, None)
        .unwrap();
    let told = pending(&verifier, 61);
    assert_eq!(
        subjects(&told),
        ["New codes for emergencies were made for your account"]
    );
    sent(&verifier, &told, 62);
    let admin = Operator::on_server("root");
    verifier.reset(at(63), &anna().id, &admin, "lost").unwrap();
    let told = pending(&verifier, 63);
    assert_eq!(
        subjects(&told),
        ["The second factors of your account were removed"]
    );
    assert!(told[0].mail.text.contains("Done by: “root”\n"));
}

#[test]
fn a_sign_in_that_changes_nothing_tells_nothing_and_writes_what_it_always_wrote() {
    let verifier = verifier();
    let (phone, _) = enrol(&verifier, &anna());
    for seconds in [30, 60] {
        let login = verifier
            .begin_login(at(seconds), &anna(), &client())
            .unwrap();
        let code = phone.at(at(seconds));
        let verified = verifier
            .verify(
                at(seconds),
                &login.challenge,
                Method::Totp,
                &code,
                &client(),
            )
            .unwrap();
        assert!(login.notices.is_empty() && verified.notices.is_empty());
    }
    assert!(pending(&verifier, 90).is_empty());
}

#[test]
fn what_a_wrong_code_leads_to_is_told_although_the_answer_is_no() {
    let config = Config::parse([("store", "memory:"), ("disable_after", "5")]).unwrap();
    let verifier = Verifier::open(config, None, true).unwrap();
    enrol(&verifier, &anna());
    let mut seconds = 30;
    while events(&verifier, EventKind::Disabled) == 0 {
        seconds += 4_000;
        let login = verifier
            .begin_login(at(seconds), &anna(), &client())
            .unwrap();
        let answer = verifier.verify(
            at(seconds),
            &login.challenge,
            Method::Totp,
            "000000",
            &client(),
        );
        assert!(answer.is_err());
    }
    assert_eq!(
        subjects(&pending(&verifier, seconds)),
        ["A second factor of your account was disabled"]
    );
}

#[test]
fn what_no_mailer_takes_is_given_up_and_noted() {
    let verifier = verifier();
    enrol(&verifier, &anna());
    let admin = Operator::on_server("root");
    verifier.unlock(at(1), &anna().id, &admin, "asked").unwrap();
    let mut times = 0;
    for hour in 0..100 {
        times += pending(&verifier, 1 + hour * 3_600).len();
    }
    assert_eq!(times, 4);
    assert_eq!(events(&verifier, EventKind::NoticeUndelivered), 1);
    let reason = verifier.audit(None, 1, None).unwrap().remove(0).reason;
    assert_eq!(reason.as_deref(), Some(NoticeKind::Unlocked.as_str()));
}

#[test]
fn health_says_what_nobody_was_told() {
    let verifier = verifier();
    enrol(&verifier, &anna());
    let said = |seconds| {
        let checks = verifier.health(Ok(at(seconds)));
        let check = checks.into_iter().find(|it| it.name == "notices");
        check.map(|it| it.findings.iter().map(Finding::id).collect::<Vec<_>>())
    };
    assert_eq!(said(1), None);
    let admin = Operator::on_server("root");
    verifier.unlock(at(1), &anna().id, &admin, "asked").unwrap();
    assert_eq!(said(86_400), None);
    assert_eq!(said(86_401), Some(vec!["notices.waiting"]));
    for hour in 25..100 {
        pending(&verifier, hour * 3_600);
    }
    assert_eq!(said(360_000), Some(vec!["notices.undelivered"]));
    let other = User {
        email: Some("anna@example.com".to_owned()),
        ..anna()
    };
    let login = verifier
        .begin_login(at(360_001), &other, &client())
        .unwrap();
    assert_eq!(login.notices.len(), 2);
    sent(&verifier, &login.notices, 360_002);
    assert_eq!(said(900_000), None);
}

#[test]
fn a_name_that_is_no_notice_is_passed_over_and_makes_no_account() {
    let verifier = verifier();
    let names = ["", "x", "1.0.nobody", "1.0.7"].map(str::to_owned);
    verifier.notices_sent(at(0), &names).unwrap();
    assert!(verifier.accounts(at(0), "", 10, None).unwrap().is_empty());
}

#[test]
fn no_more_are_handed_out_than_are_asked_for_and_the_rest_comes_with_the_next_call() {
    let verifier = verifier();
    let admin = Operator::on_server("root");
    for id in ["1", "2", "3"] {
        let user = User {
            email: Some(format!("{id}@example.org")),
            ..user(id)
        };
        enrol(&verifier, &user);
        verifier.unlock(at(1), &user.id, &admin, "asked").unwrap();
    }
    assert_eq!(verifier.pending_notices(at(2), 2).unwrap().len(), 2);
    assert_eq!(verifier.pending_notices(at(2), 2).unwrap().len(), 1);
    assert!(verifier.pending_notices(at(2), 0).is_err());
}

/// A key is gone, or a row damaged: what cannot be read stands in nobody's way, and is told once it can be.
#[test]
fn many_accounts_that_do_not_open_stand_before_nobody_and_are_told_when_they_do() {
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("db").display());
    let open = |keys: &KeyRing| {
        let config = Config::parse([("store", store.as_str())]).unwrap();
        Verifier::open(config, Some(keys.clone()), false).unwrap()
    };
    let (lost, kept) = (KeyRing::ephemeral().unwrap(), KeyRing::ephemeral().unwrap());
    let admin = Operator::on_server("root");
    let before = open(&lost);
    for n in 0..250 {
        let mut user = anna();
        user.id = UserId::new(format!("u{n}")).unwrap();
        enrol(&before, &user);
        before.unlock(at(1), &user.id, &admin, "asked").unwrap();
    }
    drop(before);
    let verifier = open(&kept);
    enrol(&verifier, &anna());
    verifier
        .unlock(at(900), &anna().id, &admin, "asked")
        .unwrap();
    let due = |seconds| {
        let due = verifier
            .accounts
            .with_notices(UnixTime::START, at(seconds), 999);
        due.unwrap().len()
    };
    assert_eq!(due(1_000), 251);
    let told = pending(&verifier, 1_000);
    assert_eq!(subjects(&told), ["The locks of your account were lifted"]);
    sent(&verifier, &told, 1_001);
    // Nobody looks at them again for an hour.
    assert_eq!((due(1_000), due(4_599), due(4_600)), (0, 0, 250));
    assert!(pending(&verifier, 4_600).is_empty());
    assert_eq!((due(4_600), due(8_200)), (0, 250));
    drop(verifier);
    let told = open(&lost).pending_notices(at(8_200), 1_000).unwrap();
    assert_eq!(told.len(), 250);
}

/// A row that says that something is to be told where nothing is (an older copy was put back) is no reason to look each
/// time.
#[test]
fn an_account_of_which_there_is_nothing_to_tell_is_looked_at_once_an_hour() {
    let verifier = verifier();
    enrol(&verifier, &anna());
    let admin = Operator::on_server("root");
    verifier.unlock(at(1), &anna().id, &admin, "asked").unwrap();
    assert_eq!(pending(&verifier, 1).len(), 1);
    let due = |seconds| {
        let due = verifier
            .accounts
            .with_notices(UnixTime::START, at(seconds), 9);
        due.unwrap().len()
    };
    let users = [anna().id];
    verifier
        .accounts
        .put_notices_off(&users, at(9_999), at(10))
        .unwrap();
    assert_eq!(due(10), 1);
    assert!(pending(&verifier, 10).is_empty());
    assert_eq!((due(3_609), due(3_610)), (0, 1));
    // And is told then, as it would have been.
    assert_eq!(pending(&verifier, 3_610).len(), 1);
}

/// A clock that was years ahead for a moment, or whoever writes to the table.
#[test]
fn what_a_row_puts_off_for_longer_than_anything_waits_is_told_now() {
    const YEARS: i64 = 3_650 * 86_400;
    let verifier = verifier();
    enrol(&verifier, &anna());
    let admin = Operator::on_server("root");
    verifier
        .reset(at(YEARS), &anna().id, &admin, "lost")
        .unwrap();
    // The mailer takes nothing just then.
    assert_eq!(pending(&verifier, YEARS).len(), 1);
    let told = pending(&verifier, 600);
    assert_eq!(
        subjects(&told),
        ["The second factors of your account were removed"]
    );
    sent(&verifier, &told, 601);
    assert!(pending(&verifier, 9_999_999).is_empty());
}

/// The row says where to look, and decides nothing.
#[test]
fn what_its_row_does_not_find_is_found_by_whoever_looks_at_accounts() {
    let verifier = verifier();
    let (phone, _) = enrol(&verifier, &anna());
    let admin = Operator::on_server("root");
    let hide = || {
        let end = UnixTime::END;
        let accounts = &verifier.accounts;
        accounts.put_notices_off(&[anna().id], end, end).unwrap();
    };
    let look = |seconds| drop(verifier.health(Ok(at(seconds))));
    verifier.unlock(at(1), &anna().id, &admin, "asked").unwrap();
    hide();
    assert!(pending(&verifier, 2).is_empty());
    look(80_000);
    assert!(pending(&verifier, 80_000).is_empty());
    look(90_000);
    let told = pending(&verifier, 90_000);
    assert_eq!(subjects(&told), ["The locks of your account were lifted"]);
    sent(&verifier, &told, 90_001);
    // So does whatever is written to the account then.
    verifier
        .unlock(at(100_000), &anna().id, &admin, "asked")
        .unwrap();
    hide();
    let login = verifier
        .begin_login(at(200_000), &anna(), &client())
        .unwrap();
    let code = phone.at(at(200_000));
    let verified = verifier.verify(
        at(200_000),
        &login.challenge,
        Method::Totp,
        &code,
        &client(),
    );
    let told = [
        login.notices,
        verified.unwrap().notices,
        pending(&verifier, 200_001),
    ]
    .concat();
    assert_eq!(subjects(&told), ["The locks of your account were lifted"]);
}
