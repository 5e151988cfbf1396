//! Twilio Verify v2, and Messages and Calls of 2010-04-01, as strict as they are at their best.
//!
//! One account, one API key, one Verify service, one messaging service, one template, one number. A
//! telephone number that ends in one of Twilio's documented error codes gets that error.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use data_encoding::BASE64;
use ring::hmac;
use serde_json::{Value, json};

use crate::clock::{Clock, START};
use crate::http::{Answer, Request, Response};

/// The account.
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// Its auth token.
pub const TOKEN: &str = "canary-token-5f2b9c04e1d8a7";
/// An API key.
pub const KEY: &str = "SK0123456789abcdef0123456789abcdef";
/// Its secret.
pub const SECRET: &str = "canary-secret-b7e3905c1f6d24";
/// The Verify service.
pub const SERVICE: &str = "VA0123456789abcdef0123456789abcdef";
/// Another Verify service of the account: what is pending in one is not in the other.
pub const SERVICE_UNPROVEN: &str = "VAfedcba9876543210fedcba9876543210";
/// The messaging service.
pub const MESSAGING_SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
/// The WhatsApp template; its variable `1` is the code.
pub const TEMPLATE: &str = "HX0123456789abcdef0123456789abcdef";
/// The number that messages and calls may come from.
pub const FROM: &str = "+15005550006";
/// A name that messages may come from.
pub const NAME: &str = "Example";

/// Seconds a verification is pending.
const TTL: u64 = 600;
/// Sends and checks of a verification.
const MOST: u32 = 5;

const LOCALES: &[&str] = &[
    "af", "ar", "ca", "zh", "zh-CN", "zh-HK", "hr", "cs", "da", "nl", "en", "en-GB", "et", "fi",
    "fr", "de", "el", "he", "hi", "hu", "id", "it", "ja", "kn", "ko", "lt", "ms", "mr", "nb", "pl",
    "pt-BR", "pt", "ro", "ru", "sk", "es", "sv", "tl", "te", "th", "tr", "uk", "vi",
];

/// What is spoken without naming a voice.
const PLAIN_VOICES: &[&str] = &[
    "ca-ES", "da-DK", "de-DE", "en-AU", "en-CA", "en-GB", "en-IN", "en-US", "es-ES", "es-MX",
    "fi-FI", "fr-CA", "fr-FR", "it-IT", "ja-JP", "ko-KR", "nb-NO", "nl-NL", "pl-PL", "pt-BR",
    "pt-PT", "ru-RU", "sv-SE", "zh-CN", "zh-HK", "zh-TW",
];

/// Numbers ending in one of these get it, with this status.
const MAGIC: &[(u32, u16)] = &[
    (20003, 401),
    (20429, 429),
    (21211, 400),
    (21408, 400),
    (21610, 400),
    (21614, 400),
    (30450, 400),
    (60200, 400),
    (60203, 429),
    (60205, 403),
    (60212, 429),
    (60238, 403),
    (60410, 403),
    (60605, 403),
];

/// A message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `SM…`, `CA…`, or the verification's `VE…`.
    pub sid: String,
    /// As E.164.
    pub to: String,
    /// `sms`, `call` or `whatsapp`.
    pub channel: String,
    /// What it says: the text, or the TwiML, or the template's variables.
    pub text: String,
    /// The digits.
    pub code: String,
    /// The language asked for.
    pub locale: Option<String>,
    /// Where reports go.
    pub status_callback: Option<String>,
    /// When, by the fakes' clock.
    pub at: u64,
}

struct Verification {
    sid: String,
    service: &'static str,
    to: String,
    channel: String,
    code: String,
    status: &'static str,
    sends: u32,
    checks: u32,
    started: u64,
}

/// A failure on demand.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The status.
    pub status: u16,
    /// Twilio's code; none: an answer without a body.
    pub code: Option<u32>,
    /// The header.
    pub retry_after: Option<String>,
}

#[derive(Default)]
struct State {
    verifications: Vec<Verification>,
    sent: Vec<Sent>,
    requests: Vec<Request>,
    failures: VecDeque<Failure>,
    next: u64,
}

/// The fake.
pub struct Twilio {
    clock: Clock,
    state: Mutex<State>,
}

type Refused = Response;

impl Twilio {
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

    /// The code that was sent last.
    #[must_use]
    pub fn code(&self) -> String {
        self.state().sent.last().expect("a message").code.clone()
    }

    /// The next request fails so; those after it as they were told to later.
    pub fn fail_next(&self, failure: Failure) {
        self.state().failures.push_back(failure);
    }

    /// Whatever failure is left waits no more.
    pub fn fail_no_more(&self) {
        self.state().failures.clear();
    }

    /// Forgets everything.
    pub fn reset(&self) {
        *self.state() = State::default();
    }

    /// The signature under a report, made without the extension.
    #[must_use]
    pub fn sign(url: &str, fields: &[(&str, &str)]) -> String {
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
        let mut text = url.to_owned();
        for (name, value) in sorted {
            text.push_str(name);
            text.push_str(value);
        }
        BASE64.encode(hmac::sign(&key, text.as_bytes()).as_ref())
    }

    /// Reports what became of a message and what it cost in USD, to where it said, in the clear. The status of
    /// the answer.
    ///
    /// # Errors
    /// Why nobody could be told.
    pub fn report(
        &self,
        sid: &str,
        status: &str,
        error: Option<u32>,
        price: Option<&str>,
    ) -> Result<u16, String> {
        let sent = self.sent();
        let sent = sent
            .iter()
            .find(|sent| sent.sid == sid)
            .ok_or("no such message")?;
        let url = sent
            .status_callback
            .as_ref()
            .ok_or("it is to be reported nowhere")?;
        let code = error.map(|code| code.to_string());
        let (id, word) = match sid.starts_with("CA") {
            true => ("CallSid", "CallStatus"),
            false => ("MessageSid", "MessageStatus"),
        };
        let mut fields = vec![
            (id, sid),
            (word, status),
            ("AccountSid", ACCOUNT),
            ("ApiVersion", "2010-04-01"),
            ("From", FROM),
            ("To", &sent.to),
        ];
        fields.extend(code.as_deref().map(|code| ("ErrorCode", code)));
        if let Some(price) = price {
            fields.extend([("Price", price), ("PriceUnit", "USD")]);
        }
        let signature = Self::sign(url, &fields);
        let body: Vec<String> = fields
            .iter()
            .map(|(n, v)| format!("{n}={}", encode(v)))
            .collect();
        let body = body.join("&");
        let rest = url
            .strip_prefix("http://")
            .ok_or("reports go out in the clear only")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let length = body.len();
        let request = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Twilio-Signature: {signature}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let told = || -> std::io::Result<String> {
            let mut socket = TcpStream::connect(host)?;
            socket.set_read_timeout(Some(Duration::from_secs(20)))?;
            socket.write_all(request.as_bytes())?;
            let mut answer = Vec::new();
            socket.read_to_end(&mut answer)?;
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        let answer = told().map_err(|error| error.to_string())?;
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        status.ok_or_else(|| "the answer is not HTTP".to_owned())
    }

    fn route(&self, request: &Request) -> Result<Response, Refused> {
        let login = request.basic();
        let known = matches!(
            login
                .as_ref()
                .map(|(user, secret)| (user.as_str(), secret.as_str())),
            Some((KEY, SECRET) | (ACCOUNT, TOKEN))
        );
        if !known {
            return Err(problem(401, 20003));
        }
        let named = [SERVICE, SERVICE_UNPROVEN]
            .into_iter()
            .find(|it| request.path.starts_with(&format!("/v2/Services/{it}")));
        let named = named.unwrap_or(SERVICE);
        let service = format!("/v2/Services/{named}");
        let account = format!("/2010-04-01/Accounts/{ACCOUNT}");
        let path = request.path.as_str();
        match (
            request.method.as_str(),
            path.strip_prefix(&service),
            path.strip_prefix(&account),
        ) {
            ("GET", Some(""), _) => {
                nothing(request, "")?;
                Ok(self.service(named))
            }
            ("POST", Some("/Verifications"), _) => self.verify(request, named),
            ("POST", Some("/VerificationCheck"), _) => self.check(request, named),
            ("POST", Some(rest), _) => match rest.strip_prefix("/Verifications/") {
                Some(sid) => self.update(request, named, sid),
                None => Err(problem(404, 20404)),
            },
            ("GET", _, Some("/Messages.json")) => {
                nothing(request, "PageSize=1")?;
                Ok(Response::json(
                    200,
                    &json!({
                        "messages": [], "page": 0, "page_size": 1, "start": 0, "end": 0,
                        "uri": format!("https://api.twilio.com{path}?PageSize=1"), "first_page_uri": format!("https://api.twilio.com{path}?PageSize=1&Page=0"),
                        "next_page_uri": null, "previous_page_uri": null,
                    }),
                ))
            }
            ("POST", _, Some("/Messages.json")) => self.message(request),
            ("POST", _, Some("/Calls.json")) => self.call(request),
            _ => Err(problem(404, 20404)),
        }
    }

    fn service(&self, service: &str) -> Response {
        let url = format!("https://verify.twilio.com/v2/Services/{service}");
        let now = self.clock.rfc3339();
        Response::json(
            200,
            &json!({
                "sid": service, "account_sid": ACCOUNT, "friendly_name": "Example", "code_length": 6,
                "lookup_enabled": false, "psd2_enabled": false, "skip_sms_to_landlines": false,
                "dtmf_input_required": false, "tts_name": null, "do_not_share_warning_enabled": false,
                "custom_code_enabled": false, "push": null, "totp": null, "default_template_sid": null,
                "whatsapp": null, "passkeys": null, "verify_event_subscription_enabled": false,
                "date_created": now, "date_updated": now, "url": url, "links": {},
            }),
        )
    }

    fn verify(&self, request: &Request, service: &'static str) -> Result<Response, Refused> {
        let form = Form::read(request, &["To", "Channel", "Locale"], 60200)?;
        let (to, channel) = (form.must("To", 60200)?, form.must("Channel", 60200)?);
        if !is_e164(to) || !["sms", "call", "whatsapp"].contains(&channel) {
            return Err(problem(400, 60200));
        }
        let locale = form.get("Locale");
        if locale.is_some_and(|locale| !LOCALES.contains(&locale)) {
            return Err(problem(404, 20404));
        }
        magic(to)?;
        let now = self.clock.now();
        let mut state = self.state();
        let pending = |it: &Verification| {
            it.service == service && it.to == to && it.status == "pending" && now < it.started + TTL
        };
        let index = match state.verifications.iter().position(pending) {
            Some(index) => index,
            None => {
                let (sid, code) = (state.sid("VE"), state.digits(now));
                state.verifications.push(Verification {
                    sid,
                    service,
                    to: to.to_owned(),
                    channel: String::new(),
                    code,
                    status: "pending",
                    sends: 0,
                    checks: 0,
                    started: now,
                });
                state.verifications.len() - 1
            }
        };
        let it = &mut state.verifications[index];
        if it.sends == MOST {
            return Err(problem(429, 60203));
        }
        it.sends += 1;
        channel.clone_into(&mut it.channel);
        let sent = Sent {
            sid: it.sid.clone(),
            to: to.to_owned(),
            channel: channel.to_owned(),
            text: format!("Your Example verification code is: {}", it.code),
            code: it.code.clone(),
            locale: locale.map(str::to_owned),
            status_callback: None,
            at: now,
        };
        let reply = self.verification(it);
        state.sent.push(sent);
        Ok(Response::json(201, &reply))
    }

    fn verification(&self, it: &Verification) -> Value {
        let (now, sid) = (self.clock.rfc3339(), &it.sid);
        let attempts: Vec<Value> = (0..it.sends)
            .map(|n| json!({"time": now, "channel": it.channel, "attempt_sid": format!("VL{n:032x}")}))
            .collect();
        json!({
            "sid": sid, "service_sid": it.service, "account_sid": ACCOUNT, "to": it.to,
            "channel": it.channel, "status": it.status, "valid": false, "lookup": {},
            "amount": null, "payee": null, "send_code_attempts": attempts, "sna": null,
            "date_created": now, "date_updated": now,
            "url": format!("https://verify.twilio.com/v2/Services/{}/Verifications/{sid}", it.service),
        })
    }

    fn check(&self, request: &Request, service: &str) -> Result<Response, Refused> {
        let form = Form::read(request, &["Code", "To", "VerificationSid"], 60200)?;
        let code = form.must("Code", 60200)?;
        let fit = (4..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
        let (to, sid) = (form.get("To"), form.get("VerificationSid"));
        if !fit || to.is_some() == sid.is_some() {
            return Err(problem(400, 60200));
        }
        let now = self.clock.now();
        let mut state = self.state();
        let found = state.verifications.iter_mut().find(|it| {
            let named = sid.is_some_and(|sid| it.sid == sid) || to.is_some_and(|to| it.to == to);
            named && it.service == service && it.status == "pending" && now < it.started + TTL
        });
        let it = found.ok_or_else(|| problem(404, 20404))?;
        if it.checks == MOST {
            return Err(problem(429, 60202));
        }
        it.checks += 1;
        let right = it.code == code;
        if right {
            it.status = "approved";
        }
        let (now, it) = (self.clock.rfc3339(), &*it);
        Ok(Response::json(
            200,
            &json!({
                "sid": it.sid, "service_sid": it.service, "account_sid": ACCOUNT, "to": it.to,
                "channel": it.channel, "status": it.status, "valid": right, "amount": null,
                "payee": null, "sna_attempts_error_codes": [], "date_created": now, "date_updated": now,
            }),
        ))
    }

    fn update(&self, request: &Request, service: &str, sid: &str) -> Result<Response, Refused> {
        let form = Form::read(request, &["Status"], 60200)?;
        if form.must("Status", 60200)? != "canceled" {
            return Err(problem(400, 60200));
        }
        let now = self.clock.now();
        let mut state = self.state();
        let found = state.verifications.iter_mut().find(|it| {
            it.sid == sid
                && it.service == service
                && it.status == "pending"
                && now < it.started + TTL
        });
        let it = found.ok_or_else(|| problem(404, 20404))?;
        it.status = "canceled";
        Ok(Response::json(200, &self.verification(it)))
    }

    fn message(&self, request: &Request) -> Result<Response, Refused> {
        let form = Form::read(
            request,
            &[
                "To",
                "From",
                "MessagingServiceSid",
                "Body",
                "ContentSid",
                "ContentVariables",
                "StatusCallback",
                "ValidityPeriod",
            ],
            20001,
        )?;
        let (number, channel) = match form.must("To", 21604)?.strip_prefix("whatsapp:") {
            Some(number) => (number, "whatsapp"),
            None => (form.must("To", 21604)?, "sms"),
        };
        if !is_e164(number) {
            return Err(problem(400, 21211));
        }
        let whatsapp = format!("whatsapp:{FROM}");
        match (form.get("From"), form.get("MessagingServiceSid"), channel) {
            (None, Some(MESSAGING_SERVICE), _) => {}
            (Some(FROM | NAME), None, "sms") => {}
            (Some(from), None, "whatsapp") if from == whatsapp => {}
            (Some(_), None, _) => return Err(problem(400, 21606)),
            _ => return Err(problem(400, 21603)),
        }
        let (text, code) = match (
            form.get("Body"),
            form.get("ContentSid"),
            form.get("ContentVariables"),
        ) {
            (Some(body), None, None) if channel == "sms" => {
                if body.is_empty() || body.chars().count() > 1_600 {
                    return Err(problem(400, 21617));
                }
                (body.to_owned(), digits(body))
            }
            (None, Some(TEMPLATE), Some(variables)) if channel == "whatsapp" => {
                let variables: Value =
                    serde_json::from_str(variables).map_err(|_| problem(400, 21656))?;
                let one = variables.as_object().filter(|it| it.len() == 1);
                let code = one.and_then(|it| it.get("1")).and_then(Value::as_str);
                let code = code.ok_or_else(|| problem(400, 21656))?;
                (variables.to_string(), code.to_owned())
            }
            _ => return Err(problem(400, 21619)),
        };
        let period = form.get("ValidityPeriod").map(str::parse::<u32>);
        if period.is_some_and(|it| !it.is_ok_and(|it| (1..=36_000).contains(&it))) {
            return Err(problem(400, 21657));
        }
        self.send("SM", number, channel, text, code, None, &form, "queued")
    }

    fn call(&self, request: &Request) -> Result<Response, Refused> {
        let form = Form::read(request, &["To", "From", "Twiml", "StatusCallback"], 20001)?;
        let to = form.must("To", 21201)?;
        if !is_e164(to) {
            return Err(problem(400, 21211));
        }
        if form.must("From", 21213)? != FROM {
            return Err(problem(400, 21212));
        }
        let twiml = form.must("Twiml", 21205)?;
        let (language, code) = spoken(twiml).ok_or_else(|| problem(400, 12100))?;
        self.send(
            "CA",
            to,
            "call",
            twiml.to_owned(),
            code,
            Some(language),
            &form,
            "queued",
        )
    }

    #[allow(clippy::too_many_arguments)]
    fn send(
        &self,
        prefix: &str,
        to: &str,
        channel: &str,
        text: String,
        code: String,
        locale: Option<String>,
        form: &Form,
        status: &str,
    ) -> Result<Response, Refused> {
        let status_callback = form.get("StatusCallback").map(str::to_owned);
        if status_callback
            .as_ref()
            .is_some_and(|url| !url.starts_with("http"))
        {
            return Err(problem(400, 21609));
        }
        magic(to)?;
        let mut state = self.state();
        let sid = state.sid(prefix);
        state.sent.push(Sent {
            sid: sid.clone(),
            to: to.to_owned(),
            channel: channel.to_owned(),
            text: text.clone(),
            code,
            locale,
            status_callback,
            at: self.clock.now(),
        });
        let now = self.clock.rfc2822();
        let (to, from) = (form.must("To", 21604)?, form.get("From"));
        let reply = if prefix == "CA" {
            json!({
                "sid": sid, "account_sid": ACCOUNT, "to": to, "to_formatted": to, "from": from,
                "from_formatted": from, "status": status, "date_created": null, "date_updated": null,
                "start_time": null, "end_time": null, "duration": null, "price": null,
                "price_unit": "USD", "direction": "outbound-api", "answered_by": null,
                "api_version": "2010-04-01", "forwarded_from": null, "group_sid": null,
                "caller_name": null, "queue_time": "0", "trunk_sid": null, "parent_call_sid": null,
                "phone_number_sid": null, "subresource_uris": {},
                "uri": format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json"),
            })
        } else {
            json!({
                "sid": sid, "account_sid": ACCOUNT, "to": to, "from": from, "body": text,
                "messaging_service_sid": form.get("MessagingServiceSid"), "status": status,
                "num_segments": "1", "num_media": "0", "direction": "outbound-api", "price": null,
                "price_unit": "USD", "error_code": null, "error_message": null, "date_sent": null,
                "date_created": now, "date_updated": now, "api_version": "2010-04-01",
                "subresource_uris": {},
                "uri": format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json"),
            })
        };
        Ok(Response::json(201, &reply))
    }
}

impl Answer for Twilio {
    fn answer(&self, request: &Request) -> Response {
        let failure = {
            let mut state = self.state();
            state.requests.push(request.clone());
            state.failures.pop_front()
        };
        match failure {
            Some(failure) => {
                let mut response = match failure.code {
                    Some(code) => problem(failure.status, code),
                    None => Response {
                        status: failure.status,
                        headers: Vec::new(),
                        body: Vec::new(),
                    },
                };
                let after = failure.retry_after.map(|it| ("Retry-After".to_owned(), it));
                response.headers.extend(after);
                response
            }
            None => self.route(request).unwrap_or_else(|refused| refused),
        }
    }
}

impl State {
    fn sid(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{:032x}", self.next)
    }

    /// Six digits; the first code begins with noughts. Two accounts call verifications the same, so
    /// that only the code tells them apart: another time is another code.
    fn digits(&mut self, now: u64) -> String {
        self.next += 1;
        let late = now.saturating_sub(START);
        format!("{:06}", (self.next * 7_919 + late) % 1_000_000)
    }
}

/// The fields of a request, of which it may have these and no others.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(request: &Request, allowed: &[&str], code: u32) -> Result<Self, Refused> {
        let form = request.form().map_err(|_| problem(400, code))?;
        if !request.query.is_empty() || form.iter().any(|(it, _)| !allowed.contains(&it.as_str())) {
            return Err(problem(400, code));
        }
        Ok(Self(form))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A field that has to be there; without it Twilio answers with this error.
    fn must(&self, name: &str, error: u32) -> Result<&str, Refused> {
        self.get(name).ok_or_else(|| problem(400, error))
    }
}

/// A GET with this query and no body.
fn nothing(request: &Request, query: &str) -> Result<(), Refused> {
    if request.query == query && request.body.is_empty() {
        Ok(())
    } else {
        Err(problem(400, 20001))
    }
}

/// As Twilio words it: with the number in the text, which nobody may repeat.
fn problem(status: u16, code: u32) -> Response {
    Response::json(
        status,
        &json!({
            "code": code, "status": status, "message": "It failed for +4915123456789, code 123456",
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        }),
    )
}

fn magic(to: &str) -> Result<(), Refused> {
    let is = |(code, _): &&(u32, u16)| to.ends_with(&code.to_string());
    match MAGIC.iter().find(is) {
        Some((code, status)) => Err(problem(*status, *code)),
        None => Ok(()),
    }
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// The longest run of digits.
fn digits(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.max_by_key(|run| run.len())
        .unwrap_or_default()
        .to_owned()
}

/// Language and code of a call: a text that is said twice, and the digits in it that stand apart.
fn spoken(twiml: &str) -> Option<(String, String)> {
    let inside = twiml
        .strip_prefix("<Response>")?
        .strip_suffix("</Response>")?;
    let (said, again) = inside.split_once(r#"<Pause length="1"/>"#)?;
    let (head, text) = said
        .strip_prefix(r#"<Say language=""#)?
        .strip_suffix("</Say>")?
        .split_once(r#"">"#)?;
    let (language, voice) = match head.split_once(r#"" voice=""#) {
        Some((language, voice)) => (language, Some(voice)),
        None => (head, None),
    };
    let speaks = match voice {
        None => PLAIN_VOICES.contains(&language),
        Some(voice) => (language, voice) == ("he-IL", "Google.he-IL-Standard-A"),
    };
    let plain = ["&amp;", "&lt;", "&gt;"]
        .iter()
        .fold(text.to_owned(), |text, mark| text.replace(mark, ""));
    if said != again || !speaks || plain.contains(['<', '>', '&']) {
        return None;
    }
    let mut codes = plain
        .split(|c: char| !c.is_ascii_digit() && c != ',' && c != ' ')
        .map(|run| run.trim_matches([',', ' ']).split(", "))
        .filter(|run| run.clone().count() > 1 && run.clone().all(|digit| digit.len() == 1))
        .map(|run| run.collect::<String>());
    let code = codes.next().unwrap_or_default();
    codes
        .all(|other| other == code)
        .then(|| (language.to_owned(), code))
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._*".contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
