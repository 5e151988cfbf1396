//! Whether the product can do its work, and what an operator should mend.

use super::Verifier;
use super::keys::KeySource;
use super::operator::{EMERGENCY_SECONDS, Emergency};
use crate::clock::{ClockError, UnixTime};
use crate::crypto::KeyId;
use crate::store::StoreUrl;
use crate::terms::Method;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthStatus {
    /// Nothing to do.
    Ok,
    /// Works, but an operator should act.
    Warning,
    /// Nobody can be verified until this is mended.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct HealthCheck {
    /// A stable name.
    pub name: &'static str,
    /// How bad it is.
    pub status: HealthStatus,
    /// What is so and what to do. Holds no secret.
    pub message: String,
}

/// An event this far ahead of the clock means that the clock was set back, in seconds.
const AHEAD: u64 = 300;

impl Verifier {
    /// Looks at everything; never fails.
    pub fn health(&self, now: Result<UnixTime, ClockError>) -> Vec<HealthCheck> {
        let check = |name, status, message: String| HealthCheck {
            name,
            status,
            message,
        };
        let mut checks = vec![
            self.store_health(check),
            self.key_health(check),
            self.clock_health(now, check),
            self.policy_health(check),
            self.site_health(check),
        ];
        checks.extend(self.provider_health(now, check));
        checks.extend(self.emergency_health(now, check));
        checks
    }

    /// Nothing while no emergency is set.
    fn emergency_health(
        &self,
        now: Result<UnixTime, ClockError>,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> Option<HealthCheck> {
        let message = match self.emergency(now.ok()?) {
            Emergency::Unset => return None,
            Emergency::Active(left) => format!(
                "for {left} more seconds operators act on accounts and providers without a factor of their \
                 own: take emergency_until out as soon as you can sign in"
            ),
            Emergency::Over => {
                "emergency_until is over and does nothing any more: take it out".to_owned()
            }
            Emergency::TooFar(left) => format!(
                "emergency_until lies {left} s ahead and is not obeyed: at most {EMERGENCY_SECONDS} s are \
                 allowed. Set what `date -d '+30 minutes' +%s` prints, or take it out"
            ),
        };
        Some(check("emergency", HealthStatus::Warning, message))
    }

    /// Nothing where no codes are sent.
    fn provider_health(
        &self,
        now: Result<UnixTime, ClockError>,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> Option<HealthCheck> {
        if let Err(error) = self.renew_providers(now.ok()) {
            return Some(check("providers", HealthStatus::Problem, error.to_string()));
        }
        let names = self.couriers.names();
        let troubles = self.directory.troubles();
        if names.is_empty() && troubles.is_empty() {
            return None;
        }
        let mut warnings = Vec::new();
        if self.config.development().is_some() {
            warnings.push(
                "twofactor.development is 1: whoever reads the file of codes is let in. Never on a site \
                 that people can reach"
                    .to_owned(),
            );
        }
        for (name, why) in troubles {
            warnings.push(format!("{name} cannot be used: {why}"));
        }
        for (name, warning) in self.couriers.warnings() {
            warnings.push(format!("{name}: {warning}"));
        }
        let open: Vec<&str> = names
            .iter()
            .filter(|name| now.is_ok_and(|now| matches!(self.open_until(name, now), Ok(Some(_)))))
            .map(String::as_str)
            .collect();
        if !open.is_empty() {
            warnings.push(format!(
                "{} failed lately and is left alone for a while: look at its status page, or at its \
                 credentials",
                open.join(", ")
            ));
        }
        match self.refusals() {
            Ok(refusals) => {
                warnings.extend(refusals.into_iter().map(|(name, channel, refused)| {
                    let advice = refused.refusal.advice().unwrap_or_default();
                    format!(
                        "{name} refused its last message by {}: {} ({}): {advice}",
                        Method::from(channel).as_str(),
                        refused.refusal,
                        refused.detail
                    )
                }))
            }
            Err(error) => warnings.push(error.to_string()),
        }
        Some(if warnings.is_empty() {
            check("providers", HealthStatus::Ok, names.join(", "))
        } else {
            check("providers", HealthStatus::Warning, warnings.join("; "))
        })
    }

    fn store_health(
        &self,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        match (self.accounts.check(), self.config.store()) {
            (Err(error), _) => check("store", HealthStatus::Problem, error.to_string()),
            (Ok(what), StoreUrl::Memory) => check(
                "store",
                HealthStatus::Warning,
                format!("{what}: every account ends with the process. For tests only"),
            ),
            (Ok(what), _) => check("store", HealthStatus::Ok, what),
        }
    }

    fn key_health(
        &self,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        let ids = self
            .accounts
            .ring()
            .ids()
            .map(KeyId::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        match &self.key_source {
            KeySource::Given | KeySource::File | KeySource::Environment => check(
                "key",
                HealthStatus::Ok,
                format!("keys: {ids}; the first one seals"),
            ),
            KeySource::Generated(path) => check(
                "key",
                HealthStatus::Warning,
                format!(
                    "the key was generated beside the store, in {}: whoever copies the folder has both. \
                     Move it to a place the web server cannot write to and name it in twofactor.key_file",
                    path.display()
                ),
            ),
            KeySource::Ephemeral => check(
                "key",
                HealthStatus::Warning,
                "the key ends with the process. For tests only".to_owned(),
            ),
        }
    }

    fn clock_health(
        &self,
        now: Result<UnixTime, ClockError>,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        let now = match now {
            Ok(now) => now,
            Err(error) => return check("clock", HealthStatus::Problem, error.to_string()),
        };
        if self.foreign_clock {
            let message = "the time comes from a clock object. For tests only".to_owned();
            return check("clock", HealthStatus::Warning, message);
        }
        let last = self
            .accounts
            .audit(None, 1, None)
            .ok()
            .and_then(|rows| rows.into_iter().next());
        match last {
            Some((_, row)) if now.until(row.at) > AHEAD => check(
                "clock",
                HealthStatus::Warning,
                format!(
                    "the last event lies {} s in the future: the clock was set back. Codes are refused until it \
                     has caught up; check the time service",
                    now.until(row.at)
                ),
            ),
            _ => check(
                "clock",
                HealthStatus::Ok,
                format!("unix time {}", now.seconds()),
            ),
        }
    }

    fn policy_health(
        &self,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        let policy = self.config.policy();
        let mut weak = Vec::new();
        if policy.disable_after == 0 {
            weak.push("disable_after is 0: there is no end to guessing");
        }
        if policy.lockout_growth == 1 {
            weak.push("lockout_growth is 1: a patient guesser has thousands of tries a day");
        }
        if policy.totp_window > 1 {
            weak.push("totp_window is over 1: each guess has a better chance");
        }
        if weak.is_empty() {
            check(
                "policy",
                HealthStatus::Ok,
                "limits are as recommended or stricter".to_owned(),
            )
        } else {
            check("policy", HealthStatus::Warning, weak.join("; "))
        }
    }

    fn site_health(
        &self,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        check(
            "site",
            HealthStatus::Ok,
            format!("{}, shown as {}", self.config.site(), self.config.issuer()),
        )
    }
}
