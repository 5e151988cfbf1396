//! The verifier over an in-memory store: what the rules' tests cannot see because it happens between
//! rule and store.

use std::net::{IpAddr, Ipv4Addr};

use super::*;

#[cfg(feature = "premium")]
mod alerts;
mod audit;
mod derived;
#[cfg(feature = "premium")]
mod devices;
#[cfg(feature = "premium")]
mod enforcement;
mod everybody;
mod figures;
mod hold;
#[cfg(feature = "premium")]
mod lapsed;
#[cfg(feature = "premium")]
mod licensed;
mod mark;
mod notices;
mod operators;
mod personal_data;
mod plain_policy;
mod providers;
mod required;
mod send;
mod sessions;
#[cfg(feature = "premium")]
mod site_figures;
#[cfg(feature = "premium")]
mod support;
mod texts;
use crate::account::Denied;
use crate::account::totp::Totp;
use crate::types::Purpose;

const START: i64 = 1_700_000_010;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn verifier() -> Verifier {
    Verifier::open(Config::parse([("store", "memory:")]).unwrap(), None, true).unwrap()
}

fn user(id: &str) -> User {
    User {
        id: UserId::new(id).unwrap(),
        name: format!("user {id}"),
        email: None,
        locale: None,
        standing: crate::verifier::Standing::Unknown,
    }
}

/// One of many customers.
fn client_at(n: u32) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::from(0x0A00_0000 + n)), String::new())
}

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

/// Enrols at second 0 and returns what the user's phone would compute.
fn enrol(verifier: &Verifier, user: &User) -> (Totp, Vec<Zeroizing<String>>) {
    let password = verifier.grant_after_password(at(0), &user.id).unwrap();
    let setup = verifier
        .start_totp(at(0), user, None, Some(&password), None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
        .unwrap();
    sent(verifier, &enrolled.notices, 0);
    (phone, enrolled.backup_codes)
}

/// The host's mailer took them.
fn sent(verifier: &Verifier, notices: &[Message], seconds: i64) {
    let ids: Vec<String> = notices.iter().map(|it| it.id.clone()).collect();
    verifier.notices_sent(at(seconds), &ids).unwrap();
}

fn step_up(verifier: &Verifier, user: &User, phone: &Totp, seconds: i64) -> Zeroizing<String> {
    let challenge = verifier
        .begin_challenge(at(seconds), user, Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    let code = phone.at(at(seconds));
    verifier
        .verify(at(seconds), &challenge, Method::Totp, &code, &client())
        .unwrap()
        .grant
}

fn denied<T: fmt::Debug>(answer: Result<T, Error>) -> Denied {
    match answer {
        Err(Error::Denied(denied)) => denied,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_longest_names_fit_into_the_token_of_a_set_up() {
    let verifier = verifier();
    let user = User {
        name: "n".repeat(255),
        ..user(&"7".repeat(191))
    };
    let (phone, _) = enrol(&verifier, &user);
    let grant = step_up(&verifier, &user, &phone, 30);
    let label = "\u{1f4f1}".repeat(64);
    let setup = verifier
        .start_totp(at(30), &user, Some(&label), Some(&grant), None)
        .unwrap();
    let app = Totp::from_uri(&setup.uri).unwrap();
    let code = app.at(at(30));
    let enrolled = verifier.confirm_totp(at(30), &setup.token, &code, &client());
    assert!(enrolled.is_ok(), "{} bytes", setup.token.len());
}

#[test]
fn a_user_without_a_factor_is_allowed_and_leaves_no_trace() {
    let verifier = verifier();
    let login = verifier.begin_login(at(0), &user("7"), &client()).unwrap();
    assert_eq!(
        (login.state, login.challenge.as_str()),
        (LoginState::Allowed, "")
    );
    assert!(verifier.accounts(at(0), "", 10, None).unwrap().is_empty());
    assert!(verifier.audit(None, 10, None).unwrap().is_empty());
    let answer = verifier.begin_challenge(at(0), &user("7"), Purpose::StepUp, &client());
    assert_eq!(denied(answer), Denied::Rejected);
}

#[test]
fn a_pending_set_up_changes_no_sign_in() {
    let verifier = verifier();
    let setup = verifier
        .start_totp(at(0), &user("7"), None, None, None)
        .unwrap();
    let login = verifier.begin_login(at(0), &user("7"), &client()).unwrap();
    assert_eq!(login.state, LoginState::Allowed);
    let again = verifier.pending_totp(at(0), &setup.token).unwrap().unwrap();
    assert_eq!((&again.uri, &again.token), (&setup.uri, &setup.token));
    assert!(setup.secret.split(' ').all(|group| group.len() == 4));
}

#[test]
fn a_code_signs_in_exactly_once() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, codes) = enrol(&verifier, &alice);
    assert_eq!(codes.len(), 10);
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    assert_eq!(login.methods, [Method::Totp, Method::BackupCode]);
    let code = phone.at(at(30));
    let verified = verifier
        .verify(at(30), &login.challenge, Method::Totp, &code, &client())
        .unwrap();
    assert_eq!(
        (verified.user, verified.grant.as_str()),
        (alice.id.clone(), "")
    );
    let again = verifier.verify(at(30), &login.challenge, Method::Totp, &code, &client());
    assert_eq!(denied(again), Denied::ChallengeClosed);
    let other = verifier.begin_login(at(31), &alice, &client()).unwrap();
    let replay = verifier.verify(at(31), &other.challenge, Method::Totp, &code, &client());
    assert_eq!(denied(replay), Denied::Rejected);
}

#[test]
fn a_marker_is_worth_nothing_when_it_is_changed_cut_foreign_or_made_up() {
    let verifier = verifier();
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    enrol(&verifier, &bob);
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    let good = login.challenge.as_bytes();
    let code = phone.at(at(30));
    let before = verifier.audit(None, 1, None).unwrap()[0].id;
    for index in 0..good.len() {
        for bit in 0..8 {
            let mut changed = good.to_vec();
            changed[index] ^= 1 << bit;
            let Ok(text) = std::str::from_utf8(&changed) else {
                continue;
            };
            let answer = verifier.verify(at(30), text, Method::Totp, &code, &client());
            assert_eq!(denied(answer), Denied::ChallengeClosed);
        }
        let answer = verifier.verify(
            at(30),
            &login.challenge[..index],
            Method::Totp,
            &code,
            &client(),
        );
        assert_eq!(denied(answer), Denied::ChallengeClosed);
    }
    for made_up in [
        "",
        "AAAA",
        "../../etc/passwd",
        &"A".repeat(1 << 20),
        "\0",
        "é",
    ] {
        let answer = verifier.verify(at(30), made_up, Method::Totp, &code, &client());
        assert_eq!(denied(answer), Denied::ChallengeClosed);
    }
    assert_eq!(
        verifier.audit(None, 1, None).unwrap()[0].id,
        before,
        "no counter moved"
    );
    // Bob's challenge asks for Bob's code; Alice's does not fit.
    let bobs = verifier.begin_login(at(30), &bob, &client()).unwrap();
    let answer = verifier.verify(at(30), &bobs.challenge, Method::Totp, &code, &client());
    assert_eq!(denied(answer), Denied::Rejected);
    // A grant is no challenge and a challenge is no grant.
    let grant = step_up(&verifier, &alice, &phone, 60);
    let answer = verifier.verify(at(60), &grant, Method::Totp, &code, &client());
    assert_eq!(denied(answer), Denied::ChallengeClosed);
    let answer = verifier.remove(at(60), &alice.id, Method::Totp, &login.challenge, None);
    assert_eq!(denied(answer), Denied::StepUpRequired);
}

#[test]
fn a_hundred_challenges_share_one_counter() {
    let verifier = verifier();
    let alice = user("7");
    enrol(&verifier, &alice);
    let (mut rejected, mut locked) = (0, 0);
    for n in 0..100 {
        let login = verifier.begin_login(at(30), &alice, &client_at(n)).unwrap();
        let answer = verifier.verify(at(30), &login.challenge, Method::Totp, "000000", &client());
        match denied(answer) {
            Denied::Rejected => rejected += 1,
            Denied::LockedOut {
                retry_after: 60,
                disabled: false,
            } => locked += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((rejected, locked), (5, 95));
}

#[test]
fn every_change_needs_a_grant_of_this_user_as_soon_as_there_is_a_factor() {
    let verifier = verifier();
    let (alice, bob) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let (bobs_phone, _) = enrol(&verifier, &bob);
    let bobs = step_up(&verifier, &bob, &bobs_phone, 30);
    for grant in ["", "AAAA", bobs.as_str()] {
        for answer in [
            verifier
                .start_totp(at(30), &alice, None, Some(grant), None)
                .map(|_| ()),
            verifier
                .regenerate_codes(at(30), &alice.id, Method::BackupCode, grant, None)
                .map(|_| ()),
            verifier.set_primary(at(30), &alice.id, Method::Totp, grant, None),
            verifier
                .remove(at(30), &alice.id, Method::Totp, grant, None)
                .map(|_| ()),
        ] {
            assert_eq!(denied(answer), Denied::StepUpRequired);
        }
    }
    assert_eq!(
        denied(verifier.start_totp(at(30), &alice, None, None, None)),
        Denied::StepUpRequired
    );
    let grant = step_up(&verifier, &alice, &phone, 30);
    let codes = verifier
        .regenerate_codes(at(31), &alice.id, Method::BackupCode, &grant, None)
        .unwrap();
    assert_eq!(codes.codes.len(), 10);
    let epoch = |seconds| verifier.account(at(seconds), &alice.id).unwrap().epoch;
    assert_eq!(codes.epoch, epoch(31));
    // The same proof allows another change, but no other proof of the time before.
    let setup = verifier
        .start_totp(at(32), &alice, None, Some(&grant), None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(33), &setup.token, &phone.at(at(33)), &client())
        .unwrap();
    assert_eq!(enrolled.epoch, epoch(33));
    assert_eq!(
        enrolled.next_code_at,
        UnixTime::new((at(33).seconds() / 30 + 1) * 30).ok()
    );
    let removed = verifier.remove(at(34), &alice.id, Method::Totp, &grant, None);
    assert_eq!(removed.unwrap(), epoch(34));
    assert!(!verifier.account(at(34), &alice.id).unwrap().enrolled);
}

#[test]
fn the_longest_names_fit_into_every_token() {
    let verifier = verifier();
    let person = User {
        id: UserId::new("\u{1F600}".repeat(47)).unwrap(),
        name: "\u{1F600}".repeat(63),
        locale: Some("x".repeat(35)),
        ..user("7")
    };
    let (phone, _) = enrol(&verifier, &person);
    let grant = step_up(&verifier, &person, &phone, 30);
    let setup = verifier
        .start_totp(at(31), &person, None, Some(&grant), None)
        .unwrap();
    assert!(setup.token.len() < 1024, "{}", setup.token.len());
    let again = verifier.pending_totp(at(31), &setup.token).unwrap();
    assert_eq!(again.unwrap().uri, setup.uri);
}

#[test]
fn an_account_whose_key_is_missing_is_never_one_without_a_factor() {
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("db").display());
    let open = |keys| {
        Verifier::open(
            Config::parse([("store", store.as_str())]).unwrap(),
            keys,
            false,
        )
    };
    let alice = user("7");
    let (phone, _) = enrol(&open(None).unwrap(), &alice);
    let other = open(Some(KeyRing::ephemeral().unwrap())).unwrap();
    assert!(matches!(
        other.begin_login(at(30), &alice, &client()),
        Err(Error::Unavailable(_))
    ));
    assert!(matches!(
        other.account(at(30), &alice.id),
        Err(Error::Unavailable(_))
    ));
    assert!(matches!(
        other.start_totp(at(30), &alice, None, None, None),
        Err(Error::Unavailable(_))
    ));
    let listed = other.accounts(at(30), "", 10, None).unwrap();
    assert!(listed[0].enrolled && !listed[0].readable);
    // The key file gone: nobody gets a new one over existing accounts.
    let key = dir.path().join("db.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(open(None), Err(Error::Configuration(_))));
    assert!(!key.exists());
    std::fs::write(&key, kept).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let back = open(None).unwrap();
    let login = back.begin_login(at(30), &alice, &client()).unwrap();
    assert!(
        back.verify(
            at(30),
            &login.challenge,
            Method::Totp,
            &phone.at(at(30)),
            &client()
        )
        .is_ok()
    );
}

/// Sites that share a store share the key that is beside it.
#[test]
fn no_key_is_made_for_a_store_in_which_another_site_has_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let (store, key) = (dir.path().join("db"), dir.path().join("db.key"));
    let url = format!("sqlite:{}", store.display());
    let begins = std::cell::Cell::new("0");
    let open = |site| {
        let settings = [
            ("store", url.as_str()),
            ("site", site),
            ("new_site", begins.get()),
        ];
        let config = Config::parse(settings).unwrap();
        Verifier::open(config, None, false)
    };
    // As long as nobody has an account, a new key harms nobody.
    drop(open("one").unwrap());
    std::fs::remove_file(&key).unwrap();
    begins.set("1");
    drop(open("two").unwrap());
    assert!(key.exists());
    begins.set("0");

    let alice = user("7");
    let (phone, _) = enrol(&open("one").unwrap(), &alice);
    let away = dir.path().join("away");
    std::fs::rename(&key, &away).unwrap();
    for site in ["one", "two"] {
        match open(site) {
            Err(Error::Configuration(why)) => {
                assert!(why.to_string().contains("restore it"), "{why}");
            }
            other => panic!("{site}: {other:?}"),
        }
        assert!(!key.exists(), "{site}");
    }
    // The old file goes back where it was, and nothing is in its way.
    std::fs::hard_link(&away, &key).unwrap();
    let one = open("one").unwrap();
    let login = one.begin_login(at(30), &alice, &client()).unwrap();
    let code = phone.at(at(30));
    one.verify(at(30), &login.challenge, Method::Totp, &code, &client())
        .unwrap();
    let two = open("two").unwrap();
    assert!(!two.account(at(30), &alice.id).unwrap().enrolled);
}

#[test]
fn an_operator_can_reset_an_account_that_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("db").display());
    let open = || {
        let config = Config::parse([("store", store.as_str())]).unwrap();
        Verifier::open(config, Some(KeyRing::ephemeral().unwrap()), false).unwrap()
    };
    let alice = user("7");
    enrol(&open(), &alice);
    let verifier = open();
    // Who cannot be read may have a factor: it takes as much.
    let nobody = Operator::in_request("admin", None);
    let answer = verifier.reset(at(99), &alice.id, &nobody, "key lost");
    assert_eq!(denied(answer), Denied::StepUpRequired);
    assert!(verifier.account(at(99), &alice.id).is_err());
    verifier
        .reset(
            at(100),
            &alice.id,
            &Operator::on_server("admin"),
            "key lost",
        )
        .unwrap();
    let view = verifier.account(at(100), &alice.id).unwrap();
    assert!(!view.enrolled && view.readable);
    assert!(
        view.epoch >= at(100).unsigned(),
        "the epoch rises over the lost one"
    );
    let events = verifier.audit(Some(&alice.id), 10, None).unwrap();
    assert_eq!(
        (events[0].kind.as_str(), events[0].by.as_deref()),
        ("account.reset", Some("admin"))
    );
    assert!(
        !verifier.audit_is_intact(&alice.id).unwrap(),
        "the old events cannot be checked any more"
    );
    enrol(&verifier, &alice);
}

#[test]
fn the_audit_tells_who_did_what_and_checks() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, codes) = enrol(&verifier, &alice);
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    let _ = verifier.verify(at(30), &login.challenge, Method::Totp, "987654", &client());
    verifier
        .verify(
            at(30),
            &login.challenge,
            Method::BackupCode,
            &codes[0],
            &client(),
        )
        .unwrap();
    verifier
        .unlock(
            at(31),
            &alice.id,
            &Operator::on_server("root\n"),
            "asked by phone",
        )
        .unwrap();
    let events = verifier.audit(Some(&alice.id), 100, None).unwrap();
    let kinds: Vec<&str> = events.iter().rev().map(|e| e.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "enrolment.started",
            "factor.enrolled",
            "challenge.opened",
            "factor.rejected",
            "factor.accepted",
            "backup.spent",
            "account.unlocked",
        ]
    );
    assert_eq!(events[3].ip.as_deref(), Some("192.0.2.1"));
    assert_eq!(events[0].by.as_deref(), Some("root "));
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
    let shown = format!("{events:?}");
    for secret in [
        codes[0].as_str(),
        &phone.secret().to_base32(),
        login.challenge.as_str(),
        "987654",
    ] {
        assert!(!shown.contains(secret));
    }
    // Pages follow each other without gap or repetition.
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page = verifier.audit(Some(&alice.id), 2, before).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        paged.extend(page.iter().map(|e| e.id));
    }
    assert_eq!(paged, events.iter().map(|e| e.id).collect::<Vec<_>>());
}

#[test]
fn twenty_thousand_sign_ins_with_the_password_alone_leave_little() {
    let verifier = verifier();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    for n in 0..20_000 {
        verifier.begin_login(at(30), &alice, &client_at(n)).unwrap();
    }
    // Whoever signs in at last is there, and so is how often it was tried.
    let login = verifier.begin_login(at(31), &alice, &client()).unwrap();
    verifier
        .verify(
            at(31),
            &login.challenge,
            Method::Totp,
            &phone.at(at(31)),
            &client(),
        )
        .unwrap();
    verifier.begin_login(at(90_000), &alice, &client()).unwrap();
    let events = verifier.audit(Some(&alice.id), 1000, None).unwrap();
    let opened = |kind: &str| kind == "challenge.opened";
    let times: u32 = events
        .iter()
        .filter(|event| opened(&event.kind))
        .map(|event| event.times)
        .sum();
    assert_eq!(times, 20_002);
    assert!(events.len() < 30, "{} events", events.len());
    assert!(events.iter().any(|event| event.kind == "factor.accepted"));
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

#[test]
fn operators_have_to_say_who_and_why() {
    let verifier = verifier();
    let alice = user("7").id;
    for (by, reason) in [("", "x"), ("x", ""), ("x", "  ")] {
        assert!(matches!(
            verifier.unlock(at(0), &alice, &Operator::on_server(by), reason),
            Err(Error::Invalid { .. })
        ));
        assert!(matches!(
            verifier.reset(at(0), &alice, &Operator::on_server(by), reason),
            Err(Error::Invalid { .. })
        ));
        assert!(matches!(
            verifier.raise_epoch(at(0), &alice, by, reason, None),
            Err(Error::Invalid { .. })
        ));
    }
    assert!(matches!(
        verifier.accounts(at(0), "", 0, None),
        Err(Error::Invalid { .. })
    ));
    assert!(matches!(
        verifier.audit(None, 1001, None),
        Err(Error::Invalid { .. })
    ));
}

#[test]
fn health_says_what_is_for_tests_only() {
    let health = verifier().health(Ok(at(0)));
    for (name, status) in [
        ("store", HealthStatus::Warning),
        ("key", HealthStatus::Warning),
        ("clock", HealthStatus::Warning),
        ("policy", HealthStatus::Ok),
    ] {
        let check = health.iter().find(|c| c.name == name).unwrap();
        assert_eq!(check.status, status, "{check:?}");
    }
    let broken = verifier().health(Err(ClockError));
    assert!(
        broken
            .iter()
            .any(|c| c.name == "clock" && c.status == HealthStatus::Problem)
    );
}

use crate::clock::ClockError;
