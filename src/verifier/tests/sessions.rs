//! Sessions over a store: what came of which proof, and what ends it.

use super::*;
use crate::session::list::{MAX_SESSIONS, SEEN_SECONDS};
use crate::session::{Session, SignedInBy};
use crate::store::StoreUrl;

fn id(text: &str) -> UserId {
    UserId::new(text).unwrap()
}

fn firefox() -> Client {
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 77)), agent)
}

fn signed_in(verifier: &Verifier, user: &User, phone: &Totp, seconds: i64) -> Verified {
    let login = verifier.begin_login(at(seconds), user, &client()).unwrap();
    let code = phone.at(at(seconds));
    verifier
        .verify(
            at(seconds),
            &login.challenge,
            Method::Totp,
            &code,
            &client(),
        )
        .unwrap()
}

fn admit(verifier: &Verifier, proof: &Verified, cookie: &str, seconds: i64) -> Session {
    let came_of = CameOf::Verified(proof);
    verifier
        .admit_session(at(seconds), came_of, cookie.as_bytes(), &firefox())
        .unwrap()
}

fn admit_password(
    verifier: &Verifier,
    user: &User,
    cookie: &str,
    seconds: i64,
) -> Result<Session, Error> {
    let login = verifier.begin_login(at(seconds), user, &client())?;
    verifier.admit_session(
        at(seconds),
        CameOf::Login(&login),
        cookie.as_bytes(),
        &firefox(),
    )
}

fn counts(verifier: &Verifier, user: &str, cookie: &str, seconds: i64) -> bool {
    verifier
        .session_counts(at(seconds), &id(user), cookie.as_bytes())
        .unwrap()
}

fn listed(verifier: &Verifier, user: &str, seconds: i64) -> Vec<Session> {
    verifier.sessions(at(seconds), &id(user), None).unwrap()
}

fn kinds(verifier: &Verifier, user: &str) -> Vec<String> {
    let found = verifier.audit(Some(&id(user)), 100, None).unwrap();
    found.into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_session_counts_for_its_user_and_its_credential_alone() {
    let verifier = verifier();
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let proof = signed_in(&verifier, &alice, &phone, 30);
    let session = admit(&verifier, &proof, "cookie", 30);
    assert_eq!(session.by.method(), Some(Method::Totp));
    assert_eq!(session.masked_address, "192.0.2.•••");
    assert_eq!(
        session.device.words().as_deref(),
        Some("Firefox on Windows")
    );
    assert!(counts(&verifier, "7", "cookie", 31));
    for (user, cookie) in [
        ("8", "cookie"),
        ("7", "cookiE"),
        ("7", ""),
        ("nobody", "cookie"),
    ] {
        assert!(!counts(&verifier, user, cookie, 31), "{user} {cookie}");
    }
    assert!(!counts(&verifier, "7", &"c".repeat(1 << 20), 31));
    admit_password(&verifier, &bob, "of bob", 31).unwrap();
    assert!(counts(&verifier, "8", "of bob", 31));
    assert!(!counts(&verifier, "7", "of bob", 31));
    let found = listed(&verifier, "8", 31);
    assert_eq!((found.len(), found[0].by), (1, SignedInBy::Password));
    assert!(
        verifier.accounts(at(31), "8", 10, None).unwrap().is_empty(),
        "no account"
    );
}

#[test]
fn what_is_no_finished_sign_in_gives_no_session() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    let answer = verifier.admit_session(at(30), CameOf::Login(&login), b"c", &client());
    assert!(matches!(
        answer,
        Err(Error::Invalid {
            argument: "cameOf",
            ..
        })
    ));
    let challenge = verifier
        .begin_challenge(at(30), &alice, Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    let code = phone.at(at(30));
    let step_up = verifier
        .verify(at(30), &challenge, Method::Totp, &code, &client())
        .unwrap();
    let answer = verifier.admit_session(at(30), CameOf::Verified(&step_up), b"c", &client());
    assert!(matches!(
        answer,
        Err(Error::Invalid {
            argument: "cameOf",
            ..
        })
    ));
    let proof = signed_in(&verifier, &alice, &phone, 60);
    for cookie in [&b""[..], &[b'c'; 4097]] {
        let answer = verifier.admit_session(at(60), CameOf::Verified(&proof), cookie, &client());
        assert!(matches!(
            answer,
            Err(Error::Invalid {
                argument: "credential",
                ..
            })
        ));
    }
    assert!(listed(&verifier, "7", 60).is_empty());
}

#[test]
fn a_sign_in_that_the_account_has_overtaken_gives_no_session() {
    let verifier = verifier();
    let alice = user("7");
    // Allowed by the password alone; then somebody enrols a factor.
    let login = verifier.begin_login(at(0), &alice, &client()).unwrap();
    let (phone, _) = enrol(&verifier, &alice);
    let answer = verifier.admit_session(at(1), CameOf::Login(&login), b"c", &client());
    assert_eq!(denied(answer), Denied::ChallengeClosed);
    // Proven; then the password is changed.
    let proof = signed_in(&verifier, &alice, &phone, 30);
    verifier
        .raise_epoch(at(31), &alice.id, "host", "password", None)
        .unwrap();
    let answer = verifier.admit_session(at(32), CameOf::Verified(&proof), b"c", &client());
    assert_eq!(denied(answer), Denied::ChallengeClosed);
    assert!(!counts(&verifier, "7", "c", 32));
}

#[test]
fn every_rise_of_the_epoch_ends_every_session_without_a_write_to_it() {
    let verifier = verifier();
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let proof = signed_in(&verifier, &alice, &phone, 30);
    admit(&verifier, &proof, "cookie", 30);
    admit_password(&verifier, &bob, "of bob", 30).unwrap();
    for name in ["7", "8"] {
        verifier
            .raise_epoch(at(40), &id(name), "host", "password", None)
            .unwrap();
    }
    assert!(!counts(&verifier, "7", "cookie", 41));
    assert!(
        !counts(&verifier, "8", "of bob", 41),
        "also where there is no factor"
    );
    assert!(listed(&verifier, "7", 41).is_empty());
    // A reset ends them, too.
    let proof = signed_in(&verifier, &alice, &phone, 60);
    admit(&verifier, &proof, "again", 60);
    verifier
        .reset(at(61), &alice.id, &Operator::on_server("root"), "lost")
        .unwrap();
    assert!(!counts(&verifier, "7", "again", 62));
}

#[test]
fn what_the_host_mints_belongs_to_the_session_and_signing_out_ends_both() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let proof = signed_in(&verifier, &alice, &phone, 30);
    admit(&verifier, &proof, "cookie", 30);
    let adopt = |child: &[u8], parent: &[u8]| {
        verifier.adopt_session(at(31), &alice.id, child, parent, Continued::AsItWas)
    };
    adopt(b"test as", b"cookie").unwrap();
    assert!(counts(&verifier, "7", "test as", 31));
    assert_eq!(listed(&verifier, "7", 31).len(), 1);
    assert_eq!(denied(adopt(b"child", b"unknown")), Denied::ChallengeClosed);
    assert_eq!(denied(adopt(b"child", b"")), Denied::ChallengeClosed);
    assert!(!counts(&verifier, "7", "child", 31));
    verifier.sign_out(at(32), &alice.id, b"test as").unwrap();
    assert!(!counts(&verifier, "7", "cookie", 33));
    assert!(!counts(&verifier, "7", "test as", 33));
    verifier.sign_out(at(33), &alice.id, b"test as").unwrap();
    assert!(
        !kinds(&verifier, "7")
            .iter()
            .any(|kind| kind.starts_with("session"))
    );
}

#[test]
fn the_session_of_a_change_of_factors_goes_on_and_no_other_does() {
    let verifier = verifier();
    let alice = user("7");
    admit_password(&verifier, &alice, "own", 0).unwrap();
    admit_password(&verifier, &alice, "of a thief", 0).unwrap();
    let setup = verifier
        .start_totp(at(1), &alice, None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(1), &setup.token, &phone.at(at(1)), &client())
        .unwrap();
    assert!(!counts(&verifier, "7", "own", 2));
    let by_enrolment = Continued::Enrolled(&enrolled);
    verifier
        .adopt_session(at(2), &alice.id, b"renewed", b"own", by_enrolment)
        .unwrap();
    assert!(counts(&verifier, "7", "renewed", 3));
    for other in ["own", "of a thief"] {
        assert!(!counts(&verifier, "7", other, 3), "{other}");
    }
    let found = listed(&verifier, "7", 3);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].by.method(), Some(Method::Totp));
    assert_eq!(found[0].created, at(0));
    // Of somebody else it carries nothing.
    let answer = verifier.adopt_session(at(2), &id("8"), b"x", b"own", by_enrolment);
    assert!(matches!(
        answer,
        Err(Error::Invalid {
            argument: "enrolled",
            ..
        })
    ));

    // With the grant of a change, whatever the change was.
    let grant = step_up(&verifier, &alice, &phone, 60);
    verifier
        .regenerate_codes(at(61), &alice.id, Method::BackupCode, &grant, None)
        .unwrap();
    assert!(!counts(&verifier, "7", "renewed", 61));
    verifier
        .adopt_session(
            at(61),
            &alice.id,
            b"third",
            b"renewed",
            Continued::Grant(&grant),
        )
        .unwrap();
    assert!(counts(&verifier, "7", "third", 62));
    // The last factor goes: the session of whoever removed it goes on.
    verifier
        .remove(at(63), &alice.id, Method::Totp, &grant, None)
        .unwrap();
    verifier
        .adopt_session(
            at(63),
            &alice.id,
            b"fourth",
            b"third",
            Continued::Grant(&grant),
        )
        .unwrap();
    assert!(counts(&verifier, "7", "fourth", 64));
    assert!(!counts(&verifier, "7", "third", 64));
}

#[test]
fn a_change_by_somebody_else_is_not_outlived_by_a_grant_or_an_enrolment() {
    let verifier = verifier();
    let alice = user("7");
    admit_password(&verifier, &alice, "own", 0).unwrap();
    let setup = verifier
        .start_totp(at(1), &alice, None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(1), &setup.token, &phone.at(at(1)), &client())
        .unwrap();
    let raise = |seconds| {
        verifier
            .raise_epoch(at(seconds), &alice.id, "host", "password", None)
            .unwrap();
    };
    raise(2);
    let carried = verifier.adopt_session(
        at(3),
        &alice.id,
        b"renewed",
        b"own",
        Continued::Enrolled(&enrolled),
    );
    assert_eq!(denied(carried), Denied::ChallengeClosed);
    let proof = signed_in(&verifier, &alice, &phone, 31);
    admit(&verifier, &proof, "cookie", 31);
    let grant = step_up(&verifier, &alice, &phone, 61);
    raise(62);
    for grant in [&*grant, "made up", ""] {
        let carried = verifier.adopt_session(
            at(63),
            &alice.id,
            b"renewed",
            b"cookie",
            Continued::Grant(grant),
        );
        assert!(matches!(
            denied(carried),
            Denied::ChallengeClosed | Denied::StepUpRequired
        ));
    }
    assert!(!counts(&verifier, "7", "renewed", 64));
}

#[test]
fn sessions_are_ended_by_their_user_with_a_grant_and_the_audit_says_so() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    for (number, cookie) in (0..).zip(["first", "second", "third"]) {
        let seconds = 30 * (number + 1);
        let proof = signed_in(&verifier, &alice, &phone, seconds);
        admit(&verifier, &proof, cookie, seconds);
    }
    let current = verifier
        .sessions(at(91), &alice.id, Some(b"third"))
        .unwrap();
    assert_eq!(
        current.iter().filter(|session| session.is_current).count(),
        1
    );
    assert!(current[0].is_current, "the one that was used last");
    let first = current[2].id.to_string();
    let nothing = Operator::in_request("7", None);
    let answer = verifier.end_session(at(91), &alice.id, &first, &nothing);
    assert_eq!(denied(answer), Denied::StepUpRequired);
    let answer = verifier.end_sessions(at(91), &alice.id, None, &nothing, "x");
    assert_eq!(denied(answer), Denied::StepUpRequired);
    assert!(counts(&verifier, "7", "first", 91));

    let grant = step_up(&verifier, &alice, &phone, 120);
    let own = Operator::in_request("7", Some(&grant));
    verifier
        .end_session(at(121), &alice.id, &first, &own)
        .unwrap();
    assert!(!counts(&verifier, "7", "first", 121));
    assert!(counts(&verifier, "7", "second", 121));
    verifier
        .end_sessions(at(122), &alice.id, Some(b"third"), &own, "all others")
        .unwrap();
    assert!(!counts(&verifier, "7", "second", 123));
    assert!(counts(&verifier, "7", "third", 123));
    let events = verifier.audit(Some(&alice.id), 2, None).unwrap();
    assert_eq!(events[0].kind, "sessions.ended");
    assert_eq!(events[1].kind, "session.ended");
    for event in events {
        assert_eq!(event.by, None, "its own user");
        assert_eq!(event.requester, Some(crate::types::Requester::Proven));
    }
    assert!(verifier.account(at(123), &alice.id).unwrap().enrolled);
    for not_an_id in ["", "x", &first[1..]] {
        let answer = verifier.end_session(at(124), &alice.id, not_an_id, &own);
        assert!(matches!(
            answer,
            Err(Error::Invalid {
                argument: "sessionId",
                ..
            })
        ));
    }
}

fn is_good(verifier: &Verifier, user: &str, grant: &str, seconds: i64) -> bool {
    let until = verifier.grant_expires(at(seconds), &id(user), grant);
    until.unwrap().is_some()
}

#[test]
fn ending_sessions_ends_every_grant_but_the_one_of_the_user_who_does_it() {
    let verifier = verifier();
    let (alice, bert) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let (theirs, _) = enrol(&verifier, &bert);
    let server = Operator::on_server("root");
    let day = 86_400;
    let end = |which: usize, operator: &Operator<'_>, now: i64| match which {
        0 => verifier.end_sessions(at(now), &alice.id, None, operator, "lost"),
        1 => verifier.end_session(at(now), &alice.id, &"0".repeat(32), operator),
        2 => verifier.revoke_all_devices(at(now), &alice.id, operator, "lost"),
        _ => verifier.end_all_sessions(at(now), operator, "lost"),
    };
    for which in 0..4 {
        let now = day * i64::try_from(which + 2).unwrap();
        let left = step_up(&verifier, &alice, &phone, now);
        let own = step_up(&verifier, &alice, &phone, now + 30);
        let of_bert = step_up(&verifier, &bert, &theirs, now + 30);
        let set_up = verifier
            .start_totp(at(now + 31), &alice, None, Some(&left), None)
            .unwrap();
        let other = Totp::from_uri(&set_up.uri).unwrap();
        // Whoever may not, ends none.
        let nobody = Operator::in_request("7", Some("made up"));
        assert_eq!(
            denied(end(which, &nobody, now + 32)),
            Denied::StepUpRequired
        );
        assert!(is_good(&verifier, "7", &left, now + 32));
        let operator = Operator::in_request("7", Some(&own));
        end(which, &operator, now + 33).unwrap();
        assert!(!is_good(&verifier, "7", &left, now + 34), "{which}");
        let is_everybody = which == 3;
        assert_eq!(is_good(&verifier, "7", &own, now + 34), !is_everybody);
        assert_eq!(is_good(&verifier, "8", &of_bert, now + 34), !is_everybody);
        // Nor is anything left that was begun with it.
        let code = other.at(at(now + 34));
        let late = verifier.confirm_totp(at(now + 34), &set_up.token, &code, &client());
        assert_eq!(denied(late), Denied::Rejected);
        // Somebody else keeps none of theirs.
        let own = step_up(&verifier, &alice, &phone, now + 60);
        end(which, &server, now + 61).unwrap();
        assert!(!is_good(&verifier, "7", &own, now + 62));
    }
}

/// A sign-in that is proven and has to go on with a set-up: the challenge.
fn proven_for_set_up(verifier: &Verifier, user: &User, phone: &Totp, now: i64) -> String {
    let login = verifier.begin_login(at(now), user, &client()).unwrap();
    let code = phone.at(at(now));
    let answer = verifier.verify(at(now), &login.challenge, Method::Totp, &code, &client());
    assert_eq!(denied(answer), Denied::EnrolmentRequired);
    login.challenge.to_string()
}

#[test]
fn ending_sessions_ends_what_a_sign_in_has_proven_for_a_set_up_and_the_set_ups_begun_with_it() {
    let verifier = verifier();
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        ..user("7")
    };
    let (phone, _) = enrol(&verifier, &alice);
    let server = Operator::on_server("root");
    verifier
        .require_enrolment(at(1), &alice.id, None, &server, "rotation")
        .unwrap();
    let end = |which: usize, now: i64| match which {
        0 => verifier.end_sessions(at(now), &alice.id, None, &server, "stolen"),
        1 => verifier.end_session(at(now), &alice.id, &"0".repeat(32), &server),
        2 => verifier.revoke_all_devices(at(now), &alice.id, &server, "stolen"),
        _ => verifier.end_all_sessions(at(now), &server, "stolen"),
    };
    for which in 0..4 {
        let now = 1_800 * i64::try_from(which + 1).unwrap();
        let challenge = proven_for_set_up(&verifier, &alice, &phone, now);
        let app = |now: i64| verifier.start_totp(at(now), &alice, None, Some(&challenge), None);
        let mailbox =
            |now: i64| verifier.enable_email(at(now), &alice, &client(), Some(&challenge));
        let begun = app(now + 1).unwrap();
        let sent = mailbox(now + 1).unwrap();
        end(which, now + 2).unwrap();
        let code = Totp::from_uri(&begun.uri).unwrap().at(at(now + 3));
        let late = verifier.confirm_totp(at(now + 3), &begun.token, &code, &client());
        assert!(late.is_err(), "{which}");
        let text = &sent.message.as_ref().unwrap().mail.text;
        let mut digits = text.split(|c: char| !c.is_ascii_digit());
        let code = digits.rfind(|it| it.len() >= 6).unwrap();
        let late = verifier.confirm_email(at(now + 3), &sent.token, code, &client());
        assert!(late.is_err(), "{which}");
        // Nor is another one begun with it.
        for late in [app(now + 4).map(|_| ()), mailbox(now + 4).map(|_| ())] {
            assert_eq!(denied(late), Denied::ChallengeClosed, "{which}");
        }
    }
    // What is proven afterwards is good, and what was not proven was not ended.
    let now = 5 * 1_800;
    let login = verifier.begin_login(at(now), &alice, &client()).unwrap();
    end(0, now + 1).unwrap();
    let code = phone.at(at(now + 2));
    let answer = verifier.verify(
        at(now + 2),
        &login.challenge,
        Method::Totp,
        &code,
        &client(),
    );
    assert_eq!(denied(answer), Denied::EnrolmentRequired);
    let setup = verifier
        .start_totp(at(now + 3), &alice, None, Some(&login.challenge), None)
        .unwrap();
    let code = Totp::from_uri(&setup.uri).unwrap().at(at(now + 3));
    let enrolled = verifier.confirm_totp(at(now + 3), &setup.token, &code, &client());
    assert!(enrolled.unwrap().verified.is_some());
}

#[test]
fn ending_everybodys_sessions_writes_to_no_account_whose_proof_is_too_old_for_a_set_up() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let server = Operator::on_server("root");
    verifier
        .require_enrolment(at(1), &alice.id, None, &server, "rotation")
        .unwrap();
    let _ = proven_for_set_up(&verifier, &alice, &phone, 30);
    let has_proofs = |now: i64| {
        let account = verifier.accounts.read(&alice.id, at(now)).unwrap();
        account.unwrap().has_proofs(at(now))
    };
    assert!(has_proofs(30 + 1_799));
    assert!(!has_proofs(30 + 1_800));
}

#[test]
fn who_ends_sessions_of_an_account_without_a_factor_ends_no_set_up_of_its_first_one() {
    let verifier = verifier();
    let alice = user("7");
    verifier
        .raise_epoch(at(0), &alice.id, "host", "an account of its own", None)
        .unwrap();
    let set_up = verifier
        .start_totp(at(1), &alice, None, None, None)
        .unwrap();
    let nobody = Operator::in_request("9", None);
    verifier
        .end_sessions(at(2), &alice.id, None, &nobody, "why not")
        .unwrap();
    let phone = Totp::from_uri(&set_up.uri).unwrap();
    verifier
        .confirm_totp(at(3), &set_up.token, &phone.at(at(3)), &client())
        .unwrap();
}

#[test]
fn an_operator_ends_sessions_with_a_proof_and_factors_stay() {
    let verifier = verifier();
    let (alice, root) = (user("7"), user("1"));
    let (phone, _) = enrol(&verifier, &alice);
    let (own_phone, _) = enrol(&verifier, &root);
    let day = 86_400;
    let proof = signed_in(&verifier, &alice, &phone, day);
    admit(&verifier, &proof, "of alice", day);
    let proof = signed_in(&verifier, &root, &own_phone, day);
    admit(&verifier, &proof, "of root", day);
    let bob = user("8");
    admit_password(&verifier, &bob, "of bob", day).unwrap();

    let nothing = Operator::in_request("1", None);
    let answer = verifier.end_sessions(at(day), &alice.id, None, &nothing, "asked");
    assert_eq!(denied(answer), Denied::StepUpRequired);
    let answer = verifier.end_all_sessions(at(day), &nothing, "asked");
    assert_eq!(denied(answer), Denied::StepUpRequired);
    assert!(counts(&verifier, "7", "of alice", day));

    let grant = step_up(&verifier, &root, &own_phone, day + 30);
    let operator = Operator::in_request("1", Some(&grant));
    verifier
        .end_sessions(at(day + 31), &alice.id, None, &operator, "lost laptop")
        .unwrap();
    assert!(!counts(&verifier, "7", "of alice", day + 31));
    assert!(counts(&verifier, "1", "of root", day + 31));
    let event = &verifier.audit(Some(&alice.id), 1, None).unwrap()[0];
    assert_eq!(event.kind, "sessions.ended");
    assert_eq!(
        (event.by.as_deref(), event.reason.as_deref()),
        (Some("1"), Some("lost laptop"))
    );
    assert_eq!(event.authority, Some(Authority::Proof));
    assert!(verifier.account(at(day + 31), &alice.id).unwrap().enrolled);

    verifier
        .end_all_sessions(at(day + 32), &operator, "stolen database")
        .unwrap();
    for (name, cookie) in [("1", "of root"), ("8", "of bob")] {
        assert!(!counts(&verifier, name, cookie, day + 32), "{cookie}");
    }
    let event = &verifier.providers_audit(1, None).unwrap()[0];
    assert_eq!(
        (event.kind.as_str(), event.reason.as_deref()),
        ("sessions.ended", Some("stolen database"))
    );
    // Whoever signs in afterwards is signed in.
    admit_password(&verifier, &bob, "again", day + 33).unwrap();
    assert!(counts(&verifier, "8", "again", day + 33));
    assert!(verifier.account(at(day + 33), &alice.id).unwrap().enrolled);
}

#[test]
fn operators_say_who_and_why_when_they_end_sessions() {
    let verifier = verifier();
    let server = Operator::on_server("root");
    for (operator, reason) in [(Operator::on_server(""), "x"), (server, " ")] {
        let answer = verifier.end_sessions(at(0), &id("7"), None, &operator, reason);
        assert!(matches!(answer, Err(Error::Invalid { .. })));
        let answer = verifier.end_all_sessions(at(0), &operator, reason);
        assert!(matches!(answer, Err(Error::Invalid { .. })));
    }
    // Of a user who has no account nothing is written.
    admit_password(&verifier, &user("7"), "cookie", 0).unwrap();
    verifier
        .end_sessions(at(1), &id("7"), None, &server, "x")
        .unwrap();
    assert!(!counts(&verifier, "7", "cookie", 1));
    assert!(verifier.audit(None, 10, None).unwrap().is_empty());
}

#[test]
fn fifty_sign_ins_with_the_password_alone_push_out_no_session_that_was_proven() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    for number in 0..MAX_SESSIONS {
        let number = i64::try_from(number).unwrap();
        let proof = signed_in(&verifier, &alice, &phone, 30 * (number + 1));
        admit(
            &verifier,
            &proof,
            &format!("cookie {number}"),
            30 * (number + 1),
        );
    }
    let (grant, now) = (step_up(&verifier, &alice, &phone, 1_600), 1_601);
    assert_eq!(listed(&verifier, "7", now).len(), MAX_SESSIONS);
    verifier
        .remove(at(now), &alice.id, Method::Totp, &grant, None)
        .unwrap();
    verifier
        .adopt_session(
            at(now),
            &alice.id,
            b"kept",
            b"cookie 3",
            Continued::Grant(&grant),
        )
        .unwrap();
    for number in 0..60 {
        admit_password(&verifier, &alice, &format!("password {number}"), now + 1).unwrap();
    }
    assert_eq!(listed(&verifier, "7", now + 1).len(), MAX_SESSIONS);
    assert!(counts(&verifier, "7", "kept", now + 1));
}

#[test]
fn that_a_session_is_used_is_written_down_once_in_five_minutes() {
    let verifier = verifier();
    let alice = user("7");
    admit_password(&verifier, &alice, "cookie", 0).unwrap();
    let five = i64::try_from(SEEN_SECONDS).unwrap();
    assert!(counts(&verifier, "7", "cookie", five - 1));
    assert_eq!(listed(&verifier, "7", five - 1)[0].seen, at(0));
    assert!(counts(&verifier, "7", "cookie", five));
    assert_eq!(listed(&verifier, "7", five)[0].seen, at(five));
    assert!(!counts(&verifier, "7", "unknown", 2 * five));
    assert_eq!(listed(&verifier, "7", 2 * five)[0].seen, at(five));
}

#[test]
fn a_session_of_a_clock_that_was_ahead_is_over_for_good_once_it_was_asked_about() {
    let verifier = verifier();
    let alice = user("7");
    admit_password(&verifier, &alice, "in time", 0).unwrap();
    admit_password(&verifier, &alice, "ahead", 86_400).unwrap();
    assert!(!counts(&verifier, "7", "ahead", 10));
    assert!(!counts(&verifier, "7", "ahead", 86_400));
    assert!(counts(&verifier, "7", "in time", 86_400));
}

struct Fixture(tempfile::TempDir);

impl Fixture {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, keys: &str) -> Verifier {
        let url = format!("sqlite:{}/db", self.0.path().display());
        assert!(StoreUrl::parse(&url).is_ok());
        let config = Config::parse([("store", url.as_str())]).unwrap();
        Verifier::open(config, Some(KeyRing::parse(keys).unwrap()), true).unwrap()
    }

    fn sql(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.0.path().join("db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

const KEY_A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const KEY_B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const BOTH: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\na = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn whoever_can_write_to_the_database_makes_no_session_and_moves_none() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    admit_password(&verifier, &bob, "of bob", 0).unwrap();
    let proof = signed_in(&verifier, &alice, &phone, 30);
    admit(&verifier, &proof, "of alice", 30);
    let refused = |user: &str, cookie: &str| {
        let answer = verifier.session_counts(at(31), &id(user), cookie.as_bytes());
        assert!(!matches!(answer, Ok(true)), "{user}: {answer:?}");
    };
    // Both rows have the same version: only what is sealed tells them apart.
    let swap = "CREATE TEMP TABLE t AS SELECT name, body FROM shared_row WHERE name LIKE 'sessions/%'; \
        UPDATE shared_row SET body = (SELECT body FROM t WHERE t.name != shared_row.name) WHERE name LIKE 'sessions/%';";
    place.sql(swap);
    refused("7", "of bob");
    refused("7", "of alice");
    refused("8", "of alice");
    place.sql(swap);
    assert!(counts(&verifier, "7", "of alice", 31), "put back");
    place.sql("UPDATE shared_row SET version = version + 1 WHERE name LIKE 'sessions/%'");
    refused("7", "of alice");
    place.sql("UPDATE shared_row SET version = version - 1 WHERE name LIKE 'sessions/%'");
    place.sql("UPDATE shared_row SET body = x'00' WHERE name LIKE 'sessions/%'");
    let answer = verifier.session_counts(at(31), &alice.id, b"of alice");
    let Err(Error::Unavailable(why)) = answer else {
        panic!("{answer:?}")
    };
    assert!(why.to_string().contains("sessions of user 7"), "{why}");
    // Who signs in anew has a session all the same, and what the damaged list admitted is over.
    let proof = signed_in(&verifier, &alice, &phone, 60);
    admit(&verifier, &proof, "anew", 60);
    assert!(counts(&verifier, "7", "anew", 60));
    refused("7", "of alice");
    place.sql("DELETE FROM shared_row WHERE name LIKE 'sessions/%'");
    refused("7", "anew");
}

#[test]
fn an_emptied_store_lets_no_session_go_on() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    admit_password(&verifier, &bob, "of bob", 0).unwrap();
    let proof = signed_in(&verifier, &alice, &phone, 30);
    admit(&verifier, &proof, "of alice", 30);
    place.sql("DELETE FROM account; DELETE FROM audit; DELETE FROM shared_row;");
    for (name, cookie) in [("7", "of alice"), ("8", "of bob")] {
        let answer = verifier.session_counts(at(31), &id(name), cookie.as_bytes());
        assert!(matches!(answer, Ok(false)), "{answer:?}");
    }
}

#[test]
fn an_account_whose_row_is_gone_lets_nobody_go_on() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let proof = signed_in(&verifier, &alice, &phone, 30);
    admit(&verifier, &proof, "cookie", 30);
    place.sql("DELETE FROM account");
    let answer = verifier.session_counts(at(31), &alice.id, b"cookie");
    let Err(Error::Unavailable(why)) = answer else {
        panic!("{answer:?}")
    };
    assert!(
        why.to_string().contains("has been removed from the store"),
        "{why}"
    );
}

#[test]
fn sessions_outlive_a_change_of_keys_and_are_unknown_without_theirs() {
    let place = Fixture::new();
    let alice = user("7");
    let verifier = place.open(KEY_A);
    let (phone, _) = enrol(&verifier, &alice);
    let proof = signed_in(&verifier, &alice, &phone, 30);
    admit(&verifier, &proof, "cookie", 30);
    verifier
        .end_all_sessions(
            at(31),
            &Operator::on_server("root"),
            "so that there is a generation",
        )
        .unwrap();
    let proof = signed_in(&verifier, &alice, &phone, 60);
    admit(&verifier, &proof, "second", 60);
    drop(verifier);
    let verifier = place.open(BOTH);
    assert!(counts(&verifier, "7", "second", 61));
    assert!(!counts(&verifier, "7", "cookie", 61));
    drop(verifier);
    // The key is lost: nothing is known, and after the operator's reset everybody signs in again.
    let verifier = place.open(KEY_B);
    let answer = verifier.session_counts(at(62), &alice.id, b"second");
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    verifier
        .reset(at(63), &alice.id, &Operator::on_server("root"), "lost key")
        .unwrap();
    admit_password(&verifier, &alice, "third", 64).unwrap();
    assert!(counts(&verifier, "7", "third", 64));
    assert!(!counts(&verifier, "7", "second", 64));
}

#[test]
fn a_proof_says_when_it_was_and_what_was_proven_in_registered_values() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, codes) = enrol(&verifier, &alice);
    let proof = signed_in(&verifier, &alice, &phone, 30);
    assert_eq!(proof.at, at(30));
    assert_eq!(proof.amr(), ["otp", "mfa"]);
    let challenge = verifier
        .begin_challenge(at(60), &alice, Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    let step_up = verifier
        .verify(at(61), &challenge, Method::BackupCode, &codes[0], &client())
        .unwrap();
    assert_eq!((step_up.at, step_up.amr()), (at(61), vec!["otp"]));
    assert_eq!(step_up.grant_expires(), Some(at(361)));
    assert_eq!(proof.grant_expires(), None);
    let by = |method| {
        Verified {
            method,
            ..proof.clone()
        }
        .amr()
    };
    assert_eq!(by(Method::Sms), ["sms", "mfa"]);
    assert_eq!(by(Method::Voice), ["tel", "mfa"]);
    for other in [Method::Email, Method::WhatsApp, Method::BackupCode] {
        assert_eq!(by(other), ["otp", "mfa"]);
    }
    // RFC 8176 section 2.
    let registered = [
        "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd",
        "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia",
    ];
    for method in Method::ALL {
        for value in by(*method) {
            assert!(registered.contains(&value), "{method:?}: {value}");
        }
    }
}
