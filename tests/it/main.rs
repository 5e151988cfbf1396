//! All integration tests but those of `tests/zeroing.rs`, whose allocator has to be a process's only one: each
//! binary links the whole extension once more. The tests of one run share a process: environment, current directory
//! and signals are set in a child, never here.

#![allow(missing_docs)]

mod api;
mod attacks;
mod budget_properties;
mod channels;
#[cfg(feature = "cli")]
mod cli;
mod constant_time;
mod derived_secrets;
#[cfg(feature = "premium")]
mod devices;
mod faults;
mod file_cycles;
mod galera;
mod gateway;
mod http_api;
#[cfg(feature = "premium")]
mod licence;
#[cfg(feature = "premium")]
mod licensed;
mod login_machine;
mod modules;
mod mysql_answers;
#[cfg(feature = "premium")]
mod networks;
mod password_resets;
mod phone_oracle;
mod providers;
mod races;
mod readme;
mod requesters;
mod sns;
mod store_races;
mod stores;
mod stores_support;
mod strict_fakes;
mod twilio;
mod verifier;

/// What the processes that `stores_support` starts are told to run.
#[test]
fn worker() {
    stores_support::work();
}
