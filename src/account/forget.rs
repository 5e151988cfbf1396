//! Forgetting a user (GDPR, article 17), and that somebody took a copy of what is kept of them (article 15).
//!
//! ```text
//!   ACCOUNT ── forgotten at their own request ──▶ EMPTY, enrolment due at once: as long as one was enrolled or required
//!      │                                            │  a right password alone leads to a set-up, never past one
//!      └────── forgotten, and gone ───────────────▶ EMPTY: whoever gets the id is as who never had a factor
//! ```
//!
//! What stays says nothing of the person but their id: the epoch and the generations, which never fall, the key and the end
//! of the audit chain, whose only event is then that they were forgotten, that changes are on hold, and from when a policy asks more of them, or a time
//! of grace would begin anew. All else of the account goes in one swap with the rest ([`super::Accounts::forget`]): a
//! sign-in that was open loses it, and finds an account in which nothing is open.

use super::challenge::Challenges;
use super::context::RuleContext;
use super::demand::Asked;
use super::denied::Denied;
use super::device_record::DeviceRecord;
use super::grants::Grants;
use super::guesses::Guesses;
use super::import_record::ImportRecord;
use super::lockout::Failures;
use super::network::{Known, LastNamed};
use super::notice_record::Notices;
use super::open_checks::OpenChecks;
use super::pending_oob::PendingContacts;
use super::repeats::Repeats;
use super::requirement::RequiredEnrolment;
use super::spent::SpentCodes;
use super::state::Account;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::types::Requester;

impl Account {
    /// What is left when its user is forgotten. `is_gone`: nobody of that id is to come back.
    #[must_use]
    pub(super) fn forgotten(mut self, is_gone: bool, now: UnixTime) -> Self {
        let must_enrol = !is_gone && (self.is_enrolled() || self.required.is_some());
        self.raise_epoch(None, now);
        let Self {
            epoch,
            key,
            audit,
            audit_begins,
            written,
            set_back,
            of_everybody,
            least,
            app_generation,
            codes_generation,
            dues,
            devices,
            notices,
            repudiation,
            imported,
            ..
        } = self;
        // Every field is named: one that is added does not compile before somebody has said whether it stays.
        Self {
            epoch,
            key,
            audit,
            audit_begins,
            written,
            set_back,
            primary: None,
            last_verified: None,
            trusted_from: UnixTime::START,
            factors: Vec::new(),
            telephone: None,
            failures: Vec::new(),
            challenges: Challenges::NONE,
            step_ups: Challenges::NONE,
            grants: Grants::NONE,
            former_phone: None,
            pending_contacts: PendingContacts::NONE,
            resets: Challenges::NONE,
            reset_failures: Failures::default(),
            known: Known::NONE,
            last_named: LastNamed::default(),
            known_failures: Failures::default(),
            checks: OpenChecks::NONE,
            repeats: Repeats::NONE,
            required: must_enrol.then(|| RequiredEnrolment {
                made: now,
                due: now,
                former: Vec::new(),
            }),
            of_everybody,
            least,
            app_generation,
            codes_generation,
            // How often all were ended, or what signed in by one before might count again.
            devices: DeviceRecord {
                ended: devices.ended.saturating_add(1),
                ..DeviceRecord::NONE
            },
            dues: if is_gone { Vec::new() } else { dues },
            asked: Asked::default(),
            put_off: None,
            guesses: Guesses::NONE,
            contact: None,
            // Its number goes on: a name of a mail that was handed out before says nothing of a later one.
            notices: Notices {
                last: notices.last,
                ..Notices::NONE
            },
            // Whoever said that something was not them is not let in by whoever did it, who may have the password.
            repudiation,
            temporary_code: None,
            reminded: None,
            spent: SpentCodes::NONE,
            // Only that it was: a second run of an import brings nothing back that its user had forgotten.
            imported: imported.filter(|_| !is_gone).map(|it| ImportRecord {
                at: it.at,
                unproven: Vec::new(),
                codes: None,
            }),
        }
    }

    /// Of an account that nobody can read: its user had a factor.
    pub(super) fn require_if(&mut self, is_unknown: bool, now: UnixTime) {
        if is_unknown {
            self.require_anew(now, now);
        }
    }

    /// Notes that a copy was taken of all that is kept of its user: numbers and addresses stand there in full.
    ///
    /// # Errors
    /// As [`Account::unlock`]; [`Denied::OnHold`] of its user while changes are on hold: whoever proves something then may
    /// be who is meant to be kept out.
    pub fn note_export(
        &self,
        authority: Result<Authority, Denied>,
        by: &str,
        is_own: bool,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        if is_own {
            self.assert_not_held()?;
        }
        let authority = self.permit(authority)?;
        let requester = match (is_own, authority) {
            (true, Some(_)) => Requester::Proven,
            (true, None) => Requester::Password,
            (false, _) => Requester::Operator,
        };
        let mut event = Event::new(EventKind::Exported, requester).authority(authority);
        if !is_own {
            event = event.by(by, "-");
        }
        context.note(event);
        Ok(())
    }
}
