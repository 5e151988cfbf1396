//! A store with a licence in it, for tests of what is premium.

#![allow(clippy::unwrap_used)]

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ed25519_dalek::{Signer, SigningKey};
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::premium::licence::{Kept, KeptKey, KeptRow, Terms};
use twofactor::shared::{Keep, SharedRows};
use twofactor::store::{self, StoreHandle};

const DAY: i64 = 86_400;

fn signer() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// What a site with that licence is set up with; it is good for two months.
pub(crate) fn settings() -> Vec<(&'static str, String)> {
    let public = BASE64.encode(signer().verifying_key().as_bytes());
    vec![
        ("site_url", "https://example.org".to_owned()),
        ("licence_key", "key".to_owned()),
        ("licence_public_keys", format!("k1 = {public}")),
        ("premium_grace_days", "60".to_owned()),
    ]
}

/// Puts the licence into a store, as of that time.
pub(crate) fn license(store: &str, ring: KeyRing, now: UnixTime) {
    let settings = settings();
    let given = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let config = Config::parse(given.chain([("store", store)])).unwrap();
    let terms = Terms::read(
        config.licence_public_keys().unwrap(),
        config.site_url().unwrap(),
        config.premium_grace_days(),
        config.licence_key().unwrap(),
    )
    .unwrap();
    let payload = format!(
        r#"{{"kid":"k1","lid":"lic_7","dom":"example.org","mod":"TwoFactorPro","typ":"pro","iat":{begins},"nbf":{begins},"exp":{}}}"#,
        now.seconds() + DAY,
        begins = now.seconds(),
    );
    let text = format!("TFL1.{}", BASE64URL_NOPAD.encode(payload.as_bytes()));
    let signature = signer().sign(text.as_bytes()).to_bytes();
    let token = format!("{text}.{}", BASE64URL_NOPAD.encode(&signature));
    let mut kept = Kept::nothing(&terms, now);
    kept.heard(Ok(&token), &terms, now).unwrap();
    let store = StoreHandle::from(store::open(config.store()).unwrap());
    let rows = SharedRows::new(store, ring, config.site().clone());
    rows.update(now, &KeptKey, |slot| {
        slot.put(KeptRow(Ok(kept.clone())), Keep::Always);
    })
    .unwrap();
}
