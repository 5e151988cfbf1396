//! Accounts of which something is to be told.

use super::super::error::StoreError;
use super::super::rows::{Due, MAX_LIMIT};
use super::connection::Mysql;
use super::wire::{hex, last_rows};
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

impl Mysql {
    /// The statements of a swap that say from when something is to be told; for the row that is expected only.
    pub(super) fn telling(
        &self,
        site: &str,
        user: &str,
        due: Due,
        condition: Option<&str>,
    ) -> Vec<String> {
        let prefix = self.url.prefix();
        let table = format!("`{prefix}twofactor_notice`");
        let removal = format!("DELETE FROM {table} WHERE site = {site} AND user = {user}");
        match (due, condition) {
            (Due::AsItWas, _) => Vec::new(),
            (Due::Never, None) => vec![removal],
            (Due::Never, Some(condition)) => {
                let row = format!("SELECT version FROM `{prefix}twofactor_account` {condition}");
                vec![
                    format!("{row} FOR UPDATE"),
                    format!("{removal} AND EXISTS ({row})"),
                ]
            }
            (Due::At(at), None) => vec![format!(
                "REPLACE INTO {table} (site, user, due) VALUES ({site}, {user}, {})",
                at.seconds()
            )],
            (Due::At(at), Some(condition)) => {
                let due = at.seconds();
                vec![format!(
                    "INSERT INTO {table} (site, user, due) SELECT {site}, {user}, {due} \
                     FROM `{prefix}twofactor_account` {condition} FOR UPDATE \
                     ON DUPLICATE KEY UPDATE due = {due}"
                )]
            }
        }
    }

    /// See [`Store::due`](super::super::contract::Store::due).
    pub(super) fn due(
        &mut self,
        site: &Site,
        from: UnixTime,
        until: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT user FROM `{prefix}twofactor_notice` WHERE site = {site} AND due >= {from} \
             AND due <= {until} ORDER BY due LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            from = from.seconds(),
            until = until.seconds(),
            limit = limit.min(MAX_LIMIT),
        );
        let rows = last_rows(self.ask(&sql)?);
        self.users(rows)
    }
    /// See [`Store::put_off`](super::super::contract::Store::put_off).
    pub(super) fn put_off(
        &mut self,
        site: &Site,
        users: &[UserId],
        now: UnixTime,
        until: UnixTime,
    ) -> Result<(), StoreError> {
        self.release();
        let names: Vec<_> = users.iter().map(|it| hex(it.as_str().as_bytes())).collect();
        if names.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "UPDATE `{prefix}twofactor_notice` SET due = {until} WHERE site = {site} AND user IN ({names}) \
             AND due <= {now}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            names = names.join(", "),
            now = now.seconds(),
            until = until.seconds(),
        );
        self.ask(&sql)?;
        Ok(())
    }
}
