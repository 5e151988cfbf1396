//! The licence: a token of the gateway's, judged here without asking anybody.
//!
//! ```text
//!            begins                issued + life/2            expires          expires + grace
//!   NotYet ────┼──────── Valid ───────────┼───── Valid ──────────┼──── Grace ────────┼──── Expired
//!              │                          └ a renewal is due     │                   │
//!              └──────── the gateway has said no to this domain: Refused, at once, until it says yes ────▶
//! ```
//!
//! The token (`TFL1.…`, see [`crate::sms::gateway`]) is good for a day at most, so that a licence that was ended
//! somewhere else ends here. Where the gateway gives no answer the licence goes on for some days after that
//! (`premium_grace_days`): what it is for must not stop with somebody else's outage. An answer that says no leaves
//! no such time.
//!
//! **Clocks.** What is kept beside the token ([`Kept`]) has the latest time that anybody saw while they used it. A
//! clock that was set back behind it, by more than [`SET_BACK`], makes no licence; within that, the latest time is what
//! counts. The gateway's own time, in an answer that it signed for a nonce of ours, mends what a clock that was ahead
//! has left there. A clock that stands still cannot be told from one that goes; codes of apps are refused under it.
//!
//! **Older copies.** The row is sealed for its site and place, so no other token can be put into it, but whoever can
//! write to the database can put back an older row as a whole. What they gain ends with that older token's time and
//! grace; that a later refusal is forgotten with it is seen by every process that has seen it ([`Remembered`]), and by
//! nobody else.

mod genuine;
mod kept;
mod terms;

pub use genuine::{Genuine, MODULE};
pub use kept::{Entered, Kept, KeptKey, KeptRow, Remembered, Unreadable};
pub use terms::{Licence, Plan, SET_BACK, Terms, Unlicensed};

use crate::clock::UnixTime;
use crate::sms::gateway::SKEW;

/// How well a licence stands that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its time is not over.
    Valid,
    /// Its time is over, and nobody could be asked for the next token.
    Grace,
}

/// The proof that what is premium may be used now: [`judge`] alone makes one. It is not kept beyond a request.
#[derive(Debug)]
pub struct Premium {
    licence: Licence,
    standing: Standing,
}

impl Premium {
    /// What the licence says.
    #[must_use]
    pub const fn licence(&self) -> &Licence {
        &self.licence
    }

    /// How well it stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }
}

/// Whether a licence is good now. `remembered` is what this process saw before.
///
/// # Errors
/// [`Unlicensed`]
pub fn judge(
    kept: Option<&Kept>,
    terms: &Terms,
    remembered: Remembered,
    now: UnixTime,
) -> Result<Premium, Unlicensed> {
    let kept = kept
        .filter(|kept| kept.is_of(terms))
        .ok_or(Unlicensed::Missing)?;
    if kept.is_older_than(remembered) && !kept.is_blank() {
        return Err(Unlicensed::RolledBack);
    }
    if let Some((why, at)) = kept.refusal(terms) {
        let why = why.to_owned();
        return Err(Unlicensed::Refused { why, at });
    }
    let licence = kept.licence(terms)?;
    let behind = now.until(kept.latest());
    if behind > SET_BACK {
        return Err(Unlicensed::ClockSetBack { seconds: behind });
    }
    let now = now.max(kept.latest());
    let soon = now.plus(SKEW);
    if licence.begins > soon || licence.issued > soon {
        return Err(Unlicensed::NotYet);
    }
    let standing = if now < licence.expires {
        Standing::Valid
    } else if now < licence.grace_until {
        Standing::Grace
    } else {
        return Err(Unlicensed::Expired);
    };
    Ok(Premium { licence, standing })
}

#[cfg(test)]
mod tests;
