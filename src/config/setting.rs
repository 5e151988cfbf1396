//! What a setting is, for those who list them: php.ini, the environment, the README.

/// One setting: `twofactor.<name>` in php.ini, `TWOFACTOR_<NAME>` in the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Without a prefix.
    pub name: &'static str,
    /// As text.
    pub default: &'static str,
    /// What it may be: a range with its unit, words, or what kind of text.
    pub values: &'static str,
    /// May hold a password: never shown.
    pub secret: bool,
    /// What it does.
    pub about: &'static str,
}

/// What the names of variables begin with.
pub const VARIABLE_PREFIX: &str = "TWOFACTOR_";

impl Setting {
    /// The environment variable that sets it where php.ini does not.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.to_ascii_uppercase())
    }
}

/// Reads the text that the macro `settings` makes: a setting ends with RS, each of its fields with US.
pub(super) fn read(text: &'static str) -> impl Iterator<Item = Setting> {
    text.split_terminator('\u{1e}').filter_map(|record| {
        let mut fields = record.split('\u{1f}').map(str::trim);
        Some(Setting {
            name: fields.next()?,
            default: fields.next()?,
            values: fields.next()?,
            secret: fields.next()? == "secret",
            about: fields.next()?,
        })
    })
}
