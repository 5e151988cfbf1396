//! What the gateway says of a licence, and the token that proves it.
//!
//! ```text
//! TFL1.<payload, base 64 for URLs>.<signature, base 64 for URLs>
//! payload: {"kid", "lid", "dom", "mod", "typ", "iat", "nbf", "exp"}
//! ```
//!
//! Ed25519 over everything before the second dot, under one of the pinned keys. There is no field for
//! an algorithm, so there is nothing to choose a weaker one with.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::Value;

use super::signature::{PinnedKey, SKEW};
use crate::clock::UnixTime;
use crate::json::{self, is_shown, shown};
use crate::sms::Balance;

/// Longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 2_048;
/// Longest time an online token is good for, in seconds.
pub const LONGEST_VALIDITY: u64 = 86_400;

/// A licence the gateway calls valid. Redacts itself.
pub struct Licence {
    /// The balance the gateway tells. For display.
    pub credits_remaining: Option<Balance>,
    /// The proof. Only a gateway without signatures may leave it out.
    pub token: Option<LicenceToken>,
    /// The same as it came, for whoever keeps it.
    pub written: Option<String>,
}

impl fmt::Debug for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Licence")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// What the gateway says of a licence.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub valid: bool,
    pub token: Option<String>,
    credits_remaining: Option<Value>,
}

impl Answer {
    /// The balance. What is none to show is none; the licence is as good without.
    pub(super) fn credits(&self) -> Option<Balance> {
        Balance::shown(shown(self.credits_remaining.as_ref()?)?)
    }
}

/// What a genuine token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceToken {
    /// The licence's name at the gateway; not its key.
    pub id: String,
    /// The gateway's word for its kind.
    pub kind: String,
    /// When the token was made.
    pub issued: UnixTime,
    /// Not good before.
    pub begins: UnixTime,
    /// Not good from then on.
    pub expires: UnixTime,
}

/// Why a token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of this kind.
    #[error("the licence token is malformed")]
    Malformed,
    /// No pinned key signed it.
    #[error("the licence token's signature is wrong")]
    Forged,
    /// For another site.
    #[error("the licence token is for another domain; check the site's root URL")]
    Domain,
    /// For another product.
    #[error("the licence token is for another module")]
    Module,
    /// Not yet good, no longer good, or good for more than a day.
    #[error("the licence token is not of today; check this machine's clock")]
    Time,
}

impl LicenceToken {
    /// Reads a token that was issued online, just now.
    ///
    /// # Errors
    /// [`TokenError`]
    pub fn read(
        text: &str,
        keys: &[PinnedKey],
        domain: &str,
        module: &str,
        now: UnixTime,
    ) -> Result<Self, TokenError> {
        let token = Self::open(text, keys, domain, module)?;
        let soon = now.plus(SKEW);
        let latest = soon.plus(LONGEST_VALIDITY);
        if token.issued > soon
            || token.begins > soon
            || token.expires <= now
            || token.expires > latest
        {
            return Err(TokenError::Time);
        }
        Ok(token)
    }

    /// Reads a token of any time: when it is good is for the caller to judge. Nothing in it is looked at before its
    /// signature.
    ///
    /// # Errors
    /// [`TokenError`], of its time apart
    pub fn open(
        text: &str,
        keys: &[PinnedKey],
        domain: &str,
        module: &str,
    ) -> Result<Self, TokenError> {
        if text.len() > LONGEST_TOKEN || !text.starts_with("TFL1.") {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        let signature: [u8; 64] = decode(signature)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(TokenError::Malformed)?;
        let payload = signed
            .strip_prefix("TFL1.")
            .and_then(decode)
            .ok_or(TokenError::Malformed)?;
        let key = keys
            .iter()
            .find(|key| key.signed(signed.as_bytes(), &signature))
            .ok_or(TokenError::Forged)?;

        let claims = json::read::<Claims>(&payload)
            .filter(|claims| is_word(&claims.lid) && is_word(&claims.typ))
            .ok_or(TokenError::Malformed)?;
        if claims.kid != key.id() {
            return Err(TokenError::Forged);
        }
        if claims.dom != domain {
            return Err(TokenError::Domain);
        }
        if claims.r#mod != module {
            return Err(TokenError::Module);
        }
        Ok(Self {
            id: claims.lid,
            kind: claims.typ,
            issued: claims.iat,
            begins: claims.nbf,
            expires: claims.exp,
        })
    }
}

/// All of them and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    kid: String,
    dom: String,
    r#mod: String,
    lid: String,
    typ: String,
    iat: UnixTime,
    nbf: UnixTime,
    exp: UnixTime,
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && is_shown(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    const NOW: i64 = 1_795_264_496;

    fn signer(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn keys() -> [PinnedKey; 2] {
        [("k1", 1), ("k2", 2)].map(|(id, seed)| {
            let public = data_encoding::BASE64.encode(signer(seed).verifying_key().as_bytes());
            PinnedKey::parse(&format!("{id} = {public}")).unwrap()
        })
    }

    fn signed(seed: u8, payload: &str) -> String {
        let text = format!("TFL1.{}", BASE64URL_NOPAD.encode(payload.as_bytes()));
        let signature = signer(seed).sign(text.as_bytes()).to_bytes();
        format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn read(token: &str) -> Result<LicenceToken, TokenError> {
        let now = UnixTime::new(NOW).unwrap();
        LicenceToken::read(token, &keys(), "example.org", "TwoFactor", now)
    }

    fn payload(iat: i64, nbf: i64, exp: i64) -> String {
        format!(
            r#"{{"kid":"k1","lid":"lic_7","dom":"example.org","mod":"TwoFactor","typ":"credits","iat":{iat},"nbf":{nbf},"exp":{exp}}}"#
        )
    }

    fn good() -> String {
        payload(NOW, NOW, NOW + 86_400)
    }

    #[test]
    fn a_token_is_read_as_another_implementation_wrote_it() {
        // With the key of RFC 8032 section 7.1, test 1.
        let key = PinnedKey::parse("k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap();
        let token = "TFL1.eyJraWQiOiJrMSIsImxpZCI6ImxpY183IiwiZG9tIjoiZXhhbXBsZS5vcmciLCJtb2QiOiJUd29GY\
            WN0b3IiLCJ0eXAiOiJjcmVkaXRzIiwiaWF0IjoxNzk1MjY0NDk2LCJuYmYiOjE3OTUyNjQ0OTYsImV4cCI6MTc5NTM1MD\
            g5Nn0.f3QP9XwIHmQfBSQ8QbaR1xRNM3Y_QMYV2wVHQ-c9mfAIr-g0iQqFEJs16srsh8HnN-hNgSjrLUQtSipm_aHvDw";
        let now = UnixTime::new(NOW).unwrap();
        let read = LicenceToken::read(token, &[key], "example.org", "TwoFactor", now).unwrap();
        assert_eq!(
            read,
            LicenceToken {
                id: "lic_7".to_owned(),
                kind: "credits".to_owned(),
                issued: now,
                begins: now,
                expires: now.plus(86_400),
            }
        );
    }

    #[test]
    fn a_token_is_for_its_site_and_its_time() {
        assert!(read(&signed(1, &good())).is_ok());
        let second = good().replace("k1", "k2");
        assert!(read(&signed(2, &second)).is_ok());
        for (payload, why) in [
            (
                good().replace("example.org", "example.com"),
                TokenError::Domain,
            ),
            (
                good().replace("example.org", "www.example.org"),
                TokenError::Domain,
            ),
            (good().replace("TwoFactor", "Other"), TokenError::Module),
            (payload(NOW + 301, NOW, NOW + 60), TokenError::Time),
            (payload(NOW, NOW + 301, NOW + 600), TokenError::Time),
            (payload(NOW - 60, NOW - 60, NOW), TokenError::Time),
            (payload(NOW, NOW, NOW + 86_701), TokenError::Time),
        ] {
            assert_eq!(read(&signed(1, &payload)), Err(why), "{payload}");
        }
        assert!(read(&signed(1, &payload(NOW + 300, NOW + 300, NOW + 86_700))).is_ok());
        assert!(read(&signed(1, &payload(0, 0, NOW + 1))).is_ok());
    }

    #[test]
    fn a_token_has_all_its_fields_and_no_other() {
        for bad in [
            good().replace("\"lid\"", "\"alg\""),
            good().replace('{', "{\"alg\":\"none\","),
            good().replace('{', "{\"kid\":\"k1\","),
            good().replace(&NOW.to_string(), "\"0\""),
            good().replace(&NOW.to_string(), &format!("{NOW}.0")),
            good().replace("\"lic_7\"", "7"),
            good().replace("lic_7", ""),
            good().replace('}', ""),
            format!("{} ", good()).replace("} ", "}x"),
            format!("[{}]", good()),
            "null".to_owned(),
        ] {
            assert_eq!(read(&signed(1, &bad)), Err(TokenError::Malformed), "{bad}");
        }
    }

    #[test]
    fn a_token_is_signed_by_the_key_it_names() {
        for (token, why) in [
            (signed(3, &good()), TokenError::Forged),
            (signed(2, &good()), TokenError::Forged),
            (signed(1, &good().replace("k1", "k2")), TokenError::Forged),
            (signed(1, &good().replace("k1", "k3")), TokenError::Forged),
        ] {
            assert_eq!(read(&token), Err(why));
        }
        let token = signed(1, &good());
        for at in 5..token.len() {
            for letter in ["A", "b", "-", "_", ".", "=", "%"] {
                if &token[at..=at] == letter {
                    continue;
                }
                let altered = format!("{}{letter}{}", &token[..at], &token[at + 1..]);
                assert!(read(&altered).is_err(), "{altered}");
            }
        }
        for end in 0..token.len() {
            assert!(read(&token[..end]).is_err(), "{end}");
        }
        for bad in [
            token.replace("TFL1.", "TFL2."),
            token.replace("TFL1.", "tfl1."),
            token.replace("TFL1.", ""),
            format!("{token}="),
            format!("{token}."),
            format!(" {token}"),
            format!("{token}\n"),
            format!("TFL1.{}", "A".repeat(1_000_000)),
        ] {
            assert!(read(&bad).is_err());
        }
    }
}
