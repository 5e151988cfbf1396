//! One number, one user: while a number is being confirmed for somebody, nobody else can confirm it.
//!
//! Who has a number is looked up in the store and written by a change of their own account, and two
//! accounts have no lock in common. The claim is one: taken before the look, given back after the change.
//! It is made under every key of the ring, so that servers whose rings have one key in common see each other's.

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
    names: Vec<String>,
    id: [u8; ID_BYTES],
}

/// Until when, and whose.
fn read(cell: Option<&[u8]>) -> Option<(u64, &[u8])> {
    let (until, id) = cell?.split_first_chunk()?;
    Some((u64::from_be_bytes(*until), id))
}

impl Verifier {
    /// Keeps a number for whoever confirms it now.
    ///
    /// # Errors
    /// [`Denied::Throttled`]: somebody else does.
    pub(super) fn claim(&self, now: UnixTime, number: &str) -> Result<Claim, Error> {
        let names = self.hashed(&[b"claim", number.as_bytes()]);
        let claim = Claim {
            names: names.iter().map(|name| format!("claim/{name}")).collect(),
            id: random::bytes(&mut OsEntropy)?,
        };
        let until = now.plus(SECONDS);
        let mut body = until.unsigned().to_be_bytes().to_vec();
        body.extend_from_slice(&claim.id);
        self.accounts.change_cells(now, &claim.names, |cells| {
            // A claim from a later time is one of a clock that was put back; from a little later, of one
            // that goes before this one.
            let held = cells
                .iter()
                .filter_map(|cell| read(cell.as_deref()))
                .map(|(held, _)| held)
                .filter(|held| now.unsigned() < *held && *held <= until.plus(SECONDS).unsigned())
                .max();
            match held {
                Some(held) => {
                    let retry_after = held.saturating_sub(now.unsigned()).min(SECONDS);
                    Err(Denied::Throttled { retry_after })
                }
                None => Ok(((), vec![(body.clone(), Some(until)); cells.len()])),
            }
        })??;
        Ok(claim)
    }

    /// Gives it back. When that fails it ends by itself.
    pub(super) fn give_back(&self, now: UnixTime, claim: &Claim) {
        let _ = self.accounts.change_cells(now, &claim.names, |cells| {
            let given_back = cells
                .iter()
                .map(|cell| match (cell, read(cell.as_deref())) {
                    // It ended before, and somebody else has taken it.
                    (Some(bytes), Some((until, id))) if id != claim.id => (
                        bytes.clone(),
                        Some(now.plus(until.saturating_sub(now.unsigned()))),
                    ),
                    _ => (Vec::new(), Some(now)),
                });
            Ok::<_, Denied>(((), given_back.collect()))
        });
    }
}
