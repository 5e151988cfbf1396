//! `docs/attacks.md` and `docs/standards.md` name tests, and `script/test` runs each of them.
//!
//! That a function of the name is there somewhere is not enough: one whose `#[test]` was taken away, that
//! is ignored or skipped, that stands in a comment or in a file which no suite reads, proves nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Files of a folder, not of those below, whose names end so.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.to_string_lossy().ends_with(ending))
        .collect()
}

/// What `cargo test --workspace --no-default-features` compiles: libraries, the binaries of `tests/`, and the
/// modules that they name. `src/php` needs the feature that is left out.
fn compiled() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = files("tests", ".rs");
    found.extend([
        root().join("src/lib.rs"),
        root().join("tests/it/main.rs"),
        root().join("tests/fakes/src/lib.rs"),
        root().join("tests/fakes/src/main.rs"),
        root().join("macros/src/lib.rs"),
        root().join("patches/regex/src/lib.rs"),
    ]);
    found.extend(files("patches/regex/tests", ".rs"));
    found.extend(files("tests/fakes/tests", ".rs"));
    found.retain(|path| path.is_file());
    let mut at = 0;
    while let Some(path) = found.get(at).cloned() {
        at += 1;
        let folder = path.parent().unwrap().to_owned();
        let is_root =
            path.ends_with("lib.rs") || path.ends_with("main.rs") || path.ends_with("mod.rs");
        let below = if is_root || folder.ends_with("tests") && folder.parent() == Some(root()) {
            folder.clone()
        } else {
            path.with_extension("")
        };
        for line in read(&path).lines().map(str::trim) {
            let module = line.trim_start_matches("pub ").strip_prefix("mod ");
            if let Some(name) = module.and_then(|rest| rest.strip_suffix(';')) {
                let candidates = [
                    below.join(format!("{name}.rs")),
                    below.join(name).join("mod.rs"),
                ];
                let module = candidates.into_iter().find(|p| p.is_file());
                let module = module.unwrap_or_else(|| panic!("{name} of {}", path.display()));
                if module != root().join("src/php/mod.rs") && !found.contains(&module) {
                    found.push(module);
                }
            }
        }
    }
    found
}

/// Macros that make tests of the functions they are given the names of.
const MACROS: [&str; 2] = ["on_both! {", "suite! {"];

/// Functions of a Rust file, and whether each is a test that runs.
fn rust_tests(text: &str) -> Vec<(String, bool)> {
    let mut attributes: Vec<&str> = Vec::new();
    let (mut found, mut listed, mut in_list) = (Vec::new(), BTreeSet::new(), false);
    for line in text.lines().map(str::trim) {
        if MACROS.contains(&line) {
            in_list = true;
        } else if line == "}" {
            in_list = false;
        } else if in_list {
            listed.extend(line.split(',').map(str::trim));
        }
        if line.starts_with("#[") {
            attributes.push(line);
        } else if let Some(rest) = line.trim_start_matches("pub ").strip_prefix("fn ") {
            let name = rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
            let runs = attributes.contains(&"#[test]")
                && !attributes
                    .iter()
                    .any(|a| a.starts_with("#[ignore") || a.starts_with("#[cfg"));
            found.push((name.unwrap().to_owned(), runs));
            attributes.clear();
        } else if !line.is_empty() && !line.starts_with("//") {
            attributes.clear();
        }
    }
    for (name, runs) in &mut found {
        *runs |= listed.contains(name.as_str());
    }
    found
}

/// Methods of a PHP file, and whether each is a test that runs: public, of a class that PHPUnit takes for a
/// case because it extends one and is named as its file, and without a word that skips it.
fn php_tests(path: &Path, text: &str) -> Vec<(String, bool)> {
    let class = path.file_stem().unwrap().to_string_lossy();
    let head = text
        .lines()
        .find(|line| line.starts_with(&format!("final class {class} extends ")));
    let is_case = class.ends_with("Test") && head.is_some_and(|head| head.ends_with("TestCase"));
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    let mut above: Vec<&str> = Vec::new();
    while let Some(line) = lines.next() {
        let Some((_, rest)) = line
            .starts_with("    ")
            .then(|| line.split_once(" function "))
            .flatten()
            .filter(|(before, _)| before.trim() == "public")
        else {
            if line.trim().is_empty() || line == "    }" {
                above.clear();
            } else {
                above.push(line);
            }
            continue;
        };
        let name = rest.split('(').next().unwrap();
        let mut skips = above
            .iter()
            .any(|line| line.contains("@requires") || line.contains("#[Requires"));
        above.clear();
        while let Some(line) = lines.next_if(|line| *line != "    }") {
            skips |= line.contains("markTestSkipped") || line.contains("markTestIncomplete");
        }
        let runs = is_case && name.starts_with("test") && !skips;
        found.push((name.to_owned(), runs));
    }
    found
}

/// Every function that a suite's files have, by name, and whether all of that name are tests that run.
fn functions() -> BTreeMap<String, bool> {
    let mut all: BTreeMap<String, bool> = BTreeMap::new();
    let rust = compiled().into_iter().map(|path| rust_tests(&read(&path)));
    // What phpunit.xml names.
    let php = files("tests/phpunit", "Test.php")
        .into_iter()
        .chain(files("tests/phpunit/host", "Test.php"));
    let php = php.map(|path| php_tests(&path, &read(&path)));
    for (name, runs) in rust.chain(php).flatten() {
        all.entry(name)
            .and_modify(|known| *known &= runs)
            .or_insert(runs);
    }
    all
}

/// Each binary links the whole extension once more: what needs no process of its own is a module of `tests/it`.
#[test]
fn two_binaries_have_all_integration_tests() {
    let binaries = [root().join("tests/zeroing.rs")];
    assert_eq!(files("tests", ".rs"), binaries);
    let folders = fs::read_dir(root().join("tests")).unwrap();
    let mains: Vec<_> = folders
        .map(|folder| folder.unwrap().path().join("main.rs"))
        .filter(|main| main.is_file())
        .collect();
    assert_eq!(mains, [root().join("tests/it/main.rs")]);
    let compiled = compiled();
    let not_compiled: Vec<_> = files("tests/it", ".rs")
        .into_iter()
        .filter(|file| !compiled.contains(file))
        .collect();
    assert_eq!(not_compiled, [] as [PathBuf; 0]);
}

#[test]
fn every_test_that_the_table_of_attacks_names_runs() {
    let suite = read(&root().join("phpunit.xml"));
    for folder in ["tests/phpunit", "tests/phpunit/host"] {
        assert!(
            suite.contains(&format!("<directory>{folder}</directory>")),
            "{folder}"
        );
    }
    let script = read(&root().join("script/test"));
    for run in [
        "cargo test --locked --no-default-features --features twofactor/premium,twofactor/cli --no-fail-fast",
        "rust all run_cargo_test --workspace",
        "phpunit_jobs phpunit tests/phpunit;",
        "phpunit_jobs host-new tests/phpunit/host ",
        "for file in \"$2\"/*Test.php; do",
    ] {
        assert!(script.contains(run), "script/test does not {run}");
    }
    let mut named = Named::of(functions());
    for row in read(&root().join("docs/attacks.md"))
        .lines()
        .filter(|line| line.starts_with("| B"))
    {
        let tests = row.trim_end().trim_end_matches('|');
        assert!(
            named.check(row, tests.rsplit('|').next().unwrap()) > 0,
            "{row}"
        );
    }
    assert!(named.wrong.is_empty(), "{}", named.wrong.join("\n"));
    assert!(
        named.checked > 140,
        "the table was not read: {}",
        named.checked
    );
}

/// Tests that a page names, checked one cell of a table after the other.
struct Named {
    functions: BTreeMap<String, bool>,
    checked: usize,
    wrong: Vec<String>,
}

impl Named {
    fn of(functions: BTreeMap<String, bool>) -> Self {
        Self {
            functions,
            checked: 0,
            wrong: Vec::new(),
        }
    }

    /// How many tests the last cell of a row names, which has nothing else in it.
    fn check(&mut self, row: &str, cell: &str) -> usize {
        let between: String = cell.split('`').step_by(2).collect();
        assert!(
            between.chars().all(|c| " ,".contains(c)),
            "more than names: {row}"
        );
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        for name in &names {
            match self.functions.get(*name) {
                Some(true) => {}
                Some(false) => self.wrong.push(format!("{name} is no test that runs")),
                None => self.wrong.push(format!("there is no {name}")),
            }
        }
        self.checked += names.len();
        names.len()
    }
}

/// How many requirements each section of ASVS 5.0 V6 has, from 6.1 on.
const ASVS_V6: [u32; 8] = [3, 12, 8, 6, 8, 4, 2, 4];

#[test]
fn every_requirement_of_the_page_of_standards_has_its_verdict_and_tests_that_run() {
    const VERDICTS: [&str; 5] = ["met", "strict", "host", "not", "none"];
    let page = read(&root().join("docs/standards.md"));
    let mut named = Named::of(functions());
    let mut numbers = BTreeSet::new();
    for row in page.lines() {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let &["", number, asks, verdict, how, tests, ""] = cells.as_slice() else {
            continue;
        };
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        assert!(!asks.is_empty(), "{row}");
        assert!(
            verdict.split(' ').all(|word| VERDICTS.contains(&word)),
            "{row}"
        );
        let found = named.check(row, tests);
        let is_claimed = verdict
            .split(' ')
            .any(|word| ["met", "strict"].contains(&word));
        assert!(found > 0 || !is_claimed, "nothing shows it: {row}");
        // What is not met, and what a host has to do beside us, is said.
        let is_whole = ["met", "host", "none"].contains(&verdict);
        assert!(is_whole || !how.is_empty(), "nothing is said: {row}");
        numbers.insert(number.split(' ').next().unwrap().to_owned());
        for link in how.split("](").skip(1) {
            let file = link.split([')', '#']).next().unwrap();
            assert!(root().join("docs").join(file).is_file(), "{file}: {row}");
        }
    }
    assert!(named.wrong.is_empty(), "{}", named.wrong.join("\n"));
    for (section, count) in (1..).zip(ASVS_V6) {
        for number in (1..=count).map(|at| format!("6.{section}.{at}")) {
            assert!(numbers.contains(&number), "{number} is not in the table");
        }
    }
    assert!(named.checked > 120, "{} were read", named.checked);
}

#[test]
fn what_only_looks_like_a_test_is_none() {
    let runs = |text: &str| {
        rust_tests(text)
            .into_iter()
            .any(|(name, runs)| name == "a" && runs)
    };
    for test in [
        "#[test]\nfn a() {",
        "    /// About it.\n    #[test]\n    #[should_panic]\n    fn a() {",
        "proptest! {\n    #[test]\n    fn a(x in 0..1) {",
        "on_both! {\n    b,\n    a,\n}\n\nfn a(fixture: &Fixture) {",
    ] {
        assert!(runs(test), "{test}");
    }
    for other in [
        "fn a() {",
        "// #[test]\nfn a() {",
        "/// #[test]\nfn a() {",
        "#[test]\n// fn a() {\nfn b() {",
        "#[test]\nfn a_b() {",
        "#[test]\nfn b() {}\nfn a() {",
        "#[test]\n#[ignore]\nfn a() {",
        "#[ignore = \"slow\"]\n#[test]\nfn a() {",
        "#[cfg(feature = \"php\")]\n#[test]\nfn a() {",
        "on_both! {\n    b,\n}\nfn a() {",
        "on_both! {\n    // a,\n}\nfn a() {",
        "let a = \"#[test] fn a() {\";",
    ] {
        assert!(!runs(other), "{other}");
    }
    let runs = |name: &str, body: &str| {
        let found = php_tests(Path::new(name), body);
        found
            .into_iter()
            .any(|(name, runs)| name == "test_a" && runs)
    };
    let method =
        "    public function test_a(): void\n    {\n        self::assertTrue(true);\n    }\n}\n";
    let case = |head: &str, body: &str| format!("<?php\n\n{head}\n{{\n{body}");
    let right = "final class ATest extends HostTestCase";
    assert!(runs("ATest.php", &case(right, method)));
    let documented = format!("    /** @dataProvider some */\n{method}");
    assert!(runs("ATest.php", &case(right, &documented)));
    for (name, head, body) in [
        ("BTest.php", right, method.to_owned()),
        (
            "A.php",
            "final class A extends HostTestCase",
            method.to_owned(),
        ),
        ("ATest.php", "final class ATest", method.to_owned()),
        (
            "ATest.php",
            "abstract class ATest extends TestCase",
            method.to_owned(),
        ),
        ("ATest.php", right, method.replace("public", "private")),
        (
            "ATest.php",
            right,
            method.replace("    public", "    // public"),
        ),
        ("ATest.php", right, method.replace("test_a", "check_test_a")),
        (
            "ATest.php",
            right,
            method.replace("self::assertTrue(true)", "self::markTestSkipped()"),
        ),
        (
            "ATest.php",
            right,
            method.replace("self::assertTrue(true)", "$this->markTestIncomplete()"),
        ),
        (
            "ATest.php",
            right,
            format!("    /** @requires OS Windows */\n{method}"),
        ),
    ] {
        assert!(!runs(name, &case(head, &body)), "{name}: {head}\n{body}");
    }
}
