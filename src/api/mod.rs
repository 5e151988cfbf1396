//! JSON over HTTP, without a framework: requests in, answers out.
//!
//! ```text
//!   method, path, body ─▶ route ─▶ body read strictly ─▶ counted ─▶ done ─▶ status, headers, body
//!                          │         400, naming a field   429        │
//!                          404, 405, 413, 415, 401                    ├─▶ verifier
//!                                                                     └─▶ host: names, passwords, sessions, mails
//! ```
//!
//! The end points are one table ([`routes`]), of which the router and the OpenAPI document are made. What they take and
//! tell is declared once each ([`bodies`], [`answer`]): reader, writer and schema come of it. The host is a trait
//! ([`Host`]): a password goes there and nowhere else, sessions and tokens are the host's, and where it has no way of
//! doing something the interface answers 501.

use std::cell::RefCell;

use zeroize::Zeroizing;

use crate::clock::UnixTime;
use crate::types::UserId;
use crate::verifier::{Client, Message, User};

mod answer;
mod bodies;
mod body;
mod call;
mod devices;
mod factors;
mod host;
mod open_api;
mod password_reset;
mod problem;
mod registration;
mod routes;
mod sessions;
mod sign_in;

use body::Object;
use call::{Call, Refused};
pub use host::{ChangedBy, Host, HostAct};
use problem::{Kind, Problem};
use routes::{ROUTES, Route, Who};

/// Longest body that is read, in bytes.
pub const MOST_BYTES: usize = 16 * 1024;

/// What the server was asked, and by whom as far as the host knows.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, with or without a query.
    pub path: &'a str,
    /// The header Content-Type, as it came.
    pub content_type: Option<&'a str>,
    /// The body, as it came.
    pub body: &'a [u8],
    /// Where it comes from.
    pub client: &'a Client,
    /// Who is signed in.
    pub user: Option<&'a User>,
    /// The credential of their session.
    pub credential: Option<&'a [u8]>,
    /// What the host calls whoever registers.
    pub subject: Option<&'a UserId>,
}

/// An answer for the server to give.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Headers by name.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Zeroizing<Vec<u8>>,
    /// What is to be told, where the host has no mailer here; empty where it has one. Until the host says that each was sent
    /// ([`crate::verifier::Verifier::notices_sent`]) it is handed out again.
    pub notices: Vec<Message>,
}

/// The interface under a prefix of the host's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    prefix: String,
}

/// The prefix is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be empty, or a path such as /api: letters, digits, dashes, dots and slashes, none at its end"
)]
pub struct PrefixError;

impl Api {
    /// Under that prefix.
    ///
    /// # Errors
    /// [`PrefixError`]
    pub fn new(prefix: &str) -> Result<Self, PrefixError> {
        let is_plain = |part: &str| {
            let letters =
                |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
            !part.is_empty() && part.bytes().all(letters) && part != "." && part != ".."
        };
        let is_path = prefix.is_empty()
            || prefix
                .strip_prefix('/')
                .is_some_and(|path| path.split('/').all(is_plain));
        if !is_path || prefix.len() > 255 {
            return Err(PrefixError);
        }
        Ok(Self {
            prefix: prefix.to_owned(),
        })
    }

    /// The OpenAPI 3.1 document, as JSON.
    #[must_use]
    pub fn open_api(&self) -> String {
        open_api::document(&self.prefix).to_string()
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The host's own, where it does not return.
    pub fn handle<H: Host>(
        &self,
        now: UnixTime,
        request: &Request<'_>,
        host: &H,
    ) -> Result<Response, H::Failure> {
        let is_head = request.method == "HEAD";
        let notices = RefCell::default();
        let mut response = match self.answer(now, request, host, &notices) {
            Ok(reply) => {
                let mut headers = common();
                if !reply.body.is_empty() {
                    headers.push(("Content-Type", "application/json".to_owned()));
                }
                Response {
                    status: reply.status,
                    headers,
                    body: reply.body,
                    notices: Vec::new(),
                }
            }
            Err(Refused::Problem(problem)) => self.refusal(&problem, request),
            Err(Refused::NotOffered) => {
                let mut headers = common();
                headers.push(("Content-Type", "text/plain; charset=utf-8".to_owned()));
                Response {
                    status: 501,
                    headers,
                    body: Zeroizing::new(b"This site does not offer that.\n".to_vec()),
                    notices: Vec::new(),
                }
            }
            Err(Refused::Host(failure)) => return Err(failure),
        };
        if is_head {
            response.body = Zeroizing::default();
        }
        response.notices = notices.into_inner();
        Ok(response)
    }

    fn answer<H: Host>(
        &self,
        now: UnixTime,
        request: &Request<'_>,
        host: &H,
        notices: &RefCell<Vec<Message>>,
    ) -> Result<call::Reply, Refused<H::Failure>> {
        let route = self.route(request)?;
        if request.body.len() > MOST_BYTES {
            return Err(Kind::TooLarge.into());
        }
        let object = if route.body.name.is_empty() {
            if !request.body.is_empty() {
                return Err(Problem::no_object().into());
            }
            Object::empty()
        } else {
            if !is_json(request.content_type) {
                return Err(Kind::MediaType.into());
            }
            Object::read(request.body)?
        };
        if route.who == Who::SignedIn && request.user.is_none() {
            return Err(Kind::SignIn.into());
        }
        let call = Call {
            host,
            now,
            client: request.client,
            user: request.user,
            credential: request.credential,
            subject: request.subject,
            notices,
        };
        routes::run(route.operation, &call, &object)
    }

    /// The end points of a path.
    fn at(&self, path: &str) -> impl Iterator<Item = &'static Route> {
        let path = path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix(self.prefix.as_str()).map(str::to_owned);
        ROUTES
            .iter()
            .filter(move |route| Some(route.path) == path.as_deref())
    }

    fn route(&self, request: &Request<'_>) -> Result<&'static Route, Problem> {
        // What is looked at may be looked at without its body (RFC 9110 section 9.3.2).
        let verb = match request.method {
            "HEAD" => "GET",
            verb => verb,
        };
        let mut is_there = false;
        for route in self.at(request.path) {
            if route.verb == verb {
                return Ok(route);
            }
            is_there = true;
        }
        Err(if is_there {
            Kind::Method.into()
        } else {
            Kind::NotFound.into()
        })
    }

    /// A problem as a response.
    fn refusal(&self, problem: &Problem, request: &Request<'_>) -> Response {
        let status = problem.kind.status();
        let mut headers = common();
        headers.push(("Content-Type", "application/problem+json".to_owned()));
        if let (429 | 503, Some(seconds)) = (status, problem.retry_after) {
            headers.push(("Retry-After", seconds.to_string()));
        }
        match problem.kind {
            Kind::Method => {
                let mut verbs: Vec<&str> = self.at(request.path).map(|it| it.verb).collect();
                if verbs.contains(&"GET") {
                    verbs.push("HEAD");
                }
                headers.push(("Allow", verbs.join(", ")));
            }
            // RFC 9110 section 15.5.2 wants one. How the site knows somebody is the site's; no browser asks for a name.
            _ if status == 401 => headers.push(("WWW-Authenticate", "TwoFactor".to_owned())),
            _ => {}
        }
        Response {
            status,
            headers,
            body: Zeroizing::new(problem.document().to_string().into_bytes()),
            notices: Vec::new(),
        }
    }
}

/// What every answer has.
fn common() -> Vec<(&'static str, String)> {
    vec![
        ("Cache-Control", "no-store".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
    ]
}

/// Whether the header says JSON (RFC 8259 section 11), in UTF-8 if it says so at all. A form of another site cannot.
fn is_json(content_type: Option<&str>) -> bool {
    let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
    parts
        .next()
        .is_some_and(|it| it.eq_ignore_ascii_case("application/json"))
        && parts.all(|part| {
            part.eq_ignore_ascii_case("charset=utf-8")
                || part.eq_ignore_ascii_case("charset=\"utf-8\"")
        })
}
