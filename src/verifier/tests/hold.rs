//! The link of a notice, from the mail to the hold, and every call while changes are on hold.

use proptest::prelude::*;

use super::*;
use crate::account::NoticeKind;
use crate::audit::{EventKind, Severity};

const PAGE: &str = "https://www.example.com/not-me?token=";
const DAY: i64 = 86_400;
/// Long after anna's codes were made.
const LATER: i64 = 30 * DAY;

fn opened(settings: &[(&str, &str)]) -> Verifier {
    let own = [("store", "memory:"), ("notice_url", PAGE)];
    let config = Config::parse(own.iter().chain(settings).copied()).unwrap();
    Verifier::open(config, None, true).unwrap()
}

fn anna() -> User {
    User {
        email: Some("anna@example.org".to_owned()),
        locale: Some("de".to_owned()),
        ..user("7")
    }
}

fn token_in(message: &Message) -> Option<String> {
    let mut lines = message.mail.text.lines();
    let token = lines.find_map(|line| line.strip_prefix(PAGE))?;
    assert!(message.mail.html.contains(token));
    Some(token.to_owned())
}

fn pending(verifier: &Verifier, seconds: i64) -> Vec<Message> {
    let messages = verifier.pending_notices(at(seconds), 50).unwrap();
    sent(verifier, &messages, seconds);
    messages
}

fn subjects(messages: &[Message]) -> Vec<(String, bool)> {
    let shown = |it: &Message| {
        let subject = it.mail.subject.trim_start_matches("default: ").to_owned();
        (subject, it.to.is_none())
    };
    messages.iter().map(shown).collect()
}

/// The token of the link in a mail that somebody caused.
fn link(verifier: &Verifier, seconds: i64) -> String {
    let admin = Operator::on_server("root");
    verifier
        .unlock(at(seconds), &anna().id, &admin, "asked")
        .unwrap();
    let told = pending(verifier, seconds);
    told.iter().find_map(token_in).unwrap()
}

fn repudiate(verifier: &Verifier, token: &str, seconds: i64) -> Result<(), Error> {
    verifier.repudiate(at(seconds), token, &client())
}

fn release(verifier: &Verifier, operator: &Operator<'_>, seconds: i64) -> Result<(), Error> {
    verifier.release_hold(at(seconds), &anna().id, operator, "she called")
}

fn held_since(verifier: &Verifier, seconds: i64) -> Option<UnixTime> {
    verifier
        .account(at(seconds), &anna().id)
        .unwrap()
        .held_since
}

#[test]
fn a_mail_has_a_link_where_the_host_has_a_page_and_nowhere_else() {
    let verifier = opened(&[]);
    enrol(&verifier, &anna());
    assert!(!link(&verifier, 1).is_empty());
    let config = Config::parse([("store", "memory:")]).unwrap();
    let verifier = Verifier::open(config, None, true).unwrap();
    enrol(&verifier, &anna());
    let admin = Operator::on_server("root");
    verifier.unlock(at(1), &anna().id, &admin, "asked").unwrap();
    let told = pending(&verifier, 1);
    assert!(
        !told[0].mail.text.contains("http"),
        "{}",
        &*told[0].mail.text
    );
}

#[test]
fn opening_a_link_changes_nothing_and_says_what_was_told_in_the_users_language() {
    let verifier = opened(&[]);
    enrol(&verifier, &anna());
    let token = link(&verifier, LATER);
    let before = (
        verifier.audit(None, 100, None).unwrap().len(),
        verifier.account(at(LATER), &anna().id).unwrap().epoch,
    );
    for seconds in 0..50 {
        let notice = verifier.open_notice(at(LATER + seconds), &token).unwrap();
        assert_eq!(
            (notice.kind, notice.title, notice.language),
            (
                NoticeKind::Unlocked,
                "Die Sperren Ihres Kontos wurden aufgehoben",
                "de"
            )
        );
        assert_eq!((notice.user, notice.at), (anna().id, at(LATER)));
        assert_eq!((notice.is_used, notice.held_since), (false, None));
    }
    let after = (
        verifier.audit(None, 100, None).unwrap().len(),
        verifier.account(at(LATER), &anna().id).unwrap().epoch,
    );
    assert_eq!(after, before);
}

#[test]
fn forged_foreign_expired_and_unknown_links_are_one_answer_and_leave_no_trace() {
    let verifier = opened(&[]);
    let (_, codes) = enrol(&verifier, &anna());
    let token = link(&verifier, LATER);
    let other_site = opened(&[("site", "other")]);
    enrol(&other_site, &anna());
    let foreign = link(&other_site, LATER);
    let mut forged = token.clone().into_bytes();
    forged[40] ^= 1;
    let forged = String::from_utf8(forged).unwrap();
    let challenge = verifier
        .begin_login(at(LATER), &anna(), &client())
        .unwrap()
        .challenge;
    let events = verifier.audit(None, 100, None).unwrap().len();
    let week = LATER + 7 * DAY;
    for (wrong, seconds) in [
        ("", LATER),
        ("x", LATER),
        (&"A".repeat(4096), LATER),
        (&*forged, LATER),
        (&*foreign, LATER),
        (&*challenge, LATER),
        (&*codes[0], LATER),
        (&*token, week),
        (&*token, LATER - 31),
    ] {
        let opened = verifier.open_notice(at(seconds), wrong);
        assert_eq!(denied(opened), Denied::LinkOver);
        let done = repudiate(&verifier, wrong, seconds);
        assert_eq!(denied(done), Denied::LinkOver);
    }
    // Of a user of whom nothing is left.
    let empty = opened(&[]);
    assert_eq!(
        denied(empty.open_notice(at(LATER), &token)),
        Denied::LinkOver
    );
    assert!(empty.accounts(at(LATER), "", 10, None).unwrap().is_empty());
    // Nothing but that a clock was set back.
    let noted = verifier.audit(None, 100, None).unwrap();
    assert_eq!(noted.len(), events + 1);
    assert_eq!(noted[0].kind, "clock.set-back");
    assert_eq!(held_since(&verifier, LATER), None);
    assert!(repudiate(&verifier, &token, week - 1).is_ok());
}

#[test]
fn a_link_works_once_ends_every_sign_in_and_tells_user_and_administrators() {
    let verifier = opened(&[]);
    let (phone, _) = enrol(&verifier, &anna());
    let login = verifier.begin_login(at(60), &anna(), &client()).unwrap();
    let code = phone.at(at(60));
    let verified = verifier
        .verify(at(60), &login.challenge, Method::Totp, &code, &client())
        .unwrap();
    verifier
        .admit_session(at(60), CameOf::Verified(&verified), b"cookie", &client())
        .unwrap();
    let token = link(&verifier, LATER);
    let counts = |seconds| verifier.session_counts(at(seconds), &anna().id, b"cookie");
    assert!(counts(LATER).unwrap());
    repudiate(&verifier, &token, LATER + 1).unwrap();
    assert!(!counts(LATER + 1).unwrap());
    let again = repudiate(&verifier, &token, LATER + 2);
    assert_eq!(denied(again), Denied::LinkOver);
    let notice = verifier.open_notice(at(LATER + 2), &token).unwrap();
    assert_eq!(
        (notice.is_used, notice.held_since),
        (true, Some(at(LATER + 1)))
    );
    let told = pending(&verifier, LATER + 3);
    let title = "Änderungen an Ihren zweiten Faktoren sind angehalten".to_owned();
    // Administrators never read in the language of whom it is about.
    let others = "Changes of the second factors of an account are on hold".to_owned();
    assert_eq!(subjects(&told), [(title, false), (others, true)]);
    assert!(told.iter().all(|it| token_in(it).is_none()));
    let event = verifier.audit(None, 1, None).unwrap().remove(0);
    assert_eq!(
        (event.kind.as_str(), event.severity, event.reason.as_deref()),
        ("changes.held", Severity::Alert, Some("unlocked"))
    );
    assert_eq!(event.ip.as_deref(), Some("192.0.2.1"));
    assert!(verifier.audit_is_intact(&anna().id).unwrap());
}

/// A user who may act on others, with the grant that lets them.
fn administrator(verifier: &Verifier, name: &str, seconds: i64) -> Zeroizing<String> {
    let admin = user(name);
    let (phone, _) = enrol(verifier, &admin);
    step_up(verifier, &admin, &phone, seconds)
}

#[test]
fn the_user_ends_a_hold_with_a_backup_code_and_an_older_mail_holds_nothing_again() {
    let verifier = opened(&[]);
    let (phone, codes) = enrol(&verifier, &anna());
    let (older, token) = (link(&verifier, LATER), link(&verifier, LATER + 1));
    repudiate(&verifier, &token, LATER + 2).unwrap();
    pending(&verifier, LATER + 2);
    let own = |grant: &'static str| Operator::in_request("7", Some(grant));
    for seconds in [LATER + 3, LATER + 4] {
        let nothing = release(&verifier, &own("x"), seconds);
        assert_eq!(denied(nothing), Denied::StepUpRequired);
    }
    let by_app = step_up(&verifier, &anna(), &phone, LATER + 60);
    let answer = release(
        &verifier,
        &Operator::in_request("7", Some(&by_app)),
        LATER + 60,
    );
    assert_eq!(denied(answer), Denied::StepUpRequired);
    let challenge = verifier
        .begin_challenge(at(LATER + 61), &anna(), Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    let verified = verifier
        .verify(
            at(LATER + 61),
            &challenge,
            Method::BackupCode,
            &codes[0],
            &client(),
        )
        .unwrap();
    let spent = token_in(&verified.notices[0]).unwrap();
    sent(&verifier, &verified.notices, LATER + 61);
    let by_code = Operator::in_request("7", Some(&verified.grant));
    release(&verifier, &by_code, LATER + 62).unwrap();
    assert_eq!(held_since(&verifier, LATER + 62), None);
    let told = pending(&verifier, LATER + 63);
    assert_eq!(
        subjects(&told)[0],
        (
            "Änderungen an Ihren zweiten Faktoren sind wieder möglich".to_owned(),
            false
        )
    );
    for used in [&older, &token, &spent] {
        let again = repudiate(&verifier, used, LATER + 64);
        assert_eq!(denied(again), Denied::LinkOver);
    }
    let event = verifier.audit(None, 1, None).unwrap().remove(0);
    assert_eq!(
        (event.kind.as_str(), event.method),
        ("changes.released", Some(Method::BackupCode))
    );
    // The same proof changes what it could have changed before.
    verifier
        .regenerate_codes(
            at(LATER + 65),
            &anna().id,
            Method::BackupCode,
            &verified.grant,
            None,
        )
        .unwrap();
}

#[test]
fn another_administrator_and_the_server_end_a_hold_and_nobody_who_is_on_hold_does() {
    let verifier = opened(&[]);
    let (phone, _) = enrol(&verifier, &anna());
    let token = link(&verifier, LATER);
    repudiate(&verifier, &token, LATER).unwrap();
    let none = Operator::in_request("admin", None);
    assert_eq!(
        denied(release(&verifier, &none, LATER)),
        Denied::StepUpRequired
    );
    // Somebody on hold acts on nobody: what they would prove may be a thief's.
    let own = step_up(&verifier, &anna(), &phone, LATER + 60);
    let anna_as_operator = Operator::in_request("7", Some(&own));
    let bob = user("8").id;
    enrol(&verifier, &user("8"));
    let acts = [
        verifier
            .reset(at(LATER + 61), &bob, &anna_as_operator, "why")
            .map(|_| ()),
        verifier.unlock(at(LATER + 61), &bob, &anna_as_operator, "why"),
        verifier.assert_operator(at(LATER + 61), &anna_as_operator),
        verifier
            .reset(at(LATER + 61), &anna().id, &anna_as_operator, "why")
            .map(|_| ()),
        verifier
            .export(at(LATER + 61), &anna().id, &anna_as_operator)
            .map(|_| ()),
    ];
    for act in acts {
        assert_eq!(denied(act), Denied::OnHold);
    }
    // Their own sign-ins they may end.
    verifier
        .end_sessions(at(LATER + 62), &anna().id, None, &anna_as_operator, "mine")
        .unwrap();
    let grant = administrator(&verifier, "admin", LATER + 2 * DAY);
    let admin = Operator::in_request("admin", Some(&grant));
    release(&verifier, &admin, LATER + 2 * DAY).unwrap();
    assert_eq!(held_since(&verifier, LATER + 2 * DAY), None);
    let event = verifier.audit(None, 1, None).unwrap().remove(0);
    assert_eq!(
        (event.by.as_deref(), event.reason.as_deref()),
        (Some("admin"), Some("she called"))
    );
    repudiate(
        &verifier,
        &link(&verifier, LATER + 3 * DAY),
        LATER + 3 * DAY,
    )
    .unwrap();
    let server = Operator::on_server("7");
    release(&verifier, &server, LATER + 3 * DAY + 1).unwrap();
    assert_eq!(held_since(&verifier, LATER + 3 * DAY + 1), None);
}

#[test]
fn an_emergency_ends_no_hold_and_resets_nobody_who_is_on_hold() {
    let from = at(LATER).seconds();
    let emergency = format!("{}/{}", from, from + 1800);
    let verifier = opened(&[("emergency", &emergency)]);
    enrol(&verifier, &anna());
    let account = verifier.account(at(LATER - 1), &anna().id).unwrap();
    let factor = account.factors[0].id.clone();
    let token = link(&verifier, LATER - 1);
    repudiate(&verifier, &token, LATER - 1).unwrap();
    for by in ["7", "admin"] {
        let operator = Operator::in_request(by, None);
        assert_eq!(
            denied(release(&verifier, &operator, LATER + 1)),
            Denied::StepUpRequired
        );
        let reset = verifier.reset(at(LATER + 1), &anna().id, &operator, "why");
        assert_eq!(denied(reset), Denied::OnHold);
        let (now, id) = (at(LATER + 1), &anna().id);
        let suspended = verifier.suspend_factor(now, id, &factor, &operator, "why");
        let resumed = verifier.resume_factor(now, id, &factor, &operator, "why");
        for refused in [suspended, resumed] {
            assert_eq!(denied(refused), Denied::OnHold);
        }
    }
}

#[test]
fn an_enrolment_that_is_required_waits_until_the_hold_is_over() {
    let verifier = opened(&[]);
    enrol(&verifier, &anna());
    let token = link(&verifier, LATER);
    repudiate(&verifier, &token, LATER).unwrap();
    let admin = Operator::on_server("root");
    let now = at(LATER + 1);
    verifier.reset(now, &anna().id, &admin, "lost").unwrap();
    verifier
        .require_enrolment(now, &anna().id, None, &admin, "lost")
        .unwrap();
    let login = verifier.begin_login(now, &anna(), &client()).unwrap();
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    let start = |seconds| {
        let challenge = Some(login.challenge.as_str());
        verifier.start_totp(at(seconds), &anna(), None, challenge, None)
    };
    assert_eq!(denied(start(LATER + 2)), Denied::OnHold);
    release(&verifier, &admin, LATER + 3).unwrap();
    let setup = start(LATER + 4).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(LATER + 4));
    let enrolled = verifier
        .confirm_totp(at(LATER + 4), &setup.token, &code, &client())
        .unwrap();
    assert!(enrolled.verified.is_some());
}

#[test]
fn the_last_recovery_code_switches_nothing_off_while_changes_are_on_hold() {
    let verifier = opened(&[("secrets", "derived")]);
    let setup = verifier
        .start_totp(at(0), &anna(), None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
        .unwrap();
    sent(&verifier, &enrolled.notices, 0);
    let last = enrolled.recovery_codes.last().unwrap().clone();
    let token = link(&verifier, LATER);
    repudiate(&verifier, &token, LATER).unwrap();
    let method = Method::RecoveryCode;
    for seconds in [LATER + 1, LATER + 2] {
        let login = verifier
            .begin_login(at(seconds), &anna(), &client())
            .unwrap();
        let verified = verifier
            .verify(at(seconds), &login.challenge, method, &last, &client())
            .unwrap();
        assert!(!verified.switched_off);
        let account = verifier.account(at(seconds), &anna().id).unwrap();
        assert!(account.enrolled && account.recovery_codes_left == 1);
        assert!(account.code_ends_hold);
    }
    let challenge = verifier
        .begin_challenge(at(LATER + 3), &anna(), Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    let verified = verifier
        .verify(at(LATER + 3), &challenge, method, &last, &client())
        .unwrap();
    let operator = Operator::in_request("7", Some(&verified.grant));
    release(&verifier, &operator, LATER + 4).unwrap();
    let login = verifier
        .begin_login(at(LATER + 5), &anna(), &client())
        .unwrap();
    let verified = verifier
        .verify(at(LATER + 5), &login.challenge, method, &last, &client())
        .unwrap();
    assert!(verified.switched_off);
}

#[test]
fn a_page_for_links_is_one_place_however_it_is_read() {
    let parsed = |url| Config::parse([("store", "memory:"), ("notice_url", url)]).is_ok();
    for good in [
        "",
        PAGE,
        "https://www.example.com/not-me/",
        "https://www.example.com:8443/a?b=1&token=",
        "http://127.0.0.1:8080/admin/login.php?twofactor_notice=",
        "http://localhost/x=",
        "http://[::1]/x=",
    ] {
        assert!(parsed(good), "{good}");
    }
    for wrong in [
        "www.example.com/not-me?token=",
        "//www.example.com/x=",
        "/not-me?token=",
        "http://www.example.com/not-me?token=",
        "http://127.0.0.1.example.com/x=",
        "https:///x=",
        "https://user@www.example.com/x=",
        "https://127.0.0.1@example.com/x=",
        "https://www.example.com",
        "https://www.example.com/not-me",
        "https://www.example.com/#token=",
        "https://www.example.com/\"x=",
        "https://www.example.com/ x=",
        "https://www.example.com/\nx=",
        "https://www.example.com\\@evil.example/x=",
        "javascript://www.example.com/x=",
        &format!("https://www.example.com/{}=", "x".repeat(300)),
    ] {
        assert!(!parsed(wrong), "{wrong}");
    }
}

/// Everything that a user, or who holds what they hold, can ask for while changes are on hold.
#[derive(Debug, Clone, Copy)]
enum Call {
    StartTotp,
    StartByLogin,
    ConfirmTotp,
    EnableEmail,
    ConfirmEmail,
    Rename,
    RemoveFactor,
    Remove,
    RemoveEverything,
    Regenerate,
    Rotate,
    ConfirmRotation,
    SetPrimary,
    ResetOneself,
    ReleaseByApp,
    ReleaseAsStranger,
    SignIn,
    BackupCode,
    Require,
    Raise,
    Repudiate,
}

const CALLS: [Call; 21] = [
    Call::StartTotp,
    Call::StartByLogin,
    Call::ConfirmTotp,
    Call::EnableEmail,
    Call::ConfirmEmail,
    Call::Rename,
    Call::RemoveFactor,
    Call::Remove,
    Call::RemoveEverything,
    Call::Regenerate,
    Call::Rotate,
    Call::ConfirmRotation,
    Call::SetPrimary,
    Call::ResetOneself,
    Call::ReleaseByApp,
    Call::ReleaseAsStranger,
    Call::SignIn,
    Call::BackupCode,
    Call::Require,
    Call::Raise,
    Call::Repudiate,
];

fn code_in(message: &Message) -> String {
    let mut lines = message.mail.text.lines();
    let is_code = |line: &&str| line.len() >= 6 && line.bytes().all(|b| b.is_ascii_digit());
    lines.find(is_code).unwrap().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is called, in whatever order, with a fresh proof of the app, with set-ups from before, by the user or in
    /// their name: factors are as they were, and their user signs in with them.
    #[test]
    fn no_call_changes_a_factor_while_changes_are_on_hold(
        calls in proptest::collection::vec(proptest::sample::select(&CALLS[..]), 1..30),
    ) {
        let verifier = opened(&[("max_attempts", "20")]);
        let anna = anna();
        let (phone, codes) = enrol(&verifier, &anna);
        let mut codes = codes.into_iter();
        let grant = step_up(&verifier, &anna, &phone, 30);
        let setup = verifier.start_totp(at(31), &anna, Some("second"), Some(&grant), None).unwrap();
        let second = Totp::from_uri(&setup.uri).unwrap();
        let enrolled = verifier.confirm_totp(at(31), &setup.token, &second.at(at(31)), &client()).unwrap();
        sent(&verifier, &enrolled.notices, 31);
        let token = link(&verifier, LATER);
        let mut seconds = LATER + 60;
        let grant = step_up(&verifier, &anna, &phone, seconds);
        let setup = verifier.start_totp(at(seconds), &anna, None, Some(&grant), None).unwrap();
        let email = verifier.enable_email(at(seconds), &anna, &client(), Some(&grant)).unwrap();
        let email_code = code_in(email.message.as_ref().unwrap());
        let rotation = verifier.rotate_secret(at(seconds), &anna, &grant, None).unwrap();
        repudiate(&verifier, &token, seconds).unwrap();
        let shown = |seconds| {
            let account = verifier.account(at(seconds), &anna.id).unwrap();
            let factors = account.factors.into_iter();
            let factors = factors.map(|it| (it.id, it.method, it.label, it.enrolled_at));
            (factors.collect::<Vec<_>>(), account.primary, account.masked_email, account.masked_phone)
        };
        let before = shown(seconds);
        let (factor, admin) = (before.0[0].0.clone(), Operator::on_server("root"));
        for call in calls {
            seconds += 90;
            let now = at(seconds);
            let grant = step_up(&verifier, &anna, &phone, seconds);
            let own = Operator::in_request("7", Some(&grant));
            let held = |answer: Result<(), Error>| prop_assert_eq_held(answer);
            match call {
                Call::StartTotp => {
                    held(verifier.start_totp(now, &anna, None, Some(&grant), None).map(|_| ()))?;
                    held(verifier.start_totp(now, &anna, None, None, None).map(|_| ()))?;
                }
                Call::StartByLogin => {
                    let login = verifier.begin_login(now, &anna, &client()).unwrap();
                    held(verifier.start_totp(now, &anna, None, Some(&login.challenge), None).map(|_| ()))?;
                }
                Call::ConfirmTotp => {
                    let code = Totp::from_uri(&setup.uri).unwrap().at(now);
                    let answer = verifier.confirm_totp(now, &setup.token, &code, &client());
                    prop_assert_eq!(denied(answer), Denied::Rejected);
                }
                Call::EnableEmail => held(verifier.enable_email(now, &anna, &client(), Some(&grant)).map(|_| ()))?,
                Call::ConfirmEmail => {
                    let answer = verifier.confirm_email(now, &email.token, &email_code, &client());
                    prop_assert_eq!(denied(answer), Denied::Rejected);
                }
                Call::Rename => held(verifier.rename_factor(now, &anna.id, &factor, "mine", &grant, None))?,
                Call::RemoveFactor => held(verifier.remove_factor(now, &anna.id, &factor, &grant, None).map(|_| ()))?,
                Call::Remove => held(verifier.remove(now, &anna.id, Method::Totp, &grant, None).map(|_| ()))?,
                Call::RemoveEverything => held(verifier.remove_everything(now, &anna.id, &grant, None).map(|_| ()))?,
                Call::Regenerate => {
                    held(verifier.regenerate_codes(now, &anna.id, Method::BackupCode, &grant, None).map(|_| ()))?;
                }
                Call::Rotate => held(verifier.rotate_secret(now, &anna, &grant, None).map(|_| ()))?,
                Call::ConfirmRotation => {
                    let code = Totp::from_uri(&rotation.uri).unwrap().at(now);
                    let answer = verifier.confirm_totp(now, &rotation.token, &code, &client());
                    prop_assert_eq!(denied(answer), Denied::Rejected);
                }
                Call::SetPrimary => held(verifier.set_primary(now, &anna.id, Method::Totp, &grant, None))?,
                Call::ResetOneself => held(verifier.reset(now, &anna.id, &own, "why").map(|_| ()))?,
                Call::ReleaseByApp => {
                    prop_assert_eq!(denied(release(&verifier, &own, seconds)), Denied::StepUpRequired);
                }
                Call::ReleaseAsStranger => {
                    let stranger = Operator::in_request("admin", Some(&grant));
                    prop_assert_eq!(denied(release(&verifier, &stranger, seconds)), Denied::StepUpRequired);
                }
                Call::SignIn => {
                    let login = verifier.begin_login(now, &anna, &client()).unwrap();
                    let code = second.at(at(seconds + 30));
                    let answer = verifier.verify(at(seconds + 30), &login.challenge, Method::Totp, &code, &client());
                    prop_assert!(answer.is_ok(), "{answer:?}");
                }
                Call::BackupCode => if let Some(code) = codes.next().filter(|_| codes.len() > 0) {
                    let login = verifier.begin_login(now, &anna, &client()).unwrap();
                    let answer = verifier.verify(now, &login.challenge, Method::BackupCode, &code, &client());
                    prop_assert!(answer.is_ok(), "{answer:?}");
                },
                Call::Require => {
                    verifier.require_enrolment(now, &anna.id, None, &admin, "why").unwrap();
                    verifier.waive_enrolment(now, &anna.id, &admin, "why").unwrap();
                }
                Call::Raise => {
                    verifier.raise_epoch(now, &anna.id, "7", "password", None).unwrap();
                }
                Call::Repudiate => {
                    let _ = repudiate(&verifier, &link(&verifier, seconds), seconds);
                }
            }
            prop_assert_eq!(shown(seconds), before.clone());
            prop_assert!(held_since(&verifier, seconds).is_some());
        }
        // Once it is over, everything is possible again, but for what was begun before.
        release(&verifier, &admin, seconds + 100).unwrap();
        let code = Totp::from_uri(&setup.uri).unwrap().at(at(seconds + 101));
        let stale = verifier.confirm_totp(at(seconds + 101), &setup.token, &code, &client());
        prop_assert_eq!(denied(stale), Denied::Rejected);
        let grant = step_up(&verifier, &anna, &phone, seconds + 150);
        prop_assert!(verifier.start_totp(at(seconds + 150), &anna, None, Some(&grant), None).is_ok());
        let held = events(&verifier, EventKind::ChangesHeld);
        prop_assert!(held >= 1);
    }
}

fn prop_assert_eq_held(answer: Result<(), Error>) -> Result<(), TestCaseError> {
    prop_assert_eq!(denied(answer), Denied::OnHold);
    Ok(())
}

fn events(verifier: &Verifier, kind: EventKind) -> usize {
    let events = verifier.audit(None, 1000, None).unwrap();
    events.iter().filter(|it| it.kind == kind.as_str()).count()
}
