//! What only a site under development may do, and the proof that this is one.
//!
//! A provider that writes codes to a file is a way around the second factor. So it asks for a
//! [`DevelopmentAllowed`], and only the configuration makes one, from the setting `twofactor.development`;
//! `tests/it/modules.rs` holds the code to that.

/// The operator said that this is a site under development.
///
/// ```compile_fail,E0423
/// let allowed = twofactor::development::DevelopmentAllowed(());
/// ```
#[derive(Debug, Clone)]
pub struct DevelopmentAllowed(());

impl DevelopmentAllowed {
    /// From the value of `twofactor.development`. Nothing but `1` allows.
    ///
    /// ```
    /// use twofactor::development::DevelopmentAllowed;
    ///
    /// assert!(DevelopmentAllowed::from_setting("1").is_some());
    /// assert!(DevelopmentAllowed::from_setting("0").is_none());
    /// ```
    #[must_use]
    pub fn from_setting(value: &str) -> Option<Self> {
        (value == "1").then_some(Self(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_one_allows() {
        assert!(DevelopmentAllowed::from_setting("1").is_some());
        for value in [
            "", "0", "01", "1 ", " 1", "+1", "1.0", "true", "on", "yes", "١", "11",
        ] {
            assert!(DevelopmentAllowed::from_setting(value).is_none(), "{value}");
        }
    }
}
