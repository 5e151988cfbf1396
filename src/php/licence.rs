//! `TwoFactor\Licence`: what a site's licence says, and how it stands.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::enums::LicenceState;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Licence",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Licence(pub(super) verifier::Licence);

impl Licence {
    fn fields(&self) -> Fields {
        let licence = &self.0;
        Fields::new()
            .with("id", licence.id.as_str())
            .with("plan", licence.plan)
            .with("domain", licence.domain.as_str())
            .with("validFrom", rfc3339(licence.valid_from))
            .with("expiresAt", rfc3339(licence.expires_at))
            .with("graceUntil", rfc3339(licence.grace_until))
            .with("state", self.state().value())
            .with("because", licence.because.as_deref())
    }
}

#[methods]
impl Licence {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub fn plan(&self) -> &str {
        self.0.plan
    }

    pub fn domain(&self) -> &str {
        &self.0.domain
    }

    pub fn validFrom(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.valid_from)
    }

    pub fn expiresAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.expires_at)
    }

    pub fn graceUntil(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.grace_until)
    }

    pub fn state(&self) -> LicenceState {
        self.0.state.into()
    }

    pub fn counts(&self) -> bool {
        self.0.counts()
    }

    pub fn because(&self) -> Option<&str> {
        self.0.because.as_deref()
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Licence {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Licence>() };
}
