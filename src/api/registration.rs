//! A number is proven before there is an account.

use super::answer::{Method, Moment, NumberProven, VerificationSent};
use super::bodies::{NumberProof, NumberRequest};
use super::call::{Call, Outcome, Refused};
use super::factors::number;
use super::host::{Host, HostAct};
use super::problem::{Kind, Problem};
use crate::account::Denied;
use crate::types::{self, UserId};
use crate::verifier::Error;

/// `POST /phone/verification`
pub(super) fn begin<H: Host>(
    call: &Call<'_, H>,
    body: NumberRequest,
) -> Outcome<VerificationSent, H> {
    call.needs(&[HostAct::NumberProven])?;
    let number = number(&body.number, body.region.as_deref())?;
    let method = body.method.map_or(types::Method::Sms, |method| method.0);
    // Without a name for the attempt, it has what the number has.
    let own = UserId::new(number.e164()).map_err(|_| Kind::Refused)?;
    let subject = call.subject.unwrap_or(&own);
    let (sent, left) = call.ask(|it| {
        let sent = it.prove_number(call.now, subject, &number, method, "", call.client)?;
        let left = it.number_tries_left(call.now, &sent.token)?;
        Ok((sent, left))
    })?;
    Ok(VerificationSent {
        verification: sent.token.into(),
        method: Method(sent.method),
        destination: sent.masked.into(),
        expires_at: Moment(sent.expires_at),
        resend_at: Moment(sent.resend_at),
        attempts_left: left.into(),
    })
}

/// `POST /phone/verification/confirm`
pub(super) fn confirm<H: Host>(call: &Call<'_, H>, body: NumberProof) -> Outcome<NumberProven, H> {
    call.needs(&[HostAct::NumberProven])?;
    let (now, client) = (call.now, call.client);
    let left = || call.ask(|it| it.number_tries_left(now, &body.verification));
    // Nothing that is typed would be looked at: no such verification looks like one that is over.
    if left()? == 0 {
        return Err(Kind::SetupOver.into());
    }
    let confirmed = call
        .host
        .ask(|it| it.confirm_number(now, &body.verification, &body.code, client));
    let proven = match confirmed.map_err(Refused::Host)? {
        Ok(proven) => proven,
        Err(Error::Denied(Denied::Rejected)) => {
            let problem = Problem::from(Kind::Denied).with_attempts_left(Some(left()?));
            return Err(problem.into());
        }
        Err(error) => return Err(call.refused(error)),
    };
    call.host.number_proven(&proven).map_err(Refused::Host)?;
    Ok(NumberProven {
        number: proven.number.e164().into(),
        proven_at: Moment(proven.at),
    })
}
