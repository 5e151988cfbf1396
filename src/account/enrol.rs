//! The user's own settings: an authenticator app, look-up codes, which method is asked for first, and what goes.

use subtle::{Choice, ConstantTimeEq};

use super::app::{AppFactor, AppSecret, DerivedTotp, PendingTotp};
use super::backup::BackupCodes;
use super::began::Began;
use super::context::RuleContext;
use super::denied::Denied;
use super::factor::{Factor, FactorId, FactorKind, MOST_APPS};
use super::ids::{ChallengeId, GrantId};
use super::label::{Label, LabelError};
use super::lockout::Failures;
use super::new_codes::NewCodes;
use super::permit::Permit;
use super::recovery::{MOST_RECOVERY_CODES, RecoveryCodes};
use super::spent::SpentCodes;
use super::state::{Account, generation_after};
use super::totp::Totp;
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::crypto::{Derivation, KeyId};
use crate::types::{Algorithm, Method, Requester, SecretMode};

/// Why nothing became of a change of factors that was allowed. The texts are for the person who asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// The label.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// There is no room for another app.
    #[error("must be one of {MOST_APPS} authenticator apps at most: remove one first")]
    TooManyApps,
    /// There is one app, and it stands alone: its secret is derived, or that of the next one is.
    #[error("must be the only authenticator app: replace the one there is, or remove it first")]
    OneApp,
    /// The account has no such factor.
    #[error("must be a factor that is enrolled")]
    Unknown,
    /// The site gives look-up codes of that method.
    #[error("must be made for a site with other codes: here there are {} codes", .0.as_str())]
    OtherCodes(Method),
    /// Weaker factors would be left alone, which the site's profile does not take.
    #[error(
        "must stay as long as codes by SMS, call, WhatsApp or e-mail are set up: remove those first"
    )]
    LastStrong,
    /// The site's policy asks for something stronger.
    #[error("must be stronger: codes by SMS, call, WhatsApp or e-mail are not enough here")]
    TooWeak,
    /// Nothing else could be proven any more.
    #[error("must not be the last factor that can be proven: set up another one first")]
    Last,
}

impl FactorError {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Label(why) => why.reason(),
            Self::TooManyApps => "too-many",
            Self::OneApp => "one",
            Self::Unknown => "unknown",
            Self::OtherCodes(_) => "other-codes",
            Self::LastStrong => "last-strong",
            Self::TooWeak => "weak",
            Self::Last => "last",
        }
    }
}

/// How a secret is to be had that nobody has yet.
// One at a time, and not for long: in a box a secret would be moved more often.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub enum NewSecret {
    /// It was drawn.
    Drawn(Totp),
    /// It is to be derived.
    Derived {
        /// From which key.
        key: KeyId,
        /// The hash of its codes.
        algorithm: Algorithm,
        /// Their length.
        digits: u8,
        /// Seconds of a time step.
        period: u32,
    },
}

impl NewSecret {
    /// What becomes of an account that takes it.
    #[must_use]
    pub const fn mode(&self) -> SecretMode {
        match self {
            Self::Drawn(_) => SecretMode::Sealed,
            Self::Derived { .. } => SecretMode::Derived,
        }
    }
}

impl Account {
    /// Whether a change may be made now: freely as long as there is no factor, then with a grant, and never while changes
    /// are on hold.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::OnHold`]
    pub fn allow_change(&self, grant: Option<&GrantId>, now: UnixTime) -> Result<(), Denied> {
        self.assert_not_held()?;
        self.may_act(grant, now)
    }

    /// The same for a change of what has to be there.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], also without a factor; [`Denied::OnHold`]
    pub fn allow_replacement(&self, grant: Option<&GrantId>, now: UnixTime) -> Result<(), Denied> {
        self.assert_not_held()?;
        self.has_proven(grant, now)
    }

    /// Whether its user may act: freely as long as there is no factor, then with a grant.
    pub(super) fn may_act(&self, grant: Option<&GrantId>, now: UnixTime) -> Result<(), Denied> {
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
        self.begin_app(AppSecret::Sealed(totp), name, label, grant, context)
    }

    /// The same with a secret that is drawn or to be derived. What is derived is of a generation that nobody was given
    /// before, whatever becomes of the set-up: two who begin one at the same time have nothing in common.
    ///
    /// # Errors
    /// [`FactorError::TooManyApps`], [`FactorError::OneApp`], [`LabelError::Taken`]
    pub fn start_app(
        &mut self,
        secret: NewSecret,
        name: &str,
        label: Option<Label>,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<PendingTotp, FactorError> {
        let secret = self.secret_of(secret, context.now);
        self.begin_app(secret, name, label, grant, context)
    }

    /// Begins to set up an app in the place of every app that there is, with codes in the place of those that there are:
    /// both stay good until the new app is confirmed.
    #[must_use]
    pub fn rotate_app(
        &mut self,
        secret: NewSecret,
        name: &str,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> PendingTotp {
        let label = self.latest(Method::Totp).map(|app| app.label.clone());
        let secret = self.secret_of(secret, context.now);
        let label = label.unwrap_or_else(|| self.free_label());
        PendingTotp {
            replaces: true,
            ..self.pending_app(secret, name, label, grant, context)
        }
    }

    /// Begins to set up an app by the challenge of a sign-in that ends with it. Where it is required, in the place of every
    /// app and code that there is: they stay good until the new app is confirmed. Where the proof was too weak, beside them;
    /// and where it was a temporary code, if there is room.
    ///
    /// # Errors
    /// As [`Account::start_app`]
    pub fn start_app_for_login(
        &mut self,
        secret: NewSecret,
        name: &str,
        label: Option<Label>,
        challenge: ChallengeId,
        context: &mut RuleContext<'_>,
    ) -> Result<PendingTotp, FactorError> {
        let permit = Permit::Login(challenge);
        if self.is_enrolled() && !self.replaces_apps(&permit, secret.mode(), context.now) {
            let pending = self.start_app(secret, name, label, None, context)?;
            return Ok(PendingTotp { permit, ..pending });
        }
        let secret = self.secret_of(secret, context.now);
        let label = label.or_else(|| self.latest(Method::Totp).map(|app| app.label.clone()));
        let label = label.unwrap_or_else(|| self.free_label());
        Ok(PendingTotp {
            replaces: true,
            permit,
            ..self.pending_app(secret, name, label, None, context)
        })
    }

    /// Begins to set up an app by the challenge of a step-up that was proven by something too weak: beside what there is.
    ///
    /// # Errors
    /// As [`Account::start_app`]
    pub fn start_app_for_step_up(
        &mut self,
        secret: NewSecret,
        name: &str,
        label: Option<Label>,
        challenge: ChallengeId,
        context: &mut RuleContext<'_>,
    ) -> Result<PendingTotp, FactorError> {
        Ok(PendingTotp {
            permit: Permit::StepUp(challenge),
            ..self.start_app(secret, name, label, None, context)?
        })
    }

    /// Takes the next generation where one is needed.
    fn secret_of(&mut self, secret: NewSecret, now: UnixTime) -> AppSecret {
        match secret {
            NewSecret::Drawn(totp) => AppSecret::Sealed(totp),
            NewSecret::Derived {
                key,
                algorithm,
                digits,
                period,
            } => {
                let generation = generation_after(self.app_generation, now);
                self.app_generation = generation;
                AppSecret::Derived(DerivedTotp {
                    from: Derivation { key, generation },
                    algorithm,
                    digits,
                    period,
                })
            }
        }
    }

    fn begin_app(
        &self,
        secret: AppSecret,
        name: &str,
        label: Option<Label>,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<PendingTotp, FactorError> {
        self.room_for_app(secret.mode())?;
        let label = match label {
            Some(label) if self.is_taken(&label, None) => return Err(LabelError::Taken.into()),
            Some(label) => label,
            None => self.free_label(),
        };
        Ok(self.pending_app(secret, name, label, grant, context))
    }

    fn pending_app(
        &self,
        secret: AppSecret,
        name: &str,
        label: Label,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> PendingTotp {
        context.note(Event::new(EventKind::EnrolmentStarted, self.changer()).method(Method::Totp));
        PendingTotp {
            secret,
            replaces: false,
            label,
            name: name.to_owned(),
            permit: grant.into(),
            began: self.began(),
            started: context.now,
        }
    }

    /// Whether there is room for one more app with a secret of that kind. One that is derived stands alone.
    #[must_use]
    pub fn takes_app(&self, mode: SecretMode) -> bool {
        self.room_for_app(mode).is_ok()
    }

    fn room_for_app(&self, mode: SecretMode) -> Result<(), FactorError> {
        let modes = self.apps().map(|app| app.secret.mode());
        let is_alone = self.apps().next().is_some()
            && modes.chain([mode]).any(|mode| mode == SecretMode::Derived);
        if is_alone {
            Err(FactorError::OneApp)
        } else if self.apps().count() >= MOST_APPS {
            Err(FactorError::TooManyApps)
        } else {
            Ok(())
        }
    }

    fn apps(&self) -> impl Iterator<Item = &AppFactor> {
        self.factors.iter().filter_map(Factor::app)
    }

    /// Whether another factor than that one is called so.
    pub(super) fn is_taken(&self, label: &Label, but: Option<&FactorId>) -> bool {
        let mut others = self.factors.iter().filter(|it| Some(&it.id) != but);
        others.any(|other| other.label.is_like(label))
    }

    /// What an app is called that was given no name: "Authenticator app", then "Authenticator app 2".
    pub(super) fn free_label(&self) -> Label {
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

    /// Confirms a set-up with a code of its secret, which is spent. Returns whether `codes` became the account's:
    /// they do with the first factor, with an app that takes the place of all others, where a temporary code led to it (then
    /// everything else is suspended), and where the site's profile takes a weak factor's place that no code stood beside.
    /// What comes of a temporary code, or of a proof that the site's policy or profile calls too weak, makes no operator for
    /// a day, as a first factor.
    ///
    /// # Errors
    /// [`Denied::Rejected`], also for a secret that is enrolled already
    pub fn confirm_totp(
        &mut self,
        setup: &PendingTotp,
        code: &str,
        codes: NewCodes<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<bool, Denied> {
        if !self.awaits(setup, context.now) {
            return Err(Denied::Rejected);
        }
        self.goes_on(&setup.permit, Method::Totp, context)?;
        let deriver = context.deriver;
        let totp = setup
            .secret
            .totp(deriver.as_ref())
            .ok_or(Denied::Rejected)?;
        let app = setup
            .prove(&totp, code, context.now, context.policy)
            .ok_or(Denied::Rejected)?;
        // No secret twice: each copy would remember its own last step, so one code would be good twice.
        let is_known = self.apps().fold(Choice::from(0), |found, other| {
            let other = other.secret.totp(deriver.as_ref());
            let is_it = other.map_or(Choice::from(0), |it| it.secret().ct_eq(totp.secret()));
            found | is_it
        });
        // A requirement may have been taken back since the set-up began.
        let is_temporary = self.is_by_temporary_code(&setup.permit);
        let replaces = setup.replaces
            && (!setup.permit.is_login()
                || is_temporary
                || self.takes_the_place(&setup.permit, context.now));
        let has_room = replaces || self.takes_app(setup.secret.mode());
        if bool::from(is_known) || !has_room {
            return Err(Denied::Rejected);
        }
        let (first, changer) = (!self.is_enrolled(), self.changer());
        let is_weak = self.comes_of_too_weak(&setup.permit, context.now);
        if replaces {
            self.remove_apps(changer, context);
        }
        let is_only = !self.has(Method::Totp);
        let label = if self.is_taken(setup.label(), None) {
            self.free_label()
        } else {
            setup.label().clone()
        };
        let id = FactorId::of(&self.key, Method::Totp, totp.secret().bytes());
        let factor = Factor::new(id, label, FactorKind::App(Box::new(app)), context.now);
        let enrolled = factor.event(Event::new(EventKind::Enrolled, changer));
        self.factors.push(factor);
        self.note_enrolled(&id);
        if is_temporary {
            self.release_by_set_up(context);
            self.suspend_others(&id, context);
            self.primary = Some(Method::Totp);
        }
        // What was disabled is enrolled anew, and what there was nothing of has not failed. Where there are other apps,
        // their failures still count: it is one counter, and this was a proof like any other.
        let failures = self.failures_of(Method::Totp);
        if is_only || failures.disabled() {
            *failures = Failures::default();
        } else {
            failures.succeed();
        }
        self.primary = self.primary.or(Some(Method::Totp));
        let is_last = is_weak && self.is_without_way_back();
        let has_codes = first || replaces || is_temporary || is_last;
        if has_codes {
            self.set_codes(codes, context);
        }
        if first || is_weak || is_temporary {
            self.begin_trust(context.now);
        }
        self.raise_epoch(setup.permit.grant(), context.now);
        self.remember_network(context.audit);
        context.note(enrolled);
        if setup.permit.is_login() {
            self.sign_in_by(&id, context);
        }
        self.settle_requirement();
        if has_codes && !first {
            context.note(Self::codes_renewed(codes));
        }
        Ok(has_codes)
    }

    /// Puts a set of codes in the place of the one that there is, of whichever kind.
    pub(super) fn set_codes(&mut self, codes: NewCodes<'_>, context: &RuleContext<'_>) {
        let now = context.now;
        self.factors.retain(|it| !it.method().is_lookup());
        self.forget_imported_codes();
        self.spent.forget_set();
        let kind = match codes {
            NewCodes::Backup(codes) => FactorKind::BackupCodes(BackupCodes::new(&self.key, codes)),
            NewCodes::Recovery { key, count, length } => {
                let generation = generation_after(self.codes_generation, now);
                self.codes_generation = generation;
                let from = Derivation {
                    key: key.clone(),
                    generation,
                };
                FactorKind::RecoveryCodes(RecoveryCodes {
                    from,
                    used: 0,
                    count: count.clamp(1, MOST_RECOVERY_CODES),
                    length,
                })
            }
        };
        let id = match (&kind, &context.deriver) {
            (FactorKind::RecoveryCodes(set), Some(deriver)) => {
                FactorId::of_codes(&self.key, set, deriver)
            }
            _ => None,
        };
        let id = id.unwrap_or_else(|| FactorId::of(&self.key, codes.method(), b""));
        self.factors.push(Factor::new(id, Label::NONE, kind, now));
        self.note_enrolled(&id);
        // All look-up codes are one counter.
        self.failures.retain(|(m, _)| *m != Method::BackupCode);
        self.known_failures = Failures::default();
    }

    pub(super) fn codes_renewed(codes: NewCodes<'_>) -> Event {
        let kind = match codes {
            NewCodes::Backup(_) => EventKind::BackupRegenerated,
            NewCodes::Recovery { .. } => EventKind::RecoveryRegenerated,
        };
        Event::new(kind, Requester::Proven).method(codes.method())
    }

    /// Replaces the codes, with that grant. Nothing else changes: the app goes on.
    pub fn regenerate_codes(
        &mut self,
        codes: NewCodes<'_>,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) {
        self.set_codes(codes, context);
        self.settle_requirement();
        self.raise_epoch(grant, context.now);
        context.note(Self::codes_renewed(codes));
    }

    /// The last recovery code was used: no factor is left, nor a secret or code that was given before. Whoever holds
    /// `grant` may go on. The next sign-in has nothing to prove, so it ends with an enrolment.
    pub(super) fn switch_off(&mut self, grant: Option<&GrantId>, context: &mut RuleContext<'_>) {
        self.factors.clear();
        self.spent = SpentCodes::NONE;
        self.forget_unreached_phone(context.now);
        self.primary = None;
        self.app_generation = generation_after(self.app_generation, context.now);
        self.codes_generation = generation_after(self.codes_generation, context.now);
        self.require_anew(context.now, context.now);
        self.raise_epoch(grant, context.now);
    }

    /// Asks for `method` first. `false` when it is not enrolled or only a way back in.
    pub fn set_primary(&mut self, method: Method, context: &mut RuleContext<'_>) -> bool {
        if method.is_lookup() || !self.methods().contains(&method) {
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

    /// Removes one factor, with that grant; with the last one the look-up codes go too.
    ///
    /// # Errors
    /// [`FactorError::Unknown`], [`FactorError::LastStrong`]
    pub fn remove_factor(
        &mut self,
        id: &FactorId,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), FactorError> {
        let is_meant = |factor: &Factor| factor.id == *id;
        if self.would_leave_weak_alone(is_meant) {
            return Err(FactorError::LastStrong);
        }
        if self.remove_all(is_meant, grant, context) {
            Ok(())
        } else {
            Err(FactorError::Unknown)
        }
    }

    /// Removes every factor of that method, with that grant, as [`Account::remove_factor`] does. `false` when there is
    /// none, and where [`Account::has_to_keep`] it.
    pub fn remove(
        &mut self,
        method: Method,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> bool {
        !self.has_to_keep(method)
            && self.remove_all(|factor| factor.method() == method, grant, context)
    }

    /// Whether what is enrolled of that method stays as long as weaker factors are there: where the site's profile says
    /// that nobody has those alone.
    #[must_use]
    pub fn has_to_keep(&self, method: Method) -> bool {
        self.would_leave_weak_alone(|factor| factor.method() == method)
    }

    /// Removes every factor at once, with that grant, and the look-up codes. `false` when there is none.
    pub fn remove_everything(
        &mut self,
        grant: Option<&GrantId>,
        context: &mut RuleContext<'_>,
    ) -> bool {
        // Look-up codes go with the last factor, as ever.
        self.remove_all(|factor| !factor.method().is_lookup(), grant, context)
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
            self.spent = SpentCodes::NONE;
        }
        let methods = self.methods();
        if self.primary.is_some_and(|it| !methods.contains(&it)) {
            let mut left = methods.into_iter();
            self.primary = left.find(|method| !method.is_lookup());
        }
        self.settle_requirement();
        self.raise_epoch(grant, context.now);
        true
    }
}
