//! Send budgets: spent before anything is sent, all of them or none, whatever the number of processes.
//!
//! A row whose name would tell a person has a keyed hash in its place. It is kept under every key of the ring,
//! and what one of them refuses is refused: so a budget holds while keys come, change places and go, also
//! between servers whose rings differ, as long as they have a key in common and a new key has been there for
//! a day when the last old one goes.

use data_encoding::HEXLOWER;

use super::dispatch::channel_of;
use super::{Client, Error, Verifier};
use crate::account::{Denied, NewCell};
use crate::clock::UnixTime;
use crate::delivery::breaker::{Breaker, Condition};
use crate::delivery::budget::{
    Budgets, Key, Kind, Receipt, Spent, Standing, Use, keys_for, keys_for_notice,
};
use crate::phone::PhoneNumber;
use crate::store::Cell;
use crate::types::{Method, Network, UserId};

/// Bytes of a name's hash: no two people share one.
const NAME_BYTES: usize = 16;

impl Verifier {
    /// Short keyed hashes of somebody's name, one under every key: a row tells nobody whose it is.
    pub(super) fn hashed(&self, parts: &[&[u8]]) -> Vec<String> {
        let site = self.accounts.site().as_str().as_bytes();
        let mut all: Vec<&[u8]> = vec![b"budget", site];
        all.extend_from_slice(parts);
        let names = self.accounts.ring().names(&all);
        names
            .iter()
            .map(|name| HEXLOWER.encode(name.bytes().get(..NAME_BYTES).unwrap_or_default()))
            .collect()
    }

    /// What `keys` makes of names, with those under every key beside each other.
    fn under_every_key(&self, keys: impl Fn(&Hash<'_>) -> Vec<Key>) -> Vec<Key> {
        let mut all: Vec<Key> = Vec::new();
        let mut lists = Vec::new();
        for place in 0..self.accounts.ring().ids().count() {
            let hash = |parts: &[&[u8]]| {
                self.hashed(parts)
                    .into_iter()
                    .nth(place)
                    .unwrap_or_default()
            };
            lists.push(keys(&hash).into_iter());
        }
        loop {
            let row: Vec<Key> = lists.iter_mut().filter_map(Iterator::next).collect();
            if row.is_empty() {
                return all;
            }
            for key in row {
                // What all share has one name.
                if !all.iter().any(|known| known.name == key.name) {
                    all.push(key);
                }
            }
        }
    }

    /// Spends the budgets of a code. Returns when the next may be asked for, and what it took.
    ///
    /// What is not proven has a share of what all share, and a reset, which anybody may ask for, half of that:
    /// they cannot use up what signing in needs. E-mail, which costs nothing, has budgets of its own, and so
    /// has proving a number that somebody else has. A number that its user has proven is in no new range.
    ///
    /// # Errors
    /// [`Denied::Throttled`]
    pub(super) fn spend_budget(
        &self,
        now: UnixTime,
        user: &UserId,
        class: Use,
        method: Method,
        to: &str,
        client: &Client,
    ) -> Result<(UnixTime, Charge), Error> {
        let (mut fresh, mut proven) = if method == Method::Email {
            let network = Network::of(self.address(client)).to_string();
            let keys = self.under_every_key(|hash| {
                let key = |kind: Kind, name: &[u8]| Key {
                    kind,
                    name: format!("mail/{}/{}", kind.as_str(), hash(&[b"mail", name])),
                    cost: 1,
                };
                vec![
                    key(Kind::Number, to.as_bytes()),
                    key(Kind::User, user.as_str().as_bytes()),
                    key(Kind::Ip, network.as_bytes()),
                    key(Kind::Site, b""),
                ]
            });
            (keys.clone(), keys)
        } else {
            let number =
                PhoneNumber::from_e164(to).map_err(|_| Denied::NotSent { reason: "number" })?;
            let ip = Some(self.address(client));
            let keys =
                |standing| self.under_every_key(|hash| keys_for(user, ip, &number, standing, hash));
            (keys(Standing::Fresh), keys(Standing::Proven))
        };
        class.take_shares(&mut fresh);
        class.take_shares(&mut proven);
        if class == Use::Enrolment && self.is_anothers(user, method, to)? {
            for key in fresh.iter_mut().chain(&mut proven) {
                if key.kind == Kind::Number {
                    key.name.insert_str(0, "enrol/");
                }
            }
        }
        let taken = self.take(now, &fresh, |rows| {
            let is_proven = rows.iter().any(|(key, spent)| {
                key.kind == Kind::Range && spent.standing(now) == Standing::Proven
            });
            if is_proven || class != Use::Enrolment {
                proven.clone()
            } else {
                fresh.clone()
            }
        })?;
        if let (Err((Kind::Range | Kind::Fresh, _)), Some(channel)) = (&taken, channel_of(method)) {
            self.count_fraud_refusal(channel, now)?;
        }
        granted(taken)
    }

    /// Whether somebody else has proven that number, or could have that address: whoever claims it, too, must
    /// not use up what its owner needs to sign in.
    fn is_anothers(&self, user: &UserId, method: Method, to: &str) -> Result<bool, Error> {
        Ok(method == Method::Email
            || self
                .accounts
                .with_phone(to)?
                .iter()
                .any(|other| other != user))
    }

    /// # Errors
    /// [`Denied::Throttled`]
    pub(super) fn spend_provider_budget(
        &self,
        name: &str,
        class: Use,
        now: UnixTime,
    ) -> Result<Charge, Error> {
        let mut keys = vec![Key::of_provider(name)];
        class.take_shares(&mut keys);
        granted(self.take(now, &keys, |_| keys.clone())?).map(|(_, charge)| charge)
    }

    /// What a message takes that nobody asked for.
    ///
    /// # Errors
    /// [`Denied::Throttled`]
    pub(super) fn spend_notice_budget(
        &self,
        number: &PhoneNumber,
        provider: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let keys = keys_for_notice(number, provider);
        granted(self.take(now, &keys, |_| keys.clone())?).map(drop)
    }

    /// What asking for a reset takes, whether or not anything is sent.
    ///
    /// # Errors
    /// [`Denied::Throttled`]
    pub(super) fn spend_reset_budget(
        &self,
        now: UnixTime,
        user: &UserId,
        client: &Client,
    ) -> Result<(), Error> {
        let network = Network::of(self.address(client)).to_string();
        let keys = self.under_every_key(|hash| {
            let key = |kind: Kind, name: &str| Key {
                kind,
                name: format!("asked/{}/{}", kind.as_str(), hash(&[name.as_bytes()])),
                cost: 1,
            };
            vec![key(Kind::User, user.as_str()), key(Kind::Ip, &network)]
        });
        granted(self.take(now, &keys, |_| keys.clone())?).map(drop)
    }

    /// Gives back what a message took that certainly nobody could be asked to send: all of it or nothing, as
    /// [`Budgets::refunds`] says. Where that fails, and where a process ends before it, the message counts as sent.
    pub(super) fn refund(&self, now: UnixTime, of: Use, charge: Charge) -> Result<(), Error> {
        let budgets: &Budgets = &self.budgets;
        let names: Vec<String> = charge.0.iter().map(|taken| taken.name.clone()).collect();
        let refunded = self.accounts.change_cells(now, &names, |cells| {
            let mut written: Vec<NewCell> = Vec::with_capacity(cells.len());
            for (taken, cell) in charge.0.iter().zip(cells) {
                let mut spent = match cell {
                    Some(bytes) => Spent::from_bytes(bytes).map_err(|why| why.to_string())?,
                    None => Spent::default(),
                };
                spent.give_back(&taken.receipt, &budgets.refunds(of, taken.kind));
                let bytes = spent.to_bytes().map_err(|why| why.to_string())?;
                let keep_until = spent.idle_after(budgets.windows(taken.kind)).unwrap_or(now);
                written.push((bytes, Some(keep_until)));
            }
            Ok::<_, String>(((), written))
        });
        // It is used up, whatever became of the rows: nothing is given back twice.
        drop(charge);
        refunded?.map_err(Error::Unavailable)
    }

    /// Takes one message from the rows of the keys that `which` chooses of `keys`, all or none. Returns
    /// when the next is granted and what was taken, or which one is used up and for how many seconds.
    fn take(
        &self,
        now: UnixTime,
        keys: &[Key],
        which: impl Fn(&[(Key, Spent)]) -> Vec<Key>,
    ) -> Result<Granted, Error> {
        let budgets: &Budgets = &self.budgets;
        let names: Vec<String> = keys.iter().map(|key| key.name.clone()).collect();
        let taken = self.accounts.change_cells(now, &names, |cells| {
            let mut rows = Vec::with_capacity(keys.len());
            for (key, cell) in keys.iter().zip(cells) {
                let spent = match cell {
                    Some(bytes) => Spent::from_bytes(bytes).map_err(|why| why.to_string())?,
                    None => Spent::default(),
                };
                rows.push((key.clone(), spent));
            }
            let before = rows.clone();
            let mut wait = None;
            let mut next = 0;
            let mut charge = Vec::new();
            for key in which(&rows) {
                let Some((_, spent)) = rows.iter_mut().find(|(known, _)| known.name == key.name)
                else {
                    continue;
                };
                match budgets.take(&key, spent, now) {
                    Ok(()) => {
                        charge.push(Taken {
                            kind: key.kind,
                            receipt: spent.receipt(key.cost, budgets.windows(key.kind)),
                            name: key.name.clone(),
                        });
                        let again = budgets.take(&key, &mut spent.clone(), now);
                        next = next.max(again.err().unwrap_or(0));
                    }
                    Err(seconds) => {
                        wait = Some((key.kind, seconds));
                        break;
                    }
                }
            }
            if wait.is_some() {
                // None is taken. What a refused row says of a clock that was put back is kept.
                for ((_, spent), (key, old)) in rows.iter_mut().zip(before) {
                    let mut refused = old.clone();
                    let granted = budgets.take(&key, &mut refused, now).is_ok();
                    *spent = if granted { old } else { refused };
                }
            }
            let mut written: Vec<NewCell> = Vec::with_capacity(rows.len());
            for (key, spent) in &rows {
                let bytes = spent.to_bytes().map_err(|why| why.to_string())?;
                // What is worth nothing goes with the next change, or everybody could fill the store.
                let keep_until = spent.idle_after(budgets.windows(key.kind)).unwrap_or(now);
                written.push((bytes, Some(keep_until)));
            }
            Ok::<_, String>(((wait, next, Charge(charge)), written))
        })?;
        Ok(match taken.map_err(Error::Unavailable)? {
            (Some(refused), ..) => Err(refused),
            (None, next, charge) => Ok((now.plus(next), charge)),
        })
    }

    /// Somebody typed a code back that was sent to that number: its range is one where people are.
    pub(super) fn prove_range(&self, now: UnixTime, number: &str) -> Result<(), Error> {
        let Ok(number) = PhoneNumber::from_e164(number) else {
            return Ok(());
        };
        let keys = self.under_every_key(|hash| vec![Key::of_range(&number, hash)]);
        let names: Vec<String> = keys.into_iter().map(|key| key.name).collect();
        // Looked at without a lock first: mostly there is nothing to write.
        let known = self.accounts.cells(&names)?;
        let is_proven = |cell: &Option<Cell>| {
            let spent = cell.as_ref().map(|cell| Spent::from_bytes(&cell.body));
            matches!(spent, Some(Ok(spent)) if spent.standing(now) == Standing::Proven && !spent.is_ahead(now))
        };
        if known.iter().all(is_proven) {
            return Ok(());
        }
        let windows = self.budgets.windows(Kind::Range);
        self.accounts
            .change_cells(now, &names, |cells| {
                let mut written: Vec<NewCell> = Vec::with_capacity(cells.len());
                for cell in cells {
                    let mut spent = match cell {
                        Some(bytes) => Spent::from_bytes(bytes).map_err(|why| why.to_string())?,
                        None => Spent::default(),
                    };
                    spent.prove(now);
                    let bytes = spent.to_bytes().map_err(|why| why.to_string())?;
                    written.push((bytes, spent.idle_after(windows)));
                }
                Ok::<_, String>(((), written))
            })?
            .map_err(Error::Unavailable)
    }

    /// The breaker of a provider; `None` when it never failed.
    pub(super) fn breaker(&self, provider: &str) -> Result<Option<Breaker>, Error> {
        let cell = self.accounts.cell(&breaker_name(provider))?;
        cell.map(|cell| {
            Breaker::from_bytes(&cell.body).map_err(|why| Error::Unavailable(why.to_string()))
        })
        .transpose()
    }

    /// Until when a provider is left alone because it has failed lately, if it is.
    pub(super) fn open_until(
        &self,
        provider: &str,
        now: UnixTime,
    ) -> Result<Option<UnixTime>, Error> {
        let breaker = self.breaker(provider)?;
        Ok(match breaker.map(|breaker| breaker.condition(now)) {
            Some(Condition::Open { until }) => Some(until),
            _ => None,
        })
    }

    /// Changes the breaker of a provider, for every process.
    pub(super) fn change_breaker<T>(
        &self,
        provider: &str,
        now: UnixTime,
        change: impl Fn(&mut Breaker) -> T,
    ) -> Result<T, Error> {
        self.accounts
            .change_cells(now, &[breaker_name(provider)], |cells| {
                let mut breaker = breaker_of(cells.first())?;
                let answer = change(&mut breaker);
                let bytes = breaker.to_bytes().map_err(|why| why.to_string())?;
                Ok::<_, String>((answer, vec![(bytes, None)]))
            })?
            .map_err(Error::Unavailable)
    }
}

/// Makes a short text of a name, under one key.
type Hash<'a> = dyn Fn(&[&[u8]]) -> String + 'a;

/// What one message took of one row.
#[derive(Debug)]
struct Taken {
    name: String,
    kind: Kind,
    receipt: Receipt,
}

/// What one message took of all budgets: given back at most once, for it cannot be copied.
#[derive(Debug)]
pub(super) struct Charge(Vec<Taken>);

impl Charge {
    /// With what another took for the same message.
    pub(super) fn and(mut self, mut other: Self) -> Self {
        self.0.append(&mut other.0);
        self
    }
}

/// When the next is granted and what was taken, or whose budget is used up and for how many seconds.
type Granted = Result<(UnixTime, Charge), (Kind, u64)>;

fn granted(taken: Granted) -> Result<(UnixTime, Charge), Error> {
    taken.map_err(|(_, retry_after)| Denied::Throttled { retry_after }.into())
}

pub(super) fn breaker_of(cell: Option<&Option<Vec<u8>>>) -> Result<Breaker, String> {
    match cell {
        Some(Some(bytes)) => Breaker::from_bytes(bytes).map_err(|why| why.to_string()),
        _ => Ok(Breaker::default()),
    }
}

pub(super) fn breaker_name(provider: &str) -> String {
    format!("breaker/{provider}")
}
