//! What a site's profile asks of everybody, whoever they are and without any policy: where it is strict, a factor that
//! neither a telephone nor a mailbox is enough for.
//!
//! ```text
//!                        something strong can be proven     nothing can, any more
//!   a proof too weak:    refused: it was not asked for      right ──▶ ENROL, by the same challenge
//!   strong enough:       VERIFIED                           ─
//!   no factor:           as ever; the first set-up takes the password once more, and is a strong one
//! ```
//!
//! As what a policy asks ([`super::under_policy`]), and unlike it in one thing: a policy counts what is disabled as being
//! there. Here nobody is to be shut out by a setting: where everything strong was disabled, which takes fifty wrong codes,
//! and no look-up code is left, the weak one leads to a set-up that takes the place of what was disabled. Whoever has the
//! password alone wins nothing by that, and who has the telephone as well has what the site took for a second factor
//! before.
//!
//! It is judged when a challenge is proven and when a set-up begins and ends: what was begun before the profile was
//! changed is judged by the new one. An account keeps nothing of it; it is told with every look.

use super::began::{Began, BeganAt};
use super::factor::{Factor, FactorKind};
use super::grants::GRANT_SECONDS;
use super::password_grant::PasswordGrant;
use super::state::Account;
use crate::clock::UnixTime;
use crate::crypto::recovery_code::RecoveryLength;
use crate::types::{Method, Purpose, Strength};

impl Account {
    /// The account is told how strong a factor the site asks of everybody. Grants that came of less are over.
    pub fn stand_under_profile(&mut self, least: Option<Strength>) {
        self.least = least;
        if let Some(least) = least {
            self.grants.end_weak(least);
        }
    }

    /// That a password was right at that time, of the user of an account or of one who has none yet.
    #[must_use]
    pub fn password_grant(account: Option<&Self>, at: UnixTime) -> PasswordGrant {
        let began = account.map_or(Began::NOTHING, Self::began);
        PasswordGrant(BeganAt { began, at })
    }

    /// Whether a first set-up may be begun with that.
    pub(super) fn takes_password(&self, grant: &PasswordGrant, now: UnixTime) -> bool {
        !self.is_enrolled() && grant.0.counts(self.began(), GRANT_SECONDS, now)
    }

    /// Whether the site asks more of everybody than some factor.
    pub(super) const fn is_under_strict_profile(&self) -> bool {
        self.least.is_some()
    }

    /// Whether a proof of that method is looked at for that purpose.
    pub(super) fn profile_admits(&self, purpose: Purpose, method: Method) -> bool {
        let mut least = self.least.iter().filter(|_| purpose.is_under_policy());
        least.all(|least| least.admits(method) || self.has_weak_alone(*least))
    }

    /// Whether nothing that is strong enough can be proven, now or after a wait: nothing is enrolled, or what is was
    /// disabled or suspended and no look-up code is left that could stand in for it.
    fn has_weak_alone(&self, least: Strength) -> bool {
        let is_strong = |it: &&Factor| !it.method().is_lookup() && least.admits(it.method());
        let strong = || self.factors.iter().filter(is_strong);
        if strong().next().is_none() {
            return true;
        }
        let disabled = self.disabled();
        let is_left = |it: &Factor| it.method().is_lookup() && !it.is_suspended();
        let has_codes = self.factors().any(is_left);
        let is_out = |it: &Factor| it.is_suspended() || disabled.contains(&it.method());
        !has_codes && strong().all(is_out)
    }

    /// What a proof of that method lacks, or any proof if none was given yet: it leads to a set-up.
    pub(super) fn profile_lacks(&self, purpose: Purpose, by: Option<Method>) -> Option<Strength> {
        let least = self
            .least
            .filter(|_| purpose.is_under_policy() && self.is_enrolled())?;
        let is_enough = self.has_strength(least) && by.is_none_or(|by| least.admits(by));
        (!is_enough).then_some(least)
    }

    /// Whether the next sign-in ends with a set-up, whatever proves it: what is enrolled is too weak.
    #[must_use]
    pub fn is_too_weak(&self) -> bool {
        self.profile_lacks(Purpose::Login, None).is_some()
    }

    /// Whether its look-up codes are shorter than a strict profile gives them: they are from before.
    #[must_use]
    pub fn has_short_codes(&self) -> bool {
        let mut factors = self.factors().map(|factor| &factor.kind);
        factors.any(|kind| match kind {
            FactorKind::BackupCodes(codes) => !codes.is_strict,
            FactorKind::RecoveryCodes(codes) => codes.length != RecoveryLength::Strict,
            FactorKind::App(_) | FactorKind::Phone(_) | FactorKind::Email(_) => false,
        })
    }

    /// What a set-up has to give where nothing strong is enrolled: nobody has a telephone alone.
    pub(super) fn profile_needs(&self) -> Option<Strength> {
        self.least.filter(|least| !self.has_strength(*least))
    }

    /// Whether what was proven by that method is too weak, and what is set up by it takes the place of what was disabled:
    /// nothing else could make room for it.
    pub(super) fn replaces_disabled(&self, by: Option<Method>) -> bool {
        let least = self
            .least
            .filter(|least| by.is_some_and(|by| !least.admits(by)));
        least.is_some_and(|least| self.has_strength(least) && self.has_weak_alone(least))
    }

    /// Whether a set-up that comes of something too weak brings look-up codes: none is left, and the weak factor stands in
    /// for nothing any more.
    pub(super) fn is_without_way_back(&self) -> bool {
        let has_codes = self.factors().any(|it| it.method().is_lookup());
        self.least.is_some() && !has_codes
    }

    /// Whether a telephone resets the password: not where it is all that the next sign-in takes, nor one that nobody has
    /// proven to have.
    #[must_use]
    pub fn resets_by_phone(&self) -> bool {
        !self.is_unproven(Method::Sms) && self.least.is_none_or(|least| !self.has_weak_alone(least))
    }

    /// Whether without these factors only weak ones would be left, where there are strong ones now.
    pub(super) fn would_leave_weak_alone(&self, goes: impl Fn(&Factor) -> bool) -> bool {
        let Some(least) = self.least else {
            return false;
        };
        let stays = || {
            let stay = self.factors.iter().filter(|it| !goes(it));
            stay.map(Factor::method).filter(|it| !it.is_lookup())
        };
        self.has_strength(least)
            && stays().next().is_some()
            && !stays().any(|method| least.admits(method))
    }
}
