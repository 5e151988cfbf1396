//! `TwoFactor\Verifier`: everything the outside may ask.
//!
//! Each method reads the time first, while nothing of ours is borrowed: a clock may be PHP code.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::slice;
use std::thread;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendCallable, ZendHashTable, Zval};
use twofactor_macros::methods;
use zeroize::Zeroizing;

use super::account::Account;
use super::argument::{Arg, Bytes, Optional, entries};
use super::audit_event::AuditEvent;
use super::backup_codes::BackupCodes;
use super::client::Client;
use super::clock::Clock;
use super::date::Moment;
use super::delivery::Delivery;
use super::device::Device;
use super::enrolled::Enrolled;
use super::enrolment_of_everybody::EnrolmentOfEverybody;
use super::enums::{AuditTopic, Method, Purpose};
use super::failure::{
    Failure, contained, guarded, invalid, misconfigured, tell_operator, unavailable,
};
use super::health::Health;
use super::health_check::HealthCheck;
use super::imported;
use super::licence::Licence;
use super::login::Login;
use super::message::Message;
use super::notice::Notice;
use super::object::{
    Dump, Fields, Holder, Listing, SEALED, integer, not_constructible, seal_holder,
};
use super::phone_number::parse as number_of;
use super::pool::{self, OpenVerifier};
use super::proven_number::ProvenNumber;
use super::provider::{self, Provider};
use super::provider_kind::{self, ProviderKind};
use super::recovery_codes::RecoveryCodes;
use super::sent_message::SentMessage;
use super::session::{CameOf, Session};
use super::settings::{Settings, allowed, of_process, override_with};
use super::signature::Signature;
use super::surroundings::surroundings;
use super::totp_setup::TotpSetup;
use super::user::{User, user_id, user_of};
use super::verified::Verified;
use super::{sapi, snapshot};
use crate::clock::{UnixTime, instant};
use crate::crypto::KeyRing;
use crate::sms::{Coding, Post};
use crate::types::{self, UserId};
use crate::verifier::{
    self, Continued, Error, MessageText, NoticeText, Operator, PasswordResetStep, PathObjection,
    TextError, TextField, Verifier as Core, path_objection, settings_health,
};

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Verifier", flags = SEALED)]
pub struct Verifier {
    settings: Settings,
    clock: Clock,
    held: RefCell<Rc<OpenVerifier>>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// The open verifier; opened anew after a fork or a panic.
    fn held(&self) -> Result<Rc<OpenVerifier>, Failure> {
        let held = Rc::clone(&self.held.borrow());
        if held.is_usable() {
            return Ok(held);
        }
        if !held.can_be_reopened() {
            return Err(unavailable(
                "this verifier failed and lost its memory: store",
            ));
        }
        let opened = pool::open(&self.settings, self.clock.is_foreign())?;
        self.held.replace(Rc::clone(&opened));
        Ok(opened)
    }

    fn ask<R>(&self, question: impl FnOnce(&Core) -> Result<R, Error>) -> Result<R, Failure> {
        self.held()?.ask(question)
    }

    /// Asks about a user, whose roles and groups are read if a policy wants to know them.
    fn ask_about<R>(
        &self,
        user: &User,
        question: impl Fn(&Core, &verifier::User) -> Result<R, Error>,
    ) -> Result<R, Failure> {
        match self.put_to_core(|core| question(core, &user.0))? {
            // Nothing of ours is borrowed while they are.
            Err(Error::StandingWanted(_)) => {
                let user = user.known()?;
                self.ask(|core| question(core, &user))
            }
            Err(error) => Err(error.into()),
            Ok(answer) => Ok(answer),
        }
    }

    /// Asks the core something, whatever it answers.
    ///
    /// # Errors
    /// When it cannot be opened anew after a fork or a panic.
    pub(super) fn put_to_core<R>(&self, question: impl FnOnce(&Core) -> R) -> Result<R, Failure> {
        self.held()?.put(question)
    }

    /// The time.
    ///
    /// # Errors
    /// `Unavailable`, or what the clock threw.
    pub(super) fn now(&self) -> Result<UnixTime, Failure> {
        self.clock.now()
    }

    /// A step of a reset. It ends when that of anybody may have ended, whatever the answer.
    fn as_long_for_all<R>(
        &self,
        step: PasswordResetStep,
        client: &Client,
        question: impl FnOnce(&Core, UnixTime) -> Result<R, Error>,
        heard: Option<&ZendCallable<'_>>,
    ) -> Result<R, Failure> {
        let called = instant();
        let now = self.clock.now()?;
        let mut asks = true;
        let answer = self.ask(|core| {
            // Where that cannot be told, it may be so.
            asks = core.asks_about_password_resets(now).unwrap_or(true);
            question(core, now)
        });
        let heard = match heard {
            Some(heard) => guarded(|| heard.try_call(vec![&answer.is_ok()])).map(|_| ()),
            None => Ok(()),
        };
        thread::sleep(step.rest(asks, client.age(), called.elapsed()));
        heard.and(answer)
    }
}

#[methods]
impl Verifier {
    #[php(vis = "private")]
    pub fn __construct() -> Result<Self, Failure> {
        not_constructible()
    }

    pub fn open(settings: Optional<&ZendHashTable>) -> Result<Self, Failure> {
        let none = ZendHashTable::new();
        let mut values = of_process();
        let clock = override_with(&mut values, settings.or(&none))?;
        let held = pool::open(&values, clock.is_foreign())?;
        Ok(Self {
            settings: values,
            clock,
            held: RefCell::new(held),
        })
    }

    pub fn createKeyFile(path: Arg<&str>) -> Result<String, Failure> {
        if !path.starts_with('/') || path.contains('\0') {
            return Err(invalid("path", "must be an absolute path"));
        }
        allowed(&path)?;
        contained(|| KeyRing::create_file(Path::new(*path)))?
            .map_err(|why| misconfigured(&why.to_string()))
    }

    pub fn pathObjection(
        path: Arg<Bytes<'_>>,
        served: Arg<&ZendHashTable>,
    ) -> Result<Option<&'static str>, Failure> {
        let served: Vec<_> = entries(&served)
            .map(|(_, folder)| Some(OsStr::from_bytes(folder.zend_str()?.as_bytes()).into()))
            .collect::<Option<_>>()
            .ok_or_else(|| invalid("served", "must be a list of paths"))?;
        let path = Path::new(OsStr::from_bytes(path.0.0));
        Ok(path_objection(path, &served).map(PathObjection::as_str))
    }

    pub fn hasKey() -> bool {
        snapshot::names_key(of_process().path("key_file"))
    }

    pub fn storeId(&self) -> Result<String, Failure> {
        self.ask(crate::verifier::Verifier::store_id)
    }

    pub fn beginLogin(&self, user: Arg<&User>, client: Arg<&Client>) -> Result<Login, Failure> {
        let now = self.clock.now()?;
        self.ask_about(&user, |core, user| core.begin_login(now, user, &client.0.0))
            .map(Login)
    }

    pub fn beginChallenge(
        &self,
        user: Arg<&User>,
        purpose: Arg<Purpose>,
        client: Arg<&Client>,
    ) -> Result<Login, Failure> {
        let purpose = purpose.0.into();
        if purpose == types::Purpose::ResetPassword {
            return Err(invalid(
                "purpose",
                "must not be Purpose::ResetPassword: call beginPasswordReset()",
            ));
        }
        let now = self.clock.now()?;
        self.ask_about(&user, |core, user| {
            core.begin_challenge(now, user, purpose, &client.0.0)
        })
        .map(Login)
    }

    pub fn verify(
        &self,
        challenge: Arg<Bytes<'_>>,
        method: Arg<Method>,
        proof: Arg<Bytes<'_>>,
        client: Arg<&Client>,
        trustDevice: Optional<bool>,
        suspendPhone: Optional<bool>,
    ) -> Result<Verified, Failure> {
        let now = self.clock.now()?;
        let (challenge, proof) = (challenge.text(), proof.text());
        let (method, client) = (method.0.into(), &client.0.0);
        let verify = match (trustDevice.or(false), suspendPhone.or(false)) {
            (_, true) => Core::verify_and_suspend_phone,
            (true, false) => Core::verify_and_trust,
            (false, false) => Core::verify,
        };
        self.ask(|core| verify(core, now, &challenge, method, &proof, client))
            .map(Verified)
    }

    pub fn sendCode(
        &self,
        challenge: Arg<Bytes<'_>>,
        method: Arg<Method>,
        client: Arg<&Client>,
    ) -> Result<Delivery, Failure> {
        let now = self.clock.now()?;
        let challenge = challenge.text();
        let method = method.0.into();
        self.ask(|core| core.send_code(now, &challenge, method, &client.0.0))
            .map(Delivery)
    }

    pub fn beginPasswordReset(
        &self,
        user: Arg<Option<&User>>,
        client: Arg<&Client>,
    ) -> Result<String, Failure> {
        let user = user.0.map(|user| &user.0);
        let step = PasswordResetStep::Begin;
        let begin =
            |core: &Core, now| core.begin_password_reset(now, user, &client.0.0, &tell_operator);
        let token = self.as_long_for_all(step, &client, begin, None)?;
        Ok(token.as_str().to_owned())
    }

    pub fn sendPasswordResetCode(
        &self,
        reset: Arg<Bytes<'_>>,
        client: Arg<&Client>,
        answered: Optional<bool>,
    ) -> Result<(), Failure> {
        let reset = reset.text();
        let send = |core: &Core, now| {
            core.send_password_reset_code(now, &reset, &client.0.0, &tell_operator)
        };
        if answered.or(false) {
            let now = self.clock.now()?;
            return self.ask(|core| send(core, now));
        }
        self.as_long_for_all(PasswordResetStep::Send, &client, send, None)
    }

    pub fn verifyPasswordReset(
        &self,
        reset: Arg<Bytes<'_>>,
        code: Arg<Bytes<'_>>,
        client: Arg<&Client>,
        heard: Arg<Option<ZendCallable<'_>>>,
    ) -> Result<Verified, Failure> {
        let (reset, code) = (reset.text(), code.text());
        let verify = |core: &Core, now| {
            core.verify_password_reset(now, &reset, &code, &client.0.0, &tell_operator)
        };
        self.as_long_for_all(PasswordResetStep::Verify, &client, verify, heard.0.as_ref())
            .map(Verified)
    }

    pub fn completePasswordReset(
        &self,
        userId: Arg<&str>,
        proof: Arg<Bytes<'_>>,
        by: Arg<&str>,
        reason: Arg<&str>,
        client: Arg<&Client>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let proof = proof.text();
        self.ask(|core| core.complete_password_reset(now, &user, &proof, &by, &reason, &client.0.0))
            .map(integer)
    }

    pub fn grantExpiresAt(
        &self,
        userId: Arg<&str>,
        grant: Arg<Bytes<'_>>,
    ) -> Result<Option<Moment>, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.text();
        Moment::maybe(self.ask(|core| core.grant_expires(now, &user, &grant))?)
    }

    pub fn grantAfterPassword(&self, userId: Arg<&str>) -> Result<String, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = self.ask(|core| core.grant_after_password(now, &user))?;
        Ok(grant.as_str().to_owned())
    }

    pub fn account(&self, userId: Arg<&str>) -> Result<Account, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        self.ask(|core| core.account(now, &user)).map(Account)
    }

    pub fn startTotp(
        &self,
        user: Arg<&User>,
        label: Arg<Option<&str>>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<TotpSetup, Failure> {
        let now = self.clock.now()?;
        let label = *label;
        let grant = grant.0.map(|grant| grant.text());
        let grant = grant.as_ref().map(|grant| grant.as_str());
        self.ask(|core| core.start_totp(now, &user.0.0, label, grant, peer(&client)))
            .map(TotpSetup)
    }

    pub fn pendingTotp(&self, setup: Arg<Bytes<'_>>) -> Result<Option<TotpSetup>, Failure> {
        let now = self.clock.now()?;
        let setup = setup.text();
        let pending = self.ask(|core| core.pending_totp(now, &setup))?;
        Ok(pending.map(TotpSetup))
    }

    pub fn confirmTotp(
        &self,
        setup: Arg<Bytes<'_>>,
        code: Arg<Bytes<'_>>,
        client: Arg<&Client>,
    ) -> Result<Enrolled, Failure> {
        let now = self.clock.now()?;
        let (setup, code) = (setup.text(), code.text());
        self.ask(|core| core.confirm_totp(now, &setup, &code, &client.0.0))
            .map(Enrolled)
    }

    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn startPhone(
        &self,
        user: Arg<&User>,
        number: Arg<Bytes<'_>>,
        region: Arg<Option<Bytes<'_>>>,
        client: Arg<&Client>,
        method: Optional<Method>,
        grant: Arg<Option<Bytes<'_>>>,
        consent: Arg<Option<&str>>,
    ) -> Result<Delivery, Failure> {
        let now = self.clock.now()?;
        let number = number_of(number.0, region.0)?;
        let method = method.or(Method::Sms).into();
        let grant = grant.0.map(|grant| grant.text());
        let grant = grant.as_ref().map(|grant| grant.as_str());
        let (user, client, consent) = (&user.0.0, &client.0.0, consent.0);
        self.ask(|core| core.start_phone_after(now, user, &number, method, client, grant, consent))
            .map(Delivery)
    }

    pub fn confirmPhone(
        &self,
        setup: Arg<Bytes<'_>>,
        code: Arg<Bytes<'_>>,
        client: Arg<&Client>,
    ) -> Result<Enrolled, Failure> {
        let now = self.clock.now()?;
        let (setup, code) = (setup.text(), code.text());
        self.ask(|core| core.confirm_phone(now, &setup, &code, &client.0.0))
            .map(Enrolled)
    }

    pub fn enableEmail(
        &self,
        user: Arg<&User>,
        client: Arg<&Client>,
        grant: Arg<Option<Bytes<'_>>>,
    ) -> Result<Delivery, Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let grant = grant.as_ref().map(|grant| grant.as_str());
        self.ask(|core| core.enable_email(now, &user.0.0, &client.0.0, grant))
            .map(Delivery)
    }

    pub fn confirmEmail(
        &self,
        setup: Arg<Bytes<'_>>,
        code: Arg<Bytes<'_>>,
        client: Arg<&Client>,
    ) -> Result<Enrolled, Failure> {
        let now = self.clock.now()?;
        let (setup, code) = (setup.text(), code.text());
        self.ask(|core| core.confirm_email(now, &setup, &code, &client.0.0))
            .map(Enrolled)
    }

    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn proveNumber(
        &self,
        subject: Arg<&str>,
        number: Arg<Bytes<'_>>,
        region: Arg<Option<Bytes<'_>>>,
        client: Arg<&Client>,
        method: Optional<Method>,
        locale: Arg<Option<&str>>,
    ) -> Result<Delivery, Failure> {
        let subject = user_id("subject", &subject)?;
        let now = self.clock.now()?;
        let number = number_of(number.0, region.0)?;
        let method = method.or(Method::Sms).into();
        let locale = locale.0.unwrap_or_default();
        self.ask(|core| core.prove_number(now, &subject, &number, method, locale, &client.0.0))
            .map(Delivery)
    }

    pub fn confirmNumber(
        &self,
        setup: Arg<Bytes<'_>>,
        code: Arg<Bytes<'_>>,
        client: Arg<&Client>,
    ) -> Result<ProvenNumber, Failure> {
        let now = self.clock.now()?;
        let (setup, code) = (setup.text(), code.text());
        self.ask(|core| core.confirm_number(now, &setup, &code, &client.0.0))
            .map(ProvenNumber)
    }

    pub fn isPendingSetup(&self, setup: Arg<Bytes<'_>>) -> Result<bool, Failure> {
        let now = self.clock.now()?;
        let setup = setup.text();
        self.ask(|core| core.is_pending_setup(now, &setup))
    }

    pub fn resendCode(
        &self,
        setup: Arg<Bytes<'_>>,
        client: Arg<&Client>,
    ) -> Result<Delivery, Failure> {
        let now = self.clock.now()?;
        let setup = setup.text();
        self.ask(|core| core.resend_code(now, &setup, &client.0.0))
            .map(Delivery)
    }

    pub fn regenerateBackupCodes(
        &self,
        userId: Arg<&str>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<BackupCodes, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.text();
        let method = types::Method::BackupCode;
        self.ask(|core| core.regenerate_codes(now, &user, method, &grant, peer(&client)))
            .map(BackupCodes)
    }

    pub fn regenerateRecoveryCodes(
        &self,
        userId: Arg<&str>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<RecoveryCodes, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.text();
        let method = types::Method::RecoveryCode;
        self.ask(|core| core.regenerate_codes(now, &user, method, &grant, peer(&client)))
            .map(RecoveryCodes)
    }

    pub fn lookupMethod(&self) -> Result<Method, Failure> {
        self.ask(|core| Ok(core.lookup_method().into()))
    }

    pub fn keyUse(&self) -> Result<Vec<ZBox<ZendHashTable>>, Failure> {
        let keys = self.ask(Core::key_use)?;
        let shown = keys.iter().map(|it| {
            let fields = Fields::new()
                .with("key", it.key.as_str())
                .with("present", it.present)
                .with("sealed", integer(it.sealed))
                .with("derived", integer(it.derived));
            fields.into_array()
        });
        Ok(shown.collect())
    }

    pub fn rotateSecret(
        &self,
        user: Arg<&User>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<TotpSetup, Failure> {
        let now = self.clock.now()?;
        let grant = grant.text();
        self.ask(|core| core.rotate_secret(now, &user.0.0, &grant, peer(&client)))
            .map(TotpSetup)
    }

    pub fn setPrimary(
        &self,
        userId: Arg<&str>,
        method: Arg<Method>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let (method, grant) = (method.0.into(), grant.text());
        self.ask(|core| core.set_primary(now, &user, method, &grant, peer(&client)))
    }

    pub fn remove(
        &self,
        userId: Arg<&str>,
        method: Arg<Method>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let (method, grant) = (method.0.into(), grant.text());
        self.ask(|core| core.remove(now, &user, method, &grant, peer(&client)))
            .map(integer)
    }

    pub fn removeFactor(
        &self,
        userId: Arg<&str>,
        factorId: Arg<&str>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.text();
        self.ask(|core| core.remove_factor(now, &user, &factorId, &grant, peer(&client)))
            .map(integer)
    }

    pub fn renameFactor(
        &self,
        userId: Arg<&str>,
        factorId: Arg<&str>,
        label: Arg<&str>,
        grant: Arg<Bytes<'_>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.text();
        self.ask(|core| core.rename_factor(now, &user, &factorId, &label, &grant, peer(&client)))
    }

    pub fn suspendFactor(
        &self,
        userId: Arg<&str>,
        factorId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.suspend_factor(now, &user, &factorId, &operator, &reason))
            .map(integer)
    }

    pub fn resumeFactor(
        &self,
        userId: Arg<&str>,
        factorId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.resume_factor(now, &user, &factorId, &operator, &reason))
            .map(integer)
    }

    pub fn issueTemporaryCode(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        validSeconds: Optional<i64>,
        client: Arg<Option<&Client>>,
    ) -> Result<String, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        // What is no such number becomes 0, which the core refuses.
        let seconds = u64::try_from(validSeconds.or(900)).unwrap_or(0);
        self.ask(|core| core.issue_temporary_code(now, &user, &operator, &reason, seconds))
            .map(|code| code.as_str().to_owned())
    }

    pub fn raiseEpoch(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        client: Arg<Option<&Client>>,
        endsTrust: Optional<bool>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        self.ask(|core| match endsTrust.or(false) {
            true => core.raise_epoch_and_end_trust(now, &user, &by, &reason, peer(&client)),
            false => core.raise_epoch(now, &user, &by, &reason, peer(&client)),
        })
        .map(integer)
    }

    pub fn unlock(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.unlock(now, &user, &operator, &reason))
    }

    pub fn reset(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<i64, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.reset(now, &user, &operator, &reason))
            .map(integer)
    }

    pub fn export(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<String, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.export(now, &user, &operator))
    }

    pub fn forget(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        isGone: Optional<bool>,
        client: Arg<Option<&Client>>,
    ) -> Result<Vec<Message>, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let is_gone = isGone.or(false);
        let told = self.ask(|core| core.forget(now, &user, &operator, &reason, is_gone))?;
        Ok(told.into_iter().map(Message).collect())
    }

    pub fn requireEnrolment(
        &self,
        userId: Arg<&str>,
        graceUntil: Arg<Option<i64>>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let due = grace(graceUntil.0)?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.require_enrolment(now, &user, due, &operator, &reason))
    }

    pub fn importUsers(
        &self,
        users: Arg<&ZendHashTable>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
        acceptWeak: Optional<bool>,
    ) -> Result<Vec<ZBox<ZendHashTable>>, Failure> {
        let now = self.clock.now()?;
        let users = imported::users("users", &users)?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let all = users.iter().map(|it| (&it.id, &it.factors));
        let all: Vec<_> = all.collect();
        let weak = acceptWeak.or(false);
        let done = self.ask(|core| core.import_all(now, &all, weak, &operator, &reason))?;
        let shown = users.iter().zip(&done);
        Ok(shown
            .map(|(user, done)| imported::shown(user, done.as_ref()))
            .collect())
    }

    pub fn waiveEnrolment(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.waive_enrolment(now, &user, &operator, &reason))
    }

    pub fn requireAllEnrolments(
        &self,
        graceUntil: Arg<Option<i64>>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let due = grace(graceUntil.0)?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.require_all_enrolments(now, due, &operator, &reason))
    }

    pub fn waiveAllEnrolments(
        &self,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.waive_all_enrolments(now, &operator, &reason))
    }

    pub fn enforcement(&self) -> Result<Option<String>, Failure> {
        self.ask(Core::enforcement)
    }

    pub fn setEnforcement(
        &self,
        policy: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.set_enforcement(now, &policy, &operator, &reason))
    }

    pub fn previewEnforcement(
        &self,
        policy: Arg<&str>,
        users: Arg<&ZendHashTable>,
    ) -> Result<Vec<ZBox<ZendHashTable>>, Failure> {
        let now = self.clock.now()?;
        let users: Vec<&User> = entries(&users)
            .map(|(_, user)| user_of(user))
            .collect::<Option<_>>()
            .ok_or_else(|| invalid("users", "must be a list of TwoFactor\\User"))?;
        let ask = |users: &[verifier::User]| {
            self.put_to_core(|core| core.preview_enforcement(now, &policy, users))
        };
        let unasked: Vec<_> = users.iter().map(|user| user.0.clone()).collect();
        let foreseen = match ask(&unasked)? {
            Err(Error::StandingWanted(_)) => {
                let known = users.iter().map(|user| user.known());
                ask(&known.collect::<Result<Vec<_>, _>>()?)?
            }
            answer => answer,
        }?;
        let shown = foreseen.into_iter().map(|it| {
            let fields = Fields::new().with("userId", it.user.as_str());
            let fields = fields.with("outcome", it.outcome.as_str());
            let fields = fields.with("due", Moment::maybe(it.due)?);
            let rules = (it.rules.into_iter()).filter_map(|place| i64::try_from(place).ok());
            let fields = fields.with("rules", rules.collect::<Vec<_>>());
            Ok(fields.with("lacksCodes", it.lacks_codes).into_array())
        });
        shown.collect()
    }

    pub fn askedOf(&self, user: Arg<&User>) -> Result<ZBox<ZendHashTable>, Failure> {
        let now = self.clock.now()?;
        let asked = self.ask_about(&user, |core, user| core.asked_of(now, user))?;
        let fields = Fields::new().with("due", Moment::maybe(asked.due)?);
        let fields = fields.with("stepUpDue", Moment::maybe(asked.step_up_due)?);
        let fields = fields.with("begun", asked.has_begun);
        let fields = fields.with("encouraged", asked.is_encouraged);
        let fields = fields.with("takesPassword", asked.takes_password);
        let set_up = asked.set_up.map(|strength| strength.as_str());
        let proves = asked.proves.iter().map(|method| method.as_str());
        let fields = fields.with("proves", proves.collect::<Vec<_>>());
        Ok(fields.with("setUp", set_up).into_array())
    }

    pub fn skipEncouragement(&self, user: Arg<&User>, client: Arg<&Client>) -> Result<(), Failure> {
        let now = self.clock.now()?;
        self.ask_about(&user, |core, user| {
            core.skip_encouragement(now, user, &client.0.0)
        })
    }

    pub fn remind(
        &self,
        user: Arg<&User>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<&'static str, Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let done = self.ask_about(&user, |core, user| {
            core.remind(now, user, &operator, &reason)
        })?;
        Ok(done.as_str())
    }

    pub fn allEnrolmentsRequired(&self) -> Result<Option<EnrolmentOfEverybody>, Failure> {
        let found = self.ask(|core| core.all_enrolments_required())?;
        Ok(found.map(EnrolmentOfEverybody))
    }

    pub fn confirmOperator(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.confirm_operator(now, &user, &operator, &reason))
    }

    pub fn assertOperator(
        &self,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref());
        self.ask(|core| core.assert_operator(now, &operator))
    }

    pub fn removeSite(
        &self,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
    ) -> Result<Vec<String>, Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref());
        let left = self.ask(|core| core.remove_site(now, &operator))?;
        let name = |path: PathBuf| path.to_string_lossy().into_owned();
        Ok(left.into_iter().map(name).collect())
    }

    pub fn admitSession(
        &self,
        cameOf: Arg<CameOf<'_>>,
        credential: Arg<Bytes<'_>>,
        client: Arg<&Client>,
    ) -> Result<Session, Failure> {
        let now = self.clock.now()?;
        let (came_of, credential) = (cameOf.0.inner(), credential.0.0);
        self.ask(|core| core.admit_session(now, came_of, credential, &client.0.0))
            .map(Session)
    }

    pub fn sessionCounts(
        &self,
        userId: Arg<&str>,
        credential: Arg<Bytes<'_>>,
    ) -> Result<bool, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        self.ask(|core| core.session_counts(now, &user, credential.0.0))
    }

    pub fn adoptSession(
        &self,
        userId: Arg<&str>,
        child: Arg<Bytes<'_>>,
        parent: Arg<Bytes<'_>>,
        enrolled: Arg<Option<&Enrolled>>,
        grant: Arg<Option<Bytes<'_>>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let continued = match (enrolled.0, &grant) {
            (Some(enrolled), _) => Continued::Enrolled(&enrolled.0),
            (None, Some(grant)) => Continued::Grant(grant),
            (None, None) => Continued::AsItWas,
        };
        self.ask(|core| core.adopt_session(now, &user, child.0.0, parent.0.0, continued))
    }

    pub fn signOut(&self, userId: Arg<&str>, credential: Arg<Bytes<'_>>) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        self.ask(|core| core.sign_out(now, &user, credential.0.0))
    }

    pub fn endSession(
        &self,
        userId: Arg<&str>,
        sessionId: Arg<&str>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.end_session(now, &user, &sessionId, &operator))
    }

    pub fn endSessions(
        &self,
        userId: Arg<&str>,
        exceptCredential: Arg<Option<Bytes<'_>>>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let except = exceptCredential.0.map(|credential| credential.0);
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.end_sessions(now, &user, except, &operator, &reason))
    }

    pub fn endAllSessions(
        &self,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.end_all_sessions(now, &operator, &reason))
    }

    pub fn sessions(
        &self,
        userId: Arg<&str>,
        credential: Arg<Option<Bytes<'_>>>,
    ) -> Result<Vec<Session>, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let current = credential.0.map(|credential| credential.0);
        let found = self.ask(|core| core.sessions(now, &user, current))?;
        Ok(found.into_iter().map(Session).collect())
    }

    pub fn deviceDays(&self) -> Result<i64, Failure> {
        let now = self.clock.now()?;
        self.ask(|core| Ok(i64::from(core.device_days(now))))
    }

    pub fn devices(
        &self,
        userId: Arg<&str>,
        deviceToken: Arg<Option<Bytes<'_>>>,
    ) -> Result<Vec<Device>, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let current = deviceToken.0.map(|token| token.0);
        let found = self.ask(|core| core.devices(now, &user, current))?;
        Ok(found.into_iter().map(Device).collect())
    }

    pub fn revokeDevice(
        &self,
        userId: Arg<&str>,
        deviceId: Arg<&str>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.revoke_device(now, &user, &deviceId, &operator))
    }

    pub fn revokeAllDevices(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.revoke_all_devices(now, &user, &operator, &reason))
    }

    pub fn operatorFrom(&self, userId: Arg<&str>) -> Result<Option<Moment>, Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let from = self.ask(|core| core.operator_from(now, &user))?;
        Moment::maybe(from)
    }

    pub fn accounts(
        &self,
        search: Optional<&str>,
        limit: Optional<i64>,
        after: Arg<Option<&str>>,
    ) -> Result<Listing<Account>, Failure> {
        let now = self.clock.now()?;
        let (search, limit) = (search.or(""), count(limit.or(50)));
        let found = self.ask(|core| core.accounts(now, search, limit, after.0))?;
        Ok(Listing(found.into_iter().map(Account).collect()))
    }

    pub fn enrolledUserIds(&self, toEnrol: Optional<bool>) -> Result<Vec<String>, Failure> {
        let now = self.clock.now()?;
        let found = self.ask(|core| core.enrolled_users(now, toEnrol.or(false)))?;
        Ok(found.iter().map(|user| user.as_str().to_owned()).collect())
    }

    pub fn audit(
        &self,
        userId: Arg<Option<&str>>,
        limit: Optional<i64>,
        before: Arg<Option<&str>>,
        topic: Arg<Option<AuditTopic>>,
    ) -> Result<Listing<AuditEvent>, Failure> {
        let user = userId.0.map(|id| user_id("userId", id)).transpose()?;
        let before = before
            .0
            .map(|id| place("before", id, "AuditEvent"))
            .transpose()?;
        let limit = count(limit.or(100));
        let found = self.ask(|core| match topic.0 {
            Some(topic) => core.audit_about(user.as_ref(), topic.into(), limit, before),
            None => core.audit(user.as_ref(), limit, before),
        })?;
        Ok(Listing(found.into_iter().map(AuditEvent).collect()))
    }

    pub fn events(
        &self,
        after: Arg<Option<&str>>,
        limit: Optional<i64>,
    ) -> Result<Listing<AuditEvent>, Failure> {
        let after = after
            .0
            .map(|id| place("after", id, "AuditEvent"))
            .transpose()?;
        let limit = count(limit.or(1000));
        let found = self.ask(|core| core.events(after, limit))?;
        Ok(Listing(found.into_iter().map(AuditEvent).collect()))
    }

    pub fn auditIsIntact(&self, userId: Arg<&str>) -> Result<bool, Failure> {
        let user = user_id("userId", &userId)?;
        self.ask(|core| core.audit_is_intact(&user))
    }

    pub fn providersAudit(
        &self,
        limit: Optional<i64>,
        before: Arg<Option<&str>>,
    ) -> Result<Listing<AuditEvent>, Failure> {
        let before = before
            .0
            .map(|id| place("before", id, "AuditEvent"))
            .transpose()?;
        let limit = count(limit.or(100));
        let found = self.ask(|core| core.providers_audit(limit, before))?;
        Ok(Listing(found.into_iter().map(AuditEvent).collect()))
    }

    pub fn providersAuditIsIntact(&self) -> Result<bool, Failure> {
        self.ask(|core| core.providers_audit_is_intact())
    }

    pub fn auditBegins(&self, userId: Arg<&str>) -> Result<Option<Moment>, Failure> {
        let user = user_id("userId", &userId)?;
        Moment::maybe(self.ask(|core| core.audit_begins(&user))?)
    }

    pub fn providersAuditBegins(&self) -> Result<Option<Moment>, Failure> {
        Moment::maybe(self.ask(|core| core.providers_audit_begins())?)
    }

    pub fn offers(
        &self,
        method: Arg<Method>,
        challenge: Arg<Option<Bytes<'_>>>,
    ) -> Result<bool, Failure> {
        let now = self.clock.now()?;
        let method = method.0.into();
        match challenge.0.map(|challenge| challenge.text()) {
            None => self.ask(|core| core.offers(now, method)),
            Some(challenge) => self.ask(|core| core.offers_by(now, &challenge, method)),
        }
    }

    pub fn deliveries(
        &self,
        limit: Optional<i64>,
        before: Arg<Option<&str>>,
    ) -> Result<Listing<SentMessage>, Failure> {
        let before = before
            .0
            .map(|id| place("before", id, "SentMessage"))
            .transpose()?;
        let limit = count(limit.or(100));
        let found = self.ask(|core| core.deliveries(limit, before))?;
        let listed = found
            .into_iter()
            .map(|(id, message)| SentMessage { id, message })
            .collect();
        Ok(Listing(listed))
    }

    pub fn reportDelivery(
        &self,
        provider: Arg<&str>,
        body: Arg<Bytes<'_>>,
        headers: Arg<&ZendHashTable>,
    ) -> Result<bool, Failure> {
        let now = self.clock.now()?;
        let headers = header_values("headers", headers.0)?;
        let post = Post {
            headers: &headers,
            body: body.0.0,
        };
        self.ask(|core| core.report_delivery(now, &provider, &post))
    }

    pub fn metrics(&self) -> Result<String, Failure> {
        let now = self.clock.now()?;
        self.ask(|core| core.metrics(now))
    }

    pub fn figures(&self, days: Optional<i64>) -> Result<String, Failure> {
        let now = self.clock.now()?;
        let days = count(days.or(90));
        self.ask(|core| core.figures(now, days))
    }

    pub fn supportBundle(
        &self,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<String, Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let around = surroundings(&self.settings);
        self.ask(|core| core.support_bundle(now, &operator, &reason, &around))
    }

    pub fn refreshFigures(&self) -> Result<bool, Failure> {
        let now = self.clock.now()?;
        self.ask(|core| core.refresh_figures(now))
    }

    pub fn providers(&self) -> Result<Vec<Provider>, Failure> {
        let now = self.clock.now()?;
        let found = self.ask(|core| core.providers(now))?;
        Ok(found.into_iter().map(Provider).collect())
    }

    pub fn providerKinds() -> Vec<ProviderKind> {
        provider_kind::all()
    }

    pub fn providersSource(&self) -> Result<&'static str, Failure> {
        self.ask(|core| Ok(core.providers_source().as_str()))
    }

    pub fn saveProvider(
        &self,
        name: Arg<&str>,
        settings: Arg<&ZendHashTable>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
        proposed: Optional<bool>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let changes = provider::changes(&name, &settings)?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let operator = operator.proposing(proposed.or(false));
        self.ask(|core| core.save_provider(now, &name, &changes, &operator))
    }

    pub fn removeProvider(
        &self,
        name: Arg<&str>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.remove_provider(now, &name, &operator))
    }

    pub fn pendingNotices(&self, limit: Optional<i64>) -> Result<Vec<Message>, Failure> {
        let now = self.clock.now()?;
        let limit = count(limit.or(50));
        let pending = self.ask(|core| core.pending_notices(now, limit))?;
        Ok(pending.into_iter().map(Message).collect())
    }

    pub fn noticesSent(&self, ids: Arg<&ZendHashTable>) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let ids = provider::list_of_names("ids", &ids)?;
        self.ask(|core| core.notices_sent(now, &ids))
    }

    pub fn alerts(
        &self,
        limit: Optional<i64>,
        administrators: Arg<Option<&ZendHashTable>>,
        locale: Optional<&str>,
    ) -> Result<Vec<Message>, Failure> {
        let now = self.clock.now()?;
        let limit = count(limit.or(50));
        let administrators = administrators
            .0
            .map(|list| users_named("administrators", list))
            .transpose()?;
        let locale = locale.or("");
        let told = self.ask(|core| core.alerts(now, limit, administrators.as_deref(), locale))?;
        Ok(told.into_iter().map(Message).collect())
    }

    pub fn alertRecord(&self) -> Result<String, Failure> {
        let now = self.clock.now()?;
        self.ask(|core| core.alert_record(now))
    }

    pub fn previewAlert(
        &self,
        kind: Arg<&str>,
        locale: Optional<&str>,
    ) -> Result<Message, Failure> {
        let now = self.clock.now()?;
        let locale = locale.or("");
        let shown = self.ask(|core| core.preview_alert(now, &kind, locale))?;
        Ok(Message(shown))
    }

    pub fn openNotice(&self, token: Arg<Bytes<'_>>) -> Result<Notice, Failure> {
        let now = self.clock.now()?;
        let token = token.text();
        self.ask(|core| core.open_notice(now, &token)).map(Notice)
    }

    pub fn repudiate(&self, token: Arg<Bytes<'_>>, client: Arg<&Client>) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let token = token.text();
        self.ask(|core| core.repudiate(now, &token, &client.0.0))
    }

    pub fn releaseHold(
        &self,
        userId: Arg<&str>,
        by: Arg<&str>,
        reason: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let user = user_id("userId", &userId)?;
        let now = self.clock.now()?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.release_hold(now, &user, &operator, &reason))
    }

    pub fn orderProviders(
        &self,
        names: Arg<&ZendHashTable>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let order = provider::list_of_names("names", &names)?;
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        self.ask(|core| core.order_providers(now, &order, &operator))
    }

    pub fn checkProvider(&self, name: Arg<&str>) -> Result<HealthCheck, Failure> {
        let now = self.clock.now()?;
        self.ask(|core| core.check_provider(now, &name))
            .map(HealthCheck)
    }

    pub fn providerLog(
        &self,
        name: Arg<&str>,
        cursor: Arg<Option<&str>>,
    ) -> Result<ZBox<ZendHashTable>, Failure> {
        let now = self.clock.now()?;
        let page = self.ask(|core| core.provider_log(now, &name, cursor.0))?;
        let entries: Vec<_> = page
            .entries
            .iter()
            .map(|entry| {
                Fields::new()
                    .with("timestamp", entry.timestamp.as_str())
                    .with("phone", entry.phone.as_str())
                    .with("country", entry.country.as_str())
                    .with("status", entry.status.as_str())
                    .with("type", entry.kind.as_str())
                    .into_array()
            })
            .collect();
        Ok(Fields::new()
            .with("entries", entries)
            .with("next", page.next.as_deref())
            .into_array())
    }

    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn sendTest(
        &self,
        name: Arg<&str>,
        number: Arg<Bytes<'_>>,
        region: Arg<Option<Bytes<'_>>>,
        method: Arg<Method>,
        by: Arg<&str>,
        client: Arg<&Client>,
        grant: Arg<Option<Bytes<'_>>>,
        language: Arg<Option<&str>>,
    ) -> Result<Delivery, Failure> {
        let now = self.clock.now()?;
        let number = number_of(number.0, region.0)?;
        let method = method.0.into();
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref());
        let language = language.0.unwrap_or_default();
        self.ask(|core| {
            let client = &client.0.0;
            core.send_test(now, &name, &number, method, language, &operator, client)
        })
        .map(Delivery)
    }

    pub fn messageTexts(&self) -> Result<Vec<ZBox<ZendHashTable>>, Failure> {
        let now = self.clock.now()?;
        let texts = self.ask(|core| core.message_texts(now))?;
        let array = |it: &MessageText| {
            Fields::new()
                .with("method", it.method.as_str())
                .with("language", it.language)
                .with("text", it.text.as_deref())
                .with("standard", it.standard.as_str())
                .with("confirmed", it.confirmed)
                .into_array()
        };
        Ok(texts.iter().map(array).collect())
    }

    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn setMessageText(
        &self,
        method: Arg<Method>,
        language: Arg<&str>,
        text: Arg<Option<&str>>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
        proposed: Optional<bool>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let method = method.0.into();
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let operator = operator.proposing(proposed.or(false));
        self.ask(|core| core.set_message_text(now, method, &language, text.0, &operator))
    }

    pub fn previewMessageText(
        &self,
        method: Arg<Method>,
        language: Arg<&str>,
        text: Arg<Option<&str>>,
    ) -> Result<ZBox<ZendHashTable>, Failure> {
        let method = method.0.into();
        let preview = self.ask(|core| core.preview_message_text(method, &language, text.0))?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Fields::new()
            .with("text", preview.text.as_str())
            .with("parts", count(preview.parts))
            .with("characters", count(preview.characters))
            .with("coding", preview.coding.map(Coding::as_str))
            .with("problem", preview.problem.map(TextError::reason))
            .into_array())
    }

    pub fn noticeTexts(
        &self,
        language: Arg<&str>,
        locale: Optional<&str>,
    ) -> Result<Vec<ZBox<ZendHashTable>>, Failure> {
        let (now, locale) = (self.clock.now()?, locale.or(""));
        let texts = self.ask(|core| core.notice_texts(now, &language, locale))?;
        let array = |it: &NoticeText| {
            Fields::new()
                .with("kind", it.kind.as_str())
                .with("title", it.title)
                .with("subject", it.subject.as_deref())
                .with("text", it.text.as_deref())
                .with("standardSubject", it.standard_subject.as_deref())
                .with("standard", it.standard.as_str())
                .with("placeholders", it.placeholders.clone())
                .with("confirmed", it.confirmed)
                .into_array()
        };
        Ok(texts.iter().map(array).collect())
    }

    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn setNoticeText(
        &self,
        kind: Arg<&str>,
        language: Arg<&str>,
        subject: Arg<Option<&str>>,
        text: Arg<Option<&str>>,
        by: Arg<&str>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
        proposed: Optional<bool>,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let text = text.0.map(|text| (subject.0.unwrap_or_default(), text));
        let grant = grant.0.map(|grant| grant.text());
        let operator = operator(&by, grant.as_ref()).from(peer(&client));
        let operator = operator.proposing(proposed.or(false));
        self.ask(|core| core.set_notice_text(now, &kind, &language, text, &operator))
    }

    pub fn previewNoticeText(
        &self,
        kind: Arg<&str>,
        language: Arg<&str>,
        subject: Arg<Option<&str>>,
        text: Arg<Option<&str>>,
    ) -> Result<ZBox<ZendHashTable>, Failure> {
        let now = self.clock.now()?;
        let text = text.0.map(|text| (subject.0.unwrap_or_default(), text));
        let preview = self.ask(|core| core.preview_notice_text(now, &kind, &language, text))?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (field, problem) = preview.problem.unzip();
        let size = preview.size;
        Ok(Fields::new()
            .with("subject", preview.subject.as_str())
            .with("text", preview.text.as_str())
            .with("parts", size.map(|it| count(it.parts)))
            .with("characters", size.map(|it| count(it.characters)))
            .with("coding", size.and_then(|it| it.coding).map(Coding::as_str))
            .with("field", field.map(TextField::as_str))
            .with("problem", problem.map(TextError::reason))
            .into_array())
    }

    pub fn health(&self) -> Result<Health, Failure> {
        let now = self.clock.read()?;
        let mut checks = self.ask(|core| Ok(core.health(now)))?;
        let (directives, variables) = snapshot::unknown();
        checks.extend(settings_health(directives, &variables));
        Ok(Health(checks))
    }

    pub fn licence(&self) -> Result<Option<Licence>, Failure> {
        let now = self.clock.now()?;
        Ok(self.ask(|core| core.licence(now))?.map(Licence))
    }

    pub fn renewLicence(&self, now: Optional<bool>) -> Result<Licence, Failure> {
        let (insists, now) = (now.or(false), self.clock.now()?);
        self.ask(|core| core.renew_licence(now, insists))
            .map(Licence)
    }

    pub fn setLicenceKey(
        &self,
        key: Arg<Bytes<'_>>,
        siteUrl: Arg<Option<&str>>,
        by: Arg<Option<&str>>,
        reason: Arg<Option<&str>>,
        grant: Arg<Option<Bytes<'_>>>,
        client: Arg<Option<&Client>>,
    ) -> Result<Option<Licence>, Failure> {
        let (now, key) = (self.clock.now()?, key.text());
        let grant = grant.0.map(|grant| grant.text());
        let operator = (*by).map(|by| operator(by, grant.as_ref()).from(peer(&client)));
        let operator = operator.as_ref().map(|it| (it, reason.unwrap_or_default()));
        let kept = self.ask(|core| core.set_licence_key(now, &key, *siteUrl, operator))?;
        Ok(kept.map(Licence))
    }
}

/// Where a request came from, if it says so.
fn peer<'a>(client: &Arg<Option<&'a Client>>) -> Option<&'a crate::verifier::Client> {
    client.0.map(|client| &client.0)
}

/// From when an enrolment is due.
fn grace(until: Option<i64>) -> Result<Option<UnixTime>, Failure> {
    let due = until.map(UnixTime::new).transpose();
    due.map_err(|_| invalid("graceUntil", "must be between 1970 and 9999"))
}

/// Who acts. Without a grant it is the command line's user, where there is one.
fn operator<'a>(by: &'a str, grant: Option<&'a Zeroizing<String>>) -> Operator<'a> {
    match grant {
        None if sapi::is_command_line() => Operator::on_server(by),
        grant => Operator::in_request(by, grant.map(|grant| grant.as_str())),
    }
}

/// A limit for the core to judge; what it cannot hold becomes 0, which it refuses.
fn count(limit: i64) -> u32 {
    u32::try_from(limit).unwrap_or(0)
}

/// The users of a list of ids.
fn users_named(argument: &str, list: &ZendHashTable) -> Result<Vec<UserId>, Failure> {
    let ids = provider::list_of_names(argument, list)?;
    ids.iter().map(|id| user_id(argument, id)).collect()
}

/// A place in a list, by the id that an entry of that class has.
fn place(name: &'static str, id: &str, class: &str) -> Result<u64, Failure> {
    let digits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    let place = id.parse().ok().filter(|_| digits);
    place.ok_or_else(|| invalid(name, &format!("must be an id of TwoFactor\\{class}")))
}

/// Headers as `getallheaders()` has them: a name of digits alone is an integer in PHP, and none of ours.
fn header_values(
    name: &'static str,
    headers: &ZendHashTable,
) -> Result<Vec<(String, String)>, Failure> {
    entries(headers)
        .filter(|(key, _)| key.is_string())
        .map(|(key, value)| Some((key.string()?, value.str()?.to_owned())))
        .collect::<Option<_>>()
        .ok_or_else(|| invalid(name, "must be header values by name"))
}

impl Dump for Verifier {
    fn dump(&self) -> Fields {
        Fields::new()
    }
}

/// A clock is an object that may hold the verifier in turn.
impl Holder for Verifier {
    fn held(&mut self) -> &mut [Zval] {
        self.clock.held().map_or(&mut [], slice::from_mut)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal_holder::<Verifier>();
        let of = Signature::of::<Verifier>;
        of("open").sensitive("settings").default("settings", c"[]");
        of("enrolleduserids").default("toEnrol", c"false");
        of("requireallenrolments").sensitive("grant");
        of("waiveallenrolments").sensitive("grant");
        of("setenforcement").sensitive("grant");
        of("supportbundle").sensitive("grant");
        of("offers").sensitive("challenge");
        of("verify")
            .sensitive("challenge")
            .sensitive("proof")
            .default("trustDevice", c"false")
            .default("suspendPhone", c"false");
        of("starttotp").sensitive("grant");
        of("pendingtotp").sensitive("setup");
        of("confirmtotp").sensitive("setup").sensitive("code");
        of("sendcode").sensitive("challenge");
        of("sendpasswordresetcode")
            .sensitive("reset")
            .default("answered", c"false");
        of("verifypasswordreset")
            .sensitive("reset")
            .sensitive("code");
        of("completepasswordreset").sensitive("proof");
        of("grantexpiresat").sensitive("grant");
        of("startphone")
            .sensitive("number")
            .default("method", c"\\TwoFactor\\Method::Sms")
            .sensitive("grant");
        of("confirmphone").sensitive("setup").sensitive("code");
        of("enableemail").sensitive("grant");
        of("confirmemail").sensitive("setup").sensitive("code");
        of("provenumber")
            .sensitive("number")
            .default("method", c"\\TwoFactor\\Method::Sms");
        of("confirmnumber").sensitive("setup").sensitive("code");
        of("ispendingsetup").sensitive("setup");
        of("resendcode").sensitive("setup");
        of("regeneratebackupcodes").sensitive("grant");
        of("regeneraterecoverycodes").sensitive("grant");
        of("rotatesecret").sensitive("grant");
        of("setprimary").sensitive("grant");
        of("remove").sensitive("grant");
        of("removefactor").sensitive("grant");
        of("renamefactor").sensitive("grant");
        of("accounts")
            .default("search", c"''")
            .default("limit", c"50");
        of("audit").default("limit", c"100");
        of("events").default("limit", c"1000");
        of("figures").default("days", c"90");
        of("providersaudit").default("limit", c"100");
        of("deliveries").default("limit", c"100");
        of("pendingnotices").default("limit", c"50");
        of("alerts")
            .default("limit", c"50")
            .default("locale", c"''");
        of("previewalert").default("locale", c"''");
        of("noticetexts").default("locale", c"''");
        of("setnoticetext")
            .sensitive("grant")
            .default("proposed", c"false");
        of("opennotice").sensitive("token");
        of("repudiate").sensitive("token");
        of("releasehold").sensitive("grant");
        of("reportdelivery").sensitive("body");
        of("unlock").sensitive("grant");
        of("suspendFactor").sensitive("grant");
        of("resumeFactor").sensitive("grant");
        of("issueTemporaryCode")
            .sensitive("grant")
            .default("validSeconds", c"900");
        of("reset").sensitive("grant");
        of("export").sensitive("grant");
        of("forget").sensitive("grant").default("isGone", c"false");
        of("requireenrolment").sensitive("grant");
        of("importusers")
            .sensitive("users")
            .sensitive("grant")
            .default("acceptWeak", c"false");
        of("remind").sensitive("grant");
        of("waiveenrolment").sensitive("grant");
        of("confirmoperator").sensitive("grant");
        of("assertoperator").sensitive("grant");
        of("removesite").sensitive("grant");
        of("admitsession").sensitive("credential");
        of("sessioncounts").sensitive("credential");
        of("adoptsession")
            .sensitive("child")
            .sensitive("parent")
            .sensitive("grant");
        of("signout").sensitive("credential");
        of("endsession").sensitive("grant");
        of("endsessions")
            .sensitive("exceptCredential")
            .sensitive("grant");
        of("endallsessions").sensitive("grant");
        of("sessions").sensitive("credential");
        of("devices").sensitive("deviceToken");
        of("revokedevice").sensitive("grant");
        of("revokealldevices").sensitive("grant");
        of("raiseepoch").default("endsTrust", c"false");
        of("saveprovider")
            .sensitive("settings")
            .sensitive("grant")
            .default("proposed", c"false");
        of("removeprovider").sensitive("grant");
        of("orderproviders").sensitive("grant");
        of("sendtest").sensitive("number").sensitive("grant");
        of("setmessagetext")
            .sensitive("grant")
            .default("proposed", c"false");
        of("renewlicence").default("now", c"false");
        of("setlicencekey").sensitive("key").sensitive("grant");
    }
}
