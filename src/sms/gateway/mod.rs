//! The managed SMS gateway, contract v1: it makes, sends and checks the codes, for a licence.
//!
//! What it says counts only when it proves to be its word ([`signature`]) and is complete and plain
//! ([`crate::json`]). A code is right if status, `approved`, `valid`, `status`, the verification and the
//! number all say so; anything else is no. Of what the licence is worth only the gateway knows:
//! a balance is a text to show, and nothing here reads it.
//!
//! ```text
//!                     again, at most                          after
//!  licence, log       twice, after random waits               no connection, no answer, 429, 5xx
//!  send, check        once, under the same key                no connection, 429, 503
//!  of a gateway without signatures: no POST is made again
//! ```

mod error;
mod licence;
mod log;
pub(super) mod schema;
mod signature;

use std::fmt;
use std::thread;
use std::time::Duration;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use error::{Fault, GatewayError};
pub use licence::{LONGEST_VALIDITY, Licence, LicenceToken, TokenError};
pub use signature::{Distrust, PinnedKey, SKEW};

use super::http::{Http, HttpError, HttpSettings, Reply, Request, Verb, form, instant};
use super::{
    Balance, Channel, CheckError, MessageLog, ProbeError, ProviderRequest, Refusal, SendError,
    SettingError, Started, Verdict, VerificationProvider, pause,
};
use crate::clock::UnixTime;
use crate::crypto::code::is_digits;
use crate::crypto::{Entropy, OsEntropy, RandomError, random};
use crate::json;
use crate::types::is_host_name;
use signature::Exchange;

/// A code is good for ten minutes at most, whatever the gateway says (SP 800-63B-4 section 3.1.3.2).
const LONGEST_CODE_LIFE: u64 = 600;
/// Most seconds that the gateway can make somebody wait for.
const LONGEST_WAIT: u64 = 86_400;

/// Whether replies have to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// A reply without a good signature is none.
    Require,
    /// The gateway does not sign yet. TLS alone says who answers.
    Legacy,
}

/// What the operator says about the gateway. Redacts itself.
#[derive(Clone)]
pub struct GatewaySettings {
    /// Where it is: `https://`, a host, perhaps a port and a path.
    pub url: String,
    /// The licence key.
    pub licence_key: Zeroizing<String>,
    /// The configured root URL of this site; the licence is for its host.
    pub site_url: String,
    /// The product, as the licence names it.
    pub module: String,
    /// Whether replies have to be signed.
    pub signing: Signing,
    /// The gateway's public keys: the current one, and perhaps the next.
    pub keys: Vec<PinnedKey>,
    /// How requests are made. Not more than 3 seconds to connect and 8 in all are given, whatever is
    /// said here.
    pub http: HttpSettings,
}

impl fmt::Debug for GatewaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewaySettings")
            .field("url", &self.url)
            .field("signing", &self.signing)
            .finish_non_exhaustive()
    }
}

/// The gateway. Redacts itself.
pub struct Gateway {
    /// Scheme, host and port.
    origin: String,
    /// What every path begins with, without a slash at its end.
    prefix: String,
    licence_key: Zeroizing<String>,
    domain: String,
    module: String,
    signing: Signing,
    keys: Vec<PinnedKey>,
    http: Http,
    whole: Duration,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("origin", &self.origin)
            .field("signing", &self.signing)
            .finish_non_exhaustive()
    }
}

/// One thing to ask, however often.
struct Call<'a> {
    /// Behind the prefix.
    path: &'a str,
    ask: Ask<'a>,
    /// May be asked again whatever happened, and twice.
    harmless: bool,
}

enum Ask<'a> {
    /// A query, perhaps empty.
    Get(&'a str),
    /// A body.
    Post(&'a [u8]),
}

/// What came of asking once.
struct Attempt {
    outcome: Result<Vec<u8>, GatewayError>,
    again: bool,
    retry_after: Option<u64>,
}

impl Attempt {
    const fn last(outcome: Result<Vec<u8>, GatewayError>) -> Self {
        Self {
            outcome,
            again: false,
            retry_after: None,
        }
    }
}

impl Gateway {
    /// Checks the settings; asks nobody.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub fn new(settings: GatewaySettings) -> Result<Self, SettingError> {
        let (origin, prefix) = address(&settings.url)?;
        let visible = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if !(8..=200).contains(&settings.licence_key.len()) || !visible(&settings.licence_key) {
            return Err("the licence key must be 8 to 200 visible letters".into());
        }
        if !(1..=64).contains(&settings.module.len()) || !visible(&settings.module) {
            return Err("the module's name must be 1 to 64 visible letters".into());
        }
        let keys = settings.keys;
        if keys.is_empty() && settings.signing == Signing::Require {
            return Err("the gateway's public key is missing; without it no reply counts".into());
        }
        signature::at_most_two(&keys)?;
        let longest = HttpSettings::default();
        let http = HttpSettings {
            ca_file: settings.http.ca_file,
            proxy: settings.http.proxy,
            connect: settings.http.connect.min(longest.connect),
            whole: settings.http.whole.min(longest.whole),
        };
        Ok(Self {
            origin,
            prefix,
            domain: domain_of(&settings.site_url)?,
            licence_key: settings.licence_key,
            module: settings.module,
            signing: settings.signing,
            keys,
            http: Http::new(&http)?,
            whole: http.whole,
        })
    }

    /// Names the licence without giving away its key: the first 16 hexadecimal digits of its SHA-256.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.licence_key.as_bytes());
        HEXLOWER.encode(digest.get(..8).unwrap_or_default())
    }

    /// Asks for the licence.
    ///
    /// # Errors
    /// [`GatewayError`]: it is not known to be valid.
    pub fn licence(&self, now: UnixTime) -> Result<Licence, GatewayError> {
        #[derive(Serialize)]
        struct Validate<'a> {
            license_key: &'a str,
            domain: &'a str,
            module: &'a str,
        }
        let reply = self.ask(
            &Call {
                path: "/licenses/validate",
                ask: Ask::Post(&body(&Validate {
                    license_key: &self.licence_key,
                    domain: &self.domain,
                    module: &self.module,
                })?),
                harmless: true,
            },
            now,
        )?;
        let reply = json::read::<licence::Answer>(&reply).ok_or_else(incomplete)?;
        if !reply.valid {
            return Err(GatewayError::NotValid);
        }
        let read = |token| LicenceToken::read(token, &self.keys, &self.domain, &self.module, now);
        let token = match (self.signing, reply.token.as_deref()) {
            (Signing::Require, None) => return Err(incomplete()),
            (Signing::Legacy, _) if self.keys.is_empty() => None,
            (_, token) => token.map(read).transpose()?,
        };
        Ok(Licence {
            credits_remaining: reply.credits(),
            written: reply.token.filter(|_| token.is_some()),
            token,
        })
    }

    /// Asks for a page of the gateway's list of deliveries: the newest, or the one a [`MessageLog::next`]
    /// names.
    ///
    /// # Errors
    /// [`GatewayError`]
    pub fn log(&self, cursor: Option<&str>, now: UnixTime) -> Result<MessageLog, GatewayError> {
        let query = match cursor {
            None => String::new(),
            Some(cursor) if log::is_cursor(cursor) => form(&[("cursor", cursor)]),
            Some(_) => {
                return Err(GatewayError::NotAsked(
                    "that is no page of the list".to_owned(),
                ));
            }
        };
        let path = format!("/licenses/{}/logs", self.fingerprint());
        let reply = self.ask(
            &Call {
                path: &path,
                ask: Ask::Get(&query),
                harmless: true,
            },
            now,
        )?;
        log::read(&reply).ok_or_else(incomplete)
    }

    /// Asks as often as the contract allows, for the body of a reply of status 200 that proved to be the
    /// gateway's.
    fn ask(&self, call: &Call<'_>, now: UnixTime) -> Result<Vec<u8>, GatewayError> {
        let key = idempotency_key(&mut OsEntropy).map_err(no_entropy)?;
        let post = matches!(call.ask, Ask::Post(_));
        let repeats = match (self.signing, post, call.harmless) {
            (Signing::Legacy, true, _) => 0,
            (_, _, true) => 2,
            (_, _, false) => 1,
        };
        // One time for all attempts and the waits between them.
        let start = instant();
        let mut left = self.whole;
        let mut known = None;
        for attempt in 0.. {
            let Attempt {
                outcome,
                again,
                retry_after,
            } = self.once(call, &key, now, left);
            // Certainly unsent only if no attempt was: an earlier one may have been received.
            let unsent = matches!(
                outcome,
                Err(GatewayError::NotAsked(_) | GatewayError::Proxy(_))
            );
            known = match known {
                Some(earlier) if unsent => Some(earlier),
                _ => Some(outcome),
            };
            if !again || attempt >= repeats {
                break;
            }
            let rest = || self.whole.saturating_sub(start.elapsed());
            match pause::before(attempt, retry_after, &mut OsEntropy) {
                Ok(Some(wait)) if wait < rest() => thread::sleep(wait),
                _ => break,
            }
            left = rest();
            if left.is_zero() {
                break;
            }
        }
        known.unwrap_or_else(|| Err(incomplete()))
    }

    /// Asks once, and trusts nothing that does not prove to be the gateway's.
    fn once(&self, call: &Call<'_>, key: &str, now: UnixTime, left: Duration) -> Attempt {
        let nonce = match random::bytes::<16>(&mut OsEntropy) {
            Ok(bytes) => HEXLOWER.encode(&bytes),
            Err(error) => return Attempt::last(Err(no_entropy(error))),
        };
        let path = format!("{}{}", self.prefix, call.path);
        let mut url = format!("{}{path}", self.origin);
        let authorization = Zeroizing::new(format!("License {}", *self.licence_key));
        let mut headers = vec![
            ("accept", "application/json"),
            ("tf-api", "1"),
            ("tf-nonce", &*nonce),
        ];
        let (verb, method, request) = match call.ask {
            Ask::Get(query) => {
                if !query.is_empty() {
                    url.push('?');
                    url.push_str(query);
                }
                headers.push(("authorization", &authorization));
                (Verb::Get, "GET", &[][..])
            }
            Ask::Post(body) => {
                headers.push(("content-type", "application/json"));
                headers.push(("idempotency-key", key));
                (Verb::Post, "POST", body)
            }
        };
        let asked = Request {
            verb,
            url: &url,
            headers: &headers,
            body: request,
        };
        let reply = match self.http.call_within(&asked, left) {
            Ok(reply) => reply,
            Err(HttpError::Unsent(why)) => {
                return Attempt {
                    again: true,
                    ..Attempt::last(Err(GatewayError::NotAsked(why)))
                };
            }
            Err(HttpError::Proxy(failure)) => {
                return Attempt {
                    again: true,
                    ..Attempt::last(Err(GatewayError::Proxy(failure)))
                };
            }
            Err(HttpError::Unanswered(why)) => {
                return Attempt {
                    again: call.harmless,
                    ..Attempt::last(Err(GatewayError::NoAnswer(why)))
                };
            }
        };
        let again = match reply.status {
            429 | 503 => true,
            500 | 502 | 504 => call.harmless,
            _ => false,
        };
        let retry_after = pause::asked_for(&reply).map(|seconds| seconds.min(LONGEST_WAIT));
        let exchange = Exchange {
            method,
            path: &path,
            nonce: &nonce,
            status: reply.status,
            request,
            response: &reply.body,
        };
        let authentic = self.authentic(&exchange, reply.header("tf-signature"), now);
        Attempt {
            outcome: authentic.and_then(|()| body_of(reply, retry_after)),
            again,
            retry_after,
        }
    }

    /// Where the gateway need not sign, a signature that is there all the same has to be right if
    /// there is a key to tell.
    fn authentic(
        &self,
        exchange: &Exchange<'_>,
        header: Option<&str>,
        now: UnixTime,
    ) -> Result<(), GatewayError> {
        let unsigned = header.is_none() || self.keys.is_empty();
        if self.signing == Signing::Legacy && unsigned {
            return Ok(());
        }
        Ok(exchange.verify(header, &self.keys, now)?)
    }
}

/// A person's number, as the gateway asks for it.
#[derive(Serialize)]
struct Verification<'a> {
    license_key: &'a str,
    domain: &'a str,
    phone: &'a str,
    country: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_id: Option<&'a str>,
}

impl Gateway {
    fn verification<'a>(&'a self, request: &ProviderRequest<'a>) -> Option<Verification<'a>> {
        Some(Verification {
            license_key: &self.licence_key,
            domain: &self.domain,
            phone: request.to.e164(),
            country: request.to.region().filter(|region| region.len() == 2)?,
            locale: None,
            channel: None,
            code: None,
            verification_id: None,
        })
    }
}

impl VerificationProvider for Gateway {
    /// The contract has no names for other ways.
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms]
    }

    fn start(&mut self, request: &ProviderRequest<'_>) -> Result<Started, SendError> {
        if request.channel != Channel::Sms {
            return Err(SendError::NotSent("the gateway sends SMS only".to_owned()));
        }
        let Some(verification) = self.verification(request) else {
            return Err(SendError::Refused {
                refusal: Refusal::Number,
                retry_after: None,
                detail: "gateway: a number of no country".to_owned(),
            });
        };
        let body = body(&Verification {
            locale: (!request.locale.is_empty()).then_some(request.locale),
            channel: Some("sms"),
            ..verification
        })?;
        let reply = self.ask(
            &Call {
                path: "/verification/send",
                ask: Ask::Post(&body),
                harmless: false,
            },
            request.now,
        )?;
        started(&reply).ok_or_else(|| incomplete().into())
    }

    fn check(
        &mut self,
        request: &ProviderRequest<'_>,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError> {
        // What cannot be a code is not worth one of the gateway's few attempts.
        if !is_digits(code) {
            return Ok(Verdict::Wrong);
        }
        let verification = self
            .verification(request)
            .filter(|_| is_reference(reference))
            .ok_or_else(|| CheckError::NotAsked("gateway: not one of its".to_owned()))?;
        let body = body(&Verification {
            code: Some(code),
            verification_id: Some(reference),
            ..verification
        })?;
        let reply = self.ask(
            &Call {
                path: "/verification/check",
                ask: Ask::Post(&body),
                harmless: false,
            },
            request.now,
        );
        match reply {
            Ok(reply) => {
                let verdict = verdict(&reply, reference, request.to.e164());
                verdict.ok_or_else(|| incomplete().into())
            }
            Err(GatewayError::Refused {
                fault: Fault::VerificationNotFound,
                ..
            }) => Ok(Verdict::Over),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks for the licence.
    fn probe(&mut self, now: UnixTime) -> Result<(), ProbeError> {
        self.probe_with_balance(now).map(drop)
    }

    fn probe_with_balance(&mut self, now: UnixTime) -> Result<Option<Balance>, ProbeError> {
        match self.licence(now) {
            Ok(licence) => Ok(licence.credits_remaining),
            Err(error) => Err(ProbeError::other(error)),
        }
    }

    fn keeps_log(&self) -> bool {
        true
    }

    fn log(
        &mut self,
        cursor: Option<&str>,
        now: UnixTime,
    ) -> Result<Option<MessageLog>, ProbeError> {
        Self::log(self, cursor, now)
            .map(Some)
            .map_err(ProbeError::other)
    }

    fn is_unsigned(&self) -> bool {
        matches!(self.signing, Signing::Legacy)
    }
}

/// A code is on its way, if everything says so.
fn started(reply: &[u8]) -> Option<Started> {
    #[derive(Deserialize)]
    struct Answer {
        success: bool,
        status: String,
        verification_id: String,
        expires_in: u64,
        resend_after: Option<u64>,
    }
    let reply: Answer = json::read(reply)?;
    let yes = reply.success && reply.status == "pending" && reply.expires_in > 0;
    (yes && is_reference(&reply.verification_id)).then(|| Started {
        reference: reply.verification_id,
        expires_in: reply.expires_in.min(LONGEST_CODE_LIFE),
        resend_after: reply.resend_after.map(|seconds| seconds.min(LONGEST_WAIT)),
        again: false,
    })
}

/// The gateway's word on a code. It is right if all that can say so does; it is wrong if all of that
/// says no; there is nothing between.
fn verdict(reply: &[u8], reference: &str, phone: &str) -> Option<Verdict> {
    #[derive(Deserialize)]
    struct Answer {
        approved: bool,
        valid: bool,
        status: String,
        verification_id: Option<String>,
        phone: Option<String>,
    }
    let reply: Answer = json::read(reply)?;
    let ours = reply.verification_id.as_deref() == Some(reference)
        && reply.phone.as_deref() == Some(phone);
    match (reply.approved, reply.valid, &*reply.status) {
        (true, true, "approved") if ours => Some(Verdict::Approved),
        (false, false, "pending") => Some(Verdict::Wrong),
        _ => None,
    }
}

/// The body of a reply that proved to be the gateway's; an error for every status but 200.
fn body_of(reply: Reply, retry_after: Option<u64>) -> Result<Vec<u8>, GatewayError> {
    let status = reply.status;
    if status == 200 {
        return Ok(reply.body);
    }
    let code = error::refused_with(&reply.body);
    let fault = code.as_deref().and_then(|code| Fault::of(status, code));
    match (fault, code.filter(|code| error::is_unlisted(status, code))) {
        (Some(fault), _) => Err(GatewayError::Refused { fault, retry_after }),
        (None, Some(code)) => Err(GatewayError::Unlisted {
            status,
            code,
            retry_after,
        }),
        (None, None) => Err(GatewayError::NoAnswer(format!(
            "a reply of status {status} that the contract does not know"
        ))),
    }
}

fn incomplete() -> GatewayError {
    GatewayError::NoAnswer("a reply that is not complete".to_owned())
}

fn no_entropy(error: RandomError) -> GatewayError {
    GatewayError::NotAsked(error.to_string())
}

/// JSON in one buffer that does not grow: what grows leaves copies of the key and the code behind.
fn body(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
    let mut out = Zeroizing::new(Vec::with_capacity(4_096));
    serde_json::to_writer(&mut *out, value)
        .map_err(|_| GatewayError::NotAsked("the request cannot be written".to_owned()))?;
    Ok(out)
}

/// What the gateway may call a verification.
fn is_reference(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// A random version 4 UUID (RFC 9562 section 5.4).
fn idempotency_key(entropy: &mut dyn Entropy) -> Result<String, RandomError> {
    let mut number = u128::from_be_bytes(random::bytes(entropy)?);
    number = number & !(0xf << 76) | 4 << 76;
    number = number & !(0b11 << 62) | 0b10 << 62;
    let digits = format!("{number:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|at| digits.get(at).unwrap_or_default());
    Ok(parts.join("-"))
}

/// Origin and path of the gateway.
fn address(url: &str) -> Result<(String, String), SettingError> {
    const WRONG: &str = "the gateway's URL must be https://, a host, perhaps a port and a path";
    let rest = url.strip_prefix("https://").ok_or(WRONG)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.trim_end_matches('/');
    let fits = |text: &str, more: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    if host.is_empty() || host.len() > 255 || !fits(host, ".-:") {
        return Err(WRONG.into());
    }
    let steps = path.split('/').skip(1).all(|step| {
        !step.is_empty() && !step.starts_with('.') && fits(&step.to_ascii_lowercase(), "-_.~")
    });
    if path.len() > 255 || !steps {
        return Err(WRONG.into());
    }
    Ok((format!("https://{host}"), path.to_owned()))
}

/// The host of the site's root URL, in small letters and without `www.`: what a licence is for.
///
/// # Errors
/// What it must be, for operators.
pub fn domain_of(url: &str) -> Result<String, SettingError> {
    const WRONG: &str = "the site's root URL must be https:// and a host name";
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .ok_or(WRONG)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.split_once(':') {
        None => authority,
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        Some(_) => return Err(WRONG.into()),
    };
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    if !is_host_name(host) {
        return Err(WRONG.into());
    }
    Ok(host.to_owned())
}

#[cfg(test)]
mod tests;
