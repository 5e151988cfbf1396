//! Users of other software are taken over: what is said before, what is there afterwards, and what becomes of a second run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::others::{settings, told, with_provider};
use super::{Ran, Site, client, content, documented, has_fields, id, now, user};
use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::types::{Algorithm, Method};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imports");
    folder.join(name).display().to_string()
}

fn totp(base32: &str) -> Totp {
    let secret = TotpSecret::imported_base32(base32).unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

/// Somebody of the site signs in with what they have.
fn signs_in(site: &Site, name: &str, totp: &Totp) -> bool {
    let verifier = site.open();
    // The step of the import is spent.
    let later = now().plus(60);
    let login = verifier.begin_login(later, &user(name), &client()).unwrap();
    let code = totp.at(later);
    let answer = verifier.verify(later, &login.challenge, Method::Totp, &code, &client());
    answer.is_ok()
}

fn written(site: &Site, name: &str, text: &str) -> String {
    let path = site.path(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Asks a site that sends SMS, into a file.
fn ask_sending(site: &Site, arguments: &[&str]) -> Value {
    with_provider(site);
    let ran = told(site, &[arguments, &["--json"]].concat(), &settings(site));
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    ran.json()
}

fn import<'a>(format: &'a str, file: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["import", "--format", format, file, "--reason", "we move"];
    [&fixed[..], rest].concat()
}

fn of<'a>(report: &'a Value, name: &str) -> &'a Value {
    let accounts = report["accounts"].as_array().unwrap();
    accounts.iter().find(|it| it["name"] == name).unwrap()
}

fn reasons(account: &Value) -> Vec<(&str, &str)> {
    let left = account["left"].as_array().unwrap().iter();
    left.map(|it| (it["what"].as_str().unwrap(), it["reason"].as_str().unwrap()))
        .collect()
}

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[test]
fn every_format_is_taken_over_as_its_own_software_made_it_and_the_app_goes_on() {
    let nextcloud_secret = fixture("nextcloud-secret.txt");
    for (format, file, rest, names, secret) in [
        (
            "nextcloud",
            "nextcloud.json",
            vec!["--nextcloud-secret-file", nextcloud_secret.as_str()],
            ["anna", "cleo", "dora"],
            "V3ZFRD4NDKTOSPVQYQBDPIUVA6IZBX5O",
        ),
        (
            "wordpress",
            "wordpress.csv",
            vec![],
            ["anna", "cleo", "dora"],
            "LZYSMRDPNZEEU6CJOVHGCKBQEB4CG3B4",
        ),
        (
            "pskc",
            "pskc-plain.xml",
            vec![],
            ["anna", "dora", "cleo"],
            SECRET,
        ),
    ] {
        let site = Site::new();
        let file = fixture(file);
        let done = site.ask(&import(format, &file, &[&rest[..], &["-y"]].concat()));
        let [whole, weak, none] = names;
        assert_eq!(of(&done, whole)["taken"][0], "totp", "{format}");
        assert_eq!(
            reasons(of(&done, weak)),
            [("totp", "weak-secret")],
            "{format}"
        );
        assert_eq!(reasons(of(&done, none))[0].1, "unreadable", "{format}");
        assert!(signs_in(&site, whole, &totp(secret)), "{format}");
        let verifier = site.open();
        for name in [weak, none] {
            assert!(
                !verifier.account(now(), &id(name)).unwrap().enrolled,
                "{format} {name}"
            );
        }
    }
    let site = Site::new();
    for (file, key) in [
        ("pskc-aes128.xml", "12345678901234567890123456789012"),
        ("pskc-pbkdf2.xml", "correct horse battery staple"),
    ] {
        let (file, key) = (fixture(file), written(&site, "pskc", key));
        let asked = import("pskc", &file, &["--pskc-key-file", &key, "--dry-run"]);
        assert_eq!(of(&site.ask(&asked), "bert")["taken"][0], "totp");
    }
}

#[test]
fn the_former_module_s_users_keep_their_way_in_and_are_told() {
    let site = Site::new();
    let file = fixture("cmsms3.csv");
    let done = ask_sending(&site, &import("cmsms3", &file, &["--accept-weak", "-y"]));
    has_fields(
        &done,
        &format!("{} {}", documented("change"), documented("import")),
    );
    has_fields(of(&done, "1"), &documented("imported user"));
    assert_eq!(
        of(&done, "1")["taken"],
        serde_json::json!(["totp", "backup"])
    );
    assert!(of(&done, "1")["setUpAnewFrom"].is_string());
    assert_eq!(of(&done, "2")["taken"], serde_json::json!(["sms"]));
    assert_eq!(of(&done, "3")["taken"], serde_json::json!(["email"]));
    assert_eq!(of(&done, "6")["without"], true);
    assert_eq!(reasons(of(&done, "6")), [("passkey", "unreadable")]);
    let verifier = site.open();
    let account = |name: &str| verifier.account(now(), &id(name)).unwrap();
    assert_eq!(account("8").methods, [Method::Sms, Method::Totp]);
    assert_eq!(account("8").primary, Some(Method::Sms));
    let shown = site.run(&["user", "show", "2"]).out;
    assert!(shown.contains("taken over and not proven yet"), "{shown}");
    let shown = site.run(&["user", "show", "1"]).out;
    assert!(
        shown.contains("10 backup codes left, of other software: they end"),
        "{shown}"
    );
    assert!(signs_in(&site, "1", &totp("R2M2BTMVOKS7OHRU")));
    let login = verifier.begin_login(now(), &user("1"), &client()).unwrap();
    let code = verifier.verify(
        now(),
        &login.challenge,
        Method::BackupCode,
        "2F33 4E55",
        &client(),
    );
    assert_eq!(code.unwrap().backup_codes_left, Some(9));
    let events = verifier.audit(Some(&id("2")), 10, None).unwrap();
    assert_eq!(events[0].kind, "factor.imported");
    assert_eq!(events[0].reason.as_deref(), Some("we move"));
    assert!(site.run(&["audit", "verify"]).code == 0);
    // Nothing of a secret is said, by any way.
    let ran = site.run(&import("cmsms3", &file, &["--accept-weak", "--dry-run"]));
    let shown = [ran.out, ran.err, done.to_string()].concat();
    for secret in ["R2M2BTMV", "2f334e55", "15112345678", "cleo@"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn a_dry_run_says_what_would_come_of_it_and_a_second_run_changes_nothing() {
    let site = Site::new();
    site.enrol("own");
    let csv = format!(
        "user,secret,phone\nanna,{SECRET},\nbert,,+4915112345678\nown,{SECRET},\ncleo,,not a number\n"
    );
    let file = written(&site, "users.csv", &csv);
    let before = content(&site.path("store"));
    let would = ask_sending(&site, &import("csv", &file, &["--dry-run"]));
    assert_eq!(would["dryRun"], true);
    assert_eq!(content(&site.path("store")).len(), before.len());
    assert_eq!(site.open().audit(None, 100, None).unwrap().len(), 2);
    let done = ask_sending(&site, &import("csv", &file, &["-y"]));
    assert_eq!(would["accounts"], done["accounts"]);
    for (field, count) in [
        ("users", 4),
        ("takenOver", 2),
        ("unchanged", 0),
        ("notWhole", 2),
        ("withoutFactor", 1),
        ("weak", 0),
    ] {
        assert_eq!(done[field], count, "{field}");
    }
    assert_eq!(reasons(of(&done, "own")), [("totp", "has-factors")]);
    let events = site.open().audit(None, 100, None).unwrap().len();
    let again = site.ask(&import("csv", &file, &["-y"]));
    assert_eq!(
        (&again["takenOver"], &again["unchanged"]),
        (&Value::from(0), &Value::from(2))
    );
    assert_eq!(site.open().audit(None, 100, None).unwrap().len(), events);
    // Nor does what an operator took away come back.
    site.ask(&["user", "reset", "anna", "--reason", "stolen", "-y"]);
    let third = site.ask(&import("csv", &file, &["-y"]));
    assert_eq!(reasons(of(&third, "anna")), [("totp", "imported-before")]);
    assert!(!site.open().account(now(), &id("anna")).unwrap().enrolled);
    // In words.
    let ran = site.run(&import("csv", &file, &["--dry-run"]));
    assert!(
        ran.out
            .starts_with("Would do:\n4 users: 0 would be taken over"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("  cleo: sms: "), "{}", ran.out);
}

#[test]
fn who_is_called_otherwise_there_is_named_by_a_file() {
    let site = Site::new();
    let file = written(
        &site,
        "users.csv",
        &format!("user,secret\nanna,{SECRET}\nbert,{SECRET}\n"),
    );
    let map = written(&site, "map.csv", "login,id\nanna,42\n");
    let done = site.ask(&import("csv", &file, &["--users", &map, "-y"]));
    assert_eq!(of(&done, "anna")["userId"], "42");
    assert_eq!(of(&done, "bert")["userId"], Value::Null);
    assert_eq!(reasons(of(&done, "bert")), [("account", "nobody")]);
    assert!(signs_in(&site, "42", &totp(SECRET)));
    for (name, text) in [
        ("a.csv", "login,id\nanna,1\nanna,2\n"),
        ("b.csv", "name,id\nanna,1\n"),
    ] {
        let map = written(&site, name, text);
        let ran = site.run(&import("csv", &file, &["--users", &map, "-y", "--json"]));
        assert_eq!((ran.code, ran.error().0.as_str()), (2, "usage"), "{text}");
    }
}

#[test]
fn one_number_is_one_account_s_where_the_site_wants_that() {
    let site = Site::new();
    let csv = "user,phone\nanna,+4915112345678\nbert,+49 151 12345678\n";
    let file = written(&site, "users.csv", csv);
    let unique = ["--set", "phone_unique=1"];
    let asked = [&unique[..], &import("csv", &file, &["-y"])].concat();
    let done = ask_sending(&site, &asked);
    assert_eq!(reasons(of(&done, "anna")), []);
    assert_eq!(reasons(of(&done, "bert")), [("sms", "number-taken")]);
    assert!(!site.open().account(now(), &id("bert")).unwrap().enrolled);
}

#[test]
fn where_nobody_sends_sms_no_number_is_taken_over_or_its_user_would_be_locked_out() {
    let site = Site::new();
    let csv = format!("user,phone,secret\nanna,+4915112345678,\nbert,+4915112345679,{SECRET}\n");
    let file = written(&site, "users.csv", &csv);
    let done = site.ask(&import("csv", &file, &["-y"]));
    assert_eq!(reasons(of(&done, "anna")), [("sms", "no-provider")]);
    assert_eq!(of(&done, "bert")["taken"], serde_json::json!(["totp"]));
    // Once there is one, whoever was left is taken over.
    let done = ask_sending(&site, &import("csv", &file, &["-y"]));
    assert_eq!(of(&done, "anna")["taken"], serde_json::json!(["sms"]));
    assert_eq!(reasons(of(&done, "bert")), [("sms", "imported-before")]);
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_is_changed() {
    let site = Site::new();
    let good = written(&site, "good.csv", &format!("user,secret\nanna,{SECRET}\n"));
    let bad = written(
        &site,
        "bad.csv",
        &format!("user,secret\nanna,{SECRET},more\n"),
    );
    let empty = written(&site, "empty.json", "[]");
    let nowhere = site.path("nowhere.csv").display().to_string();
    for (asked, code, word) in [
        (import("csv", &bad, &["-y"]), 2, "usage"),
        (import("csv", &nowhere, &["-y"]), 3, "not-found"),
        (import("json", &empty, &["-y"]), 3, "not-found"),
        (import("xls", &good, &["-y"]), 2, "usage"),
        (import("csv", &good, &["-y", "--accept-strong"]), 2, "usage"),
        (
            import("csv", &good, &["-y", "--weak-days", "400"]),
            2,
            "usage",
        ),
        (import("nextcloud", &good, &["-y"]), 2, "usage"),
        (import("csv", &good, &[]), 2, "usage"),
        (vec!["import", "--format", "csv", &good, "-y"], 2, "usage"),
        (
            [
                &["--set", "cli_operators=0"][..],
                &import("csv", &good, &["-y"]),
            ]
            .concat(),
            1,
            "refused",
        ),
    ] {
        let ran = site.run(&[&asked[..], &["--json"]].concat());
        let error = ran.error();
        assert_eq!(
            (ran.code, error.0.as_str()),
            (code, word),
            "{asked:?}: {}",
            error.1
        );
        assert!(!error.1.contains("GEZD"), "{}", error.1);
    }
    assert!(!site.open().account(now(), &id("anna")).unwrap().enrolled);
}

#[test]
fn whoever_reads_no_more_ends_the_report_and_what_was_taken_over_stays() {
    let site = Site::new();
    let file = written(&site, "users.csv", &format!("user,secret\nanna,{SECRET}\n"));
    let mut child = site
        .command(&import("csv", &file, &["-y"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
    assert!(signs_in(&site, "anna", &totp(SECRET)));
}

#[test]
fn a_store_that_cannot_be_written_is_said_and_the_run_goes_on_when_it_can() {
    let site = Site::new();
    let file = written(&site, "users.csv", &format!("user,secret\nanna,{SECRET}\n"));
    // As a full disk: nothing may grow beyond a block. Root writes into what is read-only.
    let command = site.command(&import("csv", &file, &["-y", "--json"]));
    let words: Vec<PathBuf> = command.get_args().map(PathBuf::from).collect();
    let mut limited = std::process::Command::new("sh");
    limited
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"",
            super::program(),
        ])
        .args(words)
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    let ran: Ran = limited.output().unwrap().into();
    assert_eq!(
        (ran.code, ran.error().0.as_str()),
        (4, "unavailable"),
        "{}",
        ran.err
    );
    assert!(!site.open().account(now(), &id("anna")).unwrap().enrolled);
    assert_eq!(site.ask(&import("csv", &file, &["-y"]))["takenOver"], 1);
}

/// More make it longer and show nothing else: ten thousand were measured once (docs/operations.md).
const MANY: u32 = 1_000;

#[test]
fn a_thousand_users_are_taken_over_in_one_run() {
    let site = Site::new();
    let mut csv = "user,secret,codes\n".to_owned();
    for n in 0..MANY {
        let secret = data_encoding::BASE32_NOPAD.encode(format!("{n:020}").as_bytes());
        csv.push_str(&format!("user{n},{secret},aaaa{n:06} bbbb{n:06}\n"));
    }
    let file = written(&site, "many.csv", &csv);
    let done = site.ask(&import("csv", &file, &["-y"]));
    assert_eq!(done["takenOver"], MANY);
    let again = site.ask(&import("csv", &file, &["-y"]));
    assert_eq!(
        (&again["takenOver"], &again["unchanged"]),
        (&Value::from(0), &Value::from(MANY))
    );
    let last = totp(&data_encoding::BASE32_NOPAD.encode(format!("{:020}", MANY - 1).as_bytes()));
    assert!(signs_in(&site, "user999", &last));
}
