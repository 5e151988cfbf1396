//! The fakes by remote control, for tests in other languages and for demonstrations. JSON in, JSON
//! out, in the clear.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /sent` | every message: `[{"sid", "to", "channel", "text", "code", "locale", "status_callback", "at"}]` |
//! | `GET /gateway/sent` | every code of the managed gateway: `[{"to", "code", "locale"}]` |
//! | `GET /requests` | how many requests arrived: `{"twilio": 3}` |
//! | `POST /fail` `{"status": 429, "code": 20429, "retry_after": "1", "times": 1}` | the next requests fail |
//! | `POST /fault` `{"fault": "stall"}` | something is wrong on the way, until it is `none` again |
//! | `POST /clock` `{"advance": 600}` | the fakes' clock moves on |
//! | `POST /report` `{"sid": "SM…", "status": "delivered", "error": null, "price": "-0.0075"}` | a signed report goes out; the price is in USD |
//! | `POST /gateway/sign` `{"signs": false}` | the gateway signs its answers, or not |
//! | `POST /gateway/balance` `{"told": 42}` | what the gateway says that the licence is worth; `null`: nothing |
//! | `POST /gateway/fail` `{"status": 403, "code": "license_expired"}` | the gateway's next answer is that error, signed |
//! | `POST /reset` `{}` | everything is forgotten, and nothing is wrong |

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::fault::{Fault, Proxy};
use crate::gateway::Gateway;
use crate::http::{Answer, Request, Response};
use crate::twilio::{Failure, Twilio};

/// The remote control.
pub struct Admin {
    /// What it moves.
    pub clock: Clock,
    /// What it asks and tells.
    pub twilio: Arc<Twilio>,
    /// What stands in front of it.
    pub proxy: Arc<Proxy>,
    /// The managed gateway.
    pub gateway: Arc<Gateway>,
}

impl Admin {
    fn act(&self, request: &Request) -> Result<Value, String> {
        let asked: Value = match request.method.as_str() {
            "GET" => Value::Null,
            _ => serde_json::from_slice(&request.body).map_err(|error| error.to_string())?,
        };
        let text = |name: &str| asked.get(name).and_then(Value::as_str);
        let number = |name: &str| asked.get(name).and_then(Value::as_u64);
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/sent") => Ok(self
                .twilio
                .sent()
                .iter()
                .map(|it| {
                    json!({
                        "sid": it.sid, "to": it.to, "channel": it.channel, "text": it.text,
                        "code": it.code, "locale": it.locale, "at": it.at,
                        "status_callback": it.status_callback,
                    })
                })
                .collect()),
            ("GET", "/gateway/sent") => Ok(self
                .gateway
                .sent()
                .iter()
                .map(|it| json!({ "to": it.phone, "code": it.code, "locale": it.locale }))
                .collect()),
            ("POST", "/gateway/sign") => {
                self.gateway
                    .sign(asked.get("signs") == Some(&Value::Bool(true)));
                Ok(json!({}))
            }
            ("POST", "/gateway/balance") => {
                let told = asked.get("told").ok_or("told: anything")?;
                self.gateway.claim_balance(told.clone());
                Ok(json!({}))
            }
            ("POST", "/gateway/fail") => {
                let status = number("status").and_then(|it| u16::try_from(it).ok());
                let code = text("code").ok_or("code: a word")?;
                self.gateway
                    .fail_once(status.ok_or("status: a number")?, code, None);
                Ok(json!({}))
            }
            ("GET", "/requests") => Ok(json!({ "twilio": self.twilio.requests().len() })),
            ("POST", "/fail") => {
                let status = number("status").and_then(|it| u16::try_from(it).ok());
                let failure = Failure {
                    status: status.ok_or("status: a number")?,
                    code: number("code").and_then(|it| u32::try_from(it).ok()),
                    retry_after: text("retry_after").map(str::to_owned),
                };
                for _ in 0..number("times").unwrap_or(1) {
                    self.twilio.fail_next(failure.clone());
                }
                Ok(json!({}))
            }
            ("POST", "/fault") => {
                let name = text("fault").ok_or("fault: a name")?;
                self.proxy.set(named(name).ok_or("no such fault")?);
                Ok(json!({}))
            }
            ("POST", "/clock") => {
                self.clock
                    .advance(number("advance").ok_or("advance: seconds")?);
                Ok(json!({ "now": self.clock.now() }))
            }
            ("POST", "/report") => {
                let (sid, status) = (text("sid"), text("status"));
                let error = number("error").and_then(|it| u32::try_from(it).ok());
                let status = self.twilio.report(
                    sid.ok_or("sid: a name")?,
                    status.ok_or("status: a word")?,
                    error,
                    text("price"),
                )?;
                Ok(json!({ "status": status }))
            }
            ("POST", "/reset") => {
                self.twilio.reset();
                self.proxy.set(Fault::None);
                Ok(json!({}))
            }
            _ => Err("no such request".to_owned()),
        }
    }
}

impl Answer for Admin {
    fn answer(&self, request: &Request) -> Response {
        match self.act(request) {
            Ok(value) => Response::json(200, &value),
            Err(error) => Response::json(400, &json!({ "error": error })),
        }
    }
}

/// The faults that need no figures.
fn named(name: &str) -> Option<Fault> {
    Some(match name {
        "none" => Fault::None,
        "reset" => Fault::Reset,
        "stall" => Fault::Stall,
        "other-name" => Fault::OtherName,
        "other-authority" => Fault::OtherAuthority,
        "expired" => Fault::Expired,
        "swallow" => Fault::Swallow,
        "stall-after" => Fault::StallAfter,
        "reset-after" => Fault::ResetAfter,
        "cut" => Fault::Cut(60),
        "duplicate" => Fault::Duplicate,
        "garbage" => Fault::Garbage,
        "drip" => Fault::Drip(Duration::from_millis(100)),
        "redirect" => Fault::Redirect(307),
        "500" => Fault::Status(500),
        "502" => Fault::Status(502),
        "504" => Fault::Status(504),
        "huge-body" => Fault::HugeBody,
        "huge-header" => Fault::HugeHeader,
        _ => return None,
    })
}
