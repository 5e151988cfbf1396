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

use twofactor::config::settings;
use twofactor::sms::{Channel, Field, HostValue, ProviderKind, ProviderSettings, Usage};

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

/// Every kind of provider has a page of its name.
fn page(kind: ProviderKind) -> String {
    let path = format!(
        "{}/docs/providers/{}.md",
        env!("CARGO_MANIFEST_DIR"),
        kind.name()
    );
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
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
    for kind in ProviderKind::ALL {
        let (name, page) = (kind.name(), page(kind));
        let fields = kind.schema().fields;
        let mut there: BTreeMap<&str, &Field> =
            fields.iter().map(|field| (field.name, field)).collect();
        for row in rows(&page, "\n## Fields\n") {
            let listed = quoted(row[0]).next().unwrap();
            let field = there.remove(listed).unwrap_or_else(|| {
                panic!("{name}.md lists `{listed}`, which {name} does not have, or twice")
            });
            let about = row[1..].join(" ");
            assert_eq!(
                row.last().unwrap().ends_with("secret"),
                field.is_secret(),
                "{name}.md, `{listed}`: the row of a secret ends with that word"
            );
            for word in field.shape.words() {
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
    let overview = include_str!("../../docs/providers.md").to_owned();
    let pages = ProviderKind::ALL.map(|kind| (kind.name(), page(kind)));
    let mut seen = BTreeSet::new();
    for (name, page) in pages.into_iter().chain([("providers", overview)]) {
        for example in page.split("```json\n").skip(1) {
            let example = example.split("```").next().unwrap();
            if !example.trim_start().starts_with('[') {
                continue;
            }
            let list: Vec<ProviderSettings> = serde_json::from_str(example)
                .unwrap_or_else(|error| panic!("{name}.md: {error}: {example}"));
            for entry in list {
                let kind = ProviderKind::from_name(entry.text("provider").unwrap()).unwrap();
                seen.insert((name, kind.name()));
                for (key, value) in entry.iter() {
                    if matches!(key, "provider" | "name") {
                        continue;
                    }
                    let field = kind
                        .field(key)
                        .unwrap_or_else(|| panic!("{name}.md: {} has no `{key}`", kind.name()));
                    if let Err(error) = field.shape.check(value) {
                        panic!("{name}.md: `{key}` {error}");
                    }
                }
            }
        }
        assert!(
            seen.iter().any(|(page, _)| *page == name),
            "{name}.md has no example"
        );
    }
}

/// What every kind has stands in the overview, and nowhere else.
#[test]
fn the_overview_of_providers_lists_the_fields_of_every_kind() {
    let overview = include_str!("../../docs/providers.md");
    let texts = include_str!("../../php/TwoFactor/lang/en_US.php");
    let fields = Usage::fields();
    let rows = rows(overview, "\n## Fields of every provider\n");
    let listed: Vec<_> = rows
        .iter()
        .map(|row| (quoted(row[0]).next().unwrap(), row[1]))
        .collect();
    let label = |key| between(texts, &format!("$lang['field_{key}'] = '"), "';");
    let wanted: Vec<_> = fields
        .iter()
        .map(|field| (field.name, label(field.text)))
        .collect();
    assert_eq!(listed, wanted);
    assert!(texts.contains("$lang['group_limits'] = '"));
    for kind in ProviderKind::ALL {
        let own = kind.schema().fields;
        let own = own.iter().map(|field| field.name);
        assert!(
            !own.into_iter()
                .any(|name| wanted.iter().any(|(it, _)| *it == name))
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
    let fields = ProviderKind::ALL.map(|kind| kind.schema().fields);
    let secrets: BTreeSet<_> = fields
        .iter()
        .flatten()
        .filter(|field| field.is_secret())
        .map(|field| field.name)
        .collect();
    assert_eq!(listed, secrets);
}

/// What the overview's table says of each kind is what the kind says of itself.
#[test]
fn the_overview_of_providers_says_what_each_kind_can_do() {
    let overview = include_str!("../../docs/providers.md");
    let table = rows(overview, "A page for each says");
    assert_eq!(table.len(), ProviderKind::ALL.len());
    for row in table {
        let name = between(row[0], "[", "]");
        let kind =
            ProviderKind::from_name(name).unwrap_or_else(|| panic!("there is no kind {name}"));
        let schema = kind.schema();
        let can = |it: bool| if it { "yes" } else { "no" };
        let has = |channel| can(schema.channels.contains(&channel));
        let wanted = [
            has(Channel::Sms),
            has(Channel::Voice),
            has(Channel::WhatsApp),
            can(schema.reports_deliveries),
        ];
        assert_eq!(row[1..5], wanted, "{name}");
        let is_ours = row[5] == "the extension";
        assert_eq!(is_ours, !schema.checks_its_own_codes, "{name}");
    }
}

/// The labels of the form in CMS Made Simple, so that who has the page beside the form finds the field.
#[test]
fn the_pages_of_providers_name_fields_as_the_form_does() {
    let texts = include_str!("../../php/TwoFactor/lang/en_US.php");
    for kind in ProviderKind::ALL {
        let (name, page) = (kind.name(), page(kind));
        let schema = kind.schema();
        if schema.is_for_development {
            continue;
        }
        for row in rows(&page, "\n## Fields\n") {
            let field = quoted(row[0]).next().unwrap();
            let key = kind.field(field).unwrap().text;
            let label = between(texts, &format!("$lang['field_{key}'] = '"), "';");
            assert_eq!(row[1], label, "{name}.md, `{field}`");
        }
        let mut keys = vec![
            format!("kind_{}", name.replace('-', "_")),
            format!("kind_{}_about", name.replace('-', "_")),
        ];
        for field in schema.fields {
            keys.push(format!("group_{}", field.group.as_str()));
            let words = field.shape.words().into_iter();
            keys.extend(words.map(|word| format!("field_{}_{word}", field.text)));
            if field.host_value == Some(HostValue::ReportUrl) {
                keys.push(format!("field_{}_about", field.text));
            }
        }
        for key in keys {
            assert!(texts.contains(&format!("$lang['{key}'] = '")), "{key}");
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
            "macros/Cargo.toml",
            include_str!("../../macros/Cargo.toml"),
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
