//! The embedded store: one SQLite file, or one in memory.
//!
//! A commit is on disk before it is reported (`synchronous = FULL`, write-ahead log). A change reads
//! inside its write transaction, so a swap under a hold is never lost; a [`WriteQueue`] keeps many busy
//! processes fair.
//!
//! An empty database would say "nobody has a second factor", so the file is not trusted by its path
//! alone. Each database has a random id, and the queue's file beside it, `<path>.lock`, is marked with
//! that id when the database is made. While open, the path must still lead to the file that was opened;
//! when opening, the database must be the one the mark names. Since another one can be written over it
//! in place, "no such user" counts only with the id of the database that was opened. A database that was
//! deleted, emptied or swapped for another denies everybody until an operator restores it or removes the
//! mark.

mod accounts;
mod audit;
mod columns;
mod connection;
mod database_file;
mod describe;
mod fault;
mod notices;
mod open_files;
mod schema;
mod shared;
mod sites;
#[cfg(feature = "cli")]
mod transfer;

pub(super) use connection::Sqlite;
#[cfg(feature = "cli")]
pub(super) use connection::damage;
