//! Accounts and their events.

use std::mem;
use std::path::PathBuf;

use super::super::contract::Store;
use super::super::error::StoreError;
use super::super::id_range::IdRange;
use super::super::rows::{
    Aging, AuditRow, Due, Listing, Loaded, MAX_LIMIT, Occupants, PhoneIndex, RawRow, Retention,
    Row, StoreDetails, StoreFacts, Swap, Together, Version,
};
use super::connection::{Mysql, user_of};
use super::describe::product;
use super::schema::TABLES;
use super::wire::{Failed, code, column, conflicts, hex, last_rows, null, run};
use crate::clock::UnixTime;
use crate::types::{Method, Site, UserId};

/// How many holds after a lost swap lock the row without trying to do without: where one was lost,
/// more will be.
const CROWDED: u8 = 16;

impl Mysql {
    fn select(&self, site: &Site, user: &UserId) -> String {
        format!(
            "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed \
             FROM `{prefix}twofactor_account` WHERE site = {site} AND user = {user}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
        )
    }

    /// The row, and in three columns more that shared row, or NULL where there is none.
    fn select_beside(&self, site: &Site, user: &UserId, name: &str) -> String {
        format!(
            "SELECT a.version, a.enrolled, a.primary_method, a.locked_until, a.last_verified, a.sealed, \
             r.version, r.body, r.keep_until FROM `{prefix}twofactor_account` a \
             LEFT JOIN `{prefix}twofactor_shared_row` r ON r.site = {site} AND r.name = {name} \
             WHERE a.site = {site} AND a.user = {user}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
            name = hex(name.as_bytes()),
        )
    }

    /// The row, and beside it one without a version, which says in the column of `locked_until` whether there are
    /// events; and those shared rows, which say nothing of being enrolled, and their names: one look at one moment.
    fn select_all(&self, site: &Site, user: &UserId, names: &[String]) -> String {
        let prefix = self.url.prefix();
        let account = self.select(site, user);
        let (site, user) = (hex(site.as_str().as_bytes()), hex(user.as_str().as_bytes()));
        // The least number is read off the index: a row and LIMIT 1 take twice as long.
        let mut sql = format!(
            "{account} UNION ALL SELECT NULL, NULL, NULL, MIN(seq), NULL, NULL \
             FROM `{prefix}twofactor_audit` WHERE site = {site} AND user = {user}",
        );
        if !names.is_empty() {
            let wanted: Vec<_> = names.iter().map(|name| hex(name.as_bytes())).collect();
            let wanted = wanted.join(", ");
            sql.push_str(&format!(
                " UNION ALL SELECT version, NULL, name, keep_until, NULL, body \
                 FROM `{prefix}twofactor_shared_row` WHERE site = {site} AND name IN ({wanted})"
            ));
        }
        sql
    }

    /// The statements of a swap, and which of them writes the row.
    ///
    /// Each stands on what is in the tables, and none on what an earlier one returned: `ROW_COUNT()` is
    /// -1 when the client died before it could be told, and the transaction goes on. So the events of an
    /// update, and its number, come first. Each is written only if the row is the expected one, and
    /// locks it; then the update finds it unchanged.
    fn statements(
        &self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
        removed: Option<&[String]>,
    ) -> (Vec<String>, usize) {
        let prefix = self.url.prefix();
        let (site, user) = (hex(site.as_str().as_bytes()), hex(user.as_str().as_bytes()));
        let Listing {
            enrolled,
            primary,
            locked_until,
            last_verified,
        } = &row.listing;
        let enrolled = u8::from(*enrolled);
        let primary = primary.map_or_else(null, |method| hex(method.as_str().as_bytes()));
        let locked_until = locked_until.map_or_else(null, |time| time.seconds().to_string());
        let last_verified = last_verified.map_or_else(null, |time| time.seconds().to_string());
        let version = row.version.0;
        let sealed = hex(&row.sealed);

        let condition = expected.map(|Version(expected)| {
            format!("WHERE site = {site} AND user = {user} AND version = {expected}")
        });
        let mut statements = Vec::with_capacity(events.len() + 3);
        for event in events {
            let insert = format!(
                "INSERT INTO `{prefix}twofactor_audit` (site, user, seq, at, body, mac, written) \
                 SELECT {site}, {user}, {seq}, {at}, {body}, {mac}, UNIX_TIMESTAMP()",
                user = hex(event.user.as_str().as_bytes()),
                seq = event.seq,
                at = event.at.seconds(),
                body = hex(&event.body),
                mac = hex(&event.mac),
            );
            statements.push(match &condition {
                None => insert,
                Some(condition) => {
                    format!("{insert} FROM `{prefix}twofactor_account` {condition} FOR UPDATE")
                }
            });
        }
        let by_number = format!("`{prefix}twofactor_phone`");
        match (row.phone, &condition) {
            (PhoneIndex::AsItWas, _) => {}
            // What is left of an account whose row was removed.
            (PhoneIndex::Absent, None) => statements.push(format!(
                "DELETE FROM {by_number} WHERE site = {site} AND user = {user}"
            )),
            (PhoneIndex::Is(hash), None) => statements.push(format!(
                "REPLACE INTO {by_number} (site, user, hash) VALUES ({site}, {user}, {})",
                hex(&hash)
            )),
            (PhoneIndex::Is(hash), Some(condition)) => {
                let hash = hex(&hash);
                statements.push(format!(
                    "INSERT INTO {by_number} (site, user, hash) SELECT {site}, {user}, {hash} \
                     FROM `{prefix}twofactor_account` {condition} FOR UPDATE \
                     ON DUPLICATE KEY UPDATE hash = {hash}"
                ));
            }
            (PhoneIndex::Absent, Some(condition)) => {
                let row = format!("SELECT version FROM `{prefix}twofactor_account` {condition}");
                statements.push(format!("{row} FOR UPDATE"));
                statements.push(format!(
                    "DELETE FROM {by_number} WHERE site = {site} AND user = {user} AND EXISTS ({row})"
                ));
            }
        }
        statements.extend(self.ageing(&site, &user, row.retention, condition.as_deref()));
        statements.extend(self.telling(&site, &user, row.due, condition.as_deref()));
        if let Some(names) = removed {
            let only = condition.as_ref().map_or_else(String::new, |condition| {
                format!(" AND EXISTS (SELECT version FROM `{prefix}twofactor_account` {condition})")
            });
            statements.extend(self.removing_shared(&site, &user, names, &only));
        }
        let write = match condition {
            None => 0,
            Some(_) => statements.len(),
        };
        statements.insert(
            write,
            match condition {
                None => format!(
                    "INSERT INTO `{prefix}twofactor_account` (site, user, version, enrolled, \
                     primary_method, locked_until, last_verified, sealed) VALUES ({site}, {user}, \
                     {version}, {enrolled}, {primary}, {locked_until}, {last_verified}, {sealed})"
                ),
                Some(condition) => format!(
                    "UPDATE `{prefix}twofactor_account` SET version = {version}, \
                     enrolled = {enrolled}, primary_method = {primary}, \
                     locked_until = {locked_until}, last_verified = {last_verified}, \
                     sealed = {sealed} {condition}"
                ),
            },
        );
        (statements, write)
    }

    /// The statements of a swap that remove events and say by when more may go; for the row that is expected
    /// only, as above.
    fn ageing(
        &self,
        site: &str,
        user: &str,
        retention: Retention,
        condition: Option<&str>,
    ) -> Vec<String> {
        let prefix = self.url.prefix();
        let Retention { forget, aging } = retention;
        let mut statements = Vec::new();
        let row = condition.map(|condition| {
            format!("SELECT version FROM `{prefix}twofactor_account` {condition}")
        });
        let only = row
            .as_ref()
            .map_or_else(String::new, |row| format!(" AND EXISTS ({row})"));
        if let Some(row) = &row
            && (forget > 0 || aging == Aging::Never)
        {
            statements.push(format!("{row} FOR UPDATE"));
        }
        if forget > 0 {
            statements.push(format!(
                "DELETE FROM `{prefix}twofactor_audit` WHERE site = {site} AND user = {user} \
                 AND seq <= {forget}{only}"
            ));
        }
        let table = format!("`{prefix}twofactor_aging`");
        match (aging, condition) {
            (Aging::AsItWas, _) => {}
            (Aging::Never, _) => statements.push(format!(
                "DELETE FROM {table} WHERE site = {site} AND user = {user}{only}"
            )),
            (Aging::Since(at), None) => statements.push(format!(
                "REPLACE INTO {table} (site, user, since) VALUES ({site}, {user}, {})",
                at.seconds()
            )),
            (Aging::Since(at), Some(condition)) => {
                let since = at.seconds();
                statements.push(format!(
                    "INSERT INTO {table} (site, user, since) SELECT {site}, {user}, {since} \
                     FROM `{prefix}twofactor_account` {condition} FOR UPDATE \
                     ON DUPLICATE KEY UPDATE since = {since}"
                ));
            }
        }
        statements
    }

    /// What became of a swap that a server did not answer, or broke off: asked of the next one.
    fn is_written(&mut self, site: &Site, user: &UserId, row: &Row) -> Result<Swap, StoreError> {
        Ok(match self.load(site, user)? {
            // The sealed text has random bytes in it: nobody else has written the same.
            Loaded::Row(found) if found.version == row.version && found.sealed == row.sealed => {
                Swap::Done
            }
            _ => Swap::Conflict,
        })
    }

    fn account(&self, row: mysql::Row) -> Result<Option<Row>, StoreError> {
        row_of(row).map_err(|_| self.at().odd())
    }

    /// The account, and those shared rows.
    fn look(
        &mut self,
        site: &Site,
        user: &UserId,
        names: &[String],
    ) -> Result<(Loaded, Vec<Option<RawRow>>), StoreError> {
        self.release();
        let fast = match names {
            [] => Some(self.select(site, user)),
            [name] => Some(self.select_beside(site, user, name)),
            // Of more, all is read at once.
            _ => None,
        };
        let row = match fast {
            Some(sql) => self.read(&sql)?.into_iter().next(),
            None => None,
        };
        if let Some(row) = row {
            let mut beside = vec![None; names.len()];
            if let (Some(slot), Some(Some(_))) =
                (beside.first_mut(), column::<Option<u64>>(&row, 6))
            {
                *slot = Some(raw_row_of(&row, 6, 7, 8).ok_or_else(|| self.at().odd())?);
            }
            let account = self.account(row)?.ok_or_else(|| self.at().odd())?;
            return Ok((Loaded::Row(account), beside));
        }
        // No row in the fast read: the events decide, by a query that takes the server half as long again.
        let sql = self.select_all(site, user, names);
        let (mut loaded, mut beside) = (None, vec![None; names.len()]);
        let mut has_events = false;
        for row in self.read(&sql)? {
            let is_shared = column::<Option<u64>>(&row, 0).flatten().is_some();
            if is_shared && column::<Option<u8>>(&row, 1).flatten().is_none() {
                let raw = raw_row_of(&row, 0, 5, 3).ok_or_else(|| self.at().odd())?;
                let name: Option<Vec<u8>> = column(&row, 2);
                let place = names
                    .iter()
                    .position(|wanted| Some(wanted.as_bytes()) == name.as_deref());
                let slot = place.and_then(|place| beside.get_mut(place));
                *slot.ok_or_else(|| self.at().odd())? = Some(raw);
            } else if is_shared {
                loaded = self.account(row)?.map(Loaded::Row);
            } else {
                has_events = column::<Option<u64>>(&row, 3).flatten().is_some();
            }
        }
        let without = if has_events {
            Loaded::Orphaned
        } else {
            Loaded::Absent
        };
        Ok((loaded.unwrap_or(without), beside))
    }

    /// See [`Store::hold`].
    fn hold_or_look(
        &mut self,
        site: &Site,
        user: &UserId,
        contended: bool,
        names: &[String],
    ) -> Result<(Loaded, Vec<Option<RawRow>>), StoreError> {
        if contended {
            self.crowded = CROWDED;
        } else if self.crowded == 0 {
            return self.look(site, user, names);
        }
        self.crowded -= 1;
        self.release();
        let mut sql = format!("START TRANSACTION; {} FOR UPDATE", self.select(site, user));
        if !names.is_empty() {
            // By itself: a look inside the transaction would make it fail where the row that it waits for is changed.
            let cells = self.select_cells(site, names);
            sql = format!("START TRANSACTION; {cells}; COMMIT; {sql}");
        }
        let mut answers = self.ask(&sql)?;
        self.transaction = true;
        let held = answers.pop().map(|answer| answer.rows);
        let cells = match answers.into_iter().nth(1) {
            Some(cells) if !names.is_empty() => self.in_order_of(names, cells.rows),
            _ => Ok(Vec::new()),
        };
        let account = held.into_iter().flatten().next();
        let account = account.map(|row| self.account(row)).transpose();
        match (account, cells) {
            (Ok(Some(Some(row))), Ok(cells)) => Ok((Loaded::Row(row), cells)),
            // There is no row to lock.
            (Ok(_), Ok(_)) => self.look(site, user, names),
            (Err(error), _) | (_, Err(error)) => {
                self.release();
                Err(error)
            }
        }
    }

    /// See [`Store::swap`] and, with names, [`Store::forget`].
    fn write(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
        removed: Option<&[String]>,
    ) -> Result<Swap, StoreError> {
        let (mut statements, mut write) =
            self.statements(site, user, expected, row, events, removed);
        if !self.transaction {
            statements.insert(0, "START TRANSACTION".to_owned());
            write += 1;
        }
        statements.push("COMMIT".to_owned());

        let connection = self.connected()?;
        let result = run(connection, &statements.join("; "));
        self.transaction = false;
        match result {
            Ok(answers) if answers.len() == statements.len() => {
                match answers.get(write).map(|answer| answer.changed) {
                    Some(1) => Ok(Swap::Done),
                    Some(0) => Ok(Swap::Conflict),
                    _ => Err(self.at().odd()),
                }
            }
            Ok(_) => {
                self.drop_connection();
                Err(self.at().odd())
            }
            Err(Failed { statement, error }) => {
                // Another first row was faster, or somebody keeps the row: wait for it next time.
                let lost = conflicts(&error)
                    || code(&error) == Some(1205)
                    || code(&error) == Some(1062) && statement == write;
                let is_asked_elsewhere = self.another_may_answer(&error);
                let fault = self.failed(error);
                if lost {
                    Ok(Swap::Conflict)
                } else if is_asked_elsewhere {
                    self.is_written(site, user, row)
                } else {
                    Err(fault)
                }
            }
        }
    }
}

impl Store for Mysql {
    fn load(&mut self, site: &Site, user: &UserId) -> Result<Loaded, StoreError> {
        Ok(self.look(site, user, &[])?.0)
    }

    fn load_together(
        &mut self,
        site: &Site,
        user: &UserId,
        names: &[&str],
    ) -> Result<Together, StoreError> {
        self.release();
        let wanted: Vec<_> = names.iter().map(|name| hex(name.as_bytes())).collect();
        let sql = format!(
            "SELECT 0, NULL, version, sealed, NULL FROM `{prefix}twofactor_account` \
             WHERE site = {site} AND user = {user} \
             UNION ALL SELECT 1, name, version, body, keep_until FROM `{prefix}twofactor_shared_row` \
             WHERE site = {site} AND name IN ({wanted}) \
             UNION ALL SELECT 2, NULL, MIN(seq), NULL, NULL FROM `{prefix}twofactor_audit` \
             WHERE site = {site} AND user = {user}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
            wanted = wanted.join(", "),
        );
        let mut found = Together {
            account: None,
            is_orphaned: false,
            shared_rows: vec![None; names.len()],
        };
        for row in self.read(&sql)? {
            type Columns = (
                u8,
                Option<Vec<u8>>,
                Option<u64>,
                Option<Vec<u8>>,
                Option<i64>,
            );
            match mysql::from_row_opt::<Columns>(row).map_err(|_| self.at().odd())? {
                (0, None, Some(version), Some(sealed), None) => {
                    found.account = Some((Version(version), sealed))
                }
                (1, Some(name), Some(version), Some(body), keep_until) => {
                    let version = Version(version);
                    let keep_until = keep_until.and_then(|seconds| UnixTime::new(seconds).ok());
                    for (slot, wanted) in found.shared_rows.iter_mut().zip(names) {
                        if name == wanted.as_bytes() {
                            let body = body.clone();
                            *slot = Some(RawRow {
                                version,
                                body,
                                keep_until,
                            });
                        }
                    }
                }
                // The first event's number, where there is one.
                (2, None, seq, None, None) => found.is_orphaned = seq.is_some(),
                _ => return Err(self.at().odd()),
            }
        }
        found.is_orphaned &= found.account.is_none();
        Ok(found)
    }

    fn hold(&mut self, site: &Site, user: &UserId, contended: bool) -> Result<Loaded, StoreError> {
        Ok(self.hold_or_look(site, user, contended, &[])?.0)
    }

    fn hold_beside(
        &mut self,
        site: &Site,
        user: &UserId,
        contended: bool,
        names: &[String],
    ) -> Result<(Loaded, Vec<Option<RawRow>>), StoreError> {
        self.hold_or_look(site, user, contended, names)
    }

    /// A second event with a number that is taken is an error, not a lost swap: trying again would
    /// not help, and the row must have been put back from an older copy.
    fn swap(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> Result<Swap, StoreError> {
        self.write(site, user, expected, row, events, None)
    }

    fn forget(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
        names: &[String],
    ) -> Result<Swap, StoreError> {
        self.write(site, user, expected, row, events, Some(names))
    }

    fn release(&mut self) {
        Self::release(self);
    }

    fn list(
        &mut self,
        site: &Site,
        prefix: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<(UserId, Row)>, StoreError> {
        self.release();
        let range = IdRange::beginning(prefix, after);
        let end = range.end.map_or_else(String::new, |end| {
            format!(" AND user < {}", hex(end.as_bytes()))
        });
        let sql = format!(
            "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed, user \
             FROM `{tables}twofactor_account` WHERE site = {site} AND user {is_from} {from}{end} \
             ORDER BY user LIMIT {limit}",
            tables = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            is_from = if range.includes_from { ">=" } else { ">" },
            from = hex(range.from.as_bytes()),
            limit = limit.min(MAX_LIMIT),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|mut row| {
                let user = row.take_opt(6).and_then(Result::ok).and_then(user_of);
                match (user, row_of(row)) {
                    (Some(user), Ok(Some(row))) => Ok((user, row)),
                    _ => Err(self.at().odd()),
                }
            })
            .collect()
    }

    fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError> {
        Self::occupants(self, site)
    }

    fn remove_site(&mut self, site: &Site) -> Result<(), StoreError> {
        Self::remove_site(self, site)
    }

    fn remove_if_empty(&mut self) -> Result<Option<Vec<PathBuf>>, StoreError> {
        Self::remove_if_empty(self)
    }

    fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        Self::audit(self, site, user, limit, before)
    }

    fn events(
        &mut self,
        site: &Site,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        Self::events(self, site, after, limit)
    }

    fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        Self::chain(self, site, user, from, limit)
    }

    fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        Self::aged(self, site, before, limit)
    }

    fn due(
        &mut self,
        site: &Site,
        from: UnixTime,
        until: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        Self::due(self, site, from, until, limit)
    }

    fn put_off(
        &mut self,
        site: &Site,
        users: &[UserId],
        now: UnixTime,
        until: UnixTime,
    ) -> Result<(), StoreError> {
        Self::put_off(self, site, users, now, until)
    }

    fn describe(&mut self, site: &Site) -> Result<StoreDetails, StoreError> {
        Self::describe(self, site)
    }

    fn check(&mut self) -> Result<StoreFacts, StoreError> {
        self.release();
        let write = self
            .at()
            .named("UPDATE `{prefix}twofactor_schema` SET checks = checks + 1 WHERE id = 1");
        self.ask(&write)?;
        let tables = format!(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND engine = 'InnoDB' AND LOWER(table_name) IN ({})",
            // A server may keep names in small letters (lower_case_table_names).
            TABLES
                .map(|table| {
                    let name = format!("{}twofactor_{table}", self.url.prefix());
                    hex(name.to_ascii_lowercase().as_bytes())
                })
                .join(", "),
        );
        let tables = last_rows(self.ask(&tables)?)
            .first()
            .and_then(|row| column::<u64>(row, 0))
            .ok_or_else(|| self.at().unclear())?;
        if u64::try_from(TABLES.len()) != Ok(tables) {
            return Err(StoreError::configuration(format!(
                "a table of {} is missing or not InnoDB: restore it, or ALTER TABLE … ENGINE = InnoDB",
                self.at()
            )));
        }
        let about = "SELECT VERSION(), @@GLOBAL.innodb_flush_log_at_trx_commit";
        let about = last_rows(self.ask(about)?);
        let about = about.first().ok_or_else(|| self.at().unclear())?;
        let version: String = column(about, 0).ok_or_else(|| self.at().unclear())?;
        let flush: Option<i64> = column(about, 1);
        let name = product(&version);
        let version = version.split('-').next().unwrap_or_default();
        let at = match self.url.hosts() {
            1 => self.url.to_string(),
            hosts => format!("{}, one of {hosts} hosts", self.at()),
        };
        Ok(StoreFacts {
            name: format!("{name} {version}, {at}"),
            // innodb_flush_log_at_trx_commit
            is_durable: flush == Some(1),
        })
    }

    /// The connection is the other process's: it is neither used nor closed, which would end that one's session.
    /// The next call makes one of its own.
    fn disown_after_fork(&mut self) {
        mem::forget(self.connection.take());
    }
}

type Columns = (
    Option<u64>,
    Option<u8>,
    Option<Vec<u8>>,
    Option<i64>,
    Option<i64>,
    Option<Vec<u8>>,
);

/// What stands beside an account in [`Mysql::look`], in those columns.
fn raw_row_of(row: &mysql::Row, version: usize, body: usize, keep_until: usize) -> Option<RawRow> {
    let keep_until: Option<i64> = column(row, keep_until)?;
    Some(RawRow {
        version: Version(column(row, version)?),
        body: column(row, body)?,
        keep_until: keep_until.and_then(|seconds| UnixTime::new(seconds).ok()),
    })
}

/// The account; `None` for the row that stands for events, and for a shared one.
fn row_of(mut row: mysql::Row) -> Result<Option<Row>, ()> {
    fn column<T: mysql::prelude::FromValue>(
        row: &mut mysql::Row,
        at: usize,
    ) -> Result<Option<T>, ()> {
        row.take_opt::<Option<T>, _>(at).ok_or(())?.map_err(|_| ())
    }
    let columns: Columns = (
        column(&mut row, 0)?,
        column(&mut row, 1)?,
        column(&mut row, 2)?,
        column(&mut row, 3)?,
        column(&mut row, 4)?,
        column(&mut row, 5)?,
    );
    let (Some(version), Some(enrolled), primary, locked_until, last_verified, Some(sealed)) =
        columns
    else {
        return Ok(None);
    };
    // The plain columns decide nothing: what is odd in them is left out.
    let time = |seconds: Option<i64>| seconds.and_then(|seconds| UnixTime::new(seconds).ok());
    Ok(Some(Row {
        version: Version(version),
        listing: Listing {
            enrolled: enrolled != 0,
            primary: primary
                .and_then(|name| String::from_utf8(name).ok())
                .and_then(|name| Method::from_name(&name)),
            locked_until: time(locked_until),
            last_verified: time(last_verified),
        },
        phone: PhoneIndex::AsItWas,
        due: Due::AsItWas,
        retention: Retention::default(),
        sealed,
    }))
}
