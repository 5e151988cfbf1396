//! From an address to the store that it names.

use super::contract::Store;
use super::error::StoreError;
use super::mysql::Mysql;
use super::sqlite::Sqlite;
use super::url::StoreUrl;

/// Opens the store an URL names. Creates or migrates its tables.
///
/// # Errors
/// [`StoreError`]
pub fn open(url: &StoreUrl) -> Result<Box<dyn Store>, StoreError> {
    Ok(match url {
        StoreUrl::Sqlite(path) => Box::new(Sqlite::open(path)?),
        StoreUrl::Memory => Box::new(Sqlite::in_memory()?),
        StoreUrl::Mysql(url) => Box::new(Mysql::connect(url)?),
    })
}
