//! Telephone numbers and e-mail addresses: proven once by a code, used from then on.

use std::fmt;

use super::context::RuleContext;
use super::denied::Denied;
use super::factor::{Factor, FactorId, FactorKind};
use super::ids::{GrantId, SetupId};
use super::label::Label;
use super::lockout::Failures;
use super::new_codes::NewCodes;
use super::oob_factor::{FormerPhone, Recipient, Telephone};
use super::pending_oob::PendingContact;
use super::permit::Permit;
use super::state::Account;
use super::unanswered::Unanswered;
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::types::{Method, Purpose};

/// A number or address that waits for its proof. Redacts itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Waiting {
    /// How it is reached.
    pub method: Method,
    /// E.164, or an e-mail address.
    pub to: String,
    /// Who was asked last to send a code there; empty the first time.
    pub provider: String,
    /// The language of messages.
    pub locale: String,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// A number or address was proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Which way.
    pub method: Method,
    /// It is the account's first factor.
    pub first: bool,
    /// It ends the sign-in that it was begun in.
    pub signs_in: bool,
    /// The look-up codes became the account's.
    pub has_codes: bool,
    /// Something was proven before for that sign-in.
    pub was_proven: bool,
}

impl fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmed")
            .field("method", &self.method)
            .field("first", &self.first)
            .finish_non_exhaustive()
    }
}

/// How long a number that was removed is told what took its place: thirty days.
pub(super) const FORMER_SECONDS: u64 = 30 * 86_400;

impl Account {
    /// What a set-up of a number or address waits for; `None` when it is over, or never was.
    #[must_use]
    pub fn waiting(&self, setup: &SetupId, now: UnixTime) -> Option<Waiting> {
        let pending = self.pending_contacts.get(setup, now)?;
        Some(Waiting {
            method: pending.method,
            to: pending.to.clone(),
            provider: pending.provider().to_owned(),
            locale: pending.recipient.locale.clone(),
        })
    }

    /// What a set-up of a number or address was begun with; `None` when it is over, or never was.
    #[must_use]
    pub fn set_up_by(&self, setup: &SetupId, now: UnixTime) -> Option<Permit> {
        Some(self.pending_contacts.get(setup, now)?.permit)
    }

    /// How often a code of a set-up may still be tried before another one is needed; 0 when it is over.
    #[must_use]
    pub fn setup_tries_left(&self, setup: &SetupId, now: UnixTime) -> u8 {
        let pending = self.pending_contacts.get(setup, now);
        pending.map_or(0, |pending| pending.tries_left(now))
    }

    /// Keeps a number or address until its user has proven to have it, beside those that wait already; with that grant
    /// if one was needed. Returns who was asked last to send a code there, if that was for another set-up that is
    /// pending: whoever begins anew was not reached.
    pub fn start_contact(
        &mut self,
        setup: SetupId,
        method: Method,
        to: &str,
        recipient: &Recipient,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> String {
        self.start_contact_by(setup, method, to, recipient, grant.into(), None, context)
    }

    /// The same, with whatever permits it. `consent`: what its user was shown before of what will be sent, by the name of
    /// that text; it is in the audit.
    #[allow(clippy::too_many_arguments)] // what is set up, where, and what stands behind it
    pub fn start_contact_by(
        &mut self,
        setup: SetupId,
        method: Method,
        to: &str,
        recipient: &Recipient,
        permit: Permit,
        consent: Option<&str>,
        context: &mut RuleContext<'_>,
    ) -> String {
        let now = context.now;
        let last = self.pending_contacts.last_provider(method, to, now);
        let pending = PendingContact::new(
            setup,
            method,
            to,
            recipient,
            permit,
            self.opener(context.audit),
            now,
        );
        self.pending_contacts.start(pending, now);
        let mut event = Event::new(EventKind::EnrolmentStarted, self.changer()).method(method);
        if let Some(text) = consent {
            event = event.because(&format!("consent: {text}"));
        }
        context.note(event);
        last
    }

    /// An event about the proof of a number or an address.
    #[must_use]
    pub fn about_contact(&self, method: Method, kind: EventKind) -> Event {
        let event = Event::new(kind, self.changer()).method(method);
        if method.is_phone() {
            event.purpose(Purpose::VerifyPhone)
        } else {
            event
        }
    }

    /// What was pending is the user's.
    pub(super) fn bind(
        &mut self,
        setup: &SetupId,
        codes: NewCodes<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<Confirmed, Denied> {
        let PendingContact {
            method,
            to,
            recipient,
            permit,
            ..
        } = self.pending_contacts.take(setup).ok_or(Denied::Rejected)?;
        if method != Method::Email && !method.is_phone() {
            return Err(Denied::Rejected);
        }
        let now = context.now;
        self.goes_on(&permit, method, context)?;
        let was_proven = self.was_proven_for(&permit);
        let is_temporary = self.is_by_temporary_code(&permit);
        let replaces = self.takes_the_place(&permit, now);
        let is_weak = self.comes_of_too_weak(&permit, now);
        let (first, changer) = (!self.is_enrolled(), self.changer());
        if method == Method::Email {
            self.failures.retain(|(m, _)| *m != Method::Email);
        } else {
            self.bind_number(method, &to, recipient);
        }
        let id = FactorId::of(&self.key, method, to.as_bytes());
        let kind = match method {
            Method::Email => FactorKind::Email(to),
            _ => FactorKind::Phone(method),
        };
        if replaces {
            self.remove_apps(changer, context);
        }
        let factor = self.put_factor(Factor::new(id, Label::NONE, kind, now));
        self.note_enrolled(&id);
        self.note_reached(method);
        let enrolled = factor.event(Event::new(EventKind::Enrolled, changer));
        // The primary may have been a way to the number that is gone.
        let methods = self.methods();
        self.primary = self
            .primary
            .filter(|primary| methods.contains(primary))
            .or(Some(method));
        if is_temporary {
            self.release_by_set_up(context);
            self.suspend_others(&id, context);
            self.primary = Some(method);
        }
        let has_codes = first || replaces || is_temporary;
        if has_codes {
            self.set_codes(codes, context);
        }
        if first || is_weak || is_temporary {
            self.begin_trust(now);
        }
        self.raise_epoch(permit.grant(), now);
        self.remember_network(context.audit);
        context.note(enrolled);
        if permit.is_login() {
            self.sign_in_by(&id, context);
        }
        if has_codes && !first {
            context.note(Self::codes_renewed(codes));
        }
        self.settle_requirement();
        Ok(Confirmed {
            method,
            first,
            has_codes,
            signs_in: permit.is_login(),
            was_proven,
        })
    }

    /// The number is the user's, reached in one more way, or in the place of another.
    fn bind_number(&mut self, method: Method, to: &str, recipient: Recipient) {
        let is_new = !self.has(method);
        match &mut self.telephone {
            // A further method (a call beside SMS) to the enrolled number: the failures counted so far stay.
            Some(phone) if phone.number == to && is_new => {}
            // A method that was enrolled already: this is a new binding, and its failures are cleared.
            Some(phone) if phone.number == to => {
                phone.recipient = recipient;
                phone.unanswered = Unanswered::default();
                self.forgive_phone();
            }
            _ => {
                self.former_phone = None;
                self.factors.retain(|factor| !factor.method().is_phone());
                self.telephone = Some(Telephone {
                    number: to.to_owned(),
                    recipient,
                    unanswered: Unanswered::default(),
                });
                self.forgive_phone();
            }
        }
    }

    /// Puts a factor of a method that has one at most in the place and under the name of the one before it.
    fn put_factor(&mut self, mut factor: Factor) -> Factor {
        let mut others = self.factors.iter_mut();
        match others.find(|other| other.method() == factor.method()) {
            Some(before) => {
                factor.label = before.label.clone();
                before.clone_from(&factor);
            }
            None => self.factors.push(factor.clone()),
        }
        factor
    }

    /// A new binding: the failures belonged to the old one.
    fn forgive_phone(&mut self) {
        self.failures.retain(|(m, _)| *m != Method::Sms);
        self.reset_failures = Failures::default();
    }

    /// After factors were removed: a number that nothing reaches any more is remembered for a while.
    pub(super) fn forget_unreached_phone(&mut self, now: UnixTime) {
        if self.factors.iter().any(|it| it.method().is_phone()) {
            return;
        }
        if let Some(phone) = self.telephone.take() {
            self.former_phone = Some(FormerPhone {
                number: phone.number,
                recipient: phone.recipient,
                removed: now,
                is_told: false,
            });
        }
    }
}
