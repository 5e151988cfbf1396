//! What providers did: told to their breakers, counted, listed, reported.

use super::breaker::{self, Breaker, BreakerKey, Condition};
use super::error::DeliveryError;
use super::metrics::Metrics;
use super::providers::ActiveProviders;
use super::request::{ProviderAnswer, SendRequest};
use super::stats::{DeliveryStats, DeliveryStatsKey, Refused};
use crate::clock::UnixTime;
use crate::shared::{Keep, SentMessages, SharedError, SharedRows};
use crate::sms::http::ProxyFailure;
use crate::sms::{Channel, Report, SendError};
use crate::store::{DeliveryReport, SentMessage, StoreError};
use crate::types::Method;

/// Stands for a provider where a rule of ours refused before one was asked. No provider can be called so.
const OURS: &str = "(limits)";

/// One provider was asked for one message.
#[derive(Debug, Clone, Copy)]
pub struct SendAttempt<'a> {
    /// Who.
    pub provider: &'a str,
    /// Which way.
    pub channel: Channel,
    /// What its breaker said.
    pub permission: breaker::Permission,
    /// Those that should have been asked before it and did not send.
    pub passed: &'a [String],
    /// When.
    pub now: UnixTime,
}

/// The rows of breakers and counts, and the list of messages.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    rows: &'a SharedRows,
    messages: &'a SentMessages,
}

impl<'a> Record<'a> {
    /// These rows and that list.
    #[must_use]
    pub const fn new(rows: &'a SharedRows, messages: &'a SentMessages) -> Self {
        Self { rows, messages }
    }

    /// Asks the breaker of a provider, for every process.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn ask_breaker(
        &self,
        provider: &str,
        now: UnixTime,
    ) -> Result<breaker::Permission, SharedError> {
        self.rows.update(now, &BreakerKey::of(provider), |slot| {
            let mut breaker = slot.take().unwrap_or_default();
            let answer = breaker.ask(now);
            slot.put(breaker, Keep::Always);
            answer
        })
    }

    /// Closes the breaker of a provider.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn close_breaker(&self, provider: &str, now: UnixTime) -> Result<(), SharedError> {
        self.rows.update(now, &BreakerKey::of(provider), |slot| {
            slot.put(Breaker::default(), Keep::Always);
        })
    }

    /// How the breaker of a provider stands.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn condition(&self, provider: &str, now: UnixTime) -> Result<Condition, SharedError> {
        let stored = self.rows.get(&BreakerKey::of(provider))?;
        let breaker = stored.map(|stored| stored.row).unwrap_or_default();
        Ok(breaker.condition(now))
    }

    /// Until when a provider is left alone because it has failed lately, if it is.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn open_until(
        &self,
        provider: &str,
        now: UnixTime,
    ) -> Result<Option<UnixTime>, SharedError> {
        Ok(match self.condition(provider, now)? {
            Condition::Open { until } => Some(until),
            Condition::Closed | Condition::HalfOpen => None,
        })
    }

    /// Tells the breaker and the counts how it ended, in one go.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn settle(
        &self,
        attempt: &SendAttempt<'_>,
        answer: &Result<ProviderAnswer, SendError>,
    ) -> Result<(), SharedError> {
        let unknown = SendError::Unknown(String::new());
        let result = match answer {
            Ok(ProviderAnswer::PerhapsTaken { .. } | ProviderAnswer::PerhapsStarted { .. }) => {
                Err(&unknown)
            }
            Ok(ProviderAnswer::Taken { .. } | ProviderAnswer::Started(_)) => Ok(()),
            Err(error) => Err(error),
        };
        let outcome = breaker::Outcome::of_send(result);
        let breaker = BreakerKey::of(attempt.provider);
        let providers =
            std::iter::once(attempt.provider).chain(attempt.passed.iter().map(String::as_str));
        let stats: Vec<_> = providers
            .map(|provider| DeliveryStatsKey::of(provider, attempt.channel))
            .collect();
        self.rows
            .update_with(attempt.now, &breaker, &stats, |slot, stats| {
                let mut breaker = slot.take().unwrap_or_default();
                breaker.settle(attempt.permission, outcome, attempt.now);
                slot.put(breaker, Keep::Always);
                for (place, slot) in stats.iter_mut().enumerate() {
                    let mut stats = slot.take().unwrap_or_default();
                    if place == 0 {
                        stats.settle(result, attempt.now);
                    } else {
                        stats.failovers = stats.failovers.saturating_add(1);
                    }
                    slot.put(stats, Keep::Always);
                }
            })
    }

    /// Lists a message that went out, or may have.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn list(
        &self,
        request: &SendRequest<'_>,
        provider: &str,
        answer: &ProviderAnswer,
    ) -> Result<(), StoreError> {
        let (reference, status) = match answer {
            ProviderAnswer::Taken { id } => (id.clone(), "accepted"),
            ProviderAnswer::Started(started) => (Some(started.reference.clone()), "accepted"),
            ProviderAnswer::PerhapsTaken { .. } | ProviderAnswer::PerhapsStarted { .. } => {
                (None, "unknown")
            }
        };
        self.messages.add(&SentMessage {
            user: request.user.clone(),
            provider: provider.to_owned(),
            method: Method::from(request.channel),
            masked: request.to.masked(),
            reference,
            sent: request.now,
            report: DeliveryReport {
                rank: 1,
                status: status.to_owned(),
                detail: request.content.detail().to_owned(),
                at: request.now,
            },
        })
    }

    /// Counts a message that a rule of ours against fraud kept back.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn count_fraud_refusal(&self, channel: Channel, now: UnixTime) -> Result<(), SharedError> {
        self.count(OURS, channel, now, |stats| {
            stats.fraud_refusals = stats.fraud_refusals.saturating_add(1);
        })
    }

    /// Takes a genuine report of a message. Whether it was news.
    ///
    /// # Errors
    /// [`DeliveryError::Store`], [`DeliveryError::Shared`]
    pub fn report(
        &self,
        now: UnixTime,
        provider: &str,
        report: &Report,
    ) -> Result<bool, DeliveryError> {
        let news = self.messages.report(
            provider,
            &report.id,
            &DeliveryReport {
                rank: report.rank,
                status: report.status.to_owned(),
                detail: report.detail.clone(),
                at: now,
            },
        )?;
        if !news {
            return Ok(false);
        }
        let message = self.messages.find(provider, &report.id)?;
        let Some((sent, channel)) =
            message.and_then(|message| Some((message.sent, Channel::of(message.method)?)))
        else {
            return Ok(true);
        };
        if report.delivered || report.price.is_some() {
            self.count(provider, channel, now, |stats| {
                if report.delivered {
                    stats.delivery.observe(sent.until(now));
                }
                if let Some((currency, millionths)) = &report.price {
                    stats.charge(currency, *millionths);
                }
            })?;
        }
        Ok(true)
    }

    /// What a provider did on a channel; `None`: it was never asked.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn stats(
        &self,
        provider: &str,
        channel: Channel,
    ) -> Result<Option<DeliveryStats>, SharedError> {
        let stored = self.rows.get(&DeliveryStatsKey::of(provider, channel))?;
        Ok(stored.map(|stored| stored.row))
    }

    /// The refusals that operators have to look at, of every provider: those after which no message was
    /// taken on the same way.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn refusals(
        &self,
        providers: &ActiveProviders,
    ) -> Result<Vec<(String, Channel, Refused)>, SharedError> {
        self.of_each(providers, |stats| stats.refused)
    }

    /// Of which providers the latest message failed at the proxy, and why.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn proxy_failures(
        &self,
        providers: &ActiveProviders,
    ) -> Result<Vec<(String, Channel, ProxyFailure)>, SharedError> {
        self.of_each(providers, |stats| stats.proxy)
    }

    /// Everything there is to tell.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn metrics(
        &self,
        providers: &ActiveProviders,
        now: UnixTime,
    ) -> Result<Metrics, SharedError> {
        let mut metrics = Metrics::default();
        for (name, channels) in providers.channels() {
            let condition = self.condition(&name, now)?;
            metrics.breakers.insert(name.clone(), condition);
            for channel in channels {
                let stats = self.stats(&name, channel)?.unwrap_or_default();
                metrics.stats.insert((name.clone(), channel), stats);
            }
        }
        for channel in Channel::ALL {
            if let Some(stats) = self.stats(OURS, channel)? {
                metrics.stats.insert((OURS.to_owned(), channel), stats);
            }
        }
        Ok(metrics)
    }

    /// What there is of the counts of every provider and channel.
    fn of_each<T>(
        &self,
        providers: &ActiveProviders,
        what: impl Fn(DeliveryStats) -> Option<T>,
    ) -> Result<Vec<(String, Channel, T)>, SharedError> {
        let mut found = Vec::new();
        for (name, channels) in providers.channels() {
            for channel in channels {
                let stats = self.stats(&name, channel)?.unwrap_or_default();
                found.extend(what(stats).map(|it| (name.clone(), channel, it)));
            }
        }
        Ok(found)
    }

    fn count(
        &self,
        provider: &str,
        channel: Channel,
        now: UnixTime,
        count: impl Fn(&mut DeliveryStats),
    ) -> Result<(), SharedError> {
        let key = DeliveryStatsKey::of(provider, channel);
        self.rows.update(now, &key, |slot| {
            let mut stats = slot.take().unwrap_or_default();
            count(&mut stats);
            slot.put(stats, Keep::Always);
        })
    }
}
