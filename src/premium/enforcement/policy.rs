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
    /// Their roles; `None`: nobody knows them.
    pub roles: Option<&'a [String]>,
    /// Their groups; `None`: nobody knows them.
    pub groups: Option<&'a [String]>,
}

/// The same, in order: a policy may have thousands of names, and a user a thousand roles.
struct Sorted<'a> {
    user: &'a str,
    roles: Option<Vec<&'a str>>,
    groups: Option<Vec<&'a str>>,
}

impl<'a> Subject<'a> {
    fn sorted(&self) -> Sorted<'a> {
        let sort = |names: &'a [String]| {
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            names.sort_unstable();
            names
        };
        Sorted {
            user: self.user,
            roles: self.roles.map(sort),
            groups: self.groups.map(sort),
        }
    }
}

impl Named {
    fn asks_for_standing(&self) -> bool {
        !self.roles.is_empty() || !self.groups.is_empty()
    }

    /// Whether somebody is one of them. `unknown`: whether whoever's roles nobody knows counts as having one of those that
    /// are named, if any is; and so of groups, each by itself.
    fn has(&self, subject: &Sorted<'_>, unknown: bool) -> bool {
        let is_any = |names: &[String], of: &Option<Vec<&str>>| match of {
            None => unknown && !names.is_empty(),
            Some(of) => (names.iter()).any(|name| of.binary_search(&name.as_str()).is_ok()),
        };
        self.users.iter().any(|user| user == subject.user)
            || is_any(&self.roles, &subject.roles)
            || is_any(&self.groups, &subject.groups)
    }
}

impl Rule {
    fn matches(&self, subject: &Sorted<'_>) -> bool {
        let is_for = match &self.whom {
            Whom::All => true,
            Whom::Named(named) => named.has(subject, true),
        };
        is_for && !self.but.has(subject, false)
    }
}

/// What a rule asks for that is for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    level: Level,
    sign_in: Strength,
    step_up: Strength,
}

impl Asked {
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

    /// What of it is for somebody: each name is looked up once, however often it is judged then.
    #[must_use]
    pub fn of(&self, subject: &Subject<'_>) -> Applied {
        let subject = subject.sorted();
        let rules = self.rules.iter().enumerate();
        let (places, asked) = rules
            .filter(|(_, rule)| rule.matches(&subject))
            .map(|(place, rule)| {
                let (level, sign_in) = (rule.level, rule.sign_in);
                // A step-up is never asked for less than a sign-in: it takes away what signs in.
                let step_up = rule.step_up.max(sign_in);
                let asked = Asked {
                    level,
                    sign_in,
                    step_up,
                };
                (place, asked)
            })
            .unzip();
        Applied { places, asked }
    }

    /// The strongest that it asks of anybody.
    #[must_use]
    pub fn strongest(&self) -> Option<Strength> {
        let rules = self.rules.iter().filter(|rule| rule.level != Level::Off);
        rules.map(|rule| rule.sign_in.max(rule.step_up)).max()
    }
}

/// The rules of a policy that are for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    places: Vec<usize>,
    asked: Vec<Asked>,
}

impl Applied {
    /// Which they are: their places in the policy, those that are off among them.
    #[must_use]
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// What they ask for once all times of grace are over: for a sign-in, for a step-up.
    #[must_use]
    pub fn full(&self) -> (Option<Strength>, Option<Strength>) {
        let required = || self.required().map(|(asked, _)| asked);
        let sign_in = required().map(|asked| asked.sign_in).max();
        (sign_in, required().map(|asked| asked.step_up).max())
    }

    fn required(&self) -> impl Iterator<Item = (&Asked, u64)> + Clone {
        self.asked
            .iter()
            .filter_map(|asked| Some((asked, asked.grace()?)))
    }

    /// What they ask of somebody who has these methods enrolled (look-up codes do not count), of whom these days are kept,
    /// and who put off what is encouraged then.
    #[must_use]
    pub fn decide(
        &self,
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
            self.required()
                .flat_map(|(asked, grace)| [(asked.sign_in, grace), (asked.step_up, grace)])
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
        let sign_in = || self.required().map(|(asked, _)| asked.sign_in);
        let step_up = || self.required().map(|(asked, _)| asked.step_up);
        let days = |asked: &[Strength]| {
            let is_asked = |(strength, _): &&(Strength, UnixTime)| asked.contains(strength);
            dues.iter().filter(is_asked).copied().collect()
        };
        let is_encouraged = self.asked.iter().any(|asked| {
            let Level::Encourage { again_days } = asked.level else {
                return false;
            };
            let again = put_off.map(|at| at.plus(u64::from(again_days) * DAY));
            !has(asked.sign_in) && again.is_none_or(|again| again <= now)
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
