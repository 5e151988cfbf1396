//! What is required of everybody, as a host meets it.

use super::texts::{Fixture, KEY_A, KEY_B};
use super::*;
use crate::account::{AccountError, MOST_GRACE_SECONDS};
use crate::shared::RowKind;
use crate::verifier::error::Unavailable;

const SERVER: Operator<'static> = Operator::on_server("root");

fn require(verifier: &Verifier, due: Option<i64>, seconds: i64) {
    verifier
        .require_all_enrolments(at(seconds), due.map(at), &SERVER, "a leak")
        .unwrap();
}

fn waive(verifier: &Verifier, seconds: i64) {
    verifier
        .waive_all_enrolments(at(seconds), &SERVER, "a mistake")
        .unwrap();
}

fn begin(verifier: &Verifier, user: &User, seconds: i64) -> Login {
    verifier.begin_login(at(seconds), user, &client()).unwrap()
}

fn prove(verifier: &Verifier, login: &Login, phone: &Totp, seconds: i64) -> Result<(), Error> {
    let code = phone.at(at(seconds));
    let proof = verifier.verify(
        at(seconds),
        &login.challenge,
        Method::Totp,
        &code,
        &client(),
    );
    proof.map(|_| ())
}

/// Signs in with a set-up: the new app.
fn sign_in_anew(verifier: &Verifier, user: &User, phone: &Totp, seconds: i64) -> Totp {
    let login = begin(verifier, user, seconds);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    let proven = prove(verifier, &login, phone, seconds);
    assert_eq!(denied(proven), Denied::EnrolmentRequired);
    let setup = verifier
        .start_totp(at(seconds), user, None, Some(&login.challenge), None)
        .unwrap();
    let new = Totp::from_uri(&setup.uri).unwrap();
    let code = new.at(at(seconds));
    let enrolled = verifier
        .confirm_totp(at(seconds), &setup.token, &code, &client())
        .unwrap();
    assert!(enrolled.verified.is_some());
    new
}

#[test]
fn everybody_enrols_anew_once_and_whoever_has_no_factor_is_not_concerned() {
    let verifier = verifier();
    let (alice, bert, carl) = (user("7"), user("8"), user("9"));
    let (phone, _) = enrol(&verifier, &alice);
    let (other, _) = enrol(&verifier, &bert);
    require(&verifier, Some(1000), 10);
    let login = begin(&verifier, &alice, 60);
    assert_eq!(login.enrolment_due, Some(at(1000)));
    prove(&verifier, &login, &phone, 60).unwrap();
    assert_eq!(begin(&verifier, &carl, 1000).state, LoginState::Allowed);
    assert_eq!(verifier.enrolled_users(at(60), true).unwrap().len(), 2);

    let new = sign_in_anew(&verifier, &alice, &phone, 1000);
    assert_eq!(
        verifier.enrolled_users(at(1000), true).unwrap(),
        std::slice::from_ref(&bert.id)
    );
    let login = begin(&verifier, &alice, 1060);
    assert_eq!(login.enrolment_due, None);
    prove(&verifier, &login, &new, 1060).unwrap();
    // Who enrols afterwards is not concerned, and a second requirement concerns all who have a factor by then.
    let setup = verifier
        .start_totp(at(1060), &carl, None, None, None)
        .unwrap();
    let third = Totp::from_uri(&setup.uri).unwrap();
    verifier
        .confirm_totp(at(1060), &setup.token, &third.at(at(1060)), &client())
        .unwrap();
    assert_eq!(
        verifier.account(at(1061), &carl.id).unwrap().enrolment_due,
        None
    );
    require(&verifier, None, 1100);
    for (user, phone) in [(&alice, &new), (&bert, &other), (&carl, &third)] {
        sign_in_anew(&verifier, user, phone, 1200);
    }
}

#[test]
fn a_challenge_that_was_open_before_it_was_required_is_judged_by_it() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let login = begin(&verifier, &alice, 30);
    require(&verifier, None, 40);
    let proven = prove(&verifier, &login, &phone, 60);
    assert_eq!(denied(proven), Denied::EnrolmentRequired);
    waive(&verifier, 61);
    let start = verifier.start_totp(at(62), &alice, None, Some(&login.challenge), None);
    assert!(start.is_err(), "the set-up ends with what required it");
    let login = begin(&verifier, &alice, 90);
    prove(&verifier, &login, &phone, 90).unwrap();
}

#[test]
fn it_takes_what_acts_on_everybody_take_and_is_in_the_audit_of_the_site() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let operator = Operator::in_request("7", None);
    let required = verifier.require_all_enrolments(at(10), None, &operator, "why");
    assert_eq!(denied(required), Denied::StepUpRequired);
    let waived = verifier.waive_all_enrolments(at(10), &operator, "why");
    assert_eq!(denied(waived), Denied::StepUpRequired);
    for (due, by, why) in [
        (MOST_GRACE_SECONDS + 1, "root", "why"),
        (0, "", "why"),
        (0, "root", " "),
    ] {
        let (due, operator) = (Some(at(10).plus(due)), Operator::on_server(by));
        let required = verifier.require_all_enrolments(at(10), due, &operator, why);
        assert!(matches!(required, Err(Error::Invalid { .. })));
    }
    waive(&verifier, 11);
    assert!(verifier.all_enrolments_required().unwrap().is_none());
    assert_eq!(verifier.providers_audit(10, None).unwrap().len(), 0);

    let grant = step_up(&verifier, &alice, &phone, 30);
    let operator = Operator::in_request("7", Some(&grant));
    verifier
        .require_all_enrolments(at(31), Some(at(500)), &operator, "a leak")
        .unwrap();
    let found = verifier.all_enrolments_required().unwrap().unwrap();
    assert_eq!(
        (
            found.made,
            found.due,
            found.by.as_str(),
            found.reason.as_str()
        ),
        (at(31), at(500), "7", "a leak")
    );
    waive(&verifier, 40);
    let events = verifier.providers_audit(10, None).unwrap();
    let kinds: Vec<_> = events.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["enrolment.waived", "enrolment.required"]);
    assert!(
        events
            .iter()
            .all(|it| it.authority.is_some() && it.by.is_some())
    );
    assert!(verifier.providers_audit_is_intact().unwrap());
}

#[test]
fn a_row_that_does_not_open_denies_and_can_be_replaced_or_taken_back() {
    let fixture = Fixture::new();
    let verifier = fixture.open(KEY_A);
    let (alice, bert) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let mends: [fn(&Verifier); 2] = [
        |verifier| require(verifier, Some(900), 11),
        |verifier| waive(verifier, 11),
    ];
    for mends in mends {
        require(&verifier, Some(900), 10);
        fixture.damage(RowKind::Enrolment);
        let begun = verifier.begin_login(at(30), &alice, &client());
        assert!(is_unreadable(begun));
        assert!(is_unreadable(verifier.account(at(30), &alice.id)));
        assert!(is_unreadable(verifier.accounts(at(30), "", 10, None)));
        let begun = verifier.begin_login(at(30), &bert, &client());
        assert!(begun.is_ok(), "who has nothing");
        assert!(!can_verify(&verifier.health(Ok(at(30)))));
        // What only ends something goes on.
        assert!(
            verifier
                .raise_epoch(at(30), &alice.id, "root", "a new password", None)
                .is_ok()
        );
        assert!(
            verifier
                .unlock(at(30), &alice.id, &SERVER, "asked for")
                .is_ok()
        );
        let ended = verifier.end_sessions(at(30), &alice.id, None, &SERVER, "a leak");
        assert!(ended.is_ok());
        mends(&verifier);
        assert!(can_verify(&verifier.health(Ok(at(30)))));
        begin(&verifier, &alice, 30);
    }
    let login = begin(&verifier, &alice, 30);
    prove(&verifier, &login, &phone, 30).unwrap();
}

fn is_unreadable<T>(answer: Result<T, Error>) -> bool {
    matches!(
        answer,
        Err(Error::Unavailable(Unavailable::Account(
            AccountError::Requirement(_)
        )))
    )
}

#[test]
fn it_moves_to_a_new_key_with_the_sign_ins() {
    let fixture = Fixture::new();
    let verifier = fixture.open(KEY_A);
    let alice = user("7");
    enrol(&verifier, &alice);
    require(&verifier, Some(1000), 10);
    drop(verifier);
    let verifier = fixture.open(&format!("{KEY_B};{KEY_A}"));
    let sealed = || {
        verifier
            .key_use()
            .unwrap()
            .iter()
            .map(|it| it.sealed)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sealed(),
        [0, 3],
        "of the user and of the site, and what is required"
    );
    // A change that does not look at it moves the account alone, and the key is still needed.
    verifier
        .raise_epoch(at(20), &alice.id, "root", "a new password", None)
        .unwrap();
    assert_eq!(sealed(), [1, 2]);
    begin(&verifier, &alice, 30);
    assert_eq!(sealed(), [2, 1]);
    drop(verifier);
    let login = begin(&fixture.open(KEY_B), &alice, 60);
    assert_eq!(login.enrolment_due, Some(at(1000)));
}
