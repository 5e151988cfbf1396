//! What a short message says, in each language, and how long it is.
//!
//! One message is one part: 160 septets of the alphabet of GSM 03.38 (3GPP TS 23.038 section 6.2.1),
//! or 70 units where a language needs UCS-2. The texts keep to that alphabet, which is why some
//! words lack the accent or are not the first that come to mind; of a site's name whatever is outside
//! of it is written with letters that are inside, or left out. What does not fit is given up in this
//! order: the advice, the end of the name, the name.
//!
//! ```text
//! Example: Your sign-in code is 123456. It is valid for 5 minutes. Never tell it to anybody.
//! @example.com #123456
//! ```
//!
//! The last line binds the code to a host (<https://wicg.github.io/sms-one-time-codes/>): a telephone
//! then offers it there and nowhere else. It names the site too, so it stays when the name has to go;
//! in UCS-2 it may cost a second part. A host that fits nowhere, or is none, has no line.

use zeroize::Zeroizing;

use super::languages::texts;
use super::pieces::{digits_apart, fill, host_of_line, name_in};
use crate::i18n::{Language, shortened, site_name};
use crate::sms::{Coding, MessageBody};
use crate::types::{Purpose, SmsNotice};

/// A shorter rest of a name says nothing.
const SHORTEST_NAME: usize = 6;

/// The message with a code of ours.
///
/// `host` is where the code is to be typed, as in an address: no scheme and no port. One part, except
/// that in UCS-2 the line of the host may need a second one.
#[must_use]
pub fn code_message(
    locale: &str,
    site: &str,
    code: &str,
    purpose: Purpose,
    host: Option<&str>,
    minutes: u32,
) -> MessageBody {
    let language = Language::of(locale);
    let texts = texts(language);
    let coding = coding_of(language);
    let name = name_in(coding, site, code);
    let minutes_text = minutes.to_string();
    let valid = if minutes == 1 {
        texts.minute
    } else {
        texts.minutes
    };
    let compose = |name: &str, advice: bool, line: Option<&str>| {
        let mut text = Zeroizing::new(String::with_capacity(512));
        if !name.is_empty() {
            text.push_str(name);
            text.push_str(texts.after_name);
        }
        fill(&mut text, texts.sentence(purpose), "{code}", code);
        text.push(' ');
        fill(&mut text, valid, "{minutes}", &minutes_text);
        if advice {
            text.push(' ');
            text.push_str(texts.advice);
        }
        if let Some(host) = line {
            for piece in ["\n@", host, " #", code] {
                text.push_str(piece);
            }
        }
        text
    };
    let fits = |text: &str, most: usize| coding.measure(text) <= most;
    let one = coding.one_part();
    // The room for the site's name in one part, once the advice is left out.
    let shorter = |line: Option<&str>| {
        let rest = coding.measure(&compose("", false, line)) + texts.after_name.chars().count();
        let left = one.saturating_sub(rest);
        let name = shortened(&name, left, |text| coding.measure(text));
        if coding.measure(name) < SHORTEST_NAME {
            ""
        } else {
            name
        }
    };
    let host = host.and_then(host_of_line);
    let line = host.as_deref();
    let text = [
        (compose(&name, true, line), one),
        (compose(&name, false, line), one),
        (compose(shorter(line), false, line), one),
        (compose(&name, true, line), with_line(coding)),
        (compose(&name, true, None), one),
        (compose(&name, false, None), one),
    ]
    .into_iter()
    .find_map(|(text, most)| fits(&text, most).then_some(text))
    .unwrap_or_else(|| compose(shorter(None), false, None));
    MessageBody {
        text,
        code: Zeroizing::new(code.to_owned()),
    }
}

/// The notice to a number of what happened to its user's account. It has no code and no link, and names no number.
#[must_use]
pub fn notice_message(locale: &str, site: &str, kind: SmsNotice) -> MessageBody {
    let language = Language::of(locale);
    let texts = texts(language);
    let sentence = texts.notice(kind);
    MessageBody {
        text: one_sentence(coding_of(language), site, texts.after_name, sentence),
        code: Zeroizing::default(),
    }
}

/// A message that an operator sends to see whether it arrives, in English. `code` is said only where a way
/// has no place for another text: in a template.
#[must_use]
pub fn test_message(site: &str, code: &str) -> MessageBody {
    const SENTENCE: &str = "This is a test message. There is nothing to do.";
    MessageBody {
        text: one_sentence(Coding::Gsm7, site, ": ", SENTENCE),
        code: Zeroizing::new(code.to_owned()),
    }
}

/// What of a site's name fits before a sentence, and the sentence.
fn one_sentence(coding: Coding, site: &str, after_name: &str, sentence: &str) -> Zeroizing<String> {
    let name = name_in(coding, site, "");
    let rest = coding.measure(sentence) + after_name.chars().count();
    let left = coding.one_part().saturating_sub(rest);
    let name = shortened(&name, left, |text| coding.measure(text));
    Zeroizing::new(match name {
        "" => sentence.to_owned(),
        name => [name, after_name, sentence].concat(),
    })
}

/// What a call says, by a voice of [`Language::of`] the locale: plain text, the digits apart and said twice.
/// Whoever puts it into markup has to escape it.
#[must_use]
pub fn spoken_code(locale: &str, site: &str, code: &str, purpose: Purpose) -> MessageBody {
    let texts = texts(Language::of(locale));
    let digits = digits_apart(code);
    let name = site_name(site, code);
    let mut text = Zeroizing::new(String::with_capacity(512));
    if !name.is_empty() {
        fill(&mut text, texts.call, "{site}", &name);
        text.push(' ');
    }
    fill(&mut text, texts.sentence(purpose), "{code}", &digits);
    text.push(' ');
    fill(&mut text, texts.again, "{code}", &digits);
    text.push(' ');
    text.push_str(texts.advice);
    MessageBody {
        text,
        code: Zeroizing::new(code.to_owned()),
    }
}

/// The coding that our texts of a language keep to.
const fn coding_of(language: Language) -> Coding {
    match language {
        Language::Hebrew => Coding::Ucs2,
        _ => Coding::Gsm7,
    }
}

/// What a message may hold for the sake of its last line.
const fn with_line(coding: Coding) -> usize {
    match coding {
        Coding::Gsm7 => coding.one_part(),
        Coding::Ucs2 => 2 * coding.part_of_many(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::gsm::septets;
    use proptest::prelude::*;

    const CODE: &str = "048151";

    fn parts(text: &str) -> usize {
        match septets(text) {
            Some(0..=160) => 1,
            Some(n) => n.div_ceil(153),
            None => match text.encode_utf16().count() {
                0..=70 => 1,
                n => n.div_ceil(67),
            },
        }
    }

    /// As a browser reads it: <https://wicg.github.io/sms-one-time-codes/#parsing>.
    fn origin_bound(message: &str) -> Option<(String, String)> {
        let message = message.replace("\r\n", "\n").replace('\r', "\n");
        let line = message.split('\n').next_back()?;
        let white = |c: char| c.is_ascii_whitespace();
        let (host, rest) = line.strip_prefix('@')?.split_once(white)?;
        let code = rest.strip_prefix('#')?.split(white).next()?;
        (line[1 + host.len()..].starts_with(' ') && !host.is_empty() && !code.is_empty())
            .then(|| (host.to_owned(), code.to_owned()))
    }

    #[test]
    fn the_messages_are_these() {
        let said = |locale, purpose| {
            code_message(
                locale,
                "Example Shop",
                CODE,
                purpose,
                Some("example.com"),
                5,
            )
            .text
            .to_string()
        };
        assert_eq!(
            said("en", Purpose::Login),
            "Example Shop: Your sign-in code is 048151. It is valid for 5 minutes. Never tell it to anybody.\n@example.com #048151"
        );
        assert_eq!(
            said("de-AT", Purpose::VerifyPhone),
            "Example Shop: Ihr Code zum Bestätigen dieser Telefonnummer ist 048151. Er gilt 5 Minuten. Geben Sie ihn an niemanden weiter.\n@example.com #048151"
        );
        assert_eq!(
            said("he", Purpose::Login),
            "Example Shop - קוד כניסה: 048151. בתוקף 5 דקות.\n@example.com #048151"
        );
        let one = code_message("fi", "", CODE, Purpose::StepUp, None, 1).text;
        assert_eq!(
            *one,
            "Koodisi turva-asetusten muuttamiseen on 048151. Se on voimassa 1 minuutin. Älä kerro sitä kenellekään."
        );
    }

    #[test]
    fn every_language_has_every_text_in_its_alphabet() {
        for language in Language::ALL {
            let texts = texts(language);
            let coding = coding_of(language);
            for purpose in Purpose::ALL {
                assert_eq!(texts.sentence(*purpose).matches("{code}").count(), 1);
                for (name, host, minutes) in [
                    ("", None, 1),
                    ("Example", None, 10),
                    ("Example", Some("www.example.com"), 10),
                ] {
                    let message = code_message(language.tag(), name, CODE, *purpose, host, minutes);
                    assert!(!message.text.contains(['{', '}']), "{}", &*message.text);
                    assert_eq!(parts(&message.text), 1, "{}", &*message.text);
                    // With a short name there is always room for the advice; in UCS-2 without one.
                    if coding == Coding::Gsm7 || (host.is_none() && name.is_empty()) {
                        assert!(message.text.contains(texts.advice), "{}", &*message.text);
                    }
                }
            }
            for (text, mark) in [
                (texts.minutes, "{minutes}"),
                (texts.call, "{site}"),
                (texts.again, "{code}"),
            ] {
                assert_eq!(text.matches(mark).count(), 1, "{text}");
            }
            let mut told = Vec::new();
            for kind in SmsNotice::ALL {
                let notice = notice_message(language.tag(), "Example", *kind);
                assert!(notice.text.starts_with("Example") && notice.code.is_empty());
                assert_eq!(parts(&notice.text), 1, "{}", &*notice.text);
                assert!(coding.measure(&notice.text) <= coding.one_part());
                assert!(
                    !notice.text.contains(['{', '@', '#', '/']),
                    "{}",
                    &*notice.text
                );
                assert!(!notice.text.contains(|it: char| it.is_ascii_digit()));
                assert!(!told.contains(&notice.text), "{}", &*notice.text);
                told.push(notice.text);
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_given_up_in_order() {
        let long = "The Honourable Society of Example";
        let host = |n: usize| format!("{}.example", "x".repeat(n));
        let said = |locale, host: &str| {
            code_message(locale, long, CODE, Purpose::Login, Some(host), 5)
                .text
                .to_string()
        };
        let (mut advice, mut name, mut line) = (true, "The Honourable Society of".len(), true);
        for n in 1..60 {
            let text = said("en", &host(n));
            assert_eq!(parts(&text), 1);
            let shown = text.find(": ").unwrap_or(0);
            assert!(shown <= name);
            assert!(advice || !text.contains("Never"));
            assert!(text.contains("\n@"));
            (advice, name) = (text.contains("Never"), shown);
        }
        assert!(!advice && name == 25);
        // 63 letters a label: three of them fit nowhere.
        let endless = [host(60), host(60), host(60)].join(".");
        let text = said("en", &endless);
        line &= text.contains('@');
        assert!(!line && text.contains("Never"), "{text}");
        // In Hebrew the line is worth a second part.
        let text = said("he", &host(40));
        assert_eq!(parts(&text), 2);
        assert!(text.contains("אין למסור") && text.ends_with("#048151"));
    }

    #[test]
    fn what_is_no_host_has_no_line() {
        for host in [
            "",
            "example.com:8080",
            "https://example.com",
            "example.com/x",
            "a b",
            "example.com\n@evil.example",
            "example.com #1",
            "ex\u{e4}mple.com",
            "example..com",
            "-a.example",
            "example.com.",
            &"x".repeat(64),
        ] {
            let text = code_message("en", "", CODE, Purpose::Login, Some(host), 5).text;
            assert!(!text.contains('\n') && !text.contains('@'), "{host}");
        }
        let text = code_message("en", "", CODE, Purpose::Login, Some("Example.COM"), 5).text;
        assert_eq!(
            origin_bound(&text),
            Some(("example.com".into(), CODE.into()))
        );
    }

    #[test]
    fn a_name_is_written_with_the_letters_there_are() {
        for (given, shown) in [
            ("Café Zürich", "Café Zürich"),
            ("Łódź Œuvres Straße", "Lodz OEuvres Straße"),
            ("Señor Óscar ½", "Señor Oscar"),
            ("Кафе Roma", "Roma"),
            ("ĥttp x", "x"),
            ("12☃3456", ""),
            ("12ж3456", ""),
        ] {
            assert_eq!(name_in(Coding::Gsm7, given, CODE), shown);
        }
        assert_eq!(
            name_in(Coding::Ucs2, "אתר \u{1d400}ж Łódź", CODE),
            "אתר ж Łódź"
        );
    }

    #[test]
    fn a_call_says_the_digits_apart_and_twice() {
        assert_eq!(*digits_apart("0481"), "0, 4, 8, 1");
        assert_eq!(*digits_apart(""), "");
        assert_eq!(
            *spoken_code("de", "Example & Co", CODE, Purpose::Login).text,
            "Dies ist ein Anruf von Example & Co. Ihr Anmeldecode ist 0, 4, 8, 1, 5, 1. \
             Noch einmal: 0, 4, 8, 1, 5, 1. Geben Sie ihn an niemanden weiter."
        );
        for language in Language::ALL {
            for purpose in Purpose::ALL {
                let message = spoken_code(language.tag(), "", CODE, *purpose);
                assert_eq!(message.text.matches("0, 4, 8, 1, 5, 1").count(), 2);
                assert!(!message.text.contains(CODE) && !message.text.contains(['{', '<', '&']));
                assert_eq!(*message.code, CODE);
            }
        }
    }

    #[test]
    fn words_redact_themselves() {
        let message = code_message("en", "", CODE, Purpose::Login, None, 5);
        assert!(!format!("{message:?}").contains(CODE));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn whatever_the_site_is_called(
            language in proptest::sample::select(Language::ALL.to_vec()),
            purpose in proptest::sample::select(Purpose::ALL.to_vec()),
            site in r"(\PC|\pC|https?://|www\.|[a-zA-ZÀ-žא-ת€\[\]^ .@#:/\n\r0-9]){0,60}",
            code in "[0-9]{4,10}",
            minutes in 1u32..=60,
            host in proptest::option::of("([a-z0-9]{1,12}\\.){1,3}(com|co\\.il|example)"),
        ) {
            let message = code_message(language.tag(), &site, &code, purpose, host.as_deref(), minutes);
            let text: &str = &message.text;
            prop_assert_eq!(&*message.code, &code);
            let coding = coding_of(language);
            let most = if host.is_some() { with_line(coding) } else { coding.one_part() };
            prop_assert!(coding.measure(text) <= most, "{}", text);
            if coding == Coding::Gsm7 || host.is_none() {
                prop_assert_eq!(parts(text), 1);
            } else {
                prop_assert!(parts(text) <= 2);
            }
            let (above, line) = match text.split_once('\n') {
                Some((above, line)) => (above, Some(line)),
                None => (text, None),
            };
            prop_assert_eq!(line.is_some(), host.is_some());
            if let Some(host) = host {
                prop_assert_eq!(line.map(str::to_owned), Some(format!("@{host} #{code}")));
                prop_assert_eq!(origin_bound(text), Some((host, code.clone())));
            }
            prop_assert_eq!(above.matches(code.as_str()).count(), 1);
            prop_assert!(above.contains(&minutes.to_string()) || minutes == 1);
            prop_assert!(!above.to_lowercase().contains("http") && !above.to_lowercase().contains("www"));
            prop_assert!(!above.contains(['@', '#', '/', '\r', '\0']));
            // A dot ends a sentence: nothing follows it, or a space.
            for (at, _) in above.match_indices('.') {
                prop_assert!(matches!(above[at + 1..].chars().next(), None | Some(' ')), "{}", above);
            }

            for kind in SmsNotice::ALL {
                let notice = notice_message(language.tag(), &site, *kind);
                prop_assert_eq!(parts(&notice.text), 1);
                prop_assert!(!notice.text.contains(['@', '#', '/', '\n']));
            }
        }
    }
}
