//! A site's own text: what may stand in it, and what it becomes with a code.
//!
//! ```text
//! {site}: your code is {code}, good for {minutes} minutes.      the site's, for one way and one language
//! Never tell it to anybody.                                     ours: whoever may change a text cannot take it away
//! @example.com #123456                                          ours, where the host is known
//! ```
//!
//! Who gets a message trusts it. So a text can be read in one way only, and leads nowhere: there is no address in it
//! and nothing that a telephone makes one of, no second number that could be taken for the code, and no character that
//! cannot be seen or turns the direction of others.

use zeroize::Zeroizing;

use super::languages::texts;
use super::pieces::{LONGEST_NAME, digits_apart, host_of_line, name_in};
use crate::i18n::{Language, site_name};
use crate::sms::{Channel, Coding, MessageBody};

/// Most parts a message may take.
pub(super) const MOST_PARTS: usize = 2;

/// Longest text that is spoken, with everything in it.
pub(super) const LONGEST_SPOKEN: usize = 400;

/// Longest text that is looked at, in characters.
const LONGEST_GIVEN: usize = 1_000;

/// Fewer digits than this in a row are no code.
const SHORTEST_CODE: usize = 4;

/// The longest code, and the longest time it may be good for.
const LONGEST_CODE: &str = "0000000000";
const LONGEST_MINUTES: &str = "60";

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
    /// It has other braces.
    #[error("between braces only code, site and minutes may stand, each at most once")]
    Placeholder,
    /// It has something that telephones make a link of.
    #[error(
        "the text must have no link and nothing that looks like one: no address, no @ or #, a space after every dot, \
         colon and double slash"
    )]
    Link,
    /// It has a number that could be taken for the code.
    #[error("the text must have no number of four digits or more: it could be taken for the code")]
    Digits,
    /// It has a character that cannot be seen, or one that messages do not need.
    #[error("the text must have letters, digits, spaces and common punctuation only, on one line")]
    Character,
    /// It is too long.
    #[error(
        "the text is too long: a message may take {MOST_PARTS} parts, and a call {LONGEST_SPOKEN} characters"
    )]
    Length,
}

impl TextError {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Placeholder => "placeholder",
            Self::Link => "link",
            Self::Digits => "digits",
            Self::Character => "character",
            Self::Length => "length",
        }
    }
}

/// What stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Code,
    Site,
    Minutes,
}

/// A text that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate(Vec<Piece>);

/// What a message is made of beside the text.
#[derive(Debug, Clone, Copy)]
pub struct MessageValues<'a> {
    /// The site's name.
    pub site: &'a str,
    /// The code.
    pub code: &'a str,
    /// For how many minutes it is good.
    pub minutes: u32,
    /// Where the code is to be typed, as in an address.
    pub host: Option<&'a str>,
}

/// What a text costs at most: with the longest name, code and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Septets, units of UTF-16, or, of what is spoken, characters.
    pub characters: usize,
    /// Parts; one of what is spoken.
    pub parts: usize,
    /// How it goes through the air; `None`: it is spoken.
    pub coding: Option<Coding>,
}

impl MessageTemplate {
    /// Reads a text.
    ///
    /// # Errors
    /// [`TextError`], but for its length: see [`MessageTemplate::size`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.chars().count() > LONGEST_GIVEN {
            return Err(TextError::Length);
        }
        let pieces = pieces(text)?;
        if is_linked(text) {
            return Err(TextError::Link);
        }
        if text.chars().any(|c| !is_allowed(c)) {
            return Err(TextError::Character);
        }
        if has_number(&pieces) {
            return Err(TextError::Digits);
        }
        let count = |wanted: &Piece| pieces.iter().filter(|piece| *piece == wanted).count();
        if count(&Piece::Site) > 1 || count(&Piece::Minutes) > 1 {
            return Err(TextError::Placeholder);
        }
        if count(&Piece::Code) != 1 || !stand_apart(&pieces) {
            return Err(TextError::Code);
        }
        Ok(Self(pieces))
    }

    /// The message with a code; nothing where it has become longer than one may be, with another name or host.
    #[must_use]
    pub fn body(
        &self,
        channel: Channel,
        language: Language,
        values: &MessageValues<'_>,
    ) -> Option<MessageBody> {
        let text = match channel {
            Channel::Voice => self.spoken(language, values),
            Channel::Sms | Channel::WhatsApp => self.written(language, values),
        };
        let fits = match channel {
            Channel::Voice => text.chars().count() <= LONGEST_SPOKEN,
            Channel::Sms | Channel::WhatsApp => Coding::of(&text).parts(&text) <= MOST_PARTS,
        };
        fits.then(|| MessageBody {
            text,
            code: Zeroizing::new(values.code.to_owned()),
        })
    }

    /// What it costs at most on this site.
    ///
    /// # Errors
    /// [`TextError::Length`]
    pub fn size(
        &self,
        channel: Channel,
        language: Language,
        host: Option<&str>,
    ) -> Result<Size, TextError> {
        // A name in the letters that the text needs itself, as the site's is written.
        let letter = match Coding::of(&self.with(language, "", "", "", "")) {
            Coding::Gsm7 => "x",
            Coding::Ucs2 => "\u{5d0}",
        };
        let longest = MessageValues {
            site: &letter.repeat(LONGEST_NAME),
            code: LONGEST_CODE,
            minutes: LONGEST_MINUTES.parse().unwrap_or(u32::MAX),
            host,
        };
        let body = self
            .body(channel, language, &longest)
            .ok_or(TextError::Length)?;
        if channel == Channel::Voice {
            return Ok(Size {
                characters: body.text.chars().count(),
                parts: 1,
                coding: None,
            });
        }
        let coding = Coding::of(&body.text);
        Ok(Size {
            characters: coding.measure(&body.text),
            parts: coding.parts(&body.text),
            coding: Some(coding),
        })
    }

    fn written(&self, language: Language, values: &MessageValues<'_>) -> Zeroizing<String> {
        let host = values.host.and_then(host_of_line);
        let line = host.map_or_else(Zeroizing::default, |host| {
            Zeroizing::new(["\n@", &host, " #", values.code].concat())
        });
        let coding = Coding::of(&self.with(language, "", "", "", ""));
        let name = name_in(coding, values.site, values.code);
        self.with(
            language,
            &name,
            values.code,
            &values.minutes.to_string(),
            &line,
        )
    }

    fn spoken(&self, language: Language, values: &MessageValues<'_>) -> Zeroizing<String> {
        let digits = digits_apart(values.code);
        let mut again = Zeroizing::new(String::with_capacity(512));
        again.push(' ');
        super::pieces::fill(&mut again, texts(language).again, "{code}", &digits);
        let name = site_name(values.site, values.code);
        let mut text = self.fill(&name, &digits, &values.minutes.to_string());
        text.push_str(&again);
        text.push(' ');
        text.push_str(texts(language).advice);
        text
    }

    /// The text, our advice, and what comes after it.
    fn with(
        &self,
        language: Language,
        site: &str,
        code: &str,
        minutes: &str,
        end: &str,
    ) -> Zeroizing<String> {
        let mut text = self.fill(site, code, minutes);
        text.push(' ');
        text.push_str(texts(language).advice);
        text.push_str(end);
        text
    }

    fn fill(&self, site: &str, code: &str, minutes: &str) -> Zeroizing<String> {
        // One allocation: growing would leave copies of the code behind.
        let mut text = Zeroizing::new(String::with_capacity(8 * LONGEST_GIVEN));
        for piece in &self.0 {
            text.push_str(match piece {
                Piece::Text(words) => words,
                Piece::Code => code,
                Piece::Site => site,
                Piece::Minutes => minutes,
            });
        }
        text
    }
}

/// Our text for a sign-in, as one that a site could start its own from.
#[must_use]
pub fn sample(channel: Channel, language: Language) -> String {
    let texts = texts(language);
    match channel {
        Channel::Voice => [texts.call, " ", texts.login].concat(),
        Channel::Sms | Channel::WhatsApp => {
            ["{site}", texts.after_name, texts.login, " ", texts.minutes].concat()
        }
    }
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
        pieces.push(match name {
            "code" => Piece::Code,
            "site" => Piece::Site,
            "minutes" => Piece::Minutes,
            _ => return Err(TextError::Placeholder),
        });
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
        let Piece::Text(words) = piece else {
            run = 0;
            continue;
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

/// Whether nothing that is read as a part of it stands beside the code or the minutes.
fn stand_apart(pieces: &[Piece]) -> bool {
    pieces.windows(2).all(|near| match near {
        [Piece::Text(before), Piece::Code | Piece::Minutes] => {
            !before.ends_with(is_part_of_a_number)
        }
        [Piece::Code | Piece::Minutes, Piece::Text(after)] => {
            !after.starts_with(is_part_of_a_number)
        }
        [Piece::Text(_), Piece::Text(_) | Piece::Site] | [Piece::Site, Piece::Text(_)] => true,
        _ => false,
    })
}

fn is_part_of_a_number(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '+' | '_' | '%' | '/' | '*' | '=')
}

#[cfg(test)]
mod tests;
