//! Who has to enrol, and what a sign-in may do until then.

use proptest::prelude::*;

use super::*;
use crate::account::enrol::NewSecret;
use crate::account::permit::Permit;
use crate::clock::SKEW;

fn policy() -> Policy {
    Policy {
        challenge_ttl: 600,
        ..Policy::default()
    }
}

fn rule<T>(seconds: i64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = policy();
    rule(&mut RuleContext::new(
        at(seconds),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

fn require(account: &mut Account, due: i64, seconds: i64) {
    rule(seconds, |context| {
        account.require_enrolment(at(due), Authority::Proof, "admin", "why", context);
    });
}

fn sign_in(account: &mut Account, n: u8, seconds: i64) -> Result<Accepted, Denied> {
    let login = token(n, Purpose::Login);
    rule(seconds, |context| {
        account.verify(&login, Method::Totp, &code_at(seconds), None, context)
    })
}

fn by(n: u8) -> Permit {
    Permit::Login(id(n))
}

fn allowed(account: &Account, permit: Permit, seconds: i64) -> Result<(), Denied> {
    account.allow_set_up(&permit, at(seconds), &policy())
}

/// Begins and confirms an app by the challenge of a sign-in.
fn enrol_by(account: &mut Account, n: u8, new: u8, seconds: i64) -> Result<bool, Denied> {
    allowed(account, by(n), seconds)?;
    let setup = rule(seconds, |context| {
        account
            .start_app_for_login(NewSecret::Drawn(app(new)), "ada", None, id(n), context)
            .unwrap()
    });
    confirm(account, &setup, new, seconds)
}

fn confirm(
    account: &mut Account,
    setup: &PendingTotp,
    new: u8,
    seconds: i64,
) -> Result<bool, Denied> {
    rule(seconds, |context| {
        account.confirm_totp(
            setup,
            &app(new).at(at(seconds)),
            NewCodes::Backup(&codes()),
            context,
        )
    })
}

#[test]
fn without_a_factor_the_challenge_of_a_sign_in_enrols_and_is_its_proof() {
    let mut account = plain();
    require(&mut account, 0, 0);
    assert!(account.must_enrol(at(0)));
    open(&mut account, 1, Purpose::Login, 1);
    assert_eq!(
        sign_in(&mut account, 1, 1),
        Err(Denied::Rejected),
        "nothing can be proven"
    );
    assert_eq!(enrol_by(&mut account, 1, 5, 2), Ok(true));
    assert!(!account.must_enrol(at(3)) && account.enrolment_due().is_none());
    assert_eq!(account.last_verified(), Some(at(2)));
    assert_eq!(account.last_verified_by(Method::Totp), Some(at(2)));
    assert_eq!(
        allowed(&account, by(1), 3),
        Err(Denied::ChallengeClosed),
        "once"
    );
}

#[test]
fn while_the_old_factor_works_the_password_alone_re_enrols_nobody() {
    let mut account = enrolled();
    require(&mut account, 10, 10);
    let login = open(&mut account, 1, Purpose::Login, 30);
    assert_eq!(allowed(&account, by(1), 30), Err(Denied::StepUpRequired));
    assert_eq!(
        allowed(&account, Permit::None, 30),
        Err(Denied::StepUpRequired)
    );
    // Nor once its user cannot prove it any more: or a thief would see to that first.
    for _ in 0..60 {
        let _ = rule(30, |context| {
            account.verify(&login, Method::Totp, "000000", None, context)
        });
        account.failures.iter_mut().for_each(|(_, it)| it.unblock());
    }
    assert_eq!(account.disabled(), [Method::Totp]);
    assert_eq!(allowed(&account, by(1), 30), Err(Denied::StepUpRequired));
}

#[test]
fn the_old_proof_opens_the_set_up_and_nothing_else_and_the_new_app_takes_the_place_of_old_secrets()
{
    let mut account = enrolled();
    require(&mut account, 10, 10);
    open(&mut account, 1, Purpose::Login, 30);
    open(&mut account, 2, Purpose::Login, 30);
    let accepted = sign_in(&mut account, 1, 30).unwrap();
    assert!(accepted.must_enrol && !accepted.granted);
    assert_eq!(
        sign_in(&mut account, 1, 60),
        Err(Denied::ChallengeClosed),
        "it proves no more"
    );
    assert_eq!(
        allowed(&account, by(2), 60),
        Err(Denied::StepUpRequired),
        "the other one is not proven"
    );
    assert_eq!(
        account.allow_change(None, at(60)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(
        account.allow_change(Some(&GrantId::new([1; 16])), at(60)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(enrol_by(&mut account, 1, 5, 60), Ok(true), "with new codes");
    let methods: Vec<_> = account.factors().map(Factor::method).collect();
    assert_eq!(methods, [Method::Totp, Method::BackupCode]);
    open(&mut account, 3, Purpose::Login, 90);
    assert_eq!(
        sign_in(&mut account, 3, 90),
        Err(Denied::Rejected),
        "the old app is gone"
    );
    assert_eq!(allowed(&account, by(2), 90), Err(Denied::ChallengeClosed));
}

#[test]
fn a_number_that_is_enrolled_by_the_challenge_takes_the_place_of_old_secrets_too() {
    let mut account = enrolled();
    require(&mut account, 10, 10);
    open(&mut account, 1, Purpose::Login, 30);
    assert!(sign_in(&mut account, 1, 30).unwrap().must_enrol);
    let setup = setup_id(Method::Sms, NUMBER, 40);
    rule(40, |context| {
        account.start_contact_by(
            setup,
            Method::Sms,
            NUMBER,
            &Recipient::default(),
            by(1),
            None,
            context,
        )
    });
    let codes = codes();
    let target = ForEnrolment {
        setup: &setup,
        codes: NewCodes::Backup(&codes),
    };
    let sent = SentCode::Own {
        code: "424242",
        provider: "carrier",
    };
    rule(40, |context| account.record_sent(&target, &sent, context)).unwrap();
    let Step::Done(confirmed) =
        rule(41, |context| account.check_code(&target, "424242", context)).unwrap()
    else {
        panic!("a code of ours is judged here");
    };
    assert!(confirmed.signs_in && !confirmed.first);
    let methods: Vec<_> = account.factors().map(Factor::method).collect();
    assert_eq!(
        (methods, account.enrolment_due()),
        (vec![Method::Sms, Method::BackupCode], None)
    );
}

#[test]
fn a_set_up_ends_with_its_sign_in_and_with_the_requirement() {
    type Ends = fn(&mut Account);
    let ends: [(&str, Ends, i64); 4] = [
        (
            "waived",
            |account| {
                assert!(rule(40, |context| account.waive_enrolment(
                    Authority::Proof,
                    "admin",
                    "why",
                    context
                )));
            },
            50,
        ),
        (
            "epoch",
            |account| {
                rule(40, |context| account.end_sign_ins("host", "why", context));
            },
            50,
        ),
        (
            "reset",
            |account| {
                rule(40, |context| account.reset(PROVEN, "admin", "why", context)).unwrap();
            },
            50,
        ),
        ("half an hour", |_| {}, 30 + 1800),
    ];
    for (what, end, later) in ends {
        let mut account = enrolled();
        require(&mut account, 10, 10);
        open(&mut account, 1, Purpose::Login, 30);
        assert!(sign_in(&mut account, 1, 30).unwrap().must_enrol);
        let setup = rule(31, |context| {
            account
                .start_app_for_login(NewSecret::Drawn(app(5)), "ada", None, id(1), context)
                .unwrap()
        });
        assert_eq!(
            allowed(&account, by(1), later - 1 - 18),
            Ok(()),
            "longer than a code's ten minutes"
        );
        end(&mut account);
        assert!(confirm(&mut account, &setup, 5, later).is_err(), "{what}");
        assert_eq!(
            allowed(&account, by(1), later),
            Err(Denied::ChallengeClosed),
            "{what}"
        );
    }
}

#[test]
fn what_was_proven_for_a_set_up_is_good_for_half_an_hour_however_long_a_challenge_is_open() {
    for ttl in [0, 86_400] {
        let policy = Policy {
            challenge_ttl: ttl,
            ..Policy::default()
        };
        let mut account = enrolled();
        require(&mut account, 10, 10);
        open(&mut account, 1, Purpose::Login, 30);
        assert!(sign_in(&mut account, 1, 30).unwrap().must_enrol);
        for (seconds, expected) in [(1829, Ok(())), (1830, Err(Denied::ChallengeClosed))] {
            assert_eq!(account.allow_set_up(&by(1), at(seconds), &policy), expected);
        }
    }
}

#[test]
fn what_was_proven_for_a_set_up_is_closed_by_no_number_of_passwords_from_elsewhere() {
    let from = |account: &mut Account, n: u8, ip: &str, seconds: i64| {
        let policy = policy();
        let mut audit = AuditBuffer::from_ip(Some(ip));
        let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
        account.open_challenge(id(n), Purpose::Login, &mut context)
    };
    let mut account = enrolled();
    require(&mut account, 10, 10);
    from(&mut account, 1, "203.0.113.9", 30).unwrap();
    assert!(sign_in(&mut account, 1, 30).unwrap().must_enrol);
    for n in 0..200 {
        let _ = from(&mut account, 50, &format!("198.51.{n}.7"), 31);
    }
    assert_eq!(allowed(&account, by(1), 31), Ok(()));
}

#[test]
fn what_a_clock_required_of_one_that_was_ahead_is_due_at_once() {
    let policy = policy();
    for due in [1_000_000, 2_000_000] {
        let mut account = enrolled();
        require(&mut account, due, 1_000_000);
        let _ = account.put_right(at(20), &policy);
        assert!(account.must_enrol(at(20)), "{due}");
    }
    // Two servers may be that far apart.
    let mut account = enrolled();
    require(&mut account, 500, 20 + i64::try_from(SKEW).unwrap());
    let _ = account.put_right(at(20), &policy);
    assert_eq!(account.enrolment_due(), Some(at(500)));
}

#[test]
fn in_its_time_of_grace_sign_ins_are_as_before_and_it_is_done_when_no_old_secret_is_left() {
    let mut account = enrolled();
    require(&mut account, 1000, 10);
    open(&mut account, 1, Purpose::Login, 30);
    let accepted = sign_in(&mut account, 1, 30).unwrap();
    assert!(!accepted.must_enrol);
    assert_eq!(allowed(&account, by(1), 30), Err(Denied::ChallengeClosed));
    // One more app alone leaves the old secret where it was.
    let grant = GrantId::new([9; 16]);
    account.grants.give(grant, Method::Totp, None, at(60));
    let setup = rule(60, |context| {
        account.start_app(NewSecret::Drawn(app(5)), "ada", None, Some(grant), context)
    });
    assert_eq!(confirm(&mut account, &setup.unwrap(), 5, 60), Ok(false));
    assert_eq!(account.enrolment_due(), Some(at(1000)));
    let old = account.factors().next().unwrap().id;
    rule(70, |context| {
        account.remove_factor(&old, Some(&grant), context)
    })
    .unwrap();
    assert!(account.enrolment_due().is_some(), "the old codes are left");
    rule(80, |context| {
        account.regenerate_codes(NewCodes::Backup(&codes()), Some(&grant), context)
    });
    assert_eq!(account.enrolment_due(), None);
}

#[test]
fn a_secret_in_the_place_of_all_others_is_enough_in_the_time_of_grace() {
    let mut account = enrolled();
    require(&mut account, 1000, 10);
    let grant = GrantId::new([9; 16]);
    account.grants.give(grant, Method::Totp, None, at(60));
    let setup = rule(60, |context| {
        account.rotate_app(NewSecret::Drawn(app(5)), "ada", Some(grant), context)
    });
    assert_eq!(confirm(&mut account, &setup, 5, 60), Ok(true));
    assert_eq!(account.enrolment_due(), None);
}

#[test]
fn a_reset_does_not_end_it() {
    let mut account = enrolled();
    require(&mut account, 10, 10);
    rule(20, |context| account.reset(PROVEN, "admin", "why", context)).unwrap();
    assert!(account.must_enrol(at(20)));
}

#[test]
fn a_proof_that_a_clock_gave_which_was_ahead_opens_no_set_up() {
    let mut account = enrolled();
    require(&mut account, 10, 10);
    open(&mut account, 1, Purpose::Login, 30);
    let login = token(1, Purpose::Login);
    account
        .challenges
        .prove(&login, Some(Method::Totp), at(100_000));
    let _ = account.put_right(at(40), &policy());
    assert_eq!(allowed(&account, by(1), 40), Err(Denied::StepUpRequired));
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Open(u8),
    Guess(u8),
    EnrolBy(u8),
    EnrolPlainly,
    Wait(i64),
}

proptest! {
    /// Whoever has the password and no code, whatever they do in which order.
    #[test]
    fn the_password_alone_never_changes_a_factor_that_is_enrolled(
        acts in proptest::collection::vec(prop_oneof![
            (1u8..4).prop_map(Act::Open),
            (1u8..4).prop_map(Act::Guess),
            (1u8..4).prop_map(Act::EnrolBy),
            Just(Act::EnrolPlainly),
            (1i64..2000).prop_map(Act::Wait),
        ], 1..60),
        grace in 0i64..3000,
    ) {
        let mut account = enrolled();
        require(&mut account, grace, 0);
        let before: Vec<_> = account.factors().map(|it| it.id).collect();
        let mut now = 30;
        for act in acts {
            match act {
                Act::Open(n) => {
                    let _ = rule(now, |context| account.open_challenge(id(n), Purpose::Login, context));
                }
                Act::Guess(n) => {
                    let login = token(n, Purpose::Login);
                    let answer = rule(now, |context| account.verify(&login, Method::Totp, "", None, context));
                    prop_assert!(answer.is_err());
                }
                Act::EnrolBy(n) => prop_assert!(enrol_by(&mut account, n, 5, now).is_err()),
                Act::EnrolPlainly => prop_assert!(allowed(&account, Permit::None, now).is_err()),
                Act::Wait(seconds) => now += seconds,
            }
        }
        let after: Vec<_> = account.factors().map(|it| it.id).collect();
        prop_assert_eq!((before, account.enrolment_due()), (after, Some(at(grace))));
    }
}
