//! What a site with many users needs, apart from the free product: everything here stands behind a licence.
//!
//! ```text
//!  verifier ─▶ its wiring (src/verifier/premium) ─▶ premium::licence ──makes──▶ Premium
//!                              │                                                   │ &Premium
//!                              └──────────▶ every other entry of this module ◀─────┘
//! ```
//!
//! A [`Premium`] is the proof that a licence is good at this moment. Only [`licence::judge`] makes one, and every
//! function of this module that others can call, those of [`licence`] apart, takes it as an argument, or is called on a
//! value that such a function has made: what is premium cannot be reached without it. Nothing but the verifier's wiring
//! names this module (`tests/it/modules.rs` holds all of that), and without the feature `premium` nothing of it is
//! compiled.
//!
//! What only ever denies takes none: a list or limit that was set must not end because a licence does, or because its row
//! was damaged, or whoever guesses waits for that or sees to it. `tests/it/modules.rs` names each of these entries.
//!
//! No rule that keeps an account safe is here: whoever loses the licence loses what it adds for many users, and nobody
//! their sign-in or factor.

pub mod alerts;
pub mod devices;
pub mod enforcement;
pub mod figures;
pub mod guessing;
pub mod licence;
pub mod network;
pub mod support;

pub use licence::Premium;
