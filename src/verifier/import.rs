//! Taking users over from other software, one at a time; the rule is the account's ([`crate::account`], `import`).
//!
//! Who stands behind it has the server, or a fresh proof that an operator's act needs: not what a thief of a password could
//! have, too.

use super::named::named;
use super::{Error, Operator, Verifier};
use crate::account::{
    Account, IMPORTED_CODES_SECONDS, ImportTerms, Imported, ImportedFactors, NotImported,
};
use crate::audit::Authority;
use crate::clock::UnixTime;
use crate::crypto::HashKey;
use crate::mail::address::is_address;
use crate::types::{Method, UserId};

impl Verifier {
    /// Takes over what other software kept of a user. Nothing changes where something is set up here, or was taken over
    /// before: what came of it says so.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired),
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent); [`Error::Invalid`], also for an address that is none;
    /// [`Error::Unavailable`]
    pub fn import(
        &self,
        now: UnixTime,
        user: &UserId,
        factors: &ImportedFactors,
        terms: (bool, UnixTime),
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<Imported, Error> {
        named(operator.by(), reason)?;
        let authority = self.authority(now, operator, Some(user))??;
        Account::allow_import(authority)?;
        self.import_by(now, user, factors, terms, authority, operator, reason)
    }

    #[allow(clippy::too_many_arguments)] // who, what, and what stands behind it
    fn import_by(
        &self,
        now: UnixTime,
        user: &UserId,
        factors: &ImportedFactors,
        (accepts_weak, due): (bool, UnixTime),
        authority: Authority,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<Imported, Error> {
        assert_sound(factors)?;
        let source = self.source_if(operator.client());
        let unique = factors.phone.as_deref();
        let unique = unique.filter(|_| self.config.phone_is_unique());
        // Nobody else gets the number between the look and the change.
        let claim = unique.map(|number| self.claim(now, number)).transpose()?;
        let imported = self.no_number(now, user, factors).and_then(|no_number| {
            let terms = ImportTerms {
                accepts_weak,
                due,
                no_number,
            };
            let by = operator.by();
            Ok(self
                .accounts
                .change(user, now, &source, |account, context| {
                    Ok(account.import(factors, &terms, authority, by, reason, context))
                })??)
        });
        if let Some(claim) = claim {
            self.give_back(now, &claim);
        }
        imported
    }

    /// The same of many, for a host in which somebody stands behind it with a fresh proof. It is looked at once: who took the
    /// first one over would else be too new for the second. The first factor of all is enough, as for what is everybody's:
    /// it is the day on which nobody has one here yet, and whoever has a password alone is let in as long as nobody does
    /// this. Short secrets, where they are taken, have to be set up anew within thirty days. `None`: that account cannot be
    /// relied on.
    ///
    /// # Errors
    /// As [`Verifier::import`]; of the store, what is done by then stays.
    pub fn import_all(
        &self,
        now: UnixTime,
        users: &[(&UserId, &ImportedFactors)],
        accepts_weak: bool,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<Vec<Option<Imported>>, Error> {
        named(operator.by(), reason)?;
        let authority = self.authority_but_emergency(now, operator, None)??;
        let terms = (accepts_weak, now.plus(IMPORTED_CODES_SECONDS));
        let mut done = Vec::with_capacity(users.len());
        for (user, factors) in users {
            match self.import_by(now, user, factors, terms, authority, operator, reason) {
                Ok(imported) => done.push(Some(imported)),
                Err(error) if error.is_of_one_account() => done.push(None),
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// What [`Verifier::import`] would come to. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn would_import(
        &self,
        now: UnixTime,
        user: &UserId,
        factors: &ImportedFactors,
        (accepts_weak, due): (bool, UnixTime),
    ) -> Result<Imported, Error> {
        assert_sound(factors)?;
        let terms = ImportTerms {
            accepts_weak,
            due,
            no_number: self.no_number(now, user, factors)?,
        };
        let account = self.accounts.read(user, now)?.unwrap_or_else(|| {
            let mut nobody = Account::new(HashKey::new([0; 32]));
            nobody.stand_under_profile(self.config.profile().least());
            nobody
        });
        Ok(account.would_import(factors, &terms))
    }

    /// Why the number is not taken over. Where nobody could send it a code its user would be locked out.
    fn no_number(
        &self,
        now: UnixTime,
        user: &UserId,
        factors: &ImportedFactors,
    ) -> Result<Option<NotImported>, Error> {
        let Some(number) = &factors.phone else {
            return Ok(None);
        };
        if !self.offers(now, Method::Sms)? {
            return Ok(Some(NotImported::NoProvider));
        }
        if !self.config.phone_is_unique() {
            return Ok(None);
        }
        let users = self.accounts.with_phone(number)?;
        let is_taken = users.iter().any(|other| other != user);
        Ok(is_taken.then_some(NotImported::NumberTaken))
    }
}

/// The address is one that a code can go to. The number is, for it is E.164.
fn assert_sound(factors: &ImportedFactors) -> Result<(), Error> {
    let is_fine = factors.email.as_deref().is_none_or(is_address);
    is_fine
        .then_some(())
        .ok_or_else(|| Error::invalid("email", "must be one e-mail address"))
}
