//! Everything an answer may say, each with its schema.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::body::described;
use super::problem::told_methods;
use crate::clock::UnixTime;
use crate::types;

/// A value of an answer.
pub(super) trait Shape: Serialize {
    /// Whether it is left out.
    const MAY_BE_ABSENT: bool = false;

    /// As JSON Schema.
    fn schema() -> Value;
}

/// A text that may be a secret.
#[derive(Debug)]
pub(super) struct Text(pub(super) Zeroizing<String>);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Shape for Text {
    fn schema() -> Value {
        json!({"type": "string"})
    }
}

impl From<Zeroizing<String>> for Text {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Shape for bool {
    fn schema() -> Value {
        json!({"type": "boolean"})
    }
}

impl Shape for u64 {
    fn schema() -> Value {
        json!({"type": "integer", "minimum": 0})
    }
}

/// A moment (RFC 3339, UTC).
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) UnixTime);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.utc().rfc3339())
    }
}

impl Shape for Moment {
    fn schema() -> Value {
        json!({"type": "string", "format": "date-time"})
    }
}

/// A method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method(pub(super) types::Method);

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl Shape for Method {
    fn schema() -> Value {
        json!({"type": "string", "enum": told_methods()})
    }
}

/// Methods, the first one first.
pub(super) fn methods(all: &[types::Method]) -> Vec<Method> {
    all.iter().copied().map(Method).collect()
}

impl<T: Shape> Shape for Option<T> {
    const MAY_BE_ABSENT: bool = true;

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn schema() -> Value {
        json!({"type": "array", "items": T::schema()})
    }
}

/// An answer as a whole.
pub(super) trait Answer: Shape {
    /// What it is called in the document; empty where there is none.
    const NAME: &'static str;

    /// What it says, in a sentence.
    const ABOUT: &'static str;
}

/// Nothing: the status says it.
#[derive(Debug, Serialize)]
pub(super) struct NoContent;

impl Shape for NoContent {
    fn schema() -> Value {
        Value::Null
    }
}

impl Answer for NoContent {
    const NAME: &'static str = "";
    const ABOUT: &'static str = "It is done.";
}

macro_rules! answer {
    (
        $(#[doc = $whole:literal])+
        $Name:ident {$(
            $(#[doc = $about:literal])+
            $json:literal $field:ident: $Type:ty,
        )*}
    ) => {
        $(#[doc = $whole])+
        #[derive(Debug)]
        pub(super) struct $Name {
            $($(#[doc = $about])+ pub(super) $field: $Type,)*
        }

        impl Serialize for $Name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(put(&mut map, $json, &self.$field)?;)*
                map.end()
            }
        }

        impl Shape for $Name {
            fn schema() -> Value {
                let mut properties = Map::new();
                let mut required = Vec::new();
                $(
                    let about = concat!($($about),+);
                    described(&mut properties, $json, about, <$Type as Shape>::schema());
                    if !<$Type as Shape>::MAY_BE_ABSENT {
                        required.push($json);
                    }
                )*
                super::body::object_schema(Self::ABOUT, properties, &required)
            }
        }

        impl Answer for $Name {
            const NAME: &'static str = stringify!($Name);
            const ABOUT: &'static str = concat!($($whole),+);
        }
    };
}

/// A field that is absent is left out.
fn put<M: serde::ser::SerializeMap, T: Present>(
    map: &mut M,
    name: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    value.put(map, name)
}

/// How a field is written.
trait Present {
    fn put<M: serde::ser::SerializeMap>(
        &self,
        map: &mut M,
        name: &'static str,
    ) -> Result<(), M::Error>;
}

macro_rules! present {
    ($($Type:ty),*) => {$(
        impl Present for $Type {
            fn put<M: serde::ser::SerializeMap>(
                &self,
                map: &mut M,
                name: &'static str,
            ) -> Result<(), M::Error> {
                map.serialize_entry(name, self)
            }
        }
    )*};
}

present!(bool, u64, Text, Moment, Method);

impl<T: Serialize> Present for Vec<T> {
    fn put<M: serde::ser::SerializeMap>(
        &self,
        map: &mut M,
        name: &'static str,
    ) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl<T: Serialize> Present for Option<T> {
    fn put<M: serde::ser::SerializeMap>(
        &self,
        map: &mut M,
        name: &'static str,
    ) -> Result<(), M::Error> {
        match self {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        }
    }
}

answer! {
    /// The password was right.
    SignInBegun {
        /// Whether the password is not enough. If so there is a challenge, and no token.
        "requires2fa" requires_2fa: bool,
        /// Whether a second factor has to be set up first: POST /2fa/setup, /2fa/phone and /2fa/email take the challenge in
        /// place of a password, and what confirms the set-up signs in. Where one has to be proven before, POST /login/otp
        /// says so by the problem `enrolment`.
        "requiresEnrolment" requires_enrolment: bool,
        /// From when no sign-in ends without an enrolment, where one is required.
        "enrolmentDue" enrolment_due: Option<Moment>,
        /// Whether the site suggests to set something up: for a page after the sign-in.
        "encouraged" encouraged: bool,
        /// What can be set up, where that has to be first.
        "offered" offered: Option<Vec<Method>>,
        /// For POST /login/otp and /login/send. Keep it in memory only, never in localStorage or sessionStorage.
        "challenge" challenge: Option<Text>,
        /// What can be proven, the person's first choice first.
        "methods" methods: Option<Vec<Method>>,
        /// Until when the challenge is open, where that is limited.
        "expiresAt" expires_at: Option<Moment>,
        /// For how many days this browser can be remembered (`trust` of POST /login/otp), where it can.
        "deviceDays" device_days: Option<u64>,
        /// What the site has issued, if it gives it this way.
        "token" token: Option<Text>,
    }
}

answer! {
    /// Signed in.
    SignedIn {
        /// What was proven.
        "method" method: Method,
        /// What the site has issued, if it gives it this way.
        "token" token: Option<Text>,
        /// Backup codes that are left.
        "backupCodesLeft" backup_codes_left: Option<u64>,
        /// Recovery codes that are left; those before the one that was used are worth nothing.
        "recoveryCodesLeft" recovery_codes_left: Option<u64>,
        /// That was the last recovery code: the second factor is off, and has to be set up anew.
        "switchedOff" switched_off: bool,
        /// Premium: somebody else seems to know the password. Lead to a new one before anything else; until then every proof
        /// says so.
        "mustChangePassword" must_change_password: bool,
    }
}

answer! {
    /// A code is on its way.
    CodeSent {
        /// Which way.
        "method" method: Method,
        /// Where to, without most of it.
        "destination" destination: Text,
        /// Until when the code is good.
        "expiresAt" expires_at: Moment,
        /// From when another one may be asked for.
        "resendAt" resend_at: Moment,
    }
}

answer! {
    /// A code is on its way to what is set up.
    SetupCodeSent {
        /// By which the set-up goes on. Keep it in memory only.
        "setup" setup: Text,
        /// Which way.
        "method" method: Method,
        /// Where to, without most of it.
        "destination" destination: Text,
        /// Until when the code is good.
        "expiresAt" expires_at: Moment,
        /// From when another one may be asked for.
        "resendAt" resend_at: Moment,
        /// How often it may be typed.
        "attemptsLeft" attempts_left: Option<u64>,
    }
}

answer! {
    /// What an authenticator app needs to know.
    AppSetupBegun {
        /// By which the set-up goes on. Keep it in memory only.
        "setup" setup: Text,
        /// `otpauth://totp/…`
        "uri" uri: Text,
        /// The same to type: base 32 in groups of four.
        "key" key: Text,
        /// A QR code of it as an SVG element.
        "qrSvg" qr_svg: Text,
        /// The same as a `data:` URI of a PNG.
        "qrPng" qr_png: Text,
        /// Backup codes, shown once, where the site shows them with the set-up (`codes_shown`). They count once it is
        /// confirmed.
        "codes" codes: Option<Vec<Text>>,
    }
}

answer! {
    /// A factor is set up.
    Enrolled {
        /// Which.
        "method" method: Method,
        /// Codes with the first factor, shown once, for when it is not at hand.
        "codes" codes: Option<Vec<Text>>,
        /// What they are: `backup` codes, each good once, or `recovery` codes, of which the one that is used ends all before
        /// it, and the last switches the second factor off.
        "codesOf" codes_of: Option<Method>,
        /// From when the app shows a code that is not spent: the one that was typed is.
        "nextCodeAt" next_code_at: Option<Moment>,
        /// What the site has issued in the place of the session's token, or for the sign-in that ends with this, if it gives it
        /// this way.
        "token" token: Option<Text>,
        /// Of a set-up that ends a sign-in, as of POST /login/otp.
        "mustChangePassword" must_change_password: bool,
    }
}

answer! {
    /// What came of a proof: of a set-up, a step-up or a sign-in.
    Proven {
        /// What was proven.
        "method" method: Method,
        /// Of a step-up: what a change of factors takes. Keep it in memory only.
        "grant" grant: Option<Text>,
        /// Until when.
        "grantExpiresAt" grant_expires_at: Option<Moment>,
        /// Of the first set-up: codes for when the factor is not at hand, shown once.
        "codes" codes: Option<Vec<Text>>,
        /// What they are, as of POST /2fa/confirm.
        "codesOf" codes_of: Option<Method>,
        /// Of a set-up: from when the app shows a code that is not spent.
        "nextCodeAt" next_code_at: Option<Moment>,
        /// What the site has issued, if it gives it this way.
        "token" token: Option<Text>,
        /// Backup codes that are left.
        "backupCodesLeft" backup_codes_left: Option<u64>,
        /// Recovery codes that are left; those before the one that was used are worth nothing.
        "recoveryCodesLeft" recovery_codes_left: Option<u64>,
        /// That was the last recovery code: the second factor is off, and has to be set up anew.
        "switchedOff" switched_off: bool,
        /// Premium: somebody else seems to know the password. Lead to a new one before anything else; until then every proof
        /// says so.
        "mustChangePassword" must_change_password: bool,
    }
}

answer! {
    /// One factor.
    Factor {
        /// Its name here.
        "id" id: Text,
        /// How it is proven.
        "method" method: Method,
        /// What the person calls it.
        "label" label: Option<Text>,
        /// When it was set up.
        "enrolledAt" enrolled_at: Moment,
        /// When it was last used.
        "lastUsedAt" last_used_at: Option<Moment>,
        /// It has to be set up anew.
        "disabled" disabled: bool,
        /// It proves nothing until it is resumed.
        "suspended" suspended: bool,
        /// Where its codes go, without most of it.
        "destination" destination: Option<Text>,
    }
}

answer! {
    /// What is set up.
    State {
        /// Whether a sign-in needs a second factor.
        "enabled" enabled: bool,
        /// What is asked for first.
        "primary" primary: Option<Method>,
        /// What is set up.
        "methods" methods: Vec<Method>,
        /// The same, one by one.
        "factors" factors: Vec<Factor>,
        /// Backup codes that are left.
        "backupCodesLeft" backup_codes_left: u64,
        /// Recovery codes that are left.
        "recoveryCodesLeft" recovery_codes_left: u64,
        /// End of the longest block.
        "lockedUntil" locked_until: Option<Moment>,
        /// From when no sign-in ends without an enrolment, where one is required.
        "enrolmentDue" enrolment_due: Option<Moment>,
        /// Whether the site suggests to set something up: POST /2fa/suggestion/skip puts that off.
        "encouraged" encouraged: bool,
        /// For how many days a browser can be remembered (GET /2fa/devices), where one can.
        "deviceDays" device_days: Option<u64>,
        /// What could be set up beside what there is. Where `totp` is among `methods` and not here, no other app has room beside
        /// it; it can be replaced: `replace` of POST /2fa/setup.
        "offered" offered: Vec<Method>,
    }
}

answer! {
    /// New codes, shown once; the old ones are worth nothing.
    Codes {
        /// Backup codes, good in any order, or recovery codes from the first to the last.
        "codes" codes: Vec<Text>,
        /// What they are, as of POST /2fa/confirm.
        "codesOf" codes_of: Method,
        /// What the site has issued in the place of the session's token, if it gives it this way.
        "token" token: Option<Text>,
    }
}

answer! {
    /// There is no second factor any more.
    Removed {
        /// What the site has issued in the place of the session's token, if it gives it this way.
        "token" token: Option<Text>,
    }
}

answer! {
    /// It is done, and every other sign-in has ended.
    FactorChanged {
        /// What the site has issued in the place of the session's token, if it gives it this way. Of a proof by the very factor
        /// that was suspended nothing goes on: sign in anew.
        "token" token: Option<Text>,
    }
}

answer! {
    /// A reset has begun, for somebody as for nobody.
    ResetBegun {
        /// By which it goes on. Keep it in memory only.
        "reset" reset: Text,
    }
}

answer! {
    /// One session.
    Session {
        /// Its name, which lets nobody in.
        "id" id: Text,
        /// When its user signed in.
        "createdAt" created_at: Moment,
        /// When it was last used, to within five minutes.
        "lastSeenAt" last_seen_at: Moment,
        /// What was proven.
        "method" method: Option<Method>,
        /// From where, without the end of the address.
        "address" address: Text,
        /// As far as the browser said.
        "browser" browser: Option<Text>,
        /// Whether it is the one that asks.
        "current" current: bool,
    }
}

answer! {
    /// The sessions that count, the one that was used last first.
    Sessions {
        /// Each.
        "sessions" sessions: Vec<Session>,
    }
}

answer! {
    /// One browser in which the password alone signs in.
    Device {
        /// Its name, which lets nobody in.
        "id" id: Text,
        /// When a proof made it.
        "createdAt" created_at: Moment,
        /// When it was last used to sign in, or made.
        "lastUsedAt" last_used_at: Moment,
        /// When it is over, whatever is done with it.
        "expiresAt" expires_at: Moment,
        /// From where it was last used, without the end of the address.
        "address" address: Text,
        /// As far as the browser said.
        "browser" browser: Option<Text>,
        /// Whether it is the one that asks.
        "current" current: bool,
    }
}

answer! {
    /// The trusted browsers, the one that was used last first.
    Devices {
        /// Each.
        "devices" devices: Vec<Device>,
    }
}

answer! {
    /// They are asked again.
    DevicesEnded {
        /// What the site has issued in the place of the session's token, if it gives it this way: a session that came of such a
        /// browser would have ended with it.
        "token" token: Option<Text>,
    }
}

answer! {
    /// A code is on its way to a number that is proven for a registration.
    VerificationSent {
        /// By which it goes on. Keep it in memory only.
        "verification" verification: Text,
        /// Which way.
        "method" method: Method,
        /// Where to, without most of it.
        "destination" destination: Text,
        /// Until when the code is good.
        "expiresAt" expires_at: Moment,
        /// From when another one may be asked for.
        "resendAt" resend_at: Moment,
        /// How often it may be typed.
        "attemptsLeft" attempts_left: u64,
    }
}

answer! {
    /// The number is proven. The site has the receipt.
    NumberProven {
        /// In E.164.
        "number" number: Text,
        /// When.
        "provenAt" proven_at: Moment,
    }
}
