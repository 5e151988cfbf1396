//! Twilio Verify and Twilio Messaging against strict fakes over TLS, and against Twilio's own documents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

use std::fmt::Debug;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use data_encoding::BASE64;
use serde_json::Value;
use twofactor::clock::UnixTime;
use twofactor::delivery::text;
use twofactor::phone::PhoneNumber;
use twofactor::sms::http::HttpSettings;
use twofactor::sms::twilio::ApiLogin;
use twofactor::sms::twilio::messaging::{MessagingSettings, SenderId, TwilioMessaging, WhatsApp};
use twofactor::sms::twilio::signature::{Body, MessageStatus, StatusReport, Webhook};
use twofactor::sms::twilio::verify::{TwilioVerify, VerifySettings};
use twofactor::sms::{
    Channel, CheckError, MessageBody, MessageProvider, ProviderRequest, Refusal, SendError,
    Started, Verdict, VerificationProvider,
};
use twofactor::types::Purpose;
use twofactor_fakes::Fakes;
use twofactor_fakes::fault::Fault;
use twofactor_fakes::http::{Answer, Request, Response, Server};
use twofactor_fakes::twilio::{self, Failure, Sent, Twilio};
use zeroize::Zeroizing;

const NUMBER: &str = "+4915123456789";
const CODE: &str = "048151";

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, None).unwrap()
}

fn request(to: &PhoneNumber, channel: Channel) -> ProviderRequest<'_> {
    ProviderRequest {
        to,
        channel,
        locale: "de-AT",
        now: UnixTime::new(1_735_732_800).unwrap(),
    }
}

fn message() -> MessageBody {
    MessageBody {
        text: Zeroizing::new(format!("{CODE} ist Ihr Code für Beispiel & Söhne.")),
        code: Zeroizing::new(CODE.to_owned()),
    }
}

fn key() -> ApiLogin {
    ApiLogin {
        user: twilio::KEY.to_owned(),
        secret: Zeroizing::new(twilio::SECRET.to_owned()),
    }
}

fn http(fakes: &Fakes) -> HttpSettings {
    HttpSettings {
        ca_file: Some(fakes.ca_file().to_owned()),
        ..HttpSettings::default()
    }
}

fn verify_settings(fakes: &Fakes) -> VerifySettings {
    VerifySettings {
        login: key(),
        service: twilio::SERVICE.to_owned(),
        service_unproven: None,
        channels: vec![Channel::Sms, Channel::Voice, Channel::WhatsApp],
        base: fakes.twilio_url(),
        http: http(fakes),
    }
}

fn verify(fakes: &Fakes) -> TwilioVerify {
    TwilioVerify::new(&verify_settings(fakes)).unwrap()
}

fn messaging_settings(fakes: &Fakes) -> MessagingSettings {
    MessagingSettings {
        login: key(),
        account: twilio::ACCOUNT.to_owned(),
        sms: Some(SenderId::From(twilio::FROM.to_owned())),
        whatsapp: Some(WhatsApp {
            sender: SenderId::From(twilio::FROM.to_owned()),
            template: twilio::TEMPLATE.to_owned(),
            variable: "1".to_owned(),
        }),
        voice: Some(twilio::FROM.to_owned()),
        status_callback: None,
        auth_token: None,
        validity: None,
        base: fakes.twilio_url(),
        http: http(fakes),
    }
}

fn messaging(fakes: &Fakes) -> TwilioMessaging {
    TwilioMessaging::new(messaging_settings(fakes)).unwrap()
}

fn failure(status: u16, code: Option<u32>, retry_after: Option<&str>) -> Failure {
    Failure {
        status,
        code,
        retry_after: retry_after.map(str::to_owned),
    }
}

fn refused(refusal: Refusal, code: u32) -> SendError {
    SendError::Refused {
        refusal,
        retry_after: None,
        detail: format!("Twilio {code}"),
    }
}

/// The fields of the last request, in order.
fn last_form(fakes: &Fakes) -> Vec<(String, String)> {
    fakes.twilio.requests().last().unwrap().form().unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

// Verify

#[test]
fn a_code_is_sent_and_approved_once() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let started = verify.start(&request).unwrap();
    assert_eq!((started.expires_in, started.resend_after), (600, None));
    assert_eq!(
        last_form(&fakes),
        fields(&[("To", NUMBER), ("Channel", "sms"), ("Locale", "de")])
    );
    let code = fakes.twilio.code();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(
        verify.check(&request, &started.reference, wrong),
        Ok(Verdict::Wrong)
    );
    assert_eq!(
        last_form(&fakes),
        fields(&[("VerificationSid", &started.reference), ("Code", wrong)])
    );
    assert_eq!(
        verify.check(&request, &started.reference, &code),
        Ok(Verdict::Approved)
    );
    assert_eq!(
        verify.check(&request, &started.reference, &code),
        Ok(Verdict::Over)
    );
}

#[test]
fn every_way_has_its_name() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    for (channel, name, to) in [
        (Channel::Sms, "sms", "+4915123456781"),
        (Channel::Voice, "call", "+4915123456782"),
        (Channel::WhatsApp, "whatsapp", "+4915123456783"),
    ] {
        let to = number(to);
        let request = request(&to, channel);
        let Started { reference, .. } = verify.start(&request).unwrap();
        assert_eq!(fakes.twilio.sent().last().unwrap().channel, name);
        let code = fakes.twilio.code();
        assert_eq!(
            verify.check(&request, &reference, &code),
            Ok(Verdict::Approved)
        );
    }
    assert_eq!(
        verify.channels(),
        [Channel::Sms, Channel::Voice, Channel::WhatsApp]
    );
    let mut settings = verify_settings(&fakes);
    settings.channels = vec![Channel::Voice];
    let mut only_calls = TwilioVerify::new(&settings).unwrap();
    let before = fakes.twilio.requests().len();
    let to = number(NUMBER);
    let error = only_calls.start(&request(&to, Channel::Sms)).unwrap_err();
    assert!(matches!(error, SendError::NotSent(_)), "{error}");
    assert_eq!(fakes.twilio.requests().len(), before);
}

#[test]
fn a_language_twilio_lacks_is_not_asked_for() {
    let fakes = Fakes::start();
    let to = number(NUMBER);
    let request = ProviderRequest {
        locale: "gsw-CH",
        ..request(&to, Channel::Sms)
    };
    verify(&fakes).start(&request).unwrap();
    assert_eq!(
        last_form(&fakes),
        fields(&[("To", NUMBER), ("Channel", "sms")])
    );
}

#[test]
fn a_resend_repeats_the_code_until_twilio_has_enough() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let first = verify.start(&request).unwrap();
    let code = fakes.twilio.code();
    for _ in 0..4 {
        let again = Started {
            again: true,
            ..first.clone()
        };
        assert_eq!(verify.start(&request), Ok(again));
        assert_eq!(fakes.twilio.code(), code);
    }
    assert_eq!(verify.start(&request), Err(refused(Refusal::Limit, 60203)));
    assert_eq!(
        verify.check(&request, &first.reference, &code),
        Ok(Verdict::Approved)
    );
}

#[test]
fn a_verification_ends_by_checks_by_time_and_by_order() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);

    let reference = verify.start(&request).unwrap().reference;
    let code = fakes.twilio.code();
    for _ in 0..5 {
        assert_eq!(
            verify.check(&request, &reference, "999999"),
            Ok(Verdict::Wrong)
        );
    }
    assert_eq!(verify.check(&request, &reference, &code), Ok(Verdict::Over));

    fakes.clock.advance(600);
    assert_eq!(verify.check(&request, &reference, &code), Ok(Verdict::Over));
    let reference = verify.start(&request).unwrap().reference;
    let code = fakes.twilio.code();
    fakes.clock.advance(599);
    assert_eq!(
        verify.check(&request, &reference, "999999"),
        Ok(Verdict::Wrong)
    );
    fakes.clock.advance(1);
    assert_eq!(verify.check(&request, &reference, &code), Ok(Verdict::Over));
}

#[test]
fn a_code_counts_only_for_the_number_and_verification_it_was_sent_for() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let (ours, theirs) = (number(NUMBER), number("+4915123456780"));
    let their_request = request(&theirs, Channel::Sms);
    let their_reference = verify.start(&their_request).unwrap().reference;
    let their_code = fakes.twilio.code();
    let our_request = request(&ours, Channel::Sms);
    let our_reference = verify.start(&our_request).unwrap().reference;
    let our_code = fakes.twilio.code();

    assert_eq!(
        verify.check(&our_request, &our_reference, &their_code),
        Ok(Verdict::Wrong)
    );
    let answer = verify.check(&our_request, &their_reference, &their_code);
    assert!(matches!(answer, Err(CheckError::NoAnswer(_))), "{answer:?}");
    let never = format!("VE{}", "f".repeat(32));
    assert_eq!(
        verify.check(&our_request, &never, "123456"),
        Ok(Verdict::Over)
    );
    assert_eq!(
        verify.check(&our_request, &our_reference, &our_code),
        Ok(Verdict::Approved)
    );
}

/// Whoever checks knows the number, and not by which way the code went out last.
#[test]
fn a_code_counts_whichever_way_it_was_sent() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let to = number(NUMBER);
    let ways = [Channel::Sms, Channel::Voice, Channel::WhatsApp];
    for (sent, again) in ways.iter().flat_map(|one| ways.map(|other| (*one, other))) {
        fakes.twilio.reset();
        let first = verify.start(&request(&to, sent)).unwrap().reference;
        let second = verify.start(&request(&to, again)).unwrap().reference;
        assert_eq!(first, second, "the same verification, another way");
        let code = fakes.twilio.code();
        let answer = verify.check(&request(&to, Channel::Sms), &first, &code);
        assert_eq!(answer, Ok(Verdict::Approved), "{sent:?} {again:?}");
    }
}

#[test]
fn what_cannot_be_a_code_or_a_verification_is_not_asked_about() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let reference = verify.start(&request).unwrap().reference;
    for code in [
        "",
        "123",
        "12345678901",
        "12345a",
        "١٢٣٤٥٦",
        "123 456",
        "-12345",
        "123456\n",
    ] {
        assert_eq!(
            verify.check(&request, &reference, code),
            Ok(Verdict::Wrong),
            "{code}"
        );
    }
    for reference in [
        "",
        "VE",
        "VE1",
        "../VerificationCheck",
        &reference.replace("VE", "VA"),
    ] {
        let answer = verify.check(&request, reference, "123456");
        assert!(matches!(answer, Err(CheckError::NotAsked(_))), "{answer:?}");
    }
    assert_eq!(fakes.twilio.requests().len(), 1);
}

#[test]
fn every_documented_refusal_of_a_verification_has_its_reason() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    for (code, refusal) in [
        (60200, Refusal::Number),
        (60203, Refusal::Limit),
        (60205, Refusal::Number),
        (60212, Refusal::Limit),
        (60238, Refusal::Fraud),
        (60410, Refusal::Fraud),
        (60605, Refusal::Country),
        (20003, Refusal::Credentials),
    ] {
        let to = number(&format!("+49151234{code}"));
        assert_eq!(
            verify.start(&request(&to, Channel::Sms)),
            Err(refused(refusal, code))
        );
    }
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    for (status, code, refusal) in [
        (429, 60202, Refusal::Limit),
        (429, 60207, Refusal::Limit),
        (404, 20404, Refusal::Sender),
        (403, 20403, Refusal::Account),
        (403, 60223, Refusal::Sender),
    ] {
        fakes
            .twilio
            .fail_next(failure(status, Some(code), Some("30")));
        assert_eq!(
            verify.start(&request),
            Err(SendError::Refused {
                refusal,
                retry_after: Some(30),
                detail: format!("Twilio {code}"),
            })
        );
    }
    for (code, refusal) in documented() {
        fakes.twilio.fail_next(failure(400, Some(code), None));
        assert_eq!(verify.start(&request), Err(refused(refusal, code)));
    }
    assert!(fakes.twilio.sent().is_empty());
}

/// Every code of Twilio's dictionary that is about a message, a call or a verification, and what it means. The list of
/// the others is `errors.rs`'s own test's.
fn documented() -> Vec<(u32, Refusal)> {
    let listed = include_str!("../data/twilio-errors.txt");
    let mut meaning = None;
    let mut all = Vec::new();
    for line in listed.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            meaning = match line {
                "[number]" => Some(Refusal::Number),
                "[opted-out]" => Some(Refusal::OptedOut),
                "[country]" => Some(Refusal::Country),
                "[fraud]" => Some(Refusal::Fraud),
                "[limit]" => Some(Refusal::Limit),
                "[credentials]" => Some(Refusal::Credentials),
                "[account]" => Some(Refusal::Account),
                "[sender]" => Some(Refusal::Sender),
                "[unlisted]" => None,
                other => panic!("{other}"),
            };
        } else if let Some(refusal) = meaning {
            let codes = line.split(' ').map(|code| code.parse().unwrap());
            all.extend(codes.map(|code| (code, refusal)));
        }
    }
    assert!(all.len() > 200);
    all
}

/// Every code that is not in the list of the unlisted, by both products, over real requests.
#[test]
fn no_refusal_that_twilio_documents_is_a_message_that_may_have_been_sent() {
    let fakes = Fakes::start();
    let (mut verify, mut messaging) = (verify(&fakes), messaging(&fakes));
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let mut codes: Vec<u32> = documented().into_iter().map(|(code, _)| code).collect();
    // And some that nobody has heard of, or that say too little.
    codes.extend([1, 20001, 20422, 99_999, u32::MAX]);
    for code in codes {
        for status in [400, 403] {
            fakes.twilio.fail_next(failure(status, Some(code), None));
            let refused = verify.start(&request).unwrap_err();
            assert!(
                matches!(&refused, SendError::Refused { detail, .. } if *detail == format!("Twilio {code}")),
                "{code}: {refused}"
            );
            fakes.twilio.fail_next(failure(status, Some(code), None));
            assert_eq!(messaging.send(&request, &message()), Err(refused), "{code}");
        }
    }
    assert!(fakes.twilio.sent().is_empty());
}

#[test]
fn what_says_nothing_certain_is_unknown_and_asked_once() {
    let fakes = Fakes::start();
    let (mut verify, mut messaging) = (verify(&fakes), messaging(&fakes));
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let reference = format!("VE{}", "a".repeat(32));
    for (status, code) in [
        (200, None),
        (201, None),
        (201, Some(20429)),
        (204, None),
        (302, None),
        (307, None),
        (400, None),
        (404, None),
        (429, None),
        (500, None),
        (500, Some(20429)),
        (500, Some(20404)),
        (502, None),
        (503, Some(20503)),
        (504, None),
    ] {
        let before = fakes.twilio.requests().len();
        for attempt in [
            &mut || verify.start(&request).map(|_| ()) as Result<(), SendError>,
            &mut || messaging.send(&request, &message()).map(|_| ()),
        ] as [&mut dyn FnMut() -> Result<(), SendError>; 2]
        {
            fakes.twilio.fail_next(failure(status, code, Some("0")));
            let error = attempt().unwrap_err();
            assert!(
                matches!(error, SendError::Unknown(_)),
                "{status} {code:?}: {error}"
            );
        }
        fakes.twilio.fail_next(failure(status, code, Some("0")));
        let answer = verify.check(&request, &reference, "123456");
        // When Twilio cannot work it has not looked at the code.
        let judged = (status, code) != (503, Some(20503));
        assert!(
            match &answer {
                Err(CheckError::NoAnswer(_)) => judged,
                Err(CheckError::NotAsked(_)) => !judged,
                Ok(_) => false,
            },
            "{status} {code:?}: {answer:?}"
        );
        assert_eq!(
            fakes.twilio.requests().len(),
            before + 3,
            "{status} {code:?}"
        );
    }
    assert!(fakes.twilio.sent().is_empty());
}

#[test]
fn a_check_that_failed_is_no_verdict() {
    let fakes = Fakes::start();
    let mut verify = verify(&fakes);
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let reference = verify.start(&request).unwrap().reference;
    let code = fakes.twilio.code();
    for (status, number, judged) in [
        (400, Some(60200), true),
        (400, Some(99999), true),
        (403, Some(60410), true),
        (403, None, true),
        (500, Some(20003), true),
        (502, None, true),
        // Pages that are not Twilio's.
        (401, None, true),
        (429, None, true),
        (503, None, true),
        // Who asks is not let in, or too often, or nobody is there to look.
        (401, Some(20003), false),
        (401, Some(99999), false),
        (403, Some(20003), false),
        (403, Some(20005), false),
        (404, Some(20003), false),
        (429, Some(60203), false),
        (503, Some(20503), false),
    ] {
        fakes.twilio.fail_next(failure(status, number, None));
        let answer = verify.check(&request, &reference, &code);
        assert!(
            match &answer {
                Err(CheckError::NoAnswer(_)) => judged,
                Err(CheckError::NotAsked(_)) => !judged,
                Ok(_) => false,
            },
            "{status} {number:?}: {answer:?}"
        );
    }
    fakes.twilio.fail_next(failure(429, Some(60202), None));
    assert_eq!(verify.check(&request, &reference, &code), Ok(Verdict::Over));
    assert_eq!(
        verify.check(&request, &reference, &code),
        Ok(Verdict::Approved)
    );
}

#[test]
fn only_what_twilio_did_not_process_is_asked_again_and_once() {
    let fakes = Fakes::start();
    let (mut verify, mut messaging) = (verify(&fakes), messaging(&fakes));
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let busy = |retry_after: Option<&str>| {
        fakes
            .twilio
            .fail_next(failure(429, Some(20429), retry_after));
    };
    let mut asked = 0;
    let mut more = |expected: usize| {
        let requests = fakes.twilio.requests().len();
        assert_eq!(requests - asked, expected);
        asked = requests;
    };

    // It works the second time.
    busy(None);
    let reference = verify.start(&request).unwrap().reference;
    more(2);
    busy(Some("0"));
    messaging.send(&request, &message()).unwrap();
    more(2);
    assert_eq!(fakes.twilio.sent().len(), 2);
    let start = Instant::now();
    busy(Some("1"));
    assert_eq!(
        verify.check(&request, &reference, "999999"),
        Ok(Verdict::Wrong)
    );
    assert!(start.elapsed().as_millis() >= 1_000);
    more(2);

    // It does not, and nobody was told anything: another provider may be asked.
    busy(None);
    busy(None);
    assert!(matches!(verify.start(&request), Err(SendError::NotSent(_))));
    more(2);
    busy(None);
    busy(None);
    assert!(matches!(
        messaging.send(&request, &message()),
        Err(SendError::NotSent(_))
    ));
    more(2);
    busy(None);
    busy(None);
    let answer = verify.check(&request, &reference, "999999");
    assert!(matches!(answer, Err(CheckError::NotAsked(_))));
    more(2);

    // Not worth waiting for, or not understood.
    for retry_after in [
        "3",
        "3600",
        "+1",
        "-1",
        "0.5",
        "soon",
        "",
        "Sat, 21 Nov 2026 13:47:36 GMT",
    ] {
        busy(Some(retry_after));
        let start = Instant::now();
        assert!(
            matches!(verify.start(&request), Err(SendError::NotSent(_))),
            "{retry_after}"
        );
        assert!(start.elapsed().as_secs() < 5);
        more(1);
    }

    // What the second attempt meets is what counts.
    busy(None);
    fakes.twilio.fail_next(failure(500, None, None));
    assert!(matches!(verify.start(&request), Err(SendError::Unknown(_))));
    more(2);
    busy(None);
    fakes.twilio.fail_next(failure(403, Some(60410), None));
    assert_eq!(verify.start(&request), Err(refused(Refusal::Fraud, 60410)));
    more(2);
    assert_eq!(fakes.twilio.sent().len(), 2);
}

/// Replaces text in every answer from now on.
fn lie(from: &str, to: &str) -> Fault {
    let (from, to) = (from.to_owned(), to.to_owned());
    Fault::edit(move |body| {
        assert!(body.contains(&from), "{body}");
        *body = body.replace(&from, &to);
    })
}

#[test]
fn an_answer_that_does_not_fit_the_question_starts_nothing() {
    let fakes = Fakes::start();
    let proxy = fakes.twilio_behind(Fault::None);
    let mut settings = verify_settings(&fakes);
    proxy.url().clone_into(&mut settings.base);
    let mut verify = TwilioVerify::new(&settings).unwrap();
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    for (from, to) in [
        (NUMBER, "+4915123456780"),
        (twilio::SERVICE, "VA00000000000000000000000000000000"),
        (r#""channel":"sms""#, r#""channel":"call""#),
        (r#""status":"pending""#, r#""status":"approved""#),
        (r#""status":"pending""#, r#""status":"canceled""#),
        (r#""status":"pending""#, r#""status":null"#),
        (
            r#""status":"pending""#,
            r#""status":"pending","status":"pending""#,
        ),
        (r#""valid":false"#, r#""valid":true"#),
        (r#""valid":false"#, r#""valid":"false""#),
        (r#""valid":false"#, r#""valid":false,"valid":false"#),
        (r#""sid":"VE"#, r#""sid":"VX"#),
        (r#""sid":"#, r#""Sid":"#),
        ("}", "}}"),
        ("}", ""),
        ("{", "[{"),
    ] {
        proxy.set(lie(from, to));
        let error = verify.start(&request).unwrap_err();
        assert!(
            matches!(error, SendError::Unknown(_)),
            "{from} {to}: {error}"
        );
        fakes.twilio.reset();
    }
    // Unknown fields are Twilio's to add.
    proxy.set(lie(
        r#""valid":false"#,
        r#""valid":null,"new":{"valid":true}"#,
    ));
    verify.start(&request).unwrap();
}

#[test]
fn only_a_complete_matching_yes_approves() {
    let fakes = Fakes::start();
    let proxy = fakes.twilio_behind(Fault::None);
    let mut settings = verify_settings(&fakes);
    proxy.url().clone_into(&mut settings.base);
    let mut verify = TwilioVerify::new(&settings).unwrap();
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let mut answer = |right: bool, from: &str, to: &str| {
        proxy.set(Fault::None);
        fakes.twilio.reset();
        let reference = verify.start(&request).unwrap().reference;
        let code = if right {
            fakes.twilio.code()
        } else {
            "999999".to_owned()
        };
        proxy.set(lie(from, to));
        verify.check(&request, &reference, &code)
    };
    let status = |right: bool| match right {
        true => r#""status":"approved""#,
        false => r#""status":"pending""#,
    };
    for right in [true, false] {
        for (from, to) in [
            (NUMBER, "+4915123456780"),
            (NUMBER, "4915123456789"),
            (twilio::SERVICE, "VA00000000000000000000000000000000"),
            (r#""sid":"VE0"#, r#""sid":"VE1"#),
            (r#""channel":"sms""#, r#""channel":"SMS""#),
            (r#""channel":"sms","#, ""),
            (status(right), r#""status":"Approved""#),
            (status(right), r#""status":"approved ""#),
            (status(right), r#""status":true"#),
            (status(right), r#""status":["approved"]"#),
            (status(right), r#""status":"approved","status":"approved""#),
            (status(right), r#""status":"pending","status":"approved""#),
            (r#""valid":"#, r#""valid":true,"valid":"#),
            ("}", r#","to":"+4915123456789"}"#),
            ("}", "} {}"),
            ("{", "\u{feff}{"),
        ] {
            let answer = answer(right, from, to);
            assert!(
                matches!(answer, Err(CheckError::NoAnswer(_))),
                "{from} {to}: {answer:?}"
            );
        }
    }
    // Status and word must agree.
    for (right, from, to) in [
        (true, r#""valid":true"#, r#""valid":false"#),
        (true, r#""valid":true"#, r#""valid":1"#),
        (true, status(true), status(false)),
        (false, r#""valid":false"#, r#""valid":true"#),
        (false, status(false), status(true)),
    ] {
        let answer = answer(right, from, to);
        assert!(
            matches!(answer, Err(CheckError::NoAnswer(_))),
            "{from} {to}: {answer:?}"
        );
    }
    assert_eq!(
        answer(true, r#""valid":true"#, r#""valid":null"#),
        Ok(Verdict::Approved)
    );
    assert_eq!(
        answer(false, r#""valid":false"#, r#""valid":null"#),
        Ok(Verdict::Wrong)
    );
    for word in [
        "canceled",
        "max_attempts_reached",
        "deleted",
        "failed",
        "expired",
    ] {
        let over = format!(r#""status":"{word}""#);
        assert_eq!(
            answer(false, status(false), &over),
            Ok(Verdict::Over),
            "{word}"
        );
    }
}

// Messaging

fn sent(fakes: &Fakes) -> Sent {
    fakes.twilio.sent().last().unwrap().clone()
}

#[test]
fn a_text_goes_out_as_it_is() {
    let fakes = Fakes::start();
    let to = number(NUMBER);
    let carried = messaging(&fakes)
        .send(&request(&to, Channel::Sms), &message())
        .unwrap();
    let sent = sent(&fakes);
    assert_eq!(carried.id.as_ref(), Some(&sent.sid));
    assert_eq!(
        (sent.to.as_str(), sent.text.as_str()),
        (NUMBER, message().text.as_str())
    );
    assert_eq!(
        last_form(&fakes),
        fields(&[
            ("To", NUMBER),
            ("From", twilio::FROM),
            ("Body", &message().text)
        ])
    );
    let mut settings = messaging_settings(&fakes);
    settings.sms = Some(SenderId::Service(twilio::MESSAGING_SERVICE.to_owned()));
    settings.validity = Some(300);
    settings.status_callback = Some("https://site.example/hook?a=b&c".to_owned());
    settings.auth_token = Some(Zeroizing::new(twilio::TOKEN.to_owned()));
    let mut messaging = TwilioMessaging::new(settings).unwrap();
    messaging
        .send(&request(&to, Channel::Sms), &message())
        .unwrap();
    assert_eq!(
        last_form(&fakes),
        fields(&[
            ("To", NUMBER),
            ("MessagingServiceSid", twilio::MESSAGING_SERVICE),
            ("Body", &message().text),
            ("ValidityPeriod", "300"),
            ("StatusCallback", "https://site.example/hook?a=b&c"),
        ])
    );
}

#[test]
fn a_whatsapp_message_is_a_template_with_the_code() {
    let fakes = Fakes::start();
    let to = number(NUMBER);
    let carried = messaging(&fakes)
        .send(&request(&to, Channel::WhatsApp), &message())
        .unwrap();
    assert_eq!(carried.id, Some(sent(&fakes).sid));
    assert_eq!(
        last_form(&fakes),
        fields(&[
            ("To", &format!("whatsapp:{NUMBER}")),
            ("From", &format!("whatsapp:{}", twilio::FROM)),
            ("ContentSid", twilio::TEMPLATE),
            ("ContentVariables", &format!(r#"{{"1":"{CODE}"}}"#)),
        ])
    );
}

#[test]
fn a_call_says_who_calls_and_the_digits_one_by_one() {
    let fakes = Fakes::start();
    let to = number(NUMBER);
    for (locale, voice, called) in [
        (
            "de-AT",
            "de-DE",
            "Dies ist ein Anruf von Beispiel &amp; Co.",
        ),
        ("en-GB", "en-GB", "This is a call from Beispiel &amp; Co."),
        ("he", "he-IL", "זוהי שיחה מאת Beispiel &amp; Co."),
        ("nl", "en-US", "This is a call from Beispiel &amp; Co."),
    ] {
        let request = ProviderRequest {
            locale,
            ..request(&to, Channel::Voice)
        };
        let message = text::spoken_code(locale, "Beispiel & Co", CODE, Purpose::Login);
        let carried = messaging(&fakes).send(&request, &message).unwrap();
        let sent = sent(&fakes);
        assert_eq!(carried.id, Some(sent.sid));
        assert_eq!(
            (sent.code.as_str(), sent.locale.as_deref()),
            (CODE, Some(voice))
        );
        assert_eq!(sent.text.matches(called).count(), 2, "{}", sent.text);
        assert_eq!(sent.text.matches("0, 4, 8, 1, 5, 1.").count(), 4);
    }
}

#[test]
fn a_call_that_is_a_test_has_no_code() {
    let fakes = Fakes::start();
    let to = number(NUMBER);
    let message = text::test_message("Beispiel", "000000");
    messaging(&fakes)
        .send(&request(&to, Channel::Voice), &message)
        .unwrap();
    let sent = sent(&fakes);
    assert!(sent.text.contains("Beispiel: This is a test message."));
    assert_eq!(sent.code, "");
}

#[test]
fn a_way_without_a_sender_is_not_there() {
    let fakes = Fakes::start();
    let mut settings = messaging_settings(&fakes);
    settings.sms = None;
    settings.voice = None;
    let mut messaging = TwilioMessaging::new(settings).unwrap();
    assert_eq!(messaging.channels(), [Channel::WhatsApp]);
    let to = number(NUMBER);
    for channel in [Channel::Sms, Channel::Voice] {
        let error = messaging
            .send(&request(&to, channel), &message())
            .unwrap_err();
        assert!(matches!(error, SendError::NotSent(_)));
    }
    assert!(fakes.twilio.requests().is_empty());
}

#[test]
fn a_text_that_is_too_long_is_not_sent() {
    let fakes = Fakes::start();
    let to = number(NUMBER);
    let mut long = message();
    long.text = Zeroizing::new("é".repeat(1_600));
    messaging(&fakes)
        .send(&request(&to, Channel::Sms), &long)
        .unwrap();
    long.text.push('é');
    let error = messaging(&fakes)
        .send(&request(&to, Channel::Sms), &long)
        .unwrap_err();
    assert!(matches!(error, SendError::NotSent(_)));
    assert_eq!(fakes.twilio.requests().len(), 1);
}

#[test]
fn every_documented_refusal_of_a_message_has_its_reason() {
    let fakes = Fakes::start();
    let mut messaging = messaging(&fakes);
    for (code, refusal) in [
        (21211, Refusal::Number),
        (21614, Refusal::Number),
        (21408, Refusal::Country),
        (21610, Refusal::OptedOut),
        (30450, Refusal::Fraud),
        (20003, Refusal::Credentials),
    ] {
        for channel in [Channel::Sms, Channel::Voice, Channel::WhatsApp] {
            let to = number(&format!("+49151234{code}"));
            let answer = messaging.send(&request(&to, channel), &message());
            assert_eq!(answer, Err(refused(refusal, code)));
        }
    }
    let to = number(NUMBER);
    for (code, refusal) in documented() {
        fakes.twilio.fail_next(failure(400, Some(code), None));
        let answer = messaging.send(&request(&to, Channel::Sms), &message());
        assert_eq!(answer, Err(refused(refusal, code)));
    }
    assert!(fakes.twilio.sent().is_empty());
}

#[test]
fn an_answer_about_another_message_is_none() {
    let fakes = Fakes::start();
    let proxy = fakes.twilio_behind(Fault::None);
    let mut settings = messaging_settings(&fakes);
    proxy.url().clone_into(&mut settings.base);
    let mut messaging = TwilioMessaging::new(settings).unwrap();
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    for (from, to) in [
        (NUMBER, "+4915123456780"),
        (twilio::ACCOUNT, "AC00000000000000000000000000000000"),
        (r#""sid":"SM"#, r#""sid":"CA"#),
        (r#""status":"queued""#, r#""status":"canceled""#),
        (r#""status":"queued""#, r#""status":"failed""#),
        (
            r#""status":"queued""#,
            r#""status":"queued","status":"queued""#,
        ),
        (r#""error_code":null"#, r#""error_code":30001"#),
        ("}", ""),
    ] {
        proxy.set(lie(from, to));
        let error = messaging.send(&request, &message()).unwrap_err();
        assert!(
            matches!(error, SendError::Unknown(_)),
            "{from} {to}: {error}"
        );
    }
    let failed = |code: u32| {
        Fault::edit(move |body| {
            let code = format!(r#""error_code":{code}"#);
            *body = body
                .replace(r#""error_code":null"#, &code)
                .replace("queued", "undelivered");
        })
    };
    proxy.set(failed(30006));
    assert_eq!(
        messaging.send(&request, &message()),
        Err(refused(Refusal::Number, 30006))
    );
    // It was not sent, and why is not known.
    proxy.set(failed(30008));
    assert_eq!(
        messaging.send(&request, &message()),
        Err(refused(Refusal::Unlisted, 30008))
    );
    for word in ["accepted", "sending", "sent", "delivered"] {
        proxy.set(lie(
            r#""status":"queued""#,
            &format!(r#""status":"{word}""#),
        ));
        messaging.send(&request, &message()).unwrap();
    }
}

// Both

#[test]
fn a_probe_sends_nothing_and_says_what_to_do() {
    let fakes = Fakes::start();
    let now = UnixTime::new(0).unwrap();
    verify(&fakes).probe(now).unwrap();
    messaging(&fakes).probe(now).unwrap();
    let account = ApiLogin {
        user: twilio::ACCOUNT.to_owned(),
        secret: Zeroizing::new(twilio::TOKEN.to_owned()),
    };
    let stranger = ApiLogin {
        user: twilio::KEY.to_owned(),
        secret: Zeroizing::new("wrong".to_owned()),
    };
    for (login, expected) in [(account, None), (stranger, Some("check both"))] {
        let mut settings = verify_settings(&fakes);
        settings.login = login.clone();
        let checked = TwilioVerify::new(&settings).unwrap().probe(now);
        let mut settings = messaging_settings(&fakes);
        settings.login = login;
        let carried = TwilioMessaging::new(settings).unwrap().probe(now);
        for probe in [checked, carried] {
            match expected {
                None => probe.unwrap(),
                Some(text) => assert!(probe.unwrap_err().to_string().contains(text)),
            }
        }
    }
    let mut settings = verify_settings(&fakes);
    settings.service = format!("VA{}", "0".repeat(32));
    let error = TwilioVerify::new(&settings)
        .unwrap()
        .probe(now)
        .unwrap_err()
        .to_string();
    assert!(error.contains("no such Verify service"), "{error}");
    let mut settings = messaging_settings(&fakes);
    settings.account = format!("AC{}", "0".repeat(32));
    let error = TwilioMessaging::new(settings)
        .unwrap()
        .probe(now)
        .unwrap_err()
        .to_string();
    assert!(error.contains("no such account"), "{error}");
    for (status, code) in [
        (500, None),
        (200, None),
        (204, None),
        (302, None),
        (429, Some(1)),
    ] {
        fakes.twilio.fail_next(failure(status, code, None));
        assert!(verify(&fakes).probe(now).is_err(), "{status}");
        fakes.twilio.fail_next(failure(status, code, None));
        assert!(messaging(&fakes).probe(now).is_err(), "{status}");
    }
    let refuse = fakes.twilio_behind(Fault::Refuse);
    let mut settings = verify_settings(&fakes);
    refuse.url().clone_into(&mut settings.base);
    let error = TwilioVerify::new(&settings)
        .unwrap()
        .probe(now)
        .unwrap_err()
        .to_string();
    assert!(error.contains("not reached: no connection"), "{error}");
    assert!(fakes.twilio.sent().is_empty());
    assert!(
        fakes
            .twilio
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}

#[test]
fn a_probe_of_verify_is_about_its_service() {
    let fakes = Fakes::start();
    let proxy = fakes.twilio_behind(lie(twilio::SERVICE, "VA00000000000000000000000000000000"));
    let mut settings = verify_settings(&fakes);
    proxy.url().clone_into(&mut settings.base);
    let error = TwilioVerify::new(&settings)
        .unwrap()
        .probe(UnixTime::new(0).unwrap())
        .unwrap_err()
        .to_string();
    assert!(error.contains("not about this service"), "{error}");
}

#[test]
fn settings_that_cannot_work_are_refused_with_a_reason() {
    let fakes = Fakes::start();
    let wrong = |change: fn(&mut VerifySettings)| {
        let mut settings = verify_settings(&fakes);
        change(&mut settings);
        TwilioVerify::new(&settings).unwrap_err()
    };
    for (error, expected) in [
        (
            wrong(|s| s.service = "VA1".to_owned()),
            "the service must be VA",
        ),
        (wrong(|s| s.channels.clear()), "at least one way"),
        (
            wrong(|s| s.login.user = "XX".to_owned()),
            "an API key or an account",
        ),
        (
            wrong(|s| s.login.secret = Zeroizing::default()),
            "the secret must be",
        ),
        (wrong(|s| s.login.secret.push('\n')), "the secret must be"),
        (
            wrong(|s| s.login.secret = Zeroizing::new("s".repeat(129))),
            "the secret must be",
        ),
        (
            wrong(|s| s.base = "http://verify.twilio.com".to_owned()),
            "https://host",
        ),
        (
            wrong(|s| s.base = "https://verify.twilio.com/v2".to_owned()),
            "https://host",
        ),
        (
            wrong(|s| s.http.ca_file = Some("/nowhere.pem".into())),
            "cannot be read",
        ),
    ] {
        assert!(error.to_string().contains(expected), "{error}");
    }
    let wrong = |change: fn(&mut MessagingSettings)| {
        let mut settings = messaging_settings(&fakes);
        change(&mut settings);
        TwilioMessaging::new(settings).unwrap_err()
    };
    for (error, expected) in [
        (
            wrong(|s| s.account = twilio::KEY.to_owned()),
            "the account must be AC",
        ),
        (
            wrong(|s| s.login.user = format!("AC{}", "0".repeat(32))),
            "the user is another account",
        ),
        (
            wrong(|s| s.sms = Some(SenderId::From("+1".to_owned()))),
            "the sender must be",
        ),
        (
            wrong(|s| s.sms = Some(SenderId::Service("VA1".to_owned()))),
            "must be MG",
        ),
        (
            wrong(|s| s.whatsapp.as_mut().unwrap().sender = SenderId::From("Name".to_owned())),
            "the WhatsApp sender",
        ),
        (
            wrong(|s| s.whatsapp.as_mut().unwrap().sender = SenderId::Service("MG".to_owned())),
            "must be MG",
        ),
        (
            wrong(|s| s.whatsapp.as_mut().unwrap().template.clear()),
            "must be HX",
        ),
        (
            wrong(|s| s.whatsapp.as_mut().unwrap().variable.clear()),
            "variable must be",
        ),
        (
            wrong(|s| s.whatsapp.as_mut().unwrap().variable = "\"".to_owned()),
            "variable must be",
        ),
        (
            wrong(|s| s.voice = Some("Name".to_owned())),
            "the number that calls",
        ),
        (
            wrong(|s| (s.sms, s.whatsapp, s.voice) = (None, None, None)),
            "at least one way",
        ),
        (
            wrong(|s| {
                s.status_callback = Some("http://site.example/".to_owned());
                s.auth_token = Some(Zeroizing::new(twilio::TOKEN.to_owned()));
            }),
            "must begin with https://",
        ),
        (
            wrong(|s| s.status_callback = Some("https://site.example/".to_owned())),
            "give it as auth_token",
        ),
        (
            wrong(|s| s.auth_token = Some(Zeroizing::new(twilio::TOKEN.to_owned()))),
            "no URL for them",
        ),
        (wrong(|s| s.validity = Some(0)), "1 to 36000"),
        (wrong(|s| s.validity = Some(36_001)), "1 to 36000"),
        (wrong(|s| s.login.secret.push(' ')), "the secret must be"),
    ] {
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn nothing_tells_a_secret_a_code_or_a_number() {
    let fakes = Fakes::start();
    let proxy = fakes.twilio_behind(Fault::None);
    let mut settings = verify_settings(&fakes);
    proxy.url().clone_into(&mut settings.base);
    let mut verify = TwilioVerify::new(&settings).unwrap();
    let mut carrier_settings = messaging_settings(&fakes);
    proxy.url().clone_into(&mut carrier_settings.base);
    let mut messaging = TwilioMessaging::new(carrier_settings.clone()).unwrap();
    let to = number(NUMBER);
    let request = request(&to, Channel::Sms);
    let reference = verify.start(&request).unwrap().reference;
    let code = fakes.twilio.code();

    let mut shown = String::new();
    let mut show = |it: &dyn Debug| shown.push_str(&format!("{it:?} {it:#?}\n"));
    show(&settings);
    show(&carrier_settings);
    show(&request);
    show(&message());
    let mut faults = vec![
        Fault::Reset,
        Fault::OtherName,
        Fault::Garbage,
        Fault::Redirect(307),
        Fault::Status(500),
        Fault::Cut(40),
        Fault::HugeHeader,
        Fault::HugeBody,
        Fault::edit(|body| body.push_str("+4915123456789")),
    ];
    for code in [20003, 20429, 60200, 60410, 21211, 1] {
        faults.push(Fault::edit(move |body| {
            *body = format!(r#"{{"code":{code},"status":400,"message":"To {NUMBER} {CODE}"}}"#);
        }));
    }
    for fault in faults {
        proxy.set(fault);
        show(&verify.start(&request));
        show(&verify.check(&request, &reference, &code));
        show(&verify.probe(request.now));
        show(&messaging.send(&request, &message()));
        show(&messaging.probe(request.now));
        show(&verify);
        show(&messaging);
    }
    proxy.set(Fault::None);
    settings.login.secret.push('\n');
    show(&TwilioVerify::new(&settings));
    for (status, number) in [(400, 21211), (429, 20429), (404, 20404), (500, 20500)] {
        fakes
            .twilio
            .fail_next(failure(status, Some(number), Some("9")));
        let error = verify.start(&request).unwrap_err();
        show(&error);
        show(&error.to_string());
    }
    let basic = BASE64.encode(format!("{}:{}", twilio::KEY, twilio::SECRET).as_bytes());
    for canary in [
        twilio::SECRET,
        &basic,
        &basic[8..40],
        NUMBER,
        &NUMBER[1..],
        CODE,
        &code,
    ] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
    assert!(shown.contains("Twilio 21211"), "{shown}");
    // They are where they belong, and nowhere else.
    for request in fakes.twilio.requests() {
        let whole = request.text();
        assert_eq!(request.basic().unwrap().1, twilio::SECRET);
        assert!(
            !request.path.contains(&NUMBER[1..]) && request.query.len() < 20,
            "{whole}"
        );
        assert!(!whole.contains(twilio::SECRET) && !whole.contains(twilio::TOKEN));
    }
}

// Reports

struct Inbox(Mutex<Vec<Request>>);

impl Answer for Inbox {
    fn answer(&self, request: &Request) -> Response {
        self.0.lock().unwrap().push(request.clone());
        Response {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }
}

#[test]
fn a_report_arrives_signed_by_twilio_and_counts_in_order() {
    let fakes = Fakes::start();
    let inbox = Arc::new(Inbox(Mutex::default()));
    let server = Server::start(None, inbox.clone());
    let url = format!("{}/hook?site=1", server.url());
    let mut settings = messaging_settings(&fakes);
    settings.status_callback = Some(url.clone());
    settings.auth_token = Some(Zeroizing::new(twilio::TOKEN.to_owned()));
    let mut messaging = TwilioMessaging::new(settings).unwrap();
    let to = number(NUMBER);
    let token = Zeroizing::new(twilio::TOKEN.to_owned());
    for channel in [Channel::Sms, Channel::Voice] {
        let id = messaging
            .send(&request(&to, channel), &message())
            .unwrap()
            .id
            .unwrap();
        let (done, failed) = match channel {
            Channel::Voice => ("completed", "busy"),
            _ => ("delivered", "undelivered"),
        };
        let mut known = MessageStatus::Queued;
        for (status, error, expected) in [
            (done, None, MessageStatus::Delivered),
            ("queued", None, MessageStatus::Delivered),
            (failed, Some(30003), MessageStatus::Delivered),
            (done, None, MessageStatus::Delivered),
        ] {
            assert_eq!(fakes.twilio.report(&id, status, error, None), Ok(204));
            let request = inbox.0.lock().unwrap().last().unwrap().clone();
            let mut webhook = Webhook {
                url: &url,
                signature: request.header("x-twilio-signature").unwrap(),
                body: Body::Form(&request.body),
            };
            assert!(webhook.is_genuine(&token));
            let report = StatusReport::read(&request.body).unwrap();
            assert_eq!((report.id.as_str(), report.error), (id.as_str(), error));
            if report.delivery.rank() > known.rank() {
                known = report.delivery;
            }
            assert_eq!(known, expected);
            webhook.url = "http://127.0.0.1/hook?site=1";
            assert!(!webhook.is_genuine(&token));
        }
    }
}

#[test]
fn the_fakes_sign_as_twilio_does() {
    // Two makers of signatures, one of them not ours, agree over a form with everything in it.
    let pairs = [
        ("B", "a b+c&d=é%"),
        ("A", ""),
        ("B", "0"),
        ("B", "0"),
        ("a", "1"),
    ];
    let url = "https://site.example/hook?x=y";
    let signature = Twilio::sign(url, &pairs);
    let form = twofactor::sms::http::form(&pairs);
    let webhook = Webhook {
        url,
        signature: &signature,
        body: Body::Form(form.as_bytes()),
    };
    assert!(webhook.is_genuine(&Zeroizing::new(twilio::TOKEN.to_owned())));
}

// Twilio's own documents

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/twilio-oai")
}

fn document(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

/// Uses everything there is, once.
fn use_everything(verify: &mut TwilioVerify, messaging: &mut TwilioMessaging, fakes: &Fakes) {
    let to = number(NUMBER);
    let now = UnixTime::new(0).unwrap();
    verify.probe(now).unwrap();
    for (channel, to) in [
        (Channel::Sms, "+4915123456781"),
        (Channel::Voice, "+4915123456782"),
        (Channel::WhatsApp, "+4915123456783"),
    ] {
        let to = number(to);
        let request = request(&to, channel);
        let reference = verify.start(&request).unwrap().reference;
        assert_eq!(
            verify.check(&request, &reference, "999999"),
            Ok(Verdict::Wrong)
        );
        let code = fakes.twilio.code();
        assert_eq!(
            verify.check(&request, &reference, &code),
            Ok(Verdict::Approved)
        );
    }
    messaging.probe(now).unwrap();
    for channel in messaging.channels() {
        messaging.send(&request(&to, channel), &message()).unwrap();
    }
}

#[test]
fn every_field_that_is_sent_is_one_twilio_documents() {
    let fakes = Fakes::start();
    let mut settings = messaging_settings(&fakes);
    settings.validity = Some(600);
    settings.status_callback = Some("https://site.example/hook".to_owned());
    settings.auth_token = Some(Zeroizing::new(twilio::TOKEN.to_owned()));
    let mut messaging = TwilioMessaging::new(settings).unwrap();
    use_everything(&mut verify(&fakes), &mut messaging, &fakes);
    let documents = [document("verify.json"), document("messaging.json")];
    let mut checked = 0;
    for request in fakes.twilio.requests() {
        let operation = documents
            .iter()
            .flat_map(|document| document["paths"].as_object().unwrap())
            .filter(|(template, _)| fits(&request.path, template))
            .find_map(|(_, item)| item.get(request.method.to_lowercase()))
            .unwrap_or_else(|| panic!("{} {}", request.method, request.path));
        if request.method != "POST" {
            continue;
        }
        let content = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"];
        let form = request.form().unwrap();
        for (name, value) in &form {
            let property = &content["schema"]["properties"][name];
            assert!(property.is_object(), "{} has no {name}", request.path);
            if let Some(most) = property["maxLength"].as_u64() {
                assert_eq!(value.len() as u64, most, "{name}");
            }
            checked += 1;
        }
        for required in content["schema"]["required"]
            .as_array()
            .into_iter()
            .flatten()
        {
            assert!(
                form.iter()
                    .any(|(name, _)| name == required.as_str().unwrap())
            );
        }
    }
    assert!(checked > 30, "the test looks at nothing");
}

/// Whether a path is one of a template's.
fn fits(path: &str, template: &str) -> bool {
    let same = |(word, form): (&str, &str)| match form.split_once('}') {
        Some((_, end)) => word.ends_with(end),
        None => word == form,
    };
    path.split('/').count() == template.split('/').count()
        && path.split('/').zip(template.split('/')).all(same)
}

/// Prism in front of a fake, until it is dropped.
struct Prism {
    process: Child,
    url: String,
}

impl Prism {
    fn start(document: &str, upstream: &str) -> Self {
        let program = folder().join("node_modules/.bin/prism");
        assert!(
            program.exists(),
            "this test needs Prism: run `npm ci` in tests/twilio-oai"
        );
        let mut process = Command::new(program)
            .args(["proxy", "--errors", "-h", "127.0.0.1", "-p", "0"])
            .arg(folder().join(document))
            .arg(upstream)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = "Prism is listening on ";
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let at = line.find(ready)?;
            Some(line[at + ready.len()..].trim().to_owned())
        });
        // Whoever does not read makes it wait.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            url: url.expect("Prism ended"),
        }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn requests_and_answers_fit_twilios_documents() {
    let fakes = Fakes::start();
    let verify_prism = Prism::start("verify.json", &fakes.twilio_plain_url());
    let messaging_prism = Prism::start("messaging.json", &fakes.twilio_plain_url());
    let mut settings = verify_settings(&fakes);
    settings.base.clone_from(&verify_prism.url);
    let mut verify = TwilioVerify::new(&settings).unwrap();
    let mut settings = messaging_settings(&fakes);
    settings.base.clone_from(&messaging_prism.url);
    settings.status_callback = Some("https://site.example/hook".to_owned());
    settings.auth_token = Some(Zeroizing::new(twilio::TOKEN.to_owned()));
    settings.validity = Some(600);
    let mut messaging = TwilioMessaging::new(settings).unwrap();
    use_everything(&mut verify, &mut messaging, &fakes);
    assert_eq!(fakes.twilio.requests().len(), 1 + 3 * 3 + 1 + 3);

    // Prism does look: what the documents forbid does not come through it.
    let wrong = serde_json::json!({
        "sid": format!("VE{}", "0".repeat(32)), "service_sid": twilio::SERVICE, "to": NUMBER,
        "channel": "sms", "status": "pending", "account_sid": "AC1",
    });
    let server = Server::start(None, Arc::new(Says(Response::json(201, &wrong))));
    let prism = Prism::start("verify.json", &server.url());
    let to = number(NUMBER);
    for (base, right) in [(server.url(), true), (prism.url.clone(), false)] {
        let mut settings = verify_settings(&fakes);
        settings.base = base;
        let started = TwilioVerify::new(&settings)
            .unwrap()
            .start(&request(&to, Channel::Sms));
        assert_eq!(started.is_ok(), right, "{started:?}");
    }
}

struct Says(Response);

impl Answer for Says {
    fn answer(&self, _: &Request) -> Response {
        self.0.clone()
    }
}
