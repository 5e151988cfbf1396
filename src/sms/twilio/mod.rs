//! Twilio: what its two products have in common.
//!
//! [`verify`] makes and checks codes of its own; [`messaging`] carries ours. Both are forms over
//! HTTPS with Basic authentication, answered in JSON, and both number what goes wrong from the same
//! list. Of an error only its number is used: the text that comes with it may repeat the telephone
//! number. An answer counts when its status, its form and everything it repeats of the question are
//! right.

mod errors;
pub mod messaging;
pub(super) mod schema;
pub mod signature;
pub mod verify;

use std::fmt;
use std::time::Duration;

use data_encoding::BASE64;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::http::{self, Http, HttpError, HttpSettings, Reply, Request, Verb};
use super::{ProbeError, SendError, SettingError, pause};
use crate::crypto::OsEntropy;
use crate::json;
use errors::refusal;

/// Twilio did not process the request because there were too many at once.
const TOO_MANY_REQUESTS: u32 = 20429;

/// Who asks: an API key, or the account itself with its auth token. Redacts itself.
#[derive(Clone)]
pub struct ApiLogin {
    /// `SK` or `AC`, and 32 hexadecimal digits.
    pub user: String,
    /// The key's secret, or the account's auth token.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for ApiLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiLogin(<redacted>)")
    }
}

/// Whether a text is `prefix` and 32 hexadecimal digits, as Twilio names everything.
fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Requests to one of Twilio's hosts.
struct Api {
    http: Http,
    base: String,
    authorization: Zeroizing<String>,
}

impl Api {
    fn new(login: &ApiLogin, base: &str, settings: &HttpSettings) -> Result<Self, SettingError> {
        if !is_sid(&login.user, "SK") && !is_sid(&login.user, "AC") {
            return Err("Twilio: the user must be an API key or an account, SK or AC and 32 hexadecimal digits".into());
        }
        let fit = (1..=128).contains(&login.secret.len());
        if !fit || !login.secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "Twilio: the secret must be 1 to 128 letters, digits or signs without spaces"
                    .into(),
            );
        }
        let pair = Zeroizing::new(format!("{}:{}", login.user, *login.secret));
        let encoded = Zeroizing::new(BASE64.encode(pair.as_bytes()));
        Ok(Self {
            http: Http::new(settings)?,
            base: http::base(base).map_err(|error| format!("Twilio: {error}"))?,
            authorization: Zeroizing::new(format!("Basic {}", *encoded)),
        })
    }

    fn get(&self, path: &str) -> Result<Reply, HttpError> {
        self.ask(Verb::Get, path, &[])
    }

    fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Reply, HttpError> {
        self.ask(Verb::Post, path, pairs)
    }

    /// Asks, and once more when Twilio says that it did not process the question.
    fn ask(&self, verb: Verb, path: &str, pairs: &[(&str, &str)]) -> Result<Reply, HttpError> {
        let url = format!("{}{path}", self.base);
        let body = Zeroizing::new(http::form(pairs));
        let mut headers = vec![
            ("Authorization", self.authorization.as_str()),
            ("Accept", "application/json"),
        ];
        if verb == Verb::Post {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
        }
        let request = Request {
            verb,
            url: &url,
            headers: &headers,
            body: body.as_bytes(),
        };
        self.http.call_once_more(&request, |first| match first {
            Ok(reply) if is_unprocessed(reply) => wait(reply),
            _ => None,
        })
    }
}

fn is_unprocessed(reply: &Reply) -> bool {
    reply.status == 429 && problem(reply) == Some(TOO_MANY_REQUESTS)
}

/// As long as Twilio asks for, or a random moment when it does not. `None` when it asks for long, or
/// in words that are not understood.
fn wait(reply: &Reply) -> Option<Duration> {
    let asked = pause::asked_for(reply);
    if asked.is_none() && reply.header("retry-after").is_some() {
        return None;
    }
    pause::before(0, asked, &mut OsEntropy).ok().flatten()
}

/// The number of what went wrong, where the reply has the form of a refusal.
fn problem(reply: &Reply) -> Option<u32> {
    fault(reply).filter(|_| (400..500).contains(&reply.status))
}

/// The number of what went wrong, where the reply has the form of Twilio's errors.
fn fault(reply: &Reply) -> Option<u32> {
    #[derive(Deserialize)]
    struct Problem {
        code: u32,
        status: u16,
    }
    let problem: Problem = json::read(&reply.body)?;
    (problem.status == reply.status).then_some(problem.code)
}

/// What to make of a reply to an order that was not carried out.
fn not_done(reply: &Reply) -> SendError {
    let status = reply.status;
    let Some(code) = problem(reply) else {
        return SendError::Unknown(format!("Twilio answered HTTP {status}"));
    };
    if is_unprocessed(reply) {
        return SendError::NotSent(format!("Twilio is asked too much at once ({code})"));
    }
    SendError::Refused {
        refusal: refusal(status, code),
        retry_after: pause::asked_for(reply),
        detail: format!("Twilio {code}"),
    }
}

/// What operators can do about a reply to a probe.
fn not_well(reply: &Reply, missing: &str) -> ProbeError {
    ProbeError::Answered(match (reply.status, problem(reply)) {
        (401, _) | (_, Some(20003)) => {
            "Twilio does not accept the user and its secret; check both".to_owned()
        }
        (404, _) => format!("Twilio knows no {missing}; check it"),
        (status, Some(code)) => format!("Twilio answered HTTP {status} ({code})"),
        (status, None) => format!("Twilio answered HTTP {status}"),
    })
}

fn not_reached(source: HttpError) -> ProbeError {
    ProbeError::Unanswered {
        provider: "Twilio",
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_form() {
        let name = "VA0123456789abcdefABCDEF0123456789";
        assert!(is_sid(name, "VA"));
        assert!(!is_sid(name, "VE"));
        assert!(!is_sid(&name[..33], "VA"));
        assert!(!is_sid(&format!("{name}0"), "VA"));
        assert!(!is_sid(&name.replace('f', "g"), "VA"));
        assert!(!is_sid(&name.replace('0', "/"), "VA"));
    }
}
