//! What a provider's answer means, as an operator describes it.
//!
//! ```text
//! MEANING: STATUS [TEST]…        the first line that fits counts; where none does, the message was perhaps sent
//!
//! taken: 200 $.messages.0.status=0
//! number: 200 $.messages.0.status=6|7
//! credentials: 401
//! later: 429
//! ```
//!
//! A test names a place in an answer of JSON by the steps to it (`$.name.0.name`), or the whole text (`body`), and one
//! or several values: `*` at the end of one stands for anything.
//!
//! No line can say of a fault of the provider's (5xx) that nothing was sent, but for 503, nor of a success without a
//! test that it is a refusal.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::json;
use crate::sms::http::Reply;
use crate::sms::pause;
use crate::sms::refusal::Refusal;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It has the message.
    Taken,
    /// It has not, and may another time.
    Later,
    /// It will not have it.
    Refused(Refusal),
    /// It will not have it, for a reason that only its status tells.
    Unlisted,
}

impl Meaning {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "taken" => Self::Taken,
            "later" => Self::Later,
            "number" => Self::Refused(Refusal::Number),
            "opted-out" => Self::Refused(Refusal::OptedOut),
            "country" => Self::Refused(Refusal::Country),
            "fraud" => Self::Refused(Refusal::Fraud),
            "limit" => Self::Refused(Refusal::Limit),
            "credentials" => Self::Refused(Refusal::Credentials),
            "account" => Self::Refused(Refusal::Account),
            "sender" => Self::Refused(Refusal::Sender),
            "refused" => Self::Unlisted,
            _ => return None,
        })
    }

    /// Whether an answer of these statuses may mean it.
    fn fits(self, status: &RangeInclusive<u16>, has_test: bool) -> bool {
        let within = |from: u16, to: u16| from <= *status.start() && *status.end() <= to;
        let is_told = within(400, 499) || within(200, 299) && has_test;
        match self {
            Self::Taken => within(200, 299),
            Self::Later => is_told && has_test || within(429, 429) || within(503, 503),
            Self::Refused(_) | Self::Unlisted => is_told,
        }
    }
}

/// Why a line is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum RuleError {
    /// No meaning, or none of these.
    #[error(
        "must begin with taken, later, number, opted-out, country, fraud, limit, credentials, account, sender or \
         refused, and a colon"
    )]
    Meaning,
    /// No status.
    #[error("must have a status behind the colon: 200, or 4xx for all that begin with 4")]
    Status,
    /// A test that is none.
    #[error("must have tests like $.name.0.name=value or body=value*")]
    Test,
    /// It would say of an answer what that does not say.
    #[error(
        "cannot mean that: taken is a status of 2xx; a refusal is one of 4xx, or of 2xx with a test; later is \
         429, 503, or one of these with a test"
    )]
    Unfit,
}

/// A place in an answer.
enum ReplyPart {
    Body,
    Json(Vec<String>),
}

impl ReplyPart {
    fn parse(text: &str) -> Option<Self> {
        if text == "body" {
            return Some(Self::Body);
        }
        let steps: Vec<_> = text.strip_prefix("$.")?.split('.').collect();
        let is_step = |step: &&str| !step.is_empty();
        steps
            .iter()
            .all(is_step)
            .then(|| Self::Json(steps.into_iter().map(str::to_owned).collect()))
    }

    /// The text there: of JSON a text, a whole number or a truth.
    fn text(&self, answer: &ReadReply<'_>) -> Option<String> {
        match self {
            Self::Body => Some(answer.body?.trim().to_owned()),
            Self::Json(steps) => {
                let step = |value: &'_ Value, step: &String| match value {
                    Value::Object(fields) => fields.get(step).cloned(),
                    Value::Array(items) => items.get(step.parse::<usize>().ok()?).cloned(),
                    _ => None,
                };
                let mut here = answer.json.clone()?;
                for name in steps {
                    here = step(&here, name)?;
                }
                match here {
                    Value::String(text) => Some(text),
                    Value::Number(number) if !number.is_f64() => Some(number.to_string()),
                    Value::Bool(truth) => Some(truth.to_string()),
                    _ => None,
                }
            }
        }
    }
}

/// A place, and what stands there.
struct Test {
    place: ReplyPart,
    values: Vec<String>,
}

impl Test {
    fn parse(text: &str) -> Option<Self> {
        let (place, values) = text.split_once('=')?;
        let values: Vec<_> = values.split('|').map(str::to_owned).collect();
        let is_value = |value: &String| {
            !value.is_empty() && !value.strip_suffix('*').unwrap_or(value).contains('*')
        };
        values.iter().all(is_value).then_some(Self {
            place: ReplyPart::parse(place)?,
            values,
        })
    }

    /// The value that stands there, as the operator wrote it.
    fn matching(&self, answer: &ReadReply<'_>) -> Option<&str> {
        let text = self.place.text(answer)?;
        let fits = |value: &&String| match value.strip_suffix('*') {
            Some(beginning) => text.starts_with(beginning),
            None => text == **value,
        };
        self.values.iter().find(fits).map(String::as_str)
    }
}

/// A line.
struct Rule {
    meaning: Meaning,
    status: RangeInclusive<u16>,
    tests: Vec<Test>,
}

impl Rule {
    fn parse(line: &str) -> Result<Self, RuleError> {
        let (word, rest) = line.split_once(':').ok_or(RuleError::Meaning)?;
        let meaning = Meaning::of(word.trim()).ok_or(RuleError::Meaning)?;
        let mut words = rest.split_whitespace();
        let status = words.next().and_then(statuses).ok_or(RuleError::Status)?;
        let tests: Option<Vec<_>> = words.map(Test::parse).collect();
        let tests = tests.ok_or(RuleError::Test)?;
        if !meaning.fits(&status, !tests.is_empty()) {
            return Err(RuleError::Unfit);
        }
        Ok(Self {
            meaning,
            status,
            tests,
        })
    }

    /// The values that its tests found, if all did.
    fn matching(&self, answer: &ReadReply<'_>) -> Option<Vec<&str>> {
        if !self.status.contains(&answer.status) {
            return None;
        }
        self.tests
            .iter()
            .map(|test| test.matching(answer))
            .collect()
    }
}

/// `200`, or `2xx`.
fn statuses(text: &str) -> Option<RangeInclusive<u16>> {
    if let Some(first) = text.strip_suffix("xx") {
        let first: u16 = first.parse().ok().filter(|it| (1..=5).contains(it))?;
        let from = first.saturating_mul(100);
        return Some(from..=from.saturating_add(99));
    }
    let status = text.parse().ok().filter(|it| (100..=599).contains(it))?;
    Some(status..=status)
}

/// An answer, read once.
struct ReadReply<'a> {
    status: u16,
    body: Option<&'a str>,
    json: Option<Value>,
}

/// What was found in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What it means.
    pub(super) meaning: Meaning,
    /// The status, and what the tests of its line found, as the operator wrote it.
    pub(super) detail: String,
    /// The provider's name of the message.
    pub(super) id: Option<String>,
    /// Seconds to wait, where it says so.
    pub(super) retry_after: Option<u64>,
}

/// All lines.
pub(super) struct Rules {
    rules: Vec<Rule>,
    id: Option<ReplyPart>,
}

/// Which line is wrong, from 1, and why.
pub(super) type LineError = (usize, RuleError);

impl Rules {
    /// Reads them, and where an answer names the message.
    pub(super) fn parse(lines: &[String], id: Option<&str>) -> Result<Self, LineError> {
        let rule = |(place, line): (usize, &String)| Rule::parse(line).map_err(|why| (place, why));
        Ok(Self {
            rules: (1..).zip(lines).map(rule).collect::<Result<_, _>>()?,
            id: id
                .map(|text| ReplyPart::parse(text).ok_or((0, RuleError::Test)))
                .transpose()?,
        })
    }

    /// Whether any answer is a yes.
    pub(super) fn can_take(&self) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| rule.meaning == Meaning::Taken)
    }

    /// What an answer means; `None` where no line knows it.
    pub(super) fn read(&self, reply: &Reply) -> Option<Found> {
        let answer = ReadReply {
            status: reply.status,
            body: std::str::from_utf8(&reply.body).ok(),
            json: json::read_value(&reply.body).ok(),
        };
        let (rule, values) = self
            .rules
            .iter()
            .find_map(|rule| Some((rule, rule.matching(&answer)?)))?;
        let mut detail = format!("HTTP {}", reply.status);
        for value in values {
            detail.push_str(", ");
            detail.push_str(value);
        }
        let id = self.id.as_ref().and_then(|place| place.text(&answer));
        Some(Found {
            meaning: rule.meaning,
            detail,
            id: id.filter(|id| is_id(id)),
            retry_after: pause::asked_for(reply),
        })
    }
}

fn is_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(lines: &[&str], id: Option<&str>) -> Result<Rules, LineError> {
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        Rules::parse(&lines, id)
    }

    fn found(rules: &Rules, status: u16, body: &str) -> Option<(Meaning, String)> {
        let reply = Reply::for_test(status, body);
        rules.read(&reply).map(|it| (it.meaning, it.detail))
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let rules = rules(
            &[
                "taken: 200 $.messages.0.status=0",
                "number: 200 $.messages.0.status=6|7",
                "credentials: 200 $.messages.0.status=4 $.messages.0.text=Bad*",
                "refused: 2xx $.messages.0.status=*",
                "later: 429",
                "limit: 4xx $.code=9",
                "refused: 4xx",
            ],
            None,
        )
        .unwrap();
        let message =
            |status: &str| format!(r#"{{"messages": [{{"status": {status}, "text": "Bad x"}}]}}"#);
        for (status, body, wanted) in [
            (200, message("\"0\""), Some((Meaning::Taken, "HTTP 200, 0"))),
            (200, message("0"), Some((Meaning::Taken, "HTTP 200, 0"))),
            (
                200,
                message("\"7\""),
                Some((Meaning::Refused(Refusal::Number), "HTTP 200, 7")),
            ),
            (
                200,
                message("4"),
                Some((Meaning::Refused(Refusal::Credentials), "HTTP 200, 4, Bad*")),
            ),
            (200, message("99"), Some((Meaning::Unlisted, "HTTP 200, *"))),
            (201, message("0"), Some((Meaning::Unlisted, "HTTP 201, *"))),
            (429, String::new(), Some((Meaning::Later, "HTTP 429"))),
            (
                400,
                r#"{"code": 9}"#.to_owned(),
                Some((Meaning::Refused(Refusal::Limit), "HTTP 400, 9")),
            ),
            (
                404,
                "<html>".to_owned(),
                Some((Meaning::Unlisted, "HTTP 404")),
            ),
            // What no line knows was perhaps sent.
            (200, message("null"), None),
            (200, message("0.5"), None),
            (200, message("[0]"), None),
            (200, "{}".to_owned(), None),
            (
                200,
                r#"{"messages": {"1": {"status": 0}}}"#.to_owned(),
                None,
            ),
            (200, String::new(), None),
            (500, message("0"), None),
            (302, message("0"), None),
            (503, String::new(), None),
        ] {
            let wanted = wanted.map(|(meaning, detail)| (meaning, detail.to_owned()));
            assert_eq!(found(&rules, status, &body), wanted, "{status} {body}");
        }
    }

    #[test]
    fn an_answer_with_two_meanings_has_none() {
        let rules = rules(&["taken: 200 $.ok=true", "refused: 200 $.ok=false"], None).unwrap();
        assert_eq!(found(&rules, 200, r#"{"ok": true, "ok": false}"#), None);
        assert_eq!(found(&rules, 200, r#"{"ok": true} {"ok": false}"#), None);
    }

    #[test]
    fn texts_are_read_as_they_are() {
        let rules = rules(
            &["taken: 200 body=OK*", "number: 200 body=ERR_1|ERR_2"],
            None,
        )
        .unwrap();
        for (body, wanted) in [
            ("OK: 17", Some(Meaning::Taken)),
            (" OK\n", Some(Meaning::Taken)),
            ("ERR_2\r\n", Some(Meaning::Refused(Refusal::Number))),
            ("ERR_22", None),
            ("NOT OK", None),
            ("", None),
        ] {
            let found = found(&rules, 200, body).map(|(meaning, _)| meaning);
            assert_eq!(found, wanted, "{body}");
        }
    }

    #[test]
    fn an_answer_names_the_message() {
        for (path, body, wanted) in [
            ("$.id", r#"{"id": "a-1"}"#, Some("a-1")),
            ("$.data.0.id", r#"{"data": [{"id": 17}]}"#, Some("17")),
            ("$.0.id", r#"[{"id": "x"}]"#, Some("x")),
            ("$.id", r#"{"id": "a b"}"#, None),
            ("$.id", r#"{"id": ""}"#, None),
            ("$.id", r#"{"id": null}"#, None),
            ("$.id", r#"{}"#, None),
            ("body", "17", Some("17")),
        ] {
            let rules = rules(&["taken: 200"], Some(path)).unwrap();
            let found = rules.read(&Reply::for_test(200, body)).unwrap();
            assert_eq!(found.id.as_deref(), wanted, "{path} {body}");
        }
        let long = format!(r#"{{"id": "{}"}}"#, "x".repeat(101));
        let rules = rules(&["taken: 200"], Some("$.id")).unwrap();
        assert_eq!(rules.read(&Reply::for_test(200, &long)).unwrap().id, None);
    }

    #[test]
    fn no_line_says_more_than_an_answer_can() {
        use RuleError::{Meaning, Status, Test, Unfit};
        for (line, wanted) in [
            ("200", Meaning),
            ("sent: 200", Meaning),
            ("taken:", Status),
            ("taken: ok", Status),
            ("taken: 20x", Status),
            ("taken: 600", Status),
            ("taken: 6xx", Status),
            ("taken: 200 ok", Test),
            ("taken: 200 $=1", Test),
            ("taken: 200 $.=1", Test),
            ("taken: 200 $.a..b=1", Test),
            ("taken: 200 $.a=", Test),
            ("taken: 200 $.a=*x", Test),
            ("taken: 200 text=1", Test),
            ("taken: 400", Unfit),
            ("taken: 500 $.a=1", Unfit),
            ("taken: 302", Unfit),
            ("refused: 200", Unfit),
            ("number: 2xx", Unfit),
            ("refused: 5xx", Unfit),
            ("refused: 503", Unfit),
            ("account: 500 $.a=1", Unfit),
            ("later: 500 $.a=1", Unfit),
            ("later: 5xx", Unfit),
            ("later: 4xx", Unfit),
            ("later: 200", Unfit),
            ("refused: 301", Unfit),
        ] {
            assert_eq!(rules(&[line], None).err(), Some((1, wanted)), "{line}");
        }
        for line in [
            "taken: 2xx",
            "later: 503",
            "later: 503 $.a=1",
            "later: 4xx $.a=1",
            "later: 429",
            "later: 200 $.a=1",
            "fraud: 403",
            "country:403",
            "opted-out : 403",
        ] {
            assert!(rules(&[line], None).is_ok(), "{line}");
        }
    }
}
