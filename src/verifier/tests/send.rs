//! Codes that are sent, with providers that do as they are told.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::*;
use crate::sms::{
    Carried, Carrier, Channel, CheckError, Checker, Order, Refusal, SendError, Started, Verdict,
    Words,
};

const NUMBER: &str = "+4915123456789";
const OTHER: &str = "+4915123450000";

/// What a carrier was given.
#[derive(Default)]
struct Book {
    taken: Vec<(String, Channel, String, String)>,
    answers: VecDeque<SendError>,
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

impl Carrier for Scripted {
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms, Channel::Voice]
    }

    fn carry(&mut self, order: &Order<'_>, words: &Words) -> Result<Carried, SendError> {
        let mut book = self.0.lock().unwrap();
        let error = book.answers.pop_front();
        if !matches!(
            error,
            Some(SendError::NotSent(_) | SendError::Refused { .. })
        ) {
            book.taken.push((
                order.to.e164().to_owned(),
                order.channel,
                words.code.to_string(),
                words.text.to_string(),
            ));
        }
        match error {
            Some(error) => Err(error),
            None => Ok(Carried {
                id: Some(format!("SM{}", book.taken.len())),
            }),
        }
    }

    fn probe(&mut self, _now: UnixTime) -> Result<(), String> {
        Ok(())
    }
}

/// Makes the code 424242 and says of each check what it is told to.
#[derive(Clone, Default)]
struct Oracle {
    verdicts: Arc<Mutex<VecDeque<Result<Verdict, CheckError>>>>,
    asked: Arc<Mutex<Vec<(String, String, String)>>>,
    started: Arc<Mutex<u32>>,
}

impl fmt::Debug for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Oracle")
    }
}

impl Checker for Oracle {
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms]
    }

    fn start(&mut self, _order: &Order<'_>) -> Result<Started, SendError> {
        let mut started = self.started.lock().unwrap();
        *started += 1;
        Ok(Started {
            reference: format!("VE{started}"),
            expires_in: 600,
            resend_after: None,
        })
    }

    fn check(
        &mut self,
        order: &Order<'_>,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError> {
        self.asked.lock().unwrap().push((
            order.to.e164().to_owned(),
            reference.to_owned(),
            code.to_owned(),
        ));
        match self.verdicts.lock().unwrap().pop_front() {
            Some(verdict) => verdict,
            None if code == "424242" => Ok(Verdict::Approved),
            None => Ok(Verdict::Wrong),
        }
    }

    fn probe(&mut self, _now: UnixTime) -> Result<(), String> {
        Ok(())
    }
}

fn with_carriers(names: &[&str]) -> (Verifier, Vec<Scripted>) {
    with_settings(&[("store", "memory:")], names)
}

fn with_settings(settings: &[(&str, &str)], names: &[&str]) -> (Verifier, Vec<Scripted>) {
    let config = Config::parse(settings.iter().copied()).unwrap();
    let mut verifier = Verifier::open(config, None, true).unwrap();
    let carriers: Vec<_> = names.iter().map(|_| Scripted::default()).collect();
    verifier.couriers = Couriers::new(
        names
            .iter()
            .zip(&carriers)
            .map(|(name, carrier)| {
                let carrier: Box<dyn Carrier> = Box::new(carrier.clone());
                ((*name).to_owned(), Provider::Carrier(carrier))
            })
            .collect(),
    );
    (verifier, carriers)
}

fn with_oracle() -> (Verifier, Oracle) {
    let (mut verifier, _) = with_carriers(&[]);
    let oracle = Oracle::default();
    verifier.couriers = Couriers::new(vec![(
        "oracle".to_owned(),
        Provider::Checker(Box::new(oracle.clone())),
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
    start(verifier, user, NUMBER, 0).unwrap();
    let enrolled = verifier
        .confirm_phone(at(1), &user.id, &carrier.last_code(), &client())
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
fn a_person_enrols_by_sms_and_signs_in_by_sms() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (alice, carrier) = (user("7"), &carriers[0]);
    let delivery = start(&verifier, &alice, NUMBER, 0).unwrap();
    assert_eq!(delivery.masked, "+49 ••• 89");
    assert_eq!((delivery.expires_at, delivery.resend_at), (at(600), at(60)));
    assert_eq!(carrier.last_number(), NUMBER);
    assert!(!verifier.account(at(0), &alice.id).unwrap().enrolled);
    let wrong = verifier.confirm_phone(at(1), &alice.id, "000000x", &client());
    assert_eq!(denied(wrong), Denied::Rejected);
    let code = carrier.last_code();
    assert!(carrier.last_text().contains(&code));
    verifier
        .confirm_phone(at(2), &alice.id, &code, &client())
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
    let (verifier, carriers) = with_carriers(&["one", "two"]);
    let alice = user("7");
    carriers[0].fails_with(SendError::NotSent("no route".to_owned()));
    start(&verifier, &alice, NUMBER, 0).unwrap();
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (0, 1));

    // Perhaps sent: nobody else is asked, and if it arrives it works.
    let bob = user("8");
    carriers[0].fails_with(SendError::Unknown("no answer".to_owned()));
    start(&verifier, &bob, OTHER, 0).unwrap();
    assert_eq!((carriers[0].sent(), carriers[1].sent()), (1, 1));
    verifier
        .confirm_phone(at(1), &bob.id, &carriers[0].last_code(), &client())
        .unwrap();

    // Refused: nobody else is asked, whatever the reason.
    for (place, refusal) in [
        Refusal::Number,
        Refusal::OptedOut,
        Refusal::Country,
        Refusal::Fraud,
        Refusal::Limit,
        Refusal::Account,
    ]
    .into_iter()
    .enumerate()
    {
        let person = user(&format!("p{place}"));
        carriers[0].fails_with(SendError::Refused {
            refusal,
            retry_after: None,
            detail: "60410".to_owned(),
        });
        let to = format!("+491512346{place}000");
        let answer = start(&verifier, &person, &to, 0);
        match refusal {
            Refusal::Limit => assert_eq!(denied(answer), Denied::Throttled { retry_after: 600 }),
            Refusal::Account => assert!(matches!(answer, Err(Error::Unavailable(_)))),
            _ => assert!(matches!(denied(answer), Denied::NotSent { .. })),
        }
        assert_eq!((carriers[0].sent(), carriers[1].sent()), (1, 1));
    }
}

#[test]
fn without_any_provider_left_nobody_is_let_in_and_the_method_is_not_offered() {
    let (mut verifier, carriers) = with_carriers(&["one"]);
    let alice = user("7");
    enrol_phone(&verifier, &carriers[0], &alice);
    verifier.couriers = Couriers::default();
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

#[test]
fn a_breaker_that_one_verifier_opens_is_open_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}/db", folder.path().display());
    let settings = [("store", store.as_str())];
    let (one, carriers) = with_settings(&settings, &["flaky", "steady"]);
    for place in 0..5 {
        carriers[0].fails_with(SendError::NotSent("down".to_owned()));
        let to = format!("+491512345{place}000");
        start(&one, &user(&format!("u{place}")), &to, 0).unwrap();
    }
    let (other, others) = with_settings(&settings, &["flaky", "steady"]);
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
        let client = Client {
            ip: format!("2001:db8::{place:x}").parse().unwrap(),
            user_agent: String::new(),
        };
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

#[test]
fn attack_37_adjacent_numbers_stop_at_a_budget() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let mut sent = 0;
    for place in 0..100 {
        // Another user, another address, another minute: the range is what they share.
        let person = user(&format!("u{place}"));
        let to = format!("+49151234567{place:02}");
        let client = Client {
            ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, place)),
            user_agent: String::new(),
        };
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
    assert_eq!((sent, carriers[0].sent()), (10, 10));
}

#[test]
fn eight_at_once_never_exceed_a_budget() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}/db", folder.path().display());
    drop(with_settings(&[("store", &store)], &[]));
    let sent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let store = &store;
                scope.spawn(move || {
                    let (verifier, carriers) = with_settings(&[("store", store)], &["one"]);
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
    start(&verifier, &alice, NUMBER, 0).unwrap();
    let wrong = verifier.confirm_phone(at(1), &alice.id, "111111", &client());
    assert_eq!(denied(wrong), Denied::Rejected);
    let enrolled = verifier
        .confirm_phone(at(2), &alice.id, "424242", &client())
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
    // The wrong one is a failure, the right one is none.
    let account = verifier.accounts.read(&alice.id).unwrap().unwrap();
    assert!(account.locks(at(101)).is_empty());
}

#[test]
fn an_answer_that_is_none_denies_and_stays_charged() {
    let (verifier, oracle) = with_oracle();
    let alice = user("7");
    start(&verifier, &alice, NUMBER, 0).unwrap();
    verifier
        .confirm_phone(at(2), &alice.id, "424242", &client())
        .unwrap();
    let login = challenge(&verifier, &alice, 100);
    let send = |seconds| verifier.send_code(at(seconds), &login, Method::Sms, &client());
    send(100).unwrap();
    for error in [
        CheckError::NoAnswer("unsigned".to_owned()),
        CheckError::NotAsked("no route".to_owned()),
    ] {
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

#[test]
fn a_changed_number_takes_a_step_up_and_the_old_one_is_told() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (alice, carrier) = (user("7"), &carriers[0]);
    enrol_phone(&verifier, carrier, &alice);
    let step_up = verifier
        .begin_challenge(at(100), &alice, Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    verifier
        .send_code(at(100), &step_up, Method::Sms, &client())
        .unwrap();
    let grant = verifier
        .verify(
            at(101),
            &step_up,
            Method::Sms,
            &carrier.last_code(),
            &client(),
        )
        .unwrap()
        .grant;
    verifier
        .start_phone(
            at(102),
            &alice,
            &number(OTHER),
            Method::Sms,
            &client(),
            Some(&grant),
        )
        .unwrap();
    let code = carrier.last_code();
    verifier
        .confirm_phone(at(103), &alice.id, &code, &client())
        .unwrap();
    assert_eq!(
        (carrier.last_number(), carrier.last_code()),
        (NUMBER.to_owned(), String::new())
    );
    let login = challenge(&verifier, &alice, 200);
    verifier
        .send_code(at(200), &login, Method::Sms, &client())
        .unwrap();
    assert_eq!(carrier.last_number(), OTHER);
}

#[test]
fn a_number_is_refused_to_a_second_user_where_it_is_unique() {
    let settings = [("store", "memory:"), ("phone_unique", "1")];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    enrol_phone(&verifier, &carriers[0], &user("7"));
    let answer = start(&verifier, &user("8"), NUMBER, 100);
    assert!(matches!(answer, Err(Error::Number(_))));
    let (verifier, carriers) = with_carriers(&["one"]);
    enrol_phone(&verifier, &carriers[0], &user("7"));
    start(&verifier, &user("8"), NUMBER, 100).unwrap();
}

#[test]
fn numbers_that_get_no_codes_are_refused_before_anything_is_spent() {
    let settings = [("store", "memory:"), ("phone_regions_blocked", "FR")];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    for to in ["+493012345678", "+33612345678", "+498001234567"] {
        let answer = start(&verifier, &user("7"), to, 0);
        assert!(matches!(answer, Err(Error::Number(_))), "{to}");
    }
    assert_eq!(carriers[0].sent(), 0);
    start(&verifier, &user("7"), NUMBER, 0).unwrap();
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
    assert_eq!(
        (verified.purpose, verified.grant.as_str()),
        (Purpose::ResetPassword, "")
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
    assert_eq!(message.to, "anna@example.com");
    let code = code_in(&message.mail.text);
    assert!(!message.mail.subject.contains(&code));
    verifier
        .confirm_email(at(1), &anna.id, &code, &client())
        .unwrap();
    let strict = with_settings(&[("store", "memory:"), ("profile", "strict")], &[]).0;
    let answer = strict.enable_email(at(0), &anna, &client(), None);
    assert_eq!(denied(answer), Denied::NotSent { reason: "method" });
    anna.email = Some("not an address".to_owned());
    let answer = verifier.enable_email(at(100), &anna, &client(), None);
    assert!(matches!(
        answer,
        Err(Error::Invalid {
            argument: "user",
            ..
        })
    ));
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
    note(&start(&verifier, &alice, NUMBER, 0));
    let code = carriers[0].last_code();
    note(&verifier.confirm_phone(at(1), &alice.id, &code, &client()));
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
