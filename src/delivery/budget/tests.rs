//! The rules of budgets, without a store.

use super::*;
use crate::clock::UnixTime;
use crate::config::SendLimits;
use crate::phone::PhoneNumber;
use crate::sms::ProviderLimits;
use crate::types::UserId;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).unwrap()
}

fn window(limit: u32, seconds: u32) -> Window {
    Window::new(limit, seconds).unwrap()
}

/// What holds where the operator says nothing.
fn budgets() -> Budgets {
    Budgets::of(&SendLimits::default()).unwrap()
}

fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::parse(e164, None).unwrap()
}

fn clear(parts: &[&[u8]]) -> String {
    let text = |part: &[u8]| part.iter().map(|b| format!("{b:02x}")).collect::<String>();
    parts.iter().map(|p| text(p)).collect::<Vec<_>>().join("-")
}

fn names(keys: &[BudgetKey]) -> Vec<(Scope, &str)> {
    keys.iter()
        .map(|key| (key.scope, key.name.as_str()))
        .collect()
}

#[test]
fn a_number_has_a_minute_between_two_five_an_hour_and_ten_a_day() {
    let budgets = budgets();
    let windows = budgets.windows(Scope::Number);
    let mut spent = Spent::default();
    let start = at(1_700_000_000);
    let mut now = start;
    let mut sent = Vec::new();
    while start.until(now) < 2 * 86_400 {
        match spent.take(windows, now) {
            Ok(()) => sent.push(start.until(now)),
            Err(wait) => now = now.plus(wait),
        }
    }
    let (hour, day) = (3_600, 86_400);
    let first = [0, 60, 120, 180, 240];
    let expected: Vec<u64> = [0, hour, day, day + hour]
        .into_iter()
        .flat_map(|from| first.map(|s| from + s))
        .collect();
    assert_eq!(sent, expected);
}

#[test]
fn a_refusal_takes_nothing_from_any_window() {
    let windows = [window(1, 60), window(5, 3_600)];
    let mut spent = Spent::default();
    spent.take(&windows, at(1_000_000)).unwrap();
    let before = spent.clone();
    for second in 1..60 {
        assert_eq!(
            spent.take(&windows, at(1_000_000 + second)),
            Err(60 - second as u64)
        );
    }
    assert_eq!(spent, before);
    assert_eq!(spent.take(&windows, at(1_000_060)), Ok(()));
}

#[test]
fn a_clock_that_was_put_back_waits_no_longer_than_the_window() {
    let windows = [window(1, 60), window(2, 3_600)];
    let mut spent = Spent::default();
    spent.take(&windows, at(1_000_000)).unwrap();
    // Another server's clock, ten seconds behind.
    assert_eq!(spent.take(&windows, at(999_990)), Err(60));
    spent.take(&windows, at(1_000_060)).unwrap();
    // A year ahead by mistake: what is past is past. Then it was put right.
    let year = 366 * 86_400;
    spent.take(&windows, at(1_000_000 + year)).unwrap();
    spent.take(&windows, at(1_000_060 + year)).unwrap();
    assert_eq!(spent.take(&windows, at(1_000_200)), Err(3_600));
    // The row remembers that it was: it does not start over with each refusal.
    assert_eq!(spent.take(&windows, at(1_000_300)), Err(3_500));
    assert_eq!(spent.take(&windows, at(1_003_800)), Ok(()));
}

#[test]
fn a_clock_that_is_put_back_little_by_little_is_forgiven_too() {
    let windows = [window(3, 60)];
    let mut spent = Spent::default();
    for back in [0, 50, 100] {
        spent.take(&windows, at(1_000_000 - back)).unwrap();
    }
    // Never by more than the window at once, and all the same no wait is longer than it.
    assert_eq!(spent.take(&windows, at(999_900)), Err(60));
}

#[test]
fn the_settings_are_the_windows() {
    let limits = SendLimits {
        cooldown_seconds: 11,
        number_hour: 12,
        number_day: 13,
        user_hour: 14,
        user_day: 15,
        ip_hour: 16,
        ip_day: 17,
        range_hour: 18,
        range_day: 19,
        new_ranges_hour: 20,
        new_ranges_day: 21,
        country_hour: 22,
        country_day: 23,
        provider_minute: 24,
        provider_hour: 25,
        provider_day: 26,
        site_day: 27,
    };
    let budgets = Budgets::of(&limits).unwrap();
    for (scope, windows) in [
        (Scope::Number, &[(1, 11), (12, HOUR), (13, DAY)][..]),
        (Scope::User, &[(14, HOUR), (15, DAY)]),
        (Scope::Ip, &[(16, HOUR), (17, DAY)]),
        (Scope::Range, &[(18, HOUR), (19, DAY)]),
        (Scope::Fresh, &[(20, HOUR), (21, DAY)]),
        (Scope::Country, &[(22, HOUR), (23, DAY)]),
        (Scope::Provider, &[(24, 60), (25, HOUR), (26, DAY)]),
        (Scope::Site, &[(27, DAY)]),
    ] {
        assert!(windows.len() <= MOST_WINDOWS);
        let windows: Vec<_> = windows.iter().map(|(l, s)| window(*l, *s)).collect();
        assert_eq!(budgets.windows(scope), windows, "{scope:?}");
    }
    for wrong in [0, 100_001] {
        let ip_hour = wrong;
        assert_eq!(Budgets::of(&SendLimits { ip_hour, ..limits }), None);
    }
}

#[test]
fn a_dear_message_costs_all_of_a_small_window_and_no_more() {
    let windows = [window(2, 60)];
    let mut spent = Spent::default();
    spent.take_many(3, &windows, at(1_000)).unwrap();
    assert_eq!(spent.take_many(3, &windows, at(1_001)), Err(59));
    assert_eq!(spent.take(&windows, at(1_060)), Ok(()));
    assert_eq!(spent.take(&windows, at(1_060)), Ok(()));
}

#[test]
fn a_message_takes_from_the_narrow_before_the_wide_and_names_nobody() {
    let user = UserId::new("alice").unwrap();
    let phone = number("+4915123456789");
    let ip = "2001:db8:1:2:3:4:5:6".parse().ok();
    let keys = keys_for(&user, ip, &phone, RangeStanding::Proven, clear);
    assert_eq!(
        keys.iter().map(|key| key.scope).collect::<Vec<_>>(),
        [
            Scope::Number,
            Scope::User,
            Scope::Ip,
            Scope::Range,
            Scope::Country,
            Scope::Site
        ]
    );
    assert!(keys.iter().all(|key| key.cost == 1));
    assert_eq!(keys[4].name, "country/DE");
    assert_eq!(keys[5].name, "site");
    assert_eq!(
        BudgetKey::of_provider("twilio", ProviderLimits::default()).name,
        "provider/twilio"
    );
    // With a hash that hides, nothing is left of them.
    let hidden = keys_for(&user, ip, &phone, RangeStanding::Proven, |_| "#".to_owned());
    for key in &hidden {
        assert!(
            !key.name.contains("alice") && !key.name.contains("151") && !key.name.contains("2001")
        );
    }
    assert_eq!(
        names(&hidden)[..4],
        [
            (Scope::Number, "number/#"),
            (Scope::User, "user/#"),
            (Scope::Ip, "ip/#"),
            (Scope::Range, "range/#"),
        ]
    );
    // A user called like a number is hashed as another thing.
    let mimic = UserId::new("+4915123456789").unwrap();
    let keys = keys_for(&mimic, None, &phone, RangeStanding::Proven, clear);
    assert_ne!(
        keys[0].name.strip_prefix("number/"),
        keys[1].name.strip_prefix("user/")
    );
}

#[test]
fn what_goes_into_a_fresh_range_meets_the_budget_of_all_fresh_ones() {
    let user = UserId::new("alice").unwrap();
    let phone = number("+4915123456789");
    let keys = keys_for(&user, None, &phone, RangeStanding::Fresh, clear);
    let costs: Vec<_> = keys.iter().map(|key| (key.scope, key.cost)).collect();
    assert_eq!(
        costs[2..],
        [
            (Scope::Range, 1),
            (Scope::Fresh, 1),
            (Scope::Country, 1),
            (Scope::Site, 1)
        ]
    );
    assert_eq!(keys[2].name, BudgetKey::of_range(&phone, clear).name);

    let mut range = Spent::default();
    let day = at(1_700_000_000);
    assert_eq!(range.standing(day), RangeStanding::Fresh);
    range.prove(day);
    let half_a_year = day.plus(182 * 86_400);
    assert_eq!(range.standing(half_a_year.minus(1)), RangeStanding::Proven);
    assert_eq!(range.standing(half_a_year), RangeStanding::Fresh);
    assert_eq!(
        range.idle_after(budgets().windows(Scope::Range)),
        Some(half_a_year)
    );
}

#[test]
fn neighbours_share_a_range_and_addresses_of_one_customer_a_row() {
    let user = UserId::new("alice").unwrap();
    let row = |e164: &str| BudgetKey::of_range(&number(e164), clear).name;
    assert_eq!(row("+4915123456789"), row("+4915123456000"));
    assert_ne!(row("+4915123456789"), row("+4915123457789"));
    let of = |ip: &str| {
        let keys = keys_for(
            &user,
            ip.parse().ok(),
            &number("+4915123456789"),
            RangeStanding::Proven,
            clear,
        );
        keys[2].name.clone()
    };
    assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
    assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
}

#[test]
fn whatever_is_not_proven_leaves_sign_ins_their_part_of_every_budget_that_all_share() {
    use proptest::prelude::*;
    let budgets = budgets();
    let shared = [
        Scope::Ip,
        Scope::Range,
        Scope::Country,
        Scope::Provider,
        Scope::Site,
    ];
    let take = |scope, of: Use, rows: &mut std::collections::HashMap<String, Spent>, now| {
        let mut keys = vec![BudgetKey::new(scope, "x")];
        of.take_shares(&mut keys);
        let before = rows.clone();
        for key in keys {
            let row = rows.entry(key.name.clone()).or_default();
            if budgets.take(&key, row, now).is_err() {
                *rows = before;
                return false;
            }
        }
        true
    };
    // With sign-ins from elsewhere, and without.
    let asked =
        (2u8..4).prop_flat_map(|uses| proptest::collection::vec((0..uses, 0u64..30), 0..600));
    proptest!(ProptestConfig::with_cases(48), |(asked in asked, place in 0usize..5)| {
        let scope = shared[place];
        let mut rows = std::collections::HashMap::new();
        let mut now = at(1_700_000_000);
        let (mut enrolments, mut resets, mut elsewhere) = (0, 0, 0);
        for (of, wait) in asked {
            now = now.plus(wait);
            let (of, taken) = match of {
                0 => (Use::Reset, &mut resets),
                1 => (Use::Enrolment, &mut enrolments),
                _ => (Use::UnknownNetwork, &mut elsewhere),
            };
            *taken += u32::from(take(scope, of, &mut rows, now));
        }
        let day = budgets.windows(scope).last().unwrap().limit();
        prop_assert!(resets <= day.div_ceil(6) && enrolments + resets <= day.div_ceil(3));
        let least = budgets.windows(scope).iter().map(|window| window.limit()).min().unwrap();
        prop_assert!(elsewhere <= day.div_ceil(2));
        let left = if elsewhere == 0 { least * 2 / 3 } else { least / 6 };
        for n in 0..left {
            prop_assert!(take(scope, Use::SignIn, &mut rows, now), "{n} of {least}");
        }
    });
}

#[test]
fn what_is_asked_for_from_elsewhere_leaves_a_third_of_a_person_s_budgets() {
    let limits = |budgets: &Budgets, scope| -> Vec<u32> {
        let windows = budgets.windows(scope).iter();
        windows.map(|window| window.limit()).collect()
    };
    let usual = budgets();
    assert_eq!(limits(&usual, Scope::Number), [1, 5, 10]);
    assert_eq!(limits(&usual, Scope::NumberElsewhere), [3, 6]);
    assert_eq!(limits(&usual, Scope::User), [10, 20]);
    assert_eq!(limits(&usual, Scope::UserElsewhere), [6, 13]);
    let least = SendLimits {
        number_hour: 1,
        number_day: 2,
        ..SendLimits::default()
    };
    let least = Budgets::of(&least).unwrap();
    assert_eq!(limits(&least, Scope::NumberElsewhere), [1, 1]);

    let mut keys = vec![
        BudgetKey::new(Scope::Number, "x"),
        BudgetKey::new(Scope::User, "y"),
        BudgetKey::of_site(),
    ];
    let before = keys.clone();
    Use::SignIn.take_shares(&mut keys);
    assert_eq!(keys, before);
    Use::UnknownNetwork.take_shares(&mut keys);
    assert_eq!(
        names(&keys)[3..],
        [
            (Scope::NumberElsewhere, "elsewhere/number/x"),
            (Scope::UserElsewhere, "elsewhere/user/y"),
            (Scope::Site, "elsewhere/site"),
        ]
    );
}

#[test]
fn the_wait_between_two_codes_stays_and_so_does_what_limits_whoever_chooses_the_number() {
    let usual = budgets();
    let back = |of, scope| -> Vec<u32> {
        let windows = usual.refunds(of, &BudgetKey::new(scope, "x")).into_iter();
        windows.map(Window::seconds).collect()
    };
    for of in [Use::SignIn, Use::UnknownNetwork, Use::Reset, Use::Enrolment] {
        for scope in Scope::ALL {
            let all: Vec<u32> = usual.windows(scope).iter().map(|it| it.seconds()).collect();
            let wanted = match (of, scope) {
                (_, Scope::Number) => vec![HOUR, DAY],
                (Use::Enrolment, Scope::User | Scope::Ip) => vec![],
                _ => all,
            };
            assert_eq!(back(of, scope), wanted, "{of:?} {scope:?}");
        }
    }
    // Of a wait as long as a window both stay: they cannot be told apart.
    let long = Budgets::of(&SendLimits {
        cooldown_seconds: HOUR,
        ..SendLimits::default()
    })
    .unwrap();
    assert_eq!(
        long.refunds(Use::SignIn, &BudgetKey::new(Scope::Number, "x")),
        [window(10, DAY)]
    );
}

#[test]
fn an_adjacent_run_and_a_hop_over_ranges_both_end_at_their_budget() {
    let budgets = budgets();
    let user = UserId::new("mallory").unwrap();
    let run = |step: usize| {
        let mut rows = std::collections::HashMap::<String, Spent>::new();
        let mut sent = 0;
        'next: for n in 0..1_000 {
            let before = rows.clone();
            // An attacker with as many users and addresses as numbers.
            let phone = number(&format!("+4915{:09}", 120_000_000 + n * step));
            let mut keys = keys_for(&user, None, &phone, RangeStanding::Fresh, clear);
            Use::Enrolment.take_shares(&mut keys);
            for key in keys {
                if key.scope == Scope::User {
                    continue;
                }
                let row = rows.entry(key.name.clone()).or_default();
                if budgets
                    .take(&key, row, at(1_700_000_000 + n as i64))
                    .is_err()
                {
                    rows = before;
                    continue 'next;
                }
            }
            sent += 1;
        }
        (sent, rows)
    };
    let (sent, rows) = run(1);
    assert_eq!(sent, 10, "ten an hour in one fresh range");
    let site = &rows["site"];
    assert_eq!(site.counted(), 10);
    assert_eq!(run(1_000).0, 100, "a hundred an hour in all fresh ranges");
}

#[test]
fn a_window_is_a_limit() {
    for (limit, seconds) in [(0, 60), (1, 0), (100_001, 60), (1, 367 * 86_400)] {
        assert_eq!(Window::new(limit, seconds), None);
    }
}

#[test]
fn limits_of_a_provider_s_own_stand_in_the_place_of_the_site_s() {
    let budgets = budgets();
    let limits = ProviderLimits {
        per_minute: None,
        per_hour: Some(7),
        per_day: Some(9),
    };
    let site = budgets.windows(Scope::Provider);
    let own = budgets.windows_of(&BudgetKey::of_provider("x", limits));
    assert_eq!(*own, [site[0], window(7, HOUR), window(9, DAY)]);
    let usual = BudgetKey::of_provider("x", ProviderLimits::default());
    assert_eq!(*budgets.windows_of(&usual), *site);
    // The same row, and the shares of it as well.
    assert_eq!(usual.name, BudgetKey::of_provider("x", limits).name);
    let mut keys = vec![BudgetKey::of_provider("x", limits)];
    Use::Enrolment.take_shares(&mut keys);
    assert_eq!(keys.len(), 2);
    assert_eq!(budgets.windows_of(&keys[1]), own);
}
