//! An enrolled factor: its name, its times, and what its kind keeps.

use std::fmt;

use data_encoding::HEXLOWER;

use super::app::AppFactor;
use super::backup::BackupCodes;
use super::ids::RequirementId;
use super::label::Label;
use super::recovery::RecoveryCodes;
use crate::audit::Event;
use crate::clock::UnixTime;
use crate::crypto::{Derivation, Deriver, HashKey, hash, scrub_stack};
use crate::types::Method;

/// Authenticator apps that one account may have.
pub const MOST_APPS: usize = 5;

/// What a factor is known by outside: a short keyed hash of what it consists of, worth nothing without the account.
/// The same app, number or address has the same id whenever it is enrolled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FactorId(pub(super) [u8; 8]);

impl fmt::Debug for FactorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FactorId({self})")
    }
}

impl fmt::Display for FactorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FactorId {
    /// That of a factor of that method: of an app's secret, a number, an address, the first recovery code; of nothing for
    /// backup codes.
    pub(super) fn of(key: &HashKey, method: Method, what: &[u8]) -> Self {
        let name = method.as_str().as_bytes();
        let mac = hash(key, &[b"twofactor/factor/1", name, what]);
        scrub_stack();
        let (short, _) = mac.bytes().split_at(8);
        Self(short.try_into().unwrap_or_default())
    }

    /// That of a set of recovery codes; `None` when their key is not there.
    pub(super) fn of_codes(
        key: &HashKey,
        codes: &RecoveryCodes,
        deriver: &Deriver<'_>,
    ) -> Option<Self> {
        let first = codes.code(deriver, 1)?;
        Some(Self::of(key, Method::RecoveryCode, &first))
    }

    /// The id that a text names; `None` if it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// What a factor's kind keeps of it.
#[derive(Clone)]
pub(super) enum FactorKind {
    /// An authenticator app, in a place of its own: a list that grows leaves no copy of a key behind.
    App(Box<AppFactor>),
    /// One way to the account's telephone, whose number stands once in the account ([`super::oob_factor`]).
    Phone(Method),
    /// A mailbox, by its address.
    Email(String),
    /// Backup codes.
    BackupCodes(BackupCodes),
    /// Recovery codes.
    RecoveryCodes(RecoveryCodes),
}

/// One enrolled factor.
#[derive(Clone)]
pub struct Factor {
    pub(super) id: FactorId,
    pub(super) label: Label,
    pub(super) enrolled_at: UnixTime,
    pub(super) last_used_at: Option<UnixTime>,
    /// What was required of everybody when it was enrolled.
    pub(super) under: Option<RequirementId>,
    /// It proves nothing until it is resumed.
    pub(super) is_suspended: bool,
    pub(super) kind: FactorKind,
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factor")
            .field("id", &self.id)
            .field("method", &self.method())
            .finish_non_exhaustive()
    }
}

impl Factor {
    /// One that is enrolled at `now`. `id` is of what it consists of, under the account's key.
    pub(super) const fn new(id: FactorId, label: Label, kind: FactorKind, now: UnixTime) -> Self {
        Self {
            id,
            label,
            enrolled_at: now,
            last_used_at: None,
            under: None,
            is_suspended: false,
            kind,
        }
    }

    /// Its name outside.
    #[must_use]
    pub const fn id(&self) -> &FactorId {
        &self.id
    }

    /// How it is proven.
    #[must_use]
    pub const fn method(&self) -> Method {
        match &self.kind {
            FactorKind::App(_) => Method::Totp,
            FactorKind::Phone(method) => *method,
            FactorKind::Email(_) => Method::Email,
            FactorKind::BackupCodes(_) => Method::BackupCode,
            FactorKind::RecoveryCodes(_) => Method::RecoveryCode,
        }
    }

    /// What its user calls it; empty if they gave it no name.
    #[must_use]
    pub fn label(&self) -> &str {
        self.label.as_str()
    }

    /// When it was enrolled.
    #[must_use]
    pub const fn enrolled_at(&self) -> UnixTime {
        self.enrolled_at
    }

    /// When a proof of it was last accepted.
    #[must_use]
    pub const fn last_used_at(&self) -> Option<UnixTime> {
        self.last_used_at
    }

    /// Whether it proves nothing until it is resumed. It is enrolled all the same: its account has a second factor.
    #[must_use]
    pub const fn is_suspended(&self) -> bool {
        self.is_suspended
    }

    /// An event about this factor.
    pub(super) fn event(&self, event: Event) -> Event {
        let id = HEXLOWER.encode(&self.id.0);
        event.method(self.method()).factor(id, self.label())
    }

    /// Look-up codes of which none is left.
    pub(super) fn is_used_up(&self) -> bool {
        match &self.kind {
            FactorKind::BackupCodes(codes) => codes.left() == 0,
            FactorKind::RecoveryCodes(codes) => codes.left() == 0,
            FactorKind::App(_) | FactorKind::Phone(_) | FactorKind::Email(_) => false,
        }
    }

    /// What it is derived from, if it is.
    pub(super) fn derivation(&self) -> Option<&Derivation> {
        match &self.kind {
            FactorKind::App(app) => app.secret.derivation(),
            FactorKind::RecoveryCodes(codes) => Some(&codes.from),
            FactorKind::Phone(_) | FactorKind::Email(_) | FactorKind::BackupCodes(_) => None,
        }
    }

    /// Whether what is derived for it is what it was enrolled with: its id is of that. `key` is the account's own.
    pub(super) fn is_derived_as_ever(&self, key: &HashKey, deriver: &Deriver<'_>) -> bool {
        let id = match &self.kind {
            FactorKind::App(app) if app.secret.derivation().is_some() => {
                let totp = app.secret.totp(Some(deriver));
                totp.map(|it| FactorId::of(key, Method::Totp, it.secret().bytes()))
            }
            FactorKind::RecoveryCodes(codes) => FactorId::of_codes(key, codes, deriver),
            FactorKind::App(_)
            | FactorKind::Phone(_)
            | FactorKind::Email(_)
            | FactorKind::BackupCodes(_) => return true,
        };
        id == Some(self.id)
    }

    /// The address of a mailbox.
    pub(super) fn address(&self) -> Option<&str> {
        match &self.kind {
            FactorKind::Email(address) => Some(address),
            _ => None,
        }
    }

    pub(super) fn app(&self) -> Option<&AppFactor> {
        match &self.kind {
            FactorKind::App(app) => Some(app),
            _ => None,
        }
    }

    pub(super) fn app_mut(&mut self) -> Option<&mut AppFactor> {
        match &mut self.kind {
            FactorKind::App(app) => Some(app),
            _ => None,
        }
    }

    pub(super) const fn backup(&self) -> Option<&BackupCodes> {
        match &self.kind {
            FactorKind::BackupCodes(codes) => Some(codes),
            _ => None,
        }
    }

    pub(super) const fn recovery(&self) -> Option<&RecoveryCodes> {
        match &self.kind {
            FactorKind::RecoveryCodes(codes) => Some(codes),
            _ => None,
        }
    }

    pub(super) const fn recovery_mut(&mut self) -> Option<&mut RecoveryCodes> {
        match &mut self.kind {
            FactorKind::RecoveryCodes(codes) => Some(codes),
            _ => None,
        }
    }

    pub(super) const fn backup_mut(&mut self) -> Option<&mut BackupCodes> {
        match &mut self.kind {
            FactorKind::BackupCodes(codes) => Some(codes),
            _ => None,
        }
    }
}
