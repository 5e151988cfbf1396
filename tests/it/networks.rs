//! Rules about networks, limits of an address, the ceiling over all methods and what is told of guessing, as a host meets
//! them: with a licence, without one, and when it has ended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::net::IpAddr;

use tempfile::TempDir;
use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::types::{Method, Purpose, UserId};
use twofactor::verifier::{
    CameOf, Client, Error, HealthStatus, LoginState, Operator, User, Value, Verified, Verifier,
};
use zeroize::Zeroizing;

use crate::licensed;

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const START: i64 = 1_700_000_010;
const DAY: i64 = 86_400;
/// Where the licence of the tests and its grace have ended.
const ENDED: i64 = 62 * DAY;
/// Where proofs come from.
const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.9";
const WRONG: &str = "00000";

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn from(ip: &str) -> Client {
    Client::new(ip.parse::<IpAddr>().unwrap(), "Firefox/143.0")
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

/// A site in a store of its own.
struct Scene {
    folder: TempDir,
}

impl Scene {
    /// With a licence of a day, and its grace.
    fn new() -> Self {
        let scene = Self::unlicensed();
        let ring = KeyRing::parse(KEYS).unwrap();
        // Whoever opens the store first sets it up.
        drop(scene.open(&[]));
        licensed::license(&scene.store(), ring, at(0));
        scene
    }

    fn unlicensed() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn store(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("db").display())
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A process that opens it.
    fn open(&self, settings: &[(&str, &str)]) -> Verifier {
        let store = self.store();
        let licence = licensed::settings();
        let licence = licence.iter().map(|(name, value)| (*name, value.as_str()));
        let all = licence.chain([("store", store.as_str()), ("development", "1")]);
        let config = Config::parse(all.chain(settings.iter().copied())).unwrap();
        Verifier::open(config, Some(KeyRing::parse(KEYS).unwrap()), true).unwrap()
    }
}

struct Person {
    user: User,
    phone: Totp,
    codes: Vec<Zeroizing<String>>,
}

impl Person {
    fn new(verifier: &Verifier, id: &str) -> Self {
        Self::at_home(verifier, id, HOME)
    }

    /// Enrols at second 0, and proves at second 30 from there.
    fn at_home(verifier: &Verifier, id: &str, home: &str) -> Self {
        let user = user(id);
        let setup = verifier.start_totp(at(0), &user, None, None, None).unwrap();
        let phone = Totp::from_uri(&setup.uri).unwrap();
        let enrolled = verifier
            .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &from(home))
            .unwrap();
        let person = Self {
            user,
            phone,
            codes: enrolled.backup_codes,
        };
        person.signs_in(verifier, home, 30).unwrap();
        person
    }

    fn begins(&self, verifier: &Verifier, ip: &str, seconds: i64) -> Zeroizing<String> {
        let login = verifier
            .begin_login(at(seconds), &self.user, &from(ip))
            .unwrap();
        assert_eq!(login.state, LoginState::ChallengeRequired);
        login.challenge
    }

    fn answers(
        &self,
        verifier: &Verifier,
        challenge: &str,
        ip: &str,
        seconds: i64,
    ) -> Result<Verified, Error> {
        let code = self.phone.at(at(seconds)).to_string();
        verifier.verify(at(seconds), challenge, Method::Totp, &code, &from(ip))
    }

    fn signs_in(&self, verifier: &Verifier, ip: &str, seconds: i64) -> Result<Verified, Error> {
        let challenge = self.begins(verifier, ip, seconds);
        self.answers(verifier, &challenge, ip, seconds)
    }

    fn guess(
        &self,
        verifier: &Verifier,
        challenge: &str,
        method: Method,
        ip: &str,
        seconds: i64,
    ) -> Denied {
        denied(verifier.verify(at(seconds), challenge, method, WRONG, &from(ip)))
    }

    fn kinds(&self, verifier: &Verifier) -> Vec<String> {
        let events = verifier.audit(Some(&self.user.id), 100, None).unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    fn locks(&self, verifier: &Verifier, seconds: i64) -> usize {
        verifier
            .account(at(seconds), &self.user.id)
            .unwrap()
            .locks
            .len()
    }
}

fn denied<T: std::fmt::Debug>(answer: Result<T, Error>) -> Denied {
    match answer {
        Err(Error::Denied(denied)) => denied,
        other => panic!("{other:?}"),
    }
}

/// What health finds about networks and guessing.
fn found(verifier: &Verifier, seconds: i64) -> Vec<&'static str> {
    let checks = verifier.health(Ok(at(seconds)));
    let check = checks.iter().find(|check| check.name == "networks");
    check.map_or_else(Vec::new, |check| {
        assert!(!check.message.contains('{'), "{}", check.message);
        check.findings.iter().map(|found| found.id()).collect()
    })
}

fn times(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|it| *it == kind).count()
}

#[test]
fn from_a_network_that_is_denied_a_right_code_is_answered_as_a_wrong_one_and_nothing_is_charged() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    let verifier = scene.open(&[("network_deny", "198.51.100.0/24, 2001:db8::/32")]);
    for ip in [ELSEWHERE, "::ffff:198.51.100.77", "2001:db8::1"] {
        let challenge = alice.begins(&verifier, ip, 60);
        let right = alice.answers(&verifier, &challenge, ip, 60);
        assert_eq!(denied(right), Denied::Rejected, "{ip}");
        let backup = verifier.verify(
            at(60),
            &challenge,
            Method::BackupCode,
            &alice.codes[0],
            &from(ip),
        );
        assert_eq!(denied(backup), Denied::Rejected);
        // However often: no block tells that nothing was looked at, and none is the owner's.
        for _ in 0..60 {
            let wrong = alice.guess(&verifier, &challenge, Method::Totp, ip, 60);
            assert_eq!(wrong, Denied::Rejected);
        }
        // The same challenge is good from where answers are looked at, and the code is not spent.
        assert_eq!(alice.locks(&verifier, 60), 0);
    }
    let kinds = alice.kinds(&verifier);
    assert!(times(&kinds, "network.refused") >= 20 && times(&kinds, "factor.rejected") == 0);
    alice.signs_in(&verifier, HOME, 60).unwrap();
    let view = verifier.account(at(60), &alice.user.id).unwrap();
    assert_eq!((view.backup_codes_left, view.disabled.len()), (10, 0));
    assert_eq!(found(&verifier, 60), ["networks.ok"]);
}

#[test]
fn without_an_open_challenge_a_denied_network_is_told_what_everybody_is() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    let verifier = scene.open(&[("network_deny", "198.51.100.0/24")]);
    let challenge = alice.begins(&verifier, HOME, 60);
    alice.answers(&verifier, &challenge, HOME, 60).unwrap();
    let before = alice.kinds(&verifier);
    let answer = alice.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 90);
    assert_eq!(answer, Denied::ChallengeClosed);
    let made_up = verifier.verify(at(90), "made up", Method::Totp, WRONG, &from(ELSEWHERE));
    assert_eq!(denied(made_up), Denied::ChallengeClosed);
    assert_eq!(alice.kinds(&verifier), before);
}

#[test]
fn with_an_allow_list_second_factors_are_answered_from_there_alone_and_whoever_is_signed_in_stays_so()
 {
    let scene = Scene::new();
    let open = scene.open(&[]);
    let alice = Person::new(&open, "7");
    let proof = alice.signs_in(&open, ELSEWHERE, 60).unwrap();
    open.admit_session(
        at(60),
        CameOf::Verified(&proof),
        b"cookie",
        &from(ELSEWHERE),
    )
    .unwrap();
    let verifier = scene.open(&[
        ("network_allow", "192.0.2.0/24\n203.0.113.0/24"),
        ("network_deny", "203.0.113.7"),
    ]);
    // Also from where a proof has come from: it is the operator's own word.
    assert_eq!(
        denied(alice.signs_in(&verifier, ELSEWHERE, 90)),
        Denied::Rejected
    );
    assert_eq!(
        denied(alice.signs_in(&verifier, "203.0.113.7", 90)),
        Denied::Rejected
    );
    // Whoever has no address is in no list.
    assert_eq!(
        denied(alice.signs_in(&verifier, "::", 90)),
        Denied::Rejected
    );
    alice.signs_in(&verifier, "203.0.113.8", 90).unwrap();
    assert!(
        verifier
            .session_counts(at(90), &alice.user.id, b"cookie")
            .unwrap()
    );
    // Their next step-up is a second factor.
    let step_up = verifier
        .begin_challenge(at(120), &alice.user, Purpose::StepUp, &from(ELSEWHERE))
        .unwrap();
    let answer = alice.answers(&verifier, &step_up.challenge, ELSEWHERE, 120);
    assert_eq!(denied(answer), Denied::Rejected);
    alice
        .answers(&verifier, &step_up.challenge, HOME, 120)
        .unwrap();
    // Who has no second factor signs in with a password, from anywhere: and sets up nothing there.
    let bob = user("8");
    let login = verifier.begin_login(at(0), &bob, &from(ELSEWHERE)).unwrap();
    assert_eq!(login.state, LoginState::Allowed);
    let setup = verifier.start_totp(at(0), &bob, None, None, None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let confirm = |ip| verifier.confirm_totp(at(0), &setup.token, &phone.at(at(0)), &from(ip));
    assert_eq!(denied(confirm(ELSEWHERE)), Denied::Rejected);
    confirm(HOME).unwrap();
}

#[test]
fn without_a_licence_what_denies_counts_all_the_same_and_health_says_so() {
    let scene = Scene::unlicensed();
    let lists = ("network_deny", "198.51.100.0/24");
    let limits = ("network_address_failures", "1");
    // A key of which no licence came, no key, and one that nobody has entered yet.
    for (key, has_ceiling) in [(None, true), (Some(""), false), (Some("stored"), false)] {
        let key = key.map(|key| ("licence_key", key));
        let all: Vec<_> = key.into_iter().chain([lists, limits]).collect();
        let verifier = scene.open(&all);
        let id = format!("of {key:?}");
        let alice = Person::new(&verifier, &id);
        assert_eq!(
            denied(alice.signs_in(&verifier, ELSEWHERE, 60)),
            Denied::Rejected
        );
        let challenge = alice.begins(&verifier, "203.0.113.1", 60);
        alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", 60);
        let second = alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", 60);
        assert!(matches!(second, Denied::LockedOut { .. }), "{id}");
        assert_eq!(
            found(&verifier, 60),
            ["networks.ok", "networks.unlicensed"],
            "{id}"
        );
        // What has defaults that nobody set counts where there is a key.
        let lowest = [("max_failures_all_methods", "1")];
        let verifier = scene.open(&key.into_iter().chain(lowest).collect::<Vec<_>>());
        let challenge = alice.begins(&verifier, "203.0.113.9", 90);
        alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.9", 90);
        let answer = alice.answers(&verifier, &challenge, "203.0.113.9", 90);
        assert_eq!(answer.is_err(), has_ceiling, "{id}");
        // The next one's network begins anew.
        let database = rusqlite::Connection::open(scene.folder.path().join("db")).unwrap();
        let forget = "DELETE FROM shared_row WHERE name LIKE 'networks/%'";
        database.execute(forget, []).unwrap();
    }
    licensed::license(&scene.store(), KeyRing::parse(KEYS).unwrap(), at(60));
    assert_eq!(found(&scene.open(&[lists]), 180), ["networks.ok"]);
}

#[test]
fn whatever_happens_to_the_row_of_the_licence_a_denied_network_stays_denied() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    let database = rusqlite::Connection::open(scene.folder.path().join("db")).unwrap();
    let body: Vec<u8> = database
        .query_row(
            "SELECT body FROM shared_row WHERE name = 'licence'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let put = |body: &[u8]| {
        let sql = "UPDATE shared_row SET body = ? WHERE name = 'licence'";
        assert_eq!(database.execute(sql, [body]).unwrap(), 1);
    };
    let settings = [
        ("network_deny", "198.51.100.0/24"),
        ("max_failures_all_methods", "1"),
    ];
    // In a process that starts afterwards. A minute each, for so many challenges may be opened.
    let seconds = std::cell::Cell::new(0);
    let stays = |more: &[(&str, &str)], what: &str| {
        seconds.set(seconds.get() + 60);
        let all: Vec<_> = settings.iter().chain(more).copied().collect();
        let verifier = scene.open(&all);
        let answer = alice.signs_in(&verifier, ELSEWHERE, seconds.get());
        assert_eq!(denied(answer), Denied::Rejected, "{what}");
        verifier
    };
    for place in 0..body.len() {
        let mut damaged = body.clone();
        damaged[place] ^= 1;
        put(&damaged);
        stays(&[], &format!("byte {place}"));
    }
    let (verifier, now) = (stays(&[], "damaged"), seconds.get());
    assert_eq!(
        found(&verifier, now),
        ["networks.ok", "networks.unlicensed"]
    );
    let challenge = alice.begins(&verifier, "203.0.113.1", now);
    alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", now);
    let second = alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", now);
    assert!(matches!(second, Denied::LockedOut { .. }), "the ceiling");
    put(&body);
    stays(&[("licence_key", "TF-TEST-9999")], "another key");
    stays(&[("site_url", "https://elsewhere.example")], "another site");
    let other = "tf-2027a = iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=";
    stays(&[("licence_public_keys", other)], "other pinned keys");
    stays(&[("licence_key", "")], "no key");
    let delete = "DELETE FROM shared_row WHERE name = 'licence'";
    assert_eq!(database.execute(delete, []).unwrap(), 1);
    stays(&[], "no row");
}

#[test]
fn a_licence_that_has_ended_makes_no_limit_weaker() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    // In a process that starts when it has ended, too.
    let verifier = scene.open(&[
        ("network_deny", "198.51.100.0/24"),
        ("max_failures_all_methods", "2"),
    ]);
    assert!(
        verifier
            .licence(at(ENDED))
            .unwrap()
            .is_some_and(|it| !it.counts())
    );
    assert_eq!(
        denied(alice.signs_in(&verifier, ELSEWHERE, ENDED)),
        Denied::Rejected
    );
    let challenge = alice.begins(&verifier, "203.0.113.1", ENDED);
    for _ in 0..2 {
        alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", ENDED);
    }
    let third = alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", ENDED);
    assert!(matches!(
        third,
        Denied::LockedOut {
            disabled: false,
            ..
        }
    ));
    assert_eq!(found(&verifier, ENDED), ["networks.ok", "networks.ended"]);
    alice.signs_in(&verifier, HOME, ENDED).unwrap();
}

#[test]
fn a_file_counts_as_soon_as_it_is_changed_and_one_that_is_wrong_undoes_nothing() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    let path = scene.file("deny", "# nobody yet\n");
    let settings = [("network_deny", path.as_str())];
    let verifier = scene.open(&settings);
    alice.signs_in(&verifier, ELSEWHERE, 60).unwrap();
    scene.file("deny", "# nobody yet\n198.51.100.0/24 # guesses\n");
    assert_eq!(
        denied(alice.signs_in(&verifier, ELSEWHERE, 90)),
        Denied::Rejected
    );
    // Half-way through an edit: what was read before stands, and is told.
    scene.file("deny", "203.0.113.0/24\n198.51.100.0/2\n");
    assert_eq!(
        denied(alice.signs_in(&verifier, ELSEWHERE, 90)),
        Denied::Rejected
    );
    alice.signs_in(&verifier, HOME, 90).unwrap();
    let checks = verifier.health(Ok(at(90)));
    let check = checks
        .iter()
        .find(|check| check.name == "networks")
        .unwrap();
    assert_eq!(check.status, HealthStatus::Problem);
    assert!(
        check.message.contains("network_deny")
            && check.message.contains("line 2: \"198.51.100.0/2\"")
    );
    // A process that never read a good one looks at nothing, and says why: no code is wrong, and nobody has failed.
    let fresh = scene.open(&settings);
    let answer = alice.signs_in(&fresh, HOME, 120);
    let Err(Error::Unavailable(why)) = answer else {
        panic!("{answer:?}")
    };
    assert!(why.to_string().contains("network_deny: line 2"), "{why}");
    assert_eq!(alice.locks(&fresh, 120), 0);
    std::fs::remove_file(&path).unwrap();
    let gone = scene.open(&settings);
    assert!(matches!(
        alice.signs_in(&gone, HOME, 120),
        Err(Error::Unavailable(_))
    ));
    assert_eq!(
        denied(alice.signs_in(&verifier, ELSEWHERE, 120)),
        Denied::Rejected
    );
    // What the server's operator does needs no second factor from anywhere.
    let on_server = Operator::on_server("root");
    fresh
        .unlock(at(120), &alice.user.id, &on_server, "a look")
        .unwrap();
    // Mended, it counts in all of them.
    scene.file("deny", "198.51.100.0/24\n");
    for (process, seconds) in [(&verifier, 150), (&fresh, 180), (&gone, 210)] {
        assert_eq!(
            denied(alice.signs_in(process, ELSEWHERE, seconds)),
            Denied::Rejected
        );
        alice.signs_in(process, HOME, seconds).unwrap();
        assert_eq!(found(process, seconds), ["networks.ok"]);
    }
}

#[test]
fn an_allow_list_with_nobody_in_it_is_wrong() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    for setting in ["#", &scene.file("allow", "\n# nobody\n")] {
        let verifier = scene.open(&[("network_allow", setting)]);
        assert!(matches!(
            alice.signs_in(&verifier, HOME, 60),
            Err(Error::Unavailable(_))
        ));
        assert_eq!(found(&verifier, 60), ["networks.broken"]);
    }
}

fn with_telephone(scene: &Scene, verifier: &Verifier, alice: &Person) {
    let file = scene.folder.path().join("codes");
    let text = |text: &str| Some(Value::Text(Zeroizing::new(text.to_owned())));
    let changes = vec![
        ("provider".to_owned(), text("development")),
        ("file".to_owned(), text(file.to_str().unwrap())),
    ];
    let anna = Operator::on_server("anna");
    verifier
        .save_provider(at(60), "file", &changes, &anna)
        .unwrap();
    let step_up = verifier
        .begin_challenge(at(60), &alice.user, Purpose::StepUp, &from(HOME))
        .unwrap();
    let grant = alice
        .answers(verifier, &step_up.challenge, HOME, 60)
        .unwrap()
        .grant;
    let number = PhoneNumber::parse("+4915123456789", None).unwrap();
    let sent = verifier
        .start_phone(
            at(60),
            &alice.user,
            &number,
            Method::Sms,
            &from(HOME),
            Some(&grant),
        )
        .unwrap();
    verifier
        .confirm_phone(at(60), &sent.token, &last_code(scene), &from(HOME))
        .unwrap();
}

fn lines(scene: &Scene) -> usize {
    let path = scene.folder.path().join("codes");
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

fn last_code(scene: &Scene) -> String {
    let text = std::fs::read_to_string(scene.folder.path().join("codes")).unwrap();
    let last = text.lines().last().unwrap();
    let mut runs = last.split(|c: char| !c.is_ascii_alphanumeric());
    let code = runs.find(|run| run.len() == 6 && run.bytes().all(|b| b.is_ascii_digit()));
    code.unwrap().to_owned()
}

#[test]
fn no_code_is_sent_for_whoever_asks_from_a_network_that_is_denied() {
    let scene = Scene::new();
    let open = scene.open(&[]);
    let alice = Person::new(&open, "7");
    with_telephone(&scene, &open, &alice);
    let verifier = scene.open(&[("network_deny", "198.51.100.0/24")]);
    let before = lines(&scene);
    let challenge = alice.begins(&verifier, ELSEWHERE, 300);
    let asked = verifier.send_code(at(300), &challenge, Method::Sms, &from(ELSEWHERE));
    assert_eq!(denied(asked), Denied::Throttled { retry_after: 60 });
    assert_eq!(times(&alice.kinds(&verifier), "network.refused"), 1);
    // Nor for a set-up, a registration or a reset, and for nobody as for somebody.
    let number = PhoneNumber::parse("+4915123456780", None).unwrap();
    let bob = user("8");
    let set_up = verifier.start_phone(at(300), &bob, &number, Method::Sms, &from(ELSEWHERE), None);
    assert_eq!(denied(set_up), Denied::Throttled { retry_after: 60 });
    let proof = verifier.prove_number(at(300), &bob.id, &number, Method::Sms, "", &from(ELSEWHERE));
    assert_eq!(denied(proof), Denied::Throttled { retry_after: 60 });
    let quiet = |_: &str| {};
    for who in [Some(&alice.user), None] {
        let reset = verifier
            .begin_password_reset(at(300), who, &from(ELSEWHERE), &quiet)
            .unwrap();
        verifier
            .send_password_reset_code(at(300), &reset, &from(ELSEWHERE), &quiet)
            .unwrap();
    }
    assert_eq!(lines(&scene), before);
    // The owner has lost none of what may be sent.
    let challenge = alice.begins(&verifier, HOME, 300);
    verifier
        .send_code(at(300), &challenge, Method::Sms, &from(HOME))
        .unwrap();
    assert_eq!(lines(&scene), before + 1);
}

#[test]
fn an_address_or_subnet_may_be_wrong_so_often_for_all_accounts_and_known_networks_are_not_asked() {
    for (setting, neighbour, is_counted) in [
        ("network_address_failures", "198.51.100.77", false),
        ("network_subnet_failures", "198.51.100.77", true),
    ] {
        let scene = Scene::new();
        let verifier = scene.open(&[(setting, "6")]);
        let people: Vec<_> = (0..4)
            .map(|n| Person::new(&verifier, &format!("{n}")))
            .collect();
        // One of them works where the guessing comes from.
        let local = Person::at_home(&verifier, "local", ELSEWHERE);
        for person in &people[..3] {
            let challenge = person.begins(&verifier, ELSEWHERE, 60);
            for _ in 0..2 {
                let wrong = person.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 60);
                assert_eq!(wrong, Denied::Rejected);
            }
        }
        let answer = people[3].signs_in(&verifier, ELSEWHERE, 61);
        assert_eq!(
            denied(answer),
            Denied::LockedOut {
                retry_after: 3_599,
                disabled: false
            },
            "also a right one is not looked at"
        );
        assert_eq!(people[3].locks(&verifier, 61), 0, "and nothing is charged");
        let neighbour_in = people[3].signs_in(&verifier, neighbour, 61);
        assert_eq!(neighbour_in.is_err(), is_counted, "{setting}");
        // From where a proof has come, whatever the others do there.
        local.signs_in(&verifier, ELSEWHERE, 61).unwrap();
        people[2].signs_in(&verifier, HOME, 61).unwrap();
        // An hour later.
        people[1]
            .signs_in(&verifier, ELSEWHERE, 60 + 3_600)
            .unwrap();
    }
}

#[test]
fn an_address_may_ask_for_so_many_codes_and_what_no_password_stands_behind_has_a_third() {
    let scene = Scene::new();
    let open = scene.open(&[]);
    let alice = Person::new(&open, "7");
    with_telephone(&scene, &open, &alice);
    let verifier = scene.open(&[
        ("network_subnet_sends", "6"),
        ("send_cooldown_seconds", "10"),
    ]);
    let number = |n: i64| PhoneNumber::parse(&format!("+49151234500{n:02}"), None).unwrap();
    let register = |n: i64, ip: &str| {
        let subject = UserId::new(format!("visitor {n}")).unwrap();
        verifier.prove_number(
            at(600 + n),
            &subject,
            &number(n),
            Method::Sms,
            "",
            &from(ip),
        )
    };
    register(0, "198.51.100.1").unwrap();
    register(1, "198.51.100.2").unwrap();
    assert!(matches!(
        denied(register(2, "198.51.100.3")),
        Denied::Throttled { .. }
    ));
    register(3, "203.0.113.1").unwrap();
    // Four are left to whoever has a password, and the owner's usual network is not asked.
    for n in 0..4 {
        let seconds = 700 + n * 20;
        let ip = format!("198.51.100.{}", 50 + n);
        let challenge = alice.begins(&verifier, &ip, seconds);
        let sent = verifier.send_code(at(seconds), &challenge, Method::Sms, &from(&ip));
        if n < 3 {
            sent.unwrap();
        } else {
            // The user's own budget from elsewhere is two thirds of five.
            assert!(matches!(denied(sent), Denied::Throttled { .. }));
        }
    }
    let challenge = alice.begins(&verifier, HOME, 900);
    verifier
        .send_code(at(900), &challenge, Method::Sms, &from(HOME))
        .unwrap();
}

/// A challenge that its owner has opened where they always are, in somebody else's hands.
#[test]
fn whose_code_it_is_is_judged_by_where_it_is_asked_for_and_not_by_where_the_challenge_was_opened() {
    let scene = Scene::new();
    let open = scene.open(&[]);
    let alice = Person::new(&open, "7");
    with_telephone(&scene, &open, &alice);
    let verifier = scene.open(&[
        ("network_address_sends", "2"),
        ("network_subnet_sends", "2"),
        ("send_cooldown_seconds", "10"),
        ("send_per_number_hour", "50"),
        ("send_per_user_hour", "50"),
    ]);
    let challenge = alice.begins(&verifier, HOME, 600);
    let send = |ip: &str, seconds: i64| {
        verifier.send_code(at(seconds), &challenge, Method::Sms, &from(ip))
    };
    send(ELSEWHERE, 600).unwrap();
    send(ELSEWHERE, 620).unwrap();
    assert!(matches!(
        denied(send(ELSEWHERE, 640)),
        Denied::Throttled { .. }
    ));
    // The owner is where they always are, also with one that was opened elsewhere.
    for seconds in [660, 680, 700] {
        send(HOME, seconds).unwrap();
    }
    let challenge = alice.begins(&verifier, ELSEWHERE, 720);
    for seconds in [720, 740, 760] {
        verifier
            .send_code(at(seconds), &challenge, Method::Sms, &from(HOME))
            .unwrap();
    }
}

#[test]
fn guessing_spread_over_many_accounts_or_from_many_networks_is_told_once() {
    let scene = Scene::new();
    let verifier = scene.open(&[("alarm_accounts", "5"), ("alarm_networks", "4")]);
    let people: Vec<_> = (0..8)
        .map(|n| Person::new(&verifier, &format!("{n}")))
        .collect();
    let alarms = || {
        let events = verifier.providers_audit(100, None).unwrap();
        let of = events
            .into_iter()
            .filter(|event| event.kind == "guessing.suspected");
        of.map(|event| event.reason.unwrap()).collect::<Vec<_>>()
    };
    // Wrong from where they always are: nobody guesses.
    for person in &people {
        let challenge = person.begins(&verifier, HOME, 60);
        person.guess(&verifier, &challenge, Method::Totp, HOME, 60);
    }
    assert_eq!((alarms().len(), found(&verifier, 60).len()), (0, 0));
    for person in &people {
        let challenge = person.begins(&verifier, ELSEWHERE, 60);
        person.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 60);
    }
    assert_eq!(alarms(), ["failures=5 accounts=5 networks=1"]);
    assert_eq!(found(&verifier, 60), ["guessing.accounts"]);
    for n in 1..8 {
        let ip = format!("203.0.113.{n}");
        let challenge = people[0].begins(&verifier, &ip, 100);
        people[0].guess(&verifier, &challenge, Method::BackupCode, &ip, 100);
    }
    assert_eq!(alarms().len(), 2);
    assert_eq!(
        found(&verifier, 100),
        ["guessing.accounts", "guessing.networks"]
    );
    assert!(verifier.providers_audit_is_intact().unwrap());
    // No name of anybody is in it, and it is over after three days.
    let checks = verifier.health(Ok(at(100)));
    let message = &checks
        .iter()
        .find(|check| check.name == "networks")
        .unwrap()
        .message;
    assert!(
        message.contains("8 wrong answers") || message.contains("5 accounts"),
        "{message}"
    );
    assert_eq!(found(&verifier, 100 + 4 * DAY).len(), 0);
}

#[test]
fn the_row_of_guessing_is_sealed_and_one_that_was_changed_is_begun_anew() {
    let scene = Scene::new();
    let verifier = scene.open(&[("alarm_accounts", "2")]);
    let people: Vec<_> = (0..4)
        .map(|n| Person::new(&verifier, &format!("{n}")))
        .collect();
    let guess_at = |person: &Person| {
        let challenge = person.begins(&verifier, ELSEWHERE, 60);
        let wrong = person.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 60);
        assert_eq!(wrong, Denied::Rejected);
    };
    guess_at(&people[0]);
    let database = rusqlite::Connection::open(scene.folder.path().join("db")).unwrap();
    let damage = |sql: &str| assert_eq!(database.execute(sql, []).unwrap(), 1);
    damage("UPDATE shared_row SET body = x'00' WHERE name = 'guessing'");
    guess_at(&people[1]);
    assert_eq!(found(&verifier, 60).len(), 0);
    guess_at(&people[2]);
    assert_eq!(found(&verifier, 60), ["guessing.accounts"]);
}

#[test]
fn a_limit_whose_row_cannot_be_read_stops_the_unknown_and_nobody_else() {
    let scene = Scene::new();
    let verifier = scene.open(&[("network_address_failures", "6")]);
    let alice = Person::new(&verifier, "7");
    let challenge = alice.begins(&verifier, ELSEWHERE, 60);
    alice.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 60);
    let database = rusqlite::Connection::open(scene.folder.path().join("db")).unwrap();
    let damaged = database
        .execute(
            "UPDATE shared_row SET body = x'ff' WHERE name LIKE 'networks/%'",
            [],
        )
        .unwrap();
    assert_eq!(damaged, 1);
    let answer = alice.answers(&verifier, &challenge, ELSEWHERE, 60);
    assert!(matches!(
        denied(answer),
        Denied::LockedOut {
            disabled: false,
            ..
        }
    ));
    alice.signs_in(&verifier, HOME, 60).unwrap();
}

#[test]
fn who_has_the_password_has_so_many_tries_by_all_methods_together_and_the_owner_all_of_theirs() {
    let scene = Scene::new();
    let verifier = scene.open(&[("max_failures_all_methods", "4"), ("after_failures", "0")]);
    let alice = Person::new(&verifier, "7");
    with_telephone(&scene, &verifier, &alice);
    // A sign-in that goes on at home, and a session.
    let open_at_home = alice.begins(&verifier, HOME, 90);
    let proof = alice.signs_in(&verifier, HOME, 90).unwrap();
    verifier
        .admit_session(at(90), CameOf::Verified(&proof), b"cookie", &from(HOME))
        .unwrap();
    let mut looked_at = 0;
    for method in [Method::Totp, Method::Sms].repeat(10) {
        let challenge = alice.begins(&verifier, ELSEWHERE, 120);
        match alice.guess(&verifier, &challenge, method, ELSEWHERE, 120) {
            Denied::Rejected => looked_at += 1,
            Denied::LockedOut {
                retry_after,
                disabled,
            } => {
                assert_eq!((retry_after, disabled), (21_600, false));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(looked_at, 4);
    assert_eq!(
        alice.locks(&verifier, 120),
        0,
        "no method is blocked by so few"
    );
    // The owner is, wherever they are known, as if nothing had been.
    alice.answers(&verifier, &open_at_home, HOME, 120).unwrap();
    assert!(
        verifier
            .session_counts(at(120), &alice.user.id, b"cookie")
            .unwrap()
    );
    for n in 0..4 {
        let challenge = alice.begins(&verifier, HOME, 150);
        let wrong = alice.guess(&verifier, &challenge, Method::BackupCode, HOME, 150 + n);
        assert_eq!(wrong, Denied::Rejected, "they are not counted");
    }
    alice.signs_in(&verifier, HOME, 160).unwrap();
    // And from a network where they never were, which is not the thief's.
    alice.signs_in(&verifier, "203.0.113.5", 190).unwrap();
    // One runs out after a quarter of a day; a proof from there forgives the rest.
    alice.signs_in(&verifier, ELSEWHERE, 120 + 21_600).unwrap();
}

#[test]
fn after_many_failures_it_is_told_and_the_next_proof_asks_for_a_new_password() {
    let scene = Scene::new();
    let verifier = scene.open(&[("after_failures", "6"), ("max_failures_all_methods", "3")]);
    let alice = Person::new(&verifier, "7");
    let at_home = alice.begins(&verifier, HOME, 60);
    let proof = alice.signs_in(&verifier, HOME, 60).unwrap();
    verifier
        .admit_session(at(60), CameOf::Verified(&proof), b"cookie", &from(HOME))
        .unwrap();
    assert!(!proof.must_change_password);
    let first = alice.begins(&verifier, "198.51.100.1", 90);
    let second = alice.begins(&verifier, "198.51.100.2", 90);
    for (challenge, ip) in [(&first, "198.51.100.1"), (&second, "198.51.100.2")] {
        for method in [Method::Totp, Method::BackupCode, Method::Totp] {
            assert_eq!(
                alice.guess(&verifier, challenge, method, ip, 90),
                Denied::Rejected
            );
        }
    }
    assert_eq!(times(&alice.kinds(&verifier), "password.suspected"), 1);
    assert_eq!(found(&verifier, 90), ["guessing.password"]);
    // Whoever waited there for a proof begins again, with the password.
    for (challenge, ip) in [(&first, "198.51.100.1"), (&second, "198.51.100.2")] {
        let answer = alice.guess(&verifier, challenge, Method::Totp, ip, 90);
        assert_eq!(answer, Denied::ChallengeClosed);
    }
    // The owner's sign-in at home is open, their session goes on, and a proof says that a new password is due.
    assert!(
        verifier
            .session_counts(at(90), &alice.user.id, b"cookie")
            .unwrap()
    );
    let proof = alice.answers(&verifier, &at_home, HOME, 90).unwrap();
    assert!(proof.must_change_password);
    assert!(
        alice
            .signs_in(&verifier, HOME, 120)
            .unwrap()
            .must_change_password
    );
    // Until it was set.
    verifier
        .raise_epoch(
            at(121),
            &alice.user.id,
            "7",
            "a new password",
            Some(&from(HOME)),
        )
        .unwrap();
    assert!(
        !alice
            .signs_in(&verifier, HOME, 150)
            .unwrap()
            .must_change_password
    );
}

#[test]
fn a_stranger_without_the_password_moves_none_of_it() {
    let scene = Scene::new();
    let open = scene.open(&[]);
    let alice = Person::new(&open, "7");
    with_telephone(&scene, &open, &alice);
    let verifier = scene.open(&[
        ("after_failures", "1"),
        ("max_failures_all_methods", "1"),
        ("network_address_failures", "1"),
        ("alarm_accounts", "1"),
        ("alarm_networks", "1"),
    ]);
    let quiet = |_: &str| {};
    for n in 0..6 {
        let ip = format!("198.51.100.{n}");
        let reset = verifier
            .begin_password_reset(at(300 + n), Some(&alice.user), &from(&ip), &quiet)
            .unwrap();
        for _ in 0..3 {
            let _ = verifier.verify_password_reset(at(300 + n), &reset, WRONG, &from(&ip), &quiet);
        }
        let _ = verifier.verify(at(300 + n), "made up", Method::Totp, WRONG, &from(&ip));
    }
    assert_eq!(found(&verifier, 310).len(), 0);
    let kinds = alice.kinds(&verifier);
    assert_eq!(times(&kinds, "password.suspected"), 0);
    assert!(
        !alice
            .signs_in(&verifier, "198.51.100.1", 330)
            .unwrap()
            .must_change_password
    );
}

#[test]
fn a_trusted_device_signs_in_whatever_others_have_used_up_there_and_not_from_where_it_is_denied() {
    let scene = Scene::new();
    let lowest = [
        ("network_address_failures", "1"),
        ("network_subnet_failures", "1"),
        ("max_failures_all_methods", "1"),
        ("after_failures", "1"),
    ];
    let verifier = scene.open(&lowest);
    let alice = Person::new(&verifier, "7");
    let challenge = alice.begins(&verifier, HOME, 60);
    let code = alice.phone.at(at(60)).to_string();
    let proof = verifier
        .verify_and_trust(at(60), &challenge, Method::Totp, &code, &from(HOME))
        .unwrap();
    let mut token = proof.device_token.unwrap();
    // Somebody who has the password uses up what there is, where the device is on its way.
    let challenge = alice.begins(&verifier, ELSEWHERE, 90);
    alice.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 90);
    assert!(matches!(
        denied(alice.signs_in(&verifier, ELSEWHERE, 120)),
        Denied::LockedOut { .. }
    ));
    let mut shows = |verifier: &Verifier, seconds| {
        let client = from(ELSEWHERE).showing(token.as_bytes());
        let login = verifier
            .begin_login(at(seconds), &alice.user, &client)
            .unwrap();
        if let Some(next) = login.device_token {
            token = next;
        }
        login.state
    };
    assert_eq!(shows(&verifier, 150), LoginState::TrustedDevice);
    let denying = scene.open(&[("network_deny", "198.51.100.0/24")]);
    assert_eq!(shows(&denying, 300), LoginState::ChallengeRequired);
    // It is not used up by that.
    assert_eq!(shows(&verifier, 450), LoginState::TrustedDevice);
}

#[test]
fn a_challenge_that_was_opened_at_home_exempts_no_answer_from_elsewhere() {
    let scene = Scene::new();
    let verifier = scene.open(&[("max_failures_all_methods", "3"), ("after_failures", "4")]);
    let alice = Person::new(&verifier, "7");
    let challenge = alice.begins(&verifier, HOME, 60);
    let mut looked_at = 0;
    for _ in 0..8 {
        if alice.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 60) == Denied::Rejected {
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 3);
    let right = alice.answers(&verifier, &challenge, ELSEWHERE, 60);
    assert!(matches!(denied(right), Denied::LockedOut { .. }));
    // They count towards what is told, and the challenge is the owner's all the same.
    alice.guess(&verifier, &challenge, Method::Totp, "203.0.113.1", 60);
    assert_eq!(found(&verifier, 60), ["guessing.password"]);
    let proof = alice.answers(&verifier, &challenge, HOME, 60).unwrap();
    assert!(proof.must_change_password);
}

#[test]
fn a_request_that_sends_nothing_takes_nothing_of_what_a_network_may_ask_for() {
    let scene = Scene::new();
    let open = scene.open(&[]);
    let alice = Person::new(&open, "7");
    with_telephone(&scene, &open, &alice);
    let verifier = scene.open(&[
        ("network_address_sends", "6"),
        ("network_subnet_sends", "6"),
    ]);
    let register = |n: i64, seconds: i64| {
        let number = PhoneNumber::parse(&format!("+49151234500{n:02}"), None).unwrap();
        let subject = UserId::new(format!("visitor {n}")).unwrap();
        verifier.prove_number(
            at(seconds),
            &subject,
            &number,
            Method::Sms,
            "",
            &from(ELSEWHERE),
        )
    };
    let first = register(0, 600).unwrap();
    let challenge = alice.begins(&verifier, ELSEWHERE, 600);
    let send = |seconds| verifier.send_code(at(seconds), &challenge, Method::Sms, &from(ELSEWHERE));
    send(600).unwrap();
    let bob = user("8");
    let number = PhoneNumber::parse("+4915123450077", None).unwrap();
    let set_up = |seconds| {
        let (sms, from) = (Method::Sms, from(ELSEWHERE));
        verifier.start_phone(at(seconds), &bob, &number, sms, &from, None)
    };
    assert_eq!(first.resend_at, at(660));
    let before = lines(&scene);
    for n in 1..30 {
        assert!(matches!(
            denied(register(0, 600 + n)),
            Denied::Throttled { retry_after } if retry_after <= 60
        ));
        assert!(matches!(
            denied(send(600 + n)),
            Denied::Throttled { retry_after } if retry_after <= 60
        ));
    }
    assert_eq!(lines(&scene), before);
    // A third is two: the other one is still there.
    let sent = set_up(640).unwrap();
    for n in 1..10 {
        let again = verifier.resend_code(at(640 + n), &sent.token, &from(ELSEWHERE));
        assert!(matches!(denied(again), Denied::Throttled { .. }));
    }
    // And of the six, three.
    send(700).unwrap();
    assert_eq!(lines(&scene), before + 2);
}

#[test]
fn with_every_limit_used_up_a_right_backup_code_signs_in() {
    let scene = Scene::new();
    let verifier = scene.open(&[
        ("network_address_failures", "1"),
        ("network_subnet_failures", "1"),
        ("max_failures_all_methods", "1"),
    ]);
    let alice = Person::new(&verifier, "7");
    let challenge = alice.begins(&verifier, ELSEWHERE, 60);
    alice.guess(&verifier, &challenge, Method::Totp, ELSEWHERE, 60);
    let right = alice.answers(&verifier, &challenge, ELSEWHERE, 60);
    assert!(matches!(denied(right), Denied::LockedOut { .. }));
    // A wrong one is looked at, slowed down as without a licence, and counted for what is told and nothing else.
    let failed = || times(&alice.kinds(&verifier), "factor.rejected");
    let before = failed();
    for _ in 0..8 {
        alice.guess(&verifier, &challenge, Method::BackupCode, ELSEWHERE, 60);
    }
    assert_eq!(failed(), before + 5);
    let code = |n: usize, seconds| {
        let (backup, from) = (Method::BackupCode, from(ELSEWHERE));
        verifier.verify(at(seconds), &challenge, backup, &alice.codes[n], &from)
    };
    assert!(matches!(
        denied(code(0, 60)),
        Denied::LockedOut {
            retry_after: 60,
            ..
        }
    ));
    code(0, 120).unwrap();
    let database = rusqlite::Connection::open(scene.folder.path().join("db")).unwrap();
    let rows = "SELECT count(*) FROM shared_row WHERE name = 'guessing'";
    let told: u32 = database.query_row(rows, [], |row| row.get(0)).unwrap();
    assert_eq!(told, 1);
}

#[test]
fn one_account_uses_up_a_third_of_what_its_subnet_may_be_wrong() {
    let scene = Scene::new();
    let verifier = scene.open(&[
        ("network_subnet_failures", "9"),
        ("max_failures_all_methods", "0"),
        ("after_failures", "0"),
        ("max_attempts", "20"),
    ]);
    let own = Person::new(&verifier, "of the thief");
    let alice = Person::new(&verifier, "7");
    let mut looked_at = 0;
    for n in 0..12 {
        let ip = format!("198.51.100.{}", n % 6);
        let challenge = own.begins(&verifier, &ip, 60);
        match own.guess(&verifier, &challenge, Method::Totp, &ip, 60) {
            Denied::Rejected => looked_at += 1,
            other => assert!(matches!(
                other,
                Denied::LockedOut {
                    disabled: false,
                    ..
                }
            )),
        }
    }
    assert_eq!(looked_at, 3);
    alice.signs_in(&verifier, "198.51.100.77", 60).unwrap();
}

#[test]
fn after_many_failures_what_is_open_where_nobody_guessed_stays_open() {
    for most in ["3", "0"] {
        let scene = Scene::new();
        let verifier = scene.open(&[("after_failures", "4"), ("max_failures_all_methods", most)]);
        let alice = Person::new(&verifier, "7");
        // The owner is on the way, where no proof has come from.
        let on_the_way = alice.begins(&verifier, "203.0.113.50", 60);
        let first = alice.begins(&verifier, "198.51.100.1", 60);
        let second = alice.begins(&verifier, "198.51.100.2", 60);
        for (challenge, ip) in [(&first, "198.51.100.1"), (&second, "198.51.100.2")] {
            for _ in 0..2 {
                alice.guess(&verifier, challenge, Method::Totp, ip, 60);
            }
        }
        assert_eq!(found(&verifier, 60), ["guessing.password"]);
        for (challenge, ip) in [(&first, "198.51.100.1"), (&second, "198.51.100.2")] {
            let answer = alice.guess(&verifier, challenge, Method::Totp, ip, 60);
            assert_eq!(answer, Denied::ChallengeClosed);
        }
        let proof = alice
            .answers(&verifier, &on_the_way, "203.0.113.50", 60)
            .unwrap();
        assert!(proof.must_change_password);
    }
}

#[test]
fn a_pipe_a_folder_or_an_emptied_file_is_a_list_that_is_wrong_and_nobody_waits_for_it() {
    let scene = Scene::new();
    let alice = Person::new(&scene.open(&[]), "7");
    let pipe = scene.folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let path = scene.file("deny", "198.51.100.0/24");
    let reads = scene.open(&[("network_deny", path.as_str())]);
    assert_eq!(
        denied(alice.signs_in(&reads, ELSEWHERE, 60)),
        Denied::Rejected
    );
    scene.file("deny", " \n");
    let folder = scene.folder.path().to_str().unwrap();
    for wrong in [path.as_str(), pipe.to_str().unwrap(), folder] {
        for setting in ["network_deny", "network_allow"] {
            let fresh = scene.open(&[(setting, wrong)]);
            assert!(
                matches!(alice.signs_in(&fresh, HOME, 60), Err(Error::Unavailable(_))),
                "{wrong}"
            );
            assert_eq!(found(&fresh, 60), ["networks.broken"], "{wrong}");
        }
    }
    // What a process has read before stands, until it says something else.
    assert_eq!(
        denied(alice.signs_in(&reads, ELSEWHERE, 60)),
        Denied::Rejected
    );
    scene.file("deny", "# nobody");
    alice.signs_in(&reads, ELSEWHERE, 60).unwrap();
}

#[test]
fn whoever_guesses_at_an_app_alone_is_told_of_before_it_is_disabled() {
    let scene = Scene::new();
    let verifier = scene.open(&[]);
    let alice = Person::new(&verifier, "7");
    let (mut now, mut guesses) = (60, 0);
    // Whenever a block ends, each time from another network.
    for n in 0..200 {
        let ip = format!("198.51.{n}.1");
        let challenge = alice.begins(&verifier, &ip, now);
        match alice.guess(&verifier, &challenge, Method::Totp, &ip, now) {
            Denied::LockedOut { disabled: true, .. } => break,
            Denied::LockedOut { retry_after, .. } => now += i64::try_from(retry_after).unwrap(),
            _ => guesses += 1,
        }
        if guesses == 11 {
            assert_eq!(found(&verifier, now), ["guessing.password"]);
        }
    }
    assert_eq!(guesses, 50);
    let events = verifier.audit(Some(&alice.user.id), 100, None).unwrap();
    let suspected = (events.iter()).filter(|event| event.kind == "password.suspected");
    let whys: Vec<_> = suspected
        .filter_map(|event| event.reason.as_deref())
        .collect();
    // The newest first.
    assert_eq!(whys, ["disabled", "20 failures", "longest block"]);
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(times(&kinds, "factor.disabled"), 1);
}
