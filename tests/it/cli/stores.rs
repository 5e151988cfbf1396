//! Moving a store, copies of it, and whether they work.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mysql::prelude::Queryable as _;
use twofactor::clock::UnixTime;
use twofactor::crypto::KeyRing;
use twofactor::types::Method;

use crate::stores_support::{Fixture, mariadb_url, server};

use super::{Child, Ran, Site, content, documented, has_fields, id, now};
use twofactor::config::Config;
use twofactor::verifier::Verifier;

const SURE: [&str; 3] = ["--reason", "moving", "-y"];

fn copy_to(site: &Site, to: &str) -> Ran {
    site.run(&[&["store", "copy", "--to", to, "--json"][..], &SURE].concat())
}

fn opened(site: &Site, store: &str) -> Verifier {
    opened_as(site, store, "default")
}

fn opened_as(site: &Site, store: &str, name: &str) -> Verifier {
    let key = site.key().display().to_string();
    let config = Config::parse([("store", store), ("key_file", &key), ("site", name)]).unwrap();
    Verifier::open(config, None, false).unwrap()
}

fn target(site: &Site, name: &str) -> String {
    let folder = site.path(name);
    fs::create_dir(&folder).unwrap();
    format!("sqlite:{}", folder.join("b.sqlite").display())
}

#[test]
fn a_store_is_copied_whole_and_works_in_its_new_place() {
    let site = Site::new();
    let has = site.enrol("42");
    site.enrol("43");
    let remembered = site.open().store_id().unwrap();
    let to = target(&site, "new");
    let dry = site.run(&["store", "copy", "--to", &to, "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.out.contains("Stop what writes"));
    let ran = copy_to(&site, &to);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let copied = ran.json();
    has_fields(
        &copied,
        &format!("{} {}", documented("change"), documented("store copy")),
    );
    assert_eq!(
        (&copied["rows"], &copied["verified"]),
        (&copied["written"], &true.into())
    );
    let verifier = opened(&site, &to);
    // The host finds the store that it remembers.
    assert_eq!(verifier.store_id().unwrap(), remembered);
    for user in ["42", "43"] {
        assert!(verifier.audit_is_intact(&id(user)).unwrap());
    }
    let login = verifier
        .begin_login(now(), &super::user("42"), &super::client())
        .unwrap();
    let method = twofactor::types::Method::BackupCode;
    verifier
        .verify(
            now(),
            &login.challenge,
            method,
            &has.codes[0],
            &super::client(),
        )
        .unwrap();
    drop(verifier);
    // What has something in it is written to by no second copy.
    let before = site.open().audit(None, 100, None).unwrap().len();
    let again = copy_to(&site, &to);
    assert_eq!((again.code, again.error().0.as_str()), (4, "unavailable"));
    assert!(again.error().1.contains("not empty"));
    assert_eq!(site.open().audit(None, 100, None).unwrap().len(), before);
}

#[test]
fn a_store_goes_to_mariadb_and_back_and_is_the_same() {
    let database = Fixture::mariadb();
    let site = Site::new();
    for n in 0..20 {
        site.enrol(&format!("user-{n}"));
    }
    let ran = site
        .command(&[&["store", "copy", "--to", "-", "--json"][..], &SURE].concat())
        .env("TWOFACTOR_COPY_TO", database.url())
        .output();
    let ran: Ran = ran.unwrap().into();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let back = target(&site, "back");
    let mut command = site.bare(&[&["store", "copy", "--to", &back, "--json"][..], &SURE].concat());
    command
        .env("TWOFACTOR_STORE", database.url())
        .env("TWOFACTOR_KEY_FILE", site.key());
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let events = |verifier: &Verifier| format!("{:?}", verifier.audit(None, 1000, None).unwrap());
    assert_eq!(events(&opened(&site, &back)), events(&site.open()));
    assert_eq!(
        opened(&site, &back)
            .accounts(now(), "", 100, None)
            .unwrap()
            .len(),
        20
    );
}

#[test]
fn a_copy_that_was_killed_goes_on_where_it_stopped() {
    let site = Site::new();
    for n in 0..40 {
        site.enrol(&format!("user-{n:02}"));
    }
    let to = target(&site, "new");
    let asked = [&["store", "copy", "--to", &to, "--json"][..], &SURE].concat();
    let written = || {
        let log = fs::metadata(site.path("new/b.sqlite-wal"));
        log.map_or(0, |log| log.len())
    };
    let start = || Child(site.command(&asked).stdout(Stdio::piped()).spawn().unwrap());
    // Each is killed when it has written a little more than the one before.
    for step in 1..=6 {
        let mut child = start();
        let enough = written() + step * 4_096;
        while written() < enough && child.0.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.0.kill();
        child.0.wait().unwrap();
    }
    let mut last = start();
    let mut out = String::new();
    last.0
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    // The last kill may have come too late: then it is done, and no second copy is written into it.
    if last.0.wait().unwrap().success() {
        let done: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(done["verified"], true);
    }
    let verifier = opened(&site, &to);
    assert_eq!(verifier.accounts(now(), "", 100, None).unwrap().len(), 40);
    for n in 0..40 {
        assert!(
            verifier
                .audit_is_intact(&id(&format!("user-{n:02}")))
                .unwrap()
        );
    }
}

/// The mark of a copy into a store, as a kill leaves it.
const MARK: &str =
    "INSERT INTO shared_row (site, name, version, body) VALUES ('', 'copying', 1, x'')";

#[test]
fn a_copy_that_was_interrupted_is_a_store_to_nobody_and_goes_on() {
    let site = Site::new();
    site.enrol("42");
    site.enrol("43");
    let to = target(&site, "half");
    assert_eq!(copy_to(&site, &to).code, 0);
    let file = site.path("half/b.sqlite");
    let key = site.key().display().to_string();
    let interrupt = |sql: &str| {
        let database = rusqlite::Connection::open(&file).unwrap();
        database.execute_batch(sql).unwrap();
    };
    interrupt(&format!(
        "{MARK}; DELETE FROM account WHERE user = '43'; DELETE FROM audit WHERE user = '43'"
    ));
    let config = Config::parse([("store", to.as_str()), ("key_file", &key)]).unwrap();
    // Who has not come along yet would have no second factor.
    let refused = Verifier::open(config, None, false).unwrap_err();
    assert!(matches!(
        refused,
        twofactor::verifier::Error::Configuration(_)
    ));
    assert!(refused.to_string().contains("was interrupted"), "{refused}");
    let with_store = |store: &str, arguments: &[&str]| -> Ran {
        let mut command = site.bare(arguments);
        command.args(["--store", store, "--key-file", &key]);
        command.output().unwrap().into()
    };
    let next = target(&site, "next");
    for arguments in [
        &["user", "show", "43"][..],
        &["audit", "verify"],
        &[&["store", "copy", "--to", next.as_str()][..], &SURE].concat(),
    ] {
        let ran = with_store(&to, arguments);
        assert_eq!(ran.code, 4, "{arguments:?}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains("was interrupted"), "{}", ran.err);
    }
    let shown = file.display().to_string();
    let check = site.run(&["store", "restore", "--check", &shown, "--json"]);
    let (code, message) = check.error();
    assert_eq!((check.code, code.as_str()), (1, "refused"), "{message}");
    assert!(
        message.contains(&shown) && message.contains("interrupted"),
        "{message}"
    );
    // It goes on, and is whole.
    let on = copy_to(&site, &to);
    assert_eq!(on.code, 0, "{}", on.err);
    assert!(
        opened(&site, &to)
            .account(now(), &id("43"))
            .unwrap()
            .enrolled
    );
    // Not over what somebody set up there.
    enrol_there(&site, &to, "44");
    interrupt(MARK);
    let kept = copy_to(&site, &to);
    assert_eq!(kept.code, 4, "{} {}", kept.out, kept.err);
    assert!(kept.error().1.contains("somebody else"), "{}", kept.err);
    interrupt("DELETE FROM shared_row WHERE name = 'copying'");
    assert!(
        opened(&site, &to)
            .account(now(), &id("44"))
            .unwrap()
            .enrolled
    );
}

fn enrol_there(site: &Site, store: &str, user: &str) {
    super::enrol(&opened(site, store), user);
}

#[test]
fn a_copy_into_mariadb_that_was_interrupted_is_a_store_to_nobody_and_goes_on() {
    let database = Fixture::mariadb();
    let site = Site::new();
    site.enrol("42");
    let copy = || -> Ran {
        let mut command =
            site.command(&[&["store", "copy", "--to", "-", "--json"][..], &SURE].concat());
        command.env("TWOFACTOR_COPY_TO", database.url());
        command.output().unwrap().into()
    };
    assert_eq!(copy().code, 0);
    let mark = MARK.replace(
        "shared_row",
        &format!("`{}twofactor_shared_row`", database.prefix()),
    );
    server().query_drop(mark).unwrap();
    let key = site.key().display().to_string();
    let config = || Config::parse([("store", database.url()), ("key_file", &key)]).unwrap();
    let refused = Verifier::open(config(), None, false).unwrap_err();
    assert!(refused.to_string().contains("was interrupted"), "{refused}");
    let on = copy();
    assert_eq!(on.code, 0, "{}", on.err);
    assert_eq!(on.json()["written"], 0);
    Verifier::open(config(), None, false).unwrap();
}

#[test]
fn a_backup_goes_through_nothing_that_somebody_put_beside_it() {
    use std::os::unix::fs::{MetadataExt as _, symlink};
    let site = Site::new();
    site.enrol("42");
    let folder = site.path("copies");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("b.sqlite");
    let (shown, victim) = (file.display().to_string(), site.path("victim"));
    fs::write(&victim, "theirs").unwrap();
    let backup = || site.run(&[&["store", "backup", &shown, "--json"][..], &SURE].concat());
    // SQLite would read a log of another store into it.
    for suffix in ["-wal", "-shm", "-journal", ".lock"] {
        let stale = folder.join(format!("b.sqlite{suffix}"));
        fs::write(&stale, "of a store that was called so").unwrap();
        let (code, message) = backup().error();
        assert_eq!(code, "refused", "{message}");
        assert!(message.contains(&stale.display().to_string()), "{message}");
        assert!(!file.exists());
        fs::remove_file(&stale).unwrap();
    }
    // Neither a name that was used once nor one that is there is written through.
    symlink(&victim, folder.join("b.sqlite.unfinished")).unwrap();
    symlink(site.path("nowhere"), &file).unwrap();
    assert_eq!(backup().code, 1);
    assert!(!site.path("nowhere").exists());
    fs::remove_file(&file).unwrap();
    let made = backup();
    assert_eq!(made.code, 0, "{}", made.err);
    let found = fs::symlink_metadata(&file).unwrap();
    assert!(found.is_file() && found.nlink() == 1 && found.mode() & 0o777 == 0o600);
    assert_eq!(fs::read(&victim).unwrap(), b"theirs");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    // Everybody may put something else in its place.
    fs::remove_file(&file).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let open = backup();
    assert_eq!(open.code, 4, "{}", open.err);
    assert!(
        open.err.contains("chmod o-w") && !file.exists(),
        "{}",
        open.err
    );
}

#[test]
fn what_is_looked_at_is_read_once_and_copied_where_its_owner_may_not_write() {
    use std::os::unix::fs::{chown, symlink};
    let site = Site::new();
    site.enrol("42");
    let folder = site.path("theirs");
    fs::create_dir(&folder).unwrap();
    let (file, link) = (folder.join("b.sqlite"), folder.join("link"));
    let shown = file.display().to_string();
    let made = site.run(&[&["store", "backup", &shown][..], &SURE].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    symlink(&file, &link).unwrap();
    let check = |path: &Path| {
        let path = path.display().to_string();
        site.run(&["store", "restore", "--check", &path, "--json"])
    };
    assert_eq!(check(&link).error().0, "refused");
    let before = content(&folder);
    let changed = || fs::metadata(&folder).unwrap().modified().unwrap();
    if rustix::process::geteuid().is_root() {
        chown(&folder, Some(65534), None).unwrap();
    } else {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
    }
    let at = changed();
    let good = check(&file);
    assert_eq!(good.code, 0, "{} {}", good.out, good.err);
    // Nothing was made there, not even for a moment.
    assert!(changed() == at && content(&folder) == before);
}

#[test]
fn a_copy_that_is_empty_damaged_or_without_its_log_is_not_usable() {
    let site = Site::new();
    let file = site.path("copy.sqlite");
    let shown = file.display().to_string();
    let check = || site.run(&["store", "restore", "--check", &shown, "--json"]);
    let dump = || {
        let _ = fs::remove_file(&file);
        let database = rusqlite::Connection::open(site.path("store/a.sqlite")).unwrap();
        database.execute("VACUUM INTO ?1", [&shown]).unwrap();
    };
    // Nobody is in it.
    dump();
    let nobody = check();
    assert_eq!(nobody.code, 1, "{} {}", nobody.out, nobody.err);
    assert_eq!(
        (&nobody.json()["usable"], &nobody.json()["empty"]),
        (&false.into(), &true.into())
    );
    for n in 0..60 {
        site.enrol(&format!("user-{n}"));
    }
    dump();
    let good = check();
    assert_eq!(good.code, 0, "{} {}", good.out, good.err);
    let refused = |said: &str| {
        let ran = check();
        let (code, message) = ran.error();
        assert_eq!((ran.code, code.as_str()), (1, "refused"), "{message}");
        assert!(message.contains(said), "{message}");
    };
    // A page in the middle that holds something else: of a table that is not asked for accounts.
    let mut bytes = fs::read(&file).unwrap();
    let pages = bytes.len() / 2048;
    for page in [pages / 3, pages / 2, pages - 2] {
        let whole = bytes.clone();
        bytes[page * 2048..(page + 1) * 2048].fill(0xa5);
        fs::write(&file, &bytes).unwrap();
        refused("is damaged");
        bytes = whole;
    }
    fs::write(&file, &bytes).unwrap();
    assert_eq!(check().code, 0);
    let log = site.path("copy.sqlite-wal");
    fs::write(&log, "changes that are not in the file").unwrap();
    refused("copied without its log");
    fs::write(&log, "").unwrap();
    assert_eq!(check().code, 0);
}

#[test]
fn a_backup_is_one_file_that_works_with_its_key_and_no_other() {
    let site = Site::new();
    site.enrol("42");
    let file = site.path("backup.sqlite").display().to_string();
    let made = site.run(&[&["store", "backup", &file, "--json"][..], &SURE].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    has_fields(
        &made.json(),
        &format!("{} {}", documented("change"), documented("store copy")),
    );
    let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let beside = fs::read_dir(site.folder.path()).unwrap();
    let beside = beside.filter(|it| {
        it.as_ref()
            .unwrap()
            .file_name()
            .to_str()
            .unwrap()
            .starts_with("backup")
    });
    assert_eq!(beside.count(), 1);
    let bytes = fs::read(&file).unwrap();
    let check = |site: &Site| site.run(&["store", "restore", "--check", &file, "--json"]);
    let good = check(&site);
    assert_eq!(good.code, 0, "{} {}", good.out, good.err);
    has_fields(&good.json(), &documented("store restore --check"));
    assert_eq!(
        (&good.json()["usable"], &good.json()["accounts"]),
        (&true.into(), &1.into())
    );
    // Looking wrote nothing, there or beside it.
    assert!(fs::read(&file).unwrap() == bytes);
    // Another key opens nothing.
    let key = fs::read(site.key()).unwrap();
    fs::remove_file(site.key()).unwrap();
    twofactor::crypto::KeyRing::create_file(&site.key()).unwrap();
    let bad = check(&site);
    assert_eq!(bad.code, 1, "{} {}", bad.out, bad.err);
    assert_eq!(
        (&bad.json()["usable"], &bad.json()["unreadableCount"]),
        (&false.into(), &1.into())
    );
    assert_eq!(bad.json()["missingKeys"].as_array().unwrap().len(), 1);
    fs::write(site.key(), key).unwrap();
    // A file that was cut short is none.
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let cut = check(&site);
    assert_ne!(cut.code, 0, "{}", cut.out);
    fs::write(
        &file,
        "no database at all, but long enough to be looked at as if it were one",
    )
    .unwrap();
    assert_eq!(check(&site).code, 4);
    fs::write(&file, &bytes).unwrap();
    // It is put back by copying it.
    let to = target(&site, "new");
    let from = format!("sqlite:{file}");
    let back = site.run(&[&["store", "copy", "--from", &from, "--to", &to][..], &SURE].concat());
    assert_eq!(back.code, 0, "{}", back.err);
    assert!(
        opened(&site, &to)
            .account(now(), &id("42"))
            .unwrap()
            .enrolled
    );
    let over = site.run(&[&["store", "backup", &file][..], &SURE].concat());
    assert_eq!(over.code, 1, "{}", over.err);
}

/// Of a disk that was full, or a job that ran at the wrong store: it opens, and has nothing.
#[test]
fn a_copy_of_nothing_is_no_copy() {
    let site = Site::new();
    let file = site.path("empty.sqlite");
    let shown = file.display().to_string();
    let check = || site.run(&["store", "restore", "--check", &shown, "--json"]);
    fs::write(&file, "").unwrap();
    let nothing = check();
    assert_eq!(nothing.code, 1, "{} {}", nothing.out, nothing.err);
    fs::remove_file(&file).unwrap();
    site.ask(&["store", "backup", &shown, "-y"]);
    let of_nobody = check();
    assert_eq!(of_nobody.code, 1, "{} {}", of_nobody.out, of_nobody.err);
    for ran in [nothing, of_nobody] {
        let judged = ran.json();
        assert_eq!(
            (&judged["usable"], &judged["empty"]),
            (&false.into(), &true.into())
        );
    }
    let said = site.run(&["store", "restore", "--check", &shown]).out;
    assert!(said.contains("this copy is empty"), "{said}");
}

#[test]
fn a_copy_is_looked_at_with_the_key_beside_the_store_or_the_one_that_is_named() {
    let site = Site::nowhere();
    let store = site.store();
    let config = Config::parse([("store", store.as_str())]).unwrap();
    super::enrol(&Verifier::open(config, None, false).unwrap(), "42");
    let file = site.path("copy.sqlite").display().to_string();
    let run = |arguments: &[&str]| -> Ran {
        let mut command = site.bare(arguments);
        command.arg("--store").arg(&store).output().unwrap().into()
    };
    let made = run(&["store", "backup", &file, "-y"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let check = ["store", "restore", "--check", &file];
    let good = run(&check);
    assert_eq!(good.code, 0, "{} {}", good.out, good.err);
    fs::rename(site.path("store/a.sqlite.key"), site.path("elsewhere")).unwrap();
    let keyless = run(&check);
    assert_eq!(keyless.code, 4, "{}", keyless.err);
    assert!(
        keyless.err.contains("name it with --key-file"),
        "{}",
        keyless.err
    );
    assert!(!keyless.err.contains(".twofactor-"), "{}", keyless.err);
    let key = site.path("elsewhere").display().to_string();
    let named = run(&[&check[..], &["--key-file", &key]].concat());
    assert_eq!(named.code, 0, "{} {}", named.out, named.err);
}

fn proves(verifier: &Verifier, method: Method, proof: &str, at: UnixTime) -> bool {
    let login = verifier.begin_login(at, &super::user("42"), &super::client());
    let challenge = login.unwrap().challenge;
    let answer = verifier.verify(at, &challenge, method, proof, &super::client());
    answer.is_ok()
}

/// A dump is made, codes are spent after it, and it is read elsewhere: a code is good again as far as its time is not over.
fn an_old_dump_knows_nothing_of_what_came_after_it(
    verifier: &Verifier,
    (key, name): (&Path, &str),
    dump: impl FnOnce() -> String,
) {
    let has = super::enrol(verifier, "42");
    let began = now().plus(60);
    assert!(proves(verifier, Method::BackupCode, &has.codes[0], began));
    let restored = dump();
    let code = has.totp.at(began.plus(60));
    for (method, proof) in [
        (Method::BackupCode, has.codes[1].as_str()),
        (Method::Totp, code.as_str()),
    ] {
        assert!(proves(verifier, method, proof, began.plus(60)));
        assert!(!proves(verifier, method, proof, began.plus(61)));
    }
    let elsewhere = Site::nowhere();
    fs::copy(key, elsewhere.key()).unwrap();
    let check = elsewhere.run(&[
        "store", "restore", "--check", &restored, "--json", "--site", name,
    ]);
    assert_eq!(check.code, 0, "{} {}", check.out, check.err);
    assert_eq!(check.json()["accounts"], 1);
    let to = target(&elsewhere, "new");
    let from = if restored.starts_with("mysql:") {
        restored
    } else {
        format!("sqlite:{restored}")
    };
    let back =
        elsewhere.run(&[&["store", "copy", "--from", &from, "--to", &to][..], &SURE].concat());
    assert_eq!(back.code, 0, "{}", back.err);
    let verifier = opened_as(&elsewhere, &to, name);
    assert_eq!(verifier.store_id().unwrap().len(), 32);
    assert!(!proves(
        &verifier,
        Method::BackupCode,
        &has.codes[0],
        began.plus(120)
    ));
    assert!(
        !proves(&verifier, Method::Totp, &code, began.plus(150)),
        "its time is over"
    );
    assert!(proves(&verifier, Method::Totp, &code, began.plus(90)));
    assert!(proves(
        &verifier,
        Method::BackupCode,
        &has.codes[1],
        began.plus(150)
    ));
    assert!(verifier.audit_is_intact(&id("42")).unwrap());
}

#[test]
fn a_dump_by_sqlite_itself_works_elsewhere_and_knows_nothing_of_what_came_after_it() {
    let site = Site::new();
    an_old_dump_knows_nothing_of_what_came_after_it(&site.open(), (&site.key(), "default"), || {
        let file = site.path("dump.sqlite").display().to_string();
        let database = rusqlite::Connection::open(site.path("store/a.sqlite")).unwrap();
        database.execute("VACUUM INTO ?1", [&file]).unwrap();
        file
    });
}

#[test]
fn a_dump_by_mariadb_itself_works_elsewhere_and_knows_nothing_of_what_came_after_it() {
    let (database, elsewhere) = (Fixture::mariadb(), Fixture::mariadb());
    let site = Site::nowhere();
    KeyRing::create_file(&site.key()).unwrap();
    // A site of its own: others beside it in the same database have accounts of the usual one.
    let verifier = opened_as(&site, database.url(), "dumped");
    an_old_dump_knows_nothing_of_what_came_after_it(&verifier, (&site.key(), "dumped"), || {
        let opts = mysql::Opts::from_url(&mariadb_url()).unwrap();
        let tables: Vec<String> = server()
            .query("SHOW TABLES")
            .unwrap()
            .into_iter()
            .filter(|table: &String| table.starts_with(database.prefix()))
            .collect();
        let (user, password) = (opts.get_user().unwrap(), opts.get_pass().unwrap());
        let (host, port) = (opts.get_ip_or_hostname().into_owned(), opts.get_tcp_port());
        let dump = Command::new("mariadb-dump")
            .args(["--no-defaults", "--single-transaction", "--hex-blob"])
            .args(["--host", &host, "--port", &port.to_string(), "--user", user])
            .arg(format!("--password={password}"))
            .arg(opts.get_db_name().unwrap())
            .args(&tables)
            .output()
            .unwrap();
        assert!(dump.status.success(), "{dump:?}");
        // Another database: of another name of its tables, so that the tests need no rights to make one.
        let dump = String::from_utf8(dump.stdout).unwrap();
        let dump = dump.replace(database.prefix(), elsewhere.prefix());
        let mut read = Command::new("mariadb")
            .args([
                "--no-defaults",
                "--host",
                &host,
                "--port",
                &port.to_string(),
            ])
            .args(["--user", user, &format!("--password={password}")])
            .arg(opts.get_db_name().unwrap())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        read.stdin
            .take()
            .unwrap()
            .write_all(dump.as_bytes())
            .unwrap();
        assert!(read.wait().unwrap().success());
        let file = site.path("password");
        fs::write(&file, password).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let without = elsewhere.url().replace(&format!(":{password}@"), "@");
        format!("{without}&password_file={}", file.display())
    });
}

#[test]
fn what_a_copy_lacks_is_named() {
    let site = Site::new();
    for user in ["41", "42", "43"] {
        site.enrol(user);
    }
    let file = site.path("copy.sqlite");
    let shown = file.display().to_string();
    let checked = |sql: &str| {
        let _ = fs::remove_file(&file);
        let database = rusqlite::Connection::open(site.path("store/a.sqlite")).unwrap();
        database.execute("VACUUM INTO ?1", [&shown]).unwrap();
        let copy = rusqlite::Connection::open(&file).unwrap();
        copy.execute_batch(sql).unwrap();
        drop(copy);
        let before = fs::read(&file).unwrap();
        let ran = site.run(&["store", "restore", "--check", &shown, "--json"]);
        assert!(fs::read(&file).unwrap() == before, "{sql}");
        ran
    };
    assert_eq!(checked("").code, 0);
    for (sql, field, said) in [
        ("DELETE FROM shared_row", "missingRows", "[\"shared_row\"]"),
        ("DELETE FROM account WHERE user = '42'", "brokenChains", "1"),
        ("DELETE FROM account", "brokenChains", "3"),
        ("DELETE FROM audit WHERE user = '42'", "brokenChains", "1"),
        (
            "UPDATE account SET sealed = substr(sealed, 1, 40) WHERE user = '42'",
            "unreadable",
            "[\"42\"]",
        ),
    ] {
        let ran = checked(sql);
        assert_eq!(ran.code, 1, "{sql}: {} {}", ran.out, ran.err);
        assert_eq!(ran.json()["usable"], false, "{sql}");
        assert_eq!(ran.json()[field].to_string(), said, "{sql}");
    }
    for table in ["account", "audit", "shared_row"] {
        let ran = checked(&format!("DROP TABLE {table}"));
        let (code, message) = ran.error();
        assert_eq!(code, "unavailable");
        assert!(message.contains("not a whole copy"), "{message}");
    }
    // Another site's, and no key.
    assert_eq!(checked("").code, 0);
    let other = site.run(&[
        "--site", "other", "store", "restore", "--check", &shown, "--json",
    ]);
    assert!(
        other.error().1.contains("accounts of the site default"),
        "{}",
        other.err
    );
    fs::remove_file(site.key()).unwrap();
    let keyless = site.run(&["store", "restore", "--check", &shown, "--json"]);
    assert!(keyless.error().1.contains("key file"), "{}", keyless.err);
    // Nothing is left behind.
    let beside = fs::read_dir(site.folder.path()).unwrap();
    let names = beside.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert!(
        names
            .into_iter()
            .all(|name| !name.starts_with(".twofactor-"))
    );
}

#[test]
fn an_address_with_a_password_is_no_copy_to_look_at() {
    let site = Site::new();
    let ran = site.run(&[
        "store",
        "restore",
        "--check",
        "mysql://u:hunter2@127.0.0.1/d",
    ]);
    assert_eq!(ran.code, 2);
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
}

#[test]
fn addresses_that_cannot_be_meant_are_refused_and_write_nothing() {
    let site = Site::new();
    site.enrol("42");
    let before = content(&site.path("store"));
    let same = site.store();
    for (arguments, code) in [
        (vec!["store", "copy", "--to", same.as_str()], 2),
        (vec!["store", "copy", "--to", "memory:"], 2),
        (vec!["store", "copy", "--to", "mysql://u:hunter2@h/d"], 2),
        (vec!["store", "copy", "--to", "-"], 2),
        (vec!["store", "copy", "--to", "nowhere"], 2),
        (
            vec![
                "store",
                "copy",
                "--from",
                "sqlite:/nowhere/a",
                "--to",
                "sqlite:/nowhere/b",
            ],
            3,
        ),
        (vec!["store", "restore", "--check", "/nowhere"], 3),
        (vec!["store", "restore", "--check", "/"], 4),
        (vec!["store", "restore"], 2),
    ] {
        let sure: &[&str] = if arguments[1] == "copy" { &SURE } else { &[] };
        let ran = site.run(&[&arguments[..], sure].concat());
        assert_eq!(ran.code, code, "{arguments:?}: {} {}", ran.out, ran.err);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
    assert!(before == content(&site.path("store")));
    let done = site.ask(&[&["store", "migrate"][..], &SURE].concat());
    has_fields(&done, &format!("{} schema", documented("change")));
}
