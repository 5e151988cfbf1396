//! Amazon SNS as far as text messages go: `Publish`, `CheckIfPhoneNumberIsOptedOut` and
//! `GetSMSAttributes`, signatures checked by AWS's definition of Signature Version 4.
//!
//! `moto` is the better peer for what SNS accepts; this one starts at once, remembers, and stands
//! behind faults. A number that ends in 0000 wants no messages, and others may say so later; what is published to one
//! of them is taken and dropped.

use std::sync::{Mutex, MutexGuard};

use data_encoding::HEXLOWER;
use ring::{digest, hmac};

use crate::clock::Clock;
use crate::http::{Answer, Request, Response};

/// The access key.
pub const ACCESS_KEY: &str = "AKIA0123456789ABCDEF";
/// Its secret.
pub const SECRET: &str = "canary-secret-of-aws-4e8d1a7c0b";
/// The region.
pub const REGION: &str = "eu-central-1";

/// A message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its name.
    pub id: String,
    /// As E.164.
    pub to: String,
    /// The text.
    pub text: String,
}

#[derive(Default)]
struct State {
    out: Vec<String>,
    published: usize,
    sent: Vec<Sent>,
    requests: Vec<Request>,
}

/// The fake.
pub struct Sns {
    clock: Clock,
    state: Mutex<State>,
}

impl Sns {
    /// An empty one.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a lock")
    }

    /// Every request, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// Every message that went out, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// The owner of a number wants no messages any more, or wants them again.
    pub fn opt_out(&self, number: &str, out: bool) {
        let mut state = self.state();
        state.out.retain(|known| known != number);
        if out {
            state.out.push(number.to_owned());
        }
    }

    fn is_out(&self, number: &str) -> bool {
        number.ends_with("0000") || self.state().out.iter().any(|out| out == number)
    }

    /// Forgets everything.
    pub fn reset(&self) {
        *self.state() = State::default();
    }

    fn act(&self, request: &Request) -> Result<String, (u16, &'static str)> {
        if (request.method.as_str(), request.path.as_str()) != ("POST", "/")
            || !request.query.is_empty()
        {
            return Err((404, "InvalidAction"));
        }
        let authorization = request.header("authorization");
        let authorization = authorization.ok_or((403, "MissingAuthenticationToken"))?;
        let signed = Signed::read(authorization).ok_or((400, "IncompleteSignature"))?;
        // Temporary credentials come with a token, and these are not.
        if signed.access_key != ACCESS_KEY || request.header("x-amz-security-token").is_some() {
            return Err((403, "InvalidClientTokenId"));
        }
        self.right(request, &signed)
            .ok_or((403, "SignatureDoesNotMatch"))?;
        let form = request.form().map_err(|_| (400, "MalformedQueryString"))?;
        let get = |wanted: &str| {
            let found = form.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        if get("Version") != Some("2010-03-31") {
            return Err((400, "InvalidAction"));
        }
        let known = |allowed: &[&str]| {
            form.iter().all(|(name, _)| {
                ["Action", "Version"].contains(&name.as_str()) || allowed.contains(&name.as_str())
            })
        };
        let action = get("Action").ok_or((400, "MissingAction"))?;
        let result = match action {
            "Publish" => {
                const INVALID: (u16, &str) = (400, "InvalidParameter");
                let (rest, attributes): (Vec<_>, Vec<_>) = form
                    .iter()
                    .partition(|(name, _)| !name.starts_with("MessageAttributes."));
                let fields = ["Action", "Version", "PhoneNumber", "Message"];
                let fit = rest.iter().all(|(name, _)| fields.contains(&name.as_str()));
                if !fit || !are_attributes(&attributes) {
                    return Err(INVALID);
                }
                let to = get("PhoneNumber").filter(|to| is_e164(to)).ok_or(INVALID)?;
                let text = get("Message").filter(|text| (1..=1_600).contains(&text.len()));
                let text = text.ok_or(INVALID)?;
                let is_out = self.is_out(to);
                let mut state = self.state();
                state.published += 1;
                let id = format!("00000000-0000-0000-0000-{:012x}", state.published);
                if !is_out {
                    state.sent.push(Sent {
                        id: id.clone(),
                        to: to.to_owned(),
                        text: text.to_owned(),
                    });
                }
                format!("<MessageId>{id}</MessageId>")
            }
            "CheckIfPhoneNumberIsOptedOut" => {
                let number = get("phoneNumber").filter(|_| known(&["phoneNumber"]));
                let out = self.is_out(number.ok_or((400, "InvalidParameter"))?);
                format!("<isOptedOut>{out}</isOptedOut>")
            }
            "GetSMSAttributes" if known(&[]) => "<attributes/>".to_owned(),
            _ => return Err((400, "InvalidAction")),
        };
        Ok(format!(
            r#"<{action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>"#
        ))
    }

    /// Whether the request is signed as it should be, within five minutes of the clock.
    fn right(&self, request: &Request, signed: &Signed<'_>) -> Option<()> {
        let date = request.header("x-amz-date")?;
        if seconds(date)?.abs_diff(self.clock.now()) > 300 {
            return None;
        }
        let scope = format!("{}/{REGION}/sns/aws4_request", date.get(..8)?);
        if signed.scope != scope || !signed.names.is_sorted() {
            return None;
        }
        for needed in ["content-type", "host", "x-amz-date"] {
            signed.names.iter().find(|name| **name == needed)?;
        }
        let mut canonical = "POST\n/\n\n".to_owned();
        for name in &signed.names {
            canonical.push_str(&format!("{name}:{}\n", request.header(name)?));
        }
        let names = signed.names.join(";");
        canonical.push_str(&format!("\n{names}\n{}", hash(&request.body)));
        let text = format!(
            "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
            hash(canonical.as_bytes())
        );
        let mut key = format!("AWS4{SECRET}").into_bytes();
        for part in [date.get(..8)?, REGION, "sns", "aws4_request", &text] {
            let signer = hmac::Key::new(hmac::HMAC_SHA256, &key);
            key = hmac::sign(&signer, part.as_bytes()).as_ref().to_vec();
        }
        (HEXLOWER.encode(&key) == signed.signature).then_some(())
    }
}

/// What an `Authorization` says.
struct Signed<'a> {
    access_key: &'a str,
    scope: &'a str,
    names: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Signed<'a> {
    fn read(authorization: &'a str) -> Option<Self> {
        let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
        let (credential, rest) = rest.split_once(", SignedHeaders=")?;
        let (names, signature) = rest.split_once(", Signature=")?;
        let (access_key, scope) = credential.split_once('/')?;
        Some(Self {
            access_key,
            scope,
            names: names.split(';').collect(),
            signature,
        })
    }
}

/// `20250101T120000Z`, as seconds since 1970.
fn seconds(date: &str) -> Option<u64> {
    let digits = date.strip_suffix('Z')?.replacen('T', "", 1);
    if date.len() != 16 || date.get(8..9) != Some("T") || !is_number(&digits) {
        return None;
    }
    let number = |at: std::ops::Range<usize>| digits.get(at)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    // Days since 1 March of the year 0, in which years end with February.
    let (year, month) = match month {
        3..=12 => (year, month - 3),
        1 | 2 => (year.checked_sub(1)?, month + 9),
        _ => return None,
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5;
    let days = (days + day).checked_sub(719_469)?;
    Some(((days * 24 + number(8..10)?) * 60 + number(10..12)?) * 60 + number(12..14)?)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (7..=15).contains(&digits.len()) && is_number(digits))
}

/// Whether these are complete attributes of a text message, numbered from 1, each there once and with a
/// value that it can have.
fn are_attributes(fields: &[&(String, String)]) -> bool {
    let get = |number: usize, part: &str| {
        let wanted = format!("MessageAttributes.entry.{number}.{part}");
        let found = fields.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let mut seen = Vec::new();
    for number in 1..=fields.len() / 3 {
        let parts = ["Name", "Value.DataType", "Value.StringValue"].map(|part| get(number, part));
        let [Some(name), Some(kind), Some(value)] = parts else {
            return false;
        };
        let price = value.split_once('.').unwrap_or((value, "0"));
        let fit = match (name, kind) {
            ("AWS.SNS.SMS.SMSType", "String") => ["Transactional", "Promotional"].contains(&value),
            ("AWS.SNS.SMS.SenderID", "String") => {
                (1..=11).contains(&value.len())
                    && value
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                    && value.bytes().any(|byte| byte.is_ascii_alphabetic())
            }
            ("AWS.SNS.SMS.MaxPrice", "Number") => is_number(price.0) && is_number(price.1),
            _ => false,
        };
        if !fit || seen.contains(&name) {
            return false;
        }
        seen.push(name);
    }
    seen.len() * 3 == fields.len()
}

impl Answer for Sns {
    fn answer(&self, request: &Request) -> Response {
        self.state().requests.push(request.clone());
        let (status, text) = match self.act(request) {
            Ok(text) => (200, text),
            Err((status, code)) => (
                status,
                format!(
                    r#"<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>{code}</Code><Message>It failed for +4915123456789</Message></Error><RequestId>1</RequestId></ErrorResponse>"#
                ),
            ),
        };
        Response {
            status,
            headers: vec![("Content-Type".to_owned(), "text/xml".to_owned())],
            body: text.into_bytes(),
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}
