//! Open challenges. Each is spent by one success, ends with the epoch, and has no lifetime of its own unless
//! `challenge_ttl` gives it one; a reset's token has one.

use crate::clock::{SKEW, UnixTime};
use crate::config::Policy;
use crate::types::{Method, Purpose};

use super::challenge_token::ChallengeToken;
use super::demand::Demand;
use super::denied::Denied;
use super::factor::FactorId;
use super::ids::{ChallengeId, RequirementId};
use super::network::{NetworkId, Opener};
use super::sent::Sent;
use super::totp::PENDING_SECONDS;

/// Open at once: enough for every tab a person has, too few to pile up.
const MOST_OPEN: usize = 5;
/// Challenges that one network may open in a row.
const MOST_AT_ONCE: u32 = 20;
/// Seconds until it may open one more.
const SECONDS_EACH: u64 = 60;
/// Temporary codes that are tried for one challenge. So many that are wrong end it, and nothing else.
const MOST_WRONG: u8 = 5;
/// Networks whose challenges are counted.
const MOST_COUNTED: usize = 8;

#[derive(Debug, Clone)]
pub(super) struct Challenge {
    pub(super) id: ChallengeId,
    pub(super) purpose: Purpose,
    pub(super) opened: UnixTime,
    pub(super) opener: Opener,
    /// Codes on their way, at most one entry a method.
    pub(super) sent: Vec<Sent>,
    /// When it was proven, where a set-up has to follow: it is good for that and for nothing else.
    pub(super) proven: Option<UnixTime>,
    /// By what.
    pub(super) proven_by: Option<Method>,
    /// What the site's policy asks of it; `None`: there was none when it was opened.
    pub(super) demand: Option<Demand>,
    /// Temporary codes that were tried for it and wrong.
    pub(super) wrong: u8,
    /// The last code of an app that was shown for it and is of a time step outside the window.
    pub(super) outside: Option<OutsideStep>,
}

/// A time step outside the window, of an app that showed its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutsideStep {
    pub(super) app: FactorId,
    pub(super) step: u64,
    /// How many steps that was ahead of the server's clock when the code was shown.
    pub(super) ahead: i64,
}

impl Challenge {
    /// Whether what was asked of it still counts.
    fn holds(&self, now: UnixTime) -> bool {
        let until = self.demand.as_ref().and_then(|demand| demand.until);
        until.is_none_or(|until| now < until)
    }
}

/// What was opened from one network and not proven: it fills with each, and one a minute runs out.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) from: NetworkId,
    pub(super) level: u32,
    pub(super) at: UnixTime,
}

impl Opened {
    /// How much is left of it.
    fn level(&self, now: UnixTime) -> u32 {
        let over = self.at.until(now) / SECONDS_EACH;
        self.level
            .saturating_sub(u32::try_from(over).unwrap_or(u32::MAX))
    }
}

/// The open challenges of one kind, the oldest first.
///
/// They have [`MOST_OPEN`] places by the rule of [`Opener::takes_the_place_of`]. Each network may open
/// [`MOST_AT_ONCE`], and one more every [`SECONDS_EACH`] seconds; a proof gives them all back.
#[derive(Debug, Clone)]
pub(super) struct Challenges {
    pub(super) open: Vec<Challenge>,
    pub(super) opened: Vec<Opened>,
}

impl Challenges {
    pub(super) const NONE: Self = Self {
        open: Vec::new(),
        opened: Vec::new(),
    };

    pub(super) fn open(
        &mut self,
        id: ChallengeId,
        purpose: Purpose,
        opener: Opener,
        demand: Option<Demand>,
        now: UnixTime,
    ) -> Result<(), Denied> {
        self.count(opener.from, now)?;
        while let Some(place) = self.place_of_one_too_many(opener) {
            self.open.remove(place);
        }
        self.open.push(Challenge {
            id,
            purpose,
            opened: now,
            opener,
            sent: Vec::new(),
            proven: None,
            proven_by: None,
            demand,
            wrong: 0,
            outside: None,
        });
        Ok(())
    }

    /// Counts one more from that network, if it may have one.
    fn count(&mut self, from: NetworkId, now: UnixTime) -> Result<(), Denied> {
        self.opened.retain(|opened| opened.level(now) > 0);
        let place = self.opened.iter().position(|opened| opened.from == from);
        let Some(opened) = place.and_then(|place| self.opened.get_mut(place)) else {
            // The table is full: the network that opened least is dropped, and starts at zero should it come back.
            if self.opened.len() >= MOST_COUNTED {
                let least = self.opened.iter().enumerate();
                if let Some((least, _)) = least.min_by_key(|(_, opened)| opened.level(now)) {
                    self.opened.remove(least);
                }
            }
            self.opened.push(Opened {
                from,
                level: 1,
                at: now,
            });
            return Ok(());
        };
        let level = opened.level(now);
        if level >= MOST_AT_ONCE {
            let into = opened.at.until(now) % SECONDS_EACH;
            return Err(Denied::Throttled {
                retry_after: SECONDS_EACH.saturating_sub(into),
            });
        }
        // What has run out is taken off in whole steps, so that the rest of a minute is not lost.
        let over = u64::from(opened.level.saturating_sub(level));
        opened.at = opened.at.plus(over.saturating_mul(SECONDS_EACH));
        opened.level = level.saturating_add(1);
        Ok(())
    }

    /// Which one has to go before another one is opened, if there is no room for it.
    fn place_of_one_too_many(&self, opener: Opener) -> Option<usize> {
        let open = self.open.iter().enumerate();
        opener.takes_the_place_of(open.map(|(place, it)| (place, it.opener)), MOST_OPEN)
    }

    /// Whether a challenge was opened from where a proof had come from before.
    pub(super) fn is_from_known(&self, token: &ChallengeToken) -> bool {
        self.open
            .iter()
            .any(|c| c.id == token.id && c.opener.is_known)
    }

    /// What is on its way for a challenge by a method; `None` if the challenge is not open.
    pub(super) fn sent(&mut self, token: &ChallengeToken, method: Method) -> Option<&mut Sent> {
        let challenge = self.open.iter_mut().find(|c| c.id == token.id)?;
        let place = match challenge.sent.iter().position(|s| s.method() == method) {
            Some(place) => place,
            None => {
                challenge.sent.push(Sent::new(method));
                challenge.sent.len().saturating_sub(1)
            }
        };
        challenge.sent.get_mut(place)
    }

    /// What is on its way for a challenge by any method; nothing if the challenge is not open.
    pub(super) fn all_sent(&mut self, token: &ChallengeToken) -> &mut [Sent] {
        match self.open.iter_mut().find(|c| c.id == token.id) {
            Some(challenge) => &mut challenge.sent,
            None => &mut [],
        }
    }

    /// Who was asked last to send a code for a challenge by a method.
    pub(super) fn provider(&self, token: &ChallengeToken, method: Method) -> Option<&str> {
        let challenge = self.open.iter().find(|c| c.id == token.id)?;
        let sent = challenge.sent.iter().find(|s| s.method() == method)?;
        Some(sent.provider())
    }

    pub(super) fn is_open(&self, token: &ChallengeToken, now: UnixTime, policy: &Policy) -> bool {
        let ttl = policy.challenge_seconds(token.purpose);
        self.open.iter().any(|c| {
            c.id == token.id
                && c.purpose == token.purpose
                && c.proven.is_none()
                && c.holds(now)
                && (ttl == 0 || now < c.opened.plus(ttl))
        })
    }

    /// Of a challenge that may end in a set-up: whether it was proven, and when; `None` if it is not open. A set-up takes
    /// longer than a code: it has half an hour. What was proven has no more, whatever `challenge_ttl` says: it is as good
    /// as a grant.
    #[allow(clippy::option_option)] // not open, not proven, proven
    pub(super) fn proof(
        &self,
        id: &ChallengeId,
        now: UnixTime,
        policy: &Policy,
    ) -> Option<Option<UnixTime>> {
        let mut open = self.open.iter();
        let challenge = open.find(|c| c.id == *id && c.purpose.is_under_policy())?;
        let is_open = match (challenge.proven, policy.set_up_seconds()) {
            (Some(at), _) => now < at.plus(PENDING_SECONDS),
            (None, _) if !challenge.holds(now) => false,
            (None, 0) => true,
            (None, ttl) => now < challenge.opened.plus(ttl),
        };
        is_open.then_some(challenge.proven)
    }

    /// A challenge was proven, and a set-up has to follow. What its network opened is forgiven, and it stands among those
    /// from where a proof came: no number of others that only a password stands behind closes it.
    pub(super) fn prove(&mut self, token: &ChallengeToken, by: Option<Method>, now: UnixTime) {
        if let Some(challenge) = self.open.iter_mut().find(|c| c.id == token.id) {
            (challenge.proven, challenge.proven_by) = (Some(now), by);
            challenge.opener.is_known = true;
            challenge.sent = Vec::new();
            let from = challenge.opener.from;
            self.opened.retain(|opened| opened.from != from);
        }
    }

    /// Takes a challenge out, if it is there.
    pub(super) fn take(&mut self, id: &ChallengeId) -> Option<Challenge> {
        let place = self.open.iter().position(|c| c.id == *id)?;
        Some(self.open.remove(place))
    }

    /// A temporary code for a challenge was wrong: with the last that may be, it is over.
    pub(super) fn count_wrong(&mut self, token: &ChallengeToken) {
        let Some(place) = self.open.iter().position(|c| c.id == token.id) else {
            return;
        };
        if let Some(challenge) = self.open.get_mut(place) {
            challenge.wrong = challenge.wrong.saturating_add(1);
            if challenge.wrong >= MOST_WRONG {
                self.open.remove(place);
            }
        }
    }

    /// What was shown for a challenge that lies outside the window.
    pub(super) fn outside_mut(&mut self, id: &ChallengeId) -> Option<&mut Option<OutsideStep>> {
        let challenge = self.open.iter_mut().find(|c| c.id == *id)?;
        Some(&mut challenge.outside)
    }

    /// What a policy asks of a challenge.
    pub(super) fn demand(&self, id: &ChallengeId) -> Option<&Demand> {
        self.open.iter().find(|c| c.id == *id)?.demand.as_ref()
    }

    /// What a challenge was proven by, for which a set-up has to follow.
    pub(super) fn proven_by(&self, id: &ChallengeId) -> Option<Method> {
        self.open.iter().find(|c| c.id == *id)?.proven_by
    }

    /// Closes what was opened under another policy than that: what this one asks for is not known of it.
    pub(super) fn close_other(&mut self, policy: Option<RequirementId>) {
        self.open.retain(|c| {
            !c.purpose.is_under_policy() || c.demand.as_ref().map(|demand| demand.policy) == policy
        });
    }

    /// Ends those that were opened from networks that `has_guessed`, where no proof had come from, and that were not
    /// proven since.
    pub(super) fn end_guessed(&mut self, has_guessed: impl Fn(NetworkId) -> bool) {
        self.open
            .retain(|c| c.opener.is_known || c.proven.is_some() || !has_guessed(c.opener.from));
    }

    /// Ends those that were proven, and with them what they are good for.
    pub(super) fn end_proven(&mut self) {
        self.open.retain(|c| c.proven.is_none());
    }

    /// Whether one was proven so lately that it may be good for a set-up.
    pub(super) fn any_proven_since(&self, seconds: u64, now: UnixTime) -> bool {
        let mut proven = self.open.iter().filter_map(|c| c.proven);
        proven.any(|at| now < at.plus(seconds))
    }

    /// Brings back what a clock that was ahead has put into the future.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        for opened in &mut self.opened {
            opened.at = opened.at.min(now);
        }
    }

    /// No challenge is open for longer from `now` than the longest, and no code of a time to come is good.
    pub(super) fn end_what_is_ahead(&mut self, now: UnixTime, policy: &Policy) {
        for challenge in &mut self.open {
            if let Some(demand) = &mut challenge.demand {
                if challenge.opened > now.plus(SKEW) {
                    demand.come_due(now);
                }
                demand.until = demand
                    .until
                    .map(|until| until.min(now.plus(PENDING_SECONDS)));
            }
            challenge.opened = challenge.opened.min(now);
            // As a grant of a clock that was ahead.
            challenge.proven = challenge.proven.filter(|at| *at <= now.plus(SKEW));
            let life = policy.code_seconds(challenge.purpose).into();
            for sent in &mut challenge.sent {
                sent.put_right(now, life);
            }
        }
    }

    /// A challenge was proven: it is over, and what its network opened is forgiven.
    pub(super) fn close(&mut self, token: &ChallengeToken) {
        let proven = self.open.iter().find(|c| c.id == token.id);
        if let Some(from) = proven.map(|c| c.opener.from) {
            self.opened.retain(|opened| opened.from != from);
        }
        self.open.retain(|c| c.id != token.id);
    }
}
