//! A policy as it is written: JSON in which every name is known, and nothing is left to be guessed.
//!
//! ```json
//! {"rules": [{"for": {"roles": ["admin"]}, "except": {"users": ["7"]},
//!             "level": "required", "grace_days": 14, "sign_in": "any", "step_up": "no-restricted"},
//!            {"for": "all", "level": "encourage", "again_days": 30}]}
//! ```

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::policy::{Level, Named, Policy, Rule, Subject, Whom};
use crate::json;
use crate::premium::Premium;
use crate::types::Strength;

/// The longest policy, in bytes.
pub const MOST_BYTES: usize = 32 * 1024;
const MOST_RULES: usize = 100;
/// Names in one list.
const MOST_NAMES: usize = 1000;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest grace, and the longest time until somebody is reminded again, in days.
const MOST_DAYS: u64 = 366;

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {why}")]
pub struct PolicyError {
    path: String,
    why: String,
}

fn wrong<T>(path: &str, why: impl Into<String>) -> Result<T, PolicyError> {
    Err(PolicyError {
        path: path.to_owned(),
        why: why.into(),
    })
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`] with the path of what is wrong.
    pub fn read(_: &Premium, text: &str) -> Result<Self, PolicyError> {
        policy(text)
    }
}

/// The strongest that a policy asks of a user, by now or later, where nobody knows their roles and groups; `None` where it
/// asks for nothing, or was written by another version. It counts without a licence, too: whoever may not change the policy
/// must not be able to end the licence first.
#[must_use]
pub fn strongest_without_licence(text: &str, user: &str) -> Option<Strength> {
    let subject = Subject {
        user,
        roles: None,
        groups: None,
    };
    let (sign_in, step_up) = policy(text).ok()?.of(&subject).full();
    sign_in.max(step_up)
}

pub(super) fn policy(text: &str) -> Result<Policy, PolicyError> {
    if text.len() > MOST_BYTES {
        return wrong("the policy", format!("is longer than {MOST_BYTES} bytes"));
    }
    let value = match json::read_value(text.as_bytes()) {
        Ok(value) => value,
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            return wrong(
                "the policy",
                format!(
                    "must be JSON in which no name is there twice: see line {line}, column {column}"
                ),
            );
        }
    };
    let Value::Object(fields) = value else {
        return wrong("the policy", "must be an object");
    };
    known(&fields, "", &["rules"])?;
    let Some(Value::Array(rules)) = fields.get("rules") else {
        return wrong("rules", "must be a list");
    };
    if rules.len() > MOST_RULES {
        return wrong("rules", format!("must be {MOST_RULES} at most"));
    }
    let rules = rules.iter().enumerate();
    let rules = rules.map(|(place, value)| rule(value, &format!("rules[{place}]")));
    Ok(Policy {
        rules: rules.collect::<Result<_, _>>()?,
    })
}

/// Refuses a name that is none of these.
fn known(fields: &Map<String, Value>, path: &str, names: &[&str]) -> Result<(), PolicyError> {
    let mut unknown = fields.keys().filter(|name| !names.contains(&&***name));
    match unknown.next() {
        None => Ok(()),
        // What was typed is shown as far as it can be.
        Some(name) => {
            let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let path = if path.is_empty() { "the policy" } else { path };
            let names = names.join(", ");
            wrong(path, format!("has \"{name}\", and may have {names}"))
        }
    }
}

fn rule(value: &Value, path: &str) -> Result<Rule, PolicyError> {
    let Value::Object(fields) = value else {
        return wrong(path, "must be an object");
    };
    let names = [
        "for",
        "except",
        "level",
        "grace_days",
        "again_days",
        "sign_in",
        "step_up",
    ];
    known(fields, path, &names)?;
    let at = |name: &str| format!("{path}.{name}");
    let whom = match fields.get("for") {
        Some(Value::String(all)) if all == "all" => Whom::All,
        Some(value @ Value::Object(_)) => Whom::Named(named(value, &at("for"))?),
        _ => {
            let why = "must be \"all\" or an object with roles, groups or users";
            return wrong(&at("for"), why);
        }
    };
    let but = match fields.get("except") {
        None => Named::default(),
        Some(value) => named(value, &at("except"))?,
    };
    let sign_in = strength(fields.get("sign_in"), &at("sign_in"))?.unwrap_or(Strength::Any);
    let step_up = strength(fields.get("step_up"), &at("step_up"))?.unwrap_or(sign_in);
    Ok(Rule {
        whom,
        but,
        level: level(fields, &at)?,
        sign_in,
        step_up,
    })
}

fn level(fields: &Map<String, Value>, at: &dyn Fn(&str) -> String) -> Result<Level, PolicyError> {
    let level = fields.get("level").and_then(Value::as_str);
    let days = |name: &str| match fields.get(name).and_then(Value::as_u64) {
        Some(days) if (1..=MOST_DAYS).contains(&days) => Ok(u32::try_from(days).unwrap_or(0)),
        _ => wrong(
            &at(name),
            format!("must be a number of days from 1 to {MOST_DAYS}"),
        ),
    };
    let (level, own) = match level {
        Some("off") => (Level::Off, None),
        Some("encourage") => {
            let again_days = days("again_days")?;
            (Level::Encourage { again_days }, Some("again_days"))
        }
        Some("required") => {
            let grace_days = days("grace_days")?;
            (Level::Required { grace_days }, Some("grace_days"))
        }
        Some("required-now") => (Level::Required { grace_days: 0 }, None),
        _ => {
            let why = "must be \"off\", \"encourage\", \"required\" or \"required-now\"";
            return wrong(&at("level"), why);
        }
    };
    for name in ["again_days", "grace_days"] {
        // What is switched off keeps what it had.
        if level != Level::Off && own != Some(name) && fields.contains_key(name) {
            return wrong(&at(name), "means nothing at that level");
        }
    }
    Ok(level)
}

fn strength(value: Option<&Value>, path: &str) -> Result<Option<Strength>, PolicyError> {
    let Some(value) = value else {
        return Ok(None);
    };
    match value.as_str() {
        Some("phishing-resistant") => wrong(
            path,
            "cannot be \"phishing-resistant\" yet: that takes passkeys, which this version does not have",
        ),
        Some(name) if Strength::from_name(name).is_some() => Ok(Strength::from_name(name)),
        _ => wrong(path, "must be \"any\" or \"no-restricted\""),
    }
}

fn named(value: &Value, path: &str) -> Result<Named, PolicyError> {
    let Value::Object(fields) = value else {
        return wrong(path, "must be an object with roles, groups or users");
    };
    known(fields, path, &["roles", "groups", "users"])?;
    let list = |name: &str| names(fields.get(name), &format!("{path}.{name}"));
    let named = Named {
        roles: list("roles")?,
        groups: list("groups")?,
        users: list("users")?,
    };
    if named == Named::default() {
        return wrong(path, "names nobody");
    }
    Ok(named)
}

fn names(value: Option<&Value>, path: &str) -> Result<Vec<String>, PolicyError> {
    let list = match value {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= MOST_NAMES => list,
        Some(_) => {
            return wrong(
                path,
                format!("must be a list of {MOST_NAMES} names at most"),
            );
        }
    };
    let mut seen = BTreeSet::new();
    list.iter()
        .enumerate()
        .map(|(place, value)| {
            let path = format!("{path}[{place}]");
            let Some(name) = value.as_str() else {
                return wrong(&path, "must be a text");
            };
            if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
                let why = format!("must have 1 to {LONGEST_NAME} bytes and no control character");
                return wrong(&path, why);
            }
            if !seen.insert(name) {
                return wrong(&path, "is there twice");
            }
            Ok(name.to_owned())
        })
        .collect()
}
