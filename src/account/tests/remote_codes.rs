//! Codes that a provider made: it is asked, and the attempt is charged before.

use proptest::prelude::*;

use super::*;

/// An account whose challenge 1 waits for a code of a provider's.
fn waiting() -> (Account, ChallengeToken) {
    let mut account = reached_by(&[Method::Sms, Method::Voice]);
    let challenge = open(&mut account, 1, Purpose::Login, 0);
    let until = send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0);
    assert_eq!(until, Ok(at(300)), "never longer than a code of ours");
    (account, challenge)
}

fn failures(account: &Account) -> Failures {
    copy(account).failures_of(Method::Sms).clone()
}

#[test]
fn a_yes_gives_the_attempt_back_and_spends_the_challenge() {
    let (mut account, challenge) = waiting();
    let mut audit = AuditBuffer::default();
    let asked = account.step(
        &ForChallenge {
            token: &challenge,
            method: Method::Sms,
            grant: None,
        },
        "111111",
        &mut RuleContext::new(at(1), &Policy::default(), &mut audit),
    );
    let Ok(Step::Ask(check)) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(
        (check.to.as_str(), check.at, check.charged),
        (NUMBER, at(1), Charged::Free)
    );
    let verification = &check.verification;
    assert_eq!(
        (
            verification.provider.as_str(),
            verification.reference.as_str(),
            verification.until
        ),
        ("checker", "VE1", at(300))
    );
    assert_ne!(failures(&account), Failures::default(), "charged before");
    assert_eq!(account.last_verified(), None);

    let accepted = account.settle(
        &ForChallenge {
            token: &challenge,
            method: Method::Sms,
            grant: None,
        },
        &check,
        Checked::Right,
        &mut RuleContext::new(at(2), &Policy::default(), &mut audit),
    );
    assert_eq!(accepted.unwrap().purpose, Purpose::Login);
    assert_eq!(failures(&account), Failures::default(), "and given back");
    assert_eq!(account.last_verified(), Some(at(2)));
    let told: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
    assert_eq!(
        told,
        [EventKind::Accepted],
        "one verdict, and no refusal before it"
    );
    assert_eq!(
        settle(&mut account, &challenge, Method::Sms, &check, 2),
        Err(Denied::ChallengeClosed)
    );
    assert_eq!(
        step(&mut account, &challenge, Method::Sms, "111111", 2),
        Err(Denied::ChallengeClosed)
    );
}

#[test]
fn only_a_step_up_that_a_provider_confirmed_gives_a_grant() {
    for (purpose, granted) in [
        (Purpose::Login, false),
        (Purpose::StepUp, true),
        (Purpose::VerifyPhone, false),
        (Purpose::ResetPassword, false),
    ] {
        let mut account = reached_by(&[Method::Sms]);
        let challenge = open(&mut account, 1, purpose, 0);
        send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0).unwrap();
        let check = check(&mut account, &challenge, Method::Sms, "111111", 1);
        let grant = GrantId::new([9; 16]);
        assert!(account.allow_change(Some(&grant), at(1)).is_err());
        let accepted = settle(&mut account, &challenge, Method::Sms, &check, 2).unwrap();
        assert_eq!((accepted.purpose, accepted.granted), (purpose, granted));
        assert_eq!(account.allow_change(Some(&grant), at(2)).is_ok(), granted);
    }
}

#[test]
fn without_an_answer_the_attempt_has_failed() {
    let (mut account, challenge) = waiting();
    for second in 1..=3 {
        check(&mut account, &challenge, Method::Sms, "111111", second);
    }
    for second in 4..=5 {
        let _ = step(&mut account, &challenge, Method::Sms, "111111", second);
    }
    assert_eq!(
        step(&mut account, &challenge, Method::Sms, "111111", 5),
        Err(locked(60))
    );
}

#[test]
fn many_questions_at_once_are_as_many_attempts() {
    let mut account = reached_by(&[Method::Sms, Method::Voice]);
    let mut asked = Vec::new();
    for n in 1..=5 {
        let challenge = open(&mut account, n, Purpose::Login, 0);
        let way = [Method::Sms, Method::Voice][usize::from(n % 2)];
        send_theirs(&mut account, &challenge, way, &format!("VE{n}"), 0).unwrap();
        asked.push((challenge, way));
    }
    // Five tabs, one check each, none answered yet: that is all there is.
    let questions: Vec<_> = asked
        .iter()
        .map(|(challenge, way)| check(&mut account, challenge, *way, "111111", 1))
        .collect();
    let charged: Vec<_> = questions.iter().map(|q| q.charged).collect();
    assert_eq!(charged[..4], [Charged::Free; 4]);
    assert_eq!(charged[4], Charged::Blocked);
    for (challenge, _) in &asked {
        for way in [Method::Sms, Method::Voice] {
            assert_eq!(
                step(&mut account, challenge, way, "111111", 1),
                Err(locked(60))
            );
        }
    }
    // What was asked before the block may still be answered, and then the block is over.
    let (challenge, way) = &asked[2];
    assert!(settle(&mut account, challenge, *way, &questions[2], 2).is_ok());
    assert!(account.locks(at(2)).is_empty());
    // The four others are failures of the last weeks.
    let rest = failures(&account);
    assert_ne!(rest, Failures::default());
    for (n, (challenge, way)) in asked.iter().enumerate() {
        let again = settle(&mut account, challenge, *way, &questions[n], 3);
        assert_eq!(again.is_ok(), n != 2);
    }
    assert_eq!(failures(&account), Failures::default());
}

#[test]
fn of_many_questions_about_one_challenge_one_is_accepted_in_whatever_order() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let (mut account, challenge) = waiting();
        let questions: Vec<_> = (1..=3)
            .map(|second| check(&mut account, &challenge, Method::Sms, "111111", second))
            .collect();
        let accepted = order
            .iter()
            .filter(|n| settle(&mut account, &challenge, Method::Sms, &questions[**n], 4).is_ok())
            .count();
        assert_eq!(accepted, 1);
        let mut left = Failures::default();
        for second in (1..=3i64).filter(|second| *second != order[0] as i64 + 1) {
            left.charge(at(second), &Policy::default());
        }
        left.succeed();
        assert_eq!(failures(&account), left, "two were never given back");
    }
}

/// Fifty failures in a month disable; this policy blocks nobody before.
fn patient() -> Policy {
    Policy {
        max_attempts: 20,
        disable_after: 5,
        ..Policy::default()
    }
}

#[test]
fn a_disabling_is_undone_by_a_yes_to_exactly_the_attempt_that_disabled() {
    let policy = patient();
    let ask = |account: &mut Account, challenge: &ChallengeToken, second| {
        let asked = step_under(account, challenge, Method::Sms, "111111", second, &policy);
        match asked {
            Ok(Step::Ask(check)) => check,
            other => panic!("{other:?}"),
        }
    };
    let (mut account, challenge) = waiting();
    // Three wrong ones in the last weeks, none of them in this row.
    for second in 0..3 {
        let wrong = step_under(
            &mut account,
            &challenge,
            Method::Voice,
            "000000",
            second,
            &policy,
        );
        assert_eq!(wrong, Err(Denied::Rejected));
    }
    account
        .unlock(
            PROVEN,
            "admin",
            "asked",
            &mut RuleContext::new(
                UnixTime::START,
                &Policy::default(),
                &mut AuditBuffer::default(),
            ),
        )
        .unwrap();
    let fourth = ask(&mut account, &challenge, 4);
    let fifth = ask(&mut account, &challenge, 5);
    assert_eq!(
        (fourth.charged, fifth.charged),
        (Charged::Free, Charged::Disabled)
    );
    assert_eq!(account.disabled(), [Method::Sms, Method::Voice]);
    assert_eq!(
        step_under(&mut account, &challenge, Method::Sms, "111111", 6, &policy),
        Err(DISABLED)
    );
    // Nobody answers, or an operator ends the blocks: it stays.
    let mut left = copy(&account);
    left.unlock(
        PROVEN,
        "admin",
        "asked",
        &mut RuleContext::new(
            UnixTime::START,
            &Policy::default(),
            &mut AuditBuffer::default(),
        ),
    )
    .unwrap();
    assert!(!left.disabled().is_empty());
    // A yes to another attempt: it stays, though the code that was asked about lets in.
    let mut other = copy(&account);
    assert!(settle(&mut other, &challenge, Method::Sms, &fourth, 7).is_ok());
    assert_eq!(other.disabled(), [Method::Sms, Method::Voice]);
    // A yes to the very one: undone, and the month still remembers the four.
    assert!(settle(&mut account, &challenge, Method::Sms, &fifth, 7).is_ok());
    assert!(account.disabled().is_empty());
    let challenge = open(&mut account, 2, Purpose::Login, 8);
    let wrong = step_under(&mut account, &challenge, Method::Sms, "000000", 8, &policy);
    assert_eq!(wrong, Err(Denied::Rejected));
    assert!(!account.disabled().is_empty());
}

#[test]
fn a_yes_gives_back_one_attempt_and_no_other_of_the_month() {
    let (mut account, challenge) = waiting();
    for _ in 0..2 {
        let _ = step(&mut account, &challenge, Method::Voice, "000000", 1);
    }
    // All in the same second: still one is given back, not all of them.
    let right = check(&mut account, &challenge, Method::Sms, "111111", 1);
    assert!(settle(&mut account, &challenge, Method::Sms, &right, 1).is_ok());
    let mut expected = Failures::default();
    for _ in 0..2 {
        expected.charge(at(1), &Policy::default());
    }
    expected.succeed();
    assert_eq!(failures(&account), expected);
}

#[test]
fn a_yes_that_comes_too_late_lets_nobody_in() {
    type Between<'a> = &'a dyn Fn(&mut Account, &ChallengeToken);
    let late = |between: Between<'_>, expected: Denied| {
        let (mut account, challenge) = waiting();
        let check = check(&mut account, &challenge, Method::Sms, "111111", 1);
        between(&mut account, &challenge);
        let before = account.last_verified();
        assert_eq!(
            settle(&mut account, &challenge, Method::Sms, &check, 3),
            Err(expected)
        );
        assert_eq!(account.last_verified(), before);
    };
    // The challenge was answered by another proof, superseded, or ended.
    late(
        &|account, challenge| {
            send(account, challenge, Method::Voice, "222222", 2).unwrap();
            verify(account, challenge, Method::Voice, "222222", 2).unwrap();
        },
        Denied::ChallengeClosed,
    );
    late(
        &|account, _| {
            for n in 2..=6 {
                open(account, n, Purpose::Login, 2);
            }
        },
        Denied::ChallengeClosed,
    );
    late(
        &|account, _| {
            account.end_sign_ins(
                "host",
                "password",
                &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
            );
        },
        Denied::ChallengeClosed,
    );
    late(
        &|account, _| {
            account
                .reset(
                    PROVEN,
                    "admin",
                    "asked",
                    &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
                )
                .unwrap()
        },
        Denied::ChallengeClosed,
    );
    // The number was changed, the method removed.
    late(
        &|account, _| {
            bind(account, Method::Sms, OTHER_NUMBER, 2);
        },
        Denied::ChallengeClosed,
    );
    for method in [Method::Sms, Method::Voice] {
        late(
            &|account, _| {
                assert!(account.remove(
                    method,
                    None,
                    &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default())
                ))
            },
            Denied::ChallengeClosed,
        );
    }
    // Also when a challenge of the same name waits for a code of the same name.
    let reopened = |account: &mut Account| {
        let challenge = open(account, 1, Purpose::Login, 2);
        send_theirs(account, &challenge, account.primary().unwrap(), "VE1", 2).unwrap();
    };
    late(
        &|account, _| {
            bind(account, Method::Sms, OTHER_NUMBER, 2);
            reopened(account);
        },
        Denied::Rejected,
    );
    late(
        &|account, _| {
            assert!(account.remove(
                Method::Sms,
                None,
                &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default())
            ));
            reopened(account);
        },
        Denied::Rejected,
    );
    // Another verification took its place.
    late(
        &|account, challenge| {
            send_theirs(account, challenge, Method::Sms, "VE2", 2).unwrap();
        },
        Denied::Rejected,
    );
    let another = |account: &mut Account, challenge: &ChallengeToken| {
        let (now, policy, mut audit) = (at(2), Policy::default(), AuditBuffer::default());
        let name = "another";
        account
            .record_sent(
                &ForChallenge {
                    token: challenge,
                    method: Method::Sms,
                    grant: None,
                },
                &SentCode::Remote {
                    provider: name,
                    reference: "VE1",
                    seconds: 600,
                },
                &mut RuleContext::new(now, &policy, &mut audit),
            )
            .unwrap();
    };
    late(&another, Denied::Rejected);
}

#[test]
fn a_yes_counts_for_the_challenge_and_the_method_that_were_asked_about() {
    let (mut account, challenge) = waiting();
    let other = open(&mut account, 2, Purpose::Login, 0);
    let step_up = open(&mut account, 3, Purpose::StepUp, 0);
    let check = check(&mut account, &challenge, Method::Sms, "111111", 1);
    for (challenge, method) in [
        (&other, Method::Sms),
        (&step_up, Method::Sms),
        (&challenge, Method::Voice),
    ] {
        assert_eq!(
            settle(&mut account, challenge, method, &check, 1),
            Err(Denied::Rejected)
        );
    }
    for purpose in [
        Purpose::StepUp,
        Purpose::VerifyPhone,
        Purpose::ResetPassword,
    ] {
        let relabelled = token(1, purpose);
        assert_eq!(
            settle(&mut account, &relabelled, Method::Sms, &check, 1),
            Err(Denied::ChallengeClosed)
        );
    }
    assert!(settle(&mut account, &challenge, Method::Sms, &check, 1).is_ok());
}

#[test]
fn a_challenge_that_ran_out_while_they_were_asked_is_closed() {
    let policy = Policy {
        challenge_ttl: 60,
        ..Policy::default()
    };
    let (mut account, challenge) = waiting();
    let check = check(&mut account, &challenge, Method::Sms, "111111", 59);
    let (grant, now, mut audit) = (None, at(60), AuditBuffer::default());
    let answer = account.settle(
        &ForChallenge {
            token: &challenge,
            method: Method::Sms,
            grant,
        },
        &check,
        Checked::Right,
        &mut RuleContext::new(now, &policy, &mut audit),
    );
    assert_eq!(answer, Err(Denied::ChallengeClosed));
}

/// No blocks, so that only the checks of the code itself are in the way.
fn lenient() -> Policy {
    Policy {
        max_attempts: 20,
        ..Policy::default()
    }
}

fn asks(account: &mut Account, challenge: &ChallengeToken, seconds: i64) -> bool {
    let typed = "111111";
    matches!(
        step_under(account, challenge, Method::Sms, typed, seconds, &lenient()),
        Ok(Step::Ask(_))
    )
}

#[test]
fn a_provider_is_asked_three_times_about_one_verification_whatever_is_resent() {
    let (mut account, challenge) = waiting();
    for second in 1..=3 {
        assert!(asks(&mut account, &challenge, second));
        send_theirs(&mut account, &challenge, Method::Sms, "VE1", second).unwrap();
    }
    for second in 4..=8 {
        assert!(!asks(&mut account, &challenge, second), "{second}");
        send_theirs(&mut account, &challenge, Method::Sms, "VE1", second).unwrap();
    }
    // The third may still be answered: trying a fourth time does not take that away.
    let (mut account, challenge) = waiting();
    let questions: Vec<_> = (1..=3)
        .map(|second| check(&mut account, &challenge, Method::Sms, "111111", second))
        .collect();
    assert!(!asks(&mut account, &challenge, 4));
    assert!(settle(&mut account, &challenge, Method::Sms, &questions[2], 5).is_ok());
    // Another verification has checks of its own.
    let (mut account, challenge) = waiting();
    for second in 1..=3 {
        assert!(asks(&mut account, &challenge, second));
    }
    send_theirs(&mut account, &challenge, Method::Sms, "VE2", 4).unwrap();
    for second in 4..=6 {
        assert!(asks(&mut account, &challenge, second));
    }
    assert!(!asks(&mut account, &challenge, 7));
}

#[test]
fn a_code_of_theirs_is_asked_about_in_time_and_for_ten_minutes_at_most() {
    let (mut account, challenge) = waiting();
    assert!(asks(&mut copy(&account), &challenge, 299));
    assert!(!asks(&mut copy(&account), &challenge, 300));
    // The same verification is the same code: sent again and again, it is over ten minutes after the
    // first time, whatever they say.
    for second in [60, 290, 400, 590] {
        let until = send_theirs(&mut account, &challenge, Method::Sms, "VE1", second);
        assert_eq!(until, Ok(at((second + 300).min(600))));
    }
    assert!(asks(&mut copy(&account), &challenge, 599));
    for second in [600, 700] {
        assert!(!asks(&mut copy(&account), &challenge, second));
        send_theirs(&mut account, &challenge, Method::Sms, "VE1", second).unwrap();
        assert!(!asks(&mut copy(&account), &challenge, second));
    }
    // They may give it less time, and not more than ours have.
    let mut account = reached_by(&[Method::Sms]);
    for (purpose, seconds, expected) in [
        (Purpose::Login, 30, 30),
        (Purpose::Login, 0, 0),
        (Purpose::Login, u64::MAX, 300),
        (Purpose::StepUp, 600, 300),
        (Purpose::VerifyPhone, 3600, 600),
        (Purpose::ResetPassword, 3600, 600),
    ] {
        let challenge = open(&mut account, 1, purpose, 0);
        let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
        let until = account.record_sent(
            &ForChallenge {
                token: &challenge,
                method: Method::Sms,
                grant: None,
            },
            &SentCode::Remote {
                provider: "checker",
                reference: "VE1",
                seconds,
            },
            &mut RuleContext::new(at(0), &policy, &mut audit),
        );
        assert_eq!(until, Ok(at(expected)));
        assert!(!asks(&mut account, &challenge, expected));
        account.end_sign_ins(
            "host",
            "next",
            &mut RuleContext::new(at(0), &Policy::default(), &mut AuditBuffer::default()),
        );
    }
}

#[test]
fn when_both_kinds_are_on_their_way_ours_is_accepted_without_asking() {
    for theirs_first in [true, false] {
        let mut account = reached_by(&[Method::Sms]);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        if theirs_first {
            send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0).unwrap();
        }
        send(&mut account, &challenge, Method::Sms, "222222", 0).unwrap();
        if !theirs_first {
            send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0).unwrap();
        }
        let mut ours = copy(&account);
        let accepted = step(&mut ours, &challenge, Method::Sms, "222222", 1);
        assert!(matches!(accepted, Ok(Step::Done(_))), "{accepted:?}");
        assert_eq!(failures(&ours), Failures::default());
        // Theirs, and then ours is over with it.
        let check = check(&mut account, &challenge, Method::Sms, "111111", 1);
        assert!(settle(&mut account, &challenge, Method::Sms, &check, 2).is_ok());
        assert_eq!(
            step(&mut account, &challenge, Method::Sms, "222222", 2),
            Err(Denied::ChallengeClosed)
        );
    }
}

#[test]
fn a_guess_that_a_provider_is_asked_about_counts_against_ours_as_well() {
    let (mut account, challenge) = waiting();
    send(&mut account, &challenge, Method::Sms, "222222", 0).unwrap();
    for second in 1..=3 {
        assert!(asks(&mut account, &challenge, second));
    }
    assert_eq!(
        step(&mut account, &challenge, Method::Sms, "222222", 4),
        Err(Denied::Rejected),
        "three guesses were made at it"
    );
}

#[test]
fn a_provider_is_not_asked_about_what_cannot_be_a_code() {
    for typed in [
        "",
        "123",
        "12345678901",
        "abc123",
        "①②③④⑤⑥",
        "+491234",
        "1\x00234",
    ] {
        let (mut account, challenge) = waiting();
        assert_eq!(
            step(&mut account, &challenge, Method::Sms, typed, 1),
            Err(Denied::Rejected),
            "{typed}"
        );
        assert_ne!(failures(&account), Failures::default(), "but it counts");
    }
}

#[test]
fn what_they_call_over_is_not_asked_about_again_and_a_yes_on_its_way_counts() {
    let (mut account, challenge) = waiting();
    let first = check(&mut account, &challenge, Method::Sms, "111111", 1);
    let second = check(&mut account, &challenge, Method::Sms, "111111", 1);
    // The button was pressed twice: they approved the first, and the second finds it used.
    over(&mut account, &challenge, &second, 2);
    assert!(!asks(&mut copy(&account), &challenge, 2));
    assert!(settle(&mut copy(&account), &challenge, Method::Sms, &first, 2).is_ok());
    // Sent again under the same name it is as over as before.
    send_theirs(&mut account, &challenge, Method::Sms, "VE1", 3).unwrap();
    assert!(!asks(&mut copy(&account), &challenge, 3));
    // Another one is not, and no late word about the first ends it.
    send_theirs(&mut account, &challenge, Method::Sms, "VE2", 4).unwrap();
    over(&mut account, &challenge, &first, 4);
    assert!(asks(&mut account, &challenge, 4));
}

#[test]
fn forgetting_touches_nothing_but_what_was_asked_about() {
    let (mut account, challenge) = waiting();
    send(&mut account, &challenge, Method::Sms, "222222", 0).unwrap();
    let other = open(&mut account, 2, Purpose::Login, 0);
    send_theirs(&mut account, &other, Method::Sms, "VE1", 0).unwrap();
    let check = check(&mut account, &challenge, Method::Sms, "111111", 1);
    over(&mut account, &challenge, &check, 1);
    assert!(asks(&mut copy(&account), &other, 1));
    let ours = step(&mut copy(&account), &challenge, Method::Sms, "222222", 1);
    assert!(matches!(ours, Ok(Step::Done(_))));
    assert_ne!(
        failures(&account),
        Failures::default(),
        "no attempt comes back"
    );
}

#[test]
fn the_attempt_comes_back_to_the_counter_it_was_taken_from() {
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, 0);
    let reset = open(&mut account, 2, Purpose::ResetPassword, 0);
    let _ = step(&mut account, &login, Method::Sms, "000000", 1);
    let before = failures(&account);
    send_theirs(&mut account, &reset, Method::Sms, "VE1", 1).unwrap();
    let check = check(&mut account, &reset, Method::Sms, "111111", 1);
    assert_ne!(account.reset_failures, Failures::default());
    assert_eq!(failures(&account), before);
    assert!(settle(&mut account, &reset, Method::Sms, &check, 1).is_ok());
    assert_eq!(account.reset_failures, Failures::default());
    assert_eq!(failures(&account), before, "a reset forgives no sign-in");
}

/// What may happen to an account that asks a provider.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// A guess that the provider is asked about.
    Ask,
    /// Its answer to one that is open; perhaps to one that was answered before.
    Settle(usize, Checked),
    /// The request ends, and nobody will answer.
    Die(usize),
    /// Time goes by until whoever has not answered never will.
    Wait,
    /// The challenge is opened anew, the sign-ins end.
    Reopen,
    EndSignIns,
}

fn moves() -> impl proptest::strategy::Strategy<Value = Vec<Move>> {
    use proptest::prelude::*;
    let answer = prop_oneof![
        Just(Checked::Right),
        Just(Checked::Wrong),
        Just(Checked::Over),
        Just(Checked::Unanswered),
        Just(Checked::NotAsked)
    ];
    let one = prop_oneof![
        4 => Just(Move::Ask),
        4 => (0usize..4, answer).prop_map(|(place, answer)| Move::Settle(place, answer)),
        1 => (0usize..4).prop_map(Move::Die),
        1 => Just(Move::Wait),
        1 => Just(Move::Reopen),
        1 => Just(Move::EndSignIns),
    ];
    proptest::collection::vec(one, 1..40)
}

proptest::proptest! {
    /// In whatever order questions are asked, answered, answered twice or left: each attempt that a provider
    /// was asked about has one verdict, and an acceptance is no refusal as well.
    #[test]
    fn each_attempt_that_a_provider_is_asked_about_has_exactly_one_verdict(moves in moves()) {
        let policy = Policy { max_attempts: 20, disable_after: 100, code_checks: 10, ..Policy::default() };
        let mut account = reached_by(&[Method::Sms]);
        let (mut seconds, mut asked, mut accepted, mut given_back) = (0i64, 0usize, 0usize, 0usize);
        let mut audit = AuditBuffer::from_ip(Some("192.0.2.1"));
        let mut waiting: Vec<(ChallengeToken, RemoteCheck)> = Vec::new();
        let mut settled: Vec<(ChallengeToken, RemoteCheck)> = Vec::new();
        let mut challenge = open(&mut account, 1, Purpose::Login, 0);
        send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0).unwrap();
        let mut number = 1u8;
        for one in moves {
            seconds += 1;
            account.note_interrupted(&mut RuleContext::new(at(seconds), &Policy::default(), &mut audit));
            match one {
                Move::Ask => {
                    let step = account.step(&ForChallenge { token: &challenge, method: Method::Sms, grant: None }, "111111", &mut RuleContext::new(at(seconds), &policy, &mut AuditBuffer::default()));
                    if let Ok(Step::Ask(check)) = step {
                        asked += 1;
                        waiting.push((challenge.clone(), check));
                    }
                }
                Move::Settle(place, answer) => {
                    let from = if place < waiting.len() { &mut waiting } else { &mut settled };
                    if from.is_empty() {
                        continue;
                    }
                    let place = place % from.len();
                    let (token, check) = from.remove(place);
                    let told = account.settle(&ForChallenge { token: &token, method: Method::Sms, grant: None }, &check, answer, &mut RuleContext::new(at(seconds), &policy, &mut audit));
                    proptest::prop_assert!(told.is_err() || answer == Checked::Right);
                    accepted += usize::from(told.is_ok());
                    settled.push((token, check));
                }
                Move::Die(place) if place < waiting.len() => drop(waiting.remove(place)),
                Move::Die(_) => {}
                Move::Wait => {
                    seconds += 200;
                    given_back += waiting.len();
                    settled.append(&mut waiting);
                }
                Move::Reopen => {
                    number = number.wrapping_add(1);
                    challenge = open(&mut account, number, Purpose::Login, seconds);
                    let reference = format!("VE{number}");
                    send_theirs(&mut account, &challenge, Method::Sms, &reference, seconds).unwrap();
                }
                Move::EndSignIns => {
                    account.end_sign_ins("host", "password", &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()));
                }
            }
        }
        // Everybody answers who will, and the next change comes when nobody is waited for any more.
        for (token, check) in waiting {
            let told = account.settle(&ForChallenge { token: &token, method: Method::Sms, grant: None }, &check, Checked::Right, &mut RuleContext::new(at(seconds), &policy, &mut audit));
            accepted += usize::from(told.is_ok());
        }
        account.note_interrupted(&mut RuleContext::new(at(seconds + 200), &Policy::default(), &mut audit));
        let count = |kind: EventKind| audit.events().iter().filter(|event| event.kind == kind).count();
        let verdicts = [EventKind::Accepted, EventKind::Rejected, EventKind::Replayed, EventKind::CheckUnanswered, EventKind::CheckInterrupted];
        proptest::prop_assert_eq!(verdicts.into_iter().map(count).sum::<usize>(), asked);
        proptest::prop_assert_eq!(count(EventKind::Accepted), accepted);
        proptest::prop_assert!(count(EventKind::CheckInterrupted) >= given_back);
    }
}

#[test]
fn who_dies_between_the_charge_and_the_answer_leaves_an_event_of_its_own() {
    let (mut account, challenge) = waiting();
    let mut asking = AuditBuffer::from_ip(Some("192.0.2.1"));
    let asked = account.step(
        &ForChallenge {
            token: &challenge,
            method: Method::Sms,
            grant: None,
        },
        "111111",
        &mut RuleContext::new(at(1), &Policy::default(), &mut asking),
    );
    let Ok(Step::Ask(check)) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(asking.events(), [], "no verdict before there is one");
    // Somebody may still answer; then nobody does.
    let mut account = copy(&account);
    let mut next = AuditBuffer::from_ip(Some("198.51.100.9"));
    account.note_interrupted(&mut RuleContext::new(
        at(120),
        &Policy::default(),
        &mut next,
    ));
    assert_eq!(next.events(), []);
    account.note_interrupted(&mut RuleContext::new(
        at(121),
        &Policy::default(),
        &mut next,
    ));
    let [event] = next.events() else {
        panic!("{next:?}");
    };
    assert_eq!(
        (event.kind, event.method, event.purpose, event.since),
        (
            EventKind::CheckInterrupted,
            Some(Method::Sms),
            Some(Purpose::Login),
            Some(at(1))
        )
    );
    assert_eq!(
        (event.ip.as_deref(), event.provider.as_deref()),
        (Some("192.0.2.1"), Some("checker")),
        "it is that of the attempt, not of the next request"
    );
    assert_ne!(failures(&account), Failures::default(), "it stays charged");
    // An answer after that lets nobody in and is no second verdict.
    let mut late = AuditBuffer::default();
    let answer = account.settle(
        &ForChallenge {
            token: &challenge,
            method: Method::Sms,
            grant: None,
        },
        &check,
        Checked::Right,
        &mut RuleContext::new(at(122), &Policy::default(), &mut late),
    );
    assert_eq!(answer, Err(Denied::Rejected));
    assert_eq!(late.events(), []);
}

#[test]
fn a_clock_that_was_put_back_leaves_no_question_open_for_years() {
    let (mut account, challenge) = waiting();
    check(&mut account, &challenge, Method::Sms, "111111", 100);
    let mut audit = AuditBuffer::default();
    account.note_interrupted(&mut RuleContext::new(
        at(70),
        &Policy::default(),
        &mut audit,
    ));
    assert_eq!(audit.events(), [], "clocks may be that far apart");
    account.note_interrupted(&mut RuleContext::new(
        at(69),
        &Policy::default(),
        &mut audit,
    ));
    assert_eq!(audit.events().len(), 1);
}

#[test]
fn a_block_that_a_yes_undid_is_not_in_the_audit_and_one_that_stands_is_once() {
    for (answer, expected) in [
        (Checked::Right, vec![EventKind::Accepted]),
        (
            Checked::Wrong,
            vec![EventKind::Rejected, EventKind::Blocked],
        ),
        (
            Checked::Unanswered,
            vec![EventKind::CheckUnanswered, EventKind::Blocked],
        ),
    ] {
        let (mut account, challenge) = waiting();
        for _ in 0..4 {
            let _ = step(&mut account, &challenge, Method::Voice, "000000", 1);
        }
        let check = check(&mut account, &challenge, Method::Sms, "111111", 2);
        assert_eq!(check.charged, Charged::Blocked);
        let mut audit = AuditBuffer::default();
        let (now, policy) = (at(3), Policy::default());
        let told = account.settle(
            &ForChallenge {
                token: &challenge,
                method: Method::Sms,
                grant: None,
            },
            &check,
            answer,
            &mut RuleContext::new(now, &policy, &mut audit),
        );
        assert_eq!(told.is_ok(), answer == Checked::Right);
        let kinds: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
        assert_eq!(kinds, expected);
    }
}

fn settled(
    account: &mut Account,
    challenge: &ChallengeToken,
    check: &RemoteCheck,
    answer: Checked,
    seconds: i64,
) -> Result<Accepted, Denied> {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    account.settle(
        &ForChallenge {
            token: challenge,
            method: Method::Sms,
            grant: None,
        },
        check,
        answer,
        &mut RuleContext::new(at(seconds), &policy, &mut audit),
    )
}

/// However often nobody looks at the code, the account is as it was, and the right code is good afterwards.
#[test]
fn an_attempt_that_nobody_looked_at_takes_no_failure_and_no_check() {
    for failed_before in [0, 1, 3, 4] {
        let (mut account, challenge) = waiting();
        for _ in 0..failed_before {
            let _ = step(&mut account, &challenge, Method::Voice, "000000", 1);
        }
        let before = failures(&account);
        for second in 2..30 {
            let check = check(&mut account, &challenge, Method::Sms, "111111", second);
            assert_ne!(
                failures(&account),
                before,
                "it is charged before they are asked"
            );
            let denied = settled(&mut account, &challenge, &check, Checked::NotAsked, second);
            assert_eq!(denied, Err(Denied::Rejected));
            assert_eq!(failures(&account), before, "{failed_before}");
        }
        let check = check(&mut account, &challenge, Method::Sms, "111111", 30);
        settled(&mut account, &challenge, &check, Checked::Right, 30).unwrap();
    }
}

/// What may have been looked at stays charged: three checks, and then nobody is asked.
#[test]
fn an_attempt_that_may_have_been_looked_at_stays_charged() {
    let (mut account, challenge) = waiting();
    for second in 1..4 {
        let check = check(&mut account, &challenge, Method::Sms, "111111", second);
        let before = failures(&account);
        settled(
            &mut account,
            &challenge,
            &check,
            Checked::Unanswered,
            second,
        )
        .unwrap_err();
        assert_eq!(failures(&account), before);
    }
    let fourth = step(&mut account, &challenge, Method::Sms, "111111", 4);
    assert_eq!(fourth, Err(Denied::Rejected), "nobody is asked");
}

/// The last free attempt blocks while it is asked about; when nobody looked at it, it has not.
#[test]
fn a_block_and_an_end_of_a_method_go_with_the_attempt_that_nobody_looked_at() {
    let policy = Policy {
        disable_after: 10,
        code_checks: 10,
        ..Policy::default()
    };
    let mut account = reached_by(&[Method::Sms]);
    let mut audit = AuditBuffer::default();
    for failed in 0u8..10 {
        // A new code, after the block that the last failure may have led to.
        let seconds = 4_000 * i64::from(failed);
        let challenge = open(&mut account, failed, Purpose::Login, seconds);
        send_theirs(
            &mut account,
            &challenge,
            Method::Sms,
            &format!("VE{failed}"),
            seconds,
        )
        .unwrap();
        for _ in 0..3 {
            let step = account.step(
                &ForChallenge {
                    token: &challenge,
                    method: Method::Sms,
                    grant: None,
                },
                "111111",
                &mut RuleContext::new(at(seconds), &policy, &mut audit),
            );
            let Ok(Step::Ask(check)) = step else {
                panic!("{failed}: {step:?}")
            };
            let _ = account.settle(
                &ForChallenge {
                    token: &challenge,
                    method: Method::Sms,
                    grant: None,
                },
                &check,
                Checked::NotAsked,
                &mut RuleContext::new(at(seconds), &policy, &mut audit),
            );
            assert!(failures(&account).admit(at(seconds)).is_ok(), "{failed}");
        }
        let step = account.step(
            &ForChallenge {
                token: &challenge,
                method: Method::Sms,
                grant: None,
            },
            "111111",
            &mut RuleContext::new(at(seconds), &policy, &mut audit),
        );
        let Ok(Step::Ask(check)) = step else {
            panic!("{failed}: {step:?}")
        };
        let _ = account.settle(
            &ForChallenge {
                token: &challenge,
                method: Method::Sms,
                grant: None,
            },
            &check,
            Checked::Wrong,
            &mut RuleContext::new(at(seconds), &policy, &mut audit),
        );
        assert_eq!(failures(&account).disabled(), failed == 9);
    }
}

/// A guess at codes of ours was looked at, whatever became of the check.
#[test]
fn a_guess_at_a_code_of_ours_stays_charged_when_the_provider_was_not_asked() {
    let (mut account, challenge) = waiting();
    send(&mut account, &challenge, Method::Sms, "222222", 1).unwrap();
    let check = check(&mut account, &challenge, Method::Sms, "111111", 2);
    let charged = failures(&account);
    settled(&mut account, &challenge, &check, Checked::NotAsked, 2).unwrap_err();
    assert_eq!(failures(&account), charged);
}

/// A challenge whose code went out by every way to the telephone, by entries that keep it in two places.
fn by_three_ways() -> (Account, ChallengeToken) {
    let mut account = reached_by(&[Method::Sms, Method::Voice, Method::WhatsApp]);
    let challenge = open(&mut account, 1, Purpose::Login, 0);
    let sent = send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0);
    assert_eq!(sent, Ok(at(300)));
    for (way, provider, reference) in [
        (Method::Sms, "another entry", "VE1"),
        (Method::Voice, "checker", "VE1"),
        (Method::WhatsApp, "another entry", "unproven/VE1"),
    ] {
        account
            .record_sent(
                &ForChallenge {
                    token: &challenge,
                    method: way,
                    grant: None,
                },
                &SentCode::Remote {
                    provider,
                    reference,
                    seconds: 600,
                },
                &mut RuleContext::new(at(60), &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
    }
    (account, challenge)
}

#[test]
fn guesses_at_one_verification_are_three_by_all_ways_and_entries_together() {
    let (mut account, challenge) = by_three_ways();
    for way in PHONE_METHODS {
        check(&mut account, &challenge, way, "111111", 61);
    }
    for way in [Method::WhatsApp, Method::Sms] {
        let more = step(&mut account, &challenge, way, "111111", 62);
        assert_eq!(more, Err(Denied::Rejected), "{way:?}");
    }
}

#[test]
fn what_is_over_by_one_way_is_over_by_all_and_what_nobody_looked_at_is_given_back_to_all() {
    let settle =
        |account: &mut Account, challenge: &ChallengeToken, check: &RemoteCheck, answer| {
            let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
            let told = account.settle(
                &ForChallenge {
                    token: challenge,
                    method: Method::Voice,
                    grant: None,
                },
                check,
                answer,
                &mut RuleContext::new(at(62), &policy, &mut audit),
            );
            assert_eq!(told, Err(Denied::Rejected));
        };
    let (mut account, challenge) = by_three_ways();
    let asked = check(&mut account, &challenge, Method::Voice, "111111", 61);
    settle(&mut account, &challenge, &asked, Checked::Over);
    let more = step(&mut account, &challenge, Method::Sms, "111111", 63);
    assert_eq!(more, Err(Denied::Rejected));

    let (mut account, challenge) = by_three_ways();
    let asked = check(&mut account, &challenge, Method::Voice, "111111", 61);
    settle(&mut account, &challenge, &asked, Checked::NotAsked);
    for way in PHONE_METHODS {
        check(&mut account, &challenge, way, "111111", 64);
    }
    let more = step(&mut account, &challenge, Method::Sms, "111111", 65);
    assert_eq!(more, Err(Denied::Rejected));
}

#[test]
fn a_verification_is_no_younger_by_another_way() {
    let mut account = reached_by(&[Method::Sms, Method::Voice]);
    let challenge = open(&mut account, 1, Purpose::ResetPassword, 0);
    let until = send_theirs(&mut account, &challenge, Method::Sms, "VE1", 0);
    assert_eq!(until, Ok(at(600)));
    let until = send_theirs(&mut account, &challenge, Method::Voice, "VE1", 400);
    assert_eq!(until, Ok(at(600)));
    assert_eq!(
        step(&mut account, &challenge, Method::Voice, "111111", 600),
        Err(Denied::Rejected)
    );
}

proptest! {
    /// Whatever is sent by which way and entry, and guessed by which way: three questions about one verification.
    #[test]
    fn no_order_of_sends_and_guesses_asks_more_than_three_times_about_one_verification(
        acts in proptest::collection::vec((any::<bool>(), 0usize..3, 0usize..3, 0usize..2), 0..40),
    ) {
        let mut account = reached_by(&PHONE_METHODS);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        let policy = Policy { max_attempts: 100, disable_after: 0, ..Policy::default() };
        let mut asked = [0; 2];
        for (sends, way, entry, name) in acts {
            if sends {
                let name = [["VE1", "VE1", "unproven/VE1"], ["VE2", "unproven/VE2", "VE2"]][name][entry];
                let provider = ["a", "b", "c"][entry];
                let mut audit = AuditBuffer::default();
                account
                    .record_sent(&ForChallenge { token: &challenge, method: PHONE_METHODS[way], grant: None }, &SentCode::Remote { provider, reference: name, seconds: 600 }, &mut RuleContext::new(at(1), &policy, &mut audit))
                    .unwrap();
            } else if let Ok(Step::Ask(check)) =
                step_under(&mut account, &challenge, PHONE_METHODS[way], "111111", 1, &policy)
            {
                asked[usize::from(check.verification.reference.ends_with('2'))] += 1;
            }
        }
        prop_assert!(asked.iter().all(|asked| *asked <= 3), "{asked:?}");
    }
}
