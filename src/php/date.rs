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
pub fn timestamp(value: &Zval) -> Result<Option<i64>, Failure> {
    // SAFETY: as above.
    let interface = unsafe { php_date_get_interface_ce().as_ref() }.ok_or_else(internal)?;
    let Some(date) = value.object().filter(|o| o.instance_of(interface)) else {
        return Ok(None);
    };
    Ok(call(date, "getTimestamp")?.long())
}

/// RFC 3339 in UTC, for JSON and dumps.
pub fn rfc3339(time: UnixTime) -> String {
    const DAY: i64 = 86_400;
    let days = time.seconds() / DAY;
    let second = time.seconds() % DAY;
    // Days to civil date, counted from 0000-03-01 in eras of 400 years.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}
