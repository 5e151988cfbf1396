//! What a site's policy would do to users, and what goes on without a licence: taking it back.

use super::named::named;
use super::{Error, Operator, User, Verifier};
use crate::account::{EnrolmentKey, EnrolmentRow, Permit};
use crate::audit::EventKind;
use crate::clock::UnixTime;
use crate::types::{Method, UserId};

/// What a policy would do to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Their next sign-in ends with a set-up.
    Stopped,
    /// So it does from a later day on.
    Grace,
    /// A set-up is suggested to them.
    Encouraged,
    /// Nothing.
    Unaffected,
}

impl Outcome {
    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Grace => "grace",
            Self::Encouraged => "encouraged",
            Self::Unaffected => "unaffected",
        }
    }
}

/// What a policy would do to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// Whom.
    pub user: UserId,
    /// What.
    pub outcome: Outcome,
    /// From when no sign-in of theirs would end without a set-up.
    pub due: Option<UnixTime>,
}

/// What a site's policy asks of somebody who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// From when no sign-in ends without a set-up.
    pub due: Option<UnixTime>,
    /// A set-up is suggested.
    pub is_encouraged: bool,
}

impl Verifier {
    pub(super) fn remove_enforcement(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        self.assert_operator(now, operator)?;
        let stored = self.rows.get(&EnrolmentKey)?.map(|stored| stored.row.0);
        if stored.is_none_or(|row| row.is_ok_and(|all| all.policy.is_none())) {
            return Ok(());
        }
        self.note_of_everybody(now, EventKind::PolicyRemoved, operator, reason)?;
        Ok(self.rows.update(now, &EnrolmentKey, |slot| {
            EnrolmentRow::change(slot, |all| all.policy = None);
        })?)
    }

    /// What the site's policy asks of a user, for pages of theirs.
    ///
    /// # Errors
    /// [`Error::StandingWanted`], [`Error::Unavailable`]
    pub fn asked_of(&self, now: UnixTime, user: &User) -> Result<Asked, Error> {
        let (account, policy) = self.accounts.read_for_sign_in(&user.id, now)?;
        let Some(enforced) = self.enforced(now, user, &policy)? else {
            return Ok(Asked::default());
        };
        let demanded = enforced.judge(account.as_ref(), now);
        Ok(Asked {
            due: demanded.due,
            is_encouraged: demanded.is_encouraged,
        })
    }

    /// Somebody who is signed in puts off what is suggested to them.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn skip_encouragement(
        &self,
        now: UnixTime,
        user: &User,
        client: &super::Client,
    ) -> Result<(), Error> {
        if !self.asked_of(now, user)?.is_encouraged {
            return Ok(());
        }
        let ip = self.address(client).to_string();
        let changed = self
            .accounts
            .change(&user.id, now, Some(&ip), |account, context| {
                account.put_off_encouragement(context);
                Ok(())
            })?;
        Ok(changed?)
    }

    /// Whether a method can be set up here by that challenge: the site has it, and it is as strong as is asked for.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn offers_by(&self, now: UnixTime, challenge: &str, method: Method) -> Result<bool, Error> {
        if method.is_lookup() || !self.offers(now, method)? {
            return Ok(false);
        }
        let Some((user, _)) = self.challenge_for(challenge) else {
            return Ok(true);
        };
        let permit = self.permit(&user, Some(challenge));
        if permit == Permit::None {
            return Ok(true);
        }
        let account = self.accounts.read(&user, now)?;
        Ok(account.is_none_or(|account| account.would_do(&permit, method, now).is_ok()))
    }
}
