//! Who may act on others, on the providers and on what is everybody's.

use super::*;
use crate::audit::EventKind;

const DAY: i64 = 86_400;

fn id(text: &str) -> UserId {
    UserId::new(text).unwrap()
}

fn with(settings: &[(&str, &str)]) -> Verifier {
    let settings = [&[("store", "memory:")], settings].concat();
    Verifier::open(Config::parse(settings).unwrap(), None, true).unwrap()
}

/// A user with an app, enrolled at that second with nothing but a password.
fn enrolled_at(verifier: &Verifier, name: &str, seconds: i64) -> Totp {
    let setup = verifier
        .start_totp(at(seconds), &user(name), None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    verifier
        .confirm_totp(at(seconds), &setup.token, &phone.at(at(seconds)), &client())
        .unwrap();
    phone
}

fn grant(verifier: &Verifier, name: &str, phone: &Totp, seconds: i64) -> Zeroizing<String> {
    step_up(verifier, &user(name), phone, seconds)
}

fn sns() -> Changes {
    [
        ("provider", "sns"),
        ("access_key", "AKIAIOSFODNN7EXAMPLE"),
        ("secret", "ssssssssssssssssssssssssssssssssssssssss"),
        ("region", "eu-central-1"),
    ]
    .map(|(name, text)| {
        let text = Value::Text(Zeroizing::new(text.to_owned()));
        (name.to_owned(), Some(text))
    })
    .into()
}

type Act<'a> = (&'a str, &'a dyn Fn(&Operator<'_>, i64) -> Result<(), Error>);

/// Whatever an operator does that takes something of somebody else's, or of everybody's: "7" is acted on.
fn every_act(verifier: &Verifier, test: impl Fn(&[Act<'_>])) {
    let number = PhoneNumber::parse("+4915123456789", None).unwrap();
    test(&[
        ("unlock", &|operator, s| {
            verifier.unlock(at(s), &id("7"), operator, "asked")
        }),
        ("confirm", &|operator, s| {
            verifier.confirm_operator(at(s), &id("7"), operator, "asked")
        }),
        ("save", &|operator, s| {
            verifier.save_provider(at(s), "main", &sns(), operator)
        }),
        ("order", &|operator, s| {
            verifier.order_providers(at(s), &["main".to_owned()], operator)
        }),
        ("test", &|operator, s| {
            let method = Method::WhatsApp; // sns has no such way: nothing is sent
            match verifier.send_test(at(s), "main", &number, method, "en", operator, &client()) {
                Err(Error::Configuration(_)) => Ok(()),
                other => other.map(|_| ()),
            }
        }),
        ("remove", &|operator, s| {
            verifier.remove_provider(at(s), "main", operator)
        }),
        ("assert", &|operator, s| {
            verifier.assert_operator(at(s), operator)
        }),
        ("reset", &|operator, s| {
            verifier.reset(at(s), &id("7"), operator, "asked").map(drop)
        }),
    ]);
}

/// Of a user, or of the providers.
fn events(verifier: &Verifier, of: Option<&str>) -> Vec<(String, Option<Authority>)> {
    let of = of.map_or_else(UserId::providers, id);
    let events = verifier.audit(Some(&of), 100, None).unwrap();
    events.into_iter().map(|e| (e.kind, e.authority)).collect()
}

#[test]
fn an_administrator_with_only_a_password_acts_on_nobody_who_is_protected_and_not_on_what_is_everybody_s()
 {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    let before = verifier.account(at(2 * DAY), &id("7")).unwrap().epoch;
    every_act(&verifier, |acts| {
        for (name, act) in acts {
            for grant in [None, Some(""), Some("made up")] {
                let answer = act(&Operator::in_request("1", grant), 2 * DAY);
                assert_eq!(denied(answer), Denied::StepUpRequired, "{name} {grant:?}");
            }
        }
    });
    let seven = verifier.account(at(2 * DAY), &id("7")).unwrap();
    assert!(seven.enrolled && seven.epoch == before);
    assert!(verifier.providers(at(2 * DAY)).unwrap().is_empty());
    assert_eq!(events(&verifier, None), []);
}

#[test]
fn a_factor_of_one_s_own_acts_on_others_after_a_day_and_the_audit_says_what_stood_behind_it() {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    let phone = enrolled_at(&verifier, "1", 100);
    // A thief's own factor is as good as any for their own account, and worth nothing on others.
    let early = grant(&verifier, "1", &phone, 160);
    every_act(&verifier, |acts| {
        for (name, act) in acts {
            let answer = act(&Operator::in_request("1", Some(&early)), 170);
            let retry_after = DAY.unsigned_abs() - 70;
            assert_eq!(denied(answer), Denied::TooRecent { retry_after }, "{name}");
        }
    });
    assert_eq!(
        verifier.operator_from(at(170), &id("1")).unwrap(),
        Some(at(100 + DAY))
    );
    let last = grant(&verifier, "1", &phone, 99 + DAY);
    let answer = verifier.assert_operator(at(99 + DAY), &Operator::in_request("1", Some(&last)));
    assert_eq!(denied(answer), Denied::TooRecent { retry_after: 1 });
    // The same grant a second later: what counts is the factor's age.
    every_act(&verifier, |acts| {
        for (name, act) in acts {
            let answer = act(&Operator::in_request("1", Some(&last)), 100 + DAY);
            assert!(answer.is_ok(), "{name}: {answer:?}");
        }
    });
    assert!(!verifier.account(at(101 + DAY), &id("7")).unwrap().enrolled);
    for (kind, authority) in events(&verifier, None) {
        assert_eq!(authority, Some(Authority::Proof), "{kind}");
    }
    for kind in [
        EventKind::Reset,
        EventKind::Unlocked,
        EventKind::OperatorConfirmed,
    ] {
        let event = (kind.as_str().to_owned(), Some(Authority::Proof));
        assert!(events(&verifier, Some("7")).contains(&event), "{kind:?}");
    }
}

#[test]
fn a_grant_is_its_owner_s_for_five_minutes_and_ends_with_the_epoch() {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    let phone = enrolled_at(&verifier, "1", 0);
    enrolled_at(&verifier, "2", 0);
    let now = 2 * DAY;
    let mine = grant(&verifier, "1", &phone, now);
    let assert = |by: &str, grant: &str, seconds: i64| {
        verifier.assert_operator(at(seconds), &Operator::in_request(by, Some(grant)))
    };
    assert!(assert("1", &mine, now + 299).is_ok());
    for (by, seconds) in [("2", now), ("anna", now), ("", now), ("1", now + 300)] {
        let answer = assert(by, &mine, seconds);
        if by.is_empty() {
            assert!(matches!(answer, Err(Error::Invalid { argument: "by", .. })));
        } else {
            assert_eq!(denied(answer), Denied::StepUpRequired, "{by} {seconds}");
        }
    }
    verifier
        .raise_epoch(at(now + 1), &id("1"), "host", "new password", None)
        .unwrap();
    let answer = verifier.reset(
        at(now + 2),
        &id("7"),
        &Operator::in_request("1", Some(&mine)),
        "asked",
    );
    assert_eq!(denied(answer), Denied::StepUpRequired);
    assert!(verifier.account(at(now + 2), &id("7")).unwrap().enrolled);
}

#[test]
fn whom_another_operator_confirms_acts_at_once() {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    let old = enrolled_at(&verifier, "1", 0);
    let now = 2 * DAY;
    let new = enrolled_at(&verifier, "2", now);
    let confirm = |operator: &Operator<'_>, seconds: i64, who: &str| {
        verifier.confirm_operator(at(seconds), &id(who), operator, "met in person")
    };
    let own = grant(&verifier, "2", &new, now + 60);
    let own = Operator::in_request("2", Some(&own));
    // Not by themselves.
    assert!(matches!(
        denied(confirm(&own, now + 60, "2")),
        Denied::TooRecent { .. }
    ));
    let other = grant(&verifier, "1", &old, now + 60);
    let other = Operator::in_request("1", Some(&other));
    assert!(matches!(
        confirm(&other, now + 61, "9"),
        Err(Error::Invalid {
            argument: "userId",
            ..
        })
    ));
    confirm(&other, now + 61, "2").unwrap();
    verifier.assert_operator(at(now + 62), &own).unwrap();
    assert_eq!(
        verifier.operator_from(at(now + 62), &id("2")).unwrap(),
        Some(at(now + 61))
    );
    // A factor that takes the place of all others begins anew.
    verifier
        .reset(at(now + 63), &id("2"), &Operator::on_server("root"), "lost")
        .unwrap();
    assert_eq!(
        verifier.operator_from(at(now + 64), &id("2")).unwrap(),
        None
    );
    enrolled_at(&verifier, "2", now + 100);
    assert_eq!(
        verifier.operator_from(at(now + 101), &id("2")).unwrap(),
        Some(at(now + 100 + DAY))
    );
    confirm(&Operator::on_server("root"), now + 102, "2").unwrap();
    assert_eq!(
        verifier.operator_from(at(now + 103), &id("2")).unwrap(),
        Some(at(now + 102))
    );
}

#[test]
fn the_first_administrator_of_all_sets_a_site_up_at_once() {
    let verifier = with(&[]);
    verifier
        .raise_epoch(at(0), &id("7"), "host", "new password", None)
        .unwrap();
    let phone = enrolled_at(&verifier, "1", 0);
    let mine = grant(&verifier, "1", &phone, 60);
    let operator = Operator::in_request("1", Some(&mine));
    verifier
        .save_provider(at(61), "main", &sns(), &operator)
        .unwrap();
    let event = ("provider.added".to_owned(), Some(Authority::First));
    assert_eq!(events(&verifier, None), [event]);
    assert_eq!(
        verifier.operator_from(at(61), &id("1")).unwrap(),
        Some(at(61))
    );
    // Not for good: whoever came first does not vouch for themselves.
    let own = verifier.confirm_operator(at(61), &id("1"), &operator, "me");
    assert!(matches!(own, Err(Error::Invalid { argument: "by", .. })));
    // As soon as somebody else is protected, it takes its day.
    enrolled_at(&verifier, "7", 62);
    assert!(matches!(
        denied(verifier.assert_operator(at(63), &operator)),
        Denied::TooRecent { .. }
    ));
    // On themselves they act as ever.
    verifier
        .reset(at(64), &id("1"), &operator, "a new phone")
        .unwrap();
}

#[test]
fn whoever_is_protected_is_found_among_hundreds_of_accounts_without_a_factor() {
    let verifier = with(&[]);
    for number in 100..320 {
        verifier
            .raise_epoch(
                at(0),
                &id(&number.to_string()),
                "host",
                "new password",
                None,
            )
            .unwrap();
    }
    let phone = enrolled_at(&verifier, "1", 0);
    let mine = grant(&verifier, "1", &phone, 60);
    let operator = Operator::in_request("1", Some(&mine));
    verifier.assert_operator(at(60), &operator).unwrap();
    enrolled_at(&verifier, "319", 0);
    assert!(matches!(
        denied(verifier.assert_operator(at(60), &operator)),
        Denied::TooRecent { .. }
    ));
}

fn text(name: &str, value: &str) -> Changes {
    let value = Value::Text(Zeroizing::new(value.to_owned()));
    vec![(name.to_owned(), Some(value))]
}

/// Whether codes go by a provider, and what health says of it.
fn standing(verifier: &Verifier, now: UnixTime) -> (bool, Option<HealthStatus>, String) {
    let checks = verifier.health(Ok(now));
    let check = checks.into_iter().find(|check| check.name == "providers");
    (
        verifier.offers(now, Method::Sms).unwrap(),
        check.as_ref().map(|check| check.status),
        check.map(|check| check.message).unwrap_or_default(),
    )
}

#[test]
fn what_the_first_of_all_names_carries_no_code_before_somebody_with_a_proof_that_counts_saved_it() {
    let verifier = with(&[]);
    let thief = enrolled_at(&verifier, "1", 0);
    let grant_of_thief = grant(&verifier, "1", &thief, 60);
    let operator = Operator::in_request("1", Some(&grant_of_thief));
    for name in ["main", "spare"] {
        verifier
            .save_provider(at(61), name, &sns(), &operator)
            .unwrap();
    }
    // Standing for it with the same password behind them is no change, and none is written down.
    verifier
        .save_provider(at(61), "main", &Vec::new(), &operator)
        .unwrap();
    let last = verifier.providers_audit(1, None).unwrap().remove(0);
    assert_eq!(
        (last.kind.as_str(), last.provider.as_deref()),
        ("provider.added", Some("spare"))
    );
    // Others enrol, and nothing changes by itself, not in a process that is started anew either.
    enrolled_at(&verifier, "7", 62);
    let (offers, status, said) = standing(&verifier, at(2 * DAY));
    assert_eq!((offers, status), (false, Some(HealthStatus::Warning)));
    assert!(
        said.contains("main was named by 1 with nothing but a password"),
        "{said}"
    );
    let views = verifier.providers(at(2 * DAY)).unwrap();
    assert!(
        views
            .iter()
            .all(|it| !it.confirmed && it.methods == [Method::Sms])
    );
    // It can be tried out all the same.
    verifier
        .with_provider("main", |it| assert!(!it.checks_its_own_codes()))
        .unwrap();
    // Whoever cannot save it cannot confirm it.
    let answer = verifier.save_provider(at(2 * DAY), "main", &Vec::new(), &operator);
    assert_eq!(denied(answer), Denied::StepUpRequired);
    // On the server, without any change; the other one still waits.
    verifier
        .save_provider(
            at(2 * DAY),
            "main",
            &Vec::new(),
            &Operator::on_server("root"),
        )
        .unwrap();
    let (offers, status, said) = standing(&verifier, at(2 * DAY));
    assert_eq!((offers, status), (true, Some(HealthStatus::Warning)));
    assert!(said.starts_with("spare was named by 1"), "{said}");
    // By somebody whose factor counts.
    let later = grant(&verifier, "1", &thief, 2 * DAY + 60);
    let later = Operator::in_request("1", Some(&later));
    verifier
        .save_provider(
            at(2 * DAY + 61),
            "spare",
            &text("sender_id", "Site"),
            &later,
        )
        .unwrap();
    let (offers, status, _) = standing(&verifier, at(2 * DAY + 61));
    assert_eq!((offers, status), (true, Some(HealthStatus::Ok)));
    let last = verifier.providers_audit(1, None).unwrap().remove(0);
    assert_eq!(
        last.reason.as_deref(),
        Some("sns; set: sender_id; confirmed")
    );
    // Nor does a mark come from outside.
    let answer = verifier.save_provider(at(2 * DAY + 62), "main", &text("named_by", "1"), &later);
    assert!(matches!(answer, Err(Error::Configuration(_))), "{answer:?}");
}

#[test]
fn whoever_is_the_first_of_all_sends_nothing_to_an_address_of_their_own() {
    let verifier = with(&[]);
    let thief = enrolled_at(&verifier, "1", 0);
    let grant_of_thief = grant(&verifier, "1", &thief, 60);
    let operator = Operator::in_request("1", Some(&grant_of_thief));
    let elsewhere = text("url", "https://sns.thief.example");
    let with_url: Changes = sns().into_iter().chain(elsewhere.clone()).collect();
    let refused = |answer: Result<(), Error>| match answer {
        Err(Error::Configuration(why)) => {
            assert!(why.to_string().contains("`url` says who is given"), "{why}");
        }
        other => panic!("{other:?}"),
    };
    refused(verifier.save_provider(at(61), "main", &with_url, &operator));
    verifier
        .save_provider(at(61), "main", &sns(), &operator)
        .unwrap();
    refused(verifier.save_provider(at(61), "main", &with_url, &operator));
    // One whose address was named on the server keeps it, and waits again once it was changed.
    let server = Operator::on_server("root");
    verifier
        .save_provider(at(62), "main", &with_url, &server)
        .unwrap();
    assert!(verifier.offers(at(62), Method::Sms).unwrap());
    verifier
        .save_provider(at(63), "main", &text("sender_id", "Thief"), &operator)
        .unwrap();
    assert!(!verifier.offers(at(63), Method::Sms).unwrap());
    assert_eq!(verifier.providers(at(63)).unwrap().len(), 1);
}

#[test]
fn what_is_named_in_an_emergency_waits_too() {
    let times = format!("{}/{}", at(0).seconds(), at(3_600).seconds());
    let verifier = with(&[("emergency", &times)]);
    enrolled_at(&verifier, "7", 0);
    let nobody = Operator::in_request("admin", None);
    verifier
        .save_provider(at(1), "main", &sns(), &nobody)
        .unwrap();
    let (offers, status, said) = standing(&verifier, at(1));
    assert_eq!((offers, status), (false, Some(HealthStatus::Warning)));
    assert!(said.contains("main was named by admin"), "{said}");
    verifier
        .save_provider(at(2), "main", &Vec::new(), &Operator::on_server("root"))
        .unwrap();
    assert!(standing(&verifier, at(2)).0);
}

#[test]
fn nobody_vouches_for_anybody_by_an_emergency_and_what_it_let_in_is_new_for_a_day() {
    let times = format!("{}/{}", at(0).seconds(), at(3_600).seconds());
    let verifier = with(&[("emergency", &times)]);
    for user in ["7", "1"] {
        enrolled_at(&verifier, user, -2 * DAY);
    }
    let old = enrolled_at(&verifier, "8", -2 * DAY);
    // Whoever knows the password of "1" takes the owner's factor away and enrols their own.
    let nobody = Operator::in_request("1", None);
    verifier.reset(at(1), &id("1"), &nobody, "lost").unwrap();
    let phone = enrolled_at(&verifier, "1", 10);
    let early = grant(&verifier, "1", &phone, 70);
    let confirm = |operator: &Operator<'_>, seconds| {
        verifier.confirm_operator(at(seconds), &id("1"), operator, "me")
    };
    for by in ["1", "admin", "8"] {
        let answer = confirm(&Operator::in_request(by, None), 80);
        assert_eq!(denied(answer), Denied::StepUpRequired, "{by}");
    }
    let retry_after = DAY.unsigned_abs() - 70;
    let answer = confirm(&Operator::in_request("1", Some(&early)), 80);
    assert_eq!(denied(answer), Denied::TooRecent { retry_after });
    // The emergency is over: nothing of it counts as trust.
    let mine = grant(&verifier, "1", &phone, 4_000);
    let mine = Operator::in_request("1", Some(&mine));
    let retry_after = DAY.unsigned_abs() + 10 - 4_001;
    every_act(&verifier, |acts| {
        for (name, act) in acts {
            let answer = act(&mine, 4_001);
            assert_eq!(denied(answer), Denied::TooRecent { retry_after }, "{name}");
        }
    });
    let event = ("operator.confirmed".to_owned(), Some(Authority::Proof));
    assert!(
        !events(&verifier, Some("1"))
            .iter()
            .any(|(kind, _)| *kind == event.0)
    );
    // Who has a proof that counts vouches at any time, also while the emergency lasts.
    let trusted = grant(&verifier, "8", &old, 100);
    confirm(&Operator::in_request("8", Some(&trusted)), 101).unwrap();
    assert_eq!(events(&verifier, Some("1"))[0], event);
    let mine = grant(&verifier, "1", &phone, 4_100);
    let mine = Operator::in_request("1", Some(&mine));
    verifier.assert_operator(at(4_101), &mine).unwrap();
}

#[test]
fn a_look_by_a_clock_that_is_behind_ends_no_block_and_no_day_s_wait() {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    let phone = enrolled_at(&verifier, "1", 10);
    for second in 200..208 {
        let login = verifier
            .begin_login(at(second), &user("7"), &client())
            .unwrap();
        let wrong = verifier.verify(
            at(second),
            &login.challenge,
            Method::Totp,
            "000000",
            &client(),
        );
        assert!(wrong.is_err());
    }
    let locks = |seconds| verifier.account(at(seconds), &id("7")).unwrap().locks;
    let before = locks(210);
    assert!(!before.is_empty());
    let _ = verifier.health(Ok(at(-30 * DAY)));
    assert_eq!(locks(211), before);
    verifier.accounts(at(-2 * DAY), "", 50, None).unwrap();
    assert_eq!(locks(212), before);
    let mine = grant(&verifier, "1", &phone, 300);
    let answer = verifier.assert_operator(at(310), &Operator::in_request("1", Some(&mine)));
    let retry_after = DAY.unsigned_abs() + 10 - 310;
    assert_eq!(denied(answer), Denied::TooRecent { retry_after });
}

#[test]
fn without_anything_to_show_for_it_an_operator_s_calls_fill_no_table() {
    let verifier = with(&[]);
    let nobody = Operator::in_request("admin", None);
    for number in 0..200 {
        let unknown = id(&format!("nobody {number}"));
        verifier.unlock(at(0), &unknown, &nobody, "asked").unwrap();
        let epoch = verifier.reset(at(0), &unknown, &nobody, "asked").unwrap();
        assert_eq!(epoch, 0);
    }
    assert_eq!(verifier.audit(None, 1000, None).unwrap().len(), 0);
    assert!(verifier.accounts(at(0), "", 9, None).unwrap().is_empty());
    // Of somebody who is known, each counts and few are written.
    verifier
        .raise_epoch(at(0), &id("8"), "host", "new password", None)
        .unwrap();
    for second in 0..1_000 {
        verifier
            .unlock(at(second), &id("8"), &nobody, "asked")
            .unwrap();
        verifier
            .reset(at(second), &id("8"), &nobody, "asked")
            .unwrap();
    }
    let written = verifier.audit(Some(&id("8")), 1000, None).unwrap();
    for kind in ["account.unlocked", "account.reset"] {
        let times: Vec<u32> = written
            .iter()
            .filter(|event| event.kind == kind)
            .map(|event| event.times)
            .collect();
        assert_eq!(times.len(), 22, "{kind}");
        assert_eq!(
            times.iter().sum::<u32>(),
            130,
            "{kind}: at 10 and at 100 more"
        );
    }
    // Who may act is written down each time.
    let server = Operator::on_server("root");
    for _ in 0..30 {
        verifier
            .unlock(at(1_000), &id("8"), &server, "asked")
            .unwrap();
    }
    let written = verifier.audit(Some(&id("8")), 30, None).unwrap();
    assert!(
        written
            .iter()
            .all(|event| event.authority == Some(Authority::Server))
    );
}

#[test]
fn the_audit_says_from_where_an_operator_acted() {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    enrolled_at(&verifier, "8", 0);
    let from = Client::new(IpAddr::from([203, 0, 113, 9]), String::new());
    let operator = Operator::on_server("root").from(Some(&from));
    let now = at(10);
    verifier.unlock(now, &id("7"), &operator, "asked").unwrap();
    verifier
        .confirm_operator(now, &id("7"), &operator, "asked")
        .unwrap();
    verifier.reset(now, &id("7"), &operator, "asked").unwrap();
    verifier
        .raise_epoch(now, &id("7"), "host", "new password", Some(&from))
        .unwrap();
    verifier
        .save_provider(now, "main", &sns(), &operator)
        .unwrap();
    verifier
        .save_provider(now, "spare", &sns(), &operator)
        .unwrap();
    let order = ["spare", "main"].map(str::to_owned);
    verifier.order_providers(now, &order, &operator).unwrap();
    verifier.remove_provider(now, "main", &operator).unwrap();
    let mut acts = verifier.providers_audit(9, None).unwrap();
    acts.extend(verifier.audit(Some(&id("7")), 4, None).unwrap());
    assert_eq!(acts.len(), 8);
    for act in acts {
        assert_eq!(act.ip.as_deref(), Some("203.0.113.9"), "{}", act.kind);
    }
    verifier
        .reset(now, &id("8"), &Operator::on_server("root"), "asked")
        .unwrap();
    let last = verifier.audit(Some(&id("8")), 1, None).unwrap().remove(0);
    assert_eq!(last.ip, None, "where nobody says it, it is not known");
}

#[test]
fn an_account_without_a_factor_is_anybody_s_to_reset_and_one_that_cannot_be_read_is_not() {
    let verifier = with(&[]);
    let nobody = Operator::in_request("the host", None);
    verifier
        .raise_epoch(at(0), &id("8"), "host", "new password", None)
        .unwrap();
    verifier.reset(at(0), &id("8"), &nobody, "deleted").unwrap();
    assert_eq!(
        events(&verifier, Some("8"))[0],
        ("account.reset".to_owned(), None)
    );
    verifier.unlock(at(0), &id("8"), &nobody, "asked").unwrap();
}

#[test]
fn the_command_line_is_the_operator_s_unless_it_serves_requests() {
    let server = Operator::on_server("root");
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    every_act(&verifier, |acts| {
        for (name, act) in acts {
            let answer = act(&server, 10);
            assert!(answer.is_ok(), "{name}: {answer:?}");
        }
    });
    let event = ("account.reset".to_owned(), Some(Authority::Server));
    assert_eq!(events(&verifier, Some("7"))[0], event);
    let verifier = with(&[("cli_operators", "0")]);
    enrolled_at(&verifier, "7", 0);
    every_act(&verifier, |acts| {
        for (name, act) in acts {
            assert_eq!(denied(act(&server, 10)), Denied::StepUpRequired, "{name}");
        }
    });
}

#[test]
fn an_emergency_lasts_an_hour_at_most_is_audited_and_shows_in_health() {
    let emergency = |from: i64, until: i64| {
        let times = format!("{}/{}", at(from).seconds(), at(until).seconds());
        let verifier = with(&[("emergency", &times)]);
        enrolled_at(&verifier, "7", from.min(0));
        verifier
    };
    let nobody = Operator::in_request("admin", None);
    let health = |verifier: &Verifier, seconds: i64| {
        let checks = verifier.health(Ok(at(seconds)));
        let found = checks.into_iter().find(|check| check.name == "emergency");
        found.map(|check| (check.status, check.message))
    };
    for (from, until, now, active, says) in [
        (0, 3_600, 0, true, "for 3600 more seconds"),
        (0, 3_600, 3_599, true, "for 1 more seconds"),
        (0, 3_600, 3_600, false, "is over"),
        (10, 3_610, 9, false, "begins in 1 s"),
        (0, 3_601, 0, false, "is not obeyed, at no time"),
        // A mistake does not come true in its last hour, nor at its end.
        (
            0,
            30 * DAY,
            30 * DAY - 3_600,
            false,
            "is not obeyed, at no time",
        ),
        (
            0,
            30 * DAY,
            30 * DAY - 1,
            false,
            "is not obeyed, at no time",
        ),
        (0, 30 * DAY, 31 * DAY, false, "is not obeyed, at no time"),
        (60, 60, 60, false, "is not obeyed, at no time"),
        (60, 0, 30, false, "is not obeyed, at no time"),
    ] {
        let verifier = emergency(from, until);
        let (status, message) = health(&verifier, now).unwrap();
        assert_eq!(status, HealthStatus::Warning);
        assert!(message.contains(says), "{message}");
        every_act(&verifier, |acts| {
            for (name, act) in acts {
                let answer = act(&nobody, now);
                // To vouch is to trust for longer than the emergency.
                let is_done = active && *name != "confirm";
                assert_eq!(answer.is_ok(), is_done, "{name} {until} {now}: {answer:?}");
            }
        });
        assert_eq!(
            verifier.account(at(now), &id("7")).unwrap().enrolled,
            !active
        );
        if active {
            let event = ("account.reset".to_owned(), Some(Authority::Emergency));
            assert_eq!(events(&verifier, Some("7"))[0], event);
        }
    }
    assert_eq!(health(&with(&[]), 0), None);
    for mistyped in [
        "1700000000",
        "1700000000/",
        "/",
        "soon/later",
        "1/2/3",
        "-1/2",
    ] {
        let settings = [("store", "memory:"), ("emergency", mistyped)];
        assert!(Config::parse(settings).is_err(), "{mistyped}");
    }
}

#[test]
fn what_is_only_proposed_waits_whatever_was_proven_until_somebody_saves_it_who_does_not_propose() {
    let verifier = with(&[]);
    enrolled_at(&verifier, "7", 0);
    let phones = [("1", 0), ("2", 0)].map(|(who, at)| (who, enrolled_at(&verifier, who, at)));
    let now = 2 * DAY;
    let grants = phones
        .each_ref()
        .map(|(who, phone)| grant(&verifier, who, phone, now));
    let [administrator, looks_after] = ["1", "2"].map(|who| {
        Operator::in_request(
            who,
            grants.get(usize::from(who == "2")).map(|it| it.as_str()),
        )
    });
    let proposes = looks_after.proposing(true);
    verifier
        .save_provider(at(now), "main", &sns(), &proposes)
        .unwrap();
    assert!(!verifier.offers(at(now), Method::Sms).unwrap());
    // Proposing it once more is no confirmation, with changes or without.
    verifier
        .save_provider(at(now), "main", &Vec::new(), &proposes)
        .unwrap();
    verifier
        .save_provider(at(now), "main", &text("sender_id", "Mine"), &proposes)
        .unwrap();
    assert!(!verifier.offers(at(now), Method::Sms).unwrap());
    verifier
        .save_provider(at(now), "main", &Vec::new(), &administrator)
        .unwrap();
    assert!(verifier.offers(at(now), Method::Sms).unwrap());
    // What is proposed of one that was confirmed waits, too: other credentials are another list of messages.
    verifier
        .save_provider(
            at(now),
            "main",
            &text("access_key", "AKIAOTHERSOTHERS0000"),
            &proposes,
        )
        .unwrap();
    assert!(!verifier.offers(at(now), Method::Sms).unwrap());
    // And of a text.
    let says = |own: &Operator<'_>| {
        verifier
            .set_message_text(at(now), Method::Sms, "en", Some("Mine: {code}"), own)
            .unwrap();
        let texts = verifier.message_texts(at(now)).unwrap();
        texts
            .iter()
            .find(|it| it.text.is_some())
            .map(|it| it.confirmed)
    };
    assert_eq!(says(&proposes), Some(false));
    assert_eq!(says(&administrator), Some(true));
    // To propose takes what to save takes.
    let without = Operator::in_request("2", None).proposing(true);
    let answer = verifier.save_provider(at(now), "main", &sns(), &without);
    assert_eq!(denied(answer), Denied::StepUpRequired);
}

#[test]
fn who_gives_themselves_more_to_decide_acts_on_others_a_day_later_or_when_confirmed() {
    let verifier = with(&[]);
    let phone = enrolled_at(&verifier, "2", 0);
    let old = enrolled_at(&verifier, "1", 0);
    let now = 2 * DAY;
    let own = grant(&verifier, "2", &phone, now);
    let acts = |seconds: i64, own: &str| {
        verifier.assert_operator(at(seconds), &Operator::in_request("2", Some(own)))
    };
    acts(now, &own).unwrap();
    verifier
        .raise_epoch_and_end_trust(at(now + 1), &id("2"), "2", "gave themselves a role", None)
        .unwrap();
    assert_eq!(
        denied(acts(now + 2, &own)),
        Denied::StepUpRequired,
        "the proof has ended"
    );
    let own = grant(&verifier, "2", &phone, now + 60);
    assert!(matches!(
        denied(acts(now + 61, &own)),
        Denied::TooRecent { .. }
    ));
    // Their own settings are theirs as before, and doing it once more begins the day anew.
    verifier
        .unlock(
            at(now + 61),
            &id("2"),
            &Operator::in_request("2", Some(&own)),
            "own",
        )
        .unwrap();
    assert_eq!(
        verifier.operator_from(at(now + 61), &id("2")).unwrap(),
        Some(at(now + 1 + DAY))
    );
    let other = grant(&verifier, "1", &old, now + 60);
    verifier
        .confirm_operator(
            at(now + 62),
            &id("2"),
            &Operator::in_request("1", Some(&other)),
            "asked",
        )
        .unwrap();
    acts(now + 63, &own).unwrap();
    // A day later it needs nobody.
    verifier
        .raise_epoch_and_end_trust(at(now + 64), &id("2"), "2", "once more", None)
        .unwrap();
    let own = grant(&verifier, "2", &phone, now + 64 + DAY);
    acts(now + 65 + DAY, &own).unwrap();
    // Who has no factor has no trust to end, and the first factor begins it as ever.
    verifier
        .raise_epoch_and_end_trust(at(now), &id("9"), "2", "a role", None)
        .unwrap();
    assert_eq!(verifier.operator_from(at(now), &id("9")).unwrap(), None);
}
