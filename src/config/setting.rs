//! What a setting is, for those who list them: php.ini, the environment, the README.

use std::ffi::CStr;

/// One setting: `twofactor.<name>` in php.ini, `TWOFACTOR_<NAME>` in the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Without a prefix.
    pub name: &'static str,
    /// The directive of php.ini: the name behind [`DIRECTIVE_PREFIX`], as C has it.
    pub directive: &'static CStr,
    /// As text.
    pub default: &'static str,
    /// The same, as C has it.
    pub default_c: &'static CStr,
    /// What it may be: a range with its unit, words, or what kind of text.
    pub values: &'static str,
    /// May hold a password: never shown.
    pub secret: bool,
    /// What it does.
    pub about: &'static str,
}

/// What the names of directives begin with.
pub const DIRECTIVE_PREFIX: &str = "twofactor.";
/// What the names of variables begin with.
pub const VARIABLE_PREFIX: &str = "TWOFACTOR_";

impl Setting {
    /// The environment variable that sets it where php.ini does not.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.to_ascii_uppercase())
    }
}

/// How many fields a setting has in the text that the macro `settings` makes: directive, default, values, whether it is
/// secret, what it does. Each ends with the one byte that [`ends`] looks for.
const FIELDS: usize = 5;

/// Whether a field of the text ends there: US between the fields, RS behind the last one.
const fn ends(byte: u8) -> bool {
    matches!(byte, 0x1e | 0x1f)
}

/// How many settings the text has.
#[expect(clippy::indexing_slicing, reason = "looked at when this is compiled")]
pub(super) const fn count(text: &str) -> usize {
    let (bytes, mut at, mut fields) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        if ends(bytes[at]) {
            fields += 1;
        }
        at += 1;
    }
    fields / FIELDS
}

/// Where the fields of each setting end, found when this is compiled: PHP reads the list at every start, and these are
/// no addresses, which the loader would have to write then.
pub(super) type Index<const COUNT: usize> = [[u16; FIELDS]; COUNT];

#[expect(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "looked at when this is compiled"
)]
pub(super) const fn index<const COUNT: usize>(text: &str) -> Index<COUNT> {
    assert!(text.len() <= u16::MAX as usize);
    let (bytes, mut at, mut field) = (text.as_bytes(), 0, 0);
    let mut index = [[0; FIELDS]; COUNT];
    while at < bytes.len() {
        if ends(bytes[at]) {
            index[field / FIELDS][field % FIELDS] = at as u16;
            field += 1;
        }
        at += 1;
    }
    index
}

/// The settings of a text.
pub(super) fn read<const COUNT: usize>(
    text: &'static str,
    index: &'static Index<COUNT>,
) -> impl Iterator<Item = Setting> {
    let mut begin = 0;
    index.iter().filter_map(move |ends| {
        let [directive, default, values, secret, about] = ends.map(|end| {
            let field = text.get(begin..usize::from(end));
            begin = usize::from(end).saturating_add(1);
            field.unwrap_or_default()
        });
        Some(Setting {
            name: directive
                .strip_prefix(DIRECTIVE_PREFIX)?
                .strip_suffix('\0')?,
            directive: CStr::from_bytes_with_nul(directive.as_bytes()).ok()?,
            default: default.strip_suffix('\0')?,
            default_c: CStr::from_bytes_with_nul(default.as_bytes()).ok()?,
            values: values.trim_end(),
            secret: secret == "secret",
            about: about.trim_start(),
        })
    })
}
