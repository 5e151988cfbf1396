//! A value as other software keeps it: text, or a list with names.

use zeroize::Zeroizing;

/// A value. Redacts itself.
#[derive(Clone)]
pub(super) enum Tree {
    /// `null`, and what is none of the others.
    Nothing,
    /// A text, a number or a switch, as text.
    Text(Zeroizing<String>),
    /// A list; where it has no names they are numbers.
    List(Vec<(String, Tree)>),
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tree(<redacted>)")
    }
}

impl Tree {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Zeroizing::new(text.into()))
    }

    /// What it says, if it is a text with something in it.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()).filter(|it| !it.trim().is_empty()),
            Self::Nothing | Self::List(_) => None,
        }
    }

    /// The texts of a list; a text is a list of one.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::List(items) => items.iter().filter_map(|(_, it)| it.as_text()).collect(),
            _ => self.as_text().into_iter().collect(),
        }
    }
}
