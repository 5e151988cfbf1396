//! Sites that have a licence.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ed25519_dalek::{Signer, SigningKey};

use super::*;
use crate::premium::licence::{Kept, KeptKey, KeptRow, Terms};
use crate::shared::{Keep, Slot};
use crate::types::LicenceKey;

const DAY: i64 = 86_400;

/// Opens what a licence may be given to; a setting takes the place of the one of its name.
pub(super) fn open_by(settings: &[(&str, &str)], ring: Option<KeyRing>) -> Verifier {
    let public = SigningKey::from_bytes(&[1; 32]).verifying_key();
    let keys = format!("k1 = {}", BASE64.encode(public.as_bytes()));
    let mut all = vec![
        ("store", "memory:"),
        ("site_url", "https://example.org"),
        ("licence_key", "key"),
        ("licence_public_keys", &keys),
        ("premium_grace_days", "60"),
    ];
    for (name, value) in settings {
        all.retain(|(known, _)| known != name);
        all.push((name, value));
    }
    Verifier::open(Config::parse(all).unwrap(), ring, true).unwrap()
}

/// A licence that is good for a day from then on.
pub(super) fn licence_token(seconds: i64) -> String {
    let begins = START + seconds;
    let payload = format!(
        r#"{{"kid":"k1","lid":"lic_7","dom":"example.org","mod":"TwoFactorPro","typ":"pro","iat":{begins},"nbf":{begins},"exp":{}}}"#,
        begins + DAY
    );
    let text = format!("TFL1.{}", BASE64URL_NOPAD.encode(payload.as_bytes()));
    let signature = SigningKey::from_bytes(&[1; 32]).sign(text.as_bytes());
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
}

/// Gives it one, which is good for a day from then on, and for `premium_grace_days` after it.
pub(super) fn license(verifier: &Verifier, seconds: i64) {
    let token = licence_token(seconds);
    let config = &verifier.config;
    let terms = Terms::read(
        config.licence_public_keys().unwrap(),
        config.site_url().unwrap(),
        config.premium_grace_days(),
        config.licence_key().unwrap(),
    )
    .unwrap();
    let now = at(seconds);
    let mut kept = Kept::nothing(&terms, now);
    kept.heard(Ok(&token), &terms, now).unwrap();
    let put = |slot: &mut Slot<KeptRow>| slot.put(KeptRow(Ok(kept.clone())), Keep::Always);
    verifier.rows.update(now, &KeptKey, put).unwrap();
}

/// The same by a key that was entered, where `licence_key` is `stored`.
pub(super) fn license_entered(verifier: &Verifier, seconds: i64) {
    let token = licence_token(seconds);
    let (config, now) = (&verifier.config, at(seconds));
    let terms = Terms::read(
        config.licence_public_keys().unwrap(),
        config.site_url().unwrap(),
        config.premium_grace_days(),
        &LicenceKey::new("TF-ENTERED-0000".to_owned().into()),
    )
    .unwrap();
    let nothing = Kept::nothing(&terms, now);
    let kept = nothing.enter(Ok(&token), &terms, false, now).0.unwrap();
    let put = |slot: &mut Slot<KeptRow>| slot.put(KeptRow(Ok(kept.clone())), Keep::Always);
    verifier.rows.update(now, &KeptKey, put).unwrap();
}
