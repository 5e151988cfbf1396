//! Recovery codes as people read and type them: letters of Crockford's base 32, the last of which checks the others.
//!
//! ```text
//! code  = 19 letters (95 bits), 23 where the profile is strict (115 bits), and a check letter; in groups of four
//! check = Σ letterᵢ · αⁿ⁻ⁱ in GF(2⁵) = GF(2)[x] / (x⁵ + x² + 1), α = x, n letters, i from 0
//! ```
//!
//! A letter is its place in the alphabet, five bits. The powers of α are different for all places, so a code with any
//! one letter changed, or any two of them in each other's place, does not check: that is told to whoever typed it before
//! anything is compared or charged. It says nothing of any account, for it is read off the text alone.

use zeroize::Zeroizing;

use super::code::{ALPHABET, is_too_long, letter_of};
use crate::normalize;

/// A code in its one normal form: upper case, no spaces, the check letter last.
pub type RecoveryCode = Zeroizing<Vec<u8>>;

/// How long the codes of a set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryLength {
    /// 95 bits.
    Standard,
    /// 115 bits.
    Strict,
}

impl RecoveryLength {
    /// Letters, without the one that checks them.
    #[must_use]
    pub const fn letters(self) -> usize {
        match self {
            Self::Standard => 19,
            Self::Strict => 23,
        }
    }
}

/// The code that derived bytes stand for: their first bits, five a letter.
#[must_use]
pub fn of(derived: &[u8; 32], length: RecoveryLength) -> RecoveryCode {
    let mut code = Zeroizing::new(Vec::with_capacity(length.letters().saturating_add(1)));
    let (mut bits, mut held, mut check) = (0u16, 0u32, 0u8);
    let mut bytes = derived.iter();
    while code.len() < length.letters() {
        if held < 5 {
            bits = bits << 8 | u16::from(bytes.next().copied().unwrap_or_default());
            held = held.saturating_add(8);
        }
        held = held.saturating_sub(5);
        let value = u8::try_from(bits >> held & 31).unwrap_or_default();
        code.push(letter(value));
        check = times_alpha(check ^ value);
        bits &= (1 << held) - 1;
    }
    code.push(letter(check));
    code
}

/// The code that a person typed, in its normal form ([`normalize`]): any case, spaces and dashes anywhere, O for 0, I
/// and L for 1. `None` for everything else, and where the last letter does not check the others: it was mistyped.
#[must_use]
pub fn read(typed: &str) -> Option<RecoveryCode> {
    if is_too_long(typed) {
        return None;
    }
    let longest = RecoveryLength::Strict.letters().saturating_add(1);
    let mut code = Zeroizing::new(Vec::with_capacity(longest));
    for sign in normalize::signs(typed) {
        if code.len() == longest {
            return None;
        }
        code.push(letter_of(sign)?);
    }
    let (check, letters) = code.split_last()?;
    let is_whole = [RecoveryLength::Standard, RecoveryLength::Strict]
        .iter()
        .any(|length| length.letters() == letters.len());
    (is_whole && letter(checks(letters)) == *check).then_some(code)
}

fn letter(value: u8) -> u8 {
    ALPHABET
        .get(usize::from(value & 31))
        .copied()
        .unwrap_or_default()
}

/// The value of the letter that checks those, which somebody typed. Of what is derived it is made of the values
/// themselves, in the same steps whatever they are.
fn checks(letters: &[u8]) -> u8 {
    letters.iter().fold(0, |sum, letter| {
        let place = ALPHABET.iter().position(|it| it == letter);
        times_alpha(sum ^ place.and_then(|it| u8::try_from(it).ok()).unwrap_or(0))
    })
}

/// Multiplied by x, modulo x⁵ + x² + 1.
const fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    let overflow = shifted >> 5 & 1;
    shifted ^ (0b10_0101 & 0u8.wrapping_sub(overflow))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::code::show;
    use super::*;

    fn lengths() -> impl Strategy<Value = RecoveryLength> {
        prop_oneof![Just(RecoveryLength::Standard), Just(RecoveryLength::Strict)]
    }

    /// The letters are what data-encoding's base 32 makes of the same bits.
    #[test]
    fn letters_are_the_first_bits_five_at_a_time() {
        let derived: [u8; 32] = std::array::from_fn(|n| (n as u8).wrapping_mul(37) ^ 0x5a);
        let mut bits = derived
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        let code = of(&derived, RecoveryLength::Strict);
        for letter in &code[..23] {
            let value = (0..5).fold(0, |value, _| value << 1 | usize::from(bits.next().unwrap()));
            assert_eq!(*letter, ALPHABET[value]);
        }
        assert_eq!(code[..19], of(&derived, RecoveryLength::Standard)[..19]);
    }

    #[test]
    fn alpha_has_every_power() {
        let mut powers = vec![1u8];
        while powers.len() < 31 {
            powers.push(times_alpha(powers[powers.len() - 1]));
        }
        let mut sorted = powers.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (1..32).collect::<Vec<u8>>());
        assert_eq!(times_alpha(powers[30]), 1);
    }

    #[test]
    fn a_code_is_shown_in_groups_of_four_and_has_as_many_bits_as_it_must() {
        for (length, groups, least) in [
            (RecoveryLength::Standard, 5, 80),
            (RecoveryLength::Strict, 6, 112),
        ] {
            let shown = show(&of(&[0x5a; 32], length));
            let all: Vec<&str> = shown.split('-').collect();
            assert_eq!(all.len(), groups);
            assert!(all.iter().all(|group| group.len() == 4));
            assert!(length.letters() * 5 >= least);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back_as_people_type_it(derived: [u8; 32], length in lengths(), lower: bool) {
            let code = of(&derived, length);
            let shown = show(&code).to_string();
            let typed = if lower {
                format!(" {} \n", shown.to_lowercase().replace('-', "\u{2009}"))
            } else {
                shown.replace('0', "O").replace('1', "l")
            };
            prop_assert_eq!(read(&typed), Some(code));
        }

        /// Every one of them: a code that does not check costs its user nothing.
        #[test]
        fn no_letter_that_is_changed_and_no_two_that_change_places_go_unnoticed(derived: [u8; 32], length in lengths()) {
            let code = of(&derived, length);
            for place in 0..code.len() {
                for letter in ALPHABET {
                    let mut other = code.clone();
                    other[place] = *letter;
                    let text = String::from_utf8(other.to_vec()).unwrap();
                    prop_assert_eq!(read(&text).is_some(), other == code);
                }
                for second in 0..place {
                    let mut other = code.clone();
                    other.swap(place, second);
                    let text = String::from_utf8(other.to_vec()).unwrap();
                    prop_assert_eq!(read(&text).is_some(), other == code);
                }
                let mut shorter = code.to_vec();
                shorter.remove(place);
                prop_assert_eq!(read(&String::from_utf8(shorter).unwrap()), None);
            }
        }

        #[test]
        fn reading_survives_anything(typed in any::<String>()) {
            let _ = read(&typed);
        }
    }

    #[test]
    fn no_backup_code_is_read_as_one_and_none_of_these_as_a_backup_code() {
        let code = of(&[7; 32], RecoveryLength::Standard);
        assert_eq!(super::super::code::read(&show(&code)), None);
        assert_eq!(read("0123-4567-89AB-CD1Z"), None);
        assert_eq!(read(""), None);
        assert_eq!(read(&"0".repeat(1_000_000)), None);
    }
}
