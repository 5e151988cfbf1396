//! The user's own settings. As soon as there is a factor, every change needs a grant.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::new_codes::{CodesToGive, ShownCodes};
use super::notices::contact_of;
use super::token::{self, Setup};
use super::{Client, Enrolled, Error, FreshCodes, TotpSetup, User, Verified, Verifier};
use crate::account::totp::{GenerateError, SECRET_BYTES, Totp, TotpSecret};
use crate::account::{
    Account, AccountError, Denied, FactorError, FactorId, GrantId, Label, NewSecret, PendingTotp,
    Permit, RuleContext,
};
use crate::clock::UnixTime;
use crate::crypto::code;
use crate::crypto::recovery_code::RecoveryLength;
use crate::crypto::{Deriver, KeyId, OsEntropy, RandomError};
use crate::types::{Method, Purpose, SecretMode, UserId};

/// The secret of a set-up, which is derived from a key that was there when it began.
fn totp_of<'a>(
    user: &UserId,
    pending: &'a PendingTotp,
    deriver: &Deriver<'_>,
) -> Result<Cow<'a, Totp>, Error> {
    pending.totp(deriver).ok_or_else(|| {
        let (user, key) = (user.clone(), pending.derived_from().cloned());
        match key {
            Some(key) => AccountError::KeyMissing { user, key }.into(),
            None => Denied::Rejected.into(),
        }
    })
}

const NOT_ENROLLED: &str = "must be a method that is enrolled";

/// Seconds of a time step of new secrets; many apps know no other.
const PERIOD: u32 = 30;

impl Verifier {
    pub(super) fn grant(&self, user: &UserId, grant: Option<&str>) -> Option<GrantId> {
        token::open_grant(self.accounts.ring(), self.accounts.site(), user, grant?)
    }

    /// What a set-up is begun with: a grant, or the challenge of a sign-in or a step-up of that user. What is neither counts as
    /// nothing.
    pub(super) fn permit(&self, user: &UserId, token: Option<&str>) -> Permit {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let Some(text) = token else {
            return Permit::None;
        };
        if let Some(grant) = token::open_grant(ring, site, user, text) {
            return Permit::Grant(grant);
        }
        match token::open_challenge(ring, site, text) {
            Some((token, _)) if token.user == *user => match token.purpose {
                Purpose::Login => Permit::Login(token.id),
                Purpose::StepUp => Permit::StepUp(token.id),
                Purpose::VerifyPhone | Purpose::ResetPassword => Permit::None,
            },
            Some(_) => Permit::None,
            None => token::open_password_grant(ring, site, user, text)
                .map_or(Permit::None, Permit::Password),
        }
    }

    /// Says that the host has checked the password of that user a moment ago. What is returned takes a grant's place at
    /// the start of a first set-up, for five minutes and for nothing else; where the site's profile is strict no first
    /// set-up begins without it, but for one that ends a sign-in.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`] for a user who has a factor: that is what is proven then; [`Error::Unavailable`]
    pub fn grant_after_password(
        &self,
        now: UnixTime,
        user: &UserId,
    ) -> Result<Zeroizing<String>, Error> {
        let account = self.accounts.read(user, now)?;
        if account.as_ref().is_some_and(Account::is_enrolled) {
            return Err(Denied::StepUpRequired.into());
        }
        let grant = Account::password_grant(account.as_ref(), now);
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        Ok(token::seal_password_grant(ring, site, user, &grant)?)
    }

    /// The sign-in that ended with a set-up, for which something was proven before or not.
    pub(super) fn verified_by_set_up(
        &self,
        now: UnixTime,
        user: &UserId,
        method: Method,
        was_proven: bool,
        account: &Account,
    ) -> Verified {
        Verified {
            user: user.clone(),
            method,
            purpose: Purpose::Login,
            at: now,
            grant: Zeroizing::default(),
            epoch: account.epoch(),
            backup_codes_left: account.backup_codes_left(),
            recovery_codes_left: account.recovery_codes_left(),
            switched_off: false,
            enrolled_by_password: !was_proven,
            device_token: None,
            must_change_password: account.must_change_password(),
            notices: Vec::new(),
        }
    }

    /// The codes that an account is given next.
    pub(super) fn codes_to_give(&self) -> Result<CodesToGive, Error> {
        let policy = self.config.policy();
        let is_strict = self.config.profile().is_strict();
        Ok(match self.config.secrets() {
            SecretMode::Sealed => CodesToGive::Backup(
                (0..policy.backup_codes)
                    .map(|_| match is_strict {
                        true => code::strict_lookup(&mut OsEntropy),
                        false => code::lookup(&mut OsEntropy),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            SecretMode::Derived => CodesToGive::Recovery {
                key: self.first_key()?.clone(),
                count: policy.recovery_codes,
                length: if is_strict {
                    RecoveryLength::Strict
                } else {
                    RecoveryLength::Standard
                },
            },
        })
    }

    /// The key that new secrets are derived from.
    fn first_key(&self) -> Result<&KeyId, Error> {
        // A ring is never empty.
        Ok(self.accounts.ring().first().ok_or(RandomError)?)
    }

    /// A secret that nobody has yet, of the kind that the site gives.
    fn new_secret(&self) -> Result<NewSecret, Error> {
        let policy = self.config.policy();
        if self.config.secrets() == SecretMode::Derived {
            return Ok(NewSecret::Derived {
                key: self.first_key()?.clone(),
                algorithm: policy.totp_algorithm,
                digits: policy.totp_digits,
                period: PERIOD,
            });
        }
        let secret =
            TotpSecret::generate(SECRET_BYTES, &mut OsEntropy).map_err(|error| match error {
                GenerateError::Random(random) => Error::from(random),
                GenerateError::Secret(why) => why.into(),
            })?;
        let totp = Totp::new(secret, policy.totp_algorithm, policy.totp_digits, PERIOD)?;
        Ok(NewSecret::Drawn(totp))
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
    fn shown(
        &self,
        user: &UserId,
        pending: &PendingTotp,
        token: Zeroizing<String>,
    ) -> Result<TotpSetup, Error> {
        let totp = totp_of(user, pending, &self.accounts.deriver(user))?;
        Ok(TotpSetup {
            token,
            uri: totp.uri(self.config.issuer(), pending.name()),
            secret: totp.secret().grouped(),
            backup_codes: Vec::new(),
        })
    }

    /// Makes a secret for one more app, which its user calls so, or as the next that has no name. It is in the hands of
    /// whoever holds the token; nothing is enrolled yet.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], also for a first app where the site's profile is strict and the password was not given
    /// once more; [`Error::Factor`], [`Error::Unavailable`]
    pub fn start_totp(
        &self,
        now: UnixTime,
        user: &User,
        label: Option<&str>,
        grant: Option<&str>,
        client: Option<&Client>,
    ) -> Result<TotpSetup, Error> {
        let label = label.map(Label::new).transpose()?;
        let permit = self.permit(&user.id, grant);
        let secret = self.new_secret()?;
        let contact = contact_of(user);
        let source = self.source_if(client);
        let (pending, is_first) =
            self.accounts
                .change(&user.id, now, &source, |account, context| {
                    account.allow_set_up(&permit, now, context.policy)?;
                    account.know(&contact, now);
                    let (secret, label) = (secret.clone(), label.clone());
                    let (name, is_first) = (&user.name, !account.is_enrolled());
                    let pending = match permit {
                        Permit::Login(id) => {
                            account.start_app_for_login(secret, name, label, id, context)
                        }
                        Permit::StepUp(id) => {
                            account.start_app_for_step_up(secret, name, label, id, context)
                        }
                        Permit::Grant(grant) => {
                            account.start_app(secret, name, label, Some(grant), context)
                        }
                        Permit::None | Permit::Password(_) => {
                            account.start_app(secret, name, label, None, context)
                        }
                    };
                    Ok(pending.map(|pending| (pending, is_first)))
                })???;
        // Recovery codes come with the confirmation whatever the setting says: they are derived, and the same for all who
        // begin a set-up of that account now, a thief of the password among them.
        let mut codes = Vec::new();
        if is_first && self.config.shows_codes_at_setup() {
            // Drawn only where they are shown: that takes as long as the rest of a set-up.
            if let CodesToGive::Backup(drawn) = self.codes_to_give()? {
                codes = drawn;
            }
        }
        let shown = codes.iter().map(code::show).collect();
        let setup = Setup::Totp(pending.clone(), codes);
        let token = self.setup_token(&user.id, &setup)?;
        Ok(TotpSetup {
            backup_codes: shown,
            ..self.shown(&user.id, &pending, token)?
        })
    }

    /// Makes a secret in the place of that of every app its user has, with codes in the place of theirs. Both count once
    /// the new one is confirmed, as every set-up is; until then the old ones do. It takes a grant: a password alone
    /// re-enrols nobody.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], also without a factor; [`Error::Unavailable`]
    pub fn rotate_secret(
        &self,
        now: UnixTime,
        user: &User,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<TotpSetup, Error> {
        let grant = self.grant(&user.id, Some(grant));
        let secret = self.new_secret()?;
        let contact = contact_of(user);
        let source = self.source_if(client);
        let pending = self
            .accounts
            .change(&user.id, now, &source, |account, context| {
                account.allow_replacement(grant.as_ref(), now)?;
                account.know(&contact, now);
                Ok(account.rotate_app(secret.clone(), &user.name, grant, context))
            })??;
        let setup = Setup::Totp(pending.clone(), Vec::new());
        let token = self.setup_token(&user.id, &setup)?;
        self.shown(&user.id, &pending, token)
    }

    /// The set-up of that token, to show again; `None` when it is over, or never was.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn pending_totp(&self, now: UnixTime, setup: &str) -> Result<Option<TotpSetup>, Error> {
        let Ok((user, Setup::Totp(pending, _))) = self.setup_of(setup) else {
            return Ok(None);
        };
        let account = self.accounts.read(&user, now)?;
        if !account.is_some_and(|account| account.awaits(&pending, now)) {
            return Ok(None);
        }
        let token = Zeroizing::new(setup.to_owned());
        self.shown(&user, &pending, token).map(Some)
    }

    /// Confirms the secret of a set-up. Backup or recovery codes come with the first factor, and with a secret that takes
    /// the place of the old one.
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
        let (user, Setup::Totp(pending, shown_before)) = self.setup_of(setup)? else {
            return Err(Denied::Rejected.into());
        };
        let were_shown = !shown_before.is_empty();
        let codes = if were_shown {
            CodesToGive::Backup(shown_before)
        } else {
            self.codes_to_give()?
        };
        self.refuse_elsewhere(client, Denied::Rejected)?;
        // Whoever has typed a right code while the key is away has not failed.
        totp_of(&user, &pending, &self.accounts.deriver(&user))?;
        let source = self.source(client);
        let (confirmed, offers) = self.accounts.change_and_tell(
            &user,
            now,
            &source,
            &[],
            |_| true,
            |account, context| {
                let new = codes.for_account();
                let was_proven = account.was_proven_for(pending.permit());
                let given = account.confirm_totp(&pending, code, new, context)?;
                let shown = self.shown_codes(&user, account, &codes, given && !were_shown);
                let verified = matches!(pending.permit(), Permit::Login(_)).then(|| {
                    let method = Method::Totp;
                    self.verified_by_set_up(now, &user, method, was_proven, account)
                });
                Ok((shown, account.epoch(), account.totp_next(), verified))
            },
        )?;
        let (shown, epoch, next, verified) = confirmed?;
        Ok(Enrolled {
            notices: self.notice_messages(now, &user, &offers),
            user,
            method: Method::Totp,
            backup_codes: shown.backup,
            recovery_codes: shown.recovery,
            epoch,
            next_code_at: next,
            verified,
        })
    }

    /// What is shown of the codes that an account was given.
    pub(super) fn shown_codes(
        &self,
        user: &UserId,
        account: &Account,
        codes: &CodesToGive,
        given: bool,
    ) -> ShownCodes {
        let derived = match codes {
            CodesToGive::Recovery { .. } if given => {
                account.recovery_codes(&self.accounts.deriver(user))
            }
            CodesToGive::Recovery { .. } | CodesToGive::Backup(_) => Vec::new(),
        };
        ShownCodes::of(codes, &derived, given)
    }

    /// The look-up codes that accounts are given now: backup codes, or recovery codes where secrets are derived.
    #[must_use]
    pub const fn lookup_method(&self) -> Method {
        match self.config.secrets() {
            SecretMode::Sealed => Method::BackupCode,
            SecretMode::Derived => Method::RecoveryCode,
        }
    }

    /// New codes of that kind, which has to be the one that accounts are given now; the old ones are void, of whichever
    /// kind. Nothing else changes: an app goes on.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], also without a factor; [`Error::Factor`], [`Error::Unavailable`]
    pub fn regenerate_codes(
        &self,
        now: UnixTime,
        user: &UserId,
        method: Method,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<FreshCodes, Error> {
        if method != self.lookup_method() {
            return Err(FactorError::OtherCodes(self.lookup_method()).into());
        }
        let grant = self.grant(user, Some(grant));
        let codes = self.codes_to_give()?;
        let source = self.source_if(client);
        let (shown, epoch) = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.allow_replacement(grant.as_ref(), now)?;
                account.regenerate_codes(codes.for_account(), grant.as_ref(), context);
                let shown = self.shown_codes(user, account, &codes, true);
                Ok((shown, account.epoch()))
            })??;
        let mut codes = shown.backup;
        codes.extend(shown.recovery);
        Ok(FreshCodes { codes, epoch })
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
        let grant = self.grant(user, Some(grant));
        let source = self.source_if(client);
        let is_one = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.allow_change(grant.as_ref(), now)?;
                Ok(account.set_primary(method, context))
            })??;
        is_one
            .then_some(())
            .ok_or_else(|| Error::invalid("method", NOT_ENROLLED))
    }

    /// Removes a factor; with the last one the look-up codes go too. Returns the new epoch.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Factor`] of what has to stay, [`Error::Invalid`], [`Error::Unavailable`]
    pub fn remove(
        &self,
        now: UnixTime,
        user: &UserId,
        method: Method,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<u64, Error> {
        let grant = self.grant(user, Some(grant));
        let source = self.source_if(client);
        let removed = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.allow_change(grant.as_ref(), now)?;
                if account.has_to_keep(method) {
                    return Ok(Err(FactorError::LastStrong));
                }
                let is_done = account.remove(method, grant.as_ref(), context);
                Ok(Ok(is_done.then(|| account.epoch())))
            })???;
        let epoch = removed.ok_or_else(|| Error::invalid("method", NOT_ENROLLED))?;
        self.tell_numbers(now, user);
        Ok(epoch)
    }

    /// Removes every factor in one change, and the look-up codes with them. Returns the new epoch; `None` when there is
    /// none.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Error::Unavailable`]
    pub fn remove_everything(
        &self,
        now: UnixTime,
        user: &UserId,
        grant: &str,
        client: Option<&Client>,
    ) -> Result<Option<u64>, Error> {
        let grant = self.grant(user, Some(grant));
        let source = self.source_if(client);
        let epoch = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.allow_change(grant.as_ref(), now)?;
                let is_done = account.remove_everything(grant.as_ref(), context);
                Ok(is_done.then(|| account.epoch()))
            })??;
        self.tell_numbers(now, user);
        Ok(epoch)
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

    /// Removes one factor; with the last one the look-up codes go too. Returns the new epoch.
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
        let epoch = self.change_factor(
            now,
            user,
            factor,
            grant,
            client,
            |account, id, grant, context| account.remove_factor(id, grant, context),
        )?;
        self.tell_numbers(now, user);
        Ok(epoch)
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
        let source = self.source_if(client);
        let done = self
            .accounts
            .change(user, now, &source, |account, context| {
                account.allow_change(grant.as_ref(), now)?;
                let Some(id) = &id else {
                    return Ok(Err(FactorError::Unknown));
                };
                let done = change(account, id, grant.as_ref(), context);
                Ok(done.map(|()| account.epoch()))
            })???;
        Ok(done)
    }
}
