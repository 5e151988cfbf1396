//! Events of accounts, and by when they may go.

use super::super::error::StoreError;
use super::super::rows::{AuditRow, MAX_LIMIT};
use super::connection::{Mysql, user_of};
use super::wire::{hex, last_rows};
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

impl Mysql {
    /// See [`Store::audit`](super::super::contract::Store::audit).
    pub(super) fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let (prefix, site) = (self.url.prefix(), hex(site.as_str().as_bytes()));
        let (before, limit) = (before.unwrap_or(u64::MAX), limit.min(MAX_LIMIT));
        let columns = "SELECT id, user, seq, at, body, mac FROM";
        let sql = match user {
            None => format!(
                "{columns} `{prefix}twofactor_audit` WHERE site = {site} AND id < {before} \
                 ORDER BY id DESC LIMIT {limit}"
            ),
            // By place in the user's chain, which has an index: `before` is the id of an event of theirs, most
            // likely. Else a user's few events would be looked for among everybody's.
            Some(user) => {
                let user = hex(user.as_str().as_bytes());
                let whose = format!("site = {site} AND user = {user}");
                format!(
                    "{columns} `{prefix}twofactor_audit` FORCE INDEX (user_seq) WHERE {whose} \
                     AND seq < COALESCE((SELECT seq FROM `{prefix}twofactor_audit` WHERE id = {before} \
                     AND {whose}), {last}) AND id < {before} ORDER BY seq DESC LIMIT {limit}",
                    last = u64::MAX,
                )
            }
        };
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|row| event_of(row).ok_or_else(|| self.at().odd()))
            .collect()
    }

    /// See [`Store::chain`](super::super::contract::Store::chain).
    pub(super) fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        let sql = format!(
            "SELECT id, user, seq, at, body, mac FROM `{prefix}twofactor_audit` FORCE INDEX (user_seq) \
             WHERE site = {site} AND user = {user} AND seq >= {from} ORDER BY seq LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
            limit = limit.min(MAX_LIMIT),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|row| event_of(row).ok_or_else(|| self.at().odd()))
            .collect()
    }

    /// See [`Store::aged`](super::super::contract::Store::aged).
    pub(super) fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT user FROM `{prefix}twofactor_aging` WHERE site = {site} AND since < {before} \
             ORDER BY since LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            before = before.seconds(),
            limit = limit.min(MAX_LIMIT),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|mut row| {
                row.take_opt(0)
                    .and_then(Result::ok)
                    .and_then(user_of)
                    .ok_or_else(|| self.at().odd())
            })
            .collect()
    }
}

fn event_of(row: mysql::Row) -> Option<(u64, AuditRow)> {
    let (id, user, seq, at, body, mac) =
        mysql::from_row_opt::<(u64, Vec<u8>, u64, i64, Vec<u8>, Vec<u8>)>(row).ok()?;
    let event = AuditRow {
        user: user_of(user)?,
        seq,
        at: UnixTime::new(at).ok()?,
        body,
        mac: mac.try_into().ok()?,
    };
    Some((id, event))
}
