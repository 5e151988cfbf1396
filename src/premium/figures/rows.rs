//! The rows, and how a pass goes on.

use serde::{Deserialize, Serialize};

use super::accounts::AccountFigures;
use super::messages::MessageFigures;
use crate::clock::UnixTime;
use crate::premium::Premium;
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};

const FORMAT: u8 = 1;

/// Days that are kept.
const MOST_DAYS: usize = 400;

const DAY: i64 = 86_400;

/// Where a pass over the accounts is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPass {
    /// The last user that was looked at.
    pub after: String,
    /// When it began.
    pub begun: UnixTime,
    /// What it has seen.
    pub figures: AccountFigures,
}

impl AccountPass {
    /// One that begins.
    #[must_use]
    pub fn begun(_: &Premium, after: &str, now: UnixTime) -> Self {
        Self {
            after: after.to_owned(),
            begun: now,
            figures: AccountFigures::default(),
        }
    }
}

/// Where a pass over the messages is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePass {
    /// The place of the last message that was looked at; `None`: of none yet.
    pub before: Option<u64>,
    /// When it began.
    pub begun: UnixTime,
    /// How many it has seen.
    pub seen: u32,
    /// Of what they are.
    pub figures: MessageFigures,
}

impl MessagePass {
    /// One that begins.
    #[must_use]
    pub fn begun(_: &Premium, now: UnixTime) -> Self {
        Self {
            before: None,
            begun: now,
            seen: 0,
            figures: MessageFigures::default(),
        }
    }
}

/// The figures of a pass that came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When it began.
    pub at: UnixTime,
    /// What it saw.
    pub figures: AccountFigures,
}

/// What passes came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// The last one of each day, the oldest first.
    days: Vec<Snapshot>,
}

impl Adoption {
    /// The last one; `None` where there was none.
    #[must_use]
    pub fn latest(&self) -> Option<&Snapshot> {
        self.days.last()
    }

    /// One of each day, the oldest first.
    #[must_use]
    pub fn days(&self) -> &[Snapshot] {
        &self.days
    }

    /// A pass over the accounts came to its end. What a clock has dated that was ahead goes.
    pub fn add(&mut self, pass: &AccountPass) {
        let day = |at: UnixTime| at.seconds().div_euclid(DAY);
        self.days.retain(|it| day(it.at) < day(pass.begun));
        self.days.push(Snapshot {
            at: pass.begun,
            figures: pass.figures,
        });
        let surplus = self.days.len().saturating_sub(MOST_DAYS);
        self.days.drain(..surplus);
    }
}

/// Which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdoptionKey {
    /// What passes over the accounts came to.
    Adoption,
    /// What the last pass over the messages came to.
    Sent,
    /// The pass over the accounts.
    Accounts,
    /// The pass over the messages.
    Messages,
}

impl RowKey for AdoptionKey {
    type Row = AdoptionRow;

    const KIND: RowKind = RowKind::Adoption;

    fn id(&self) -> String {
        match self {
            Self::Adoption => "",
            Self::Sent => "sent",
            Self::Accounts => "accounts",
            Self::Messages => "messages",
        }
        .to_owned()
    }
}

/// What one says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdoptionRow {
    /// See [`AdoptionKey::Adoption`].
    Adoption(Adoption),
    /// See [`AdoptionKey::Accounts`].
    Accounts(AccountPass),
    /// See [`AdoptionKey::Messages`].
    Messages(MessagePass),
    /// When it began, and what it saw.
    Sent(UnixTime, MessageFigures),
    /// One that cannot be read: it is begun anew.
    Nothing,
}

/// One that cannot be read is begun anew: what is lost is the course of days.
impl SharedRow for AdoptionRow {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Ok(match postcard::take_from_bytes::<(u8, Self)>(bytes) {
            Ok(((FORMAT, row), [])) => row,
            _ => Self::Nothing,
        })
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(postcard::to_extend(&(FORMAT, self), Vec::new()).map_err(|_| RowError)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64, seconds: i64) -> UnixTime {
        UnixTime::new(1_767_225_600 + days * DAY + seconds).unwrap()
    }

    fn pass(begun: UnixTime) -> AccountPass {
        AccountPass {
            after: "x".repeat(191),
            begun,
            figures: AccountFigures {
                accounts: u32::MAX,
                enrolled: u32::MAX,
                methods: [u32::MAX; 8],
                ..AccountFigures::default()
            },
        }
    }

    #[test]
    fn a_day_has_the_figures_of_its_last_pass_and_four_hundred_days_are_kept() {
        let mut adoption = Adoption::default();
        for day in 0..500 {
            adoption.add(&pass(at(day, 10)));
            adoption.add(&pass(at(day, 20)));
        }
        assert_eq!(adoption.days().len(), MOST_DAYS);
        assert_eq!(adoption.days()[0].at, at(100, 20));
        assert_eq!(adoption.latest().unwrap().at, at(499, 20));
        let row = AdoptionRow::Adoption(adoption.clone());
        let bytes = postcard::to_extend(&(FORMAT, &row), Vec::new()).unwrap();
        assert!(bytes.len() < 60 * 1024, "{}", bytes.len());
        // A clock that was ahead.
        adoption.add(&pass(at(300, 0)));
        assert_eq!(adoption.latest().unwrap().at, at(300, 0));
        assert_eq!(adoption.days().len(), 201);
    }
}
