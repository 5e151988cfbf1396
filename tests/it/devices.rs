//! Trusted devices, and a store that fails or was tampered with: nobody is let in by a device, and nobody loses one.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::net::{IpAddr, Ipv4Addr};

use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::types::{Method, UserId};
use twofactor::verifier::{Client, Error, LoginState, User, Verifier};

use crate::licensed;

const KEYS: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(1_700_000_010 + seconds).unwrap()
}

fn alice() -> User {
    User {
        id: UserId::new("7").unwrap(),
        name: "alice".to_owned(),
        email: None,
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    }
}

fn showing(token: &str) -> Client {
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    Client::new(address, "Firefox/143.0").showing(token.as_bytes())
}

struct Scene {
    folder: tempfile::TempDir,
    verifier: Verifier,
    token: String,
}

impl Scene {
    /// A licence, a user with an app, and a device of theirs.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}", folder.path().join("db").display());
        let settings = licensed::settings();
        let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
        let config = Config::parse(settings.chain([("store", store.as_str())])).unwrap();
        let ring = KeyRing::parse(KEYS).unwrap();
        let verifier = Verifier::open(config, Some(ring.clone()), true).unwrap();
        licensed::license(&store, ring, at(0));
        let setup = verifier.start_totp(at(0), &alice(), None, None, None);
        let setup = setup.unwrap();
        let phone = Totp::from_uri(&setup.uri).unwrap();
        let (code, client) = (phone.at(at(0)), showing(""));
        verifier
            .confirm_totp(at(0), &setup.token, &code, &client)
            .unwrap();
        let login = verifier.begin_login(at(30), &alice(), &client).unwrap();
        let code = phone.at(at(30));
        let verified = verifier
            .verify_and_trust(at(30), &login.challenge, Method::Totp, &code, &client)
            .unwrap();
        Self {
            folder,
            token: verified.device_token.unwrap().to_string(),
            verifier,
        }
    }

    fn sql(&self, statement: &str) {
        let path = self.folder.path().join("db");
        let database = rusqlite::Connection::open(path).unwrap();
        database.execute_batch(statement).unwrap();
    }

    fn state(&self, seconds: i64) -> Result<LoginState, Error> {
        let client = showing(&self.token);
        let login = self.verifier.begin_login(at(seconds), &alice(), &client)?;
        assert_eq!(
            login.device_token.is_some(),
            login.state == LoginState::TrustedDevice
        );
        Ok(login.state)
    }
}

#[test]
fn where_its_use_cannot_be_written_a_device_lets_nobody_in_and_is_not_used_up() {
    let scene = Scene::new();
    for table in ["audit", "account"] {
        scene.sql(&format!("ALTER TABLE {table} RENAME TO away"));
        let answer = scene.state(60);
        assert!(
            matches!(answer, Err(Error::Unavailable(_))),
            "{table}: {answer:?}"
        );
        scene.sql(&format!("ALTER TABLE away RENAME TO {table}"));
    }
    assert_eq!(scene.state(61).unwrap(), LoginState::TrustedDevice);
}

#[test]
fn an_account_that_cannot_be_read_lets_nobody_in_by_a_device() {
    for damage in [
        "UPDATE account SET sealed = x'00'",
        "UPDATE account SET version = version + 1",
        "UPDATE account SET user = '8'",
        "DELETE FROM account",
    ] {
        let scene = Scene::new();
        scene.sql(damage);
        assert!(
            matches!(scene.state(60), Err(Error::Unavailable(_))),
            "{damage}"
        );
    }
}

#[test]
fn a_licence_row_that_cannot_be_read_asks_everybody_and_costs_no_device() {
    let scene = Scene::new();
    scene.sql("CREATE TABLE kept AS SELECT * FROM shared_row WHERE name = 'licence'");
    for damage in [
        "UPDATE shared_row SET body = x'00' WHERE name = 'licence'",
        "UPDATE shared_row SET version = version + 1 WHERE name = 'licence'",
        "DELETE FROM shared_row WHERE name = 'licence'",
    ] {
        scene.sql(damage);
        assert_eq!(
            scene.state(60).unwrap(),
            LoginState::ChallengeRequired,
            "{damage}"
        );
        scene.sql(
            "DELETE FROM shared_row WHERE name = 'licence'; INSERT INTO shared_row SELECT * FROM kept",
        );
    }
    assert_eq!(scene.state(61).unwrap(), LoginState::TrustedDevice);
}

/// Whoever can write to the database can put back a user's row (docs/design.md), and that is all that it gives them.
#[test]
fn an_account_that_was_put_back_asks_the_browser_that_has_gone_on() {
    let mut scene = Scene::new();
    scene.sql("CREATE TABLE kept AS SELECT * FROM account");
    let client = showing(&scene.token);
    let login = scene.verifier.begin_login(at(60), &alice(), &client);
    scene.token = login.unwrap().device_token.unwrap().to_string();
    scene.sql("DELETE FROM account; INSERT INTO account SELECT * FROM kept");
    let client = showing(&scene.token);
    let answer = scene.verifier.begin_login(at(61), &alice(), &client);
    // Its audit has gone on, too: with that in the way nobody is let in at all; without, the device is over.
    assert!(answer.is_err(), "{answer:?}");
    scene.sql("DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)");
    let login = scene
        .verifier
        .begin_login(at(62), &alice(), &client)
        .unwrap();
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert!(login.ended_device.is_some());
    assert!(
        scene
            .verifier
            .devices(at(63), &alice().id, None)
            .unwrap()
            .is_empty()
    );
}
