//! What the core costs without PHP: `cargo bench --package twofactor-benches`. `script/bench` measures
//! through PHP and compares.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};

use criterion::{Criterion, criterion_group, criterion_main};
use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::account::{
    Account, AuditBuffer, ChallengeId, ChallengeToken, GrantId, NewCodes, RuleContext,
};
use twofactor::clock::UnixTime;
use twofactor::config::{Config, Policy};
use twofactor::crypto::{Context, Domain, HashKey, KeyRing, OsEntropy, code};
use twofactor::phone::PhoneNumber;
use twofactor::premium::network::NetworkList;
use twofactor::qr;
use twofactor::types::{Algorithm, Method, Purpose, UserId};
use twofactor::verifier::{Client, User, Verifier};

#[path = "../tests/it/licensed.rs"]
mod licensed;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(1_700_000_010 + seconds).unwrap()
}

fn computation(c: &mut Criterion) {
    let totp = Totp::new(
        TotpSecret::new(b"12345678901234567890").unwrap(),
        Algorithm::Sha1,
        6,
        30,
    )
    .unwrap();
    c.bench_function("totp: wrong code, window 1", |b| {
        b.iter(|| totp.matching_step(black_box("000000"), at(0), 1));
    });
    let mut account = Account::new(HashKey::new([1; 32]));
    let policy = Policy {
        max_attempts: u32::MAX,
        disable_after: 0,
        ..Policy::default()
    };
    let codes: Vec<_> = (0..10)
        .map(|_| code::lookup(&mut OsEntropy).unwrap())
        .collect();
    let setup = account
        .start_totp(
            totp.clone(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    account
        .confirm_totp(
            &setup,
            &totp.at(at(0)),
            NewCodes::Backup(&codes),
            &mut RuleContext::new(at(0), &policy, &mut AuditBuffer::default()),
        )
        .unwrap();
    let token = ChallengeToken {
        user: UserId::new("7").unwrap(),
        purpose: Purpose::Login,
        id: ChallengeId::new([1; 16]),
    };
    account
        .open_challenge(
            token.id,
            token.purpose,
            &mut RuleContext::new(at(0), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    // The second is what the first costs besides the comparison.
    for (what, typed) in [
        (
            "backup code: wrong one against ten, with its charge",
            "0123-4567-89AB-CDEF",
        ),
        ("backup code: no code at all, with its charge", "?"),
    ] {
        c.bench_function(what, |b| {
            b.iter(|| {
                account.verify(
                    &token,
                    Method::BackupCode,
                    black_box(typed),
                    Some(GrantId::new([0; 16])),
                    &mut RuleContext::new(at(0), &policy, &mut AuditBuffer::default()),
                )
            });
        });
    }
    let uri = totp.uri("Example site", "alice@example.com");
    c.bench_function("qr: svg of a provisioning uri", |b| {
        b.iter(|| qr::svg(black_box(&uri)).unwrap())
    });
    let ring = KeyRing::ephemeral().unwrap();
    let context = Context {
        domain: Domain::Account,
        site: "site",
        user: "7",
        version: 1,
    };
    let sealed = context.seal(&ring, &[7; 32], &mut OsEntropy).unwrap();
    c.bench_function("seal 32 bytes", |b| {
        b.iter(|| {
            context
                .seal(&ring, black_box(&[7; 32]), &mut OsEntropy)
                .unwrap()
        });
    });
    c.bench_function("open 32 bytes", |b| {
        b.iter(|| context.open(&ring, black_box(&sealed)).unwrap())
    });
}

/// A user, their browser, and the app that they have enrolled.
fn enrolled(verifier: &Verifier) -> (User, Client, Totp) {
    let user = User {
        id: UserId::new("7").unwrap(),
        name: "alice".to_owned(),
        email: None,
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    };
    let client = Client::new(IpAddr::V4(Ipv4Addr::LOCALHOST), String::new());
    let setup = verifier.start_totp(at(0), &user, None, None, None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client)
        .unwrap();
    (user, client, phone)
}

/// One sign-in after the other of one user, each with the code of its own time step: begin, verify.
fn sign_in(c: &mut Criterion, name: &str, store: &str) {
    let verifier = Verifier::open(Config::parse([("store", store)]).unwrap(), None, true).unwrap();
    let (user, client, phone) = enrolled(&verifier);
    let mut now = 0;
    c.bench_function(name, |b| {
        b.iter(|| {
            now += 30;
            let login = verifier.begin_login(at(now), &user, &client).unwrap();
            let code = phone.at(at(now));
            verifier
                .verify(at(now), &login.challenge, Method::Totp, &code, &client)
                .unwrap()
        });
    });
}

/// What a signed-in user's browser is asked for after a sign-in by a device: the password, and nothing else. To be
/// compared with the sign-in by a code above, of which it is to take no more than 1.3 times.
fn sign_in_by_device(c: &mut Criterion, name: &str, store: &str) {
    let settings = licensed::settings();
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let config = Config::parse(settings.chain([("store", store)])).unwrap();
    let ring = KeyRing::ephemeral().unwrap();
    let verifier = Verifier::open(config, Some(ring.clone()), true).unwrap();
    licensed::license(store, ring, at(0));
    let (user, client, phone) = enrolled(&verifier);
    let login = verifier.begin_login(at(30), &user, &client).unwrap();
    let code = phone.at(at(30));
    let verified = verifier
        .verify_and_trust(at(30), &login.challenge, Method::Totp, &code, &client)
        .unwrap();
    let mut token = verified.device_token.unwrap();
    let mut now = 30;
    c.bench_function(name, |b| {
        b.iter(|| {
            now += 1;
            let client = client.clone().showing(token.as_bytes());
            let login = verifier.begin_login(at(now), &user, &client).unwrap();
            token = login.device_token.unwrap();
        });
    });
}

fn state(c: &mut Criterion) {
    sign_in(c, "sign-in (begin and verify), memory", "memory:");
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("db").display());
    sign_in(c, "sign-in (begin and verify), SQLite FULL", &store);
    let store = format!("sqlite:{}", dir.path().join("devices").display());
    sign_in_by_device(c, "sign-in by a device, SQLite FULL", &store);
}

/// Sixteen countries, as numbers are dialled there and as they are kept.
fn numbers(c: &mut Criterion) {
    const DIALLED: [(&str, &str); 16] = [
        ("01512 3456789", "DE"),
        ("0664 1234567", "AT"),
        ("078 123 45 67", "CH"),
        ("07400 123456", "GB"),
        ("06 12 34 56 78", "FR"),
        ("312 345 6789", "IT"),
        ("612 34 56 78", "ES"),
        ("041 2345678", "FI"),
        ("050-234-5678", "IL"),
        ("(201) 555-0123", "US"),
        ("(11) 96123-4567", "BR"),
        ("081234 56789", "IN"),
        ("090-1234-5678", "JP"),
        ("0412 345 678", "AU"),
        ("8 (912) 345-67-89", "RU"),
        ("0802 123 4567", "NG"),
    ];
    let stored = DIALLED.map(|(input, region)| {
        let number = PhoneNumber::parse(input, Some(region)).unwrap();
        number.e164().to_owned()
    });
    let mut turn = 0;
    c.bench_function("telephone number: as it is dialled, mixed regions", |b| {
        b.iter(|| {
            turn = (turn + 1) % DIALLED.len();
            let (input, region) = DIALLED[turn];
            PhoneNumber::parse(black_box(input), Some(region)).unwrap()
        });
    });
    c.bench_function("telephone number: as it is kept, mixed regions", |b| {
        b.iter(|| {
            turn = (turn + 1) % DIALLED.len();
            PhoneNumber::from_e164(black_box(&stored[turn])).unwrap()
        });
    });
}

/// The longest list there may be, and addresses in and beside it. To be compared with 20 µs a request.
fn networks(c: &mut Criterion) {
    let v4 = (0..5_000u32).map(|n| format!("{}/28", Ipv4Addr::from(0x0A00_0000 + n * 4096)));
    let v6 = (0..5_000u32).map(|n| format!("2001:db8:{n:x}::/48"));
    let lines: Vec<_> = v4.chain(v6).collect();
    let text = lines.join("\n");
    c.bench_function("networks: 10 000 lines are read", |b| {
        b.iter(|| NetworkList::parse(black_box(text.as_bytes())).unwrap());
    });
    let list = NetworkList::parse(text.as_bytes()).unwrap();
    let asked: Vec<IpAddr> = (0..4_096u32)
        .flat_map(|n| {
            let v4 = Ipv4Addr::from(0x0A00_0000 + n * 4001);
            let v6: IpAddr = format!("2001:db8:{:x}::{n:x}", n * 2).parse().unwrap();
            [v4.into(), v6]
        })
        .collect();
    let mut turn = 0;
    c.bench_function("networks: an address in 10 000 lines", |b| {
        b.iter(|| {
            turn = (turn + 1) % asked.len();
            list.holds(black_box(asked[turn]))
        });
    });
}

criterion_group!(benches, networks, computation, numbers, state);
criterion_main!(benches);
