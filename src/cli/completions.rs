//! `twofactor completions` and `twofactor man`: what a shell and `man` know of the program, made of what clap knows.

use std::io::{self, Write as _};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::failure::Failure;
use super::session::Session;
use super::{Arguments, Run};

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command, such as: user show
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

impl Run for Completions {
    fn run(self, _: &mut Session) -> Result<(), Failure> {
        let mut written = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut Arguments::command(),
            "twofactor",
            &mut written,
        );
        // Not by clap itself, which panics where nobody reads.
        let mut out = io::stdout().lock();
        out.write_all(&written)?;
        Ok(out.flush()?)
    }
}

impl Run for Man {
    fn run(self, _: &mut Session) -> Result<(), Failure> {
        let mut command = Arguments::command();
        command.build();
        for word in self.command.iter().flat_map(|it| it.split_whitespace()) {
            let inner = command.find_subcommand(word).cloned();
            command = inner.ok_or_else(|| Failure::usage(format!("there is no command {word}")))?;
        }
        let mut written = Vec::new();
        let source = concat!("twofactor ", env!("CARGO_PKG_VERSION"));
        let page = clap_mangen::Man::new(command).source(source);
        page.render(&mut written)?;
        let mut out = io::stdout().lock();
        out.write_all(&written)?;
        Ok(out.flush()?)
    }
}
