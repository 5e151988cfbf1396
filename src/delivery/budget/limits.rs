//! How much may be spent: the windows of everything that has budgets.

use std::borrow::Cow;

use super::class::Use;
use super::key::{BudgetKey, Scope};
use super::spent::Spent;
use super::window::Window;
use crate::clock::UnixTime;
use crate::config::SendLimits;
use crate::sms::ProviderLimits;

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// Of a limit; a limit of one cannot be shared.
const fn two_thirds(limit: u32) -> u32 {
    let share = limit.saturating_mul(2) / 3;
    if share == 0 { 1 } else { share }
}

/// The windows of every scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets(Vec<(Scope, Vec<Window>)>);

impl Budgets {
    /// What the operator's settings say. `None` when one is out of range: never no limit.
    #[must_use]
    pub fn of(limits: &SendLimits) -> Option<Self> {
        let windows = |scope| -> Vec<(u32, u32)> {
            match scope {
                Scope::Number => vec![
                    (1, limits.cooldown_seconds),
                    (limits.number_hour, HOUR),
                    (limits.number_day, DAY),
                ],
                // No cooldown here: that between two codes is in the row of the number, which all requesters share.
                Scope::NumberElsewhere => vec![
                    (two_thirds(limits.number_hour), HOUR),
                    (two_thirds(limits.number_day), DAY),
                ],
                Scope::User => vec![(limits.user_hour, HOUR), (limits.user_day, DAY)],
                Scope::UserElsewhere => vec![
                    (two_thirds(limits.user_hour), HOUR),
                    (two_thirds(limits.user_day), DAY),
                ],
                Scope::Ip => vec![(limits.ip_hour, HOUR), (limits.ip_day, DAY)],
                Scope::Range => vec![(limits.range_hour, HOUR), (limits.range_day, DAY)],
                Scope::Fresh => vec![(limits.new_ranges_hour, HOUR), (limits.new_ranges_day, DAY)],
                Scope::Country => vec![(limits.country_hour, HOUR), (limits.country_day, DAY)],
                Scope::Provider => vec![
                    (limits.provider_minute, MINUTE),
                    (limits.provider_hour, HOUR),
                    (limits.provider_day, DAY),
                ],
                Scope::Site => vec![(limits.site_day, DAY)],
            }
        };
        let checked = Scope::ALL.into_iter().map(|scope| {
            let windows = windows(scope).into_iter();
            let windows = windows.map(|(limit, seconds)| Window::new(limit, seconds));
            Some((scope, windows.collect::<Option<_>>()?))
        });
        checked.collect::<Option<_>>().map(Self)
    }

    /// The windows of a scope.
    #[must_use]
    pub fn windows(&self, scope: Scope) -> &[Window] {
        let found = self.0.iter().find(|(its_kind, _)| *its_kind == scope);
        found.map_or(&[], |(_, windows)| windows)
    }

    /// The windows of one thing: those of its scope, with the limits of its own in their place.
    #[must_use]
    pub fn windows_of(&self, key: &BudgetKey) -> Cow<'_, [Window]> {
        let windows = self.windows(key.scope);
        if key.limits == ProviderLimits::default() {
            return Cow::Borrowed(windows);
        }
        let own = |window: &Window| match window.seconds() {
            MINUTE => key.limits.per_minute,
            HOUR => key.limits.per_hour,
            DAY => key.limits.per_day,
            _ => None,
        };
        let windows = windows.iter().map(|window| {
            own(window)
                .and_then(|limit| Window::new(limit, window.seconds()))
                .unwrap_or(*window)
        });
        windows.collect()
    }

    /// The windows of one thing that get back what a message of that use took, where certainly nobody could be asked
    /// to send it.
    ///
    /// The wait between two codes to one number stays, so that nobody asks without limit. Where whoever asks
    /// chooses the number, that limits nothing: of those, what one user and one address took stays, too.
    #[must_use]
    pub fn refunds(&self, of: Use, key: &BudgetKey) -> Vec<Window> {
        let windows = self.windows_of(key);
        let longer_than = match (of, key.scope) {
            (Use::Enrolment | Use::Registration, Scope::User | Scope::Ip) => return Vec::new(),
            (_, Scope::Number) => windows.first().map_or(0, |cooldown| cooldown.seconds()),
            _ => 0,
        };
        let longer = |window: &&Window| window.seconds() > longer_than;
        windows.iter().filter(longer).copied().collect()
    }

    /// Takes one message from the row of `key`.
    ///
    /// # Errors
    /// Seconds to wait; see [`Spent::take`] for when the row is to be written.
    pub fn take(&self, key: &BudgetKey, spent: &mut Spent, now: UnixTime) -> Result<(), u64> {
        spent.take_many(key.cost, &self.windows_of(key), now)
    }
}
