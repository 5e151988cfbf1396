//! What a token says, and what a site judges it by.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::genuine::Genuine;
use crate::clock::UnixTime;
use crate::sms::SettingError;
use crate::sms::gateway::{LONGEST_VALIDITY, PinnedKey, TokenError, domain_of};
use crate::types::LicenceKey;

/// Seconds that a clock may have been set back: as much as a summer time that was taken for the time.
pub const SET_BACK: u64 = 3_600;

/// Most bytes of a site's address.
const LONGEST_SITE: usize = 300;

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
    genuine: Arc<Genuine>,
    keys: Arc<[PinnedKey]>,
    site: String,
    domain: String,
    grace_days: u32,
    key: LicenceKey,
    /// Names the licence key, without giving it away.
    fingerprint: [u8; 8],
}

impl Terms {
    /// Reads `licence_public_keys`, `site_url`, `premium_grace_days` and `licence_key`: settings, or what was entered in
    /// the place of the second and the last.
    ///
    /// # Errors
    /// What is wrong with the first two, for operators.
    pub fn read(
        public_keys: &str,
        site_url: &str,
        grace_days: u32,
        key: &LicenceKey,
    ) -> Result<Self, SettingError> {
        Self::read_knowing(&Arc::default(), public_keys, site_url, grace_days, key)
    }

    /// The same, by what this process knows already.
    ///
    /// # Errors
    /// As [`Terms::read`]
    pub fn read_knowing(
        genuine: &Arc<Genuine>,
        public_keys: &str,
        site_url: &str,
        grace_days: u32,
        key: &LicenceKey,
    ) -> Result<Self, SettingError> {
        let keys = genuine.keys(public_keys)?;
        if site_url.is_empty() {
            let nobody = "nobody has said for which site: enter its address with the licence key, or set site_url";
            return Err(nobody.into());
        }
        if site_url.len() > LONGEST_SITE {
            return Err("the site's address is too long".into());
        }
        Ok(Self {
            genuine: Arc::clone(genuine),
            keys,
            site: site_url.to_owned(),
            domain: domain_of(site_url)?,
            grace_days,
            key: key.clone(),
            fingerprint: {
                let digest = Sha256::digest(key.reveal().as_bytes());
                digest.first_chunk().copied().unwrap_or_default()
            },
        })
    }

    /// The pinned keys.
    #[must_use]
    pub fn keys(&self) -> &[PinnedKey] {
        &self.keys
    }

    /// The licence key.
    #[must_use]
    pub const fn key(&self) -> &LicenceKey {
        &self.key
    }

    /// The site's address.
    #[must_use]
    pub fn site(&self) -> &str {
        &self.site
    }

    /// What a licence names of it: its host, without `www.`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether that is an address of the same site.
    pub(super) fn is_for(&self, site: &str) -> bool {
        domain_of(site).is_ok_and(|domain| domain == self.domain)
    }

    /// Whether an answer for the one is one for the other: the same licence key, for the same site.
    #[must_use]
    pub fn asks_the_same_as(&self, other: &Self) -> bool {
        self.key == other.key && self.domain == other.domain
    }

    pub(super) const fn fingerprint(&self) -> [u8; 8] {
        self.fingerprint
    }

    /// What a token says, if it is one for this site and for a premium plan, of whatever time.
    ///
    /// # Errors
    /// [`Unlicensed`]
    pub(super) fn open(&self, token: &str) -> Result<Licence, Unlicensed> {
        let token = self.genuine.open(token, &self.keys, &self.domain)?;
        let plan = Plan::of(&token.kind).ok_or(Unlicensed::Plan)?;
        let life = token.issued.until(token.expires);
        if life == 0 || life > LONGEST_VALIDITY || token.begins.until(token.expires) == 0 {
            return Err(TokenError::Time.into());
        }
        let grace = u64::from(self.grace_days).saturating_mul(DAY);
        Ok(Licence {
            id: token.id.clone(),
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

impl Unlicensed {
    /// A stable word for it.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Refused { .. } => "refused",
            Self::Token(_) => "token",
            Self::Plan => "plan",
            Self::NotYet => "not-yet",
            Self::Expired => "expired",
            Self::ClockSetBack { .. } => "clock",
            Self::RolledBack => "rolled-back",
            Self::Older => "older",
        }
    }
}
