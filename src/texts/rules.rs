//! What may stand in a site's own text, whatever it is for.
//!
//! Who gets a message trusts it. So a text can be read in one way only, and leads nowhere: there is no address in it
//! and nothing that a telephone or mail program makes one of, no number that could be taken for a code or called, no
//! markup, and no character that cannot be seen or turns the direction of others.

/// Most parts a message may take.
pub const MOST_PARTS: usize = 2;

/// Longest text that is looked at, in characters.
pub const LONGEST_GIVEN: usize = 1_000;

/// Fewer digits than this in a row are no code.
const SHORTEST_CODE: usize = 4;

/// Signs beside letters, digits and spaces.
const SIGNS: &str = "!\"%&'()*+,-./:;=?_\u{a1}\u{a7}\u{ab}\u{b0}\u{bb}\u{bf}\u{5be}\u{5f3}\u{5f4}\
                     \u{2013}\u{2014}\u{2018}\u{2019}\u{201a}\u{201c}\u{201d}\u{201e}\u{2026}\u{2039}\u{203a}\u{20ac}\u{a3}\u{a5}";

/// Why a text cannot be a site's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It has no place for the code, or several.
    #[error(
        "the text must have {{code}} in it, once, and no letter, digit or {{…}} directly beside it"
    )]
    Code,
    /// It has no place for what a notice must say, or several.
    #[error(
        "the text must have {{what}} in it, once; of a mail {{advice}}, too, and {{link}} where people may say that it was \
         not them, each on a line of its own"
    )]
    Needed,
    /// It has other braces.
    #[error("between braces only what this text may have can stand, each at most once")]
    Placeholder,
    /// It has something that telephones make a link of.
    #[error(
        "the text must have no link and nothing that looks like one: no address, no @ or #, a space after every dot, \
         colon and double slash"
    )]
    Link,
    /// It has a number that could be taken for the code.
    #[error(
        "the text must have no number of four digits or more: it could be taken for a code, or called"
    )]
    Digits,
    /// It has a character that cannot be seen, or one that messages do not need.
    #[error(
        "the text must have letters, digits, spaces and common punctuation only, on one line where it is no text of a mail"
    )]
    Character,
    /// It is too long.
    #[error(
        "the text is too long: a message may take {MOST_PARTS} parts, a call 400 characters, a mail {LONGEST_GIVEN} \
         characters and 40 lines, and its subject 100 characters"
    )]
    Length,
}

impl TextError {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Needed => "needed",
            Self::Placeholder => "placeholder",
            Self::Link => "link",
            Self::Digits => "digits",
            Self::Character => "character",
            Self::Length => "length",
        }
    }
}

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// A code.
    Code,
    /// The site's name.
    Site,
    /// For how many minutes a code is good.
    Minutes,
    /// What a notice's reader is called.
    User,
    /// What happened, in our words, with all that is known of it and has no place of its own; in a subject the title.
    What,
    /// When it happened last.
    When,
    /// From where, an IP address without its end.
    Where,
    /// By which browser.
    Browser,
    /// What to do, in our words.
    Advice,
    /// Where its reader says that it was not them: our sentence and the address.
    Link,
}

impl Placeholder {
    const ALL: [Self; 10] = [
        Self::Code,
        Self::Site,
        Self::Minutes,
        Self::User,
        Self::What,
        Self::When,
        Self::Where,
        Self::Browser,
        Self::Advice,
        Self::Link,
    ];

    /// Between braces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Site => "site",
            Self::Minutes => "minutes",
            Self::User => "user",
            Self::What => "what",
            Self::When => "when",
            Self::Where => "where",
            Self::Browser => "browser",
            Self::Advice => "advice",
            Self::Link => "link",
        }
    }
}

/// What stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The site's words.
    Text(String),
    /// Ours.
    Value(Placeholder),
}

/// Reads one line, in which these may stand, each once.
///
/// # Errors
/// [`TextError`], but for what must be in it, and for its length as a message.
pub fn pieces_of(line: &str, allowed: &[Placeholder]) -> Result<Vec<Piece>, TextError> {
    if line.chars().count() > LONGEST_GIVEN {
        return Err(TextError::Length);
    }
    let pieces = pieces(line)?;
    if is_linked(line) {
        return Err(TextError::Link);
    }
    if line.chars().any(|c| !is_allowed(c)) {
        return Err(TextError::Character);
    }
    if has_number(&pieces) {
        return Err(TextError::Digits);
    }
    let mut seen = Vec::new();
    for piece in &pieces {
        if let Piece::Value(placeholder) = piece {
            // The code is counted by whoever needs it.
            let is_again = *placeholder != Placeholder::Code && seen.contains(placeholder);
            if is_again || !allowed.contains(placeholder) {
                return Err(TextError::Placeholder);
            }
            seen.push(*placeholder);
        }
    }
    Ok(pieces)
}

fn pieces(text: &str) -> Result<Vec<Piece>, TextError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or(TextError::Placeholder)?;
        if before.contains('}') {
            return Err(TextError::Placeholder);
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let mut all = Placeholder::ALL.into_iter();
        let placeholder = all.find(|it| it.name() == name);
        pieces.push(Piece::Value(placeholder.ok_or(TextError::Placeholder)?));
        rest = behind;
    }
    if rest.contains('}') {
        return Err(TextError::Placeholder);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// What a message needs, and nothing that cannot be seen, that joins or turns others, or that looks like a brace,
/// a dot or a slash and is none. The space of French quotation marks is one.
fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() && !is_wide(c)
        || matches!(c, ' ' | '\u{a0}' | '{' | '}')
        || SIGNS.contains(c)
}

/// Letters of Latin in the forms of other scripts and of mathematics, which some programs read as Latin.
const fn is_wide(c: char) -> bool {
    matches!(c, '\u{2100}'..='\u{214f}' | '\u{2460}'..='\u{24ff}' | '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f1ff}')
}

/// Whether a telephone, a mail program or a person could read an address in it.
fn is_linked(text: &str) -> bool {
    let folded = text.to_lowercase();
    if folded.contains("http")
        || folded.contains("www")
        || folded.contains("//")
        || folded.contains(['@', '#'])
    {
        return true;
    }
    let letters: Vec<char> = folded.chars().collect();
    letters.windows(3).any(|near| {
        let [before, sign, after] = near else {
            return false;
        };
        // A placeholder counts as a word: a name or number will stand there.
        let is_word = |c: &char| c.is_alphanumeric() || matches!(c, '{' | '}' | '-' | '_');
        match sign {
            '.' => is_word(before) && is_word(after),
            ':' => is_word(before) && (is_word(after) || *after == '/'),
            _ => false,
        }
    })
}

fn has_number(pieces: &[Piece]) -> bool {
    let mut run = 0_usize;
    for piece in pieces {
        let words = match piece {
            Piece::Text(words) => words,
            // A site may have no name: what stands on both sides of it may stand side by side.
            Piece::Value(Placeholder::Site) => continue,
            Piece::Value(_) => {
                run = 0;
                continue;
            }
        };
        for c in words.chars() {
            // A space or a sign between digits does not make two numbers of them: 12 34, 12-34.
            if c.is_numeric() {
                run = run.saturating_add(1);
                if run >= SHORTEST_CODE {
                    return true;
                }
            } else if c.is_alphabetic() {
                run = 0;
            }
        }
    }
    false
}
