//! What a policy asks of challenges: what is too weak signs nobody in, and proves nothing beside what is stronger.

use super::*;
use crate::account::enrol::NewSecret;
use crate::clock::SKEW;

fn rule<T>(seconds: i64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = Policy::default();
    rule(&mut RuleContext::new(
        at(seconds),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

fn policy(n: u8) -> RequirementId {
    RequirementId::new([n; 16])
}

fn strong(n: u8) -> Demand {
    Demand {
        policy: policy(n),
        asks: vec![(Strength::NoRestricted, at(0))],
        until: None,
    }
}

/// Opens a challenge that asks for a strong proof.
fn open_strong(
    account: &mut Account,
    n: u8,
    purpose: Purpose,
    seconds: i64,
) -> (ChallengeToken, Vec<Method>) {
    let methods = rule(seconds, |context| {
        account.open_challenge_under(id(n), purpose, Some(strong(1)), context)
    });
    (token(n, purpose), methods.unwrap())
}

fn mailed(account: &mut Account, token: &ChallengeToken, seconds: i64) -> Result<Accepted, Denied> {
    send(account, token, Method::Email, "424242", seconds).unwrap();
    verify(account, token, Method::Email, "424242", seconds)
}

fn allowed(account: &Account, permit: Permit, seconds: i64) -> Result<(), Denied> {
    account.allow_set_up(&permit, at(seconds), &Policy::default())
}

#[test]
fn a_proof_that_is_too_weak_leads_to_a_set_up_and_to_nothing_else() {
    let mut account = reached_by(&[Method::Email]);
    let (login, methods) = open_strong(&mut account, 1, Purpose::Login, 10);
    assert_eq!(methods[0], Method::Email, "it is all there is");
    let permit = Permit::Login(id(1));
    assert_eq!(allowed(&account, permit, 10), Err(Denied::StepUpRequired));
    let accepted = mailed(&mut account, &login, 10).unwrap();
    assert!(accepted.must_enrol && !accepted.granted);
    assert_eq!(
        verify(&mut account, &login, Method::Email, "424242", 11),
        Err(Denied::ChallengeClosed)
    );
    // The set-up has to be strong enough, from its beginning to its end.
    assert_eq!(allowed(&account, permit, 11), Ok(()));
    assert_eq!(
        account.would_do(&permit, Method::Sms, at(11)),
        Err(FactorError::TooWeak)
    );
    assert_eq!(account.would_do(&permit, Method::Totp, at(11)), Ok(()));
    let setup = rule(20, |context| {
        account
            .start_app_for_login(NewSecret::Drawn(totp()), "ada", None, id(1), context)
            .unwrap()
    });
    let confirmed = rule(20, |context| {
        account.confirm_totp(&setup, &code_at(20), NewCodes::Backup(&codes()), context)
    });
    assert_eq!(confirmed, Ok(false), "no codes are new");
    assert!(account.has_strength(Strength::NoRestricted));
    assert_eq!(
        account.last_verified(),
        Some(at(20)),
        "it is the proof of the sign-in"
    );
}

/// Sets an app up by a challenge of a sign-in, with codes that nobody had before.
fn app_by_login(account: &mut Account, n: u8, seconds: i64) -> bool {
    let new = vec![code::read("ZZZZZZZZZZZZZZZZ").unwrap()];
    let setup = rule(seconds, |context| {
        account.start_app_for_login(NewSecret::Drawn(totp()), "ada", None, id(n), context)
    });
    let confirmed = rule(seconds, |context| {
        let code = code_at(seconds);
        account.confirm_totp(&setup.unwrap(), &code, NewCodes::Backup(&new), context)
    });
    confirmed.unwrap()
}

#[test]
fn what_is_too_weak_takes_no_code_that_is_strong_and_its_set_up_makes_no_operator_for_a_day() {
    const OWN: &str = "0123456789ABCDEF";
    let mut account = reached_by(&[Method::Email]);
    let day = 3 * 86_400;
    assert_eq!(account.trusted_in(at(day)), 0);
    let (login, _) = open_strong(&mut account, 1, Purpose::Login, day);
    mailed(&mut account, &login, day).unwrap();
    assert!(!app_by_login(&mut account, 1, day + 10));
    assert!(account.trusted_in(at(day + 20)) > 0, "whoever it was");
    // Who has the codes signs in, and takes the app out again.
    let (login, _) = open_strong(&mut account, 2, Purpose::Login, day + 60);
    let proof = verify(&mut account, &login, Method::BackupCode, OWN, day + 60);
    assert!(!proof.unwrap().must_enrol);
    assert_eq!(account.backup_codes_left(), Some(2));
    // Where the set-up was proven by such a code the new ones take the place of the old ones.
    let mut account = reached_by(&[Method::Email]);
    let (login, _) = open_strong(&mut account, 1, Purpose::Login, 10);
    let proof = verify(&mut account, &login, Method::BackupCode, OWN, 10);
    assert!(proof.unwrap().must_enrol);
    assert!(app_by_login(&mut account, 1, 20));
    assert_eq!(account.backup_codes_left(), Some(1));
    // And where an operator requires it: what was made before may be known to somebody.
    let mut account = reached_by(&[Method::Email]);
    account.require_anew(at(5), at(5));
    let (login, _) = open_strong(&mut account, 1, Purpose::Login, 10);
    mailed(&mut account, &login, 10).unwrap();
    assert!(app_by_login(&mut account, 1, 20));
}

#[test]
fn a_set_up_that_was_begun_while_it_was_required_takes_no_code_once_it_is_not() {
    let mut account = reached_by(&[Method::Email]);
    account.require_anew(at(5), at(5));
    let (login, _) = open_strong(&mut account, 1, Purpose::Login, 10);
    mailed(&mut account, &login, 10).unwrap();
    let setup = rule(11, |context| {
        account.start_app_for_login(NewSecret::Drawn(totp()), "ada", None, id(1), context)
    });
    rule(12, |context| {
        account.waive_enrolment(Authority::Proof, "root", "found", context)
    });
    let confirmed = rule(13, |context| {
        let new = codes();
        account.confirm_totp(
            &setup.unwrap(),
            &code_at(13),
            NewCodes::Backup(&new),
            context,
        )
    });
    assert_eq!(confirmed, Ok(false));
}

#[test]
fn a_set_up_that_is_too_weak_is_not_confirmed_by_a_challenge_that_asks_for_more() {
    let mut account = reached_by(&[Method::Email]);
    let (login, _) = open_strong(&mut account, 1, Purpose::Login, 10);
    mailed(&mut account, &login, 10).unwrap();
    let before = account.to_document().unwrap();
    let to = Recipient {
        locale: "en".to_owned(),
        email: None,
    };
    let setup = SetupId::new([3; 16]);
    rule(11, |context| {
        account.start_contact_by(
            setup,
            Method::Sms,
            NUMBER,
            &to,
            Permit::Login(id(1)),
            None,
            context,
        )
    });
    let bound = rule(12, |context| {
        account.bind(&setup, NewCodes::Backup(&codes()), context)
    });
    assert_eq!(bound.unwrap_err(), Denied::EnrolmentRequired);
    assert!(!account.has(Method::Sms) && account.phone().is_none());
    assert_eq!(account.to_document().unwrap(), before);
}

#[test]
fn beside_something_stronger_what_is_weak_proves_nothing_and_is_not_charged() {
    let mut account = enrolled();
    bind(&mut account, Method::Email, ADDRESS, 1);
    bind(&mut account, Method::Sms, NUMBER, 2);
    for (n, purpose) in [(1, Purpose::Login), (2, Purpose::StepUp)] {
        let (challenge, methods) = open_strong(&mut account, n, purpose, 10);
        assert_eq!(methods, [Method::Totp, Method::BackupCode]);
        for method in [Method::Email, Method::Sms] {
            assert_eq!(
                destination(&mut account, &challenge, method, 10).unwrap_err(),
                Denied::Rejected
            );
            for _ in 0..10 {
                assert_eq!(
                    verify(&mut account, &challenge, method, "000000", 10),
                    Err(Denied::Rejected)
                );
            }
        }
        assert!(account.locks(at(10)).is_empty());
    }
    // Nor where a thief has seen to it that the stronger one is disabled.
    let login = token(1, Purpose::Login);
    for _ in 0..60 {
        let _ = verify(&mut account, &login, Method::Totp, "000000", 30);
        account.failures.iter_mut().for_each(|(_, it)| it.unblock());
    }
    assert_eq!(account.disabled(), [Method::Totp]);
    assert_eq!(
        verify(&mut account, &login, Method::Email, "000000", 30),
        Err(Denied::Rejected)
    );
    let (login, methods) = open_strong(&mut account, 3, Purpose::Login, 40);
    assert_eq!(methods, [Method::BackupCode]);
    let accepted = verify(
        &mut account,
        &login,
        Method::BackupCode,
        "0123456789ABCDEF",
        40,
    )
    .unwrap();
    assert!(!accepted.must_enrol, "a backup code repairs it, as ever");
}

#[test]
fn a_weak_step_up_gives_no_grant_and_sets_up_beside_what_there_is() {
    let mut account = reached_by(&[Method::Email]);
    let (step_up, _) = open_strong(&mut account, 1, Purpose::StepUp, 10);
    let permit = Permit::StepUp(id(1));
    assert_eq!(allowed(&account, permit, 10), Err(Denied::StepUpRequired));
    let accepted = mailed(&mut account, &step_up, 10).unwrap();
    assert!(accepted.must_enrol && !accepted.granted);
    assert_eq!(
        account.allow_change(Some(&GrantId::new([9; 16])), at(11)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(allowed(&account, permit, 11), Ok(()));
    // It is no sign-in, and a challenge of a sign-in is none of a step-up.
    assert_eq!(
        allowed(&account, Permit::Login(id(1)), 11),
        Err(Denied::ChallengeClosed)
    );
    assert_eq!(
        allowed(&account, Permit::StepUp(id(2)), 11),
        Err(Denied::StepUpRequired)
    );
    let half_an_hour = 10 + 1800;
    assert_eq!(
        allowed(&account, permit, half_an_hour),
        Err(Denied::StepUpRequired)
    );
    let setup = rule(20, |context| {
        account.start_app_for_step_up(NewSecret::Drawn(totp()), "ada", None, id(1), context)
    });
    let verified = account.last_verified();
    let confirmed = rule(20, |context| {
        account.confirm_totp(
            &setup.unwrap(),
            &code_at(20),
            NewCodes::Backup(&codes()),
            context,
        )
    });
    assert_eq!(confirmed, Ok(false), "no codes are new");
    assert!(account.has(Method::Email) && account.has(Method::Totp));
    assert_eq!(account.last_verified(), verified);
    assert_eq!(
        allowed(&account, permit, 21),
        Err(Denied::StepUpRequired),
        "once"
    );
}

/// What is asked from second 100 on.
fn later(until: Option<UnixTime>) -> Demand {
    Demand {
        asks: vec![(Strength::Any, at(50)), (Strength::NoRestricted, at(100))],
        until,
        ..strong(1)
    }
}

fn open_later(account: &mut Account, n: u8, purpose: Purpose, demand: Demand) -> ChallengeToken {
    let open = |context: &mut RuleContext<'_>| {
        account.open_challenge_under(id(n), purpose, Some(demand), context)
    };
    rule(10, open).unwrap();
    token(n, purpose)
}

#[test]
fn what_is_due_is_judged_when_it_is_proven_however_long_ago_the_challenge_was_opened() {
    for (n, purpose) in [(1, Purpose::Login), (2, Purpose::StepUp)] {
        for (seconds, is_due) in [(99, false), (100, true), (100_000, true)] {
            // Beside an app what is weak proves nothing from the day on.
            let mut account = enrolled();
            bind(&mut account, Method::Email, ADDRESS, 1);
            let challenge = open_later(&mut account, n, purpose, later(None));
            let answer = send(&mut account, &challenge, Method::Email, "424242", seconds)
                .and_then(|_| verify(&mut account, &challenge, Method::Email, "424242", seconds));
            assert_eq!(answer.is_err(), is_due, "{purpose:?} {seconds}: {answer:?}");
            // Where it is all there is it leads to a set-up.
            let mut account = reached_by(&[Method::Email]);
            let challenge = open_later(&mut account, n, purpose, later(None));
            let accepted = mailed(&mut account, &challenge, seconds).unwrap();
            assert_eq!(accepted.must_enrol, is_due, "{purpose:?} {seconds}");
            assert_eq!(accepted.granted, purpose == Purpose::StepUp && !is_due);
        }
    }
}

#[test]
fn a_code_that_was_sent_before_the_day_proves_nothing_after_it() {
    let mut account = enrolled();
    bind(&mut account, Method::Email, ADDRESS, 1);
    let login = open_later(&mut account, 1, Purpose::Login, later(None));
    send(&mut account, &login, Method::Email, "424242", 90).unwrap();
    let before = account.to_document().unwrap();
    assert_eq!(
        verify(&mut account, &login, Method::Email, "424242", 110),
        Err(Denied::Rejected)
    );
    assert_eq!(account.to_document().unwrap(), before, "nothing is charged");
}

#[test]
fn an_earlier_day_that_the_account_was_given_meanwhile_counts_for_what_is_open() {
    let mut account = reached_by(&[Method::Email]);
    let login = open_later(&mut account, 1, Purpose::Login, later(None));
    account.note_dues(&[(Strength::NoRestricted, at(30))], at(20));
    assert!(mailed(&mut account, &login, 40).unwrap().must_enrol);
}

#[test]
fn a_proof_from_before_the_day_begins_and_ends_no_set_up_after_it_beside_something_stronger() {
    let mut account = enrolled();
    bind(&mut account, Method::Email, ADDRESS, 1);
    account.require_anew(at(5), at(5));
    let login = open_later(&mut account, 1, Purpose::Login, later(None));
    assert!(mailed(&mut account, &login, 90).unwrap().must_enrol);
    let permit = Permit::Login(id(1));
    assert_eq!(allowed(&account, permit, 99), Ok(()));
    let setup = rule(99, |context| {
        account
            .start_app_for_login(NewSecret::Drawn(totp()), "ada", None, id(1), context)
            .unwrap()
    });
    assert_eq!(allowed(&account, permit, 100), Err(Denied::ChallengeClosed));
    let confirmed = rule(100, |context| {
        account.confirm_totp(&setup, &code_at(100), NewCodes::Backup(&codes()), context)
    });
    assert_eq!(confirmed, Err(Denied::ChallengeClosed));
    // Who proves it with the app goes on.
    let login = open_later(&mut account, 2, Purpose::Login, later(None));
    let accepted = verify(&mut account, &login, Method::Totp, &code_at(130), 130);
    assert!(accepted.unwrap().must_enrol);
    assert_eq!(allowed(&account, Permit::Login(id(2)), 131), Ok(()));
}

#[test]
fn a_challenge_of_when_nobody_could_say_what_is_asked_is_over_by_itself() {
    for purpose in [Purpose::Login, Purpose::StepUp] {
        let mut account = reached_by(&[Method::Email]);
        let unknown = Demand {
            asks: Vec::new(),
            ..later(Some(at(60)))
        };
        let challenge = open_later(&mut account, 1, purpose, unknown);
        let is_open = |account: &Account, seconds| {
            let list = account.list(purpose);
            list.is_open(&challenge, at(seconds), &Policy::default())
        };
        assert!(is_open(&account, 59) && !is_open(&account, 60));
        assert_eq!(
            verify(&mut account, &challenge, Method::Email, "424242", 60),
            Err(Denied::ChallengeClosed)
        );
    }
}

#[test]
fn a_day_of_a_challenge_that_a_clock_gave_which_was_ahead_has_come() {
    let ahead = i64::try_from(SKEW).unwrap() + 1;
    let mut account = reached_by(&[Method::Email]);
    let demand = Demand {
        asks: vec![(Strength::NoRestricted, at(9000))],
        until: Some(at(900_000)),
        ..strong(1)
    };
    let open = |context: &mut RuleContext<'_>| {
        account.open_challenge_under(id(1), Purpose::Login, Some(demand), context)
    };
    rule(ahead, open).unwrap();
    account
        .challenges
        .end_what_is_ahead(at(0), &Policy::default());
    let kept = account.challenges.demand(&id(1)).unwrap();
    assert_eq!(kept.needs(at(0)), Some(Strength::NoRestricted));
    assert_eq!(kept.until, Some(at(1800)));
}

#[test]
fn a_challenge_is_over_when_another_policy_takes_the_place_of_its_own() {
    let open = |demand: Option<Demand>| {
        let mut account = enrolled();
        for (n, purpose) in [(1, Purpose::Login), (2, Purpose::StepUp)] {
            rule(10, |context| {
                account.open_challenge_under(id(n), purpose, demand.clone(), context)
            })
            .unwrap();
        }
        rule(10, |context| {
            account.open_challenge(id(3), Purpose::VerifyPhone, context)
        })
        .unwrap();
        account
    };
    for (opened, now, stays) in [
        (None, None, true),
        (None, Some(1), false),
        (Some(1), Some(1), true),
        (Some(1), Some(2), false),
        (Some(1), None, false),
    ] {
        let mut account = open(opened.map(strong));
        account.stand_under_policy(now.map(policy));
        let is_open = |n: u8, purpose| {
            let list = account.list(purpose);
            list.is_open(&token(n, purpose), at(11), &Policy::default())
        };
        assert_eq!(is_open(1, Purpose::Login), stays, "{opened:?} {now:?}");
        assert_eq!(is_open(2, Purpose::StepUp), stays);
        assert!(is_open(3, Purpose::VerifyPhone));
    }
}

#[test]
fn a_day_moves_to_an_earlier_one_alone_and_stays_when_factors_go() {
    let mut account = enrolled();
    account.note_dues(&[(Strength::Any, at(500))], at(0));
    account.note_dues(
        &[(Strength::Any, at(900)), (Strength::NoRestricted, at(700))],
        at(10),
    );
    let dues = |account: &Account| account.dues().collect::<Vec<_>>();
    let expected = [(Strength::Any, at(500)), (Strength::NoRestricted, at(700))];
    assert_eq!(dues(&account), expected);
    rule(20, |context| account.remove_everything(None, context));
    let _ = rule(21, |context| account.reset(PROVEN, "root", "lost", context));
    assert_eq!(dues(&account), expected);
    account.note_dues(&[(Strength::Any, at(300))], at(30));
    assert_eq!(dues(&account)[0], (Strength::Any, at(300)));
}

#[test]
fn a_day_that_a_clock_gave_which_was_ahead_has_come() {
    let skew = i64::try_from(SKEW).unwrap();
    for (made, kept) in [(skew, 9000), (skew + 1, 0)] {
        let mut account = plain();
        account.note_dues(&[(Strength::Any, at(9000))], at(made));
        account.put_off = Some(at(made));
        let _ = account.put_right(at(0), &Policy::default());
        assert_eq!(account.dues().next(), Some((Strength::Any, at(kept))));
        assert_eq!(account.put_off(), Some(at(0)));
    }
}

#[test]
fn what_was_asked_goes_on_being_asked_for_as_far_as_it_is_enrolled() {
    let mut account = enrolled();
    assert_eq!(account.still_asked(Purpose::Login), None);
    account.note_asked(Some(Strength::Any), Some(Strength::NoRestricted));
    assert_eq!(
        account.still_asked(Purpose::StepUp),
        Some(Strength::NoRestricted)
    );
    let mut account = reached_by(&[Method::Sms]);
    account.note_asked(Some(Strength::Any), Some(Strength::NoRestricted));
    assert_eq!(account.still_asked(Purpose::Login), Some(Strength::Any));
    assert_eq!(
        account.still_asked(Purpose::StepUp),
        None,
        "no new factor is asked for"
    );
    let mut account = plain();
    account.note_asked(Some(Strength::Any), None);
    assert_eq!(account.still_asked(Purpose::Login), None);
}

#[test]
fn a_grant_shows_the_strength_of_the_proof_that_it_came_of() {
    let mut account = enrolled();
    bind(&mut account, Method::Email, ADDRESS, 1);
    let grant = GrantId::new([9; 16]);
    let step_up = open(&mut account, 1, Purpose::StepUp, 40);
    mailed(&mut account, &step_up, 40).unwrap();
    assert!(account.has_shown(Strength::Any, &grant, at(41)));
    assert!(
        !account.has_shown(Strength::NoRestricted, &grant, at(41)),
        "by a mail"
    );
    let step_up = open(&mut account, 2, Purpose::StepUp, 60);
    verify(&mut account, &step_up, Method::Totp, &code_at(60), 60).unwrap();
    assert!(account.has_shown(Strength::NoRestricted, &grant, at(61)));
    assert!(!account.has_shown(Strength::Any, &GrantId::new([8; 16]), at(61)));
    assert!(
        !account.has_shown(Strength::Any, &grant, at(60 + 400)),
        "it is over"
    );
    // By a backup code, and the codes were made anew since.
    let mut account = enrolled();
    bind(&mut account, Method::Email, ADDRESS, 1);
    let step_up = open(&mut account, 1, Purpose::StepUp, 40);
    let code = "0123456789ABCDEF";
    verify(&mut account, &step_up, Method::BackupCode, code, 40).unwrap();
    let new = codes();
    rule(41, |context| {
        account.regenerate_codes(NewCodes::Backup(&new), Some(&grant), context)
    });
    assert!(account.has_shown(Strength::NoRestricted, &grant, at(42)));
}

#[test]
fn the_last_recovery_code_of_a_challenge_that_leads_to_a_set_up_switches_nothing_off() {
    // Of a step-up as of a sign-in: see required.rs.
    let mut account = reached_by(&[Method::Email]);
    let (step_up, _) = open_strong(&mut account, 1, Purpose::StepUp, 10);
    assert!(account.ends_in_set_up(&step_up, None, at(10)));
    let (login, _) = open_strong(&mut account, 2, Purpose::Login, 10);
    assert!(account.ends_in_set_up(&login, None, at(10)));
    bind(&mut account, Method::Sms, NUMBER, 11);
    assert!(!account.has_strength(Strength::NoRestricted));
}
