//! One number, one user: while a number is being confirmed for somebody, nobody else can confirm it.
//!
//! Who has a number is looked up in the store and written by a change of their own account, and two
//! accounts have no lock in common. The claim is one: taken before the look, given back after the change.
//! It is made under every key of the ring, so that servers whose rings have one key in common see each other's.

use serde::{Deserialize, Serialize};

use super::{Error, Verifier};
use crate::account::Denied;
use crate::clock::UnixTime;
use crate::crypto::{OsEntropy, random};
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, Keep, RowContext, RowKey, RowKind, SharedRow};

/// Longer than any request may take: what a process leaves that died ends by itself.
const SECONDS: u64 = 60;

/// Bytes of what tells one claim from another.
const ID_BYTES: usize = 16;

/// A number that is kept for somebody.
pub(super) struct HeldReservation {
    keys: Vec<ReservationKey>,
    reservation: Reservation,
}

/// The row of a number that is being confirmed, by a keyed hash of it.
#[derive(Debug)]
struct ReservationKey(String);

impl RowKey for ReservationKey {
    type Row = Reservation;

    const KIND: RowKind = RowKind::PhoneReservation;

    fn id(&self) -> String {
        self.0.clone()
    }
}

/// Until when, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reservation {
    format: u8,
    until: UnixTime,
    id: [u8; ID_BYTES],
}

/// The format of the row; there is one.
const FORMAT: u8 = 1;

impl SharedRow for Reservation {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        let row: Self = format::read(bytes)?;
        if row.format == FORMAT {
            Ok(row)
        } else {
            Err(RowError)
        }
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(format::write(self)?)
    }
}

impl Verifier {
    /// Keeps a number for whoever confirms it now.
    ///
    /// # Errors
    /// [`Denied::Throttled`]: somebody else does.
    pub(super) fn claim(&self, now: UnixTime, number: &str) -> Result<HeldReservation, Error> {
        let hashes = self.rows.hashed(&[b"claim", number.as_bytes()]).into_iter();
        let keys: Vec<_> = hashes.map(ReservationKey).collect();
        let until = now.plus(SECONDS);
        let reservation = Reservation {
            format: FORMAT,
            until,
            id: random::bytes(&mut OsEntropy)?,
        };
        let held = self.rows.update_all(now, &keys, |slots| {
            // A claim from a later time is one of a clock that was put back; from a little later, of one
            // that goes before this one.
            let held = slots
                .iter()
                .filter_map(|slot| slot.row().map(|row| row.until))
                .filter(|held| now < *held && *held <= until.plus(SECONDS))
                .max();
            if held.is_none() {
                for slot in slots {
                    slot.put(reservation.clone(), Keep::Until(until));
                }
            }
            held
        })?;
        match held {
            Some(held) => Err(Denied::Throttled {
                retry_after: now.until(held).min(SECONDS),
            }
            .into()),
            None => Ok(HeldReservation { keys, reservation }),
        }
    }

    /// Gives it back. When that fails it ends by itself.
    pub(super) fn give_back(&self, now: UnixTime, claim: &HeldReservation) {
        let _ = self.rows.update_all(now, &claim.keys, |slots| {
            for slot in slots {
                // A row that is not ours any more had expired and was taken by another request.
                if slot.row() == Some(&claim.reservation) {
                    slot.end();
                }
            }
        });
    }
}
