//! That everybody enrols anew: one row of the site, sealed, which is read with every account that is looked at or
//! changed. It costs no account a write, and none is looked for: whom it concerns is seen when they sign in.
//!
//! ```text
//! row "enrolment" = { format (1), id, made, due, by, reason }   (crypto::seal, domain "enrolment")
//!                                                               bound to the site and to the version of the row
//! ```
//!
//! Each factor bears the id of what was required when it was enrolled ([`super::required`]); so no clock says what was
//! enrolled before, and a row that is lost and made again is another one. One that does not open denies, as an account
//! does: who requires it anew, or takes it back, on the server, puts another one in its place.

use serde::{Deserialize, Serialize};

use super::ids::RequirementId;
use super::requirement::OfEverybody;
use crate::clock::{SKEW, UnixTime};
use crate::crypto::{Domain, Entropy, OpenError, RandomError};
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};

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

#[derive(Serialize, Deserialize)]
struct Document<'a> {
    format: u32,
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
pub struct EnrolmentRow(pub Result<EnrolmentOfEverybody, OpenError>);

impl SharedRow for EnrolmentRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let open = || {
            let plain = context.open(Domain::Enrolment, bytes)?;
            match postcard::take_from_bytes::<Document<'_>>(&plain) {
                Ok((read, [])) if read.format == FORMAT => Ok(EnrolmentOfEverybody {
                    id: RequirementId::new(read.id),
                    made: read.made,
                    due: read.due,
                    by: read.by.to_owned(),
                    reason: read.reason.to_owned(),
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
            id: *it.id.bytes(),
            made: it.made,
            due: it.due,
            by: &it.by,
            reason: &it.reason,
        };
        let plain = postcard::to_extend(&document, Vec::new()).map_err(|_| RowError)?;
        Ok(context.seal(Domain::Enrolment, &plain)?)
    }
}
