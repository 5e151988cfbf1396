//! What operators do. Each change names who and why, and is in the user's audit.

use std::fs;
use std::path::PathBuf;

use super::keys::KeySource;
use super::named::named;
use super::{AccountView, Client, Error, Operator, Verifier};
use crate::account::{Account, AccountError, KeyUse, MOST_GRACE_SECONDS, RuleContext};
use crate::audit::{Authority, Event, EventKind, Severity, Topic};
use crate::clock::UnixTime;
use crate::store::AuditRow;
use crate::types::{Method, Purpose, Requester, UserId};

/// Most rows a call returns.
const MOST_ROWS: u32 = 1000;

/// How many pages of that many events are looked through for those about one topic.
const MOST_PAGES: u32 = 10;

/// In seconds: how long after one event of a sign-in another one is still read as the same.
const SIGN_IN_SECONDS: u64 = 600;

/// Of the JSON that an event is written as. Fields may be added; one that changes or goes gives it another number.
const EVENT_JSON_VERSION: u32 = 1;

/// A value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventField<'a> {
    /// What the event has.
    Borrowed(&'a str),
    /// What is written for it.
    Text(String),
    /// How many, or which.
    Number(u32),
    /// `null`
    Nothing,
}

/// One audit event.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Its place among all events of the store.
    pub id: u64,
    /// When.
    pub at: UnixTime,
    /// Whose account.
    pub user: UserId,
    /// The stable name.
    pub kind: String,
    /// What it is about; `None`: what stands there is no event.
    pub topic: Option<Topic>,
    /// How urgent it is.
    pub severity: Severity,
    /// To which factor.
    pub method: Option<Method>,
    /// Which of the user's factors, by its id.
    pub factor: Option<String>,
    /// What it was called then.
    pub label: Option<String>,
    /// For which purpose the proof was asked.
    pub purpose: Option<Purpose>,
    /// What stood behind the request; `None`: the software did it by itself.
    pub requester: Option<Requester>,
    /// Who did it, when it was not the user.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What stood behind them.
    pub authority: Option<Authority>,
    /// From where.
    pub ip: Option<String>,
    /// Who carried the code.
    pub provider: Option<String>,
    /// When it began, if that was before it was written.
    pub since: Option<UnixTime>,
    /// How many of these it stands for.
    pub times: u32,
}

impl AuditEvent {
    /// As it was stored. A body that we did not write is shown as unreadable; [`Verifier::audit_is_intact`] says that the
    /// chain is broken.
    fn of((id, row): (u64, AuditRow)) -> Self {
        let event = serde_json::from_slice::<Event>(&row.body).ok();
        let kind = event.as_ref().map(|it| it.kind);
        let severity = event.as_ref().map_or(Severity::Alert, Event::severity);
        let Event {
            kind: _,
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
            unknown_network: _,
            failures: _,
            idle_days: _,
        } = event.unwrap_or_else(|| Event::by_itself(EventKind::Rejected));
        Self {
            id,
            at: row.at,
            user: row.user,
            kind: kind.map_or("unreadable", EventKind::as_str).to_owned(),
            topic: kind.map(EventKind::topic),
            severity,
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
            times: times.unwrap_or(1),
        }
    }

    /// The fields of the JSON that it is written as, wherever that is, for logs and other systems. Ids are text: they may be
    /// larger than what a number is in JSON everywhere.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, EventField<'_>); 18] {
        let maybe = |text| Option::map_or(text, EventField::Nothing, EventField::Borrowed);
        let date = |at: UnixTime| EventField::Text(at.utc().rfc3339());
        [
            ("version", EventField::Number(EVENT_JSON_VERSION)),
            ("id", EventField::Text(self.id.to_string())),
            ("at", date(self.at)),
            ("userId", EventField::Borrowed(self.user.for_host())),
            ("type", EventField::Borrowed(&self.kind)),
            ("severity", EventField::Borrowed(self.severity.as_str())),
            ("method", maybe(self.method.map(Method::as_str))),
            ("factorId", maybe(self.factor.as_deref())),
            ("factorLabel", maybe(self.label.as_deref())),
            ("purpose", maybe(self.purpose.map(Purpose::as_str))),
            ("requester", maybe(self.requester.map(Requester::as_str))),
            ("by", maybe(self.by.as_deref())),
            ("reason", maybe(self.reason.as_deref())),
            ("authority", maybe(self.authority.map(Authority::as_str))),
            ("ip", maybe(self.ip.as_deref())),
            ("provider", maybe(self.provider.as_deref())),
            ("since", self.since.map_or(EventField::Nothing, date)),
            ("times", EventField::Number(self.times)),
        ]
    }

    /// Whether it and a later event, the next one of a list, are read as steps of one sign-in: asked, sent, accepted.
    #[must_use]
    pub fn leads_to(&self, later: &Self) -> bool {
        let is_step = |event: &Self| event.topic == Some(Topic::SignIn);
        self.user == later.user
            && is_step(self)
            && is_step(later)
            && later.kind != EventKind::ChallengeOpened.as_str()
            && self.at.until(later.at) < SIGN_IN_SECONDS
    }
}

pub(super) fn limited(limit: u32) -> Result<u32, Error> {
    if (1..=MOST_ROWS).contains(&limit) {
        Ok(limit)
    } else {
        Err(Error::invalid(
            "limit",
            format!("must be between 1 and {MOST_ROWS}"),
        ))
    }
}

/// From when no sign-in ends without an enrolment, if that is no longer than a grace may be.
pub(super) fn due_by(now: UnixTime, due: Option<UnixTime>) -> Result<UnixTime, Error> {
    let due = due.unwrap_or(now);
    if now.until(due) > MOST_GRACE_SECONDS {
        return Err(Error::invalid("graceUntil", "must be within 366 days"));
    }
    Ok(due)
}

impl Verifier {
    /// Ends challenges, grants and sign-ins of a user. Returns the new epoch.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn raise_epoch(
        &self,
        now: UnixTime,
        user: &UserId,
        by: &str,
        reason: &str,
        client: Option<&Client>,
    ) -> Result<u64, Error> {
        self.end_sign_ins_by(now, user, by, reason, client, Account::end_sign_ins)
    }

    /// The same of somebody who was given more to decide by themselves, or by whoever could not decide that: they act on
    /// others a day later, or when an operator confirms it.
    ///
    /// # Errors
    /// As [`Verifier::raise_epoch`]
    pub fn raise_epoch_and_end_trust(
        &self,
        now: UnixTime,
        user: &UserId,
        by: &str,
        reason: &str,
        client: Option<&Client>,
    ) -> Result<u64, Error> {
        let end = Account::end_sign_ins_and_trust;
        self.end_sign_ins_by(now, user, by, reason, client, end)
    }

    fn end_sign_ins_by(
        &self,
        now: UnixTime,
        user: &UserId,
        by: &str,
        reason: &str,
        client: Option<&Client>,
        end: fn(&mut Account, &str, &str, &mut RuleContext<'_>) -> u64,
    ) -> Result<u64, Error> {
        named(by, reason)?;
        let source = self.source_if(client);
        Ok(self
            .accounts
            .change_to_end(user, now, &source, |account, context| {
                Ok(end(account, by, reason, context))
            })??)
    }

    /// Ends the blocks of a user. Who has nothing to show for it leaves no trace of a user who has no account.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired) and
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent) when the user has a factor and the operator
    /// may not act on it; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn unlock(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let authority = self.authority(now, operator, Some(user))?;
        if authority.is_err() && self.has_no_account(user, now)? {
            return Ok(());
        }
        let source = self.source_if(operator.client());
        Ok(self
            .accounts
            .change_to_end(user, now, &source, |account, context| {
                account.unlock(authority, operator.by(), reason, context)
            })??)
    }

    /// Removes every factor of a user, even of an account that cannot be read. Returns the new epoch; 0 of a user
    /// who has no account, of whom whoever has nothing to show for it leaves no trace.
    ///
    /// # Errors
    /// As [`Verifier::unlock`]; an account that cannot be read has a factor. While changes of its factors are on hold,
    /// [`Denied::OnHold`](crate::account::Denied::OnHold) for the user themself and in an emergency.
    pub fn reset(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<u64, Error> {
        named(operator.by(), reason)?;
        let authority = self.authority(now, operator, Some(user))?;
        let is_own = operator.by() == user.as_str();
        let rule = |account: &mut Account, context: &mut RuleContext<'_>| {
            account.allow_reset(authority, is_own)?;
            account.reset(authority, operator.by(), reason, context)
        };
        let leave = authority.map(|_| ());
        if authority.is_err() && self.has_no_account(user, now)? {
            return Ok(0);
        }
        let source = self.source_if(operator.client());
        let epoch = self
            .accounts
            .replace_unreadable(user, now, &source, leave, rule)??;
        self.tell_numbers(now, user);
        self.renew_mark(now)?;
        Ok(epoch)
    }

    /// Requires that a user enrols, anew if something is enrolled: from `due` on, or from now on, no sign-in of theirs
    /// ends without it.
    ///
    /// It takes the same as an act on everybody, whether the user has a factor or not: where there is none, a password
    /// alone is asked to enrol.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired),
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent); [`Error::Invalid`], also for more than a year of grace;
    /// [`Error::Unavailable`]
    pub fn require_enrolment(
        &self,
        now: UnixTime,
        user: &UserId,
        due: Option<UnixTime>,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let due = due_by(now, due)?;
        let authority = self.authority(now, operator, Some(user))??;
        let source = self.source_if(operator.client());
        let changed = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.require_enrolment(due, authority, operator.by(), reason, context);
                Ok(())
            })?;
        Ok(changed?)
    }

    /// Takes that back, and excuses the user from what is required of everybody. Nothing happens where nothing is
    /// required.
    ///
    /// # Errors
    /// As [`Verifier::require_enrolment`]
    pub fn waive_enrolment(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let authority = self.authority(now, operator, Some(user))??;
        if self.has_no_account(user, now)? {
            return Ok(());
        }
        let source = self.source_if(operator.client());
        let changed = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.waive_enrolment(authority, operator.by(), reason, context);
                Ok(())
            })?;
        Ok(changed?)
    }

    /// Whether there is nothing of a user. One that cannot be read is there.
    pub(super) fn has_no_account(&self, user: &UserId, now: UnixTime) -> Result<bool, Error> {
        match self.accounts.read(user, now) {
            Ok(account) => Ok(account.is_none()),
            Err(
                AccountError::Sealed { .. }
                | AccountError::KeyMissing { .. }
                | AccountError::KeyReplaced { .. }
                | AccountError::Document { .. }
                | AccountError::Requirement(_)
                | AccountError::Removed(_),
            ) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes everything of this site for good: accounts, audit, providers, messages. Nobody of it has a second
    /// factor afterwards. If nothing of another site is in the store, that goes, too, with the key that was
    /// generated beside it. Returns the files that could not be removed.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn remove_site(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
    ) -> Result<Vec<PathBuf>, Error> {
        self.assert_operator(now, operator)?;
        let Some(mut left) = self.accounts.remove_site()? else {
            return Ok(Vec::new());
        };
        if let KeySource::Generated(key) = &self.key_source
            && fs::remove_file(key).is_err()
            && key.exists()
        {
            left.push(key.clone());
        }
        Ok(left)
    }

    /// Accounts in the order of user ids, of those that begin with `search`.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn accounts(
        &self,
        now: UnixTime,
        search: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<AccountView>, Error> {
        let limit = limited(limit)?;
        // Skips the reserved ids (the site's own chain), which sort before all users'.
        let after = after.unwrap_or_default().max(UserId::LAST_RESERVED);
        let rows = self.accounts.list(search, limit, Some(after), now)?;
        Ok(rows
            .into_iter()
            .map(|(user, listing, account)| match account {
                Ok(account) => AccountView::of(user, &account, &self.config, now),
                Err(_) => AccountView::unreadable(user, &listing),
            })
            .collect())
    }

    /// Everybody who has a factor, or of those whoever has to enrol anew, now or later, or has nothing that is strong enough
    /// for the site's profile, in the order of user ids; who
    /// cannot be read has one, and has to. What the store says in plain is not believed: every account is opened.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn enrolled_users(&self, now: UnixTime, to_enrol: bool) -> Result<Vec<UserId>, Error> {
        let is_owed = |it: &Account| it.enrolment_due().is_some() || it.is_too_weak();
        let is_meant = |it: &Account| it.is_enrolled() && (!to_enrol || is_owed(it));
        let mut found = Vec::new();
        // Skips the reserved ids (the site's own chain), which sort before all users'.
        let mut after = UserId::LAST_RESERVED.to_owned();
        loop {
            let page = self.accounts.list("", MOST_ROWS, Some(&after), now)?;
            let Some((last, ..)) = page.last() else {
                return Ok(found);
            };
            after = last.as_str().to_owned();
            let has_factor = page
                .into_iter()
                .filter(|(_, _, account)| account.as_ref().map_or(true, is_meant));
            found.extend(has_factor.map(|(user, ..)| user));
        }
    }

    /// What each key is needed for: one may go when it is needed for nothing. Every account is opened.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn key_use(&self) -> Result<Vec<KeyUse>, Error> {
        Ok(self.accounts.key_use()?)
    }

    /// Events, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn audit(
        &self,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<AuditEvent>, Error> {
        let rows = self.accounts.audit(user, limited(limit)?, before)?;
        Ok(rows.into_iter().map(AuditEvent::of).collect())
    }

    /// Events of everybody, oldest first, for other systems: those after `after`, the id of the last one that was read.
    /// Each comes once, whatever went meanwhile because its time was over, and none is left out because it was written by
    /// another process at the same moment: on MySQL and MariaDB it may come a minute after it was written for that.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn events(&self, after: Option<u64>, limit: u32) -> Result<Vec<AuditEvent>, Error> {
        let after = after.unwrap_or(0);
        let rows = self.accounts.events(after, limited(limit)?)?;
        Ok(rows.into_iter().map(AuditEvent::of).collect())
    }

    /// Events about one topic, newest first, of the ten thousand before `before`: what is older is found by asking again
    /// from the last one that was found.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn audit_about(
        &self,
        user: Option<&UserId>,
        topic: Topic,
        limit: u32,
        mut before: Option<u64>,
    ) -> Result<Vec<AuditEvent>, Error> {
        let wanted = limited(limit)? as usize;
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let page = self.audit(user, MOST_ROWS, before)?;
            let Some(last) = page.last() else {
                break;
            };
            before = Some(last.id);
            found.extend(page.into_iter().filter(|it| it.topic == Some(topic)));
            if found.len() >= wanted {
                break;
            }
        }
        found.truncate(wanted);
        Ok(found)
    }

    /// What happened to the providers, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn providers_audit(
        &self,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<AuditEvent>, Error> {
        self.audit(Some(&UserId::providers()), limit, before)
    }

    /// Whether every event of the providers is there, unaltered and in order.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn providers_audit_is_intact(&self) -> Result<bool, Error> {
        self.audit_is_intact(&UserId::providers())
    }

    /// Since when the user's events are there, if earlier ones went when their time was over.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn audit_begins(&self, user: &UserId) -> Result<Option<UnixTime>, Error> {
        Ok(self.accounts.audit_begins(user)?)
    }

    /// The same of the providers' events.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn providers_audit_begins(&self) -> Result<Option<UnixTime>, Error> {
        self.audit_begins(&UserId::providers())
    }

    /// Whether every event of the user is there, unaltered and in order.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn audit_is_intact(&self, user: &UserId) -> Result<bool, Error> {
        Ok(self.accounts.audit_is_intact(user)?)
    }
}
