//! What happened to messages, as text for Prometheus and its kin: OpenMetrics 1.0
//! (<https://github.com/OpenObservability/OpenMetrics/blob/main/specification/OpenMetrics.md>).
//!
//! The numbers are plain structs; [`Metrics::text`] writes them. Labels name providers, channels, kinds of
//! failure and currencies, never a person or a number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::breaker::Condition;
use super::stats::{BOUNDS, DeliveryStats, Histogram};
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
    /// The whole text, from the first line to `# EOF`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut page = Page(String::with_capacity(8192));
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
            page.histogram("delivery_seconds", &labels, &stats.delivery);
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
        page.0.push_str("# EOF\n");
        page.0
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

/// The text as it grows. Writing to a string does not fail.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, unit: &str, help: &str) {
        let _ = writeln!(self.0, "# TYPE twofactor_{name} {kind}");
        if !unit.is_empty() {
            let _ = writeln!(self.0, "# UNIT twofactor_{name} {unit}");
        }
        let _ = writeln!(self.0, "# HELP twofactor_{name} {help}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: &str) {
        let _ = write!(self.0, "twofactor_{name}{{");
        for (place, (label, text)) in labels.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            let _ = write!(self.0, "{label}=\"");
            for c in text.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    c => self.0.push(c),
                }
            }
            self.0.push('"');
        }
        let _ = writeln!(self.0, "}} {value}");
    }

    fn histogram(&mut self, name: &str, labels: &[(&str, &str); 2], histogram: &Histogram) {
        let ends = BOUNDS.iter().map(|bound| format!("{bound}.0"));
        let ends = ends.chain(["+Inf".to_owned()]);
        let mut all = 0u64;
        for (end, count) in ends.zip(histogram.counts) {
            all = all.saturating_add(count);
            let labels = with(labels, "le", &end);
            self.sample(&format!("{name}_bucket"), &labels, &all.to_string());
        }
        self.sample(&format!("{name}_count"), labels, &all.to_string());
        self.sample(&format!("{name}_sum"), labels, &histogram.sum.to_string());
    }
}

#[cfg(test)]
mod tests;
