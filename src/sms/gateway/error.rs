//! Every answer of the gateway that is not a yes, and what it means.

use serde::Deserialize;

use super::licence::TokenError;
use super::signature::Distrust;
use crate::json;
use crate::sms::http::ProxyFailure;
use crate::sms::{CheckError, Refusal, SendError};

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal $refusal:expr, $advice:literal;)*) => {
        /// The errors of contract v1.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// Every error, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The status and the code it comes with.
            #[must_use]
            pub const fn code(self) -> (u16, &'static str) {
                match self {
                    $(Self::$name => ($status, $code),)*
                }
            }

            /// What it means for a message; `None` when the message may have been sent all the same.
            #[must_use]
            pub const fn refusal(self) -> Option<Refusal> {
                match self {
                    $(Self::$name => $refusal,)*
                }
            }

            /// What the operator can do.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$name => $advice,)*
                }
            }
        }
    };
}

errors! {
    /// The request is not one of the contract.
    InvalidRequest = 400 "invalid_request" Some(Refusal::Sender),
        "the gateway does not understand the request; check its URL, and for a new version";
    /// Not a number it can reach.
    InvalidPhone = 400 "invalid_phone" Some(Refusal::Number),
        "the gateway cannot reach the number";
    /// The licence key is unknown.
    LicenceInvalid = 401 "license_invalid" Some(Refusal::Credentials),
        "the gateway does not know the licence key; check it";
    /// Nothing is left to send with.
    CreditsExhausted = 402 "credits_exhausted" Some(Refusal::Account),
        "the licence has no messages left; buy some";
    /// The licence has ended.
    LicenceExpired = 403 "license_expired" Some(Refusal::Account),
        "the licence has expired; renew it";
    /// The licence is for another site.
    DomainMismatch = 403 "domain_mismatch" Some(Refusal::Sender),
        "the licence is for another domain; check the site's root URL";
    /// The country is not served.
    CountryBlocked = 403 "country_blocked" Some(Refusal::Country),
        "the gateway does not serve the country";
    /// Suspected of fraud.
    FraudBlocked = 403 "fraud_blocked" Some(Refusal::Fraud),
        "the gateway suspects fraud";
    /// There is no such verification, or no longer.
    VerificationNotFound = 404 "verification_not_found" Some(Refusal::Unlisted),
        "the gateway does not know the verification";
    /// The same key came with something else before.
    IdempotencyConflict = 409 "idempotency_conflict" None,
        "the gateway has seen another request with the same key";
    /// Too often.
    RateLimited = 429 "rate_limited" Some(Refusal::Limit),
        "the gateway's limit is reached; wait";
    /// It cannot reach its own provider.
    ProviderUnavailable = 503 "provider_unavailable" None,
        "the gateway cannot send at the moment";
}

impl Fault {
    /// The error that a reply names. `None` for a code that the contract does not know, or that comes with
    /// another status than its own.
    pub(super) fn of(status: u16, code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.code() == (status, code))
    }
}

/// The code that a reply says no with. `None` for one that has none, or that says yes at the same time.
pub(super) fn refused_with(reply: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        code: String,
        #[serde(default, deserialize_with = "json::present")]
        success: Option<bool>,
        #[serde(default, deserialize_with = "json::present")]
        valid: Option<bool>,
        #[serde(default, deserialize_with = "json::present")]
        approved: Option<bool>,
    }
    let reply: Answer = json::read(reply)?;
    let yes = [reply.success, reply.valid, reply.approved].contains(&Some(true));
    (!yes).then_some(reply.code)
}

/// Whether a code that the contract does not know, or not with this status, is a refusal: 400 to 499 only.
pub(super) fn is_unlisted(status: u16, code: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (400..500).contains(&status) && (1..=64).contains(&code.len()) && code.bytes().all(plain)
}

/// Why the gateway gave no answer that counts. The texts are for operators; they hold no secret, no
/// number and of the gateway's own words nothing but the code of an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Certainly not asked.
    #[error("the gateway was not asked: {0}")]
    NotAsked(String),
    /// Certainly not asked: the proxy gave no connection.
    #[error("the gateway was not asked: {0}")]
    Proxy(ProxyFailure),
    /// It refuses, in the contract's words.
    #[error("{} ({})", fault.advice(), fault.code().1)]
    Refused {
        /// Why.
        fault: Fault,
        /// Seconds to wait, where it says so.
        retry_after: Option<u64>,
    },
    /// It answers that the licence is not valid, and nothing else.
    #[error("the gateway answers that the licence is not valid")]
    NotValid,
    /// It refuses, in words that the contract does not know.
    #[error("the gateway refuses, for a reason that is not in its contract ({code})")]
    Unlisted {
        /// The HTTP status.
        status: u16,
        /// Its code: letters, digits, dashes and `_`.
        code: String,
        /// Seconds to wait, where it says so.
        retry_after: Option<u64>,
    },
    /// Perhaps asked, without an answer, or with one that is none of the contract.
    #[error("the gateway gave no answer that counts: {0}")]
    NoAnswer(String),
    /// Something answered that did not prove to be the gateway.
    #[error("the gateway's answer cannot be trusted: {0}")]
    Untrusted(#[from] Distrust),
    /// The licence is not proven.
    #[error("{0}")]
    Token(#[from] TokenError),
}

impl From<GatewayError> for SendError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::NotAsked(why) => Self::Unreached(format!("gateway: {why}")),
            GatewayError::Proxy(failure) => Self::Proxy(failure),
            GatewayError::Refused { fault, retry_after } => match fault.refusal() {
                Some(refusal) => Self::Refused {
                    refusal,
                    retry_after,
                    detail: format!("gateway: {}", fault.code().1),
                },
                None => Self::Unknown(format!("gateway: {}", fault.code().1)),
            },
            GatewayError::Unlisted {
                status,
                code,
                retry_after,
            } => Self::Refused {
                refusal: Refusal::of_unlisted(status),
                retry_after,
                detail: format!("gateway: {code}"),
            },
            other => Self::Unknown(other.to_string()),
        }
    }
}

impl From<GatewayError> for CheckError {
    fn from(error: GatewayError) -> Self {
        // Refuses whoever asks, or cannot work at the moment: it has not looked at the code. Of every
        // other refusal that is not certain.
        let unjudged = |refusal: Refusal| refusal.is_the_operators() || refusal == Refusal::Limit;
        match error {
            GatewayError::NotAsked(why) => Self::NotAsked(format!("gateway: {why}")),
            GatewayError::Proxy(failure) => Self::NotAsked(format!("gateway: {failure}")),
            GatewayError::Refused { fault, .. }
                if fault == Fault::ProviderUnavailable || fault.refusal().is_some_and(unjudged) =>
            {
                Self::NotAsked(format!("gateway: {}", fault.code().1))
            }
            GatewayError::Unlisted { status, code, .. }
                if unjudged(Refusal::of_unlisted(status)) =>
            {
                Self::NotAsked(format!("gateway: {code}"))
            }
            other => Self::NoAnswer(other.to_string()),
        }
    }
}
