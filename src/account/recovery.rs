//! Recovery codes: derived, shown once, spent in their order. The account keeps which one was used last.
//!
//! ```text
//!   1 · 2 · 3 · 4 · … · N        expected: the one after the last that was used
//!           ▲
//!           accepted, and so is every later one: whatever lies before it is spent with it
//!   an earlier one is refused as a wrong one is; the N-th switches the second factor off
//! ```
//!
//! Where a set-up has to follow, the N-th is proof of who begins it, and is spent by its confirmation, which takes the
//! place of the whole list: if it were spent before, whoever leaves the set-up would have nothing left, or the password
//! alone would be enough. It signs in once all the same, for that confirmation ends every other sign-in.
//!
//! So a list of which the first codes were lost, or seen by somebody else, is still good for its owner, who goes on with
//! a later one; and of two that are typed at the same time the lower one never comes after the higher.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::crypto::recovery_code::{self, RecoveryCode, RecoveryLength};
use crate::crypto::{Derivation, DerivedKind, Deriver};

/// Most codes a set has. All are derived for each that is tried.
pub(super) const MOST_RECOVERY_CODES: u8 = 20;

/// What is kept of a set of recovery codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecoveryCodes {
    pub(super) from: Derivation,
    /// The number of the last one that was used; 0: none.
    pub(super) used: u8,
    /// How many there are, numbered from 1.
    pub(super) count: u8,
    pub(super) length: RecoveryLength,
}

impl RecoveryCodes {
    pub(super) fn left(&self) -> usize {
        self.count.saturating_sub(self.used).into()
    }

    /// The number of the first code that is still good; `None` when none is.
    pub(super) fn expected(&self) -> Option<u8> {
        let next = self.used.checked_add(1)?;
        (next <= self.count).then_some(next)
    }

    pub(super) fn code(&self, deriver: &Deriver<'_>, number: u8) -> Option<RecoveryCode> {
        let derived = deriver.derive(DerivedKind::Recovery, &self.from, number.into())?;
        Some(recovery_code::of(derived.first_chunk()?, self.length))
    }

    /// The whole set, to be shown once. Empty when the key is not there.
    pub(super) fn all(&self, deriver: &Deriver<'_>) -> Vec<RecoveryCode> {
        let numbers = 1..=self.count;
        numbers.filter_map(|it| self.code(deriver, it)).collect()
    }

    /// Spends a code and all before it. All are derived and compared, those that are spent as well: the work is the
    /// same whichever it is. Returns its number and whether it was good; 0 when it is none of them. `keeps_last`: the last one
    /// is not spent, only all before it.
    pub(super) fn spend(
        &mut self,
        deriver: &Deriver<'_>,
        typed: &RecoveryCode,
        keeps_last: bool,
    ) -> (u8, bool) {
        let mut found = 0u8;
        for number in 1..=self.count {
            let Some(code) = self.code(deriver, number) else {
                return (0, false);
            };
            let is_it: Choice = code.as_slice().ct_eq(typed.as_slice());
            found.conditional_assign(&number, is_it);
        }
        if found <= self.used {
            return (found, false);
        }
        let is_kept = keeps_last && found == self.count;
        self.used = found.saturating_sub(u8::from(is_kept));
        (found, true)
    }
}
