//! One verification a number, where a checker keeps no more: whose it is. The rule is
//! [`crate::delivery::pending`]; here are its rows, and the checker that is asked.
//!
//! ```text
//! row: mine, what was before ─▶ cancel that ─▶ start ─▶ was it pending all the same? cancel, once more
//!                                                 └─▶ row: its name, if it is still mine
//! ```

use data_encoding::HEXLOWER;

use super::{Error, Verifier};
use crate::clock::UnixTime;
use crate::delivery::pending::{Claim, ID_BYTES, Leave, Pending, PendingKey, Standing};
use crate::phone::PhoneNumber;
use crate::shared::{Keep, Slot};
use crate::sms::{Order, Refusal, SendError, Started, VerificationProvider};

/// The rows say that a request is the one that may ask.
pub(super) struct Alone {
    keys: Vec<PendingKey>,
    leave: Leave,
}

/// Seconds after which somebody who came too late may ask again.
const LATE: u64 = 60;

impl Verifier {
    /// What a request is called in the rows.
    pub(super) fn claim_of(&self, standing: Standing, whose: &[&[u8]]) -> Claim {
        let mut parts: Vec<&[u8]> = vec![b"verification"];
        parts.extend_from_slice(whose);
        let hashed = self.hashed(&parts).into_iter().next().unwrap_or_default();
        let bytes = HEXLOWER.decode(hashed.as_bytes()).unwrap_or_default();
        let mut id = [0; ID_BYTES];
        for (to, from) in id.iter_mut().zip(bytes) {
            *to = from;
        }
        Claim { standing, id }
    }

    fn pending_keys(&self, pool: &str, to: &PhoneNumber) -> Vec<PendingKey> {
        let parts: [&[u8]; 3] = [b"pending", pool.as_bytes(), to.e164().as_bytes()];
        let hashes = self.hashed(&parts).into_iter();
        hashes.map(PendingKey::of).collect()
    }

    /// Makes the request the one that may ask, or says for how long a stronger one is.
    pub(super) fn ask_alone(
        &self,
        pool: &str,
        to: &PhoneNumber,
        claim: &Claim,
        seconds: u64,
        now: UnixTime,
    ) -> Result<Result<Alone, u64>, Error> {
        let keys = self.pending_keys(pool, to);
        let leave = self.rows.update_all(now, &keys, |slots| {
            let mut old = Vec::new();
            let (mut cancels, mut again) = (false, false);
            for slot in slots.iter() {
                match Pending::leave(slot.row(), claim, now) {
                    Leave::Wait(seconds) => return Err(seconds),
                    Leave::Cancel(names) => {
                        cancels = true;
                        old.extend(names);
                    }
                    Leave::Ask { again: same } => again |= same,
                }
            }
            for slot in slots {
                let row = Pending::asking(slot.row(), claim, now, seconds);
                let keep = Keep::Until(row.kept());
                slot.put(row, keep);
            }
            old.dedup();
            Ok(if cancels {
                Leave::Cancel(old)
            } else {
                Leave::Ask { again }
            })
        })?;
        Ok(leave.map(|leave| Alone { keys, leave }))
    }

    /// Changes the rows, if they are still those of the request. Whether they are.
    fn change_alone(
        &self,
        alone: &Alone,
        claim: &Claim,
        now: UnixTime,
        change: impl Fn(Pending) -> Pending,
    ) -> Result<bool, SendError> {
        let changed = self.rows.update_all(now, &alone.keys, |slots| {
            let is_ours = |slot: &Slot<Pending>| slot.row().is_some_and(|row| row.is(claim));
            if !slots.iter().all(is_ours) {
                return false;
            }
            for slot in slots {
                if let Some(row) = slot.take() {
                    let row = change(row);
                    let keep = Keep::Until(row.kept());
                    slot.put(row, keep);
                }
            }
            true
        });
        changed.map_err(|why| SendError::Unknown(why.to_string()))
    }

    /// Asks a checker for a code that is for nobody else.
    pub(super) fn start_alone(
        &self,
        checker: &mut dyn VerificationProvider,
        order: &Order<'_>,
        claim: &Claim,
        alone: Option<&Alone>,
    ) -> Result<Started, SendError> {
        let Some(alone) = alone else {
            return checker.start(order);
        };
        let start = |checker: &mut dyn VerificationProvider| match claim.standing {
            Standing::Unproven => checker.start_unproven(order),
            Standing::UnknownNetwork
            | Standing::StepUpUnknownNetwork
            | Standing::Owner
            | Standing::StepUp => checker.start(order),
        };
        // Nothing was sent yet, whatever the answer.
        let unsent = |error: SendError| match error {
            SendError::Unknown(why) => SendError::NotSent(why),
            other => other,
        };
        let late = || SendError::Refused {
            refusal: Refusal::Limit,
            retry_after: Some(LATE),
            detail: "another request for the number came first".to_owned(),
        };
        if let Leave::Cancel(old) = &alone.leave {
            for reference in old {
                checker.cancel(reference).map_err(unsent)?;
            }
            if !self
                .change_alone(alone, claim, order.now, Pending::alone)
                .map_err(unsent)?
            {
                return Err(late());
            }
        }
        let mut started = start(checker)?;
        if started.again && alone.leave != (Leave::Ask { again: true }) {
            // Begun by somebody whose answer is not known here, or outside. It is ours to end as long as
            // no stronger one has come.
            if !self.change_alone(alone, claim, order.now, |row| row)? {
                return Err(late());
            }
            // A message went out with the first: whatever comes now, this was no outage.
            let late_failure = |error: SendError| match error {
                SendError::Unreached(why) => SendError::NotSent(why),
                SendError::Proxy(failure) => SendError::NotSent(failure.to_string()),
                other => other,
            };
            checker.cancel(&started.reference).map_err(late_failure)?;
            started = start(checker).map_err(late_failure)?;
            if started.again {
                return Err(late());
            }
        }
        let name = &started.reference;
        if !self.change_alone(alone, claim, order.now, |row| row.named(name))? {
            return Err(late());
        }
        Ok(started)
    }

    /// A verification is over.
    pub(super) fn end_alone(
        &self,
        pool: &str,
        to: &PhoneNumber,
        reference: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let keys = self.pending_keys(pool, to);
        self.rows.update_all(now, &keys, |slots| {
            for slot in slots {
                if slot.row().is_some_and(|row| row.is_named(reference)) {
                    slot.end();
                }
            }
        })?;
        Ok(())
    }
}
