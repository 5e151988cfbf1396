//! What is required of everybody: whom it concerns, and when it is done.

use proptest::prelude::*;

use super::*;
use crate::account::EnrolmentOfEverybody;
use crate::account::enrol::NewSecret;
use crate::account::permit::Permit;
use crate::clock::SKEW;
use crate::crypto::OsEntropy;
use crate::types::SecretMode;

fn of_everybody(made: i64, due: i64) -> EnrolmentOfEverybody {
    EnrolmentOfEverybody::new(at(made), at(due), "root", "why", &mut OsEntropy).unwrap()
}

fn rule<T>(seconds: i64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = Policy::default();
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

/// Begins an app as whoever has proven something, and confirms it.
fn add_app(account: &mut Account, new: u8, seconds: i64) {
    let setup = rule(seconds, |context| {
        account.start_totp(app(new), "ada", None, None, context)
    });
    confirm_app(account, &setup.unwrap(), new, seconds);
}

/// The same by the challenge of a sign-in, after the proof.
fn enrol_anew(account: &mut Account, new: u8, seconds: i64) {
    let setup = rule(seconds, |context| {
        account
            .start_app_for_login(NewSecret::Drawn(app(new)), "ada", None, id(1), context)
            .unwrap()
    });
    let policy = Policy::default();
    if let Some(challenge) = account.challenges.open.iter_mut().find(|it| it.id == id(1)) {
        challenge.proven = Some(at(seconds));
    }
    let is_allowed = account.allow_set_up(&Permit::Login(id(1)), at(seconds), &policy);
    assert_eq!(is_allowed, Ok(()));
    confirm_app(account, &setup, new, seconds);
}

fn confirm_app(account: &mut Account, setup: &PendingTotp, new: u8, seconds: i64) {
    let code = app(new).at(at(seconds));
    let codes = codes();
    let confirmed = rule(seconds, |context| {
        account.confirm_totp(setup, &code, NewCodes::Backup(&codes), context)
    });
    assert!(confirmed.is_ok());
}

#[test]
fn it_concerns_who_has_a_factor_from_before_and_nobody_who_has_none() {
    let required = of_everybody(10, 500);
    let mut account = enrolled();
    account.stand_under(Some(&required), at(20));
    assert_eq!(account.enrolment_due(), Some(at(500)));
    assert!(!account.must_enrol(at(499)) && account.must_enrol(at(500)));
    let mut empty = plain();
    empty.stand_under(Some(&required), at(20));
    assert_eq!(empty.enrolment_due(), None);
    add_app(&mut empty, 5, 30);
    assert_eq!(empty.enrolment_due(), None, "enrolled afterwards");
    account.stand_under(None, at(30));
    assert_eq!(account.enrolment_due(), None, "taken back");
}

#[test]
fn one_more_app_is_not_enough_while_the_old_one_is_there() {
    let required = of_everybody(10, 10);
    let mut account = enrolled();
    account.stand_under(Some(&required), at(20));
    add_app(&mut account, 5, 30);
    assert!(account.must_enrol(at(30)));
    let old = account.factors().next().unwrap().id;
    let removed = rule(40, |context| account.remove_factor(&old, None, context));
    assert!(removed.is_ok());
    assert!(account.must_enrol(at(40)), "the codes are left");
    rule(50, |context| {
        account.regenerate_codes(NewCodes::Backup(&codes()), None, context);
    });
    assert_eq!(account.enrolment_due(), None);
}

#[test]
fn a_number_from_before_is_enough_once_it_is_proven_again() {
    let mut account = reached_by(&[Method::Sms]);
    account.stand_under(Some(&of_everybody(10, 10)), at(20));
    assert!(account.must_enrol(at(20)));
    bind(&mut account, Method::Sms, NUMBER, 100);
    let methods: Vec<_> = account.factors().map(Factor::method).collect();
    assert_eq!(methods, [Method::Sms, Method::BackupCode]);
    assert!(account.must_enrol(at(100)), "its old codes are left");
    rule(110, |context| {
        account.regenerate_codes(NewCodes::Backup(&codes()), None, context);
    });
    assert!(!account.must_enrol(at(110)));
}

#[test]
fn of_both_requirements_the_earlier_one_is_due_and_each_is_done_by_itself() {
    let mut account = enrolled();
    account.stand_under(Some(&of_everybody(10, 500)), at(20));
    require(&mut account, 300, 20);
    assert_eq!(account.enrolment_due(), Some(at(300)));
    require(&mut account, 900, 20);
    assert_eq!(account.enrolment_due(), Some(at(500)));
    account.stand_under(None, at(30));
    assert_eq!(account.enrolment_due(), Some(at(900)));
    // What is enrolled while nothing is required of everybody is from before whatever is required next.
    let _ = open(&mut account, 1, Purpose::Login, 950);
    enrol_anew(&mut account, 5, 950);
    assert_eq!(account.enrolment_due(), None);
    account.stand_under(Some(&of_everybody(960, 960)), at(960));
    assert!(account.must_enrol(at(960)));
}

#[test]
fn a_user_is_excused_from_it_until_it_is_required_once_more() {
    let required = of_everybody(10, 10);
    let mut account = enrolled();
    account.stand_under(Some(&required), at(20));
    let waive = |account: &mut Account| {
        rule(20, |context| {
            account.waive_enrolment(Authority::Proof, "admin", "why", context)
        })
    };
    assert!(waive(&mut account));
    assert!(!account.must_enrol(at(20)) && !waive(&mut account));
    account.stand_under(Some(&of_everybody(30, 30)), at(30));
    assert!(account.must_enrol(at(30)));
}

#[test]
fn what_a_clock_required_that_was_ahead_is_due_at_once() {
    let required = of_everybody(1_000_000, 2_000_000);
    let mut account = enrolled();
    account.stand_under(Some(&required), at(20));
    assert!(account.must_enrol(at(20)));
    // Two servers may be that far apart.
    let skew = i64::try_from(SKEW).unwrap();
    account.stand_under(Some(&of_everybody(20 + skew, 500)), at(20));
    assert_eq!(account.enrolment_due(), Some(at(500)));
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Require,
    Withdraw,
    Add,
    Anew,
    RemoveAll,
    Reset,
    Clock(i64),
}

proptest! {
    /// Whatever the clock does: who had a factor when it was required has to enrol, and nobody who has done so.
    #[test]
    fn everybody_owes_one_enrolment_for_each_requirement_whatever_the_clock_says(
        acts in proptest::collection::vec(prop_oneof![
            2 => Just(Act::Require),
            1 => Just(Act::Withdraw),
            2 => Just(Act::Add),
            3 => Just(Act::Anew),
            1 => Just(Act::RemoveAll),
            1 => Just(Act::Reset),
            2 => (-100_000i64..100_000).prop_map(Act::Clock),
        ], 1..40),
    ) {
        let mut account = enrolled();
        let mut required = None;
        let (mut owes, mut now, mut new) = (false, 200_000, 1u8);
        for act in acts {
            let is_enrolled = account.is_enrolled();
            match act {
                Act::Require => {
                    required = Some(of_everybody(now, now));
                    owes = is_enrolled;
                }
                Act::Withdraw => (required, owes) = (None, false),
                Act::Add if account.takes_app(SecretMode::Sealed) => {
                    new += 1;
                    add_app(&mut account, new, now);
                }
                Act::Anew if is_enrolled && owes => {
                    new += 1;
                    let _ = account.put_right(at(now), &Policy::default());
                    let opened = rule(now, |context| account.open_challenge(id(1), Purpose::Login, context));
                    if opened.is_ok() {
                        enrol_anew(&mut account, new, now);
                        owes = false;
                    }
                }
                Act::RemoveAll => {
                    let all: Vec<_> = account.factors().map(|it| it.id).collect();
                    for id in all {
                        let _ = rule(now, |context| account.remove_factor(&id, None, context));
                    }
                    owes = false;
                }
                Act::Reset => {
                    rule(now, |context| {
                        account.reset(Ok(Authority::Proof), "admin", "why", context).unwrap();
                    });
                    owes = false;
                }
                Act::Clock(by) => now = (now + by).max(0),
                Act::Add | Act::Anew => {}
            }
            let document = account.to_document().unwrap();
            account = Account::from_document(&document).unwrap();
            prop_assert_eq!(account.enrolment_due(), None, "no account keeps it");
            account.stand_under(required.as_ref(), at(now));
            prop_assert_eq!(account.must_enrol(at(now + 200_000)), owes, "{:?}", act);
        }
    }
}
