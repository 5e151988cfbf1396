//! What has budgets, and under which names.

use std::net::IpAddr;

use super::spent::{RangeStanding, Spent};
use crate::phone::PhoneNumber;
use crate::shared::{RowKey, RowKind};
use crate::sms::ProviderLimits;
use crate::types::{Network, UserId};

/// What has budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One telephone number.
    Number,
    /// What may be asked for a number from where no proof of its user has come.
    NumberElsewhere,
    /// One user, whatever the number.
    User,
    /// What may be asked for a user from where no proof of theirs has come.
    UserElsewhere,
    /// One IPv4 address, or the 64-bit network of an IPv6 address: what one customer has at least.
    Ip,
    /// The thousand numbers that differ in their last three digits.
    Range,
    /// All fresh ranges together.
    Fresh,
    /// One country, by the number's region.
    Country,
    /// One provider.
    Provider,
    /// Everything.
    Site,
}

impl Scope {
    /// Every one, the narrow before the wide.
    pub const ALL: [Self; 10] = [
        Self::Number,
        Self::NumberElsewhere,
        Self::User,
        Self::UserElsewhere,
        Self::Ip,
        Self::Range,
        Self::Fresh,
        Self::Country,
        Self::Provider,
        Self::Site,
    ];

    /// The name its rows begin with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::NumberElsewhere => "number-elsewhere",
            Self::User => "user",
            Self::UserElsewhere => "user-elsewhere",
            Self::Ip => "ip",
            Self::Range => "range",
            Self::Fresh => "fresh",
            Self::Country => "country",
            Self::Provider => "provider",
            Self::Site => "site",
        }
    }
}

/// One thing that has budgets: the key of its row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BudgetKey {
    /// What it is.
    pub scope: Scope,
    /// What the row has in its name after the kind of row: use, way and scope as far as they have rows of their own;
    /// of people a hash only.
    pub(super) name: String,
    /// What one message costs there.
    pub cost: u32,
    /// Of a provider: limits of its own, in the place of the site's.
    pub(super) limits: ProviderLimits,
}

impl RowKey for BudgetKey {
    type Row = Spent;

    const KIND: RowKind = RowKind::Budget;

    fn id(&self) -> String {
        self.name.clone()
    }
}

impl BudgetKey {
    pub(super) fn new(scope: Scope, name: &str) -> Self {
        Self {
            scope,
            name: match name {
                "" => scope.as_str().to_owned(),
                name => format!("{}/{name}", scope.as_str()),
            },
            cost: 1,
            limits: ProviderLimits::default(),
        }
    }

    /// The range a number is in. Its row tells the [`RangeStanding`], and is to be told of every code that was
    /// typed back ([`Spent::prove`]).
    #[must_use]
    pub fn of_range(number: &PhoneNumber, hash: impl Fn(&[&[u8]]) -> String) -> Self {
        Self::new(
            Scope::Range,
            &hash(&[Scope::Range.as_str().as_bytes(), number.range().as_bytes()]),
        )
    }

    /// The network a message is asked for from.
    #[must_use]
    pub fn of_network(ip: IpAddr, hash: impl Fn(&[&[u8]]) -> String) -> Self {
        let network = Network::of(ip).to_string();
        let hash = hash(&[Scope::Ip.as_str().as_bytes(), network.as_bytes()]);
        Self::new(Scope::Ip, &hash)
    }

    /// What e-mails take from, which have budgets of their own. `name`: whose, as a keyed hash.
    #[must_use]
    pub fn of_email(scope: Scope, name: &str) -> Self {
        Self {
            scope,
            name: format!("mail/{}/{name}", scope.as_str()),
            cost: 1,
            limits: ProviderLimits::default(),
        }
    }

    /// What asking for a reset takes from, whether or not anything is sent. `name`: whose, as a keyed hash.
    #[must_use]
    pub fn of_asking(scope: Scope, name: &str) -> Self {
        Self {
            scope,
            name: format!("asked/{}/{name}", scope.as_str()),
            cost: 1,
            limits: ProviderLimits::default(),
        }
    }

    /// The same row for whoever enrols what somebody else has proven.
    pub fn of_another_owner(&mut self) {
        self.name.insert_str(0, "enrol/");
    }

    /// Whether both are one row.
    #[must_use]
    pub fn is_same_row(&self, other: &Self) -> bool {
        self.name == other.name
    }

    /// A provider, by the name its settings have, with the limits that they name.
    #[must_use]
    pub fn of_provider(name: &str, limits: ProviderLimits) -> Self {
        Self {
            limits,
            ..Self::new(Scope::Provider, name)
        }
    }

    /// The country of a number.
    fn of_country(number: &PhoneNumber) -> Self {
        Self::of_region(number.region().unwrap_or("none"))
    }

    /// A country.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        Self::new(Scope::Country, region)
    }

    /// Everything.
    #[must_use]
    pub fn of_site() -> Self {
        Self::new(Scope::Site, "")
    }
}

/// What a message takes from that nobody asked for: what it costs the site, and nothing of a person's.
#[must_use]
pub fn keys_for_notice(
    number: &PhoneNumber,
    provider: &str,
    limits: ProviderLimits,
) -> Vec<BudgetKey> {
    vec![
        BudgetKey::of_country(number),
        BudgetKey::of_provider(provider, limits),
        BudgetKey::of_site(),
    ]
}

/// What one message takes from, in this order: the narrow before the wide, so that whoever is stopped
/// at a number has not used up the site. Its provider's budget comes last ([`BudgetKey::of_provider`]), when
/// it is known which.
///
/// `hash` makes a short text of the scope and the name of a person: keyed, for there are few enough
/// numbers and addresses to try them all.
#[must_use]
pub fn keys_for(
    user: &UserId,
    ip: Option<IpAddr>,
    number: &PhoneNumber,
    standing: RangeStanding,
    hash: impl Fn(&[&[u8]]) -> String,
) -> Vec<BudgetKey> {
    let hashed = |scope: Scope, name: &[u8]| {
        BudgetKey::new(scope, &hash(&[scope.as_str().as_bytes(), name]))
    };
    let mut keys = vec![
        hashed(Scope::Number, number.e164().as_bytes()),
        hashed(Scope::User, user.as_str().as_bytes()),
    ];
    if let Some(ip) = ip {
        keys.push(BudgetKey::of_network(ip, &hash));
    }
    let range = BudgetKey::of_range(number, &hash);
    match standing {
        RangeStanding::Fresh => {
            keys.push(range);
            keys.push(BudgetKey::new(Scope::Fresh, ""));
        }
        RangeStanding::Proven => keys.push(range),
    }
    keys.push(BudgetKey::of_country(number));
    keys.push(BudgetKey::of_site());
    keys
}
