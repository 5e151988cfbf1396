//! Alerts: where events are read for what is unusual, where the site is looked at, and what is handed out of both.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::administer::limited;
use super::super::error::{Error, Unavailable};
use super::super::finding::{self, Finding};
use super::super::{Message, Verifier};
use super::licence;
use crate::account::{AccountError, Alert, AlertKind, Contact, Offer};
use crate::audit::Event;
use crate::clock::{SKEW, UnixTime};
use crate::config::ALERTS;
use crate::delivery::breaker::Condition;
use crate::delivery::stats::{DeliveryStats, FailureReason};
use crate::i18n::Language;
use crate::mail::Mail;
use crate::notice::{OwnNotice, account_name};
use crate::premium::Premium;
use crate::premium::alerts::{
    AT_ONCE, AlertsKey, AlertsRow, AlertsState, Batch, Entry, Fact, FactKind, Gathered, Sends,
    Share, Thresholds, digest_mail,
};
use crate::shared::Keep;
use crate::texts::NoticeTemplate;
use crate::types::{Method, UserId};

/// Pages of events that are looked at in one call, of each share.
const PAGES: u32 = 3;

/// Administrators of whom a host says who they are.
const MOST_ADMINISTRATORS: usize = 1000;

/// So many of them need a factor, or nobody can help one of them.
const ENOUGH_ADMINISTRATORS: u64 = 2;

/// Countries whose limits are looked at.
const MOST_REGIONS: usize = 50;

/// Seconds after which events that nobody has looked at say that nobody does: a day. Once a minute is usual.
const UNREAD_LONG: u64 = 86_400;

/// What the name of a digest begins with, by which the host says that its mailer took it; no notice's does.
const DIGEST: &str = "digest.";

impl Verifier {
    fn is_alerted(&self, name: &str) -> bool {
        !self.config.alerts_off().contains(&name)
    }

    fn thresholds(&self) -> Thresholds {
        let limits = self.config.alert_limits();
        let off = AlertKind::ALL.iter().copied();
        Thresholds {
            failures: limits.failures,
            idle_days: limits.idle_days,
            off: off.filter(|it| !self.is_alerted(it.as_str())).collect(),
        }
    }

    /// Looks at what happened since it was asked last for what is unusual, and returns the mails of it: about `limit` to
    /// people, of each kind no more than the limits of the site allow, and perhaps one for its administrators, in the
    /// language of that locale. All are handed out again until [`Verifier::notices_sent`]: those to people by
    /// [`Verifier::pending_notices`], the other one here. `administrators` are those of the host: it is told if too few of
    /// them have a factor.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Invalid`], [`Error::Unavailable`]
    pub fn alerts(
        &self,
        now: UnixTime,
        limit: u32,
        administrators: Option<&[UserId]>,
        locale: &str,
    ) -> Result<Vec<Message>, Error> {
        let premium = self.premium(now)?;
        let most = limited(limit)? as usize;
        if administrators.is_some_and(|all| all.len() > MOST_ADMINISTRATORS) {
            let why = format!("must be {MOST_ADMINISTRATORS} users at most");
            return Err(Error::invalid("administrators", why));
        }
        let mut state = self.alerts_state(&premium, now)?;
        let mut messages = Vec::new();
        for share in Share::ALL {
            let mut left = most;
            for _ in 0..PAGES {
                let (batch, is_last) = self.batch_of(&premium, &state, share, left, now)?;
                let of = self.tell_people(&batch, &mut messages, now)?;
                left = left.saturating_sub(batch.people().len());
                if batch.last() > batch.after() {
                    state = self.change_alerts(&premium, now, |state| {
                        state.take(share, &batch, &of, now);
                    })?;
                }
                if is_last || batch.is_cut() {
                    break;
                }
            }
        }
        if state.looks(now) {
            let found = self.facts(&premium, administrators, now)?;
            let counts = self.sends(now)?;
            let percent = self.config.alert_limits().failing_percent;
            let is_on = self.is_alerted(FactKind::ProviderFailing.as_str());
            state = self.change_alerts(&premium, now, |state| {
                if state.looks(now) {
                    let counts = is_on.then_some((counts.as_slice(), percent));
                    state.look(found.clone(), counts, now);
                }
            })?;
        }
        messages.extend(self.digest(&premium, &state, locale, now)?);
        Ok(messages)
    }

    /// Nothing while alerts are asked for, or nobody is to be alerted of anything. That no licence counts for them, and that
    /// the store does not answer, is said elsewhere.
    pub(in crate::verifier) fn alert_health(&self, now: Option<UnixTime>) -> Vec<Finding> {
        let since = now.and_then(|now| self.unread_since(now).ok().flatten());
        let found = since.map(|since| Finding::warning(finding::ALERTS_UNREAD).with("at", since));
        found.into_iter().collect()
    }

    /// When the first event happened that nobody has looked at for long; `None`: there is none. Whoever reads on late, a
    /// thousand at a time, does read; so the row has to stand still as well. A time to come was written by a clock that was
    /// ahead and says nothing.
    fn unread_since(&self, now: UnixTime) -> Result<Option<UnixTime>, Error> {
        if !ALERTS.iter().any(|name| self.is_alerted(name)) {
            return Ok(None);
        }
        let licence = self.good_licence(now)?;
        let is_late = |at: UnixTime| at.until(now) >= UNREAD_LONG;
        let Some(state) = self.kept_alerts()? else {
            // Nobody has ever asked: they might have since the licence began.
            let begins = Some(licence.valid_from).filter(|at| is_late(*at));
            return Ok(begins.filter(|_| self.newest_event().is_ok_and(|place| place > 0)));
        };
        if !is_late(state.moved) && state.moved <= now.plus(SKEW) {
            return Ok(None);
        }
        let places = Share::ALL.iter().map(|share| state.cursor(*share));
        let unread = self.accounts.events(places.min().unwrap_or_default(), 1)?;
        let first = unread.first().map(|(_, row)| row.at);
        Ok(first.filter(|at| is_late(*at)))
    }

    /// What the row says; from the last event on where there is none, or it cannot be read.
    fn alerts_state(&self, premium: &Premium, now: UnixTime) -> Result<AlertsState, Error> {
        if let Some(state) = self.kept_alerts()? {
            return Ok(state);
        }
        let place = self.newest_event()?;
        self.change_alerts_from(premium, now, place, |_| {})
    }

    fn kept_alerts(&self) -> Result<Option<AlertsState>, Error> {
        let stored = self.rows.get(&AlertsKey)?;
        Ok(stored.and_then(|stored| stored.row.0))
    }

    fn newest_event(&self) -> Result<u64, Error> {
        let newest = self.accounts.audit(None, 1, None)?;
        Ok(newest.first().map_or(0, |(place, _)| *place))
    }

    fn change_alerts(
        &self,
        premium: &Premium,
        now: UnixTime,
        rule: impl Fn(&mut AlertsState),
    ) -> Result<AlertsState, Error> {
        // There is a row by now, unless somebody takes it away meanwhile.
        let place = match self.kept_alerts()? {
            Some(_) => 0,
            None => self.newest_event()?,
        };
        self.change_alerts_from(premium, now, place, rule)
    }

    fn change_alerts_from(
        &self,
        premium: &Premium,
        now: UnixTime,
        place: u64,
        rule: impl Fn(&mut AlertsState),
    ) -> Result<AlertsState, Error> {
        Ok(self.rows.update(now, &AlertsKey, |slot| {
            let kept = slot.row().and_then(|row| row.0.clone());
            let before = kept.clone();
            let mut state = kept.unwrap_or_else(|| AlertsState::begun(premium, place, now));
            rule(&mut state);
            // A seal is another one each time: what is as it was is not written.
            if before.as_ref() != Some(&state) {
                slot.put(AlertsRow(Some(state.clone())), Keep::Always);
            }
            state
        })?)
    }

    /// What is unusual of the next page, and whether that is the last one.
    fn batch_of(
        &self,
        premium: &Premium,
        state: &AlertsState,
        share: Share,
        most: usize,
        now: UnixTime,
    ) -> Result<(Batch, bool), Error> {
        let after = state.cursor(share);
        let rows = self.accounts.events(after, AT_ONCE)?;
        let read = |body: &[u8]| serde_json::from_slice::<Event>(body).ok();
        let events: Vec<_> = rows.iter().map(|(_, row)| read(&row.body)).collect();
        let entries = rows.iter().zip(&events).map(|((place, row), event)| Entry {
            place: *place,
            user: &row.user,
            seq: row.seq,
            at: row.at,
            event: event.as_ref(),
        });
        let is_last = u32::try_from(rows.len()).is_ok_and(|many| many < AT_ONCE);
        let thresholds = self.thresholds();
        let batch = Batch::read(premium, (share, after), entries, &thresholds, most, now);
        Ok((batch, is_last))
    }

    /// Notes in each account what is to be told of it, and hands that out. Returns a short hash of each of them and what
    /// they are called.
    fn tell_people(
        &self,
        batch: &Batch,
        messages: &mut Vec<Message>,
        now: UnixTime,
    ) -> Result<Vec<([u8; 6], String)>, Error> {
        let most_a_day = self.config.alert_limits().person_day;
        let mut of = Vec::new();
        for (user, alerts) in batch.people() {
            let (contact, offers) = self.note_alerts(user, alerts, most_a_day, now)?;
            messages.extend(self.notice_messages(now, user, &offers));
            of.push((
                self.short_name(b"alerts", user.as_str()),
                account_name(&contact, user),
            ));
        }
        Ok(of)
    }

    fn note_alerts(
        &self,
        user: &UserId,
        alerts: &[Alert],
        most_a_day: u32,
        now: UnixTime,
    ) -> Result<(Contact, Vec<Offer>), Error> {
        match self.accounts.note_alerts(user, alerts, most_a_day, now) {
            Ok(noted) => Ok(noted.unwrap_or_default()),
            Err(AccountError::Store(error)) => Err(Unavailable::from(error).into()),
            Err(error @ AccountError::Busy(_)) => Err(error.into()),
            // Who cannot be read cannot be told; they stand in nobody's way, and are counted.
            Err(_) => Ok(Default::default()),
        }
    }

    /// What is wrong with the site.
    fn facts(
        &self,
        premium: &Premium,
        administrators: Option<&[UserId]>,
        now: UnixTime,
    ) -> Result<Vec<Fact>, Error> {
        self.renew_providers(Some(now))?;
        let mut found = Vec::new();
        let names = self.providers.names();
        let record = self.sender().record();
        for name in &names {
            if record.condition(name, now)? != Condition::Closed {
                found.push(Fact::new(premium, FactKind::ProviderDown, name, 0));
            }
        }
        let limits = names
            .iter()
            .map(|name| (name.clone(), self.providers.limits(name)));
        let limits: Vec<_> = limits.collect();
        let regions = self.config.regions().allowed().take(MOST_REGIONS);
        let regions: Vec<_> = if names.is_empty() {
            Vec::new()
        } else {
            regions.collect()
        };
        let used = self
            .sender()
            .ledger()
            .used_percent(now, &limits, &regions)?;
        let whats = [""].into_iter();
        let whats = whats.chain(names.iter().map(String::as_str));
        for (what, percent) in whats.chain(regions.iter().copied()).zip(used) {
            if percent >= self.config.alert_limits().budget_percent {
                found.push(Fact::new(
                    premium,
                    FactKind::BudgetLow,
                    what,
                    percent.into(),
                ));
            }
        }
        if let Some(until) = licence::ends_at(premium, now) {
            found.push(Fact::new(
                premium,
                FactKind::LicenceEnding,
                "",
                until.unsigned(),
            ));
        }
        if let Some(administrators) = administrators {
            let mut enrolled = 0_u64;
            for user in administrators {
                let account = self.accounts.read(user, now);
                // Who cannot be read may have one: nobody is alarmed by a row.
                if account.map_or(true, |it| it.is_some_and(|it| it.is_enrolled())) {
                    enrolled = enrolled.saturating_add(1);
                }
                if enrolled >= ENOUGH_ADMINISTRATORS {
                    break;
                }
            }
            if enrolled < ENOUGH_ADMINISTRATORS {
                found.push(Fact::new(
                    premium,
                    FactKind::FewAdministrators,
                    "",
                    enrolled,
                ));
            }
        }
        found.retain(|fact| self.is_alerted(fact.kind.as_str()));
        Ok(found)
    }

    /// What providers did, without what is the fault of whoever asked for a message.
    fn sends(&self, now: UnixTime) -> Result<Vec<Sends>, Error> {
        let metrics = self.sender().record().metrics(&self.providers, now)?;
        let of_providers = metrics.stats.iter().filter(|((provider, _), _)| {
            // Ours, in brackets, are no provider's.
            !provider.starts_with('(')
        });
        let count = |stats: &DeliveryStats| {
            let failures = stats.failures.iter().filter(|(reason, _)| match reason {
                FailureReason::NotSent
                | FailureReason::Proxy
                | FailureReason::Unknown
                | FailureReason::Limit
                | FailureReason::Account
                | FailureReason::Unlisted => true,
                FailureReason::Number
                | FailureReason::OptedOut
                | FailureReason::Country
                | FailureReason::Fraud => false,
            });
            failures.fold(0_u64, |sum, (_, count)| sum.saturating_add(count))
        };
        Ok(of_providers
            .map(|((provider, channel), stats)| Sends {
                what: format!("{provider} {}", Method::from(*channel).as_str()),
                sends: stats.sends,
                failures: count(stats),
            })
            .collect())
    }

    /// The digest, if it is its turn.
    fn digest(
        &self,
        premium: &Premium,
        state: &AlertsState,
        locale: &str,
        now: UnixTime,
    ) -> Result<Option<Message>, Error> {
        let every = self.config.alert_limits().digest_minutes;
        // Looked at without a write first: mostly it is not.
        if state.clone().hand_out(every, now).is_none() {
            return Ok(None);
        }
        let handed = self.rows.update(now, &AlertsKey, |slot| {
            let mut state = slot.row()?.0.clone()?;
            let handed = state.hand_out(every, now);
            if handed.is_some() {
                slot.put(AlertsRow(Some(state)), Keep::Always);
            }
            handed
        })?;
        Ok(handed.map(|(number, gathered)| Message {
            id: format!("{DIGEST}{number}"),
            to: None,
            mail: self.digest_mail(premium, &gathered, locale, now),
        }))
    }

    /// The digest, in the site's own words where it has any.
    fn digest_mail(
        &self,
        premium: &Premium,
        gathered: &Gathered,
        locale: &str,
        now: UnixTime,
    ) -> Mail {
        let own = self.own_words(now, Language::of(locale), &[OwnNotice::Digest]);
        digest_mail(
            premium,
            gathered,
            locale,
            self.config.issuer(),
            own.as_ref(),
        )
    }

    /// A digest as it might be, in those words.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`]
    pub(in crate::verifier) fn example_digest(
        &self,
        now: UnixTime,
        language: Language,
        own: Option<&NoticeTemplate>,
    ) -> Result<Mail, Error> {
        let premium = self.premium(now)?;
        let gathered = Gathered::example(&premium, now);
        let (locale, site) = (language.tag(), self.config.issuer());
        Ok(digest_mail(&premium, &gathered, locale, site, own))
    }

    /// Texts of a site's own for alerts are as premium as these are.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`]
    pub(in crate::verifier) fn may_word_alerts(&self, now: UnixTime) -> Result<(), Error> {
        self.premium(now).map(drop)
    }

    /// The host's mailer took the digests of these names; others are of notices.
    pub(in crate::verifier) fn digests_sent(
        &self,
        now: UnixTime,
        names: &[String],
    ) -> Result<(), Error> {
        let numbers = names.iter().filter_map(|name| {
            let number = name.strip_prefix(DIGEST)?.parse::<u32>().ok()?;
            (format!("{DIGEST}{number}") == *name).then_some(number)
        });
        for number in numbers {
            self.rows.update(now, &AlertsKey, |slot| {
                let kept = slot.row().and_then(|row| row.0.clone());
                if let Some(before) = kept {
                    let mut state = before.clone();
                    state.sent(number, now);
                    if state != before {
                        slot.put(AlertsRow(Some(state)), Keep::Always);
                    }
                }
            })?;
        }
        Ok(())
    }

    /// What is alerted, and what was lately, as JSON: for a page that shows it. Names of kinds, ids of users, times; nothing
    /// is read on.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`]
    pub fn alert_record(&self, now: UnixTime) -> Result<String, Error> {
        self.premium(now)?;
        let state = self.kept_alerts()?;
        let time = |at: UnixTime| at.utc().rfc3339();
        let limits = self.config.alert_limits();
        let kinds: BTreeMap<_, _> = ALERTS
            .iter()
            .map(|name| (*name, self.is_alerted(name)))
            .collect();
        let told = state.iter().flat_map(AlertsState::latest).map(|told| {
            json!({
                "kind": told.kind().map(AlertKind::as_str),
                "userId": told.user,
                "at": time(told.at),
            })
        });
        Ok(json!({
            "version": 1,
            "kinds": kinds,
            "limits": {
                "failures": limits.failures,
                "idleDays": limits.idle_days,
                "failingPercent": limits.failing_percent,
                "budgetPercent": limits.budget_percent,
                "personDay": limits.person_day,
                "digestMinutes": limits.digest_minutes,
            },
            "movedAt": state.as_ref().map(|it| time(it.moved)),
            "digestAt": state.as_ref().and_then(|it| it.told).map(time),
            "digestWaits": state.as_ref().is_some_and(|it| it.is_handed() || !it.gathered.is_empty()),
            "latest": told.collect::<Vec<_>>(),
        })
        .to_string())
    }

    /// The mail of an alert with an example, in the language of that locale: of what people are told by its kind, and of
    /// `digest` what administrators are.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Invalid`], [`Error::Unavailable`]
    pub fn preview_alert(&self, now: UnixTime, kind: &str, locale: &str) -> Result<Message, Error> {
        let premium = self.premium(now)?;
        let mail = if kind == "digest" {
            self.digest_mail(&premium, &Gathered::example(&premium, now), locale, now)
        } else {
            let mut kinds = AlertKind::ALL.iter();
            let kind = kinds.find(|it| it.as_str() == kind).ok_or_else(|| {
                let names = AlertKind::ALL.iter().map(|it| it.as_str());
                let names: Vec<_> = names.chain(["digest"]).collect();
                Error::invalid("kind", format!("must be one of {}", names.join(", ")))
            })?;
            let (of, language) = (OwnNotice::Alert(*kind), Language::of(locale));
            let own = self.own_words(now, language, &[of, OwnNotice::Alerts]);
            self.example_mail(of, language, now, own.as_ref())
        };
        Ok(Message {
            id: String::new(),
            to: None,
            mail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_know_every_alert_by_its_name() {
        let people = AlertKind::ALL.iter().map(|it| it.as_str());
        let site = FactKind::ALL.iter().map(|it| it.as_str());
        assert_eq!(people.chain(site).collect::<Vec<_>>(), ALERTS);
    }
}
