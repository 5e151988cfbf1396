//! Signing in and stepping up: a challenge is opened, a proof spends it.

use zeroize::Zeroizing;

use super::demanded::{Demanded, earlier};
use super::device::{ByDevice, Device};
use super::notices::contact_of;
use super::send::{Asked, answers};
use super::{Client, Error, Login, LoginState, Message, User, Verified, Verifier, token};
use crate::account::{
    Accepted, Account, ChallengeId, ChallengeToken, Demand, Denied, ForChallenge, GrantId,
    ReadForSignIn, Step,
};
use crate::clock::UnixTime;
use crate::crypto::{DrawnAhead, OsEntropy, random};
use crate::delivery::DeliveryError;
use crate::session::SignedInBy;
use crate::types::{Method, Purpose, UserId};

/// How long a challenge is open that was opened where nobody could say what the site's policy asks, in seconds.
const UNJUDGED_SECONDS: u64 = 1800;

/// What came of asking for a proof.
enum Opening {
    /// It is due.
    Challenge(Login),
    /// There is nothing to prove it with.
    Unneeded {
        /// The account's epoch; 0 without an account.
        epoch: u64,
        /// From when a set-up is required.
        enrolment_due: Option<UnixTime>,
        /// One is suggested.
        is_encouraged: bool,
        /// Mails that are owed to the user.
        notices: Vec<Message>,
    },
    /// A device that the user trusts stands for it.
    Device(Login),
}

/// What the rules said of a sign-in or a challenge.
enum Opened<T> {
    /// A device stands for the second factor: its next token.
    ByDevice {
        next: T,
        epoch: u64,
        signed_in_by: SignedInBy,
        enrolment_due: Option<UnixTime>,
        is_encouraged: bool,
    },
    /// The rest.
    Otherwise {
        state: LoginState,
        methods: Vec<Method>,
        epoch: u64,
        enrolment_due: Option<UnixTime>,
        is_encouraged: bool,
        ended_device: Option<Device>,
    },
}

/// What a proof that is right does beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// It makes a device of the browser, which its user trusts.
    TrustDevice,
    /// It suspends what is on its user's telephone, which is lost.
    SuspendPhone,
    /// Nothing.
    Nothing,
}

impl Login {
    /// An answer with nothing in it that has to be proven.
    fn without_challenge(user: UserId, state: LoginState) -> Self {
        Self {
            user,
            state,
            challenge: Zeroizing::new(String::new()),
            methods: Vec::new(),
            epoch: 0,
            expires_at: None,
            enrolment_due: None,
            is_encouraged: false,
            device_token: None,
            signed_in_by: SignedInBy::Password,
            ended_device: None,
            notices: Vec::new(),
        }
    }
}

/// What a right password leads to; of another purpose, whether there is something to prove.
fn state_of(
    account: Option<&Account>,
    purpose: Purpose,
    demanded: &Demanded,
    now: UnixTime,
) -> LoginState {
    let is_required = || demanded.sign_in.is_some() || account.is_some_and(|it| it.must_enrol(now));
    if account.is_some_and(|account| answers(account, purpose)) {
        LoginState::ChallengeRequired
    } else if purpose == Purpose::Login && is_required() {
        LoginState::EnrolmentRequired
    } else {
        LoginState::Allowed
    }
}

impl Verifier {
    /// After the password was right: whether a second factor is due, and the challenge if so.
    ///
    /// # Errors
    /// [`Denied::Throttled`]: too many were opened from where the request comes from and not proven;
    /// [`Error::Unavailable`]: an account that cannot be read is no account without a factor.
    pub fn begin_login(&self, now: UnixTime, user: &User, client: &Client) -> Result<Login, Error> {
        Ok(
            match self.open_challenge(now, user, Purpose::Login, client)? {
                Opening::Challenge(login) | Opening::Device(login) => login,
                Opening::Unneeded {
                    epoch,
                    enrolment_due,
                    is_encouraged,
                    notices,
                } => Login {
                    epoch,
                    enrolment_due,
                    is_encouraged,
                    notices,
                    ..Login::without_challenge(user.id.clone(), LoginState::Allowed)
                },
            },
        )
    }

    /// Opens a challenge for another purpose.
    ///
    /// Of a reset the answers tell whether the user has a telephone: hosts are given
    /// [`Verifier::begin_password_reset`], which tells nobody.
    ///
    /// # Errors
    /// [`Denied::Rejected`] when there is nothing that could be proven; [`Error::Invalid`] for a
    /// purpose that has a way of its own; [`Error::Unavailable`].
    pub fn begin_challenge(
        &self,
        now: UnixTime,
        user: &User,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Login, Error> {
        match purpose {
            Purpose::Login => {
                return Err(Error::invalid(
                    "purpose",
                    "must not be Purpose::Login: call beginLogin()",
                ));
            }
            // Anybody may ask for this one: no password was needed.
            Purpose::ResetPassword => {
                let ledger = self.sender().ledger();
                let granted = ledger.spend_for_asking_from(now, self.address(client))?;
                granted.map_err(DeliveryError::from)?;
                return self.begin_reset(now, user, client);
            }
            Purpose::StepUp | Purpose::VerifyPhone => {}
        }
        self.begin_provable(now, user, purpose, client)
    }

    /// A challenge of a reset, once the address it is asked for from has paid.
    pub(super) fn begin_reset(
        &self,
        now: UnixTime,
        user: &User,
        client: &Client,
    ) -> Result<Login, Error> {
        let ledger = self.sender().ledger();
        let granted = ledger.spend_for_asking_about(now, &user.id)?;
        granted.map_err(DeliveryError::from)?;
        self.begin_provable(now, user, Purpose::ResetPassword, client)
    }

    fn begin_provable(
        &self,
        now: UnixTime,
        user: &User,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Login, Error> {
        match self.open_challenge(now, user, purpose, client)? {
            Opening::Challenge(login) if !login.methods.is_empty() => Ok(login),
            _ => Err(Error::Denied(Denied::Rejected)),
        }
    }

    /// Nothing is written when the account has nothing that could prove this.
    fn open_challenge(
        &self,
        now: UnixTime,
        user: &User,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Opening, Error> {
        // Most users of most sites have no factor: they cost a read.
        let beside = self.row_beside(purpose, client);
        let read = self
            .accounts
            .read_beside(&user.id, now, beside.as_deref())?;
        let (
            ReadForSignIn {
                account: read,
                policy,
                opened: rows,
            },
            beside,
        ) = read;
        let policy = if purpose.is_under_policy() {
            policy
        } else {
            Ok(None)
        };
        let enforced = self.enforced(now, user, &policy)?;
        let policy = policy.unwrap_or_default();
        let judge = |account: Option<&Account>| {
            let enforced = enforced.as_ref();
            enforced.map_or_else(Demanded::default, |it| it.judge(account, now))
        };
        let account = read.as_deref();
        let demanded = judge(account);
        let state = state_of(account, purpose, &demanded, now);
        let contact = contact_of(user);
        let lacks = account.is_some_and(|account| account.lacks_address_of(&contact));
        if state == LoginState::Allowed && !demanded.has_news(account) && !lacks {
            return Ok(Opening::Unneeded {
                epoch: account.map_or(0, Account::epoch),
                enrolment_due: earlier(account.and_then(Account::enrolment_due), demanded.due),
                is_encouraged: demanded.is_encouraged,
                notices: Vec::new(),
            });
        }
        let mut entropy = DrawnAhead::draw()?;
        let shown = match purpose {
            Purpose::Login if state == LoginState::ChallengeRequired => {
                let salt = random::bytes(&mut entropy)?;
                let shown = self.shown_device(now, &user.id, client, salt, beside.as_ref())?;
                match shown {
                    // It stands for a second factor, and from there none is looked at.
                    Some(_) if !self.admits(client)? => None,
                    shown => shown,
                }
            }
            _ => None,
        };
        let token = ChallengeToken {
            user: user.id.clone(),
            purpose,
            id: ChallengeId::draw(&mut entropy)?,
        };
        let source = self.source(client);
        let rows = rows.holding(read);
        // Hosts look for notices in what a sign-in begins with; who asks for a reset has proven nothing.
        let tells = |_: &_| purpose == Purpose::Login;
        let (opened, offers) = self.accounts.change_opened(
            &rows,
            now,
            &source,
            &mut entropy,
            tells,
            |account, context| {
                account.know(&contact, now);
                let demanded = judge(Some(account));
                account.note_dues(&demanded.dues, now);
                let state = state_of(Some(account), purpose, &demanded, now);
                let needs = if enforced.is_some() {
                    account.note_asked(demanded.sign_in, demanded.step_up);
                    demanded.of(purpose)
                } else {
                    account.still_asked(purpose)
                };
                let least = self.config.profile().least();
                let demand = policy.as_ref().map(|it| match &enforced {
                    Some(_) => Demand {
                        policy: it.id,
                        asks: demanded.days(purpose),
                        until: None,
                    },
                    // Once somebody can say again what is asked, it is asked.
                    None => Demand {
                        policy: it.id,
                        asks: needs.map(|needs| (needs, now)).into_iter().collect(),
                        until: Some(now.plus(UNJUDGED_SECONDS)),
                    },
                });
                let by_profile = account.is_too_weak().then_some(now);
                let due = earlier(demanded.due, by_profile);
                let enrolment_due = earlier(account.enrolment_due(), due);
                let is_encouraged = demanded.is_encouraged;
                let mut ended_device = None;
                // A device stands for a factor as strong as the one that made it, and for none that is yet to be set up.
                if state == LoginState::ChallengeRequired
                    && needs
                        .max(least)
                        .is_none_or(|needs| account.has_strength(needs))
                    && let Some(shown) = &shown
                {
                    match shown.accept(account, needs.max(least), context) {
                        ByDevice::Yes(next, signed_in_by) => {
                            return Ok(Opened::ByDevice {
                                next,
                                epoch: account.epoch(),
                                signed_in_by,
                                enrolment_due,
                                is_encouraged,
                            });
                        }
                        ByDevice::Reused(device) => ended_device = Some(device),
                        ByDevice::No => {}
                    }
                }
                let methods = match state {
                    LoginState::Allowed | LoginState::TrustedDevice => Vec::new(),
                    LoginState::ChallengeRequired | LoginState::EnrolmentRequired => {
                        account.open_challenge_under(token.id, purpose, demand, context)?
                    }
                };
                Ok(Opened::Otherwise {
                    state,
                    methods,
                    epoch: account.epoch(),
                    enrolment_due,
                    is_encouraged,
                    ended_device,
                })
            },
        )?;
        let opened = opened?;
        let notices = self.notice_messages(now, &user.id, &offers);
        let (state, mut methods, epoch, enrolment_due, is_encouraged, ended_device) =
            match (opened, &shown) {
                (
                    Opened::ByDevice {
                        next,
                        epoch,
                        signed_in_by,
                        enrolment_due,
                        is_encouraged,
                    },
                    Some(shown),
                ) => {
                    return Ok(Opening::Device(Login {
                        epoch,
                        signed_in_by,
                        enrolment_due,
                        is_encouraged,
                        device_token: Some(shown.seal(&user.id, &next, &mut entropy)?),
                        notices,
                        ..Login::without_challenge(user.id.clone(), LoginState::TrustedDevice)
                    }));
                }
                // Nobody has shown anything that could have been accepted.
                (Opened::ByDevice { .. }, None) => return Err(Denied::Rejected.into()),
                (
                    Opened::Otherwise {
                        state,
                        methods,
                        epoch,
                        enrolment_due,
                        is_encouraged,
                        ended_device,
                    },
                    _,
                ) => (
                    state,
                    methods,
                    epoch,
                    enrolment_due,
                    is_encouraged,
                    ended_device,
                ),
            };
        if state == LoginState::Allowed {
            return Ok(Opening::Unneeded {
                epoch,
                enrolment_due,
                is_encouraged,
                notices,
            });
        }
        // What cannot be proven now is not offered; that it is due stands.
        let usable = self.usable(&methods, now)?;
        methods.retain(|method| usable.contains(method));
        let locale = user.locale.as_deref().unwrap_or_default();
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        Ok(Opening::Challenge(Login {
            challenge: token::seal_challenge(ring, site, &token, locale, &mut entropy)?,
            methods,
            epoch,
            expires_at: {
                let policy = self.config.policy();
                let seconds = match state {
                    LoginState::EnrolmentRequired => policy.set_up_seconds(),
                    LoginState::Allowed
                    | LoginState::ChallengeRequired
                    | LoginState::TrustedDevice => policy.challenge_seconds(purpose),
                };
                (seconds > 0).then(|| now.plus(seconds))
            },
            enrolment_due,
            is_encouraged,
            ended_device,
            notices,
            ..Login::without_challenge(user.id.clone(), state)
        }))
    }

    /// Until when a grant of that user is good for changes; `None` if it is not now, whyever.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn grant_expires(
        &self,
        now: UnixTime,
        user: &UserId,
        grant: &str,
    ) -> Result<Option<UnixTime>, Error> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let Some(grant) = token::open_grant(ring, site, user, grant) else {
            return Ok(None);
        };
        let account = self.accounts.read(user, now)?;
        Ok(account.and_then(|account| account.grant_until(&grant, now)))
    }

    /// Returns only if the proof was accepted, and then exactly once.
    ///
    /// # Errors
    /// [`Denied::EnrolmentRequired`] after a right proof of a sign-in that goes on with a set-up, by the same challenge;
    /// [`Error::Denied`], [`Error::Unavailable`]
    pub fn verify(
        &self,
        now: UnixTime,
        challenge: &str,
        method: Method,
        proof: &str,
        client: &Client,
    ) -> Result<Verified, Error> {
        self.verify_and(now, challenge, method, proof, client, Beside::Nothing)
    }

    /// The same, and whoever proves it wants this browser to be a device that they trust: [`Verified::device_token`]
    /// says whether it is one. Where it may not be one, nothing else is different.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_and_trust(
        &self,
        now: UnixTime,
        challenge: &str,
        method: Method,
        proof: &str,
        client: &Client,
    ) -> Result<Verified, Error> {
        self.verify_and(now, challenge, method, proof, client, Beside::TrustDevice)
    }

    /// The same by a look-up code, and whoever proves it says that their telephone is lost: the apps on it and the ways to it
    /// are suspended.
    ///
    /// # Errors
    /// As [`Verifier::verify`]; [`Error::Invalid`] for another method than that of look-up codes.
    pub fn verify_and_suspend_phone(
        &self,
        now: UnixTime,
        challenge: &str,
        method: Method,
        proof: &str,
        client: &Client,
    ) -> Result<Verified, Error> {
        if !matches!(method, Method::BackupCode | Method::RecoveryCode) {
            let why =
                "must be Method::BackupCode or Method::RecoveryCode where the telephone is lost";
            return Err(Error::invalid("method", why));
        }
        self.verify_and(now, challenge, method, proof, client, Beside::SuspendPhone)
    }

    fn verify_and(
        &self,
        now: UnixTime,
        challenge: &str,
        method: Method,
        proof: &str,
        client: &Client,
        beside: Beside,
    ) -> Result<Verified, Error> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        // Not ours: no account is touched, so no counter moves.
        let (token, _) =
            token::open_challenge(ring, site, challenge).ok_or(Denied::ChallengeClosed)?;
        self.prove(now, token, method, proof, client, beside)
    }

    /// Whose challenge that is and what for, whether or not it is open; `None` if it is none of ours.
    #[must_use]
    pub fn challenge_for(&self, challenge: &str) -> Option<(UserId, Purpose)> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let (token, _) = token::open_challenge(ring, site, challenge)?;
        Some((token.user, token.purpose))
    }

    /// As [`Verifier::verify`], for the challenge of a token.
    pub(super) fn prove(
        &self,
        now: UnixTime,
        token: ChallengeToken,
        method: Method,
        proof: &str,
        client: &Client,
        beside: Beside,
    ) -> Result<Verified, Error> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let device = match beside {
            Beside::TrustDevice => self.new_device(now, &token.user, method, client)?,
            Beside::SuspendPhone | Beside::Nothing => None,
        };
        let suspends = beside == Beside::SuspendPhone && token.purpose == Purpose::Login;
        let device = device.as_ref();
        let grant = match token.purpose {
            Purpose::StepUp => Some(GrantId::draw(&mut OsEntropy)?),
            _ => None,
        };
        let source = self.source(client);
        let attempt = ForChallenge {
            token: &token,
            method,
            grant,
        };
        let guard = self.guard(now, client, &token.user)?;
        let (user, rows) = (&token.user, guard.beside());
        let tells = |(step, _): &(Step<Accepted>, Option<String>)| match step {
            Step::Done(accepted) => accepted.tells(),
            Step::Ask(_) => false,
        };
        let (answer, mut offers) = self.accounts.change_and_tell(
            user,
            now,
            &source,
            rows,
            tells,
            |account, context| {
                guard.admit(account, &attempt, context)?;
                let step = account.step(&attempt, proof, context);
                guard.note(account, &attempt, &step, context);
                let mut step = step?;
                if let (Step::Done(accepted), Some(device)) = (&step, device) {
                    device.trust(account, accepted, context);
                }
                if let (Step::Done(accepted), true) = (&mut step, suspends) {
                    *accepted = account.suspend_phone(&token, *accepted, context);
                }
                Ok((step, account.phone().map(str::to_owned)))
            },
        )?;
        self.after_guess(now, &guard, user)?;
        let (step, number) = answer?;
        let accepted = match step {
            Step::Done(accepted) => accepted,
            Step::Ask(check) => {
                let asked = Asked {
                    check: &check,
                    guard: &guard,
                    device,
                };
                let (accepted, later) = self.settle_check(now, &attempt, &asked, proof, &source)?;
                offers = later;
                accepted
            }
        };
        if let Some(number) = number.filter(|_| method.is_phone()) {
            self.prove_range(now, &number)?;
        }
        if accepted.switched_off {
            self.tell_numbers(now, user);
        }
        if accepted.must_enrol {
            return Err(Denied::EnrolmentRequired.into());
        }
        let grant = match (grant.filter(|_| accepted.granted), accepted.reset) {
            (Some(grant), _) => token::seal_grant(ring, site, &token.user, &grant)?,
            (None, Some(proof)) => token::seal_reset_proof(ring, site, &token.user, &proof)?,
            (None, None) => Zeroizing::default(),
        };
        let device_token = match device {
            Some(device) => device.token(&token.user, &accepted)?,
            None => None,
        };
        Ok(Verified {
            device_token,
            notices: self.notice_messages(now, &token.user, &offers),
            user: token.user,
            method,
            purpose: accepted.purpose,
            at: now,
            grant,
            epoch: accepted.epoch,
            backup_codes_left: accepted.backup_codes_left,
            recovery_codes_left: accepted.recovery_codes_left,
            switched_off: accepted.switched_off,
            enrolled_by_password: false,
            must_change_password: accepted.must_change_password,
        })
    }
}
