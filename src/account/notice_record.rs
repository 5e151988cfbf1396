//! What a user and the site's administrators are still to be told of an account, and how they are reached.
//!
//! Of a kind of change and an audience there is one notice at most: what happens again before it was told is told with it,
//! so that nothing is left out and nobody can make the list long.

use std::fmt;

use crate::browser::Device;
use crate::clock::UnixTime;
use crate::types::{Method, SmsNotice};

/// Changes that one notice lists; of more it says how many there were.
pub(super) const MOST_CHANGES: usize = 8;

/// Addresses, or languages, that are kept of those that were replaced.
pub(super) const MOST_FORMER: usize = 8;

/// Addresses that one notice goes to: those that were replaced, the one that is known, the mailbox that was proven before
/// a change and after it, and whoever was told when a number was proven.
pub(super) const MOST_ADDRESSES: usize = MOST_FORMER + 4;

/// How long what was replaced is told, too, in seconds: thirty days.
const FORMER: u64 = 30 * DAY;

/// Numbers that are to be told something at one time: more than codes that prove one are sent until all were tried.
pub(super) const MOST_NUMBERS: usize = 8;

/// How often an SMS is tried at most.
pub(super) const MOST_TRIES: u8 = 4;
/// Least time between two mails of what was unusual, of a kind, in seconds.
const BETWEEN: u64 = 3_600;
/// A day, in seconds.
const DAY: u64 = 86_400;
/// Most turns that are remembered: one an hour.
const MOST_TURNS: usize = 24;

/// What happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A factor was added.
    Added,
    /// One took the place of another: an app, or a mailbox.
    Replaced,
    /// Another telephone number took the place of the account's.
    NumberReplaced,
    /// A factor was removed.
    Removed,
    /// A factor has another name.
    Renamed,
    /// Look-up codes were made anew.
    NewCodes,
    /// A look-up code was used.
    CodeUsed,
    /// With the last recovery code the second factor went.
    SwitchedOff,
    /// A method failed so often that it has to be set up anew.
    Disabled,
    /// An administrator removed every factor.
    Reset,
    /// An administrator ended the blocks.
    Unlocked,
    /// An administrator ended sign-ins.
    SignInsEnded,
    /// The password was set anew with a code to the telephone.
    PasswordReset,
    /// An earlier token of a trusted device was shown.
    DeviceCopied,
    /// Somebody else seems to know the password.
    PasswordSuspected,
    /// Wrong answers for many accounts, or from many networks.
    GuessingSuspected,
    /// The user said that a change was not theirs: changes are on hold.
    Held,
    /// They are no more.
    Released,
    /// A factor was suspended.
    Suspended,
    /// A factor that was suspended counts again.
    Resumed,
    /// An administrator issued a temporary code.
    TemporaryCodeIssued,
    /// A temporary code was used.
    TemporaryCodeUsed,
    /// Nothing happened: its user is reminded to set up what is required of them.
    EnrolmentReminder,
    /// Something was proven after several wrong answers.
    AfterFailures,
    /// Something was proven after a long time without.
    AfterInactivity,
    /// Something was proven from where nothing had been.
    NewNetwork,
    /// A browser is trusted from now on.
    NewDevice,
    /// A method is blocked for a while.
    Blocked,
    /// The answers after a right password were wrong.
    WrongAnswers,
    /// A code that was spent was shown again, from another network or browser than the one that spent it.
    Replayed,
    /// What other software kept was taken over.
    Imported,
}

impl NoticeKind {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Added,
        Self::Replaced,
        Self::NumberReplaced,
        Self::Removed,
        Self::Renamed,
        Self::NewCodes,
        Self::CodeUsed,
        Self::SwitchedOff,
        Self::Disabled,
        Self::Reset,
        Self::Unlocked,
        Self::SignInsEnded,
        Self::PasswordReset,
        Self::DeviceCopied,
        Self::PasswordSuspected,
        Self::GuessingSuspected,
        Self::Held,
        Self::Released,
        Self::Suspended,
        Self::Resumed,
        Self::TemporaryCodeIssued,
        Self::TemporaryCodeUsed,
        Self::EnrolmentReminder,
        Self::AfterFailures,
        Self::AfterInactivity,
        Self::NewNetwork,
        Self::NewDevice,
        Self::Blocked,
        Self::WrongAnswers,
        Self::Replayed,
        Self::Imported,
    ];

    /// The stable name, for the audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "factor-added",
            Self::Replaced => "factor-replaced",
            Self::NumberReplaced => "number-replaced",
            Self::Removed => "factor-removed",
            Self::Renamed => "factor-renamed",
            Self::NewCodes => "codes-renewed",
            Self::CodeUsed => "code-used",
            Self::SwitchedOff => "switched-off",
            Self::Disabled => "method-disabled",
            Self::Reset => "reset",
            Self::Unlocked => "unlocked",
            Self::SignInsEnded => "sign-ins-ended",
            Self::PasswordReset => "password-reset",
            Self::DeviceCopied => "device-copied",
            Self::PasswordSuspected => "password-suspected",
            Self::GuessingSuspected => "guessing-suspected",
            Self::Held => "changes-held",
            Self::Released => "changes-released",
            Self::Suspended => "factor-suspended",
            Self::Resumed => "factor-resumed",
            Self::TemporaryCodeIssued => "temporary-code-issued",
            Self::TemporaryCodeUsed => "temporary-code-used",
            Self::EnrolmentReminder => "enrolment-reminder",
            Self::AfterFailures => "after-failures",
            Self::AfterInactivity => "after-inactivity",
            Self::NewNetwork => "new-network",
            Self::NewDevice => "new-device",
            Self::Blocked => "blocked",
            Self::WrongAnswers => "wrong-answers",
            Self::Replayed => "code-replayed",
            Self::Imported => "factor-imported",
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The account's user.
    User,
    /// The administrators of the site. Who they are the host knows.
    Administrators,
}

/// One change, as far as it is told. Redacts itself: a destination is a number or address.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub method: Option<Method>,
    /// What its user calls it, or did; empty without a name.
    pub label: String,
    /// The number (E.164) or address, in full; empty where there is none.
    pub destination: String,
    /// Look-up codes that are left.
    pub left: Option<u32>,
    /// Who did it, when it was not the user; else empty.
    pub by: String,
    /// When it happened, where each is told with its time.
    pub at: Option<UnixTime>,
    /// From where, if so and known.
    pub ip: Option<String>,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("method", &self.method)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// An address, and whether the host has said that its mail went there.
#[derive(Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Empty for whoever the host knows.
    pub address: String,
    /// In which language, as a tag; empty: in that of the notice.
    pub locale: String,
    /// It did.
    pub is_told: bool,
}

impl Addressee {
    /// Who is still to be told.
    pub(super) const fn untold(address: String, locale: String) -> Self {
        Self {
            address,
            locale,
            is_told: false,
        }
    }
}

impl fmt::Debug for Addressee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addressee")
            .field("is_told", &self.is_told)
            .finish_non_exhaustive()
    }
}

/// What is still to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number in the account: another one each time that something is added, so that what was told before is not taken
    /// for what is told now.
    pub number: u32,
    /// What happened.
    pub kind: NoticeKind,
    /// Who is told.
    pub audience: Audience,
    /// When it happened last.
    pub at: UnixTime,
    /// How often it did.
    pub times: u32,
    /// The first of them.
    pub changes: Vec<Change>,
    /// Where the last request came from; `None`: not known, or nobody asked for it.
    pub ip: Option<String>,
    /// The browser of that request, as far as it can be told.
    pub browser: Device,
    /// In which language, as a tag.
    pub locale: String,
    /// Whom it goes to; nobody yet, as long as no address is known.
    pub to: Vec<Addressee>,
    /// Whether somebody did it of whom its user may say that it was not them.
    pub has_link: bool,
    /// How often it was handed out.
    pub offered: u8,
    /// From when it is handed out next; `None`: it was given up.
    pub due: Option<UnixTime>,
}

impl Notice {
    /// The same in the language of one of those whom it goes to.
    #[must_use]
    pub fn to_be_read_by(&self, addressee: &Addressee) -> Self {
        let own = Some(&addressee.locale).filter(|locale| !locale.is_empty());
        Self {
            locale: own.unwrap_or(&self.locale).clone(),
            ..self.clone()
        }
    }

    /// Whether it is to be handed out now.
    pub(super) fn is_due(&self, now: UnixTime) -> bool {
        !self.to.is_empty() && self.due.is_some_and(|due| due <= now)
    }
}

/// What a telephone number is still to be told by SMS: one that its user had proven to be theirs. Redacts itself.
#[derive(Clone, PartialEq, Eq)]
pub struct NumberNotice {
    /// Its number among all notices of the account: another one when something is told in its place.
    pub number: u32,
    /// What happened.
    pub kind: SmsNotice,
    /// The telephone number, in E.164.
    pub to: String,
    /// In which language, as a tag.
    pub locale: String,
    /// When it happened.
    pub at: UnixTime,
    /// How often somebody has set about sending it.
    pub tries: u8,
    /// From when the next may.
    pub due: UnixTime,
}

impl NumberNotice {
    /// Whether the other tells the same number of the same thing, or of what came of it.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let is_reset = |it: &Self| it.kind == SmsNotice::PasswordReset;
        self.to == other.to && is_reset(self) == is_reset(other)
    }
}

impl fmt::Debug for NumberNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberNotice")
            .field("kind", &self.kind)
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}

/// How a user is reached, as the host knew it last.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// What they are called.
    pub name: String,
    /// The language, as a tag.
    pub locale: String,
    /// Their address.
    pub email: Option<String>,
    /// From when that language is known.
    pub(super) locale_since: UnixTime,
    /// From when that address is.
    pub(super) email_since: UnixTime,
    /// Languages before it, in the order in which they were replaced first.
    pub(super) former_locales: Vec<Former>,
    /// Addresses before it, likewise.
    pub(super) former: Vec<Former>,
}

/// An address or a language that was replaced: whoever takes an account over may change either first.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Former {
    pub(super) value: String,
    /// The language in which that address was told; of a language nothing.
    pub(super) locale: String,
    /// For how long it was the one that is known, in seconds, all times together in which something was proven; 0: in none.
    pub(super) lasted: u64,
    /// Until when it is told.
    pub(super) until: UnixTime,
}

impl Former {
    /// Keeps one more. Where there are too many, one under which nothing was ever proven goes first, the newest of them: a
    /// password alone pushes out nothing that counts. After that the newest: what was there before a thief stays.
    fn keep(all: &mut Vec<Self>, new: Self, now: UnixTime) {
        all.retain(|it| now < it.until || it.value == new.value);
        match all.iter_mut().find(|it| it.value == new.value) {
            Some(known) => {
                known.lasted = known.lasted.saturating_add(new.lasted);
                known.until = new.until;
            }
            None => all.push(new),
        }
        if all.len() > MOST_FORMER {
            let place = all.iter().rposition(|it| it.lasted == 0);
            all.remove(place.unwrap_or(MOST_FORMER));
        }
    }

    /// Where that one is, if it is still told.
    fn place(all: &[Self], value: &str, now: UnixTime) -> Option<usize> {
        all.iter()
            .position(|it| it.value == value && now < it.until)
    }
}

impl Contact {
    /// As the host knows it now.
    #[must_use]
    pub const fn new(name: String, locale: String, email: Option<String>) -> Self {
        Self {
            name,
            locale,
            email,
            locale_since: UnixTime::START,
            email_since: UnixTime::START,
            former_locales: Vec::new(),
            former: Vec::new(),
        }
    }

    /// In which language they are told: for thirty days that from before a change, for whoever made it may want nobody to
    /// understand what comes next.
    pub(super) fn language(&self, now: UnixTime) -> &str {
        let mut former = self.former_locales.iter().filter(|it| now < it.until);
        former.next().map_or(&self.locale, |it| &it.value)
    }

    /// Addresses before this one that are still told, each in the language that it had.
    pub(super) fn former(&self, now: UnixTime) -> impl Iterator<Item = (&str, &str)> {
        let former = self.former.iter().filter(move |it| now < it.until);
        former.map(|it| (it.value.as_str(), it.locale.as_str()))
    }

    /// What the host knows from now on; what it does not say stays as it was. Whether there is another address. `proven`:
    /// when something was proven last. What comes back ends what came between: of addresses only those under which nothing
    /// was proven, which whoever knows the password can name.
    pub(super) fn change(&mut self, new: &Self, proven: Option<UnixTime>, now: UnixTime) -> bool {
        let language = self.language(now).to_owned();
        self.name.clone_from(&new.name);
        if !new.locale.is_empty() && new.locale != self.locale {
            let value = std::mem::replace(&mut self.locale, new.locale.clone());
            self.locale_since = now;
            match Former::place(&self.former_locales, &self.locale, now) {
                Some(place) => self.former_locales.truncate(place),
                None => {
                    let before = Former {
                        value,
                        locale: String::new(),
                        lasted: 1,
                        until: now.plus(FORMER),
                    };
                    Former::keep(&mut self.former_locales, before, now);
                }
            }
        }
        let Some(email) = new.email.as_ref() else {
            return false;
        };
        if self.email.as_ref() == Some(email) {
            return false;
        }
        let before = self.email.replace(email.clone());
        let since = std::mem::replace(&mut self.email_since, now);
        let is_proven = proven.is_some_and(|at| at >= since);
        let back = Former::place(&self.former, email, now);
        if let Some(back) = back {
            let mut place = 0;
            self.former.retain(|it| {
                place += 1;
                place <= back.saturating_add(1) || it.lasted > 0
            });
        }
        let was_proven = |value: &String| {
            let mut former = self.former.iter();
            former.any(|it| it.value == *value && it.lasted > 0)
        };
        let before = before.filter(|it| is_proven || back.is_none() || was_proven(it));
        if let Some(value) = before {
            let lasted = if is_proven {
                since.until(now).max(1)
            } else {
                0
            };
            let before = Former {
                value,
                locale: language,
                lasted,
                until: now.plus(FORMER),
            };
            Former::keep(&mut self.former, before, now);
        }
        true
    }

    /// What a clock that was ahead has written lasts no longer than it would have.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.locale_since = self.locale_since.min(now);
        self.email_since = self.email_since.min(now);
        for former in self.former.iter_mut().chain(&mut self.former_locales) {
            former.until = former.until.min(now.plus(FORMER));
        }
    }

    /// Whether the rules could have led there.
    pub(super) fn is_possible(&self) -> bool {
        self.former.len() <= MOST_FORMER && self.former_locales.len() <= MOST_FORMER
    }
}

impl Default for Contact {
    fn default() -> Self {
        Self::new(String::new(), String::new(), None)
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

/// When its user was told of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AlertTurns {
    /// Of what.
    pub(super) kind: NoticeKind,
    /// The last event that was looked at.
    pub(super) seq: u64,
    /// From when each was, or is, told: the latest ones.
    pub(super) turns: Vec<UnixTime>,
}

impl AlertTurns {
    /// When the next one may be told.
    pub(super) fn next(&self, most_a_day: usize, now: UnixTime) -> UnixTime {
        let hour = self.turns.last().map(|at| at.plus(BETWEEN));
        let place = self.turns.len().checked_sub(most_a_day.max(1));
        let day = place.and_then(|place| self.turns.get(place));
        let day = day.map(|at| at.plus(DAY));
        [hour, day].into_iter().flatten().fold(now, UnixTime::max)
    }

    pub(super) fn take(&mut self, at: UnixTime) {
        self.turns.push(at);
        let surplus = self.turns.len().saturating_sub(MOST_TURNS);
        self.turns.drain(..surplus);
    }

    /// It is told now: that may be later than from when it was.
    pub(super) fn is_told(&mut self, now: UnixTime) {
        if let Some(last) = self.turns.last_mut() {
            *last = now;
        }
    }

    /// What a clock that was ahead has put off waits no longer than a day.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        for at in &mut self.turns {
            *at = (*at).min(now.plus(DAY));
        }
    }
}

/// All that is still to be told.
#[derive(Debug, Clone)]
pub(super) struct Notices {
    /// The last number that was given.
    pub(super) last: u32,
    /// When administrators were told something last.
    pub(super) administrators_told: Option<UnixTime>,
    pub(super) open: Vec<Notice>,
    pub(super) numbers: Vec<NumberNotice>,
    /// When what was unusual was told, by kind.
    pub(super) alerts: Vec<AlertTurns>,
}

impl Notices {
    pub(super) const NONE: Self = Self {
        last: 0,
        administrators_told: None,
        open: Vec::new(),
        numbers: Vec::new(),
        alerts: Vec::new(),
    };

    /// Whether the rules could have led there: each kind once for each audience, a number once for what it is told, and no
    /// list longer than it becomes.
    pub(super) fn is_possible(&self) -> bool {
        let mut kinds = self.alerts.iter().enumerate();
        let are_once = kinds.all(|(place, it)| {
            let mut others = self.alerts.iter().skip(place.saturating_add(1));
            it.turns.len() <= MOST_TURNS && others.all(|other| other.kind != it.kind)
        });
        let mut placed = self.open.iter().enumerate();
        let notices = placed.all(|(place, notice)| {
            let mut others = self.open.iter().skip(place.saturating_add(1));
            let is_single =
                others.all(|other| (other.kind, other.audience) != (notice.kind, notice.audience));
            is_single
                && notice.number <= self.last
                && notice.changes.len() <= MOST_CHANGES
                && notice.to.len() <= MOST_ADDRESSES
        });
        let mut placed = self.numbers.iter().enumerate();
        let numbers = placed.all(|(place, notice)| {
            let mut others = self.numbers.iter().skip(place.saturating_add(1));
            others.all(|other| !other.is_like(notice))
                && notice.number <= self.last
                && notice.tries <= MOST_TRIES
        });
        are_once && notices && numbers && self.numbers.len() <= MOST_NUMBERS
    }
}
