//! What the tables are, and of which server.

use super::super::error::StoreError;
use super::super::rows::{MOST_COUNTED, StoreDetails, TableDetails};
use super::connection::Mysql;
use super::schema::{TABLES, today};
use super::wire::{column, hex, last_rows};
use crate::types::Site;

/// Of what may be set in a server, what has a say in how this works. Each server has those that it knows.
const SETTINGS: &[&str] = &[
    "binlog_format",
    "character_set_server",
    "innodb_flush_log_at_trx_commit",
    "innodb_page_size",
    "log_bin",
    "lower_case_table_names",
    "max_allowed_packet",
    "read_only",
    "sql_mode",
    "transaction_isolation",
    "tx_isolation",
    "wait_timeout",
    "wsrep_on",
];

/// Which of the two a server is, by its version.
pub(super) fn product(version: &str) -> &'static str {
    if version.contains("MariaDB") {
        "MariaDB"
    } else {
        "MySQL"
    }
}

impl Mysql {
    /// See [`Store::describe`](super::super::contract::Store::describe).
    pub(super) fn describe(&mut self, site: &Site) -> Result<StoreDetails, StoreError> {
        self.release();
        let named = SETTINGS.iter().map(|name| hex(name.as_bytes()));
        let sql = self.at().named(&format!(
            "SELECT VERSION(), version FROM `{{prefix}}twofactor_schema`; SHOW STATUS LIKE 'Ssl_version'; \
             SHOW GLOBAL VARIABLES WHERE Variable_name IN ({})",
            named.collect::<Vec<_>>().join(", ")
        ));
        let mut answers = self.ask(&sql)?.into_iter();
        let mut next = || answers.next().map(|it| it.rows).unwrap_or_default();
        let (about, tls, variables) = (next(), next(), next());
        let about = about.first().ok_or_else(|| self.at().odd())?;
        let version: String = column(about, 0).ok_or_else(|| self.at().unclear())?;
        let found = column(about, 1).ok_or_else(|| self.at().odd())?;
        let settings = tls.iter().chain(&variables);
        let settings = settings.filter_map(|row| {
            let name: String = column(row, 0)?;
            Some((name.to_ascii_lowercase(), column(row, 1)?))
        });
        let settings = settings.collect();
        let mut tables = Vec::new();
        for name in TABLES {
            tables.push(self.table(name, site)?);
        }
        Ok(StoreDetails {
            product: product(&version),
            version,
            schema: (found, today()),
            settings,
            tables,
        })
    }

    fn table(&mut self, name: &'static str, site: &Site) -> Result<TableDetails, StoreError> {
        let table = format!("{}twofactor_{name}", self.url.prefix());
        // A server may keep names in small letters (lower_case_table_names).
        let columns = format!(
            "SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = DATABASE() \
             AND LOWER(table_name) = {} ORDER BY ordinal_position",
            hex(table.to_ascii_lowercase().as_bytes())
        );
        let columns = last_rows(self.ask(&columns)?);
        let text = |row: &mysql::Row, at| {
            let bytes: Option<Vec<u8>> = column(row, at);
            bytes.map(|it| String::from_utf8_lossy(&it).into_owned())
        };
        let columns = columns
            .iter()
            .filter_map(|row| Some((text(row, 0)?, text(row, 1)?)));
        let columns = columns.collect();
        let most = MOST_COUNTED.saturating_add(1);
        let rows = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM `{table}` WHERE site = {} LIMIT {most}) AS counted",
            hex(site.as_str().as_bytes())
        );
        let rows = last_rows(self.ask(&rows)?);
        let rows = rows.first().and_then(|row| column(row, 0));
        Ok(TableDetails {
            name,
            columns,
            rows: rows.ok_or_else(|| self.at().unclear())?,
        })
    }
}
