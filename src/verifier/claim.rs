//! One number, one user: while a number is being confirmed for somebody, nobody else can confirm it.
//!
//! Who has a number is looked up in the store and written by a change of their own account, and two
//! accounts have no lock in common. The claim is one: taken before the look, given back after the change.

use super::{Error, Verifier};
use crate::account::Denied;
use crate::clock::UnixTime;
use crate::crypto::{OsEntropy, random};

/// Longer than any request may take: what a process leaves that died ends by itself.
const SECONDS: u64 = 60;

/// Bytes of what tells one claim from another.
const ID_BYTES: usize = 16;

/// A number that is kept for somebody.
pub(super) struct Claim {
    name: String,
    id: [u8; ID_BYTES],
}

/// Until when, and whose.
fn read(cell: Option<&Option<Vec<u8>>>) -> Option<(u64, &[u8])> {
    let (until, id) = cell?.as_ref()?.split_first_chunk()?;
    Some((u64::from_be_bytes(*until), id))
}

impl Verifier {
    /// Keeps a number for whoever confirms it now.
    ///
    /// # Errors
    /// [`Denied::Throttled`]: somebody else does.
    pub(super) fn claim(&self, now: UnixTime, number: &str) -> Result<Claim, Error> {
        let claim = Claim {
            name: format!("claim/{}", self.hashed(&[b"claim", number.as_bytes()])),
            id: random::bytes(&mut OsEntropy)?,
        };
        let until = now.plus(SECONDS);
        let mut body = until.unsigned().to_be_bytes().to_vec();
        body.extend_from_slice(&claim.id);
        let names = std::slice::from_ref(&claim.name);
        self.accounts.change_cells(now, names, |cells| {
            match read(cells.first()) {
                // A claim from a later time is one of a clock that was put back; from a little later, of one
                // that goes before this one.
                Some((held, _))
                    if now.unsigned() < held && held <= until.plus(SECONDS).unsigned() =>
                {
                    let retry_after = held.saturating_sub(now.unsigned()).min(SECONDS);
                    Err(Denied::Throttled { retry_after })
                }
                _ => Ok(((), vec![(body.clone(), Some(until))])),
            }
        })??;
        Ok(claim)
    }

    /// Gives it back. When that fails it ends by itself.
    pub(super) fn give_back(&self, now: UnixTime, claim: &Claim) {
        let names = std::slice::from_ref(&claim.name);
        let _ = self.accounts.change_cells(now, names, |cells| {
            let cell = cells.first().cloned().flatten().unwrap_or_default();
            let body = match read(cells.first()) {
                Some((_, id)) if id == claim.id => Vec::new(),
                _ => cell,
            };
            Ok::<_, Denied>(((), vec![(body, Some(now))]))
        });
    }
}
