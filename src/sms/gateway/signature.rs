//! How the gateway's replies prove to be its own.
//!
//! ```text
//! TF-Signature: t=<unix>,kid=<id>,ed25519=<base64>       over
//!
//! TF1\n{METHOD}\n{path}\n{nonce}\n{status}\n{t}\n{SHA-256 of request body, hex}\n{… of response body}
//! ```
//!
//! The nonce is ours and new in each request, so a reply belongs to one request and to no other, and
//! an old one cannot be played again. `path` is the path of the request as it was sent, without its
//! query. The two pinned keys are the current one and the next.

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::clock::UnixTime;
use crate::sms::SettingError;

/// Most seconds between the gateway's clock and ours.
pub const SKEW: u64 = 300;

/// A public key that the gateway signs with (Ed25519, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedKey {
    id: String,
    key: VerifyingKey,
}

impl PinnedKey {
    /// Reads `id = 32 bytes in base 64`, as in a line of a key file. An id has 1 to 32 letters,
    /// digits, `-` or `_`.
    ///
    /// # Errors
    /// What is wrong with it, for operators.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        const WRONG: &str =
            "a public key of the gateway must be its id, an equals sign and 32 bytes in base 64";
        let (id, key) = text.split_once('=').ok_or(WRONG)?;
        let (id, key) = (id.trim(), key.trim());
        if !is_key_id(id) {
            return Err(WRONG.into());
        }
        let bytes = BASE64.decode(key.as_bytes()).map_err(|_| WRONG)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| WRONG)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| WRONG)?;
        // Under a key of small order anybody could sign.
        if key.is_weak() {
            return Err(format!("the gateway's key {id} is not one to rely on").into());
        }
        Ok(Self {
            id: id.to_owned(),
            key,
        })
    }

    /// Reads one or two of them with a comma between.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, SettingError> {
        let keys = text
            .split(',')
            .map(Self::parse)
            .collect::<Result<Vec<_>, _>>()?;
        at_most_two(&keys)?;
        Ok(keys)
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether this key signed the text, in the strict reading that every verifier agrees on.
    pub(super) fn signed(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        self.key
            .verify_strict(text, &Signature::from_bytes(signature))
            .is_ok()
    }
}

/// Of more, nobody knows any more which are still in use.
///
/// # Errors
/// Of three, and of two with one name.
pub(super) fn at_most_two(keys: &[PinnedKey]) -> Result<(), SettingError> {
    if keys.len() > 2 {
        return Err("the gateway has two public keys: the current one and the next".into());
    }
    if let [one, other] = keys
        && one.id == other.id
    {
        return Err(format!("the gateway's key {} is there twice", one.id).into());
    }
    Ok(())
}

/// Why a reply does not count as the gateway's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Nothing, or more than one thing, in the header.
    #[error("it is not signed")]
    Unsigned,
    /// Not as the contract says.
    #[error("its signature is malformed")]
    Malformed,
    /// Signed with a key that is not pinned.
    #[error("it is signed with a key that is not pinned; check the gateway's public keys")]
    UnknownKey,
    /// Not of this moment.
    #[error("it is more than 300 seconds old or early; check this machine's clock")]
    Time,
    /// Not signed by that key, or for another request, or altered.
    #[error("its signature is wrong")]
    Forged,
}

/// A request and its reply.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub nonce: &'a str,
    pub status: u16,
    pub request: &'a [u8],
    pub response: &'a [u8],
}

impl Exchange<'_> {
    /// What is signed.
    fn text(&self, time: i64) -> String {
        let digest = |bytes: &[u8]| HEXLOWER.encode(&Sha256::digest(bytes));
        format!(
            "TF1\n{}\n{}\n{}\n{}\n{time}\n{}\n{}",
            self.method,
            self.path,
            self.nonce,
            self.status,
            digest(self.request),
            digest(self.response)
        )
    }

    /// Whether one of the keys signed it just now.
    ///
    /// # Errors
    /// [`Distrust`]
    pub(super) fn verify(
        &self,
        header: Option<&str>,
        keys: &[PinnedKey],
        now: UnixTime,
    ) -> Result<(), Distrust> {
        let header = header.ok_or(Distrust::Unsigned)?;
        let (time, id, signature) = parts(header).ok_or(Distrust::Malformed)?;
        let key = keys
            .iter()
            .find(|key| key.id == id)
            .ok_or(Distrust::UnknownKey)?;
        if now.seconds().abs_diff(time.seconds()) > SKEW {
            return Err(Distrust::Time);
        }
        if !key.signed(self.text(time.seconds()).as_bytes(), &signature) {
            return Err(Distrust::Forged);
        }
        Ok(())
    }
}

/// Time, key and signature: these three, in this order, each written the one way it can be.
fn parts(header: &str) -> Option<(UnixTime, &str, [u8; 64])> {
    let (time, rest) = header.strip_prefix("t=")?.split_once(",kid=")?;
    let (id, signature) = rest.split_once(",ed25519=")?;
    let plain = (1..=12).contains(&time.len())
        && time.bytes().all(|b| b.is_ascii_digit())
        && (time == "0" || !time.starts_with('0'));
    if !plain || !is_key_id(id) {
        return None;
    }
    let time = UnixTime::new(time.parse().ok()?).ok()?;
    let signature = BASE64.decode(signature.as_bytes()).ok()?;
    Some((time, id, signature.try_into().ok()?))
}

fn is_key_id(id: &str) -> bool {
    (1..=32).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 section 7.1, test 1.
    const KEY: &str = "k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    /// RFC 8032 section 7.1, test 2.
    const OTHER: &str = "k2 = PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
    const NOW: i64 = 1_795_264_496;

    const EXCHANGE: Exchange<'static> = Exchange {
        method: "POST",
        path: "/v1/verification/check",
        nonce: "000102030405060708090a0b0c0d0e0f",
        status: 200,
        request: br#"{"license_key":"TF-TEST-0000","domain":"example.org","phone":"+4915123456789","country":"DE","code":"123456","verification_id":"ver_1"}"#,
        response: br#"{"approved":true,"valid":true,"status":"approved","verification_id":"ver_1","phone":"+4915123456789"}"#,
    };
    // Made with another implementation of SHA-256 and Ed25519.
    const SIGNATURE: &str =
        "7VnPuV/HG5TaxI+hmmGgRM0gU7TM1WZZ1FOK8J78lZl7uZ3MKlNFVdMGMjGWemfFXFM7pwufMDxC7QTwyLHgAA==";

    fn verify(exchange: &Exchange<'_>, header: &str, now: i64) -> Result<(), Distrust> {
        let keys = [KEY, OTHER].map(|key| PinnedKey::parse(key).unwrap());
        exchange.verify(Some(header), &keys, UnixTime::new(now).unwrap())
    }

    fn header() -> String {
        format!("t={NOW},kid=k1,ed25519={SIGNATURE}")
    }

    #[test]
    fn the_signed_text_is_the_contracts() {
        assert_eq!(
            EXCHANGE.text(NOW),
            "TF1\nPOST\n/v1/verification/check\n000102030405060708090a0b0c0d0e0f\n200\n1795264496\n\
             bcf4eee4b4a17efd3f71bd6ff13552b40d14ea700c0518a26475b84ac7f868be\n\
             a2b9cc433ad97373721808dcdf01d09b52e0afe9e18f0e664b79a4d2cae6c589"
        );
        assert_eq!(verify(&EXCHANGE, &header(), NOW), Ok(()));
        let get = Exchange {
            method: "GET",
            path: "/licenses/0123456789abcdef/logs",
            nonce: "ffffffffffffffffffffffffffffffff",
            status: 429,
            request: b"",
            response: b"",
        };
        assert_eq!(
            get.text(0),
            "TF1\nGET\n/licenses/0123456789abcdef/logs\nffffffffffffffffffffffffffffffff\n429\n0\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let signature = "0lsHG+7q79EsUOmaaxBVFN2B6bkdkRSXogTAp9CYG9sPab+aPP3/lFisOq77rqZCn2YmnK2aYxSNzUwsHMTlCg==";
        assert_eq!(
            verify(&get, &format!("t=0,kid=k1,ed25519={signature}"), 0),
            Ok(())
        );
    }

    #[test]
    fn a_signature_is_for_one_request_and_one_reply() {
        let altered = [
            Exchange {
                method: "GET",
                ..EXCHANGE
            },
            Exchange {
                path: "/v1/verification/send",
                ..EXCHANGE
            },
            Exchange {
                path: "/verification/check",
                ..EXCHANGE
            },
            Exchange {
                nonce: "000102030405060708090a0b0c0d0e10",
                ..EXCHANGE
            },
            Exchange {
                status: 201,
                ..EXCHANGE
            },
            Exchange {
                request: b"{}",
                ..EXCHANGE
            },
            Exchange {
                response: b"{\"approved\":true}",
                ..EXCHANGE
            },
        ];
        for exchange in altered {
            assert_eq!(verify(&exchange, &header(), NOW), Err(Distrust::Forged));
        }
        for (from, to, why) in [
            ("kid=k1", "kid=k2", Distrust::Forged),
            ("kid=k1", "kid=k3", Distrust::UnknownKey),
            ("t=1795264496", "t=1795264497", Distrust::Forged),
        ] {
            let header = header().replace(from, to);
            assert_eq!(verify(&EXCHANGE, &header, NOW), Err(why), "{to}");
        }
        let mut response = EXCHANGE.response.to_vec();
        for bit in 0..response.len() * 8 {
            response[bit / 8] ^= 1 << (bit % 8);
            let exchange = Exchange {
                response: &response,
                ..EXCHANGE
            };
            assert_eq!(verify(&exchange, &header(), NOW), Err(Distrust::Forged));
            response[bit / 8] ^= 1 << (bit % 8);
        }
        let signature = BASE64.decode(SIGNATURE.as_bytes()).unwrap();
        for bit in 0..512 {
            let mut signature = signature.clone();
            signature[bit / 8] ^= 1 << (bit % 8);
            let header = format!("t={NOW},kid=k1,ed25519={}", BASE64.encode(&signature));
            assert_eq!(
                verify(&EXCHANGE, &header, NOW),
                Err(Distrust::Forged),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_signature_is_for_five_minutes() {
        for (now, expected) in [
            (NOW - 301, Err(Distrust::Time)),
            (NOW - 300, Ok(())),
            (NOW + 300, Ok(())),
            (NOW + 301, Err(Distrust::Time)),
            (0, Err(Distrust::Time)),
        ] {
            assert_eq!(verify(&EXCHANGE, &header(), now), expected);
        }
    }

    #[test]
    fn a_header_is_written_in_one_way() {
        assert_eq!(
            EXCHANGE.verify(None, &[], UnixTime::new(NOW).unwrap()),
            Err(Distrust::Unsigned)
        );
        let good = header();
        for bad in [
            String::new(),
            good.to_uppercase(),
            format!(" {good}"),
            format!("{good} "),
            format!("{good},x=1"),
            good.replace(',', ", "),
            good.replace(',', ";"),
            good.replace("t=1", "t=+1"),
            good.replace("t=1", "t=01"),
            good.replace("t=1", "t=-1"),
            good.replace("t=1795264496", "t="),
            good.replace("t=1795264496", "t=1795264496.0"),
            good.replace("t=1795264496", "t=99999999999999999999"),
            good.replace("kid=k1", "kid="),
            good.replace("kid=k1", "kid=k 1"),
            good.replace("==", ""),
            good.replace("==", "=").replace("AA=", "AB="),
            good.replace("AA==", "AB=="),
            format!("kid=k1,t={NOW},ed25519={SIGNATURE}"),
            format!("t={NOW},ed25519={SIGNATURE},kid=k1"),
            format!("t={NOW},kid=k1,ed25519={}", &SIGNATURE[4..]),
            format!("t={NOW},kid=k1,ed25519=AAAA{SIGNATURE}"),
        ] {
            assert_eq!(
                verify(&EXCHANGE, &bad, NOW),
                Err(Distrust::Malformed),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_key_is_one_that_nobody_else_can_sign_with() {
        assert_eq!(PinnedKey::parse(KEY).unwrap().id(), "k1");
        for bad in [
            "",
            "k1",
            "= 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "k 1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR",
            "k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURoAAA==",
            // Points of small order: 0, 1 and -1.
            "k1 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "k1 = AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "k1 = 7P///////////////////////////////////////38=",
            // Not a point.
            "k1 = AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert!(PinnedKey::parse(bad).is_err(), "{bad}");
        }
    }
}
