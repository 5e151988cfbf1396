//! Everything of a store, row by row, for whoever moves it to another one: from SQLite to MySQL and MariaDB, and back.
//!
//! ```text
//!   source ── rows in the order of their keys ─┐
//!                                              ├─▶ same: nothing · only there: written · other: replaced · only here: removed
//!   target ── rows in the order of their keys ─┘
//! ```
//!
//! So a copy that was interrupted goes on where it stopped, a second one writes nothing, and comparing is the same without
//! writing. What is read of the source is of one moment. Rows are moved as they are, sealed; nothing is opened.
//!
//! The target has a mark while it is not whole: only an empty store, or one with that mark, is written to, and nobody else
//! opens one that has it. So the mark goes last, after the last comparison. Built for the command line alone.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use super::error::StoreError;
use super::mysql::Mysql;
use super::rows::{COPYING, Version};
use super::sqlite::{self, Sqlite};
use super::url::StoreUrl;

/// Rows that are read at once.
const PAGE: u32 = 500;

/// Bytes that are written at once, about: a statement for MySQL has twice as many and fits into any server's packet.
const BATCH_BYTES: usize = 128 * 1024;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Number,
    /// Text, compared as bytes.
    Text,
    /// Bytes.
    Bytes,
}

/// A value of a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// None.
    Null,
    /// A whole number.
    Number(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What is in a row may be sealed, or somebody's address.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(<redacted>)")
    }
}

impl Cell {
    const fn len(&self) -> usize {
        match self {
            Self::Null | Self::Number(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// The columns of a row but the site; the first is its key within the site.
pub type Cells = Vec<Cell>;

/// A table: its columns behind `site`, the key first.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Without a prefix.
    pub name: &'static str,
    /// Name and kind.
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// The table of who has which factors.
const ACCOUNTS: &str = "account";

/// All of them. The shared rows last: among them is the mark by which a site knows its store.
const TABLES: [Table; 7] = [
    Table {
        name: ACCOUNTS,
        columns: &[
            ("user", Kind::Text),
            ("version", Kind::Number),
            ("enrolled", Kind::Number),
            ("primary_method", Kind::Text),
            ("locked_until", Kind::Number),
            ("last_verified", Kind::Number),
            ("sealed", Kind::Bytes),
        ],
    },
    Table {
        name: "audit",
        columns: &[
            ("id", Kind::Number),
            ("user", Kind::Text),
            ("seq", Kind::Number),
            ("at", Kind::Number),
            ("body", Kind::Bytes),
            ("mac", Kind::Bytes),
        ],
    },
    Table {
        name: "phone",
        columns: &[("user", Kind::Text), ("hash", Kind::Bytes)],
    },
    Table {
        name: "message",
        columns: &[
            ("id", Kind::Number),
            ("user", Kind::Text),
            ("provider", Kind::Text),
            ("method", Kind::Text),
            ("masked", Kind::Text),
            ("reference", Kind::Text),
            ("sent", Kind::Number),
            // In MySQL it is called `level`.
            ("rank", Kind::Number),
            ("status", Kind::Text),
            ("detail", Kind::Text),
            ("at", Kind::Number),
        ],
    },
    Table {
        name: "aging",
        columns: &[("user", Kind::Text), ("since", Kind::Number)],
    },
    Table {
        name: "notice",
        columns: &[("user", Kind::Text), ("due", Kind::Number)],
    },
    Table {
        name: "shared_row",
        columns: &[
            ("name", Kind::Text),
            ("version", Kind::Number),
            ("keep_until", Kind::Number),
            ("body", Kind::Bytes),
        ],
    },
];

/// A store that can be read and written row by row.
pub trait Transfer: fmt::Debug {
    /// From now on what is read is of this moment.
    ///
    /// # Errors
    /// [`StoreError`]
    fn begin_reading(&mut self) -> Result<(), StoreError>;

    /// What is read is of its own moment again.
    ///
    /// # Errors
    /// [`StoreError`]
    fn end_reading(&mut self) -> Result<(), StoreError>;

    /// The sites that have a row in a table; the empty name among them, where a row keeps a place.
    ///
    /// # Errors
    /// [`StoreError`]
    fn sites(&mut self, table: &Table) -> Result<Vec<String>, StoreError>;

    /// How many rows a table has.
    ///
    /// # Errors
    /// [`StoreError`]
    fn count(&mut self, table: &Table) -> Result<u64, StoreError>;

    /// Rows of a site in the order of their keys, behind `after`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn page(
        &mut self,
        table: &Table,
        site: &str,
        after: Option<&Cell>,
        limit: u32,
    ) -> Result<Vec<Cells>, StoreError>;

    /// Removes rows by their keys and writes others, in the place of those that have their keys, durably, all or none.
    ///
    /// # Errors
    /// [`StoreError`]
    fn write(
        &mut self,
        table: &Table,
        site: &str,
        removed: &[Cell],
        put: &[Cells],
    ) -> Result<(), StoreError>;
}

/// Opens a store for that. Its tables are brought up to date. One that is not whole is refused.
///
/// # Errors
/// [`StoreError`]
pub fn open_transfer(url: &StoreUrl) -> Result<Box<dyn Transfer>, StoreError> {
    Ok(match url {
        StoreUrl::Sqlite(path) => Box::new(Sqlite::open(path)?),
        StoreUrl::Memory => Box::new(Sqlite::in_memory()?),
        StoreUrl::Mysql(url) => Box::new(Mysql::connect(url)?),
    })
}

/// Opens a store that is to be written to, also one that a copy was interrupted in.
///
/// # Errors
/// [`StoreError`]
pub fn open_target(url: &StoreUrl) -> Result<Box<dyn Transfer>, StoreError> {
    Ok(match url {
        StoreUrl::Sqlite(path) => Box::new(Sqlite::open_unfinished(path)?),
        StoreUrl::Memory => Box::new(Sqlite::in_memory()?),
        StoreUrl::Mysql(url) => Box::new(Mysql::connect_unfinished(url)?),
    })
}

/// What is damaged in a SQLite file, if anything is: every page is looked at. Whoever calls has it to themselves.
///
/// # Errors
/// [`StoreError`]: it is no database.
pub fn damage(path: &Path) -> Result<Option<String>, StoreError> {
    sqlite::damage(path)
}

/// Whether a copy into it was interrupted, so that it is not whole.
///
/// # Errors
/// [`StoreError`]
pub fn is_unfinished(store: &mut dyn Transfer) -> Result<bool, StoreError> {
    Ok(state(store)?.1)
}

/// How a target differs from its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Differences {
    /// Rows that are the same.
    pub same: u64,
    /// Rows that the target lacks.
    pub missing: u64,
    /// Rows that are other ones.
    pub other: u64,
    /// Rows that the target has besides.
    pub besides: u64,
    /// Those of the other ones, and of those besides, that no copy has written: accounts that the source has not, and
    /// rows that were changed in the target.
    pub foreign: u64,
}

impl Differences {
    /// There are none.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.missing == 0 && self.other == 0 && self.besides == 0
    }
}

/// Where rows are kept that are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedIn {
    /// The accounts, by their users' ids.
    Accounts,
    /// The shared rows, by their names.
    SharedRows,
}

impl SealedIn {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Accounts, Self::SharedRows];

    fn table(self) -> &'static Table {
        let [accounts, .., shared] = &TABLES;
        match self {
            Self::Accounts => accounts,
            Self::SharedRows => shared,
        }
    }
}

/// A row of which something may be sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// Its user's id, or its name.
    pub name: String,
    /// How often it was written.
    pub version: Version,
    /// What it says.
    pub body: Vec<u8>,
}

impl fmt::Debug for SealedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedRow(<redacted>)")
    }
}

/// The sites that keep anything that may be sealed, and how many such rows there are of all of them.
///
/// # Errors
/// [`StoreError`]
pub fn sealed_sites(source: &mut dyn Transfer) -> Result<(BTreeSet<String>, u64), StoreError> {
    let (mut sites, mut rows) = (BTreeSet::new(), 0_u64);
    for place in SealedIn::ALL {
        sites.extend(source.sites(place.table())?);
        rows = rows.saturating_add(source.count(place.table())?);
    }
    // A store that is being copied keeps its mark there.
    sites.remove("");
    Ok((sites, rows))
}

/// Such rows of a site, in the order of their names, behind `after`: none when there are no more.
///
/// # Errors
/// [`StoreError`]
pub fn sealed_rows(
    source: &mut dyn Transfer,
    place: SealedIn,
    site: &str,
    after: Option<&str>,
) -> Result<Vec<SealedRow>, StoreError> {
    let after = after.map(|name| Cell::Text(name.to_owned()));
    let rows = source.page(place.table(), site, after.as_ref(), PAGE)?;
    rows.into_iter()
        .map(|mut row| {
            let body = row.pop();
            let mut row = row.into_iter();
            match (row.next(), row.next(), body) {
                (Some(Cell::Text(name)), Some(Cell::Number(version)), Some(Cell::Bytes(body))) => {
                    Ok(SealedRow {
                        name,
                        version: Version(version.unsigned_abs()),
                        body,
                    })
                }
                _ => Err(StoreError::unavailable(
                    "the store has a row without what it needs",
                )),
            }
        })
        .collect()
}

/// Why a store cannot be copied into another one.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// One of the two.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It would be mixed with what is there.
    #[error(
        "the target is not empty and no copy that was interrupted: name an empty store, or a SQLite file that is not there \
         yet, nor its -wal, -shm and .lock"
    )]
    NotEmpty,
    /// Who set up a factor there would have none.
    #[error(
        "{0} rows of the target were written by somebody else since the copy was interrupted, or their users were removed \
         from the source: nothing is copied over them. Copy into an empty store"
    )]
    Foreign(u64),
    /// A database that does not give back what it was given, or somebody else who writes to it.
    #[error("the target has not what was written to it: somebody else writes there")]
    NotTheSame,
}

/// How many rows a site has in the table of that name.
///
/// # Errors
/// [`StoreError`]
pub fn rows_of_site(store: &mut dyn Transfer, name: &str, site: &str) -> Result<u64, StoreError> {
    let Some(table) = TABLES.iter().find(|it| it.name == name) else {
        return Ok(0);
    };
    let (mut rows, mut after) = (0_u64, None);
    loop {
        let page = store.page(table, site, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(rows);
        };
        rows = rows.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
        after = last.first().cloned();
    }
}

fn shared_rows() -> &'static Table {
    let [.., last] = &TABLES;
    last
}

/// Whether there is nothing in it, whether it has the mark.
fn state(target: &mut dyn Transfer) -> Result<(bool, bool), StoreError> {
    // No more than that one stands there.
    let marked = target.page(shared_rows(), "", None, PAGE)?;
    let marked = marked.iter().any(is_mark);
    for table in &TABLES {
        let rows = target.count(table)?;
        let mark = u64::from(marked && table.name == shared_rows().name);
        if rows > mark {
            return Ok((false, marked));
        }
    }
    Ok((true, marked))
}

fn is_mark(row: &Cells) -> bool {
    matches!(row.first(), Some(Cell::Text(name)) if name == COPYING)
}

/// Copies everything, and looks at all of it once more: goes on with a copy that was interrupted, unless somebody else has
/// written to the target since. `each` is told of each row that was looked at, so of each twice. Returns how the two
/// differed before. The target keeps its mark until [`finish`].
///
/// # Errors
/// [`TransferError`]; the next call goes on.
pub fn copy(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
    each: &mut dyn FnMut(u64),
) -> Result<Differences, TransferError> {
    let (is_empty, is_marked) = state(target)?;
    if !is_empty && !is_marked {
        return Err(TransferError::NotEmpty);
    }
    if !is_marked {
        let mark = vec![
            Cell::Text(COPYING.to_owned()),
            Cell::Number(1),
            Cell::Null,
            Cell::Bytes(Vec::new()),
        ];
        target.write(shared_rows(), "", &[], &[mark])?;
    }
    source.begin_reading()?;
    let done = write_and_look(source, target, is_marked, each);
    let ended = source.end_reading();
    let (written, left) = done?;
    ended?;
    if !left.is_none() {
        return Err(TransferError::NotTheSame);
    }
    Ok(written)
}

fn write_and_look(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
    goes_on: bool,
    each: &mut dyn FnMut(u64),
) -> Result<(Differences, Differences), TransferError> {
    if goes_on {
        let foreign = pass(source, target, false, &mut |_| {})?.foreign;
        if foreign > 0 {
            return Err(TransferError::Foreign(foreign));
        }
    }
    let written = pass(source, target, true, each)?;
    Ok((written, pass(source, target, false, each)?))
}

/// The target is whole: it loses its mark, and is a store as any other.
///
/// # Errors
/// [`StoreError`]
pub fn finish(target: &mut dyn Transfer) -> Result<(), StoreError> {
    let mark = Cell::Text(COPYING.to_owned());
    target.write(shared_rows(), "", &[mark], &[])
}

/// How the two differ now; a target that does not differ is whole, and only that one is.
///
/// # Errors
/// [`StoreError`]
pub fn finish_if_same(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
    each: &mut dyn FnMut(u64),
) -> Result<Differences, StoreError> {
    let found = compare(source, target, each)?;
    if found.is_none() {
        finish(target)?;
    }
    Ok(found)
}

/// How the two differ now.
///
/// # Errors
/// [`StoreError`]
pub fn compare(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
    each: &mut dyn FnMut(u64),
) -> Result<Differences, StoreError> {
    source.begin_reading()?;
    let found = pass(source, target, false, each);
    source.end_reading().and(found)
}

/// How many rows there are.
///
/// # Errors
/// [`StoreError`]
pub fn rows(source: &mut dyn Transfer) -> Result<u64, StoreError> {
    let mut all = 0_u64;
    for table in &TABLES {
        all = all.saturating_add(source.count(table)?);
    }
    Ok(all)
}

fn pass(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
    writes: bool,
    each: &mut dyn FnMut(u64),
) -> Result<Differences, StoreError> {
    let mut found = Differences::default();
    for table in &TABLES {
        let mut sites: BTreeSet<String> = source.sites(table)?.into_iter().collect();
        sites.extend(target.sites(table)?);
        for site in &sites {
            merge(source, target, table, site, writes, &mut found, each)?;
        }
    }
    Ok(found)
}

/// Rows of one site, read page by page.
struct Rows<'a> {
    table: &'a Table,
    site: &'a str,
    page: std::vec::IntoIter<Cells>,
    next: Option<Cells>,
    /// The key of the last row that was read.
    last: Option<Cell>,
    is_all: bool,
}

impl<'a> Rows<'a> {
    fn new(table: &'a Table, site: &'a str) -> Self {
        Self {
            table,
            site,
            page: Vec::new().into_iter(),
            next: None,
            last: None,
            is_all: false,
        }
    }

    /// The row that comes next, which stays.
    fn peek(&mut self, from: &mut dyn Transfer) -> Result<Option<&Cells>, StoreError> {
        while self.next.is_none() {
            if let Some(row) = self.page.next() {
                // The mark is no part of what is copied.
                let is_of_copy =
                    self.site.is_empty() && self.table.name == shared_rows().name && is_mark(&row);
                self.next = Some(row).filter(|_| !is_of_copy);
                continue;
            }
            if self.is_all {
                return Ok(None);
            }
            let page = from.page(self.table, self.site, self.last.as_ref(), PAGE)?;
            self.is_all = u32::try_from(page.len()).unwrap_or(PAGE) < PAGE;
            self.last = page.last().and_then(|row| row.first().cloned());
            self.page = page.into_iter();
        }
        Ok(self.next.as_ref())
    }
}

/// What is still to be written.
#[derive(Default)]
struct Batch {
    put: Vec<Cells>,
    removed: Vec<Cell>,
    bytes: usize,
}

impl Batch {
    fn flush(
        &mut self,
        target: &mut dyn Transfer,
        table: &Table,
        site: &str,
    ) -> Result<(), StoreError> {
        if !self.put.is_empty() || !self.removed.is_empty() {
            target.write(table, site, &self.removed, &self.put)?;
            *self = Self::default();
        }
        Ok(())
    }

    fn put(&mut self, row: Cells) {
        let bytes: usize = row.iter().map(Cell::len).sum();
        self.bytes = self.bytes.saturating_add(bytes).saturating_add(64);
        self.put.push(row);
    }

    fn remove(&mut self, key: Option<Cell>) {
        self.bytes = self.bytes.saturating_add(64);
        self.removed.extend(key);
    }
}

/// Whether the target's row was written by somebody else: what a copy has written is an earlier one of the source's.
fn is_newer(table: &Table, target: Option<&Cells>, source: Option<&Cells>) -> bool {
    let Some(at) = table
        .columns
        .iter()
        .position(|(name, _)| *name == "version")
    else {
        return false;
    };
    let version = |row: Option<&Cells>| match row?.get(at) {
        Some(Cell::Number(version)) => Some(*version),
        _ => None,
    };
    version(target) >= version(source)
}

#[allow(clippy::too_many_arguments)] // both stores, where in them, and what comes of it
fn merge(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
    table: &Table,
    site: &str,
    writes: bool,
    found: &mut Differences,
    each: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    let (mut there, mut here) = (Rows::new(table, site), Rows::new(table, site));
    let mut batch = Batch::default();
    loop {
        let of_source = there.peek(source)?;
        let of_target = here.peek(target)?;
        let order = match (of_source, of_target) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => a.first().cmp(&b.first()),
        };
        let count = |number: &mut u64| *number = number.saturating_add(1);
        match order {
            std::cmp::Ordering::Less => {
                count(&mut found.missing);
                batch.put(there.next.take().unwrap_or_default());
                each(1);
            }
            std::cmp::Ordering::Greater => {
                count(&mut found.besides);
                if table.name == ACCOUNTS {
                    count(&mut found.foreign);
                }
                batch.remove(here.next.take().and_then(|row| row.into_iter().next()));
            }
            std::cmp::Ordering::Equal => {
                let (row, other) = (there.next.take(), here.next.take());
                if row == other {
                    count(&mut found.same);
                } else {
                    count(&mut found.other);
                    if is_newer(table, other.as_ref(), row.as_ref()) {
                        count(&mut found.foreign);
                    }
                    batch.put(row.unwrap_or_default());
                }
                each(1);
            }
        }
        if !writes {
            batch = Batch::default();
        } else if batch.bytes >= BATCH_BYTES {
            batch.flush(target, table, site)?;
        }
    }
    if writes {
        batch.flush(target, table, site)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A store whose writes fail after so many.
    #[derive(Debug)]
    struct Failing {
        store: Sqlite,
        left: u32,
    }

    impl Transfer for Failing {
        fn begin_reading(&mut self) -> Result<(), StoreError> {
            self.store.begin_reading()
        }
        fn end_reading(&mut self) -> Result<(), StoreError> {
            self.store.end_reading()
        }
        fn sites(&mut self, table: &Table) -> Result<Vec<String>, StoreError> {
            self.store.sites(table)
        }
        fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
            self.store.count(table)
        }
        fn page(
            &mut self,
            table: &Table,
            site: &str,
            after: Option<&Cell>,
            limit: u32,
        ) -> Result<Vec<Cells>, StoreError> {
            self.store.page(table, site, after, limit)
        }
        fn write(
            &mut self,
            table: &Table,
            site: &str,
            removed: &[Cell],
            put: &[Cells],
        ) -> Result<(), StoreError> {
            let left = self.left.checked_sub(1);
            self.left = left.ok_or_else(|| StoreError::unavailable("cut"))?;
            self.store.write(table, site, removed, put)
        }
    }

    fn store() -> Sqlite {
        Sqlite::in_memory().unwrap()
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    /// A row of that table with that key.
    fn row(table: &Table, number: i64, body: &[u8]) -> Cells {
        let cells = table.columns.iter().enumerate();
        let cell = |(at, (name, kind)): (usize, &(&str, Kind))| match kind {
            Kind::Number => Cell::Number(number),
            Kind::Text if at == 0 => text(&format!("k{number:05}")),
            Kind::Text if *name == "reference" => Cell::Null,
            Kind::Text => text(&format!("{name}{number}")),
            Kind::Bytes => Cell::Bytes(body.to_vec()),
        };
        cells.map(cell).collect()
    }

    fn fill(store: &mut Sqlite, site: &str, numbers: &[i64], body: &[u8]) {
        for table in &TABLES {
            let rows: Vec<Cells> = numbers.iter().map(|it| row(table, *it, body)).collect();
            store.write(table, site, &[], &rows).unwrap();
        }
    }

    #[test]
    fn a_copy_is_the_same_and_a_second_one_writes_nothing() {
        let (mut from, mut to) = (store(), store());
        fill(&mut from, "a", &(0..1_200).collect::<Vec<_>>(), b"x");
        fill(&mut from, "b", &[5_000], b"y");
        let rows = rows(&mut from).unwrap();
        assert_eq!(rows, 1_201 * 7);
        let mut seen = 0;
        let written = copy(&mut from, &mut to, &mut |row| seen += row).unwrap();
        assert_eq!((written.missing, written.same, seen), (rows, 0, 2 * rows));
        let differ = compare(&mut from, &mut to, &mut |_| {}).unwrap();
        assert_eq!((differ.same, differ.is_none()), (rows, true));
        // It keeps its mark until all is said, and then it is whole: nothing is written to it any more.
        assert!(is_unfinished(&mut to).unwrap());
        assert!(
            finish_if_same(&mut from, &mut to, &mut |_| {})
                .unwrap()
                .is_none()
        );
        assert!(!is_unfinished(&mut to).unwrap());
        let again = copy(&mut from, &mut to, &mut |_| {});
        assert!(matches!(again, Err(TransferError::NotEmpty)));
    }

    #[test]
    fn what_differs_is_found_whatever_it_is() {
        let (mut from, mut to) = (store(), store());
        fill(&mut from, "a", &[1, 2, 3], b"x");
        copy(&mut from, &mut to, &mut |_| {}).unwrap();
        finish(&mut to).unwrap();
        let table = &TABLES[0];
        to.write(
            table,
            "a",
            &[text("k00001")],
            &[row(table, 2, b"z"), row(table, 9, b"x")],
        )
        .unwrap();
        let differ = compare(&mut from, &mut to, &mut |_| {}).unwrap();
        assert_eq!((differ.missing, differ.other, differ.besides), (1, 1, 1));
    }

    #[test]
    fn a_source_that_changes_meanwhile_leaves_the_mark_and_the_copy_goes_on() {
        let (mut from, mut to) = (store(), store());
        fill(&mut from, "a", &[1, 2], b"x");
        copy(&mut from, &mut to, &mut |_| {}).unwrap();
        // Another proof of one account, a row that has ended, and a new account.
        let (accounts, shared) = (&TABLES[0], &TABLES[6]);
        let mut next = row(accounts, 1, b"y");
        next[1] = Cell::Number(2);
        let put = [next, row(accounts, 3, b"x")];
        from.write(accounts, "a", &[], &put).unwrap();
        from.write(shared, "a", &[text("k00002")], &[]).unwrap();
        let differ = finish_if_same(&mut from, &mut to, &mut |_| {}).unwrap();
        assert_eq!((differ.missing, differ.other, differ.besides), (1, 1, 1));
        assert!(is_unfinished(&mut to).unwrap());
        copy(&mut from, &mut to, &mut |_| {}).unwrap();
        assert!(
            finish_if_same(&mut from, &mut to, &mut |_| {})
                .unwrap()
                .is_none()
        );
        assert!(!is_unfinished(&mut to).unwrap());
    }

    #[test]
    fn what_somebody_else_wrote_to_a_target_is_neither_removed_nor_written_over() {
        let accounts = &TABLES[0];
        let later = |number| {
            let mut later = row(accounts, 2, b"z");
            later[1] = Cell::Number(number);
            later
        };
        for theirs in [row(accounts, 9, b"z"), later(2), later(3)] {
            let (mut from, mut to) = (store(), store());
            fill(&mut from, "a", &[1, 2], b"x");
            copy(&mut from, &mut to, &mut |_| {}).unwrap();
            to.write(
                accounts,
                "a",
                &[text("k00001")],
                std::slice::from_ref(&theirs),
            )
            .unwrap();
            let refused = copy(&mut from, &mut to, &mut |_| {});
            assert!(matches!(refused, Err(TransferError::Foreign(1))));
            let rows = to.page(accounts, "a", None, 10).unwrap();
            assert!(rows.contains(&theirs));
            assert!(is_unfinished(&mut to).unwrap());
        }
    }

    #[test]
    fn a_target_that_has_anything_in_it_is_left_alone() {
        let (mut from, mut to) = (store(), store());
        fill(&mut from, "a", &[1], b"x");
        let table = &TABLES[6];
        to.write(table, "other", &[], &[row(table, 1, b"x")])
            .unwrap();
        let refused = copy(&mut from, &mut to, &mut |_| {});
        assert!(matches!(refused, Err(TransferError::NotEmpty)));
        assert_eq!(super::rows(&mut to).unwrap(), 1);
    }

    #[test]
    fn what_is_copied_is_of_one_moment_and_shows_nothing() {
        let mut from = store();
        fill(&mut from, "a", &[1], b"c4nary");
        let page = from.page(&TABLES[0], "a", None, 10).unwrap();
        assert!(!format!("{page:?}").contains("c4nary"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let (mut reader, mut writer) = (Sqlite::open(&path).unwrap(), Sqlite::open(&path).unwrap());
        fill(&mut writer, "a", &[1], b"x");
        reader.begin_reading().unwrap();
        let count = |store: &mut Sqlite| store.count(&TABLES[0]).unwrap();
        assert_eq!(count(&mut reader), 1);
        fill(&mut writer, "a", &[2], b"x");
        assert_eq!((count(&mut reader), count(&mut writer)), (1, 2));
        reader.end_reading().unwrap();
        assert_eq!(count(&mut reader), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Wherever it is cut, however often: it goes on, and in the end the two are the same.
        #[test]
        fn a_copy_that_is_cut_goes_on(numbers in prop::collection::btree_set(0_i64..3_000, 0..40), cuts in prop::collection::vec(0_u32..9, 0..6)) {
            let mut from = store();
            let numbers: Vec<i64> = numbers.into_iter().collect();
            fill(&mut from, "a", &numbers, &[7; 9_000]);
            let mut to = Failing { store: store(), left: 0 };
            for left in cuts {
                to.left = left;
                if copy(&mut from, &mut to, &mut |_| {}).is_ok() && finish(&mut to).is_ok() {
                    return Ok(());
                }
            }
            to.left = u32::MAX;
            let (is_empty, is_marked) = state(&mut to).unwrap();
            if is_empty || is_marked {
                copy(&mut from, &mut to, &mut |_| {}).unwrap();
                finish(&mut to).unwrap();
            }
            let differ = compare(&mut from, &mut to, &mut |_| {}).unwrap();
            prop_assert!(differ.is_none());
            prop_assert_eq!(differ.same, rows(&mut from).unwrap());
        }
    }
}
