//! Three Galera nodes as one store: what `script/galera` starts this with, and no part of the suite.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

use std::env;
use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::{UnixTime, instant};
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::types::{Method, UserId};
use twofactor::verifier::{Client, Error, LoginState, User, Verifier};

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(1_700_000_010 + seconds).unwrap()
}

fn open(store: &str) -> Result<Verifier, Error> {
    let settings = [
        ("store", store),
        ("max_attempts", "5"),
        ("backup_codes", "20"),
    ];
    let config = Config::parse(settings).unwrap();
    Verifier::open(config, Some(KeyRing::parse(KEYS).unwrap()), false)
}

fn user(name: &str) -> User {
    User {
        id: UserId::new(name).unwrap(),
        name: name.to_owned(),
        email: None,
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    }
}

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::LOCALHOST), String::new())
}

/// The user's authenticator and backup codes.
fn enrol(verifier: &Verifier, name: &str) -> (Totp, Vec<String>) {
    let setup = verifier
        .start_totp(at(0), &user(name), None, None, None)
        .unwrap();
    let app = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &app.at(at(0)), &client())
        .unwrap();
    let codes = enrolled.backup_codes.iter();
    (app, codes.map(|code| code.to_string()).collect())
}

fn challenge(verifier: &Verifier, name: &str) -> Result<String, Error> {
    let login = verifier.begin_login(at(60), &user(name), &client())?;
    assert_eq!(
        login.state,
        LoginState::ChallengeRequired,
        "never without a second factor"
    );
    Ok(login.challenge.to_string())
}

/// What each of `each` a node is told who all answer at the same moment: each with its number.
fn at_once(
    nodes: &[String],
    each: usize,
    answer: impl Fn(&Verifier, usize) -> Result<(), Error> + Sync,
) -> Vec<Result<(), Error>> {
    let barrier = Barrier::new(nodes.len() * each);
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for place in 0..nodes.len() * each {
            let (barrier, answers, answer) = (&barrier, &answers, &answer);
            scope.spawn(move || {
                let verifier = open(&nodes[place % nodes.len()]).unwrap();
                barrier.wait();
                let told = answer(&verifier, place);
                answers.lock().unwrap().push(told);
            });
        }
    });
    answers.into_inner().unwrap()
}

fn count(answers: &[Result<(), Error>], what: impl Fn(&Result<(), Error>) -> bool) -> usize {
    answers.iter().filter(|answer| what(answer)).count()
}

fn one_code_is_good_once(nodes: &[String]) {
    let verifier = open(&nodes[0]).unwrap();
    for round in 0..5 {
        let name = format!("once{round}");
        let (app, _) = enrol(&verifier, &name);
        let (open, code) = (challenge(&verifier, &name).unwrap(), app.at(at(60)));
        let answers = at_once(nodes, 4, |verifier, _| {
            let proof = verifier.verify(at(60), &open, Method::Totp, &code, &client());
            proof.map(drop)
        });
        assert_eq!(count(&answers, Result::is_ok), 1, "{answers:?}");
        let denied = count(&answers, |it| matches!(it, Err(Error::Denied(_))));
        assert_eq!(denied, 11, "{answers:?}");
    }
    println!(
        "held: one code, given to three nodes twelve times at once, five times: accepted once each time"
    );
}

fn guesses_are_counted_together(nodes: &[String]) {
    let verifier = open(&nodes[1]).unwrap();
    for round in 0..5 {
        let name = format!("guess{round}");
        let (app, _) = enrol(&verifier, &name);
        let open = challenge(&verifier, &name).unwrap();
        let right = app.at(at(60)).to_string();
        let wrong = |place: usize| {
            let digit = u32::try_from(place).unwrap() % 9 + 1;
            let last = right.chars().next_back().unwrap().to_digit(10).unwrap();
            let last = (last + digit) % 10;
            format!("{}{last}", &right[..right.len() - 1])
        };
        let answers = at_once(nodes, 4, |verifier, place| {
            let code = wrong(place);
            let proof = verifier.verify(at(60), &open, Method::Totp, &code, &client());
            proof.map(drop)
        });
        let rejected = |it: &Result<(), Error>| matches!(it, Err(Error::Denied(Denied::Rejected)));
        let locked =
            |it: &Result<(), Error>| matches!(it, Err(Error::Denied(Denied::LockedOut { .. })));
        // The fifth failure blocks, and says so.
        let (rejected, locked) = (count(&answers, rejected), count(&answers, locked));
        assert_eq!(rejected + locked, 12, "{answers:?}");
        assert!((4..=5).contains(&rejected), "{answers:?}");
        let account = verifier.account(at(60), &user(&name).id).unwrap();
        assert!(account.locked_until(Some(Method::Totp)).is_some());
    }
    println!(
        "held: twelve guesses at three nodes at once, five times: no more than five counted before the block"
    );
}

fn an_enrolment_is_seen_at_once(nodes: &[String]) {
    let verifiers: Vec<_> = nodes.iter().map(|node| open(node).unwrap()).collect();
    for round in 0..60 {
        let name = format!("seen{round}");
        enrol(&verifiers[round % 3], &name);
        challenge(&verifiers[(round + 1) % 3], &name).unwrap();
        challenge(&verifiers[(round + 2) % 3], &name).unwrap();
    }
    println!("held: sixty enrolments, each asked for at once at both other nodes");
}

/// `kill -9` of the node with that process id.
fn kill(process: &str) {
    let killed = Command::new("kill").args(["-KILL", process]).status();
    assert!(killed.unwrap().success());
}

/// All hosts of `nodes` in one address.
fn together(nodes: &[&String]) -> String {
    let host = |node: &String| {
        let (_, rest) = node.split_once('@').unwrap();
        rest.split_once('/').unwrap().0.to_owned()
    };
    let hosts: Vec<_> = nodes.iter().map(|node| host(node)).collect();
    nodes[0].replace(&host(nodes[0]), &hosts.join(","))
}

/// Users sign in by backup codes over the address of one node, and over that of all three; that node is killed in the
/// middle.
fn a_node_that_is_killed_costs_no_sign_in(nodes: &[String], process: &str) {
    const PAIRS: usize = 3;
    let all = together(&[&nodes[2], &nodes[0], &nodes[1]]);
    let (alone, verifier) = (&nodes[2], open(&nodes[0]).unwrap());
    let people: Vec<_> = (0..2 * PAIRS)
        .map(|n| {
            let name = format!("killed{n}");
            let (_, codes) = enrol(&verifier, &name);
            (name, codes)
        })
        .collect();
    let (dead, signed_in) = (AtomicBool::new(false), AtomicUsize::new(0));
    let accepted = thread::scope(|scope| {
        let workers: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(n, (name, codes))| {
                let (dead, signed_in, all) = (&dead, &signed_in, &all);
                let is_alone = n < PAIRS;
                scope.spawn(move || {
                    let verifier = open(if is_alone { alone } else { all }).unwrap();
                    let mut accepted = Vec::new();
                    for code in codes {
                        let began = instant();
                        let was_dead = dead.load(Ordering::SeqCst);
                        let answer = challenge(&verifier, name).and_then(|open| {
                            verifier.verify(at(60), &open, Method::BackupCode, code, &client())
                        });
                        let took = began.elapsed();
                        match answer {
                            Ok(_) => {
                                assert!(!(is_alone && was_dead), "by whom?");
                                accepted.push(code.clone());
                                signed_in.fetch_add(1, Ordering::SeqCst);
                            }
                            Err(Error::Unavailable(why)) => {
                                assert!(is_alone, "with other hosts it goes on: {why}");
                            }
                            Err(error) => panic!("{error}"),
                        }
                        if !is_alone && took > Duration::from_secs(1) {
                            println!("      one sign-in took {:.1} s", took.as_secs_f64());
                        }
                        thread::sleep(Duration::from_millis(20));
                    }
                    accepted
                })
            })
            .collect();
        while signed_in.load(Ordering::SeqCst) < 4 * PAIRS {
            thread::yield_now();
        }
        kill(process);
        dead.store(true, Ordering::SeqCst);
        let accepted = workers.into_iter().map(|worker| worker.join().unwrap());
        accepted.collect::<Vec<_>>()
    });
    for (n, ((name, codes), accepted)) in people.iter().zip(&accepted).enumerate() {
        if n >= PAIRS {
            assert_eq!(accepted, codes, "every one, whatever died");
        }
        // What was accepted is spent on the nodes that are left, and nothing is lost but what nobody was told of.
        let account = verifier.account(at(60), &user(name).id).unwrap();
        let left = account.backup_codes_left;
        let unknown = codes.len() - accepted.len() - left;
        assert!(
            unknown <= 1,
            "{name}: {} accepted, {left} left",
            accepted.len()
        );
        assert!(verifier.audit_is_intact(&user(name).id).unwrap());
    }
    let signed_in: usize = accepted[PAIRS..].iter().map(Vec::len).sum();
    println!(
        "held: of {signed_in} sign-ins over three hosts none failed when the first host was killed (kill -9)"
    );
    println!("held: what the killed node had accepted is spent on the others");

    let began = instant();
    let late = open(&all).unwrap();
    challenge(&late, &people[0].0).unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!(
        "held: who connects afterwards signs in, too ({:.2} s)",
        took.as_secs_f64()
    );
}

/// The last one is no cluster any more: it must not say that nobody has a second factor.
fn without_a_majority_everybody_is_denied(nodes: &[String], process: &str) {
    let all = together(&[&nodes[0], &nodes[1], &nodes[2]]);
    let before = open(&all).unwrap();
    let (app, _) = enrol(&before, "last");
    let open_before = challenge(&before, "last").unwrap();
    kill(process);
    let end = instant() + Duration::from_secs(60);
    loop {
        match challenge(&before, "last") {
            Err(Error::Unavailable(why)) if why.to_string().contains("not ready") => break,
            Ok(_) | Err(Error::Unavailable(_)) => {
                assert!(instant() < end, "it goes on without its cluster");
                thread::sleep(Duration::from_millis(200));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let code = app.at(at(60));
    let answer = before.verify(at(60), &open_before, Method::Totp, &code, &client());
    assert!(matches!(answer, Err(Error::Unavailable(_))));
    assert!(matches!(open(&all), Err(Error::Unavailable(_))));
    println!("held: a node that has lost its cluster lets nobody in");
}

#[test]
#[ignore = "script/galera starts the nodes"]
fn three_nodes_are_one_store() {
    let words = |name: &str| -> Vec<String> {
        let text = env::var(name).expect("script/galera sets it");
        text.split_whitespace().map(ToOwned::to_owned).collect()
    };
    let nodes: Vec<String> = words("TWOFACTOR_TEST_GALERA");
    let processes = words("TWOFACTOR_TEST_GALERA_PIDS");
    assert_eq!((nodes.len(), processes.len()), (3, 3));
    one_code_is_good_once(&nodes);
    guesses_are_counted_together(&nodes);
    an_enrolment_is_seen_at_once(&nodes);
    a_node_that_is_killed_costs_no_sign_in(&nodes, &processes[2]);
    without_a_majority_everybody_is_denied(&nodes, &processes[1]);
}
