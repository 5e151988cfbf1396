//! What the documentation lists is what there is: the README's settings, the fields of providers,
//! the design's events.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use twofactor::config::settings;

/// The table is made from the settings; what it has to be is shown where it is not.
#[test]
fn the_readme_lists_every_setting_as_the_code_has_it() {
    let readme = include_str!("../../README.md");
    let head = "| setting | default | values | meaning |\n|---|---|---|---|\n";
    let (_, listed) = readme.split_once(head).expect(head);
    let listed = listed.split_once("\n\n").unwrap().0;
    let rows: Vec<String> = settings()
        .map(|setting| {
            let default = match setting.default {
                "" => String::new(),
                value => format!("`{value}`"),
            };
            let (name, values, about) = (setting.name, setting.values, setting.about);
            format!("| `{name}` | {default} | {values} | {about} |")
        })
        .collect();
    let rows = rows.join("\n");
    assert!(listed == rows, "the README should have:\n\n{head}{rows}\n");
}

/// The kinds of provider: as they are written, as the code names them, and their pages.
const PAGES: [(&str, &str, &str); 5] = [
    (
        "twilio-verify",
        "TwilioVerify",
        include_str!("../../docs/providers/twilio-verify.md"),
    ),
    (
        "twilio-messaging",
        "TwilioMessaging",
        include_str!("../../docs/providers/twilio-messaging.md"),
    ),
    ("sns", "Sns", include_str!("../../docs/providers/sns.md")),
    (
        "gateway",
        "Gateway",
        include_str!("../../docs/providers/gateway.md"),
    ),
    (
        "development",
        "Development",
        include_str!("../../docs/providers/development.md"),
    ),
];

/// A field of an entry, as the code has it.
struct Field {
    name: String,
    secret: bool,
    /// The words it may be, or be made of; none: anything of its shape.
    words: Vec<String>,
    kinds: Vec<String>,
}

/// The table of fields, from the code itself: `"name": Shape::…, Kind Kind;`
fn fields() -> Vec<Field> {
    let code = include_str!("../../src/verifier/provider_config.rs");
    let table = between(code, "\nfields! {\n", "\n}\n");
    let fields: Vec<_> = table
        .lines()
        .map(|line| {
            let line = line.trim().strip_suffix(';').expect("a field a line");
            let (name, rest) = line.split_once(": Shape::").unwrap();
            let (shape, kinds) = rest.rsplit_once(", ").unwrap();
            Field {
                name: name.trim_matches('"').to_owned(),
                secret: shape == "Secret",
                words: shape
                    .split('"')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect(),
                kinds: kinds.split(' ').map(str::to_owned).collect(),
            }
        })
        .collect();
    let kinds: BTreeSet<_> = fields.iter().flat_map(|field| &field.kinds).collect();
    let known: BTreeSet<_> = PAGES.map(|(_, kind, _)| kind.to_owned()).into();
    assert_eq!(kinds, known.iter().collect(), "every kind has a page");
    fields
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).expect(start).1;
    rest.split_once(end).expect(end).0
}

/// The rows of the table under a heading, cell by cell.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let section = page.split_once(heading).expect(heading).1;
    section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// What is in backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_pages_of_providers_list_every_field_and_no_other() {
    let fields = fields();
    for (name, kind, page) in PAGES {
        let mut there: BTreeMap<&str, &Field> = fields
            .iter()
            .filter(|field| field.kinds.iter().any(|it| it == kind))
            .map(|field| (&*field.name, field))
            .collect();
        for row in rows(page, "\n## Fields\n") {
            let listed = quoted(row[0]).next().unwrap();
            let field = there.remove(listed).unwrap_or_else(|| {
                panic!("{name}.md lists `{listed}`, which {name} does not have, or twice")
            });
            let about = row[1..].join(" ");
            assert_eq!(
                row.last().unwrap().ends_with("secret"),
                field.secret,
                "{name}.md, `{listed}`: the row of a secret ends with that word"
            );
            for word in &field.words {
                assert!(
                    quoted(&about).any(|it| it == word),
                    "{name}.md does not say that `{listed}` may be `{word}`"
                );
            }
        }
        let left: Vec<_> = there.keys().collect();
        assert!(left.is_empty(), "{name}.md does not list {left:?}");
    }
}

#[test]
fn the_examples_of_providers_have_fields_that_there_are() {
    let fields = fields();
    let overview = include_str!("../../docs/providers.md");
    let pages = PAGES.map(|(name, _, page)| (name, page));
    let mut seen = BTreeSet::new();
    for (name, page) in pages.into_iter().chain([("providers", overview)]) {
        for example in page.split("```json\n").skip(1) {
            let example = example.split("```").next().unwrap();
            let Ok(Value::Array(list)) = serde_json::from_str(example) else {
                continue;
            };
            for entry in list {
                let provider = entry["provider"].as_str().unwrap();
                let (_, kind, _) = PAGES.iter().find(|(it, _, _)| *it == provider).unwrap();
                seen.insert((name, provider.to_owned()));
                for (key, value) in entry.as_object().unwrap() {
                    if matches!(&**key, "provider" | "name") {
                        continue;
                    }
                    let field = fields
                        .iter()
                        .find(|it| it.name == *key && it.kinds.iter().any(|it| it == kind))
                        .unwrap_or_else(|| panic!("{name}.md: {provider} has no `{key}`"));
                    let words: Vec<_> = match value {
                        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                        value => value.as_str().into_iter().collect(),
                    };
                    let fit = |word: &&str| field.words.iter().any(|it| it == word);
                    assert!(
                        field.words.is_empty() || words.iter().all(fit),
                        "{name}.md: `{key}` cannot be {value}"
                    );
                }
            }
        }
        assert!(
            seen.iter().any(|(page, _)| *page == name),
            "{name}.md has no example"
        );
    }
}

#[test]
fn the_overview_of_providers_names_every_secret() {
    let listed = between(
        include_str!("../../docs/providers.md"),
        "\nIn the store the list is sealed",
        "\n\n",
    );
    let listed = listed.split_once("Secrets are ").unwrap().1;
    let listed: BTreeSet<_> = quoted(listed).collect();
    let fields = fields();
    let secrets: BTreeSet<_> = fields
        .iter()
        .filter(|field| field.secret)
        .map(|field| &*field.name)
        .collect();
    assert_eq!(listed, secrets);
}

/// The labels of the form in CMS Made Simple, so that who has the page beside the form finds the field.
#[test]
fn the_pages_of_providers_name_fields_as_the_form_does() {
    let form = between(
        include_str!("../../php/TwoFactor/lib/ProviderForm.php"),
        "const KINDS = [",
        "\n    ];",
    );
    let texts = include_str!("../../php/TwoFactor/lang/en_US.php");
    for (name, _, page) in PAGES {
        if name == "development" {
            assert!(!form.contains("'development'"), "its page says so");
            continue;
        }
        let form = between(form, &format!("'{name}' => ["), "],");
        for row in rows(page, "\n## Fields\n") {
            let field = quoted(row[0]).next().unwrap();
            if !form.contains(&format!("'{field}' =>")) {
                assert_eq!(row[1], "not there", "{name}.md, `{field}`");
                continue;
            }
            // AWS has a name of its own for its secret.
            let label = ["sns_secret", field]
                .into_iter()
                .filter(|it| *it == field || (name, field) == ("sns", "secret"))
                .find_map(|it| {
                    let start = format!("$lang['field_{it}'] = '");
                    texts.contains(&start).then(|| between(texts, &start, "';"))
                });
            assert_eq!(Some(row[1]), label, "{name}.md, `{field}`");
        }
    }
}

#[test]
fn the_design_lists_every_event() {
    let code = include_str!("../../src/audit.rs");
    let between = |text: &'static str, mark: &str| -> BTreeSet<&str> {
        let pieces = text.split(mark).skip(1);
        // Events have a dot in their names, and no other name there has.
        let names = pieces.map(|it| it.split('"').next().unwrap());
        names.filter(|name| name.contains('.')).collect()
    };
    let events = between(code, "#[serde(rename = \"");
    assert_eq!(between(code, " => \""), events, "as_str and serde");
    let design = include_str!("../../docs/design.md");
    let list = design.split("The events:\n\n").nth(1).unwrap();
    let list = list.split(';').next().unwrap();
    let listed: BTreeSet<&str> = list.split(" · ").map(|it| it.trim_matches('`')).collect();
    assert_eq!(listed, events);
}

/// Cargo refuses an older Rust by the first; people and `configure` read the others.
#[test]
fn one_rust_is_asked_for_everywhere() {
    let manifest = include_str!("../../Cargo.toml");
    let wanted = between(manifest, "rust-version = \"", "\"");
    assert_eq!(wanted.split('.').count(), 2);
    let minor = wanted.split_once('.').unwrap().1;
    for (name, text, times) in [
        (
            "tests/fakes/Cargo.toml",
            include_str!("../fakes/Cargo.toml"),
            1,
        ),
        (
            "patches/regex/Cargo.toml",
            include_str!("../../patches/regex/Cargo.toml"),
            1,
        ),
        ("README.md", include_str!("../../README.md"), 2),
        ("CONTRIBUTING.md", include_str!("../../CONTRIBUTING.md"), 1),
        ("config.m4-notes", include_str!("../../config.m4-notes"), 1),
        ("config.m4", include_str!("../../config.m4"), 2),
        ("script/setup", include_str!("../../script/setup"), 4),
    ] {
        assert_eq!(text.matches(wanted).count(), times, "{name}");
        let others: Vec<_> = text
            .match_indices("1.8")
            .chain(text.match_indices("1.9"))
            .map(|(at, _)| text[at..].chars().take(4).collect::<String>())
            .filter(|version| version != wanted && version.ends_with(|c: char| c.is_ascii_digit()))
            .collect();
        assert!(others.is_empty(), "{name} names {others:?}");
    }
    let compared = format!("$[]2 >= {minor}))");
    assert!(
        include_str!("../../config.m4").contains(&compared),
        "{compared}"
    );
}
