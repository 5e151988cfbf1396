//! Every provider, with everything going wrong on the way to it: the outcome is a denial, or the
//! certainty that nothing went out; never a yes, and never late.
//!
//! [`DEEDS`] is the table of what providers do. Whoever adds a provider adds its deeds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use std::fmt::Debug;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use twofactor::clock::UnixTime;
use twofactor::phone::PhoneNumber;
use twofactor::sms::gateway::{Gateway, GatewayError, GatewaySettings, PinnedKey, Signing};
use twofactor::sms::http::HttpSettings;
use twofactor::sms::sns::{Sns, SnsSettings};
use twofactor::sms::twilio::ApiLogin;
use twofactor::sms::twilio::messaging::{MessagingSettings, SenderId, TwilioMessaging, WhatsApp};
use twofactor::sms::twilio::verify::{TwilioVerify, VerifySettings};
use twofactor::sms::{
    Channel, CheckError, MessageBody, MessageProvider, ProbeError, ProviderRequest, SendError,
    Verdict, VerificationProvider,
};
use twofactor_fakes::Fakes;
use twofactor_fakes::fault::{Fault, Proxy};
use twofactor_fakes::{gateway, sns, twilio};
use zeroize::Zeroizing;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A message was taken, a code was approved, something was learnt.
    Yes,
    /// Anything else, except:
    No,
    /// Certainly nobody was asked.
    NotSent,
}

impl<T: Debug> From<Result<T, SendError>> for Outcome {
    fn from(result: Result<T, SendError>) -> Self {
        match result {
            Ok(_) => Self::Yes,
            Err(SendError::NotSent(_) | SendError::Unreached(_)) => Self::NotSent,
            Err(_) => Self::No,
        }
    }
}

impl From<Result<Verdict, CheckError>> for Outcome {
    fn from(result: Result<Verdict, CheckError>) -> Self {
        match result {
            Ok(Verdict::Approved) => Self::Yes,
            Err(CheckError::NotAsked(_)) => Self::NotSent,
            _ => Self::No,
        }
    }
}

impl<T: Debug> From<Result<T, GatewayError>> for Outcome {
    fn from(result: Result<T, GatewayError>) -> Self {
        match result {
            Ok(_) => Self::Yes,
            Err(GatewayError::NotAsked(_)) => Self::NotSent,
            Err(_) => Self::No,
        }
    }
}

impl From<Result<(), ProbeError>> for Outcome {
    fn from(result: Result<(), ProbeError>) -> Self {
        match result {
            Ok(()) => Self::Yes,
            Err(_) => Self::No,
        }
    }
}

/// Every provider, running.
struct Scene {
    fakes: Fakes,
    gateway: gateway::Gateway,
}

impl Scene {
    fn new() -> Self {
        let fakes = Fakes::start();
        Self {
            gateway: fakes.gateway(),
            fakes,
        }
    }
}

/// How often it may be asked before it is given up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Once.
    Once,
    /// Once more under the same key, when nothing was written, and after 429 and 503.
    Twice,
    /// Twice more, whatever came of it, as it does no harm.
    Thrice,
}

/// What a fault is to those who may ask again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// None, for it was not asked.
    Unheard,
    /// None, in all the time there was.
    Late,
    /// None that can be read.
    None,
    /// One that has its say.
    Whole,
    /// Come back later.
    Busy,
    /// Something is wrong with me.
    Down,
}

impl Asked {
    /// How often somebody is asked who answers like this every time.
    const fn about(self, answer: Answer) -> usize {
        match (self, answer) {
            (Self::Once, _) | (_, Answer::Late | Answer::Whole) => 1,
            (Self::Twice, Answer::Unheard | Answer::Busy) => 2,
            (Self::Twice, _) => 1,
            (Self::Thrice, _) => 3,
        }
    }
}

/// Something a provider does at an address.
#[derive(Clone, Copy)]
struct Deed {
    name: &'static str,
    /// Whether it succeeds when nothing is wrong.
    succeeds: bool,
    /// Whether it can say for certain that nobody was asked.
    certain: bool,
    /// Whether it sends a message.
    sends: bool,
    /// Whether it asks about a code.
    checks: bool,
    asked: Asked,
    /// Prepares it, with nothing wrong, and returns the deed itself.
    prepare: fn(&Scene) -> Prepared,
    /// Whom it asks.
    provider: &'static Provider,
}

/// The deed itself: at an address, with so much patience.
type Prepared = Box<dyn Fn(&str, &HttpSettings) -> Outcome>;

impl Deed {
    const fn new(
        provider: &'static Provider,
        name: &'static str,
        prepare: fn(&Scene) -> Prepared,
    ) -> Self {
        Self {
            name,
            succeeds: true,
            certain: true,
            sends: false,
            checks: false,
            asked: Asked::Once,
            prepare,
            provider,
        }
    }

    const fn sends(mut self) -> Self {
        self.sends = true;
        self
    }

    const fn checks(mut self) -> Self {
        self.checks = true;
        self
    }

    const fn fails(mut self) -> Self {
        self.succeeds = false;
        self
    }

    /// What comes of it is told in words.
    const fn in_words(mut self) -> Self {
        self.certain = false;
        self
    }

    const fn asked(mut self, asked: Asked) -> Self {
        self.asked = asked;
        self
    }
}

/// The fake that stands for a provider.
struct Provider {
    behind: fn(&Scene, Fault) -> Proxy,
    /// Where it is without a fault, and if it may be without TLS: that takes its time.
    url: fn(&Scene) -> String,
    /// How many requests it saw.
    asked: fn(&Scene) -> usize,
    /// How many messages it sent.
    sent: fn(&Scene) -> usize,
    reset: fn(&Scene),
}

const TWILIO: Provider = Provider {
    behind: |scene, fault| scene.fakes.twilio_behind(fault),
    url: |scene| scene.fakes.twilio_plain_url(),
    asked: |scene| scene.fakes.twilio.requests().len(),
    sent: |scene| scene.fakes.twilio.sent().len(),
    reset: |scene| scene.fakes.twilio.reset(),
};

const SNS: Provider = Provider {
    behind: |scene, fault| scene.fakes.sns_behind(fault),
    url: |scene| scene.fakes.sns_plain_url(),
    asked: |scene| scene.fakes.sns.requests().len(),
    sent: |scene| scene.fakes.sns.sent().len(),
    reset: |scene| scene.fakes.sns.reset(),
};

const GATEWAY: Provider = Provider {
    behind: |scene, fault| {
        let address = scene.gateway.plain_address();
        Proxy::start(&scene.fakes.authority, address, fault)
    },
    url: |scene| {
        let url = scene.gateway.url();
        url.strip_suffix(gateway::PREFIX).unwrap().to_owned()
    },
    asked: |scene| scene.gateway.requests().len(),
    sent: |scene| scene.gateway.sent().len(),
    reset: |scene| scene.gateway.reset(),
};

const DEEDS: &[Deed] = &[
    Deed::new(&TWILIO, "Twilio Verify starts by SMS", |_| {
        start(Channel::Sms)
    })
    .sends(),
    Deed::new(&TWILIO, "Twilio Verify starts by call", |_| {
        start(Channel::Voice)
    })
    .sends(),
    Deed::new(&TWILIO, "Twilio Verify starts by WhatsApp", |_| {
        start(Channel::WhatsApp)
    })
    .sends(),
    Deed::new(&TWILIO, "Twilio Verify checks a right code", |scene| {
        check(scene, Channel::Sms, true)
    })
    .checks(),
    Deed::new(
        &TWILIO,
        "Twilio Verify checks a right code of a call",
        |scene| check(scene, Channel::Voice, true),
    )
    .checks(),
    Deed::new(
        &TWILIO,
        "Twilio Verify checks a right code of WhatsApp",
        |scene| check(scene, Channel::WhatsApp, true),
    )
    .checks(),
    Deed::new(&TWILIO, "Twilio Verify checks a wrong code", |scene| {
        check(scene, Channel::Sms, false)
    })
    .checks()
    .fails(),
    Deed::new(&TWILIO, "Twilio Verify is probed", |_| {
        Box::new(|base, http| verify(base, http).probe(now()).into())
    })
    .in_words(),
    Deed::new(&TWILIO, "Twilio Messaging sends an SMS", |_| {
        send(Channel::Sms)
    })
    .sends(),
    Deed::new(&TWILIO, "Twilio Messaging sends by WhatsApp", |_| {
        send(Channel::WhatsApp)
    })
    .sends(),
    Deed::new(&TWILIO, "Twilio Messaging calls", |_| send(Channel::Voice)).sends(),
    Deed::new(&TWILIO, "Twilio Messaging is probed", |_| {
        Box::new(|base, http| messaging(base, http).probe(now()).into())
    })
    .in_words(),
    Deed::new(&SNS, "SNS sends an SMS", |_| {
        Box::new(|base, http| {
            sns(base, http)
                .send(&request(Channel::Sms), &message())
                .into()
        })
    })
    .sends(),
    Deed::new(&SNS, "SNS says who wants no messages", |_| {
        // "Wants them" is what must not come out of a fault.
        Box::new(
            |base, http| match sns(base, http).opted_out(number(), now()) {
                Ok(false) => Outcome::Yes,
                Ok(true) => Outcome::No,
                Err(error) => Err::<(), _>(error).into(),
            },
        )
    }),
    Deed::new(&SNS, "SNS is probed", |_| {
        Box::new(|base, http| sns(base, http).probe(now()).into())
    })
    .in_words(),
    Deed::new(&GATEWAY, "the gateway starts", |scene| {
        let gateway = managed(scene);
        Box::new(move |base, http| gateway(base, http).start(&request(Channel::Sms)).into())
    })
    .sends()
    .asked(Asked::Twice),
    Deed::new(&GATEWAY, "the gateway checks a right code", |scene| {
        managed_check(scene, managed(scene), true)
    })
    .checks()
    .asked(Asked::Twice),
    Deed::new(&GATEWAY, "the gateway checks a wrong code", |scene| {
        managed_check(scene, managed(scene), false)
    })
    .checks()
    .fails()
    .asked(Asked::Twice),
    Deed::new(&GATEWAY, "a gateway without signatures starts", |scene| {
        scene.gateway.sign(false);
        let gateway = legacy();
        Box::new(move |base, http| gateway(base, http).start(&request(Channel::Sms)).into())
    })
    .sends(),
    Deed::new(
        &GATEWAY,
        "a gateway without signatures checks a right code",
        |scene| {
            scene.gateway.sign(false);
            managed_check(scene, legacy(), true)
        },
    )
    .checks(),
    Deed::new(&GATEWAY, "the gateway says what a licence is", |scene| {
        let gateway = managed(scene);
        Box::new(move |base, http| gateway(base, http).licence(now()).into())
    })
    .asked(Asked::Thrice),
    Deed::new(&GATEWAY, "the gateway lists messages", |scene| {
        let gateway = managed(scene);
        let url = (GATEWAY.url)(scene);
        gateway(&url, &patient(&scene.fakes))
            .start(&request(Channel::Sms))
            .unwrap();
        Box::new(move |base, http| gateway(base, http).log(None, now()).into())
    })
    .asked(Asked::Thrice),
    Deed::new(&GATEWAY, "the gateway is probed", |scene| {
        let gateway = managed(scene);
        Box::new(move |base, http| gateway(base, http).probe(now()).into())
    })
    .in_words()
    .asked(Asked::Thrice),
];

fn number() -> &'static PhoneNumber {
    static NUMBER: OnceLock<PhoneNumber> = OnceLock::new();
    NUMBER.get_or_init(|| PhoneNumber::parse("+4915123456789", None).unwrap())
}

/// What the fakes' clock shows.
fn now() -> UnixTime {
    UnixTime::new(1_735_732_800).unwrap()
}

fn request(channel: Channel) -> ProviderRequest<'static> {
    ProviderRequest {
        to: number(),
        channel,
        locale: "en",
        now: now(),
    }
}

fn login() -> ApiLogin {
    ApiLogin {
        user: twilio::KEY.to_owned(),
        secret: Zeroizing::new(twilio::SECRET.to_owned()),
    }
}

fn verify(base: &str, http: &HttpSettings) -> TwilioVerify {
    TwilioVerify::new(&VerifySettings {
        login: login(),
        service: twilio::SERVICE.to_owned(),
        service_unproven: None,
        channels: vec![Channel::Sms, Channel::Voice, Channel::WhatsApp],
        base: base.to_owned(),
        http: http.clone(),
    })
    .unwrap()
}

fn start(channel: Channel) -> Prepared {
    Box::new(move |base, http| verify(base, http).start(&request(channel)).into())
}

/// A verification that is pending.
fn started(scene: &Scene, channel: Channel) -> String {
    let url = scene.fakes.twilio_plain_url();
    let started = verify(&url, &patient(&scene.fakes)).start(&request(channel));
    started.unwrap().reference
}

fn check(scene: &Scene, channel: Channel, right: bool) -> Prepared {
    let reference = started(scene, channel);
    let code = if right {
        scene.fakes.twilio.code()
    } else {
        "999999".to_owned()
    };
    Box::new(move |base, http| {
        verify(base, http)
            .check(&request(channel), &reference, &code)
            .into()
    })
}

fn send(channel: Channel) -> Prepared {
    Box::new(move |base, http| {
        messaging(base, http)
            .send(&request(channel), &message())
            .into()
    })
}

fn messaging(base: &str, http: &HttpSettings) -> TwilioMessaging {
    let from = SenderId::From(twilio::FROM.to_owned());
    TwilioMessaging::new(MessagingSettings {
        login: login(),
        account: twilio::ACCOUNT.to_owned(),
        sms: Some(from.clone()),
        whatsapp: Some(WhatsApp {
            sender: from,
            template: twilio::TEMPLATE.to_owned(),
            variable: "1".to_owned(),
        }),
        voice: Some(twilio::FROM.to_owned()),
        status_callback: None,
        auth_token: None,
        validity: None,
        base: base.to_owned(),
        http: http.clone(),
    })
    .unwrap()
}

/// The client of a gateway, wherever that is.
fn managed(scene: &Scene) -> impl Fn(&str, &HttpSettings) -> Gateway + use<> {
    client(Signing::Require, scene.gateway.keys().into())
}

/// The client of one that does not sign.
fn legacy() -> impl Fn(&str, &HttpSettings) -> Gateway {
    client(Signing::Legacy, Vec::new())
}

fn client(signing: Signing, keys: Vec<String>) -> impl Fn(&str, &HttpSettings) -> Gateway {
    move |base, http| {
        Gateway::new(GatewaySettings {
            url: format!("{base}{}", gateway::PREFIX),
            licence_key: Zeroizing::new(gateway::LICENCE_KEY.to_owned()),
            site_url: format!("https://{}", gateway::DOMAIN),
            module: gateway::MODULE.to_owned(),
            signing,
            keys: keys
                .iter()
                .map(|key| PinnedKey::parse(key).unwrap())
                .collect(),
            http: http.clone(),
        })
        .unwrap()
    }
}

fn managed_check(
    scene: &Scene,
    gateway: impl Fn(&str, &HttpSettings) -> Gateway + 'static,
    right: bool,
) -> Prepared {
    let mut at_once = gateway(&(GATEWAY.url)(scene), &patient(&scene.fakes));
    let reference = at_once.start(&request(Channel::Sms)).unwrap().reference;
    let code = scene.gateway.sent().last().unwrap().code.clone();
    let code = if right { code } else { "0000".to_owned() };
    Box::new(move |base, http| {
        gateway(base, http)
            .check(&request(Channel::Sms), &reference, &code)
            .into()
    })
}

fn message() -> MessageBody {
    MessageBody {
        text: Zeroizing::new("123456 is your code.".to_owned()),
        code: Zeroizing::new("123456".to_owned()),
    }
}

fn sns(base: &str, http: &HttpSettings) -> Sns {
    Sns::new(SnsSettings {
        access_key: Zeroizing::new(sns::ACCESS_KEY.to_owned()),
        secret: Zeroizing::new(sns::SECRET.to_owned()),
        session_token: None,
        region: sns::REGION.to_owned(),
        endpoint: Some(base.to_owned()),
        sender_id: Some("Example".to_owned()),
        max_price: None,
        http: http.clone(),
    })
    .unwrap()
}

/// For what is to succeed or fail by itself.
fn patient(fakes: &Fakes) -> HttpSettings {
    HttpSettings {
        ca_file: Some(fakes.ca_file().to_owned()),
        ..HttpSettings::default()
    }
}

/// For what is to take too long. The connection has to be there in this time, too.
fn hasty(fakes: &Fakes) -> HttpSettings {
    HttpSettings {
        connect: Duration::from_secs(2),
        whole: Duration::from_secs(2),
        ..patient(fakes)
    }
}

/// Tries every deed at the same time, each with fakes of its own: most of the time they wait.
fn each_deed(test: impl Fn(&Deed, &Scene) + Sync) {
    thread::scope(|scope| {
        for deed in DEEDS {
            let test = &test;
            scope.spawn(move || test(deed, &Scene::new()));
        }
    });
}

/// Does a deed through a fault.
fn tried(deed: &Deed, scene: &Scene, fault: Fault, http: &HttpSettings) -> (Outcome, Proxy) {
    let proxy = (deed.provider.behind)(scene, fault);
    (through(&proxy, deed, scene, http), proxy)
}

/// Does a deed through what goes wrong there, and holds it to what holds of every deed and fault.
fn through(proxy: &Proxy, deed: &Deed, scene: &Scene, http: &HttpSettings) -> Outcome {
    let provider = deed.provider;
    let act = (deed.prepare)(scene);
    let (asked, sent) = ((provider.asked)(scene), (provider.sent)(scene));
    let requests = proxy.requests();
    let start = Instant::now();
    let outcome = act(proxy.url(), http);
    // A machine that is busy has its time; who waits for the other side waits for 20 seconds.
    let longest = http.whole + Duration::from_secs(5);
    let took = start.elapsed();
    assert!(took < longest, "{}: {took:?}", deed.name);
    let (asked, sent) = (
        (provider.asked)(scene) - asked,
        (provider.sent)(scene) - sent,
    );
    let requests = proxy.requests() - requests;
    let most = match deed.asked {
        Asked::Once => 1,
        Asked::Twice => 2,
        Asked::Thrice => 3,
    };
    assert!(
        asked <= most && requests <= most,
        "{}: asked too often",
        deed.name
    );
    assert!(
        sent <= usize::from(deed.sends),
        "{}: {sent} messages",
        deed.name
    );
    if asked > 0 || requests > 0 {
        assert_ne!(
            outcome,
            Outcome::NotSent,
            "{}: it may have arrived",
            deed.name
        );
    }
    if !deed.succeeds {
        assert_ne!(outcome, Outcome::Yes, "{}", deed.name);
    }
    // What was approved once is not approved again, whatever was heard of the first time.
    if asked > 0 && deed.checks {
        let again = act(&(provider.url)(scene), &patient(&scene.fakes));
        assert_ne!(again, Outcome::Yes, "{}: approved twice", deed.name);
    }
    outcome
}

#[test]
fn without_a_fault_every_deed_is_done() {
    each_deed(|deed, scene| {
        let (outcome, proxy) = tried(deed, scene, Fault::None, &patient(&scene.fakes));
        assert_eq!(outcome == Outcome::Yes, deed.succeeds, "{}", deed.name);
        assert_eq!(proxy.passed(), 1);
    });
}

#[test]
fn what_fails_before_the_request_is_certainly_not_sent() {
    each_deed(|deed, scene| {
        let expected = if deed.certain {
            Outcome::NotSent
        } else {
            Outcome::No
        };
        for (name, fault, answer) in [
            ("refuse", Fault::Refuse, None),
            ("reset", Fault::Reset, Some(Answer::Unheard)),
            ("stall", Fault::Stall, Some(Answer::Late)),
            ("other name", Fault::OtherName, Some(Answer::Unheard)),
            (
                "other authority",
                Fault::OtherAuthority,
                Some(Answer::Unheard),
            ),
            ("expired", Fault::Expired, Some(Answer::Unheard)),
        ] {
            let http = match answer {
                Some(Answer::Late) => hasty(&scene.fakes),
                _ => patient(&scene.fakes),
            };
            let (outcome, proxy) = tried(deed, scene, fault, &http);
            assert_eq!(outcome, expected, "{}: {name}", deed.name);
            let times = answer.map_or(0, |answer| deed.asked.about(answer));
            assert_eq!(
                (proxy.connections(), proxy.requests()),
                (times, 0),
                "{}: {name}",
                deed.name
            );
            (deed.provider.reset)(scene);
        }
        for base in ["https://no-such-host.invalid", "https://127.0.0.1:1"] {
            let outcome = (deed.prepare)(scene)(base, &patient(&scene.fakes));
            assert_eq!(outcome, expected, "{}: {base}", deed.name);
            (deed.provider.reset)(scene);
        }
    });
}

#[test]
fn what_fails_after_the_request_is_a_denial_and_nothing_certain() {
    let slow = Duration::from_millis(20);
    let mut faults = vec![
        ("swallow", Fault::Swallow, Answer::Late),
        ("stall", Fault::StallAfter, Answer::Late),
        ("drip", Fault::Drip(slow), Answer::Late),
        ("reset", Fault::ResetAfter, Answer::None),
        ("garbage", Fault::Garbage, Answer::None),
        ("huge body", Fault::HugeBody, Answer::None),
        ("huge chunks", Fault::HugeChunks, Answer::None),
        ("huge header", Fault::HugeHeader, Answer::None),
        ("many headers", Fault::ManyHeaders, Answer::None),
    ];
    let redirects = [301, 302, 303, 307, 308];
    faults.extend(redirects.map(|it| ("redirect", Fault::Redirect(it), Answer::Whole)));
    for (answer, statuses) in [
        (Answer::Whole, &[200, 201, 204, 400, 401, 403, 404][..]),
        (Answer::Busy, &[429, 503]),
        (Answer::Down, &[500, 502, 504]),
    ] {
        faults.extend(
            statuses
                .iter()
                .map(|it| ("status", Fault::Status(*it), answer)),
        );
    }
    each_deed(|deed, scene| {
        for (name, fault, answer) in &faults {
            let http = match answer {
                Answer::Late => hasty(&scene.fakes),
                _ => patient(&scene.fakes),
            };
            let name = match fault {
                Fault::Redirect(status) | Fault::Status(status) => format!("{name} {status}"),
                _ => (*name).to_owned(),
            };
            let (outcome, proxy) = tried(deed, scene, fault.clone(), &http);
            assert_eq!(outcome, Outcome::No, "{}: {name}", deed.name);
            let times = deed.asked.about(*answer);
            assert_eq!(
                (proxy.connections(), proxy.requests()),
                (times, times),
                "{}: {name}",
                deed.name
            );
            (deed.provider.reset)(scene);
        }
    });
}

/// A place that a redirect may lead to. It lets nobody in: whoever comes waits before the door, and is
/// counted there.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    /// How many have come since it was last asked. A connection is there as soon as its maker has it.
    fn visitors(&self) -> usize {
        let mut visitors = 0;
        loop {
            match self.0.accept() {
                Ok(_) => visitors += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return visitors,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn no_redirect_leads_anywhere() {
    each_deed(|deed, scene| {
        let elsewhere = Elsewhere::new();
        for status in [301, 302, 303, 307, 308] {
            for scheme in ["https:", "http:", ""] {
                let to = format!("{scheme}//{}", elsewhere.address());
                let fault = Fault::RedirectTo(status, to);
                let (outcome, proxy) = tried(deed, scene, fault, &hasty(&scene.fakes));
                let name = format!("{}: {status} to {scheme}//", deed.name);
                assert_eq!(elsewhere.visitors(), 0, "{name}");
                assert_eq!(outcome, Outcome::No, "{name}");
                assert_eq!((proxy.connections(), proxy.requests()), (1, 1), "{name}");
                (deed.provider.reset)(scene);
            }
        }
        // One that comes is seen.
        let _visitor = TcpStream::connect(elsewhere.address()).unwrap();
        assert_eq!(elsewhere.visitors(), 1);
    });
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    each_deed(|deed, scene| {
        let (outcome, _) = tried(deed, scene, Fault::Duplicate, &patient(&scene.fakes));
        // The first one is whole: it is the provider's word.
        assert_eq!(outcome == Outcome::Yes, deed.succeeds, "{}", deed.name);
    });
}

/// How many bytes the answer to a deed has, with its head.
fn answer_length(deed: &Deed) -> usize {
    let scene = Scene::new();
    let (outcome, proxy) = tried(deed, &scene, Fault::None, &patient(&scene.fakes));
    assert_eq!(outcome, Outcome::Yes, "{}", deed.name);
    proxy.length()
}

#[test]
fn an_answer_that_ends_early_anywhere_is_none() {
    thread::scope(|scope| {
        for deed in DEEDS.iter().filter(|deed| deed.succeeds) {
            let length = answer_length(deed);
            assert!(length > 150, "{}: {length} bytes", deed.name);
            // Who asks again waits before it does.
            let parts = match deed.asked {
                Asked::Thrice => 24,
                _ => 1,
            };
            for part in 0..parts {
                scope.spawn(move || {
                    let scene = Scene::new();
                    let proxy = (deed.provider.behind)(&scene, Fault::None);
                    for at in (part..=length).step_by(parts) {
                        for fault in [Fault::Cut(at), Fault::End(at)] {
                            proxy.set(fault);
                            let outcome = through(&proxy, deed, &scene, &patient(&scene.fakes));
                            assert_eq!(
                                (outcome == Outcome::Yes, proxy.length()),
                                (at == length, length),
                                "{}: {outcome:?} after {at} of {length} bytes",
                                deed.name
                            );
                            assert_ne!(outcome, Outcome::NotSent, "{}", deed.name);
                            (deed.provider.reset)(&scene);
                        }
                    }
                });
            }
        }
    });
}
