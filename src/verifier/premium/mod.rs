//! The wiring of what is premium: the only place outside of it that names [`crate::premium`].
//!
//! Whoever needs a [`Premium`](crate::premium::Premium) asks [`Verifier::premium`](super::Verifier::premium) for one in
//! the request that it is needed in: one read of the store and, once in a process, one signature, and nobody is asked over the network.
//! Without a licence a call that is premium by itself ends with `LicenceRequired`; where it is a part of something that
//! is not, as a sign-in, that part is left out.

mod alerts;
mod devices;
mod enforcement;
mod figures;
mod guard;
mod licence;
mod lists;
mod networks;
mod reminder;
mod seen;
mod support;

pub(super) use devices::NewDevice;
pub(super) use guard::Guard;
pub(super) use lists::KeptRules;
pub(super) use seen::Seen;
