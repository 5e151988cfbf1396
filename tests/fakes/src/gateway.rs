//! The managed SMS gateway, contract v1: strict with what it is asked, and able to lie in every way
//! about what it answers.
//!
//! It refuses an unknown header or field, a nonce it has seen, a key of another request. It signs with
//! another implementation of Ed25519 than the client checks with.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::http::{Answer, Request, Response, Server};
use crate::tls::Authority;

/// The one licence it knows.
pub const LICENCE_KEY: &str = "TF-TEST-7Q2M9X4K-canary";
/// The one domain that the licence is for.
pub const DOMAIN: &str = "example.org";
/// The one product that the licence is for.
pub const MODULE: &str = "TwoFactor";
/// The one premium product that the licence is for.
pub const PREMIUM: &str = "TwoFactorPro";
/// What every path begins with.
pub const PREFIX: &str = "/v1";

/// Checks that a verification allows.
const CHECKS: u64 = 3;
/// Seconds that a code is good for.
const LIFE: u64 = 300;

/// Changes a text.
pub type Edit = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// What is wrong with an answer.
#[derive(Clone)]
pub enum Lie {
    /// Nothing.
    None,
    /// It is not signed.
    Unsigned,
    /// It is signed twice, by different keys.
    Twice,
    /// Signed with a key that is not pinned, under the name of one that is.
    OtherKey,
    /// Signed with a key that is not pinned, under its own name.
    UnknownKey,
    /// Signed with the first key, under the name of the second.
    OtherName,
    /// Signed so many seconds late, or early.
    Late(i64),
    /// Signed for another nonce.
    Nonce,
    /// Signed for the nonce of the request before.
    Replay,
    /// Signed for another path.
    Path,
    /// Signed for another method.
    Method,
    /// Signed for another status.
    Status,
    /// Signed for another request body.
    Request,
    /// The header is changed after it was made.
    Header(Edit),
    /// The body is changed, and then signed.
    Before(Edit),
    /// The body is changed after it was signed.
    After(Edit),
    /// The true body comes under another status, signed.
    Under(u16),
    /// Something else is answered, and signed; the request is processed all the same.
    Instead(u16, String),
}

impl Lie {
    /// A changed body, signed.
    #[must_use]
    pub fn before(edit: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::Before(Arc::new(edit))
    }

    /// A changed body, no longer signed.
    #[must_use]
    pub fn after(edit: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::After(Arc::new(edit))
    }

    /// A changed header.
    #[must_use]
    pub fn header(edit: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::Header(Arc::new(edit))
    }
}

/// A message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Where to.
    pub phone: String,
    /// With which code.
    pub code: String,
    /// In which language.
    pub locale: String,
}

struct Verification {
    phone: String,
    code: String,
    expires: u64,
    checks: u64,
    over: bool,
}

/// A status, a code and the seconds in `Retry-After`, answered before anything is looked at.
type Failure = (u16, String, Option<u64>);

#[derive(Default)]
struct State {
    lie: Option<Lie>,
    lies: VecDeque<Lie>,
    failures: VecDeque<Failure>,
    requests: Vec<Request>,
    nonces: BTreeSet<String>,
    last_nonce: String,
    keys: BTreeMap<String, (String, Vec<u8>, u16, String)>,
    verifications: BTreeMap<String, Verification>,
    sent: Vec<Sent>,
    balance: u64,
    shown_balance: Option<Value>,
    claims: Option<Edit>,
    signs: bool,
}

impl State {
    /// Of a gateway that is honest, and of a licence that is worth something.
    fn new() -> Self {
        Self {
            balance: 1_000,
            signs: true,
            ..Self::default()
        }
    }
}

/// The gateway, running on two ports.
pub struct Gateway {
    inner: Arc<Inner>,
    tls: Server,
    plain: Server,
}

struct Inner {
    clock: Clock,
    pinned: [(&'static str, Ed25519KeyPair); 2],
    other: Ed25519KeyPair,
    state: Mutex<State>,
}

impl Gateway {
    /// Starts it, over TLS and in the clear.
    #[must_use]
    pub fn start(authority: &Authority, clock: Clock) -> Self {
        let key = |seed: u8| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key");
        let inner = Arc::new(Inner {
            clock,
            pinned: [("tf-2026a", key(1)), ("tf-2026b", key(2))],
            other: key(3),
            state: Mutex::new(State::new()),
        });
        Self {
            tls: Server::start(Some(authority.server()), inner.clone()),
            plain: Server::start(None, inner.clone()),
            inner,
        }
    }

    /// Where it is, over TLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{PREFIX}", self.tls.url())
    }

    /// Where it is in the clear, for a proxy in front of it.
    #[must_use]
    pub fn plain_address(&self) -> SocketAddr {
        self.plain.address()
    }

    /// The public keys of its replies, as `id = base 64`.
    #[must_use]
    pub fn keys(&self) -> [String; 2] {
        self.inner
            .pinned
            .each_ref()
            .map(|(id, key)| format!("{id} = {}", BASE64.encode(key.public_key().as_ref())))
    }

    /// Forgets everything.
    pub fn reset(&self) {
        *self.inner.state() = State::new();
    }

    /// Lies from now on.
    pub fn lie(&self, lie: Lie) {
        self.inner.state().lie = Some(lie);
    }

    /// Lies once, after the lies that wait already.
    pub fn lie_once(&self, lie: Lie) {
        self.inner.state().lies.push_back(lie);
    }

    /// Answers one request with an error before it is processed.
    pub fn fail_once(&self, status: u16, code: &str, retry_after: Option<u64>) {
        let failure = (status, code.to_owned(), retry_after);
        self.inner.state().failures.push_back(failure);
    }

    /// Whatever error is left waits no more.
    pub fn fail_no_more(&self) {
        self.inner.state().failures.clear();
    }

    /// Whether it signs at all; one of before the contract does not.
    pub fn sign(&self, signs: bool) {
        self.inner.state().signs = signs;
    }

    /// What the licence is worth.
    pub fn set_balance(&self, balance: u64) {
        self.inner.state().balance = balance;
    }

    /// What the gateway says that the licence is worth; `Null`: nothing at all.
    pub fn claim_balance(&self, balance: Value) {
        self.inner.state().shown_balance = Some(balance);
    }

    /// What tokens of licences say is changed before they are signed; `None`: no longer.
    pub fn claim(&self, edit: Option<Edit>) {
        self.inner.state().claims = edit;
    }

    /// Every request, as it came in.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.inner.state().requests.clone()
    }

    /// Every message that went out.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.inner.state().sent.clone()
    }
}

/// An error of the contract, or a good answer.
type Outcome = Result<Value, (u16, &'static str)>;

const INVALID: (u16, &str) = (400, "invalid_request");

impl Answer for Inner {
    fn answer(&self, request: &Request) -> Response {
        let mut state = self.state();
        state.requests.push(request.clone());
        let (status, body, retry_after) = match state.failures.pop_front() {
            Some((status, code, retry_after)) => (status, problem(&code), retry_after),
            None => {
                let (status, body) = self.process(&mut state, request);
                (status, body, None)
            }
        };
        let lie = state.lies.pop_front().or_else(|| state.lie.clone());
        let mut response = self.signed(&state, request, status, body, &lie.unwrap_or(Lie::None));
        if let Some(seconds) = retry_after {
            response
                .headers
                .push(("Retry-After".to_owned(), seconds.to_string()));
        }
        state.last_nonce = request.header("tf-nonce").unwrap_or_default().to_owned();
        response
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }

    fn process(&self, state: &mut State, request: &Request) -> (u16, String) {
        match self.understood(state, request) {
            Ok(answer) => answer,
            Err((status, code)) => (status, problem(code)),
        }
    }

    /// Holds the request to the contract, and repeats what was answered to its key before.
    fn understood(
        &self,
        state: &mut State,
        request: &Request,
    ) -> Result<(u16, String), (u16, &'static str)> {
        let known: BTreeSet<&str> = [
            "host",
            "user-agent",
            "connection",
            "accept",
            "accept-encoding",
            "tf-api",
            "tf-nonce",
        ]
        .into();
        let more: BTreeSet<&str> = match &*request.method {
            "GET" => ["authorization"].into(),
            "POST" => ["content-type", "content-length", "idempotency-key"].into(),
            _ => return Err(INVALID),
        };
        let names: Vec<&str> = request.headers.iter().map(|(name, _)| &**name).collect();
        let unique: BTreeSet<&str> = names.iter().copied().collect();
        let fits = unique.len() == names.len()
            && unique
                .iter()
                .all(|name| known.contains(name) || more.contains(name))
            && more.iter().all(|name| unique.contains(name));
        let nonce = request.header("tf-nonce").unwrap_or_default();
        let random = nonce.len() == 32 && HEXLOWER.decode(nonce.as_bytes()).is_ok();
        if !fits
            || !random
            || request.header("tf-api") != Some("1")
            || request.header("accept") != Some("application/json")
            || !state.nonces.insert(nonce.to_owned())
        {
            return Err(INVALID);
        }
        let path = request.path.strip_prefix(PREFIX).ok_or(INVALID)?;
        if request.method == "GET" {
            return Ok((200, self.logs(state, request, path)?.to_string()));
        }

        let key = request.header("idempotency-key").unwrap_or_default();
        if !is_random_uuid(key)
            || !request.query.is_empty()
            || request.header("content-type") != Some("application/json")
        {
            return Err(INVALID);
        }
        if let Some((first_path, body, status, answer)) = state.keys.get(key) {
            if *first_path != request.path || *body != request.body {
                return Err((409, "idempotency_conflict"));
            }
            return Ok((*status, answer.clone()));
        }
        let (status, answer) = match self.post(state, path, &request.body) {
            Ok(answer) => (200, answer.to_string()),
            Err((status, code)) => (status, problem(code)),
        };
        let answered = (
            request.path.clone(),
            request.body.clone(),
            status,
            answer.clone(),
        );
        state.keys.insert(key.to_owned(), answered);
        Ok((status, answer))
    }

    fn post(&self, state: &mut State, path: &str, body: &[u8]) -> Outcome {
        let value: Value = serde_json::from_slice(body).map_err(|_| INVALID)?;
        // Written as compactly as it can be, it is as long as it was: nothing is there twice.
        if value.to_string().len() != body.len() {
            return Err(INVALID);
        }
        let fields = value.as_object().ok_or(INVALID)?;
        let (must, may): (&[&str], &[&str]) = match path {
            "/licenses/validate" => (&["license_key", "domain", "module"], &[]),
            "/verification/send" => (
                &["license_key", "domain", "phone", "country"],
                &["locale", "channel"],
            ),
            "/verification/check" => (
                &[
                    "license_key",
                    "domain",
                    "phone",
                    "country",
                    "code",
                    "verification_id",
                ],
                &[],
            ),
            _ => return Err(INVALID),
        };
        let known = |name: &String| must.contains(&&**name) || may.contains(&&**name);
        let complete = must.iter().all(|name| fields.contains_key(*name));
        if !complete || !fields.keys().all(known) || !fields.values().all(Value::is_string) {
            return Err(INVALID);
        }
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("license_key") != LICENCE_KEY {
            return Err((401, "license_invalid"));
        }
        if text("domain") != DOMAIN {
            return Err((403, "domain_mismatch"));
        }
        if path == "/licenses/validate" {
            return self.validate(state, text("module"));
        }

        let (phone, country) = (text("phone"), text("country"));
        let digits = phone.strip_prefix('+').unwrap_or_default();
        let number = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !number || country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err((400, "invalid_phone"));
        }
        if path == "/verification/send" {
            if fields
                .get("channel")
                .is_some_and(|channel| channel != "sms")
            {
                return Err(INVALID);
            }
            return self.send(state, phone, text("locale"));
        }
        self.check(state, phone, text("verification_id"), text("code"))
    }

    fn validate(&self, state: &State, module: &str) -> Outcome {
        let (kind, plan) = match module {
            MODULE => ("credits", "Starter"),
            PREMIUM => ("pro", "Pro"),
            _ => return Err((403, "domain_mismatch")),
        };
        let now = self.clock.now();
        let (kid, key) = &self.pinned[0];
        let payload = json!({
            "kid": kid, "lid": "lic_0001", "dom": DOMAIN, "mod": module, "typ": kind,
            "iat": now, "nbf": now, "exp": now + 86_400,
        });
        let payload = match &state.claims {
            Some(edit) => edit(&payload.to_string()),
            None => payload.to_string(),
        };
        let text = format!("TFL1.{}", BASE64URL_NOPAD.encode(payload.as_bytes()));
        let signature = BASE64URL_NOPAD.encode(key.sign(text.as_bytes()).as_ref());
        let mut answer = json!({
            "valid": true, "license_type": kind, "plan": plan,
            "expires_at": "2027-01-01T00:00:00Z", "token": format!("{text}.{signature}"),
            "request_id": format!("req_{}", state.requests.len()),
        });
        match &state.shown_balance {
            Some(Value::Null) => {}
            Some(claimed) => answer["credits_remaining"] = claimed.clone(),
            None => answer["credits_remaining"] = json!(state.balance),
        }
        Ok(answer)
    }

    fn send(&self, state: &mut State, phone: &str, locale: &str) -> Outcome {
        if state.balance == 0 {
            return Err((402, "credits_exhausted"));
        }
        state.balance -= 1;
        let now = self.clock.now();
        let number = state.verifications.len() + 1;
        // While a code is good it is sent again.
        let pending = state
            .verifications
            .iter()
            .find(|(_, v)| v.phone == phone && !v.over && v.expires > now)
            .map(|(id, v)| (id.clone(), v.code.clone(), v.expires));
        let (id, code, expires) = pending.unwrap_or_else(|| {
            let code = format!("{:06}", (now as usize + number * 7_919) % 1_000_000);
            (format!("ver_{number:04}"), code, now + LIFE)
        });
        state.sent.push(Sent {
            phone: phone.to_owned(),
            code: code.clone(),
            locale: locale.to_owned(),
        });
        state
            .verifications
            .entry(id.clone())
            .or_insert(Verification {
                phone: phone.to_owned(),
                code,
                expires,
                checks: 0,
                over: false,
            });
        Ok(json!({
            "success": true, "verification_id": id, "status": "pending",
            "expires_in": expires - now, "resend_after": 60,
        }))
    }

    fn check(&self, state: &mut State, phone: &str, id: &str, code: &str) -> Outcome {
        let now = self.clock.now();
        let found = state
            .verifications
            .get_mut(id)
            .filter(|v| v.phone == phone && !v.over && v.expires > now && v.checks < CHECKS);
        let Some(verification) = found else {
            return Err((404, "verification_not_found"));
        };
        verification.checks += 1;
        if verification.code == code {
            verification.over = true;
            return Ok(json!({
                "approved": true, "valid": true, "status": "approved",
                "verification_id": id, "phone": phone,
            }));
        }
        Ok(json!({
            "approved": false, "valid": false, "status": "pending",
            "attempts_left": CHECKS - verification.checks,
        }))
    }

    /// Two deliveries a page, the newest first.
    fn logs(&self, state: &State, request: &Request, path: &str) -> Outcome {
        let fingerprint = &HEXLOWER.encode(digest(&SHA256, LICENCE_KEY.as_bytes()).as_ref())[..16];
        if path != format!("/licenses/{fingerprint}/logs") {
            return Err(INVALID);
        }
        if request.header("authorization") != Some(&format!("License {LICENCE_KEY}")) {
            return Err((401, "license_invalid"));
        }
        let start: usize = match &*request.query {
            "" => 0,
            query => query
                .strip_prefix("cursor=after-")
                .and_then(|at| at.parse().ok())
                .ok_or(INVALID)?,
        };
        let logs: Vec<Value> = state
            .sent
            .iter()
            .rev()
            .skip(start)
            .take(2)
            .map(|sent| {
                let masked = format!(
                    "{}*****{}",
                    &sent.phone[..3],
                    &sent.phone[sent.phone.len() - 2..]
                );
                json!({
                    "timestamp": self.clock.rfc3339(), "phone": masked, "country": "DE",
                    "status": "delivered", "type": "verification",
                })
            })
            .collect();
        let end = start + logs.len();
        let next = (end < state.sent.len()).then(|| format!("after-{end}"));
        Ok(json!({"success": true, "logs": logs, "next": next}))
    }

    fn signed(
        &self,
        state: &State,
        request: &Request,
        status: u16,
        body: String,
        lie: &Lie,
    ) -> Response {
        let (status, body) = match lie {
            Lie::Before(edit) => (status, edit(&body)),
            Lie::Under(status) => (*status, body),
            Lie::Instead(status, body) => (*status, body.clone()),
            _ => (status, body),
        };
        let hash = |bytes: &[u8]| HEXLOWER.encode(digest(&SHA256, bytes).as_ref());
        let now = self.clock.now() as i64;
        let time = if let Lie::Late(seconds) = lie {
            now - seconds
        } else {
            now
        };
        let nonce = request.header("tf-nonce").unwrap_or_default();
        let nonce = match lie {
            Lie::Nonce => "0".repeat(32),
            Lie::Replay => state.last_nonce.clone(),
            _ => nonce.to_owned(),
        };
        let path = match lie {
            Lie::Path => "/v1/licenses/validate2",
            _ => &request.path,
        };
        let method = match lie {
            Lie::Method => "PUT",
            _ => &request.method,
        };
        let signed_status = match lie {
            Lie::Status => status + 1,
            _ => status,
        };
        let asked = match lie {
            Lie::Request => hash(b"{}"),
            _ => hash(&request.body),
        };
        let text = format!(
            "TF1\n{method}\n{path}\n{nonce}\n{signed_status}\n{time}\n{asked}\n{}",
            hash(body.as_bytes())
        );
        let [(first, first_key), (second, _)] = &self.pinned;
        let (id, key) = match lie {
            Lie::OtherKey => (*first, &self.other),
            Lie::UnknownKey => ("tf-2026c", &self.other),
            Lie::OtherName => (*second, first_key),
            _ => (*first, first_key),
        };
        let made = |id: &str, key: &Ed25519KeyPair| {
            let signature = BASE64.encode(key.sign(text.as_bytes()).as_ref());
            format!("t={time},kid={id},ed25519={signature}")
        };
        let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        let header = "TF-Signature".to_owned();
        match lie {
            _ if !state.signs => {}
            Lie::Unsigned => {}
            Lie::Twice => {
                headers.push((header.clone(), made(id, key)));
                headers.push((header, made("tf-2026c", &self.other)));
            }
            Lie::Header(edit) => headers.push((header, edit(&made(id, key)))),
            _ => headers.push((header, made(id, key))),
        }
        let body = match lie {
            Lie::After(edit) => edit(&body),
            _ => body,
        };
        Response {
            status,
            headers,
            body: body.into_bytes(),
        }
    }
}

/// An error, in the contract's form.
fn problem(code: &str) -> String {
    json!({"success": false, "error": "This is not possible.", "code": code}).to_string()
}

/// Version 4, variant 10, in small letters.
fn is_random_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'4',
            19 => b"89ab".contains(byte),
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        })
}
