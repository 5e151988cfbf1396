//! The providers of a site in their order, and which of them are asked for a message.

use std::cell::RefCell;
use std::fmt;

use super::pending::Standing;
use crate::sms::{Channel, Provider};
use crate::types::{Method, Purpose};

/// The providers of a site, the first to be asked first, each under its name.
#[derive(Default)]
pub struct ActiveProviders(RefCell<Vec<(String, Provider)>>);

impl fmt::Debug for ActiveProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// Who asks for a code, as far as the choice of a provider depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Which way the code is to go.
    pub channel: Channel,
    /// What for.
    pub purpose: Purpose,
    /// How much the request has behind it.
    pub standing: Standing,
    /// Who was asked the last time.
    pub last_provider: &'a str,
}

impl ActiveProviders {
    /// In that order.
    #[must_use]
    pub fn new(providers: Vec<(String, Provider)>) -> Self {
        Self(RefCell::new(providers))
    }

    /// Takes all of them out, to put others in.
    pub fn take(&self) -> Vec<(String, Provider)> {
        self.0.take()
    }

    /// Puts these in the place of all.
    pub fn set(&self, providers: Vec<(String, Provider)>) {
        self.0.replace(providers);
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.listed(|_| true)
    }

    /// The ways of the one of that name.
    #[must_use]
    pub fn methods(&self, name: &str) -> Vec<Method> {
        self.with(name, |provider| {
            provider.channels().into_iter().map(Method::from).collect()
        })
        .unwrap_or_default()
    }

    /// Those whose answers are not signed.
    #[must_use]
    pub fn unsigned(&self) -> Vec<String> {
        self.listed(Provider::is_unsigned)
    }

    /// Whether there is one for that way.
    #[must_use]
    pub fn offers(&self, channel: Channel) -> bool {
        let providers = self.0.borrow();
        providers
            .iter()
            .any(|(_, provider)| provider.channels().contains(&channel))
    }

    /// Their names, and the ways of each.
    #[must_use]
    pub fn channels(&self) -> Vec<(String, Vec<Channel>)> {
        let providers = self.0.borrow();
        providers
            .iter()
            .map(|(name, provider)| (name.clone(), provider.channels()))
            .collect()
    }

    /// Asks the provider of that name; `None` when there is none.
    pub fn with<T>(&self, name: &str, ask: impl FnOnce(&Provider) -> T) -> Option<T> {
        let providers = self.0.borrow();
        let found = providers.iter().find(|(known, _)| known == name);
        found.map(|(_, provider)| ask(provider))
    }

    /// Asks the provider of that name for something that changes it; `None` when there is none.
    pub fn with_mut<T>(&self, name: &str, ask: impl FnOnce(&mut Provider) -> T) -> Option<T> {
        let mut providers = self.0.borrow_mut();
        let found = providers.iter_mut().find(|(known, _)| known == name);
        found.map(|(_, provider)| ask(provider))
    }

    /// Those for that way, in their order.
    #[must_use]
    pub fn for_channel(&self, channel: Channel) -> Vec<String> {
        self.listed(|provider| provider.channels().contains(&channel))
    }

    /// Those that take our texts that way.
    #[must_use]
    pub fn message_providers(&self, channel: Channel) -> Vec<String> {
        self.listed(|provider| {
            matches!(provider, Provider::Message(it) if it.channels().contains(&channel))
        })
    }

    /// Those that may be asked for a code, the one after the last first: a person who asks again was not reached.
    /// What nobody has proven goes first to where it can take nothing of what somebody has: to providers that take our
    /// text, and to those that keep it apart. A reset, which anybody may ask for, goes nowhere else.
    #[must_use]
    pub fn for_code(&self, asker: &Asker<'_>) -> Vec<String> {
        let mut order = self.for_channel(asker.channel);
        let after = order.iter().position(|name| name == asker.last_provider);
        if let Some(place) = after {
            let next = place.saturating_add(1) % order.len().max(1);
            order.rotate_left(next);
        }
        if asker.standing != Standing::Unproven {
            return order;
        }
        let is_apart = |name: &String| {
            self.with(name, |provider| match provider {
                Provider::Verification(it) => it
                    .pool(true)
                    .is_none_or(|pool| Some(pool) != it.pool(false)),
                Provider::Message(_) => true,
            })
            .unwrap_or(false)
        };
        let (mut apart, shared): (Vec<_>, Vec<_>) = order.into_iter().partition(is_apart);
        if asker.purpose != Purpose::ResetPassword {
            apart.extend(shared);
            return apart;
        }
        // A code that we made is checked here, in the same time for everybody.
        let is_ours = |name: &String| {
            self.with(name, |it| matches!(it, Provider::Message(_)))
                .unwrap_or(false)
        };
        if apart.iter().any(is_ours) {
            apart.retain(is_ours);
        }
        apart
    }

    /// Whether a provider may drop a message without a word.
    #[must_use]
    pub fn may_drop(&self, name: &str) -> bool {
        self.with(
            name,
            |provider| matches!(provider, Provider::Message(it) if it.drops_messages()),
        )
        .unwrap_or(false)
    }

    /// The pool in which a provider keeps one verification a number.
    #[must_use]
    pub fn pool(&self, name: &str, unproven: bool) -> Option<String> {
        self.with(name, |provider| match provider {
            Provider::Verification(it) => it.pool(unproven),
            Provider::Message(_) => None,
        })
        .flatten()
    }

    fn listed(&self, is: impl Fn(&Provider) -> bool) -> Vec<String> {
        let providers = self.0.borrow();
        providers
            .iter()
            .filter(|(_, provider)| is(provider))
            .map(|(name, _)| name.clone())
            .collect()
    }
}
