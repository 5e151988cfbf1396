//! Comparing tells nothing by its time (CVE-2022-2891 was a code compared byte by byte).
//!
//! Time is noisy, so instructions are counted: callgrind runs this binary again and counts what a
//! comparison executes. A wrong code has to cost the same whichever of its digits are right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::env;
use std::hint::black_box;
use std::process::Command;

use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::account::{
    Account, AuditBuffer, ChallengeId, ChallengeToken, ForChallenge, GrantId, NewCodes, RuleContext,
};
use twofactor::clock::UnixTime;
use twofactor::config::Policy;
use twofactor::crypto::recovery_code::RecoveryLength;
use twofactor::crypto::{Deriver, HashKey, KeyId, KeyRing, code};
use twofactor::types::{Algorithm, Method, Purpose, UserId};

const SECRET: &[u8] = b"12345678901234567890";
const NOW: i64 = 1_700_000_010;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(NOW + seconds).unwrap()
}

fn totp() -> Totp {
    Totp::new(TotpSecret::new(SECRET).unwrap(), Algorithm::Sha1, 6, 30).unwrap()
}

/// What callgrind counts; nothing else of the process is.
#[inline(never)]
fn counted_totp(totp: &Totp, typed: &str) -> bool {
    black_box(totp.matching_step(black_box(typed), at(0), 1)).is_some()
}

#[inline(never)]
fn counted_backup(account: &mut Account, token: &ChallengeToken, typed: &str) -> bool {
    let mut audit = AuditBuffer::default();
    account
        .verify(
            token,
            Method::BackupCode,
            black_box(typed),
            Some(GrantId::new([0; 16])),
            &mut RuleContext::new(at(30), &Policy::default(), &mut audit),
        )
        .is_ok()
}

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[inline(never)]
fn counted_recovery(
    account: &mut Account,
    token: &ChallengeToken,
    typed: &str,
    deriver: Deriver<'_>,
) -> bool {
    let (mut audit, policy) = (AuditBuffer::default(), Policy::default());
    let context = RuleContext::new(at(30), &policy, &mut audit);
    let grant = Some(GrantId::new([0; 16]));
    account
        .verify(
            token,
            Method::RecoveryCode,
            black_box(typed),
            grant,
            &mut context.deriving(deriver),
        )
        .is_ok()
}

/// Task: `recovery TYPED USER NUMBER`: what is typed, and the number of the code that its user has used last.
fn compare_recovery(task: &str) {
    let words: Vec<&str> = task.split(' ').collect();
    let ring = KeyRing::parse(KEYS).unwrap();
    let deriver = Deriver::new(&ring, "site", words[1]);
    let number: usize = words[2].parse().unwrap();
    let mut account = with_recovery_codes(deriver);
    let token = ChallengeToken {
        user: UserId::new(words[1]).unwrap(),
        purpose: Purpose::Login,
        id: ChallengeId::new([1; 16]),
    };
    let codes = account.recovery_codes(&deriver);
    let used = code::show(&codes[number - 1]);
    for (is_counted, typed) in [(false, used.as_str()), (true, words[0])] {
        let (mut audit, policy) = (AuditBuffer::default(), Policy::default());
        let mut context = RuleContext::new(at(30), &policy, &mut audit);
        account
            .open_challenge(token.id, token.purpose, &mut context)
            .unwrap();
        if is_counted {
            assert!(!counted_recovery(&mut account, &token, typed, deriver));
        } else {
            let mut context = context.deriving(deriver);
            let method = Method::RecoveryCode;
            let answer = account.verify(&token, method, typed, None, &mut context);
            assert!(answer.is_ok());
        }
    }
}

fn with_recovery_codes(deriver: Deriver<'_>) -> Account {
    let mut account = Account::new(HashKey::new([1; 32]));
    let (mut audit, policy) = (AuditBuffer::default(), Policy::default());
    let mut context = RuleContext::new(at(0), &policy, &mut audit).deriving(deriver);
    let setup = account
        .start_totp(totp(), "ada", None, None, &mut context)
        .unwrap();
    let key = KeyId::read("a").unwrap();
    let codes = NewCodes::Recovery {
        key: &key,
        count: 10,
        length: RecoveryLength::Standard,
    };
    account
        .confirm_totp(&setup, &totp().at(at(0)), codes, &mut context)
        .unwrap();
    account
}

/// Where the one who signs in is, and where somebody else is.
const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "192.0.2.9";

#[inline(never)]
fn counted_again(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    typed: &str,
    audit: &mut AuditBuffer,
) -> bool {
    let policy = Policy::default();
    let mut context = RuleContext::new(at(30), &policy, audit);
    let typed = black_box(typed);
    let attempt = ForChallenge {
        token,
        method,
        grant: None,
    };
    account.step(&attempt, typed, &mut context).is_ok()
}

/// Task: `again METHOD ACCEPTED TYPED KIND IP`: what is typed after a code was accepted, what it is, and from where it comes.
fn compare_again(task: &str) {
    let words: Vec<&str> = task.split(' ').collect();
    let [method, accepted, typed, kind, ip] = words[..] else {
        panic!("{task}")
    };
    let method = Method::from_name(method).unwrap();
    let mut account = with_codes(accepted);
    for (is_counted, n, ip) in [(false, 1, HOME), (true, 2, ip)] {
        let token = ChallengeToken {
            user: UserId::new("7").unwrap(),
            purpose: Purpose::Login,
            id: ChallengeId::new([n; 16]),
        };
        let mut audit = AuditBuffer::from_ip(Some(ip));
        let policy = Policy::default();
        let mut context = RuleContext::new(at(30), &policy, &mut audit);
        account
            .open_challenge(token.id, token.purpose, &mut context)
            .unwrap();
        if is_counted {
            assert!(!counted_again(
                &mut account,
                &token,
                method,
                typed,
                &mut audit
            ));
        } else {
            let answer = account.verify(&token, method, accepted, None, &mut context);
            assert!(answer.is_ok());
        }
        if is_counted {
            let last = audit.events().last().unwrap();
            assert_eq!(last.kind.as_str(), kind);
        }
    }
}

/// An account with an app and ten backup codes, of which the first may be chosen.
fn with_codes(first: &str) -> Account {
    let rest = first.get(1..).filter(|rest| rest.len() == 15);
    let rest = rest.unwrap_or("123456789ABCDEF");
    let codes: Vec<_> = (0..10u8)
        .map(|n| code::read(&format!("{n}{rest}")).unwrap())
        .collect();
    let mut account = Account::new(HashKey::new([1; 32]));
    let (mut audit, policy) = (AuditBuffer::default(), Policy::default());
    let mut context = RuleContext::new(at(0), &policy, &mut audit);
    let setup = account
        .start_totp(totp(), "ada", None, None, &mut context)
        .unwrap();
    account
        .confirm_totp(
            &setup,
            &totp().at(at(0)),
            NewCodes::Backup(&codes),
            &mut context,
        )
        .unwrap();
    account
}

/// In the child: the one comparison that is asked for.
fn compare() -> bool {
    let Ok(task) = env::var("COMPARE") else {
        return false;
    };
    if let Some(task) = task.strip_prefix("again ") {
        compare_again(task);
        return true;
    }
    if let Some(task) = task.strip_prefix("recovery ") {
        compare_recovery(task);
        return true;
    }
    // What is typed, and of a backup code also how the kept ones end.
    let (typed, end) = task.split_once(' ').unwrap_or((&task, "ABCDEF"));
    let totp = totp();
    let codes: Vec<_> = (0..10u8)
        .map(|n| code::read(&format!("{n}123456789{end}")).unwrap())
        .collect();
    let mut account = Account::new(HashKey::new([1; 32]));
    let mut audit = AuditBuffer::default();
    let setup = account
        .start_totp(
            totp.clone(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        )
        .unwrap();
    account
        .confirm_totp(
            &setup,
            &totp.at(at(0)),
            NewCodes::Backup(&codes),
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        )
        .unwrap();
    let token = ChallengeToken {
        user: UserId::new("7").unwrap(),
        purpose: Purpose::Login,
        id: ChallengeId::new([1; 16]),
    };
    account
        .open_challenge(
            token.id,
            token.purpose,
            &mut RuleContext::new(at(30), &Policy::default(), &mut audit),
        )
        .unwrap();
    let right = if typed.len() == 6 {
        counted_totp(&totp, typed)
    } else {
        counted_backup(&mut account, &token, typed)
    };
    assert!(!right, "only wrong codes are compared here");
    true
}

/// A test of this file, as the binary calls it.
fn in_this_binary(test: &str) -> String {
    let (_, module) = module_path!().split_once("::").unwrap();
    format!("{module}::{test}")
}

/// Instructions of comparing `typed`.
fn instructions(test: &str, typed: &str) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--toggle-collect=*constant_time*counted_*",
        ])
        .arg(format!(
            "--callgrind-out-file={}",
            dir.path().join("out").display()
        ))
        .arg(env::current_exe().unwrap())
        .args(["--exact", &in_this_binary(test)])
        .env("COMPARE", typed)
        .output()
        .expect("valgrind is needed: apt install valgrind");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let line = said.lines().find(|l| l.contains("Collected :")).unwrap();
    let count = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(count > 1_000, "nothing was counted: {said}");
    count
}

#[test]
fn a_wrong_totp_code_costs_the_same_whichever_digits_are_right() {
    if compare() {
        return;
    }
    let right = totp().at(at(0)).to_string();
    let counts: Vec<u64> = (0..6)
        .map(|wrong| {
            let typed: String = right
                .bytes()
                .enumerate()
                .map(|(n, digit)| {
                    char::from(if n == wrong {
                        (digit - b'0' + 1) % 10 + b'0'
                    } else {
                        digit
                    })
                })
                .collect();
            instructions(
                "a_wrong_totp_code_costs_the_same_whichever_digits_are_right",
                &typed,
            )
        })
        .collect();
    assert!(counts.iter().all(|c| *c == counts[0]), "{counts:?}");
}

#[test]
fn a_wrong_backup_code_costs_the_same_whatever_codes_are_kept() {
    if compare() {
        return;
    }
    let test = "a_wrong_backup_code_costs_the_same_whatever_codes_are_kept";
    // The typed one stays the same; one letter off all the kept ones, several, or all.
    let counts: Vec<u64> = ["ABCDEG", "ABCDFF", "A00000", "ZZZZZZ"]
        .iter()
        .map(|end| instructions(test, &format!("0123456789ABCDEF {end}")))
        .collect();
    assert!(counts.iter().all(|c| *c == counts[0]), "{counts:?}");
}

/// One that was used, one that was skipped, and one that is none of theirs: what is typed stays the same, and whose it is
/// differs.
#[test]
fn a_wrong_recovery_code_costs_the_same_whether_it_was_right_before_or_never() {
    if compare() {
        return;
    }
    let test = "a_wrong_recovery_code_costs_the_same_whether_it_was_right_before_or_never";
    let ring = KeyRing::parse(KEYS).unwrap();
    let deriver = Deriver::new(&ring, "site", "7");
    let codes = with_recovery_codes(deriver).recovery_codes(&deriver);
    let typed = code::show(&codes[2]);
    let counts: Vec<u64> = ["7 3", "7 5", "7 9", "8 5", "9 3"]
        .iter()
        .map(|whose| instructions(test, &format!("recovery {} {whose}", typed.as_str())))
        .collect();
    assert!(
        counts.iter().all(|c| c.abs_diff(counts[0]) <= BRANCH),
        "{counts:?}"
    );
}

/// Instructions by which two ways through a branch may differ, of more than a hundred thousand: the name of an event is another
/// one, which is chosen once.
const BRANCH: u64 = 1;

/// One that was accepted, from where it was and from elsewhere, and one that never was.
#[test]
fn a_code_that_was_accepted_before_costs_what_a_wrong_one_costs_wherever_it_is_shown() {
    if compare() {
        return;
    }
    let test = "a_code_that_was_accepted_before_costs_what_a_wrong_one_costs_wherever_it_is_shown";
    let right = totp().at(at(30)).to_string();
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 7) % 1_000_000);
    // Reading a backup code takes as long as its letters make it: the typed one stays the same, and whether the account had
    // it differs.
    let (backup, other) = ("0123456789ABCDEF", "0123456789ABCDEG");
    for (method, spent, wrong) in [
        ("totp", [&*right, &*right], [&*right, &*wrong]),
        ("backup", [backup, backup], [other, backup]),
    ] {
        let count = |[accepted, typed]: [&str; 2], kind: &str, ip: &str| {
            let task = format!("again {method} {accepted} {typed} {kind} {ip}");
            instructions(test, &task)
        };
        let counts = [
            count(wrong, "factor.rejected", HOME),
            count(wrong, "factor.rejected", ELSEWHERE),
            count(spent, "factor.replayed", HOME),
            count(spent, "factor.replayed", ELSEWHERE),
        ];
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        assert!(most - least < 200, "{method}: {counts:?}");
        assert!(
            counts[0].abs_diff(counts[2]) <= BRANCH,
            "{method}: {counts:?}"
        );
    }
}
