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
use twofactor::account::{Account, AuditBuffer, ChallengeId, ChallengeToken, GrantId, RuleContext};
use twofactor::clock::UnixTime;
use twofactor::config::Policy;
use twofactor::crypto::{HashKey, code};
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

/// In the child: the one comparison that is asked for.
fn compare() -> bool {
    let Ok(task) = env::var("COMPARE") else {
        return false;
    };
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
            &codes,
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
