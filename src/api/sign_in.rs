//! Signing in: a name and a password, then a proof.

use super::answer::{CodeSent, Method, Moment, SignInBegun, SignedIn, methods};
use super::bodies::{CodeRequest, Proof, ProofMethod, SignIn, SignInProof};
use super::call::{Call, Outcome, Refused};
use super::host::{Host, HostAct};
use super::problem::{Kind, Problem};
use crate::account::Denied;
use crate::types::Purpose;
use crate::verifier::{CameOf, Error, LoginState, Verified};

/// `POST /login`
pub(super) fn begin<H: Host>(call: &Call<'_, H>, body: SignIn) -> Outcome<SignInBegun, H> {
    call.needs(&[HostAct::Authenticate, HostAct::SignIn])?;
    let found = call.host.authenticate(&body.name, &body.password);
    drop(body);
    let user = found.map_err(Refused::Host)?.ok_or(Kind::Denied)?;
    let login = call.ask_about(&user, |it, user| {
        it.begin_login(call.now, user, call.client)
    })?;
    // Not to whoever signs in: it may be the thief.
    call.notify(&login.notices)?;
    Ok(match login.state {
        // The next token of a device is in what the host is given, and goes into its cookie.
        LoginState::Allowed | LoginState::TrustedDevice => {
            let token = call.host.sign_in(&user.id, CameOf::Login(&login));
            SignInBegun {
                requires_2fa: false,
                requires_enrolment: false,
                enrolment_due: login.enrolment_due.map(Moment),
                encouraged: login.is_encouraged,
                offered: None,
                challenge: None,
                methods: None,
                expires_at: None,
                device_days: None,
                token: token.map_err(Refused::Host)?.map(Into::into),
            }
        }
        LoginState::EnrolmentRequired => {
            call.needs_enrolment()?;
            SignInBegun {
                requires_2fa: true,
                requires_enrolment: true,
                enrolment_due: login.enrolment_due.map(Moment),
                encouraged: login.is_encouraged,
                offered: Some(methods(&call.offered_by(&login.challenge)?)),
                challenge: Some(login.challenge.into()),
                methods: Some(Vec::new()),
                expires_at: login.expires_at.map(Moment),
                device_days: None,
                token: None,
            }
        }
        LoginState::ChallengeRequired => SignInBegun {
            requires_2fa: true,
            requires_enrolment: false,
            enrolment_due: login.enrolment_due.map(Moment),
            encouraged: login.is_encouraged,
            offered: None,
            challenge: Some(login.challenge.into()),
            methods: Some(methods(&login.methods)),
            expires_at: login.expires_at.map(Moment),
            device_days: call.device_days()?,
            token: None,
        },
    })
}

/// What a right proof does beside.
#[derive(Debug, Clone, Copy)]
pub(super) enum Beside {
    /// The browser is remembered.
    TrustDevice,
    /// What is on a lost telephone is suspended.
    SuspendPhone,
    /// Nothing.
    Nothing,
}

/// Proves a sign-in, and lets the host issue what it issues.
pub(super) fn prove<H: Host>(
    call: &Call<'_, H>,
    proof: &Proof,
    beside: Beside,
) -> Outcome<(Verified, Option<super::answer::Text>), H> {
    call.needs(&[HostAct::SignIn])?;
    let (now, client) = (call.now, call.client);
    let (challenge, method, code) = (&proof.challenge, proof.method.0, &proof.code);
    let answer = call.host.ask(|it| match beside {
        Beside::SuspendPhone => it.verify_and_suspend_phone(now, challenge, method, code, client),
        Beside::TrustDevice => it.verify_and_trust(now, challenge, method, code, client),
        Beside::Nothing => it.verify(now, challenge, method, code, client),
    });
    let verified = match answer.map_err(Refused::Host)? {
        Ok(verified) => verified,
        // Nobody is signed in yet: the challenge is good for a set-up now, and for nothing else.
        Err(Error::Denied(Denied::EnrolmentRequired)) => {
            call.notify_pending()?;
            call.needs_enrolment()?;
            let problem = Problem {
                offered: Some(call.offered_by(&proof.challenge)?),
                ..Kind::Enrolment.into()
            };
            return Err(problem.into());
        }
        answer => call.or_tell(answer)?,
    };
    let token = call
        .host
        .sign_in(&verified.user, CameOf::Verified(&verified));
    let token = token.map_err(Refused::Host)?.map(Into::into);
    call.notify(&verified.notices)?;
    Ok((verified, token))
}

/// `POST /login/otp`
pub(super) fn otp<H: Host>(call: &Call<'_, H>, body: SignInProof) -> Outcome<SignedIn, H> {
    // What was proven for another purpose signs nobody in, and is not spent here.
    match call.ask(|it| Ok(it.challenge_for(&body.challenge)))? {
        Some((_, Purpose::Login)) => {}
        _ => return Err(Kind::Closed.into()),
    }
    let beside = match (body.lost, body.trust) {
        (Some(true), _) => Beside::SuspendPhone,
        (_, Some(true)) => Beside::TrustDevice,
        _ => Beside::Nothing,
    };
    let proof = Proof {
        challenge: body.challenge,
        method: ProofMethod(body.method.0),
        code: body.code,
    };
    let (verified, token) = prove(call, &proof, beside)?;
    Ok(SignedIn {
        method: Method(verified.method),
        token,
        backup_codes_left: verified.backup_codes_left.map(|left| left as u64),
        recovery_codes_left: verified.recovery_codes_left.map(|left| left as u64),
        switched_off: verified.switched_off,
        must_change_password: verified.must_change_password,
    })
}

/// `POST /login/send`
pub(super) fn send<H: Host>(call: &Call<'_, H>, body: CodeRequest) -> Outcome<CodeSent, H> {
    let is_theirs = match call.ask(|it| Ok(it.challenge_for(&body.challenge)))? {
        Some((_, Purpose::Login)) => true,
        Some((user, Purpose::StepUp)) => call.user.is_some_and(|it| it.id == user),
        _ => false,
    };
    if !is_theirs {
        return Err(Kind::Closed.into());
    }
    let method = body.method.0;
    call.needs_mail_for(method)?;
    let sent = call.ask(|it| it.send_code(call.now, &body.challenge, method, call.client))?;
    call.mail(sent.message.as_ref())?;
    Ok(CodeSent {
        method: Method(sent.method),
        destination: sent.masked.into(),
        expires_at: Moment(sent.expires_at),
        resend_at: Moment(sent.resend_at),
    })
}
