//! Under which names shared rows are stored.

use std::fmt;

use super::row::SharedRow;

/// Every kind of row there is: no two share a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// The mark of the site in its store; one.
    Store,
    /// The list of providers; one.
    Providers,
    /// The texts of messages that a site has of its own; one.
    MessageTexts,
    /// A provider's circuit breaker.
    Breaker,
    /// What became of the messages of a provider and channel.
    DeliveryStats,
    /// What was spent of a send budget.
    Budget,
    /// The pending verification of a number, at a provider that keeps one.
    Pending,
    /// A number that is being confirmed for somebody.
    PhoneReservation,
    /// What was tried of a reset of a password.
    PasswordReset,
    /// A number that is being proven for nobody.
    NumberProof,
    /// How many requests came from a network.
    Requests,
    /// The sessions of a user.
    Sessions,
    /// Since when the sessions of a site count; one.
    Generation,
    /// The enrolment that is required of everybody; one.
    Enrolment,
    /// The licence of a site; one.
    Licence,
    /// What was wrong, or sent, from an address or subnet.
    Networks,
    /// Wrong answers for how many accounts, and from how many networks; one.
    Guessing,
    /// How often what happened: how far events were counted, their counts by month, and from where most came.
    Figures,
    /// How many accounts are what, and where messages went.
    Adoption,
    /// What was unusual, to be told to administrators, and how far events were looked at for it; one.
    Alerts,
}

impl RowKind {
    /// What the names of its rows begin with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Providers => "providers",
            Self::MessageTexts => "texts",
            Self::Breaker => "breaker",
            Self::DeliveryStats => "stats",
            Self::Budget => "budget",
            Self::Pending => "pending",
            Self::PhoneReservation => "phone",
            Self::PasswordReset => "reset",
            Self::NumberProof => "number",
            Self::Requests => "requests",
            Self::Sessions => "sessions",
            Self::Generation => "generation",
            Self::Enrolment => "enrolment",
            Self::Licence => "licence",
            Self::Networks => "networks",
            Self::Guessing => "guessing",
            Self::Figures => "figures",
            Self::Adoption => "adoption",
            Self::Alerts => "alerts",
        }
    }
}

impl fmt::Display for RowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The key of a shared row.
pub trait RowKey {
    /// What the row says.
    type Row: SharedRow;

    /// Its kind.
    const KIND: RowKind;

    /// What tells the row from others of its kind: of people a keyed hash ([`super::SharedRows::hashed`]); empty for
    /// the only one. At most 150 bytes.
    fn id(&self) -> String;

    /// The name under which the row is stored.
    fn name(&self) -> String {
        match self.id() {
            id if id.is_empty() => Self::KIND.as_str().to_owned(),
            id => format!("{}/{id}", Self::KIND),
        }
    }
}
