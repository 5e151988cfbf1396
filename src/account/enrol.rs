//! The user's own settings: an authenticator app, backup codes, which method is asked for first, and what goes.

use subtle::{Choice, ConstantTimeEq};

use super::app::{AppFactor, Began, PendingTotp};
use super::backup::BackupCodes;
use super::context::RuleContext;
use super::denied::Denied;
use super::factor::{Factor, FactorId, FactorKind, MOST_APPS};
use super::ids::GrantId;
use super::label::{Label, LabelError};
use super::lockout::Failures;
use super::state::Account;
use super::totp::Totp;
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::crypto::code::LookupCode;
use crate::types::{Method, Requester};

/// Why nothing became of a change of factors that was allowed. The texts are for the person who asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// The label.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// There is no room for another app.
    #[error("must be one of {MOST_APPS} authenticator apps at most: remove one first")]
    TooManyApps,
    /// The account has no such factor.
    #[error("must be a factor that is enrolled")]
    Unknown,
}

impl FactorError {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Label(why) => why.reason(),
            Self::TooManyApps => "too-many",
            Self::Unknown => "unknown",
        }
    }
}

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

    /// Until when a grant is good for changes; `None` if it is not now.
    #[must_use]
    pub fn grant_until(&self, grant: &GrantId, now: UnixTime) -> Option<UnixTime> {
        self.grants.until(grant, now)
    }

    /// What stands behind a change that [`Account::allow_change`] allowed.
    #[must_use]
    pub fn changer(&self) -> Requester {
        if self.is_enrolled() {
            Requester::Proven
        } else {
            Requester::Password
        }
    }

    /// Begins to set up an authenticator app beside those that there are, under that label or the next free one, with
    /// that grant if one was needed. The account remembers only that it happened: what waits for its proof is for
    /// whoever began it, to keep sealed.
    ///
    /// # Errors
    /// [`FactorError::TooManyApps`], [`LabelError::Taken`]
    pub fn start_totp(
        &self,
        totp: Totp,
        name: &str,
        label: Option<Label>,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<PendingTotp, FactorError> {
        if !self.takes_app() {
            return Err(FactorError::TooManyApps);
        }
        let label = match label {
            Some(label) if self.is_taken(&label, None) => return Err(LabelError::Taken.into()),
            Some(label) => label,
            None => self.free_label(),
        };
        context.note(Event::new(EventKind::EnrolmentStarted, self.changer()).method(Method::Totp));
        Ok(PendingTotp {
            totp,
            label,
            name: name.to_owned(),
            grant,
            began: self.began(),
            started: context.now,
        })
    }

    /// Whether there is room for one more app.
    #[must_use]
    pub fn takes_app(&self) -> bool {
        self.apps().count() < MOST_APPS
    }

    fn apps(&self) -> impl Iterator<Item = &AppFactor> {
        self.factors.iter().filter_map(Factor::app)
    }

    /// Whether another factor than that one is called so.
    fn is_taken(&self, label: &Label, but: Option<&FactorId>) -> bool {
        let mut others = self.factors.iter().filter(|it| Some(&it.id) != but);
        others.any(|other| other.label.is_like(label))
    }

    /// What an app is called that was given no name: "Authenticator app", then "Authenticator app 2".
    fn free_label(&self) -> Label {
        let all = self.factors.len().saturating_add(1);
        let mut labels = (1..=all).map(Label::of_app);
        let free = labels.find(|label| !self.is_taken(label, None));
        free.unwrap_or(Label::NONE)
    }

    /// Whether a set-up may still be confirmed: it ends after half an hour, with the epoch in which it began, and
    /// when the clock is found to have been ahead.
    #[must_use]
    pub fn awaits(&self, setup: &PendingTotp, now: UnixTime) -> bool {
        setup.counts(self.began(), now)
    }

    /// What a set-up that begins now ends with.
    pub(super) const fn began(&self) -> Began {
        Began {
            epoch: self.epoch,
            set_back: self.set_back,
        }
    }

    /// Confirms a set-up with a code of its secret, which is spent. Returns whether `codes` became the account's
    /// backup codes: they do with the first factor.
    ///
    /// # Errors
    /// [`Denied::Rejected`], also for a secret that is enrolled already
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
        let app = setup
            .prove(code, context.now, context.policy)
            .ok_or(Denied::Rejected)?;
        // No secret twice: each copy would remember its own last step, so one code would be good twice.
        let is_known = self.apps().fold(Choice::from(0), |found, other| {
            found | other.totp.secret().ct_eq(app.totp.secret())
        });
        if bool::from(is_known) || self.apps().count() >= MOST_APPS {
            return Err(Denied::Rejected);
        }
        let (first, changer) = (!self.is_enrolled(), self.changer());
        let is_only = !self.has(Method::Totp);
        let label = if self.is_taken(setup.label(), None) {
            self.free_label()
        } else {
            setup.label().clone()
        };
        let id = FactorId::of(&self.key, Method::Totp, app.totp.secret().bytes());
        let factor = Factor::new(id, label, FactorKind::App(Box::new(app)), context.now);
        let enrolled = factor.event(Event::new(EventKind::Enrolled, changer));
        self.factors.push(factor);
        // What was disabled is enrolled anew, and what there was nothing of has not failed. Where there are other apps,
        // their failures still count: it is one counter, and this was a proof like any other.
        let failures = self.failures_of(Method::Totp);
        if is_only || failures.disabled() {
            *failures = Failures::default();
        } else {
            failures.succeed();
        }
        self.primary = self.primary.or(Some(Method::Totp));
        if first {
            self.set_backup_codes(codes, context.now);
            self.begin_trust(context.now);
        }
        self.raise_epoch(setup.grant(), context.now);
        self.remember_network(context.audit);
        context.note(enrolled);
        Ok(first)
    }

    pub(super) fn set_backup_codes(&mut self, codes: &[LookupCode], now: UnixTime) {
        self.factors.retain(|it| it.method() != Method::BackupCode);
        let kind = FactorKind::BackupCodes(BackupCodes::new(&self.key, codes));
        let id = FactorId::of(&self.key, Method::BackupCode, b"");
        self.factors.push(Factor::new(id, Label::NONE, kind, now));
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
        self.set_backup_codes(codes, context.now);
        self.raise_epoch(grant, context.now);
        context.note(
            Event::new(EventKind::BackupRegenerated, Requester::Proven).method(Method::BackupCode),
        );
    }

    /// Asks for `method` first. `false` when it is not enrolled or only a way back in.
    pub fn set_primary(&mut self, method: Method, context: &mut RuleContext<'_>) -> bool {
        if method == Method::BackupCode || !self.methods().contains(&method) {
            return false;
        }
        if self.primary != Some(method) {
            self.primary = Some(method);
            context.note(Event::new(EventKind::PrimaryChanged, Requester::Proven).method(method));
        }
        true
    }

    /// Gives a factor another name.
    ///
    /// # Errors
    /// [`FactorError::Unknown`], [`LabelError::Taken`]
    pub fn rename_factor(
        &mut self,
        id: &FactorId,
        label: &Label,
        context: &mut RuleContext<'_>,
    ) -> Result<(), FactorError> {
        let is_taken = self.is_taken(label, Some(id));
        let factor = self.factor_mut(id).ok_or(FactorError::Unknown)?;
        if is_taken {
            return Err(LabelError::Taken.into());
        }
        if factor.label != *label {
            factor.label = label.clone();
            let event = Event::new(EventKind::Renamed, Requester::Proven);
            context.note(factor.event(event));
        }
        Ok(())
    }

    /// Removes one factor, with that grant; with the last one the backup codes go too.
    ///
    /// # Errors
    /// [`FactorError::Unknown`]
    pub fn remove_factor(
        &mut self,
        id: &FactorId,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), FactorError> {
        if self.remove_all(|factor| factor.id == *id, grant, context) {
            Ok(())
        } else {
            Err(FactorError::Unknown)
        }
    }

    /// Removes every factor of that method, with that grant, as [`Account::remove_factor`] does. `false` when there is
    /// none.
    pub fn remove(
        &mut self,
        method: Method,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> bool {
        self.remove_all(|factor| factor.method() == method, grant, context)
    }

    fn remove_all(
        &mut self,
        is_meant: impl Fn(&Factor) -> bool,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> bool {
        let before = self.factors.len();
        self.factors.retain(|factor| {
            let is_meant = is_meant(factor);
            if is_meant {
                let event = Event::new(EventKind::Removed, Requester::Proven);
                context.note(factor.event(event));
            }
            !is_meant
        });
        if self.factors.len() == before {
            return false;
        }
        // The failures stay; enrolling the method anew clears them, being a new binding (SP 800-63B-4).
        self.forget_unreached_phone(context.now);
        if !self.is_enrolled() {
            self.factors.clear();
        }
        let methods = self.methods();
        if self.primary.is_some_and(|it| !methods.contains(&it)) {
            let mut left = methods.into_iter();
            self.primary = left.find(|method| *method != Method::BackupCode);
        }
        self.raise_epoch(grant, context.now);
        true
    }
}
