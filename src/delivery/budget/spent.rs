//! What was spent of the budgets of one thing: a small row.

use serde::{Deserialize, Serialize};

use super::window::Window;
use crate::clock::UnixTime;
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, SharedRow};

/// A window of 24 stretches touches 25 of them.
const MOST_MARKS: usize = 25;

/// Most windows a kind has, so that its row stays small.
pub const MOST_WINDOWS: usize = 3;

/// A range proves itself for half a year.
const PROVEN_SECONDS: u64 = 182 * 86_400;

/// Messages, and the last second in which they may have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SpentAt {
    at: UnixTime,
    count: u32,
}

/// What was spent of one window; oldest first, no two at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Track {
    seconds: u32,
    marks: Vec<SpentAt>,
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
                Some((window.seconds(), last.at, count.min(window.limit())))
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
            if !windows.iter().any(|window| window.seconds() == *seconds) {
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

    /// How much of the fullest of these windows is used up, in percent; those of less than an hour say nothing for long.
    #[must_use]
    pub fn used_percent(&self, windows: &[Window], now: UnixTime) -> u32 {
        let long = windows.iter().filter(|it| it.seconds() >= 3_600);
        let used = long.map(|window| {
            let marks = self.track(*window, now).marks;
            let used: u64 = marks.iter().map(|mark| u64::from(mark.count)).sum();
            let percent = used.saturating_mul(100) / u64::from(window.limit().max(1));
            u32::try_from(percent).unwrap_or(u32::MAX)
        });
        used.max().unwrap_or(0).min(100)
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
    pub fn standing(&self, now: UnixTime) -> RangeStanding {
        match self.proven {
            Some(at) if now < at.min(now).plus(PROVEN_SECONDS) => RangeStanding::Proven,
            _ => RangeStanding::Fresh,
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
            .filter(|track| track.seconds >= window.seconds())
            .min_by_key(|track| track.seconds)
            .or_else(|| self.tracks.iter().max_by_key(|track| track.seconds));
        let counts = |mark: &SpentAt| present < mark.at.plus(window.seconds().into());
        Track {
            seconds: window.seconds(),
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
        let most = u64::from(window.limit().saturating_sub(count));
        let mut left: u64 = self.marks.iter().map(|mark| u64::from(mark.count)).sum();
        let mut at = present;
        for mark in &self.marks {
            if left <= most {
                break;
            }
            left = left.saturating_sub(mark.count.into());
            at = mark.at.plus(window.seconds().into());
        }
        at
    }

    fn add(&mut self, window: Window, count: u32, present: UnixTime) {
        let grain = u64::from(window.grain());
        let into = present.unsigned() % grain;
        let at = present.plus(grain.saturating_sub(1).saturating_sub(into));
        let count = count.min(window.limit());
        match self.marks.last_mut() {
            Some(last) if last.at >= at => last.count = last.count.saturating_add(count),
            _ => self.marks.push(SpentAt { at, count }),
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
            self.marks.push(SpentAt {
                at: present,
                count: ahead,
            });
        }
    }
}

fn longest(windows: &[Window]) -> u64 {
    let seconds = windows.iter().map(|window| u64::from(window.seconds()));
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
                // Distances count back from the last mark, so the first one listed is 0 and no other; no mark is empty.
                if (place == 0) != (before == 0) || count == 0 {
                    return Err(RowError);
                }
                let at = later.ok_or(RowError)?.minus(before.into());
                later = Some(at);
                marks.push(SpentAt { at, count });
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
pub enum RangeStanding {
    /// Not that anybody knows.
    Fresh,
    /// Within half a year.
    Proven,
}

#[cfg(test)]
impl Spent {
    /// Messages in the marks of the first window.
    pub(super) fn counted(&self) -> u32 {
        let track = self.tracks.first();
        track.map_or(0, |track| track.marks.iter().map(|mark| mark.count).sum())
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
    fn the_largest_row_is_small() {
        // Everything at its widest: long stretches, large counts, three windows.
        let year = window(100_000, 366 * 86_400);
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
        let windows = [window(1, 60), window(5, 3_600), window(10, 86_400)];
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
    fn what_a_clock_has_moved_and_what_has_ended_is_not_given_back() {
        let windows = [window(3, 3_600), window(30, 86_400)];
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
        later
            .take(&windows, begin.plus(u64::from(3_600_u32)))
            .unwrap();
        later.give_back(&receipt, &windows);
        let counts = later
            .tracks
            .iter()
            .map(|track| -> u32 { track.marks.iter().map(|it| it.count).sum() });
        assert_eq!(counts.collect::<Vec<_>>(), [1, 1]);
        assert_eq!(
            later.tracks[0].marks[0].at,
            begin.plus(u64::from(3_600_u32))
        );
    }
}
