//! Amazon SNS as far as text messages go: `Publish`, `CheckIfPhoneNumberIsOptedOut` and
//! `GetSMSAttributes`, signatures checked by AWS's definition of Signature Version 4.
//!
//! `moto` is the better peer for what SNS accepts; this one starts at once, remembers, and stands
//! behind faults. A number that ends in 0000 wants no messages.

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

const ATTRIBUTES: &[&str] = &[
    "AWS.SNS.SMS.SMSType",
    "AWS.SNS.SMS.SenderID",
    "AWS.SNS.SMS.MaxPrice",
];

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
        self.signed(request).ok_or((403, "SignatureDoesNotMatch"))?;
        let form = request.form().map_err(|_| (400, "MalformedQueryString"))?;
        let get = |wanted: &str| {
            let found = form.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        if get("Version") != Some("2010-03-31") {
            return Err((400, "InvalidAction"));
        }
        let known = |allowed: &[&str]| {
            form.iter().all(|(name, value)| match attribute(name) {
                Some("Name") => ATTRIBUTES.contains(&value.as_str()),
                Some("Value.DataType") => ["String", "Number"].contains(&value.as_str()),
                Some(part) => part == "Value.StringValue",
                None => {
                    ["Action", "Version"].contains(&name.as_str())
                        || allowed.contains(&name.as_str())
                }
            })
        };
        let action = get("Action").ok_or((400, "MissingAction"))?;
        let result = match action {
            "Publish" => {
                let (to, text) = (get("PhoneNumber"), get("Message"));
                let (Some(to), Some(text), true) = (to, text, known(&["PhoneNumber", "Message"]))
                else {
                    return Err((400, "InvalidParameter"));
                };
                if !to.starts_with('+') || text.is_empty() || text.len() > 1_600 {
                    return Err((400, "InvalidParameter"));
                }
                let mut state = self.state();
                let id = format!("00000000-0000-0000-0000-{:012x}", state.sent.len() + 1);
                state.sent.push(Sent {
                    id: id.clone(),
                    to: to.to_owned(),
                    text: text.to_owned(),
                });
                format!("<MessageId>{id}</MessageId>")
            }
            "CheckIfPhoneNumberIsOptedOut" => {
                let number = get("phoneNumber").filter(|_| known(&["phoneNumber"]));
                let out = number.ok_or((400, "InvalidParameter"))?.ends_with("0000");
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
    fn signed(&self, request: &Request) -> Option<()> {
        let now = self.clock.rfc3339().replace(['-', ':'], "");
        let date = request.header("x-amz-date")?;
        let minute = |text: &str| text.get(..13)?.replace('T', "").parse::<u64>().ok();
        if minute(date)?.abs_diff(minute(&now)?) > 5 {
            return None;
        }
        let authorization = request.header("authorization")?;
        let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
        let (credential, rest) = rest.split_once(", SignedHeaders=")?;
        let (names, signature) = rest.split_once(", Signature=")?;
        let scope = format!("{}/{REGION}/sns/aws4_request", date.get(..8)?);
        if credential != format!("{ACCESS_KEY}/{scope}") {
            return None;
        }
        let mut canonical = "POST\n/\n\n".to_owned();
        for name in names.split(';') {
            canonical.push_str(&format!("{name}:{}\n", request.header(name)?));
        }
        for needed in ["content-type", "host", "x-amz-date"] {
            names.split(';').find(|name| *name == needed)?;
        }
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
        (HEXLOWER.encode(&key) == signature).then_some(())
    }
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

/// What part of an attribute a field is.
fn attribute(name: &str) -> Option<&str> {
    let (_, part) = name
        .strip_prefix("MessageAttributes.entry.")?
        .split_once('.')?;
    Some(part)
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}
