//! Events of accounts, and by when they may go.

use super::super::error::StoreError;
use super::super::rows::{AuditRow, MAX_LIMIT};
use super::connection::{Mysql, user_of};
use super::wire::{hex, last_rows};
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

/// How long after it was written an event may still be without one that has an earlier place, in seconds: InnoDB gives a
/// place when a statement begins and shows the row when its transaction ends, and other statements of it may wait in between.
/// The servers of a cluster may have clocks that are so far apart.
const UNSETTLED_SECONDS: u64 = 60;
/// So many of the places that were given lately are looked at for gaps. Where there are more, what was written lately comes
/// when it is settled.
const AT_ONCE: usize = 10_000;

impl Mysql {
    /// See [`Store::audit`](super::super::contract::Store::audit).
    pub(super) fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let (prefix, site) = (self.url.prefix(), hex(site.as_str().as_bytes()));
        let (before, limit) = (before.unwrap_or(u64::MAX), limit.min(MAX_LIMIT));
        let columns = "SELECT id, user, seq, at, body, mac FROM";
        let sql = match user {
            None => format!(
                "{columns} `{prefix}twofactor_audit` FORCE INDEX (place) \
                 WHERE site = {site} AND id < {before} ORDER BY id DESC LIMIT {limit}"
            ),
            // By place in the user's chain, which has an index: `before` is the id of an event of theirs, most
            // likely. Else a user's few events would be looked for among everybody's.
            Some(user) => {
                let user = hex(user.as_str().as_bytes());
                let whose = format!("site = {site} AND user = {user}");
                format!(
                    "{columns} `{prefix}twofactor_audit` FORCE INDEX (user_seq) WHERE {whose} \
                     AND seq < COALESCE((SELECT seq FROM `{prefix}twofactor_audit` WHERE id = {before} \
                     AND {whose}), {last}) AND id < {before} ORDER BY seq DESC LIMIT {limit}",
                    last = u64::MAX,
                )
            }
        };
        self.listed(&sql)
    }

    /// See [`Store::events`](super::super::contract::Store::events).
    ///
    /// Places are shared by all sites. What others wrote is looked at only where something of this site was written lately,
    /// and only among what was; a site whose clock is wrong delays nothing, for it is the server's that says what that is.
    pub(super) fn events(
        &mut self,
        site: &Site,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let audit = format!("`{}twofactor_audit`", self.url.prefix());
        let (site, limit) = (hex(site.as_str().as_bytes()), limit.min(MAX_LIMIT));
        let own = |columns: &str, last: u64| {
            format!(
                "SELECT {columns} FROM {audit} FORCE INDEX (place) \
                 WHERE site = {site} AND id > {after} AND id <= {last} ORDER BY id LIMIT {limit}"
            )
        };
        let places = self.places(&own("id, written, UNIX_TIMESTAMP()", u64::MAX))?;
        let Some(newest) = places.last() else {
            return Ok(Vec::new());
        };
        let settled = settled_in(&places, after);
        let last = if settled == newest.id {
            settled
        } else {
            let lately = format!(
                "SELECT id, IF(site = {site}, written, UNIX_TIMESTAMP()), UNIX_TIMESTAMP() FROM {audit} \
                 FORCE INDEX (PRIMARY) WHERE id > {settled} AND id <= {newest} ORDER BY id DESC LIMIT {AT_ONCE}",
                newest = newest.id,
            );
            let mut places = self.places(&lately)?;
            places.reverse();
            settled_in(&places, settled)
        };
        // Read last: whatever has come between the others meanwhile is in it.
        self.listed(&own("id, user, seq, at, body, mac", last))
    }

    /// Places, as that statement lists them.
    fn places(&mut self, sql: &str) -> Result<Vec<Place>, StoreError> {
        last_rows(self.ask(sql)?)
            .into_iter()
            .map(|row| {
                let (id, written, now) = mysql::from_row_opt::<(u64, u64, u64)>(row).ok()?;
                Some(Place {
                    id,
                    is_settled: is_settled(written, now),
                })
            })
            .collect::<Option<_>>()
            .ok_or_else(|| self.at().odd())
    }

    /// See [`Store::chain`](super::super::contract::Store::chain).
    pub(super) fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        let sql = format!(
            "SELECT id, user, seq, at, body, mac FROM `{prefix}twofactor_audit` FORCE INDEX (user_seq) \
             WHERE site = {site} AND user = {user} AND seq >= {from} ORDER BY seq LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
            limit = limit.min(MAX_LIMIT),
        );
        self.listed(&sql)
    }

    /// Events, as that statement lists them.
    fn listed(&mut self, sql: &str) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        last_rows(self.ask(sql)?)
            .into_iter()
            .map(|row| event_of(row).ok_or_else(|| self.at().odd()))
            .collect()
    }

    /// See [`Store::aged`](super::super::contract::Store::aged).
    pub(super) fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT user FROM `{prefix}twofactor_aging` WHERE site = {site} AND since < {before} \
             ORDER BY since LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            before = before.seconds(),
            limit = limit.min(MAX_LIMIT),
        );
        let rows = last_rows(self.ask(&sql)?);
        self.users(rows)
    }
}

fn event_of(row: mysql::Row) -> Option<(u64, AuditRow)> {
    let (id, user, seq, at, body, mac) =
        mysql::from_row_opt::<(u64, Vec<u8>, u64, i64, Vec<u8>, Vec<u8>)>(row).ok()?;
    let event = AuditRow {
        user: user_of(user)?,
        seq,
        at: UnixTime::new(at).ok()?,
        body,
        mac: mac.try_into().ok()?,
    };
    Some((id, event))
}

/// Where an event is.
#[derive(Debug, Clone, Copy)]
struct Place {
    id: u64,
    /// It was written so long ago that no earlier place is still to come.
    is_settled: bool,
}

/// Whether what was written then is settled, both times by the server's clock. What one wrote that was ahead is not waited
/// for: it would be until that time comes.
const fn is_settled(written: u64, now: u64) -> bool {
    written.abs_diff(now) >= UNSETTLED_SECONDS
}

/// The last place up to which nobody writes any more, of some that are in order: all up to a settled one, and those that
/// follow without a gap. Nobody writes up to `after`.
fn settled_in(places: &[Place], after: u64) -> u64 {
    places.iter().fold(after, |last, place| {
        if place.is_settled || place.id == last.saturating_add(1) {
            place.id
        } else {
            last
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn end(places: &[(u64, bool)], after: u64) -> u64 {
        let places = places.iter().copied();
        let places: Vec<_> = places
            .map(|(id, is_settled)| Place { id, is_settled })
            .collect();
        settled_in(&places, after)
    }

    #[test]
    fn what_follows_a_gap_is_waited_for_until_it_is_settled_and_settles_all_before_it() {
        assert_eq!(end(&[], 5), 5);
        assert_eq!(end(&[(6, false), (7, false), (8, false)], 5), 8);
        assert_eq!(end(&[(6, false), (8, false)], 5), 6);
        assert_eq!(end(&[(8, false)], 5), 5);
        assert_eq!(end(&[(8, true)], 5), 8);
        assert_eq!(end(&[(8, true), (9, false), (11, false)], 5), 9);
        assert_eq!(end(&[(8, false), (10, true), (12, false)], 5), 10);
    }

    #[test]
    fn a_clock_that_was_ahead_or_behind_keeps_nothing_back_for_longer_than_a_minute() {
        const NOW: u64 = 1_800_000_000;
        for (written, settled) in [
            (NOW, false),
            (NOW - 59, false),
            (NOW - 60, true),
            (0, true),
            (NOW + 59, false),
            (NOW + 60, true),
            (u64::MAX, true),
        ] {
            assert_eq!(is_settled(written, NOW), settled, "{written}");
        }
    }

    proptest! {
        #[test]
        fn what_is_missing_lies_before_something_settled_and_nothing_is_kept_back_without_a_gap(
            ids in proptest::collection::btree_set(1u64..40, 0..30),
            after in 0u64..20,
            settled in proptest::collection::vec(any::<bool>(), 40),
        ) {
            let is_settled = |id: u64| settled[usize::try_from(id).unwrap()];
            let places: Vec<_> = ids.range(after + 1..).map(|id| (*id, is_settled(*id))).collect();
            let end = end(&places, after);
            for id in after + 1..=end {
                let mut following = ids.range(id..=end);
                prop_assert!(ids.contains(&id) || following.any(|id| is_settled(*id)));
            }
            prop_assert!(!ids.contains(&(end + 1)));
            prop_assert!(!ids.range(end + 1..).any(|id| is_settled(*id)));
        }
    }
}
