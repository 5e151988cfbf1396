//! Codes that are sent, with providers that do as they are told.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::*;
mod keys;
mod numbers;
mod profile;
mod usage;

use crate::client_ip::Peer;
use crate::sms::{
    Channel, CheckError, MessageBody, MessageProvider, NoReport, Post, ProviderRequest, Refusal,
    Report, SendError, Started, Submitted, Verdict, VerificationProvider,
};
use crate::types::Requester;

const NUMBER: &str = "+4915123456789";
const OTHER: &str = "+4915123450000";

/// What a carrier was given.
#[derive(Default)]
struct Book {
    taken: Vec<(String, Channel, String, String)>,
    answers: VecDeque<SendError>,
    /// What it finds out before it sends to a new number.
    first: VecDeque<SendError>,
    /// As SNS: whether it takes messages for somebody who wants none and drops them; and how often it was asked.
    drops: Option<bool>,
    asked: usize,
}

#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Book>>);

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    fn fails_with(&self, error: SendError) {
        self.0.lock().unwrap().answers.push_back(error);
    }

    fn sent(&self) -> usize {
        self.0.lock().unwrap().taken.len()
    }

    fn last_code(&self) -> String {
        self.0.lock().unwrap().taken.last().unwrap().2.clone()
    }

    fn last_text(&self) -> String {
        self.0.lock().unwrap().taken.last().unwrap().3.clone()
    }

    fn last_number(&self) -> String {
        self.0.lock().unwrap().taken.last().unwrap().0.clone()
    }
}

impl MessageProvider for Scripted {
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms, Channel::Voice]
    }

    fn send(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let mut book = self.0.lock().unwrap();
        let error = book.answers.pop_front();
        if !matches!(
            error,
            Some(
                SendError::NotSent(_)
                    | SendError::Unreached(_)
                    | SendError::Proxy(_)
                    | SendError::Refused { .. }
            )
        ) {
            book.taken.push((
                request.to.e164().to_owned(),
                request.channel,
                message.code.to_string(),
                message.text.to_string(),
            ));
        }
        match error {
            Some(error) => Err(error),
            None => Ok(Submitted {
                id: Some(format!("SM{}", book.taken.len())),
            }),
        }
    }

    fn send_if_wanted(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let error = self.0.lock().unwrap().first.pop_front();
        match error {
            Some(error) => Err(error),
            None => self.send(request, message),
        }
    }

    fn drops_messages(&self) -> bool {
        self.0.lock().unwrap().drops.is_some()
    }

    fn send_after_asking(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let drops = {
            let mut book = self.0.lock().unwrap();
            book.asked += usize::from(book.drops.is_some());
            book.drops
        };
        match drops {
            Some(true) => Err(refusal_of(Refusal::OptedOut)),
            _ => self.send(request, message),
        }
    }

    /// A body like `SM1 3 sent`, signed by the word `carrier`.
    fn report(&self, post: &Post<'_>) -> Result<Report, NoReport> {
        if post.header("signature") != Some("carrier") {
            return Err(NoReport::NotGenuine);
        }
        let body = std::str::from_utf8(post.body).unwrap();
        let words: Vec<_> = body.split(' ').collect();
        let [id, rank, status] = words[..] else {
            return Err(NoReport::NotOurs);
        };
        let delivered = status == "delivered";
        Ok(Report {
            id: id.to_owned(),
            rank: rank.parse().unwrap(),
            status: if delivered { "delivered" } else { "sent" },
            delivered,
            detail: String::new(),
            price: delivered.then(|| ("USD".to_owned(), 7_500)),
        })
    }

    fn probe(&mut self, _now: UnixTime) -> Result<(), crate::sms::ProbeError> {
        Ok(())
    }
}

/// Makes the code 424242 and says of each check what it is told to.
#[derive(Clone, Default)]
struct Oracle {
    verdicts: Arc<Mutex<VecDeque<Result<Verdict, CheckError>>>>,
    asked: Arc<Mutex<Vec<(String, String, String)>>>,
    started: Arc<Mutex<u32>>,
    /// What happens while it thinks.
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
    resend_after: Arc<Mutex<Option<u64>>>,
}

type Meanwhile = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Oracle")
    }
}

impl VerificationProvider for Oracle {
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms]
    }

    fn start(&mut self, _order: &ProviderRequest<'_>) -> Result<Started, SendError> {
        let mut started = self.started.lock().unwrap();
        *started += 1;
        Ok(Started {
            reference: format!("VE{started}"),
            expires_in: 600,
            resend_after: *self.resend_after.lock().unwrap(),
            again: false,
        })
    }

    fn check(
        &mut self,
        request: &ProviderRequest<'_>,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError> {
        self.asked.lock().unwrap().push((
            request.to.e164().to_owned(),
            reference.to_owned(),
            code.to_owned(),
        ));
        if let Some(meanwhile) = self.meanwhile.lock().unwrap().take() {
            meanwhile();
        }
        match self.verdicts.lock().unwrap().pop_front() {
            Some(verdict) => verdict,
            None if code == "424242" => Ok(Verdict::Approved),
            None => Ok(Verdict::Wrong),
        }
    }

    fn probe(&mut self, _now: UnixTime) -> Result<(), crate::sms::ProbeError> {
        Ok(())
    }
}

fn with_carriers(names: &[&str]) -> (Verifier, Vec<Scripted>) {
    with_settings(&[("store", "memory:")], names)
}

fn with_settings(settings: &[(&str, &str)], names: &[&str]) -> (Verifier, Vec<Scripted>) {
    with_keys(None, settings, names)
}

fn with_keys(
    keys: Option<&str>,
    settings: &[(&str, &str)],
    names: &[&str],
) -> (Verifier, Vec<Scripted>) {
    let config = Config::parse(settings.iter().copied()).unwrap();
    let ring = keys.map(|keys| KeyRing::parse(keys).unwrap());
    let mut verifier = Verifier::open(config, ring, true).unwrap();
    let carriers: Vec<_> = names.iter().map(|_| Scripted::default()).collect();
    verifier.providers = ActiveProviders::new(
        names
            .iter()
            .zip(&carriers)
            .map(|(name, carrier)| {
                let carrier: Box<dyn MessageProvider> = Box::new(carrier.clone());
                ((*name).to_owned(), Provider::Message(carrier))
            })
            .collect(),
    );
    (verifier, carriers)
}

fn with_oracle() -> (Verifier, Oracle) {
    let (mut verifier, _) = with_carriers(&[]);
    let oracle = Oracle::default();
    verifier.providers = ActiveProviders::new(vec![(
        "oracle".to_owned(),
        Provider::Verification(Box::new(oracle.clone())),
    )]);
    (verifier, oracle)
}

fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::parse(e164, None).unwrap()
}

fn start(verifier: &Verifier, user: &User, to: &str, seconds: i64) -> Result<Delivery, Error> {
    verifier.start_phone(at(seconds), user, &number(to), Method::Sms, &client(), None)
}

/// Enrols by SMS at second 0.
fn enrol_phone(verifier: &Verifier, carrier: &Scripted, user: &User) {
    let sent = start(verifier, user, NUMBER, 0).unwrap();
    let enrolled = verifier
        .confirm_phone(at(1), &sent.token, &carrier.last_code(), &client())
        .unwrap();
    assert_eq!(
        (enrolled.method, enrolled.backup_codes.len()),
        (Method::Sms, 10)
    );
}

fn challenge(verifier: &Verifier, user: &User, seconds: i64) -> Zeroizing<String> {
    verifier
        .begin_login(at(seconds), user, &client())
        .unwrap()
        .challenge
}

#[test]
fn the_next_code_may_be_asked_for_when_budgets_and_provider_grant_it() {
    for (says, resend_at) in [(None, 60), (Some(0), 60), (Some(59), 60), (Some(90), 90)] {
        let (verifier, oracle) = with_oracle();
        *oracle.resend_after.lock().unwrap() = says;
        let alice = user("7");
        let delivery = start(&verifier, &alice, NUMBER, 0).unwrap();
        assert_eq!(delivery.resend_at, at(resend_at), "{says:?}");
        verifier
            .confirm_phone(at(1), &delivery.token, "424242", &client())
            .unwrap();
        let delivery = verifier
            .send_code(
                at(100),
                &challenge(&verifier, &alice, 100),
                Method::Sms,
                &client(),
            )
            .unwrap();
        assert_eq!(delivery.resend_at, at(100 + resend_at), "{says:?}");
        let test = verifier
            .send_test(
                at(200),
                "oracle",
                &number(NUMBER),
                Method::Sms,
                "en",
                &Operator::on_server("root"),
                &client(),
            )
            .unwrap();
        assert_eq!(test.resend_at, at(200 + resend_at), "{says:?}");
    }
}

#[test]
fn a_person_enrols_by_sms_and_signs_in_by_sms() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (alice, carrier) = (user("7"), &carriers[0]);
    let delivery = start(&verifier, &alice, NUMBER, 0).unwrap();
    assert_eq!(delivery.masked, "+49 ••• 89");
    assert_eq!((delivery.expires_at, delivery.resend_at), (at(600), at(60)));
    assert_eq!(carrier.last_number(), NUMBER);
    assert!(!verifier.account(at(0), &alice.id).unwrap().enrolled);
    let wrong = verifier.confirm_phone(at(1), &delivery.token, "000000x", &client());
    assert_eq!(denied(wrong), Denied::Rejected);
    let code = carrier.last_code();
    assert!(carrier.last_text().contains(&code));
    verifier
        .confirm_phone(at(2), &delivery.token, &code, &client())
        .unwrap();

    let login = verifier.begin_login(at(70), &alice, &client()).unwrap();
    assert_eq!(login.methods, [Method::Sms, Method::BackupCode]);
    let delivery = verifier
        .send_code(at(70), &login.challenge, Method::Sms, &client())
        .unwrap();
    assert_eq!(delivery.expires_at, at(370));
    let code = carrier.last_code();
    let verified = verifier
        .verify(at(75), &login.challenge, Method::Sms, &code, &client())
        .unwrap();
    assert_eq!(
        (verified.method, verified.purpose),
        (Method::Sms, Purpose::Login)
    );
    let again = verifier.verify(at(75), &login.challenge, Method::Sms, &code, &client());
    assert_eq!(denied(again), Denied::ChallengeClosed);

    let listed = verifier.deliveries(10, None).unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|(_, d)| d.masked == "+49 ••• 89"));
    let kinds: Vec<_> = verifier
        .audit(Some(&alice.id), 20, None)
        .unwrap()
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            "factor.accepted",
            "code.sent",
            "challenge.opened",
            "factor.enrolled",
            "code.sent",
            "enrolment.started",
        ]
    );
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

#[test]
fn another_provider_is_asked_only_when_certainly_nothing_was_sent() {
    let (verifier, carriers) = with_settings(&GENEROUS, &["one", "two"]);
    let alice = user("7");
    carriers[0].fails_with(SendError::NotSent("no route".to_owned()));
    start(&verifier, &alice, NUMBER, 0).unwrap();
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (0, 1));

    // Perhaps sent: nobody else is asked, and if it arrives it works.
    let bob = user("8");
    carriers[0].fails_with(SendError::Unknown("no answer".to_owned()));
    let sent = start(&verifier, &bob, OTHER, 0).unwrap();
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (1, 1));
    verifier
        .confirm_phone(at(1), &sent.token, &carriers[0].last_code(), &client())
        .unwrap();

    // Refused: nobody else is asked, unless it is about the account that asks.
    for (place, refusal) in Refusal::ALL.into_iter().enumerate() {
        let person = user(&format!("p{place}"));
        carriers[0].fails_with(refusal_of(refusal));
        let to = format!("+491512346{place}000");
        let before = (carriers[0].sent(), carriers[1].sent());
        let answer = start(&verifier, &person, &to, 0);
        let reason = match refusal {
            Refusal::Number => "number",
            Refusal::OptedOut => "opted-out",
            Refusal::Country => "country",
            Refusal::Fraud => "fraud",
            Refusal::Unlisted => "refused",
            Refusal::Limit => {
                assert_eq!(denied(answer), Denied::Throttled { retry_after: 600 });
                continue;
            }
            Refusal::Credentials | Refusal::Account | Refusal::Sender => {
                let sent = answer.unwrap();
                assert_eq!((carriers[0].sent(), carriers[1].sent() - 1), before);
                verifier
                    .confirm_phone(at(1), &sent.token, &carriers[1].last_code(), &client())
                    .unwrap();
                continue;
            }
        };
        assert_eq!(denied(answer), Denied::NotSent { reason });
        assert_eq!((carriers[0].sent(), carriers[1].sent()), before);
    }
}

fn refusal_of(refusal: Refusal) -> SendError {
    SendError::Refused {
        refusal,
        retry_after: None,
        detail: "Twilio 60410".to_owned(),
    }
}

/// Room for many numbers that nobody has proven, from one address.
const GENEROUS: [(&str, &str); 4] = [
    ("store", "memory:"),
    ("send_per_ip_hour", "300"),
    ("send_per_ip_day", "300"),
    ("send_per_provider_minute", "300"),
];

/// A number that makes a provider refuse, again and again: the provider answers, so it works.
#[test]
fn no_refusal_switches_a_provider_off() {
    let (verifier, carriers) = with_settings(&GENEROUS, &["one"]);
    for (place, refusal) in Refusal::ALL.iter().cycle().take(27).enumerate() {
        carriers[0].fails_with(refusal_of(*refusal));
        let person = user(&format!("p{place}"));
        let to = format!("+4915123{}0000", 40 + place);
        start(&verifier, &person, &to, 0).unwrap_err();
        assert!(carriers[0].0.lock().unwrap().answers.is_empty(), "asked");
    }
    let told = verifier.metrics(at(1)).unwrap();
    let closed = r#"twofactor_breaker{provider="one",twofactor_breaker="closed"} 1"#;
    assert!(told.contains(closed), "{told}");
    assert!(verifier.deliveries(100, None).unwrap().is_empty());
    start(&verifier, &user("7"), NUMBER, 1).unwrap();
    assert_eq!(carriers[0].sent(), 1);
}

#[test]
fn a_refusal_of_the_account_is_in_the_health_report_until_a_message_is_taken() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let providers = |seconds| {
        let checks = verifier.health(Ok(at(seconds)));
        let check = checks.into_iter().find(|it| it.name == "providers");
        let check = check.unwrap();
        (check.status, check.message)
    };
    for (place, refusal) in Refusal::ALL.into_iter().enumerate() {
        let seconds = 100_000 * place as i64;
        carriers[0].fails_with(refusal_of(refusal));
        start(&verifier, &user("7"), NUMBER, seconds).unwrap_err();
        let (status, message) = providers(seconds);
        if refusal.advice().is_none() {
            assert_eq!(status, HealthStatus::Ok, "{refusal:?}: {message}");
            continue;
        }
        assert_eq!(status, HealthStatus::Warning);
        for part in ["one", "Twilio 60410", refusal.advice().unwrap()] {
            assert!(message.contains(part), "{refusal:?}: {message}");
        }
        assert!(!message.contains("49151"));
        // It is in the person's audit as well.
        let audit = verifier.audit(Some(&user("7").id), 1, None).unwrap();
        assert_eq!(audit[0].kind, "code.failed");
        let reason = audit[0].reason.clone().unwrap();
        assert!(
            reason.contains("one") && reason.contains("Twilio 60410"),
            "{reason}"
        );
        // What is about a number in between takes nothing of it back.
        carriers[0].fails_with(refusal_of(Refusal::Number));
        start(&verifier, &user("8"), OTHER, seconds).unwrap_err();
        assert_eq!(providers(seconds).0, HealthStatus::Warning);
        start(&verifier, &user("8"), OTHER, seconds + 60).unwrap();
        let (status, message) = providers(seconds + 60);
        assert_eq!(status, HealthStatus::Ok, "{message}");
    }
}

#[test]
fn without_any_provider_left_nobody_is_let_in_and_the_method_is_not_offered() {
    let (mut verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    verifier.providers = ActiveProviders::default();
    let login = verifier.begin_login(at(70), &alice, &client()).unwrap();
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert_eq!(login.methods, [Method::BackupCode]);
    let answer = verifier.send_code(at(70), &login.challenge, Method::Sms, &client());
    assert_eq!(denied(answer), Denied::NotSent { reason: "method" });
}

#[test]
fn asking_again_goes_to_the_next_provider_and_both_codes_work() {
    let (verifier, carriers) = with_carriers(&["one", "two"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let login = challenge(&verifier, &alice, 70);
    let send = |seconds| verifier.send_code(at(seconds), &login, Method::Sms, &client());
    send(70).unwrap();
    let first = carriers[0].last_code();
    assert_eq!(denied(send(129)), Denied::Throttled { retry_after: 1 });
    send(130).unwrap();
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (2, 1));
    let tried =
        |code: &str, seconds| verifier.verify(at(seconds), &login, Method::Sms, code, &client());
    // Five minutes from the first message, not from the second.
    assert_eq!(denied(tried(&first, 370)), Denied::Rejected);
    tried(&carriers[1].last_code(), 371).unwrap();
}

#[test]
fn attack_11_and_12_a_resend_resets_no_counter() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let mut seconds = 100;
    for _ in 0..5 {
        let login = challenge(&verifier, &alice, seconds);
        verifier
            .send_code(at(seconds), &login, Method::Sms, &client())
            .unwrap();
        let wrong = verifier.verify(at(seconds), &login, Method::Sms, "000000x", &client());
        assert_eq!(denied(wrong), Denied::Rejected);
        seconds += 1000;
    }
    let login = challenge(&verifier, &alice, seconds - 999);
    let answer = verifier.send_code(at(seconds - 999), &login, Method::Sms, &client());
    assert!(matches!(denied(answer), Denied::LockedOut { .. }));
}

/// Settings of a store that several verifiers share, one of each kind that there is.
struct SharedStore {
    _folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
}

impl SharedStore {
    fn each() -> [Self; 2] {
        let mysql = std::env::var("TWOFACTOR_TEST_MYSQL").expect(
            "set TWOFACTOR_TEST_MYSQL=mysql://user:password@127.0.0.1:port/database (script/test does)",
        );
        [None, Some(mysql)].map(|url| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path();
            let key_file = path.join("key");
            crate::crypto::KeyRing::create_file(&key_file).unwrap();
            let store = url.unwrap_or_else(|| format!("sqlite:{}/db", path.display()));
            let site = path.file_name().unwrap().to_str().unwrap().to_owned();
            let key_file = key_file.to_str().unwrap().to_owned();
            Self {
                settings: vec![
                    ("store", store),
                    ("site", site),
                    ("new_site", "1".to_owned()),
                    ("key_file", key_file),
                ],
                _folder: folder,
            }
        })
    }

    fn settings(&self) -> Vec<(&str, &str)> {
        let settings = self.settings.iter();
        settings
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
}

#[test]
fn a_breaker_that_one_verifier_opens_is_open_for_another() {
    for store in SharedStore::each() {
        a_breaker_is_shared(&store.settings());
    }
}

fn a_breaker_is_shared(settings: &[(&str, &str)]) {
    let (one, carriers) = with_settings(settings, &["flaky", "steady"]);
    for place in 0..5 {
        carriers[0].fails_with(SendError::NotSent("down".to_owned()));
        let to = format!("+491512345{place}000");
        start(&one, &user(&format!("u{place}")), &to, 0).unwrap();
    }
    let (other, others) = with_settings(settings, &["flaky", "steady"]);
    start(&other, &user("7"), NUMBER, 1).unwrap();
    assert_eq!((others[0].sent(), others[1].sent()), (0, 1));
    // Half a minute later one of them finds out that it is back.
    start(&one, &user("8"), "+4915123499999", 31).unwrap();
    assert_eq!(carriers[0].sent(), 1);
    start(&other, &user("9"), "+4915123454321", 32).unwrap();
    assert_eq!(others[0].sent(), 1);
}

#[test]
fn a_way_whose_every_provider_is_down_is_not_offered_and_still_due() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    for place in 0..5 {
        carriers[0].fails_with(SendError::NotSent("down".to_owned()));
        let to = format!("+491512345{place}000");
        let answer = start(&verifier, &user(&format!("u{place}")), &to, 10);
        assert!(matches!(answer, Err(Error::Unavailable(_))));
    }
    let login = verifier.begin_login(at(20), &alice, &client()).unwrap();
    assert_eq!(
        (login.state, login.methods),
        (LoginState::ChallengeRequired, vec![Method::BackupCode])
    );
    let login = verifier.begin_login(at(45), &alice, &client()).unwrap();
    assert_eq!(login.methods, [Method::Sms, Method::BackupCode]);
}

/// One customer has a whole IPv6 network, and one budget.
#[test]
fn resets_asked_for_from_one_ipv6_network_share_a_budget() {
    let (verifier, carriers) = with_carriers(&["one"]);
    enrol_phone(&verifier, &carriers[0], &user("7"));
    let mut granted = 0;
    for place in 0..60 {
        let client = Client::new(
            format!("2001:db8::{place:x}").parse::<IpAddr>().unwrap(),
            String::new(),
        );
        let person = user(&format!("u{place}"));
        match verifier.begin_challenge(at(100), &person, Purpose::ResetPassword, &client) {
            Err(Error::Denied(Denied::Throttled { .. })) => {}
            other => {
                assert_eq!(denied(other), Denied::Rejected);
                granted += 1;
            }
        }
    }
    assert_eq!(granted, 30);
}

#[test]
fn a_mail_for_somebody_without_an_address_names_none() {
    let mut anna = user("7");
    anna.email = Some("anna@example.com".to_owned());
    let (verifier, _) = with_carriers(&[]);
    for (id, client, names) in [
        ("7", client(), true),
        ("8", Client::new(Peer::Socket, String::new()), false),
        ("9", Client::new(Peer::Unknown, String::new()), false),
    ] {
        anna.id = UserId::new(id).unwrap();
        anna.email = Some(format!("anna{id}@example.com"));
        let sent = verifier.enable_email(at(0), &anna, &client, None).unwrap();
        let text = sent.message.unwrap().mail.text;
        assert_eq!(text.contains("192.0.2.1"), names, "{id}");
        assert!(!text.contains("::"), "{id}");
    }
}

#[test]
fn health_names_the_provider_that_failed() {
    let (verifier, carriers) = with_carriers(&["one", "two"]);
    let said = |seconds| {
        let checks = verifier.health(Ok(at(seconds)));
        let check = checks.into_iter().find(|c| c.name == "providers").unwrap();
        (check.status, check.message)
    };
    assert_eq!(said(0), (HealthStatus::Ok, "one, two".to_owned()));
    for place in 0..5 {
        carriers[0].fails_with(SendError::NotSent("down".to_owned()));
        let to = format!("+491512345{place}000");
        start(&verifier, &user(&format!("u{place}")), &to, 0).unwrap();
    }
    let (status, message) = said(1);
    assert_eq!(status, HealthStatus::Warning);
    assert!(message.starts_with("one failed"), "{message}");
}

/// A run of numbers beside each other: another user, another address, another minute each time; the range
/// is what they share. How many got a code.
fn neighbours(verifier: &Verifier) -> usize {
    let mut sent = 0;
    for place in 0..100 {
        let person = user(&format!("u{place}"));
        let to = format!("+49151234567{place:02}");
        let client = Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, place)), String::new());
        let answer = verifier.start_phone(
            at(i64::from(place)),
            &person,
            &number(&to),
            Method::Sms,
            &client,
            None,
        );
        match answer {
            Ok(_) => sent += 1,
            other => assert!(matches!(denied(other), Denied::Throttled { .. })),
        }
    }
    sent
}

#[test]
fn attack_37_adjacent_numbers_stop_at_a_budget() {
    let (verifier, carriers) = with_carriers(&["one"]);
    assert_eq!(neighbours(&verifier), 10);
    assert_eq!(carriers[0].sent(), 10);
}

/// Each limit of the settings holds, for what it is named after and nothing else.
#[test]
fn every_limit_of_the_settings_is_kept() {
    type Asked = (String, String, [u8; 4]);
    type Case<'a> = (&'a str, &'a str, &'a dyn Fn(u8) -> Asked, u64);
    let free = |i: u8| -> Asked {
        let to = format!("+4915123{i:02}5678");
        (format!("u{i}"), to, [192, 0, 2, i])
    };
    let one_number = |i: u8| (format!("u{i}"), NUMBER.to_owned(), [192, 0, 2, i]);
    let one_user = |i: u8| ("u".to_owned(), free(i).1, [192, 0, 2, i]);
    let one_address = |i: u8| (format!("u{i}"), free(i).1, [192, 0, 2, 1]);
    let one_range = |i: u8| {
        let to = format!("+49151234567{i:02}");
        (format!("u{i}"), to, [192, 0, 2, i])
    };
    let cases: [Case<'_>; 16] = [
        ("send_per_number_hour", "2", &one_number, 3_600),
        ("send_per_number_day", "2", &one_number, 86_400),
        ("send_per_user_hour", "2", &one_user, 3_600),
        ("send_per_user_day", "2", &one_user, 86_400),
        ("send_per_ip_hour", "6", &one_address, 3_600),
        ("send_per_ip_day", "6", &one_address, 86_400),
        // Of what all share, what is not proven may have a third.
        ("send_per_range_hour", "8", &one_range, 3_600),
        ("send_per_range_day", "8", &one_range, 86_400),
        ("send_new_ranges_hour", "2", &free, 3_600),
        ("send_new_ranges_day", "2", &free, 86_400),
        ("send_per_country_hour", "6", &free, 3_600),
        ("send_per_country_day", "6", &free, 86_400),
        ("send_per_provider_minute", "6", &free, 60),
        ("send_per_provider_hour", "6", &free, 3_600),
        ("send_per_provider_day", "6", &free, 86_400),
        ("send_site_day", "6", &free, 86_400),
    ];
    for (name, limit, asked, seconds) in cases {
        let settings = [
            ("store", "memory:"),
            (name, limit),
            ("send_cooldown_seconds", "10"),
        ];
        let (verifier, carriers) = with_settings(&settings, &["one"]);
        let ask = |(who, to, ip): Asked, second: i64| {
            let client = Client::new(IpAddr::from(ip), String::new());
            verifier.start_phone(
                at(second),
                &user(&who),
                &number(&to),
                Method::Sms,
                &client,
                None,
            )
        };
        ask(asked(0), 0).unwrap();
        ask(asked(1), 11).unwrap();
        let refused = denied(ask(asked(2), 22));
        let retry_after = seconds - 22;
        assert_eq!(refused, Denied::Throttled { retry_after }, "{name}");
        assert_eq!(carriers[0].sent(), 2, "{name}");
        // As soon as it said, and then one.
        let later = 22 + i64::try_from(retry_after).unwrap();
        ask(asked(2), later).unwrap();
        assert!(ask(asked(3), later + 1).is_err(), "{name}");
        // Somebody else, elsewhere, is not concerned: unless it is everybody's limit.
        let (other, others) = with_settings(&settings, &["one"]);
        let sent = (0..3).filter(|i| {
            let client = Client::new(IpAddr::from([192, 0, 2, *i]), String::new());
            let to = number(["+4915123456789", "+436641234567", "+41781234567"][usize::from(*i)]);
            let who = user(&format!("u{i}"));
            let asked = at(11 * i64::from(*i));
            other
                .start_phone(asked, &who, &to, Method::Sms, &client, None)
                .is_ok()
        });
        let everybodys = ["send_new", "send_per_provider", "send_site"];
        let granted = if everybodys.iter().any(|of| name.starts_with(of)) {
            2
        } else {
            3
        };
        assert_eq!(
            (sent.count(), others[0].sent()),
            (granted, granted),
            "{name}"
        );
    }
    let settings = [("store", "memory:"), ("send_cooldown_seconds", "30")];
    let (verifier, _) = with_settings(&settings, &["one"]);
    start(&verifier, &user("7"), NUMBER, 0).unwrap();
    let refused = denied(start(&verifier, &user("7"), NUMBER, 29));
    assert_eq!(refused, Denied::Throttled { retry_after: 1 });
    let delivery = start(&verifier, &user("7"), NUMBER, 30).unwrap();
    assert_eq!(delivery.resend_at, at(60));
}

#[test]
fn eight_at_once_never_exceed_a_budget() {
    for store in SharedStore::each() {
        eight_send_five(&store.settings());
    }
}

fn eight_send_five(settings: &[(&str, &str)]) {
    drop(with_settings(settings, &[]));
    let sent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                scope.spawn(move || {
                    let (verifier, carriers) = with_settings(settings, &["one"]);
                    for minute in 0..20 {
                        let person = user(&format!("u{thread}"));
                        let answer = start(&verifier, &person, NUMBER, minute * 61);
                        assert!(
                            answer.is_ok() || matches!(denied(answer), Denied::Throttled { .. })
                        );
                    }
                    carriers[0].sent()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    // One a minute and five an hour, whoever asks.
    assert_eq!(sent, 5);
}

#[test]
fn a_code_of_the_providers_own_is_asked_about_once_and_counts_before_the_answer() {
    let (verifier, oracle) = with_oracle();
    let alice = user("7");
    let sent = start(&verifier, &alice, NUMBER, 0).unwrap();
    let wrong = verifier.confirm_phone(at(1), &sent.token, "111111", &client());
    assert_eq!(denied(wrong), Denied::Rejected);
    let enrolled = verifier
        .confirm_phone(at(2), &sent.token, "424242", &client())
        .unwrap();
    assert_eq!(enrolled.backup_codes.len(), 10);

    let login = challenge(&verifier, &alice, 100);
    verifier
        .send_code(at(100), &login, Method::Sms, &client())
        .unwrap();
    let tried = |code: &str| verifier.verify(at(101), &login, Method::Sms, code, &client());
    assert_eq!(denied(tried("111111")), Denied::Rejected);
    tried("424242").unwrap();
    assert_eq!(denied(tried("424242")), Denied::ChallengeClosed);
    let asked = oracle.asked.lock().unwrap();
    assert!(asked.iter().all(|(to, _, _)| to == NUMBER));
    let references: Vec<_> = asked.iter().map(|(_, r, _)| r.as_str()).collect();
    assert_eq!(references, ["VE1", "VE1", "VE2", "VE2"]);
    // The wrong one is a failure, the right one is none, also in the audit.
    let account = verifier.accounts.read(&alice.id, at(61)).unwrap().unwrap();
    assert!(account.locks(at(101)).is_empty());
    let verdicts = ["factor.rejected", "factor.accepted"];
    assert_eq!(
        kinds(&verifier, &alice, &["factor.", "check."])[..2],
        verdicts
    );
}

#[test]
fn every_event_says_what_it_is_for_what_stood_behind_the_request_and_from_where() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    // Somebody who knows a name, and no password.
    let reset = verifier
        .begin_challenge(at(100), &alice, Purpose::ResetPassword, &client())
        .unwrap()
        .challenge;
    verifier
        .send_code(at(100), &reset, Method::Sms, &client())
        .unwrap();
    let _ = verifier.verify(at(101), &reset, Method::Sms, "000000", &client());
    // Somebody who knows the password, and then proves the telephone.
    let login = challenge(&verifier, &alice, 200);
    verifier
        .send_code(at(200), &login, Method::Sms, &client())
        .unwrap();
    let code = carriers[0].last_code();
    verifier
        .verify(at(201), &login, Method::Sms, &code, &client())
        .unwrap();
    let step_up = verifier
        .begin_challenge(at(300), &alice, Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    verifier
        .send_code(at(300), &step_up, Method::Sms, &client())
        .unwrap();
    let code = carriers[0].last_code();
    let grant = verifier
        .verify(at(301), &step_up, Method::Sms, &code, &client())
        .unwrap()
        .grant;
    verifier
        .start_totp(at(302), &alice, None, Some(&grant), Some(&client()))
        .unwrap();
    verifier
        .set_primary(at(302), &alice.id, Method::Sms, &grant, Some(&client()))
        .unwrap();
    verifier
        .remove(at(303), &alice.id, Method::Sms, &grant, Some(&client()))
        .unwrap();
    verifier
        .unlock(at(304), &alice.id, &Operator::on_server("admin"), "asked")
        .unwrap();
    let mut events = verifier.audit(Some(&alice.id), 100, None).unwrap();
    events.reverse();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let purpose = event.purpose.map_or("-", Purpose::as_str);
            let requester = event.requester.map_or("-", Requester::as_str);
            format!("{} {purpose} {requester}", event.kind)
        })
        .collect();
    assert_eq!(
        told,
        [
            "enrolment.started - password",
            "code.sent verify-phone password",
            "factor.enrolled - password",
            "challenge.opened reset-password nobody",
            "code.sent reset-password nobody",
            "factor.rejected reset-password nobody",
            "challenge.opened login password",
            "code.sent login password",
            "factor.accepted login password",
            "challenge.opened step-up password",
            "code.sent step-up password",
            "factor.accepted step-up password",
            "enrolment.started - proven",
            "factor.removed - proven",
            "number.told - -",
            "account.unlocked - operator",
        ]
    );
    let nowhere: Vec<_> = events
        .iter()
        .filter(|event| event.ip.as_deref() != Some("192.0.2.1"))
        .map(|event| event.kind.as_str())
        .collect();
    // Nobody asks for what a number is told, and an operator has no address.
    assert_eq!(nowhere, ["number.told", "account.unlocked"]);
}

/// The kinds of a user's events that begin with one of these, the oldest first; without enrolments.
fn kinds(verifier: &Verifier, user: &User, of: &[&str]) -> Vec<String> {
    let mut events = verifier.audit(Some(&user.id), 100, None).unwrap();
    events.reverse();
    events
        .into_iter()
        .map(|event| event.kind)
        .filter(|kind| of.iter().any(|of| kind.starts_with(of)) && kind != "factor.enrolled")
        .collect()
}

#[test]
fn a_process_that_dies_while_a_provider_thinks_leaves_an_event_with_the_account_s_next_change() {
    let (verifier, oracle) = with_oracle();
    let alice = user("7");
    let sent = start(&verifier, &alice, NUMBER, 0).unwrap();
    verifier
        .confirm_phone(at(2), &sent.token, "424242", &client())
        .unwrap();
    let login = challenge(&verifier, &alice, 100);
    verifier
        .send_code(at(100), &login, Method::Sms, &client())
        .unwrap();
    *oracle.meanwhile.lock().unwrap() = Some(Box::new(|| std::panic::panic_any("killed")));
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        verifier.verify(at(101), &login, Method::Sms, "424242", &client())
    }));
    assert!(died.is_err());
    assert!(kinds(&verifier, &alice, &["factor.", "check."]).is_empty());
    challenge(&verifier, &alice, 221);
    assert_eq!(
        kinds(&verifier, &alice, &["factor.", "check."]),
        ["check.interrupted"]
    );
    challenge(&verifier, &alice, 500);
    assert_eq!(kinds(&verifier, &alice, &["check."]).len(), 1, "once");
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

#[test]
fn an_answer_that_is_none_denies_and_stays_charged() {
    let (verifier, oracle) = with_oracle();
    let alice = user("7");
    let sent = start(&verifier, &alice, NUMBER, 0).unwrap();
    verifier
        .confirm_phone(at(2), &sent.token, "424242", &client())
        .unwrap();
    let login = challenge(&verifier, &alice, 100);
    let send = |seconds| verifier.send_code(at(seconds), &login, Method::Sms, &client());
    send(100).unwrap();
    for why in ["unsigned", "HTTP 500"] {
        let error = CheckError::NoAnswer(why.to_owned());
        oracle.verdicts.lock().unwrap().push_back(Err(error));
        let answer = verifier.verify(at(101), &login, Method::Sms, "424242", &client());
        assert!(matches!(answer, Err(Error::Unavailable(_))));
    }
    oracle.verdicts.lock().unwrap().push_back(Ok(Verdict::Over));
    let answer = verifier.verify(at(102), &login, Method::Sms, "424242", &client());
    assert_eq!(denied(answer), Denied::Rejected);
    // Over: there is nothing left to ask about.
    let answer = verifier.verify(at(103), &login, Method::Sms, "424242", &client());
    assert_eq!(denied(answer), Denied::Rejected);
    assert_eq!(oracle.asked.lock().unwrap().len(), 4);
    // That was the fourth failure; the fifth blocks.
    send(170).unwrap();
    let answer = verifier.verify(at(171), &login, Method::Sms, "1", &client());
    assert_eq!(denied(answer), Denied::Rejected);
    assert!(matches!(denied(send(200)), Denied::LockedOut { .. }));
    // Who reads the log sees what was refused, and what was not answered.
    let expected = [
        "check.unanswered",
        "check.unanswered",
        "factor.rejected",
        "factor.rejected",
        "factor.rejected",
        "factor.blocked",
    ];
    assert_eq!(kinds(&verifier, &alice, &["factor.", "check."]), expected);
}

#[test]
fn whoever_has_the_right_code_waits_for_the_provider_and_is_let_in() {
    let (verifier, oracle) = with_oracle();
    let alice = user("7");
    let down = |times: usize| {
        let error = CheckError::NotAsked("no route".to_owned());
        let mut verdicts = oracle.verdicts.lock().unwrap();
        verdicts.extend(std::iter::repeat_n(Err(error), times));
    };
    let unavailable = |answer: Result<(), Error>| {
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    };
    // To enrol.
    let sent = start(&verifier, &alice, NUMBER, 0).unwrap();
    down(20);
    for second in 1..=20 {
        let answer = verifier.confirm_phone(at(second), &sent.token, "424242", &client());
        unavailable(answer.map(drop));
    }
    verifier
        .confirm_phone(at(21), &sent.token, "424242", &client())
        .unwrap();
    // To sign in, with one real failure between.
    let login = challenge(&verifier, &alice, 100);
    verifier
        .send_code(at(100), &login, Method::Sms, &client())
        .unwrap();
    let verify = |second, code: &str| {
        let answer = verifier.verify(at(second), &login, Method::Sms, code, &client());
        answer.map(drop)
    };
    assert_eq!(denied(verify(101, "111111")), Denied::Rejected);
    down(20);
    for second in 102..=121 {
        unavailable(verify(second, "424242"));
    }
    verify(122, "424242").unwrap();
    // The audit has them all the same, and no block.
    let kinds = kinds(&verifier, &alice, &["check.", "factor."]);
    let count = |kind: &str| kinds.iter().filter(|it| **it == kind).count();
    assert_eq!(count("check.unanswered"), 20);
    assert_eq!(count("factor.rejected"), 1);
    assert_eq!(count("factor.blocked"), 0);
}

#[test]
fn attack_34_a_number_cannot_be_changed_in_the_middle_of_a_sign_in() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let login = challenge(&verifier, &alice, 100);
    let answer = start(&verifier, &alice, OTHER, 100);
    assert_eq!(denied(answer), Denied::StepUpRequired);
    verifier
        .send_code(at(100), &login, Method::Sms, &client())
        .unwrap();
    assert_eq!(carriers[0].last_number(), NUMBER);
}

/// Somebody who speaks German and has an address.
fn correspondent() -> User {
    let (email, locale) = (
        Some("erika@example.org".to_owned()),
        Some("de-CH".to_owned()),
    );
    User {
        email,
        locale,
        ..user("7")
    }
}

/// Puts [`OTHER`] in the place of the number of `user`, with the code that `typed` knows once it was sent. The
/// second is 103 then.
fn change_number(
    verifier: &Verifier,
    user: &User,
    typed: impl Fn() -> String,
) -> Result<Enrolled, Error> {
    let step_up = verifier
        .begin_challenge(at(100), user, Purpose::StepUp, &client())?
        .challenge;
    verifier.send_code(at(100), &step_up, Method::Sms, &client())?;
    let grant = verifier
        .verify(at(101), &step_up, Method::Sms, &typed(), &client())?
        .grant;
    let sent = verifier.start_phone(
        at(102),
        user,
        &number(OTHER),
        Method::Sms,
        &client(),
        Some(&grant),
    )?;
    verifier.confirm_phone(at(103), &sent.token, &typed(), &client())
}

const TOLD: &str = "number.told";
const UNTOLD: &str = "number.untold";

/// What the audit says of the number that was replaced: the kind, and who carried the notice.
fn told(verifier: &Verifier, user: &User) -> Vec<(&'static str, Option<String>)> {
    assert!(verifier.audit_is_intact(&user.id).unwrap());
    let events = verifier.audit(Some(&user.id), 100, None).unwrap();
    let told = events.into_iter().filter_map(|event| {
        let kind = [TOLD, UNTOLD]
            .into_iter()
            .find(|kind| *kind == event.kind)?;
        Some((kind, event.provider))
    });
    told.collect()
}

#[test]
fn a_changed_number_takes_a_step_up_and_the_old_one_is_told() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (alice, carrier) = (correspondent(), &carriers[0]);
    enrol_phone(&verifier, carrier, &alice);
    let enrolled = change_number(&verifier, &alice, || carrier.last_code()).unwrap();
    assert_eq!(
        (carrier.last_number(), carrier.last_code()),
        (NUMBER.to_owned(), String::new())
    );
    // In their language, by telephone and by mail.
    assert_eq!(
        carrier.last_text(),
        "default: Die Telefonnummer Ihres Kontos wurde geändert. \
         Falls Sie das nicht waren, melden Sie sich sofort bei uns."
    );
    let [mail] = &enrolled.notices[..] else {
        panic!("{enrolled:?}")
    };
    assert_eq!(mail.to.as_deref(), Some("erika@example.org"));
    assert!(mail.mail.subject.contains("Die Telefonnummer Ihres Kontos"));
    assert_eq!(told(&verifier, &alice), [(TOLD, Some("one".to_owned()))]);
    let login = challenge(&verifier, &alice, 200);
    verifier
        .send_code(at(200), &login, Method::Sms, &client())
        .unwrap();
    assert_eq!(carrier.last_number(), OTHER);
}

#[test]
fn a_number_for_one_user_is_confirmed_for_one_only_when_two_try_at_once() {
    for store in SharedStore::each() {
        for [unique, shared] in [["1", "0"], ["0", "1"]] {
            let mut settings = store.settings();
            let site = format!("{}{unique}", settings[1].1);
            settings[1].1 = &site;
            settings.push(("phone_unique", unique));
            two_confirm_at_once(&settings, shared == "1");
        }
    }
}

/// While a provider thinks about the code of one, the other types a code of ours.
fn two_confirm_at_once(settings: &[(&str, &str)], both: bool) {
    let (mut slow, _) = with_settings(settings, &[]);
    let oracle = Oracle::default();
    let checker: Box<dyn VerificationProvider> = Box::new(oracle.clone());
    slow.providers =
        ActiveProviders::new(vec![("oracle".to_owned(), Provider::Verification(checker))]);
    let (fast, carriers) = with_settings(settings, &["one"]);
    let (alice, bob) = (user("7"), user("8"));
    let for_alice = start(&slow, &alice, NUMBER, 0).unwrap().token;
    let for_bob = start(&fast, &bob, NUMBER, 60).unwrap().token;
    let code = carriers[0].last_code();
    let answer = Arc::new(Mutex::new(None));
    let (told, setup, again) = (Arc::clone(&answer), for_bob.clone(), code.clone());
    *oracle.meanwhile.lock().unwrap() = Some(Box::new(move || {
        let confirmed = fast.confirm_phone(at(61), &setup, &again, &client());
        *told.lock().unwrap() = Some((confirmed, fast));
    }));
    slow.confirm_phone(at(61), &for_alice, "424242", &client())
        .unwrap();
    let (confirmed, fast) = answer.lock().unwrap().take().unwrap();
    assert!(!slow.account(at(62), &alice.id).unwrap().methods.is_empty());
    if both {
        confirmed.unwrap();
        return;
    }
    assert_eq!(denied(confirmed), Denied::Throttled { retry_after: 60 });
    // The claim was given back; now the number is somebody's.
    let late = fast.confirm_phone(at(62), &for_bob, &code, &client());
    assert!(matches!(
        late,
        Err(Error::Number {
            reason: "taken",
            ..
        })
    ));
    assert!(fast.account(at(62), &bob.id).unwrap().methods.is_empty());
}

#[test]
fn a_claim_is_given_back_after_a_wrong_code_and_ends_by_itself() {
    let settings = [("store", "memory:"), ("phone_unique", "1")];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    let alice = user("7");
    let sent = start(&verifier, &alice, NUMBER, 0).unwrap();
    let wrong = verifier.confirm_phone(at(1), &sent.token, "1", &client());
    assert_eq!(denied(wrong), Denied::Rejected);
    // That of a process that died, and of one whose clock was ahead.
    let left = verifier.claim(at(2), NUMBER).unwrap();
    // Not every process reads the same second.
    let behind = denied(verifier.claim(at(1), NUMBER).map(drop));
    assert_eq!(behind, Denied::Throttled { retry_after: 60 });
    let confirm = |seconds| {
        let code = carriers[0].last_code();
        verifier.confirm_phone(at(seconds), &sent.token, &code, &client())
    };
    for (seconds, retry_after) in [(2, 60), (61, 1)] {
        assert_eq!(denied(confirm(seconds)), Denied::Throttled { retry_after });
    }
    verifier.give_back(at(61), &left);
    let _ahead = verifier.claim(at(100_000), NUMBER).unwrap();
    confirm(62).unwrap();
}

/// Somebody without a factor claims the owner's number, from anywhere or from the owner's own office, as often as that
/// goes: each time the owner asks they are answered as if nobody had.
#[test]
fn what_a_stranger_asks_for_takes_nothing_of_the_owner_s() {
    let answers = |stranger: Option<Client>| {
        let (verifier, carriers) = with_carriers(&["one"]);
        let (alice, mallory) = (user("7"), user("8"));
        enrol_phone(&verifier, &carriers[0], &alice);
        let (mut claimed, mut answers) = (0, Vec::new());
        // Four hours, half a minute apart.
        for n in 0..240 {
            let seconds = 100_000 + 61 * n;
            if let Some(client) = &stranger {
                let (now, number) = (at(seconds), number(NUMBER));
                let claim = verifier.start_phone(now, &mallory, &number, Method::Sms, client, None);
                claimed += usize::from(claim.is_ok());
            }
            let seconds = seconds + 30;
            let login = challenge(&verifier, &alice, seconds);
            let answer = verifier.send_code(at(seconds), &login, Method::Sms, &client());
            answers.push(
                answer
                    .map(drop)
                    .map_err(|error| denied(Err::<(), _>(error))),
            );
        }
        (claimed, answers)
    };
    let (_, alone) = answers(None);
    let sent = alone.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(sent, 10, "ten a day");
    let elsewhere = Client::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)), String::new());
    for stranger in [elsewhere, client()] {
        let (claimed, beside) = answers(Some(stranger));
        assert_eq!(claimed, 10, "a number hears of strangers ten times a day");
        assert_eq!(beside, alone);
    }
}

#[test]
fn a_number_that_is_nobody_s_has_one_budget_whoever_asks() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let asked = |id: &str, seconds| start(&verifier, &user(id), OTHER, seconds).is_ok();
    assert!(asked("9", 0) && !asked("10", 59) && asked("10", 60));
    let sent = (0..120).filter(|n| asked(&format!("u{n}"), 1_000 + 61 * n));
    assert_eq!(sent.count(), 8, "ten a day, of which five an hour");
    assert_eq!(carriers[0].sent(), 10);
}

#[test]
fn whether_a_number_is_known_here_costs_a_message_to_ask() {
    let settings = [("store", "memory:"), ("phone_unique", "1")];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    enrol_phone(&verifier, &carriers[0], &user("7"));
    let mut answers = Vec::new();
    for n in 0..20 {
        match start(&verifier, &user("8"), NUMBER, 100 + n) {
            Err(Error::Number { reason, .. }) => answers.push(reason),
            other => assert!(matches!(denied(other), Denied::Throttled { .. })),
        }
    }
    assert_eq!(answers, ["taken"]);
    assert_eq!(carriers[0].sent(), 1);
}

/// Twilio Verify and the managed gateway say nothing but codes of their own.
#[test]
fn where_nobody_carries_texts_the_change_is_mailed_and_written_down() {
    let (verifier, oracle) = with_oracle();
    let alice = correspondent();
    let sent = start(&verifier, &alice, NUMBER, 0).unwrap();
    let code = || "424242".to_owned();
    let first = verifier
        .confirm_phone(at(1), &sent.token, &code(), &client())
        .unwrap();
    assert!(
        !first.notices[0].mail.subject.contains("Telefonnummer"),
        "nothing was replaced"
    );
    super::sent(&verifier, &first.notices, 1);
    let started = *oracle.started.lock().unwrap();
    let enrolled = change_number(&verifier, &alice, code).unwrap();
    assert_eq!(enrolled.notices[0].to.as_deref(), Some("erika@example.org"));
    assert_eq!(told(&verifier, &alice), [(UNTOLD, None)]);
    // One code for the step-up, one for the new number: none to the old one.
    assert_eq!(*oracle.started.lock().unwrap(), started + 2);
}

#[test]
fn a_notice_is_carried_by_the_rules_of_a_code() {
    let change = |verifier: &Verifier, carriers: &[Scripted], prepare: &dyn Fn()| {
        let alice = correspondent();
        enrol_phone(verifier, &carriers[0], &alice);
        let asked = std::cell::Cell::new(0);
        let code = || {
            asked.set(asked.get() + 1);
            let code = carriers[0].last_code();
            if asked.get() == 2 {
                prepare();
            }
            code
        };
        let enrolled = change_number(verifier, &alice, code).unwrap();
        assert!(enrolled.notices.len() == 1 && enrolled.method == Method::Sms);
        told(verifier, &alice)
    };
    let one = |kind: &'static str, provider: &str| vec![(kind, Some(provider.to_owned()))];
    let untold = vec![(UNTOLD, None)];

    // The next one only where it is certain that nothing was sent.
    for (error, expected, sent) in [
        (SendError::NotSent("down".to_owned()), one(TOLD, "two"), 1),
        (SendError::Unknown("cut".to_owned()), untold.clone(), 0),
        (
            SendError::Refused {
                refusal: Refusal::OptedOut,
                retry_after: None,
                detail: String::new(),
            },
            untold.clone(),
            0,
        ),
    ] {
        let (verifier, carriers) = with_carriers(&["one", "two"]);
        let told = change(&verifier, &carriers, &|| {
            carriers[0].fails_with(error.clone());
        });
        assert_eq!((told, carriers[1].sent()), (expected, sent), "{error:?}");
    }

    // Whoever has failed lately is not asked.
    let (verifier, carriers) = with_carriers(&["one", "two"]);
    let told = change(&verifier, &carriers, &|| {
        for _ in 0..5 {
            let attempt = crate::delivery::SendAttempt {
                provider: "one",
                channel: Channel::Sms,
                permission: verifier
                    .sender()
                    .record()
                    .ask_breaker("one", at(103))
                    .unwrap(),
                passed: &[],
                now: at(103),
            };
            let failed = Err(SendError::NotSent(String::new()));
            verifier
                .sender()
                .record()
                .settle(&attempt, &failed)
                .unwrap();
        }
    });
    assert_eq!(told, one(TOLD, "two"));
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (3, 1));

    // What the site may spend is a limit here, too: two codes to enrol and to step up, one to the new number, and
    // what others were told meanwhile. It is tried again later.
    for (others, expected) in [(3, vec![]), (2, one(TOLD, "one"))] {
        for name in [
            "send_site_day",
            "send_per_country_hour",
            "send_per_provider_day",
        ] {
            let settings = [("store", "memory:"), (name, "6")];
            let (verifier, carriers) = with_settings(&settings, &["one"]);
            let meanwhile = || {
                for _ in 0..others {
                    let to = number("+4915199999999");
                    let ledger = verifier.sender().ledger();
                    let granted = ledger
                        .spend_for_notice(at(200), &to, "one", Default::default())
                        .unwrap();
                    granted.unwrap();
                }
            };
            assert_eq!(change(&verifier, &carriers, &meanwhile), expected, "{name}");
        }
    }
}

#[test]
fn a_number_is_refused_to_a_second_user_where_it_is_unique() {
    let settings = [("store", "memory:"), ("phone_unique", "1")];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    enrol_phone(&verifier, &carriers[0], &user("7"));
    let answer = start(&verifier, &user("8"), NUMBER, 100);
    assert!(matches!(answer, Err(Error::Number { .. })));
    let (verifier, carriers) = with_carriers(&["one"]);
    enrol_phone(&verifier, &carriers[0], &user("7"));
    start(&verifier, &user("8"), NUMBER, 100).unwrap();
}

#[test]
fn numbers_that_get_no_codes_are_refused_before_anything_is_spent() {
    // Room for one; of what all share, for one that is not proven.
    let settings = [
        ("store", "memory:"),
        ("phone_regions_blocked", "FR"),
        ("send_per_user_hour", "1"),
        ("send_per_ip_hour", "3"),
        ("send_per_country_hour", "3"),
        ("send_new_ranges_hour", "1"),
        ("send_site_day", "3"),
    ];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    for to in ["+493012345678", "+33612345678", "+498001234567"] {
        let answer = start(&verifier, &user("7"), to, 0);
        assert!(matches!(answer, Err(Error::Number { .. })), "{to}");
    }
    assert_eq!(carriers[0].sent(), 0);
    start(&verifier, &user("7"), NUMBER, 0).unwrap();
    let more = denied(start(&verifier, &user("7"), OTHER, 60));
    assert!(matches!(more, Denied::Throttled { .. }), "{more:?}");
}

#[test]
fn a_reset_is_proven_by_the_telephone_and_signs_nobody_in() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let begin =
        |seconds| verifier.begin_challenge(at(seconds), &alice, Purpose::ResetPassword, &client());
    let reset = begin(100).unwrap();
    assert_eq!(reset.methods, [Method::Sms]);
    verifier
        .send_code(at(100), &reset.challenge, Method::Sms, &client())
        .unwrap();
    let code = carriers[0].last_code();
    let login = challenge(&verifier, &alice, 101);
    let answer = verifier.verify(at(102), &login, Method::Sms, &code, &client());
    assert_eq!(denied(answer), Denied::Rejected);
    let verified = verifier
        .verify(at(103), &reset.challenge, Method::Sms, &code, &client())
        .unwrap();
    assert_eq!(verified.purpose, Purpose::ResetPassword);
    let changed = verifier.set_primary(at(103), &alice.id, Method::Sms, &verified.grant, None);
    assert_eq!(
        denied(changed),
        Denied::StepUpRequired,
        "its proof is no grant"
    );
    // Whoever has no telephone has no reset, and whoever asks too often has to wait.
    let answer = verifier.begin_challenge(at(100), &user("8"), Purpose::ResetPassword, &client());
    assert_eq!(denied(answer), Denied::Rejected);
    let answers: Vec<_> = (0..30).map(|n| begin(200 + n)).collect();
    assert!(
        answers
            .iter()
            .any(|a| matches!(a, Err(Error::Denied(Denied::Throttled { .. }))))
    );
    // None of which closed or blocked the sign-in.
    let sent = verifier.send_code(at(300), &login, Method::Sms, &client());
    sent.unwrap();
    verifier
        .verify(
            at(301),
            &login,
            Method::Sms,
            &carriers[0].last_code(),
            &client(),
        )
        .unwrap();
}

#[test]
fn e_mail_is_sent_by_the_host_and_left_out_where_it_is_not_wanted() {
    let mut anna = user("7");
    anna.email = Some("anna@example.com".to_owned());
    let (verifier, _) = with_carriers(&[]);
    let delivery = verifier
        .enable_email(at(0), &anna, &client(), None)
        .unwrap();
    assert_eq!(delivery.masked, "a•••@example.com");
    let message = delivery.message.unwrap();
    assert_eq!(message.to.as_deref(), Some("anna@example.com"));
    let code = code_in(&message.mail.text);
    assert!(!message.mail.subject.contains(&code));
    verifier
        .confirm_email(at(1), &delivery.token, &code, &client())
        .unwrap();
    let strict = with_settings(&[("store", "memory:"), ("profile", "strict")], &[]).0;
    let answer = strict.enable_email(at(0), &anna, &client(), None);
    assert_eq!(denied(answer), Denied::NotSent { reason: "method" });
}

/// An address with somebody else's beside it would send the code to both, and be masked as theirs.
#[test]
fn a_code_goes_to_one_address_and_nobody_is_told_at_two() {
    for email in [
        "not an address",
        "anna@example.com,bert@example.com",
        "anna@@example.com",
        "Anna <anna@example.com>",
        "\"anna,bert\"@example.com",
    ] {
        let (verifier, carriers) = with_carriers(&["one"]);
        let mut anna = user("7");
        anna.email = Some(email.to_owned());
        let answer = verifier.enable_email(at(0), &anna, &client(), None);
        assert!(
            matches!(&answer, Err(Error::Invalid { argument: "user", why }) if why.contains("one e-mail address")),
            "{email}: {answer:?}"
        );
        // A telephone is enrolled and replaced all the same; its user is told by no mail.
        enrol_phone(&verifier, &carriers[0], &anna);
        let enrolled = change_number(&verifier, &anna, || carriers[0].last_code()).unwrap();
        assert!(enrolled.notices.is_empty(), "{email}");
    }
}

fn code_in(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 6)
        .unwrap()
        .to_owned()
}

/// A full number appears nowhere but in what the provider is given.
#[test]
fn canary_a_number_and_a_code_are_nowhere_to_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}/db", folder.path().display());
    let (verifier, carriers) = with_settings(&[("store", &store)], &["one"]);
    let alice = user("7");
    let shown = RefCell::new(String::new());
    let note = |thing: &dyn fmt::Debug| {
        use std::fmt::Write as _;
        write!(shown.borrow_mut(), "{thing:?}").unwrap();
    };
    let sent = start(&verifier, &alice, NUMBER, 0);
    note(&sent);
    let code = carriers[0].last_code();
    note(&verifier.confirm_phone(at(1), &sent.unwrap().token, &code, &client()));
    carriers[0].fails_with(SendError::NotSent("down".to_owned()));
    let login = verifier.begin_login(at(100), &alice, &client());
    note(&login);
    let login = login.unwrap().challenge;
    note(&verifier.send_code(at(100), &login, Method::Sms, &client()));
    note(&verifier.send_code(at(200), &login, Method::Sms, &client()));
    let second = carriers[0].last_code();
    note(&verifier.verify(at(201), &login, Method::Sms, &second, &client()));
    note(&verifier.audit(None, 100, None));
    note(&verifier.deliveries(100, None));
    note(&verifier.account(at(201), &alice.id));
    note(&verifier.accounts(at(201), "", 100, None));
    note(&verifier);
    let mut everything = shown.into_inner().into_bytes();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with("keys") {
            everything.extend(std::fs::read(path).unwrap());
        }
    }
    let holds = |needle: &str| {
        everything
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(holds("code.sent"));
    for secret in [NUMBER, &NUMBER[1..], &NUMBER[3..], "23456789", &second] {
        assert!(!holds(secret), "{secret}");
    }
}

fn report(
    verifier: &Verifier,
    seconds: i64,
    provider: &str,
    signature: &str,
    body: &str,
) -> Result<bool, Error> {
    let headers = [("Signature".to_owned(), signature.to_owned())];
    let post = Post {
        headers: &headers,
        body: body.as_bytes(),
    };
    verifier.report_delivery(at(seconds), provider, &post)
}

#[test]
fn a_report_counts_when_its_provider_signed_it_and_only_once() {
    let (verifier, _) = with_carriers(&["one", "two"]);
    start(&verifier, &user("7"), NUMBER, 0).unwrap();
    let status = || verifier.deliveries(1, None).unwrap()[0].1.report.clone();
    for (provider, signature) in [("one", "somebody"), ("one", ""), ("none", "carrier")] {
        let forged = report(&verifier, 1, provider, signature, "SM1 4 delivered");
        assert_eq!(denied(forged), Denied::Rejected);
    }
    assert_eq!(status().status, "accepted");
    // Genuine, and about no message of this provider.
    assert!(!report(&verifier, 2, "two", "carrier", "SM1 4 delivered").unwrap());
    assert!(!report(&verifier, 2, "one", "carrier", "SM9 4 delivered").unwrap());
    assert!(!report(&verifier, 2, "one", "carrier", "nonsense").unwrap());
    assert!(report(&verifier, 6, "one", "carrier", "SM1 4 delivered").unwrap());
    // Repeated, late, out of order.
    assert!(!report(&verifier, 7, "one", "carrier", "SM1 4 delivered").unwrap());
    assert!(!report(&verifier, 8, "one", "carrier", "SM1 3 sent").unwrap());
    assert_eq!(
        (status().status.as_str(), status().at),
        ("delivered", at(6))
    );
    let told = verifier.metrics(at(9)).unwrap();
    for line in [
        r#"twofactor_delivery_seconds_count{provider="one",channel="sms"} 1"#,
        r#"twofactor_delivery_seconds_sum{provider="one",channel="sms"} 6"#,
        r#"twofactor_price_total{provider="one",channel="sms",currency="USD"} 0.0075"#,
    ] {
        assert!(told.lines().any(|known| known == line), "{line}\n{told}");
    }
}

#[test]
fn what_providers_did_is_counted() {
    let (verifier, carriers) = with_carriers(&["one", "two"]);
    carriers[0].fails_with(SendError::NotSent("no route".to_owned()));
    start(&verifier, &user("7"), NUMBER, 0).unwrap();
    carriers[0].fails_with(SendError::Unknown("no answer".to_owned()));
    start(&verifier, &user("8"), OTHER, 0).unwrap();
    carriers[0].fails_with(SendError::Refused {
        refusal: Refusal::Fraud,
        retry_after: None,
        detail: "60410".to_owned(),
    });
    denied(start(&verifier, &user("9"), "+4915123460000", 0));
    let told = verifier.metrics(at(0)).unwrap();
    for line in [
        r#"twofactor_sent_total{provider="one",channel="sms"} 0"#,
        r#"twofactor_sent_total{provider="two",channel="sms"} 1"#,
        r#"twofactor_failed_total{provider="one",channel="sms",kind="not_sent"} 1"#,
        r#"twofactor_failed_total{provider="one",channel="sms",kind="unknown"} 1"#,
        r#"twofactor_failed_total{provider="one",channel="sms",kind="fraud"} 1"#,
        r#"twofactor_failovers_total{provider="one",channel="sms"} 1"#,
        r#"twofactor_failovers_total{provider="two",channel="sms"} 0"#,
        r#"twofactor_fraud_refusals_total{provider="one",channel="sms"} 1"#,
        r#"twofactor_breaker{provider="one",twofactor_breaker="closed"} 1"#,
    ] {
        assert!(told.lines().any(|known| known == line), "{line}\n{told}");
    }
    assert!(told.ends_with("# EOF\n"));
    assert!(!told.contains("49151"));
}

#[test]
fn what_our_own_rule_against_fraud_kept_back_is_counted() {
    let (verifier, _) = with_carriers(&["one"]);
    let kept = 100 - neighbours(&verifier);
    let line =
        format!(r#"twofactor_fraud_refusals_total{{provider="(limits)",channel="sms"}} {kept}"#);
    let told = verifier.metrics(at(100)).unwrap();
    assert!(told.lines().any(|known| known == line), "{line}\n{told}");
}

#[test]
fn a_number_that_wants_no_messages_is_not_enrolled() {
    let (verifier, carriers) = with_carriers(&["one", "two"]);
    let finds = |error| carriers[0].0.lock().unwrap().first.push_back(error);
    finds(SendError::Refused {
        refusal: Refusal::OptedOut,
        retry_after: None,
        detail: String::new(),
    });
    let refused = start(&verifier, &user("7"), NUMBER, 0);
    assert_eq!(
        denied(refused),
        Denied::NotSent {
            reason: "opted-out"
        }
    );
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (0, 0));
    // Nothing was sent while it was asked, so somebody else may carry the code.
    finds(SendError::NotSent("no answer".to_owned()));
    start(&verifier, &user("7"), NUMBER, 60).unwrap();
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (0, 1));
}

#[test]
fn a_number_whose_country_was_left_out_later_gets_no_code_and_is_asked_for_all_the_same() {
    let (mut verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let settings = [("store", "memory:"), ("phone_regions_blocked", "DE")];
    verifier.config = Config::parse(settings).unwrap();
    let login = verifier.begin_login(at(70), &alice, &client()).unwrap();
    assert_eq!(login.state, LoginState::ChallengeRequired);
    let answer = verifier.send_code(at(70), &login.challenge, Method::Sms, &client());
    assert_eq!(denied(answer), Denied::NotSent { reason: "country" });
    assert_eq!(carriers[0].sent(), 1);
}

/// All day, once a minute and each time from another network, somebody who has the password asks for the code of an owner
/// who has no other factor. From where a proof came the owner is sent one within a cooldown, several times that day.
#[test]
fn whoever_has_the_password_alone_leaves_an_owner_who_is_reached_some_of_their_codes() {
    for method in [Method::Sms, Method::Email] {
        let (verifier, carriers) = with_carriers(&["one"]);
        let mut alice = user("7");
        alice.email = Some("alice@example.org".to_owned());
        let code_of = |sent: &Delivery| match &sent.message {
            Some(message) => code_in(&message.mail.text),
            None => carriers[0].last_code(),
        };
        if method == Method::Email {
            let sent = verifier
                .enable_email(at(0), &alice, &client(), None)
                .unwrap();
            verifier
                .confirm_email(at(1), &sent.token, &code_of(&sent), &client())
                .unwrap();
        } else {
            enrol_phone(&verifier, &carriers[0], &alice);
        }
        let begin = 100_000;
        let (mut in_an_hour, mut in_a_day, mut owners) = (0, 0, 0);
        for n in 0..1_400u32 {
            let seconds = begin + 61 * i64::from(n);
            let [_, _, high, low] = n.to_be_bytes();
            let client = Client::new(IpAddr::V4(Ipv4Addr::new(10, high, low, 1)), String::new());
            let login = verifier.begin_login(at(seconds), &alice, &client).unwrap();
            let sent = verifier.send_code(at(seconds), &login.challenge, method, &client);
            let granted = usize::from(sent.is_ok());
            in_a_day += granted;
            in_an_hour += if n < 59 { granted } else { 0 };
            // Four times that day.
            if n % 350 == 0 {
                let login = challenge(&verifier, &alice, seconds + 1);
                let asked =
                    |second| verifier.send_code(at(second), &login, method, &self::client());
                let sent = asked(seconds + 1).or_else(|error| {
                    let Denied::Throttled { retry_after } = denied(Err::<(), _>(error)) else {
                        panic!("{n}");
                    };
                    assert!(retry_after <= 60, "{retry_after}");
                    asked(seconds + 1 + i64::try_from(retry_after).unwrap())
                });
                let code = code_of(&sent.unwrap());
                verifier
                    .verify(at(seconds + 61), &login, method, &code, &self::client())
                    .unwrap();
                owners += 1;
            }
        }
        assert_eq!((in_an_hour, in_a_day, owners), (3, 6, 4), "{method:?}");
    }
}

/// Asks for a reset of `user`; whether a code went out.
fn reset_asked(verifier: &Verifier, user: &User, seconds: i64, client: &Client) -> bool {
    let login = verifier.begin_challenge(at(seconds), user, Purpose::ResetPassword, client);
    login.is_ok_and(|login| {
        verifier
            .send_code(at(seconds), &login.challenge, Method::Sms, client)
            .is_ok()
    })
}

/// Codes to reset the passwords of seven colleagues are asked for once a minute, from anywhere or from the office;
/// all eight sign in from there within the same hour.
#[test]
fn resets_of_others_leave_room_for_those_who_sign_in() {
    for office in [false, true] {
        let (verifier, carriers) = with_carriers(&["one"]);
        // Their numbers are beside each other.
        let people: Vec<_> = (0..8).map(|n| user(&format!("u{n}"))).collect();
        for (place, person) in people.iter().enumerate() {
            let seconds = 4_000 * i64::try_from(place).unwrap();
            let to = format!("+4915123456{place}00");
            let sent = start(&verifier, person, &to, seconds).unwrap();
            let code = carriers[0].last_code();
            verifier
                .confirm_phone(at(seconds), &sent.token, &code, &client())
                .unwrap();
        }
        let begin = 200_000;
        let mut sent = 0;
        for round in 0..40u8 {
            let elsewhere = Ipv4Addr::new(198, 51, 100, round);
            let from = if office {
                client()
            } else {
                Client::new(IpAddr::V4(elsewhere), String::new())
            };
            for person in &people[..7] {
                let seconds = begin + 61 * i64::from(round);
                sent += usize::from(reset_asked(&verifier, person, seconds, &from));
            }
        }
        assert_eq!(sent, 5, "a sixth of the range's hour, and of an address's");
        for n in 0..3 {
            let seconds = begin + 61 * (40 + n);
            for person in &people {
                let login = challenge(&verifier, person, seconds);
                let answer = verifier.send_code(at(seconds), &login, Method::Sms, &client());
                assert!(answer.is_ok(), "{office} {n}: {answer:?}");
            }
        }
        // Nor is more of it left than the limit says: 30 an hour, and one more than that is refused.
        let seconds = begin + 61 * 43;
        let answers = people[..2].iter().map(|person| {
            let login = challenge(&verifier, person, seconds);
            verifier
                .send_code(at(seconds), &login, Method::Sms, &client())
                .is_ok()
        });
        assert_eq!(answers.collect::<Vec<_>>(), [true, false], "{office}");
    }
}

/// Six people without a factor ask for codes to enrol, from anywhere or from the office, into the same thousand
/// of numbers; whoever has proven a number there signs in.
#[test]
fn enrolments_of_others_leave_room_for_those_who_sign_in() {
    for office in [false, true] {
        let (verifier, carriers) = with_carriers(&["one"]);
        let alice = user("7");
        let setup = start(&verifier, &alice, "+4915123456700", 0).unwrap();
        let code = carriers[0].last_code();
        verifier
            .confirm_phone(at(1), &setup.token, &code, &client())
            .unwrap();
        let begin = 200_000;
        let mut sent = 0;
        for n in 0..120u8 {
            let mallory = user(&format!("m{}", n % 6));
            let to = number(&format!("+49151234567{:02}", 10 + n % 60));
            let ip = Ipv4Addr::new(192, 0, 2, if office { 1 } else { 100 + n % 100 });
            let client = Client::new(IpAddr::V4(ip), String::new());
            let seconds = at(begin + 20 * i64::from(n));
            let asked = verifier.start_phone(seconds, &mallory, &to, Method::Sms, &client, None);
            sent += usize::from(asked.is_ok());
        }
        assert_eq!(sent, 10, "a third of the range's hour, and of an address's");
        for n in 0..4 {
            let seconds = begin + 2_400 + 61 * n;
            let login = challenge(&verifier, &alice, seconds);
            let answer = verifier.send_code(at(seconds), &login, Method::Sms, &client());
            assert!(answer.is_ok(), "{n}: {answer:?}");
        }
    }
}

#[test]
fn what_was_refused_leaves_no_row_behind() {
    let (verifier, _) = with_carriers(&["one"]);
    let stranger = client();
    for place in 0..300 {
        let name = user(&format!("nobody{place}"));
        let asked = verifier.begin_challenge(at(0), &name, Purpose::ResetPassword, &stranger);
        assert!(asked.is_err());
    }
    let left = || {
        let is_there = |place: &i32| {
            let name = verifier
                .rows
                .hashed(&[format!("nobody{place}").as_bytes()])
                .concat();
            let name = format!("budget/asked/user/{name}");
            verifier.rows.stored(&name).is_some()
        };
        (0..300).filter(is_there).count()
    };
    // What the address may ask for is taken first: of those beyond it nothing is written at all.
    assert_eq!(left(), 30, "or nothing was shown");
    // A day later the first change clears what is over.
    for place in 0..40 {
        let name = user(&format!("later{place}"));
        let seconds = 200_000 + 40_000 * place;
        let asked = verifier.begin_challenge(at(seconds), &name, Purpose::ResetPassword, &stranger);
        assert!(asked.is_err());
    }
    assert_eq!(left(), 0);
}

#[test]
fn a_reset_goes_by_a_carrier_where_there_is_one() {
    let (mut verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let oracle = Oracle::default();
    let carrier: Box<dyn MessageProvider> = Box::new(carriers[0].clone());
    verifier.providers = ActiveProviders::new(vec![
        (
            "oracle".to_owned(),
            Provider::Verification(Box::new(oracle.clone())),
        ),
        ("one".to_owned(), Provider::Message(carrier)),
    ]);
    assert!(reset_asked(&verifier, &alice, 70, &client()));
    assert_eq!(*oracle.started.lock().unwrap(), 0);
    let login = challenge(&verifier, &alice, 140);
    verifier
        .send_code(at(140), &login, Method::Sms, &client())
        .unwrap();
    assert_eq!(*oracle.started.lock().unwrap(), 1);
}

/// The provider cannot be reached. An owner asks once a minute, an hour long, and so does whoever has the password, from
/// anywhere: when the outage is over, the owner is sent as many codes as ever, and nobody more.
#[test]
fn an_outage_takes_nothing_of_what_may_be_sent_after_it() {
    for store in SharedStore::each() {
        for proxied in [false, true] {
            let mut settings = store.settings();
            let site = format!("{}-{proxied}", settings[1].1);
            settings[1].1 = &site;
            an_outage_takes_nothing(&settings, proxied);
        }
    }
}

fn down(proxied: bool) -> SendError {
    if proxied {
        SendError::Proxy(crate::sms::http::ProxyFailure::Unreachable)
    } else {
        SendError::Unreached("no connection".to_owned())
    }
}

fn an_outage_takes_nothing(settings: &[(&str, &str)], proxied: bool) {
    let (verifier, carriers) = with_settings(settings, &["one", "two"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    let sent_before = carriers[0].sent();
    let begin = 100_000;
    let stranger = |n: u8| Client::new(IpAddr::V4(Ipv4Addr::new(10, 0, n, 1)), String::new());
    for n in 0..60u8 {
        for carrier in &carriers {
            carrier.0.lock().unwrap().answers = [down(proxied)].into();
        }
        let second = begin + 61 * i64::from(n);
        // In turn the owner, and somebody with the password.
        let client = if n % 2 == 0 { client() } else { stranger(n) };
        let login = verifier.begin_login(at(second), &alice, &client).unwrap();
        let ask = |second| verifier.send_code(at(second), &login.challenge, Method::Sms, &client);
        let answer = ask(second);
        assert!(
            matches!(answer, Err(Error::Unavailable(_))),
            "{n}: {answer:?}"
        );
        // The wait between two stays: nobody asks without limit.
        let again = denied(ask(second + 59));
        assert_eq!(again, Denied::Throttled { retry_after: 1 }, "{n}");
    }
    for carrier in &carriers {
        carrier.0.lock().unwrap().answers.clear();
    }
    assert_eq!(carriers[0].sent() + carriers[1].sent(), sent_before);
    // It is over, and so is the wait for the providers' breakers.
    let mut granted = [0, 0];
    let over = begin + 61 * 60 + 300;
    for n in 0..10u8 {
        for (place, client) in [stranger(n), client()].into_iter().enumerate() {
            let second = over + 122 * i64::from(n) + 61 * i64::try_from(place).unwrap();
            let login = verifier.begin_login(at(second), &alice, &client).unwrap();
            let sent = verifier.send_code(at(second), &login.challenge, Method::Sms, &client);
            granted[place] += usize::from(sent.is_ok());
        }
    }
    assert_eq!(granted, [3, 2], "five an hour, as without an outage");
}

/// Whatever a provider says is no outage, nor is an answer that was lost: what it took stays taken.
#[test]
fn what_a_provider_had_to_do_with_stays_taken() {
    let refuses = |refusal| SendError::Refused {
        refusal,
        retry_after: None,
        detail: "said no".to_owned(),
    };
    let answers: Vec<SendError> = Refusal::ALL
        .map(refuses)
        .into_iter()
        .chain([
            SendError::Unknown("cut off".to_owned()),
            SendError::NotSent("asked too much at once".to_owned()),
        ])
        .collect();
    for answer in answers {
        for is_first_down in [false, true] {
            let names: &[&str] = if is_first_down {
                &["down", "one"]
            } else {
                &["one"]
            };
            let (verifier, carriers) = with_carriers(names);
            let alice = user("7");
            enrol_phone(&verifier, &carriers[0], &alice);
            let asked = |n: i64| {
                let second = 100_000 + 61 * n;
                // The one that is down is asked first or second, as it comes.
                for (name, carrier) in names.iter().zip(&carriers) {
                    let answer = if *name == "down" {
                        SendError::Unreached("no connection".to_owned())
                    } else {
                        answer.clone()
                    };
                    carrier.0.lock().unwrap().answers = [answer].into();
                }
                let login = challenge(&verifier, &alice, second);
                verifier.send_code(at(second), &login, Method::Sms, &client())
            };
            for n in 0..5 {
                let _ = asked(n);
            }
            let sixth = asked(5);
            let waits = matches!(
                &sixth,
                Err(Error::Denied(Denied::Throttled { retry_after })) if *retry_after > 3_000
            );
            assert!(waits, "{answer:?} {is_first_down}: {sixth:?}");
        }
    }
}

/// Whoever enrols names the number, and no wait between two codes to one number limits that: an outage is no time for
/// asking about as many as one likes. The number gets back what it had.
#[test]
fn in_an_outage_nobody_asks_for_numbers_without_limit() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let mallory = user("m");
    let mut asked = 0;
    for n in 0..60i64 {
        carriers[0].0.lock().unwrap().answers = [down(false)].into();
        let to = format!("+4915123456{:03}", 100 + n);
        let answer = start(&verifier, &mallory, &to, 100_000 + n);
        match answer {
            Err(Error::Unavailable(_)) => asked += 1,
            other => assert!(
                matches!(denied(other), Denied::Throttled { retry_after } if retry_after > 3_000)
            ),
        }
    }
    assert_eq!(asked, 10, "an hour's, of one user");
    carriers[0].0.lock().unwrap().answers.clear();
    // Others in that range enrol: none of its new hour, nor of the number's, is gone.
    for n in 0..10i64 {
        let to = format!("+4915123456{:03}", 100 + n);
        let ip = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
        let (now, client) = (at(100_600 + n), Client::new(ip, String::new()));
        let person = user(&format!("u{n}"));
        verifier
            .start_phone(now, &person, &number(&to), Method::Sms, &client, None)
            .unwrap();
    }
}

/// Eight at once whose provider cannot be reached, while others are sent theirs: what is left of what all share is what
/// the others left.
#[test]
fn what_eight_get_back_at_once_is_what_they_took() {
    for store in SharedStore::each() {
        eight_get_back(&store.settings());
    }
}

fn eight_get_back(settings: &[(&str, &str)]) {
    let mut settings = settings.to_vec();
    settings.push(("send_per_country_hour", "60"));
    let settings = &settings;
    {
        let (verifier, carriers) = with_settings(settings, &["one"]);
        for n in 0..8i64 {
            let to = format!("+49151234{n}6700");
            let sent = start(&verifier, &user(&format!("u{n}")), &to, n).unwrap();
            let code = carriers[0].last_code();
            verifier
                .confirm_phone(at(n), &sent.token, &code, &client())
                .unwrap();
        }
    }
    let begin = 200_000;
    let ask = |verifier: &Verifier, n: i64, second: i64| {
        let ip = IpAddr::V4(Ipv4Addr::new(198, 51, 100, u8::try_from(n).unwrap()));
        let client = Client::new(ip, String::new());
        let login = verifier.begin_login(at(second), &user(&format!("u{n}")), &client);
        verifier.send_code(at(second), &login.unwrap().challenge, Method::Sms, &client)
    };
    // By one clock: where a row was brought to another's, nothing is given back.
    let minute_begins = std::sync::Barrier::new(8);
    let minute_begins = &minute_begins;
    std::thread::scope(|scope| {
        for n in 0..8i64 {
            scope.spawn(move || {
                // Each has a provider of its own name, whose breaker is its own.
                let name = format!("p{n}");
                let (verifier, carriers) = with_settings(settings, &[&name]);
                for minute in 0..6 {
                    minute_begins.wait();
                    if n % 2 == 0 {
                        carriers[0].0.lock().unwrap().answers = [down(false)].into();
                    }
                    let sent = ask(&verifier, n, begin + 61 * minute);
                    // From elsewhere three an hour.
                    assert_eq!(
                        sent.is_ok(),
                        n % 2 == 1 && minute < 3,
                        "{n} {minute}: {sent:?}"
                    );
                }
            });
        }
    });
    // Twelve went out: 48 of the country's hour are left.
    let (verifier, _) = with_settings(settings, &["one"]);
    let windows = verifier
        .budgets
        .windows(crate::delivery::budget::Scope::Country);
    let raw = verifier.rows.stored("budget/country/DE").unwrap();
    let mut spent = crate::delivery::budget::Spent::from_bytes(&raw.body).unwrap();
    let mut left = 0;
    while spent.take(windows, at(begin + 400)).is_ok() {
        left += 1;
    }
    assert_eq!(left, 48);
}

/// Mails for enrolments of others, as many as are granted from the office, and whatever resets may ask for: those who
/// sign in by e-mail from there find two thirds of what an address may be sent.
#[test]
fn mails_for_enrolments_and_resets_of_others_leave_room_for_those_who_sign_in_by_e_mail() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let person = |name: &str| {
        let mut person = user(name);
        person.email = Some(format!("{name}@example.org"));
        person
    };
    let people: Vec<_> = (0..5).map(|n| person(&format!("u{n}"))).collect();
    for (place, person) in people.iter().enumerate() {
        let seconds = 4_000 * i64::try_from(place).unwrap();
        let sent = verifier
            .enable_email(at(seconds), person, &client(), None)
            .unwrap();
        let code = code_in(&sent.message.unwrap().mail.text);
        verifier
            .confirm_email(at(seconds), &sent.token, &code, &client())
            .unwrap();
    }
    let both = &people[0];
    let step_up = verifier.begin_challenge(at(100_000), both, Purpose::StepUp, &client());
    let step_up = step_up.unwrap().challenge;
    let sent = verifier.send_code(at(100_000), &step_up, Method::Email, &client());
    let code = code_in(&sent.unwrap().message.unwrap().mail.text);
    let proven = verifier.verify(at(100_001), &step_up, Method::Email, &code, &client());
    let grant = proven.unwrap().grant;
    let (now, to) = (at(100_002), number(NUMBER));
    let setup = verifier.start_phone(now, both, &to, Method::Sms, &client(), Some(&grant));
    verifier
        .confirm_phone(
            now,
            &setup.unwrap().token,
            &carriers[0].last_code(),
            &client(),
        )
        .unwrap();
    let begin = 200_000;
    let mut sent = 0;
    for n in 0..120u8 {
        let mallory = person(&format!("m{}", n % 12));
        let asked = verifier.enable_email(at(begin + 20 * i64::from(n)), &mallory, &client(), None);
        sent += usize::from(asked.is_ok());
    }
    assert_eq!(sent, 10, "a third of an address's hour");
    // A reset goes to telephones only, also for somebody who has both, and takes nothing of mail.
    for n in 0..10 {
        let second = at(begin + 2_400 - 10 + n);
        let reset = verifier.begin_challenge(second, both, Purpose::ResetPassword, &client());
        let reset = reset.unwrap().challenge;
        let asked = verifier.send_code(second, &reset, Method::Email, &client());
        assert!(
            matches!(asked, Err(Error::Denied(Denied::Rejected))),
            "{n}: {asked:?}"
        );
    }
    let mut sent = 0;
    for n in 0..4 {
        for person in &people {
            let seconds = begin + 2_400 + 61 * n;
            let login = challenge(&verifier, person, seconds);
            let answer = verifier.send_code(at(seconds), &login, Method::Email, &client());
            assert!(answer.is_ok(), "{n}: {answer:?}");
            sent += 1;
        }
    }
    // Two thirds, and what is over is refused.
    assert_eq!(sent, 20);
    let login = challenge(&verifier, &people[0], begin + 2_400 + 61 * 4);
    let answer = verifier.send_code(at(begin + 2_400 + 61 * 4), &login, Method::Email, &client());
    assert!(matches!(denied(answer), Denied::Throttled { .. }));
    assert_eq!(carriers[0].sent(), 1, "the proof of the number");
}

/// The carrier that is asked first drops what it takes for the owner, as SNS does; `names` are those there are.
fn opted_out_at_the_first(names: &[&str]) -> (Verifier, Vec<Scripted>, User) {
    let more = [
        ("store", "memory:"),
        ("send_per_number_hour", "40"),
        ("send_per_number_day", "40"),
        ("send_per_user_hour", "40"),
        ("send_per_user_day", "40"),
    ];
    let (verifier, carriers) = with_settings(&more, names);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    carriers[0].0.lock().unwrap().drops = Some(true);
    (verifier, carriers, alice)
}

/// Whoever has the password has three codes dropped, and the owner who opted out at one provider is reached by the next
/// one: over one challenge, over new ones, and as soon as the question is due.
#[test]
fn an_opt_out_at_one_provider_leaves_the_next_one_to_the_owner() {
    for is_one_challenge in [true, false] {
        let (verifier, carriers, alice) = opted_out_at_the_first(&["one", "two"]);
        let thief = Client::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), String::new());
        for n in 0..3 {
            let second = 10_000 + 61 * n;
            let login = verifier.begin_login(at(second), &alice, &thief).unwrap();
            verifier
                .send_code(at(second), &login.challenge, Method::Sms, &thief)
                .unwrap();
        }
        assert_eq!((carriers[0].sent(), carriers[1].sent()), (4, 0));
        let mut login = challenge(&verifier, &alice, 10_183);
        for n in 0..4 {
            let second = 10_183 + 61 * n;
            if !is_one_challenge {
                login = challenge(&verifier, &alice, second);
            }
            verifier
                .send_code(at(second), &login, Method::Sms, &client())
                .unwrap();
            let arrived = carriers[1].sent();
            assert_eq!(arrived, usize::try_from(n).unwrap() + 1);
        }
        assert_eq!(carriers[0].sent(), 4, "no more to the one that drops them");
        let code = carriers[1].last_code();
        verifier
            .verify(at(10_367), &login, Method::Sms, &code, &client())
            .unwrap();
    }
}

/// Where there is no other, the owner is told; and what another provider knows of the owner's wishes is no list of the
/// first one's, and final.
#[test]
fn an_opt_out_is_told_where_nobody_else_can_be_asked_or_the_next_one_says_so_too() {
    let opted_out = Denied::NotSent {
        reason: "opted-out",
    };
    for names in [&["one"][..], &["one", "two", "three"]] {
        let (verifier, carriers, alice) = opted_out_at_the_first(names);
        let send = |second| {
            let login = challenge(&verifier, &alice, second);
            verifier.send_code(at(second), &login, Method::Sms, &client())
        };
        for n in 0..3 {
            send(10_000 + 61 * n).unwrap();
        }
        if let Some(two) = carriers.get(1) {
            two.fails_with(refusal_of(Refusal::OptedOut));
        }
        assert_eq!(denied(send(10_183)), opted_out, "{names:?}");
        let others: usize = carriers[1..].iter().map(Scripted::sent).sum();
        assert_eq!((carriers[0].sent(), others), (4, 0), "{names:?}");
        if let Some(two) = carriers.get(1) {
            // It is down, as is the third: nobody took it, and the first says why.
            for carrier in &carriers[1..] {
                carrier.fails_with(SendError::NotSent("busy".to_owned()));
            }
            assert_eq!(denied(send(10_244)), opted_out);
            send(10_305).unwrap();
            assert_eq!(two.sent(), 1);
        }
    }
}

/// Nobody's password or proof stands behind a request for a reset: no number of them makes the question due, and where
/// it is due, it is asked once.
#[test]
fn resets_that_anybody_asks_for_are_not_among_the_codes_that_nobody_typed_back() {
    let (verifier, carriers, alice) = opted_out_at_the_first(&["one"]);
    carriers[0].0.lock().unwrap().drops = Some(false);
    let stranger = Client::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), String::new());
    let asked = || carriers[0].0.lock().unwrap().asked;
    let day = 100_000;
    for n in 0..6 {
        let sent = reset_asked(&verifier, &alice, 10_000 + day * n, &stranger);
        assert!(sent, "{n}");
        assert_eq!(asked(), 0, "{n}");
    }
    for n in 0..3 {
        let second = 10_000 + day * 6 + 61 * n;
        let login = challenge(&verifier, &alice, second);
        verifier
            .send_code(at(second), &login, Method::Sms, &client())
            .unwrap();
        assert_eq!(asked(), 0, "sign-ins are counted from the first");
    }
    for n in 7..10 {
        assert!(reset_asked(&verifier, &alice, 10_000 + day * n, &stranger));
        assert_eq!(asked(), 1, "{n}");
    }
}

/// Each of a thief's requests comes from a network of its own; the numbers are those of one company.
#[test]
fn ten_passwords_leave_a_colleague_in_the_same_range_their_code() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let mut users = Vec::new();
    for n in 0..11u8 {
        let one = user(&n.to_string());
        let to = format!("+4915123456{}", 100 + u16::from(n));
        let begin = i64::from(n) * 4_000;
        let sent = start(&verifier, &one, &to, begin).unwrap();
        let code = carriers[0].last_code();
        verifier
            .confirm_phone(at(begin + 1), &sent.token, &code, &client())
            .unwrap();
        users.push(one);
    }
    let colleague = users.pop().unwrap();
    let mut sent = 0;
    for round in 0..10u8 {
        for (one, place) in users.iter().zip(0u8..) {
            let now = at(200_000 + i64::from(round) * 61 + i64::from(place));
            let thief = Client::new(
                IpAddr::V4(Ipv4Addr::new(10, place, round, 1)),
                String::new(),
            );
            let login = verifier.begin_login(now, one, &thief).unwrap();
            let answer = verifier.send_code(now, &login.challenge, Method::Sms, &thief);
            sent += u32::from(answer.is_ok());
        }
    }
    // Half of the thirty that may go there in an hour.
    assert_eq!(sent, 15);
    let marker = challenge(&verifier, &colleague, 201_000);
    verifier
        .send_code(at(201_000), &marker, Method::Sms, &client())
        .unwrap();
}
