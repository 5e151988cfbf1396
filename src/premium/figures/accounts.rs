//! What is counted of the accounts.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::clock::UnixTime;
use crate::types::{Method, Strength};

/// Seconds after which a factor counts as unused: 180 days.
const UNUSED: u64 = 180 * 86_400;

/// How many accounts are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFigures {
    /// All of them.
    pub accounts: u32,
    /// Those with a factor, look-up codes alone being none.
    pub enrolled: u32,
    /// Those with a factor that NIST SP 800-63B-4 neither restricts nor refuses.
    pub strong: u32,
    /// Those with a factor of that method, in the order of [`Method::ALL`].
    pub methods: [u32; 8],
    /// Those that have to set up a factor and have not, later ones included.
    pub due: u32,
    /// Of these, those whose time is over.
    pub overdue: u32,
    /// Those with a method that is blocked at the moment.
    pub locked: u32,
    /// Those with a method that has to be enrolled anew.
    pub disabled: u32,
    /// Those with a factor and no look-up code for when it is lost.
    pub without_codes: u32,
    /// Those with a factor that nobody has proven for 180 days.
    pub unused: u32,
    /// Those that cannot be opened.
    pub unreadable: u32,
}

fn add(number: &mut u32, counts: bool) {
    *number = number.saturating_add(u32::from(counts));
}

impl AccountFigures {
    /// One more; `None`: it cannot be opened. `has_policy`: the site asks its users for factors.
    pub fn count(&mut self, account: Option<&Account>, has_policy: bool, now: UnixTime) {
        add(&mut self.accounts, true);
        let Some(account) = account else {
            add(&mut self.unreadable, true);
            return;
        };
        let is_enrolled = account.is_enrolled();
        add(&mut self.enrolled, is_enrolled);
        add(
            &mut self.strong,
            account.has_strength(Strength::NoRestricted),
        );
        let methods = account.methods();
        for (number, method) in self.methods.iter_mut().zip(Method::ALL) {
            add(number, methods.contains(method));
        }
        let due = due(account, has_policy);
        add(&mut self.due, due.is_some());
        add(&mut self.overdue, due.is_some_and(|due| due <= now));
        add(&mut self.locked, !account.locks(now).is_empty());
        add(&mut self.disabled, !account.disabled().is_empty());
        let codes = account
            .backup_codes_left()
            .or_else(|| account.recovery_codes_left());
        add(
            &mut self.without_codes,
            is_enrolled && codes.unwrap_or(0) == 0,
        );
        let used = account.last_verified();
        let is_unused = used.is_none_or(|at| at.until(now) > UNUSED);
        add(&mut self.unused, is_enrolled && is_unused);
    }
}

/// From when a set-up is asked of its user that they have not made; `None`: nothing is asked of them, or they have it.
fn due(account: &Account, has_policy: bool) -> Option<UnixTime> {
    let asked = account.last_asked().filter(|_| has_policy);
    let lacks = asked.filter(|strength| !account.has_strength(*strength));
    let of_policy = lacks.and_then(|strength| {
        let dues = account.dues().filter(|(of, _)| *of <= strength);
        dues.map(|(_, due)| due).min()
    });
    account.enrolment_due().into_iter().chain(of_policy).min()
}
