//! `TwoFactor\AuditEvent`: what happened to an account.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use twofactor_macros::methods;

use super::argument::Arg;
use super::date::Moment;
use super::enums::{AuditTopic, Method, Purpose, Requester};
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, json_serializable, not_constructible, seal};
use crate::verifier::{self, Authority, EventField};

/// See the stub.
#[php_class]
#[php(
    name = "TwoFactor\\AuditEvent",
    flags = SEALED,
    implements(ce = json_serializable, stub = "\\JsonSerializable")
)]
#[derive(Debug)]
pub struct AuditEvent(pub(super) verifier::AuditEvent);

impl AuditEvent {
    fn fields(&self) -> Fields {
        let fields = self.0.fields().into_iter();
        fields.fold(Fields::new(), |fields, (name, value)| match value {
            EventField::Borrowed(text) => fields.with(name, text),
            EventField::Text(text) => fields.with(name, text),
            EventField::Number(number) => fields.with(name, number),
            EventField::Nothing => fields.with(name, None::<&str>),
        })
    }
}

#[methods]
impl AuditEvent {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn id(&self) -> String {
        self.0.id.to_string()
    }

    pub fn at(&self) -> Result<Moment, Failure> {
        Moment::new(self.0.at)
    }

    pub fn userId(&self) -> &str {
        self.0.user.for_host()
    }

    #[php(name = "type")]
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    pub fn topic(&self) -> Option<AuditTopic> {
        self.0.topic.map(AuditTopic::from)
    }

    pub fn severity(&self) -> &'static str {
        self.0.severity.as_str()
    }

    pub fn leadsTo(&self, later: Arg<&AuditEvent>) -> bool {
        self.0.leads_to(&later.0.0)
    }

    pub fn method(&self) -> Option<Method> {
        self.0.method.map(Method::from)
    }

    pub fn factorId(&self) -> Option<&str> {
        self.0.factor.as_deref()
    }

    pub fn factorLabel(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    pub fn purpose(&self) -> Option<Purpose> {
        self.0.purpose.map(Purpose::from)
    }

    pub fn requester(&self) -> Option<Requester> {
        self.0.requester.map(Requester::from)
    }

    pub fn by(&self) -> Option<&str> {
        self.0.by.as_deref()
    }

    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    pub fn authority(&self) -> Option<&'static str> {
        self.0.authority.map(Authority::as_str)
    }

    pub fn ip(&self) -> Option<&str> {
        self.0.ip.as_deref()
    }

    pub fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    pub fn since(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.0.since)
    }

    pub fn times(&self) -> u32 {
        self.0.times
    }

    pub fn jsonSerialize(&self) -> ZBox<ZendHashTable> {
        self.fields().into_array()
    }
}

impl Dump for AuditEvent {
    fn dump(&self) -> Fields {
        self.fields()
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe { seal::<AuditEvent>() };
}
