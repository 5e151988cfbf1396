//! How a text goes out as a short message: in which alphabet, and in how many parts
//! (3GPP TS 23.038 section 6.2, TS 23.040 section 9.2.3.24.1).

use super::gsm::{septets, septets_of};

/// How a message goes through the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// The alphabet of GSM 03.38: seven bits a letter, some letters cost two.
    Gsm7,
    /// Sixteen bits a unit of UTF-16.
    Ucs2,
}

impl Coding {
    /// The coding that a text needs: one letter outside the alphabet, and all of it is in UCS-2.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if septets(text).is_some() {
            Self::Gsm7
        } else {
            Self::Ucs2
        }
    }

    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm-7",
            Self::Ucs2 => "ucs-2",
        }
    }

    /// What one part holds that is the whole message.
    #[must_use]
    pub const fn one_part(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// What a part holds of a message that has several: some units go to their numbering.
    #[must_use]
    pub const fn part_of_many(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// Units of a text: septets or units of UTF-16. More than any message has where a letter is in no alphabet.
    #[must_use]
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::Gsm7 => septets(text).unwrap_or(usize::MAX),
            Self::Ucs2 => text.encode_utf16().count(),
        }
    }

    /// How many parts a text takes. No letter is split: where its second half would be in the next part, the whole
    /// letter goes there.
    #[must_use]
    pub fn parts(self, text: &str) -> usize {
        if self.measure(text) <= self.one_part() {
            return 1;
        }
        let (mut parts, mut used) = (1_usize, 0_usize);
        for letter in text.chars() {
            let units = match self {
                Self::Gsm7 => septets_of(letter).unwrap_or(1),
                Self::Ucs2 => letter.len_utf16(),
            };
            if used.saturating_add(units) > self.part_of_many() {
                parts = parts.saturating_add(1);
                used = 0;
            }
            used = used.saturating_add(units);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_as_they_are_sent() {
        for (coding, text, parts) in [
            (Coding::Gsm7, "x".repeat(160), 1),
            (Coding::Gsm7, "x".repeat(161), 2),
            (Coding::Gsm7, "x".repeat(306), 2),
            (Coding::Gsm7, "x".repeat(307), 3),
            (Coding::Gsm7, "€".repeat(80), 1),
            // 76 of them and half of one: that one goes to the next part.
            (Coding::Gsm7, "€".repeat(152), 2),
            (Coding::Gsm7, "€".repeat(153), 3),
            (Coding::Ucs2, "ж".repeat(70), 1),
            (Coding::Ucs2, "ж".repeat(71), 2),
            (Coding::Ucs2, "ж".repeat(134), 2),
            (Coding::Ucs2, "ж".repeat(135), 3),
            (Coding::Ucs2, "\u{1d400}".repeat(35), 1),
            (Coding::Ucs2, "\u{1d400}".repeat(66), 2),
            (Coding::Ucs2, "\u{1d400}".repeat(67), 3),
            (Coding::Ucs2, String::new(), 1),
        ] {
            assert_eq!(Coding::of(&text) == coding, !text.is_empty(), "{text}");
            assert_eq!(coding.parts(&text), parts, "{text}");
        }
    }
}
