//! What somebody meant who mistyped the name of a setting.

use super::table::settings;

/// The setting that somebody meant who wrote `name`, if there is one that differs in one or two letters.
#[must_use]
pub fn similar(name: &str) -> Option<&'static str> {
    let most = name.len().div_ceil(4).min(2);
    settings()
        .map(|setting| (distance(name, setting.name), setting.name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.to_lowercase().chars().take(64).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(line.saturating_add(1));
        for (column, (known, pair)) in other.iter().zip(row.windows(2)).enumerate() {
            let (&[before, above], Some(&left)) = (pair, next.get(column)) else {
                continue;
            };
            let changed = before.saturating_add(usize::from(letter != *known));
            next.push(
                changed
                    .min(above.saturating_add(1))
                    .min(left.saturating_add(1)),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_has_one_that_was_meant() {
        for (name, meant) in [
            ("max_atempts", Some("max_attempts")),
            ("MAX_ATTEMPTS", Some("max_attempts")),
            ("max-attempts", Some("max_attempts")),
            ("maxattempts", Some("max_attempts")),
            ("stor", Some("store")),
            ("keyfile", Some("key_file")),
            ("send_per_numbr_hour", Some("send_per_number_hour")),
            ("something_else", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(similar(name), meant, "{name}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
