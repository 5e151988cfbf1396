//! Send budgets: spent before anything is sent, all of them or none, whatever the number of processes.
//!
//! A row whose name would tell a person has a keyed hash in its place. It is kept under every key of the ring,
//! and what one of them refuses is refused: so a budget holds while keys come, change places and go, also
//! between servers whose rings differ, as long as they have a key in common and a new key has been there for
//! a day when the last old one goes.

use super::dispatch::channel_of;
use super::{Client, Error, Verifier};
use crate::account::Denied;
use crate::clock::UnixTime;
use crate::delivery::breaker::{Breaker, BreakerKey, Condition};
use crate::delivery::budget::{
    Budgets, Key, Kind, Receipt, Spent, Standing, Use, keys_for, keys_for_notice,
};
use crate::phone::PhoneNumber;
use crate::shared::{Keep, Stored};
use crate::types::{Method, Network, UserId};

impl Verifier {
    /// See [`SharedRows::hashed`](crate::shared::SharedRows::hashed).
    pub(super) fn hashed(&self, parts: &[&[u8]]) -> Vec<String> {
        self.rows.hashed(parts)
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
                if !all.iter().any(|known| known.is_same_row(&key)) {
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
                let key = |kind: Kind, name: &[u8]| Key::of_email(kind, &hash(&[b"mail", name]));
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
                    key.of_another_owner();
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
            let key = |kind: Kind, name: &str| Key::of_asking(kind, &hash(&[name.as_bytes()]));
            vec![key(Kind::User, user.as_str()), key(Kind::Ip, &network)]
        });
        granted(self.take(now, &keys, |_| keys.clone())?).map(drop)
    }

    /// Gives back what a message took that certainly nobody could be asked to send: all of it or nothing, as
    /// [`Budgets::refunds`] says. Where that fails, and where a process ends before it, the message counts as sent.
    pub(super) fn refund(&self, now: UnixTime, of: Use, charge: Charge) -> Result<(), Error> {
        let budgets: &Budgets = &self.budgets;
        let (keys, taken): (Vec<Key>, Vec<Receipt>) = charge
            .0
            .into_iter()
            .map(|taken| (taken.key, taken.receipt))
            .unzip();
        self.rows.update_all(now, &keys, |slots| {
            for ((key, receipt), slot) in keys.iter().zip(&taken).zip(slots) {
                let mut spent = slot.take().unwrap_or_default();
                spent.give_back(receipt, &budgets.refunds(of, key.kind));
                slot.put(spent.clone(), self.kept(key.kind, &spent, now));
            }
        })?;
        // The receipts are used up, whatever became of the rows: nothing is given back twice.
        Ok(())
    }

    /// What is worth nothing goes with the next change, or everybody could fill the store.
    fn kept(&self, kind: Kind, spent: &Spent, now: UnixTime) -> Keep {
        Keep::Until(spent.idle_after(self.budgets.windows(kind)).unwrap_or(now))
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
        let (wait, next, charge) = self.rows.update_all(now, keys, |slots| {
            let mut rows: Vec<(Key, Spent)> = keys
                .iter()
                .zip(slots.iter_mut())
                .map(|(key, slot)| (key.clone(), slot.take().unwrap_or_default()))
                .collect();
            let before = rows.clone();
            let mut wait = None;
            let mut next = 0;
            let mut charge = Vec::new();
            for key in which(&rows) {
                let Some((_, spent)) = rows.iter_mut().find(|(known, _)| known.is_same_row(&key))
                else {
                    continue;
                };
                match budgets.take(&key, spent, now) {
                    Ok(()) => {
                        let receipt = spent.receipt(key.cost, budgets.windows(key.kind));
                        let again = budgets.take(&key, &mut spent.clone(), now);
                        next = next.max(again.err().unwrap_or(0));
                        charge.push(Taken { key, receipt });
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
            for (slot, (key, spent)) in slots.iter_mut().zip(rows) {
                let keep = self.kept(key.kind, &spent, now);
                slot.put(spent, keep);
            }
            (wait, next, Charge(charge))
        })?;
        Ok(match wait {
            Some(refused) => Err(refused),
            None => Ok((now.plus(next), charge)),
        })
    }

    /// Somebody typed a code back that was sent to that number: its range is one where people are.
    pub(super) fn prove_range(&self, now: UnixTime, number: &str) -> Result<(), Error> {
        let Ok(number) = PhoneNumber::from_e164(number) else {
            return Ok(());
        };
        let keys = self.under_every_key(|hash| vec![Key::of_range(&number, hash)]);
        // Looked at without a lock first: mostly there is nothing to write.
        let known = self.rows.get_all(&keys)?;
        let is_proven = |spent: &Option<Stored<Spent>>| {
            spent.as_ref().is_some_and(|spent| {
                spent.row.standing(now) == Standing::Proven && !spent.row.is_ahead(now)
            })
        };
        if known.iter().all(is_proven) {
            return Ok(());
        }
        Ok(self.rows.update_all(now, &keys, |slots| {
            for slot in slots {
                let mut spent = slot.take().unwrap_or_default();
                spent.prove(now);
                let keep = self.kept(Kind::Range, &spent, now);
                slot.put(spent, keep);
            }
        })?)
    }

    /// The breaker of a provider; `None` when it never failed.
    pub(super) fn breaker(&self, provider: &str) -> Result<Option<Breaker>, Error> {
        let stored = self.rows.get(&BreakerKey::of(provider))?;
        Ok(stored.map(|stored| stored.row))
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
        Ok(self.rows.update(now, &BreakerKey::of(provider), |slot| {
            let mut breaker = slot.take().unwrap_or_default();
            let answer = change(&mut breaker);
            slot.put(breaker, Keep::Always);
            answer
        })?)
    }
}

/// Makes a short text of a name, under one key.
type Hash<'a> = dyn Fn(&[&[u8]]) -> String + 'a;

/// What one message took of one row.
#[derive(Debug)]
struct Taken {
    key: Key,
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
