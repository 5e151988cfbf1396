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
use std::thread;
use std::time::{Duration, Instant};

use twofactor::clock::UnixTime;
use twofactor::phone::PhoneNumber;
use twofactor::sms::http::HttpSettings;
use twofactor::sms::sns::{Sns, SnsSettings};
use twofactor::sms::twilio::Login;
use twofactor::sms::twilio::messaging::{MessagingSettings, Sender, TwilioMessaging, WhatsApp};
use twofactor::sms::twilio::verify::{TwilioVerify, VerifySettings};
use twofactor::sms::{Carrier, Channel, CheckError, Checker, Order, SendError, Verdict, Words};
use twofactor_fakes::Fakes;
use twofactor_fakes::fault::{Fault, Proxy};
use twofactor_fakes::{sns, twilio};
use zeroize::Zeroizing;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A message was taken, a code was approved, a verification was cancelled.
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
            Err(SendError::NotSent(_)) => Self::NotSent,
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

/// Something a provider does at an address.
struct Deed {
    name: &'static str,
    /// Whether it succeeds when nothing is wrong.
    succeeds: bool,
    /// Prepares it, with nothing wrong, and returns the deed itself.
    prepare: fn(&Fakes) -> Prepared,
    /// Whom it asks.
    provider: &'static Provider,
}

/// The fake that stands for a provider.
struct Provider {
    behind: fn(&Fakes, Fault) -> Proxy,
    /// Where it is without a fault, and without TLS: that takes its time.
    url: fn(&Fakes) -> String,
    /// How many requests it saw.
    asked: fn(&Fakes) -> usize,
    reset: fn(&Fakes),
}

const TWILIO: Provider = Provider {
    behind: Fakes::twilio_behind,
    url: Fakes::twilio_plain_url,
    asked: |fakes| fakes.twilio.requests().len(),
    reset: |fakes| fakes.twilio.reset(),
};

const SNS: Provider = Provider {
    behind: Fakes::sns_behind,
    url: Fakes::sns_plain_url,
    asked: |fakes| fakes.sns.requests().len(),
    reset: |fakes| fakes.sns.reset(),
};

type Prepared = Box<dyn Fn(&str, &HttpSettings) -> Outcome>;

const DEEDS: &[Deed] = &[
    Deed {
        name: "Twilio Verify starts",
        succeeds: true,
        prepare: |_| Box::new(|base, http| verify(base, http).start(&order(Channel::Sms)).into()),
        provider: &TWILIO,
    },
    Deed {
        name: "Twilio Verify checks a right code",
        succeeds: true,
        prepare: |fakes| check(fakes, true),
        provider: &TWILIO,
    },
    Deed {
        name: "Twilio Verify checks a wrong code",
        succeeds: false,
        prepare: |fakes| check(fakes, false),
        provider: &TWILIO,
    },
    Deed {
        name: "Twilio Messaging sends an SMS",
        succeeds: true,
        prepare: |_| carry(Channel::Sms),
        provider: &TWILIO,
    },
    Deed {
        name: "Twilio Messaging sends by WhatsApp",
        succeeds: true,
        prepare: |_| carry(Channel::WhatsApp),
        provider: &TWILIO,
    },
    Deed {
        name: "Twilio Messaging calls",
        succeeds: true,
        prepare: |_| carry(Channel::Voice),
        provider: &TWILIO,
    },
    Deed {
        name: "SNS sends an SMS",
        succeeds: true,
        prepare: |_| {
            Box::new(|base, http| sns(base, http).carry(&order(Channel::Sms), &words()).into())
        },
        provider: &SNS,
    },
    Deed {
        name: "SNS says who wants no messages",
        succeeds: true,
        prepare: |_| {
            Box::new(|base, http| {
                let order = order(Channel::Sms);
                // "Wants them" is what must not come out of a fault.
                match sns(base, http).opted_out(order.to, order.now) {
                    Ok(false) => Outcome::Yes,
                    Ok(true) => Outcome::No,
                    Err(error) => Err::<(), _>(error).into(),
                }
            })
        },
        provider: &SNS,
    },
];

fn number() -> &'static PhoneNumber {
    static NUMBER: std::sync::OnceLock<PhoneNumber> = std::sync::OnceLock::new();
    NUMBER.get_or_init(|| PhoneNumber::parse("+4915123456789", None).unwrap())
}

fn order(channel: Channel) -> Order<'static> {
    Order {
        to: number(),
        channel,
        locale: "en",
        now: UnixTime::new(1_735_732_800).unwrap(),
    }
}

fn login() -> Login {
    Login {
        user: twilio::KEY.to_owned(),
        secret: Zeroizing::new(twilio::SECRET.to_owned()),
    }
}

fn verify(base: &str, http: &HttpSettings) -> TwilioVerify {
    TwilioVerify::new(&VerifySettings {
        login: login(),
        service: twilio::SERVICE.to_owned(),
        channels: vec![Channel::Sms],
        base: base.to_owned(),
        http: http.clone(),
    })
    .unwrap()
}

fn check(fakes: &Fakes, right: bool) -> Prepared {
    let started = verify(&fakes.twilio_plain_url(), &patient(fakes)).start(&order(Channel::Sms));
    let reference = started.unwrap().reference;
    let code = if right {
        fakes.twilio.code()
    } else {
        "999999".to_owned()
    };
    Box::new(move |base, http| {
        verify(base, http)
            .check(&order(Channel::Sms), &reference, &code)
            .into()
    })
}

fn carry(channel: Channel) -> Prepared {
    Box::new(move |base, http| {
        let from = Sender::From(twilio::FROM.to_owned());
        let mut messaging = TwilioMessaging::new(MessagingSettings {
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
        .unwrap();
        messaging.carry(&order(channel), &words()).into()
    })
}

fn words() -> Words {
    Words {
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

/// For what is to take too long.
fn hasty(fakes: &Fakes) -> HttpSettings {
    HttpSettings {
        connect: Duration::from_millis(900),
        whole: Duration::from_millis(900),
        ..patient(fakes)
    }
}

/// Tries every deed at the same time, each with fakes of its own: most of the time they wait.
fn each_deed(test: impl Fn(&Deed, &Fakes) + Sync) {
    thread::scope(|scope| {
        for deed in DEEDS {
            let test = &test;
            scope.spawn(move || test(deed, &Fakes::start()));
        }
    });
}

/// Does a deed through a fault, and holds it to what holds of every deed and fault.
fn tried(deed: &Deed, fakes: &Fakes, fault: Fault, http: &HttpSettings) -> (Outcome, Proxy) {
    let act = (deed.prepare)(fakes);
    let proxy = (deed.provider.behind)(fakes, fault);
    let before = (deed.provider.asked)(fakes);
    let start = Instant::now();
    let outcome = act(proxy.url(), http);
    let longest = http.whole + Duration::from_secs(1);
    let took = start.elapsed();
    assert!(took < longest, "{}: {took:?}", deed.name);
    let asked = (deed.provider.asked)(fakes) - before;
    assert!(
        asked <= 1 && proxy.requests() <= 1,
        "{}: asked more than once",
        deed.name
    );
    if asked > 0 || proxy.requests() > 0 {
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
    if asked > 0 && deed.name.contains("checks") {
        let again = act(&(deed.provider.url)(fakes), &patient(fakes));
        assert_ne!(again, Outcome::Yes, "{}: approved twice", deed.name);
    }
    (outcome, proxy)
}

#[test]
fn without_a_fault_every_deed_is_done() {
    each_deed(|deed, fakes| {
        let (outcome, proxy) = tried(deed, fakes, Fault::None, &patient(fakes));
        assert_eq!(outcome == Outcome::Yes, deed.succeeds, "{}", deed.name);
        assert_eq!(proxy.passed(), 1);
    });
}

#[test]
fn what_fails_before_the_request_is_certainly_not_sent() {
    each_deed(|deed, fakes| {
        for (name, fault, http) in [
            ("refuse", Fault::Refuse, patient(fakes)),
            ("reset", Fault::Reset, patient(fakes)),
            ("stall", Fault::Stall, hasty(fakes)),
            ("other name", Fault::OtherName, patient(fakes)),
            ("other authority", Fault::OtherAuthority, patient(fakes)),
            ("expired", Fault::Expired, patient(fakes)),
        ] {
            let (outcome, proxy) = tried(deed, fakes, fault, &http);
            assert_eq!(outcome, Outcome::NotSent, "{}: {name}", deed.name);
            assert_eq!(proxy.requests(), 0, "{}: {name}", deed.name);
            (deed.provider.reset)(fakes);
        }
        for base in ["https://no-such-host.invalid", "https://127.0.0.1:1"] {
            let outcome = (deed.prepare)(fakes)(base, &patient(fakes));
            assert_eq!(outcome, Outcome::NotSent, "{}: {base}", deed.name);
            (deed.provider.reset)(fakes);
        }
    });
}

#[test]
fn what_fails_after_the_request_is_a_denial_and_nothing_certain() {
    each_deed(|deed, fakes| {
        let slow = Duration::from_millis(20);
        for (name, fault, http) in [
            ("swallow", Fault::Swallow, hasty(fakes)),
            ("stall", Fault::StallAfter, hasty(fakes)),
            ("drip", Fault::Drip(slow), hasty(fakes)),
            ("reset", Fault::ResetAfter, patient(fakes)),
            ("garbage", Fault::Garbage, patient(fakes)),
            ("301", Fault::Redirect(301), patient(fakes)),
            ("302", Fault::Redirect(302), patient(fakes)),
            ("303", Fault::Redirect(303), patient(fakes)),
            ("307", Fault::Redirect(307), patient(fakes)),
            ("308", Fault::Redirect(308), patient(fakes)),
            ("200", Fault::Status(200), patient(fakes)),
            ("201", Fault::Status(201), patient(fakes)),
            ("204", Fault::Status(204), patient(fakes)),
            ("404", Fault::Status(404), patient(fakes)),
            ("429", Fault::Status(429), patient(fakes)),
            ("500", Fault::Status(500), patient(fakes)),
            ("502", Fault::Status(502), patient(fakes)),
            ("503", Fault::Status(503), patient(fakes)),
            ("504", Fault::Status(504), patient(fakes)),
            ("huge body", Fault::HugeBody, patient(fakes)),
            ("huge chunks", Fault::HugeChunks, patient(fakes)),
            ("huge header", Fault::HugeHeader, patient(fakes)),
            ("many headers", Fault::ManyHeaders, patient(fakes)),
        ] {
            let (outcome, proxy) = tried(deed, fakes, fault, &http);
            assert_eq!(outcome, Outcome::No, "{}: {name}", deed.name);
            assert_eq!(
                (proxy.connections(), proxy.requests()),
                (1, 1),
                "{}: {name}",
                deed.name
            );
            (deed.provider.reset)(fakes);
        }
    });
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    each_deed(|deed, fakes| {
        let (outcome, _) = tried(deed, fakes, Fault::Duplicate, &patient(fakes));
        // The first one is whole: it is the provider's word.
        assert_eq!(outcome == Outcome::Yes, deed.succeeds, "{}", deed.name);
    });
}

/// How long the reply is to a deed.
fn reply_length(deed: &Deed) -> usize {
    let fakes = Fakes::start();
    let act = (deed.prepare)(&fakes);
    let length = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = std::sync::Arc::clone(&length);
    let measure = Fault::edit(move |body| {
        seen.store(body.len(), std::sync::atomic::Ordering::SeqCst);
    });
    let proxy = (deed.provider.behind)(&fakes, measure);
    act(proxy.url(), &patient(&fakes));
    length.load(std::sync::atomic::Ordering::SeqCst)
}

#[test]
fn an_answer_that_ends_early_anywhere_is_none() {
    each_deed(|deed, fakes| {
        if !deed.succeeds {
            return;
        }
        let body = reply_length(deed);
        assert!(body > 100, "{}", deed.name);
        let mut whole = 0;
        let mut at = 0;
        // Through head and body, until the answer is whole.
        while whole == 0 {
            for fault in [Fault::Cut(at), Fault::End(at)] {
                let (outcome, _) = tried(deed, fakes, fault, &patient(fakes));
                match outcome {
                    Outcome::Yes => whole += 1,
                    Outcome::No => assert_eq!(whole, 0, "{}: whole at {at}, or not", deed.name),
                    Outcome::NotSent => panic!("{}: cut at {at}", deed.name),
                }
                (deed.provider.reset)(fakes);
            }
            at += 1;
        }
        assert!(
            at > body,
            "{}: {at} bytes are not the whole answer",
            deed.name
        );
    });
}
