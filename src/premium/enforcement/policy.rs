//! What a policy is, and what it says of a user.

use crate::clock::UnixTime;
use crate::types::{Method, Strength};

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How much a rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing: it is kept for later.
    Off,
    /// A set-up is suggested; put off, again after so many days.
    Encourage {
        /// Days.
        again_days: u32,
    },
    /// Without it no sign-in ends, so many days after its user was first seen; 0: now.
    Required {
        /// Days.
        grace_days: u32,
    },
}

/// Users, by what they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Named {
    pub(super) roles: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) users: Vec<String>,
}

/// Whom a rule is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    All,
    Named(Named),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) whom: Whom,
    pub(super) but: Named,
    pub(super) level: Level,
    pub(super) sign_in: Strength,
    pub(super) step_up: Strength,
}

/// Who is judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The user's id.
    pub user: &'a str,
    /// Their roles and groups; `None`: nobody knows.
    pub standing: Option<(&'a [String], &'a [String])>,
}

impl Named {
    fn asks_for_standing(&self) -> bool {
        !self.roles.is_empty() || !self.groups.is_empty()
    }

    /// Whether somebody is one of them. `unknown`: whether whoever's roles and groups nobody knows counts as such.
    fn has(&self, subject: &Subject<'_>, unknown: bool) -> bool {
        let is_any = |names: &[String], of: &[String]| names.iter().any(|it| of.contains(it));
        self.users.iter().any(|user| user == subject.user)
            || match subject.standing {
                None => unknown && self.asks_for_standing(),
                Some((roles, groups)) => is_any(&self.roles, roles) || is_any(&self.groups, groups),
            }
    }
}

impl Rule {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        let is_for = match &self.whom {
            Whom::All => true,
            Whom::Named(named) => named.has(subject, true),
        };
        is_for && !self.but.has(subject, false)
    }

    fn for_step_up(&self) -> Strength {
        self.step_up.max(self.sign_in)
    }

    const fn grace(&self) -> Option<u64> {
        match self.level {
            Level::Required { grace_days } => Some(grace_days as u64 * DAY),
            Level::Off | Level::Encourage { .. } => None,
        }
    }
}

/// What is asked of a user at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// How strong the proof of a sign-in has to be by now; `None`: nothing is asked.
    pub sign_in: Option<Strength>,
    /// The same of a step-up.
    pub step_up: Option<Strength>,
    /// From when no sign-in ends without a factor that is not enrolled yet; past where that is so by now.
    pub due: Option<UnixTime>,
    /// A set-up is encouraged, and was not put off lately.
    pub is_encouraged: bool,
    /// Everything that is asked of a sign-in, by now or later, and from when.
    pub sign_in_days: Vec<(Strength, UnixTime)>,
    /// The same of a step-up.
    pub step_up_days: Vec<(Strength, UnixTime)>,
    /// From when each strength is asked for that is, for the account to keep.
    pub dues: Vec<(Strength, UnixTime)>,
}

/// A policy that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(super) rules: Vec<Rule>,
}

impl Policy {
    /// Whether any rule wants to know roles or groups.
    #[must_use]
    pub fn asks_for_standing(&self) -> bool {
        self.rules.iter().any(|rule| {
            let whom = match &rule.whom {
                Whom::All => false,
                Whom::Named(named) => named.asks_for_standing(),
            };
            rule.level != Level::Off && (whom || rule.but.asks_for_standing())
        })
    }

    /// What it asks of somebody once all times of grace are over: for a sign-in, for a step-up. A step-up is never asked
    /// for less than a sign-in: it takes away what signs in.
    #[must_use]
    pub fn full(&self, subject: &Subject<'_>) -> (Option<Strength>, Option<Strength>) {
        let required = self.required(subject);
        let sign_in = required.clone().map(|(rule, _)| rule.sign_in).max();
        (sign_in, required.map(|(rule, _)| rule.for_step_up()).max())
    }

    /// The strongest that it asks of anybody.
    #[must_use]
    pub fn strongest(&self) -> Option<Strength> {
        let rules = self.rules.iter().filter(|rule| rule.level != Level::Off);
        rules.map(|rule| rule.sign_in.max(rule.step_up)).max()
    }

    fn required<'a>(
        &'a self,
        subject: &'a Subject<'a>,
    ) -> impl Iterator<Item = (&'a Rule, u64)> + Clone {
        self.rules
            .iter()
            .filter_map(|rule| Some((rule, rule.grace()?)))
            .filter(|(rule, _)| rule.matches(subject))
    }

    /// What it asks of somebody who has these methods enrolled (look-up codes do not count), of whom these days are kept,
    /// and who put off what is encouraged then.
    #[must_use]
    pub fn decide(
        &self,
        subject: &Subject<'_>,
        enrolled: &[Method],
        kept: &[(Strength, UnixTime)],
        put_off: Option<UnixTime>,
        now: UnixTime,
    ) -> Verdict {
        let has = |strength: Strength| {
            let mut factors = enrolled.iter().filter(|method| !method.is_lookup());
            factors.any(|method| strength.admits(*method))
        };
        let strengths = || {
            self.required(subject)
                .flat_map(|(rule, grace)| [(rule.sign_in, grace), (rule.for_step_up(), grace)])
        };
        let graces = |strength: Strength| {
            let is_asked = strengths().any(|(asked, _)| asked == strength);
            let same = strengths().filter(|(asked, _)| *asked >= strength);
            is_asked.then(|| same.map(|(_, grace)| grace).min())?
        };
        let dues: Vec<_> = (Strength::ALL.iter().copied())
            .filter_map(|strength| {
                let kept = kept.iter().filter(|(of, _)| *of >= strength);
                let new = now.plus(graces(strength)?);
                let due = kept.map(|(_, due)| *due).fold(new, UnixTime::min);
                Some((strength, due))
            })
            .collect();
        let due_of = |strength: Strength| {
            let mut dues = dues.iter().filter(|(of, _)| *of == strength);
            dues.next().map(|(_, due)| *due)
        };
        let is_due = |strength: &Strength| due_of(*strength).is_some_and(|due| due <= now);
        let sign_in = || self.required(subject).map(|(rule, _)| rule.sign_in);
        let step_up = || self.required(subject).map(|(rule, _)| rule.for_step_up());
        let days = |asked: &[Strength]| {
            let is_asked = |(strength, _): &&(Strength, UnixTime)| asked.contains(strength);
            dues.iter().filter(is_asked).copied().collect()
        };
        let is_encouraged = self.rules.iter().any(|rule| {
            let Level::Encourage { again_days } = rule.level else {
                return false;
            };
            let again = put_off.map(|at| at.plus(u64::from(again_days) * DAY));
            rule.matches(subject) && !has(rule.sign_in) && again.is_none_or(|again| again <= now)
        });
        Verdict {
            sign_in: sign_in().filter(is_due).max(),
            step_up: step_up().chain(sign_in()).filter(is_due).max(),
            due: sign_in().filter(|it| !has(*it)).filter_map(due_of).min(),
            is_encouraged,
            sign_in_days: days(&sign_in().collect::<Vec<_>>()),
            step_up_days: days(&step_up().chain(sign_in()).collect::<Vec<_>>()),
            dues: dues.clone(),
        }
    }
}
