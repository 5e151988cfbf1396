//! Sign-ins that go on: which of the host's credentials came of which proof.

use std::cell::Cell;

use super::named::named;
use super::{Client, Enrolled, Error, Login, LoginState, Operator, Verified, Verifier, token};
use crate::account::{Account, Denied, EndedBy, RuleContext, Source};
use crate::audit::{Authority, Event, EventKind};
use crate::browser::Device;
use crate::clock::UnixTime;
use crate::session::{
    ChangeProof, Credential, NotAdmitted, Session, SessionId, Sessions, SignIn, SignedInBy,
};
use crate::types::{Purpose, Requester, UserId, masked_address};

/// Seconds after which somebody whose sessions have no room may find some.
const NO_ROOM_SECONDS: u64 = 300;

/// What a credential came of.
#[derive(Debug, Clone, Copy)]
pub enum CameOf<'a> {
    /// A proof.
    Verified(&'a Verified),
    /// A sign-in that needed no more than the password.
    Login(&'a Login),
}

/// What its own user did with a session that goes on afterwards.
#[derive(Debug, Clone, Copy)]
pub enum Continued<'a> {
    /// The host minted another credential for it.
    AsItWas,
    /// A factor was confirmed.
    Enrolled(&'a Enrolled),
    /// Factors were changed with that grant.
    Grant(&'a str),
}

/// What no host can have minted is an error where it is to be remembered.
fn minted<'a>(argument: &'static str, credential: &'a [u8]) -> Result<Credential<'a>, Error> {
    Credential::new(credential)
        .ok_or_else(|| Error::invalid(argument, "must be between 1 and 4096 bytes long"))
}

impl Verifier {
    pub(super) fn session_store(&self) -> Sessions<'_> {
        let days = u64::from(self.config.policy().device_days);
        Sessions::new(&self.accounts, &self.rows, days.saturating_mul(86_400))
    }

    /// Remembers that a credential of the host came of this proof, or of this sign-in that needed none. Only a keyed
    /// hash of it is kept.
    ///
    /// # Errors
    /// [`Denied::ChallengeClosed`]: the account has changed since, the user has to sign in again;
    /// [`Denied::Throttled`]: fifty sessions of proofs leave no room for one of a password;
    /// [`Error::Invalid`] for what is no finished sign-in; [`Error::Unavailable`]
    pub fn admit_session(
        &self,
        now: UnixTime,
        came_of: CameOf<'_>,
        credential: &[u8],
        client: &Client,
    ) -> Result<Session, Error> {
        let credential = minted("credential", credential)?;
        let (user, by, epoch) = match came_of {
            CameOf::Verified(proof) if proof.purpose == Purpose::Login => {
                (&proof.user, SignedInBy::Proof(proof.method), proof.epoch)
            }
            CameOf::Login(login) if login.state == LoginState::Allowed => {
                (&login.user, SignedInBy::Password, login.epoch)
            }
            CameOf::Login(login) if login.state == LoginState::TrustedDevice => {
                (&login.user, login.signed_in_by, login.epoch)
            }
            CameOf::Verified(_) => {
                return Err(Error::invalid(
                    "cameOf",
                    "must be a proof for Purpose::Login",
                ));
            }
            CameOf::Login(_) => {
                return Err(Error::invalid(
                    "cameOf",
                    "must be a proof, or a login that is LoginState::Allowed or TrustedDevice",
                ));
            }
        };
        let sign_in = SignIn {
            by,
            epoch,
            masked_address: masked_address(self.address(client)),
            device: Device::of(client.user_agent()),
        };
        let admitted = self
            .session_store()
            .admit(now, user, &sign_in, &credential)?;
        admitted.map_err(|why| {
            Error::Denied(match why {
                NotAdmitted::Superseded => Denied::ChallengeClosed,
                NotAdmitted::NoRoom => Denied::Throttled {
                    retry_after: NO_ROOM_SECONDS,
                },
            })
        })
    }

    /// Ends the sessions that came of a password alone.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    #[cfg(feature = "premium")]
    pub(super) fn end_unproven_sessions(&self, now: UnixTime, user: &UserId) -> Result<(), Error> {
        Ok(self.session_store().end_unproven(now, user)?)
    }

    /// Whether a credential is of a session of this user that counts. One read.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when that cannot be known.
    pub fn session_counts(
        &self,
        now: UnixTime,
        user: &UserId,
        credential: &[u8],
    ) -> Result<bool, Error> {
        let Some(credential) = Credential::new(credential) else {
            return Ok(false);
        };
        Ok(self.session_store().counts(now, user, &credential)?)
    }

    /// What the host minted during a request of a session belongs to it from now on: ends with it, and is no session
    /// of its own. After a change of factors, which ends all sessions, the one that it was made in goes on with the
    /// new credential alone.
    ///
    /// # Errors
    /// [`Denied::ChallengeClosed`] when the session is over; [`Denied::StepUpRequired`] when the grant is not good;
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn adopt_session(
        &self,
        now: UnixTime,
        user: &UserId,
        child: &[u8],
        parent: &[u8],
        continued: Continued<'_>,
    ) -> Result<(), Error> {
        let child = minted("child", child)?;
        let parent = Credential::new(parent).ok_or(Denied::ChallengeClosed)?;
        let store = self.session_store();
        let goes_on = match continued {
            Continued::AsItWas => store.adopt(now, user, &child, &parent)?,
            Continued::Enrolled(enrolled) => {
                if enrolled.user != *user {
                    return Err(Error::invalid("enrolled", "must be of that user"));
                }
                let proof = ChangeProof::Enrolled {
                    method: enrolled.method,
                    epoch: enrolled.epoch,
                };
                store.carry(now, user, &child, &parent, proof)?
            }
            Continued::Grant(grant) => {
                let (ring, site) = (self.accounts.ring(), self.accounts.site());
                let grant =
                    token::open_grant(ring, site, user, grant).ok_or(Denied::StepUpRequired)?;
                store.carry(now, user, &child, &parent, ChangeProof::Grant(&grant))?
            }
        };
        goes_on.then_some(()).ok_or(Denied::ChallengeClosed.into())
    }

    /// Ends the session of a credential, if there is one: its user signs out.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn sign_out(&self, now: UnixTime, user: &UserId, credential: &[u8]) -> Result<(), Error> {
        let Some(credential) = Credential::new(credential) else {
            return Ok(());
        };
        Ok(self.session_store().end_of(now, user, &credential)?)
    }

    /// Ends one session of a user, if there is one of that name, and the device that it came of, or the password alone would
    /// begin the next.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`] and [`Denied::TooRecent`] when the user has a factor and whoever does it may not act
    /// on it; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn end_session(
        &self,
        now: UnixTime,
        user: &UserId,
        session: &str,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        named(operator.by(), "-")?;
        let id = SessionId::parse(session)
            .ok_or_else(|| Error::invalid("sessionId", "must be an id of TwoFactor\\Session"))?;
        let device = self.session_store().device_of(user, id)?;
        let end = |account: &mut Account, now| {
            if let Some(device) = device {
                self.end_device(account, device, now);
            }
        };
        self.note_end(now, user, EventKind::SessionEnded, operator, "-", end)?;
        Ok(self.session_store().end(now, user, id)?)
    }

    /// Ends all sessions of a user, but that of a credential, and all devices, also the one that this session came of:
    /// nobody can tell whether there is a copy of it. That session goes on without. Factors stay as they are.
    ///
    /// # Errors
    /// As [`Verifier::end_session`].
    pub fn end_sessions(
        &self,
        now: UnixTime,
        user: &UserId,
        except: Option<&[u8]>,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let kept = except.and_then(Credential::new);
        let store = self.session_store();
        // What was over stays so.
        let goes_on = match &kept {
            Some(kept) => store.stands(now, user, kept)?,
            None => false,
        };
        let ended = Cell::new(None);
        let end = |account: &mut Account, _| {
            account.end_devices();
            ended.set(Some(account.devices_ended()));
        };
        self.note_end(now, user, EventKind::SessionsEnded, operator, reason, end)?;
        let ended = ended.get().filter(|_| goes_on);
        Ok(store.end_all_but(now, user, kept.as_ref(), ended)?)
    }

    /// Ends all sessions and devices of everybody, those of whoever does it among them. Factors stay as they are.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn end_all_sessions(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let authority = self.authority_over_all(now, operator)?;
        let source = self.source_if(operator.client());
        let event = Event::new(EventKind::SessionsEnded, Requester::Operator)
            .by(operator.by(), reason)
            .authority(Some(authority));
        self.note_for_providers(now, &source, &event)?;
        self.session_store().end_everybodys(now)?;
        self.end_everybodys_proofs(now)
    }

    /// Those that are left behind by sessions, and devices, which would begin others. Whoever's account cannot be read has none that counts.
    fn end_everybodys_proofs(&self, now: UnixTime) -> Result<(), Error> {
        self.for_each_account(now, |user, account| {
            if account.has_proofs(now) || !account.devices().is_empty() {
                let end = |account: &mut Account, _: &mut RuleContext<'_>| {
                    account.end_proofs(None);
                    account.end_devices();
                    Ok(())
                };
                self.accounts
                    .change_to_end(user, now, &Source::default(), end)??;
            }
            Ok(())
        })
    }

    /// The sessions of a user that count, the one that was used last first; that of the credential says so.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn sessions(
        &self,
        now: UnixTime,
        user: &UserId,
        current: Option<&[u8]>,
    ) -> Result<Vec<Session>, Error> {
        let current = current.and_then(Credential::new);
        Ok(self.session_store().list(now, user, current.as_ref())?)
    }

    /// Whoever may end sessions of a user is in the audit before any is ended; what of them the account has is ended in
    /// the same change, by `rule`. Of a user who has no account nothing is written, and there is no factor that would
    /// have to be protected.
    pub(super) fn note_end(
        &self,
        now: UnixTime,
        user: &UserId,
        kind: EventKind,
        operator: &Operator<'_>,
        reason: &str,
        rule: impl Fn(&mut Account, UnixTime),
    ) -> Result<(), Error> {
        let authority = self.authority(now, operator, Some(user))?;
        if self.has_no_account(user, now)? {
            return Ok(());
        }
        let is_owner = operator.by() == user.as_str()
            && !matches!(authority, Ok(Authority::Server | Authority::Emergency));
        let kept = operator.own_grant(self, user);
        let by = if is_owner {
            EndedBy::Owner
        } else {
            EndedBy::Operator {
                by: operator.by(),
                why: reason,
            }
        };
        let source = self.source_if(operator.client());
        Ok(self
            .accounts
            .change_to_end(user, now, &source, |account, context| {
                account.note_end(kind, authority, by, kept.as_ref(), context)?;
                rule(account, context.now);
                Ok(())
            })??)
    }
}
