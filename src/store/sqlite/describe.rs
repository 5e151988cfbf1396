//! What the database is made of.

use rusqlite::types::Value;

use super::super::error::StoreError;
use super::super::rows::{MOST_COUNTED, StoreDetails, TableDetails};
use super::connection::Sqlite;
use super::schema::today;
use super::sites::TABLES;
use crate::types::Site;

/// Of what may be set in a database or on a connection, what has a say in how it works.
const SETTINGS: [&str; 7] = [
    "journal_mode",
    "synchronous",
    "page_size",
    "page_count",
    "freelist_count",
    "wal_autocheckpoint",
    "encoding",
];

impl Sqlite {
    /// See [`Store::describe`](super::super::contract::Store::describe).
    pub(super) fn describe(&mut self, site: &Site) -> Result<StoreDetails, StoreError> {
        self.release();
        let look = || -> rusqlite::Result<StoreDetails> {
            let found =
                self.connection
                    .query_row("SELECT version FROM schema_version", [], |row| row.get(0))?;
            let mut settings = Vec::new();
            for name in SETTINGS {
                let value = self
                    .connection
                    .pragma_query_value(None, name, |row| row.get(0))?;
                settings.push((
                    name.to_owned(),
                    match value {
                        Value::Integer(number) => number.to_string(),
                        Value::Text(text) => text,
                        _ => continue,
                    },
                ));
            }
            let tables = TABLES.iter().map(|name| self.table(name, site));
            Ok(StoreDetails {
                product: "SQLite",
                version: rusqlite::version().to_owned(),
                schema: (found, today()),
                settings,
                tables: tables.collect::<Result<_, _>>()?,
            })
        };
        let details = look().map_err(|error| self.fault(error))?;
        self.verify_files()?;
        Ok(details)
    }

    fn table(&self, name: &'static str, site: &Site) -> rusqlite::Result<TableDetails> {
        let sql = "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid";
        let mut statement = self.connection.prepare(sql)?;
        let columns = statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let columns = columns.collect::<Result<_, _>>()?;
        let most = MOST_COUNTED.saturating_add(1);
        let sql =
            format!("SELECT count(*) FROM (SELECT 1 FROM {name} WHERE site = ?1 LIMIT {most})");
        let rows: i64 = self
            .connection
            .query_row(&sql, [site.as_str()], |row| row.get(0))?;
        Ok(TableDetails {
            name,
            columns,
            rows: rows.unsigned_abs(),
        })
    }
}
