//! `TwoFactor\ProviderKind`: a kind of provider, as it describes itself.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::argument::Arg;
use super::enums::{self, Method};
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use super::provider::{self, Shown};
use super::signature::Signature;
use crate::sms::{self, Field, Schema, Shape};

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\ProviderKind",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct ProviderKind {
    name: &'static str,
    schema: Schema,
}

/// Every kind.
pub(super) fn all() -> Vec<ProviderKind> {
    sms::ProviderKind::ALL
        .into_iter()
        .map(|kind| ProviderKind {
            name: kind.name(),
            schema: Schema {
                fields: kind.fields(),
                ..kind.schema()
            },
        })
        .collect()
}

fn field(field: &Field) -> ZBox<ZendHashTable> {
    let (least, most) = match field.shape {
        Shape::Number { least, most } => (Some(least), Some(most)),
        Shape::Lines { most } => (None, u32::try_from(most).ok()),
        _ => (None, None),
    };
    Fields::new()
        .with("name", field.name)
        .with("type", field.shape.name())
        .with("required", field.is_required)
        .with("group", field.group.as_str())
        .with("text", field.text)
        .with("words", field.shape.words())
        .with("least", least)
        .with("most", most)
        .with("hostValue", field.host_value.map(|value| value.as_str()))
        .into_array()
}

impl ProviderKind {
    fn described(&self) -> Vec<ZBox<ZendHashTable>> {
        self.schema.fields.iter().map(field).collect()
    }

    fn channels(&self) -> Vec<crate::types::Method> {
        let channels = self.schema.channels.iter();
        channels.map(|channel| (*channel).into()).collect()
    }
}

#[methods]
impl ProviderKind {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn name(&self) -> &str {
        self.name
    }

    pub fn methods(&self) -> Vec<Method> {
        enums::methods(&self.channels())
    }

    pub fn checksItsOwnCodes(&self) -> bool {
        self.schema.checks_its_own_codes
    }

    pub fn keepsLog(&self) -> bool {
        self.schema.keeps_log
    }

    pub fn tellsBalance(&self) -> bool {
        self.schema.tells_balance
    }

    pub fn reportsDeliveries(&self) -> bool {
        self.schema.reports_deliveries
    }

    pub fn isForDevelopment(&self) -> bool {
        self.schema.is_for_development
    }

    pub fn fields(&self) -> Vec<ZBox<ZendHashTable>> {
        self.described()
    }

    pub fn read(&self, typed: Arg<&ZendHashTable>) -> Result<ZBox<ZendHashTable>, Failure> {
        let mut settings = Fields::new();
        for (name, value) in provider::changes(self.name, &typed)? {
            let field = self.schema.fields.iter().find(|it| it.name == name);
            let value = match field {
                Some(field) => value.and_then(|value| field.shape.typed(value)),
                None => value,
            };
            // A secret that was not typed stays as it is.
            if value.is_some() || !field.is_some_and(Field::is_secret) {
                settings = settings.with(&name, value.as_ref().map(Shown));
            }
        }
        Ok(settings.into_array())
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.dump().into_array()
    }
}

impl Dump for ProviderKind {
    fn dump(&self) -> Fields {
        Fields::new()
            .with("name", self.name)
            .with("methods", enums::names(&self.channels()))
            .with("checksItsOwnCodes", self.schema.checks_its_own_codes)
            .with("keepsLog", self.schema.keeps_log)
            .with("tellsBalance", self.schema.tells_balance)
            .with("reportsDeliveries", self.schema.reports_deliveries)
            .with("isForDevelopment", self.schema.is_for_development)
            .with("fields", self.described())
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<ProviderKind>();
        Signature::of::<ProviderKind>("read").sensitive("typed");
    }
}
