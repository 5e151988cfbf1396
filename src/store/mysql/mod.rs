//! MySQL and MariaDB: one connection a process, for sites with a server or several web heads.
//!
//! A change of an account takes two round trips: a `SELECT`, and one text of several statements that
//! writes the events and updates the row if its version is still the expected one, and commits. After a
//! lost swap the `SELECT` locks the row, so that the losers queue. First-committer-wins is all that is
//! asked of a cluster.
//!
//! Every value goes into a statement as a hexadecimal literal or a number, so there is nothing to
//! escape. The prefix of the tables is made of letters, digits and underscores ([`MysqlUrl`]).
//!
//! What is decided on is read within a transaction, in the same round trip, so that whoever stands between
//! and sends reads elsewhere (MaxScale, ProxySQL) sends this one to the server that is written to; and a
//! server that is read-only is not asked at all, for it may be behind.
//!
//! A connection that died is made anew once, but never while a swap is on its way: nobody knows whether
//! that one was written. The tables are made when a process connects for the first time; a table that
//! is missing later denies.

mod accounts;
mod audit;
mod connection;
mod describe;
mod fault;
mod notices;
mod patience;
mod schema;
mod shared;
mod sites;
#[cfg(feature = "cli")]
mod transfer;
mod wire;

pub(super) use connection::Mysql;
pub(super) use fault::ServerError;
