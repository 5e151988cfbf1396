//! What is counted, and the counts.

use serde::{Deserialize, Serialize};

use crate::audit::{Event, EventKind, Severity};
use crate::types::{Method, Purpose};

macro_rules! counted {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// What is counted of the events. Its number is what stands in the rows: none is ever used for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Counted {
            $($(#[$doc])* $name,)*
        }

        impl Counted {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            const fn number(self) -> u8 {
                match self {
                    $(Self::$name => $number,)*
                }
            }

            /// Its name in what is told of the counts.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

counted! {
    /// A sign-in that a second factor, or a trusted device, ended well.
    SignIn = 1, "sign_ins";
    /// A step-up that ended well.
    StepUp = 2, "step_ups";
    /// A number that was proven, or a reset of a password by it.
    PhoneProof = 3, "phone_proofs";
    /// A wrong proof.
    Failure = 4, "failures";
    /// A method that was blocked for a while.
    Blocked = 5, "blocked";
    /// A method that has to be enrolled anew.
    Disabled = 6, "disabled";
    /// A factor that was confirmed.
    Enrolment = 7, "enrolments";
    /// A factor that its user removed.
    Removal = 8, "removals";
    /// A code that went out.
    CodeSent = 9, "codes_sent";
    /// A code that no provider took.
    CodeFailed = 10, "codes_failed";
    /// Something that people are told of.
    Notice = 11, "notices";
    /// Something they could not be told of.
    NoticeUndelivered = 12, "notices_undelivered";
    /// A request from a network that the site refuses.
    NetworkRefused = 13, "network_refusals";
    /// Whatever looks like an attack.
    Alert = 14, "alerts";
    /// A sign-in for which a second factor was asked.
    Challenge = 15, "challenges";
    /// An account that an operator unlocked.
    Unlock = 16, "unlocks";
    /// An account whose factors an operator removed.
    Reset = 17, "resets";
    /// A check for which a provider gave no answer.
    CheckFailed = 18, "checks_failed";
    /// An event that cannot be read: somebody else wrote it.
    Unreadable = 19, "unreadable";
}

/// By what: part of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The event names nothing.
    Nothing,
    /// A method.
    Method(Method),
    /// A device that its user trusts.
    Device,
}

impl By {
    const fn number(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Method(Method::Totp) => 1,
            Self::Method(Method::Passkey) => 2,
            Self::Method(Method::Email) => 3,
            Self::Method(Method::Sms) => 4,
            Self::Method(Method::Voice) => 5,
            Self::Method(Method::WhatsApp) => 6,
            Self::Method(Method::BackupCode) => 7,
            Self::Method(Method::RecoveryCode) => 8,
            Self::Device => 9,
            Self::Method(Method::TemporaryCode) => 10,
        }
    }

    /// The value of the label `method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Method(method) => method.as_str(),
            Self::Device => "device",
        }
    }

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        let methods = Method::ALL.iter().copied().map(Self::Method);
        [Self::Nothing]
            .into_iter()
            .chain(methods)
            .chain([Self::Device])
    }
}

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Of what.
    pub what: Counted,
    /// By what.
    pub by: By,
    /// How often.
    pub times: u64,
}

/// Counts, as they are kept: by the numbers of what and by what, sorted. A number that a later version has written is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(Vec<(u8, u8, u64)>);

impl Counts {
    /// So many more.
    pub fn add(&mut self, what: Counted, by: By, times: u64) {
        self.add_numbers(what.number(), by.number(), times);
    }

    fn add_numbers(&mut self, what: u8, by: u8, times: u64) {
        if times == 0 {
            return;
        }
        let place = self.0.binary_search_by_key(&(what, by), |it| (it.0, it.1));
        match place {
            Ok(place) => {
                if let Some(it) = self.0.get_mut(place) {
                    it.2 = it.2.saturating_add(times);
                }
            }
            Err(place) => self.0.insert(place, (what, by, times)),
        }
    }

    /// All of these more.
    pub fn add_all(&mut self, more: &Self) {
        for (what, by, times) in &more.0 {
            self.add_numbers(*what, *by, *times);
        }
    }

    /// How often that happened by that.
    #[must_use]
    pub fn of(&self, what: Counted, by: By) -> u64 {
        let place = (self.0).binary_search_by_key(&(what.number(), by.number()), |it| (it.0, it.1));
        place
            .ok()
            .and_then(|at| self.0.get(at))
            .map_or(0, |it| it.2)
    }

    /// How often it happened, by whatever.
    #[must_use]
    pub fn sum(&self, what: Counted) -> u64 {
        let of_it = self.0.iter().filter(|it| it.0 == what.number());
        of_it.fold(0, |sum, it| sum.saturating_add(it.2))
    }

    /// Those that are not nought, by what is counted.
    pub fn iter(&self) -> impl Iterator<Item = Count> + '_ {
        self.0.iter().filter_map(|(what, by, times)| {
            Some(Count {
                what: *Counted::ALL.iter().find(|it| it.number() == *what)?,
                by: By::all().find(|it| it.number() == *by)?,
                times: *times,
            })
        })
    }

    /// Counts an event; `None` stands for one that cannot be read. `is_told`: people are told of it.
    pub fn count(&mut self, event: Option<&Event>, is_told: bool) {
        let Some(event) = event else {
            self.add(Counted::Unreadable, By::Nothing, 1);
            return;
        };
        let times = u64::from(event.times.unwrap_or(1));
        let by = event.method.map_or(By::Nothing, By::Method);
        if let Some(what) = what(event) {
            let by = match event.kind {
                EventKind::DeviceAccepted => By::Device,
                _ => by,
            };
            self.add(what, by, times);
        }
        if event.severity() == Severity::Alert {
            self.add(Counted::Alert, By::Nothing, times);
        }
        if is_told {
            self.add(Counted::Notice, By::Nothing, times);
        }
    }
}

/// What an event counts as, apart from how urgent it is and whether it is told.
const fn what(event: &Event) -> Option<Counted> {
    Some(match event.kind {
        EventKind::Accepted => match event.purpose {
            Some(Purpose::Login) => Counted::SignIn,
            Some(Purpose::StepUp) => Counted::StepUp,
            Some(Purpose::VerifyPhone | Purpose::ResetPassword) => Counted::PhoneProof,
            None => return None,
        },
        EventKind::DeviceAccepted => Counted::SignIn,
        EventKind::ChallengeOpened => match event.purpose {
            Some(Purpose::Login) => Counted::Challenge,
            _ => return None,
        },
        EventKind::Rejected | EventKind::Replayed => Counted::Failure,
        EventKind::Blocked => Counted::Blocked,
        EventKind::Disabled => Counted::Disabled,
        EventKind::Enrolled => Counted::Enrolment,
        EventKind::Removed => Counted::Removal,
        EventKind::CodeSent => Counted::CodeSent,
        EventKind::CodeFailed => Counted::CodeFailed,
        EventKind::CheckUnanswered | EventKind::CheckInterrupted => Counted::CheckFailed,
        EventKind::NoticeUndelivered | EventKind::NumberUntold => Counted::NoticeUndelivered,
        EventKind::NetworkRefused => Counted::NetworkRefused,
        EventKind::Unlocked => Counted::Unlock,
        EventKind::Reset => Counted::Reset,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_two_of_what_is_counted_share_a_number_or_a_name() {
        let numbers: BTreeSet<_> = Counted::ALL.iter().map(|it| it.number()).collect();
        let names: BTreeSet<_> = Counted::ALL.iter().map(|it| it.as_str()).collect();
        assert_eq!(numbers.len(), Counted::ALL.len());
        assert_eq!(names.len(), Counted::ALL.len());
        let by: BTreeSet<_> = By::all().map(By::number).collect();
        assert_eq!(by.len(), Method::ALL.len() + 2);
    }

    #[test]
    fn what_a_later_version_counts_is_kept_and_passed_over() {
        let mut counts = Counts(vec![(4, 200, 3), (200, 1, 7)]);
        counts.add(Counted::Failure, By::Method(Method::Totp), 1);
        assert_eq!(counts.0, [(4, 1, 1), (4, 200, 3), (200, 1, 7)]);
        assert_eq!(counts.sum(Counted::Failure), 4);
        assert_eq!(counts.iter().count(), 1);
    }

    #[test]
    fn an_event_that_stands_for_many_counts_as_many() {
        let mut counts = Counts::default();
        let mut event = Event::about(Purpose::Login, EventKind::Rejected).method(Method::Sms);
        event.times = Some(40);
        counts.count(Some(&event), false);
        counts.count(None, false);
        let spent = Event::about(Purpose::Login, EventKind::DeviceAccepted);
        counts.count(Some(&spent), true);
        let all: Vec<_> = counts.iter().map(|it| (it.what, it.by, it.times)).collect();
        assert_eq!(
            all,
            [
                (Counted::SignIn, By::Device, 1),
                (Counted::Failure, By::Method(Method::Sms), 40),
                (Counted::Notice, By::Nothing, 1),
                (Counted::Unreadable, By::Nothing, 1),
            ]
        );
    }

    proptest! {
        /// In whatever order and pieces they are added, the sums are the same, and nothing overflows.
        #[test]
        fn counts_add_up(all in proptest::collection::vec((0usize..19, 0usize..10, any::<u64>()), 0..60), cut in 0usize..60) {
            let by: Vec<_> = By::all().collect();
            let add = |part: &[(usize, usize, u64)]| {
                let mut counts = Counts::default();
                for (what, whose, times) in part {
                    counts.add(Counted::ALL[*what], by[*whose], *times);
                }
                counts
            };
            let whole = add(&all);
            let (first, second) = all.split_at(cut.min(all.len()));
            let mut sum = add(second);
            sum.add_all(&add(first));
            prop_assert_eq!(&sum, &whole);
            for what in Counted::ALL {
                let one_by_one = by.iter().fold(0u64, |sum, by| sum.saturating_add(whole.of(*what, *by)));
                prop_assert_eq!(whole.sum(*what), one_by_one);
            }
        }
    }
}
