//! `twofactor metrics`: how often what happened, for Prometheus and its kin.

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Run;
use super::failure::Failure;
use super::session::{Session, now};

#[derive(Debug, Args)]
pub(super) struct Metrics {}

/// A line of the text.
#[derive(Debug, PartialEq, Serialize)]
struct Sample {
    name: String,
    labels: Map<String, Value>,
    value: f64,
}

#[derive(Debug, Serialize)]
struct Samples {
    samples: Vec<Sample>,
}

impl Run for Metrics {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let verifier = session.look()?;
        let text = verifier.metrics(now()?)?;
        if session.out.is_json() {
            let samples = text.lines().filter_map(sample).collect();
            return session.out.json(&Samples { samples });
        }
        session.out.raw(&text)
    }
}

/// A line of OpenMetrics that has a number; `None` of any other.
fn sample(line: &str) -> Option<Sample> {
    if line.starts_with('#') {
        return None;
    }
    let (name, labels, value) = match line.split_once('{') {
        Some((name, rest)) => {
            let (labels, value) = labels(rest)?;
            (name, labels, value)
        }
        None => {
            let (name, value) = line.split_once(' ')?;
            (name, Map::new(), value)
        }
    };
    Some(Sample {
        name: name.to_owned(),
        labels,
        value: value.trim().split(' ').next()?.parse().ok()?,
    })
}

/// What stands in braces, and what behind them. In a value a backslash stands before a quote, a backslash and an `n`.
fn labels(mut rest: &str) -> Option<(Map<String, Value>, &str)> {
    let mut found = Map::new();
    loop {
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((found, rest));
        }
        rest = rest.strip_prefix(',').unwrap_or(rest);
        let (name, after) = rest.split_once("=\"")?;
        let mut value = String::new();
        let mut letters = after.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at,
                (_, '\\') => match letters.next()?.1 {
                    'n' => value.push('\n'),
                    letter => value.push(letter),
                },
                (_, letter) => value.push(letter),
            }
        };
        found.insert(name.to_owned(), Value::from(value));
        rest = after.get(end.saturating_add(1)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_with_its_labels() {
        let read = sample(r#"twofactor_x_total{a="1",b="q\"\\\n}"} 7"#).unwrap();
        assert_eq!((read.name.as_str(), read.value), ("twofactor_x_total", 7.0));
        assert_eq!(read.labels["a"], "1");
        assert_eq!(read.labels["b"], "q\"\\\n}");
        let plain = sample("twofactor_y 1.5").unwrap();
        assert_eq!((plain.labels.len(), plain.value), (0, 1.5));
        for none in ["# HELP x y", "# EOF", "", "x{a=\"b", "x y"] {
            assert_eq!(sample(none), None, "{none}");
        }
    }
}
