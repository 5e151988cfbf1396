//! The user's own settings. As soon as there is a factor, every change needs a grant.

use zeroize::Zeroizing;

use super::oob_enrol::shown;
use super::token::{self, Setup};
use super::{BackupCodes, Client, Enrolled, Error, TotpSetup, User, Verifier};
use crate::account::totp::{GenerateError, SECRET_BYTES, Totp, TotpSecret};
use crate::account::{
    Account, Denied, FactorError, FactorId, GrantId, Label, PendingTotp, RuleContext,
};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::crypto::code::{self, LookupCode};
use crate::types::{Method, UserId};

const NOT_ENROLLED: &str = "must be a method that is enrolled";

/// Seconds of a time step of new secrets; many apps know no other.
const PERIOD: u32 = 30;

impl Verifier {
    pub(super) fn grant(&self, user: &UserId, grant: Option<&str>) -> Option<GrantId> {
        token::open_grant(self.accounts.ring(), self.accounts.site(), user, grant?)
    }

    pub(super) fn new_backup_codes(&self) -> Result<Vec<LookupCode>, Error> {
        (0..self.config.policy().backup_codes)
            .map(|_| code::lookup(&mut OsEntropy).map_err(Error::from))
            .collect()
    }

    /// The token of a set-up.
    pub(super) fn setup_token(
        &self,
        user: &UserId,
        setup: &Setup,
    ) -> Result<Zeroizing<String>, Error> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        Ok(token::seal_setup(ring, site, user, setup)?)
    }

    /// The set-up that a token names. One that is not ours is like a wrong code.
    pub(super) fn setup_of(&self, token: &str) -> Result<(UserId, Setup), Denied> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        token::open_setup(ring, site, token).ok_or(Denied::Rejected)
    }

    /// As its user is shown it.
    fn shown(&self, pending: &PendingTotp, token: Zeroizing<String>) -> TotpSetup {
        TotpSetup {
            token,
            uri: pending.totp().uri(self.config.issuer(), pending.name()),
            secret: pending.totp().secret().grouped(),
        }
    }

    /// Makes a secret for one more app, which its user calls so, or as the next that has no name. It is in the hands of
    /// whoever holds the token; nothing is enrolled yet.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Factor`], [`Error::Unavailable`]
    pub fn start_totp(
        &self,
        now: UnixTime,
        user: &User,
        label: Option<&str>,
        grant: Option<&str>,
        client: Option<&Client>,
    ) -> Result<TotpSetup, Error> {
        let label = label.map(Label::new).transpose()?;
        let grant = self.grant(&user.id, grant);
        let secret =
            TotpSecret::generate(SECRET_BYTES, &mut OsEntropy).map_err(|error| match error {
                GenerateError::Random(random) => Error::from(random),
                GenerateError::Secret(why) => why.into(),
            })?;
        let policy = self.config.policy();
        let totp = Totp::new(secret, policy.totp_algorithm, policy.totp_digits, PERIOD)?;
        let ip = self.address_if(client);
        let pending =
            self.accounts
                .change(&user.id, now, ip.as_deref(), |account, context| {
                    account.allow_change(grant.as_ref(), now)?;
                    let (totp, label) = (totp.clone(), label.clone());
                    Ok(account.start_totp(totp, &user.name, label, grant, context))
                })???;
        let setup = Setup::Totp(pending.clone());
        let token = self.setup_token(&user.id, &setup)?;
        Ok(self.shown(&pending, token))
    }

    /// The set-up of that token, to show again; `None` when it is over, or never was.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn pending_totp(&self, now: UnixTime, setup: &str) -> Result<Option<TotpSetup>, Error> {
        let Ok((user, Setup::Totp(pending))) = self.setup_of(setup) else {
            return Ok(None);
        };
        let account = self.accounts.read(&user, now)?;
        if !account.is_some_and(|account| account.awaits(&pending, now)) {
            return Ok(None);
        }
        Ok(Some(self.shown(&pending, Zeroizing::new(setup.to_owned()))))
    }

    /// Confirms the secret of a set-up. Backup codes come with the first factor.
    ///
    /// # Errors
    /// [`Denied::Rejected`], [`Error::Unavailable`]
    pub fn confirm_totp(
        &self,
        now: UnixTime,
        setup: &str,
        code: &str,
        client: &Client,
    ) -> Result<Enrolled, Error> {
        let (user, Setup::Totp(pending)) = self.setup_of(setup)? else {
            return Err(Denied::Rejected.into());
        };
        let codes = self.new_backup_codes()?;
        let ip = self.address(client).to_string();
        let (first, epoch, next) =
            self.accounts
                .change(&user, now, Some(&ip), |account, context| {
                    let first = account.confirm_totp(&pending, code, &codes, context)?;
                    Ok((first, account.epoch(), account.totp_next()))
                })??;
        Ok(Enrolled {
            user,
            notices: Vec::new(),
            method: Method::Totp,
            backup_codes: shown(first, &codes),
            epoch,
            next_code_at: next,
        })
    }

    /// New backup codes; the old ones are void.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], also without a factor; [`Error::Unavailable`]
    pub fn regenerate_backup_codes(
        &self,
        now: UnixTime,
        user: &UserId,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<BackupCodes, Error> {
        let grant = self.grant(user, Some(grant));
        let codes = self.new_backup_codes()?;
        let ip = self.address_if(client);
        let ip = ip.as_deref();
        let epoch = self.accounts.change(user, now, ip, |account, context| {
            account.allow_change(grant.as_ref(), now)?;
            if !account.is_enrolled() {
                return Err(Denied::StepUpRequired);
            }
            account.regenerate_backup_codes(&codes, grant.as_ref(), context);
            Ok(account.epoch())
        })??;
        let codes = codes.iter().map(code::show).collect();
        Ok(BackupCodes { codes, epoch })
    }

    /// Asks for `method` first from now on.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Invalid`], [`Error::Unavailable`]
    pub fn set_primary(
        &self,
        now: UnixTime,
        user: &UserId,
        method: Method,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<(), Error> {
        self.change_enrolled(now, user, grant, client, |account, _, context| {
            account.set_primary(method, context)
        })?;
        Ok(())
    }

    /// Removes a factor; with the last one the backup codes go too. Returns the new epoch.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Invalid`], [`Error::Unavailable`]
    pub fn remove(
        &self,
        now: UnixTime,
        user: &UserId,
        method: Method,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<u64, Error> {
        self.change_enrolled(now, user, grant, client, |account, grant, context| {
            account.remove(method, grant, context)
        })
    }

    /// Gives a factor another name.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Factor`], [`Error::Unavailable`]
    pub fn rename_factor(
        &self,
        now: UnixTime,
        user: &UserId,
        factor: &str,
        label: &str,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<(), Error> {
        let label = Label::new(label)?;
        self.change_factor(
            now,
            user,
            factor,
            grant,
            client,
            |account, id, _, context| account.rename_factor(id, &label, context),
        )?;
        Ok(())
    }

    /// Removes one factor; with the last one the backup codes go too. Returns the new epoch.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Factor`], [`Error::Unavailable`]
    pub fn remove_factor(
        &self,
        now: UnixTime,
        user: &UserId,
        factor: &str,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<u64, Error> {
        self.change_factor(
            now,
            user,
            factor,
            grant,
            client,
            |account, id, grant, context| account.remove_factor(id, grant, context),
        )
    }

    /// Changes the factor of that id, and returns the epoch.
    fn change_factor(
        &self,
        now: UnixTime,
        user: &UserId,
        factor: &str,
        grant: &str,
        client: Option<&Client>,
        change: impl Fn(
            &mut Account,
            &FactorId,
            Option<&GrantId>,
            &mut RuleContext<'_>,
        ) -> Result<(), FactorError>,
    ) -> Result<u64, Error> {
        let grant = self.grant(user, Some(grant));
        let id = FactorId::read(factor);
        let ip = self.address_if(client);
        let done = self
            .accounts
            .change(user, now, ip.as_deref(), |account, context| {
                account.allow_change(grant.as_ref(), now)?;
                let Some(id) = &id else {
                    return Ok(Err(FactorError::Unknown));
                };
                let done = change(account, id, grant.as_ref(), context);
                Ok(done.map(|()| account.epoch()))
            })???;
        Ok(done)
    }

    /// Changes an enrolled method, and returns the epoch. `change` says whether it is one.
    fn change_enrolled(
        &self,
        now: UnixTime,
        user: &UserId,
        grant: &str,
        client: Option<&Client>,
        change: impl Fn(&mut Account, Option<&GrantId>, &mut RuleContext<'_>) -> bool,
    ) -> Result<u64, Error> {
        let grant = self.grant(user, Some(grant));
        let ip = self.address_if(client);
        let ip = ip.as_deref();
        let done = self.accounts.change(user, now, ip, |account, context| {
            account.allow_change(grant.as_ref(), now)?;
            Ok(change(account, grant.as_ref(), context).then(|| account.epoch()))
        })??;
        done.ok_or_else(|| Error::invalid("method", NOT_ENROLLED))
    }
}
