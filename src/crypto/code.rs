//! Codes people copy by hand: Crockford's base 32, which leaves out I, L, O and U and reads them
//! back as 1, 1 and 0.

use zeroize::Zeroizing;

use super::random::{self, Entropy, RandomError};
use crate::normalize;

pub(super) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a look-up code: 16 × 5 bits = 80 bits.
const LOOKUP_LETTERS: usize = 16;
/// The same where the site's profile is strict: 24 × 5 bits = 120 bits (ASVS 5.0 6.5.2 and NIST SP 800-63B-4 section
/// 3.1.2.2 want 112, or the slow hash of a password).
const STRICT_LETTERS: usize = 24;

/// A code of 80 or 120 random bits in its one normal form: sixteen or 24 letters, upper case, no spaces.
///
/// Where it is stays: an array would be copied with every move, and the copies left behind.
pub type LookupCode = Zeroizing<Vec<u8>>;

const _: () = super::zeroes_itself::<LookupCode>();

/// Makes one. No letter is likelier than another.
///
/// # Errors
/// [`RandomError`]
pub fn lookup(entropy: &mut dyn Entropy) -> Result<LookupCode, RandomError> {
    lookup_of(LOOKUP_LETTERS, entropy)
}

/// Makes one for a site whose profile is strict.
///
/// # Errors
/// [`RandomError`]
pub fn strict_lookup(entropy: &mut dyn Entropy) -> Result<LookupCode, RandomError> {
    lookup_of(STRICT_LETTERS, entropy)
}

fn lookup_of(letters: usize, entropy: &mut dyn Entropy) -> Result<LookupCode, RandomError> {
    let mut code = Zeroizing::new(Vec::with_capacity(letters));
    drawn_from(ALPHABET, letters, entropy, |letter| code.push(letter))?;
    Ok(code)
}

/// Some signs of those, each as likely as every other.
fn drawn_from(
    signs: &[u8],
    count: usize,
    entropy: &mut dyn Entropy,
    mut each: impl FnMut(u8),
) -> Result<(), RandomError> {
    let last = u64::try_from(signs.len().saturating_sub(1)).map_err(|_| RandomError)?;
    let mut drawn = 0;
    random::several_up_to(last, count, entropy, |place| {
        if let Some(sign) = usize::try_from(place).ok().and_then(|it| signs.get(it)) {
            each(*sign);
            drawn += 1;
        }
    })?;
    if drawn == count {
        Ok(())
    } else {
        Err(RandomError)
    }
}

/// Whether a code is one of [`strict_lookup`].
#[must_use]
pub fn is_strict(code: &LookupCode) -> bool {
    code.len() == STRICT_LETTERS
}

/// As it is shown: in groups of four, joined by dashes.
#[must_use]
pub fn show(code: &LookupCode) -> Zeroizing<String> {
    let dashes = code.len() / 4;
    let mut out = Zeroizing::new(String::with_capacity(code.len().saturating_add(dashes)));
    for (index, letter) in code.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            out.push('-');
        }
        out.push(char::from(*letter));
    }
    out
}

/// Most characters of a code that is looked at: one with something between all its signs is shorter.
const LONGEST: usize = 64;

/// Whether a text is too long to be a code, whatever is in it.
#[must_use]
pub fn is_too_long(typed: &str) -> bool {
    normalize::is_longer_than(typed, LONGEST)
}

/// Reads what a person typed, in its normal form ([`normalize`]): any case, spaces and dashes anywhere, O for
/// 0, I and L for 1. `None` for everything else; it cannot be a code.
#[must_use]
pub fn read(typed: &str) -> Option<LookupCode> {
    if is_too_long(typed) {
        return None;
    }
    // As much as the longest takes: it never grows, which would leave a copy behind.
    let mut code = Zeroizing::new(Vec::with_capacity(STRICT_LETTERS));
    for sign in normalize::signs(typed) {
        if code.len() == STRICT_LETTERS {
            return None;
        }
        code.push(letter_of(sign)?);
    }
    [LOOKUP_LETTERS, STRICT_LETTERS]
        .contains(&code.len())
        .then_some(code)
}

/// The letter that a person meant: in any case, O for 0, I and L for 1.
pub(super) fn letter_of(sign: char) -> Option<u8> {
    match u8::try_from(sign).ok()?.to_ascii_uppercase() {
        b'O' => Some(b'0'),
        b'I' | b'L' => Some(b'1'),
        letter => ALPHABET.contains(&letter).then_some(letter),
    }
}

/// Fewest and most digits of a code that is sent.
pub const DIGITS: std::ops::RangeInclusive<u8> = 4..=10;

/// Makes a code of digits to be sent to somebody, leading zeros kept. Every code is as likely as every
/// other.
///
/// # Errors
/// [`RandomError`]
pub fn digits(count: u8, entropy: &mut dyn Entropy) -> Result<Zeroizing<String>, RandomError> {
    let count = usize::from(count);
    let mut out = Zeroizing::new(String::with_capacity(count));
    drawn_from(b"0123456789", count, entropy, |digit| {
        out.push(char::from(digit));
    })?;
    Ok(out)
}

/// Reads the digits a person typed, in their normal form ([`normalize`]): spaces and dashes anywhere. `None`
/// for everything else.
#[must_use]
pub fn read_digits(typed: &str) -> Option<Zeroizing<String>> {
    if is_too_long(typed) {
        return None;
    }
    let mut code = Zeroizing::new(String::with_capacity(usize::from(*DIGITS.end())));
    for sign in normalize::signs(typed) {
        match sign {
            '0'..='9' if code.len() < usize::from(*DIGITS.end()) => code.push(sign),
            _ => return None,
        }
    }
    (code.len() >= usize::from(*DIGITS.start())).then_some(code)
}

/// Whether a text is a code of digits in its one form, as [`read_digits`] gives it.
#[must_use]
pub fn is_digits(code: &str) -> bool {
    let fits = u8::try_from(code.len()).is_ok_and(|length| DIGITS.contains(&length));
    fits && code.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::OsEntropy;
    use proptest::prelude::*;

    /// Gives 64-bit numbers at equal distances, `COUNT` of them.
    struct Even<const COUNT: u64>(u64);

    impl<const COUNT: u64> Entropy for Even<COUNT> {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            let distance = u64::MAX / COUNT;
            for number in buffer.chunks_mut(8) {
                if self.0 == COUNT {
                    return Err(RandomError);
                }
                number.copy_from_slice(&(self.0 * distance + distance / 2).to_le_bytes());
                self.0 += 1;
            }
            Ok(())
        }
    }

    #[test]
    fn digits_and_letters_have_no_bias_and_digits_keep_their_zeros() {
        let mut entropy = Even::<1_000>(0);
        assert_eq!(&**digits(4, &mut entropy).unwrap(), "0000");
        entropy.0 = 0;
        let mut counts = [0u32; 10];
        for _ in 0..100 {
            for digit in digits(10, &mut entropy).unwrap().bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        assert_eq!(counts, [100; 10]);
        let mut entropy = Even::<3_200>(0);
        let mut counts = [0u32; 32];
        for _ in 0..200 {
            for letter in lookup(&mut entropy).unwrap().iter() {
                counts[ALPHABET.iter().position(|a| a == letter).unwrap()] += 1;
            }
        }
        assert_eq!(counts, [100; 32]);
        assert!(digits(6, &mut entropy).is_err() && lookup(&mut entropy).is_err());
    }

    /// A million codes of six digits, first digit first: chi-square with 999 degrees of freedom over
    /// the first three and the last three. Above 1250 happens once in ten million runs.
    #[test]
    fn a_million_codes_are_spread_evenly() {
        let mut counts = [[0u32; 1000]; 2];
        for _ in 0..1_000_000 {
            let code = digits(6, &mut OsEntropy).unwrap();
            for (half, counts) in [&code[..3], &code[3..]].into_iter().zip(&mut counts) {
                counts[half.parse::<usize>().unwrap()] += 1;
            }
        }
        for counts in counts {
            let chi: f64 = counts
                .iter()
                .map(|&c| (f64::from(c) - 1000.0).powi(2) / 1000.0)
                .sum();
            assert!(chi < 1250.0, "{chi}");
        }
    }

    #[test]
    fn typed_digits_have_one_form() {
        for typed in [
            "012345",
            " 012 345 ",
            "0-1-2-3-4-5\r\n",
            "012\u{a0}345",
            "\u{200b}012–345\u{feff}",
            "\u{2066}012345\u{2069}",
            "０１２３４５",
            "٠١٢٣٤٥",
            "0१２٣𝟜5",
            "０\u{3000}１２３４５",
        ] {
            let read = read_digits(typed).unwrap();
            assert_eq!(&**read, "012345", "{typed:?}");
            assert!(is_digits(&read) && (is_digits(typed) == (typed == "012345")));
        }
        for typed in [
            "",
            "123",
            "12345678901",
            "+12345",
            "12345a",
            "①②③④⑤⑥",
            "十二三四五六",
            "123.456",
            "1e50",
            "1234\0",
        ] {
            assert!(
                read_digits(typed).is_none() && !is_digits(typed),
                "{typed:?}"
            );
        }
        assert!(!is_digits(&"0".repeat(256 + 6)));
        assert!(read_digits(&"0".repeat(1_000_000)).is_none());
    }

    #[test]
    fn a_code_has_eighty_bits_in_groups_of_four() {
        let shown = show(&lookup(&mut OsEntropy).unwrap());
        assert_eq!(shown.len(), 19);
        assert!(shown.split('-').all(|group| group.len() == 4));
    }

    #[test]
    fn a_code_of_a_strict_site_has_a_hundred_and_twenty_bits_and_is_read_as_the_others_are() {
        let code = strict_lookup(&mut OsEntropy).unwrap();
        let shown = show(&code);
        assert_eq!(shown.split('-').count(), 6);
        assert!(shown.split('-').all(|group| group.len() == 4));
        assert_eq!(read(&shown.to_lowercase().replace('-', " ")), Some(code));
        for other in [&shown[1..], &format!("{}0", *shown)] {
            assert_eq!(read(other), None);
        }
    }

    #[test]
    fn letters_are_equally_likely() {
        let mut counts = [0u32; 32];
        for _ in 0..8_000 {
            for letter in lookup(&mut OsEntropy).unwrap().iter() {
                counts[ALPHABET.iter().position(|a| a == letter).unwrap()] += 1;
            }
        }
        // Chi-square with 31 degrees of freedom: above 90 happens once in a million runs or less.
        let chi: f64 = counts
            .iter()
            .map(|&c| (f64::from(c) - 4000.0).powi(2) / 4000.0)
            .sum();
        assert!(chi < 90.0, "{chi}");
    }

    #[test]
    fn people_may_type_it_as_they_like() {
        let code = Zeroizing::new(b"0123456789ABCD1Z".to_vec());
        for typed in [
            "0123-4567-89AB-CD1Z",
            "o123 4567 89ab cdiz",
            " O1234567 89abcdLz \n",
            "0-1-2-3-4-5-6-7-8-9-a-b-c-d-l-z",
            "0123–4567—89AB−CD1Z",
            "\u{202a}0123\u{a0}4567\u{200b}\u{2011}89AB\u{202f}CD1Z\u{202c}",
            "０１２３－４５６７－８９ａｂ－ｃｄＩＺ",
            "٠١٢٣-٤٥٦٧-٨٩AB-CD١Z",
        ] {
            assert_eq!(read(typed).unwrap(), code, "{typed}");
        }
        for typed in [
            "",
            "0123",
            "0123-4567-89AB-CDUZ",
            "0123-4567-89AB-CD1Z0",
            "⓪123456789ABCD1Z",
            "123456789ABCD1Z",
            "0123+4567+89AB+CD1Z",
            "0123456789ABCD1\0",
            "0123-4567-89АВ-CD1Z",
        ] {
            assert!(read(typed).is_none(), "{typed}");
        }
        assert!(read(&"0".repeat(1_000_000)).is_none());
    }

    proptest! {
        #[test]
        fn reading_survives_anything(typed in any::<String>()) {
            let _ = read(&typed);
        }
    }
}
