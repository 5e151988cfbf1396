//! Several authenticator apps of one user, and factors as a list: each with a name, its times, and an end of its own.

use proptest::prelude::*;

use super::*;

/// The account of [`enrolled`], and one more app.
fn with_another(n: u8, label: Option<&str>, seconds: i64) -> Account {
    let mut account = enrolled();
    assert_eq!(add(&mut account, n, label, seconds), Ok(false));
    account
}

fn begin(
    account: &Account,
    n: u8,
    label: Option<&str>,
    seconds: i64,
) -> Result<PendingTotp, FactorError> {
    let label = label.map(|label| Label::new(label).unwrap());
    account.start_totp(
        app(n),
        "ada",
        label,
        None,
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn add(account: &mut Account, n: u8, label: Option<&str>, seconds: i64) -> Result<bool, Denied> {
    let setup = begin(account, n, label, seconds).unwrap();
    account.confirm_totp(
        &setup,
        &app(n).at(at(seconds)),
        NewCodes::Backup(&codes()),
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn labels(account: &Account) -> Vec<&str> {
    account.factors().map(Factor::label).collect()
}

fn id_of(account: &Account, label: &str) -> FactorId {
    *account
        .factors()
        .find(|it| it.label() == label)
        .unwrap()
        .id()
}

/// Signs in with what is shown at that second.
fn sign_in(account: &mut Account, code: &str, seconds: i64) -> Result<Accepted, Denied> {
    let login = open(account, 1, Purpose::Login, seconds);
    verify(account, &login, Method::Totp, code, seconds)
}

/// Changes the account with its time and a record of its own, which is returned.
fn noted<T>(
    account: &mut Account,
    seconds: i64,
    rule: impl FnOnce(&mut Account, &mut RuleContext<'_>) -> T,
) -> (T, Vec<Event>) {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let done = rule(
        account,
        &mut RuleContext::new(at(seconds), &policy, &mut audit),
    );
    (done, audit.events().to_vec())
}

#[test]
fn each_app_signs_in_with_a_code_of_its_own_step_once() {
    let mut account = with_another(2, Some("Work phone"), 0);
    for (n, seconds) in [(2, 60), (2, 90)] {
        assert!(sign_in(&mut account, &app(n).at(at(seconds)), seconds).is_ok());
        let again = sign_in(&mut account, &app(n).at(at(seconds)), seconds);
        assert_eq!(again.unwrap_err(), Denied::Rejected);
    }
    // The other one's step is its own: it did not move.
    assert!(sign_in(&mut account, &code_at(60), 90).is_ok());
    assert!(sign_in(&mut account, &code_at(60), 90).is_err());
    assert!(sign_in(&mut account, &app(3).at(at(120)), 120).is_err());
    let mut again = copy(&account);
    assert!(sign_in(&mut again, &code_at(120), 120).is_ok());
}

#[test]
fn the_time_of_its_last_use_and_its_clock_are_each_app_s_own() {
    let mut account = with_another(2, Some("Work phone"), 0);
    assert_eq!(account.last_verified_by(Method::Totp), None);
    // Its clock is one step ahead.
    sign_in(&mut account, &app(2).at(at(90)), 60).unwrap();
    assert_eq!(account.totp_drift(), Some(30));
    sign_in(&mut account, &code_at(120), 120).unwrap();
    assert_eq!(
        account.totp_drift(),
        Some(0),
        "of the one that was used last"
    );
    let used: Vec<_> = account
        .factors()
        .map(|it| (it.label(), it.enrolled_at(), it.last_used_at()))
        .collect();
    assert_eq!(
        used,
        [
            ("Authenticator app", at(0), Some(at(120))),
            ("Work phone", at(0), Some(at(60))),
            ("", at(0), None),
        ]
    );
    assert_eq!(account.last_verified_by(Method::Totp), Some(at(120)));
    assert_eq!(account.last_verified_by(Method::BackupCode), None);
}

/// Whoever asks for a proof within so many minutes must not find one that lies ahead.
#[test]
fn no_factor_was_enrolled_or_used_at_a_time_to_come() {
    let mut account = with_another(2, Some("Work phone"), 86_400);
    sign_in(&mut account, &app(2).at(at(86_460)), 86_460).unwrap();
    let _ = account.put_right(at(60), &Policy::default());
    let times: Vec<_> = account
        .factors()
        .map(|it| (it.enrolled_at(), it.last_used_at()))
        .collect();
    assert_eq!(
        times,
        [(at(0), None), (at(60), Some(at(60))), (at(0), None)]
    );
    assert_eq!(account.last_verified_by(Method::Totp), Some(at(60)));
}

#[test]
fn what_two_apps_show_at_the_same_time_signs_in_once() {
    // Two secrets whose codes of one moment are alike: with six digits somebody finds them.
    let of = |n: u32, seconds: i64| {
        let mut secret = [7; 20];
        secret[..4].copy_from_slice(&n.to_be_bytes());
        let secret = TotpSecret::new(&secret).unwrap();
        let app = Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap();
        (app.at(at(seconds)).to_string(), app)
    };
    let mut seen = std::collections::HashMap::new();
    let (one, other) = (0..)
        .find_map(|n| {
            let (code, app) = of(n, 60);
            seen.insert(code, n).map(|before| (of(before, 60).1, app))
        })
        .unwrap();
    let mut account = plain();
    for totp in [&one, &other] {
        let (setup, _) = noted(&mut account, 0, |account, context| {
            account.start_totp(totp.clone(), "ada", None, None, context)
        });
        let (done, _) = noted(&mut account, 0, |account, context| {
            account.confirm_totp(
                &setup.unwrap(),
                &totp.at(at(0)),
                NewCodes::Backup(&codes()),
                context,
            )
        });
        assert!(done.is_ok());
    }
    let code = one.at(at(60));
    assert_eq!(*code, *other.at(at(60)));
    sign_in(&mut account, &code, 60).unwrap();
    assert_eq!(
        sign_in(&mut account, &code, 60).unwrap_err(),
        Denied::Rejected,
        "the other app shows the same code, and it was accepted"
    );
    assert!(sign_in(&mut account, &one.at(at(90)), 90).is_ok());
}

#[test]
fn no_secret_is_enrolled_twice() {
    let mut account = enrolled();
    let again = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(30), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    let before = account.to_document().unwrap();
    let answer = account.confirm_totp(
        &again,
        &code_at(60),
        NewCodes::Backup(&codes()),
        &mut RuleContext::new(at(60), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert_eq!(answer, Err(Denied::Rejected));
    assert_eq!(account.to_document().unwrap(), before);
}

#[test]
fn there_are_five_apps_at_most_and_room_again_when_one_is_removed() {
    let mut account = enrolled();
    for n in 2..=5 {
        assert_eq!(add(&mut account, n, None, 0), Ok(false));
    }
    assert_eq!(
        labels(&account)[..5],
        [
            "Authenticator app",
            "Authenticator app 2",
            "Authenticator app 3",
            "Authenticator app 4",
            "Authenticator app 5"
        ]
    );
    assert_eq!(account.methods(), [Method::Totp, Method::BackupCode]);
    let refused = begin(&account, 6, None, 0).unwrap_err();
    assert_eq!(refused, FactorError::TooManyApps);
    let third = id_of(&account, "Authenticator app 3");
    let (removed, events) = noted(&mut account, 1, |account, context| {
        account.remove_factor(&third, None, context)
    });
    assert_eq!(removed, Ok(()));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, EventKind::Removed);
    assert_eq!(events[0].factor, Some(third.to_string()));
    assert_eq!(events[0].label.as_deref(), Some("Authenticator app 3"));
    assert!(sign_in(&mut account, &app(3).at(at(60)), 60).is_err());
    assert!(sign_in(&mut account, &app(4).at(at(60)), 60).is_ok());
    assert_eq!(add(&mut account, 6, None, 60), Ok(false));
    assert!(labels(&account).contains(&"Authenticator app 3"));
}

#[test]
fn removing_the_last_app_takes_the_backup_codes_along_and_no_other_does() {
    let mut account = with_another(2, Some("Work phone"), 0);
    for (label, left) in [("Authenticator app", 2), ("Work phone", 0)] {
        let id = id_of(&account, label);
        let (removed, _) = noted(&mut account, 1, |account, context| {
            account.remove_factor(&id, None, context)
        });
        assert_eq!(removed, Ok(()));
        assert_eq!(account.factors().count(), left, "{label}");
        assert_eq!(account.is_enrolled(), left > 0);
        let (again, _) = noted(&mut account, 1, |account, context| {
            account.remove_factor(&id, None, context)
        });
        assert_eq!(again, Err(FactorError::Unknown));
    }
    assert_eq!(
        (account.backup_codes_left(), account.primary()),
        (None, None)
    );
}

#[test]
fn every_change_of_factors_ends_what_was_open_and_a_new_name_does_not() {
    let mut account = with_another(2, Some("Work phone"), 0);
    open(&mut account, 1, Purpose::Login, 1);
    let epoch = account.epoch();
    let id = id_of(&account, "Work phone");
    let rename = |account: &mut Account, to: &str| {
        let label = Label::new(to).unwrap();
        noted(account, 1, |account, context| {
            account.rename_factor(&id, &label, context)
        })
    };
    let (renamed, events) = rename(&mut account, "Old phone");
    assert_eq!((renamed, account.epoch()), (Ok(()), epoch));
    let event = &events[0];
    assert_eq!(
        (event.kind, event.label.as_deref()),
        (EventKind::Renamed, Some("Old phone"))
    );
    assert_eq!(event.factor, Some(id.to_string()));
    assert!(
        rename(&mut account, "Old phone").1.is_empty(),
        "nothing changed"
    );
    for taken in ["Authenticator app", "AUTHENTICATOR APP"] {
        let (refused, events) = rename(&mut account, taken);
        assert_eq!(refused, Err(LabelError::Taken.into()));
        assert!(events.is_empty());
    }
    assert_eq!(
        begin(&account, 3, Some("old PHONE"), 1).unwrap_err(),
        LabelError::Taken.into()
    );
    assert_eq!(labels(&account), ["Authenticator app", "Old phone", ""]);
    let (_, _) = noted(&mut account, 2, |account, context| {
        account.remove_factor(&id, None, context)
    });
    assert!(account.epoch() > epoch);
}

#[test]
fn an_event_says_which_app_was_enrolled_and_which_was_used() {
    let mut account = with_another(2, Some("Work phone"), 0);
    let id = id_of(&account, "Work phone").to_string();
    let login = open(&mut account, 1, Purpose::Login, 60);
    let (_, events) = noted(&mut account, 60, |account, context| {
        account.verify(&login, Method::Totp, &app(2).at(at(60)), None, context)
    });
    let accepted = events
        .iter()
        .find(|it| it.kind == EventKind::Accepted)
        .unwrap();
    assert_eq!(accepted.factor.as_deref(), Some(id.as_str()));
    assert_eq!(accepted.label.as_deref(), Some("Work phone"));
    let setup = begin(&account, 3, None, 61).unwrap();
    let (_, events) = noted(&mut account, 61, |account, context| {
        account.confirm_totp(
            &setup,
            &app(3).at(at(61)),
            NewCodes::Backup(&codes()),
            context,
        )
    });
    let enrolled = events
        .iter()
        .find(|it| it.kind == EventKind::Enrolled)
        .unwrap();
    assert_eq!(enrolled.label.as_deref(), Some("Authenticator app 2"));
    // A wrong code is wrong for every app: it is about none.
    let login = open(&mut account, 2, Purpose::Login, 62);
    let (_, events) = noted(&mut account, 62, |account, context| {
        account.verify(&login, Method::Totp, "000000", None, context)
    });
    assert_eq!(events[0].kind, EventKind::Rejected);
    assert_eq!((&events[0].factor, &events[0].label), (&None, &None));
}

#[test]
fn five_apps_are_no_more_guesses_than_one() {
    let one = enrolled();
    let mut five = enrolled();
    for n in 2..=5 {
        add(&mut five, n, None, 0).unwrap();
    }
    let policy = Policy::default();
    let mut looked = Vec::new();
    for mut account in [one, five] {
        let (mut now, mut tries) = (60, 0);
        loop {
            let login = open(&mut account, 1, Purpose::Login, now);
            let wrong = (0..)
                .map(|n| format!("{n:06}"))
                .find(|code| (1..=5).all(|n| app(n).matching_step(code, at(now), 1).is_none()))
                .filter(|code| totp().matching_step(code, at(now), 1).is_none());
            let wrong = wrong.unwrap_or_else(|| "999999".to_owned());
            match verify(&mut account, &login, Method::Totp, &wrong, now) {
                Err(Denied::Rejected) => tries += 1,
                Err(Denied::LockedOut { disabled: true, .. }) => break,
                Err(Denied::LockedOut { retry_after, .. }) => {
                    now += i64::try_from(retry_after).unwrap();
                }
                other => panic!("{other:?}"),
            }
        }
        looked.push((tries, now));
    }
    assert_eq!(looked[0], looked[1]);
    assert_eq!(looked[0].0, policy.disable_after);
}

#[test]
fn one_more_app_forgives_no_guesses_at_the_others_but_those_that_disabled_it() {
    let policy = Policy::default();
    let guess = |account: &mut Account, times: u32, from: i64| {
        let mut now = from;
        let mut made = 0;
        while made < times {
            let login = open(account, 1, Purpose::Login, now);
            match verify(account, &login, Method::Totp, "000000", now) {
                Err(Denied::Rejected) => made += 1,
                Err(Denied::LockedOut {
                    retry_after,
                    disabled: false,
                }) => now += i64::try_from(retry_after).unwrap(),
                other => panic!("{other:?}"),
            }
        }
        now
    };
    let mut account = enrolled();
    let now = guess(&mut account, policy.disable_after - 1, 60);
    // The proof that stands behind it ends the block, as any proof does.
    add(&mut account, 2, None, now).unwrap();
    assert!(account.locks(at(now)).is_empty());
    guess(&mut account, 1, now);
    assert_eq!(account.disabled(), [Method::Totp]);
    // What is disabled is enrolled anew by one more.
    add(&mut account, 3, None, now + 30).unwrap();
    assert!(account.disabled().is_empty());
    assert!(sign_in(&mut account, &app(3).at(at(now + 60)), now + 60).is_ok());
}

#[test]
fn a_document_that_no_rule_could_have_led_to_is_refused() {
    let account = full();
    let written = |change: &dyn Fn(&mut Account)| {
        let mut other = copy(&account);
        change(&mut other);
        Account::from_document(&other.to_document().unwrap())
    };
    assert!(written(&|_| ()).is_ok());
    let twice = |account: &mut Account| {
        let again = account.factors[0].clone();
        account.factors.push(again);
    };
    let unreached = |account: &mut Account| account.factors.retain(|it| !it.method().is_phone());
    let unnumbered = |account: &mut Account| account.telephone = None;
    let changes: [&dyn Fn(&mut Account); 3] = [&twice, &unreached, &unnumbered];
    for (place, change) in changes.iter().enumerate() {
        assert_eq!(written(*change).unwrap_err(), DocumentError, "{place}");
    }
}

/// What happens to one of five secrets.
#[derive(Debug, Clone, Copy)]
enum Act {
    Add(u8),
    Remove(u8),
    SignIn(u8, i64),
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (2u8..8).prop_map(Act::Add),
        (2u8..8).prop_map(Act::Remove),
        (2u8..8, -2i64..3).prop_map(|(n, step)| Act::SignIn(n, step)),
        (0i64..90).prop_map(Act::Wait),
    ]
}

proptest! {
    /// In whatever order apps come, go and are used: a code signs in if and only if its app is enrolled, its step lies in
    /// the window and is later than every one that this app was accepted for.
    #[test]
    fn no_order_of_apps_accepts_a_code_twice(acts in proptest::collection::vec(act(), 1..80)) {
        let (mut account, mut now) = (enrolled(), 0i64);
        // Each try has a challenge of its own: two in a row of one may set an app's clock right.
        let mut tries = 0u8;
        // Which apps there are, and the last step of each.
        let mut apps = std::collections::BTreeMap::new();
        let step = |now: i64| (START + now) / 30;
        for act in acts {
            match act {
                Act::Wait(seconds) => now += seconds,
                Act::Add(n) => {
                    let begun = begin(&account, n, None, now);
                    prop_assert_eq!(begun.is_ok(), apps.len() < 4);
                    if let Ok(setup) = begun {
                        let code = app(n).at(at(now));
                        let (done, _) = noted(&mut account, now, |account, context| {
                            account.confirm_totp(&setup, &code, NewCodes::Backup(&codes()), context)
                        });
                        prop_assert_eq!(done.is_ok(), !apps.contains_key(&n));
                        if done.is_ok() {
                            apps.insert(n, step(now));
                        }
                    }
                }
                Act::Remove(n) => {
                    let secret = app(n);
                    let id = account
                        .factors()
                        .find(|it| it.app().is_some_and(|it| it.secret.totp(None).is_some_and(|it| it.secret().bytes() == secret.secret().bytes())))
                        .map(|it| *it.id());
                    prop_assert_eq!(id.is_some(), apps.remove(&n).is_some());
                    if let Some(id) = id {
                        let (done, _) = noted(&mut account, now, |account, context| {
                            account.remove_factor(&id, None, context)
                        });
                        prop_assert_eq!(done, Ok(()));
                    }
                }
                Act::SignIn(n, ahead) => {
                    let moment = (START + now + ahead * 30).max(0);
                    let code = app(n).at(UnixTime::new(moment).unwrap());
                    // Two apps that show the same by chance are another test's.
                    let alike = (2..8).filter(|other| *other != n).any(|other| {
                        app(other).matching_step(&code, at(now), 1).is_some()
                    }) || totp().matching_step(&code, at(now), 1).is_some();
                    if alike || matches!(app(n).matching_step(&code, at(now), 1), Some(s) if s != moment as u64 / 30) {
                        continue;
                    }
                    tries += 1;
                    let login = noted(&mut account, now, |account, context| {
                        account.open_challenge(id(tries), Purpose::Login, context)
                    });
                    if login.0.is_err() {
                        continue;
                    }
                    let blocked = !account.locks(at(now)).is_empty() || !account.disabled().is_empty();
                    let right = ahead.abs() <= 1 && apps.get(&n).is_some_and(|last| moment / 30 > *last);
                    let answer = verify(&mut account, &token(tries, Purpose::Login), Method::Totp, &code, now);
                    prop_assert_eq!(answer.is_ok(), right && !blocked, "{:?}", answer);
                    if answer.is_ok() {
                        apps.insert(n, moment / 30);
                    }
                }
            }
            account = copy(&account);
        }
    }
}
