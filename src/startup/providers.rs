//! The text of a list of providers: of the file that a setting names, or of the environment. It holds credentials.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

/// More than any list may have.
const MOST_BYTES: usize = 64 * 1024;

/// A list that was read when the process started. Redacts itself.
#[derive(Clone)]
pub enum ProviderList {
    /// The text of the file that the configuration names.
    File(Zeroizing<Vec<u8>>),
    /// The text in the environment.
    Environment(Zeroizing<Vec<u8>>),
}

impl fmt::Debug for ProviderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderList(<redacted>)")
    }
}

/// Why a file is no list of providers.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system.
    #[error("cannot be read ({0})")]
    Io(#[from] io::Error),
    /// A folder, a pipe.
    #[error("is not a file")]
    NoFile,
    /// It holds credentials.
    #[error("every user of this machine may read it: set its mode to 0640")]
    Open,
    /// Too long.
    #[error("is too long for a list of providers")]
    TooLong,
}

/// Reads a file of providers.
///
/// # Errors
/// [`FileError`]
pub fn read_providers(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let mut file = File::open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(FileError::NoFile);
    }
    if facts.mode() & 0o007 != 0 {
        return Err(FileError::Open);
    }
    let size = facts.len();
    let fits = usize::try_from(size)
        .ok()
        .filter(|size| *size <= MOST_BYTES);
    let fits = fits.ok_or(FileError::TooLong)?;
    // One allocation of the right size: growing would leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(fits.saturating_add(1)));
    Read::by_ref(&mut file).take(size).read_to_end(&mut text)?;
    Ok(text)
}
