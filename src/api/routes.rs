//! The end points: one table, of which the router and the OpenAPI document are made, so that they cannot differ.

use serde_json::Value;

use super::answer::{self, Answer, Shape};
use super::bodies::{
    AnyProof, AppRequest, CodeRequest, EmailRequest, Granted, NumberProof, NumberRequest,
    PhoneRequest, Proof, Removal, ResetProof, ResetRequest, SessionsEnd, SetupProof, SignIn,
};
use super::body::{Body, NoBody, Object};
use super::call::{Call, Outcome, Reply};
use super::host::Host;
use super::problem::Kind;
use super::{factors, password_reset, registration, sessions, sign_in};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody.
    Anybody,
    /// Whoever is signed in.
    SignedIn,
}

/// A description with a name, that nothing has where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) schema: fn() -> Value,
}

/// An end point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub(super) operation: Operation,
    /// Its name in the document.
    pub(super) name: &'static str,
    pub(super) verb: &'static str,
    pub(super) path: &'static str,
    pub(super) who: Who,
    pub(super) body: Described,
    pub(super) status: u16,
    pub(super) answer: Described,
    /// Beside what every end point may answer.
    pub(super) problems: &'static [Kind],
    pub(super) summary: &'static str,
}

macro_rules! routes {
    ($(
        $verb:ident $path:literal $Operation:ident ($who:ident) $Body:ident
            => $status:literal $Answer:ident, [$($problem:ident),*],
            $handler:expr,
            $summary:literal;
    )*) => {
        /// What an end point does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Operation {
            $(#[doc = $summary] $Operation,)*
        }

        /// All there are.
        pub(super) const ROUTES: &[Route] = &[$(Route {
            operation: Operation::$Operation,
            name: stringify!($Operation),
            verb: stringify!($verb),
            path: $path,
            who: Who::$who,
            body: Described {
                name: <$Body as Body>::NAME,
                about: <$Body as Body>::ABOUT,
                schema: <$Body as Body>::schema,
            },
            status: $status,
            answer: Described {
                name: <answer::$Answer as Answer>::NAME,
                about: <answer::$Answer as Answer>::ABOUT,
                schema: <answer::$Answer as Shape>::schema,
            },
            problems: &[$(Kind::$problem),*],
            summary: $summary,
        },)*];

        /// Reads what an end point takes, counts the request and does it.
        pub(super) fn run<H: Host>(
            operation: Operation,
            call: &Call<'_, H>,
            object: &Object<'_>,
        ) -> Outcome<Reply, H> {
            match operation {
                $(Operation::$Operation => {
                    let body = <$Body as Body>::read(object)?;
                    if stringify!($verb) != "GET" {
                        let own = [$(Kind::$problem),*].contains(&Kind::SignIn);
                        let own = own || Who::$who == Who::SignedIn;
                        call.admit(own, body.token())?;
                    }
                    let handler: fn(&Call<'_, H>, $Body) -> Outcome<answer::$Answer, H> = $handler;
                    Reply::of($status, &handler(call, body)?)
                })*
            }
        }
    };
}

routes! {
    POST "/login" BeginSignIn (Anybody) SignIn
        => 200 SignInBegun, [Denied], sign_in::begin,
        "Signs in with a name and a password; where a second factor is due, opens a challenge and issues nothing";
    POST "/login/send" SendCode (Anybody) CodeRequest
        => 202 CodeSent, [Denied, Closed, Disabled, NotSent, LockedOut], sign_in::send,
        "Sends a code for a challenge";
    POST "/login/otp" FinishSignIn (Anybody) Proof
        => 200 SignedIn, [Denied, Closed, Mistyped, Enrolment, Disabled, LockedOut], sign_in::otp,
        "Finishes a sign-in with a proof";
    GET "/2fa" ReadState (SignedIn) NoBody
        => 200 State, [], |call, _| factors::state(call),
        "Tells what is set up";
    DELETE "/2fa" RemoveFactors (SignedIn) Removal
        => 200 Removed, [Denied, StepUp, NotEnabled, LockedOut], factors::remove,
        "Switches the second factor off: with the password, and the grant of a proof";
    POST "/2fa/setup" BeginApp (Anybody) AppRequest
        => 200 AppSetupBegun, [SignIn, Denied, Closed, StepUp, Factor], factors::begin_app,
        "Begins the set-up of an authenticator app";
    POST "/2fa/enroll" EnrolApp (Anybody) AppRequest
        => 200 AppSetupBegun, [SignIn, Denied, Closed, StepUp, Factor], factors::begin_app,
        "The same as POST /2fa/setup, by another name";
    POST "/2fa/confirm" ConfirmSetup (Anybody) SetupProof
        => 200 Enrolled, [SignIn, Denied, Closed, SetupOver, Number], factors::confirm,
        "Confirms a set-up; with the first factor come backup or recovery codes, once";
    POST "/2fa/verify" Verify (Anybody) AnyProof
        => 200 Proven, [SignIn, Denied, Closed, Mistyped, Enrolment, Disabled, SetupOver, Number, LockedOut], factors::verify,
        "Confirms a set-up, or answers the challenge of a step-up or a sign-in";
    POST "/2fa/codes" RenewCodes (SignedIn) Granted
        => 200 Codes, [StepUp, NotEnabled], factors::renew_codes,
        "Makes new backup or recovery codes; the old ones are worth nothing from then on";
    POST "/2fa/phone" BeginPhone (Anybody) PhoneRequest
        => 202 SetupCodeSent, [SignIn, Denied, Closed, StepUp, SetupOver, Number, NotSent], factors::begin_phone,
        "Begins the set-up of a telephone number, or sends another code for one";
    POST "/2fa/phone/confirm" ConfirmPhone (Anybody) SetupProof
        => 200 Enrolled, [SignIn, Denied, Closed, SetupOver, Number], factors::confirm_phone,
        "Confirms the set-up of a telephone number";
    POST "/2fa/email" BeginEmail (Anybody) EmailRequest
        => 202 SetupCodeSent, [SignIn, Denied, Closed, StepUp, SetupOver, Refused, NotSent], factors::begin_email,
        "Begins the set-up of the person's e-mail address, or sends another code for it";
    POST "/2fa/email/confirm" ConfirmEmail (Anybody) SetupProof
        => 200 Enrolled, [SignIn, Denied, Closed, SetupOver], factors::confirm_email,
        "Confirms the set-up of the e-mail address";
    GET "/2fa/sessions" ListSessions (SignedIn) NoBody
        => 200 Sessions, [], |call, _| sessions::list(call),
        "Lists the sessions that count";
    DELETE "/2fa/sessions" EndSessions (SignedIn) SessionsEnd
        => 204 NoContent, [StepUp, TooRecent, Refused], sessions::end,
        "Ends one session, or all but the one that asks";
    POST "/password/phone" BeginReset (Anybody) ResetRequest
        => 202 ResetBegun, [], password_reset::begin,
        "Asks for a new password by telephone; the answer is the same for nobody";
    POST "/password/phone/confirm" FinishReset (Anybody) ResetProof
        => 204 NoContent, [Denied, Closed, Password], password_reset::confirm,
        "Sets a new password by the code that was sent; signs nobody in";
    POST "/phone/verification" BeginVerification (Anybody) NumberRequest
        => 202 VerificationSent, [Number, NotSent], registration::begin,
        "Proves a number before there is an account, without making it a factor";
    POST "/phone/verification/confirm" FinishVerification (Anybody) NumberProof
        => 200 NumberProven, [Denied], registration::confirm,
        "Confirms that number; the site keeps the receipt";
}
