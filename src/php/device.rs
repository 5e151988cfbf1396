//! `TwoFactor\Device`: a browser that its user trusts.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::date::{Moment, rfc3339};
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use crate::verifier;

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\Device",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct Device(pub(super) verifier::Device);

impl Device {
    fn fields(&self) -> Fields {
        let device = &self.0;
        Fields::new()
            .with("id", device.id.as_str())
            .with("createdAt", rfc3339(device.created))
            .with("lastUsedAt", rfc3339(device.used))
            .with("expiresAt", rfc3339(device.expires))
            .with("maskedAddress", device.masked_address.as_str())
            .with("browser", device.browser.words())
            .with("isCurrent", device.is_current)
    }
}

#[methods]
impl Device {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub fn createdAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.created)
    }

    pub fn lastUsedAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.used)
    }

    pub fn expiresAt(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.expires)
    }

    pub fn maskedAddress(&self) -> &str {
        &self.0.masked_address
    }

    pub fn browser(&self) -> Option<String> {
        self.0.browser.words()
    }

    pub fn browserName(&self) -> Option<&str> {
        self.0.browser.browser.map(|browser| browser.as_str())
    }

    pub fn systemName(&self) -> Option<&str> {
        self.0.browser.system.map(|system| system.as_str())
    }

    pub fn isCurrent(&self) -> bool {
        self.0.is_current
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for Device {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<Device>() };
}
