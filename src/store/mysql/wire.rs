//! Statements and answers on one connection.

use std::error::Error as _;
use std::io;

use data_encoding::HEXLOWER;
use mysql::Conn;
use mysql::prelude::Queryable;

/// Which of several statements failed, counted from 0, and why.
pub(super) struct Failed {
    pub(super) statement: usize,
    pub(super) error: mysql::Error,
}

impl From<mysql::Error> for Failed {
    fn from(error: mysql::Error) -> Self {
        Self {
            statement: 0,
            error,
        }
    }
}

/// The rows of one statement, and how many it changed.
pub(super) struct StatementResult {
    pub(super) rows: Vec<mysql::Row>,
    pub(super) changed: u64,
}

/// Sends statements in one round trip, and reads every answer.
pub(super) fn run(connection: &mut Conn, sql: &str) -> Result<Vec<StatementResult>, Failed> {
    let mut result = connection.query_iter(sql)?;
    let mut answers = Vec::new();
    loop {
        let changed = result.affected_rows();
        let Some(set) = result.iter() else {
            return Ok(answers);
        };
        let rows = set.collect::<Result<Vec<_>, _>>().map_err(|error| Failed {
            statement: answers.len(),
            error,
        })?;
        answers.push(StatementResult { rows, changed });
    }
}

/// The rows of the last of several statements.
pub(super) fn last_rows(answers: Vec<StatementResult>) -> Vec<mysql::Row> {
    answers
        .into_iter()
        .next_back()
        .map(|answer| answer.rows)
        .unwrap_or_default()
}

/// The value of a switch, as one kind of server or the other says it.
pub(super) fn is_off(value: &str) -> bool {
    matches!(value, "0" | "OFF")
}

/// A column of a row; `None` where there is none, or it holds something else, or nothing. Never a panic, as
/// the library has for that.
pub(super) fn column<T: mysql::prelude::FromValue>(row: &mysql::Row, at: usize) -> Option<T> {
    row.get_opt(at)?.ok()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 3);
    text.push_str("x'");
    HEXLOWER.encode_append(bytes, &mut text);
    text.push('\'');
    text
}

pub(super) fn null() -> String {
    "NULL".to_owned()
}

pub(super) fn code(error: &mysql::Error) -> Option<u16> {
    match error {
        mysql::Error::MySqlError(error) => Some(error.code),
        _ => None,
    }
}

/// The network's error, on either of the two ways it arrives.
pub(super) fn network(error: &mysql::Error) -> Option<&io::Error> {
    match error {
        mysql::Error::IoError(error) => Some(error),
        mysql::Error::CodecError(error) => error.source()?.downcast_ref(),
        _ => None,
    }
}

/// A deadlock, a cluster's first committer was another, or a record changed under our feet.
pub(super) fn conflicts(error: &mysql::Error) -> bool {
    matches!(code(error), Some(1213 | 1020 | 3101))
}

/// The connection is of no use any more, and was not before the statement either, most likely.
pub(super) fn died(error: &mysql::Error) -> bool {
    match network(error).map(io::Error::kind) {
        Some(kind) => !matches!(
            kind,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::InvalidData
        ),
        None => matches!(
            code(error),
            Some(1053 | 1077 | 1079 | 1080 | 1927 | 3169 | 4031)
        ),
    }
}

/// Nobody has said whether the statement was carried out.
pub(super) fn timed_out(error: &mysql::Error) -> bool {
    matches!(
        network(error).map(io::Error::kind),
        Some(io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
    )
}

/// The server carries nothing out now that changes anything, and has not carried this out: it is read-only, or a
/// node that its cluster has lost.
pub(super) fn turned_away(error: &mysql::Error) -> bool {
    matches!(
        code(error),
        Some(1047 | 1290 | 1792 | 1836 | 1874 | 3100 | 3796 | 3797)
    )
}
