//! Twilio's reports of what became of a message: whether they are genuine, and what they say.
//!
//! A report is signed with the account's auth token over the URL that Twilio was given, so the URL to
//! check against is the configured one; what a request says about its own host is worth nothing. A
//! report has no time in it and may come twice and out of order. [`MessageStatus`] therefore has ranks,
//! and only a higher one counts: whatever is repeated changes nothing.

use std::collections::BTreeSet;
use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::super::{NoReport, Post};
use super::is_sid;
use crate::percent::form_decoded;

/// Longest report that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// The rank of an end.
const LAST: u8 = 4;

/// A report as it came in.
#[derive(Clone, Copy)]
pub struct Webhook<'a> {
    /// The URL Twilio was given for it, from the configuration.
    pub url: &'a str,
    /// The header `X-Twilio-Signature`.
    pub signature: &'a str,
    /// The raw body.
    pub body: Body<'a>,
}

/// What a report is written in, by its `Content-Type`.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// `application/x-www-form-urlencoded`
    Form(&'a [u8]),
    /// `application/json`
    Json(&'a [u8]),
}

impl fmt::Debug for Webhook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(<redacted>)")
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(<redacted>)")
    }
}

impl Webhook<'_> {
    /// Whether the owner of the auth token signed exactly this.
    #[must_use]
    pub fn is_genuine(&self, token: &Zeroizing<String>) -> bool {
        let decoded = BASE64.decode(self.signature.as_bytes()).unwrap_or_default();
        let Ok(given) = <[u8; 20]>::try_from(decoded) else {
            return false;
        };
        if token.is_empty() {
            return false;
        }
        let Some((suffix, signed)) = self.signed() else {
            return false;
        };
        // Every way Twilio may write the port is tried, whichever fits.
        let mut genuine = Choice::from(0);
        for url in ways(self.url) {
            let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else {
                return false;
            };
            mac.update(url.as_bytes());
            mac.update(suffix.as_bytes());
            mac.update(signed.as_bytes());
            let expected: [u8; 20] = mac.finalize().into_bytes().into();
            genuine |= expected.ct_eq(&given);
        }
        genuine.into()
    }

    /// What is signed behind the URL: what Twilio adds to it, and the fields.
    fn signed(&self) -> Option<(String, String)> {
        match self.body {
            Body::Form(body) => {
                let mut signed = String::with_capacity(body.len());
                // Sorted by name; a value that is repeated under a name counts once.
                let sorted: BTreeSet<_> = fields(body)?.into_iter().collect();
                for (name, value) in &sorted {
                    signed.push_str(name);
                    signed.push_str(value);
                }
                Some((String::new(), signed))
            }
            Body::Json(body) if body.len() <= LONGEST => {
                let joint = if self.url.contains('?') { '&' } else { '?' };
                let hash = HEXLOWER.encode(&Sha256::digest(body));
                Some((format!("{joint}bodySHA256={hash}"), String::new()))
            }
            Body::Json(_) => None,
        }
    }
}

/// A URL as it is, and with its default port added or taken away.
fn ways(url: &str) -> Vec<String> {
    let mut ways = vec![url.to_owned()];
    for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
        let Some(rest) = url.strip_prefix(scheme) else {
            continue;
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        // The colons inside the brackets of an IPv6 address are not the port's.
        let behind_host = authority.rfind(']').unwrap_or(0);
        if let Some(host) = authority.strip_suffix(port) {
            ways.push(format!("{scheme}{host}{tail}"));
        } else if !authority.split_at(behind_host).1.contains(':') {
            ways.push(format!("{scheme}{authority}{port}{tail}"));
        }
    }
    ways
}

/// The fields of a form, decoded. `None` when it is none, or not UTF-8.
fn fields(body: &[u8]) -> Option<Vec<(String, String)>> {
    if body.len() > LONGEST {
        return None;
    }
    let mut fields = Vec::new();
    for pair in body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = form_decoded(halves.next()?)?;
        let value = form_decoded(halves.next().unwrap_or_default())?;
        fields.push((name.to_string(), value.to_string()));
    }
    Some(fields)
}

/// How far a message has come. In this order: a message never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageStatus {
    /// Twilio has it.
    Queued,
    /// Twilio looks for a sender.
    Accepted,
    /// On its way to the network; a call that is being dialled.
    Sending,
    /// The network has it; a telephone that rings.
    Sent,
    /// It arrived; a call that was answered.
    Delivered,
    /// The network could not deliver it; a call that was not answered.
    Undelivered,
    /// It was not sent.
    Failed,
}

impl MessageStatus {
    /// Only a higher rank is news. What is known when Twilio took the message ranks 1.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Accepted => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::Delivered | Self::Undelivered | Self::Failed => LAST,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
        }
    }

    /// Twilio's words for messages, and for calls.
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "queued" | "scheduled" => Self::Queued,
            "accepted" => Self::Accepted,
            "sending" | "initiated" => Self::Sending,
            "sent" | "ringing" => Self::Sent,
            "delivered" | "read" | "in-progress" | "completed" => Self::Delivered,
            "undelivered" | "busy" | "no-answer" => Self::Undelivered,
            "failed" | "canceled" => Self::Failed,
            _ => return None,
        })
    }
}

/// What a genuine report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// Twilio's name of the message or call, as [`Submitted::id`](crate::sms::Submitted::id) had it.
    pub id: String,
    /// How far it has come.
    pub delivery: MessageStatus,
    /// Why it has not arrived, by Twilio's number.
    pub error: Option<u32>,
    /// What it cost: an amount as Twilio writes it, without a sign, and its currency.
    pub price: Option<(String, String)>,
}

impl StatusReport {
    /// Reads a report that [is genuine](Webhook::is_genuine). `None` when it is not about a message
    /// that we could have sent, or says something twice.
    #[must_use]
    pub fn read(form: &[u8]) -> Option<Self> {
        let fields = fields(form)?;
        let only = |wanted: &str| -> Option<Option<&str>> {
            let mut found = fields.iter().filter(|(name, _)| name.as_str() == wanted);
            let first = found.next();
            // A parameter that comes twice has no one value: none is taken.
            match found.next() {
                None => Some(first.map(|(_, value)| value.as_str())),
                Some(_) => None,
            }
        };
        let message = (only("MessageSid")?, only("MessageStatus")?);
        let call = (only("CallSid")?, only("CallStatus")?);
        let (id, word) = match (message, call) {
            ((Some(id), Some(word)), (None, None)) if is_sid(id, "SM") || is_sid(id, "MM") => {
                (id, word)
            }
            ((None, None), (Some(id), Some(word))) if is_sid(id, "CA") => (id, word),
            _ => return None,
        };
        let error = match only("ErrorCode")? {
            None | Some("") => None,
            Some(code) => Some(code.parse().ok()?),
        };
        let price = match (only("Price")?, only("PriceUnit")?) {
            (Some(price), Some(unit)) => amount(price, unit),
            _ => None,
        };
        Some(Self {
            id: id.to_owned(),
            delivery: MessageStatus::read(word)?,
            error: error.filter(|code| *code != 0),
            price,
        })
    }
}

/// Reads a report that was posted to that URL: first whether it is genuine.
///
/// # Errors
/// [`NoReport`]
pub fn report(
    url: &str,
    token: &Zeroizing<String>,
    post: &Post<'_>,
) -> Result<super::super::Report, NoReport> {
    let signature = post.header("X-Twilio-Signature");
    let webhook = Webhook {
        url,
        signature: signature.ok_or(NoReport::NotGenuine)?,
        body: Body::Form(post.body),
    };
    if !webhook.is_genuine(token) {
        return Err(NoReport::NotGenuine);
    }
    let report = StatusReport::read(post.body).ok_or(NoReport::NotOurs)?;
    let delivery = report.delivery;
    Ok(super::super::Report {
        id: report.id,
        rank: delivery.rank(),
        status: delivery.word(),
        delivered: delivery == MessageStatus::Delivered,
        detail: report
            .error
            .map(|code| code.to_string())
            .unwrap_or_default(),
        price: report
            .price
            .filter(|_| delivery.rank() == LAST)
            .and_then(|(amount, currency)| Some((currency, millionths(&amount)?))),
    })
}

/// `0.00750` is 7500 millionths. What is smaller is not counted.
fn millionths(amount: &str) -> Option<u64> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(1_000_000)?
        .checked_add(part.parse().ok()?)
}

/// `-0.00750` and `USD`: what is taken from the account has a minus sign.
fn amount(price: &str, unit: &str) -> Option<(String, String)> {
    let amount = price.strip_prefix('-').unwrap_or(price);
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    let number = |text: &str| {
        (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let currency = unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_alphabetic());
    (number(whole) && number(part) && currency)
        .then(|| (amount.to_owned(), unit.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests;
