//! Clocks that were ahead: what they have put into the future is brought back, or ended.

use super::state::Account;
use crate::clock::{SKEW, UnixTime};
use crate::config::Policy;

impl Account {
    /// Brings back what a clock that was ahead has put into the future, so that nothing waits or lasts longer from
    /// `now` than it would have had the clock been right. Done to every account that is loaded, before any rule.
    /// Whether the clock that wrote it was further ahead than those of two servers may be apart: then
    /// [`Account::end_what_is_ahead`] is to be stored.
    ///
    /// The last accepted time step stays: a code is accepted once, whatever the clock shows.
    #[must_use]
    pub fn put_right(&mut self, now: UnixTime, policy: &Policy) -> bool {
        let latest = self.written.max(now);
        let is_ahead = self.end_what_is_ahead(now, policy);
        for (_, failures) in &mut self.failures {
            failures.put_right(now, policy);
        }
        self.reset_failures.put_right(now, policy);
        self.known_failures.put_right(now, policy);
        self.challenges.put_right(now);
        self.step_ups.put_right(now);
        self.resets.put_right(now);
        self.guesses.put_right(now);
        self.spent.put_right(now);
        if let Some(former) = &mut self.former_phone {
            former.removed = former.removed.min(now);
        }
        if let Some(required) = &mut self.required {
            required.put_right(now);
        }
        for due in &mut self.dues {
            due.put_right(now);
        }
        self.put_notices_right(now);
        if let Some(hold) = self.repudiation.as_mut().and_then(|it| it.hold.as_mut()) {
            hold.put_right(now);
        }
        self.put_off = self.put_off.map(|at| at.min(now));
        self.reminded = self.reminded.map(|at| at.min(now));
        self.last_verified = self.last_verified.map(|at| at.min(now));
        for factor in &mut self.factors {
            factor.enrolled_at = factor.enrolled_at.min(now);
            factor.last_used_at = factor.last_used_at.map(|at| at.min(now));
        }
        self.put_import_right(now);
        self.audit_begins.at = self.audit_begins.at.map(|at| at.min(now));
        self.limit_trust_wait(latest);
        is_ahead
    }

    /// Takes out what a clock that was ahead has given, or it would be good when its time comes: grants, codes,
    /// set-ups, open challenges and devices. Whether the clock that wrote it was that far ahead.
    ///
    /// Nothing else: it may be `now` that is wrong, and a clock that is behind is to end no block and no wait.
    #[must_use]
    pub fn end_what_is_ahead(&mut self, now: UnixTime, policy: &Policy) -> bool {
        for challenges in [&mut self.challenges, &mut self.step_ups, &mut self.resets] {
            challenges.end_what_is_ahead(now, policy);
        }
        self.grants.put_right(now);
        self.pending_contacts.put_right(now);
        self.devices.put_right(now);
        let issued = self.temporary_code.take();
        self.temporary_code = issued.filter(|code| code.issued <= now.plus(SKEW));
        let is_ahead = self.written > now.plus(SKEW);
        if is_ahead {
            self.written = now;
            // Of a set-up of an authenticator there is nothing here that could be taken out.
            self.set_back = self.set_back.saturating_add(1);
        }
        is_ahead
    }

    /// By how many seconds the clock that wrote it was ahead of `now`.
    pub(super) fn ahead_of(&self, now: UnixTime) -> u64 {
        now.until(self.written)
    }

    /// It is about to be written.
    pub(super) fn stamp(&mut self, now: UnixTime) {
        self.written = self.written.max(now);
    }
}
