//! Where accounts are kept: one row a user, swapped only if it is unchanged.
//!
//! A store understands nothing of what it keeps. It has one job: [`Store::swap`] replaces a row if
//! its version is still the expected one, and writes the audit rows in the same transaction, durably,
//! or does neither. Everything that is spent exactly once rests on that. All stores run the same suite
//! (`tests/it/stores.rs`).
//!
//! A change is `hold` → decide → `swap` (or `release`). `hold` may keep other changers waiting, for
//! fairness under load; being right never depends on it.

mod cause;
mod contract;
mod error;
mod handle;
mod id_range;
mod mysql;
mod open;
mod rows;
mod sqlite;
#[cfg(feature = "cli")]
mod transfer;
mod url;
mod write_queue;

pub use cause::Cause;
pub use contract::{Shared, Store};
pub use error::StoreError;
pub use handle::{Held, StoreHandle};
pub use open::open;
pub use rows::{
    Aging, AuditRow, DeliveryReport, Due, Listing, Loaded, MAX_LIMIT, MOST_COUNTED, Occupants,
    PhoneHash, PhoneIndex, RawRow, RawRowChange, Retention, Row, SentMessage, StoreDetails,
    StoreFacts, Swap, TableDetails, Together, Version,
};
#[cfg(feature = "cli")]
pub use transfer::{
    Cell, Cells, Differences, Kind, SealedIn, SealedRow, Table, Transfer, TransferError, compare,
    copy, damage, finish, finish_if_same, is_unfinished, open_target, open_transfer,
    rows as rows_of, rows_of_site, sealed_rows, sealed_sites,
};
pub use url::{MysqlUrl, StoreUrl, StoreUrlError, Tls};
