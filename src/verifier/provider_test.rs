//! What operators try out: whether a provider knows its credentials, and whether a message arrives.

use zeroize::Zeroizing;

use super::error::ProviderTrouble;
use super::finding::{self, Finding};
use super::{Client, Delivery, Error, HealthCheck, Operator, Verifier};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::delivery::budget::Use;
use crate::delivery::pending::Standing;
use crate::delivery::{DeliveryError, MessageContent, NotSent, ProviderAnswer, SendRequest};
use crate::phone::PhoneNumber;
use crate::sms::{Balance, Channel, MessageLog, Refusal, SendError};
use crate::types::{Method, Requester, UserId};

/// The code in a test message where one has to be: no code of ours is bound to it.
const NO_CODE: &str = "000000";

impl Verifier {
    /// Asks a provider, without sending anything, whether the credentials are right.
    ///
    /// # Errors
    /// [`Error::Configuration`] when there is no such provider; what it answers is in the check.
    pub fn check_provider(&self, now: UnixTime, name: &str) -> Result<HealthCheck, Error> {
        self.renew_for_operators(now)?;
        let (probed, unsigned) =
            self.with_provider(name, |it| (it.probe(now), it.is_unsigned()))?;
        let findings = match probed {
            Err(why) => vec![
                Finding::problem(finding::PROVIDER_FAILED)
                    .with("name", name)
                    .with("why", why.to_string()),
            ],
            Ok(balance) => {
                let known = if unsigned {
                    Finding::warning(finding::PROVIDERS_UNSIGNED)
                } else {
                    Finding::ok(finding::PROVIDER_OK)
                };
                let told = |balance: Balance| {
                    Finding::ok(finding::PROVIDER_CREDITS).with("credits", balance.to_string())
                };
                let mut findings = vec![known.with("name", name)];
                findings.extend(balance.map(told));
                findings
            }
        };
        Ok(HealthCheck::new("provider", findings))
    }

    /// A page of a provider's own list of messages: the newest, or the one that the page before names.
    ///
    /// # Errors
    /// [`Error::Configuration`] when there is no such provider, when it keeps no list, and with what it answers.
    pub fn provider_log(
        &self,
        now: UnixTime,
        name: &str,
        cursor: Option<&str>,
    ) -> Result<MessageLog, Error> {
        self.renew_for_operators(now)?;
        let page = self.with_provider(name, |provider| provider.log(cursor, now))?;
        page.map_err(|why| Error::provider(name, why))?
            .ok_or_else(|| Error::provider(name, ProviderTrouble::NoLog))
    }

    /// Sends a test message to a number through one provider. One of a message provider has no code in it, or zeros
    /// where there has to be one; a verification provider sends a code, which is bound to nothing. The budgets hold,
    /// those of a person too: all operators are one. An open breaker does not: this is how an operator
    /// finds out.
    ///
    /// # Errors
    /// [`Denied`](crate::account::Denied) as [`Verifier::save_provider`];
    /// [`Error::Number`], [`Denied::Throttled`](crate::account::Denied::Throttled),
    /// [`Denied::NotSent`](crate::account::Denied::NotSent), and [`Error::Configuration`] for everything
    /// that is the operator's to mend.
    #[allow(clippy::too_many_arguments)] // a message, its way, and who asks from where
    pub fn send_test(
        &self,
        now: UnixTime,
        name: &str,
        number: &PhoneNumber,
        method: Method,
        language: &str,
        operator: &Operator<'_>,
        client: &Client,
    ) -> Result<Delivery, Error> {
        let (by, authority) = self.operator_of_all(now, operator)?;
        let channel = Channel::of(method).ok_or_else(|| {
            Error::invalid(
                "method",
                "must be Method::Sms, Method::Voice or Method::WhatsApp",
            )
        })?;
        self.renew_for_operators(now)?;
        if !self.with_provider(name, |it| it.channels().contains(&channel))? {
            return Err(Error::provider(
                name,
                ProviderTrouble::Method(method.as_str()),
            ));
        }
        self.reachable(number, method)?;
        let user = UserId::providers();
        let to = number.e164();
        let (resend_at, charge) = self.charge(
            now,
            &user,
            Use::Enrolment,
            method,
            to,
            Some(self.address(client)),
        )?;
        let event = Event::new(EventKind::ProviderTested, Requester::Operator).method(method);
        let event = event.provider(name).by(by, &number.masked());
        let source = self.source(client);
        self.note_for_providers(now, &source, &event.authority(authority))?;
        let request = SendRequest {
            user: &user,
            to: number,
            channel,
            locale: language,
            now,
            content: MessageContent::Test {
                provider: name,
                claim: self.claim_of(Standing::Unproven, &[b"test"]),
                code: NO_CODE,
            },
        };
        let place = self.place_of_provider(name)?;
        let sent = self.sender_over(place).send(&request, Some(charge));
        let (expires_at, resend_at) = match sent.map(|sent| sent.answer) {
            Ok(ProviderAnswer::Taken { .. }) => (now, resend_at),
            Ok(ProviderAnswer::Started(started)) => (
                now.plus(started.expires_in),
                started.resend_at(now).max(resend_at),
            ),
            Ok(ProviderAnswer::PerhapsTaken { why } | ProviderAnswer::PerhapsStarted { why }) => {
                return Err(Error::provider(name, SendError::Unknown(why)));
            }
            // What is about the number is told as it is to whoever signs in.
            Err(NotSent {
                answer: Some(answer),
                ..
            }) => {
                return Err(match Error::from(DeliveryError::of(name, &answer)) {
                    Error::Denied(denied) if !is_unlisted(&answer) => denied.into(),
                    _ => Error::provider(name, *answer),
                });
            }
            Err(NotSent { error, .. }) => return Err(error.into()),
        };
        Ok(Delivery {
            method,
            masked: number.masked(),
            expires_at,
            resend_at,
            message: None,
            token: Zeroizing::default(),
        })
    }
}

const fn is_unlisted(error: &SendError) -> bool {
    matches!(
        error,
        SendError::Refused {
            refusal: Refusal::Unlisted,
            ..
        }
    )
}
