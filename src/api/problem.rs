//! Answers that are no yes: problem documents (RFC 9457). None says which part of what was given was wrong.

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::UnixTime;
use crate::types::Method;

/// What is wrong with a field. Never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Wrong {
    /// It has to be there.
    Missing,
    /// There is no such field.
    Unknown,
    /// It is there more than once.
    Twice,
    /// It is of another type.
    Type,
    /// Its length or its letters cannot be right.
    Form,
}

/// Which problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    SignIn,
    Denied,
    Closed,
    Mistyped,
    StepUp,
    Enrolment,
    Disabled,
    OnHold,
    TooRecent,
    NotFound,
    Method,
    NotEnabled,
    SetupOver,
    TooLarge,
    MediaType,
    Number,
    NotSent,
    Factor,
    Password,
    Refused,
    Throttled,
    LockedOut,
    Unavailable,
}

impl Kind {
    /// All there are.
    pub(super) const ALL: [Self; 24] = [
        Self::Request,
        Self::SignIn,
        Self::Denied,
        Self::Closed,
        Self::Mistyped,
        Self::StepUp,
        Self::Enrolment,
        Self::Disabled,
        Self::OnHold,
        Self::TooRecent,
        Self::NotFound,
        Self::Method,
        Self::NotEnabled,
        Self::SetupOver,
        Self::TooLarge,
        Self::MediaType,
        Self::Number,
        Self::NotSent,
        Self::Factor,
        Self::Password,
        Self::Refused,
        Self::Throttled,
        Self::LockedOut,
        Self::Unavailable,
    ];

    /// Status, name and title.
    const fn told(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::Request => (400, "request", "The request cannot be read."),
            Self::SignIn => (401, "sign-in", "Please sign in."),
            Self::Denied => (401, "denied", "That was not accepted."),
            Self::Closed => (401, "closed", "This sign-in is no longer open."),
            Self::Mistyped => (422, "mistyped", "This is not a whole recovery code."),
            Self::StepUp => (
                403,
                "step-up",
                "Please confirm with your second factor first.",
            ),
            Self::Enrolment => (
                403,
                "enrolment",
                "Please set up your second factor anew to finish signing in.",
            ),
            Self::Disabled => (403, "disabled", "This method has to be set up anew."),
            Self::OnHold => (403, "on-hold", "Changes of second factors are on hold."),
            Self::TooRecent => (
                403,
                "too-recent",
                "Your second factor was set up too recently.",
            ),
            Self::NotFound => (404, "not-found", "There is nothing here."),
            Self::Method => (405, "method", "This cannot be done here."),
            Self::NotEnabled => (409, "not-enabled", "There is no second factor."),
            Self::SetupOver => (
                409,
                "setup-over",
                "This set-up is over. Please begin again.",
            ),
            Self::TooLarge => (413, "too-large", "The request is too large."),
            Self::MediaType => (415, "media-type", "The request has to be application/json."),
            Self::Number => (422, "number", "This number cannot be used."),
            Self::NotSent => (422, "not-sent", "No code could be sent."),
            Self::Factor => (422, "factor", "The factor cannot be changed like that."),
            Self::Password => (422, "password", "This password cannot be used."),
            Self::Refused => (422, "refused", "This cannot be done."),
            Self::Throttled => (429, "throttled", "Please wait before asking again."),
            Self::LockedOut => (429, "locked-out", "Too many attempts."),
            Self::Unavailable => (503, "unavailable", "This cannot be done right now."),
        }
    }

    pub(super) const fn status(self) -> u16 {
        self.told().0
    }

    /// The end of its URI.
    pub(super) const fn name(self) -> &'static str {
        self.told().1
    }

    /// Its URI; nothing is to be found there.
    pub(super) fn uri(self) -> String {
        format!("urn:ext-twofactor:problem:{}", self.name())
    }

    pub(super) const fn title(self) -> &'static str {
        self.told().2
    }
}

/// A step-up that has to come first, begun.
#[derive(Debug, Clone)]
pub(super) struct StepUp {
    pub(super) challenge: zeroize::Zeroizing<String>,
    pub(super) methods: Vec<Method>,
    pub(super) expires_at: Option<UnixTime>,
}

/// A problem.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) kind: Kind,
    pub(super) field: Option<Box<(String, Wrong)>>,
    pub(super) reason: Option<&'static str>,
    pub(super) detail: Option<Box<str>>,
    pub(super) retry_after: Option<u64>,
    pub(super) attempts_left: Option<u8>,
    pub(super) step_up: Option<Box<StepUp>>,
    pub(super) offered: Option<Vec<Method>>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            field: None,
            reason: None,
            detail: None,
            retry_after: None,
            attempts_left: None,
            step_up: None,
            offered: None,
        }
    }
}

/// What an answer may call a method: nobody can set a passkey up yet.
pub(super) fn told_methods() -> Vec<&'static str> {
    let told = Method::ALL.iter();
    let told = told.filter(|it| **it != Method::Passkey);
    told.map(|it| it.as_str()).collect()
}

/// Of the field `reason`.
const REASONS: &str = "A stable word for why. Of `number`: `empty`, `too-long`, `characters`, `extension`, \
    `region-needed`, `region-unknown`, `invalid`; `landline`, `toll-free`, `premium-rate`, `shared-cost`, `voip`, \
    `personal`, `pager`, `uan`, `voicemail`, `non-geographic`, `unknown`, `country`, `method`. Of `factor`: `one` (replace \
    the app that there is), `too-many`, `unknown`, `other-codes`, `weak`, `last`, `last-strong`; of its label `empty`, `too-long`, `character`, `taken`. Of \
    `not-sent`: `number`, `opted-out`, `country`, `fraud`, `refused`. More may come: show `detail` for one that you do not \
    know.";

/// Longest name that is repeated: ours are shorter.
const LONGEST_NAME: usize = 32;

impl Problem {
    /// There is no object that could be read.
    pub(super) fn no_object() -> Self {
        Self {
            detail: Some("The body has to be one JSON object (RFC 8259) in UTF-8.".into()),
            ..Kind::Request.into()
        }
    }

    /// A field is wrong. A name that is none of ours is repeated only if it could be one.
    pub(super) fn field(name: &str, wrong: Wrong) -> Self {
        let is_name = (1..=LONGEST_NAME).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        Self {
            field: Some(Box::new((
                if is_name { name } else { "" }.to_owned(),
                wrong,
            ))),
            ..Kind::Request.into()
        }
    }

    /// The same problem some seconds later may be none.
    pub(super) fn waits(kind: Kind, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds.max(1)),
            ..kind.into()
        }
    }

    /// With how often something may still be typed.
    pub(super) fn with_attempts_left(self, attempts_left: Option<u8>) -> Self {
        Self {
            attempts_left,
            ..self
        }
    }

    /// The document.
    pub(super) fn document(&self) -> Value {
        let mut document = json!({
            "type": self.kind.uri(),
            "title": self.kind.title(),
            "status": self.kind.status(),
        });
        let Some(members) = document.as_object_mut() else {
            return document;
        };
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if let Some(detail) = self.detail.as_deref() {
            put("detail", detail.into());
        }
        if let Some((name, wrong)) = self.field.as_deref() {
            put("field", name.as_str().into());
            put("wrong", json!(wrong));
        }
        if let Some(reason) = self.reason {
            put("reason", reason.into());
        }
        if let Some(seconds) = self.retry_after {
            put("retryAfter", seconds.into());
        }
        if let Some(left) = self.attempts_left {
            put("attemptsLeft", left.into());
        }
        let names = |methods: &[Method]| -> Value {
            let names = methods.iter().map(|method| method.as_str());
            names.collect::<Vec<_>>().into()
        };
        if let Some(offered) = &self.offered {
            put("offered", names(offered));
        }
        if let Some(step_up) = &self.step_up {
            put("challenge", step_up.challenge.as_str().into());
            put("methods", names(&step_up.methods));
            if let Some(at) = step_up.expires_at {
                put("expiresAt", at.utc().rfc3339().into());
            }
        }
        document
    }

    /// As JSON Schema.
    pub(super) fn schema() -> Value {
        let types: Vec<_> = Kind::ALL.iter().map(|kind| kind.uri()).collect();
        let methods = told_methods();
        json!({
            "type": "object",
            "description": "A problem document (RFC 9457). None says which part of what was given was wrong.",
            "properties": {
                "type": {
                    "type": "string",
                    "format": "uri",
                    "enum": types,
                    "description": "Which problem it is; nothing is to be found there.",
                },
                "title": {"type": "string", "description": "The same for people, in English."},
                "status": {"type": "integer", "description": "The status of the response."},
                "detail": {"type": "string", "description": "For the person, in English."},
                "field": {"type": "string", "description": "Which field of the request cannot be read."},
                "wrong": {
                    "type": "string",
                    "enum": ["missing", "unknown", "twice", "type", "form"],
                    "description": "What is wrong with it.",
                },
                "reason": {"type": "string", "description": REASONS},
                "retryAfter": {"type": "integer", "description": "Seconds, as in the header Retry-After."},
                "attemptsLeft": {
                    "type": "integer",
                    "description": "How often a code may still be typed; not told at a sign-in.",
                },
                "challenge": {
                    "type": "string",
                    "description": "Of `step-up`: answer it by POST /2fa/verify, and come again with the grant. \
                        Keep it in memory only.",
                },
                "methods": {
                    "type": "array",
                    "items": {"type": "string", "enum": methods},
                    "description": "What that challenge can be answered with, the person's first choice first.",
                },
                "offered": {
                    "type": "array",
                    "items": {"type": "string", "enum": methods},
                    "description": "Of `enrolment`: what can be set up, by the challenge that was just answered.",
                },
                "expiresAt": {
                    "type": "string",
                    "format": "date-time",
                    "description": "Until when that challenge is open, where that is limited.",
                },
            },
            "required": ["type", "title", "status"],
        })
    }
}
