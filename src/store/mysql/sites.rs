//! Which sites have something here.

use std::path::PathBuf;

use super::super::error::StoreError;
use super::super::rows::Occupants;
use super::connection::Mysql;
use super::schema::TABLES;
use super::wire::{column, hex, last_rows, run};
use crate::types::Site;

impl Mysql {
    /// See [`Store::occupants`](super::super::contract::Store::occupants).
    pub(super) fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError> {
        self.release();
        // Each EXISTS reads one end of an index.
        let sql = self
            .at()
            .named(
                "SELECT EXISTS (SELECT 1 FROM `{prefix}twofactor_account` WHERE site = {site}) \
                 OR EXISTS (SELECT 1 FROM `{prefix}twofactor_audit` WHERE site = {site}), \
                 (SELECT MIN(site) FROM `{prefix}twofactor_account`), \
                 (SELECT MAX(site) FROM `{prefix}twofactor_account`), \
                 (SELECT MIN(site) FROM `{prefix}twofactor_audit`), \
                 (SELECT MAX(site) FROM `{prefix}twofactor_audit`), \
                 (SELECT MIN(site) FROM `{prefix}twofactor_shared_row`), \
                 (SELECT MAX(site) FROM `{prefix}twofactor_shared_row`)",
            )
            .replace("{site}", &hex(site.as_str().as_bytes()));
        let rows = self.read(&sql)?;
        let row = rows.first().ok_or_else(|| self.at().odd())?;
        let own = column::<u8>(row, 0).ok_or_else(|| self.at().odd())? != 0;
        let (mut other, mut kept) = (None, None);
        for at in 1..=6 {
            let name: Option<Vec<u8>> = column(row, at).ok_or_else(|| self.at().odd())?;
            let name = name.filter(|name| name != site.as_str().as_bytes());
            let name = name.map(|name| String::from_utf8_lossy(&name).into_owned());
            kept = kept.or_else(|| name.clone());
            if at <= 4 {
                other = other.or(name);
            }
        }
        let elsewhere = |this: &mut Self, name| {
            if own {
                Ok(None)
            } else {
                this.elsewhere(site, name)
            }
        };
        Ok(Occupants {
            own,
            other,
            kept,
            elsewhere: elsewhere(self, "account")?,
            kept_elsewhere: elsewhere(self, "shared_row")?,
        })
    }

    /// See [`Store::remove_site`](super::super::contract::Store::remove_site).
    pub(super) fn remove_site(&mut self, site: &Site) -> Result<(), StoreError> {
        self.release();
        let of_site: String = TABLES
            .iter()
            .map(|table| {
                format!(
                    "DELETE FROM `{}twofactor_{table}` WHERE site = {};",
                    self.url.prefix(),
                    hex(site.as_str().as_bytes())
                )
            })
            .collect();
        self.ask(&format!("START TRANSACTION;{of_site}COMMIT"))
            .map(drop)
    }

    /// See [`Store::remove_if_empty`](super::super::contract::Store::remove_if_empty).
    pub(super) fn remove_if_empty(&mut self) -> Result<Option<Vec<PathBuf>>, StoreError> {
        self.release();
        let is_there = |table| {
            let named = format!("EXISTS (SELECT 1 FROM `{{prefix}}twofactor_{table}`)");
            self.at().named(&named)
        };
        let is_kept = format!("SELECT {}", TABLES.map(is_there).join(" OR "));
        let names: Vec<_> = [TABLES.as_slice(), &["schema"]]
            .concat()
            .iter()
            .map(|table| self.at().named(&format!("`{{prefix}}twofactor_{table}`")))
            .collect();
        // From here to the end nobody else writes, and the lock ends with the connection; so nothing is asked on
        // another one. Of several Galera nodes only this one is locked: sites leave from there when no other begins.
        let lock = format!("LOCK TABLES {} WRITE", names.join(" WRITE, "));
        let connection = self.connected()?;
        let is_locked = run(connection, &lock).is_ok();
        let kept = run(connection, &is_kept).ok().map(last_rows);
        let kept = kept.and_then(|rows| rows.first().and_then(|row| column::<u8>(row, 0)));
        // What may not be locked or dropped stays, and is empty.
        if is_locked && kept == Some(0) {
            let _ = run(connection, &format!("DROP TABLE {}", names.join(", ")));
        }
        self.drop_connection();
        if kept.ok_or_else(|| self.at().odd())? != 0 {
            return Ok(None);
        }
        Ok(Some(Vec::new()))
    }

    /// The prefix of other tables of ours in the same database of which the one of that name has rows of the site.
    /// Tables that this user may not read, or that only look like ours, are none.
    fn elsewhere(&mut self, site: &Site, name: &str) -> Result<Option<String>, StoreError> {
        let name = format!("twofactor_{name}");
        let own = format!("{}{name}", self.url.prefix());
        let tables = format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_name LIKE '%{}' LIMIT 100",
            name.replace('_', "\\_")
        );
        let prefixes: Vec<String> = last_rows(self.ask(&tables)?)
            .iter()
            .filter_map(|row| column::<String>(row, 0))
            .filter(|table| !table.eq_ignore_ascii_case(&own))
            .filter_map(|table| table.strip_suffix(&name).map(str::to_owned))
            .filter(|prefix| {
                prefix
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            })
            .collect();
        for prefix in prefixes {
            let sql = format!(
                "SELECT 1 FROM `{prefix}{name}` WHERE site = {} LIMIT 1",
                hex(site.as_str().as_bytes())
            );
            match self.ask(&sql) {
                Ok(answers) => {
                    if !last_rows(answers).is_empty() {
                        return Ok(Some(prefix));
                    }
                }
                Err(StoreError::Configuration { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}
