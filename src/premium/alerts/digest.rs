//! What administrators are told, gathered until it is their turn: it does not grow with what happens.

use serde::{Deserialize, Serialize};

use super::facts::{Fact, FactKind};
use crate::account::AlertKind;
use crate::clock::UnixTime;
use crate::premium::Premium;

/// Accounts that are counted apart, of each kind.
const MOST_ACCOUNTS: usize = 200;
/// Accounts that are named, of each kind.
const MOST_NAMES: usize = 5;
/// Longest name, in characters.
const LONGEST_NAME: usize = 40;
/// Most facts.
const MOST_FACTS: usize = 64;

/// How often something unusual was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    kind: u8,
    /// How often.
    pub times: u64,
    accounts: Vec<[u8; 6]>,
    /// There were more accounts than are counted apart.
    pub is_more: bool,
    /// The first of them, by name.
    pub names: Vec<String>,
}

impl Line {
    const fn new(kind: u8) -> Self {
        Self {
            kind,
            times: 0,
            accounts: Vec::new(),
            is_more: false,
            names: Vec::new(),
        }
    }

    /// What.
    #[must_use]
    pub fn kind(&self) -> Option<AlertKind> {
        AlertKind::ALL.get(usize::from(self.kind)).copied()
    }

    /// Of how many accounts, or more if [`Line::is_more`].
    #[must_use]
    pub const fn accounts(&self) -> usize {
        self.accounts.len()
    }

    fn sees(&mut self, account: [u8; 6], name: Option<&str>) {
        if self.accounts.contains(&account) {
            return;
        }
        if self.accounts.len() >= MOST_ACCOUNTS {
            self.is_more = true;
            return;
        }
        self.accounts.push(account);
        if let Some(name) = name.filter(|it| !it.is_empty())
            && self.names.len() < MOST_NAMES
        {
            self.names.push(name.chars().take(LONGEST_NAME).collect());
        }
    }

    fn add(&mut self, more: &Self) {
        self.times = self.times.saturating_add(more.times);
        self.is_more |= more.is_more;
        for account in &more.accounts {
            self.sees(*account, None);
        }
        for name in &more.names {
            if self.names.len() < MOST_NAMES && !self.names.contains(name) {
                self.names.push(name.clone());
            }
        }
    }
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// When the first and the last of it happened.
    pub span: Option<(UnixTime, UnixTime)>,
    lines: Vec<Line>,
    /// What is wrong with the site.
    pub facts: Vec<Fact>,
}

impl Gathered {
    /// Nothing is in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.facts.is_empty()
    }

    /// One of each kind, as it might be.
    #[must_use]
    pub fn example(_: &Premium, now: UnixTime) -> Self {
        let mut gathered = Self::default();
        for kind in AlertKind::ALL {
            gathered.count(*kind, now, [1; 6], "anna");
        }
        gathered.count(AlertKind::WrongAnswers, now, [2; 6], "ben");
        let value = |kind| match kind {
            FactKind::LicenceEnding => now.unsigned(),
            FactKind::FewAdministrators => 1,
            _ => 85,
        };
        let what = |kind| match kind {
            FactKind::ProviderDown | FactKind::ProviderFailing => "sms",
            _ => "",
        };
        for kind in FactKind::ALL {
            gathered.say(Fact::of(*kind, what(*kind), value(*kind)));
        }
        gathered
    }

    /// How often each kind was found, the strongest first.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    fn line(&mut self, kind: u8) -> Option<&mut Line> {
        let place = match self.lines.binary_search_by_key(&kind, |it| it.kind) {
            Ok(place) => place,
            Err(place) => {
                self.lines.insert(place, Line::new(kind));
                place
            }
        };
        self.lines.get_mut(place)
    }

    fn spans(&mut self, from: UnixTime, until: UnixTime) {
        self.span = Some(match self.span {
            Some((first, last)) => (first.min(from), last.max(until)),
            None => (from, until),
        });
    }

    /// One was found, of an account by its hash, which is called so.
    pub(super) fn count(&mut self, kind: AlertKind, at: UnixTime, account: [u8; 6], name: &str) {
        self.spans(at, at);
        let place = AlertKind::ALL.iter().position(|it| *it == kind);
        let place = place.and_then(|place| u8::try_from(place).ok());
        if let Some(line) = place.and_then(|place| self.line(place)) {
            line.times = line.times.saturating_add(1);
            line.sees(account, Some(name));
        }
    }

    /// Something is wrong with the site. What is said of the same thing already is said as it is now.
    pub(super) fn say(&mut self, fact: Fact) {
        self.facts.retain(|it| !it.is_about_the_same_as(&fact));
        if self.facts.len() < MOST_FACTS {
            self.facts.push(fact);
        }
    }

    /// With what was gathered since.
    pub(super) fn add(&mut self, more: Self) {
        if let Some((from, until)) = more.span {
            self.spans(from, until);
        }
        for line in &more.lines {
            if let Some(mine) = self.line(line.kind) {
                mine.add(line);
            }
        }
        for fact in more.facts {
            self.say(fact);
        }
    }

    /// What a clock that was ahead has dated is of the present.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.span = self
            .span
            .map(|(from, until)| (from.min(now), until.min(now)));
    }
}
