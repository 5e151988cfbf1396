//! The one way from a rule to a store: load → open → decide → seal → swap if unchanged.

use std::cell::RefCell;
use std::fmt;

use zeroize::Zeroizing;

use super::{Account, Denied, DocumentError, Journal};
use crate::audit::{Event, Head};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::{
    Context, Domain, HashKey, KeyId, KeyRing, OpenError, OsEntropy, RandomError, key_of, random,
};
use crate::store::{
    AuditRow, Cell, CellChange, Delivery, DeliveryReport, Listing, Loaded, PhoneIndex, Row, Store,
    StoreError, Swap, Version,
};
use crate::terms::{Site, UserId};

/// Lost swaps after which a change gives up. After the first the store queues us, so that more than
/// a few mean that something is wrong.
const MOST_TRIES: u32 = 100;

/// Why there is no answer. Everything here denies.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The store cannot answer or is set up wrongly.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The account does not open.
    #[error("the account of user {user} cannot be opened: {why}")]
    Sealed {
        /// Whose; ids are not secret.
        user: UserId,
        /// Why.
        why: OpenError,
    },
    /// The account opens, but says something this program does not know.
    #[error("the account of user {user} cannot be read: {why}")]
    Document {
        /// Whose.
        user: UserId,
        /// Why.
        why: DocumentError,
    },
    /// The row is gone, its audit events are not.
    #[error(
        "the account of user {0} has been removed from the store, but not by this software; restore it, or reset the user"
    )]
    Removed(UserId),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Somebody else was faster, again and again.
    #[error("the account of user {0} is being changed by too many others at once")]
    Busy(UserId),
}

/// All accounts of a site in one store.
pub struct Accounts {
    store: RefCell<Box<dyn Store>>,
    ring: KeyRing,
    site: Site,
    policy: Policy,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// New bytes of a cell, and until when to keep it.
pub type NewCell = (Vec<u8>, Option<UnixTime>);

/// Ends a hold, also when a rule panics.
struct Held<'a>(&'a mut dyn Store);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl Accounts {
    /// Accounts of `site` in `store`, sealed with `ring`; `policy` says how long anything lasts.
    #[must_use]
    pub fn new(store: Box<dyn Store>, ring: KeyRing, site: Site, policy: Policy) -> Self {
        Self {
            store: RefCell::new(store),
            ring,
            site,
            policy,
        }
    }

    /// The site.
    #[must_use]
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// The keys.
    #[must_use]
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    fn store(&self) -> Result<std::cell::RefMut<'_, Box<dyn Store>>, AccountError> {
        self.store.try_borrow_mut().map_err(|_| {
            StoreError::Unavailable("the store is in use by this very request".to_owned()).into()
        })
    }

    /// In a fork of the process that opened the store: lets go of it, see [`Store::let_go`].
    pub fn let_go(&self) {
        if let Ok(mut store) = self.store.try_borrow_mut() {
            store.let_go();
        }
    }

    /// Reads an account as it is at `now`; `None` when there never was one.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn read(&self, user: &UserId, now: UnixTime) -> Result<Option<Account>, AccountError> {
        let mut account = self.stored(user)?;
        if let Some(account) = &mut account {
            account.put_right(now, &self.policy);
        }
        Ok(account)
    }

    fn stored(&self, user: &UserId) -> Result<Option<Account>, AccountError> {
        let loaded = self.store()?.load(&self.site, user)?;
        match loaded {
            Loaded::Row(row) => Ok(Some(self.open(user, &row)?.0)),
            Loaded::Absent => Ok(None),
            Loaded::Lost => Err(AccountError::Removed(user.clone())),
        }
    }

    /// Changes an account, and tells the rule's answer only after the change is durably stored, the
    /// answer "no" included. The rule runs again when somebody else was faster.
    ///
    /// Nothing is written when the rule changed nothing.
    ///
    /// # Errors
    /// [`AccountError`]; inside, [`Denied`] is the rule's own answer.
    pub fn change<T>(
        &self,
        user: &UserId,
        now: UnixTime,
        ip: Option<&str>,
        mut rule: impl FnMut(&mut Account, &mut Journal) -> Result<T, Denied>,
    ) -> Result<Result<T, Denied>, AccountError> {
        let mut store = self.store()?;
        for attempt in 0..MOST_TRIES {
            let held = Held(&mut **store);
            let mut under_first_key = false;
            let (mut account, before, expected) =
                match held.0.hold(&self.site, user, attempt > 0)? {
                    Loaded::Row(row) => {
                        let (account, document) = self.open(user, &row)?;
                        under_first_key = self.is_under_first_key(&row);
                        (account, Some(document), Some(row.version))
                    }
                    Loaded::Absent => (
                        Account::new(HashKey::new(random::bytes(&mut OsEntropy)?)),
                        None,
                        None,
                    ),
                    Loaded::Lost => return Err(AccountError::Removed(user.clone())),
                };
            account.put_right(now, &self.policy);
            let phone = account.phone().map(str::to_owned);
            let mut journal = Journal::from_ip(ip);
            account.note_interrupted(now, &mut journal);
            let answer = rule(&mut account, &mut journal);
            let untouched = |document: &[u8]| match &before {
                Some(before) => before.as_slice() == document,
                // A rule that refuses leaves no trace of a user who has no account.
                None => answer.is_err(),
            };
            if journal.events.is_empty() && untouched(&self.document(user, &account)?) {
                return Ok(answer);
            }
            let number = match account.phone() {
                number if under_first_key && number == phone.as_deref() => PhoneIndex::AsItWas,
                Some(number) => self.phone_index(number),
                None => PhoneIndex::Absent,
            };
            let events = account.condense(journal.into_events(), now);
            match self.swap(held.0, user, expected, &mut account, number, &events, now)? {
                Swap::Done => return Ok(answer),
                Swap::Lost => {}
            }
        }
        Err(AccountError::Busy(user.clone()))
    }

    /// Puts a fresh account in the place of one that cannot be opened or whose row is gone; a
    /// readable one is left to `rule`.
    ///
    /// The new account continues the numbers of the old audit chain but not its hashes, for their
    /// key is lost: from then on the user's audit does not check as intact, and that is true.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn replace_unreadable(
        &self,
        user: &UserId,
        now: UnixTime,
        rule: impl Fn(&mut Account, &mut Journal),
    ) -> Result<(), AccountError> {
        let readable = self.change(user, now, None, |account, journal| {
            rule(account, journal);
            Ok(())
        });
        match readable {
            Err(
                AccountError::Sealed { .. }
                | AccountError::Document { .. }
                | AccountError::Removed(_),
            ) => {}
            other => return other.map(|_| ()),
        }
        let mut store = self.store()?;
        let last = store.audit(&self.site, Some(user), 1, None)?;
        let held = Held(&mut **store);
        let expected = match held.0.hold(&self.site, user, true)? {
            Loaded::Row(row) => Some(row.version),
            Loaded::Absent | Loaded::Lost => None,
        };
        let mut account = Account::new(HashKey::new(random::bytes(&mut OsEntropy)?));
        account.audit.seq = last.first().map_or(0, |(_, row)| row.seq);
        let mut journal = Journal::default();
        rule(&mut account, &mut journal);
        let number = match account.phone() {
            Some(number) => self.phone_index(number),
            None => PhoneIndex::Absent,
        };
        let events = account.condense(journal.into_events(), now);
        match self.swap(held.0, user, expected, &mut account, number, &events, now)? {
            Swap::Done => Ok(()),
            Swap::Lost => Err(AccountError::Busy(user.clone())),
        }
    }

    /// Accounts in the order of user ids: each opened, as it is at `now`, or why it cannot be.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    #[allow(clippy::type_complexity)]
    pub fn list(
        &self,
        search: &str,
        limit: u32,
        after: Option<&str>,
        now: UnixTime,
    ) -> Result<Vec<(UserId, Listing, Result<Account, AccountError>)>, AccountError> {
        let rows = self.store()?.list(&self.site, search, limit, after)?;
        Ok(rows
            .into_iter()
            .map(|(user, row)| {
                let account = self.open(&user, &row).map(|(mut account, _)| {
                    account.put_right(now, &self.policy);
                    account
                });
                (user, row.listing, account)
            })
            .collect())
    }

    /// Audit events, newest first.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn audit(
        &self,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, AccountError> {
        Ok(self.store()?.audit(&self.site, user, limit, before)?)
    }

    /// Whether every event of the user is there, unaltered and in order, and none beyond the end
    /// that the account knows: such are left when somebody puts back an older copy of the row.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn audit_is_intact(&self, user: &UserId) -> Result<bool, AccountError> {
        for _ in 0..MOST_TRIES {
            let before = self.stored(user)?;
            let rows = self.whole_audit(user)?;
            let Some(account) = self.stored(user)? else {
                return Ok(rows.is_empty());
            };
            let (key, end) = account.chain();
            // Something happened in between: look again.
            if !before.is_some_and(|before| before.chain().1.is(end)) {
                continue;
            }
            let mut head = Head::EMPTY;
            for row in rows.iter().rev() {
                head = head.after(key, &self.site, user, row.at, &row.body);
                if row.seq != head.seq || row.mac != *head.mac.bytes() {
                    return Ok(false);
                }
            }
            return Ok(head.is(end));
        }
        Err(AccountError::Busy(user.clone()))
    }

    /// Every event of a user, newest first.
    fn whole_audit(&self, user: &UserId) -> Result<Vec<AuditRow>, AccountError> {
        const PAGE: u32 = 500;
        let mut rows = Vec::new();
        let mut before = None;
        loop {
            let page = self.audit(Some(user), PAGE, before)?;
            let Some((last, _)) = page.last() else {
                return Ok(rows);
            };
            before = Some(*last);
            rows.extend(page.into_iter().map(|(_, row)| row));
        }
    }

    /// Changes cells all together, or none of them: `rule` sees their bytes in the order of `names` and
    /// gives their new ones, and how long to keep each. It runs again when somebody else was faster.
    /// Nothing is written when nothing changed.
    ///
    /// # Errors
    /// [`AccountError`] of the store; inside, the rule's own.
    pub fn change_cells<T, E>(
        &self,
        now: UnixTime,
        names: &[String],
        rule: impl Fn(&[Option<Vec<u8>>]) -> Result<(T, Vec<NewCell>), E>,
    ) -> Result<Result<T, E>, AccountError> {
        let mut store = self.store()?;
        for _ in 0..MOST_TRIES {
            let held = Held(&mut **store);
            let (versions, bodies): (Vec<_>, Vec<_>) = held
                .0
                .hold_cells(&self.site, names)?
                .into_iter()
                .map(|cell| match cell {
                    Some(cell) => (Some(cell.version), Some(cell.body)),
                    None => (None, None),
                })
                .unzip();
            let (answer, cells) = match rule(&bodies) {
                Ok(decided) => decided,
                Err(refused) => return Ok(Err(refused)),
            };
            let same = |(old, (new, _)): (&Option<Vec<u8>>, &NewCell)| old.as_ref() == Some(new);
            if bodies.iter().zip(&cells).all(same) {
                return Ok(Ok(answer));
            }
            let changes: Vec<_> = names
                .iter()
                .zip(versions)
                .zip(cells)
                .map(|((name, expected), (body, keep_until))| CellChange {
                    name: name.clone(),
                    expected,
                    body,
                    keep_until,
                })
                .collect();
            match held.0.swap_cells(&self.site, now, &changes)? {
                Swap::Done => return Ok(Ok(answer)),
                Swap::Lost => {}
            }
        }
        Err(StoreError::Unavailable("what users share is changed too often".to_owned()).into())
    }

    /// The bytes of a cell.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn cell(&self, name: &str) -> Result<Option<Cell>, AccountError> {
        Ok(self.cells(&[name.to_owned()])?.pop().flatten())
    }

    /// The bytes of several cells at one moment, in the order of `names`.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn cells(&self, names: &[String]) -> Result<Vec<Option<Cell>>, AccountError> {
        Ok(self.store()?.cells(&self.site, names)?)
    }

    /// Writes a cell for good if its version is still the expected one.
    ///
    /// # Errors
    /// [`AccountError`] of the store; then the outcome is unknown.
    pub fn swap_cell(
        &self,
        now: UnixTime,
        name: &str,
        expected: Option<Version>,
        body: Vec<u8>,
    ) -> Result<Swap, AccountError> {
        let change = CellChange {
            name: name.to_owned(),
            expected,
            body,
            keep_until: None,
        };
        Ok(self.store()?.swap_cells(&self.site, now, &[change])?)
    }

    /// See [`crate::store::Shared::add_delivery`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn add_delivery(&self, delivery: &Delivery) -> Result<(), AccountError> {
        Ok(self.store()?.add_delivery(&self.site, delivery)?)
    }

    /// See [`crate::store::Shared::report_delivery`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn report_delivery(
        &self,
        provider: &str,
        reference: &str,
        report: &DeliveryReport,
    ) -> Result<bool, AccountError> {
        Ok(self
            .store()?
            .report_delivery(&self.site, provider, reference, report)?)
    }

    /// See [`crate::store::Shared::delivery`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn delivery(
        &self,
        provider: &str,
        reference: &str,
    ) -> Result<Option<Delivery>, AccountError> {
        Ok(self.store()?.delivery(&self.site, provider, reference)?)
    }

    /// See [`crate::store::Shared::deliveries`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn deliveries(
        &self,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, Delivery)>, AccountError> {
        Ok(self.store()?.deliveries(&self.site, limit, before)?)
    }

    /// See [`Store::check`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn check(&self) -> Result<String, AccountError> {
        Ok(self.store()?.check()?)
    }

    fn context<'a>(&'a self, user: &'a UserId, version: Version) -> Context<'a> {
        Context {
            domain: Domain::Account,
            site: self.site.as_str(),
            user: user.as_str(),
            version: version.0,
        }
    }

    fn open(
        &self,
        user: &UserId,
        row: &Row,
    ) -> Result<(Account, Zeroizing<Vec<u8>>), AccountError> {
        let document = self
            .context(user, row.version)
            .open(&self.ring, &row.sealed)
            .map_err(|why| AccountError::Sealed {
                user: user.clone(),
                why,
            })?;
        let account = Account::from_document(&document).map_err(|why| AccountError::Document {
            user: user.clone(),
            why,
        })?;
        Ok((account, document))
    }

    fn document(
        &self,
        user: &UserId,
        account: &Account,
    ) -> Result<Zeroizing<Vec<u8>>, AccountError> {
        account.to_document().map_err(|why| AccountError::Document {
            user: user.clone(),
            why,
        })
    }

    /// Whether an opened account is sealed with the key that seals today. If not, its number is found by a
    /// name under an older key, too: both change together, or the number would be free once that key is gone.
    fn is_under_first_key(&self, row: &Row) -> bool {
        key_of(&row.sealed) == self.ring.ids().next().map(KeyId::as_str)
    }

    fn phone_index(&self, number: &str) -> PhoneIndex {
        let parts: [&[u8]; 3] = [b"phone", self.site.as_str().as_bytes(), number.as_bytes()];
        self.ring
            .name(&parts)
            .map_or(PhoneIndex::Absent, |name| PhoneIndex::Is(*name.bytes()))
    }

    /// Users who have proven that number, at most ten.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn with_phone(&self, number: &str) -> Result<Vec<UserId>, AccountError> {
        let parts: [&[u8]; 3] = [b"phone", self.site.as_str().as_bytes(), number.as_bytes()];
        let names: Vec<_> = self.ring.names(&parts).iter().map(|n| *n.bytes()).collect();
        Ok(self.store()?.phone_users(&self.site, &names)?)
    }

    /// Chains the events, seals the account and swaps both in.
    #[allow(clippy::too_many_arguments)] // two rows, their place and their time
    fn swap(
        &self,
        store: &mut dyn Store,
        user: &UserId,
        expected: Option<Version>,
        account: &mut Account,
        phone: PhoneIndex,
        events: &[Event],
        now: UnixTime,
    ) -> Result<Swap, AccountError> {
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            // An event is plain strings and names: this cannot fail, and if it did nothing is stored.
            let body = serde_json::to_vec(event).map_err(|_| AccountError::Document {
                user: user.clone(),
                why: DocumentError,
            })?;
            account.audit = account
                .audit
                .after(&account.key, &self.site, user, now, &body);
            rows.push(AuditRow {
                user: user.clone(),
                seq: account.audit.seq,
                at: now,
                body,
                mac: *account.audit.mac.bytes(),
            });
        }
        let version = expected.map_or(Version::FIRST, Version::next);
        let document = self.document(user, account)?;
        let sealed = self
            .context(user, version)
            .seal(&self.ring, &document, &mut OsEntropy)?;
        let listing = Listing {
            enrolled: account.is_enrolled(),
            primary: account.primary(),
            locked_until: account.locks(now).into_iter().map(|(_, until)| until).max(),
            last_verified: account.last_verified(),
        };
        Ok(store.swap(
            &self.site,
            user,
            expected,
            &Row {
                version,
                listing,
                phone,
                sealed,
            },
            &rows,
        )?)
    }
}
