//! Sending, once for everything that is sent.
//!
//! ```text
//! budget ─▶ is one pending that is stronger? ─▶ breaker ─▶ provider ─▶ settle ─▶ record
//!   ▲  (for each provider in turn, as long as it is certain that nothing was sent)
//!   └─ given back where nobody could be asked at all
//! ```
//!
//! What a request takes of its user's and the site's budgets is taken first ([`Sender::charge`]); whoever has that goes
//! on with [`Sender::send`], which takes those of the providers.

use super::breaker;
use super::budget::{Budgets, Scope};
use super::error::DeliveryError;
use super::exclusive::{self, Exclusive};
use super::ledger::{BudgetTarget, Charge, Granted, Ledger, Spender, UsedUp};
use super::pending::Standing;
use super::providers::{ActiveProviders, Asker};
use super::record::{Record, SendAttempt};
use super::request::{
    CodeContent, MessageContent, NotSent, ProviderAnswer, SendOutcome, SendRequest,
};
use super::text::{self, MessageTemplate, MessageValues, NumberTemplate};
use crate::clock::UnixTime;
use crate::config::Config;
use crate::crypto::code::read_digits;
use crate::i18n::Language;
use crate::phone::PhoneNumber;
use crate::shared::{SentMessages, SharedError, SharedRows};
use crate::sms::{
    Channel, CheckError, MessageBody, MessageProvider, NoReport, Post, Provider, ProviderRequest,
    Refusal, SendError, Submitted, Verdict,
};
use crate::texts::{NUMBER, OwnTexts, TextsOf};
use crate::types::{Purpose, SmsNotice};

/// Sends messages to telephones, and asks those about codes that make their own.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// Budgets, breakers, counts and verifications that are pending.
    pub rows: &'a SharedRows,
    /// The list of messages.
    pub messages: &'a SentMessages,
    /// Whom to ask.
    pub providers: &'a ActiveProviders,
    /// How much may be sent.
    pub budgets: &'a Budgets,
    /// What the site is called, and how long its codes are good.
    pub config: &'a Config,
}

/// A provider gave no verdict on a code.
#[derive(Debug)]
pub struct Unverified {
    /// Why.
    pub error: DeliveryError,
    /// It may have looked at the code. If not, the attempt is given back.
    pub asked: bool,
}

/// Who was there for a message that nobody took.
enum Tried {
    /// There is no provider for it.
    Nobody,
    /// None could be asked: there was no connection, or the breaker is open. What that took of their budgets.
    Unreached(Charge),
    /// One was there and did not send it, or has something else to do for the number.
    Reached,
}

impl Tried {
    /// One more could not be asked.
    fn unreached(self, charge: Charge) -> Self {
        match self {
            Self::Nobody => Self::Unreached(charge),
            Self::Unreached(before) => Self::Unreached(before.and(charge)),
            Self::Reached => Self::Reached,
        }
    }
}

/// Why one provider was not asked, or did not send.
enum Passed {
    /// A stronger request is pending for the number, for so many seconds.
    Pending(u64),
    /// Its breaker is open.
    Open,
    /// It certainly sent nothing.
    Failed(SendError),
}

impl<'a> Sender<'a> {
    /// What providers did.
    #[must_use]
    pub const fn record(&self) -> Record<'a> {
        Record::new(self.rows, self.messages)
    }

    /// The budgets.
    #[must_use]
    pub const fn ledger(&self) -> Ledger<'a> {
        Ledger::new(self.rows, self.budgets)
    }

    /// Spends the budgets of a request. Returns when the next may be made, and what this one took.
    ///
    /// # Errors
    /// [`DeliveryError::Throttled`], [`DeliveryError::Shared`]
    pub fn charge(
        &self,
        now: UnixTime,
        spender: &Spender<'_>,
        channel: Option<Channel>,
    ) -> Result<(UnixTime, Charge), DeliveryError> {
        let granted = self.ledger().spend(now, spender)?;
        let is_fraud = |used_up: &UsedUp| matches!(used_up.scope, Scope::Range | Scope::Fresh);
        if let (Err(used_up), Some(channel), BudgetTarget::Phone(_)) =
            (&granted, channel, spender.to)
            && is_fraud(used_up)
        {
            self.record().count_fraud_refusal(channel, now)?;
        }
        Ok(granted?)
    }

    /// Sends a message: asks one provider after the other, as long as it is certain that nothing was sent. What the
    /// request took before is given back, with what it takes of the providers' budgets, where none could be asked.
    ///
    /// # Errors
    /// [`NotSent`]
    pub fn send(
        &self,
        request: &SendRequest<'_>,
        charge: Option<Charge>,
    ) -> Result<SendOutcome, NotSent> {
        let mut why = nobody(&request.content).to_owned();
        let (mut waits, mut unwanted, mut last) = (None, None, None);
        let mut passed = Vec::new();
        let mut tried = Tried::Nobody;
        let candidates = self.candidates(request);
        if candidates.is_empty()
            && !self.providers.for_channel(request.channel).is_empty()
            && self
                .providers
                .for_number(request.channel, request.to)
                .is_empty()
        {
            return Err(NotSent {
                error: DeliveryError::Refused { reason: "country" },
                why: "no provider is asked for numbers of this country (`regions`)".to_owned(),
                answer: None,
            });
        }
        for name in candidates {
            let taken = self.charge_for(request, &name)?;
            match self.ask(request, &name, &passed)? {
                Ok(answer) => {
                    return Ok(SendOutcome {
                        may_drop: self.providers.may_drop(&name),
                        provider: name,
                        answer,
                    });
                }
                Err(Passed::Pending(seconds)) => {
                    why = format!("{name}: another code for the number is on its way");
                    waits = Some(seconds.min(waits.unwrap_or(u64::MAX)));
                    tried = Tried::Reached;
                    continue;
                }
                Err(Passed::Open) => {
                    why = format!("{name} has failed lately and is left alone for a while");
                    tried = tried.unreached(taken);
                    passed.push(name);
                    continue;
                }
                Err(Passed::Failed(error)) => {
                    passed.clear();
                    why = format!("{name}: {error}");
                    if may_go_elsewhere(&error) {
                        tried = if error.is_unreached() {
                            tried.unreached(taken)
                        } else {
                            Tried::Reached
                        };
                    } else if self.is_own_list(request, &name, &error) {
                        unwanted = Some(DeliveryError::of(&name, &error));
                        tried = Tried::Reached;
                    } else {
                        return Err(NotSent {
                            error: DeliveryError::of(&name, &error),
                            why,
                            answer: Some(Box::new(error)),
                        });
                    }
                    last = Some(error);
                    passed.push(name);
                }
            }
        }
        if let (Tried::Unreached(taken), Some(charge), Some(class)) =
            (tried, charge, request.content.class())
        {
            // A refund that fails costs a wait; the answer is about the outage, and stays.
            let _ = self.ledger().refund(request.now, class, charge.and(taken));
        }
        let error = match (waits, unwanted) {
            (Some(retry_after), _) => DeliveryError::Throttled { retry_after },
            (None, Some(unwanted)) => unwanted,
            (None, None) => DeliveryError::NobodySent {
                why: why.clone(),
                source: last.clone().map(Box::new),
            },
        };
        Err(NotSent {
            error,
            why,
            answer: last.map(Box::new),
        })
    }

    /// Whom to ask, in this order.
    fn candidates(&self, request: &SendRequest<'_>) -> Vec<String> {
        match &request.content {
            MessageContent::Code(code) => self.providers.for_code(&Asker {
                to: request.to,
                channel: request.channel,
                purpose: code.purpose,
                standing: code.claim.standing,
                last_provider: code.last_provider,
            }),
            // Verification providers send nothing but their own codes.
            MessageContent::Notice(_) => self
                .providers
                .message_providers(request.channel, request.to),
            MessageContent::Test { provider, .. } => vec![(*provider).to_owned()],
        }
    }

    /// What the message takes from the budget of a provider.
    fn charge_for(
        &self,
        request: &SendRequest<'_>,
        provider: &str,
    ) -> Result<Charge, DeliveryError> {
        let (now, ledger) = (request.now, self.ledger());
        let limits = self.providers.limits(provider);
        let granted: Granted = match (&request.content, request.content.class()) {
            (MessageContent::Notice(_), _) | (_, None) => {
                ledger.spend_for_notice(now, request.to, provider, limits)?
            }
            (_, Some(class)) => ledger.spend_for_provider(now, provider, limits, class)?,
        };
        Ok(granted.map(|(_, charge)| charge)?)
    }

    /// Asks one provider for one message, and writes down what became of it.
    fn ask(
        &self,
        request: &SendRequest<'_>,
        name: &str,
        passed: &[String],
    ) -> Result<Result<ProviderAnswer, Passed>, DeliveryError> {
        let exclusive = match self.exclusive(request, name)? {
            Ok(exclusive) => exclusive,
            Err(seconds) => return Ok(Err(Passed::Pending(seconds))),
        };
        let record = self.record();
        let permission = record.ask_breaker(name, request.now)?;
        let is_open = matches!(permission, breaker::Permission::Open { .. });
        if is_open && !matches!(request.content, MessageContent::Test { .. }) {
            return Ok(Err(Passed::Open));
        }
        let answer = self.hand_over(request, name, exclusive.as_ref());
        let attempt = SendAttempt {
            provider: name,
            channel: request.channel,
            permission,
            passed,
            now: request.now,
        };
        record.settle(&attempt, &answer)?;
        if let Ok(answer) = &answer {
            record.list(request, name, answer)?;
        }
        Ok(answer.map_err(Passed::Failed))
    }

    /// Makes the request the one that a verification of its number is for, where there is one a number.
    /// `Err`: a stronger one is pending, for so many seconds.
    fn exclusive(
        &self,
        request: &SendRequest<'_>,
        provider: &str,
    ) -> Result<Result<Option<Exclusive<'a>>, u64>, SharedError> {
        let (claim, seconds) = match &request.content {
            MessageContent::Code(code) => (
                code.claim,
                self.config.policy().code_seconds(code.purpose).into(),
            ),
            MessageContent::Test { claim, .. } => (*claim, 0),
            MessageContent::Notice(_) => return Ok(Ok(None)),
        };
        let is_unproven = claim.standing == Standing::Unproven;
        let Some(pool) = self.providers.pool(provider, is_unproven) else {
            return Ok(Ok(None));
        };
        let begun = Exclusive::begin(self.rows, &pool, request.to, &claim, seconds, request.now)?;
        Ok(begun.map(Some))
    }

    fn hand_over(
        &self,
        request: &SendRequest<'_>,
        name: &str,
        exclusive: Option<&Exclusive<'_>>,
    ) -> Result<ProviderAnswer, SendError> {
        let provider_request = request.for_provider();
        let unknown = || Err(SendError::NotSent("it is not set up".to_owned()));
        let asked = self.providers.with_mut(name, |provider| match provider {
            Provider::Verification(provider) => {
                let started = match exclusive {
                    Some(exclusive) => exclusive.start(provider.as_mut(), &provider_request),
                    None => provider.start(&provider_request),
                };
                match started {
                    Ok(started) => Ok(ProviderAnswer::Started(started)),
                    // Nobody else is asked: it may be on its way.
                    Err(SendError::Unknown(why)) => Ok(ProviderAnswer::PerhapsStarted { why }),
                    Err(error) => Err(error),
                }
            }
            Provider::Message(provider) => {
                let body = self.body(request);
                match send_message(
                    provider.as_mut(),
                    &provider_request,
                    &body,
                    &request.content,
                ) {
                    Ok(Submitted { id }) => Ok(ProviderAnswer::Taken { id }),
                    // It may arrive, and then it should work. Nobody else is asked.
                    Err(SendError::Unknown(why)) => Ok(ProviderAnswer::PerhapsTaken { why }),
                    Err(error) => Err(error),
                }
            }
        });
        asked.unwrap_or_else(unknown)
    }

    /// The text of a message.
    fn body(&self, request: &SendRequest<'_>) -> MessageBody {
        let (locale, site) = (request.locale, self.config.issuer());
        if let Some(body) = self.own_body(request) {
            return body;
        }
        match &request.content {
            MessageContent::Code(CodeContent {
                purpose,
                code,
                minutes,
                ..
            }) => match request.channel {
                Channel::Voice => text::spoken_code(locale, site, code, *purpose),
                Channel::Sms | Channel::WhatsApp => {
                    let host = self.config.webotp_host();
                    text::code_message(locale, site, code, *purpose, host, *minutes)
                }
            },
            MessageContent::Notice(kind) => text::notice_message(locale, site, *kind),
            MessageContent::Test { code, .. } => text::test_message(site, code),
        }
    }

    /// The text of a code as the site has it, where it has one. Of a test also one that nobody stands for yet.
    fn own_body(&self, request: &SendRequest<'_>) -> Option<MessageBody> {
        let (code, minutes, is_test) = match &request.content {
            MessageContent::Code(content) => (content.code, content.minutes, false),
            MessageContent::Test { code, .. } => (
                *code,
                self.config.policy().code_seconds(Purpose::Login) / 60,
                true,
            ),
            MessageContent::Notice(kind) => return self.own_notice(request, *kind),
        };
        let language = Language::of(request.locale);
        let texts = OwnTexts::read(self.rows, request.now, TextsOf::Codes).ok()?;
        let own = texts.get(request.channel.word(), language)?;
        let values = MessageValues {
            site: self.config.issuer(),
            code,
            minutes,
            host: self.config.webotp_host(),
        };
        (is_test || own.is_confirmed())
            .then(|| MessageTemplate::parse(&own.text).ok())?
            .and_then(|template| template.body(request.channel, language, &values))
    }

    /// The text of a notice as the site has it, where it has one.
    fn own_notice(&self, request: &SendRequest<'_>, kind: SmsNotice) -> Option<MessageBody> {
        let language = Language::of(request.locale);
        let texts = TextsOf::Notices(language);
        let texts = OwnTexts::read(self.rows, request.now, texts).ok()?;
        let own = texts.get(NUMBER, language)?;
        let template = own
            .is_confirmed()
            .then(|| NumberTemplate::parse(&own.text).ok())?;
        template?.body(language, self.config.issuer(), kind)
    }

    /// Whether a provider that was asked about a number, because of codes that nobody typed back, says that the owner
    /// wants none: that is its own list, which binds no other provider.
    fn is_own_list(&self, request: &SendRequest<'_>, provider: &str, error: &SendError) -> bool {
        let is_unwanted = matches!(
            error,
            SendError::Refused {
                refusal: Refusal::OptedOut,
                ..
            }
        );
        let asked = matches!(&request.content, MessageContent::Code(code) if code.ask_first);
        asked && is_unwanted && self.providers.may_drop(provider)
    }

    /// Asks the provider that made a code about it, in the form that a code of ours is read in.
    ///
    /// # Errors
    /// [`Unverified`]
    pub fn check(
        &self,
        now: UnixTime,
        provider: &str,
        reference: &str,
        to: &str,
        typed: &str,
    ) -> Result<Verdict, Unverified> {
        let Some(code) = read_digits(typed) else {
            return Ok(Verdict::Wrong);
        };
        let unasked = |error| Unverified {
            error,
            asked: false,
        };
        let to = PhoneNumber::from_e164(to).map_err(|_| unasked(DeliveryError::Number))?;
        let provider_request = ProviderRequest {
            to: &to,
            channel: Channel::Sms,
            locale: "",
            now,
        };
        // An open breaker stops sending only: a code that has arrived may still be checked.
        let asked = self.providers.with_mut(provider, |it| match it {
            Provider::Verification(it) => Some((
                it.check(&provider_request, reference, &code),
                [it.pool(false), it.pool(true)],
            )),
            Provider::Message(_) => None,
        });
        let (verdict, pools) = asked
            .flatten()
            .ok_or_else(|| unasked(DeliveryError::ProviderGone(provider.to_owned())))?;
        if matches!(verdict, Ok(Verdict::Approved | Verdict::Over)) {
            // Where the row cannot be removed the next request waits until it ends; the verdict stands.
            for pool in pools.into_iter().flatten() {
                let _ = exclusive::end(self.rows, &pool, &to, reference, now);
            }
        }
        verdict.map_err(|error| Unverified {
            asked: matches!(error, CheckError::NoAnswer(_)),
            error: DeliveryError::Unverified {
                provider: provider.to_owned(),
                source: error,
            },
        })
    }

    /// Whether some provider of that way has not failed lately.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn reaches(&self, channel: Channel, now: UnixTime) -> Result<bool, SharedError> {
        for name in self.providers.for_channel(channel) {
            if self.record().open_until(&name, now)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes a provider's report of a message, if the provider signed it. Whether it was news.
    ///
    /// # Errors
    /// [`DeliveryError::NotGenuine`] for whatever is not proven to come from that provider
    pub fn report(
        &self,
        now: UnixTime,
        provider: &str,
        post: &Post<'_>,
    ) -> Result<bool, DeliveryError> {
        let read = self.providers.with(provider, |provider| match provider {
            Provider::Message(provider) => provider.report(post),
            Provider::Verification(_) => Err(NoReport::NotGenuine),
        });
        match read {
            Some(Ok(report)) => self.record().report(now, provider, &report),
            Some(Err(NoReport::NotOurs)) => Ok(false),
            Some(Err(NoReport::NotGenuine)) | None => Err(DeliveryError::NotGenuine),
        }
    }
}

/// What there is to say where nobody can be asked.
const fn nobody(content: &MessageContent<'_>) -> &'static str {
    match content {
        MessageContent::Code(CodeContent {
            purpose: Purpose::ResetPassword,
            ..
        }) => {
            "a code for a new password goes by a message provider or by a service of its own (service_unproven), and neither is \
             set up for this way"
        }
        MessageContent::Code(_) | MessageContent::Notice(_) | MessageContent::Test { .. } => {
            "no provider is set up for this way"
        }
    }
}

fn send_message(
    provider: &mut dyn MessageProvider,
    request: &ProviderRequest<'_>,
    body: &MessageBody,
    content: &MessageContent<'_>,
) -> Result<Submitted, SendError> {
    match content {
        MessageContent::Code(code) if code.purpose == Purpose::VerifyPhone => {
            provider.send_if_wanted(request, body)
        }
        MessageContent::Code(code) if code.ask_first => provider.send_after_asking(request, body),
        MessageContent::Code(_) | MessageContent::Notice(_) | MessageContent::Test { .. } => {
            provider.send(request, body)
        }
    }
}

/// Whether it is certain that nothing was sent, and for no reason that another provider must not get around.
const fn may_go_elsewhere(error: &SendError) -> bool {
    match error {
        SendError::NotSent(_) | SendError::Unreached(_) | SendError::Proxy(_) => true,
        SendError::Refused { refusal, .. } => refusal.is_the_operators(),
        SendError::Unknown(_) => false,
    }
}
