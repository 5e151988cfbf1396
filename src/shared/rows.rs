//! Reading shared rows, and changing them: load → decode → decide → encode → swap if unchanged.

use std::fmt;
use std::slice::Iter;

use data_encoding::HEXLOWER;

use super::error::SharedError;
use super::key::RowKey;
use super::row::{EncodeError, RowContext, SharedRow, Stored};
use super::slot::{Change, Keep, Slot};
use crate::clock::UnixTime;
use crate::crypto::KeyRing;
use crate::store::{Held, RawRow, RawRowChange, StoreHandle, Swap, Version};
use crate::types::Site;

/// Lost swaps after which a change gives up. After the first the store queues us, so that more than
/// a few mean that something is wrong.
const MOST_TRIES: u32 = 100;

/// Bytes of a name's hash: no two people share one.
const HASH_BYTES: usize = 16;

/// The shared rows of a site.
pub struct SharedRows {
    pub(super) store: StoreHandle,
    pub(super) ring: KeyRing,
    pub(super) site: Site,
}

impl fmt::Debug for SharedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRows")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl SharedRows {
    /// The rows of `site`; what is about people is named, and what is secret sealed, with `ring`.
    #[must_use]
    pub const fn new(store: StoreHandle, ring: KeyRing, site: Site) -> Self {
        Self { store, ring, site }
    }

    /// Short keyed hashes of what is about somebody, one under every key of the ring: a row tells nobody whose it
    /// is.
    #[must_use]
    pub fn hashed(&self, parts: &[&[u8]]) -> Vec<String> {
        let mut all: Vec<&[u8]> = vec![b"shared", self.site.as_str().as_bytes()];
        all.extend_from_slice(parts);
        let names = self.ring.names(&all);
        names
            .iter()
            .map(|name| HEXLOWER.encode(name.bytes().get(..HASH_BYTES).unwrap_or_default()))
            .collect()
    }

    /// A row.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn get<K: RowKey>(&self, key: &K) -> Result<Option<Stored<K::Row>>, SharedError> {
        let rows = self.get_all(std::slice::from_ref(key))?;
        Ok(rows.into_iter().next().flatten())
    }

    /// A row as it is stored, for [`SharedRows::decode`].
    ///
    /// # Errors
    /// [`SharedError`] of the store
    pub fn raw<K: RowKey>(&self, key: &K) -> Result<Option<RawRow>, SharedError> {
        let mut rows = self
            .store
            .borrow()?
            .shared_rows(&self.site, &[key.name()])?;
        Ok(rows.pop().flatten())
    }

    /// Several rows at one moment, in the order of `keys`.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn get_all<K: RowKey>(
        &self,
        keys: &[K],
    ) -> Result<Vec<Option<Stored<K::Row>>>, SharedError> {
        let names: Vec<_> = keys.iter().map(RowKey::name).collect();
        let raw_rows = self.store.borrow()?.shared_rows(&self.site, &names)?;
        let decoded = |raw: Option<&RawRow>| {
            let row = self.decode::<K>(raw)?;
            Ok(row.zip(raw).map(|(row, raw)| Stored {
                version: raw.version,
                row,
            }))
        };
        raw_rows.iter().map(|raw| decoded(raw.as_ref())).collect()
    }

    /// Writes a row for good if its version is still the expected one (`None`: if there is none): for a decision that
    /// needs the store itself. All others are made by [`SharedRows::update`].
    ///
    /// # Errors
    /// [`SharedError`]; of the store: then the outcome is unknown.
    pub fn swap<K: RowKey>(
        &self,
        now: UnixTime,
        key: &K,
        expected: Option<Version>,
        row: &K::Row,
    ) -> Result<Swap, SharedError> {
        let version = expected.map_or(Version::FIRST, Version::next);
        let change = RawRowChange {
            name: key.name(),
            expected,
            body: self.encode::<K>(row, version)?,
            keep_until: None,
        };
        Ok(self
            .store
            .borrow()?
            .swap_shared_rows(&self.site, now, &[change])?)
    }

    /// Changes a row by `rule`, which runs again on what is there then when somebody else was faster. Returns the
    /// rule's answer once what it has put is durably stored; where it puts nothing new, nothing is written.
    ///
    /// # Errors
    /// [`SharedError`]; of the store: then the outcome is unknown.
    pub fn update<K: RowKey, T>(
        &self,
        now: UnixTime,
        key: &K,
        rule: impl Fn(&mut Slot<K::Row>) -> T,
    ) -> Result<T, SharedError> {
        self.change(now, &One(key), rule)
    }

    /// As [`SharedRows::update`] for several rows, in the order of `keys`: all are written, or none. What the rule
    /// leaves as it is was still so when the others were written.
    ///
    /// # Errors
    /// As [`SharedRows::update`].
    pub fn update_all<K: RowKey, T>(
        &self,
        now: UnixTime,
        keys: &[K],
        rule: impl Fn(&mut [Slot<K::Row>]) -> T,
    ) -> Result<T, SharedError> {
        self.change(now, &All(keys), |slots| rule(slots))
    }

    /// As [`SharedRows::update_all`] for one row and several of another kind.
    ///
    /// # Errors
    /// As [`SharedRows::update`].
    pub fn update_with<K: RowKey, L: RowKey, T>(
        &self,
        now: UnixTime,
        key: &K,
        others: &[L],
        rule: impl Fn(&mut Slot<K::Row>, &mut [Slot<L::Row>]) -> T,
    ) -> Result<T, SharedError> {
        let keys = Both(One(key), All(others));
        self.change(now, &keys, |(slot, slots)| rule(slot, slots))
    }

    fn change<S: KeySet, T>(
        &self,
        now: UnixTime,
        keys: &S,
        rule: impl Fn(&mut S::Slots) -> T,
    ) -> Result<T, SharedError> {
        let mut store = self.store.borrow()?;
        let mut names = Vec::new();
        keys.names(&mut names);
        for _ in 0..MOST_TRIES {
            let mut held = Held::new(&mut **store);
            let raw_rows = held.hold_shared_rows(&self.site, &names)?;
            let mut slots = keys.decode(self, &mut raw_rows.iter())?;
            let answer = rule(&mut slots);
            let mut written = Vec::with_capacity(raw_rows.len());
            keys.encode(self, now, slots, &mut raw_rows.iter(), &mut written)?;
            let same = |(raw, new): (&Option<RawRow>, &Option<Written>)| match (raw, new) {
                (_, None) => true,
                (Some(raw), Some(new)) => raw.body == new.body,
                (None, Some(new)) => new.body.is_empty(),
            };
            if raw_rows.iter().zip(&written).all(same) {
                return Ok(answer);
            }
            let changes: Vec<_> = names
                .iter()
                .zip(raw_rows.into_iter().zip(written))
                .map(|(name, (raw, new))| {
                    let expected = raw.as_ref().map(|raw| raw.version);
                    let new = new.unwrap_or_else(|| Written::same(raw, now));
                    RawRowChange {
                        name: name.clone(),
                        expected,
                        body: new.body,
                        keep_until: new.keep_until,
                    }
                })
                .collect();
            match held.swap_shared_rows(&self.site, now, &changes)? {
                Swap::Done => return Ok(answer),
                Swap::Conflict => {}
            }
        }
        Err(SharedError::Busy)
    }

    /// What is stored under that name.
    #[cfg(test)]
    pub(crate) fn stored(&self, name: &str) -> Option<RawRow> {
        let mut store = self.store.borrow().unwrap();
        let raw_rows = store.shared_rows(&self.site, &[name.to_owned()]).unwrap();
        raw_rows.into_iter().next().flatten()
    }

    /// Where a row of that version stands, for one that keeps what is sealed.
    #[must_use]
    pub const fn context(&self, version: Version) -> RowContext<'_> {
        RowContext {
            ring: &self.ring,
            site: &self.site,
            version,
        }
    }

    /// What a row says that was read otherwise ([`Store::load_together`](crate::store::Store::load_together));
    /// nothing of one that has ended.
    ///
    /// # Errors
    /// [`SharedError::Row`]
    pub fn decode<K: RowKey>(&self, raw: Option<&RawRow>) -> Result<Option<K::Row>, SharedError> {
        raw.filter(|raw| !raw.body.is_empty())
            .map(|raw| K::Row::decode(&raw.body, &self.context(raw.version)))
            .transpose()
            .map_err(|source| SharedError::Row {
                kind: K::KIND,
                source,
            })
    }

    fn encode<K: RowKey>(&self, row: &K::Row, version: Version) -> Result<Vec<u8>, SharedError> {
        row.encode(&self.context(version)).map_err(|why| match why {
            EncodeError::Row(source) => SharedError::Row {
                kind: K::KIND,
                source,
            },
            EncodeError::Random(source) => source.into(),
        })
    }
}

/// New bytes of a row, and until when to keep them.
struct Written {
    body: Vec<u8>,
    keep_until: Option<UnixTime>,
}

impl Written {
    /// Of a row that stays as it is.
    fn same(raw: Option<RawRow>, now: UnixTime) -> Self {
        raw.map_or_else(
            || Self::end(now),
            |raw| Self {
                body: raw.body,
                keep_until: raw.keep_until,
            },
        )
    }

    const fn end(now: UnixTime) -> Self {
        Self {
            body: Vec::new(),
            keep_until: Some(now),
        }
    }
}

/// Keys of rows that are changed together, and their rows in the hands of a rule.
trait KeySet {
    type Slots;

    fn names(&self, names: &mut Vec<String>);

    fn decode(
        &self,
        rows: &SharedRows,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
    ) -> Result<Self::Slots, SharedError>;

    /// What is new of each; `None`: nothing.
    fn encode(
        &self,
        rows: &SharedRows,
        now: UnixTime,
        slots: Self::Slots,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
        written: &mut Vec<Option<Written>>,
    ) -> Result<(), SharedError>;
}

struct One<'a, K>(&'a K);
struct All<'a, K>(&'a [K]);
struct Both<A, B>(A, B);

impl<K: RowKey> KeySet for One<'_, K> {
    type Slots = Slot<K::Row>;

    fn names(&self, names: &mut Vec<String>) {
        names.push(self.0.name());
    }

    fn decode(
        &self,
        rows: &SharedRows,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
    ) -> Result<Self::Slots, SharedError> {
        let raw = raw_rows.next().and_then(Option::as_ref);
        Ok(Slot::new(rows.decode::<K>(raw)?))
    }

    fn encode(
        &self,
        rows: &SharedRows,
        now: UnixTime,
        slots: Self::Slots,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
        written: &mut Vec<Option<Written>>,
    ) -> Result<(), SharedError> {
        let before = raw_rows.next().and_then(Option::as_ref);
        let version = before.map_or(Version::FIRST, |raw| raw.version.next());
        written.push(match slots.change {
            None => None,
            Some(Change::End) => Some(Written::end(now)),
            Some(Change::Put(row, keep)) => Some(Written {
                body: rows.encode::<K>(&row, version)?,
                keep_until: match keep {
                    Keep::Always => None,
                    Keep::Until(until) => Some(until),
                },
            }),
        });
        Ok(())
    }
}

impl<K: RowKey> KeySet for All<'_, K> {
    type Slots = Vec<Slot<K::Row>>;

    fn names(&self, names: &mut Vec<String>) {
        names.extend(self.0.iter().map(RowKey::name));
    }

    fn decode(
        &self,
        rows: &SharedRows,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
    ) -> Result<Self::Slots, SharedError> {
        let slots = self.0.iter().map(|key| One(key).decode(rows, raw_rows));
        slots.collect()
    }

    fn encode(
        &self,
        rows: &SharedRows,
        now: UnixTime,
        slots: Self::Slots,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
        written: &mut Vec<Option<Written>>,
    ) -> Result<(), SharedError> {
        for (key, slot) in self.0.iter().zip(slots) {
            One(key).encode(rows, now, slot, raw_rows, written)?;
        }
        Ok(())
    }
}

impl<A: KeySet, B: KeySet> KeySet for Both<A, B> {
    type Slots = (A::Slots, B::Slots);

    fn names(&self, names: &mut Vec<String>) {
        self.0.names(names);
        self.1.names(names);
    }

    fn decode(
        &self,
        rows: &SharedRows,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
    ) -> Result<Self::Slots, SharedError> {
        let first = self.0.decode(rows, raw_rows)?;
        Ok((first, self.1.decode(rows, raw_rows)?))
    }

    fn encode(
        &self,
        rows: &SharedRows,
        now: UnixTime,
        slots: Self::Slots,
        raw_rows: &mut Iter<'_, Option<RawRow>>,
        written: &mut Vec<Option<Written>>,
    ) -> Result<(), SharedError> {
        self.0.encode(rows, now, slots.0, raw_rows, written)?;
        self.1.encode(rows, now, slots.1, raw_rows, written)
    }
}
