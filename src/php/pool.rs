//! Open verifiers, kept from request to request.
//!
//! A verifier owns a connection to its store, and opening one costs a thousand times what a
//! verification does. So each thread keeps the ones it opened, by their settings and keys. Three
//! rules keep that safe:
//!
//! - After a fork the child uses nothing of the parent's and ends nothing of it: before it opens anything, it lets
//!   go of all that this thread had open, whoever still holds it, and leaks the rest.
//! - A verifier that panicked is closed and never used again.
//! - `memory:` is never kept: whoever opens it wants an empty store.

use std::cell::{Cell, RefCell};
use std::fs;
use std::mem::{self, ManuallyDrop};
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::rc::{Rc, Weak};

use super::failure::{Failure, contained, misconfigured};
use super::settings::Settings;
use super::snapshot;
use crate::crypto::KeyRing;
use crate::startup::PreloadedKeys;
use crate::store::StoreUrl;
use crate::verifier::{Error, Verifier};

/// More settings than this in one thread are a test suite's.
const MOST: usize = 8;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { pid: 0, open: Vec::new(), all: Vec::new() }) };
}

/// An open verifier of this process.
#[derive(Debug)]
pub(super) struct OpenVerifier {
    pid: u32,
    broken: Cell<bool>,
    memory: bool,
    verifier: ManuallyDrop<Verifier>,
}

impl OpenVerifier {
    /// Whether this process may use it. A copy of `memory:` has no connection to share.
    pub(super) fn is_usable(&self) -> bool {
        !self.broken.get() && (self.memory || self.pid == process::id())
    }

    /// Whether it can be replaced by opening the same again.
    pub(super) const fn can_be_reopened(&self) -> bool {
        !self.memory
    }

    /// In a fork: once is enough, and more than once does no harm.
    fn disown_after_fork(&self) {
        if !self.memory {
            let _ = catch_unwind(AssertUnwindSafe(|| self.verifier.disown_after_fork()));
        }
    }

    /// Asks it something. A panic breaks it.
    ///
    /// # Errors
    /// The core's, as exceptions; `Error` after a panic.
    pub(super) fn ask<R>(
        &self,
        question: impl FnOnce(&Verifier) -> Result<R, Error>,
    ) -> Result<R, Failure> {
        Ok(self.put(question)??)
    }

    /// Asks it something, whatever it answers. A panic breaks it.
    ///
    /// # Errors
    /// `Error` after a panic.
    pub(super) fn put<R>(&self, question: impl FnOnce(&Verifier) -> R) -> Result<R, Failure> {
        // Broken until the answer is there: nothing can leave early and go unnoticed.
        self.broken.set(true);
        let answer = contained(|| question(&self.verifier))?;
        self.broken.set(false);
        Ok(answer)
    }
}

impl Drop for OpenVerifier {
    fn drop(&mut self) {
        if self.pid != process::id() {
            self.disown_after_fork();
            return;
        }
        // SAFETY: dropped once, here, and not used again.
        let verifier = unsafe { ManuallyDrop::take(&mut self.verifier) };
        let _ = catch_unwind(AssertUnwindSafe(move || drop(verifier)));
    }
}

/// What a verifier was opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PoolKey {
    settings: Settings,
    foreign_clock: bool,
    keys: KeyIdentity,
}

/// Tells one content of the key file from another without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum KeyIdentity {
    /// Read at module start.
    Preloaded,
    /// Read by the verifier: device, inode, size, seconds and nanoseconds of the last change.
    File(u64, u64, u64, i64, i64),
    /// From wherever the verifier found it.
    Found,
}

#[derive(Debug)]
struct Pool {
    pid: u32,
    open: Vec<(PoolKey, Rc<OpenVerifier>)>,
    /// Everything that is open in this thread, kept or not.
    all: Vec<Weak<OpenVerifier>>,
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Each `OpenVerifier` knows whether it is this process's to close.
        self.open.clear();
    }
}

impl Pool {
    fn find(&mut self, key: &PoolKey) -> Option<Rc<OpenVerifier>> {
        let pid = process::id();
        if self.pid != pid {
            self.pid = pid;
            for held in mem::take(&mut self.all) {
                if let Some(held) = held.upgrade() {
                    held.disown_after_fork();
                }
            }
            self.open.clear();
        }
        self.open.retain(|(_, held)| held.is_usable());
        self.open
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, held)| Rc::clone(held))
    }

    fn keep(&mut self, key: PoolKey, held: Rc<OpenVerifier>) {
        self.all.retain(|known| known.strong_count() > 0);
        self.all.push(Rc::downgrade(&held));
        // Replaced, not added to, when the file behind the same settings changed.
        self.open.retain(|(known, _)| {
            known.settings != key.settings || known.foreign_clock != key.foreign_clock
        });
        if self.open.len() >= MOST {
            self.open.remove(0);
        }
        self.open.push((key, held));
    }
}

fn keys(settings: &Settings) -> Result<(Option<KeyRing>, KeyIdentity), Failure> {
    match snapshot::keys(settings) {
        PreloadedKeys::Ring(ring) => return Ok((Some(ring), KeyIdentity::Preloaded)),
        PreloadedKeys::Unusable(why) => return Err(misconfigured(&why.to_string())),
        PreloadedKeys::Nothing => {}
    }
    let identity = fs::metadata(settings.path("key_file")).map_or(KeyIdentity::Found, |facts| {
        KeyIdentity::File(
            facts.dev(),
            facts.ino(),
            facts.size(),
            facts.mtime(),
            facts.mtime_nsec(),
        )
    });
    Ok((None, identity))
}

/// An open verifier with these settings: one that is open already, or a new one.
///
/// # Errors
/// `ConfigurationError`, `Unavailable`
pub(super) fn open(settings: &Settings, foreign_clock: bool) -> Result<Rc<OpenVerifier>, Failure> {
    let (ring, identity) = keys(settings)?;
    let key = PoolKey {
        settings: settings.clone(),
        foreign_clock,
        keys: identity,
    };
    if let Some(held) = POOL.with_borrow_mut(|pool| pool.find(&key)) {
        held.ask(Verifier::recognise_store)?;
        return Ok(held);
    }
    let config = contained(|| settings.config(snapshot::variable_of_request()))?
        .map_err(|why| misconfigured(&why.to_string()))?;
    let memory = matches!(config.store(), StoreUrl::Memory);
    let providers = snapshot::providers(settings);
    let opened = contained(|| Verifier::open_with(config, ring, providers, foreign_clock))?;
    let held = Rc::new(OpenVerifier {
        pid: process::id(),
        broken: Cell::new(false),
        memory,
        verifier: ManuallyDrop::new(opened?),
    });
    if !memory {
        let kept = Rc::clone(&held);
        POOL.with_borrow_mut(|pool| pool.keep(key, kept));
    }
    Ok(held)
}

/// Closes what this thread has open; at module end.
pub(super) fn close() {
    let open = POOL.try_with(|pool| {
        pool.try_borrow_mut()
            .map(|mut pool| mem::take(&mut pool.open))
    });
    drop(open);
}
