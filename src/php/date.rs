//! Moments, as PHP knows them.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;

use super::failure::{Failure, call, guarded, internal};
use crate::clock::UnixTime;

unsafe extern "C" {
    fn php_date_get_immutable_ce() -> *const ClassEntry;
    fn php_date_get_interface_ce() -> *const ClassEntry;
}

/// A `\DateTimeImmutable` in UTC.
#[derive(Debug)]
pub struct Moment(Zval);

impl Moment {
    /// # Errors
    /// When PHP cannot make the object.
    pub fn new(time: UnixTime) -> Result<Self, Failure> {
        // SAFETY: the date extension is part of every PHP and registered its classes before us.
        let class = unsafe { php_date_get_immutable_ce().as_ref() }.ok_or_else(internal)?;
        let text = format!("@{}", time.seconds());
        let object = guarded(|| {
            let object = ZendObject::new(class);
            object.try_call_method("__construct", vec![&text])?;
            object.into_zval(false)
        })??;
        Ok(Self(object))
    }

    /// The same, for a moment that may not be.
    ///
    /// # Errors
    /// As [`Moment::new`].
    pub fn maybe(time: Option<UnixTime>) -> Result<Option<Self>, Failure> {
        time.map(Self::new).transpose()
    }
}

impl IntoZval for Moment {
    const TYPE: DataType = DataType::object("DateTimeImmutable");
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *zv = self.0;
        Ok(())
    }
}

/// The seconds since 1970 of a `\DateTimeInterface`; `None` for anything else.
///
/// # Errors
/// [`Failure`] of the call: a subclass may be written in PHP.
pub(super) fn timestamp(value: &Zval) -> Result<Option<i64>, Failure> {
    // SAFETY: as above.
    let interface = unsafe { php_date_get_interface_ce().as_ref() }.ok_or_else(internal)?;
    let Some(date) = value.object().filter(|o| o.instance_of(interface)) else {
        return Ok(None);
    };
    Ok(call(date, "getTimestamp")?.long())
}

/// RFC 3339 in UTC, for JSON and dumps.
pub(super) fn rfc3339(time: UnixTime) -> String {
    time.utc().rfc3339()
}
