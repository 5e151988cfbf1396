//! Numbers and addresses become factors.

use proptest::prelude::*;

use super::*;

#[test]
fn the_code_that_was_sent_proves_where_it_went_and_brings_backup_codes() {
    for method in SENT_METHODS {
        let (mut account, to) = (plain(), place(method));
        let mut audit = AuditBuffer::default();
        let policy = Policy::default();
        let setup = setup_id(method, to, 0);
        account.start_contact(
            setup,
            method,
            to,
            &Recipient::default(),
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        );
        let waiting = account.waiting(&setup, at(0)).unwrap();
        assert_eq!(
            (waiting.method, &*waiting.to, &*waiting.provider),
            (method, to, ""),
            "nobody was asked before"
        );
        let until = account.record_sent(
            &ForEnrolment {
                setup: &setup,
                codes: NewCodes::NONE,
            },
            &SentCode::Own {
                code: "012345",
                provider: "p",
            },
            &mut RuleContext::new(at(0), &policy, &mut audit),
        );
        assert_eq!(until, Ok(at(600)));
        // Nothing is enrolled by what is pending.
        assert!(!account.is_enrolled() && account.methods().is_empty());
        assert_eq!((account.phone(), account.email()), (None, None));
        assert_eq!(
            confirm(&mut account, method, "012346", 1),
            Err(Denied::Rejected)
        );
        assert!(!account.is_enrolled());

        let confirmed = account.check_code(
            &ForEnrolment {
                setup: &setup,
                codes: NewCodes::Backup(&codes()),
            },
            " 012-345",
            &mut RuleContext::new(at(2), &Policy::default(), &mut audit),
        );
        let expected = Confirmed {
            method,
            first: true,
            signs_in: false,
            has_codes: true,
            was_proven: false,
        };
        assert_eq!(confirmed, Ok(Step::Done(expected)));
        assert!(account.is_enrolled());
        assert_eq!(account.methods(), [method, Method::BackupCode]);
        assert_eq!(account.primary(), Some(method));
        assert_eq!(account.backup_codes_left(), Some(3));
        let reached = if method == Method::Email {
            account.email()
        } else {
            account.phone()
        };
        assert_eq!(reached, Some(to));
        // It is spent, and nothing waits any more.
        assert_eq!(
            confirm(&mut account, method, "012345", 2),
            Err(Denied::Rejected)
        );
        assert!(!waits(&account, &setup, 2) && account.pending_contacts.all().is_empty());
        let kinds: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
        let expected = [
            EventKind::EnrolmentStarted,
            EventKind::CodeSent,
            EventKind::Enrolled,
        ];
        assert_eq!(kinds, expected);
    }
}

#[test]
fn the_code_that_proved_a_number_does_not_sign_in() {
    for method in SENT_METHODS {
        let mut account = reached_by(&[method]);
        let challenge = open(&mut account, 1, Purpose::Login, 1);
        assert_eq!(
            verify(&mut account, &challenge, method, "424242", 1),
            Err(Denied::Rejected)
        );
    }
}

#[test]
fn a_code_for_a_number_is_good_for_ten_minutes_and_no_longer_than_its_set_up() {
    for method in SENT_METHODS {
        let mut account = plain();
        let setup = start(&mut account, method, place(method), 0);
        to_contact(&mut account, method, place(method), "111111", 100).unwrap();
        assert!(confirm(&mut copy(&account), method, "111111", 699).is_ok());
        assert_eq!(
            confirm(&mut account, method, "111111", 700),
            Err(Denied::Rejected)
        );
        // The set-up ends half an hour after it began, whatever was sent since.
        to_contact(&mut account, method, place(method), "222222", 1790).unwrap();
        assert!(confirm(&mut copy(&account), method, "222222", 1799).is_ok());
        let mut late = copy(&account);
        assert_eq!(
            confirm(&mut late, method, "222222", 1800),
            Err(Denied::Rejected)
        );
        assert_eq!(
            to_contact(&mut late, method, place(method), "333333", 1800),
            Err(Denied::Rejected)
        );
        assert!(!waits(&late, &setup, 1800));
        // Begun anew, the old code is none of it.
        start(&mut late, method, place(method), 1800);
        assert_eq!(
            confirm(&mut late, method, "222222", 1800),
            Err(Denied::Rejected)
        );
        // A clock that was set back brings nothing back.
        assert_eq!(
            confirm(&mut account, method, "222222", -1),
            Err(Denied::Rejected)
        );
    }
}

#[test]
fn the_tenth_wrong_code_ends_a_set_up() {
    for method in SENT_METHODS {
        let (mut account, to) = (plain(), place(method));
        let setup = start(&mut account, method, to, 0);
        for tried in 0..9 {
            if tried % 3 == 0 {
                to_contact(&mut account, method, to, "111111", tried).unwrap();
            }
            assert_eq!(
                confirm(&mut account, method, "000000", tried),
                Err(Denied::Rejected)
            );
        }
        to_contact(&mut account, method, to, "222222", 10).unwrap();
        assert!(confirm(&mut copy(&account), method, "222222", 10).is_ok());
        assert_eq!(
            confirm(&mut account, method, "000000", 10),
            Err(Denied::Rejected)
        );
        assert_eq!(
            confirm(&mut account, method, "222222", 10),
            Err(Denied::Rejected)
        );
        assert!(!waits(&account, &setup, 10));
        assert_eq!(
            to_contact(&mut account, method, to, "333333", 10),
            Err(Denied::Rejected)
        );
        assert!(!account.is_enrolled());
        // It may begin anew.
        bind(&mut account, method, to, 11);
    }
}

#[test]
fn a_resend_keeps_what_was_tried_and_both_codes_are_good() {
    for method in SENT_METHODS {
        let (mut account, to) = (plain(), place(method));
        start(&mut account, method, to, 0);
        to_contact(&mut account, method, to, "111111", 0).unwrap();
        let setup = newest(&account, method);
        assert_eq!(account.waiting(&setup, at(60)).unwrap().provider, "carrier");
        to_contact(&mut account, method, to, "222222", 60).unwrap();
        for code in ["111111", "222222"] {
            assert!(confirm(&mut copy(&account), method, code, 599).is_ok());
        }
        // The earlier one is not prolonged.
        assert_eq!(
            confirm(&mut copy(&account), method, "111111", 600),
            Err(Denied::Rejected)
        );
        assert!(confirm(&mut copy(&account), method, "222222", 659).is_ok());

        // Nor does a resend give back what was tried: three checks a code, ten a set-up.
        let mut account = plain();
        start(&mut account, method, to, 0);
        let mut tried = 0;
        for resend in 0.. {
            let sent = to_contact(&mut account, method, to, "111111", 60 * resend);
            if sent.is_err() || tried == 10 {
                break;
            }
            for _ in 0..2 {
                let _ = confirm(&mut account, method, "000000", 60 * resend);
                tried += 1;
            }
        }
        assert_eq!(tried, 10);
    }
}

#[test]
fn three_wrong_tries_end_a_code_for_a_number_but_not_a_later_one() {
    for method in SENT_METHODS {
        let (mut account, to) = (plain(), place(method));
        start(&mut account, method, to, 0);
        to_contact(&mut account, method, to, "111111", 0).unwrap();
        for _ in 0..2 {
            let _ = confirm(&mut account, method, "000000", 1);
        }
        to_contact(&mut account, method, to, "222222", 60).unwrap();
        let _ = confirm(&mut account, method, "000000", 61);
        assert_eq!(
            confirm(&mut copy(&account), method, "111111", 61),
            Err(Denied::Rejected)
        );
        assert!(confirm(&mut account, method, "222222", 61).is_ok());
    }
}

#[test]
fn a_code_proves_only_the_set_up_that_it_was_sent_for() {
    let mut account = plain();
    // The same number twice, another number, another way to it, and an address.
    let setups: Vec<_> = [
        (Method::Sms, NUMBER),
        (Method::Sms, NUMBER),
        (Method::Sms, OTHER_NUMBER),
        (Method::Voice, NUMBER),
        (Method::Email, ADDRESS),
    ]
    .into_iter()
    .enumerate()
    .map(|(n, (method, to))| {
        let setup = start(&mut account, method, to, n as i64);
        let code = format!("{n}{n}{n}{n}{n}{n}");
        to_contact(&mut account, method, to, &code, 5).unwrap();
        (setup, method, to, code)
    })
    .collect();
    let tried = |account: &mut Account, setup: &SetupId, code: &str| {
        account.check_code(
            &ForEnrolment {
                setup,
                codes: NewCodes::Backup(&codes()),
            },
            code,
            &mut RuleContext::new(at(6), &Policy::default(), &mut AuditBuffer::default()),
        )
    };
    for (setup, method, to, code) in &setups {
        for (other, .., foreign) in &setups {
            let mut account = copy(&account);
            let answer = tried(&mut account, setup, foreign);
            if other == setup {
                let Ok(Step::Done(confirmed)) = answer else {
                    panic!("{answer:?}")
                };
                assert_eq!((code, confirmed.method), (foreign, *method));
                let reached = account.phone().or(account.email());
                assert_eq!(reached, Some(*to));
            } else {
                assert_eq!(answer, Err(Denied::Rejected));
                assert!(!account.is_enrolled());
            }
        }
    }
    // Of one that is not theirs nobody has an id.
    let unknown = SetupId::new([0xee; 16]);
    let before = account.to_document().unwrap();
    for (.., code) in &setups {
        assert_eq!(tried(&mut account, &unknown, code), Err(Denied::Rejected));
    }
    assert!(!waits(&account, &unknown, 6));
    assert_eq!(account.to_document().unwrap(), before);
}

/// Somebody else who knows the password begins, types wrong codes and asks for more: none of it is the owner's.
#[test]
fn what_somebody_else_begins_takes_neither_place_nor_tries_of_a_set_up() {
    for method in SENT_METHODS {
        let (mut account, to) = (plain(), place(method));
        let owner = start(&mut account, method, to, 0);
        to_contact(&mut account, method, to, "111111", 0).unwrap();
        let thief = start(&mut account, method, to, 1);
        for tried in 0..10 {
            let (now, mut audit) = (at(2), AuditBuffer::default());
            if tried % 3 == 0 {
                let policy = Policy::default();
                account
                    .record_sent(
                        &ForEnrolment {
                            setup: &thief,
                            codes: NewCodes::NONE,
                        },
                        &SentCode::Own {
                            code: "222222",
                            provider: "carrier",
                        },
                        &mut RuleContext::new(now, &policy, &mut audit),
                    )
                    .unwrap();
            }
            let wrong = account.check_code(
                &ForEnrolment {
                    setup: &thief,
                    codes: NewCodes::Backup(&codes()),
                },
                "000000",
                &mut RuleContext::new(now, &Policy::default(), &mut audit),
            );
            assert_eq!(wrong, Err(Denied::Rejected));
        }
        assert!(!waits(&account, &thief, 2) && waits(&account, &owner, 2));
        let (now, mut audit) = (at(3), AuditBuffer::default());
        let confirmed = account.check_code(
            &ForEnrolment {
                setup: &owner,
                codes: NewCodes::Backup(&codes()),
            },
            "111111",
            &mut RuleContext::new(now, &Policy::default(), &mut audit),
        );
        assert!(matches!(confirmed, Ok(Step::Done(_))), "{confirmed:?}");
    }
}

#[test]
fn a_set_up_that_began_before_the_first_factor_is_over_with_it() {
    for method in SENT_METHODS {
        let (mut account, to) = (plain(), place(method));
        let thief = start(&mut account, method, to, 0);
        to_contact(&mut account, method, to, "222222", 0).unwrap();
        let setup = account
            .start_totp(
                totp(),
                "ada",
                None,
                None,
                &mut RuleContext::new(at(0), &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
        let (now, policy, mut audit) = (at(1), Policy::default(), AuditBuffer::default());
        account
            .confirm_totp(
                &setup,
                &code_at(1),
                NewCodes::Backup(&codes()),
                &mut RuleContext::new(now, &policy, &mut audit),
            )
            .unwrap();
        let late = account.check_code(
            &ForEnrolment {
                setup: &thief,
                codes: NewCodes::Backup(&codes()),
            },
            "222222",
            &mut RuleContext::new(now, &Policy::default(), &mut audit),
        );
        assert_eq!(late, Err(Denied::Rejected));
        assert!(!waits(&account, &thief, 1));
        assert_eq!(account.methods(), [Method::Totp, Method::BackupCode]);
    }
}

#[test]
fn ten_set_ups_of_a_kind_are_pending_at_once() {
    let mut account = plain();
    let address = start(&mut account, Method::Email, ADDRESS, 0);
    let numbers: Vec<_> = (0..12)
        .map(|n| start(&mut account, PHONE_METHODS[n % 3], NUMBER, n as i64))
        .collect();
    let open: Vec<_> = numbers.iter().map(|s| waits(&account, s, 12)).collect();
    assert_eq!(open, [vec![false; 2], vec![true; 10]].concat());
    assert!(waits(&account, &address, 12));
    // Those that are over take no place.
    let later = start(&mut account, Method::Sms, OTHER_NUMBER, 1809);
    assert!(waits(&account, &numbers[10], 1809) && waits(&account, &later, 1809));
    assert_eq!(account.pending_contacts.all().len(), 3);
}

#[test]
fn every_set_up_is_noted_and_a_resend_is_not() {
    let mut account = plain();
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    for n in 1..=2 {
        let setup = SetupId::new([n; 16]);
        let recipient = Recipient::default();
        account.start_contact(
            setup,
            Method::Sms,
            NUMBER,
            &recipient,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        );
        for _ in 0..2 {
            account
                .record_sent(
                    &ForEnrolment {
                        setup: &setup,
                        codes: NewCodes::NONE,
                    },
                    &SentCode::Own {
                        code: "111111",
                        provider: "p",
                    },
                    &mut RuleContext::new(at(1), &policy, &mut audit),
                )
                .unwrap();
        }
    }
    let kinds: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
    let one = [
        EventKind::EnrolmentStarted,
        EventKind::CodeSent,
        EventKind::CodeSent,
    ];
    assert_eq!(kinds, [one, one].concat());
}

#[test]
fn only_what_is_reached_becomes_a_number() {
    for method in [
        Method::Totp,
        Method::BackupCode,
        Method::Passkey,
        Method::RecoveryCode,
    ] {
        let mut account = plain();
        start(&mut account, method, NUMBER, 0);
        let _ = to_contact(&mut account, method, NUMBER, "111111", 0);
        assert!(confirm(&mut account, method, "111111", 0).is_err());
        assert!(!account.is_enrolled() && account.phone().is_none());
    }
}

#[test]
fn backup_codes_come_with_the_first_factor_only() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 1);
    let backup = "0123456789ABCDEF";
    verify(&mut account, &challenge, Method::BackupCode, backup, 1).unwrap();
    for method in SENT_METHODS {
        let confirmed = bind(&mut account, method, place(method), 2);
        assert!(!confirmed.first);
        assert_eq!(
            account.backup_codes_left(),
            Some(2),
            "they are not new ones"
        );
    }
    assert_eq!(account.primary(), Some(Method::Totp));
}

#[test]
fn a_second_way_to_the_same_number_adds_a_method_and_keeps_the_failures() {
    let mut account = reached_by(&[Method::Sms]);
    let challenge = open(&mut account, 1, Purpose::Login, 1);
    for _ in 0..4 {
        let _ = verify(&mut account, &challenge, Method::Sms, "000000", 1);
    }
    let before = account.epoch();
    let confirmed = bind(&mut account, Method::Voice, NUMBER, 2);
    let expected = Confirmed {
        method: Method::Voice,
        first: false,
        signs_in: false,
        has_codes: false,
        was_proven: false,
    };
    assert_eq!(confirmed, expected);
    assert!(account.epoch() > before);
    assert_eq!(
        account.methods(),
        [Method::Sms, Method::Voice, Method::BackupCode]
    );
    assert_eq!(account.primary(), Some(Method::Sms));
    let challenge = open(&mut account, 2, Purpose::Login, 3);
    assert_eq!(
        verify(&mut account, &challenge, Method::Voice, "000000", 3),
        Err(Denied::Rejected)
    );
    for method in [Method::Sms, Method::Voice] {
        assert_eq!(
            verify(&mut account, &challenge, method, "000000", 3),
            Err(locked(60))
        );
    }
}

#[test]
fn a_second_way_to_a_disabled_number_is_disabled_and_enrolling_a_way_anew_enables_both() {
    let mut account = disabled(Method::Sms);
    bind(&mut account, Method::Voice, NUMBER, 4_000_000);
    assert_eq!(account.disabled(), [Method::Sms, Method::Voice]);
    let confirmed = bind(&mut account, Method::Sms, NUMBER, 4_000_001);
    assert!(!confirmed.first && account.phone() == Some(NUMBER));
    assert!(account.disabled().is_empty());
    for method in [Method::Sms, Method::Voice] {
        let challenge = open(&mut account, 1, Purpose::Login, 4_000_002);
        send(&mut account, &challenge, method, "111111", 4_000_002).unwrap();
        assert!(verify(&mut account, &challenge, method, "111111", 4_000_002).is_ok());
    }
}

/// An account that failed fifty times by that method.
fn disabled(method: Method) -> Account {
    let mut account = reached_by(&[method]);
    for failed in 0..50 {
        let challenge = open(&mut account, 1, Purpose::Login, failed * 3600);
        assert_eq!(
            verify(&mut account, &challenge, method, "000000", failed * 3600),
            Err(Denied::Rejected)
        );
    }
    assert_eq!(account.disabled(), [method]);
    account
}

#[test]
fn what_is_disabled_refuses_the_right_code_and_is_brought_back_by_enrolling_it_anew() {
    for method in SENT_METHODS {
        let mut account = disabled(method);
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
        // Its user is not let in without it, and no code goes out.
        assert!(account.is_enrolled());
        let offered = account
            .open_challenge(
                id(2),
                Purpose::Login,
                &mut RuleContext::new(at(200_000), &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
        assert_eq!(offered, [Method::BackupCode]);
        let challenge = token(2, Purpose::Login);
        assert_eq!(
            destination(&mut account, &challenge, method, 200_000),
            Err(DISABLED)
        );
        assert_eq!(
            send(&mut account, &challenge, method, "111111", 200_000),
            Err(DISABLED)
        );
        assert_eq!(
            verify(&mut account, &challenge, method, "111111", 200_000),
            Err(DISABLED)
        );
        bind(&mut account, method, place(method), 200_001);
        assert!(account.disabled().is_empty(), "{method}");
        let challenge = open(&mut account, 3, Purpose::Login, 200_002);
        send(&mut account, &challenge, method, "222222", 200_002).unwrap();
        assert!(verify(&mut account, &challenge, method, "222222", 200_002).is_ok());
    }
}

#[test]
fn another_number_takes_the_place_of_the_old_one_and_ends_what_was_open() {
    let mut account = reached_by(&[Method::Sms, Method::Voice, Method::Email]);
    assert!(account.set_primary(
        Method::Voice,
        &mut RuleContext::new(
            UnixTime::START,
            &Policy::default(),
            &mut AuditBuffer::default()
        )
    ));
    let login = open(&mut account, 1, Purpose::Login, 1);
    let step_up = open(&mut account, 2, Purpose::StepUp, 1);
    let reset = open(&mut account, 3, Purpose::ResetPassword, 1);
    let other = open(&mut account, 4, Purpose::Login, 1);
    for (challenge, method) in [
        (&login, Method::Sms),
        (&login, Method::Email),
        (&step_up, Method::Voice),
        (&reset, Method::Sms),
    ] {
        send(&mut account, challenge, method, "111111", 2).unwrap();
    }
    assert!(verify(&mut account, &step_up, Method::Voice, "111111", 3).is_ok());
    for _ in 0..4 {
        let _ = verify(&mut account, &other, Method::Sms, "000000", 3);
        let _ = verify(&mut account, &reset, Method::Sms, "000000", 3);
    }
    let app = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(3), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    let address = start(&mut account, Method::Email, "new@example.org", 3);
    to_contact(&mut account, Method::Email, "new@example.org", "222222", 3).unwrap();
    let before = account.epoch();

    let confirmed = bind(&mut account, Method::WhatsApp, OTHER_NUMBER, 4);
    assert!(!confirmed.first);
    assert_eq!(account.phone(), Some(OTHER_NUMBER));
    // Only the way that was proven, and the primary is one that exists.
    assert_eq!(
        account.methods(),
        [Method::WhatsApp, Method::Email, Method::BackupCode]
    );
    assert_eq!(account.primary(), Some(Method::WhatsApp));
    assert!(account.epoch() > before);
    for challenge in [&login, &reset, &other] {
        for method in [Method::Sms, Method::WhatsApp, Method::Email] {
            assert_eq!(
                verify(&mut account, challenge, method, "111111", 5),
                Err(Denied::ChallengeClosed)
            );
            assert_eq!(
                send(&mut account, challenge, method, "333333", 5),
                Err(Denied::ChallengeClosed)
            );
        }
    }
    let grant = GrantId::new([9; 16]);
    assert_eq!(
        account.allow_change(Some(&grant), at(5)),
        Err(Denied::StepUpRequired)
    );
    assert!(!account.awaits(&app, at(5)) && !waits(&account, &address, 5));
    assert_eq!(
        confirm(&mut account, Method::Email, "222222", 5),
        Err(Denied::Rejected)
    );
    // Its failures belonged to the old number, for signing in and for a reset.
    for purpose in [Purpose::Login, Purpose::ResetPassword] {
        let challenge = open(&mut account, 5, purpose, 6);
        for _ in 0..4 {
            let _ = verify(&mut account, &challenge, Method::WhatsApp, "000000", 6);
        }
        assert!(destination(&mut account, &challenge, Method::WhatsApp, 6).is_ok());
    }
    let destination = destination(&mut account, &token(5, Purpose::Login), Method::WhatsApp, 6);
    assert_eq!(destination.unwrap().to, OTHER_NUMBER);
}

#[test]
fn another_number_brings_a_disabled_telephone_back() {
    let mut account = disabled(Method::Sms);
    bind(&mut account, Method::Sms, OTHER_NUMBER, 200_000);
    assert_eq!(account.phone(), Some(OTHER_NUMBER));
    assert!(account.disabled().is_empty());
}

/// Proves a number by SMS for somebody who is reached so; which number is told that it took its place, in which language,
/// and to whom mails say so.
fn bind_for(
    account: &mut Account,
    to: &str,
    recipient: &Recipient,
    seconds: i64,
) -> (Option<(String, String)>, Vec<String>) {
    let (locale, email) = (recipient.locale.clone(), recipient.email.clone());
    account.know(&Contact::new(String::new(), locale, email), at(seconds));
    start_for(account, Method::Sms, to, recipient, seconds);
    to_contact(account, Method::Sms, to, "424242", seconds).unwrap();
    let before = copy(account);
    confirm(account, Method::Sms, "424242", seconds).unwrap();
    let event = Event::new(EventKind::Enrolled, account.changer()).method(Method::Sms);
    let user = UserId::new("7").unwrap();
    account.note_changes(
        &user,
        &[event],
        &Source::default(),
        || Some(before),
        at(seconds),
    );
    let mut notices = account.notices.open.drain(..);
    let notice = notices.find(|it| it.kind == NoticeKind::NumberReplaced);
    drop(notices);
    let mut numbers = account.notices.numbers.drain(..);
    let number = numbers.next().map(|it| {
        assert_eq!((it.kind, it.tries), (SmsNotice::NumberReplaced, 0));
        assert_eq!((it.at, it.due), (at(seconds), at(seconds)));
        (it.to, it.locale)
    });
    assert!(numbers.next().is_none());
    drop(numbers);
    let locale = |it: &Notice| it.locale.clone();
    assert_eq!(notice.as_ref().map(locale), number.clone().map(|it| it.1));
    let told = notice.into_iter().flat_map(|it| it.to);
    (number, told.map(|it| it.address).collect())
}

fn reader(locale: &str, email: &str) -> Recipient {
    Recipient {
        locale: locale.to_owned(),
        email: (!email.is_empty()).then(|| email.to_owned()),
    }
}

/// Whoever changes the number may have changed address and language before.
#[test]
fn everybody_hears_of_another_number_who_could_be_reached_when_the_old_one_was_proven() {
    for proven in [false, true] {
        let mut account = plain();
        bind_for(&mut account, NUMBER, &reader("de", "old@example.org"), 0);
        if proven {
            bind(&mut account, Method::Email, ADDRESS, 1);
        }
        let thief = reader("fi", "thief@example.org");
        let (replaced, told) = bind_for(&mut account, OTHER_NUMBER, &thief, 2);
        assert_eq!(replaced, Some((NUMBER.to_owned(), "de".to_owned())));
        let known = ["old@example.org", "thief@example.org"];
        if proven {
            assert_eq!(told, [known[0], ADDRESS, known[1]]);
        } else {
            assert_eq!(told, known);
        }
        // The next one replaces that number, and each is told once: also where the host has another address since.
        let (same, told) = bind_for(&mut account, NUMBER, &thief, 3);
        assert_eq!(same.unwrap().0, OTHER_NUMBER);
        assert_eq!(told.len(), if proven { 3 } else { 2 });
    }
    let mut account = plain();
    bind_for(&mut account, NUMBER, &reader("", ""), 0);
    let (replaced, told) = bind_for(&mut account, OTHER_NUMBER, &reader("it", ""), 1);
    // The host had said no language before: in the site's.
    assert_eq!((replaced.unwrap().1.as_str(), told.len()), ("", 0));
}

#[test]
fn a_number_that_was_removed_to_make_room_was_replaced() {
    const DAY: i64 = 86_400;
    let owner = reader("de", "old@example.org");
    for (other, later, told) in [
        (OTHER_NUMBER, 0, true),
        (OTHER_NUMBER, 30 * DAY - 1, true),
        (OTHER_NUMBER, 30 * DAY, false),
        (NUMBER, 0, false),
    ] {
        for only in [true, false] {
            let mut account = if only { plain() } else { enrolled() };
            bind_for(&mut account, NUMBER, &owner, 1);
            bind(&mut account, Method::Voice, NUMBER, 2);
            let mut audit = AuditBuffer::default();
            // One way less is the same number still.
            assert!(account.remove(
                Method::Voice,
                None,
                &mut RuleContext::new(at(3), &Policy::default(), &mut audit)
            ));
            assert!(account.remove(
                Method::Sms,
                None,
                &mut RuleContext::new(at(4), &Policy::default(), &mut audit)
            ));
            assert_eq!((account.is_enrolled(), account.phone()), (!only, None));
            let thief = reader("fi", "thief@example.org");
            let (replaced, to) = bind_for(&mut account, other, &thief, 4 + later);
            assert_eq!(replaced.is_some(), told, "{other} {later}");
            if let Some(replaced) = replaced {
                assert_eq!(replaced, (NUMBER.to_owned(), "de".to_owned()));
                assert_eq!(to[0], "old@example.org");
            }
            // Said once.
            assert!(account.former_phone.is_none());
        }
    }
    // An operator who resets an account knows whose it is.
    let mut account = plain();
    bind_for(&mut account, NUMBER, &owner, 1);
    let mut audit = AuditBuffer::default();
    assert!(account.remove(
        Method::Sms,
        None,
        &mut RuleContext::new(at(2), &Policy::default(), &mut audit)
    ));
    account
        .reset(
            PROVEN,
            "admin",
            "lost",
            &mut RuleContext::new(at(3), &Policy::default(), &mut audit),
        )
        .unwrap();
    assert_eq!(bind_for(&mut account, OTHER_NUMBER, &owner, 4).0, None);
}

#[test]
fn another_address_takes_the_place_of_the_old_one() {
    let mut account = reached_by(&[Method::Email]);
    let challenge = open(&mut account, 1, Purpose::Login, 0);
    for _ in 0..5 {
        let _ = verify(&mut account, &challenge, Method::Email, "000000", 0);
    }
    assert_eq!(account.locks(at(1)), [(Method::Email, at(60))]);
    bind(&mut account, Method::Email, "new@example.org", 2);
    assert_eq!(account.email(), Some("new@example.org"));
    assert!(account.locks(at(2)).is_empty());
    assert_eq!(
        verify(&mut account, &challenge, Method::Email, "111111", 2),
        Err(Denied::ChallengeClosed)
    );
}

#[test]
fn the_primary_method_is_always_one_that_is_enrolled() {
    let mut account = enrolled();
    for method in SENT_METHODS {
        bind(&mut account, method, place(method), 1);
    }
    let all = [
        Method::Totp,
        Method::Sms,
        Method::Voice,
        Method::WhatsApp,
        Method::Email,
    ];
    for (place, removed) in all.iter().enumerate() {
        assert_eq!(account.primary(), Some(*removed));
        assert_eq!(account.methods()[0], *removed);
        assert!(account.remove(
            *removed,
            None,
            &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default())
        ));
        assert_eq!(account.primary(), all.get(place + 1).copied());
    }
    assert_eq!(
        (account.methods(), account.backup_codes_left()),
        (vec![], None)
    );
}

/// A code by a provider that makes its own goes to a number that is not proven yet.
fn contact_theirs(
    account: &mut Account,
    method: Method,
    to: &str,
    reference: &str,
    seconds: i64,
) -> Result<UnixTime, Denied> {
    let setup = newest_to(account, method, to);
    account.record_sent(
        &ForEnrolment {
            setup: &setup,
            codes: NewCodes::NONE,
        },
        &SentCode::Remote {
            provider: "checker",
            reference,
            seconds: 600,
        },
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn contact_question(account: &mut Account, typed: &str, seconds: i64) -> RemoteCheck {
    match try_contact(account, Method::Sms, typed, seconds) {
        Ok(Step::Ask(check)) => check,
        other => panic!("{other:?}"),
    }
}

fn settle_contact(
    account: &mut Account,
    check: &RemoteCheck,
    seconds: i64,
) -> Result<Confirmed, Denied> {
    let (now, mut audit) = (at(seconds), AuditBuffer::default());
    account.settle(
        &ForEnrolment {
            setup: &PENDING_THEIRS,
            codes: NewCodes::Backup(&codes()),
        },
        check,
        Checked::Right,
        &mut RuleContext::new(now, &Policy::default(), &mut audit),
    )
}

/// The set-up of [`pending_theirs`].
const PENDING_THEIRS: SetupId = SetupId::new([5; 16]);

/// A number waits for a code that somebody else made.
fn pending_theirs() -> Account {
    let mut account = plain();
    let (recipient, mut audit) = (Recipient::default(), AuditBuffer::default());
    account.start_contact(
        PENDING_THEIRS,
        Method::Sms,
        NUMBER,
        &recipient,
        None,
        &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
    );
    let until = contact_theirs(&mut account, Method::Sms, NUMBER, "VE1", 0);
    assert_eq!(until, Ok(at(600)));
    account
}

#[test]
fn a_provider_is_asked_about_a_number_and_its_yes_proves_it_once() {
    let mut account = pending_theirs();
    let waiting = account.waiting(&PENDING_THEIRS, at(60)).unwrap();
    assert_eq!(waiting.provider, "checker");
    let check = contact_question(&mut account, "111111", 61);
    assert_eq!(check.to, NUMBER);
    assert_eq!(
        (
            check.verification.provider.as_str(),
            check.verification.reference.as_str()
        ),
        ("checker", "VE1")
    );
    assert!(!account.is_enrolled(), "a check is no answer");
    let confirmed = settle_contact(&mut account, &check, 62).unwrap();
    assert!(confirmed.first);
    assert_eq!(account.methods(), [Method::Sms, Method::BackupCode]);
    let epoch = account.epoch();
    assert_eq!(
        settle_contact(&mut account, &check, 62),
        Err(Denied::Rejected)
    );
    assert_eq!(account.epoch(), epoch);
}

#[test]
fn a_yes_that_comes_after_the_set_up_was_over_or_confirmed_proves_nothing() {
    let late = |between: &dyn Fn(&mut Account), seconds| {
        let mut account = pending_theirs();
        let check = contact_question(&mut account, "111111", 1);
        between(&mut account);
        let enrolled = account.is_enrolled();
        assert_eq!(
            settle_contact(&mut account, &check, seconds),
            Err(Denied::Rejected)
        );
        assert_eq!(account.is_enrolled(), enrolled);
    };
    // More set-ups than there is room for.
    late(
        &|account| {
            for n in 2..12 {
                start(account, Method::Sms, OTHER_NUMBER, n);
            }
        },
        12,
    );
    late(
        &|account| assert!(contact_theirs(account, Method::Sms, NUMBER, "VE2", 2).is_ok()),
        2,
    );
    late(
        &|account| {
            account.end_sign_ins(
                "host",
                "password",
                &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
            );
        },
        2,
    );
    late(
        &|account| {
            account
                .reset(
                    PROVEN,
                    "admin",
                    "asked",
                    &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
                )
                .unwrap()
        },
        2,
    );
    late(
        &|account| {
            bind(account, Method::Email, ADDRESS, 2);
        },
        2,
    );
    late(
        &|account| {
            to_contact(account, Method::Sms, NUMBER, "222222", 2).unwrap();
            confirm(account, Method::Sms, "222222", 2).unwrap();
        },
        2,
    );
    late(&|_| {}, 1800);
}

#[test]
fn a_provider_is_asked_three_times_about_a_number_whatever_is_resent() {
    let mut account = pending_theirs();
    for tried in 0..3 {
        contact_question(&mut account, "111111", tried);
        contact_theirs(&mut account, Method::Sms, NUMBER, "VE1", tried).unwrap();
    }
    for tried in 3..6 {
        assert_eq!(
            try_contact(&mut account, Method::Sms, "111111", tried),
            Err(Denied::Rejected)
        );
        contact_theirs(&mut account, Method::Sms, NUMBER, "VE1", tried).unwrap();
    }
    // A new verification has checks of its own, but ten tries are all that a set-up has.
    for tried in 6..10 {
        if tried % 2 == 0 {
            contact_theirs(
                &mut account,
                Method::Sms,
                NUMBER,
                &format!("VE{tried}"),
                tried,
            )
            .unwrap();
        }
        contact_question(&mut account, "111111", tried);
    }
    assert_eq!(
        try_contact(&mut account, Method::Sms, "111111", 10),
        Err(Denied::Rejected)
    );
    // Begun anew it works again: used up is not for half an hour.
    let setup = start(&mut account, Method::Sms, NUMBER, 11);
    contact_theirs(&mut account, Method::Sms, NUMBER, "VE99", 11).unwrap();
    let check = contact_question(&mut account, "111111", 11);
    let (now, mut audit) = (at(11), AuditBuffer::default());
    let confirmed = account.settle(
        &ForEnrolment {
            setup: &setup,
            codes: NewCodes::Backup(&codes()),
        },
        &check,
        Checked::Right,
        &mut RuleContext::new(now, &Policy::default(), &mut audit),
    );
    assert!(confirmed.is_ok());
}

#[test]
fn the_tenth_question_about_a_number_may_still_be_answered() {
    let mut account = pending_theirs();
    let mut last = None;
    for tried in 0..10 {
        contact_theirs(
            &mut account,
            Method::Sms,
            NUMBER,
            &format!("VE{tried}"),
            tried,
        )
        .unwrap();
        last = Some(contact_question(&mut account, "111111", tried));
    }
    assert!(settle_contact(&mut account, &last.unwrap(), 10).is_ok());
}

#[test]
fn when_both_kinds_are_on_their_way_to_a_number_ours_is_taken_without_asking() {
    let mut account = pending_theirs();
    to_contact(&mut account, Method::Sms, NUMBER, "111111", 60).unwrap();
    assert!(matches!(
        try_contact(&mut copy(&account), Method::Sms, "111111", 61),
        Ok(Step::Done(_))
    ));
    let check = contact_question(&mut account, "222222", 61);
    assert!(settle_contact(&mut copy(&account), &check, 62).is_ok());
    // What they were asked about counts against ours, too.
    for _ in 0..2 {
        contact_question(&mut account, "222222", 62);
    }
    assert_eq!(
        try_contact(&mut account, Method::Sms, "111111", 62),
        Err(Denied::Rejected)
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
        "1 OR 1=1",
        "+4912345",
    ] {
        let mut account = pending_theirs();
        assert_eq!(
            try_contact(&mut account, Method::Sms, typed, 1),
            Err(Denied::Rejected),
            "{typed}"
        );
    }
}

#[test]
fn what_a_provider_called_over_is_not_asked_about_again() {
    let mut account = pending_theirs();
    let check = contact_question(&mut account, "111111", 1);
    let answer = account.settle(
        &ForEnrolment {
            setup: &PENDING_THEIRS,
            codes: NewCodes::NONE,
        },
        &check,
        Checked::Over,
        &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert_eq!(answer.unwrap_err(), Denied::Rejected);
    assert_eq!(
        try_contact(&mut account, Method::Sms, "111111", 2),
        Err(Denied::Rejected)
    );
    contact_theirs(&mut account, Method::Sms, NUMBER, "VE1", 3).unwrap();
    assert_eq!(
        try_contact(&mut account, Method::Sms, "111111", 3),
        Err(Denied::Rejected),
        "it is still over"
    );
    contact_theirs(&mut account, Method::Sms, NUMBER, "VE2", 4).unwrap();
    // An answer about the first does not end the second.
    let answer = account.settle(
        &ForEnrolment {
            setup: &PENDING_THEIRS,
            codes: NewCodes::NONE,
        },
        &check,
        Checked::Over,
        &mut RuleContext::new(at(2), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert_eq!(answer.unwrap_err(), Denied::Rejected);
    contact_question(&mut account, "111111", 4);
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Start(usize, usize),
    Send(usize),
    TypeSent(usize, usize),
    TypeWrong(usize),
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (0usize..2, 0usize..2).prop_map(|(to, method)| Act::Start(to, method)),
        3 => (0usize..6).prop_map(Act::Send),
        3 => (0usize..6, 0usize..8).prop_map(|(setup, back)| Act::TypeSent(setup, back)),
        2 => (0usize..6).prop_map(Act::TypeWrong),
        2 => (0i64..700).prop_map(Act::Wait),
    ]
}

/// A code that went out, and how a model of the rules has it.
struct KnownCode {
    text: String,
    sent: i64,
    wrong: u32,
}

struct Begun {
    id: SetupId,
    to: usize,
    way: usize,
    began: i64,
    wrong: u32,
    codes: Vec<KnownCode>,
}

impl Begun {
    const fn is_open(&self, now: i64) -> bool {
        now < self.began + 1800 && self.wrong < 10
    }
}

proptest! {
    /// Whatever is begun, sent and typed, in whichever of several set-ups: a number is bound exactly by a code
    /// that went to it, that way, in this very set-up, less than ten minutes and three wrong tries ago.
    #[test]
    fn a_number_is_bound_by_a_code_that_went_there_and_by_nothing_else(
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        let mut account = plain();
        let mut begun: Vec<Begun> = Vec::new();
        let (mut now, mut drawn) = (0i64, 0u32);
        let mut all: Vec<String> = Vec::new();
        let policy = Policy::default();
        for act in acts {
            let mut audit = AuditBuffer::default();
            match act {
                Act::Wait(seconds) => now += seconds,
                Act::Start(to, way) => {
                    drawn += 1;
                    let id = SetupId::new([u8::try_from(drawn).unwrap(); 16]);
                    let (method, number) = (PHONE_METHODS[way], [NUMBER, OTHER_NUMBER][to]);
                    let recipient = Recipient::default();
                    account.start_contact(id, method, number, &recipient, None, &mut RuleContext::new(at(now), &Policy::default(), &mut audit));
                    begun.retain(|setup| setup.is_open(now));
                    if begun.len() >= 10 {
                        begun.remove(0);
                    }
                    begun.push(Begun { id, to, way, began: now, wrong: 0, codes: Vec::new() });
                }
                Act::Send(which) => {
                    let Some(setup) = begun.get_mut(which) else { continue };
                    drawn += 1;
                    let text = format!("{drawn:06}");
                    let went =
                        account.record_sent(&ForEnrolment { setup: &setup.id, codes: NewCodes::NONE }, &SentCode::Own { code: &text, provider: "p" }, &mut RuleContext::new(at(now), &policy, &mut audit));
                    prop_assert_eq!(went.is_ok(), setup.is_open(now));
                    all.push(text.clone());
                    if went.is_ok() {
                        setup.codes.push(KnownCode { text, sent: now, wrong: 0 });
                        if setup.codes.len() > 5 {
                            // At most five are good at once. Those that are over do not count, but
                            // they are dropped only when something is typed.
                            setup.codes.remove(0);
                        }
                    }
                }
                Act::TypeSent(which, _) | Act::TypeWrong(which) => {
                    let typed = match act {
                        Act::TypeSent(_, back) if !all.is_empty() => {
                            all[all.len().saturating_sub(1 + back)].clone()
                        }
                        _ => "999999".to_owned(),
                    };
                    let Some(setup) = begun.get_mut(which) else { continue };
                    let expected = setup.is_open(now)
                        && setup.codes.iter().any(|code| {
                            code.text == typed && now < code.sent + 600 && code.wrong < 3
                        });
                    let before = account.epoch();
                    let answer = account
                        .check_code(&ForEnrolment { setup: &setup.id, codes: NewCodes::Backup(&codes()) }, &typed, &mut RuleContext::new(at(now), &Policy::default(), &mut audit));
                    prop_assert_eq!(answer.is_ok(), expected, "{:?}", answer);
                    if expected {
                        prop_assert_eq!(account.phone(), Some([NUMBER, OTHER_NUMBER][setup.to]));
                        prop_assert!(account.phone_methods().contains(&PHONE_METHODS[setup.way]));
                        prop_assert!(account.epoch() > before);
                        // It ends the others.
                        for setup in begun.drain(..) {
                            prop_assert!(account.waiting(&setup.id, at(now)).is_none());
                        }
                    } else {
                        prop_assert_eq!(account.epoch(), before);
                        if setup.is_open(now) {
                            setup.wrong += 1;
                            setup.codes.retain(|code| now < code.sent + 600 && code.wrong < 2);
                            setup.codes.iter_mut().for_each(|code| code.wrong += 1);
                        }
                    }
                }
            }
            for setup in &begun {
                let waiting = account.waiting(&setup.id, at(now));
                prop_assert_eq!(waiting.is_some(), setup.is_open(now));
            }
        }
    }
}

#[test]
fn everything_is_removed_at_once_in_one_epoch_and_the_grant_goes_on() {
    let mut account = enrolled();
    bind(&mut account, Method::Sms, NUMBER, 10);
    bind(&mut account, Method::Email, "ada@example.org", 11);
    let grant = GrantId::new([9; 16]);
    account.grants.give(grant, Method::Totp, None, at(20));
    let other = open(&mut account, 1, Purpose::Login, 20);
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let before = account.epoch();
    let mut context = RuleContext::new(at(21), &policy, &mut audit);
    assert!(account.remove_everything(Some(&grant), &mut context));
    assert!(!account.remove_everything(Some(&grant), &mut context));
    assert!(account.methods().is_empty() && account.primary().is_none());
    assert!(account.phone().is_none() && account.email().is_none());
    assert!(account.epoch() > before && account.grant_until(&grant, at(21)).is_some());
    assert_eq!(account.enrolment_due(), None, "its user wants none");
    let removed: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
    assert_eq!(removed, [EventKind::Removed; 3]);
    assert_eq!(
        verify(&mut account, &other, Method::Totp, &code_at(60), 60),
        Err(Denied::ChallengeClosed)
    );
}
