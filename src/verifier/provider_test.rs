//! What operators try out: whether a provider knows its credentials, and whether a message arrives.

use zeroize::Zeroizing;

use super::alone::Alone;
use super::delivery_stats::Asked;
use super::dispatch::{Answer, PERHAPS, SendRequest, channel_of};
use super::finding::{self, Finding};
use super::send::masked;
use super::{Client, Delivery, Error, HealthCheck, Operator, Verifier};
use crate::account::Denied;
use crate::audit::{Event, Kind};
use crate::clock::UnixTime;
use crate::delivery::budget::Use;
use crate::delivery::pending::{Claim, Standing};
use crate::delivery::text;
use crate::phone::PhoneNumber;
use crate::sms::{Balance, Channel, MessageLog, Order, Provider, Refusal, SendError};
use crate::types::{Method, Purpose, Requester, UserId};

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
        let trouble = |why: &str| Error::Configuration(format!("{name}: {why}"));
        let page = self.with_provider(name, |provider| provider.log(cursor, now))?;
        page.map_err(|why| trouble(&why.to_string()))?
            .ok_or_else(|| trouble("it keeps no list of messages"))
    }

    /// Sends a test message to a number through one provider. A carrier's has no code in it, or zeros
    /// where there has to be one; a checker sends a code, which is bound to nothing. The budgets hold,
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
        operator: &Operator<'_>,
        client: &Client,
    ) -> Result<Delivery, Error> {
        let (by, authority) = self.operator_of_all(now, operator)?;
        let channel = channel_of(method).ok_or_else(|| {
            Error::invalid(
                "method",
                "must be Method::Sms, Method::Voice or Method::WhatsApp",
            )
        })?;
        self.renew_for_operators(now)?;
        if !self.with_provider(name, |it| it.channels().contains(&channel))? {
            return Err(Error::Configuration(format!(
                "{name}: it is not set up for {}",
                method.as_str()
            )));
        }
        self.reachable(number, method)?;
        let user = UserId::providers();
        let to = number.e164();
        let (resend_at, charge) =
            self.spend_budget(now, &user, Use::Enrolment, method, to, client)?;
        let charge = charge.and(self.spend_provider_budget(name, Use::Enrolment, now)?);
        let event = Event::new(Kind::ProviderTested, Requester::Operator).method(method);
        let event = event.provider(name).by(by, &number.masked());
        let ip = self.address(client).to_string();
        self.note_for_providers(now, Some(&ip), &event.authority(authority))?;
        let claim = self.claim_of(Standing::Unproven, &[b"test"]);
        let pool = self.with_provider(name, |it| match it {
            Provider::Verification(checker) => checker.pool(true),
            Provider::Message(_) => None,
        })?;
        let alone = match pool {
            Some(pool) => match self.ask_alone(&pool, number, &claim, 0, now)? {
                Ok(alone) => Some(alone),
                Err(retry_after) => return Err(Denied::Throttled { retry_after }.into()),
            },
            None => None,
        };
        let leave = self.change_breaker(name, now, |breaker| breaker.ask(now))?;
        let answer = self.hand_over_test(name, number, channel, now, &claim, alone.as_ref())?;
        // Counted like any other; a breaker that was open stays so.
        let asked = Asked {
            provider: name,
            channel,
            leave,
            passed: &[],
            now,
        };
        self.settle(&asked, &answer)?;
        if matches!(&answer, Err(error) if error.is_unreached()) {
            // That it is kept makes the operator wait.
            let _ = self.refund(now, Use::Enrolment, charge);
        }
        let parcel = SendRequest {
            user: &user,
            to: number,
            channel,
            locale: "",
            purpose: Purpose::VerifyPhone,
            class: Use::Enrolment,
            code: NO_CODE,
            minutes: 0,
            last_provider: "",
            now,
            claim,
            ask_first: false,
        };
        let operators = |why: String| Error::Configuration(format!("{name}: {why}"));
        let (expires_at, resend_at) = match answer {
            Ok(answer) => {
                self.list_delivery(&parcel, name, &answer, "")?;
                match answer {
                    Answer::Carried { .. } => (now, resend_at),
                    Answer::Started(started) => (
                        now.plus(started.expires_in),
                        started.resend_at(now).max(resend_at),
                    ),
                }
            }
            Err(SendError::Unknown(why)) => {
                self.list_delivery(&parcel, name, &PERHAPS, "")?;
                return Err(operators(SendError::Unknown(why).to_string()));
            }
            // What is about the number is told as it is to whoever signs in.
            Err(error) => {
                return Err(match super::dispatch::refused(name, &error) {
                    Error::Denied(denied) if !is_unlisted(&error) => denied.into(),
                    _ => operators(error.to_string()),
                });
            }
        };
        Ok(Delivery {
            method,
            masked: masked(method, to),
            expires_at,
            resend_at,
            message: None,
            token: Zeroizing::default(),
        })
    }

    fn hand_over_test(
        &self,
        name: &str,
        to: &PhoneNumber,
        channel: Channel,
        now: UnixTime,
        claim: &Claim,
        alone: Option<&Alone>,
    ) -> Result<Result<Answer, SendError>, Error> {
        let order = Order {
            to,
            channel,
            locale: "",
            now,
        };
        self.with_provider(name, |provider| match provider {
            Provider::Verification(checker) => self
                .start_alone(checker.as_mut(), &order, claim, alone)
                .map(Answer::Started),
            Provider::Message(carrier) => {
                let words = text::test_message(self.config.issuer(), NO_CODE);
                let carried = carrier.carry(&order, &words)?;
                Ok(Answer::Carried {
                    id: carried.id,
                    certain: true,
                })
            }
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
