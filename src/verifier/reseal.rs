//! From one key to the next: what is sealed with which, and sealing it anew with the first one, row by row, while people
//! sign in. Built for the command line alone.
//!
//! ```text
//!   rows in the order of their names ─▶ sealed with the first key, as it says in plain? ─ yes ─▶ next
//!                                          │ no
//!                                          ▼
//!                       hold → open → seal → swap if unchanged ─ lost: once more ─▶ next
//! ```
//!
//! Nothing remembers how far it came: what has the first key is passed over by looking at its first bytes. So whoever was
//! interrupted begins anew and is soon where they were, and two who do it at once are in nobody's way. What a server that
//! still seals with an older key writes meanwhile is found by the next look.

use std::collections::BTreeMap;

use super::named::named;
use super::{Error, Operator, Verifier};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::crypto::{KeyId, OpenError, key_of};
use crate::shared::{Reseal, SealOf, seal_of};
use crate::store::{MAX_LIMIT, SealedIn, SealedRow, Transfer, sealed_rows, sealed_sites};
use crate::types::{Requester, UserId};

/// Walks over all rows: what others changed too often the first time is tried again.
const MOST_WALKS: u32 = 3;

/// Names of rows that stay as they are.
const MOST_NAMED: usize = 10;

/// Pages of events that are looked through for one.
const MOST_PAGES: u32 = 20;

/// What of a site is sealed with a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRows {
    /// Accounts, those of the audit of what is everybody's among them.
    pub accounts: u64,
    /// Everything else: sessions, providers, texts, the licence, …
    pub others: u64,
    /// Accounts whose secrets come from it, whatever they are sealed with.
    pub derived: u64,
    /// Of the sealed ones, those that do not open although there is a key of that name.
    pub unopened: u64,
}

impl KeyRows {
    /// How many are sealed with it.
    #[must_use]
    pub const fn sealed(&self) -> u64 {
        self.accounts.saturating_add(self.others)
    }

    /// Whether anything needs it.
    #[must_use]
    pub const fn is_needed(&self) -> bool {
        self.sealed() > 0 || self.derived > 0
    }
}

/// What a site keeps that is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteKeys {
    /// Its name.
    pub site: String,
    /// By the id of the key.
    pub keys: BTreeMap<String, KeyRows>,
    /// Rows of which this version does not know what they are.
    pub unknown: u64,
}

/// What came of sealing everything anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Accounts that were.
    pub accounts: u64,
    /// Everything else that was.
    pub others: u64,
    /// What does not open, or is of a kind that is not known, or was changed by others again and again: it stays as it was.
    pub left: u64,
    /// Their names, a few.
    pub named: Vec<String>,
}

/// Every row of a site that may be sealed.
fn walk(
    source: &mut dyn Transfer,
    site: &str,
    mut each: impl FnMut(SealedIn, SealedRow) -> Result<(), Error>,
) -> Result<(), Error> {
    for place in SealedIn::ALL {
        let mut after = None;
        loop {
            let page = sealed_rows(source, place, site, after.as_deref())?;
            let Some(last) = page.last() else { break };
            after = Some(last.name.clone());
            for row in page {
                each(place, row)?;
            }
        }
    }
    Ok(())
}

impl Verifier {
    /// The keys, the one that seals first.
    pub fn key_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.accounts.ring().ids()
    }

    /// The site's name.
    #[must_use]
    pub fn site_name(&self) -> &str {
        self.accounts.site().as_str()
    }

    /// What every site of the store has sealed with which key. Everything is opened for that, as far as there is a key of
    /// that name; `each` is told of every row.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn key_rows(
        &self,
        source: &mut dyn Transfer,
        each: &mut dyn FnMut(u64),
    ) -> Result<Vec<SiteKeys>, Error> {
        let (sites, _) = sealed_sites(source)?;
        let mut all = Vec::with_capacity(sites.len());
        for site in sites {
            let mut found = SiteKeys {
                site,
                ..SiteKeys::default()
            };
            let (site, keys, unknown) = (found.site.clone(), &mut found.keys, &mut found.unknown);
            walk(source, &site, |place, row| {
                each(1);
                self.count(&site, place, &row, keys, unknown);
                Ok(())
            })?;
            all.push(found);
        }
        Ok(all)
    }

    fn count(
        &self,
        site: &str,
        place: SealedIn,
        row: &SealedRow,
        keys: &mut BTreeMap<String, KeyRows>,
        unknown: &mut u64,
    ) {
        let add = |number: &mut u64| *number = number.saturating_add(1);
        let (key, opens) = match place {
            SealedIn::Accounts => {
                let accounts = &self.accounts;
                let derived = accounts.derived_of(site, &row.name, row.version, &row.body);
                for key in derived.iter().flatten() {
                    add(&mut keys.entry(key.as_str().to_owned()).or_default().derived);
                }
                (key_of(&row.body), derived.map(drop))
            }
            SealedIn::SharedRows => {
                let ring = self.accounts.ring();
                match seal_of(ring, site, &row.name, row.version, &row.body) {
                    SealOf::None => return,
                    SealOf::Key { key, opens } => (Some(key), opens),
                    SealOf::Unknown => (None, Ok(())),
                }
            }
        };
        let Some(key) = key else {
            return add(unknown);
        };
        let it = keys.entry(key.to_owned()).or_default();
        add(match place {
            SealedIn::Accounts => &mut it.accounts,
            SealedIn::SharedRows => &mut it.others,
        });
        if opens == Err(OpenError::Damaged) {
            add(&mut it.unopened);
        }
    }

    /// Seals everything of this site with the first key that is sealed with another one. `each` is told of every row that
    /// was. Other sites of the store have keys of their own to do that with.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: what was done is done, and the next call goes on.
    pub fn reseal(
        &self,
        source: &mut dyn Transfer,
        now: UnixTime,
        each: &mut dyn FnMut(u64),
    ) -> Result<Resealed, Error> {
        let first = self.accounts.ring().first().map(KeyId::as_str);
        let site = self.accounts.site().as_str();
        let mut done = Resealed::default();
        for _ in 0..MOST_WALKS {
            (done.left, done.named) = (0, Vec::new());
            let mut is_busy = false;
            walk(source, site, |place, row| {
                let outcome = match place {
                    SealedIn::Accounts if key_of(&row.body) == first => Reseal::NotNeeded,
                    SealedIn::Accounts => match UserId::from_store(row.name.as_str()) {
                        Ok(user) => self.accounts.reseal(&user)?,
                        Err(_) => Reseal::Left,
                    },
                    SealedIn::SharedRows => {
                        let ring = self.accounts.ring();
                        match seal_of(ring, site, &row.name, row.version, &row.body) {
                            SealOf::None => Reseal::NotNeeded,
                            SealOf::Key { key, .. } if Some(key) == first => Reseal::NotNeeded,
                            SealOf::Key { .. } => self.rows.reseal(now, &row.name)?,
                            SealOf::Unknown => Reseal::Left,
                        }
                    }
                };
                let number = match (outcome, place) {
                    (Reseal::NotNeeded, _) => return Ok(()),
                    (Reseal::Done, SealedIn::Accounts) => &mut done.accounts,
                    (Reseal::Done, SealedIn::SharedRows) => &mut done.others,
                    (Reseal::Left | Reseal::Busy, _) => {
                        is_busy |= outcome == Reseal::Busy;
                        if done.named.len() < MOST_NAMED {
                            done.named.push(row.name);
                        }
                        &mut done.left
                    }
                };
                *number = number.saturating_add(1);
                if outcome == Reseal::Done {
                    each(1);
                }
                Ok(())
            })?;
            if !is_busy {
                break;
            }
        }
        Ok(done)
    }

    /// Notes that the keys are changed, or that everything was sealed with the first one.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired) where the server's command line changes nothing;
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn note_keys(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        is_resealed: bool,
        key: &str,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let authority = self.authority_over_all(now, operator)?;
        let kind = if is_resealed {
            EventKind::KeysResealed
        } else {
            EventKind::KeysChanged
        };
        let event = Event::new(kind, Requester::Operator)
            .by(operator.by(), reason)
            .authority(Some(authority))
            .about_key(key);
        self.note_for_providers(now, &self.source_if(operator.client()), &event)
    }

    /// Whether the keys may be changed by whoever has the server's command line.
    ///
    /// # Errors
    /// As [`Verifier::note_keys`].
    pub fn may_change_keys(&self, now: UnixTime, operator: &Operator<'_>) -> Result<(), Error> {
        self.authority_over_all(now, operator).map(drop)
    }

    /// When everything was last sealed anew with the key that is the first one now, as the audit has it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn resealed_at(&self) -> Result<Option<UnixTime>, Error> {
        let first = self.accounts.ring().first().map(KeyId::as_str);
        let mut before = None;
        for _ in 0..MOST_PAGES {
            let page = self.providers_audit(MAX_LIMIT, before)?;
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            let is_that = |kind: &str| kind == EventKind::KeysResealed.as_str();
            if let Some(event) = page.iter().find(|event| is_that(&event.kind)) {
                return Ok((event.label.as_deref() == first).then_some(event.at));
            }
        }
        Ok(None)
    }
}
