//! How many requests an address may make, whatever becomes of them: what stands before an interface that anybody can
//! reach, with lower thresholds than the site's own.
//!
//! ```text
//!   all requests of a network ──────────────────────── 60 a minute, 600 an hour (the settings)
//!   ├─ with nothing proven: guesses, sign-ins ──────── a third of it
//!   │   └─ of nobody: no password was right before ─── a quarter of it
//!   └─ of one user who is signed in ────────────────── a third of it
//! ```
//!
//! So guesses from an office's address never stop those there who are signed in, and one of them not the others, also
//! not with what is had for the password alone: both together leave a third. The rows are those of budgets: a window slides, several rows are taken from at once or none, and a clock that was ahead
//! keeps nobody out for longer than a window.

use super::{Client, Error, Verifier};
use crate::account::Denied;
use crate::clock::UnixTime;
use crate::delivery::budget::{Spent, Window};
use crate::shared::{Keep, RowKey, RowKind};
use crate::types::{Network, UserId};

/// What stands behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOf<'a> {
    /// Nothing.
    Nobody,
    /// A token of ours that is had for a right password, or by whoever is signed in.
    Password,
    /// The sign-in of this user.
    User(&'a UserId),
}

/// A row of requests, by the keyed hash of whose they are.
#[derive(Debug)]
struct RequestsKey {
    name: String,
    cost: u32,
}

impl RowKey for RequestsKey {
    type Row = Spent;

    const KIND: RowKind = RowKind::Requests;

    fn id(&self) -> String {
        self.name.clone()
    }
}

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;

impl Verifier {
    /// Counts a request, unless there were too many.
    ///
    /// # Errors
    /// [`Denied::Throttled`], [`Error::Unavailable`]
    pub fn admit_request(
        &self,
        now: UnixTime,
        client: &Client,
        of: RequestOf<'_>,
    ) -> Result<(), Error> {
        let limits = self.config.request_limits();
        let windows: Option<Vec<Window>> =
            [(limits.network_minute, MINUTE), (limits.network_hour, HOUR)]
                .into_iter()
                .map(|(limit, seconds)| Window::new(limit, seconds))
                .collect();
        let windows = windows.ok_or(super::Misconfiguration::Limits)?;
        let network = Network::site_of(self.address(client)).text();
        let mut keys = Vec::new();
        let mut add = |share: &str, cost: u32, whose: &[u8]| {
            for hash in self.rows.hashed(&[b"requests", network.as_bytes(), whose]) {
                let name = format!("{share}/{hash}");
                keys.push(RequestsKey { name, cost });
            }
        };
        add("all", 1, b"");
        match of {
            RequestOf::Nobody => {
                add("unproven", 3, b"");
                add("nobody", 4, b"");
            }
            RequestOf::Password => add("unproven", 3, b""),
            RequestOf::User(user) => add("user", 3, user.as_str().as_bytes()),
        }
        let wait = self.rows.update_all(now, &keys, |slots| {
            let asked = slots.iter_mut().zip(&keys).map(|(slot, key)| {
                let before = slot.take().unwrap_or_default();
                let mut taken = before.clone();
                let answer = taken.take_many(key.cost, &windows, now);
                (before, taken, answer)
            });
            let asked: Vec<_> = asked.collect();
            let wait = asked.iter().filter_map(|(_, _, answer)| answer.err()).max();
            for (slot, (before, taken, answer)) in slots.iter_mut().zip(asked) {
                // All or none. What a refused row says of a clock that was put back is kept.
                let row = if wait.is_none() || answer.is_err() {
                    taken
                } else {
                    before
                };
                let until = row.idle_after(&windows).unwrap_or(now);
                slot.put(row, Keep::Until(until));
            }
            wait
        })?;
        match wait {
            Some(retry_after) => Err(Denied::Throttled { retry_after }.into()),
            None => Ok(()),
        }
    }
}
