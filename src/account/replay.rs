//! A right code that was spent before: no typing error, but somebody who saw it, or who passes on what its user typed.
//!
//! ```text
//!   shown and not accepted ─┬─ never right, or nobody knows any more ──▶ `factor.rejected`
//!                           └─ accepted before ──▶ `factor.replayed` ─┬─ same network and browser ──▶ noted
//!                                                                     └─ another one ──▶ "elsewhere": its user is told, once
//!                                                                                        for each code; then "elsewhere again"
//! ```
//!
//! Whoever shows it is refused as for a wrong code, charged as for a wrong code, and waits no longer: one event stands in the
//! place of the other, and everything is compared and hashed that is for a wrong one. A challenge that was answered is closed,
//! and what is sent there twice is not looked at. The code that confirmed a set-up proved nothing yet and is not
//! remembered; nor is anything looked up that is typed into a set-up, which is its holder's alone.

use std::ops::Range;

use subtle::Choice;

use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::factor::{Factor, FactorId};
use super::spent::{CodeName, Found, Shown, ShownFrom};
use super::state::Account;
use crate::audit::{EARLIER, ELSEWHERE, ELSEWHERE_AGAIN, Event, EventKind};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::recovery_code::RecoveryCode;
use crate::types::Method;

/// What became of a code that was tried on the account.
#[derive(Debug)]
pub(super) struct Tried {
    /// The factor that it proves; `None`: it does not.
    pub(super) used: Option<FactorId>,
    /// What it is remembered by.
    pub(super) spent: Vec<CodeName>,
    /// What is known of one that proves nothing.
    pub(super) found: Found,
}

impl Tried {
    /// It proves nothing, and never did.
    pub(super) fn nothing() -> Self {
        Self {
            used: None,
            spent: Vec::new(),
            found: Found::nothing(),
        }
    }
}

impl Account {
    /// From where the request of `context` shows what it shows.
    pub(super) fn shown_from(&self, context: &RuleContext<'_>) -> ShownFrom {
        let source = context.audit.source();
        ShownFrom::of(&self.key, self.name_of(source.site()), source.agent())
    }

    /// What is known of a code of that method.
    pub(super) fn find_spent(&self, method: Method, shown: &Shown) -> Found {
        self.spent.find(method, shown.code, Choice::from(1))
    }

    /// That code proved something.
    pub(super) fn remember_spent(
        &mut self,
        method: Method,
        shown: &Shown,
        context: &RuleContext<'_>,
    ) {
        self.spent
            .remember(method, &[shown.code], shown.from, context.now);
    }

    /// Tries a code on every app that is not suspended, whatever the others say, and spends it in each that shows it: what
    /// two apps show at the same time signs in once. It proves the first of them.
    pub(super) fn try_app_code(
        &mut self,
        token: &ChallengeToken,
        code: &str,
        context: &mut RuleContext<'_>,
    ) -> Tried {
        let (now, policy, deriver) = (context.now, context.policy, context.deriver.as_ref());
        let Self { factors, spent, .. } = self;
        let mut tried = Tried::nothing();
        for factor in factors {
            let id = factor.id;
            if factor.is_suspended() {
                continue;
            }
            let Some(app) = factor.app_mut() else {
                continue;
            };
            let matched = app.accept(code, now, policy, deriver);
            let name = CodeName::of_step(id.0, matched.spent);
            let found = spent.find(Method::Totp, name, matched.is_spent);
            tried.found = tried.found.or(found);
            if let Some(step) = matched.later {
                tried.used = tried.used.or(Some(id));
                tried.spent.push(CodeName::of_step(id.0, step));
            }
        }
        if tried.used.is_none() {
            self.try_outside(token, code, &mut tried, context);
        }
        tried
    }

    /// Tries a backup code.
    pub(super) fn try_backup_code(&mut self, typed: &str) -> Tried {
        let used = self.only(Method::BackupCode);
        let are_imported = self.has_imported_codes();
        let Self {
            factors,
            key,
            spent,
            ..
        } = self;
        let codes = factors.iter_mut().find_map(Factor::backup_mut);
        let found = codes.and_then(|codes| codes.spend(key, typed, are_imported));
        let Some((is_one, name)) = found else {
            return Tried::nothing();
        };
        Tried {
            used: used.filter(|_| is_one),
            spent: if is_one { vec![name] } else { Vec::new() },
            found: spent.find(Method::BackupCode, name, Choice::from(1)),
        }
    }

    /// Tries a recovery code, and says which it has spent, of how many.
    pub(super) fn try_recovery_code(
        &mut self,
        typed: &RecoveryCode,
        keeps_last: bool,
        context: &RuleContext<'_>,
    ) -> (Tried, Option<(Range<u8>, u8)>) {
        let used = self.only(Method::RecoveryCode);
        let Self { factors, spent, .. } = self;
        let codes = factors.iter_mut().find_map(Factor::recovery_mut);
        let (Some(codes), Some(deriver)) = (codes, &context.deriver) else {
            return (Tried::nothing(), None);
        };
        let before = codes.used;
        let (number, is_good) = codes.spend(deriver, typed, keeps_last);
        let range = is_good.then_some((before..codes.used, codes.count));
        let tried = Tried {
            used: used.filter(|_| is_good),
            spent: if is_good {
                vec![CodeName::of_number(number)]
            } else {
                Vec::new()
            },
            found: spent.find_number(number, before),
        };
        (tried, range)
    }

    /// Tries a code of ours that was sent.
    pub(super) fn try_sent_code(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        typed: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> Tried {
        let name = CodeName::of_digits(&self.key, method, typed);
        let is_one = self.spend_sent(token, method, typed, now, policy);
        Tried {
            used: self.only(method).filter(|_| is_one),
            spent: if is_one { vec![name] } else { Vec::new() },
            found: self.spent.find(method, name, Choice::from(1)),
        }
    }

    /// The event of a code that was not accepted: that it was wrong, or that it was spent before.
    pub(super) fn judged(&mut self, rejected: Event, found: &Found, from: ShownFrom) -> Event {
        let is_elsewhere = found.is_elsewhere(from);
        let is_news = is_elsewhere & !found.is_told();
        self.spent.mark_told(found, is_news);
        let kind = if found.is_spent() {
            EventKind::Replayed
        } else {
            EventKind::Rejected
        };
        let reason = if bool::from(is_news) {
            ELSEWHERE
        } else if found.is_spent() {
            ELSEWHERE_AGAIN
        } else {
            EARLIER
        };
        let has_reason = is_elsewhere | found.is_earlier();
        // Made in any case: it costs the same whether it is said or not.
        let reason = Some(reason.to_owned()).filter(|_| has_reason.into());
        Event {
            kind,
            reason,
            ..rejected
        }
    }
}
