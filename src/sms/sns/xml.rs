//! Reads the few elements of a reply that count, and nothing that is not plain, complete XML.
//!
//! `roxmltree` reads XML as the standard says. SNS writes elements, attributes, texts and references to
//! characters; everything else that XML knows (document types, entities, sections, comments, instructions) is
//! refused here, with everything in it.

use roxmltree::{Document, Node, ParsingOptions};

/// Deepest nesting; a reply has four levels.
const DEEPEST: usize = 16;
/// Most elements, texts and attributes of a reply; one of SNS has less than twenty.
const MOST_NODES: u32 = 1_000;

/// The texts of all innermost elements, each with its path: `PublishResponse/PublishResult/MessageId`.
pub(super) struct Leaves(Vec<(String, String)>);

impl Leaves {
    /// `None` when it is not one complete element and nothing else.
    pub(super) fn read(text: &str) -> Option<Self> {
        // In well-formed XML a document type, a comment or a section of characters, and nothing else. The
        // last would be a text as any other once it is read.
        if text.contains("<!") {
            return None;
        }
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: MOST_NODES,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text.trim(), options).ok()?;
        let root = document.root_element();
        // An instruction beside the element.
        if document.root().children().any(|node| node != root) {
            return None;
        }
        let mut leaves = Vec::new();
        collect(root, "", DEEPEST, &mut leaves)?;
        Some(Self(leaves))
    }

    /// The text of the one element there; `None` when there is none or more than one.
    pub(super) fn only(&self, path: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(at, _)| at == path);
        let (_, text) = found.next()?;
        found.next().is_none().then_some(text)
    }

    /// Whether an element is there, with anything or nothing in it.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.iter().any(|(at, _)| {
            at.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Adds an element's text, or those of the elements in it. `None` when text stands between elements, at an
/// instruction, and where one is of another namespace than its parent or too deep.
fn collect(
    element: Node<'_, '_>,
    parents: &str,
    levels: usize,
    leaves: &mut Vec<(String, String)>,
) -> Option<()> {
    let levels = levels.checked_sub(1)?;
    let path = format!("{parents}{}", element.tag_name().name());
    if element.children().all(|child| child.is_text()) {
        let text = element.text().unwrap_or_default();
        // What a reference to no character becomes.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        leaves.push((path, text.to_owned()));
        return Some(());
    }
    let parents = format!("{path}/");
    for child in element.children() {
        if child.is_element() {
            if child.tag_name().namespace() != element.tag_name().namespace() {
                return None;
            }
            collect(child, &parents, levels, leaves)?;
        } else if !child
            .text()
            .is_some_and(|text| child.is_text() && text.trim().is_empty())
        {
            return None;
        }
    }
    Some(())
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
        let document = Leaves::read(PUBLISHED).unwrap();
        assert_eq!(
            document.only("PublishResponse/PublishResult/MessageId"),
            Some("567910cd-659e-55d4-8ccb-5aaf14679dc0")
        );
        assert_eq!(document.only("PublishResponse/MessageId"), None);
        assert!(document.has("PublishResponse/PublishResult"));
        assert!(!document.has("PublishResponse/Publish"));
        let declared = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{PUBLISHED}");
        assert!(Leaves::read(&declared).is_some());
        assert!(Leaves::read(&format!("\u{feff}{declared}")).is_some());
    }

    #[test]
    fn one_that_is_there_twice_is_not_found() {
        let document = Leaves::read("<a><b>1</b><b>2</b><c>3</c></a>").unwrap();
        assert_eq!(
            (document.only("a/b"), document.only("a/c")),
            (None, Some("3"))
        );
    }

    #[test]
    fn references_are_read_as_what_they_stand_for() {
        let document = Leaves::read("<a>&lt;&#65;&#x42;&amp;lt;&gt;&quot;&apos;</a>").unwrap();
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
            "<a>&#0;</a>",
            "<a>&#x110000;</a>",
            "<a>&#99999999999;</a>",
            "<a>& </a>",
            "<a><!-- x --></a>",
            "<a><![CDATA[x]]></a>",
            "<a><?x?></a>",
            "<?x?><a></a>",
            "<a></a><?x?>",
            "<!DOCTYPE a><a></a>",
            "<!DOCTYPE a SYSTEM \"http://evil.example/a.dtd\"><a></a>",
            "<a></a><!-- x -->",
            "<a><b xmlns=\"urn:other\">1</b></a>",
            "<x:a></x:a>",
            "<a b></a>",
            "<a b=\"></a>",
            "<a b=c></a>",
            "<1></1>",
            "< a></a>",
            "{\"MessageId\": \"1\"}",
        ] {
            assert!(Leaves::read(bad).is_none(), "{bad}");
        }
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert!(Leaves::read(&deep).is_none());
        let nested = |levels| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert!(Leaves::read(&nested(DEEPEST)).is_some());
        assert!(Leaves::read(&nested(DEEPEST + 1)).is_none());
        let long = |elements| format!("<a>{}</a>", "<b/>".repeat(elements));
        assert!(Leaves::read(&long(900)).is_some());
        assert!(Leaves::read(&long(1_000)).is_none());
        for end in 0..PUBLISHED.trim_end().len() {
            assert!(Leaves::read(&PUBLISHED[..end]).is_none(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn reading_survives_anything(text in any::<String>()) {
            let _ = Leaves::read(&text);
        }

        #[test]
        fn reading_survives_what_looks_like_xml(text in "[<>/?!&;a\"= #x]{0,60}") {
            let _ = Leaves::read(&text);
        }
    }
}
