//! The operator's command line: see `src/cli/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    twofactor::cli::main()
}
