//! The rows of the send budgets: spent before anything is sent, all of them or none, whatever the number of processes.
//!
//! A row whose name would tell a person has a keyed hash in its place. It is kept under every key of the ring,
//! and what one of them refuses is refused: so a budget holds while keys come, change places and go, also
//! between servers whose rings differ, as long as they have a key in common and a new key has been there for
//! a day when the last old one goes.

use std::net::IpAddr;

use super::budget::{
    BudgetKey, Budgets, RangeStanding, Receipt, Scope, Spent, Use, Window, keys_for,
    keys_for_notice,
};
use super::error::DeliveryError;
use crate::clock::UnixTime;
use crate::phone::PhoneNumber;
use crate::shared::{Keep, SharedError, SharedRows, Stored};
use crate::sms::ProviderLimits;
use crate::types::{Network, UserId};

/// Where a message is to go.
#[derive(Debug, Clone, Copy)]
pub enum BudgetTarget<'a> {
    /// To a telephone.
    Phone(&'a PhoneNumber),
    /// To an e-mail address. That costs nothing, and has budgets of its own.
    Email(&'a str),
}

/// Who asks for a message, and where it is to go.
#[derive(Debug, Clone, Copy)]
pub struct Spender<'a> {
    /// For whom.
    pub user: &'a UserId,
    /// From where; `None` where what the address takes was taken before ([`Ledger::spend_for_network`]).
    pub ip: Option<IpAddr>,
    /// Where to.
    pub to: BudgetTarget<'a>,
    /// Of which budgets it may have how much.
    pub class: Use,
    /// Somebody else has proven that number, or could have that address: whoever claims it, too, must not use up what
    /// its owner needs to sign in.
    pub is_anothers: bool,
}

/// What one message took of one row.
#[derive(Debug)]
struct Taken {
    key: BudgetKey,
    receipt: Receipt,
}

/// What one message took of all budgets: given back at most once, for it cannot be copied.
#[derive(Debug)]
pub struct Charge(Vec<Taken>);

impl Charge {
    /// With what another took for the same message.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.0.append(&mut other.0);
        self
    }
}

/// A budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedUp {
    /// Which.
    pub scope: Scope,
    /// For how many seconds.
    pub retry_after: u64,
}

impl From<UsedUp> for DeliveryError {
    fn from(used_up: UsedUp) -> Self {
        Self::Throttled {
            retry_after: used_up.retry_after,
        }
    }
}

/// When the next is granted and what was taken; or what is used up.
pub(super) type Granted = Result<(UnixTime, Charge), UsedUp>;

/// Makes a short text of a name, under one key.
type Hash<'a> = dyn Fn(&[&[u8]]) -> String + 'a;

/// The budgets of a site.
#[derive(Debug, Clone, Copy)]
pub struct Ledger<'a> {
    rows: &'a SharedRows,
    budgets: &'a Budgets,
}

impl<'a> Ledger<'a> {
    /// The budgets, and their rows.
    #[must_use]
    pub const fn new(rows: &'a SharedRows, budgets: &'a Budgets) -> Self {
        Self { rows, budgets }
    }

    /// Spends the budgets of a message that somebody asks for. Returns when the next may be asked for, and what it
    /// took.
    ///
    /// What is not proven has a share of what all share, and a reset, which anybody may ask for, half of that:
    /// they cannot use up what signing in needs. So has proving a number that somebody else has. A number that its
    /// user has proven is in no new range.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn spend(&self, now: UnixTime, spender: &Spender<'_>) -> Result<Granted, SharedError> {
        let Spender {
            user, class, to, ..
        } = *spender;
        let (mut fresh, mut proven) = match to {
            BudgetTarget::Email(address) => {
                let network = spender.ip.map(|ip| Network::of(ip).to_string());
                let keys = self.under_every_key(|hash| {
                    let key = |scope: Scope, name: &[u8]| {
                        BudgetKey::of_email(scope, &hash(&[b"mail", name]))
                    };
                    let mut keys = vec![
                        key(Scope::Number, address.as_bytes()),
                        key(Scope::User, user.as_str().as_bytes()),
                    ];
                    if let Some(network) = &network {
                        keys.push(key(Scope::Ip, network.as_bytes()));
                    }
                    keys.push(key(Scope::Site, b""));
                    keys
                });
                (keys.clone(), keys)
            }
            BudgetTarget::Phone(number) => {
                let keys = |standing| {
                    self.under_every_key(|hash| keys_for(user, spender.ip, number, standing, hash))
                };
                (keys(RangeStanding::Fresh), keys(RangeStanding::Proven))
            }
        };
        class.take_shares(&mut fresh);
        class.take_shares(&mut proven);
        if class == Use::Enrolment && spender.is_anothers {
            for key in fresh.iter_mut().chain(&mut proven) {
                if key.scope == Scope::Number {
                    key.of_another_owner();
                }
            }
        }
        self.take(now, &fresh, |rows| {
            let is_proven = rows.iter().any(|(key, spent)| {
                key.scope == Scope::Range && spent.standing(now) == RangeStanding::Proven
            });
            if is_proven || !matches!(class, Use::Enrolment | Use::Registration) {
                proven.clone()
            } else {
                fresh.clone()
            }
        })
    }

    /// Spends the budget of a provider.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn spend_for_provider(
        &self,
        now: UnixTime,
        provider: &str,
        limits: ProviderLimits,
        class: Use,
    ) -> Result<Granted, SharedError> {
        let mut keys = vec![BudgetKey::of_provider(provider, limits)];
        class.take_shares(&mut keys);
        self.take(now, &keys, |_| keys.clone())
    }

    /// How much of what the whole site, each of these providers and each of these countries may send is used up, in
    /// percent, in that order.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn used_percent(
        &self,
        now: UnixTime,
        providers: &[(String, ProviderLimits)],
        regions: &[&str],
    ) -> Result<Vec<u32>, SharedError> {
        let mut keys = vec![BudgetKey::of_site()];
        let of_provider =
            |(name, limits): &(String, ProviderLimits)| BudgetKey::of_provider(name, *limits);
        keys.extend(providers.iter().map(of_provider));
        keys.extend(regions.iter().map(|region| BudgetKey::of_region(region)));
        let rows = self.rows.get_all(&keys)?;
        let used = |(key, row): (&BudgetKey, Option<Stored<Spent>>)| {
            let windows = self.budgets.windows_of(key);
            row.map_or(0, |stored| stored.row.used_percent(&windows, now))
        };
        Ok(keys.iter().zip(rows).map(used).collect())
    }

    /// Spends what a message takes that nobody asked for.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn spend_for_notice(
        &self,
        now: UnixTime,
        number: &PhoneNumber,
        provider: &str,
        limits: ProviderLimits,
    ) -> Result<Granted, SharedError> {
        let keys = keys_for_notice(number, provider, limits);
        self.take(now, &keys, |_| keys.clone())
    }

    /// Spends what asking for a reset takes from the address it is asked from, whomever it is about.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn spend_for_asking_from(&self, now: UnixTime, ip: IpAddr) -> Result<Granted, SharedError> {
        self.spend_for_asking(now, Scope::Ip, &Network::of(ip).to_string())
    }

    /// Spends what asking for a reset takes from the user it is about, whether or not anything is sent.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn spend_for_asking_about(
        &self,
        now: UnixTime,
        user: &UserId,
    ) -> Result<Granted, SharedError> {
        self.spend_for_asking(now, Scope::User, user.as_str())
    }

    fn spend_for_asking(
        &self,
        now: UnixTime,
        scope: Scope,
        name: &str,
    ) -> Result<Granted, SharedError> {
        let keys = self
            .under_every_key(|hash| vec![BudgetKey::of_asking(scope, &hash(&[name.as_bytes()]))]);
        self.take(now, &keys, |_| keys.clone())
    }

    /// Spends what a message to a telephone takes from the address it is asked for from, and nothing else: before it is
    /// known whether there is anybody to send it to.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn spend_for_network(
        &self,
        now: UnixTime,
        ip: IpAddr,
        class: Use,
    ) -> Result<Granted, SharedError> {
        let mut keys = self.under_every_key(|hash| vec![BudgetKey::of_network(ip, hash)]);
        class.take_shares(&mut keys);
        self.take(now, &keys, |_| keys.clone())
    }

    /// Gives back what a message took that certainly nobody could be asked to send: all of it or nothing, as
    /// [`Budgets::refunds`] says. Where that fails, and where a process ends before it, the message counts as sent.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn refund(&self, now: UnixTime, of: Use, charge: Charge) -> Result<(), SharedError> {
        let (keys, receipts): (Vec<BudgetKey>, Vec<Receipt>) = charge
            .0
            .into_iter()
            .map(|taken| (taken.key, taken.receipt))
            .unzip();
        // The receipts are used up, whatever becomes of the rows: nothing is given back twice.
        self.rows.update_all(now, &keys, |slots| {
            for ((key, receipt), slot) in keys.iter().zip(&receipts).zip(slots) {
                let mut spent = slot.take().unwrap_or_default();
                spent.give_back(receipt, &self.budgets.refunds(of, key));
                let keep = Self::keep(&self.budgets.windows_of(key), &spent, now);
                slot.put(spent, keep);
            }
        })
    }

    /// Somebody typed a code back that was sent to that number: its range is one where people are.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn prove_range(&self, now: UnixTime, number: &PhoneNumber) -> Result<(), SharedError> {
        let keys = self.under_every_key(|hash| vec![BudgetKey::of_range(number, hash)]);
        // Looked at without a lock first: mostly there is nothing to write.
        let known = self.rows.get_all(&keys)?;
        let is_proven = |spent: &Option<Stored<Spent>>| {
            spent.as_ref().is_some_and(|spent| {
                spent.row.standing(now) == RangeStanding::Proven && !spent.row.is_ahead(now)
            })
        };
        if known.iter().all(is_proven) {
            return Ok(());
        }
        self.rows.update_all(now, &keys, |slots| {
            for slot in slots {
                let mut spent = slot.take().unwrap_or_default();
                spent.prove(now);
                let keep = Self::keep(self.budgets.windows(Scope::Range), &spent, now);
                slot.put(spent, keep);
            }
        })
    }

    /// What `keys` makes of names, with those under every key beside each other.
    fn under_every_key(&self, keys: impl Fn(&Hash<'_>) -> Vec<BudgetKey>) -> Vec<BudgetKey> {
        let mut all: Vec<BudgetKey> = Vec::new();
        let mut lists = Vec::new();
        for place in 0..self.rows.hashed(&[]).len() {
            let hash = |parts: &[&[u8]]| {
                let mut hashes = self.rows.hashed(parts).into_iter();
                hashes.nth(place).unwrap_or_default()
            };
            lists.push(keys(&hash).into_iter());
        }
        loop {
            let row: Vec<BudgetKey> = lists.iter_mut().filter_map(Iterator::next).collect();
            if row.is_empty() {
                return all;
            }
            for key in row {
                // Rows that several requests share (country, provider, site) are taken once.
                if !all.iter().any(|known| known.is_same_row(&key)) {
                    all.push(key);
                }
            }
        }
    }

    /// What is worth nothing goes with the next change, or everybody could fill the store.
    fn keep(windows: &[Window], spent: &Spent, now: UnixTime) -> Keep {
        Keep::Until(spent.idle_after(windows).unwrap_or(now))
    }

    /// Takes one message from the rows of the keys that `which` chooses of `keys`, all or none.
    fn take(
        &self,
        now: UnixTime,
        keys: &[BudgetKey],
        which: impl Fn(&[(BudgetKey, Spent)]) -> Vec<BudgetKey>,
    ) -> Result<Granted, SharedError> {
        let budgets = self.budgets;
        let (used_up, next, charge) = self.rows.update_all(now, keys, |slots| {
            let mut rows: Vec<(BudgetKey, Spent)> = keys
                .iter()
                .zip(slots.iter_mut())
                .map(|(key, slot)| (key.clone(), slot.take().unwrap_or_default()))
                .collect();
            let before = rows.clone();
            let mut used_up = None;
            let mut next = 0;
            let mut charge = Vec::new();
            for key in which(&rows) {
                let Some((_, spent)) = rows.iter_mut().find(|(known, _)| known.is_same_row(&key))
                else {
                    continue;
                };
                match budgets.take(&key, spent, now) {
                    Ok(()) => {
                        let receipt = spent.receipt(key.cost, &budgets.windows_of(&key));
                        let again = budgets.take(&key, &mut spent.clone(), now);
                        next = next.max(again.err().unwrap_or(0));
                        charge.push(Taken { key, receipt });
                    }
                    Err(retry_after) => {
                        used_up = Some(UsedUp {
                            scope: key.scope,
                            retry_after,
                        });
                        break;
                    }
                }
            }
            if used_up.is_some() {
                // Nothing is taken from any row. A refused row is stored all the same: it may have been brought back
                // to the present of a clock that was put back.
                for ((_, spent), (key, old)) in rows.iter_mut().zip(before) {
                    let mut refused = old.clone();
                    let granted = budgets.take(&key, &mut refused, now).is_ok();
                    *spent = if granted { old } else { refused };
                }
            }
            for (slot, (key, spent)) in slots.iter_mut().zip(rows) {
                let keep = Self::keep(&budgets.windows_of(&key), &spent, now);
                slot.put(spent, keep);
            }
            (used_up, next, Charge(charge))
        })?;
        Ok(match used_up {
            Some(used_up) => Err(used_up),
            None => Ok((now.plus(next), charge)),
        })
    }
}
