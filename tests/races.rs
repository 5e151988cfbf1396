//! Many processes, one account: whatever they do at once, each proof is accepted exactly once and no
//! guess is free. On SQLite and on a real MariaDB (`TWOFACTOR_TEST_MYSQL`).
//!
//! Each test starts this very binary again, eight times, with its own name and a task in the
//! environment, and lets all of them begin at the same moment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::terms::{Method, UserId};
use twofactor::verifier::{Client, Error, User, Verifier};

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const PROCESSES: usize = 8;
const THREADS: usize = 4;
const REQUESTS: usize = 25; // a thread: 8 × 4 × 25 = 800 in all
const START: i64 = 1_700_000_010;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn open_with(settings: &[(&str, &str)]) -> Verifier {
    let config = Config::parse(settings.iter().copied()).unwrap();
    Verifier::open(config, Some(KeyRing::parse(KEYS).unwrap()), false).unwrap()
}

fn open(store: &str) -> Verifier {
    open_with(&[("store", store)])
}

/// For the killing: two hundred replays would disable the authenticator, as they should.
fn open_lenient(store: &str) -> Verifier {
    open_with(&[
        ("store", store),
        ("disable_after", "0"),
        ("max_attempts", "20"),
    ])
}

fn user() -> User {
    User {
        id: UserId::new("7").unwrap(),
        name: "alice".to_owned(),
        email: None,
        roles: Vec::new(),
        locale: None,
    }
}

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::LOCALHOST), String::new())
}

struct Account {
    phone: Totp,
    codes: Vec<String>,
}

fn enrol(verifier: &Verifier) -> Account {
    let setup = verifier.start_totp(at(0), &user(), None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &user().id, &phone.at(at(0)), &client())
        .unwrap();
    Account {
        phone,
        codes: enrolled
            .backup_codes
            .iter()
            .map(|c| c.to_string())
            .collect(),
    }
}

fn challenge(verifier: &Verifier) -> String {
    verifier
        .begin_login(at(30), &user(), &client())
        .unwrap()
        .challenge
        .to_string()
}

/// Both stores, fresh: their names, urls and what keeps them alive.
fn stores(test: &str) -> Vec<(&'static str, String, Option<TempDir>)> {
    let dir = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", dir.path().join("db").display());
    let mysql = env::var("TWOFACTOR_TEST_MYSQL").expect(
        "set TWOFACTOR_TEST_MYSQL=mysql://user:password@127.0.0.1:port/database (script/test does)",
    );
    let joint = if mysql.contains('?') { '&' } else { '?' };
    // A prefix of its own for every run: an old run's tables are never met.
    let unique = dir
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .replace('.', "");
    let mysql = format!(
        "{mysql}{joint}prefix={}",
        format!("{test}_{unique}_").to_lowercase()
    );
    vec![("SQLite", sqlite, Some(dir)), ("MariaDB", mysql, None)]
}

fn spawn(test: &str, task: &str, store: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("RACE_TASK", task)
        .env("RACE_STORE", store)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// In a child: waits for the start and runs `request(verifier, n)` on every thread; prints how often
/// it answered what.
fn child(request: impl Fn(&Verifier, usize) -> &'static str + Sync) {
    let store = env::var("RACE_STORE").unwrap();
    let (begin, ready) = (
        std::sync::Barrier::new(THREADS + 1),
        std::sync::Barrier::new(THREADS + 1),
    );
    thread::scope(|scope| {
        for t in 0..THREADS {
            let (store, request, begin, ready) = (&store, &request, &begin, &ready);
            scope.spawn(move || {
                let verifier = open(store);
                ready.wait();
                begin.wait();
                for n in 0..REQUESTS {
                    println!("\nANSWER {}", request(&verifier, t * REQUESTS + n));
                }
            });
        }
        ready.wait();
        println!("\nREADY");
        std::io::stdin()
            .lock()
            .read_line(&mut String::new())
            .unwrap();
        begin.wait();
    });
}

/// Starts eight children at once and returns all their answers.
fn race(test: &str, task: &str, store: &str) -> Vec<String> {
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| spawn(test, task, store)).collect();
    let mut outputs: Vec<_> = children
        .iter_mut()
        .map(|c| BufReader::new(c.stdout.take().unwrap()))
        .collect();
    for output in &mut outputs {
        let mut line = String::new();
        while line != "READY\n" {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "a child died");
        }
    }
    for child in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let readers: Vec<_> = outputs
        .into_iter()
        .map(|output| {
            thread::spawn(move || {
                output
                    .lines()
                    .map_while(Result::ok)
                    .filter_map(|l| l.strip_prefix("ANSWER ").map(str::to_owned))
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let answers: Vec<String> = readers
        .into_iter()
        .flat_map(|r| r.join().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(answers.len(), PROCESSES * THREADS * REQUESTS);
    answers
}

fn count(answers: &[String], what: &str) -> usize {
    answers.iter().filter(|a| *a == what).count()
}

fn told<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Ok(_) => "accepted",
        Err(Error::Denied(Denied::Rejected)) => "rejected",
        Err(Error::Denied(Denied::LockedOut { .. })) => "locked",
        Err(Error::Denied(Denied::ChallengeClosed)) => "closed",
        Err(Error::Denied(Denied::StepUpRequired)) => "step-up",
        Err(other) => panic!("{other}"),
    }
}

/// Task: `method challenge,challenge,… proof,proof,…`; request n takes the n-th of each, round and round.
fn answer_challenges() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let mut words = task.split(' ');
    let method = Method::from_name(words.next().unwrap()).unwrap();
    let challenges: Vec<&str> = words.next().unwrap().split(',').collect();
    let proofs: Vec<&str> = words.next().unwrap().split(',').collect();
    child(|verifier, n| {
        let challenge = challenges[n % challenges.len()];
        told(verifier.verify(
            at(30),
            challenge,
            method,
            proofs[n % proofs.len()],
            &client(),
        ))
    });
    true
}

/// On both stores: enrols, lets eight processes loose on the task, and judges their answers.
fn race_on_both(
    test: &str,
    short: &str,
    task: impl Fn(&Verifier, &Account) -> String,
    judge: impl Fn(&str, &Verifier, &[String]),
) {
    if answer_challenges() {
        return;
    }
    for (name, store, _keep) in stores(short) {
        let verifier = open(&store);
        let account = enrol(&verifier);
        let task = task(&verifier, &account);
        let answers = race(test, &task, &store);
        judge(name, &verifier, &answers);
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
    }
}

fn five_challenges(verifier: &Verifier) -> String {
    let challenges: Vec<String> = (0..5).map(|_| challenge(verifier)).collect();
    challenges.join(",")
}

fn backup_codes_left(verifier: &Verifier) -> usize {
    verifier
        .account(at(30), &user().id)
        .unwrap()
        .backup_codes_left
}

#[test]
fn eight_processes_with_one_code_are_accepted_once() {
    race_on_both(
        "eight_processes_with_one_code_are_accepted_once",
        "code",
        |verifier, account| {
            format!(
                "totp {} {}",
                five_challenges(verifier),
                account.phone.at(at(30)).as_str()
            )
        },
        |name, _, answers| assert_eq!(count(answers, "accepted"), 1, "{name}"),
    );
}

#[test]
fn eight_processes_with_one_backup_code_are_accepted_once() {
    race_on_both(
        "eight_processes_with_one_backup_code_are_accepted_once",
        "backup",
        |verifier, account| format!("backup {} {}", five_challenges(verifier), account.codes[0]),
        |name, verifier, answers| {
            assert_eq!(count(answers, "accepted"), 1, "{name}");
            assert_eq!(backup_codes_left(verifier), 9, "{name}");
        },
    );
}

#[test]
fn eight_processes_with_one_challenge_are_accepted_once() {
    race_on_both(
        "eight_processes_with_one_challenge_are_accepted_once",
        "marker",
        // Every proof is right; only the challenge can be spent but once.
        |verifier, account| format!("backup {} {}", challenge(verifier), account.codes.join(",")),
        |name, verifier, answers| {
            assert_eq!(count(answers, "accepted"), 1, "{name}");
            assert_eq!(count(answers, "closed"), answers.len() - 1, "{name}");
            assert_eq!(
                backup_codes_left(verifier),
                9,
                "{name}: a closed challenge spends no code"
            );
        },
    );
}

#[test]
fn of_eight_hundred_guesses_at_once_five_are_looked_at() {
    race_on_both(
        "of_eight_hundred_guesses_at_once_five_are_looked_at",
        "guess",
        |verifier, account| {
            let wrong = |guess: &String| {
                (-30..=60)
                    .step_by(30)
                    .all(|s| *account.phone.at(at(s)) != *guess)
            };
            let guesses: Vec<String> = (0..100).map(|n| format!("{n:06}")).filter(wrong).collect();
            format!("totp {} {}", five_challenges(verifier), guesses.join(","))
        },
        |name, verifier, answers| {
            assert_eq!(count(answers, "rejected"), 5, "{name}");
            assert_eq!(count(answers, "locked"), answers.len() - 5, "{name}");
            let events = verifier.audit(Some(&user().id), 1000, None).unwrap();
            assert_eq!(
                events
                    .iter()
                    .filter(|e| e.kind == "factor.rejected")
                    .count(),
                5,
                "{name}"
            );
        },
    );
}

/// In a child: signs in with one time step after the other and says so after each.
fn sign_in_for_ever() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let (uri, from) = task.split_once(' ').unwrap();
    let phone = Totp::from_uri(uri).unwrap();
    let verifier = open_lenient(&env::var("RACE_STORE").unwrap());
    for step in from.parse::<i64>().unwrap().. {
        let now = at(step * 30);
        let login = verifier.begin_login(now, &user(), &client()).unwrap();
        let answer = verifier.verify(
            now,
            &login.challenge,
            Method::Totp,
            &phone.at(now),
            &client(),
        );
        println!("\nSTEP {step} {}", told(answer));
        std::io::stdout().flush().unwrap();
    }
    true
}

#[test]
fn killed_two_hundred_times_in_the_middle_no_code_is_accepted_twice_and_the_store_opens() {
    if sign_in_for_ever() {
        return;
    }
    let test =
        "killed_two_hundred_times_in_the_middle_no_code_is_accepted_twice_and_the_store_opens";
    for (name, store, _keep) in stores("kill") {
        let verifier = open_lenient(&store);
        let setup = verifier.start_totp(at(0), &user(), None).unwrap();
        let phone = Totp::from_uri(&setup.uri).unwrap();
        verifier
            .confirm_totp(at(0), &user().id, &phone.at(at(0)), &client())
            .unwrap();
        drop(verifier);
        let mut accepted = BTreeSet::new();
        let mut next = 1;
        for round in 0..200u64 {
            let mut child = spawn(test, &format!("{} {next}", setup.uri.as_str()), &store);
            let mut lines = BufReader::new(child.stdout.take().unwrap())
                .lines()
                .map_while(Result::ok);
            // Let it sign in once, then kill it some microseconds later: in any place.
            let mut seen = Vec::new();
            while !seen
                .last()
                .is_some_and(|l: &String| l.ends_with(" accepted"))
            {
                seen.push(lines.find(|l| l.starts_with("STEP ")).unwrap());
            }
            thread::sleep(Duration::from_micros(round * 37 % 2_000));
            child.kill().unwrap();
            child.wait().unwrap();
            seen.extend(lines.filter(|l| l.starts_with("STEP ")));
            for line in seen {
                let mut words = line.split(' ').skip(1);
                let step: i64 = words.next().unwrap().parse().unwrap();
                match words.next() {
                    Some("accepted") => {
                        assert!(accepted.insert(step), "{name}: step {step} twice");
                        next = step + 1;
                    }
                    // Accepted and stored, but killed before it could say so.
                    Some("rejected") => next = step + 1,
                    other => panic!("{name}: {other:?}"),
                }
            }
            // Go on with the last step that is known to be spent: it must be refused.
            next -= 1;
        }
        assert!(
            accepted.len() >= 100,
            "{name}: only {} sign-ins",
            accepted.len()
        );
        let verifier = open_lenient(&store);
        for step in accepted.iter().rev().take(3) {
            let now = at(step * 30);
            let login = verifier.begin_login(now, &user(), &client()).unwrap();
            let answer = verifier.verify(
                now,
                &login.challenge,
                Method::Totp,
                &phone.at(now),
                &client(),
            );
            assert_ne!(told(answer), "accepted", "{name}");
        }
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
    }
}
