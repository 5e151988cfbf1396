//! The operator's command line, `twofactor`: what a site's operator asks and does on the server, also when PHP does not
//! work. It opens the same store with the same settings and keys and asks the same verifier.
//!
//! ```text
//!   arguments ─▶ clap ─▶ a command ─▶ Session: which settings ─▶ verifier ─▶ answer ─▶ text, or JSON
//!                                       │                                                 │
//!                                       └ they differ: no change (5)                      └ exit code (failure.rs)
//! ```
//!
//! It decides nothing, and is no way around anything: whoever may read the key and use the store may do with it what they
//! could do without it. Another command is a file with a type that clap reads and that is a [`Run`], and its line
//! in `commands!`.

use std::env;
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod audit;
mod change;
mod completions;
mod doctor;
mod failure;
mod given;
mod import;
mod import_env;
mod ini;
mod key;
mod licence;
mod metrics;
mod output;
mod provider;
mod sapi;
mod scratch;
mod session;
mod store;
mod support;
mod terminal;
mod time_server;
mod user;

use failure::Failure;
use output::Output;
use session::Session;

/// Something that can be asked for.
trait Run {
    /// Does it, and says what came of it.
    ///
    /// # Errors
    /// [`Failure`], which has the exit code.
    fn run(self, session: &mut Session) -> Result<(), Failure>;
}

/// The commands: their names, the first lines of their help and what runs them.
macro_rules! commands {
    ($($(#[doc = $about:literal])+ $Name:ident($of:ty),)*) => {
        #[derive(Debug, Subcommand)]
        enum Command {
            $($(#[doc = $about])+ $Name($of),)*
        }

        impl Run for Command {
            fn run(self, session: &mut Session) -> Result<(), Failure> {
                match self {
                    $(Self::$Name(asked) => asked.run(session),)*
                }
            }
        }
    };
}

commands! {
    /// Looks at everything a second factor rests on, and says what to do where it is not in order
    Doctor(doctor::Doctor),
    /// Shows users' second factors, and helps whoever is locked out
    User(user::User),
    /// Takes users over from other software: apps, numbers, addresses and backup codes
    Import(import::Import),
    /// Shows what happened, and whether all of it is there
    Audit(audit::Audit),
    /// Shows which keys there are, and what each is still needed for
    Key(key::Key),
    /// Shows who carries codes, tries them, and takes over what other software was told of them
    Provider(provider::Provider),
    /// Moves the store, makes copies of it and looks whether they work
    Store(store::Store),
    /// Writes how often what happened here and what providers did, as OpenMetrics text; it counts, so it writes to the store
    Metrics(metrics::Metrics),
    /// Shows the site's licence
    Licence(licence::Licence),
    /// Makes the text that is attached to a question, and notes in the audit that it was made; needs a licence
    Support(support::Support),
    /// Writes what a shell completes, for its folder of completions
    Completions(completions::Completions),
    /// Writes the manual page, in roff: of the program, or of one command
    Man(completions::Man),
}

/// Second factors, on the server's command line.
///
/// It uses the store, the keys and the settings that PHP has: those of php.ini and its conf.d, what the environment says
/// as TWOFACTOR_<NAME> where php.ini says nothing, and what the options say before both.
///
/// It is no way around anything: whoever may read the key and use the store may do what it does. Run it as root, or as the
/// user that runs PHP.
#[derive(Debug, Parser)]
#[command(
    name = "twofactor",
    version,
    after_help = failure::EXIT_CODES,
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 80
)]
struct Arguments {
    #[command(flatten)]
    given: given::Given,
    /// Says it as JSON: docs/cli.md has the shape of each answer
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    hush_panics();
    let arguments: Vec<OsString> = env::args_os().collect();
    let code = panic::catch_unwind(AssertUnwindSafe(|| run(arguments)));
    // Where it happened is said by then.
    ExitCode::from(code.unwrap_or(failure::INTERNAL))
}

fn run(arguments: Vec<OsString>) -> u8 {
    let wants_json = arguments.iter().any(|it| it == "--json");
    match Arguments::try_parse_from(arguments) {
        Ok(asked) => {
            let mut session = Session::new(asked.given, Output::new(asked.json));
            let done = asked.command.run(&mut session);
            let done = done.and_then(|()| session.out.finish());
            match done {
                Ok(()) => 0,
                Err(failure) => session.out.fail(&failure),
            }
        }
        Err(why) if why.use_stderr() && wants_json => {
            Output::new(true).fail(&Failure::usage(output::in_a_line(&why.to_string())))
        }
        Err(why) => {
            // Nobody who reads: nothing to say.
            let _ = why.print();
            u8::try_from(why.exit_code()).unwrap_or(failure::USAGE)
        }
    }
}

/// A panic says where it happened and nothing of what it happened to.
fn hush_panics() {
    panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            output::to_stderr(&format!(
                "twofactor: internal error at {}:{}",
                place.file(),
                place.line()
            ));
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn what_clap_is_told_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn help_fits_into_a_terminal_of_80_columns() {
        fn look(command: &mut clap::Command) {
            let help = command.render_long_help().to_string();
            for line in help.lines() {
                let width = line.trim_end().chars().count();
                assert!(width <= 80, "{}: {line}", command.get_name());
            }
            command.get_subcommands_mut().for_each(look);
        }
        let mut command = Arguments::command();
        command.build();
        look(&mut command);
    }

    #[test]
    fn every_command_and_every_option_says_what_it_is_for() {
        fn look(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(command.get_about().is_some(), "{path}");
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{path}: {}",
                    argument.get_id()
                );
            }
            for inner in command.get_subcommands() {
                look(inner, &path);
            }
        }
        look(&Arguments::command(), "");
    }
}
