//! `TwoFactor\PhoneNumber`: a telephone number, for forms and scripts.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::argument::{Arg, Bytes, Optional};
use super::failure::{Failure, contained, number};
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use super::signature::Signature;
use crate::i18n::Language;
use crate::phone::{self, PhoneError};

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\PhoneNumber",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct PhoneNumber(pub(super) phone::PhoneNumber);

impl From<PhoneError> for Failure {
    fn from(why: PhoneError) -> Self {
        number(why.reason(), &why.to_string())
    }
}

/// Bytes that are no text come from the same forms as everything else that is no number.
fn text(bytes: Bytes<'_>, otherwise: PhoneError) -> Result<&str, PhoneError> {
    std::str::from_utf8(bytes.0).map_err(|_| otherwise)
}

/// Reads a number as its owner wrote it.
pub(super) fn parse(
    input: Bytes<'_>,
    region: Option<Bytes<'_>>,
) -> Result<phone::PhoneNumber, Failure> {
    contained(|| {
        let input = text(input, PhoneError::Characters)?;
        let region = region.map(|code| text(code, PhoneError::UnknownRegion));
        phone::PhoneNumber::parse(input, region.transpose()?)
    })?
    .map_err(Failure::from)
}

#[methods]
impl PhoneNumber {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn parse(input: Arg<Bytes<'_>>, region: Arg<Option<Bytes<'_>>>) -> Result<Self, Failure> {
        parse(input.0, region.0).map(Self)
    }

    pub fn regions(language: Optional<Bytes<'_>>) -> ZBox<ZendHashTable> {
        let language = std::str::from_utf8(language.or(Bytes(b"en")).0).unwrap_or_default();
        phone::region_names(Language::of(language))
            .fold(Fields::new(), |list, (code, name)| list.with(code, name))
            .into_array()
    }

    pub fn e164(&self) -> &str {
        self.0.e164()
    }

    pub fn region(&self) -> Option<&str> {
        self.0.region()
    }

    #[php(name = "type")]
    pub fn kind(&self) -> &str {
        self.0.kind().as_str()
    }

    pub fn masked(&self) -> String {
        self.0.masked()
    }

    pub fn jsonSerialize(&self) -> String {
        self.0.masked()
    }
}

impl Dump for PhoneNumber {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("masked", self.0.masked())
            .with("region", self.0.region())
            .with("type", self.0.kind().as_str())
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<PhoneNumber>();
        Signature::of::<PhoneNumber>("parse").sensitive("input");
        Signature::of::<PhoneNumber>("regions").default("language", c"'en'");
    }
}
