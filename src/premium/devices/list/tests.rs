use std::net::IpAddr;

use proptest::prelude::*;

use super::super::record;
use super::*;

const LIFETIME: u64 = 30 * 86_400;
const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";

fn at(seconds: u64) -> UnixTime {
    UnixTime::START.plus(1_800_000_000 + seconds)
}

fn key() -> HashKey {
    HashKey::new([7; 32])
}

fn by(address: &str, user_agent: &str) -> RequestedBy {
    let address: IpAddr = address.parse().unwrap();
    RequestedBy {
        user_agent: UserAgent::read(user_agent.as_bytes()),
        network: Network::site_of(address),
        masked_address: format!("{address} masked"),
    }
}

fn home() -> RequestedBy {
    by("192.0.2.7", FIREFOX)
}

fn drawn(number: u8) -> DeviceToken {
    DeviceToken {
        id: DeviceId::new([number; 16]),
        secret: DeviceSecret::new([number; 32]),
    }
}

/// A list with one device, and its token.
fn made(token: &DeviceToken) -> Made<'_> {
    Made {
        token,
        proven: Method::Totp,
    }
}

fn trusted() -> (DeviceList, DeviceToken) {
    let mut list = DeviceList::default();
    let token = drawn(1);
    let _ = list.trust(&key(), &made(&token), &home(), None, LIFETIME, at(0));
    (list, token)
}

fn show(list: &mut DeviceList, token: &DeviceToken, by: &RequestedBy, now: u64) -> Shown {
    // Other random bytes each time.
    let salt = [u8::try_from(now % 251).unwrap(); 32];
    list.show(&key(), token, by, salt, LIFETIME, at(now))
}

fn counts(shown: Shown) -> DeviceToken {
    match shown {
        Shown::Counts(next, ..) => next,
        other => panic!("{other:?}"),
    }
}

fn same(a: &DeviceToken, b: &DeviceToken) -> bool {
    a.id == b.id && a.secret.bytes() == b.secret.bytes()
}

#[test]
fn each_use_gives_the_next_token_and_the_one_before_is_over() {
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &home(), 100));
    assert_eq!(second.id, first.id, "it is one device");
    assert!(!same(&first, &second));
    let third = counts(show(&mut list, &second, &by("198.51.100.9", "curl"), 200));
    assert!(!same(&second, &third), "browsers travel and are renewed");
    let device = &list.devices(&key(), Some(&third), LIFETIME, at(200))[0];
    assert_eq!((device.created, device.used), (at(0), at(200)));
    assert_eq!(device.masked_address, "198.51.100.9 masked");
    assert_eq!(device.expires, at(LIFETIME));
    assert!(device.is_current);
}

#[test]
fn two_tabs_and_a_reload_are_given_the_same_next_token() {
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &home(), 100));
    for later in [100, 101, 129] {
        let again = counts(show(&mut list, &first, &home(), later));
        assert!(same(&second, &again), "{later}");
    }
    // The answers may have come in any order: what the browser has counts.
    let _ = counts(show(&mut list, &second, &home(), 130));
}

#[test]
fn after_thirty_seconds_the_one_before_ends_the_device_for_whoever_has_the_current_one_too() {
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &home(), 100));
    match show(&mut list, &first, &home(), 130) {
        Shown::Reused(device) => assert_eq!(device.id, first.id),
        other => panic!("{other:?}"),
    }
    assert!(list.is_empty());
    for token in [&first, &second] {
        assert!(matches!(
            show(&mut list, token, &home(), 131),
            Shown::Nothing
        ));
    }
}

#[test]
fn one_from_before_the_one_before_ends_it_at_once() {
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &home(), 100));
    let _ = counts(show(&mut list, &second, &home(), 101));
    assert!(matches!(
        show(&mut list, &first, &home(), 102),
        Shown::Reused(_)
    ));
}

#[test]
fn within_those_seconds_it_counts_for_the_same_browser_alone_and_ends_nothing() {
    for other in [
        by("192.0.2.8", FIREFOX),
        by("192.0.2.7", "Mozilla/5.0 (Windows NT 10.0) Firefox/144.0"),
        by("192.0.2.7", ""),
    ] {
        let (mut list, first) = trusted();
        let second = counts(show(&mut list, &first, &home(), 100));
        let before = record::write(&list);
        assert!(matches!(
            show(&mut list, &first, &other, 110),
            Shown::Nothing
        ));
        assert_eq!(record::write(&list), before);
        let _ = counts(show(&mut list, &second, &home(), 111));
    }
    // Of IPv6 one customer has a network.
    let (one, same_network) = (
        by("2001:db8:1:2::7", FIREFOX),
        by("2001:db8:1:9::8", FIREFOX),
    );
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &one, 100));
    assert!(same(
        &second,
        &counts(show(&mut list, &first, &same_network, 110))
    ));
}

#[test]
fn a_device_is_over_thirty_days_after_it_was_made_however_often_it_is_used() {
    let (mut list, mut token) = trusted();
    for day in 1..30 {
        token = counts(show(&mut list, &token, &home(), day * 86_400));
    }
    assert!(matches!(
        show(&mut list, &token, &home(), LIFETIME),
        Shown::Nothing
    ));
    // A shorter time holds for those that are there.
    let (list, token) = trusted();
    let shown = list
        .clone()
        .show(&key(), &token, &home(), [0; 32], 86_400, at(86_399));
    assert!(matches!(shown, Shown::Counts(..)));
    let shown = list
        .clone()
        .show(&key(), &token, &home(), [0; 32], 86_400, at(86_400));
    assert!(matches!(shown, Shown::Nothing));
}

#[test]
fn what_was_never_of_this_user_is_nothing_and_so_is_what_a_clock_gave_that_was_ahead() {
    let (mut list, token) = trusted();
    assert!(matches!(
        show(&mut list, &drawn(2), &home(), 1),
        Shown::Nothing
    ));
    let behind = UnixTime::START.plus(1_800_000_000 - 31);
    let shown = list
        .clone()
        .show(&key(), &token, &home(), [0; 32], LIFETIME, behind);
    assert!(matches!(shown, Shown::Nothing));
    let behind = UnixTime::START.plus(1_800_000_000 - 30);
    let shown = list
        .clone()
        .show(&key(), &token, &home(), [0; 32], LIFETIME, behind);
    assert!(
        matches!(shown, Shown::Counts(..)),
        "two servers may differ a little"
    );
    // Under another key it is none of this account's.
    let other = HashKey::new([8; 32]);
    let shown = list.show(&other, &token, &home(), [0; 32], LIFETIME, at(1));
    assert!(!matches!(shown, Shown::Counts(..)));
}

#[test]
fn a_browser_that_is_ahead_of_a_store_that_was_put_back_is_asked_and_its_device_is_over() {
    let (mut list, first) = trusted();
    let old = record::write(&list);
    let second = counts(show(&mut list, &first, &home(), 100));
    let third = counts(show(&mut list, &second, &home(), 200));
    for (token, seconds) in [(&second, 101), (&third, 201), (&third, 1_000)] {
        let mut list = record::read(&old);
        assert!(matches!(
            show(&mut list, token, &home(), seconds),
            Shown::Reused(_)
        ));
        assert!(list.is_empty());
    }
    // One that the store has never heard of, and one that was ended since.
    let mut list = record::read(&old);
    let _ = list.trust(&key(), &made(&drawn(9)), &home(), None, LIFETIME, at(300));
    let mut put_back = record::read(&old);
    assert!(matches!(
        show(&mut put_back, &drawn(9), &home(), 301),
        Shown::Nothing
    ));
    assert_eq!(put_back.entries.len(), 1);
}

#[test]
fn ten_are_kept_and_the_one_that_was_used_least_lately_goes() {
    let mut list = DeviceList::default();
    for number in 0..10 {
        let _ = list.trust(
            &key(),
            &made(&drawn(number)),
            &home(),
            None,
            LIFETIME,
            at(number.into()),
        );
    }
    let _ = counts(show(&mut list, &drawn(0), &home(), 50));
    let _ = list.trust(&key(), &made(&drawn(10)), &home(), None, LIFETIME, at(60));
    assert_eq!(list.entries.len(), MAX_DEVICES);
    let ids: Vec<_> = list
        .devices(&key(), None, LIFETIME, at(60))
        .iter()
        .map(|it| it.id)
        .collect();
    assert!(ids.contains(&DeviceId::new([0; 16])));
    assert!(!ids.contains(&DeviceId::new([1; 16])));
    assert_eq!(ids[0], DeviceId::new([10; 16]), "the latest first");
}

#[test]
fn a_browser_that_is_trusted_anew_is_one_device() {
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &home(), 100));
    // Also by a token that was over: whoever shows it has just proven who they are.
    let _ = list.trust(
        &key(),
        &made(&drawn(2)),
        &home(),
        Some(&first),
        LIFETIME,
        at(200),
    );
    assert_eq!(list.entries.len(), 1);
    assert!(matches!(
        show(&mut list, &second, &home(), 201),
        Shown::Nothing
    ));
    let _ = counts(show(&mut list, &drawn(2), &home(), 202));
}

#[test]
fn the_bytes_of_a_known_list_stay_what_they_are_and_nothing_else_is_read() {
    let (mut list, first) = trusted();
    let _ = counts(show(&mut list, &first, &home(), 100));
    let bytes = record::write(&list);
    assert_eq!(
        data_encoding::HEXLOWER.encode(&bytes),
        GOLDEN,
        "another format needs another number"
    );
    assert_eq!(record::write(&record::read(&bytes)), bytes);
    for length in 0..bytes.len() {
        assert!(record::read(&bytes[..length]).is_empty(), "{length}");
    }
    let mut newer = bytes.clone();
    newer[0] = 2;
    assert!(record::read(&newer).is_empty());
    let longer = [&bytes[..], &[0]].concat();
    assert!(record::read(&longer).is_empty());
    assert_eq!(record::write(&DeviceList::default()), b"");
}

const GOLDEN: &str = "0101100101010101010101010101010101010180c8ceb40dc8c9ceb40d80fc8ab70d00201953dfa90b3702642cd252185643d51b4f5a1bd9dcb473bfe536730960cf7d5b0120d048876ddc78be323b45af2c91e00661172179a1cf474a448b769042b9f97ce3206464646464646464646464646464646464646464646464646464646464646464c8c9ceb40d202ecbb6450da93599dcfd9a1731b0b2b3ddddc60f0a3bf63623926bf50926dc91103139322e302e322e37206d61736b656401040103";

#[test]
fn the_largest_list_fits_where_it_is_kept() {
    let mut list = DeviceList::default();
    let by = by("2001:db80:ffff:ffff:ffff:ffff:ffff:ffff", FIREFOX);
    let late = UnixTime::new(253_402_300_799 - 100_000_000).unwrap();
    for number in 0..10 {
        let token = drawn(number);
        let _ = list.trust(&key(), &made(&token), &by, None, LIFETIME, late);
        let shown = list.show(&key(), &token, &by, [255; 32], LIFETIME, late);
        let _ = counts(shown);
    }
    let bytes = record::write(&list);
    assert!(
        bytes.len() < crate::account::MOST_DEVICE_BYTES,
        "{}",
        bytes.len()
    );
}

#[test]
fn no_secret_is_in_the_bytes_or_in_a_dump() {
    let (mut list, first) = trusted();
    let next = counts(show(&mut list, &first, &home(), 100));
    let bytes = record::write(&list);
    for token in [&first, &next] {
        assert!(!bytes.windows(32).any(|it| it == token.secret.bytes()));
        let shown = format!("{token:?}");
        assert!(shown.ends_with(", <redacted>)"), "{shown}");
    }
    assert!(
        !bytes.windows(7).any(|it| it == b"Firefox"),
        "two words are numbers"
    );
}

#[test]
fn who_is_trusted_anew_with_an_earlier_token_has_a_copy_or_was_copied() {
    let elsewhere = by("198.51.100.9", "curl/8.5.0");
    for (seconds, from, is_copy) in [
        (129, &home(), false),
        (129, &elsewhere, true),
        (130, &home(), true),
    ] {
        let (mut list, first) = trusted();
        let second = counts(show(&mut list, &first, &home(), 100));
        let trust = |list: &mut DeviceList, replaced: &DeviceToken| {
            let (_, reused) = list.trust(
                &key(),
                &made(&drawn(2)),
                from,
                Some(replaced),
                LIFETIME,
                at(seconds),
            );
            reused.map(|it| it.id)
        };
        let mut other = list.clone();
        assert_eq!(trust(&mut other, &second), None, "the current one is none");
        assert_eq!(trust(&mut list, &first), is_copy.then_some(first.id));
        assert_eq!(list.entries.len(), 1);
    }
}

#[test]
fn an_earlier_token_ends_its_device_also_where_none_may_count() {
    let (mut list, first) = trusted();
    let second = counts(show(&mut list, &first, &home(), 100));
    let before = record::write(&list);
    for (token, seconds) in [(&second, 101), (&first, 129), (&drawn(3), 129)] {
        let ended = list.end_reused(&key(), token, None, LIFETIME, at(seconds));
        assert!(ended.is_none());
    }
    assert_eq!(record::write(&list), before, "nothing is rotated");
    let ended = list.end_reused(&key(), &first, None, LIFETIME, at(130));
    assert_eq!(ended.unwrap().id, first.id);
    assert!(list.is_empty());
}

/// One step of somebody: the owner's two browsers and a thief who has copied whatever there was.
#[derive(Debug, Clone)]
enum Step {
    /// With a token of a device that there is, how many back.
    Trust {
        again: Option<usize>,
    },
    /// One of the devices, and how many tokens back.
    Show {
        device: usize,
        back: usize,
        from: usize,
    },
    End {
        device: usize,
    },
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => prop::option::of(0..4_usize).prop_map(|again| Step::Trust { again }),
        6 => (0..12_usize, 0..4_usize, 0..3_usize)
            .prop_map(|(device, back, from)| Step::Show { device, back, from }),
        1 => (0..12_usize).prop_map(|device| Step::End { device }),
        3 => prop_oneof![Just(1), Just(29), Just(30), Just(86_400), 0..LIFETIME].prop_map(Step::Wait),
    ]
}

/// What must be true of a device, told without its hashes.
struct Model {
    tokens: Vec<DeviceToken>,
    created: u64,
    used: u64,
    /// When the last token was given for the one before, and to whom.
    rotated: Option<(u64, usize)>,
    is_over: bool,
}

proptest! {
    /// Whatever anybody shows, in any order: a sign-in by a device has shown the current token, or in the half minute
    /// after it the one before from the same browser; each token is given once, to whoever showed the one before; and
    /// nothing but an earlier token of the device itself, its end, its time or ten others ends it.
    #[test]
    fn a_device_counts_exactly_while_its_rule_says_so(steps in prop::collection::vec(step(), 1..60)) {
        let browsers = [home(), by("198.51.100.9", FIREFOX), by("192.0.2.7", "curl/8.5.0")];
        let mut list = DeviceList::default();
        let mut devices: Vec<Model> = Vec::new();
        let mut now = 0;
        let mut drawn_number = 0_u8;
        for step in steps {
            for device in &mut devices {
                device.is_over |= now >= device.created + LIFETIME;
            }
            match step {
                Step::Wait(seconds) => now += seconds,
                Step::Trust { again } => {
                    let old = devices.iter_mut().find(|it| !it.is_over);
                    let mut is_copy = false;
                    let replaced = old.zip(again).map(|(old, back)| {
                        let last = old.tokens.len() - 1;
                        let back = back.min(last);
                        let is_recent = old.rotated.is_some_and(|(at, whose)| now < at + ROTATION_SECONDS && whose == 0);
                        is_copy = back > 1 || back == 1 && !is_recent;
                        old.is_over = true;
                        old.tokens[last - back].clone()
                    });
                    let alive = devices.iter_mut().filter(|it| !it.is_over);
                    let mut alive: Vec<_> = alive.collect();
                    if alive.len() == MAX_DEVICES {
                        alive.sort_by_key(|it| it.used);
                        // Of several of one moment the rule takes the first.
                        let oldest = alive[0].used;
                        prop_assume!(alive.iter().filter(|it| it.used == oldest).count() == 1);
                        alive[0].is_over = true;
                    }
                    let token = drawn(drawn_number);
                    drawn_number += 1;
                    let (_, reused) = list.trust(&key(), &made(&token), &browsers[0], replaced.as_ref(), LIFETIME, at(now));
                    prop_assert_eq!(reused.map(|it| it.id), replaced.filter(|_| is_copy).map(|it| it.id));
                    devices.push(Model { tokens: vec![token], created: now, used: now, rotated: None, is_over: false });
                }
                Step::End { device } => {
                    if let Some(model) = devices.get_mut(device) {
                        prop_assert!(list.end(model.tokens[0].id) || model.is_over);
                        model.is_over = true;
                    }
                }
                Step::Show { device, back, from } => {
                    let Some(model) = devices.get_mut(device) else { continue };
                    let last = model.tokens.len() - 1;
                    let Some(place) = last.checked_sub(back) else { continue };
                    let token = model.tokens[place].clone();
                    let answer = show(&mut list, &token, &browsers[from], now);
                    match answer {
                        _ if model.is_over => prop_assert!(matches!(answer, Shown::Nothing)),
                        Shown::Counts(next, ..) if back == 0 => {
                            prop_assert!(model.tokens.iter().all(|it| !same(it, &next)));
                            model.tokens.push(next);
                            model.rotated = Some((now, from));
                            model.used = now;
                        }
                        Shown::Counts(next, ..) => {
                            let (rotated, whose) = model.rotated.unwrap();
                            prop_assert!(back == 1 && now < rotated + ROTATION_SECONDS && whose == from);
                            prop_assert!(same(&next, &model.tokens[last]));
                        }
                        Shown::Nothing => {
                            let (rotated, whose) = model.rotated.unwrap();
                            prop_assert!(back == 1 && now < rotated + ROTATION_SECONDS && whose != from);
                        }
                        Shown::Reused(_) => {
                            let is_recent = model.rotated.is_some_and(|(at, _)| now < at + ROTATION_SECONDS);
                            prop_assert!(back > 1 || back == 1 && !is_recent);
                            model.is_over = true;
                        }
                    }
                }
            }
            let alive = devices.iter().filter(|it| !it.is_over && now < it.created + LIFETIME).count();
            prop_assert_eq!(list.devices(&key(), None, LIFETIME, at(now)).len(), alive);
            for model in &devices {
                let recent = model.rotated.is_some_and(|(at, _)| now < at + ROTATION_SECONDS);
                for (back, token) in model.tokens.iter().rev().enumerate() {
                    let listed = list.devices(&key(), Some(token), LIFETIME, at(now));
                    let current: Vec<_> = listed.iter().filter(|it| it.is_current).map(|it| it.id).collect();
                    let is_alive = !model.is_over && now < model.created + LIFETIME;
                    let is_current = is_alive && (back == 0 || back == 1 && recent);
                    prop_assert_eq!(current, if is_current { vec![token.id] } else { vec![] });
                }
            }
            // It is kept and read again between two requests.
            list = record::read(&record::write(&list));
        }
    }
}

const DAY: u64 = 86_400;

proptest! {
    /// Whatever the days were between, and whenever somebody looked: a device is over at the earliest end that it ever had
    /// when it was looked at, and that is for good.
    #[test]
    fn a_device_that_was_over_or_had_an_earlier_end_has_no_later_one(
        first in 1..30u64,
        looks in proptest::collection::vec((1..=30u64, 0..4 * DAY), 1..12),
    ) {
        let token = drawn(1);
        let mut list = DeviceList::default();
        let _ = list.trust(&key(), &made(&token), &home(), None, first * DAY, at(0));
        let (mut now, mut end, mut is_over) = (0, first * DAY, false);
        for (days, pause) in looks {
            now += pause;
            let over = list.cut(days * DAY, at(now));
            // Its end by the days of now takes it away before its own would.
            prop_assert_eq!(!over.is_empty(), !is_over && now < end && now >= days * DAY);
            end = end.min(days * DAY);
            is_over |= now >= end;
            // Days that are raised afterwards bring nothing back.
            let found = list.devices(&key(), None, 30 * DAY, at(now));
            prop_assert_eq!(found.len(), usize::from(!is_over), "{} {}", now, end);
            if let Some(device) = found.first() {
                prop_assert_eq!(device.expires, at(end));
            }
        }
    }
}
