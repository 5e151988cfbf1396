//! Sessions and devices that are ended: what is noted of it, and who may.

use super::context::RuleContext;
use super::denied::Denied;
use super::ids::GrantId;
use super::state::Account;
use super::totp::PENDING_SECONDS;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::types::Requester;

/// Whose sessions or devices are ended by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy<'a> {
    /// Their own user.
    Owner,
    /// Somebody else, who says who and why.
    Operator {
        /// Who.
        by: &'a str,
        /// Why.
        why: &'a str,
    },
}

impl Account {
    /// Whether that grant is one of this account, and still good.
    #[must_use]
    pub fn holds_grant(&self, grant: &GrantId, now: UnixTime) -> bool {
        self.grants.holds(grant, now)
    }

    /// Ends every fresh proof but that one, and what was begun with any: a session that is over may have left them behind,
    /// where the next sign-in in the same browser finds them. Nothing says which session gave which. What was proven of a
    /// sign-in or step-up that a set-up has to follow is one, too: with the set-up it would end as a sign-in.
    pub fn end_proofs(&mut self, kept: Option<&GrantId>) {
        self.challenges.end_proven();
        self.step_ups.end_proven();
        if !self.is_enrolled() {
            // Set-ups of a first factor were begun with none.
            return;
        }
        self.grants.keep_only(kept);
        self.pending_contacts.end_begun_with_proofs_but(kept);
        // Set-ups of apps are kept by nobody: this is what all that are open now end with.
        self.set_back = self.set_back.saturating_add(1);
    }

    /// Whether there is anything that [`Account::end_proofs`] would end.
    #[must_use]
    pub fn has_proofs(&self, now: UnixTime) -> bool {
        let lists = [&self.challenges, &self.step_ups];
        self.grants.any_since(PENDING_SECONDS, now)
            || lists
                .iter()
                .any(|it| it.any_proven_since(PENDING_SECONDS, now))
    }

    /// Notes that one session or device is ended, or all (but one): of that kind is the event. With them end the proofs of
    /// the account but `kept`, the one with which its own user does it.
    ///
    /// # Errors
    /// [`Denied`] of whoever may not act on an account with a factor; then nothing is to be ended.
    pub fn note_end(
        &mut self,
        kind: EventKind,
        authority: Result<Authority, Denied>,
        ended_by: EndedBy<'_>,
        kept: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        let authority = self.permit(authority)?;
        self.end_proofs(kept);
        context.note(match ended_by {
            EndedBy::Owner => Event::new(kind, self.changer()),
            EndedBy::Operator { by, why } => Event::new(kind, Requester::Operator)
                .by(by, why)
                .authority(authority),
        });
        Ok(())
    }
}
