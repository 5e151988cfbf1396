//! What every change needs before it is made: who, why, and that they mean it.
//!
//! ```text
//!   reason (asked for) ─▶ settings that are clear ─▶ what it is about is there ─▶ --dry-run: said, and nothing done
//!                                                                              └▶ --yes, or asked ─▶ done ─▶ said
//! ```

use std::env;

use clap::Args;
use nix::unistd::{Uid, User};
use serde::Serialize;

use super::failure::Failure;
use super::output::{Output, Show, Text};
use super::terminal;
use crate::verifier::Operator;

/// Longest reason and longest name, in letters: what the audit shows in a line.
const MOST_LETTERS: usize = 200;

/// The options of what changes something.
#[derive(Debug, Args)]
#[command(next_help_heading = "Change")]
pub(super) struct Act {
    /// Why, for the audit. On a terminal it is asked for
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who does it, for the audit [default: operator: and the name of whoever runs this, also behind sudo]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Says what it would do, and does nothing
    #[arg(long)]
    dry_run: bool,
    /// Does it without asking; needed where there is no terminal
    #[arg(long, short = 'y')]
    yes: bool,
}

/// Who, and why.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) by: String,
    pub(super) reason: String,
}

impl Signed {
    /// For the verifier: on the server's command line.
    pub(super) fn operator(&self) -> Operator<'_> {
        Operator::on_server(&self.by)
    }
}

/// What became of a change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Done<'a, T: Serialize> {
    /// The command, such as `user.unlock`.
    pub(super) action: &'a str,
    /// It was only said.
    pub(super) dry_run: bool,
    pub(super) by: &'a str,
    pub(super) reason: &'a str,
    /// What it was about, and what came of it.
    #[serde(flatten)]
    pub(super) about: T,
    /// For people.
    #[serde(skip)]
    pub(super) said: &'a str,
}

impl<T: Serialize> Show for Done<'_, T> {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        self.said.lines().try_for_each(|line| to.line(line))
    }
}

impl Act {
    /// Whether nothing is to be done.
    pub(super) const fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// Who does it and why. On a terminal whoever has not said why is asked.
    ///
    /// # Errors
    /// [`Failure::Usage`] without a reason and without a terminal.
    pub(super) fn signed(&self) -> Result<Signed, Failure> {
        let reason = match &self.reason {
            Some(reason) => reason.trim().to_owned(),
            // Nothing is done, so nothing is noted.
            None if self.dry_run => "-".to_owned(),
            None if terminal::is_there() => terminal::ask("Why? (it stands in the audit)")?,
            None => {
                return Err(Failure::usage(
                    "say why with --reason: it stands in the audit, and there is no terminal to ask at",
                ));
            }
        };
        let by = self.by.as_deref().map(str::trim).map(str::to_owned);
        let by = by.unwrap_or_else(|| format!("operator:{}", os_user()));
        for (option, text) in [("--reason", &reason), ("--by", &by)] {
            let is_fine = |c: char| !c.is_control();
            if text.is_empty() || text.chars().count() > MOST_LETTERS || !text.chars().all(is_fine)
            {
                return Err(Failure::usage(format!(
                    "{option} must be 1 to {MOST_LETTERS} letters in one line"
                )));
            }
        }
        Ok(Signed { by, reason })
    }

    /// Makes sure, and does it: then `answer` says what came of it. `would` is what is said before.
    ///
    /// # Errors
    /// [`Failure::Cancelled`]; [`Failure::Usage`] where nobody can be asked; what `work` fails with.
    pub(super) fn make<T: Serialize>(
        &self,
        out: &mut Output,
        (action, would): (&str, &str),
        signed: &Signed,
        about: T,
        work: impl FnOnce(T) -> Result<(T, String), Failure>,
    ) -> Result<(), Failure> {
        let (by, reason) = (signed.by.as_str(), signed.reason.as_str());
        if self.dry_run {
            return out.say(&Done {
                action,
                dry_run: true,
                by,
                reason,
                about,
                said: &format!("Would do: {would}"),
            });
        }
        if !self.yes {
            if !terminal::is_there() {
                return Err(Failure::usage(
                    "say that you are sure with --yes: there is no terminal to ask at",
                ));
            }
            if !terminal::confirm(&format!("{would} Go on?"))? {
                return Err(Failure::Cancelled);
            }
        }
        let (about, said) = work(about)?;
        out.say(&Done {
            action,
            dry_run: false,
            by,
            reason,
            about,
            said: &said,
        })
    }
}

/// Whoever runs this process, by the name that the system has for them; behind sudo whoever called it.
fn os_user() -> String {
    let named = |name: String| User::from_name(&name).ok().flatten();
    let caller = env::var("SUDO_USER")
        .ok()
        .filter(|_| Uid::effective().is_root());
    let found = caller.and_then(named);
    let found = found.or_else(|| User::from_uid(Uid::current()).ok().flatten());
    found.map_or_else(|| Uid::current().to_string(), |user| user.name)
}
