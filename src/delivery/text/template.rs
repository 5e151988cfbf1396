//! A site's own text: what may stand in it, and what it becomes with a code.
//!
//! ```text
//! {site}: your code is {code}, good for {minutes} minutes.      the site's, for one way and one language
//! Never tell it to anybody.                                     ours: whoever may change a text cannot take it away
//! @example.com #123456                                          ours, where the host is known
//! ```
//!
//! What may be in any text is in `src/texts/rules.rs`.

use zeroize::Zeroizing;

use super::languages::texts;
use super::pieces::{LONGEST_NAME, digits_apart, host_of_line, name_in};
use crate::i18n::{Language, site_name};
use crate::sms::{Channel, Coding, MessageBody};
use crate::texts::{LONGEST_GIVEN, MOST_PARTS, Piece, Placeholder, TextError, pieces_of};

/// Longest text that is spoken, with everything in it.
pub(super) const LONGEST_SPOKEN: usize = 400;

/// The longest code, and the longest time it may be good for.
const LONGEST_CODE: &str = "0000000000";
const LONGEST_MINUTES: &str = "60";

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
        let allowed = [Placeholder::Code, Placeholder::Site, Placeholder::Minutes];
        let pieces = pieces_of(text.trim(), &allowed)?;
        let is_code = |it: &&Piece| matches!(it, Piece::Value(Placeholder::Code));
        if pieces.iter().filter(is_code).count() != 1 || !stand_apart(&pieces) {
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
                Piece::Value(Placeholder::Code) => code,
                Piece::Value(Placeholder::Minutes) => minutes,
                Piece::Value(_) => site,
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

/// Whether nothing that is read as a part of it stands beside the code or the minutes.
fn stand_apart(pieces: &[Piece]) -> bool {
    let is_number =
        |it: &Piece| matches!(it, Piece::Value(Placeholder::Code | Placeholder::Minutes));
    pieces.windows(2).all(|near| match near {
        [Piece::Text(before), value] if is_number(value) => !before.ends_with(is_part_of_a_number),
        [value, Piece::Text(after)] if is_number(value) => !after.starts_with(is_part_of_a_number),
        [Piece::Text(_), _] | [_, Piece::Text(_)] => true,
        _ => false,
    })
}

fn is_part_of_a_number(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '+' | '_' | '%' | '/' | '*' | '=')
}

#[cfg(test)]
mod tests;
