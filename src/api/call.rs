//! A request while it is served: who asks, and what comes of it.

use std::cell::RefCell;

use zeroize::Zeroizing;

use super::answer::Answer;
use super::host::{ChangedBy, Host, HostAct};
use super::problem::{Kind, Problem, StepUp};
use crate::account::Denied;
use crate::clock::UnixTime;
use crate::types::{Method, Purpose, UserId};
use crate::verifier::{Client, Error, Message, RequestOf, Standing, User, Verifier};

/// Why there is no answer of the kind that was asked for.
pub(super) enum Refused<F> {
    /// A problem.
    Problem(Box<Problem>),
    /// This site does not offer it.
    NotOffered,
    /// The host failed.
    Host(F),
}

impl<F> From<Problem> for Refused<F> {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl<F> From<Kind> for Refused<F> {
    fn from(kind: Kind) -> Self {
        Problem::from(kind).into()
    }
}

/// What comes of a request of that host.
pub(super) type Outcome<T, H> = Result<T, Refused<<H as Host>::Failure>>;

/// An answer that says yes.
pub(super) struct Reply {
    pub(super) status: u16,
    /// JSON; empty where there is none.
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Notices that are passed on after one call.
const MOST_NOTICES: u32 = 20;

/// More than any answer has, so that what is secret in one is not left behind where it grew.
const ROOM: usize = 64 * 1024;

impl Reply {
    /// Of an answer that can be written, as every one of ours can.
    pub(super) fn of<T: Answer, F>(status: u16, answer: &T) -> Result<Self, Refused<F>> {
        let mut body = Zeroizing::new(Vec::new());
        if !T::NAME.is_empty() {
            body.reserve_exact(ROOM);
            serde_json::to_writer(&mut *body, answer).map_err(|_| Kind::Unavailable)?;
        }
        Ok(Self { status, body })
    }
}

/// A request that was read.
pub(super) struct Call<'a, H> {
    pub(super) host: &'a H,
    pub(super) now: UnixTime,
    pub(super) client: &'a Client,
    pub(super) user: Option<&'a User>,
    pub(super) credential: Option<&'a [u8]>,
    pub(super) subject: Option<&'a UserId>,
    /// What is to be told, where the host has no mailer here: it is handed out with the answer.
    pub(super) notices: &'a RefCell<Vec<Message>>,
}

impl<H: Host> Call<'_, H> {
    /// Who is signed in.
    pub(super) fn user(&self) -> Outcome<&User, H> {
        self.user.ok_or_else(|| Kind::SignIn.into())
    }

    /// What the host does not do is not offered.
    pub(super) fn needs(&self, acts: &[HostAct]) -> Outcome<(), H> {
        if acts.iter().all(|act| self.host.does(*act)) {
            Ok(())
        } else {
            Err(Refused::NotOffered)
        }
    }

    /// What a set-up within a sign-in needs. Where the host lacks it nobody of whom one is due is let in: whoever signs in
    /// has asked for nothing that a site may leave out, so that is the operator's to mend.
    pub(super) fn needs_enrolment(&self) -> Outcome<(), H> {
        if self.host.does(HostAct::LoadUser) {
            return Ok(());
        }
        self.host.tell_operator(
            "a sign-in requires an enrolment, and the ApiContext has no loadUser to set one up with",
        );
        Err(Problem::waits(Kind::Unavailable, UNAVAILABLE_SECONDS).into())
    }

    /// The methods that can be set up here by that challenge.
    pub(super) fn offered_by(&self, challenge: &str) -> Outcome<Vec<Method>, H> {
        let mut offered = Vec::new();
        for method in self.offered()? {
            if self.ask(|it| it.offers_by(self.now, challenge, method))? {
                offered.push(method);
            }
        }
        Ok(offered)
    }

    /// The methods that can be set up here.
    pub(super) fn offered(&self) -> Outcome<Vec<Method>, H> {
        let is_mailed = self.host.does(HostAct::Mail);
        self.ask(|it| {
            let mut offered = Vec::new();
            for method in Method::ALL {
                let is_one = !method.is_lookup() && (*method != Method::Email || is_mailed);
                if is_one && it.offers(self.now, *method)? {
                    offered.push(*method);
                }
            }
            Ok(offered)
        })
    }

    /// Asks the verifier.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Verifier) -> Result<T, Error>,
    ) -> Outcome<T, H> {
        let answer = self.host.ask(question).map_err(Refused::Host)?;
        answer.map_err(|error| self.refused(error))
    }

    /// Asks the verifier about a user, whose roles and groups the host says if a policy wants to know them.
    pub(super) fn ask_about<T>(
        &self,
        user: &User,
        question: impl Fn(&Verifier, &User) -> Result<T, Error>,
    ) -> Outcome<T, H> {
        let answer = self.host.ask(|it| question(it, user));
        match answer.map_err(Refused::Host)? {
            Err(Error::StandingWanted(_)) => {
                let memberships = self.host.memberships(&user.id).map_err(Refused::Host)?;
                let user = User {
                    standing: Standing::Known(memberships),
                    ..user.clone()
                };
                self.ask(|it| question(it, &user))
            }
            answer => answer.map_err(|error| self.refused(error)),
        }
    }

    /// Asks for what needs a fresh proof: if there is none, one is begun.
    pub(super) fn ask_with_step_up<T>(
        &self,
        user: &User,
        question: impl FnOnce(&Verifier) -> Result<T, Error>,
    ) -> Outcome<T, H> {
        match self.host.ask(question).map_err(Refused::Host)? {
            Ok(answer) => Ok(answer),
            Err(Error::Denied(Denied::StepUpRequired)) => Err(self.step_up(user)?),
            Err(error) => Err(self.refused(error)),
        }
    }

    /// A challenge for a proof that has to come first.
    pub(super) fn step_up(&self, user: &User) -> Outcome<Refused<H::Failure>, H> {
        let begun = self.ask_about(user, |it, user| {
            it.begin_challenge(self.now, user, Purpose::StepUp, self.client)
        })?;
        let step_up = StepUp {
            challenge: begun.challenge,
            methods: begun.methods,
            expires_at: begun.expires_at,
        };
        let problem = Problem {
            step_up: Some(Box::new(step_up)),
            ..Kind::StepUp.into()
        };
        Ok(problem.into())
    }

    /// For how many days a browser can be remembered, where one can.
    pub(super) fn device_days(&self) -> Outcome<Option<u64>, H> {
        let days = self.ask(|it| Ok(it.device_days(self.now)))?;
        Ok((days > 0).then_some(days.into()))
    }

    /// Counts the request. `token`: what was handed out for a right password, if it is that. Who is signed in has what
    /// theirs have for what is their own, and not for what anybody may ask: else they would have more guesses at others.
    pub(super) fn admit(&self, is_own: bool, token: Option<&str>) -> Outcome<(), H> {
        let (now, client) = (self.now, self.client);
        self.ask(|it| {
            let owner = token.and_then(|token| {
                let challenge = it.challenge_for(token).map(|(user, _)| user);
                challenge.or_else(|| it.setup_for(token).map(|(user, _)| user))
            });
            let of = match (self.user, &owner) {
                (Some(user), Some(owner)) if user.id == *owner => RequestOf::User(&user.id),
                (Some(user), None) if is_own => RequestOf::User(&user.id),
                (_, Some(_)) => RequestOf::Password,
                (_, None) => RequestOf::Nobody,
            };
            it.admit_request(now, client, of)
        })
    }

    /// Refuses whoever is signed in and does not know the password.
    pub(super) fn confirm_password(&self, user: &User, password: &str) -> Outcome<(), H> {
        self.needs(&[HostAct::CheckPassword])?;
        let is_right = self.host.check_password(&user.id, password);
        if is_right.map_err(Refused::Host)? {
            Ok(())
        } else {
            Err(Kind::Denied.into())
        }
    }

    /// Hands a mail with a code to the host.
    pub(super) fn mail(&self, message: Option<&Message>) -> Outcome<(), H> {
        message.map_or(Ok(()), |message| {
            self.host.mail(message).map_err(Refused::Host)
        })
    }

    /// Hands news of an account to the host: to its mailer, or with the answer. What no mailer has taken is handed out again,
    /// whoever asks for it.
    pub(super) fn notify(&self, notices: &[Message]) -> Outcome<(), H> {
        if !self.host.does(HostAct::Mail) {
            self.notices.borrow_mut().extend_from_slice(notices);
            return Ok(());
        }
        let mut sent = Vec::new();
        for notice in notices {
            if self.host.notify(notice).map_err(Refused::Host)? {
                sent.push(notice.id.clone());
            }
        }
        if !sent.is_empty() {
            // What was done is done: one that is told twice is better than an error in its place.
            let _ = self
                .host
                .ask(|it| it.notices_sent(self.now, &sent))
                .map_err(Refused::Host)?;
        }
        Ok(())
    }

    /// The same, of what was changed by a call that returns nothing.
    pub(super) fn notify_pending(&self) -> Outcome<(), H> {
        let pending = self
            .host
            .ask(|it| it.pending_notices(self.now, MOST_NOTICES))
            .map_err(Refused::Host)?;
        self.notify(&pending.unwrap_or_default())
    }

    /// What was proven. A wrong code may have led to something that its user has to know.
    pub(super) fn or_tell<T>(&self, answer: Result<T, Error>) -> Outcome<T, H> {
        match answer {
            Ok(proven) => Ok(proven),
            Err(error) => {
                self.notify_pending()?;
                Err(self.refused(error))
            }
        }
    }

    /// Lets the session that asks go on by that grant, where it still counts.
    pub(super) fn go_on_by(
        &self,
        user: &User,
        grant: &str,
    ) -> Outcome<Option<Zeroizing<String>>, H> {
        let until = self.ask(|it| it.grant_expires(self.now, &user.id, grant))?;
        if until.is_none() {
            return Ok(None);
        }
        let gone_on = self.host.go_on(&user.id, ChangedBy::Grant(grant));
        gone_on.map_err(Refused::Host)
    }

    /// What a code by e-mail needs.
    pub(super) fn needs_mail_for(&self, method: Method) -> Outcome<(), H> {
        if method == Method::Email {
            self.needs(&[HostAct::Mail])
        } else {
            Ok(())
        }
    }

    /// How an error is told. What is the operator's goes to the operator.
    pub(super) fn refused(&self, error: Error) -> Refused<H::Failure> {
        let problem = match error {
            Error::Denied(Denied::NotSent { reason: "method" }) => return Refused::NotOffered,
            Error::Denied(denied) => of_denied(denied),
            Error::Number { reason, text } => Problem {
                reason: Some(reason),
                detail: Some(text.into()),
                ..Kind::Number.into()
            },
            Error::Factor(why) => Problem {
                reason: Some(why.reason()),
                detail: Some(format!("The factor {why}.").into()),
                ..Kind::Factor.into()
            },
            Error::LicenceRequired(_) => return Refused::NotOffered,
            Error::Invalid { .. } => Kind::Refused.into(),
            Error::StandingWanted(_) => Problem::waits(Kind::Unavailable, UNAVAILABLE_SECONDS),
            Error::Unavailable(why) => {
                self.host.tell_operator(&why.to_string());
                Problem::waits(Kind::Unavailable, UNAVAILABLE_SECONDS)
            }
            Error::Configuration(why) => {
                self.host.tell_operator(&why.to_string());
                Problem::waits(Kind::Unavailable, UNAVAILABLE_SECONDS)
            }
        };
        problem.into()
    }
}

/// A set-up within a sign-in ends in it.
pub(super) const ENROLMENT: [HostAct; 2] = [HostAct::LoadUser, HostAct::SignIn];

/// When asking again may help, where nobody knows.
const UNAVAILABLE_SECONDS: u64 = 30;

fn of_denied(denied: Denied) -> Problem {
    match denied {
        Denied::Rejected => Kind::Denied.into(),
        Denied::Mistyped => Kind::Mistyped.into(),
        Denied::LockedOut { disabled: true, .. } => Kind::Disabled.into(),
        Denied::LockedOut { retry_after, .. } => Problem::waits(Kind::LockedOut, retry_after),
        Denied::ChallengeClosed => Kind::Closed.into(),
        Denied::StepUpRequired => Kind::StepUp.into(),
        Denied::EnrolmentRequired => Kind::Enrolment.into(),
        Denied::OnHold => Kind::OnHold.into(),
        Denied::LinkOver => Kind::Denied.into(),
        Denied::TooRecent { retry_after } => Problem {
            retry_after: Some(retry_after),
            ..Kind::TooRecent.into()
        },
        Denied::Throttled { retry_after } => Problem::waits(Kind::Throttled, retry_after),
        Denied::NotSent { reason } => Problem {
            reason: Some(reason),
            ..Kind::NotSent.into()
        },
    }
}
