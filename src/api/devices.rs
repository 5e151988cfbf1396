//! The browsers in which a person's password alone signs in.

use super::answer::{Device, Devices, DevicesEnded, Moment};
use super::bodies::DevicesEnd;
use super::call::{Call, Outcome};
use super::host::Host;
use crate::verifier::{self, Operator};

/// Why they end, in the audit.
const REASON: &str = "ended by their user";

/// `GET /2fa/devices`
pub(super) fn list<H: Host>(call: &Call<'_, H>) -> Outcome<Devices, H> {
    let user = call.user()?;
    let shown = call.client.device_token();
    let found = call.ask(|it| it.devices(call.now, &user.id, shown))?;
    let told = |device: verifier::Device| Device {
        id: device.id.into(),
        created_at: Moment(device.created),
        last_used_at: Moment(device.used),
        expires_at: Moment(device.expires),
        address: device.masked_address.into(),
        browser: device.browser.words().map(Into::into),
        current: device.is_current,
    };
    Ok(Devices {
        devices: found.into_iter().map(told).collect(),
    })
}

/// `DELETE /2fa/devices`
pub(super) fn end<H: Host>(call: &Call<'_, H>, body: DevicesEnd) -> Outcome<DevicesEnded, H> {
    let user = call.user()?;
    let operator = Operator::in_request(user.id.as_str(), body.grant.as_deref());
    let operator = operator.from(Some(call.client));
    call.ask_with_step_up(user, |it| match &body.device {
        Some(device) => it.revoke_device(call.now, &user.id, device, &operator),
        None => it.revoke_all_devices(call.now, &user.id, &operator, REASON),
    })?;
    // The session that asks may have come of one of them. By the grant it goes on; who has no factor needed none, and what they
    // gave is none.
    let token = call.go_on_by(user, body.grant.as_deref().unwrap_or_default())?;
    Ok(DevicesEnded {
        token: token.map(Into::into),
    })
}
