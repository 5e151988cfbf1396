//! What is told of an account: for every change a notice, told at least once, and no list that grows.

use proptest::prelude::*;

use super::super::notices::Offer;
use super::*;
use crate::audit::Event;

const MAIL: &str = "erika@example.net";
const DAY: i64 = 86_400;

fn owner() -> UserId {
    UserId::new("7").unwrap()
}

fn reached() -> Contact {
    Contact::new("erika".to_owned(), "de".to_owned(), Some(MAIL.to_owned()))
}

fn known() -> Account {
    let mut account = enrolled();
    account.know(&reached(), at(0));
    account
}

fn event(kind: EventKind) -> Event {
    Event::new(kind, Requester::Proven)
}

fn note(account: &mut Account, events: &[Event], seconds: i64) {
    let before = Account::from_document(&account.to_document().unwrap()).unwrap();
    account.note_changes(
        &owner(),
        events,
        &Source::default(),
        || Some(before),
        at(seconds),
    );
}

fn addresses(offer: &Offer) -> Vec<&str> {
    let untold = offer.notice.to.iter().filter(|it| !it.is_told);
    untold.map(|it| it.address.as_str()).collect()
}

fn kinds(offers: &[Offer]) -> Vec<(NoticeKind, Audience)> {
    offers
        .iter()
        .map(|it| (it.notice.kind, it.notice.audience))
        .collect()
}

fn give_up(account: &mut Account, seconds: i64) -> usize {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    account.give_up_notices(&mut RuleContext::new(at(seconds), &policy, &mut audit));
    audit.events().len()
}

fn come_back(account: &Account) -> Account {
    let document = account.to_document().unwrap();
    let back = Account::from_document(&document).unwrap();
    assert_eq!(back.to_document().unwrap(), document);
    back
}

#[test]
fn a_notice_is_handed_out_until_it_is_said_to_be_told() {
    let mut account = known();
    note(
        &mut account,
        &[event(EventKind::Renamed).method(Method::Totp)],
        10,
    );
    assert_eq!(account.notices_due(), Some(at(10)));
    let offers = account.offer_notices(at(10));
    assert_eq!(kinds(&offers), [(NoticeKind::Renamed, Audience::User)]);
    assert_eq!(addresses(&offers[0]), [MAIL]);
    assert!(
        account.offer_notices(at(11)).is_empty(),
        "somebody sends it"
    );
    assert_eq!(account.notices_due(), Some(at(310)));
    let again = account.offer_notices(at(310));
    assert_eq!(again.len(), 1);
    account.notice_told(again[0].notice.number, 0, at(311));
    assert_eq!(account.notices_due(), None);
    assert!(account.offer_notices(at(9 * DAY)).is_empty());
    come_back(&account);
}

#[test]
fn what_no_mailer_takes_is_given_up_noted_and_offered_at_another_address() {
    let mut account = known();
    note(&mut account, &[event(EventKind::Renamed)], 0);
    let mut seconds = 0;
    let mut handed_out = 0;
    while let Some(due) = account.notices_due().filter(|due| *due < UnixTime::END) {
        seconds = due.seconds() - START;
        handed_out += account.offer_notices(due).len();
        if handed_out == 4 && account.notices_due() == Some(due) {
            break;
        }
        assert!(handed_out <= 4);
        let _ = give_up(&mut account, seconds);
    }
    assert_eq!(handed_out, 4);
    assert!(seconds > DAY, "{seconds}");
    let account = &mut come_back(&account);
    let _ = give_up(account, seconds);
    assert_eq!(account.notices_due(), Some(UnixTime::END));
    assert!(account.offer_notices(at(seconds + DAY)).is_empty());
    // Another address is another chance.
    let other = Contact::new(
        "erika".to_owned(),
        "de".to_owned(),
        Some("e@example.com".to_owned()),
    );
    account.know(&other, at(seconds + DAY));
    let offers = account.offer_notices(at(seconds + DAY));
    assert_eq!(addresses(&offers[0]), [MAIL, "e@example.com"]);
}

#[test]
fn that_it_is_given_up_is_in_the_audit_once() {
    let mut account = known();
    note(&mut account, &[event(EventKind::Renamed)], 0);
    let mut noted = 0;
    for day in 0..9 {
        for hour in 0..24 {
            let seconds = day * DAY + hour * 3_600;
            noted += give_up(&mut account, seconds);
            let _ = account.offer_notices(at(seconds));
        }
    }
    assert_eq!(noted, 1);
}

#[test]
fn what_happens_again_before_it_was_told_is_told_with_it_and_what_was_told_is_not_taken_for_it() {
    let mut account = known();
    for n in 0..3 {
        note(
            &mut account,
            &[event(EventKind::Renamed).method(Method::Totp)],
            n,
        );
    }
    let first = account.offer_notices(at(3)).remove(0);
    assert_eq!((first.notice.times, first.notice.changes.len()), (3, 3));
    note(
        &mut account,
        &[event(EventKind::Renamed).method(Method::Email)],
        4,
    );
    account.notice_told(first.notice.number, 0, at(5));
    let second = account.offer_notices(at(5)).remove(0);
    assert_eq!(second.notice.times, 4);
    account.notice_told(second.notice.number, 0, at(6));
    note(&mut account, &[event(EventKind::Renamed)], 7);
    assert_eq!(account.offer_notices(at(7))[0].notice.times, 1);
}

#[test]
fn every_address_is_told_by_itself() {
    let mut account = known();
    let other = Contact::new(
        "erika".to_owned(),
        "de".to_owned(),
        Some("thief@example.com".to_owned()),
    );
    account.know(&other, at(1));
    note(&mut account, &[event(EventKind::Renamed)], 2);
    let offer = account.offer_notices(at(2)).remove(0);
    assert_eq!(
        addresses(&offer),
        ["thief@example.com", MAIL],
        "as it was before, too"
    );
    account.notice_told(offer.notice.number, 0, at(3));
    let again = account.offer_notices(at(400)).remove(0);
    assert_eq!(addresses(&again), [MAIL]);
    account.notice_told(offer.notice.number, 1, at(401));
    assert_eq!(account.notices_due(), None);
    // After thirty days the former one is nobody's concern.
    note(&mut account, &[event(EventKind::Renamed)], 31 * DAY);
    let later = account.offer_notices(at(31 * DAY)).remove(0);
    assert_eq!(addresses(&later), ["thief@example.com"]);
}

#[test]
fn whoever_changes_the_address_twice_keeps_nothing_from_its_owner() {
    let mut account = known();
    for (email, seconds) in [("one@example.com", 1), ("two@example.com", 2)] {
        let (name, locale) = ("erika".to_owned(), "de".to_owned());
        account.know(
            &Contact::new(name, locale, Some(email.to_owned())),
            at(seconds),
        );
    }
    note(&mut account, &[event(EventKind::Renamed)], 3);
    let offer = account.offer_notices(at(3)).remove(0);
    let all = ["two@example.com", MAIL, "one@example.com"];
    assert_eq!(addresses(&offer), all);
}

fn move_to(account: &mut Account, email: &str, locale: &str, seconds: i64) {
    let (name, locale) = ("erika".to_owned(), locale.to_owned());
    let contact = Contact::new(name, locale, Some(email.to_owned()));
    account.know(&contact, at(seconds));
    *account = come_back(account);
}

/// Who is told of a change now, and in which language.
fn told(account: &mut Account, seconds: i64) -> Vec<(String, String)> {
    note(account, &[event(EventKind::Renamed)], seconds);
    let offer = account.offer_notices(at(seconds)).remove(0);
    let notice = &offer.notice;
    let read = notice.to.iter().map(|it| {
        let locale = notice.to_be_read_by(it).locale;
        (it.address.clone(), locale)
    });
    let read = read.collect();
    for place in 0..notice.to.len() {
        account.notice_told(notice.number, place, at(seconds));
    }
    read
}

fn told_to(account: &mut Account, seconds: i64) -> Vec<String> {
    let told = told(account, seconds).into_iter();
    told.map(|(address, _)| address).collect()
}

#[test]
fn an_address_that_its_owner_had_changed_lately_is_told_of_what_a_thief_does_after_it() {
    let mut account = known();
    move_to(&mut account, "anna@example.org", "de", DAY);
    move_to(&mut account, "thief@example.com", "de", 20 * DAY);
    let all = ["thief@example.com", MAIL, "anna@example.org"];
    assert_eq!(told_to(&mut account, 20 * DAY), all);
    assert_eq!(told_to(&mut account, 40 * DAY), [all[0], all[2]]);
    assert_eq!(told_to(&mut account, 50 * DAY), all[..1]);
}

#[test]
fn whoever_flips_addresses_pushes_out_none_that_was_there_before_them() {
    // Whether its owner was seen with the second one, how long it was there, how long each of the thief's is, and whether
    // the thief proves something with each.
    for (seen, lasted, hold, proves) in [
        (false, 2 * DAY, 60, false),
        (false, 2 * DAY, 2 * DAY, false),
        (true, 60, 3 * 3_600, false),
        (true, 60, 3 * 3_600, true),
        (false, 60, 3 * 3_600, false),
    ] {
        let mut account = known();
        move_to(&mut account, "anna@example.org", "de", DAY);
        if seen {
            account.last_verified = Some(at(DAY + 30));
        }
        for n in 0..12 {
            let seconds = DAY + lasted + n * hold;
            move_to(&mut account, &format!("{n}@example.com"), "de", seconds);
            if proves {
                account.last_verified = Some(at(seconds + 1));
            }
        }
        let told = told_to(&mut account, DAY + lasted + 12 * hold);
        assert!(told.len() <= 9, "{told:?}");
        assert!(told.contains(&MAIL.to_owned()) && told.contains(&"anna@example.org".to_owned()));
    }
}

#[test]
fn what_a_password_alone_named_before_takes_no_room_of_what_its_owner_is_seen_with() {
    let mut account = known();
    for n in 0..12 {
        move_to(
            &mut account,
            &format!("{n}@example.com"),
            "de",
            DAY + n * 3_600,
        );
    }
    move_to(&mut account, "anna@example.org", "de", 2 * DAY);
    account.last_verified = Some(at(2 * DAY + 60));
    for n in 20..32 {
        move_to(&mut account, &format!("{n}@example.com"), "de", 3 * DAY + n);
    }
    let told = told_to(&mut account, 4 * DAY);
    assert!(told.contains(&MAIL.to_owned()) && told.contains(&"anna@example.org".to_owned()));
}

#[test]
fn what_its_owner_puts_right_is_told_to_nobody_who_was_named_with_a_password_alone() {
    let mut account = known();
    account.last_verified = Some(at(60));
    move_to(&mut account, "thief@example.com", "de", DAY);
    move_to(&mut account, MAIL, "de", DAY + 600);
    assert_eq!(told_to(&mut account, 2 * DAY), [MAIL]);
    // Where something was proven meanwhile nobody can tell who that was.
    move_to(&mut account, "moved@example.org", "de", 3 * DAY);
    account.last_verified = Some(at(3 * DAY + 60));
    move_to(&mut account, MAIL, "de", 4 * DAY);
    assert_eq!(told_to(&mut account, 4 * DAY), [MAIL, "moved@example.org"]);
}

#[test]
fn a_language_that_comes_back_ends_those_that_came_between() {
    let mut account = known();
    move_to(&mut account, MAIL, "he", DAY);
    move_to(&mut account, MAIL, "de", 10 * DAY);
    for day in [10, 32, 35, 41] {
        assert_eq!(account.locale(at(day * DAY)), "de", "{day}");
    }
    // Where the host had said none, it is that of the site.
    let mut account = enrolled();
    account.know(
        &Contact::new(String::new(), String::new(), Some(MAIL.to_owned())),
        at(0),
    );
    move_to(&mut account, MAIL, "he", DAY);
    assert_eq!(account.locale(at(30 * DAY)), "");
    assert_eq!(account.locale(at(31 * DAY)), "he");
}

/// Whoever wants nobody to understand what comes next.
#[test]
fn each_address_is_told_in_the_language_that_it_had_and_a_language_alone_changes_nothing_for_thirty_days()
 {
    let mut account = known();
    move_to(&mut account, MAIL, "he", 5 * DAY);
    assert_eq!(
        told(&mut account, 5 * DAY),
        [(MAIL.to_owned(), "de".to_owned())]
    );
    assert_eq!(account.locale(at(5 * DAY)), "de");
    move_to(&mut account, "thief@example.com", "fi", 6 * DAY);
    let both = ["thief@example.com", MAIL].map(|it| (it.to_owned(), "de".to_owned()));
    assert_eq!(told(&mut account, 6 * DAY), both);
    // What the host does not say changes nothing.
    move_to(&mut account, "thief@example.com", "", 7 * DAY);
    assert_eq!(account.locale(at(7 * DAY)), "de");
    // After thirty days the language is that which is known; an address keeps its own.
    let later = told(&mut account, 35 * DAY);
    assert_eq!(
        later,
        [
            ("thief@example.com".to_owned(), "he".to_owned()),
            both[1].clone()
        ]
    );
    assert_eq!(
        told(&mut account, 37 * DAY),
        [("thief@example.com".to_owned(), "fi".to_owned())]
    );
}

#[test]
fn an_address_and_a_language_that_a_clock_ahead_has_put_away_are_told_no_longer_than_thirty_days() {
    let mut account = known();
    move_to(&mut account, "other@example.org", "he", 900 * DAY);
    account.stamp(at(900 * DAY));
    assert!(account.put_right(at(DAY), &Policy::default()));
    assert_eq!(told_to(&mut account, 30 * DAY).len(), 2);
    assert_eq!(told_to(&mut account, 32 * DAY).len(), 1);
    assert_eq!(account.locale(at(32 * DAY)), "he");
}

#[test]
fn who_cannot_be_reached_is_told_once_it_is_known_where() {
    let mut account = enrolled();
    note(&mut account, &[event(EventKind::Renamed)], 0);
    assert_eq!(account.notices_due(), None);
    assert!(account.offer_notices(at(1)).is_empty());
    assert!(account.lacks_address_of(&reached()));
    account.know(&reached(), at(DAY));
    assert!(!account.lacks_address_of(&reached()));
    assert_eq!(addresses(&account.offer_notices(at(DAY))[0]), [MAIL]);
}

#[test]
fn administrators_are_told_of_a_suspected_password_and_no_more_than_once_an_hour() {
    let mut account = known();
    let suspected = [Event::by_itself(EventKind::PasswordSuspected)];
    note(&mut account, &suspected, 0);
    let both = [Audience::User, Audience::Administrators];
    let offers = account.offer_notices(at(0));
    assert_eq!(
        kinds(&offers),
        both.map(|it| (NoticeKind::PasswordSuspected, it))
    );
    assert_eq!(addresses(&offers[1]), [""]);
    for offer in &offers {
        account.notice_told(offer.notice.number, 0, at(1));
    }
    note(&mut account, &suspected, 100);
    note(&mut account, &suspected, 200);
    let now = kinds(&account.offer_notices(at(200)));
    assert_eq!(now, [(NoticeKind::PasswordSuspected, Audience::User)]);
    let offers = account.offer_notices(at(3_601));
    let later = offers
        .iter()
        .find(|it| it.notice.audience == Audience::Administrators);
    assert_eq!(later.unwrap().notice.times, 2);
}

#[test]
fn what_a_user_does_to_their_own_sign_ins_is_not_told_and_what_another_does_is() {
    for (kind, by, expected) in [
        (EventKind::SessionsEnded, None, 0),
        (EventKind::SessionsEnded, Some("7"), 0),
        (EventKind::SessionsEnded, Some("admin"), 1),
        (EventKind::SessionEnded, Some("admin"), 1),
        (EventKind::EpochRaised, Some("admin"), 1),
        (EventKind::EpochRaised, Some("7"), 0),
    ] {
        let mut account = known();
        let event = match by {
            Some(by) => Event::new(kind, Requester::Operator).by(by, "why"),
            None => Event::new(kind, Requester::Proven),
        };
        note(&mut account, &[event], 0);
        assert_eq!(
            account.offer_notices(at(0)).len(),
            expected,
            "{kind:?} {by:?}"
        );
    }
}

#[test]
fn who_has_no_factor_has_lost_none() {
    for kind in [EventKind::Reset, EventKind::Unlocked] {
        let mut account = Account::new(HashKey::new([1; 32]));
        account.know(&reached(), at(0));
        let event = Event::new(kind, Requester::Operator).by("admin", "why");
        note(&mut account, &[event], 0);
        assert!(account.offer_notices(at(0)).is_empty());
    }
}

#[test]
fn an_app_that_takes_the_place_of_others_is_one_notice() {
    let mut account = known();
    let gone = event(EventKind::Removed).method(Method::Totp);
    let here = event(EventKind::Enrolled).method(Method::Totp);
    note(&mut account, &[gone.clone(), gone.clone(), here.clone()], 0);
    assert_eq!(
        kinds(&account.offer_notices(at(0))),
        [(NoticeKind::Replaced, Audience::User)]
    );
    let mut account = known();
    note(
        &mut account,
        &[gone, event(EventKind::Enrolled).method(Method::Sms)],
        0,
    );
    let both = [NoticeKind::Removed, NoticeKind::Added].map(|kind| (kind, Audience::User));
    assert_eq!(kinds(&account.offer_notices(at(0))), both);
    let mut account = known();
    note(&mut account, &[here], 0);
    assert_eq!(
        kinds(&account.offer_notices(at(0))),
        [(NoticeKind::Added, Audience::User)]
    );
}

#[test]
fn a_clock_that_was_ahead_puts_off_no_notice() {
    let mut account = known();
    note(&mut account, &[event(EventKind::Renamed)], 900 * DAY);
    account.stamp(at(900 * DAY));
    assert!(account.put_right(at(0), &Policy::default()));
    assert!(account.notices_due() <= Some(at(DAY)));
    assert_eq!(account.offer_notices(at(DAY)).len(), 1);
}

/// What may happen to the list.
#[derive(Debug, Clone)]
enum Deed {
    Noted(EventKind),
    Offered,
    Told,
    Moved(u8),
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in whatever order: every change is in the list until a notice that has it was told, and the list
    /// stays short and comes back from its document.
    #[test]
    fn every_change_is_told_at_least_once_and_the_list_stays_short(
        deeds in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec![
                    EventKind::Renamed, EventKind::Disabled, EventKind::BackupRegenerated, EventKind::PasswordSuspected,
                ]).prop_map(Deed::Noted),
                Just(Deed::Offered),
                Just(Deed::Told),
                (0u8..12).prop_map(Deed::Moved),
            ],
            1..60,
        ),
    ) {
        let mut account = known();
        let (mut seconds, mut noted, mut told) = (0, 0u32, 0u32);
        let mut offers: Vec<Offer> = Vec::new();
        for deed in deeds {
            seconds += 400;
            match deed {
                Deed::Noted(kind) => {
                    note(&mut account, &[event(kind)], seconds);
                    noted += if kind == EventKind::PasswordSuspected { 2 } else { 1 };
                }
                Deed::Offered => offers = account.offer_notices(at(seconds)),
                Deed::Told => for offer in std::mem::take(&mut offers) {
                    let is_there = |it: &&Notice| it.number == offer.notice.number;
                    let is_open = account.notices.open.iter().find(is_there).is_some();
                    for place in 0..offer.notice.to.len() {
                        account.notice_told(offer.notice.number, place, at(seconds));
                    }
                    if is_open && !account.notices.open.iter().any(|it| it.number == offer.notice.number) {
                        told += offer.notice.times;
                    }
                },
                Deed::Moved(n) => {
                    let email = Some(format!("{n}@example.org"));
                    account.know(&Contact::new(String::new(), String::new(), email), at(seconds));
                }
            }
            let open: u32 = account.notices.open.iter().map(|it| it.times).sum();
            prop_assert_eq!(open + told, noted);
            prop_assert!(account.notices.open.len() <= NoticeKind::ALL.len() * 2);
            account = come_back(&account);
        }
    }

    /// Under whose address something was proven, and who was replaced less than thirty days ago, hears of every change,
    /// whatever comes between: as long as there are no more than eight of them.
    #[test]
    fn under_whose_address_something_was_proven_hears_of_what_happens_for_thirty_days(
        moves in proptest::collection::vec((0u8..40, any::<bool>(), prop_oneof![1i64..DAY, DAY..9 * DAY]), 1..40),
    ) {
        let mut account = known();
        account.last_verified = Some(at(0));
        // Of each address: whether something was proven under it, and when it was replaced.
        let mut model: Vec<(String, bool, Option<i64>)> = vec![(MAIL.to_owned(), true, None)];
        let (mut current, mut seconds) = (MAIL.to_owned(), 0);
        for (n, proves, lasted) in moves {
            let next = format!("{n}@example.com");
            seconds += lasted;
            if next == current {
                continue;
            }
            move_to(&mut account, &next, "de", seconds);
            if proves {
                account.last_verified = Some(at(seconds));
            }
            model.iter_mut().find(|it| it.0 == current).unwrap().2 = Some(seconds);
            model.retain(|it| it.2.is_none_or(|ended| seconds < ended + 30 * DAY));
            match model.iter_mut().find(|it| it.0 == next) {
                Some(known) => known.1 |= proves,
                None => model.push((next.clone(), proves, None)),
            }
            current = next;
            let told = told_to(&mut account, seconds);
            prop_assert!(told.len() <= 9, "{told:?}");
            prop_assert!(told.contains(&current));
            let former: Vec<_> = model.iter().filter(|it| it.1 && it.2.is_some()).collect();
            if former.len() > 8 {
                break;
            }
            for (address, ..) in former {
                prop_assert!(told.contains(address), "{address} of {model:?} in {told:?}");
            }
        }
    }
}
