//! The text, read by the grammar of OpenMetrics.

use super::super::stats::{FailureReason, largest};
use super::*;
use crate::clock::UnixTime;
use crate::openmetrics::tests::{parse, value};
use crate::sms::http::ProxyFailure;
use crate::sms::{Refusal, SendError};
use proptest::prelude::*;

fn text(metrics: &Metrics) -> String {
    let mut page = Page::default();
    metrics.write(&mut page);
    page.end()
}

fn example() -> Metrics {
    let mut stats = DeliveryStats {
        sends: 3,
        failovers: 2,
        fraud_refusals: 4,
        ..DeliveryStats::default()
    };
    stats.failures.count(FailureReason::Limit);
    for seconds in [0, 1, 2, 6, 700] {
        stats.delivery.observe(seconds);
    }
    stats.charge("usd", 7_500);
    stats.charge("USD", 1_000_000);
    Metrics {
        stats: BTreeMap::from([(("twilio".to_owned(), Channel::Sms), stats)]),
        breakers: BTreeMap::from([("twilio".to_owned(), Condition::HalfOpen)]),
    }
}

#[test]
fn the_text_is_this() {
    let text = text(&example());
    for line in [
        "# TYPE twofactor_sent counter\n# HELP twofactor_sent Messages a provider took.\ntwofactor_sent_total{provider=\"twilio\",channel=\"sms\"} 3\n",
        "twofactor_failed_total{provider=\"twilio\",channel=\"sms\",kind=\"limit\"} 1\n",
        "twofactor_failed_total{provider=\"twilio\",channel=\"sms\",kind=\"fraud\"} 0\n",
        "# TYPE twofactor_delivery_seconds histogram\n# UNIT twofactor_delivery_seconds seconds\n",
        "twofactor_delivery_seconds_bucket{provider=\"twilio\",channel=\"sms\",le=\"1.0\"} 2\n",
        "twofactor_delivery_seconds_bucket{provider=\"twilio\",channel=\"sms\",le=\"+Inf\"} 5\n",
        "twofactor_delivery_seconds_sum{provider=\"twilio\",channel=\"sms\"} 709\n",
        "twofactor_price_total{provider=\"twilio\",channel=\"sms\",currency=\"USD\"} 1.0075\n",
        "twofactor_breaker{provider=\"twilio\",twofactor_breaker=\"half_open\"} 1\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(text.ends_with("\n# EOF\n"));
    let families = parse(&text).unwrap();
    assert_eq!(families.len(), 7);
    assert!(
        families
            .iter()
            .all(|family| family.help && !family.samples.is_empty())
    );
}

#[test]
fn nothing_to_tell_is_a_text_too() {
    let families = parse(&text(&Metrics::default())).unwrap();
    assert!(families.iter().all(|family| family.samples.is_empty()));
}

#[test]
fn every_failure_has_its_kind() {
    let refused = |refusal| SendError::Refused {
        refusal,
        retry_after: None,
        detail: String::new(),
    };
    let errors = [
        SendError::NotSent(String::new()),
        SendError::Proxy(ProxyFailure::Slow),
        SendError::Unknown(String::new()),
        refused(Refusal::Number),
        refused(Refusal::OptedOut),
        refused(Refusal::Country),
        refused(Refusal::Fraud),
        refused(Refusal::Limit),
        refused(Refusal::Account),
        refused(Refusal::Unlisted),
    ];
    assert_eq!(errors.each_ref().map(FailureReason::of), FailureReason::ALL);
    for refusal in Refusal::ALL.into_iter().filter(|it| it.is_the_operators()) {
        assert_eq!(FailureReason::of(&refused(refusal)), FailureReason::Account);
    }
}

#[test]
fn what_failed_at_the_proxy_is_known_until_something_gets_past_it() {
    let now = UnixTime::new(1_735_732_800).unwrap();
    let failure = SendError::Proxy(ProxyFailure::Credentials);
    for past in [
        Ok(()),
        Err(&SendError::Unreached("TLS failed".to_owned())),
        Err(&SendError::Unknown("no answer".to_owned())),
    ] {
        let mut stats = DeliveryStats::default();
        stats.settle(Err(&failure), now);
        assert_eq!(stats.proxy, Some(ProxyFailure::Credentials));
        assert_eq!(stats.refused, None, "the provider refused nothing");
        stats.settle(past, now);
        assert_eq!(stats.proxy, None);
        let counts = |kind| stats.failures.iter().find(|(it, _)| *it == kind).unwrap().1;
        assert_eq!(counts(FailureReason::Proxy), 1);
    }
}

#[test]
fn a_price_is_a_decimal_number_of_a_currency() {
    for (millionths, text) in [
        (0, "0.0"),
        (1, "0.000001"),
        (7_500, "0.0075"),
        (1_000_000, "1.0"),
        (12_340_000, "12.34"),
        (u64::MAX, "18446744073709.551615"),
    ] {
        assert_eq!(decimal(millionths), text);
    }
    let mut stats = DeliveryStats::default();
    for currency in ["", "US", "USDT", "U$D", "€", "US\n"] {
        stats.charge(currency, 1);
    }
    assert!(stats.prices.is_empty());
}

proptest! {
    #[test]
    fn whatever_a_provider_is_called_and_whatever_happened(
        names in proptest::collection::btree_set(r#"(\PC|\pC|["\\\n{},= #]|[a-z]){0,12}"#, 0..5),
        times in proptest::collection::vec(0u64..1_000, 0..40),
        sends in any::<u64>(),
    ) {
        let mut metrics = Metrics::default();
        for (n, name) in names.iter().enumerate() {
            let channel = [Channel::Sms, Channel::Voice, Channel::WhatsApp][n % 3];
            let mut stats = DeliveryStats { sends, ..DeliveryStats::default() };
            for time in &times {
                stats.delivery.observe(*time);
                stats.failures.count(FailureReason::ALL[(*time % 10) as usize]);
            }
            metrics.stats.insert((name.clone(), channel), stats.clone());
            metrics.stats.insert((name.clone(), Channel::Sms), stats);
            let until = UnixTime::new(5).unwrap();
            let condition = [Condition::Closed, Condition::HalfOpen, Condition::Open { until }][n % 3];
            metrics.breakers.insert(name.clone(), condition);
        }
        let families = parse(&text(&metrics)).map_err(|why| TestCaseError::fail(why.to_string()))?;
        for name in &names {
            let sms = [("provider", name.as_str()), ("channel", "sms")];
            prop_assert_eq!(value(&families, "twofactor_sent_total", &sms), sends as f64);
            let count = value(&families, "twofactor_delivery_seconds_count", &sms);
            prop_assert_eq!(count, times.len() as f64);
            for (bound, text) in BOUNDS.iter().zip(["1.0", "2.0", "5.0", "10.0", "20.0", "30.0", "60.0", "120.0", "300.0", "600.0"]) {
                let bucket = [sms[0], sms[1], ("le", text)];
                let within = times.iter().filter(|t| **t <= u64::from(*bound)).count();
                prop_assert_eq!(value(&families, "twofactor_delivery_seconds_bucket", &bucket), within as f64);
            }
        }
    }
}

#[test]
fn the_largest_numbers_are_told() {
    let metrics = Metrics {
        stats: BTreeMap::from([((String::new(), Channel::Voice), largest())]),
        breakers: BTreeMap::new(),
    };
    parse(&text(&metrics)).unwrap();
}
