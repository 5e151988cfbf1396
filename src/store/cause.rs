//! Of which error a store's came, in numbers and words of the software: for those who may not read the advice, which
//! names paths, hosts and users.

use std::fmt;
use std::io;

use super::error::StoreError;
use super::mysql::ServerError;

/// Of which error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// SQLite's own, by its extended number (<https://www.sqlite.org/rescode.html>).
    Sqlite(i32),
    /// A server's, by its number.
    Server(u16),
    /// The operating system's.
    Io(io::ErrorKind),
    /// None that has a number.
    Other,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(code) => write!(f, "SQLite error {code}"),
            Self::Server(code) => write!(f, "server error {code}"),
            Self::Io(kind) => write!(f, "system: {kind}"),
            Self::Other => f.write_str("no number"),
        }
    }
}

impl StoreError {
    /// Of which error it came.
    #[must_use]
    pub fn cause(&self) -> Cause {
        let (Self::Unavailable { source, .. } | Self::Configuration { source, .. }) = self;
        let Some(source) = source else {
            return Cause::Other;
        };
        if let Some(error) = source.downcast_ref::<rusqlite::Error>() {
            let failure = error.sqlite_error();
            return failure.map_or(Cause::Other, |it| Cause::Sqlite(it.extended_code));
        }
        if let Some(error) = source.downcast_ref::<ServerError>() {
            return Cause::Server(error.code());
        }
        let system = source.downcast_ref::<io::Error>();
        system.map_or(Cause::Other, |error| Cause::Io(error.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_a_number_or_a_word_and_never_what_somebody_wrote() {
        let missing = io::Error::new(io::ErrorKind::NotFound, "/home/c4nary");
        let error = StoreError::unavailable("/home/c4nary is gone").because(missing);
        assert_eq!(error.cause(), Cause::Io(io::ErrorKind::NotFound));
        let failure = rusqlite::ffi::Error::new(1032);
        let failure = rusqlite::Error::SqliteFailure(failure, Some("c4nary".to_owned()));
        let error = StoreError::unavailable("c4nary").because(failure);
        assert_eq!(error.cause(), Cause::Sqlite(1032));
        let other = StoreError::configuration("c4nary").because("c4nary");
        assert_eq!(other.cause(), Cause::Other);
        for error in [error, other] {
            assert!(!error.cause().to_string().contains("c4nary"));
        }
    }
}
