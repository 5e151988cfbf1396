//! Whatever those do who have only the password, or nothing, in any order and number: the owner signs in, steps up and
//! repairs the account within one cooldown.
//!
//! The owner comes from where a proof has come from before, and has an authenticator app, backup codes and, in the
//! second test, a telephone, to which codes still go out. The others come from anywhere else. That codes by telephone
//! are looked at is not claimed: whoever has the password can guess until they are not, and then a backup code is the way
//! in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::{Config, Policy};
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::types::{Method, Purpose, UserId};
#[cfg(feature = "premium")]
use twofactor::verifier::CameOf;
use twofactor::verifier::{Client, Error, Operator, User, Value, Verified, Verifier};
use zeroize::Zeroizing;

const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const START: i64 = 1_700_000_010;
const NUMBER: &str = "+4915123456789";
/// Of the same thousand.
const NEIGHBOURS: [&str; 3] = ["+4915123456780", "+4915123456781", "+4915123456782"];
const GUESSED: [Method; 3] = [Method::Totp, Method::BackupCode, Method::Sms];
/// Answers until what can be disabled is: fifty that are wrong, and a block between each of them.
const MANY: u32 = 120;

// -- what the weaker two do ---------------------------------------------------------------------------

#[derive(Debug, Clone)]
enum Act {
    Wait(u64),
    // With the password:
    Opens {
        from: u8,
        purpose: Purpose,
        times: u8,
    },
    /// Guesses at the challenge that was opened last.
    Guesses {
        from: u8,
        purpose: Purpose,
        method: Method,
        times: u8,
    },
    /// Until there is nothing left to guess at, waiting for the end of every block.
    Persists {
        from: u8,
        method: Method,
    },
    AsksForCode {
        from: u8,
        purpose: Purpose,
    },
    BeginsApp {
        from: u8,
    },
    BeginsPhone {
        from: u8,
    },
    // With nothing, or with an account of their own:
    Resets {
        from: u8,
        guesses: u8,
    },
    MadeUpToken {
        from: u8,
    },
    ClaimsNumber {
        who: u8,
        from: u8,
        of_owner: bool,
    },
}

fn purposes() -> impl Strategy<Value = Purpose> {
    prop_oneof![Just(Purpose::Login), Just(Purpose::StepUp)]
}

fn act() -> impl Strategy<Value = Act> {
    let method = || proptest::sample::select(&GUESSED[..]);
    let from = any::<u8>;
    prop_oneof![
        4 => (0u64..400).prop_map(Act::Wait),
        6 => (from(), purposes(), 1u8..25).prop_map(|(from, purpose, times)| Act::Opens { from, purpose, times }),
        6 => (from(), purposes(), method(), 1u8..8)
            .prop_map(|(from, purpose, method, times)| Act::Guesses { from, purpose, method, times }),
        1 => (from(), method()).prop_map(|(from, method)| Act::Persists { from, method }),
        3 => (from(), purposes()).prop_map(|(from, purpose)| Act::AsksForCode { from, purpose }),
        1 => from().prop_map(|from| Act::BeginsApp { from }),
        1 => from().prop_map(|from| Act::BeginsPhone { from }),
        4 => (from(), 0u8..8).prop_map(|(from, guesses)| Act::Resets { from, guesses }),
        1 => from().prop_map(|from| Act::MadeUpToken { from }),
        2 => (from(), from(), any::<bool>())
            .prop_map(|(who, from, of_owner)| Act::ClaimsNumber { who, from, of_owner }),
    ]
}

// -- a site, its owner and the others -------------------------------------------------------------------

fn user(id: &str) -> User {
    User {
        id: UserId::new(id).unwrap(),
        name: format!("user {id}"),
        email: None,
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    }
}

fn home() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

/// A network of its own for each number, and never the owner's.
fn elsewhere(from: u8) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(10, from, 0, 1)), String::new())
}

struct Scene {
    verifier: Verifier,
    owner: User,
    app: Totp,
    codes: Vec<String>,
    now: i64,
    /// Opened by the owner before anything happened.
    login: Zeroizing<String>,
    step_up: Zeroizing<String>,
    folder: TempDir,
}

impl Scene {
    fn new(with_phone: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::parse([("store", "memory:"), ("development", "1")]).unwrap();
        let verifier = Verifier::open(config, Some(KeyRing::parse(KEY).unwrap()), true).unwrap();
        Self::of(verifier, folder, with_phone)
    }

    /// A site with a licence, where every limit that is premium is as low as it goes.
    #[cfg(feature = "premium")]
    fn with_low_limits() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}", folder.path().join("db").display());
        let licence = crate::licensed::settings();
        let licence = licence.iter().map(|(name, value)| (*name, value.as_str()));
        let lowest = [
            ("network_address_failures", "1"),
            ("network_subnet_failures", "1"),
            ("network_address_sends", "1"),
            ("network_subnet_sends", "1"),
            ("max_failures_all_methods", "1"),
            ("after_failures", "1"),
            ("alarm_accounts", "1"),
            ("alarm_networks", "1"),
            ("store", store.as_str()),
            ("development", "1"),
        ];
        let config = Config::parse(licence.chain(lowest)).unwrap();
        let ring = KeyRing::parse(KEY).unwrap();
        let verifier = Verifier::open(config, Some(ring.clone()), true).unwrap();
        crate::licensed::license(&store, ring, UnixTime::new(START).unwrap());
        Self::of(verifier, folder, true)
    }

    fn of(verifier: Verifier, folder: TempDir, with_phone: bool) -> Self {
        let owner = user("7");
        let now = UnixTime::new(START).unwrap();
        let setup = verifier
            .start_totp(now, &owner, None, None, Some(&home()))
            .unwrap();
        let app = Totp::from_uri(&setup.uri).unwrap();
        let enrolled = verifier
            .confirm_totp(now, &setup.token, &app.at(now), &home())
            .unwrap();
        let codes = enrolled.backup_codes.iter().map(|code| code.to_string());
        let mut scene = Self {
            verifier,
            owner,
            app,
            codes: codes.collect(),
            now: START + 30,
            login: Zeroizing::default(),
            step_up: Zeroizing::default(),
            folder,
        };
        // A proof has come from home.
        let step_up = scene.opens(Purpose::StepUp).unwrap();
        let code = scene.app.at(scene.at()).to_string();
        let proven = scene.proves(&step_up, Method::Totp, &code).unwrap();
        if with_phone {
            scene.enrol_phone(&proven.grant);
        }
        scene.now += 120;
        scene.login = scene.opens(Purpose::Login).unwrap();
        scene.step_up = scene.opens(Purpose::StepUp).unwrap();
        scene
    }

    fn enrol_phone(&self, grant: &str) {
        let file: PathBuf = self.folder.path().join("codes");
        let text = |text: &str| Some(Value::Text(Zeroizing::new(text.to_owned())));
        let changes = vec![
            ("provider".to_owned(), text("development")),
            ("file".to_owned(), text(file.to_str().unwrap())),
        ];
        self.verifier
            .save_provider(self.at(), "file", &changes, &Operator::on_server("anna"))
            .unwrap();
        let number = PhoneNumber::parse(NUMBER, None).unwrap();
        let sent = self
            .verifier
            .start_phone(
                self.at(),
                &self.owner,
                &number,
                Method::Sms,
                &home(),
                Some(grant),
            )
            .unwrap();
        self.verifier
            .confirm_phone(self.at(), &sent.token, &self.last_code(), &home())
            .unwrap();
    }

    /// What came to the telephone last.
    fn last_code(&self) -> String {
        let lines = std::fs::read_to_string(self.folder.path().join("codes")).unwrap();
        let last = lines.lines().last().unwrap();
        let mut runs = last.split(|c: char| !c.is_ascii_alphanumeric());
        let code = runs.find(|run| run.len() == 6 && run.bytes().all(|b| b.is_ascii_digit()));
        code.unwrap().to_owned()
    }

    /// A code goes to the owner's telephone, after one cooldown between two codes at most, and signs in. A block of
    /// that method is waited for; what was guessed at until it has to be enrolled anew sends nothing.
    fn owner_is_sent_a_code(&mut self) {
        let view = self.verifier.account(self.at(), &self.owner.id).unwrap();
        if !view.methods.contains(&Method::Sms) || view.disabled.contains(&Method::Sms) {
            return;
        }
        if let Some(until) = view.locked_until(Some(Method::Sms)) {
            self.now += i64::try_from(self.at().until(until)).unwrap();
        }
        let login = self.opens(Purpose::Login).unwrap();
        let send = |scene: &Self| {
            scene
                .verifier
                .send_code(scene.at(), &login, Method::Sms, &home())
        };
        let mut sent = send(self);
        if let Err(Error::Denied(Denied::Throttled { retry_after })) = sent {
            assert!(retry_after <= 60, "{retry_after} seconds");
            self.now += i64::try_from(retry_after).unwrap();
            sent = send(self);
        }
        sent.unwrap();
        self.proves(&login, Method::Sms, &self.last_code()).unwrap();
    }

    fn at(&self) -> UnixTime {
        UnixTime::new(self.now).unwrap()
    }

    fn opens_from(&self, purpose: Purpose, client: &Client) -> Result<Zeroizing<String>, Error> {
        let (verifier, owner) = (&self.verifier, &self.owner);
        let login = match purpose {
            Purpose::Login => verifier.begin_login(self.at(), owner, client),
            _ => verifier.begin_challenge(self.at(), owner, purpose, client),
        };
        login.map(|login| login.challenge)
    }

    fn opens(&self, purpose: Purpose) -> Result<Zeroizing<String>, Error> {
        self.opens_from(purpose, &home())
    }

    fn proves(&self, marker: &str, method: Method, proof: &str) -> Result<Verified, Error> {
        self.verifier
            .verify(self.at(), marker, method, proof, &home())
    }

    /// One wrong answer. How long a block lasts, if there is one; nothing where guessing is over.
    fn guess(&self, marker: &str, method: Method, client: &Client) -> Option<u64> {
        let wrong = match method {
            Method::BackupCode => "ZZZZ-ZZZZ-ZZZZ-ZZZZ".to_owned(),
            // Not even by chance: it has a digit too few.
            _ => "00000".to_owned(),
        };
        match self
            .verifier
            .verify(self.at(), marker, method, &wrong, client)
        {
            Err(Error::Denied(Denied::LockedOut {
                retry_after,
                disabled: false,
            })) => Some(retry_after),
            Err(Error::Denied(Denied::Rejected)) => Some(0),
            Err(_) => None,
            Ok(_) => panic!("a guess was accepted"),
        }
    }

    fn does(&mut self, act: &Act) {
        match *act {
            Act::Wait(seconds) => self.now += i64::try_from(seconds).unwrap(),
            Act::Opens {
                from,
                purpose,
                times,
            } => {
                for n in 0..times {
                    let _ = self.opens_from(purpose, &elsewhere(from.wrapping_add(n / 4)));
                }
            }
            Act::Guesses {
                from,
                purpose,
                method,
                times,
            } => {
                let client = elsewhere(from);
                if let Ok(marker) = self.opens_from(purpose, &client) {
                    for _ in 0..times {
                        let _ = self.guess(&marker, method, &client);
                    }
                }
            }
            Act::Persists { from, method } => {
                let client = elsewhere(from);
                let Ok(marker) = self.opens_from(Purpose::Login, &client) else {
                    return;
                };
                for _ in 0..MANY {
                    let Some(wait) = self.guess(&marker, method, &client) else {
                        return;
                    };
                    self.now += i64::try_from(wait).unwrap();
                }
            }
            Act::AsksForCode { from, purpose } => {
                let client = elsewhere(from);
                if let Ok(marker) = self.opens_from(purpose, &client) {
                    let _ = self
                        .verifier
                        .send_code(self.at(), &marker, Method::Sms, &client);
                }
            }
            Act::BeginsApp { from } => {
                let begun = self.verifier.start_totp(
                    self.at(),
                    &self.owner,
                    None,
                    None,
                    Some(&elsewhere(from)),
                );
                assert!(begun.is_err(), "without a proof");
            }
            Act::BeginsPhone { from } => self.claims(&self.owner, from, NEIGHBOURS[0]),
            Act::Resets { from, guesses } => {
                let (client, nothing) = (elsewhere(from), |_: &str| {});
                let (verifier, now) = (&self.verifier, self.at());
                let token = verifier
                    .begin_password_reset(now, Some(&self.owner), &client, &nothing)
                    .unwrap();
                verifier
                    .send_password_reset_code(now, &token, &client, &nothing)
                    .unwrap();
                for _ in 0..guesses {
                    let wrong =
                        verifier.verify_password_reset(now, &token, "00000", &client, &nothing);
                    assert!(wrong.is_err(), "a guess was accepted");
                }
            }
            Act::MadeUpToken { from } => {
                let answer = self.guess("bWFkZSB1cA", Method::Totp, &elsewhere(from));
                assert_eq!(answer, None);
            }
            Act::ClaimsNumber {
                who,
                from,
                of_owner,
            } => {
                let neighbour = NEIGHBOURS[usize::from(who) % NEIGHBOURS.len()];
                let number = if of_owner { NUMBER } else { neighbour };
                self.claims(&user(&format!("other {who}")), from, number);
            }
        }
    }

    fn claims(&self, who: &User, from: u8, number: &str) {
        let number = PhoneNumber::parse(number, None).unwrap();
        let client = elsewhere(from);
        let begun = self
            .verifier
            .start_phone(self.at(), who, &number, Method::Sms, &client, None);
        if let Ok(begun) = begun {
            for _ in 0..3 {
                let _ = self
                    .verifier
                    .confirm_phone(self.at(), &begun.token, "00000", &client);
            }
        }
    }

    /// The owner is there, at once where nobody but them could have used up what they need.
    fn owner_repairs(mut self) {
        let longest = Policy::default().lockout_max_seconds;
        self.owner_is_sent_a_code();
        // What they opened before is open, and a backup code is looked at.
        let codes = self.codes.clone();
        let held = self.step_up.clone();
        let held = self.proves(&held, Method::BackupCode, &codes[0]).unwrap();
        assert!(!held.grant.is_empty());
        let login = self.login.clone();
        self.proves(&login, Method::BackupCode, &codes[1]).unwrap();
        // So is what they open now.
        let login = self.opens(Purpose::Login).unwrap();
        self.proves(&login, Method::BackupCode, &codes[2]).unwrap();
        // The app is blocked for one cooldown at most, unless it was guessed at until it has to be enrolled anew.
        let login = self.opens(Purpose::Login).unwrap();
        let view = self.verifier.account(self.at(), &self.owner.id).unwrap();
        let disabled = view.disabled.contains(&Method::Totp);
        let until = view.locked_until(Some(Method::Totp)).filter(|_| !disabled);
        if let Some(until) = until {
            let wait = self.at().until(until);
            assert!(wait <= longest.into(), "{wait} seconds");
            self.now += i64::try_from(wait).unwrap();
        }
        let code = self.app.at(self.at()).to_string();
        let by_app = self.proves(&login, Method::Totp, &code);
        assert_eq!(by_app.is_ok(), !disabled, "{by_app:?}");
        // And repaired: a step-up, a new app, and it signs in.
        let step_up = self.opens(Purpose::StepUp).unwrap();
        let proven = self
            .proves(&step_up, Method::BackupCode, &codes[3])
            .unwrap();
        let setup = self
            .verifier
            .start_totp(
                self.at(),
                &self.owner,
                None,
                Some(&proven.grant),
                Some(&home()),
            )
            .unwrap();
        let app = Totp::from_uri(&setup.uri).unwrap();
        self.verifier
            .confirm_totp(self.at(), &setup.token, &app.at(self.at()), &home())
            .unwrap();
        self.now += 30;
        let view = self.verifier.account(self.at(), &self.owner.id).unwrap();
        assert!(!view.disabled.contains(&Method::Totp));
        let login = self.opens(Purpose::Login).unwrap();
        self.proves(&login, Method::Totp, &app.at(self.at()))
            .unwrap();
    }
}

/// The hardest that there is on its own: everything guessed at until nothing is left to guess at.
fn to_the_end() -> Vec<Act> {
    let all = GUESSED.iter().zip(0u8..);
    all.map(|(method, from)| Act::Persists {
        from,
        method: *method,
    })
    .collect()
}

#[test]
fn guessed_at_until_nothing_is_left_to_guess_at_the_account_is_repaired_at_once() {
    for with_phone in [false, true] {
        let mut scene = Scene::new(with_phone);
        for act in to_the_end() {
            scene.does(&act);
        }
        let view = scene.verifier.account(scene.at(), &scene.owner.id).unwrap();
        assert!(
            view.disabled.contains(&Method::Totp),
            "or nothing was shown"
        );
        assert_eq!(view.disabled.contains(&Method::Sms), with_phone);
        scene.owner_repairs();
    }
}

#[cfg(feature = "premium")]
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// The limits of networks and of all methods together are for where the owner never was, and end nothing of theirs.
    #[test]
    fn with_every_limit_of_networks_as_low_as_it_goes_the_owner_signs_in_steps_up_and_repairs(
        acts in proptest::collection::vec(act(), 0..120),
    ) {
        let mut scene = Scene::with_low_limits();
        let login = scene.opens(Purpose::Login).unwrap();
        let code = scene.app.at(scene.at()).to_string();
        let proof = scene.proves(&login, Method::Totp, &code).unwrap();
        scene.now += 60;
        let cookie = b"a session of the owner's";
        scene.verifier.admit_session(scene.at(), CameOf::Verified(&proof), cookie, &home()).unwrap();
        acts.iter().for_each(|act| scene.does(act));
        let goes_on = scene.verifier.session_counts(scene.at(), &scene.owner.id, cookie).unwrap();
        prop_assert!(goes_on || scene.now > START + 29 * 86_400);
        let view = scene.verifier.account(scene.at(), &scene.owner.id).unwrap();
        prop_assert!(view.disabled.is_empty(), "one try a day and network disables nothing so soon");
        scene.owner_repairs();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn whatever_the_weaker_two_do_the_owner_signs_in_steps_up_and_repairs_within_one_cooldown(
        acts in proptest::collection::vec(act(), 0..250),
    ) {
        let mut scene = Scene::new(false);
        acts.iter().for_each(|act| scene.does(act));
        scene.owner_repairs();
    }

    #[test]
    fn with_a_telephone_too_the_owner_signs_in_steps_up_and_repairs_within_one_cooldown(
        acts in proptest::collection::vec(act(), 0..250),
    ) {
        let mut scene = Scene::new(true);
        acts.iter().for_each(|act| scene.does(act));
        scene.owner_repairs();
    }
}
