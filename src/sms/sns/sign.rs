//! AWS Signature Version 4 for what we send: a POST to `/` without a query.
//!
//! The same few lines for every AWS service; that the `aws-sigv4` crate brings thirty others along,
//! an asynchronous runtime among them, is why they are here. AWS's own vectors are the tests.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use data_encoding::HEXLOWER;

use crate::clock::UnixTime;

/// Longest secret: with `AWS4` before it a key of one block of SHA-256. AWS's have 40 letters.
pub(super) const LONGEST_SECRET: usize = 60;

/// Who signs, and for what.
#[derive(Clone, Copy)]
pub(super) struct Signer<'a> {
    pub access_key: &'a str,
    pub secret: &'a str,
    pub region: &'a str,
    pub service: &'a str,
}

impl Signer<'_> {
    /// The value of the header `Authorization`. `headers` are the signed ones: in lower case, sorted,
    /// values without spaces around; `host` and `x-amz-date`, which is [`date`], among them.
    pub(super) fn authorization(
        &self,
        headers: &[(&str, &str)],
        body: &[u8],
        now: UnixTime,
    ) -> Zeroizing<String> {
        let date = date(now);
        let day = date.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");

        let mut canonical = Sha256::new();
        canonical.update(b"POST\n/\n\n");
        for (name, value) in headers {
            for part in [name, ":", value, "\n"] {
                canonical.update(part.as_bytes());
            }
        }
        let body = HEXLOWER.encode(&Sha256::digest(body));
        for part in ["\n", &names, "\n", &body] {
            canonical.update(part.as_bytes());
        }
        let canonical = HEXLOWER.encode(&canonical.finalize());
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{canonical}");

        let mut first = Zeroizing::new([0u8; 64]);
        let secret = b"AWS4".iter().chain(self.secret.as_bytes());
        for (slot, byte) in first.iter_mut().zip(secret) {
            *slot = *byte;
        }
        let mut key = hmac(&first, day.as_bytes());
        for part in [self.region, self.service, "aws4_request", &text] {
            let mut block = Zeroizing::new([0u8; 64]);
            for (slot, byte) in block.iter_mut().zip(key.iter()) {
                *slot = *byte;
            }
            key = hmac(&block, part.as_bytes());
        }
        let signature = HEXLOWER.encode(&*key);
        Zeroizing::new(format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.access_key
        ))
    }
}

/// HMAC-SHA-256 with a key that RFC 2104 has padded to a block already.
fn hmac(key: &[u8; 64], text: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new(key.into());
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The header `x-amz-date`: `20150830T123600Z`.
pub(super) fn date(now: UnixTime) -> String {
    now.utc().iso8601_basic()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of AWS's test suite for Signature Version 4: 2015-08-30T12:36:00Z.
    const NOW: i64 = 1_440_938_160;

    fn signature(headers: &[(&str, &str)], body: &str) -> String {
        let signer = Signer {
            access_key: "AKIDEXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "service",
        };
        let now = UnixTime::new(NOW).unwrap();
        signer
            .authorization(headers, body.as_bytes(), now)
            .to_string()
    }

    #[test]
    fn it_signs_as_the_test_suite_of_aws_does() {
        let host = ("host", "example.amazonaws.com");
        let date = ("x-amz-date", "20150830T123600Z");
        let token = (
            "x-amz-security-token",
            "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmx\
             fpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0K\
             PkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZb\
             qBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
        );
        let digest = (
            "x-amz-content-sha256",
            "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
        );
        let form = ("content-type", "application/x-www-form-urlencoded");
        let utf8 = (
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        let length = ("content-length", "13");
        type Vector<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);
        let vectors: [Vector<'_>; 5] = [
            (
                "post-vanilla",
                &[host, date],
                "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-header-key-sort",
                &[host, ("my-header1", "value1"), date],
                "",
                "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
            ),
            (
                "post-sts-header-before",
                &[host, date, token],
                "",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            ),
            (
                "post-x-www-form-urlencoded",
                &[length, form, host, digest, date],
                "Param1=value1",
                "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
            ),
            (
                "post-x-www-form-urlencoded-parameters",
                &[length, utf8, host, digest, date],
                "Param1=value1",
                "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
            ),
        ];
        for (name, headers, body, expected) in vectors {
            let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
            assert_eq!(
                signature(headers, body),
                format!(
                    "AWS4-HMAC-SHA256 \
                     Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders={}, Signature={expected}",
                    names.join(";")
                ),
                "{name}"
            );
        }
    }
}
