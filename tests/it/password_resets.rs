//! A reset of a password tells whoever knows no password nothing: neither whether there is such a user nor whether they
//! have a telephone. Whatever somebody does, with an account of their own beside it, looks the same in three worlds:
//! the user has a telephone; they have an account and none; there is nobody.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::cell::RefCell;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;
use tempfile::TempDir;
use twofactor::account::Denied;
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::types::{Method, Purpose, UserId};
use twofactor::verifier::{Client, Error, Operator, User, Value, Verifier};
use zeroize::Zeroizing;

const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const START: i64 = 1_700_000_010;
const OWNERS: &str = "+4915123456789";
const MALLORYS: &str = "+436641234567";

#[derive(Debug, Clone)]
enum Act {
    Wait(u64),
    Begins {
        from: u8,
        own: bool,
    },
    Sends {
        from: u8,
        token: usize,
    },
    Guesses {
        from: u8,
        token: usize,
        times: u8,
    },
    /// What came to Mallory's own telephone last.
    TypesOwn {
        from: u8,
        token: usize,
    },
    /// Signs in with their own telephone, or asks for a code for it.
    SignsIn {
        from: u8,
    },
    MakesUp {
        from: u8,
    },
}

/// A few networks, so that what each of them may ask for is used up.
fn act() -> impl Strategy<Value = Act> {
    let from = || 0u8..3;
    let token = any::<usize>;
    prop_oneof![
        4 => (0u64..400).prop_map(Act::Wait),
        1 => (0u64..4_000).prop_map(Act::Wait),
        5 => (from(), any::<bool>()).prop_map(|(from, own)| Act::Begins { from, own }),
        8 => (from(), token()).prop_map(|(from, token)| Act::Sends { from, token }),
        5 => (from(), token(), 1u8..7).prop_map(|(from, token, times)| Act::Guesses { from, token, times }),
        4 => (from(), token()).prop_map(|(from, token)| Act::TypesOwn { from, token }),
        2 => from().prop_map(|from| Act::SignsIn { from }),
        1 => from().prop_map(|from| Act::MakesUp { from }),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    WithTelephone,
    Without,
    Nobody,
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

fn client(from: u8) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(10, from, 0, 1)), String::new())
}

struct Scene {
    verifier: Verifier,
    world: World,
    owner: User,
    mallory: User,
    now: i64,
    tokens: Vec<Zeroizing<String>>,
    faults: RefCell<Vec<String>>,
    folder: TempDir,
}

impl Scene {
    fn new(world: World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::parse([("store", "memory:"), ("development", "1")]).unwrap();
        let verifier = Verifier::open(config, Some(KeyRing::parse(KEY).unwrap()), true).unwrap();
        let scene = Self {
            verifier,
            world,
            owner: user("7"),
            mallory: user("66"),
            now: START + 86_400,
            tokens: Vec::new(),
            faults: RefCell::default(),
            folder,
        };
        let file = scene.folder.path().join("codes");
        let text = |text: &str| Some(Value::Text(Zeroizing::new(text.to_owned())));
        let changes = vec![
            ("provider".to_owned(), text("development")),
            ("file".to_owned(), text(file.to_str().unwrap())),
        ];
        let (at, server) = (UnixTime::new(START).unwrap(), Operator::on_server("anna"));
        scene
            .verifier
            .save_provider(at, "file", &changes, &server)
            .unwrap();
        scene.enrols(&scene.mallory, MALLORYS, at);
        match world {
            World::WithTelephone => scene.enrols(&scene.owner, OWNERS, at),
            World::Without => {
                let setup = scene
                    .verifier
                    .start_totp(at, &scene.owner, None, None, Some(&client(200)))
                    .unwrap();
                let code = Totp::from_uri(&setup.uri).unwrap().at(at);
                scene
                    .verifier
                    .confirm_totp(at, &setup.token, &code, &client(200))
                    .unwrap();
            }
            World::Nobody => {}
        }
        scene
    }

    fn enrols(&self, who: &User, number: &str, at: UnixTime) {
        let to = PhoneNumber::parse(number, None).unwrap();
        let home = client(200);
        let sent = self
            .verifier
            .start_phone(at, who, &to, Method::Sms, &home, None)
            .unwrap();
        let code = self.last_to(number).unwrap();
        self.verifier
            .confirm_phone(at, &sent.token, &code, &home)
            .unwrap();
    }

    fn at(&self) -> UnixTime {
        UnixTime::new(self.now).unwrap()
    }

    /// The codes that went to a number.
    fn codes_to(&self, number: &str) -> Vec<String> {
        let lines = fs::read_to_string(self.folder.path().join("codes")).unwrap_or_default();
        let to = lines.lines().filter(|line| line.contains(number));
        let code = |line: &str| {
            let mut runs = line.split(|c: char| !c.is_ascii_alphanumeric());
            let code = runs.find(|run| run.len() == 6 && run.bytes().all(|b| b.is_ascii_digit()));
            code.unwrap().to_owned()
        };
        to.map(code).collect()
    }

    fn last_to(&self, number: &str) -> Option<String> {
        self.codes_to(number).pop()
    }

    fn told(&self, fault: &str) {
        self.faults.borrow_mut().push(fault.to_owned());
    }

    fn begins(&self, who: Option<&User>, from: u8) -> Zeroizing<String> {
        let operator = |fault: &str| self.told(fault);
        self.verifier
            .begin_password_reset(self.at(), who, &client(from), &operator)
            .unwrap()
    }

    fn sends(&self, token: &str, from: u8) -> Result<(), Error> {
        let operator = |fault: &str| self.told(fault);
        self.verifier
            .send_password_reset_code(self.at(), token, &client(from), &operator)
    }

    fn types(&self, token: &str, code: &str, from: u8) -> String {
        let operator = |fault: &str| self.told(fault);
        let verified =
            self.verifier
                .verify_password_reset(self.at(), token, code, &client(from), &operator);
        match verified {
            Ok(verified) => {
                assert_eq!(verified.user, self.mallory.id, "somebody else's");
                assert_eq!(verified.purpose, Purpose::ResetPassword);
                "proven".to_owned()
            }
            Err(error) => format!("{error:?}"),
        }
    }

    /// What somebody sees who does that.
    fn does(&mut self, act: &Act) -> String {
        let pick = |tokens: &[Zeroizing<String>], token: usize| {
            let place = token.checked_rem(tokens.len())?;
            Some(tokens[place].clone())
        };
        let seen = match *act {
            Act::Wait(seconds) => {
                self.now += i64::try_from(seconds).unwrap();
                String::new()
            }
            Act::Begins { from, own } => {
                let owner = (self.world != World::Nobody).then_some(&self.owner);
                let who = if own { Some(&self.mallory) } else { owner };
                let token = self.begins(who, from);
                let length = token.len();
                self.tokens.push(token);
                format!("a token of {length}")
            }
            Act::Sends { from, token } => match pick(&self.tokens, token) {
                Some(token) => format!("{:?}", self.sends(&token, from)),
                None => String::new(),
            },
            Act::Guesses { from, token, times } => match pick(&self.tokens, token) {
                // Not even by chance: it has a digit too few.
                Some(token) => (0..times)
                    .map(|_| self.types(&token, "00000", from))
                    .collect(),
                None => String::new(),
            },
            Act::TypesOwn { from, token } => {
                match (pick(&self.tokens, token), self.last_to(MALLORYS)) {
                    (Some(token), Some(code)) => self.types(&token, &code, from),
                    _ => String::new(),
                }
            }
            Act::SignsIn { from } => {
                let client = client(from);
                let login = self.verifier.begin_login(self.at(), &self.mallory, &client);
                match login {
                    Ok(login) => {
                        let sent = self.verifier.send_code(
                            self.at(),
                            &login.challenge,
                            Method::Sms,
                            &client,
                        );
                        match sent {
                            Ok(_) => "sent".to_owned(),
                            Err(error) => format!("{error:?}"),
                        }
                    }
                    Err(error) => format!("{error:?}"),
                }
            }
            Act::MakesUp { from } => {
                format!("{:?}", self.sends("bWFkZSB1cA", from)) + &self.types("x", "123456", from)
            }
        };
        // What the telephone shows is seen, too, but for the digits.
        format!("{seen} | {} messages", self.codes_to(MALLORYS).len())
    }
}

fn closed<T>(answer: Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Denied(Denied::ChallengeClosed)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn whatever_a_stranger_does_nothing_tells_of_a_user_or_their_telephone(
        acts in proptest::collection::vec(act(), 0..200),
    ) {
        let seen = [World::WithTelephone, World::Without, World::Nobody].map(|world| {
            let mut scene = Scene::new(world);
            let seen: Vec<_> = acts.iter().map(|act| scene.does(act)).collect();
            assert_eq!(scene.faults.take(), Vec::<String>::new());
            seen
        });
        prop_assert_eq!(&seen[0], &seen[1]);
        prop_assert_eq!(&seen[0], &seen[2]);
    }
}

/// The property would hold where nothing is ever sent or accepted.
#[test]
fn a_code_comes_and_proves_and_the_proof_is_used_once() {
    let scene = Scene::new(World::WithTelephone);
    let token = scene.begins(Some(&scene.owner), 1);
    let before = scene.codes_to(OWNERS).len();
    scene.sends(&token, 1).unwrap();
    assert_eq!(scene.codes_to(OWNERS).len(), before + 1);
    let code = scene.last_to(OWNERS).unwrap();
    let operator = |fault: &str| scene.told(fault);
    let home = client(1);
    let verify = || {
        scene
            .verifier
            .verify_password_reset(scene.at(), &token, &code, &home, &operator)
    };
    let verified = verify().unwrap();
    assert_eq!(verified.method, Method::Sms);
    assert_eq!(
        verified.grant_expires().map(|at| scene.at().until(at)),
        Some(900)
    );
    assert!(verify().is_err(), "a code is spent");
    // It is no grant, and no other user's.
    let grant = scene
        .verifier
        .grant_expires(scene.at(), &scene.owner.id, &verified.grant);
    assert_eq!(grant.unwrap(), None);
    let complete = |user: &UserId, proof: &str| {
        let client = client(1);
        scene.verifier.complete_password_reset(
            scene.at(),
            user,
            proof,
            "the host",
            "recovered",
            &client,
        )
    };
    assert!(closed(complete(&scene.mallory.id, &verified.grant)));
    assert!(closed(complete(&scene.owner.id, &token)));
    let epoch = complete(&scene.owner.id, &verified.grant).unwrap();
    assert!(epoch > verified.epoch);
    assert!(closed(complete(&scene.owner.id, &verified.grant)));
    assert_eq!(scene.faults.take(), Vec::<String>::new());
}

#[test]
fn a_proof_of_a_reset_is_over_after_a_quarter_of_an_hour_and_with_every_change() {
    for (seconds, raised, counts) in [(899, false, true), (900, false, false), (10, true, false)] {
        let mut scene = Scene::new(World::WithTelephone);
        let token = scene.begins(Some(&scene.owner), 1);
        scene.sends(&token, 1).unwrap();
        let code = scene.last_to(OWNERS).unwrap();
        let (home, tell) = (client(1), |_: &str| {});
        let proof = scene
            .verifier
            .verify_password_reset(scene.at(), &token, &code, &home, &tell)
            .unwrap()
            .grant;
        if raised {
            scene
                .verifier
                .raise_epoch(scene.at(), &scene.owner.id, "x", "groups changed", None)
                .unwrap();
        }
        scene.now += seconds;
        let completed = scene.verifier.complete_password_reset(
            scene.at(),
            &scene.owner.id,
            &proof,
            "x",
            "y",
            &home,
        );
        assert_eq!(completed.is_ok(), counts, "{seconds} {raised}");
        assert_eq!(closed(completed), !counts);
    }
}

#[test]
fn a_reset_has_half_an_hour_and_five_tries() {
    for world in [World::WithTelephone, World::Without, World::Nobody] {
        let mut scene = Scene::new(world);
        let owner = (world != World::Nobody).then_some(&scene.owner);
        let (old, token) = (scene.begins(owner, 1), scene.begins(owner, 1));
        let wrong: Vec<_> = (0..6).map(|_| scene.types(&token, "00000", 1)).collect();
        assert_eq!(wrong[..4], ["Denied(Rejected)"; 4], "{world:?}");
        assert_eq!(wrong[4..], ["Denied(ChallengeClosed)"; 2], "{world:?}");
        assert!(closed(scene.sends(&token, 1)));
        scene.now += 1_799;
        scene.sends(&old, 1).unwrap();
        scene.now += 1;
        assert!(closed(scene.sends(&old, 1)), "{world:?}");
        assert_eq!(scene.types(&old, "00000", 1), "Denied(ChallengeClosed)");
    }
}

/// Of what an address asks for in vain there is one row, and it tells no more than that.
#[test]
fn who_has_asked_too_often_gets_tokens_that_are_worth_nothing() {
    let scene = Scene::new(World::WithTelephone);
    for _ in 0..40 {
        scene.begins(None, 1);
    }
    let before = scene.codes_to(MALLORYS).len();
    let token = scene.begins(Some(&scene.mallory), 1);
    scene.sends(&token, 1).unwrap();
    assert_eq!(scene.codes_to(MALLORYS).len(), before);
    assert_eq!(scene.types(&token, "00000", 1), "Denied(Rejected)");
    // From anywhere else it is as ever.
    let token = scene.begins(Some(&scene.mallory), 2);
    scene.sends(&token, 2).unwrap();
    assert_eq!(scene.codes_to(MALLORYS).len(), before + 1);
}
