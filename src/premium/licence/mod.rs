//! The licence: a token of the gateway's, judged here without asking anybody.
//!
//! ```text
//!            begins                issued + life/2            expires          expires + grace
//!   NotYet ────┼──────── Valid ───────────┼───── Valid ──────────┼──── Grace ────────┼──── Expired
//!              │                          └ a renewal is due     │                   │
//!              └──────── the gateway has said no: Refused, at once, until it says yes ────▶
//! ```
//!
//! The token (`TFL1.…`, see [`crate::sms::gateway`]) is good for a day at most, so that a licence that was ended
//! somewhere else ends here. Where the gateway gives no answer the licence goes on for some days after that
//! (`premium_grace_days`): what it is for must not stop with somebody else's outage. An answer that says no leaves
//! no such time.
//!
//! **Clocks.** What is kept beside the token ([`Kept`]) has the latest time that anybody saw while they used it. A
//! clock that was set back behind it, by more than [`SET_BACK`], makes no licence; within that, the latest time is what
//! counts. The gateway's own time, in an answer that it signed for a nonce of ours, mends what a clock that was ahead
//! has left there. A clock that stands still cannot be told from one that goes; codes of apps are refused under it.
//!
//! **Older copies.** The row is sealed for its site and place, so no other token can be put into it, but whoever can
//! write to the database can put back an older row as a whole. What they gain ends with that older token's time and
//! grace; that a later refusal is forgotten with it is seen by every process that has seen it ([`Remembered`]), and by
//! nobody else.

mod kept;

use std::fmt;

pub use kept::{Kept, KeptKey, KeptRow, Remembered, Unreadable};

use crate::clock::UnixTime;
use crate::sms::SettingError;
use crate::sms::gateway::{LONGEST_VALIDITY, LicenceToken, PinnedKey, SKEW, TokenError, domain_of};
use crate::types::LicenceKey;

/// The product, as licences name it. That of codes by SMS is another one.
pub const MODULE: &str = "TwoFactorPro";

/// Seconds that a clock may have been set back: as much as a summer time that was taken for the time.
pub const SET_BACK: u64 = 3_600;

const DAY: u64 = 86_400;

macro_rules! plans {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What was bought. A licence of any other kind, such as one for `credits`, is none for what is premium.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Plan {
            $($(#[$doc])* $name,)*
        }

        impl Plan {
            /// Every plan there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As the token has it (`typ`).
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

plans! {
    /// Everything, for one site.
    Pro = "pro";
}

impl Plan {
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == word)
    }
}

/// What a site says of its licence, and what it is judged by. Redacts itself.
#[derive(Clone)]
pub struct Terms {
    keys: Vec<PinnedKey>,
    domain: String,
    grace_days: u32,
    fingerprint: [u8; 8],
}

impl Terms {
    /// Reads the settings `licence_public_keys`, `site_url`, `premium_grace_days` and `licence_key`.
    ///
    /// # Errors
    /// What is wrong with the first two, for operators.
    pub fn read(
        public_keys: &str,
        site_url: &str,
        grace_days: u32,
        key: &LicenceKey,
    ) -> Result<Self, SettingError> {
        Ok(Self {
            keys: PinnedKey::parse_all(public_keys)?,
            domain: domain_of(site_url)?,
            grace_days,
            fingerprint: kept::fingerprint(key),
        })
    }

    /// The pinned keys.
    #[must_use]
    pub fn keys(&self) -> &[PinnedKey] {
        &self.keys
    }

    /// What a token says, if it is one for this site and for a premium plan, of whatever time.
    ///
    /// # Errors
    /// [`Unlicensed`]
    fn open(&self, token: &str) -> Result<Licence, Unlicensed> {
        let token = LicenceToken::open(token, &self.keys, &self.domain, MODULE)?;
        let plan = Plan::of(&token.kind).ok_or(Unlicensed::Plan)?;
        let life = token.issued.until(token.expires);
        if life == 0 || life > LONGEST_VALIDITY || token.begins.until(token.expires) == 0 {
            return Err(TokenError::Time.into());
        }
        let grace = u64::from(self.grace_days).saturating_mul(DAY);
        Ok(Licence {
            id: token.id,
            plan,
            domain: self.domain.clone(),
            issued: token.issued,
            begins: token.begins,
            expires: token.expires,
            grace_until: token.expires.plus(grace),
        })
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("domain", &self.domain)
            .field("grace_days", &self.grace_days)
            .finish_non_exhaustive()
    }
}

/// What a genuine token for this site and for a premium plan says. That there is one is no proof that it is good now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// The licence's name at the gateway; not its key.
    pub id: String,
    /// What was bought.
    pub plan: Plan,
    /// For which site: the host, without `www.`.
    pub domain: String,
    /// When the token was made.
    pub issued: UnixTime,
    /// Not good before.
    pub begins: UnixTime,
    /// Not good from then on, but for the grace.
    pub expires: UnixTime,
    /// Not good from then on.
    pub grace_until: UnixTime,
}

impl Licence {
    /// From when the next token is asked for: half of this one's life.
    #[must_use]
    pub fn renew_from(&self) -> UnixTime {
        self.issued.plus(self.issued.until(self.expires) / 2)
    }
}

/// How well a licence stands that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its time is not over.
    Valid,
    /// Its time is over, and nobody could be asked for the next token.
    Grace,
}

/// The proof that what is premium may be used now: [`judge`] alone makes one. It is not kept beyond a request.
#[derive(Debug)]
pub struct Premium {
    licence: Licence,
    standing: Standing,
}

impl Premium {
    /// What the licence says.
    #[must_use]
    pub const fn licence(&self) -> &Licence {
        &self.licence
    }

    /// How well it stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }
}

/// Why there is no licence. For operators; holds no key and no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unlicensed {
    /// The gateway was not asked yet for this licence key, or has not answered.
    #[error("no licence has come yet for this licence key: renew it")]
    Missing,
    /// The gateway says that there is none.
    #[error("the gateway refuses the licence: {why}")]
    Refused {
        /// In our words, with its code.
        why: String,
        /// When it did.
        at: UnixTime,
    },
    /// The token is none, or none for this site.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It is for something else.
    #[error(
        "the licence is for something else than what is premium: buy a plan, or correct the licence key"
    )]
    Plan,
    /// Not good yet.
    #[error("the licence is not good yet; check this machine's clock")]
    NotYet,
    /// Time and grace are over.
    #[error("the licence has ended, and the days of grace as well: renew it")]
    Expired,
    /// Earlier than the latest time it was used at.
    #[error(
        "the clock is {seconds} s behind the time at which this licence was used last: correct the clock, then renew \
         the licence"
    )]
    ClockSetBack {
        /// By how much.
        seconds: u64,
    },
    /// An older row than this process has seen.
    #[error("an older licence was put back into the store: renew it")]
    RolledBack,
    /// The gateway gave an older token than the one that is kept.
    #[error("the gateway gave an older licence than the one there is")]
    Older,
}

/// Whether a licence is good now. `remembered` is what this process saw before.
///
/// # Errors
/// [`Unlicensed`]
pub fn judge(
    kept: Option<&Kept>,
    terms: &Terms,
    remembered: Remembered,
    now: UnixTime,
) -> Result<Premium, Unlicensed> {
    let kept = kept
        .filter(|kept| kept.is_of(terms))
        .ok_or(Unlicensed::Missing)?;
    if kept.is_older_than(remembered) && !kept.is_blank() {
        return Err(Unlicensed::RolledBack);
    }
    if let Some((why, at)) = kept.refusal() {
        let why = why.to_owned();
        return Err(Unlicensed::Refused { why, at });
    }
    let licence = kept.licence(terms)?;
    let behind = now.until(kept.latest());
    if behind > SET_BACK {
        return Err(Unlicensed::ClockSetBack { seconds: behind });
    }
    let now = now.max(kept.latest());
    let soon = now.plus(SKEW);
    if licence.begins > soon || licence.issued > soon {
        return Err(Unlicensed::NotYet);
    }
    let standing = if now < licence.expires {
        Standing::Valid
    } else if now < licence.grace_until {
        Standing::Grace
    } else {
        return Err(Unlicensed::Expired);
    };
    Ok(Premium { licence, standing })
}

#[cfg(test)]
mod tests;
