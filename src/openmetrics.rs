//! Text for Prometheus and its kin: OpenMetrics 1.0
//! (<https://github.com/OpenObservability/OpenMetrics/blob/main/specification/OpenMetrics.md>).
//!
//! Who has numbers writes them to a [`Page`], family by family. Labels name methods, providers, channels and the like,
//! never a person, an address or a number.

use std::fmt::Write as _;

/// The text as it grows. Writing to a string does not fail.
#[derive(Debug)]
pub struct Page(String);

impl Default for Page {
    fn default() -> Self {
        Self(String::with_capacity(16_384))
    }
}

impl Page {
    /// A family begins; its samples follow, all of them before the next one. `name` is without `twofactor_`, and without
    /// `_total` where `kind` is `counter`; it ends with `unit` if there is one.
    pub fn family(&mut self, name: &str, kind: &str, unit: &str, help: &str) {
        let _ = writeln!(self.0, "# TYPE twofactor_{name} {kind}");
        if !unit.is_empty() {
            let _ = writeln!(self.0, "# UNIT twofactor_{name} {unit}");
        }
        let _ = writeln!(self.0, "# HELP twofactor_{name} {help}");
    }

    /// A sample of the family that began last; its name with what its kind puts behind it: `sent_total`.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: &str) {
        let _ = write!(self.0, "twofactor_{name}");
        for (place, (label, text)) in labels.iter().enumerate() {
            self.0.push(if place == 0 { '{' } else { ',' });
            let _ = write!(self.0, "{label}=\"");
            for c in text.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    c => self.0.push(c),
                }
            }
            self.0.push('"');
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{end} {value}");
    }

    /// The whole text, from the first line to `# EOF`.
    #[must_use]
    pub fn end(mut self) -> String {
        self.0.push_str("# EOF\n");
        self.0
    }
}

#[cfg(test)]
pub(crate) mod tests;
