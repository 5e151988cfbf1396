//! MySQL and MariaDB.

use super::{AuditRow, Loaded, MysqlUrl, Row, Store, StoreError, Swap, Version};
use crate::terms::{Site, UserId};

/// A MySQL or MariaDB store.
#[derive(Debug)]
pub enum Mysql {}

impl Mysql {
    /// Connects to the server.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn connect(_url: &MysqlUrl) -> Result<Self, StoreError> {
        Err(StoreError::Unavailable("MySQL is not there yet".to_owned()))
    }
}

impl Store for Mysql {
    fn load(&mut self, _: &Site, _: &UserId) -> Result<Loaded, StoreError> {
        match *self {}
    }

    fn hold(&mut self, _: &Site, _: &UserId, _: bool) -> Result<Loaded, StoreError> {
        match *self {}
    }

    fn swap(
        &mut self,
        _: &Site,
        _: &UserId,
        _: Option<Version>,
        _: &Row,
        _: &[AuditRow],
    ) -> Result<Swap, StoreError> {
        match *self {}
    }

    fn release(&mut self) {
        match *self {}
    }

    fn list(
        &mut self,
        _: &Site,
        _: &str,
        _: u32,
        _: Option<&str>,
    ) -> Result<Vec<(UserId, Row)>, StoreError> {
        match *self {}
    }

    fn audit(
        &mut self,
        _: &Site,
        _: Option<&UserId>,
        _: u32,
        _: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        match *self {}
    }

    fn check(&mut self) -> Result<String, StoreError> {
        match *self {}
    }
}
