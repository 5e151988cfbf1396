//! The PHP extension: arguments in, objects and exceptions out. It decides nothing.
//!
//! One file per class, all of them `final` and immutable. Beside them:
//!
//! - [`argument`], [`signature`]: what the engine and reflection expect of a parameter,
//! - [`exception`], [`failure`]: how a method ends when it does not return,
//! - [`object`]: dumps, comparison, construction,
//! - [`callback`]: callables that are kept, and the secrets they are called with,
//! - [`settings`], [`pool`]: which verifier is opened, and how long it stays open,
//! - [`start`], [`snapshot`], [`ini`], [`info`], [`sapi`]: module start and what was found then, php.ini, phpinfo(), which
//!   program runs PHP.
//!
//! Here and nowhere else is `unsafe`. Of it one rule is worth knowing: no borrow of ours is held
//! while PHP code runs, and PHP code runs only inside [`failure::guarded`].

use std::ffi::c_int;

use ext_php_rs::prelude::*;

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
mod info;
mod ini;
mod licence;
mod login;
mod message;
mod object;
mod phone_number;
mod pool;
mod post_startup;
mod proven_number;
mod provider;
mod provider_kind;
mod recovery_codes;
mod sapi;
mod secret;
mod sent_message;
mod session;
mod settings;
mod signature;
mod snapshot;
mod start;
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

unsafe extern "C" fn startup(kind: c_int, module: c_int) -> c_int {
    // SAFETY: the engine calls this as it calls every module, on the thread that starts it.
    unsafe {
        let status = start::startup(kind, module);
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
        .class::<user::User>()
        .class::<client::Client>()
        .class::<verifier::Verifier>()
        .class::<login::Login>()
        .class::<verified::Verified>()
        .class::<delivery::Delivery>()
        .class::<device::Device>()
        .class::<message::Message>()
        .class::<sent_message::SentMessage>()
        .class::<session::Session>()
        .class::<totp_setup::TotpSetup>()
        .class::<enrolled::Enrolled>()
        .class::<factor::Factor>()
        .class::<backup_codes::BackupCodes>()
        .class::<recovery_codes::RecoveryCodes>()
        .class::<account::Account>()
        .class::<audit_event::AuditEvent>()
        .class::<health::Health>()
        .class::<health_check::HealthCheck>()
        .class::<health_finding::HealthFinding>()
        .class::<secret::Secret>()
        .class::<totp::Totp>()
        .class::<phone_number::PhoneNumber>()
        .class::<provider::Provider>()
        .class::<provider_kind::ProviderKind>()
        .class::<enrolment_of_everybody::EnrolmentOfEverybody>()
        .class::<proven_number::ProvenNumber>()
        .class::<licence::Licence>()
        .class::<api::Api>()
        .class::<api_context::ApiContext>()
        .class::<api_response::ApiResponse>()
}
