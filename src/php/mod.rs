//! The PHP extension: arguments in, objects and exceptions out. It decides nothing.
//!
//! One file per class, all of them `final` and immutable. Beside them:
//!
//! - [`argument`], [`signature`]: what the engine and reflection expect of a parameter,
//! - [`exception`], [`failure`]: how a method ends when it does not return,
//! - [`object`]: dumps, comparison, construction,
//! - [`callback`]: callables that are kept, and the secrets they are called with,
//! - [`settings`], [`pool`]: which verifier is opened, and how long it stays open,
//! - [`method`], [`register`]: how the engine is told of methods and classes, and calls them,
//! - [`start`], [`snapshot`], [`ini`], [`info`], [`sapi`]: module start and what was found then, php.ini, phpinfo(), which
//!   program runs PHP,
//! - [`surroundings`]: all of that, for a support bundle.
//!
//! Here and nowhere else is `unsafe`. Of it one rule is worth knowing: no borrow of ours is held
//! while PHP code runs, and PHP code runs only inside [`failure::guarded`].

use std::ffi::c_int;

use ext_php_rs::error::Result;
use ext_php_rs::prelude::*;

use self::method::MethodList;

mod account;
mod api;
mod api_context;
mod api_response;
mod argument;
mod audit_event;
mod backup_codes;
mod callback;
mod client;
mod clock;
mod date;
mod delivery;
mod device;
mod enrolled;
mod enrolment_of_everybody;
mod enums;
mod exception;
mod factor;
mod failure;
mod health;
mod health_check;
mod health_finding;
mod imported;
mod info;
mod ini;
mod licence;
mod login;
mod message;
mod method;
mod notice;
mod object;
mod phone_number;
mod pool;
mod post_startup;
mod proven_number;
mod provider;
mod provider_kind;
mod recovery_codes;
mod register;
mod sapi;
mod secret;
mod sent_message;
mod session;
mod settings;
mod signature;
mod snapshot;
mod start;
mod surroundings;
mod totp;
mod totp_setup;
mod user;
mod verified;
mod verifier;

/// After every class is registered: parameters and handlers.
///
/// # Safety
/// Before the first request, on the thread that starts PHP.
unsafe fn describe() {
    signature::begin();
    // SAFETY: as the caller promises.
    unsafe {
        account::describe();
        api::describe();
        api_context::describe();
        api_response::describe();
        audit_event::describe();
        backup_codes::describe();
        client::describe();
        delivery::describe();
        device::describe();
        enrolled::describe();
        factor::describe();
        enums::describe();
        health::describe();
        health_check::describe();
        health_finding::describe();
        licence::describe();
        login::describe();
        message::describe();
        notice::describe();
        phone_number::describe();
        enrolment_of_everybody::describe();
        proven_number::describe();
        provider::describe();
        provider_kind::describe();
        recovery_codes::describe();
        secret::describe();
        sent_message::describe();
        session::describe();
        totp::describe();
        totp_setup::describe();
        user::describe();
        verified::describe();
        verifier::describe();
    }
}

/// All classes but the exceptions and enumerations.
///
/// # Errors
/// When the engine refuses one.
fn register_classes() -> Result<()> {
    let list = &mut MethodList::new()?;
    register::class::<user::User>(list)?;
    register::class::<client::Client>(list)?;
    register::class::<verifier::Verifier>(list)?;
    register::class::<login::Login>(list)?;
    register::class::<verified::Verified>(list)?;
    register::class::<delivery::Delivery>(list)?;
    register::class::<device::Device>(list)?;
    register::class::<message::Message>(list)?;
    register::class::<notice::Notice>(list)?;
    register::class::<sent_message::SentMessage>(list)?;
    register::class::<session::Session>(list)?;
    register::class::<totp_setup::TotpSetup>(list)?;
    register::class::<enrolled::Enrolled>(list)?;
    register::class::<factor::Factor>(list)?;
    register::class::<backup_codes::BackupCodes>(list)?;
    register::class::<recovery_codes::RecoveryCodes>(list)?;
    register::class::<account::Account>(list)?;
    register::class::<audit_event::AuditEvent>(list)?;
    register::class::<health::Health>(list)?;
    register::class::<health_check::HealthCheck>(list)?;
    register::class::<health_finding::HealthFinding>(list)?;
    register::class::<secret::Secret>(list)?;
    register::class::<totp::Totp>(list)?;
    register::class::<phone_number::PhoneNumber>(list)?;
    register::class::<provider::Provider>(list)?;
    register::class::<provider_kind::ProviderKind>(list)?;
    register::class::<enrolment_of_everybody::EnrolmentOfEverybody>(list)?;
    register::class::<proven_number::ProvenNumber>(list)?;
    register::class::<licence::Licence>(list)?;
    register::class::<api::Api>(list)?;
    register::class::<api_context::ApiContext>(list)?;
    register::class::<api_response::ApiResponse>(list)?;
    Ok(())
}

unsafe extern "C" fn startup(kind: c_int, module: c_int) -> c_int {
    // SAFETY: the engine calls this as it calls every module, on the thread that starts it.
    unsafe {
        let status = start::startup(kind, module, register_classes);
        if status == start::SUCCESS {
            post_startup::run(describe);
        }
        status
    }
}

/// The extension `twofactor`.
#[php_module]
pub fn module(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .startup_function(startup)
        .shutdown_function(start::shutdown)
        .info_function(info::info)
        .enumeration::<enums::Method>()
        .enumeration::<enums::LoginState>()
        .enumeration::<enums::Purpose>()
        .enumeration::<enums::Requester>()
        .enumeration::<enums::Algorithm>()
        .enumeration::<enums::HealthStatus>()
        .enumeration::<enums::AuditTopic>()
        .enumeration::<enums::LicenceState>()
}
