//! Under which names shared rows are stored.

use std::fmt;

use super::row::SharedRow;
#[cfg(feature = "cli")]
use crate::crypto::Domain;

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

    /// All of them. A row of a kind that is missing here is one that nobody knows, so that no key is given up for it.
    #[cfg(feature = "cli")]
    const ALL: [Self; 20] = [
        Self::Store,
        Self::Providers,
        Self::MessageTexts,
        Self::Breaker,
        Self::DeliveryStats,
        Self::Budget,
        Self::Pending,
        Self::PhoneReservation,
        Self::PasswordReset,
        Self::NumberProof,
        Self::Requests,
        Self::Sessions,
        Self::Generation,
        Self::Enrolment,
        Self::Licence,
        Self::Networks,
        Self::Guessing,
        Self::Figures,
        Self::Adoption,
        Self::Alerts,
    ];

    /// All of them.
    #[cfg(all(test, feature = "cli"))]
    pub(super) const fn all() -> [Self; 20] {
        Self::ALL
    }

    /// The kind of the row of that name.
    #[cfg(feature = "cli")]
    pub(super) fn of(name: &str) -> Option<Self> {
        let kind = name.split('/').next().unwrap_or_default();
        Self::ALL.into_iter().find(|it| it.as_str() == kind)
    }

    /// For what its rows are sealed, and how many bytes stand before that; `None`: nothing in them is.
    #[cfg(feature = "cli")]
    pub(super) const fn sealed(self) -> Option<(Domain, usize)> {
        match self {
            // The store's id can be read by everybody.
            Self::Store => Some((Domain::Store, 16)),
            Self::Providers => Some((Domain::Providers, 0)),
            Self::MessageTexts => Some((Domain::MessageTexts, 0)),
            Self::NumberProof => Some((Domain::NumberProof, 0)),
            Self::Sessions => Some((Domain::Sessions, 0)),
            Self::Generation => Some((Domain::Generation, 0)),
            Self::Enrolment => Some((Domain::Enrolment, 0)),
            Self::Licence => Some((Domain::Licence, 0)),
            Self::Guessing => Some((Domain::Guessing, 0)),
            Self::Alerts => Some((Domain::Alerts, 0)),
            Self::Breaker
            | Self::DeliveryStats
            | Self::Budget
            | Self::Pending
            | Self::PhoneReservation
            | Self::PasswordReset
            | Self::Requests
            | Self::Networks
            | Self::Figures
            | Self::Adoption => None,
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
