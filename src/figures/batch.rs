//! What is counted at once.

use super::counts::Counts;
use super::networks::Networks;
use super::rows::{FiguresKey, FiguresRow, Head, Month, MonthId};
use crate::audit::Event;
use crate::clock::UnixTime;
use crate::shared::{Keep, Slot};
use crate::store::AuditRow;
use crate::types::UserId;

/// Events that are read at once.
pub const AT_ONCE: u32 = 1000;

/// For how long the days of a month are kept, in days from when they were written last.
const KEPT_DAYS: u64 = 400;

const DAY: u64 = 86_400;

/// Events of one month, counted: what is added to the rows, or not.
#[derive(Debug)]
pub struct Batch {
    after: u64,
    last: u64,
    month: MonthId,
    is_old: bool,
    totals: Counts,
    days: Month,
    networks: Networks,
}

impl Batch {
    /// Counts the first of these events, as far as they are of one month. They are those after the place `after`, in the
    /// order of their places. `is_told`: whether people are told of one. `None` where there are none.
    #[must_use]
    pub fn count(
        after: u64,
        rows: &[(u64, AuditRow)],
        now: UnixTime,
        is_told: impl Fn(&Event, &UserId) -> bool,
    ) -> Option<Self> {
        // What a clock gave that was ahead is of the present.
        let time = |row: &AuditRow| row.at.min(now);
        let (_, first) = rows.first()?;
        let month = MonthId::of(time(first));
        let mut batch = Self {
            after,
            last: after,
            month,
            is_old: time(first) < now.minus(KEPT_DAYS.saturating_mul(DAY)),
            totals: Counts::default(),
            days: Month::default(),
            networks: Networks::default(),
        };
        let of_month = (rows.iter()).take_while(|(_, row)| MonthId::of(time(row)) == month);
        for (place, row) in of_month {
            let event = serde_json::from_slice::<Event>(&row.body).ok();
            let mut counts = Counts::default();
            let told = |event: &Event| is_told(event, &row.user);
            counts.count(event.as_ref(), event.as_ref().is_some_and(told));
            batch.totals.add_all(&counts);
            if let Some(day) = u8::try_from(time(row).utc().day)
                .ok()
                .and_then(|day| batch.days.day_mut(day))
            {
                day.add_all(&counts);
            }
            if let Some(event) = &event {
                batch.networks.count(event);
            }
            batch.last = *place;
        }
        Some(batch)
    }

    /// The place of the last event that is in it.
    #[must_use]
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// The rows it is added to, in the order of [`Batch::add`]. Days that are over for good are not kept.
    #[must_use]
    pub fn keys(&self) -> Vec<FiguresKey> {
        let mut keys = vec![FiguresKey::Head];
        if !self.is_old {
            keys.push(FiguresKey::Month(self.month));
            if !self.networks.is_empty() {
                keys.push(FiguresKey::Networks(self.month));
            }
        }
        keys
    }

    /// Adds it, unless somebody else was faster: then the cursor is elsewhere. Networks are kept for `network_days`, as
    /// the events are that they come of; 0: as long as the days.
    pub fn add(&self, slots: &mut [Slot<FiguresRow>], now: UnixTime, network_days: u32) {
        let Some((first, others)) = slots.split_first_mut() else {
            return;
        };
        let mut head = match first.take() {
            Some(FiguresRow::Head(head)) => head,
            _ => Head::default(),
        };
        if head.cursor != self.after {
            return;
        }
        head.cursor = self.last;
        head.moved = Some(now);
        head.totals.add_all(&self.totals);
        first.put(FiguresRow::Head(head), Keep::Always);
        let kept = |days: u64| Keep::Until(now.plus(days.saturating_mul(DAY)));
        let network_days = match network_days {
            0 => KEPT_DAYS,
            days => u64::from(days).min(KEPT_DAYS),
        };
        if let Some(slot) = others.first_mut() {
            let mut month = match slot.take() {
                Some(FiguresRow::Month(month)) => month,
                _ => Month::default(),
            };
            month.add_all(&self.days);
            slot.put(FiguresRow::Month(month), kept(KEPT_DAYS));
        }
        if let Some(slot) = others.get_mut(1) {
            let mut networks = match slot.take() {
                Some(FiguresRow::Networks(networks)) => networks,
                _ => Networks::default(),
            };
            networks.add_all(&self.networks);
            slot.put(FiguresRow::Networks(networks), kept(network_days));
        }
    }
}
