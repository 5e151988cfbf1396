//! `TwoFactor\Session`: a sign-in that goes on.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::Method;
use super::failure::Failure;
use super::login::Login;
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use super::verified::Verified;
use crate::session;
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Session",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Session(pub(super) session::Session);

impl Session {
    fn fields(&self) -> Fields {
        let session = &self.0;
        Fields::new()
            .with("id", session.id.to_string())
            .with("createdAt", rfc3339(session.created))
            .with("lastSeenAt", rfc3339(session.seen))
            .with("method", session.by.method().map(|method| method.as_str()))
            .with("maskedAddress", session.masked_address.as_str())
            .with("browser", session.device.words())
            .with("isProven", self.isProven())
            .with("isByDevice", self.isByDevice())
            .with("isCurrent", session.is_current)
    }
}

#[methods]
impl Session {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> String {
        self.0.id.to_string()
    }

    pub fn createdAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.created)
    }

    pub fn lastSeenAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.seen)
    }

    pub fn method(&self) -> Option<Method> {
        self.0.by.method().map(Into::into)
    }

    pub fn maskedAddress(&self) -> &str {
        &self.0.masked_address
    }

    pub fn browser(&self) -> Option<String> {
        self.0.device.words()
    }

    pub fn browserName(&self) -> Option<&str> {
        self.0.device.browser.map(|browser| browser.as_str())
    }

    pub fn systemName(&self) -> Option<&str> {
        self.0.device.system.map(|system| system.as_str())
    }

    pub fn isProven(&self) -> bool {
        self.0.by.method().is_some()
    }

    pub fn isByDevice(&self) -> bool {
        matches!(self.0.by, session::SignedInBy::Device { .. })
    }

    pub fn isCurrent(&self) -> bool {
        self.0.is_current
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Session {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// An argument that is a proof, or a sign-in that needed none.
#[derive(Debug)]
pub enum CameOf<'a> {
    /// A proof.
    Verified(&'a Verified),
    /// A sign-in.
    Login(&'a Login),
}

impl<'a> FromZval<'a> for CameOf<'a> {
    const TYPE: DataType = DataType::object("TwoFactor\\Verified|TwoFactor\\Login");

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        let object = zval.object()?;
        if let Some(verified) = ZendClassObject::<Verified>::from_zend_obj(object) {
            return Some(Self::Verified(verified));
        }
        ZendClassObject::<Login>::from_zend_obj(object).map(|login| Self::Login(login))
    }
}

impl CameOf<'_> {
    /// The same without PHP.
    pub const fn inner(&self) -> verifier::CameOf<'_> {
        match self {
            Self::Verified(verified) => verifier::CameOf::Verified(&verified.0),
            Self::Login(login) => verifier::CameOf::Login(&login.0),
        }
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Session>() };
}
