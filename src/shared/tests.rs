//! Rows of two kinds, changed by two who share a store.

use std::cell::Cell as Counter;

use super::format::{self, RowError};
use super::*;
use crate::clock::UnixTime;
use crate::crypto::{Domain, KeyRing, OpenError};
use crate::store::{RawRowChange, StoreHandle, StoreUrl, Swap, Version, open};
use crate::types::Site;

const KEY_A: &str = "a = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const KEY_B: &str = "b = AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Count(u8);

impl SharedRow for Count {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        format::read(bytes).map(Self)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(format::write(&self.0)?)
    }
}

struct CountKey(&'static str);

impl RowKey for CountKey {
    type Row = Count;

    const KIND: RowKind = RowKind::Breaker;

    fn id(&self) -> String {
        self.0.to_owned()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Sealed(Vec<u8>);

impl SharedRow for Sealed {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        match context.open(Domain::Store, bytes) {
            Ok(plain) => Ok(Self(plain.to_vec())),
            Err(OpenError::Damaged | OpenError::KeyMissing) => Err(RowError),
        }
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(context.seal(Domain::Store, &self.0)?)
    }
}

struct SealedKey;

impl RowKey for SealedKey {
    type Row = Sealed;

    const KIND: RowKind = RowKind::Store;

    fn id(&self) -> String {
        String::new()
    }
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).unwrap()
}

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::parse(&keys.join("\n")).unwrap()
}

fn rows_in(url: &str) -> (SharedRows, StoreHandle) {
    let store = StoreHandle::from(open(&StoreUrl::parse(url).unwrap()).unwrap());
    let site = Site::new("site").unwrap();
    let rows = SharedRows::new(store.clone(), ring(&[KEY_A]), site);
    (rows, store)
}

fn add(rows: &SharedRows, key: &CountKey) -> u8 {
    let added = rows.update(at(0), key, |slot| {
        let Count(count) = slot.take().unwrap_or(Count(0));
        slot.put(Count(count + 1), Keep::Always);
        count + 1
    });
    added.unwrap()
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    let all = [
        RowKind::Store,
        RowKind::Providers,
        RowKind::Breaker,
        RowKind::DeliveryStats,
        RowKind::Budget,
        RowKind::Pending,
        RowKind::PhoneReservation,
    ];
    let names: std::collections::BTreeSet<_> = all.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), all.len());
    assert!(names.iter().all(|name| !name.contains('/')));
    assert_eq!(CountKey("one").name(), "breaker/one");
    assert_eq!(SealedKey.name(), "store");
}

#[test]
fn a_rule_runs_again_on_what_another_has_written() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("store.db").display());
    let (rows, store) = rows_in(&url);
    let key = CountKey("one");
    assert_eq!(add(&rows, &key), 1);
    // Another writes between reading and swapping: of a store that locks that takes a swap by hand.
    let seen = rows.get(&key).unwrap().unwrap();
    assert_eq!(add(&rows, &key), 2);
    let swapped = rows.swap(at(0), &key, Some(seen.version), &Count(9));
    assert_eq!(swapped.unwrap(), Swap::Conflict);
    let swapped = rows.swap(at(0), &key, Some(seen.version.next()), &Count(9));
    assert_eq!(swapped.unwrap(), Swap::Done);
    assert_eq!(add(&rows, &key), 10);
    drop(store);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || {
                let (rows, _) = rows_in(&url);
                for _ in 0..10 {
                    add(&rows, &CountKey("two"));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(add(&rows, &CountKey("two")), 41);
}

#[test]
fn all_rows_are_written_or_none_and_nothing_where_nothing_is_new() {
    let (rows, _store) = rows_in("memory:");
    let (key, others) = (SealedKey, [CountKey("one"), CountKey("two")]);
    let put = |first: Option<u8>| {
        rows.update_with(at(5), &key, &others, |slot, counts| {
            if let Some(count) = first {
                slot.put(Sealed(vec![count]), Keep::Always);
                counts[1].put(Count(count), Keep::Until(at(50)));
            }
            counts
                .iter()
                .map(|slot| slot.row().cloned())
                .collect::<Vec<_>>()
        })
        .unwrap()
    };
    assert_eq!(put(None), [None, None]);
    assert_eq!(rows.stored("store"), None);
    assert_eq!(put(Some(1)), [None, None]);
    assert_eq!(put(None), [None, Some(Count(1))]);
    let version = |name: &str| rows.stored(name).unwrap().version;
    assert_eq!(
        (version("store"), version("breaker/two")),
        (Version(1), Version(1))
    );
    assert_eq!(rows.stored("breaker/two").unwrap().keep_until, Some(at(50)));
    // What the rule leaves as it is keeps its time, and is held to be so: its version rises, too.
    let one = rows.update_all(at(6), &others, |slots| {
        slots[0].put(Count(7), Keep::Always);
    });
    one.unwrap();
    assert_eq!(rows.stored("breaker/two").unwrap().keep_until, Some(at(50)));
    assert_eq!(
        (version("breaker/one"), version("breaker/two")),
        (Version(2), Version(2))
    );
    assert_eq!(rows.get(&others[1]).unwrap().unwrap().row, Count(1));
    // The same again is nothing new.
    let same = rows.update_all(at(7), &others, |slots| {
        for slot in slots {
            let row = slot.take().unwrap();
            slot.put(row, Keep::Until(at(90)));
        }
    });
    same.unwrap();
    assert_eq!(version("breaker/two"), Version(2));
}

#[test]
fn a_row_that_has_ended_is_none_and_may_be_put_again() {
    let (rows, _store) = rows_in("memory:");
    let key = CountKey("one");
    rows.update(at(0), &key, Slot::end).unwrap();
    assert_eq!(rows.stored("breaker/one"), None, "nothing to end");
    add(&rows, &key);
    rows.update(at(3), &key, Slot::end).unwrap();
    assert_eq!(rows.get(&key).unwrap(), None);
    assert_eq!(rows.stored("breaker/one").unwrap().keep_until, Some(at(3)));
    assert_eq!(add(&rows, &key), 1);
}

#[test]
fn a_row_that_cannot_be_read_denies_and_says_of_which_kind_it_is() {
    let (rows, store) = rows_in("memory:");
    let site = Site::new("site").unwrap();
    let put = |name: &str, body: &[u8]| {
        let change = RawRowChange {
            name: name.to_owned(),
            expected: None,
            body: body.to_vec(),
            keep_until: None,
        };
        let mut store = store.borrow().unwrap();
        assert_eq!(
            store.swap_shared_rows(&site, at(0), &[change]).unwrap(),
            Swap::Done
        );
    };
    put("breaker/one", &[1, 2, 3]);
    let ran = Counter::new(false);
    let denied = rows.update(at(0), &CountKey("one"), |_| ran.set(true));
    let said = denied.unwrap_err();
    assert!(
        matches!(
            &said,
            SharedError::Row {
                kind: RowKind::Breaker,
                ..
            }
        ),
        "{said:?}"
    );
    assert_eq!(
        said.to_string(),
        "the store has a row (breaker) that cannot be read: the row was written by another version of this software"
    );
    assert!(std::error::Error::source(&said).is_some());
    assert!(!ran.get(), "no rule decides on it");
    put("store", b"no seal");
    assert!(matches!(
        rows.get(&SealedKey),
        Err(SharedError::Row {
            kind: RowKind::Store,
            ..
        })
    ));
}

#[test]
fn a_sealed_row_is_of_its_version_and_its_site() {
    let (rows, store) = rows_in("memory:");
    let put = |rows: &SharedRows, byte: u8| {
        rows.update(at(0), &SealedKey, |slot| {
            slot.put(Sealed(vec![byte]), Keep::Always)
        })
    };
    put(&rows, 1).unwrap();
    let older = rows.stored("store").unwrap();
    put(&rows, 2).unwrap();
    let site = Site::new("site").unwrap();
    let change = RawRowChange {
        name: "store".to_owned(),
        expected: Some(Version(2)),
        body: older.body.clone(),
        keep_until: None,
    };
    let swapped = store
        .borrow()
        .unwrap()
        .swap_shared_rows(&site, at(0), &[change]);
    assert_eq!(swapped.unwrap(), Swap::Done);
    assert!(matches!(rows.get(&SealedKey), Err(SharedError::Row { .. })));
    // As it was, in its place, for another site.
    let other = Site::new("other").unwrap();
    let change = RawRowChange {
        name: "store".to_owned(),
        expected: None,
        body: older.body,
        keep_until: None,
    };
    let swapped = store
        .borrow()
        .unwrap()
        .swap_shared_rows(&other, at(0), &[change]);
    assert_eq!(swapped.unwrap(), Swap::Done);
    let others = SharedRows::new(store, ring(&[KEY_A]), other);
    assert!(matches!(
        others.get(&SealedKey),
        Err(SharedError::Row { .. })
    ));
}

#[test]
fn a_person_has_a_name_under_every_key_and_none_that_another_site_has() {
    let (_, store) = rows_in("memory:");
    let named = |keys: &[&str], site: &str| {
        let site = Site::new(site).unwrap();
        SharedRows::new(store.clone(), ring(keys), site).hashed(&[b"user", b"alice"])
    };
    let (a, both) = (named(&[KEY_A], "site"), named(&[KEY_B, KEY_A], "site"));
    assert_eq!((a.len(), both.len()), (1, 2));
    assert_eq!(a[0], both[1]);
    assert_ne!(both[0], both[1]);
    assert_eq!(a[0].len(), 32);
    assert_ne!(named(&[KEY_A], "other"), a);
}

#[test]
fn a_store_that_a_rule_asks_again_denies() {
    let (rows, _store) = rows_in("memory:");
    let inner = rows.update(at(0), &CountKey("one"), |_| {
        rows.get(&CountKey("one")).unwrap_err().to_string()
    });
    assert!(inner.unwrap().contains("in use by this very request"));
}
