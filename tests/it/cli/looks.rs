//! What is only looked at.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use super::{Child, Ran, Site, client, documented, has_fields, id, now, user};
use twofactor::types::Method;

#[test]
fn every_answer_in_json_has_the_fields_that_the_documentation_says() {
    let site = Site::new();
    site.enrol("42");
    let shown = site.ask(&["user", "show", "42"]);
    has_fields(&shown, &documented("user show"));
    has_fields(&shown["account"], &documented("account"));
    has_fields(&shown["account"]["factors"][0], &documented("factor"));
    let listed = site.ask(&["user", "list"]);
    has_fields(&listed, &documented("user list"));
    assert_eq!(listed["accounts"][0], shown["account"]);
    let events = site.ask(&["audit", "list"]);
    has_fields(&events, &documented("audit list"));
    has_fields(&events["events"][0], &documented("event"));
    let verdict = site.ask(&["audit", "verify"]);
    has_fields(&verdict, &documented("audit verify"));
    let keys = site.ask(&["key", "list"]);
    has_fields(&keys, &documented("key list"));
    has_fields(&keys["keys"][0], &documented("key"));
    let report = site.ask(&["doctor"]);
    has_fields(&report, &documented("doctor"));
    has_fields(&report["checks"][0], &documented("check"));
    has_fields(&report["settings"][0], &documented("setting"));
    let verifier = site.open();
    let login = verifier.begin_login(now(), &user("43"), &client()).unwrap();
    let came_of = twofactor::verifier::CameOf::Login(&login);
    verifier
        .admit_session(now(), came_of, b"cookie", &client())
        .unwrap();
    let shown = site.ask(&["user", "show", "43"]);
    has_fields(&shown["signIns"][0], &documented("sign-in"));
    let done = site.ask(&["user", "unlock", "42", "--reason", "x", "--dry-run"]);
    has_fields(&done, &format!("{} userId", documented("change")));
}

#[test]
fn people_read_who_has_what_and_programs_the_same() {
    let site = Site::new();
    site.enrol("42");
    site.enrol("a b");
    let ran = site.run(&["user", "list"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "42       totp, backup\na b      totp, backup\n");
    let one = site.ask(&["user", "list", "--limit", "1"]);
    assert_eq!(
        (one["accounts"].as_array().unwrap().len(), &one["next"]),
        (1, &"42".into())
    );
    let rest = site.ask(&["user", "list", "--after", "42"]);
    assert_eq!(rest["accounts"][0]["userId"], "a b");
    assert!(rest["next"].is_null());
    let none = site.ask(&["user", "list", "--attention"]);
    assert_eq!(none["accounts"].as_array().unwrap().len(), 0);
    for _ in 0..5 {
        wrong(&site, "42");
    }
    let blocked = site.ask(&["user", "list", "--attention"]);
    assert_eq!(blocked["accounts"].as_array().unwrap().len(), 1);
    let shown = site.run(&["user", "show", "42"]).out;
    assert!(shown.contains("blocked until 2"), "{shown}");
}

/// A wrong answer by somebody who has the password.
fn wrong(site: &Site, name: &str) {
    let verifier = site.open();
    let login = verifier.begin_login(now(), &user(name), &client()).unwrap();
    let answer = verifier.verify(
        now(),
        &login.challenge,
        Method::BackupCode,
        "AAAA-AAAA-AAAA-AAAA",
        &client(),
    );
    assert!(answer.is_err());
}

#[test]
fn whoever_is_not_there_is_not_found() {
    let site = Site::new();
    for arguments in [
        &["user", "show", "43"][..],
        &["user", "reset", "43", "--reason", "x", "-y"],
        &["user", "temp-code", "43", "--reason", "x", "-y"],
        &["user", "suspend", "43", "--reason", "x", "-y"],
        &["user", "release", "43", "--reason", "x", "-y"],
        &["audit", "verify", "--user", "43"],
    ] {
        let ran = site.run(&[arguments, &["--json"]].concat());
        assert_eq!(
            (ran.code, ran.error().0.as_str()),
            (3, "not-found"),
            "{arguments:?}"
        );
    }
    // Nothing was left of somebody who is not there.
    assert_eq!(site.open().audit(None, 10, None).unwrap().len(), 0);
}

#[test]
fn what_is_mistyped_is_said_and_nothing_is_done() {
    let site = Site::new();
    for (arguments, word) in [
        (&["user", "shwo", "42"][..], "shwo"),
        (&["user", "show"], "<USER>"),
        (&["user", "show", "42", "--colour"], "--colour"),
        (&["audit", "list", "--limit", "0"], "--limit"),
        (
            &["user", "temp-code", "42", "--minutes", "2000"],
            "--minutes",
        ),
        (&["--set", "max_atempts=3", "doctor"], "max_attempts"),
        (&["--set", "max_attempts", "doctor"], "NAME=VALUE"),
        (&["user", "unlock", "42", "-y", "--reason", " "], "--reason"),
        (
            &[
                "user", "unlock", "42", "-y", "--reason", "x", "--by", "a\nb",
            ],
            "--by",
        ),
        (&[], "user"),
    ] {
        let ran = site.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(word), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
    let (code, message) = site.run(&["user", "shwo", "--json"]).error();
    assert_eq!(code, "usage");
    assert!(message.starts_with("unrecognized subcommand"), "{message}");
}

#[test]
fn help_and_version_are_answers() {
    let site = Site::nowhere();
    for arguments in [&["--help"][..], &["user", "reset", "--help"], &["-h"]] {
        let ran = site.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        assert!(
            ran.out.contains("--reason") || ran.out.contains("Exit codes:"),
            "{}",
            ran.out
        );
    }
    let ran = site.run(&["--version"]);
    assert_eq!(
        ran.out,
        concat!("twofactor ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let help = site.run(&["--help"]).out;
    assert!(help.contains("no way around anything"), "{help}");
}

#[test]
fn events_that_somebody_altered_are_found() {
    let site = Site::new();
    site.enrol("42");
    site.enrol("43");
    assert_eq!(site.ask(&["audit", "verify"])["intact"], true);
    let database = rusqlite::Connection::open(site.path("store/a.sqlite")).unwrap();
    let altered = database
        .execute(
            "UPDATE audit SET body = x'7b7d' WHERE user = '43' AND seq = 1",
            [],
        )
        .unwrap();
    assert_eq!(altered, 1);
    drop(database);
    let ran = site.run(&["audit", "verify", "--json"]);
    assert_eq!(ran.code, 1);
    let verdict = ran.json();
    assert_eq!(
        (&verdict["intact"], &verdict["chains"]),
        (&false.into(), &3.into())
    );
    let broken = verdict["broken"].as_array().unwrap();
    assert_eq!(broken.len(), 1);
    has_fields(&broken[0], &documented("broken chain"));
    assert_eq!(broken[0]["userId"], "43");
    assert_eq!(site.run(&["audit", "verify", "--user", "42"]).code, 0);
    assert_eq!(site.run(&["audit", "verify", "--user", "43"]).code, 1);
}

#[test]
fn an_account_that_was_removed_from_the_store_is_found_by_its_events() {
    let site = Site::new();
    site.enrol("42");
    let database = rusqlite::Connection::open(site.path("store/a.sqlite")).unwrap();
    let removed = database
        .execute("DELETE FROM account WHERE user = '42'", [])
        .unwrap();
    assert_eq!(removed, 1);
    drop(database);
    let verdict = site.run(&["audit", "verify", "--json"]);
    assert_eq!(verdict.json()["broken"][0]["userId"], "42");
    let said = site.run(&["audit", "verify"]).out;
    assert!(!said.contains('\u{fffd}'), "{said}");
    // It can be reset all the same.
    let done = site.ask(&["user", "reset", "42", "--reason", "row lost", "-y"]);
    assert_eq!(done["userId"], "42");
    assert!(!site.open().account(now(), &id("42")).unwrap().enrolled);
}

#[test]
fn events_are_followed_from_where_the_last_run_ended() {
    let site = Site::new();
    site.enrol("42");
    let state = site.path("state").display().to_string();
    let follow = ["audit", "follow", "--state", &state];
    let mut first = Child(
        site.command(&follow)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(first.0.stdout.take().unwrap()).lines();
    let mut seen = Vec::new();
    let mut read = |seen: &mut Vec<u64>| {
        let line = lines.next().unwrap().unwrap();
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        seen.push(event["id"].as_str().unwrap().parse().unwrap());
        event["type"].as_str().unwrap().to_owned()
    };
    assert_eq!(read(&mut seen), "enrolment.started");
    assert_eq!(read(&mut seen), "factor.enrolled");
    site.ask(&["user", "unlock", "42", "--reason", "x", "-y"]);
    assert_eq!(read(&mut seen), "account.unlocked");
    // What was read is kept before the next look.
    let kept = || fs::read_to_string(site.path("state")).unwrap_or_default();
    let last = format!("{}\n", seen.last().unwrap());
    let patience = std::time::Duration::from_millis(20);
    (0..500).find(|_| kept() == last || (std::thread::sleep(patience), false).1);
    assert_eq!(kept(), last);
    drop(first);
    site.ask(&["user", "end-sign-ins", "42", "--reason", "x", "-y"]);
    let mut second = Child(
        site.command(&follow)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(second.0.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert!(line.contains("\"type\":\"sessions.ended\""), "{line}");
}

#[test]
fn following_waits_for_a_store_that_is_away_and_goes_on_where_it_was() {
    let site = Site::new();
    site.enrol("42");
    let state = site.path("state").display().to_string();
    let asked = ["audit", "follow", "--state", &state];
    let mut child = Child(
        site.command(&asked)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut said = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let mut read = || lines.next().unwrap().unwrap();
    assert!(read().contains("enrolment.started"));
    assert!(read().contains("factor.enrolled"));
    let (store, away) = (site.path("store"), site.path("away"));
    fs::rename(&store, &away).unwrap();
    let warning = said.next().unwrap().unwrap();
    assert!(warning.contains("waits, and goes on"), "{warning}");
    fs::rename(&away, &store).unwrap();
    // Once, however long it was away.
    let back = said.next().unwrap().unwrap();
    assert_eq!(back, "the store is there again");
    site.ask(&["user", "unlock", "42", "--reason", "x", "-y"]);
    let line = read();
    assert!(line.contains("account.unlocked"), "{line}");
    drop(child);
    // Where it cannot be noted how far it came, nothing is written that would be written again.
    let nowhere = ["audit", "follow", "--state", "/nowhere/state"];
    let ran = site.run(&nowhere);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    assert!(ran.err.contains("/nowhere/state"), "{}", ran.err);
}

#[test]
fn a_reader_that_goes_away_ends_it_without_a_word() {
    let site = Site::new();
    for name in 0..30 {
        site.enrol(&format!("user-{name:04}"));
    }
    let all = [
        &["user", "list", "--json"][..],
        &["audit", "export"],
        &["user", "list"],
        &["doctor"],
    ];
    for arguments in all {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = site
            .command(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn();
        let ran: Ran = child.unwrap().wait_with_output().unwrap().into();
        assert_eq!((ran.code, ran.err.as_str()), (141, ""), "{arguments:?}");
    }
    // A reader that goes away in the middle of much.
    let mut child = Child(
        site.command(&["audit", "follow"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut out = child.0.stdout.take().unwrap();
    out.read_exact(&mut [0; 10]).unwrap();
    drop(out);
    site.ask(&["user", "unlock", "user-0001", "--reason", "x", "-y"]);
    let mut err = String::new();
    child
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(
        (child.0.wait().unwrap().code(), err.as_str()),
        (Some(141), "")
    );
}

/// A time server whose clock is so many seconds ahead, for one question.
fn time_server(ahead: u64) -> (String, std::thread::JoinHandle<()>) {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let answer = std::thread::spawn(move || {
        let mut packet = [0; 48];
        let (length, from) = socket.recv_from(&mut packet).unwrap();
        assert_eq!((length, packet[0]), (48, 0x23));
        let mark: [u8; 8] = packet[40..].try_into().unwrap();
        packet[0] = 0x24;
        packet[1] = 1;
        packet[24..32].copy_from_slice(&mark);
        let seconds = u64::try_from(now().seconds()).unwrap() + 2_208_988_800 + ahead;
        let seconds = u32::try_from(seconds & 0xffff_ffff).unwrap().to_be_bytes();
        for at in [32, 40] {
            packet[at..at + 8].fill(0);
            packet[at..at + 4].copy_from_slice(&seconds);
        }
        socket.send_to(&packet, from).unwrap();
    });
    (address, answer)
}

#[test]
fn a_time_server_is_asked_only_when_that_is_allowed() {
    let site = Site::new();
    for (ahead, code, status) in [(0, 0, "ok"), (15, 0, "warning"), (60, 1, "problem")] {
        let (server, answered) = time_server(ahead);
        let ran = site.run(&[
            "doctor",
            "--allow-network",
            "--time-server",
            &server,
            "--json",
        ]);
        answered.join().unwrap();
        assert_eq!(ran.code, code, "{}", ran.out);
        let report = ran.json();
        let checks = report["checks"].as_array().unwrap();
        let check = checks
            .iter()
            .find(|it| it["name"] == "time-server")
            .unwrap();
        assert_eq!(check["status"], status, "{check}");
    }
    let without = site.ask(&["doctor"]);
    let checks = without["checks"].as_array().unwrap();
    assert!(checks.iter().all(|it| it["name"] != "time-server"));
    assert_eq!(
        site.run(&["doctor", "--time-server", "127.0.0.1:9"]).code,
        2
    );
}
