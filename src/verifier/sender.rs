//! What the verifier tells the module that sends.

use std::net::IpAddr;

use super::{Error, Verifier};
use crate::account::RemoteCheck;
use crate::clock::UnixTime;
use crate::delivery::budget::Use;
use crate::delivery::pending::{Standing, VerificationClaim};
use crate::delivery::{ActiveProviders, BudgetTarget, Charge, Sender, Spender, exclusive};
use crate::mail::address;
use crate::phone::PhoneNumber;
use crate::sms::{Channel, Post, Verdict};
use crate::types::{Method, UserId};

/// A provider gave no verdict on a code.
#[derive(Debug)]
pub(super) struct CheckFailed {
    /// Why.
    pub error: Error,
    /// It may have looked at the code. If not, the attempt is given back.
    pub asked: bool,
}

impl Verifier {
    /// Over the providers in use.
    pub(super) const fn sender(&self) -> Sender<'_> {
        self.sender_over(&self.providers)
    }

    /// Over others.
    pub(super) const fn sender_over<'a>(&'a self, providers: &'a ActiveProviders) -> Sender<'a> {
        Sender {
            rows: &self.rows,
            messages: &self.messages,
            providers,
            budgets: &self.budgets,
            config: &self.config,
        }
    }

    /// What a request is called where a provider keeps one verification a number.
    pub(super) fn claim_of(&self, standing: Standing, whose: &[&[u8]]) -> VerificationClaim {
        exclusive::claim_of(&self.rows, standing, whose)
    }

    /// Spends the budgets of a code; of an address none where `ip` is `None`, for it was spent before. Returns when the
    /// next may be asked for, and what it took.
    ///
    /// # Errors
    /// [`Denied::Throttled`](crate::account::Denied::Throttled)
    pub(super) fn charge(
        &self,
        now: UnixTime,
        user: &UserId,
        class: Use,
        method: Method,
        to: &str,
        ip: Option<IpAddr>,
    ) -> Result<(UnixTime, Charge), Error> {
        let number = match method {
            Method::Email => None,
            _ => Some(kept_number(to)?),
        };
        let spender = Spender {
            user,
            ip,
            to: number
                .as_ref()
                .map_or(BudgetTarget::Email(to), BudgetTarget::Phone),
            class,
            is_anothers: class == Use::Enrolment && self.is_anothers(user, method, to)?,
        };
        let channel = Channel::of(method);
        Ok(self.sender().charge(now, &spender, channel)?)
    }

    /// Whether somebody else has proven that number, or could have that address.
    fn is_anothers(&self, user: &UserId, method: Method, to: &str) -> Result<bool, Error> {
        Ok(method == Method::Email
            || self
                .accounts
                .with_phone(to)?
                .iter()
                .any(|other| other != user))
    }

    /// Somebody typed a code back that was sent to that number: its range is one where people are.
    pub(super) fn prove_range(&self, now: UnixTime, number: &str) -> Result<(), Error> {
        match PhoneNumber::from_e164(number) {
            Ok(number) => Ok(self.sender().ledger().prove_range(now, &number)?),
            Err(_) => Ok(()),
        }
    }

    /// Asks the provider that made a code about it.
    pub(super) fn ask_provider(
        &self,
        now: UnixTime,
        check: &RemoteCheck,
        typed: &str,
    ) -> Result<Verdict, CheckFailed> {
        self.renew_providers(Some(now))
            .map_err(|error| CheckFailed {
                error,
                asked: false,
            })?;
        let verification = &check.verification;
        self.sender()
            .check(
                now,
                &verification.provider,
                &verification.reference,
                &check.to,
                typed,
            )
            .map_err(|unverified| CheckFailed {
                error: unverified.error.into(),
                asked: unverified.asked,
            })
    }

    /// Takes a provider's report of a message, if the provider signed it. Whether it was news.
    ///
    /// # Errors
    /// [`Denied::Rejected`](crate::account::Denied::Rejected) for whatever is not proven to come from that provider,
    /// [`Error::Unavailable`]
    pub fn report_delivery(
        &self,
        now: UnixTime,
        provider: &str,
        post: &Post<'_>,
    ) -> Result<bool, Error> {
        self.renew_providers(Some(now))?;
        Ok(self.sender().report(now, provider, post)?)
    }
}

/// A number that was valid when it was kept; metadata may have changed since.
///
/// # Errors
/// [`Denied::NotSent`](crate::account::Denied::NotSent)
pub(super) fn kept_number(to: &str) -> Result<PhoneNumber, Error> {
    let none = crate::account::Denied::NotSent { reason: "number" };
    Ok(PhoneNumber::from_e164(to).map_err(|_| none)?)
}

/// Where a code went, without most of it.
pub(super) fn masked(method: Method, to: &str) -> String {
    match method {
        Method::Email => address::masked(to),
        _ => PhoneNumber::masked_e164(to),
    }
}
