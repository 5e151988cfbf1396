//! Whether the product can do its work, and what an operator should mend.

use super::Verifier;
use super::keys::KeySource;
use super::operator::{EMERGENCY_SECONDS, Emergency};
use super::{advice, files};
use crate::account::AccountError;
use crate::clock::{ClockError, SKEW, UnixTime};
use crate::config;
use crate::crypto::{KeyId, OpenError};
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
            self.key_health(now, check),
            self.clock_health(now, check),
            self.policy_health(check),
            self.site_health(check),
        ];
        checks.extend(self.file_health(check));
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
                 own: take twofactor.emergency out as soon as you can sign in"
            ),
            Emergency::Over => {
                "twofactor.emergency is over and does nothing any more: take it out".to_owned()
            }
            Emergency::NotYet(wait) => format!(
                "twofactor.emergency begins in {wait} s, and then operators act without a factor of their \
                 own. If nobody means that, take it out"
            ),
            Emergency::Mistaken => format!(
                "twofactor.emergency is not obeyed, at no time: its end must come after its beginning, and at \
                 most {EMERGENCY_SECONDS} s later. Set what `echo $(date +%s)/$(date -d '+30 minutes' +%s)` \
                 prints, or take it out"
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
        let waiting = self.directory.unconfirmed();
        if names.is_empty() && troubles.is_empty() && waiting.is_empty() {
            return None;
        }
        let mut warnings = Vec::new();
        for (name, by) in &waiting {
            warnings.push(format!(
                "{name} was named by {by} with nothing but a password behind it, before anybody else had a second \
                 factor or in an emergency: no code goes there. Look at it; if it is yours, save it again with \
                 a proof that counts, or on the server; if not, remove it, and whoever named it"
            ));
        }
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
        // Without a proxy it is of a time when there was one.
        let at_proxy = match self.config.http_proxy().map(|_| self.proxy_failures()) {
            Some(Ok(failures)) => failures,
            Some(Err(error)) => {
                warnings.push(error.to_string());
                Vec::new()
            }
            None => Vec::new(),
        };
        for (name, channel, failure) in &at_proxy {
            warnings.push(format!(
                "{name} was not reached for its last message by {}, and that is not {name}'s fault: {failure}",
                Method::from(*channel).as_str()
            ));
        }
        let open: Vec<&str> = names
            .iter()
            .filter(|name| !at_proxy.iter().any(|(it, ..)| it == *name))
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
        let through = match self.config.http_proxy() {
            Some(proxy) => format!("; asked through the proxy {proxy}"),
            None => String::new(),
        };
        let (status, said) = match (waiting.is_empty(), warnings.is_empty()) {
            (false, _) => (HealthStatus::Problem, warnings.join("; ")),
            (true, false) => (HealthStatus::Warning, warnings.join("; ")),
            (true, true) => (HealthStatus::Ok, names.join(", ")),
        };
        Some(check("providers", status, said + &through))
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
        now: Result<UnixTime, ClockError>,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        if let Some((status, message)) = self.sealed_trouble(now) {
            return check("key", status, message);
        }
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

    /// What of the store does not open with the keys there are. A store that cannot be asked says so itself.
    fn sealed_trouble(&self, now: Result<UnixTime, ClockError>) -> Option<(HealthStatus, String)> {
        let (failed, seen) = self.accounts.unreadable(now.ok()).ok()?;
        let mark = self.mark_trouble().ok()?;
        let key_missing = |why: &AccountError| {
            matches!(
                why,
                AccountError::Sealed {
                    why: OpenError::KeyMissing,
                    ..
                }
            )
        };
        let advice = "put the old key back into the key file, below the one that seals, or reset these users: \
                      they then set up their second factor anew";
        if let Some((user, why)) = failed.first() {
            let user = match user.for_host() {
                "" => "the providers' audit".to_owned(),
                id => format!("that of user {id}"),
            };
            let by_key = failed.iter().any(|(_, why)| key_missing(why));
            let advice = match (by_key, why) {
                (true, _) => advice,
                (false, AccountError::Removed(_)) => {
                    "restore them from a backup, or reset these users"
                }
                (false, _) => {
                    "restore them from a backup, with the key of that time, or reset these users"
                }
            };
            return Some((
                // One is an accident; many are everybody.
                if by_key || failed.len().saturating_mul(2) >= seen {
                    HealthStatus::Problem
                } else {
                    HealthStatus::Warning
                },
                format!(
                    "{} of {seen} accounts that were looked at cannot be opened, first {user} ({}); who they are \
                     of cannot sign in: {advice}",
                    failed.len(),
                    reason(why)
                ),
            ));
        }
        let why = mark?;
        if seen > 0 && now.is_ok_and(|now| self.renew_mark(now).is_ok()) {
            // Every account opens: it was another key for a while, or the mark alone was damaged.
            return None;
        }
        Some((
            HealthStatus::Warning,
            format!(
                "the mark of this site in the store: {why}. If that is not the key you meant, {advice}"
            ),
        ))
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
            Some((_, row)) if now.until(row.at) > SKEW => check(
                "clock",
                HealthStatus::Warning,
                format!(
                    "the last event lies {} s in the future: the clock was set back, or another server's is ahead. Codes \
                     are refused until it has caught up, and what is begun on one server ends on the other; check \
                     the time service",
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
        let deviations = advice::deviations(self.config.policy(), self.config.send_limits());
        if deviations.is_empty() {
            let message = "all limits are as recommended".to_owned();
            check("policy", HealthStatus::Ok, message)
        } else {
            check("policy", HealthStatus::Warning, deviations.join("; "))
        }
    }

    fn site_health(
        &self,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> HealthCheck {
        let mut warnings = Vec::new();
        if self.config.is_new_site() {
            warnings.push(
                "twofactor.new_site is 1: take it out, or a mistyped site or prefix lets everybody in with the \
                 password alone"
                    .to_owned(),
            );
        }
        if let Ok(Some(other)) = self.other_opener() {
            warnings.push(format!(
                "{other} has opened the same store: as soon as it has an account, and {} has none, this one is \
                 refused. If both are to use it, set twofactor.new_site to 1 once here",
                self.config.site()
            ));
        }
        // A site that has a name of its own is told from others by it.
        if !self.config.has_issuer() && self.config.site().as_str() == config::DEFAULT_SITE {
            warnings.push(format!(
                "twofactor.issuer is empty, so that apps show \"{}\": some put an entry in the place of another \
                 site's of the same name. Set it to the name of your site",
                self.config.issuer()
            ));
        }
        if warnings.is_empty() {
            check(
                "site",
                HealthStatus::Ok,
                format!("{}, shown as {}", self.config.site(), self.config.issuer()),
            )
        } else {
            check("site", HealthStatus::Warning, warnings.join("; "))
        }
    }

    /// Nothing where no file is named.
    fn file_health(
        &self,
        check: impl Fn(&'static str, HealthStatus, String) -> HealthCheck,
    ) -> Option<HealthCheck> {
        let generated = match &self.key_source {
            KeySource::Generated(path) => Some(path.as_path()),
            _ => None,
        };
        let troubles = files::look(&self.config, generated);
        let worst = troubles.iter().map(|(status, _)| *status).max()?;
        let texts: Vec<String> = troubles.into_iter().map(|(_, text)| text).collect();
        Some(check("files", worst, texts.join("; ")))
    }
}

/// Without the user, who is named already.
fn reason(why: &AccountError) -> String {
    match why {
        AccountError::Sealed { why, .. } => why.to_string(),
        AccountError::Document { why, .. } => why.to_string(),
        AccountError::Removed(_) => "it has been removed, but not by this software".to_owned(),
        why => why.to_string(),
    }
}

/// Names in php.ini that are no setting; nothing where there are none.
#[must_use]
pub fn settings_health(unknown: &[String]) -> Option<HealthCheck> {
    if unknown.is_empty() {
        return None;
    }
    let told = unknown.iter().map(|name| match config::similar(name) {
        Some(meant) => format!("twofactor.{name}: did you mean {meant}?"),
        None => format!("twofactor.{name}"),
    });
    Some(HealthCheck {
        name: "settings",
        status: HealthStatus::Warning,
        message: format!(
            "php.ini has settings that do not exist and change nothing: {}",
            told.collect::<Vec<_>>().join("; ")
        ),
    })
}
