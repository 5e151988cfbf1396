//! `TwoFactor\Totp`: RFC 6238, for scripts that keep their own state.

use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::argument::{Arg, Bytes, Optional};
use super::enums::Algorithm;
use super::failure::{Failure, contained, invalid};
use super::object::{Dump, Fields, REDACTED, SEALED, constructed_once, seal};
use super::secret::Secret;
use super::signature::Signature;
use crate::account::totp::{self, TotpError};
use crate::clock::UnixTime;

/// Longer than what an app shows and shorter than what a QR code holds.
const LONGEST_NAME: usize = 255;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Totp", flags = SEALED)]
#[derive(Debug)]
pub struct Totp(totp::Totp);

fn moment(seconds: i64) -> Result<UnixTime, Failure> {
    UnixTime::new(seconds)
        .map_err(|_| invalid("unixTime", "must be a time between the years 1970 and 9999"))
}

fn refused(error: TotpError) -> Failure {
    let argument = match error {
        TotpError::Digits => "digits",
        TotpError::Period => "period",
        TotpError::Uri => "uri",
    };
    invalid(argument, &error.to_string())
}

#[methods]
impl Totp {
    pub fn __construct(
        secret: Arg<&Secret>,
        algorithm: Optional<Algorithm>,
        digits: Optional<i64>,
        period: Optional<i64>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let digits = u8::try_from(digits.or(6)).map_err(|_| refused(TotpError::Digits))?;
        let period = u32::try_from(period.or(30)).map_err(|_| refused(TotpError::Period))?;
        let algorithm = algorithm.or(Algorithm::Sha1).into();
        contained(|| totp::Totp::new(secret.0.0.clone(), algorithm, digits, period))?
            .map(Self)
            .map_err(refused)
    }

    pub fn fromUri(uri: Arg<Bytes<'_>>) -> Result<Self, Failure> {
        let uri = uri.text();
        contained(|| totp::Totp::from_uri(&uri))?
            .map(Self)
            .map_err(|error| invalid("uri", &error.to_string()))
    }

    pub fn at(&self, unixTime: Arg<i64>) -> Result<String, Failure> {
        let now = moment(*unixTime)?;
        contained(|| self.0.at(now).to_string())
    }

    #[php(name = "match")]
    pub fn matching_step(
        &self,
        code: Arg<Bytes<'_>>,
        unixTime: Arg<i64>,
        window: Optional<i64>,
    ) -> Result<Option<i64>, Failure> {
        let now = moment(*unixTime)?;
        let window = u8::try_from(window.or(1)).ok().filter(|steps| *steps <= 10);
        let window = window.ok_or_else(|| invalid("window", "must be between 0 and 10"))?;
        // What is no text is no code.
        let Ok(code) = std::str::from_utf8(code.0.0) else {
            return Ok(None);
        };
        let step = contained(|| self.0.matching_step(code, now, window))?;
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    pub fn uri(&self, issuer: Arg<&str>, account: Arg<&str>) -> Result<String, Failure> {
        for (name, text) in [("issuer", &*issuer), ("account", &*account)] {
            if text.len() > LONGEST_NAME || text.chars().any(char::is_control) {
                return Err(invalid(
                    name,
                    "must be 255 bytes at most, without control characters",
                ));
            }
        }
        // An app would show an entry without a name; some refuse it.
        if account.replace(':', " ").trim().is_empty() {
            return Err(invalid("account", "must not be empty"));
        }
        contained(|| self.0.uri(&issuer, &account).to_string())
    }
}

impl Dump for Totp {
    fn dump(&self) -> Fields {
        Fields::new().with("secret", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<Totp>();
        Signature::of::<Totp>("__construct")
            .sensitive("secret")
            .default("algorithm", c"\\TwoFactor\\Algorithm::Sha1")
            .default("digits", c"6")
            .default("period", c"30");
        Signature::of::<Totp>("fromuri").sensitive("uri");
        Signature::of::<Totp>("match")
            .sensitive("code")
            .default("window", c"1");
    }
}
