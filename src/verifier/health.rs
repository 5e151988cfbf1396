//! Whether the product can do its work, and what an operator should mend.

use super::Verifier;
use super::finding::{self, Finding, HealthStatus};
use super::keys::KeySource;
use super::operator::{EMERGENCY_SECONDS, Emergency};
use super::texts::is_usable;
use super::{advice, app_clocks, files};
use crate::account::{AccountError, Looked};
use crate::clock::{ClockError, SKEW, UnixTime};
use crate::config::{self, Departure, VARIABLE_PREFIX};
use crate::crypto::{KeyId, OpenError};
use crate::delivery::text::MessageTemplate;
use crate::i18n::Language;
use crate::sms::{Channel, Refusal};
use crate::store::StoreUrl;
use crate::texts::{OwnTexts, TextsOf};
use crate::types::Method;

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct HealthCheck {
    /// A stable name.
    pub name: &'static str,
    /// How bad it is: the worst of what was found.
    pub status: HealthStatus,
    /// What is so and what to do, in English. Holds no secret.
    pub message: String,
    /// The same, one by one.
    pub findings: Vec<Finding>,
}

impl HealthCheck {
    pub(super) fn new(name: &'static str, findings: Vec<Finding>) -> Self {
        let statuses = findings.iter().map(Finding::status);
        let messages: Vec<String> = findings.iter().map(Finding::message).collect();
        Self {
            name,
            status: statuses.max().unwrap_or(HealthStatus::Ok),
            message: messages.join("; "),
            findings,
        }
    }
}

/// Without these nobody is verified: the store, the keys, the clock.
const NEEDED: [&str; 3] = ["store", "key", "clock"];

/// Whether anybody can be verified, whatever else is a problem.
#[must_use]
pub fn can_verify(checks: &[HealthCheck]) -> bool {
    let is_down =
        |check: &HealthCheck| check.status == HealthStatus::Problem && NEEDED.contains(&check.name);
    !checks.iter().any(is_down)
}

impl Verifier {
    /// Looks at everything; never fails.
    pub fn health(&self, now: Result<UnixTime, ClockError>) -> Vec<HealthCheck> {
        let store = self.store_health(now.ok());
        // A store that cannot be asked says so itself.
        let looked = self.accounts.look(now.ok()).ok();
        let checks = [
            ("store", store),
            ("key", vec![self.key_health(now, looked.as_ref())]),
            ("clock", self.clock_health(now, looked.as_ref())),
            ("policy", self.policy_health()),
            ("profile", self.profile_health(now)),
            ("site", self.site_health()),
            ("files", self.file_health()),
            ("providers", self.provider_health(now)),
            ("texts", self.text_health()),
            ("licence", self.licence_health(now.ok())),
            ("enforcement", self.enforcement_health(now.ok())),
            ("networks", self.network_health(now.ok())),
            ("notices", self.notice_health(now.ok())),
            ("alerts", self.alert_health(now.ok())),
            ("emergency", self.emergency_health(now)),
        ];
        checks
            .into_iter()
            .filter(|(_, findings)| !findings.is_empty())
            .map(|(name, findings)| HealthCheck::new(name, findings))
            .collect()
    }

    /// Nothing while no emergency is set.
    fn emergency_health(&self, now: Result<UnixTime, ClockError>) -> Vec<Finding> {
        let Ok(now) = now else {
            return Vec::new();
        };
        vec![match self.emergency(now) {
            Emergency::Unset => return Vec::new(),
            Emergency::Active(left) => {
                Finding::warning(finding::EMERGENCY_ACTIVE).with("seconds", left)
            }
            Emergency::Over => Finding::warning(finding::EMERGENCY_OVER),
            Emergency::NotYet(wait) => {
                Finding::warning(finding::EMERGENCY_NOT_YET).with("seconds", wait)
            }
            Emergency::Mistaken => {
                Finding::warning(finding::EMERGENCY_MISTAKEN).with("most", EMERGENCY_SECONDS)
            }
        }]
    }

    /// Channels that some allowed country has no provider for.
    fn region_findings(&self) -> Vec<Finding> {
        let allowed: Vec<&str> = self.config.regions().allowed().collect();
        let mut findings = Vec::new();
        for channel in [Channel::Sms, Channel::Voice, Channel::WhatsApp] {
            let Some(left_out) = self.providers.uncovered(channel, &allowed) else {
                continue;
            };
            let found = if allowed.is_empty() {
                Finding::warning(finding::PROVIDERS_REGIONS)
            } else if left_out.is_empty() {
                continue;
            } else {
                Finding::warning(finding::PROVIDERS_REGIONS_LEFT_OUT)
                    .with("regions", left_out.join(", "))
            };
            findings.push(found.with("method", Method::from(channel).as_str()));
        }
        findings
    }

    /// Nothing while every text of the site's own can be sent. A store that cannot be asked says so itself.
    fn text_health(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let languages = Language::ALL.into_iter().map(TextsOf::Notices);
        for texts in [TextsOf::Codes].into_iter().chain(languages) {
            let Ok(own) = OwnTexts::look(&self.rows, texts) else {
                return Vec::new();
            };
            if let Some(why) = own.unreadable() {
                let found = Finding::warning(finding::TEXTS_UNREADABLE);
                return vec![found.with("why", why.to_string())];
            }
            for text in own.all() {
                let found = match texts {
                    TextsOf::Codes if MessageTemplate::parse(&text.text).is_err() => {
                        Finding::warning(finding::TEXTS_UNUSABLE).with("method", text.of.as_str())
                    }
                    TextsOf::Notices(_) if !is_usable(text) => {
                        Finding::warning(finding::TEXTS_NOTICE_UNUSABLE)
                            .with("kind", text.of.as_str())
                    }
                    _ => continue,
                };
                findings.push(found.with("language", text.language.as_str()));
            }
        }
        findings
    }

    /// Nothing where no codes are sent.
    fn provider_health(&self, now: Result<UnixTime, ClockError>) -> Vec<Finding> {
        if let Err(error) = self.renew_providers(now.ok()) {
            let why = error.to_string();
            return vec![Finding::problem(finding::PROVIDERS_UNREADABLE).with("why", why)];
        }
        let (names, record) = (self.providers.names(), self.sender().record());
        let troubles = self.registry.troubles();
        let waiting = self.registry.unconfirmed();
        if names.is_empty() && troubles.is_empty() && waiting.is_empty() {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for (name, by) in &waiting {
            let found =
                Finding::warning(finding::PROVIDERS_UNCONFIRMED).with("name", name.as_str());
            findings.push(found.with("by", by.as_str()));
        }
        if self.config.development().is_some() {
            findings.push(Finding::warning(finding::PROVIDERS_DEVELOPMENT));
        }
        for (name, why) in troubles {
            let found = Finding::warning(finding::PROVIDERS_UNUSABLE).with("name", name);
            findings.push(found.with("why", why.to_string()));
        }
        for name in self.providers.unsigned() {
            findings.push(Finding::warning(finding::PROVIDERS_UNSIGNED).with("name", name));
        }
        findings.extend(self.region_findings());
        // What was counted while there was a proxy says nothing once there is none.
        let at_proxy = match self
            .config
            .http_proxy()
            .map(|_| record.proxy_failures(&self.providers))
        {
            Some(Ok(failures)) => failures,
            Some(Err(error)) => {
                let found = Finding::warning(finding::PROVIDERS_UNREADABLE);
                findings.push(found.with("why", error.to_string()));
                Vec::new()
            }
            None => Vec::new(),
        };
        for (name, channel, failure) in &at_proxy {
            let found = Finding::warning(finding::PROVIDERS_AT_PROXY).with("name", name.as_str());
            let found = found.with("method", Method::from(*channel).as_str());
            findings.push(found.with("why", failure.to_string()));
        }
        let resting: Vec<&str> = names
            .iter()
            .filter(|name| !at_proxy.iter().any(|(it, ..)| it == *name))
            .filter(|name| now.is_ok_and(|now| matches!(record.open_until(name, now), Ok(Some(_)))))
            .map(String::as_str)
            .collect();
        if !resting.is_empty() {
            let found = Finding::warning(finding::PROVIDERS_RESTING);
            findings.push(found.with("names", resting.join(", ")));
        }
        match record.refusals(&self.providers) {
            Ok(refusals) => {
                findings.extend(refusals.into_iter().filter_map(|(name, channel, refused)| {
                    let sentence = match refused.refusal {
                        Refusal::Credentials => finding::PROVIDERS_CREDENTIALS,
                        Refusal::Account => finding::PROVIDERS_ACCOUNT,
                        Refusal::Sender => finding::PROVIDERS_SENDER,
                        Refusal::Unlisted => finding::PROVIDERS_UNLISTED,
                        // Refusals about one number: nothing for an operator to do.
                        Refusal::Number
                        | Refusal::OptedOut
                        | Refusal::Country
                        | Refusal::Fraud
                        | Refusal::Limit => return None,
                    };
                    let found = Finding::warning(sentence).with("name", name);
                    let found = found.with("method", Method::from(channel).as_str());
                    Some(found.with("code", refused.detail))
                }));
            }
            Err(error) => {
                let found = Finding::warning(finding::PROVIDERS_UNREADABLE);
                findings.push(found.with("why", error.to_string()));
            }
        }
        if findings.is_empty() {
            let found = Finding::ok(finding::PROVIDERS_OK);
            findings.push(found.with("names", names.join(", ")));
        }
        if let Some(proxy) = self.config.http_proxy() {
            let found = Finding::ok(finding::PROVIDERS_THROUGH);
            findings.push(found.with("proxy", proxy.to_string()));
        }
        findings
    }

    fn store_health(&self, now: Option<UnixTime>) -> Vec<Finding> {
        let facts = match self.accounts.check() {
            Ok(facts) => facts,
            Err(error) => {
                let found = Finding::problem(finding::STORE_UNAVAILABLE);
                return vec![found.with("why", error.to_string())];
            }
        };
        let found = if matches!(self.config.store(), StoreUrl::Memory) {
            Finding::warning(finding::STORE_MEMORY)
        } else {
            Finding::ok(finding::STORE_OK)
        };
        let mut findings = vec![found.with("what", facts.name)];
        if !facts.is_durable {
            findings.push(Finding::warning(finding::STORE_NOT_DURABLE));
        }
        if let Err(AccountError::Requirement(why)) = self.accounts.required_of_everybody() {
            let found = Finding::problem(if now.is_some_and(|now| self.may_be_enforced(now)) {
                finding::ENFORCEMENT_UNREADABLE
            } else {
                finding::ENROLMENT_UNREADABLE
            });
            findings.push(found.with("why", why.to_string()));
        }
        findings
    }

    fn key_health(&self, now: Result<UnixTime, ClockError>, looked: Option<&Looked>) -> Finding {
        if let Some(trouble) = looked.and_then(|looked| self.sealed_trouble(now, looked)) {
            return trouble;
        }
        let keys: Vec<_> = self.accounts.ring().ids().map(KeyId::as_str).collect();
        match &self.key_source {
            KeySource::Given | KeySource::File => {
                Finding::ok(finding::KEY_OK).with("keys", keys.join(", "))
            }
            KeySource::Generated(path) => {
                Finding::warning(finding::KEY_GENERATED).with("path", path.display().to_string())
            }
            KeySource::Ephemeral => Finding::warning(finding::KEY_EPHEMERAL),
        }
    }

    /// What of the store does not open with the keys there are.
    fn sealed_trouble(
        &self,
        now: Result<UnixTime, ClockError>,
        Looked { failed, seen, .. }: &Looked,
    ) -> Option<Finding> {
        let seen = *seen;
        let mark = self.mark_trouble().ok()?;
        let key_missing = |why: &AccountError| {
            matches!(
                why,
                AccountError::Sealed {
                    why: OpenError::KeyMissing,
                    ..
                } | AccountError::KeyMissing { .. }
                    | AccountError::KeyReplaced { .. }
            )
        };
        let by_key = failed.iter().find(|(_, why)| key_missing(why));
        if let Some((user, why)) = by_key.or_else(|| failed.first()) {
            // A missing key, or half of all accounts, is a fault of the site; else it is of single rows.
            let status = if by_key.is_some() || failed.len().saturating_mul(2) >= seen {
                HealthStatus::Problem
            } else {
                HealthStatus::Warning
            };
            let sentence = match why {
                _ if by_key.is_some() => finding::KEY_OF_ACCOUNTS,
                AccountError::Removed(_) => finding::KEY_ACCOUNTS_REMOVED,
                _ => finding::KEY_ACCOUNTS_DAMAGED,
            };
            let found = Finding::new(sentence, status).with("failed", failed.len());
            let found = found.with("seen", seen).with("user", user);
            return Some(match why {
                AccountError::Sealed { why, .. } => found.with("why", why.to_string()),
                AccountError::Document { why, .. } => found.with("why", why.to_string()),
                why => found.with("why", why.to_string()),
            });
        }
        let why = mark?;
        if seen > 0 && now.is_ok_and(|now| self.renew_mark(now).is_ok()) {
            // Every account opens: it was another key for a while, or the mark alone was damaged.
            return None;
        }
        Some(Finding::warning(finding::KEY_OF_MARK).with("why", why.to_string()))
    }

    fn clock_health(
        &self,
        now: Result<UnixTime, ClockError>,
        looked: Option<&Looked>,
    ) -> Vec<Finding> {
        let Ok(now) = now else {
            return vec![Finding::problem(finding::CLOCK_UNUSABLE)];
        };
        let clocks = looked.map_or(&[][..], |looked| &looked.clocks);
        let by_apps = app_clocks::finding(clocks, self.config.clock_warn_seconds(), now);
        if self.foreign_clock {
            let foreign = Finding::warning(finding::CLOCK_FOREIGN);
            return [foreign].into_iter().chain(by_apps).collect();
        }
        let by_events = match looked.and_then(|looked| looked.latest_event) {
            Some(at) if now.until(at) > SKEW => {
                Finding::warning(finding::CLOCK_SET_BACK).with("seconds", now.until(at))
            }
            _ => Finding::ok(finding::CLOCK_OK).with("at", now),
        };
        [by_events].into_iter().chain(by_apps).collect()
    }

    fn policy_health(&self) -> Vec<Finding> {
        let deviations = advice::deviations(
            self.config.policy(),
            self.config.send_limits(),
            self.config.request_limits(),
        );
        if deviations.is_empty() {
            return vec![Finding::ok(finding::POLICY_OK)];
        }
        deviations
    }

    /// What departs from a profile that is strict; nothing where it is not.
    fn profile_health(&self, now: Result<UnixTime, ClockError>) -> Vec<Finding> {
        let profile = self.config.profile();
        if !profile.is_strict() {
            return Vec::new();
        }
        let of_setting = |it: &Departure| {
            let found = Finding::warning(finding::PROFILE_SETTING).with("setting", it.setting);
            found.with("value", it.value.as_str()).with("used", it.used)
        };
        let mut findings: Vec<_> = profile.departures().iter().map(of_setting).collect();
        if self.config.development().is_some() {
            findings.push(Finding::warning(finding::PROFILE_DEVELOPMENT));
        }
        if now.is_ok_and(|now| !matches!(self.emergency(now), Emergency::Unset)) {
            findings.push(Finding::warning(finding::PROFILE_EMERGENCY));
        }
        // A store that cannot be asked says so itself.
        let accounts = self.accounts.departing().ok();
        let found = accounts.unwrap_or_default();
        for (sentence, count) in [
            (finding::PROFILE_WEAK, found.weak),
            (finding::PROFILE_SHORT, found.short),
        ] {
            if count > 0 {
                let finding = Finding::warning(sentence).with("count", count);
                findings.push(finding.with("seen", found.seen));
            }
        }
        if findings.is_empty() {
            findings.push(Finding::ok(finding::PROFILE_OK));
        }
        if accounts.is_some_and(|it| !it.is_all) {
            findings.push(Finding::ok(finding::PROFILE_PART).with("seen", found.seen));
        }
        findings
    }

    fn site_health(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let issuer = self.config.issuer();
        if self.config.is_new_site() {
            findings.push(Finding::warning(finding::SITE_NEW));
        }
        if let Ok(Some(other)) = self.other_opener() {
            let found = Finding::warning(finding::SITE_OTHER).with("other", other);
            findings.push(found.with("site", self.config.site().as_str()));
        }
        // Issuer and site both have their defaults: two such sites look alike in an app.
        if [issuer, self.config.site().as_str()] == [config::DEFAULT_SITE; 2] {
            findings.push(Finding::warning(finding::SITE_ISSUER).with("issuer", issuer));
        }
        if findings.is_empty() {
            let found = Finding::ok(finding::SITE_OK).with("site", self.config.site().as_str());
            findings.push(found.with("issuer", issuer));
        }
        findings
    }

    /// Nothing where no file is named.
    fn file_health(&self) -> Vec<Finding> {
        let generated = match &self.key_source {
            KeySource::Generated(path) => Some(path.as_path()),
            _ => None,
        };
        files::look(&self.config, generated)
    }
}

/// Names in php.ini and in the environment that are no setting; nothing where there are none.
#[must_use]
pub fn settings_health(directives: &[String], variables: &[String]) -> Option<HealthCheck> {
    let directives = directives.iter().map(|name| match config::similar(name) {
        Some(meant) => Finding::warning(finding::SETTINGS_SIMILAR)
            .with("setting", name.as_str())
            .with("meant", meant),
        None => Finding::warning(finding::SETTINGS_UNKNOWN).with("setting", name.as_str()),
    });
    let variables = variables.iter().map(|name| match meant_variable(name) {
        Some(meant) => Finding::warning(finding::VARIABLES_SIMILAR)
            .with("variable", name.as_str())
            .with("meant", meant),
        None => Finding::warning(finding::VARIABLES_UNKNOWN).with("variable", name.as_str()),
    });
    let findings: Vec<_> = directives.chain(variables).collect();
    (!findings.is_empty()).then(|| HealthCheck::new("settings", findings))
}

/// The variable of the setting that was meant.
fn meant_variable(name: &str) -> Option<String> {
    let setting = name.get(VARIABLE_PREFIX.len()..)?;
    Some(config::setting(config::similar(setting)?)?.variable())
}
