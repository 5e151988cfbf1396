//! `twofactor audit`: what happened, whether all of it is there, and the same as lines for other systems.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Run;
use super::failure::Failure;
use super::output::{Show, Text, Tone, counted, to_stderr};
use super::session::{Session, now, user_id};
use super::terminal;
use crate::clock::UnixTime;
use crate::types::UserId;
use crate::verifier::{AuditEvent, Error, EventField, Severity, Topic, Verifier};

/// Events that are read at once.
const PAGE: u32 = 1000;

#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists events, the newest first
    List(List),
    /// Looks whether every event is there, unaltered and in order
    Verify {
        /// Of this user alone, by the id that the site knows them by
        #[arg(long, value_name = "ID")]
        user: Option<String>,
    },
    /// Writes every event as a line of JSON, the oldest first
    Export {
        /// Only those after the event with this id
        #[arg(long, value_name = "EVENT")]
        after: Option<u64>,
    },
    /// Writes events as they happen, as lines of JSON, until it is ended: for a log or a SIEM. While the store is away it waits
    Follow(Follow),
}

#[derive(Debug, Args)]
struct List {
    /// Of this user alone, by the id that the site knows them by
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// About one subject alone
    #[arg(long, value_enum)]
    topic: Option<TopicName>,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Only those before the event with this id
    #[arg(long, value_name = "EVENT")]
    before: Option<u64>,
}

#[derive(Debug, Args)]
struct Follow {
    /// Only those after the event with this id [default: from the first that is there]
    #[arg(long, value_name = "EVENT", conflicts_with = "state")]
    after: Option<u64>,
    /// A file that keeps the id of the last event that was written: after a restart it goes on behind that one
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How often is looked for more
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TopicName {
    /// Proofs that were asked for, codes that were sent, and what became of both
    SignIn,
    /// Accounts: their factors, their sessions, and who may act on others
    Account,
    /// The providers of codes, and the texts of messages
    Provider,
}

impl From<TopicName> for Topic {
    fn from(name: TopicName) -> Self {
        match name {
            TopicName::SignIn => Self::SignIn,
            TopicName::Account => Self::Account,
            TopicName::Provider => Self::Provider,
        }
    }
}

impl Run for Audit {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::List(list) => list.run(session),
            Command::Verify { user } => verify(session, user.as_deref()),
            Command::Export { after } => {
                let verifier = session.look()?;
                write_after(session, &verifier, &mut after.unwrap_or(0))
            }
            Command::Follow(follow) => follow.run(session),
        }
    }
}

/// An event as a line of JSON: the same as PHP writes.
struct Event<'a>(&'a AuditEvent);

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.fields();
        let mut map = to.serialize_map(Some(fields.len()))?;
        for (name, value) in fields {
            match value {
                EventField::Borrowed(text) => map.serialize_entry(name, text)?,
                EventField::Text(text) => map.serialize_entry(name, &text)?,
                EventField::Number(number) => map.serialize_entry(name, &number)?,
                EventField::Nothing => map.serialize_entry(name, &())?,
            }
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Listed<'a> {
    events: Vec<Event<'a>>,
    #[serde(skip)]
    may_be_more: bool,
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Alert | Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warning,
        Severity::Notice | Severity::Info => Tone::Dim,
    }
}

impl Show for Listed<'_> {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        for Event(event) in &self.events {
            let mut said = format!("{}  {}", event.at.utc().rfc3339(), event.kind);
            let user = event.user.for_host();
            let parts = [
                ("user", (!user.is_empty()).then_some(user)),
                ("method", event.method.map(|it| it.as_str())),
                ("by", event.by.as_deref()),
                ("because", event.reason.as_deref()),
                ("from", event.ip.as_deref()),
                ("provider", event.provider.as_deref()),
            ];
            for (name, value) in parts {
                if let Some(value) = value {
                    said.push_str(&format!(", {name} {value}"));
                }
            }
            if event.times > 1 {
                said.push_str(&format!(", {} times", event.times));
            }
            let severity = event.severity;
            to.marked(
                tone(severity),
                severity.as_str(),
                format!("{said} ({})", event.id),
            )?;
        }
        match self.events.last() {
            Some(Event(last)) if self.may_be_more => {
                to.note(format!("There may be more: --before {}", last.id))
            }
            Some(_) => Ok(()),
            None => to.note("no event"),
        }
    }
}

impl List {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let user = self.user.as_deref().map(user_id).transpose()?;
        let verifier = session.look()?;
        let (user, limit) = (user.as_ref(), self.limit);
        let events = match self.topic {
            Some(topic) => verifier.audit_about(user, topic.into(), limit, self.before)?,
            None => verifier.audit(user, limit, self.before)?,
        };
        if let (Some(user), true) = (user, events.is_empty())
            && verifier.audit(Some(user), 1, None)?.is_empty()
        {
            return Err(unrecorded(user));
        }
        session.out.say(&Listed {
            may_be_more: u32::try_from(events.len()).is_ok_and(|it| it == limit),
            events: events.iter().map(Event).collect(),
        })
    }
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Broken {
    /// Empty: the providers.
    user_id: String,
    why: String,
    /// It could not be looked at, so nobody knows.
    #[serde(skip)]
    is_unknown: bool,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    intact: bool,
    /// How many chains were looked at: one a user, and that of the providers.
    chains: usize,
    broken: Vec<Broken>,
}

impl Show for Verdict {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        for it in &self.broken {
            let whose = match it.user_id.as_str() {
                "" => "the providers".to_owned(),
                id => format!("user {id}"),
            };
            let word = if it.is_unknown { "unknown" } else { "broken" };
            to.marked(Tone::Bad, word, format!("{whose}: {}", it.why))?;
        }
        let chains = counted(self.chains, "chain");
        if self.intact {
            return to.marked(Tone::Good, "intact", format!("{chains} of events"));
        }
        let broken = self.broken.len();
        to.line(format!(
            "of {chains} of events {broken} broken, or unknown because it cannot be opened"
        ))
    }
}

/// Everybody who has an account, or events: who removes a row leaves them.
fn everybody(verifier: &Verifier, now: UnixTime) -> Result<BTreeSet<UserId>, Failure> {
    let mut found = BTreeSet::from([UserId::providers()]);
    let mut after = None;
    loop {
        let page = verifier.accounts(now, "", PAGE, after.as_deref())?;
        let Some(last) = page.last() else { break };
        after = Some(last.user.as_str().to_owned());
        found.extend(page.into_iter().map(|it| it.user));
    }
    let mut after = None;
    loop {
        let page = verifier.events(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        found.extend(page.into_iter().map(|it| it.user));
    }
}

/// How many chains there are, and those that are not whole.
///
/// # Errors
/// When the store cannot be asked.
pub(super) fn broken_chains(
    verifier: &Verifier,
    now: UnixTime,
) -> Result<(usize, Vec<Broken>), Failure> {
    let users = everybody(verifier, now)?;
    Ok((users.len(), broken_among(verifier, &users)?))
}

fn broken_among(verifier: &Verifier, users: &BTreeSet<UserId>) -> Result<Vec<Broken>, Failure> {
    let bar = terminal::progress("chains", u64::try_from(users.len()).ok());
    let mut broken = Vec::new();
    for user in users {
        let why = match verifier.audit_is_intact(user) {
            Ok(true) => None,
            Ok(false) => Some((false, "events are missing or were altered".to_owned())),
            // Of one account, or of the store?
            Err(error) if verifier.store_id().is_ok() => Some((true, error.to_string())),
            Err(error) => return Err(error.into()),
        };
        broken.extend(why.map(|(is_unknown, why)| Broken {
            user_id: user.for_host().to_owned(),
            // The name of their row is no user's.
            why: why.replace(
                &format!("account of user {}", UserId::providers()),
                "account of the providers",
            ),
            is_unknown,
        }));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(broken)
}

fn unrecorded(user: &UserId) -> Failure {
    Failure::NotFound(format!(
        "nothing is recorded about user {user}. This wants the user's id (in CMS Made Simple the number), not the name"
    ))
}

fn verify(session: &mut Session, user: Option<&str>) -> Result<(), Failure> {
    let user = user.map(user_id).transpose()?;
    let verifier = session.look()?;
    let now = now()?;
    let users = match user {
        Some(user) => {
            if verifier.audit(Some(&user), 1, None)?.is_empty()
                && verifier.audit_is_intact(&user)?
            {
                return Err(unrecorded(&user));
            }
            BTreeSet::from([user])
        }
        None => everybody(&verifier, now)?,
    };
    let broken = broken_among(&verifier, &users)?;
    let verdict = Verdict {
        intact: broken.is_empty(),
        chains: users.len(),
        broken,
    };
    session.out.say(&verdict)?;
    if verdict.intact {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

/// Writes everything after that event; `after` is the last one that was written, also when it fails.
fn write_after(session: &mut Session, verifier: &Verifier, after: &mut u64) -> Result<(), Failure> {
    loop {
        let page = verifier.events(Some(*after), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        for event in &page {
            session.out.json_line(&Event(event))?;
        }
        // Each page reaches its reader before the next one is read.
        session.out.finish()?;
        *after = last.id;
    }
}

/// Whether it is the store that is away: a full disk of the log's, and a reader that has gone, end it.
const fn is_outage(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Unusable(_) | Failure::Verifier(Error::Unavailable(_) | Error::Configuration(_))
    )
}

impl Follow {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let mut after = match &self.state {
            Some(state) => read_state(state)?,
            None => self.after.unwrap_or(0),
        };
        if let Some(state) = &self.state {
            // What cannot be kept would be written once more after each restart: said before the first line.
            keep_state(state, after)?;
        }
        let mut verifier = session.look()?;
        let mut is_away = false;
        loop {
            let before = after;
            let written = write_after(session, &verifier, &mut after);
            if let (Some(state), true) = (&self.state, after != before) {
                keep_state(state, after)?;
            }
            match written {
                Ok(()) if is_away => {
                    is_away = false;
                    to_stderr("the store is there again");
                }
                Ok(()) => {}
                Err(failure) if is_outage(&failure) => {
                    if !is_away {
                        is_away = true;
                        to_stderr(&format!(
                            "warning: {failure}: waits, and goes on when the store is there again"
                        ));
                    }
                    // A store that is back may be another file.
                    if let Ok(opened) = session.site().and_then(|site| site.open()) {
                        verifier = opened;
                    }
                }
                Err(failure) => return Err(failure),
            }
            thread::sleep(Duration::from_secs(self.every));
        }
    }
}

/// The id that a file keeps; 0 where there is none yet.
fn read_state(path: &Path) -> Result<u64, Failure> {
    let wrong = |why: String| Failure::Unusable(format!("--state {}: {why}", path.display()));
    match fs::read_to_string(path) {
        Ok(text) => text
            .trim()
            .parse()
            .map_err(|_| wrong("holds no event's id".to_owned())),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(why) => Err(wrong(why.to_string())),
    }
}

/// Replaces it in one step, so that a kill leaves the old one or the new one.
fn keep_state(path: &Path, last: u64) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let write = || {
        // One of a run that was killed; or a link that somebody has put there, which goes and is not followed.
        match fs::remove_file(&beside) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let mut file = fs::File::create_new(&beside)?;
        writeln!(file, "{last}")?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|why| Failure::Unusable(format!("--state {}: {why}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_follower_is_goes_through_no_link_that_somebody_put_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("victim"), "theirs").unwrap();
        for new in ["a file", "a link"] {
            if new == "a link" {
                std::os::unix::fs::symlink(path("victim"), path("state.new")).unwrap();
            } else {
                fs::write(path("state.new"), "of a run that was killed").unwrap();
            }
            keep_state(&path("state"), 7).unwrap();
            assert_eq!(read_state(&path("state")).unwrap(), 7);
            assert_eq!(fs::read(path("victim")).unwrap(), b"theirs");
            assert!(!path("state").is_symlink() && !path("state.new").exists());
        }
    }
}
