//! What the process was started with, for whoever opens a verifier in it.

use std::sync::{OnceLock, PoisonError, RwLock};

use crate::startup::{PreloadedKeys, ProviderList, Settings, Snapshot};

static SNAPSHOT: RwLock<Option<Snapshot>> = RwLock::new(None);

/// Names behind `twofactor.` in php.ini that are no setting. They stay when the module ends.
static UNKNOWN_DIRECTIVES: OnceLock<Vec<String>> = OnceLock::new();

/// At module start.
pub(super) fn keep(snapshot: Snapshot, unknown_directives: Vec<String>) {
    let _ = UNKNOWN_DIRECTIVES.set(unknown_directives);
    *SNAPSHOT.write().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
}

/// At module end: keys are wiped.
pub(super) fn forget() {
    let mut kept = SNAPSHOT.write().unwrap_or_else(PoisonError::into_inner);
    kept.take();
}

fn ask<R>(question: impl FnOnce(&Snapshot) -> R) -> Option<R> {
    let kept = SNAPSHOT.read().unwrap_or_else(PoisonError::into_inner);
    kept.as_ref().map(question)
}

/// The keys that settings mean.
pub(super) fn keys(settings: &Settings) -> PreloadedKeys {
    ask(|it| settings.keys(it)).unwrap_or(PreloadedKeys::Nothing)
}

/// Whether the process was given a key, be it one that cannot be used.
pub(super) fn names_key(key_file: &str) -> bool {
    ask(|it| it.names_key(key_file)).unwrap_or(false)
}

/// The list of providers that they mean.
pub(super) fn providers(settings: &Settings) -> Option<ProviderList> {
    ask(|it| settings.providers(it)).flatten()
}

/// What a setting's variable said: its text, and whether it is one.
pub(super) fn variable(setting: &str) -> Option<(zeroize::Zeroizing<String>, bool)> {
    ask(|it| {
        let variable = it.environment().variable(setting)?;
        Some((variable.text().to_owned().into(), variable.is_text()))
    })
    .flatten()
}

/// A variable that came with a request.
pub(super) fn variable_of_request() -> Option<String> {
    ask(|it| it.environment().of_request().map(str::to_owned)).flatten()
}

/// Names that are no setting: in php.ini, and in the environment.
pub(super) fn unknown() -> (&'static [String], Vec<String>) {
    let directives = UNKNOWN_DIRECTIVES.get().map(Vec::as_slice);
    let variables = ask(|it| it.environment().unknown().to_vec());
    (
        directives.unwrap_or_default(),
        variables.unwrap_or_default(),
    )
}
