//! Who needs a message, and how much of what all share they may have.

use super::key::{BudgetKey, Scope};
use crate::types::Purpose;

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
    /// A code that anybody may ask for to any number: before there is an account.
    Registration,
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

    /// The rows in which a use has its share, and what one message costs there: enrolments, tests, resets and
    /// registrations have a third together, resets and registrations half of that, and sign-ins from elsewhere a half.
    /// So a sixth is always there for sign-ins from where a proof has come.
    const fn shares(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::SignIn => &[],
            Self::UnknownNetwork => &[("elsewhere", 2)],
            Self::Enrolment => &[("unproven", 3)],
            // What anybody may ask for is one: else both would leave enrolments nothing.
            Self::Reset | Self::Registration => &[("unproven", 3), ("reset", 6)],
        }
    }

    /// Adds the shares of every budget that all share to what a message takes from. All new ranges together
    /// are met by no sign-in, and of a person a reset and a registration have budgets of their own, and a sign-in from
    /// elsewhere two thirds: whoever has the password alone, or those of many, leaves the user some.
    pub fn take_shares(self, keys: &mut Vec<BudgetKey>) {
        let mut shares = Vec::new();
        for key in keys.iter_mut() {
            match key.scope {
                Scope::Number | Scope::User => {
                    match self {
                        Self::Reset => key.name.insert_str(0, "reset/"),
                        Self::Registration => key.name.insert_str(0, "registration/"),
                        Self::SignIn | Self::UnknownNetwork | Self::Enrolment => {}
                    }
                    if self == Self::UnknownNetwork {
                        let scope = match key.scope {
                            Scope::Number => Scope::NumberElsewhere,
                            _ => Scope::UserElsewhere,
                        };
                        shares.push(BudgetKey {
                            scope,
                            name: format!("elsewhere/{}", key.name),
                            cost: 1,
                            limits: key.limits,
                        });
                    }
                }
                Scope::NumberElsewhere | Scope::UserElsewhere | Scope::Fresh => {}
                Scope::Ip | Scope::Range | Scope::Country | Scope::Provider | Scope::Site => {
                    shares.extend(self.shares().iter().map(|(share, cost)| BudgetKey {
                        scope: key.scope,
                        name: format!("{share}/{}", key.name),
                        cost: *cost,
                        limits: key.limits,
                    }));
                }
            }
        }
        keys.append(&mut shares);
    }
}
