//! Enforcement, as a host meets it.

use super::licensed::{license, license_entered, open_by};
use super::texts::Fixture;
use super::*;
use crate::account::{FactorError, Reminder};
use crate::audit::EventKind;
use crate::shared::RowKind;
use crate::verifier::enforcement::Asked;
use crate::verifier::error::Unavailable;
use crate::verifier::sessions::CameOf;

const SERVER: Operator<'static> = Operator::on_server("root");
const DAY: i64 = 86_400;
const NOW: &str = r#"{"rules": [{"for": "all", "level": "required-now"}]}"#;
const GRACE: &str = r#"{"rules": [{"for": "all", "level": "required", "grace_days": 14}]}"#;
const STRONG: &str =
    r#"{"rules": [{"for": "all", "level": "required-now", "sign_in": "no-restricted"}]}"#;
const STRONG_STEP_UP: &str =
    r#"{"rules": [{"for": "all", "level": "required-now", "step_up": "no-restricted"}]}"#;
const ADMINS: &str = r#"{"rules": [{"for": {"roles": ["admin"]}, "level": "required-now"}]}"#;
const ENCOURAGE: &str = r#"{"rules": [{"for": "all", "level": "encourage", "again_days": 30}]}"#;

fn open_with(store: &str) -> Verifier {
    open_by(&[("store", store)], None)
}

fn licensed() -> Verifier {
    let verifier = open_with("memory:");
    license(&verifier, 0);
    verifier
}

fn set(verifier: &Verifier, policy: &str, seconds: i64) {
    verifier
        .set_enforcement(at(seconds), policy, &SERVER, "a rule")
        .unwrap();
}

fn mailed(id: &str) -> User {
    User {
        email: Some(format!("user{id}@example.org")),
        ..user(id)
    }
}

fn with_roles(id: &str, roles: &[&str]) -> User {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    User {
        standing: Standing::Known(Memberships {
            roles: Some(roles),
            groups: Some(Vec::new()),
        }),
        ..user(id)
    }
}

fn begin(verifier: &Verifier, user: &User, seconds: i64) -> Login {
    verifier.begin_login(at(seconds), user, &client()).unwrap()
}

/// The code in a mail.
fn code_in(delivery: &Delivery) -> String {
    let text = &delivery.message.as_ref().unwrap().mail.text;
    let mut digits = text.split(|c: char| !c.is_ascii_digit());
    digits.rfind(|it| it.len() >= 6).unwrap().to_owned()
}

/// Sets up the mailbox of a user who has nothing yet.
fn enrol_mailbox(verifier: &Verifier, user: &User, permit: Option<&str>, seconds: i64) -> Enrolled {
    let sent = verifier
        .enable_email(at(seconds), user, &client(), permit)
        .unwrap();
    let code = code_in(&sent);
    verifier
        .confirm_email(at(seconds), &sent.token, &code, &client())
        .unwrap()
}

fn set_up_app(
    verifier: &Verifier,
    user: &User,
    permit: &str,
    seconds: i64,
) -> Result<(Totp, Enrolled), Error> {
    let setup = verifier.start_totp(at(seconds), user, None, Some(permit), None)?;
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(seconds));
    let enrolled = verifier.confirm_totp(at(seconds), &setup.token, &code, &client())?;
    Ok((phone, enrolled))
}

/// Proves a challenge by a mail.
fn prove_by_mail(verifier: &Verifier, challenge: &str, seconds: i64) -> Result<Verified, Error> {
    let sent = verifier.send_code(at(seconds), challenge, Method::Email, &client())?;
    let code = code_in(&sent);
    verifier.verify(at(seconds), challenge, Method::Email, &code, &client())
}

fn kinds(verifier: &Verifier) -> Vec<String> {
    let events = verifier.providers_audit(50, None).unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn without_a_licence_nobody_sets_a_policy_and_one_that_is_there_can_be_taken_back() {
    let verifier = open_with("memory:");
    let setting = verifier.set_enforcement(at(0), NOW, &SERVER, "why");
    assert!(matches!(setting, Err(Error::LicenceRequired(_))));
    let preview = verifier.preview_enforcement(at(0), NOW, &[user("7")]);
    assert!(matches!(preview, Err(Error::LicenceRequired(_))));
    assert_eq!(verifier.enforcement().unwrap(), None);
    license(&verifier, 0);
    set(&verifier, NOW, 1);
    let late = 100 * DAY;
    let setting = verifier.set_enforcement(at(late), GRACE, &SERVER, "why");
    assert!(matches!(setting, Err(Error::LicenceRequired(_))));
    assert_eq!(verifier.enforcement().unwrap().as_deref(), Some(NOW));
    set(&verifier, "", late);
    assert_eq!(verifier.enforcement().unwrap(), None);
    assert_eq!(kinds(&verifier), ["policy.removed", "policy.changed"]);
    set(&verifier, "", late);
    assert_eq!(kinds(&verifier).len(), 2, "there was nothing to take back");
}

#[test]
fn who_has_to_enrol_gets_the_set_up_and_nothing_else() {
    let verifier = licensed();
    let alice = user("7");
    set(&verifier, NOW, 1);
    let login = begin(&verifier, &alice, 2);
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    assert!(login.methods.is_empty() && login.enrolment_due.is_some());
    let came = CameOf::Login(&login);
    let admitted = verifier.admit_session(at(2), came, b"cookie", &client());
    assert!(matches!(admitted, Err(Error::Invalid { .. })));
    for method in [Method::Totp, Method::BackupCode] {
        let answer = verifier.verify(at(2), &login.challenge, method, "000000", &client());
        assert_eq!(denied(answer), Denied::Rejected);
    }
    let (_, enrolled) = set_up_app(&verifier, &alice, &login.challenge, 3).unwrap();
    let verified = enrolled.verified.unwrap();
    assert_eq!(
        (verified.purpose, verified.amr()),
        (Purpose::Login, vec!["otp"])
    );
    assert_eq!(
        begin(&verifier, &alice, 40).state,
        LoginState::ChallengeRequired
    );
}

#[test]
fn in_the_time_of_grace_the_password_is_enough_and_nothing_gives_more_time() {
    let verifier = licensed();
    let alice = user("7");
    set(&verifier, GRACE, 0);
    let due = at(14 * DAY);
    for seconds in [0, DAY, 13 * DAY] {
        let login = begin(&verifier, &alice, seconds);
        assert_eq!(
            (login.state, login.enrolment_due),
            (LoginState::Allowed, Some(due))
        );
    }
    // Saved again, a longer grace, taken back and set again, another role in between.
    let longer = GRACE.replace("14", "90");
    for policy in [GRACE, &longer, "", &longer] {
        set(&verifier, policy, 13 * DAY);
        begin(&verifier, &alice, 13 * DAY);
    }
    assert_eq!(
        begin(&verifier, &alice, 14 * DAY - 1).enrolment_due,
        Some(due)
    );
    let login = begin(&verifier, &alice, 14 * DAY);
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    let (phone, _) = set_up_app(&verifier, &alice, &login.challenge, 14 * DAY).unwrap();
    // Who removes it again is asked at the next sign-in.
    let grant = step_up(&verifier, &alice, &phone, 14 * DAY + 60);
    verifier
        .remove_everything(at(14 * DAY + 60), &alice.id, &grant, None)
        .unwrap();
    let login = begin(&verifier, &alice, 14 * DAY + 61);
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    // So is whom an operator has reset.
    let (_, _) = set_up_app(&verifier, &alice, &login.challenge, 14 * DAY + 90).unwrap();
    verifier
        .reset(at(14 * DAY + 91), &alice.id, &SERVER, "lost")
        .unwrap();
    let login = begin(&verifier, &alice, 14 * DAY + 92);
    assert_eq!(login.state, LoginState::EnrolmentRequired);
}

#[test]
fn a_day_of_grace_is_written_once_and_a_site_without_a_policy_writes_nothing() {
    let verifier = licensed();
    let alice = user("7");
    let version = |verifier: &Verifier| {
        verifier
            .accounts
            .list("", 10, Some("\u{1f}"), at(0))
            .unwrap()
            .len()
    };
    begin(&verifier, &alice, 0);
    assert_eq!(version(&verifier), 0);
    set(&verifier, GRACE, 0);
    begin(&verifier, &alice, 0);
    assert_eq!(version(&verifier), 1);
    let before = verifier
        .accounts
        .read(&alice.id, at(0))
        .unwrap()
        .unwrap()
        .to_document()
        .unwrap();
    begin(&verifier, &alice, DAY);
    let after = verifier
        .accounts
        .read(&alice.id, at(0))
        .unwrap()
        .unwrap()
        .to_document()
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_proof_that_is_too_weak_leads_to_a_set_up_that_is_strong_enough() {
    let verifier = licensed();
    let alice = mailed("7");
    enrol_mailbox(&verifier, &alice, None, 0);
    set(&verifier, STRONG, 1);
    let login = begin(&verifier, &alice, 100);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    let by_password = set_up_app(&verifier, &alice, &login.challenge, 100);
    assert_eq!(denied(by_password.map(|_| ())), Denied::StepUpRequired);
    let proven = prove_by_mail(&verifier, &login.challenge, 100);
    assert_eq!(denied(proven), Denied::EnrolmentRequired);
    assert!(
        !verifier
            .offers_by(at(101), &login.challenge, Method::Email)
            .unwrap()
    );
    assert!(
        verifier
            .offers_by(at(101), &login.challenge, Method::Totp)
            .unwrap()
    );
    let weak = verifier.enable_email(at(101), &alice, &client(), Some(&login.challenge));
    assert!(matches!(weak, Err(Error::Factor(FactorError::TooWeak))));
    let (phone, enrolled) = set_up_app(&verifier, &alice, &login.challenge, 102).unwrap();
    assert_eq!(enrolled.verified.unwrap().amr(), ["otp", "mfa"]);
    // From then on the mailbox is not asked, and nobody who reads its mails is helped by it.
    let login = begin(&verifier, &alice, 400);
    assert_eq!(login.methods, [Method::Totp, Method::BackupCode]);
    let sent = verifier.send_code(at(400), &login.challenge, Method::Email, &client());
    assert_eq!(denied(sent.map(|_| ())), Denied::Rejected);
    let code = phone.at(at(400));
    let verified = verifier.verify(at(400), &login.challenge, Method::Totp, &code, &client());
    assert!(verified.is_ok());
}

#[test]
fn a_step_up_that_is_too_weak_gives_no_grant_and_leads_to_a_set_up() {
    let verifier = licensed();
    let alice = mailed("7");
    enrol_mailbox(&verifier, &alice, None, 0);
    set(&verifier, STRONG_STEP_UP, 1);
    let login = begin(&verifier, &alice, 100);
    assert!(
        prove_by_mail(&verifier, &login.challenge, 100).is_ok(),
        "a sign-in asks for less"
    );
    let step_up = verifier
        .begin_challenge(at(300), &alice, Purpose::StepUp, &client())
        .unwrap();
    let challenge = step_up.challenge.as_str();
    assert_eq!(
        denied(prove_by_mail(&verifier, challenge, 300)),
        Denied::EnrolmentRequired
    );
    // What acts on others, or takes something away, is no set-up.
    let removed = verifier.remove_everything(at(301), &alice.id, challenge, None);
    assert_eq!(denied(removed), Denied::StepUpRequired);
    let operator = Operator::in_request("7", Some(challenge));
    assert_eq!(
        denied(verifier.assert_operator(at(301), &operator)),
        Denied::StepUpRequired
    );
    assert_eq!(
        verifier
            .grant_expires(at(301), &alice.id, challenge)
            .unwrap(),
        None
    );
    let (phone, enrolled) = set_up_app(&verifier, &alice, challenge, 302).unwrap();
    assert!(enrolled.verified.is_none(), "it is no sign-in");
    let account = verifier.account(at(303), &alice.id).unwrap();
    assert_eq!(account.factors.len(), 3, "beside the mailbox");
    let step_up = verifier
        .begin_challenge(at(400), &alice, Purpose::StepUp, &client())
        .unwrap();
    assert_eq!(step_up.methods, [Method::Totp, Method::BackupCode]);
    let code = phone.at(at(400));
    let proof = verifier.verify(at(400), &step_up.challenge, Method::Totp, &code, &client());
    assert!(!proof.unwrap().grant.is_empty());
}

#[test]
fn ending_sessions_ends_a_step_up_that_was_too_weak_and_would_go_on_with_a_set_up() {
    let verifier = licensed();
    let alice = mailed("7");
    enrol_mailbox(&verifier, &alice, None, 0);
    set(&verifier, STRONG_STEP_UP, 1);
    let end = |which: usize, now: i64| match which {
        0 => verifier.end_sessions(at(now), &alice.id, None, &SERVER, "stolen"),
        1 => verifier.revoke_all_devices(at(now), &alice.id, &SERVER, "stolen"),
        _ => verifier.end_all_sessions(at(now), &SERVER, "stolen"),
    };
    for which in 0..3 {
        let now = 1_800 * i64::try_from(which + 1).unwrap();
        let step_up = verifier
            .begin_challenge(at(now), &alice, Purpose::StepUp, &client())
            .unwrap();
        let challenge = step_up.challenge.as_str();
        let weak = prove_by_mail(&verifier, challenge, now);
        assert_eq!(denied(weak), Denied::EnrolmentRequired);
        end(which, now + 1).unwrap();
        let late = set_up_app(&verifier, &alice, challenge, now + 2);
        assert_eq!(denied(late.map(|_| ())), Denied::StepUpRequired, "{which}");
    }
}

#[test]
fn roles_are_asked_for_where_a_rule_wants_them_and_nowhere_else() {
    let verifier = licensed();
    let unasked = User {
        standing: Standing::Unasked,
        ..user("7")
    };
    for policy in ["", NOW, ADMINS] {
        set(&verifier, policy, 1);
        let begun = verifier.begin_login(at(2), &unasked, &client());
        let is_wanted = matches!(begun, Err(Error::StandingWanted(_)));
        assert_eq!(is_wanted, policy == ADMINS, "{policy}");
    }
    let admin = begin(&verifier, &with_roles("7", &["admin"]), 2);
    assert_eq!(admin.state, LoginState::EnrolmentRequired);
    let editor = begin(&verifier, &with_roles("7", &["editor"]), 2);
    assert_eq!(editor.state, LoginState::Allowed);
    let unknown = begin(&verifier, &user("7"), 2);
    assert_eq!(
        unknown.state,
        LoginState::EnrolmentRequired,
        "nobody knows what they are"
    );
    // Nobody is asked for the sake of a policy that nobody may use.
    let late = verifier.begin_login(at(100 * DAY), &unasked, &client());
    assert_eq!(late.unwrap().state, LoginState::Allowed);
}

#[test]
fn an_ended_licence_asks_nobody_for_a_new_factor_and_goes_on_asking_for_what_is_enrolled() {
    let verifier = licensed();
    let (alice, bert, carl) = (mailed("7"), mailed("8"), mailed("9"));
    enrol_mailbox(&verifier, &alice, None, 0);
    enrol_mailbox(&verifier, &bert, None, 0);
    set(&verifier, STRONG, 1);
    // Alice has an app since, Bert his mailbox alone, Carl nothing; both were stopped.
    let login = begin(&verifier, &alice, 100);
    prove_by_mail(&verifier, &login.challenge, 100).unwrap_err();
    let (phone, _) = set_up_app(&verifier, &alice, &login.challenge, 101).unwrap();
    let login = begin(&verifier, &alice, 200);
    verifier
        .verify(
            at(200),
            &login.challenge,
            Method::Totp,
            &phone.at(at(200)),
            &client(),
        )
        .unwrap();
    let login = begin(&verifier, &bert, 100);
    assert_eq!(
        denied(prove_by_mail(&verifier, &login.challenge, 100)),
        Denied::EnrolmentRequired
    );
    assert_eq!(
        begin(&verifier, &carl, 100).state,
        LoginState::EnrolmentRequired
    );

    let late = 100 * DAY;
    let login = begin(&verifier, &carl, late);
    assert_eq!(
        (login.state, login.enrolment_due),
        (LoginState::Allowed, None)
    );
    let login = begin(&verifier, &bert, late);
    assert!(prove_by_mail(&verifier, &login.challenge, late).is_ok());
    let login = begin(&verifier, &alice, late);
    assert_eq!(
        login.methods,
        [Method::Totp, Method::BackupCode],
        "no weaker than before"
    );
    let code = phone.at(at(late));
    let proof = verifier.verify(at(late), &login.challenge, Method::Totp, &code, &client());
    assert!(proof.is_ok());
    // Without a policy nothing is left of it.
    set(&verifier, "", late + 100);
    let login = begin(&verifier, &alice, late + 101);
    assert!(login.methods.contains(&Method::Email));
}

#[test]
fn a_sign_in_that_was_open_when_the_policy_changed_is_begun_anew() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let login = begin(&verifier, &alice, 60);
    set(&verifier, STRONG, 61);
    let code = phone.at(at(62));
    let answer = verifier.verify(at(62), &login.challenge, Method::Totp, &code, &client());
    assert_eq!(denied(answer), Denied::ChallengeClosed);
    let login = begin(&verifier, &alice, 63);
    let answer = verifier.verify(at(63), &login.challenge, Method::Totp, &code, &client());
    assert!(answer.is_ok(), "nothing was spent or charged");
    // Nor can what was begun under a rule be confirmed under another.
    let bert = user("8");
    let login = begin(&verifier, &bert, 64);
    let setup = verifier
        .start_totp(at(64), &bert, None, Some(&login.challenge), None)
        .unwrap();
    set(&verifier, NOW, 65);
    let code = Totp::from_uri(&setup.uri).unwrap().at(at(66));
    let confirmed = verifier.confirm_totp(at(66), &setup.token, &code, &client());
    assert_eq!(denied(confirmed.map(|_| ())), Denied::ChallengeClosed);
}

#[test]
fn whoever_sets_a_policy_has_to_have_shown_what_it_asks() {
    let verifier = licensed();
    let (root, other) = (mailed("7"), user("8"));
    enrol(&verifier, &other);
    enrol_mailbox(&verifier, &root, None, 0);
    let wait = 2 * DAY;
    let step_up = |seconds: i64| {
        let challenge = verifier
            .begin_challenge(at(seconds), &root, Purpose::StepUp, &client())
            .unwrap()
            .challenge;
        prove_by_mail(&verifier, &challenge, seconds).unwrap().grant
    };
    let set_by = |policy: &str, grant: Option<&str>, seconds: i64| {
        let operator = Operator::in_request("7", grant);
        verifier.set_enforcement(at(seconds), policy, &operator, "why")
    };
    assert_eq!(denied(set_by(NOW, None, wait)), Denied::StepUpRequired);
    let grant = step_up(wait);
    let too_much = |answer: Result<(), Error>| matches!(answer, Err(Error::Invalid { argument: "policy", why }) if why.contains("no-restricted"));
    assert!(too_much(set_by(STRONG, Some(&grant), wait)));
    assert!(too_much(set_by(STRONG_STEP_UP, Some(&grant), wait)));
    let for_admins = STRONG.replace("\"all\"", r#"{"roles": ["admin"]}"#);
    assert!(
        too_much(set_by(&for_admins, Some(&grant), wait)),
        "who knows whether they are one"
    );
    assert!(set_by(NOW, Some(&grant), wait).is_ok());
    // What was proven under another policy, or under none, was proven.
    assert_eq!(
        denied(set_by("", Some(&grant), wait)),
        Denied::StepUpRequired
    );
    let grant = step_up(wait + 400);
    let but_me = STRONG.replace("\"level\"", r#""except": {"users": ["7"]}, "level""#);
    assert!(set_by(&but_me, Some(&grant), wait + 400).is_ok());
    let grant = step_up(wait + 800);
    assert!(set_by("", Some(&grant), wait + 800).is_ok());
    // With an app, but a proof by the mailbox, it is no better, whatever somebody else proves meanwhile.
    let (phone, _) = set_up_app(&verifier, &root, &step_up(wait + 1200), wait + 1200).unwrap();
    let grant = step_up(wait + 1600);
    assert!(too_much(set_by(STRONG, Some(&grant), wait + 1600)));
    let login = begin(&verifier, &root, wait + 1660);
    let code = phone.at(at(wait + 1660));
    let proof = verifier.verify(
        at(wait + 1660),
        &login.challenge,
        Method::Totp,
        &code,
        &client(),
    );
    assert!(proof.is_ok());
    assert!(too_much(set_by(STRONG, Some(&grant), wait + 1661)));
    let grant = super::step_up(&verifier, &root, &phone, wait + 1700);
    assert!(set_by(STRONG, Some(&grant), wait + 1700).is_ok());
}

/// Somebody with an app and a mailbox.
fn with_both(verifier: &Verifier, id: &str) -> (User, Totp) {
    let it = mailed(id);
    let (phone, _) = enrol(verifier, &it);
    let grant = super::step_up(verifier, &it, &phone, 60);
    enrol_mailbox(verifier, &it, Some(&grant), 61);
    (it, phone)
}

fn step_up_by_mail(verifier: &Verifier, user: &User, seconds: i64) -> Result<Verified, Error> {
    let opened = verifier.begin_challenge(at(seconds), user, Purpose::StepUp, &client())?;
    prove_by_mail(verifier, &opened.challenge, seconds)
}

const STRONG_LATER: &str = r#"{"rules": [{"for": "all", "level": "required", "grace_days": 14, "sign_in": "no-restricted"}]}"#;

#[test]
fn what_a_policy_asks_is_shown_by_whoever_changes_or_removes_it_also_in_the_time_of_grace() {
    let verifier = licensed();
    let (root, phone) = with_both(&verifier, "7");
    enrol(&verifier, &user("8"));
    set(&verifier, STRONG_LATER, DAY);
    let late = 2 * DAY;
    let weak = step_up_by_mail(&verifier, &root, late).unwrap().grant;
    let set_by = |policy: &str, grant: &str, seconds: i64| {
        let operator = Operator::in_request("7", Some(grant));
        verifier.set_enforcement(at(seconds), policy, &operator, "why")
    };
    for policy in ["", NOW] {
        let answer = denied(set_by(policy, &weak, late + 1));
        assert_eq!(answer, Denied::StepUpRequired, "{policy}");
    }
    let strong = super::step_up(&verifier, &root, &phone, late + 60);
    assert!(set_by("", &strong, late + 61).is_ok());
    // Where the licence has ended, what was asked last.
    set(&verifier, STRONG_LATER, late + 400);
    let after = late + 15 * DAY;
    super::step_up(&verifier, &root, &phone, after);
    let ended = 100 * DAY;
    let grant = super::step_up(&verifier, &root, &phone, ended);
    assert!(step_up_by_mail(&verifier, &root, ended + 60).is_err());
    assert!(set_by("", &grant, ended + 61).is_ok());
}

/// Of others: it asks nothing of an editor, and of whom nobody knows everything.
const OF_OTHERS: &str = r#"{"rules": [{"for": {"roles": ["boss"]}, "level": "required", "grace_days": 14, "sign_in": "no-restricted"}]}"#;

#[test]
fn the_end_of_a_licence_gives_nobody_authority_over_rules_that_they_could_not_change_before() {
    for policy in [OF_OTHERS, STRONG_LATER] {
        let verifier = licensed();
        let (_, phone) = with_both(&verifier, "7");
        let root = with_roles("7", &["editor"]);
        enrol(&verifier, &user("8"));
        set(&verifier, policy, DAY);
        // Signed in while nothing was due, so nothing was asked last.
        begin(&verifier, &root, DAY + 1);
        let ended = 100 * DAY;
        assert!(verifier.premium(at(ended)).is_err());
        let removed = |grant: &str, seconds: i64| {
            let operator = Operator::in_request("7", Some(grant));
            verifier.set_enforcement(at(seconds), "", &operator, "why")
        };
        let weak = step_up_by_mail(&verifier, &root, ended).unwrap().grant;
        let answer = denied(removed(&weak, ended + 1));
        assert_eq!(answer, Denied::StepUpRequired, "{policy}");
        let strong = super::step_up(&verifier, &root, &phone, ended + 60);
        assert!(removed(&strong, ended + 61).is_ok());
    }
}

#[test]
fn who_may_not_change_the_rules_takes_the_licence_away_neither() {
    let verifier = open_by(&[("licence_key", "stored")], None);
    license_entered(&verifier, 0);
    let (_, phone) = with_both(&verifier, "7");
    let root = with_roles("7", &["editor"]);
    enrol(&verifier, &user("8"));
    let change = |key: &str, grant: Option<&str>, seconds: i64| {
        let operator = Operator::in_request("7", grant);
        verifier.set_licence_key(at(seconds), key, None, Some((&operator, "why")))
    };
    set(&verifier, OF_OTHERS, DAY);
    let late = 2 * DAY;
    let weak = step_up_by_mail(&verifier, &root, late).unwrap().grant;
    for key in ["", "TF-OTHER-0000"] {
        for grant in [None, Some(weak.as_str())] {
            let answer = denied(change(key, grant, late + 1));
            assert_eq!(answer, Denied::StepUpRequired, "{key}");
        }
        let nobody = verifier.set_licence_key(at(late + 1), key, None, None);
        assert_eq!(denied(nobody), Denied::StepUpRequired, "{key}");
    }
    assert!(verifier.premium(at(late + 2)).is_ok());
    // The key that is there is no other one: it fails for there being no gateway here, and not for a proof.
    let same = verifier.set_licence_key(at(late + 1), "TF-ENTERED-0000", None, None);
    assert!(matches!(same, Err(Error::LicenceRequired(_))), "{same:?}");

    let strong = super::step_up(&verifier, &root, &phone, late + 60);
    assert_eq!(change("", Some(&strong), late + 61).unwrap(), None);
    assert!(verifier.premium(at(late + 62)).is_err());
    assert_eq!(kinds(&verifier), ["licence.forgotten", "policy.changed"]);
    // What is not there is taken away by nobody, and a key may come.
    assert_eq!(change("", None, late + 63).unwrap(), None);
    let first = verifier.set_licence_key(at(late + 63), "TF-OTHER-0000", None, None);
    assert!(matches!(first, Err(Error::LicenceRequired(_))), "{first:?}");
}

#[test]
fn without_rules_whoever_the_host_lets_takes_the_licence_away_and_it_is_noted_by_whom() {
    let verifier = open_by(&[("licence_key", "stored")], None);
    license_entered(&verifier, 0);
    verifier.set_licence_key(at(1), "", None, None).unwrap();
    license_entered(&verifier, 2);
    let by = verifier.set_licence_key(at(3), "", None, Some((&SERVER, "moved")));
    assert_eq!(by.unwrap(), None);
    let events = verifier.providers_audit(10, None).unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|it| (&*it.kind, it.by.as_deref(), it.reason.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("licence.forgotten", Some("root"), Some("moved")),
            ("licence.forgotten", None, None)
        ]
    );
    license_entered(&verifier, 4);
    let nameless = verifier.set_licence_key(at(5), "", None, Some((&SERVER, " ")));
    assert!(matches!(nameless, Err(Error::Invalid { .. })));
}

#[test]
fn of_whom_only_groups_are_known_every_rule_is_that_asks_for_a_role() {
    let verifier = licensed();
    set(&verifier, ADMINS, 0);
    let half = |roles: Option<&[&str]>, groups: Option<&[&str]>| {
        let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
        let it = User {
            standing: Standing::Known(Memberships {
                roles: roles.map(names),
                groups: groups.map(names),
            }),
            ..user("7")
        };
        begin(&verifier, &it, 1).state
    };
    assert_eq!(half(None, Some(&["g"])), LoginState::EnrolmentRequired);
    assert_eq!(half(None, None), LoginState::EnrolmentRequired);
    assert_eq!(half(Some(&[]), None), LoginState::Allowed);
    assert_eq!(half(Some(&["admin"]), None), LoginState::EnrolmentRequired);
}

#[test]
fn a_dry_run_names_the_rules_that_are_for_somebody_so_that_one_for_nobody_is_seen() {
    let verifier = licensed();
    let policy = r#"{"rules": [
        {"for": {"roles": ["admin"]}, "level": "required-now"}, {"for": "all", "level": "off"},
        {"for": {"roles": ["administrator"], "users": ["10"]}, "level": "required-now"},
        {"for": {"groups": ["nobody"]}, "level": "encourage", "again_days": 3}]}"#;
    let users = [with_roles("9", &["editor"]), with_roles("10", &["admin"])];
    let found = verifier.preview_enforcement(at(0), policy, &users).unwrap();
    let rules: Vec<_> = found.into_iter().map(|it| it.rules).collect();
    assert_eq!(rules, [vec![1], vec![0, 1, 2]]);
}

#[test]
fn a_weak_proof_removes_no_app_where_a_sign_in_asks_for_more_nor_one_from_before_it_did() {
    let verifier = licensed();
    let (alice, _) = with_both(&verifier, "7");
    let grant = step_up_by_mail(&verifier, &alice, DAY).unwrap().grant;
    set(&verifier, STRONG, DAY + 1);
    let removed = verifier.remove(at(DAY + 2), &alice.id, Method::Totp, &grant, None);
    assert_eq!(denied(removed), Denied::StepUpRequired);
    let weaker_step_up = STRONG.replace("\"sign_in\"", r#""step_up": "any", "sign_in""#);
    set(&verifier, &weaker_step_up, DAY + 3);
    let answer = step_up_by_mail(&verifier, &alice, DAY + 400);
    assert_eq!(denied(answer), Denied::Rejected);
}

#[test]
fn no_challenge_from_before_the_day_is_a_way_around_what_is_due() {
    let verifier = licensed();
    let (alice, _) = with_both(&verifier, "7");
    let bert = mailed("8");
    enrol_mailbox(&verifier, &bert, None, 61);
    set(&verifier, STRONG_LATER, DAY);
    let login = begin(&verifier, &alice, DAY);
    assert!(login.methods.contains(&Method::Email));
    let step_up = verifier
        .begin_challenge(at(DAY), &alice, Purpose::StepUp, &client())
        .unwrap();
    let of_bert = begin(&verifier, &bert, DAY);
    let late = 16 * DAY;
    for challenge in [&login.challenge, &step_up.challenge] {
        let answer = prove_by_mail(&verifier, challenge, late);
        assert_eq!(denied(answer), Denied::Rejected);
    }
    let answer = prove_by_mail(&verifier, &of_bert.challenge, late);
    assert_eq!(denied(answer), Denied::EnrolmentRequired);
    assert!(set_up_app(&verifier, &bert, &of_bert.challenge, late).is_ok());
    // Nor is one that was opened while the licence was away, once there is one again.
    let carl = mailed("9");
    enrol_mailbox(&verifier, &carl, None, late);
    let away = 200 * DAY;
    let login = begin(&verifier, &carl, away);
    license(&verifier, away);
    let answer = prove_by_mail(&verifier, &login.challenge, away + 1800);
    assert_eq!(denied(answer), Denied::ChallengeClosed);
}

#[test]
fn a_rule_that_nobody_could_follow_is_refused_and_so_is_what_no_policy_is() {
    let verifier = licensed();
    for (policy, told) in [
        (
            "{",
            "must be a policy: the policy must be JSON in which no name is there twice: see line 1, column 1",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "required-now", "sign_in": "phishing-resistant"}]}"#,
            "must be a policy: rules[0].sign_in cannot be \"phishing-resistant\" yet: that takes passkeys, which this version does not have",
        ),
    ] {
        let refused = verifier.set_enforcement(at(0), policy, &SERVER, "why");
        assert!(
            matches!(&refused, Err(Error::Invalid { argument: "policy", why }) if why == told),
            "{refused:?}"
        );
    }
    for (by, why) in [("", "why"), ("root", " ")] {
        let refused = verifier.set_enforcement(at(0), NOW, &Operator::on_server(by), why);
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
    assert_eq!(verifier.enforcement().unwrap(), None);
}

#[test]
fn a_dry_run_says_what_would_become_of_whom_and_writes_nothing() {
    let verifier = licensed();
    let (app, mail) = (user("7"), mailed("8"));
    enrol(&verifier, &app);
    enrol_mailbox(&verifier, &mail, None, 0);
    let users = [
        app,
        mail,
        with_roles("9", &["editor"]),
        with_roles("10", &["admin"]),
    ];
    let foreseen = |policy: &str| {
        let all = verifier
            .preview_enforcement(at(100), policy, &users)
            .unwrap();
        all.into_iter()
            .map(|it| (it.user.as_str().to_owned(), it.outcome.as_str()))
            .collect::<Vec<_>>()
    };
    let names = |outcomes: [&'static str; 4]| {
        let users = ["7", "8", "9", "10"].map(str::to_owned);
        users.into_iter().zip(outcomes).collect::<Vec<_>>()
    };
    assert_eq!(
        foreseen(STRONG),
        names(["unaffected", "stopped", "stopped", "stopped"])
    );
    assert_eq!(
        foreseen(STRONG_STEP_UP),
        names(["unaffected", "step-up", "stopped", "stopped"])
    );
    assert_eq!(
        foreseen(GRACE),
        names(["unaffected", "unaffected", "grace", "grace"])
    );
    assert_eq!(
        foreseen(ADMINS),
        names(["unaffected", "unaffected", "unaffected", "stopped"])
    );
    assert_eq!(
        foreseen(ENCOURAGE),
        names(["unaffected", "unaffected", "encouraged", "encouraged"])
    );
    let unasked = User {
        standing: Standing::Unasked,
        ..user("11")
    };
    let preview = verifier.preview_enforcement(at(100), ADMINS, &[unasked]);
    assert!(matches!(preview, Err(Error::StandingWanted(_))));
    let many = vec![user("7"); 1001];
    let preview = verifier.preview_enforcement(at(100), NOW, &many);
    assert!(matches!(
        preview,
        Err(Error::Invalid {
            argument: "users",
            ..
        })
    ));
    assert!(
        verifier
            .accounts
            .read(&user("9").id, at(100))
            .unwrap()
            .is_none()
    );
    assert_eq!(verifier.enforcement().unwrap(), None);
}

#[test]
fn what_is_asked_of_somebody_is_told_before_their_days_of_grace_begin_and_until_it_is_done() {
    let verifier = licensed();
    let alice = mailed("7");
    assert_eq!(
        verifier.asked_of(at(0), &alice).unwrap(),
        Asked::default(),
        "without a policy"
    );
    let policy = GRACE.replace("\"level\"", r#""step_up": "no-restricted", "level""#);
    set(&verifier, &policy, 0);
    let asked = |seconds| verifier.asked_of(at(seconds), &alice).unwrap();
    for seconds in [1, DAY] {
        let due = Some(at(seconds + 14 * DAY));
        let told = (asked(seconds).due, asked(seconds).step_up_due);
        assert_eq!(told, (due, due), "if they signed in now");
        assert!(!asked(seconds).has_begun);
    }
    begin(&verifier, &alice, 2 * DAY);
    let due = Some(at(16 * DAY));
    for seconds in [2 * DAY, 3 * DAY] {
        assert_eq!(asked(seconds).due, due);
        assert!(asked(seconds).has_begun);
    }
    enrol_mailbox(&verifier, &alice, None, 3 * DAY);
    assert_eq!(asked(4 * DAY).due, None, "that is enough for a sign-in");
    assert_eq!(asked(4 * DAY).step_up_due, due);
    assert_eq!(asked(20 * DAY).step_up_due, due, "and is overdue");
    enrol(&verifier, &user("8"));
    let other = verifier.asked_of(at(20 * DAY), &user("8")).unwrap();
    assert_eq!((other.due, other.step_up_due), (None, None));
}

#[test]
fn a_suggestion_is_put_off_by_its_user_and_comes_again() {
    let verifier = licensed();
    let alice = user("7");
    verifier
        .skip_encouragement(at(0), &alice, &client())
        .unwrap();
    assert!(
        verifier.accounts.read(&alice.id, at(0)).unwrap().is_none(),
        "nothing was suggested"
    );
    set(&verifier, ENCOURAGE, 0);
    let shown = |seconds: i64| {
        let login = begin(&verifier, &alice, seconds);
        assert_eq!(
            (login.state, login.enrolment_due),
            (LoginState::Allowed, None)
        );
        assert_eq!(
            verifier
                .asked_of(at(seconds), &alice)
                .unwrap()
                .is_encouraged,
            login.is_encouraged
        );
        login.is_encouraged
    };
    assert!(shown(1) && shown(DAY));
    verifier
        .skip_encouragement(at(DAY), &alice, &client())
        .unwrap();
    assert!(!shown(DAY) && !shown(31 * DAY - 1));
    assert!(shown(31 * DAY));
    let events = verifier.audit(Some(&alice.id), 10, None).unwrap();
    let put_off = events
        .iter()
        .filter(|it| it.kind == EventKind::EncouragementPutOff.as_str());
    assert_eq!(put_off.count(), 1);
    enrol(&verifier, &user("8"));
    assert!(!begin(&verifier, &user("8"), DAY).is_encouraged);
}

#[test]
fn a_dry_run_names_whom_a_strong_rule_leaves_without_a_code() {
    let verifier = licensed();
    let (coded, bare) = (user("7"), user("8"));
    enrol(&verifier, &coded);
    let (_, codes) = enrol(&verifier, &bare);
    for (n, code) in (100..).zip(&codes) {
        let challenge = begin(&verifier, &bare, n).challenge;
        let spent = verifier.verify(at(n), &challenge, Method::BackupCode, code, &client());
        assert!(spent.is_ok());
    }
    let mailbox = mailed("9");
    enrol_mailbox(&verifier, &mailbox, None, 200);
    let users = [coded, bare.clone(), mailbox, user("10")];
    let lacking = |policy: &str| {
        let found = verifier
            .preview_enforcement(at(300), policy, &users)
            .unwrap();
        let lacking = found.into_iter().filter(|it| it.lacks_codes);
        lacking
            .map(|it| it.user.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    for policy in [STRONG, STRONG_LATER, STRONG_STEP_UP] {
        assert_eq!(lacking(policy), ["8"], "{policy}");
    }
    assert!(lacking(NOW).is_empty(), "the mailbox would do");
}

#[test]
fn a_policy_that_another_process_has_changed_counts_at_once() {
    let fixture = Fixture::new();
    let (one, other) = (open_with(&fixture.url()), open_with(&fixture.url()));
    license(&one, 0);
    let (asked, free) = (LoginState::EnrolmentRequired, LoginState::Allowed);
    let changes = [(NOW, asked), (GRACE, free), (NOW, asked), ("", free)];
    for (n, (policy, state)) in changes.into_iter().enumerate() {
        set(&other, policy, 1);
        for (m, verifier) in [&one, &other, &one].into_iter().enumerate() {
            // Somebody new: of one who was asked before the day stands.
            let begun = begin(verifier, &user(&format!("{n}{m}")), 2);
            assert_eq!(begun.state, state, "{policy}");
        }
    }
}

#[test]
fn a_policy_that_does_not_open_denies_until_the_server_writes_another() {
    let fixture = Fixture::new();
    let verifier = open_with(&fixture.url());
    license(&verifier, 0);
    let (alice, bert) = (user("7"), user("8"));
    enrol(&verifier, &alice);
    for mends in [NOW, ""] {
        set(&verifier, NOW, 1);
        fixture.damage(RowKind::Enrolment);
        for user in [&alice, &bert] {
            let begun = verifier.begin_login(at(2), user, &client());
            assert!(
                matches!(begun, Err(Error::Unavailable(Unavailable::Account(_)))),
                "{user:?}"
            );
        }
        set(&verifier, mends, 3);
        begin(&verifier, &alice, 3);
        begin(&verifier, &bert, 3);
    }
}

#[test]
fn whoever_is_asked_for_a_factor_and_has_none_is_reminded_once_a_day_without_a_link() {
    let verifier = licensed();
    let anna = User {
        locale: Some("de-DE".to_owned()),
        ..mailed("7")
    };
    let remind = |user: &User, seconds: i64| {
        verifier
            .remind(at(seconds), user, &SERVER, "please")
            .unwrap()
    };
    assert_eq!(remind(&anna, 0), Reminder::NotAsked);
    assert!(
        verifier.accounts.read(&anna.id, at(0)).unwrap().is_none(),
        "of whom nothing is asked nothing is kept"
    );
    set(&verifier, GRACE, 0);
    assert_eq!(remind(&user("9"), 1), Reminder::NoAddress);
    assert!(
        verifier
            .accounts
            .read(&user("9").id, at(1))
            .unwrap()
            .is_none()
    );
    assert_eq!(remind(&anna, 1), Reminder::Written);
    for seconds in [1, 2, DAY] {
        assert_eq!(remind(&anna, seconds), Reminder::Lately, "{seconds}");
    }
    let told = verifier.pending_notices(at(3), 50).unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to.as_deref(), Some("user7@example.org"));
    let mail = &told[0].mail;
    assert!(
        mail.subject
            .contains("Bitte richten Sie Ihren zweiten Faktor ein")
    );
    for text in [&*mail.text, &*mail.html] {
        assert!(text.contains("keinen Link"), "{text}");
        assert!(!text.contains("://") && !text.contains("root"), "{text}");
    }
    assert_eq!(remind(&anna, 1 + DAY), Reminder::Written);
    let events = verifier.audit(Some(&anna.id), 10, None).unwrap();
    let reminded: Vec<_> = events
        .iter()
        .filter(|it| it.kind == EventKind::Reminded.as_str())
        .collect();
    assert_eq!(reminded.len(), 2);
    assert_eq!(reminded[0].by.as_deref(), Some("root"));
    assert_eq!(reminded[0].reason.as_deref(), Some("please"));
    enrol(&verifier, &anna);
    assert_eq!(remind(&anna, 3 * DAY), Reminder::NotAsked);
    // Of whom an operator requires it, whatever the site's rules say.
    verifier
        .require_enrolment(at(3 * DAY), &mailed("8").id, None, &SERVER, "by name")
        .unwrap();
    assert_eq!(remind(&mailed("8"), 3 * DAY), Reminder::Written);
}

#[test]
fn nobody_is_reminded_without_a_licence_or_a_proof() {
    let verifier = licensed();
    set(&verifier, NOW, 0);
    let thief = Operator::in_request("1", None);
    let refused = verifier.remind(at(0), &mailed("7"), &thief, "please");
    assert!(matches!(
        refused,
        Err(Error::Denied(Denied::StepUpRequired))
    ));
    assert!(
        verifier
            .accounts
            .read(&mailed("7").id, at(0))
            .unwrap()
            .is_none()
    );
    let other = open_with("memory:");
    let refused = other.remind(at(0), &mailed("7"), &SERVER, "please");
    assert!(matches!(refused, Err(Error::LicenceRequired(_))));
}
