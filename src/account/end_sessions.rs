//! Sessions and devices that are ended: what is noted of it, and who may.

use super::context::RuleContext;
use super::denied::Denied;
use super::ids::GrantId;
use super::state::Account;
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

    /// Notes that one session or device is ended, or all (but one): of that kind is the event.
    ///
    /// # Errors
    /// [`Denied`] of whoever may not act on an account with a factor; then nothing is to be ended.
    pub fn note_end(
        &self,
        kind: EventKind,
        authority: Result<Authority, Denied>,
        ended_by: EndedBy<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        let authority = self.permit(authority)?;
        context.note(match ended_by {
            EndedBy::Owner => Event::new(kind, self.changer()),
            EndedBy::Operator { by, why } => Event::new(kind, Requester::Operator)
                .by(by, why)
                .authority(authority),
        });
        Ok(())
    }
}
