//! What other software keeps of its users' second factors, read: from bytes to candidates. Nothing here writes or decides;
//! what becomes of a candidate is the account's rule.
//!
//! ```text
//!   csv, json ─▶ rows ─┬─▶ generic        one row, one app; otpauth:// URIs
//!                      ├─▶ meta           WordPress, CMS module 3: one row, one value in PHP's own form
//!                      └─▶ nextcloud ─▶ cipher
//!   pskc ─────────────────▶ pskc ─────▶ cipher
//! ```
//!
//! A file that is not what it should be is refused whole, with the place; of what is there and cannot be taken over it is
//! said why. No text here repeats a secret, a code, or a value that may be one.

mod candidate;
mod cipher;
mod generic;
mod meta;
mod nextcloud;
mod php_value;
mod pskc;
mod rows;
#[cfg(test)]
mod tests;
mod tree;
mod uri;

use std::collections::BTreeMap;

pub use candidate::{Candidate, Candidates, ImportError, NotRead};

/// Largest file that is read, in bytes.
pub const MOST_BYTES: u64 = 64 << 20;

/// Which form a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table with a header (RFC 4180).
    Csv,
    /// A list of objects, or of `otpauth://` URIs.
    Json,
    /// Portable Symmetric Key Container (RFC 6030).
    Pskc,
    /// User meta of the WordPress plugin Two Factor.
    Wordpress,
    /// The table of Nextcloud's app twofactor_totp.
    Nextcloud,
    /// The table of the CMS Made Simple module TwoFactor 3.
    Cmsms3,
}

/// What opens values that are encrypted.
#[derive(Clone, Copy, Default)]
pub struct Keys<'a> {
    /// Of PSKC: the pre-shared key in hexadecimal digits, or the password.
    pub pskc: Option<&'a [u8]>,
    /// The `secret` of Nextcloud's config.php.
    pub nextcloud: Option<&'a [u8]>,
}

impl std::fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(<redacted>)")
    }
}

/// Reads a file.
///
/// # Errors
/// [`ImportError`]
pub fn read(format: Format, bytes: &[u8], keys: Keys<'_>) -> Result<Candidates, ImportError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ImportError::whole("it is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Csv => generic::read(&rows::csv(text)?),
        Format::Json => generic::read(&rows::json(text)?),
        Format::Pskc => pskc::read(text, keys.pskc),
        Format::Wordpress => meta::wordpress(&rows::either(text)?),
        Format::Nextcloud => nextcloud::read(&rows::either(text)?, keys.nextcloud),
        Format::Cmsms3 => meta::cmsms3(&rows::either(text)?),
    }
}

/// Reads who is who: two columns, `login` and `id`, of a CSV file.
///
/// # Errors
/// [`ImportError`], also for a login that comes twice.
pub fn users(bytes: &[u8]) -> Result<BTreeMap<String, String>, ImportError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ImportError::whole("it is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut ids = BTreeMap::new();
    for row in rows::csv(text)? {
        let (Some(login), Some(id)) = (row.text("login"), row.text("id")) else {
            let why = "it needs the columns login and id, and a value in both";
            return Err(ImportError::at(row.place(), why));
        };
        if ids.insert(login.to_owned(), id.to_owned()).is_some() {
            return Err(ImportError::at(row.place(), "this login comes twice"));
        }
    }
    Ok(ids)
}
