//! The enumerations, each beside the core's own.

use std::ptr;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::{ConstructorMeta, RegisteredClass};
use ext_php_rs::convert::{FromZendObject, IntoZvalDyn};
use ext_php_rs::describe::DocComments;
use ext_php_rs::flags::{ClassFlags, ConstantFlags, DataType, MethodFlags};
use ext_php_rs::internal::class::{PhpClassImpl, PhpClassImplCollector};
use ext_php_rs::internal::property::PropertyDescriptor;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;

use crate::{types, verifier};

macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident as $php:literal, $core:ty {
        $($case:ident = $value:literal,)*
    }) => {
        $(#[$doc])*
        #[php_enum]
        #[php(name = $php)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[php(value = $value)] $case,)*
        }

        impl From<$core> for $name {
            fn from(value: $core) -> Self {
                match value {
                    $(<$core>::$case => Self::$case,)*
                }
            }
        }

        impl $name {
            /// The value of the case.
            pub const fn value(self) -> &'static str {
                match self {
                    $(Self::$case => $value,)*
                }
            }
        }
    };
}

enumeration! {
    /// How a second factor is proven.
    Method as "TwoFactor\\Method", types::Method {
        Totp = "totp",
        Passkey = "passkey",
        Email = "email",
        Sms = "sms",
        Voice = "voice",
        WhatsApp = "whatsapp",
        BackupCode = "backup",
        RecoveryCode = "recovery",
        TemporaryCode = "temporary",
    }
}

enumeration! {
    /// What a challenge is for.
    Purpose as "TwoFactor\\Purpose", types::Purpose {
        Login = "login",
        StepUp = "step-up",
        VerifyPhone = "verify-phone",
        ResetPassword = "reset-password",
    }
}

enumeration! {
    /// What stood behind a request.
    Requester as "TwoFactor\\Requester", types::Requester {
        Nobody = "nobody",
        Password = "password",
        Proven = "proven",
        Operator = "operator",
    }
}

enumeration! {
    /// The hash of a TOTP secret.
    Algorithm as "TwoFactor\\Algorithm", types::Algorithm {
        Sha1 = "SHA1",
        Sha256 = "SHA256",
        Sha512 = "SHA512",
    }
}

enumeration! {
    /// How much a health check worries.
    HealthStatus as "TwoFactor\\HealthStatus", verifier::HealthStatus {
        Ok = "ok",
        Warning = "warning",
        Problem = "problem",
    }
}

enumeration! {
    /// What events of the audit are about.
    AuditTopic as "TwoFactor\\AuditTopic", verifier::Topic {
        SignIn = "sign-in",
        Account = "account",
        Provider = "provider",
    }
}

enumeration! {
    /// How a licence stands.
    LicenceState as "TwoFactor\\LicenceState", verifier::LicenceState {
        Valid = "valid",
        Grace = "grace",
        Expired = "expired",
        Refused = "refused",
    }
}

/// What a login needs.
#[php_enum]
#[php(name = "TwoFactor\\LoginState")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginState {
    #[php(value = "allowed")]
    Allowed,
    #[php(value = "challenge")]
    ChallengeRequired,
    #[php(value = "enrolment")]
    EnrolmentRequired,
    #[php(value = "device")]
    TrustedDevice,
}

impl From<verifier::LoginState> for LoginState {
    fn from(state: verifier::LoginState) -> Self {
        match state {
            verifier::LoginState::Allowed => Self::Allowed,
            verifier::LoginState::ChallengeRequired => Self::ChallengeRequired,
            verifier::LoginState::EnrolmentRequired => Self::EnrolmentRequired,
            verifier::LoginState::TrustedDevice => Self::TrustedDevice,
        }
    }
}

impl LoginState {
    /// The value of the case.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ChallengeRequired => "challenge",
            Self::EnrolmentRequired => "enrolment",
            Self::TrustedDevice => "device",
        }
    }
}

macro_rules! into_core {
    ($name:ident { $($case:ident,)* }) => {
        impl From<$name> for types::$name {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$case => Self::$case,)*
                }
            }
        }
    };
}

into_core!(Method {
    Totp,
    Passkey,
    Email,
    Sms,
    Voice,
    WhatsApp,
    BackupCode,
    RecoveryCode,
    TemporaryCode,
});
into_core!(Purpose {
    Login,
    StepUp,
    VerifyPhone,
    ResetPassword,
});
into_core!(Algorithm {
    Sha1,
    Sha256,
    Sha512,
});

impl From<AuditTopic> for verifier::Topic {
    fn from(topic: AuditTopic) -> Self {
        match topic {
            AuditTopic::SignIn => Self::SignIn,
            AuditTopic::Account => Self::Account,
            AuditTopic::Provider => Self::Provider,
        }
    }
}

/// What a case is asked of itself. `#[methods]` would take the case for an object of ours, which it is not: it is the
/// engine's own, and known by its name.
macro_rules! trait_of_method {
    ($handler:ident, $question:ident) => {
        extern "C" fn $handler(call: &mut ExecuteData, answer: &mut Zval) {
            let (parser, this) = call.parser_object();
            if parser.parse().is_ok()
                && let Some(Ok(method)) = this.map(|this| Method::from_zend_object(this))
            {
                answer.set_bool(types::Method::from(method).$question());
            }
        }
    };
}

trait_of_method!(is_phone, is_phone);
trait_of_method!(is_sent, is_sent);
trait_of_method!(is_numeric, is_numeric);

impl PhpClassImpl<Method> for PhpClassImplCollector<Method> {
    fn get_methods(self) -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let question = |name: &str, handler| {
            let function = FunctionBuilder::new(name, handler);
            (
                function.returns(DataType::Bool, false, false),
                MethodFlags::Public,
            )
        };
        vec![
            question("isPhone", is_phone),
            question("isSent", is_sent),
            question("isNumeric", is_numeric),
        ]
    }

    fn get_method_props(self) -> &'static [PropertyDescriptor<Method>] {
        &[]
    }

    fn get_constructor(self) -> Option<ConstructorMeta<Method>> {
        None
    }

    fn get_constants(
        self,
    ) -> &'static [(
        &'static str,
        &'static dyn IntoZvalDyn,
        DocComments,
        ConstantFlags,
    )] {
        &[]
    }
}

fn finalise<T: RegisteredClass>() {
    let class = ptr::from_ref(T::get_metadata().ce()).cast_mut();
    // SAFETY: see `describe`; nobody else holds a reference to the class entry.
    unsafe { (*class).ce_flags |= ClassFlags::Final.bits() };
}

/// Makes the enums final, as those written in PHP are.
///
/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    finalise::<Method>();
    finalise::<LoginState>();
    finalise::<Purpose>();
    finalise::<Requester>();
    finalise::<Algorithm>();
    finalise::<HealthStatus>();
    finalise::<AuditTopic>();
    finalise::<LicenceState>();
}

/// All methods, as PHP sees them.
pub(super) fn methods(methods: &[types::Method]) -> Vec<Method> {
    methods.iter().copied().map(Method::from).collect()
}

/// The names of all methods, for dumps and JSON.
pub(super) fn names(methods: &[types::Method]) -> Vec<&'static str> {
    methods.iter().map(|method| method.as_str()).collect()
}
