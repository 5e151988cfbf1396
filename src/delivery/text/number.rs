//! A site's own text of what a telephone number is told of its user's account, by SMS.
//!
//! ```text
//! {site}: {what} The help desk is on the ground floor.       the site's, for one language
//! ```
//!
//! What happened and what to do are in it, in our words; a link or a number to call is in none. So of all that is told by
//! SMS one text is enough.

use zeroize::Zeroizing;

use super::languages::texts;
use super::pieces::{LONGEST_NAME, name_in};
use super::template::Size;
use crate::i18n::Language;
use crate::sms::{Coding, MessageBody};
use crate::texts::{MOST_PARTS, Piece, Placeholder, TextError, pieces_of};
use crate::types::SmsNotice;

/// What may stand in it.
const PLACEHOLDERS: &[Placeholder] = &[Placeholder::What, Placeholder::Site];

/// A text that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTemplate(Vec<Piece>);

impl NumberTemplate {
    /// What may stand in it.
    pub const PLACEHOLDERS: &'static [Placeholder] = PLACEHOLDERS;

    /// Reads a text.
    ///
    /// # Errors
    /// [`TextError`], but for its length: see [`NumberTemplate::size`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let pieces = pieces_of(text.trim(), PLACEHOLDERS)?;
        let is_what = |it: &Piece| matches!(it, Piece::Value(Placeholder::What));
        // It ends with a full stop: what follows directly would make an address of its last word.
        let stands_apart = pieces.windows(2).all(|near| match near {
            [before, what] if is_what(what) => {
                matches!(before, Piece::Text(it) if it.ends_with(' '))
            }
            [what, after] if is_what(what) => {
                matches!(after, Piece::Text(it) if it.starts_with(' '))
            }
            _ => true,
        });
        if !pieces.iter().any(is_what) || !stands_apart {
            return Err(TextError::Needed);
        }
        Ok(Self(pieces))
    }

    /// The message of that; nothing where it is longer than one may be.
    #[must_use]
    pub fn body(&self, language: Language, site: &str, kind: SmsNotice) -> Option<MessageBody> {
        let what = texts(language).notice(kind);
        let name = name_in(Coding::of(&self.filled("", what)), site, "");
        let text = self.filled(&name, what);
        let fits = Coding::of(&text).parts(&text) <= MOST_PARTS;
        fits.then(|| MessageBody {
            text: Zeroizing::new(text),
            code: Zeroizing::default(),
        })
    }

    /// What it costs at most.
    ///
    /// # Errors
    /// [`TextError::Length`]
    pub fn size(&self, language: Language) -> Result<Size, TextError> {
        let mut largest = None;
        for kind in SmsNotice::ALL {
            let what = texts(language).notice(*kind);
            // A name in the letters that the text needs itself, as the site's is written.
            let letter = match Coding::of(&self.filled("", what)) {
                Coding::Gsm7 => "x",
                Coding::Ucs2 => "\u{5d0}",
            };
            let body = self.body(language, &letter.repeat(LONGEST_NAME), *kind);
            let text = body.ok_or(TextError::Length)?.text;
            let coding = Coding::of(&text);
            let size = Size {
                characters: coding.measure(&text),
                parts: coding.parts(&text),
                coding: Some(coding),
            };
            if largest
                .is_none_or(|it: Size| (it.parts, it.characters) < (size.parts, size.characters))
            {
                largest = Some(size);
            }
        }
        largest.ok_or(TextError::Length)
    }

    fn filled(&self, site: &str, what: &str) -> String {
        let filled = self.0.iter().map(|piece| match piece {
            Piece::Text(words) => words.as_str(),
            Piece::Value(Placeholder::What) => what,
            Piece::Value(_) => site,
        });
        filled.collect::<String>().trim().to_owned()
    }
}

/// Ours, as one that a site could start its own from.
#[must_use]
pub fn number_sample(language: Language) -> String {
    ["{site}", texts(language).after_name, "{what}"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_may_not_be_in_a_text_is_refused_with_its_reason() {
        for (text, why) in [
            ("", TextError::Needed),
            ("Something happened.", TextError::Needed),
            ("{what}example", TextError::Needed),
            ("{what}{site}", TextError::Needed),
            ("x{what}", TextError::Needed),
            ("{what} {what}", TextError::Placeholder),
            ("{what} {link}", TextError::Placeholder),
            ("{what} {code}", TextError::Placeholder),
            ("{what} t.me/x", TextError::Link),
            ("{what} Call 040 12", TextError::Digits),
            ("{what}\nx", TextError::Character),
        ] {
            assert_eq!(NumberTemplate::parse(text), Err(why), "{text}");
        }
        let long = NumberTemplate::parse(&format!("{{what}} {}", "x".repeat(300))).unwrap();
        assert_eq!(long.size(Language::English), Err(TextError::Length));
        assert!(
            long.body(Language::English, "Shop", SmsNotice::NumberRemoved)
                .is_none()
        );
    }

    #[test]
    fn our_texts_are_texts_that_a_site_could_have() {
        for language in Language::ALL {
            let template = NumberTemplate::parse(&number_sample(language)).unwrap();
            assert!(template.size(language).is_ok());
            for kind in SmsNotice::ALL {
                let own = template.body(language, "Example", *kind).unwrap().text;
                let ours = super::super::notice_message(language.tag(), "Example", *kind).text;
                assert_eq!(own, ours);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn whatever_a_text_is_it_says_what_happened_and_leads_nowhere(
            language in proptest::sample::select(Language::ALL.to_vec()),
            kind in proptest::sample::select(SmsNotice::ALL.to_vec()),
            site in r"(\PC|\pC|https?://|www\.|[a-z.@#:/\n\r0-9 ]){0,40}",
            before in r"(\{site\}|[a-zäж .:/@#0-9\n\r<>{}]|\PC){0,12}",
            after in r"(\{site\}|\{link\}|\{what\}|[a-zäж .:/@#0-9\n\r<>{}]|\PC){0,12}",
        ) {
            let text = format!("{before}{{what}}{after}");
            if let Ok(template) = NumberTemplate::parse(&text)
                && let Some(body) = template.body(language, &site, kind)
            {
                prop_assert!(body.text.contains(texts(language).notice(kind)));
                prop_assert!(Coding::of(&body.text).parts(&body.text) <= MOST_PARTS);
                let never = ['@', '#', '\n', '\r', '<', '>', '{'];
                prop_assert!(!body.text.contains(never));
                let folded = body.text.to_lowercase();
                prop_assert!(!folded.contains("http") && !folded.contains("www"));
                for (at, _) in body.text.match_indices('.') {
                    let next = body.text[at + 1..].chars().next();
                    prop_assert!(!next.is_some_and(char::is_alphanumeric), "{}", &*body.text);
                }
            }
        }
    }
}
