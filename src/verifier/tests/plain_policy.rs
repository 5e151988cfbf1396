//! A policy that many sites publish, by settings alone: so many failures, then a minute, and nothing else.

use super::*;
use crate::types::Purpose;

const SETTINGS: [(&str, &str); 5] = [
    ("store", "memory:"),
    ("max_attempts", "5"),
    ("lockout_seconds", "60"),
    ("lockout_growth", "1"),
    ("disable_after", "0"),
];

fn plain() -> Verifier {
    Verifier::open(Config::parse(SETTINGS).unwrap(), None, true).unwrap()
}

const BLOCKED: Denied = Denied::LockedOut {
    retry_after: 60,
    disabled: false,
};

fn guess(verifier: &Verifier, challenge: &str, method: Method, seconds: i64) -> Denied {
    let wrong = match method {
        Method::Totp => "000000",
        _ => "0000-0000-0000-0000",
    };
    denied(verifier.verify(at(seconds), challenge, method, wrong, &client()))
}

#[test]
fn every_fifth_failure_blocks_for_a_minute_and_never_for_longer_nor_for_good() {
    let verifier = plain();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    let mut now = 1000;
    // More than any number of failures that disables a method, however it is set.
    for _ in 0..60 {
        for _ in 0..5 {
            assert_eq!(
                guess(&verifier, &login.challenge, Method::Totp, now),
                Denied::Rejected
            );
        }
        // The right code is not even looked at, and how long that lasts is told to the second.
        for (wait, left) in [(0, 60), (1, 59), (59, 1)] {
            let code = phone.at(at(now + wait));
            let early = verifier.verify(
                at(now + wait),
                &login.challenge,
                Method::Totp,
                &code,
                &client(),
            );
            let expected = Denied::LockedOut {
                retry_after: left,
                disabled: false,
            };
            assert_eq!(denied(early), expected);
        }
        now += 60;
    }
    // A day has passed since, and the challenge has no lifetime.
    assert_eq!(login.expires_at, None);
    let code = phone.at(at(now + 100_000));
    let verified = verifier.verify(
        at(now + 100_000),
        &login.challenge,
        Method::Totp,
        &code,
        &client(),
    );
    assert!(verified.is_ok());
}

#[test]
fn a_success_begins_the_count_anew_and_a_new_challenge_does_not() {
    let verifier = plain();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let mut now = 1000;
    for _ in 0..30 {
        now += 30;
        for _ in 0..4 {
            let login = verifier.begin_login(at(now), &alice, &client()).unwrap();
            assert_eq!(
                guess(&verifier, &login.challenge, Method::Totp, now),
                Denied::Rejected
            );
        }
        let login = verifier.begin_login(at(now), &alice, &client()).unwrap();
        let code = phone.at(at(now));
        let verified = verifier.verify(at(now), &login.challenge, Method::Totp, &code, &client());
        assert!(verified.is_ok());
    }
    let login = verifier.begin_login(at(now), &alice, &client()).unwrap();
    for _ in 0..5 {
        assert_eq!(
            guess(&verifier, &login.challenge, Method::Totp, now),
            Denied::Rejected
        );
    }
    assert_eq!(
        guess(&verifier, &login.challenge, Method::Totp, now),
        BLOCKED
    );
}

#[test]
fn whatever_was_wrong_the_answer_is_one() {
    let verifier = plain();
    let alice = user("7");
    let (phone, codes) = enrol(&verifier, &alice);
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    let used = phone.at(at(0));
    for (method, proof) in [
        (Method::Totp, "000000"),
        (Method::Totp, used.as_str()),
        (Method::Totp, ""),
        (Method::BackupCode, "0000-0000-0000-0000"),
        (Method::BackupCode, "?"),
        (Method::Sms, "000000"),
        (Method::Email, "000000"),
    ] {
        let answer = verifier.verify(at(30), &login.challenge, method, proof, &client());
        let said = denied(answer);
        assert_eq!(
            (said, said.to_string().as_str()),
            (Denied::Rejected, "The code was not accepted.")
        );
    }
    // Each method has a count of its own: here three and two.
    let verified = verifier.verify(
        at(30),
        &login.challenge,
        Method::BackupCode,
        &codes[0],
        &client(),
    );
    assert_eq!(verified.unwrap().purpose, Purpose::Login);
}

#[test]
fn health_says_what_such_a_policy_leaves_a_guesser() {
    let check = plain().health(Ok(at(0)));
    let said: Vec<_> = check
        .iter()
        .flat_map(|check| &check.findings)
        .map(Finding::id)
        .collect();
    assert!(
        said.contains(&"policy.disable_after.never")
            && said.contains(&"policy.lockout_growth.less"),
        "{said:?}"
    );
}
