//! How often what happened: counters that are kept with the events ([`crate::figures`]).

use super::{Error, Verifier};
use crate::account::is_told;
use crate::clock::UnixTime;
use crate::figures::{AT_ONCE, Batch, FiguresKey, FiguresRow, Head};
use crate::openmetrics::Page;

/// Pages of events that are counted when somebody asks for metrics, a thousand each: what is new since they asked last, and
/// of a site that has them for the first time a part.
const METRICS_PAGES: u32 = 3;

/// Users who are counted that something is still to be told of.
const MOST_PENDING: u32 = 1000;

impl Verifier {
    /// Counts events that are not counted yet, a thousand in each of so many pages at most. Returns how far they are
    /// counted, and whether that is all of them.
    pub(super) fn count_events(&self, now: UnixTime, pages: u32) -> Result<(Head, bool), Error> {
        let mut head = self.figures_head()?;
        for _ in 0..pages {
            let rows = self.accounts.events(head.cursor, AT_ONCE)?;
            let Some(batch) = Batch::count(head.cursor, &rows, now, is_told) else {
                return Ok((head, true));
            };
            let keep_days = self.config.audit_keep_days();
            // Lost to another process: it has counted the same.
            self.rows.update_all(now, &batch.keys(), |slots| {
                batch.add(slots, now, keep_days);
            })?;
            head = self.figures_head()?;
            let is_page = u32::try_from(rows.len()).is_ok_and(|many| many >= AT_ONCE);
            let last = rows.last().map(|(place, _)| *place);
            if !is_page && last == Some(batch.last()) {
                return Ok((head, true));
            }
        }
        Ok((head, false))
    }

    fn figures_head(&self) -> Result<Head, Error> {
        Ok(match self.rows.get(&FiguresKey::Head)? {
            Some(stored) => match stored.row {
                FiguresRow::Head(head) => head,
                _ => Head::default(),
            },
            None => Head::default(),
        })
    }

    /// What happened on this site and what its providers did, as OpenMetrics text. Events are counted first.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn metrics(&self, now: UnixTime) -> Result<String, Error> {
        self.renew_providers(Some(now))?;
        let (head, _) = self.count_events(now, METRICS_PAGES)?;
        let mut page = Page::default();
        head.write(&mut page);
        page.family(
            "notices_pending",
            "gauge",
            "",
            "Users of whose account something is still to be told, a thousand at most.",
        );
        // What was given up stands at the end of time, and is counted above.
        let pending =
            self.accounts
                .with_notices(UnixTime::START, UnixTime::END.minus(1), MOST_PENDING)?;
        page.sample("notices_pending", &[], &pending.len().to_string());
        let delivery = self.sender().record().metrics(&self.providers, now)?;
        delivery.write(&mut page);
        Ok(page.end())
    }
}
