//! Codes of ours, sent for a challenge.

use proptest::prelude::*;

use super::*;

#[test]
fn a_code_goes_to_the_proven_place_and_signs_in_once() {
    for method in SENT_METHODS {
        let mut account = reached_by(&[method]);
        let one = open(&mut account, 1, Purpose::Login, 1);
        let two = open(&mut account, 2, Purpose::Login, 1);
        let first = destination(&mut account, &one, method, 1).unwrap();
        assert_eq!(
            (first.to.as_str(), first.provider.as_str()),
            (place(method), "")
        );
        assert_eq!(send(&mut account, &one, method, "012345", 1), Ok(at(301)));
        assert_eq!(
            destination(&mut account, &one, method, 2).unwrap().provider,
            "carrier",
            "a resend may ask somebody else"
        );
        assert_eq!(
            destination(&mut account, &two, method, 2).unwrap().provider,
            ""
        );
        let accepted = verify(&mut account, &one, method, "0123 45", 3).unwrap();
        assert_eq!(
            (
                accepted.purpose,
                accepted.granted,
                accepted.backup_codes_left
            ),
            (Purpose::Login, false, Some(3))
        );
        assert_eq!(account.last_verified(), Some(at(3)));
        assert_eq!(
            verify(&mut account, &one, method, "012345", 3),
            Err(Denied::ChallengeClosed)
        );
        assert_eq!(
            verify(&mut account, &two, method, "012345", 3),
            Err(Denied::Rejected)
        );
    }
}

#[test]
fn a_code_is_good_for_five_minutes_to_sign_in_and_for_ten_to_check_a_number() {
    for (purpose, seconds) in [
        (Purpose::Login, 300),
        (Purpose::StepUp, 300),
        (Purpose::VerifyPhone, 600),
        (Purpose::ResetPassword, 600),
    ] {
        for method in SENT_METHODS {
            if method == Method::Email && seconds == 600 {
                continue;
            }
            let mut account = reached_by(&[method]);
            let challenge = open(&mut account, 1, purpose, 1);
            let until = send(&mut account, &challenge, method, "111111", 1);
            assert_eq!(until, Ok(at(1 + seconds)));
            let (mut in_time, mut late) = (copy(&account), account);
            assert!(verify(&mut in_time, &challenge, method, "111111", seconds).is_ok());
            assert_eq!(
                verify(&mut late, &challenge, method, "111111", seconds + 1),
                Err(Denied::Rejected)
            );
        }
    }
}

#[test]
fn no_setting_makes_a_code_good_for_more_than_ten_minutes() {
    for name in ["code_login_seconds", "code_verify_seconds"] {
        for (seconds, allowed) in [("600", true), ("601", false)] {
            let parsed = crate::config::Config::parse([(name, seconds)]);
            assert_eq!(parsed.is_ok(), allowed, "{name} {seconds}");
        }
    }
}

#[test]
fn a_code_survives_two_wrong_guesses_and_not_a_third() {
    for method in SENT_METHODS {
        for (guesses, expected) in [(2, true), (3, false)] {
            let mut account = reached_by(&[method]);
            let challenge = open(&mut account, 1, Purpose::Login, 1);
            send(&mut account, &challenge, method, "111111", 1).unwrap();
            for _ in 0..guesses {
                assert_eq!(
                    verify(&mut account, &challenge, method, "000000", 1),
                    Err(Denied::Rejected)
                );
            }
            let right = verify(&mut account, &challenge, method, "111111", 1);
            assert_eq!(right.is_ok(), expected, "{right:?}");
        }
    }
}

#[test]
fn a_code_belongs_to_its_user_challenge_purpose_and_method() {
    let make = |key| {
        let mut account = Account::new(HashKey::new([key; 32]));
        for method in SENT_METHODS {
            bind(&mut account, method, place(method), 0);
        }
        open(&mut account, 1, Purpose::Login, 1);
        open(&mut account, 2, Purpose::Login, 1);
        open(&mut account, 3, Purpose::StepUp, 1);
        open(&mut account, 4, Purpose::VerifyPhone, 1);
        open(&mut account, 5, Purpose::ResetPassword, 1);
        account
    };
    let challenges = [
        token(1, Purpose::Login),
        token(2, Purpose::Login),
        token(3, Purpose::StepUp),
        token(4, Purpose::VerifyPhone),
        token(5, Purpose::ResetPassword),
    ];
    let mut accepted = 0;
    for sent_by in SENT_METHODS {
        for sent_for in &challenges {
            let (mut mine, theirs) = (make(1), make(2));
            if send(&mut mine, sent_for, sent_by, "111111", 2).is_err() {
                assert_eq!(sent_by, Method::Email);
                continue;
            }
            for method in SENT_METHODS {
                for challenge in &challenges {
                    let answer = verify(&mut copy(&mine), challenge, method, "111111", 3);
                    let same = method == sent_by && challenge == sent_for;
                    assert_eq!(answer.is_ok(), same, "{sent_for:?} {challenge:?} {method}");
                    accepted += usize::from(same);
                    // Another user's account, though its challenges have the same ids.
                    let answer = verify(&mut copy(&theirs), challenge, method, "111111", 3);
                    assert_eq!(answer, Err(Denied::Rejected));
                }
            }
        }
    }
    assert_eq!(accepted, 3 * 5 + 3);
}

#[test]
fn a_code_of_another_user_is_nothing_even_for_the_same_challenge_id() {
    // The same number, the same id, the same code: only the account's key differs.
    let sealed = |key| {
        let mut account = Account::new(HashKey::new([key; 32]));
        bind(&mut account, Method::Sms, NUMBER, 0);
        let challenge = open(&mut account, 1, Purpose::Login, 1);
        send(&mut account, &challenge, Method::Sms, "111111", 1).unwrap();
        account.challenges
    };
    let mut account = reached_by(&[Method::Sms]);
    for (key, accepted) in [(2, false), (1, true)] {
        account.challenges = sealed(key);
        let answer = verify(
            &mut account,
            &token(1, Purpose::Login),
            Method::Sms,
            "111111",
            2,
        );
        assert_eq!(answer.is_ok(), accepted);
    }
}

#[test]
fn a_resend_neither_prolongs_the_earlier_code_nor_gives_back_its_checks() {
    for method in SENT_METHODS {
        let mut account = reached_by(&[method]);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        send(&mut account, &challenge, method, "111111", 0).unwrap();
        assert_eq!(
            send(&mut account, &challenge, method, "222222", 60),
            Ok(at(360))
        );
        for (code, seconds, good) in [
            ("111111", 299, true),
            ("111111", 300, false),
            ("222222", 359, true),
            ("222222", 360, false),
        ] {
            let answer = verify(&mut copy(&account), &challenge, method, code, seconds);
            assert_eq!(answer.is_ok(), good, "{code} {seconds}");
        }
        let mut account = reached_by(&[method]);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        send(&mut account, &challenge, method, "111111", 0).unwrap();
        for _ in 0..2 {
            let _ = verify(&mut account, &challenge, method, "000000", 1);
        }
        send(&mut account, &challenge, method, "222222", 60).unwrap();
        let _ = verify(&mut account, &challenge, method, "000000", 61);
        assert_eq!(
            verify(&mut copy(&account), &challenge, method, "111111", 61),
            Err(Denied::Rejected)
        );
        assert!(verify(&mut account, &challenge, method, "222222", 61).is_ok());
    }
}

#[test]
fn one_accepted_code_ends_the_others() {
    let mut account = reached_by(&[Method::Sms]);
    let challenge = open(&mut account, 1, Purpose::StepUp, 0);
    send(&mut account, &challenge, Method::Sms, "111111", 0).unwrap();
    send(&mut account, &challenge, Method::Sms, "222222", 60).unwrap();
    assert!(
        verify(&mut account, &challenge, Method::Sms, "111111", 61)
            .unwrap()
            .granted
    );
    assert_eq!(
        verify(&mut account, &challenge, Method::Sms, "222222", 61),
        Err(Denied::ChallengeClosed)
    );
}

/// Attacks 8, 11 and 12: every method has its cap, and it is on the check, not on the sending.
#[test]
fn five_wrong_codes_block_whatever_is_resent_or_opened_anew() {
    for method in SENT_METHODS {
        let mut account =
            reached_by(&[Method::Sms, Method::Voice, Method::WhatsApp, Method::Email]);
        for n in 1..=5 {
            // Before each guess a new challenge and a new code.
            let challenge = open(&mut account, n, Purpose::Login, 1);
            send(&mut account, &challenge, method, "111111", 1).unwrap();
            assert_eq!(
                verify(&mut account, &challenge, method, "000000", 1),
                Err(Denied::Rejected)
            );
        }
        let blocked = Err(locked(60));
        for (n, purpose) in [
            (5, Purpose::Login),
            (6, Purpose::Login),
            (7, Purpose::StepUp),
        ] {
            let challenge = open(&mut account, n, purpose, 1);
            let before = account.to_document().unwrap();
            assert_eq!(
                verify(&mut account, &challenge, method, "111111", 1),
                blocked
            );
            assert_eq!(
                step(&mut account, &challenge, method, "111111", 1),
                Err(locked(60))
            );
            assert_eq!(
                send(&mut account, &challenge, method, "222222", 1),
                Err(locked(60))
            );
            assert_eq!(
                send_theirs(&mut account, &challenge, method, "VE1", 1),
                Err(locked(60))
            );
            assert_eq!(
                destination(&mut account, &challenge, method, 1),
                Err(locked(60))
            );
            assert_eq!(
                account.to_document().unwrap(),
                before,
                "nothing is looked at"
            );
        }
        // After the block the next wrong one blocks for longer, new code or not.
        let challenge = open(&mut account, 8, Purpose::Login, 61);
        send(&mut account, &challenge, method, "333333", 61).unwrap();
        assert_eq!(
            verify(&mut account, &challenge, method, "000000", 61),
            Err(Denied::Rejected)
        );
        assert_eq!(
            verify(&mut account, &challenge, method, "333333", 61),
            Err(locked(120))
        );
        assert!(verify(&mut account, &challenge, method, "333333", 181).is_ok());
    }
}

#[test]
fn a_guess_counts_though_no_code_was_sent() {
    for method in SENT_METHODS {
        let mut account = reached_by(&[method]);
        let challenge = open(&mut account, 1, Purpose::Login, 1);
        for _ in 0..5 {
            assert_eq!(
                step(&mut account, &challenge, method, "111111", 1),
                Err(Denied::Rejected)
            );
        }
        assert_eq!(
            step(&mut account, &challenge, method, "111111", 1),
            Err(locked(60))
        );
    }
}

#[test]
fn sms_voice_and_whatsapp_are_one_authenticator_and_a_mailbox_is_another() {
    let methods = [Method::Sms, Method::Voice, Method::WhatsApp, Method::Email];
    let mut account = reached_by(&methods);
    let challenge = open(&mut account, 1, Purpose::Login, 1);
    for n in 0..5 {
        assert_eq!(
            verify(&mut account, &challenge, methods[n % 3], "000000", 1),
            Err(Denied::Rejected)
        );
    }
    let until = at(61);
    assert_eq!(
        account.locks(at(1)),
        [
            (Method::Sms, until),
            (Method::Voice, until),
            (Method::WhatsApp, until)
        ]
    );
    for method in PHONE_METHODS {
        assert_eq!(
            destination(&mut account, &challenge, method, 1),
            Err(locked(60))
        );
    }
    send(&mut copy(&account), &challenge, Method::Email, "111111", 1).unwrap();
    // Right by any way, and the row of failures is over for all of them.
    send(&mut account, &challenge, Method::Voice, "222222", 61).unwrap();
    assert!(verify(&mut account, &challenge, Method::Voice, "222222", 61).is_ok());
    assert_eq!(account.locks(at(61)), []);
    let challenge = open(&mut account, 2, Purpose::Login, 62);
    for n in 0..4 {
        let _ = verify(&mut account, &challenge, methods[n % 3], "000000", 62);
    }
    assert!(destination(&mut account, &challenge, Method::WhatsApp, 62).is_ok());
    // Fifty altogether, and none of the three is left.
    let mut account = reached_by(&methods);
    for n in 0..50i64 {
        let challenge = open(&mut account, 1, Purpose::Login, n * 3600);
        let method = methods[usize::try_from(n).unwrap() % 3];
        assert_eq!(
            verify(&mut account, &challenge, method, "000000", n * 3600),
            Err(Denied::Rejected)
        );
    }
    assert_eq!(account.disabled(), PHONE_METHODS);
    let offered = account
        .open_challenge(
            id(2),
            Purpose::Login,
            &mut RuleContext::new(at(200_000), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    assert_eq!(offered, [Method::Email, Method::BackupCode]);
}

#[test]
fn failures_of_one_factor_block_no_other() {
    let mut account = enrolled();
    bind(&mut account, Method::Sms, NUMBER, 1);
    bind(&mut account, Method::Email, ADDRESS, 2);
    let challenge = open(&mut account, 1, Purpose::Login, 60);
    for _ in 0..5 {
        let _ = verify(&mut account, &challenge, Method::Sms, "000000", 60);
    }
    assert_eq!(account.locks(at(60)), [(Method::Sms, at(120))]);
    send(&mut account, &challenge, Method::Email, "111111", 60).unwrap();
    for (method, proof) in [
        (Method::Email, "111111"),
        (Method::Totp, &code_at(60)),
        (Method::BackupCode, "0123456789ABCDEF"),
    ] {
        assert!(verify(&mut copy(&account), &challenge, method, proof, 60).is_ok());
    }
}

#[test]
fn a_code_goes_nowhere_without_an_open_challenge_for_that_method() {
    let mut account = enrolled();
    bind(&mut account, Method::Sms, NUMBER, 0);
    bind(&mut account, Method::Email, ADDRESS, 0);
    let login = open(&mut account, 1, Purpose::Login, 1);
    let reset = open(&mut account, 2, Purpose::ResetPassword, 1);
    let before = account.to_document().unwrap();
    for (challenge, method, expected) in [
        (
            token(9, Purpose::Login),
            Method::Sms,
            Denied::ChallengeClosed,
        ),
        (
            token(1, Purpose::StepUp),
            Method::Sms,
            Denied::ChallengeClosed,
        ),
        (
            token(1, Purpose::ResetPassword),
            Method::Sms,
            Denied::ChallengeClosed,
        ),
        (
            token(2, Purpose::Login),
            Method::Sms,
            Denied::ChallengeClosed,
        ),
        (login.clone(), Method::Voice, Denied::Rejected),
        (login.clone(), Method::Passkey, Denied::Rejected),
        (reset.clone(), Method::Email, Denied::Rejected),
        (reset, Method::Totp, Denied::Rejected),
    ] {
        assert_eq!(
            destination(&mut account, &challenge, method, 1),
            Err(expected)
        );
        assert_eq!(
            send(&mut account, &challenge, method, "111111", 1),
            Err(expected)
        );
        assert_eq!(
            send_theirs(&mut account, &challenge, method, "VE1", 1),
            Err(expected)
        );
        assert_eq!(
            step(&mut account, &challenge, method, "111111", 1),
            Err(expected)
        );
        assert_eq!(account.to_document().unwrap(), before);
    }
    for method in [Method::Totp, Method::BackupCode] {
        assert_eq!(
            destination(&mut account, &login, method, 1),
            Err(Denied::Rejected)
        );
    }
    // What proves by itself is not proven by a code that was sent.
    for method in [Method::Totp, Method::BackupCode] {
        let _ = send(&mut account, &login, method, "111111", 1);
        assert_eq!(
            step(&mut account, &login, method, "111111", 1),
            Err(Denied::Rejected)
        );
    }
}

#[test]
fn a_challenge_that_ends_takes_its_codes_with_it() {
    let with_code = || {
        let mut account = reached_by(&[Method::Sms]);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        send(&mut account, &challenge, Method::Sms, "111111", 0).unwrap();
        (account, challenge)
    };
    let closed = |mut account: Account, challenge: &ChallengeToken, policy: &Policy| {
        assert_eq!(
            step_under(&mut account, challenge, Method::Sms, "111111", 60, policy),
            Err(Denied::ChallengeClosed)
        );
    };
    let policy = Policy::default();
    let (mut account, challenge) = with_code();
    for n in 2..=6 {
        open(&mut account, n, Purpose::Login, 1);
    }
    closed(account, &challenge, &policy);
    let (mut account, challenge) = with_code();
    account.end_sign_ins(
        "host",
        "password",
        &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default()),
    );
    closed(account, &challenge, &policy);
    let (account, challenge) = with_code();
    let short = Policy {
        challenge_ttl: 60,
        ..policy
    };
    closed(account, &challenge, &short);
}

/// Attack 10: one normal form for what is typed.
#[test]
fn spelling_changes_neither_what_is_accepted_nor_what_is_counted() {
    for (typed, right) in [
        ("012345", true),
        (" 01 23 45\n", true),
        ("0-1-2-3-4-5", true),
        ("٠١٢\u{a0}٣٤٥", true),
        ("\u{2066}０１２–３４５\u{2069}", true),
        ("12345", false),
        ("+012345", false),
        ("0123456", false),
        ("٠١٢٣٤", false),
        ("012345\0", false),
        ("0x3039", false),
        ("", false),
    ] {
        let mut account = reached_by(&[Method::Sms]);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        send(&mut account, &challenge, Method::Sms, "012345", 0).unwrap();
        let answer = step(&mut account, &challenge, Method::Sms, typed, 1);
        assert_eq!(answer.is_ok(), right, "{typed:?}");
        if !right {
            for _ in 0..4 {
                let _ = step(&mut account, &challenge, Method::Sms, typed, 1);
            }
            assert_eq!(
                step(&mut account, &challenge, Method::Sms, "012345", 1),
                Err(locked(60)),
                "{typed:?}"
            );
        }
    }
}

#[test]
fn a_code_may_have_four_to_ten_digits() {
    for code in ["0000", "00001", "0123456789"] {
        let mut account = reached_by(&[Method::Sms]);
        let challenge = open(&mut account, 1, Purpose::Login, 0);
        send(&mut account, &challenge, Method::Sms, code, 0).unwrap();
        for wrong in [&code[1..], &format!("{code}0")] {
            assert!(verify(&mut copy(&account), &challenge, Method::Sms, wrong, 1).is_err());
        }
        assert!(verify(&mut account, &challenge, Method::Sms, code, 1).is_ok());
    }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Open,
    Send(usize),
    Right(usize),
    Old(usize),
    Wrong(usize),
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    let method = 0usize..4;
    prop_oneof![
        1 => Just(Act::Open),
        3 => method.clone().prop_map(Act::Send),
        1 => method.clone().prop_map(Act::Right),
        1 => method.clone().prop_map(Act::Old),
        4 => method.prop_map(Act::Wrong),
        1 => (0i64..4000).prop_map(Act::Wait),
    ]
}

proptest! {
    /// Whatever is sent, opened and waited for between: after five wrong guesses in a row nothing is
    /// looked at for a minute and more, after fifty never again, and nothing but a code that was sent
    /// lets anybody in.
    #[test]
    fn guesses_never_exceed_the_budget(acts in proptest::collection::vec(act(), 1..300)) {
        let mut account = reached_by(&SENT_METHODS);
        let (mut now, mut drawn, mut opened) = (0i64, 0u32, 0u8);
        let mut challenge = open(&mut account, 0, Purpose::Login, 0);
        let mut sent: [Option<String>; 4] = Default::default();
        let mut old = sent.clone();
        let (mut row, mut all) = ([0u32; 2], [0u32; 2]);
        let mut blocked = [0i64; 2];
        for act in acts {
            let (way, typed) = match act {
                Act::Wait(seconds) => { now += seconds; continue }
                Act::Open => {
                    opened = opened.wrapping_add(1);
                    challenge = open(&mut account, opened, Purpose::Login, now);
                    old = std::mem::take(&mut sent);
                    continue
                }
                Act::Send(way) => {
                    drawn += 1;
                    let code = format!("{drawn:06}");
                    if send(&mut account, &challenge, SENT_METHODS[way], &code, now).is_ok() {
                        sent[way] = Some(code);
                    }
                    continue
                }
                Act::Right(way) => (way, sent[way].clone()),
                Act::Old(way) => (way, old[way].clone()),
                Act::Wrong(way) => (way, None),
            };
            let typed = typed.unwrap_or_else(|| "999999".to_owned());
            let counter = usize::from(SENT_METHODS[way] == Method::Email);
            match step(&mut account, &challenge, SENT_METHODS[way], &typed, now) {
                Ok(_) => {
                    prop_assert_eq!(sent[way].as_deref(), Some(typed.as_str()));
                    prop_assert!(now >= blocked[counter]);
                    row[counter] = 0;
                    opened = opened.wrapping_add(1);
                    challenge = open(&mut account, opened, Purpose::Login, now);
                    old = std::mem::take(&mut sent);
                }
                Err(Denied::Rejected) => {
                    prop_assert!(now >= blocked[counter]);
                    row[counter] += 1;
                    all[counter] += 1;
                    prop_assert!(all[counter] <= 50 || now > 30 * 86_400);
                    if let Some(over) = row[counter].checked_sub(5) {
                        blocked[counter] = now + (60i64 << over.min(10)).min(3600);
                    }
                    if row[counter] >= 50 || all[counter] >= 50 && now < 30 * 86_400 {
                        blocked[counter] = i64::MAX;
                    }
                }
                Err(Denied::LockedOut { .. }) => prop_assert!(now < blocked[counter]),
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }
}

#[test]
fn a_code_does_not_outlive_its_time_when_the_clock_is_put_back() {
    for method in SENT_METHODS {
        let sent = || {
            let mut account = reached_by(&[method]);
            let token = open(&mut account, 1, Purpose::Login, 7_200);
            assert_eq!(
                send(&mut account, &token, method, "012345", 7_200),
                Ok(at(7_500))
            );
            (account, token)
        };
        let (mut account, token) = sent();
        verify(&mut account, &token, method, "012345", 7_200).unwrap();
        // The clock was two hours ahead.
        for seconds in [1, 7_000, 7_169] {
            let (mut account, token) = sent();
            let answer = verify(&mut account, &token, method, "012345", seconds);
            assert_eq!(answer, Err(Denied::Rejected), "{seconds}");
        }
    }
}
