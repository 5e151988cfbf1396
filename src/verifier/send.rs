//! Codes that are sent: for a challenge, or to prove a number or an address.
//!
//! ```text
//! may a code go there? ─▶ budget spent ─▶ provider asked, or the next one ─▶ what was sent is remembered
//!     (account)             (shared)           (network)                          (account)
//! ```
//!
//! The budget is spent before anything is sent. It is given back, but for the wait between two codes, where no
//! provider could be asked at all; a process that dies before that leaves it spent. A code of ours is remembered
//! after a provider took it: a process that dies between the two has sent a code that opens nothing.

use std::fmt;
use std::net::IpAddr;

use zeroize::Zeroizing;

use super::administer::limited;
use super::error::Unavailable;
use super::sender::{CheckFailed, kept_number, masked};
use super::{Client, Error, Guard, NewDevice, Verifier, token};
use crate::account::{
    Accepted, Account, ChallengeToken, Checked, Denied, Destination, ForChallenge, Offer,
    RemoteCheck, RuleContext, SentCode, Source,
};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::crypto::code;
use crate::delivery::budget::Use;
use crate::delivery::pending::{Standing, VerificationClaim};
use crate::delivery::{Charge, CodeContent, MessageContent, ProviderAnswer, SendRequest};
use crate::mail;
use crate::phone::PhoneNumber;
use crate::sms::{Channel, Verdict};
use crate::types::{Method, Network, Purpose, UserId};

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
    /// By which the host says that it was sent ([`Verifier::notices_sent`]); empty of a mail with a code.
    pub id: String,
    /// The address; `None`: whoever administrates the site, as the host knows them.
    pub to: Option<String>,
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
        let ip = Some(self.address(client));
        self.send_for(now, &token, &locale, method, client, ip)
    }

    /// Sends a code for the challenge of a token. `charged`: the address whose budgets it takes from; `None` where it
    /// was taken before.
    pub(super) fn send_for(
        &self,
        now: UnixTime,
        token: &ChallengeToken,
        locale: &str,
        method: Method,
        client: &Client,
        charged: Option<IpAddr>,
    ) -> Result<Delivery, Error> {
        let policy = *self.config.policy();
        let mut account = self
            .accounts
            .read(&token.user, now)?
            .ok_or(Denied::ChallengeClosed)?;
        self.provable(method, now)?;
        let Destination {
            to,
            provider,
            is_known,
            ask_first,
        } = account.destination(token, method, now, &policy)?;
        self.still_allowed(method, &to)?;
        // Where the challenge was opened says nothing of who asks: a token travels.
        let is_usual = account.is_known(Network::told_by(self.address(client)));
        let class = Use::of(token.purpose, account.is_reached_at(method, &to), is_usual);
        let charge = || self.charge(now, &token.user, class, method, &to, charged);
        // Of a reset it was looked at before, for nobody as for somebody.
        let (resend_at, charge) = if charged.is_some() {
            if !self.admits(client)? {
                self.note_refused_send(now, token, method, client)?;
                return Err(self.wait_before_sending().into());
            }
            self.take_send(now, client, class, charge)?
        } else {
            charge()?
        };
        let source = self.source(client);
        let task = CodeTask {
            user: &token.user,
            listed: &token.user,
            source: &source,
            method,
            to: &to,
            purpose: token.purpose,
            class,
            is_for_contact: false,
            locale,
            last_provider: &provider,
            resend_at,
            now,
            claim: self.claim_of(
                Standing::of(token.purpose, is_known),
                &[token.purpose.as_str().as_bytes(), token.id.bytes()],
            ),
            ask_first,
        };
        let challenge = ForChallenge {
            token,
            method,
            grant: None,
        };
        self.deliver(&task, charge, |account, sent, context| {
            let until = account.record_sent(&challenge, &sent.code, context)?;
            // Codes of resets do not count: anybody could ask for three and cause a question to the provider.
            if sent.may_drop && (ask_first || token.purpose != Purpose::ResetPassword) {
                account.count_unanswered(ask_first);
            }
            Ok(until)
        })
    }

    /// Asks the provider about a code that it made, and takes its answer. Called after the attempt was
    /// charged.
    pub(super) fn settle_check(
        &self,
        now: UnixTime,
        challenge: &ForChallenge<'_>,
        asked: &Asked<'_>,
        proof: &str,
        source: &Source,
    ) -> Result<(Accepted, Vec<Offer>), Error> {
        let verdict = self.ask_provider(now, asked.check, proof);
        let answer = checked(&verdict);
        let user = &challenge.token.user;
        let (settled, offers) = self.accounts.change_and_tell(
            user,
            now,
            source,
            &[],
            Accepted::tells,
            |account, context| {
                let settled = account.settle(challenge, asked.check, answer, context);
                asked
                    .guard
                    .note_settled(account, challenge, answer, context);
                let accepted = settled?;
                if let Some(device) = asked.device {
                    device.trust(account, &accepted, context);
                }
                Ok(accepted)
            },
        )?;
        self.after_guess(now, asked.guard, user)?;
        let accepted = settled.map_err(|denied| answer_of(verdict, denied))?;
        Ok((accepted, offers))
    }

    /// A request for a code from where none is answered is noted, where its challenge is open.
    fn note_refused_send(
        &self,
        now: UnixTime,
        token: &ChallengeToken,
        method: Method,
        client: &Client,
    ) -> Result<(), Error> {
        let source = self.source(client);
        let rule = |account: &mut Account, context: &mut RuleContext<'_>| {
            Err::<(), _>(account.refuse_network(token, method, context))
        };
        let _ = self.accounts.change(&token.user, now, &source, rule)?;
        Ok(())
    }

    /// How whoever asks for a code from where none may be asked for is refused: as whoever asks too soon.
    pub(super) fn wait_before_sending(&self) -> Denied {
        Denied::Throttled {
            retry_after: self.config.send_limits().cooldown_seconds.into(),
        }
    }

    /// Refuses what is asked for from where nothing is looked at.
    pub(super) fn refuse_elsewhere(&self, client: &Client, denied: Denied) -> Result<(), Error> {
        match self.admits(client)? {
            true => Ok(()),
            false => Err(denied.into()),
        }
    }

    /// Whether the code of a reset may be asked for from there.
    pub(super) fn may_send_reset(&self, now: UnixTime, client: &Client) -> Result<bool, Error> {
        if !self.admits(client)? {
            return Ok(false);
        }
        match self.take_send(now, client, Use::Reset, || Ok(())) {
            Err(Error::Denied(_)) => Ok(false),
            taken => taken.map(|()| true),
        }
    }

    /// Messages, newest first, each with its place among all.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn deliveries(
        &self,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, crate::store::SentMessage)>, Error> {
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
        let offered = match (method, Channel::of(method)) {
            (Method::Email, _) => !self.config.profile().is_strict(),
            (_, Some(channel)) => {
                self.renew_providers(Some(now))?;
                self.providers.offers(channel)
            }
            (Method::Totp | Method::BackupCode | Method::RecoveryCode, None) => true,
            _ => false,
        };
        if offered {
            Ok(())
        } else {
            Err(Denied::NotSent { reason: "method" }.into())
        }
    }

    /// The same of a method that is enrolled: where the profile is strict a mailbox may still prove what leads to a
    /// set-up of something else, which the account's rules see to.
    pub(super) fn provable(&self, method: Method, now: UnixTime) -> Result<(), Error> {
        match method {
            Method::Email => Ok(()),
            method => self.offered(method, now),
        }
    }

    /// Those of `methods` that can be proven at `now`: a way whose every provider has failed lately is
    /// left out, and so is every way to a telephone when the providers cannot be read.
    pub(super) fn usable(&self, methods: &[Method], now: UnixTime) -> Result<Vec<Method>, Error> {
        let mut usable = Vec::with_capacity(methods.len());
        let mut renewed = None;
        for method in methods {
            let is_usable = match Channel::of(*method) {
                // Read once, and only for somebody who has a telephone.
                Some(channel) => {
                    *renewed.get_or_insert_with(|| self.renew_providers(Some(now)).is_ok())
                        && self.providers.offers(channel)
                        && self.sender().reaches(channel, now)?
                }
                None => self.provable(*method, now).is_ok(),
            };
            if is_usable {
                usable.push(*method);
            }
        }
        Ok(usable)
    }

    /// Whether messages may go to that number that way, whosever it is.
    pub(super) fn reachable(&self, number: &PhoneNumber, method: Method) -> Result<(), Error> {
        let reach = self.config.regions().reach(number, method);
        reach.map_err(|why| Error::Number {
            reason: why.reason(),
            text: why.to_string(),
        })
    }

    /// A number may have been enrolled before its country was left out.
    pub(super) fn still_allowed(&self, method: Method, to: &str) -> Result<(), Error> {
        if Channel::of(method).is_none() || self.config.regions().allows(&kept_number(to)?) {
            Ok(())
        } else {
            Err(Denied::NotSent { reason: "country" }.into())
        }
    }

    /// Sends what `task` says and remembers it in its user's account by `keep`, which says until when it is good.
    pub(super) fn deliver(
        &self,
        task: &CodeTask<'_>,
        charge: Charge,
        keep: impl Fn(&mut Account, &SentNow<'_>, &mut RuleContext<'_>) -> Result<UnixTime, Denied>,
    ) -> Result<Delivery, Error> {
        let change =
            |rule: &dyn Fn(&mut Account, &mut RuleContext<'_>) -> Result<UnixTime, Denied>| {
                let (user, source) = (task.user, task.source);
                Ok(self.accounts.change(user, task.now, source, rule)??)
            };
        self.carry(task, charge, change, keep)
    }

    /// The same wherever the account is that remembers it: `change` changes it by a rule. A provider may want a longer
    /// wait before the next than the budgets do. Where no provider could be asked, `charge` is given back.
    pub(super) fn carry(
        &self,
        task: &CodeTask<'_>,
        charge: Charge,
        change: impl Fn(
            &dyn Fn(&mut Account, &mut RuleContext<'_>) -> Result<UnixTime, Denied>,
        ) -> Result<UnixTime, Error>,
        keep: impl Fn(&mut Account, &SentNow<'_>, &mut RuleContext<'_>) -> Result<UnixTime, Denied>,
    ) -> Result<Delivery, Error> {
        let policy = self.config.policy();
        let minutes = policy.code_seconds(task.purpose) / 60;
        let code = code::digits(policy.code_digits, &mut OsEntropy)?;
        let remember =
            |sent: &SentNow<'_>| change(&|account, context| keep(account, sent, context));
        let mut delivery = Delivery {
            method: task.method,
            masked: masked(task.method, task.to),
            expires_at: task.now,
            resend_at: task.resend_at,
            message: None,
            token: Zeroizing::default(),
        };
        let Some(channel) = Channel::of(task.method) else {
            delivery.expires_at = remember(
                &SentCode::Own {
                    code: &code,
                    provider: "host",
                }
                .into(),
            )?;
            let site = self.config.issuer();
            let ip = task.source.ip().and_then(|ip| ip.parse().ok());
            let ip = ip.filter(|ip: &IpAddr| !ip.is_unspecified());
            let mail = mail::message(task.locale, site, &code, task.purpose, minutes, ip);
            delivery.message = Some(Message {
                id: String::new(),
                to: Some(task.to.to_owned()),
                mail,
            });
            return Ok(delivery);
        };
        self.renew_providers(Some(task.now))?;
        let request = SendRequest {
            user: task.listed,
            to: &kept_number(task.to)?,
            channel,
            locale: task.locale,
            now: task.now,
            content: MessageContent::Code(CodeContent {
                purpose: task.purpose,
                class: task.class,
                code: &code,
                minutes,
                last_provider: task.last_provider,
                claim: task.claim,
                ask_first: task.ask_first,
            }),
        };
        let (lost, error, why) = match self.sender().send(&request, Some(charge)) {
            Ok(sent) => match sent.answer {
                ProviderAnswer::Taken { .. } | ProviderAnswer::PerhapsTaken { .. } => {
                    delivery.expires_at = remember(&SentNow {
                        code: SentCode::Own {
                            code: &code,
                            provider: &sent.provider,
                        },
                        may_drop: sent.may_drop,
                    })?;
                    return Ok(delivery);
                }
                ProviderAnswer::Started(started) => {
                    delivery.resend_at = started.resend_at(task.now).max(task.resend_at);
                    delivery.expires_at = remember(
                        &SentCode::Remote {
                            provider: &sent.provider,
                            reference: &started.reference,
                            seconds: started.expires_in,
                        }
                        .into(),
                    )?;
                    return Ok(delivery);
                }
                ProviderAnswer::PerhapsStarted { why } => {
                    let error = Unavailable::AnswerLost {
                        provider: sent.provider.clone(),
                        why,
                    };
                    let told = error.to_string();
                    (Some(sent.provider), error.into(), told)
                }
            },
            Err(not_sent) => (None, not_sent.error.into(), not_sent.why),
        };
        change(&|account, context| {
            if let Some(provider) = &lost {
                // A challenge that was closed meanwhile asks for no other code.
                let _ = keep(
                    account,
                    &SentCode::Indeterminate { provider }.into(),
                    context,
                );
            }
            let event = if task.is_for_contact {
                account.about_contact(task.method, EventKind::CodeFailed)
            } else {
                Event::about(task.purpose, EventKind::CodeFailed).method(task.method)
            };
            context.note(if why.is_empty() {
                event
            } else {
                event.because(&why)
            });
            Ok(task.now)
        })?;
        Err(error)
    }
}

/// Whether the account has something that proves a challenge of that purpose.
pub(super) fn answers(account: &Account, purpose: Purpose) -> bool {
    match purpose {
        Purpose::Login | Purpose::StepUp => account.is_enrolled(),
        Purpose::VerifyPhone | Purpose::ResetPassword => !account.methods_for(purpose).is_empty(),
    }
}

/// What a provider is asked about, and what goes with the answer.
pub(super) struct Asked<'a> {
    pub check: &'a RemoteCheck,
    /// What stands before the answer.
    pub guard: &'a Guard,
    /// The device that it makes, if it is right.
    pub device: Option<&'a NewDevice<'a>>,
}

/// A code that has to be sent.
pub(super) struct CodeTask<'a> {
    /// Whose account remembers it.
    pub user: &'a UserId,
    /// Whose it is in the list of messages.
    pub listed: &'a UserId,
    pub source: &'a Source,
    pub method: Method,
    pub to: &'a str,
    pub purpose: Purpose,
    /// Of which budgets it may have how much.
    pub class: Use,
    /// It proves a number or an address, and answers no challenge.
    pub is_for_contact: bool,
    pub locale: &'a str,
    pub last_provider: &'a str,
    /// When the budgets grant another.
    pub resend_at: UnixTime,
    pub now: UnixTime,
    /// Whose verification a provider that makes its own codes is asked for.
    pub claim: VerificationClaim,
    /// As of [`Destination`].
    pub ask_first: bool,
}

/// What went out.
pub(super) struct SentNow<'a> {
    pub code: SentCode<'a>,
    /// Its provider drops it without a word if the number's owner wants none.
    pub may_drop: bool,
}

impl<'a> From<SentCode<'a>> for SentNow<'a> {
    fn from(code: SentCode<'a>) -> Self {
        Self {
            code,
            may_drop: false,
        }
    }
}

/// What became of a check.
pub(super) const fn checked(verdict: &Result<Verdict, CheckFailed>) -> Checked {
    match verdict {
        Ok(Verdict::Approved) => Checked::Right,
        Ok(Verdict::Wrong) => Checked::Wrong,
        Ok(Verdict::Over) => Checked::Over,
        Err(CheckFailed { asked: true, .. }) => Checked::Unanswered,
        Err(CheckFailed { asked: false, .. }) => Checked::NotAsked,
    }
}

/// A provider that did not answer is no wrong code, to whoever reads the log.
pub(super) fn answer_of(verdict: Result<Verdict, CheckFailed>, denied: Denied) -> Error {
    match verdict {
        Err(unverified) => unverified.error,
        Ok(_) => denied.into(),
    }
}
