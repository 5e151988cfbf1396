//! The one row of a site: how far events were looked at, what is gathered for administrators, and what was told.

use serde::{Deserialize, Serialize};

use super::batch::{Batch, Share};
use super::digest::Gathered;
use super::facts::{Fact, Facts, Sends};
use crate::account::AlertKind;
use crate::clock::UnixTime;
use crate::crypto::Domain;
use crate::premium::Premium;
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::types::UserId;

const FORMAT: u8 = 1;

/// Seconds after which a digest is handed out again that was not said to be sent; the last of them again and again.
const OFFER_AGAIN: [u64; 4] = [300, 3_600, 6 * 3_600, 86_400];

/// The latest alerts that are kept, to be shown.
const MOST_LATEST: usize = 30;

/// Seconds between two looks at what is wrong with the site.
const LOOK_AGAIN: u64 = 300;

/// The key of the row.
#[derive(Debug)]
pub struct AlertsKey;

impl RowKey for AlertsKey {
    type Row = AlertsRow;

    const KIND: RowKind = RowKind::Alerts;

    fn id(&self) -> String {
        String::new()
    }
}

/// Something that was told to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    kind: u8,
    /// To whom.
    pub user: String,
    /// When it happened.
    pub at: UnixTime,
}

impl Told {
    /// What.
    #[must_use]
    pub fn kind(&self) -> Option<AlertKind> {
        AlertKind::ALL.get(usize::from(self.kind)).copied()
    }
}

/// A digest that was handed out and not said to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Handed {
    number: u32,
    offered: u8,
    due: UnixTime,
    content: Gathered,
}

/// What the row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertsState {
    format: u8,
    proven: u64,
    password: u64,
    /// When events were looked at last.
    pub moved: UnixTime,
    /// What waits for its turn.
    pub gathered: Gathered,
    handed: Option<Handed>,
    number: u32,
    /// When a digest was handed out for the first time, or said to be sent, last.
    pub told: Option<UnixTime>,
    facts: Facts,
    latest: Vec<Told>,
}

impl AlertsState {
    /// From that place on; whatever was before is told to nobody.
    #[must_use]
    pub fn begun(_: &Premium, place: u64, now: UnixTime) -> Self {
        Self::at(place, now)
    }

    pub(super) fn at(place: u64, now: UnixTime) -> Self {
        Self {
            format: FORMAT,
            proven: place,
            password: place,
            moved: now,
            gathered: Gathered::default(),
            handed: None,
            number: 0,
            told: None,
            facts: Facts::default(),
            latest: Vec::new(),
        }
    }

    /// How far that share of the events was looked at.
    #[must_use]
    pub const fn cursor(&self, share: Share) -> u64 {
        match share {
            Share::Proven => self.proven,
            Share::Password => self.password,
        }
    }

    /// What was told last, the latest first.
    pub fn latest(&self) -> impl Iterator<Item = &Told> {
        self.latest.iter().rev()
    }

    /// A batch is noted in the accounts of its people: it is counted, unless somebody else was faster. `of` as for
    /// [`Batch::count`].
    pub fn take(&mut self, share: Share, batch: &Batch, of: &[([u8; 6], String)], now: UnixTime) {
        let cursor = match share {
            Share::Proven => &mut self.proven,
            Share::Password => &mut self.password,
        };
        if *cursor != batch.after() {
            return;
        }
        *cursor = batch.last();
        self.put_right(now);
        self.moved = now;
        batch.count(&mut self.gathered, of);
        for (user, alerts) in batch.people() {
            for alert in alerts {
                self.remember(user, alert.kind, alert.at);
            }
        }
    }

    fn remember(&mut self, user: &UserId, kind: AlertKind, at: UnixTime) {
        let place = AlertKind::ALL.iter().position(|it| *it == kind);
        let Some(kind) = place.and_then(|place| u8::try_from(place).ok()) else {
            return;
        };
        self.latest.push(Told {
            kind,
            user: user.as_str().to_owned(),
            at,
        });
        let surplus = self.latest.len().saturating_sub(MOST_LATEST);
        self.latest.drain(..surplus);
    }

    /// Whether it is time to look at what is wrong with the site.
    #[must_use]
    pub fn looks(&self, now: UnixTime) -> bool {
        let is_recent = |at: UnixTime| at <= now && at.until(now) < LOOK_AGAIN;
        !self.facts.looked.is_some_and(is_recent)
    }

    /// What was found wrong with the site, beside providers that fail too often: their counts are compared here.
    pub fn look(&mut self, mut found: Vec<Fact>, counts: Option<(&[Sends], u32)>, now: UnixTime) {
        self.put_right(now);
        if let Some((counts, percent)) = counts {
            found.extend(self.facts.failing(counts, percent, now));
        }
        for fact in self.facts.note(&found, now) {
            self.gathered.say(fact);
        }
    }

    /// The digest, if it is its turn: its number and what is in it. One that was not said to be sent is handed out again,
    /// with what was gathered since.
    pub fn hand_out(&mut self, every_minutes: u32, now: UnixTime) -> Option<(u32, Gathered)> {
        self.put_right(now);
        let (content, offered) = match self.handed.take() {
            Some(handed) if handed.due > now => {
                self.handed = Some(handed);
                return None;
            }
            Some(mut handed) => {
                handed.content.add(std::mem::take(&mut self.gathered));
                (handed.content, handed.offered)
            }
            None => {
                let every = u64::from(every_minutes).saturating_mul(60);
                let is_early = |told: UnixTime| now < told.plus(every);
                if self.gathered.is_empty() || self.told.is_some_and(is_early) {
                    return None;
                }
                self.told = Some(now);
                (std::mem::take(&mut self.gathered), 0)
            }
        };
        self.number = self.number.saturating_add(1);
        let waits = OFFER_AGAIN.get(usize::from(offered));
        let wait = waits.or(OFFER_AGAIN.last()).copied().unwrap_or_default();
        self.handed = Some(Handed {
            number: self.number,
            offered: offered.saturating_add(1),
            due: now.plus(wait),
            content: content.clone(),
        });
        Some((self.number, content))
    }

    /// The host's mailer took the digest of that number.
    pub fn sent(&mut self, number: u32, now: UnixTime) {
        if self.handed.as_ref().is_some_and(|it| it.number == number) {
            self.handed = None;
            self.told = Some(now);
        }
    }

    /// Whether a digest waits for somebody to say that it was sent.
    #[must_use]
    pub const fn is_handed(&self) -> bool {
        self.handed.is_some()
    }

    /// What a clock has dated that was ahead is of the present, and what it has put off waits no longer than it would have.
    fn put_right(&mut self, now: UnixTime) {
        let longest = OFFER_AGAIN.last().copied().unwrap_or_default();
        self.moved = self.moved.min(now);
        self.told = self.told.map(|at| at.min(now));
        self.gathered.put_right(now);
        if let Some(handed) = &mut self.handed {
            handed.content.put_right(now);
            handed.due = handed.due.min(now.plus(longest));
        }
        for told in &mut self.latest {
            told.at = told.at.min(now);
        }
    }
}

/// The row; `None`: it cannot be read, and is begun anew. Nothing in it is a limit of anybody's sign-in, and what was told
/// to whom is in their accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertsRow(pub Option<AlertsState>);

impl SharedRow for AlertsRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let plain = context.open(Domain::Alerts, bytes).ok();
        let read = |plain: crate::crypto::SecretBytes| match postcard::take_from_bytes(&plain) {
            Ok((state, [])) => Some(state),
            _ => None,
        };
        let state: Option<AlertsState> = plain.and_then(read);
        Ok(Self(state.filter(|state| state.format == FORMAT)))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let state = self.0.as_ref().ok_or(RowError)?;
        let plain = postcard::to_extend(state, Vec::new()).map_err(|_| RowError)?;
        Ok(context.seal(Domain::Alerts, &plain)?)
    }
}
