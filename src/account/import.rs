//! Taking somebody over whom other software asked for a second factor: what they had there they have here, and nobody is
//! locked out.
//!
//! ```text
//!   nothing is set up here ─▶ TAKEN OVER: apps, a number, an address, backup codes        one swap, once for each account
//!        its app             what it was, from the next time step on
//!        number, address     UNPROVEN: codes go there; the first right answer ─▶ proven
//!        backup codes        thirty days, ten wrong answers; then none is left
//!        a short secret      only if the operator says so, and has to be set up anew
//!   something is set up, or was taken over before ─▶ left as it is
//! ```
//!
//! Whoever stands behind it may be anything but a password: who could put a secret into accounts that have none would have
//! the second factor of everybody. An account is taken over once: what its user or an operator took away since, a lost
//! telephone above all, does not come back with a second run.
//!
//! A number or address that nobody has proven here is where codes go, as in the other software; it resets no password, no
//! notice goes there, and no budget counts it as its user's own, until somebody who has the password types a code back.

use subtle::ConstantTimeEq;

use super::app::{AppFactor, AppSecret};
use super::backup::BackupCodes;
use super::context::RuleContext;
use super::denied::Denied;
use super::factor::{Factor, FactorId, FactorKind, MOST_APPS};
use super::import_record::{IMPORTED_CODES_SECONDS, ImportRecord, ImportedCodes, MOST_WRONG};
use super::imported_code::ImportedCode;
use super::label::Label;
use super::lockout::Failures;
use super::oob_factor::{Recipient, Telephone};
use super::state::Account;
use super::totp::Totp;
use super::unanswered::Unanswered;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::types::{Method, Requester};

/// An app of other software.
#[derive(Debug, Clone)]
pub struct ImportedApp {
    /// Its secret, and how codes are made of it.
    pub totp: Totp,
    /// What it was called there.
    pub label: Option<Label>,
}

/// What other software kept of one person. Redacts itself.
#[derive(Clone, Default)]
pub struct ImportedFactors {
    /// Authenticator apps.
    pub apps: Vec<ImportedApp>,
    /// The number that codes went to by SMS, as E.164.
    pub phone: Option<String>,
    /// The address that codes went to.
    pub email: Option<String>,
    /// Backup codes that were not used yet.
    pub codes: Vec<ImportedCode>,
    /// What was asked for first.
    pub primary: Option<Method>,
}

impl std::fmt::Debug for ImportedFactors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportedFactors")
            .field("methods", &self.methods())
            .finish_non_exhaustive()
    }
}

impl ImportedFactors {
    /// What there is.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let apps = self.apps.iter().map(|_| Method::Totp);
        let phone = self.phone.iter().map(|_| Method::Sms);
        let email = self.email.iter().map(|_| Method::Email);
        let mut methods: Vec<Method> = apps.chain(phone).chain(email).collect();
        if !self.codes.is_empty() {
            methods.push(Method::BackupCode);
        }
        methods
    }
}

/// What an operator says of an import.
#[derive(Debug, Clone, Copy)]
pub struct ImportTerms {
    /// Secrets of under 16 bytes are taken, too: whoever has one has to set up anew.
    pub accepts_weak: bool,
    /// From when on whoever has such a secret has to.
    pub due: UnixTime,
    /// Why no number is taken over, or not this one.
    pub no_number: Option<NotImported>,
}

/// Why something was not taken over. The texts are for operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotImported {
    /// Something is set up.
    #[error("the account has a second factor, which stays as it is")]
    HasFactors,
    /// It was taken over, and something has changed since.
    #[error("the account was taken over before, and what has changed since stays")]
    ImportedBefore,
    /// Its user said that a change was not them.
    #[error("changes of the account are on hold: end that first")]
    OnHold,
    /// The secret is short.
    #[error(
        "the secret has under 16 bytes: it is taken with --accept-weak, and has to be set up anew"
    )]
    WeakSecret,
    /// There is no room.
    #[error("an account has at most {MOST_APPS} authenticator apps")]
    TooManyApps,
    /// The site's profile wants more.
    #[error("it is too weak for the strict profile of this site")]
    TooWeak,
    /// The number is another account's.
    #[error("the number is another account's")]
    NumberTaken,
    /// Whoever has a number alone would be locked out.
    #[error("no provider sends SMS here: set one up first")]
    NoProvider,
    /// Codes alone are no second factor.
    #[error("backup codes alone are no second factor, and nothing else is taken over")]
    CodesAlone,
}

impl NotImported {
    /// In one word, for programs.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::HasFactors => "has-factors",
            Self::ImportedBefore => "imported-before",
            Self::OnHold => "on-hold",
            Self::WeakSecret => "weak-secret",
            Self::TooManyApps => "too-many-apps",
            Self::TooWeak => "too-weak",
            Self::NumberTaken => "number-taken",
            Self::NoProvider => "no-provider",
            Self::CodesAlone => "codes-alone",
        }
    }
}

/// What became of an import of one account, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// What was taken over: apps as often as there are.
    pub taken: Vec<Method>,
    /// What was not.
    pub left: Vec<(Method, NotImported)>,
    /// From when on its user has to set up anew, for a secret is short.
    pub due: Option<UnixTime>,
}

impl Imported {
    /// Everything was there already.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.taken.is_empty() && self.left.is_empty()
    }
}

/// What an import would change.
struct Plan<'a> {
    apps: Vec<&'a ImportedApp>,
    phone: Option<&'a str>,
    email: Option<&'a str>,
    codes: &'a [ImportedCode],
    is_weak: bool,
    left: Vec<(Method, NotImported)>,
}

impl Account {
    /// What taking over would come to.
    #[must_use]
    pub fn would_import(&self, wanted: &ImportedFactors, terms: &ImportTerms) -> Imported {
        Self::outcome(self.plan_import(wanted, terms), terms)
    }

    fn outcome(plan: Plan<'_>, terms: &ImportTerms) -> Imported {
        let mut taken: Vec<Method> = plan.apps.iter().map(|_| Method::Totp).collect();
        taken.extend(plan.phone.map(|_| Method::Sms));
        taken.extend(plan.email.map(|_| Method::Email));
        if !plan.codes.is_empty() {
            taken.push(Method::BackupCode);
        }
        Imported {
            taken,
            left: plan.left,
            due: plan.is_weak.then_some(terms.due),
        }
    }

    fn plan_import<'a>(&self, wanted: &'a ImportedFactors, terms: &ImportTerms) -> Plan<'a> {
        let mut plan = Plan {
            apps: Vec::new(),
            phone: None,
            email: None,
            codes: &[],
            is_weak: false,
            left: Vec::new(),
        };
        if let Some(why) = self.refuses_import() {
            plan.left = self.not_there(wanted).map(|it| (it, why)).collect();
            return plan;
        }
        let is_strict = self.is_under_strict_profile();
        for app in &wanted.apps {
            let secret = app.totp.secret();
            let is_again = |it: &&ImportedApp| bool::from(it.totp.secret().ct_eq(secret));
            if plan.apps.iter().any(is_again) {
                continue;
            }
            let why = match (secret.is_weak(), plan.apps.len() < MOST_APPS) {
                (true, _) if is_strict => Some(NotImported::TooWeak),
                (true, _) if !terms.accepts_weak => Some(NotImported::WeakSecret),
                (_, false) => Some(NotImported::TooManyApps),
                (is_weak, true) => {
                    plan.is_weak |= is_weak;
                    plan.apps.push(app);
                    None
                }
            };
            plan.left.extend(why.map(|why| (Method::Totp, why)));
        }
        // Nobody has what is sent alone where the profile is strict.
        let is_too_weak = is_strict && plan.apps.is_empty();
        if let Some(number) = &wanted.phone {
            if is_too_weak {
                plan.left.push((Method::Sms, NotImported::TooWeak));
            } else if let Some(why) = terms.no_number {
                plan.left.push((Method::Sms, why));
            } else {
                plan.phone = Some(number);
            }
        }
        if let Some(address) = &wanted.email {
            if is_too_weak {
                plan.left.push((Method::Email, NotImported::TooWeak));
            } else {
                plan.email = Some(address);
            }
        }
        let has_none = plan.apps.is_empty() && plan.phone.is_none() && plan.email.is_none();
        let why = match wanted.codes.is_empty() {
            true => None,
            false if is_strict => Some(NotImported::TooWeak),
            false if has_none => Some(NotImported::CodesAlone),
            false => {
                plan.codes = &wanted.codes;
                None
            }
        };
        plan.left.extend(why.map(|why| (Method::BackupCode, why)));
        plan
    }

    /// Why nothing is taken over into this account.
    fn refuses_import(&self) -> Option<NotImported> {
        if self.imported.is_some() {
            Some(NotImported::ImportedBefore)
        } else if !self.factors.is_empty() {
            Some(NotImported::HasFactors)
        } else {
            self.held_since().map(|_| NotImported::OnHold)
        }
    }

    /// What of it the account does not have. Codes are not compared: those that were taken over may have been used.
    fn not_there<'a>(&'a self, wanted: &'a ImportedFactors) -> impl Iterator<Item = Method> + 'a {
        let apps = wanted.apps.iter().filter(|wanted| {
            let mut apps = self.factors.iter().filter_map(Factor::app);
            !apps.any(|app| match &app.secret {
                AppSecret::Sealed(totp) => bool::from(totp.secret().ct_eq(wanted.totp.secret())),
                AppSecret::Derived(_) => false,
            })
        });
        let apps = apps.map(|_| Method::Totp);
        let phone = wanted.phone.as_deref();
        let phone = phone.filter(|number| self.phone() != Some(*number));
        let email = wanted.email.as_deref();
        let email = email.filter(|address| self.email() != Some(*address));
        let codes = !wanted.codes.is_empty() && self.imported.is_none();
        apps.chain(phone.map(|_| Method::Sms))
            .chain(email.map(|_| Method::Email))
            .chain(codes.then_some(Method::BackupCode))
    }

    /// Takes over what other software kept of its user, if nothing is set up here. Codes of its apps are right from the next
    /// time step on: what was shown to the other software a moment ago is not right once more.
    pub fn import(
        &mut self,
        wanted: &ImportedFactors,
        terms: &ImportTerms,
        authority: Authority,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> Imported {
        let now = context.now;
        let plan = self.plan_import(wanted, terms);
        let mut record = ImportRecord {
            at: now,
            unproven: Vec::new(),
            codes: None,
        };
        let mut ids = Vec::new();
        for app in &plan.apps {
            let totp = &app.totp;
            let label = app.label.clone().filter(|it| !self.is_taken(it, None));
            let label = label.unwrap_or_else(|| self.free_label());
            let id = FactorId::of(&self.key, Method::Totp, totp.secret().bytes());
            let kind = FactorKind::App(Box::new(AppFactor {
                last_step: totp.step(now),
                offset: 0,
                drift: 0,
                drifts: 0,
                secret: AppSecret::Sealed(totp.clone()),
            }));
            self.factors.push(Factor::new(id, label, kind, now));
            ids.push(id);
        }
        if let Some(number) = plan.phone {
            let id = FactorId::of(&self.key, Method::Sms, number.as_bytes());
            self.former_phone = None;
            self.telephone = Some(Telephone {
                number: number.to_owned(),
                // Nobody said how its user is told when it was proven: it was not.
                recipient: Recipient::default(),
                unanswered: Unanswered::default(),
            });
            let kind = FactorKind::Phone(Method::Sms);
            self.factors.push(Factor::new(id, Label::NONE, kind, now));
            record.unproven.push(id);
            ids.push(id);
        }
        if let Some(address) = plan.email {
            let id = FactorId::of(&self.key, Method::Email, address.as_bytes());
            let kind = FactorKind::Email(address.to_owned());
            self.factors.push(Factor::new(id, Label::NONE, kind, now));
            record.unproven.push(id);
            ids.push(id);
        }
        if !plan.codes.is_empty() {
            let id = FactorId::of(&self.key, Method::BackupCode, b"");
            let codes = BackupCodes::imported(&self.key, plan.codes);
            let kind = FactorKind::BackupCodes(codes);
            self.factors.push(Factor::new(id, Label::NONE, kind, now));
            self.spent.forget_set();
            record.codes = Some(ImportedCodes {
                until: now.plus(IMPORTED_CODES_SECONDS),
                wrong: 0,
            });
            ids.push(id);
        }
        let imported = Self::outcome(plan, terms);
        if ids.is_empty() {
            return imported;
        }
        self.imported = Some(record);
        // What failed too often was another binding.
        self.failures.clear();
        self.reset_failures = Failures::default();
        self.known_failures = Failures::default();
        let wished = wanted.primary.filter(|it| imported.taken.contains(it));
        let wished = wished.filter(|it| !it.is_lookup());
        self.primary = wished.or(imported.taken.first().copied());
        // As a first factor: nobody has proven it here.
        self.begin_trust(now);
        self.raise_epoch(None, now);
        for id in &ids {
            let factors = self.factors.iter();
            for factor in factors.filter(|it| it.id == *id) {
                let event = Event::new(EventKind::Imported, Requester::Operator).by(by, why);
                context.note(factor.event(event.authority(Some(authority))));
            }
        }
        self.settle_requirement();
        if let Some(due) = imported.due {
            self.require_enrolment(due, authority, by, why, context);
        }
        imported
    }

    /// Whether nobody has proven here yet to be reached that way.
    pub(super) fn is_unproven(&self, method: Method) -> bool {
        let Some(record) = &self.imported else {
            return false;
        };
        let is_meant = |it: &Factor| match method.is_phone() {
            true => it.method().is_phone(),
            false => it.method() == method,
        };
        let mut factors = self.factors.iter().filter(|it| is_meant(it));
        factors.any(|it| record.unproven.contains(&it.id))
    }

    /// Whether nobody has proven here yet to be reached by that factor.
    #[must_use]
    pub fn is_unproven_factor(&self, factor: &Factor) -> bool {
        self.is_unproven(factor.method())
    }

    /// Its user has proven to be reached that way.
    pub(super) fn note_reached(&mut self, method: Method) {
        if self.imported.is_none() || !method.is_sent() {
            return;
        }
        let is_meant =
            |it: &Factor| it.method() == method || method.is_phone() && it.method().is_phone();
        let factors = self.factors.iter().filter(|it| is_meant(it));
        let reached: Vec<FactorId> = factors.map(|it| it.id).collect();
        if let Some(record) = &mut self.imported {
            record.unproven.retain(|id| !reached.contains(id));
        }
    }

    /// Whether the backup codes are those of other software.
    pub(super) fn has_imported_codes(&self) -> bool {
        self.imported.as_ref().is_some_and(|it| it.codes.is_some())
    }

    /// Until when the backup codes are good that other software made; `None` where there are none.
    #[must_use]
    pub fn imported_codes_until(&self) -> Option<UnixTime> {
        let codes = self.imported.as_ref()?.codes?;
        self.backup().is_some().then_some(codes.until)
    }

    /// A code was wrong that could have been one of other software: after a few of those that are left count no more.
    pub(super) fn count_wrong_imported(&mut self, context: &mut RuleContext<'_>) {
        let codes = self.imported.as_mut().and_then(|it| it.codes.as_mut());
        let Some(codes) = codes else { return };
        codes.wrong = codes.wrong.saturating_add(1);
        if codes.wrong < MOST_WRONG {
            return;
        }
        self.end_imported_codes();
        let event = Event::by_itself(EventKind::Disabled).method(Method::BackupCode);
        context.note(event);
    }

    fn end_imported_codes(&mut self) {
        self.factors.retain(|it| it.backup().is_none());
        self.forget_imported_codes();
    }

    /// Other codes take their place, or they are over.
    pub(super) fn forget_imported_codes(&mut self) {
        if let Some(record) = &mut self.imported {
            record.codes = None;
        }
    }

    /// Nothing is left of what was taken over, but that it was.
    pub(super) fn forget_import(&mut self) {
        self.forget_imported_codes();
        if let Some(record) = &mut self.imported {
            record.unproven.clear();
        }
    }

    /// What is over counts no more, and nothing lasts longer than it would have had every clock been right.
    pub(super) fn put_import_right(&mut self, now: UnixTime) {
        let Some(record) = &mut self.imported else {
            return;
        };
        record.put_right(now);
        if record.codes.is_some_and(|codes| codes.until <= now) {
            self.end_imported_codes();
        }
    }

    /// Whether its changes may be made by an import.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`] of what a thief of a password could have, too.
    pub const fn allow_import(authority: Authority) -> Result<(), Denied> {
        if authority.is_unproven() {
            Err(Denied::StepUpRequired)
        } else {
            Ok(())
        }
    }
}
