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
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::types::{Method, Purpose, UserId};
use twofactor::verifier::{Client, Error, Operator, User, Verified, Verifier};

#[cfg(feature = "premium")]
mod alerts;
#[cfg(feature = "premium")]
mod ceiling;
#[cfg(feature = "premium")]
mod devices;
mod links;
mod numbers;

mod forgotten;
mod replays;

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const PROCESSES: usize = 8;
const THREADS: usize = 4;
const REQUESTS: usize = 25; // a thread: 8 × 4 × 25 = 800 in all
const START: i64 = 1_700_000_010;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn open_with(settings: &[(&str, &str)]) -> Verifier {
    // Other tests have the same site under other prefixes.
    let settings = settings.iter().copied().chain([("new_site", "1")]);
    let config = Config::parse(settings).unwrap();
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
        ("backup_codes", "20"),
    ])
}

fn user() -> User {
    User {
        id: UserId::new("7").unwrap(),
        name: "alice".to_owned(),
        email: None,
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
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
    let setup = verifier
        .start_totp(at(0), &user(), None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
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
    let (_, module) = module_path!().split_once("::").unwrap();
    Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::{test}"), "--nocapture"])
        .env("RACE_TASK", task)
        .env("RACE_STORE", store)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// In a child: waits for the start and runs `request(verifier, n)` on every thread; prints how often
/// it answered what.
fn child(
    open: impl Fn(&str) -> Verifier + Sync,
    request: impl Fn(&Verifier, usize) -> &'static str + Sync,
) {
    let store = env::var("RACE_STORE").unwrap();
    let (begin, ready) = (
        std::sync::Barrier::new(THREADS + 1),
        std::sync::Barrier::new(THREADS + 1),
    );
    thread::scope(|scope| {
        for t in 0..THREADS {
            let (store, open, request, begin, ready) = (&store, &open, &request, &begin, &ready);
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
        Err(Error::Denied(Denied::EnrolmentRequired)) => "set-up",
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
    // So many of those that come too late are wrong that they would block who comes in time.
    let open = if method == Method::RecoveryCode {
        open_lenient
    } else {
        open
    };
    child(open, |verifier, n| {
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
fn eight_processes_with_one_temporary_code_are_led_to_one_set_up() {
    race_on_both(
        "eight_processes_with_one_temporary_code_are_led_to_one_set_up",
        "temporary",
        |verifier, _| {
            let operator = Operator::on_server("root");
            let issued = verifier.issue_temporary_code(at(30), &user().id, &operator, "lost", 900);
            format!(
                "temporary {} {}",
                five_challenges(verifier),
                issued.unwrap().as_str()
            )
        },
        |name, verifier, answers| {
            assert_eq!(count(answers, "set-up"), 1, "{name}");
            assert_eq!(count(answers, "accepted"), 0, "{name}");
            // What the others had charged to their challenges moved no counter of the account.
            assert_eq!(
                verifier
                    .account(at(30), &user().id)
                    .unwrap()
                    .locked_until(None),
                None
            );
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

fn open_derived(store: &str) -> Verifier {
    open_with(&[
        ("store", store),
        ("secrets", "derived"),
        ("disable_after", "0"),
        ("max_attempts", "20"),
        ("recovery_codes", "20"),
    ])
}

/// As [`enrol`], with a secret and codes that are derived.
fn enrol_derived(store: &str) -> (Verifier, Account) {
    let verifier = open_derived(store);
    let setup = verifier
        .start_totp(at(0), &user(), None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
        .unwrap();
    let codes = enrolled.recovery_codes.iter().map(|c| c.to_string());
    let codes = codes.collect();
    (verifier, Account { phone, codes })
}

#[test]
fn of_two_recovery_codes_at_once_the_higher_wins_and_the_lower_never_comes_after_it() {
    if answer_challenges() {
        return;
    }
    let test = "of_two_recovery_codes_at_once_the_higher_wins_and_the_lower_never_comes_after_it";
    for (name, store, _keep) in stores("recovery") {
        let (verifier, account) = enrol_derived(&store);
        let (lower, higher) = (&account.codes[2], &account.codes[6]);
        let challenges = five_challenges(&verifier);
        let task = format!("recovery {challenges} {higher},{lower}");
        let answers = race(test, &task, &store);
        let spent = recovery_codes_spent(&verifier);
        assert!(spent == [7] || spent == [3, 7], "{name}: {spent:?}");
        assert_eq!(count(&answers, "accepted"), spent.len(), "{name}");
        let view = verifier.account(at(30), &user().id).unwrap();
        assert_eq!(view.next_recovery_code, Some(8), "{name}");
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
    }
}

/// The numbers of the recovery codes that were accepted, in their order.
fn recovery_codes_spent(verifier: &Verifier) -> Vec<usize> {
    let events = verifier.audit(Some(&user().id), 1000, None).unwrap();
    let spent = events.into_iter().rev();
    spent
        .filter(|it| it.kind == "recovery.spent")
        .filter_map(|it| it.reason?.split('/').next()?.parse().ok())
        .collect()
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

/// Backup codes of a set, as many as there may be.
const SET: usize = 20;

/// In a child: signs in with one time step after the other, and beside each with one backup code, and says so after
/// each; ends when there is none.
fn sign_in_for_ever() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let mut words = task.split(' ');
    let phone = Totp::from_uri(words.next().unwrap()).unwrap();
    let from: i64 = words.next().unwrap().parse().unwrap();
    let first: usize = words.next().unwrap().parse().unwrap();
    let codes: Vec<&str> = words.collect();
    let verifier = open_lenient(&env::var("RACE_STORE").unwrap());
    for (step, (number, code)) in (from..).zip(codes.iter().enumerate().skip(first)) {
        let now = at(step * 30);
        for (what, method, proof) in [
            (format!("STEP {step}"), Method::Totp, phone.at(now).as_str()),
            (format!("CODE {number}"), Method::BackupCode, *code),
        ] {
            let login = verifier.begin_login(now, &user(), &client()).unwrap();
            let answer = verifier.verify(now, &login.challenge, method, proof, &client());
            println!("\n{what} {}", told(answer));
            std::io::stdout().flush().unwrap();
        }
    }
    true
}

fn proven(
    verifier: &Verifier,
    seconds: i64,
    method: Method,
    proof: &str,
    purpose: Purpose,
) -> Result<Verified, Error> {
    let now = at(seconds);
    let login = match purpose {
        Purpose::Login => verifier.begin_login(now, &user(), &client()),
        other => verifier.begin_challenge(now, &user(), other, &client()),
    };
    verifier.verify(now, &login.unwrap().challenge, method, proof, &client())
}

/// What became of the codes of one set.
#[derive(Default)]
struct Spent {
    accepted: BTreeSet<usize>,
    /// Refused although nobody was told that they were accepted: killed before it could say so.
    silently: BTreeSet<usize>,
}

impl Spent {
    /// The code that is known to be spent last, or the first one.
    fn last(&self) -> usize {
        let last = self.accepted.last().max(self.silently.last());
        last.copied().unwrap_or(0)
    }
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
        let setup = verifier
            .start_totp(at(0), &user(), None, None, None)
            .unwrap();
        let phone = Totp::from_uri(&setup.uri).unwrap();
        let enrolled = verifier
            .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
            .unwrap();
        let mut codes = enrolled.backup_codes;
        assert_eq!(codes.len(), SET);
        drop(verifier);
        let (mut accepted, mut spent) = (BTreeSet::new(), Spent::default());
        let (mut next, mut killed, mut of_codes) = (1, 0, 0);
        for round in 0..200u64 {
            let list: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
            let task = format!(
                "{} {next} {} {}",
                setup.uri.as_str(),
                spent.last(),
                list.join(" ")
            );
            let mut child = spawn(test, &task, &store);
            let mut lines = BufReader::new(child.stdout.take().unwrap())
                .lines()
                .map_while(Result::ok)
                .filter(|line| line.starts_with("STEP ") || line.starts_with("CODE "));
            // Let it sign in once, by an authenticator or by a backup code, then kill it some microseconds later: in any
            // place.
            let wanted = ["STEP ", "CODE "][usize::try_from(round % 2).unwrap()];
            let mut seen = Vec::new();
            for line in lines.by_ref() {
                seen.push(line);
                if seen
                    .last()
                    .is_some_and(|l| l.starts_with(wanted) && l.ends_with(" accepted"))
                {
                    break;
                }
            }
            thread::sleep(Duration::from_micros(round * 37 % 2_000));
            child.kill().unwrap();
            killed += u32::from(child.wait().unwrap().signal() == Some(9));
            seen.extend(lines);
            for line in seen {
                let words: Vec<&str> = line.split(' ').collect();
                let [kind, number, answer] = words[..] else {
                    panic!("{name}: {line}");
                };
                match (kind, answer) {
                    ("STEP", "accepted") => {
                        let step: i64 = number.parse().unwrap();
                        assert!(accepted.insert(step), "{name}: step {step} twice");
                        next = step + 1;
                    }
                    // Accepted and stored, but killed before it could say so.
                    ("STEP", "rejected") => next = number.parse::<i64>().unwrap() + 1,
                    ("CODE", "accepted") => {
                        let code: usize = number.parse().unwrap();
                        let new = spent.accepted.insert(code) && !spent.silently.contains(&code);
                        assert!(new, "{name}: backup code {code} twice");
                        of_codes += 1;
                    }
                    ("CODE", "rejected") => {
                        let code: usize = number.parse().unwrap();
                        if !spent.accepted.contains(&code) {
                            spent.silently.insert(code);
                        }
                    }
                    _ => panic!("{name}: {line}"),
                }
            }
            // Every code that was accepted is gone, and at most one more: the one it was killed over.
            let verifier = open_lenient(&store);
            let left = backup_codes_left(&verifier);
            let unspent = SET - spent.accepted.len() - spent.silently.len();
            assert!(
                left == unspent || left + 1 == unspent,
                "{name}: {left} codes left of {unspent}"
            );
            if unspent < SET / 2 {
                // A new set, by a step that nobody has come to. Of the old one no code is worth anything.
                next += 2;
                let code = phone.at(at(next * 30));
                let verified = proven(&verifier, next * 30, Method::Totp, &code, Purpose::StepUp);
                let grant = verified.unwrap().grant;
                for code in &spent.accepted {
                    let code = &codes[*code];
                    let again = proven(
                        &verifier,
                        next * 30,
                        Method::BackupCode,
                        code,
                        Purpose::Login,
                    );
                    assert_eq!(told(again), "rejected", "{name}");
                }
                codes = verifier
                    .regenerate_codes(at(next * 30), &user().id, Method::BackupCode, &grant, None)
                    .unwrap()
                    .codes;
                spent = Spent::default();
                next += 1;
            }
            // Go on with the last step that is known to be spent: it must be refused.
            next -= 1;
        }
        assert!(killed >= 150, "{name}: only {killed} were killed");
        for (what, count) in [("time steps", accepted.len()), ("backup codes", of_codes)] {
            assert!(count >= 100, "{name}: only {count} {what}");
        }
        let verifier = open_lenient(&store);
        for step in accepted.iter().rev().take(3) {
            let seconds = step * 30;
            let code = phone.at(at(seconds));
            let again = proven(&verifier, seconds, Method::Totp, &code, Purpose::Login);
            assert_ne!(told(again), "accepted", "{name}");
        }
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
    }
}

/// In a child: signs in with one recovery code after the other, each time tries the one before once more, and says what
/// came of it; ends before the last one.
fn recover_for_ever() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let mut words = task.split(' ');
    let now = at(words.next().unwrap().parse().unwrap());
    let first: usize = words.next().unwrap().parse().unwrap();
    let codes: Vec<&str> = words.collect();
    let verifier = open_lenient(&env::var("RACE_STORE").unwrap());
    for number in first..codes.len() - 1 {
        for (what, number) in [("CODE", number), ("OLD", number.saturating_sub(1))] {
            let login = verifier.begin_login(now, &user(), &client()).unwrap();
            let method = Method::RecoveryCode;
            let answer = verifier.verify(now, &login.challenge, method, codes[number], &client());
            println!("\n{what} {number} {}", told(answer));
            std::io::stdout().flush().unwrap();
        }
    }
    true
}

#[test]
fn killed_a_hundred_times_in_the_middle_no_recovery_code_is_accepted_twice_or_after_a_later_one() {
    if recover_for_ever() {
        return;
    }
    let test = "killed_a_hundred_times_in_the_middle_no_recovery_code_is_accepted_twice_or_after_a_later_one";
    for (name, store, _keep) in stores("killrec") {
        let (verifier, account) = enrol_derived(&store);
        let (phone, mut codes) = (account.phone, account.codes);
        drop(verifier);
        // The number of codes that are spent for certain, by what was told or by what the store says.
        let (mut spent, mut accepted, mut killed, mut step): (usize, u32, u32, i64) = (0, 0, 0, 1);
        for round in 0..100u64 {
            let mut child = spawn(
                test,
                &format!("{} {spent} {}", step * 30, codes.join(" ")),
                &store,
            );
            let mut lines = BufReader::new(child.stdout.take().unwrap())
                .lines()
                .map_while(Result::ok)
                .filter(|line| line.starts_with("CODE ") || line.starts_with("OLD "));
            let mut seen = Vec::new();
            for line in lines.by_ref() {
                let is_accepted = line.starts_with("CODE ") && line.ends_with(" accepted");
                seen.push(line);
                if is_accepted {
                    break;
                }
            }
            thread::sleep(Duration::from_micros(round * 37 % 2_000));
            child.kill().unwrap();
            killed += u32::from(child.wait().unwrap().signal() == Some(9));
            seen.extend(lines);
            for line in seen {
                let words: Vec<&str> = line.split(' ').collect();
                let (number, answer): (usize, _) = (words[1].parse().unwrap(), words[2]);
                if words[0] == "CODE" {
                    assert_eq!((number, answer), (spent, "accepted"), "{name}");
                    spent = number + 1;
                    accepted += 1;
                } else {
                    assert!(answer != "accepted" || number >= spent, "{name}: {line}");
                }
            }
            // What the store says is what was told, and at most the one more that it was killed over.
            let verifier = open_lenient(&store);
            let view = verifier.account(at(step * 30), &user().id).unwrap();
            let next = usize::from(view.next_recovery_code.unwrap()) - 1;
            assert!(
                next == spent || next == spent + 1,
                "{name}: {next} and {spent}"
            );
            spent = next;
            for code in &codes[..spent] {
                let again = proven(
                    &verifier,
                    step * 30,
                    Method::RecoveryCode,
                    code,
                    Purpose::Login,
                );
                assert_ne!(told(again), "accepted", "{name}");
            }
            if spent > 8 {
                step += 1;
                let code = phone.at(at(step * 30));
                let purpose = Purpose::StepUp;
                let grant = proven(&verifier, step * 30, Method::Totp, &code, purpose)
                    .unwrap()
                    .grant;
                let derived = open_derived(&store);
                let method = Method::RecoveryCode;
                let fresh =
                    derived.regenerate_codes(at(step * 30), &user().id, method, &grant, None);
                codes = fresh
                    .unwrap()
                    .codes
                    .iter()
                    .map(|it| it.to_string())
                    .collect();
                spent = 0;
            }
        }
        assert!(killed >= 75, "{name}: only {killed} were killed");
        assert!(accepted >= 80, "{name}: only {accepted} codes");
        let verifier = open_lenient(&store);
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
    }
}
