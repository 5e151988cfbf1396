//! Reminding people to set up what is required of them (premium): one mail each, once a day at most.

use super::super::named::named;
use super::super::notices::contact_of;
use super::super::{Error, Operator, User, Verifier};
use crate::account::Reminder;
use crate::clock::UnixTime;

impl Verifier {
    /// Reminds somebody of whom a second factor is required, and who has none: by a mail of [`Verifier::pending_notices`], in
    /// their language and without a link. That it was done, by whom and why is in the audit. Nothing is written where there
    /// is nothing to remind of.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`]; [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired) and
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent) of an operator who has not just proven a factor of their own;
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn remind(
        &self,
        now: UnixTime,
        user: &User,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<Reminder, Error> {
        self.premium(now)?;
        named(operator.by(), reason)?;
        let authority = self.authority(now, operator, Some(&user.id))??;
        let is_asked = self.asked_of(now, user)?.due.is_some();
        let contact = contact_of(user);
        match self.accounts.read(&user.id, now)? {
            // Of whom nothing is kept nothing is required but by the site's rules.
            None if !is_asked => return Ok(Reminder::NotAsked),
            None if contact.email.is_none() => return Ok(Reminder::NoAddress),
            Some(account) => match account.reminder(is_asked, &contact, now) {
                Reminder::Written => {}
                other => return Ok(other),
            },
            None => {}
        }
        let source = self.source_if(operator.client());
        let asked = (is_asked, &contact);
        Ok(self
            .accounts
            .change_to_end(&user.id, now, &source, |account, context| {
                Ok(account.remind(authority, operator.by(), reason, asked, context))
            })??)
    }
}
