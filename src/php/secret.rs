//! `TwoFactor\Secret`: a TOTP secret.

use ext_php_rs::prelude::*;
use subtle::ConstantTimeEq;
use twofactor_macros::methods;

use super::argument::{Arg, Bytes, Optional};
use super::failure::{Failure, contained, invalid, unavailable};
use super::object::{Dump, Fields, REDACTED, SEALED, not_constructible, seal};
use super::signature::Signature;
use crate::account::totp::{GenerateError, LONGEST_SECRET, SHORTEST_SECRET, TotpSecret};
use crate::crypto::OsEntropy;

/// 160 bits, as RFC 4226 recommends.
const DEFAULT_BYTES: i64 = 20;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Secret", flags = SEALED)]
#[derive(Debug)]
pub struct Secret(pub(super) TotpSecret);

#[methods]
impl Secret {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn generate(bytes: Optional<i64>) -> Result<Self, Failure> {
        let out_of_range = || {
            let why = format!("must be between {SHORTEST_SECRET} and {LONGEST_SECRET}");
            invalid("bytes", &why)
        };
        let bytes = usize::try_from(bytes.or(DEFAULT_BYTES)).map_err(|_| out_of_range())?;
        match contained(|| TotpSecret::generate(bytes, &mut OsEntropy))? {
            Ok(secret) => Ok(Self(secret)),
            Err(GenerateError::Secret(_)) => Err(out_of_range()),
            Err(GenerateError::Random(why)) => Err(unavailable(&why.to_string())),
        }
    }

    pub fn fromBase32(text: Arg<Bytes<'_>>) -> Result<Self, Failure> {
        let text = text.text();
        match contained(|| TotpSecret::from_base32(&text))? {
            Ok(secret) => Ok(Self(secret)),
            Err(why) => Err(invalid("text", &why.to_string())),
        }
    }

    pub fn toBase32(&self) -> String {
        self.0.to_base32().to_string()
    }

    pub fn equals(&self, other: Arg<&Secret>) -> bool {
        self.0.ct_eq(&other.0.0).into()
    }
}

impl Dump for Secret {
    fn dump(&self) -> Fields {
        Fields::new().with("secret", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<Secret>();
        Signature::of::<Secret>("generate").default("bytes", c"20");
        Signature::of::<Secret>("frombase32").sensitive("text");
    }
}
