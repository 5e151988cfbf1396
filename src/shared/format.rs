//! How most shared rows are written.
//!
//! The bytes are [postcard](https://postcard.jamesmunns.com/wire-format)'s. They do not name the
//! fields, so each kind of row begins with the number of its format, and a row of another format, or
//! with anything left over, is refused: dropping what cannot be read could drop a limit.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes a row has.
pub const MOST_BYTES: usize = 512;

/// The row cannot be read or written: a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the row was written by another version of this software")]
pub struct RowError;

/// The bytes of a row.
///
/// # Errors
/// [`RowError`] when there are more than [`MOST_BYTES`].
pub fn write(row: &impl Serialize) -> Result<Vec<u8>, RowError> {
    let mut bytes = [0; MOST_BYTES];
    postcard::to_slice(row, &mut bytes)
        .map(|written| written.to_vec())
        .map_err(|_| RowError)
}

/// The row of these bytes.
///
/// # Errors
/// [`RowError`]
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, RowError> {
    match postcard::take_from_bytes(bytes) {
        Ok((row, [])) => Ok(row),
        _ => Err(RowError),
    }
}
