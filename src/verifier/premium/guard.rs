//! What stands before an answer, as it was found for one request: see [`super::networks`].

use std::cell::Cell;
use std::net::IpAddr;

use crate::account::{Accepted, Account, Checked, Denied, ForChallenge, RuleContext, Step};
use crate::audit::EventKind;
use crate::clock::UnixTime;
use crate::delivery::budget::{Spent, Window};
use crate::premium::guessing::{Answer, GuessLimits, Noted};
use crate::shared::{RowKey, RowKind};
use crate::store::RawRow;

/// How long a limit lasts whose row cannot be read.
const UNREADABLE: u64 = 3_600;

/// A row of what an address or subnet did in an hour.
#[derive(Debug, Clone)]
pub(super) struct NetworkKey {
    pub(super) name: String,
    pub(super) cost: u32,
    pub(super) window: Window,
}

impl RowKey for NetworkKey {
    type Row = Spent;

    const KIND: RowKind = RowKind::Networks;

    fn id(&self) -> String {
        self.name.clone()
    }
}

/// What is in force.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) admits: bool,
    pub(super) limits: GuessLimits,
    pub(super) rows: Vec<NetworkKey>,
    pub(super) names: Vec<String>,
    pub(super) ip: IpAddr,
    /// Whether guessing is told.
    pub(super) is_told: bool,
}

/// What stands before an answer.
#[derive(Debug)]
pub(crate) struct Guard {
    pub(super) active: Active,
    pub(super) noted: Cell<Noted>,
}

impl Guard {
    /// The rows that are to be read with the account.
    pub(crate) fn beside(&self) -> &[String] {
        &self.active.names
    }

    /// Whether an answer is looked at.
    ///
    /// # Errors
    /// [`Denied`], without having looked at anything.
    pub(crate) fn admit(
        &self,
        account: &Account,
        attempt: &ForChallenge<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        // The rule may run again.
        self.noted.set(Noted::default());
        let active = &self.active;
        let (token, method) = (attempt.token, attempt.method);
        if !active.admits {
            return Err(account.refuse_network(token, method, context));
        }
        let wait = active.wait(context.beside, context.now);
        active.limits.admit(account, token, method, wait, context)
    }

    /// Counts what became of it.
    pub(crate) fn note(
        &self,
        account: &mut Account,
        attempt: &ForChallenge<'_>,
        step: &Result<Step<Accepted>, Denied>,
        context: &mut RuleContext<'_>,
    ) {
        let answer = match step {
            Ok(Step::Done(_)) => return,
            Ok(Step::Ask(_)) => Answer::Asked,
            Err(_) if was_rejected(context) => Answer::Wrong,
            Err(_) => return,
        };
        self.count(account, attempt, answer, context);
    }

    /// The same of what a provider said.
    pub(crate) fn note_settled(
        &self,
        account: &mut Account,
        attempt: &ForChallenge<'_>,
        answer: Checked,
        context: &mut RuleContext<'_>,
    ) {
        self.noted.set(Noted::default());
        let answer = match answer {
            Checked::NotAsked => Answer::NotLookedAt,
            Checked::Right | Checked::Wrong | Checked::Over if was_rejected(context) => {
                Answer::Judged
            }
            Checked::Right | Checked::Wrong | Checked::Over | Checked::Unanswered => return,
        };
        self.count(account, attempt, answer, context);
    }

    fn count(
        &self,
        account: &mut Account,
        attempt: &ForChallenge<'_>,
        answer: Answer,
        context: &mut RuleContext<'_>,
    ) {
        let (token, method) = (attempt.token, attempt.method);
        let limits = &self.active.limits;
        let noted = limits.note(account, token, method, answer, context);
        self.noted.set(noted);
    }
}

/// Whether the rule has noted a wrong answer: what was not looked at is none.
fn was_rejected(context: &RuleContext<'_>) -> bool {
    let mut events = context.audit.events().iter();
    events.any(|event| matches!(event.kind, EventKind::Rejected | EventKind::Replayed))
}

impl Active {
    /// Seconds until address and subnet may be wrong again.
    fn wait(&self, rows: &[Option<RawRow>], now: UnixTime) -> u64 {
        let wait = |(key, raw): (&NetworkKey, &Option<RawRow>)| {
            let raw = raw.as_ref().filter(|raw| !raw.body.is_empty())?;
            match Spent::from_bytes(&raw.body) {
                Ok(mut spent) => spent.take_many(key.cost, &[key.window], now).err(),
                // In doubt it is used up.
                Err(_) => Some(UNREADABLE),
            }
        };
        let waits = self.rows.iter().zip(rows).filter_map(wait);
        waits.max().unwrap_or(0)
    }
}
