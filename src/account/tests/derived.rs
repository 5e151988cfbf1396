//! Secrets that are derived, and recovery codes: nothing is kept, no secret is given twice, and codes go forward alone.

use proptest::prelude::*;

use super::*;
use crate::account::permit::Permit;
use crate::crypto::recovery_code::{self, RecoveryLength};
use crate::crypto::{Deriver, KeyId, KeyRing};
use crate::types::SecretMode;

const KEYS: &str = "k = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn ring() -> KeyRing {
    KeyRing::parse(KEYS).unwrap()
}

fn key() -> KeyId {
    KeyId::read("k").unwrap()
}

fn derived() -> NewSecret {
    NewSecret::Derived {
        key: key(),
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
    }
}

/// A new set of so many codes.
fn with_codes<T>(count: u8, then: impl FnOnce(NewCodes<'_>) -> T) -> T {
    let (key, length) = (key(), RecoveryLength::Standard);
    then(NewCodes::Recovery {
        key: &key,
        count,
        length,
    })
}

/// A rule with the key within reach, and its events.
fn ruled<T>(
    account: &mut Account,
    seconds: i64,
    rule: impl FnOnce(&mut Account, &mut RuleContext<'_>) -> T,
) -> (T, Vec<EventKind>) {
    let (ring, policy, mut audit) = (ring(), Policy::default(), AuditBuffer::default());
    let context = RuleContext::new(at(seconds), &policy, &mut audit);
    let done = rule(
        account,
        &mut context.deriving(Deriver::new(&ring, "site", "7")),
    );
    (done, audit.events().iter().map(|it| it.kind).collect())
}

fn begin(
    account: &mut Account,
    secret: NewSecret,
    seconds: i64,
) -> Result<PendingTotp, FactorError> {
    let (setup, _) = ruled(account, seconds, |account, context| {
        account.start_app(secret, "ada", None, None, context)
    });
    setup
}

/// What an app shows that was given that set-up.
fn shown(setup: &PendingTotp, seconds: i64) -> String {
    let ring = ring();
    let totp = setup.totp(&Deriver::new(&ring, "site", "7")).unwrap();
    totp.at(at(seconds)).to_string()
}

fn confirm(
    account: &mut Account,
    setup: &PendingTotp,
    count: u8,
    seconds: i64,
) -> Result<bool, Denied> {
    let code = shown(setup, seconds);
    let (done, _) = ruled(account, seconds, |account, context| {
        with_codes(count, |codes| {
            account.confirm_totp(setup, &code, codes, context)
        })
    });
    done
}

/// An account with a derived app and so many recovery codes, and what its app was given.
fn account(count: u8) -> (Account, PendingTotp) {
    let mut account = plain();
    let setup = begin(&mut account, derived(), 0).unwrap();
    assert_eq!(confirm(&mut account, &setup, count, 0), Ok(true));
    (account, setup)
}

/// The codes as they are printed, from the first on.
fn printed(account: &Account) -> Vec<String> {
    let ring = ring();
    let codes = account.recovery_codes(&Deriver::new(&ring, "site", "7"));
    codes.iter().map(|it| code::show(it).to_string()).collect()
}

fn answer(
    account: &mut Account,
    purpose: Purpose,
    method: Method,
    proof: &str,
    seconds: i64,
) -> (Result<Accepted, Denied>, Vec<EventKind>) {
    let token = open(account, 1, purpose, seconds);
    ruled(account, seconds, |account, context| {
        account.verify(&token, method, proof, Some(GrantId::new([9; 16])), context)
    })
}

fn recover(account: &mut Account, code: &str, seconds: i64) -> Result<Accepted, Denied> {
    answer(account, Purpose::Login, Method::RecoveryCode, code, seconds).0
}

#[test]
fn an_app_that_is_derived_signs_in_once_a_step_and_its_account_has_nothing_of_its_secret() {
    let (mut account, setup) = account(10);
    let ring = ring();
    let totp = setup.totp(&Deriver::new(&ring, "site", "7")).unwrap();
    let secret = totp.secret().bytes();
    for document in [account.to_document().unwrap(), setup.to_document().unwrap()] {
        let has_some = document.windows(8).any(|part| part == &secret[..8]);
        assert!(!has_some, "nothing of the secret is kept");
    }
    for (seconds, right) in [(0, false), (30, true), (30, false), (90, true), (60, false)] {
        let (said, _) = answer(
            &mut account,
            Purpose::Login,
            Method::Totp,
            &shown(&setup, seconds),
            90.min(seconds + 30),
        );
        assert_eq!(said.is_ok(), right, "{seconds}");
    }
    // Whoever has the account and no key has nothing: no code is right.
    let mut alone = copy(&account);
    let token = open(&mut alone, 2, Purpose::Login, 150);
    for (method, proof) in [
        (Method::Totp, shown(&setup, 150)),
        (Method::RecoveryCode, printed(&account)[0].clone()),
    ] {
        let said = verify(&mut alone, &token, method, &proof, 150);
        assert_eq!(said, Err(Denied::Rejected));
    }
}

#[test]
fn two_who_begin_a_set_up_at_the_same_moment_have_nothing_in_common() {
    let mut account = plain();
    let mine = begin(&mut account, derived(), 0).unwrap();
    let theirs = begin(&mut account, derived(), 0).unwrap();
    assert_ne!(shown(&mine, 0), shown(&theirs, 0));
    assert_eq!(confirm(&mut account, &mine, 10, 0), Ok(true));
    assert_eq!(confirm(&mut account, &theirs, 10, 0), Err(Denied::Rejected));
    let (said, _) = answer(
        &mut account,
        Purpose::Login,
        Method::Totp,
        &shown(&theirs, 30),
        30,
    );
    assert_eq!(said, Err(Denied::Rejected));
}

#[test]
fn no_generation_comes_twice_whatever_becomes_of_the_factor_or_the_account() {
    let mut account = plain();
    let (mut secrets, mut sets) = (Vec::new(), Vec::new());
    for round in 0..4 {
        let seconds = round * 30;
        let setup = begin(&mut account, derived(), seconds).unwrap();
        secrets.push(shown(&setup, 1_000));
        assert_eq!(confirm(&mut account, &setup, 5, seconds), Ok(true));
        sets.push(printed(&account));
        match round {
            0 => assert!(
                ruled(&mut account, seconds, |it, context| it.remove(
                    Method::Totp,
                    None,
                    context
                ))
                .0
            ),
            1 => {
                let reset = |it: &mut Account, context: &mut RuleContext<'_>| {
                    it.reset(PROVEN, "admin", "why", context)
                };
                ruled(&mut account, seconds, reset).0.unwrap();
            }
            // The row was lost: what is new begins at the time.
            _ => account = plain(),
        }
    }
    for place in 0..4 {
        for other in 0..place {
            assert_ne!(secrets[place], secrets[other]);
            assert_ne!(sets[place][0], sets[other][0]);
        }
    }
}

/// Whoever has the password of somebody without a factor begins set-ups as fast as it goes, and keeps what is shown.
#[test]
fn no_number_of_set_ups_gets_ahead_of_the_clock() {
    let mut account = plain();
    for _ in 0..3_000 {
        let _ = begin(&mut account, derived(), 0).unwrap();
    }
    let last = account.app_generation;
    // The row is lost, and its owner sets up one second later.
    let mut again = plain();
    let theirs = begin(&mut again, derived(), 1).unwrap();
    assert!(again.app_generation > last);
    assert_eq!(confirm(&mut again, &theirs, 5, 1), Ok(true));
}

#[test]
fn a_derived_app_stands_alone_and_takes_the_place_of_others_by_rotation_only() {
    let (mut one, _) = account(10);
    for secret in [derived(), NewSecret::Drawn(app(2))] {
        assert!(!one.takes_app(secret.mode()));
        assert_eq!(
            begin(&mut one, secret, 30).unwrap_err(),
            FactorError::OneApp
        );
    }
    let mut sealed = enrolled();
    assert!(sealed.takes_app(SecretMode::Sealed) && !sealed.takes_app(SecretMode::Derived));
    assert_eq!(
        begin(&mut sealed, derived(), 30).unwrap_err(),
        FactorError::OneApp
    );
}

#[test]
fn until_a_new_secret_is_confirmed_the_old_one_counts_and_then_it_alone() {
    for (from, to) in [
        (SecretMode::Sealed, SecretMode::Derived),
        (SecretMode::Derived, SecretMode::Derived),
        (SecretMode::Derived, SecretMode::Sealed),
    ] {
        let (mut account, old) = match from {
            SecretMode::Sealed => (enrolled(), None),
            SecretMode::Derived => {
                let (account, setup) = account(10);
                (account, Some(setup))
            }
        };
        let old_code = |seconds: i64| {
            old.as_ref()
                .map_or_else(|| code_at(seconds), |old| shown(old, seconds))
        };
        let secret = match to {
            SecretMode::Sealed => NewSecret::Drawn(app(3)),
            SecretMode::Derived => derived(),
        };
        let (old_backup, old_recovery) = (code::show(&codes()[0]).to_string(), printed(&account));
        let (setup, _) = ruled(&mut account, 30, |account, context| {
            account.rotate_app(secret, "ada", None, context)
        });
        let (said, _) = answer(
            &mut account,
            Purpose::Login,
            Method::Totp,
            &old_code(60),
            60,
        );
        assert!(said.is_ok(), "{from} to {to}: the old one still counts");
        assert!(account.awaits(&setup, at(60)));
        let new = match to {
            SecretMode::Sealed => app(3).at(at(90)).to_string(),
            SecretMode::Derived => shown(&setup, 90),
        };
        let fresh = codes();
        let before = account.epoch();
        let (done, events) = ruled(&mut account, 90, |account, context| match to {
            SecretMode::Sealed => {
                account.confirm_totp(&setup, &new, NewCodes::Backup(&fresh), context)
            }
            SecretMode::Derived => with_codes(10, |codes| {
                account.confirm_totp(&setup, &new, codes, context)
            }),
        });
        assert_eq!(done, Ok(true), "{from} to {to}");
        assert!(account.epoch() > before);
        let renewed = match to {
            SecretMode::Sealed => EventKind::BackupRegenerated,
            SecretMode::Derived => EventKind::RecoveryRegenerated,
        };
        assert_eq!(events, [EventKind::Removed, EventKind::Enrolled, renewed]);
        let (said, _) = answer(
            &mut account,
            Purpose::Login,
            Method::Totp,
            &old_code(120),
            120,
        );
        assert_eq!(
            said,
            Err(Denied::Rejected),
            "{from} to {to}: the old one is over"
        );
        // One set of codes, of the new kind: of the old one none is good.
        let methods = account.methods();
        assert_eq!(methods.iter().filter(|it| it.is_lookup()).count(), 1);
        assert_eq!(
            methods.contains(&Method::RecoveryCode),
            to == SecretMode::Derived
        );
        if from == SecretMode::Sealed {
            let (said, _) = answer(
                &mut account,
                Purpose::Login,
                Method::BackupCode,
                &old_backup,
                120,
            );
            assert_eq!(said, Err(Denied::Rejected));
        } else {
            assert_eq!(
                recover(&mut account, &old_recovery[9], 120),
                Err(Denied::Rejected)
            );
        }
        let read = copy(&account);
        assert_eq!(read.to_document().unwrap(), account.to_document().unwrap());
    }
}

#[test]
fn new_recovery_codes_change_nothing_else() {
    let (mut account, setup) = account(10);
    let (old, app_generation) = (printed(&account), account.app_generation);
    let ((), events) = ruled(&mut account, 10, |account, context| {
        with_codes(5, |codes| account.regenerate_codes(codes, None, context));
    });
    assert_eq!(events, [EventKind::RecoveryRegenerated]);
    assert_eq!(account.app_generation, app_generation);
    let (said, _) = answer(
        &mut account,
        Purpose::Login,
        Method::Totp,
        &shown(&setup, 30),
        30,
    );
    assert!(said.is_ok(), "the app goes on");
    let new = printed(&account);
    assert_eq!(new.len(), 5);
    assert!(new.iter().all(|code| !old.contains(code)));
    assert_eq!(recover(&mut account, &old[9], 30), Err(Denied::Rejected));
    assert!(recover(&mut account, &new[0], 30).is_ok());
}

#[test]
fn a_code_that_was_mistyped_costs_nothing_and_an_earlier_one_costs_what_a_wrong_one_does() {
    let (mut account, _) = account(10);
    let codes = printed(&account);
    assert!(recover(&mut account, &codes[4], 10).is_ok());
    let token = open(&mut account, 1, Purpose::Login, 20);
    let mut typed = codes[7].clone().into_bytes();
    typed[0] = if typed[0] == b'A' { b'B' } else { b'A' };
    let typed = String::from_utf8(typed).unwrap();
    let tried = |account: &Account, proof: &str| {
        let mut account = copy(account);
        let (said, events) = ruled(&mut account, 20, |account, context| {
            account.verify(&token, Method::RecoveryCode, proof, None, context)
        });
        (said, events, account.to_document().unwrap())
    };
    for mistyped in [
        typed.as_str(),
        "",
        "123456",
        "0123-4567-89AB-CD1Z",
        &codes[7][..22],
    ] {
        let (said, events, document) = tried(&account, mistyped);
        assert_eq!(
            (said, events),
            (Err(Denied::Mistyped), Vec::new()),
            "{mistyped}"
        );
        assert_eq!(document, account.to_document().unwrap());
    }
    let foreign = code::show(&recovery_code::of(&[7; 32], RecoveryLength::Standard)).to_string();
    let longer = code::show(&recovery_code::of(&[7; 32], RecoveryLength::Strict)).to_string();
    let wrong = tried(&account, &foreign);
    assert_eq!(
        (&wrong.0, wrong.1.as_slice()),
        (&Err(Denied::Rejected), &[EventKind::Rejected][..])
    );
    assert_eq!(tried(&account, &longer), wrong);
    for old in [&codes[0], &codes[3], &codes[4]] {
        let (said, events, document) = tried(&account, old);
        assert_eq!(events, [EventKind::Replayed]);
        let is_same = said == wrong.0 && document == wrong.2;
        assert!(is_same, "an earlier one is told and charged as a wrong one");
    }
}

#[test]
fn the_last_code_switches_everything_off_and_says_so() {
    for purpose in [Purpose::Login, Purpose::StepUp] {
        let (mut account, setup) = account(5);
        bind(&mut account, Method::Sms, NUMBER, 10);
        let codes = printed(&account);
        let before = (
            account.epoch(),
            account.app_generation,
            account.codes_generation,
        );
        let other = open(&mut account, 3, Purpose::Login, 20);
        let (said, events) = answer(&mut account, purpose, Method::RecoveryCode, &codes[4], 20);
        let accepted = said.unwrap();
        assert!(accepted.switched_off && accepted.recovery_codes_left == Some(0));
        assert_eq!(accepted.epoch, account.epoch());
        assert_eq!(
            events,
            [
                EventKind::Accepted,
                EventKind::RecoverySpent,
                EventKind::SwitchedOff
            ]
        );
        assert!(
            !account.is_enrolled() && account.methods().is_empty() && account.phone().is_none()
        );
        assert!(
            account.epoch() > before.0
                && account.app_generation > before.1
                && account.codes_generation > before.2
        );
        assert_eq!(
            account.allow_change(None, at(20)),
            Ok(()),
            "they enrol anew"
        );
        assert!(
            account.must_enrol(at(20)),
            "the next sign-in ends with that"
        );
        let grant = GrantId::new([9; 16]);
        assert_eq!(
            account.grant_until(&grant, at(20)).is_some(),
            purpose == Purpose::StepUp
        );
        // Nothing of before is worth anything.
        for (method, proof) in [
            (Method::Totp, shown(&setup, 60)),
            (Method::RecoveryCode, codes[4].clone()),
        ] {
            let said = verify(&mut account, &other, method, &proof, 60);
            assert_eq!(said, Err(Denied::ChallengeClosed));
        }
        let read = copy(&account);
        assert_eq!(read.to_document().unwrap(), account.to_document().unwrap());
        let again = begin(&mut account, derived(), 60).unwrap();
        assert_eq!(confirm(&mut account, &again, 5, 60), Ok(true));
        assert!(printed(&account).iter().all(|code| !codes.contains(code)));
    }
}

/// An operator requires that its user enrols anew.
fn require(account: &mut Account, due: i64, seconds: i64) {
    ruled(account, seconds, |account, context| {
        account.require_enrolment(at(due), Authority::Proof, "admin", "why", context);
    });
}

/// Whoever leaves the set-up that has to follow comes back with the same code, and the password alone opens nothing.
#[test]
fn where_a_set_up_has_to_follow_the_last_code_proves_it_and_is_spent_by_its_confirmation() {
    let (mut account, setup) = account(5);
    let codes = printed(&account);
    require(&mut account, 10, 10);
    let before = (account.epoch(), account.app_generation);
    let prove = |account: &mut Account, n: u8, method: Method, proof: &str, seconds: i64| {
        let login = open(account, n, Purpose::Login, seconds);
        ruled(account, seconds, |account, context| {
            account.verify(&login, method, proof, None, context)
        })
    };
    for (n, spends) in [(1, true), (2, false)] {
        let seconds = i64::from(n) * 20;
        let (said, events) = prove(&mut account, n, Method::RecoveryCode, &codes[4], seconds);
        let accepted = said.unwrap();
        assert!(accepted.must_enrol && !accepted.switched_off);
        // The first time all before it are spent.
        let expected = [EventKind::Accepted, EventKind::RecoverySpent];
        assert_eq!(events, expected[..if spends { 2 } else { 1 }]);
        assert_eq!((account.epoch(), account.app_generation), before);
        assert_eq!(account.recovery_codes_left(), Some(1));
        let read = copy(&account);
        assert_eq!(read.to_document().unwrap(), account.to_document().unwrap());
    }
    // The password alone opens no set-up, an earlier code proves nothing, and the app still counts.
    let thief = Permit::Login(open(&mut account, 3, Purpose::Login, 50).id);
    assert_eq!(
        account.allow_set_up(&thief, at(50), &Policy::default()),
        Err(Denied::StepUpRequired)
    );
    let (said, _) = prove(&mut account, 4, Method::RecoveryCode, &codes[3], 50);
    assert_eq!(said, Err(Denied::Rejected));
    let (said, _) = prove(&mut account, 5, Method::Totp, &shown(&setup, 60), 60);
    assert!(said.unwrap().must_enrol);
    // Once a new app is confirmed the list is over, and so are the sign-ins that were proven by it.
    let (anew, _) = ruled(&mut account, 70, |account, context| {
        account
            .start_app_for_login(derived(), "ada", None, id(2), context)
            .unwrap()
    });
    assert_eq!(confirm(&mut account, &anew, 5, 70), Ok(true));
    assert!(account.epoch() > before.0 && !account.must_enrol(at(70)));
    let other = account.allow_set_up(&Permit::Login(id(1)), at(70), &Policy::default());
    assert_eq!(other, Err(Denied::ChallengeClosed));
    let (said, _) = prove(&mut account, 6, Method::RecoveryCode, &codes[4], 80);
    assert_eq!(said, Err(Denied::Rejected));
}

/// In a session, and while the time of grace runs, it is as ever: the user is told at once.
#[test]
fn the_last_code_switches_off_where_no_set_up_follows() {
    for (purpose, due) in [(Purpose::StepUp, 10), (Purpose::Login, 1_000)] {
        let (mut account, _) = account(5);
        let codes = printed(&account);
        require(&mut account, due, 10);
        let (said, _) = answer(&mut account, purpose, Method::RecoveryCode, &codes[4], 20);
        let accepted = said.unwrap();
        assert!(accepted.switched_off && !accepted.must_enrol);
        assert!(!account.is_enrolled() && account.must_enrol(at(20)));
    }
}

#[test]
fn recovery_codes_are_slowed_down_and_never_disabled() {
    let (mut account, _) = account(10);
    let wrong = code::show(&recovery_code::of(&[7; 32], RecoveryLength::Standard)).to_string();
    let mut seconds = 0;
    for _ in 0..120 {
        seconds += 3_601;
        let _ = recover(&mut account, &wrong, seconds);
    }
    assert!(account.disabled().is_empty());
    let locks = account.locks(at(seconds));
    assert!(
        locks
            .iter()
            .all(|(method, _)| *method == Method::RecoveryCode)
            && !locks.is_empty()
    );
    let first = printed(&account)[0].clone();
    assert!(matches!(
        recover(&mut account, &first, seconds),
        Err(Denied::LockedOut {
            disabled: false,
            ..
        })
    ));
    assert!(recover(&mut account, &first, seconds + 3_601).is_ok());
    assert!(account.locks(at(seconds + 3_601)).is_empty());
}

#[test]
fn a_derived_account_comes_back_as_it_went_and_one_that_no_rule_led_to_is_refused() {
    let (mut derived, _) = account(10);
    let codes = printed(&derived);
    recover(&mut derived, &codes[2], 10).unwrap();
    let known = include_str!("../../../tests/documents/account-1-derived.hex");
    let known = HEXLOWER.decode(known.replace('\n', "").as_bytes()).unwrap();
    let document = derived.to_document().unwrap();
    assert_eq!(HEXLOWER.encode(&document), HEXLOWER.encode(&known));
    assert_eq!(
        Account::from_document(&known)
            .unwrap()
            .to_document()
            .unwrap(),
        document
    );
    type Spoil = fn(&mut Account);
    let spoils: [Spoil; 6] = [
        |it| it.app_generation -= 1,
        |it| it.codes_generation = 0,
        |it| {
            it.factors
                .iter_mut()
                .find_map(Factor::recovery_mut)
                .unwrap()
                .used = 10
        },
        |it| {
            it.factors
                .iter_mut()
                .find_map(Factor::recovery_mut)
                .unwrap()
                .count = 21
        },
        |it| {
            let more = enrolled().factors.remove(0);
            it.factors.push(more);
        },
        |it| {
            let backup = enrolled().factors.remove(1);
            it.factors.push(backup);
        },
    ];
    for spoil in spoils {
        let mut spoiled = copy(&derived);
        spoil(&mut spoiled);
        let document = spoiled.to_document().unwrap();
        assert_eq!(
            Account::from_document(&document).unwrap_err(),
            DocumentError
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is typed in whatever order: a code counts if and only if it lies after every one that did, and the last
    /// one ends them all, or stays for as long as a set-up has to follow.
    #[test]
    fn codes_go_forward_alone(count in 1u8..=20, typed in proptest::collection::vec(0usize..22, 1..30), due: bool) {
        let (mut account, _) = account(count);
        if due {
            require(&mut account, 0, 0);
        }
        let codes = printed(&account);
        prop_assert_eq!(codes.len(), usize::from(count));
        let (mut used, mut seconds) = (0, 0);
        for place in typed {
            // Every block is over.
            seconds += 4_000;
            if !account.is_enrolled() {
                prop_assert_eq!(used, codes.len());
                break;
            }
            let foreign = code::show(&recovery_code::of(&[8; 32], RecoveryLength::Standard));
            let text = codes.get(place).map_or(foreign.as_str(), String::as_str);
            let said = recover(&mut account, text, seconds);
            let is_right = place < codes.len() && place >= used;
            prop_assert_eq!(said.is_ok(), is_right, "{} of {}", place, used);
            if let Ok(accepted) = said {
                used = if due { (place + 1).min(codes.len() - 1) } else { place + 1 };
                prop_assert_eq!(accepted.recovery_codes_left, Some(codes.len() - used));
                prop_assert_eq!(accepted.switched_off, used == codes.len());
                prop_assert_eq!(accepted.must_enrol, due);
            } else {
                prop_assert_eq!(said, Err(Denied::Rejected));
            }
            if account.is_enrolled() {
                let next = account.next_recovery_code().map(usize::from);
                prop_assert_eq!(next, Some(used + 1));
                prop_assert_eq!(account.recovery_codes_left(), Some(codes.len() - used));
            }
        }
    }
}
