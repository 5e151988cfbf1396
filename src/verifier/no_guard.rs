//! In the place of `premium`'s guard, where the feature is left out.

use crate::account::{Accepted, Account, Checked, Denied, ForChallenge, RuleContext, Step};

/// Nothing stands before an answer but the limits of its account.
#[derive(Debug)]
pub(super) struct Guard;

#[allow(clippy::unused_self)] // as the other one
impl Guard {
    pub(super) const fn beside(&self) -> &[String] {
        &[]
    }

    #[allow(clippy::unnecessary_wraps)] // as the other one
    pub(super) const fn admit(
        &self,
        _: &Account,
        _: &ForChallenge<'_>,
        _: &RuleContext<'_>,
    ) -> Result<(), Denied> {
        Ok(())
    }

    pub(super) const fn note(
        &self,
        _: &Account,
        _: &ForChallenge<'_>,
        _: &Result<Step<Accepted>, Denied>,
        _: &RuleContext<'_>,
    ) {
    }

    pub(super) const fn note_settled(
        &self,
        _: &Account,
        _: &ForChallenge<'_>,
        _: Checked,
        _: &RuleContext<'_>,
    ) {
    }
}
