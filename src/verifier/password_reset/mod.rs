//! A password is set anew by a code that was sent to the user's telephone.
//!
//! ```text
//!   name given ─▶ begin ─▶ token ─▶ send ─▶ (code, if there is anybody) ─▶ verify ─▶ proof ─▶ complete
//! ```
//!
//! Whoever asks knows no password, so nothing that is told depends on whether there is such a user, whether they have a
//! telephone, or what became of either:
//!
//! - A token is had for everybody, of one length. For nobody it holds nothing, and is refused as a wrong code is.
//! - What is told comes of the token and of what was tried with it, which is counted in a row of its own, the same way
//!   for both: not of the account, whose locks, closed challenges and faults all look like a wrong code.
//! - What the address takes from its budgets is taken first and alone, and never given back: so how much is left of
//!   them tells nothing. What only a telephone takes from (country, site, provider) tells of no single user: one may
//!   have far less of it than resets may.
//! - What went wrong is told to the operator.
//!
//! For how long each call is to last, so that its time tells nothing, is said here too ([`Step`]); whoever has somebody
//! waiting waits for it.

mod attempts;

use std::time::Duration;

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use self::attempts::{Attempts, AttemptsKey, Guess};
use super::named::named;
use super::sign_in::Beside;
use super::token::{AskedReset, ResettableUser};
use super::{Client, Error, User, Verified, Verifier, token};
use crate::account::Denied;
use crate::clock::{SKEW, UnixTime};
use crate::crypto::{OsEntropy, random};
use crate::delivery::budget::Use;
use crate::shared::Keep;
use crate::types::{Network, UserId};

/// For how long codes may be asked for and typed, in seconds.
pub const RESET_SECONDS: u64 = 1_800;

/// Takes what only the operator is told.
type TellOperator<'a> = &'a dyn Fn(&str);

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A reset is begun.
    Begin,
    /// A code is sent.
    Send,
    /// A code is checked.
    Verify,
}

/// What looking up, opening a challenge and checking a code of ours take at most on a busy server.
const OURS: Duration = Duration::from_millis(300);
/// The same, where a provider is asked while somebody waits; a slower answer than this tells.
const ASKING: Duration = Duration::from_secs(2);

impl Step {
    /// How long it still has to last. It counts from `began`, how long ago whoever serves the request began with it, so
    /// that looking the user up is covered; unless that is longer ago than the whole may take: then it was not for this,
    /// and the call counts alone, `called` ago.
    #[must_use]
    pub fn rest(self, asks: bool, began: Duration, called: Duration) -> Duration {
        let whole = match self {
            Self::Send => ASKING,
            Self::Verify if asks => ASKING,
            Self::Begin | Self::Verify => OURS,
        };
        let gone = if began < whole { began } else { called };
        whole.saturating_sub(gone)
    }
}

impl Verifier {
    /// Begins a reset of a password: a token, for somebody (`user`) as for nobody.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: nobody is served now.
    pub fn begin_password_reset(
        &self,
        now: UnixTime,
        user: Option<&User>,
        client: &Client,
        operator: TellOperator<'_>,
    ) -> Result<Zeroizing<String>, Error> {
        let ip = self.address(client);
        let granted = self.sender().ledger().spend_for_asking_from(now, ip)?;
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let (id, found) = if granted.is_ok() {
            let id: [u8; 16] = random::bytes(&mut OsEntropy)?;
            let login = user.map(|user| self.begin_reset(now, user, client));
            let found = told(login, operator).and_then(|login| {
                let method = *login.methods.first()?;
                let (token, locale) = token::open_challenge(ring, site, &login.challenge)?;
                Some(ResettableUser::new(&token, method, &locale))
            });
            (HEXLOWER.encode(&id), found)
        } else {
            // One row for all that an address asks for in vain.
            let network = Network::of(ip).to_string();
            let names = self.rows.hashed(&[b"reset", network.as_bytes()]);
            (names.into_iter().next().unwrap_or_default(), None)
        };
        let asked = AskedReset { id, at: now, found };
        Ok(token::seal_reset(ring, site, &asked)?)
    }

    /// Sends a code for a reset, if there is anybody to send it to and a code may be sent.
    ///
    /// # Errors
    /// [`Denied::ChallengeClosed`]: the token is not ours, too old or used up; [`Error::Unavailable`]: nobody is served
    /// now.
    pub fn send_password_reset_code(
        &self,
        now: UnixTime,
        reset: &str,
        client: &Client,
        operator: TellOperator<'_>,
    ) -> Result<(), Error> {
        let asked = self.asked_reset(now, reset)?;
        let wait = self.config.send_limits().cooldown_seconds.into();
        let (is_over, may_send) = self.try_reset(now, &asked, |attempts| {
            (attempts.is_over(), attempts.ask_for_code(now, wait))
        })?;
        if is_over {
            return Err(Denied::ChallengeClosed.into());
        }
        if !may_send {
            return Ok(());
        }
        let ledger = self.sender().ledger();
        let granted = ledger.spend_for_network(now, self.address(client), Use::Reset)?;
        // For nobody as for somebody.
        let is_granted = granted.is_ok() && self.may_send_reset(now, client)?;
        let found = asked.found.as_ref().filter(|_| is_granted);
        let sent = found.and_then(|found| {
            let token = found.challenge()?;
            Some(self.send_for(now, &token, &found.locale, found.method, client, None))
        });
        told(sent, operator);
        Ok(())
    }

    /// Checks a code of a reset. What it returns sets the password anew: [`Verifier::complete_password_reset`].
    ///
    /// # Errors
    /// [`Denied::Rejected`] for every code that is not right, whatever the reason;
    /// [`Denied::ChallengeClosed`] in its place with the last that may be tried, and as
    /// [`Verifier::send_password_reset_code`].
    pub fn verify_password_reset(
        &self,
        now: UnixTime,
        reset: &str,
        code: &str,
        client: &Client,
        operator: TellOperator<'_>,
    ) -> Result<Verified, Error> {
        let asked = self.asked_reset(now, reset)?;
        let guess = self.try_reset(now, &asked, Attempts::guess)?;
        if guess == Guess::Over {
            return Err(Denied::ChallengeClosed.into());
        }
        let verified = asked.found.as_ref().and_then(|found| {
            let token = found.challenge()?;
            Some(self.prove(now, token, found.method, code, client, Beside::Nothing))
        });
        told(verified, operator).ok_or(match guess {
            Guess::Look => Denied::Rejected.into(),
            Guess::LookLast | Guess::Over => Denied::ChallengeClosed.into(),
        })
    }

    /// The password is about to be set anew: spends the proof, once, and raises the epoch. Returns the new epoch.
    ///
    /// # Errors
    /// [`Denied::ChallengeClosed`]: the proof does not count, or no more; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn complete_password_reset(
        &self,
        now: UnixTime,
        user: &UserId,
        proof: &str,
        by: &str,
        reason: &str,
        client: &Client,
    ) -> Result<u64, Error> {
        named(by, reason)?;
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let proof =
            token::open_reset_proof(ring, site, user, proof).ok_or(Denied::ChallengeClosed)?;
        let source = self.source(client);
        Ok(self
            .accounts
            .change(user, now, &source, |account, context| {
                account.complete_password_reset(&proof, by, reason, context)
            })??)
    }

    /// Whether a provider may be asked while a code of a reset is checked.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn asks_about_password_resets(&self, now: UnixTime) -> Result<bool, Error> {
        self.renew_providers(Some(now))?;
        Ok(self.providers.has_way_of_verification_only())
    }

    /// What a token was made for, while it counts.
    fn asked_reset(&self, now: UnixTime, reset: &str) -> Result<AskedReset, Denied> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        token::open_reset(ring, site, reset)
            .filter(|it| it.at <= now.plus(SKEW) && now < it.at.plus(RESET_SECONDS))
            .ok_or(Denied::ChallengeClosed)
    }

    /// Counts something that was tried.
    fn try_reset<T>(
        &self,
        now: UnixTime,
        asked: &AskedReset,
        rule: impl Fn(&mut Attempts) -> T,
    ) -> Result<T, Error> {
        let keep = Keep::Until(asked.at.plus(RESET_SECONDS));
        let key = AttemptsKey(asked.id.clone());
        Ok(self.rows.update(now, &key, |slot| {
            let mut attempts = slot.take().unwrap_or_default();
            let answer = rule(&mut attempts);
            slot.put(attempts, keep);
            answer
        })?)
    }
}

/// What is there of an answer of which a no is told to nobody, and a fault to the operator.
fn told<T>(answer: Option<Result<T, Error>>, operator: TellOperator<'_>) -> Option<T> {
    match answer? {
        Ok(answer) => Some(answer),
        Err(Error::Denied(_)) => None,
        Err(error) => {
            operator(&error.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_lasts_as_long_whatever_was_done_before_and_in_it() {
        let ms = Duration::from_millis;
        for (step, asks, whole) in [
            (Step::Begin, false, 300),
            (Step::Begin, true, 300),
            (Step::Verify, false, 300),
            (Step::Verify, true, 2_000),
            (Step::Send, false, 2_000),
        ] {
            for (before, call) in [(0, 0), (0, 1), (40, 3), (3, 40), (100, 199)] {
                let rest = step.rest(asks, ms(before + call), ms(call));
                assert_eq!(rest, ms(whole - before - call), "{step:?}");
            }
            assert_eq!(step.rest(asks, ms(9_000), ms(5_000)), ms(0));
            // A client that was made long before says nothing of this request.
            assert_eq!(step.rest(asks, ms(60_000), ms(7)), ms(whole - 7));
        }
    }
}
