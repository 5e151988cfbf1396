//! Send budgets: spent before anything is sent, all of them or none, whatever the number of processes.

use data_encoding::HEXLOWER;

use super::courier::channel_of;
use super::{Client, Error, Verifier};
use crate::account::{Denied, NewCell};
use crate::clock::UnixTime;
use crate::phone::PhoneNumber;
use crate::sms::breaker::{Breaker, Condition};
use crate::sms::budget::{
    Budgets, Key, Kind, Spent, Standing, keys_for, keys_for_notice, network_of,
};
use crate::terms::{Method, Purpose, UserId};

/// What a reset takes of its own share of a budget that all share.
const RESET_COST: u32 = 3;

/// Bytes of a name's hash: no two people share one.
const NAME_BYTES: usize = 16;

impl Verifier {
    /// A short keyed hash of somebody's name: a row tells nobody whose it is.
    pub(super) fn hashed(&self, parts: &[&[u8]]) -> String {
        let site = self.accounts.site().as_str().as_bytes();
        let mut all: Vec<&[u8]> = vec![b"budget", site];
        all.extend_from_slice(parts);
        let name = self.accounts.ring().name(&all);
        let bytes = name.as_ref().map(|name| name.bytes().as_slice());
        HEXLOWER.encode(bytes.and_then(|b| b.get(..NAME_BYTES)).unwrap_or_default())
    }

    /// Spends the budgets of a code. Returns when the next may be asked for.
    ///
    /// A reset, which anybody may ask for, has budgets of its own, so that it cannot use up those of
    /// signing in; so has e-mail, which costs nothing, and proving a number that somebody else has.
    ///
    /// # Errors
    /// [`Denied::Throttled`]
    pub(super) fn spend_budget(
        &self,
        now: UnixTime,
        user: &UserId,
        purpose: Purpose,
        method: Method,
        to: &str,
        client: &Client,
    ) -> Result<UnixTime, Error> {
        let hash = |parts: &[&[u8]]| self.hashed(parts);
        let (mut fresh, mut proven) = if method == Method::Email {
            let key = |kind: Kind, name: &[u8]| Key {
                kind,
                name: format!("mail/{}/{}", kind.as_str(), hash(&[b"mail", name])),
                cost: 1,
            };
            let keys = vec![
                key(Kind::Number, to.as_bytes()),
                key(Kind::User, user.as_str().as_bytes()),
                key(
                    Kind::Ip,
                    network_of(self.address(client)).to_string().as_bytes(),
                ),
                key(Kind::Site, b""),
            ];
            (keys.clone(), keys)
        } else {
            let number =
                PhoneNumber::from_e164(to).map_err(|_| Denied::NotSent { reason: "number" })?;
            let keys =
                |standing| keys_for(user, Some(self.address(client)), &number, standing, hash);
            (keys(Standing::Fresh), keys(Standing::Proven))
        };
        if purpose == Purpose::ResetPassword {
            self.set_apart(&mut fresh);
            self.set_apart(&mut proven);
        }
        if purpose == Purpose::VerifyPhone && self.is_anothers(user, method, to)? {
            for key in fresh.iter_mut().chain(&mut proven) {
                if key.kind == Kind::Number {
                    key.name.insert_str(0, "enrol/");
                }
            }
        }
        let taken = self.take(now, &fresh, |rows| {
            let range = rows
                .iter()
                .find(|(key, _)| key.kind == Kind::Range)
                .map(|(_, spent)| spent.standing(now));
            match range {
                Some(Standing::Proven) => proven.clone(),
                _ => fresh.clone(),
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

    /// Keeps what anybody can ask for from using up what people need to sign in: budgets of a number and a user are
    /// a reset's own, and of those that all share it may have a third.
    fn set_apart(&self, keys: &mut Vec<Key>) {
        let mut thirds = Vec::new();
        for key in keys.iter_mut() {
            match key.kind {
                Kind::Number | Kind::User => key.name.insert_str(0, "reset/"),
                Kind::Ip => {}
                Kind::Range | Kind::Fresh | Kind::Country | Kind::Provider | Kind::Site => {
                    let cost = key.cost.saturating_mul(RESET_COST);
                    thirds.push(Key {
                        kind: key.kind,
                        name: format!("reset/{}", key.name),
                        cost: cost.min(self.budgets.least(key.kind)),
                    });
                }
            }
        }
        keys.append(&mut thirds);
    }

    /// # Errors
    /// [`Denied::Throttled`]
    pub(super) fn spend_provider_budget(
        &self,
        name: &str,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<(), Error> {
        let mut keys = vec![Key::of_provider(name)];
        if purpose == Purpose::ResetPassword {
            self.set_apart(&mut keys);
        }
        granted(self.take(now, &keys, |_| keys.clone())?).map(drop)
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
        let key = |kind: Kind, name: &str| Key {
            kind,
            name: format!(
                "asked/{}/{}",
                kind.as_str(),
                self.hashed(&[name.as_bytes()])
            ),
            cost: 1,
        };
        let keys = vec![
            key(Kind::User, user.as_str()),
            key(Kind::Ip, &network_of(self.address(client)).to_string()),
        ];
        granted(self.take(now, &keys, |_| keys.clone())?).map(drop)
    }

    /// Takes one message from the rows of the keys that `which` chooses of `keys`, all or none. Returns
    /// when the next is granted, or which one is used up and for how many seconds.
    fn take(
        &self,
        now: UnixTime,
        keys: &[Key],
        which: impl Fn(&[(Key, Spent)]) -> Vec<Key>,
    ) -> Result<Taken, Error> {
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
            for key in which(&rows) {
                let Some((_, spent)) = rows.iter_mut().find(|(known, _)| known.name == key.name)
                else {
                    continue;
                };
                match budgets.take(&key, spent, now) {
                    Ok(()) => {
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
            Ok::<_, String>(((wait, next), written))
        })?;
        Ok(match taken.map_err(Error::Unavailable)? {
            (Some(refused), _) => Err(refused),
            (None, next) => Ok(now.plus(next)),
        })
    }

    /// Somebody typed a code back that was sent to that number: its range is one where people are.
    pub(super) fn prove_range(&self, now: UnixTime, number: &str) -> Result<(), Error> {
        let Ok(number) = PhoneNumber::from_e164(number) else {
            return Ok(());
        };
        let key = Key::of_range(&number, |parts| self.hashed(parts));
        let known = self.accounts.cell(&key.name)?;
        let proven = known
            .and_then(|cell| Spent::from_bytes(&cell.body).ok())
            .is_some_and(|spent| spent.standing(now) == Standing::Proven);
        if proven {
            return Ok(());
        }
        let windows = self.budgets.windows(Kind::Range);
        self.accounts
            .change_cells(now, &[key.name], |cells| {
                let mut spent = match cells.first() {
                    Some(Some(bytes)) => Spent::from_bytes(bytes).map_err(|why| why.to_string())?,
                    _ => Spent::default(),
                };
                spent.prove(now);
                let bytes = spent.to_bytes().map_err(|why| why.to_string())?;
                Ok::<_, String>(((), vec![(bytes, spent.idle_after(windows))]))
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

/// When the next is granted, or whose budget is used up and for how many seconds.
type Taken = Result<UnixTime, (Kind, u64)>;

fn granted(taken: Taken) -> Result<UnixTime, Error> {
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
