//! The text, read by the grammar of OpenMetrics: for the tests of everybody who writes one.

use std::collections::BTreeMap;

use super::Page;

/// By name.
pub(crate) type Labels = BTreeMap<String, String>;

/// One line of a family.
#[derive(Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) value: f64,
}

/// A family and what was said of it.
#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) help: bool,
    pub(crate) samples: Vec<Sample>,
}

fn is_name(text: &str, more: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || more.contains(c))
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || more.contains(c))
}

/// What is not allowed in an exposition.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(String);

impl From<&str> for Malformed {
    fn from(what: &str) -> Self {
        Self(what.to_owned())
    }
}

impl From<String> for Malformed {
    fn from(what: String) -> Self {
        Self(what)
    }
}

/// `labels` of the grammar, and what follows.
fn labels(text: &str) -> Result<(Labels, &str), Malformed> {
    let mut found = Labels::new();
    let Some(mut rest) = text.strip_prefix('{') else {
        return Ok((found, text));
    };
    if let Some(rest) = rest.strip_prefix('}') {
        return Ok((found, rest));
    }
    loop {
        let (name, after) = rest.split_once("=\"").ok_or("no label")?;
        if !is_name(name, "") {
            return Err(Malformed(format!("label name {name:?}")));
        }
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().ok_or("an open quote")? {
                (at, '"') => break at,
                (_, '\\') => match chars.next().ok_or("an open escape")?.1 {
                    'n' => value.push('\n'),
                    c @ ('"' | '\\') => value.push(c),
                    c => return Err(Malformed(format!("escape {c:?}"))),
                },
                (_, c) => value.push(c),
            }
        };
        if found.insert(name.to_owned(), value).is_some() {
            return Err(Malformed(format!("label {name} twice")));
        }
        rest = &after[end + 1..];
        match rest.chars().next() {
            Some(',') => rest = &rest[1..],
            Some('}') => return Ok((found, &rest[1..])),
            _ => return Err(Malformed("labels do not end".to_owned())),
        }
    }
}

/// A `realnumber` without sign and exponent, of which none is written.
fn number(text: &str) -> Result<f64, Malformed> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let fine = match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(text),
    };
    if !fine {
        return Err(Malformed(format!("number {text:?}")));
    }
    text.parse()
        .map_err(|_| Malformed(format!("number {text:?}")))
}

/// Reads an exposition, and refuses whatever the specification does not allow.
pub(crate) fn parse(text: &str) -> Result<Vec<Family>, Malformed> {
    let body = text.strip_suffix("# EOF\n").ok_or("no end")?;
    if !body.is_empty() && !body.ends_with('\n') {
        return Err(Malformed("the end is not a line of its own".to_owned()));
    }
    let mut families: Vec<Family> = Vec::new();
    for line in body.split_terminator('\n') {
        if let Some(descriptor) = line.strip_prefix("# ") {
            let mut words = descriptor.splitn(3, ' ');
            let mut next = || words.next().ok_or(format!("descriptor {line:?}"));
            let (what, name, value) = (next()?, next()?, next()?);
            if !is_name(name, ":") {
                return Err(Malformed(format!("name {name:?}")));
            }
            if families.last().is_none_or(|family| family.name != name) {
                if families.iter().any(|family| family.name == name) {
                    return Err(Malformed(format!("{name} is torn apart")));
                }
                families.push(Family {
                    name: name.to_owned(),
                    ..Family::default()
                });
            }
            let family = families.last_mut().unwrap();
            if !family.samples.is_empty() {
                return Err(Malformed(format!("{name} is described after its samples")));
            }
            // TYPE, UNIT, HELP in this order, each at most once.
            match what {
                "TYPE" if family.kind.is_empty() && family.unit.is_empty() && !family.help => {
                    if !["counter", "gauge", "histogram", "stateset"].contains(&value) {
                        return Err(Malformed(format!("type {value}")));
                    }
                    value.clone_into(&mut family.kind);
                }
                "UNIT" if family.unit.is_empty() && !family.help => {
                    if !name.ends_with(&format!("_{value}")) || value.is_empty() {
                        return Err(Malformed(format!("unit {value} of {name}")));
                    }
                    value.clone_into(&mut family.unit);
                }
                "HELP" if !family.help => {
                    if value
                        .replace("\\\\", "")
                        .replace("\\n", "")
                        .replace("\\\"", "")
                        .contains(['\\', '"'])
                    {
                        return Err(Malformed(format!("help {value}")));
                    }
                    family.help = true;
                }
                _ => return Err(Malformed(format!("descriptor {line:?}"))),
            }
            continue;
        }
        let end = line.find(['{', ' ']).ok_or(format!("line {line:?}"))?;
        let (name, rest) = line.split_at(end);
        if !is_name(name, ":") {
            return Err(Malformed(format!("name {name:?}")));
        }
        let (labels, rest) = labels(rest)?;
        let value = number(rest.strip_prefix(' ').ok_or("no space")?)?;
        let family = families.last_mut().ok_or("a sample of no family")?;
        family.samples.push(Sample {
            name: name.to_owned(),
            labels,
            value,
        });
    }
    families.iter().try_for_each(check)?;
    Ok(families)
}

/// What holds of the samples of a family by its type.
fn check(family: &Family) -> Result<(), Malformed> {
    let Family {
        name,
        kind,
        samples,
        ..
    } = family;
    let mut points: Vec<Labels> = Vec::new();
    for (place, sample) in samples.iter().enumerate() {
        let suffix = sample
            .name
            .strip_prefix(name.as_str())
            .ok_or("another family")?;
        let (suffixes, extra): (&[&str], _) = match kind.as_str() {
            "counter" => (&["_total"], None),
            "gauge" => (&[""], None),
            "stateset" => (&[""], Some(name.as_str())),
            _ => (&["_bucket", "_count", "_sum"], Some("le")),
        };
        if !suffixes.contains(&suffix) {
            return Err(Malformed(format!("{} in a {kind}", sample.name)));
        }
        if samples[..place]
            .iter()
            .any(|s| s.name == sample.name && s.labels == sample.labels)
        {
            return Err(Malformed(format!("{sample:?} twice")));
        }
        let mut point = sample.labels.clone();
        if let Some(extra) = extra {
            let needs = suffix == "_bucket" || kind == "stateset";
            if point.remove(extra).is_some() != needs {
                return Err(Malformed(format!("label {extra} of {sample:?}")));
            }
        }
        if points.last() != Some(&point) {
            if points.contains(&point) {
                return Err(Malformed(format!("{name} is interleaved")));
            }
            points.push(point);
        }
    }
    for point in points {
        let of = |sample: &&Sample| {
            let mut labels = sample.labels.clone();
            labels.remove("le");
            labels.remove(name);
            labels == point
        };
        let its: Vec<&Sample> = samples.iter().filter(of).collect();
        match kind.as_str() {
            "stateset" => {
                let on: f64 = its.iter().map(|s| s.value).sum();
                if on != 1.0 || its.iter().any(|s| s.value != 0.0 && s.value != 1.0) {
                    return Err(Malformed(format!("{name} has not one state")));
                }
            }
            "histogram" => {
                let buckets: Vec<(f64, f64)> = its
                    .iter()
                    .filter(|s| s.name.ends_with("_bucket"))
                    .map(|s| (s.labels["le"].parse().unwrap(), s.value))
                    .collect();
                let rising = buckets
                    .windows(2)
                    .all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1);
                let last = buckets.last().ok_or("no buckets")?;
                let count = its
                    .iter()
                    .find(|s| s.name.ends_with("_count"))
                    .ok_or("no count")?;
                let sum = its.iter().filter(|s| s.name.ends_with("_sum")).count();
                if !rising || last.0 != f64::INFINITY || last.1 != count.value || sum != 1 {
                    return Err(Malformed(format!("{name} is no histogram")));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The value of the sample with exactly these labels.
pub(crate) fn value(families: &[Family], name: &str, wanted: &[(&str, &str)]) -> f64 {
    let wanted: Labels = wanted
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let mut samples = families.iter().flat_map(|family| &family.samples);
    samples
        .find(|s| s.name == name && s.labels == wanted)
        .unwrap_or_else(|| panic!("{name} {wanted:?}"))
        .value
}

#[test]
fn the_reader_of_this_test_refuses_what_is_wrong() {
    for wrong in [
        "",
        "# EOF",
        "a 1\n# EOF\n",
        "# TYPE a counter\na_total 1# EOF\n",
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a counter\na_total  1\n# EOF\n",
        "# TYPE a counter\na_total 1 \n# EOF\n",
        "# TYPE a counter\na_total x\n# EOF\n",
        "# TYPE a counter\na_total -1\n# EOF\n",
        "# TYPE a counter\n\na_total 1\n# EOF\n",
        "# TYPE a counter\na_total{b=\"\n\"} 1\n# EOF\n",
        "# TYPE a counter\na_total{b=\"\\x\"} 1\n# EOF\n",
        "# TYPE a counter\na_total{b=\"x} 1\n# EOF\n",
        "# TYPE a counter\na_total{b=\"x\",b=\"y\"} 1\n# EOF\n",
        "# TYPE a counter\na_total{1=\"x\"} 1\n# EOF\n",
        "# TYPE a counter\na_total 1\na_total 1\n# EOF\n",
        "# TYPE a counter\na_total 1\n# HELP a x\n# EOF\n",
        "# TYPE a counter\n# TYPE a counter\na_total 1\n# EOF\n",
        "# HELP a x\n# TYPE a counter\na_total 1\n# EOF\n",
        "# TYPE a counter\na_total 1\n# TYPE b counter\nb_total 1\n# TYPE a counter\n# EOF\n",
        "# TYPE a counter\n# UNIT a seconds\na_total 1\n# EOF\n",
        "# TYPE a counter\n# HELP a x\"y\na_total 1\n# EOF\n",
        "# TYPE a counters\na_total 1\n# EOF\n",
        "# x\n# EOF\n",
        "# TYPE a stateset\na{a=\"x\"} 1\na{a=\"y\"} 1\n# EOF\n",
        "# TYPE a stateset\na 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_count 1\na_sum 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 2\na_sum 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{b=\"1\",le=\"+Inf\"} 1\na_bucket{b=\"2\",le=\"+Inf\"} 1\na_count{b=\"1\"} 1\na_count{b=\"2\"} 1\na_sum{b=\"1\"} 1\na_sum{b=\"2\"} 1\n# EOF\n",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_sample_has_labels_or_none() {
    let mut page = Page::default();
    page.family("a", "counter", "", "One.");
    page.sample("a_total", &[], "1");
    page.sample("a_total", &[("b", "x\\\"\n")], "2");
    let text = page.end();
    let families = parse(&text).unwrap();
    assert_eq!(value(&families, "twofactor_a_total", &[]), 1.0);
    assert_eq!(
        value(&families, "twofactor_a_total", &[("b", "x\\\"\n")]),
        2.0
    );
    assert_eq!(parse(&Page::default().end()).unwrap().len(), 0);
}
