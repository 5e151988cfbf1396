//! How much may be sent: to a number, for a user, from an address, into a range of numbers, into a
//! country, by a provider, by the site.
//!
//! A budget is a sliding window: so many messages in so many seconds, wherever one lays the window.
//! What was spent lies in one small row for each thing that has budgets, [`Spent`], and a message
//! takes from all windows of it or from none.
//!
//! ```text
//!            ├──────────── seconds ────────────┤
//!   ───▮──────▮▮───────▮──────▮────────────────▮──▶ now
//!      ▲                                        counts: 5
//!      └ past: does not count
//! ```
//!
//! A window of up to 24 messages knows the second of each. A larger one keeps marks: 24 to its
//! length, each for all messages of a stretch of time, and each dated to the end of its stretch. So a
//! message never counts for too short a time, and for up to a 24th of the window too long.
//!
//! Clocks go back, and those of two web servers differ. Whatever was spent at a time that is still to come
//! counts as spent at the present, so that nobody waits longer than the window is long, however far ahead a
//! clock was; nothing is granted sooner than had the clock stood still.
//!
//! What a message took is given back where certainly nobody could be asked to send it ([`Receipt`]): exactly
//! that, or nothing. The wait between two codes to one number stays ([`Budgets::refunds`]).
//!
//! Against messages sent for money (an attacker earns from each one that a range of numbers
//! receives) there are three counters and no guess: a range is a number without its last three
//! digits, so that a run of adjacent numbers meets one budget; a range in which nobody ever typed a
//! code back is [`Standing::Fresh`]; and all fresh ranges together have one budget
//! of the site, so that hopping from range to range ends there, while the ranges of people who do
//! sign in go on.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::config::SendLimits;
use crate::phone::PhoneNumber;
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::types::{Network, Purpose, UserId};

/// A window of up to this many messages is exact; a larger one has this many stretches.
const GRAINS: u32 = 24;

/// A window of 24 stretches touches 25 of them.
const MOST_MARKS: usize = 25;

/// Most windows a kind has, so that its row stays small.
pub const MOST_WINDOWS: usize = 3;

/// Longest window: a year and a day.
const LONGEST_SECONDS: u32 = 366 * 86_400;

/// Largest limit.
const LARGEST_LIMIT: u32 = 100_000;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// A range proves itself for half a year.
const PROVEN_SECONDS: u64 = 182 * 86_400;

/// At most `limit` messages in any `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    limit: u32,
    seconds: u32,
}

impl Window {
    /// `None` outside 1 to 100 000 messages and 1 second to 366 days.
    #[must_use]
    pub const fn new(limit: u32, seconds: u32) -> Option<Self> {
        if limit == 0 || limit > LARGEST_LIMIT || seconds == 0 || seconds > LONGEST_SECONDS {
            return None;
        }
        Some(Self { limit, seconds })
    }

    /// Messages.
    #[must_use]
    pub const fn limit(self) -> u32 {
        self.limit
    }

    /// Seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// Length of a stretch of time that shares a mark. A message counts for `seconds`, and for up to
    /// one second less than this longer.
    #[must_use]
    pub const fn grain(self) -> u32 {
        if self.limit <= GRAINS {
            1
        } else {
            self.seconds.div_ceil(GRAINS)
        }
    }
}

/// Messages, and the last second in which they may have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    at: UnixTime,
    count: u32,
}

/// What was spent of one window; oldest first, no two at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Track {
    seconds: u32,
    marks: Vec<Mark>,
}

/// What was spent of the budgets of one thing: one row.
///
/// A new one has spent nothing. Whoever changes it writes it back by compare-and-swap, and starts over
/// when the swap is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Spent {
    latest: Option<UnixTime>,
    proven: Option<UnixTime>,
    tracks: Vec<Track>,
    /// How often what a clock that was ahead has dated was brought to the present.
    brought: u16,
}

/// Where in the windows of a row one message was counted. Good for giving that back once: it cannot be copied.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    brought: u16,
    /// The window's length, the time of the mark, and how much was added to it.
    places: Vec<(u32, UnixTime, u32)>,
}

impl Spent {
    /// Takes one message from all windows, or from none and says how many seconds to wait.
    ///
    /// After exactly that long it is granted if nothing else happens, and not a second earlier. On a
    /// refusal the row is as it was, except when the clock was put back: so write the row whenever it
    /// differs, whatever the answer.
    ///
    /// # Errors
    /// Seconds to wait; at least one.
    pub fn take(&mut self, windows: &[Window], now: UnixTime) -> Result<(), u64> {
        self.take_many(1, windows, now)
    }

    /// Takes what `count` messages cost; of a window that is smaller, all of it.
    ///
    /// # Errors
    /// As [`Spent::take`].
    pub fn take_many(&mut self, count: u32, windows: &[Window], now: UnixTime) -> Result<(), u64> {
        self.put_right(now);
        let present = now;
        let mut tracks: Vec<Track> = windows
            .iter()
            .map(|window| self.track(*window, present))
            .collect();
        let free_at = tracks
            .iter()
            .zip(windows)
            .map(|(track, window)| track.free_at(*window, count, present))
            .max()
            .unwrap_or(present);
        if free_at > present {
            return Err(now.until(free_at));
        }
        for (track, window) in tracks.iter_mut().zip(windows) {
            track.add(*window, count, present);
        }
        self.latest = Some(present);
        self.tracks = tracks;
        Ok(())
    }

    /// Where [`Spent::take_many`] has just counted `count` messages in `windows`.
    #[must_use]
    pub fn receipt(&self, count: u32, windows: &[Window]) -> Receipt {
        let places = self
            .tracks
            .iter()
            .zip(windows)
            .filter_map(|(track, window)| {
                let last = track.marks.last()?;
                Some((window.seconds, last.at, count.min(window.limit)))
            });
        Receipt {
            brought: self.brought,
            places: places.collect(),
        }
    }

    /// Gives back to `windows` what was taken by that receipt, as far as it still counts. What others took stays,
    /// with its times: where marks were moved since, nothing is given back.
    ///
    /// Whoever writes the row drops the receipt, also where it is not known whether the row was written.
    pub fn give_back(&mut self, receipt: &Receipt, windows: &[Window]) {
        if self.brought != receipt.brought {
            return;
        }
        for (seconds, at, count) in &receipt.places {
            if !windows.iter().any(|window| window.seconds == *seconds) {
                continue;
            }
            let track = self.tracks.iter_mut().find(|it| it.seconds == *seconds);
            let Some(track) = track else { continue };
            for mark in &mut track.marks {
                if mark.at == *at {
                    mark.count = mark.count.saturating_sub(*count);
                }
            }
            track.marks.retain(|mark| mark.count > 0);
        }
    }

    /// When the row may be forgotten: from then on it is worth no more than a new one. `None`: now.
    #[must_use]
    pub fn idle_after(&self, windows: &[Window]) -> Option<UnixTime> {
        let longest = longest(windows);
        let spent = self.tracks.iter().filter_map(|track| {
            let last = track.marks.last()?;
            Some(last.at.plus(longest.max(track.seconds.into())))
        });
        let proven = self.proven.map(|at| at.plus(PROVEN_SECONDS));
        spent.chain(proven).max()
    }

    /// Somebody typed a code back that was sent here. Only the row of a range is asked about it.
    pub fn prove(&mut self, now: UnixTime) {
        self.proven = Some(now);
    }

    /// Whether somebody did within half a year.
    #[must_use]
    pub fn standing(&self, now: UnixTime) -> Standing {
        match self.proven {
            Some(at) if now < at.min(now).plus(PROVEN_SECONDS) => Standing::Proven,
            _ => Standing::Fresh,
        }
    }

    /// The bytes to keep: at most 512.
    ///
    /// # Errors
    /// [`RowError`]; not with up to [`MOST_WINDOWS`] windows.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RowError> {
        format::write(self)
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`RowError`]: deny.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        format::read(bytes)
    }

    /// Whether it was written by a clock that was ahead of `now`.
    #[must_use]
    pub fn is_ahead(&self, now: UnixTime) -> bool {
        self.latest.is_some_and(|latest| latest > now) || self.proven.is_some_and(|at| at > now)
    }

    /// Dates everything that a clock that was ahead has put into the future to the present.
    fn put_right(&mut self, now: UnixTime) {
        if self.latest.is_some_and(|latest| latest > now) {
            for track in &mut self.tracks {
                track.bring_forward(now);
            }
            self.brought = self.brought.wrapping_add(1);
            self.latest = Some(now);
        }
        self.proven = self.proven.map(|at| at.min(now));
    }

    /// What still counts in a window. One that is new, because the settings changed, begins with what
    /// the next longer one remembers, or else the longest: a message takes from all of them.
    fn track(&self, window: Window, present: UnixTime) -> Track {
        let known = self
            .tracks
            .iter()
            .filter(|track| track.seconds >= window.seconds)
            .min_by_key(|track| track.seconds)
            .or_else(|| self.tracks.iter().max_by_key(|track| track.seconds));
        let counts = |mark: &Mark| present < mark.at.plus(window.seconds.into());
        Track {
            seconds: window.seconds,
            marks: known
                .map_or(&[][..], |track| &track.marks)
                .iter()
                .copied()
                .filter(counts)
                .collect(),
        }
    }
}

impl SharedRow for Spent {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Self::from_bytes(bytes)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(self.to_bytes()?)
    }
}

impl Track {
    /// When `count` more fit into the window.
    fn free_at(&self, window: Window, count: u32, present: UnixTime) -> UnixTime {
        let most = u64::from(window.limit.saturating_sub(count));
        let mut left: u64 = self.marks.iter().map(|mark| u64::from(mark.count)).sum();
        let mut at = present;
        for mark in &self.marks {
            if left <= most {
                break;
            }
            left = left.saturating_sub(mark.count.into());
            at = mark.at.plus(window.seconds.into());
        }
        at
    }

    fn add(&mut self, window: Window, count: u32, present: UnixTime) {
        let grain = u64::from(window.grain());
        let into = present.unsigned() % grain;
        let at = present.plus(grain.saturating_sub(1).saturating_sub(into));
        let count = count.min(window.limit);
        match self.marks.last_mut() {
            Some(last) if last.at >= at => last.count = last.count.saturating_add(count),
            _ => self.marks.push(Mark { at, count }),
        }
        // Only after a change of settings or of the clock: the oldest two become one, as of the later.
        while self.marks.len() > MOST_MARKS {
            let oldest = self.marks.remove(0);
            if let Some(next) = self.marks.first_mut() {
                next.count = next.count.saturating_add(oldest.count);
            }
        }
    }

    /// Dates everything that lies ahead to the present.
    fn bring_forward(&mut self, present: UnixTime) {
        let mut ahead = 0u32;
        self.marks.retain(|mark| {
            if mark.at >= present {
                ahead = ahead.saturating_add(mark.count);
            }
            mark.at < present
        });
        if ahead > 0 {
            self.marks.push(Mark {
                at: present,
                count: ahead,
            });
        }
    }
}

fn longest(windows: &[Window]) -> u64 {
    let seconds = windows.iter().map(|window| u64::from(window.seconds));
    seconds.max().unwrap_or(0)
}

/// The row as it is kept.
#[derive(Serialize, Deserialize)]
struct Wire {
    format: u8,
    latest: Option<UnixTime>,
    proven: Option<UnixTime>,
    brought: u16,
    tracks: Vec<WireTrack>,
}

/// The length of a window, the time of its last mark, and its marks from the last to the first: how
/// many seconds before the one that came before it in this list, and how many messages.
#[derive(Serialize, Deserialize)]
struct WireTrack(u32, Option<UnixTime>, Vec<(u32, u32)>);

/// The format of the row; there is one.
const FORMAT: u8 = 1;

impl From<Spent> for Wire {
    fn from(spent: Spent) -> Self {
        let tracks = spent.tracks.into_iter().map(|track| {
            let last = track.marks.last().map(|mark| mark.at);
            let mut later = last;
            let marks = track.marks.iter().rev().map(|mark| {
                let before = later.map_or(0, |later| mark.at.until(later));
                later = Some(mark.at);
                // No mark is kept for longer than the longest window there is.
                (u32::try_from(before).unwrap_or(u32::MAX), mark.count)
            });
            WireTrack(track.seconds, last, marks.collect())
        });
        Self {
            format: FORMAT,
            latest: spent.latest,
            proven: spent.proven,
            brought: spent.brought,
            tracks: tracks.collect(),
        }
    }
}

impl TryFrom<Wire> for Spent {
    type Error = RowError;

    fn try_from(wire: Wire) -> Result<Self, RowError> {
        if wire.format != FORMAT {
            return Err(RowError);
        }
        let mut tracks = Vec::new();
        for WireTrack(seconds, last, listed) in wire.tracks {
            if last.is_some() == listed.is_empty() || listed.len() > MOST_MARKS {
                return Err(RowError);
            }
            let mut marks = Vec::new();
            let mut later = last;
            for (place, (before, count)) in listed.into_iter().enumerate() {
                // Only the last mark is at no distance; none is empty.
                if (place == 0) != (before == 0) || count == 0 {
                    return Err(RowError);
                }
                let at = later.ok_or(RowError)?.minus(before.into());
                later = Some(at);
                marks.push(Mark { at, count });
            }
            marks.reverse();
            tracks.push(Track { seconds, marks });
        }
        Ok(Self {
            latest: wire.latest,
            proven: wire.proven,
            tracks,
            brought: wire.brought,
        })
    }
}

/// Whether codes that were sent into a range of numbers are ever typed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not that anybody knows.
    Fresh,
    /// Within half a year.
    Proven,
}

/// Who needs a message, as far as budgets go: what the weaker use leaves the stronger enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A code to where the user has proven to be reached, asked for from where a proof has come, or with a fresh one:
    /// to sign in, or to confirm a change.
    SignIn,
    /// The same from elsewhere: the password may be all that is behind it.
    UnknownNetwork,
    /// A code or a test message to where nobody has proven that.
    Enrolment,
    /// A code that anybody may ask for.
    Reset,
}

impl Use {
    /// The use of a code for that purpose; `is_own` if its user has proven to be reached there, `is_known` if it is
    /// asked for from where a proof of theirs has come, or with one.
    #[must_use]
    pub const fn of(purpose: Purpose, is_own: bool, is_known: bool) -> Self {
        match (purpose, is_own, is_known) {
            (Purpose::ResetPassword, ..) => Self::Reset,
            (Purpose::VerifyPhone, false, _) => Self::Enrolment,
            (_, _, true) => Self::SignIn,
            (_, _, false) => Self::UnknownNetwork,
        }
    }

    /// The rows in which a use has its share, and what one message costs there: enrolments, tests and resets
    /// have a third together, resets half of that, and sign-ins from elsewhere a half. So a sixth is always there
    /// for sign-ins from where a proof has come.
    const fn shares(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::SignIn => &[],
            Self::UnknownNetwork => &[("elsewhere", 2)],
            Self::Enrolment => &[("unproven", 3)],
            Self::Reset => &[("unproven", 3), ("reset", 6)],
        }
    }

    /// Adds the shares of every budget that all share to what a message takes from. All new ranges together
    /// are met by no sign-in, and of a person a reset has budgets of its own, and a sign-in from elsewhere two thirds:
    /// whoever has the password alone, or those of many, leaves the user some.
    pub fn take_shares(self, keys: &mut Vec<Key>) {
        let mut shares = Vec::new();
        for key in keys.iter_mut() {
            match key.kind {
                Kind::Number | Kind::User => {
                    if self == Self::Reset {
                        key.name.insert_str(0, "reset/");
                    }
                    if self == Self::UnknownNetwork {
                        let kind = match key.kind {
                            Kind::Number => Kind::NumberElsewhere,
                            _ => Kind::UserElsewhere,
                        };
                        shares.push(Key {
                            kind,
                            name: format!("elsewhere/{}", key.name),
                            cost: 1,
                        });
                    }
                }
                Kind::NumberElsewhere | Kind::UserElsewhere | Kind::Fresh => {}
                Kind::Ip | Kind::Range | Kind::Country | Kind::Provider | Kind::Site => {
                    shares.extend(self.shares().iter().map(|(share, cost)| Key {
                        kind: key.kind,
                        name: format!("{share}/{}", key.name),
                        cost: *cost,
                    }));
                }
            }
        }
        keys.append(&mut shares);
    }
}

/// What has budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One telephone number.
    Number,
    /// What may be asked for a number from where no proof of its user has come.
    NumberElsewhere,
    /// One user, whatever the number.
    User,
    /// What may be asked for a user from where no proof of theirs has come.
    UserElsewhere,
    /// One IPv4 address, or the 64-bit network of an IPv6 address: what one customer has at least.
    Ip,
    /// The thousand numbers that differ in their last three digits.
    Range,
    /// All fresh ranges together.
    Fresh,
    /// One country, by the number's region.
    Country,
    /// One provider.
    Provider,
    /// Everything.
    Site,
}

impl Kind {
    /// Every one, the narrow before the wide.
    pub const ALL: [Self; 10] = [
        Self::Number,
        Self::NumberElsewhere,
        Self::User,
        Self::UserElsewhere,
        Self::Ip,
        Self::Range,
        Self::Fresh,
        Self::Country,
        Self::Provider,
        Self::Site,
    ];

    /// The name its rows begin with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::NumberElsewhere => "number-elsewhere",
            Self::User => "user",
            Self::UserElsewhere => "user-elsewhere",
            Self::Ip => "ip",
            Self::Range => "range",
            Self::Fresh => "fresh",
            Self::Country => "country",
            Self::Provider => "provider",
            Self::Site => "site",
        }
    }
}

/// One thing that has budgets: the key of its row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// What the row has in its name after the kind of row: use, way and kind as far as they have rows of their own;
    /// of people a hash only.
    name: String,
    /// What one message costs there.
    pub cost: u32,
}

impl RowKey for Key {
    type Row = Spent;

    const KIND: RowKind = RowKind::Budget;

    fn id(&self) -> String {
        self.name.clone()
    }
}

impl Key {
    fn new(kind: Kind, name: &str) -> Self {
        Self {
            kind,
            name: match name {
                "" => kind.as_str().to_owned(),
                name => format!("{}/{name}", kind.as_str()),
            },
            cost: 1,
        }
    }

    /// The range a number is in. Its row tells the [`Standing`], and is to be told of every code that was
    /// typed back ([`Spent::prove`]).
    #[must_use]
    pub fn of_range(number: &PhoneNumber, hash: impl Fn(&[&[u8]]) -> String) -> Self {
        Self::new(
            Kind::Range,
            &hash(&[Kind::Range.as_str().as_bytes(), number.range().as_bytes()]),
        )
    }

    /// What e-mails take from, which have budgets of their own. `name`: whose, as a keyed hash.
    #[must_use]
    pub fn of_email(kind: Kind, name: &str) -> Self {
        Self {
            kind,
            name: format!("mail/{}/{name}", kind.as_str()),
            cost: 1,
        }
    }

    /// What asking for a reset takes from, whether or not anything is sent. `name`: whose, as a keyed hash.
    #[must_use]
    pub fn of_asking(kind: Kind, name: &str) -> Self {
        Self {
            kind,
            name: format!("asked/{}/{name}", kind.as_str()),
            cost: 1,
        }
    }

    /// The same row for whoever enrols what somebody else has proven.
    pub fn of_another_owner(&mut self) {
        self.name.insert_str(0, "enrol/");
    }

    /// Whether both are one row.
    #[must_use]
    pub fn is_same_row(&self, other: &Self) -> bool {
        self.name == other.name
    }

    /// A provider, by the name its settings have.
    #[must_use]
    pub fn of_provider(name: &str) -> Self {
        Self::new(Kind::Provider, name)
    }

    /// The country of a number.
    fn of_country(number: &PhoneNumber) -> Self {
        Self::new(Kind::Country, number.region().unwrap_or("none"))
    }

    fn of_site() -> Self {
        Self::new(Kind::Site, "")
    }
}

/// What a message takes from that nobody asked for: what it costs the site, and nothing of a person's.
#[must_use]
pub fn keys_for_notice(number: &PhoneNumber, provider: &str) -> Vec<Key> {
    vec![
        Key::of_country(number),
        Key::of_provider(provider),
        Key::of_site(),
    ]
}

/// What one message takes from, in this order: the narrow before the wide, so that whoever is stopped
/// at a number has not used up the site. Its provider's budget comes last ([`Key::of_provider`]), when
/// it is known which.
///
/// `hash` makes a short text of the kind and the name of a person: keyed, for there are few enough
/// numbers and addresses to try them all.
#[must_use]
pub fn keys_for(
    user: &UserId,
    ip: Option<IpAddr>,
    number: &PhoneNumber,
    standing: Standing,
    hash: impl Fn(&[&[u8]]) -> String,
) -> Vec<Key> {
    let hashed = |kind: Kind, name: &[u8]| Key::new(kind, &hash(&[kind.as_str().as_bytes(), name]));
    let mut keys = vec![
        hashed(Kind::Number, number.e164().as_bytes()),
        hashed(Kind::User, user.as_str().as_bytes()),
    ];
    if let Some(ip) = ip {
        keys.push(hashed(Kind::Ip, Network::of(ip).to_string().as_bytes()));
    }
    let range = Key::of_range(number, &hash);
    match standing {
        Standing::Fresh => {
            keys.push(range);
            keys.push(Key::new(Kind::Fresh, ""));
        }
        Standing::Proven => keys.push(range),
    }
    keys.push(Key::of_country(number));
    keys.push(Key::of_site());
    keys
}

/// Of a limit; a limit of one cannot be shared.
const fn two_thirds(limit: u32) -> u32 {
    let share = limit.saturating_mul(2) / 3;
    if share == 0 { 1 } else { share }
}

/// The windows of every kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets(Vec<(Kind, Vec<Window>)>);

impl Budgets {
    /// What the operator's settings say. `None` when one is out of range: never no limit.
    #[must_use]
    pub fn of(limits: &SendLimits) -> Option<Self> {
        const MINUTE: u32 = 60;
        let windows = |kind| -> Vec<(u32, u32)> {
            match kind {
                Kind::Number => vec![
                    (1, limits.cooldown_seconds),
                    (limits.number_hour, HOUR),
                    (limits.number_day, DAY),
                ],
                // The cooldown is everybody's.
                Kind::NumberElsewhere => vec![
                    (two_thirds(limits.number_hour), HOUR),
                    (two_thirds(limits.number_day), DAY),
                ],
                Kind::User => vec![(limits.user_hour, HOUR), (limits.user_day, DAY)],
                Kind::UserElsewhere => vec![
                    (two_thirds(limits.user_hour), HOUR),
                    (two_thirds(limits.user_day), DAY),
                ],
                Kind::Ip => vec![(limits.ip_hour, HOUR), (limits.ip_day, DAY)],
                Kind::Range => vec![(limits.range_hour, HOUR), (limits.range_day, DAY)],
                Kind::Fresh => vec![(limits.new_ranges_hour, HOUR), (limits.new_ranges_day, DAY)],
                Kind::Country => vec![(limits.country_hour, HOUR), (limits.country_day, DAY)],
                Kind::Provider => vec![
                    (limits.provider_minute, MINUTE),
                    (limits.provider_hour, HOUR),
                    (limits.provider_day, DAY),
                ],
                Kind::Site => vec![(limits.site_day, DAY)],
            }
        };
        let checked = Kind::ALL.into_iter().map(|kind| {
            let windows = windows(kind).into_iter();
            let windows = windows.map(|(limit, seconds)| Window::new(limit, seconds));
            Some((kind, windows.collect::<Option<_>>()?))
        });
        checked.collect::<Option<_>>().map(Self)
    }

    /// The windows of a kind.
    #[must_use]
    pub fn windows(&self, kind: Kind) -> &[Window] {
        let found = self.0.iter().find(|(its_kind, _)| *its_kind == kind);
        found.map_or(&[], |(_, windows)| windows)
    }

    /// The windows of a kind that get back what a message of that use took, where certainly nobody could be asked
    /// to send it.
    ///
    /// The wait between two codes to one number stays, so that nobody asks without limit. Where whoever asks
    /// chooses the number, that limits nothing: of those, what one user and one address took stays, too.
    #[must_use]
    pub fn refunds(&self, of: Use, kind: Kind) -> Vec<Window> {
        let windows = self.windows(kind);
        let longer_than = match (of, kind) {
            (Use::Enrolment, Kind::User | Kind::Ip) => return Vec::new(),
            (_, Kind::Number) => windows.first().map_or(0, |cooldown| cooldown.seconds),
            _ => 0,
        };
        let longer = |window: &&Window| window.seconds > longer_than;
        windows.iter().filter(longer).copied().collect()
    }

    /// Takes one message from the row of `key`.
    ///
    /// # Errors
    /// Seconds to wait; see [`Spent::take`] for when the row is to be written.
    pub fn take(&self, key: &Key, spent: &mut Spent, now: UnixTime) -> Result<(), u64> {
        spent.take_many(key.cost, self.windows(key.kind), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    fn window(limit: u32, seconds: u32) -> Window {
        Window::new(limit, seconds).unwrap()
    }

    /// What holds where the operator says nothing.
    fn budgets() -> Budgets {
        Budgets::of(&SendLimits::default()).unwrap()
    }

    fn number(e164: &str) -> PhoneNumber {
        PhoneNumber::parse(e164, None).unwrap()
    }

    fn clear(parts: &[&[u8]]) -> String {
        let text = |part: &[u8]| part.iter().map(|b| format!("{b:02x}")).collect::<String>();
        parts.iter().map(|p| text(p)).collect::<Vec<_>>().join("-")
    }

    fn names(keys: &[Key]) -> Vec<(Kind, &str)> {
        keys.iter().map(|k| (k.kind, k.name.as_str())).collect()
    }

    #[test]
    fn a_number_has_a_minute_between_two_five_an_hour_and_ten_a_day() {
        let budgets = budgets();
        let windows = budgets.windows(Kind::Number);
        let mut spent = Spent::default();
        let start = at(1_700_000_000);
        let mut now = start;
        let mut sent = Vec::new();
        while start.until(now) < 2 * 86_400 {
            match spent.take(windows, now) {
                Ok(()) => sent.push(start.until(now)),
                Err(wait) => now = now.plus(wait),
            }
        }
        let (hour, day) = (3_600, 86_400);
        let first = [0, 60, 120, 180, 240];
        let expected: Vec<u64> = [0, hour, day, day + hour]
            .into_iter()
            .flat_map(|from| first.map(|s| from + s))
            .collect();
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_refusal_takes_nothing_from_any_window() {
        let windows = [window(1, 60), window(5, 3_600)];
        let mut spent = Spent::default();
        spent.take(&windows, at(1_000_000)).unwrap();
        let before = spent.clone();
        for second in 1..60 {
            assert_eq!(
                spent.take(&windows, at(1_000_000 + second)),
                Err(60 - second as u64)
            );
        }
        assert_eq!(spent, before);
        assert_eq!(spent.take(&windows, at(1_000_060)), Ok(()));
    }

    #[test]
    fn a_clock_that_was_put_back_waits_no_longer_than_the_window() {
        let windows = [window(1, 60), window(2, 3_600)];
        let mut spent = Spent::default();
        spent.take(&windows, at(1_000_000)).unwrap();
        // Another server's clock, ten seconds behind.
        assert_eq!(spent.take(&windows, at(999_990)), Err(60));
        spent.take(&windows, at(1_000_060)).unwrap();
        // A year ahead by mistake: what is past is past. Then it was put right.
        let year = 366 * 86_400;
        spent.take(&windows, at(1_000_000 + year)).unwrap();
        spent.take(&windows, at(1_000_060 + year)).unwrap();
        assert_eq!(spent.take(&windows, at(1_000_200)), Err(3_600));
        // The row remembers that it was: it does not start over with each refusal.
        assert_eq!(spent.take(&windows, at(1_000_300)), Err(3_500));
        assert_eq!(spent.take(&windows, at(1_003_800)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_put_back_little_by_little_is_forgiven_too() {
        let windows = [window(3, 60)];
        let mut spent = Spent::default();
        for back in [0, 50, 100] {
            spent.take(&windows, at(1_000_000 - back)).unwrap();
        }
        // Never by more than the window at once, and all the same no wait is longer than it.
        assert_eq!(spent.take(&windows, at(999_900)), Err(60));
    }

    #[test]
    fn other_settings_do_not_forget_what_was_spent() {
        let mut spent = Spent::default();
        for second in 0..20 {
            spent
                .take(&[window(20, 3_600)], at(1_000_000 + second))
                .unwrap();
        }
        let now = at(1_000_100);
        // Stricter, shorter, longer, coarser: each knows of the twenty.
        assert!(spent.clone().take(&[window(10, 3_600)], now).is_err());
        assert!(spent.clone().take(&[window(20, 600)], now).is_err());
        assert!(spent.clone().take(&[window(20, 86_400)], now).is_err());
        let mut coarse = spent.clone();
        for n in 0..30 {
            assert_eq!(
                coarse.take(&[window(50, 86_400)], now.plus(n * 3_600 / 24)),
                Ok(())
            );
        }
        assert!(coarse.take(&[window(50, 86_400)], now.plus(3_750)).is_err());
        // And a row keeps its size.
        assert!(
            coarse
                .tracks
                .iter()
                .all(|track| track.marks.len() <= MOST_MARKS)
        );
    }

    #[test]
    fn the_settings_are_the_windows() {
        let limits = SendLimits {
            cooldown_seconds: 11,
            number_hour: 12,
            number_day: 13,
            user_hour: 14,
            user_day: 15,
            ip_hour: 16,
            ip_day: 17,
            range_hour: 18,
            range_day: 19,
            new_ranges_hour: 20,
            new_ranges_day: 21,
            country_hour: 22,
            country_day: 23,
            provider_minute: 24,
            provider_hour: 25,
            provider_day: 26,
            site_day: 27,
        };
        let budgets = Budgets::of(&limits).unwrap();
        for (kind, windows) in [
            (Kind::Number, &[(1, 11), (12, HOUR), (13, DAY)][..]),
            (Kind::User, &[(14, HOUR), (15, DAY)]),
            (Kind::Ip, &[(16, HOUR), (17, DAY)]),
            (Kind::Range, &[(18, HOUR), (19, DAY)]),
            (Kind::Fresh, &[(20, HOUR), (21, DAY)]),
            (Kind::Country, &[(22, HOUR), (23, DAY)]),
            (Kind::Provider, &[(24, 60), (25, HOUR), (26, DAY)]),
            (Kind::Site, &[(27, DAY)]),
        ] {
            assert!(windows.len() <= MOST_WINDOWS);
            let windows: Vec<_> = windows.iter().map(|(l, s)| window(*l, *s)).collect();
            assert_eq!(budgets.windows(kind), windows, "{kind:?}");
        }
        for wrong in [0, LARGEST_LIMIT + 1] {
            let ip_hour = wrong;
            assert_eq!(Budgets::of(&SendLimits { ip_hour, ..limits }), None);
        }
    }

    #[test]
    fn a_dear_message_costs_all_of_a_small_window_and_no_more() {
        let windows = [window(2, 60)];
        let mut spent = Spent::default();
        spent.take_many(3, &windows, at(1_000)).unwrap();
        assert_eq!(spent.take_many(3, &windows, at(1_001)), Err(59));
        assert_eq!(spent.take(&windows, at(1_060)), Ok(()));
        assert_eq!(spent.take(&windows, at(1_060)), Ok(()));
    }

    #[test]
    fn the_largest_row_is_small() {
        // Everything at its widest: long stretches, large counts, three windows.
        let year = window(100_000, LONGEST_SECONDS);
        let mut spent = Spent::default();
        let mut now = at(1_700_000_000);
        for _ in 0..60 {
            let _ = spent.take_many(4_000, &[year, year, year], now);
            now = now.plus(u64::from(year.grain()));
        }
        spent.prove(now);
        assert_eq!(spent.tracks[0].marks.len(), 25);
        let bytes = spent.to_bytes().unwrap();
        assert!((300..=512).contains(&bytes.len()), "{}", bytes.len());
        assert_eq!(Spent::from_bytes(&bytes), Ok(spent));
    }

    #[test]
    fn a_row_that_is_not_one_is_refused() {
        let mut spent = Spent::default();
        let windows = [window(1, 60), window(5, HOUR), window(10, DAY)];
        spent.take(&windows, at(1_700_000_000)).unwrap();
        spent.take(&windows, at(1_700_000_100)).unwrap();
        let bytes = spent.to_bytes().unwrap();
        assert_eq!(Spent::from_bytes(&bytes), Ok(spent));
        assert_eq!(Spent::from_bytes(&[]), Err(RowError));
        for cut in 0..bytes.len() {
            assert_eq!(Spent::from_bytes(&bytes[..cut]), Err(RowError), "{cut}");
        }
        assert_eq!(
            Spent::from_bytes(&[&bytes[..], &[0]].concat()),
            Err(RowError)
        );
        let other = [&[2], &bytes[1..]].concat();
        assert_eq!(Spent::from_bytes(&other), Err(RowError));
        for (track, why) in [
            (WireTrack(60, None, vec![(0, 1)]), "marks at no time"),
            (WireTrack(60, Some(at(9)), vec![]), "a time of no marks"),
            (WireTrack(60, Some(at(9)), vec![(0, 0)]), "an empty mark"),
            (WireTrack(60, Some(at(9)), vec![(1, 1)]), "a first gap"),
            (WireTrack(60, Some(at(9)), vec![(0, 1), (0, 1)]), "no gap"),
            (
                WireTrack(60, Some(at(99)), [vec![(0, 1)], vec![(1, 1); 25]].concat()),
                "too many",
            ),
        ] {
            let wire = Wire {
                format: FORMAT,
                latest: None,
                proven: None,
                brought: 0,
                tracks: vec![track],
            };
            assert_eq!(Spent::try_from(wire), Err(RowError), "{why}");
        }
    }

    #[test]
    fn a_message_takes_from_the_narrow_before_the_wide_and_names_nobody() {
        let user = UserId::new("alice").unwrap();
        let phone = number("+4915123456789");
        let ip = "2001:db8:1:2:3:4:5:6".parse().ok();
        let keys = keys_for(&user, ip, &phone, Standing::Proven, clear);
        assert_eq!(
            keys.iter().map(|key| key.kind).collect::<Vec<_>>(),
            [
                Kind::Number,
                Kind::User,
                Kind::Ip,
                Kind::Range,
                Kind::Country,
                Kind::Site
            ]
        );
        assert!(keys.iter().all(|key| key.cost == 1));
        assert_eq!(keys[4].name, "country/DE");
        assert_eq!(keys[5].name, "site");
        assert_eq!(Key::of_provider("twilio").name, "provider/twilio");
        // With a hash that hides, nothing is left of them.
        let hidden = keys_for(&user, ip, &phone, Standing::Proven, |_| "#".to_owned());
        for key in &hidden {
            assert!(
                !key.name.contains("alice")
                    && !key.name.contains("151")
                    && !key.name.contains("2001")
            );
        }
        assert_eq!(
            names(&hidden)[..4],
            [
                (Kind::Number, "number/#"),
                (Kind::User, "user/#"),
                (Kind::Ip, "ip/#"),
                (Kind::Range, "range/#"),
            ]
        );
        // A user called like a number is hashed as another thing.
        let mimic = UserId::new("+4915123456789").unwrap();
        let keys = keys_for(&mimic, None, &phone, Standing::Proven, clear);
        assert_ne!(
            keys[0].name.strip_prefix("number/"),
            keys[1].name.strip_prefix("user/")
        );
    }

    #[test]
    fn what_goes_into_a_fresh_range_meets_the_budget_of_all_fresh_ones() {
        let user = UserId::new("alice").unwrap();
        let phone = number("+4915123456789");
        let keys = keys_for(&user, None, &phone, Standing::Fresh, clear);
        let costs: Vec<_> = keys.iter().map(|key| (key.kind, key.cost)).collect();
        assert_eq!(
            costs[2..],
            [
                (Kind::Range, 1),
                (Kind::Fresh, 1),
                (Kind::Country, 1),
                (Kind::Site, 1)
            ]
        );
        assert_eq!(keys[2].name, Key::of_range(&phone, clear).name);

        let mut range = Spent::default();
        let day = at(1_700_000_000);
        assert_eq!(range.standing(day), Standing::Fresh);
        range.prove(day);
        let half_a_year = day.plus(PROVEN_SECONDS);
        assert_eq!(range.standing(half_a_year.minus(1)), Standing::Proven);
        assert_eq!(range.standing(half_a_year), Standing::Fresh);
        assert_eq!(
            range.idle_after(budgets().windows(Kind::Range)),
            Some(half_a_year)
        );
    }

    #[test]
    fn neighbours_share_a_range_and_addresses_of_one_customer_a_row() {
        let user = UserId::new("alice").unwrap();
        let row = |e164: &str| Key::of_range(&number(e164), clear).name;
        assert_eq!(row("+4915123456789"), row("+4915123456000"));
        assert_ne!(row("+4915123456789"), row("+4915123457789"));
        let of = |ip: &str| {
            let keys = keys_for(
                &user,
                ip.parse().ok(),
                &number("+4915123456789"),
                Standing::Proven,
                clear,
            );
            keys[2].name.clone()
        };
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn whatever_is_not_proven_leaves_sign_ins_their_part_of_every_budget_that_all_share() {
        use proptest::prelude::*;
        let budgets = budgets();
        let shared = [
            Kind::Ip,
            Kind::Range,
            Kind::Country,
            Kind::Provider,
            Kind::Site,
        ];
        let take = |kind, of: Use, rows: &mut std::collections::HashMap<String, Spent>, now| {
            let mut keys = vec![Key::new(kind, "x")];
            of.take_shares(&mut keys);
            let before = rows.clone();
            for key in keys {
                let row = rows.entry(key.name.clone()).or_default();
                if budgets.take(&key, row, now).is_err() {
                    *rows = before;
                    return false;
                }
            }
            true
        };
        // With sign-ins from elsewhere, and without.
        let asked =
            (2u8..4).prop_flat_map(|uses| proptest::collection::vec((0..uses, 0u64..30), 0..600));
        proptest!(ProptestConfig::with_cases(48), |(asked in asked, place in 0usize..5)| {
            let kind = shared[place];
            let mut rows = std::collections::HashMap::new();
            let mut now = at(1_700_000_000);
            let (mut enrolments, mut resets, mut elsewhere) = (0, 0, 0);
            for (of, wait) in asked {
                now = now.plus(wait);
                let (of, taken) = match of {
                    0 => (Use::Reset, &mut resets),
                    1 => (Use::Enrolment, &mut enrolments),
                    _ => (Use::UnknownNetwork, &mut elsewhere),
                };
                *taken += u32::from(take(kind, of, &mut rows, now));
            }
            let day = budgets.windows(kind).last().unwrap().limit();
            prop_assert!(resets <= day.div_ceil(6) && enrolments + resets <= day.div_ceil(3));
            let least = budgets.windows(kind).iter().map(|window| window.limit()).min().unwrap();
            prop_assert!(elsewhere <= day.div_ceil(2));
            let left = if elsewhere == 0 { least * 2 / 3 } else { least / 6 };
            for n in 0..left {
                prop_assert!(take(kind, Use::SignIn, &mut rows, now), "{n} of {least}");
            }
        });
    }

    #[test]
    fn what_is_asked_for_from_elsewhere_leaves_a_third_of_a_person_s_budgets() {
        let limits = |budgets: &Budgets, kind| -> Vec<u32> {
            let windows = budgets.windows(kind).iter();
            windows.map(|window| window.limit()).collect()
        };
        let usual = budgets();
        assert_eq!(limits(&usual, Kind::Number), [1, 5, 10]);
        assert_eq!(limits(&usual, Kind::NumberElsewhere), [3, 6]);
        assert_eq!(limits(&usual, Kind::User), [10, 20]);
        assert_eq!(limits(&usual, Kind::UserElsewhere), [6, 13]);
        let least = SendLimits {
            number_hour: 1,
            number_day: 2,
            ..SendLimits::default()
        };
        let least = Budgets::of(&least).unwrap();
        assert_eq!(limits(&least, Kind::NumberElsewhere), [1, 1]);

        let mut keys = vec![
            Key::new(Kind::Number, "x"),
            Key::new(Kind::User, "y"),
            Key::of_site(),
        ];
        let before = keys.clone();
        Use::SignIn.take_shares(&mut keys);
        assert_eq!(keys, before);
        Use::UnknownNetwork.take_shares(&mut keys);
        assert_eq!(
            names(&keys)[3..],
            [
                (Kind::NumberElsewhere, "elsewhere/number/x"),
                (Kind::UserElsewhere, "elsewhere/user/y"),
                (Kind::Site, "elsewhere/site"),
            ]
        );
    }

    #[test]
    fn the_wait_between_two_codes_stays_and_so_does_what_limits_whoever_chooses_the_number() {
        let usual = budgets();
        let back = |of, kind| -> Vec<u32> {
            let windows = usual.refunds(of, kind).into_iter();
            windows.map(Window::seconds).collect()
        };
        for of in [Use::SignIn, Use::UnknownNetwork, Use::Reset, Use::Enrolment] {
            for kind in Kind::ALL {
                let all: Vec<u32> = usual.windows(kind).iter().map(|it| it.seconds()).collect();
                let wanted = match (of, kind) {
                    (_, Kind::Number) => vec![HOUR, DAY],
                    (Use::Enrolment, Kind::User | Kind::Ip) => vec![],
                    _ => all,
                };
                assert_eq!(back(of, kind), wanted, "{of:?} {kind:?}");
            }
        }
        // Of a wait as long as a window both stay: they cannot be told apart.
        let long = Budgets::of(&SendLimits {
            cooldown_seconds: HOUR,
            ..SendLimits::default()
        })
        .unwrap();
        assert_eq!(long.refunds(Use::SignIn, Kind::Number), [window(10, DAY)]);
    }

    #[test]
    fn what_a_clock_has_moved_and_what_has_ended_is_not_given_back() {
        let windows = [window(3, HOUR), window(30, DAY)];
        let begin = at(1_700_000_000);
        let mut spent = Spent::default();
        spent.take(&windows, begin).unwrap();
        let receipt = spent.receipt(1, &windows);
        let whole = spent.clone();
        spent.give_back(&receipt, &windows);
        assert!(spent.tracks.iter().all(|track| track.marks.is_empty()));
        assert_eq!(spent.idle_after(&windows), None);
        // Once more gives nothing: there is nothing at that time.
        let empty = spent.clone();
        spent.give_back(&receipt, &windows);
        assert_eq!(spent, empty);

        // Another server is a second behind, and moves it.
        let mut moved = whole.clone();
        moved.take(&windows, begin.minus(1)).unwrap();
        let before = moved.clone();
        moved.give_back(&receipt, &windows);
        assert_eq!(moved, before);

        // The hour is over and somebody else took: theirs stays, and of the day goes what was taken then.
        let mut later = whole;
        later.take(&windows, begin.plus(u64::from(HOUR))).unwrap();
        later.give_back(&receipt, &windows);
        let counts = later
            .tracks
            .iter()
            .map(|track| -> u32 { track.marks.iter().map(|it| it.count).sum() });
        assert_eq!(counts.collect::<Vec<_>>(), [1, 1]);
        assert_eq!(later.tracks[0].marks[0].at, begin.plus(u64::from(HOUR)));
    }

    #[test]
    fn an_adjacent_run_and_a_hop_over_ranges_both_end_at_their_budget() {
        let budgets = budgets();
        let user = UserId::new("mallory").unwrap();
        let run = |step: usize| {
            let mut rows = std::collections::HashMap::<String, Spent>::new();
            let mut sent = 0;
            'next: for n in 0..1_000 {
                let before = rows.clone();
                // An attacker with as many users and addresses as numbers.
                let phone = number(&format!("+4915{:09}", 120_000_000 + n * step));
                let mut keys = keys_for(&user, None, &phone, Standing::Fresh, clear);
                Use::Enrolment.take_shares(&mut keys);
                for key in keys {
                    if key.kind == Kind::User {
                        continue;
                    }
                    let row = rows.entry(key.name.clone()).or_default();
                    if budgets
                        .take(&key, row, at(1_700_000_000 + n as i64))
                        .is_err()
                    {
                        rows = before;
                        continue 'next;
                    }
                }
                sent += 1;
            }
            (sent, rows)
        };
        let (sent, rows) = run(1);
        assert_eq!(sent, 10, "ten an hour in one fresh range");
        let site = &rows["site"];
        assert_eq!(
            site.tracks[0].marks.iter().map(|m| m.count).sum::<u32>(),
            10
        );
        assert_eq!(run(1_000).0, 100, "a hundred an hour in all fresh ranges");
    }

    #[test]
    fn a_window_is_a_limit() {
        for (limit, seconds) in [(0, 60), (1, 0), (100_001, 60), (1, 367 * 86_400)] {
            assert_eq!(Window::new(limit, seconds), None);
        }
    }
}
