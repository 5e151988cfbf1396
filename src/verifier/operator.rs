//! Who may act on others, on the providers and on what a host sets for everybody.
//!
//! ```text
//!   on the server's command line ───────────────────────────────────────────▶ SERVER: says who and why
//!   the grant of whoever acts ── fresh, theirs ── trusted, or on themselves ─▶ PROOF
//!                                              └─ nobody else is enrolled ───▶ FIRST
//!   neither, in an emergency of the server's owner ─────────────────────────▶ EMERGENCY
//!   neither ─▶ refused, except on an account without a factor: nobody's is taken away
//! ```
//!
//! FIRST and EMERGENCY are what a thief of a password can have, too: a provider that was named by them is
//! asked for nobody's code before somebody has confirmed it ([`super::provider_registry`]), and nobody vouches for
//! anybody by them, or an hour of theirs would make a factor of theirs trusted for good. So does what is only
//! proposed ([`Operator::proposing`]), whatever stands behind it.
//!
//! The grant is looked up in the account of whoever acts, right before the act: if their epoch rose
//! before that, it is gone.

use super::named::named;
use super::{Client, Error, Verifier, token};
use crate::account::{Account, Denied, GrantId};
use crate::audit::Authority;
use crate::clock::UnixTime;
use crate::types::UserId;

/// Accounts looked at at once.
const PAGE: u32 = 100;

/// The longest emergency, in seconds.
pub(super) const EMERGENCY_SECONDS: u64 = 3_600;

/// Who acts, and what they have to show for it.
#[derive(Clone, Copy)]
pub struct Operator<'a> {
    by: &'a str,
    claim: OperatorProof<'a>,
    client: Option<&'a Client>,
    proposes: bool,
    why: Option<&'a str>,
}

#[derive(Clone, Copy)]
enum OperatorProof<'a> {
    Server,
    Request(Option<&'a str>),
}

impl std::fmt::Debug for Operator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operator")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

impl<'a> Operator<'a> {
    /// On the server's command line: whoever can use it has the store and the key, too. `by` is the name
    /// they have there.
    #[must_use]
    pub const fn on_server(by: &'a str) -> Self {
        Self {
            by,
            claim: OperatorProof::Server,
            client: None,
            proposes: false,
            why: None,
        }
    }

    /// In a request, with their grant if they have one: then `by` is their user id.
    #[must_use]
    pub const fn in_request(by: &'a str, grant: Option<&'a str>) -> Self {
        Self {
            by,
            claim: OperatorProof::Request(grant),
            client: None,
            proposes: false,
            why: None,
        }
    }

    /// The same, from there: for the audit.
    #[must_use]
    pub const fn from(self, client: Option<&'a Client>) -> Self {
        Self { client, ..self }
    }

    /// They only propose what they save, whatever they have proven: it waits for somebody who stands for it. For a host in
    /// which whoever looks after providers must not decide by whom an administrator's codes are carried.
    #[must_use]
    pub const fn proposing(self, proposes: bool) -> Self {
        Self { proposes, ..self }
    }

    /// The same, for that reason: the audit has it behind what was changed.
    #[cfg(feature = "cli")]
    #[must_use]
    pub const fn because(self, why: &'a str) -> Self {
        Self {
            why: Some(why),
            ..self
        }
    }

    /// Why, where they said so.
    pub(super) const fn why(&self) -> Option<&'a str> {
        self.why
    }

    /// Whether what they save has to wait, by this authority.
    pub(super) fn must_be_confirmed(&self, authority: Option<Authority>) -> bool {
        self.proposes || authority.is_some_and(Authority::is_unproven)
    }

    /// The grant that a user shows who acts on themselves.
    pub(super) fn own_grant(&self, verifier: &Verifier, user: &UserId) -> Option<GrantId> {
        match self.claim {
            OperatorProof::Request(Some(grant)) if self.by == user.as_str() => {
                let (ring, site) = (verifier.accounts.ring(), verifier.accounts.site());
                token::open_grant(ring, site, user, grant)
            }
            OperatorProof::Request(_) | OperatorProof::Server => None,
        }
    }

    /// Who, for the audit.
    #[must_use]
    pub const fn by(&self) -> &'a str {
        self.by
    }

    /// Their grant, if they have one.
    pub(super) const fn grant(&self) -> Option<&'a str> {
        match self.claim {
            OperatorProof::Server => None,
            OperatorProof::Request(grant) => grant,
        }
    }

    /// Not on the server's command line.
    pub(super) const fn is_in_request(&self) -> bool {
        matches!(self.claim, OperatorProof::Request(_))
    }

    /// Where the request came from, if it says so.
    #[must_use]
    pub const fn client(&self) -> Option<&'a Client> {
        self.client
    }
}

/// What the emergency setting says at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emergency {
    /// Nothing.
    Unset,
    /// For so many more seconds.
    Active(u64),
    /// It is over.
    Over,
    /// It begins in so many seconds.
    NotYet(u64),
    /// It does not end after it begins, or more than [`EMERGENCY_SECONDS`] later: it is never obeyed.
    Mistaken,
}

impl Verifier {
    pub(super) fn emergency(&self, now: UnixTime) -> Emergency {
        let Some((from, until)) = self.config.emergency() else {
            return Emergency::Unset;
        };
        // Judged by the two times alone, not by the present: a mistyped window is refused always, not until it begins.
        if !(1..=EMERGENCY_SECONDS).contains(&from.until(until)) {
            return Emergency::Mistaken;
        }
        match (now.until(from), now.until(until)) {
            (0, 0) => Emergency::Over,
            (0, left) => Emergency::Active(left),
            (wait, _) => Emergency::NotYet(wait),
        }
    }

    /// What stands behind an act on `target`, or on what is everybody's. Inside is why there is nothing.
    pub(super) fn authority(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        target: Option<&UserId>,
    ) -> Result<Result<Authority, Denied>, Error> {
        let proof = self.authority_but_emergency(now, operator, target)?;
        Ok(match self.emergency(now) {
            Emergency::Active(_) => proof.or(Ok(Authority::Emergency)),
            _ => proof,
        })
    }

    /// The same, but what the emergency setting alone gives.
    pub(super) fn authority_but_emergency(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        target: Option<&UserId>,
    ) -> Result<Result<Authority, Denied>, Error> {
        match operator.claim {
            OperatorProof::Server if self.config.cli_operators() => Ok(Ok(Authority::Server)),
            OperatorProof::Server | OperatorProof::Request(None) => Ok(Err(Denied::StepUpRequired)),
            OperatorProof::Request(Some(grant)) => self.proven(now, operator.by, grant, target),
        }
    }

    /// The same for what is everybody's: without anything behind it, it is refused.
    pub(super) fn authority_over_all(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
    ) -> Result<Authority, Error> {
        Ok(self.authority(now, operator, None)??)
    }

    fn proven(
        &self,
        now: UnixTime,
        by: &str,
        grant: &str,
        target: Option<&UserId>,
    ) -> Result<Result<Authority, Denied>, Error> {
        // A `by` that is no user id can hold no grant.
        let Ok(user) = UserId::new(by) else {
            return Ok(Err(Denied::StepUpRequired));
        };
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let grant = token::open_grant(ring, site, &user, grant);
        let (Some(grant), Some(account)) = (grant, self.accounts.read(&user, now)?) else {
            return Ok(Err(Denied::StepUpRequired));
        };
        if let Err(denied) = account.has_proven(Some(&grant), now) {
            return Ok(Err(denied));
        }
        // Whoever took an account over must not act on others by what they took.
        if target != Some(&user) && account.held_since().is_some() {
            return Ok(Err(Denied::OnHold));
        }
        let retry_after = account.trusted_in(now);
        if retry_after == 0 || target == Some(&user) {
            return Ok(Ok(Authority::Proof));
        }
        if self.protects_others(now, &user)? {
            return Ok(Err(Denied::TooRecent { retry_after }));
        }
        Ok(Ok(Authority::First))
    }

    /// Whether anybody else has a factor. What the store says in plain is not believed: accounts are
    /// opened until one has. Who cannot be read is protected all the same.
    fn protects_others(&self, now: UnixTime, user: &UserId) -> Result<bool, Error> {
        // Skips the reserved ids (the site's own chain), which sort before all users'.
        let mut after = UserId::LAST_RESERVED.to_owned();
        loop {
            let page = self.accounts.list("", PAGE, Some(&after), now)?;
            let found = page.iter().any(|(id, _, account)| {
                id != user && account.as_ref().map_or(true, Account::is_enrolled)
            });
            let last = page.last().filter(|_| !found);
            let Some((last, ..)) = last else {
                return Ok(found);
            };
            after = last.as_str().to_owned();
        }
    }

    /// Every account that can be read, one after the other.
    pub(super) fn for_each_account(
        &self,
        now: UnixTime,
        mut look: impl FnMut(&UserId, &Account) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut after = UserId::LAST_RESERVED.to_owned();
        loop {
            let page = self.accounts.list("", PAGE, Some(&after), now)?;
            for (user, _, account) in &page {
                if let Ok(account) = account {
                    look(user, account)?;
                }
            }
            let Some((last, ..)) = page.last() else {
                return Ok(());
            };
            after = last.as_str().to_owned();
        }
    }

    /// Returns if whoever acts may change what is everybody's: settings of the host, its permissions.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Error::Invalid`], [`Error::Unavailable`]
    pub fn assert_operator(&self, now: UnixTime, operator: &Operator<'_>) -> Result<(), Error> {
        named(operator.by, "-")?;
        self.authority_over_all(now, operator).map(|_| ())
    }

    /// From when a user may act on others with a fresh proof; a moment that is past when they may.
    /// `None` without a factor.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn operator_from(&self, now: UnixTime, user: &UserId) -> Result<Option<UnixTime>, Error> {
        let Some(account) = self.accounts.read(user, now)? else {
            return Ok(None);
        };
        let Some(from) = account.trusted_from() else {
            return Ok(None);
        };
        Ok(Some(match account.trusted_in(now) {
            wait if wait > 0 && self.protects_others(now, user)? => now.plus(wait),
            _ => from.min(now),
        }))
    }

    /// An operator vouches for somebody whose factor is new: they may act on others from now on. An emergency
    /// lets nobody do it: what it lets in would stay.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Error::Invalid`] also when the user has no
    /// factor; [`Error::Unavailable`]
    pub fn confirm_operator(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by, reason)?;
        // Nobody vouches for themselves, not even who is the first and may act on everybody's.
        let authority = self.authority_but_emergency(now, operator, None)??;
        let is_own = matches!(authority, Authority::Proof | Authority::First);
        if is_own && operator.by == user.as_str() {
            return Err(Error::invalid("by", "must be somebody else"));
        }
        let source = self.source_if(operator.client);
        let confirmed = self
            .accounts
            .change(user, now, &source, |account, context| {
                Ok(account.confirm_operator(authority, operator.by, reason, context))
            })??;
        confirmed
            .then_some(())
            .ok_or_else(|| Error::invalid("userId", "must be a user with a second factor"))
    }
}
