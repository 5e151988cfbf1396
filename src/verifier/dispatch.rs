//! Who carries a code: the providers in their order, their breakers, and when the next one may be asked.

use std::cell::RefCell;
use std::fmt;

use super::alone::Alone;
use super::budgets::Charge;
use super::delivery_stats::Asked;
use super::{Error, Verifier};
use crate::account::{Denied, RemoteCheck};
use crate::clock::UnixTime;
use crate::crypto::code::read_digits;
use crate::delivery::breaker;
use crate::delivery::budget::Use;
use crate::delivery::pending::{Claim, Standing};
use crate::delivery::text;
use crate::phone::PhoneNumber;
use crate::sms::{
    Carried, Channel, CheckError, Order, Provider, Refusal, SendError, Started, Verdict,
};
use crate::store::{Delivery, DeliveryReport};
use crate::types::{Method, Purpose, UserId};

/// Seconds to wait when a provider's limit is reached and it does not say for how long.
const LIMIT_SECONDS: u64 = 600;

/// The providers of a site, the first to be asked first, each under its name.
#[derive(Default)]
pub struct ActiveProviders(pub(super) RefCell<Vec<(String, Provider)>>);

impl fmt::Debug for ActiveProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl ActiveProviders {
    /// In that order.
    #[must_use]
    pub fn new(providers: Vec<(String, Provider)>) -> Self {
        Self(RefCell::new(providers))
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.0
            .borrow()
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The ways of the one of that name.
    pub fn methods(&self, name: &str) -> Vec<Method> {
        let providers = self.0.borrow();
        let named = providers.iter().find(|(known, _)| known == name);
        named.map_or_else(Vec::new, |(_, provider)| {
            provider.channels().into_iter().map(Method::from).collect()
        })
    }

    /// Those whose answers are not signed.
    pub fn unsigned(&self) -> Vec<String> {
        let providers = self.0.borrow();
        let unsigned = providers
            .iter()
            .filter(|(_, provider)| provider.is_unsigned());
        unsigned.map(|(name, _)| name.clone()).collect()
    }

    /// Whether there is one for that way.
    pub fn offers(&self, channel: Channel) -> bool {
        let providers = self.0.borrow();
        providers
            .iter()
            .any(|(_, provider)| provider.channels().contains(&channel))
    }

    /// Their names, and the ways of each.
    pub(super) fn channels(&self) -> Vec<(String, Vec<Channel>)> {
        let providers = self.0.borrow();
        providers
            .iter()
            .map(|(name, provider)| (name.clone(), provider.channels()))
            .collect()
    }

    /// Asks the provider of that name; `None` when there is none.
    pub(super) fn with<T>(&self, name: &str, ask: impl FnOnce(&Provider) -> T) -> Option<T> {
        let providers = self.0.borrow();
        let found = providers.iter().find(|(known, _)| known == name);
        found.map(|(_, provider)| ask(provider))
    }

    /// The names of those that take our texts that way.
    fn carriers(&self, channel: Channel) -> Vec<String> {
        let providers = self.0.borrow();
        providers
            .iter()
            .filter(|(_, provider)| {
                matches!(provider, Provider::Message(carrier) if carrier.channels().contains(&channel))
            })
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Those that may be asked for a parcel. What nobody has proven goes first to where it can take nothing of
    /// what somebody has: to carriers, and to checkers that keep it apart. A reset, which anybody may ask for,
    /// goes nowhere else.
    fn order_for(&self, parcel: &SendRequest<'_>) -> Vec<usize> {
        let order = self.order(parcel.channel, parcel.last_provider);
        if parcel.claim.standing != Standing::Unproven {
            return order;
        }
        let providers = self.0.borrow();
        let is_apart = |place: &usize| match providers.get(*place) {
            Some((_, Provider::Verification(it))) => it
                .pool(true)
                .is_none_or(|pool| Some(pool) != it.pool(false)),
            Some((_, Provider::Message(_))) => true,
            None => false,
        };
        let (mut apart, shared): (Vec<_>, Vec<_>) = order.into_iter().partition(is_apart);
        if parcel.purpose != Purpose::ResetPassword {
            apart.extend(shared);
            return apart;
        }
        // A carrier's code is checked here, in the same time for everybody.
        let is_carrier =
            |place: &usize| matches!(providers.get(*place), Some((_, Provider::Message(_))));
        if apart.iter().any(is_carrier) {
            apart.retain(is_carrier);
        }
        apart
    }

    /// Whether a provider may drop a message without a word.
    fn may_drop(&self, place: usize) -> bool {
        match self.0.borrow().get(place) {
            Some((_, Provider::Message(carrier))) => carrier.drops_messages(),
            _ => false,
        }
    }

    /// Whether a provider that was asked about a number, because of codes that nobody typed back, says that the owner
    /// wants none: that is its own list, which binds no other provider.
    fn is_own_list(&self, place: usize, error: &SendError) -> bool {
        let is_unwanted = matches!(
            error,
            SendError::Refused {
                refusal: Refusal::OptedOut,
                ..
            }
        );
        is_unwanted && self.may_drop(place)
    }

    /// The pool in which a provider keeps one verification a number, for a parcel.
    fn pool(&self, place: usize, unproven: bool) -> Option<String> {
        match self.0.borrow().get(place) {
            Some((_, Provider::Verification(checker))) => checker.pool(unproven),
            _ => None,
        }
    }

    /// Those for that way, the one after `last` first: a person who asks again was not reached.
    fn order(&self, channel: Channel, last: &str) -> Vec<usize> {
        let providers = self.0.borrow();
        let mut order: Vec<usize> = providers
            .iter()
            .enumerate()
            .filter(|(_, (_, provider))| provider.channels().contains(&channel))
            .map(|(place, _)| place)
            .collect();
        let after = order.iter().position(|place| {
            providers
                .get(*place)
                .is_some_and(|(name, _)| name.as_str() == last)
        });
        if let Some(place) = after {
            let next = place.saturating_add(1) % order.len().max(1);
            order.rotate_left(next);
        }
        order
    }
}

/// A code that has to get somewhere.
#[derive(Clone, Copy)]
pub struct SendRequest<'a> {
    /// Whose.
    pub user: &'a UserId,
    /// Where to.
    pub to: &'a PhoneNumber,
    /// Which way.
    pub channel: Channel,
    /// In which language.
    pub locale: &'a str,
    /// What for.
    pub purpose: Purpose,
    /// Of which budgets it may have how much.
    pub class: Use,
    /// The code that a carrier is given.
    pub code: &'a str,
    /// How long it is good.
    pub minutes: u32,
    /// Who was asked the last time.
    pub last_provider: &'a str,
    /// When.
    pub now: UnixTime,
    /// Whose verification a checker is asked for.
    pub claim: Claim,
    /// A carrier that drops messages without a word is asked first whether the owner wants any.
    pub ask_first: bool,
}

impl SendRequest<'_> {
    const fn order(&self) -> Order<'_> {
        Order {
            to: self.to,
            channel: self.channel,
            locale: self.locale,
            now: self.now,
        }
    }
}

/// What a provider did.
#[derive(Debug)]
pub enum Outcome {
    /// It took our code.
    Own {
        /// Who.
        provider: String,
        /// If its owner wants none, it drops it without a word.
        may_drop: bool,
    },
    /// It made a code.
    Remote {
        /// Who.
        provider: String,
        /// How it calls it.
        started: Started,
    },
    /// It may have made one; its answer was lost.
    Indeterminate {
        /// Who.
        provider: String,
        /// What went wrong, for operators.
        why: String,
    },
}

/// A provider gave no verdict on a code.
#[derive(Debug)]
pub struct Unverified {
    /// Why.
    pub error: Error,
    /// It may have looked at the code. If not, the attempt is given back.
    pub asked: bool,
}

/// No code went out.
#[derive(Debug)]
pub struct NotCarried {
    /// What the person is told.
    pub error: Error,
    /// Why, for operators: the provider and its code. Empty when no provider was asked.
    pub why: String,
    /// Nobody could be asked: what that took of the providers' budgets, to be given back with the rest.
    pub(super) outage: Option<Charge>,
}

impl From<Error> for NotCarried {
    fn from(error: Error) -> Self {
        Self {
            error,
            why: String::new(),
            outage: None,
        }
    }
}

/// Who was there for a code that nobody took.
#[derive(Debug)]
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

/// What one provider answered, whichever kind it is.
pub(super) enum Answer {
    Carried { id: Option<String>, certain: bool },
    Started(Started),
}

/// It may have gone out.
pub(super) const PERHAPS: Answer = Answer::Carried {
    id: None,
    certain: false,
};

impl Verifier {
    /// Asks one provider after the other, as long as it is certain that nothing was sent.
    pub(super) fn carry(&self, parcel: &SendRequest<'_>) -> Result<Outcome, NotCarried> {
        self.renew_providers(Some(parcel.now))?;
        let mut trouble = match parcel.purpose {
            Purpose::ResetPassword => {
                "a code for a new password goes by a carrier or by a service of its own \
                 (service_unproven), and neither is set up for this way"
            }
            _ => "no provider is set up for this way",
        }
        .to_owned();
        let (mut waits, mut unwanted) = (None, None);
        let mut passed = Vec::new();
        let mut tried = Tried::Nobody;
        for place in self.couriers.order_for(parcel) {
            let name = match self.couriers.0.borrow().get(place) {
                Some((name, _)) => name.clone(),
                None => continue,
            };
            let charge = self.spend_provider_budget(&name, parcel.class, parcel.now)?;
            let alone = match self.alone(place, parcel)? {
                Ok(alone) => alone,
                Err(seconds) => {
                    trouble = format!("{name}: another code for the number is on its way");
                    waits = Some(seconds.min(waits.unwrap_or(u64::MAX)));
                    tried = Tried::Reached;
                    continue;
                }
            };
            let leave =
                self.change_breaker(&name, parcel.now, |breaker| breaker.ask(parcel.now))?;
            if let breaker::Answer::Open { .. } = leave {
                trouble = format!("{name} has failed lately and is left alone for a while");
                tried = tried.unreached(charge);
                passed.push(name);
                continue;
            }
            let answer = self.hand_over(place, parcel, alone.as_ref());
            let asked = Asked {
                provider: &name,
                channel: parcel.channel,
                leave,
                passed: &passed,
                now: parcel.now,
            };
            self.settle(&asked, &answer)?;
            passed.clear();
            match answer {
                Ok(answer) => {
                    self.list_delivery(parcel, &name, &answer, "")?;
                    return Ok(match answer {
                        Answer::Carried { .. } => Outcome::Own {
                            may_drop: self.couriers.may_drop(place),
                            provider: name,
                        },
                        Answer::Started(started) => Outcome::Remote {
                            provider: name,
                            started,
                        },
                    });
                }
                Err(error) if may_go_elsewhere(&error) => {
                    trouble = format!("{name}: {error}");
                    tried = if error.is_unreached() {
                        tried.unreached(charge)
                    } else {
                        Tried::Reached
                    };
                    passed.push(name);
                }
                Err(SendError::Unknown(why)) => {
                    self.list_delivery(parcel, &name, &PERHAPS, "")?;
                    return Ok(Outcome::Indeterminate {
                        provider: name,
                        why,
                    });
                }
                Err(error) if parcel.ask_first && self.couriers.is_own_list(place, &error) => {
                    trouble = format!("{name}: {error}");
                    unwanted = Some(refused(&name, &error));
                    tried = Tried::Reached;
                    passed.push(name);
                }
                Err(error) => {
                    return Err(NotCarried {
                        error: refused(&name, &error),
                        why: format!("{name}: {error}"),
                        outage: None,
                    });
                }
            }
        }
        let error = match (waits, unwanted) {
            (Some(retry_after), _) => Denied::Throttled { retry_after }.into(),
            (None, Some(unwanted)) => unwanted,
            (None, None) => Error::Unavailable(format!("no code was sent: {trouble}")),
        };
        Err(NotCarried {
            error,
            why: trouble,
            outage: match tried {
                Tried::Unreached(charge) => Some(charge),
                Tried::Nobody | Tried::Reached => None,
            },
        })
    }

    /// Marks a parcel as the one that a verification of its number is for, where there is one a number.
    /// `Err`: a stronger one is pending, for so many seconds.
    fn alone(
        &self,
        place: usize,
        parcel: &SendRequest<'_>,
    ) -> Result<Result<Option<Alone>, u64>, Error> {
        let unproven = parcel.claim.standing == Standing::Unproven;
        let Some(pool) = self.couriers.pool(place, unproven) else {
            return Ok(Ok(None));
        };
        let seconds = self.config.policy().code_seconds(parcel.purpose).into();
        let asked = self.ask_alone(&pool, parcel.to, &parcel.claim, seconds, parcel.now)?;
        Ok(asked.map(Some))
    }

    fn hand_over(
        &self,
        place: usize,
        parcel: &SendRequest<'_>,
        alone: Option<&Alone>,
    ) -> Result<Answer, SendError> {
        let order = parcel.order();
        let mut providers = self.couriers.0.borrow_mut();
        match providers.get_mut(place) {
            Some((_, Provider::Verification(checker))) => self
                .start_alone(checker.as_mut(), &order, &parcel.claim, alone)
                .map(Answer::Started),
            Some((_, Provider::Message(carrier))) => {
                let (locale, site) = (parcel.locale, self.config.issuer());
                let words = if parcel.channel == Channel::Voice {
                    text::spoken(locale, site, parcel.code, parcel.purpose)
                } else {
                    let host = self.config.webotp_host();
                    text::words(
                        locale,
                        site,
                        parcel.code,
                        parcel.purpose,
                        host,
                        parcel.minutes,
                    )
                };
                answered(if parcel.purpose == Purpose::VerifyPhone {
                    carrier.carry_first(&order, &words)
                } else if parcel.ask_first {
                    carrier.carry_asking(&order, &words)
                } else {
                    carrier.carry(&order, &words)
                })
            }
            None => Err(SendError::NotSent("it is not set up".to_owned())),
        }
    }

    /// Asks the provider that made a code about it, in the form that a code of ours is read in.
    pub(super) fn ask_provider(
        &self,
        now: UnixTime,
        question: &RemoteCheck,
        typed: &str,
    ) -> Result<Verdict, Unverified> {
        let Some(code) = read_digits(typed) else {
            return Ok(Verdict::Wrong);
        };
        let unasked = |error| Unverified {
            error,
            asked: false,
        };
        self.renew_providers(Some(now)).map_err(unasked)?;
        let name = &question.verification.provider;
        let to = PhoneNumber::from_e164(&question.to).map_err(|_| {
            unasked(Error::Unavailable(
                "a number that was kept is none".to_owned(),
            ))
        })?;
        let order = Order {
            to: &to,
            channel: Channel::Sms,
            locale: "",
            now,
        };
        let mut providers = self.couriers.0.borrow_mut();
        let checker = providers
            .iter_mut()
            .find_map(|(known, provider)| match provider {
                Provider::Verification(checker) if known == name => Some(checker),
                _ => None,
            })
            .ok_or_else(|| {
                unasked(Error::Unavailable(format!(
                    "{name}, which made the code, is not set up any more"
                )))
            })?;
        // A breaker that is open is about sending: whoever holds a code may use it.
        let reference = &question.verification.reference;
        let verdict = checker.check(&order, reference, &code);
        let pools = [checker.pool(false), checker.pool(true)];
        drop(providers);
        if matches!(verdict, Ok(Verdict::Approved | Verdict::Over)) {
            // That the row stays makes somebody wait, and takes nothing of the verdict.
            for pool in pools.into_iter().flatten() {
                let _ = self.end_alone(&pool, &to, reference, now);
            }
        }
        verdict.map_err(|error| Unverified {
            asked: matches!(error, CheckError::NoAnswer(_)),
            error: Error::Unavailable(format!("{name}: {error}")),
        })
    }

    /// Lists a message that went out, or may have.
    pub(super) fn list_delivery(
        &self,
        parcel: &SendRequest<'_>,
        provider: &str,
        answer: &Answer,
        detail: &str,
    ) -> Result<(), Error> {
        let (reference, status) = match answer {
            Answer::Carried { id, certain: true } => (id.clone(), "accepted"),
            Answer::Carried { certain: false, .. } => (None, "unknown"),
            Answer::Started(started) => (Some(started.reference.clone()), "accepted"),
        };
        Ok(self.messages.add(&Delivery {
            user: parcel.user.clone(),
            provider: provider.to_owned(),
            method: Method::from(parcel.channel),
            masked: parcel.to.masked(),
            reference,
            sent: parcel.now,
            report: DeliveryReport {
                rank: 1,
                status: status.to_owned(),
                detail: detail.to_owned(),
                at: parcel.now,
            },
        })?)
    }

    /// Whether some provider of that way has not failed lately.
    pub(super) fn reaches(&self, channel: Channel, now: UnixTime) -> Result<bool, Error> {
        for place in self.couriers.order(channel, "") {
            let name = match self.couriers.0.borrow().get(place) {
                Some((name, _)) => name.clone(),
                None => continue,
            };
            if self.open_until(&name, now)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells a number by SMS that it was replaced. Returns who took the message: a carrier, for a checker
    /// says nothing but its own codes. The rules are those of a code, except that it takes nothing of
    /// what a person may ask for.
    pub(super) fn carry_notice(
        &self,
        now: UnixTime,
        user: &UserId,
        locale: &str,
        to: &PhoneNumber,
    ) -> Result<String, Error> {
        const CHANNEL: Channel = Channel::Sms;
        self.renew_providers(Some(now))?;
        self.reachable(to, Method::Sms)?;
        let words = text::number_changed(locale, self.config.issuer());
        let parcel = SendRequest {
            user,
            to,
            channel: CHANNEL,
            locale,
            purpose: Purpose::VerifyPhone,
            class: Use::SignIn,
            code: "",
            minutes: 0,
            last_provider: "",
            now,
            // A checker is not asked.
            claim: self.claim_of(Standing::Unproven, &[b"notice"]),
            ask_first: false,
        };
        let order = parcel.order();
        let mut passed = Vec::new();
        for name in self.couriers.carriers(CHANNEL) {
            self.spend_notice_budget(to, &name, now)?;
            let leave = self.change_breaker(&name, now, |breaker| breaker.ask(now))?;
            if let breaker::Answer::Open { .. } = leave {
                passed.push(name);
                continue;
            }
            let mut providers = self.couriers.0.borrow_mut();
            let found = providers.iter_mut().find(|(known, _)| *known == name);
            let answer = match found {
                Some((_, Provider::Message(carrier))) => answered(carrier.carry(&order, &words)),
                _ => continue,
            };
            drop(providers);
            let asked = Asked {
                provider: &name,
                channel: CHANNEL,
                leave,
                passed: &passed,
                now,
            };
            self.settle(&asked, &answer)?;
            passed.clear();
            match answer {
                Ok(answer) => {
                    self.list_delivery(&parcel, &name, &answer, "notice")?;
                    if matches!(answer, Answer::Carried { certain: true, .. }) {
                        return Ok(name);
                    }
                    // Whether it arrives is not known, so nobody else is asked and nobody counts as told.
                    break;
                }
                Err(error) if may_go_elsewhere(&error) => passed.push(name),
                Err(_) => break,
            }
        }
        Err(Error::Unavailable("the notice was not sent".to_owned()))
    }
}

/// What a carrier's answer means for a message of ours.
fn answered(carried: Result<Carried, SendError>) -> Result<Answer, SendError> {
    match carried {
        Ok(carried) => Ok(Answer::Carried {
            id: carried.id,
            certain: true,
        }),
        // It may arrive, and then it should work. Nobody else is asked.
        Err(SendError::Unknown(_)) => Ok(PERHAPS),
        Err(error) => Err(error),
    }
}

/// The way by telephone that a method is, if it is one.
pub(super) const fn channel_of(method: Method) -> Option<Channel> {
    match method {
        Method::Sms => Some(Channel::Sms),
        Method::Voice => Some(Channel::Voice),
        Method::WhatsApp => Some(Channel::WhatsApp),
        _ => None,
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

/// What it means to the person that nothing was sent.
pub(super) fn refused(provider: &str, error: &SendError) -> Error {
    let SendError::Refused {
        refusal,
        retry_after,
        ..
    } = error
    else {
        return Error::Unavailable(format!("{provider}: {error}"));
    };
    let reason = match refusal {
        Refusal::Number => "number",
        Refusal::OptedOut => "opted-out",
        Refusal::Country => "country",
        Refusal::Fraud => "fraud",
        Refusal::Unlisted => "refused",
        Refusal::Limit => {
            let retry_after = retry_after.unwrap_or(LIMIT_SECONDS);
            return Denied::Throttled { retry_after }.into();
        }
        Refusal::Credentials | Refusal::Account | Refusal::Sender => {
            return Error::Unavailable(format!("{provider}: {error}"));
        }
    };
    Denied::NotSent { reason }.into()
}
