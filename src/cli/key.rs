//! `twofactor key`: which keys there are and what each is needed for; another key, in an order in which no server is without
//! the one that another seals with.
//!
//! ```text
//!   add (last, on every server) ─▶ promote (first, on every server) ─▶ rotate (once) ─▶ a day ─▶ retire (on every server)
//! ```

use std::io;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::change::{Act, Signed};
use super::failure::Failure;
use super::output::{Show, Text, Tone, counted};
use super::session::{Session, Site, now};
use super::{Run, terminal};
use crate::config::KeyPlace;
use crate::crypto::{KeyChange, KeyError, KeyFile, KeyFileError, KeyId, KeyRing};
use crate::startup::KEYS_VARIABLE;
use crate::store::{Transfer, open_transfer};
use crate::verifier::{KeyRows, SiteKeys, Verifier, key_file_of};

/// For how long a key stays after everything was sealed with another one, in seconds: what is counted under names that a key
/// makes is counted for a day, and a server that was not started anew shows by then.
const DAY: u64 = 86_400;

#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the keys, and how much needs each: every account is opened
    List,
    /// Makes a key file with one new key, for its owner alone. A file that is there is never touched
    Create(Create),
    /// Adds a new key as the last one: it opens, and seals nothing yet
    Add(Add),
    /// Puts a key first, so that everything that is written is sealed with it. Every server has to have it by then
    Promote(Promote),
    /// Seals everything anew with the first key, while people sign in. Interrupted, it goes on when it is called once more
    Rotate(Rotate),
    /// Takes out a key that nothing needs any more
    Retire(Retire),
}

#[derive(Debug, Args)]
struct Create {
    /// The file; there must be none
    file: PathBuf,
}

#[derive(Debug, Args)]
struct Add {
    /// Writes the line of a new key to standard output and changes nothing, for where the keys are no file. It is a secret
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Args)]
struct Promote {
    /// The key's name
    key: String,
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Args)]
struct Rotate {
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Args)]
struct Retire {
    /// The key's name
    key: String,
    /// Does not wait for a day after everything was sealed anew: every PHP of every server was started anew since another key
    /// is the first one. Limits on messages may begin anew
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    act: Act,
}

impl Run for Key {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::List => list(session),
            Command::Create(asked) => create(session, asked.file),
            Command::Add(asked) if asked.print => print(session),
            Command::Add(asked) => add(session, &asked),
            Command::Promote(asked) => promote(session, &asked),
            Command::Rotate(asked) => rotate(session, &asked),
            Command::Retire(asked) => retire(session, &asked),
        }
    }
}

/// The site's verifier, and its store to walk through.
struct Opened {
    verifier: Verifier,
    rows: Box<dyn Transfer>,
}

fn opened(site: &Site) -> Result<Opened, Failure> {
    let verifier = site.open()?;
    let rows = open_transfer(site.config()?.store());
    let rows = rows.map_err(|why| Failure::Unusable(why.to_string()))?;
    Ok(Opened { verifier, rows })
}

impl Opened {
    /// What every site of the store has sealed with which key.
    fn counted(&mut self) -> Result<Vec<SiteKeys>, Failure> {
        let bar = terminal::progress("rows looked at", None);
        let found = self
            .verifier
            .key_rows(&mut *self.rows, &mut |rows| bar.inc(rows));
        bar.finish_and_clear();
        Ok(found?)
    }

    fn is_own(&self, site: &SiteKeys) -> bool {
        site.site == self.verifier.site_name()
    }

    fn first(&self) -> Result<&KeyId, Failure> {
        let first = self.verifier.key_ids().next();
        first.ok_or_else(|| Failure::Unusable("there is no key".to_owned()))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyShown {
    /// Its name; not secret.
    key: String,
    /// It is among the keys.
    present: bool,
    /// It is the first one, with which everything is sealed that is written.
    seals: bool,
    /// Accounts.
    sealed: u64,
    /// What else there is: sessions, providers, texts, the licence.
    rows: u64,
    derived: u64,
    /// Of what is sealed, what does not open although the key is there.
    unopened: u64,
    /// What other sites of the same store have sealed with it, or derived from it.
    elsewhere: u64,
    /// Something needs it.
    needed: bool,
}

impl KeyShown {
    fn new(key: &str, place: Option<usize>, here: &KeyRows, elsewhere: u64) -> Self {
        Self {
            key: key.to_owned(),
            present: place.is_some(),
            seals: place == Some(0),
            sealed: here.accounts,
            rows: here.others,
            derived: here.derived,
            unopened: here.unopened,
            elsewhere,
            needed: here.is_needed() || elsewhere > 0,
        }
    }

    /// It is there, and opens nothing that says that it was sealed with it.
    pub(super) const fn is_wrong(&self) -> bool {
        self.present && self.unopened > 0 && self.unopened == self.sealed.saturating_add(self.rows)
    }

    /// It is not there, and something needs it.
    pub(super) const fn is_missing(&self) -> bool {
        !self.present && (self.sealed > 0 || self.rows > 0 || self.derived > 0)
    }

    /// Something is sealed with it, and another one seals.
    pub(super) const fn is_old(&self) -> bool {
        self.present && !self.seals && (self.sealed > 0 || self.rows > 0)
    }

    pub(super) fn name(&self) -> &str {
        &self.key
    }

    fn needs(&self) -> String {
        let mut needs = Vec::new();
        if self.sealed > 0 || self.rows > 0 {
            needs.push(format!(
                "seals {} and {}",
                accounts(self.sealed),
                counted_rows(self.rows)
            ));
        }
        if self.derived > 0 {
            needs.push(format!(
                "the secrets of {} come from it",
                accounts(self.derived)
            ));
        }
        if self.unopened > 0 {
            needs.push(format!(
                "{} of what says so cannot be opened",
                self.unopened
            ));
        }
        if self.elsewhere > 0 {
            needs.push(format!(
                "{} of other sites in this store need it",
                counted_rows(self.elsewhere)
            ));
        }
        needs.join("; ")
    }
}

/// The keys in their order, then those that are not there.
pub(super) fn shown(verifier: &Verifier, sites: &[SiteKeys]) -> Vec<KeyShown> {
    let mut ids: Vec<&str> = verifier.key_ids().map(KeyId::as_str).collect();
    let present = ids.len();
    let own = verifier.site_name();
    for key in sites
        .iter()
        .filter(|it| it.site == own)
        .flat_map(|it| it.keys.keys())
    {
        if !ids.contains(&key.as_str()) {
            ids.push(key);
        }
    }
    let shown = |(place, key): (usize, &&str)| {
        let (mut here, mut elsewhere) = (KeyRows::default(), 0_u64);
        for site in sites {
            match site.keys.get(*key) {
                Some(rows) if site.site == own => here = rows.clone(),
                Some(rows) => {
                    let more = rows.sealed().saturating_add(rows.derived);
                    elsewhere = elsewhere.saturating_add(more);
                }
                None => {}
            }
        }
        KeyShown::new(key, (place < present).then_some(place), &here, elsewhere)
    };
    ids.iter().enumerate().map(shown).collect()
}

#[derive(Debug, Serialize)]
struct Listed {
    keys: Vec<KeyShown>,
}

impl Show for Listed {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        for it in &self.keys {
            let (tone, word) = match it {
                _ if it.is_wrong() => (Tone::Bad, "WRONG"),
                _ if it.is_missing() => (Tone::Bad, "MISSING"),
                _ if it.seals => (Tone::Good, "seals"),
                _ if it.needed => (Tone::Warning, "needed"),
                _ => (Tone::Dim, "unused"),
            };
            let what = match (it.needed, it.seals) {
                _ if it.is_wrong() => format!(
                    "{}. The key of that name is another one than the one that they were sealed with: put the right one back",
                    it.needs()
                ),
                (true, _) => it.needs(),
                (false, true) => "nothing is sealed with it yet".to_owned(),
                (false, false) => "nothing is sealed with it".to_owned(),
            };
            to.marked(tone, word, format!("{}: {what}", it.key))?;
        }
        Ok(())
    }
}

fn accounts(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "account")
}

fn counted_rows(count: u64) -> String {
    match count {
        1 => "1 other row".to_owned(),
        _ => format!("{count} other rows"),
    }
}

fn list(session: &mut Session) -> Result<(), Failure> {
    let mut opened = opened(&session.looked_site()?)?;
    let sites = opened.counted()?;
    let keys = shown(&opened.verifier, &sites);
    let listed = Listed { keys };
    session.out.say(&listed)?;
    let is_bad = |it: &KeyShown| it.is_wrong() || it.is_missing();
    if listed.keys.iter().any(is_bad) {
        return Err(Failure::Found);
    }
    Ok(())
}

#[derive(Debug, Serialize)]
struct Created {
    /// Its name; not secret.
    key: String,
    file: PathBuf,
}

impl Show for Created {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        let (key, file) = (&self.key, self.file.display());
        to.line(format!(
            "The key {key} is in {file}. Keep a copy in a safe place: without it no second factor can be verified."
        ))
    }
}

fn create(session: &mut Session, file: PathBuf) -> Result<(), Failure> {
    let key = KeyRing::create_file(&file).map_err(|why| match &why {
        KeyError::Unwritable { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
            let file = file.display();
            Failure::Refused(format!("{file} is there, and a key is never overwritten"))
        }
        _ => Failure::Unusable(why.to_string()),
    })?;
    session.out.say(&Created { key, file })
}

#[derive(Serialize)]
struct Printed<'a> {
    key: String,
    line: &'a str,
}

impl Show for Printed<'_> {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        to.line(self.line)
    }
}

fn print(session: &mut Session) -> Result<(), Failure> {
    let line = KeyRing::new_line().map_err(|why| Failure::Unusable(why.to_string()))?;
    let (key, line) = line;
    session.out.say(&Printed { key, line: &line })
}

/// Where the keys are changed.
enum Place {
    File(KeyFile),
    /// They are somewhere that this program does not write to.
    Elsewhere(String),
}

impl Place {
    fn of(site: &Site) -> Result<Self, Failure> {
        let named = site.found.settings.path("key_file");
        if named.is_empty() && site.snapshot.names_key("") {
            let variable = format!("the environment variable {KEYS_VARIABLE}");
            return Ok(Self::Elsewhere(variable));
        }
        match KeyPlace::read(named) {
            Ok(KeyPlace::Credential(name)) => {
                return Ok(Self::Elsewhere(format!("the credential {name}")));
            }
            Ok(KeyPlace::Command(path)) => {
                let program = format!("what the program {} writes", path.display());
                return Ok(Self::Elsewhere(program));
            }
            Ok(KeyPlace::File(_)) | Err(_) => {}
        }
        let path = key_file_of(&site.config()?);
        let nowhere = || {
            Failure::Unusable(format!(
                "there is no key file: set twofactor.key_file or the environment variable {KEYS_VARIABLE}"
            ))
        };
        let path: PathBuf = path.ok_or_else(nowhere)?;
        let file = KeyFile::of(&path).map_err(|why| Failure::Unusable(why.to_string()))?;
        Ok(Self::File(file))
    }
}

/// What has to be done by hand where this program cannot do it.
fn by_hand(change: &KeyChange, place: &str) -> String {
    let what = match change {
        KeyChange::Add => {
            format!("put the line that \"twofactor key add --print\" writes last into {place}")
        }
        KeyChange::Promote(key) => format!("put the line of {key} first in {place}"),
        KeyChange::Retire(key) => format!("take the line of {key} out of {place}"),
    };
    format!("{what}, on every server, and restart PHP")
}

fn refused(why: KeyFileError, change: &KeyChange) -> Failure {
    let said = why.to_string();
    match why {
        KeyFileError::Unknown(_) => Failure::NotFound(said),
        KeyFileError::IsFirst(_) | KeyFileError::Seals(_) | KeyFileError::Busy { .. } => {
            Failure::Refused(said)
        }
        KeyFileError::Unwritable { path, .. } => {
            Failure::Unusable(format!("{said}. By hand: {}", by_hand(change, &path)))
        }
        KeyFileError::Keys(_) | KeyFileError::Random(_) | KeyFileError::Fault { .. } => {
            Failure::Unusable(said)
        }
    }
}

/// The file, if it may be changed so.
fn allowed(site: &Site, change: &KeyChange) -> Result<KeyFile, Failure> {
    match Place::of(site)? {
        Place::File(file) => {
            file.allows(change).map_err(|why| refused(why, change))?;
            Ok(file)
        }
        Place::Elsewhere(place) => Err(Failure::Refused(format!(
            "the keys are {place}, which this program cannot change: {}",
            by_hand(change, &place)
        ))),
    }
}

/// Writes the new file, notes it, and puts it in its place: what cannot be written is not noted, and what cannot be noted is
/// not done.
fn made(
    verifier: &Verifier,
    file: &KeyFile,
    change: &KeyChange,
    signed: &Signed,
    what: &str,
) -> Result<KeyId, Failure> {
    let operator = signed.operator();
    verifier.may_change_keys(now()?, &operator)?;
    let staged = file.stage(change).map_err(|why| refused(why, change))?;
    let reason = format!("{what}: {}", signed.reason);
    verifier.note_keys(now()?, &operator, false, staged.key.as_str(), &reason)?;
    staged.put().map_err(|why| refused(why, change))
}

/// A key, and where it is.
#[derive(Debug, Serialize)]
struct Changed {
    /// `null`: a new one, before it is made.
    key: Option<String>,
    file: String,
}

fn key_id(text: &str) -> Result<KeyId, Failure> {
    KeyId::read(text).ok_or_else(|| {
        Failure::usage(
            "KEY: an id of 1 to 16 letters, digits, - or _, as \"twofactor key list\" has it",
        )
    })
}

fn add(session: &mut Session, asked: &Add) -> Result<(), Failure> {
    let signed = asked.act.signed()?;
    let site = session.clear_site()?;
    let file = allowed(&site, &KeyChange::Add)?;
    let verifier = site.open()?;
    let path = file.path().display().to_string();
    let would = format!("A new key is added to {path}, as the last one.");
    let about = Changed {
        key: None,
        file: path.clone(),
    };
    let act = ("key.add", would.as_str());
    asked.act.make(&mut session.out, act, &signed, about, |_| {
        let key = made(&verifier, &file, &KeyChange::Add, &signed, "add")?;
        let said = format!(
            "{key} is the last key of {path} and seals nothing yet. Keep a copy of its line in a safe place. Put that line last \
             into the key file of every other server of this site, restart PHP on all of them, and then call on each: \
             twofactor key promote {key}"
        );
        let key = Some(key.to_string());
        Ok((Changed { key, file: path }, said))
    })
}

fn promote(session: &mut Session, asked: &Promote) -> Result<(), Failure> {
    let key = key_id(&asked.key)?;
    let signed = asked.act.signed()?;
    let site = session.clear_site()?;
    let change = KeyChange::Promote(key.clone());
    let file = allowed(&site, &change)?;
    let mut opened = opened(&site)?;
    let sites = opened.counted()?;
    no_wrong_key(&shown(&opened.verifier, &sites))?;
    let path = file.path().display().to_string();
    let would = format!(
        "{key} becomes the first key of {path}: once PHP was restarted everything that is written is sealed with it. Every \
         server of this site has to have it by now, and to have been restarted since: one without it lets nobody in whose \
         account was sealed with it."
    );
    let about = Changed {
        key: Some(key.to_string()),
        file: path.clone(),
    };
    let act = ("key.promote", would.as_str());
    asked.act.make(&mut session.out, act, &signed, about, |about| {
        made(&opened.verifier, &file, &change, &signed, "promote")?;
        let said = format!(
            "{key} is the first key of {path}. Do the same on every other server of this site, restart PHP on all of them, and \
             then call on one of them: twofactor key rotate"
        );
        Ok((about, said))
    })
}

/// A key that opens nothing of what it should have sealed is not the one that it was. Whatever is sealed on the strength of
/// such a file the other servers could not open.
fn no_wrong_key(keys: &[KeyShown]) -> Result<(), Failure> {
    match keys.iter().find(|it| it.is_wrong()) {
        None => Ok(()),
        Some(it) => Err(Failure::Refused(format!(
            "the key {key} opens nothing of what says that it was sealed with it ({needs}): the line of {key} is not the one that \
             it was. Put the right one back first",
            key = it.name(),
            needs = it.needs()
        ))),
    }
}

/// What sealing anew came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rotated {
    /// The first key.
    key: String,
    accounts: u64,
    rows: u64,
    /// What stays as it was.
    left: u64,
    /// Names of that, ten at most.
    left_named: Vec<String>,
}

fn rotate(session: &mut Session, asked: &Rotate) -> Result<(), Failure> {
    let signed = asked.act.signed()?;
    let mut opened = opened(&session.clear_site()?)?;
    let sites = opened.counted()?;
    let keys = shown(&opened.verifier, &sites);
    no_wrong_key(&keys)?;
    let key = opened.first()?.to_string();
    let old = || keys.iter().filter(|it| it.is_old());
    let (accounts_before, rows_before) = old().fold((0_u64, 0_u64), |(accounts, rows), it| {
        (
            accounts.saturating_add(it.sealed),
            rows.saturating_add(it.rows),
        )
    });
    let would = format!(
        "{} and {} are sealed anew with {key}. Every server of this site has to have {key} by now, and to have been restarted \
         since: one without it lets nobody in whose account was sealed anew.",
        accounts(accounts_before),
        counted_rows(rows_before)
    );
    let about = Rotated {
        key: key.clone(),
        accounts: accounts_before,
        rows: rows_before,
        left: 0,
        left_named: Vec::new(),
    };
    let act = ("key.rotate", would.as_str());
    let mut is_whole = true;
    let whole = &mut is_whole;
    asked.act.make(&mut session.out, act, &signed, about, |_| {
        let (verifier, now) = (&opened.verifier, now()?);
        verifier.may_change_keys(now, &signed.operator())?;
        let length = accounts_before.saturating_add(rows_before);
        let bar = terminal::progress("sealed anew", Some(length));
        let done = verifier.reseal(&mut *opened.rows, now, &mut |rows| bar.inc(rows));
        bar.finish_and_clear();
        let done = done?;
        *whole = done.left == 0;
        let did = done.accounts > 0 || done.others > 0;
        if done.left == 0 && (did || verifier.resealed_at()?.is_none()) {
            let reason = format!("rotate: {}", signed.reason);
            verifier.note_keys(
                super::session::now()?,
                &signed.operator(),
                true,
                &key,
                &reason,
            )?;
        }
        let mut said = format!(
            "{} and {} were sealed anew with {key}.",
            accounts(done.accounts),
            counted_rows(done.others)
        );
        if done.left > 0 {
            said.push_str(&format!(
                "\n{} cannot be opened, or were changed all the time, and are as they were: {}",
                counted_rows(done.left),
                done.named.join(", ")
            ));
        }
        let derived = keys.iter().filter(|it| !it.seals && it.derived > 0);
        for it in derived {
            said.push_str(&format!(
                "\nThe secrets of {} come from {}: it stays until they are set up anew.",
                accounts(it.derived),
                it.key
            ));
        }
        let rotated = Rotated {
            key: key.clone(),
            accounts: done.accounts,
            rows: done.others,
            left: done.left,
            left_named: done.named,
        };
        Ok((rotated, said))
    })?;
    if is_whole {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

/// Refuses to take out a key that is needed, or may be before long.
fn may_go(opened: &mut Opened, key: &KeyId, at_once: bool) -> Result<(), Failure> {
    let sites = opened.counted()?;
    let mut needs = Vec::new();
    for site in &sites {
        let whose = if opened.is_own(site) {
            String::new()
        } else {
            format!(" of the site {}", site.site)
        };
        if site.unknown > 0 {
            return Err(Failure::Refused(format!(
                "the store has {}{whose} of which this version of twofactor does not know what they are: use the one that PHP has",
                counted_rows(site.unknown)
            )));
        }
        let Some(rows) = site.keys.get(key.as_str()) else {
            continue;
        };
        if rows.sealed() > 0 {
            needs.push(format!(
                "{} and {}{whose} are sealed with it (twofactor key rotate)",
                accounts(rows.accounts),
                counted_rows(rows.others)
            ));
        }
        if rows.derived > 0 {
            needs.push(format!(
                "the secrets of {}{whose} come from it, until they are set up anew",
                accounts(rows.derived)
            ));
        }
    }
    if !needs.is_empty() {
        return Err(Failure::Refused(format!(
            "{key} is still needed: {}. If that was done before, a server still seals with it: put another key first there, and \
             restart PHP",
            needs.join("; ")
        )));
    }
    if at_once {
        return Ok(());
    }
    let Some(at) = opened.verifier.resealed_at()? else {
        return Err(Failure::Refused(format!(
            "nothing says when everything was sealed anew with {}: call twofactor key rotate, and this a day later; or say --now",
            opened.first()?
        )));
    };
    let until = at.plus(DAY);
    if now()? < until {
        return Err(Failure::Refused(format!(
            "everything was sealed anew at {}, and a server that was not restarted may still seal with {key}: wait until {}; \
             or, where every PHP was restarted since it is not the first key, say --now",
            at.utc().rfc3339(),
            until.utc().rfc3339()
        )));
    }
    Ok(())
}

fn retire(session: &mut Session, asked: &Retire) -> Result<(), Failure> {
    let key = key_id(&asked.key)?;
    let signed = asked.act.signed()?;
    let site = session.clear_site()?;
    let change = KeyChange::Retire(key.clone());
    let file = allowed(&site, &change)?;
    let mut opened = opened(&site)?;
    may_go(&mut opened, &key, asked.now)?;
    let path = file.path().display().to_string();
    let would = format!(
        "{key} goes out of {path}. Sign-ins that are half-way, links of notices and trusted browsers that were given under it \
         and not used since count for nothing then, and an older copy of the store cannot be read without it."
    );
    let about = Changed {
        key: Some(key.to_string()),
        file: path.clone(),
    };
    let act = ("key.retire", would.as_str());
    asked.act.make(&mut session.out, act, &signed, about, |about| {
        // Whoever was asked has taken their time.
        may_go(&mut opened, &key, asked.now)?;
        made(&opened.verifier, &file, &change, &signed, "retire")?;
        let said = format!(
            "{key} is no longer in {path}. Do the same on every other server of this site, and restart PHP. Keep its line in a safe \
             place for as long as there are copies of the store that it sealed."
        );
        Ok((about, said))
    })
}
