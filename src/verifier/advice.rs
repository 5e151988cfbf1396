//! Every limit compared with the recommended one, both ways: laxer, and so strict that what is right fails.

use super::finding::{self, Finding, Sentence};
use crate::config::{Policy, RequestLimits, SendLimits};
use crate::types::Algorithm;

/// What is good, and what follows of less and of more.
struct Advice {
    name: &'static str,
    value: u32,
    good: (u32, u32),
    /// What follows of less, and of more; nothing where every value is good on that side.
    less: Option<Sentence>,
    more: Option<Sentence>,
}

/// Where every value is good on that side.
const FINE: Option<Sentence> = None;

macro_rules! advice {
    ($($name:literal = $value:expr, $least:literal to $most:literal, $less:expr, $more:expr;)*) => {
        vec![$(Advice {
            name: $name,
            value: u32::from($value),
            good: ($least, $most),
            less: $less,
            more: $more,
        },)*]
    };
}

const FOREVER: u32 = u32::MAX;

/// A new limit does not compile until it has its place here.
fn of_policy(policy: &Policy) -> Vec<Advice> {
    let Policy {
        max_attempts,
        lockout_seconds,
        lockout_growth,
        lockout_max_seconds,
        disable_after,
        disable_window_days,
        challenge_ttl,
        totp_window,
        totp_algorithm,
        totp_digits,
        backup_codes,
        recovery_codes,
        code_digits,
        code_checks,
        code_login_seconds,
        code_verify_seconds,
        device_days,
    } = *policy;
    let algorithm = match totp_algorithm {
        Algorithm::Sha1 => 1_u32,
        Algorithm::Sha256 => 256,
        Algorithm::Sha512 => 512,
    };
    let never = |limit: u32| if limit == 0 { FOREVER } else { limit };
    advice![
        "max_attempts" = max_attempts, 3 to 5,
            Some(finding::MAX_ATTEMPTS_LESS), Some(finding::MAX_ATTEMPTS_MORE);
        "lockout_seconds" = lockout_seconds, 60 to 900,
            Some(finding::LOCKOUT_SECONDS_LESS), Some(finding::LOCKOUT_SECONDS_MORE);
        "lockout_growth" = lockout_growth, 2 to 4,
            Some(finding::LOCKOUT_GROWTH_LESS), Some(finding::LOCKOUT_GROWTH_MORE);
        "lockout_max_seconds" = lockout_max_seconds, 3600 to 14400,
            Some(finding::LOCKOUT_MAX_LESS), Some(finding::LOCKOUT_MAX_MORE);
        "disable_after" = never(disable_after), 20 to 50,
            Some(finding::DISABLE_AFTER_LESS), Some(finding::DISABLE_AFTER_MORE);
        "disable_window_days" = disable_window_days, 30 to 90,
            Some(finding::DISABLE_WINDOW_LESS), Some(finding::DISABLE_WINDOW_MORE);
        "challenge_ttl" = never(challenge_ttl), 300 to 4294967295,
            Some(finding::CHALLENGE_TTL_LESS), FINE;
        "totp_window" = totp_window, 1 to 1,
            Some(finding::TOTP_WINDOW_LESS), Some(finding::TOTP_WINDOW_MORE);
        "totp_algorithm" = algorithm, 1 to 1,
            FINE, Some(finding::TOTP_ALGORITHM_MORE);
        "totp_digits" = totp_digits, 6 to 6,
            Some(finding::TOTP_DIGITS_LESS), Some(finding::TOTP_DIGITS_MORE);
        "backup_codes" = backup_codes, 8 to 12,
            Some(finding::BACKUP_CODES_LESS), Some(finding::BACKUP_CODES_MORE);
        "recovery_codes" = recovery_codes, 8 to 12,
            Some(finding::RECOVERY_CODES_LESS), Some(finding::RECOVERY_CODES_MORE);
        "code_digits" = code_digits, 6 to 8,
            Some(finding::CODE_DIGITS_LESS), Some(finding::CODE_DIGITS_MORE);
        "code_checks" = code_checks, 2 to 3,
            Some(finding::CODE_CHECKS_LESS), Some(finding::CODE_CHECKS_MORE);
        "code_login_seconds" = code_login_seconds, 120 to 300,
            Some(finding::CODE_SECONDS_LESS), Some(finding::CODE_SECONDS_MORE);
        "code_verify_seconds" = code_verify_seconds, 180 to 600,
            Some(finding::CODE_SECONDS_LESS), Some(finding::CODE_SECONDS_MORE);
        "device_days" = device_days, 0 to 30, FINE, FINE;
    ]
}

fn of_sending(limits: &SendLimits) -> Vec<Advice> {
    const FEW: Option<Sentence> = Some(finding::SEND_FEW);
    const NEW: Option<Sentence> = Some(finding::SEND_NEW_RANGE);
    const COST: Option<Sentence> = Some(finding::SEND_COST);
    const NUISANCE: Option<Sentence> = Some(finding::SEND_NUISANCE);
    let SendLimits {
        cooldown_seconds,
        number_hour,
        number_day,
        user_hour,
        user_day,
        ip_hour,
        ip_day,
        range_hour,
        range_day,
        new_ranges_hour,
        new_ranges_day,
        country_hour,
        country_day,
        provider_minute,
        provider_hour,
        provider_day,
        site_day,
    } = *limits;
    advice![
        "send_cooldown_seconds" = cooldown_seconds, 60 to 300, NUISANCE, Some(finding::COOLDOWN_MORE);
        "send_per_number_hour" = number_hour, 3 to 5, FEW, NUISANCE;
        "send_per_number_day" = number_day, 5 to 10, FEW, NUISANCE;
        "send_per_user_hour" = user_hour, 5 to 10, FEW, COST;
        "send_per_user_day" = user_day, 10 to 20, FEW, COST;
        "send_per_ip_hour" = ip_hour, 10 to 30, FEW, COST;
        "send_per_ip_day" = ip_day, 20 to 100, FEW, COST;
        "send_per_range_hour" = range_hour, 9 to 30, NEW, COST;
        "send_per_range_day" = range_day, 15 to 60, NEW, COST;
        "send_new_ranges_hour" = new_ranges_hour, 10 to 100, FEW, COST;
        "send_new_ranges_day" = new_ranges_day, 20 to 300, FEW, COST;
        "send_per_country_hour" = country_hour, 30 to 500, FEW, COST;
        "send_per_country_day" = country_day, 60 to 1500, FEW, COST;
        "send_per_provider_minute" = provider_minute, 10 to 60, FEW, COST;
        "send_per_provider_hour" = provider_hour, 30 to 1000, FEW, COST;
        "send_per_provider_day" = provider_day, 60 to 2000, FEW, COST;
        "send_site_day" = site_day, 60 to 2000, FEW, COST;
    ]
}

/// Codes of one method that somebody may try within a day, once blocks are as long as they get.
fn tries_a_day(policy: &Policy) -> u32 {
    const DAY: u32 = 86_400;
    let (each, seconds) = if policy.lockout_growth == 1 {
        (policy.max_attempts, policy.lockout_seconds)
    } else {
        (1, policy.lockout_max_seconds)
    };
    let blocks = DAY.checked_div(seconds).unwrap_or(DAY);
    blocks.saturating_mul(each)
}

fn of_requests(limits: &RequestLimits) -> Vec<Advice> {
    const FEW: Option<Sentence> = Some(finding::REQUESTS_FEW);
    const MANY: Option<Sentence> = Some(finding::REQUESTS_MANY);
    let RequestLimits {
        network_minute,
        network_hour,
    } = *limits;
    advice![
        "api_per_network_minute" = network_minute, 30 to 120, FEW, MANY;
        "api_per_network_hour" = network_hour, 300 to 1200, FEW, MANY;
    ]
}

/// Every limit there is.
fn of_all(policy: &Policy, sending: &SendLimits, requests: &RequestLimits) -> Vec<Advice> {
    let mut all = of_policy(policy);
    all.extend(of_sending(sending));
    all.extend(of_requests(requests));
    all
}

/// What of the limits is not as recommended: which, what follows, and what to set.
pub(super) fn deviations(
    policy: &Policy,
    sending: &SendLimits,
    requests: &RequestLimits,
) -> Vec<Finding> {
    let defaults = of_all(
        &Policy::default(),
        &SendLimits::default(),
        &RequestLimits::default(),
    );
    of_all(policy, sending, requests)
        .into_iter()
        .zip(defaults)
        .filter_map(|(it, recommended)| {
            let (least, most) = it.good;
            let follows = match it.value {
                value if value < least => it.less?,
                value if value > most => it.more?,
                _ => return None,
            };
            let is_endless = it.name == "disable_after" && it.value == FOREVER;
            let follows = if is_endless {
                finding::DISABLE_AFTER_NEVER
            } else {
                follows
            };
            let shown = |value: u32| match (it.name, value) {
                ("disable_after" | "challenge_ttl", FOREVER) => "0".to_owned(),
                ("totp_algorithm", value) => format!("SHA{value}"),
                (_, value) => value.to_string(),
            };
            let found = Finding::warning(follows).with("setting", it.name);
            let found = found.with("value", shown(it.value));
            let found = found.with("recommended", shown(recommended.value));
            Some(if is_endless {
                found.with("tries", tries_a_day(policy))
            } else {
                found
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, setting, settings};

    fn told(settings: &[(&str, &str)]) -> Vec<String> {
        let config = Config::parse(settings.iter().copied()).unwrap();
        deviations(
            config.policy(),
            config.send_limits(),
            config.request_limits(),
        )
        .iter()
        .map(Finding::message)
        .collect()
    }

    #[test]
    fn what_is_recommended_is_so_and_every_limit_has_its_advice() {
        assert_eq!(told(&[]), [""; 0]);
        let (policy, sending) = (Policy::default(), SendLimits::default());
        let requests = RequestLimits::default();
        let advice = of_all(&policy, &sending, &requests);
        let mut names: Vec<_> = advice.iter().map(|it| it.name).collect();
        names.sort_unstable();
        let fields = format!("{policy:?} {sending:?} {requests:?}");
        assert_eq!(fields.matches(": ").count(), names.len());
        let mut listed: Vec<_> = settings()
            .map(|setting| setting.name)
            .filter(|name| names.contains(name))
            .collect();
        listed.sort_unstable();
        assert_eq!(names, listed, "each is a setting");
    }

    #[test]
    fn each_limit_is_compared_both_ways() {
        // The most and the least that can be set, and whether it is worth a word.
        for (name, least, most) in [
            ("max_attempts", Some("1"), Some("20")),
            ("lockout_seconds", Some("1"), Some("3600")),
            ("lockout_growth", Some("1"), Some("10")),
            ("lockout_max_seconds", Some("60"), Some("86400")),
            ("disable_after", Some("1"), Some("100")),
            ("disable_window_days", Some("0"), Some("365")),
            ("challenge_ttl", Some("60"), None),
            ("totp_window", Some("0"), Some("2")),
            ("totp_algorithm", None, Some("SHA512")),
            ("totp_digits", None, Some("8")),
            ("backup_codes", Some("5"), Some("20")),
            ("recovery_codes", Some("5"), Some("20")),
            ("code_digits", Some("4"), Some("10")),
            ("code_checks", Some("1"), Some("5")),
            ("code_login_seconds", Some("60"), Some("600")),
            ("code_verify_seconds", Some("60"), None),
            ("send_cooldown_seconds", Some("10"), Some("1800")),
            ("send_per_number_hour", Some("1"), Some("100")),
            ("send_per_number_day", Some("1"), Some("1000")),
            ("send_per_user_hour", Some("1"), Some("100")),
            ("send_per_user_day", Some("1"), Some("1000")),
            ("send_per_ip_hour", Some("1"), Some("100000")),
            ("send_per_ip_day", Some("1"), Some("100000")),
            ("send_per_range_hour", Some("1"), Some("100000")),
            ("send_per_range_day", Some("1"), Some("100000")),
            ("send_new_ranges_hour", Some("1"), Some("100000")),
            ("send_new_ranges_day", Some("1"), Some("100000")),
            ("send_per_country_hour", Some("1"), Some("100000")),
            ("send_per_country_day", Some("1"), Some("100000")),
            ("send_per_provider_minute", Some("1"), Some("100000")),
            ("send_per_provider_hour", Some("1"), Some("100000")),
            ("send_per_provider_day", Some("1"), Some("100000")),
            ("send_site_day", Some("1"), Some("100000")),
            ("api_per_network_minute", Some("6"), Some("100000")),
            ("api_per_network_hour", Some("6"), Some("100000")),
        ] {
            let mut said = Vec::new();
            for value in [least, most].into_iter().flatten() {
                let told = told(&[(name, value)]);
                assert_eq!(told.len(), 1, "{name} {value}: {told:?}");
                let begin = format!("{name} is {value}: ");
                assert!(told[0].starts_with(&begin), "{told:?}");
                let default = setting(name).unwrap().default;
                assert!(told[0].ends_with(&format!("(recommended: {default})")));
                assert!(
                    told[0].len() > begin.len() + 30,
                    "it says what follows: {told:?}"
                );
                said.push(told[0].split(": ").nth(1).unwrap().to_owned());
            }
            assert!(
                said.len() < 2 || said[0] != said[1],
                "{name} both ways: {said:?}"
            );
        }
        // Never is the laxest of all.
        assert_eq!(
            told(&[("disable_after", "0")]),
            [
                "disable_after is 0: whoever has a password guesses on for ever, as it is set here up to 24 codes a day \
              and method (recommended: 50)"
            ]
        );
        let plain = [
            ("disable_after", "0"),
            ("lockout_growth", "1"),
            ("max_attempts", "5"),
            ("lockout_seconds", "60"),
        ];
        assert!(told(&plain)[1].contains("up to 7200 codes a day"));
        assert!(told(&[("challenge_ttl", "3600")]).is_empty());
    }
}
