//! The sign-ins of a person that go on.

use super::answer::{Method, Moment, NoContent, Session, Sessions};
use super::bodies::SessionsEnd;
use super::call::{Call, Outcome};
use super::host::Host;
use crate::session;
use crate::verifier::Operator;

/// Why they end, in the audit.
const REASON: &str = "ended by their user";

/// `GET /2fa/sessions`
pub(super) fn list<H: Host>(call: &Call<'_, H>) -> Outcome<Sessions, H> {
    let user = call.user()?;
    let found = call.ask(|it| it.sessions(call.now, &user.id, call.credential))?;
    let shown = |session: session::Session| Session {
        id: session.id.to_string().into(),
        created_at: Moment(session.created),
        last_seen_at: Moment(session.seen),
        method: session.by.method().map(Method),
        browser: session.device.words().map(Into::into),
        address: session.masked_address.into(),
        current: session.is_current,
    };
    Ok(Sessions {
        sessions: found.into_iter().map(shown).collect(),
    })
}

/// `DELETE /2fa/sessions`
pub(super) fn end<H: Host>(call: &Call<'_, H>, body: SessionsEnd) -> Outcome<NoContent, H> {
    let user = call.user()?;
    let operator = Operator::in_request(user.id.as_str(), body.grant.as_deref());
    let operator = operator.from(Some(call.client));
    call.ask_with_step_up(user, |it| match &body.session {
        Some(session) => it.end_session(call.now, &user.id, session, &operator),
        None => it.end_sessions(call.now, &user.id, call.credential, &operator, REASON),
    })?;
    Ok(NoContent)
}
