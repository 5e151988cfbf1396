//! Verifies second factors for PHP.
//!
//! One user is one sealed document, and every change of it is one compare-and-swap: see
//! `docs/design.md`. The modules of this crate depend on each other downwards only
//! (`tests/it/modules.rs` holds them to it):
//!
//! ```text
//! php ─▶ verifier ─▶ account ─▶ audit          (cli, the operator's command line, stands beside php)
//!  │         │           └────▶ config ─▶ store, phone, client_ip, development
//!  │         ├─▶ premium ───────▶ sms, shared
//!  │         ├─▶ startup ───────▶ config, crypto
//!  ▼         ├─▶ sms ───────────▶ config, phone, crypto, i18n, development
//!  qr        └─▶ mail ──────────▶ i18n
//!
//! audit ─▶ crypto; whoever is above may use what is below; clock, types, normalize and percent are everybody's
//! ```
//!
//! Everything outside `php` is plain Rust without a PHP symbol and without `unsafe`.

#![deny(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss
    )
)]

pub mod account;
pub mod api;
pub mod audit;
pub mod browser;
#[cfg(feature = "cli")]
pub mod cli;
pub mod client_ip;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod delivery;
pub mod development;
pub mod figures;
pub mod i18n;
#[cfg(feature = "cli")]
pub mod import;
mod json;
pub mod mail;
pub mod normalize;
mod notice;
mod openmetrics;
mod percent;
pub mod phone;
#[cfg(feature = "php")]
// The one module with `unsafe`. Names are PHP's, so that reflection and named arguments have them.
#[allow(unsafe_code, non_snake_case)]
mod php;
#[cfg(feature = "premium")]
pub mod premium;
pub mod proxy;
pub mod qr;
pub mod session;
pub mod shared;
pub mod sms;
pub mod startup;
pub mod store;
pub mod texts;
pub mod types;
pub mod verifier;
