//! A change of what was read just before, which is not opened again where it has not changed.

use super::*;
use crate::account::EnrolmentOfEverybody;
use crate::crypto::{KeyRing, OpenError, OsEntropy};
use crate::shared::SharedRows;
use crate::store::{self, Loaded, Row, StoreHandle, StoreUrl, Swap};
use crate::types::Site;

const SITE: &str = "site";

fn user() -> UserId {
    UserId::new("7").unwrap()
}

/// Accounts with the one of [`user`], their store, and its shared rows.
fn stored() -> (Accounts, StoreHandle, SharedRows) {
    let store = StoreHandle::from(store::open(&StoreUrl::Memory).unwrap());
    let ring = KeyRing::parse("a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let site = || Site::new(SITE).unwrap();
    let rows = SharedRows::new(store.clone(), ring.clone(), site());
    let accounts = Accounts::new(store.clone(), ring, site(), Policy::default());
    let done = accounts.change(&user(), at(0), &Source::default(), |account, _| {
        *account = enrolled();
        Ok(())
    });
    done.unwrap().unwrap();
    (accounts, store, rows)
}

fn raise_epoch(accounts: &Accounts) {
    let raised = accounts.change(&user(), at(1), &Source::default(), |account, _| {
        account.epoch += 1;
        Ok(())
    });
    raised.unwrap().unwrap();
}

fn epoch_by(accounts: &Accounts, read: &ReadForSignIn) -> Result<u64, AccountError> {
    let epoch = accounts.change_opened(
        &read.opened,
        at(2),
        &Source::default(),
        &mut OsEntropy,
        |_| false,
        |account, _| Ok(account.epoch()),
    );
    epoch.map(|(epoch, _)| epoch.unwrap())
}

/// The same of a change that begins with the account that was read.
fn epoch_by_held(accounts: &Accounts, read: ReadForSignIn) -> Result<u64, AccountError> {
    let read = ReadForSignIn {
        opened: read.opened.holding(read.account),
        account: None,
        policy: Ok(None),
    };
    epoch_by(accounts, &read)
}

/// Writes what somebody who can write to the database may write.
fn alter(store: &StoreHandle, change: impl FnOnce(&mut Row)) {
    let (mut store, site) = (store.borrow().unwrap(), Site::new(SITE).unwrap());
    let Loaded::Row(mut row) = store.load(&site, &user()).unwrap() else {
        panic!("no row");
    };
    let expected = Some(row.version);
    row.version = row.version.next();
    change(&mut row);
    let swapped = store.swap(&site, &user(), expected, &row, &[]);
    assert_eq!(swapped.unwrap(), Swap::Done);
}

#[test]
fn what_was_changed_since_it_was_read_is_changed_as_it_is_stored() {
    let (accounts, ..) = stored();
    let read = accounts.read_for_sign_in(&user(), at(1)).unwrap();
    let before = read.account.as_ref().unwrap().epoch();
    assert_eq!(epoch_by(&accounts, &read).unwrap(), before);
    raise_epoch(&accounts);
    assert_eq!(epoch_by(&accounts, &read).unwrap(), before + 1);

    let changed = accounts.change_opened(
        &read.opened,
        at(2),
        &Source::default(),
        &mut OsEntropy,
        |_| false,
        |account, _| {
            account.epoch += 1;
            Ok(())
        },
    );
    changed.unwrap().0.unwrap();
    let read = accounts.read_for_sign_in(&user(), at(3)).unwrap();
    assert_eq!(read.account.unwrap().epoch(), before + 2);
}

#[test]
fn an_account_that_is_held_is_what_a_change_begins_with_while_its_row_is_as_it_was() {
    let (accounts, ..) = stored();
    let read = || accounts.read_for_sign_in(&user(), at(1)).unwrap();
    let before = read().account.unwrap().epoch();
    let (held, stale) = (read(), read());
    let changed = accounts.change_opened(
        &held.opened.holding(held.account),
        at(2),
        &Source::default(),
        &mut OsEntropy,
        |_| false,
        |account, _| {
            account.epoch += 1;
            Ok(())
        },
    );
    changed.unwrap().0.unwrap();
    assert_eq!(read().account.unwrap().epoch(), before + 1);
    assert_eq!(epoch_by_held(&accounts, stale).unwrap(), before + 1);
    // That it is what the change begins with shows where it is not as it was read.
    let mut marked = read();
    marked.account.as_mut().unwrap().epoch += 5;
    assert_eq!(epoch_by_held(&accounts, marked).unwrap(), before + 6);
}

#[test]
fn a_change_leaves_the_same_whether_or_not_the_account_was_held() {
    for written in [at(0), at(1), at(90_000)] {
        let documents = [false, true].map(|is_held| {
            let (accounts, ..) = stored();
            let change = accounts.change(&user(), written, &Source::default(), |account, _| {
                account.written = written;
                account.last_verified = Some(written);
                account.trusted_from = written;
                Ok(())
            });
            change.unwrap().unwrap();
            let read = accounts.read_for_sign_in(&user(), at(2)).unwrap();
            let rows = match is_held {
                true => read.opened.holding(read.account),
                false => read.opened,
            };
            let rule = |account: &mut Account, _: &mut RuleContext<'_>| {
                account.epoch += 1;
                Ok(())
            };
            let changed = accounts.change_opened(
                &rows,
                at(2),
                &Source::default(),
                &mut OsEntropy,
                |_| false,
                rule,
            );
            changed.unwrap().0.unwrap();
            let read = accounts.stored(&user()).unwrap().unwrap();
            read.to_document().unwrap().to_vec()
        });
        assert_eq!(documents[0], documents[1], "{written:?}");
    }
}

#[test]
fn a_row_that_was_altered_or_put_back_since_it_was_read_does_not_open() {
    let alterations: [fn(&mut Row); 3] = [
        |row| *row.sealed.last_mut().unwrap() ^= 1,
        |row| {
            let last = row.sealed.pop();
            assert!(last.is_some());
        },
        // The very bytes that were opened, as a later version.
        |_| {},
    ];
    for (n, alteration) in alterations.into_iter().enumerate() {
        let (accounts, store, _) = stored();
        let read = accounts.read_for_sign_in(&user(), at(1)).unwrap();
        alter(&store, alteration);
        let refused = epoch_by(&accounts, &read).unwrap_err();
        let why = OpenError::Damaged;
        assert!(
            matches!(refused, AccountError::Sealed { why: it, .. } if it == why),
            "{n}: {refused}"
        );
        assert!(epoch_by_held(&accounts, read).is_err(), "{n}");
    }
}

#[test]
fn who_had_no_account_when_it_was_read_is_changed_as_they_are_stored() {
    let (accounts, ..) = stored();
    let other = UserId::new("8").unwrap();
    let read = accounts.read_for_sign_in(&other, at(1)).unwrap();
    assert!(read.account.is_none());
    let made = accounts.change(&other, at(1), &Source::default(), |account, _| {
        account.epoch = 77;
        Ok(())
    });
    made.unwrap().unwrap();
    assert_eq!(epoch_by(&accounts, &read).unwrap(), 77);
}

#[test]
fn what_is_required_of_everybody_counts_as_it_is_stored_by_then() {
    let (accounts, _, rows) = stored();
    let require = |due| {
        let required = EnrolmentOfEverybody::new(at(1), due, "root", "why", &mut OsEntropy);
        let required = required.unwrap();
        let change = |slot: &mut _| {
            EnrolmentRow::change(slot, |all| all.everybody = Some(required.clone()));
        };
        rows.update(at(1), &EnrolmentKey, change).unwrap();
    };
    let take_back = || {
        let change = |slot: &mut _| EnrolmentRow::change(slot, |all| all.everybody = None);
        rows.update(at(1), &EnrolmentKey, change).unwrap();
    };
    let due_by = |read: &ReadForSignIn| {
        let due = accounts.change_opened(
            &read.opened,
            at(2),
            &Source::default(),
            &mut OsEntropy,
            |_| false,
            |account, _| Ok(account.enrolment_due()),
        );
        due.unwrap().0.unwrap()
    };
    let read = || accounts.read_for_sign_in(&user(), at(2)).unwrap();

    let before = read();
    require(at(10));
    assert_eq!(due_by(&before), Some(at(10)));
    let under_it = read();
    assert_eq!(due_by(&under_it), Some(at(10)));
    require(at(20));
    assert_eq!(due_by(&under_it), Some(at(20)));
    take_back();
    assert_eq!(due_by(&under_it), None);
}
