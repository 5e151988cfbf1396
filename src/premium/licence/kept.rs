//! What is kept of a licence, and how it changes.
//!
//! ```text
//! row "licence" = sealed (crypto::seal, domain "licence"), bound to the site and to the version of the row; as postcard
//!                 writes it: { format 1, key, answers, token with its domain, latest, asked,
//!                              refusals: domain, why and when, silence: why and when, entered: licence key and site }
//! ```
//!
//! `key` is a fingerprint of the licence key it came for: with another key nothing of it counts. `answers` rises with
//! every answer of the gateway's, and is at least the time of it, so that it rises over a row that was lost, too.
//! `entered` is what a person has entered, where no setting says it: the licence key, and the address of the site that it
//! is for. Nothing of either is ever taken from a request, which can name any host.
//!
//! The gateway answers for one domain. Its no is kept for that one, and says nothing of a token for another; of one domain
//! beside the token's it is kept so that it is shown, and so that asking for another does not take back a no to the token.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::terms::{Licence, SET_BACK, Terms, Unlicensed};
use crate::clock::UnixTime;
use crate::crypto::{Domain, OpenError};
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::sms::gateway::{GatewayError, TokenError};
use crate::types::LicenceKey;

const FORMAT: u8 = 1;

/// Seconds between two questions to the gateway that nobody insists on.
const INTERVAL: u64 = 3_600;
/// Seconds between two questions, whoever insists.
const SHORTEST_INTERVAL: u64 = 60;
/// Seconds after which it is worth a write that somebody has seen a later time.
const NOTICED: u64 = 3_600;
/// Longest reason that is kept, in characters.
const LONGEST_WHY: usize = 200;
/// More than what is kept has bytes: a token, three reasons and domains, a key, an address.
const LONGEST: usize = 8_192;

/// What is kept of a licence. Redacts itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    format: u8,
    key: [u8; 8],
    answers: u64,
    token: Option<Granted>,
    latest: UnixTime,
    asked: Option<UnixTime>,
    refusals: Vec<Refusal>,
    silence: Option<(String, UnixTime)>,
    entered: Option<Entered>,
}

/// A token, and the domain that it was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Granted {
    domain: String,
    token: String,
}

/// A no of the gateway's, to one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Refusal {
    domain: String,
    why: String,
    at: UnixTime,
}

/// What a person has entered. Redacts itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    #[serde(with = "key")]
    key: LicenceKey,
    site: String,
}

impl Entered {
    /// The licence key.
    #[must_use]
    pub const fn key(&self) -> &LicenceKey {
        &self.key
    }

    /// The address of the site that it is for.
    #[must_use]
    pub fn site(&self) -> &str {
        &self.site
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// How a key is written: as its text.
mod key {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use zeroize::Zeroizing;

    use crate::types::LicenceKey;

    pub(super) fn serialize<S: Serializer>(key: &LicenceKey, to: S) -> Result<S::Ok, S::Error> {
        key.reveal().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<LicenceKey, D::Error> {
        let text = String::deserialize(from)?;
        Ok(LicenceKey::new(Zeroizing::new(text)))
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("answers", &self.answers)
            .field("latest", &self.latest)
            .field("refusals", &self.refusals)
            .field("silence", &self.silence)
            .finish_non_exhaustive()
    }
}

/// What a process has seen of the row: no older one counts for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remembered {
    answers: u64,
    latest: UnixTime,
}

impl Remembered {
    /// Nothing.
    pub const NOTHING: Self = Self {
        answers: 0,
        latest: UnixTime::START,
    };
}

impl Kept {
    /// Of a licence key that nobody has asked about.
    #[must_use]
    pub fn nothing(terms: &Terms, now: UnixTime) -> Self {
        Self {
            format: FORMAT,
            key: terms.fingerprint(),
            answers: 0,
            token: None,
            latest: now,
            asked: None,
            refusals: Vec::new(),
            silence: None,
            entered: None,
        }
    }

    /// The same in the place of a row that was lost: what a process remembers of it, no later answer falls behind.
    #[must_use]
    pub fn after(self, remembered: Remembered) -> Self {
        let answers = self.answers.max(remembered.answers);
        Self { answers, ..self }
    }

    /// The same for these terms: of another licence key nothing is kept but what no answer may fall behind, and the one
    /// that a person has entered.
    #[must_use]
    pub fn for_terms(self, terms: &Terms) -> Self {
        if self.is_of(terms) {
            return self;
        }
        Self {
            answers: self.answers,
            entered: self.entered,
            ..Self::nothing(terms, self.latest)
        }
    }

    /// What a person has entered.
    #[must_use]
    pub const fn entered(&self) -> Option<&Entered> {
        self.entered.as_ref()
    }

    /// Whether a person has entered the licence key and the site of these terms.
    #[must_use]
    pub fn has_entered(&self, terms: &Terms) -> bool {
        (self.entered.as_ref())
            .is_some_and(|entered| entered.key == *terms.key() && terms.is_for(&entered.site))
    }

    /// A person has entered the licence key and the site of these terms, for which the gateway has answered this. `None`
    /// where what was kept stays: the gateway says no to another key or site than before, or nothing while `is_good` is
    /// said of those.
    ///
    /// # Errors
    /// [`Unlicensed`]: why the key makes no licence now.
    pub fn enter(
        self,
        answer: Result<&str, &GatewayError>,
        terms: &Terms,
        is_good: bool,
        now: UnixTime,
    ) -> (Option<Self>, Result<(), Unlicensed>) {
        let is_same = self.has_entered(terms);
        let mut kept = Self {
            asked: Some(now),
            entered: Some(Entered {
                key: terms.key().clone(),
                site: terms.site().to_owned(),
            }),
            ..self.for_terms(terms)
        };
        let heard = kept.heard(answer, terms, now);
        let refusal = kept.refusal(terms).map(|(why, at)| Unlicensed::Refused {
            why: why.to_owned(),
            at,
        });
        let has_none = !kept.has_token_for(terms);
        let stays = !is_same && (refusal.is_some() || has_none && is_good);
        let outcome = match (heard, refusal, &kept.silence) {
            (Err(why), ..) | (Ok(()), Some(why), _) => Err(why),
            (Ok(()), None, Some(_)) if has_none => Err(Unlicensed::Missing),
            (Ok(()), None, _) => Ok(()),
        };
        ((!stays).then_some(kept), outcome)
    }

    fn has_token_for(&self, terms: &Terms) -> bool {
        (self.token.as_ref()).is_some_and(|granted| granted.domain == terms.domain())
    }

    /// A person has taken their licence key away, and with it what came of it.
    #[must_use]
    pub fn forget(self) -> Self {
        Self {
            key: [0; 8],
            token: None,
            asked: None,
            refusals: Vec::new(),
            silence: None,
            entered: None,
            ..self
        }
    }

    pub(super) fn is_of(&self, terms: &Terms) -> bool {
        self.key == terms.fingerprint()
    }

    /// Whether it says neither yes nor no.
    pub(super) const fn is_blank(&self) -> bool {
        self.token.is_none() && self.refusals.is_empty()
    }

    /// Whether it is an older row than that.
    pub(super) fn is_older_than(&self, remembered: Remembered) -> bool {
        self.remember() < remembered
    }

    /// What a process keeps of it.
    #[must_use]
    pub const fn remember(&self) -> Remembered {
        Remembered {
            answers: self.answers,
            latest: self.latest,
        }
    }

    /// Why the gateway said no to the domain of these terms, and when.
    pub(super) fn refusal(&self, terms: &Terms) -> Option<(&str, UnixTime)> {
        let refusal = (self.refusals.iter()).find(|it| it.domain == terms.domain())?;
        Some((&refusal.why, refusal.at))
    }

    pub(super) const fn latest(&self) -> UnixTime {
        self.latest
    }

    /// Why the gateway gave no answer the last time, and since when.
    #[must_use]
    pub fn silence(&self) -> Option<(&str, UnixTime)> {
        let (why, since) = self.silence.as_ref()?;
        Some((why, *since))
    }

    /// What the token says, whether it is good now or not.
    ///
    /// # Errors
    /// [`Unlicensed`]: it is not genuine, or not for these terms.
    pub fn licence(&self, terms: &Terms) -> Result<Licence, Unlicensed> {
        let granted = self.token.as_ref().filter(|_| self.is_of(terms));
        terms.open(&granted.ok_or(Unlicensed::Missing)?.token)
    }

    /// Whether the gateway is to be asked now, and if so, that it is: `insists` for a person who wants to know.
    pub fn ask(&mut self, terms: &Terms, insists: bool, now: UnixTime) -> bool {
        // A time to come was written by a clock that was ahead.
        let asked_within =
            |seconds| (self.asked).is_some_and(|at| at <= now && at.until(now) < seconds);
        let is_due = || match (self.licence(terms), self.refusal(terms)) {
            (Ok(licence), None) => now >= licence.renew_from() || now.until(self.latest) > SET_BACK,
            _ => true,
        };
        let asks =
            !asked_within(SHORTEST_INTERVAL) && (insists || !asked_within(INTERVAL) && is_due());
        if asks {
            self.asked = Some(now);
        }
        asks
    }

    /// What the gateway answered, which [`crate::sms::gateway`] has looked at: the token of a yes that is genuine and of
    /// this moment, or why there is none.
    ///
    /// A no is what says in the contract's own words that this licence is none: that it is not valid, or refused with one
    /// of its codes of 401, 402 or 403; that it is for another site or module, or for no premium plan. Everything else is
    /// no answer, a code that is not in the contract included: nobody here knows what it says no to.
    ///
    /// # Errors
    /// [`Unlicensed`]: the token of a yes counts for nothing.
    pub fn heard(
        &mut self,
        answer: Result<&str, &GatewayError>,
        terms: &Terms,
        now: UnixTime,
    ) -> Result<(), Unlicensed> {
        match answer {
            Ok(token) => self.granted(token, terms, now),
            Err(error) => {
                let why = error.to_string();
                match is_no(error) {
                    true => self.refused(&why, terms, now),
                    false => self.unanswered(&why, now),
                }
                Ok(())
            }
        }
    }

    fn granted(&mut self, token: &str, terms: &Terms, now: UnixTime) -> Result<(), Unlicensed> {
        let licence = match terms.open(token) {
            Ok(licence) => licence,
            Err(
                error @ (Unlicensed::Plan
                | Unlicensed::Token(TokenError::Domain | TokenError::Module)),
            ) => {
                self.refused(&error.to_string(), terms, now);
                return Err(error);
            }
            Err(error) => {
                self.unanswered(&error.to_string(), now);
                return Err(error);
            }
        };
        let former = self.licence(terms);
        if former.is_ok_and(|former| licence.issued < former.issued) {
            self.unanswered(&Unlicensed::Older.to_string(), now);
            return Err(Unlicensed::Older);
        }
        self.answered(now);
        self.token = Some(Granted {
            domain: terms.domain().to_owned(),
            token: token.to_owned(),
        });
        self.refusals.clear();
        Ok(())
    }

    /// A no to the domain of the token stays beside one to another domain, or asking for that one would take it back.
    fn refused(&mut self, why: &str, terms: &Terms, now: UnixTime) {
        self.answered(now);
        let granted = self.token.as_ref().map(|granted| &*granted.domain);
        self.refusals
            .retain(|it| it.domain != terms.domain() && granted == Some(&it.domain));
        self.refusals.push(Refusal {
            domain: terms.domain().to_owned(),
            why: short(why),
            at: now,
        });
    }

    fn unanswered(&mut self, why: &str, now: UnixTime) {
        let since = self.silence.as_ref().map_or(now, |(_, since)| *since);
        self.silence = Some((short(why), since));
    }

    /// An answer proves the time, too.
    fn answered(&mut self, now: UnixTime) {
        self.answers = self.answers.saturating_add(1).max(now.unsigned());
        self.latest = now;
        self.silence = None;
    }

    /// Whether it is worth a write that somebody uses it.
    #[must_use]
    pub fn is_to_see(&self, now: UnixTime) -> bool {
        self.latest.until(now) > NOTICED
    }

    /// Somebody uses it. Whether there is anything to write.
    pub fn seen(&mut self, now: UnixTime) -> bool {
        let later = self.is_to_see(now);
        if later {
            self.latest = now;
        }
        later
    }
}

fn is_no(error: &GatewayError) -> bool {
    match error {
        GatewayError::NotValid | GatewayError::Token(TokenError::Domain | TokenError::Module) => {
            true
        }
        GatewayError::Refused { fault, .. } => matches!(fault.code().0, 401..=403),
        GatewayError::Unlisted { .. }
        | GatewayError::NotAsked(_)
        | GatewayError::Proxy(_)
        | GatewayError::NoAnswer(_)
        | GatewayError::Untrusted(_)
        | GatewayError::Token(TokenError::Malformed | TokenError::Forged | TokenError::Time) => {
            false
        }
    }
}

fn short(why: &str) -> String {
    why.chars().take(LONGEST_WHY).collect()
}

/// The key of the row.
#[derive(Debug)]
pub struct KeptKey;

impl RowKey for KeptKey {
    type Row = KeptRow;

    const KIND: RowKind = RowKind::Licence;

    fn id(&self) -> String {
        String::new()
    }
}

/// Why a row does not say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It does not open.
    #[error(transparent)]
    Sealed(#[from] OpenError),
    /// It opens, and says something this program does not know.
    #[error("it was written by another version of this software")]
    Format,
}

/// The row. One that cannot be read is no licence, and the next renewal replaces it: nothing in it is a limit.
#[derive(Debug)]
pub struct KeptRow(pub Result<Kept, Unreadable>);

impl SharedRow for KeptRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let open = || {
            let plain = context.open(Domain::Licence, bytes)?;
            read(&plain).ok_or(Unreadable::Format)
        };
        Ok(Self(open()))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let kept = self.0.as_ref().map_err(|_| RowError)?;
        let plain = write(kept).ok_or(RowError)?;
        Ok(context.seal(Domain::Licence, &plain)?)
    }
}

/// In one buffer that does not grow: what grows leaves copies of the key behind.
fn write(kept: &Kept) -> Option<Zeroizing<Vec<u8>>> {
    let plain = postcard::to_extend(kept, Vec::with_capacity(LONGEST)).ok()?;
    Some(Zeroizing::new(plain))
}

fn read(bytes: &[u8]) -> Option<Kept> {
    match postcard::take_from_bytes::<Kept>(bytes) {
        Ok((kept, [])) if kept.format == FORMAT => Some(kept),
        _ => None,
    }
}

#[cfg(test)]
impl Kept {
    pub(crate) fn set_token(&mut self, token: &str) {
        self.token = Some(Granted {
            domain: "example.org".to_owned(),
            token: token.to_owned(),
        });
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        write(self).unwrap().to_vec()
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        read(bytes)
    }
}
