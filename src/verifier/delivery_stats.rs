//! What providers did: counted, reported, told.

use super::dispatch::{Answer, channel_of};
use super::{Error, Verifier};
use crate::account::Denied;
use crate::clock::UnixTime;
use crate::delivery::breaker::{self, BreakerKey};
use crate::delivery::metrics::{DeliveryStats, DeliveryStatsKey, Metrics, Refused};
use crate::shared::Keep;
use crate::sms::http::ProxyFailure;
use crate::sms::{Channel, NoReport, Post, Provider, SendError};
use crate::store::DeliveryReport;

/// Stands for a provider where a rule of ours refused before one was asked. No provider can be called so.
const OURS: &str = "(limits)";

/// One provider was asked for one message.
pub(super) struct Asked<'a> {
    pub provider: &'a str,
    pub channel: Channel,
    /// What its breaker said.
    pub leave: breaker::Answer,
    /// Those that should have been asked before it and did not send.
    pub passed: &'a [String],
    pub now: UnixTime,
}

impl Verifier {
    /// Tells the breaker and the counters how it ended, in one go.
    pub(super) fn settle(
        &self,
        asked: &Asked<'_>,
        answer: &Result<Answer, SendError>,
    ) -> Result<(), Error> {
        let outcome = match answer {
            Ok(Answer::Carried { certain: false, .. }) => breaker::Outcome::Failed,
            other => breaker::Outcome::of_send(other),
        };
        let breaker = BreakerKey::of(asked.provider);
        let providers =
            std::iter::once(asked.provider).chain(asked.passed.iter().map(String::as_str));
        let stats: Vec<_> = providers
            .map(|provider| DeliveryStatsKey::of(provider, asked.channel))
            .collect();
        let unknown = SendError::Unknown(String::new());
        let result = match answer {
            Ok(Answer::Carried { certain: false, .. }) => Err(&unknown),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        Ok(self
            .rows
            .update_with(asked.now, &breaker, &stats, |slot, stats| {
                let mut breaker = slot.take().unwrap_or_default();
                breaker.settle(asked.leave, outcome, asked.now);
                slot.put(breaker, Keep::Always);
                for (place, slot) in stats.iter_mut().enumerate() {
                    let mut stats = slot.take().unwrap_or_default();
                    if place == 0 {
                        stats.settle(result, asked.now);
                    } else {
                        stats.failovers = stats.failovers.saturating_add(1);
                    }
                    slot.put(stats, Keep::Always);
                }
            })?)
    }

    /// Counts a message that a rule of ours against fraud kept back.
    pub(super) fn count_fraud_refusal(&self, channel: Channel, now: UnixTime) -> Result<(), Error> {
        self.change_traffic(OURS, channel, now, |traffic| {
            traffic.fraud_refusals = traffic.fraud_refusals.saturating_add(1);
        })
    }

    fn change_traffic(
        &self,
        provider: &str,
        channel: Channel,
        now: UnixTime,
        change: impl Fn(&mut DeliveryStats),
    ) -> Result<(), Error> {
        let key = DeliveryStatsKey::of(provider, channel);
        Ok(self.rows.update(now, &key, |slot| {
            let mut stats = slot.take().unwrap_or_default();
            change(&mut stats);
            slot.put(stats, Keep::Always);
        })?)
    }

    /// Takes a provider's report of a message, if the provider signed it. Whether it was news.
    ///
    /// # Errors
    /// [`Denied::Rejected`] for whatever is not proven to come from that provider, [`Error::Unavailable`]
    pub fn report_delivery(
        &self,
        now: UnixTime,
        provider: &str,
        post: &Post<'_>,
    ) -> Result<bool, Error> {
        self.renew_providers(Some(now))?;
        let read = self.couriers.with(provider, |provider| match provider {
            Provider::Message(carrier) => carrier.report(post),
            Provider::Verification(_) => Err(NoReport::NotGenuine),
        });
        let report = match read {
            Some(Ok(report)) => report,
            Some(Err(NoReport::NotOurs)) => return Ok(false),
            Some(Err(NoReport::NotGenuine)) | None => return Err(Denied::Rejected.into()),
        };
        let news = self.messages.report(
            provider,
            &report.id,
            &DeliveryReport {
                rank: report.rank,
                status: report.status.to_owned(),
                detail: report.detail,
                at: now,
            },
        )?;
        if !news {
            return Ok(false);
        }
        let sent = self.messages.find(provider, &report.id)?;
        let Some((sent, channel)) =
            sent.and_then(|sent| Some((sent.sent, channel_of(sent.method)?)))
        else {
            return Ok(true);
        };
        if report.delivered || report.price.is_some() {
            self.change_traffic(provider, channel, now, |traffic| {
                if report.delivered {
                    traffic.delivery.observe(sent.until(now));
                }
                if let Some((currency, millionths)) = &report.price {
                    traffic.charge(currency, *millionths);
                }
            })?;
        }
        Ok(true)
    }

    /// What the providers of this site did, as OpenMetrics text.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn metrics(&self, now: UnixTime) -> Result<String, Error> {
        self.renew_providers(Some(now))?;
        let mut metrics = Metrics::default();
        let mut lines: Vec<(String, Channel)> = Vec::new();
        for (name, channels) in self.couriers.channels() {
            let condition = self.breaker(&name)?.unwrap_or_default().condition(now);
            lines.extend(channels.into_iter().map(|channel| (name.clone(), channel)));
            metrics.breakers.insert(name, condition);
        }
        for (name, channel) in lines {
            let traffic = self.traffic(&name, channel)?.unwrap_or_default();
            metrics.traffic.insert((name, channel), traffic);
        }
        for channel in [Channel::Sms, Channel::Voice, Channel::WhatsApp] {
            if let Some(traffic) = self.traffic(OURS, channel)? {
                metrics.traffic.insert((OURS.to_owned(), channel), traffic);
            }
        }
        Ok(metrics.text())
    }

    /// The refusals that operators have to look at, of every provider: those after which no message was
    /// taken on the same way.
    pub(super) fn refusals(&self) -> Result<Vec<(String, Channel, Refused)>, Error> {
        let mut refusals = Vec::new();
        for (name, channels) in self.couriers.channels() {
            for channel in channels {
                let traffic = self.traffic(&name, channel)?.unwrap_or_default();
                refusals.extend(traffic.refused.map(|it| (name.clone(), channel, it)));
            }
        }
        Ok(refusals)
    }

    /// Of which providers the latest message failed at the proxy, and why.
    pub(super) fn proxy_failures(&self) -> Result<Vec<(String, Channel, ProxyFailure)>, Error> {
        let mut failures = Vec::new();
        for (name, channels) in self.couriers.channels() {
            for channel in channels {
                let traffic = self.traffic(&name, channel)?.unwrap_or_default();
                failures.extend(traffic.proxy.map(|it| (name.clone(), channel, it)));
            }
        }
        Ok(failures)
    }

    fn traffic(&self, provider: &str, channel: Channel) -> Result<Option<DeliveryStats>, Error> {
        let stored = self.rows.get(&DeliveryStatsKey::of(provider, channel))?;
        Ok(stored.map(|stored| stored.row))
    }
}
