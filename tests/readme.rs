//! The README's table of settings is the table of settings.

#![allow(clippy::unwrap_used, missing_docs)]

use twofactor::config::SETTINGS;

#[test]
fn the_readme_lists_every_setting_with_its_default_and_meaning() {
    let readme = include_str!("../README.md");
    for setting in SETTINGS {
        let default = match setting.default {
            "" => String::new(),
            value => format!("`{value}`"),
        };
        let row = format!("| `{}` | {default} | {} |", setting.name, setting.about);
        assert!(readme.contains(&row), "the README should have:\n{row}");
    }
    let rows = readme
        .split("| setting | default | meaning |")
        .nth(1)
        .unwrap();
    let rows = rows
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .count();
    assert_eq!(
        rows,
        SETTINGS.len(),
        "the README lists a setting that does not exist"
    );
}
