//! `docs/attacks.md` names tests that exist.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::Path;

fn read(folder: &Path, ending: &str, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("node_modules") {
            read(&path, ending, into);
        } else if path.extension().is_some_and(|e| e == ending) {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_test_that_the_table_of_attacks_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut rust, mut php) = (String::new(), String::new());
    read(&root.join("src"), "rs", &mut rust);
    read(&root.join("tests"), "rs", &mut rust);
    read(&root.join("tests/phpunit"), "php", &mut php);
    let mut checked = 0;
    for row in include_str!("../docs/attacks.md")
        .lines()
        .filter(|line| line.starts_with("| B"))
    {
        let tests: Vec<&str> = row
            .rsplit('|')
            .nth(1)
            .unwrap()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            let there = rust.contains(&format!("fn {test}("))
                || php.contains(&format!("public function {test}("));
            assert!(there, "there is no test {test}");
            checked += 1;
        }
    }
    assert!(checked > 60, "the table was not read");
}
