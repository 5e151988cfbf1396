//! MySQL and MariaDB: what users share.
//!
//! Cells are always locked before they are changed: they are few, everybody wants the same ones, and
//! what follows a budget is a message by way of the network.

use super::super::contract::Shared;
use super::super::error::StoreError;
use super::super::rows::{
    DeliveryReport, MAX_LIMIT, PhoneHash, RawRow, RawRowChange, SentMessage, Swap, Version,
};
use super::connection::{Mysql, user_of};
use super::wire::{Failed, code, conflicts, hex, last_rows, null, run};
use crate::clock::UnixTime;
use crate::types::{Method, Site, UserId};

/// What [`message_of`] reads.
const COLUMNS: &str =
    "id, user, provider, method, masked, reference, sent, level, status, detail, at";

impl Mysql {
    pub(super) fn select_cells(&self, site: &Site, names: &[String]) -> String {
        let names: Vec<_> = names.iter().map(|name| hex(name.as_bytes())).collect();
        format!(
            "SELECT name, version, body, keep_until FROM `{prefix}twofactor_shared_row` \
             WHERE site = {site} AND name IN ({names}) ORDER BY name",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            names = names.join(", "),
        )
    }

    pub(super) fn in_order_of(
        &self,
        names: &[String],
        rows: Vec<mysql::Row>,
    ) -> Result<Vec<Option<RawRow>>, StoreError> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let (name, version, body, keep_until) =
                mysql::from_row_opt::<(Vec<u8>, u64, Vec<u8>, Option<i64>)>(row)
                    .map_err(|_| self.at().odd())?;
            found.push((
                name,
                RawRow {
                    version: Version(version),
                    body,
                    keep_until: keep_until.and_then(|seconds| UnixTime::new(seconds).ok()),
                },
            ));
        }
        Ok(names
            .iter()
            .map(|name| {
                found
                    .iter()
                    .find(|(other, _)| other == name.as_bytes())
                    .map(|(_, raw)| raw.clone())
            })
            .collect())
    }
}

impl Shared for Mysql {
    fn shared_rows(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError> {
        self.release();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let sql = self.select_cells(site, names);
        let rows = self.read(&sql)?;
        self.in_order_of(names, rows)
    }

    fn look_beside(&mut self, site: &Site, name: &str) -> Result<Option<RawRow>, StoreError> {
        let names = [name.to_owned()];
        let rows = last_rows(self.ask(&self.select_cells(site, &names))?);
        Ok(self.in_order_of(&names, rows)?.into_iter().next().flatten())
    }

    fn hold_shared_rows(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError> {
        self.release();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "START TRANSACTION; {} FOR UPDATE",
            self.select_cells(site, names)
        );
        let rows = last_rows(self.ask(&sql)?);
        self.transaction = true;
        let found = self.in_order_of(names, rows);
        if found.is_err() {
            self.release();
        }
        found
    }

    /// Every statement changes one row or none. If one changed none, what the others changed is rolled
    /// back; nothing is committed before all answers are there.
    fn swap_shared_rows(
        &mut self,
        site: &Site,
        now: UnixTime,
        changes: &[RawRowChange],
    ) -> Result<Swap, StoreError> {
        let prefix = self.url.prefix().to_owned();
        let site = hex(site.as_str().as_bytes());
        let mut statements = Vec::with_capacity(changes.len().saturating_add(1));
        for change in changes {
            let name = hex(change.name.as_bytes());
            let body = hex(&change.body);
            let keep_until = change
                .keep_until
                .map_or_else(null, |time| time.seconds().to_string());
            statements.push(match change.expected {
                None => format!(
                    "INSERT INTO `{prefix}twofactor_shared_row` (site, name, version, keep_until, body) \
                     VALUES ({site}, {name}, {first}, {keep_until}, {body})",
                    first = Version::FIRST.0,
                ),
                Some(expected) => format!(
                    "UPDATE `{prefix}twofactor_shared_row` SET version = {next}, \
                     keep_until = {keep_until}, body = {body} \
                     WHERE site = {site} AND name = {name} AND version = {expected}",
                    next = expected.next().0,
                    expected = expected.0,
                ),
            });
        }
        let begin = if self.transaction {
            ""
        } else {
            "START TRANSACTION; "
        };
        let sql = format!("{begin}{}", statements.join("; "));
        let result = run(self.connected()?, &sql);
        self.transaction = true;
        match result {
            Ok(answers) => {
                let written = answers
                    .iter()
                    .skip(usize::from(!begin.is_empty()))
                    .filter(|answer| answer.changed == 1)
                    .count();
                if written != changes.len() {
                    self.release();
                    return Ok(Swap::Conflict);
                }
            }
            Err(Failed { error, .. }) => {
                // Nothing is committed yet: another server may be asked as well.
                let lost = conflicts(&error)
                    || matches!(code(&error), Some(1205 | 1062))
                    || self.another_may_answer(&error);
                let fault = self.failed(error);
                return if lost { Ok(Swap::Conflict) } else { Err(fault) };
            }
        }
        let committed = run(self.connected()?, "COMMIT");
        self.transaction = false;
        if let Err(Failed { error, .. }) = committed {
            let lost = conflicts(&error);
            let fault = self.failed(error);
            return if lost { Ok(Swap::Conflict) } else { Err(fault) };
        }
        // Each new row removes up to twenty that have expired, so the table does not grow. Apart, since it must
        // not keep anybody waiting; what fails now succeeds later.
        if changes.iter().any(|change| change.expected.is_none()) {
            let forget = format!(
                "DELETE FROM `{prefix}twofactor_shared_row` WHERE site = {site} AND keep_until < {now} LIMIT 20",
                now = now.seconds(),
            );
            if let Err(Failed { error, .. }) = run(self.connected()?, &forget) {
                let _ = self.failed(error);
            }
        }
        Ok(Swap::Done)
    }

    fn phone_users(
        &mut self,
        site: &Site,
        phones: &[PhoneHash],
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        if phones.is_empty() {
            return Ok(Vec::new());
        }
        let phones: Vec<_> = phones.iter().map(|hash| hex(hash)).collect();
        let sql = format!(
            "SELECT user FROM `{prefix}twofactor_phone` WHERE site = {site} AND hash IN ({phones}) \
             ORDER BY user LIMIT 10",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            phones = phones.join(", "),
        );
        let rows = self.read(&sql)?;
        self.users(rows)
    }

    fn add_message(
        &mut self,
        site: &Site,
        message: &SentMessage,
        keep_from: Option<UnixTime>,
    ) -> Result<(), StoreError> {
        self.release();
        let text = |text: &str| hex(text.as_bytes());
        let sql = format!(
            "INSERT INTO `{prefix}twofactor_message` (site, user, provider, method, masked, reference, \
             sent, level, status, detail, at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})",
            text(site.as_str()),
            text(message.user.as_str()),
            text(&message.provider),
            text(message.method.as_str()),
            text(&message.masked),
            message.reference.as_deref().map_or_else(null, text),
            message.sent.seconds(),
            message.report.rank,
            text(&message.report.status),
            text(&message.report.detail),
            message.report.at.seconds(),
            prefix = self.url.prefix(),
        );
        // Never sent twice: a message that is listed once too often would mislead.
        run(self.connected()?, &sql).map_err(|Failed { error, .. }| self.failed(error))?;
        // Up to twenty expired ones go with each new one; ids rise with their times.
        if let Some(keep_from) = keep_from {
            let forget = format!(
                "DELETE {table} FROM {table} JOIN (SELECT id FROM {table} WHERE site = {site} \
                 ORDER BY id LIMIT 20) AS oldest ON {table}.id = oldest.id \
                 WHERE {table}.sent < {keep_from}",
                table = format_args!("`{}twofactor_message`", self.url.prefix()),
                site = text(site.as_str()),
                keep_from = keep_from.seconds(),
            );
            if let Err(Failed { error, .. }) = run(self.connected()?, &forget) {
                let _ = self.failed(error);
            }
        }
        Ok(())
    }

    fn report_message(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
        report: &DeliveryReport,
    ) -> Result<bool, StoreError> {
        self.release();
        let sql = format!(
            "UPDATE `{prefix}twofactor_message` SET level = {rank}, status = {status}, \
             detail = {detail}, at = {at} WHERE site = {site} AND provider = {provider} \
             AND reference = {reference} AND level < {rank}",
            prefix = self.url.prefix(),
            rank = report.rank,
            status = hex(report.status.as_bytes()),
            detail = hex(report.detail.as_bytes()),
            at = report.at.seconds(),
            site = hex(site.as_str().as_bytes()),
            provider = hex(provider.as_bytes()),
            reference = hex(reference.as_bytes()),
        );
        let answers = self.ask(&sql)?;
        Ok(answers.iter().any(|answer| answer.changed > 0))
    }

    fn message(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
    ) -> Result<Option<SentMessage>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT {COLUMNS} FROM `{prefix}twofactor_message` WHERE site = {site} \
             AND provider = {provider} AND reference = {reference}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            provider = hex(provider.as_bytes()),
            reference = hex(reference.as_bytes()),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .next()
            .map(|row| message_of(row).ok_or_else(|| self.at().odd()))
            .transpose()
            .map(|found| found.map(|(_, message)| message))
    }

    fn messages(
        &mut self,
        site: &Site,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT {COLUMNS} FROM `{prefix}twofactor_message` WHERE site = {site} AND id < {before} \
             ORDER BY id DESC LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            before = before.unwrap_or(u64::MAX),
            limit = limit.min(MAX_LIMIT),
        );
        self.listed_messages(&sql)
    }

    fn messages_to(
        &mut self,
        site: &Site,
        user: &UserId,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT {COLUMNS} FROM `{prefix}twofactor_message` WHERE site = {site} AND user = {user} \
             AND id < {before} ORDER BY id DESC LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
            before = before.unwrap_or(u64::MAX),
            limit = limit.min(MAX_LIMIT),
        );
        self.listed_messages(&sql)
    }
}

impl Mysql {
    /// Messages, as that statement lists them.
    fn listed_messages(&mut self, sql: &str) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        last_rows(self.ask(sql)?)
            .into_iter()
            .map(|row| message_of(row).ok_or_else(|| self.at().odd()))
            .collect()
    }

    /// Inside a transaction: removes the messages that were sent to a user, and shared rows. `only` may say what has to be
    /// so for that.
    pub(super) fn removing_shared(
        &self,
        site: &str,
        user: &str,
        names: &[String],
        only: &str,
    ) -> Vec<String> {
        let prefix = self.url.prefix();
        let mut statements = vec![format!(
            "DELETE FROM `{prefix}twofactor_message` WHERE site = {site} AND user = {user}{only}"
        )];
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(|name| hex(name.as_bytes())).collect();
            statements.push(format!(
                "DELETE FROM `{prefix}twofactor_shared_row` WHERE site = {site} AND name IN ({}){only}",
                names.join(", ")
            ));
        }
        statements
    }
}

fn message_of(row: mysql::Row) -> Option<(u64, SentMessage)> {
    type Columns = (
        (u64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Option<Vec<u8>>),
        (i64, u8, Vec<u8>, Vec<u8>, i64),
    );
    let mut row = row;
    let columns: Columns = (
        (
            row.take_opt(0)?.ok()?,
            row.take_opt(1)?.ok()?,
            row.take_opt(2)?.ok()?,
            row.take_opt(3)?.ok()?,
            row.take_opt(4)?.ok()?,
            row.take_opt(5)?.ok()?,
        ),
        (
            row.take_opt(6)?.ok()?,
            row.take_opt(7)?.ok()?,
            row.take_opt(8)?.ok()?,
            row.take_opt(9)?.ok()?,
            row.take_opt(10)?.ok()?,
        ),
    );
    let ((id, user, provider, method, masked, reference), (sent, rank, status, detail, at)) =
        columns;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    let message = SentMessage {
        user: user_of(user)?,
        provider: text(provider)?,
        method: Method::from_name(&text(method)?)?,
        masked: text(masked)?,
        reference: match reference {
            Some(reference) => Some(text(reference)?),
            None => None,
        },
        sent: UnixTime::new(sent).ok()?,
        report: DeliveryReport {
            rank,
            status: text(status)?,
            detail: text(detail)?,
            at: UnixTime::new(at).ok()?,
        },
    };
    Some((id, message))
}
