//! `twofactor key`: which keys there are, what each is needed for, and the first one.

use std::io;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Run;
use super::failure::Failure;
use super::output::{Show, Text, Tone, counted};
use super::session::Session;
use crate::crypto::{KeyError, KeyRing};

#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the keys, and how many accounts need each: every account is opened
    List,
    /// Makes a key file with one new key, for its owner alone. A file that is there is never touched
    Create(Create),
}

#[derive(Debug, Args)]
struct Create {
    /// The file; there must be none
    file: PathBuf,
}

impl Run for Key {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::List => list(session),
            Command::Create(asked) => create(session, asked.file),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyShown {
    /// Its name; not secret.
    key: String,
    /// It is in the key file.
    present: bool,
    /// It is the first one, with which everything is sealed that is written.
    seals: bool,
    sealed: u64,
    derived: u64,
    /// An account needs it.
    needed: bool,
}

#[derive(Debug, Serialize)]
struct Listed {
    keys: Vec<KeyShown>,
}

impl Show for Listed {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        for it in &self.keys {
            let (tone, word) = match (it.present, it.needed, it.seals) {
                (false, true, _) => (Tone::Bad, "MISSING"),
                (_, _, true) => (Tone::Good, "seals"),
                (_, true, _) => (Tone::Warning, "needed"),
                (_, false, _) => (Tone::Dim, "unused"),
            };
            let what = match (it.needed, it.seals) {
                (true, _) => format!(
                    "seals {}, and the secrets of {} come from it",
                    accounts(it.sealed),
                    accounts(it.derived)
                ),
                (false, true) => "nothing is sealed with it yet".to_owned(),
                (false, false) => "may go, a day after it stopped being the first".to_owned(),
            };
            to.marked(tone, word, format!("{}: {what}", it.key))?;
        }
        Ok(())
    }
}

fn accounts(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "account")
}

fn list(session: &mut Session) -> Result<(), Failure> {
    let verifier = session.look()?;
    let keys = verifier.key_use()?.into_iter().enumerate();
    let keys = keys.map(|(place, it)| KeyShown {
        seals: place == 0 && it.present,
        needed: it.sealed > 0 || it.derived > 0,
        key: it.key,
        present: it.present,
        sealed: it.sealed,
        derived: it.derived,
    });
    let keys = keys.collect();
    session.out.say(&Listed { keys })
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
