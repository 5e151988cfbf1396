//! Temporary codes and suspended factors. Every order of both is walked in `tests/it/login_machine/lost.rs`.

use proptest::prelude::*;

use super::*;
use crate::account::enrol::NewSecret;
use crate::account::suspension::SuspendedBy;
use crate::clock::SKEW;
use crate::crypto::recovery_code::RecoveryLength;
use crate::crypto::{Deriver, KeyId, KeyRing};

const ISSUED: &str = "7123-4567-89AB-CDEF";

fn rule<T>(seconds: i64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = Policy::default();
    rule(&mut RuleContext::new(
        at(seconds),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

/// Of a ring.
const KEYS: &str = "k = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// An app, and these beside it.
fn with_app(methods: &[Method]) -> Account {
    let mut account = enrolled();
    for method in methods {
        bind(&mut account, *method, place(*method), 0);
    }
    account
}

fn issue(account: &mut Account, life: u64, seconds: i64) -> bool {
    let code = code::read(ISSUED).unwrap();
    rule(seconds, |context| {
        account.issue_temporary_code(&code, life, Authority::Proof, "bob", "lost", context)
    })
}

fn operator<'a>() -> SuspendedBy<'a> {
    SuspendedBy::Operator {
        by: "bob",
        why: "lost",
        authority: Authority::Proof,
    }
}

fn id_of(account: &Account, method: Method) -> FactorId {
    *account
        .factors()
        .find(|it| it.method() == method)
        .unwrap()
        .id()
}

fn suspend(account: &mut Account, method: Method, seconds: i64) {
    let id = id_of(account, method);
    rule(seconds, |context| {
        account.suspend_factor(&id, operator(), context)
    })
    .unwrap();
}

fn suspended(account: &Account) -> Vec<Method> {
    let factors = account.factors().filter(|it| it.is_suspended());
    factors.map(Factor::method).collect()
}

/// Opens a sign-in and proves it with the code that was issued.
fn by_code(account: &mut Account, n: u8, seconds: i64) -> Result<Accepted, Denied> {
    let login = open(account, n, Purpose::Login, seconds);
    verify(account, &login, Method::TemporaryCode, ISSUED, seconds)
}

fn set_up(account: &mut Account, n: u8, new: u8, seconds: i64) -> Result<bool, Denied> {
    let setup = rule(seconds, |context| {
        let secret = NewSecret::Drawn(app(new));
        account.start_app_for_login(secret, "ada", None, id(n), context)
    });
    rule(seconds, |context| {
        let code = app(new).at(at(seconds));
        account.confirm_totp(&setup.unwrap(), &code, NewCodes::Backup(&codes()), context)
    })
}

#[test]
fn a_temporary_code_signs_nobody_in_before_a_factor_is_set_up_and_then_suspends_what_was_lost() {
    let mut account = with_app(&[Method::Sms, Method::Voice, Method::Email]);
    let day = 3 * 86_400;
    assert!(issue(&mut account, 900, day));
    let accepted = by_code(&mut account, 1, day + 10).unwrap();
    assert!(accepted.must_enrol && !accepted.granted && !accepted.switched_off);
    let permit = Permit::Login(id(1));
    let allowed = account.allow_set_up(&permit, at(day + 11), &Policy::default());
    assert_eq!(allowed, Ok(()));
    // Until then all of it counts: whoever leaves is where they were.
    assert_eq!(suspended(&account), []);
    assert_eq!(set_up(&mut account, 1, 9, day + 20), Ok(true));
    assert_eq!(
        suspended(&account),
        [Method::Totp, Method::Sms, Method::Voice, Method::Email]
    );
    assert_eq!(account.methods(), [Method::Totp, Method::BackupCode]);
    assert_eq!(account.primary(), Some(Method::Totp));
    assert_eq!(account.last_verified(), Some(at(day + 20)));
    assert!(
        account.trusted_in(at(day + 20)) > 0,
        "it makes no operator for a day"
    );
}

#[test]
fn a_temporary_code_is_good_once_until_its_time_is_over_and_the_next_one_is_issued() {
    let mut account = enrolled();
    assert!(!issue(&mut plain(), 900, 0), "who has no factor needs none");
    assert!(issue(&mut account, 900, 10));
    let mut late = copy(&account);
    assert_eq!(by_code(&mut late, 1, 910), Err(Denied::Rejected));
    let mut used = copy(&account);
    assert!(by_code(&mut used, 1, 909).is_ok());
    assert_eq!(by_code(&mut used, 2, 909), Err(Denied::Rejected));
    let mut another = copy(&account);
    let next = code::read("8123456789ABCDEF").unwrap();
    rule(20, |context| {
        another.issue_temporary_code(&next, 900, Authority::Proof, "bob", "lost", context)
    });
    assert_eq!(by_code(&mut another, 1, 30), Err(Denied::Rejected));
    // Whoever ends the sign-ins ends it, too: "this was not me" does.
    rule(20, |context| account.end_sign_ins("host", "why", context));
    assert_eq!(by_code(&mut account, 1, 30), Err(Denied::Rejected));
}

#[test]
fn wrong_temporary_codes_end_their_challenge_and_move_no_counter_of_the_account() {
    let mut account = enrolled();
    assert!(issue(&mut account, 900, 0));
    for n in 1..=30 {
        let seconds = i64::from(n) * 25;
        let login = open(&mut account, n, Purpose::Login, seconds);
        let wrong = |account: &mut Account| {
            verify(
                account,
                &login,
                Method::TemporaryCode,
                "ZZZZ-ZZZZ-ZZZZ-ZZZZ",
                seconds,
            )
        };
        for _ in 0..5 {
            assert_eq!(wrong(&mut account), Err(Denied::Rejected));
        }
        assert_eq!(wrong(&mut account), Err(Denied::ChallengeClosed));
        assert_eq!(account.locks(at(seconds)), []);
        assert!(account.failures.is_empty() || account.disabled().is_empty());
    }
    // Of whoever knows the password alone none of this takes anything from the owner.
    assert!(by_code(&mut account, 99, 800).is_ok());
}

#[test]
fn a_temporary_code_proves_a_sign_in_only() {
    for purpose in [
        Purpose::StepUp,
        Purpose::VerifyPhone,
        Purpose::ResetPassword,
    ] {
        let mut account = reached_by(&PHONE_METHODS);
        issue(&mut account, 900, 0);
        let other = open(&mut account, 1, purpose, 10);
        let before = account.to_document().unwrap();
        let answer = verify(&mut account, &other, Method::TemporaryCode, ISSUED, 10);
        assert_eq!(answer, Err(Denied::Rejected));
        assert_eq!(account.to_document().unwrap(), before);
    }
}

#[test]
fn a_set_up_by_a_temporary_code_has_to_be_as_strong_as_the_policy_asks_whatever_was_lost() {
    let mut account = enrolled();
    issue(&mut account, 900, 0);
    let demand = Demand {
        policy: RequirementId::new([1; 16]),
        asks: vec![(Strength::NoRestricted, at(0))],
        until: None,
    };
    rule(10, |context| {
        account.open_challenge_under(id(1), Purpose::Login, Some(demand), context)
    })
    .unwrap();
    let login = token(1, Purpose::Login);
    assert!(verify(&mut account, &login, Method::TemporaryCode, ISSUED, 10).is_ok());
    let permit = Permit::Login(id(1));
    assert_eq!(
        account.would_do(&permit, Method::Sms, at(10)),
        Err(FactorError::TooWeak),
        "the app that is lost is no reason"
    );
    assert_eq!(account.would_do(&permit, Method::Totp, at(10)), Ok(()));
}

#[test]
fn where_there_is_no_room_for_another_app_those_that_are_lost_make_it() {
    let mut account = enrolled();
    for n in 2..=5 {
        let setup = rule(0, |context| {
            let grant = Some(GrantId::new([9; 16]));
            account.start_totp(app(n), "ada", None, grant, context)
        });
        rule(0, |context| {
            let code = app(n).at(at(0));
            account.confirm_totp(&setup.unwrap(), &code, NewCodes::NONE, context)
        })
        .unwrap();
    }
    issue(&mut account, 900, 10);
    assert!(by_code(&mut account, 1, 10).is_ok());
    assert_eq!(set_up(&mut account, 1, 9, 20), Ok(true));
    let apps = account.factors().filter(|it| it.method() == Method::Totp);
    assert_eq!(apps.count(), 1);
    assert_eq!(suspended(&account), []);
}

#[test]
fn what_is_suspended_is_refused_as_what_was_never_enrolled() {
    let mut account = with_app(&[Method::Sms, Method::Voice, Method::Email]);
    for method in [Method::Totp, Method::Sms, Method::Email] {
        suspend(&mut account, method, 5);
    }
    assert!(account.is_enrolled());
    let login = open(&mut account, 1, Purpose::Login, 10);
    let before = account.to_document().unwrap();
    for method in [Method::Totp, Method::Sms, Method::Email, Method::WhatsApp] {
        let answer = verify(&mut account, &login, method, &code_at(60), 60);
        assert_eq!(answer, Err(Denied::Rejected), "{method}");
        let sent = destination(&mut account, &login, method, 60);
        assert_eq!(sent, Err(Denied::Rejected), "{method}");
    }
    assert_eq!(account.to_document().unwrap(), before, "nothing is charged");
    assert!(destination(&mut account, &login, Method::Voice, 60).is_ok());
    // Nor is a password reset with it.
    suspend(&mut account, Method::Voice, 70);
    assert_eq!(account.methods_for(Purpose::ResetPassword), []);
    suspend(&mut account, Method::BackupCode, 70);
    assert_eq!(account.methods(), []);
    assert!(account.is_enrolled() && account.allow_change(None, at(70)).is_err());
}

#[test]
fn of_two_apps_the_one_that_is_suspended_is_not_looked_at() {
    let mut account = enrolled();
    let setup = rule(0, |context| {
        let grant = Some(GrantId::new([9; 16]));
        account.start_totp(app(2), "ada", None, grant, context)
    });
    rule(0, |context| {
        let code = app(2).at(at(0));
        account.confirm_totp(&setup.unwrap(), &code, NewCodes::NONE, context)
    })
    .unwrap();
    suspend(&mut account, Method::Totp, 5);
    let login = open(&mut account, 1, Purpose::Login, 60);
    let lost = verify(&mut account, &login, Method::Totp, &code_at(60), 60);
    assert_eq!(lost, Err(Denied::Rejected));
    let code = app(2).at(at(60));
    assert!(verify(&mut account, &login, Method::Totp, &code, 60).is_ok());
    // Its code was not spent: once it is found again it is good.
    let lost = id_of(&account, Method::Totp);
    rule(61, |context| {
        account.resume_factor(&lost, operator(), context)
    })
    .unwrap();
    let login = open(&mut account, 2, Purpose::Login, 62);
    assert!(verify(&mut account, &login, Method::Totp, &code_at(62), 62).is_ok());
}

#[test]
fn who_has_the_number_of_somebody_who_lost_the_app_sets_up_none_in_its_place() {
    let mut account = with_app(&[Method::Sms]);
    suspend(&mut account, Method::Totp, 5);
    let demand = Demand {
        policy: RequirementId::new([1; 16]),
        asks: vec![(Strength::NoRestricted, at(0))],
        until: None,
    };
    rule(10, |context| {
        account.open_challenge_under(id(1), Purpose::Login, Some(demand), context)
    })
    .unwrap();
    let login = token(1, Purpose::Login);
    let sent = destination(&mut account, &login, Method::Sms, 11);
    assert_eq!(sent, Err(Denied::Rejected));
}

#[test]
fn its_user_suspends_nothing_that_would_leave_them_without_a_proof_and_resumes_it_by_another_one() {
    let mut account = enrolled();
    let app = id_of(&account, Method::Totp);
    let step_up = open(&mut account, 1, Purpose::StepUp, 60);
    verify(&mut account, &step_up, Method::Totp, &code_at(60), 60).unwrap();
    let own = SuspendedBy::Owner {
        grant: GrantId::new([9; 16]),
        why: "lost",
    };
    let mut without_codes = copy(&account);
    let grant = GrantId::new([9; 16]);
    rule(61, |context| {
        without_codes.remove(Method::BackupCode, Some(&grant), context)
    });
    let last = rule(61, |context| {
        without_codes.suspend_factor(&app, own, context)
    });
    assert_eq!(last, Err(FactorError::Last));
    let epoch = account.epoch();
    rule(61, |context| account.suspend_factor(&app, own, context)).unwrap();
    assert!(account.epoch() > epoch, "sign-ins end");
    // The proof that it gave itself does not bring it back.
    assert!(account.allow_change(Some(&grant), at(62)).is_err());
    let step_up = open(&mut account, 2, Purpose::StepUp, 62);
    let code = "0123-4567-89AB-CDEF";
    verify(&mut account, &step_up, Method::BackupCode, code, 62).unwrap();
    assert!(account.allow_change(Some(&grant), at(62)).is_ok());
    rule(63, |context| account.resume_factor(&app, own, context)).unwrap();
    assert_eq!(suspended(&account), []);
    assert!(
        account.allow_change(Some(&grant), at(63)).is_ok(),
        "another kind of factor gave it"
    );
    let unknown = FactorId([0; 8]);
    let refused = rule(64, |context| account.suspend_factor(&unknown, own, context));
    assert_eq!(refused, Err(FactorError::Unknown));
}

#[test]
fn a_backup_code_signs_in_and_suspends_the_telephone_that_is_lost_and_not_the_mailbox() {
    let mut account = with_app(&[Method::Sms, Method::WhatsApp, Method::Email]);
    let fresh = codes();
    rule(5, |context| {
        account.set_codes(NewCodes::Backup(&fresh), context);
    });
    let login = open(&mut account, 1, Purpose::Login, 10);
    let accepted = verify(
        &mut account,
        &login,
        Method::BackupCode,
        "0123456789ABCDEF",
        10,
    );
    let before = account.epoch();
    let accepted = rule(10, |context| {
        account.suspend_phone(&login, accepted.unwrap(), context)
    });
    assert_eq!(accepted.epoch, account.epoch());
    assert!(account.epoch() > before && !accepted.must_enrol);
    assert_eq!(
        suspended(&account),
        [Method::Totp, Method::Sms, Method::WhatsApp]
    );
    assert_eq!(account.methods(), [Method::Email, Method::BackupCode]);
}

#[test]
fn where_a_set_up_has_to_follow_the_telephone_is_suspended_and_the_set_up_goes_on() {
    let mut account = enrolled();
    rule(0, |context| {
        account.require_enrolment(at(5), Authority::Proof, "bob", "why", context);
    });
    let login = open(&mut account, 1, Purpose::Login, 10);
    let accepted = verify(
        &mut account,
        &login,
        Method::BackupCode,
        "0123456789ABCDEF",
        10,
    );
    let accepted = rule(10, |context| {
        account.suspend_phone(&login, accepted.unwrap(), context)
    });
    assert!(accepted.must_enrol);
    assert_eq!(suspended(&account), [Method::Totp]);
    assert_eq!(set_up(&mut account, 1, 9, 20), Ok(true));
    assert_eq!(suspended(&account), [], "it made place for the new one");
}

#[test]
fn an_operator_who_suspends_what_is_lost_voids_no_code_that_was_issued_for_it() {
    let mut account = enrolled();
    issue(&mut account, 900, 0);
    suspend(&mut account, Method::Totp, 5);
    assert!(by_code(&mut account, 1, 10).is_ok());
}

#[test]
fn a_derived_app_that_is_lost_makes_place_for_the_next_one() {
    let ring = KeyRing::parse(KEYS).unwrap();
    let deriver = || Deriver::new(&ring, "site", "7");
    let key: KeyId = ring.first().unwrap().clone();
    let secret = || NewSecret::Derived {
        key: key.clone(),
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
    };
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut account = plain();
    let mut context = RuleContext::new(at(0), &policy, &mut audit).deriving(deriver());
    let recovery = NewCodes::Recovery {
        key: &key,
        count: 3,
        length: RecoveryLength::Standard,
    };
    let setup = account
        .start_app(secret(), "ada", None, None, &mut context)
        .unwrap();
    let code = setup.totp(&deriver()).unwrap().at(at(0));
    assert_eq!(
        account.confirm_totp(&setup, &code, recovery, &mut context),
        Ok(true)
    );
    let issued = code::read(ISSUED).unwrap();
    account.issue_temporary_code(&issued, 900, Authority::Proof, "bob", "why", &mut context);
    open(&mut account, 1, Purpose::Login, 0);
    let login = token(1, Purpose::Login);
    let used = account.verify(&login, Method::TemporaryCode, ISSUED, None, &mut context);
    assert!(used.is_ok());
    let setup = account
        .start_app_for_login(secret(), "ada", None, id(1), &mut context)
        .unwrap();
    let code = setup.totp(&deriver()).unwrap().at(at(0));
    assert_eq!(
        account.confirm_totp(&setup, &code, recovery, &mut context),
        Ok(true)
    );
    assert_eq!(
        account
            .factors()
            .filter(|it| it.method() == Method::Totp)
            .count(),
        1
    );
}

#[test]
fn a_document_in_which_something_is_suspended_that_is_not_there_is_refused() {
    let mut account = enrolled();
    suspend(&mut account, Method::Totp, 5);
    let document = account.to_document().unwrap();
    assert!(copy(&account).factors[0].is_suspended());
    let mut other = document.to_vec();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(Account::from_document(&other).unwrap_err(), DocumentError);
}

/// Somebody says of what was told that it was not them.
fn hold(account: &mut Account, seconds: i64) {
    let link = NoticeLink {
        number: account.notices.last,
        kind: NoticeKind::Added,
        method: None,
        at: at(seconds),
        made: at(seconds),
    };
    rule(seconds, |context| account.repudiate(&link, context)).unwrap();
}

#[test]
fn while_changes_are_on_hold_a_set_up_that_an_administrators_code_led_to_ends_that_and_nothing_else_does()
 {
    let mut account = with_app(&[Method::Sms]);
    let before = code::read(ISSUED).unwrap();
    rule(0, |context| {
        account.issue_temporary_code(&before, 900, Authority::Proof, "bob", "lost", context)
    });
    hold(&mut account, 5);
    assert_eq!(
        by_code(&mut account, 1, 6),
        Err(Denied::Rejected),
        "who says so ends a code that was issued"
    );
    // A code of the list signs in, and suspends nothing: it may be the thief's.
    let login = open(&mut account, 2, Purpose::Login, 7);
    let accepted = verify(
        &mut account,
        &login,
        Method::BackupCode,
        "0123456789ABCDEF",
        7,
    );
    let accepted = rule(7, |context| {
        account.suspend_phone(&login, accepted.unwrap(), context)
    });
    assert_eq!(
        (suspended(&account), accepted.epoch),
        (vec![], account.epoch())
    );
    assert!(issue(&mut account, 900, 8));
    assert!(by_code(&mut account, 3, 9).is_ok());
    assert!(account.held_since().is_some());
    assert_eq!(set_up(&mut account, 3, 9, 20), Ok(true));
    assert_eq!(account.held_since(), None);
    assert_eq!(suspended(&account), [Method::Totp, Method::Sms]);
}

proptest! {
    /// Whatever clocks show: a code is good within its time, and none comes back from a clock that was ahead.
    #[test]
    fn no_clock_makes_a_temporary_code_good_for_longer(
        life in 60u64..86_400, issued in 0i64..200_000, tried in 0i64..400_000,
    ) {
        let mut account = enrolled();
        issue(&mut account, life, issued);
        account.stamp(at(issued));
        let _ = account.put_right(at(tried), &Policy::default());
        let is_good = by_code(&mut account, 1, tried).is_ok();
        let skew = i64::try_from(SKEW).unwrap();
        let is_right = issued <= tried + skew && tried < issued + i64::try_from(life).unwrap();
        prop_assert_eq!(is_good, is_right);
    }
}
