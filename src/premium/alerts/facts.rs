//! What is wrong with a site, as far as administrators should look at it: told when it is found, and again a while later if
//! it still is.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::premium::Premium;

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

/// Most facts that are remembered, and most providers that are watched.
const MOST_KNOWN: usize = 64;

/// Longest name of what a fact is about, in characters.
const LONGEST: usize = 60;

/// Messages below which the share of those that failed says nothing.
const LEAST_SENDS: u64 = 20;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactKind {
    /// A provider is not asked, because it has failed.
    ProviderDown,
    /// It fails too often.
    ProviderFailing,
    /// A limit of messages is nearly used up.
    BudgetLow,
    /// The licence ends, and nobody renews it.
    LicenceEnding,
    /// Too few administrators have a factor.
    FewAdministrators,
}

impl FactKind {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::ProviderDown,
        Self::ProviderFailing,
        Self::BudgetLow,
        Self::LicenceEnding,
        Self::FewAdministrators,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProviderDown => "provider-down",
            Self::ProviderFailing => "provider-failing",
            Self::BudgetLow => "budget-low",
            Self::LicenceEnding => "licence-ending",
            Self::FewAdministrators => "few-administrators",
        }
    }

    /// After how many seconds it is told again.
    const fn again(self) -> u64 {
        match self {
            Self::FewAdministrators => 7 * DAY,
            Self::ProviderDown | Self::ProviderFailing | Self::BudgetLow | Self::LicenceEnding => {
                DAY
            }
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What.
    pub kind: FactKind,
    /// With what: a provider, a country; empty: with the site.
    pub what: String,
    /// How much: percent, a number of people, or a time.
    pub value: u64,
}

impl Fact {
    /// Of that kind, about that; long names are cut.
    #[must_use]
    pub fn new(_: &Premium, kind: FactKind, what: &str, value: u64) -> Self {
        Self::of(kind, what, value)
    }

    pub(super) fn of(kind: FactKind, what: &str, value: u64) -> Self {
        Self {
            kind,
            what: what.chars().take(LONGEST).collect(),
            value,
        }
    }

    pub(super) fn is_about_the_same_as(&self, other: &Self) -> bool {
        (self.kind, &self.what) == (other.kind, &other.what)
    }
}

/// A fact that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KnownFact {
    fact: Fact,
    told: UnixTime,
}

/// What a provider did on one way, since it was first asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sends {
    /// Provider and way.
    pub what: String,
    /// Messages that it took.
    pub sends: u64,
    /// Messages that it did not take, for a reason of its own.
    pub failures: u64,
}

/// The same at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Since {
    at: UnixTime,
    sends: Sends,
}

/// What was told, and what is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// When the site was looked at last.
    pub(super) looked: Option<UnixTime>,
    known: Vec<KnownFact>,
    since: Vec<Since>,
}

impl Facts {
    /// Providers that failed too often in the last hour, or since that began.
    pub(super) fn failing(&mut self, counts: &[Sends], percent: u32, now: UnixTime) -> Vec<Fact> {
        self.since.retain(|it| {
            let mut counts = counts.iter();
            // Counts that fell are those of another row.
            counts.any(|now| {
                now.what == it.sends.what
                    && now.sends >= it.sends.sends
                    && now.failures >= it.sends.failures
            })
        });
        let mut found = Vec::new();
        for count in counts {
            let before = self.since.iter_mut().find(|it| it.sends.what == count.what);
            let Some(before) = before else {
                if self.since.len() < MOST_KNOWN {
                    self.since.push(Since {
                        at: now,
                        sends: count.clone(),
                    });
                }
                continue;
            };
            let failures = count.failures.saturating_sub(before.sends.failures);
            let sends = count.sends.saturating_sub(before.sends.sends);
            let all = sends.saturating_add(failures);
            let share = failures.saturating_mul(100).checked_div(all).unwrap_or(0);
            if all >= LEAST_SENDS && share >= u64::from(percent) {
                found.push(Fact::of(FactKind::ProviderFailing, &count.what, share));
            }
            if before.at > now || before.at.until(now) >= HOUR {
                *before = Since {
                    at: now,
                    sends: count.clone(),
                };
            }
        }
        found
    }

    /// Which of these were not told lately: they are now.
    pub(super) fn note(&mut self, found: &[Fact], now: UnixTime) -> Vec<Fact> {
        for known in &mut self.known {
            known.told = known.told.min(now);
        }
        self.known
            .retain(|it| it.told.until(now) < it.fact.kind.again());
        let mut told = Vec::new();
        for fact in found {
            let is_known = |it: &KnownFact| it.fact.is_about_the_same_as(fact);
            if self.known.iter().any(is_known) || self.known.len() >= MOST_KNOWN {
                continue;
            }
            self.known.push(KnownFact {
                fact: fact.clone(),
                told: now,
            });
            told.push(fact.clone());
        }
        self.looked = Some(now);
        told
    }
}
