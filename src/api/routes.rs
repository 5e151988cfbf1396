//! The end points: one table, of which the router and the OpenAPI document are made, so that they cannot differ.

use serde_json::Value;

use super::answer::{self, Answer, Shape};
use super::bodies::{
    AnyProof, AppRequest, CodeRequest, DevicesEnd, EmailRequest, FactorChange, Granted,
    NumberProof, NumberRequest, PhoneRequest, Removal, ResetProof, ResetRequest, SessionsEnd,
    SetupProof, SignIn, SignInProof, SuggestionSkip,
};
use super::body::{Body, NoBody, Object};
use super::call::{Call, Outcome, Reply};
use super::host::Host;
use super::problem::Kind;
use super::{devices, factors, password_reset, registration, sessions, sign_in};

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
    /// What comes before it and after it, and what each answer asks for.
    pub(super) about: &'static str,
}

macro_rules! routes {
    ($(
        $verb:ident $path:literal $Operation:ident ($who:ident) $Body:ident
            => $status:literal $Answer:ident, [$($problem:ident),*],
            $handler:expr,
            $summary:literal,
            $about:literal;
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
            about: $about,
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
        "Signs in with a name and a password; where a second factor is due, opens a challenge and issues nothing",
        "First step of a sign-in. `requires2fa: false`: signed in. `requires2fa: true`: go on with the challenge; what is sent is \
        asked for by POST /login/send, and POST /login/otp takes the code. `requiresEnrolment: true`: set a factor up by the \
        challenge (POST /2fa/setup, /2fa/phone or /2fa/email, of what `offered` lists) and confirm it: that signs in.";
    POST "/login/send" SendCode (Anybody) CodeRequest
        => 202 CodeSent, [Denied, Closed, Disabled, NotSent, LockedOut], sign_in::send,
        "Sends a code for a challenge",
        "Between POST /login and POST /login/otp, or between 403 `step-up` and POST /2fa/verify, for methods whose codes are \
        sent. Another one may be asked for from `resendAt` on.";
    POST "/login/otp" FinishSignIn (Anybody) SignInProof
        => 200 SignedIn, [Denied, Closed, Mistyped, Enrolment, Disabled, LockedOut], sign_in::otp,
        "Finishes a sign-in with a proof",
        "Second step of a sign-in: the challenge of POST /login and a code. 403 `enrolment`: the code was right, and nobody \
        is signed in yet: set up by the same challenge what `offered` lists, and confirm it. The last wrong code \
        before a block (the fifth, unless the site says otherwise) is told as a wrong one, and the next try is 429 \
        `locked-out`, with the seconds that are left. `trust: true`: the site may remember this browser by a cookie of its \
        own, and POST /login then asks for the password alone there.";
    GET "/2fa" ReadState (SignedIn) NoBody
        => 200 State, [], |call, _| factors::state(call),
        "Tells what is set up",
        "For a page of settings. `enrolmentDue` says from when no sign-in ends without a new set-up, also where there are \
        factors.";
    DELETE "/2fa" RemoveFactors (SignedIn) Removal
        => 200 Removed, [Denied, StepUp, OnHold, NotEnabled, LockedOut], factors::remove,
        "Switches the second factor off: with the password, and the grant of a proof",
        "403 `step-up` has a challenge: answer it by POST /2fa/verify, and come again with the grant. From then on the \
        password alone signs in; to change telephones use `replace` of POST /2fa/setup instead. This DELETE has a body: \
        some clients and proxies drop it, and the answer then is 415 or 400.";
    POST "/2fa/setup" BeginApp (Anybody) AppRequest
        => 200 AppSetupBegun, [SignIn, Denied, Closed, StepUp, OnHold, Factor], factors::begin_app,
        "Begins the set-up of an authenticator app",
        "Begins a set-up; POST /2fa/confirm ends it. Whoever is signed in gives the password, and where there is a factor a \
        grant: 403 `step-up` has a challenge, which POST /2fa/verify turns into one. With `replace` the new app takes the place \
        of every other one, and new codes that of the old ones, once it is confirmed. Whoever signs in with `requiresEnrolment` \
        or after 403 `enrolment` gives the challenge instead.";
    POST "/2fa/enroll" EnrolApp (Anybody) AppRequest
        => 200 AppSetupBegun, [SignIn, Denied, Closed, StepUp, OnHold, Factor], factors::begin_app,
        "The same as POST /2fa/setup, by another name",
        "Everything is as with POST /2fa/setup.";
    POST "/2fa/confirm" ConfirmSetup (Anybody) SetupProof
        => 200 Enrolled, [SignIn, Denied, Closed, SetupOver, Number], factors::confirm,
        "Confirms a set-up; with the first factor come backup or recovery codes, once",
        "Ends what POST /2fa/setup, /2fa/phone or /2fa/email began. The codes in the answer are shown once. A set-up of a \
        sign-in ends in it: the answer has what the site issues. 409 `setup-over`: begin again.";
    POST "/2fa/verify" Verify (Anybody) AnyProof
        => 200 Proven, [SignIn, Denied, Closed, Mistyped, Enrolment, Disabled, SetupOver, Number, LockedOut], factors::verify,
        "Confirms a set-up, or answers the challenge of a step-up or a sign-in",
        "After 403 `step-up`: the challenge and a code give a grant, good for five minutes, with which the first request is \
        sent again. It also does what POST /login/otp and POST /2fa/confirm do.";
    POST "/2fa/codes" RenewCodes (SignedIn) Granted
        => 200 Codes, [StepUp, OnHold, NotEnabled], factors::renew_codes,
        "Makes new backup or recovery codes; the old ones are worth nothing from then on",
        "Needs a grant: 403 `step-up` has a challenge for it. Which kind of codes there are is the site's choice.";
    POST "/2fa/factor/suspend" SuspendFactor (SignedIn) FactorChange
        => 200 FactorChanged, [StepUp, OnHold, NotEnabled, Factor], factors::suspend,
        "Suspends a factor that is lost: it proves nothing until it is resumed",
        "Needs a grant: 403 `step-up` has a challenge for it; prove another factor than the one that is lost. 422 `factor`, \
        `last`: nothing else could be proven. Who is not signed in suspends a lost telephone with `lost` of POST /login/otp.";
    POST "/2fa/factor/resume" ResumeFactor (SignedIn) FactorChange
        => 200 FactorChanged, [StepUp, OnHold, NotEnabled, Factor], factors::resume,
        "Resumes a factor that was suspended, by the proof of another one",
        "Needs a grant: 403 `step-up` has a challenge for it.";
    POST "/2fa/phone" BeginPhone (Anybody) PhoneRequest
        => 202 SetupCodeSent, [SignIn, Denied, Closed, StepUp, OnHold, SetupOver, Number, NotSent], factors::begin_phone,
        "Begins the set-up of a telephone number, or sends another code for one",
        "Sends a code; POST /2fa/phone/confirm ends the set-up. With `setup` alone another code is sent. There is one number: \
        a second one takes the place of the first when it is confirmed. Permitted as POST /2fa/setup is: by the password, and a \
        grant where there is a factor, or by the challenge of a sign-in.";
    POST "/2fa/phone/confirm" ConfirmPhone (Anybody) SetupProof
        => 200 Enrolled, [SignIn, Denied, Closed, SetupOver, Number], factors::confirm_phone,
        "Confirms the set-up of a telephone number",
        "Ends what POST /2fa/phone began. `attemptsLeft: 0`: this code can no longer be used; ask for another one. 409 \
        `setup-over`: begin again.";
    POST "/2fa/email" BeginEmail (Anybody) EmailRequest
        => 202 SetupCodeSent, [SignIn, Denied, Closed, StepUp, OnHold, SetupOver, Refused, NotSent], factors::begin_email,
        "Begins the set-up of the person's e-mail address, or sends another code for it",
        "Sends a code to the address that the site knows; POST /2fa/email/confirm ends the set-up. With `setup` alone another \
        code is sent. Permitted as POST /2fa/setup is.";
    POST "/2fa/email/confirm" ConfirmEmail (Anybody) SetupProof
        => 200 Enrolled, [SignIn, Denied, Closed, SetupOver], factors::confirm_email,
        "Confirms the set-up of the e-mail address",
        "Ends what POST /2fa/email began. `attemptsLeft: 0`: this code can no longer be used; ask for another one. 409 \
        `setup-over`: begin again.";
    GET "/2fa/sessions" ListSessions (SignedIn) NoBody
        => 200 Sessions, [], |call, _| sessions::list(call),
        "Lists the sessions that count",
        "Each can be ended by its id with DELETE /2fa/sessions.";
    DELETE "/2fa/sessions" EndSessions (SignedIn) SessionsEnd
        => 204 NoContent, [StepUp, TooRecent, Refused], sessions::end,
        "Ends one session, or all but the one that asks",
        "Needs a grant where there is a factor: 403 `step-up` has a challenge for it. This DELETE has a body: some clients \
        and proxies drop it, and the answer then is 415 or 400.";
    GET "/2fa/devices" ListDevices (SignedIn) NoBody
        => 200 Devices, [], |call, _| devices::list(call),
        "Lists the browsers in which the password alone signs in",
        "Premium: 501 without a licence, where none counts. One is made with `trust` of POST /login/otp, and ended by its id with \
        DELETE /2fa/devices.";
    DELETE "/2fa/devices" EndDevices (SignedIn) DevicesEnd
        => 200 DevicesEnded, [StepUp, TooRecent, Refused], devices::end,
        "Ends one trusted browser, or all, and the sign-ins that came of it",
        "Needs a grant where there is a factor: 403 `step-up` has a challenge for it. With it the session that asks goes on, \
        whatever it came of. All can be ended without a licence, one cannot (501). This DELETE has a body: some clients and \
        proxies drop it, and the answer then is 415 or 400.";
    POST "/2fa/suggestion/skip" SkipSuggestion (SignedIn) SuggestionSkip
        => 204 NoContent, [], factors::skip,
        "Puts off what the site suggests to set up",
        "Where `encouraged` is true. It is suggested again after the days that the site's rules say; elsewhere nothing is changed.";
    POST "/password/phone" BeginReset (Anybody) ResetRequest
        => 202 ResetBegun, [], password_reset::begin,
        "Asks for a new password by telephone; the answer is the same for nobody",
        "Sends a code where somebody of that name has a telephone as a factor; POST /password/phone/confirm takes it. The \
        answer, and the time that it takes, says nothing of that.";
    POST "/password/phone/confirm" FinishReset (Anybody) ResetProof
        => 204 NoContent, [Denied, Closed, Password], password_reset::confirm,
        "Sets a new password by the code that was sent; signs nobody in",
        "After POST /password/phone. The sign-in that follows asks for the second factor.";
    POST "/phone/verification" BeginVerification (Anybody) NumberRequest
        => 202 VerificationSent, [Number, NotSent], registration::begin,
        "Proves a number before there is an account, without making it a factor",
        "For a registration; POST /phone/verification/confirm takes the code.";
    POST "/phone/verification/confirm" FinishVerification (Anybody) NumberProof
        => 200 NumberProven, [Denied, SetupOver], registration::confirm,
        "Confirms that number; the site keeps the receipt",
        "Ends what POST /phone/verification began. 409 `setup-over`: no code is looked at any more (the tries are used up, \
        the code is too old, it was confirmed before, or there never was such a verification); begin again.";
}
