//! The table `oc_twofactor_totp_secrets` of Nextcloud: `user_id`, `secret`, `state`, and `algorithm` since version 17.1 of the
//! app. Secrets are encrypted with the instance's `secret` (`OC\Security\Crypto`, versions 2 and 3); inside is base 32.
//! Codes have six digits and change every 30 seconds.

use super::cipher::{self, Hash};
use super::rows::Row;
use super::uri::{self, algorithm_of};
use super::{Candidate, Candidates, ImportError};
use crate::account::ImportedApp;
use crate::account::totp::TotpSecret;
use crate::types::Algorithm;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

/// Set up, and confirmed.
const ENABLED: &str = "2";
/// What phpseclib derives a key with from a password: PBKDF2 over HMAC-SHA-1, as long as a key of AES-128.
const SALT: &[u8] = b"phpseclib";
const ROUNDS: u32 = 1_000;
const KEY_BYTES: usize = 16;

/// The keys of one version.
struct VersionKeys {
    cipher: Zeroizing<Vec<u8>>,
    mac: Zeroizing<String>,
}

impl VersionKeys {
    /// The key of the cipher and that of the MAC, which is itself a hash in hexadecimal digits.
    fn of(cipher: &[u8], mac: &[u8]) -> Self {
        let mac = cipher::sha512(&[mac, b"a"]);
        Self {
            cipher: cipher::pbkdf2(Hash::Sha1, cipher, SALT, ROUNDS, KEY_BYTES),
            mac: Zeroizing::new(HEXLOWER.encode(&mac)),
        }
    }
}

/// Both versions that are read.
struct InstanceKeys {
    second: VersionKeys,
    third: VersionKeys,
}

impl InstanceKeys {
    fn of(secret: &[u8]) -> Self {
        let derived = cipher::hkdf_sha512(secret);
        let (for_cipher, for_mac) = derived.split_at(32);
        Self {
            second: VersionKeys::of(secret, secret),
            third: VersionKeys::of(for_cipher, for_mac),
        }
    }

    /// What was encrypted: `ciphertext|iv|mac|version`, each in hexadecimal digits, the MAC over the texts of the first two.
    fn open(&self, sealed: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
        const FORM: &str = "the secret is not in the form that Nextcloud writes today: sign in there once with its app, or set it up anew";
        let parts: Vec<&str> = sealed.trim().split('|').collect();
        let [text, iv, mac, version] = parts.as_slice() else {
            return Err(FORM);
        };
        let keys = match *version {
            "2" => &self.second,
            "3" => &self.third,
            _ => return Err(FORM),
        };
        let hex = |it: &str| HEXLOWER_PERMISSIVE.decode(it.as_bytes()).map_err(|_| FORM);
        let (sealed, vector, wanted) = (hex(text)?, hex(iv)?, hex(mac)?);
        let is_ours = cipher::mac_is(Hash::Sha512, keys.mac.as_bytes(), &[text, iv], &wanted);
        if !is_ours {
            return Err(
                "the secret was encrypted by another instance, or was altered: name the secret of that one",
            );
        }
        cipher::cbc(&keys.cipher, &vector, &sealed).ok_or(FORM)
    }
}

/// Reads the rows.
///
/// # Errors
/// [`ImportError`]
pub(super) fn read(rows: &[Row], secret: Option<&[u8]>) -> Result<Candidates, ImportError> {
    let Some(secret) = secret.map(<[u8]>::trim_ascii).filter(|it| !it.is_empty()) else {
        let why = "its secrets are encrypted: name a file with the secret of config.php, with --nextcloud-secret-file";
        return Err(ImportError::whole(why));
    };
    let keys = InstanceKeys::of(secret);
    let mut all = Candidates::default();
    for row in rows {
        let (Some(user), Some(sealed)) = (row.text("user_id"), row.text("secret")) else {
            let why = "it needs user_id and secret";
            return Err(ImportError::at(row.place(), why));
        };
        let candidate = all.of(user.trim())?;
        // Without the column every row that there is was confirmed.
        if row.text("state").is_some_and(|it| it.trim() != ENABLED) {
            candidate.leave(
                "totp",
                "its set-up was not finished, or it is switched off there",
            );
            continue;
        }
        match app(&keys, row, sealed) {
            Ok(app) => candidate.factors.apps.push(app),
            Err(why) => leave(candidate, why),
        }
    }
    Ok(all)
}

fn leave(candidate: &mut Candidate, why: String) {
    candidate.leave("totp", why);
}

fn app(keys: &InstanceKeys, row: &Row, sealed: &str) -> Result<ImportedApp, String> {
    let opened = keys.open(sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| "the secret is not base 32")?;
    let secret = TotpSecret::imported_base32(text).map_err(uri::said)?;
    let algorithm = match row.text("algorithm") {
        Some(name) => algorithm_of(name)?,
        None => Algorithm::Sha1,
    };
    let totp = uri::totp(secret, algorithm, 6, 30)?;
    Ok(ImportedApp { totp, label: None })
}
