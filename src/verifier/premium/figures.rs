//! The figures of a site, for whoever runs it: what happened, what is, and where messages went.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::{Error, Verifier};
use crate::clock::UnixTime;
use crate::figures::{By, Counted, Counts, FiguresKey, FiguresRow, MonthId, Networks};
use crate::premium::Premium;
use crate::premium::figures::{
    AccountFigures, AccountPass, Adoption, AdoptionKey, AdoptionRow, MessageFigures, MessagePass,
    Snapshot,
};
use crate::shared::Keep;
use crate::types::{Method, UserId};

/// Longest time that figures are told for, in days.
const MOST_DAYS: u32 = 400;

/// Accounts, or messages, that are looked at at once.
const AT_ONCE: u32 = 1000;

/// Pages of events that are counted before figures are told, and in a turn of the host's job.
const PAGES_FIRST: u32 = 1;
const PAGES_OF_A_TURN: u32 = 3;

/// Pages of accounts in a turn: opening a thousand takes some ten milliseconds.
const ACCOUNT_PAGES: u32 = 2;

/// Seconds after which a pass is made anew, and after which one that is not at its end is given up: somebody else's clock
/// may have begun it.
const PASS_SECONDS: u64 = 600;
const LONGEST_PASS: u64 = 86_400;

/// Messages that are looked at, the newest first, and how old they may be in seconds.
const MOST_MESSAGES: u32 = 20_000;
const OLDEST_MESSAGE: u64 = 30 * 86_400;

const DAY: u64 = 86_400;

/// Networks that are told of.
const MOST_NETWORKS: usize = 20;

/// `sign_ins` as JSON has it: `signIns`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut all, part| {
        let mut letters = part.chars();
        all.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        all.push_str(letters.as_str());
        all
    })
}

/// Every count by its name, summed over what it was by.
fn sums(counts: &Counts) -> Map<String, Value> {
    let all = Counted::ALL.iter();
    all.map(|what| (camel(what.as_str()), counts.sum(*what).into()))
        .collect()
}

/// The same for one method.
fn of_method(counts: &Counts, by: By) -> Value {
    let told = [
        Counted::SignIn,
        Counted::StepUp,
        Counted::Failure,
        Counted::Blocked,
        Counted::Disabled,
        Counted::Enrolment,
        Counted::Removal,
    ];
    let of = |what: Counted| (camel(what.as_str()), Value::from(counts.of(what, by)));
    Value::Object(told.into_iter().map(of).collect())
}

pub(super) fn accounts(snapshot: &Snapshot) -> Value {
    let AccountFigures {
        accounts,
        enrolled,
        strong,
        methods,
        due,
        overdue,
        locked,
        disabled,
        without_codes,
        unused,
        unreadable,
    } = snapshot.figures;
    let methods = Method::ALL.iter().zip(methods);
    let methods: Map<_, _> = methods
        .map(|(method, number)| (method.as_str().to_owned(), number.into()))
        .collect();
    json!({
        "at": snapshot.at.utc().rfc3339(),
        "accounts": accounts,
        "enrolled": enrolled,
        "strong": strong,
        "methods": methods,
        "due": due,
        "overdue": overdue,
        "locked": locked,
        "disabled": disabled,
        "withoutCodes": without_codes,
        "unused": unused,
        "unreadable": unreadable,
    })
}

impl Verifier {
    /// The figures of the last `days`, as JSON: counted from the events, which are read on first, and by the passes over
    /// accounts and messages that [`Verifier::refresh_figures`] makes. Nobody is named in them but networks.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Invalid`], [`Error::Unavailable`]
    pub fn figures(&self, now: UnixTime, days: u32) -> Result<String, Error> {
        let premium = self.premium(now)?;
        if !(1..=MOST_DAYS).contains(&days) {
            let why = format!("must be between 1 and {MOST_DAYS}");
            return Err(Error::invalid("days", why));
        }
        let (head, is_complete) = self.count_events(now, PAGES_FIRST)?;
        let (days, all, networks) = self.days_of(now, days)?;
        let by_method: Map<_, _> = By::all()
            .map(|by| (by.as_str().to_owned(), of_method(&all, by)))
            .collect();
        let networks: Vec<_> = networks
            .top()
            .into_iter()
            .take(MOST_NETWORKS)
            .map(|it| {
                json!({
                    "network": it.network,
                    "wrong": it.wrong,
                    "refused": it.refused,
                    "surplus": it.surplus,
                })
            })
            .collect();
        let adoption = self.adoption()?;
        let course: Vec<_> = adoption.days().iter().map(accounts).collect();
        let (counted, messages) = self.messages_counted()?.unzip();
        let messages: Vec<_> = messages
            .iter()
            .flat_map(MessageFigures::top)
            .map(|it| {
                json!({
                    "country": it.country,
                    "provider": it.provider,
                    "sent": it.sent,
                    "delivered": it.delivered,
                    "failed": it.failed,
                })
            })
            .collect();
        let figures = json!({
            "version": 1,
            "at": now.utc().rfc3339(),
            "counted": {
                "at": head.moved.map(|at| at.utc().rfc3339()),
                "isComplete": is_complete,
            },
            "totals": sums(&all),
            "methods": by_method,
            "days": days,
            "accounts": adoption.latest().map(accounts),
            "adoption": course,
            "networks": networks,
            "delivery": self.delivery_figures(&premium, now)?,
            "messagesAt": counted.map(|at: UnixTime| at.utc().rfc3339()),
            "messages": messages,
        });
        Ok(figures.to_string())
    }

    /// The days, each with its counts, the oldest first; all of them together; and the networks of their months.
    fn days_of(&self, now: UnixTime, days: u32) -> Result<(Vec<Value>, Counts, Networks), Error> {
        let first = now.minus(u64::from(days.saturating_sub(1)).saturating_mul(DAY));
        let mut months = vec![MonthId::of(now)];
        while let Some(last) = months.last().filter(|it| **it > MonthId::of(first)) {
            months.push(last.previous());
        }
        let mut keys: Vec<_> = months.iter().copied().map(FiguresKey::Month).collect();
        keys.extend(months.iter().copied().map(FiguresKey::Networks));
        let rows = self.rows.get_all(&keys)?;
        let mut by_month = BTreeMap::new();
        let mut networks = Networks::default();
        for (place, stored) in rows.into_iter().enumerate() {
            match (stored.map(|it| it.row), months.get(place)) {
                (Some(FiguresRow::Month(days)), Some(month)) => {
                    by_month.insert(*month, days);
                }
                (Some(FiguresRow::Networks(more)), _) => networks.add_all(&more),
                _ => {}
            }
        }
        let mut all = Counts::default();
        let mut told = Vec::new();
        for back in (0..days).rev() {
            let at = now.minus(u64::from(back).saturating_mul(DAY));
            let utc = at.utc();
            let month = by_month.get(&MonthId::of(at));
            let mut days = month.into_iter().flat_map(|month| month.days());
            let found = days.find(|it| i64::from(it.day) == utc.day);
            let nothing = Counts::default();
            let counts = found.map_or(&nothing, |it| &it.counts);
            all.add_all(counts);
            let mut day = Map::new();
            day.insert("day".to_owned(), utc.date().into());
            day.extend(sums(counts));
            told.push(Value::Object(day));
        }
        Ok((told, all, networks))
    }

    /// What providers did since they were first asked.
    fn delivery_figures(&self, _: &Premium, now: UnixTime) -> Result<Vec<Value>, Error> {
        self.renew_providers(Some(now))?;
        let metrics = self.sender().record().metrics(&self.providers, now)?;
        let told = metrics.stats.iter().map(|((provider, channel), stats)| {
            let failed = stats.failures.iter();
            let failed = failed.fold(0u64, |sum, (_, count)| sum.saturating_add(count));
            let prices: Map<_, _> = (stats.prices.iter())
                .map(|it| (it.currency.iter().collect(), it.millionths.into()))
                .collect();
            json!({
                "provider": provider,
                "channel": Method::from(*channel).as_str(),
                "sent": stats.sends,
                "failed": failed,
                "failovers": stats.failovers,
                "fraudRefusals": stats.fraud_refusals,
                "pricesInMillionths": prices,
            })
        });
        Ok(told.collect())
    }

    pub(super) fn adoption(&self) -> Result<Adoption, Error> {
        Ok(match self.rows.get(&AdoptionKey::Adoption)? {
            Some(stored) => match stored.row {
                AdoptionRow::Adoption(adoption) => adoption,
                _ => Adoption::default(),
            },
            None => Adoption::default(),
        })
    }

    fn messages_counted(&self) -> Result<Option<(UnixTime, MessageFigures)>, Error> {
        Ok(match self.rows.get(&AdoptionKey::Sent)? {
            Some(stored) => match stored.row {
                AdoptionRow::Sent(at, figures) => Some((at, figures)),
                _ => None,
            },
            None => None,
        })
    }

    /// Goes on with what the figures come of, for the host's regular job: counts events, and looks at accounts and
    /// messages every ten minutes at most. A turn takes about a tenth of a second. Whether nothing is left to do for now.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`]
    pub fn refresh_figures(&self, now: UnixTime) -> Result<bool, Error> {
        let premium = self.premium(now)?;
        if !self.count_events(now, PAGES_OF_A_TURN)?.1 {
            return Ok(false);
        }
        for _ in 0..ACCOUNT_PAGES {
            if self.look_at_accounts(&premium, now)? {
                return self.look_at_messages(&premium, now);
            }
        }
        Ok(false)
    }

    /// A page of accounts. Whether the pass is at its end, or none is due.
    fn look_at_accounts(&self, premium: &Premium, now: UnixTime) -> Result<bool, Error> {
        let stored = self.rows.get(&AdoptionKey::Accounts)?;
        let going_on = match stored.map(|it| it.row) {
            Some(AdoptionRow::Accounts(pass)) if is_recent(pass.begun, LONGEST_PASS, now) => {
                Some(pass)
            }
            _ => None,
        };
        let adoption = self.adoption()?;
        let is_fresh = |it: &Snapshot| is_recent(it.at, PASS_SECONDS, now);
        let before = match going_on {
            Some(pass) => Some(pass),
            None if adoption.latest().is_some_and(is_fresh) => return Ok(true),
            None => None,
        };
        // Skips the reserved ids (the site's own chain), which sort before all users'.
        let mut pass = (before.clone())
            .unwrap_or_else(|| AccountPass::begun(premium, UserId::LAST_RESERVED, now));
        let page = self.accounts.list("", AT_ONCE, Some(&pass.after), now)?;
        let required = self.accounts.required_of_everybody()?;
        let has_policy = required.is_some_and(|required| required.policy.is_some());
        let mut unfound = Vec::new();
        for (user, _, account) in &page {
            let account = account.as_ref().ok();
            pass.figures.count(account, has_policy, now);
            if account.is_some_and(|it| it.waits_long(now)) {
                unfound.push(user.clone());
            }
        }
        self.accounts.have_found(&unfound, now)?;
        let is_last = page.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        if let Some((last, ..)) = page.last() {
            pass.after = last.as_str().to_owned();
        }
        let keys = [AdoptionKey::Adoption, AdoptionKey::Accounts];
        self.rows.update_all(now, &keys, |slots| {
            let [adoption, going_on] = slots else { return };
            let found = match going_on.row() {
                Some(AdoptionRow::Accounts(pass)) if is_recent(pass.begun, LONGEST_PASS, now) => {
                    Some(pass)
                }
                _ => None,
            };
            if found != before.as_ref() {
                return; // Somebody else has looked at it.
            }
            if is_last {
                let mut days = match adoption.take() {
                    Some(AdoptionRow::Adoption(days)) => days,
                    _ => Adoption::default(),
                };
                days.add(&pass);
                adoption.put(AdoptionRow::Adoption(days), Keep::Always);
                going_on.end();
            } else {
                going_on.put(AdoptionRow::Accounts(pass.clone()), Keep::Always);
            }
        })?;
        Ok(is_last)
    }

    /// A page of messages. Whether the pass is at its end, or none is due.
    fn look_at_messages(&self, premium: &Premium, now: UnixTime) -> Result<bool, Error> {
        let going_on = |row: Option<&AdoptionRow>| match row {
            Some(AdoptionRow::Messages(pass)) if is_recent(pass.begun, LONGEST_PASS, now) => {
                Some(pass.clone())
            }
            _ => None,
        };
        let stored = self.rows.get(&AdoptionKey::Messages)?;
        let before = going_on(stored.as_ref().map(|it| &it.row));
        let counted = self.messages_counted()?.map(|(at, _)| at);
        if before.is_none() && counted.is_some_and(|at| is_recent(at, PASS_SECONDS, now)) {
            return Ok(true);
        }
        let mut pass = (before.clone()).unwrap_or_else(|| MessagePass::begun(premium, now));
        let page = self.messages.list(AT_ONCE, pass.before)?;
        let oldest = now.minus(OLDEST_MESSAGE);
        let mut is_last = page.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        for (place, message) in &page {
            if message.sent < oldest || pass.seen >= MOST_MESSAGES {
                is_last = true;
                break;
            }
            let status = message.report.status.to_ascii_lowercase();
            (pass.figures).count(&message.masked, &message.provider, &status);
            pass.seen = pass.seen.saturating_add(1);
            pass.before = Some(*place);
        }
        let keys = [AdoptionKey::Sent, AdoptionKey::Messages];
        self.rows.update_all(now, &keys, |slots| {
            let [sent, row] = slots else { return };
            if going_on(row.row()) != before {
                return; // Somebody else has looked at it.
            }
            if is_last {
                let figures = pass.figures.clone();
                sent.put(AdoptionRow::Sent(pass.begun, figures), Keep::Always);
                row.end();
            } else {
                row.put(AdoptionRow::Messages(pass.clone()), Keep::Always);
            }
        })?;
        Ok(is_last)
    }
}

/// Whether that was so lately. What a clock gave that was ahead was not.
fn is_recent(at: UnixTime, seconds: u64, now: UnixTime) -> bool {
    at <= now && at.until(now) < seconds
}

#[cfg(test)]
mod tests {
    use super::camel;

    #[test]
    fn names_are_those_of_json() {
        assert_eq!(camel("sign_ins"), "signIns");
        assert_eq!(camel("blocked"), "blocked");
        assert_eq!(camel("notices_undelivered"), "noticesUndelivered");
    }
}
