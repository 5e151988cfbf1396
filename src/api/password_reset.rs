//! A new password by telephone, for whoever asks: nothing tells whether there is such a person.

use super::answer::{NoContent, ResetBegun};
use super::bodies::{ResetProof, ResetRequest};
use super::call::{Call, Outcome, Refused};
use super::host::{Host, HostAct};
use super::problem::Kind;
use crate::clock::instant;
use crate::types::Method;
use crate::verifier::PasswordResetStep as Step;

/// In the audit.
const REASON: &str = "set anew by telephone";

/// What this site needs for it.
fn offered<H: Host>(call: &Call<'_, H>) -> Outcome<(), H> {
    call.needs(&[HostAct::FindUser, HostAct::SetPassword])?;
    let is_offered = call.ask(|it| {
        for method in [Method::Sms, Method::Voice, Method::WhatsApp] {
            if it.offers(call.now, method)? {
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    if is_offered {
        Ok(())
    } else {
        Err(Refused::NotOffered)
    }
}

/// `POST /password/phone`: begins a reset and sends its code, in the time that this takes for nobody.
pub(super) fn begin<H: Host>(call: &Call<'_, H>, body: ResetRequest) -> Outcome<ResetBegun, H> {
    offered(call)?;
    let called = instant();
    let found = call.host.find_user(&body.name).map_err(Refused::Host)?;
    let host = call.host;
    let begun = call.ask(|it| {
        let tell = |what: &str| host.tell_operator(what);
        let reset = it.begin_password_reset(call.now, found.as_ref(), call.client, &tell)?;
        it.send_password_reset_code(call.now, &reset, call.client, &tell)?;
        Ok(reset)
    });
    host.wait(Step::Send.rest(true, host.age(), called.elapsed()));
    Ok(ResetBegun {
        reset: begun?.into(),
    })
}

/// `POST /password/phone/confirm`: signs nobody in.
pub(super) fn confirm<H: Host>(call: &Call<'_, H>, body: ResetProof) -> Outcome<NoContent, H> {
    offered(call)?;
    let host = call.host;
    // Whoever's it is to be: before the code is spent.
    let fits = host.accepts_password(&body.password);
    if !fits.map_err(Refused::Host)? {
        return Err(Kind::Password.into());
    }
    let called = instant();
    let mut asks = true;
    let verified = call.ask(|it| {
        // Where that cannot be told, it may be so.
        asks = it.asks_about_password_resets(call.now).unwrap_or(true);
        let tell = |what: &str| host.tell_operator(what);
        it.verify_password_reset(call.now, &body.reset, &body.code, call.client, &tell)
    });
    host.wait(Step::Verify.rest(asks, host.age(), called.elapsed()));
    let verified = verified?;
    let user = &verified.user;
    call.ask(|it| {
        let (proof, by) = (&verified.grant, user.as_str());
        it.complete_password_reset(call.now, user, proof, by, REASON, call.client)
    })?;
    host.set_password(user, &body.password)
        .map_err(Refused::Host)?;
    // Whoever signed in with the old password since the proof goes, too.
    call.ask(|it| it.raise_epoch(call.now, user, user.as_str(), REASON, Some(call.client)))?;
    call.ask(|it| {
        it.tell_numbers(call.now, user);
        Ok(())
    })?;
    call.notify_pending()?;
    Ok(NoContent)
}
