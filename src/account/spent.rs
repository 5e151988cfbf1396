//! Codes that proved something and are spent, as an account remembers them: by a short keyed name, and from which network
//! and browser they came. It is what tells a right code that is shown again from a wrong one.
//!
//! ```text
//!   accepted ──▶ REMEMBERED ── of apps and of what is sent: half an hour, longer than any of them is right, the last eight
//!                           ── temporary codes: a day, as long as the longest of them
//!                           ── backup and recovery codes: as long as their set
//! ```
//!
//! Only a proof adds one, so nobody without makes the list longer. What is looked up is compared with every entry, whatever
//! the others say: a code that is spent costs what a wrong one costs.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};

use super::network::NetworkId;
use super::recovery::MOST_RECOVERY_CODES;
use crate::clock::UnixTime;
use crate::crypto::code::read_digits;
use crate::crypto::{HashKey, KeyedHash, hash};
use crate::types::{Method, UserAgent};

/// For so long a code of an app or one that was sent is remembered, in seconds. No code is right for longer: of an app with the
/// longest step and the widest window it is 1500.
const SHORT_SECONDS: u64 = 1_800;
/// The same of a temporary code: none is issued for longer.
const DAY: u64 = 86_400;
/// Of those that are remembered for a while.
const MOST_FOR_A_WHILE: usize = 8;
/// Of a set of look-up codes.
const MOST_OF_SET: usize = MOST_RECOVERY_CODES as usize;

/// The first eight bytes of a keyed hash: they tell two apart within one account, and are worth nothing without it.
fn short(hash: &KeyedHash) -> [u8; 8] {
    let (short, _) = hash.bytes().split_at(8);
    short.try_into().unwrap_or_default()
}

/// What a code is known by in one account, beside its method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodeName(pub(super) [u8; 8]);

impl CodeName {
    /// What no code is known by.
    pub(super) const NONE: Self = Self([0; 8]);

    /// The code that an app of that id shows in a time step.
    pub(super) const fn of_step(app: [u8; 8], step: u64) -> Self {
        Self((u64::from_be_bytes(app) ^ step).to_be_bytes())
    }

    /// One that the account keeps as that keyed hash.
    pub(super) fn of_hash(hash: &KeyedHash) -> Self {
        Self(short(hash))
    }

    /// The recovery code of that number.
    pub(super) fn of_number(number: u8) -> Self {
        Self(u64::from(number).to_be_bytes())
    }

    /// One of digits that was sent, whoever made it and for whichever challenge.
    pub(super) fn of_digits(key: &HashKey, method: Method, typed: &str) -> Self {
        let digits = read_digits(typed).unwrap_or_default();
        let name = method.as_str().as_bytes();
        Self(short(&hash(
            key,
            &[b"twofactor/spent/1", name, digits.as_bytes()],
        )))
    }

    const fn word(self) -> u64 {
        u64::from_be_bytes(self.0)
    }
}

/// From which network and browser a code came: one keyed hash of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShownFrom(pub(super) [u8; 8]);

impl ShownFrom {
    /// Nowhere.
    pub(super) const NOWHERE: Self = Self([0; 8]);

    /// The network that is one customer's, and the browser as it calls itself.
    pub(super) fn of(key: &HashKey, network: NetworkId, agent: &UserAgent) -> Self {
        let parts: [&[u8]; 3] = [b"twofactor/shown/1", &network.0, agent.as_str().as_bytes()];
        Self(short(&hash(key, &parts)))
    }

    const fn word(self) -> u64 {
        u64::from_be_bytes(self.0)
    }
}

/// A code that is shown, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub(super) code: CodeName,
    pub(super) from: ShownFrom,
}

impl Shown {
    /// What is not looked up and not remembered.
    pub(super) const NOTHING: Self = Self {
        code: CodeName::NONE,
        from: ShownFrom::NOWHERE,
    };
}

/// A code that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SpentCode {
    pub(super) method: Method,
    pub(super) code: CodeName,
    pub(super) from: ShownFrom,
    pub(super) at: UnixTime,
    /// Its user was told that it was shown again from elsewhere.
    pub(super) is_told: bool,
}

impl SpentCode {
    const fn is_of_set(&self) -> bool {
        matches!(self.method, Method::BackupCode | Method::RecoveryCode)
    }

    fn is_kept(&self, now: UnixTime) -> bool {
        match self.method {
            Method::BackupCode | Method::RecoveryCode => true,
            Method::TemporaryCode => now < self.at.plus(DAY),
            _ => now < self.at.plus(SHORT_SECONDS),
        }
    }
}

/// What is known of a code that was not accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// It was right once, and is spent.
    is_spent: Choice,
    /// It is known from where it was shown then.
    is_remembered: Choice,
    place: u64,
    from: u64,
    is_told: Choice,
    /// It is of a time step before the last that was accepted.
    is_before: Choice,
}

impl Found {
    /// It was never right.
    pub(super) fn nothing() -> Self {
        let no = Choice::from(0);
        Self {
            is_spent: no,
            is_remembered: no,
            place: 0,
            from: 0,
            is_told: no,
            is_before: no,
        }
    }

    /// This, or else the other.
    pub(super) fn or(self, other: Self) -> Self {
        let (one, two) = (self, other);
        let use_other = !one.is_spent;
        Self {
            is_spent: one.is_spent | two.is_spent,
            is_remembered: Choice::conditional_select(
                &one.is_remembered,
                &two.is_remembered,
                use_other,
            ),
            place: u64::conditional_select(&one.place, &two.place, use_other),
            from: u64::conditional_select(&one.from, &two.from, use_other),
            is_told: Choice::conditional_select(&one.is_told, &two.is_told, use_other),
            is_before: one.is_before | two.is_before,
        }
    }

    /// Some app showed it at a time step before the last that was accepted, if `is_it`.
    pub(super) fn note_earlier(&mut self, is_it: Choice) {
        self.is_before |= is_it;
    }

    /// Whether it is such a one and was never accepted itself.
    pub(super) fn is_earlier(&self) -> Choice {
        self.is_before & !self.is_spent
    }

    fn take(&mut self, place: usize, spent: &SpentCode, is_it: Choice) {
        let place = u64::try_from(place).unwrap_or(u64::MAX);
        self.place.conditional_assign(&place, is_it);
        self.from.conditional_assign(&spent.from.word(), is_it);
        let is_told = Choice::from(u8::from(spent.is_told));
        self.is_told.conditional_assign(&is_told, is_it);
        self.is_remembered |= is_it;
    }

    /// Whether it was right once.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.into()
    }

    /// Whether it came from another network or browser than the one that spent it.
    pub(super) fn is_elsewhere(&self, from: ShownFrom) -> Choice {
        self.is_remembered & !self.from.ct_eq(&from.word())
    }

    /// Whether its user was told so before.
    pub(super) const fn is_told(&self) -> Choice {
        self.is_told
    }
}

/// The codes that were accepted, in that order.
#[derive(Debug, Clone, Default)]
pub(super) struct SpentCodes(pub(super) Vec<SpentCode>);

impl SpentCodes {
    pub(super) const NONE: Self = Self(Vec::new());

    /// These codes were accepted: what one proof has spent.
    pub(super) fn remember(
        &mut self,
        method: Method,
        codes: &[CodeName],
        from: ShownFrom,
        now: UnixTime,
    ) {
        self.0.retain(|it| {
            let is_anew = it.method == method && codes.contains(&it.code);
            !is_anew && it.is_kept(now)
        });
        for code in codes {
            let new = SpentCode {
                method,
                code: *code,
                from,
                at: now,
                is_told: false,
            };
            let alike = |it: &&SpentCode| it.is_of_set() == new.is_of_set();
            let most = if new.is_of_set() {
                MOST_OF_SET
            } else {
                MOST_FOR_A_WHILE
            };
            if self.0.iter().filter(alike).count() >= most
                && let Some(oldest) = self.0.iter().position(|it| alike(&it))
            {
                self.0.remove(oldest);
            }
            self.0.push(new);
        }
    }

    /// Looks for a code of that method. `is_right`: it is one of the account's, or was.
    pub(super) fn find(&self, method: Method, code: CodeName, is_right: Choice) -> Found {
        let mut found = Found::nothing();
        for (place, spent) in self.0.iter().enumerate() {
            let is_of_method = Choice::from(u8::from(spent.method == method));
            let is_it = spent.code.word().ct_eq(&code.word()) & is_of_method & is_right;
            found.take(place, spent, is_it);
        }
        found.is_spent = found.is_remembered;
        found
    }

    /// The same of the recovery code of that number, where all up to `used` are spent: each by the first that was accepted and
    /// is no lower. 0 is the number of none.
    pub(super) fn find_number(&self, number: u8, used: u8) -> Found {
        let number = u64::from(number);
        let is_spent = !number.ct_eq(&0) & number.ct_lt(&u64::from(used).saturating_add(1));
        let mut found = Found::nothing();
        // The numbers rise from one to the next: the last that fits from behind is the lowest.
        for (place, spent) in self.0.iter().enumerate().rev() {
            let is_of_method = Choice::from(u8::from(spent.method == Method::RecoveryCode));
            let is_it = !spent.code.word().ct_lt(&number) & is_of_method & is_spent;
            found.take(place, spent, is_it);
        }
        found.is_spent = is_spent;
        found
    }

    /// Its user is told of that one, if `is_news`.
    pub(super) fn mark_told(&mut self, found: &Found, is_news: Choice) {
        for (place, spent) in self.0.iter_mut().enumerate() {
            let place = u64::try_from(place).unwrap_or(u64::MAX);
            let is_it = is_news & place.ct_eq(&found.place);
            let is_told = Choice::from(u8::from(spent.is_told)) | is_it;
            spent.is_told = is_told.into();
        }
    }

    /// The set of backup or recovery codes is another one.
    pub(super) fn forget_set(&mut self) {
        self.0.retain(|it| !it.is_of_set());
    }

    /// Brings back what a clock that was ahead has put into the future.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        for spent in &mut self.0 {
            spent.at = spent.at.min(now);
        }
    }

    /// Whether the rules could have led there: each once, and no more than are kept.
    pub(super) fn is_possible(&self) -> bool {
        let of_set = self.0.iter().filter(|it| it.is_of_set()).count();
        let others = self.0.len().saturating_sub(of_set);
        let mut placed = self.0.iter().enumerate();
        of_set <= MOST_OF_SET
            && others <= MOST_FOR_A_WHILE
            && placed.all(|(place, spent)| {
                let mut later = self.0.iter().skip(place.saturating_add(1));
                later.all(|it| (it.method, it.code) != (spent.method, spent.code))
            })
    }
}
