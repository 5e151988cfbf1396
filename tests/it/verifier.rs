//! The verifier over a SQLite file and over MariaDB (`TWOFACTOR_TEST_MYSQL`): what shows only when somebody writes into
//! its tables, counts what it asks the server, or asks it from many sides at once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Barrier;
use std::thread;

use crate::stores_support::{Fixture, Proxy, on_both};
use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::store::AuditRow;
use twofactor::types::{Method, Purpose, Site, UserId};
use twofactor::verifier::{CameOf, Client, Error, Operator, User, Verifier};

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const START: i64 = 1_700_000_010;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn open(url: &str) -> Verifier {
    let config = Config::parse([("store", url), ("new_site", "1")]).unwrap();
    Verifier::open(config, Some(KeyRing::parse(KEYS).unwrap()), false).unwrap()
}

fn user(id: &str) -> User {
    User {
        id: UserId::new(id).unwrap(),
        name: format!("user {id}"),
        email: None,
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    }
}

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

/// Enrols at second 0: what the user's phone computes, and the backup codes.
fn enrol(verifier: &Verifier, user: &User) -> (Totp, Vec<String>) {
    let setup = verifier.start_totp(at(0), user, None, None, None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
        .unwrap();
    let codes = enrolled.backup_codes.iter().map(|code| code.to_string());
    (phone, codes.collect())
}

/// Six digits that are no code around that second.
fn wrong_code(phone: &Totp, seconds: i64) -> String {
    (0..)
        .map(|n| format!("{n:06}"))
        .find(|guess| {
            (-90..=90)
                .step_by(30)
                .all(|s| *phone.at(at(seconds + s)) != *guess)
        })
        .unwrap()
}

fn challenge(verifier: &Verifier, seconds: i64, user: &User) -> String {
    let login = verifier.begin_login(at(seconds), user, &client()).unwrap();
    login.challenge.to_string()
}

// -- the audit chain ----------------------------------------------------------------------------

const USERS: [&str; 3] = ["7", "8", "9"];

/// Seven events: a set-up, a sign-in that failed once and then took a backup code, and one that was begun.
fn a_day_of(verifier: &Verifier, user: &User) {
    let (phone, codes) = enrol(verifier, user);
    let marker = challenge(verifier, 30, user);
    let wrong = wrong_code(&phone, 30);
    let answer = verifier.verify(at(30), &marker, Method::Totp, &wrong, &client());
    assert!(matches!(answer, Err(Error::Denied(Denied::Rejected))));
    verifier
        .verify(at(60), &marker, Method::BackupCode, &codes[0], &client())
        .unwrap();
    challenge(verifier, 90, user);
}

/// Whose chains are whole.
fn intact(verifier: &Verifier) -> [bool; 3] {
    USERS.map(|id| verifier.audit_is_intact(&user(id).id).unwrap())
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}

/// What somebody with the database's password may do to the events of user 7, in words and in SQL; and whether it
/// breaks the chain of user 8, too.
fn tampering(rows: &[AuditRow]) -> Vec<(String, String, bool)> {
    let of = |seq: usize| format!("site = 'default' AND user = '7' AND seq = {seq}");
    let last = rows.len();
    let mut all = Vec::new();
    let mut add = |name: String, sql: String, breaks_8: bool| all.push((name, sql, breaks_8));

    add(
        "all removed".to_owned(),
        "DELETE FROM {audit} WHERE user = '7'".to_owned(),
        false,
    );
    for seq in 1..=last {
        add(
            format!("number {seq} removed"),
            format!("DELETE FROM {{audit}} WHERE {}", of(seq)),
            false,
        );
        add(
            format!("number {seq} removed, and the others moved up"),
            format!(
                "DELETE FROM {{audit}} WHERE {}; {}",
                of(seq),
                (seq + 1..=last)
                    .map(|later| format!(
                        "UPDATE {{audit}} SET seq = {} WHERE {}",
                        later - 1,
                        of(later)
                    ))
                    .collect::<Vec<_>>()
                    .join("; ")
            ),
            false,
        );
    }
    for seq in [1, last / 2, last] {
        let row = &rows[seq - 1];
        let set = |what: String| format!("UPDATE {{audit}} SET {what} WHERE {}", of(seq));
        let text = String::from_utf8(row.body.clone()).unwrap();
        let other = text.replacen("\"kind\":\"", "\"kind\":\"x", 1);
        assert_ne!(other, text);
        add(
            format!("number {seq} says something else"),
            set(format!("body = {}", hex(other.as_bytes()))),
            false,
        );
        add(
            format!("number {seq} says nothing"),
            set("body = x''".to_owned()),
            false,
        );
        for seconds in ["at + 1", "at - 1", "0"] {
            add(
                format!("number {seq} happened at another time: {seconds}"),
                set(format!("at = {seconds}")),
                false,
            );
        }
        // Only the hash; what is hashed stays. Each byte in one bit.
        for byte in 0..32 {
            let mut mac = row.mac;
            mac[byte] ^= 1 << (byte % 8);
            add(
                format!("the hash of number {seq} differs in its byte {byte}"),
                set(format!("mac = {}", hex(&mac))),
                false,
            );
        }
        add(
            format!("number {seq} is another user's"),
            format!(
                "DELETE FROM {{audit}} WHERE user = '8' AND seq = {seq}; {}",
                set("user = '8'".to_owned())
            ),
            true,
        );
        add(
            format!("number {seq} is the other user's next"),
            set(format!("user = '8', seq = {}", last + 1)),
            true,
        );
        add(
            format!("number {seq} is another site's"),
            set("site = 'elsewhere'".to_owned()),
            false,
        );
    }
    for (one, other) in [(1, 2), (3, 4), (1, last), (last - 1, last)] {
        for column in ["seq", "id"] {
            add(
                format!("{column} of numbers {one} and {other} exchanged"),
                format!(
                    "CREATE TABLE {{audit}}_two AS SELECT id, seq FROM {{audit}} \
                     WHERE user = '7' AND seq IN ({one}, {other}); \
                     UPDATE {{audit}} SET {column} = {column} + 1000000 \
                     WHERE id IN (SELECT id FROM {{audit}}_two); \
                     UPDATE {{audit}} SET {column} = (SELECT SUM({column}) FROM {{audit}}_two) \
                     - ({column} - 1000000) WHERE {column} > 1000000; DROP TABLE {{audit}}_two"
                ),
                false,
            );
        }
    }
    let columns = "site, user, seq, at, body, mac";
    let body = hex(br#"{"kind":"factor.accepted"}"#);
    add(
        "one more, made up".to_owned(),
        format!(
            "INSERT INTO {{audit}} ({columns}) VALUES ('default', '7', {}, {}, {body}, {})",
            last + 1,
            rows[last - 1].at.seconds(),
            hex(&[7; 32])
        ),
        false,
    );
    for seq in [1, last] {
        add(
            format!("number {seq} copied to the end"),
            format!(
                "INSERT INTO {{audit}} ({columns}) SELECT site, user, {}, at, body, mac FROM {{audit}} WHERE {}",
                last + 1,
                of(seq)
            ),
            false,
        );
    }
    add(
        "everything of two users exchanged".to_owned(),
        "UPDATE {audit} SET user = 'x' WHERE user = '7'; UPDATE {audit} SET user = '7' WHERE user = '8'; \
         UPDATE {audit} SET user = '8' WHERE user = 'x'"
            .to_owned(),
        true,
    );
    all
}

/// "Verifying it finds a removed, altered or reordered row", and says nothing against the others'.
fn a_chain_shows_what_was_done_to_it(fixture: &Fixture) {
    let verifier = open(fixture.url());
    for id in USERS {
        a_day_of(&verifier, &user(id));
    }
    assert_eq!(intact(&verifier), [true; 3]);
    let (site, seven) = (Site::new("default").unwrap(), UserId::new("7").unwrap());
    let mut rows: Vec<AuditRow> = fixture
        .open()
        .audit(&site, Some(&seven), 100, None)
        .unwrap()
        .into_iter()
        .map(|(_, row)| row)
        .collect();
    rows.reverse();
    assert_eq!(rows.len(), 7);
    fixture.sql("CREATE TABLE {audit}_kept AS SELECT * FROM {audit}");
    for (what, sql, breaks_8) in tampering(&rows) {
        for statement in sql.split("; ").filter(|statement| !statement.is_empty()) {
            fixture.sql(statement);
        }
        assert_eq!(intact(&verifier), [false, !breaks_8, true], "{what}");
        fixture.sql("DELETE FROM {audit}");
        fixture.sql("INSERT INTO {audit} SELECT * FROM {audit}_kept");
        assert_eq!(intact(&verifier), [true; 3], "after {what}");
    }
}

/// An older copy of an account knows an earlier end.
fn a_chain_shows_that_an_older_account_was_put_back(fixture: &Fixture) {
    let verifier = open(fixture.url());
    for id in USERS {
        a_day_of(&verifier, &user(id));
    }
    fixture.sql("CREATE TABLE {account}_kept AS SELECT * FROM {account} WHERE user = '7'");
    challenge(&verifier, 120, &user("7"));
    assert_eq!(intact(&verifier), [true; 3]);
    fixture.sql("DELETE FROM {account} WHERE user = '7'");
    fixture.sql("INSERT INTO {account} SELECT * FROM {account}_kept");
    assert_eq!(intact(&verifier), [false, true, true]);
}

/// Who puts account and events back together gets another past. Of both, none can be made.
fn a_chain_takes_no_event_of_another_past(fixture: &Fixture) {
    let verifier = open(fixture.url());
    for id in USERS {
        a_day_of(&verifier, &user(id));
    }
    for table in ["account", "audit"] {
        fixture.sql(&format!(
            "CREATE TABLE {{{table}}}_kept AS SELECT * FROM {{{table}}}"
        ));
    }
    challenge(&verifier, 120, &user("7"));
    fixture.sql("CREATE TABLE {audit}_other AS SELECT * FROM {audit} WHERE user = '7' AND seq = 8");
    for table in ["account", "audit"] {
        fixture.sql(&format!("DELETE FROM {{{table}}}"));
        fixture.sql(&format!(
            "INSERT INTO {{{table}}} SELECT * FROM {{{table}}}_kept"
        ));
    }
    challenge(&verifier, 150, &user("7"));
    challenge(&verifier, 180, &user("7"));
    assert_eq!(intact(&verifier), [true; 3]);
    fixture
        .sql("CREATE TABLE {audit}_place AS SELECT id FROM {audit} WHERE user = '7' AND seq = 8");
    fixture.sql("DELETE FROM {audit} WHERE user = '7' AND seq = 8");
    fixture.sql(
        "INSERT INTO {audit} (id, site, user, seq, at, body, mac) SELECT (SELECT id FROM {audit}_place), \
         site, user, seq, at, body, mac FROM {audit}_other",
    );
    assert_eq!(intact(&verifier), [false, true, true]);
}

// -- what is too old ----------------------------------------------------------------------------

const DAY: i64 = 86_400;

fn seqs(fixture: &Fixture, user: &User) -> Vec<u64> {
    let site = Site::new("default").unwrap();
    let rows = fixture.open().chain(&site, &user.id, 0, 1000).unwrap();
    rows.into_iter().map(|(_, row)| row.seq).collect()
}

fn what_is_older_than_it_is_kept_goes_and_the_chain_checks_and_says_since_when(fixture: &Fixture) {
    let verifier = open(fixture.url());
    let alice = user("7");
    a_day_of(&verifier, &alice);
    challenge(&verifier, 200 * DAY, &alice);
    challenge(&verifier, 364 * DAY, &alice);
    assert_eq!(verifier.audit_begins(&alice.id).unwrap(), None);
    assert_eq!(seqs(fixture, &alice), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    challenge(&verifier, 366 * DAY, &alice);
    assert_eq!(seqs(fixture, &alice), [8, 9, 10]);
    let begins = Some(at(200 * DAY));
    assert_eq!(verifier.audit_begins(&alice.id).unwrap(), begins);
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
    // Whatever its age, the last one stays: without it the account could be removed, and nobody would know.
    challenge(&verifier, 2000 * DAY, &alice);
    assert_eq!(seqs(fixture, &alice), [10, 11]);
    fixture.sql("DELETE FROM {account} WHERE user = '7'");
    assert!(matches!(
        verifier.begin_login(at(2000 * DAY), &alice, &client()),
        Err(Error::Unavailable(_))
    ));
}

fn a_removal_without_the_account_s_own_mark_is_found_and_never_hidden(fixture: &Fixture) {
    let verifier = open(fixture.url());
    let alice = user("7");
    a_day_of(&verifier, &alice);
    challenge(&verifier, 200 * DAY, &alice);
    fixture.sql("CREATE TABLE {audit}_old AS SELECT * FROM {audit} WHERE user = '7' AND seq = 3");
    challenge(&verifier, 366 * DAY, &alice);
    assert_eq!(seqs(fixture, &alice), [8, 9]);
    fixture.sql("CREATE TABLE {audit}_kept AS SELECT * FROM {audit}");
    let body = hex(br#"{"kind":"challenge.opened"}"#);
    let altered = format!("UPDATE {{audit}} SET body = {body} WHERE user = '7' AND seq = 8");
    for (what, sql) in [
        (
            "the first one that is kept is removed",
            "DELETE FROM {audit} WHERE user = '7' AND seq = 8",
        ),
        ("all are removed", "DELETE FROM {audit} WHERE user = '7'"),
        (
            "one that went is put back",
            "INSERT INTO {audit} SELECT * FROM {audit}_old",
        ),
        ("one is altered", &altered),
    ] {
        fixture.sql(sql);
        assert!(!verifier.audit_is_intact(&alice.id).unwrap(), "{what}");
        fixture.sql("DELETE FROM {audit}");
        fixture.sql("INSERT INTO {audit} SELECT * FROM {audit}_kept");
        assert!(verifier.audit_is_intact(&alice.id).unwrap());
    }
    // What was altered before its time is over stays, and is found for ever.
    fixture.sql(&altered);
    for day in [600, 601, 1200] {
        challenge(&verifier, day * DAY, &alice);
        assert!(!verifier.audit_is_intact(&alice.id).unwrap());
        assert_eq!(seqs(fixture, &alice)[..2], [8, 9]);
    }
}

/// What it does is written down each time.
const SERVER: Operator<'static> = Operator::on_server("root");

fn a_change_lets_fifty_go_at_most(fixture: &Fixture) {
    let config = Config::parse([
        ("store", fixture.url()),
        ("audit_keep_days", "1"),
        ("new_site", "1"),
    ])
    .unwrap();
    let verifier = Verifier::open(config, Some(KeyRing::parse(KEYS).unwrap()), false).unwrap();
    let alice = user("7");
    let ends = |seconds| {
        verifier
            .unlock(at(seconds), &alice.id, &SERVER, "test")
            .unwrap()
    };
    for _ in 0..120 {
        ends(0);
    }
    ends(2 * DAY);
    assert_eq!(seqs(fixture, &alice)[..1], [51]);
    ends(2 * DAY);
    ends(2 * DAY);
    assert_eq!(seqs(fixture, &alice), [121, 122, 123]);
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

/// The value of a line of the metrics.
fn metric(verifier: &Verifier, now: i64, name: &str) -> u64 {
    let text = verifier.metrics(at(now)).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.unwrap_or_else(|| panic!("{name}\n{text}"));
    value.trim().parse().unwrap()
}

const WRONG: &str = "twofactor_failures_total{method=\"totp\"}";

fn what_was_counted_survives_its_events_and_what_was_not_waits_for_it(fixture: &Fixture) {
    let verifier = open(fixture.url());
    let alice = user("7");
    a_day_of(&verifier, &alice);
    assert_eq!(metric(&verifier, 200, WRONG), 1);
    // A second day, which nobody counts until its time is over.
    let (phone, _) = (enrol(&verifier, &user("8")).0, ());
    let marker = challenge(&verifier, 300 * DAY, &user("8"));
    let wrong = wrong_code(&phone, 300 * DAY);
    let answer = verifier.verify(at(300 * DAY), &marker, Method::Totp, &wrong, &client());
    assert!(matches!(answer, Err(Error::Denied(Denied::Rejected))));
    let before = seqs(fixture, &user("8"));
    challenge(&verifier, 668 * DAY, &alice);
    challenge(&verifier, 668 * DAY, &user("8"));
    // The last one stays, whatever its time.
    assert_eq!(seqs(fixture, &alice), [7, 8], "counted: they go");
    let kept = seqs(fixture, &user("8"));
    // The set-up was of the year before: longer than a week nothing waits.
    let [.., asked, answered] = before[..] else {
        panic!("{before:?}");
    };
    assert_eq!(
        kept,
        [asked, answered, answered + 1],
        "not counted: it stays"
    );
    // On MariaDB what was removed is a gap.
    fixture.a_minute_passes();
    assert_eq!(metric(&verifier, 668 * DAY + 100, WRONG), 2);
    challenge(&verifier, 668 * DAY + 200, &user("8"));
    assert!(!seqs(fixture, &user("8")).contains(&answered));
    assert_eq!(
        metric(&verifier, 668 * DAY + 300, WRONG),
        2,
        "it never falls"
    );
    for id in ["7", "8"] {
        assert!(verifier.audit_is_intact(&user(id).id).unwrap());
    }
}

fn each_event_is_counted_once_however_many_count_at_once(fixture: &Fixture) {
    const MANY: usize = 6;
    let verifier = open(fixture.url());
    let alice = user("7");
    for _ in 0..300 {
        verifier.unlock(at(0), &alice.id, &SERVER, "test").unwrap();
    }
    for id in ["8", "9"] {
        a_day_of(&verifier, &user(id));
    }
    let begin = Barrier::new(MANY);
    thread::scope(|scope| {
        for _ in 0..MANY {
            scope.spawn(|| {
                let verifier = open(fixture.url());
                begin.wait();
                metric(&verifier, 200, WRONG);
            });
        }
    });
    assert_eq!(metric(&verifier, 300, WRONG), 2);
    assert_eq!(
        metric(
            &verifier,
            300,
            "twofactor_sign_ins_total{method=\"backup\"}"
        ),
        2
    );
    assert_eq!(
        metric(
            &verifier,
            300,
            "twofactor_enrolments_total{method=\"totp\"}"
        ),
        2
    );
}

fn events_of_who_never_comes_again_go_with_the_changes_of_others(fixture: &Fixture) {
    let verifier = open(fixture.url());
    for id in ["7", "8", "9"] {
        a_day_of(&verifier, &user(id));
    }
    // One that does not open keeps nobody waiting.
    fixture.sql("UPDATE {account} SET sealed = x'00' WHERE user = '7'");
    let other = user("other");
    for n in 0..200 {
        let now = at(400 * DAY + n);
        verifier.unlock(now, &other.id, &SERVER, "test").unwrap();
    }
    assert_eq!(
        seqs(fixture, &user("7")).len(),
        7,
        "its mark cannot be written"
    );
    for id in ["8", "9"] {
        assert_eq!(seqs(fixture, &user(id)), [7]);
        assert!(verifier.audit_is_intact(&user(id).id).unwrap());
        assert_eq!(verifier.audit_begins(&user(id).id).unwrap(), Some(at(90)));
    }
}

fn a_chain_stays_whole_while_many_let_it_go_at_once(fixture: &Fixture) {
    const MANY: i64 = 8;
    let verifier = open(fixture.url());
    let alice = user("7");
    let ends = |verifier: &Verifier, seconds| loop {
        match verifier.unlock(at(seconds), &alice.id, &SERVER, "test") {
            Err(Error::Unavailable(_)) => {}
            done => {
                done.unwrap();
                break;
            }
        }
    };
    (0..300).for_each(|_| ends(&verifier, 0));
    let begin = Barrier::new(usize::try_from(MANY).unwrap());
    thread::scope(|scope| {
        for _ in 0..MANY {
            scope.spawn(|| {
                let verifier = open(fixture.url());
                begin.wait();
                (0..10).for_each(|n| ends(&verifier, 400 * DAY + n));
            });
        }
    });
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
    let left = seqs(fixture, &alice);
    assert_eq!(left, (301..=380).collect::<Vec<u64>>());
}

// -- which store it is --------------------------------------------------------------------------

fn a_store_that_was_emptied_or_is_another_one_than_is_remembered_is_refused(fixture: &Fixture) {
    let verifier = open(fixture.url());
    enrol(&verifier, &user("7"));
    let id = verifier.store_id().unwrap();
    let open = |id: &str| {
        let config = Config::parse([("store", fixture.url()), ("store_id", id)]).unwrap();
        Verifier::open(config, Some(KeyRing::parse(KEYS).unwrap()), false)
    };
    let kept = open(&id).unwrap();
    let other = open(&"0".repeat(32));
    assert!(matches!(other, Err(Error::Configuration(_))), "{other:?}");
    for table in ["shared_row", "account", "audit"] {
        fixture.sql(&format!("DELETE FROM {{{table}}}"));
    }
    for _ in 0..2 {
        let emptied = open(&id);
        assert!(
            matches!(emptied, Err(Error::Configuration(_))),
            "{emptied:?}"
        );
    }
    assert!(matches!(
        kept.recognise_store(),
        Err(Error::Configuration(_))
    ));
}

// -- round trips --------------------------------------------------------------------------------

/// One to read, one for the whole transaction: more would be paid by everybody who signs in.
#[test]
fn a_proof_takes_two_round_trips_on_mariadb() {
    let fixture = Fixture::mariadb();
    let proxy = Proxy::to(fixture.url());
    let verifier = open(&proxy.url);
    let alice = user("7");
    let (phone, codes) = enrol(&verifier, &alice);
    let trips = |marker: &str, method, proof: &str, seconds| {
        let before = proxy.round_trips();
        let answer = verifier.verify(at(seconds), marker, method, proof, &client());
        (proxy.round_trips() - before, answer)
    };

    let (login, other) = (
        challenge(&verifier, 30, &alice),
        challenge(&verifier, 30, &alice),
    );
    for (method, proof) in [
        (Method::Totp, wrong_code(&phone, 30)),
        (Method::Totp, "not a code".to_owned()),
        (Method::BackupCode, "ZZZZ-ZZZZ-ZZZZ-ZZZZ".to_owned()),
    ] {
        let (trips, answer) = trips(&login, method, &proof, 30);
        assert!(matches!(answer, Err(Error::Denied(Denied::Rejected))));
        assert_eq!(trips, 2, "{method:?} {proof}");
    }
    for (marker, method, proof) in [
        (&login, Method::Totp, phone.at(at(30)).as_str()),
        (&other, Method::BackupCode, codes[0].as_str()),
    ] {
        let (trips, answer) = trips(marker, method, proof, 30);
        answer.unwrap();
        assert_eq!(trips, 2, "{method:?}");
    }
    let step_up = verifier
        .begin_challenge(at(60), &alice, Purpose::StepUp, &client())
        .unwrap();
    let code = phone.at(at(60));
    let (granted, answer) = trips(&step_up.challenge, Method::Totp, &code, 60);
    assert!(!answer.unwrap().grant.is_empty());
    assert_eq!(granted, 2);

    // What writes nothing reads once, and what is not ours asks nobody.
    let (closed, answer) = trips(&login, Method::Totp, &code, 60);
    assert!(matches!(
        answer,
        Err(Error::Denied(Denied::ChallengeClosed))
    ));
    assert_eq!(closed, 1);
    assert_eq!(trips("made up", Method::Totp, &code, 60).0, 0);
}

/// Every page of somebody who is signed in asks it.
#[test]
fn whether_a_session_counts_takes_one_round_trip_on_mariadb() {
    let fixture = Fixture::mariadb();
    let proxy = Proxy::to(fixture.url());
    let verifier = open(&proxy.url);
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let login = challenge(&verifier, 30, &alice);
    let proof = verifier
        .verify(at(30), &login, Method::Totp, &phone.at(at(30)), &client())
        .unwrap();
    let admit = |came_of, cookie: &[u8]| {
        verifier
            .admit_session(at(30), came_of, cookie, &client())
            .unwrap()
    };
    admit(CameOf::Verified(&proof), b"of alice");
    let allowed = verifier.begin_login(at(30), &bob, &client()).unwrap();
    admit(CameOf::Login(&allowed), b"of bob");
    let trips = |user: &User, cookie: &[u8], seconds| {
        let before = proxy.round_trips();
        let counts = verifier.session_counts(at(seconds), &user.id, cookie);
        (proxy.round_trips() - before, counts.unwrap())
    };
    assert_eq!(trips(&alice, b"of alice", 31), (1, true));
    assert_eq!(trips(&bob, b"of bob", 31), (1, true));
    assert_eq!(trips(&alice, b"of bob", 31), (1, false));
    assert_eq!(trips(&user("9"), b"of nobody", 31), (1, false));
    // Once in five minutes it is written down.
    let (noted, counts) = trips(&alice, b"of alice", 400);
    assert!(counts && (2..=4).contains(&noted), "{noted}");
    assert_eq!(trips(&alice, b"of alice", 401), (1, true));
}

// -- a hundred at once --------------------------------------------------------------------------

const THREADS: usize = 100;

/// What a guess may be answered. A store that is asked by a hundred may be too busy for one of them: that is no yes.
fn told<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Ok(_) => "accepted",
        Err(Error::Denied(Denied::Rejected)) => "rejected",
        Err(Error::Denied(Denied::LockedOut { .. })) => "locked",
        Err(Error::Denied(Denied::ChallengeClosed)) => "closed",
        Err(Error::Unavailable(_)) => "unavailable",
        Err(other) => panic!("{other}"),
    }
}

/// A hundred open a challenge at once. The five that stay open are guessed at three times each, at once: five guesses
/// are looked at, whoever made them. Then all open another one and guess, each as it comes: none is looked at.
fn a_hundred_challenges_at_once_share_one_counter(fixture: &Fixture) {
    let verifier = open(fixture.url());
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let wrong = wrong_code(&phone, 30);
    let (begin, opened) = (Barrier::new(THREADS), Barrier::new(THREADS));
    let guesses = |place: u8| -> Vec<(&'static str, &'static str)> {
        let verifier = open(fixture.url());
        // Each from a network of its own: one network may not open so many.
        let client = || Client::new(IpAddr::V4(Ipv4Addr::new(10, 0, place, 1)), String::new());
        let mut answers = Vec::new();
        let open_one = |answers: &mut Vec<_>| loop {
            match verifier.begin_login(at(30), &alice, &client()) {
                Ok(login) => break login.challenge,
                Err(Error::Unavailable(_)) => answers.push(("opening", "unavailable")),
                Err(refused) => panic!("{refused}"),
            }
        };
        let guess =
            |marker: &str| told(verifier.verify(at(30), marker, Method::Totp, &wrong, &client()));
        begin.wait();
        let marker = open_one(&mut answers);
        opened.wait();
        answers.extend((0..3).map(|_| ("first", guess(&marker))));
        opened.wait();
        let marker = open_one(&mut answers);
        answers.push(("second", guess(&marker)));
        answers
    };
    let guesses = &guesses;
    let answers: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|place| scope.spawn(move || guesses(u8::try_from(place).unwrap())))
            .collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });

    let count = |wanted: (&str, &str)| answers.iter().filter(|answer| **answer == wanted).count();
    assert!(count(("first", "rejected")) <= 5);
    for told in ["rejected", "accepted"] {
        assert_eq!(count(("second", told)), 0);
    }
    assert_eq!(count(("first", "accepted")), 0);
    if answers.iter().all(|(_, told)| *told != "unavailable") {
        assert_eq!(count(("first", "rejected")), 5);
        assert_eq!(count(("first", "locked")), 10);
        assert_eq!(count(("first", "closed")), 3 * THREADS - 15);
        assert!(count(("second", "locked")) >= 1, "the last ones stay open");
    }
    let more = challenge(&verifier, 30, &alice);
    while told(verifier.verify(at(30), &more, Method::Totp, &wrong, &client())) != "locked" {}
    let events = verifier.audit(Some(&alice.id), 1000, None).unwrap();
    let of_kind = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!(of_kind("factor.rejected"), 5);
    assert_eq!(of_kind("factor.blocked"), 1);
    // What is counted and not written yet comes with the next day.
    challenge(&verifier, 90_000, &alice);
    let events = verifier.audit(Some(&alice.id), 1000, None).unwrap();
    let opened: u32 = events
        .iter()
        .filter(|event| event.kind == "challenge.opened")
        .map(|event| event.times)
        .sum();
    assert!(opened > 2 * 100);
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

on_both! {
    a_chain_shows_what_was_done_to_it,
    a_chain_shows_that_an_older_account_was_put_back,
    a_chain_takes_no_event_of_another_past,
    what_is_older_than_it_is_kept_goes_and_the_chain_checks_and_says_since_when,
    a_removal_without_the_account_s_own_mark_is_found_and_never_hidden,
    a_change_lets_fifty_go_at_most,
    what_was_counted_survives_its_events_and_what_was_not_waits_for_it,
    each_event_is_counted_once_however_many_count_at_once,
    events_of_who_never_comes_again_go_with_the_changes_of_others,
    a_chain_stays_whole_while_many_let_it_go_at_once,
    a_hundred_challenges_at_once_share_one_counter,
    a_store_that_was_emptied_or_is_another_one_than_is_remembered_is_refused,
}
