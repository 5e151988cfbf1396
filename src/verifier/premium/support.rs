//! What a support bundle says of a site, gathered. What of a value may be in it is decided here, value by value, and once more
//! by the kinds that a bundle has ([`crate::premium::support`]).

use super::super::failures::of_account;
use super::super::finding::{Detail, Finding, HealthStatus};
use super::super::keys::KeySource;
use super::super::named::named;
use super::super::personal_data;
use super::super::{
    Error, GivenSetting, HealthCheck, Operator, ProviderView, SettingSource, Severity,
    Surroundings, Verifier,
};
use super::figures::accounts;
use crate::account::DOCUMENT_FORMAT;
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::config;
use crate::openmetrics::Page;
use crate::premium::Premium;
use crate::premium::licence::Standing;
use crate::premium::support::{Bundle, Section, Value};
use crate::store::{MOST_COUNTED, StoreUrl};
use crate::types::{Method, Requester};

/// Events that are looked at for what failed lately.
const LATEST_EVENTS: u32 = 1000;

/// Pages of events that are counted first.
const PAGES: u32 = 1;

/// Providers by a number in the place of the names that people gave them.
struct Aliases(Vec<String>);

impl Aliases {
    fn of(&self, name: &str) -> String {
        match self.0.iter().position(|known| known == name) {
            Some(place) => format!("provider-{}", place.saturating_add(1)),
            // What the delivery counts under in the place of a provider: no provider can be called so.
            None if name.starts_with('(') => "limits".to_owned(),
            None => "provider-other".to_owned(),
        }
    }

    fn of_list(&self, names: &str) -> String {
        let names: Vec<_> = names.split(", ").map(|name| self.of(name)).collect();
        names.join(", ")
    }
}

/// Digits and letters that are too few to tell anything: a number of a setting, a word of ours.
fn is_plain(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= 16 && digits <= 6 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A provider's number of an error, behind its name; nothing where it has said something else.
fn code(detail: &str) -> &str {
    let last = detail.rsplit(' ').next().unwrap_or_default();
    let is_code = (1..=6).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_digit());
    if is_code { last } else { "<code>" }
}

/// Regions, as ISO 3166-1 has them.
fn are_regions(text: &str) -> bool {
    let mut all = text.split([',', ' ']).filter(|part| !part.is_empty());
    all.all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// A value in a sentence of health, by its name. What no line here knows is not shown.
fn shown(name: &str, value: &Detail, aliases: &Aliases) -> String {
    let text = match value {
        Detail::Count(count) => return count.to_string(),
        Detail::At(at) => return at.utc().rfc3339(),
        Detail::User(user) if user.for_host().is_empty() => {
            return "the providers' audit".to_owned();
        }
        Detail::User(_) => return "<user>".to_owned(),
        Detail::Text(text) => text.as_str(),
    };
    let is_known = |text: &str| config::setting(text).is_some();
    match name {
        "setting" | "meant" if is_known(text) => text.to_owned(),
        "value" | "used" | "recommended" | "plan" if is_plain(text) => text.to_owned(),
        "method" if Method::from_name(text).is_some() => text.to_owned(),
        "regions" if are_regions(text) => text.to_owned(),
        "name" | "names" => aliases.of_list(text),
        "code" => code(text).to_owned(),
        _ => format!("<{name}>"),
    }
}

/// A finding: how bad, what, and in one word why, where there is such a word.
fn told(finding: &Finding, aliases: &Aliases) -> String {
    let status = match finding.status() {
        HealthStatus::Ok => "ok",
        HealthStatus::Warning => "warning",
        HealthStatus::Problem => "problem",
    };
    let said = finding.said(|name, value| shown(name, value, aliases));
    let reason = finding
        .values()
        .iter()
        .find_map(|(name, value)| match value {
            // A word of ours, such as `expired`.
            Detail::Text(word) if *name == "reason" => Some(word),
            _ => None,
        });
    match reason {
        Some(reason) => format!("{status}: {said} (reason: {reason})"),
        None => format!("{status}: {said}"),
    }
}

/// What may be said of a setting's value: its default, a number, one of the words that it takes, regions; of any other that it
/// is set.
fn value_of(given: &GivenSetting) -> String {
    let (setting, value) = (given.setting, given.value.trim());
    if setting.name == "store" {
        return match StoreUrl::parse(value) {
            Ok(StoreUrl::Sqlite(_)) => "sqlite".to_owned(),
            Ok(StoreUrl::Memory) => "memory".to_owned(),
            Ok(StoreUrl::Mysql(_)) => "mysql".to_owned(),
            Err(_) => "(set)".to_owned(),
        };
    }
    if value.is_empty() {
        return "(not set)".to_owned();
    }
    if setting.secret {
        return "(set)".to_owned();
    }
    let is_number = setting.values.starts_with(|c: char| c.is_ascii_digit())
        && value.len() <= 6
        && value.bytes().all(|b| b.is_ascii_digit());
    let mut words = setting
        .values
        .split(" or ")
        .flat_map(|part| part.split(", "));
    let is_word = words.any(|word| word == value);
    let is_regions = setting.values.contains("ISO 3166-1") && are_regions(value);
    if value == setting.default || is_number || is_word || is_regions {
        value.to_owned()
    } else {
        "(set)".to_owned()
    }
}

impl Verifier {
    /// A text about this site and this process for whoever is asked for help: versions, settings without secrets, health,
    /// what failed, counters, tables. Nobody and nothing secret is in it. That it was made, by whom and why, is in the audit,
    /// unless the store takes nothing: then the text says so.
    ///
    /// Where the store cannot be asked at all, it is for whoever is on the server alone: of nobody else it is known who they
    /// are.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired),
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent); [`Error::LicenceRequired`], [`Error::Invalid`],
    /// [`Error::Unavailable`]
    pub fn support_bundle(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        reason: &str,
        around: &Surroundings,
    ) -> Result<String, Error> {
        named(operator.by(), reason)?;
        let premium = match self.premium(now) {
            Err(why @ Error::Unavailable(_)) if !operator.is_in_request() => {
                self.premium_as_seen(now, why)?
            }
            judged => judged?,
        };
        let authority = self.authority_over_all(now, operator)?;
        let event = Event::new(EventKind::SupportBundleMade, Requester::Operator)
            .by(operator.by(), reason)
            .authority(Some(authority));
        let source = self.source_if(operator.client());
        let noted = self.note_for_providers(now, &source, &event);
        let mut bundle = Bundle::begun(&premium, now);
        self.tell_store(&mut bundle, noted)?;
        for (name, version) in &around.versions {
            bundle.tell(Section::Versions, name, Value::Version(version));
        }
        for given in &around.settings {
            let said = match given.source {
                SettingSource::Default => format!("{} (default)", value_of(given)),
                source => format!("{} (from {})", value_of(given), source.as_str()),
            };
            bundle.tell(
                Section::Settings,
                given.setting.name,
                Value::Sentence(&said),
            );
        }
        tell_licence(&mut bundle, &premium);
        let aliases = self.tell_providers(&mut bundle, now);
        let health = self.health(Ok(now));
        tell_health(&mut bundle, &health, &aliases);
        tell_health(&mut bundle, &around.checks, &aliases);
        for (failure, seconds) in &around.failures {
            let cause = failure.cause.as_deref().unwrap_or("no number");
            let said = format!(
                "{} times in this process, last {seconds} s ago ({cause})",
                failure.times
            );
            bundle.tell(
                Section::Errors,
                &format!("process.{}", failure.kind),
                Value::Sentence(&said),
            );
        }
        // What the store does not tell is left out: its own section says why.
        let _ = self.tell_events(&mut bundle);
        let _ = self.tell_counters(&mut bundle, &aliases, now);
        let _ = self.tell_accounts(&mut bundle);
        Ok(bundle.text())
    }

    /// Whether the store answers and takes anything, what it is, and its tables.
    fn tell_store(&self, bundle: &mut Bundle, noted: Result<(), Error>) -> Result<(), Error> {
        let is_noted = match noted {
            Ok(()) => "yes",
            Err(Error::Unavailable(_)) => "no: the store took no event",
            Err(other) => return Err(other),
        };
        bundle.tell(Section::Store, "in_audit", Value::Word(is_noted));
        let keys = u64::try_from(self.accounts.ring().ids().count()).unwrap_or(u64::MAX);
        bundle.tell(Section::Store, "keys", Value::Number(keys));
        let source = match self.key_source {
            KeySource::Given => "given to the process",
            KeySource::File => "a file",
            KeySource::Generated(_) => "generated beside the store",
            KeySource::Ephemeral => "of this process alone",
        };
        bundle.tell(Section::Store, "keys_from", Value::Word(source));
        let facts = self.accounts.check();
        let details = self.accounts.describe();
        match facts {
            Ok(facts) => {
                bundle.tell(
                    Section::Store,
                    "state",
                    Value::Word("answers and takes changes"),
                );
                let durable = if facts.is_durable { "yes" } else { "no" };
                bundle.tell(Section::Store, "durable", Value::Word(durable));
            }
            Err(error) => {
                let (kind, cause) = of_account(&error);
                let cause = cause.unwrap_or_else(|| "no number".to_owned());
                let said = format!("not available: {kind} ({cause})");
                bundle.tell(Section::Store, "state", Value::Sentence(&said));
            }
        }
        let format = u64::from(DOCUMENT_FORMAT);
        bundle.tell(Section::Schema, "format.account", Value::Number(format));
        let format = u64::from(personal_data::VERSION);
        bundle.tell(Section::Schema, "format.export", Value::Number(format));
        let Ok(details) = details else {
            bundle.tell(Section::Schema, "tables", Value::Word("cannot be read"));
            return Ok(());
        };
        bundle.tell(Section::Store, "product", Value::Word(details.product));
        bundle.tell(Section::Store, "version", Value::Version(&details.version));
        for (name, value) in &details.settings {
            let name = format!("setting.{name}");
            bundle.tell(Section::Store, &name, Value::Version(value));
        }
        let (taken, known) = details.schema;
        bundle.tell(Section::Schema, "steps_taken", Value::Number(taken.into()));
        bundle.tell(Section::Schema, "steps_known", Value::Number(known.into()));
        for table in &details.tables {
            let columns: Vec<_> = table
                .columns
                .iter()
                .map(|(name, kind)| format!("{name} {kind}"))
                .collect();
            let name = format!("table.{}", table.name);
            bundle.tell(Section::Schema, &name, Value::Sentence(&columns.join(", ")));
            let (name, rows) = (format!("rows.{}", table.name), table.rows);
            bundle.tell(
                Section::Schema,
                &name,
                if rows > MOST_COUNTED {
                    Value::Word("more than 100000")
                } else {
                    Value::Number(rows)
                },
            );
        }
        Ok(())
    }

    /// The providers by their numbers.
    fn tell_providers(&self, bundle: &mut Bundle, now: UnixTime) -> Aliases {
        let source = self.providers_source().as_str();
        bundle.tell(Section::Providers, "list", Value::Word(source));
        let Ok(views) = self.providers(now) else {
            bundle.tell(Section::Providers, "state", Value::Word("cannot be read"));
            return Aliases(self.providers.names());
        };
        let aliases = Aliases(views.iter().map(|view| view.name.clone()).collect());
        for view in &views {
            tell_provider(bundle, &aliases.of(&view.name), view);
        }
        let refusals = self.sender().record().refusals(&self.providers);
        for (name, channel, refused) in refusals.unwrap_or_default() {
            let way = Method::from(channel).as_str();
            let name = format!("{}.refused.{way}", aliases.of(&name));
            let (why, at) = (refused.refusal, refused.at.utc().rfc3339());
            let said = format!("{why}, {} at {at}", code(&refused.detail));
            bundle.tell(Section::Providers, &name, Value::Sentence(&said));
        }
        let failures = self.sender().record().proxy_failures(&self.providers);
        for (name, channel, failure) in failures.unwrap_or_default() {
            let way = Method::from(channel).as_str();
            let name = format!("{}.proxy.{way}", aliases.of(&name));
            bundle.tell(
                Section::Providers,
                &name,
                Value::Sentence(&failure.to_string()),
            );
        }
        aliases
    }

    /// The latest events that tell of something that does not work, or of an attack, by their kinds.
    fn tell_events(&self, bundle: &mut Bundle) -> Result<(), Error> {
        let mut kinds: Vec<(String, u32, UnixTime)> = Vec::new();
        for event in self.audit(None, LATEST_EVENTS, None)? {
            if event.severity < Severity::Error {
                continue;
            }
            match kinds.iter_mut().find(|(kind, ..)| *kind == event.kind) {
                Some((_, times, _)) => *times = times.saturating_add(event.times),
                // They come newest first.
                None => kinds.push((event.kind, event.times, event.at)),
            }
        }
        for (kind, times, at) in kinds {
            let name = format!("events.{kind}");
            let said = format!(
                "{times} times among the latest events, last at {}",
                at.utc().rfc3339()
            );
            bundle.tell(Section::Errors, &name, Value::Sentence(&said));
        }
        Ok(())
    }

    /// What `metrics()` counts and is not 0, with the numbers of the providers.
    fn tell_counters(
        &self,
        bundle: &mut Bundle,
        aliases: &Aliases,
        now: UnixTime,
    ) -> Result<(), Error> {
        let (head, is_complete) = self.count_events(now, PAGES)?;
        let complete = if is_complete { "yes" } else { "no" };
        bundle.tell(Section::Counters, "complete", Value::Word(complete));
        let mut page = Page::default();
        head.write(&mut page);
        let mut delivery = self.sender().record().metrics(&self.providers, now)?;
        let stats = std::mem::take(&mut delivery.stats).into_iter();
        delivery.stats = stats
            .map(|((name, channel), stats)| ((aliases.of(&name), channel), stats))
            .collect();
        let breakers = std::mem::take(&mut delivery.breakers).into_iter();
        delivery.breakers = breakers
            .map(|(name, condition)| (aliases.of(&name), condition))
            .collect();
        delivery.write(&mut page);
        for line in page.end().lines().filter(|line| !line.starts_with('#')) {
            match line.rsplit_once(' ') {
                None | Some((_, "0")) => {}
                Some((name, value)) => match value.parse() {
                    Ok(number) => bundle.tell(Section::Counters, name, Value::Number(number)),
                    Err(_) => bundle.tell(Section::Counters, name, Value::Version(value)),
                },
            }
        }
        Ok(())
    }

    /// What the last pass over the accounts has seen.
    fn tell_accounts(&self, bundle: &mut Bundle) -> Result<(), Error> {
        let adoption = self.adoption()?;
        let Some(latest) = adoption.latest() else {
            return Ok(());
        };
        bundle.tell(Section::Accounts, "seen", Value::Time(latest.at));
        let serde_json::Value::Object(figures) = accounts(latest) else {
            return Ok(());
        };
        for (name, value) in &figures {
            if let Some(number) = value.as_u64() {
                bundle.tell(Section::Accounts, name, Value::Number(number));
            }
            for (method, number) in value.as_object().into_iter().flatten() {
                let number = Value::Number(number.as_u64().unwrap_or_default());
                bundle.tell(Section::Accounts, &format!("{name}.{method}"), number);
            }
        }
        Ok(())
    }
}

fn tell_licence(bundle: &mut Bundle, premium: &Premium) {
    let licence = premium.licence();
    let state = match premium.standing() {
        Standing::Valid => "valid",
        Standing::Grace => "grace",
    };
    bundle.tell(Section::Licence, "plan", Value::Word(licence.plan.as_str()));
    bundle.tell(Section::Licence, "state", Value::Word(state));
    bundle.tell(Section::Licence, "ends", Value::Time(licence.expires));
    bundle.tell(
        Section::Licence,
        "grace_ends",
        Value::Time(licence.grace_until),
    );
}

fn tell_health(bundle: &mut Bundle, checks: &[HealthCheck], aliases: &Aliases) {
    for finding in checks.iter().flat_map(|check| &check.findings) {
        let said = told(finding, aliases);
        bundle.tell(Section::Health, finding.id(), Value::Sentence(&said));
    }
}

fn tell_provider(bundle: &mut Bundle, alias: &str, view: &ProviderView) {
    let mut tell = |what: &str, value: Value<'_>| {
        bundle.tell(Section::Providers, &format!("{alias}.{what}"), value);
    };
    let yes = |is: bool| Value::Word(if is { "yes" } else { "no" });
    let methods: Vec<_> = view.methods.iter().map(|it| it.as_str()).collect();
    let settings: Vec<_> = view
        .settings
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    tell("kind", Value::Name(view.kind));
    tell("methods", Value::Sentence(&methods.join(", ")));
    tell("settings", Value::Sentence(&settings.join(", ")));
    tell("secrets", Value::Sentence(&view.secrets.join(", ")));
    tell("confirmed", yes(view.confirmed));
    tell("reports", yes(view.reports));
    tell("available", yes(view.available));
    tell("retry_at", view.retry_at.map_or(Value::Unset, Value::Time));
}
