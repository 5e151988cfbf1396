//! What every act of an operator needs: who, and why.

use super::Error;

/// Refuses an act of nobody, or for no reason.
///
/// # Errors
/// [`Error`] for an argument without a visible sign.
pub(super) fn named(by: &str, reason: &str) -> Result<(), Error> {
    for (argument, text) in [("by", by), ("reason", reason)] {
        if text.trim().is_empty() {
            return Err(Error::invalid(argument, "must not be empty"));
        }
    }
    Ok(())
}
