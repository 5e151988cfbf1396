//! The JSON interface without PHP: the router and the OpenAPI document are one, nothing that is sent makes it fail, and
//! whatever strangers ask for leaves those who are signed in their part.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::cell::RefCell;
use std::convert::Infallible;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use twofactor::account::Denied;
use twofactor::api::{Api, ChangedBy, Host, HostAct, Request, Response};
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::types::UserId;
use twofactor::verifier::{
    CameOf, Client, Error, Memberships, Message, ProvenNumber, RequestOf, User, Verifier,
};
use zeroize::Zeroizing;

const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const START: i64 = 1_700_000_010;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn user(id: &str) -> User {
    User {
        id: UserId::new(id).unwrap(),
        name: "ada".to_owned(),
        email: Some("ada@example.org".to_owned()),
        locale: None,
        standing: twofactor::verifier::Standing::Unknown,
    }
}

/// A host that knows one user, whose password is "right".
struct OneUser {
    verifier: Verifier,
    waited: RefCell<Vec<Duration>>,
    told: RefCell<Vec<String>>,
}

impl OneUser {
    fn with(settings: &[(&str, &str)]) -> Self {
        let settings = [&[("store", "memory:")], settings].concat();
        let config = Config::parse(settings.iter().copied()).unwrap();
        Self {
            verifier: Verifier::open(config, Some(KeyRing::parse(KEY).unwrap()), true).unwrap(),
            waited: RefCell::default(),
            told: RefCell::default(),
        }
    }
}

impl Host for OneUser {
    type Failure = Infallible;

    fn ask<R>(&self, question: impl FnOnce(&Verifier) -> R) -> Result<R, Infallible> {
        Ok(question(&self.verifier))
    }

    fn does(&self, _: HostAct) -> bool {
        true
    }

    fn authenticate(&self, name: &str, password: &str) -> Result<Option<User>, Infallible> {
        Ok((name == "ada" && password == "right").then(|| user("1")))
    }

    fn check_password(&self, _: &UserId, password: &str) -> Result<bool, Infallible> {
        Ok(password == "right")
    }

    fn sign_in(&self, _: &UserId, _: CameOf<'_>) -> Result<Option<Zeroizing<String>>, Infallible> {
        Ok(Some(Zeroizing::new("token".to_owned())))
    }

    fn go_on(&self, _: &UserId, _: ChangedBy<'_>) -> Result<Option<Zeroizing<String>>, Infallible> {
        Ok(None)
    }

    fn mail(&self, _: &Message) -> Result<(), Infallible> {
        Ok(())
    }

    fn notify(&self, _: &Message) -> Result<bool, Infallible> {
        Ok(true)
    }

    fn find_user(&self, name: &str) -> Result<Option<User>, Infallible> {
        Ok((name == "ada").then(|| user("1")))
    }

    fn load_user(&self, _: &UserId) -> Result<Option<User>, Infallible> {
        Ok(Some(user("1")))
    }

    fn memberships(&self, _: &UserId) -> Result<Memberships, Infallible> {
        Ok(Memberships::default())
    }

    fn accepts_password(&self, _: &str) -> Result<bool, Infallible> {
        Ok(true)
    }

    fn set_password(&self, _: &UserId, _: &str) -> Result<(), Infallible> {
        Ok(())
    }

    fn number_proven(&self, _: &ProvenNumber) -> Result<(), Infallible> {
        Ok(())
    }

    fn age(&self) -> Duration {
        Duration::ZERO
    }

    fn wait(&self, rest: Duration) {
        self.waited.borrow_mut().push(rest);
    }

    fn tell_operator(&self, what: &str) {
        self.told.borrow_mut().push(what.to_owned());
    }
}

fn ask(host: &OneUser, method: &str, path: &str, body: &[u8], user: Option<&User>) -> Response {
    let client = Client::new("192.0.2.1".parse::<std::net::IpAddr>().unwrap(), "");
    let request = Request {
        method,
        path,
        content_type: Some("application/json"),
        body,
        client: &client,
        user,
        credential: None,
        subject: None,
    };
    let api = Api::new("/api").unwrap();
    let Ok(response) = api.handle(at(0), &request, host);
    response
}

/// Method, path and what is said of it, of every end point in the document.
fn documented() -> Vec<(String, String, Value)> {
    let document = Api::new("/api").unwrap().open_api();
    let document: Value = serde_json::from_str(&document).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let operations = paths.into_iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().clone();
        operations
            .into_iter()
            .map(move |(verb, it)| (verb.to_uppercase(), path.clone(), it))
    });
    operations.collect()
}

#[test]
fn the_router_takes_what_the_document_says_and_nothing_else() {
    let host = OneUser::with(&[]);
    let all = documented();
    assert_eq!(all.len(), 25);
    let paths: std::collections::BTreeSet<_> = all.iter().map(|(_, path, _)| path).collect();
    for path in paths {
        for verb in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "",
        ] {
            let is_there = all.iter().any(|(it, of, _)| it == verb && of == path);
            let response = ask(&host, verb, path, b"", Some(&user("1")));
            assert_eq!(response.status != 405, is_there, "{verb} {path}");
        }
        for near in [
            format!("{path}/"),
            format!("{path}x"),
            path.replace("/api", ""),
        ] {
            assert_eq!(ask(&host, "POST", &near, b"{}", None).status, 404, "{near}");
        }
    }
}

/// The objects that a schema may be, one by one.
fn each_of(schema: &Value) -> Vec<Value> {
    match schema["oneOf"].as_array() {
        Some(all) => all.iter().flat_map(each_of).collect(),
        None => vec![schema.clone()],
    }
}

/// Every body that the document calls right is read, and without each of its fields that have to be there it is not.
#[test]
fn a_body_is_read_exactly_if_the_document_calls_it_right() {
    let host = OneUser::with(&[
        ("api_per_network_minute", "100000"),
        ("api_per_network_hour", "100000"),
    ]);
    let document: Value = serde_json::from_str(&Api::new("").unwrap().open_api()).unwrap();
    let schemas = document["components"]["schemas"].clone();
    let example = |schema: &Value| -> Value {
        if let Some(words) = schema["enum"].as_array() {
            return words[0].clone();
        }
        if schema["type"] == "boolean" {
            return json!(false);
        }
        let least = schema["minLength"].as_u64().unwrap();
        // Two letters are a region, thirty-two are a session.
        json!(if least == 2 {
            "DE".to_owned()
        } else {
            "a".repeat(usize::try_from(least).unwrap())
        })
    };
    let mut read = 0;
    for (verb, path, operation) in documented() {
        let Some(reference) =
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()
        else {
            continue;
        };
        let schema = &schemas[reference.rsplit('/').next().unwrap()];
        for one in each_of(schema) {
            let properties = one["properties"].as_object().unwrap();
            let whole: Value = properties
                .iter()
                .map(|(name, schema)| (name.clone(), example(schema)))
                .collect::<serde_json::Map<_, _>>()
                .into();
            let status = |body: &Value| {
                ask(
                    &host,
                    &verb,
                    &path,
                    body.to_string().as_bytes(),
                    Some(&user("1")),
                )
                .status
            };
            assert_ne!(status(&whole), 400, "{verb} {path} {whole}");
            for (name, schema) in properties {
                let is_required = one["required"].as_array().unwrap().contains(&json!(name));
                let mut without = whole.clone();
                without.as_object_mut().unwrap().remove(name);
                // Without the name that tells two bodies apart it is the other one.
                assert_eq!(
                    status(&without) == 400,
                    is_required,
                    "{path} without {name}"
                );
                let mut wrong = whole.clone();
                for value in [json!(1), json!(null), json!([]), json!({})] {
                    wrong[name] = value;
                    assert_eq!(status(&wrong), 400, "{path} {wrong}");
                }
                if let Some(most) = schema["maxLength"].as_u64() {
                    wrong[name] = json!("a".repeat(usize::try_from(most).unwrap() + 1));
                    assert_eq!(status(&wrong), 400, "{path} with a long {name}");
                }
            }
            let mut more = whole.clone();
            more["more"] = json!("x");
            assert_eq!(status(&more), 400);
            read += 1;
        }
    }
    assert_eq!(read, 29);
}

/// What is wrong with a value, by what our schemas say; empty if nothing is.
fn faults(value: &Value, schema: &Value, place: &str) -> Vec<String> {
    if let Some(all) = schema["oneOf"].as_array() {
        let fitting = all.iter().filter(|it| faults(value, it, place).is_empty());
        let count = fitting.count();
        return if count == 1 {
            Vec::new()
        } else {
            vec![format!("{place} is {count} of them")]
        };
    }
    let mut found = Vec::new();
    let is_of_type = match schema["type"].as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        other => panic!("{other}"),
    };
    if !is_of_type {
        found.push(format!("{place} is of another type"));
    }
    if let Some(words) = schema["enum"].as_array() {
        found.extend((!words.contains(value)).then(|| format!("{place} is no such word")));
    }
    for one in value.as_array().into_iter().flatten() {
        found.extend(faults(one, &schema["items"], place));
    }
    if let Some(members) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            let is_there = members.contains_key(name.as_str().unwrap());
            found.extend((!is_there).then(|| format!("{place} has no {name}")));
        }
        for (name, value) in members {
            match schema["properties"].get(name) {
                Some(schema) => found.extend(faults(value, schema, &format!("{place}.{name}"))),
                None => found.push(format!("{place} may have no {name}")),
            }
        }
    }
    found
}

/// A client that was made of the document goes on when an answer says more than it did, and is told what nothing answers by
/// nobody; what is sent stays strict.
#[test]
fn answers_may_get_more_fields_and_requests_may_not_and_no_answer_names_what_is_not_there() {
    let document: Value = serde_json::from_str(&Api::new("").unwrap().open_api()).unwrap();
    let mut requests = std::collections::BTreeSet::new();
    for (_, _, operation) in documented() {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        requests.extend(schema["$ref"].as_str().map(str::to_owned));
    }
    assert!(!document.to_string().contains("passkey"));
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let is_request = requests.contains(&format!("#/components/schemas/{name}"));
        for one in each_of(schema) {
            assert_eq!(one["additionalProperties"] == false, is_request, "{name}");
        }
    }
}

/// What the examples show of a number, an address and a method is what a server answers there.
#[test]
fn examples_are_what_a_server_answers() {
    let number = PhoneNumber::parse("01512 3456789", Some("DE")).unwrap();
    let mut shown = 0;
    for (verb, path, operation) in documented() {
        for response in operation["responses"].as_object().unwrap().values() {
            let examples = response["content"]["application/json"]["examples"].as_object();
            for example in examples.into_iter().flat_map(serde_json::Map::values) {
                let answer = &example["value"];
                let place = format!("{verb} {path} {answer}");
                let method = answer["method"].as_str().unwrap_or_default();
                if let Some(to) = answer["destination"].as_str() {
                    let masked = if method == "email" {
                        "a•••@example.org".to_owned()
                    } else {
                        number.masked()
                    };
                    assert_eq!(to, masked, "{place}");
                    shown += 1;
                }
                for (end, fits) in [
                    ("/phone", ["sms", "voice", "whatsapp"].as_slice()),
                    ("/email", &["email"]),
                ] {
                    let own = path.ends_with(end) || path.ends_with(&format!("{end}/confirm"));
                    if own && path.contains("/2fa/") {
                        assert!(fits.contains(&method), "{place}");
                        assert!(answer.get("nextCodeAt").is_none(), "{place}");
                        shown += 1;
                    }
                }
            }
        }
    }
    assert!(shown >= 9, "{shown}");
}

/// The words of `reason` are in the document, each.
#[test]
fn every_reason_for_refusing_a_number_or_a_factor_is_in_the_document() {
    let document: Value = serde_json::from_str(&Api::new("").unwrap().open_api()).unwrap();
    let about = &document["components"]["schemas"]["Problem"]["properties"]["reason"];
    let about = about["description"].as_str().unwrap();
    use twofactor::account::{FactorError, LabelError};
    use twofactor::phone::{PhoneError, Unreachable};
    let numbers = [
        PhoneError::Empty,
        PhoneError::TooLong,
        PhoneError::Characters,
        PhoneError::Extension,
        PhoneError::RegionNeeded,
        PhoneError::UnknownRegion,
        PhoneError::Invalid,
    ];
    let unreachable = [
        Unreachable::Landline,
        Unreachable::TollFree,
        Unreachable::PremiumRate,
        Unreachable::SharedCost,
        Unreachable::Voip,
        Unreachable::Personal,
        Unreachable::Pager,
        Unreachable::Uan,
        Unreachable::Voicemail,
        Unreachable::NonGeographic,
        Unreachable::Unknown,
        Unreachable::Country,
        Unreachable::Method,
    ];
    let factors = [
        FactorError::TooManyApps,
        FactorError::OneApp,
        FactorError::Unknown,
        FactorError::TooWeak,
        FactorError::Last,
        FactorError::LastStrong,
        FactorError::OtherCodes(twofactor::types::Method::BackupCode),
        FactorError::Label(LabelError::Empty),
        FactorError::Label(LabelError::TooLong),
        FactorError::Label(LabelError::Character),
        FactorError::Label(LabelError::Taken),
    ];
    let words = numbers.map(PhoneError::reason).into_iter();
    let words = words.chain(unreachable.map(Unreachable::reason));
    for word in words.chain(factors.map(FactorError::reason)) {
        assert!(about.contains(&format!("`{word}`")), "{word}");
    }
}

/// Whoever reads the document for the first time is told of every request, answer and field what it is, and shown one.
#[test]
fn everything_in_the_document_is_described_and_every_request_and_answer_has_an_example_that_fits() {
    fn described(schema: &Value, place: &str) {
        let about = schema["description"].as_str().unwrap_or_default();
        assert!(about.len() > 4, "{place} is not described");
        for one in schema["oneOf"].as_array().into_iter().flatten() {
            described(one, place);
        }
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            described(of, &format!("{place}.{name}"));
        }
        if schema["items"]["type"] == "object" {
            described(&schema["items"], place);
        }
    }
    let host = OneUser::with(&[
        ("api_per_network_minute", "100000"),
        ("api_per_network_hour", "100000"),
    ]);
    let document: Value = serde_json::from_str(&Api::new("").unwrap().open_api()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (name, schema) in schemas.as_object().unwrap() {
        described(schema, name);
    }
    let fitting = |content: &Value, place: &str| -> Vec<Value> {
        let name = content["schema"]["$ref"].as_str().unwrap();
        let schema = &schemas[name.rsplit('/').next().unwrap()];
        let examples = content["examples"].as_object();
        let examples = examples.unwrap_or_else(|| panic!("{place} has no example"));
        assert!(!examples.is_empty(), "{place}");
        let values = examples.values().map(|example| {
            let example = match example["$ref"].as_str() {
                Some(name) => &document["components"]["examples"][name.rsplit('/').next().unwrap()],
                None => example,
            };
            assert!(example["summary"].as_str().is_some_and(|it| it.len() > 4));
            assert_eq!(
                faults(&example["value"], schema, place),
                Vec::<String>::new()
            );
            example["value"].clone()
        });
        values.collect()
    };
    let mut shown = 0;
    let tags = document["tags"].as_array().unwrap();
    for (verb, path, operation) in documented() {
        assert_ne!(operation["description"], operation["summary"]);
        described(&operation, &path);
        let tag = &operation["tags"][0];
        assert!(tags.iter().any(|it| it["name"] == *tag), "{path}: {tag}");
        let request = &operation["requestBody"];
        if request.is_object() {
            described(request, &path);
            for body in fitting(&request["content"]["application/json"], &path) {
                let body = body.to_string();
                let status = ask(&host, &verb, &path, body.as_bytes(), Some(&user("1"))).status;
                assert_ne!(status, 400, "{path}: {body}");
                shown += 1;
            }
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let place = format!("{verb} {path} {status}");
            described(response, &place);
            let headers = response["headers"].as_object();
            let has = |name: &str| headers.is_some_and(|headers| headers.contains_key(name));
            assert_eq!(has("WWW-Authenticate"), status == "401", "{place}");
            assert_eq!(has("Retry-After"), ["429", "503"].contains(&&**status));
            for (kind, content) in response["content"].as_object().into_iter().flatten() {
                if kind == "text/plain" {
                    assert!(content["examples"]["text"]["value"].is_string());
                    continue;
                }
                for answer in fitting(content, &place) {
                    if kind == "application/problem+json" {
                        assert_eq!(answer["status"].to_string(), *status, "{place}");
                    }
                    shown += 1;
                }
            }
        }
    }
    assert!(shown > 150, "{shown}");
    // What stands for a secret cannot be taken for one.
    let text = include_str!("../../src/api/examples.json");
    let long = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    for word in long.filter(|word| word.len() >= 20) {
        assert!(
            word.contains("EXAMPLE")
                || "0123456789abcdef".contains(&word[..10])
                || word.starts_with("fedcba"),
            "{word} looks like a secret"
        );
    }
}

#[test]
fn a_reset_takes_its_time_for_somebody_as_for_nobody() {
    let host = OneUser::with(&[]);
    // Without a telephone on this site there is none.
    let response = ask(
        &host,
        "POST",
        "/api/password/phone",
        br#"{"name": "ada"}"#,
        None,
    );
    assert_eq!((response.status, host.waited.borrow().len()), (501, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_sent_is_answered(
        place in 0..23usize,
        bytes in any::<Vec<u8>>(),
        text in "\\{(\"(name|code|setup|password)\": ?(\"[^\"]{0,9}\"|1|null|\\[\\]),? ?){0,3}\\}",
        signed_in: bool,
    ) {
        let host = OneUser::with(&[("api_per_network_minute", "100000"), ("api_per_network_hour", "100000")]);
        let (verb, path, _) = &documented()[place];
        let user = user("1");
        for body in [bytes.as_slice(), text.as_bytes()] {
            let response = ask(&host, verb, path, body, signed_in.then_some(&user));
            prop_assert!(response.status < 500 || response.status == 501, "{}", response.status);
        }
        prop_assert!(host.told.borrow().is_empty());
    }

    /// Guesses, those who know a password and one who is signed in never take all together, whoever asks in which order.
    #[test]
    fn whatever_others_ask_for_leaves_each_who_is_signed_in_their_part(
        limit in 6u32..40,
        before in proptest::collection::vec(0..4u8, 0..200),
    ) {
        let text = limit.to_string();
        let host = OneUser::with(&[("api_per_network_minute", &text), ("api_per_network_hour", "100000")]);
        let client = Client::new("2001:db8:1:2::3".parse::<std::net::IpAddr>().unwrap(), "");
        let beside = Client::new("2001:db8:1:ffff::1".parse::<std::net::IpAddr>().unwrap(), "");
        let users = [UserId::new("1").unwrap(), UserId::new("2").unwrap()];
        let of = |who: u8| match who {
            0 => RequestOf::Nobody,
            1 => RequestOf::Password,
            2 => RequestOf::User(&users[0]),
            _ => RequestOf::User(&users[1]),
        };
        let mut granted = [0u32; 4];
        for who in before {
            let client = if who == 0 { &beside } else { &client };
            match host.verifier.admit_request(at(0), client, of(who)) {
                Ok(()) => granted[usize::from(who)] += 1,
                Err(Error::Denied(Denied::Throttled { retry_after })) => {
                    // A window, and what shares a mark in it.
                    prop_assert!((1..=63).contains(&retry_after));
                }
                Err(error) => panic!("{error}"),
            }
        }
        prop_assert!(granted[0] <= limit / 4);
        prop_assert!(granted[0] + granted[1] <= limit / 3);
        prop_assert!(granted[2] <= limit / 3 && granted[3] <= limit / 3);
        prop_assert!(granted.iter().sum::<u32>() <= limit);
        // Without the one who is signed in there is something for the other, whatever all others did.
        if granted[3] == 0 {
            prop_assert!(host.verifier.admit_request(at(0), &client, of(3)).is_ok());
        }
        // A clock that was ahead keeps nobody out for longer than a window.
        prop_assert!(host.verifier.admit_request(at(70), &client, of(0)).is_ok());
        let _ = host.verifier.admit_request(at(-1000), &client, of(2));
        prop_assert!(host.verifier.admit_request(at(-930), &client, of(2)).is_ok());
    }
}
