//! Temporary codes: an operator issues one to whoever lost telephone and codes. It leads to a set-up, and to nothing else.
//!
//! ```text
//!   issue ──▶ GOOD ── password right, code right ──▶ USED, and its challenge leads to a set-up: what was enrolled before is
//!    ▲         │                                      suspended once that is confirmed, and codes are given anew
//!    │ voids   ├── time is over ──────────────────▶ OVER
//!    └─────────┼── epoch rises, or its user signed in otherwise ──▶ OVER
//!              └── wrong ──▶ GOOD; the fifth one ends that challenge, and nothing else
//! ```
//!
//! Whoever leaves the set-up is where they were before: what is enrolled is asked for, and the code is used.
//!
//! No counter of the account moves with a wrong one. It has 80 bits and is good for minutes, so nobody finds it; but a
//! block of an hour, which anybody could cause who has the password, would outlast it. Whether there is one is told to
//! nobody: it is no method of an account, and what is wrong while none was issued is refused in the same way.

use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::denied::Denied;
use super::permit::Permit;
use super::sign_in::Accepted;
use super::spent::Shown;
use super::state::Account;
use super::temporary_record::TemporaryCode;
use crate::audit::{Authority, Event, EventKind};
use crate::crypto::code::LookupCode;
use crate::types::{Method, Purpose, Requester};

impl Account {
    /// An operator issues a code, which is good for so many seconds; the one before is void. `false` without a factor:
    /// there is nothing that the password alone does not do.
    pub fn issue_temporary_code(
        &mut self,
        code: &LookupCode,
        seconds: u64,
        authority: Authority,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> bool {
        if !self.is_enrolled() {
            return false;
        }
        let issued = TemporaryCode::new(&self.key, code, context.now, seconds);
        self.temporary_code = Some(issued);
        let event = Event::new(EventKind::TemporaryCodeIssued, Requester::Operator).by(by, why);
        context.note(event.authority(Some(authority)));
        true
    }

    /// Decides on a temporary code. A right one is used, and its challenge is good for a set-up.
    pub(super) fn spend_temporary_code(
        &mut self,
        token: &ChallengeToken,
        typed: &str,
        context: &mut RuleContext<'_>,
    ) -> Result<Accepted, Denied> {
        let (now, policy) = (context.now, context.policy);
        if !self.list(token.purpose).is_open(token, now, policy) {
            return Err(Denied::ChallengeClosed);
        }
        if token.purpose != Purpose::Login || !self.is_enrolled() {
            return Err(Denied::Rejected);
        }
        let about = |kind| Event::about(token.purpose, kind).method(Method::TemporaryCode);
        let tried = TemporaryCode::try_code(self.temporary_code.as_ref(), &self.key, typed, now);
        let from = self.shown_from(context);
        let (is_right, shown) = match tried {
            Some((is_right, code)) => (is_right, Shown { code, from }),
            None => (false, Shown::NOTHING),
        };
        if !is_right {
            self.challenges.count_wrong(token);
            let found = self.find_spent(Method::TemporaryCode, &shown);
            let event = self.judged(about(EventKind::Rejected), &found, from);
            context.note(event);
            return Err(Denied::Rejected);
        }
        self.temporary_code = None;
        self.remember_spent(Method::TemporaryCode, &shown, context);
        self.challenges
            .prove(token, Some(Method::TemporaryCode), now);
        // No sign-in is accepted yet: the set-up is what ends it.
        context.note(about(EventKind::TemporaryCodeUsed));
        Ok(Accepted {
            purpose: token.purpose,
            epoch: self.epoch,
            backup_codes_left: self.backup_codes_left(),
            recovery_codes_left: self.recovery_codes_left(),
            switched_off: false,
            granted: false,
            must_enrol: true,
            reset: None,
            must_change_password: self.must_change_password(),
        })
    }

    /// Whether a set-up is of a sign-in that a temporary code led to.
    pub(super) fn is_by_temporary_code(&self, permit: &Permit) -> bool {
        match permit {
            Permit::Login(id) => self.challenges.proven_by(id) == Some(Method::TemporaryCode),
            Permit::None | Permit::Password(_) | Permit::Grant(_) | Permit::StepUp(_) => false,
        }
    }
}
