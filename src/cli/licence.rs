//! `twofactor licence`: what the site's licence says, and how it stands.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Run;
use super::failure::Failure;
use super::output::{Show, Text, Tone};
use super::session::{Session, now};
use crate::verifier::LicenceState;

#[derive(Debug, Args)]
pub(super) struct Licence {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows it, and asks nobody; never its key
    Show,
}

/// A licence, as `TwoFactor\Licence` says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LicenceShown {
    id: String,
    plan: &'static str,
    domain: String,
    valid_from: String,
    expires_at: String,
    grace_until: String,
    state: &'static str,
    because: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    licence: Option<LicenceShown>,
}

const fn word(state: LicenceState) -> &'static str {
    match state {
        LicenceState::Valid => "valid",
        LicenceState::Grace => "grace",
        LicenceState::Expired => "expired",
        LicenceState::Refused => "refused",
    }
}

impl Show for Answer {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        let Some(it) = &self.licence else {
            return to.line(
                "There is no licence: everything that keeps accounts safe works without one.",
            );
        };
        let tone = match it.state {
            "valid" => Tone::Good,
            "grace" => Tone::Warning,
            _ => Tone::Bad,
        };
        let (plan, domain, id, until) = (it.plan, &it.domain, &it.id, &it.expires_at);
        to.marked(
            tone,
            it.state,
            format!("{plan} for {domain}, {id}, until {until}"),
        )?;
        if let Some(why) = &it.because {
            to.line(format!("         {why}"))?;
        }
        Ok(())
    }
}

impl Run for Licence {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::Show => {}
        }
        let verifier = session.look()?;
        let licence = verifier.licence(now()?)?;
        let date = |at: crate::clock::UnixTime| at.utc().rfc3339();
        let licence = licence.map(|it| LicenceShown {
            id: it.id,
            plan: it.plan,
            domain: it.domain,
            valid_from: date(it.valid_from),
            expires_at: date(it.expires_at),
            grace_until: date(it.grace_until),
            state: word(it.state),
            because: it.because,
        });
        session.out.say(&Answer { licence })
    }
}
