//! What could not be done lately in a process, by kind: for whoever is asked why something does not work.
//!
//! A store that is down cannot keep what failed because of it, so this is a list in memory: a few entries, the same ones
//! counted. There is no text of a server's, a provider's or a person's in it, no path and no user: a kind is a word of ours, and
//! beside it stands a number or word of the error that it came of. What happened on the whole site is counted with its events.

use std::time::Instant;

use super::error::{Error, Misconfiguration, Unavailable};
use crate::account::AccountError;
use crate::delivery::DeliveryError;
use crate::delivery::stats::FailureReason;
use crate::session::SessionError;
use crate::shared::SharedError;
use crate::store::StoreError;

/// How many are remembered.
const MOST: usize = 20;

/// What could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastFailure {
    /// What, in a word of ours.
    pub kind: &'static str,
    /// Of which error, in its number or our word for it.
    pub cause: Option<String>,
    /// How often.
    pub times: u32,
    /// When last.
    pub last: Instant,
}

/// The latest of them, the newest last.
#[derive(Debug, Default)]
pub struct Failures(Vec<PastFailure>);

impl Failures {
    /// None yet.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Remembers an error, unless it is an answer: nobody who is refused fills the list.
    pub fn note(&mut self, error: &Error, at: Instant) {
        let Some((kind, cause)) = kind(error) else {
            return;
        };
        let known = self
            .0
            .iter()
            .position(|it| it.kind == kind && it.cause == cause);
        let times = known.map_or(0, |place| self.0.remove(place).times);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(PastFailure {
            kind,
            cause,
            times: times.saturating_add(1),
            last: at,
        });
    }

    /// All that are remembered.
    #[must_use]
    pub fn list(&self) -> &[PastFailure] {
        &self.0
    }
}

type Kind = (&'static str, Option<String>);

fn kind(error: &Error) -> Option<Kind> {
    match error {
        Error::Unavailable(why) => Some(of_unavailable(why)),
        Error::Configuration(why) => Some(of_misconfiguration(why)),
        Error::Denied(_)
        | Error::Number { .. }
        | Error::Factor(_)
        | Error::StandingWanted(_)
        | Error::LicenceRequired(_)
        | Error::Invalid { .. } => None,
    }
}

const fn named(kind: &'static str) -> Kind {
    (kind, None)
}

pub(super) fn of_store(error: &StoreError) -> Kind {
    let kind = match error {
        StoreError::Unavailable { .. } => "store.unavailable",
        StoreError::Configuration { .. } => "store.configuration",
    };
    (kind, Some(error.cause().to_string()))
}

pub(super) fn of_account(error: &AccountError) -> Kind {
    match error {
        AccountError::Store(error) => of_store(error),
        AccountError::Sealed { .. } => named("account.sealed"),
        AccountError::KeyMissing { .. } => named("account.key-missing"),
        AccountError::KeyReplaced { .. } => named("account.key-replaced"),
        AccountError::Document { .. } => named("account.document"),
        AccountError::Removed(_) => named("account.removed"),
        AccountError::Requirement(_) => named("requirement.sealed"),
        AccountError::Random(_) => named("random"),
        AccountError::Busy(_) => named("account.busy"),
    }
}

fn of_shared(error: &SharedError) -> Kind {
    match error {
        SharedError::Store(error) => of_store(error),
        SharedError::Row { kind, .. } => ("row.unreadable", Some(kind.to_string())),
        SharedError::Random(_) => named("random"),
        SharedError::Busy => named("row.busy"),
    }
}

fn of_session(error: &SessionError) -> Kind {
    match error {
        SessionError::Account(error) => of_account(error),
        SessionError::Shared(error) => of_shared(error),
        SessionError::Sessions { .. } => named("sessions.unreadable"),
        SessionError::Generation(_) => named("sessions.generation"),
        SessionError::Random(_) => named("random"),
    }
}

fn of_delivery(error: &DeliveryError) -> Kind {
    match error {
        DeliveryError::Store(error) => of_store(error),
        DeliveryError::Shared(error) => of_shared(error),
        DeliveryError::Provider { source, .. } => {
            let reason = FailureReason::of(source).as_str();
            ("delivery.provider", Some(reason.to_owned()))
        }
        DeliveryError::NobodySent { source, .. } => {
            let reason = source
                .as_deref()
                .map(|it| FailureReason::of(it).as_str().to_owned());
            ("delivery.nobody-sent", reason)
        }
        DeliveryError::Unverified { .. } => named("delivery.unverified"),
        DeliveryError::ProviderGone(_) => named("delivery.provider-gone"),
        DeliveryError::Number => named("delivery.number"),
        DeliveryError::Throttled { .. }
        | DeliveryError::Refused { .. }
        | DeliveryError::NotGenuine => named("delivery.refused"),
    }
}

fn of_unavailable(why: &Unavailable) -> Kind {
    match why {
        Unavailable::Account(error) => of_account(error),
        Unavailable::Session(error) => of_session(error),
        Unavailable::Shared(error) => of_shared(error),
        Unavailable::Store(error) => of_store(error),
        Unavailable::Delivery(error) => of_delivery(error),
        Unavailable::AnswerLost { .. } => named("delivery.answer-lost"),
        Unavailable::Keys(_) => named("keys"),
        Unavailable::Random(_) => named("random"),
        Unavailable::Secret(_) => named("secret"),
        Unavailable::Providers(_) => named("providers.unreadable"),
        Unavailable::ProvidersBusy => named("providers.busy"),
        Unavailable::Policy => named("policy.unreadable"),
        Unavailable::MarkDamaged(_) => named("mark.damaged"),
        Unavailable::MarkMissing => named("mark.missing"),
        Unavailable::Networks { .. } => named("networks.unreadable"),
    }
}

fn of_misconfiguration(why: &Misconfiguration) -> Kind {
    match why {
        Misconfiguration::Store(error) => of_store(error),
        Misconfiguration::Stranger(_) => named("store.of-others"),
        Misconfiguration::Key(_) | Misconfiguration::Keys(_) => named("keys.configuration"),
        Misconfiguration::Totp(_) => named("apps.configuration"),
        Misconfiguration::Limits => named("limits.configuration"),
        Misconfiguration::Texts(_) => named("texts.unreadable"),
        Misconfiguration::Provider { .. }
        | Misconfiguration::Providers(_)
        | Misconfiguration::ProviderConfig(_)
        | Misconfiguration::ProvidersElsewhere(_)
        | Misconfiguration::ProviderOrder
        | Misconfiguration::ProviderName(_)
        | Misconfiguration::UnknownProvider => named("providers.configuration"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Denied;
    use crate::clock::instant;
    use crate::types::UserId;

    #[test]
    fn equal_failures_are_counted_the_oldest_go_and_an_answer_is_none() {
        let (mut list, at) = (Failures::none(), instant());
        list.note(&Denied::Rejected.into(), at);
        assert!(list.list().is_empty());
        let busy = || AccountError::Busy(UserId::new("c4nary").unwrap()).into();
        for _ in 0..3 {
            list.note(&busy(), at);
        }
        list.note(&Unavailable::MarkMissing.into(), at);
        list.note(&busy(), at);
        let kinds: Vec<_> = list.list().iter().map(|it| (it.kind, it.times)).collect();
        assert_eq!(kinds, [("mark.missing", 1), ("account.busy", 4)]);
        for code in 0..100u16 {
            let failure = rusqlite::ffi::Error::new(i32::from(code));
            let error = StoreError::Unavailable {
                advice: "c4nary".to_owned(),
                source: Some(Box::new(rusqlite::Error::SqliteFailure(failure, None))),
            };
            list.note(&error.into(), at);
        }
        assert_eq!(list.list().len(), MOST);
        assert_eq!(
            list.list()[MOST - 1].cause.as_deref(),
            Some("SQLite error 99")
        );
        assert!(!format!("{:?}", list.list()).contains("c4nary"));
    }
}
