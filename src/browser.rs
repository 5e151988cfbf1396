//! What a browser says of itself, in words for a list that its owner reads: "Firefox on Windows".
//!
//! Anybody can send any name, and many browsers send the names of others as well, so that old pages work there; the
//! more particular one is looked for first. Nothing is decided on it, and the header itself is kept nowhere.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::types::UserAgent;

/// Stored lists know a value by its place: new ones go last.
macro_rules! known {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal: $marks:expr,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $word] $variant,)*
        }

        impl $name {
            /// The maker's own name of it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The first in the order of declaration one of whose marks is in the header.
            fn of(header: &str) -> Option<Self> {
                $(
                    let marks: &[&str] = $marks;
                    if marks.iter().any(|mark| header.contains(mark)) {
                        return Some(Self::$variant);
                    }
                )*
                None
            }
        }
    };
}

known! {
    /// A browser. What borrows the name of another comes before it.
    Browser {
        Edge = "Edge": &["Edg/", "EdgA/", "EdgiOS/", "Edge/"],
        Opera = "Opera": &["OPR/", "OPiOS/", "Opera"],
        Vivaldi = "Vivaldi": &["Vivaldi/"],
        SamsungInternet = "Samsung Internet": &["SamsungBrowser/"],
        Firefox = "Firefox": &["Firefox/", "FxiOS/"],
        Chrome = "Chrome": &["Chrome/", "CriOS/", "Chromium/"],
        Safari = "Safari": &["Safari/"],
    }
}

known! {
    /// What it runs on. Telephones borrow the names of computers.
    System {
        IPhone = "iPhone": &["iPhone"],
        IPad = "iPad": &["iPad"],
        Android = "Android": &["Android"],
        Windows = "Windows": &["Windows"],
        ChromeOs = "ChromeOS": &["CrOS"],
        MacOs = "macOS": &["Macintosh", "Mac OS X"],
        Linux = "Linux": &["Linux", "X11"],
    }
}

/// Browser and system, as far as they can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Device {
    /// The browser.
    pub browser: Option<Browser>,
    /// What it runs on.
    pub system: Option<System>,
}

impl Device {
    /// What the header says.
    #[must_use]
    pub fn of(agent: &UserAgent) -> Self {
        Self {
            browser: Browser::of(agent.as_str()),
            system: System::of(agent.as_str()),
        }
    }

    /// In words; `None` when nothing can be told.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        (self.browser.is_some() || self.system.is_some()).then(|| self.to_string())
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.browser, self.system) {
            (Some(browser), Some(system)) => {
                write!(f, "{} on {}", browser.as_str(), system.as_str())
            }
            (Some(browser), None) => f.write_str(browser.as_str()),
            (None, Some(system)) => f.write_str(system.as_str()),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(header: &str) -> Option<String> {
        Device::of(&UserAgent::read(header.as_bytes())).words()
    }

    #[test]
    fn well_known_browsers_are_told_by_their_names() {
        for (header, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/122.0.0.0",
                "Opera on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/143.0 Mobile/15E148 Safari/605.1.15",
                "Firefox on iPad",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Vivaldi/7.6.3797.52",
                "Vivaldi on Linux",
            ),
        ] {
            assert_eq!(words(header).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn what_can_be_told_in_part_is_told_in_part_and_the_rest_is_left_out() {
        assert_eq!(words("Firefox/1").as_deref(), Some("Firefox"));
        assert_eq!(words("app (Android 15)").as_deref(), Some("Android"));
        for nothing in ["", "curl/8.5.0", "<script>alert(1)</script>", "firefox"] {
            assert_eq!(words(nothing), None, "{nothing}");
        }
    }
}
