//! Codes in a row that nobody typed back.
//!
//! A message provider may take a message for somebody who wants none and drop it without a word (Amazon SNS). Before a number is
//! enrolled such a provider is asked first; who opts out later is noticed by this: [`SILENT`] codes that it took, and
//! none that was typed back. Then it is asked before the next one, and again after as many more; if the owner wants none
//! of its messages, the next provider is asked, for such a list is a provider's own. Whoever has the password can bring
//! that about; it costs one question in so many messages, and an owner who wants messages nothing. Codes for a reset,
//! which anybody may ask for, are not counted.

/// Codes after which the provider is asked.
const SILENT: u8 = 3;

/// How many there were since the last that was typed back, or since the provider was last asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unanswered(pub(super) u8);

impl Unanswered {
    /// Whether the provider is to be asked before the next one.
    pub(super) const fn is_due(self) -> bool {
        self.0 >= SILENT
    }

    /// The provider took one more, after it was asked or not.
    pub(super) const fn sent(&mut self, asked: bool) {
        let before = if asked { 0 } else { self.0 };
        self.0 = if before < SILENT {
            before.saturating_add(1)
        } else {
            SILENT
        };
    }

    /// One was typed back.
    pub(super) const fn typed_back(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn after_three_codes_in_a_row_that_nobody_typed_back_the_carrier_is_asked() {
        let mut codes = Unanswered::default();
        for place in 0..3 {
            assert!(!codes.is_due(), "{place}");
            codes.sent(false);
        }
        assert!(codes.is_due());
        // It says that the owner wants messages: that one goes out, and two more.
        for place in 0..3 {
            codes.sent(place == 0);
            assert_eq!(codes.is_due(), place == 2, "{place}");
        }
        codes.typed_back();
        assert!(!codes.is_due());
    }

    proptest! {
        /// Whatever is asked for and typed: of any three messages one at most comes with a question, and never one
        /// that follows another that was typed back within three.
        #[test]
        fn a_question_comes_with_one_message_of_three_at_most(
            typed in proptest::collection::vec(any::<bool>(), 0..60),
        ) {
            let (mut codes, mut since) = (Unanswered::default(), 0);
            for is_typed in typed {
                let asked = codes.is_due();
                prop_assert_eq!(asked, since == 3);
                codes.sent(asked);
                since = if asked { 1 } else { since + 1 };
                if is_typed {
                    codes.typed_back();
                    since = 0;
                }
            }
        }

        /// Of messages that no question went before, as when another provider took them: it stays due.
        #[test]
        fn it_stays_due_until_it_is_asked_or_a_code_is_typed_back(more in 0u16..300) {
            let mut codes = Unanswered::default();
            for _ in 0..more.saturating_add(3) {
                codes.sent(false);
            }
            prop_assert!(codes.is_due());
            codes.sent(true);
            prop_assert!(!codes.is_due());
        }
    }
}
