//! That everybody enrols anew, required by operators and taken back.

use super::administer::due_by;
use super::named::named;
use super::{Error, Operator, Verifier};
use crate::account::{EnrolmentKey, EnrolmentOfEverybody, EnrolmentRow, Requirements};
use crate::audit::{Event, EventKind, clean};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::types::Requester;

impl Verifier {
    /// Requires that everybody who has a factor enrols anew: from `due` on, or from now on, no sign-in of theirs ends
    /// without it. It is one write, and looked at in the read of every sign-in. Required once more it begins anew, also
    /// for those who have enrolled since.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired),
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent); [`Error::Invalid`], also for more than a year of grace;
    /// [`Error::Unavailable`]
    pub fn require_all_enrolments(
        &self,
        now: UnixTime,
        due: Option<UnixTime>,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        let due = due_by(now, due)?;
        self.note_of_everybody(now, EventKind::EnrolmentRequired, operator, reason)?;
        let (by, why) = (clean(operator.by()), clean(reason));
        let required = EnrolmentOfEverybody::new(now, due, &by, &why, &mut OsEntropy)?;
        Ok(self.rows.update(now, &EnrolmentKey, |slot| {
            EnrolmentRow::change(slot, |all| all.everybody = Some(required.clone()));
        })?)
    }

    /// Takes that back, also where it cannot be read. Nothing happens where nothing is required.
    ///
    /// # Errors
    /// As [`Verifier::require_all_enrolments`]
    pub fn waive_all_enrolments(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        self.assert_operator(now, operator)?;
        let kind = EventKind::EnrolmentWaived;
        self.take_back(now, kind, operator, reason, |all| {
            all.everybody.take().is_some()
        })
    }

    /// What is required of everybody, if anything is.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn all_enrolments_required(&self) -> Result<Option<EnrolmentOfEverybody>, Error> {
        let required = self.accounts.required_of_everybody()?;
        Ok(required.and_then(|required| required.everybody))
    }

    /// Takes one of the site's requirements back, also where none of them can be read, and notes it. `rule` says whether it
    /// was there; nothing happens where it was not.
    pub(super) fn take_back(
        &self,
        now: UnixTime,
        kind: EventKind,
        operator: &Operator<'_>,
        reason: &str,
        rule: fn(&mut Requirements) -> bool,
    ) -> Result<(), Error> {
        let stored = self.rows.get(&EnrolmentKey)?.map(|stored| stored.row.0);
        if stored.is_none_or(|row| row.is_ok_and(|mut all| !rule(&mut all))) {
            return Ok(());
        }
        self.note_of_everybody(now, kind, operator, reason)?;
        Ok(self.rows.update(now, &EnrolmentKey, |slot| {
            EnrolmentRow::change(slot, |all| {
                rule(all);
            });
        })?)
    }

    pub(super) fn note_of_everybody(
        &self,
        now: UnixTime,
        kind: EventKind,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        let authority = self.authority_over_all(now, operator)?;
        let source = self.source_if(operator.client());
        let event = Event::new(kind, Requester::Operator)
            .by(operator.by(), reason)
            .authority(Some(authority));
        self.note_for_providers(now, &source, &event)
    }
}
