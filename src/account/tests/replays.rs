//! Codes that are shown again: what is noted, what is told, and that it costs what a wrong code costs.

use proptest::prelude::*;

use super::super::notices::Offer;
use super::super::spent::SpentCodes;
use super::*;
use crate::audit::{EARLIER, ELSEWHERE, ELSEWHERE_AGAIN, Event, Severity};
use crate::crypto::recovery_code::RecoveryLength;
use crate::crypto::{Deriver, KeyId, KeyRing};

const FIREFOX: &[u8] =
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
const CHROME: &[u8] = b"Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36";

fn from(ip: &str, agent: &[u8]) -> Source {
    Source::new(ip.to_owned(), UserAgent::read(agent))
}

fn home() -> Source {
    from("192.0.2.1", FIREFOX)
}

/// Another browser, another network, both.
fn elsewhere() -> [Source; 3] {
    [
        from("192.0.2.1", CHROME),
        from("203.0.113.9", FIREFOX),
        from("203.0.113.9", CHROME),
    ]
}

fn lenient() -> Policy {
    Policy {
        max_attempts: 1_000,
        disable_after: 0,
        ..Policy::default()
    }
}

type Answer = Result<Step<Accepted>, Denied>;

/// One request of a page: a challenge is opened if it is not, and that is shown. Returns the events of the second.
fn show(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    source: &Source,
    seconds: i64,
) -> (Answer, Vec<Event>) {
    let policy = lenient();
    let mut audit = AuditBuffer::new(source.clone());
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    let attempt = ForChallenge {
        token,
        method,
        grant: Some(GrantId::new([9; 16])),
    };
    let answer = account.step(&attempt, proof, &mut context);
    let mut events = audit.into_events();
    events.retain(|it| matches!(it.kind, EventKind::Rejected | EventKind::Replayed));
    (answer, events)
}

fn open_from(
    account: &mut Account,
    n: u8,
    purpose: Purpose,
    source: &Source,
    seconds: i64,
) -> Option<ChallengeToken> {
    let policy = lenient();
    let mut audit = AuditBuffer::new(source.clone());
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    let opened = account.open_challenge(id(n), purpose, &mut context);
    opened.ok().map(|_| token(n, purpose))
}

/// In a challenge of its own.
fn sign_in(
    account: &mut Account,
    n: u8,
    method: Method,
    proof: &str,
    source: &Source,
    seconds: i64,
) -> (Answer, Vec<Event>) {
    let token = open_from(account, n, Purpose::Login, source, seconds).unwrap();
    show(account, &token, method, proof, source, seconds)
}

fn said(events: &[Event]) -> Vec<(EventKind, Option<&str>)> {
    events
        .iter()
        .map(|it| (it.kind, it.reason.as_deref()))
        .collect()
}

const REPLAYED: (EventKind, Option<&str>) = (EventKind::Replayed, None);
const TOLD: (EventKind, Option<&str>) = (EventKind::Replayed, Some(ELSEWHERE));
const TOLD_BEFORE: (EventKind, Option<&str>) = (EventKind::Replayed, Some(ELSEWHERE_AGAIN));
const REJECTED: (EventKind, Option<&str>) = (EventKind::Rejected, None);

/// What is told of these events, once it is due.
fn told(account: &mut Account, events: &[Event], source: &Source, seconds: i64) -> Vec<Offer> {
    let user = UserId::new("7").unwrap();
    account.note_changes(
        &user,
        events,
        source,
        || panic!("nothing was changed"),
        at(seconds),
    );
    assert!(
        account.offer_notices(at(seconds)).is_empty(),
        "not in that request"
    );
    account.offer_notices(at(seconds + 60))
}

fn reached() -> Account {
    let mut account = enrolled();
    let mail = Some("erika@example.net".to_owned());
    account.know(
        &Contact::new("erika".to_owned(), "de".to_owned(), mail),
        at(0),
    );
    account
}

#[test]
fn a_code_that_was_spent_is_told_when_another_browser_or_network_shows_it_and_once() {
    for stranger in elsewhere() {
        let mut account = reached();
        let (yes, _) = sign_in(&mut account, 1, Method::Totp, &code_at(30), &home(), 30);
        assert!(yes.is_ok());
        let (no, events) = sign_in(&mut account, 2, Method::Totp, &code_at(30), &stranger, 40);
        assert_eq!(
            (no, &said(&events)[..]),
            (Err(Denied::Rejected), &[TOLD][..])
        );
        assert_eq!(events[0].severity(), Severity::Alert);
        let offers = told(&mut account, &events, &stranger, 40);
        let [offer] = &offers[..] else {
            panic!("{offers:?}")
        };
        assert_eq!(
            (offer.notice.kind, offer.notice.times),
            (NoticeKind::Replayed, 1)
        );
        assert_eq!(offer.notice.ip.as_deref(), stranger.ip());
        assert_eq!(offer.notice.browser, stranger.device());
        assert!(offer.link.is_some(), "whoever was first may be signed in");
        let (_, events) = sign_in(&mut account, 3, Method::Totp, &code_at(30), &stranger, 41);
        assert_eq!(said(&events), [TOLD_BEFORE]);
        account.notice_told(offer.notice.number, 0, at(101));
        assert!(told(&mut account, &events, &stranger, 110).is_empty());
        // Of the next code it is told anew.
        let (yes, _) = sign_in(&mut account, 4, Method::Totp, &code_at(60), &home(), 60);
        assert!(yes.is_ok());
        let (_, events) = sign_in(&mut account, 5, Method::Totp, &code_at(60), &stranger, 61);
        assert_eq!(said(&events), [TOLD]);
    }
}

#[test]
fn what_the_same_browser_shows_again_is_noted_and_told_to_nobody() {
    let mut account = reached();
    let login = open_from(&mut account, 1, Purpose::Login, &home(), 30).unwrap();
    let show_again = |account: &mut Account, token: &ChallengeToken, seconds| {
        show(account, token, Method::Totp, &code_at(30), &home(), seconds)
    };
    assert!(show_again(&mut account, &login, 30).0.is_ok());
    // A double click: its challenge is answered.
    let twice = show_again(&mut account, &login, 30);
    assert_eq!(twice, (Err(Denied::ChallengeClosed), Vec::new()));
    // A step-up right after it, with the code that the app still shows.
    let step_up = open_from(&mut account, 2, Purpose::StepUp, &home(), 35).unwrap();
    let (no, events) = show_again(&mut account, &step_up, 35);
    assert_eq!((no, said(&events)), (Err(Denied::Rejected), vec![REPLAYED]));
    assert_eq!(events[0].severity(), Severity::Notice);
    assert!(told(&mut account, &events, &home(), 35).is_empty());
}

#[test]
fn the_code_that_confirmed_a_set_up_is_no_replay() {
    for source in elsewhere() {
        let mut account = reached();
        let (no, events) = sign_in(&mut account, 1, Method::Totp, &code_at(0), &source, 5);
        assert_eq!((no, said(&events)), (Err(Denied::Rejected), vec![REJECTED]));
    }
    let mut account = reached_by(&[Method::Sms]);
    let (_, events) = sign_in(&mut account, 1, Method::Sms, "424242", &home(), 5);
    assert_eq!(said(&events), [REJECTED]);
}

#[test]
fn an_earlier_code_that_was_never_accepted_is_wrong_and_no_replay() {
    let mut account = reached();
    let (yes, _) = sign_in(&mut account, 1, Method::Totp, &code_at(60), &home(), 60);
    assert!(yes.is_ok());
    let [stranger, ..] = elsewhere();
    let (_, events) = sign_in(&mut account, 2, Method::Totp, &code_at(30), &stranger, 61);
    assert_eq!(said(&events), [(EventKind::Rejected, Some(EARLIER))]);
    // Nor what one app has spent in another one, which shows something else then.
    let (_, events) = sign_in(
        &mut account,
        3,
        Method::Totp,
        &app(3).at(at(60)),
        &stranger,
        62,
    );
    assert_eq!(said(&events), [REJECTED]);
}

#[test]
fn every_way_to_prove_something_knows_its_own_codes_again() {
    let [.., stranger] = elsewhere();
    // Backup codes, for as long as there is that set.
    let mut account = reached();
    let code = "0123456789ABCDEF";
    assert!(
        sign_in(&mut account, 1, Method::BackupCode, code, &home(), 30)
            .0
            .is_ok()
    );
    let year = 366 * 86_400;
    let (_, events) = sign_in(&mut account, 2, Method::BackupCode, code, &stranger, year);
    assert_eq!(said(&events), [TOLD]);
    let (_, events) = sign_in(
        &mut account,
        3,
        Method::BackupCode,
        "0123-4567 89ab-cdef",
        &home(),
        year,
    );
    assert_eq!(said(&events), [REPLAYED], "in whichever spelling");
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut context = RuleContext::new(at(year), &policy, &mut audit);
    account.regenerate_codes(NewCodes::Backup(&codes()[1..]), None, &mut context);
    let (_, events) = sign_in(&mut account, 4, Method::BackupCode, code, &stranger, year);
    assert_eq!(said(&events), [REJECTED], "the list is void");

    // Codes of ours that were sent, for half an hour, whichever challenge they were for.
    for method in SENT_METHODS {
        let mut account = reached_by(&[method]);
        let login = open_from(&mut account, 1, Purpose::Login, &home(), 10).unwrap();
        send(&mut account, &login, method, "123456", 10).unwrap();
        assert!(
            show(&mut account, &login, method, "123456", &home(), 20)
                .0
                .is_ok()
        );
        let (_, events) = sign_in(&mut account, 2, method, " 123-456", &stranger, 1_819);
        assert_eq!(said(&events), [TOLD], "{method:?}");
        let mut later = copy(&account);
        let again = open_from(&mut later, 3, Purpose::Login, &home(), 1_900).unwrap();
        send(&mut later, &again, method, "654321", 1_900).unwrap();
        assert!(
            show(&mut later, &again, method, "654321", &home(), 1_900)
                .0
                .is_ok()
        );
        let (_, events) = sign_in(&mut later, 4, method, "123456", &stranger, 1_900);
        assert_eq!(
            said(&events),
            [REJECTED],
            "it is forgotten with the next proof"
        );
    }

    // A temporary code, which proves nothing but leads to a set-up.
    let mut account = reached();
    let issued = code::read("7123456789ABCDEF").unwrap();
    let mut context = RuleContext::new(at(10), &policy, &mut audit);
    let by = Authority::Server;
    assert!(account.issue_temporary_code(&issued, 900, by, "root", "why", &mut context));
    let code = "7123456789ABCDEF";
    assert!(
        sign_in(&mut account, 1, Method::TemporaryCode, code, &home(), 20)
            .0
            .is_ok()
    );
    for (n, expected) in [(2, TOLD), (3, TOLD_BEFORE)] {
        let (no, events) = sign_in(&mut account, n, Method::TemporaryCode, code, &stranger, 30);
        assert_eq!((no, said(&events)), (Err(Denied::Rejected), vec![expected]));
    }
}

/// Whoever makes a code, what is known of it is what was typed when its provider said yes.
#[test]
fn a_code_that_a_provider_made_is_known_once_the_provider_has_said_yes() {
    let [.., stranger] = elsewhere();
    let settle = |account: &mut Account, n: u8, typed: &str, source: &Source, answer: Checked| {
        let seconds = i64::from(n) * 40;
        let login = open_from(account, n, Purpose::Login, source, seconds).unwrap();
        send_theirs(account, &login, Method::Sms, &format!("VE{n}"), seconds).unwrap();
        let (asked, none) = show(account, &login, Method::Sms, typed, source, seconds);
        let Ok(Step::Ask(check)) = asked else {
            panic!("{asked:?}")
        };
        assert!(none.is_empty());
        let (policy, mut audit) = (lenient(), AuditBuffer::new(source.clone()));
        let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
        let attempt = ForChallenge {
            token: &login,
            method: Method::Sms,
            grant: None,
        };
        let settled = account.settle(&attempt, &check, answer, &mut context);
        let mut events = audit.into_events();
        events.retain(|it| it.kind != EventKind::Accepted);
        (settled.is_ok(), events)
    };
    let mut account = reached_by(&[Method::Sms]);
    let (is_wrong, events) = settle(&mut account, 1, "111111", &home(), Checked::Wrong);
    assert_eq!((is_wrong, said(&events)), (false, vec![REJECTED]));
    // It was wrong, so nothing is known of it.
    let (_, events) = settle(&mut account, 2, "111111", &stranger, Checked::Over);
    assert_eq!(said(&events), [REJECTED]);
    assert!(settle(&mut account, 3, "222222", &home(), Checked::Right).0);
    let (_, events) = settle(&mut account, 4, "222222", &stranger, Checked::Wrong);
    assert_eq!(said(&events), [TOLD]);
    // Where nobody is asked, too.
    let (_, events) = sign_in(&mut account, 9, Method::Sms, "222222", &home(), 360);
    assert_eq!(said(&events), [REPLAYED]);
    // And where nobody has looked at it nothing is said of it.
    let (_, events) = settle(&mut account, 10, "222222", &stranger, Checked::NotAsked);
    assert_eq!(said(&events), [(EventKind::CheckUnanswered, None)]);
}

#[test]
fn a_code_that_is_shown_again_is_charged_what_a_wrong_one_is() {
    let [stranger, ..] = elsewhere();
    for method in [Method::Totp, Method::BackupCode] {
        let (right, wrong) = match method {
            Method::Totp => (code_at(30), "000000".to_owned()),
            _ => ("0123456789ABCDEF".to_owned(), "Z123456789ABCDEF".to_owned()),
        };
        let mut account = reached();
        assert!(
            sign_in(&mut account, 1, method, &right, &home(), 30)
                .0
                .is_ok()
        );
        let charged = |proof: &str| {
            let mut account = copy(&account);
            for n in 2..7 {
                let (no, _) = sign_in(&mut account, n, method, proof, &stranger, 30);
                assert_eq!(no, Err(Denied::Rejected));
            }
            for spent in &mut account.spent.0 {
                spent.is_told = false;
            }
            account.to_document().unwrap()
        };
        assert_eq!(charged(&right), charged(&wrong));
    }
}

#[test]
fn a_proof_makes_the_document_26_bytes_longer_and_a_backup_code_shorter() {
    let with_and_without = |account: &Account| {
        let mut other = copy(account);
        other.spent = SpentCodes::NONE;
        let length = |account: &Account| account.to_document().unwrap().len();
        (length(account), length(&other))
    };
    let mut account = reached();
    for n in 1..60 {
        let seconds = i64::from(n) * 2_000;
        let code = code_at(seconds);
        let (yes, _) = sign_in(&mut account, n, Method::Totp, &code, &home(), seconds);
        assert!(yes.is_ok());
        let (with, without) = with_and_without(&account);
        assert_eq!(with - without, 26);
    }
    let before = account.to_document().unwrap().len();
    let code = "0123456789ABCDEF";
    assert!(
        sign_in(&mut account, 70, Method::BackupCode, code, &home(), 120_000)
            .0
            .is_ok()
    );
    assert!(account.to_document().unwrap().len() < before);
}

#[test]
fn no_number_of_proofs_makes_the_list_longer_and_it_comes_back_as_it_went() {
    let mut account = reached();
    for n in 1..50u8 {
        let seconds = i64::from(n) * 30;
        let code = code_at(seconds);
        assert!(
            sign_in(&mut account, n, Method::Totp, &code, &home(), seconds)
                .0
                .is_ok()
        );
        assert!(account.spent.is_possible() && account.spent.0.len() <= 8);
    }
    assert_eq!(copy(&account).spent.0, account.spent.0);
    // What no rule could have led to is refused.
    let twice = account.spent.0[0];
    account.spent.0.push(twice);
    let document = account.to_document().unwrap();
    assert!(Account::from_document(&document).is_err());
}

#[test]
fn a_clock_that_is_set_back_makes_no_code_good_again_and_knows_what_was_spent() {
    let [stranger, ..] = elsewhere();
    let mut account = reached();
    assert!(
        sign_in(&mut account, 1, Method::Totp, &code_at(600), &home(), 600)
            .0
            .is_ok()
    );
    assert!(
        sign_in(&mut account, 2, Method::Totp, &code_at(900), &home(), 900)
            .0
            .is_ok()
    );
    // Five minutes back, then to where the clock was before.
    for (n, seconds) in [(3, 600), (4, 905)] {
        let _ = account.put_right(at(seconds), &lenient());
        account.stamp(at(seconds));
        let code = code_at(seconds - seconds % 300);
        let (no, events) = sign_in(&mut account, n, Method::Totp, &code, &stranger, seconds);
        assert_eq!((no, said(&events)), (Err(Denied::Rejected), vec![TOLD]));
        assert!(account.spent.0.iter().all(|it| it.at <= at(seconds)));
    }
}

// -- in any order ---------------------------------------------------------------------------------------

const TEMPORARY: [&str; 3] = ["7123456789ABCDEF", "8123456789ABCDEF", "9123456789ABCDEF"];
const DIGITS: [&str; 4] = ["111111", "222222", "333333", "000000"];

#[derive(Debug, Clone)]
enum Act {
    Wait(i64),
    Back(i64),
    /// The code of an app, some steps from now.
    App {
        app: u8,
        step: i64,
    },
    Backup(usize),
    /// One is sent, and one is typed.
    Sent {
        method: usize,
        sent: usize,
        typed: usize,
    },
    /// One is issued if so, and one is typed.
    Temporary {
        issued: Option<usize>,
        typed: usize,
    },
    NewSet,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0i64..35).prop_map(Act::Wait),
        1 => (0i64..60).prop_map(Act::Back),
        6 => (0u8..3, -1i64..=1).prop_map(|(app, step)| Act::App { app, step }),
        3 => (0usize..3).prop_map(Act::Backup),
        4 => (0usize..2, 0usize..4, 0usize..4)
            .prop_map(|(method, sent, typed)| Act::Sent { method, sent, typed }),
        3 => (proptest::option::of(0usize..3), 0usize..3)
            .prop_map(|(issued, typed)| Act::Temporary { issued, typed }),
        1 => Just(Act::NewSet),
    ]
}

fn apps_and_more() -> Account {
    let mut account = reached();
    for n in [1, 2] {
        let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
        let mut context = RuleContext::new(at(0), &policy, &mut audit);
        let setup = account.start_totp(app(n), "ada", None, None, &mut context);
        let code = app(n).at(at(0));
        let confirmed = account.confirm_totp(&setup.unwrap(), &code, NewCodes::NONE, &mut context);
        assert_eq!(confirmed, Ok(false));
    }
    bind(&mut account, Method::Sms, NUMBER, 0);
    bind(&mut account, Method::Email, ADDRESS, 0);
    account
}

/// What was accepted, from where, and whether its user was told of it; by method and code, of an app by which and its step.
type Accepts = std::collections::BTreeMap<(&'static str, String), (usize, bool)>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A replay is noted if and only if a right code that was accepted before is shown again; it is told if and only if
    /// that is from elsewhere, once.
    #[test]
    fn a_replay_is_noted_exactly_when_a_code_that_was_accepted_is_shown_again(
        acts in proptest::collection::vec((act(), 0usize..4, any::<bool>()), 1..40),
    ) {
        let places = [vec![home()], elsewhere().to_vec()].concat();
        let mut account = apps_and_more();
        let mut accepts = Accepts::new();
        let (mut now, mut n, mut short) = (60i64, 0u8, 0);
        for (act, place, is_step_up) in acts {
            n += 1;
            let purpose = if is_step_up { Purpose::StepUp } else { Purpose::Login };
            let source = &places[place];
            let _ = account.put_right(at(now), &lenient());
            account = copy(&account);
            let (purpose, method, typed, known_as) = match act {
                Act::Wait(seconds) => { now += seconds; continue; }
                Act::Back(seconds) => { now = (now - seconds).max(0); continue; }
                Act::NewSet => {
                    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
                    let mut context = RuleContext::new(at(now), &policy, &mut audit);
                    account.regenerate_codes(NewCodes::Backup(&codes()), None, &mut context);
                    accepts.retain(|(method, _), _| *method != Method::BackupCode.as_str());
                    continue;
                }
                Act::App { app: which, step } => {
                    let when = at((now + step * 30).max(-START));
                    let shown = if which == 0 { totp() } else { app(which) };
                    let step = when.seconds() / 30;
                    (purpose, Method::Totp, shown.at(when).to_string(), format!("{which} {step}"))
                }
                Act::Backup(which) => {
                    let code = code::show(&codes()[which]).to_string();
                    (purpose, Method::BackupCode, code.clone(), code)
                }
                Act::Sent { method, typed, .. } => {
                    let method = [Method::Sms, Method::Email][method];
                    (purpose, method, DIGITS[typed].to_owned(), DIGITS[typed].to_owned())
                }
                Act::Temporary { issued, typed } => {
                    if let Some(issued) = issued {
                        let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
                        let mut context = RuleContext::new(at(now), &policy, &mut audit);
                        let issued = code::read(TEMPORARY[issued]).unwrap();
                        let by = Authority::Server;
                        account.issue_temporary_code(&issued, 900, by, "root", "why", &mut context);
                    }
                    let typed = TEMPORARY[typed].to_owned();
                    (Purpose::Login, Method::TemporaryCode, typed.clone(), typed)
                }
            };
            let Some(token) = open_from(&mut account, n, purpose, source, now) else { continue };
            if let Act::Sent { sent, .. } = act {
                let _ = send(&mut account, &token, method, DIGITS[sent], now);
            }
            let (answer, events) = show(&mut account, &token, method, &typed, source, now);
            let key = (method.as_str(), known_as);
            match answer {
                Ok(_) => {
                    prop_assert!(events.is_empty());
                    accepts.insert(key, (place, false));
                    short += usize::from(method != Method::BackupCode);
                }
                // A set of which nothing is left is not asked for.
                Err(_) if events.is_empty() => prop_assert_eq!(method, Method::BackupCode),
                Err(why) => {
                    prop_assert_eq!(why, Denied::Rejected);
                    let expected = match accepts.get_mut(&key) {
                        None => REJECTED,
                        Some((by, _)) if *by == place => REPLAYED,
                        Some((_, true)) => TOLD_BEFORE,
                        Some((_, is_told)) => { *is_told = true; TOLD }
                    };
                    let mut said = said(&events);
                    // Of a time step that is over, as others hold.
                    if method == Method::Totp && said == [(EventKind::Rejected, Some(EARLIER))] {
                        said = vec![REJECTED];
                    }
                    prop_assert_eq!(said, vec![expected]);
                }
            }
            prop_assert!(account.spent.is_possible());
            // As many as are remembered.
            if short == 8 { break; }
        }
    }

    /// Of recovery codes all before the last one are spent, whether they were typed or skipped: each by the first that was
    /// typed and is no lower.
    #[test]
    fn an_earlier_recovery_code_is_a_replay_of_the_one_that_spent_it(
        acts in proptest::collection::vec((0usize..9, 0usize..4), 1..30),
    ) {
        let ring = KeyRing::parse("a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        let deriver = Deriver::new(&ring, "site", "7");
        let places = [vec![home()], elsewhere().to_vec()].concat();
        let key = KeyId::read("a").unwrap();
        let set = NewCodes::Recovery { key: &key, count: 10, length: RecoveryLength::Standard };
        let mut account = reached();
        let policy = lenient();
        let mut audit = AuditBuffer::default();
        let mut context = RuleContext::new(at(0), &policy, &mut audit).deriving(deriver);
        account.regenerate_codes(set, None, &mut context);
        let codes = account.recovery_codes(&deriver);
        let mut accepted: Vec<(usize, usize, bool)> = Vec::new();
        for (n, (number, place)) in acts.into_iter().enumerate() {
            let now = i64::try_from(n).unwrap() * 61;
            account = copy(&account);
            let n = u8::try_from(n).unwrap();
            let token = open_from(&mut account, n, Purpose::Login, &places[place], now).unwrap();
            let mut audit = AuditBuffer::new(places[place].clone());
            let mut context = RuleContext::new(at(now), &policy, &mut audit).deriving(deriver);
            let typed = code::show(&codes[number]);
            let answer = account.verify(&token, Method::RecoveryCode, &typed, None, &mut context);
            let mut events = audit.into_events();
            events.retain(|it| matches!(it.kind, EventKind::Rejected | EventKind::Replayed));
            let is_good = accepted.last().is_none_or(|(last, ..)| *last < number);
            prop_assert_eq!(answer.is_ok(), is_good);
            if is_good {
                prop_assert!(events.is_empty());
                accepted.push((number, place, false));
                continue;
            }
            let spent_by = accepted.iter_mut().find(|(by, ..)| *by >= number).unwrap();
            let expected = match spent_by {
                (_, by, _) if *by == place => REPLAYED,
                (_, _, true) => TOLD_BEFORE,
                (_, _, is_told) => { *is_told = true; TOLD }
            };
            prop_assert_eq!(said(&events), vec![expected]);
        }
    }
}
