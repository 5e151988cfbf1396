//! `twofactor key`: which keys there are, and what each is needed for.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Run;
use super::failure::Failure;
use super::output::{Show, Text, Tone, counted};
use super::session::Session;

#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the keys, and how many accounts need each: every account is opened
    List,
}

impl Run for Key {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::List => list(session),
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
