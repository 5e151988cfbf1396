//! Which texts may be a site's own, and what becomes of them.

use super::*;
use proptest::prelude::*;

const HOST: Option<&str> = Some("www.example.com");

fn values<'a>(code: &'a str, host: Option<&'a str>) -> MessageValues<'a> {
    MessageValues {
        site: "Example Shop",
        code,
        minutes: 5,
        host,
    }
}

fn written(text: &str, language: Language) -> String {
    let template = MessageTemplate::parse(text).unwrap();
    let body = template.body(Channel::Sms, language, &values("048151", HOST));
    body.unwrap().text.to_string()
}

#[test]
fn a_text_of_the_site_keeps_our_advice_and_the_line_that_binds_the_code() {
    assert_eq!(
        written(
            " {site} grüßt. Code: {code} ({minutes} min). ",
            Language::German
        ),
        "Example Shop grüßt. Code: 048151 (5 min). Geben Sie ihn an niemanden weiter.\n@www.example.com #048151"
    );
    let template = MessageTemplate::parse("Hier ist {site}. Ihr Code: {code}.").unwrap();
    let body = template.body(Channel::Voice, Language::German, &values("0481", HOST));
    assert_eq!(
        *body.unwrap().text,
        "Hier ist Example Shop. Ihr Code: 0, 4, 8, 1. Noch einmal: 0, 4, 8, 1. Geben Sie ihn an niemanden weiter."
    );
}

#[test]
fn our_texts_are_texts_that_a_site_could_have() {
    for language in Language::ALL {
        for channel in [Channel::Sms, Channel::Voice, Channel::WhatsApp] {
            let text = sample(channel, language);
            let template = MessageTemplate::parse(&text);
            assert!(template.is_ok(), "{text}: {template:?}");
            let size = template.unwrap().size(channel, language, HOST);
            assert!(size.is_ok(), "{text}: {size:?}");
        }
    }
}

#[test]
fn what_may_not_be_in_a_text_is_refused_with_its_reason() {
    for (text, why) in [
        ("", TextError::Code),
        ("Your code", TextError::Code),
        ("{code} and {code}", TextError::Code),
        ("Code{code}", TextError::Code),
        ("{code}5", TextError::Code),
        ("1{code}", TextError::Code),
        ("+{code}", TextError::Code),
        ("{code}-{minutes}", TextError::Code),
        ("{code}{minutes}", TextError::Code),
        ("{site}{code}", TextError::Code),
        ("{code} 1{minutes}", TextError::Code),
        ("{code} {name}", TextError::Placeholder),
        ("{code} {CODE}", TextError::Placeholder),
        ("{code} {", TextError::Placeholder),
        ("{code} }", TextError::Placeholder),
        ("{{code}}", TextError::Placeholder),
        ("{code} {site} {site}", TextError::Placeholder),
        ("{code} {minutes} {minutes}", TextError::Placeholder),
        ("{code} https://example.com", TextError::Link),
        ("{code} HTTP example", TextError::Link),
        ("{code} www example", TextError::Link),
        ("{code} example.com", TextError::Link),
        ("{code} Example.Com", TextError::Link),
        ("{code} t.me/x", TextError::Link),
        ("{code} bit.ly", TextError::Link),
        ("{code} münchen.example", TextError::Link),
        ("{code} пример.рф", TextError::Link),
        ("{code} {site}.com", TextError::Link),
        ("{site}.{code}", TextError::Link),
        ("{code} //example", TextError::Link),
        ("tel:{code}", TextError::Link),
        ("{code} mailto:x", TextError::Link),
        ("{code} 1.2.3.4", TextError::Link),
        ("{code} a@example", TextError::Link),
        ("{code} #1", TextError::Link),
        ("{code} 4711", TextError::Digits),
        ("{code} 47 11", TextError::Digits),
        ("{code} +49-30", TextError::Digits),
        ("{code} ٤٧١١", TextError::Digits),
        ("{code} \u{202e}x", TextError::Character),
        ("{code} \u{200b}", TextError::Character),
        ("{code}\nx", TextError::Character),
        ("{code}\rx", TextError::Character),
        ("{code}\tx", TextError::Character),
        ("{code}\0x", TextError::Character),
        ("{code} \u{ff0e}", TextError::Character),
        ("{code} \u{2024}", TextError::Character),
        ("{code} \u{3002}", TextError::Character),
        ("{code} \u{ff45}xample", TextError::Character),
        ("{code} <b>", TextError::Character),
        ("{code} \\x", TextError::Character),
        ("{code} e\u{301}", TextError::Character),
    ] {
        assert_eq!(MessageTemplate::parse(text), Err(why), "{text:?}");
    }
    for text in [
        "{code}",
        "{code}.",
        "({code})",
        "Code: {code}, {minutes} min.",
        "z. B. {code}",
        "«{code}» pour 12/5",
        "קוד: {code}",
    ] {
        assert!(MessageTemplate::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_text_is_measured_with_the_longest_name_code_and_time() {
    let size = |text: &str, channel, language, host| {
        MessageTemplate::parse(text)
            .unwrap()
            .size(channel, language, host)
    };
    let sms = |text: &str, host| size(text, Channel::Sms, Language::English, host);
    // "{site} " 33, code 10, " Never tell it to anybody." 26.
    let is = |characters, parts, coding| {
        Ok(Size {
            characters,
            parts,
            coding: Some(coding),
        })
    };
    assert_eq!(sms("{site} {code}", None), is(69, 1, Coding::Gsm7));
    assert_eq!(sms("{site} {code} ж", None), is(71, 2, Coding::Ucs2));
    // "\n@www.example.com #0000000000" is 29.
    assert_eq!(sms("{site} {code}", HOST), is(98, 1, Coding::Gsm7));
    let filled = |n: usize| format!("{{code}} {}", "x".repeat(n));
    assert_eq!(sms(&filled(160 - 37), None), is(160, 1, Coding::Gsm7));
    assert_eq!(sms(&filled(161 - 37), None), is(161, 2, Coding::Gsm7));
    assert_eq!(sms(&filled(306 - 37), None), is(306, 2, Coding::Gsm7));
    assert_eq!(sms(&filled(307 - 37), None), Err(TextError::Length));
    let wide = |n: usize| format!("{{code}} {}", "ж".repeat(n));
    assert_eq!(sms(&wide(134 - 37), None), is(134, 2, Coding::Ucs2));
    assert_eq!(sms(&wide(135 - 37), None), Err(TextError::Length));
    assert_eq!(sms(&filled(900), None), Err(TextError::Length));
    let call = |n: usize| size(&filled(n), Channel::Voice, Language::English, HOST);
    assert!(matches!(
        call(200),
        Ok(Size {
            parts: 1,
            coding: None,
            ..
        })
    ));
    assert_eq!(call(400), Err(TextError::Length));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever passes: the code stands in it once, nothing in it is an address, and it is no longer than it was
    /// said to be at most.
    #[test]
    fn what_is_taken_is_harmless(
        before in r"(\PC|[a-zA-Z0-9 .:/ä-]){0,30}",
        after in r"(\PC|[a-zA-Z0-9 .:/ä-]){0,60}",
        site in r"(\PC|[a-zA-Z .]){0,60}",
        code in "[0-9]{6,10}",
        minutes in 1u32..=60,
        language in proptest::sample::select(Language::ALL.to_vec()),
    ) {
        let Ok(template) = MessageTemplate::parse(&format!("{before}{{code}}{after}")) else {
            return Ok(());
        };
        let host = Some("example.com");
        let Ok(size) = template.size(Channel::Sms, language, host) else {
            return Ok(());
        };
        let values = MessageValues { site: &site, code: &code, minutes, host };
        let body = template.body(Channel::Sms, language, &values).unwrap();
        let coding = Coding::of(&body.text);
        prop_assert!(coding.parts(&body.text) <= size.parts && size.parts <= MOST_PARTS);
        prop_assert!(coding.measure(&body.text) <= size.characters);
        let (above, line) = body.text.rsplit_once('\n').unwrap();
        let expected = format!("@example.com #{code}");
        prop_assert_eq!(line, expected.as_str());
        prop_assert!(above.ends_with(texts(language).advice));
        prop_assert_eq!(above.matches(code.as_str()).count(), 1);
        let signs = ['@', '#', '\n', '\r', '<', '{', '}'];
        prop_assert!(!above.contains(signs));
        for (at, _) in above.match_indices('.') {
            let next = above[at + 1..].chars().next();
            let before = above[..at].chars().next_back();
            prop_assert!(!(before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)), "{}", above);
        }
    }
}
