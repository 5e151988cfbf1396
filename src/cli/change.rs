//! What every change needs before it is made: who, why, and that they mean it.
//!
//! ```text
//!   options ─▶ settings that are clear ─▶ what it is about is there ─▶ reason, or asked ─▶ --dry-run: said, nothing done
//!                                                                                     └▶ --yes, or asked ─▶ done ─▶ said
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

/// What stands where nobody said why.
const UNSAID: &str = "-";

/// The options of what changes something.
#[derive(Debug, Args)]
#[command(next_help_heading = "Change")]
pub(super) struct Act {
    /// Why. It stands in the audit, and is asked for on a terminal; "store" writes no event and needs none
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

    /// Looks at what was given before anything else is: nobody is asked yet.
    ///
    /// # Errors
    /// [`Failure::Usage`] of a reason or name that cannot be one, and without a reason and without a terminal.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match &self.reason {
            Some(reason) => is_a_line("--reason", reason.trim())?,
            None if self.dry_run || terminal::is_there() => {}
            None => {
                return Err(Failure::usage(
                    "say why with --reason: it stands in the audit, and there is no terminal to ask at",
                ));
            }
        }
        self.by
            .as_deref()
            .map_or(Ok(()), |by| is_a_line("--by", by.trim()))
    }

    /// Who does it and why. On a terminal whoever has not said why is asked.
    ///
    /// # Errors
    /// [`Failure::Usage`] without a reason and without a terminal.
    pub(super) fn signed(&self) -> Result<Signed, Failure> {
        self.check()?;
        let reason = match &self.reason {
            Some(reason) => reason.trim().to_owned(),
            // Nothing is done, so nothing is noted.
            None if self.dry_run => UNSAID.to_owned(),
            None => terminal::ask("Why? (it stands in the audit)")?,
        };
        is_a_line("--reason", &reason)?;
        Ok(Signed {
            by: self.by(),
            reason,
        })
    }

    /// The same of what leaves no event: nobody is asked why.
    ///
    /// # Errors
    /// [`Failure::Usage`] of a reason or name that cannot be one.
    pub(super) fn unrecorded(&self) -> Result<Signed, Failure> {
        let reason = self.reason.as_deref().map_or(UNSAID, str::trim).to_owned();
        is_a_line("--reason", &reason)?;
        let by = self.by();
        is_a_line("--by", &by)?;
        Ok(Signed { by, reason })
    }

    fn by(&self) -> String {
        let by = self.by.as_deref().map(str::trim).map(str::to_owned);
        by.unwrap_or_else(|| format!("operator:{}", os_user()))
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
                said: &match would.contains('\n') {
                    true => format!("Would do:\n{would}"),
                    false => format!("Would do: {would}"),
                },
            });
        }
        if !self.yes {
            if !terminal::is_there() {
                return Err(Failure::usage(
                    "say that you are sure with --yes: there is no terminal to ask at",
                ));
            }
            // Behind a list the question has a line of its own.
            let gap = if would.contains('\n') { '\n' } else { ' ' };
            if !terminal::confirm(&format!("{would}{gap}Go on?"))? {
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

/// A text that the audit shows in a line.
fn is_a_line(option: &str, text: &str) -> Result<(), Failure> {
    let is_fine = |c: char| !c.is_control();
    if text.is_empty() || text.chars().count() > MOST_LETTERS || !text.chars().all(is_fine) {
        return Err(Failure::usage(format!(
            "{option} must be 1 to {MOST_LETTERS} letters in one line"
        )));
    }
    Ok(())
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
