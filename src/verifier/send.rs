//! Codes that are sent: for a challenge, or to prove a number or an address.
//!
//! ```text
//! may a code go there? ─▶ budget spent ─▶ provider asked, or the next one ─▶ what was sent is remembered
//!     (account)             (shared)           (network)                          (account)
//! ```
//!
//! The budget is spent before anything is sent. It is given back, but for the wait between two codes, where no
//! provider could be asked at all; a process that dies before that leaves it spent. A code of ours is remembered
//! after a carrier took it: a process that dies between the two has sent a code that opens nothing.

use std::fmt;
use std::net::IpAddr;

use zeroize::Zeroizing;

use super::administer::limited;
use super::budgets::Charge;
use super::dispatch::{Outcome, SendRequest, Unverified, channel_of};
use super::token::{self, Setup};
use super::{Client, Enrolled, Error, User, Verifier};
use crate::account::{
    Accepted, Account, Checked, Denied, Destination, ForChallenge, ForEnrolment, Recipient,
    RemoteCheck, Replaced, RuleContext, SentCode, SetupId, Step, Waiting,
};
use crate::audit::{Event, Kind};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::crypto::code::{self, LookupCode};
use crate::delivery::budget::Use;
use crate::delivery::pending::{Claim, Standing};
use crate::mail::{self, address, address::is_address};
use crate::phone::PhoneNumber;
use crate::sms::Verdict;
use crate::types::{Method, Purpose, Requester, UserId};

/// A code is on its way.
#[derive(Clone)]
pub struct Delivery {
    /// Which way.
    pub method: Method,
    /// Where to, without most of it.
    pub masked: String,
    /// Until when the code is good.
    pub expires_at: UnixTime,
    /// When another may be asked for.
    pub resend_at: UnixTime,
    /// What the host has to mail; only for e-mail.
    pub message: Option<Message>,
    /// The set-up that it is for; empty for anything else.
    pub token: Zeroizing<String>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("method", &self.method)
            .field("masked", &self.masked)
            .finish_non_exhaustive()
    }
}

/// An e-mail for the host to send.
#[derive(Clone)]
pub struct Message {
    /// The address.
    pub to: String,
    /// Subject and bodies.
    pub mail: mail::Mail,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(<redacted>)")
    }
}

impl Verifier {
    /// Sends a code for an open challenge.
    ///
    /// # Errors
    /// [`Denied::Throttled`], [`Denied::NotSent`], and as [`Verifier::verify`]
    pub fn send_code(
        &self,
        now: UnixTime,
        challenge: &str,
        method: Method,
        client: &Client,
    ) -> Result<Delivery, Error> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let (token, locale) =
            token::open_challenge(ring, site, challenge).ok_or(Denied::ChallengeClosed)?;
        let policy = *self.config.policy();
        let mut account = self
            .accounts
            .read(&token.user, now)?
            .ok_or(Denied::ChallengeClosed)?;
        self.offered(method, now)?;
        let Destination {
            to,
            provider,
            is_known,
            ask_first,
        } = account.destination(&token, method, now, &policy)?;
        self.still_allowed(method, &to)?;
        let class = Use::of(token.purpose, account.is_reached_at(method, &to), is_known);
        let (resend_at, charge) =
            self.spend_budget(now, &token.user, class, method, &to, client)?;
        let ip = self.address(client).to_string();
        let task = Task {
            user: &token.user,
            ip: &ip,
            method,
            to: &to,
            purpose: token.purpose,
            class,
            is_for_contact: false,
            locale: &locale,
            last_provider: &provider,
            resend_at,
            now,
            claim: self.claim_of(
                match (token.purpose, is_known) {
                    (Purpose::StepUp, true) => Standing::StepUp,
                    (Purpose::StepUp, false) => Standing::StepUpUnknownNetwork,
                    (Purpose::Login | Purpose::VerifyPhone, true) => Standing::Owner,
                    (Purpose::Login | Purpose::VerifyPhone, false) => Standing::UnknownNetwork,
                    (Purpose::ResetPassword, _) => Standing::Unproven,
                },
                &[token.purpose.as_str().as_bytes(), token.id.bytes()],
            ),
            ask_first,
        };
        let challenge = ForChallenge {
            token: &token,
            method,
            grant: None,
        };
        self.dispatch(&task, charge, |account, sent, context| {
            let until = account.record_sent(&challenge, &sent.code, context)?;
            // What anybody may ask for makes no question due.
            if sent.may_drop && (ask_first || token.purpose != Purpose::ResetPassword) {
                account.count_unanswered(ask_first);
            }
            Ok(until)
        })
    }

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
        if channel_of(method).is_none() {
            return Err(Error::invalid(
                "method",
                "must be Method::Sms, Method::Voice or Method::WhatsApp",
            ));
        }
        self.reachable(number, method)?;
        self.start_contact(now, user, method, number.e164(), client, grant)
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
        self.start_contact(now, user, Method::Email, address, client, grant)
    }

    fn start_contact(
        &self,
        now: UnixTime,
        user: &User,
        method: Method,
        to: &str,
        client: &Client,
        grant: Option<&str>,
    ) -> Result<Delivery, Error> {
        self.offered(method, now)?;
        let grant = self.grant(&user.id, grant);
        // Before a budget is spent: who may not change anything spends nothing.
        let account = self.accounts.read(&user.id, now)?;
        if let Some(account) = &account {
            account.allow_change(grant.as_ref(), now)?;
        }
        let is_own = account.is_some_and(|account| account.is_reached_at(method, to));
        // One's own is asked about again with a fresh proof only.
        let class = Use::of(Purpose::VerifyPhone, is_own, is_own);
        let (resend_at, charge) = self.spend_budget(now, &user.id, class, method, to, client)?;
        // After it, or everybody could ask for nothing whose number is known here.
        if channel_of(method).is_some() {
            self.unused(&user.id, to)?;
        }
        let ip = self.address(client).to_string();
        let recipient = Recipient {
            locale: user.locale.clone().unwrap_or_default(),
            email: user.email.clone().filter(|email| is_address(email)),
        };
        let id = SetupId::draw(&mut OsEntropy)?;
        let (provider, standing) =
            self.accounts
                .change(&user.id, now, Some(&ip), |account, context| {
                    account.allow_change(grant.as_ref(), now)?;
                    let standing = standing_of(account, to);
                    let provider =
                        account.start_contact(id, method, to, &recipient, grant, context);
                    Ok((provider, standing))
                })??;
        let task = Task {
            user: &user.id,
            ip: &ip,
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
        self.dispatch_setup(&task, charge, &id)
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
        let standing = if proven.as_deref() == Some(&*to) {
            Standing::Owner
        } else {
            Standing::Unproven
        };
        self.offered(method, now)?;
        self.still_allowed(method, &to)?;
        let is_own = account.is_some_and(|account| account.is_reached_at(method, &to));
        let class = Use::of(Purpose::VerifyPhone, is_own, is_own);
        let (resend_at, charge) = self.spend_budget(now, &user, class, method, &to, client)?;
        // Somebody else may have proven it meanwhile.
        if channel_of(method).is_some() {
            self.unused(&user, &to)?;
        }
        let ip = self.address(client).to_string();
        let task = Task {
            user: &user,
            ip: &ip,
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
        self.dispatch_setup(&task, charge, &id)
    }

    /// Sends a code for a set-up, and says by which token to go on with it.
    fn dispatch_setup(
        &self,
        task: &Task<'_>,
        charge: Charge,
        id: &SetupId,
    ) -> Result<Delivery, Error> {
        let enrolment = ForEnrolment {
            setup: id,
            codes: &[],
        };
        let mut delivery = self.dispatch(task, charge, |account, sent, context| {
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
        let codes = self.new_backup_codes()?;
        let ip = self.address(client).to_string();
        let enrolment = ForEnrolment {
            setup,
            codes: &codes,
        };
        let step = self
            .accounts
            .change(user, now, Some(&ip), |account, context| {
                let step = account.check_code(&enrolment, typed, context)?;
                Ok((step, account.epoch()))
            })??;
        let (confirmed, epoch) = match step {
            (Step::Done(confirmed), epoch) => (confirmed, epoch),
            (Step::Ask(check), _) => {
                let verdict = self.ask_provider(now, &check, typed);
                let answer = checked(&verdict);
                self.accounts
                    .change(user, now, Some(&ip), |account, context| {
                        let confirmed = account.settle(&enrolment, &check, answer, context)?;
                        Ok((confirmed, account.epoch()))
                    })?
                    .map_err(|denied| answer_of(verdict, denied))?
            }
        };
        // It is confirmed: what the store says from here on takes nothing of that back.
        let notices = match &confirmed.replaced {
            Some(replaced) => self.tell_replaced(now, user, &ip, replaced, confirmed.changer),
            None => Vec::new(),
        };
        Ok(Enrolled {
            notices,
            method: confirmed.method,
            backup_codes: shown(confirmed.first, &codes),
            epoch,
            next_code_at: None,
        })
    }

    /// Asks the provider about a code that it made, and takes its answer. Called after the attempt was
    /// charged.
    pub(super) fn settle_check(
        &self,
        now: UnixTime,
        challenge: &ForChallenge<'_>,
        check: &RemoteCheck,
        proof: &str,
        ip: &str,
    ) -> Result<Accepted, Error> {
        let verdict = self.ask_provider(now, check, proof);
        let answer = checked(&verdict);
        let user = &challenge.token.user;
        self.accounts
            .change(user, now, Some(ip), |account, context| {
                account.settle(challenge, check, answer, context)
            })?
            .map_err(|denied| answer_of(verdict, denied))
    }

    /// Messages, newest first, each with its place among all.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn deliveries(
        &self,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, crate::store::Delivery)>, Error> {
        Ok(self.messages.list(limited(limit)?, before)?)
    }

    /// Whether a person could enrol or use the method on this site.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the providers cannot be read.
    pub fn offers(&self, now: UnixTime, method: Method) -> Result<bool, Error> {
        match self.offered(method, now) {
            Ok(()) => Ok(true),
            Err(Error::Denied(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether this site has the method at all. [`Error::Unavailable`] when the providers cannot be read.
    pub(super) fn offered(&self, method: Method, now: UnixTime) -> Result<(), Error> {
        let offered = match (method, channel_of(method)) {
            (Method::Email, _) => !self.config.is_strict(),
            (_, Some(channel)) => {
                self.renew_providers(Some(now))?;
                self.couriers.offers(channel)
            }
            (Method::Totp | Method::BackupCode, None) => true,
            _ => false,
        };
        if offered {
            Ok(())
        } else {
            Err(Denied::NotSent { reason: "method" }.into())
        }
    }

    /// Those of `methods` that can be proven at `now`: a way whose every provider has failed lately is
    /// left out, and so is every way to a telephone when the providers cannot be read.
    pub(super) fn usable(&self, methods: &[Method], now: UnixTime) -> Result<Vec<Method>, Error> {
        let mut usable = Vec::with_capacity(methods.len());
        let mut renewed = None;
        for method in methods {
            let is_usable = match channel_of(*method) {
                // Read once, and only for somebody who has a telephone.
                Some(channel) => {
                    *renewed.get_or_insert_with(|| self.renew_providers(Some(now)).is_ok())
                        && self.couriers.offers(channel)
                        && self.reaches(channel, now)?
                }
                None => self.offered(*method, now).is_ok(),
            };
            if is_usable {
                usable.push(*method);
            }
        }
        Ok(usable)
    }

    /// Whether messages may go to that number that way, whosever it is.
    pub(super) fn reachable(&self, number: &PhoneNumber, method: Method) -> Result<(), Error> {
        if let Err(why) = number.reach(method) {
            return Err(Error::Number {
                reason: why.reason(),
                text: why.to_string(),
            });
        }
        if !self.config.regions().allows(number) {
            return Err(Error::Number {
                reason: "country",
                text: "codes do not go to numbers of this country here".to_owned(),
            });
        }
        Ok(())
    }

    /// A number may have been enrolled before its country was left out.
    fn still_allowed(&self, method: Method, to: &str) -> Result<(), Error> {
        if channel_of(method).is_none() {
            return Ok(());
        }
        let number =
            PhoneNumber::from_e164(to).map_err(|_| Denied::NotSent { reason: "number" })?;
        if self.config.regions().allows(&number) {
            Ok(())
        } else {
            Err(Denied::NotSent { reason: "country" }.into())
        }
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

    /// Tells the number that lost its place, and makes mails that say the same: whoever has the old
    /// telephone may be somebody else, and a site may have nobody who carries texts of ours. That the
    /// number cannot be told undoes nothing, but it is written down.
    fn tell_replaced(
        &self,
        now: UnixTime,
        user: &UserId,
        ip: &str,
        replaced: &Replaced,
        changer: Requester,
    ) -> Vec<Message> {
        let Replaced {
            number,
            locale,
            emails,
        } = replaced;
        let told = PhoneNumber::from_e164(number)
            .ok()
            .and_then(|old| self.carry_notice(now, user, locale, &old).ok());
        let event = match &told {
            Some(provider) => Event::new(Kind::NumberTold, changer).provider(provider),
            None => Event::new(Kind::NumberUntold, changer),
        };
        let _ = self.accounts.change(user, now, Some(ip), |_, context| {
            context.note(event.clone().method(Method::Sms));
            Ok::<_, Denied>(())
        });
        let mail = mail::number_changed(locale, self.config.issuer());
        let message = |to: &String| Message {
            to: to.clone(),
            mail: mail.clone(),
        };
        emails.iter().map(message).collect()
    }

    /// Sends what `task` says and remembers it by `keep`, which says until when it is good. A provider may
    /// want a longer wait before the next than the budgets do. Where no provider could be asked, `charge` is given
    /// back.
    fn dispatch(
        &self,
        task: &Task<'_>,
        charge: Charge,
        keep: impl Fn(&mut Account, &Sent<'_>, &mut RuleContext<'_>) -> Result<UnixTime, Denied>,
    ) -> Result<Delivery, Error> {
        let policy = self.config.policy();
        let minutes = policy.code_seconds(task.purpose) / 60;
        let code = code::digits(policy.code_digits, &mut OsEntropy)?;
        let remember = |sent: &Sent<'_>| -> Result<UnixTime, Error> {
            Ok(self.accounts.change(
                task.user,
                task.now,
                Some(task.ip),
                |account, context| keep(account, sent, context),
            )??)
        };
        let mut delivery = Delivery {
            method: task.method,
            masked: masked(task.method, task.to),
            expires_at: task.now,
            resend_at: task.resend_at,
            message: None,
            token: Zeroizing::default(),
        };
        let Some(channel) = channel_of(task.method) else {
            delivery.expires_at = remember(
                &SentCode::Own {
                    code: &code,
                    provider: "host",
                }
                .into(),
            )?;
            let site = self.config.issuer();
            let ip: Option<IpAddr> = task.ip.parse().ok();
            let ip = ip.filter(|ip| !ip.is_unspecified());
            let mail = mail::message(task.locale, site, &code, task.purpose, minutes, ip);
            let to = task.to.to_owned();
            delivery.message = Some(Message { to, mail });
            return Ok(delivery);
        };
        // Kept numbers were valid once; metadata may have changed since.
        let to =
            PhoneNumber::from_e164(task.to).map_err(|_| Denied::NotSent { reason: "number" })?;
        let parcel = SendRequest {
            user: task.user,
            to: &to,
            channel,
            locale: task.locale,
            purpose: task.purpose,
            class: task.class,
            code: &code,
            minutes,
            last_provider: task.last_provider,
            now: task.now,
            claim: task.claim,
            ask_first: task.ask_first,
        };
        let (lost, error, why) = match self.carry(&parcel) {
            Ok(Outcome::Own { provider, may_drop }) => {
                delivery.expires_at = remember(&Sent {
                    code: SentCode::Own {
                        code: &code,
                        provider: &provider,
                    },
                    may_drop,
                })?;
                return Ok(delivery);
            }
            Ok(Outcome::Remote { provider, started }) => {
                delivery.resend_at = started.resend_at(task.now).max(task.resend_at);
                delivery.expires_at = remember(
                    &SentCode::Remote {
                        provider: &provider,
                        reference: &started.reference,
                        seconds: started.expires_in,
                    }
                    .into(),
                )?;
                return Ok(delivery);
            }
            Ok(Outcome::Indeterminate { provider, why }) => {
                let why = format!("{provider}: {why}");
                (Some(provider), Error::Unavailable(why.clone()), why)
            }
            Err(not) => {
                if let Some(providers) = not.outage {
                    // That it is kept makes somebody wait, and takes nothing of what is said of the outage.
                    let _ = self.refund(task.now, task.class, charge.and(providers));
                }
                (None, not.error, not.why)
            }
        };
        self.accounts
            .change(task.user, task.now, Some(task.ip), |account, context| {
                if let Some(provider) = &lost {
                    // A challenge that was closed meanwhile asks for no other code.
                    let _ = keep(
                        account,
                        &SentCode::Indeterminate { provider }.into(),
                        context,
                    );
                }
                let event = if task.is_for_contact {
                    account.about_contact(task.method, Kind::CodeFailed)
                } else {
                    Event::about(task.purpose, Kind::CodeFailed).method(task.method)
                };
                context.note(if why.is_empty() {
                    event
                } else {
                    event.because(&why)
                });
                Ok(())
            })??;
        Err(error)
    }
}

/// Whether the account has something that proves a challenge of that purpose.
pub(super) fn answers(account: &Account, purpose: Purpose) -> bool {
    match purpose {
        Purpose::Login | Purpose::StepUp => account.is_enrolled(),
        Purpose::VerifyPhone | Purpose::ResetPassword => account.phone().is_some(),
    }
}

/// What `dispatch` needs to know.
struct Task<'a> {
    user: &'a UserId,
    ip: &'a str,
    method: Method,
    to: &'a str,
    purpose: Purpose,
    /// Of which budgets it may have how much.
    class: Use,
    /// It proves a number or an address, and answers no challenge.
    is_for_contact: bool,
    locale: &'a str,
    last_provider: &'a str,
    /// When the budgets grant another.
    resend_at: UnixTime,
    now: UnixTime,
    /// Whose verification a checker is asked for.
    claim: Claim,
    /// As of [`Destination`].
    ask_first: bool,
}

/// How much a set-up of a number has behind it.
fn standing_of(account: &Account, to: &str) -> Standing {
    if account.phone() == Some(to) {
        Standing::Owner
    } else {
        Standing::Unproven
    }
}

/// What went out.
struct Sent<'a> {
    code: SentCode<'a>,
    /// As [`Outcome::Own`] says.
    may_drop: bool,
}

impl<'a> From<SentCode<'a>> for Sent<'a> {
    fn from(code: SentCode<'a>) -> Self {
        Self {
            code,
            may_drop: false,
        }
    }
}

/// What became of a check.
const fn checked(verdict: &Result<Verdict, Unverified>) -> Checked {
    match verdict {
        Ok(Verdict::Approved) => Checked::Right,
        Ok(Verdict::Wrong) => Checked::Wrong,
        Ok(Verdict::Over) => Checked::Over,
        Err(Unverified { asked: true, .. }) => Checked::Unanswered,
        Err(Unverified { asked: false, .. }) => Checked::NotAsked,
    }
}

/// A provider that did not answer is no wrong code, to whoever reads the log.
fn answer_of(verdict: Result<Verdict, Unverified>, denied: Denied) -> Error {
    match verdict {
        Err(unverified) => unverified.error,
        Ok(_) => denied.into(),
    }
}

pub(super) fn masked(method: Method, to: &str) -> String {
    if method == Method::Email {
        return address::masked(to);
    }
    PhoneNumber::from_e164(to).map_or_else(|_| "•••".to_owned(), |number| number.masked())
}

pub(super) fn shown(first: bool, codes: &[LookupCode]) -> Vec<Zeroizing<String>> {
    if first {
        codes.iter().map(code::show).collect()
    } else {
        Vec::new()
    }
}
