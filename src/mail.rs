//! A mail with a code, or with news of an account, for the host's mailer to send.
//!
//! Plain text and HTML say the same. Neither has a picture or anything else that would be fetched, and what brings a code
//! has no link: a mail that asks for a click teaches people to click. News of an account may have one, of the site itself. The subject lacks the code, for it is
//! shown on locked screens and kept in logs.

pub mod address;
mod languages;

use std::fmt;
use std::net::IpAddr;

use zeroize::Zeroizing;

use self::languages::texts;
use crate::i18n::{Language, site_name};
use crate::types::Purpose;

/// Isolates left-to-right text inside right-to-left text (Unicode Standard Annex 9).
const ISOLATE: char = '\u{2066}';
/// Ends it.
const ISOLATED: char = '\u{2069}';

/// A whole mail but for its addresses. Redacts itself.
#[derive(Clone)]
pub struct Mail {
    /// One line of UTF-8, without the code.
    pub subject: String,
    /// The plain text.
    pub text: Zeroizing<String>,
    /// The same as a whole HTML document.
    pub html: Zeroizing<String>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(<redacted>)")
    }
}

/// The mail with a code of ours. `ip` is whose request it answers, where that is known.
///
/// [`Purpose::VerifyPhone`] is read as checking that the address of the mail is the user's.
#[must_use]
pub fn message(
    locale: &str,
    site: &str,
    code: &str,
    purpose: Purpose,
    minutes: u32,
    ip: Option<IpAddr>,
) -> Mail {
    let language = Language::of(locale);
    let texts = texts(language);
    let name = site_name(site, code);
    let title = texts.title(purpose);
    let subject = subject(&name, title);
    let valid = if minutes == 1 {
        texts.minute.to_owned()
    } else {
        texts.minutes.replace("{minutes}", &minutes.to_string())
    };
    let ip = ip.map(|ip| ip.to_canonical().to_string());
    let asked = ip.map(|ip| {
        let ip = if language.is_right_to_left() {
            format!("{ISOLATE}{ip}{ISOLATED}")
        } else {
            ip
        };
        texts.asked_from.replace("{ip}", &ip)
    });
    let mut sentences = vec![valid.as_str(), texts.advice];
    sentences.extend(asked.as_deref());
    sentences.push(texts.not_you(purpose));
    let intro = [title, texts.colon].concat();
    let mut blocks = vec![
        Block::Line(&intro),
        Block::Gap,
        Block::Code(code),
        Block::Gap,
    ];
    blocks.extend(sentences.into_iter().map(Block::Line));
    blocks.extend(signed(&name));
    composed(language, subject, &blocks)
}

/// A mail without a code: something has happened, and what is known of it, sentence by sentence; at the end what an address
/// is for, and the address.
#[must_use]
pub fn news(
    language: Language,
    site: &str,
    title: &str,
    sentences: &[&str],
    link: Option<(&str, &str)>,
) -> Mail {
    let name = site_name(site, "");
    let subject = subject(&name, title);
    let intro = [title, "."].concat();
    let mut blocks = vec![Block::Line(&intro), Block::Gap];
    blocks.extend(sentences.iter().copied().map(Block::Line));
    if let Some((about, url)) = link {
        blocks.extend([Block::Gap, Block::Link { about, url }]);
    }
    blocks.extend(signed(&name));
    composed(language, subject, &blocks)
}

/// The subject of ours: the site's name, as it may stand in a message, and what the mail is about.
#[must_use]
pub fn subject(name: &str, title: &str) -> String {
    match name {
        "" => title.to_owned(),
        name => format!("{name}: {title}"),
    }
}

/// The site's name, at the end.
fn signed(name: &str) -> impl Iterator<Item = Block<'_>> {
    let blocks = (!name.is_empty()).then_some([Block::Gap, Block::Line(name)]);
    blocks.into_iter().flatten()
}

/// A part of a mail. Plain text and HTML are made of the same ones. Redacts itself.
#[derive(Clone, Copy)]
pub enum Block<'a> {
    /// A line of text; a paragraph of HTML.
    Line(&'a str),
    /// An empty line; between paragraphs there is room anyway.
    Gap,
    /// A code.
    Code(&'a str),
    /// An address of the site, and what it is for.
    Link {
        /// What it is for.
        about: &'a str,
        /// The address.
        url: &'a str,
    },
}

impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Block(<redacted>)")
    }
}

/// A mail of these parts. `subject` is one line.
#[must_use]
pub fn composed(language: Language, subject: String, blocks: &[Block<'_>]) -> Mail {
    let content = MailContent {
        language,
        subject: &subject,
        blocks,
    };
    Mail {
        text: content.text(),
        html: content.html(),
        subject,
    }
}

struct MailContent<'a> {
    language: Language,
    subject: &'a str,
    blocks: &'a [Block<'a>],
}

impl MailContent<'_> {
    fn text(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(4096));
        for block in self.blocks {
            match block {
                Block::Line(line) | Block::Code(line) => out.push_str(line),
                Block::Gap => {}
                Block::Link { about, url } => {
                    for piece in [about, "\n", url] {
                        out.push_str(piece);
                    }
                }
            }
            out.push('\n');
        }
        out
    }

    fn html(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(16_384));
        let (direction, side) = if self.language.is_right_to_left() {
            ("rtl", "right")
        } else {
            ("ltr", "left")
        };
        for piece in [
            "<!DOCTYPE html>\n<html lang=\"",
            self.language.tag(),
            "\" dir=\"",
            direction,
            "\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>",
        ] {
            out.push_str(piece);
        }
        escape(&mut out, self.subject);
        // Some mail programs drop the attributes of `html` and `body`, so they are said again.
        for piece in [
            "</title>\n</head>\n<body dir=\"",
            direction,
            "\" style=\"margin:0;padding:24px\">\n<div lang=\"",
            self.language.tag(),
            "\" dir=\"",
            direction,
            "\" style=\"max-width:520px;margin:0 auto;font:16px/1.5 sans-serif;text-align:",
            side,
            "\">\n",
        ] {
            out.push_str(piece);
        }
        for block in self.blocks {
            match block {
                Block::Gap => continue,
                Block::Code(code) => {
                    out.push_str(
                        "<p dir=\"ltr\" style=\"margin:24px 0;font:bold 36px/1.2 monospace;letter-spacing:4px;text-align:center;-webkit-user-select:all;user-select:all\">",
                    );
                    escape(&mut out, code);
                }
                Block::Line(line) => {
                    out.push_str("<p>");
                    escape(&mut out, line);
                }
                Block::Link { about, url } => {
                    out.push_str("<p>");
                    escape(&mut out, about);
                    // What is shown is where it leads: nobody has to believe a word.
                    out.push_str("<br>\n<a dir=\"ltr\" style=\"word-break:break-all\" href=\"");
                    escape(&mut out, url);
                    out.push_str("\">");
                    escape(&mut out, url);
                    out.push_str("</a>");
                }
            }
            out.push_str("</p>\n");
        }
        out.push_str("</div>\n</body>\n</html>\n");
        out
    }
}

/// Appends text as HTML has it, in an element or between quotes.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CODE: &str = "048151";

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    /// The text of a document: what is between its tags, unescaped.
    fn shown(html: &str) -> String {
        let body = html.split_once("<body").unwrap().1;
        let mut text = String::new();
        for piece in body.split('<').skip(1) {
            text.push_str(piece.split_once('>').unwrap().1);
        }
        for (escaped, c) in [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&amp;", "&"),
        ] {
            text = text.replace(escaped, c);
        }
        text
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_mail_is_this() {
        let mail = message(
            "de-CH",
            "Müller & Söhne",
            CODE,
            Purpose::Login,
            5,
            ip("::ffff:192.0.2.7"),
        );
        assert_eq!(mail.subject, "Müller & Söhne: Ihr Anmeldecode");
        assert_eq!(
            *mail.text,
            "Ihr Anmeldecode:\n\n048151\n\n\
             Er kann einmal verwendet werden und gilt 5 Minuten.\n\
             Geben Sie ihn an niemanden weiter. Wir werden Sie nie danach fragen.\n\
             Er wurde von der IP-Adresse 192.0.2.7 angefordert.\n\
             Falls Sie das nicht waren, kennt möglicherweise jemand Ihr Passwort. Ändern Sie es so bald wie möglich.\n\
             \nMüller & Söhne\n"
        );
        assert!(mail.html.contains("<p>Müller &amp; Söhne</p>"));
        assert!(
            mail.html
                .contains("<html lang=\"de\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">")
        );
    }

    #[test]
    fn hebrew_runs_from_right_to_left_and_its_digits_do_not() {
        let mail = message("he", "", CODE, Purpose::StepUp, 1, ip("2001:db8::7"));
        assert!(mail.html.contains("<html lang=\"he\" dir=\"rtl\">"));
        assert!(mail.html.contains("<p dir=\"ltr\""));
        assert!(mail.text.contains("\u{2066}2001:db8::7\u{2069}"));
        assert!(mail.text.contains("דקה אחת"));
        for language in Language::ALL {
            let mail = message(language.tag(), "", CODE, Purpose::StepUp, 1, None);
            assert_eq!(
                mail.html.matches("dir=\"rtl\"").count(),
                if language.is_right_to_left() { 3 } else { 0 }
            );
        }
    }

    #[test]
    fn every_purpose_has_words_of_its_own_in_every_language() {
        let mut subjects = std::collections::HashSet::new();
        for language in Language::ALL {
            for purpose in Purpose::ALL {
                let mail = message(language.tag(), "", CODE, *purpose, 10, None);
                assert!(!mail.text.contains(['{', '}']), "{}", &*mail.text);
                subjects.insert(mail.subject);
                let one = message(language.tag(), "", CODE, *purpose, 1, None);
                assert!(!one.text.contains("10") && mail.text.contains("10"));
            }
        }
        assert_eq!(subjects.len(), 7 * 4);
    }

    #[test]
    fn news_are_a_title_and_what_is_known() {
        let mail = news(
            Language::German,
            "Müller & Söhne",
            "Etwas ist geschehen",
            &["Eins.", "Zwei."],
            None,
        );
        assert_eq!(mail.subject, "Müller & Söhne: Etwas ist geschehen");
        assert_eq!(
            *mail.text,
            "Etwas ist geschehen.\n\nEins.\nZwei.\n\nMüller & Söhne\n"
        );
        assert_eq!(lines(&mail.text), lines(&shown(&mail.html)));
        assert!(!mail.html.contains("monospace"), "a place for a code");
    }

    #[test]
    fn a_mail_redacts_itself() {
        let mail = message("en", "", CODE, Purpose::Login, 5, None);
        assert!(!format!("{mail:?}").contains(CODE));
    }

    #[test]
    fn html_is_escaped() {
        let mut out = String::new();
        escape(&mut out, "<a href=\"x\">'&'</a>");
        assert_eq!(out, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }

    proptest! {
        #[test]
        fn whatever_the_site_is_called(
            language in proptest::sample::select(Language::ALL.to_vec()),
            purpose in proptest::sample::select(Purpose::ALL.to_vec()),
            site in r"(\PC|\pC|https?://|www\.|[a-zא-ת<>&.@:/\n\r0-9]){0,60}",
            code in "[0-9]{4,10}",
            minutes in 1u32..=60,
            ip in proptest::option::of(any::<std::net::Ipv6Addr>().prop_map(IpAddr::V6)),
        ) {
            let mail = message(language.tag(), &site, &code, purpose, minutes, ip);
            prop_assert!(!mail.subject.contains(&code));
            prop_assert!(!mail.subject.chars().any(char::is_control));
            // The code has a line of its own.
            let own = mail.text.lines().filter(|line| *line == code).count();
            prop_assert_eq!(own, 1);
            for part in [&mail.text, &mail.html] {
                let part = part.to_lowercase();
                for word in ["http", "www.", "href", "src=", "url(", "<img", "<script", "<link", "<a"] {
                    prop_assert!(!part.contains(word), "{word} in {part}");
                }
                prop_assert!(!part.contains(['\r', '\0']));
            }
            prop_assert_eq!(lines(&mail.text), lines(&shown(&mail.html)));
            // No tag but these, whatever the name is.
            for piece in mail.html.split('<').skip(1) {
                let tag = piece.split([' ', '>']).next().unwrap();
                prop_assert!(
                    ["!DOCTYPE", "html", "head", "meta", "title", "body", "div", "p"]
                        .contains(&tag.trim_start_matches('/')),
                    "{tag}"
                );
            }
        }
    }
}
