//! Every setting there is: its name, default, range, unit and meaning in one table (`table.rs`), from which come the
//! directives of php.ini, the variables of the environment, the names that `Verifier::open` takes, and the README's
//! table.
//!
//! A value that is out of range is an error, never a silent default: a mistyped limit must not
//! become no limit.

#[macro_use]
mod macros;
mod error;
mod key_place;
mod profile;
mod setting;
mod similar;
mod table;
mod values;

pub use error::ConfigError;
pub use key_place::KeyPlace;
pub use profile::{Departure, Profile};
pub use setting::{DIRECTIVE_PREFIX, Setting, VARIABLE_PREFIX};
pub use similar::similar;
pub use table::{
    AlertLimits, Config, DEFAULT_SITE, NetworkLimits, Policy, RequestLimits, SendLimits, setting,
    settings,
};
pub use values::ALERTS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_those_of_the_policy() {
        let config = Config::parse([]).unwrap();
        assert_eq!(config.policy(), &Policy::default());
        assert_eq!(config.send_limits(), &SendLimits::default());
        assert_eq!(config.issuer(), "default");
        assert_eq!(config.site().as_str(), DEFAULT_SITE);
    }

    /// Whoever lists settings is told of each once, and of its default and range as they are.
    #[test]
    fn every_setting_is_listed_once_with_a_default_that_is_right_and_a_range_that_holds() {
        let all: Vec<_> = settings().collect();
        assert!(all.len() > 50);
        for (place, it) in all.iter().enumerate() {
            assert!(
                all.iter()
                    .skip(place + 1)
                    .all(|other| other.name != it.name)
            );
            assert!(!it.values.is_empty() && !it.about.is_empty() && !it.about.contains('|'));
            assert!(
                Config::parse([(it.name, it.default)]).is_ok(),
                "{}",
                it.name
            );
            assert_eq!(setting(it.name), Some(*it));
            assert_eq!(
                it.secret,
                matches!(it.name, "store" | "http_proxy" | "licence_key")
            );
            let numbers: Vec<u32> = it
                .values
                .split(' ')
                .filter_map(|word| word.parse().ok())
                .collect();
            let range = it.values.split(' ').nth(1) == Some("to");
            let (&[least, most], true) = (numbers.as_slice(), range) else {
                continue;
            };
            // A block that is longer than the longest is another mistake.
            let others = ("lockout_max_seconds", "86400");
            let lockout = ("lockout_seconds", "1");
            for right in [least, most] {
                let right = right.to_string();
                let given = match it.name {
                    "lockout_seconds" => vec![others, (it.name, right.as_str())],
                    name => vec![lockout, (name, right.as_str())],
                };
                assert!(Config::parse(given).is_ok(), "{} {right}", it.name);
            }
            let wrong = [most + 1, least.wrapping_sub(1)];
            for wrong in wrong.map(|number| number.to_string()) {
                let error = Config::parse([(it.name, wrong.as_str())]).unwrap_err();
                assert_eq!(error.setting(), Some(it.name));
            }
        }
        assert_eq!(
            setting("lockout_seconds"),
            Some(Setting {
                name: "lockout_seconds",
                directive: c"twofactor.lockout_seconds",
                default: "60",
                default_c: c"60",
                values: "1 to 86400 seconds",
                secret: false,
                about: "Length of the first block",
            })
        );
        assert_eq!(
            setting("max_attempts").unwrap().variable(),
            "TWOFACTOR_MAX_ATTEMPTS"
        );
        assert_eq!(
            setting("totp_algorithm").unwrap().values,
            "SHA1, SHA256 or SHA512"
        );
    }

    #[test]
    fn a_wrong_value_is_an_error_and_not_a_default() {
        for (name, value) in [
            ("max_attempts", "0"),
            ("max_attempts", "+5"),
            ("max_attempts", "5.0"),
            ("max_attempts", ""),
            ("max_attempts", "٥"),
            ("max_attempts", "99999999999999999999"),
            ("disable_after", "-1"),
            ("totp_digits", "5"),
            ("totp_algorithm", "MD5"),
            ("totp_algorithm", "sha1"),
            ("totp_window", "3"),
            ("challenge_ttl", "10"),
            ("lockout_max_seconds", "30"),
            ("site", ""),
            ("new_site", "yes"),
            ("store_id", "0123456789abcdef"),
            ("store_id", "0123456789ABCDEF0123456789ABCDEF"),
            ("issuer", "a:b"),
            ("locale", "de_DE"),
            ("locale", "de-"),
            ("locale", "1-DE"),
            ("locale", "de-DE-abcdefghi"),
            ("key_file", "relative/path"),
            ("store", "sqlite:relative"),
            ("profile", "lax"),
            ("webotp_host", "https://example.com"),
            ("webotp_host", "example.com:443"),
            ("phone_regions", "DE, Atlantis"),
            ("phone_regions_blocked", "X1"),
            ("phone_unique", "yes"),
            ("development", "true"),
            ("providers_file", "providers.json"),
            ("http_ca_file", "ca.pem"),
            ("http_seconds", "0"),
            ("http_proxy", "proxy.example:3128"),
            ("http_proxy", "socks5://proxy.example:1080"),
            ("trusted_proxies", "10.0.0.1/8"),
            ("trusted_proxies", "0.0.0.0/0"),
            ("trusted_proxies", "proxy.example.com"),
            ("trusted_proxies_header", "X-Real-IP"),
            ("code_digits", "3"),
            ("code_checks", "6"),
            ("nonsense", "1"),
        ] {
            let error = Config::parse([(name, value)]).unwrap_err();
            let told = error.to_string();
            assert!(told.contains(name), "{told}");
            let known = error.setting().unwrap_or("nonsense");
            assert_eq!(known, name, "{told}");
        }
    }

    #[test]
    fn every_limit_of_sending_is_a_number_in_its_bounds_and_none_is_no_limit() {
        let limits: Vec<_> = settings()
            .filter(|setting| setting.name.starts_with("send_"))
            .collect();
        assert_eq!(limits.len(), 17);
        for limit in limits {
            let (least, most) = match limit.name {
                "send_cooldown_seconds" => (10, 1_800),
                "send_per_number_hour" | "send_per_user_hour" => (1, 100),
                "send_per_number_day" | "send_per_user_day" => (1, 1_000),
                _ => (1, 100_000),
            };
            let range = limit.values.trim_end_matches(" seconds");
            assert_eq!(range, format!("{least} to {most}"));
            for right in [least, most] {
                let config = Config::parse([(limit.name, right.to_string().as_str())]).unwrap();
                // It is this one that it changes, and no other.
                let fields = |limits: &SendLimits| -> Vec<String> {
                    let all = format!("{limits:?}");
                    let inside = all
                        .trim_start_matches("SendLimits { ")
                        .trim_end_matches(" }");
                    inside.split(", ").map(str::to_owned).collect()
                };
                let before = fields(&SendLimits::default());
                let mut now = fields(config.send_limits());
                now.retain(|field| !before.contains(field));
                let field = limit.name.trim_start_matches("send_");
                let field = field.trim_start_matches("per_");
                assert_eq!(now, [format!("{field}: {right}")]);
            }
            let (below, above) = ((least - 1).to_string(), (most + 1).to_string());
            for wrong in [
                below.as_str(),
                &above,
                "",
                "-1",
                "+5",
                "5.0",
                "1e3",
                "0x10",
                "many",
                "unlimited",
                "4294967297",
            ] {
                let error = Config::parse([(limit.name, wrong)])
                    .unwrap_err()
                    .to_string();
                let expected = format!(
                    "`{}` must be a whole number from {least} to {most}",
                    limit.name
                );
                assert_eq!(error, expected);
            }
        }
    }

    #[test]
    fn no_error_and_no_dump_shows_a_password() {
        for (name, value) in [
            ("store", "mysql://u:hunter2@/"),
            ("http_proxy", "http://u:hunter2@proxy.example"),
            ("http_proxy", "http://u:hunter2@3128@proxy.example:3128"),
        ] {
            let error = Config::parse([(name, value)]).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        let url = "http://u:hunter2@proxy.example:3128";
        let config = Config::parse([("http_proxy", url)]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("proxy.example:3128") && !shown.contains("hunter2"));
        let config = Config::parse([("licence_key", " hunter2 ")]).unwrap();
        assert_eq!(config.licence_key().unwrap().reveal(), "hunter2");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
