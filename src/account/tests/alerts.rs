//! What was unusual is told to its user: as often as the limits allow, and nothing that a proof stood behind is left out.

use proptest::prelude::*;

use super::super::alerts::{Alert, AlertKind, Noted};
use super::super::notices::Offer;
use super::*;
use crate::audit::Event;

const MAIL: &str = "erika@example.net";
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

fn known() -> Account {
    let mut account = enrolled();
    let mail = Some(MAIL.to_owned());
    account.know(
        &Contact::new("erika".to_owned(), "de".to_owned(), mail),
        at(0),
    );
    // As many events as any test speaks of.
    account.audit.seq = 10_000;
    account
}

fn alert(kind: AlertKind, seq: u64, seconds: i64) -> Alert {
    Alert {
        kind,
        seq,
        at: at(seconds),
        times: 1,
        method: Some(Method::Totp),
        label: String::new(),
        ip: Some("192.0.2.7".to_owned()),
        is_foreign: true,
    }
}

/// Hands out what is due, and the host's mailer takes it: how often each kind was told, and how many of it.
fn told(account: &mut Account, seconds: i64) -> Vec<(NoticeKind, u32)> {
    let offers = account.offer_notices(at(seconds));
    let told = offers.iter().map(|it| (it.notice.kind, it.notice.times));
    let told = told.collect();
    for Offer { notice, .. } in &offers {
        account.notice_told(notice.number, 0, at(seconds));
    }
    told
}

fn come_back(account: &Account) -> Account {
    Account::from_document(&account.to_document().unwrap()).unwrap()
}

/// A sign-in from there, with the events that it left.
fn sign_in(account: &mut Account, n: u8, ip: &str, code: &str, seconds: i64) -> Vec<Event> {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::from_ip(Some(ip)));
    let token = token(n, Purpose::Login);
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    account
        .open_challenge(id(n), Purpose::Login, &mut context)
        .unwrap();
    let _ = account.verify(&token, Method::Totp, code, None, &mut context);
    audit.events().to_vec()
}

fn answer(events: &[Event]) -> &Event {
    let is_answer = |it: &&Event| matches!(it.kind, EventKind::Accepted | EventKind::Rejected);
    events.iter().find(is_answer).unwrap()
}

#[test]
fn an_answer_says_what_was_unusual_about_it_and_nothing_of_what_is_usual() {
    let mut account = enrolled();
    let first = sign_in(&mut account, 1, "192.0.2.1", &code_at(30), 30);
    let first = answer(&first);
    // Nothing was known before, so no network is new.
    assert_eq!(
        (first.unknown_network, first.failures, first.idle_days),
        (None, None, None)
    );
    let again = sign_in(&mut account, 2, "192.0.2.1", &code_at(60), 60);
    assert_eq!(answer(&again).unknown_network, None);
    let elsewhere = sign_in(&mut account, 3, "198.51.100.1", &code_at(90), 90);
    assert_eq!(answer(&elsewhere).unknown_network, Some(true));
    let known = sign_in(&mut account, 4, "198.51.100.1", &code_at(120), 120);
    assert_eq!(answer(&known).unknown_network, None);
    for (n, in_a_row) in [(5, 1), (6, 2), (7, 3)] {
        let wrong = sign_in(&mut account, n, "192.0.2.1", "000000", 150);
        assert_eq!(answer(&wrong).kind, EventKind::Rejected);
        assert_eq!(answer(&wrong).failures, Some(in_a_row));
    }
    let late = 150 + 91 * DAY;
    let right = sign_in(&mut account, 8, "192.0.2.1", &code_at(late), late);
    let right = answer(&right);
    assert_eq!(right.kind, EventKind::Accepted);
    assert_eq!((right.failures, right.idle_days), (Some(3), Some(91)));
    let next = sign_in(&mut account, 9, "192.0.2.1", &code_at(late + 30), late + 30);
    assert_eq!(
        (answer(&next).failures, answer(&next).idle_days),
        (None, None)
    );
}

#[test]
fn a_device_that_stood_for_a_proof_is_no_inactivity() {
    let mut account = enrolled();
    let _ = sign_in(&mut account, 1, "192.0.2.1", &code_at(30), 30);
    account.keep_devices(&[1, 2, 3], at(100 * DAY));
    let late = 101 * DAY;
    let events = sign_in(&mut account, 2, "192.0.2.1", &code_at(late), late);
    assert_eq!(answer(&events).idle_days, Some(1));
}

#[test]
fn an_alert_is_a_notice_and_an_event_is_told_of_once() {
    let mut account = known();
    let new = alert(AlertKind::NewNetwork, 40, 10);
    assert_eq!(account.note_alert(&new, 4, at(20)), Noted::Due(at(20)));
    assert_eq!(account.note_alert(&new, 4, at(20)), Noted::Known);
    let mut account = come_back(&account);
    assert_eq!(account.note_alert(&new, 4, at(20)), Noted::Known);
    let offers = account.offer_notices(at(20));
    let [offer] = &offers[..] else { panic!() };
    assert_eq!(offer.notice.kind, NoticeKind::NewNetwork);
    assert_eq!(offer.notice.to[0].address, MAIL);
    assert_eq!(
        (offer.notice.at, offer.notice.locale.as_str()),
        (at(10), "de")
    );
    // A proof stood behind it, so its user can say that it was not them; behind wrong answers nothing did.
    assert!(offer.link.is_some());
    let wrong = alert(AlertKind::WrongAnswers, 41, 30);
    assert_eq!(account.note_alert(&wrong, 4, at(30)), Noted::Due(at(30)));
    assert!(account.offer_notices(at(30))[0].link.is_none());
    // Not said to be told: again, as every notice.
    assert_eq!(account.offer_notices(at(20 + 300)).len(), 1);
}

#[test]
fn of_a_kind_one_mail_an_hour_and_what_a_proof_stood_behind_waits_for_its_turn() {
    let mut account = known();
    assert_eq!(
        account.note_alert(&alert(AlertKind::NewNetwork, 1, 0), 3, at(0)),
        Noted::Due(at(0))
    );
    assert_eq!(told(&mut account, 0), [(NoticeKind::NewNetwork, 1)]);
    for seq in 2..5 {
        let noted = account.note_alert(&alert(AlertKind::NewNetwork, seq, 60), 3, at(60));
        assert_eq!(noted, Noted::Due(at(HOUR)));
    }
    assert!(told(&mut account, HOUR - 1).is_empty());
    assert_eq!(told(&mut account, HOUR), [(NoticeKind::NewNetwork, 3)]);
    account.note_alert(&alert(AlertKind::NewNetwork, 5, 2 * HOUR), 3, at(2 * HOUR));
    assert_eq!(told(&mut account, 2 * HOUR).len(), 1);
    // Three a day: the fourth is a day after the first.
    let noted = account.note_alert(&alert(AlertKind::NewNetwork, 6, 3 * HOUR), 3, at(3 * HOUR));
    assert_eq!(noted, Noted::Due(at(DAY)));
    // Other kinds have their own turns.
    let noted = account.note_alert(
        &alert(AlertKind::AfterFailures, 7, 3 * HOUR),
        3,
        at(3 * HOUR),
    );
    assert_eq!(noted, Noted::Due(at(3 * HOUR)));
}

#[test]
fn wrong_answers_beyond_the_limit_are_told_no_more_and_hide_nothing() {
    let mut account = known();
    for seq in 1..200 {
        let seconds = i64::try_from(seq).unwrap();
        let noted = account.note_alert(
            &alert(AlertKind::WrongAnswers, seq, seconds),
            4,
            at(seconds),
        );
        assert_eq!(
            noted,
            if seq == 1 {
                Noted::Due(at(1))
            } else {
                Noted::Limited
            }
        );
        if seq == 1 {
            assert_eq!(told(&mut account, 1).len(), 1);
        }
    }
    let new = alert(AlertKind::NewNetwork, 200, 200);
    assert_eq!(account.note_alert(&new, 4, at(200)), Noted::Due(at(200)));
    assert_eq!(told(&mut account, 200), [(NoticeKind::NewNetwork, 1)]);
}

#[test]
fn a_row_that_says_to_be_later_than_the_last_event_hides_none_that_comes() {
    let mut account = known();
    let forged = alert(AlertKind::NewNetwork, 1 << 62, 0);
    assert_eq!(account.note_alert(&forged, 4, at(1)), Noted::Known);
    let next = alert(AlertKind::NewNetwork, 10_000, 2);
    assert_eq!(account.note_alert(&next, 4, at(2)), Noted::Due(at(2)));
}

#[test]
fn an_event_that_is_gone_with_who_was_forgotten_is_told_to_nobody() {
    let mut account = known();
    account.audit_begins.after.seq = 50;
    assert_eq!(
        account.note_alert(&alert(AlertKind::NewNetwork, 50, 0), 4, at(1)),
        Noted::Known
    );
    assert!(account.offer_notices(at(1)).is_empty());
}

#[test]
fn a_clock_that_was_ahead_puts_off_nothing_for_longer_than_a_day() {
    let mut account = known();
    let ahead = 400 * DAY;
    account.note_alert(&alert(AlertKind::NewNetwork, 1, ahead), 4, at(ahead));
    assert_eq!(told(&mut account, ahead).len(), 1);
    let _ = account.put_right(at(10), &Policy::default());
    let noted = account.note_alert(&alert(AlertKind::NewNetwork, 2, 10), 4, at(10));
    assert_eq!(noted, Noted::Due(at(10 + DAY + HOUR)));
    let _ = account.put_right(at(11), &Policy::default());
    assert!(account.notices_due().unwrap() <= at(11 + DAY));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever happens in whatever order, looked at as often and by as many as one likes: never more mails than the limits
    /// of a kind, all that a proof stood behind is told in the end, and the rest makes no difference to it.
    #[test]
    fn never_more_than_the_limits_and_the_stronger_is_not_hindered(
        acts in proptest::collection::vec((0_usize..AlertKind::ALL.len(), 0_i64..4_000, any::<bool>()), 1..150),
        most in 1_u32..6,
    ) {
        let run = |with_weak: bool| {
            let mut account = known();
            let mut seconds = 0;
            let mut mails: Vec<(NoticeKind, i64, u32)> = Vec::new();
            let mut tell = |account: &mut Account, seconds: i64| {
                let all = told(account, seconds).into_iter();
                mails.extend(all.map(|(kind, times)| (kind, seconds, times)));
            };
            for (seq, (kind, later, looks)) in (1_u64..).zip(&acts) {
                seconds += later;
                let kind = AlertKind::ALL[*kind];
                if kind.is_proven() || with_weak {
                    let it = alert(kind, seq, seconds);
                    let _ = account.note_alert(&it, most, at(seconds));
                    let _ = account.note_alert(&it, most, at(seconds));
                }
                if *looks {
                    account = come_back(&account);
                    tell(&mut account, seconds);
                }
            }
            // Until nothing is due any more: a day for each that waits.
            for hour in 1..40 * 24 {
                tell(&mut account, seconds + hour * HOUR);
            }
            assert_eq!(account.notices_due(), None);
            mails
        };
        let mails = run(true);
        for kind in AlertKind::ALL {
            let of_kind: Vec<_> = mails.iter().filter(|it| it.0 == kind.notice()).collect();
            for pair in of_kind.windows(2) {
                prop_assert!(pair[1].1 - pair[0].1 >= HOUR, "{:?}", of_kind);
            }
            for day in of_kind.windows(usize::try_from(most).unwrap() + 1) {
                prop_assert!(day[day.len() - 1].1 - day[0].1 >= DAY, "{:?}", of_kind);
            }
            if kind.is_proven() {
                let told: u32 = of_kind.iter().map(|it| it.2).sum();
                let all = acts.iter().filter(|it| AlertKind::ALL[it.0] == *kind).count();
                prop_assert_eq!(told, u32::try_from(all).unwrap());
            }
        }
        let strong = |mails: &[(NoticeKind, i64, u32)]| -> Vec<_> {
            let is_strong = |it: &&(NoticeKind, i64, u32)| {
                let mut kinds = AlertKind::ALL.iter().filter(|kind| kind.is_proven());
                kinds.any(|kind| kind.notice() == it.0)
            };
            mails.iter().filter(is_strong).copied().collect()
        };
        prop_assert_eq!(strong(&mails), strong(&run(false)));
    }
}

/// Wrong codes are whoever's that knows the password: what its user then does from where they always are gives a reader of
/// their mail nothing to hold changes with, however often.
#[test]
fn a_proof_after_wrong_codes_has_a_link_only_from_where_nothing_had_been_proven() {
    for (kind, is_foreign, expected) in [
        (AlertKind::AfterFailures, false, false),
        (AlertKind::AfterFailures, true, true),
        (AlertKind::AfterInactivity, false, true),
        (AlertKind::NewDevice, false, true),
    ] {
        let mut account = known();
        let alert = Alert {
            is_foreign,
            ..alert(kind, 1, 0)
        };
        account.audit.seq = 1;
        assert_eq!(account.note_alert(&alert, 5, at(0)), Noted::Due(at(0)));
        let offer = account.offer_notices(at(0)).remove(0);
        assert_eq!(offer.link.is_some(), expected, "{kind:?} {is_foreign}");
    }
}

#[test]
fn of_proofs_that_are_told_together_one_from_elsewhere_brings_the_link() {
    let mut account = known();
    for (seq, is_foreign) in [(1, true), (2, false)] {
        let alert = Alert {
            is_foreign,
            ..alert(AlertKind::AfterFailures, seq, 0)
        };
        account.note_alert(&alert, 5, at(0));
    }
    assert!(account.offer_notices(at(0)).remove(0).link.is_some());
}
