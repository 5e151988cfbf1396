//! Events of accounts, and by when they may go.

use super::super::error::StoreError;
use super::super::rows::{AuditRow, MAX_LIMIT};
use super::connection::{Mysql, user_of};
use super::wire::{hex, last_rows};
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

/// How long after its time an event may still be without one that has an earlier place, in seconds: InnoDB gives a place
/// when a statement begins and shows the row when its transaction ends, and its process may be stopped in between.
const UNSETTLED_SECONDS: u64 = 60;
/// So many are looked at for gaps at once.
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
                "{columns} `{prefix}twofactor_audit` WHERE site = {site} AND id < {before} \
                 ORDER BY id DESC LIMIT {limit}"
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
    pub(super) fn events(
        &mut self,
        site: &Site,
        mut after: u64,
        limit: u32,
        now: UnixTime,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let prefix = self.url.prefix().to_owned();
        let (site, limit) = (hex(site.as_str().as_bytes()), limit.min(MAX_LIMIT));
        loop {
            // Of every site: they share the places.
            let next = format!(
                "SELECT id, at FROM `{prefix}twofactor_audit` WHERE id > {after} ORDER BY id LIMIT {AT_ONCE}"
            );
            let next = last_rows(self.ask(&next)?)
                .into_iter()
                .map(|row| mysql::from_row_opt::<(u64, i64)>(row).ok())
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| self.at().odd())?;
            let last = settled(&next, after, now);
            let sql = format!(
                "SELECT id, user, seq, at, body, mac FROM `{prefix}twofactor_audit` FORCE INDEX (PRIMARY) \
                 WHERE site = {site} AND id > {after} AND id <= {last} ORDER BY id LIMIT {limit}"
            );
            let found = self.listed(&sql)?;
            // There may be as many of other sites alone.
            let is_all = next.len() < AT_ONCE || next.last().is_none_or(|(id, _)| *id > last);
            if is_all || !found.is_empty() || limit == 0 {
                return Ok(found);
            }
            after = last;
        }
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

/// The last place after `after` up to which nobody writes any more. `next`: what is there after it, with its time.
fn settled(next: &[(u64, i64)], after: u64, now: UnixTime) -> u64 {
    // The clock of whoever wrote it, of any site, may have been ahead: behind such a one is waited no longer either, or
    // nobody would read on until that time comes.
    let is_young = |at: i64| at.abs_diff(now.seconds()) < UNSETTLED_SECONDS;
    let mut last = after;
    for (id, at) in next {
        if *id > last.saturating_add(1) && is_young(*at) {
            break;
        }
        last = *id;
    }
    last
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn end(next: &[(u64, i64)], after: u64) -> u64 {
        settled(next, after, UnixTime::new(NOW).unwrap())
    }

    #[test]
    fn a_gap_is_waited_for_as_long_as_it_is_young() {
        assert_eq!(end(&[], 5), 5);
        assert_eq!(end(&[(6, NOW), (7, NOW), (8, NOW)], 5), 8);
        assert_eq!(end(&[(6, NOW), (8, NOW)], 5), 6);
        assert_eq!(end(&[(8, NOW)], 5), 5);
        assert_eq!(end(&[(8, NOW - 59)], 5), 5);
        assert_eq!(end(&[(8, NOW - 60)], 5), 8);
        assert_eq!(end(&[(8, NOW - 60), (9, NOW), (10, NOW), (20, NOW)], 5), 10);
    }

    #[test]
    fn a_time_to_come_keeps_nothing_back_for_longer_than_two_minutes() {
        assert_eq!(end(&[(8, NOW + 59)], 5), 5, "clocks may be so far apart");
        for at in [NOW + 60, NOW + 86_400, 253_402_300_799, i64::MAX, i64::MIN] {
            assert_eq!(end(&[(8, at), (9, NOW)], 5), 9, "{at}");
        }
    }

    proptest! {
        #[test]
        fn what_is_missing_lies_before_something_old_and_nothing_is_kept_back_without_a_gap(
            ids in proptest::collection::btree_set(1u64..40, 0..30),
            after in 0u64..20,
            ages in proptest::collection::vec(0i64..120, 40),
        ) {
            let age = |id: u64| ages[usize::try_from(id).unwrap()];
            let next: Vec<(u64, i64)> =
                ids.range(after + 1..).map(|id| (*id, NOW - age(*id))).collect();
            let end = end(&next, after);
            for id in after + 1..=end {
                let following = ids.range(id..).next().unwrap();
                prop_assert!(*following == id || (*following <= end && age(*following) >= 60));
            }
            if let Some(kept_back) = ids.range(end + 1..).next() {
                prop_assert!(*kept_back > end + 1 && age(*kept_back) < 60);
            }
        }
    }
}
