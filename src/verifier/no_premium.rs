//! In the place of `premium`, where the feature is left out: there is nothing that a licence is for.

use super::demanded::Demanded;
use super::enforcement::Foreseen;
use super::finding::{self, Finding};
use super::no_guard::Guard;
use super::{
    Client, Error, Licence, LicenceRequired, Message, Operator, Surroundings, User, Verifier,
};
use crate::account::{Account, KeptPolicy, Reminder};
use crate::clock::UnixTime;
use crate::crypto::OpenError;
use crate::delivery::budget::Use;
use crate::i18n::Language;
use crate::mail::Mail;
use crate::texts::NoticeTemplate;
use crate::types::{Strength, UserId};

/// The policy of a site for one user: there is none.
pub(super) enum Enforced {}

impl Enforced {
    /// Nothing.
    pub(super) fn judge(&self, _: Option<&Account>, _: UnixTime) -> Demanded {
        match *self {}
    }
}

impl Verifier {
    /// None.
    ///
    /// # Errors
    /// Never.
    pub fn licence(&self, _: UnixTime) -> Result<Option<Licence>, Error> {
        Ok(None)
    }

    /// There is nothing to renew.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn renew_licence(&self, _: UnixTime, _: bool) -> Result<Licence, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There is nothing it is for.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn set_licence_key(
        &self,
        _: UnixTime,
        _: &str,
        _: Option<&str>,
        _: Option<(&Operator<'_>, &str)>,
    ) -> Result<Option<Licence>, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There are none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn figures(&self, _: UnixTime, _: u32) -> Result<String, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There is nothing to remind of.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn remind(
        &self,
        _: UnixTime,
        _: &User,
        _: &Operator<'_>,
        _: &str,
    ) -> Result<Reminder, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There is nothing to go on with.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn refresh_figures(&self, _: UnixTime) -> Result<bool, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There are none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn alerts(
        &self,
        _: UnixTime,
        _: u32,
        _: Option<&[UserId]>,
        _: &str,
    ) -> Result<Vec<Message>, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There are none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn alert_record(&self, _: UnixTime) -> Result<String, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There are none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn preview_alert(&self, _: UnixTime, _: &str, _: &str) -> Result<Message, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There are none that somebody could read.
    #[allow(clippy::unused_self)] // as with the feature
    pub(super) const fn alert_health(&self, _: Option<UnixTime>) -> Vec<Finding> {
        Vec::new()
    }

    /// There is none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    #[allow(clippy::unused_self)] // as with the feature
    pub(super) fn example_digest(
        &self,
        _: UnixTime,
        _: Language,
        _: Option<&NoticeTemplate>,
    ) -> Result<Mail, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There are none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    #[allow(clippy::unused_self)] // as with the feature
    pub(super) fn may_word_alerts(&self, _: UnixTime) -> Result<(), Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as the other one
    pub(super) const fn digests_sent(&self, _: UnixTime, _: &[String]) -> Result<(), Error> {
        Ok(())
    }

    /// There is none.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn support_bundle(
        &self,
        _: UnixTime,
        _: &Operator<'_>,
        _: &str,
        _: &Surroundings,
    ) -> Result<String, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    /// What asks for nothing.
    #[allow(clippy::unnecessary_wraps, clippy::unused_self)] // as with the feature
    pub(super) fn enforced(
        &self,
        _: UnixTime,
        _: &User,
        _: &Result<Option<KeptPolicy>, OpenError>,
    ) -> Result<Option<Enforced>, Error> {
        Ok(None)
    }

    /// Nothing is.
    #[allow(clippy::unused_self)] // as the other one
    pub(super) const fn may_be_enforced(&self, _: UnixTime) -> bool {
        false
    }

    /// A policy that another build has set.
    pub(super) fn enforcement_health(&self, _: Option<UnixTime>) -> Vec<Finding> {
        let required = self.accounts.required_of_everybody().ok().flatten();
        let is_set = required.is_some_and(|required| required.policy.is_some());
        let found = is_set.then(|| Finding::problem(finding::ENFORCEMENT_NOT_BUILT));
        found.into_iter().collect()
    }

    /// Nobody here can read it: what it asked of them last counts.
    #[allow(clippy::unused_self)] // as with the feature
    pub(super) const fn asks_without_licence(
        &self,
        _: &KeptPolicy,
        _: &UserId,
    ) -> Option<Strength> {
        None
    }

    /// None.
    ///
    /// # Errors
    /// Never.
    pub fn enforcement(&self) -> Result<Option<String>, Error> {
        Ok(None)
    }

    /// There is none to set; one that another build has set can be taken back.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`]
    pub fn set_enforcement(
        &self,
        now: UnixTime,
        text: &str,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        if text.is_empty() {
            return self.remove_enforcement(now, operator, reason);
        }
        Err(LicenceRequired::NotBuilt.into())
    }

    /// There is none to try.
    ///
    /// # Errors
    /// [`LicenceRequired::NotBuilt`], always.
    pub fn preview_enforcement(
        &self,
        _: UnixTime,
        _: &str,
        _: &[User],
    ) -> Result<Vec<Foreseen>, Error> {
        Err(LicenceRequired::NotBuilt.into())
    }

    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as the other one
    pub(super) const fn guard(&self, _: UnixTime, _: &Client, _: &UserId) -> Result<Guard, Error> {
        Ok(Guard)
    }

    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as the other one
    pub(super) const fn after_guess(
        &self,
        _: UnixTime,
        _: &Guard,
        _: &UserId,
    ) -> Result<(), Error> {
        Ok(())
    }

    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as the other one
    pub(super) const fn admits(&self, _: &Client) -> Result<bool, Error> {
        Ok(true)
    }

    #[allow(clippy::unused_self)] // as the other one
    pub(super) fn take_send<T>(
        &self,
        _: UnixTime,
        _: &Client,
        _: Use,
        then: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        then()
    }

    /// Rules that are set and do nothing.
    pub(super) fn network_health(&self, _: Option<UnixTime>) -> Vec<Finding> {
        let is_set = self.config.network_allow().is_some() || self.config.network_deny().is_some();
        let found = is_set.then(|| Finding::problem(finding::NETWORKS_NOT_BUILT));
        found.into_iter().collect()
    }

    /// A key that does nothing.
    pub(super) fn licence_health(&self, _: Option<UnixTime>) -> Vec<Finding> {
        // Of one that is to be in the store nobody knows here whether it was entered.
        let key = self.config.licence_key().filter(|key| !key.is_in_store());
        let found = key.map(|_| Finding::warning(finding::LICENCE_NOT_BUILT));
        found.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::clock::UnixTime;
    use crate::config::Config;
    use crate::verifier::{Error, LicenceRequired, Verifier};

    #[test]
    fn a_build_without_the_feature_has_no_licence_and_says_so_where_a_key_is_set() {
        let now = UnixTime::new(1_796_000_000).unwrap();
        let open = |settings: &[(&str, &str)]| {
            let all = [("store", "memory:")].into_iter();
            let config = Config::parse(all.chain(settings.iter().copied())).unwrap();
            Verifier::open(config, None, true).unwrap()
        };
        let found = |verifier: &Verifier| {
            let checks = verifier.health(Ok(now)).into_iter();
            let licence: Vec<_> = checks.filter(|check| check.name == "licence").collect();
            licence.first().map(|check| check.findings[0].id())
        };
        let with_key = open(&[("licence_key", "TF-TEST-0000")]);
        assert_eq!(found(&with_key), Some("licence.not-built"));
        assert_eq!(found(&open(&[])), None);
        assert!(with_key.licence(now).unwrap().is_none());
        let renewed = with_key.renew_licence(now, true);
        assert!(matches!(
            renewed,
            Err(Error::LicenceRequired(LicenceRequired::NotBuilt))
        ));
    }
}
