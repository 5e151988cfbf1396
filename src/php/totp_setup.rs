//! `TwoFactor\TotpSetup`: what an authenticator app needs to know, and the QR code of it.

use ext_php_rs::binary::Binary;
use ext_php_rs::prelude::*;
use twofactor_macros::methods;

use super::argument::Optional;
use super::failure::{Failure, contained, internal, invalid};
use super::object::{Dump, Fields, REDACTED, SEALED, not_constructible, seal};
use super::signature::Signature;
use crate::{qr, verifier};

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\TotpSetup", flags = SEALED)]
#[derive(Debug)]
pub struct TotpSetup(pub(super) verifier::TotpSetup);

#[methods]
impl TotpSetup {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn token(&self) -> &str {
        &self.0.token
    }

    pub fn uri(&self) -> &str {
        &self.0.uri
    }

    pub fn secret(&self) -> &str {
        &self.0.secret
    }

    pub fn backupCodes(&self) -> Vec<&str> {
        let codes = self.0.backup_codes.iter();
        codes.map(|code| code.as_str()).collect()
    }

    pub fn qrSvg(&self) -> Result<String, Failure> {
        let svg = contained(|| qr::svg(&self.0.uri))?.map_err(|_| internal())?;
        Ok(svg.to_string())
    }

    pub fn qrPng(&self, scale: Optional<i64>) -> Result<Binary<u8>, Failure> {
        let scale = u8::try_from(scale.or(6)).ok();
        let scale = scale
            .filter(|scale| (1..=40).contains(scale))
            .ok_or_else(|| invalid("scale", "must be between 1 and 40"))?;
        let png = contained(|| qr::png(&self.0.uri, scale))?.map_err(|_| internal())?;
        Ok(Binary::new(png.to_vec()))
    }
}

impl Dump for TotpSetup {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("token", REDACTED)
            .with("uri", REDACTED)
            .with("secret", REDACTED)
            .with("backupCodes", REDACTED)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<TotpSetup>();
        Signature::of::<TotpSetup>("qrpng").default("scale", c"6");
    }
}
