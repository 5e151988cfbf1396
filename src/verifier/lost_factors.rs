//! What is done for whoever lost a telephone, or everything: a temporary code, and factors that are suspended.

use zeroize::Zeroizing;

use super::named::named;
use super::{Error, Operator, Verifier};
use crate::account::{Account, Denied, FactorError, FactorId, GrantId, RuleContext, SuspendedBy};
use crate::audit::Authority;
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::crypto::code;
use crate::types::UserId;

/// For how long a temporary code is good, in seconds. In less than a minute nobody reads it to somebody and types it; what is
/// good for more than a day is a second password.
pub const TEMPORARY_CODE_SECONDS: std::ops::RangeInclusive<u64> = 60..=86_400;

/// Who changes a factor: its user with a grant of theirs, or an operator with what stands behind them.
enum Changer {
    Owner(GrantId),
    Operator(Authority),
}

impl Verifier {
    /// Issues a code to whoever lost telephone and codes: good once, for a set-up within their sign-in and for nothing else.
    /// The one before is void. It is shown here and nowhere else.
    ///
    /// Nobody issues one to themselves, unless on the server.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Denied::OnHold`] by what a thief of a password can have, too, while
    /// changes are on hold; [`Error::Invalid`], also for a user without a second factor; [`Error::Unavailable`]
    pub fn issue_temporary_code(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
        seconds: u64,
    ) -> Result<Zeroizing<String>, Error> {
        named(operator.by(), reason)?;
        if !TEMPORARY_CODE_SECONDS.contains(&seconds) {
            return Err(Error::invalid(
                "validSeconds",
                format!(
                    "must be between {} and {}",
                    TEMPORARY_CODE_SECONDS.start(),
                    TEMPORARY_CODE_SECONDS.end()
                ),
            ));
        }
        let authority = self.authority(now, operator, Some(user))??;
        if authority != Authority::Server && operator.by() == user.as_str() {
            return Err(Error::invalid("by", "must be somebody else"));
        }
        let issued = code::lookup(&mut OsEntropy)?;
        let source = self.source_if(operator.client());
        let by = operator.by();
        let is_issued = self
            .accounts
            .change(user, now, &source, |account, context| {
                // While changes are on hold as an act that removes everything.
                account.allow_reset(Ok(authority), false)?;
                Ok(account.issue_temporary_code(&issued, seconds, authority, by, reason, context))
            })??;
        if !is_issued {
            let why = "must be a user with a second factor: whoever has none needs no code";
            return Err(Error::invalid("userId", why));
        }
        Ok(code::show(&issued))
    }

    /// Suspends a factor: it proves nothing until it is resumed. By its user, with a grant, or by an operator. Returns the
    /// new epoch.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Denied::OnHold`] of its user, and of an operator by what a thief
    /// of a password can have, too; [`Error::Factor`], [`Error::Invalid`], [`Error::Unavailable`]
    pub fn suspend_factor(
        &self,
        now: UnixTime,
        user: &UserId,
        factor: &str,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<u64, Error> {
        self.change_suspension(now, user, factor, operator, reason, Account::suspend_factor)
    }

    /// Resumes a factor that was suspended: by its user, with the proof of another one, or by an operator. Returns the new
    /// epoch.
    ///
    /// # Errors
    /// As [`Verifier::suspend_factor`]
    pub fn resume_factor(
        &self,
        now: UnixTime,
        user: &UserId,
        factor: &str,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<u64, Error> {
        self.change_suspension(now, user, factor, operator, reason, Account::resume_factor)
    }

    fn change_suspension(
        &self,
        now: UnixTime,
        user: &UserId,
        factor: &str,
        operator: &Operator<'_>,
        reason: &str,
        change: fn(
            &mut Account,
            &FactorId,
            SuspendedBy<'_>,
            &mut RuleContext<'_>,
        ) -> Result<(), FactorError>,
    ) -> Result<u64, Error> {
        named(operator.by(), reason)?;
        let authority = self.authority(now, operator, Some(user))??;
        let changer = match (authority, operator.own_grant(self, user)) {
            (Authority::Proof | Authority::First, Some(grant)) => Changer::Owner(grant),
            (authority, _) => Changer::Operator(authority),
        };
        let id = FactorId::read(factor).ok_or(FactorError::Unknown)?;
        let source = self.source_if(operator.client());
        let done = self
            .accounts
            .change(user, now, &source, |account, context| {
                let by = match changer {
                    Changer::Owner(grant) => {
                        // It was good a moment ago; what counts is now.
                        account.allow_replacement(Some(&grant), now)?;
                        SuspendedBy::Owner { grant, why: reason }
                    }
                    Changer::Operator(authority) => {
                        // While changes are on hold as an act that removes everything.
                        account.allow_reset(Ok(authority), false)?;
                        SuspendedBy::Operator {
                            by: operator.by(),
                            why: reason,
                            authority,
                        }
                    }
                };
                let done = change(account, &id, by, context);
                Ok::<_, Denied>(done.map(|()| account.epoch()))
            })???;
        Ok(done)
    }
}
