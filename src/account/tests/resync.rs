//! An app whose clock is off by more than the window: what two consecutive codes are worth, and what they are not.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::audit::EARLIER;

const STEP: i64 = 30;

/// What an app shows whose clock is so many steps ahead.
fn shown(seconds: i64, ahead: i64) -> String {
    code_at(seconds + ahead * STEP)
}

/// Shows a code for a challenge, and returns what was noted beside its answer.
fn show(
    account: &mut Account,
    token: &ChallengeToken,
    code: &str,
    seconds: i64,
) -> (Result<Accepted, Denied>, Vec<Event>) {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::from_ip(Some("192.0.2.1")));
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    let grant = Some(GrantId::new([9; 16]));
    let answer = account.verify(token, Method::Totp, code, grant, &mut context);
    (answer, audit.into_events())
}

fn kinds(events: &[Event]) -> Vec<(EventKind, Option<&str>)> {
    let said = events.iter().map(|it| (it.kind, it.reason.as_deref()));
    said.collect()
}

/// Signs in with two codes of an app that is that far ahead, the second a step after the first.
fn resynchronised(ahead: i64, seconds: i64) -> Account {
    let mut account = enrolled();
    resynchronise(&mut account, ahead, seconds).unwrap();
    account
}

fn resynchronise(account: &mut Account, ahead: i64, seconds: i64) -> Result<Accepted, Denied> {
    let login = open(account, 1, Purpose::Login, seconds);
    let first = verify(
        account,
        &login,
        Method::Totp,
        &shown(seconds, ahead),
        seconds,
    );
    assert_eq!(first, Err(Denied::Rejected), "never by itself");
    let next = seconds + STEP;
    verify(account, &login, Method::Totp, &shown(next, ahead), next)
}

#[test]
fn two_consecutive_codes_say_how_far_the_clock_of_an_app_is_off() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, 600);
    let (first, events) = show(&mut account, &login, &shown(600, 5), 600);
    assert_eq!(first, Err(Denied::Rejected));
    assert_eq!(kinds(&events), [(EventKind::Rejected, None)]);
    let (second, events) = show(&mut account, &login, &shown(630, 5), 630);
    assert!(second.is_ok(), "{second:?}");
    let said = [
        (EventKind::Resynchronised, Some("+150")),
        (EventKind::Accepted, None),
    ];
    assert_eq!(kinds(&events), said);
    assert!(events.iter().all(|it| it.factor.is_some()));
    assert_eq!(events[1].failures, Some(1), "the first was charged");
    let told = (account.totp_drift(), account.steady_totp_drift());
    assert_eq!(told, (Some(150), Some(150)), "its user is told at once");
    // From now on one is enough, and the window is no wider than it was.
    let mut account = copy(&account);
    for (ahead, is_good) in [
        (4, true),
        (5, true),
        (6, true),
        (3, false),
        (7, false),
        (0, false),
    ] {
        let mut account = copy(&account);
        let login = open(&mut account, 2, Purpose::Login, 900);
        let answer = verify(&mut account, &login, Method::Totp, &shown(900, ahead), 900);
        assert_eq!(answer.is_ok(), is_good, "{ahead}");
    }
    // Once its clock is right it is followed back in the same way.
    assert!(resynchronise(&mut account, 0, 1_200).is_ok());
    assert_eq!(account.totp_drift(), Some(0));
    let login = open(&mut account, 3, Purpose::Login, 1_500);
    let answer = verify(&mut account, &login, Method::Totp, &shown(1_500, -1), 1_500);
    assert!(answer.is_ok());
}

#[test]
fn two_codes_of_an_app_that_is_slow_are_worth_as_much() {
    let account = resynchronised(-10, 600);
    assert_eq!(account.totp_drift(), Some(-300));
}

#[test]
fn nothing_but_the_very_next_code_in_the_same_challenge_comes_after_the_first() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, 600);
    let first = verify(&mut account, &login, Method::Totp, &shown(600, 5), 600);
    assert_eq!(first, Err(Denied::Rejected));
    let answer = |n: u8, code: &str, seconds| {
        let mut account = copy(&account);
        let other = open(&mut account, n, Purpose::Login, seconds);
        let token = if n == 1 { &login } else { &other };
        verify(&mut account, token, Method::Totp, code, seconds).is_ok()
    };
    assert!(answer(1, &shown(630, 5), 630));
    // The first once more, the one before it, the one after the next.
    for code in [shown(600, 5), shown(600, 4), shown(600, 7)] {
        assert!(!answer(1, &code, 630), "{code}");
    }
    // Shown for a challenge of somebody else who has the password.
    assert!(!answer(2, &shown(630, 5), 630));
    // As typed quickly, or late; but not as somebody shows who has seen both before.
    for (seconds, is_good) in [(600, true), (660, true), (690, false), (720, false)] {
        assert_eq!(answer(1, &shown(630, 5), seconds), is_good, "{seconds}");
    }
    // What is wrong in between ends nothing; what is outside takes its place.
    for (between, is_good) in [("000000".to_owned(), true), (shown(630, -7), false)] {
        let mut account = copy(&account);
        let _ = verify(&mut account, &login, Method::Totp, &between, 630);
        let second = verify(&mut account, &login, Method::Totp, &shown(630, 5), 631);
        assert_eq!(second.is_ok(), is_good, "{between}");
    }
}

/// The account of [`enrolled`], and an app of another secret.
fn with_another() -> Account {
    let mut account = enrolled();
    let setup = account
        .start_totp(
            app(2),
            "ada",
            Some(Label::new("Work").unwrap()),
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    account
        .confirm_totp(
            &setup,
            &app(2).at(at(0)),
            NewCodes::Backup(&codes()),
            &mut RuleContext::new(at(0), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    account
}

#[test]
fn two_apps_complete_nothing_for_each_other() {
    let mut account = with_another();
    let login = open(&mut account, 1, Purpose::Login, 600);
    let one = shown(600, 5);
    let other = app(2).at(at(630 + 5 * STEP)).to_string();
    for code in [&one, &other] {
        let answer = verify(&mut account, &login, Method::Totp, code, 630);
        assert_eq!(answer, Err(Denied::Rejected));
    }
    // Of the one that was shown last the next is good.
    let next = app(2).at(at(660 + 5 * STEP)).to_string();
    assert!(verify(&mut account, &login, Method::Totp, &next, 660).is_ok());
    let login = open(&mut account, 2, Purpose::Login, 900);
    let by_first = verify(&mut account, &login, Method::Totp, &shown(900, 0), 900);
    assert!(by_first.is_ok(), "the other app's clock is its own");
}

#[test]
fn a_suspended_app_says_nothing_of_its_clock() {
    let mut account = with_another();
    let first = *account.factors[0].id();
    account.mark_suspended(&[first]);
    let login = open(&mut account, 1, Purpose::Login, 600);
    for seconds in [600, 630] {
        let answer = verify(
            &mut account,
            &login,
            Method::Totp,
            &shown(seconds, 5),
            seconds,
        );
        assert_eq!(answer, Err(Denied::Rejected));
    }
}

#[test]
fn an_app_whose_clock_was_set_back_waits_and_the_audit_says_so() {
    // It signed in while it was ahead, and is right now.
    let account = resynchronised(10, 600);
    let right = |seconds: i64| {
        let mut account = copy(&account);
        let login = open(&mut account, 2, Purpose::Login, seconds);
        let (first, events) = show(&mut account, &login, &shown(seconds, 0), seconds);
        let next = seconds + STEP;
        let (second, _) = show(&mut account, &login, &shown(next, 0), next);
        (
            first,
            kinds(&events)[0].1.map(str::to_owned),
            second.is_ok(),
        )
    };
    for seconds in [660, 690, 900] {
        let (first, reason, second) = right(seconds);
        assert_eq!((first, second), (Err(Denied::Rejected), false), "{seconds}");
        assert_eq!(reason.as_deref(), Some(EARLIER), "{seconds}");
    }
    // The step that was accepted last is at 930.
    assert_eq!(right(960), (Err(Denied::Rejected), None, true));
}

#[test]
fn a_code_that_was_accepted_or_never_right_is_no_earlier_one() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, 600);
    verify(&mut account, &login, Method::Totp, &code_at(600), 600).unwrap();
    let login = open(&mut account, 2, Purpose::Login, 600);
    let (_, events) = show(&mut account, &login, &code_at(600), 601);
    assert_eq!(events[0].kind, EventKind::Replayed);
    let (_, events) = show(&mut account, &login, "000000", 602);
    assert_eq!(kinds(&events), [(EventKind::Rejected, None)]);
    let (_, events) = show(&mut account, &login, &code_at(540), 603);
    assert_eq!(kinds(&events)[0], (EventKind::Rejected, Some(EARLIER)));
}

#[test]
fn a_clock_is_followed_ten_steps_and_five_minutes_and_no_further_however_often_it_is_moved() {
    for (ahead, is_good) in [(10, true), (11, false), (-10, true), (-11, false)] {
        let mut account = enrolled();
        assert_eq!(
            resynchronise(&mut account, ahead, 900).is_ok(),
            is_good,
            "{ahead}"
        );
    }
    let mut account = resynchronised(10, 900);
    assert!(resynchronise(&mut account, 12, 1_500).is_err());
    for (period, most) in [(15, 10), (30, 10), (60, 5), (300, 1)] {
        let totp = Totp::new(
            TotpSecret::new(b"12345678901234567890").unwrap(),
            Algorithm::Sha1,
            6,
            period,
        )
        .unwrap();
        let app = super::super::app::AppFactor {
            secret: super::super::app::AppSecret::Sealed(totp.clone()),
            last_step: 0,
            offset: 0,
            drift: 0,
            drifts: 0,
        };
        let is_found = |ahead: i64| {
            let code = totp.at(at(ahead * i64::from(period)));
            app.look_outside(&code, at(0), None).0.map(|it| it.1) == Some(ahead)
        };
        let found: Vec<_> = (-40..=40).filter(|ahead| is_found(*ahead)).collect();
        assert_eq!(found, (-most..=most).collect::<Vec<_>>(), "{period}");
    }
}

#[test]
fn both_codes_are_charged_and_whoever_is_blocked_completes_nothing() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, 600);
    for _ in 0..4 {
        let _ = verify(&mut account, &login, Method::Totp, "000000", 600);
    }
    let fifth = verify(&mut account, &login, Method::Totp, &shown(600, 5), 600);
    assert_eq!(fifth, Err(Denied::Rejected));
    let next = verify(&mut account, &login, Method::Totp, &shown(630, 5), 630);
    assert_eq!(next, Err(locked(30)), "the code outside was the fifth");
    // Of fifty failures the first codes are fifty.
    let mut account = enrolled();
    let policy = Policy {
        max_attempts: 1_000,
        ..Policy::default()
    };
    for n in 0..50 {
        let seconds = 600 + n * 60;
        let login = open(&mut account, 1, Purpose::Login, seconds);
        let mut audit = AuditBuffer::default();
        let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
        let code = shown(seconds, 5);
        let answer = account.verify(&login, Method::Totp, &code, None, &mut context);
        assert_eq!(answer, Err(Denied::Rejected));
    }
    assert_eq!(account.disabled(), [Method::Totp]);
}

#[test]
fn who_confirms_a_set_up_has_the_window_alone() {
    let account = plain();
    let mut context_audit = AuditBuffer::default();
    let setup = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut context_audit),
        )
        .unwrap();
    let mut account = account;
    for seconds in [0, 30] {
        let answer = account.confirm_totp(
            &setup,
            &shown(seconds, 5),
            NewCodes::Backup(&codes()),
            &mut RuleContext::new(at(seconds), &Policy::default(), &mut context_audit),
        );
        assert_eq!(answer, Err(Denied::Rejected));
    }
}

#[test]
fn a_document_that_moves_the_window_further_than_any_rule_is_refused() {
    for (offset, is_read) in [(10, true), (-10, true), (11, false), (i64::MIN, false)] {
        let mut account = enrolled();
        account.factors[0].app_mut().unwrap().offset = offset;
        let document = account.to_document().unwrap();
        assert_eq!(
            Account::from_document(&document).is_ok(),
            is_read,
            "{offset}"
        );
    }
}

proptest! {
    /// Whatever is shown, when and for which challenge: a step is accepted once and never an earlier one, at once only within
    /// the window around what was learnt, and outside only right after the step before it in the same challenge.
    #[test]
    fn whatever_is_shown_a_code_outside_comes_after_the_one_before_it_or_not_at_all(
        tries in proptest::collection::vec((0i64..70, -14i64..=14, 1u8..=2), 1..60),
    ) {
        let policy = Policy { max_attempts: 1_000, disable_after: 0, ..Policy::default() };
        let mut account = enrolled();
        let (mut now, mut offset, mut last) = (600, 0, at(0).unsigned() as i64 / STEP);
        let mut kept = [None::<(i64, i64)>; 2];
        let mut accepted = BTreeSet::new();
        for n in 1..=2 {
            open(&mut account, n, Purpose::Login, now);
        }
        for (wait, ahead, n) in tries {
            now += wait;
            let step = at(now).unsigned() as i64 / STEP + ahead;
            let login = token(n, Purpose::Login);
            let mut audit = AuditBuffer::default();
            let mut context = RuleContext::new(at(now), &policy, &mut audit);
            let code = shown(now, ahead);
            let answer = account.verify(&login, Method::Totp, &code, None, &mut context);
            let place = &mut kept[usize::from(n) - 1];
            let is_in_window = (ahead - offset).abs() <= 1;
            let follows = place.is_some_and(|(before, by)| {
                before + 1 == step && (by - ahead).abs() <= 1
            });
            let is_outside = !is_in_window && ahead.abs() <= 10;
            let expected = step > last && (is_in_window || is_outside && follows);
            prop_assert_eq!(answer.is_ok(), expected, "{} {} {:?}", now, ahead, answer);
            if expected {
                prop_assert!(accepted.insert(step));
                if is_outside {
                    offset = if ahead.abs() <= 1 { 0 } else { ahead };
                }
                last = step;
                *place = None;
                open(&mut account, n, Purpose::Login, now);
            } else if is_outside && step > last {
                *place = Some((step, ahead));
            }
            prop_assert!(offset.abs() <= 10);
            account = copy(&account);
        }
    }
}
