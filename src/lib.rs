//! Verifies second factors for PHP.
//!
//! One user is one sealed document, and every change of it is one compare-and-swap: see
//! `docs/design.md`. The rooms of this crate depend on each other downwards only
//! (`tests/rooms.rs` holds them to it):
//!
//! ```text
//! php ─▶ verifier ─▶ account ─▶ audit
//!  │         │           └────▶ config ─▶ store, phone, origin, development
//!  ▼         ├─▶ sms ───────────▶ config, phone, crypto, wording, development
//!  qr        └─▶ mail ──────────▶ wording
//!
//! audit ─▶ crypto; whoever is above may use what is below; clock, terms and typed are everybody's
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
pub mod audit;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod development;
pub mod mail;
pub mod origin;
pub mod phone;
#[cfg(feature = "php")]
// The one room with `unsafe`. Names are PHP's, so that reflection and named arguments have them.
#[allow(unsafe_code, non_snake_case)]
mod php;
pub mod proxy;
pub mod qr;
pub mod sms;
pub mod store;
pub mod terms;
pub mod typed;
pub mod verifier;
pub mod wording;
