//! Rows as they are, for whoever moves a store.

use super::super::error::StoreError;
use super::super::transfer::{Cell, Cells, Kind, Table, Transfer};
use super::connection::Mysql;
use super::wire::{column, hex, last_rows, null, run};

fn literal(cell: &Cell) -> String {
    match cell {
        Cell::Null => null(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => hex(text.as_bytes()),
        Cell::Bytes(bytes) => hex(bytes),
    }
}

/// What a column is called here.
fn named(column: &'static str) -> &'static str {
    match column {
        "rank" => "level",
        name => name,
    }
}

fn names(table: &Table) -> Vec<&'static str> {
    table.columns.iter().map(|(name, _)| named(name)).collect()
}

fn cell(row: &mysql::Row, at: usize, kind: Kind) -> Option<Cell> {
    Some(match kind {
        Kind::Number => column::<Option<i64>>(row, at)?.map_or(Cell::Null, Cell::Number),
        Kind::Bytes => column::<Option<Vec<u8>>>(row, at)?.map_or(Cell::Null, Cell::Bytes),
        Kind::Text => match column::<Option<Vec<u8>>>(row, at)? {
            Some(bytes) => Cell::Text(String::from_utf8(bytes).ok()?),
            None => Cell::Null,
        },
    })
}

impl Mysql {
    /// On the connection that there is: within a transaction another one would not be the same.
    fn here(&mut self, sql: &str) -> Result<Vec<mysql::Row>, StoreError> {
        let answers = run(self.connected()?, sql);
        answers
            .map(last_rows)
            .map_err(|failed| self.at().fault(failed.error))
    }

    fn quoted(&self, table: &Table) -> String {
        format!("`{}twofactor_{}`", self.url.prefix(), table.name)
    }
}

impl Transfer for Mysql {
    fn begin_reading(&mut self) -> Result<(), StoreError> {
        self.here(
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
             START TRANSACTION WITH CONSISTENT SNAPSHOT",
        )
        .map(drop)
    }

    fn end_reading(&mut self) -> Result<(), StoreError> {
        self.here("ROLLBACK; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            .map(drop)
    }

    fn sites(&mut self, table: &Table) -> Result<Vec<String>, StoreError> {
        let sql = format!("SELECT DISTINCT site FROM {}", self.quoted(table));
        let rows = self.here(&sql)?;
        rows.iter()
            .map(|row| String::from_utf8(column(row, 0)?).ok())
            .collect::<Option<_>>()
            .ok_or_else(|| self.at().odd())
    }

    fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", self.quoted(table));
        let rows = self.here(&sql)?;
        let count = rows.first().and_then(|row| column(row, 0));
        count.ok_or_else(|| self.at().odd())
    }

    fn page(
        &mut self,
        table: &Table,
        site: &str,
        after: Option<&Cell>,
        limit: u32,
    ) -> Result<Vec<Cells>, StoreError> {
        let columns = names(table);
        let key = columns.first().copied().unwrap_or("site");
        let behind = after.map(|after| format!(" AND {key} > {}", literal(after)));
        let sql = format!(
            "SELECT {} FROM {} WHERE site = {}{} ORDER BY {key} LIMIT {limit}",
            columns.join(", "),
            self.quoted(table),
            hex(site.as_bytes()),
            behind.unwrap_or_default()
        );
        let rows = self.here(&sql)?;
        let kinds = table.columns.iter().map(|(_, kind)| *kind);
        rows.iter()
            .map(|row| {
                let cells = kinds.clone().enumerate();
                cells.map(|(at, kind)| cell(row, at, kind)).collect()
            })
            .collect::<Option<_>>()
            .ok_or_else(|| self.at().odd())
    }

    fn write(
        &mut self,
        table: &Table,
        site: &str,
        removed: &[Cell],
        put: &[Cells],
    ) -> Result<(), StoreError> {
        let columns = names(table);
        let key = columns.first().copied().unwrap_or("site");
        let (name, site) = (self.quoted(table), hex(site.as_bytes()));
        let mut sql = "START TRANSACTION;".to_owned();
        if !removed.is_empty() {
            let keys: Vec<String> = removed.iter().map(literal).collect();
            let keys = keys.join(", ");
            sql.push_str(&format!(
                "DELETE FROM {name} WHERE site = {site} AND {key} IN ({keys});"
            ));
        }
        if !put.is_empty() {
            let row = |row: &Cells| {
                let cells: Vec<String> = row.iter().map(literal).collect();
                format!("({site}, {})", cells.join(", "))
            };
            let rows: Vec<String> = put.iter().map(row).collect();
            let (columns, rows) = (columns.join(", "), rows.join(", "));
            sql.push_str(&format!(
                "REPLACE INTO {name} (site, {columns}) VALUES {rows};"
            ));
        }
        sql.push_str("COMMIT");
        let written = self.here(&sql);
        if written.is_err() {
            // Whatever of it is open ends with the connection.
            self.connection = None;
        }
        written.map(drop)
    }
}
