//! What every store must do, proven on a SQLite file, on SQLite in memory and on MariaDB alike; then what
//! goes wrong with each, and what the operator is told.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

use crate::stores_support::{Fixture, at, event, row, site, user};
use twofactor::store::{
    Aging, AuditRow, DeliveryReport, Due, Listing, Loaded, Occupants, PhoneIndex, RawRow,
    RawRowChange, Retention, Row, SentMessage, Store, StoreError, Swap, Together, Version,
};
use twofactor::types::{MAX_ID_BYTES, Method, Site, UserId};

/// One test function for each store and each test of the suite.
macro_rules! suite {
    ($($name:ident,)*) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&super::Fixture::file()); })*
        }
        mod memory {
            $(#[test] fn $name() { super::$name(&super::Fixture::memory()); })*
        }
        mod mariadb {
            $(#[test] fn $name() { super::$name(&super::Fixture::mariadb()); })*
        }
    };
}

suite! {
    a_row_is_read_as_it_was_written,
    a_swap_needs_the_version_it_expects,
    a_lost_swap_writes_nothing,
    an_event_that_fails_takes_the_row_back,
    events_without_an_account_mean_that_it_was_removed,
    a_hold_ends_with_a_release_a_swap_or_the_next_call,
    sites_never_meet,
    a_store_says_who_has_accounts_in_it,
    a_site_is_removed_whole_and_no_other,
    hostile_ids_are_ids_like_any_other,
    a_list_goes_by_user_and_searches_literally,
    a_list_has_pages_and_an_end,
    events_come_newest_first_and_in_pages,
    events_come_oldest_first_from_a_place_on_and_no_place_comes_again,
    a_check_says_what_the_store_is,
    a_description_has_versions_tables_and_rows_and_nothing_of_the_address,
    opening_again_finds_everything,
    a_number_is_found_by_its_hash_and_moves_with_its_account,
    shared_rows_change_all_or_none,
    shared_rows_whose_time_is_over_make_room,
    a_held_shared_row_is_waited_for,
    an_account_and_two_shared_rows_are_read_in_one_look,
    a_shared_row_is_read_beside_an_account_that_is_held,
    a_message_is_listed_and_its_reports_only_rise,
    a_swap_removes_the_events_it_says_and_a_lost_one_none,
    accounts_with_old_events_are_found_the_longest_first,
    accounts_of_which_something_is_to_be_told_are_found_the_longest_first,
    messages_that_are_too_old_go_a_few_at_a_time,
    who_is_forgotten_takes_messages_and_rows_along_at_once_or_not_at_all,
    a_chain_is_read_from_a_place_on,
    a_shared_row_is_looked_at_in_a_hold_and_the_hold_goes_on,
    an_older_schema_is_brought_up_to_date,
}

fn loaded(store: &mut dyn Store, name: &str) -> Row {
    match store.load(&site(), &user(name)).unwrap() {
        Loaded::Row(row) => row,
        other => panic!("{other:?}"),
    }
}

fn events(store: &mut dyn Store, name: &str) -> Vec<AuditRow> {
    let found = store.audit(&site(), Some(&user(name)), 1000, None).unwrap();
    found.into_iter().map(|(_, event)| event).collect()
}

fn swap(store: &mut dyn Store, name: &str, expected: Option<u64>, row: &Row, seqs: &[u64]) -> Swap {
    let user = user(name);
    let events: Vec<_> = seqs.iter().map(|seq| event(&user, *seq)).collect();
    store
        .swap(&site(), &user, expected.map(Version), row, &events)
        .unwrap()
}

fn a_row_is_read_as_it_was_written(fixture: &Fixture) {
    let mut store = fixture.open();
    let every_byte: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for (version, primary, time, sealed) in [
        (1, None, None, Vec::new()),
        (2, Some(Method::BackupCode), Some(at(0)), every_byte),
        (
            3,
            Some(Method::WhatsApp),
            Some(at(253_402_300_799)),
            vec![0],
        ),
        (
            u64::try_from(i64::MAX).unwrap(),
            None,
            None,
            b"'; DROP TABLE account; --".to_vec(),
        ),
    ] {
        let written = Row {
            version: Version(version),
            listing: Listing {
                enrolled: primary.is_some(),
                primary,
                locked_until: time,
                last_verified: time,
            },
            phone: PhoneIndex::AsItWas,
            due: Due::AsItWas,
            retention: Retention::default(),
            sealed,
        };
        let expected = match store.hold(&site(), &user("1"), false).unwrap() {
            Loaded::Row(row) => Some(row.version),
            other => {
                assert_eq!(other, Loaded::Absent);
                None
            }
        };
        assert_eq!(
            store
                .swap(&site(), &user("1"), expected, &written, &[])
                .unwrap(),
            Swap::Done
        );
        assert_eq!(loaded(&mut *store, "1"), written);
        assert_eq!(
            store.hold(&site(), &user("1"), true).unwrap(),
            Loaded::Row(written.clone())
        );
        store.release();
        assert_eq!(
            store.list(&site(), "", 9, None).unwrap(),
            [(user("1"), written)]
        );
    }
}

fn a_swap_needs_the_version_it_expects(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    assert_eq!(
        swap(store, "1", Some(1), &row(2, b"x"), &[1]),
        Swap::Conflict
    );
    assert_eq!(store.load(&site(), &user("1")).unwrap(), Loaded::Absent);
    assert_eq!(swap(store, "1", None, &row(1, b"a"), &[1]), Swap::Done);
    assert_eq!(swap(store, "1", None, &row(1, b"b"), &[2]), Swap::Conflict);
    assert_eq!(
        swap(store, "1", Some(2), &row(3, b"c"), &[2]),
        Swap::Conflict
    );
    assert_eq!(
        swap(store, "1", Some(0), &row(1, b"c"), &[2]),
        Swap::Conflict
    );
    assert_eq!(loaded(store, "1"), row(1, b"a"));
    assert_eq!(swap(store, "1", Some(1), &row(2, b"d"), &[2]), Swap::Done);
    assert_eq!(
        swap(store, "1", Some(1), &row(2, b"e"), &[3]),
        Swap::Conflict
    );
    assert_eq!(loaded(store, "1"), row(2, b"d"));
    assert_eq!(
        events(store, "1"),
        [event(&user("1"), 2), event(&user("1"), 1)]
    );
}

fn a_lost_swap_writes_nothing(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    assert_eq!(swap(store, "1", None, &row(1, b"a"), &[1, 2]), Swap::Done);
    for contended in [false, true] {
        // What hold saw is not what the swap expects: as if somebody had been faster.
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        assert_eq!(
            swap(store, "1", Some(7), &row(8, b"b"), &[3, 4, 5]),
            Swap::Conflict
        );
        assert_eq!(loaded(store, "1"), row(1, b"a"));
        assert_eq!(events(store, "1").len(), 2);
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        assert_eq!(swap(store, "1", None, &row(1, b"b"), &[3]), Swap::Conflict);
        assert_eq!(events(store, "1").len(), 2);
    }
    assert_eq!(swap(store, "1", Some(1), &row(2, b"c"), &[3]), Swap::Done);
}

fn an_event_that_fails_takes_the_row_back(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    assert_eq!(
        swap(store, "1", None, &row(1, b"a"), &[1, 2, 3]),
        Swap::Done
    );
    for contended in [false, true] {
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        let user = user("1");
        // The first event is new, the second is there already.
        let events = [event(&user, 4), event(&user, 2)];
        let result = store.swap(&site(), &user, Some(Version(1)), &row(2, b"b"), &events);
        assert!(
            matches!(result, Err(StoreError::Unavailable { .. })),
            "{result:?}"
        );
        assert_eq!(loaded(store, "1"), row(1, b"a"));
        assert_eq!(self::events(store, "1").len(), 3);
    }
    // The store is none the worse.
    assert_eq!(swap(store, "1", Some(1), &row(2, b"b"), &[4]), Swap::Done);
}

fn events_without_an_account_mean_that_it_was_removed(fixture: &Fixture) {
    if !fixture.can_be_tampered_with() {
        return;
    }
    let mut store = fixture.open();
    let store = &mut *store;
    for name in ["1", "2"] {
        assert_eq!(swap(store, name, None, &row(1, b"a"), &[1]), Swap::Done);
    }
    fixture.sql("DELETE FROM {account} WHERE user = '1'");
    assert_eq!(store.load(&site(), &user("1")).unwrap(), Loaded::Orphaned);
    assert_eq!(
        store.hold(&site(), &user("1"), false).unwrap(),
        Loaded::Orphaned
    );
    assert_eq!(
        store.hold(&site(), &user("1"), true).unwrap(),
        Loaded::Orphaned
    );
    store.release();
    assert_eq!(loaded(store, "2"), row(1, b"a"));
    assert_eq!(store.load(&site(), &user("3")).unwrap(), Loaded::Absent);
    let elsewhere = Site::new("elsewhere").unwrap();
    assert_eq!(store.load(&elsewhere, &user("1")).unwrap(), Loaded::Absent);
}

fn a_hold_ends_with_a_release_a_swap_or_the_next_call(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    store.release();
    assert_eq!(swap(store, "1", None, &row(1, b"a"), &[]), Swap::Done);
    store.release();
    for contended in [false, true] {
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        let _ = store.hold(&site(), &user("2"), contended).unwrap();
        assert_eq!(loaded(store, "1"), row(1, b"a"));
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        store.release();
        store.release();
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        store.list(&site(), "", 1, None).unwrap();
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        store.audit(&site(), None, 1, None).unwrap();
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        store.check().unwrap();
        let _ = store.hold(&site(), &user("1"), contended).unwrap();
        if fixture.can_be_tampered_with() {
            // A second connection gets in once the first one is gone.
            store.release();
            let mut first = fixture.open();
            let _ = first.hold(&site(), &user("1"), contended).unwrap();
            drop(first);
            let _ = store.hold(&site(), &user("1"), true).unwrap();
        }
        store.release();
    }
    assert_eq!(swap(store, "1", Some(1), &row(2, b"b"), &[1]), Swap::Done);
}

fn sites_never_meet(fixture: &Fixture) {
    let mut store = fixture.open();
    let (a, b, one) = (Site::new("a").unwrap(), Site::new("A").unwrap(), user("1"));
    for (site, sealed) in [(&a, b"a"), (&b, b"b")] {
        let events = [event(&one, 1)];
        assert_eq!(
            store
                .swap(site, &one, None, &row(1, sealed), &events)
                .unwrap(),
            Swap::Done
        );
    }
    for (site, sealed) in [(&a, b"a"), (&b, b"b")] {
        assert_eq!(store.load(site, &one).unwrap(), Loaded::Row(row(1, sealed)));
        assert_eq!(store.list(site, "", 9, None).unwrap().len(), 1);
        assert_eq!(store.audit(site, None, 9, None).unwrap().len(), 1);
        assert_eq!(store.audit(site, Some(&one), 9, None).unwrap().len(), 1);
    }
}

fn a_store_says_who_has_accounts_in_it(fixture: &Fixture) {
    let mut store = fixture.open();
    let (here, elsewhere) = (site(), Site::new("elsewhere").unwrap());
    let nobody = Occupants::default();
    let another = |name: &Site| Occupants {
        other: Some(name.as_str().to_owned()),
        kept: Some(name.as_str().to_owned()),
        ..Occupants::default()
    };
    assert_eq!(store.occupants(&here).unwrap(), nobody);
    // What users share is no account, but says who has opened the store.
    let rows = [change("a", None, b"1")];
    assert_eq!(
        store.swap_shared_rows(&site(), at(0), &rows).unwrap(),
        Swap::Done
    );
    assert_eq!(store.occupants(&here).unwrap(), nobody);
    let opened = Occupants {
        kept: Some(here.as_str().to_owned()),
        ..Occupants::default()
    };
    for name in ["a", "elsewhere", "zzz"] {
        let name = Site::new(name).unwrap();
        assert_eq!(store.occupants(&name).unwrap(), opened);
    }
    let one = user("1");
    let events = [event(&one, 1)];
    assert_eq!(
        store
            .swap(&elsewhere, &one, None, &row(1, b"a"), &events)
            .unwrap(),
        Swap::Done
    );
    assert_eq!(store.occupants(&here).unwrap(), another(&elsewhere));
    let own = store.occupants(&elsewhere).unwrap();
    assert!(own.own && own.other.is_none(), "{own:?}");
    // Whichever name comes first.
    for name in ["a", "zzz"] {
        let name = Site::new(name).unwrap();
        assert_eq!(store.occupants(&name).unwrap(), another(&elsewhere));
    }
    if fixture.can_be_tampered_with() {
        // Events are left of an account that somebody removed and may put back.
        fixture.sql("DELETE FROM {account}");
        assert_eq!(store.occupants(&here).unwrap(), another(&elsewhere));
        assert!(store.occupants(&elsewhere).unwrap().own);
        fixture.sql("DELETE FROM {audit}");
        assert_eq!(store.occupants(&here).unwrap(), nobody);
    }
    assert_eq!(
        swap(&mut *store, "1", None, &row(1, b"a"), &[1]),
        Swap::Done
    );
    assert!(store.occupants(&here).unwrap().own);
}

fn a_site_is_removed_whole_and_no_other(fixture: &Fixture) {
    let mut store = fixture.open();
    let (leaves, stays, one) = (
        Site::new("leaves").unwrap(),
        Site::new("stays").unwrap(),
        user("1"),
    );
    let phone = [7; 32];
    let with_phone = Row {
        phone: PhoneIndex::Is(phone),
        ..row(1, b"a")
    };
    for site in [&leaves, &stays] {
        let events = [event(&one, 1)];
        let swapped = store.swap(site, &one, None, &with_phone, &events);
        assert_eq!(swapped.unwrap(), Swap::Done);
        let rows = [change("a", None, b"1")];
        assert_eq!(
            store.swap_shared_rows(site, at(0), &rows).unwrap(),
            Swap::Done
        );
        let message = SentMessage {
            user: one.clone(),
            provider: "twilio".to_owned(),
            method: Method::Sms,
            masked: "+49 ••• 89".to_owned(),
            reference: Some("SM1".to_owned()),
            sent: at(1),
            report: DeliveryReport {
                rank: 1,
                status: "accepted".to_owned(),
                detail: String::new(),
                at: at(1),
            },
        };
        store.add_message(site, &message, None).unwrap();
    }
    store.remove_site(&leaves).unwrap();
    assert_eq!(store.load(&leaves, &one).unwrap(), Loaded::Absent);
    assert_eq!(store.audit(&leaves, None, 9, None).unwrap(), []);
    assert_eq!(store.phone_users(&leaves, &[phone]).unwrap(), []);
    assert_eq!(store.shared_rows(&leaves, &names(["a"])).unwrap(), [None]);
    assert_eq!(store.messages(&leaves, 9, None).unwrap(), []);
    assert!(matches!(store.load(&stays, &one).unwrap(), Loaded::Row(_)));
    assert_eq!(store.audit(&stays, None, 9, None).unwrap().len(), 1);
    assert_eq!(
        store.phone_users(&stays, &[phone]).unwrap(),
        std::slice::from_ref(&one)
    );
    assert_eq!(
        store.shared_rows(&stays, &names(["a"])).unwrap(),
        [raw_row(1, b"1")]
    );
    assert_eq!(store.messages(&stays, 9, None).unwrap().len(), 1);
    assert_eq!(
        store.occupants(&leaves).unwrap().other.as_deref(),
        Some("stays")
    );
    // A site that has only left its mark is there, too.
    let marked = Site::new("marked").unwrap();
    let rows = [change("store", None, b"1")];
    let swapped = store.swap_shared_rows(&marked, at(0), &rows);
    assert_eq!(swapped.unwrap(), Swap::Done);
    store.remove_site(&stays).unwrap();
    let found = store.occupants(&leaves).unwrap();
    assert_eq!((found.other, found.kept.as_deref()), (None, Some("marked")));
    assert_eq!(store.remove_if_empty().unwrap(), None);
    let found = store.occupants(&leaves).unwrap();
    assert_eq!(found.kept.as_deref(), Some("marked"));
    store.remove_site(&marked).unwrap();
    assert_eq!(store.occupants(&leaves).unwrap(), Occupants::default());
    // Then the store itself goes, and is made anew for whoever begins there.
    assert_eq!(store.remove_if_empty().unwrap(), Some(Vec::new()));
    drop(store);
    let mut store = fixture.open();
    assert_eq!(store.load(&leaves, &one).unwrap(), Loaded::Absent);
}

fn hostile_ids_are_ids_like_any_other(fixture: &Fixture) {
    let mut store = fixture.open();
    let longest = "x".repeat(MAX_ID_BYTES);
    let wide = "\u{1f511}".repeat(MAX_ID_BYTES / 4);
    let ids = [
        "'",
        "\"",
        "`",
        "\\",
        "\\'",
        "'; DROP TABLE account; --",
        "%",
        "_",
        "%25",
        "?",
        ":1",
        "{prefix}",
        "x'41'",
        "NULL",
        "0",
        "00",
        " 0",
        "0 ",
        "a",
        "A",
        "á",
        "a\u{301}",
        "ß",
        "ss",
        "\u{1f511}",
        &wide,
        &longest,
        "\u{feff}",
        "\u{202e}abc",
    ];
    for id in ids {
        for site in ["s", id] {
            let (site, user) = (Site::new(site).unwrap(), UserId::new(id).unwrap());
            let row = row(1, id.as_bytes());
            let events = [event(&user, 1)];
            assert_eq!(
                store.swap(&site, &user, None, &row, &events).unwrap(),
                Swap::Done,
                "{id}"
            );
        }
    }
    let site = Site::new("s").unwrap();
    for id in ids {
        let user = UserId::new(id).unwrap();
        for contended in [false, true] {
            let Loaded::Row(found) = store.hold(&site, &user, contended).unwrap() else {
                panic!("{id}")
            };
            assert_eq!(found.sealed, id.as_bytes());
            store.release();
        }
        let found = store.list(&site, id, 1000, None).unwrap();
        assert!(
            found
                .iter()
                .any(|(user, row)| user.as_str() == id && row.sealed == id.as_bytes())
        );
        assert!(
            found.iter().all(|(user, _)| user.as_str().contains(id)),
            "{id}: {found:?}"
        );
        let found = store.audit(&site, Some(&user), 9, None).unwrap();
        assert_eq!(found.len(), 1, "{id}");
        assert_eq!(found[0].1, event(&user, 1));
    }
    let mut sorted = ids;
    sorted.sort_unstable();
    let listed = store.list(&site, "", 1000, None).unwrap();
    assert_eq!(
        listed
            .iter()
            .map(|(user, _)| user.as_str())
            .collect::<Vec<_>>(),
        sorted
    );
}

fn a_list_goes_by_user_and_searches_literally(fixture: &Fixture) {
    let mut store = fixture.open();
    for name in ["anna", "Bob", "a%b", "a_b", "axb", "10", "9", "ann"] {
        assert_eq!(
            swap(&mut *store, name, None, &row(1, b"x"), &[]),
            Swap::Done
        );
    }
    let mut names = |search: &str| -> Vec<String> {
        let found = store.list(&site(), search, 100, None).unwrap();
        found
            .into_iter()
            .map(|(user, _)| user.to_string())
            .collect()
    };
    assert_eq!(
        names(""),
        ["10", "9", "Bob", "a%b", "a_b", "ann", "anna", "axb"]
    );
    assert_eq!(names("%"), [""; 0]);
    assert_eq!(names("a%"), ["a%b"]);
    assert_eq!(names("a_"), ["a_b"]);
    assert_eq!(names("a"), ["a%b", "a_b", "ann", "anna", "axb"]);
    assert_eq!(names("ann"), ["ann", "anna"]);
    assert_eq!(names("anna"), ["anna"]);
    assert_eq!(names("annab"), [""; 0]);
    assert_eq!(names("B"), ["Bob"]);
    assert_eq!(names("bob"), [""; 0]);
    assert_eq!(
        names("nn"),
        [""; 0],
        "what is within an id would be looked for in all of them"
    );
    assert_eq!(names("'"), [""; 0]);
    assert_eq!(names("\\"), [""; 0]);
    assert_eq!(names("\0"), [""; 0]);
}

fn a_list_has_pages_and_an_end(fixture: &Fixture) {
    let mut store = fixture.open();
    for number in 0..25 {
        assert_eq!(
            swap(
                &mut *store,
                &format!("u{number:02}"),
                None,
                &row(1, b"x"),
                &[]
            ),
            Swap::Done
        );
    }
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.list(&site(), "u", 10, after.as_deref()).unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.to_string());
        seen.extend(page.into_iter().map(|(user, _)| user.to_string()));
    }
    assert_eq!(
        seen,
        (0..25)
            .map(|number| format!("u{number:02}"))
            .collect::<Vec<_>>()
    );
    assert_eq!(store.list(&site(), "", 0, None).unwrap(), []);
    assert_eq!(store.list(&site(), "", u32::MAX, None).unwrap().len(), 25);
    assert_eq!(store.list(&site(), "", 10, Some("\u{10ffff}")).unwrap(), []);
}

fn events_come_newest_first_and_in_pages(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let many: Vec<u64> = (1..=1100).collect();
    assert_eq!(swap(store, "1", None, &row(1, b"a"), &many), Swap::Done);
    assert_eq!(swap(store, "2", None, &row(1, b"a"), &[1]), Swap::Done);
    assert_eq!(
        swap(store, "1", Some(1), &row(2, b"a"), &[1101]),
        Swap::Done
    );

    let all = store.audit(&site(), None, u32::MAX, None).unwrap();
    assert_eq!(all.len(), 1000, "an answer is never longer");
    assert!(all.windows(2).all(|pair| pair[0].0 > pair[1].0));
    let newest: Vec<_> = all
        .iter()
        .take(3)
        .map(|(_, event)| (event.user.as_str(), event.seq))
        .collect();
    assert_eq!(newest, [("1", 1101), ("2", 1), ("1", 1100)]);

    let mut seqs = Vec::new();
    let mut before = None;
    loop {
        let page = store.audit(&site(), Some(&user("1")), 400, before).unwrap();
        let Some((place, _)) = page.last() else { break };
        before = Some(*place);
        seqs.extend(page.into_iter().map(|(_, event)| event.seq));
    }
    assert_eq!(seqs, (1..=1101).rev().collect::<Vec<_>>());
    assert_eq!(store.audit(&site(), None, 0, None).unwrap(), []);
    assert_eq!(store.audit(&site(), None, 10, Some(0)).unwrap(), []);
    assert_eq!(
        store.audit(&site(), None, 1, Some(u64::MAX)).unwrap().len(),
        1
    );
}

fn events_come_oldest_first_from_a_place_on_and_no_place_comes_again(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let places = |store: &mut dyn Store, after, limit| -> Vec<(u64, String, u64)> {
        let found = store.events(&site(), after, limit).unwrap();
        let found = found.into_iter();
        found
            .map(|(place, it)| (place, it.user.to_string(), it.seq))
            .collect()
    };
    assert_eq!(places(store, 0, 10), []);
    assert_eq!(swap(store, "1", None, &row(1, b"a"), &[1, 2]), Swap::Done);
    assert_eq!(swap(store, "2", None, &row(1, b"a"), &[1]), Swap::Done);
    let other = Site::new("another").unwrap();
    let theirs = [event(&user("1"), 1)];
    let added = store.swap(&other, &user("1"), None, &row(1, b"a"), &theirs);
    assert_eq!(added.unwrap(), Swap::Done);
    let all = places(store, 0, u32::MAX);
    let whose: Vec<_> = all
        .iter()
        .map(|(_, user, seq)| (user.as_str(), *seq))
        .collect();
    assert_eq!(whose, [("1", 1), ("1", 2), ("2", 1)]);
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(places(store, 0, 0), []);
    assert_eq!(places(store, 0, 2), all[..2]);
    assert_eq!(places(store, all[1].0, 2), all[2..]);
    assert_eq!(places(store, all[2].0, 9), []);
    assert_eq!(places(store, u64::MAX, 9), []);

    // Everything goes, the latest as well: whoever has read so far goes on reading what comes.
    let last = all[2].0;
    store.remove_site(&other).unwrap();
    store.remove_site(&site()).unwrap();
    assert_eq!(store.audit(&site(), None, 9, None).unwrap(), []);
    assert!(!store.occupants(&site()).unwrap().own);
    assert_eq!(store.occupants(&site()).unwrap().kept, None);
    for round in 0..3 {
        assert_eq!(swap(store, "3", None, &row(1, b"a"), &[1]), Swap::Done);
        // On MariaDB what was removed is a gap.
        fixture.a_minute_passes();
        let found = places(store, last, 9);
        assert_eq!(found.len(), 1, "{round}");
        assert_eq!((found[0].1.as_str(), found[0].2), ("3", 1));
        store.remove_site(&site()).unwrap();
    }
}

fn a_check_says_what_the_store_is(fixture: &Fixture) {
    let mut store = fixture.open();
    for _ in 0..2 {
        let said = store.check().unwrap().name;
        assert!(
            said.starts_with("SQLite 3.") || said.starts_with("MariaDB "),
            "{said}"
        );
        assert!(!said.contains("only-for-tests"), "{said}");
    }
    assert!(!format!("{store:?}").contains("only-for-tests"));
}

fn a_description_has_versions_tables_and_rows_and_nothing_of_the_address(fixture: &Fixture) {
    let mut store = fixture.open();
    for id in ["1", "2"] {
        let swapped = swap(&mut *store, id, None, &row(1, b"a"), &[1]);
        assert_eq!(swapped, Swap::Done);
    }
    let details = store.describe(&site()).unwrap();
    assert!(matches!(details.product, "SQLite" | "MariaDB"));
    assert!(details.version.starts_with(|c: char| c.is_ascii_digit()));
    let (taken, known) = details.schema;
    assert!(taken == known && known > 0);
    assert!(!details.settings.is_empty());
    let names: Vec<_> = details.tables.iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "account",
            "audit",
            "phone",
            "shared_row",
            "message",
            "aging",
            "notice"
        ]
    );
    for table in &details.tables {
        let columns: Vec<_> = table.columns.iter().map(|(name, _)| &**name).collect();
        assert!(columns.contains(&"site"), "{table:?}");
        assert!(table.columns.iter().all(|(_, kind)| !kind.is_empty()));
    }
    assert_eq!((details.tables[0].rows, details.tables[1].rows), (2, 2));
    let other = store.describe(&Site::new("other").unwrap()).unwrap();
    assert!(other.tables.iter().all(|table| table.rows == 0));
    assert!(!format!("{details:?}").contains("only-for-tests"));
}

fn opening_again_finds_everything(fixture: &Fixture) {
    if !fixture.can_be_tampered_with() {
        return;
    }
    let mut store = fixture.open();
    assert_eq!(
        swap(&mut *store, "1", None, &row(1, b"a"), &[1]),
        Swap::Done
    );
    // Beside an open one, and after it.
    assert_eq!(loaded(&mut *fixture.open(), "1"), row(1, b"a"));
    drop(store);
    let mut store = fixture.open();
    assert_eq!(loaded(&mut *store, "1"), row(1, b"a"));
    assert_eq!(events(&mut *store, "1"), [event(&user("1"), 1)]);
}

fn a_number_is_found_by_its_hash_and_moves_with_its_account(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let write = |store: &mut dyn Store, name: &str, expected: Option<u64>, phone| {
        let row = row(expected.unwrap_or(0) + 1, b"x");
        swap(store, name, expected, &Row { phone, ..row }, &[])
    };
    let (one, other) = ([1; 32], [2; 32]);
    for (name, phone) in [
        ("1", PhoneIndex::Is(one)),
        ("2", PhoneIndex::Is(one)),
        ("3", PhoneIndex::AsItWas),
    ] {
        assert_eq!(write(store, name, None, phone), Swap::Done);
    }
    assert_eq!(write(store, "2", Some(1), PhoneIndex::AsItWas), Swap::Done);
    assert_eq!(
        write(store, "3", Some(9), PhoneIndex::Is(other)),
        Swap::Conflict
    );
    let found = |store: &mut dyn Store, phones: &[[u8; 32]]| {
        let mut users = store.phone_users(&site(), phones).unwrap();
        users.sort();
        users
    };
    assert_eq!(found(store, &[one]), [user("1"), user("2")]);
    assert_eq!(found(store, &[other]), []);
    assert_eq!(found(store, &[]), []);

    assert_eq!(
        write(store, "1", Some(1), PhoneIndex::Is(other)),
        Swap::Done
    );
    assert_eq!(
        write(store, "2", Some(1), PhoneIndex::Absent),
        Swap::Conflict
    );
    assert_eq!(found(store, &[one, other]), [user("1"), user("2")]);
    assert_eq!(write(store, "2", Some(2), PhoneIndex::Absent), Swap::Done);
    assert_eq!(found(store, &[one, other]), [user("1")]);
    let elsewhere = Site::new("elsewhere").unwrap();
    assert_eq!(store.phone_users(&elsewhere, &[one, other]).unwrap(), []);
}

fn change(name: &str, expected: Option<u64>, body: &[u8]) -> RawRowChange {
    RawRowChange {
        name: name.to_owned(),
        expected: expected.map(Version),
        body: body.to_vec(),
        keep_until: None,
    }
}

fn names<const N: usize>(names: [&str; N]) -> [String; N] {
    names.map(ToOwned::to_owned)
}

fn raw_row(version: u64, body: &[u8]) -> Option<RawRow> {
    Some(RawRow {
        version: Version(version),
        body: body.to_vec(),
        keep_until: None,
    })
}

fn kept(raw: Option<RawRow>, until: i64) -> Option<RawRow> {
    raw.map(|raw| RawRow {
        keep_until: Some(at(until)),
        ..raw
    })
}

fn shared_rows_change_all_or_none(fixture: &Fixture) {
    let mut store = fixture.open();
    let (a, b) = ("a", "b'; --");
    let both = names([b, a]);
    assert_eq!(
        store.hold_shared_rows(&site(), &both).unwrap(),
        [None, None]
    );
    let first = [change(a, None, b"1"), change(b, None, b"\0")];
    assert_eq!(
        store.swap_shared_rows(&site(), at(0), &first).unwrap(),
        Swap::Done
    );
    let expected = [raw_row(1, b"\0"), raw_row(1, b"1")];
    assert_eq!(store.shared_rows(&site(), &both).unwrap(), expected);

    for lost in [
        [change(a, Some(1), b"2"), change(b, Some(2), b"2")],
        [change(a, Some(1), b"2"), change(b, None, b"2")],
        [change("c", None, b"2"), change(b, Some(0), b"2")],
    ] {
        assert_eq!(
            store.swap_shared_rows(&site(), at(0), &lost).unwrap(),
            Swap::Conflict
        );
        assert_eq!(store.shared_rows(&site(), &both).unwrap(), expected);
        assert_eq!(store.shared_rows(&site(), &names(["c"])).unwrap(), [None]);
    }
    store.hold_shared_rows(&site(), &both).unwrap();
    store.release();
    assert_eq!(store.hold_shared_rows(&site(), &both).unwrap(), expected);
    let next = [change(a, Some(1), b"3"), change(b, Some(1), b"4")];
    assert_eq!(
        store.swap_shared_rows(&site(), at(0), &next).unwrap(),
        Swap::Done
    );
    let expected = [raw_row(2, b"4"), raw_row(2, b"3")];
    assert_eq!(store.shared_rows(&site(), &both).unwrap(), expected);
    let elsewhere = Site::new("elsewhere").unwrap();
    assert_eq!(store.shared_rows(&elsewhere, &both).unwrap(), [None, None]);
}

fn shared_rows_whose_time_is_over_make_room(fixture: &Fixture) {
    let mut store = fixture.open();
    let mut put = |name: &str, keep_until, now| {
        let mut change = change(name, None, b"x");
        change.keep_until = keep_until;
        let swapped = store.swap_shared_rows(&site(), at(now), &[change]).unwrap();
        assert_eq!(swapped, Swap::Done);
    };
    put("over", Some(at(100)), 0);
    put("just", Some(at(101)), 0);
    put("kept", None, 0);
    put("new", Some(at(500)), 101);
    assert_eq!(
        store
            .shared_rows(&site(), &names(["over", "just", "kept", "new"]))
            .unwrap(),
        [
            None,
            kept(raw_row(1, b"x"), 101),
            raw_row(1, b"x"),
            kept(raw_row(1, b"x"), 500)
        ]
    );
}

fn a_shared_row_is_read_beside_an_account_that_is_held(fixture: &Fixture) {
    let mut store = fixture.open();
    let every_byte: Vec<u8> = (0..=255).cycle().take(60_000).collect();
    let change = RawRowChange {
        keep_until: Some(at(900)),
        ..change("beside", None, &every_byte)
    };
    let beside = Some(RawRow {
        version: Version::FIRST,
        body: every_byte.clone(),
        keep_until: Some(at(900)),
    });
    let beside_it = ["beside".to_owned()];
    // In the order that they are asked for, and not of their names.
    let both = ["besides".to_owned(), "beside".to_owned()];
    for (contended, is_there) in [(false, false), (true, false), (false, true), (true, true)] {
        let expected = is_there.then(|| beside.clone()).flatten();
        if is_there && !contended {
            let swapped = store.swap_shared_rows(&site(), at(0), std::slice::from_ref(&change));
            assert_eq!(swapped.unwrap(), Swap::Done);
        }
        let name = format!("{contended} {is_there}");
        let held = store.hold_beside(&site(), &user(&name), contended, &beside_it);
        assert_eq!(
            held.unwrap(),
            (Loaded::Absent, vec![expected.clone()]),
            "{name}"
        );
        store.release();
        let account = row(1, &every_byte);
        assert_eq!(swap(&mut *store, &name, None, &account, &[1]), Swap::Done);
        for contended in [contended, !contended, contended] {
            let held = store.hold_beside(&site(), &user(&name), contended, &beside_it);
            let (loaded, raw) = held.unwrap();
            assert!(matches!(&loaded, Loaded::Row(row) if row.sealed == every_byte));
            assert_eq!(raw, std::slice::from_ref(&expected), "{name}");
            let other = store.hold_beside(&site(), &user(&name), contended, &both);
            assert_eq!(
                other.unwrap(),
                (loaded, vec![None, expected.clone()]),
                "{name}"
            );
        }
        // It is a hold like any other: what was read is what is replaced.
        let _ = store.hold_beside(&site(), &user(&name), contended, &beside_it);
        let next = row(2, b"next");
        let swapped = store.swap(&site(), &user(&name), Some(Version(1)), &next, &[]);
        assert_eq!(swapped.unwrap(), Swap::Done);
        let elsewhere = Site::new("elsewhere").unwrap();
        let held = store.hold_beside(&elsewhere, &user(&name), contended, &beside_it);
        assert_eq!(held.unwrap(), (Loaded::Absent, vec![None]));
        store.release();
    }
}

fn a_shared_row_is_looked_at_in_a_hold_and_the_hold_goes_on(fixture: &Fixture) {
    let mut store = fixture.open();
    assert_eq!(store.look_beside(&site(), "one").unwrap(), None);
    let rows = [
        change("one", None, b"first"),
        change("two", None, b"second"),
    ];
    assert_eq!(
        store.swap_shared_rows(&site(), at(0), &rows).unwrap(),
        Swap::Done
    );
    for contended in [false, true] {
        let held = store.hold(&site(), &user("7"), contended).unwrap();
        let found = store.look_beside(&site(), "two").unwrap().unwrap();
        assert_eq!((found.version, &*found.body), (Version(1), &b"second"[..]));
        assert_eq!(store.look_beside(&site(), "three").unwrap(), None);
        let (expected, next) = match held {
            Loaded::Row(row) => (Some(row.version.0), row.version.next()),
            _ => (None, Version::FIRST),
        };
        let row = Row {
            version: next,
            ..row(1, b"x")
        };
        assert_eq!(swap(&mut *store, "7", expected, &row, &[]), Swap::Done);
    }
}

fn an_account_and_two_shared_rows_are_read_in_one_look(fixture: &Fixture) {
    let mut store = fixture.open();
    let look = |store: &mut dyn Store, name: &str| {
        store
            .load_together(&site(), &user(name), &["one", "two"])
            .unwrap()
    };
    let nothing = Together {
        account: None,
        is_orphaned: false,
        shared_rows: vec![None, None],
    };
    assert_eq!(look(&mut *store, "7"), nothing);
    let mut kept = change("two", None, b"second");
    kept.keep_until = Some(at(900));
    let other = change("three", None, b"third");
    let swapped = store
        .swap_shared_rows(&site(), at(0), &[kept, other])
        .unwrap();
    assert_eq!(swapped, Swap::Done);
    let second = Some(RawRow {
        version: Version::FIRST,
        body: b"second".to_vec(),
        keep_until: Some(at(900)),
    });
    assert_eq!(look(&mut *store, "7").shared_rows, [None, second.clone()]);
    let every_byte: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    assert_eq!(
        swap(&mut *store, "7", None, &row(1, &every_byte), &[1]),
        Swap::Done
    );
    let found = look(&mut *store, "7");
    assert_eq!(found.account, Some((Version(1), every_byte)));
    assert_eq!(
        (found.is_orphaned, found.shared_rows),
        (false, vec![None, second])
    );
    assert_eq!(look(&mut *store, "70").account, None);
    let elsewhere = Site::new("elsewhere").unwrap();
    let names = ["two", "three"];
    assert_eq!(
        store.load_together(&elsewhere, &user("7"), &names).unwrap(),
        nothing
    );
    if fixture.can_be_tampered_with() {
        fixture.sql("DELETE FROM {account}");
        let found = look(&mut *store, "7");
        assert_eq!((found.account, found.is_orphaned), (None, true));
        assert!(!look(&mut *store, "70").is_orphaned);
    }
}

fn a_held_shared_row_is_waited_for(fixture: &Fixture) {
    let mut store = fixture.open();
    let name = names(["a"]);
    let first = [change("a", None, b"0")];
    assert_eq!(
        store.swap_shared_rows(&site(), at(0), &first).unwrap(),
        Swap::Done
    );
    if !fixture.can_be_tampered_with() {
        return; // nobody else can have it open
    }
    let mut other = fixture.open();
    store.hold_shared_rows(&site(), &name).unwrap();
    let waiter =
        std::thread::spawn(move || other.hold_shared_rows(&site(), &names(["a"])).unwrap());
    std::thread::sleep(std::time::Duration::from_millis(50));
    let next = [change("a", Some(1), b"1")];
    assert_eq!(
        store.swap_shared_rows(&site(), at(0), &next).unwrap(),
        Swap::Done
    );
    assert_eq!(waiter.join().unwrap(), [raw_row(2, b"1")]);
}

fn a_message_is_listed_and_its_reports_only_rise(fixture: &Fixture) {
    let mut store = fixture.open();
    let report = |rank, status: &str, seconds| DeliveryReport {
        rank,
        status: status.to_owned(),
        detail: String::new(),
        at: at(seconds),
    };
    let message = |name: &str, reference: Option<&str>| SentMessage {
        user: user(name),
        provider: "twilio".to_owned(),
        method: Method::Sms,
        masked: "+49 ••• 89".to_owned(),
        reference: reference.map(ToOwned::to_owned),
        sent: at(7),
        report: report(1, "queued", 7),
    };
    let (one, two) = (message("1", Some("SM1")), message("2", None));
    store.add_message(&site(), &one, None).unwrap();
    store.add_message(&site(), &two, None).unwrap();
    let listed = store.messages(&site(), 10, None).unwrap();
    let plain: Vec<_> = listed.iter().map(|(_, message)| message.clone()).collect();
    assert_eq!(plain, [two.clone(), one.clone()]);
    let before = Some(listed[0].0);
    assert_eq!(store.messages(&site(), 10, before).unwrap(), listed[1..]);
    assert_eq!(store.messages(&site(), 1, None).unwrap(), listed[..1]);

    let mut told = |provider: &str, reference: &str, report: &DeliveryReport| {
        store.report_message(&site(), provider, reference, report)
    };
    let delivered = report(5, "delivered", 9);
    assert!(told("twilio", "SM1", &delivered).unwrap());
    assert!(!told("twilio", "SM1", &delivered).unwrap());
    assert!(!told("twilio", "SM1", &report(4, "sent", 10)).unwrap());
    assert!(!told("other", "SM1", &report(9, "failed", 10)).unwrap());
    assert!(!told("twilio", "", &report(9, "failed", 10)).unwrap());
    let listed = store.messages(&site(), 10, None).unwrap();
    assert_eq!(listed[1].1.report, delivered);
    assert_eq!(listed[0].1, two);
    let mut named = |provider: &str, reference: &str| {
        let found = store.message(&site(), provider, reference);
        found.unwrap()
    };
    assert_eq!(named("twilio", "SM1"), Some(listed[1].1.clone()));
    assert_eq!(named("other", "SM1"), None);
    assert_eq!(named("twilio", ""), None);
}

fn retaining(version: u64, forget: u64, aging: Aging) -> Row {
    Row {
        retention: Retention { forget, aging },
        ..row(version, b"a")
    }
}

fn a_swap_removes_the_events_it_says_and_a_lost_one_none(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let seqs = |store: &mut dyn Store, name: &str| -> Vec<u64> {
        events(store, name).into_iter().map(|e| e.seq).collect()
    };
    for name in ["1", "2"] {
        assert_eq!(
            swap(store, name, None, &row(1, b"a"), &[1, 2, 3, 4]),
            Swap::Done
        );
    }
    let two = retaining(2, 2, Aging::AsItWas);
    assert_eq!(swap(store, "1", Some(7), &two, &[]), Swap::Conflict);
    assert_eq!(swap(store, "1", Some(7), &two, &[5]), Swap::Conflict);
    assert_eq!(seqs(store, "1"), [4, 3, 2, 1]);
    assert_eq!(swap(store, "1", Some(1), &two, &[5]), Swap::Done);
    assert_eq!(seqs(store, "1"), [5, 4, 3]);
    // Without an event, and held before.
    store.hold(&site(), &user("1"), true).unwrap();
    let three = retaining(3, 4, Aging::AsItWas);
    assert_eq!(swap(store, "1", Some(2), &three, &[]), Swap::Done);
    assert_eq!(seqs(store, "1"), [5]);
    assert_eq!(seqs(store, "2"), [4, 3, 2, 1], "nobody else's");
}

fn who_is_forgotten_takes_messages_and_rows_along_at_once_or_not_at_all(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    for name in ["1", "2"] {
        let first = Row {
            phone: PhoneIndex::Is([7; 32]),
            due: Due::At(at(1)),
            ..row(1, b"a")
        };
        assert_eq!(swap(store, name, None, &first, &[1, 2]), Swap::Done);
        let message = SentMessage {
            user: user(name),
            provider: "twilio".to_owned(),
            method: Method::Sms,
            masked: "+49 ••• 89".to_owned(),
            reference: None,
            sent: at(7),
            report: DeliveryReport {
                rank: 1,
                status: "queued".to_owned(),
                detail: String::new(),
                at: at(7),
            },
        };
        store.add_message(&site(), &message, None).unwrap();
        let change = RawRowChange {
            name: format!("sessions/{name}"),
            expected: None,
            body: b"b".to_vec(),
            keep_until: None,
        };
        let written = store.swap_shared_rows(&site(), at(0), &[change]);
        assert_eq!(written.unwrap(), Swap::Done);
    }
    let names = ["sessions/1".to_owned(), "sessions/none".to_owned()];
    let empty = Row {
        phone: PhoneIndex::Absent,
        due: Due::Never,
        ..retaining(2, 2, Aging::Never)
    };
    let left = |store: &mut dyn Store, name: &str| {
        (
            events(store, name).len(),
            store
                .messages_to(&site(), &user(name), 10, None)
                .unwrap()
                .len(),
            store
                .shared_rows(&site(), &[format!("sessions/{name}")])
                .unwrap()[0]
                .is_some(),
            store
                .phone_users(&site(), &[[7; 32]])
                .unwrap()
                .contains(&user(name)),
            store
                .due(&site(), at(0), at(9), 10)
                .unwrap()
                .contains(&user(name)),
        )
    };
    let forget = |store: &mut dyn Store, expected| {
        let events = [event(&user("1"), 3)];
        store
            .forget(
                &site(),
                &user("1"),
                Some(Version(expected)),
                &empty,
                &events,
                &names,
            )
            .unwrap()
    };
    for is_held in [false, true] {
        if is_held {
            store.hold(&site(), &user("1"), true).unwrap();
        }
        assert_eq!(forget(store, 7), Swap::Conflict);
        assert_eq!(left(store, "1"), (2, 1, true, true, true));
    }
    store.hold(&site(), &user("1"), true).unwrap();
    assert_eq!(forget(store, 1), Swap::Done);
    assert_eq!(left(store, "1"), (1, 0, false, false, false));
    assert_eq!(left(store, "2"), (2, 1, true, true, true), "nobody else's");
    // Of whom there was no account, too.
    let row = Row {
        retention: Retention::default(),
        version: Version(1),
        ..empty.clone()
    };
    let done = store.forget(
        &site(),
        &user("3"),
        None,
        &row,
        &[event(&user("3"), 1)],
        &[],
    );
    assert_eq!(done.unwrap(), Swap::Done);
    assert_eq!(left(store, "3"), (1, 0, false, false, false));
}

fn accounts_with_old_events_are_found_the_longest_first(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let aged = |store: &mut dyn Store, before, limit| -> Vec<String> {
        let users = store.aged(&site(), at(before), limit).unwrap();
        users.iter().map(|user| user.as_str().to_owned()).collect()
    };
    for (name, since) in [("1", 30), ("2", 10), ("3", 20)] {
        let aging = Aging::Since(at(since));
        assert_eq!(
            swap(store, name, None, &retaining(1, 0, aging), &[1]),
            Swap::Done
        );
    }
    assert_eq!(aged(store, 30, 9), ["2", "3"]);
    assert_eq!(aged(store, 31, 2), ["2", "3"]);
    let elsewhere = Site::new("other").unwrap();
    assert_eq!(store.aged(&elsewhere, at(99), 9).unwrap(), []);
    for (version, aging, expected) in [
        (2, Aging::Since(at(25)), &["3", "2", "1"][..]),
        (3, Aging::AsItWas, &["3", "2", "1"]),
        (4, Aging::Never, &["3", "1"]),
        (5, Aging::Never, &["3", "1"]),
        (6, Aging::Since(at(5)), &["2", "3", "1"]),
    ] {
        let row = retaining(version, 0, aging);
        assert_eq!(
            swap(
                store,
                "2",
                Some(9),
                &retaining(version, 0, Aging::Since(at(1))),
                &[]
            ),
            Swap::Conflict
        );
        assert_eq!(
            swap(
                store,
                "2",
                Some(9),
                &retaining(version, 0, Aging::Never),
                &[]
            ),
            Swap::Conflict
        );
        assert_eq!(swap(store, "2", Some(version - 1), &row, &[]), Swap::Done);
        assert_eq!(aged(store, 99, 9), expected, "{version}");
    }
}

fn accounts_of_which_something_is_to_be_told_are_found_the_longest_first(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let due = |store: &mut dyn Store, from, until, limit| -> Vec<String> {
        let users = store.due(&site(), at(from), at(until), limit).unwrap();
        users.iter().map(|user| user.as_str().to_owned()).collect()
    };
    let telling = |version, due| Row {
        due,
        ..row(version, b"a")
    };
    for (name, since) in [("1", 30), ("2", 10), ("3", 20)] {
        let row = telling(1, Due::At(at(since)));
        assert_eq!(swap(store, name, None, &row, &[1]), Swap::Done);
    }
    assert_eq!(due(store, 0, 29, 9), ["2", "3"]);
    assert_eq!(due(store, 0, 30, 2), ["2", "3"]);
    assert_eq!(due(store, 20, 30, 9), ["3", "1"]);
    let elsewhere = Site::new("other").unwrap();
    assert_eq!(store.due(&elsewhere, at(0), at(99), 9).unwrap(), []);
    for (version, given, expected) in [
        (2, Due::At(at(25)), &["3", "2", "1"][..]),
        (3, Due::AsItWas, &["3", "2", "1"]),
        (4, Due::Never, &["3", "1"]),
        (5, Due::Never, &["3", "1"]),
        (6, Due::At(at(5)), &["2", "3", "1"]),
    ] {
        // Whoever was too late changes nothing, with an event or without.
        for lost in [Due::At(at(1)), Due::Never] {
            for events in [&[][..], &[2]] {
                let lost = swap(store, "2", Some(9), &telling(version, lost), events);
                assert_eq!(lost, Swap::Conflict);
            }
        }
        let row = telling(version, given);
        assert_eq!(swap(store, "2", Some(version - 1), &row, &[]), Swap::Done);
        assert_eq!(due(store, 0, 99, 9), expected, "{version}");
    }
    assert_eq!(
        loaded(store, "2"),
        row(6, b"a"),
        "what is loaded says nothing of it"
    );
    // Due at 5, 20 and 30. Whoever is to be looked at later than that already stays so, and whoever is not there comes not.
    let users = [user("1"), user("2"), user("3"), user("9")];
    store.put_off(&site(), &users, at(20), at(40)).unwrap();
    assert_eq!(due(store, 0, 39, 9), ["1"]);
    assert_eq!(due(store, 40, 40, 9).len(), 2);
    store.put_off(&elsewhere, &users, at(99), at(1)).unwrap();
    store.put_off(&site(), &[], at(99), at(1)).unwrap();
    store.put_off(&site(), &users[1..2], at(99), at(1)).unwrap();
    assert_eq!(due(store, 0, 30, 9), ["2", "1"]);
    // What an account says counts, as ever.
    let row = telling(7, Due::At(at(35)));
    assert_eq!(swap(store, "2", Some(6), &row, &[]), Swap::Done);
    assert_eq!(due(store, 0, 39, 9), ["1", "2"]);
    store.remove_site(&site()).unwrap();
    assert_eq!(due(store, 0, 99, 9), [""; 0]);
}

fn messages_that_are_too_old_go_a_few_at_a_time(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let message = |sent| SentMessage {
        user: user("1"),
        provider: "twilio".to_owned(),
        method: Method::Sms,
        masked: "+49 ••• 89".to_owned(),
        reference: None,
        sent: at(sent),
        report: DeliveryReport {
            rank: 1,
            status: "accepted".to_owned(),
            detail: String::new(),
            at: at(sent),
        },
    };
    let times = |store: &mut dyn Store| -> Vec<i64> {
        let found = store.messages(&site(), 1000, None).unwrap();
        found
            .iter()
            .rev()
            .map(|(_, one)| one.sent.seconds())
            .collect()
    };
    let elsewhere = Site::new("other").unwrap();
    store.add_message(&elsewhere, &message(0), None).unwrap();
    for sent in 0..50 {
        store.add_message(&site(), &message(sent), None).unwrap();
    }
    let mut add = |sent, keep_from| {
        let keep_from = Some(at(keep_from));
        store
            .add_message(&site(), &message(sent), keep_from)
            .unwrap();
        times(store)
    };
    assert_eq!(add(50, 0).len(), 51);
    assert_eq!(add(51, 3)[..2], [3, 4]);
    assert_eq!(add(52, 40)[..2], [23, 24], "twenty are looked at");
    assert_eq!(add(53, 40)[..2], [40, 41]);
    assert_eq!(store.messages(&elsewhere, 9, None).unwrap().len(), 1);
}

fn a_chain_is_read_from_a_place_on(fixture: &Fixture) {
    let mut store = fixture.open();
    let store = &mut *store;
    let many: Vec<u64> = (1..=1100).collect();
    assert_eq!(swap(store, "1", None, &row(1, b"a"), &many), Swap::Done);
    assert_eq!(swap(store, "2", None, &row(1, b"a"), &[1]), Swap::Done);
    let mut chain = |from, limit| -> Vec<u64> {
        let found = store.chain(&site(), &user("1"), from, limit).unwrap();
        assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
        found.into_iter().map(|(_, event)| event.seq).collect()
    };
    assert_eq!(chain(0, 3), [1, 2, 3]);
    assert_eq!(chain(1099, 9), [1099, 1100]);
    assert_eq!(chain(1101, 9), [0; 0]);
    assert_eq!(chain(0, u32::MAX).len(), 1000, "an answer is never longer");
    // While it is held, too, and the hold goes on.
    store.hold(&site(), &user("1"), true).unwrap();
    assert_eq!(store.chain(&site(), &user("1"), 5, 1).unwrap().len(), 1);
    assert_eq!(
        swap(store, "1", Some(1), &row(2, b"b"), &[1101]),
        Swap::Done
    );
}

fn an_older_schema_is_brought_up_to_date(fixture: &Fixture) {
    let mut store = fixture.open();
    assert_eq!(
        swap(&mut *store, "1", None, &row(1, b"a"), &[1]),
        Swap::Done
    );
    if !fixture.can_be_tampered_with() {
        return; // ends with the process
    }
    drop(store);
    for table in ["phone", "shared_row", "message", "aging", "notice"] {
        fixture.sql(&format!("DROP TABLE {{{table}}}"));
    }
    fixture.sql("UPDATE {schema} SET version = 1");
    let mut store = fixture.open();
    assert_eq!(loaded(&mut *store, "1"), row(1, b"a"));
    assert_eq!(store.phone_users(&site(), &[[1; 32]]).unwrap(), []);
    assert_eq!(store.shared_rows(&site(), &names(["a"])).unwrap(), [None]);
    assert_eq!(store.messages(&site(), 1, None).unwrap(), []);
}

mod errors_of_sqlite {
    #[test]
    fn an_error_of_the_database_is_kept() {
        use std::error::Error;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        std::fs::write(&path, [b'x'; 4096]).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        let url = twofactor::store::StoreUrl::Sqlite(path);
        let error = twofactor::store::open(&url).unwrap_err();
        assert!(
            error.to_string().contains("is not a SQLite database"),
            "{error}"
        );
        let source = |error: &(dyn Error + 'static)| {
            let code = error
                .source()
                .unwrap()
                .downcast_ref::<rusqlite::Error>()
                .unwrap();
            code.sqlite_error_code()
        };
        assert_eq!(source(&error), Some(rusqlite::ErrorCode::NotADatabase));
        // As whoever asks the verifier gets it.
        let error = twofactor::verifier::Error::from(error);
        assert_eq!(source(&error), Some(rusqlite::ErrorCode::NotADatabase));
    }

    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::stores_support::{Worker, increment, open};

    fn error(result: Result<impl Sized, StoreError>) -> StoreError {
        match result {
            Err(error) => error,
            Ok(_) => panic!("no error"),
        }
    }

    /// The operator has to act, and is told about the path and what to do.
    fn configuration(error: &StoreError, path: &Path, advice: &str) {
        let StoreError::Configuration { advice: text, .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            text.contains(path.to_str().unwrap()) && text.contains(advice),
            "{text}"
        );
    }

    fn unavailable(error: &StoreError, path: &Path, advice: &str) {
        let StoreError::Unavailable { advice: text, .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            text.contains(path.to_str().unwrap()) && text.contains(advice),
            "{text}"
        );
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn with(path: &Path, suffix: &str) -> std::path::PathBuf {
        format!("{}{suffix}", path.display()).into()
    }

    #[test]
    fn a_directory_that_is_missing_or_none_is_named() {
        let fixture = Fixture::file();
        let missing = fixture.directory().join("missing");
        let answer = open(&format!("sqlite:{}/store", missing.display()));
        configuration(&error(answer), &missing, "create it");
        let file = fixture.directory().join("file");
        fs::write(&file, "").unwrap();
        let answer = open(&format!("sqlite:{}/store", file.display()));
        configuration(&error(answer), &file, "is not a directory");
        let answer = open(&format!("sqlite:{}", fixture.directory().display()));
        configuration(&error(answer), fixture.directory(), "is not a file");
    }

    #[test]
    fn a_file_that_is_something_else_is_left_alone() {
        let fixture = Fixture::file();
        fs::write(
            fixture.path(),
            "a letter to my grandmother, longer than a header ".repeat(30),
        )
        .unwrap();
        let before = fs::read(fixture.path()).unwrap();
        configuration(
            &error(open(fixture.url())),
            &fixture.path(),
            "is not a SQLite database",
        );
        assert_eq!(fs::read(fixture.path()).unwrap(), before);

        let fixture = Fixture::file();
        fixture.sql("CREATE TABLE recipe (name TEXT)");
        configuration(
            &error(open(fixture.url())),
            &fixture.path(),
            "another program",
        );

        let fixture = Fixture::file();
        std::os::unix::fs::symlink("/etc/passwd", with(&fixture.path(), ".lock")).unwrap();
        configuration(
            &error(open(fixture.url())),
            &with(&fixture.path(), ".lock"),
            "plain file",
        );
    }

    #[test]
    fn a_newer_schema_is_not_touched() {
        let fixture = Fixture::file();
        drop(fixture.open());
        fixture.sql("UPDATE {schema} SET version = version + 1");
        configuration(
            &error(open(fixture.url())),
            &fixture.path(),
            "newer version",
        );
        fixture.sql("UPDATE {schema} SET version = version - 1");
        fixture.open().check().unwrap();
    }

    #[test]
    fn files_are_for_their_owner_only_whatever_the_umask() {
        let fixture = Fixture::file();
        let mut worker = Worker::start_with("hold", fixture.url(), 0, |command| {
            command.env("TWOFACTOR_WORKER_UMASK", "0")
        });
        worker.go();
        while worker.line().is_some_and(|line| line != "held") {}
        for suffix in ["", "-wal", "-shm", ".lock"] {
            assert_eq!(mode(&with(&fixture.path(), suffix)), 0o600, "{suffix}");
        }
        worker.end();
    }

    #[test]
    fn a_file_that_others_may_read_is_tightened_or_refused() {
        let fixture = Fixture::file();
        drop(fixture.open());
        fs::set_permissions(fixture.path(), fs::Permissions::from_mode(0o644)).unwrap();
        drop(fixture.open());
        assert_eq!(mode(&fixture.path()), 0o600);

        if rustix::process::geteuid().is_root() {
            fs::set_permissions(fixture.path(), fs::Permissions::from_mode(0o640)).unwrap();
            chown(fixture.path(), Some(65534), None).unwrap();
            configuration(&error(open(fixture.url())), &fixture.path(), "mode 0600");
        }
    }

    #[test]
    fn no_link_and_no_second_name_changes_who_may_read_another_file() {
        let fixture = Fixture::file();
        drop(fixture.open());
        let elsewhere = tempfile::tempdir().unwrap();
        let victim = elsewhere.path().join("victim");
        let untouched = || {
            assert_eq!(mode(&victim), 0o644);
            assert_eq!(fs::read(&victim).unwrap(), b"theirs");
        };
        fs::write(&victim, "theirs").unwrap();
        fs::set_permissions(&victim, Permissions::from_mode(0o644)).unwrap();
        for suffix in ["-wal", "-shm", ".lock"] {
            let path = with(&fixture.path(), suffix);
            let was = fs::read(&path).ok();
            for is_link in [true, false] {
                let _ = fs::remove_file(&path);
                if is_link {
                    std::os::unix::fs::symlink(&victim, &path).unwrap();
                } else {
                    fs::hard_link(&victim, &path).unwrap();
                }
                configuration(&error(open(fixture.url())), &path, "plain file");
                untouched();
            }
            fs::remove_file(&path).unwrap();
            if let Some(was) = was.filter(|_| suffix == ".lock") {
                fs::write(&path, was).unwrap();
            }
        }
        drop(open(fixture.url()).unwrap());
        // The file itself.
        let theirs = fixture.directory().join("theirs");
        let url = format!("sqlite:{}", theirs.display());
        fs::hard_link(&victim, &theirs).unwrap();
        configuration(&error(open(&url)), &theirs, "plain file");
        untouched();
        fs::remove_file(&theirs).unwrap();
        // Somebody else's link chooses nothing; also not behind one of ours.
        if rustix::process::geteuid().is_root() {
            let ours = fixture.directory().join("ours");
            std::os::unix::fs::symlink(fixture.path(), &theirs).unwrap();
            std::os::unix::fs::lchown(&theirs, Some(65534), None).unwrap();
            std::os::unix::fs::symlink(&theirs, &ours).unwrap();
            for link in [&theirs, &ours] {
                let url = format!("sqlite:{}", link.display());
                configuration(&error(open(&url)), &theirs, "another user");
            }
            std::os::unix::fs::lchown(&theirs, Some(0), None).unwrap();
            drop(open(&format!("sqlite:{}", ours.display())).unwrap());
        }
    }

    /// As a user for whom permissions count; root passes them all.
    fn answer_for_nobody(fixture: &Fixture) -> String {
        use std::os::unix::process::CommandExt;
        // Where that user may run this binary from.
        let program = fixture.directory().join("program");
        // By another process: a file that is open for writing here is so in whatever another test forks meanwhile, and is
        // not run then (ETXTBSY).
        let mut copy = std::process::Command::new("install");
        copy.args(["-m", "0755"])
            .arg(std::env::current_exe().unwrap());
        assert!(copy.arg(&program).status().unwrap().success());
        let mut worker = Worker::start_with("error", fixture.url(), 0, |command| {
            *command = Worker::command(&program);
            command
                .env("TWOFACTOR_WORKER", "error")
                .env("TWOFACTOR_WORKER_URL", fixture.url());
            if rustix::process::geteuid().is_root() {
                command.uid(65534).gid(65534);
            }
            command
        });
        assert_eq!(worker.line().as_deref(), Some("ready"));
        worker.go();
        worker.line().unwrap()
    }

    #[test]
    fn a_link_and_the_file_it_leads_to_are_one_store() {
        let fixture = Fixture::file();
        let link = fixture.directory().join("link");
        std::os::unix::fs::symlink(fixture.path(), &link).unwrap();
        let url = format!("sqlite:{}", link.display());
        // A link to nothing makes nothing.
        let advice = "a link to a file that is not there";
        configuration(&error(open(&url)), &link, advice);
        assert!(!fixture.path().exists());
        assert_eq!(
            swap(&mut *fixture.open(), "1", None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        let mut store = open(&url).unwrap();
        assert_eq!(loaded(&mut *store, "1"), row(1, b"a"));
        assert_eq!(
            swap(&mut *store, "1", Some(1), &row(2, b"b"), &[2]),
            Swap::Done
        );
        assert!(
            store
                .check()
                .unwrap()
                .name
                .ends_with(&fixture.path().display().to_string())
        );
        // They stand at one gate, and one log.
        let held = fixture.open().hold(&site(), &user("1"), false).unwrap();
        assert_eq!(held, Loaded::Row(row(2, b"b")));
        assert!(!with(&link, ".lock").exists() && !with(&link, "-wal").exists());
        drop(store);
        let last = fs::read_link(&link).unwrap();
        assert_eq!(last, fixture.path());
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused_and_so_is_a_link_in_one() {
        let fixture = Fixture::file();
        drop(fixture.open());
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("link");
        std::os::unix::fs::symlink(fixture.path(), &link).unwrap();
        let url = format!("sqlite:{}", link.display());
        drop(open(&url).unwrap());
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        };
        for wide in [0o707, 0o777, 0o703, 0o772] {
            mode(fixture.directory(), wide);
            for url in [url.as_str(), fixture.url()] {
                configuration(&error(open(url)), fixture.directory(), "chmod o-w");
            }
            mode(fixture.directory(), 0o700);
            mode(elsewhere.path(), wide);
            configuration(&error(open(&url)), elsewhere.path(), "chmod o-w");
            drop(open(fixture.url()).unwrap());
            mode(elsewhere.path(), 0o700);
        }
        // Where nobody may take away what is another's, nothing can be put in its place.
        mode(fixture.directory(), 0o1777);
        drop(open(fixture.url()).unwrap());
    }

    /// An operator's look as root must not lock the web server out.
    #[test]
    fn what_root_makes_in_somebody_s_directory_is_theirs() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let fixture = Fixture::file();
        chown(fixture.directory(), Some(65534), None).unwrap();
        let mut store = fixture.open();
        store.check().unwrap();
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let found = fs::metadata(with(&fixture.path(), suffix)).unwrap();
            assert_eq!(found.uid(), 65534, "{suffix}");
        }
        assert_eq!(answer_for_nobody(&fixture), "ok");
    }

    #[test]
    fn missing_permissions_are_explained() {
        let fixture = Fixture::file();
        let directory = fixture.directory();
        fs::set_permissions(directory, fs::Permissions::from_mode(0o555)).unwrap();
        let answer = answer_for_nobody(&fixture);
        assert!(
            answer.starts_with("Configuration") && answer.contains("owner of the directory"),
            "{answer}"
        );

        fs::set_permissions(directory, fs::Permissions::from_mode(0o1777)).unwrap();
        assert_eq!(answer_for_nobody(&fixture), "ok");

        fs::set_permissions(fixture.path(), fs::Permissions::from_mode(0o400)).unwrap();
        let answer = answer_for_nobody(&fixture);
        assert!(
            answer.starts_with("Unavailable") && answer.contains("read-only"),
            "{answer}"
        );

        fs::set_permissions(fixture.path(), fs::Permissions::from_mode(0o000)).unwrap();
        let answer = answer_for_nobody(&fixture);
        assert!(
            answer.starts_with("Configuration") && answer.contains("make that user"),
            "{answer}"
        );
    }

    #[test]
    fn a_full_disk_denies_and_loses_nothing() {
        let fixture = Fixture::file();
        let mut store = fixture.open();
        // The shell ignores the signal, so that the limit becomes an error, as a full disk would.
        let mut worker = Worker::start_with("fill", fixture.url(), 0, |command| {
            let program = command.get_program().to_owned();
            let args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
            let mut shell = std::process::Command::new("sh");
            shell
                .args(["-c", "trap '' XFSZ; ulimit -f 600; exec \"$@\"", "sh"])
                .arg(program)
                .args(args);
            for (name, value) in command.get_envs() {
                if let Some(value) = value {
                    shell.env(name, value);
                }
            }
            *command = shell;
            command
        });
        assert_eq!(worker.line().as_deref(), Some("ready"));
        worker.go();
        let mut last = 0;
        let answer = loop {
            let line = worker.line().unwrap();
            match line.parse() {
                Ok(number) => last = number,
                Err(_) => break line,
            }
        };
        assert!(
            last > 10 && answer.starts_with("Unavailable") && answer.contains("disk"),
            "{answer}"
        );
        drop(worker);
        assert_eq!(increment(&mut *store, &site(), &user("worker")).0, last + 1);
    }

    #[test]
    fn a_lock_of_another_program_is_waited_for_and_then_reported() {
        let fixture = Fixture::file();
        let mut store = fixture.open();
        let other = rusqlite::Connection::open(fixture.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let begin = Instant::now();
        let answer = store.hold(&site(), &user("1"), false);
        unavailable(&error(answer), &fixture.path(), "locked by another program");
        assert!(begin.elapsed() < Duration::from_secs(20));
        // Reading goes on.
        assert_eq!(store.load(&site(), &user("1")).unwrap(), Loaded::Absent);
        drop(other);
        assert_eq!(
            swap(&mut *store, "1", None, &row(1, b"a"), &[1]),
            Swap::Done
        );
    }

    #[test]
    fn a_stopped_process_denies_the_others_and_holds_nobody_for_ever() {
        let fixture = Fixture::file();
        let mut store = fixture.open();
        let mut worker = Worker::start("hold", fixture.url(), 0);
        assert_eq!(worker.line().as_deref(), Some("ready"));
        worker.go();
        assert_eq!(worker.line().as_deref(), Some("held"));
        worker.signal("STOP");
        for _ in 0..2 {
            let begin = Instant::now();
            let answer = store.hold(&site(), &user("1"), false);
            unavailable(&error(answer), &fixture.path(), "locked for 5 seconds");
            assert!(begin.elapsed() < Duration::from_secs(20));
        }
        worker.signal("CONT");
        worker.end();
        assert_eq!(
            swap(&mut *store, "1", None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        let mut other = fixture.open();
        assert_eq!(
            swap(&mut *other, "1", Some(1), &row(2, b"a"), &[2]),
            Swap::Done
        );
    }

    fn enrolled() -> (Fixture, Box<dyn Store>) {
        let fixture = Fixture::file();
        let mut store = fixture.open();
        assert_eq!(
            swap(&mut *store, "1", None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        (fixture, store)
    }

    fn remove(fixture: &Fixture) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(with(&fixture.path(), suffix));
        }
    }

    #[test]
    fn a_deleted_database_denies_now_and_after_a_restart() {
        let (fixture, mut store) = enrolled();
        remove(&fixture);
        let path = fixture.path();
        let one = user("1");
        unavailable(
            &error(store.load(&site(), &one)),
            &path,
            "deleted or replaced",
        );
        unavailable(
            &error(store.hold(&site(), &one, false)),
            &path,
            "deleted or replaced",
        );
        let answer = store.swap(&site(), &one, Some(Version(1)), &row(2, b"b"), &[]);
        unavailable(&error(answer), &path, "deleted or replaced");
        unavailable(
            &error(store.list(&site(), "", 1, None)),
            &path,
            "deleted or replaced",
        );
        unavailable(
            &error(store.audit(&site(), None, 1, None)),
            &path,
            "deleted or replaced",
        );
        unavailable(&error(store.check()), &path, "deleted or replaced");
        drop(store);
        configuration(
            &error(open(fixture.url())),
            &path,
            "restore it from a backup",
        );
        assert!(!path.exists(), "nothing is made in its place");
        // What the text says an operator can do.
        fs::remove_file(with(&path, ".lock")).unwrap();
        assert_eq!(
            fixture.open().load(&site(), &user("1")).unwrap(),
            Loaded::Absent
        );
    }

    #[test]
    fn an_empty_database_in_its_place_is_not_trusted() {
        let (fixture, mut store) = enrolled();
        let (other, other_store) = enrolled();
        drop(other_store);
        remove(&fixture);
        fs::copy(other.path(), fixture.path()).unwrap();
        let path = fixture.path();
        unavailable(
            &error(store.load(&site(), &user("1"))),
            &path,
            "deleted or replaced",
        );
        drop(store);
        configuration(
            &error(open(fixture.url())),
            &path,
            "not the database that was here before",
        );
        for content in [Vec::new(), vec![0; 4096]] {
            remove(&fixture);
            fs::write(&path, &content).unwrap();
            assert!(matches!(
                error(open(fixture.url())),
                StoreError::Configuration { .. }
            ));
            assert_eq!(fs::read(&path).unwrap(), content);
        }
    }

    #[test]
    fn an_empty_database_written_over_it_in_place_is_not_trusted() {
        let (fixture, mut store) = enrolled();
        let other = Fixture::file();
        drop(other.open());
        for each in [&fixture, &other] {
            each.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        let file = |path: &Path| fs::metadata(path).unwrap().ino();
        let before = file(&fixture.path());
        fs::write(fixture.path(), fs::read(other.path()).unwrap()).unwrap();
        assert_eq!(file(&fixture.path()), before);
        for name in ["1", "2"] {
            let path = fixture.path();
            let name = user(name);
            unavailable(
                &error(store.load(&site(), &name)),
                &path,
                "deleted or replaced",
            );
            let held = store.hold(&site(), &name, false);
            unavailable(&error(held), &path, "deleted or replaced");
        }
    }

    #[test]
    fn a_damaged_database_denies() {
        let (fixture, store) = enrolled();
        drop(store);
        let length = fs::metadata(fixture.path()).unwrap().len();
        let mut bytes = fs::read(fixture.path()).unwrap();
        for byte in bytes.iter_mut().skip(4096) {
            *byte = 0xa5;
        }
        fs::write(fixture.path(), &bytes).unwrap();
        assert_eq!(fs::metadata(fixture.path()).unwrap().len(), length);
        let answer = open(fixture.url()).and_then(|mut store| store.load(&site(), &user("1")));
        let StoreError::Unavailable { advice: text, .. } = error(answer) else {
            panic!()
        };
        assert!(text.contains("damaged"), "{text}");
    }

    #[test]
    fn a_backup_that_is_put_back_is_the_same_database() {
        let (fixture, mut store) = enrolled();
        let backup = fixture.directory().join("backup");
        fixture.sql(&format!("VACUUM INTO '{}'", backup.display()));
        assert_eq!(
            swap(&mut *store, "1", Some(1), &row(2, b"b"), &[2]),
            Swap::Done
        );
        drop(store);
        remove(&fixture);
        fs::copy(&backup, fixture.path()).unwrap();
        assert_eq!(loaded(&mut *fixture.open(), "1"), row(1, b"a"));
        // A copy at another place has no mark yet.
        assert_eq!(
            loaded(
                &mut *open(&format!("sqlite:{}", backup.display())).unwrap(),
                "1"
            ),
            row(1, b"a")
        );
    }
}

mod reads_of_mariadb {
    use mysql::prelude::Queryable;

    use super::*;
    use crate::stores_support::server;

    /// How many rows of the accounts the server has read for anybody.
    fn read(fixture: &Fixture, counts: &mut mysql::Conn) -> u64 {
        let read = format!(
            "SELECT ROWS_READ FROM information_schema.TABLE_STATISTICS \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{}twofactor_account'",
            fixture.prefix()
        );
        counts.query_first(read).unwrap().unwrap_or(0)
    }

    #[test]
    fn a_list_reads_the_accounts_that_it_gives_and_no_others() {
        let fixture = Fixture::mariadb();
        let mut store = fixture.open();
        let mut counts = server();
        counts.query_drop("SET GLOBAL userstat = 1").unwrap();
        for number in 0..400 {
            let name = format!("user{number:03}");
            assert_eq!(
                swap(&mut *store, &name, None, &row(1, b"x"), &[]),
                Swap::Done
            );
        }
        for (search, limit, after, found) in [
            ("user20", 50, None, 10),
            ("user399", 50, None, 1),
            ("user399", 50, Some("user399"), 0),
            ("nobody", 50, None, 0),
            ("zoe", 50, Some("user100"), 0),
            ("", 20, Some("user200"), 20),
        ] {
            let before = read(&fixture, &mut counts);
            let listed = store.list(&site(), search, limit, after).unwrap();
            assert_eq!(listed.len(), found, "{search} {after:?}");
            let rows = usize::try_from(read(&fixture, &mut counts) - before).unwrap();
            // And the one at which the range ends.
            assert!(rows <= found + 1, "{rows} for {search} {after:?}");
        }
    }
}

mod errors_of_mariadb {
    use std::fs::Permissions;
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::time::{Duration, Instant};

    use mysql::prelude::Queryable;
    use proptest::prelude::*;

    use super::*;
    use crate::stores_support::{OwnServer, Proxy, increment, mariadb_url, open, server};

    const ONE: &str = "1";

    fn error(result: Result<impl Sized, StoreError>) -> StoreError {
        match result {
            Err(error) => error,
            Ok(_) => panic!("no error"),
        }
    }

    /// No text repeats the password.
    fn configuration(error: &StoreError, advice: &str) {
        let StoreError::Configuration { advice: text, .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            text.contains(advice) && !text.contains("only-for-tests"),
            "{text}"
        );
    }

    fn unavailable(error: &StoreError, advice: &str) {
        let StoreError::Unavailable { advice: text, .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            text.contains(advice) && !text.contains("only-for-tests"),
            "{text}"
        );
    }

    #[test]
    fn wrong_credentials_and_addresses_are_explained() {
        let url = mariadb_url();
        let answer = open(&url.replace("only-for-tests", "wrong"));
        configuration(&error(answer), "refuses this user or password");
        let (_, server) = url.split_once(":only-for-tests@").unwrap();
        let answer = open(&format!("mysql://nobody:only-for-tests@{server}"));
        configuration(&error(answer), "refuses this user or password");
        let answer = open(&format!("{url}_missing"));
        configuration(&error(answer), "does not exist");
        // Every server of a test is at another address: nothing can come to listen here.
        let answer = open("mysql://u:only-for-tests@127.0.0.9:9/d");
        unavailable(&error(answer), "does not answer");
        let answer = open("mysql://u:only-for-tests@localhost/d?socket=/nowhere.sock");
        unavailable(&error(answer), "");
        let answer = open(&format!("{url}?tls=required"));
        configuration(&error(answer), "does not encrypt");
    }

    #[test]
    fn a_server_that_says_nothing_is_given_up_on() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let begin = Instant::now();
        let answer = open(&format!("mysql://u:p@{}/d", silent.local_addr().unwrap()));
        unavailable(&error(answer), "did not answer within 5 seconds");
        assert!(begin.elapsed() < Duration::from_secs(20));
    }

    /// The `mysql` crate reads a version as soon as it is told, and panics over digits that it takes for numbers and
    /// cannot read.
    #[test]
    fn a_server_s_version_in_the_digits_of_another_script_is_no_panic() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("mysql://u:p@{}/d", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            // A handshake of protocol 10 with the flags of MariaDB 10.11, and after the answer: access denied.
            let greeting = [
                b"\x0a".as_slice(),
                "٨.٤.٠\0".as_bytes(),
                b"\x01\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0",
                b"mysql_native_password\0",
            ]
            .concat();
            packet(&mut client, 0, &greeting);
            assert!(client.read(&mut [0; 1000]).unwrap() > 30);
            packet(&mut client, 2, b"\xff\x15\x04#28000denied");
        });
        configuration(&error(open(&url)), "refuses this user");
        server.join().unwrap();
    }

    fn packet(to: &mut std::net::TcpStream, number: u8, payload: &[u8]) {
        let length = u8::try_from(payload.len()).unwrap();
        to.write_all(&[&[length, 0, 0, number], payload].concat())
            .unwrap();
    }

    #[test]
    fn a_password_in_a_file_and_a_socket_work() {
        let fixture = Fixture::mariadb();
        let file = fixture.directory().join("password");
        std::fs::write(&file, "only-for-tests\n").unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let url = fixture.url().replace(":only-for-tests@", "@");
        let url = format!("{url}&password_file={}", file.display());
        open(&url).unwrap().check().unwrap();
        let socket: String = server().query_first("SELECT @@socket").unwrap().unwrap();
        let said = open(&format!("{url}&socket={socket}"))
            .unwrap()
            .check()
            .unwrap()
            .name;
        assert!(said.contains(&socket), "{said}");
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        configuration(&error(open(&url)), "chmod o-rwx");
        std::fs::remove_file(&file).unwrap();
        configuration(&error(open(&url)), "password file");
    }

    #[test]
    fn prefixes_keep_installations_apart() {
        let (a, b) = (Fixture::mariadb(), Fixture::mariadb());
        assert_eq!(
            swap(&mut *a.open(), ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        assert_eq!(b.open().load(&site(), &user(ONE)).unwrap(), Loaded::Absent);
        let tables: Vec<String> = server()
            .query(format!(
                "SHOW TABLES LIKE '{}%'",
                a.prefix().replace('_', "\\_")
            ))
            .unwrap();
        let names = [
            "account",
            "aging",
            "audit",
            "message",
            "notice",
            "phone",
            "schema",
            "shared_row",
        ];
        assert_eq!(
            tables,
            names.map(|name| format!("{}twofactor_{name}", a.prefix()))
        );
    }

    #[test]
    fn a_site_that_is_under_another_prefix_is_found() {
        let (a, b) = (Fixture::mariadb(), Fixture::mariadb());
        let elsewhere = Site::new(format!("only {}", a.prefix())).unwrap();
        let one = user(ONE);
        let mut other = b.open();
        assert_eq!(other.occupants(&elsewhere).unwrap(), Occupants::default());
        let written = a.open().swap(&elsewhere, &one, None, &row(1, b"a"), &[]);
        assert_eq!(written.unwrap(), Swap::Done);
        let found = other.occupants(&elsewhere).unwrap();
        assert_eq!(found.elsewhere.as_deref(), Some(a.prefix()));
        assert!(!found.own);
        // Another site's tables are nobody's business, as on a shared host.
        let third = Site::new("third").unwrap();
        assert_eq!(other.occupants(&third).unwrap(), Occupants::default());
        let written = other.swap(&elsewhere, &one, None, &row(1, b"a"), &[]);
        assert_eq!(written.unwrap(), Swap::Done);
        let own = other.occupants(&elsewhere).unwrap();
        assert_eq!((own.elsewhere, own.kept_elsewhere), (None, None));
        // Where it was opened and nobody has an account yet.
        let empty = Site::new(format!("empty {}", a.prefix())).unwrap();
        let rows = [change("store", None, b"1")];
        let written = a.open().swap_shared_rows(&empty, at(0), &rows);
        assert_eq!(written.unwrap(), Swap::Done);
        let found = other.occupants(&empty).unwrap();
        assert_eq!(found.kept_elsewhere.as_deref(), Some(a.prefix()));
        assert_eq!((found.own, found.elsewhere), (false, None));
    }

    #[test]
    fn a_newer_schema_and_missing_tables_deny() {
        let fixture = Fixture::mariadb();
        let mut store = fixture.open();
        fixture.sql("UPDATE {schema} SET version = version + 1");
        configuration(&error(open(fixture.url())), "newer version");
        fixture.sql("UPDATE {schema} SET version = version - 1");
        fixture.sql("DROP TABLE {account}");
        configuration(&error(store.load(&site(), &user(ONE))), "are gone");
        configuration(&error(store.hold(&site(), &user(ONE), true)), "are gone");
        configuration(&error(store.check()), "is missing");
        configuration(
            &error(store.swap(&site(), &user(ONE), None, &row(1, b"a"), &[])),
            "are gone",
        );
        let answer = open(fixture.url()).and_then(|mut store| store.load(&site(), &user(ONE)));
        configuration(&error(answer), "are gone");
    }

    #[test]
    fn a_user_who_may_not_do_enough_is_told_so() {
        let server = OwnServer::start();
        server.sql("CREATE USER reader IDENTIFIED BY 'only-for-tests'");
        server.sql("GRANT SELECT ON mysql.* TO reader");
        let url = |user: &str| format!("mysql://{user}@localhost/mysql?socket={}", server.socket);
        let reader = url("reader:only-for-tests");
        configuration(
            &error(open(&reader)),
            "grant SELECT, INSERT, UPDATE, DELETE and CREATE",
        );
        drop(open(&url("root")).unwrap());
        // Once the tables are there, reading works, and writing says why it does not.
        let mut store = open(&reader).unwrap();
        assert_eq!(store.load(&site(), &user(ONE)).unwrap(), Loaded::Absent);
        configuration(&error(store.check()), "grant SELECT");
        let answer = store.swap(&site(), &user(ONE), None, &row(1, b"a"), &[]);
        configuration(&error(answer), "grant SELECT");
    }

    #[test]
    fn a_database_that_is_not_there_is_not_a_wrong_password() {
        // Who may use one database is told of another that it may not, whether or not it is there.
        let server = OwnServer::start();
        server.sql("CREATE DATABASE shop; CREATE USER cms IDENTIFIED BY 'only-for-tests'");
        server.sql("GRANT ALL ON shop.* TO cms");
        let url = |name: &str| {
            let socket = &server.socket;
            format!("mysql://cms:only-for-tests@localhost/{name}?socket={socket}")
        };
        drop(open(&url("shop")).unwrap());
        configuration(&error(open(&url("shpo"))), "does not exist, or this user");
    }

    #[test]
    fn no_variable_of_the_server_changes_what_is_done() {
        let server = OwnServer::start();
        server.sql(
            "SET GLOBAL sql_mode = 'ANSI,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,\
             ONLY_FULL_GROUP_BY,NO_ZERO_DATE,HIGH_NOT_PRECEDENCE,NO_AUTO_VALUE_ON_ZERO,ORACLE'; \
             SET GLOBAL sql_safe_updates = 1; SET GLOBAL sql_select_limit = 1; SET GLOBAL max_join_size = 1; \
             SET GLOBAL autocommit = 0; SET GLOBAL tx_isolation = 'SERIALIZABLE'; SET GLOBAL tx_read_only = 1; \
             SET GLOBAL sql_auto_is_null = 1; SET GLOBAL foreign_key_checks = 0; SET GLOBAL unique_checks = 0; \
             SET GLOBAL lock_wait_timeout = 1; SET GLOBAL max_statement_time = 0.000001; \
             SET GLOBAL time_zone = '+13:00'; SET GLOBAL character_set_server = 'ucs2'; \
             SET GLOBAL collation_server = 'utf16_bin'; SET GLOBAL wait_timeout = 3; \
             SET GLOBAL default_storage_engine = 'MyISAM'; SET GLOBAL innodb_lock_wait_timeout = 1",
        );
        let mut store = open(&format!(
            "mysql://root@localhost/mysql?prefix=Odd_&socket={}",
            server.socket
        ))
        .unwrap();
        for name in ["1", "2", "3"] {
            assert_eq!(
                swap(&mut *store, name, None, &row(1, b"a"), &[1, 2]),
                Swap::Done
            );
            assert_eq!(
                swap(&mut *store, name, Some(1), &row(2, b"b"), &[3]),
                Swap::Done
            );
            assert_eq!(loaded(&mut *store, name), row(2, b"b"));
            assert_eq!(events(&mut *store, name).len(), 3);
        }
        assert_eq!(store.list(&site(), "", 10, None).unwrap().len(), 3);
        let changes = [change("a", None, b"1"), change("b", None, b"2")];
        assert_eq!(
            store.swap_shared_rows(&site(), at(0), &changes).unwrap(),
            Swap::Done
        );
        let rows = store.shared_rows(&site(), &names(["a", "b"])).unwrap();
        assert_eq!(rows, [raw_row(1, b"1"), raw_row(1, b"2")]);
        store.check().unwrap();
    }

    #[test]
    fn a_table_without_transactions_is_reported() {
        let fixture = Fixture::mariadb();
        let mut store = fixture.open();
        fixture.sql("ALTER TABLE {audit} ENGINE = MyISAM");
        configuration(&error(store.check()), "not InnoDB");
    }

    #[test]
    fn events_from_before_there_was_a_time_of_writing_are_read_on() {
        let fixture = Fixture::mariadb();
        let mut store = fixture.open();
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1, 2, 3]),
            Swap::Done
        );
        fixture.sql("ALTER TABLE {audit} DROP KEY place, DROP COLUMN written");
        fixture.sql("DELETE FROM {audit} WHERE seq = 2");
        // The second time by a process that ended before it noted the first.
        for _ in 0..2 {
            fixture.sql("UPDATE {schema} SET version = 4");
            let mut store = fixture.open();
            assert_eq!(store.events(&site(), 0, 9).unwrap().len(), 2);
        }
        assert_eq!(
            swap(&mut *store, ONE, Some(1), &row(2, b"b"), &[4]),
            Swap::Done
        );
        fixture.sql("UPDATE {audit} SET id = id + 1 WHERE seq = 4");
        assert_eq!(store.events(&site(), 0, 9).unwrap().len(), 2);
        age(&fixture, 60, "seq = 4");
        assert_eq!(store.events(&site(), 0, 9).unwrap().len(), 3);
    }

    /// As if it had been written so much earlier, by the server's clock.
    fn age(fixture: &Fixture, seconds: i64, which: &str) {
        fixture.sql(&format!(
            "UPDATE {{audit}} SET written = written - {seconds} WHERE {which}"
        ));
    }

    #[test]
    fn an_event_behind_a_gap_waits_until_nobody_can_fill_it_any_more() {
        let fixture = Fixture::mariadb();
        let mut store = fixture.open();
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1, 2]),
            Swap::Done
        );
        // Its process has a place, and has not committed yet.
        fixture.sql("UPDATE {audit} SET id = id + 1 WHERE seq = 2");
        let mut seqs = || -> Vec<u64> {
            let found = store.events(&site(), 0, 9).unwrap();
            found.into_iter().map(|(_, event)| event.seq).collect()
        };
        assert_eq!(seqs(), [1]);
        age(&fixture, 30, "seq = 2");
        assert_eq!(seqs(), [1]);
        age(&fixture, 30, "seq = 2");
        assert_eq!(seqs(), [1, 2]);
        age(&fixture, -60, "seq = 2");
        assert_eq!(seqs(), [1]);
        fixture.sql("UPDATE {audit} SET id = id - 1 WHERE seq = 2");
        assert_eq!(seqs(), [1, 2]);
    }

    #[test]
    fn no_event_with_a_time_to_come_keeps_back_what_others_wrote() {
        let fixture = Fixture::mariadb();
        let mut store = fixture.open();
        let other = Site::new("another").unwrap();
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        // A site's clock was ahead once; and before each somebody took a place and gave it up.
        let ahead = AuditRow {
            at: at(4_000_000_000),
            ..event(&user("1"), 1)
        };
        let theirs = store.swap(
            &other,
            &user("1"),
            None,
            &row(1, b"a"),
            std::slice::from_ref(&ahead),
        );
        assert_eq!(theirs.unwrap(), Swap::Done);
        let own = [AuditRow { seq: 2, ..ahead }];
        let written = store.swap(&site(), &user(ONE), Some(Version(1)), &row(2, b"b"), &own);
        assert_eq!(written.unwrap(), Swap::Done);
        assert_eq!(
            swap(&mut *store, ONE, Some(2), &row(3, b"c"), &[3]),
            Swap::Done
        );
        fixture.sql("UPDATE {audit} SET id = 2 * id - 1 ORDER BY id DESC");
        let mut seqs = || -> Vec<u64> {
            let found = store.events(&site(), 0, 9).unwrap();
            found.into_iter().map(|(_, event)| event.seq).collect()
        };
        assert_eq!(seqs(), [1], "as long as a transaction may last");
        fixture.a_minute_passes();
        assert_eq!(seqs(), [1, 2, 3], "and no longer");
        // Nor does the server's own clock, once it is put right again; nor one that was behind.
        for ahead in [-1_000_000_000, 1_000_000_000] {
            age(&fixture, ahead, "TRUE");
            assert_eq!(seqs(), [1, 2, 3], "{ahead}");
            age(&fixture, -ahead, "TRUE");
        }
    }

    #[test]
    fn where_places_are_given_in_steps_of_three_an_event_comes_after_a_minute() {
        let server = OwnServer::start();
        server.sql("CREATE DATABASE shop; SET GLOBAL auto_increment_increment = 3, GLOBAL auto_increment_offset = 2");
        let url = format!("mysql://root@localhost/shop?socket={}", server.socket);
        let mut store = open(&url).unwrap();
        let mut after = 0;
        for version in 1..=5 {
            let expected = (version > 1).then(|| version - 1);
            let done = swap(&mut *store, ONE, expected, &row(version, b"a"), &[version]);
            assert_eq!(done, Swap::Done);
            let early = store.events(&site(), after, 9).unwrap();
            assert_eq!(early, [], "another node may give the places between");
            server.sql("UPDATE shop.twofactor_audit SET written = written - 60");
            let found = store.events(&site(), after, 9).unwrap();
            assert_eq!(
                found.iter().map(|it| it.1.seq).collect::<Vec<_>>(),
                [version]
            );
            assert_eq!(found[0].0 % 3, 2);
            after = found[0].0;
        }
    }

    #[test]
    fn what_other_sites_write_makes_no_page_of_a_sites_events_longer() {
        let server = OwnServer::start();
        server.sql("CREATE DATABASE shop");
        let url = format!("mysql://root@127.0.0.1:{}/shop?tls=off", server.port);
        let proxy = Proxy::to(&url);
        let mut store = open(&proxy.url).unwrap();
        let rows_read = |what: &mut dyn FnMut()| -> (u64, usize) {
            let count = || -> u64 {
                let said: Vec<(String, u64)> = server
                    .connection()
                    .query("SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Handler\\_read\\_%' AND Variable_name NOT LIKE '%rnd%'")
                    .unwrap();
                assert!(said.len() > 4, "{said:?}");
                said.into_iter().map(|(_, many)| many).sum()
            };
            let before = (count(), proxy.round_trips());
            what();
            (count() - before.0, proxy.round_trips() - before.1)
        };
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1, 2]),
            Swap::Done
        );
        let start = store.events(&site(), 0, 9).unwrap()[0].0;
        // What they wrote long ago, and just now.
        let theirs = |written: &str, from: u32| {
            server.sql(&format!(
                "INSERT INTO shop.twofactor_audit (site, user, seq, at, body, mac, written) \
                 SELECT 'another', 'u', seq, 1700000000, '', REPEAT('x', 32), {written} \
                 FROM shop.seq_{from}_to_{}",
                from + 24_999
            ));
        };
        theirs("UNIX_TIMESTAMP() - 100", 1);
        theirs("UNIX_TIMESTAMP()", 30_000);
        let last = store.events(&site(), start, 9).unwrap()[0].0;
        for (after, many) in [(0, 2), (start, 1), (last, 0)] {
            let read = rows_read(&mut || {
                assert_eq!(store.events(&site(), after, 9).unwrap().len(), many);
            });
            assert!(read.0 < 60 && read.1 <= 3, "{after}: {read:?}");
        }
        // Ours is behind more than are looked at for gaps: it comes when it is settled.
        assert_eq!(
            swap(&mut *store, ONE, Some(1), &row(2, b"b"), &[3]),
            Swap::Done
        );
        let read = rows_read(&mut || assert_eq!(store.events(&site(), last, 9).unwrap(), []));
        assert!(read.0 < 11_000 && read.1 <= 3, "{read:?}");
        server.sql("UPDATE shop.twofactor_audit SET written = written - 60 WHERE seq = 3 AND site <> 'another'");
        let read = rows_read(&mut || {
            assert_eq!(store.events(&site(), last, 9).unwrap().len(), 1);
        });
        assert!(read.0 < 60 && read.1 <= 3, "{read:?}");
        let read = rows_read(&mut || {
            assert_eq!(store.audit(&site(), None, 9, None).unwrap().len(), 3);
        });
        assert!(
            read.0 < 60 && read.1 == 1,
            "the newest first as well: {read:?}"
        );
    }

    /// What happens to the table of events, by several connections.
    #[derive(Debug, Clone)]
    enum Step {
        /// This one takes a place, in steps of so many, for an event of ours with that time.
        Begin(usize, u8, i64),
        /// The same for another site.
        BeginOther(usize, i64),
        /// It ends, with its event or without.
        End(usize, bool),
        Read(u32),
        /// As long as a transaction may last: those that are open end within it.
        Minute,
    }

    const WRITERS: usize = 3;

    fn step() -> impl Strategy<Value = Step> {
        let times = prop_oneof![
            Just(0),
            Just(1_700_000_000),
            Just(4_000_000_000),
            Just(253_402_300_799)
        ];
        prop_oneof![
            4 => (0..WRITERS, prop_oneof![Just(1), Just(3)], times.clone())
                .prop_map(|(who, step, at)| Step::Begin(who, step, at)),
            2 => (0..WRITERS, times).prop_map(|(who, at)| Step::BeginOther(who, at)),
            4 => (0..WRITERS, prop::bool::weighted(0.7)).prop_map(|(who, is)| Step::End(who, is)),
            4 => (1..4u32).prop_map(Step::Read),
            1 => Just(Step::Minute),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_times_events_have_a_reader_gets_each_once_and_in_order(
            steps in prop::collection::vec(step(), 1..60),
        ) {
            let fixture = Fixture::mariadb();
            let mut store = fixture.open();
            let audit = format!("{}twofactor_audit", fixture.prefix());
            let mut writers: Vec<_> = (0..WRITERS).map(|_| (server(), None::<u64>)).collect();
            let (mut next, mut after) = (0_u64, 0_u64);
            let (mut committed, mut read) = (Vec::new(), Vec::new());
            let mut end = |(connection, open): &mut (mysql::Conn, Option<u64>), is: bool| {
                if let Some(seq) = open.take() {
                    connection.query_drop(if is { "COMMIT" } else { "ROLLBACK" }).unwrap();
                    // Of another site: 0.
                    committed.extend((is && seq > 0).then_some(seq));
                }
            };
            let mut go_on = |limit: u32| {
                let found = store.events(&site(), after, limit).unwrap();
                for (place, event) in &found {
                    assert!(*place > after, "in order");
                    after = *place;
                    read.push(event.seq);
                }
                !found.is_empty()
            };
            for step in steps.into_iter().chain([Step::Minute]) {
                let (who, step, whose, at) = match step {
                    Step::Begin(who, step, at) => (who, step, site(), at),
                    Step::BeginOther(who, at) => (who, 1, Site::new("another").unwrap(), at),
                    Step::End(who, is) => {
                        end(&mut writers[who], is);
                        continue;
                    }
                    Step::Read(limit) => {
                        go_on(limit);
                        continue;
                    }
                    Step::Minute => {
                        for (number, writer) in writers.iter_mut().enumerate() {
                            end(writer, number != 1);
                        }
                        fixture.a_minute_passes();
                        // Whoever asks again after it has them all.
                        while go_on(5) {}
                        continue;
                    }
                };
                end(&mut writers[who], true);
                next += 1;
                let (connection, open) = &mut writers[who];
                connection
                    .query_drop(format!(
                        "SET SESSION auto_increment_increment = {step}; BEGIN; \
                         INSERT INTO `{audit}` (site, user, seq, at, body, mac, written) VALUES \
                         ('{whose}', 'u', {next}, {at}, '', REPEAT('x', 32), UNIX_TIMESTAMP())"
                    ))
                    .unwrap();
                *open = Some(if whose == site() { next } else { 0 });
            }
            read.sort_unstable();
            committed.sort_unstable();
            prop_assert_eq!(read, committed, "each once");
        }
    }

    #[test]
    fn whoever_reads_events_while_others_write_them_misses_none() {
        let fixture = Fixture::mariadb();
        drop(fixture.open());
        let mut read = Vec::new();
        std::thread::scope(|threads| {
            let writers: Vec<_> = ["a", "b", "c", "d"]
                .map(|name| {
                    let fixture = &fixture;
                    threads.spawn(move || {
                        let mut store = fixture.open();
                        for version in 1..=100 {
                            let (expected, row) = (version - 1, row(version, b"x"));
                            let expected = (expected > 0).then_some(expected);
                            let done = swap(&mut *store, name, expected, &row, &[version]);
                            assert_eq!(done, Swap::Done);
                        }
                    })
                })
                .into();
            let mut store = fixture.open();
            let mut after = 0;
            let mut go_on = || {
                let found = store.events(&site(), after, 7).unwrap();
                after = found.last().map_or(after, |(place, _)| *place);
                let many = found.len();
                read.extend(
                    found
                        .into_iter()
                        .map(|(_, it)| (it.user.to_string(), it.seq)),
                );
                many
            };
            // Every event was written just now, so every gap is waited for.
            while !writers.iter().all(|it| it.is_finished()) {
                go_on();
            }
            fixture.a_minute_passes();
            while go_on() > 0 {}
        });
        for name in ["a", "b", "c", "d"] {
            let seqs = read
                .iter()
                .filter(|(user, _)| user == name)
                .map(|(_, seq)| *seq);
            assert_eq!(
                seqs.collect::<Vec<_>>(),
                (1..=100).collect::<Vec<_>>(),
                "{name}"
            );
        }
    }

    #[test]
    fn a_row_that_stays_locked_is_given_up_on() {
        let fixture = Fixture::mariadb();
        let (mut a, mut b) = (fixture.open(), fixture.open());
        assert_eq!(swap(&mut *a, ONE, None, &row(1, b"a"), &[1]), Swap::Done);
        let _ = a.hold(&site(), &user(ONE), true).unwrap();
        let begin = Instant::now();
        unavailable(&error(b.hold(&site(), &user(ONE), true)), "is locked");
        // A swap that meets the lock is a lost one: nobody knows better.
        assert_eq!(
            swap(&mut *b, ONE, Some(1), &row(2, b"b"), &[2]),
            Swap::Conflict
        );
        assert!(begin.elapsed() < Duration::from_secs(20));
        assert_eq!(loaded(&mut *b, ONE), row(1, b"a"), "reading does not wait");
        assert_eq!(swap(&mut *a, ONE, Some(1), &row(2, b"c"), &[2]), Swap::Done);
        assert_eq!(swap(&mut *b, ONE, Some(2), &row(3, b"d"), &[3]), Swap::Done);
    }

    fn through(fixture: &Fixture) -> (Proxy, Box<dyn Store>) {
        let proxy = Proxy::to(fixture.url());
        let store = open(&proxy.url).unwrap();
        (proxy, store)
    }

    #[test]
    fn a_change_takes_two_round_trips() {
        let fixture = Fixture::mariadb();
        let (proxy, mut store) = through(&fixture);
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        for (contended, version) in [(false, 1), (true, 2), (false, 3)] {
            let before = proxy.round_trips();
            let _ = store.hold(&site(), &user(ONE), contended).unwrap();
            let events = [version * 2, version * 2 + 1];
            let next = row(version + 1, &[7; 2000]);
            assert_eq!(
                swap(&mut *store, ONE, Some(version), &next, &events),
                Swap::Done
            );
            assert_eq!(proxy.round_trips() - before, 2);
        }
        let before = proxy.round_trips();
        loaded(&mut *store, ONE);
        assert_eq!(proxy.round_trips() - before, 1);
    }

    #[test]
    fn a_dead_connection_is_made_anew() {
        let fixture = Fixture::mariadb();
        let (proxy, mut store) = through(&fixture);
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        proxy.cut();
        assert_eq!(loaded(&mut *store, ONE), row(1, b"a"));
        for contended in [false, true] {
            proxy.cut();
            assert!(matches!(
                store.hold(&site(), &user(ONE), contended),
                Ok(Loaded::Row(_))
            ));
            store.release();
        }
        proxy.cut();
        assert_eq!(store.list(&site(), "", 9, None).unwrap().len(), 1);
        proxy.cut();
        assert_eq!(store.audit(&site(), None, 9, None).unwrap().len(), 1);
        proxy.cut();
        store.check().unwrap();
    }

    #[test]
    fn a_connection_that_the_server_ends_is_made_anew_but_its_swap_is_not() {
        let mut server = OwnServer::start();
        let url = format!("mysql://root@localhost/mysql?socket={}", server.socket);
        let mut store = open(&url).unwrap();
        let end = |server: &OwnServer| {
            // The one before it may still be on its way out.
            let others = "SELECT id FROM information_schema.processlist \
                          WHERE db = 'mysql' AND command <> 'Killed'";
            let ids: Vec<u64> = server.connection().query(others).unwrap();
            assert_eq!(ids.len(), 1);
            for id in ids {
                server.sql(&format!("KILL {id}"));
            }
        };
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        end(&server);
        assert_eq!(loaded(&mut *store, ONE), row(1, b"a"));
        for contended in [false, true] {
            let _ = store.hold(&site(), &user(ONE), contended).unwrap();
            end(&server);
            let answer = store.swap(&site(), &user(ONE), Some(Version(1)), &row(2, b"b"), &[]);
            assert!(matches!(error(answer), StoreError::Unavailable { .. }));
            assert_eq!(loaded(&mut *store, ONE), row(1, b"a"));
        }
        assert_eq!(
            swap(&mut *store, ONE, Some(1), &row(2, b"b"), &[2]),
            Swap::Done
        );
        // The whole server goes, and comes back.
        server.stop();
        assert!(matches!(
            error(store.load(&site(), &user(ONE))),
            StoreError::Unavailable { .. }
        ));
        server.start_again();
        assert_eq!(loaded(&mut *store, ONE), row(2, b"b"));
    }

    #[test]
    fn a_server_that_is_down_denies_until_it_is_back() {
        let fixture = Fixture::mariadb();
        let (proxy, mut store) = through(&fixture);
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        proxy.down();
        for _ in 0..2 {
            assert!(matches!(
                error(store.load(&site(), &user(ONE))),
                StoreError::Unavailable { .. }
            ));
            let answer = store.hold(&site(), &user(ONE), true);
            assert!(matches!(error(answer), StoreError::Unavailable { .. }));
            assert!(matches!(
                error(store.check()),
                StoreError::Unavailable { .. }
            ));
            store.release();
        }
        proxy.up();
        assert_eq!(loaded(&mut *store, ONE), row(1, b"a"));
        assert_eq!(
            swap(&mut *store, ONE, Some(1), &row(2, b"b"), &[2]),
            Swap::Done
        );
    }

    #[test]
    fn tables_that_went_while_the_server_was_away_are_not_made_again() {
        let fixture = Fixture::mariadb();
        let (proxy, mut store) = through(&fixture);
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        fixture.sql("DROP TABLE {account}, {audit}, {phone}, {shared_row}, {message}, {schema}");
        proxy.cut();
        configuration(&error(store.load(&site(), &user(ONE))), "are gone");
    }

    #[test]
    fn a_swap_that_breaks_off_is_never_sent_again() {
        let fixture = Fixture::mariadb();
        let (proxy, mut store) = through(&fixture);
        assert_eq!(
            swap(&mut *store, ONE, None, &row(1, b"a"), &[1]),
            Swap::Done
        );
        for contended in [false, true] {
            // It never reached the server.
            let _ = store.hold(&site(), &user(ONE), contended).unwrap();
            proxy.cut();
            let before = loaded(&mut *fixture.open(), ONE);
            let next = row(before.version.0 + 1, b"b");
            let answer = store.swap(&site(), &user(ONE), Some(before.version), &next, &[]);
            assert!(matches!(error(answer), StoreError::Unavailable { .. }));
            assert_eq!(loaded(&mut *store, ONE), before);

            // It did, but the answer was lost: refused, and done once.
            let _ = store.hold(&site(), &user(ONE), contended).unwrap();
            proxy.lose_next_answer();
            let seq = next.version.0 * 10;
            let events = [event(&user(ONE), seq)];
            let answer = store.swap(&site(), &user(ONE), Some(before.version), &next, &events);
            assert!(matches!(error(answer), StoreError::Unavailable { .. }));
            assert_eq!(loaded(&mut *store, ONE), next);
            assert_eq!(events_with(&mut *store, seq), 1);
        }
        increment_is_possible(&fixture);
    }

    /// InnoDB chooses who loses, so a proxy says it in its place.
    #[test]
    fn who_loses_in_a_deadlock_asks_again_and_writes_nothing_twice() {
        let fixture = Fixture::mariadb();
        let (proxy, mut store) = through(&fixture);
        let first = row(1, b"a");
        assert_eq!(swap(&mut *store, ONE, None, &first, &[1]), Swap::Done);

        // Reading: asked again up to twenty times, then refused.
        for times in [1, 20] {
            proxy.deadlocks(times);
            assert_eq!(loaded(&mut *store, ONE), first, "{times}");
            assert_eq!(proxy.deadlocks_left(), 0);
        }
        proxy.deadlocks(21);
        let refused = error(store.load(&site(), &user(ONE)));
        assert!(
            matches!(refused, StoreError::Unavailable { .. }),
            "{refused}"
        );
        assert_eq!(
            (proxy.deadlocks_left(), loaded(&mut *store, ONE)),
            (0, first.clone())
        );

        // Writing: lost, with nothing written; tried anew, written once.
        let mut before = first;
        for contended in [false, true] {
            let next = row(before.version.0 + 1, b"b");
            let events = [event(&user(ONE), next.version.0 * 10)];
            proxy.deadlocks(3);
            let held = store.hold(&site(), &user(ONE), contended).unwrap();
            assert_eq!(
                (held, proxy.deadlocks_left()),
                (Loaded::Row(before.clone()), 0)
            );
            proxy.deadlocks(1);
            let answer = store.swap(&site(), &user(ONE), Some(before.version), &next, &events);
            assert_eq!(answer.unwrap(), Swap::Conflict);
            assert_eq!(loaded(&mut *fixture.open(), ONE), before);
            assert_eq!(events_with(&mut *store, events[0].seq), 0);

            let _ = store.hold(&site(), &user(ONE), contended).unwrap();
            let answer = store.swap(&site(), &user(ONE), Some(before.version), &next, &events);
            assert_eq!(answer.unwrap(), Swap::Done);
            assert_eq!(loaded(&mut *fixture.open(), ONE), next);
            assert_eq!(events_with(&mut *store, events[0].seq), 1);
            before = next;
        }
        // And no lock was left behind.
        let after = row(before.version.0 + 1, b"c");
        assert_eq!(
            swap(
                &mut *fixture.open(),
                ONE,
                Some(before.version.0),
                &after,
                &[1_000]
            ),
            Swap::Done
        );
    }

    fn events_with(store: &mut dyn Store, seq: u64) -> usize {
        events(store, ONE)
            .into_iter()
            .filter(|event| event.seq == seq)
            .count()
    }

    fn increment_is_possible(fixture: &Fixture) {
        assert_eq!(
            increment(&mut *fixture.open(), &site(), &user("other")).0,
            1
        );
    }

    #[test]
    fn tls_needs_a_certificate_that_is_trusted_for_that_name() {
        let server = OwnServer::start();
        let with = |host: &str, options: &str| {
            format!(
                "mysql://root@{host}:{}/mysql?prefix=tls_&{options}",
                server.port
            )
        };
        let ca = format!("ca={}", server.ca.display());
        for host in ["127.0.0.1", "localhost"] {
            let mut store = open(&with(host, &ca)).unwrap();
            let said = store.check().unwrap().name;
            assert!(said.contains("tls=required"), "{said}");
            assert!(server.sees_encryption());
        }
        // The public certificates do not vouch for it, and another CA does not either.
        configuration(
            &error(open(&with("127.0.0.1", "tls=required"))),
            "certificate",
        );
        let wrong = format!("ca={}", server.wrong_ca.display());
        configuration(&error(open(&with("127.0.0.1", &wrong))), "certificate");
        // Right CA, but the certificate names another host.
        configuration(&error(open(&with("127.0.0.2", &ca))), "certificate");
        configuration(
            &error(open(&with("127.0.0.1", "ca=/nowhere.pem"))),
            "cannot be read",
        );
    }

    #[test]
    fn a_read_only_server_denies() {
        // A server of its own: read_only is for all.
        let server = OwnServer::start();
        let url = format!(
            "mysql://reader:p@127.0.0.1:{}/mysql?prefix=ro_&ca={}",
            server.port,
            server.ca.display()
        );
        server.sql("CREATE USER reader@'%' IDENTIFIED BY 'p'; GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON mysql.* TO reader@'%'");
        let mut store = open(&url).unwrap();
        server.sql("SET GLOBAL read_only = 1");
        unavailable(&error(store.check()), "read-only");
        let answer = store.swap(&site(), &user(ONE), None, &row(1, b"a"), &[]);
        unavailable(&error(answer), "read-only");
        // It may be behind, and say of somebody who has just enrolled that they have no second factor.
        unavailable(&error(store.load(&site(), &user(ONE))), "read-only");
        unavailable(&error(open(&url)), "read-only");
        server.sql("SET GLOBAL read_only = 0");
        store.check().unwrap();
        server.sql("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        assert!(!store.check().unwrap().is_durable);
    }
}
