//! Required enrolment, as a host meets it.

use super::*;
use crate::account::MOST_GRACE_SECONDS;
use crate::verifier::sessions::CameOf;

const SERVER: Operator<'static> = Operator::on_server("root");

fn require(verifier: &Verifier, user: &User, due: Option<i64>, seconds: i64) {
    verifier
        .require_enrolment(at(seconds), &user.id, due.map(at), &SERVER, "rotation")
        .unwrap();
}

fn begin(verifier: &Verifier, user: &User, seconds: i64) -> Login {
    verifier.begin_login(at(seconds), user, &client()).unwrap()
}

/// Sets up an app by the challenge of a sign-in.
fn set_up(
    verifier: &Verifier,
    user: &User,
    challenge: &str,
    seconds: i64,
) -> Result<(Totp, Enrolled), Error> {
    let setup = verifier.start_totp(at(seconds), user, None, Some(challenge), None)?;
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(seconds));
    let enrolled = verifier.confirm_totp(at(seconds), &setup.token, &code, &client())?;
    Ok((phone, enrolled))
}

#[test]
fn who_has_no_factor_enrols_by_the_challenge_and_is_signed_in_by_nothing_else() {
    let verifier = verifier();
    let (alice, bert) = (user("7"), user("8"));
    require(&verifier, &alice, None, 0);
    let login = begin(&verifier, &alice, 1);
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    assert!(login.methods.is_empty() && !login.challenge.is_empty());
    let challenge = login.challenge.as_str();
    for method in [Method::Totp, Method::BackupCode, Method::Email] {
        let answer = verifier.verify(at(1), challenge, method, "000000", &client());
        assert_eq!(denied(answer), Denied::Rejected);
    }
    let sent = verifier.send_code(at(1), challenge, Method::Email, &client());
    assert!(matches!(sent, Err(Error::Denied(_))));
    let came = CameOf::Login(&login);
    let admitted = verifier.admit_session(at(1), came, b"cookie", &client());
    assert!(matches!(
        admitted,
        Err(Error::Invalid {
            argument: "cameOf",
            ..
        })
    ));
    let step_up = verifier.begin_challenge(at(1), &alice, Purpose::StepUp, &client());
    assert_eq!(denied(step_up), Denied::Rejected);
    let removed = verifier.remove_factor(at(1), &alice.id, "00", challenge, None);
    assert!(removed.is_err(), "it is no grant");
    // Somebody else's sign-in is not helped by it.
    let (_, theirs) = set_up(&verifier, &bert, challenge, 2).unwrap();
    assert!(theirs.verified.is_none());

    let (phone, enrolled) = set_up(&verifier, &alice, challenge, 2).unwrap();
    let verified = enrolled.verified.unwrap();
    assert_eq!(
        (&verified.user, verified.purpose),
        (&alice.id, Purpose::Login)
    );
    assert_eq!(
        (verified.epoch, verified.amr()),
        (enrolled.epoch, vec!["otp"]),
        "whoever had the password could have set it up"
    );
    assert_eq!(enrolled.backup_codes.len(), 10);
    let came = CameOf::Verified(&verified);
    assert!(
        verifier
            .admit_session(at(3), came, b"cookie", &client())
            .is_ok()
    );
    assert!(
        verifier
            .session_counts(at(3), &alice.id, b"cookie")
            .unwrap()
    );
    let again = set_up(&verifier, &alice, challenge, 4);
    assert_eq!(denied(again.map(|_| ())), Denied::ChallengeClosed);
    let login = begin(&verifier, &alice, 40);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    let code = phone.at(at(40));
    let verified = verifier.verify(at(40), &login.challenge, Method::Totp, &code, &client());
    assert!(verified.is_ok());
}

#[test]
fn while_the_old_factor_works_its_proof_is_asked_for_and_is_no_sign_in() {
    let verifier = verifier();
    let alice = user("7");
    let (old, old_codes) = enrol(&verifier, &alice);
    require(&verifier, &alice, None, 10);
    let login = begin(&verifier, &alice, 30);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    let by_password = set_up(&verifier, &alice, &login.challenge, 30);
    assert_eq!(denied(by_password.map(|_| ())), Denied::StepUpRequired);
    let code = old.at(at(30));
    let answer = verifier.verify(at(30), &login.challenge, Method::Totp, &code, &client());
    assert_eq!(denied(answer), Denied::EnrolmentRequired);
    let other = begin(&verifier, &alice, 31);
    let elsewhere = set_up(&verifier, &alice, &other.challenge, 31);
    assert_eq!(denied(elsewhere.map(|_| ())), Denied::StepUpRequired);
    let (new, enrolled) = set_up(&verifier, &alice, &login.challenge, 40).unwrap();
    assert_eq!(enrolled.backup_codes.len(), 10);
    assert_eq!(
        enrolled.verified.unwrap().amr(),
        ["otp", "mfa"],
        "the old one was proven before"
    );
    for (proof, is_good) in [(old.at(at(90)), false), (new.at(at(90)), true)] {
        let login = begin(&verifier, &alice, 90);
        let answer = verifier.verify(at(90), &login.challenge, Method::Totp, &proof, &client());
        assert_eq!(answer.is_ok(), is_good);
    }
    let login = begin(&verifier, &alice, 120);
    let code = &old_codes[0];
    let answer = verifier.verify(
        at(120),
        &login.challenge,
        Method::BackupCode,
        code,
        &client(),
    );
    assert_eq!(denied(answer), Denied::Rejected);
}

#[test]
fn a_mailbox_ends_a_sign_in_as_an_app_does() {
    let verifier = verifier();
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        ..user("7")
    };
    require(&verifier, &alice, None, 0);
    let login = begin(&verifier, &alice, 1);
    let delivery = verifier
        .enable_email(at(1), &alice, &client(), Some(&login.challenge))
        .unwrap();
    let mail = delivery.message.unwrap();
    let code: String = mail
        .mail
        .text
        .chars()
        .filter(char::is_ascii_digit)
        .take(6)
        .collect();
    let enrolled = verifier
        .confirm_email(at(2), &delivery.token, &code, &client())
        .unwrap();
    let verified = enrolled.verified.unwrap();
    assert_eq!(
        (verified.method, verified.amr()),
        (Method::Email, vec!["otp"])
    );
    assert_eq!(
        begin(&verifier, &alice, 3).state,
        LoginState::ChallengeRequired
    );
}

#[test]
fn in_the_time_of_grace_it_is_told_and_asked_of_nobody() {
    let verifier = verifier();
    let (alice, bert) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    for user in [&alice, &bert] {
        require(&verifier, user, Some(1000), 10);
    }
    let login = begin(&verifier, &bert, 30);
    assert_eq!(
        (login.state, login.enrolment_due),
        (LoginState::Allowed, Some(at(1000)))
    );
    let login = begin(&verifier, &alice, 30);
    assert_eq!(login.enrolment_due, Some(at(1000)));
    let code = phone.at(at(30));
    let verified = verifier.verify(at(30), &login.challenge, Method::Totp, &code, &client());
    assert!(verified.is_ok());
    assert_eq!(
        begin(&verifier, &bert, 1000).state,
        LoginState::EnrolmentRequired
    );
    let view = verifier.account(at(1000), &bert.id).unwrap();
    assert!(view.enrolment_due == Some(at(1000)) && !view.enrolled);
}

#[test]
fn a_session_of_a_password_alone_is_not_begun_once_an_enrolment_is_due() {
    let verifier = verifier();
    let alice = user("7");
    require(&verifier, &alice, Some(100), 0);
    let login = begin(&verifier, &alice, 50);
    let came = CameOf::Login(&login);
    let admitted = verifier.admit_session(at(100), came, b"cookie", &client());
    assert_eq!(denied(admitted.map(|_| ())), Denied::ChallengeClosed);
}

#[test]
fn requiring_and_waiving_need_what_acts_on_everybody_need_and_leave_no_trace_without() {
    let verifier = verifier();
    let (alice, nobody) = (user("7"), user("8"));
    enrol(&verifier, &alice);
    let operator = Operator::in_request("9", None);
    for user in [&alice, &nobody] {
        let required = verifier.require_enrolment(at(10), &user.id, None, &operator, "why");
        assert_eq!(denied(required), Denied::StepUpRequired);
        let waived = verifier.waive_enrolment(at(10), &user.id, &operator, "why");
        assert_eq!(denied(waived), Denied::StepUpRequired);
    }
    assert_eq!(verifier.accounts(at(10), "", 10, None).unwrap().len(), 1);
    for (due, by, why) in [
        (MOST_GRACE_SECONDS + 1, "root", "why"),
        (0, "", "why"),
        (0, "root", " "),
    ] {
        let due = Some(at(10).plus(due));
        let operator = Operator::on_server(by);
        let required = verifier.require_enrolment(at(10), &alice.id, due, &operator, why);
        assert!(matches!(required, Err(Error::Invalid { .. })));
    }
    require(&verifier, &nobody, None, 10);
    verifier
        .waive_enrolment(at(11), &nobody.id, &SERVER, "a mistake")
        .unwrap();
    assert_eq!(begin(&verifier, &nobody, 12).state, LoginState::Allowed);
    let events = verifier.audit(Some(&nobody.id), 10, None).unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["enrolment.waived", "enrolment.required"]);
}
