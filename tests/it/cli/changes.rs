//! What changes something: who, why, and what is there afterwards.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::{Site, client, documented, has_fields, id, now, user};
use twofactor::account::Denied;
use twofactor::crypto::KeyRing;
use twofactor::types::Method;
use twofactor::verifier::{Authority, CameOf, Error};

/// Every change that a user's account can have.
const CHANGES: [&str; 7] = [
    "unlock",
    "reset",
    "end-sign-ins",
    "temp-code",
    "suspend",
    "resume",
    "release",
];

#[test]
fn nothing_is_changed_without_a_reason_or_without_being_sure() {
    let site = Site::new();
    site.enrol("42");
    site.ask(&["user", "suspend", "42", "--reason", "x", "-y"]);
    let before = site.open().audit(None, 100, None).unwrap().len();
    for change in CHANGES {
        let ran = site.run(&["user", change, "42", "-y", "--json"]);
        assert_eq!((ran.code, ran.error().0.as_str()), (2, "usage"), "{change}");
        assert!(ran.error().1.contains("--reason"), "{change}");
        let ran = site.run(&["user", change, "42", "--reason", "x", "--json"]);
        if !matches!(change, "release" | "suspend") {
            assert_eq!(ran.code, 2, "{change}: {}", ran.err);
            assert!(ran.error().1.contains("--yes"), "{change}");
        }
    }
    let verifier = site.open();
    assert_eq!(verifier.audit(None, 100, None).unwrap().len(), before);
    assert_eq!(verifier.account(now(), &id("42")).unwrap().factors.len(), 2);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let site = Site::new();
    site.enrol("42");
    let before = site.open().audit(None, 100, None).unwrap().len();
    for change in ["unlock", "reset", "end-sign-ins", "temp-code", "suspend"] {
        let done = site.ask(&["user", change, "42", "--reason", "lost", "--dry-run"]);
        assert_eq!(done["dryRun"], true);
        assert_eq!(done["action"], format!("user.{change}"));
        assert!(done.get("code").is_none());
        let ran = site.run(&["user", change, "42", "--reason", "lost", "--dry-run"]);
        assert!(ran.out.starts_with("Would do: "), "{}", ran.out);
    }
    let verifier = site.open();
    assert_eq!(verifier.audit(None, 100, None).unwrap().len(), before);
    assert_eq!(verifier.account(now(), &id("42")).unwrap().methods.len(), 2);
}

#[test]
fn the_audit_has_who_did_it_and_why_and_that_it_was_on_the_server() {
    let site = Site::new();
    site.enrol("42");
    let done = site.ask(&[
        "user",
        "unlock",
        "42",
        "--reason",
        " ticket 7 ",
        "-y",
        "--by",
        "anna",
    ]);
    has_fields(&done, &format!("{} userId", documented("change")));
    let newest = |site: &Site| site.open().audit(None, 1, None).unwrap().remove(0);
    let event = newest(&site);
    assert_eq!(
        (event.kind.as_str(), event.authority),
        ("account.unlocked", Some(Authority::Server))
    );
    assert_eq!(
        (event.by.as_deref(), event.reason.as_deref()),
        (Some("anna"), Some("ticket 7"))
    );
    // Whoever does not say so is called what the system calls them.
    site.ask(&["user", "unlock", "42", "--reason", "x", "-y"]);
    let by = newest(&site).by.unwrap();
    let name = by.strip_prefix("operator:").unwrap();
    let uid = rustix::process::getuid().as_raw();
    let of_system = nix::unistd::User::from_name(name)
        .unwrap()
        .map(|it| it.uid.as_raw());
    assert_eq!(of_system.or(name.parse().ok()), Some(uid));
    // Behind sudo that is whoever called it, and a name that the system does not know is nobody's.
    if uid == 0 {
        let sudo = |caller: &str| {
            let asked = ["user", "unlock", "42", "--reason", "x", "-y"];
            assert!(
                site.command(&asked)
                    .env("SUDO_USER", caller)
                    .output()
                    .unwrap()
                    .status
                    .success()
            );
            newest(&site).by.unwrap()
        };
        assert_eq!(sudo("daemon"), "operator:daemon");
        assert_eq!(sudo("no such user"), by);
    }
}

#[test]
fn a_temporary_code_is_shown_once_and_leads_to_a_new_set_up() {
    let site = Site::new();
    site.enrol("42");
    let ran = site.run(&["user", "temp-code", "42", "--reason", "lost", "-y"]);
    let code = ran.out.trim();
    assert_eq!((ran.code, ran.err.as_str(), code.len()), (0, "", 19));
    let verifier = site.open();
    let login = verifier.begin_login(now(), &user("42"), &client()).unwrap();
    let answer = verifier.verify(
        now(),
        &login.challenge,
        Method::TemporaryCode,
        code,
        &client(),
    );
    assert!(matches!(
        answer,
        Err(Error::Denied(Denied::EnrolmentRequired))
    ));
    let done = site.ask(&[
        "user",
        "temp-code",
        "42",
        "--reason",
        "lost",
        "-y",
        "--minutes",
        "60",
    ]);
    has_fields(
        &done,
        &format!("{} userId code validSeconds", documented("change")),
    );
    assert_eq!(done["validSeconds"], 3600);
    // Nowhere else.
    let audit = site.run(&["audit", "export"]).out;
    assert!(!audit.contains(done["code"].as_str().unwrap()) && !audit.contains(code));
}

#[test]
fn what_is_on_a_lost_telephone_proves_nothing_until_it_is_resumed() {
    let site = Site::new();
    let has = site.enrol("42");
    let verifier = site.open();
    let done = site.ask(&["user", "suspend", "42", "--reason", "lost", "-y"]);
    has_fields(
        &done,
        &format!("{} userId epoch factors", documented("change")),
    );
    assert_eq!(done["factors"].as_array().unwrap().len(), 1);
    let methods = || verifier.account(now(), &id("42")).unwrap().methods;
    assert_eq!(methods(), [Method::BackupCode]);
    assert_eq!(
        site.run(&["user", "suspend", "42", "--reason", "lost", "-y"])
            .code,
        3
    );
    site.ask(&["user", "resume", "42", "--reason", "found", "-y"]);
    assert_eq!(methods(), [Method::Totp, Method::BackupCode]);
    let later = now().plus(30);
    let login = verifier.begin_login(later, &user("42"), &client()).unwrap();
    let code = has.totp.at(later);
    verifier
        .verify(later, &login.challenge, Method::Totp, &code, &client())
        .unwrap();
}

#[test]
fn sign_ins_end_and_factors_stay() {
    let site = Site::new();
    let has = site.enrol("42");
    let verifier = site.open();
    let login = verifier.begin_login(now(), &user("42"), &client()).unwrap();
    let code = &has.codes[0];
    let proof = verifier
        .verify(now(), &login.challenge, Method::BackupCode, code, &client())
        .unwrap();
    verifier
        .admit_session(now(), CameOf::Verified(&proof), b"cookie", &client())
        .unwrap();
    assert!(
        verifier
            .session_counts(now(), &id("42"), b"cookie")
            .unwrap()
    );
    let shown = site.ask(&["user", "show", "42"]);
    assert_eq!(shown["signIns"][0]["method"], "backup");
    site.ask(&[
        "user",
        "end-sign-ins",
        "42",
        "--reason",
        "laptop stolen",
        "-y",
    ]);
    assert!(
        !verifier
            .session_counts(now(), &id("42"), b"cookie")
            .unwrap()
    );
    assert_eq!(verifier.account(now(), &id("42")).unwrap().methods.len(), 2);
}

#[test]
fn a_block_ends_and_a_reset_leaves_the_password_alone() {
    let site = Site::new();
    site.enrol("42");
    let verifier = site.open();
    let login = verifier.begin_login(now(), &user("42"), &client()).unwrap();
    for _ in 0..5 {
        let _ = verifier.verify(
            now(),
            &login.challenge,
            Method::BackupCode,
            "AAAA-AAAA-AAAA-AAAA",
            &client(),
        );
    }
    assert!(
        verifier
            .account(now(), &id("42"))
            .unwrap()
            .locked_until(None)
            .is_some()
    );
    site.ask(&["user", "unlock", "42", "--reason", "seen", "-y"]);
    assert!(
        verifier
            .account(now(), &id("42"))
            .unwrap()
            .locked_until(None)
            .is_none()
    );
    let done = site.ask(&["user", "reset", "42", "--reason", "seen", "-y"]);
    has_fields(&done, &format!("{} userId epoch", documented("change")));
    assert!(!verifier.account(now(), &id("42")).unwrap().enrolled);
}

/// It has no power over a method that failed too often, and does not say that it had.
#[test]
fn unlocking_says_what_it_did_not_do() {
    let site = Site::new();
    let has = site.enrol("42");
    let unlock = || {
        let ran = site.run(&["user", "unlock", "42", "--reason", "x", "-y"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    let said = unlock();
    assert!(said.contains("User 42 was not blocked"), "{said}");
    let verifier = site.open();
    let mut at = now();
    let disabled = |at| verifier.account(at, &id("42")).unwrap().disabled;
    while disabled(at).is_empty() {
        let login = verifier.begin_login(at, &user("42"), &client()).unwrap();
        // One of next year.
        let wrong = has.totp.at(at.plus(31_536_000));
        let _ = verifier.verify(at, &login.challenge, Method::Totp, &wrong, &client());
        at = at.plus(3_601);
        assert!(at < now().plus(3_601 * 200), "it was never disabled");
    }
    let said = unlock();
    assert!(said.contains("stays disabled (totp)"), "{said}");
    assert!(said.contains("twofactor user temp-code 42"), "{said}");
}

#[test]
fn a_user_without_a_factor_is_no_stranger() {
    let site = Site::new();
    site.enrol("42");
    site.ask(&["user", "reset", "42", "--reason", "x", "-y"]);
    let ran = site.run(&["user", "unlock", "42", "--reason", "x", "-y"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err
            .contains("user 42 has no second factor: there is nothing to do"),
        "{}",
        ran.err
    );
    let ran = site.run(&["user", "show", "bob"]);
    assert!(
        ran.code == 3 && ran.err.contains("not the name"),
        "{}",
        ran.err
    );
    let ran = site.run(&["audit", "list", "--user", "bob"]);
    assert!(
        ran.code == 3 && ran.err.contains("not the name"),
        "{}",
        ran.err
    );
}

/// Where PHP on the command line serves requests, nobody on it is an operator, and this program is no way around that.
#[test]
fn a_site_whose_command_line_is_not_an_operator_s_refuses_every_change() {
    let site = Site::new();
    site.enrol("42");
    for change in ["unlock", "reset", "end-sign-ins", "temp-code", "suspend"] {
        let asked = [
            "--set",
            "cli_operators=0",
            "user",
            change,
            "42",
            "--reason",
            "x",
            "-y",
            "--json",
        ];
        let ran = site.run(&asked);
        assert_eq!(
            (ran.code, ran.error().0.as_str()),
            (1, "refused"),
            "{change}"
        );
        let said = ran.error().1;
        assert!(said.contains("cli_operators is 0"), "{change}: {said}");
    }
    assert_eq!(
        site.open().account(now(), &id("42")).unwrap().methods.len(),
        2
    );
}

#[test]
fn a_key_file_is_made_for_its_owner_alone_and_one_that_is_there_is_never_touched() {
    let site = Site::nowhere();
    let file = site.path("made");
    let name = file.display().to_string();
    let made = site.ask(&["key", "create", &name]);
    has_fields(&made, &documented("key create"));
    let ring = KeyRing::read_file(&file).unwrap();
    assert_eq!(made["key"], ring.first().unwrap().to_string());
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read(&file).unwrap();
    // A link that leads nowhere is something that is there, too.
    let link = site.path("link");
    symlink(site.path("elsewhere"), &link).unwrap();
    for taken in [&name, &link.display().to_string()] {
        let again = site.run(&["key", "create", taken, "--json"]);
        assert_eq!(again.code, 1, "{}", again.err);
        assert_eq!(again.error().0, "refused");
    }
    assert_eq!(fs::read(&file).unwrap(), text);
    assert!(!site.path("elsewhere").exists());
    let nowhere = site.path("no/folder/key").display().to_string();
    assert_eq!(site.run(&["key", "create", &nowhere]).code, 4);
    // Nothing else is left behind, and no secret was said.
    let secret = String::from_utf8(text).unwrap();
    let secret = secret.lines().last().unwrap().rsplit(' ').next().unwrap();
    assert!(secret.len() == 44 && !made.to_string().contains(secret));
    let left = fs::read_dir(site.folder.path()).unwrap();
    let mut left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["link", "made", "root", "store"]);
}
