//! What is kept about one person: a copy of it, and an end to it, over a store.

use super::*;
use crate::audit::Authority;
use crate::crypto::KeyRing;
use serde_json::Value;

fn anna() -> User {
    User {
        email: Some("anna@example.org".to_owned()),
        ..user("7")
    }
}

fn server() -> Operator<'static> {
    Operator::on_server("root")
}

fn exported(verifier: &Verifier, user: &str, seconds: i64) -> Value {
    let user = UserId::new(user).unwrap();
    let text = verifier.export(at(seconds), &user, &server()).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn signed_in(verifier: &Verifier, user: &User, phone: &Totp, seconds: i64) -> Verified {
    let login = verifier.begin_login(at(seconds), user, &client()).unwrap();
    let code = phone.at(at(seconds));
    let (now, challenge) = (at(seconds), &login.challenge);
    verifier
        .verify(now, challenge, Method::Totp, &code, &client())
        .unwrap()
}

/// Anna has an app, a session, and events; the same of Bert, of whom nothing may change.
fn two() -> (Verifier, Totp, String) {
    let verifier = verifier();
    let (phone, _) = enrol(&verifier, &anna());
    let proof = signed_in(&verifier, &anna(), &phone, 30);
    let came_of = CameOf::Verified(&proof);
    verifier
        .admit_session(at(30), came_of, b"cookie", &client())
        .unwrap();
    let (_, _) = enrol(&verifier, &user("8"));
    let theirs = exported(&verifier, "8", 31);
    (verifier, phone, theirs["events"].to_string())
}

#[test]
fn a_copy_has_account_sessions_and_events_and_says_that_it_was_taken() {
    let (verifier, phone, _) = two();
    let copy = exported(&verifier, "7", 40);
    assert_eq!((&copy["version"], &copy["user"]), (&1.into(), &"7".into()));
    assert_eq!(copy["account"]["contact"]["email"], "anna@example.org");
    assert_eq!(copy["account"]["factors"][0]["method"], "totp");
    assert_eq!(copy["sessions"][0]["by"], "totp");
    assert_eq!(copy["sessions"][0]["address"], "192.0.2.•••");
    assert_eq!(copy["events"][0]["kind"], "account.exported");
    assert_eq!(copy["events"][0]["by"], "root");
    let text = copy.to_string();
    let secret = data_encoding::BASE32_NOPAD.encode(phone.secret().bytes());
    assert!(
        !text.contains(&secret) && !text.contains("cookie"),
        "{text}"
    );
    assert!(!text.contains("\"8\""), "nobody else's: {text}");
    // Of whom nothing is kept nothing is, afterwards.
    let copy = exported(&verifier, "9", 40);
    assert_eq!(
        (&copy["account"], &copy["events"]),
        (&Value::Null, &Value::Array(vec![]))
    );
    let nobody = UserId::new("9").unwrap();
    assert!(verifier.audit(Some(&nobody), 9, None).unwrap().is_empty());
}

#[test]
fn a_copy_takes_a_fresh_proof_of_its_user_or_of_an_operator() {
    let (verifier, phone, _) = two();
    let id = anna().id;
    for by in ["7", "8", "root"] {
        let operator = Operator::in_request(by, None);
        let answer = verifier.export(at(60), &id, &operator);
        assert_eq!(denied(answer), Denied::StepUpRequired, "{by}");
    }
    let grant = step_up(&verifier, &anna(), &phone, 60);
    let other = Operator::in_request("8", Some(&grant));
    assert_eq!(
        denied(verifier.export(at(61), &id, &other)),
        Denied::StepUpRequired
    );
    let own = Operator::in_request("7", Some(&grant));
    let copy = verifier.export(at(61), &id, &own).unwrap();
    assert!(copy.contains("anna@example.org"));
    let events = verifier.audit(Some(&id), 1, None).unwrap();
    assert_eq!(
        (events[0].kind.as_str(), events[0].by.as_deref()),
        ("account.exported", None)
    );
}

#[test]
fn who_is_forgotten_is_told_once_and_of_them_one_event_is_left() {
    for is_gone in [false, true] {
        let (verifier, _, theirs) = two();
        let id = anna().id;
        let told = verifier
            .forget(at(60), &id, &server(), "asked", is_gone)
            .unwrap();
        let to: Vec<_> = told.iter().map(|it| it.to.as_deref()).collect();
        assert_eq!(to, [Some("anna@example.org")]);
        assert!(
            verifier
                .pending_notices(at(9_999_999), 50)
                .unwrap()
                .iter()
                .all(|it| !it.id.ends_with(".7"))
        );
        let events = verifier.audit(Some(&id), 99, None).unwrap();
        let [event] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(event.kind, "account.forgotten");
        let said = (
            event.by.as_deref(),
            event.reason.as_deref(),
            event.authority,
        );
        assert_eq!(said, (Some("root"), Some("asked"), Some(Authority::Server)));
        assert!(verifier.audit_is_intact(&id).unwrap());
        assert!(verifier.sessions(at(61), &id, None).unwrap().is_empty());
        assert!(!verifier.session_counts(at(61), &id, b"cookie").unwrap());
        let copy = exported(&verifier, "7", 62).to_string();
        assert!(!copy.contains('@') && !copy.contains("192.0.2"), "{copy}");
        let state = verifier
            .begin_login(at(70), &anna(), &client())
            .unwrap()
            .state;
        let expected = if is_gone {
            LoginState::Allowed
        } else {
            LoginState::EnrolmentRequired
        };
        assert_eq!(state, expected);
        assert_eq!(
            exported(&verifier, "8", 90)["events"]
                .as_array()
                .unwrap()
                .len(),
            serde_json::from_str::<Value>(&theirs)
                .unwrap()
                .as_array()
                .unwrap()
                .len()
                + 1
        );
        assert!(
            verifier
                .audit_is_intact(&UserId::new("8").unwrap())
                .unwrap()
        );
    }
}

#[test]
fn forgetting_takes_an_operator_s_proof_also_of_whom_has_no_factor_and_nobody_forgets_themselves() {
    let (verifier, phone, _) = two();
    let id = anna().id;
    let nobody = UserId::new("9").unwrap();
    for target in [&id, &nobody] {
        for by in ["7", "root"] {
            let operator = Operator::in_request(by, None);
            let answer = verifier.forget(at(60), target, &operator, "asked", false);
            assert_eq!(denied(answer), Denied::StepUpRequired);
        }
    }
    let grant = step_up(&verifier, &anna(), &phone, 60);
    let own = Operator::in_request("7", Some(&grant));
    // Whose own factor is a day old.
    let later = verifier.forget(at(61), &id, &own, "asked", false);
    assert!(matches!(later, Err(Error::Invalid { .. })), "{later:?}");
    let answer = verifier.forget(at(61), &UserId::new("8").unwrap(), &own, "asked", false);
    assert!(matches!(denied(answer), Denied::TooRecent { .. }));
    assert!(verifier.account(at(61), &id).unwrap().enrolled);
    for (by, reason) in [("", "asked"), ("root", "")] {
        let answer = verifier.forget(at(61), &id, &Operator::on_server(by), reason, false);
        assert!(matches!(answer, Err(Error::Invalid { .. })));
    }
}

#[test]
fn who_is_forgotten_twice_or_was_never_there_is_forgotten_all_the_same() {
    let (verifier, _, _) = two();
    let id = anna().id;
    for seconds in [60, 70] {
        verifier
            .forget(at(seconds), &id, &server(), "asked", false)
            .unwrap();
        let events = verifier.audit(Some(&id), 99, None).unwrap();
        assert_eq!(events.len(), 1);
        assert!(verifier.audit_is_intact(&id).unwrap());
        let state = verifier
            .begin_login(at(seconds), &anna(), &client())
            .unwrap()
            .state;
        assert_eq!(state, LoginState::EnrolmentRequired);
    }
    let nobody = user("9");
    assert!(
        verifier
            .forget(at(60), &nobody.id, &server(), "asked", false)
            .unwrap()
            .is_empty()
    );
    let state = verifier
        .begin_login(at(70), &nobody, &client())
        .unwrap()
        .state;
    assert_eq!(state, LoginState::Allowed, "they never had a factor");
}

#[test]
fn an_account_that_cannot_be_read_is_forgotten_and_its_user_enrols() {
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("db").display());
    let open = |key: &str| {
        let config = Config::parse([("store", store.as_str())]).unwrap();
        Verifier::open(config, Some(KeyRing::parse(key).unwrap()), false).unwrap()
    };
    let first = open("a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    enrol(&first, &anna());
    let other = open("b = BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=");
    assert!(other.begin_login(at(30), &anna(), &client()).is_err());
    let told = other
        .forget(at(60), &anna().id, &server(), "asked", false)
        .unwrap();
    assert!(told.is_empty(), "nobody knows where to");
    let state = other.begin_login(at(70), &anna(), &client()).unwrap().state;
    assert_eq!(state, LoginState::EnrolmentRequired);
    let events = other.audit(Some(&anna().id), 99, None).unwrap();
    // The sign-in before came after it.
    let kinds: Vec<_> = events.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["challenge.opened", "account.forgotten"]);
}
