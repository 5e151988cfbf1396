//! What may be shown of a device that its user trusts.

use crate::browser;
use crate::clock::UnixTime;
use crate::session::SignedInBy;

/// What may be shown of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its name. Tells nothing and lets nobody in.
    pub id: String,
    /// When a proof made it.
    pub created: UnixTime,
    /// When it was last used to sign in, or made.
    pub used: UnixTime,
    /// When it is over.
    pub expires: UnixTime,
    /// From where it was last used, without the end.
    pub masked_address: String,
    /// The browser, and what it runs on.
    pub browser: browser::Device,
    /// It is the one whose token was shown.
    pub is_current: bool,
}

/// What a token that was shown with a right password is worth.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "premium"),
    expect(dead_code, reason = "none is shown there")
)]
pub(super) enum ByDevice<T> {
    /// It stands for the second factor; this one takes its place. What a session then comes of.
    Yes(T, SignedInBy),
    /// It is an earlier one of a device that is over now.
    Reused(Device),
    /// As if none was shown.
    No,
}
