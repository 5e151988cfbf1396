//! At a terminal: what is asked, what an answer does, Ctrl-C, colours and progress. `script` (of Debian's essential
//! package bsdutils) lends one; what it prints is what a person sees, both outputs in one.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::{Child, Site, id, now, program};

/// The program at a terminal of its own, with variables of the environment.
fn at_terminal(site: &Site, arguments: &[&str], variables: &[(&str, &str)]) -> Child {
    let asked = site.command(arguments);
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let mut words = vec!["exec".to_owned(), quoted(program())];
    words.extend(asked.get_args().map(|it| quoted(it.to_str().unwrap())));
    // Whoever runs the tests in the background may have Ctrl-C ignored, by all that it starts.
    let mut command = Command::new("env");
    command
        .args(["--default-signal", "script"])
        .args(["--quiet", "--return", "--command"])
        .arg(words.join(" "))
        .arg("/dev/null")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Child(command.spawn().unwrap())
}

impl Child {
    /// What is on the screen, up to where this stands.
    fn until(&mut self, wanted: &str) -> String {
        let out = self.0.stdout.as_mut().unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        loop {
            let text = String::from_utf8_lossy(&seen).into_owned();
            if text.contains(wanted) {
                return text;
            }
            assert_eq!(
                out.read(&mut byte).unwrap(),
                1,
                "{wanted} never stood in {text}"
            );
            seen.push(byte[0]);
        }
    }

    /// The rest, and the exit code.
    fn end(mut self) -> (String, i32) {
        let mut rest = Vec::new();
        self.0
            .stdout
            .take()
            .unwrap()
            .read_to_end(&mut rest)
            .unwrap();
        let code = self.0.wait().unwrap().code().unwrap();
        (String::from_utf8(rest).unwrap(), code)
    }
}

fn events(site: &Site) -> usize {
    site.open().audit(None, 100, None).unwrap().len()
}

#[test]
fn whoever_sits_at_a_terminal_is_asked_why_and_whether_they_are_sure() {
    let site = Site::new();
    site.enrol("42");
    let mut child = at_terminal(&site, &["user", "unlock", "42"], &[]);
    child.until("Why? (it stands in the audit) ");
    child.say("ticket 7\n");
    child.until("The blocks of user 42 end. Go on? [y/N] ");
    child.say("y\n");
    let (rest, code) = child.end();
    assert_eq!(code, 0, "{rest}");
    assert!(
        rest.contains("User 42 was not blocked from signing in."),
        "{rest}"
    );
    let event = site.open().audit(None, 1, None).unwrap().remove(0);
    assert_eq!(event.reason.as_deref(), Some("ticket 7"));
}

#[test]
fn anything_but_yes_is_no_and_so_are_the_end_of_the_input_and_ctrl_c() {
    let site = Site::new();
    site.enrol("42");
    let before = events(&site);
    for (answer, wanted) in [
        ("n\n", 7),
        ("\n", 7),
        ("yeah\n", 7),
        ("\u{4}", 7),
        ("\u{3}", 130),
    ] {
        let mut child = at_terminal(&site, &["user", "reset", "42", "--reason", "x"], &[]);
        child.until("[y/N] ");
        child.say(answer);
        let (rest, code) = child.end();
        assert_eq!(code, wanted, "{answer:?}: {rest}");
        assert!(
            !rest.contains("panicked") && !rest.contains("internal"),
            "{rest}"
        );
    }
    for (answer, wanted) in [("\n", 2), ("\u{4}", 7), ("\u{3}", 130)] {
        let mut child = at_terminal(&site, &["user", "reset", "42", "-y"], &[]);
        child.until("Why? ");
        child.say(answer);
        let (rest, code) = child.end();
        assert_eq!(code, wanted, "{answer:?}: {rest}");
    }
    assert_eq!(events(&site), before);
    assert!(site.open().account(now(), &id("42")).unwrap().enrolled);
}

#[test]
fn whoever_sits_at_a_terminal_is_told_what_a_code_is_for_and_that_there_is_nobody_or_more() {
    let site = Site::new();
    let seen = |arguments: &[&str]| at_terminal(&site, arguments, &[]).end();
    let (list, code) = seen(&["user", "list"]);
    assert_eq!((list.trim(), code), ("nobody", 0));
    let (list, code) = seen(&["audit", "list"]);
    assert_eq!((list.trim(), code), ("no event", 0));
    site.enrol("42");
    site.enrol("43");
    let (list, _) = seen(&["user", "list", "--limit", "1"]);
    assert!(list.contains("There may be more: --after 42"), "{list}");
    let (list, _) = seen(&["audit", "list", "--limit", "1"]);
    assert!(list.contains("There may be more: --before "), "{list}");
    let (said, _) = seen(&["user", "temp-code", "42", "--reason", "lost", "-y"]);
    assert!(said.contains("For user 42, once, until 2"), "{said}");
    assert!(said.contains("no longer counts"), "{said}");
    // A reason is asked for when it is known that there is somebody, and nothing asks why a copy is made.
    let (said, code) = seen(&["user", "unlock", "44"]);
    assert!(code == 3 && !said.contains("Why?"), "{code}: {said}");
    let file = site.path("copy.sqlite").display().to_string();
    let (said, code) = seen(&["store", "backup", &file, "-y"]);
    assert!(code == 0 && !said.contains("Why?"), "{code}: {said}");
}

#[test]
fn following_ends_with_ctrl_c() {
    let site = Site::new();
    site.enrol("42");
    let mut child = at_terminal(&site, &["audit", "follow"], &[]);
    child.until("factor.enrolled");
    child.say("\u{3}");
    let (_, code) = child.end();
    assert_eq!(code, 130);
}

#[test]
fn colours_and_progress_are_for_terminals_that_want_them() {
    let site = Site::new();
    site.enrol("42");
    let colour = "\u{1b}[32mok\u{1b}[0m";
    let (seen, code) = at_terminal(&site, &["doctor"], &[]).end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains(colour), "{seen}");
    for plain in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let (seen, _) = at_terminal(&site, &["user", "list"], &[plain]).end();
        assert!(
            !seen.contains("\u{1b}[3") && seen.contains("totp, backup"),
            "{seen}"
        );
    }
    let ran = site.run(&["doctor"]);
    assert!(
        !ran.out.contains('\u{1b}') && ran.err.is_empty(),
        "{} {}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_rotation_shows_how_long_it_will_take_and_ctrl_c_stops_it_where_it_can_go_on() {
    let site = Site::new();
    for n in 0..150 {
        site.enrol(&format!("user-{n:03}"));
    }
    let sure = ["--reason", "x", "-y"];
    let added = site.ask(&[&["key", "add"][..], &sure].concat());
    let new = added["key"].as_str().unwrap().to_owned();
    site.ask(&[&["key", "promote", &new][..], &sure].concat());
    let left = || {
        let listed = site.ask(&["key", "list"]);
        listed["keys"][1]["sealed"].as_u64().unwrap()
    };
    let before = left();
    let mut child = at_terminal(&site, &["key", "rotate"], &[]);
    child.until("Why? (it stands in the audit) ");
    child.say("ticket 7\n");
    child.until("lets nobody in whose account was sealed anew. Go on? [y/N] ");
    // Somebody else writes, for as long as it takes to look and to press Ctrl-C.
    let queue = std::fs::File::open(site.path("store/a.sqlite.lock")).unwrap();
    queue.lock().unwrap();
    child.say("y\n");
    // Position, length, and behind them the estimate.
    child.until(&format!("0/{before} "));
    child.say("\u{3}");
    let (rest, code) = child.end();
    assert_eq!(code, 130, "{rest}");
    queue.unlock().unwrap();
    assert_eq!(left(), before, "none is half moved");
    let (rest, code) = at_terminal(&site, &[&["key", "rotate"][..], &sure].concat(), &[]).end();
    assert_eq!(code, 0, "{rest}");
    assert_eq!(left(), 0);
}

#[test]
fn whoever_imports_at_a_terminal_sees_what_would_come_of_it_before_they_are_asked() {
    let site = Site::new();
    let file = site.path("users.csv");
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    std::fs::write(&file, format!("user,secret\nanna,{secret}\nbert,short\n")).unwrap();
    let file = file.display().to_string();
    let asked = ["import", "--format", "csv", &file];
    for (answer, code, enrolled) in [("n\n", 7, false), ("y\n", 0, true)] {
        let mut child = at_terminal(&site, &asked, &[]);
        child.until("Why? ");
        child.say("we move\n");
        let seen = child.until("Go on? [y/N] ");
        assert!(seen.contains("2 users: 1 would be taken over"), "{seen}");
        assert!(
            seen.contains("bert: totp: the secret must have 10 to 64 bytes"),
            "{seen}"
        );
        assert!(!seen.contains("GEZD"), "{seen}");
        child.say(answer);
        let (rest, ended) = child.end();
        assert_eq!(ended, code, "{rest}");
        assert_eq!(rest.contains("delete it"), enrolled, "{rest}");
        let account = site.open().account(now(), &id("anna")).unwrap();
        assert_eq!(account.enrolled, enrolled);
    }
}
