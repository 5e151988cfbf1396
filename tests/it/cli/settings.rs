//! Which settings, store and keys are used, and what is said when they cannot be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::{Ran, Site, content, documented, has_fields, id, now, program};

const CHANGE: [&str; 7] = ["user", "unlock", "42", "--reason", "x", "-y", "--json"];

#[test]
fn php_s_own_files_are_enough() {
    let site = Site::new();
    site.enrol("42");
    site.write("etc/php/8.2/fpm/conf.d/20-twofactor.ini", &site.ini());
    let ran: Ran = site.bare(&CHANGE).output().unwrap().into();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran: Ran = site.bare(&["doctor", "--json"]).output().unwrap().into();
    let report = ran.json();
    assert_eq!(report["used"], "8.2/fpm");
    has_fields(&report["php"][0], &documented("php"));
    // What may hold a password is not among the values.
    assert!(report["php"][0]["settings"]["store"].is_null());
    assert_eq!(
        report["php"][0]["settings"]["key_file"],
        site.key().to_str().unwrap()
    );
    // So is the environment, where no file says anything.
    fs::remove_file(site.path("root/etc/php/8.2/fpm/conf.d/20-twofactor.ini")).unwrap();
    let mut command = site.bare(&CHANGE);
    command
        .env("TWOFACTOR_STORE", site.store())
        .env("TWOFACTOR_KEY_FILE", site.key());
    assert!(command.output().unwrap().status.success());
}

#[test]
fn settings_that_differ_are_looked_at_with_a_warning_and_refused_for_a_change() {
    let site = Site::new();
    site.enrol("42");
    site.write("etc/php/8.2/fpm/conf.d/20-twofactor.ini", &site.ini());
    let other = format!("{}twofactor.site = other\n", site.ini());
    site.write("etc/php/8.2/cli/conf.d/20-twofactor.ini", &other);
    let look: Ran = site.bare(&["user", "show", "42"]).output().unwrap().into();
    assert_eq!(look.code, 0, "{}", look.err);
    assert!(
        look.err
            .contains("differ between 8.2/fpm and 8.2/cli: site"),
        "{}",
        look.err
    );
    let before = content(&site.path("store"));
    let change: Ran = site.bare(&CHANGE).output().unwrap().into();
    let (word, message) = change.error();
    assert_eq!((change.code, word.as_str()), (5, "unclear"));
    assert!(
        message.contains("--ini") && message.contains("site"),
        "{message}"
    );
    assert!(before == content(&site.path("store")));
    let folder = site.path("root/etc/php/8.2/fpm").display().to_string();
    let named: Ran = site
        .bare(&[&CHANGE[..], &["--ini", &folder]].concat())
        .output()
        .unwrap()
        .into();
    assert_eq!(named.code, 0, "{}", named.err);
    let report: Ran = site.bare(&["doctor"]).output().unwrap().into();
    assert!(
        report.out.contains("differ between 8.2/fpm and 8.2/cli"),
        "{}",
        report.out
    );
}

#[test]
fn what_only_php_can_compute_is_not_guessed() {
    let site = Site::new();
    site.enrol("42");
    site.write("etc/php/8.2/fpm/php.ini", "twofactor.site = ${SITE}\n");
    site.write("etc/php/8.2/fpm/conf.d/20-twofactor.ini", &site.ini());
    let ran: Ran = site.bare(&CHANGE).output().unwrap().into();
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert!(ran.error().1.contains("twofactor.site"));
    let ran: Ran = site
        .bare(&[&CHANGE[..], &["--site", "default"]].concat())
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn no_store_is_made_where_there_is_none() {
    let site = Site::nowhere();
    for arguments in [
        &["user", "list", "--json"][..],
        &CHANGE,
        &["key", "list", "--json"],
    ] {
        let ran = site.run(arguments);
        let (word, message) = ran.error();
        assert_eq!(
            (ran.code, word.as_str()),
            (4, "unavailable"),
            "{arguments:?}"
        );
        assert!(message.contains("--store"), "{message}");
    }
    assert_eq!(content(&site.path("store")), []);
    assert!(!site.key().exists());
    let memory: Ran = site
        .bare(&["--store", "memory:", "user", "list"])
        .output()
        .unwrap()
        .into();
    assert_eq!(memory.code, 4);
    let doctor = site.run(&["doctor", "--json"]);
    assert_eq!(doctor.code, 1);
    assert_eq!(
        (&doctor.json()["ok"], &doctor.json()["canVerify"]),
        (&false.into(), &false.into())
    );
}

#[test]
fn a_site_that_nobody_has_signed_in_to_has_no_store_yet_and_one_that_lost_it_has_a_problem() {
    let site = Site::nowhere();
    twofactor::crypto::KeyRing::create_file(&site.key()).unwrap();
    let ran = site.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("there is no store yet"), "{}", ran.out);
    assert_eq!(content(&site.path("store")), []);
    drop(site.open());
    fs::remove_file(site.path("store/a.sqlite")).unwrap();
    let ran = site.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(!ran.out.contains("no store yet"), "{}", ran.out);
}

#[test]
fn what_an_option_says_is_called_an_option_and_a_licence_of_the_store_can_be_named() {
    let site = Site::new();
    let ran = site.run(&["doctor", "--settings", "--set", "max_attempts=4"]);
    assert!(ran.out.contains("max_attempts = 4 (option)"), "{}", ran.out);
    let ran = site.run(&["licence", "show", "--set", "licence_key=stored"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_key_that_is_wrong_missing_or_open_to_all_is_said_and_opens_nothing() {
    let site = Site::new();
    site.enrol("42");
    let key = fs::read(site.key()).unwrap();
    // Another one.
    fs::remove_file(site.key()).unwrap();
    twofactor::crypto::KeyRing::create_file(&site.key()).unwrap();
    let doctor = site.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(
        doctor.out.contains("put the old key back"),
        "{}",
        doctor.out
    );
    let listed = site.run(&["key", "list", "--json"]);
    assert_eq!(listed.code, 1, "{}", listed.err);
    let keys = listed.json();
    let missing = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["present"] == false);
    assert_eq!(missing.unwrap()["needed"], true);
    let shown = site.ask(&["user", "show", "42"]);
    assert_eq!(shown["account"]["readable"], false);
    assert_eq!(
        site.run(&["user", "suspend", "42", "--reason", "x", "-y"])
            .code,
        4
    );
    assert_eq!(site.run(&["audit", "verify"]).code, 1);
    // The right one, which everybody may read.
    fs::write(site.key(), &key).unwrap();
    fs::set_permissions(site.key(), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = site.run(&["user", "show", "42", "--json"]);
    assert_eq!(ran.code, 4);
    assert!(ran.error().1.contains("chmod o-rwx"));
    fs::remove_file(site.key()).unwrap();
    let ran = site.run(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("restore it from a backup"), "{}", ran.out);
    let keys = String::from_utf8(key).unwrap().replace('\n', ";");
    let keys = keys
        .split(';')
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join(";");
    let mut command = site.bare(&["user", "show", "42"]);
    command
        .env("TWOFACTOR_STORE", site.store())
        .env("TWOFACTOR_KEYS", &keys);
    assert!(command.output().unwrap().status.success());
    command.env("TWOFACTOR_KEYS", "half = a key");
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, 4);
    assert!(!ran.err.contains("half"), "{}", ran.err);
}

#[test]
fn a_setting_that_is_wrong_is_named_and_nothing_is_opened() {
    let site = Site::new();
    site.write(
        "etc/php/8.2/fpm/conf.d/a.ini",
        &format!(
            "{}twofactor.max_attempts = many\ntwofactor.max_atempts = 3\n",
            site.ini()
        ),
    );
    let ran: Ran = site
        .bare(&["user", "list", "--json"])
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, 4);
    assert!(ran.error().1.contains("max_attempts"));
    let ran: Ran = site.bare(&["doctor"]).output().unwrap().into();
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("`max_attempts` must be"), "{}", ran.out);
    // The mistyped one is told with what was meant.
    assert!(ran.out.contains("max_atempts"), "{}", ran.out);
    // Another variable of a CGI process is anybody's.
    let mut command = site.bare(&["user", "list", "--json"]);
    command
        .env("TWOFACTOR_SITE", "x")
        .env("GATEWAY_INTERFACE", "CGI/1.1");
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, 4);
    assert!(ran.error().1.contains("TWOFACTOR_SITE"));
}

#[test]
fn a_store_that_is_down_is_unavailable_and_its_password_is_in_no_word() {
    let site = Site::new();
    let store = "mysql://anna:c4nary@127.0.0.1:9/d";
    for arguments in [&["user", "list", "--json"][..], &["doctor"], &CHANGE] {
        let mut command = site.bare(arguments);
        command
            .env("TWOFACTOR_STORE", store)
            .env("TWOFACTOR_KEY_FILE", site.key());
        let ran: Ran = command.output().unwrap().into();
        let wanted = if arguments == ["doctor"] { 1 } else { 4 };
        assert_eq!(ran.code, wanted, "{arguments:?}: {} {}", ran.out, ran.err);
        assert!(!ran.out.contains("c4nary") && !ran.err.contains("c4nary"));
    }
}

/// Runs the program where the store's folder cannot be written to.
fn read_only(site: &Site, arguments: &[&str]) -> Ran {
    let folder = site.path("store");
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
        .arg(&folder)
        .arg(program());
    command
        .args(asked.get_args())
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.output().unwrap().into()
}

#[test]
fn a_disk_that_cannot_be_written_to_is_said_and_changes_fail() {
    let site = Site::new();
    site.enrol("42");
    let doctor = read_only(&site, &["doctor"]);
    assert_eq!(doctor.code, 1, "{} {}", doctor.out, doctor.err);
    assert!(doctor.out.contains("mounted read-only"), "{}", doctor.out);
    let ran = read_only(&site, &CHANGE);
    assert_eq!(
        (ran.code, ran.error().0.as_str()),
        (4, "unavailable"),
        "{}",
        ran.err
    );
    assert_eq!(
        site.open().account(now(), &id("42")).unwrap().methods.len(),
        2
    );
}

#[test]
fn whoever_may_not_read_the_key_gets_nothing_by_this_program() {
    if !rustix::process::geteuid().is_root() {
        // Root alone can become somebody else; everybody else is that somebody in the tests above.
        return;
    }
    let site = Site::new();
    site.enrol("42");
    for path in [site.folder.path(), &site.path("root"), &site.path("store")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert!(Path::new(program()).exists());
    let asked = site.command(&["user", "show", "42", "--json"]);
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.arg(program()).args(asked.get_args()).env_clear();
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(
        (ran.code, ran.error().0.as_str()),
        (4, "unavailable"),
        "{} {}",
        ran.out,
        ran.err
    );
}
