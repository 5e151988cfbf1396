//! Of numbers, kinds and regions. `tests/it/phone_oracle.rs` has the comparison with Google's own.

use proptest::prelude::*;
use rlibphonenumber::PhoneNumberType;

use super::*;
use crate::types::Method;

const TYPES: [PhoneNumberType; 11] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::FixedLineOrMobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];

fn parse(input: &str) -> Result<PhoneNumber, PhoneError> {
    PhoneNumber::parse(input, None)
}

fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::from_e164(e164).unwrap()
}

/// An example of every kind in every country, and of every network that is in none.
fn examples() -> Vec<PhoneNumber> {
    let library = &*library().unwrap();
    let mut found: Vec<_> = library
        .get_supported_regions()
        .flat_map(|region| TYPES.map(|kind| (region, kind)))
        .filter_map(|(region, kind)| {
            library
                .get_example_number_for_type_and_region(region, kind)
                .ok()
        })
        .chain(
            library
                .get_supported_global_network_calling_codes()
                .filter_map(|code| library.get_example_number_for_non_geo_entity(code).ok()),
        )
        .map(|example| {
            library
                .format(&example, PhoneNumberFormat::E164)
                .into_owned()
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.iter().map(|e164| number(e164)).collect()
}

#[test]
fn one_number_is_one_number_however_it_is_written() {
    for (input, region) in [
        ("+4915123456789", None),
        ("+49 1512 3456789", None),
        ("+49 (0)1512 3456789", None),
        ("+49-1512-345-67.89", None),
        ("+49\u{a0}1512\u{a0}3456789", None),
        ("\u{202a}+49 1512 3456789\u{202c}", None),
        ("  +49 1512 3456789 ", None),
        ("tel:+49-1512-3456789", None),
        ("Tel.: +49 1512 3456789", None),
        ("＋４９１５１２３４５６７８９", None),
        ("+٤٩١٥١٢٣٤٥٦٧٨٩", None),
        ("+४९१५१२३४५६७८९", None),
        ("+49\t15123456789\n", None),
        ("\u{feff}+49\u{202f}1512\u{200b}3456789", None),
        ("+49–1512—345−6789", None),
        ("０１５１２－３４５６７８９", Some("DE")),
        ("01512 3456789", Some("DE")),
        ("01512/3456789", Some("DE")),
        ("(01512) 3456789", Some("de")),
        ("tel:015123456789", Some("DE")),
        ("0049 1512 3456789", Some("DE")),
        ("011 49 15123456789", Some("US")),
        ("0011 49 1512 3456789", Some("AU")),
        ("+49 1512 3456789", Some("JP")),
    ] {
        let number = PhoneNumber::parse(input, region);
        let number = number.unwrap_or_else(|why| panic!("{input}: {why}"));
        assert_eq!(
            (number.e164(), number.region(), number.kind()),
            ("+4915123456789", Some("DE"), NumberKind::Mobile),
            "{input}"
        );
    }
}

#[test]
fn what_is_refused_says_what_to_do() {
    use PhoneError::{Characters, Empty, Extension, Invalid, RegionNeeded, TooLong, UnknownRegion};
    let just_long_enough = format!("+49{}15123456789", " ".repeat(50));
    assert_eq!(just_long_enough.len(), LONGEST);
    assert!(parse(&just_long_enough).is_ok());
    assert!(parse(&just_long_enough.replace(' ', "\u{2003}")).is_ok());
    let too_long = format!("{just_long_enough} ");
    for (input, region, why) in [
        ("", None, Empty),
        (" \u{a0}\u{3000}\t\n\u{200b}", Some("DE"), Empty),
        (&too_long, None, TooLong),
        (&"9".repeat(1 << 20), None, TooLong),
        ("+49151\0\u{7f}23456789", None, Characters),
        ("030 123456 Anna", Some("DE"), Characters),
        ("030 123456 x", Some("DE"), Characters),
        ("1-800-FLOWERS", Some("US"), Characters),
        ("+49 30 123456 or +49 30 123457", None, Characters),
        ("+4915123456789;ext=5", None, Extension),
        ("tel:15123456789;phone-context=+49", None, Extension),
        ("+4915123456789;", None, Extension),
        ("+49 1512 3456789 ext. 5", None, Extension),
        ("+49 1512 3456789 x5", None, Extension),
        ("+49 1512 3456789#5", None, Extension),
        ("+49 1512 3456789,,5", None, Extension),
        ("+7 912 345-67-89 доб. 5", None, Extension),
        ("(202) 456-1111 - 503#", Some("US"), Extension),
        ("01512 3456789", None, RegionNeeded),
        ("0049 1512 3456789", None, RegionNeeded),
        ("49 1512 3456789", None, RegionNeeded),
        ("01512 3456789", Some("XX"), UnknownRegion),
        ("+49 1512 3456789", Some("UK"), UnknownRegion),
        ("+49 1512 3456789", Some("001"), UnknownRegion),
        ("+49 1512 3456789", Some("ZZ"), UnknownRegion),
        ("+49 1512 3456789", Some(""), UnknownRegion),
        ("+49 1512 3456789", Some("DEU"), UnknownRegion),
        ("+49 1512 3456789", Some("Ď"), UnknownRegion),
        ("hello", None, Invalid),
        ("+", None, Invalid),
        ("+999 123 456 789", None, Invalid),
        ("+49 1512 345", None, Invalid),
        ("+49 1512 345678901234", None, Invalid),
        ("110", Some("DE"), Invalid),
        ("*100#", Some("DE"), Invalid),
        ("++49 30 123456 +49 30 123457", None, Invalid),
    ] {
        assert_eq!(PhoneNumber::parse(input, region), Err(why), "{input:?}");
        let digits = why.to_string().replace("+49 for Germany", "");
        let digits = digits.replace("ISO 3166-1", "");
        assert!(!digits.contains(|c: char| c.is_ascii_digit()), "{why}");
    }
}

#[test]
fn a_number_dialled_abroad_does_not_become_a_stranger_at_home() {
    let number = PhoneNumber::parse("011 49 15123456789", Some("US")).unwrap();
    assert_eq!(number.e164(), "+4915123456789");
    let number = PhoneNumber::parse("8 912 345 67 89", Some("RU")).unwrap();
    assert_eq!(number.e164(), "+79123456789");
    // The leading zero of an Italian number is part of it.
    let number = PhoneNumber::parse("02 1234 5678", Some("IT")).unwrap();
    assert_eq!(number.e164(), "+390212345678");
}

#[test]
fn an_assertion_in_the_library_is_a_refusal() {
    let outcome = sheltered::<()>(|_| panic!("as the library's own"));
    assert_eq!(outcome, Err(PhoneError::Invalid));
    forget();
    assert!(parse("+4915123456789").is_ok());
}

#[test]
fn a_stored_number_comes_back_as_it_was_and_nothing_else_does() {
    let examples = examples();
    assert!(examples.len() > 1_000, "{}", examples.len());
    for number in examples {
        assert_eq!(PhoneNumber::from_e164(number.e164()).unwrap(), number);
        assert_eq!(parse(number.e164()).unwrap(), number);
    }
    for other in [
        "",
        "+",
        "4915123456789",
        "+49 15123456789",
        "+49015123456789",
        "＋4915123456789",
        "+٤٩١٥١٢٣٤٥٦٧٨٩",
        "+0015123456789",
        "+4915123456789\n",
        "+4915123456789;ext=1",
        "tel:+4915123456789",
        "+49151234567890123456789",
        "+999123456789",
        "015123456789",
    ] {
        assert_eq!(
            PhoneNumber::from_e164(other),
            Err(PhoneError::Invalid),
            "{other}"
        );
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What a mask may show: the country code, and two more digits if five stay hidden.
fn assert_masked(number: &PhoneNumber) {
    let masked = number.masked();
    let all = digits(number.e164());
    let (country, shown) = masked.split_once(" •••").unwrap();
    let country = country.strip_prefix('+').unwrap();
    assert!((1..=3).contains(&country.len()) && all.starts_with(country));
    match shown.strip_prefix(' ') {
        None => assert_eq!(shown, ""),
        Some(shown) => {
            assert_eq!(shown.len(), 2);
            assert!(all.ends_with(shown));
            let hidden = all.len() - country.len() - shown.len();
            assert!(hidden >= 5, "{masked} hides {hidden} digits");
        }
    }
    assert_eq!(format!("{number:?}"), "PhoneNumber(<redacted>)");
}

#[test]
fn a_mask_shows_the_country_code_and_at_most_two_digits() {
    for (e164, masked) in [
        ("+4915123456789", "+49 ••• 89"),
        ("+12024561111", "+1 ••• 11"),
        ("+3545512345", "+354 ••• 45"), // seven digits: five in the dark
        ("+376312345", "+376 •••"),     // six
        ("+6837012", "+683 •••"),       // four
    ] {
        assert_eq!(number(e164).masked(), masked);
    }
    let examples = examples();
    let shown = examples
        .iter()
        .filter(|n| n.masked().ends_with(char::is_numeric));
    assert!(shown.count() > examples.len() / 2);
    examples.iter().for_each(assert_masked);
}

#[test]
fn adjacent_numbers_have_one_range() {
    assert_eq!(number("+4915123456789").range(), "+4915123456");
    assert_eq!(number("+4915123456000").range(), "+4915123456");
    assert_ne!(number("+4915123457000").range(), "+4915123456");
    assert_eq!(number("+6837012").range(), "+6837");
    for number in examples() {
        let range = number.range();
        assert!(number.e164().starts_with(range));
        assert!(range.len() > number.split().0.len());
        assert!(number.e164().len() - range.len() <= 3);
    }
}

#[test]
fn messages_go_to_mobiles_and_calls_to_landlines_too() {
    use Unreachable::{
        Landline, NonGeographic, Pager, Personal, PremiumRate, SharedCost, TollFree, Uan,
        Voicemail, Voip,
    };
    for (e164, kind, message, call) in [
        ("+4915123456789", NumberKind::Mobile, Ok(()), Ok(())),
        ("+4930123456", NumberKind::FixedLine, Err(Landline), Ok(())),
        (
            "+12024561111",
            NumberKind::FixedLineOrMobile,
            Ok(()),
            Ok(()),
        ),
        (
            "+498001234567",
            NumberKind::TollFree,
            Err(TollFree),
            Err(TollFree),
        ),
        (
            "+499001234567",
            NumberKind::PremiumRate,
            Err(PremiumRate),
            Err(PremiumRate),
        ),
        (
            "+4918012345",
            NumberKind::SharedCost,
            Err(SharedCost),
            Err(SharedCost),
        ),
        ("+445612345678", NumberKind::Voip, Err(Voip), Err(Voip)),
        (
            "+447012345678",
            NumberKind::Personal,
            Err(Personal),
            Err(Personal),
        ),
        ("+447640123456", NumberKind::Pager, Err(Pager), Err(Pager)),
        ("+445512345678", NumberKind::Uan, Err(Uan), Err(Uan)),
        (
            "+41860123456789",
            NumberKind::Voicemail,
            Err(Voicemail),
            Err(Voicemail),
        ),
        (
            "+870301234567",
            NumberKind::Mobile,
            Err(NonGeographic),
            Err(NonGeographic),
        ),
        (
            "+80012345678",
            NumberKind::TollFree,
            Err(TollFree),
            Err(TollFree),
        ),
        (
            "+979123456789",
            NumberKind::PremiumRate,
            Err(PremiumRate),
            Err(PremiumRate),
        ),
    ] {
        let number = number(e164);
        assert_eq!(number.kind(), kind, "{e164}");
        assert_eq!(number.reach(Method::Sms), message, "{e164}");
        assert_eq!(number.reach(Method::WhatsApp), message, "{e164}");
        assert_eq!(number.reach(Method::Voice), call, "{e164}");
    }
    let mut kinds = Vec::new();
    for number in examples() {
        let somewhere = number.region().is_some();
        let mobile = matches!(
            number.kind(),
            NumberKind::Mobile | NumberKind::FixedLineOrMobile
        );
        let landline = number.kind() == NumberKind::FixedLine;
        assert_eq!(number.reach(Method::Sms).is_ok(), somewhere && mobile);
        assert_eq!(number.reach(Method::WhatsApp).is_ok(), somewhere && mobile);
        assert_eq!(
            number.reach(Method::Voice).is_ok(),
            somewhere && (mobile || landline)
        );
        for method in Method::ALL {
            if !matches!(method, Method::Sms | Method::Voice | Method::WhatsApp) {
                assert_eq!(number.reach(*method), Err(Unreachable::Method));
            }
        }
        if !kinds.contains(&number.kind()) {
            kinds.push(number.kind());
        }
    }
    // All but `unknown`, which no valid number is.
    assert_eq!(kinds.len(), NumberKind::ALL.len() - 1);
}

#[test]
fn the_names_of_kinds_stay() {
    let names: Vec<_> = NumberKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "mobile fixed-line fixed-line-or-mobile toll-free premium-rate shared-cost voip personal \
         pager uan voicemail unknown"
    );
}

#[test]
fn regions_are_allowed_unless_a_list_says_otherwise() {
    let german = number("+4915123456789");
    let swiss = number("+41781234567");
    let american = number("+12024561111");
    let satellite = number("+870301234567");
    for (allowed, blocked, may) in [
        ("", "", [true, true, true]),
        ("DE, AT CH", "", [true, true, false]),
        ("de,ch,", " ", [true, true, false]),
        ("", "US\tCU\nKP", [true, true, false]),
        ("DE US", "US", [true, false, false]),
        ("AT", "", [false, false, false]),
    ] {
        let regions = Regions::parse(allowed, blocked).unwrap();
        let allows = [&german, &swiss, &american].map(|number| regions.allows(number));
        assert_eq!(allows, may, "{allowed:?} {blocked:?}");
        assert!(!regions.allows(&satellite));
    }
    assert!(!Regions::default().allows(&satellite));
    assert_eq!(
        Regions::default(),
        Regions::parse(", ,", "").unwrap(),
        "a list without a region is none"
    );
    for wrong in [
        "XX",
        "DE;AT",
        "DEU",
        "001",
        "UK",
        "49",
        "DE AT X",
        "\u{ff24}\u{ff25}",
    ] {
        assert!(Regions::parse(wrong, "").is_err(), "{wrong}");
        assert!(Regions::parse("", wrong).is_err(), "{wrong}");
    }
    let why = Regions::parse(&format!("DE \u{7}{}", "x".repeat(999)), "").unwrap_err();
    assert_eq!(
        why.to_string(),
        "\"\\u{7}xxxxxxxxxxx\" is not a region: give two letters of ISO 3166-1 each, such as \
         \"DE, AT, GB\""
    );
}

/// What numbers are made of, what is found among them, and what could break a reader of them.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        12 => prop::char::range('0', '9'),
        3 => prop::sample::select("+＋-./()[]~* \u{a0}#,;:xX".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("extnsionéÓдобanexoｅｘｔｎintpw".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("٠١٩०९０９𝟎𝟗۰\u{2070}²½Ⅷ〇".chars().collect::<Vec<_>>()),
        1 => prop::sample::select(
            "\u{200b}\u{2060}\u{ad}\u{301}\u{200f}\u{202a}\u{3000}ー−‐\u{2028}\u{fe0f}"
                .chars()
                .collect::<Vec<_>>()
        ),
        1 => any::<char>(),
    ]
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(usize, char),
    Replace(usize, char),
    Remove(usize),
    Swap(usize, usize),
    Repeat(usize, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<usize>(), character()).prop_map(|(at, c)| Edit::Insert(at, c)),
        (any::<usize>(), character()).prop_map(|(at, c)| Edit::Replace(at, c)),
        any::<usize>().prop_map(Edit::Remove),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Edit::Swap(a, b)),
        (any::<usize>(), 1..8usize).prop_map(|(at, times)| Edit::Repeat(at, times)),
    ]
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for edit in edits {
        let count = chars.len();
        match *edit {
            Edit::Insert(at, c) => chars.insert(at % (count + 1), c),
            _ if count == 0 => {}
            Edit::Replace(at, c) => chars[at % count] = c,
            Edit::Remove(at) => {
                chars.remove(at % count);
            }
            Edit::Swap(a, b) => chars.swap(a % count, b % count),
            Edit::Repeat(at, times) => {
                let again = chars[at % count..].iter().take(times).copied();
                chars.extend(again.collect::<Vec<_>>());
            }
        }
    }
    chars.into_iter().collect()
}

/// Every example, international and as it is dialled at home.
fn written() -> Vec<(String, Option<String>)> {
    let library = &*library().unwrap();
    let mut forms = Vec::new();
    for number in examples() {
        let parsed = library.parse(number.e164(), None).unwrap();
        for format in [
            PhoneNumberFormat::E164,
            PhoneNumberFormat::International,
            PhoneNumberFormat::National,
            PhoneNumberFormat::RFC3966,
        ] {
            let text = library.format(&parsed, format).into_owned();
            forms.push((text, number.region().map(str::to_owned)));
        }
    }
    forms
}

fn region() -> impl Strategy<Value = Option<String>> {
    let mut known: Vec<_> = library()
        .unwrap()
        .get_supported_regions()
        .map(|region| region.to_string())
        .collect();
    known.sort_unstable();
    prop_oneof![
        2 => Just(None),
        6 => prop::sample::select(known).prop_map(Some),
        1 => "[A-Za-z]{2}".prop_map(Some),
        1 => ".{0,3}".prop_map(Some),
    ]
}

/// Whatever it is, nothing panics, also without the shelter; and what is taken holds its promises.
fn examine(input: &str, region: Option<&str>) -> Result<(), TestCaseError> {
    let taken = PhoneNumber::parse(input, region);
    let typed = crate::normalize::text(input);
    if !crate::normalize::is_longer_than(input, LONGEST) && !typed.contains(';') {
        // As `parse` does, but a panic would be one.
        let library = &*library().unwrap();
        let known = region.map(|code| known(library, code)).transpose();
        let bare = known.and_then(|region| read(library, &typed, region));
        if taken.is_ok() {
            prop_assert_eq!(&bare, &taken);
        }
    }
    let Ok(number) = taken else {
        return Ok(());
    };
    prop_assert!(is_e164(number.e164()));
    prop_assert_eq!(
        PhoneNumber::from_e164(number.e164()),
        Ok(number.clone()),
        "{} is read as another number",
        number.e164()
    );
    prop_assert!(number.region().is_none_or(|region| region.len() == 2));
    prop_assert_ne!(number.kind(), NumberKind::Unknown);
    assert_masked(&number);
    Ok(())
}

/// `PROPTEST_CASES=2000000 cargo test --release … phone::tests::whatever` looks at more.
fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases.max(4_000),
        failure_persistence: None,
        ..usual
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_typed_nothing_panics(
        text in prop::collection::vec(character(), 0..40),
        region in region(),
    ) {
        examine(&text.into_iter().collect::<String>(), region.as_deref())?;
    }

    #[test]
    fn whatever_is_made_of_a_number_nothing_panics(
        (text, home) in prop::sample::select(written()),
        edits in prop::collection::vec(edit(), 0..5),
        abroad in prop::option::weighted(0.3, region()),
    ) {
        let region = abroad.unwrap_or(home);
        examine(&edited(&text, &edits), region.as_deref())?;
    }

    #[test]
    fn whatever_a_string_is_nothing_panics(text in any::<String>(), region in any::<Option<String>>()) {
        examine(&text, region.as_deref())?;
        let _ = PhoneNumber::from_e164(&text);
        let _ = Regions::parse(&text, region.as_deref().unwrap_or_default());
    }
}
