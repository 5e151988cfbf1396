//! Authenticator apps: RFC 6238 over RFC 4226.
//!
//! [`Totp`] computes and compares. What an account must remember, above all that a time step is accepted once, is
//! beside it (`app`).

use std::fmt;
use std::sync::OnceLock;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::clock::UnixTime;
use crate::crypto::{Entropy, RandomError, code, decoded, scrub_stack, zeroes_itself};
use crate::normalize;
use crate::types::Algorithm;

/// How long a set-up waits for its confirmation, in seconds.
pub const PENDING_SECONDS: u64 = 30 * 60;
/// Shortest secret taken, in bytes (RFC 4226 section 4, R6).
pub const SHORTEST_SECRET: usize = 16;
/// Shortest secret that is taken over from other software, in bytes: what apps were given for years.
pub const SHORTEST_IMPORTED: usize = 10;
/// Longest secret taken, in bytes: the output of SHA-512.
pub const LONGEST_SECRET: usize = 64;
/// What we make: 160 bits, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
/// Longest text of a secret that is looked at, in characters: the longest secret, spaced out.
const LONGEST_TEXT: usize = 512;

/// The text is not a secret. Never says what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not base 32.
    #[error("must be base 32")]
    NotBase32,
    /// Under 16 or over 64 bytes.
    #[error("must have {SHORTEST_SECRET} to {LONGEST_SECRET} bytes")]
    Length,
}

/// A shared secret. Redacts, zeroes itself, and compares in constant time only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret(Vec<u8>);

const _: () = zeroes_itself::<TotpSecret>();

impl TotpSecret {
    /// `bytes` random bytes.
    ///
    /// # Errors
    /// [`SecretError::Length`]; [`RandomError`] inside.
    pub fn generate(bytes: usize, entropy: &mut dyn Entropy) -> Result<Self, GenerateError> {
        if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&bytes) {
            return Err(SecretError::Length.into());
        }
        let mut secret = Self(vec![0; bytes]);
        entropy.fill(&mut secret.0)?;
        Ok(secret)
    }

    /// Takes bytes as they are.
    ///
    /// # Errors
    /// [`SecretError::Length`]
    pub fn new(bytes: &[u8]) -> Result<Self, SecretError> {
        if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&bytes.len()) {
            return Err(SecretError::Length);
        }
        Ok(Self(bytes.to_vec()))
    }

    /// One of other software, or one that is in a document: it may be shorter ([`TotpSecret::is_weak`]).
    ///
    /// # Errors
    /// [`SecretError::Length`]
    pub fn imported(bytes: &[u8]) -> Result<Self, SecretError> {
        if !(SHORTEST_IMPORTED..=LONGEST_SECRET).contains(&bytes.len()) {
            return Err(SecretError::Length);
        }
        Ok(Self(bytes.to_vec()))
    }

    /// Whether it is shorter than any that is made or taken here (RFC 4226 section 4, R6).
    #[must_use]
    pub const fn is_weak(&self) -> bool {
        self.0.len() < SHORTEST_SECRET
    }

    /// Reads base 32 (RFC 4648) in its normal form ([`normalize`]): spaces and dashes anywhere, either case, with
    /// padding or without.
    ///
    /// # Errors
    /// [`SecretError`]
    pub fn from_base32(text: &str) -> Result<Self, SecretError> {
        let bytes = decoded(&BASE32_NOPAD, &letters(text)?).ok_or(SecretError::NotBase32)?;
        Self::new(&bytes)
    }

    /// The same of other software: it may be shorter, and bits behind the last whole byte are left out, as apps do
    /// that were given letters which were drawn one by one.
    ///
    /// # Errors
    /// [`SecretError`]
    pub fn imported_base32(text: &str) -> Result<Self, SecretError> {
        let letters = letters(text)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(letters.len()));
        let (mut bits, mut count) = (0_u32, 0_u32);
        for letter in letters.iter() {
            let value = match letter {
                b'A'..=b'Z' => letter.wrapping_sub(b'A'),
                b'2'..=b'7' => letter.wrapping_sub(b'2').wrapping_add(26),
                _ => return Err(SecretError::NotBase32),
            };
            bits = ((bits << 5) | u32::from(value)) & 0xfff;
            count = count.wrapping_add(5);
            if count >= 8 {
                count = count.wrapping_sub(8);
                let [_, _, _, byte] = (bits >> count).to_be_bytes();
                bytes.push(byte);
            }
        }
        Self::imported(&bytes)
    }

    /// Base 32 without padding.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }

    /// Base 32 in groups of four, for reading aloud and typing.
    #[must_use]
    pub fn grouped(&self) -> Zeroizing<String> {
        let plain = self.to_base32();
        let mut out = Zeroizing::new(String::with_capacity(plain.len().saturating_mul(2)));
        for (index, letter) in plain.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                out.push(' ');
            }
            out.push(letter);
        }
        out
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The letters of a secret as a person copied it, in upper case and without padding.
fn letters(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    if normalize::is_longer_than(text, LONGEST_TEXT) {
        return Err(SecretError::Length);
    }
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    for sign in normalize::signs(text) {
        let letter = u8::try_from(sign).map_err(|_| SecretError::NotBase32)?;
        letters.push(letter.to_ascii_uppercase());
    }
    while letters.last() == Some(&b'=') {
        letters.pop();
    }
    Ok(letters)
}

/// Why no secret could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// The length asked for.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl ConstantTimeEq for TotpSecret {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(<redacted>)")
    }
}

impl AsRef<[u8]> for TotpSecret {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for TotpSecret {
    type Error = SecretError;
    fn try_from(bytes: &[u8]) -> Result<Self, SecretError> {
        Self::imported(bytes)
    }
}

/// The parameters are out of range, or the URI is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// Not 6 to 8.
    #[error("must be from 6 to 8 digits")]
    Digits,
    /// Not 15 to 300 seconds.
    #[error("must be a period of 15 to 300 seconds")]
    Period,
    /// Not an `otpauth://totp/` URI with a good secret.
    #[error(
        "must be an otpauth://totp/ URI with a base 32 secret of {SHORTEST_SECRET} to {LONGEST_SECRET} bytes"
    )]
    Uri,
}

/// Of which time step within the window a code is.
#[derive(Debug, Clone, Copy)]
pub(super) struct MatchedStep {
    /// The latest that counts: it is later than the last accepted one.
    pub(super) later: Option<u64>,
    /// The latest that counts no more.
    pub(super) spent: u64,
    /// Whether there is such a one.
    pub(super) is_spent: Choice,
}

impl MatchedStep {
    /// Of none.
    pub(super) fn none() -> Self {
        Self {
            later: None,
            spent: 0,
            is_spent: Choice::from(0),
        }
    }
}

/// A secret and how codes are made of it.
#[derive(Debug, Clone)]
pub struct Totp {
    secret: TotpSecret,
    algorithm: Algorithm,
    digits: u8,
    period: u32,
    /// The secret's hashed key blocks, made with the first code. Zeroes itself.
    hotp: OnceLock<Option<Hotp>>,
}

const _: fn(&Totp) -> &TotpSecret = |totp| &totp.secret;

/// Ten to the number of digits.
const fn modulus(digits: u8) -> u32 {
    match digits {
        7 => 10_000_000,
        8 => 100_000_000,
        _ => 1_000_000,
    }
}

/// HOTP values (RFC 4226 section 5.3) of one secret; the key's blocks are hashed once.
#[derive(Clone)]
enum Hotp {
    Sha1(Hmac<sha1::Sha1>),
    Sha256(Hmac<sha2::Sha256>),
    Sha512(Hmac<sha2::Sha512>),
}

// What an HMAC keeps are two states of its hash.
const _: () = {
    zeroes_itself::<sha1::Sha1>();
    zeroes_itself::<sha2::Sha256>();
    zeroes_itself::<sha2::Sha512>();
};

impl fmt::Debug for Hotp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hotp(<redacted>)")
    }
}

impl Hotp {
    /// HMAC takes keys of every length: `None` does not happen, and would match nothing.
    ///
    /// It stays a call: a copy of the secret, padded to a block, is left on the stack below its caller, who scrubs it.
    #[inline(never)]
    fn new(secret: &TotpSecret, algorithm: Algorithm) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Sha1 => Self::Sha1(Hmac::new_from_slice(&secret.0).ok()?),
            Algorithm::Sha256 => Self::Sha256(Hmac::new_from_slice(&secret.0).ok()?),
            Algorithm::Sha512 => Self::Sha512(Hmac::new_from_slice(&secret.0).ok()?),
        })
    }

    /// The 31 bits of dynamic truncation.
    fn truncated(&self, counter: u64) -> u32 {
        fn finish<M: Mac + Clone>(mac: &M, counter: u64) -> u32 {
            let mut mac = mac.clone();
            mac.update(&counter.to_be_bytes());
            let bytes = mac.finalize().into_bytes();
            let offset = usize::from(bytes.last().copied().unwrap_or(0) & 15);
            let word = bytes.get(offset..).and_then(|tail| tail.first_chunk::<4>());
            u32::from_be_bytes(word.copied().unwrap_or_default()) & 0x7fff_ffff
        }
        match self {
            Self::Sha1(mac) => finish(mac, counter),
            Self::Sha256(mac) => finish(mac, counter),
            Self::Sha512(mac) => finish(mac, counter),
        }
    }
}

/// The number a person typed, in its normal form ([`normalize`]): exactly `digits` digits, spaces and dashes
/// anywhere. Everything else cannot be a code.
fn read_code(typed: &str, digits: u8) -> Option<u32> {
    if code::is_too_long(typed) {
        return None;
    }
    let (mut value, mut count) = (0u32, 0u8);
    for sign in normalize::signs(typed) {
        let digit = sign.to_digit(10).filter(|_| count < digits)?;
        value = value.checked_mul(10)?.checked_add(digit)?;
        count = count.saturating_add(1);
    }
    (count == digits).then_some(value)
}

impl Totp {
    /// # Errors
    /// [`TotpError::Digits`], [`TotpError::Period`]
    pub fn new(
        secret: TotpSecret,
        algorithm: Algorithm,
        digits: u8,
        period: u32,
    ) -> Result<Self, TotpError> {
        if !(6..=8).contains(&digits) {
            return Err(TotpError::Digits);
        }
        if !(15..=300).contains(&period) {
            return Err(TotpError::Period);
        }
        Ok(Self {
            secret,
            algorithm,
            digits,
            period,
            hotp: OnceLock::new(),
        })
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &TotpSecret {
        &self.secret
    }

    /// The hash.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many digits a code has.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// Seconds of a time step.
    #[must_use]
    pub const fn period(&self) -> u32 {
        self.period
    }

    /// The time step `now` lies in.
    pub(super) fn step(&self, now: UnixTime) -> u64 {
        now.unsigned() / u64::from(self.period)
    }

    fn hotp(&self) -> Option<&Hotp> {
        let prepared = || {
            let hotp = Hotp::new(&self.secret, self.algorithm);
            scrub_stack();
            hotp
        };
        self.hotp.get_or_init(prepared).as_ref()
    }

    /// The code of that moment, leading zeros kept.
    #[must_use]
    pub fn at(&self, now: UnixTime) -> Zeroizing<String> {
        let value = self.hotp().map_or(0, |hotp| hotp.truncated(self.step(now)));
        let width = usize::from(self.digits);
        Zeroizing::new(format!("{:0width$}", value % modulus(self.digits)))
    }

    /// The latest time step within `window` whose code this is. Every step of the window is computed
    /// and compared, whatever the others say.
    #[must_use]
    pub fn matching_step(&self, code: &str, now: UnixTime, window: u8) -> Option<u64> {
        let centre = self.step(now);
        self.matching_steps(None, code, centre, window).later
    }

    /// Like [`Totp::matching_step`], around that step, and apart whether the step is later than `last`.
    pub(super) fn matching_steps(
        &self,
        last: Option<u64>,
        code: &str,
        centre: u64,
        window: u8,
    ) -> MatchedStep {
        let (Some(typed), Some(hotp)) = (read_code(code, self.digits), self.hotp()) else {
            return MatchedStep::none();
        };
        let first = centre.saturating_sub(window.into());
        let (mut is_later, mut is_spent) = (Choice::from(0), Choice::from(0));
        let (mut step, mut spent) = (0u64, 0u64);
        for candidate in first..=centre.saturating_add(window.into()) {
            let value = hotp.truncated(candidate) % modulus(self.digits);
            let later = Choice::from(u8::from(last.is_none_or(|last| candidate > last)));
            let is_it = value.ct_eq(&typed);
            step.conditional_assign(&candidate, is_it & later);
            spent.conditional_assign(&candidate, is_it & !later);
            is_later |= is_it & later;
            is_spent |= is_it & !later;
        }
        MatchedStep {
            later: bool::from(is_later).then_some(step),
            spent,
            is_spent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::OsEntropy;
    use proptest::prelude::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    fn totp(secret: &[u8], algorithm: Algorithm, digits: u8) -> Totp {
        Totp::new(TotpSecret::new(secret).unwrap(), algorithm, digits, 30).unwrap()
    }

    #[test]
    fn rfc_4226_appendix_d() {
        let totp = totp(b"12345678901234567890", Algorithm::Sha1, 6);
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (counter, code) in expected.iter().enumerate() {
            assert_eq!(totp.at(at(counter as i64 * 30)).as_str(), *code);
        }
    }

    #[test]
    fn rfc_6238_appendix_b() {
        let sha1 = totp(b"12345678901234567890", Algorithm::Sha1, 8);
        let sha256 = totp(b"12345678901234567890123456789012", Algorithm::Sha256, 8);
        let sha512 = totp(
            b"1234567890123456789012345678901234567890123456789012345678901234",
            Algorithm::Sha512,
            8,
        );
        for (time, one, two, five) in [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ] {
            assert_eq!(sha1.at(at(time)).as_str(), one);
            assert_eq!(sha256.at(at(time)).as_str(), two);
            assert_eq!(sha512.at(at(time)).as_str(), five);
        }
    }

    #[test]
    fn one_normal_form_for_what_is_typed() {
        for typed in [
            "123456",
            " 123 456 ",
            "123-456",
            "1 2 3 4 5 6\r\n",
            "123\u{a0}456",
            "123\u{2009}456\u{200b}",
            "\u{feff}123–456",
            "\u{202a}123−456\u{202c}",
            "１２３４５６",
            "١٢٣\u{200f}٤٥٦",
            "1\u{202f}2\u{202f}3\u{202f}𝟜\u{202f}۵\u{202f}६",
        ] {
            assert_eq!(read_code(typed, 6), Some(123_456), "{typed:?}");
        }
        assert_eq!(read_code("000007", 6), Some(7));
        for typed in [
            "",
            "12345",
            "1234567",
            "+123456",
            "-12345",
            "12345a",
            "１２３４５６７",
            "①②③④⑤⑥",
            "一二三四五六",
            "123.456",
            "1e5000",
            "0x1234",
            "123456\0",
            "0123456",
        ] {
            assert_eq!(read_code(typed, 6), None, "{typed:?}");
        }
        assert_eq!(read_code(&"1".repeat(1 << 20), 6), None);
        assert_eq!(read_code(&" ".repeat(1 << 20), 6), None);
    }

    #[test]
    fn a_secret_has_sixteen_to_sixty_four_bytes() {
        assert_eq!(TotpSecret::new(&[0; 15]).unwrap_err(), SecretError::Length);
        assert_eq!(TotpSecret::new(&[0; 65]).unwrap_err(), SecretError::Length);
        assert_eq!(
            TotpSecret::from_base32("MFRGGZDFMY").unwrap_err(),
            SecretError::Length
        );
        assert_eq!(
            TotpSecret::from_base32("not base 32!").unwrap_err(),
            SecretError::NotBase32
        );
        let text = data_encoding::BASE32.encode(b"1234567890123456");
        for form in [
            text.clone(),
            text.to_lowercase(),
            format!(" {}-{} ", &text[..4], &text[4..]),
            format!("\u{feff}{}\u{a0}–\u{200b}{}\n", &text[..4], &text[4..]),
            text.chars()
                .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
                .collect(),
        ] {
            assert_eq!(
                TotpSecret::from_base32(&form).unwrap().bytes(),
                b"1234567890123456"
            );
        }
        assert_eq!(
            TotpSecret::generate(20, &mut OsEntropy)
                .unwrap()
                .bytes()
                .len(),
            20
        );
    }

    #[test]
    fn a_secret_zeroes_all_of_itself() {
        let mut secret = TotpSecret::new(&[65; 20]).unwrap();
        secret.zeroize();
        assert!(secret.bytes().is_empty());
    }

    #[test]
    fn of_a_million_codes_only_those_of_the_window_match() {
        let totp = totp(b"12345678901234567890", Algorithm::Sha1, 6);
        let hotp = totp.hotp().unwrap();
        let now = at(1_234_567_890);
        let window: std::collections::BTreeSet<u32> = (-1..=1)
            .map(|o| hotp.truncated((1_234_567_890 / 30 + o) as u64) % 1_000_000)
            .collect();
        let matching: std::collections::BTreeSet<u32> = (0..1_000_000)
            .filter(|n| totp.matching_step(&format!("{n:06}"), now, 1).is_some())
            .collect();
        assert_eq!(matching, window);
    }

    proptest! {
        #[test]
        fn it_agrees_with_totp_rs(
            secret in proptest::collection::vec(any::<u8>(), 16..=64),
            time in 0i64..253_402_300_799, digits in 6u8..=8, period in 15u32..=300, which in 0usize..3,
        ) {
            let ours = Algorithm::ALL[which];
            let theirs = [totp_rs::Algorithm::SHA1, totp_rs::Algorithm::SHA256, totp_rs::Algorithm::SHA512][which];
            let totp = Totp::new(TotpSecret::new(&secret).unwrap(), ours, digits, period).unwrap();
            let oracle = totp_rs::Builder::new().with_algorithm(theirs).with_digits(digits)
                .with_step_duration(period.into()).with_secret(secret).with_account_name("a").build_noncompliant();
            let expected = oracle.generate(time as u64).to_string();
            let code = totp.at(at(time));
            prop_assert_eq!(code.as_str(), &expected);
            prop_assert_eq!(totp.matching_step(&code, at(time), 0), Some(time as u64 / u64::from(period)));
        }

        #[test]
        fn no_secret_and_no_code_makes_it_panic(text in any::<String>()) {
            let _ = TotpSecret::from_base32(&text);
            let _ = read_code(&text, 6);
        }
    }
}
