//! Telephone numbers: read, judged and shown without most of their digits.
//!
//! The metadata and the rules are Google's (libphonenumber, by way of `rlibphonenumber`), and
//! `tests/it/phone_oracle.rs` holds this module to what Google's own says. What is stricter here is
//! meant: a code that goes to a stranger is worse than a number that has to be typed again.
//!
//! A number is kept as E.164 (ITU-T E.164: `+`, country code, national number) and never printed:
//! `Debug` and [`PhoneNumber::masked`] show its country code and at most its last two digits.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rlibphonenumber::{ParseError, PhoneNumberFormat, PhoneNumberUtil, Region, RegionStr};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::normalize;

mod kind;
mod names;
mod regions;
#[cfg(test)]
mod tests;

pub use kind::{NumberKind, Unreachable};
pub use names::region_names;
pub use regions::{Regions, RegionsError};

/// Longest input that is looked at, in characters. The library is quadratic in places.
const LONGEST: usize = 64;

/// Most digits that are E.164 here. ITU-T says 15; Germany has longer ones, and the library takes a
/// country code of three and a national number of seventeen.
const MOST_DIGITS: usize = 20;

/// Digits of the national number that a mask never shows.
const HIDDEN_DIGITS: usize = 5;

/// Digits that are shown at the end where enough others stay hidden.
const SHOWN_DIGITS: usize = 2;

/// Digits at the end that two numbers of one range may differ in.
const RANGE_DIGITS: usize = 3;

/// Why a text is no telephone number. For the person who typed it; never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing, or nothing but spaces.
    #[error("enter a telephone number")]
    Empty,
    /// More than 64 characters.
    #[error("this is too long for a telephone number")]
    TooLong,
    /// A letter among the digits, a control character, or bytes that are no text.
    #[error(
        "a telephone number has digits, spaces and + - . / ( ) only: leave out everything else"
    )]
    Characters,
    /// An extension, or anything else that is dialled or said after the number.
    #[error(
        "codes cannot go to an extension: enter a number that can be dialled directly, without additions"
    )]
    Extension,
    /// A national number, and no word of the country.
    #[error(
        "enter the number with its country code, such as +49 for Germany, or choose the country"
    )]
    RegionNeeded,
    /// Not a region that has telephone numbers.
    #[error("the region is not known: it has to be two letters of ISO 3166-1, such as DE or GB")]
    UnknownRegion,
    /// Not a number of any country, or not one of the region.
    #[error("this is not a valid telephone number: check its digits and its country code")]
    Invalid,
}

impl PhoneError {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::Characters => "characters",
            Self::Extension => "extension",
            Self::RegionNeeded => "region-needed",
            Self::UnknownRegion => "region-unknown",
            Self::Invalid => "invalid",
        }
    }
}

/// A valid number.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct PhoneNumber {
    e164: String,
    /// How many digits the country code has.
    country_digits: usize,
    #[zeroize(skip)]
    region: Option<RegionStr>,
    #[zeroize(skip)]
    kind: NumberKind,
}

impl PhoneNumber {
    /// Reads a number as a person writes or pastes it: national with the region it is called from
    /// (ISO 3166-1 alpha-2), or international; in its normal form ([`normalize`]), with spaces, dashes and
    /// brackets; with words before it, such as `tel:`.
    ///
    /// MessageBody after it are refused, where Google reads letters as the digits of a keypad and would
    /// make another number of "030 123456 Anna".
    ///
    /// # Errors
    /// [`PhoneError`]
    pub fn parse(input: &str, region: Option<&str>) -> Result<Self, PhoneError> {
        if normalize::is_longer_than(input, LONGEST) {
            return Err(PhoneError::TooLong);
        }
        let input = &**normalize::text(input);
        if input.trim().is_empty() {
            return Err(PhoneError::Empty);
        }
        if input.contains(char::is_control) {
            return Err(PhoneError::Characters);
        }
        // `;ext=`, `;isub=`, `;phone-context=` (RFC 3966), and what telephones dial after a pause.
        if input.contains(';') {
            return Err(PhoneError::Extension);
        }
        sheltered(|library| {
            let region = region.map(|code| known(library, code)).transpose()?;
            read(library, input, region)
        })
    }

    /// Reads a number that [`PhoneNumber::e164`] gave. It has to be valid still: numbering plans
    /// change, and a number that no longer exists gets no code.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`], also when it would be read as another number.
    pub fn from_e164(e164: &str) -> Result<Self, PhoneError> {
        if !is_e164(e164) {
            return Err(PhoneError::Invalid);
        }
        sheltered(|library| read(library, e164, None))
            .ok()
            .filter(|number| number.e164 == e164)
            .ok_or(PhoneError::Invalid)
    }

    /// `+` and digits: the whole number, for its provider and the sealed account alone.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// ISO 3166-1 alpha-2; `None` for numbers of no country (satellites, +800, +883 …).
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_ref().map(RegionStr::as_str)
    }

    /// The country calling code: `+49`.
    #[must_use]
    pub fn calling_code(&self) -> &str {
        self.split().0
    }

    /// What the numbering plan says is behind it.
    #[must_use]
    pub const fn kind(&self) -> NumberKind {
        self.kind
    }

    /// The country code and the last two digits: `+49 ••• 89`. The number of dots says nothing of
    /// the number's length. Where the two would leave fewer than five digits of the national number
    /// in the dark, they are dark, too: `+683 •••`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (country, national) = self.split();
        let hidden = national.len().saturating_sub(SHOWN_DIGITS);
        match national.get(hidden..) {
            Some(shown) if hidden >= HIDDEN_DIGITS => format!("{country} ••• {shown}"),
            _ => format!("{country} •••"),
        }
    }

    /// As [`PhoneNumber::masked`] of a number that was kept: it was valid once, and may not be any more.
    #[must_use]
    pub fn masked_e164(e164: &str) -> String {
        Self::from_e164(e164).map_or_else(|_| "•••".to_owned(), |number| number.masked())
    }

    /// What adjacent numbers have in common: E.164 without its last three digits, and never less
    /// than country code and one digit. Numbers of one range are counted together, because whoever
    /// is paid for messages to a range orders them one number after the other. It is most of a
    /// number: to be kept as a keyed hash.
    #[must_use]
    pub fn range(&self) -> &str {
        let (country, national) = self.split();
        let own = national.len().saturating_sub(RANGE_DIGITS).max(1);
        self.e164
            .get(..country.len().saturating_add(own))
            .unwrap_or(&self.e164)
    }

    /// `+` with the country code, and the national number.
    fn split(&self) -> (&str, &str) {
        self.e164
            .split_at_checked(self.country_digits.saturating_add(1))
            .unwrap_or((&self.e164, ""))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(<redacted>)")
    }
}

/// Google's rules and metadata: made when the first number is read, and some five megabytes. Not the
/// library's own static, which nobody could ever free.
static LIBRARY: Mutex<Option<Arc<PhoneNumberUtil>>> = Mutex::new(None);

/// Frees the metadata; the next number makes them anew.
pub fn forget() {
    LIBRARY
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
}

fn library() -> Result<Arc<PhoneNumberUtil>, PhoneError> {
    let mut kept = LIBRARY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = &*kept {
        return Ok(Arc::clone(library));
    }
    // Built in: fails only where the library itself is broken.
    let library = Arc::new(PhoneNumberUtil::new().map_err(|_| PhoneError::Invalid)?);
    *kept = Some(Arc::clone(&library));
    Ok(library)
}

/// Calls the library. It asserts in places: what it does not survive is no number.
fn sheltered<R>(
    work: impl FnOnce(&PhoneNumberUtil) -> Result<R, PhoneError>,
) -> Result<R, PhoneError> {
    catch_unwind(AssertUnwindSafe(|| work(&*library()?))).unwrap_or(Err(PhoneError::Invalid))
}

/// The country calling code of a region, `+49`; `None` where there is no such region.
#[must_use]
pub fn calling_code_of(region: &str) -> Option<String> {
    let code = sheltered(|library| {
        let known = known(library, region)?;
        let code = library.get_country_code_for_region(known);
        code.ok_or(PhoneError::UnknownRegion)
    });
    code.ok().map(|code| format!("+{code}"))
}

/// A region that has numbers. The library takes any two letters, and `001` for the world.
fn known(library: &PhoneNumberUtil, code: &str) -> Result<Region, PhoneError> {
    code.parse()
        .ok()
        .filter(|region| library.get_country_code_for_region(*region).is_some())
        .ok_or(PhoneError::UnknownRegion)
}

fn read(
    library: &PhoneNumberUtil,
    input: &str,
    region: Option<Region>,
) -> Result<PhoneNumber, PhoneError> {
    let parsed = library.parse(input, region);
    if parsed
        .as_ref()
        .is_ok_and(|number| number.extension.is_some())
    {
        return Err(PhoneError::Extension);
    }
    if has_letters_among_digits(input) {
        return Err(PhoneError::Characters);
    }
    let number = parsed.map_err(|error| match error {
        ParseError::InvalidCountryCode if region.is_none() && !is_international(input) => {
            PhoneError::RegionNeeded
        }
        _ => PhoneError::Invalid,
    })?;
    if !library.is_valid_number(&number) {
        return Err(PhoneError::Invalid);
    }
    let e164 = library
        .format(&number, PhoneNumberFormat::E164)
        .into_owned();
    let country_digits = number.country_code.to_string().len();
    if !is_e164(&e164) || e164.len() <= country_digits.saturating_add(1) {
        return Err(PhoneError::Invalid);
    }
    Ok(PhoneNumber {
        e164,
        country_digits,
        region: library
            .get_region_for_number(&number)
            .filter(|region| *region != Region::World)
            .map(|region| region.as_region_str()),
        kind: library.get_number_type(&number).into(),
    })
}

/// Where the number begins: the library drops what stands before it.
fn number_in(input: &str) -> &str {
    let start = input.find(|c: char| c == '+' || c.is_numeric());
    start.and_then(|at| input.get(at..)).unwrap_or_default()
}

fn is_international(input: &str) -> bool {
    number_in(input).starts_with('+')
}

/// Letters outside ASCII never get through the library.
fn has_letters_among_digits(input: &str) -> bool {
    number_in(input).contains(|c: char| c.is_ascii_alphabetic())
}

/// A plus and digits, of which the first is not zero.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=MOST_DIGITS).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}
