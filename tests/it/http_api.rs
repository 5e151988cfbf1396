//! Any carrier over HTTPS, by its settings: the examples of its page against two carriers that read strictly what they
//! are sent and answer as their documents say, over TLS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::json;
use twofactor::clock::UnixTime;
use twofactor::phone::PhoneNumber;
use twofactor::sms::http::HttpSettings;
use twofactor::sms::{
    Channel, MessageBody, Provider, ProviderKind, ProviderRequest, ProviderSettings, ProviderSetup,
    Refusal, SendError, Submitted, Value,
};
use twofactor_fakes::http::{Answer, Request, Response, Server};
use twofactor_fakes::tls::Authority;
use zeroize::Zeroizing;

const PAGE: &str = include_str!("../../docs/providers/http.md");
const NUMBER: &str = "+4915123456789";
const CODE: &str = "048151";
const USER: &str = "canary-user-3b1f";
const SECRET: &str = "canary-secret-9c2e";

/// What would end a string, a field, a header or an address where it is not encoded.
const TEXT: &str =
    "048151 is your code for \"Söhne\" & Co.\\ 100% +1 {secret}\n#x;y=z\u{1f511}&to=+491";

type Script = Box<dyn Fn(&Request) -> Result<Response, String> + Send + Sync>;

/// A carrier: what it does not expect is answered with 500.
struct Carrier {
    script: Script,
    next: Mutex<VecDeque<Response>>,
    asked: Mutex<Vec<Request>>,
    wrong: Mutex<Vec<String>>,
}

impl Carrier {
    fn new(script: Script) -> Arc<Self> {
        Arc::new(Self {
            script,
            next: Mutex::default(),
            asked: Mutex::default(),
            wrong: Mutex::default(),
        })
    }

    /// Answers the next request so, if it is one it expects.
    fn answer_next(&self, response: Response) {
        self.next.lock().unwrap().push_back(response);
    }

    fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    fn is_content(&self) {
        assert_eq!(*self.wrong.lock().unwrap(), Vec::<String>::new());
    }
}

impl Answer for Carrier {
    fn answer(&self, request: &Request) -> Response {
        self.asked.lock().unwrap().push(request.clone());
        match (self.script)(request) {
            Ok(response) => self.next.lock().unwrap().pop_front().unwrap_or(response),
            Err(why) => {
                self.wrong.lock().unwrap().push(why);
                Response::json(500, &json!({}))
            }
        }
    }
}

fn expect(holds: bool, what: &str) -> Result<(), String> {
    holds.then_some(()).ok_or_else(|| what.to_owned())
}

/// `POST /sms/json` of the Vonage SMS API, and its balance.
fn vonage(request: &Request) -> Result<Response, String> {
    if request.method == "GET" {
        expect(request.path == "/account/get-balance", "the path")?;
        let query = format!("api_key={USER}&api_secret={SECRET}");
        let status = if request.query == query { 200 } else { 401 };
        return Ok(Response::json(
            status,
            &json!({"value": 1.5, "autoReload": false}),
        ));
    }
    expect(
        request.path == "/sms/json" && request.query.is_empty(),
        "the path",
    )?;
    let login = request.basic().ok_or("no Basic authentication")?;
    expect(
        login == (USER.to_owned(), SECRET.to_owned()),
        "the credentials",
    )?;
    let fields = request.form()?;
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    expect(names == ["from", "to", "text", "type"], "the fields")?;
    expect(
        fields[1].1.bytes().all(|b| b.is_ascii_digit()),
        "a number without a plus sign",
    )?;
    expect(matches!(&*fields[3].1, "text" | "unicode"), "the type")?;
    Ok(vonage_says("0"))
}

fn vonage_says(status: &str) -> Response {
    let message = match status {
        "0" => json!({"to": "4915123456789", "message-id": "0A0000000123ABCD1", "status": "0"}),
        status => json!({"status": status, "error-text": "+4915123456789 is no number"}),
    };
    Response::json(200, &json!({"message-count": "1", "messages": [message]}))
}

/// `POST /xms/v1/{service_plan_id}/batches` of the Sinch SMS API, and its list.
fn sinch(request: &Request) -> Result<Response, String> {
    expect(
        request.path == "/xms/v1/SERVICE_PLAN_ID/batches",
        "the path",
    )?;
    let authorization = request.header("authorization");
    if authorization != Some(&format!("Bearer {SECRET}")) {
        return Ok(Response::json(401, &json!({})));
    }
    if request.method == "GET" {
        expect(request.query == "page_size=1", "the query")?;
        return Ok(Response::json(200, &json!({"count": 0, "batches": []})));
    }
    expect(request.query.is_empty(), "the query")?;
    expect(
        request.header("content-type") == Some("application/json"),
        "the type",
    )?;
    let body: serde_json::Value =
        serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
    let fields: Vec<_> = body
        .as_object()
        .ok_or("no object")?
        .keys()
        .cloned()
        .collect();
    expect(fields == ["body", "from", "to"], "the fields")?;
    let to = body["to"].as_array().ok_or("no list of numbers")?;
    expect(
        to.len() == 1 && to[0].as_str().is_some_and(|to| to.starts_with('+')),
        "one number",
    )?;
    expect(
        body["body"]
            .as_str()
            .is_some_and(|text| text.chars().count() <= 2000),
        "the text",
    )?;
    Ok(Response::json(
        201,
        &json!({"id": "01FC66621XXXXX119Z8PMV1QPQ", "to": ["4915123456789"], "canceled": false}),
    ))
}

struct Scene {
    authority: Authority,
    carrier: Arc<Carrier>,
    server: Server,
}

impl Scene {
    fn of(script: Script) -> Self {
        let authority = Authority::new();
        let carrier = Carrier::new(script);
        let server = Server::start(Some(authority.server()), carrier.clone());
        Self {
            authority,
            carrier,
            server,
        }
    }

    /// The example of that name on the page, with credentials, and with this machine in the place of the carrier.
    fn settings(&self, name: &str) -> ProviderSettings {
        let example = PAGE
            .split("```json\n")
            .skip(1)
            .map(|it| it.split("```").next().unwrap())
            .find(|it| it.contains(&format!("\"name\": \"{name}\"")))
            .unwrap();
        let here = self.server.url();
        let example = example
            .replace("https://rest.nexmo.com", &here)
            .replace("https://us.sms.api.sinch.com", &here)
            .replace("\"user\": \"…\"", &format!("\"user\": \"{USER}\""))
            .replace("\"secret\": \"…\"", &format!("\"secret\": \"{SECRET}\""));
        let list: Vec<ProviderSettings> = serde_json::from_str(&example).unwrap();
        list.into_iter().next().unwrap()
    }

    fn provider(&self, settings: &ProviderSettings) -> Provider {
        let http = HttpSettings {
            ca_file: Some(self.authority.file().to_owned()),
            ..HttpSettings::default()
        };
        let setup = ProviderSetup {
            http,
            development: None,
        };
        ProviderKind::Http.make(settings, &setup).unwrap()
    }
}

fn send(provider: &mut Provider, text: &str) -> Result<Submitted, SendError> {
    let Provider::Message(carrier) = provider else {
        panic!("it takes our text");
    };
    let to = PhoneNumber::parse(NUMBER, None).unwrap();
    let request = ProviderRequest {
        to: &to,
        channel: Channel::Sms,
        locale: "de-AT",
        now: now(),
    };
    let body = MessageBody {
        text: Zeroizing::new(text.to_owned()),
        code: Zeroizing::new(CODE.to_owned()),
    };
    carrier.send(&request, &body)
}

fn now() -> UnixTime {
    UnixTime::new(1_735_732_800).unwrap()
}

fn tells_nothing(error: &SendError) {
    let shown = format!("{error} {error:?}");
    for secret in ["canary", "4915123456789", CODE, "no number", "127.0.0.1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn the_page_s_example_of_a_form_is_taken_by_a_strict_carrier() {
    let scene = Scene::of(Box::new(vonage));
    let mut provider = scene.provider(&scene.settings("vonage"));
    let sent = send(&mut provider, TEXT).unwrap();
    assert_eq!(sent.id.as_deref(), Some("0A0000000123ABCD1"));
    let form = scene.carrier.asked()[0].form().unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        form,
        [
            pair("from", "MySite"),
            pair("to", "4915123456789"),
            pair("text", TEXT),
            pair("type", "unicode"),
        ]
    );
    send(&mut provider, "048151 is your code.").unwrap();
    let form = scene.carrier.asked()[1].form().unwrap();
    assert_eq!(form[3].1, "text", "every letter is in GSM 03.38");
    provider.probe(now()).unwrap();
    scene.carrier.is_content();
}

#[test]
fn the_page_s_example_of_json_is_taken_by_a_strict_carrier() {
    let scene = Scene::of(Box::new(sinch));
    let mut provider = scene.provider(&scene.settings("sinch"));
    let sent = send(&mut provider, TEXT).unwrap();
    assert_eq!(sent.id.as_deref(), Some("01FC66621XXXXX119Z8PMV1QPQ"));
    let body: serde_json::Value = serde_json::from_slice(&scene.carrier.asked()[0].body).unwrap();
    assert_eq!(
        body,
        json!({"from": "MySite", "to": [NUMBER], "body": TEXT})
    );
    provider.probe(now()).unwrap();
    scene.carrier.is_content();
    // What is longer than it takes is not sent.
    let long = send(&mut provider, &"x".repeat(2001)).unwrap_err();
    assert!(matches!(long, SendError::NotSent(_)), "{long}");
    assert_eq!(scene.carrier.asked().len(), 2);
}

#[test]
fn refusals_are_sorted_as_their_lines_say_and_the_rest_was_perhaps_sent() {
    let scene = Scene::of(Box::new(vonage));
    let mut provider = scene.provider(&scene.settings("vonage"));
    for (status, wanted) in [
        ("4", Some(Refusal::Credentials)),
        ("9", Some(Refusal::Account)),
        ("29", Some(Refusal::Account)),
        ("15", Some(Refusal::Sender)),
        ("7", Some(Refusal::Number)),
        ("5", None),
        ("99", None),
        ("", None),
    ] {
        scene.carrier.answer_next(vonage_says(status));
        let error = send(&mut provider, "048151").unwrap_err();
        tells_nothing(&error);
        match wanted {
            Some(wanted) => {
                let SendError::Refused {
                    refusal, detail, ..
                } = error
                else {
                    panic!("{status}: {error}");
                };
                assert_eq!(refusal, wanted, "{status}");
                assert_eq!(detail, format!("HTTP 200, {status}"));
            }
            None => assert!(matches!(error, SendError::Unknown(_)), "{status}: {error}"),
        }
    }
    for status in ["1", "10", "13"] {
        scene.carrier.answer_next(vonage_says(status));
        let error = send(&mut provider, "048151").unwrap_err();
        assert!(matches!(error, SendError::NotSent(_)), "{status}: {error}");
    }
    // A yes in an answer that says no, too, a redirect, a fault of theirs, an answer that is none.
    let twice = br#"{"messages": [{"status": "0", "status": "7"}]}"#;
    let here = scene.server.url();
    for (status, body, location) in [
        (200, &twice[..], None),
        (200, b"OK", None),
        (500, br#"{"messages": [{"status": "0"}]}"#, None),
        (503, b"", None),
        (307, b"", Some(format!("{here}/sms/json"))),
    ] {
        let before = scene.carrier.asked().len();
        scene.carrier.answer_next(Response {
            status,
            headers: location
                .into_iter()
                .map(|to| ("Location".to_owned(), to))
                .collect(),
            body: body.to_vec(),
        });
        let error = send(&mut provider, "048151").unwrap_err();
        assert!(matches!(error, SendError::Unknown(_)), "{status}: {error}");
        tells_nothing(&error);
        assert_eq!(
            scene.carrier.asked().len(),
            before + 1,
            "nothing is asked twice"
        );
    }
    scene.carrier.is_content();
}

#[test]
fn an_answer_names_how_long_to_wait() {
    let scene = Scene::of(Box::new(sinch));
    let mut settings = scene.settings("sinch");
    settings.set(
        "replies",
        Value::List(vec!["taken: 201".to_owned(), "limit: 429".to_owned()]),
    );
    let mut provider = scene.provider(&settings);
    scene.carrier.answer_next(Response {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "120".to_owned())],
        body: Vec::new(),
    });
    let error = send(&mut provider, "048151").unwrap_err();
    let wanted = SendError::Refused {
        refusal: Refusal::Limit,
        retry_after: Some(120),
        detail: "HTTP 429".to_owned(),
    };
    assert_eq!(error, wanted);
}

#[test]
fn credentials_that_are_wrong_are_said_to_be() {
    let scene = Scene::of(Box::new(sinch));
    let mut settings = scene.settings("sinch");
    settings.set("secret", Value::text("wrong"));
    let mut provider = scene.provider(&settings);
    let error = send(&mut provider, "048151").unwrap_err();
    assert!(
        matches!(
            error,
            SendError::Refused {
                refusal: Refusal::Credentials,
                ..
            }
        ),
        "{error}"
    );
    let error = provider.probe(now()).unwrap_err().to_string();
    assert!(error.contains("credentials are not accepted"), "{error}");
    // Without anything to ask nothing is claimed.
    settings.remove("check_url");
    let error = scene
        .provider(&settings)
        .probe(now())
        .unwrap_err()
        .to_string();
    assert!(error.contains("send a test message"), "{error}");
}

#[test]
fn who_is_not_the_host_is_told_nothing() {
    let scene = Scene::of(Box::new(sinch));
    let settings = scene.settings("sinch");
    let setup = ProviderSetup {
        http: HttpSettings::default(),
        development: None,
    };
    let mut provider = ProviderKind::Http.make(&settings, &setup).unwrap();
    let error = send(&mut provider, "048151").unwrap_err();
    assert!(matches!(error, SendError::Unreached(_)), "{error}");
    assert_eq!(scene.carrier.asked().len(), 0);
    assert_eq!(
        format!("{provider:?}"),
        "Message(HttpApi { channel: Sms, .. })"
    );
}

#[test]
fn by_get_everything_is_in_the_address() {
    let scene = Scene::of(Box::new(|request| {
        expect(request.method == "GET" && request.body.is_empty(), "a GET")?;
        expect(request.path == "/send/4915123456789", "the path")?;
        let query = "t=%2B491%26a%3D%22%23%20%C3%BC&key=canary-secret-9c2e&l=de-AT";
        expect(request.query == query, &request.query)?;
        Ok(Response {
            status: 200,
            headers: Vec::new(),
            body: b"ID 17".to_vec(),
        })
    }));
    let mut settings = ProviderSettings::default();
    let here = scene.server.url();
    let url = format!("{here}/send/{{digits}}?t={{text}}&key={{secret}}&l={{locale}}");
    settings.set("url", Value::text(&url));
    settings.set("method", Value::text("GET"));
    settings.set("secret", Value::text(SECRET));
    settings.set(
        "replies",
        Value::List(vec!["taken: 200 body=ID*".to_owned()]),
    );
    let sent = send(&mut scene.provider(&settings), "+491&a=\"# ü").unwrap();
    assert_eq!(sent.id, None);
    scene.carrier.is_content();
}
