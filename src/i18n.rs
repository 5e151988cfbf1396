//! What every message to a person shares: the languages there are, and what of a site's name may
//! stand in a message.
//!
//! A site's name is an operator's text, and telephones and mail programs make links of whatever looks
//! like one. So of a name only letters, digits and a few signs are kept, none of which can be part of
//! an address; the rest of a message is ours and has none.

/// Longest name a message shows, in characters.
const LONGEST_NAME: usize = 64;

/// Longest name that is looked at, in characters.
const LONGEST_GIVEN: usize = 1024;

/// Signs a name may have beside letters and digits.
const SIGNS: &str = "'-&+!,()_";

/// A language messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, also for everybody whose language is not here.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
    /// Finnish.
    Finnish,
    /// Hebrew.
    Hebrew,
}

impl Language {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::Finnish,
        Self::Hebrew,
    ];

    /// The language of a locale, as BCP 47 (`de-AT`) or as the C library writes it (`de_AT.UTF-8`).
    /// What is not known is English.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        let primary = locale
            .trim()
            .split(['-', '_', '.', '@'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        // `iw` is what Hebrew was called until 1989, and what Java still calls it.
        let primary = if primary == "iw" { "he" } else { &primary };
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == primary)
            .unwrap_or(Self::English)
    }

    /// ISO 639-1.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::Finnish => "fi",
            Self::Hebrew => "he",
        }
    }

    /// Language and region, for a voice that reads aloud.
    #[must_use]
    pub const fn voice(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::German => "de-DE",
            Self::French => "fr-FR",
            Self::Spanish => "es-ES",
            Self::Italian => "it-IT",
            Self::Finnish => "fi-FI",
            Self::Hebrew => "he-IL",
        }
    }

    /// Text that is read from left to right, whatever stands around it (Unicode Standard Annex 9).
    #[must_use]
    pub fn isolated(self, text: &str) -> String {
        if self.is_right_to_left() {
            format!("\u{2066}{text}\u{2069}")
        } else {
            text.to_owned()
        }
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Hebrew)
    }
}

/// What of a site's name may stand in a message with `code`; empty when nothing may.
///
/// Letters, digits, single spaces and a few signs, at most 64 characters. A run of as many digits as
/// the code has could be taken for the code, and a word with `http` or `www` for an address: they are
/// left out. Doing it twice changes nothing.
#[must_use]
pub fn site_name(given: &str, code: &str) -> String {
    let mut kept = String::new();
    for c in given.chars().take(LONGEST_GIVEN) {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}' => kept.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{5be}' => kept.push('-'),
            c if c.is_alphanumeric() || SIGNS.contains(c) => kept.push(c),
            c if c.is_ascii() || c.is_whitespace() || c.is_control() => kept.push(' '),
            // Accents that stand alone, what joins or directs letters, pictures.
            _ => {}
        }
    }
    let kept = without_runs(&kept, code.chars().count());
    let mut words: Vec<&str> = Vec::new();
    for word in kept.split(' ') {
        let folded = word.to_lowercase();
        if !word.is_empty() && !folded.contains("http") && !folded.contains("www") {
            words.push(word);
        }
    }
    shortened(&words.join(" "), LONGEST_NAME, |text| text.chars().count()).to_owned()
}

/// A space in place of every run of `digits` digits or more, of any script.
fn without_runs(text: &str, digits: usize) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let close = |out: &mut String, run: &mut String| {
        if digits > 0 && run.chars().count() >= digits {
            out.push(' ');
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    for c in text.chars() {
        if c.is_numeric() {
            run.push(c);
        } else {
            close(&mut out, &mut run);
            out.push(c);
        }
    }
    close(&mut out, &mut run);
    out
}

/// The longest beginning of `text` that measures at most `most`: whole words where the first does not
/// fill less than half of it, else part of a word.
#[must_use]
pub fn shortened(text: &str, most: usize, measure: impl Fn(&str) -> usize) -> &str {
    if measure(text) <= most {
        return text;
    }
    let cut = text
        .char_indices()
        .map(|(at, _)| text.get(..at).unwrap_or_default())
        .take_while(|start| measure(start) <= most)
        .last()
        .unwrap_or_default();
    let follows_space = text
        .get(cut.len()..)
        .is_some_and(|rest| rest.starts_with(' '));
    match cut.rfind(' ') {
        Some(end) if !follows_space && end >= cut.len() / 2 => {
            cut.get(..end).unwrap_or_default().trim_end()
        }
        _ => cut.trim_end(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_locale_is_its_language_and_the_rest_is_english() {
        for (locale, language) in [
            ("de", Language::German),
            ("de-AT", Language::German),
            ("de_DE.UTF-8", Language::German),
            ("FR-ca", Language::French),
            ("es-419", Language::Spanish),
            ("it_IT@euro", Language::Italian),
            ("fi", Language::Finnish),
            ("he-IL", Language::Hebrew),
            ("iw", Language::Hebrew),
            ("en-GB", Language::English),
            ("del", Language::English),
            ("gsw-CH", Language::English),
            ("", Language::English),
            ("-", Language::English),
        ] {
            assert_eq!(Language::of(locale), language, "{locale}");
        }
        for language in Language::ALL {
            assert_eq!(Language::of(language.tag()), language);
            assert_eq!(Language::of(language.voice()), language);
        }
    }

    #[test]
    fn a_name_keeps_what_is_a_name_and_nothing_that_is_an_address() {
        for (given, kept) in [
            ("Example Shop", "Example Shop"),
            ("Müller & Söhne (Wien)", "Müller & Söhne (Wien)"),
            ("O\u{2019}Neil \u{2013} Bar", "O'Neil - Bar"),
            ("https://example.com/?a=1", "example com a 1"),
            ("www.example.com", "example com"),
            ("hhttpttp", ""),
            ("info@example.com #123456", "info example com"),
            ("Shop\n@evil.example #999999", "Shop evil example"),
            ("Shop\r\u{2028}\u{85}\0x", "Shop x"),
            ("Expo 2027", "Expo 2027"),
            ("Radio 1234567 FM", "Radio FM"),
            ("١٢٣٤٥٦ a", "a"),
            ("\u{202e}moc\u{200b}x\u{feff}", "mocx"),
            ("example\u{3002}com", "examplecom"),
            ("🍕 Pizza", "Pizza"),
            ("אתר־לדוגמה", "אתר-לדוגמה"),
            ("e\u{301}", "e"),
            (" . ", ""),
        ] {
            assert_eq!(site_name(given, "123456"), kept, "{given:?}");
        }
        assert_eq!(site_name("Radio 1234567 FM", ""), "Radio 1234567 FM");
        assert_eq!(site_name(&"x".repeat(5000), "").len(), 64);
    }

    #[test]
    fn a_name_is_cut_between_words_where_that_leaves_most_of_it() {
        let cut = |text, most| shortened(text, most, |t: &str| t.chars().count());
        assert_eq!(cut("Example Shop", 12), "Example Shop");
        assert_eq!(cut("Example Shop", 11), "Example");
        assert_eq!(cut("Example Shop", 8), "Example");
        assert_eq!(cut("Example Shop", 7), "Example");
        assert_eq!(cut("Example Shop", 5), "Examp");
        assert_eq!(cut("A Verylongword", 10), "A Verylong");
        assert_eq!(cut("Example", 0), "");
        assert_eq!(cut("ääää", 3), "äää");
    }

    proptest! {
        #[test]
        fn whatever_is_given_no_name_makes_a_link_or_a_second_line(
            given in r"(\PC|\pC|https?://|www\.|[.@#:/\n\r0-9 ]|h|t|p|w){0,80}",
        ) {
            let name = site_name(&given, "123456");
            prop_assert_eq!(&site_name(&name, "123456"), &name);
            prop_assert!(name.chars().all(|c| c == ' ' || c.is_alphanumeric() || SIGNS.contains(c)));
            prop_assert!(name.chars().count() <= LONGEST_NAME);
            prop_assert!(!name.contains("  ") && name.trim() == name);
            prop_assert!(!name.to_lowercase().contains("http") && !name.to_lowercase().contains("www"));
            let digits = name.chars().map(|c| if c.is_numeric() { 'd' } else { ' ' }).collect::<String>();
            prop_assert!(!digits.contains("dddddd"));
        }
    }
}
