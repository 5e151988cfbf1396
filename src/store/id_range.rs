//! Which user ids begin alike, as a range in the order of bytes: an index finds its beginning, and nothing else is read.

/// Ids from one on, up to another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IdRange<'a> {
    /// Where it begins.
    pub(super) from: &'a str,
    /// That one is in it, too.
    pub(super) includes_from: bool,
    /// The first one behind it; `None`: nothing is behind it.
    pub(super) end: Option<String>,
}

impl<'a> IdRange<'a> {
    /// Ids that begin with `prefix`, after `after`.
    pub(super) fn beginning(prefix: &'a str, after: Option<&'a str>) -> Self {
        let after = after.filter(|after| *after >= prefix);
        Self {
            from: after.unwrap_or(prefix),
            includes_from: after.is_none(),
            end: following(prefix),
        }
    }
}

/// The first text that is behind all that begin with `prefix`. The order of UTF-8 is that of code points.
fn following(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // The last code point has no next one: then the one before it counts.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::IdRange;

    fn holds(range: &IdRange<'_>, id: &str) -> bool {
        let is_behind = match range.includes_from {
            true => id >= range.from,
            false => id > range.from,
        };
        is_behind && range.end.as_deref().is_none_or(|end| id < end)
    }

    #[test]
    fn the_code_point_that_follows_is_one() {
        let end = |prefix| IdRange::beginning(prefix, None).end;
        assert_eq!(end(""), None);
        assert_eq!(end("user00"), Some("user01".to_owned()));
        assert_eq!(end("\u{d7ff}"), Some("\u{e000}".to_owned()));
        assert_eq!(end("a\u{10ffff}"), Some("b".to_owned()));
        assert_eq!(end("\u{10ffff}\u{10ffff}"), None);
    }

    proptest! {
        #[test]
        fn an_id_is_in_the_range_exactly_if_it_begins_so_and_comes_after(
            prefix in "[ab\u{7f}\u{80}\u{10ffff}]{0,3}",
            after in proptest::option::of("[ab\u{7f}\u{80}\u{10ffff}]{0,4}"),
            id in "[abc\u{7f}\u{80}\u{81}\u{10ffff}]{0,5}",
        ) {
            let range = IdRange::beginning(&prefix, after.as_deref());
            let is_after = after.as_deref().is_none_or(|after| &*id > after);
            prop_assert_eq!(holds(&range, &id), id.starts_with(&prefix) && is_after);
        }
    }
}
