//! What a site requires of everybody: that they enrol anew, and its policy of whom it asks for which factors. One row of
//! the site, sealed, which is read with every account that is looked at or changed. It costs no account a write, and none
//! is looked for: whom it concerns is seen when they sign in.
//!
//! ```text
//! row "enrolment" = { format (1), everybody: { id, made, due, by, reason }, policy: { id, text } }   each may be absent
//!                                                               (crypto::seal, domain "enrolment")
//!                                                               bound to the site and to the version of the row
//! ```
//!
//! Each factor bears the id of what was required when it was enrolled ([`super::required`]); so no clock says what was
//! enrolled before, and a row that is lost and made again is another one. Each challenge bears that of the policy
//! ([`super::under_policy`]). One that does not open denies, as an account does: who requires anything anew, or takes it back,
//! on the server, puts another one in its place.

use serde::{Deserialize, Serialize};

use super::demand::KeptPolicy;
use super::ids::RequirementId;
use super::requirement::OfEverybody;
use crate::clock::{SKEW, UnixTime};
use crate::crypto::{Domain, Entropy, OpenError, RandomError};
use crate::shared::format::RowError;
use crate::shared::{EncodeError, Keep, RowContext, RowKey, RowKind, SharedRow, Slot};

const FORMAT: u32 = 1;

/// That everybody who has a factor enrols anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentOfEverybody {
    id: RequirementId,
    /// When it was required.
    pub made: UnixTime,
    /// From when no sign-in ends without it.
    pub due: UnixTime,
    /// Who required it.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl EnrolmentOfEverybody {
    /// Required now. The factors that there are count as enrolled before, those enrolled since another one as well.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn new(
        now: UnixTime,
        due: UnixTime,
        by: &str,
        reason: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, RandomError> {
        Ok(Self {
            id: RequirementId::draw(entropy)?,
            made: now,
            due: due.max(now),
            by: by.to_owned(),
            reason: reason.to_owned(),
        })
    }

    /// What an account is judged by. What a clock required that was ahead is due at once: its grace has another
    /// beginning, and nobody is shut out by that.
    pub(super) fn at(&self, now: UnixTime) -> OfEverybody {
        let is_ahead = self.made > now.plus(SKEW);
        OfEverybody {
            id: self.id,
            due: if is_ahead { now } else { self.due },
        }
    }
}

/// What a site requires of its users.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirements {
    /// That everybody who has a factor enrols anew.
    pub everybody: Option<EnrolmentOfEverybody>,
    /// Its policy.
    pub policy: Option<KeptPolicy>,
}

#[derive(Serialize, Deserialize)]
struct Document<'a> {
    format: u32,
    #[serde(borrow)]
    everybody: Option<EverybodyDocument<'a>>,
    policy: Option<([u8; 16], &'a str)>,
}

#[derive(Serialize, Deserialize)]
struct EverybodyDocument<'a> {
    id: [u8; 16],
    made: UnixTime,
    due: UnixTime,
    by: &'a str,
    reason: &'a str,
}

/// The key of the row.
#[derive(Debug)]
pub struct EnrolmentKey;

impl EnrolmentKey {
    /// The name of the row.
    pub const NAME: &'static str = RowKind::Enrolment.as_str();
}

impl RowKey for EnrolmentKey {
    type Row = EnrolmentRow;

    const KIND: RowKind = RowKind::Enrolment;

    fn id(&self) -> String {
        String::new()
    }
}

/// The row, or why it does not open.
#[derive(Debug)]
pub struct EnrolmentRow(pub Result<Requirements, OpenError>);

impl EnrolmentRow {
    /// Changes what the row says, and ends it where that is nothing. One that does not open says nothing from then on.
    pub fn change(slot: &mut Slot<Self>, rule: impl FnOnce(&mut Requirements)) {
        let stored = slot.take().and_then(|row| row.0.ok());
        let mut requirements = stored.unwrap_or_default();
        rule(&mut requirements);
        if requirements == Requirements::default() {
            slot.end();
        } else {
            slot.put(Self(Ok(requirements)), Keep::Always);
        }
    }
}

impl SharedRow for EnrolmentRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let open = || {
            let plain = context.open(Domain::Enrolment, bytes)?;
            match postcard::take_from_bytes::<Document<'_>>(&plain) {
                Ok((read, [])) if read.format == FORMAT => Ok(Requirements {
                    everybody: read.everybody.map(|it| EnrolmentOfEverybody {
                        id: RequirementId::new(it.id),
                        made: it.made,
                        due: it.due,
                        by: it.by.to_owned(),
                        reason: it.reason.to_owned(),
                    }),
                    policy: read.policy.map(|(id, text)| KeptPolicy {
                        id: RequirementId::new(id),
                        text: text.to_owned(),
                    }),
                }),
                _ => Err(OpenError::Damaged),
            }
        };
        Ok(Self(open()))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let it = self.0.as_ref().map_err(|_| RowError)?;
        let document = Document {
            format: FORMAT,
            everybody: it.everybody.as_ref().map(|it| EverybodyDocument {
                id: *it.id.bytes(),
                made: it.made,
                due: it.due,
                by: &it.by,
                reason: &it.reason,
            }),
            policy: it.policy.as_ref().map(|it| (*it.id.bytes(), &*it.text)),
        };
        let plain = postcard::to_extend(&document, Vec::new()).map_err(|_| RowError)?;
        Ok(context.seal(Domain::Enrolment, &plain)?)
    }
}
