//! What is said: text for people, or JSON for programs, to standard output; what went wrong to standard error.
//!
//! Names of factors, browsers and reasons were typed by somebody else, and a terminal obeys what is in a text: of a line for
//! people every control character is shown as U+FFFD. In JSON they are written as `\u…`, for JSON is read on a terminal, too.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::failure::Failure;

/// Of all answers in JSON. Fields may be added; one that changes or goes gives it another number.
const JSON_VERSION: u32 = 1;

/// How a word is set off on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Warning,
    Bad,
    Dim,
}

impl Tone {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Good => "\u{1b}[32m",
            Self::Warning => "\u{1b}[33m",
            Self::Bad => "\u{1b}[31m",
            Self::Dim => "\u{1b}[2m",
        }
    }
}

/// An answer that people can read.
pub(super) trait Show {
    /// Writes it.
    ///
    /// # Errors
    /// As the output's.
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure>;
}

/// Lines for people.
pub(super) struct Text<'a> {
    to: &'a mut dyn Write,
    in_colour: bool,
    at_terminal: bool,
}

impl Text<'_> {
    /// A line.
    pub(super) fn line(&mut self, line: impl fmt::Display) -> Result<(), Failure> {
        Ok(writeln!(self.to, "{}", plain(&line.to_string()))?)
    }

    /// A line for whoever sits at a terminal: no script has to skip it.
    pub(super) fn note(&mut self, line: impl fmt::Display) -> Result<(), Failure> {
        if self.at_terminal {
            self.line(line)?;
        }
        Ok(())
    }

    /// A line with a first word that is set off, and padded so that what follows stands below each other.
    pub(super) fn marked(
        &mut self,
        tone: Tone,
        word: &str,
        rest: impl fmt::Display,
    ) -> Result<(), Failure> {
        let padding = " ".repeat(8_usize.saturating_sub(word.chars().count()));
        let rest = plain(&rest.to_string());
        if self.in_colour {
            let colour = tone.sequence();
            return Ok(writeln!(
                self.to,
                "{colour}{word}\u{1b}[0m{padding} {rest}"
            )?);
        }
        Ok(writeln!(self.to, "{word}{padding} {rest}")?)
    }
}

/// Without what a terminal would obey.
fn plain(line: &str) -> String {
    let shown = |c: char| if is_obeyed(c) { '\u{fffd}' } else { c };
    line.chars().map(shown).collect()
}

/// Control characters, and what turns the direction of a text around.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What nobody sees besides: separators of lines, joiners, marks of format and tags.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// JSON in one line, with everything escaped that is obeyed or not seen: RFC 8259 asks for U+0000 to U+001F alone.
struct Seen;

impl Formatter for Seen {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let is_escaped = |c: char| is_obeyed(c) || is_unseen(c);
        for part in fragment.split_inclusive(is_escaped) {
            let last = part.chars().next_back().filter(|c| is_escaped(*c));
            let plain = last.map_or(Some(part), |c| part.strip_suffix(c));
            to.write_all(plain.unwrap_or_default().as_bytes())?;
            if let Some(last) = last {
                for unit in last.encode_utf16(&mut [0; 2]) {
                    write!(to, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// Writes it as JSON.
fn to_json(to: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(to, Seen))
}

/// What clap says is wrong, in one line, without the word that it begins with and without the usage behind it.
pub(super) fn in_a_line(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let line = lines.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

/// So many of something: "1 account", "2 accounts".
pub(super) fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

/// A line to standard error; nobody there to read it is no failure.
pub(super) fn to_stderr(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", plain(line));
}

#[derive(Serialize)]
struct Document<'a, T> {
    version: u32,
    #[serde(flatten)]
    answer: &'a T,
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    version: u32,
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
}

/// Where answers go.
pub(super) struct Output {
    is_json: bool,
    in_colour: bool,
    to: BufWriter<Stdout>,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("is_json", &self.is_json)
            .finish_non_exhaustive()
    }
}

impl Output {
    pub(super) fn new(is_json: bool) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
        let is_dumb = std::env::var_os("TERM").is_none_or(|it| it == "dumb");
        Self {
            is_json,
            in_colour: !no_colour && !is_dumb && io::stdout().is_terminal(),
            to: BufWriter::new(io::stdout()),
        }
    }

    /// Whether it is read by somebody at a terminal.
    pub(super) fn at_terminal(&self) -> bool {
        !self.is_json && io::stdout().is_terminal()
    }

    /// Whether programs read it.
    pub(super) const fn is_json(&self) -> bool {
        self.is_json
    }

    /// Says an answer: the one of a command, or one line of those that go on.
    pub(super) fn say<T: Serialize + Show>(&mut self, answer: &T) -> Result<(), Failure> {
        if self.is_json {
            return self.json(answer);
        }
        answer.show(&mut Text {
            to: &mut self.to,
            in_colour: self.in_colour,
            at_terminal: io::stdout().is_terminal(),
        })
    }

    /// Says an answer as JSON, whatever was asked for: one line.
    pub(super) fn json<T: Serialize>(&mut self, answer: &T) -> Result<(), Failure> {
        let version = JSON_VERSION;
        self.json_line(&Document { version, answer })
    }

    /// A line of JSON that has a version of its own.
    pub(super) fn json_line<T: Serialize>(&mut self, line: &T) -> Result<(), Failure> {
        to_json(&mut self.to, line).map_err(io::Error::from)?;
        Ok(self.to.write_all(b"\n")?)
    }

    /// Bytes as they are: what is a format of its own.
    pub(super) fn raw(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.to.write_all(text.as_bytes())?)
    }

    /// Hands on what was said.
    ///
    /// # Errors
    /// [`Failure::ReaderGone`]; a full disk.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        Ok(self.to.flush()?)
    }

    /// Says why there is no answer, and returns the exit code.
    pub(super) fn fail(&mut self, failure: &Failure) -> u8 {
        // What was found before it is told.
        let told = self.finish();
        if !failure.is_silent() {
            let message = failure.to_string();
            if self.is_json {
                let (version, code) = (JSON_VERSION, failure.word());
                let error = ErrorBody {
                    code,
                    message: &message,
                };
                let document = ErrorDocument { version, error };
                let mut line = Vec::new();
                let _ = to_json(&mut line, &document);
                to_stderr(&String::from_utf8_lossy(&line));
            } else {
                to_stderr(&format!("error: {message}"));
            }
        }
        match told {
            Err(gone @ Failure::ReaderGone) => gone.code(),
            _ => failure.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people_holds_nothing_that_a_terminal_obeys() {
        let shown = plain("a\u{1b}[2Jb\u{7}\r\nc\u{202e}d");
        assert_eq!(shown, "a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}c\u{fffd}d");
        let mut written = Vec::new();
        let mut text = Text {
            to: &mut written,
            in_colour: true,
            at_terminal: false,
        };
        text.marked(Tone::Bad, "problem", "x\u{1b}y").unwrap();
        assert_eq!(
            written,
            "\u{1b}[31mproblem\u{1b}[0m  x\u{fffd}y\n".as_bytes()
        );
    }

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys_or_nobody_sees_and_says_the_same() {
        let odd = "a\u{7f}b\u{9b}31m\u{202e}c\u{2066}\u{200b}\u{61c}\u{feff}\u{e0041}\u{2028}\\\"\n\u{1b}ä✓";
        let mut written = Vec::new();
        to_json(&mut written, &[odd]).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(
            !written.chars().any(|c| is_obeyed(c) || is_unseen(c)),
            "{written}"
        );
        assert!(
            written.contains("b\\u009b31m\\u202ec") && written.ends_with("ä✓\"]"),
            "{written}"
        );
        assert!(written.contains("\\udb40\\udc41"));
        let read: Vec<String> = serde_json::from_str(&written).unwrap();
        assert_eq!(read, [odd]);
    }

    #[test]
    fn an_answer_in_json_begins_with_its_version() {
        #[derive(Serialize)]
        struct Answer {
            at: u8,
        }
        let document = Document {
            version: JSON_VERSION,
            answer: &Answer { at: 7 },
        };
        let written = serde_json::to_string(&document).unwrap();
        assert_eq!(written, r#"{"version":1,"at":7}"#);
    }
}
