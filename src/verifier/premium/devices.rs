//! Where trusted devices meet sign-ins, and where they are listed and ended.

use zeroize::Zeroizing;

use super::super::device::{ByDevice, Device};
use super::super::{Client, Error, Operator, Verifier, named::named};
use crate::account::{Accepted, Account, Denied, RuleContext};
use crate::audit::EventKind;
use crate::clock::UnixTime;
use crate::crypto::{Entropy, OsEntropy};
use crate::premium::Premium;
use crate::premium::devices::{self, DeviceId, DeviceToken, Devices, Made, RequestedBy, Watch};
use crate::premium::licence::KeptKey;
use crate::session::SignedInBy;
use crate::shared::RowKey;
use crate::store::RawRow;
use crate::types::{Method, Network, Purpose, Strength, UserId, masked_address};

/// A token of ours that a browser has shown for this user.
pub(in crate::verifier) struct ShownDevice<'a> {
    /// None where none may count: then it can only be found to be a copy.
    devices: Option<Devices<'a>>,
    watch: Watch<'a>,
    token: DeviceToken,
    by: RequestedBy,
    salt: [u8; 32],
}

impl ShownDevice<'_> {
    /// What it is worth to an account whose password was right, where a factor is asked for that is as strong as `needs`.
    pub(in crate::verifier) fn accept(
        &self,
        account: &mut Account,
        needs: Option<Strength>,
        context: &mut RuleContext<'_>,
    ) -> ByDevice<DeviceToken> {
        let admits = |proven| needs.is_none_or(|needs| needs.admits(proven));
        let (token, by) = (&self.token, &self.by);
        let accepted = match &self.devices {
            Some(devices) => devices.accept(account, token, by, self.salt, admits, context),
            None => {
                let reused = self.watch.end_reused(account, token, context);
                reused.map_or(devices::Accepted::No, devices::Accepted::Reused)
            }
        };
        match accepted {
            devices::Accepted::Yes(next, device) => {
                let by = SignedInBy::Device {
                    ended: account.devices_ended(),
                    id: *device.id.bytes(),
                    made: device.created,
                    until: device.expires,
                };
                ByDevice::Yes(next, by)
            }
            devices::Accepted::Reused(device) => {
                note_copied(account, device.id);
                ByDevice::Reused(shown(device))
            }
            devices::Accepted::No => ByDevice::No,
        }
    }

    /// What the browser is given after it.
    pub(in crate::verifier) fn seal(
        &self,
        user: &UserId,
        next: &DeviceToken,
        entropy: &mut dyn Entropy,
    ) -> Result<Zeroizing<String>, Error> {
        let devices = self.devices.ok_or(Denied::Rejected)?;
        Ok(devices.seal(user, next, entropy)?)
    }
}

/// A device that is made if a proof is accepted.
pub(in crate::verifier) struct NewDevice<'a> {
    devices: Devices<'a>,
    token: DeviceToken,
    proven: Method,
    replaced: Option<DeviceToken>,
    by: RequestedBy,
}

impl NewDevice<'_> {
    /// That proof was accepted.
    pub(in crate::verifier) fn trust(
        &self,
        account: &mut Account,
        accepted: &Accepted,
        context: &mut RuleContext<'_>,
    ) {
        if makes_device(accepted) {
            let made = Made {
                token: &self.token,
                proven: self.proven,
            };
            let replaced = self.replaced.as_ref();
            let reused = self
                .devices
                .trust(account, &made, &self.by, replaced, context);
            if let Some(device) = &reused {
                note_copied(account, device.id);
            }
        }
    }

    /// What the browser is given of it, where that proof has made it.
    pub(in crate::verifier) fn token(
        &self,
        user: &UserId,
        accepted: &Accepted,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        if !makes_device(accepted) {
            return Ok(None);
        }
        Ok(Some(self.devices.seal(
            user,
            &self.token,
            &mut OsEntropy,
        )?))
    }
}

/// A proof makes a device where it ends a sign-in to an account that has a factor.
fn makes_device(accepted: &Accepted) -> bool {
    accepted.purpose == Purpose::Login && !accepted.must_enrol && !accepted.switched_off
}

/// There is a copy of a device, which is over: so is what came of it. Its user is told of the event.
fn note_copied(account: &mut Account, device: DeviceId) {
    account.end_device_sessions_of(*device.bytes());
}

fn shown(device: devices::Device) -> Device {
    Device {
        id: device.id.to_string(),
        created: device.created,
        used: device.used,
        expires: device.expires,
        masked_address: device.masked_address,
        browser: device.browser,
        is_current: device.is_current,
    }
}

impl Verifier {
    /// The devices of users, where a licence and the settings allow any.
    fn devices_of_site(&self, premium: &Premium) -> Option<Devices<'_>> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        Devices::new(premium, ring, site, self.config.policy().device_days)
    }

    /// The same for what goes on without: whyever there is no licence, nobody is kept from signing in by it.
    fn devices_if(&self, premium: impl FnOnce() -> Result<Premium, Error>) -> Option<Devices<'_>> {
        if self.config.policy().device_days == 0 {
            return None;
        }
        self.devices_of_site(&premium().ok()?)
    }

    /// The shared row that [`Verifier::shown_device`] asks for: read with the account, it takes no statement of its own.
    pub(in crate::verifier) fn row_beside(
        &self,
        purpose: Purpose,
        client: &Client,
    ) -> Option<String> {
        let is_shown = purpose == Purpose::Login && client.device_token().is_some();
        (is_shown && self.config.policy().device_days > 0).then(|| KeptKey.name())
    }

    fn requested_by(&self, client: &Client) -> RequestedBy {
        let address = self.address(client);
        RequestedBy {
            user_agent: client.user_agent().clone(),
            network: Network::site_of(address),
            masked_address: masked_address(address),
        }
    }

    /// What a browser shows at a sign-in, where it is a token of ours for that user. `salt` is 32 random bytes, and `beside` the
    /// row that [`Verifier::row_beside`] names.
    pub(in crate::verifier) fn shown_device(
        &self,
        now: UnixTime,
        user: &UserId,
        client: &Client,
        salt: [u8; 32],
        beside: Option<&RawRow>,
    ) -> Result<Option<ShownDevice<'_>>, Error> {
        let Some(token) = client.device_token() else {
            return Ok(None);
        };
        let watch = self.watch();
        let Some(token) = watch.open(user, token) else {
            return Ok(None);
        };
        Ok(Some(ShownDevice {
            devices: self.devices_if(|| self.premium_by(beside, now)),
            watch,
            token,
            by: self.requested_by(client),
            salt,
        }))
    }

    /// A device to be made of the browser that a proof by that method comes from; `None` where there are none.
    pub(in crate::verifier) fn new_device(
        &self,
        now: UnixTime,
        user: &UserId,
        proven: Method,
        client: &Client,
    ) -> Result<Option<NewDevice<'_>>, Error> {
        let Some(devices) = self.devices_if(|| self.premium(now)) else {
            return Ok(None);
        };
        let shown = client.device_token();
        Ok(Some(NewDevice {
            token: devices.draw()?,
            proven,
            replaced: shown.and_then(|token| devices.open(user, token)),
            by: self.requested_by(client),
            devices,
        }))
    }

    /// For how many days a browser may be trusted from now on; 0 where none may be, also without a licence.
    #[must_use]
    pub fn device_days(&self, now: UnixTime) -> u32 {
        match self.config.policy().device_days {
            days if days > 0 && self.premium(now).is_ok() => days,
            _ => 0,
        }
    }

    /// The devices of a user that count, the one that was used last first; that of the token says so.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`]
    pub fn devices(
        &self,
        now: UnixTime,
        user: &UserId,
        current: Option<&[u8]>,
    ) -> Result<Vec<Device>, Error> {
        let Some(devices) = self.devices_of_site(&self.premium(now)?) else {
            return Ok(Vec::new());
        };
        let Some(account) = self.accounts.read(user, now)? else {
            return Ok(Vec::new());
        };
        let current = current.and_then(|token| devices.open(user, token));
        let found = devices.list(&account, current.as_ref(), now);
        Ok(found.into_iter().map(shown).collect())
    }

    /// Ends one device of a user, if there is one of that name, and the sign-ins that came of it.
    ///
    /// # Errors
    /// As [`Verifier::end_session`], and [`Error::LicenceRequired`]: without a licence
    /// [`Verifier::revoke_all_devices`] ends them all.
    pub fn revoke_device(
        &self,
        now: UnixTime,
        user: &UserId,
        device: &str,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        named(operator.by(), "-")?;
        let id = DeviceId::parse(device)
            .ok_or_else(|| Error::invalid("deviceId", "must be an id of TwoFactor\\Device"))?;
        self.premium(now)?;
        let end = |account: &mut Account, now| self.end_device(account, *id.bytes(), now);
        self.note_end(now, user, EventKind::DeviceEnded, operator, "-", end)
    }

    fn watch(&self) -> Watch<'_> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        Watch::over(ring, site, self.config.policy().device_days)
    }

    /// Those that are kept of an account, for its user to read. Needs no licence.
    pub(in crate::verifier) fn kept_devices(
        &self,
        account: &Account,
        now: UnixTime,
    ) -> Vec<Device> {
        let found = self.watch().kept(account, now);
        found.into_iter().map(shown).collect()
    }

    /// Ends a device, and what came of it. Needs no licence.
    pub(in crate::verifier) fn end_device(
        &self,
        account: &mut Account,
        device: [u8; 16],
        now: UnixTime,
    ) {
        self.watch().end(account, device, now);
        account.end_device_sessions_of(device);
    }
}
