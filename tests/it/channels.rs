//! Every way a code can take, through the verifier: each provider by each of its ways, and two of them
//! when something is wrong on the way to the first. Of all codes that went out anywhere, one is worth
//! one yes.
//!
//! [`KINDS`] is the table of providers and [`known`] that of what goes wrong. Whoever adds a provider
//! adds a row, and every test here is about it, too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods, // how long things take is measured
    missing_docs
)]

use std::cell::RefCell;
use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use twofactor::account::Denied;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::phone::PhoneNumber;
use twofactor::types::{Method, Purpose, UserId};
use twofactor::verifier::{Changes, Client, Delivery, Error, Operator, User, Value, Verifier};
use twofactor_fakes::Fakes;
use twofactor_fakes::fault::{Fault, Proxy};
use twofactor_fakes::forward::{Conduct, ForwardProxy};
use twofactor_fakes::gateway::{self, Gateway};
use twofactor_fakes::{sns, twilio};
use zeroize::Zeroizing;

const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NUMBER: &str = "+4915123456789";
/// The fake of SNS knows that its owner wants no messages.
const OPTED_OUT: &str = "+4915123450000";
/// Seconds between two codes to one number.
const COOLDOWN: u64 = 60;
/// Seconds that one provider is waited for, here.
const PATIENCE: u64 = 1;
/// What a busy machine may take longer.
const SLACK: Duration = Duration::from_secs(2);

// -- the table of providers -------------------------------------------------------------------------

/// A kind of provider.
struct Kind {
    /// As the list of providers calls it.
    name: &'static str,
    ways: &'static [Method],
    /// It makes its own codes, and alone can check them.
    makes_codes: bool,
    /// It is asked about a number before that is enrolled.
    asks_beforehand: bool,
    /// Its settings but for kind and address.
    settings: fn(&Peers) -> Changes,
    url: fn(&Peers) -> String,
    /// What stands behind the host in its address.
    path: &'static str,
    behind: fn(&Peers, Fault) -> Proxy,
    /// How many requests it had.
    asked: fn(&Peers) -> usize,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "twilio-verify",
        ways: &[Method::Sms, Method::Voice, Method::WhatsApp],
        makes_codes: true,
        asks_beforehand: false,
        settings: |_| {
            let ways = ["sms", "voice", "whatsapp"].map(str::to_owned).to_vec();
            let mut settings = texts(&[
                ("service", twilio::SERVICE),
                ("service_unproven", twilio::SERVICE_UNPROVEN),
                ("user", twilio::KEY),
                ("secret", twilio::SECRET),
            ]);
            settings.push(("channels".to_owned(), Some(Value::List(ways))));
            settings
        },
        url: |peers| peers.fakes.twilio_url(),
        path: "",
        behind: |peers, fault| peers.fakes.twilio_behind(fault),
        asked: |peers| peers.fakes.twilio.requests().len(),
    },
    Kind {
        name: "twilio-messaging",
        ways: &[Method::Sms, Method::Voice, Method::WhatsApp],
        makes_codes: false,
        asks_beforehand: false,
        settings: |_| {
            texts(&[
                ("account", twilio::ACCOUNT),
                ("user", twilio::KEY),
                ("secret", twilio::SECRET),
                ("from", twilio::FROM),
                ("voice_from", twilio::FROM),
                ("whatsapp_from", twilio::FROM),
                ("whatsapp_template", twilio::TEMPLATE),
            ])
        },
        url: |peers| peers.fakes.twilio_url(),
        path: "",
        behind: |peers, fault| peers.fakes.twilio_behind(fault),
        asked: |peers| peers.fakes.twilio.requests().len(),
    },
    Kind {
        name: "sns",
        ways: &[Method::Sms],
        makes_codes: false,
        asks_beforehand: true,
        settings: |_| {
            texts(&[
                ("access_key", sns::ACCESS_KEY),
                ("secret", sns::SECRET),
                ("region", sns::REGION),
            ])
        },
        url: |peers| peers.fakes.sns_url(),
        path: "",
        behind: |peers, fault| peers.fakes.sns_behind(fault),
        asked: |peers| peers.fakes.sns.requests().len(),
    },
    Kind {
        name: "gateway",
        ways: &[Method::Sms],
        makes_codes: true,
        asks_beforehand: false,
        settings: |peers| {
            let mut settings = texts(&[
                ("licence_key", gateway::LICENCE_KEY),
                ("site_url", "https://example.org"),
            ]);
            let keys = peers.gateway.keys().to_vec();
            settings.push(("keys".to_owned(), Some(Value::List(keys))));
            settings
        },
        url: |peers| peers.gateway.url(),
        path: gateway::PREFIX,
        behind: |peers, fault| {
            let upstream = peers.gateway.plain_address();
            Proxy::start(&peers.fakes.authority, upstream, fault)
        },
        asked: |peers| peers.gateway.requests().len(),
    },
];

fn kind(name: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == name).unwrap()
}

fn makers() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| kind.makes_codes)
}

fn carriers() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| !kind.makes_codes)
}

fn texts(pairs: &[(&str, &str)]) -> Changes {
    let value = |text: &str| Some(Value::Text(Zeroizing::new(text.to_owned())));
    pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), value(text)))
        .collect()
}

// -- a site, its providers and a person -------------------------------------------------------------

/// One fake of every kind.
struct Peers {
    fakes: Fakes,
    gateway: Gateway,
}

/// What reached the telephone.
#[derive(Debug, Clone)]
struct Message {
    to: String,
    way: Method,
    code: String,
}

impl Peers {
    fn of(fakes: Fakes) -> Self {
        let gateway = fakes.gateway();
        Self { fakes, gateway }
    }

    /// Two, by the same clock.
    fn two() -> [Self; 2] {
        let fakes = Fakes::start();
        [Self::of(fakes.beside()), Self::of(fakes)]
    }

    /// Everything that went out, one list for each fake.
    fn sent(&self) -> [Vec<Message>; 3] {
        let twilio = self.fakes.twilio.sent().into_iter().map(|sent| Message {
            to: sent.to,
            way: match &*sent.channel {
                "sms" => Method::Sms,
                "call" => Method::Voice,
                "whatsapp" => Method::WhatsApp,
                other => panic!("{other}"),
            },
            code: sent.code,
        });
        let sns = self.fakes.sns.sent().into_iter().map(|sent| Message {
            to: sent.to,
            way: Method::Sms,
            code: digits(&sent.text),
        });
        let gateway = self.gateway.sent().into_iter().map(|sent| Message {
            to: sent.phone,
            way: Method::Sms,
            code: sent.code,
        });
        [twilio.collect(), sns.collect(), gateway.collect()]
    }
}

/// The longest run of digits.
fn digits(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.max_by_key(|run| run.len()).unwrap().to_owned()
}

/// A site of its own with providers at `peers`, and one person.
struct Scene<'a> {
    verifier: Verifier,
    peers: &'a [Peers; 2],
    person: User,
    /// How much of each list the person has read.
    read: RefCell<Vec<usize>>,
}

impl<'a> Scene<'a> {
    fn new(peers: &'a [Peers; 2], more: &[(&str, &str)]) -> Self {
        let patience = PATIENCE.to_string();
        let mut settings = vec![
            ("store", "memory:"),
            ("issuer", "Example"),
            ("http_ca_file", peers[0].fakes.ca_file().to_str().unwrap()),
            ("http_seconds", &patience),
        ];
        settings.extend_from_slice(more);
        let config = Config::parse(settings).unwrap();
        let scene = Self {
            verifier: Verifier::open(config, Some(KeyRing::parse(KEY).unwrap()), true).unwrap(),
            peers,
            person: User {
                id: UserId::new("7").unwrap(),
                name: "anna".to_owned(),
                email: Some("anna@example.com".to_owned()),
                locale: None,
                standing: twofactor::verifier::Standing::Unknown,
            },
            read: RefCell::default(),
        };
        scene.arrived();
        scene
    }

    fn now(&self) -> UnixTime {
        UnixTime::new(self.peers[0].fakes.clock.now().try_into().unwrap()).unwrap()
    }

    fn wait(&self, seconds: u64) {
        self.peers[0].fakes.clock.advance(seconds);
    }

    fn save(&self, name: &str, kind: &Kind, place: usize, url: &str) {
        let mut changes = texts(&[("provider", kind.name), ("url", url)]);
        changes.extend((kind.settings)(&self.peers[place]));
        self.verifier
            .save_provider(self.now(), name, &changes, &Operator::on_server("anna"))
            .unwrap();
    }

    /// The provider called `first` is at the first peers.
    fn first(&self, kind: &Kind) {
        self.save("first", kind, 0, &(kind.url)(&self.peers[0]));
    }

    /// Twilio Verify with one service for everybody.
    fn one_service(&self) {
        self.first(kind("twilio-verify"));
        let none = vec![("service_unproven".to_owned(), None)];
        self.verifier
            .save_provider(self.now(), "first", &none, &Operator::on_server("anna"))
            .unwrap();
    }

    /// The provider called `second` is at the second peers.
    fn second(&self, kind: &Kind) {
        self.save("second", kind, 1, &(kind.url)(&self.peers[1]));
    }

    /// From now on something is wrong on the way to the first one.
    fn breaks(&self, kind: &Kind, fault: Fault) -> Proxy {
        let proxy = (kind.behind)(&self.peers[0], fault);
        let url = format!("{}{}", proxy.url(), kind.path);
        self.save("first", kind, 0, &url);
        proxy
    }

    /// The provider of that name is where only the outgoing proxy finds it.
    fn behind_proxy(&self, name: &str, kind: &Kind, place: usize) {
        let url = ForwardProxy::behind(&(kind.url)(&self.peers[place]));
        self.save(name, kind, place, &url);
    }

    /// What the health report says of providers.
    fn health(&self) -> String {
        let health = self.verifier.health(Ok(self.now()));
        let check = health.into_iter().find(|it| it.name == "providers");
        check.unwrap().message
    }

    fn asked(&self, kind: &Kind, place: usize) -> usize {
        (kind.asked)(&self.peers[place])
    }

    /// What arrived since the person looked last, the first peers' first.
    fn arrived(&self) -> Vec<Message> {
        let lists: Vec<_> = self.peers.iter().flat_map(Peers::sent).collect();
        let mut read = self.read.borrow_mut();
        read.resize(lists.len(), 0);
        let mut new = Vec::new();
        for (list, read) in lists.iter().zip(read.iter_mut()) {
            new.extend_from_slice(&list[*read..]);
            *read = list.len();
        }
        new
    }

    /// The one message that arrived.
    fn message(&self) -> Message {
        let mut arrived = self.arrived();
        let message = arrived.pop().unwrap();
        assert!(arrived.is_empty(), "more than one message: {arrived:?}");
        assert!(message.to.ends_with(&NUMBER[1..]), "{message:?}");
        message
    }

    /// The person proves the number by that way.
    fn enrolment(&self, method: Method) -> Attempt<'_> {
        Attempt {
            scene: self,
            method,
            purpose: None,
            token: RefCell::default(),
        }
    }

    fn challenge(&self, purpose: Purpose, method: Method) -> Attempt<'_> {
        let (now, person, client) = (self.now(), &self.person, client());
        let login = match purpose {
            Purpose::Login => self.verifier.begin_login(now, person, &client),
            _ => self.verifier.begin_challenge(now, person, purpose, &client),
        };
        Attempt {
            scene: self,
            method,
            purpose: Some(purpose),
            token: RefCell::new(login.unwrap().challenge),
        }
    }

    /// At one of the two doors: an enrolment, or a sign-in of somebody who has enrolled.
    fn at(&self, door: Door, method: Method) -> Attempt<'_> {
        match door {
            Door::Enrolment => self.enrolment(method),
            Door::SignIn => self.challenge(Purpose::Login, method),
        }
    }

    /// The number is reached that way, too: added with a fresh proof by the one that is there.
    fn adds(&self, proven: Method, way: Method) {
        let step_up = self.challenge(Purpose::StepUp, proven);
        let code = step_up.code();
        let (verifier, token) = (&self.verifier, step_up.token.borrow());
        let grant = verifier
            .verify(self.now(), &token, proven, &code, &client())
            .unwrap()
            .grant;
        self.wait(COOLDOWN);
        let number = PhoneNumber::parse(NUMBER, None).unwrap();
        let (now, person) = (self.now(), &self.person);
        let sent = verifier
            .start_phone(now, person, &number, way, &client(), Some(&grant))
            .unwrap();
        verifier
            .confirm_phone(now, &sent.token, &self.message().code, &client())
            .unwrap();
        self.wait(COOLDOWN);
    }

    /// The person has enrolled, and may be sent another code.
    fn enrol(&self, method: Method) {
        let attempt = self.enrolment(method);
        let code = attempt.code();
        attempt.types(&code).unwrap();
        self.wait(COOLDOWN);
    }
}

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Enrolment,
    SignIn,
}

const DOORS: [Door; 2] = [Door::Enrolment, Door::SignIn];

/// Something that a code is sent for and typed at.
struct Attempt<'a> {
    scene: &'a Scene<'a>,
    method: Method,
    /// None: an enrolment.
    purpose: Option<Purpose>,
    /// The challenge, or the set-up once a code was sent for it.
    token: RefCell<Zeroizing<String>>,
}

impl Attempt<'_> {
    fn send(&self) -> Result<Delivery, Error> {
        let (scene, now) = (self.scene, self.scene.now());
        let (verifier, person) = (&scene.verifier, &scene.person);
        let token = self.token.borrow().clone();
        if self.purpose.is_some() {
            return verifier.send_code(now, &token, self.method, &client());
        }
        let delivery = match self.method {
            _ if !token.is_empty() => verifier.resend_code(now, &token, &client())?,
            Method::Email => verifier.enable_email(now, person, &client(), None)?,
            method => {
                let number = PhoneNumber::parse(NUMBER, None).unwrap();
                verifier.start_phone(now, person, &number, method, &client(), None)?
            }
        };
        self.token.replace(delivery.token.clone());
        Ok(delivery)
    }

    /// Sends one code and reads it.
    fn code(&self) -> String {
        let delivery = self.send().unwrap();
        assert_eq!(delivery.method, self.method);
        match delivery.message {
            Some(message) => digits(&message.mail.text),
            None => {
                let message = self.scene.message();
                assert_eq!(message.way, self.method);
                message.code
            }
        }
    }

    fn types(&self, code: &str) -> Result<(), Error> {
        self.types_as(self.method, code)
    }

    fn types_as(&self, method: Method, code: &str) -> Result<(), Error> {
        let (scene, now) = (self.scene, self.scene.now());
        let (verifier, person) = (&scene.verifier, &scene.person.id);
        let token = self.token.borrow();
        match (self.purpose, method) {
            (Some(purpose), method) => {
                verifier
                    .verify(now, &token, method, code, &client())
                    .map(|verified| {
                        assert_eq!((verified.user, verified.purpose), (person.clone(), purpose));
                        assert_eq!(verified.method, method);
                    })
            }
            (None, Method::Email) => verifier
                .confirm_email(now, &token, code, &client())
                .map(|enrolled| assert_eq!(enrolled.method, method)),
            (None, _) => verifier
                .confirm_phone(now, &token, code, &client())
                .map(|enrolled| assert_eq!(enrolled.method, method)),
        }
    }

    /// Denied, as a wrong code is.
    fn rejects(&self, code: &str) {
        let answer = self.types(code);
        assert!(
            matches!(answer, Err(Error::Denied(Denied::Rejected))),
            "{answer:?}"
        );
    }

    /// After the yes: nothing more is.
    fn is_spent(&self, code: &str) {
        let answer = self.types(code);
        let wanted = match self.purpose {
            Some(_) => Denied::ChallengeClosed,
            None => Denied::Rejected,
        };
        assert!(
            matches!(&answer, Err(Error::Denied(denied)) if *denied == wanted),
            "{answer:?}"
        );
    }
}

fn unavailable<T: Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Unavailable(why)) => why.to_string(),
        other => panic!("{other:?}"),
    }
}

/// As long as a code, and none of them.
fn other_than(codes: &[String]) -> String {
    ["111111", "222222", "333333"]
        .into_iter()
        .find(|code| !codes.iter().any(|it| it == code))
        .unwrap()
        .to_owned()
}

// -- one provider -----------------------------------------------------------------------------------

#[test]
fn whoever_enrolled_by_a_provider_signs_in_by_it_every_way() {
    let peers = Peers::two();
    for kind in KINDS {
        for way in kind.ways {
            let scene = Scene::new(&peers, &[]);
            scene.first(kind);
            let before = scene.asked(kind, 0);
            // With a space or a dash in it: as people read it.
            for (door, mark) in [(Door::Enrolment, ' '), (Door::SignIn, '-')] {
                let attempt = scene.at(door, *way);
                let code = attempt.code();
                attempt.rejects(&other_than(std::slice::from_ref(&code)));
                let mut typed = code.clone();
                typed.insert(3, mark);
                attempt.types(&typed).unwrap();
                attempt.is_spent(&code);
                let account = scene
                    .verifier
                    .account(scene.now(), &scene.person.id)
                    .unwrap();
                assert!(account.methods.contains(way), "{account:?}");
                // Worth nothing for another challenge, either; nobody is asked about it there.
                scene.challenge(Purpose::Login, *way).rejects(&code);
                scene.wait(COOLDOWN);
            }
            let asked = scene.asked(kind, 0) - before;
            let checks = if kind.makes_codes { 4 } else { 0 };
            let questions = usize::from(kind.asks_beforehand);
            assert_eq!(asked, 2 + checks + questions, "{} {way:?}", kind.name);
            scene.wait(3_600);
        }
    }
}

#[test]
fn a_number_whose_owner_wants_no_messages_is_refused_and_nobody_else_is_asked() {
    let peers = Peers::two();
    for kind in KINDS.iter().filter(|kind| kind.asks_beforehand) {
        let scene = Scene::new(&peers, &[]);
        scene.first(kind);
        scene.second(self::kind("twilio-messaging"));
        let number = PhoneNumber::parse(OPTED_OUT, None).unwrap();
        let answer = scene.verifier.start_phone(
            scene.now(),
            &scene.person,
            &number,
            Method::Sms,
            &client(),
            None,
        );
        assert!(
            matches!(
                answer,
                Err(Error::Denied(Denied::NotSent {
                    reason: "opted-out"
                }))
            ),
            "{answer:?}"
        );
        assert_eq!(scene.asked(kind, 0), 1, "the question, and no message");
        assert_eq!(scene.asked(self::kind("twilio-messaging"), 1), 0);
        assert!(scene.arrived().is_empty());
        let answer = scene.enrolment(Method::Sms).types("111111");
        assert!(
            matches!(answer, Err(Error::Denied(Denied::Rejected))),
            "{answer:?}"
        );
    }
}

/// Limits for whoever asks for one code after the other.
const MANY_CODES: [(&str, &str); 3] = [
    ("send_per_number_hour", "40"),
    ("send_per_number_day", "40"),
    ("send_per_user_hour", "40"),
];

/// SNS takes messages to an owner who opted out after enrolling, and drops them without a word.
#[test]
fn an_owner_who_opted_out_after_enrolling_is_told_after_three_codes_that_nobody_typed_back() {
    let peers = Peers::two();
    for kind in KINDS.iter().filter(|kind| kind.asks_beforehand) {
        let scene = Scene::new(&peers, &MANY_CODES);
        scene.first(kind);
        scene.enrol(Method::Sms);
        // A code that is asked for, how many requests that takes, and what came of it.
        let asks = || {
            let (attempt, before) = (
                scene.challenge(Purpose::Login, Method::Sms),
                scene.asked(kind, 0),
            );
            let answer = attempt.send();
            scene.wait(COOLDOWN);
            (
                attempt,
                answer,
                scene.asked(kind, 0) - before,
                scene.arrived(),
            )
        };
        peers[0].fakes.sns.opt_out(NUMBER, true);
        for _ in 0..3 {
            let (_, answer, requests, arrived) = asks();
            assert!(answer.is_ok() && arrived.is_empty(), "taken and dropped");
            assert_eq!(requests, 1);
        }
        for _ in 0..2 {
            let (_, answer, requests, arrived) = asks();
            let opted_out = Denied::NotSent {
                reason: "opted-out",
            };
            assert!(
                matches!(&answer, Err(Error::Denied(denied)) if *denied == opted_out),
                "{answer:?}"
            );
            assert_eq!(
                (requests, arrived.len()),
                (1, 0),
                "the question, and no message"
            );
        }
        let login = scene
            .verifier
            .begin_login(scene.now(), &scene.person, &client())
            .unwrap();
        assert_eq!(login.methods, [Method::Sms, Method::BackupCode]);
        // Who wants messages again has them, and is asked about once in three.
        peers[0].fakes.sns.opt_out(NUMBER, false);
        for expected in [2, 1, 1, 2, 1] {
            let (_, answer, requests, arrived) = asks();
            assert!(answer.is_ok(), "{answer:?}");
            assert_eq!((requests, arrived.len()), (expected, 1));
        }
        let (attempt, _, requests, arrived) = asks();
        attempt.types(&arrived[0].code).unwrap();
        assert_eq!(requests, 1);
        for expected in [1, 1, 1, 2] {
            let (_, answer, requests, _) = asks();
            assert!(answer.is_ok(), "{answer:?}");
            assert_eq!(requests, expected, "counted anew");
        }
    }
}

/// The list of those who want none is Amazon's: at Twilio nobody has opted out.
#[test]
fn an_owner_who_opted_out_at_one_provider_gets_codes_from_the_next_after_three() {
    let peers = Peers::two();
    for kind in KINDS.iter().filter(|kind| kind.asks_beforehand) {
        let scene = Scene::new(&peers, &MANY_CODES);
        scene.first(kind);
        let second = self::kind("twilio-messaging");
        scene.second(second);
        scene.enrol(Method::Sms);
        peers[0].fakes.sns.opt_out(NUMBER, true);
        for n in 0..5usize {
            let before = scene.asked(kind, 0);
            let attempt = scene.challenge(Purpose::Login, Method::Sms);
            let answer = attempt.send();
            assert!(answer.is_ok(), "{n}: {answer:?}");
            scene.wait(COOLDOWN);
            assert_eq!(scene.asked(kind, 0) - before, 1, "{n}");
            let arrived = scene.arrived();
            assert_eq!(arrived.len(), usize::from(n >= 3), "{n}");
            assert_eq!(
                scene.asked(second, 1),
                usize::from(n >= 3) * n.saturating_sub(2),
                "{n}"
            );
            if n == 4 {
                attempt.types(&arrived[0].code).unwrap();
            }
        }
        peers[0].fakes.sns.opt_out(NUMBER, false);
    }
}

/// Twilio Verify sends one code both ways, and names the last of them.
#[test]
fn a_code_that_came_by_sms_and_by_call_is_worth_one_yes() {
    let peers = Peers::two();
    let verify = kind("twilio-verify");
    for typed_as in [Method::Sms, Method::Voice] {
        let more = [
            ("send_per_number_hour", "20"),
            ("send_per_number_day", "20"),
        ];
        let scene = Scene::new(&peers, &more);
        scene.first(verify);
        // The second try goes out as a call: that is the way that is enrolled.
        let by_sms = scene.enrolment(Method::Sms);
        let first = by_sms.code();
        scene.wait(COOLDOWN);
        let by_call = scene.enrolment(Method::Voice);
        let second = by_call.code();
        assert_ne!(second, first, "another set-up, another verification");
        by_call.types(&second).unwrap();
        by_call.is_spent(&second);
        scene.wait(COOLDOWN);
        scene.adds(Method::Voice, Method::Sms);

        let by_sms = scene.challenge(Purpose::Login, Method::Sms);
        let other = scene.challenge(Purpose::Login, Method::Sms);
        let first = by_sms.code();
        scene.wait(COOLDOWN);
        let by_call = Attempt {
            method: Method::Voice,
            token: by_sms.token.clone(),
            ..by_sms
        };
        assert_eq!(by_call.code(), first, "the same verification");
        // A sign-in that no code was sent for has no use for it.
        other.rejects(&first);
        let asked = scene.asked(verify, 0);
        by_sms.types_as(typed_as, &first).unwrap();
        by_sms.is_spent(&first);
        by_call.is_spent(&first);
        assert_eq!(scene.asked(verify, 0), asked + 1);
        scene.wait(3_600);
    }
}

/// A maker that keeps one verification a number has it cancelled for the next sign-in; the gateway of these
/// tests sends the same code again.
#[test]
fn one_code_for_two_sign_ins_is_worth_one_yes() {
    let peers = Peers::two();
    for maker in makers() {
        let scene = Scene::new(&peers, &[]);
        scene.first(maker);
        scene.enrol(Method::Sms);
        let [one, other] = [0, 1].map(|_| scene.challenge(Purpose::Login, Method::Sms));
        let code = one.code();
        scene.wait(COOLDOWN);
        let second = other.code();
        let shared = maker.name == "gateway";
        assert_eq!(second == code, shared, "{}", maker.name);
        if !shared {
            one.rejects(&code);
        }
        other.types(&second).unwrap();
        // It is asked about once more, and then no more: it is over.
        let asked = scene.asked(maker, 0);
        one.rejects(&second);
        one.rejects(&second);
        let once = usize::from(shared);
        assert_eq!(scene.asked(maker, 0), asked + once, "{}", maker.name);
        scene.wait(COOLDOWN);
        let code = one.code();
        one.types(&code).unwrap();
        scene.wait(3_600);
    }
}

// -- one verification a number ----------------------------------------------------------------------

const PLENTY: [(&str, &str); 3] = [
    ("send_per_number_hour", "20"),
    ("send_per_number_day", "20"),
    ("send_per_user_day", "20"),
];

fn throttled<T: Debug>(answer: Result<T, Error>) -> u64 {
    match answer {
        Err(Error::Denied(Denied::Throttled { retry_after })) => retry_after,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_code_of_a_sign_in_is_worth_nothing_at_a_step_up_and_delays_none() {
    let peers = Peers::two();
    let scene = Scene::new(&peers, &PLENTY);
    scene.one_service();
    scene.enrol(Method::Sms);
    let login = scene.challenge(Purpose::Login, Method::Sms);
    let of_login = login.code();
    scene.wait(COOLDOWN);
    let step_up = scene.challenge(Purpose::StepUp, Method::Sms);
    let of_step_up = step_up.code();
    assert_ne!(of_login, of_step_up);
    login.rejects(&of_login);
    step_up.rejects(&of_login);
    // A sign-in, which takes the password alone, neither cancels the step-up nor sees its code.
    scene.wait(COOLDOWN);
    let again = scene.challenge(Purpose::Login, Method::Sms);
    assert!(throttled(again.send()) <= 300);
    assert!(scene.arrived().is_empty());
    again.rejects(&of_step_up);
    step_up.types(&of_step_up).unwrap();
    // It is over, and nobody waits for it.
    scene.wait(COOLDOWN);
    let code = again.code();
    again.types(&code).unwrap();
}

/// Somebody who has the password asks from a network that no proof came from: the code that the owner waits for is good.
#[test]
fn a_request_from_elsewhere_cancels_no_code_that_was_asked_for_from_where_a_proof_came() {
    let peers = Peers::two();
    let elsewhere = Client::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)), String::new());
    for with_carrier in [false, true] {
        let scene = Scene::new(&peers, &PLENTY);
        scene.one_service();
        if with_carrier {
            scene.second(kind("twilio-messaging"));
        }
        scene.enrol(Method::Sms);
        let (verifier, person) = (&scene.verifier, &scene.person);
        for purpose in [Purpose::Login, Purpose::StepUp] {
            let asks_elsewhere = || {
                let now = scene.now();
                let opened = match purpose {
                    Purpose::Login => verifier.begin_login(now, person, &elsewhere),
                    _ => verifier.begin_challenge(now, person, purpose, &elsewhere),
                };
                verifier.send_code(now, &opened.unwrap().challenge, Method::Sms, &elsewhere)
            };
            let login = scene.challenge(Purpose::Login, Method::Sms);
            let code = login.code();
            scene.wait(COOLDOWN);
            let asked = asks_elsewhere();
            if with_carrier {
                asked.unwrap();
                assert_ne!(scene.message().code, code, "by the carrier");
            } else {
                assert!(throttled(asked) <= 300);
                assert!(scene.arrived().is_empty());
            }
            login.types(&code).unwrap();
            // The other way round the owner does not wait.
            scene.wait(COOLDOWN);
            asks_elsewhere().unwrap();
            let theirs = scene.message().code;
            scene.wait(COOLDOWN);
            let login = scene.challenge(Purpose::Login, Method::Sms);
            let code = login.code();
            assert_ne!(code, theirs);
            login.types(&code).unwrap();
            scene.wait(3_600);
        }
        scene.wait(86_400);
    }
}

/// Two entries in the list of providers name one service, and two ways lead to it: there is one code, and three guesses.
#[test]
fn guesses_at_one_code_are_counted_together_whichever_entry_and_way_led_to_it() {
    let peers = Peers::two();
    let verify = kind("twilio-verify");
    let scene = Scene::new(&peers, &PLENTY);
    scene.first(verify);
    scene.save("again", verify, 0, &(verify.url)(&peers[0]));
    scene.enrol(Method::Voice);
    scene.adds(Method::Voice, Method::Sms);
    let by_sms = scene.challenge(Purpose::Login, Method::Sms);
    let by_call = Attempt {
        scene: &scene,
        method: Method::Voice,
        purpose: Some(Purpose::Login),
        token: by_sms.token.clone(),
    };
    let code = by_sms.code();
    let wrong = other_than(std::slice::from_ref(&code));
    let guess = |attempt: &Attempt<'_>, typed: &str| {
        let before = scene.asked(verify, 0);
        attempt.rejects(typed);
        scene.asked(verify, 0) - before
    };
    assert_eq!(guess(&by_sms, &wrong), 1);
    scene.wait(COOLDOWN);
    assert_eq!(by_sms.code(), code, "by the other entry");
    assert_eq!(guess(&by_sms, &wrong), 1);
    scene.wait(COOLDOWN);
    assert_eq!(by_call.code(), code, "by a call");
    assert_eq!(guess(&by_call, &wrong), 1);
    assert_eq!(guess(&by_sms, &code), 0, "nobody is asked a fourth time");
    assert_eq!(guess(&by_call, &code), 0);
}

#[test]
fn whoever_claims_a_number_takes_no_guess_and_no_code_of_its_owner() {
    let peers = Peers::two();
    let scene = Scene::new(&peers, &PLENTY);
    scene.one_service();
    scene.enrol(Method::Sms);
    let number = PhoneNumber::parse(NUMBER, None).unwrap();
    let claimed = |id: &str| {
        let stranger = User {
            id: UserId::new(id).unwrap(),
            ..scene.person.clone()
        };
        let (now, client) = (scene.now(), client());
        scene
            .verifier
            .start_phone(now, &stranger, &number, Method::Sms, &client, None)
    };
    // First the claim: its guesses count against nobody else, and the owner's code is another one.
    let claim = claimed("8").unwrap();
    let of_claim = scene.message().code;
    let login = scene.challenge(Purpose::Login, Method::Sms);
    let code = login.code();
    assert_ne!(code, of_claim);
    for wrong in [
        &other_than(std::slice::from_ref(&code)),
        &of_claim,
        &code,
        &code,
    ] {
        let answer = scene
            .verifier
            .confirm_phone(scene.now(), &claim.token, wrong, &client());
        assert!(
            matches!(answer, Err(Error::Denied(Denied::Rejected))),
            "{answer:?}"
        );
    }
    // Then the owner: a claim waits, and the owner's code is what it was.
    scene.wait(COOLDOWN);
    throttled(claimed("9"));
    assert!(scene.arrived().is_empty());
    login.types(&code).unwrap();
    scene.wait(COOLDOWN);
    claimed("9").unwrap();
}

#[test]
fn a_reset_has_a_service_of_its_own_or_is_not_sent() {
    let peers = Peers::two();
    let scene = Scene::new(&peers, &PLENTY);
    scene.one_service();
    scene.enrol(Method::Sms);
    let login = scene.challenge(Purpose::Login, Method::Sms);
    let of_login = login.code();
    scene.wait(COOLDOWN);
    let reset = scene.challenge(Purpose::ResetPassword, Method::Sms);
    let why = unavailable(reset.send());
    assert!(why.contains("service_unproven"), "{why}");
    let audit = scene
        .verifier
        .audit(Some(&scene.person.id), 1, None)
        .unwrap();
    assert_eq!(audit[0].kind, "code.failed");
    assert!(
        audit[0]
            .reason
            .as_deref()
            .unwrap()
            .contains("service_unproven")
    );

    let unproven = texts(&[("service_unproven", twilio::SERVICE_UNPROVEN)]);
    let now = scene.now();
    scene
        .verifier
        .save_provider(now, "first", &unproven, &Operator::on_server("anna"))
        .unwrap();
    scene.wait(COOLDOWN);
    let of_reset = reset.code();
    assert_ne!(of_reset, of_login);
    reset.rejects(&of_login);
    login.rejects(&of_reset);
    reset.types(&of_reset).unwrap();
    login.types(&of_login).unwrap();
}

// -- two providers, and something wrong on the way to the first -------------------------------------

/// What is known of the request to the first provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Nothing of it was written: the second one is asked.
    NotWritten,
    /// It was written, and nobody knows what came of it.
    Written,
    /// It was answered.
    Answered,
}

/// The table of faults: the first ones leave no doubt, the last ones no need. A new one has to find its
/// place here, and in [`faults`].
const fn known(fault: &Fault) -> Known {
    match fault {
        Fault::Refuse
        | Fault::Reset
        | Fault::Stall
        | Fault::OtherName
        | Fault::OtherAuthority
        | Fault::Expired => Known::NotWritten,
        Fault::Swallow
        | Fault::StallAfter
        | Fault::ResetAfter
        | Fault::Cut(_)
        | Fault::End(_)
        | Fault::Garbage
        | Fault::Drip(_)
        | Fault::Redirect(_)
        | Fault::RedirectTo(..)
        | Fault::Status(_)
        | Fault::HugeBody
        | Fault::HugeChunks
        | Fault::HugeHeader
        | Fault::ManyHeaders
        | Fault::Edit(_) => Known::Written,
        Fault::None | Fault::Duplicate => Known::Answered,
    }
}

/// Each of them, with names. A redirect leads to `other`.
fn faults(other: &str) -> Vec<(String, Fault)> {
    let mut faults = vec![
        ("nothing", Fault::None),
        ("duplicate", Fault::Duplicate),
        ("refuse", Fault::Refuse),
        ("reset", Fault::Reset),
        ("stall", Fault::Stall),
        ("other name", Fault::OtherName),
        ("other authority", Fault::OtherAuthority),
        ("expired", Fault::Expired),
        ("swallow", Fault::Swallow),
        ("stall after", Fault::StallAfter),
        ("reset after", Fault::ResetAfter),
        ("garbage", Fault::Garbage),
        ("drip", Fault::Drip(Duration::from_millis(20))),
        ("huge body", Fault::HugeBody),
        ("huge chunks", Fault::HugeChunks),
        ("huge header", Fault::HugeHeader),
        ("many headers", Fault::ManyHeaders),
        ("no body", Fault::edit(String::clear)),
    ]
    .into_iter()
    .map(|(name, fault)| (name.to_owned(), fault))
    .collect::<Vec<_>>();
    // In the head, and in the body.
    for length in [0, 20, 200] {
        faults.push((format!("cut at {length}"), Fault::Cut(length)));
        faults.push((format!("ended at {length}"), Fault::End(length)));
    }
    for status in [301, 302, 303, 307, 308] {
        let away = Fault::RedirectTo(status, other.to_owned());
        faults.push((format!("{status} back"), Fault::Redirect(status)));
        faults.push((format!("{status} to the other"), away));
    }
    // Error pages, which are not the provider's.
    for status in [200, 201, 204, 400, 401, 403, 404, 429, 500, 502, 503, 504] {
        faults.push((status.to_string(), Fault::Status(status)));
    }
    faults
}

#[test]
fn another_provider_is_asked_only_when_nothing_was_written_and_one_code_is_worth_one_yes() {
    let mut pairs = Vec::new();
    for first in KINDS {
        for second in KINDS {
            for door in DOORS {
                pairs.push((first, second, door));
            }
        }
    }
    let count = faults("").len();
    // Most of the time they wait: many at once, each with peers of their own.
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let peers = Peers::two();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some((first, second, door)) = pairs.get(number / count) else {
                        break;
                    };
                    let (name, fault) = &faults(&(second.url)(&peers[1]))[number % count];
                    let what = format!("{} then {}, {name}, {door:?}", first.name, second.name);
                    hold(
                        &Scene::new(&peers, &[]),
                        [first, second],
                        fault,
                        *door,
                        &what,
                    );
                    // Whatever is pending there is over.
                    peers[0].fakes.clock.advance(3_600);
                }
            });
        }
    });
}

fn hold(scene: &Scene<'_>, [first, second]: [&Kind; 2], fault: &Fault, door: Door, what: &str) {
    let known = known(fault);
    scene.first(first);
    scene.second(second);
    if door == Door::SignIn {
        scene.enrol(Method::Sms);
    }
    let proxy = scene.breaks(first, fault.clone());
    let before = scene.asked(second, 1);
    let attempt = scene.at(door, Method::Sms);
    let bystander = (door == Door::SignIn).then(|| scene.at(door, Method::Sms));

    let start = Instant::now();
    let sent = attempt.send();
    let took = start.elapsed();
    let messages = scene.arrived();
    let asked_second = scene.asked(second, 1) - before;
    // A question and a message share one provider's time.
    let asked = if asked_second > 0 { 2 } else { 1 };
    let longest = Duration::from_secs(PATIENCE) * asked;
    assert!(took < longest + SLACK, "{what}: {took:?}");

    // A question that was not answered is no message: nothing of that was written.
    let unasked = known == Known::Written && first.asks_beforehand && door == Door::Enrolment;
    let moves_on = known == Known::NotWritten || unasked;
    if known == Known::NotWritten {
        assert_eq!(proxy.requests(), 0, "{what}");
    } else if !unasked {
        // Whatever the answer to it was, the message went out if its request came through.
        assert_eq!(
            messages.len(),
            proxy.passed().min(1),
            "{what}: {messages:?}"
        );
    }
    let questions = usize::from(second.asks_beforehand && door == Door::Enrolment);
    let wanted = if moves_on { 1 + questions } else { 0 };
    assert_eq!(asked_second, wanted, "{what}: requests to the second");
    assert!(messages.len() <= 1, "{what}: {messages:?}");
    let delivered = scene.verifier.deliveries(1, None).unwrap();
    match &sent {
        Ok(_) => {
            let by = if moves_on { "second" } else { "first" };
            assert_eq!(delivered[0].1.provider, by, "{what}");
        }
        // Whoever makes the codes alone knows whether there is one.
        Err(Error::Unavailable(why)) => {
            assert!(known == Known::Written && !moves_on, "{what}: {why}");
        }
        Err(other) => panic!("{what}: {other:?}"),
    }
    if moves_on || known == Known::Answered {
        assert!(sent.is_ok() && messages.len() == 1, "{what}: {sent:?}");
    } else {
        // A code of ours may arrive, and then it is to work.
        assert_eq!(sent.is_ok(), !first.makes_codes, "{what}: {sent:?}");
    }

    // What arrived works if it was said to be on its way; and only there, and once.
    let codes: Vec<_> = messages.into_iter().map(|it| it.code).collect();
    let accepted = |attempt: &Attempt<'_>, code: &str| match attempt.types(code) {
        Ok(()) => 1,
        Err(Error::Denied(_) | Error::Unavailable(_)) => 0,
        Err(other) => panic!("{what}: {other:?}"),
    };
    let wrong = other_than(&codes);
    let mut yes = accepted(&attempt, &wrong);
    for code in &codes {
        yes += bystander.as_ref().map_or(0, |other| accepted(other, code));
    }
    assert_eq!(yes, 0, "{what}: accepted what is wrong");
    for code in codes.iter().chain(&codes) {
        yes += accepted(&attempt, code);
    }
    let wanted = usize::from(sent.is_ok()).min(codes.len());
    assert_eq!(yes, wanted, "{what}: {sent:?}");
}

/// The question whether a number may be enrolled was answered; what goes wrong after that concerns the
/// message.
#[test]
fn after_an_answered_question_it_is_the_message_that_decides_who_is_asked_next() {
    thread::scope(|scope| {
        for first in KINDS.iter().filter(|kind| kind.asks_beforehand) {
            for second in KINDS {
                scope.spawn(move || {
                    let peers = Peers::two();
                    for (name, fault) in faults(&(second.url)(&peers[1])) {
                        // A connection that is refused would have been so for the question.
                        if matches!(fault, Fault::Refuse) {
                            continue;
                        }
                        let what = format!("{} then {}, {name}", first.name, second.name);
                        let scene = Scene::new(&peers, &[]);
                        goes_wrong_after_the_question(&scene, [first, second], &fault, &what);
                        peers[0].fakes.clock.advance(3_600);
                    }
                });
            }
        }
    });
}

fn goes_wrong_after_the_question(
    scene: &Scene<'_>,
    [first, second]: [&Kind; 2],
    fault: &Fault,
    what: &str,
) {
    scene.first(first);
    scene.second(second);
    let later = Arc::new(OnceLock::<Arc<Proxy>>::new());
    let proxy = {
        let (later, fault) = (Arc::clone(&later), fault.clone());
        let edit = move |_: &mut String| later.get().unwrap().set(fault.clone());
        Arc::new(scene.breaks(first, Fault::edit(edit)))
    };
    assert!(later.set(Arc::clone(&proxy)).is_ok());
    let before = scene.asked(second, 1);
    let attempt = scene.enrolment(Method::Sms);
    let start = Instant::now();
    attempt
        .send()
        .unwrap_or_else(|why| panic!("{what}: {why:?}"));
    let took = start.elapsed();
    let moves_on = known(fault) == Known::NotWritten;
    let longest = Duration::from_secs(PATIENCE) * if moves_on { 2 } else { 1 };
    assert!(took < longest + SLACK, "{what}: {took:?}");
    assert_eq!(scene.asked(second, 1) > before, moves_on, "{what}");
    let messages = scene.arrived();
    // The question was passed on, too.
    let wanted = if moves_on { 1 } else { proxy.passed() - 1 };
    assert_eq!(messages.len(), wanted, "{what}");
    for message in &messages {
        attempt.types(&message.code).unwrap();
        attempt.is_spent(&message.code);
    }
}

// -- who is asked about a code ----------------------------------------------------------------------

/// Two deployments of providers that make codes, also two of the same kind: what they call their
/// verifications is the same.
fn each_two_makers(test: impl Fn(&'static Kind, &'static Kind, Door, &Scene<'_>)) {
    let peers = Peers::two();
    for first in makers() {
        for second in makers() {
            for door in DOORS {
                let scene = Scene::new(&peers, &[]);
                scene.first(first);
                scene.second(second);
                if door == Door::SignIn {
                    scene.enrol(Method::Sms);
                }
                test(first, second, door, &scene);
                peers[0].fakes.clock.advance(3_600);
            }
        }
    }
}

#[test]
fn after_a_fail_over_only_the_one_that_made_the_code_is_asked_about_it() {
    each_two_makers(|first, second, door, scene| {
        let proxy = scene.breaks(first, Fault::Reset);
        let attempt = scene.at(door, Method::Sms);
        let code = attempt.code();
        // The first one is there again, and would answer.
        proxy.set(Fault::None);
        let before = [scene.asked(first, 0), scene.asked(second, 1)];
        attempt.rejects(&other_than(std::slice::from_ref(&code)));
        attempt.types(&code).unwrap();
        attempt.is_spent(&code);
        assert_eq!((scene.asked(first, 0), proxy.requests()), (before[0], 0));
        assert_eq!(scene.asked(second, 1), before[1] + 2);
    });
}

#[test]
fn after_a_resend_only_the_one_that_made_the_code_is_asked_about_it() {
    each_two_makers(|first, second, door, scene| {
        let attempt = scene.at(door, Method::Sms);
        let old = attempt.code();
        scene.wait(COOLDOWN);
        let new = attempt.code();
        assert_ne!(old, new);
        let before = [scene.asked(first, 0), scene.asked(second, 1)];
        attempt.rejects(&other_than(&[old.clone(), new.clone()]));
        assert_eq!(scene.asked(second, 1), before[1] + 1);
        // Two makers cannot both be asked about one guess: it is the later one.
        attempt.rejects(&old);
        assert_eq!(scene.asked(second, 1), before[1] + 2);
        attempt.types(&new).unwrap();
        assert_eq!(scene.asked(second, 1), before[1] + 3);
        attempt.is_spent(&new);
        attempt.is_spent(&old);
        let after = [scene.asked(first, 0), scene.asked(second, 1)];
        assert_eq!(after, [before[0], before[1] + 3]);
    });
}

#[test]
fn a_code_whose_maker_was_removed_is_denied_and_nobody_else_is_asked() {
    each_two_makers(|first, second, door, scene| {
        let attempt = scene.at(door, Method::Sms);
        let code = attempt.code();
        let asked = || [scene.asked(first, 0), scene.asked(second, 1)];
        let before = asked();
        let verifier = &scene.verifier;
        verifier
            .remove_provider(scene.now(), "first", &Operator::on_server("anna"))
            .unwrap();
        let why = unavailable(attempt.types(&code));
        assert!(why.starts_with("first"), "{why}");
        // Another kind by its name knows nothing of it, either.
        scene.first(kind("twilio-messaging"));
        unavailable(attempt.types(&code));
        assert_eq!(asked(), before);
        // The maker itself still does; what was typed meanwhile was two of three guesses.
        verifier
            .remove_provider(scene.now(), "first", &Operator::on_server("anna"))
            .unwrap();
        scene.first(first);
        attempt.types(&code).unwrap();
        attempt.is_spent(&code);
        assert_eq!(asked(), [before[0] + 1, before[1]]);
    });
}

/// The first provider is down, or does not have that way; the code is the second one's affair alone.
fn only_the_second_knows(first: &'static Kind, second: &'static Kind) {
    let peers = Peers::two();
    for way in second.ways {
        for door in DOORS {
            let scene = Scene::new(&peers, &[]);
            scene.first(first);
            scene.second(second);
            if door == Door::SignIn {
                scene.enrol(*way);
            }
            let proxy = scene.breaks(first, Fault::Reset);
            let attempt = scene.at(door, *way);
            let code = attempt.code();
            let tried = usize::from(first.ways.contains(way));
            assert_eq!(proxy.connections().min(1), tried, "{}", first.name);
            // It is there again, and would answer.
            proxy.set(Fault::None);
            let before = [scene.asked(first, 0), scene.asked(second, 1)];
            attempt.rejects(&other_than(std::slice::from_ref(&code)));
            attempt.types(&code).unwrap();
            attempt.is_spent(&code);
            let checks = if second.makes_codes { 2 } else { 0 };
            let after = [scene.asked(first, 0), scene.asked(second, 1)];
            assert_eq!(after, [before[0], before[1] + checks], "{}", second.name);
            assert_eq!(proxy.requests(), 0, "{}", first.name);
            scene.wait(3_600);
        }
    }
}

#[test]
fn a_code_of_ours_is_no_affair_of_the_one_that_was_down() {
    for maker in makers() {
        for carrier in carriers() {
            only_the_second_knows(maker, carrier);
        }
    }
}

#[test]
fn a_code_that_was_made_for_a_carrier_that_was_down_is_asked_about_at_its_maker() {
    for carrier in carriers() {
        for maker in makers() {
            only_the_second_knows(carrier, maker);
        }
    }
}

/// One that failed five times is left alone for a while, though it is there again; a code that it made
/// before is still checked there.
#[test]
fn one_that_failed_lately_is_passed_over_and_still_asked_about_its_own_codes() {
    let peers = Peers::two();
    let more = [
        ("send_cooldown_seconds", "10"),
        ("send_per_number_hour", "20"),
        ("send_per_number_day", "20"),
    ];
    for first in KINDS {
        for second in carriers() {
            let scene = Scene::new(&peers, &more);
            scene.first(first);
            scene.second(second);
            scene.enrol(Method::Sms);
            let before = scene.challenge(Purpose::Login, Method::Sms);
            let held = before.code();
            let proxy = scene.breaks(first, Fault::Reset);
            let after = scene.challenge(Purpose::Login, Method::Sms);
            for _ in 0..5 {
                scene.wait(10);
                after.code();
            }
            let failed = proxy.connections();
            assert!(failed >= 5);
            proxy.set(Fault::None);
            scene.wait(10);
            let asked = scene.asked(first, 0);
            let code = after.code();
            after.types(&code).unwrap();
            assert_eq!(proxy.connections(), failed, "{}", first.name);
            assert_eq!(scene.asked(first, 0), asked);
            before.types(&held).unwrap();
            before.is_spent(&held);
            let checks = usize::from(first.makes_codes);
            assert_eq!(scene.asked(first, 0), asked + checks, "{}", first.name);
            scene.wait(3_600);
        }
    }
}

/// The provider is down, or does not let us in, when the code is typed: nobody has looked at it, so it
/// costs nothing, and is right when the provider is there again.
#[test]
fn a_right_code_that_nobody_looked_at_is_still_right() {
    let peers = Peers::two();
    for maker in makers() {
        for door in DOORS {
            let scene = Scene::new(&peers, &[]);
            scene.first(maker);
            if door == Door::SignIn {
                scene.enrol(Method::Sms);
            }
            let attempt = scene.at(door, Method::Sms);
            let code = attempt.code();
            for fault in [Fault::Refuse, Fault::OtherAuthority, Fault::Expired] {
                let _proxy = scene.breaks(maker, fault.clone());
                for _ in 0..6 {
                    unavailable(attempt.types(&code));
                }
            }
            scene.first(maker);
            for _ in 0..3 {
                for (status, twilio, managed) in [
                    (401, 20003, "license_invalid"),
                    (429, 60203, "rate_limited"),
                    (503, 20503, "provider_unavailable"),
                ] {
                    let failure = twilio::Failure {
                        status,
                        code: Some(twilio),
                        retry_after: None,
                    };
                    // The gateway is asked once more.
                    for _ in 0..if status == 401 { 1 } else { 2 } {
                        peers[0].gateway.fail_once(status, managed, None);
                    }
                    peers[0].fakes.twilio.fail_next(failure);
                    unavailable(attempt.types(&code));
                    peers[0].fakes.twilio.fail_no_more();
                    peers[0].gateway.fail_no_more();
                }
            }
            attempt.types(&code).unwrap();
            attempt.is_spent(&code);
            scene.wait(3_600);
        }
    }
}

/// The one provider there is cannot be reached, at its door or at the outgoing proxy's: whoever asks seven times waits
/// for one cooldown each, and is sent a code as soon as it is there again. What it answers costs what it always did.
#[test]
fn whoever_asked_in_an_outage_is_sent_a_code_when_it_is_over() {
    let peers = Peers::two();
    let forward = ForwardProxy::start(None, None);
    let url = forward.url("");
    for kind in KINDS {
        for door in DOORS {
            for proxied in [false, true] {
                let proxy: &[(&str, &str)] = if proxied {
                    &[("http_proxy", &url)]
                } else {
                    &[]
                };
                let scene = Scene::new(&peers, proxy);
                if proxied {
                    scene.behind_proxy("first", kind, 0);
                } else {
                    scene.first(kind);
                }
                if door == Door::SignIn {
                    scene.enrol(Method::Sms);
                }
                let broken = if proxied {
                    forward.conducts(Conduct::Say(""));
                    None
                } else {
                    Some(scene.breaks(kind, Fault::Refuse))
                };
                for n in 0..7 {
                    let attempt = scene.at(door, Method::Sms);
                    unavailable(attempt.send());
                    // Also who is not let through by the breaker waits: at once nobody asks again.
                    let waits = throttled(scene.at(door, Method::Sms).send());
                    assert_eq!(waits, COOLDOWN, "{} {door:?} {n}", kind.name);
                    scene.wait(COOLDOWN);
                }
                assert!(scene.arrived().is_empty());
                // It is there again, and the breaker's wait is over.
                if proxied {
                    forward.conducts(Conduct::Connect);
                } else {
                    scene.first(kind);
                }
                drop(broken);
                scene.wait(300);
                let attempt = scene.at(door, Method::Sms);
                let code = attempt.code();
                attempt.types(&code).unwrap();
                scene.wait(3_600);
            }
        }
    }
}

const PROXY_LOGIN: (&str, &str) = ("c4nary", "c4nary:pass");
const PROXY_WRITTEN: &str = "c4nary:c4nary%3Apass";

/// Every provider, through a proxy: as without it.
#[test]
fn whoever_enrolled_through_the_outgoing_proxy_signs_in_through_it() {
    let peers = Peers::two();
    let proxy = ForwardProxy::start(None, Some(PROXY_LOGIN));
    let url = proxy.url(PROXY_WRITTEN);
    for kind in KINDS {
        let scene = Scene::new(&peers, &[("http_proxy", &url)]);
        scene.behind_proxy("first", kind, 0);
        let (asked, through) = (scene.asked(kind, 0), proxy.heads().len());
        scene.enrol(Method::Sms);
        let attempt = scene.at(Door::SignIn, Method::Sms);
        let code = attempt.code();
        attempt.types(&code).unwrap();
        let asked = scene.asked(kind, 0) - asked;
        assert!(asked >= 2, "{}", kind.name);
        assert_eq!(proxy.heads().len() - through, asked, "{}", kind.name);
        let shown = format!("; asked through the proxy {}", proxy.url(""));
        assert_eq!(scene.health(), format!("first{shown}"));
        scene.wait(3_600);
    }
}

/// The proxy is down, or wants another password: nobody has seen the code, nothing was sent, the next one is
/// asked, and the operator reads whose fault it is.
#[test]
fn what_fails_at_the_outgoing_proxy_costs_nothing_and_is_not_called_the_providers() {
    let peers = Peers::two();
    let proxy = ForwardProxy::start(None, Some(PROXY_LOGIN));
    let url = proxy.url(PROXY_WRITTEN);
    let none = ["HTTP/1.1 407 No\r\n\r\n", "HTTP/1.1 502 No\r\n\r\n", ""].map(Conduct::Say);
    for maker in makers() {
        let scene = Scene::new(&peers, &[("http_proxy", &url)]);
        scene.behind_proxy("first", maker, 0);
        scene.enrol(Method::Sms);
        let attempt = scene.at(Door::SignIn, Method::Sms);
        let code = attempt.code();
        let asked = scene.asked(maker, 0);
        for conduct in none {
            proxy.conducts(conduct);
            for _ in 0..6 {
                let why = unavailable(attempt.types(&code));
                assert!(why.contains("outgoing proxy"), "{why}");
                assert!(!why.contains("c4nary"), "{why}");
            }
        }
        assert_eq!(scene.asked(maker, 0), asked);
        proxy.conducts(Conduct::Connect);
        attempt.types(&code).unwrap();
        scene.wait(3_600);
    }
    for kind in KINDS {
        let scene = Scene::new(&peers, &[("http_proxy", &url)]);
        // The second is on this machine, where no proxy leads.
        scene.behind_proxy("first", kind, 0);
        scene.second(self::kind("sns"));
        let first = scene.asked(kind, 0);
        proxy.conducts(none[0]);
        let attempt = scene.enrolment(Method::Sms);
        attempt.types(&attempt.code()).unwrap();
        assert_eq!(scene.asked(kind, 0), first, "{}", kind.name);
        let metrics = scene.verifier.metrics(scene.now()).unwrap();
        let line = "twofactor_failed_total{provider=\"first\",channel=\"sms\",kind=\"proxy\"} ";
        let count = |metrics: &str| {
            let (_, rest) = metrics.split_once(line).unwrap();
            rest.lines().next().unwrap().parse::<u64>().unwrap()
        };
        assert_eq!(count(&metrics), 1, "{}", kind.name);
        let told = scene.health();
        for part in [
            "not first's fault",
            "(HTTP 407): check those in twofactor.http_proxy",
            "asked through the proxy http://127.0.0.1:",
        ] {
            assert!(told.contains(part), "{told}");
        }
        assert!(!told.contains("status page"), "{told}");
        for text in [&told, &metrics] {
            assert!(!text.contains("c4nary"), "{text}");
        }
        // Five in a row open its breaker, as they would without a proxy; it is still not its fault.
        for _ in 0..4 {
            scene.wait(COOLDOWN);
            let resent = scene.challenge(Purpose::Login, Method::Sms);
            resent.send().unwrap();
            scene.arrived();
        }
        scene.wait(3_600);
        assert!(!scene.health().contains("status page"));
        // The proxy is there again: so is the first.
        proxy.conducts(Conduct::Connect);
        let operator = Operator::on_server("anna");
        scene
            .verifier
            .remove_provider(scene.now(), "second", &operator)
            .unwrap();
        scene.challenge(Purpose::Login, Method::Sms).send().unwrap();
        assert!(scene.asked(kind, 0) > first, "{}", kind.name);
        assert!(!scene.health().contains("fault"), "{}", scene.health());
        scene.arrived();
        scene.wait(3_600);
    }
}

/// The account with the first provider is refused: the second is asked, and what the first said is in the
/// health report. A number that is refused goes nowhere else.
#[test]
fn a_provider_that_refuses_us_is_passed_over_and_one_that_refuses_the_number_is_not() {
    let peers = Peers::two();
    for first in [kind("twilio-verify"), kind("twilio-messaging")] {
        for second in KINDS {
            for (status, code, goes_on) in [
                (401, 20003, true),
                (403, 20005, true),
                (400, 21606, true),
                (400, 21608, true),
                (400, 21704, true),
                (400, 21266, false),
                (400, 21635, false),
                (400, 21610, false),
                (403, 60410, false),
                (400, 99_999, false),
            ] {
                let what = format!("{} then {}, {code}", first.name, second.name);
                let scene = Scene::new(&peers, &[]);
                scene.first(first);
                scene.second(second);
                let failure = twilio::Failure {
                    status,
                    code: Some(code),
                    retry_after: None,
                };
                peers[0].fakes.twilio.fail_next(failure);
                let before = scene.asked(second, 1);
                let sent = scene.enrolment(Method::Sms).send();
                assert_eq!(sent.is_ok(), goes_on, "{what}: {sent:?}");
                assert_eq!(scene.asked(second, 1) > before, goes_on, "{what}");
                assert_eq!(scene.arrived().len(), usize::from(goes_on), "{what}");
                let health = scene.verifier.health(Ok(scene.now()));
                let check = health.into_iter().find(|it| it.name == "providers");
                let told = check.unwrap().message;
                let operators = goes_on || code == 99_999;
                assert_eq!(
                    told.contains(&code.to_string()),
                    operators,
                    "{what}: {told}"
                );
                scene.wait(3_600);
            }
        }
    }
}

// -- two codes for one attempt ----------------------------------------------------------------------

/// Asked again, the next provider has its turn. Either code is good, late in the life of the first
/// one; after a yes the other is worth nothing. Only of two makers the later one alone counts: a guess
/// is for one of them.
#[test]
fn of_two_codes_by_two_providers_either_is_good_and_one_of_them_once() {
    let peers = Peers::two();
    let enrolments = [None, Some(Purpose::VerifyPhone)];
    let sign_ins = [Some(Purpose::Login), Some(Purpose::StepUp)];
    for purpose in enrolments.into_iter().chain(sign_ins) {
        for first in KINDS {
            for second in KINDS {
                for typed in 0..2 {
                    let scene = Scene::new(&peers, &[]);
                    scene.first(first);
                    scene.second(second);
                    let attempt = match purpose {
                        Some(purpose) => {
                            scene.enrol(Method::Sms);
                            scene.challenge(purpose, Method::Sms)
                        }
                        None => scene.enrolment(Method::Sms),
                    };
                    let what = format!("{purpose:?}: {} then {}", first.name, second.name);
                    two_codes(&attempt, [first, second], typed, &what);
                    peers[0].fakes.clock.advance(3_600);
                }
            }
        }
    }
}

fn two_codes(attempt: &Attempt<'_>, kinds: [&Kind; 2], typed: usize, what: &str) {
    let scene = attempt.scene;
    let start = scene.now();
    let first = attempt.send().unwrap();
    let old = scene.message().code;
    scene.wait(COOLDOWN);
    let second = attempt.send().unwrap();
    let codes = [old, scene.message().code];
    assert_ne!(codes[0], codes[1], "{what}");
    let by: Vec<_> = scene.verifier.deliveries(2, None).unwrap();
    let by: Vec<_> = by.iter().map(|(_, it)| it.provider.as_str()).collect();
    assert_eq!(by, ["second", "first"], "{what}");
    // The last second that both are good: the first one's, or that of one who gives less time.
    let end = first.expires_at.min(second.expires_at);
    scene.wait(start.until(end) - COOLDOWN - 1);
    let asked = || [0, 1].map(|place| scene.asked(kinds[place], place));
    let mut wanted = asked();
    let both_made = kinds.iter().all(|kind| kind.makes_codes);
    if both_made && typed == 0 {
        attempt.rejects(&codes[0]);
        wanted[1] += 1;
        assert_eq!(asked(), wanted, "{what}");
        return;
    }
    attempt
        .types(&codes[typed])
        .unwrap_or_else(|why| panic!("{what}: {why:?}"));
    wanted[typed] += usize::from(kinds[typed].makes_codes);
    assert_eq!(asked(), wanted, "{what}: who was asked about it");
    for code in &codes {
        attempt.is_spent(code);
        if attempt.purpose.is_some() {
            scene.challenge(Purpose::Login, Method::Sms).rejects(code);
        }
    }
}

/// The answer to the first request was lost, and the person asks again: whatever arrived by then, one
/// yes comes of it.
#[test]
fn what_was_sent_in_the_dark_and_sent_again_is_worth_one_yes() {
    let peers = Peers::two();
    for first in KINDS {
        for second in KINDS {
            for door in DOORS {
                // There the answer that is lost would be one about the number.
                if first.asks_beforehand && door == Door::Enrolment {
                    continue;
                }
                for typed in 0..2 {
                    let what = format!("{} then {}, {door:?}", first.name, second.name);
                    let scene = Scene::new(&peers, &[]);
                    scene.first(first);
                    scene.second(second);
                    if door == Door::SignIn {
                        scene.enrol(Method::Sms);
                    }
                    let proxy = scene.breaks(first, Fault::ResetAfter);
                    let attempt = scene.at(door, Method::Sms);
                    assert_eq!(attempt.send().is_err(), first.makes_codes, "{what}");
                    let old = scene.message().code;
                    proxy.set(Fault::None);
                    scene.wait(COOLDOWN);
                    let mut codes = [old, attempt.code()];
                    codes.rotate_left(typed);
                    let yes = codes.iter().chain(&codes);
                    // A code of ours is good though nobody knew that it went out.
                    if !first.makes_codes {
                        attempt
                            .types(&codes[0])
                            .unwrap_or_else(|why| panic!("{what}: {why:?}"));
                    }
                    let yes = yes.filter(|code| attempt.types(code).is_ok()).count();
                    assert_eq!(yes, usize::from(first.makes_codes), "{what}");
                    codes.iter().for_each(|code| attempt.is_spent(code));
                    scene.wait(3_600);
                }
            }
        }
    }
}

#[test]
fn whoever_asks_again_after_an_answer_that_was_lost_gets_the_next_provider() {
    let peers = Peers::two();
    for first in KINDS.iter().filter(|kind| !kind.asks_beforehand) {
        for second in carriers() {
            for door in DOORS {
                let scene = Scene::new(&peers, &[]);
                scene.first(first);
                scene.second(second);
                if door == Door::SignIn {
                    scene.enrol(Method::Sms);
                }
                let _proxy = scene.breaks(first, Fault::ResetAfter);
                let attempt = scene.at(door, Method::Sms);
                let _ = attempt.send();
                scene.arrived();
                scene.wait(COOLDOWN);
                let before = scene.asked(second, 1);
                let code = attempt.code();
                assert!(scene.asked(second, 1) > before);
                attempt.types(&code).unwrap();
                scene.wait(3_600);
            }
        }
    }
}

// -- codes of ours ----------------------------------------------------------------------------------

/// The ways of a code of ours: a carrier's, and by e-mail, which the host sends.
fn own_ways() -> Vec<(Option<&'static Kind>, Method)> {
    let carried = carriers().flat_map(|kind| kind.ways.iter().map(move |way| (Some(kind), *way)));
    carried.chain([(None, Method::Email)]).collect()
}

#[test]
fn a_code_has_as_many_digits_as_are_set_and_one_of_another_length_is_a_guess() {
    let peers = Peers::two();
    for (carrier, way) in own_ways() {
        for length in [4, 6, 10] {
            for door in DOORS {
                let set = length.to_string();
                let scene = Scene::new(&peers, &[("code_digits", &set), ("code_checks", "3")]);
                if let Some(carrier) = carrier {
                    scene.first(carrier);
                }
                if door == Door::SignIn {
                    scene.enrol(way);
                }
                let attempt = scene.at(door, way);
                let code = attempt.code();
                assert_eq!(code.len(), length, "{way:?}");
                let others = |code: &str| [code[1..].to_owned(), format!("{code}0")];
                for other in others(&code) {
                    attempt.rejects(&other);
                }
                attempt.types(&code).unwrap();
                attempt.is_spent(&code);
                // A third of them is one too many for the next code.
                scene.wait(3_600);
                if door == Door::Enrolment {
                    continue;
                }
                let attempt = scene.at(door, way);
                let code = attempt.code();
                for other in others(&code).iter().chain([&format!("{code}00")]) {
                    attempt.rejects(other);
                }
                attempt.rejects(&code);
                scene.wait(3_600);
            }
        }
    }
}

/// The setting is about codes of ours.
#[test]
fn a_code_that_a_provider_made_has_the_digits_it_has() {
    let peers = Peers::two();
    for maker in makers() {
        for length in ["4", "10"] {
            for door in DOORS {
                let scene = Scene::new(&peers, &[("code_digits", length)]);
                scene.first(maker);
                if door == Door::SignIn {
                    scene.enrol(Method::Sms);
                }
                let attempt = scene.at(door, Method::Sms);
                let code = attempt.code();
                assert_eq!(code.len(), 6);
                attempt.types(&code).unwrap();
                scene.wait(3_600);
            }
        }
    }
}

#[test]
fn a_code_is_good_up_to_its_last_second() {
    let peers = Peers::two();
    let of_people = [
        None,
        Some(Purpose::VerifyPhone),
        Some(Purpose::ResetPassword),
    ];
    let of_sign_ins = [Some(Purpose::Login), Some(Purpose::StepUp)];
    for (set, login, verify) in [(false, 300, 600), (true, 60, 61)] {
        let more = [("code_login_seconds", "60"), ("code_verify_seconds", "61")];
        let more = if set { &more[..] } else { &[] };
        for (carrier, way) in own_ways() {
            for purpose in of_people.into_iter().chain(of_sign_ins) {
                let by_telephone = of_people[1..].contains(&purpose);
                if way == Method::Email && by_telephone {
                    continue;
                }
                let life = match purpose {
                    Some(Purpose::Login | Purpose::StepUp) => login,
                    _ => verify,
                };
                for late in [false, true] {
                    let scene = Scene::new(&peers, more);
                    if let Some(carrier) = carrier {
                        scene.first(carrier);
                    }
                    let attempt = match purpose {
                        Some(purpose) => {
                            scene.enrol(way);
                            scene.challenge(purpose, way)
                        }
                        None => scene.enrolment(way),
                    };
                    let code = attempt.code();
                    scene.wait(life - 1);
                    if late {
                        scene.wait(1);
                        attempt.rejects(&code);
                    } else {
                        attempt.types(&code).unwrap();
                        attempt.is_spent(&code);
                    }
                    scene.wait(3_600);
                }
            }
        }
    }
}
