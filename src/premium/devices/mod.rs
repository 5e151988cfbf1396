//! Trusted devices: browsers in which a proof of a second factor is remembered for a while.
//!
//! A device stands for the second factor of a sign-in and for nothing else: the password comes before it, and a step-up,
//! a change of factors and an enrolment that is due ask for what they ask.
//!
//! - [`list`]: the rules, over a list of a user's devices and the time; no I/O,
//! - [`token`]: what a browser keeps, sealed for site and user,
//! - [`record`]: how a list is kept in the account, so that a sign-in by a device, its next token and the event of it are
//!   one change.

mod list;
mod record;
mod token;

use zeroize::Zeroizing;

use super::Premium;
use crate::account::{Account, RuleContext};
use crate::audit::{Event, EventKind, Unusual};
use crate::clock::UnixTime;
use crate::crypto::{Entropy, KeyRing, OsEntropy, RandomError, random};
use crate::types::{Method, Purpose, Site, UserId};

pub use list::{Device, DeviceId, DeviceToken, MAX_DEVICES, Made, ROTATION_SECONDS, RequestedBy};
use list::{DeviceSecret, Shown};

const DAY: u64 = 86_400;

/// For how many days any device may count.
const MOST_DAYS: u32 = 30;

/// The devices of the users of a site that has a licence.
#[derive(Debug, Clone, Copy)]
pub struct Devices<'a> {
    ring: &'a KeyRing,
    site: &'a Site,
    /// Seconds from its making on.
    lifetime: u64,
}

/// What a token that was shown at a sign-in is worth.
#[derive(Debug)]
pub enum Accepted {
    /// It stands for the second factor. This one takes its place in the browser.
    Yes(DeviceToken, Device),
    /// It is an earlier one of a device that is over now: there is a copy of it, or the next one never came.
    Reused(Device),
    /// As if none was shown.
    No,
}

/// What an event says of a device.
fn noted(kind: EventKind, device: &Device) -> Event {
    let words = device.browser.words().unwrap_or_default();
    Event::about(Purpose::Login, kind).factor(device.id.text(), &words)
}

/// What needs no licence, because it only takes away: that an earlier token was shown is found whatever the site has.
#[derive(Debug, Clone, Copy)]
pub struct Watch<'a> {
    ring: &'a KeyRing,
    site: &'a Site,
    lifetime: u64,
}

impl<'a> Watch<'a> {
    /// Over devices of so many days; of 0 none counts, and those there were are watched for as long as any could have.
    #[must_use]
    pub fn over(ring: &'a KeyRing, site: &'a Site, days: u32) -> Self {
        let days = if days == 0 { MOST_DAYS } else { days };
        Self {
            ring,
            site,
            lifetime: u64::from(days).saturating_mul(DAY),
        }
    }

    /// What a browser shows; `None` if we did not make it for this user.
    #[must_use]
    pub fn open(&self, user: &UserId, token: &[u8]) -> Option<DeviceToken> {
        token::open(self.ring, self.site, user, token)
    }

    /// The device of which that is an earlier token: it is over now. Nothing else is changed.
    #[must_use]
    pub fn end_reused(
        &self,
        account: &mut Account,
        token: &DeviceToken,
        context: &mut RuleContext<'_>,
    ) -> Option<Device> {
        let (now, key) = (context.now, account.device_key());
        let mut list = record::read(account.devices());
        let device = list.end_reused(&key, token, None, self.lifetime, now)?;
        account.keep_devices(&record::write(&list), now);
        context.note(noted(EventKind::DeviceReused, &device));
        Some(device)
    }

    /// Those that are kept of an account, for its user to read: that tells, and trusts nothing.
    #[must_use]
    pub fn kept(&self, account: &Account, now: UnixTime) -> Vec<Device> {
        let (list, key) = (record::read(account.devices()), account.device_key());
        list.devices(&key, None, self.lifetime, now)
    }

    /// Ends one, if there is one of that name.
    pub fn end(&self, account: &mut Account, id: [u8; 16], now: UnixTime) {
        let mut list = record::read(account.devices());
        if list.end(DeviceId::new(id)) {
            account.keep_devices(&record::write(&list), now);
        }
    }
}

impl<'a> Devices<'a> {
    /// For so many days each; `None` for 0: there are none.
    #[must_use]
    pub fn new(_: &Premium, ring: &'a KeyRing, site: &'a Site, days: u32) -> Option<Self> {
        (days > 0).then(|| Self {
            ring,
            site,
            lifetime: u64::from(days).saturating_mul(DAY),
        })
    }

    /// What a browser shows; `None` if we did not make it for this user.
    #[must_use]
    pub fn open(&self, user: &UserId, token: &[u8]) -> Option<DeviceToken> {
        token::open(self.ring, self.site, user, token)
    }

    /// What a browser is given.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn seal(
        &self,
        user: &UserId,
        token: &DeviceToken,
        entropy: &mut dyn Entropy,
    ) -> Result<Zeroizing<String>, RandomError> {
        token::seal(self.ring, self.site, user, token, entropy)
    }

    /// The first token of a device that is to be made.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn draw(&self) -> Result<DeviceToken, RandomError> {
        Ok(DeviceToken {
            id: DeviceId::draw(&mut OsEntropy)?,
            secret: DeviceSecret::new(random::bytes(&mut OsEntropy)?),
        })
    }

    /// Those of an account that count, each no longer than it does by the days of now. With one that is over by that, what
    /// came of it is over, too.
    fn counting(&self, account: &mut Account, now: UnixTime) -> list::DeviceList {
        let mut list = record::read(account.devices());
        let is_unreadable = list.is_empty() && !account.devices().is_empty();
        if is_unreadable || list.outlives(self.lifetime) {
            for id in list.cut(self.lifetime, now) {
                account.end_device_sessions_of(*id.bytes());
            }
            account.keep_devices(&record::write(&list), now);
        }
        list
    }

    /// Whether a token stands for the second factor of a sign-in whose password was right. `salt` is 32 random bytes.
    /// Never where an enrolment is due, or a stronger factor is asked for than was proven when the device was made, which
    /// `admits` says: then that proof is asked for. Nothing is changed where it does not count, but that a
    /// device is over of which there is a copy, and that none lives longer than it does by the days of now.
    #[must_use]
    pub fn accept(
        &self,
        account: &mut Account,
        token: &DeviceToken,
        by: &RequestedBy,
        salt: [u8; 32],
        admits: impl Fn(Method) -> bool,
        context: &mut RuleContext<'_>,
    ) -> Accepted {
        let now = context.now;
        if !account.is_enrolled() || account.must_enrol(now) {
            return Accepted::No;
        }
        let mut list = self.counting(account, now);
        let key = account.device_key();
        let shown = if list.proven(token.id).is_some_and(admits) {
            list.show(&key, token, by, salt, self.lifetime, now)
        } else {
            // That there is a copy is found whatever it would be good for.
            let reused = list.end_reused(&key, token, None, self.lifetime, now);
            reused.map_or(Shown::Nothing, Shown::Reused)
        };
        let (accepted, event) = match shown {
            Shown::Counts(next, device, moved) => {
                let is_known = account.is_known(Some(by.network));
                let event = noted(EventKind::DeviceAccepted, &device).unusual(Unusual {
                    unknown_network: moved.browser || (moved.address && !is_known),
                    ..Unusual::default()
                });
                (Accepted::Yes(next, device), event)
            }
            Shown::Reused(device) => {
                let event = noted(EventKind::DeviceReused, &device);
                (Accepted::Reused(device), event)
            }
            Shown::Nothing => return Accepted::No,
        };
        account.keep_devices(&record::write(&list), now);
        context.note(event);
        accepted
    }

    /// A proof of a sign-in that was just accepted makes a device of the browser that it came from, in the place of the
    /// one whose token that browser still had. What is returned is that one, if its token was an earlier one: there is a
    /// copy of it.
    #[must_use]
    pub fn trust(
        &self,
        account: &mut Account,
        made: &Made<'_>,
        by: &RequestedBy,
        replaced: Option<&DeviceToken>,
        context: &mut RuleContext<'_>,
    ) -> Option<Device> {
        let mut list = self.counting(account, context.now);
        let key = account.device_key();
        let (device, reused) = list.trust(&key, made, by, replaced, self.lifetime, context.now);
        account.keep_devices(&record::write(&list), context.now);
        if let Some(reused) = &reused {
            context.note(noted(EventKind::DeviceReused, reused));
        }
        context.note(noted(EventKind::DeviceTrusted, &device));
        reused
    }

    /// Those of an account that count, the one that was used last first; that of the token says so, while that is no
    /// earlier one.
    #[must_use]
    pub fn list(
        &self,
        account: &Account,
        shown: Option<&DeviceToken>,
        now: UnixTime,
    ) -> Vec<Device> {
        let (list, key) = (record::read(account.devices()), account.device_key());
        list.devices(&key, shown, self.lifetime, now)
    }
}

#[cfg(test)]
mod tests;
