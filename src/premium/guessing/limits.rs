//! The ceiling over all methods, and what follows of many failures.

use crate::account::{Account, ChallengeToken, Denied, RuleContext};
use crate::types::{Method, Purpose};

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was wrong.
    Wrong,
    /// A provider is asked about it: until it says yes, it counts as wrong, or many could be asked about at once.
    Asked,
    /// The provider said that it was wrong.
    Judged,
    /// The provider was not reached, so nobody has looked at it.
    NotLookedAt,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Noted {
    /// A wrong answer from where the user never was.
    pub is_guess: bool,
    /// Of a code that somebody could guess: the limits of networks count it.
    pub is_limited: bool,
    /// With it there were so many that the password is held for known to somebody else.
    pub is_suspected: bool,
}

/// How often answers may be wrong. They only ever deny, so no licence is asked for.
#[derive(Debug, Clone, Copy)]
pub struct GuessLimits {
    /// In a day, from one network that is unknown to an account, by whichever methods; 0: as often as each method may.
    most: u32,
    /// In a day, from all such networks, until the password is suspected; 0: it never is.
    after: u32,
}

/// Whether a proof by that method for that purpose is one of those that are counted.
fn is_counted(purpose: Purpose, method: Method) -> bool {
    purpose != Purpose::ResetPassword && method != Method::Passkey
}

/// Whether it is one of those that are limited: backup and recovery codes are too long to guess, and the way back in for
/// whoever has lost everything else, wherever they are.
fn is_limited(purpose: Purpose, method: Method) -> bool {
    is_counted(purpose, method) && !method.is_lookup()
}

impl GuessLimits {
    /// `most` wrong answers a day, account and network, and `after` of them until the password is suspected; 0: no limit.
    #[must_use]
    pub const fn new(most: u32, after: u32) -> Self {
        Self { most, after }
    }

    /// Whether an answer is looked at. `wait`: seconds until its address and subnet may be wrong again.
    ///
    /// # Errors
    /// [`Denied::LockedOut`], without having looked at anything.
    pub fn admit(
        &self,
        account: &Account,
        token: &ChallengeToken,
        method: Method,
        wait: u64,
        context: &RuleContext<'_>,
    ) -> Result<(), Denied> {
        let is_for = is_limited(token.purpose, method) && account.has_open(token, context);
        if !is_for || account.is_usual(context) {
            return Ok(());
        }
        let own = match self.most {
            0 => 0,
            most => account.guess_wait(most, context),
        };
        match own.max(wait) {
            0 => Ok(()),
            retry_after => Err(Denied::LockedOut {
                retry_after,
                disabled: false,
            }),
        }
    }

    /// Counts what became of an answer that was admitted. What was right needs no word: it has made its network known, and
    /// what came from there is forgiven.
    pub fn note(
        &self,
        account: &mut Account,
        token: &ChallengeToken,
        method: Method,
        answer: Answer,
        context: &mut RuleContext<'_>,
    ) -> Noted {
        if !is_counted(token.purpose, method) || account.is_usual(context) {
            return Noted::default();
        }
        let is_limited = is_limited(token.purpose, method);
        // Without a ceiling, too, it is kept from where it came: see `suspect_after`.
        let most = match self.most {
            0 => self.after,
            most => most,
        };
        if matches!(answer, Answer::Wrong | Answer::Asked) && is_limited && most > 0 {
            account.count_guess(most, context);
        }
        match answer {
            Answer::Wrong | Answer::Judged => Noted {
                is_guess: true,
                is_limited,
                is_suspected: self.after > 0
                    && account.suspect_after(self.after, token, method, context),
            },
            Answer::Asked => Noted::default(),
            Answer::NotLookedAt => {
                account.take_back_guess(context);
                Noted::default()
            }
        }
    }
}
