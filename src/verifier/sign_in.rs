//! Signing in and stepping up: a challenge is opened, a proof spends it.

use zeroize::Zeroizing;

use super::{Client, Error, Login, LoginState, User, Verified, Verifier, token};
use crate::account::{ChallengeId, Denied, GrantId, Marker};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::terms::{Method, Purpose};

impl Verifier {
    /// After the password was right: whether a second factor is due, and the challenge if so.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: an account that cannot be read is no account without a factor.
    pub fn begin_login(&self, now: UnixTime, user: &User, client: &Client) -> Result<Login, Error> {
        match self.open_challenge(now, user, Purpose::Login, client)? {
            Some(login) => Ok(login),
            None => Ok(Login {
                state: LoginState::Allowed,
                challenge: Zeroizing::default(),
                methods: Vec::new(),
            }),
        }
    }

    /// Opens a challenge for another purpose.
    ///
    /// # Errors
    /// [`Denied::Rejected`] when there is nothing that could be proven; [`Error::Invalid`] for a
    /// purpose that has a way of its own; [`Error::Unavailable`].
    pub fn begin_challenge(
        &self,
        now: UnixTime,
        user: &User,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Login, Error> {
        if purpose != Purpose::StepUp {
            return Err(Error::invalid(
                "purpose",
                "must be TwoFactor\\Purpose::StepUp",
            ));
        }
        self.open_challenge(now, user, purpose, client)?
            .ok_or(Error::Denied(Denied::Rejected))
    }

    /// `None` when the account has no factor; then nothing is written.
    fn open_challenge(
        &self,
        now: UnixTime,
        user: &User,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Option<Login>, Error> {
        // Most users of most sites have no factor: they cost a read.
        if !self
            .accounts
            .read(&user.id)?
            .is_some_and(|account| account.is_enrolled())
        {
            return Ok(None);
        }
        let marker = Marker {
            user: user.id.clone(),
            purpose,
            id: ChallengeId::draw(&mut OsEntropy)?,
        };
        let challenge = token::seal_marker(self.accounts.ring(), self.accounts.site(), &marker)?;
        let ip = client.ip.to_string();
        let methods = self
            .accounts
            .change(&user.id, now, Some(&ip), |account, journal| {
                Ok(account
                    .is_enrolled()
                    .then(|| account.open_challenge(marker.id, purpose, now, journal)))
            })??;
        Ok(methods.map(|methods| Login {
            state: LoginState::ChallengeRequired,
            challenge,
            methods,
        }))
    }

    /// Returns only if the proof was accepted, and then exactly once.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Unavailable`]
    pub fn verify(
        &self,
        now: UnixTime,
        challenge: &str,
        method: Method,
        proof: &str,
        client: &Client,
    ) -> Result<Verified, Error> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        // Not ours: no account is touched, so no counter moves.
        let marker = token::open_marker(ring, site, challenge).ok_or(Denied::ChallengeClosed)?;
        let grant = match marker.purpose {
            Purpose::StepUp => Some(GrantId::draw(&mut OsEntropy)?),
            _ => None,
        };
        let ip = client.ip.to_string();
        let policy = self.config.policy();
        let accepted =
            self.accounts
                .change(&marker.user, now, Some(&ip), |account, journal| {
                    account.verify(&marker, method, proof, grant, now, policy, journal)
                })??;
        let grant = match grant.filter(|_| accepted.granted) {
            Some(grant) => token::seal_grant(ring, site, &marker.user, &grant)?,
            None => Zeroizing::default(),
        };
        Ok(Verified {
            user: marker.user,
            method,
            purpose: accepted.purpose,
            grant,
            epoch: accepted.epoch,
            backup_codes_left: accepted.backup_codes_left,
        })
    }
}
