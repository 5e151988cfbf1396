//! Ending all devices that a user trusts, which needs no licence. What decides about them is wired in `premium`; a build
//! without that feature has none.

use super::named::named;
use super::{Error, Operator, Verifier};
use crate::account::Account;
use crate::audit::EventKind;
use crate::clock::UnixTime;
use crate::types::UserId;

impl Verifier {
    /// Ends all devices of a user, and the sign-ins that came of any. Needs no licence: it only takes away.
    ///
    /// # Errors
    /// As [`Verifier::end_sessions`].
    pub fn revoke_all_devices(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let end = |account: &mut Account, _| account.end_devices();
        self.note_end(now, user, EventKind::DevicesEnded, operator, reason, end)
    }
}

#[cfg(not(feature = "premium"))]
pub(super) mod absent {
    use std::convert::Infallible;
    use std::marker::PhantomData;

    use zeroize::Zeroizing;

    use super::super::device::{ByDevice, Device};
    use super::super::{Client, Error, LicenceRequired, Operator, Verifier};
    use super::UnixTime;
    use crate::account::{Accepted, Account, RuleContext};
    use crate::crypto::Entropy;
    use crate::store::RawRow;
    use crate::types::{Method, Purpose, Strength, UserId};

    /// There is none.
    pub(in super::super) struct ShownDevice<'a>(Infallible, PhantomData<&'a ()>);

    impl ShownDevice<'_> {
        pub(in super::super) const fn accept(
            &self,
            _: &mut Account,
            _: Option<Strength>,
            _: &mut RuleContext<'_>,
        ) -> ByDevice<Infallible> {
            match self.0 {}
        }

        pub(in super::super) const fn seal(
            &self,
            _: &UserId,
            _: &Infallible,
            _: &mut dyn Entropy,
        ) -> Result<Zeroizing<String>, Error> {
            match self.0 {}
        }
    }

    /// There is none.
    pub(in super::super) struct NewDevice<'a>(Infallible, PhantomData<&'a ()>);

    impl NewDevice<'_> {
        pub(in super::super) const fn trust(
            &self,
            _: &mut Account,
            _: &Accepted,
            _: &mut RuleContext<'_>,
        ) {
            match self.0 {}
        }

        pub(in super::super) const fn token(
            &self,
            _: &UserId,
            _: &Accepted,
        ) -> Result<Option<Zeroizing<String>>, Error> {
            match self.0 {}
        }
    }

    #[expect(clippy::unused_self, reason = "as with the feature")]
    impl Verifier {
        pub(in super::super) const fn row_beside(&self, _: Purpose, _: &Client) -> Option<String> {
            None
        }

        pub(in super::super) const fn shown_device(
            &self,
            _: UnixTime,
            _: &UserId,
            _: &Client,
            _: [u8; 32],
            _: Option<&RawRow>,
        ) -> Result<Option<ShownDevice<'_>>, Error> {
            Ok(None)
        }

        pub(in super::super) const fn new_device(
            &self,
            _: UnixTime,
            _: &UserId,
            _: Method,
            _: &Client,
        ) -> Result<Option<NewDevice<'_>>, Error> {
            Ok(None)
        }

        /// What a build with the feature would read is left to nobody: all are over.
        pub(in super::super) fn end_device(&self, account: &mut Account, _: [u8; 16], _: UnixTime) {
            account.end_devices();
        }

        /// What a build with the feature kept is left to nobody, and not read.
        pub(in super::super) const fn kept_devices(&self, _: &Account, _: UnixTime) -> Vec<Device> {
            Vec::new()
        }

        /// None may be trusted: this build has nothing that a licence is for.
        #[must_use]
        pub const fn device_days(&self, _: UnixTime) -> u32 {
            0
        }

        /// None: this build has nothing that a licence is for.
        ///
        /// # Errors
        /// [`LicenceRequired::NotBuilt`], always.
        pub fn devices(
            &self,
            _: UnixTime,
            _: &UserId,
            _: Option<&[u8]>,
        ) -> Result<Vec<Device>, Error> {
            Err(LicenceRequired::NotBuilt.into())
        }

        /// There is none to end.
        ///
        /// # Errors
        /// [`LicenceRequired::NotBuilt`], always.
        pub fn revoke_device(
            &self,
            _: UnixTime,
            _: &UserId,
            _: &str,
            _: &Operator<'_>,
        ) -> Result<(), Error> {
            Err(LicenceRequired::NotBuilt.into())
        }
    }
}
