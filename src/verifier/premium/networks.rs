//! What stands before an answer: the rules about networks, the limits of an address and its subnet, and the ceiling over
//! all methods; and what is told of guessing.
//!
//! ```text
//!   guard ──▶ rules (lists) ──▶ limits of address and subnet ──▶ ceiling ──▶ the account's own rule ──▶ counted
//!              refused as a        rows, read with the account   in the          (free)                    │
//!              wrong code is                                     account              wrong: rows of address and subnet,
//!                                                                                     and of the site, are written
//! ```
//!
//! No licence is asked about: lists and limits count where they are set, for all they do is deny; the ceiling and the
//! alarms, which have defaults, where there is a licence key. Where that is kept in the store, a process looks once
//! whether there is one, and while there is none once a minute. The rest costs a request no round trip: the rows are read in the statement that reads the account, and written when something was
//! wrong. So as many answers from one address may be looked at beyond its limit as come at the same moment; that of an
//! account and the ceiling are exact.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;

use data_encoding::HEXLOWER;

use super::super::error::{Error, Unavailable};
use super::super::finding::{self, Finding};
use super::super::{Client, Verifier};
use super::guard::{Active, Guard, NetworkKey};
use super::lists::KeptList;
use crate::account::{Denied, Source};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::delivery::budget::{Receipt, Spent, Use, Window};
use crate::premium::guessing::{
    Alarm, AlarmKind, GuessLimits, GuessingKey, GuessingRow, Thresholds,
};
use crate::premium::network::NetworkRules;
use crate::shared::{Keep, RowKey};
use crate::types::{Network, UserId};

const HOUR: u32 = 3_600;

/// What one account may use up of what a subnet may be wrong is one of so many shares.
const SHARES: u32 = 3;

/// Seconds after which a process without a licence looks again.
const LOOKED_FOR: u64 = 60;

/// Seconds that health speaks of an alarm: three days.
const TOLD: u64 = 3 * 86_400;

impl Verifier {
    /// Whether the ceiling and what is told of guessing are in force, which have numbers that nobody had to set: where
    /// there is a licence key, whatever has become of its licence.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    fn has_ceiling(&self, now: UnixTime) -> Result<bool, Error> {
        let kept = &self.networks;
        match self.config.licence_key() {
            None => return Ok(false),
            Some(key) if !key.is_in_store() || kept.is_licensed.get() => return Ok(true),
            Some(_) => {}
        }
        let looked = |at: UnixTime| at <= now && at.until(now) < LOOKED_FOR;
        if kept.looked.get().is_some_and(looked) {
            return Ok(false);
        }
        let is_there = self.has_licence_row()?;
        kept.is_licensed.set(is_there);
        kept.looked.set(Some(now));
        Ok(is_there)
    }

    /// The rules in force: those that are set.
    ///
    /// # Errors
    /// [`Unavailable::Networks`]: a list is wrong, and none was right before.
    fn network_rules(&self) -> Result<NetworkRules, Error> {
        let read = |setting, kept: &RefCell<KeptList>, text, is_allowing| {
            let list = kept.borrow_mut().read(text, is_allowing);
            list.map_err(|why| Unavailable::Networks { setting, why })
        };
        let (allow, deny) = (self.config.network_allow(), self.config.network_deny());
        Ok(NetworkRules::new(
            read("network_allow", &self.networks.allow, allow, true)?,
            read("network_deny", &self.networks.deny, deny, false)?,
        ))
    }

    /// Whether second factors are answered, and codes asked for, from where a request comes from.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub(in crate::verifier) fn admits(&self, client: &Client) -> Result<bool, Error> {
        Ok(self.network_rules()?.admits(self.address(client)))
    }

    /// What stands before an answer.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub(in crate::verifier) fn guard(
        &self,
        now: UnixTime,
        client: &Client,
        user: &UserId,
    ) -> Result<Guard, Error> {
        let limits = self.config.network_limits();
        let ip = self.address(client);
        let (of_address, of_subnet) = (limits.address_failures, limits.subnet_failures);
        let mut rows = self.network_keys("wrong", 1, ip, of_address, of_subnet)?;
        if of_subnet > 0 {
            // No account fills a subnet's row alone: it has a third, and stops where that is used up.
            let names = [b"share".as_slice(), user.as_str().as_bytes()];
            let (subnet, share) = (Network::subnet_of(ip), of_subnet.div_ceil(SHARES));
            rows.extend(self.keys_of("wrong", "share", &names, subnet, 1, share)?);
        }
        let is_told = self.has_ceiling(now)?;
        let (most, after) = match is_told {
            true => (limits.most_failures, limits.after_failures),
            false => (0, 0),
        };
        Ok(Guard {
            active: Active {
                admits: self.network_rules()?.admits(ip),
                limits: GuessLimits::new(most, after),
                names: rows.iter().map(RowKey::name).collect(),
                rows,
                ip,
                is_told,
            },
            noted: Cell::default(),
        })
    }

    /// The rows of an address and its subnet, under every key of the ring; none of what has no limit.
    fn network_keys(
        &self,
        what: &str,
        cost: u32,
        ip: IpAddr,
        of_address: u32,
        of_subnet: u32,
    ) -> Result<Vec<NetworkKey>, Error> {
        let mut keys = Vec::new();
        for (scope, limit, network) in [
            ("address", of_address, Network::of(ip)),
            ("subnet", of_subnet, Network::subnet_of(ip)),
        ] {
            if limit == 0 {
                continue;
            }
            keys.extend(self.keys_of(what, scope, &[scope.as_bytes()], network, cost, limit)?);
        }
        Ok(keys)
    }

    fn keys_of(
        &self,
        what: &str,
        scope: &str,
        names: &[&[u8]],
        network: Network,
        cost: u32,
        limit: u32,
    ) -> Result<Vec<NetworkKey>, Error> {
        let window = Window::new(limit, HOUR).ok_or(super::super::Misconfiguration::Limits)?;
        let network = network.to_string();
        let mut all: Vec<&[u8]> = vec![b"networks"];
        all.extend(names);
        all.push(network.as_bytes());
        let key = |hash| NetworkKey {
            name: format!("{what}/{scope}/{hash}"),
            cost,
            window,
        };
        Ok(self.rows.hashed(&all).into_iter().map(key).collect())
    }

    /// Counts in the rows of the site what was noted of an answer, and tells it. A limit that cannot be counted denies: it
    /// is called before anybody is told of the answer.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub(in crate::verifier) fn after_guess(
        &self,
        now: UnixTime,
        guard: &Guard,
        user: &UserId,
    ) -> Result<(), Error> {
        let (active, noted) = (&guard.active, guard.noted.take());
        if !noted.is_guess {
            return Ok(());
        }
        if noted.is_limited && !active.rows.is_empty() {
            self.rows.update_all(now, &active.rows, |slots| {
                for (slot, key) in slots.iter_mut().zip(&active.rows) {
                    let mut spent = slot.take().unwrap_or_default();
                    // One that is full stays so.
                    let _ = spent.take_many(key.cost, &[key.window], now);
                    let until = spent.idle_after(&[key.window]).unwrap_or(now);
                    slot.put(spent, Keep::Until(until));
                }
            })?;
        }
        if noted.is_suspected {
            self.end_unproven_sessions(now, user)?;
        }
        if !active.is_told {
            return Ok(());
        }
        let network = Network::site_of(active.ip).to_string();
        let account = self.short_name(b"account", user.as_str());
        let network = self.short_name(b"network", &network);
        let limits = self.config.network_limits();
        let thresholds = Thresholds {
            accounts: limits.alarm_accounts,
            networks: limits.alarm_networks,
        };
        let raised = self.rows.update(now, &GuessingKey, |slot| {
            let mut row = slot.take().unwrap_or_else(|| GuessingRow::begun(now));
            let raised = row.count(account, network, noted.is_suspected, thresholds, now);
            let until = row.idle_after(now);
            slot.put(row, Keep::Until(until));
            raised
        })?;
        for alarm in raised.iter().filter(|it| it.kind != AlarmKind::Account) {
            self.note_for_providers(now, &Source::default(), &event_of(alarm))?;
        }
        Ok(())
    }

    /// The name of an account or network among others of the same row.
    pub(super) fn short_name(&self, what: &[u8], name: &str) -> [u8; 6] {
        let names = self.rows.hashed(&[b"guessing", what, name.as_bytes()]);
        let first = names.first().map(String::as_bytes);
        let first = first.and_then(|hash| hash.get(..12));
        let bytes = first.and_then(|hash| HEXLOWER.decode(hash).ok());
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or_default()
    }

    /// Takes a code from what an address and its subnet may ask for, and gives it back where `then` refuses it: what sends
    /// nothing uses up nothing. None of it is for where a proof has come from.
    ///
    /// # Errors
    /// [`Denied::Throttled`], [`Error::Unavailable`], and those of `then`
    pub(in crate::verifier) fn take_send<T>(
        &self,
        now: UnixTime,
        client: &Client,
        class: Use,
        then: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (keys, receipts) = self.take_of_network(now, client, class)?;
        let done = then();
        if done.is_err() && !keys.is_empty() {
            // Where that fails it counts as sent.
            let _ = self.rows.update_all(now, &keys, |slots| {
                for ((slot, key), receipt) in slots.iter_mut().zip(&keys).zip(&receipts) {
                    let mut spent = slot.take().unwrap_or_default();
                    spent.give_back(receipt, &[key.window]);
                    let until = spent.idle_after(&[key.window]).unwrap_or(now);
                    slot.put(spent, Keep::Until(until));
                }
            });
        }
        done
    }

    /// What was taken, of which rows.
    fn take_of_network(
        &self,
        now: UnixTime,
        client: &Client,
        class: Use,
    ) -> Result<(Vec<NetworkKey>, Vec<Receipt>), Error> {
        let limits = self.config.network_limits();
        let (of_address, of_subnet) = (limits.address_sends, limits.subnet_sends);
        if class == Use::SignIn || (of_address, of_subnet) == (0, 0) {
            return Ok((Vec::new(), Vec::new()));
        }
        let ip = self.address(client);
        let mut keys = self.network_keys("sent", 1, ip, of_address, of_subnet)?;
        if class != Use::UnknownNetwork {
            // What no password stands behind has a third, so that it leaves what has one something.
            keys.extend(self.network_keys("weak", 3, ip, of_address, of_subnet)?);
        }
        let taken = self.rows.update_all(now, &keys, |slots| {
            let mut rows: Vec<_> = slots
                .iter_mut()
                .map(|slot| slot.take().unwrap_or_default())
                .collect();
            let before = rows.clone();
            let take = |(spent, key): (&mut Spent, &NetworkKey)| {
                spent.take_many(key.cost, &[key.window], now).err()
            };
            let waits: Vec<_> = rows.iter_mut().zip(&keys).map(take).collect();
            let wait = waits.iter().flatten().max().copied();
            let receipt =
                |(spent, key): (&Spent, &NetworkKey)| spent.receipt(key.cost, &[key.window]);
            let receipts = rows.iter().zip(&keys).map(receipt).collect();
            for (((slot, key), (row, before)), own) in slots
                .iter_mut()
                .zip(&keys)
                .zip(rows.into_iter().zip(before))
                .zip(waits)
            {
                // All or none. What a refused row says of a clock that was put back is kept.
                let row = if wait.is_none() || own.is_some() {
                    row
                } else {
                    before
                };
                let until = row.idle_after(&[key.window]).unwrap_or(now);
                slot.put(row, Keep::Until(until));
            }
            wait.map_or(Ok(receipts), Err)
        })?;
        match taken {
            Ok(receipts) => Ok((keys, receipts)),
            Err(retry_after) => Err(Denied::Throttled { retry_after }.into()),
        }
    }

    /// What an operator should know of the rules and of guessing; nothing where none are set and nobody guesses.
    pub(in crate::verifier) fn network_health(&self, now: Option<UnixTime>) -> Vec<Finding> {
        let (allow, deny) = (self.config.network_allow(), self.config.network_deny());
        let is_set = allow.is_some() || deny.is_some();
        let Some(now) = now else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        if is_set {
            findings.extend(self.list_health());
            // A store that cannot be asked says so itself.
            if matches!(self.premium(now), Err(Error::LicenceRequired(_))) {
                findings.push(match self.licence(now) {
                    Ok(None) => Finding::problem(finding::NETWORKS_UNLICENSED),
                    _ => Finding::warning(finding::NETWORKS_ENDED),
                });
            }
        }
        findings.extend(self.guessing_health(now));
        findings
    }

    fn list_health(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut read = |setting: &'static str, kept: &RefCell<KeptList>, text, is_allowing| {
            let mut kept = kept.borrow_mut();
            let list = kept.read(text, is_allowing);
            if let Some(why) = kept.fault() {
                let found = Finding::problem(finding::NETWORKS_BROKEN).with("setting", setting);
                findings.push(found.with("why", why));
            }
            let many = list.ok().flatten().map_or(0, |list| list.len());
            u64::try_from(many).unwrap_or(u64::MAX)
        };
        let (allow, deny) = (self.config.network_allow(), self.config.network_deny());
        let allow = read("network_allow", &self.networks.allow, allow, true);
        let deny = read("network_deny", &self.networks.deny, deny, false);
        if findings.is_empty() {
            let found = Finding::ok(finding::NETWORKS_OK).with("allow", allow);
            findings.push(found.with("deny", deny));
        }
        findings
    }

    /// The latest alarm of each kind.
    fn guessing_health(&self, now: UnixTime) -> Vec<Finding> {
        let Ok(Some(stored)) = self.rows.get(&GuessingKey) else {
            return Vec::new();
        };
        let alarms: Vec<&Alarm> = stored.row.alarms(now.minus(TOLD)).collect();
        let of = |kind| alarms.iter().filter(move |alarm| alarm.kind == kind);
        let mut findings = Vec::new();
        for (kind, sentence) in [
            (AlarmKind::Accounts, finding::GUESSING_ACCOUNTS),
            (AlarmKind::Networks, finding::GUESSING_NETWORKS),
        ] {
            if let Some(alarm) = of(kind).next() {
                let found = Finding::warning(sentence);
                let found = found.with("since", alarm.since).with("at", alarm.at);
                let found = found.with("failures", u64::from(alarm.failures));
                let found = found.with("accounts", u64::from(alarm.accounts));
                findings.push(found.with("networks", u64::from(alarm.networks)));
            }
        }
        if let Some(last) = of(AlarmKind::Account).next() {
            let times = of(AlarmKind::Account).map(|alarm| u64::from(alarm.times));
            let found = Finding::warning(finding::GUESSING_PASSWORD).with("at", last.at);
            findings.push(found.with("times", times.sum::<u64>()));
        }
        findings
    }
}

/// An event that nobody asked for, in the chain that is nobody's.
fn event_of(alarm: &Alarm) -> Event {
    let Alarm {
        failures,
        accounts,
        networks,
        ..
    } = alarm;
    let why = format!("failures={failures} accounts={accounts} networks={networks}");
    let event = Event::by_itself(EventKind::GuessingSuspected);
    event.since(alarm.since).because(&why)
}
