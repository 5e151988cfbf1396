//! Secrets that are derived are what is published: `tests/data/derived-secrets.json`, which a script in another language
//! makes without a line of ours.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::path::Path;
use std::process::Command;

use data_encoding::{BASE64, HEXLOWER};
use serde::Deserialize;

use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::clock::UnixTime;
use twofactor::crypto::recovery_code::{self, RecoveryLength};
use twofactor::crypto::{Derivation, DerivedKind, Deriver, KeyId, KeyRing, code};
use twofactor::types::Algorithm;

const PUBLISHED: &str = include_str!("../data/derived-secrets.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    master: String,
    kind: String,
    site: String,
    user: String,
    generation: String,
    index: u32,
    derived: String,
    secret: Option<String>,
    code_at_1700000010: Option<String>,
    code: Option<String>,
    code_strict: Option<String>,
}

#[test]
fn every_published_vector_is_what_is_derived() {
    let vectors: Vec<Vector> = serde_json::from_str(PUBLISHED).unwrap();
    assert!(vectors.len() >= 100);
    let (mut secrets, mut codes) = (0, 0);
    for it in &vectors {
        let master = HEXLOWER.decode(it.master.as_bytes()).unwrap();
        let ring = KeyRing::parse(&format!("k = {}", BASE64.encode(&master))).unwrap();
        let from = Derivation {
            key: KeyId::read("k").unwrap(),
            generation: it.generation.parse().unwrap(),
        };
        let kind = match it.kind.as_str() {
            "totp" => DerivedKind::Totp,
            "recovery" => DerivedKind::Recovery,
            other => panic!("{other}"),
        };
        let deriver = Deriver::new(&ring, &it.site, &it.user);
        let derived = deriver.derive(kind, &from, it.index).unwrap();
        assert_eq!(HEXLOWER.encode(&derived), it.derived);
        if let (Some(text), Some(shown)) = (&it.secret, &it.code_at_1700000010) {
            let secret = TotpSecret::new(&derived[..20]).unwrap();
            assert_eq!(secret.to_base32().as_str(), text);
            let totp = Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap();
            let at = UnixTime::new(1_700_000_010).unwrap();
            assert_eq!(totp.at(at).as_str(), shown);
            secrets += 1;
        }
        if let (Some(standard), Some(strict)) = (&it.code, &it.code_strict) {
            for (length, text) in [
                (RecoveryLength::Standard, standard),
                (RecoveryLength::Strict, strict),
            ] {
                let made = recovery_code::of(derived.first_chunk().unwrap(), length);
                assert_eq!(code::show(&made).as_str(), text);
                assert_eq!(recovery_code::read(text), Some(made));
            }
            codes += 1;
        }
    }
    assert!(secrets >= 40 && codes >= 100 && secrets + codes == vectors.len());
}

#[test]
fn a_script_without_a_line_of_ours_makes_the_published_vectors() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/derived_secrets.py");
    let made = Command::new("python3")
        .arg("-I")
        .arg(script)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    assert_eq!(String::from_utf8(made.stdout).unwrap(), PUBLISHED);
}
