//! What a telephone number is told by SMS: once for every change that concerns it, tried at least once and four times at
//! most, and nobody else's number.

use proptest::prelude::*;

use super::*;
use crate::audit::Event;

const DAY: i64 = 86_400;

fn owner() -> UserId {
    UserId::new("7").unwrap()
}

fn copy(account: &Account) -> Account {
    Account::from_document(&account.to_document().unwrap()).unwrap()
}

/// Does it and notes it, as a change of the store does; and what numbers are to be told then.
fn change(
    account: &mut Account,
    seconds: i64,
    rule: impl FnOnce(&mut Account, &mut RuleContext<'_>),
) -> Vec<(SmsNotice, String)> {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let before = copy(account);
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    rule(account, &mut context);
    let events = audit.into_events();
    account.note_changes(
        &owner(),
        &events,
        &Source::default(),
        || Some(before),
        at(seconds),
    );
    let numbers = account.notices.numbers.iter();
    numbers.map(|it| (it.kind, it.to.clone())).collect()
}

/// Somebody with an app and a telephone.
fn with_phone() -> Account {
    let mut account = enrolled();
    bind(&mut account, Method::Sms, NUMBER, 1);
    account
}

fn claim(account: &mut Account, seconds: i64) -> (Vec<NumberNotice>, Vec<Event>) {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    let claimed = account.claim_number_notices(&mut context);
    (claimed, audit.into_events())
}

fn settle(
    account: &mut Account,
    tried: &NumberNotice,
    outcome: NumberOutcome<'_>,
    seconds: i64,
) -> Vec<Event> {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    account.settle_number_notice(tried, outcome, &mut context);
    audit.into_events()
}

fn removed(account: &mut Account, seconds: i64) {
    let told = change(account, seconds, |account, context| {
        assert!(account.remove(Method::Sms, None, context));
    });
    assert_eq!(told, [(SmsNotice::NumberRemoved, NUMBER.to_owned())]);
}

#[test]
fn a_number_hears_that_it_was_removed_whoever_removed_it_and_of_nothing_else() {
    let to = |kind: SmsNotice| vec![(kind, NUMBER.to_owned())];
    let lost = to(SmsNotice::NumberRemoved);
    type Rule<'a> = &'a dyn Fn(&mut Account, &mut RuleContext<'_>);
    type Case<'a> = (&'a str, Rule<'a>, &'a [(SmsNotice, String)]);
    let cases: [Case<'_>; 9] = [
        (
            "removed",
            &|it, context| assert!(it.remove(Method::Sms, None, context)),
            &lost,
        ),
        (
            "all removed",
            &|it, context| assert!(it.remove_everything(None, context)),
            &lost,
        ),
        (
            "reset",
            &|it, context| it.reset(PROVEN, "admin", "lost", context).unwrap(),
            &lost,
        ),
        (
            "switched off",
            &|it, context| {
                it.switch_off(None, context);
                context.note(Event::about(Purpose::Login, EventKind::SwitchedOff));
            },
            &lost,
        ),
        (
            "password reset",
            &|it, context| {
                let proof = it.password_reset_proof(context.now);
                it.complete_password_reset(&proof, "7", "forgotten", context)
                    .unwrap();
            },
            &to(SmsNotice::PasswordReset),
        ),
        (
            "app removed",
            &|it, context| assert!(it.remove(Method::Totp, None, context)),
            &[],
        ),
        (
            "epoch",
            &|it, context| {
                it.end_sign_ins("admin", "why", context);
            },
            &[],
        ),
        (
            "unlocked",
            &|it, context| it.unlock(PROVEN, "admin", "why", context).unwrap(),
            &[],
        ),
        (
            "disabled",
            &|_, context| {
                context.note(Event::about(Purpose::Login, EventKind::Disabled).method(Method::Sms));
            },
            &[],
        ),
    ];
    for (what, rule, expected) in cases {
        let mut account = with_phone();
        assert_eq!(change(&mut account, 5, rule), expected, "{what}");
        let is_due = account.notices.numbers.iter().all(|it| it.due == at(5));
        assert!(is_due, "{what}");
        assert_eq!(copy(&account).notices.numbers, account.notices.numbers);
    }
    // Who has none is told nothing.
    let mut account = enrolled();
    let told = change(&mut account, 5, |it, context| {
        it.reset(PROVEN, "admin", "lost", context).unwrap();
    });
    assert_eq!(told, []);
}

#[test]
fn one_way_less_to_a_number_is_the_same_number_still() {
    let mut account = with_phone();
    bind(&mut account, Method::Voice, NUMBER, 2);
    let told = change(&mut account, 3, |it, context| {
        assert!(it.remove(Method::Voice, None, context));
    });
    assert_eq!(told, []);
}

#[test]
fn what_nobody_was_asked_to_send_is_tried_four_times_and_given_up_in_the_audit() {
    let mut account = with_phone();
    removed(&mut account, 10);
    assert_eq!(account.notices_due(), Some(at(10)));
    let mut times = Vec::new();
    let mut noted = Vec::new();
    for minute in 0..3 * 24 * 60 {
        let seconds = 10 + 60 * minute;
        let (claimed, events) = claim(&mut account, seconds);
        noted.extend(events);
        for notice in &claimed {
            times.push(minute);
            assert_eq!(notice.to, NUMBER);
            assert_eq!(
                claim(&mut account, seconds + 1).0,
                [],
                "one process tries it"
            );
            noted.extend(settle(
                &mut account,
                notice,
                NumberOutcome::Later,
                seconds + 2,
            ));
        }
    }
    assert_eq!(times, [0, 5, 65, 425]);
    let kinds: Vec<_> = noted
        .iter()
        .map(|it| (it.kind, it.reason.as_deref()))
        .collect();
    assert_eq!(kinds, [(EventKind::NumberUntold, Some("number-removed"))]);
    assert!(account.notices.numbers.is_empty());
}

#[test]
fn whoever_dies_at_each_try_leaves_four_and_the_last_is_given_up() {
    let mut account = with_phone();
    removed(&mut account, 10);
    let (mut tries, mut noted) = (0, Vec::new());
    for minute in 0..3 * 24 * 60 {
        let (claimed, events) = claim(&mut account, 10 + 60 * minute);
        tries += claimed.len();
        noted.extend(events);
    }
    assert_eq!(tries, 4);
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].kind, EventKind::NumberUntold);
    assert!(account.notices.numbers.is_empty());
}

#[test]
fn what_was_told_is_told_once_and_says_by_whom() {
    let mut account = with_phone();
    removed(&mut account, 10);
    let (claimed, _) = claim(&mut account, 10);
    let events = settle(&mut account, &claimed[0], NumberOutcome::Told("one"), 11);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, EventKind::NumberTold);
    assert_eq!(events[0].provider.as_deref(), Some("one"));
    assert_eq!(events[0].method, Some(Method::Sms));
    // A second process that was slow says nothing more.
    assert_eq!(
        settle(&mut account, &claimed[0], NumberOutcome::Untold, 12),
        []
    );
    assert_eq!(claim(&mut account, 9 * DAY).0, []);
    // It has heard that it lost its place: of the number that is there now it hears nothing.
    let told = change(&mut account, 20, |it, context| {
        let now = context.now.seconds() - START;
        bind(it, Method::Sms, OTHER_NUMBER, now);
        context.note(Event::new(EventKind::Enrolled, Requester::Proven).method(Method::Sms));
    });
    assert_eq!(told, []);
}

#[test]
fn a_number_that_could_not_be_told_hears_of_the_one_that_takes_its_place() {
    for later in [20, 10 + 30 * DAY - 1, 10 + 30 * DAY] {
        let mut account = with_phone();
        removed(&mut account, 10);
        let (claimed, _) = claim(&mut account, 10);
        settle(&mut account, &claimed[0], NumberOutcome::Untold, 11);
        let told = change(&mut account, later, |it, context| {
            bind(it, Method::Sms, OTHER_NUMBER, later);
            context.note(Event::new(EventKind::Enrolled, Requester::Proven).method(Method::Sms));
        });
        let is_late = later == 10 + 30 * DAY;
        let expected = [(SmsNotice::NumberReplaced, NUMBER.to_owned())];
        assert_eq!(told, if is_late { &[][..] } else { &expected });
    }
}

#[test]
fn what_came_of_it_is_told_in_the_place_of_what_was_not_told_yet() {
    let mut account = with_phone();
    removed(&mut account, 10);
    let (before, _) = claim(&mut account, 10);
    let told = change(&mut account, 20, |it, context| {
        bind(it, Method::Sms, OTHER_NUMBER, 20);
        context.note(Event::new(EventKind::Enrolled, Requester::Proven).method(Method::Sms));
    });
    assert_eq!(told, [(SmsNotice::NumberReplaced, NUMBER.to_owned())]);
    // Whoever was sending the first says nothing of the second.
    let says = settle(&mut account, &before[0], NumberOutcome::Told("one"), 21);
    assert_eq!((says.len(), account.notices.numbers.len()), (0, 1));
    assert_eq!(claim(&mut account, 22).0.len(), 1);
}

/// A thief enrols one number after the other while no provider answers.
#[test]
fn the_number_that_lost_its_place_first_is_told_whatever_takes_it_after_that_and_what_is_left_out_is_noted()
 {
    let mut account = with_phone();
    let mut untold = 0;
    for n in 0..20 {
        let before = copy(&account);
        account.telephone.as_mut().unwrap().number = format!("+491512345{n:04}");
        let event = Event::new(EventKind::Enrolled, Requester::Proven).method(Method::Sms);
        let (user, now) = (owner(), at(10 + n));
        let noted = account.note_changes(&user, &[event], &Source::default(), || Some(before), now);
        assert!(noted.iter().all(|it| it.kind == EventKind::NumberUntold));
        untold += noted.len();
        account = copy(&account);
    }
    let numbers: Vec<_> = account
        .notices
        .numbers
        .iter()
        .map(|it| it.to.as_str())
        .collect();
    assert_eq!((numbers.len(), untold), (8, 12));
    assert_eq!((numbers[0], numbers[7]), (NUMBER, "+4915123450018"));
}

#[test]
fn a_clock_that_was_ahead_puts_off_no_sms() {
    let mut account = with_phone();
    removed(&mut account, 400 * DAY);
    assert_eq!(claim(&mut account, 400 * DAY).0.len(), 1);
    let _ = account.put_right(at(10), &Policy::default());
    assert!(account.notices_due().unwrap() <= at(10 + 6 * 3_600));
    assert_eq!(claim(&mut account, 10 + 6 * 3_600).0.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens to an account and whenever a process dies: of each change a number hears after at least one try and
    /// at most four, the list stays short, and it comes back from the store.
    #[test]
    fn every_number_is_tried_and_none_too_often(
        steps in proptest::collection::vec((0u8..6, 0i64..4_000), 1..60),
    ) {
        let mut account = with_phone();
        let mut seconds = 10;
        let (mut open, mut tried) = (Vec::<u32>::new(), std::collections::BTreeMap::<u32, u8>::new());
        let mut last = None;
        for (step, wait) in steps {
            seconds += wait;
            let mut sent = Vec::new();
            match step {
                0 => {
                    change(&mut account, seconds, |it, context| {
                        it.remove(Method::Sms, None, context);
                    });
                }
                1 | 2 => {
                    let number = if step == 1 { NUMBER } else { OTHER_NUMBER };
                    change(&mut account, seconds, |it, context| {
                        bind(it, Method::Sms, number, seconds);
                        let enrolled = Event::new(EventKind::Enrolled, Requester::Proven);
                        context.note(enrolled.method(Method::Sms));
                    });
                }
                3 => sent = claim(&mut account, seconds).0,
                4 => if let Some(notice) = last.take() {
                    settle(&mut account, &notice, NumberOutcome::Later, seconds);
                },
                _ => if let Some(notice) = last.take() {
                    settle(&mut account, &notice, NumberOutcome::Told("one"), seconds);
                },
            }
            for notice in sent {
                let times = tried.entry(notice.number).or_default();
                *times += 1;
                prop_assert!(*times <= 4);
                last = Some(notice);
            }
            let now_open: Vec<u32> = account.notices.numbers.iter().map(|it| it.number).collect();
            for gone in open.iter().filter(|it| !now_open.contains(it)) {
                // Told in its place is a newer one, or it was tried.
                let is_followed = now_open.iter().any(|it| it > gone);
                prop_assert!(tried.contains_key(gone) || is_followed);
            }
            open = now_open;
            prop_assert!(open.len() <= 8);
            let back = copy(&account);
            prop_assert_eq!(&back.notices.numbers, &account.notices.numbers);
        }
    }
}
