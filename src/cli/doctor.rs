//! `twofactor doctor`: everything a second factor rests on, from the outside in: the program and the extension, what each
//! PHP is told, files, disk, store, keys, and what the verifier's own health says.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use clap::Args;
use nix::unistd::{Gid, Group, Uid, User};
use serde::Serialize;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::key::{KeyShown, shown as shown_keys};
use super::output::{Show, Text, Tone, counted};
use super::sapi::Sapi;
use super::session::{Session, Site};
use super::{Run, terminal, time_server};
use crate::clock::{self, UnixTime};
use crate::config::{self, KeyPlace, Setting};
use crate::startup::{KEYS_VARIABLE, SettingSource};
use crate::store::{StoreUrl, open_transfer};
use crate::verifier::{
    Detail, Finding, HealthCheck, HealthStatus, Verifier, can_verify, settings_health,
};

/// Accounts that are read at once.
const PAGE: u32 = 500;

/// Ids that are named.
const MOST_NAMED: usize = 10;

/// Below that a store cannot go on for long, in bytes.
const LITTLE_SPACE: u64 = 50 * 1024 * 1024;

/// Below that it may stop with the next transaction.
const NO_SPACE: u64 = 5 * 1024 * 1024;

/// Two clocks that are so close say the same, in seconds.
const AGREES_SECONDS: f64 = 5.0;

/// From here on the codes of apps that are right are wrong, in seconds: a time step.
const OFF_SECONDS: f64 = 30.0;

/// What the extension calls itself to providers, in front of its version: every build has it.
const MARK: &[u8] = b"ext-twofactor/";

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Ends with 1 for a warning, too
    #[arg(long)]
    strict: bool,
    /// Also says every setting that is not its default, and where it came from
    #[arg(long)]
    settings: bool,
    /// Also asks a time server over the network; else nothing is asked but this machine and the store
    #[arg(long)]
    allow_network: bool,
    /// Which one: a host, perhaps with a port
    #[arg(
        long,
        value_name = "HOST",
        default_value = "pool.ntp.org",
        requires = "allow_network"
    )]
    time_server: String,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    name: String,
    status: &'static str,
    message: String,
    /// What the verifier found, one by one, with ids and values.
    findings: Vec<Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Library {
    path: String,
    version: Option<String>,
}

/// What a PHP is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SapiShown {
    name: String,
    files: Vec<String>,
    loads: bool,
    libraries: Vec<Library>,
    /// By name; of one that may hold a password, and of one that PHP computes, `null`.
    settings: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct SettingShown {
    name: &'static str,
    /// `null` of one that may hold a password.
    value: Option<String>,
    source: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// No problem was found.
    ok: bool,
    /// Whoever has the right code is let in.
    can_verify: bool,
    checks: Vec<Check>,
    /// Each PHP that has to do with second factors.
    php: Vec<SapiShown>,
    /// Whose settings were used; `null`: none of PHP's.
    used: Option<String>,
    settings: Vec<SettingShown>,
    #[serde(skip)]
    shows_settings: bool,
}

const fn word(status: HealthStatus) -> &'static str {
    match status {
        HealthStatus::Ok => "ok",
        HealthStatus::Warning => "warning",
        HealthStatus::Problem => "problem",
    }
}

fn shown(finding: &Finding) -> Value {
    let value = |detail: &Detail| match detail {
        Detail::Text(text) => Value::from(text.as_str()),
        Detail::Count(count) => Value::from(*count),
        Detail::At(at) => Value::from(at.seconds()),
        Detail::User(user) => Value::from(user.for_host()),
    };
    let values = finding.values().iter();
    let values: Map<String, Value> = values
        .map(|(name, detail)| ((*name).to_owned(), value(detail)))
        .collect();
    let fields = [
        ("id", Value::from(finding.id())),
        ("status", Value::from(word(finding.status()))),
        ("values", Value::from(values)),
        ("message", Value::from(finding.message())),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    Value::from(Map::from_iter(fields))
}

impl From<&HealthCheck> for Check {
    fn from(check: &HealthCheck) -> Self {
        Self {
            name: check.name.to_owned(),
            status: word(check.status),
            message: check.message.clone(),
            findings: check.findings.iter().map(shown).collect(),
        }
    }
}

impl Show for Check {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        let tone = match self.status {
            "ok" => Tone::Good,
            "warning" => Tone::Warning,
            _ => Tone::Bad,
        };
        let line = format!("{:<11} {}", self.name, self.message);
        to.marked(tone, self.status, line)
    }
}

impl Show for Report {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        self.checks.iter().try_for_each(|check| check.show(to))?;
        if self.shows_settings {
            to.line("")?;
            for it in self.settings.iter().filter(|it| it.source != "default") {
                let value = it.value.as_deref().unwrap_or("(not shown)");
                let source = match it.source {
                    "program" => "option",
                    source => source,
                };
                to.line(format!("{} = {value} ({source})", it.name))?;
            }
        }
        Ok(())
    }
}

/// What was looked at so far.
#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn add(&mut self, name: &str, status: HealthStatus, message: impl Into<String>) {
        self.0.push(Check {
            name: name.to_owned(),
            status: word(status),
            message: message.into(),
            findings: Vec::new(),
        });
    }

    fn has(&self, status: HealthStatus) -> bool {
        self.0.iter().any(|check| check.status == word(status))
    }
}

impl Run for Doctor {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let site = session.site()?;
        let root = session.given().root();
        let mut checks = Checks::default();
        binary(&mut checks);
        let php = php(&mut checks, &site, root);
        told(&mut checks, &site);
        let health = system(&mut checks, &site);
        if self.allow_network {
            time(&mut checks, &self.time_server);
        }
        let can_verify = health.as_deref().is_some_and(can_verify);
        let report = Report {
            ok: !checks.has(HealthStatus::Problem),
            can_verify,
            php,
            used: site.found.chosen.clone(),
            settings: settings(&site),
            shows_settings: self.settings,
            checks: checks.0,
        };
        let is_warned = report.checks.iter().any(|it| it.status == "warning");
        session.out.say(&report)?;
        if report.ok && !(self.strict && is_warned) {
            Ok(())
        } else {
            Err(Failure::Found)
        }
    }
}

fn binary(checks: &mut Checks) {
    let edition = if cfg!(feature = "premium") {
        "with what is premium"
    } else {
        "without what is premium"
    };
    let (version, compiler) = (env!("CARGO_PKG_VERSION"), env!("BUILT_WITH"));
    let message = format!("twofactor {version}, {edition}, built by rustc {compiler}");
    checks.add("binary", HealthStatus::Ok, message);
}

/// The version that a build of the extension has, read without loading it.
fn version_of(library: &Path) -> Option<String> {
    let bytes = fs::read(library).ok()?;
    let windows = bytes.windows(MARK.len()).enumerate();
    let mut found = windows.filter(|(_, window)| *window == MARK);
    found.find_map(|(at, _)| {
        let rest = bytes.get(at.saturating_add(MARK.len())..)?;
        let is_part = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
        let version: Vec<u8> = rest.iter().take_while(is_part).take(20).copied().collect();
        let version = String::from_utf8(version).ok()?;
        (version.split('.').count() == 3).then_some(version)
    })
}

/// Each PHP, and whether it loads what this program is of.
fn php(checks: &mut Checks, site: &Site, root: &Path) -> Vec<SapiShown> {
    let ours = env!("CARGO_PKG_VERSION");
    let sapis = &site.found.sapis;
    let mut shown = Vec::new();
    for sapi in sapis {
        let libraries = sapi.library(root);
        let libraries: Vec<_> = libraries
            .iter()
            .map(|path| Library {
                path: path.display().to_string(),
                version: version_of(path),
            })
            .collect();
        let name = &sapi.name;
        let has_ours = libraries
            .iter()
            .any(|it| it.version.as_deref() == Some(ours));
        match (sapi.loads.is_some(), libraries.first()) {
            (false, _) => {
                let message = format!("{name} names settings, and does not load the extension");
                checks.add("php", HealthStatus::Warning, message);
            }
            (true, None) => {
                let message = format!(
                    "{name} loads the extension, whose file was not found where PHP looks: is it installed for that version?"
                );
                checks.add("php", HealthStatus::Warning, message);
            }
            (true, Some(library)) if !has_ours => {
                let version = library.version.as_deref().unwrap_or("of another version");
                let path = &library.path;
                let message = format!(
                    "{name} loads {path} {version}, and this is {ours}: install both of one version"
                );
                checks.add("php", HealthStatus::Warning, message);
            }
            (true, Some(_)) => {
                let message = format!("{name} loads the extension, {ours}");
                checks.add("php", HealthStatus::Ok, message);
            }
        }
        shown.push(SapiShown {
            name: name.clone(),
            files: sapi
                .files
                .iter()
                .map(|it| it.display().to_string())
                .collect(),
            loads: sapi.loads.is_some(),
            libraries,
            settings: settings_of(sapi),
        });
    }
    if sapis.is_empty() {
        checks.add(
            "php",
            HealthStatus::Warning,
            "no php.ini or conf.d that is known here loads the extension; name yours with --ini",
        );
    }
    for doubt in &site.found.doubts {
        let message =
            format!("{doubt}: make them the same, or name the ones that are meant with --ini");
        checks.add("settings", HealthStatus::Warning, message);
    }
    shown
}

fn settings_of(sapi: &Sapi) -> Map<String, Value> {
    let names = config::settings().filter(|it| sapi.says(it.name));
    let value = |it: Setting| {
        let value = sapi.value(it.name).filter(|_| !it.secret);
        let value = value.map_or(Value::Null, |text| Value::from(text.as_str()));
        (it.name.to_owned(), value)
    };
    names.map(value).collect()
}

/// Names that are no setting.
fn told(checks: &mut Checks, site: &Site) {
    let mut directives: Vec<String> = site
        .found
        .sapis
        .iter()
        .flat_map(|it| it.unknown.iter().cloned())
        .collect();
    directives.sort_unstable();
    directives.dedup();
    let found = settings_health(&directives, site.snapshot.environment().unknown());
    checks.0.extend(found.iter().map(Into::into));
}

fn settings(site: &Site) -> Vec<SettingShown> {
    let told = site.found.settings.told(&site.found.process);
    let shown = told.into_iter().map(|it| {
        // A path or number that equals its default is the default, wherever it came from.
        let is_default = it.value.as_str() == it.setting.default;
        let source = if is_default {
            SettingSource::Default
        } else {
            it.source
        };
        SettingShown {
            name: it.setting.name,
            value: (!it.setting.secret || is_default).then(|| it.value.as_str().to_owned()),
            source: source.as_str(),
        }
    });
    shown.collect()
}

/// Files, store and keys, and what the verifier says when it can be opened.
fn system(checks: &mut Checks, site: &Site) -> Option<Vec<HealthCheck>> {
    let config = match site.config() {
        Ok(config) => config,
        Err(why) => {
            checks.add("settings", HealthStatus::Problem, why.to_string());
            return None;
        }
    };
    key_file(checks, site);
    if let StoreUrl::Sqlite(path) = config.store() {
        store_file(checks, path);
        if is_not_made_yet(path) {
            let message = format!(
                "there is no store yet: PHP makes {} with the first sign-in. CMS Made Simple has it in the site's database: \
                 docs/cli.md says how to name that one",
                path.display()
            );
            checks.add("open", HealthStatus::Warning, message);
            return None;
        }
    }
    let verifier = match site.open() {
        Ok(verifier) => verifier,
        Err(why) => {
            checks.add("open", HealthStatus::Problem, why.to_string());
            return None;
        }
    };
    let now = clock::now();
    let health = verifier.health(now);
    checks.0.extend(health.iter().map(Into::into));
    if let Ok(now) = now {
        accounts(checks, &verifier, now);
    }
    keys(checks, &verifier, site);
    Some(health)
}

/// Whether nothing of a store was ever there: one that was removed leaves its lock, which says which one it was.
fn is_not_made_yet(path: &Path) -> bool {
    let is_gone = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let found = fs::symlink_metadata(name);
        found.is_err_and(|why| why.kind() == io::ErrorKind::NotFound)
    };
    ["", "-wal", "-shm", ".lock"].into_iter().all(is_gone)
}

fn name_of_user(uid: u32) -> String {
    let found = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    found.map_or_else(|| format!("uid {uid}"), |user| user.name)
}

fn name_of_group(gid: u32) -> String {
    let found = Group::from_gid(Gid::from_raw(gid)).ok().flatten();
    let Some(group) = found else {
        return format!("gid {gid}");
    };
    match group.mem.as_slice() {
        [] => format!("the group {}", group.name),
        members => format!("the group {} ({})", group.name, members.join(", ")),
    }
}

/// Who may read a file.
fn readers(facts: &Metadata) -> String {
    let mut names = vec!["root".to_owned()];
    let owner = name_of_user(facts.uid());
    if facts.mode() & 0o400 != 0 && owner != "root" {
        names.push(owner);
    }
    if facts.mode() & 0o040 != 0 {
        names.push(name_of_group(facts.gid()));
    }
    if facts.mode() & 0o004 != 0 {
        names.push("everybody".to_owned());
    }
    names.join(", ")
}

fn key_file(checks: &mut Checks, site: &Site) {
    let path = site.found.settings.path("key_file");
    if path.is_empty() {
        if site.snapshot.names_key("") {
            let message = format!("the keys are those of the environment variable {KEYS_VARIABLE}");
            checks.add("key-file", HealthStatus::Ok, message);
        }
        // Else a key beside the store: health says so.
        return;
    }
    if KeyPlace::read(path).is_ok_and(|it| it.is_of_the_start()) {
        // That they cannot be had is what opening the store says.
        let message = format!("the keys are those of {path}, as the process was started with them");
        checks.add("key-file", HealthStatus::Ok, message);
        return;
    }
    match fs::metadata(path) {
        Ok(facts) => {
            let (mode, readers) = (facts.mode() & 0o7777, readers(&facts));
            let owner = name_of_user(facts.uid());
            let message = format!("{path} is {owner}'s, mode {mode:04o}; may be read by {readers}");
            if facts.mode() & 0o007 == 0 {
                checks.add("key-file", HealthStatus::Ok, message);
            } else {
                let message = format!("{message}: run chmod o-rwx {path}");
                checks.add("key-file", HealthStatus::Problem, message);
            }
        }
        Err(why) => {
            let advice = match why.kind() {
                io::ErrorKind::NotFound => {
                    "restore it from a backup, or correct twofactor.key_file"
                }
                _ => "run this as root, or as the user that runs PHP",
            };
            let message = format!("{path} cannot be looked at ({why}): {advice}");
            checks.add("key-file", HealthStatus::Problem, message);
        }
    }
}

/// The disk that the store lies on.
fn store_file(checks: &mut Checks, path: &Path) {
    let Some(folder) = path.parent() else { return };
    let facts = match rustix::fs::statvfs(folder) {
        Ok(facts) => facts,
        Err(why) => {
            let why = io::Error::from(why);
            let message = format!("{} cannot be looked at: {why}", folder.display());
            checks.add("disk", HealthStatus::Problem, message);
            return;
        }
    };
    let free = facts.f_bavail.saturating_mul(facts.f_frsize);
    let shown = folder.display();
    let megabytes = free / 1_000_000;
    let status = if facts.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        let message =
            format!("{shown} is on a disk that is mounted read-only: nobody can be verified");
        checks.add("disk", HealthStatus::Problem, message);
        return;
    } else if facts.f_files > 0 && facts.f_favail == 0 {
        let message = format!("no file can be made on the disk of {shown}: it has no inode left");
        checks.add("disk", HealthStatus::Problem, message);
        return;
    } else if free < NO_SPACE {
        HealthStatus::Problem
    } else if free < LITTLE_SPACE {
        HealthStatus::Warning
    } else {
        HealthStatus::Ok
    };
    let advice = if status == HealthStatus::Ok {
        ""
    } else {
        ": when it is full nobody is verified; make room"
    };
    let message = format!("{megabytes} MB are free on the disk of {shown}{advice}");
    checks.add("disk", status, message);
}

/// This machine's clock beside another.
fn time(checks: &mut Checks, server: &str) {
    let behind = match time_server::offset(server) {
        Ok(behind) => behind,
        Err(why) => {
            let message = format!("the time server {server}: {why}");
            checks.add("time-server", HealthStatus::Warning, message);
            return;
        }
    };
    let (seconds, way) = (
        behind.abs(),
        if behind > 0.0 { "behind" } else { "ahead of" },
    );
    let status = match seconds {
        _ if seconds < AGREES_SECONDS => HealthStatus::Ok,
        _ if seconds < OFF_SECONDS => HealthStatus::Warning,
        _ => HealthStatus::Problem,
    };
    let advice = match status {
        HealthStatus::Ok => "",
        _ => {
            ": codes of apps are judged by this clock; look at the time service (chrony, systemd-timesyncd)"
        }
    };
    let message = format!("this clock is {seconds:.1} s {way} that of {server}{advice}");
    checks.add("time-server", status, message);
}

/// Every account, one by one.
fn accounts(checks: &mut Checks, verifier: &Verifier, now: UnixTime) {
    let bar = terminal::progress("accounts", None);
    let (mut seen, mut blocked, mut disabled, mut held) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut unreadable = Vec::new();
    let mut after = None;
    loop {
        let page = match verifier.accounts(now, "", PAGE, after.as_deref()) {
            Ok(page) => page,
            Err(why) => {
                checks.add("accounts", HealthStatus::Problem, why.to_string());
                return;
            }
        };
        let Some(last) = page.last() else { break };
        after = Some(last.user.as_str().to_owned());
        for account in &page {
            seen = seen.saturating_add(1);
            let count = |flag: bool| usize::from(flag);
            blocked = blocked.saturating_add(count(account.locked_until(None).is_some()));
            disabled = disabled.saturating_add(count(!account.disabled.is_empty()));
            held = held.saturating_add(count(account.held_since.is_some()));
            if !account.readable {
                unreadable.push(account.user.as_str().to_owned());
            }
        }
        bar.inc(u64::try_from(page.len()).unwrap_or(0));
    }
    bar.finish_and_clear();
    let mut said = vec![counted(seen, "account")];
    for (count, what) in [
        (blocked, "blocked for a while"),
        (disabled, "with a method that failed too often"),
        (held, "with changes on hold"),
    ] {
        if count > 0 {
            said.push(format!("{count} {what}"));
        }
    }
    if unreadable.is_empty() {
        checks.add("accounts", HealthStatus::Ok, said.join(", "));
        return;
    }
    let named: Vec<&str> = unreadable
        .iter()
        .take(MOST_NAMED)
        .map(String::as_str)
        .collect();
    let more = if unreadable.len() > MOST_NAMED {
        ", …"
    } else {
        ""
    };
    said.push(format!(
        "{} that cannot be read ({}{more}): put the old key back, restore them from a backup, or reset them (twofactor user reset)",
        unreadable.len(),
        named.join(", ")
    ));
    checks.add("accounts", HealthStatus::Warning, said.join(", "));
}

/// Which keys are needed and missing, not what they were, or on the way out.
fn keys(checks: &mut Checks, verifier: &Verifier, site: &Site) {
    let Ok(config) = site.config() else { return };
    let bar = terminal::progress("rows", None);
    let rows = open_transfer(config.store()).map_err(|why| why.to_string());
    let rows = rows.and_then(|mut rows| {
        let found = verifier.key_rows(&mut *rows, &mut |rows| bar.inc(rows));
        found.map_err(|why| why.to_string())
    });
    bar.finish_and_clear();
    let keys = match rows {
        Ok(sites) => shown_keys(verifier, &sites),
        Err(why) => return checks.add("keys", HealthStatus::Problem, why),
    };
    let named = |is: fn(&KeyShown) -> bool| {
        let keys = keys.iter().filter(|it| is(it)).map(KeyShown::name);
        keys.collect::<Vec<_>>().join(", ")
    };
    let (wrong, missing, old) = (
        named(KeyShown::is_wrong),
        named(KeyShown::is_missing),
        named(KeyShown::is_old),
    );
    if !wrong.is_empty() {
        let message = format!(
            "{wrong}: nothing opens that says that it was sealed with it, so it is another key under that name: put the right line back"
        );
        checks.add("keys", HealthStatus::Problem, message);
    }
    if !missing.is_empty() {
        let message = format!(
            "{missing}: needed and not among the keys; who is sealed with it cannot sign in here: put its line back, below the \
             one that seals (another server of this site may have it)"
        );
        checks.add("keys", HealthStatus::Problem, message);
    }
    if !old.is_empty() {
        let message = format!(
            "{old}: not the first key, and something is still sealed with it: twofactor key rotate moves it to the first one, once \
             every server has that"
        );
        checks.add("keys", HealthStatus::Warning, message);
    }
    if wrong.is_empty() && missing.is_empty() && old.is_empty() {
        let message = "everything is sealed with the first key".to_owned();
        checks.add("keys", HealthStatus::Ok, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_build_is_read_from_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("twofactor.so");
        for (bytes, version) in [
            (
                &b"\x7fELF..urn:ext-twofactor:x ext-twofactor/4.0.0the host"[..],
                Some("4.0.0"),
            ),
            (b"ext-twofactor/x ext-twofactor/12.3.45\0", Some("12.3.45")),
            (b"ext-twofactor/4.0", None),
            (b"", None),
        ] {
            fs::write(&file, bytes).unwrap();
            assert_eq!(version_of(&file).as_deref(), version);
        }
        assert_eq!(version_of(&folder.path().join("none")), None);
    }
}
