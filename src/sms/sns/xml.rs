//! Reads the few elements of a reply that count, and nothing that is not plain, complete XML.
//!
//! Elements, attributes, texts and references to characters: that is all SNS writes. A document type
//! or a section that another reader could take differently is refused, with everything in it.

/// Deepest nesting; a reply has four levels.
const DEEPEST: usize = 16;

/// The texts of all innermost elements, each with its path: `PublishResponse/PublishResult/MessageId`.
pub struct Document(Vec<(String, String)>);

impl Document {
    /// `None` when it is not one complete element and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
        if let Some(declaration) = rest.strip_prefix("<?xml ") {
            rest = declaration.split_once("?>")?.1.trim_start();
        }
        let mut leaves = Vec::new();
        // Names of the open elements, and whether each has had an element in it.
        let mut open: Vec<(&str, bool)> = Vec::new();
        loop {
            let (before, inside) = rest.split_once('<')?;
            let (tag, after) = inside.split_once('>')?;
            rest = after;
            let text = decoded(before)?;
            if let Some(name) = tag.strip_prefix('/') {
                let path = path(&open);
                let (opened, parent) = open.pop()?;
                if opened != name.trim_end() {
                    return None;
                }
                match parent {
                    false => leaves.push((path, text)),
                    true if text.trim().is_empty() => {}
                    true => return None,
                }
            } else {
                // Text between elements.
                if !text.trim().is_empty() || open.len() >= DEEPEST {
                    return None;
                }
                if let Some(parent) = open.last_mut() {
                    parent.1 = true;
                }
                let (tag, empty) = match tag.strip_suffix('/') {
                    Some(tag) => (tag, true),
                    None => (tag, false),
                };
                open.push((named(tag)?, false));
                if empty {
                    leaves.push((path(&open), String::new()));
                    open.pop();
                }
            }
            if open.is_empty() {
                return rest.trim().is_empty().then_some(Self(leaves));
            }
        }
    }

    /// The text of the one element there; `None` when there is none or more than one.
    pub fn only(&self, path: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(at, _)| at == path);
        let (_, text) = found.next()?;
        found.next().is_none().then_some(text)
    }

    /// Whether an element is there, with anything or nothing in it.
    pub fn has(&self, path: &str) -> bool {
        self.0.iter().any(|(at, _)| {
            at.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

fn path(open: &[(&str, bool)]) -> String {
    let names: Vec<&str> = open.iter().map(|(name, _)| *name).collect();
    names.join("/")
}

/// The name in an opening tag whose attributes are well formed. Everything that begins with `!` or
/// `?` ends here, too.
fn named(tag: &str) -> Option<&str> {
    let end = tag
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(tag.len());
    let (name, attributes) = tag.split_at_checked(end)?;
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(letter) {
        return None;
    }
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let (attribute, value) = rest.split_once("=\"")?;
        if attribute.is_empty() || !attribute.chars().all(letter) {
            return None;
        }
        rest = value.split_once('"')?.1.trim_start();
    }
    Some(name)
}

/// A text with its references replaced.
fn decoded(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once('&') {
        let (name, after) = reference.split_once(';')?;
        out.push_str(before);
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix('x') {
                    Some(hexadecimal) => number(hexadecimal, 16)?,
                    None => number(digits, 10)?,
                };
                char::from_u32(code)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// `from_str_radix` alone would take "+5".
fn number(digits: &str, radix: u32) -> Option<u32> {
    let plain = digits.chars().all(|c| c.is_digit(radix));
    plain
        .then(|| u32::from_str_radix(digits, radix).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUBLISHED: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
        \n  <PublishResult>\n    <MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId>\
        \n  </PublishResult>\n  <ResponseMetadata>\
        <RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId></ResponseMetadata>\n\
        </PublishResponse>\n";

    #[test]
    fn an_element_is_found_by_its_path() {
        let document = Document::read(PUBLISHED).unwrap();
        assert_eq!(
            document.only("PublishResponse/PublishResult/MessageId"),
            Some("567910cd-659e-55d4-8ccb-5aaf14679dc0")
        );
        assert_eq!(document.only("PublishResponse/MessageId"), None);
        assert!(document.has("PublishResponse/PublishResult"));
        assert!(!document.has("PublishResponse/Publish"));
        let declared = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{PUBLISHED}");
        assert!(Document::read(&declared).is_some());
    }

    #[test]
    fn one_that_is_there_twice_is_not_found() {
        let document = Document::read("<a><b>1</b><b>2</b><c>3</c></a>").unwrap();
        assert_eq!(
            (document.only("a/b"), document.only("a/c")),
            (None, Some("3"))
        );
    }

    #[test]
    fn references_are_read_as_what_they_stand_for() {
        let document = Document::read("<a>&lt;&#65;&#x42;&amp;lt;&gt;&quot;&apos;</a>").unwrap();
        assert_eq!(document.only("a"), Some("<AB&lt;>\"'"));
    }

    #[test]
    fn what_is_not_plain_complete_xml_is_nothing() {
        for bad in [
            "",
            "true",
            "<a>",
            "<a></b>",
            "<a></a><b></b>",
            "<a></a>x",
            "x<a></a>",
            "<a>x<b>1</b></a>",
            "<a><b>1</b>x</a>",
            "<a/><a/>",
            "<a><b></a></b>",
            "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
            "<a>&e;</a>",
            "<a>&#xD800;</a>",
            "<a>&#+65;</a>",
            "<a>& </a>",
            "<a><!-- x --></a>",
            "<a><![CDATA[x]]></a>",
            "<a><?x?></a>",
            "<a b></a>",
            "<a b=\"></a>",
            "<a b=c></a>",
            "<1></1>",
            "< a></a>",
            "{\"MessageId\": \"1\"}",
        ] {
            assert!(Document::read(bad).is_none(), "{bad}");
        }
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert!(Document::read(&deep).is_none());
        for end in 0..PUBLISHED.trim_end().len() {
            assert!(Document::read(&PUBLISHED[..end]).is_none(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn reading_survives_anything(text in any::<String>()) {
            let _ = Document::read(&text);
        }

        #[test]
        fn reading_survives_what_looks_like_xml(text in "[<>/?!&;a\"= #x]{0,60}") {
            let _ = Document::read(&text);
        }
    }
}
