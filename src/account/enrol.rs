//! The user's own settings: an authenticator app, backup codes, which method is asked for first, and what goes.

use super::backup::BackupCodes;
use super::context::RuleContext;
use super::denied::Denied;
use super::ids::GrantId;
use super::lockout::Failures;
use super::state::Account;
use super::totp::{Began, PendingTotp, Totp};
use crate::audit::{Event, Kind};
use crate::clock::UnixTime;
use crate::crypto::code::LookupCode;
use crate::types::{Method, Requester};

impl Account {
    /// Whether a change may be made now: freely as long as there is no factor, then with a grant.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`]
    pub fn allow_change(&self, grant: Option<&GrantId>, now: UnixTime) -> Result<(), Denied> {
        if self.is_enrolled() && !grant.is_some_and(|id| self.grants.holds(id, now)) {
            return Err(Denied::StepUpRequired);
        }
        Ok(())
    }

    /// What stands behind a change that [`Account::allow_change`] allowed.
    #[must_use]
    pub const fn changer(&self) -> Requester {
        if self.is_enrolled() {
            Requester::Proven
        } else {
            Requester::Password
        }
    }

    /// Begins to set up an authenticator app, with that grant if one was needed. The account remembers only that it
    /// happened: what waits for its proof is for whoever began it, to keep sealed.
    #[must_use]
    pub fn start_totp(
        &self,
        totp: Totp,
        name: &str,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> PendingTotp {
        context.note(Event::new(Kind::EnrolmentStarted, self.changer()).method(Method::Totp));
        PendingTotp::new(totp, name.to_owned(), grant, self.began(), context.now)
    }

    /// Whether a set-up may still be confirmed: it ends after half an hour, with the epoch in which it began, and
    /// when the clock is found to have been ahead.
    #[must_use]
    pub fn awaits(&self, setup: &PendingTotp, now: UnixTime) -> bool {
        setup.counts(self.began(), now)
    }

    /// What a set-up that begins now ends with.
    const fn began(&self) -> Began {
        Began {
            epoch: self.epoch,
            set_back: self.set_back,
        }
    }

    /// Confirms a set-up with a code of its secret. Returns whether `codes` became the account's
    /// backup codes: they do with the first factor.
    ///
    /// # Errors
    /// [`Denied::Rejected`]
    pub fn confirm_totp(
        &mut self,
        setup: &PendingTotp,
        code: &str,
        codes: &[LookupCode],
        context: &mut RuleContext<'_>,
    ) -> Result<bool, Denied> {
        if !self.awaits(setup, context.now) {
            return Err(Denied::Rejected);
        }
        let factor = setup
            .prove(code, context.now, context.policy)
            .ok_or(Denied::Rejected)?;
        let (first, changer) = (!self.is_enrolled(), self.changer());
        self.totp = Some(factor);
        // A new binding: the failures belonged to the old secret.
        self.failures.retain(|(m, _)| *m != Method::Totp);
        self.primary = self.primary.or(Some(Method::Totp));
        if first {
            self.set_backup_codes(codes);
            self.begin_trust(context.now);
        }
        self.raise_epoch(setup.grant(), context.now);
        self.remember_network(context.audit);
        context.note(Event::new(Kind::Enrolled, changer).method(Method::Totp));
        Ok(first)
    }

    pub(super) fn set_backup_codes(&mut self, codes: &[LookupCode]) {
        self.backup = Some(BackupCodes::new(&self.key, codes));
        self.failures.retain(|(m, _)| *m != Method::BackupCode);
        self.known_failures = Failures::default();
    }

    /// Replaces the backup codes, with that grant.
    pub fn regenerate_backup_codes(
        &mut self,
        codes: &[LookupCode],
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) {
        self.set_backup_codes(codes);
        self.raise_epoch(grant, context.now);
        context.note(
            Event::new(Kind::BackupRegenerated, Requester::Proven).method(Method::BackupCode),
        );
    }

    /// Asks for `method` first. `false` when it is not enrolled or only a way back in.
    pub fn set_primary(&mut self, method: Method, context: &mut RuleContext<'_>) -> bool {
        if method == Method::BackupCode || !self.methods().contains(&method) {
            return false;
        }
        if self.primary != Some(method) {
            self.primary = Some(method);
            context.note(Event::new(Kind::PrimaryChanged, Requester::Proven).method(method));
        }
        true
    }

    /// Removes a factor, with that grant; with the last one the backup codes go too. `false` when it is not enrolled.
    pub fn remove(
        &mut self,
        method: Method,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> bool {
        let removed = match method {
            Method::Totp => self.totp.take().is_some(),
            Method::BackupCode => self.backup.take().is_some(),
            Method::Email => self.email.take().is_some(),
            Method::Sms | Method::Voice | Method::WhatsApp => {
                self.remove_phone_method(method, context.now)
            }
            Method::Passkey | Method::RecoveryCode => false,
        };
        if !removed {
            return false;
        }
        // The failures stay: removing and enrolling anew is a new binding and clears them there.
        if !self.is_enrolled() {
            self.backup = None;
        }
        if self.primary == Some(method) {
            let mut left = self.methods().into_iter();
            self.primary = left.find(|method| *method != Method::BackupCode);
        }
        self.raise_epoch(grant, context.now);
        context.note(Event::new(Kind::Removed, Requester::Proven).method(method));
        true
    }
}
