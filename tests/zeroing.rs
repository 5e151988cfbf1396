//! No key, secret or backup code is left behind in memory that was given back: this binary's allocator looks into every
//! block that is freed, also into those that a growing or moving list leaves behind. What the types promise for
//! themselves is held by the compiler, where they are declared.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::account::{Accounts, ChallengeId, ChallengeToken, NewCodes, NewSecret, Source};
use twofactor::api::{Api, ChangedBy, Host, HostAct, Request};
use twofactor::clock::UnixTime;
use twofactor::config::{Config, Policy};
use twofactor::crypto::recovery_code::RecoveryLength;
use twofactor::crypto::{KeyRing, code};
use twofactor::store::{self, StoreUrl};
use twofactor::types::{Algorithm, Method, Purpose, Site, UserId};
use twofactor::verifier::{CameOf, Client, Memberships, Message, ProvenNumber, User, Verifier};
use zeroize::Zeroizing;

/// Nobody else's bytes look like these. The rest of each is what it is written as.
const MASTER: &[u8] = b"the master key has 32 bytes: six";
const MASTER_TEXT: &str = "dGhlIG1hc3RlciBrZXkgaGFzIDMyIGJ5dGVzOiBzaXg=";
const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const SECRET: &[u8] = b"a secret of 20 bytes";
const SECRET_TEXT: &str = "MEQHGZLDOJSXIIDPMYQDEMBAMJ4XIZLT";
const BACKUP: &str = "QW3RT7YPQW3RT7YP";
const BACKUP_SHOWN: &str = "QW3R-T7YP-QW3R-T7YP";

/// What is derived of the first key for user 8 of the site at second 0, by `tests/data/derived_secrets.py`: the secret of
/// an app, and the third recovery code.
const DERIVED: &[u8] =
    b"\x5e\x6d\x37\x00\xc4\x7a\x0a\x2e\x5f\xfd\x29\x60\x47\x61\x35\x2a\x91\xc2\xfa\x34";
const DERIVED_TEXT: &str = "LZWTOAGEPIFC4X75FFQEOYJVFKI4F6RU";
const RECOVERY: &str = "34QT0XQG62SWCZCM1F52";
const RECOVERY_SHOWN: &str = "34QT-0XQG-62SW-CZCM-1F52";

const PASSWORD: &str = "a-password-of-somebody-\u{e4}\u{2603}";

const WATCHED: [&[u8]; 11] = [
    MASTER,
    MASTER_TEXT.as_bytes(),
    SECRET,
    SECRET_TEXT.as_bytes(),
    BACKUP.as_bytes(),
    BACKUP_SHOWN.as_bytes(),
    DERIVED,
    DERIVED_TEXT.as_bytes(),
    RECOVERY.as_bytes(),
    RECOVERY_SHOWN.as_bytes(),
    PASSWORD.as_bytes(),
];

static WATCHING: AtomicBool = AtomicBool::new(false);
/// How often each was found.
static FOUND: [AtomicUsize; 11] = [const { AtomicUsize::new(0) }; 11];

struct Watcher;

// SAFETY: all memory is the system's, and it is looked at only while it is ours.
unsafe impl GlobalAlloc for Watcher {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system's. Zeroed, so that all of it may be read.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHING.load(Ordering::Relaxed) {
            // SAFETY: the block is not given back yet, and was written as a whole when it was made.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            for (watched, found) in WATCHED.iter().zip(&FOUND) {
                // Most of a secret is a secret, too: its first three quarters.
                let watched = &watched[..watched.len() / 4 * 3];
                if bytes.windows(watched.len()).any(|part| part == watched) {
                    found.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watcher = Watcher;

/// What was found of each while that ran.
fn found(work: impl FnOnce()) -> [usize; 11] {
    for found in &FOUND {
        found.store(0, Ordering::SeqCst);
    }
    WATCHING.store(true, Ordering::SeqCst);
    work();
    WATCHING.store(false, Ordering::SeqCst);
    FOUND.each_ref().map(|found| found.load(Ordering::SeqCst))
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(1_700_000_010 + seconds).unwrap()
}

/// Everything that touches them: keys are read, a secret and codes are enrolled, shown, sealed, opened, proven and spent.
fn a_life() {
    let mut keys = zeroize::Zeroizing::new(String::with_capacity(512));
    for (id, key) in [
        ("a", MASTER_TEXT),
        ("b", OTHER),
        ("c", OTHER),
        ("d", OTHER),
        ("e", OTHER),
    ] {
        keys.extend([id, " = ", key, "\n"]);
    }
    let ring = KeyRing::parse(&keys).unwrap();
    let (site, user) = (Site::new("site").unwrap(), UserId::new("7").unwrap());
    let store = store::open(&StoreUrl::Memory).unwrap();
    let accounts = Accounts::new(store, ring.clone(), site, Policy::default());

    let secret = TotpSecret::from_base32(SECRET_TEXT).unwrap();
    assert_eq!(secret.bytes(), SECRET);
    // As a URI, whole and mistyped, and where it does not belong.
    for (uri, is_one) in [
        ("otpauth://totp/a?secret=SECRET&issuer=Ex", true),
        (" OTPAUTH://TOTP/a?Secret=SECRET%3D%3D&digits=8\n", true),
        ("otpauth://totp/a?secret=SECRET&secret=SECRET", false),
        ("otpauth://totp/a?secret=SECRET1", false),
        ("otpauth://totp/a?secret=SECRET&digits=99", false),
        ("otpauth://totp/a?SECRET", false),
        ("otpauth://totp/a?algorithm=SECRET", false),
        ("otpauth://totp/a?issuer=SECRET", false),
        ("otpauth://totp/SECRET", false),
    ] {
        let mut text = zeroize::Zeroizing::new(String::with_capacity(256));
        for (place, part) in uri.split("SECRET").enumerate() {
            text.extend([if place > 0 { SECRET_TEXT } else { "" }, part]);
        }
        assert_eq!(Totp::from_uri(&text).is_ok(), is_one, "{uri}");
    }
    for wrong in ["1", "A"] {
        let mut text = zeroize::Zeroizing::new(String::with_capacity(256));
        text.extend([SECRET_TEXT, wrong]);
        assert!(TotpSecret::from_base32(&text).is_err());
        let mut line = zeroize::Zeroizing::new(String::with_capacity(256));
        line.extend(["a = ", MASTER_TEXT, wrong]);
        assert!(KeyRing::parse(&line).is_err());
    }
    let totp = Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap();
    let uri = totp.uri("issuer", "name");
    assert!(uri.contains(SECRET_TEXT));
    assert_eq!(totp.secret().to_base32().as_str(), SECRET_TEXT);
    assert!(totp.secret().grouped().starts_with("MEQH GZLD"));
    assert_eq!(
        code::show(&code::read(BACKUP).unwrap()).as_str(),
        BACKUP_SHOWN
    );

    // So many that the account's document has to grow.
    let more = (10..29).map(|n| format!("{n}23456789ABCDEF"));
    let codes: Vec<_> = std::iter::once(BACKUP.to_owned())
        .chain(more)
        .map(|text| code::read(&zeroize::Zeroizing::new(text)).unwrap())
        .collect();
    let token = ChallengeToken {
        user: user.clone(),
        purpose: Purpose::Login,
        id: ChallengeId::new([1; 16]),
    };
    accounts
        .change(&user, at(0), &Source::default(), |account, context| {
            let setup = account
                .start_totp(totp.clone(), "ada", None, None, context)
                .unwrap();
            account.confirm_totp(&setup, &totp.at(at(0)), NewCodes::Backup(&codes), context)
        })
        .unwrap()
        .unwrap();
    for (seconds, method, proof) in [
        (30, Method::Totp, totp.at(at(30)).as_str()),
        (30, Method::BackupCode, BACKUP_SHOWN),
    ] {
        let now = at(seconds);
        accounts
            .change(&user, now, &Source::default(), |account, context| {
                account
                    .open_challenge(token.id, Purpose::Login, context)
                    .unwrap();
                Ok(())
            })
            .unwrap()
            .unwrap();
        accounts
            .change(&user, now, &Source::default(), |account, context| {
                account.verify(&token, method, proof, None, context)
            })
            .unwrap()
            .unwrap();
    }
    assert!(accounts.audit_is_intact(&user).unwrap());
    a_derived_life(&accounts);
    drop((accounts, ring));
    passwords();
}

/// A host that knows a name and its password.
struct Known(Verifier);

impl Host for Known {
    type Failure = Infallible;

    fn ask<R>(&self, question: impl FnOnce(&Verifier) -> R) -> Result<R, Infallible> {
        Ok(question(&self.0))
    }
    fn does(&self, _: HostAct) -> bool {
        true
    }
    fn authenticate(&self, _: &str, password: &str) -> Result<Option<User>, Infallible> {
        Ok((password == PASSWORD).then(|| User {
            id: UserId::new("7").unwrap(),
            name: "ada".to_owned(),
            email: None,
            locale: None,
            standing: twofactor::verifier::Standing::Unknown,
        }))
    }
    fn check_password(&self, _: &UserId, password: &str) -> Result<bool, Infallible> {
        Ok(password == PASSWORD)
    }
    fn sign_in(&self, _: &UserId, _: CameOf<'_>) -> Result<Option<Zeroizing<String>>, Infallible> {
        Ok(None)
    }
    fn go_on(&self, _: &UserId, _: ChangedBy<'_>) -> Result<Option<Zeroizing<String>>, Infallible> {
        Ok(None)
    }
    fn mail(&self, _: &Message) -> Result<(), Infallible> {
        Ok(())
    }
    fn notify(&self, _: &Message) -> Result<bool, Infallible> {
        Ok(true)
    }
    fn find_user(&self, _: &str) -> Result<Option<User>, Infallible> {
        Ok(None)
    }
    fn load_user(&self, _: &UserId) -> Result<Option<User>, Infallible> {
        Ok(None)
    }
    fn memberships(&self, _: &UserId) -> Result<Memberships, Infallible> {
        Ok(Memberships::default())
    }

    fn accepts_password(&self, _: &str) -> Result<bool, Infallible> {
        Ok(true)
    }
    fn set_password(&self, _: &UserId, _: &str) -> Result<(), Infallible> {
        Ok(())
    }
    fn number_proven(&self, _: &ProvenNumber) -> Result<(), Infallible> {
        Ok(())
    }
    fn age(&self) -> Duration {
        Duration::ZERO
    }
    fn wait(&self, _: Duration) {}
    fn tell_operator(&self, _: &str) {}
}

/// Passwords that come as JSON, plain and escaped, right and wrong, read and refused.
fn passwords() {
    let config = Config::parse([("store", "memory:")]).unwrap();
    let ring = KeyRing::parse(&format!("a = {OTHER}")).unwrap();
    let host = Known(Verifier::open(config, Some(ring), true).unwrap());
    let api = Api::new("").unwrap();
    let client = Client::new("192.0.2.1".parse::<IpAddr>().unwrap(), "");
    let escaped = |text: &str, all: bool| {
        let mut json = Zeroizing::new(String::with_capacity(1024));
        for letter in text.chars() {
            if all || !letter.is_ascii() {
                let _ = write!(json, "\\u{:04x}", u32::from(letter));
            } else {
                json.push(letter);
            }
        }
        json
    };
    for (begin, end, status) in [
        ("{\"name\": \"ada\", \"password\": \"", "\"}", 200),
        ("{\"name\": \"ada\", \"password\": \"x", "\"}", 401),
        ("{\"name\": 1, \"password\": \"", "\"}", 400),
        ("{\"name\": \"ada\", \"password\": [\"", "\"]}", 400),
        (
            "{\"name\": \"ada\", \"password\": \"",
            "\", \"more\": 1}",
            400,
        ),
        (
            "{\"name\": \"ada\", \"password\": \"",
            "\", \"password\": \"\"}",
            400,
        ),
        ("{\"name\": \"ada\", \"password\": \"", "", 400),
    ] {
        for (plain, all) in [(true, false), (false, false), (false, true)] {
            let mut body = Zeroizing::new(String::with_capacity(1024));
            body.push_str(begin);
            if plain {
                body.push_str(PASSWORD);
            } else {
                body.push_str(&escaped(PASSWORD, all));
            }
            body.push_str(end);
            let request = Request {
                method: "POST",
                path: "/login",
                content_type: Some("application/json"),
                body: body.as_bytes(),
                client: &client,
                user: None,
                credential: None,
                subject: None,
            };
            let Ok(response) = api.handle(at(0), &request, &host);
            assert_eq!(response.status, status);
        }
    }
}

/// The same where nothing is kept: what is derived is shown, compared and spent.
fn a_derived_life(accounts: &Accounts) {
    let user = UserId::new("8").unwrap();
    let deriver = accounts.deriver(&user);
    let key = accounts.ring().first().unwrap();
    let secret = NewSecret::Derived {
        key: key.clone(),
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
    };
    let (length, count) = (RecoveryLength::Standard, 10);
    let codes = NewCodes::Recovery { key, count, length };
    let token = ChallengeToken {
        user: user.clone(),
        purpose: Purpose::Login,
        id: ChallengeId::new([2; 16]),
    };
    accounts
        .change(&user, at(0), &Source::default(), |account, context| {
            let setup = account
                .start_app(secret.clone(), "ada", None, None, context)
                .unwrap();
            let totp = setup.totp(&deriver).unwrap();
            assert_eq!(totp.secret().bytes(), DERIVED);
            assert_eq!(totp.secret().to_base32().as_str(), DERIVED_TEXT);
            assert!(totp.uri("issuer", "name").contains(DERIVED_TEXT));
            account.confirm_totp(&setup, &totp.at(at(0)), codes, context)?;
            let given = account.recovery_codes(&deriver);
            assert_eq!(code::show(&given[2]).as_str(), RECOVERY_SHOWN);
            Ok(())
        })
        .unwrap()
        .unwrap();
    for typed in [RECOVERY_SHOWN, RECOVERY] {
        let answer = accounts.change(&user, at(30), &Source::default(), |account, context| {
            account.open_challenge(token.id, Purpose::Login, context)?;
            account.verify(&token, Method::RecoveryCode, typed, None, context)
        });
        assert_eq!(answer.unwrap().is_ok(), typed == RECOVERY_SHOWN);
    }
}

#[test]
fn no_key_secret_or_code_is_left_in_memory_that_was_given_back() {
    // What is dropped as it is, is found; also what grew and moved. The compiler may leave out memory that nobody looks
    // at, and what is written to it last: here somebody does.
    let careless = found(|| {
        let mut list = black_box(MASTER.to_vec());
        list.extend([0; 1000]);
        list.fill(0);
        drop(black_box(list));
        drop(black_box(SECRET_TEXT.to_owned()));
    });
    assert_eq!(careless, [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);

    assert_eq!(found(a_life), [0; 11]);
}
