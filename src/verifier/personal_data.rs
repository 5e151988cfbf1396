//! What is kept about one person: a copy of it (GDPR, article 15), and an end to it (article 17).
//!
//! ```text
//!   export  account · sessions · trusted browsers · messages · events        JSON with a version, nothing secret in it
//!   forget  account ─▶ empty, one event · events · messages · sessions       one swap: all of it or nothing
//!           then once more the sessions: one may have been admitted by what was read before
//! ```
//!
//! What is shared between people (budgets, requests, networks, guessing) bears keyed hashes, says nothing about anybody by
//! itself, and goes when its time is over: it stays, or who is forgotten would be rid of a limit.

use serde_json::{Value, json};

use super::named::named;
use super::{AuditEvent, Error, Message, Operator, Verifier};
use crate::account::{Account, RuleContext};
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::session::{Session, Sessions, SignedInBy};
use crate::store::SentMessage;
use crate::types::{Requester, UserId};

/// The version of what is exported.
pub(super) const VERSION: u32 = 1;

/// Rows that are read at once.
const PAGE: u32 = 1000;

fn time(at: UnixTime) -> Value {
    at.utc().rfc3339().into()
}

fn shown_session(session: &Session) -> Value {
    let Session {
        id,
        created,
        seen,
        by,
        masked_address,
        device,
        is_current: _,
    } = session;
    let by = match by {
        SignedInBy::Password => "password",
        SignedInBy::Proof(method) => method.as_str(),
        SignedInBy::Device { .. } => "trusted browser",
    };
    json!({
        "id": id.to_string(),
        "signed_in": time(*created),
        "last_seen": time(*seen),
        "by": by,
        "address": masked_address,
        "browser": device.words(),
    })
}

fn shown_device(device: &super::Device) -> Value {
    let super::Device {
        id,
        created,
        used,
        expires,
        masked_address,
        browser,
        is_current: _,
    } = device;
    json!({
        "id": id,
        "trusted": time(*created),
        "last_used": time(*used),
        "expires": time(*expires),
        "address": masked_address,
        "browser": browser.words(),
    })
}

fn shown_message(message: &SentMessage) -> Value {
    let SentMessage {
        user: _,
        provider,
        method,
        masked,
        reference,
        sent,
        report,
    } = message;
    json!({
        "provider": provider,
        "method": method.as_str(),
        "number": masked,
        "reference": reference,
        "sent": time(*sent),
        "status": report.status,
        "detail": report.detail,
        "reported": time(report.at),
    })
}

fn shown_event(event: &AuditEvent) -> Value {
    let AuditEvent {
        id,
        at,
        user: _,
        kind,
        topic: _,
        severity: _,
        method,
        factor,
        label,
        purpose,
        requester,
        by,
        reason,
        authority,
        ip,
        provider,
        since,
        times,
    } = event;
    json!({
        "id": id,
        "at": time(*at),
        "kind": kind,
        "method": method.map(|it| it.as_str()),
        "factor": factor,
        "label": label,
        "purpose": purpose.map(|it| it.as_str()),
        "requester": requester.map(|it| it.as_str()),
        "by": by,
        "reason": reason,
        "authority": authority.map(|it| it.as_str()),
        "ip": ip,
        "provider": provider,
        "since": since.map(time),
        "times": times,
    })
}

impl Verifier {
    /// Everything that is kept about a user, as JSON with a version: numbers and addresses in full, no secret, no code and
    /// no hash. That a copy was taken, and by whom, is in the audit, and in the copy. Nothing is noted of whom nothing is
    /// kept.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired) and
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent) when the user has a factor, and neither they nor an operator
    /// who may act on them has just proven one; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn export(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
    ) -> Result<String, Error> {
        named(operator.by(), "-")?;
        let authority = self.authority(now, operator, Some(user))?;
        let is_own = operator.is_in_request() && operator.by() == user.as_str();
        let mut kept = None;
        if !self.has_no_account(user, now)? {
            let source = self.source_if(operator.client());
            let rule = |account: &mut Account, context: &mut RuleContext<'_>| {
                account.note_export(authority, operator.by(), is_own, context)?;
                Ok((account.export(), self.kept_devices(account, context.now)))
            };
            kept = Some(self.accounts.change_to_end(user, now, &source, rule)??);
        }
        let (account, devices) = kept.unzip();
        let devices: Vec<Value> = devices
            .unwrap_or_default()
            .iter()
            .map(shown_device)
            .collect();
        let sessions = self.sessions(now, user, None)?;
        let sessions: Vec<Value> = sessions.iter().map(shown_session).collect();
        let exported = json!({
            "version": VERSION,
            "user": user.as_str(),
            "made": time(now),
            "account": account,
            "sessions": sessions,
            "trusted_browsers": devices,
            "messages": self.all_messages_to(user)?,
            "events": self.all_events_of(user)?,
        });
        Ok(format!("{exported:#}"))
    }

    fn all_messages_to(&self, user: &UserId) -> Result<Vec<Value>, Error> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = self.messages.list_to(user, PAGE, before)?;
            let Some((last, _)) = page.last() else {
                return Ok(found);
            };
            before = Some(*last);
            found.extend(page.iter().map(|(_, message)| shown_message(message)));
        }
    }

    fn all_events_of(&self, user: &UserId) -> Result<Vec<Value>, Error> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = self.audit(Some(user), PAGE, before)?;
            let Some(last) = page.last() else {
                return Ok(found);
            };
            before = Some(last.id);
            found.extend(page.iter().map(shown_event));
        }
    }

    /// Forgets a user: nothing is left of them but their id and that they were forgotten, by whom and why. Where they had a
    /// factor the next sign-in under that id ends with a set-up, unless `is_gone` says that nobody of that id is to come
    /// back. Returns the mails that tell them so, which are handed out once: afterwards nobody knows where to.
    ///
    /// Nobody forgets themselves, for that would take the events that tell what was done in their name; nor by an
    /// emergency, for what it takes does not come back with its end.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired),
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent), also where the user has no factor; [`Error::Invalid`],
    /// [`Error::Unavailable`]
    pub fn forget(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
        is_gone: bool,
    ) -> Result<Vec<Message>, Error> {
        named(operator.by(), reason)?;
        let authority = self.authority_but_emergency(now, operator, Some(user))??;
        if authority != Authority::Server && operator.by() == user.as_str() {
            return Err(Error::invalid("by", "must be somebody else"));
        }
        let event = Event::new(EventKind::Forgotten, Requester::Operator)
            .by(operator.by(), reason)
            .authority(Some(authority));
        let source = self.source_if(operator.client());
        let names = [Sessions::row_of(user)];
        let offers = self
            .accounts
            .forget(user, now, &source, is_gone, &names, &event)?;
        self.session_store().forget(now, user)?;
        self.renew_mark(now)?;
        Ok(self.notice_messages(now, user, &offers))
    }
}
