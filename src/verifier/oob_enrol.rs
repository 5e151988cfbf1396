//! Set-ups of a number or an address: a code proves it, and what it replaces is told.

use super::notices::contact_of;
use super::send::{CodeTask, Delivery, answer_of, checked};
use super::token::Setup;
use super::{Client, Enrolled, Error, User, Verifier};
use crate::account::{
    Account, Confirmed, Denied, FactorError, ForEnrolment, NewCodes, Permit, Recipient, SetupId,
    Step, Waiting,
};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::delivery::Charge;
use crate::delivery::budget::Use;
use crate::delivery::pending::Standing;
use crate::mail::address::is_address;
use crate::phone::PhoneNumber;
use crate::sms::Channel;
use crate::types::{Method, Purpose, UserId};

/// What is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupOf {
    /// An authenticator app.
    App,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
}

/// What a set-up waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupState {
    /// Nothing more: it is over, or was never ours.
    Over,
    /// Its code.
    Waits,
    /// Its code, which ends a sign-in that requires it.
    WaitsForSignIn,
}

/// The name of a text that the host shows, with its version: it is shown and written down, and is no text itself.
fn is_name_of_text(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b"-._/".contains(&it);
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

impl Verifier {
    /// Sends a code to a number, to prove that it is the user's.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::Throttled`], [`Denied::NotSent`],
    /// [`Error::Invalid`] for a number that cannot be used, [`Error::Unavailable`]
    pub fn start_phone(
        &self,
        now: UnixTime,
        user: &User,
        number: &PhoneNumber,
        method: Method,
        client: &Client,
        grant: Option<&str>,
    ) -> Result<Delivery, Error> {
        self.start_phone_after(now, user, number, method, client, grant, None)
    }

    /// The same, after the host has shown its user what will be sent and how to stop it: `consent` is the name of that text,
    /// and is in the audit.
    ///
    /// # Errors
    /// As [`Verifier::start_phone`]; [`Error::Invalid`] also for a name of no text.
    #[allow(clippy::too_many_arguments)] // as above
    pub fn start_phone_after(
        &self,
        now: UnixTime,
        user: &User,
        number: &PhoneNumber,
        method: Method,
        client: &Client,
        grant: Option<&str>,
        consent: Option<&str>,
    ) -> Result<Delivery, Error> {
        if consent.is_some_and(|text| !is_name_of_text(text)) {
            let why = "must name a text: 1 to 64 letters of ASCII, digits, and - . _ /";
            return Err(Error::invalid("consent", why));
        }
        if Channel::of(method).is_none() {
            return Err(Error::invalid(
                "method",
                "must be Method::Sms, Method::Voice or Method::WhatsApp",
            ));
        }
        self.reachable(number, method)?;
        self.start_contact(now, user, method, number.e164(), client, grant, consent)
    }

    /// Sends a code to the user's e-mail address, by way of the host.
    ///
    /// # Errors
    /// As [`Verifier::start_phone`]
    pub fn enable_email(
        &self,
        now: UnixTime,
        user: &User,
        client: &Client,
        grant: Option<&str>,
    ) -> Result<Delivery, Error> {
        let address = user
            .email
            .as_deref()
            .ok_or_else(|| Error::invalid("user", "must have an e-mail address"))?;
        if !is_address(address) {
            let why = "must have one e-mail address, such as name@example.org, without a name, a list or a comment";
            return Err(Error::invalid("user", why));
        }
        self.start_contact(now, user, Method::Email, address, client, grant, None)
    }

    #[allow(clippy::too_many_arguments)] // as above
    fn start_contact(
        &self,
        now: UnixTime,
        user: &User,
        method: Method,
        to: &str,
        client: &Client,
        grant: Option<&str>,
        consent: Option<&str>,
    ) -> Result<Delivery, Error> {
        self.offered(method, now)?;
        let permit = self.permit(&user.id, grant);
        // Checked before any budget is taken, so that a request without permission spends nothing.
        let account = self.accounts.read(&user.id, now)?;
        if let Some(account) = &account {
            account.allow_set_up(&permit, now, self.config.policy())?;
            account.would_do(&permit, method, now)?;
        } else if !self.config.profile().admits_first(method) {
            return Err(FactorError::TooWeak.into());
        }
        let is_own = account.is_some_and(|account| account.is_reached_at(method, to));
        // The account's own number is enrolled again only with a fresh proof, so it counts as proven.
        let class = Use::of(Purpose::VerifyPhone, is_own, is_own);
        self.refuse_elsewhere(client, self.wait_before_sending())?;
        let ip = Some(self.address(client));
        let charge = || self.charge(now, &user.id, class, method, to, ip);
        let (resend_at, charge) = self.take_send(now, client, class, charge)?;
        // After the budget, so that asking whether somebody has a number costs what a code costs.
        if Channel::of(method).is_some() {
            self.unused(&user.id, to)?;
        }
        let source = self.source(client);
        let recipient = Recipient {
            locale: user.locale.clone().unwrap_or_default(),
            email: user.email.clone().filter(|email| is_address(email)),
        };
        let contact = contact_of(user);
        let id = SetupId::draw(&mut OsEntropy)?;
        let (provider, standing) =
            self.accounts
                .change(&user.id, now, &source, |account, context| {
                    account.allow_set_up(&permit, now, context.policy)?;
                    account.know(&contact, now);
                    let standing = standing_of(account.phone(), to);
                    let provider = account
                        .start_contact_by(id, method, to, &recipient, permit, consent, context);
                    Ok((provider, standing))
                })??;
        let task = CodeTask {
            user: &user.id,
            listed: &user.id,
            source: &source,
            method,
            to,
            purpose: Purpose::VerifyPhone,
            class,
            is_for_contact: true,
            locale: &recipient.locale,
            last_provider: &provider,
            resend_at,
            now,
            claim: self.claim_of(standing, &[b"setup", id.bytes()]),
            ask_first: false,
        };
        self.deliver_for_setup(&task, charge, &id)
    }

    /// Whether a set-up, of an app as well, still waits for its code.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn is_pending_setup(&self, now: UnixTime, setup: &str) -> Result<bool, Error> {
        Ok(self.setup_state(now, setup)? != SetupState::Over)
    }

    /// Whether a set-up, of an app as well, still waits for its code, and what it ends in. One that is none of ours is
    /// over.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn setup_state(&self, now: UnixTime, setup: &str) -> Result<SetupState, Error> {
        let Ok((user, kind)) = self.setup_of(setup) else {
            return Ok(SetupState::Over);
        };
        let account = self.accounts.read(&user, now)?;
        let permit = account.and_then(|account| match &kind {
            Setup::Totp(pending, _) => account.awaits(pending, now).then(|| *pending.permit()),
            Setup::Phone(id) | Setup::Email(id) => account.set_up_by(id, now),
        });
        Ok(match permit {
            None => SetupState::Over,
            Some(Permit::Login(_)) => SetupState::WaitsForSignIn,
            Some(Permit::None | Permit::Password(_) | Permit::Grant(_) | Permit::StepUp(_)) => {
                SetupState::Waits
            }
        })
    }

    /// How often a code may still be typed for the set-up of a number or an address before another one is needed; 0
    /// when it is over. `None` for that of an app: a wrong code costs nothing there.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn setup_tries_left(&self, now: UnixTime, setup: &str) -> Result<Option<u8>, Error> {
        let Ok((user, kind)) = self.setup_of(setup) else {
            return Ok(Some(0));
        };
        let (Setup::Phone(id) | Setup::Email(id)) = kind else {
            return Ok(None);
        };
        let account = self.accounts.read(&user, now)?;
        Ok(Some(
            account.map_or(0, |account| account.setup_tries_left(&id, now)),
        ))
    }

    /// Whose set-up that is, and what of; `None` if it is none of ours. It may be over.
    #[must_use]
    pub fn setup_for(&self, setup: &str) -> Option<(UserId, SetupOf)> {
        let (user, setup) = self.setup_of(setup).ok()?;
        let of = match setup {
            Setup::Totp(..) => SetupOf::App,
            Setup::Phone(_) => SetupOf::Phone,
            Setup::Email(_) => SetupOf::Email,
        };
        Some((user, of))
    }

    /// Sends another code for a set-up of a number or address; the earlier one stays good.
    ///
    /// # Errors
    /// [`Denied::Rejected`] when it is over, or never was; otherwise as [`Verifier::start_phone`]
    pub fn resend_code(
        &self,
        now: UnixTime,
        setup: &str,
        client: &Client,
    ) -> Result<Delivery, Error> {
        let (user, Setup::Phone(id) | Setup::Email(id)) = self.setup_of(setup)? else {
            return Err(Denied::Rejected.into());
        };
        let account = self.accounts.read(&user, now)?;
        let proven = account
            .as_ref()
            .and_then(|it| it.phone())
            .map(str::to_owned);
        let Waiting {
            method,
            to,
            provider,
            locale,
        } = account
            .as_ref()
            .and_then(|account| account.waiting(&id, now))
            .ok_or(Denied::Rejected)?;
        let standing = standing_of(proven.as_deref(), &to);
        self.offered(method, now)?;
        self.still_allowed(method, &to)?;
        let is_own = account.is_some_and(|account| account.is_reached_at(method, &to));
        let class = Use::of(Purpose::VerifyPhone, is_own, is_own);
        self.refuse_elsewhere(client, self.wait_before_sending())?;
        let ip = Some(self.address(client));
        let charge = || self.charge(now, &user, class, method, &to, ip);
        let (resend_at, charge) = self.take_send(now, client, class, charge)?;
        // Somebody else may have proven it meanwhile.
        if Channel::of(method).is_some() {
            self.unused(&user, &to)?;
        }
        let source = self.source(client);
        let task = CodeTask {
            user: &user,
            listed: &user,
            source: &source,
            method,
            to: &to,
            purpose: Purpose::VerifyPhone,
            class,
            is_for_contact: true,
            locale: &locale,
            last_provider: &provider,
            resend_at,
            now,
            claim: self.claim_of(standing, &[b"setup", id.bytes()]),
            ask_first: false,
        };
        self.deliver_for_setup(&task, charge, &id)
    }

    /// Sends a code for a set-up, and says by which token to go on with it.
    fn deliver_for_setup(
        &self,
        task: &CodeTask<'_>,
        charge: Charge,
        id: &SetupId,
    ) -> Result<Delivery, Error> {
        let enrolment = ForEnrolment {
            setup: id,
            codes: NewCodes::NONE,
        };
        let mut delivery = self.deliver(task, charge, |account, sent, context| {
            account.record_sent(&enrolment, &sent.code, context)
        })?;
        let setup = match task.method {
            Method::Email => Setup::Email(*id),
            _ => Setup::Phone(*id),
        };
        delivery.token = self.setup_token(task.user, &setup)?;
        Ok(delivery)
    }

    /// Confirms the number of a set-up.
    ///
    /// # Errors
    /// [`Denied::Rejected`], [`Error::Number`] and [`Denied::Throttled`] where a number is for one user and
    /// somebody else has it or is confirming it at this moment, [`Error::Unavailable`]
    pub fn confirm_phone(
        &self,
        now: UnixTime,
        setup: &str,
        code: &str,
        client: &Client,
    ) -> Result<Enrolled, Error> {
        let (user, Setup::Phone(id)) = self.setup_of(setup)? else {
            return Err(Denied::Rejected.into());
        };
        // Somebody else may have proven the number meanwhile, or be about to.
        let account = self.accounts.read(&user, now)?;
        let waiting = account.and_then(|account| account.waiting(&id, now));
        let number = waiting.ok_or(Denied::Rejected)?.to;
        let claim = if self.config.phone_is_unique() {
            Some(self.claim(now, &number)?)
        } else {
            None
        };
        let enrolled = self
            .unused(&user, &number)
            .and_then(|()| self.confirm_contact(now, &user, &id, code, client));
        if let Some(claim) = claim {
            self.give_back(now, &claim);
        }
        // It is confirmed: what the store says from here on takes nothing of that back.
        if enrolled.is_ok() {
            let _ = self.prove_range(now, &number);
        }
        enrolled
    }

    /// Confirms the e-mail address of a set-up.
    ///
    /// # Errors
    /// [`Denied::Rejected`], [`Error::Unavailable`]
    pub fn confirm_email(
        &self,
        now: UnixTime,
        setup: &str,
        code: &str,
        client: &Client,
    ) -> Result<Enrolled, Error> {
        let (user, Setup::Email(id)) = self.setup_of(setup)? else {
            return Err(Denied::Rejected.into());
        };
        // It may have begun before the profile became strict.
        if self.offered(Method::Email, now).is_err() {
            return Err(Denied::Rejected.into());
        }
        self.confirm_contact(now, &user, &id, code, client)
    }

    fn confirm_contact(
        &self,
        now: UnixTime,
        user: &UserId,
        setup: &SetupId,
        typed: &str,
        client: &Client,
    ) -> Result<Enrolled, Error> {
        self.refuse_elsewhere(client, Denied::Rejected)?;
        let codes = self.codes_to_give()?;
        let source = self.source(client);
        let enrolment = ForEnrolment {
            setup,
            codes: codes.for_account(),
        };
        let answer_of_rule = |account: &Account, confirmed: Confirmed| {
            let shown = self.shown_codes(user, account, &codes, confirmed.has_codes);
            let verified = confirmed.signs_in.then(|| {
                let (method, was_proven) = (confirmed.method, confirmed.was_proven);
                self.verified_by_set_up(now, user, method, was_proven, account)
            });
            (confirmed, shown, account.epoch(), verified)
        };
        let (step, mut offers) = self.accounts.change_and_tell(
            user,
            now,
            &source,
            &[],
            |step| matches!(step, Step::Done(_)),
            |account, context| {
                let step = account.check_code(&enrolment, typed, context)?;
                Ok(match step {
                    Step::Done(confirmed) => Step::Done(answer_of_rule(account, confirmed)),
                    Step::Ask(check) => Step::Ask(check),
                })
            },
        )?;
        let (confirmed, shown, epoch, verified) = match step? {
            Step::Done(done) => done,
            Step::Ask(check) => {
                let verdict = self.ask_provider(now, &check, typed);
                let answer = checked(&verdict);
                let (settled, later) = self.accounts.change_and_tell(
                    user,
                    now,
                    &source,
                    &[],
                    |_| true,
                    |account, context| {
                        let confirmed = account.settle(&enrolment, &check, answer, context)?;
                        Ok(answer_of_rule(account, confirmed))
                    },
                )?;
                offers = later;
                settled.map_err(|denied| answer_of(verdict, denied))?
            }
        };
        // It is confirmed: what becomes of the rest takes nothing of that back.
        if confirmed.method.is_phone() {
            self.tell_numbers(now, user);
        }
        Ok(Enrolled {
            notices: self.notice_messages(now, user, &offers),
            user: user.clone(),
            method: confirmed.method,
            backup_codes: shown.backup,
            recovery_codes: shown.recovery,
            epoch,
            next_code_at: None,
            verified,
        })
    }

    /// Whether nobody else has proven that number, where that matters.
    fn unused(&self, user: &UserId, number: &str) -> Result<(), Error> {
        if self.config.phone_is_unique()
            && self.accounts.with_phone(number)?.iter().any(|o| o != user)
        {
            return Err(Error::Number {
                reason: "taken",
                text: "this number cannot be used: choose another one".to_owned(),
            });
        }
        Ok(())
    }
}

/// How much a set-up of a number has behind it: `proven` is the number that the account has.
fn standing_of(proven: Option<&str>, to: &str) -> Standing {
    if proven == Some(to) {
        Standing::Owner
    } else {
        Standing::Unproven
    }
}
