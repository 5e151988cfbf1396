//! What a clock wrote that was ahead: brought back when the account is loaded by one that is right.

use super::*;

/// Ten years ahead.
const AHEAD: i64 = 10 * 365 * 86_400;

/// As the account is loaded at that second.
fn loaded(account: &Account, seconds: i64) -> Account {
    let mut loaded = copy(account);
    loaded.put_right(at(seconds), &Policy::default());
    loaded
}

#[test]
fn a_block_from_a_clock_that_was_ahead_ends_within_the_longest_block() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    for _ in 0..5 {
        let wrong = verify(&mut account, &login, Method::Totp, "000000", AHEAD);
        assert_eq!(wrong, Err(Denied::Rejected));
    }
    let mut account = loaded(&account, 60);
    assert_eq!(account.locks(at(60)), [(Method::Totp, at(60 + 3_600))]);
    let answer = verify(&mut account, &login, Method::Totp, &code_at(60), 60);
    assert_eq!(answer, Err(locked(3_600)));
    // It began then, and not with each look.
    let mut account = loaded(&account, 1_000);
    let answer = verify(&mut account, &login, Method::Totp, &code_at(1_000), 1_000);
    assert_eq!(answer, Err(locked(2_660)));
    let answer = verify(&mut account, &login, Method::Totp, &code_at(3_660), 3_660);
    assert!(answer.is_ok(), "{answer:?}");
}

#[test]
fn failures_from_a_clock_that_was_ahead_count_for_no_more_than_the_window() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    let mut seconds = AHEAD;
    for _ in 0..49 {
        let wrong = verify(&mut account, &login, Method::Totp, "000000", seconds);
        assert_eq!(wrong, Err(Denied::Rejected));
        seconds += 3_600;
    }
    account
        .unlock(
            PROVEN,
            "admin",
            "the clock was wrong",
            &mut Journal::default(),
        )
        .unwrap();
    let account = loaded(&account, 60);
    let fails = |seconds| {
        let mut account = loaded(&account, seconds);
        let _ = verify(&mut account, &login, Method::Totp, "000000", seconds);
        !account.disabled().is_empty()
    };
    assert!(
        fails(60 + 30 * 86_400 - 1),
        "the fiftieth within the window"
    );
    assert!(!fails(60 + 30 * 86_400));
}

#[test]
fn a_challenge_that_a_clock_opened_that_was_ahead_has_no_longer_life() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    let account = loaded(&account, 60);
    let short = Policy {
        challenge_ttl: 600,
        ..Policy::default()
    };
    assert!(account.challenges.is_open(&login, at(659), &short));
    assert!(!account.challenges.is_open(&login, at(660), &short));
}

/// A grant, a set-up and a code of a time that is still to come are worth nothing now, and nothing then.
#[test]
fn what_a_clock_gave_that_was_ahead_is_not_good_when_its_time_comes() {
    let mut account = enrolled();
    let step_up = open(&mut account, 1, Purpose::StepUp, AHEAD);
    let proof = "0123456789ABCDEF";
    verify(&mut account, &step_up, Method::BackupCode, proof, AHEAD).unwrap();
    let app = account.start_totp(totp(), "ada", None, at(AHEAD), &mut Journal::default());
    let number = start(&mut account, Method::Sms, NUMBER, AHEAD);
    let address = start(&mut account, Method::Email, ADDRESS, AHEAD);
    assert!(account.awaits(&app, at(AHEAD)) && !account.awaits(&app, at(60)));
    let grant = Some(GrantId::new([9; 16]));
    let good = |account: &Account, seconds| {
        [
            account.allow_change(grant.as_ref(), at(seconds)).is_ok(),
            waits(account, &number, seconds),
            waits(account, &address, seconds),
        ]
    };
    assert_eq!(good(&account, AHEAD), [true; 3]);
    // Servers whose clocks differ by a little take nothing from each other.
    assert_eq!(good(&loaded(&account, AHEAD - 30), AHEAD), [true; 3]);
    assert_eq!(good(&loaded(&account, AHEAD - 31), AHEAD), [false; 3]);
    assert_eq!(good(&loaded(&account, 60), AHEAD), [false; 3]);
}

/// Another server's clock is a little behind: what was begun and proven on one is good on the other at once.
#[test]
fn servers_whose_clocks_differ_by_a_little_take_what_the_other_gave() {
    let mut account = enrolled();
    let step_up = open(&mut account, 1, Purpose::StepUp, 1_000);
    let proof = "0123456789ABCDEF";
    verify(&mut account, &step_up, Method::BackupCode, proof, 1_000).unwrap();
    let app = account.start_totp(totp(), "ada", None, at(1_000), &mut Journal::default());
    let number = start(&mut account, Method::Sms, NUMBER, 1_000);
    let grant = Some(GrantId::new([9; 16]));
    let good = |seconds| {
        let account = loaded(&account, seconds);
        [
            account.allow_change(grant.as_ref(), at(seconds)).is_ok(),
            account.awaits(&app, at(seconds)),
            waits(&account, &number, seconds),
        ]
    };
    assert_eq!(good(970), [true; 3]);
    assert_eq!(good(969), [false; 3]);
    // What begins there takes nothing from what began here.
    let mut behind = loaded(&account, 970);
    start(&mut behind, Method::Sms, OTHER_NUMBER, 970);
    assert!(waits(&behind, &number, 1_000));
}

#[test]
fn a_code_that_a_clock_sent_that_was_ahead_is_not_good_when_its_time_comes() {
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    send(&mut account, &login, Method::Sms, "111111", AHEAD).unwrap();
    let takes = |account: &Account| {
        let mut account = copy(account);
        verify(&mut account, &login, Method::Sms, "111111", AHEAD).is_ok()
    };
    assert!(takes(&account));
    assert!(takes(&loaded(&account, AHEAD - 30)));
    assert!(!takes(&loaded(&account, 60)));
    // Nor is anybody asked about one of theirs.
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    send_theirs(&mut account, &login, Method::Sms, "VE1", AHEAD).unwrap();
    let asks = |account: &Account| {
        let mut account = copy(account);
        let step = step(&mut account, &login, Method::Sms, "222222", AHEAD);
        matches!(step, Ok(Step::Ask(_)))
    };
    assert!(asks(&account));
    assert!(!asks(&loaded(&account, 60)));
}

#[test]
fn a_factor_that_a_clock_enrolled_that_was_ahead_is_new_for_no_longer_than_a_day() {
    let mut account = enrolled();
    account.begin_trust(at(AHEAD));
    let now = loaded(&account, 60);
    assert_eq!(now.trusted_in(at(60)), TRUST_SECONDS);
    assert_eq!(now.trusted_from(), Some(at(60 + 86_400)));
    assert_eq!(
        account.trusted_in(at(60)),
        AHEAD.unsigned_abs() - 60 + TRUST_SECONDS
    );
}
