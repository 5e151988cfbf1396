//! The one way from a rule to a store: load → open → decide → seal → swap if unchanged.

use std::cell::Cell;
use std::fmt;
use std::path::PathBuf;
use std::sync::MutexGuard;

use super::alerts::Alert;
use super::app::AppClock;
use super::context::{AuditBuffer, RuleContext};
use super::demand::KeptPolicy;
use super::denied::Denied;
use super::everybody::{EnrolmentKey, EnrolmentRow, Requirements};
use super::notice_record::{Contact, NumberNotice};
use super::notices::{MOST_WAIT, Offer};
use super::source::Source;
use super::state::Account;
use super::wire::DocumentError;
use crate::audit::{Beginning, Event, EventKind};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::{
    Context, Deriver, Domain, Entropy, HashKey, KeyId, KeyRing, OpenError, OsEntropy, RandomError,
    SecretBytes, key_of, random,
};
use crate::figures::{FiguresKey, FiguresRow};
#[cfg(feature = "cli")]
use crate::shared::Reseal;
use crate::shared::{RowContext, SharedRow};
use crate::store::{
    Aging, AuditRow, Due, Held, Listing, Loaded, MAX_LIMIT, Occupants, PhoneIndex, RawRow,
    RawRowChange, Retention, Row, Store, StoreDetails, StoreError, StoreFacts, StoreHandle, Swap,
    Version,
};
use crate::types::{Site, Strength, UserId};

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
        #[source]
        why: OpenError,
    },
    /// The account opens, but what it does not keep cannot be derived.
    #[error(
        "the secrets of user {user} are derived from the key {key}, which is not in the key file"
    )]
    KeyMissing {
        /// Whose.
        user: UserId,
        /// The key's id.
        key: KeyId,
    },
    /// The same, for the key of that name is another one.
    #[error(
        "the secrets of user {user} are derived from another key than that in the key file under the name {key}"
    )]
    KeyReplaced {
        /// Whose.
        user: UserId,
        /// The key's id.
        key: KeyId,
    },
    /// The account opens, but says something this program does not know.
    #[error("the account of user {user} cannot be read: {why}")]
    Document {
        /// Whose.
        user: UserId,
        /// Why.
        #[source]
        why: DocumentError,
    },
    /// The row is gone, its audit events are not.
    #[error(
        "the account of user {0} has been removed from the store, but not by this software; restore it, or reset the user"
    )]
    Removed(UserId),
    /// What is required of everybody does not open.
    #[error(
        "what is required of everybody cannot be opened: {0}; require it anew, set the policy anew, or take either back, on the server"
    )]
    Requirement(#[source] OpenError),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Somebody else was faster, again and again.
    #[error("the account of user {0} is being changed by too many others at once")]
    Busy(UserId),
}

/// Accounts that depart from a strict profile, as far as they were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Departing {
    /// Those that have a factor and can be opened.
    pub seen: usize,
    /// Of them, those with nothing but what such a profile calls too weak.
    pub weak: usize,
    /// Of them, those with look-up codes that are shorter than it gives them.
    pub short: usize,
    /// There are no others.
    pub is_all: bool,
}

/// What a look at a part of the accounts has found: at the first ones, and at those of whom there was something to note
/// lately.
#[derive(Debug)]
pub struct Looked {
    /// Accounts that cannot be opened.
    pub failed: Vec<(UserId, AccountError)>,
    /// How many were looked at.
    pub seen: usize,
    /// When the latest of the last events happened, by the clock that wrote it: one that was set back writes new ones.
    pub latest_event: Option<UnixTime>,
    /// Of each that has an authenticator app and has used it, the clock of the one that was used last.
    pub clocks: Vec<AppClock>,
}

/// How many accounts need a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// Its id.
    pub key: String,
    /// It is in the ring.
    pub present: bool,
    /// Accounts that are sealed with it, and what is required of everybody: they move to the first key as they are used.
    pub sealed: u64,
    /// Accounts with secrets that are derived from it: they stay until these are set up anew.
    pub derived: u64,
}

/// Of the names that are nobody's nothing is required, or a row that does not open could not be replaced: who does it is
/// noted there first.
fn is_nobody(user: &UserId) -> bool {
    user.as_str() <= UserId::LAST_RESERVED
}

/// Bytes that most events have room in.
const EVENT_ROOM: usize = 512;

/// The account was written by a clock that was so many seconds ahead.
fn set_back(seconds: u64) -> Event {
    Event::by_itself(EventKind::ClockSetBack).because(&seconds.to_string())
}

/// Events of an account that go in one change at most.
const MOST_RETIRED: u32 = 50;

/// Others whose time may be over are looked after once in so many events.
const TURN: u64 = 16;

/// How many of them may be looked at, and how many are.
const MOST_AGED: u32 = 20;
const LOOKED_AFTER: u64 = 2;

/// What was read for a sign-in, and what opens a change of it without opening the same rows again.
pub struct ReadForSignIn {
    /// The account as it is now; `None` when there never was one. In a place of its own: it is handed on several times.
    pub account: Option<Box<Account>>,
    /// The policy of the site, if it has one, also for a user without an account: then inside, whether it opens.
    pub policy: Result<Option<KeptPolicy>, OpenError>,
    /// The rows that it comes of.
    pub opened: OpenedRows,
}

/// The rows of a user and of what is required of everybody, as they were stored and as they were opened. For one call: it
/// holds the user's secrets.
pub struct OpenedRows {
    user: UserId,
    account: Option<OpenedAccount>,
    required: Option<(RawRow, Requirements)>,
}

struct OpenedAccount {
    version: Version,
    sealed: Vec<u8>,
    document: SecretBytes,
    /// From when something of it is to be told, as it was stored.
    due: Option<UnixTime>,
    /// What a change begins with, once.
    account: Cell<Option<Box<Account>>>,
}

impl OpenedRows {
    /// The same with the account that was read, which nobody has changed: a change that finds its row as it was begins
    /// with it.
    #[must_use]
    pub fn holding(self, account: Option<Box<Account>>) -> Self {
        if let Some(opened) = &self.account {
            opened.account.set(account);
        }
        self
    }

    /// What was opened, if it is that row, byte by byte.
    fn account_of(&self, row: &Row) -> Option<&OpenedAccount> {
        let opened = self.account.as_ref()?;
        let is_same = opened.version == row.version && opened.sealed == row.sealed;
        is_same.then_some(opened)
    }

    /// The same of what is required of everybody.
    fn required_by(&self, raw: Option<&RawRow>) -> Option<&Requirements> {
        let (opened, required) = self.required.as_ref()?;
        (raw == Some(opened)).then_some(required)
    }
}

impl fmt::Debug for OpenedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedRows")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadForSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadForSignIn")
            .field("opened", &self.opened)
            .finish_non_exhaustive()
    }
}

/// What a change that was written leaves behind beside its answer.
struct Written {
    /// Which turn of looking after others its events were, if so.
    turn: Option<u64>,
    /// What is to be told of it now.
    offers: Vec<Offer>,
}

/// What the store was told of an account beside its row.
struct Known {
    /// What becomes of its number.
    phone: PhoneIndex,
    /// From when something of it was to be told; `None`: not known what the store was told.
    due: Option<Option<UnixTime>>,
    /// By when it has events that may go.
    is_aging_known: bool,
}

impl Known {
    /// Nothing but the number.
    const fn nothing(phone: PhoneIndex) -> Self {
        Self {
            phone,
            due: None,
            is_aging_known: false,
        }
    }
}

/// All accounts of a site in one store.
pub struct Accounts {
    store: StoreHandle,
    ring: KeyRing,
    site: Site,
    policy: Policy,
    /// How long events are kept, in days; 0: for ever.
    keep_days: u32,
    /// How strong a factor is asked of everybody.
    least: Option<Strength>,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl Accounts {
    /// Accounts of `site` in `store`, sealed with `ring`; `policy` says how long anything lasts.
    #[must_use]
    pub fn new(store: impl Into<StoreHandle>, ring: KeyRing, site: Site, policy: Policy) -> Self {
        Self {
            store: store.into(),
            ring,
            site,
            policy,
            keep_days: 0,
            least: None,
        }
    }

    /// The same, where events go after so many days; 0: never.
    #[must_use]
    pub fn keeping(self, days: u32) -> Self {
        Self {
            keep_days: days,
            ..self
        }
    }

    /// The same, where the site's profile asks that of everybody.
    #[must_use]
    pub fn asking(self, least: Option<Strength>) -> Self {
        Self { least, ..self }
    }

    /// What is older may go.
    fn keep_from(&self, now: UnixTime) -> Option<UnixTime> {
        now.keep_from(self.keep_days)
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

    /// Derives what the accounts of a user do not keep.
    #[must_use]
    pub fn deriver<'a>(&'a self, user: &'a UserId) -> Deriver<'a> {
        Deriver::new(&self.ring, self.site.as_str(), user.as_str())
    }

    /// In a fork of the process that opened the store: lets go of it, see [`Store::disown_after_fork`].
    pub fn disown_after_fork(&self) {
        self.store.disown_after_fork();
    }

    fn store(&self) -> Result<MutexGuard<'_, Box<dyn Store>>, AccountError> {
        Ok(self.store.borrow()?)
    }

    /// Reads an account as it is at `now`; `None` when there never was one. What a clock gave that was ahead is
    /// taken out of the store, too.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn read(&self, user: &UserId, now: UnixTime) -> Result<Option<Account>, AccountError> {
        let account = self.read_for_sign_in(user, now)?.account;
        Ok(account.map(|account| *account))
    }

    /// The same, the policy of the site, and what [`Accounts::change_opened`] needs not open again.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn read_for_sign_in(
        &self,
        user: &UserId,
        now: UnixTime,
    ) -> Result<ReadForSignIn, AccountError> {
        Ok(self.read_beside(user, now, None)?.0)
    }

    /// The same, and a shared row of that name, of the same moment.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn read_beside(
        &self,
        user: &UserId,
        now: UnixTime,
        beside: Option<&str>,
    ) -> Result<(ReadForSignIn, Option<RawRow>), AccountError> {
        let names: Vec<&str> = [EnrolmentKey::NAME].into_iter().chain(beside).collect();
        let (account, mut rows) = self.open_together(user, &names)?;
        let beside = beside.and_then(|_| rows.pop().flatten());
        Ok((self.opened_for_sign_in(user, now, account, rows)?, beside))
    }

    fn opened_for_sign_in(
        &self,
        user: &UserId,
        now: UnixTime,
        account: Option<(Box<Account>, OpenedAccount)>,
        mut rows: Vec<Option<RawRow>>,
    ) -> Result<ReadForSignIn, AccountError> {
        let (mut account, opened) = account.unzip();
        let mut opened = OpenedRows {
            user: user.clone(),
            account: opened,
            required: None,
        };
        let raw = rows.pop().flatten();
        if let Some(account) = &mut account {
            self.put_right(user, account, now);
        }
        let required = match self.required(raw.as_ref().filter(|_| !is_nobody(user))) {
            Err(AccountError::Requirement(why)) if account.is_none() => {
                return Ok(ReadForSignIn {
                    account,
                    policy: Err(why),
                    opened,
                });
            }
            required => required?,
        };
        if let Some(account) = &mut account {
            account.stand_under_all(required.as_ref(), now);
            account.stand_under_profile(self.least);
        }
        let policy = required.as_ref().and_then(|it| it.policy.clone());
        opened.required = raw.zip(required);
        if let Some((raw, required)) = &opened.required {
            self.renew(now, raw, required);
        }
        Ok(ReadForSignIn {
            account,
            policy: Ok(policy),
            opened,
        })
    }

    /// What is required of everybody.
    ///
    /// # Errors
    /// [`AccountError::Requirement`], and of the store.
    pub fn required_of_everybody(&self) -> Result<Option<Requirements>, AccountError> {
        let names = [EnrolmentKey::NAME.to_owned()];
        let mut rows = self.store()?.shared_rows(&self.site, &names)?;
        self.required(rows.pop().flatten().as_ref())
    }

    /// The same, as its row says it.
    fn required(&self, raw: Option<&RawRow>) -> Result<Option<Requirements>, AccountError> {
        let Some(raw) = raw.filter(|raw| !raw.body.is_empty()) else {
            return Ok(None);
        };
        match EnrolmentRow::decode(&raw.body, &self.row_context(raw.version)) {
            Ok(EnrolmentRow(Ok(required))) => Ok(Some(required)),
            Ok(EnrolmentRow(Err(why))) => Err(AccountError::Requirement(why)),
            Err(_) => Err(AccountError::Requirement(OpenError::Damaged)),
        }
    }

    /// The same for what goes on without it.
    #[allow(clippy::unnecessary_wraps)] // as required()
    fn required_if_readable(
        &self,
        raw: Option<&RawRow>,
    ) -> Result<Option<Requirements>, AccountError> {
        Ok(self.required(raw).unwrap_or_default())
    }

    /// Moves the row to the key that seals today, as accounts are when they are used.
    fn renew(&self, now: UnixTime, raw: &RawRow, required: &Requirements) {
        let context = |version| self.row_context(version);
        if context(raw.version).is_under_first_key(&raw.body) {
            return;
        }
        let row = EnrolmentRow(Ok(required.clone()));
        if let Ok(body) = row.encode(&context(raw.version.next())) {
            let change = RawRowChange {
                name: EnrolmentKey::NAME.to_owned(),
                expected: Some(raw.version),
                body,
                keep_until: None,
            };
            // What was read is right even where this write fails; the next read tries it again.
            let _ = self
                .store()
                .and_then(|mut store| Ok(store.swap_shared_rows(&self.site, now, &[change])?));
        }
    }

    const fn row_context(&self, version: Version) -> RowContext<'_> {
        RowContext {
            ring: &self.ring,
            site: &self.site,
            version,
        }
    }

    /// Puts right what was read, and takes out of the store what would else be good when its time comes: no more
    /// than that, for a look by a clock that is behind is no reason to end a block.
    fn put_right(&self, user: &UserId, account: &mut Account, now: UnixTime) {
        if account.put_right(now, &self.policy) {
            // The read is right even where this write fails; the next read tries it again.
            let _ = self.attempt(
                Self::required_if_readable,
                None,
                user,
                now,
                &Source::default(),
                &[],
                |account, context| {
                    let ahead = account.ahead_of(now);
                    if account.end_what_is_ahead(now, &self.policy) {
                        context.note(set_back(ahead));
                    }
                },
                &mut OsEntropy,
                |()| false,
                |_, _| Ok(()),
            );
        }
    }

    pub(super) fn stored(&self, user: &UserId) -> Result<Option<Account>, AccountError> {
        let loaded = self.store()?.load(&self.site, user)?;
        match loaded {
            Loaded::Row(row) => Ok(Some(self.open(user, &row)?)),
            Loaded::Absent => Ok(None),
            Loaded::Orphaned => Err(AccountError::Removed(user.clone())),
        }
    }

    /// Reads an account and one or two shared rows at one moment: what is decided on both needs no second look. The
    /// account is as it was stored, and not told what is required of everybody.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn read_together(
        &self,
        user: &UserId,
        names: &[&str],
    ) -> Result<(Option<Account>, Vec<Option<RawRow>>), AccountError> {
        let (account, rows) = self.open_together(user, names)?;
        Ok((account.map(|(account, _)| *account), rows))
    }

    #[allow(clippy::type_complexity)]
    fn open_together(
        &self,
        user: &UserId,
        names: &[&str],
    ) -> Result<(Option<(Box<Account>, OpenedAccount)>, Vec<Option<RawRow>>), AccountError> {
        let found = self.store()?.load_together(&self.site, user, names)?;
        let account = match found.account {
            Some((version, sealed)) => {
                let document = self.unseal(user, version, &sealed)?;
                let account = Box::new(self.decode(user, &document)?);
                let opened = OpenedAccount {
                    version,
                    sealed,
                    document,
                    due: account.notices_due(),
                    account: Cell::default(),
                };
                Some((account, opened))
            }
            None if found.is_orphaned => return Err(AccountError::Removed(user.clone())),
            None => None,
        };
        Ok((account, found.shared_rows))
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
        source: &Source,
        rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<Result<T, Denied>, AccountError> {
        self.change_beside(user, now, source, &[], rule)
    }

    /// The same with shared rows of these names, which differ: they are read in the same statement, and are not held.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    pub fn change_beside<T>(
        &self,
        user: &UserId,
        now: UnixTime,
        source: &Source,
        names: &[String],
        rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<Result<T, Denied>, AccountError> {
        let tells = |_: &T| false;
        let entropy = &mut OsEntropy;
        let (answer, _) = self.change_if(
            Self::required,
            None,
            user,
            now,
            source,
            names,
            entropy,
            tells,
            rule,
        )?;
        Ok(answer)
    }

    /// The same, and what is to be told of it: of an answer that `tells` says goes to whoever tells it. It is handed out
    /// again if nobody says that it was told.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    #[allow(clippy::type_complexity)]
    pub fn change_and_tell<T>(
        &self,
        user: &UserId,
        now: UnixTime,
        source: &Source,
        names: &[String],
        tells: impl Fn(&T) -> bool,
        rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<(Result<T, Denied>, Vec<Offer>), AccountError> {
        let entropy = &mut OsEntropy;
        self.change_if(
            Self::required,
            None,
            user,
            now,
            source,
            names,
            entropy,
            tells,
            rule,
        )
    }

    /// The same for what was read just before: where it has not changed since, it is not opened anew. It is sealed by `entropy`.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    #[allow(clippy::type_complexity)]
    pub fn change_opened<T>(
        &self,
        opened: &OpenedRows,
        now: UnixTime,
        source: &Source,
        entropy: &mut dyn Entropy,
        tells: impl Fn(&T) -> bool,
        rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<(Result<T, Denied>, Vec<Offer>), AccountError> {
        let required = |this: &Self, raw: Option<&RawRow>| match opened.required_by(raw) {
            Some(required) => Ok(Some(required.clone())),
            None => this.required(raw),
        };
        let user = &opened.user;
        self.change_if(
            required,
            Some(opened),
            user,
            now,
            source,
            &[],
            entropy,
            tells,
            rule,
        )
    }

    /// The same for what only ends something, or takes it away: it needs no word of what is required of everybody, and
    /// goes on where that cannot be read.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    pub fn change_to_end<T>(
        &self,
        user: &UserId,
        now: UnixTime,
        source: &Source,
        rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<Result<T, Denied>, AccountError> {
        let tells = |_: &T| false;
        let required = Self::required_if_readable;
        let entropy = &mut OsEntropy;
        let (answer, _) =
            self.change_if(required, None, user, now, source, &[], entropy, tells, rule)?;
        Ok(answer)
    }

    /// Hands out what is to be told of an account and is due, by mail ([`Account::know`]) and by SMS
    /// ([`Account::settle_number_notice`]). What was handed out often enough is given up, which is noted.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    pub fn offer_notices(
        &self,
        user: &UserId,
        now: UnixTime,
        by_sms: bool,
    ) -> Result<(Vec<Offer>, Vec<NumberNotice>), AccountError> {
        let offered = self.change_to_end(user, now, &Source::default(), |account, context| {
            account.give_up_notices(context);
            let offers = account.offer_notices(now);
            let claimed = match by_sms {
                true => account.claim_number_notices(context),
                false => Vec::new(),
            };
            Ok((offers, claimed))
        })?;
        // The rule refuses nothing.
        Ok(offered.unwrap_or_default())
    }

    /// The same, by SMS alone.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    pub fn claim_number_notices(
        &self,
        user: &UserId,
        now: UnixTime,
    ) -> Result<Vec<NumberNotice>, AccountError> {
        let claimed = self.change_to_end(user, now, &Source::default(), |account, context| {
            Ok(account.claim_number_notices(context))
        })?;
        Ok(claimed.unwrap_or_default())
    }

    /// Notes what was unusual in the events of a user, no more than so many of a kind a day, and hands out what is due.
    /// Returns how they are called as well; `None` of somebody who has no account any more.
    ///
    /// # Errors
    /// As [`Accounts::change`]
    pub fn note_alerts(
        &self,
        user: &UserId,
        alerts: &[Alert],
        most_a_day: u32,
        now: UnixTime,
    ) -> Result<Option<(Contact, Vec<Offer>)>, AccountError> {
        if self.read(user, now)?.is_none() {
            return Ok(None);
        }
        let noted = self.change_to_end(user, now, &Source::default(), |account, context| {
            for alert in alerts {
                let _ = account.note_alert(alert, most_a_day, now);
            }
            account.give_up_notices(context);
            let contact = account.contact.clone().unwrap_or_default();
            Ok((contact, account.offer_notices(now)))
        })?;
        // The rule refuses nothing.
        Ok(noted.ok())
    }

    /// Users of whom something is to be told from `from` to `until`, both included, the longest first: at
    /// [`UnixTime::END`] those of whom it was given up. Nothing but where to
    /// look comes of it.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn with_notices(
        &self,
        from: UnixTime,
        until: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, AccountError> {
        Ok(self.store()?.due(&self.site, from, until, limit)?)
    }

    /// Has [`Accounts::with_notices`] find those of these users, of whom something is to be told for a day, whom it does
    /// not: their row is gone, or says another time.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn have_found(&self, users: &[UserId], now: UnixTime) -> Result<(), AccountError> {
        if users.is_empty() {
            return Ok(());
        }
        let found = self.with_notices(UnixTime::START, now, MAX_LIMIT)?;
        if u32::try_from(found.len()).is_ok_and(|found| found >= MAX_LIMIT) {
            // Who is not among so many may be behind them.
            return Ok(());
        }
        for user in users.iter().filter(|user| !found.contains(user)) {
            let written = self.change_to_end(user, now, &Source::default(), |account, _| {
                account.stamp(now);
                Ok(())
            });
            if let Err(AccountError::Store(error)) = written {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Has [`Accounts::with_notices`] find everybody now whom a row puts off for longer than anything waits.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn bring_notices_back(&self, now: UnixTime, limit: u32) -> Result<(), AccountError> {
        let last = UnixTime::END.minus(1);
        let far = self.with_notices(now.plus(MOST_WAIT), last, limit)?;
        self.put_notices_off(&far, last, now)
    }

    /// Has [`Accounts::with_notices`] find these users no sooner than that, where they are due at `now`: for whom it is no
    /// use to look at again at once. Nothing but where to look comes of it.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn put_notices_off(
        &self,
        users: &[UserId],
        now: UnixTime,
        until: UnixTime,
    ) -> Result<(), AccountError> {
        if users.is_empty() {
            return Ok(());
        }
        Ok(self.store()?.put_off(&self.site, users, now, until)?)
    }

    #[allow(clippy::type_complexity, clippy::too_many_arguments)] // as attempt()
    fn change_if<T>(
        &self,
        required: impl Fn(&Self, Option<&RawRow>) -> Result<Option<Requirements>, AccountError>,
        opened: Option<&OpenedRows>,
        user: &UserId,
        now: UnixTime,
        source: &Source,
        names: &[String],
        entropy: &mut dyn Entropy,
        tells: impl Fn(&T) -> bool,
        rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<(Result<T, Denied>, Vec<Offer>), AccountError> {
        let prepare = |account: &mut Account, context: &mut RuleContext<'_>| {
            let ahead = account.ahead_of(now);
            if account.put_right(now, &self.policy) {
                context.note(set_back(ahead));
            }
            account.note_interrupted(context);
        };
        let (answer, written) = self.attempt(
            required, opened, user, now, source, names, prepare, entropy, tells, rule,
        )?;
        let Some(Written { turn, offers }) = written else {
            return Ok((answer, Vec::new()));
        };
        if let Some(turn) = turn {
            self.retire_others(turn, now);
        }
        Ok((answer, offers))
    }

    /// The change, and what it leaves behind if it was written. What was loaded is prepared before the rule.
    #[allow(clippy::type_complexity, clippy::too_many_arguments)] // what is read, by whom and when, and two rules
    fn attempt<T>(
        &self,
        required: impl Fn(&Self, Option<&RawRow>) -> Result<Option<Requirements>, AccountError>,
        opened: Option<&OpenedRows>,
        user: &UserId,
        now: UnixTime,
        source: &Source,
        beside: &[String],
        prepare: impl Fn(&mut Account, &mut RuleContext<'_>),
        entropy: &mut dyn Entropy,
        tells: impl Fn(&T) -> bool,
        mut rule: impl FnMut(&mut Account, &mut RuleContext<'_>) -> Result<T, Denied>,
    ) -> Result<(Result<T, Denied>, Option<Written>), AccountError> {
        let mut names = vec![EnrolmentKey::NAME.to_owned()];
        names.extend_from_slice(beside);
        let mut store = self.store()?;
        for attempt in 0..MOST_TRIES {
            let mut held = Held::new(&mut **store);
            let mut under_first_key = false;
            let (loaded, rows) = held.hold_beside(&self.site, user, attempt > 0, &names)?;
            let (raw, rows) = rows.split_first().unwrap_or((&None, &[]));
            let required = required(self, raw.as_ref().filter(|_| !is_nobody(user)))?;
            let (unsealed, mut fresh, mut read);
            let (account, due, before, expected) = match loaded {
                Loaded::Row(row) => {
                    under_first_key = self.is_under_first_key(&row);
                    let opened = opened.and_then(|opened| opened.account_of(&row));
                    let document = match opened {
                        Some(opened) => &opened.document,
                        None => {
                            unsealed = self.unseal(user, row.version, &row.sealed)?;
                            &unsealed
                        }
                    };
                    let (account, due) =
                        match opened.and_then(|it| it.account.take().zip(Some(it.due))) {
                            Some((held, due)) => {
                                read = held;
                                (&mut *read, due)
                            }
                            None => {
                                fresh = self.decode(user, document)?;
                                let due = fresh.notices_due();
                                (&mut fresh, due)
                            }
                        };
                    (account, due, Some(document), Some(row.version))
                }
                Loaded::Absent => {
                    fresh = Account::new(HashKey::new(random::bytes(&mut OsEntropy)?));
                    (&mut fresh, None, None, None)
                }
                Loaded::Orphaned => return Err(AccountError::Removed(user.clone())),
            };
            self.check_derived(user, account)?;
            account.stand_under_all(required.as_ref(), now);
            account.stand_under_profile(self.least);
            let phone = account.phone().map(str::to_owned);
            let mut audit = AuditBuffer::new(source.clone());
            let context = RuleContext::new(now, &self.policy, &mut audit);
            let mut context = context.deriving(self.deriver(user)).beside(rows);
            prepare(account, &mut context);
            let answer = rule(account, &mut context);
            let untouched = |document: &SecretBytes| match before {
                Some(before) => before == document,
                // A rule that refuses leaves no trace of a user who has no account.
                None => answer.is_err(),
            };
            if audit.events().is_empty() && untouched(&self.document(user, account)?) {
                return Ok((answer, None));
            }
            let number = match account.phone() {
                number if under_first_key && number == phone.as_deref() => PhoneIndex::AsItWas,
                Some(number) => self.phone_index(number),
                None => PhoneIndex::Absent,
            };
            let mut events = audit.into_events();
            // What is to be told is written whether it has changed or not: a code that was right once is told, and is to
            // take the same statements as a wrong one.
            let is_judged = events
                .iter()
                .any(|it| matches!(it.kind, EventKind::Rejected | EventKind::Replayed));
            let as_it_was = || Account::from_document(before?).ok();
            let untold = account.note_changes(user, &events, source, as_it_was, now);
            events.extend(untold);
            let offers = match &answer {
                Ok(answer) if tells(answer) => account.offer_notices(now),
                _ => Vec::new(),
            };
            let events = account.condense(events, now);
            let known = Known {
                phone: number,
                due: Some(due).filter(|_| !is_judged),
                is_aging_known: true,
            };
            match self.swap(
                &mut *held, user, expected, account, known, &events, entropy, now,
            )? {
                Swap::Done => {
                    let (seq, events) = (account.audit.seq, events.len());
                    let is_turn = u64::try_from(events).is_ok_and(|events| seq % TURN < events);
                    let turn = is_turn.then_some(seq / TURN);
                    return Ok((answer, Some(Written { turn, offers })));
                }
                Swap::Conflict => {}
            }
        }
        Err(AccountError::Busy(user.clone()))
    }

    /// Puts a fresh account in the place of one that cannot be opened or whose row is gone, if
    /// `leave` says that may be; a readable one is left to `rule`. Returns the epoch.
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
        source: &Source,
        leave: Result<(), Denied>,
        rule: impl Fn(&mut Account, &mut RuleContext<'_>) -> Result<(), Denied>,
    ) -> Result<Result<u64, Denied>, AccountError> {
        let readable = self.change_to_end(user, now, source, |account, context| {
            rule(account, context)?;
            Ok(account.epoch())
        });
        match readable {
            Err(
                AccountError::Sealed { .. }
                | AccountError::KeyMissing { .. }
                | AccountError::KeyReplaced { .. }
                | AccountError::Document { .. }
                | AccountError::Removed(_),
            ) => {}
            other => return other,
        }
        if let Err(denied) = leave {
            return Ok(Err(denied));
        }
        let mut store = self.store()?;
        let last = store.audit(&self.site, Some(user), 1, None)?;
        let mut held = Held::new(&mut **store);
        let expected = match held.hold(&self.site, user, true)? {
            Loaded::Row(row) => Some(row.version),
            Loaded::Absent | Loaded::Orphaned => None,
        };
        let mut account = Account::new(HashKey::new(random::bytes(&mut OsEntropy)?));
        account.audit.seq = last.first().map_or(0, |(_, row)| row.seq);
        let mut audit = AuditBuffer::new(source.clone());
        let mut context = RuleContext::new(now, &self.policy, &mut audit);
        if let Err(denied) = rule(&mut account, &mut context) {
            return Ok(Err(denied));
        }
        let number = match account.phone() {
            Some(number) => self.phone_index(number),
            None => PhoneIndex::Absent,
        };
        let events = audit.into_events();
        // Of what nobody can read any more everything is to be feared: it is told as soon as it is known where.
        let _ = account.note_changes(user, &events, source, || None, now);
        let events = account.condense(events, now);
        let known = Known::nothing(number);
        match self.swap(
            &mut *held,
            user,
            expected,
            &mut account,
            known,
            &events,
            &mut OsEntropy,
            now,
        )? {
            Swap::Done => Ok(Ok(account.epoch())),
            Swap::Conflict => Err(AccountError::Busy(user.clone())),
        }
    }

    /// Forgets a user, also of whom nothing is kept or whose account does not open: what is left of it says that and no
    /// more ([`Account::forgotten`]), and the events before, the messages that were sent to them and the shared rows of
    /// these names go in the same swap. Returns what is to be told of it: it is handed out once.
    ///
    /// Where the chain of the events was not whole, or its key is lost, it is not afterwards either.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn forget(
        &self,
        user: &UserId,
        now: UnixTime,
        source: &Source,
        is_gone: bool,
        names: &[String],
        event: &Event,
    ) -> Result<Vec<Offer>, AccountError> {
        let mut store = self.store()?;
        for attempt in 0..MOST_TRIES {
            // Before the row is held, for it ends a hold; asked for only where the account does not say it.
            let last = store.audit(&self.site, Some(user), 1, None)?;
            let last = last.first().map_or(0, |(_, row)| row.seq);
            let mut held = Held::new(&mut **store);
            let (loaded, is_lost) = match held.hold(&self.site, user, attempt > 0)? {
                Loaded::Row(row) => (Some(row), false),
                Loaded::Absent => (None, false),
                Loaded::Orphaned => (None, true),
            };
            let opened = loaded.as_ref().and_then(|row| {
                let document = self.unseal(user, row.version, &row.sealed).ok()?;
                Some((Account::from_document(&document).ok()?, document))
            });
            let (mut account, document, is_unknown) = match opened {
                Some((account, document)) => (account, Some(document), false),
                None => {
                    let mut account = Account::new(HashKey::new(random::bytes(&mut OsEntropy)?));
                    account.audit.seq = last;
                    (account, None, is_lost || loaded.is_some())
                }
            };
            let mut audit = AuditBuffer::new(source.clone());
            audit.note(event.clone());
            let events = audit.into_events();
            let _ = account.note_changes(
                user,
                &events,
                source,
                || Account::from_document(document.as_ref()?).ok(),
                now,
            );
            let offers = match document {
                Some(_) => account.offer_notices(now),
                None => Vec::new(),
            };
            let forget = account.audit.seq;
            if self.chain_is_whole(&mut *held, user, &account)? {
                account.audit_begins = Beginning {
                    after: account.audit,
                    at: Some(now),
                };
            }
            // Of what nobody can read everything is to be feared: it had a factor.
            account.require_if(is_unknown && !is_gone, now);
            let mut account = account.forgotten(is_gone, now);
            account.stamp(now);
            let expected = loaded.map(|row| row.version);
            let known = Known::nothing(PhoneIndex::Absent);
            let (row, events) = self.sealed_row(
                user,
                expected,
                &mut account,
                known,
                forget,
                None,
                &events,
                &mut OsEntropy,
                now,
            )?;
            match held.forget(&self.site, user, expected, &row, &events, names)? {
                Swap::Done => return Ok(offers),
                Swap::Conflict => {}
            }
        }
        Err(AccountError::Busy(user.clone()))
    }

    /// Removes everything of this site, and the store if that leaves nothing of any site in it: what has no account
    /// yet is known by its mark. `None` while there is another; otherwise the files that could not be removed.
    ///
    /// # Errors
    /// [`AccountError::Store`]
    pub fn remove_site(&self) -> Result<Option<Vec<PathBuf>>, AccountError> {
        let mut store = self.store()?;
        store.remove_site(&self.site)?;
        Ok(store.remove_if_empty()?)
    }

    /// Accounts in the order of user ids, of those that begin with `prefix`: each opened, as it is at `now`, or why it cannot be.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    #[allow(clippy::type_complexity)]
    pub fn list(
        &self,
        prefix: &str,
        limit: u32,
        after: Option<&str>,
        now: UnixTime,
    ) -> Result<Vec<(UserId, Listing, Result<Account, AccountError>)>, AccountError> {
        let mut found = self.stored_in_order(prefix, limit, after)?;
        let required = self.required_of_everybody()?;
        for (user, _, account) in &mut found {
            if let Ok(account) = account {
                self.put_right(user, account, now);
            }
        }
        for account in found.iter_mut().filter_map(|(_, _, it)| it.as_mut().ok()) {
            account.stand_under_all(required.as_ref(), now);
            account.stand_under_profile(self.least);
        }
        Ok(found)
    }

    #[allow(clippy::type_complexity)]
    fn stored_in_order(
        &self,
        prefix: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<(UserId, Listing, Result<Account, AccountError>)>, AccountError> {
        let rows = self.store()?.list(&self.site, prefix, limit, after)?;
        Ok(rows
            .into_iter()
            .map(|(user, row)| {
                let account = self.open(&user, &row);
                (user, row.listing, account)
            })
            .collect())
    }

    /// Whose accounts are in the store.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn occupants(&self) -> Result<Occupants, AccountError> {
        Ok(self.store()?.occupants(&self.site)?)
    }

    /// Looks at a part of the accounts. Those that a clock wrote that was ahead of `now` are put right; without a time
    /// that can be relied on none is.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn look(&self, now: Option<UnixTime>) -> Result<Looked, AccountError> {
        const FIRST: u32 = 200;
        const LATEST: u32 = 100;
        const LAST: usize = 20;
        let first = self.stored_in_order("", FIRST, None)?;
        let events = self.audit(None, LATEST, None)?;
        let latest_event = events.iter().take(LAST).map(|(_, event)| event.at).max();
        let mut found: Vec<_> = first
            .into_iter()
            .map(|(user, _, account)| (user, account.map(Some)))
            .collect();
        for (_, event) in events {
            if found.iter().all(|(user, _)| *user != event.user) {
                let account = self.stored(&event.user);
                found.push((event.user, account));
            }
        }
        let seen = found.len();
        let (mut failed, mut unfound, mut clocks) = (Vec::new(), Vec::new(), Vec::new());
        for (user, account) in found {
            let account = account.and_then(|account| {
                if let Some(account) = &account {
                    self.check_derived(&user, account)?;
                }
                Ok(account)
            });
            match (account, now) {
                (Ok(Some(mut account)), Some(now)) => {
                    self.put_right(&user, &mut account, now);
                    if account.waits_long(now) {
                        unfound.push(user);
                    }
                    clocks.extend(account.app_clock());
                }
                (Ok(_), _) => {}
                (Err(AccountError::Store(error)), _) => return Err(error.into()),
                (Err(why), _) => failed.push((user, why)),
            }
        }
        if let Some(now) = now {
            self.have_found(&unfound, now)?;
        }
        Ok(Looked {
            failed,
            seen,
            latest_event,
            clocks,
        })
    }

    /// Of the first two hundred accounts how many depart from a strict profile.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn departing(&self) -> Result<Departing, AccountError> {
        const FIRST: u32 = 200;
        let page = self.stored_in_order("", FIRST, None)?;
        let mut found = Departing {
            is_all: u32::try_from(page.len()).is_ok_and(|many| many < FIRST),
            ..Departing::default()
        };
        for (_, _, account) in page {
            let Ok(mut account) = account else {
                continue;
            };
            account.stand_under_profile(self.least);
            let add = |number: &mut usize, is: bool| *number = number.saturating_add(is.into());
            add(&mut found.seen, account.is_enrolled());
            add(&mut found.weak, account.is_too_weak());
            add(&mut found.short, account.has_short_codes());
        }
        Ok(found)
    }

    /// What each key is needed for: those of the ring in its order, then those that are not there. Every account is
    /// opened, for what the store says in plain is not believed.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn key_use(&self) -> Result<Vec<KeyUse>, AccountError> {
        let unused = |key: &str, present| KeyUse {
            key: key.to_owned(),
            present,
            sealed: 0,
            derived: 0,
        };
        let ids = self.ring.ids();
        let mut found: Vec<KeyUse> = ids.map(|id| unused(id.as_str(), true)).collect();
        let mut count = |key: &str, add: fn(&mut KeyUse) -> &mut u64| {
            let place = found.iter().position(|it| it.key == key);
            let place = place.unwrap_or_else(|| {
                found.push(unused(key, false));
                found.len().saturating_sub(1)
            });
            if let Some(it) = found.get_mut(place) {
                let number = add(it);
                *number = number.saturating_add(1);
            }
        };
        let names = [EnrolmentKey::NAME.to_owned()];
        let required = self.store()?.shared_rows(&self.site, &names)?;
        for raw in required.into_iter().flatten() {
            if let Some(key) = key_of(&raw.body) {
                count(key, |it| &mut it.sealed);
            }
        }
        let mut after = String::new();
        loop {
            let rows = self
                .store()?
                .list(&self.site, "", MAX_LIMIT, Some(&after))?;
            let Some((last, _)) = rows.last() else {
                return Ok(found);
            };
            after = last.as_str().to_owned();
            for (user, row) in &rows {
                if let Some(key) = key_of(&row.sealed) {
                    count(key, |it| &mut it.sealed);
                }
                // Of one that does not open nothing more is known.
                let Ok(document) = self
                    .context(user, row.version)
                    .open(&self.ring, &row.sealed)
                else {
                    continue;
                };
                if let Ok(account) = Account::from_document(&document) {
                    let mut keys: Vec<&KeyId> = account.derived_from().collect();
                    keys.dedup();
                    for key in keys {
                        count(key.as_str(), |it| &mut it.derived);
                    }
                }
            }
        }
    }

    /// From which keys the secrets of an account come that any site keeps like that. Nothing is asked of the store.
    ///
    /// # Errors
    /// [`OpenError`]
    #[cfg(feature = "cli")]
    pub fn derived_of(
        &self,
        site: &str,
        user: &str,
        version: Version,
        sealed: &[u8],
    ) -> Result<Vec<KeyId>, OpenError> {
        let context = Context {
            domain: Domain::Account,
            site,
            user,
            version: version.0,
        };
        let document = context.open(&self.ring, sealed)?;
        let account = Account::from_document(&document).map_err(|_| OpenError::Damaged)?;
        let mut keys: Vec<KeyId> = account.derived_from().cloned().collect();
        keys.dedup();
        Ok(keys)
    }

    /// Seals an account with the first key, unless it is. Nothing else of it changes but the name under which its number is
    /// found, which is one under that key as well; a sign-in at the same moment goes first.
    ///
    /// # Errors
    /// [`AccountError`]; of the store: then the outcome is unknown.
    #[cfg(feature = "cli")]
    pub fn reseal(&self, user: &UserId) -> Result<Reseal, AccountError> {
        let mut store = self.store()?;
        for attempt in 0..MOST_TRIES {
            let mut held = Held::new(&mut **store);
            let Loaded::Row(row) = held.hold(&self.site, user, attempt > 0)? else {
                return Ok(Reseal::NotNeeded);
            };
            if self.is_under_first_key(&row) {
                return Ok(Reseal::NotNeeded);
            }
            let opened = self.unseal(user, row.version, &row.sealed).ok();
            let opened = opened.and_then(|document| {
                let account = Account::from_document(&document).ok()?;
                Some((
                    document,
                    account.phone().map(|number| self.phone_index(number)),
                ))
            });
            let Some((document, phone)) = opened else {
                return Ok(Reseal::Left);
            };
            let version = row.version.next();
            let sealed = self
                .context(user, version)
                .seal(&self.ring, &document, &mut OsEntropy)?;
            let anew = Row {
                version,
                phone: phone.unwrap_or(PhoneIndex::Absent),
                due: Due::AsItWas,
                retention: Retention::default(),
                sealed,
                listing: row.listing,
            };
            match held.swap(&self.site, user, Some(row.version), &anew, &[])? {
                Swap::Done => return Ok(Reseal::Done),
                Swap::Conflict => {}
            }
        }
        Ok(Reseal::Busy)
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

    /// Audit events of everybody, oldest first, after that place.
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn events(&self, after: u64, limit: u32) -> Result<Vec<(u64, AuditRow)>, AccountError> {
        Ok(self.store()?.events(&self.site, after, limit)?)
    }

    /// Whether every event of the user is there, unaltered and in order, from where the account says that the
    /// chain begins, and none before it or beyond the end that the account knows: such are left when somebody
    /// puts back an older copy of the row.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn audit_is_intact(&self, user: &UserId) -> Result<bool, AccountError> {
        for _ in 0..MOST_TRIES {
            let Some(before) = self.stored(user)? else {
                return Ok(self.store()?.chain(&self.site, user, 0, 1)?.is_empty());
            };
            let is_intact = self.chain_is_whole(&mut **self.store()?, user, &before)?;
            // Something happened in between: look again.
            if self.stored(user)?.is_some_and(|after| {
                let end = after.chain().1;
                before.chain().1.is(end) && before.audit_begins.after.is(&after.audit_begins.after)
            }) {
                return Ok(is_intact);
            }
        }
        Err(AccountError::Busy(user.clone()))
    }

    /// Since when the user's events are there, if earlier ones went when their time was over.
    ///
    /// # Errors
    /// [`AccountError`]
    pub fn audit_begins(&self, user: &UserId) -> Result<Option<UnixTime>, AccountError> {
        Ok(self.stored(user)?.and_then(|account| {
            let begins = account.chain_begins();
            begins.at.filter(|_| begins.after.seq > 0)
        }))
    }

    fn chain_is_whole(
        &self,
        store: &mut dyn Store,
        user: &UserId,
        account: &Account,
    ) -> Result<bool, AccountError> {
        const PAGE: u32 = 500;
        let (key, end) = account.chain();
        let mut head = account.audit_begins.after;
        let (mut from, mut place) = (0, None);
        loop {
            let rows = store.chain(&self.site, user, from, PAGE)?;
            let Some(last) = rows.last() else {
                return Ok(head.is(end));
            };
            from = last.1.seq.saturating_add(1);
            for (id, row) in &rows {
                head = head.after(key, &self.site, user, row.at, &row.body);
                // Lists are ordered by id, so ids have to rise as the numbers of the chain do.
                let is_next = place.is_none_or(|place| place < *id);
                if !is_next || row.seq != head.seq || row.mac != *head.mac.bytes() {
                    return Ok(false);
                }
                place = Some(*id);
            }
        }
    }

    /// Takes out of an account what is too old of its chain, a few events at a time; returns up to which place
    /// they are to be removed with the swap. The account remembers the hash of the last one, so that the rest
    /// still checks, and nobody else can move that mark.
    ///
    /// Nothing goes while what would go does not check: who altered or removed an event would be rid of the
    /// proof. The last event stays, however old: it says that there was an account.
    fn retire(
        &self,
        store: &mut dyn Store,
        user: &UserId,
        account: &mut Account,
        now: UnixTime,
    ) -> Result<u64, AccountError> {
        let Some(keep_from) = self.keep_from(now) else {
            return Ok(0);
        };
        if account.oldest_event().is_none_or(|at| at >= keep_from) {
            return Ok(0);
        }
        let mut head = account.audit_begins.after;
        // One more than may go is read: it tells when the rest begins.
        let (from, most) = (head.seq.saturating_add(1), MOST_RETIRED.saturating_add(1));
        let rows = store.chain(&self.site, user, from, most)?;
        let counted = store.look_beside(&self.site, FiguresKey::HEAD)?;
        let counted = counted.and_then(|raw| match FiguresRow::read(&raw.body) {
            Ok(FiguresRow::Head(head)) => Some(head),
            // It says nothing of how far: nothing waits for it.
            _ => None,
        });
        let is_uncounted = |place, at| {
            let counted = counted.as_ref();
            counted.is_some_and(|head| head.holds(place, at, keep_from))
        };
        let mut begins = None;
        // An event is no younger than one that came after it, whatever the clock said.
        let mut is_old = false;
        for (place, row) in &rows {
            if is_old {
                let at = Some(row.at.min(now));
                begins = Some(Beginning { after: head, at });
            }
            if is_uncounted(*place, row.at) {
                break;
            }
            head = head.after(&account.key, &self.site, user, row.at, &row.body);
            if row.seq != head.seq || row.mac != *head.mac.bytes() || head.seq > account.audit.seq {
                return Ok(0);
            }
            is_old = row.at < keep_from;
        }
        let Some(begins) = begins else {
            return Ok(0);
        };
        account.audit_begins = begins;
        Ok(begins.after.seq)
    }

    /// Looks after users who have events that are too old and do not come themselves. What fails here is
    /// somebody else's: it is tried again another time.
    fn retire_others(&self, turn: u64, now: UnixTime) {
        let Some(keep_from) = self.keep_from(now) else {
            return;
        };
        let found = self
            .store()
            .and_then(|mut store| Ok(store.aged(&self.site, keep_from, MOST_AGED)?));
        let Ok(aged) = found else {
            return;
        };
        let Ok(many) = u64::try_from(aged.len()) else {
            return;
        };
        // Each turn begins elsewhere: an account that does not open would else be tried every time and block the rest.
        for step in 0..LOOKED_AFTER.min(many) {
            let place = turn
                .wrapping_mul(LOOKED_AFTER)
                .wrapping_add(step)
                .checked_rem(many)
                .and_then(|place| usize::try_from(place).ok());
            if let Some(user) = place.and_then(|place| aged.get(place)) {
                let _ = self.retire_of(user, now);
            }
        }
    }

    /// Rewrites an account without what is too old of its chain.
    fn retire_of(&self, user: &UserId, now: UnixTime) -> Result<(), AccountError> {
        let mut store = self.store()?;
        let mut held = Held::new(&mut **store);
        let Loaded::Row(row) = held.hold(&self.site, user, false)? else {
            return Ok(());
        };
        let mut account = self.open(user, &row)?;
        let _ = account.put_right(now, &self.policy);
        let (version, phone) = (Some(row.version), account.phone().map(str::to_owned));
        let number = match phone {
            Some(number) => self.phone_index(&number),
            None => PhoneIndex::Absent,
        };
        let known = Known::nothing(number);
        match self.swap(
            &mut *held,
            user,
            version,
            &mut account,
            known,
            &[],
            &mut OsEntropy,
            now,
        )? {
            Swap::Done => Ok(()),
            Swap::Conflict => Err(AccountError::Busy(user.clone())),
        }
    }

    /// See [`Store::check`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn check(&self) -> Result<StoreFacts, AccountError> {
        Ok(self.store()?.check()?)
    }

    /// See [`Store::describe`].
    ///
    /// # Errors
    /// [`AccountError`] of the store.
    pub fn describe(&self) -> Result<StoreDetails, AccountError> {
        Ok(self.store()?.describe(&self.site)?)
    }

    fn context<'a>(&'a self, user: &'a UserId, version: Version) -> Context<'a> {
        Context {
            domain: Domain::Account,
            site: self.site.as_str(),
            user: user.as_str(),
            version: version.0,
        }
    }

    fn open(&self, user: &UserId, row: &Row) -> Result<Account, AccountError> {
        self.decode(user, &self.unseal(user, row.version, &row.sealed)?)
    }

    fn unseal(
        &self,
        user: &UserId,
        version: Version,
        sealed: &[u8],
    ) -> Result<SecretBytes, AccountError> {
        let opened = self.context(user, version).open(&self.ring, sealed);
        opened.map_err(|why| AccountError::Sealed {
            user: user.clone(),
            why,
        })
    }

    fn decode(&self, user: &UserId, document: &SecretBytes) -> Result<Account, AccountError> {
        let account = Account::from_document(document).map_err(|why| AccountError::Document {
            user: user.clone(),
            why,
        })?;
        // It says which key its secrets come from. Without that one nobody is verified, and nobody has failed.
        if let Some(key) = account.derived_from().find(|key| !self.ring.has(key)) {
            return Err(AccountError::KeyMissing {
                user: user.clone(),
                key: key.clone(),
            });
        }
        Ok(account)
    }

    /// Whether the keys that secrets are derived from are still those that they were: else every code would be wrong, and
    /// charged. Asked before a change and by health; a look needs no secret.
    fn check_derived(&self, user: &UserId, account: &Account) -> Result<(), AccountError> {
        match account.derived_otherwise(&self.deriver(user)) {
            None => Ok(()),
            Some(key) => Err(AccountError::KeyReplaced {
                user: user.clone(),
                key: key.clone(),
            }),
        }
    }

    fn document(&self, user: &UserId, account: &Account) -> Result<SecretBytes, AccountError> {
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
        known: Known,
        events: &[Event],
        entropy: &mut dyn Entropy,
        now: UnixTime,
    ) -> Result<Swap, AccountError> {
        account.stamp(now);
        let aged = account.oldest_event();
        let forget = self.retire(store, user, account, now)?;
        let aged = known.is_aging_known.then_some(aged);
        let (row, events) = self.sealed_row(
            user, expected, account, known, forget, aged, events, entropy, now,
        )?;
        Ok(store.swap(&self.site, user, expected, &row, &events)?)
    }

    /// The account and the events as they are written. `aged`: the oldest event that might go, as the store knows it.
    #[allow(clippy::too_many_arguments)] // as above
    fn sealed_row(
        &self,
        user: &UserId,
        expected: Option<Version>,
        account: &mut Account,
        known: Known,
        forget: u64,
        aged: Option<Option<UnixTime>>,
        events: &[Event],
        entropy: &mut dyn Entropy,
        now: UnixTime,
    ) -> Result<(Row, Vec<AuditRow>), AccountError> {
        let is_empty = account.audit.seq == account.audit_begins.after.seq;
        if is_empty && !events.is_empty() {
            account.audit_begins.at = Some(now);
        }
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let mut body = Vec::with_capacity(EVENT_ROOM);
            // An event is plain strings and names: this cannot fail, and if it did nothing is stored.
            serde_json::to_writer(&mut body, event).map_err(|_| AccountError::Document {
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
        let aging = match account.oldest_event() {
            same if aged == Some(same) => Aging::AsItWas,
            Some(at) => Aging::Since(at),
            None => Aging::Never,
        };
        let due = match account.notices_due() {
            // Where nobody has found it for a day, its row may be gone.
            same if known.due == Some(same) && !account.waits_long(now) => Due::AsItWas,
            Some(at) => Due::At(at),
            None => Due::Never,
        };
        let version = expected.map_or(Version::FIRST, Version::next);
        let document = self.document(user, account)?;
        let sealed = self
            .context(user, version)
            .seal(&self.ring, &document, entropy)?;
        let listing = Listing {
            enrolled: account.is_enrolled(),
            primary: account.primary(),
            locked_until: account.locks(now).into_iter().map(|(_, until)| until).max(),
            last_verified: account.last_verified(),
        };
        let row = Row {
            version,
            listing,
            phone: known.phone,
            due,
            retention: Retention { forget, aging },
            sealed,
        };
        Ok((row, rows))
    }
}
