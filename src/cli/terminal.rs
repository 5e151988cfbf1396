//! Questions to whoever sits at a terminal, and progress for them. Both are on standard error, so that standard output can
//! be a file.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::Failure;

/// More is no answer to a question.
const MOST_ANSWER_BYTES: u64 = 4096;

/// Whether there is somebody who can be asked.
pub(super) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// What they answer, without space around it.
///
/// # Errors
/// [`Failure::Cancelled`] when the input ends.
pub(super) fn ask(question: &str) -> Result<String, Failure> {
    let mut to = io::stderr().lock();
    write!(to, "{question} ")?;
    to.flush()?;
    let mut answer = String::new();
    let mut from = io::Read::take(io::stdin().lock(), MOST_ANSWER_BYTES);
    if from.read_line(&mut answer)? == 0 {
        // The question's line ends here, not with what comes next.
        writeln!(to)?;
        return Err(Failure::Cancelled);
    }
    Ok(answer.trim().to_owned())
}

/// Whether they say yes. Anything else is no.
///
/// # Errors
/// As [`ask`].
pub(super) fn confirm(question: &str) -> Result<bool, Failure> {
    let answer = ask(&format!("{question} [y/N]"))?;
    Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// How far something is, on a terminal alone; nothing anywhere else.
pub(super) fn progress(what: &'static str, length: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template = match length {
        Some(_) => "{msg} {wide_bar} {human_pos}/{human_len} {eta}",
        None => "{msg} {human_pos} {spinner}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
