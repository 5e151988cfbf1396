//! A person's own second factor: what is set up, setting it up, and taking it away.

use std::borrow::Cow;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::answer::{
    AppSetupBegun, Codes, Enrolled, Factor, FactorChanged, Method, Moment, NoContent, Proven,
    Removed, SetupCodeSent, State, Text, methods,
};
use super::bodies::{
    AnyProof, AppRequest, EmailBegin, EmailRequest, FactorChange, Granted, PhoneBegin,
    PhoneRequest, Proof, Removal, SetupProof, SuggestionSkip,
};
use super::call::{Call, ENROLMENT, Outcome, Refused};
use super::host::{ChangedBy, Host};
use super::problem::{Kind, Problem, Wrong};
use super::sign_in;
use crate::account::Denied;
use crate::phone::PhoneNumber;
use crate::qr;
use crate::types::{self, Purpose, UserId};
use crate::verifier::{
    self, AccountView, CameOf, Delivery, Error, FactorView, Operator, SetupOf, SetupState, User,
    Verifier,
};

/// Why a factor is suspended or resumed, in the audit.
const LOST: &str = "lost, says its user";
const FOUND: &str = "found, says its user";

/// Pixels a module of the PNG.
const SCALE: u8 = 6;

/// `GET /2fa`
pub(super) fn state<H: Host>(call: &Call<'_, H>) -> Outcome<State, H> {
    let user = call.user()?;
    let mut offered = call.offered()?;
    let account = call.ask(|it| it.account(call.now, &user.id))?;
    let asked = call.ask_about(user, |it, user| it.asked_of(call.now, user))?;
    // Where another app would be refused; that the one there is can be replaced is said by its being there.
    offered.retain(|method| *method != types::Method::Totp || account.takes_app);
    let shown = |factor: &FactorView| Factor {
        id: factor.id.as_str().into(),
        method: Method(factor.method),
        label: (!factor.label.is_empty()).then(|| factor.label.as_str().into()),
        enrolled_at: Moment(factor.enrolled_at),
        last_used_at: factor.last_used_at.map(Moment),
        disabled: factor.disabled,
        suspended: factor.suspended,
        destination: factor.masked.as_deref().map(Into::into),
    };
    Ok(State {
        enabled: account.enrolled,
        primary: account.primary.map(Method),
        methods: methods(&account.methods),
        factors: account.factors.iter().map(shown).collect(),
        backup_codes_left: account.backup_codes_left as u64,
        recovery_codes_left: account.recovery_codes_left as u64,
        locked_until: account.locked_until(None).map(Moment),
        enrolment_due: (account.enrolment_due.into_iter())
            .chain(asked.due)
            .min()
            .map(Moment),
        encouraged: asked.is_encouraged,
        device_days: call.device_days()?,
        offered: methods(&offered),
    })
}

/// `POST /2fa/suggestion/skip`
pub(super) fn skip<H: Host>(call: &Call<'_, H>, _: SuggestionSkip) -> Outcome<NoContent, H> {
    let user = call.user()?;
    call.ask_about(user, |it, user| {
        it.skip_encouragement(call.now, user, call.client)
    })?;
    Ok(NoContent)
}

/// Who a set-up is for, and what stands behind it beside the password.
struct Beginner<'a> {
    user: Cow<'a, User>,
    /// A grant, or the challenge of a sign-in that requires the set-up.
    permit: Option<&'a str>,
    /// That the password was right, where there is nothing else to prove yet.
    password: Option<Zeroizing<String>>,
    is_signed_in: bool,
}

impl<'a> Beginner<'a> {
    /// Whoever is signed in, if that is their password.
    fn signed_in<H: Host>(
        call: &'a Call<'_, H>,
        password: &str,
        grant: Option<&'a str>,
    ) -> Outcome<Self, H> {
        let user = call.user()?;
        call.confirm_password(user, password)?;
        Ok(Self {
            user: Cow::Borrowed(user),
            permit: grant,
            password: match grant {
                Some(_) => None,
                // Of whoever has a factor there is none.
                None => call.ask(|it| match it.grant_after_password(call.now, &user.id) {
                    Err(Error::Denied(_)) => Ok(None),
                    grant => grant.map(Some),
                })?,
            },
            is_signed_in: true,
        })
    }

    /// Whoever gave the right password for that challenge, and has to set something up to be signed in.
    fn signing_in<H: Host>(call: &Call<'_, H>, challenge: &'a str) -> Outcome<Self, H> {
        call.needs(&ENROLMENT)?;
        let id = match call.ask(|it| Ok(it.challenge_for(challenge)))? {
            Some((id, Purpose::Login)) => id,
            _ => return Err(Kind::Closed.into()),
        };
        let user = call.host.load_user(&id).map_err(Refused::Host)?;
        let user = user.filter(|user| user.id == id).ok_or(Kind::Closed)?;
        Ok(Self {
            user: Cow::Owned(user),
            permit: Some(challenge),
            password: None,
            is_signed_in: false,
        })
    }

    fn permit(&self) -> Option<&str> {
        let password = self.password.as_ref().map(|grant| grant.as_str());
        self.permit.or(password)
    }

    /// Begins it. Who is signed in is asked for a fresh proof where one is needed; a challenge is good or it is not.
    fn begin<H: Host, T>(
        &self,
        call: &Call<'_, H>,
        question: impl FnOnce(&Verifier) -> Result<T, Error>,
    ) -> Outcome<T, H> {
        if self.is_signed_in {
            return call.ask_with_step_up(&self.user, question);
        }
        match call.host.ask(question).map_err(Refused::Host)? {
            Ok(begun) => Ok(begun),
            Err(Error::Denied(Denied::StepUpRequired)) => Err(Kind::Closed.into()),
            Err(error) => Err(call.refused(error)),
        }
    }
}

/// `POST /2fa/setup`, `POST /2fa/enroll`
pub(super) fn begin_app<H: Host>(
    call: &Call<'_, H>,
    body: AppRequest,
) -> Outcome<AppSetupBegun, H> {
    let (beginner, label, replaces) = match &body {
        AppRequest::SignIn(body) => {
            let beginner = Beginner::signing_in(call, &body.challenge)?;
            (beginner, &body.label, false)
        }
        AppRequest::Begin(body) => {
            let grant = body.grant.as_deref();
            let beginner = Beginner::signed_in(call, &body.password, grant)?;
            (beginner, &body.label, body.replace == Some(true))
        }
    };
    if replaces && label.is_some() {
        // It keeps its name.
        return Err(Problem::field("label", Wrong::Unknown).into());
    }
    let (label, user, client) = (label.as_deref(), &beginner.user, Some(call.client));
    let setup = beginner.begin(call, |it| {
        if replaces {
            let grant = beginner.permit().unwrap_or_default();
            it.rotate_secret(call.now, user, grant, client)
        } else {
            it.start_totp(call.now, user, label, beginner.permit(), client)
        }
    })?;
    let too_long = |_| Refused::from(Kind::Refused);
    let png = qr::png(&setup.uri, SCALE).map_err(too_long)?;
    let mut uri = Zeroizing::new(String::with_capacity(
        BASE64.encode_len(png.len()).saturating_add(32),
    ));
    uri.push_str("data:image/png;base64,");
    BASE64.encode_append(&png, &mut uri);
    Ok(AppSetupBegun {
        qr_svg: qr::svg(&setup.uri).map_err(too_long)?.into(),
        qr_png: uri.into(),
        codes: listed(setup.backup_codes),
        setup: setup.token.into(),
        uri: setup.uri.into(),
        key: setup.secret.into(),
    })
}

/// Look-up codes as they are shown; left out where there are none.
fn listed(codes: Vec<Zeroizing<String>>) -> Option<Vec<Text>> {
    (!codes.is_empty()).then(|| codes.into_iter().map(Text::from).collect())
}

/// `POST /2fa/phone`
pub(super) fn begin_phone<H: Host>(
    call: &Call<'_, H>,
    body: PhoneRequest,
) -> Outcome<SetupCodeSent, H> {
    let body = match &body {
        PhoneRequest::Again(body) => return again(call, &body.setup, SetupOf::Phone),
        PhoneRequest::Begin(body) => body,
    };
    let (beginner, written, region, method, consent) = match body {
        PhoneBegin::SignIn(body) => (
            Beginner::signing_in(call, &body.challenge)?,
            &body.number,
            &body.region,
            body.method,
            &body.consent,
        ),
        PhoneBegin::Begin(body) => (
            Beginner::signed_in(call, &body.password, body.grant.as_deref())?,
            &body.number,
            &body.region,
            body.method,
            &body.consent,
        ),
    };
    let number = number(written, region.as_deref())?;
    let method = method.map_or(types::Method::Sms, |method| method.0);
    let user = &beginner.user;
    let sent = beginner.begin(call, |it| {
        let (now, client) = (call.now, call.client);
        let consent = consent.as_deref();
        it.start_phone_after(
            now,
            user,
            &number,
            method,
            client,
            beginner.permit(),
            consent,
        )
    })?;
    sent_for_setup(call, sent)
}

/// `POST /2fa/email`
pub(super) fn begin_email<H: Host>(
    call: &Call<'_, H>,
    body: EmailRequest,
) -> Outcome<SetupCodeSent, H> {
    call.needs_mail_for(types::Method::Email)?;
    let body = match &body {
        EmailRequest::Again(body) => return again(call, &body.setup, SetupOf::Email),
        EmailRequest::Begin(body) => body,
    };
    let beginner = match body {
        EmailBegin::SignIn(body) => Beginner::signing_in(call, &body.challenge)?,
        EmailBegin::Begin(body) => {
            Beginner::signed_in(call, &body.password, body.grant.as_deref())?
        }
    };
    let sent = beginner.begin(call, |it| {
        it.enable_email(call.now, &beginner.user, call.client, beginner.permit())
    })?;
    sent_for_setup(call, sent)
}

/// A number as its owner writes it.
pub(super) fn number<F>(written: &str, region: Option<&str>) -> Result<PhoneNumber, Refused<F>> {
    PhoneNumber::parse(written, region).map_err(|why| {
        let problem = Problem {
            reason: Some(why.reason()),
            detail: Some(why.to_string().into()),
            ..Kind::Number.into()
        };
        problem.into()
    })
}

fn again<H: Host>(call: &Call<'_, H>, setup: &str, of: SetupOf) -> Outcome<SetupCodeSent, H> {
    theirs(call, setup, Some(of))?;
    let sent = call.ask(|it| it.resend_code(call.now, setup, call.client))?;
    sent_for_setup(call, sent)
}

fn sent_for_setup<H: Host>(call: &Call<'_, H>, sent: Delivery) -> Outcome<SetupCodeSent, H> {
    call.mail(sent.message.as_ref())?;
    let left = call.ask(|it| it.setup_tries_left(call.now, &sent.token))?;
    Ok(SetupCodeSent {
        setup: sent.token.into(),
        method: Method(sent.method),
        destination: sent.masked.into(),
        expires_at: Moment(sent.expires_at),
        resend_at: Moment(sent.resend_at),
        attempts_left: left.map(Into::into),
    })
}

/// Whose set-up that is, and what of, if whoever asks may go on with it. That of somebody else than who is signed in is
/// like a wrong code. Where nobody is, it is one of a sign-in, for which its token is enough, as a challenge is. Whoever
/// holds the token and may go on with it is told that it is over.
fn theirs<H: Host>(
    call: &Call<'_, H>,
    setup: &str,
    wanted: Option<SetupOf>,
) -> Outcome<(UserId, SetupOf), H> {
    let found = call.ask(|it| {
        let state = it.setup_state(call.now, setup)?;
        Ok(it.setup_for(setup).map(|(owner, of)| (owner, of, state)))
    })?;
    let found = found.filter(|(_, of, _)| wanted.is_none_or(|it| it == *of));
    let (owner, of, state) = found.ok_or(Kind::Denied)?;
    let is_theirs = call.user.map(|user| user.id == owner);
    match (state, is_theirs) {
        (SetupState::WaitsForSignIn, _) => call.needs(&ENROLMENT).map(|()| (owner, of)),
        (SetupState::Waits, Some(true)) => Ok((owner, of)),
        (SetupState::Waits, None) => Err(Kind::SignIn.into()),
        (SetupState::Over, None | Some(true)) => Err(Kind::SetupOver.into()),
        (SetupState::Waits | SetupState::Over, Some(false)) => Err(Kind::Denied.into()),
    }
}

/// Confirms a set-up; of which kind it may be, if not of any.
fn confirm_of<H: Host>(
    call: &Call<'_, H>,
    body: &SetupProof,
    wanted: Option<SetupOf>,
) -> Outcome<Enrolled, H> {
    let (owner, of) = theirs(call, &body.setup, wanted)?;
    let (now, client) = (call.now, call.client);
    let confirmed = call.host.ask(|it| match of {
        SetupOf::App => it.confirm_totp(now, &body.setup, &body.code, client),
        SetupOf::Phone => it.confirm_phone(now, &body.setup, &body.code, client),
        SetupOf::Email => it.confirm_email(now, &body.setup, &body.code, client),
    });
    let enrolled = match confirmed.map_err(Refused::Host)? {
        Ok(enrolled) => enrolled,
        Err(Error::Denied(Denied::Rejected)) => {
            let left = call.ask(|it| it.setup_tries_left(now, &body.setup))?;
            return Err(Problem::from(Kind::Denied).with_attempts_left(left).into());
        }
        Err(error) => return Err(call.refused(error)),
    };
    // The sign-in that required it ends here.
    let token = match &enrolled.verified {
        Some(verified) => call.host.sign_in(&owner, CameOf::Verified(verified)),
        None => call.host.go_on(&owner, ChangedBy::Enrolled(&enrolled)),
    };
    let token = token.map_err(Refused::Host)?.map(Text::from);
    // Whose number was replaced is told.
    call.notify(&enrolled.notices)?;
    let must_change_password =
        (enrolled.verified.as_ref()).is_some_and(|it| it.must_change_password);
    let verifier::Enrolled {
        method,
        backup_codes,
        recovery_codes,
        next_code_at,
        ..
    } = enrolled;
    let (of, codes) = if recovery_codes.is_empty() {
        (types::Method::BackupCode, backup_codes)
    } else {
        (types::Method::RecoveryCode, recovery_codes)
    };
    let codes = listed(codes);
    Ok(Enrolled {
        method: Method(method),
        codes_of: codes.is_some().then_some(Method(of)),
        codes,
        next_code_at: next_code_at.map(Moment),
        token,
        must_change_password,
    })
}

/// `POST /2fa/confirm`
pub(super) fn confirm<H: Host>(call: &Call<'_, H>, body: SetupProof) -> Outcome<Enrolled, H> {
    confirm_of(call, &body, None)
}

/// `POST /2fa/phone/confirm`
pub(super) fn confirm_phone<H: Host>(call: &Call<'_, H>, body: SetupProof) -> Outcome<Enrolled, H> {
    confirm_of(call, &body, Some(SetupOf::Phone))
}

/// `POST /2fa/email/confirm`
pub(super) fn confirm_email<H: Host>(call: &Call<'_, H>, body: SetupProof) -> Outcome<Enrolled, H> {
    confirm_of(call, &body, Some(SetupOf::Email))
}

/// `POST /2fa/verify`
pub(super) fn verify<H: Host>(call: &Call<'_, H>, body: AnyProof) -> Outcome<Proven, H> {
    match body {
        AnyProof::Setup(body) => {
            let enrolled = confirm_of(call, &body, None)?;
            Ok(Proven {
                method: enrolled.method,
                grant: None,
                grant_expires_at: None,
                codes: enrolled.codes,
                codes_of: enrolled.codes_of,
                next_code_at: enrolled.next_code_at,
                token: enrolled.token,
                backup_codes_left: None,
                recovery_codes_left: None,
                switched_off: false,
                must_change_password: enrolled.must_change_password,
            })
        }
        AnyProof::Challenge(body) => answer_challenge(call, &body),
    }
}

fn answer_challenge<H: Host>(call: &Call<'_, H>, body: &Proof) -> Outcome<Proven, H> {
    let (verified, token) = match call.ask(|it| Ok(it.challenge_for(&body.challenge)))? {
        Some((_, Purpose::Login)) => sign_in::prove(call, body, sign_in::Beside::Nothing)?,
        Some((user, Purpose::StepUp)) if call.user()?.id == user => {
            let answer = call.host.ask(|it| {
                let (method, code) = (body.method.0, &body.code);
                it.verify(call.now, &body.challenge, method, code, call.client)
            });
            let verified = call.or_tell(answer.map_err(Refused::Host)?)?;
            call.notify(&verified.notices)?;
            // The last recovery code has ended all sessions with the factor; the grant is of use to this one alone.
            let token = if verified.switched_off {
                let by = ChangedBy::Grant(&verified.grant);
                let token = call.host.go_on(&verified.user, by);
                token.map_err(Refused::Host)?.map(Text::from)
            } else {
                None
            };
            (verified, token)
        }
        _ => return Err(Kind::Closed.into()),
    };
    let until = verified.grant_expires();
    Ok(Proven {
        method: Method(verified.method),
        grant: until.map(|_| Text::from(verified.grant)),
        grant_expires_at: until.map(Moment),
        codes: None,
        codes_of: None,
        next_code_at: None,
        token,
        backup_codes_left: verified.backup_codes_left.map(|left| left as u64),
        recovery_codes_left: verified.recovery_codes_left.map(|left| left as u64),
        switched_off: verified.switched_off,
        must_change_password: verified.must_change_password,
    })
}

/// Of somebody who has a factor.
fn enrolled<H: Host>(call: &Call<'_, H>, user: &User) -> Outcome<AccountView, H> {
    let account = call.ask(|it| it.account(call.now, &user.id))?;
    if account.enrolled {
        Ok(account)
    } else {
        Err(Kind::NotEnabled.into())
    }
}

/// `POST /2fa/codes`
pub(super) fn renew_codes<H: Host>(call: &Call<'_, H>, body: Granted) -> Outcome<Codes, H> {
    let user = call.user()?;
    enrolled(call, user)?;
    let grant = body.grant.as_deref().unwrap_or_default();
    let (of, renewed) = call.ask_with_step_up(user, |it| {
        let (of, client) = (it.lookup_method(), Some(call.client));
        let renewed = it.regenerate_codes(call.now, &user.id, of, grant, client)?;
        Ok((of, renewed))
    })?;
    call.notify_pending()?;
    let token = call.host.go_on(&user.id, ChangedBy::Grant(grant));
    Ok(Codes {
        codes: renewed.codes.into_iter().map(Text::from).collect(),
        codes_of: Method(of),
        token: token.map_err(Refused::Host)?.map(Text::from),
    })
}

/// `POST /2fa/factor/suspend`
pub(super) fn suspend<H: Host>(
    call: &Call<'_, H>,
    body: FactorChange,
) -> Outcome<FactorChanged, H> {
    change_by_proof(call, &body, |it, user, by| {
        it.suspend_factor(call.now, user, &body.factor, by, LOST)
    })
}

/// `POST /2fa/factor/resume`
pub(super) fn resume<H: Host>(call: &Call<'_, H>, body: FactorChange) -> Outcome<FactorChanged, H> {
    change_by_proof(call, &body, |it, user, by| {
        it.resume_factor(call.now, user, &body.factor, by, FOUND)
    })
}

fn change_by_proof<H: Host>(
    call: &Call<'_, H>,
    body: &FactorChange,
    change: impl FnOnce(&Verifier, &UserId, &Operator<'_>) -> Result<u64, Error>,
) -> Outcome<FactorChanged, H> {
    let user = call.user()?;
    enrolled(call, user)?;
    let grant = body.grant.as_deref().unwrap_or_default();
    let by = Operator::in_request(user.id.as_str(), Some(grant)).from(Some(call.client));
    call.ask_with_step_up(user, |it| {
        // In an emergency of the site the password alone would be enough to act on every account, one's own included, and to
        // suspend the last factor of its owner: here it never is.
        let proven = it.grant_expires(call.now, &user.id, grant)?;
        proven.ok_or(Denied::StepUpRequired)?;
        change(it, &user.id, &by)
    })?;
    call.notify_pending()?;
    let token = call.go_on_by(user, grant)?;
    Ok(FactorChanged {
        token: token.map(Text::from),
    })
}

/// `DELETE /2fa`
pub(super) fn remove<H: Host>(call: &Call<'_, H>, body: Removal) -> Outcome<Removed, H> {
    let user = call.user()?;
    call.confirm_password(user, &body.password)?;
    let grant = body.grant.as_deref().unwrap_or_default();
    let removed = call.ask_with_step_up(user, |it| {
        it.remove_everything(call.now, &user.id, grant, Some(call.client))
    })?;
    removed.ok_or(Kind::NotEnabled)?;
    call.notify_pending()?;
    let token = call.host.go_on(&user.id, ChangedBy::Grant(grant));
    Ok(Removed {
        token: token.map_err(Refused::Host)?.map(Text::from),
    })
}
