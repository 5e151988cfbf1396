//! One verification a number, where a provider keeps no more: whose it is. The rule is [`super::pending`]; here are its
//! rows, and the provider that is asked.
//!
//! ```text
//! row: ours, what was before ─▶ cancel that ─▶ start ─▶ was it pending all the same? cancel, once more
//!                                                 └─▶ row: its name, if it is still ours
//! ```

use data_encoding::HEXLOWER;

use super::pending::{ID_BYTES, Leave, Pending, PendingKey, Standing, VerificationClaim};
use crate::clock::UnixTime;
use crate::phone::PhoneNumber;
use crate::shared::{Keep, SharedError, SharedRows, Slot};
use crate::sms::{ProviderRequest, Refusal, SendError, Started, VerificationProvider};

/// Seconds after which somebody who came too late may ask again.
const LATE: u64 = 60;

/// What a request is called in the rows: a keyed hash of what it is for.
#[must_use]
pub fn claim_of(rows: &SharedRows, standing: Standing, whose: &[&[u8]]) -> VerificationClaim {
    let mut parts: Vec<&[u8]> = vec![b"verification"];
    parts.extend_from_slice(whose);
    let hashed = rows.hashed(&parts).into_iter().next().unwrap_or_default();
    let bytes = HEXLOWER.decode(hashed.as_bytes()).unwrap_or_default();
    let mut id = [0; ID_BYTES];
    for (to, from) in id.iter_mut().zip(bytes) {
        *to = from;
    }
    VerificationClaim { standing, id }
}

fn keys(rows: &SharedRows, pool: &str, to: &PhoneNumber) -> Vec<PendingKey> {
    let parts: [&[u8]; 3] = [b"pending", pool.as_bytes(), to.e164().as_bytes()];
    let hashes = rows.hashed(&parts).into_iter();
    hashes.map(PendingKey::of).collect()
}

/// A verification of that name is over.
///
/// # Errors
/// [`SharedError`]
pub fn end(
    rows: &SharedRows,
    pool: &str,
    to: &PhoneNumber,
    reference: &str,
    now: UnixTime,
) -> Result<(), SharedError> {
    rows.update_all(now, &keys(rows, pool, to), |slots| {
        for slot in slots {
            if slot.row().is_some_and(|row| row.is_named(reference)) {
                slot.end();
            }
        }
    })
}

/// The rows say that a request is the one that may ask.
#[derive(Debug)]
pub struct Exclusive<'a> {
    rows: &'a SharedRows,
    claim: VerificationClaim,
    keys: Vec<PendingKey>,
    leave: Leave,
}

impl<'a> Exclusive<'a> {
    /// Makes the request the one that may ask, for `seconds`, or says for how long a stronger one is.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn begin(
        rows: &'a SharedRows,
        pool: &str,
        to: &PhoneNumber,
        claim: &VerificationClaim,
        seconds: u64,
        now: UnixTime,
    ) -> Result<Result<Self, u64>, SharedError> {
        let keys = keys(rows, pool, to);
        let leave = rows.update_all(now, &keys, |slots| {
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
        Ok(leave.map(|leave| Self {
            rows,
            claim: *claim,
            keys,
            leave,
        }))
    }

    /// Changes the rows, if they are still those of the request. Whether they are.
    fn change(
        &self,
        now: UnixTime,
        change: impl Fn(Pending) -> Pending,
    ) -> Result<bool, SendError> {
        let changed = self.rows.update_all(now, &self.keys, |slots| {
            let is_ours = |slot: &Slot<Pending>| slot.row().is_some_and(|row| row.is(&self.claim));
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

    /// Asks a provider for a code that is for nobody else.
    ///
    /// # Errors
    /// [`SendError`]
    pub fn start(
        &self,
        provider: &mut dyn VerificationProvider,
        request: &ProviderRequest<'_>,
    ) -> Result<Started, SendError> {
        let start = |provider: &mut dyn VerificationProvider| match self.claim.standing {
            Standing::Unproven => provider.start_unproven(request),
            Standing::UnknownNetwork
            | Standing::StepUpUnknownNetwork
            | Standing::Owner
            | Standing::StepUp => provider.start(request),
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
        if let Leave::Cancel(old) = &self.leave {
            for reference in old {
                provider.cancel(reference).map_err(unsent)?;
            }
            if !self.change(request.now, Pending::alone).map_err(unsent)? {
                return Err(late());
            }
        }
        let mut started = start(provider)?;
        if started.again && self.leave != (Leave::Ask { again: true }) {
            // A verification that another request or program began. It may be ended as long as
            // no stronger one has come.
            if !self.change(request.now, |row| row)? {
                return Err(late());
            }
            // The first start sent a message: a failure from here on is no outage that gives the budget back.
            let late_failure = |error: SendError| match error {
                SendError::Unreached(why) => SendError::NotSent(why),
                SendError::Proxy(failure) => SendError::NotSent(failure.to_string()),
                other => other,
            };
            provider.cancel(&started.reference).map_err(late_failure)?;
            started = start(provider).map_err(late_failure)?;
            if started.again {
                return Err(late());
            }
        }
        let name = &started.reference;
        if !self.change(request.now, |row| row.named(name))? {
            return Err(late());
        }
        Ok(started)
    }
}
