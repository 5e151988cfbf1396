//! Rows as they are, for whoever moves a store.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Row, params_from_iter};

use super::super::error::StoreError;
use super::super::transfer::{Cell, Cells, Table, Transfer};
use super::connection::Sqlite;

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Number(number) => Value::Integer(*number),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Bytes(bytes) => Value::Blob(bytes.clone()),
    }
}

fn cell(row: &Row<'_>, at: usize) -> rusqlite::Result<Cell> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Number(number),
        ValueRef::Text(_) => Cell::Text(row.get(at)?),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        // No column of ours can have one.
        ValueRef::Real(_) => Cell::Null,
    })
}

/// The columns with commas between them.
fn names(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn key(table: &Table) -> &'static str {
    table.columns.first().map_or("site", |(name, _)| name)
}

impl Sqlite {
    fn in_transaction(
        &mut self,
        work: impl FnOnce(&Self) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        self.begin()?;
        let done = work(self)
            .map_err(|error| self.fault(error))
            .and_then(|()| self.commit());
        self.release();
        done
    }
}

impl Transfer for Sqlite {
    fn begin_reading(&mut self) -> Result<(), StoreError> {
        self.release();
        self.verify_files()?;
        // A reader's transaction begins with what it reads first, and keeps no writer waiting.
        self.run("BEGIN DEFERRED")?;
        let first =
            self.connection
                .query_row("SELECT count(*) FROM schema_version", [], |_| Ok(()));
        first.map_err(|error| self.fault(error))
    }

    fn end_reading(&mut self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.run("ROLLBACK")?;
        self.verify_files()
    }

    fn sites(&mut self, table: &Table) -> Result<Vec<String>, StoreError> {
        let sql = format!("SELECT DISTINCT site FROM {}", table.name);
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.connection.prepare(&sql)?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect()
        };
        read().map_err(|error| self.fault(error))
    }

    fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM {}", table.name);
        let count: rusqlite::Result<i64> = self.connection.query_row(&sql, [], |row| row.get(0));
        count
            .map(i64::unsigned_abs)
            .map_err(|error| self.fault(error))
    }

    fn page(
        &mut self,
        table: &Table,
        site: &str,
        after: Option<&Cell>,
        limit: u32,
    ) -> Result<Vec<Cells>, StoreError> {
        let (columns, key, name) = (names(table), key(table), table.name);
        let behind = after
            .map_or("", |_| " AND {key} > ?2")
            .replace("{key}", key);
        let sql = format!(
            "SELECT {columns} FROM {name} WHERE site = ?1{behind} ORDER BY {key} LIMIT {limit}"
        );
        let mut bound = vec![Value::Text(site.to_owned())];
        bound.extend(after.map(value));
        let read = || -> rusqlite::Result<Vec<Cells>> {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(bound), |row| {
                (0..table.columns.len()).map(|at| cell(row, at)).collect()
            })?;
            rows.collect()
        };
        read().map_err(|error| self.fault(error))
    }

    fn write(
        &mut self,
        table: &Table,
        site: &str,
        removed: &[Cell],
        put: &[Cells],
    ) -> Result<(), StoreError> {
        let (columns, key, name) = (names(table), key(table), table.name);
        let places: Vec<String> = (0..=table.columns.len())
            .map(|at| format!("?{}", at.saturating_add(1)))
            .collect();
        let remove = format!("DELETE FROM {name} WHERE site = ?1 AND {key} = ?2");
        let insert = format!(
            "INSERT OR REPLACE INTO {name} (site, {columns}) VALUES ({})",
            places.join(", ")
        );
        self.in_transaction(|store| {
            let mut statement = store.connection.prepare_cached(&remove)?;
            for key in removed {
                statement.execute([Value::Text(site.to_owned()), value(key)])?;
            }
            let mut statement = store.connection.prepare_cached(&insert)?;
            for row in put {
                let cells = row.iter().map(value);
                let bound = [Value::Text(site.to_owned())].into_iter().chain(cells);
                statement.execute(params_from_iter(bound))?;
            }
            Ok(())
        })
    }
}
