//! Google's libphonenumber and this crate are of one mind about every number.
//!
//! `tests/phone_oracle/oracle.py` says what Google's own, as the Python package `phonenumbers`,
//! makes of tens of thousands of inputs; `script/setup` installs it. What this crate refuses on
//! purpose is not compared, but that it is refused is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use twofactor::phone::{PhoneError, PhoneNumber};

/// What the oracle says of one input.
#[derive(Debug, Deserialize)]
struct Said {
    mutation: String,
    input: String,
    region: Option<String>,
    valid: bool,
    extension: bool,
    e164: Option<String>,
    territory: Option<String>,
    r#type: Option<String>,
}

fn oracle() -> Vec<Said> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("var/phone-oracle/bin/python");
    assert!(
        python.exists(),
        "{} is missing: script/setup installs it",
        python.display()
    );
    let run = Command::new(python)
        .arg("-I")
        .arg(root.join("tests/phone_oracle/oracle.py"))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(run.status.success(), "the oracle failed: {}", run.status);
    let lines = String::from_utf8(run.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Why an input is refused whatever Google says: decided here again, apart from the code.
fn refused_on_purpose(said: &Said) -> Option<PhoneError> {
    let input = said.input.as_str();
    let digits = input.trim_start_matches(|c: char| !c.is_numeric());
    if input.chars().count() > 64 {
        Some(PhoneError::TooLong)
    } else if input.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        Some(PhoneError::Characters)
    } else if input.contains(';') || said.extension {
        Some(PhoneError::Extension)
    } else if digits.contains(|c: char| c.is_ascii_alphabetic()) {
        Some(PhoneError::Characters)
    } else {
        None
    }
}

#[derive(Debug, Default)]
struct Count {
    asked: usize,
    valid: usize,
    refused: usize,
}

#[test]
fn google_and_we_agree_on_every_number() {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut disagreements = Vec::new();
    let mut changed = 0;
    for said in oracle() {
        let ours = PhoneNumber::parse(&said.input, said.region.as_deref());
        let count = counts.entry(said.mutation.clone()).or_default();
        if let Some(why) = refused_on_purpose(&said) {
            count.refused += 1;
            // Google may stop at something else before it sees what we refuse.
            let refusal = ours.expect_err(&said.input);
            assert!(refusal == why || !said.valid, "{said:?}: {refusal}");
            continue;
        }
        count.asked += 1;
        count.valid += usize::from(said.valid);
        let same = match &ours {
            Ok(number) => {
                let same_number = said.e164.as_deref() == Some(number.e164());
                changed += usize::from(said.valid && !same_number);
                said.valid
                    && same_number
                    && said.territory.as_deref() == number.region()
                    && said.r#type.as_deref() == Some(number.kind().as_str())
            }
            Err(_) => !said.valid,
        };
        if !same {
            let ours = ours.map(|n| (n.e164().to_owned(), n.region().map(str::to_owned), n.kind()));
            disagreements.push(format!("{said:?}\n    ours: {ours:?}"));
        }
    }
    assert!(
        disagreements.is_empty(),
        "{} disagreements, {changed} numbers changed into others\n{}",
        disagreements.len(),
        disagreements[..disagreements.len().min(20)].join("\n")
    );
    // The oracle asked enough, of every mutation, and said yes and no.
    let (asked, valid, refused) = counts.values().fold((0, 0, 0), |sum, count| {
        (
            sum.0 + count.asked,
            sum.1 + count.valid,
            sum.2 + count.refused,
        )
    });
    println!("{asked} compared, {valid} of them valid; {refused} refused on purpose");
    assert!(asked >= 60_000, "only {asked} inputs: {counts:#?}");
    assert!(valid >= 30_000 && asked - valid >= 20_000, "{counts:#?}");
    assert!(refused >= 2_000, "{counts:#?}");
    assert!(counts.len() >= 50, "{counts:#?}");
}
