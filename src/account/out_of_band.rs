//! Rules for factors that are reached: a telephone, a mailbox.
//!
//! ```text
//!   destination ─▶ (budget, provider: outside) ─▶ record_sent ─▶ check_code: decided, or
//!                                                   ask ─▶ (provider: outside) ─▶ settle
//! ```
//!
//! A code that a provider made takes two changes: `check_code` takes a check and charges the attempt before the
//! provider is asked; `settle` audits what it said, and gives the attempt back if that was yes, and check and attempt
//! if nobody has looked at the code.
//! Whoever dies in between has failed, and the next change of the account notes it.

use std::fmt;

use super::challenge_token::ChallengeToken;
use super::code_target::{CodeTarget, ForChallenge};
use super::context::RuleContext;
use super::denied::Denied;
use super::remote_check::{Checked, RemoteCheck, Step};
use super::sent::{self, Guess};
use super::sign_in::Accepted;
use super::state::Account;
use crate::audit::EventKind;
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::types::Method;

/// Where a code goes. Redacts itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination {
    /// E.164, or an e-mail address.
    pub to: String,
    /// Who was asked last; empty the first time.
    pub provider: String,
    /// The challenge was opened from where a proof had come from before.
    pub is_known: bool,
    /// So many codes in a row were not typed back that a provider which drops messages without a word is to be asked
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

/// A code that went out, or that may have.
#[derive(Clone, Copy)]
pub enum SentCode<'a> {
    /// One of ours.
    Own {
        /// Its digits.
        code: &'a str,
        /// Who took it.
        provider: &'a str,
    },
    /// One that a provider made.
    Remote {
        /// Who.
        provider: &'a str,
        /// How they call it.
        reference: &'a str,
        /// For how long it is good, as they say.
        seconds: u64,
    },
    /// A provider was asked to make one, and its answer was lost: somebody else is asked the next time.
    Indeterminate {
        /// Who.
        provider: &'a str,
    },
}

impl fmt::Debug for SentCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentCode(<redacted>)")
    }
}

impl Account {
    /// Where a code for an open challenge would go.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn destination(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Destination, Denied> {
        self.admit(token, method, now, policy)?;
        let to = match method {
            Method::Email => self.email(),
            method if method.is_phone() => self.phone(),
            _ => None,
        };
        let provider = self.list(token.purpose).provider(token, method);
        Ok(Destination {
            to: to.ok_or(Denied::Rejected)?.to_owned(),
            provider: provider.unwrap_or_default().to_owned(),
            is_known: self.list(token.purpose).is_from_known(token),
            ask_first: method == Method::Sms
                && self
                    .telephone
                    .as_ref()
                    .is_some_and(|it| it.unanswered.is_due()),
        })
    }

    /// A provider that drops messages without a word took a code to the account's number, after it was asked whether
    /// its owner wants them (`asked`) or not. Codes that nobody types back are counted by SMS only: no such provider has
    /// another way.
    pub const fn count_unanswered(&mut self, asked: bool) {
        if let Some(phone) = &mut self.telephone {
            phone.unanswered.sent(asked);
        }
    }

    /// Whether a code that was typed is one of ours that is good for this challenge.
    pub(super) fn spend_sent(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        typed: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> bool {
        let key = self.key.clone();
        let target = ForChallenge {
            token,
            method,
            grant: None,
        };
        let (binding, life) = (target.binding(method), target.life(policy));
        self.list_mut(token.purpose)
            .sent(token, method)
            .is_some_and(|sent| sent.spend(&key, &binding, typed, now, life))
    }

    /// Remembers a code that goes out. Returns until when it is good.
    ///
    /// # Errors
    /// [`Denied`]: no code may be sent for it any more.
    pub fn record_sent<T: CodeTarget>(
        &mut self,
        target: &T,
        code: &SentCode<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<UnixTime, Denied> {
        let RuleContext { now, policy, .. } = *context;
        let method = target.admit(self, now, policy)?;
        let (life, checks) = (target.life(policy), policy.code_checks);
        let key = self.key.clone();
        let sent = target.sent(self, method).ok_or(Denied::ChallengeClosed)?;
        let (provider, until) = match *code {
            SentCode::Own { code, provider } => {
                let until = now.plus(life);
                sent.own(&key, &target.binding(method), code, provider, until, checks);
                (provider, until)
            }
            SentCode::Remote {
                provider,
                reference,
                seconds,
            } => {
                let until = now.plus(seconds.min(life));
                let until = sent.remote(provider, reference, now, until, checks);
                let level = sent::level(target.all_sent(self), reference);
                (provider, level.unwrap_or(until))
            }
            SentCode::Indeterminate { provider } => {
                sent.asked(provider);
                return Ok(now);
            }
        };
        let event = target.event(self, EventKind::CodeSent, method);
        context.note(event.provider(provider));
        Ok(until)
    }

    /// Decides on a proof as [`Account::verify`] does, or says who has to be asked about it: see
    /// [`Account::check_code`].
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    pub fn step(
        &mut self,
        challenge: &ForChallenge<'_>,
        proof: &str,
        context: &mut RuleContext<'_>,
    ) -> Result<Step<Accepted>, Denied> {
        if challenge.method.is_phone() {
            return self.check_code(challenge, proof, context);
        }
        let ForChallenge {
            token,
            method,
            grant,
        } = *challenge;
        self.verify(token, method, proof, grant, context)
            .map(Step::Done)
    }

    /// Decides on a code that was typed, or says who has to be asked about it. Then the attempt is already charged, and
    /// [`Account::settle`] takes their answer.
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    pub fn check_code<T: CodeTarget>(
        &mut self,
        target: &T,
        typed: &str,
        context: &mut RuleContext<'_>,
    ) -> Result<Step<T::Done>, Denied> {
        let RuleContext { now, policy, .. } = *context;
        let method = target.admit(self, now, policy)?;
        let (key, life) = (self.key.clone(), target.longest_life(policy));
        let shown = target.shown(self, method, typed, context);
        let guess = match target.sent(self, method) {
            Some(sent) => sent.guess(&key, &target.binding(method), typed, now, life),
            None => Guess::Wrong,
        };
        match guess {
            Guess::Right => target.accept(self, None, &shown, context).map(Step::Done),
            Guess::Wrong => {
                target.reject(self, &shown, context);
                Err(Denied::Rejected)
            }
            Guess::Ask {
                verification,
                judged,
            } => {
                sent::level(target.all_sent(self), &verification.reference);
                let check = target.open_check(self, verification, judged, shown, context);
                Ok(Step::Ask(check))
            }
        }
    }

    /// What the provider said of a check. Yes: what the code was for is proven, if it is still what was asked about, and
    /// the attempt was none. Each check is settled once, with one verdict in the audit.
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    pub fn settle<T: CodeTarget>(
        &mut self,
        target: &T,
        check: &RemoteCheck,
        answer: Checked,
        context: &mut RuleContext<'_>,
    ) -> Result<T::Done, Denied> {
        let RuleContext { now, policy, .. } = *context;
        let reference = &check.verification.reference;
        let is_open = target.is_open(self, now, policy);
        if !target.close_check(self, check, now) {
            // The check is not open any more: another request settled it or it counted as interrupted, with an event.
            return Err(target.refusal(is_open));
        }
        if answer == Checked::Over {
            for sent in target.all_sent(self) {
                sent.over(reference);
            }
        }
        if answer == Checked::Right && is_open && target.settles(self, check) {
            return target.accept(self, Some(check), &check.shown, context);
        }
        if answer == Checked::NotAsked {
            for sent in target.all_sent(self) {
                sent.give_back(reference, policy.code_checks);
            }
            if !check.judged {
                target.give_back(self, check, policy);
            }
        }
        target.note_answer(self, check, answer, context);
        Err(target.refusal(is_open || answer != Checked::Right))
    }
}
