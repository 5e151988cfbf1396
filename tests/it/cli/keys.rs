//! One key after another: what is sealed with which, sealing it anew while people sign in, and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::types::Method;
use twofactor::verifier::{CameOf, LoginState, Operator, Value as Field, Verifier};

use super::{Child, Ran, Site, client, documented, has_fields, id, now, program, user};
use crate::stores_support::Fixture;

const SURE: [&str; 3] = ["--reason", "ticket 7", "-y"];

/// The lines of the key file that are keys.
fn lines(site: &Site) -> Vec<String> {
    let text = fs::read_to_string(site.key()).unwrap();
    let keys = text.lines().filter(|line| !line.starts_with('#'));
    keys.map(str::to_owned).collect()
}

fn ids(site: &Site) -> Vec<String> {
    let lines = lines(site);
    let id = |line: &String| line.split(' ').next().unwrap().to_owned();
    lines.iter().map(id).collect()
}

fn change(site: &Site, arguments: &[&str]) -> Ran {
    site.run(&[&["key"], arguments, &["--json"], &SURE].concat())
}

fn changed(site: &Site, arguments: &[&str]) -> Value {
    let ran = change(site, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
    ran.json()
}

/// A key more, which is the first one; the old one's id and its own.
fn promoted(site: &Site) -> (String, String) {
    let old = ids(site).remove(0);
    let added = changed(site, &["add"]);
    let new = added["key"].as_str().unwrap().to_owned();
    changed(site, &["promote", &new]);
    (old, new)
}

/// The site as a server has it that was started with these keys.
fn server(site: &Site, keys: &[String]) -> Verifier {
    let store = site.store();
    let config = Config::parse([("store", store.as_str())]).unwrap();
    let ring = KeyRing::parse(&keys.join("\n")).unwrap();
    Verifier::open(config, Some(ring), false).unwrap()
}

fn signs_in(verifier: &Verifier, name: &str, totp: &Totp, at: UnixTime) {
    let login = verifier.begin_login(at, &user(name), &client()).unwrap();
    let code = totp.at(at);
    let proven = verifier.verify(at, &login.challenge, Method::Totp, &code, &client());
    proven.unwrap_or_else(|why| panic!("{name}: {why}"));
}

/// What the program says of a key.
fn key(site: &Site, name: &str) -> Value {
    // With a key that is missing it ends with 1.
    let listed = site.run(&["key", "list", "--json"]).json();
    let keys = listed["keys"].as_array().unwrap();
    keys.iter().find(|it| it["key"] == name).unwrap().clone()
}

#[test]
fn a_key_is_added_put_first_moved_to_and_retired_and_everything_goes_on() {
    let site = Site::new();
    let has = site.enrol("42");
    site.enrol("43");
    let later = now().plus(60);
    let (verifier, root) = (site.open(), Operator::on_server("root"));
    // Everything that a site can have sealed without a licence, and without sending anything.
    signs_in(&verifier, "42", &has.totp, later);
    let login = verifier.begin_login(now(), &user("44"), &client()).unwrap();
    verifier.end_all_sessions(now(), &root, "x").unwrap();
    verifier
        .admit_session(now(), CameOf::Login(&login), b"cookie", &client())
        .unwrap();
    let text = |name: &str, text: &str| {
        (
            name.to_owned(),
            Some(Field::Text(zeroize::Zeroizing::new(text.to_owned()))),
        )
    };
    let provider = vec![
        text("provider", "twilio-messaging"),
        text("account", "AC0123456789abcdef0123456789abcdef"),
        text("user", "SK0123456789abcdef0123456789abcdef"),
        text("secret", "0123456789abcdef0123456789abcdef"),
        text("from", "+4915112345678"),
    ];
    verifier
        .save_provider(now(), "main", &provider, &root)
        .unwrap();
    verifier
        .set_message_text(
            now(),
            Method::Sms,
            "en",
            Some("{code} is your code for {site}"),
            &root,
        )
        .unwrap();
    verifier
        .require_all_enrolments(now(), Some(later.plus(86_400)), &root, "x")
        .unwrap();
    let remembered = verifier.store_id().unwrap();
    drop(verifier);

    let old = ids(&site).remove(0);
    let dry = site.run(&["key", "add", "--dry-run"]);
    assert_eq!((dry.code, ids(&site).len()), (0, 1), "{}", dry.err);
    fs::set_permissions(site.key(), fs::Permissions::from_mode(0o640)).unwrap();
    let added = changed(&site, &["add"]);
    has_fields(
        &added,
        &format!("{} {}", documented("change"), documented("key add")),
    );
    let new = added["key"].as_str().unwrap().to_owned();
    assert_eq!(ids(&site), [old.clone(), new.clone()], "it is the last one");
    // A server with the new file seals as before, and one without it is as well off.
    assert_eq!(key(&site, &new)["needed"], false);
    changed(&site, &["promote", &new]);
    assert_eq!(ids(&site), [new.clone(), old.clone()]);
    let mode = fs::metadata(site.key()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o640);
    assert_eq!(
        fs::read_dir(site.folder.path()).unwrap().count(),
        3,
        "no copy is left"
    );

    let before = key(&site, &old);
    has_fields(&before, &documented("key"));
    // Sessions, generation, provider, text and requirement; the mark of the store moves when that is opened.
    assert_eq!(
        (&before["rows"], &before["unopened"]),
        (&5.into(), &0.into()),
        "{before}"
    );
    assert!(before["sealed"].as_u64().unwrap() >= 2, "{before}");
    let doctor = site.run(&["doctor"]);
    assert!(
        doctor.out.contains(&format!("{old}: not the first key")),
        "{}",
        doctor.out
    );
    let refused = change(&site, &["retire", &old, "--now"]);
    assert_eq!((refused.code, refused.error().0.as_str()), (1, "refused"));
    assert!(
        refused
            .error()
            .1
            .contains("are sealed with it (twofactor key rotate)"),
        "{}",
        refused.err
    );

    // Doctor has read what moves when it is read.
    let before = key(&site, &old);
    let dry = site.run(&["key", "rotate", "--dry-run", "--json"]);
    assert_eq!(dry.json()["accounts"], before["sealed"], "{}", dry.err);
    assert_eq!(key(&site, &old), before, "nothing was done");
    let rotated = changed(&site, &["rotate"]);
    has_fields(
        &rotated,
        &format!("{} {}", documented("change"), documented("key rotate")),
    );
    assert_eq!(
        (&rotated["key"], &rotated["rows"], &rotated["left"]),
        (&new.as_str().into(), &before["rows"], &0.into())
    );
    let again = changed(&site, &["rotate"]);
    // The event of the first one was sealed with the new key already.
    assert_eq!((&again["accounts"], &again["rows"]), (&0.into(), &0.into()));
    assert_eq!(key(&site, &old)["needed"], false);

    let early = change(&site, &["retire", &old]);
    assert_eq!(early.code, 1);
    assert!(early.error().1.contains("wait until"), "{}", early.err);
    changed(&site, &["retire", &old, "--now"]);
    assert_eq!(ids(&site), std::slice::from_ref(&new));
    let ran = site.run(&["doctor"]);
    assert!(
        ran.out.contains("everything is sealed with the first key"),
        "{}",
        ran.out
    );

    // With the new key alone everything is there.
    let verifier = site.open();
    assert_eq!(verifier.store_id().unwrap(), remembered);
    signs_in(&verifier, "42", &has.totp, later.plus(60));
    assert!(
        verifier
            .session_counts(now(), &id("44"), b"cookie")
            .unwrap()
    );
    assert_eq!(verifier.providers(now()).unwrap().len(), 1);
    let texts = verifier.message_texts(now()).unwrap();
    assert_eq!(texts.iter().filter(|it| it.text.is_some()).count(), 1);
    assert!(verifier.all_enrolments_required().unwrap().is_some());
    for user in ["42", "43"] {
        assert!(verifier.audit_is_intact(&id(user)).unwrap());
    }
    assert!(verifier.providers_audit_is_intact().unwrap());
    let events = verifier.providers_audit(6, None).unwrap();
    let said: Vec<_> = events
        .iter()
        .filter(|it| it.kind.starts_with("keys."))
        .map(|it| {
            (
                it.kind.as_str(),
                it.label.as_deref().unwrap(),
                it.reason.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("keys.changed", old.as_str(), "retire: ticket 7"),
            ("keys.resealed", new.as_str(), "rotate: ticket 7"),
            ("keys.changed", new.as_str(), "promote: ticket 7"),
            ("keys.changed", new.as_str(), "add: ticket 7"),
        ]
    );
}

#[test]
fn a_server_that_seals_with_the_old_key_is_found_before_that_key_goes() {
    let site = Site::new();
    let has = site.enrol("42");
    let before = lines(&site);
    let (old, new) = promoted(&site);
    let keys = lines(&site);
    // It has the new key, and was not started anew since that is the first one.
    let late = server(&site, &[before[0].clone(), keys[0].clone()]);
    changed(&site, &["rotate"]);
    signs_in(&late, "42", &has.totp, now().plus(60));
    let refused = change(&site, &["retire", &old, "--now"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.error().1.contains("a server still seals with it"),
        "{}",
        refused.err
    );
    // Who did not get the new key at all denies what was sealed with it, loses nothing, and its doctor says so.
    changed(&site, &["rotate"]);
    let without = server(&site, &before);
    assert!(without.begin_login(now(), &user("42"), &client()).is_err());
    drop((late, without));
    let other = site.path("other-key");
    fs::write(&other, format!("{}\n", before[0])).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    let ran: Ran = site
        .bare(&["doctor", "--store", &site.store(), "--key-file"])
        .arg(&other)
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains(&format!("{new}: needed and not among the keys")),
        "{}",
        ran.out
    );
    signs_in(&site.open(), "42", &has.totp, now().plus(120));
}

#[test]
fn a_key_of_another_site_in_the_store_stays_and_its_rows_are_left_to_it() {
    let site = Site::new();
    site.enrol("42");
    let (old, new) = promoted(&site);
    // Its server has the old key alone.
    let store = site.store();
    let config = [("store", store.as_str()), ("site", "b"), ("new_site", "1")];
    let ring = || KeyRing::parse(&lines(&site)[1]).unwrap();
    let open = || Verifier::open(Config::parse(config).unwrap(), Some(ring()), false).unwrap();
    let other = open();
    let setup = other
        .start_totp(now(), &user("7"), None, None, None)
        .unwrap();
    let totp = Totp::from_uri(&setup.uri).unwrap();
    other
        .confirm_totp(now(), &setup.token, &totp.at(now()), &client())
        .unwrap();
    drop(other);
    changed(&site, &["rotate"]);
    let shown = key(&site, &old);
    assert_eq!(
        (&shown["sealed"], &shown["needed"]),
        (&0.into(), &true.into())
    );
    assert!(shown["elsewhere"].as_u64().unwrap() >= 2, "{shown}");
    let refused = change(&site, &["retire", &old, "--now"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused
            .error()
            .1
            .contains("of the site b are sealed with it"),
        "{}",
        refused.err
    );
    signs_in(&open(), "7", &totp, now().plus(60));
    // Its operator does it when its servers have the new key.
    let of_b = ["--set", "site=b"];
    changed(&site, &[&["rotate"][..], &of_b].concat());
    changed(&site, &["retire", &old, "--now"]);
    assert_eq!(ids(&site), [new]);
}

#[test]
fn a_key_that_secrets_are_made_of_stays_until_they_are_set_up_anew() {
    let site = Site::new();
    let store = site.store();
    let settings = [("store", store.as_str()), ("secrets", "derived")];
    let open = || {
        let ring = KeyRing::parse(&lines(&site).join("\n")).unwrap();
        Verifier::open(Config::parse(settings).unwrap(), Some(ring), false).unwrap()
    };
    let verifier = open();
    let setup = verifier
        .start_totp(now(), &user("42"), None, None, None)
        .unwrap();
    let totp = Totp::from_uri(&setup.uri).unwrap();
    verifier
        .confirm_totp(now(), &setup.token, &totp.at(now()), &client())
        .unwrap();
    drop(verifier);
    let (old, _) = promoted(&site);
    let ran = site.run(&[&["key", "rotate"][..], &SURE].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let wanted =
        format!("The secrets of 1 account come from {old}: it stays until they are set up anew.");
    assert!(ran.out.contains(&wanted), "{}", ran.out);
    let refused = change(&site, &["retire", &old, "--now"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused
            .error()
            .1
            .contains("the secrets of 1 account come from it"),
        "{}",
        refused.err
    );
    signs_in(&open(), "42", &totp, now().plus(60));
}

#[test]
fn another_key_under_the_same_name_is_said_plainly_and_nothing_is_sealed_on_its_strength() {
    let site = Site::new();
    let has = site.enrol("42");
    let good = fs::read_to_string(site.key()).unwrap();
    let first = ids(&site).remove(0);
    let printed = site.ask(&["key", "add", "--print"]);
    has_fields(&printed, &documented("key add --print"));
    let line = printed["line"].as_str().unwrap();
    let wrong = format!("{first} = {}", line.split(" = ").nth(1).unwrap());
    fs::write(site.key(), format!("{line}\n{wrong}\n")).unwrap();
    let listed = site.run(&["key", "list"]);
    assert!(
        listed.out.contains(&format!("WRONG    {first}: ")),
        "{}",
        listed.out
    );
    let doctor = site.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(
        doctor.out.contains("another key under that name"),
        "{}",
        doctor.out
    );
    for asked in [&["rotate"][..], &["promote", &first]] {
        let refused = change(&site, asked);
        assert_eq!(refused.code, 1, "{}", refused.err);
        assert!(
            refused.error().1.contains("is not the one that it was"),
            "{}",
            refused.err
        );
    }
    fs::write(site.key(), good).unwrap();
    signs_in(&site.open(), "42", &has.totp, now().plus(60));
}

#[test]
fn what_cannot_be_meant_is_refused_and_says_what_to_do() {
    let site = Site::new();
    site.enrol("42");
    let before = fs::read(site.key()).unwrap();
    let first = ids(&site).remove(0);
    for (asked, code, word) in [
        (&["promote", "nobody"][..], 3, "there is no key nobody"),
        (&["retire", "nobody"], 3, "there is no key nobody"),
        (&["promote", &first], 1, "is the first one already"),
        (&["retire", &first], 1, "seals everything that is written"),
        (&["retire", "no key"], 2, "1 to 16 letters"),
        (&["promote"], 2, "KEY"),
        (&["rotate", "--now"], 2, "--now"),
    ] {
        let ran = change(&site, asked);
        assert_eq!(ran.code, code, "{asked:?}: {}", ran.err);
        assert!(ran.error().1.contains(word), "{asked:?}: {}", ran.err);
    }
    for asked in [
        &["key", "add"][..],
        &["key", "rotate"],
        &["key", "add", "--reason", "x"],
    ] {
        let ran = site.run(asked);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (2, ""),
            "{asked:?}: {}",
            ran.err
        );
    }
    // Where the server's command line changes nothing, it changes no keys.
    for asked in [&["add"][..], &["rotate"]] {
        let set = [asked, &["--set", "cli_operators=0"]].concat();
        let ran = change(&site, &set);
        assert_eq!(ran.code, 1, "{asked:?}: {}", ran.err);
    }
    // Nobody reads the answer: it is done, or was not, and nothing is said.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = site
        .command(&["key", "list"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn();
    let ran: Ran = child.unwrap().wait_with_output().unwrap().into();
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
    assert!(fs::read(site.key()).unwrap() == before);
    // Keys of the environment are not this program's to change.
    let text = String::from_utf8(before).unwrap();
    let mut command = site.bare(&[
        "key",
        "add",
        "--json",
        "--reason",
        "x",
        "-y",
        "--store",
        &site.store(),
    ]);
    let ran: Ran = command
        .env("TWOFACTOR_KEYS", &text)
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, 1, "{}", ran.err);
    let (_, why) = ran.error();
    assert!(
        why.contains(
            "put the line that \"twofactor key add --print\" writes last into the environment variable TWOFACTOR_KEYS"
        ),
        "{why}"
    );
}

#[test]
fn keys_of_a_credential_are_used_and_are_not_this_program_s_to_change() {
    let site = Site::new();
    let has = site.enrol("42");
    let folder = site.path("credentials");
    fs::create_dir(&folder).unwrap();
    fs::rename(site.key(), folder.join("site.keys")).unwrap();
    let run = |arguments: &[&str], with: bool| -> Ran {
        let mut command = site.bare(arguments);
        command.args([
            "--store",
            &site.store(),
            "--key-file",
            "credential:site.keys",
        ]);
        if with {
            command.env("CREDENTIALS_DIRECTORY", &folder);
        }
        command.output().unwrap().into()
    };
    let ran = run(&["key", "list"], true);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("seals    k"), "{}", ran.out);
    let ran = run(&["doctor"], true);
    assert!(
        ran.out
            .contains("the keys are those of credential:site.keys"),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = run(&[&["key", "add", "--json"][..], &SURE].concat(), true);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(
        ran.error()
            .1
            .contains("writes last into the credential site.keys"),
        "{}",
        ran.err
    );
    let ran = run(&["user", "show", "42", "--json"], false);
    assert_eq!((ran.code, ran.error().0.as_str()), (4, "unavailable"));
    assert!(
        ran.error().1.contains("systemd gave this process none"),
        "{}",
        ran.err
    );
    fs::rename(folder.join("site.keys"), site.key()).unwrap();
    signs_in(&site.open(), "42", &has.totp, now().plus(60));
}

/// Runs the program where nothing in that folder can be written.
fn read_only(site: &Site, folder: &Path, arguments: &[&str]) -> Ran {
    let asked = site.command(arguments);
    let script =
        "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.arg("-m");
    if !rustix::process::geteuid().is_root() {
        command.arg("-r");
    }
    command
        .args(["sh", "-c", script, "sh"])
        .arg(folder)
        .arg(program());
    command
        .args(asked.get_args())
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.output().unwrap().into()
}

#[test]
fn a_key_file_on_a_disk_that_cannot_be_written_to_says_which_line_to_put_where() {
    let site = Site::new();
    site.enrol("42");
    let folder = site.path("etc");
    fs::create_dir(&folder).unwrap();
    let moved = folder.join("keys");
    fs::rename(site.key(), &moved).unwrap();
    std::os::unix::fs::symlink(&moved, site.key()).unwrap();
    let events = || site.open().providers_audit(10, None).unwrap().len();
    let before = (fs::read(&moved).unwrap(), events());
    let ran = read_only(
        &site,
        &folder,
        &["key", "add", "--json", "--reason", "x", "-y"],
    );
    assert_eq!(
        (ran.code, ran.error().0.as_str()),
        (4, "unavailable"),
        "{}",
        ran.err
    );
    let why = ran.error().1;
    let wanted = format!(
        "writes last into {}, on every server, and restart PHP",
        moved.display()
    );
    assert!(
        why.contains("Read-only file system") && why.contains(&wanted),
        "{why}"
    );
    assert!(
        (fs::read(&moved).unwrap(), events()) == before,
        "and it is not noted"
    );
    // The link stays where the disk can be written to.
    changed(&site, &["add"]);
    assert!(site.key().is_symlink());
    assert_eq!(ids(&site).len(), 2);
}

#[test]
fn a_full_disk_stops_it_loses_nothing_and_it_goes_on() {
    let site = Site::new();
    let mut has = BTreeMap::new();
    for n in 0..24 {
        let name = format!("user-{n:02}");
        has.insert(name.clone(), site.enrol(&name).totp);
    }
    let (old, _) = promoted(&site);
    // The store on a disk that has no room for a log that grows.
    let small = site.path("small");
    fs::create_dir(&small).unwrap();
    let asked = site.command(&["key", "rotate", "--json", "--reason", "x", "-y"]);
    let script = "mount -t tmpfs -o size=$(($(du -sk \"$1\" | cut -f1) + 24))k none \"$2\" && cp -a \"$1\"/. \"$2\" \
        && mount --bind \"$2\" \"$1\" && store=$1 small=$2 && shift 2 && { \"$@\"; code=$?; \
        umount \"$store\"; rm -rf \"$store\".was; cp -a \"$store\" \"$store\".was; cp -a \"$small\"/. \"$store\"; exit $code; }";
    let mut command = Command::new("unshare");
    command.arg("-m");
    if !rustix::process::geteuid().is_root() {
        command.arg("-r");
    }
    command
        .args(["sh", "-c", script, "sh"])
        .arg(site.path("store"))
        .arg(&small)
        .arg(program());
    command
        .args(asked.get_args())
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
    let left = key(&site, &old)["sealed"].as_u64().unwrap();
    assert!(left > 0, "it had room for all");
    changed(&site, &["rotate"]);
    assert_eq!(key(&site, &old)["needed"], false);
    let verifier = site.open();
    for (name, totp) in &has {
        signs_in(&verifier, name, totp, now().plus(60));
    }
}

/// Signs everybody in, one after the other, for as long as it may; returns how often.
fn signs_in_for_ever(
    verifier: &Verifier,
    has: &Mutex<BTreeMap<String, (Totp, UnixTime)>>,
    names: &[String],
    is_over: &AtomicBool,
) -> u32 {
    let mut times = 0;
    while !is_over.load(Ordering::Relaxed) {
        for name in names {
            // Each has a clock of their own: a code is good once.
            let (totp, at) = {
                let mut has = has.lock().unwrap();
                let it = has.get_mut(name).unwrap();
                it.1 = it.1.plus(60);
                it.clone()
            };
            signs_in(verifier, name, &totp, at);
            times += 1;
            if is_over.load(Ordering::Relaxed) {
                break;
            }
        }
    }
    times
}

/// Rotated to and fro, killed a hundred times, while a server that was started anew and one that was not sign people in.
fn killed_a_hundred_times(site: &Site, store: &str) {
    let start = now().minus(30 * 86_400);
    let keys = || lines(site);
    let config = |verifier_keys: &[String]| {
        let config = Config::parse([("store", store), ("new_site", "1")]).unwrap();
        let ring = KeyRing::parse(&verifier_keys.join("\n")).unwrap();
        Verifier::open(config, Some(ring), false).unwrap()
    };
    let first = config(&keys());
    let mut has = BTreeMap::new();
    for n in 0..60 {
        let name = format!("user-{n:02}");
        let setup = first
            .start_totp(start, &user(&name), None, None, None)
            .unwrap();
        let totp = Totp::from_uri(&setup.uri).unwrap();
        first
            .confirm_totp(start, &setup.token, &totp.at(start), &client())
            .unwrap();
        has.insert(name, (totp, start));
    }
    let names: Vec<String> = has.keys().cloned().collect();
    let has = Mutex::new(has);
    let run = |arguments: &[&str]| {
        let mut command = site.bare(&[&["key"], arguments, &["--json"], &SURE].concat());
        command
            .env("TWOFACTOR_STORE", store)
            .env("TWOFACTOR_KEY_FILE", site.key())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    let answer = |arguments: &[&str]| -> Value {
        let ran: Ran = run(arguments).output().unwrap().into();
        assert!(ran.code == 0, "{arguments:?} {} {}", ran.out, ran.err);
        ran.json()
    };
    let old = ids(site).remove(0);
    let new = answer(&["add"])["key"].as_str().unwrap().to_owned();
    let is_over = AtomicBool::new(false);
    let (of_old, of_new) = names.split_at(names.len() / 2);
    let both = keys();
    let turned = [both[1].clone(), both[0].clone()];
    let (killed, signed_in) = thread::scope(|scope| {
        let signing = [(both.clone(), of_old), (turned.to_vec(), of_new)].map(|(keys, names)| {
            let (config, has, is_over) = (&config, &has, &is_over);
            scope.spawn(move || {
                let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    signs_in_for_ever(&config(&keys), has, names, is_over)
                }));
                is_over.store(true, Ordering::Relaxed);
                done.unwrap_or_else(|why| std::panic::resume_unwind(why))
            })
        });
        let mut killed = 0;
        let mut wait = 1_u64;
        // How long one lasts depends on the machine: what ends before it is killed makes the next wait shorter.
        let mut longest = 60_000_u64;
        let mut seals = &old;
        let mut promote = || {
            seals = if *seals == new { &old } else { &new };
            answer(&["promote", seals]);
        };
        promote();
        for _ in 0..1_000 {
            if killed == 100 || is_over.load(Ordering::Relaxed) {
                break;
            }
            let mut child = Child(run(&["rotate"]).spawn().unwrap());
            wait = wait.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            thread::sleep(Duration::from_micros((wait >> 33) % longest));
            let _ = child.0.kill();
            match child.0.wait().unwrap().code() {
                None => {
                    killed += 1;
                    longest += longest / 8;
                }
                code => {
                    assert_eq!(code, Some(0));
                    longest = (longest / 4 * 3).max(1_000);
                    // Everything goes to and fro.
                    promote();
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
        (killed, signing.map(|it| it.join().unwrap()))
    });
    assert_eq!(killed, 100);
    assert!(signed_in.iter().all(|times| *times > 20), "{signed_in:?}");
    if ids(site)[0] != new {
        answer(&["promote", &new]);
    }
    let rotated = answer(&["rotate"]);
    assert_eq!(rotated["left"], 0);
    answer(&["retire", &old, "--now"]);
    assert_eq!(ids(site), [new]);
    // Under the new key alone: everybody, with all that happened to them, and every code that was spent is.
    let verifier = config(&keys());
    for (name, (totp, at)) in has.lock().unwrap().iter() {
        assert!(verifier.audit_is_intact(&id(name)).unwrap(), "{name}");
        let login = verifier.begin_login(*at, &user(name), &client()).unwrap();
        assert_eq!(login.state, LoginState::ChallengeRequired);
        let spent = totp.at(*at);
        let again = verifier.verify(*at, &login.challenge, Method::Totp, &spent, &client());
        assert!(again.is_err(), "{name}: spent twice");
        signs_in(&verifier, name, totp, at.plus(60));
    }
}

#[test]
fn killed_a_hundred_times_a_rotation_loses_nothing_and_denies_nobody_who_had_a_right_code() {
    let site = Site::new();
    let store = site.store();
    killed_a_hundred_times(&site, &store);
}

#[test]
fn the_same_holds_on_mariadb() {
    let database = Fixture::mariadb();
    let site = Site::new();
    killed_a_hundred_times(&site, database.url());
}

#[test]
fn two_rotations_at_once_and_one_of_a_server_with_another_order_end_and_lose_nothing() {
    let site = Site::new();
    let mut has = BTreeMap::new();
    for n in 0..30 {
        let name = format!("user-{n:02}");
        has.insert(name.clone(), site.enrol(&name).totp);
    }
    let (old, new) = promoted(&site);
    let other = site.path("other-key");
    let turned: Vec<String> = lines(&site).into_iter().rev().collect();
    fs::write(&other, turned.join("\n")).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    let asked = [&["key", "rotate", "--json"][..], &SURE].concat();
    let start = |key: &Path| {
        let mut command = site.bare(&asked);
        command
            .arg("--store")
            .arg(site.store())
            .arg("--key-file")
            .arg(key);
        Child(
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
    };
    let key_file = site.key();
    let all = [&key_file, &key_file, &other].map(|key| start(key));
    for mut child in all {
        assert_eq!(child.0.wait().unwrap().code(), Some(0));
    }
    changed(&site, &["rotate"]);
    assert_eq!(key(&site, &old)["needed"], false);
    changed(&site, &["retire", &old, "--now"]);
    assert_eq!(ids(&site), [new]);
    let verifier = site.open();
    for (name, totp) in &has {
        signs_in(&verifier, name, totp, now().plus(60));
    }
}
