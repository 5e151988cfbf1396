//! A site's own text of a mail that tells people what happened: its subject, and its lines.
//!
//! ```text
//! Hello {user},                                        the site's
//!
//! {what}                                               ours: what happened, with all that is known of it
//! We noticed it on {when}.                             a value in the site's words is no longer among what is known
//!
//! {advice}                                             ours: what to do
//! {link}                                               ours, and the only address there is
//! ```
//!
//! What happened, what to do and where to say that it was somebody else are in every text, in our words and on lines of
//! their own: whoever may change a text changes what stands around them. HTML is made of the same lines and escaped.

use super::rules::{LONGEST_GIVEN, Piece, Placeholder, TextError, pieces_of};
use crate::i18n::{Language, site_name};
use crate::mail::{self, Block, Mail};

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 100;

/// Most lines of a text.
const MOST_LINES: usize = 40;

/// What may stand in a subject.
const OF_SUBJECT: &[Placeholder] = &[Placeholder::Site, Placeholder::What];

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeForm {
    /// A change of an account, or what was unusual, to its user.
    User,
    /// What its user is asked to do. Nothing has happened.
    Reminder,
    /// A change of an account, to administrators.
    Administrators,
    /// What was unusual on the site, to administrators.
    Digest,
}

impl NoticeForm {
    /// What may stand in its text.
    #[must_use]
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{Advice, Browser, Link, Site, User, What, When, Where};
        match self {
            Self::User => &[What, Advice, Link, Site, User, When, Where, Browser],
            Self::Reminder => &[What, Advice, Site, User],
            Self::Administrators => &[What, Advice, Site, When, Where, Browser],
            Self::Digest => &[What, Advice, Site],
        }
    }

    /// What has to, each on a line of its own.
    #[must_use]
    pub const fn needed(self) -> &'static [Placeholder] {
        use Placeholder::{Advice, Link, What};
        match self {
            Self::User => &[What, Advice, Link],
            Self::Reminder | Self::Administrators | Self::Digest => &[What, Advice],
        }
    }
}

/// Which part of it a text may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// The subject.
    Subject,
    /// The text.
    Text,
}

impl TextField {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
        }
    }
}

/// Why a text cannot be a site's own, and which part of it.
pub type NoticeTextError = (TextField, TextError);

/// What a mail says, whoever words it.
#[derive(Debug, Clone, Copy)]
pub struct NoticeContent<'a> {
    /// In which language.
    pub language: Language,
    /// The site's name.
    pub site: &'a str,
    /// What happened, in our words, without the full stop.
    pub title: &'a str,
    /// What is known of it and has no place of its own, a line each.
    pub facts: &'a [String],
    /// What to do, in our words.
    pub advice: &'a str,
    /// What an address is for, and the address.
    pub link: Option<(&'a str, &'a str)>,
    /// What its reader is called, as that may stand in a message.
    pub user: &'a str,
    /// When it happened last.
    pub when: &'a str,
    /// From where.
    pub address: &'a str,
    /// By which browser.
    pub browser: &'a str,
}

/// A text that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTemplate {
    subject: Option<Vec<Piece>>,
    lines: Vec<Vec<Piece>>,
}

impl NoticeTemplate {
    /// Reads a text. Without a subject it is ours.
    ///
    /// # Errors
    /// [`TextError`], and of which part
    pub fn parse(
        form: NoticeForm,
        subject: Option<&str>,
        text: &str,
    ) -> Result<Self, NoticeTextError> {
        let subject = match subject.map(str::trim).filter(|it| !it.is_empty()) {
            Some(subject) => {
                let read = subject_of(subject).map_err(|why| (TextField::Subject, why))?;
                Some(read)
            }
            None => None,
        };
        let lines = lines_of(form, text).map_err(|why| (TextField::Text, why))?;
        Ok(Self { subject, lines })
    }

    /// The mail with that.
    #[must_use]
    pub fn mail(&self, content: &NoticeContent<'_>) -> Mail {
        let name = site_name(content.site, "");
        let subject = self.subject(&name, content.title);
        let subject = subject.unwrap_or_else(|| mail::subject(&name, content.title));
        let intro = [content.title, "."].concat();
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|it| filled(it, content, &name))
            .collect();
        let mut blocks = Vec::new();
        for (line, text) in self.lines.iter().zip(&lines) {
            match line.as_slice() {
                [Piece::Value(Placeholder::What)] => {
                    blocks.push(Block::Line(&intro));
                    blocks.extend(content.facts.iter().map(|it| Block::Line(it)));
                }
                [Piece::Value(Placeholder::Advice)] => blocks.push(Block::Line(content.advice)),
                [Piece::Value(Placeholder::Link)] => {
                    let link = content.link.map(|(about, url)| Block::Link { about, url });
                    blocks.extend(link);
                }
                _ if !text.is_empty() => blocks.push(Block::Line(text)),
                // One empty line is enough where a line has nothing to say.
                _ if matches!(blocks.last(), None | Some(Block::Gap)) => {}
                _ => blocks.push(Block::Gap),
            }
        }
        if matches!(blocks.last(), Some(Block::Gap)) {
            blocks.pop();
        }
        mail::composed(content.language, subject, &blocks)
    }

    /// The subject, where it has one.
    fn subject(&self, site: &str, title: &str) -> Option<String> {
        let filled = self.subject.as_ref()?.iter().map(|piece| match piece {
            Piece::Text(words) => words.as_str(),
            Piece::Value(Placeholder::What) => title,
            Piece::Value(_) => site,
        });
        let filled = filled.collect::<String>().trim().to_owned();
        (!filled.is_empty()).then_some(filled)
    }

    /// Whether it has a place of its own for that.
    #[must_use]
    pub fn has(&self, placeholder: Placeholder) -> bool {
        let mut pieces = self.lines.iter().flatten();
        pieces.any(|it| *it == Piece::Value(placeholder))
    }
}

/// A line of the site's words.
fn filled(line: &[Piece], content: &NoticeContent<'_>, site: &str) -> String {
    let filled = line.iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Value(Placeholder::Site) => site,
        Piece::Value(Placeholder::User) => content.user,
        Piece::Value(Placeholder::When) => content.when,
        Piece::Value(Placeholder::Where) => content.address,
        Piece::Value(Placeholder::Browser) => content.browser,
        // They have lines of their own.
        Piece::Value(_) => "",
    });
    filled.collect::<String>().trim().to_owned()
}

fn subject_of(subject: &str) -> Result<Vec<Piece>, TextError> {
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(TextError::Length);
    }
    pieces_of(subject, OF_SUBJECT)
}

fn lines_of(form: NoticeForm, text: &str) -> Result<Vec<Vec<Piece>>, TextError> {
    let text = text.trim();
    if text.chars().count() > LONGEST_GIVEN || text.split('\n').count() > MOST_LINES {
        return Err(TextError::Length);
    }
    let lines = text.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        pieces_of(line.trim(), form.placeholders())
    });
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    let count = |wanted: Placeholder| {
        let pieces = lines.iter().flatten();
        pieces.filter(|it| **it == Piece::Value(wanted)).count()
    };
    for needed in form.needed() {
        let alone = [Piece::Value(*needed)];
        if count(*needed) != 1 || !lines.iter().any(|line| *line == alone) {
            return Err(TextError::Needed);
        }
    }
    if form.placeholders().iter().any(|it| count(*it) > 1) {
        return Err(TextError::Placeholder);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Hello {user},\n\n{what}\n\n{advice}\n{link}\n\n{site}";

    fn problem(form: NoticeForm, subject: &str, text: &str) -> Option<(&'static str, TextError)> {
        let read = NoticeTemplate::parse(form, Some(subject), text);
        read.err().map(|(field, why)| (field.as_str(), why))
    }

    #[test]
    fn what_may_not_be_in_a_text_is_refused_with_its_reason() {
        let with = |more: &str| format!("{GOOD}\n{more}");
        for (text, why) in [
            (String::new(), TextError::Needed),
            ("{advice}\n{link}".to_owned(), TextError::Needed),
            ("{what}\n{link}".to_owned(), TextError::Needed),
            ("{what}\n{advice}".to_owned(), TextError::Needed),
            ("{what} {advice}\n{link}".to_owned(), TextError::Needed),
            (
                "{what}\n{advice}\nHere: {link}".to_owned(),
                TextError::Needed,
            ),
            (with("{what}"), TextError::Needed),
            (with("{link}"), TextError::Needed),
            (with("{site}"), TextError::Placeholder),
            (with("{code}"), TextError::Placeholder),
            (with("{minutes}"), TextError::Placeholder),
            (with("{name}"), TextError::Placeholder),
            (with("{"), TextError::Placeholder),
            (with("}"), TextError::Placeholder),
            (with("https example"), TextError::Link),
            (with("example.com"), TextError::Link),
            (with("help@example"), TextError::Link),
            (with("tel:{when}"), TextError::Link),
            (with("040 12 34"), TextError::Digits),
            (with("<b>now</b>"), TextError::Character),
            (with("a\u{202e}b"), TextError::Character),
            (with("a\rb"), TextError::Character),
            (with("a\u{2028}b"), TextError::Character),
            (with("a\tb"), TextError::Character),
            (with("a\0b"), TextError::Character),
            (with(&"x".repeat(LONGEST_GIVEN)), TextError::Length),
            (with(&"\nx".repeat(MOST_LINES)), TextError::Length),
        ] {
            assert_eq!(
                problem(NoticeForm::User, "", &text),
                Some(("text", why)),
                "{text}"
            );
        }
        assert_eq!(problem(NoticeForm::User, "", GOOD), None);
        assert_eq!(
            problem(NoticeForm::User, "", &GOOD.replace('\n', "\r\n")),
            None
        );
    }

    #[test]
    fn a_subject_is_one_line_that_names_nobody() {
        for (subject, why) in [
            ("Hello {user}", TextError::Placeholder),
            ("{link}", TextError::Placeholder),
            ("{code}", TextError::Placeholder),
            ("{site} {site}", TextError::Placeholder),
            ("Changed\r\nBcc: x", TextError::Character),
            ("Changed\nBcc x", TextError::Character),
            ("Changed\rx", TextError::Character),
            ("Changed\u{85}x", TextError::Character),
            ("bit.ly", TextError::Link),
            ("Call 4711", TextError::Digits),
            ("=<x>", TextError::Character),
        ] {
            assert_eq!(
                problem(NoticeForm::User, subject, GOOD),
                Some(("subject", why)),
                "{subject}"
            );
        }
        let long = "x".repeat(LONGEST_SUBJECT + 1);
        assert_eq!(
            problem(NoticeForm::User, &long, GOOD),
            Some(("subject", TextError::Length))
        );
        let read = NoticeTemplate::parse(NoticeForm::User, Some(" {site} - {what} "), GOOD);
        assert_eq!(
            read.unwrap().subject("Shop", "Gone").unwrap(),
            "Shop - Gone"
        );
        // What would be empty is ours.
        let read = NoticeTemplate::parse(NoticeForm::User, Some("{site}"), GOOD).unwrap();
        assert_eq!(read.subject("", "Gone"), None);
    }

    #[test]
    fn each_form_has_its_own_places() {
        let short = "{what}\n{advice}";
        for (form, more, is_good) in [
            (NoticeForm::User, "", false),
            (
                NoticeForm::User,
                "\n{link}\n{user} {when} {where} {browser}",
                true,
            ),
            (NoticeForm::Reminder, "\n{user}", true),
            (NoticeForm::Reminder, "\n{link}", false),
            (NoticeForm::Reminder, "\n{when}", false),
            (
                NoticeForm::Administrators,
                "\n{when} {where} {browser}",
                true,
            ),
            (NoticeForm::Administrators, "\n{link}", false),
            (NoticeForm::Administrators, "\n{user}", false),
            (NoticeForm::Digest, "\n{site}", true),
            (NoticeForm::Digest, "\n{when}", false),
            (NoticeForm::Digest, "\n{link}", false),
        ] {
            let text = [short, more].concat();
            assert_eq!(
                problem(form, "", &text).is_none(),
                is_good,
                "{form:?} {text}"
            );
        }
    }
}
