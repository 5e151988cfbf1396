//! What happened to messages, as a part of the text for Prometheus and its kin ([`crate::openmetrics`]).
//!
//! The numbers are plain structs; [`Metrics::write`] writes them. Labels name providers, channels, kinds of
//! failure and currencies, never a person or a number.

use std::collections::BTreeMap;

use super::breaker::Condition;
use super::stats::{BOUNDS, DeliveryStats, Histogram};
use crate::openmetrics::Page;
use crate::sms::Channel;
use crate::types::Method;

/// Everything there is to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// By provider and channel.
    pub stats: BTreeMap<(String, Channel), DeliveryStats>,
    /// By provider.
    pub breakers: BTreeMap<String, Condition>,
}

impl Metrics {
    /// Writes all of it.
    pub fn write(&self, page: &mut Page) {
        page.family("sent", "counter", "", "Messages a provider took.");
        for (labels, stats) in self.lines() {
            page.sample("sent_total", &labels, &stats.sends.to_string());
        }
        page.family(
            "failed",
            "counter",
            "",
            "Messages a provider did not take, by kind of failure.",
        );
        for (labels, stats) in self.lines() {
            for (failure, count) in stats.failures.iter() {
                let labels = with(&labels, "kind", failure.as_str());
                page.sample("failed_total", &labels, &count.to_string());
            }
        }
        page.family(
            "failovers",
            "counter",
            "",
            "Messages that the next provider was asked to send instead.",
        );
        for (labels, stats) in self.lines() {
            page.sample("failovers_total", &labels, &stats.failovers.to_string());
        }
        page.family(
            "fraud_refusals",
            "counter",
            "",
            "Messages that were not sent on suspicion of fraud.",
        );
        for (labels, stats) in self.lines() {
            let count = stats.fraud_refusals.to_string();
            page.sample("fraud_refusals_total", &labels, &count);
        }
        page.family(
            "delivery_seconds",
            "histogram",
            "seconds",
            "Time from sending to delivery as reported by the provider.",
        );
        for (labels, stats) in self.lines() {
            histogram(page, "delivery_seconds", &labels, &stats.delivery);
        }
        page.family(
            "price",
            "counter",
            "",
            "What messages cost as reported by the provider.",
        );
        for (labels, stats) in self.lines() {
            for price in &stats.prices {
                let currency = price.currency.iter().collect::<String>();
                let labels = with(&labels, "currency", &currency);
                page.sample("price_total", &labels, &decimal(price.millionths));
            }
        }
        page.family(
            "breaker",
            "stateset",
            "",
            "Whether a provider is asked: closed yes, open no, half_open once.",
        );
        for (provider, condition) in &self.breakers {
            let now = match condition {
                Condition::Closed => "closed",
                Condition::HalfOpen => "half_open",
                Condition::Open { .. } => "open",
            };
            for state in ["closed", "half_open", "open"] {
                let labels = [
                    ("provider", provider.as_str()),
                    ("twofactor_breaker", state),
                ];
                page.sample("breaker", &labels, if state == now { "1" } else { "0" });
            }
        }
    }

    fn lines(&self) -> impl Iterator<Item = ([(&str, &str); 2], &DeliveryStats)> {
        self.stats.iter().map(|((provider, channel), stats)| {
            let channel = Method::from(*channel).as_str();
            (
                [("provider", provider.as_str()), ("channel", channel)],
                stats,
            )
        })
    }
}

fn with<'a>(
    labels: &[(&'a str, &'a str); 2],
    name: &'a str,
    value: &'a str,
) -> [(&'a str, &'a str); 3] {
    let [provider, channel] = *labels;
    [provider, channel, (name, value)]
}

/// Millionths as a decimal number.
fn decimal(millionths: u64) -> String {
    let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') {
        format!("{short}0")
    } else {
        short.to_owned()
    }
}

fn histogram(page: &mut Page, name: &str, labels: &[(&str, &str); 2], histogram: &Histogram) {
    let ends = BOUNDS.iter().map(|bound| format!("{bound}.0"));
    let ends = ends.chain(["+Inf".to_owned()]);
    let mut all = 0u64;
    for (end, count) in ends.zip(histogram.counts) {
        all = all.saturating_add(count);
        let labels = with(labels, "le", &end);
        page.sample(&format!("{name}_bucket"), &labels, &all.to_string());
    }
    page.sample(&format!("{name}_count"), labels, &all.to_string());
    page.sample(&format!("{name}_sum"), labels, &histogram.sum.to_string());
}

#[cfg(test)]
mod tests;
