//! The fakes refuse what the providers would refuse, and what these would let pass in silence. A client
//! that pleases them speaks the providers' language; this holds them to it, by requests that are right
//! but for one thing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use twofactor_fakes::Fakes;
use twofactor_fakes::{gateway, sns, twilio};

const FORM: &str = "application/x-www-form-urlencoded";
const PHONE: &str = "+4915123456789";

/// A request, letter by letter.
#[derive(Clone)]
struct Raw {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    /// Of a form, before it is encoded.
    fields: Vec<(String, String)>,
    body: String,
}

impl Raw {
    fn form(target: &str, fields: &[(&str, &str)]) -> Self {
        let mut raw = Self {
            method: "POST",
            target: target.to_owned(),
            headers: Vec::new(),
            fields: Vec::new(),
            body: String::new(),
        };
        raw.header("Content-Type", FORM);
        for (name, value) in fields {
            raw.field(name, value);
        }
        raw
    }

    fn get(target: &str) -> Self {
        Self {
            method: "GET",
            headers: Vec::new(),
            ..Self::form(target, &[])
        }
    }

    fn has(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(it, _)| it.eq_ignore_ascii_case(name))
    }

    /// Sets a header.
    fn header(&mut self, name: &str, value: &str) {
        self.without_header(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn without_header(&mut self, name: &str) {
        self.headers
            .retain(|(it, _)| !it.eq_ignore_ascii_case(name));
    }

    /// Sets a field.
    fn field(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|(it, _)| it == name) {
            Some((_, it)) => value.clone_into(it),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self.encode();
    }

    fn without_field(&mut self, name: &str) {
        let before = self.fields.len();
        self.fields.retain(|(it, _)| it != name);
        assert_ne!(self.fields.len(), before, "there is no {name}");
        self.encode();
    }

    fn encode(&mut self) {
        let pairs: Vec<_> = self
            .fields
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        self.body = twofactor::sms::http::form(&pairs);
    }

    fn login(mut self, user: &str, secret: &str) -> Self {
        let pair = BASE64.encode(format!("{user}:{secret}").as_bytes());
        self.header("Authorization", &format!("Basic {pair}"));
        self
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut raw = self.clone();
        change(&mut raw);
        raw
    }

    fn text(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.has("Host") {
            text.push_str("Host: 127.0.0.1\r\n");
        }
        if self.method != "GET" && !self.has("Content-Length") {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        format!("{text}Connection: close\r\n\r\n{}", self.body)
    }
}

/// The fakes, and a client that trusts them and sends them what it is told to.
struct Scene {
    fakes: Fakes,
    tls: Arc<ClientConfig>,
}

impl Scene {
    fn new() -> Self {
        let fakes = Fakes::start();
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(fakes.ca_file()).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            fakes,
            tls: Arc::new(tls),
        }
    }

    /// Says that to a server, and returns status and body of what it says.
    fn say(&self, url: &str, text: &str) -> (u16, String) {
        let address = url.strip_prefix("https://").unwrap();
        let address = address.split('/').next().unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        let socket = TcpStream::connect(address).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// Twilio's status and error; of what succeeds 0.
    fn twilio(&self, raw: &Raw) -> (u16, u64) {
        let (status, body) = self.say(&self.fakes.twilio_url(), &raw.text());
        let body: Value = serde_json::from_str(&body).unwrap();
        (status, body["code"].as_u64().unwrap_or(0))
    }

    /// The status of SNS, and its error; of what succeeds nothing.
    fn sns(&self, raw: &Raw) -> (u16, String) {
        let (status, body) = self.say(&self.fakes.sns_url(), &raw.text());
        let code = body
            .split_once("<Code>")
            .map(|(_, rest)| rest.split('<').next().unwrap());
        (status, code.unwrap_or_default().to_owned())
    }
}

/// One thing to change, and status and error that come of it.
type Case<'a, E> = (&'a str, Box<dyn FnOnce(&mut Raw)>, u16, E);

fn case<'a, E>(
    name: &'a str,
    status: u16,
    error: E,
    change: impl FnOnce(&mut Raw) + 'static,
) -> Case<'a, E> {
    (name, Box::new(change), status, error)
}

/// Nothing but what is asked for goes out to anybody.
fn held_to<E: PartialEq + std::fmt::Debug>(
    right: &Raw,
    cases: Vec<Case<'_, E>>,
    ask: impl Fn(&Raw) -> (u16, E),
    sent: impl Fn() -> usize,
) {
    let before = sent();
    for (name, change, status, error) in cases {
        let raw = right.with(change);
        assert_ne!(raw.text(), right.text(), "{name}: nothing is changed");
        assert_eq!(ask(&raw), (status, error), "{name}");
    }
    assert_eq!(sent(), before);
}

/// What Twilio refuses of every form.
fn no_form_of_twilios(error: u64) -> Vec<Case<'static, u64>> {
    let login = |user: &'static str, secret: &'static str| {
        move |raw: &mut Raw| *raw = raw.clone().login(user, secret)
    };
    vec![
        case("a field too many", 400, error, |raw| {
            raw.field("CustomCode", "123456");
        }),
        case("a field twice", 400, error, |raw| {
            let (name, value) = raw.fields[0].clone();
            raw.fields.push((name, value));
            raw.encode();
        }),
        case("a field in small letters", 400, error, |raw| {
            raw.fields[0].0 = raw.fields[0].0.to_lowercase();
            raw.encode();
        }),
        case("a field in the query", 400, error, |raw| {
            raw.target.push_str("?Locale=de");
        }),
        case("JSON", 400, error, |raw| {
            raw.header("Content-Type", "application/json");
            raw.body = json!({"To": PHONE}).to_string();
        }),
        case("a form that says it is JSON", 400, error, |raw| {
            raw.header("Content-Type", "application/json");
        }),
        case("a form that does not say so", 400, error, |raw| {
            raw.without_header("Content-Type");
        }),
        case("a plus sign that is not encoded", 400, error, |raw| {
            raw.body = raw.body.replace("%2B", "/");
            raw.body.push_str("&x=/");
        }),
        case("no credentials", 401, 20003, |raw| {
            raw.without_header("Authorization");
        }),
        case(
            "another secret",
            401,
            20003,
            login(twilio::KEY, twilio::TOKEN),
        ),
        case(
            "another user",
            401,
            20003,
            login(twilio::ACCOUNT, twilio::SECRET),
        ),
        case("no secret", 401, 20003, login(twilio::KEY, "")),
        case("another scheme", 401, 20003, |raw| {
            raw.header("Authorization", &format!("Bearer {}", twilio::SECRET));
        }),
        case("credentials twice", 401, 20003, |raw| {
            let header = raw.headers.last().unwrap().clone();
            assert_eq!(header.0, "Authorization");
            raw.headers.push(header);
        }),
        case("another method", 404, 20404, |raw| raw.method = "PUT"),
        case("another path", 404, 20404, |raw| raw.target.push('s')),
        case("another account or service", 404, 20404, |raw| {
            raw.target = raw.target.replacen("0123456789", "1123456789", 1);
        }),
    ]
}

#[test]
fn twilio_verify_takes_only_what_it_knows() {
    let scene = Scene::new();
    let service = format!("/v2/Services/{}", twilio::SERVICE);
    let target = |path: &str| format!("{service}{path}");
    let ask = |raw: &Raw| scene.twilio(raw);
    let sent = || scene.fakes.twilio.sent().len();
    let login = |raw: Raw| raw.login(twilio::KEY, twilio::SECRET);

    let fields = [("To", PHONE), ("Channel", "sms")];
    let start = login(Raw::form(&target("/Verifications"), &fields));
    held_to(&start, no_form_of_twilios(60200), ask, sent);
    let cases = vec![
        case("no number", 400, 60200, |raw| raw.without_field("To")),
        case("no way", 400, 60200, |raw| raw.without_field("Channel")),
        case("an unknown way", 400, 60200, |raw| {
            raw.field("Channel", "voice");
        }),
        case("an unknown language", 404, 20404, |raw| {
            raw.field("Locale", "de-AT");
        }),
        case("a number without its sign", 400, 60200, |raw| {
            raw.field("To", &PHONE[1..]);
        }),
    ];
    held_to(&start, cases, ask, sent);
    for way in ["sms", "call", "whatsapp"] {
        let raw = start.with(|raw| raw.field("Channel", way));
        assert_eq!(scene.twilio(&raw), (201, 0), "{way}");
    }
    assert_eq!(sent(), 3);

    let (reference, code) = (scene.fakes.twilio.sent()[0].sid.clone(), {
        let code = scene.fakes.twilio.code();
        assert!(scene.fakes.twilio.sent().iter().all(|it| it.code == code));
        code
    });
    let fields = [("VerificationSid", &*reference), ("Code", &code)];
    let check = login(Raw::form(&target("/VerificationCheck"), &fields));
    held_to(&check, no_form_of_twilios(60200), ask, sent);
    let cases = vec![
        case("no code", 400, 60200, |raw| raw.without_field("Code")),
        case("no verification", 400, 60200, |raw| {
            raw.without_field("VerificationSid");
        }),
        case("verification and number", 400, 60200, |raw| {
            raw.field("To", PHONE);
        }),
        case("too few digits", 400, 60200, |raw| raw.field("Code", "123")),
        case("letters", 400, 60200, |raw| raw.field("Code", "12345a")),
        case("another verification", 404, 20404, |raw| {
            raw.field("VerificationSid", "VE00000000000000000000000000000000");
        }),
    ];
    held_to(&check, cases, ask, sent);
    assert_eq!(scene.twilio(&check), (200, 0));
    assert_eq!(scene.twilio(&check), (404, 20404), "approved once");

    assert_eq!(scene.twilio(&start), (201, 0));
    let reference = scene.fakes.twilio.sent()[3].sid.clone();
    let path = target(&format!("/Verifications/{reference}"));
    let cancel = login(Raw::form(&path, &[("Status", "canceled")]));
    held_to(&cancel, no_form_of_twilios(60200), ask, sent);
    let cases = vec![
        case("no status", 400, 60200, |raw| raw.without_field("Status")),
        case("approved by the client", 400, 60200, |raw| {
            raw.field("Status", "approved");
        }),
    ];
    held_to(&cancel, cases, ask, sent);
    // Five sends and five checks, and then no more.
    for _ in 1..5 {
        assert_eq!(scene.twilio(&start), (201, 0));
    }
    assert_eq!(scene.twilio(&start), (429, 60203));
    let wrong = check.with(|raw| {
        raw.field("VerificationSid", &reference);
        raw.field("Code", "999999");
    });
    for _ in 0..5 {
        assert_eq!(scene.twilio(&wrong), (200, 0));
    }
    assert_eq!(scene.twilio(&wrong), (429, 60202));
    assert_eq!(scene.twilio(&cancel), (200, 0));
    assert_eq!(scene.twilio(&cancel), (404, 20404), "cancelled once");

    let probe = login(Raw::get(&service));
    assert_eq!(scene.twilio(&probe), (200, 0));
    let cases = vec![
        case("a query", 400, 20001, |raw| raw.target.push_str("?a=b")),
        case("no credentials", 401, 20003, |raw| raw.headers.clear()),
    ];
    held_to(&probe, cases, ask, sent);
}

#[test]
fn twilio_messaging_takes_only_what_it_knows() {
    let scene = Scene::new();
    let account = format!("/2010-04-01/Accounts/{}", twilio::ACCOUNT);
    let ask = |raw: &Raw| scene.twilio(raw);
    let sent = || scene.fakes.twilio.sent().len();
    let login = |raw: Raw| raw.login(twilio::KEY, twilio::SECRET);

    let fields = [("To", PHONE), ("From", twilio::FROM), ("Body", "123456")];
    let target = format!("{account}/Messages.json");
    let sms = login(Raw::form(&target, &fields));
    held_to(&sms, no_form_of_twilios(20001), ask, sent);
    let cases = vec![
        case("no number", 400, 21604, |raw| raw.without_field("To")),
        case("no sender", 400, 21603, |raw| raw.without_field("From")),
        case("no text", 400, 21619, |raw| raw.without_field("Body")),
        case("an empty text", 400, 21617, |raw| raw.field("Body", "")),
        case("a long text", 400, 21617, |raw| {
            raw.field("Body", &"a".repeat(1_601));
        }),
        case("a number that is none", 400, 21211, |raw| {
            raw.field("To", "+49151x");
        }),
        case("a sender of somebody else's", 400, 21606, |raw| {
            raw.field("From", "+15005550007");
        }),
        case("two senders", 400, 21603, |raw| {
            raw.field("MessagingServiceSid", twilio::MESSAGING_SERVICE);
        }),
        case("a validity of nothing", 400, 21657, |raw| {
            raw.field("ValidityPeriod", "0");
        }),
        case("a validity of more than ten hours", 400, 21657, |raw| {
            raw.field("ValidityPeriod", "36001");
        }),
        case("reports to no address", 400, 21609, |raw| {
            raw.field("StatusCallback", "example.com");
        }),
        case("a template by SMS", 400, 21619, |raw| {
            raw.without_field("Body");
            raw.field("ContentSid", twilio::TEMPLATE);
            raw.field("ContentVariables", r#"{"1":"123456"}"#);
        }),
    ];
    held_to(&sms, cases, ask, sent);
    assert_eq!(scene.twilio(&sms), (201, 0));

    let whatsapp = sms.with(|raw| {
        raw.field("To", &format!("whatsapp:{PHONE}"));
        raw.field("From", &format!("whatsapp:{}", twilio::FROM));
        raw.without_field("Body");
        raw.field("ContentSid", twilio::TEMPLATE);
        raw.field("ContentVariables", r#"{"1":"123456"}"#);
    });
    let cases = vec![
        case("a text of one's own", 400, 21619, |raw| {
            raw.without_field("ContentSid");
            raw.without_field("ContentVariables");
            raw.field("Body", "123456");
        }),
        case("no template", 400, 21619, |raw| {
            raw.without_field("ContentSid");
        }),
        case("another template", 400, 21619, |raw| {
            raw.field("ContentSid", "HX1123456789abcdef0123456789abcdef");
        }),
        case("no variables", 400, 21619, |raw| {
            raw.without_field("ContentVariables");
        }),
        case("a variable too many", 400, 21656, |raw| {
            raw.field("ContentVariables", r#"{"1":"123456","2":"x"}"#);
        }),
        case("a number as variable", 400, 21656, |raw| {
            raw.field("ContentVariables", r#"{"1":123456}"#);
        }),
        case("a sender of SMS", 400, 21606, |raw| {
            raw.field("From", twilio::FROM);
        }),
    ];
    held_to(&whatsapp, cases, ask, sent);
    assert_eq!(scene.twilio(&whatsapp), (201, 0));

    let twice = |first: &str, second: &str| {
        format!(r#"<Response>{first}<Pause length="1"/>{second}</Response>"#)
    };
    let say = r#"<Say language="en-US">A &amp; B: 1, 2, 3.</Say>"#;
    let twiml = twice(say, say);
    let fields = [("To", PHONE), ("From", twilio::FROM), ("Twiml", &twiml)];
    let call = login(Raw::form(&format!("{account}/Calls.json"), &fields));
    held_to(&call, no_form_of_twilios(20001), ask, sent);
    let once = format!("<Response>{say}</Response>");
    let with = |from: &str, to: &str| say.replace(from, to);
    let same = |said: String| twice(&said, &said);
    let hebrew = r#"en-US" voice="Google.he-IL-Standard-A""#;
    let wrong = [
        (
            "another code the second time",
            twice(say, &with("3.", "4.")),
        ),
        ("markup in the text", same(with("B:", "<b/>"))),
        ("a sign that is not escaped", same(with("&amp;", "&"))),
        ("a language without a voice", same(with("en-US", "he-IL"))),
        ("another language's voice", same(with("en-US\"", hebrew))),
    ]
    .map(|(what, twiml)| case(what, 400, 12100, move |raw| raw.field("Twiml", &twiml)));
    let mut cases = vec![
        case("no number", 400, 21201, |raw| raw.without_field("To")),
        case("no sender", 400, 21213, |raw| raw.without_field("From")),
        case("nothing to say", 400, 21205, |raw| {
            raw.without_field("Twiml");
        }),
        case("a name as sender", 400, 21212, |raw| {
            raw.field("From", twilio::NAME);
        }),
        case("no TwiML", 400, 12100, |raw| raw.field("Twiml", "1, 2, 3")),
        case("said once", 400, 12100, move |raw| {
            raw.field("Twiml", &once);
        }),
    ];
    cases.extend(wrong);
    held_to(&call, cases, ask, sent);
    assert_eq!(scene.twilio(&call), (201, 0));
    assert_eq!(sent(), 3);

    let probe = login(Raw::get(&format!("{account}/Messages.json?PageSize=1")));
    assert_eq!(scene.twilio(&probe), (200, 0));
    let cases = vec![
        case("more than is needed", 400, 20001, |raw| {
            raw.target.push_str("00");
        }),
        case("no credentials", 401, 20003, |raw| raw.headers.clear()),
    ];
    held_to(&probe, cases, ask, sent);
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Who signs a request to SNS, when, and what of it.
struct Signer {
    access_key: &'static str,
    secret: &'static str,
    region: &'static str,
    service: &'static str,
    date: String,
    names: Vec<&'static str>,
}

impl Signer {
    fn new(date: &str) -> Self {
        Self {
            access_key: sns::ACCESS_KEY,
            secret: sns::SECRET,
            region: sns::REGION,
            service: "sns",
            date: date.to_owned(),
            names: vec!["content-type", "host", "x-amz-date"],
        }
    }

    /// Signature Version 4, by AWS's description of it.
    fn sign(&self, raw: &mut Raw) {
        raw.header("host", "127.0.0.1");
        raw.header("x-amz-date", &self.date);
        let hash = |text: &str| HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        let mut canonical = "POST\n/\n\n".to_owned();
        for name in &self.names {
            let found = raw
                .headers
                .iter()
                .find(|(it, _)| it.eq_ignore_ascii_case(name));
            canonical.push_str(&format!("{name}:{}\n", found.unwrap().1));
        }
        let names = self.names.join(";");
        canonical.push_str(&format!("\n{names}\n{}", hash(&raw.body)));
        let day = &self.date[..8];
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
            self.date,
            hash(&canonical)
        );
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [day, self.region, self.service, "aws4_request", &text] {
            key = hmac(&key, part);
        }
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.access_key,
            HEXLOWER.encode(&key)
        );
        raw.header("authorization", &authorization);
    }
}

const NOON: &str = "20250101T120000Z";

#[test]
fn sns_takes_only_what_it_knows() {
    let scene = Scene::new();
    let sent = || scene.fakes.sns.sent().len();
    let ask = |raw: &Raw| {
        let (status, code) = scene.sns(raw);
        (status, code)
    };
    let signed = |raw: &Raw| ask(&raw.with(|raw| Signer::new(NOON).sign(raw)));
    let error = str::to_owned;
    let attribute = |number: usize, values: [&str; 3]| {
        let key = move |part: &str| format!("MessageAttributes.entry.{number}.{part}");
        ["Name", "Value.DataType", "Value.StringValue"]
            .map(key)
            .into_iter()
            .zip(values.map(str::to_owned))
            .collect::<Vec<_>>()
    };

    let mut publish = Raw::form(
        "/",
        &[
            ("Action", "Publish"),
            ("Version", "2010-03-31"),
            ("PhoneNumber", PHONE),
            ("Message", "123456"),
        ],
    );
    for (number, values) in [
        ["AWS.SNS.SMS.SMSType", "String", "Transactional"],
        ["AWS.SNS.SMS.SenderID", "String", "My-Site"],
        ["AWS.SNS.SMS.MaxPrice", "Number", "0.25"],
    ]
    .into_iter()
    .enumerate()
    {
        for (name, value) in attribute(number + 1, values) {
            publish.field(&name, &value);
        }
    }
    assert_eq!(signed(&publish), (200, String::new()));

    // Rightly signed, and wrong.
    let mut cases = vec![
        case("a field too many", 400, error("InvalidParameter"), |raw| {
            raw.field("Subject", "Hello");
        }),
        case("a topic", 400, error("InvalidParameter"), |raw| {
            raw.field("TopicArn", "arn:aws:sns:eu-central-1:1:topic");
        }),
        case("a field twice", 400, error("MalformedQueryString"), |raw| {
            raw.fields.push(("Message".to_owned(), "1".to_owned()));
            raw.encode();
        }),
        case("no number", 400, error("InvalidParameter"), |raw| {
            raw.without_field("PhoneNumber");
        }),
        case(
            "a number without its sign",
            400,
            error("InvalidParameter"),
            |raw| {
                raw.field("PhoneNumber", &PHONE[1..]);
            },
        ),
        case("no text", 400, error("InvalidParameter"), |raw| {
            raw.without_field("Message");
        }),
        case("an empty text", 400, error("InvalidParameter"), |raw| {
            raw.field("Message", "");
        }),
        case("a long text", 400, error("InvalidParameter"), |raw| {
            raw.field("Message", &"a".repeat(1_601));
        }),
        case("no action", 400, error("MissingAction"), |raw| {
            raw.without_field("Action");
        }),
        case("an unknown action", 400, error("InvalidAction"), |raw| {
            raw.field("Action", "PublishBatch");
        }),
        case("no version", 400, error("InvalidAction"), |raw| {
            raw.without_field("Version");
        }),
        case("another version", 400, error("InvalidAction"), |raw| {
            raw.field("Version", "2010-03-30");
        }),
        case("JSON", 400, error("MalformedQueryString"), |raw| {
            raw.header("Content-Type", "application/x-amz-json-1.0");
        }),
        case("a query", 404, error("InvalidAction"), |raw| {
            raw.target = "/?Action=Publish".to_owned();
        }),
        case("another path", 404, error("InvalidAction"), |raw| {
            raw.target = "/sns".to_owned();
        }),
        case("another method", 404, error("InvalidAction"), |raw| {
            raw.method = "PUT";
        }),
        case(
            "a token of other credentials",
            403,
            error("InvalidClientTokenId"),
            |raw| raw.header("x-amz-security-token", "canary"),
        ),
    ];
    for (name, part, value) in [
        ("an unknown attribute", "1.Name", "AWS.SNS.SMS.Type"),
        ("an attribute twice", "2.Name", "AWS.SNS.SMS.SMSType"),
        ("an attribute of another type", "3.Value.DataType", "String"),
        (
            "an attribute in binary",
            "1.Value.BinaryValue",
            "VHJhbnNhY3Rpb25hbA==",
        ),
        (
            "an unknown kind of message",
            "1.Value.StringValue",
            "Urgent",
        ),
        ("a long sender", "2.Value.StringValue", "My-Own-Sites"),
        ("a sender of digits", "2.Value.StringValue", "12345"),
        ("a price in words", "3.Value.StringValue", "cheap"),
        ("half an attribute", "4.Name", "AWS.SNS.SMS.EntityId"),
    ] {
        cases.push(case(name, 400, error("InvalidParameter"), move |raw| {
            raw.field(&format!("MessageAttributes.entry.{part}"), value);
        }));
    }
    cases.push(case(
        "an attribute without a value",
        400,
        error("InvalidParameter"),
        |raw| raw.without_field("MessageAttributes.entry.3.Value.StringValue"),
    ));
    held_to(&publish, cases, signed, sent);

    // Right, and wrongly signed.
    let wrong = || error("SignatureDoesNotMatch");
    let by = |change: fn(&mut Signer)| {
        move |raw: &mut Raw| {
            let mut signer = Signer::new(NOON);
            change(&mut signer);
            signer.sign(raw);
        }
    };
    let after = |change: fn(&mut Raw)| {
        move |raw: &mut Raw| {
            Signer::new(NOON).sign(raw);
            change(raw);
        }
    };
    let cases = vec![
        case(
            "not signed",
            403,
            error("MissingAuthenticationToken"),
            |raw| {
                raw.header("x-amz-date", NOON);
            },
        ),
        case(
            "by other means",
            400,
            error("IncompleteSignature"),
            after(|raw| raw.header("authorization", "Basic abc")),
        ),
        case("by another secret", 403, wrong(), by(|it| it.secret = "x")),
        case(
            "with another access key",
            403,
            error("InvalidClientTokenId"),
            by(|it| it.access_key = "AKIA0000000000000000"),
        ),
        case(
            "for another region",
            403,
            wrong(),
            by(|it| it.region = "us-east-1"),
        ),
        case(
            "for another service",
            403,
            wrong(),
            by(|it| it.service = "s3"),
        ),
        case(
            "five minutes and a second ago",
            403,
            wrong(),
            by(|it| it.date = "20250101T115459Z".to_owned()),
        ),
        case(
            "in five minutes and a second",
            403,
            wrong(),
            by(|it| it.date = "20250101T120501Z".to_owned()),
        ),
        case(
            "a year ago",
            403,
            wrong(),
            by(|it| it.date = "20240101T120000Z".to_owned()),
        ),
        case(
            "at no time",
            403,
            wrong(),
            by(|it| it.date = "2025010101200000".to_owned()),
        ),
        case(
            "without the host",
            403,
            wrong(),
            by(|it| it.names = vec!["content-type", "x-amz-date"]),
        ),
        case(
            "without the date",
            403,
            wrong(),
            by(|it| it.names = vec!["content-type", "host"]),
        ),
        case(
            "without the type",
            403,
            wrong(),
            by(|it| it.names = vec!["host", "x-amz-date"]),
        ),
        case(
            "in another order",
            403,
            wrong(),
            by(|it| it.names = vec!["host", "content-type", "x-amz-date"]),
        ),
        case(
            "and another body",
            403,
            wrong(),
            after(|raw| raw.field("PhoneNumber", "+4915123456780")),
        ),
        case(
            "and another type",
            403,
            wrong(),
            after(|raw| raw.header("content-type", "text/plain")),
        ),
        case(
            "and another host",
            403,
            wrong(),
            after(|raw| raw.header("host", "localhost")),
        ),
    ];
    held_to(&publish, cases, ask, sent);
    // At the edge of five minutes, on both sides of an hour.
    for date in ["20250101T115500Z", "20250101T120500Z"] {
        let raw = publish.with(|raw| Signer::new(date).sign(raw));
        assert_eq!(ask(&raw), (200, String::new()), "{date}");
    }
    assert_eq!(sent(), 3);

    let asked = Raw::form(
        "/",
        &[
            ("Action", "CheckIfPhoneNumberIsOptedOut"),
            ("Version", "2010-03-31"),
            ("phoneNumber", PHONE),
        ],
    );
    assert_eq!(signed(&asked), (200, String::new()));
    let cases = vec![
        case("no number", 400, error("InvalidParameter"), |raw| {
            raw.without_field("phoneNumber");
        }),
        case(
            "the name of Publish",
            400,
            error("InvalidParameter"),
            |raw| {
                raw.without_field("phoneNumber");
                raw.field("PhoneNumber", PHONE);
            },
        ),
        case("a field too many", 400, error("InvalidParameter"), |raw| {
            raw.field("Message", "123456");
        }),
    ];
    held_to(&asked, cases, signed, sent);

    let probe = Raw::form(
        "/",
        &[("Action", "GetSMSAttributes"), ("Version", "2010-03-31")],
    );
    assert_eq!(signed(&probe), (200, String::new()));
    let cases = vec![case(
        "a field too many",
        400,
        error("InvalidAction"),
        |raw| raw.field("PhoneNumber", PHONE),
    )];
    held_to(&probe, cases, signed, sent);
}

/// Version 4 UUIDs and nonces, one after the other.
struct Numbers(std::cell::Cell<u32>);

impl Numbers {
    fn next(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    fn key(&self) -> String {
        format!("{:08x}-0000-4000-8000-000000000000", self.next())
    }

    fn nonce(&self) -> String {
        format!("{:032x}", self.next())
    }
}

/// JSON to the gateway, fresh: with a nonce and a key of its own.
fn managed(numbers: &Numbers, path: &str, body: &Value) -> Raw {
    let mut raw = Raw::form(&format!("{}{path}", gateway::PREFIX), &[]);
    raw.header("Content-Type", "application/json");
    raw.header("Accept", "application/json");
    raw.header("TF-API", "1");
    raw.header("TF-Nonce", &numbers.nonce());
    raw.header("Idempotency-Key", &numbers.key());
    raw.body = body.to_string();
    raw
}

#[test]
fn the_gateway_takes_only_what_is_in_the_contract() {
    let scene = Scene::new();
    let fake = scene.fakes.gateway();
    let numbers = Numbers(std::cell::Cell::new(0));
    let sent = || fake.sent().len();
    let ask = |raw: &Raw| {
        let (status, body) = scene.say(&fake.url(), &raw.text());
        let body: Value = serde_json::from_str(&body).unwrap();
        let code = body["code"].as_str().unwrap_or_default();
        (status, code.to_owned())
    };
    // What is not itself about nonces and keys comes with new ones.
    let fresh = |raw: &Raw| {
        ask(&raw.with(|raw| {
            raw.header("TF-Nonce", &numbers.nonce());
            if raw.method == "POST" {
                raw.header("Idempotency-Key", &numbers.key());
            }
        }))
    };
    let invalid = || "invalid_request".to_owned();
    let ok = (200, String::new());

    let licence = json!({
        "license_key": gateway::LICENCE_KEY, "domain": gateway::DOMAIN, "module": gateway::MODULE,
    });
    let order = json!({
        "license_key": gateway::LICENCE_KEY, "domain": gateway::DOMAIN, "phone": PHONE,
        "country": "DE", "locale": "de",
    });
    let send = managed(&numbers, "/verification/send", &order);
    assert_eq!(ask(&send), ok);
    let code = fake.sent()[0].code.clone();
    let question = json!({
        "license_key": gateway::LICENCE_KEY, "domain": gateway::DOMAIN, "phone": PHONE,
        "country": "DE", "code": code, "verification_id": "ver_0001",
    });

    for (path, body, optional) in [
        ("/licenses/validate", &licence, ""),
        ("/verification/send", &order, "locale"),
        ("/verification/check", &question, ""),
    ] {
        let right = managed(&numbers, path, body);
        let mut cases = Vec::new();
        for field in body.as_object().unwrap().keys() {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(field);
            if field != optional {
                cases.push((format!("no {field}"), without.clone(), 400, invalid()));
            }
            let mut other = body.clone();
            other[field] = json!(1);
            cases.push((format!("{field} as a number"), other, 400, invalid()));
        }
        for (field, value, status, code) in [
            ("credits", json!("1000"), 400, "invalid_request"),
            ("license_key", json!("TF-OTHER"), 401, "license_invalid"),
            ("license_key", json!(""), 401, "license_invalid"),
            ("domain", json!("www.example.org"), 403, "domain_mismatch"),
            ("domain", json!("example.com"), 403, "domain_mismatch"),
        ] {
            let mut other = body.clone();
            other[field] = value;
            cases.push((format!("another {field}"), other, status, code.to_owned()));
        }
        let more = match path {
            "/licenses/validate" => [("module", "Other", 403, "domain_mismatch")].to_vec(),
            "/verification/send" => [
                ("phone", &PHONE[1..], 400, "invalid_phone"),
                ("country", "de", 400, "invalid_phone"),
                ("channel", "voice", 400, "invalid_request"),
            ]
            .to_vec(),
            _ => [
                ("phone", "+4915123456780", 404, "verification_not_found"),
                ("verification_id", "ver_1", 404, "verification_not_found"),
            ]
            .to_vec(),
        };
        for (field, value, status, code) in more {
            let mut other = body.clone();
            other[field] = json!(value);
            cases.push((format!("another {field}"), other, status, code.to_owned()));
        }
        let before = sent();
        for (name, body, status, code) in cases {
            let raw = right.with(|raw| raw.body = body.to_string());
            assert_eq!(fresh(&raw), (status, code), "{path}: {name}");
        }

        let text = body.to_string();
        let cases = vec![
            case("a form", 400, invalid(), |raw| {
                raw.header("Content-Type", FORM)
            }),
            case("JSON with more about it", 400, invalid(), |raw| {
                raw.header("Content-Type", "application/json; charset=utf-8");
            }),
            case("no type", 400, invalid(), |raw| {
                raw.without_header("Content-Type");
            }),
            case("an unknown header", 400, invalid(), |raw| {
                raw.header("X-Forwarded-For", "127.0.0.1");
            }),
            case("a cookie", 400, invalid(), |raw| {
                raw.header("Cookie", "a=b")
            }),
            case("the header of a list", 400, invalid(), |raw| {
                raw.header(
                    "Authorization",
                    &format!("License {}", gateway::LICENCE_KEY),
                );
            }),
            case("no version", 400, invalid(), |raw| {
                raw.without_header("TF-API");
            }),
            case("another version", 400, invalid(), |raw| {
                raw.header("TF-API", "2");
            }),
            case("something else wanted", 400, invalid(), |raw| {
                raw.header("Accept", "*/*");
            }),
            case("a query", 400, invalid(), |raw| raw.target.push_str("?a=b")),
            case("another path", 400, invalid(), |raw| raw.target.push('s')),
            case("another method", 400, invalid(), |raw| raw.method = "PUT"),
            case("no JSON", 400, invalid(), |raw| raw.body.push('}')),
            case("nothing", 400, invalid(), |raw| raw.body.clear()),
            case("a list", 400, invalid(), |raw| {
                raw.body = format!("[{}]", raw.body);
            }),
            case("a field twice", 400, invalid(), |raw| {
                raw.body = raw.body.replacen('{', r#"{"domain":"example.org","#, 1);
            }),
        ];
        held_to(&right, cases, fresh, sent);
        let cases = vec![
            case("no nonce", 400, invalid(), |raw| {
                raw.without_header("TF-Nonce");
            }),
            case("a nonce that is short", 400, invalid(), |raw| {
                raw.header("TF-Nonce", "0123456789abcdef");
            }),
            case("a nonce in capitals", 400, invalid(), |raw| {
                raw.header("TF-Nonce", "0123456789ABCDEF0123456789ABCDEF");
            }),
            case("no key", 400, invalid(), |raw| {
                raw.without_header("Idempotency-Key");
                raw.header("TF-Nonce", &"1".repeat(32));
            }),
            case("a key that is no random UUID", 400, invalid(), |raw| {
                raw.header("Idempotency-Key", "00000000-0000-1000-8000-000000000000");
                raw.header("TF-Nonce", &"2".repeat(32));
            }),
        ];
        held_to(&right, cases, ask, sent);
        assert_eq!(sent(), before, "{path}");
        fake.reset();
        assert_eq!(ask(&send), ok);

        // A nonce counts once, whatever it comes with; the key of the request is another matter.
        let right = managed(&numbers, path, body);
        let (status, answer) = scene.say(&fake.url(), &right.text());
        assert_eq!(status, 200, "{path}: {answer}");
        let told = sent();
        assert_eq!(ask(&right), (400, invalid()), "{path}: the same nonce");
        let other_key = right.with(|raw| raw.header("Idempotency-Key", &numbers.key()));
        assert_eq!(ask(&other_key), (400, invalid()), "{path}: the same nonce");
        // The same key and request: the same answer, and nothing done.
        let again = right.with(|raw| raw.header("TF-Nonce", &numbers.nonce()));
        assert_eq!(scene.say(&fake.url(), &again.text()), (200, answer));
        // The same key and another request.
        let conflict = (409, "idempotency_conflict".to_owned());
        let other_body = right.with(|raw| {
            raw.header("TF-Nonce", &numbers.nonce());
            raw.body = text.replace(gateway::DOMAIN, "example.com");
        });
        assert_eq!(ask(&other_body), conflict, "{path}: another body");
        let other_path = right.with(|raw| {
            raw.header("TF-Nonce", &numbers.nonce());
            raw.target = format!("{}/licenses/other", gateway::PREFIX);
        });
        assert_eq!(ask(&other_path), conflict, "{path}: another path");
        assert_eq!(sent(), told, "{path}");
    }

    // The list.
    let hash = HEXLOWER.encode(&Sha256::digest(gateway::LICENCE_KEY.as_bytes()));
    let target = format!("{}/licenses/{}/logs", gateway::PREFIX, &hash[..16]);
    let mut list = Raw::get(&target);
    list.header("Accept", "application/json");
    list.header("TF-API", "1");
    list.header("TF-Nonce", &numbers.nonce());
    let key = format!("License {}", gateway::LICENCE_KEY);
    list.header("Authorization", &key);
    assert_eq!(ask(&list), ok);
    assert_eq!(ask(&list), (400, invalid()), "the same nonce");
    let unknown = || "license_invalid".to_owned();
    let cases = vec![
        case("no licence key", 400, invalid(), |raw| {
            raw.without_header("Authorization");
        }),
        case("another licence key", 401, unknown(), |raw| {
            raw.header("Authorization", "License TF-OTHER");
        }),
        case("another scheme", 401, unknown(), move |raw| {
            raw.header("Authorization", &key.replace("License", "Bearer"));
        }),
        case("the list of somebody else", 400, invalid(), |raw| {
            raw.target = format!("{}/licenses/0123456789abcdef/logs", gateway::PREFIX);
        }),
        case("no page of the list", 400, invalid(), |raw| {
            raw.target.push_str("?cursor=1");
        }),
        case("another query", 400, invalid(), |raw| {
            raw.target.push_str("?page=2");
        }),
        case("a header of orders", 400, invalid(), |raw| {
            raw.header("Idempotency-Key", "00000000-0000-4000-8000-000000000000");
        }),
        case("an unknown header", 400, invalid(), |raw| {
            raw.header("X-Forwarded-For", "127.0.0.1");
        }),
    ];
    held_to(&list, cases, fresh, sent);
}

/// What is not one request of HTTP/1.1 never comes to a fake.
#[test]
fn no_fake_reads_what_is_not_one_plain_request() {
    let scene = Scene::new();
    let fake = scene.fakes.gateway();
    let raw = Raw::form("/", &[("a", "b")]);
    let right = raw.text();
    for url in [scene.fakes.twilio_url(), scene.fakes.sns_url(), fake.url()] {
        for (name, text) in [
            ("HTTP/1.0", right.replace("HTTP/1.1", "HTTP/1.0")),
            ("HTTP/2", right.replace("HTTP/1.1", "HTTP/2")),
            ("a whole URL", right.replace("POST /", "POST https://a/")),
            ("a word too many", right.replace("POST /", "POST / a")),
            (
                "chunks",
                right.replace("Content-Length: 3", "Transfer-Encoding: chunked"),
            ),
            (
                "both lengths",
                right.replace("Host:", "Transfer-Encoding: chunked\r\nHost:"),
            ),
            ("no length", right.replace("Content-Length: 3\r\n", "")),
            (
                "two lengths",
                right.replace("Host:", "Content-Length: 3\r\nHost:"),
            ),
            ("no number", right.replace("Length: 3", "Length: x")),
            ("a line that is no header", right.replace("Host:", "Host")),
            ("two requests", format!("{right}{right}")),
            ("more than it says", right.replace("Length: 3", "Length: 2")),
            (
                "more than is read",
                right.replace("Length: 3", "Length: 99999"),
            ),
        ] {
            assert_ne!(text, right, "{name}: nothing is changed");
            assert_eq!(scene.say(&url, &text).0, 400, "{name}");
        }
    }
    assert!(scene.fakes.twilio.requests().is_empty());
    assert!(scene.fakes.sns.requests().is_empty());
    assert!(fake.requests().is_empty());
    scene.say(&fake.url(), &right);
    assert_eq!(fake.requests().len(), 1);
}
