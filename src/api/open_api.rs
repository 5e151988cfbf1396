//! The OpenAPI 3.1 document: made of the table of routes.

use serde_json::{Map, Value, json};

use super::problem::{Kind, Problem, StepUp, Wrong};
use super::routes::{Described, ROUTES, Route, Who};
use crate::phone::PhoneNumber;
use crate::types::Method;

/// What every end point may answer.
const COMMON: &[Kind] = &[Kind::Throttled, Kind::Unavailable];

/// What every end point with a body may answer.
const WITH_BODY: &[Kind] = &[Kind::Request, Kind::TooLarge, Kind::MediaType];

/// The document of the interface under `prefix`.
pub(super) fn document(prefix: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas = Map::new();
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let problems = Kind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), example(*kind)));
    let problems: Map<String, Value> = problems.collect();
    schemas.insert("Problem".to_owned(), Problem::schema());
    for route in ROUTES {
        let path = paths
            .entry(format!("{prefix}{}", route.path))
            .or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.verb.to_ascii_lowercase(), operation(route, &examples));
        }
        for described in [route.body, route.answer] {
            if !described.name.is_empty() {
                schemas.insert(described.name.to_owned(), (described.schema)());
            }
        }
    }
    let tags = TAGS
        .iter()
        .map(|(_, name, about)| json!({"name": name, "description": about}));
    let tags: Vec<Value> = tags.collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Second factors",
            "version": "1",
            "description": "Challenges, set-ups, grants and resets are for memory: a page keeps them in a variable, and \
                never in localStorage, sessionStorage, a cookie or an address. Who is signed in is known by the \
                site's own session or token.",
        },
        "servers": [{"url": "/", "description": "Where this document is; the paths have the prefix."}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "examples": problems,
            "securitySchemes": {
                "site": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The site's own token, or its session.",
                },
            },
        },
    })
}

/// The beginnings of paths, the first that fits, with the name of what is there and what that is.
const TAGS: [(&str, &str, &str); 6] = [
    ("/login", "Sign-in", "By a password and a second factor."),
    ("/2fa/sessions", "Sessions", "Where somebody is signed in."),
    (
        "/2fa/devices",
        "Trusted browsers",
        "Where the password alone signs somebody in for some days (premium).",
    ),
    (
        "/2fa",
        "Second factor",
        "Of whoever is signed in, or has to set one up to be.",
    ),
    ("/password", "Password reset", "By a code to the telephone."),
    ("/phone", "Registration", "Before there is an account."),
];

/// Examples of bodies and answers, by their names; those of answers that several end points share by the end point where
/// they differ. No secret in one looks like a real one.
const EXAMPLES: &str = include_str!("examples.json");

fn content(described: Described, examples: Option<&Value>) -> Value {
    let reference = format!("#/components/schemas/{}", described.name);
    json!({"application/json": {"schema": {"$ref": reference}, "examples": examples}})
}

/// A problem of each kind, with what it may have beside its title.
fn example(kind: Kind) -> Value {
    let methods = [Method::Totp, Method::BackupCode];
    let begun = || StepUp {
        challenge: "kept-in-memory-alone".to_owned().into(),
        methods: methods.to_vec(),
        expires_at: None,
    };
    let problem = match kind {
        Kind::Request => Problem::field("code", Wrong::Missing),
        Kind::StepUp => Problem {
            step_up: Some(Box::new(begun())),
            ..kind.into()
        },
        Kind::Enrolment => Problem {
            offered: Some(vec![Method::Totp, Method::Sms]),
            ..kind.into()
        },
        Kind::Throttled | Kind::LockedOut => Problem::waits(kind, 60),
        Kind::Unavailable => Problem::waits(kind, 30),
        Kind::Number => match PhoneNumber::parse("12", None) {
            Err(why) => Problem {
                reason: Some(why.reason()),
                detail: Some(why.to_string().into()),
                ..kind.into()
            },
            Ok(_) => kind.into(),
        },
        kind => kind.into(),
    };
    json!({"summary": kind.title(), "value": problem.document()})
}

fn operation(route: &Route, examples: &Value) -> Value {
    let mut responses = Map::new();
    let mut success = json!({
        "description": route.answer.about.trim(),
        "headers": {"Cache-Control": {"schema": {"type": "string", "const": "no-store"}}},
    });
    if let (false, Some(success)) = (route.answer.name.is_empty(), success.as_object_mut()) {
        let own = examples.get(route.name);
        let shown = own.or_else(|| examples.get(route.answer.name));
        success.insert("content".to_owned(), content(route.answer, shown));
    }
    responses.insert(route.status.to_string(), success);
    let has_body = !route.body.name.is_empty();
    let mut problems = [COMMON, route.problems].concat();
    if has_body {
        problems.extend(WITH_BODY);
    }
    if route.who == Who::SignedIn {
        problems.push(Kind::SignIn);
    }
    let mut statuses: Vec<u16> = problems.iter().map(|kind| kind.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let mut told = Vec::new();
        let mut shown = Map::new();
        for kind in problems.iter().filter(|kind| kind.status() == status) {
            told.push(format!("`{}`: {}", kind.uri(), kind.title()));
            let reference = format!("#/components/examples/{}", kind.name());
            shown.insert(kind.name().to_owned(), json!({"$ref": reference}));
        }
        let mut response = json!({
            "description": told.join("\n\n"),
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": shown,
            }},
        });
        let header = match status {
            401 => Some(json!({"WWW-Authenticate": {
                "description": "RFC 9110 wants one. Browsers know no such scheme, and ask for no password.",
                "schema": {"type": "string", "const": "TwoFactor"},
            }})),
            429 | 503 => Some(json!({"Retry-After": {
                "description": "Seconds, as `retryAfter` of the problem.",
                "schema": {"type": "integer", "minimum": 1},
            }})),
            _ => None,
        };
        if let (Some(header), Some(response)) = (header, response.as_object_mut()) {
            response.insert("headers".to_owned(), header);
        }
        responses.insert(status.to_string(), response);
    }
    responses.insert(
        "501".to_owned(),
        json!({
            "description": "This site does not offer it.",
            "content": {"text/plain": {
                "schema": {"type": "string"},
                "examples": {"text": {"value": "This site does not offer that.\n"}},
            }},
        }),
    );
    let mut operation = json!({
        "operationId": camel(route.name),
        "summary": route.summary,
        "description": route.about,
        "tags": [tag(route.path)],
        "responses": responses,
    });
    if let Some(members) = operation.as_object_mut() {
        if has_body {
            let body = json!({
                "required": true,
                "description": route.body.about.trim(),
                "content": content(route.body, examples.get(route.body.name)),
            });
            members.insert("requestBody".to_owned(), body);
        }
        if route.who == Who::SignedIn {
            members.insert("security".to_owned(), json!([{"site": []}]));
        } else if route.problems.contains(&Kind::SignIn) {
            // Whoever signs in and has to set something up first is not signed in yet.
            members.insert("security".to_owned(), json!([{"site": []}, {}]));
        }
    }
    operation
}

/// What the end point belongs to.
fn tag(path: &str) -> &'static str {
    let found = TAGS.iter().find(|(begins, ..)| path.starts_with(begins));
    found.map_or("", |(_, name, _)| name)
}

fn camel(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
