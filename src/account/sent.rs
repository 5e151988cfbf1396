//! Codes that are on their way to a person.
//!
//! A code of ours is kept only as a keyed hash, bound to what it is for ([`Binding`]): an enrolment,
//! or one challenge with its purpose. It is good until its time is over, for a few checks, and once.
//! Another one sent later does not end it and does not prolong it, so whichever message arrives first
//! works. A wrong guess is counted against every code it could have been.
//!
//! A code that a provider made is not known here: what is kept is who made it and how they call it,
//! for only they can check it. Sent again under the same name it is the same code: what was tried stays
//! tried, and its time is over ten minutes after the first message, whatever they say. Several methods, and several
//! entries in the list of providers, may lead to one verification: guesses at it are counted together ([`level`]).

use subtle::{Choice, ConstantTimeEq};

use crate::clock::{SKEW, UnixTime};
use crate::crypto::code::read_digits;
use crate::crypto::{HashKey, KeyedHash, hash};
use crate::types::Method;

/// Codes that are good at once. The next one takes the place of the oldest.
const MOST_CODES: usize = 5;
/// Seconds after which no code is good any more (NIST SP 800-63B-4 section 3.1.3.2).
pub(super) const LONGEST_LIFE: u64 = 600;

/// What a code is for.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The purpose's name, or that of the enrolment.
    pub what: &'a str,
    /// The challenge's id; the address where there is no challenge.
    pub whom: &'a [u8],
    /// How it is sent.
    pub method: Method,
}

#[derive(Debug, Clone)]
pub(super) struct OwnCode {
    pub(super) hash: [u8; 32],
    pub(super) until: UnixTime,
    pub(super) checks_left: u8,
}

/// A code that somebody else made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteVerification {
    /// Who.
    pub provider: String,
    /// How they call it.
    pub reference: String,
    /// Until when it is good.
    pub until: UnixTime,
    /// When it was first sent.
    pub(super) from: UnixTime,
    pub(super) checks_left: u8,
}

impl RemoteVerification {
    /// Whether it is that very one, of that very provider.
    fn is(&self, other: &Self) -> bool {
        self.provider == other.provider && self.reference == other.reference
    }

    /// Whether it is the verification of that name, whoever was asked for it. What stands before a `/` says where
    /// a provider keeps it.
    fn is_same(&self, reference: &str) -> bool {
        own_name(&self.reference) == own_name(reference)
    }
}

fn own_name(reference: &str) -> &str {
    reference
        .rsplit_once('/')
        .map_or(reference, |(_, name)| name)
}

/// What a guess at everything that is on its way led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// One of our codes; all are spent.
    Right,
    /// None of them, and nobody else knows.
    Wrong,
    /// None of ours; somebody else may know.
    Ask {
        /// Whom to ask about what.
        verification: RemoteVerification,
        /// Codes of ours were on their way, too: it was a guess at them, whatever the others say.
        judged: bool,
    },
}

/// What is on its way by one method.
#[derive(Debug, Clone)]
pub struct Sent {
    pub(super) method: Method,
    pub(super) codes: Vec<OwnCode>,
    /// The newest last. Only that one is asked about; the others are known, so that none begins anew.
    pub(super) remote: Vec<RemoteVerification>,
    /// Who was asked last.
    pub(super) provider: String,
}

/// The keyed hash of a code under what it is for.
fn hash_of(key: &HashKey, binding: &Binding<'_>, code: &str) -> KeyedHash {
    hash(
        key,
        &[
            b"twofactor/code/1",
            binding.what.as_bytes(),
            binding.whom,
            binding.method.as_str().as_bytes(),
            code.as_bytes(),
        ],
    )
}

impl Sent {
    pub const fn new(method: Method) -> Self {
        Self {
            method,
            codes: Vec::new(),
            remote: Vec::new(),
            provider: String::new(),
        }
    }

    pub const fn method(&self) -> Method {
        self.method
    }

    /// Who was asked last; empty at first.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// A code of ours goes out.
    pub fn own(
        &mut self,
        key: &HashKey,
        binding: &Binding<'_>,
        code: &str,
        provider: &str,
        until: UnixTime,
        checks: u8,
    ) {
        if self.codes.len() >= MOST_CODES {
            self.codes.remove(0);
        }
        self.codes.push(OwnCode {
            hash: *hash_of(key, binding, code).bytes(),
            until,
            checks_left: checks,
        });
        provider.clone_into(&mut self.provider);
    }

    /// A code of theirs goes out. It is theirs to say that an earlier one still works. Returns until
    /// when it is good.
    pub fn remote(
        &mut self,
        provider: &str,
        reference: &str,
        now: UnixTime,
        until: UnixTime,
        checks: u8,
    ) -> UnixTime {
        let known = self.remote.iter().position(|old| old.is_same(reference));
        let (from, checks_left) = match known.map(|place| self.remote.remove(place)) {
            // The same verification: what was tried stays tried, and it is no younger. If the clock was put
            // back, it began by now at the latest.
            Some(old) => (old.from.min(now), old.checks_left),
            None => (now, checks),
        };
        if self.remote.len() >= MOST_CODES {
            self.remote.remove(0);
        }
        let until = until.min(from.plus(LONGEST_LIFE));
        self.remote.push(RemoteVerification {
            provider: provider.to_owned(),
            reference: reference.to_owned(),
            until,
            from,
            checks_left,
        });
        provider.clone_into(&mut self.provider);
        until
    }

    /// Somebody was asked to make a code, and whether it went out is not known: nobody has anything to type,
    /// or nothing that could be asked about.
    pub fn asked(&mut self, provider: &str) {
        provider.clone_into(&mut self.provider);
    }

    /// Looks at what was typed: everything it could have been has one check less if it is not right.
    /// Nobody is asked about what cannot be a code. `life` as for [`Sent::spend`].
    pub fn guess(
        &mut self,
        key: &HashKey,
        binding: &Binding<'_>,
        typed: &str,
        now: UnixTime,
        life: u64,
    ) -> Guess {
        self.drop_over(now, life);
        let judged = !self.codes.is_empty();
        if self.spend(key, binding, typed, now, life) {
            return Guess::Right;
        }
        match read_digits(typed).and_then(|_| self.ask(now)) {
            Some(verification) => Guess::Ask {
                verification,
                judged,
            },
            None => Guess::Wrong,
        }
    }

    /// Whether `typed` is one of our codes, which ends all of them. If not, every one that could have
    /// been meant has one check less.
    ///
    /// A code is good for `life` seconds. One that has more left than clocks differ was sent by one that has been
    /// put back since, so that nobody knows how old it is: it is gone, as if it were over.
    pub fn spend(
        &mut self,
        key: &HashKey,
        binding: &Binding<'_>,
        typed: &str,
        now: UnixTime,
        life: u64,
    ) -> bool {
        self.drop_over(now, life);
        let found = read_digits(typed)
            .is_some_and(|typed| self.holds(&hash_of(key, binding, &typed)).into());
        if found {
            self.codes.clear();
            self.remote.clear();
            return true;
        }
        for code in &mut self.codes {
            code.checks_left = code.checks_left.saturating_sub(1);
        }
        self.codes.retain(|code| code.checks_left > 0);
        false
    }

    /// See [`Sent::spend`].
    fn drop_over(&mut self, now: UnixTime, life: u64) {
        self.codes
            .retain(|code| now < code.until && code.until <= now.plus(life.saturating_add(SKEW)));
    }

    /// Every kept hash is compared, whatever the first ones say.
    fn holds(&self, wanted: &KeyedHash) -> Choice {
        self.codes.iter().fold(Choice::from(0), |found, code| {
            found | KeyedHash::new(code.hash).ct_eq(wanted)
        })
    }

    /// Takes one check of the code that somebody else made; `None` if there is none left to ask about.
    /// A code without checks is remembered, or sending it again would give it new ones. One from a later
    /// time was sent by a clock that has been put back since.
    fn ask(&mut self, now: UnixTime) -> Option<RemoteVerification> {
        let newest = self
            .remote
            .last_mut()
            .filter(|code| code.from <= now.plus(SKEW) && now < code.until)?;
        newest.checks_left = newest.checks_left.checked_sub(1)?;
        Some(newest.clone())
    }

    /// Ends what a clock sent that was ahead, of codes that are good for `life` seconds: it would be good when its
    /// time comes. That it was sent, and how often it was tried, is remembered.
    pub fn put_right(&mut self, now: UnixTime, life: u64) {
        let longest = now.plus(life.saturating_add(SKEW));
        self.codes.retain(|code| code.until <= longest);
        for code in &mut self.remote {
            let is_ahead = code.from > now.plus(SKEW);
            code.until = code.until.min(if is_ahead { now } else { longest });
        }
    }

    /// How often something may still be typed before another code is needed.
    pub fn checks_left(&self, now: UnixTime) -> u8 {
        let own = self.codes.iter().filter(|code| now < code.until);
        let own = own.map(|code| code.checks_left);
        let remote = self.remote.last().filter(|code| now < code.until);
        own.chain(remote.map(|code| code.checks_left))
            .max()
            .unwrap_or(0)
    }

    /// Whether that verification is still the one that counts; if so it is spent.
    pub fn settle(&mut self, verification: &RemoteVerification) -> bool {
        let same = self.remote.last().is_some_and(|code| code.is(verification));
        if same {
            self.codes.clear();
            self.remote.clear();
        }
        same
    }

    /// Nobody looked at the code that was to be asked about: its check is there again, of so many at most.
    pub fn give_back(&mut self, reference: &str, most: u8) {
        let asked = self.remote.iter_mut().find(|code| code.is_same(reference));
        if let Some(code) = asked {
            code.checks_left = code.checks_left.saturating_add(1).min(most);
        }
    }

    /// That verification is over: nobody is asked about it any more. A yes that is on its way counts:
    /// they may have called it over because of that very yes.
    pub fn over(&mut self, reference: &str) {
        for code in &mut self.remote {
            if code.is_same(reference) {
                code.checks_left = 0;
            }
        }
    }
}

/// Makes one of what the methods of a challenge know of a verification: what was tried by one of them was tried by all,
/// and it is no younger than where it was sent first. Returns until when it is good.
pub(super) fn level(all: &mut [Sent], reference: &str) -> Option<UnixTime> {
    let same = |code: &&RemoteVerification| code.is_same(reference);
    let known = || all.iter().flat_map(|sent| &sent.remote).filter(same);
    let from = known().map(|code| code.from).min()?;
    let checks_left = known().map(|code| code.checks_left).min()?;
    let codes = all.iter_mut().flat_map(|sent| &mut sent.remote);
    let mut last = None;
    for code in codes.filter(|code| code.is_same(reference)) {
        code.from = from;
        code.checks_left = checks_left;
        code.until = code.until.min(from.plus(LONGEST_LIFE));
        last = last.max(Some(code.until));
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static KEY: HashKey = HashKey::new([7; 32]);

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(1_000_000 + seconds).unwrap()
    }

    fn login(id: &[u8; 16]) -> Binding<'_> {
        Binding {
            what: "login",
            whom: id,
            method: Method::Sms,
        }
    }

    const LIFE: u64 = 600;

    fn sent(codes: &[(&str, i64)]) -> Sent {
        let mut sent = Sent::new(Method::Sms);
        for (code, until) in codes {
            sent.own(&KEY, &login(&[1; 16]), code, "p", at(*until), 3);
        }
        sent
    }

    #[test]
    fn a_code_is_good_once_in_time_and_for_three_checks() {
        let binding = login(&[1; 16]);
        let mut once = sent(&[("012345", 300)]);
        assert!(once.spend(&KEY, &binding, " 012-345", at(299), LIFE));
        assert!(!once.spend(&KEY, &binding, "012345", at(299), LIFE));

        let mut late = sent(&[("012345", 300)]);
        assert!(!late.spend(&KEY, &binding, "012345", at(300), LIFE));

        let mut tried = sent(&[("012345", 300)]);
        for _ in 0..3 {
            assert!(!tried.spend(&KEY, &binding, "000000", at(0), LIFE));
        }
        assert!(!tried.spend(&KEY, &binding, "012345", at(0), LIFE));
    }

    #[test]
    fn a_later_code_neither_ends_nor_prolongs_an_earlier_one() {
        let binding = login(&[1; 16]);
        let both = sent(&[("111111", 300), ("222222", 360)]);
        assert!(both.clone().spend(&KEY, &binding, "111111", at(299), LIFE));
        assert!(!both.clone().spend(&KEY, &binding, "111111", at(300), LIFE));
        assert!(both.clone().spend(&KEY, &binding, "222222", at(359), LIFE));
        // One that was accepted ends the others.
        let mut spent = both;
        assert!(spent.spend(&KEY, &binding, "111111", at(0), LIFE));
        assert!(!spent.spend(&KEY, &binding, "222222", at(0), LIFE));
    }

    #[test]
    fn a_wrong_guess_counts_against_every_code() {
        let binding = login(&[1; 16]);
        let mut sent = sent(&[("111111", 300)]);
        assert!(!sent.spend(&KEY, &binding, "0", at(0), LIFE));
        assert!(!sent.spend(&KEY, &binding, "000000", at(0), LIFE));
        sent.own(&KEY, &binding, "222222", "p", at(360), 3);
        assert!(!sent.spend(&KEY, &binding, "000000", at(0), LIFE));
        assert!(!sent.clone().spend(&KEY, &binding, "111111", at(0), LIFE));
        assert!(sent.spend(&KEY, &binding, "222222", at(0), LIFE));
    }

    #[test]
    fn a_code_belongs_to_its_challenge_purpose_and_method() {
        let mine = login(&[1; 16]);
        let sent = sent(&[("111111", 300)]);
        for other in [
            login(&[2; 16]),
            Binding {
                what: "step-up",
                ..mine
            },
            Binding {
                method: Method::Voice,
                ..mine
            },
        ] {
            assert!(!sent.clone().spend(&KEY, &other, "111111", at(0), LIFE));
        }
        let other_key = HashKey::new([8; 32]);
        assert!(!sent.clone().spend(&other_key, &mine, "111111", at(0), LIFE));
    }

    #[test]
    fn a_provider_is_asked_three_times_about_one_verification() {
        let mut sent = Sent::new(Method::Sms);
        assert_eq!(sent.ask(at(0)), None);
        sent.remote("t", "VE1", at(0), at(600), 3);
        assert!(sent.ask(at(0)).is_some() && sent.ask(at(0)).is_some());
        // The same message again: no new checks, also when there is none left.
        sent.remote("t", "VE1", at(0), at(600), 3);
        assert!(sent.ask(at(0)).is_some());
        assert_eq!(sent.ask(at(0)), None);
        sent.remote("t", "VE1", at(0), at(600), 3);
        assert_eq!(sent.ask(at(0)), None);
        sent.remote("t", "VE2", at(0), at(600), 3);
        assert_eq!(sent.ask(at(600)), None);
        // Nor when others were asked meanwhile, and it is no younger.
        assert_eq!(sent.remote("t", "VE1", at(300), at(900), 3), at(600));
        assert_eq!(sent.ask(at(300)), None);
        sent.remote("t", "VE3", at(0), at(600), 3);
        let asked = |provider: &str, reference: &str| RemoteVerification {
            provider: provider.to_owned(),
            reference: reference.to_owned(),
            until: at(600),
            from: at(0),
            checks_left: 0,
        };
        assert!(!sent.settle(&asked("t", "VE2")) && !sent.settle(&asked("u", "VE3")));
        assert!(sent.settle(&asked("t", "VE3")));
        assert!(!sent.settle(&asked("t", "VE3")));
    }

    #[test]
    fn a_code_is_worth_nothing_when_the_clock_was_put_back_behind_its_sending() {
        let binding = login(&[1; 16]);
        // Two hours ahead, then right: when it was sent, as long before that as clocks differ, and longer.
        let until = 7_200 + 600;
        for (now, is_good) in [
            (7_799, true),
            (7_200, true),
            (7_170, true),
            (7_169, false),
            (7_000, false),
            (0, false),
        ] {
            let mut own = sent(&[("012345", until)]);
            assert_eq!(
                own.spend(&KEY, &binding, "012345", at(now), LIFE),
                is_good,
                "{now}"
            );
            let mut theirs = Sent::new(Method::Sms);
            theirs.remote("t", "VE1", at(7_200), at(until), 3);
            assert_eq!(theirs.ask(at(now)).is_some(), is_good, "{now}");
        }
        // Who tried to use it then has ended it, also for the time at which it says it was sent.
        let mut own = sent(&[("012345", until)]);
        assert!(!own.spend(&KEY, &binding, "012345", at(10), LIFE));
        assert!(!own.spend(&KEY, &binding, "012345", at(7_300), LIFE));
        // They send it again by the clock that is right: from then on it is asked about, and no longer than any.
        let mut theirs = Sent::new(Method::Sms);
        theirs.remote("t", "VE1", at(7_200), at(until), 3);
        assert_eq!(theirs.remote("t", "VE1", at(10), at(9_000), 3), at(610));
        assert!(theirs.ask(at(10)).is_some());
    }

    proptest! {
        #[test]
        fn only_the_code_is_accepted(code in "[0-9]{6}", typed in "[0-9 -]{0,12}") {
            let mut sent = sent(&[(&code, 300)]);
            let same = read_digits(&typed).is_some_and(|typed| *typed == code);
            prop_assert_eq!(sent.spend(&KEY, &login(&[1; 16]), &typed, at(0), LIFE), same);
        }
    }
}
