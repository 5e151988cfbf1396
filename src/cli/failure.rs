//! Why a command did not do what was asked, and the exit code that says so to scripts.

use std::fmt;
use std::io;

use crate::account::Denied;
use crate::clock::ClockError;
use crate::startup::SettingsError;
use crate::verifier::{Error, LicenceRequired};

/// Something that was looked at is wrong, or an act was refused.
pub(super) const REFUSED: u8 = 1;
/// The command line cannot be meant like that.
pub(super) const USAGE: u8 = 2;
const NOT_FOUND: u8 = 3;
const UNAVAILABLE: u8 = 4;
const UNCLEAR: u8 = 5;
const LICENCE: u8 = 6;
const CANCELLED: u8 = 7;
/// A fault of ours (EX_SOFTWARE of sysexits).
pub(super) const INTERNAL: u8 = 70;
/// Nobody reads what is written: 128 and the number of SIGPIPE, as a shell says it.
const READER_GONE: u8 = 141;

/// For help and manual.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done, or in order
  1  refused, or what was looked at is not in order
  2  the command line is wrong, or lacks what cannot be asked without a terminal
  3  there is no such user, factor, provider, event or file
  4  store, keys, settings or a file cannot be used
  5  PHP's settings differ: name those that count with --ini
  6  it needs a licence
  7  not confirmed, so nothing was done
 70  a fault of this program: report it
130  ended with Ctrl-C; 141: nobody read the output any more";

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing to say: the answer that was shown says what is wrong.
    Found,
    /// It is not done, for a reason that an operator can mend.
    Refused(String),
    /// The command line.
    Usage(String),
    /// Nothing is called so.
    NotFound(String),
    /// Settings, keys or store, in words.
    Unusable(String),
    /// The settings differ from one SAPI to another.
    Unclear(String),
    /// The operator said no.
    Cancelled,
    /// What the verifier answers.
    Verifier(Error),
    /// Nobody reads any more.
    ReaderGone,
    /// A file or terminal.
    Io(io::Error),
}

impl Failure {
    pub(super) fn usage(why: impl Into<String>) -> Self {
        Self::Usage(why.into())
    }

    /// The exit code.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Found | Self::Refused(_) => REFUSED,
            Self::Usage(_) => USAGE,
            Self::NotFound(_) => NOT_FOUND,
            Self::Unusable(_) | Self::Io(_) => UNAVAILABLE,
            Self::Unclear(_) => UNCLEAR,
            Self::Cancelled => CANCELLED,
            Self::ReaderGone => READER_GONE,
            Self::Verifier(error) => match error {
                Error::Denied(_) | Error::Number { .. } | Error::Factor(_) => REFUSED,
                Error::Unavailable(_) | Error::Configuration(_) | Error::StandingWanted(_) => {
                    UNAVAILABLE
                }
                Error::LicenceRequired(_) => LICENCE,
                Error::Invalid { .. } => USAGE,
            },
        }
    }

    /// The same in a word, for JSON.
    pub(super) const fn word(&self) -> &'static str {
        match self.code() {
            REFUSED => "refused",
            USAGE => "usage",
            NOT_FOUND => "not-found",
            UNAVAILABLE => "unavailable",
            UNCLEAR => "unclear",
            LICENCE => "licence",
            CANCELLED => "cancelled",
            READER_GONE => "reader-gone",
            _ => "internal",
        }
    }

    /// Whether there is anything to say.
    pub(super) const fn is_silent(&self) -> bool {
        matches!(self, Self::Found | Self::ReaderGone)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found | Self::ReaderGone => Ok(()),
            Self::Refused(why)
            | Self::Usage(why)
            | Self::NotFound(why)
            | Self::Unusable(why)
            | Self::Unclear(why) => f.write_str(why),
            Self::Cancelled => f.write_str("nothing was done"),
            Self::Verifier(Error::LicenceRequired(LicenceRequired::NotBuilt)) => {
                f.write_str("this build of twofactor has nothing that is premium")
            }
            // What the verifier says of these is for somebody in a browser.
            Self::Verifier(Error::Denied(Denied::StepUpRequired)) => f.write_str(
                "twofactor.cli_operators is 0: nothing is changed from the command line",
            ),
            Self::Verifier(Error::Denied(Denied::Throttled { retry_after })) => {
                write!(f, "too often: try again in {retry_after} seconds")
            }
            Self::Verifier(error) => write!(f, "{error}"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Verifier(error)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<ClockError> for Failure {
    fn from(error: ClockError) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Io(error),
        }
    }
}
