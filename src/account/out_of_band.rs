//! Rules for factors that are reached: a telephone, a mailbox.
//!
//! ```text
//!   destination ─▶ (budget, provider: outside) ─▶ send_own / send_elsewhere ─▶ verify, or
//!                                                   ask ─▶ (provider: outside) ─▶ settle
//! ```
//!
//! A code that somebody else made takes two changes: `step` takes a check and charges the attempt
//! before they are asked; `settle` audits what they said, and gives the attempt back if that was yes,
//! and check and attempt if nobody has looked at the code.
//! Whoever dies in between has failed, and the next change of the account notes it.

use std::fmt;

use super::lockout::{Charged, Failures};
use super::oob_enrolment::{
    EmailFactor, FormerPhone, PendingContact, PhoneFactor, Recipient, Tried,
};
use super::sent::{self, Binding, Guess, RemoteVerification};
use super::unanswered::Unanswered;
use super::{Accepted, Account, AuditBuffer, ChallengeToken, Denied, GrantId, SetupId};
use crate::audit::{Event, Kind};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::code::LookupCode;
use crate::types::{Method, Purpose, Requester};

/// Where a code goes. Redacts itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination {
    /// E.164, or an e-mail address.
    pub to: String,
    /// Who was asked last; empty the first time.
    pub provider: String,
    /// The challenge was opened from where a proof had come from before.
    pub is_known: bool,
    /// So many codes in a row were not typed back that a carrier which drops messages without a word is to be asked
    /// first.
    pub ask_first: bool,
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

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

/// Something a provider has to be asked. The attempt is already charged.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteCheck {
    /// Which verification.
    pub elsewhere: RemoteVerification,
    /// E.164.
    pub to: String,
    /// When it was charged.
    pub at: UnixTime,
    /// What that led to.
    pub charged: Charged,
    /// It was a wrong guess at codes of ours all the same.
    pub(super) judged: bool,
    /// Which of the account's open questions it is.
    pub(super) number: u16,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The provider said yes.
    Right,
    /// The provider said no.
    Wrong,
    /// The provider said that there is nothing to ask about any more.
    Over,
    /// The provider gave no answer that counts, and may have looked at the code.
    Unanswered,
    /// Nobody has looked at the code: the provider was not reached, or refused whoever asks.
    NotAsked,
}

impl fmt::Debug for RemoteCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCheck")
            .field("elsewhere", &self.elsewhere)
            .finish_non_exhaustive()
    }
}

/// What comes after a first look at a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// It is decided.
    Done(T),
    /// A provider has to be asked first.
    Ask(RemoteCheck),
}

/// A number or address was proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Which way.
    pub method: Method,
    /// It is the account's first factor: the backup codes are its own now.
    pub first: bool,
    /// What it takes the place of.
    pub replaced: Option<Replaced>,
    /// What stood behind it.
    pub changer: Requester,
}

/// A number that is the account's no more.
#[derive(Clone, PartialEq, Eq)]
pub struct Replaced {
    /// In E.164.
    pub number: String,
    /// In which language its user is told.
    pub locale: String,
    /// Where to: the address that the host knew when the number was proven, the one that was proven, and
    /// the one that the host knows now, as far as they differ.
    pub emails: Vec<String>,
}

/// How long a number that was removed is told what took its place: thirty days.
const FORMER_SECONDS: u64 = 30 * 86_400;

impl fmt::Debug for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replaced(<redacted>)")
    }
}

impl fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmed")
            .field("method", &self.method)
            .field("first", &self.first)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// The verified number, as E.164.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_ref().map(|phone| phone.number.as_str())
    }

    /// Whether that number or address is the user's own, proven by a code.
    #[must_use]
    pub fn is_reached_at(&self, method: Method, to: &str) -> bool {
        let own = match method {
            Method::Email => self.email(),
            _ => self.phone(),
        };
        own == Some(to)
    }

    /// The verified e-mail address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_ref().map(|email| email.address.as_str())
    }

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

    pub(super) fn phone_methods(&self) -> Vec<Method> {
        self.phone
            .as_ref()
            .map(|phone| phone.methods.clone())
            .unwrap_or_default()
    }

    /// The enrolled methods whose failures are counted under `method`.
    pub(super) fn methods_of(&self, method: Method) -> Vec<Method> {
        match (method, self.phone_methods()) {
            (Method::Sms, methods) if !methods.is_empty() => methods,
            _ => vec![method],
        }
    }

    /// What may prove a challenge of that purpose.
    #[must_use]
    pub fn methods_for(&self, purpose: Purpose) -> Vec<Method> {
        let mut methods = self.methods();
        if matches!(purpose, Purpose::VerifyPhone | Purpose::ResetPassword) {
            methods.retain(|method| method.is_phone());
        }
        methods
    }

    /// Where a code for an open challenge would go.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn destination(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Destination, Denied> {
        self.admit(marker, method, now, policy)?;
        let to = match method {
            Method::Email => self.email(),
            method if method.is_phone() => self.phone(),
            _ => None,
        };
        let provider = self.list(marker.purpose).provider(marker, method);
        Ok(Destination {
            to: to.ok_or(Denied::Rejected)?.to_owned(),
            provider: provider.unwrap_or_default().to_owned(),
            is_known: self.list(marker.purpose).is_from_known(marker),
            ask_first: method == Method::Sms
                && self.phone.as_ref().is_some_and(|it| it.unanswered.is_due()),
        })
    }

    /// A code of ours goes out for a challenge. Returns until when it is good.
    ///
    /// # Errors
    /// [`Denied`]
    #[allow(clippy::too_many_arguments)] // a code, its place, its limits and its record
    pub fn send_own(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        code: &str,
        provider: &str,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<UnixTime, Denied> {
        self.admit(marker, method, now, policy)?;
        let until = now.plus(policy.code_seconds(marker.purpose).into());
        let key = self.key.clone();
        let sent = self.list_mut(marker.purpose).sent(marker, method);
        let sent = sent.ok_or(Denied::ChallengeClosed)?;
        sent.own(
            &key,
            &binding(marker, method),
            code,
            provider,
            until,
            policy.code_checks,
        );
        let event = Event::about(marker.purpose, Kind::CodeSent);
        journal.note(event.method(method).provider(provider));
        Ok(until)
    }

    /// A carrier that drops messages without a word took a code to the account's number, after it was asked whether
    /// its owner wants them (`asked`) or not. Codes that nobody types back are counted by SMS only: no such carrier has
    /// another way.
    pub const fn count_unanswered(&mut self, asked: bool) {
        if let Some(phone) = &mut self.phone {
            phone.unanswered.sent(asked);
        }
    }

    /// A code that `provider` made goes out for a challenge, good for that many seconds.
    ///
    /// # Errors
    /// [`Denied`]
    #[allow(clippy::too_many_arguments)] // as above
    pub fn send_elsewhere(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        provider: &str,
        reference: &str,
        seconds: u64,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<UnixTime, Denied> {
        self.admit(marker, method, now, policy)?;
        let most = policy.code_seconds(marker.purpose).into();
        let until = now.plus(seconds.min(most));
        let sent = self.list_mut(marker.purpose).sent(marker, method);
        let sent = sent.ok_or(Denied::ChallengeClosed)?;
        let until = sent.elsewhere(provider, reference, now, until, policy.code_checks);
        let all = self.list_mut(marker.purpose).all_sent(marker);
        let until = sent::level(all, reference).unwrap_or(until);
        let event = Event::about(marker.purpose, Kind::CodeSent);
        journal.note(event.method(method).provider(provider));
        Ok(until)
    }

    /// A provider was asked to make a code for a challenge, and its answer was lost. Somebody else is
    /// asked the next time.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn send_lost(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        provider: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<(), Denied> {
        self.admit(marker, method, now, policy)?;
        let sent = self.list_mut(marker.purpose).sent(marker, method);
        sent.ok_or(Denied::ChallengeClosed)?.lost(provider);
        Ok(())
    }

    /// Whether a code that was typed is one of ours that is good for this challenge.
    pub(super) fn spend_sent(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        typed: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> bool {
        let key = self.key.clone();
        let life = policy.code_seconds(marker.purpose).into();
        self.list_mut(marker.purpose)
            .sent(marker, method)
            .is_some_and(|sent| sent.spend(&key, &binding(marker, method), typed, now, life))
    }

    /// Decides on a proof as [`Account::verify`] does, or says who has to be asked about it. Then the
    /// attempt is already charged, and [`Account::settle`] takes their answer.
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    #[allow(clippy::too_many_arguments)] // a proof, its place, its limits and its record
    pub fn step(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        proof: &str,
        grant: Option<GrantId>,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<Step<Accepted>, Denied> {
        if !method.is_phone() {
            return self
                .verify(marker, method, proof, grant, now, policy, journal)
                .map(Step::Done);
        }
        self.admit(marker, method, now, policy)?;
        let key = self.key.clone();
        let binding = binding(marker, method);
        let life = policy.code_seconds(marker.purpose).into();
        let guess = match self.list_mut(marker.purpose).sent(marker, method) {
            Some(sent) => sent.guess(&key, &binding, proof, now, life),
            None => Guess::Wrong,
        };
        if let Guess::Ask { elsewhere, .. } = &guess {
            sent::level(
                self.list_mut(marker.purpose).all_sent(marker),
                &elsewhere.reference,
            );
        }
        let Guess::Ask { elsewhere, judged } = guess else {
            let right = guess == Guess::Right;
            return self
                .decide(right, marker, method, grant, now, policy, journal)
                .map(Step::Done);
        };
        let to = self.phone().unwrap_or_default().to_owned();
        let charged = self.counter(marker.purpose, method).charge(now, policy);
        let provider = &elsewhere.provider;
        let (number, given_up) =
            self.checks
                .open(marker, method, charged, provider, journal.ip(), now);
        if let Some(given_up) = given_up {
            self.note_unsettled(given_up, journal);
        }
        Ok(Step::Ask(RemoteCheck {
            elsewhere,
            to,
            at: now,
            charged,
            judged,
            number,
        }))
    }

    /// What the provider said of a question. Yes: the challenge is spent, if it is still the one that was
    /// asked about, and the attempt was none. Each question is settled once, with one verdict in the audit.
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    #[allow(clippy::too_many_arguments)] // as above
    pub fn settle(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        question: &RemoteCheck,
        answer: Checked,
        grant: Option<GrantId>,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<Accepted, Denied> {
        let RemoteCheck {
            elsewhere,
            at,
            charged,
            judged,
            number,
            ..
        } = question;
        let is_open = self.list(marker.purpose).is_open(marker, now, policy);
        if self.checks.close(marker, method, *number, *at).is_none() {
            // It is another one's question, or was given up: that has its event.
            return Err(if is_open {
                Denied::Rejected
            } else {
                Denied::ChallengeClosed
            });
        }
        if answer == Checked::Over {
            for sent in self.list_mut(marker.purpose).all_sent(marker) {
                sent.over(&elsewhere.reference);
            }
        }
        if answer == Checked::Right && is_open && self.settles(marker, method, question) {
            self.counter(marker.purpose, method).refund(*at, *charged);
            return Ok(self.accept(marker, method, grant, now, journal));
        }
        if answer == Checked::NotAsked {
            for sent in self.list_mut(marker.purpose).all_sent(marker) {
                sent.give_back(&elsewhere.reference, policy.code_checks);
            }
            if !judged {
                self.counter(marker.purpose, method)
                    .give_back(*at, *charged, policy);
            }
        }
        let kind = match answer {
            Checked::Unanswered | Checked::NotAsked => Kind::CheckUnanswered,
            Checked::Right | Checked::Wrong | Checked::Over => Kind::Rejected,
        };
        let provider = &elsewhere.provider;
        journal.note(
            Event::about(marker.purpose, kind)
                .method(method)
                .provider(provider),
        );
        let counter = self.counter(marker.purpose, method);
        if let Some(event) = Self::led_to(counter, *charged, marker.purpose, method) {
            journal.note(event);
        }
        Err(if is_open || answer != Checked::Right {
            Denied::Rejected
        } else {
            Denied::ChallengeClosed
        })
    }

    /// Whether a question is about what the challenge still waits for; then that is spent. A number that was
    /// changed meanwhile is not the one they spoke of.
    fn settles(&mut self, marker: &ChallengeToken, method: Method, question: &RemoteCheck) -> bool {
        let RemoteCheck { elsewhere, to, .. } = question;
        self.phone() == Some(to.as_str())
            && self.methods_for(marker.purpose).contains(&method)
            && self
                .list_mut(marker.purpose)
                .sent(marker, method)
                .is_some_and(|sent| sent.settle(&elsewhere.provider, &elsewhere.reference))
    }

    // -- enrolment ------------------------------------------------------------------------------

    /// Keeps a number or address until its user has proven to have it, beside those that wait already. Returns who
    /// was asked last to send a code there, if that was for another set-up that is pending: whoever begins anew was
    /// not reached.
    #[allow(clippy::too_many_arguments)] // a number, its place, what allows it and its record
    pub fn start_contact(
        &mut self,
        setup: SetupId,
        method: Method,
        to: &str,
        recipient: &Recipient,
        grant: Option<GrantId>,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> String {
        let last = self.pending_contacts.last_provider(method, to, now);
        let pending = PendingContact::new(
            setup,
            method,
            to,
            recipient,
            grant,
            self.opener(journal),
            now,
        );
        self.pending_contacts.start(pending, now);
        journal.note(Event::new(Kind::EnrolmentStarted, self.changer()).method(method));
        last
    }

    /// An event about the proof of a number or an address.
    #[must_use]
    pub fn about_contact(&self, method: Method, kind: Kind) -> Event {
        let event = Event::new(kind, self.changer()).method(method);
        if method.is_phone() {
            event.purpose(Purpose::VerifyPhone)
        } else {
            event
        }
    }

    /// A code of ours goes out for an enrolment. Returns until when it is good.
    ///
    /// # Errors
    /// [`Denied::Rejected`]: it is over.
    pub fn contact_own(
        &mut self,
        setup: &SetupId,
        code: &str,
        provider: &str,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<UnixTime, Denied> {
        let until = now.plus(policy.code_seconds(Purpose::VerifyPhone).into());
        let key = self.key.clone();
        let pending = self.pending_contact(setup, now)?;
        pending.send_own(&key, code, provider, until, policy);
        let method = pending.method;
        let event = self.about_contact(method, Kind::CodeSent);
        journal.note(event.provider(provider));
        Ok(until)
    }

    /// A code that `provider` made goes out for an enrolment, good for that many seconds.
    ///
    /// # Errors
    /// [`Denied::Rejected`]
    #[allow(clippy::too_many_arguments)] // as above
    pub fn contact_elsewhere(
        &mut self,
        setup: &SetupId,
        provider: &str,
        reference: &str,
        seconds: u64,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<UnixTime, Denied> {
        let until = now.plus(seconds.min(policy.code_seconds(Purpose::VerifyPhone).into()));
        let pending = self.pending_contact(setup, now)?;
        let until = pending.send_elsewhere(provider, reference, now, until, policy);
        let method = pending.method;
        let event = self.about_contact(method, Kind::CodeSent);
        journal.note(event.provider(provider));
        Ok(until)
    }

    /// A provider was asked to make a code for an enrolment, and its answer was lost.
    ///
    /// # Errors
    /// [`Denied::Rejected`]
    pub fn contact_lost(
        &mut self,
        setup: &SetupId,
        provider: &str,
        now: UnixTime,
    ) -> Result<(), Denied> {
        self.pending_contact(setup, now)?.lost(provider);
        Ok(())
    }

    /// The set-up, as long as anything may be sent for it.
    fn pending_contact(
        &mut self,
        setup: &SetupId,
        now: UnixTime,
    ) -> Result<&mut PendingContact, Denied> {
        let pending = self.pending_contacts.get_mut(setup, now);
        pending.filter(|p| !p.is_used_up()).ok_or(Denied::Rejected)
    }

    /// Tries a code on the number or address of that set-up, and on no other. `codes` become the account's backup
    /// codes if this is its first factor.
    ///
    /// # Errors
    /// [`Denied::Rejected`]; the account is then to be stored all the same.
    pub fn confirm_contact(
        &mut self,
        setup: &SetupId,
        typed: &str,
        codes: &[LookupCode],
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> Result<Step<Confirmed>, Denied> {
        let key = self.key.clone();
        let pending = self.pending_contact(setup, now)?;
        match pending.try_code(&key, typed, now) {
            Tried::Right => Ok(Step::Done(self.bind(setup, codes, now, journal)?)),
            Tried::Ask { elsewhere, judged } => Ok(Step::Ask(RemoteCheck {
                elsewhere,
                to: pending.to.clone(),
                at: now,
                charged: Charged::Free,
                judged,
                number: 0,
            })),
            Tried::Wrong => Err(Denied::Rejected),
            Tried::Over => {
                self.pending_contacts.take(setup);
                Err(Denied::Rejected)
            }
        }
    }

    /// The provider said yes about an enrolment.
    ///
    /// # Errors
    /// [`Denied::Rejected`]: it is over meanwhile.
    pub fn settle_contact(
        &mut self,
        setup: &SetupId,
        question: &RemoteCheck,
        codes: &[LookupCode],
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> Result<Confirmed, Denied> {
        let pending = self.pending_contacts.get_mut(setup, now);
        if !pending.is_some_and(|p| p.settle(&question.elsewhere)) {
            return Err(Denied::Rejected);
        }
        self.bind(setup, codes, now, journal)
    }

    /// Nobody has looked at the code of an enrolment: the attempt was none.
    pub fn give_back_contact_question(
        &mut self,
        setup: &SetupId,
        question: &RemoteCheck,
        now: UnixTime,
        policy: &Policy,
    ) {
        if let Some(pending) = self.pending_contacts.get_mut(setup, now) {
            pending.give_back(&question.elsewhere, question.judged, policy);
        }
    }

    /// The provider said that there is nothing to ask about any more.
    pub fn forget_contact_question(
        &mut self,
        setup: &SetupId,
        question: &RemoteCheck,
        now: UnixTime,
    ) {
        if let Some(pending) = self.pending_contacts.get_mut(setup, now) {
            pending.over(&question.elsewhere);
        }
    }

    /// What was pending is the user's.
    fn bind(
        &mut self,
        setup: &SetupId,
        codes: &[LookupCode],
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> Result<Confirmed, Denied> {
        let PendingContact {
            method,
            to,
            recipient,
            grant,
            ..
        } = self.pending_contacts.take(setup).ok_or(Denied::Rejected)?;
        if method != Method::Email && !method.is_phone() {
            return Err(Denied::Rejected);
        }
        let (first, changer) = (!self.is_enrolled(), self.changer());
        let mut replaced = None;
        if method == Method::Email {
            self.email = Some(EmailFactor { address: to });
            self.failures.retain(|(m, _)| *m != Method::Email);
        } else {
            match &mut self.phone {
                // One more way to the same telephone: its failures still count.
                Some(phone) if phone.number == to && !phone.methods.contains(&method) => {
                    phone.methods.push(method);
                }
                // The same way once more: enrolled anew.
                Some(phone) if phone.number == to => {
                    phone.recipient = recipient;
                    phone.unanswered = Unanswered::default();
                    self.forgive_phone();
                }
                _ => {
                    replaced = self.replace_phone(&to, &recipient, now);
                    self.phone = Some(PhoneFactor {
                        number: to,
                        methods: vec![method],
                        recipient,
                        unanswered: Unanswered::default(),
                    });
                    self.forgive_phone();
                }
            }
        }
        // The primary may have been a way to the number that is gone.
        let methods = self.methods();
        self.primary = self
            .primary
            .filter(|primary| methods.contains(primary))
            .or(Some(method));
        if first {
            self.set_backup_codes(codes);
            self.begin_trust(now);
        }
        self.raise_epoch(grant.as_ref(), now);
        self.remember_network(journal);
        journal.note(Event::new(Kind::Enrolled, changer).method(method));
        Ok(Confirmed {
            method,
            first,
            replaced,
            changer,
        })
    }

    /// Takes out the number that `to` replaces, also one that was removed to make room.
    fn replace_phone(
        &mut self,
        to: &str,
        recipient: &Recipient,
        now: UnixTime,
    ) -> Option<Replaced> {
        let former = self
            .former_phone
            .take()
            .filter(|former| former.number != to && now < former.removed.plus(FORMER_SECONDS));
        let (number, old) = match self.phone.take() {
            Some(phone) => (phone.number, phone.recipient),
            None => former.map(|former| (former.number, former.recipient))?,
        };
        let mut emails: Vec<String> = Vec::new();
        let proven = self.email().map(str::to_owned);
        for email in [old.email, proven, recipient.email.clone()]
            .into_iter()
            .flatten()
        {
            if !emails.contains(&email) {
                emails.push(email);
            }
        }
        let locale = if old.locale.is_empty() {
            recipient.locale.clone()
        } else {
            old.locale
        };
        Some(Replaced {
            number,
            locale,
            emails,
        })
    }

    /// A new binding: the failures belonged to the old one.
    fn forgive_phone(&mut self) {
        self.failures.retain(|(m, _)| *m != Method::Sms);
        self.reset_failures = Failures::default();
    }

    pub(super) fn remove_phone_method(&mut self, method: Method, now: UnixTime) -> bool {
        let Some(phone) = self.phone.as_mut().filter(|p| p.methods.contains(&method)) else {
            return false;
        };
        phone.methods.retain(|m| *m != method);
        if phone.methods.is_empty() {
            self.former_phone = self.phone.take().map(|phone| FormerPhone {
                number: phone.number,
                recipient: phone.recipient,
                removed: now,
            });
        }
        true
    }
}

fn binding(marker: &ChallengeToken, method: Method) -> Binding<'_> {
    Binding {
        what: marker.purpose.as_str(),
        whom: marker.id.bytes(),
        method,
    }
}
