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
use crate::delivery::pending::{Claim, ID_BYTES, Leave, Pending, Standing};
use crate::phone::PhoneNumber;
use crate::sms::{Order, Refusal, SendError, Started, VerificationProvider};

/// The rows say that a request is the one that may ask.
pub(super) struct Alone {
    names: Vec<String>,
    leave: Leave,
}

/// Seconds after which somebody who came too late may ask again.
const LATE: u64 = 60;

fn read(cell: Option<&Vec<u8>>) -> Result<Option<Pending>, String> {
    let bytes = cell.filter(|bytes| !bytes.is_empty());
    let row = bytes.map(|bytes| Pending::from_bytes(bytes)).transpose();
    row.map_err(|why| why.to_string())
}

/// Why nobody may ask.
enum No {
    Wait(u64),
    Row(String),
}

impl From<String> for No {
    fn from(why: String) -> Self {
        Self::Row(why)
    }
}

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

    fn pending_names(&self, pool: &str, to: &PhoneNumber) -> Vec<String> {
        let parts: [&[u8]; 3] = [b"pending", pool.as_bytes(), to.e164().as_bytes()];
        let names = self.hashed(&parts).into_iter();
        names.map(|name| format!("pending/{name}")).collect()
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
        let names = self.pending_names(pool, to);
        let asked = self.accounts.change_cells(now, &names, |cells| {
            let mut old = Vec::new();
            let (mut cancels, mut again) = (false, false);
            let mut written = Vec::with_capacity(cells.len());
            for cell in cells {
                let row = read(cell.as_ref())?;
                match Pending::leave(row.as_ref(), claim, now) {
                    Leave::Wait(seconds) => return Err(No::Wait(seconds)),
                    Leave::Cancel(names) => {
                        cancels = true;
                        old.extend(names);
                    }
                    Leave::Ask { again: same } => again |= same,
                }
                let row = Pending::asking(row.as_ref(), claim, now, seconds);
                let bytes = row.to_bytes().map_err(|why| why.to_string())?;
                written.push((bytes, Some(row.kept())));
            }
            old.dedup();
            let leave = if cancels {
                Leave::Cancel(old)
            } else {
                Leave::Ask { again }
            };
            Ok((leave, written))
        })?;
        match asked {
            Ok(leave) => Ok(Ok(Alone { names, leave })),
            Err(No::Wait(seconds)) => Ok(Err(seconds)),
            Err(No::Row(why)) => Err(Error::Unavailable(why)),
        }
    }

    /// Changes the rows, if they are still those of the request. Whether they are.
    fn change_alone(
        &self,
        alone: &Alone,
        claim: &Claim,
        now: UnixTime,
        change: impl Fn(Pending) -> Pending,
    ) -> Result<bool, SendError> {
        let changed = self.accounts.change_cells(now, &alone.names, |cells| {
            let mut written = Vec::with_capacity(cells.len());
            for cell in cells {
                let row = read(cell.as_ref())?.filter(|row| row.is(claim));
                let Some(row) = row.map(&change) else {
                    let same = cells.iter().map(|cell| {
                        let bytes = cell.clone().unwrap_or_default();
                        let kept = read(Some(&bytes)).ok().flatten();
                        (bytes, Some(kept.map_or(now, |row| row.kept())))
                    });
                    return Ok((false, same.collect()));
                };
                let bytes = row.to_bytes().map_err(|why| why.to_string())?;
                written.push((bytes, Some(row.kept())));
            }
            Ok::<_, String>((true, written))
        });
        changed
            .map_err(|why| SendError::Unknown(why.to_string()))?
            .map_err(SendError::Unknown)
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
        let names = self.pending_names(pool, to);
        let ended = self.accounts.change_cells(now, &names, |cells| {
            let mut written = Vec::with_capacity(cells.len());
            for cell in cells {
                written.push(match read(cell.as_ref())? {
                    Some(row) if !row.is_named(reference) => {
                        (cell.clone().unwrap_or_default(), Some(row.kept()))
                    }
                    _ => (Vec::new(), Some(now)),
                });
            }
            Ok::<_, String>(((), written))
        })?;
        ended.map_err(Error::Unavailable)
    }
}
