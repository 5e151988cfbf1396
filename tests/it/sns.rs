//! Amazon SNS, against `moto` with its checking of signatures on: botocore computes them anew, so a
//! request that is let in was signed as Amazon's own library would have signed it. What moto never
//! answers, a script does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use serde_json::Value;
use twofactor::clock::{self, UnixTime};
use twofactor::phone::PhoneNumber;
use twofactor::sms::http::{Http, HttpSettings, Request, Verb, form};
use twofactor::sms::sns::{Sns, SnsSettings};
use twofactor::sms::{
    Channel, MessageBody, MessageProvider, ProviderRequest, Refusal, SendError, Submitted,
};
use twofactor_fakes::http::{Answer, Request as Asked, Response, Server};

const REGION: &str = "eu-central-1";
const TEXT: &str =
    "Example: 428 317 is your code. Ü ß € \u{1f511} +-%20&=/?'\"<>\n@example.org #428317";

/// A key of the account.
#[derive(Clone)]
struct Credentials {
    access_key: String,
    secret: String,
    token: Option<String>,
}

/// moto, as long as somebody holds it.
struct Moto {
    process: Child,
    url: String,
    user: Credentials,
    role: Credentials,
    powerless: Credentials,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Moto {
    /// The one that runs, or a new one.
    fn get() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(|broken| broken.into_inner());
        running.upgrade().unwrap_or_else(|| {
            let moto = Arc::new(Self::start());
            *running = Arc::downgrade(&moto);
            moto
        })
    }

    fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("var/moto/bin/moto_server");
        assert!(program.is_file(), "moto is missing: run script/setup");
        // It chooses a port itself: one that is free now may be another test's when it starts.
        let mut process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .env("INITIAL_NO_AUTH_ACTION_COUNT", "1000")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, url) = line.split_once("Running on ")?;
            Some(format!("{}/", url.trim()))
        });
        // Whoever does not read makes it wait.
        thread::spawn(move || lines.for_each(drop));
        let nobody = Credentials {
            access_key: String::new(),
            secret: String::new(),
            token: None,
        };
        let mut moto = Self {
            process,
            url: url.expect("moto ended"),
            user: nobody.clone(),
            role: nobody.clone(),
            powerless: nobody,
        };
        moto.set_up();
        moto
    }

    /// A user and a role that may use SNS, a user who may not; from then on signatures count.
    fn set_up(&mut self) {
        let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
            "Action": ["sns:Publish", "sns:GetSMSAttributes", "sns:CheckIfPhoneNumberIsOptedOut"]}]}"#;
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}"#;
        for user in ["sender", "powerless"] {
            self.iam(&[("Action", "CreateUser"), ("UserName", user)]);
        }
        self.iam(&[
            ("Action", "PutUserPolicy"),
            ("UserName", "sender"),
            ("PolicyName", "sms"),
            ("PolicyDocument", policy),
        ]);
        self.user = self.key_of("sender");
        self.powerless = self.key_of("powerless");
        self.iam(&[
            ("Action", "CreateRole"),
            ("RoleName", "sender"),
            ("AssumeRolePolicyDocument", trust),
        ]);
        self.iam(&[
            ("Action", "PutRolePolicy"),
            ("RoleName", "sender"),
            ("PolicyName", "sms"),
            ("PolicyDocument", policy),
        ]);
        let assumed = self.post(
            "sts",
            &[
                ("Action", "AssumeRole"),
                ("Version", "2011-06-15"),
                ("RoleArn", "arn:aws:iam::123456789012:role/sender"),
                ("RoleSessionName", "test"),
            ],
        );
        self.role = Credentials {
            access_key: element(&assumed, "AccessKeyId"),
            secret: element(&assumed, "SecretAccessKey"),
            token: Some(element(&assumed, "SessionToken")),
        };
        let reset = self.call(Verb::Post, "moto-api/reset-auth", &[], "0");
        assert!(reset.contains("PREVIOUS"), "{reset}");
    }

    fn iam(&self, pairs: &[(&str, &str)]) -> String {
        self.post("iam", &[pairs, &[("Version", "2010-05-08")]].concat())
    }

    fn key_of(&self, user: &str) -> Credentials {
        let made = self.iam(&[("Action", "CreateAccessKey"), ("UserName", user)]);
        Credentials {
            access_key: element(&made, "AccessKeyId"),
            secret: element(&made, "SecretAccessKey"),
            token: None,
        }
    }

    /// The header says which service is meant; nobody looks at its signature yet.
    fn post(&self, service: &str, pairs: &[(&str, &str)]) -> String {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/{REGION}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let headers = [
            ("authorization", &*authorization),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.call(Verb::Post, "", &headers, &form(pairs))
    }

    fn call(&self, verb: Verb, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let http = Http::new(&HttpSettings::default()).unwrap();
        let reply = http
            .call(&Request {
                verb,
                url: &format!("{}{path}", self.url),
                headers,
                body: body.as_bytes(),
            })
            .unwrap();
        let text = String::from_utf8(reply.body).unwrap();
        assert_eq!(reply.status, 200, "{text}");
        text
    }

    /// What was sent: number and text.
    fn sent(&self) -> Vec<(String, String)> {
        let data: Value =
            serde_json::from_str(&self.call(Verb::Get, "moto-api/data.json", &[], "")).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        data["sns"]["SMS"]
            .as_array()
            .unwrap()
            .iter()
            .map(|sms| (text(&sms["phone_number"]), text(&sms["message"])))
            .collect()
    }

    fn sns(&self, credentials: &Credentials) -> Sns {
        Sns::new(self.settings(credentials)).unwrap()
    }

    fn settings(&self, credentials: &Credentials) -> SnsSettings {
        SnsSettings {
            access_key: credentials.access_key.clone().into(),
            secret: credentials.secret.clone().into(),
            session_token: credentials.token.clone().map(Into::into),
            region: REGION.to_owned(),
            endpoint: Some(self.url.clone()),
            sender_id: Some("Example".to_owned()),
            max_price: Some("0.25".to_owned()),
            http: HttpSettings::default(),
        }
    }
}

/// The text of an element in a reply to the set-up.
fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).expect(xml);
    rest.split_once('<').unwrap().0.to_owned()
}

fn now() -> UnixTime {
    clock::now().unwrap()
}

fn request(to: &PhoneNumber) -> ProviderRequest<'_> {
    ProviderRequest {
        to,
        channel: Channel::Sms,
        locale: "en",
        now: now(),
    }
}

fn message(text: &str) -> MessageBody {
    MessageBody {
        text: text.to_owned().into(),
        code: "428317".to_owned().into(),
    }
}

/// A number that no other test uses.
fn number(last: u32) -> PhoneNumber {
    PhoneNumber::parse(&format!("+4915123400{last:03}"), None).unwrap()
}

#[test]
fn a_right_secret_passes_and_the_text_arrives_as_it_is() {
    let moto = Moto::get();
    for (n, credentials) in [(1, &moto.user), (2, &moto.role)] {
        let to = number(n);
        let mut sns = moto.sns(credentials);
        let carried = sns.send(&request(&to), &message(TEXT)).unwrap();
        assert_eq!(carried.id.unwrap().len(), 36);
        let arrived: Vec<_> = moto
            .sent()
            .into_iter()
            .filter(|(number, _)| number == to.e164())
            .collect();
        assert_eq!(arrived, [(to.e164().to_owned(), TEXT.to_owned())]);
    }
}

#[test]
fn every_text_is_signed_as_it_is_sent() {
    let moto = Moto::get();
    let to = number(3);
    let mut sns = moto.sns(&moto.user);
    // Every byte that a form treats in its own way, and some of two, three and four. But not `*` and
    // `~`: moto does not keep the form, but writes it anew before it checks, and Python writes these two
    // in another way.
    let texts: Vec<String> = (0x20u8..0x7f)
        .map(char::from)
        .filter(|c| !matches!(c, '*' | '~'))
        .chain(['\n', '\t', 'é', '٣', '€', '\u{1f511}'])
        .collect::<Vec<char>>()
        .chunks(7)
        .map(|chunk| format!("a{}z", chunk.iter().collect::<String>()))
        .collect();
    for text in &texts {
        sns.send(&request(&to), &message(text)).unwrap();
    }
    let arrived: Vec<String> = moto
        .sent()
        .into_iter()
        .filter(|(number, _)| number == to.e164())
        .map(|(_, text)| text)
        .collect();
    assert_eq!(arrived.len(), texts.len());
    for text in texts {
        assert!(arrived.contains(&text), "{text}");
    }
}

#[test]
fn a_wrong_secret_is_refused_and_nothing_is_sent() {
    let moto = Moto::get();
    let to = number(4);
    let mut wrong = moto.user.clone();
    let last = if wrong.secret.ends_with('x') {
        "y"
    } else {
        "x"
    };
    wrong.secret.replace_range(wrong.secret.len() - 1.., last);
    let mut unknown = moto.user.clone();
    unknown.access_key = "AKIAIOSFODNN7EXAMPLE".to_owned();
    let mut token = moto.role.clone();
    token.token = Some("another".to_owned());
    for (credentials, code) in [
        (&wrong, "SignatureDoesNotMatch"),
        (&unknown, "InvalidClientTokenId"),
        (&token, "InvalidClientTokenId"),
        (&moto.powerless, "AccessDenied"),
    ] {
        let mut sns = moto.sns(credentials);
        let Err(SendError::Refused {
            refusal, detail, ..
        }) = sns.send(&request(&to), &message(TEXT))
        else {
            panic!("{code}");
        };
        assert!(refusal.is_the_operators(), "{refusal:?}");
        assert!(detail.contains(code), "{detail}");
        assert!(sns.probe(now()).unwrap_err().to_string().contains(code));
        let opted_out = sns.opted_out(&to, now());
        assert!(matches!(opted_out, Err(SendError::Refused { .. })));
    }
    assert!(moto.sent().iter().all(|(number, _)| number != to.e164()));
}

#[test]
fn credentials_are_checked_without_a_message() {
    let moto = Moto::get();
    for credentials in [&moto.user, &moto.role] {
        moto.sns(credentials).probe(now()).unwrap();
    }
}

#[test]
fn who_has_opted_out_is_known_before_the_first_message() {
    let moto = Moto::get();
    let sns = moto.sns(&moto.user);
    // moto's rule: numbers that end in 99.
    assert_eq!(sns.opted_out(&number(599), now()), Ok(true));
    assert_eq!(sns.opted_out(&number(598), now()), Ok(false));
}

/// The owner of a proven number may have opted out since.
#[test]
fn whoever_types_nothing_back_is_asked_about_and_without_an_answer_sent_to() {
    let stage = Stage::new();
    let mut sns = stage.client();
    let answer = |out: bool| {
        let name = "CheckIfPhoneNumberIsOptedOut";
        format!(
            "<{name}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{name}Result>\
             <isOptedOut>{out}</isOptedOut></{name}Result></{name}Response>"
        )
    };
    let actions = || {
        let asked = std::mem::take(&mut *stage.script.asked.lock().unwrap());
        let action = |asked: Asked| {
            let form = asked.form().unwrap();
            form.into_iter()
                .find(|(name, _)| name == "Action")
                .unwrap()
                .1
        };
        asked.into_iter().map(action).collect::<Vec<_>>()
    };
    let both = ["CheckIfPhoneNumberIsOptedOut", "Publish"];
    stage.answer(200, &answer(false), None);
    assert!(
        sns.send_after_asking(&request(&stage.to), &message(TEXT))
            .is_ok()
    );
    assert_eq!(actions(), both);
    stage.answer(200, &answer(true), None);
    let refused = sns.send_after_asking(&request(&stage.to), &message(TEXT));
    assert!(
        matches!(
            refused,
            Err(SendError::Refused {
                refusal: Refusal::OptedOut,
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(actions(), both[..1]);
    for (status, body) in [
        (403, problem("AuthorizationError")),
        (400, problem("Unheard")),
        (500, problem("InternalError")),
        (200, String::new()),
        (200, answer(true).replace("true", "perhaps")),
    ] {
        stage.answer(status, &body, None);
        let carried = sns.send_after_asking(&request(&stage.to), &message(TEXT));
        assert!(carried.is_ok(), "{status} {body}: {carried:?}");
        assert_eq!(actions(), both, "{status} {body}");
    }
    // Nobody answers the question, as long as half of the time: the message goes out in the other half.
    let slow = HttpSettings {
        whole: std::time::Duration::from_secs(4),
        ..HttpSettings::default()
    };
    let silent = Arc::new(SilentFirst::default());
    let server = Server::start(None, silent.clone());
    let carried = stage
        .sns(&server.url(), slow)
        .send_after_asking(&request(&stage.to), &message(TEXT));
    assert!(carried.is_ok(), "{carried:?}");
    assert_eq!(silent.asked.lock().unwrap().len(), 2);
}

/// Leaves the first request without an answer for longer than anybody waits, and answers the others.
#[derive(Default)]
struct SilentFirst {
    asked: Mutex<Vec<Asked>>,
}

impl Answer for SilentFirst {
    fn answer(&self, request: &Asked) -> Response {
        let place = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.clone());
            asked.len()
        };
        if place == 1 {
            thread::sleep(std::time::Duration::from_secs(5));
        }
        Response {
            status: 200,
            headers: vec![("Content-Type".to_owned(), "text/xml".to_owned())],
            body: published().into_bytes(),
        }
    }
}

const SECRET: &str = "canary-of-the-secret-000";
const TOKEN: &str = "canary-of-the-token";

/// Answers what it is told to, else a success.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<(u16, String, Option<u64>)>>,
    asked: Mutex<Vec<Asked>>,
}

impl Answer for Script {
    fn answer(&self, request: &Asked) -> Response {
        self.asked.lock().unwrap().push(request.clone());
        let mut answers = self.answers.lock().unwrap();
        let (status, body, retry_after) = if answers.is_empty() {
            (200, published(), None)
        } else {
            answers.remove(0)
        };
        let retry_after = retry_after.map(|s| ("Retry-After".to_owned(), s.to_string()));
        Response {
            status,
            headers: [("Content-Type".to_owned(), "text/xml".to_owned())]
                .into_iter()
                .chain(retry_after)
                .collect(),
            body: body.into_bytes(),
        }
    }
}

fn published() -> String {
    "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
     <MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult>\
     <ResponseMetadata><RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId>\
     </ResponseMetadata></PublishResponse>"
        .to_owned()
}

/// As SNS writes it: its words repeat the number.
fn problem(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\n  <Error>\n    \
         <Type>Sender</Type>\n    <Code>{code}</Code>\n    <Message>Invalid parameter: PhoneNumber \
         Reason: +4915123400001 is not valid to publish to</Message>\n  </Error>\n  \
         <RequestId>8c2b1c4e-0d6b-5b5e-9f0e-48a6a7b0d7c1</RequestId>\n</ErrorResponse>\n"
    )
}

/// A fake of SNS, and a client of it.
struct Stage {
    script: Arc<Script>,
    server: Server,
    to: PhoneNumber,
}

impl Stage {
    fn new() -> Self {
        let script = Arc::new(Script::default());
        Self {
            server: Server::start(None, script.clone()),
            script,
            to: number(1),
        }
    }

    fn sns(&self, url: &str, http: HttpSettings) -> Sns {
        Sns::new(SnsSettings {
            access_key: "AKIACANARY0000000000".to_owned().into(),
            secret: SECRET.to_owned().into(),
            session_token: Some(TOKEN.to_owned().into()),
            region: REGION.to_owned(),
            endpoint: Some(url.to_owned()),
            sender_id: None,
            max_price: None,
            http,
        })
        .unwrap()
    }

    fn client(&self) -> Sns {
        self.sns(&self.server.url(), HttpSettings::default())
    }

    fn answer(&self, status: u16, body: &str, retry_after: Option<u64>) {
        let answer = (status, body.to_owned(), retry_after);
        self.script.answers.lock().unwrap().push(answer);
    }

    fn asked(&self) -> usize {
        self.script.asked.lock().unwrap().len()
    }

    fn send(&self, sns: &mut Sns) -> Result<Submitted, SendError> {
        let result = sns.send(&request(&self.to), &message(TEXT));
        if let Err(error) = &result {
            tells_nothing(&format!("{error} {error:?}"));
        }
        result
    }
}

fn tells_nothing(text: &str) {
    for secret in [
        "canary",
        "CANARY",
        "4915123400001",
        "15123400001",
        "428",
        "317",
        "publish to",
    ] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn every_error_of_sns_means_one_thing() {
    let stage = Stage::new();
    let mut sns = stage.client();
    let list = include_str!("../data/sns-errors.txt").lines();
    let mut errors: Vec<(u16, &str, &str)> = list
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            (words[1].parse().unwrap(), words[0], words[2])
        })
        .collect();
    assert!(errors.len() > 50);
    errors.extend([
        // With another status than usual.
        (430, "OptedOut", "opted-out"),
        (404, "InvalidParameter", "number"),
        // Nobody has heard of them.
        (400, "Unheard", "unlisted"),
        (403, "Unheard", "unlisted"),
        (400, "invalidparameter", "unlisted"),
        (401, "Unheard", "credentials"),
        (402, "Unheard", "account"),
        (429, "Unheard", "limit"),
    ]);
    let refused = errors.into_iter().filter_map(|(status, code, meaning)| {
        let refusal = match meaning {
            "number" => Refusal::Number,
            "opted-out" => Refusal::OptedOut,
            "limit" => Refusal::Limit,
            "credentials" => Refusal::Credentials,
            "account" => Refusal::Account,
            "sender" => Refusal::Sender,
            "unlisted" => Refusal::Unlisted,
            // What these are is said by the next two tests.
            "throttled" | "unknown" => return None,
            other => panic!("{other}"),
        };
        Some((status, code, refusal))
    });
    for (status, code, expected) in refused {
        stage.answer(status, &problem(code), None);
        let before = stage.asked();
        let Err(SendError::Refused {
            refusal, detail, ..
        }) = stage.send(&mut sns)
        else {
            panic!("{code}");
        };
        assert_eq!(refusal, expected, "{code}");
        assert!(detail.contains(code));
        assert_eq!(stage.asked(), before + 1, "{code} is not asked about again");

        stage.answer(status, &problem(code), None);
        let error = sns.opted_out(&stage.to, now()).unwrap_err();
        assert!(matches!(error, SendError::Refused { refusal, .. } if refusal == expected));
        stage.answer(status, &problem(code), None);
        let error = sns.probe(now()).unwrap_err().to_string();
        tells_nothing(&error);
        assert!(error.contains(code));
    }
}

#[test]
fn what_is_not_certain_is_not_known() {
    let stage = Stage::new();
    let mut sns = stage.client();
    let twice = published().replace("</MessageId>", "</MessageId><MessageId>2</MessageId>");
    for (status, body) in [
        // An error on Amazon's side, whatever it is called.
        (500, problem("InternalError")),
        (500, problem("InternalFailure")),
        (503, problem("ServiceUnavailable")),
        (500, problem("InvalidParameter")),
        (503, problem("Throttling")),
        // No errors at all.
        (400, problem("")),
        (400, problem("An error")),
        (400, problem(&"x".repeat(65))),
        (400, String::new()),
        (400, "InvalidParameter".to_owned()),
        (400, r#"{"__type": "InvalidParameter"}"#.to_owned()),
        (400, problem("Throttling").replace("</ErrorResponse>", "")),
        (
            400,
            problem("Throttling").replace("</Error>", "<Code>x</Code></Error>"),
        ),
        (302, published()),
        (201, published()),
        // Successes that do not say which.
        (200, String::new()),
        (200, "<PublishResponse/>".to_owned()),
        (200, "<html><body>OK</body></html>".to_owned()),
        (200, problem("InvalidParameter")),
        (
            200,
            published().replace("567910cd-659e-55d4-8ccb-5aaf14679dc0", ""),
        ),
        (200, published().replace("567910cd", "&#10;")),
        (200, published().replace("PublishR", "SubscribeR")),
        (200, published().trim_end_matches('>').to_owned()),
        (200, format!("<!DOCTYPE x>{}", published())),
        (200, twice),
    ] {
        let before = stage.asked();
        stage.answer(status, &body, None);
        let carried = stage.send(&mut sns);
        assert!(
            matches!(carried, Err(SendError::Unknown(_))),
            "{status} {body}"
        );
        assert_eq!(stage.asked(), before + 1, "{status} {body}");
        stage.answer(status, &body, None);
        let opted_out = sns.opted_out(&stage.to, now());
        assert!(
            matches!(opted_out, Err(SendError::Unknown(_))),
            "{status} {body}"
        );
        stage.answer(status, &body, None);
        tells_nothing(&sns.probe(now()).unwrap_err().to_string());
    }
    assert!(stage.send(&mut sns).is_ok());
}

#[test]
fn a_throttled_message_is_tried_once_more_and_may_then_go_elsewhere() {
    let stage = Stage::new();
    let mut sns = stage.client();
    for (status, code) in [
        (400, "Throttling"),
        (429, "Throttling"),
        (400, "ThrottlingException"),
        (400, "KMSThrottling"),
        (429, "Throttled"),
    ] {
        let before = stage.asked();
        stage.answer(status, &problem(code), None);
        assert!(stage.send(&mut sns).is_ok(), "{code}");
        assert_eq!(stage.asked(), before + 2);

        stage.answer(status, &problem(code), Some(0));
        stage.answer(status, &problem(code), Some(0));
        let carried = stage.send(&mut sns);
        assert!(matches!(&carried, Err(SendError::NotSent(why)) if why.contains(code)));
        assert_eq!(stage.asked(), before + 4);

        // Longer than somebody who signs in can wait.
        stage.answer(status, &problem(code), Some(30));
        let carried = stage.send(&mut sns);
        assert!(matches!(carried, Err(SendError::NotSent(_))), "{carried:?}");
        assert_eq!(stage.asked(), before + 5);

        // Then something else went wrong.
        stage.answer(status, &problem(code), None);
        stage.answer(500, &problem("InternalError"), None);
        let carried = stage.send(&mut sns);
        assert!(matches!(carried, Err(SendError::Unknown(_))), "{carried:?}");
    }
}

#[test]
fn a_message_is_what_sns_takes_or_is_not_sent() {
    let stage = Stage::new();
    let mut sns = stage.client();
    assert_eq!(sns.channels(), [Channel::Sms]);
    for channel in [Channel::Voice, Channel::WhatsApp] {
        let request = ProviderRequest {
            channel,
            ..request(&stage.to)
        };
        let carried = sns.send(&request, &message(TEXT));
        assert!(matches!(carried, Err(SendError::NotSent(_))));
    }
    for text in [String::new(), "x".repeat(1_601)] {
        let carried = sns.send(&request(&stage.to), &message(&text));
        assert!(matches!(carried, Err(SendError::NotSent(_))));
    }
    assert_eq!(stage.asked(), 0);

    stage.send(&mut sns).unwrap();
    let asked = stage.script.asked.lock().unwrap().remove(0);
    let mut named: Vec<&str> = asked.headers.iter().map(|(name, _)| &**name).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-amz-date",
            "x-amz-security-token",
        ]
    );
    assert_eq!(
        asked.header("host"),
        Some(&*stage.server.address().to_string())
    );
    assert!(
        asked.header("authorization").unwrap().contains(
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="
        )
    );
    assert!(!asked.text().contains(SECRET));
    let fields = asked.form().unwrap();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(
        fields,
        [
            ("Action", "Publish"),
            ("PhoneNumber", stage.to.e164()),
            ("Message", TEXT),
            ("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.SMSType"),
            ("MessageAttributes.entry.1.Value.DataType", "String"),
            (
                "MessageAttributes.entry.1.Value.StringValue",
                "Transactional"
            ),
            ("Version", "2010-03-31"),
        ]
    );
}
