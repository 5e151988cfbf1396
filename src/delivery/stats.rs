//! What a provider did on one channel: counted for metrics and for health.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::sms::http::ProxyFailure;
use crate::sms::{Channel, Refusal, SendError};
use crate::types::Method;

/// Upper ends of the buckets of delivery times in seconds; the last bucket has none.
pub(super) const BOUNDS: [u32; 10] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

/// Buckets, the last one included.
const BUCKETS: usize = BOUNDS.len() + 1;

/// What a provider did on one channel since it was first asked. Small enough for a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryStats {
    /// Messages it took.
    pub sends: u64,
    /// Messages it did not take, by kind.
    pub failures: FailureCounts,
    /// Messages that the next provider was asked to send in its place.
    pub failovers: u64,
    /// Messages that were not sent because a rule against fraud said so, ours or the provider's.
    pub fraud_refusals: u64,
    /// From sending to delivery, where the provider reports it.
    pub delivery: Histogram,
    /// What messages cost, where the provider reports it.
    pub prices: Vec<Price>,
    /// The latest refusal that is for the operator to look at, until a message is taken.
    pub refused: Option<Refused>,
    /// Why the proxy gave no connection for the latest message.
    pub proxy: Option<ProxyFailure>,
}

/// A refusal that is not about the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What it is about.
    pub refusal: Refusal,
    /// The provider and its code.
    pub detail: String,
    /// When.
    pub at: UnixTime,
}

/// Most bytes of [`Refused::detail`].
const MOST_DETAIL: usize = 80;

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureReason {
    /// Certainly not sent.
    NotSent,
    /// Certainly not sent: the proxy gave no connection.
    Proxy,
    /// Perhaps sent, perhaps not.
    Unknown,
    /// The number cannot be reached.
    Number,
    /// Its owner wants no messages.
    OptedOut,
    /// The country is not served.
    Country,
    /// Suspected fraud.
    Fraud,
    /// A limit of the provider.
    Limit,
    /// The account with the provider, its credentials or its settings.
    Account,
    /// Refused for a reason that is in no list.
    Unlisted,
}

impl FailureReason {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::NotSent,
        Self::Proxy,
        Self::Unknown,
        Self::Number,
        Self::OptedOut,
        Self::Country,
        Self::Fraud,
        Self::Limit,
        Self::Account,
        Self::Unlisted,
    ];

    /// The kind of an error.
    #[must_use]
    pub const fn of(error: &SendError) -> Self {
        match error {
            SendError::NotSent(_) | SendError::Unreached(_) => Self::NotSent,
            SendError::Proxy(_) => Self::Proxy,
            SendError::Unknown(_) => Self::Unknown,
            SendError::Refused { refusal, .. } => match refusal {
                Refusal::Number => Self::Number,
                Refusal::OptedOut => Self::OptedOut,
                Refusal::Country => Self::Country,
                Refusal::Fraud => Self::Fraud,
                Refusal::Limit => Self::Limit,
                Refusal::Credentials | Refusal::Account | Refusal::Sender => Self::Account,
                Refusal::Unlisted => Self::Unlisted,
            },
        }
    }

    /// The value of the label `kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Proxy => "proxy",
            Self::Unknown => "unknown",
            Self::Number => "number",
            Self::OptedOut => "opted_out",
            Self::Country => "country",
            Self::Fraud => "fraud",
            Self::Limit => "limit",
            Self::Account => "account",
            Self::Unlisted => "unlisted",
        }
    }
}

/// How often each [`FailureReason`] happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureCounts([u64; FailureReason::ALL.len()]);

impl FailureCounts {
    /// Counts one.
    pub fn count(&mut self, failure: FailureReason) {
        for (count, kind) in self.0.iter_mut().zip(FailureReason::ALL) {
            if kind == failure {
                *count = count.saturating_add(1);
            }
        }
    }

    /// Every kind with its count.
    pub fn iter(&self) -> impl Iterator<Item = (FailureReason, u64)> + '_ {
        FailureReason::ALL.into_iter().zip(self.0.iter().copied())
    }
}

/// Delivery times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// How many were at most as long as the bucket's end, and longer than the one before.
    pub(super) counts: [u64; BUCKETS],
    pub(super) sum: u64,
}

impl Histogram {
    /// Counts a delivery that took so many seconds.
    pub fn observe(&mut self, seconds: u64) {
        let place = BOUNDS
            .iter()
            .position(|bound| seconds <= u64::from(*bound))
            .unwrap_or(BOUNDS.len());
        if let Some(count) = self.counts.get_mut(place) {
            *count = count.saturating_add(1);
        }
        self.sum = self.sum.saturating_add(seconds);
    }
}

/// A sum of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// As ISO 4217 writes it: `USD`.
    pub currency: [char; 3],
    /// In millionths.
    pub millionths: u64,
}

impl DeliveryStats {
    /// Counts what became of a message: `Ok` when it was taken, and so works again what was refused.
    pub fn settle(&mut self, result: Result<(), &SendError>, now: UnixTime) {
        self.proxy = match result {
            Err(SendError::Proxy(failure)) => Some(*failure),
            _ => None,
        };
        let error = match result {
            Ok(()) => {
                self.sends = self.sends.saturating_add(1);
                self.refused = None;
                return;
            }
            Err(error) => error,
        };
        self.failures.count(FailureReason::of(error));
        let SendError::Refused {
            refusal, detail, ..
        } = error
        else {
            return;
        };
        if *refusal == Refusal::Fraud {
            self.fraud_refusals = self.fraud_refusals.saturating_add(1);
        }
        if refusal.advice().is_some() {
            let ascii = detail.chars().filter(char::is_ascii);
            self.refused = Some(Refused {
                refusal: *refusal,
                detail: ascii.take(MOST_DETAIL).collect(),
                at: now,
            });
        }
    }

    /// Adds what a message cost. A currency is three letters; anything else is not counted.
    pub fn charge(&mut self, currency: &str, millionths: u64) {
        let letters: Vec<char> = currency.chars().map(|c| c.to_ascii_uppercase()).collect();
        let Ok(currency) = <[char; 3]>::try_from(letters) else {
            return;
        };
        if !currency.iter().all(char::is_ascii_uppercase) {
            return;
        }
        match self.prices.iter_mut().find(|p| p.currency == currency) {
            Some(price) => price.millionths = price.millionths.saturating_add(millionths),
            None => self.prices.push(Price {
                currency,
                millionths,
            }),
        }
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// [`RowError`]
    pub fn to_bytes(&self) -> Result<Vec<u8>, RowError> {
        format::write(&(FORMAT, self))
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`RowError`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        match format::read(bytes)? {
            (FORMAT, traffic) => Ok(traffic),
            _ => Err(RowError),
        }
    }
}

impl SharedRow for DeliveryStats {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Self::from_bytes(bytes)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(self.to_bytes()?)
    }
}

/// The row of the counts of one provider and channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryStatsKey {
    provider: String,
    channel: Channel,
}

impl DeliveryStatsKey {
    /// Of the provider with this name.
    #[must_use]
    pub fn of(provider: &str, channel: Channel) -> Self {
        Self {
            provider: provider.to_owned(),
            channel,
        }
    }
}

impl RowKey for DeliveryStatsKey {
    type Row = DeliveryStats;

    const KIND: RowKind = RowKind::DeliveryStats;

    fn id(&self) -> String {
        format!("{}/{}", self.provider, Method::from(self.channel).as_str())
    }
}

/// The format of the row; there is one.
const FORMAT: u8 = 1;

/// With the largest numbers there are.
#[cfg(test)]
pub(super) fn largest() -> DeliveryStats {
    let mut stats = DeliveryStats {
        sends: u64::MAX,
        failures: FailureCounts([u64::MAX; 10]),
        failovers: u64::MAX,
        fraud_refusals: u64::MAX,
        delivery: Histogram {
            counts: [u64::MAX; BUCKETS],
            sum: u64::MAX,
        },
        prices: Vec::new(),
        refused: Some(Refused {
            refusal: Refusal::Unlisted,
            detail: "x".repeat(MOST_DETAIL),
            at: UnixTime::new(4_000_000_000).unwrap(),
        }),
        proxy: Some(ProxyFailure::Refused(u16::MAX)),
    };
    for currency in ["USD", "EUR", "GBP"] {
        stats.charge(currency, u64::MAX);
    }
    // Nothing overflows.
    stats.delivery.observe(u64::MAX);
    stats.failures.count(FailureReason::Fraud);
    stats.charge("EUR", 1);
    stats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_numbers_is_small_and_one_that_is_not_one_is_refused() {
        let stats = largest();
        let bytes = stats.to_bytes().unwrap();
        assert_eq!(DeliveryStats::from_bytes(&bytes), Ok(stats));
        assert!(DeliveryStats::from_bytes(&bytes[1..]).is_err());
        assert!(DeliveryStats::from_bytes(&[&[2], &bytes[1..]].concat()).is_err());
        assert!(DeliveryStats::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }
}
