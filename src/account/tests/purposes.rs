//! The other uses of a number, and what must not change where a code goes.

use super::*;

/// Attack 34: what is begun in the middle of a sign-in changes nothing of where its codes go.
#[test]
fn a_number_that_waits_for_its_proof_gets_no_code_for_a_challenge() {
    let mut account = reached_by(&[Method::Sms, Method::Voice, Method::Email]);
    // Also one that waited before the sign-in began.
    start(&mut account, Method::Sms, OTHER_NUMBER, 1);
    start(&mut account, Method::Email, "new@example.org", 1);
    let challenges = [
        open(&mut account, 1, Purpose::Login, 2),
        open(&mut account, 2, Purpose::StepUp, 2),
        open(&mut account, 3, Purpose::VerifyPhone, 2),
        open(&mut account, 4, Purpose::ResetPassword, 2),
    ];
    let places = |account: &mut Account| {
        for challenge in &challenges {
            for method in account.methods_for(challenge.purpose) {
                if method != Method::BackupCode {
                    let to = destination(account, challenge, method, 3).unwrap().to;
                    assert_eq!(to, place(method));
                }
            }
        }
    };
    places(&mut account);
    start(&mut account, Method::Voice, OTHER_NUMBER, 3);
    start(&mut account, Method::WhatsApp, OTHER_NUMBER, 3);
    start(&mut account, Method::Email, "other@example.org", 3);
    to_contact(&mut account, Method::WhatsApp, OTHER_NUMBER, "111111", 3).unwrap();
    to_contact(
        &mut account,
        Method::Email,
        "other@example.org",
        "222222",
        3,
    )
    .unwrap();
    places(&mut account);
    assert_eq!(
        (account.phone(), account.email()),
        (Some(NUMBER), Some(ADDRESS))
    );
    // Nor is a way to it one to sign in by, nor its code a proof.
    for challenge in &challenges {
        assert_eq!(
            destination(&mut account, challenge, Method::WhatsApp, 3),
            Err(Denied::Rejected)
        );
    }
    for (method, code) in [
        (Method::Sms, "111111"),
        (Method::Voice, "111111"),
        (Method::WhatsApp, "111111"),
        (Method::Email, "222222"),
    ] {
        assert_eq!(
            step(&mut account, &challenges[0], method, code, 3),
            Err(Denied::Rejected)
        );
    }
    // A check about a sign-in goes with the proven number.
    send_theirs(&mut account, &challenges[0], Method::Sms, "VE1", 4).unwrap();
    let check = check(&mut account, &challenges[0], Method::Sms, "333333", 4);
    assert_eq!(check.to, NUMBER);
    // When it is proven after all, what was open ends: no challenge ever sees two numbers.
    assert!(confirm(&mut account, Method::WhatsApp, "111111", 5).is_ok());
    for challenge in &challenges {
        assert_eq!(
            destination(&mut account, challenge, Method::WhatsApp, 5),
            Err(Denied::ChallengeClosed)
        );
    }
}

#[test]
fn a_password_is_reset_and_a_number_checked_by_a_verified_telephone_only() {
    for purpose in [Purpose::ResetPassword, Purpose::VerifyPhone] {
        // Nothing else proves it.
        let mut account = enrolled();
        bind(&mut account, Method::Email, ADDRESS, 0);
        start(&mut account, Method::Sms, NUMBER, 0);
        to_contact(&mut account, Method::Sms, NUMBER, "111111", 0).unwrap();
        let offered = account
            .open_challenge(
                id(1),
                purpose,
                &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
        assert_eq!(offered, [], "what waits for its proof is no number");
        for (method, proof) in [
            (Method::Totp, code_at(30).as_str()),
            (Method::BackupCode, "0123456789ABCDEF"),
            (Method::Email, "424242"),
            (Method::Sms, "111111"),
        ] {
            let challenge = token(1, purpose);
            assert_eq!(
                send(&mut account, &challenge, method, proof, 30),
                Err(Denied::Rejected)
            );
            assert_eq!(
                step(&mut account, &challenge, method, proof, 30),
                Err(Denied::Rejected)
            );
        }
        assert_eq!(account.backup_codes_left(), Some(3));

        let methods = [Method::Email, Method::Sms, Method::Voice, Method::WhatsApp];
        let mut account = reached_by(&methods);
        let offered = account
            .open_challenge(
                id(1),
                purpose,
                &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
        assert_eq!(offered, PHONE_METHODS);
        for method in PHONE_METHODS {
            let challenge = open(&mut account, 2, purpose, 1);
            send(&mut account, &challenge, method, "222222", 1).unwrap();
            let accepted = verify(&mut account, &challenge, method, "222222", 2).unwrap();
            assert_eq!((accepted.purpose, accepted.granted), (purpose, false));
            let grant = GrantId::new([9; 16]);
            assert!(account.allow_change(Some(&grant), at(2)).is_err());
        }
    }
}

#[test]
fn failures_of_a_reset_block_resets_and_nothing_else() {
    let mut account = reached_by(&[Method::Sms, Method::Voice]);
    let login = open(&mut account, 1, Purpose::Login, 0);
    let _ = verify(&mut account, &login, Method::Sms, "000000", 0);
    let before = account.failures.clone();
    let reset = open(&mut account, 2, Purpose::ResetPassword, 0);
    send(&mut account, &reset, Method::Sms, "111111", 0).unwrap();
    for n in 0..5 {
        let method = [Method::Sms, Method::Voice][n % 2];
        assert_eq!(
            verify(&mut account, &reset, method, "000000", 0),
            Err(Denied::Rejected)
        );
    }
    for method in [Method::Sms, Method::Voice] {
        assert_eq!(
            destination(&mut account, &reset, method, 0),
            Err(locked(60))
        );
        assert_eq!(
            verify(&mut account, &reset, method, "111111", 0),
            Err(locked(60))
        );
    }
    // Opened anew it is as blocked.
    let again = open(&mut account, 3, Purpose::ResetPassword, 0);
    assert_eq!(
        send(&mut account, &again, Method::Voice, "111111", 0),
        Err(locked(60))
    );
    assert_eq!(account.failures, before);
    assert!(account.locks(at(0)).is_empty() && account.disabled().is_empty());
    // Guessed at for as long as it takes to be disabled: whoever has the password signs in.
    for n in 0..45 {
        let seconds = 3600 * (n + 1);
        let reset = open(&mut account, 4, Purpose::ResetPassword, seconds);
        assert_eq!(
            verify(&mut account, &reset, Method::Sms, "000000", seconds),
            Err(Denied::Rejected)
        );
    }
    let late = 200_000;
    let offered = account
        .open_challenge(
            id(5),
            Purpose::ResetPassword,
            &mut RuleContext::new(at(late), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    assert_eq!(offered, [], "what is disabled is not offered");
    let reset = token(5, Purpose::ResetPassword);
    assert_eq!(
        destination(&mut account, &reset, Method::Sms, late),
        Err(DISABLED)
    );
    assert_eq!(account.failures, before);
    send(&mut account, &login, Method::Sms, "222222", late).unwrap();
    assert!(verify(&mut account, &login, Method::Sms, "222222", late).is_ok());
    let checked = open(&mut account, 6, Purpose::VerifyPhone, late);
    assert!(destination(&mut account, &checked, Method::Sms, late).is_ok());
    // Enrolling the telephone anew brings it back.
    bind(&mut account, Method::Sms, NUMBER, late);
    let reset = open(&mut account, 7, Purpose::ResetPassword, late);
    assert!(destination(&mut account, &reset, Method::Sms, late).is_ok());
}

#[test]
fn a_success_of_one_kind_forgives_nothing_of_the_other() {
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, 0);
    let reset = open(&mut account, 2, Purpose::ResetPassword, 0);
    for _ in 0..4 {
        let _ = verify(&mut account, &login, Method::Sms, "000000", 0);
        let _ = verify(&mut account, &reset, Method::Sms, "000000", 0);
    }
    let other = open(&mut account, 3, Purpose::ResetPassword, 0);
    send(&mut account, &other, Method::Sms, "111111", 0).unwrap();
    assert!(verify(&mut account, &other, Method::Sms, "111111", 0).is_ok());
    let _ = verify(&mut account, &login, Method::Sms, "000000", 0);
    assert_eq!(
        verify(&mut account, &login, Method::Sms, "000000", 0),
        Err(locked(60))
    );
    assert!(destination(&mut account, &reset, Method::Sms, 0).is_ok());
}

/// NIST SP 800-63B-4 section 3.2.2: what failed too often proves nothing until it is bound anew.
#[test]
fn a_telephone_that_is_disabled_resets_no_password() {
    let mut account = reached_by(&[Method::Sms, Method::Voice]);
    let reset = open(&mut account, 1, Purpose::ResetPassword, 0);
    send(&mut account, &reset, Method::Sms, "111111", 0).unwrap();
    let one_try = Policy {
        disable_after: 1,
        ..Policy::default()
    };
    let login = open(&mut account, 2, Purpose::Login, 0);
    let _ = step_under(&mut account, &login, Method::Voice, "000000", 0, &one_try);
    assert_eq!(account.disabled(), [Method::Sms, Method::Voice]);
    for method in [Method::Sms, Method::Voice] {
        for (challenge, code) in [(&reset, "111111"), (&login, "000000")] {
            assert_eq!(
                step(&mut account, challenge, method, code, 1),
                Err(DISABLED)
            );
            assert_eq!(
                destination(&mut account, challenge, method, 1),
                Err(DISABLED)
            );
        }
    }
    // A block, though, is of the sign-in alone.
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, 0);
    for _ in 0..5 {
        let _ = verify(&mut account, &login, Method::Sms, "000000", 0);
    }
    let reset = open(&mut account, 2, Purpose::ResetPassword, 0);
    assert!(destination(&mut account, &reset, Method::Sms, 0).is_ok());
}

#[test]
fn resets_that_anybody_opens_close_no_challenge_and_challenges_close_no_reset() {
    let mut account = reached_by(&[Method::Sms]);
    let challenges: Vec<_> = [Purpose::Login, Purpose::StepUp, Purpose::VerifyPhone]
        .iter()
        .zip(1..)
        .map(|(purpose, n)| open(&mut account, n, *purpose, 0))
        .collect();
    for challenge in &challenges {
        send(&mut account, challenge, Method::Sms, "111111", 0).unwrap();
    }
    for n in 10..110 {
        let mut stranger = AuditBuffer::from_ip(Some(&format!("198.51.100.{n}")));
        let purpose = Purpose::ResetPassword;
        account
            .open_challenge(
                id(n),
                purpose,
                &mut RuleContext::new(at(0), &Policy::default(), &mut stranger),
            )
            .unwrap();
        send(&mut account, &token(n, purpose), Method::Sms, "222222", 0).unwrap();
    }
    for challenge in &challenges {
        let answer = verify(&mut copy(&account), challenge, Method::Sms, "111111", 1);
        assert!(answer.is_ok(), "{answer:?}");
    }
    // At most five resets are open, and a sign-in closes none of them.
    for n in 1..=9 {
        open(&mut account, n, Purpose::Login, 1);
    }
    for n in 10..110 {
        let reset = token(n, Purpose::ResetPassword);
        let answer = verify(&mut copy(&account), &reset, Method::Sms, "222222", 1);
        assert_eq!(answer.is_ok(), n >= 105, "{answer:?}");
        // It is a challenge of its own kind.
        for purpose in [Purpose::Login, Purpose::StepUp, Purpose::VerifyPhone] {
            let relabelled = token(n, purpose);
            assert_eq!(
                verify(&mut account, &relabelled, Method::Sms, "222222", 1),
                Err(Denied::ChallengeClosed)
            );
        }
    }
}

#[test]
fn a_reset_ends_with_the_epoch_like_everything_else() {
    let mut account = reached_by(&[Method::Sms]);
    let reset = open(&mut account, 1, Purpose::ResetPassword, 0);
    send(&mut account, &reset, Method::Sms, "111111", 0).unwrap();
    account.end_sign_ins(
        "host",
        "password",
        &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert_eq!(
        verify(&mut account, &reset, Method::Sms, "111111", 1),
        Err(Denied::ChallengeClosed)
    );
}

#[test]
fn what_was_blocked_or_disabled_says_for_which_purpose() {
    for purpose in [Purpose::Login, Purpose::ResetPassword] {
        let mut account = reached_by(&[Method::Sms]);
        let challenge = open(&mut account, 1, purpose, 0);
        let policy = Policy {
            max_attempts: 1,
            disable_after: 2,
            ..Policy::default()
        };
        let mut audit = AuditBuffer::default();
        for seconds in [0, 60] {
            let proof = "000000";
            let (now, grant) = (at(seconds), None);
            let _ = account.step(
                &ForChallenge {
                    token: &challenge,
                    method: Method::Sms,
                    grant,
                },
                proof,
                &mut RuleContext::new(now, &policy, &mut audit),
            );
        }
        let noted: Vec<_> = audit
            .events()
            .iter()
            .map(|event| (event.kind, event.purpose))
            .collect();
        assert_eq!(
            noted,
            [
                (EventKind::Rejected, Some(purpose)),
                (EventKind::Blocked, Some(purpose)),
                (EventKind::Rejected, Some(purpose)),
                (EventKind::Disabled, Some(purpose))
            ]
        );
    }
}

/// Attack 41: with the original module, switching SMS off let everybody in by password alone. Here an
/// account does not know who carries codes, so nothing that happens to them unenrols it.
#[test]
fn an_account_whose_only_factor_is_reached_stays_enrolled_whoever_can_reach_it() {
    for method in SENT_METHODS {
        let mut account = reached_by(&[method]);
        for proof in ["0123456789ABCDEF", "1123456789ABCDEF", "2123456789ABCDEF"] {
            let challenge = open(&mut account, 1, Purpose::Login, 0);
            verify(&mut account, &challenge, Method::BackupCode, proof, 0).unwrap();
        }
        assert_eq!(account.methods(), [method]);
        // Blocked, disabled, never reached: a proof is still due.
        let once = Policy {
            disable_after: 1,
            ..Policy::default()
        };
        let challenge = open(&mut account, 1, Purpose::Login, 1);
        let _ = step_under(&mut account, &challenge, method, "000000", 1, &once);
        let offered = account
            .open_challenge(
                id(2),
                Purpose::Login,
                &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
        assert_eq!(offered, []);
        let account = copy(&account);
        assert!(account.is_enrolled());
        assert_eq!(
            account.allow_change(None, at(2)),
            Err(Denied::StepUpRequired)
        );
    }
}

#[test]
fn the_ways_to_a_number_are_removed_one_by_one_and_the_last_takes_it_along() {
    let mut account = reached_by(&PHONE_METHODS);
    let mut audit = AuditBuffer::default();
    assert!(!account.remove(
        Method::Email,
        None,
        &mut RuleContext::new(at(1), &Policy::default(), &mut audit)
    ));
    for (n, method) in PHONE_METHODS.iter().enumerate() {
        assert_eq!(account.phone(), Some(NUMBER));
        let challenge = open(&mut account, 1, Purpose::Login, 1);
        let last = PHONE_METHODS[2];
        send(&mut account, &challenge, last, "111111", 1).unwrap();
        let before = account.epoch();
        assert!(account.remove(
            *method,
            None,
            &mut RuleContext::new(at(1), &Policy::default(), &mut audit)
        ));
        assert!(account.epoch() > before);
        assert!(
            !account.remove(
                *method,
                None,
                &mut RuleContext::new(at(1), &Policy::default(), &mut audit)
            ),
            "it is gone"
        );
        assert!(!account.methods().contains(method));
        assert_eq!(
            step(&mut account, &challenge, last, "111111", 1),
            Err(Denied::ChallengeClosed)
        );
        assert_eq!(account.is_enrolled(), n < 2);
    }
    assert_eq!(account.phone(), None);
    assert_eq!(
        (account.primary(), account.backup_codes_left()),
        (None, None)
    );
    let removed = audit
        .events()
        .iter()
        .filter(|e| e.kind == EventKind::Removed);
    assert_eq!(removed.count(), 3);
}

#[test]
fn an_address_is_removed_and_the_telephone_stays() {
    let mut account = reached_by(&[Method::Email, Method::Sms]);
    assert!(account.remove(
        Method::Email,
        None,
        &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default())
    ));
    assert_eq!((account.email(), account.phone()), (None, Some(NUMBER)));
    assert_eq!(account.methods(), [Method::Sms, Method::BackupCode]);
    assert_eq!(account.primary(), Some(Method::Sms));
    let challenge = open(&mut account, 1, Purpose::Login, 1);
    assert_eq!(
        destination(&mut account, &challenge, Method::Email, 1),
        Err(Denied::Rejected)
    );
}

#[test]
fn removing_one_way_forgives_nothing_of_the_others() {
    let mut account = reached_by(&[Method::Sms, Method::Voice]);
    let challenge = open(&mut account, 1, Purpose::Login, 1);
    for _ in 0..5 {
        let _ = verify(&mut account, &challenge, Method::Sms, "000000", 1);
    }
    assert!(account.remove(
        Method::Sms,
        None,
        &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default())
    ));
    assert_eq!(account.locks(at(1)), [(Method::Voice, at(61))]);
    // Nor does adding it again.
    bind(&mut account, Method::Sms, NUMBER, 2);
    assert_eq!(
        account.locks(at(2)),
        [(Method::Voice, at(61)), (Method::Sms, at(61))]
    );
}

#[test]
fn an_operator_unlocks_every_counter_and_forgives_no_month_but_that_of_resets() {
    let mut account = reached_by(&[Method::Sms, Method::Email]);
    let login = open(&mut account, 1, Purpose::Login, 0);
    let reset = open(&mut account, 2, Purpose::ResetPassword, 0);
    for _ in 0..5 {
        for (challenge, method) in [
            (&login, Method::Sms),
            (&login, Method::Email),
            (&reset, Method::Sms),
        ] {
            assert_eq!(
                verify(&mut account, challenge, method, "000000", 0),
                Err(Denied::Rejected)
            );
        }
    }
    assert_eq!(account.locks(at(0)).len(), 2);
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
    assert!(account.locks(at(0)).is_empty());
    for (challenge, method, after) in [
        // Anybody can fail at a reset: it would be over for good.
        (&reset, Method::Sms, None),
        (&login, Method::Sms, Some(DISABLED)),
        (&login, Method::Email, Some(DISABLED)),
    ] {
        assert!(destination(&mut account, challenge, method, 0).is_ok());
        // The five are remembered: with one more than five a month it is over.
        let policy = Policy {
            disable_after: 6,
            ..Policy::default()
        };
        let _ = step_under(&mut account, challenge, method, "000000", 0, &policy);
        let denied = destination(&mut account, challenge, method, 0).err();
        assert_eq!(denied, after);
    }
}

#[test]
fn an_operators_reset_leaves_nothing_that_was_reached() {
    let mut account = full();
    let before = account.epoch();
    // As before every change: what a provider was asked has its event.
    account.note_interrupted(&mut RuleContext::new(
        at(300),
        &Policy::default(),
        &mut AuditBuffer::default(),
    ));
    account
        .reset(
            PROVEN,
            "admin",
            "lost everything",
            &mut RuleContext::new(at(300), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    assert!(!account.is_enrolled() && account.epoch() > before);
    let mut expected = Account::new(HashKey::new([1; 32]));
    expected.epoch = account.epoch();
    // Nor does a reset change what the clocks did.
    (expected.written, expected.set_back) = (account.written, account.set_back);
    // Who had to enrol has to all the same.
    expected.required.clone_from(&account.required);
    // Nor is anybody given more time for what a policy asks.
    expected.dues.clone_from(&account.dues);
    (expected.asked, expected.put_off) = (account.asked, account.put_off);
    // Nor is anybody reminded sooner.
    expected.reminded = account.reminded;
    // Nor is anybody taken over a second time from other software.
    expected.imported.clone_from(&account.imported);
    let taken_over = account.imported.as_ref().unwrap();
    assert!(taken_over.unproven.is_empty() && taken_over.codes.is_none());
    // No secret that was derived once is derived again.
    expected.app_generation = account.app_generation;
    expected.codes_generation = account.codes_generation;
    // Nor do sign-ins of devices that were ended count again.
    expected.end_device_sessions();
    expected.end_device_sessions_of([9; 16]);
    // And what is still to be told is told, where its user is reached.
    expected.contact.clone_from(&account.contact);
    expected.notices.clone_from(&account.notices);
    // What its user said was not them is on hold, whoever removes what there was.
    expected.repudiation = account.repudiation;
    // That somebody else may know the password is true all the same.
    expected.guesses.password_due = account.guesses.password_due;
    // What the account counts for its audit goes on.
    let opened = Event::about(Purpose::Login, EventKind::ChallengeOpened);
    let _ = expected.condense(vec![opened], at(139));
    assert_eq!(
        account.to_document().unwrap(),
        expected.to_document().unwrap()
    );
}
