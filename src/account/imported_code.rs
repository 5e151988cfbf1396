//! Backup codes that other software made, as they are typed.

use zeroize::Zeroizing;

use crate::normalize;

/// Shortest and longest code that is taken over, in letters and digits.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=32;

/// A backup code of other software in its one form: lower case, no spaces or dashes.
pub type ImportedCode = Zeroizing<Vec<u8>>;

/// Most backup codes that are taken over.
pub const MOST_IMPORTED_CODES: usize = 50;

/// Reads a backup code of other software in its normal form ([`normalize`]): 8 to 32 letters and digits of ASCII in any
/// case, spaces and dashes anywhere. `None` of everything else.
#[must_use]
pub fn imported_code(text: &str) -> Option<ImportedCode> {
    let longest = *LENGTHS.end();
    if normalize::is_longer_than(text, longest.saturating_mul(2)) {
        return None;
    }
    let mut code = Zeroizing::new(Vec::with_capacity(longest));
    for sign in normalize::signs(text) {
        let letter = u8::try_from(sign)
            .ok()
            .filter(u8::is_ascii_alphanumeric)
            .filter(|_| code.len() < longest)?;
        code.push(letter.to_ascii_lowercase());
    }
    LENGTHS.contains(&code.len()).then_some(code)
}
