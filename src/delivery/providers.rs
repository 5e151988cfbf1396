//! The providers of a site in their order, and which of them are asked for a message.

use std::cell::RefCell;
use std::fmt;

use super::pending::Standing;
use crate::phone::PhoneNumber;
use crate::sms::{Channel, Provider, ProviderLimits, Usage};
use crate::types::{Method, Purpose};

/// One of them.
#[derive(Debug)]
pub struct ActiveProvider {
    /// What it is called.
    pub name: String,
    /// Whom to ask.
    pub provider: Provider,
    /// For which numbers, and how often.
    pub usage: Usage,
}

/// One that is asked for every number, as often as the site's limits allow.
impl From<(String, Provider)> for ActiveProvider {
    fn from((name, provider): (String, Provider)) -> Self {
        Self {
            name,
            provider,
            usage: Usage::default(),
        }
    }
}

/// The providers of a site, the first to be asked first, each under its name.
#[derive(Default)]
pub struct ActiveProviders(RefCell<Vec<ActiveProvider>>);

impl fmt::Debug for ActiveProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// Who asks for a code, as far as the choice of a provider depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Where to.
    pub to: &'a PhoneNumber,
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
    pub fn new<T: Into<ActiveProvider>>(providers: Vec<T>) -> Self {
        Self(RefCell::new(
            providers.into_iter().map(Into::into).collect(),
        ))
    }

    /// Takes all of them out, to put others in.
    pub fn take(&self) -> Vec<ActiveProvider> {
        self.0.take()
    }

    /// Puts these in the place of all.
    pub fn set(&self, providers: Vec<ActiveProvider>) {
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
        self.listed(|it| it.provider.is_unsigned())
    }

    /// Whether there is one for that way.
    #[must_use]
    pub fn offers(&self, channel: Channel) -> bool {
        let providers = self.0.borrow();
        providers
            .iter()
            .any(|it| it.provider.channels().contains(&channel))
    }

    /// Their names, and the ways of each.
    #[must_use]
    pub fn channels(&self) -> Vec<(String, Vec<Channel>)> {
        let providers = self.0.borrow();
        providers
            .iter()
            .map(|it| (it.name.clone(), it.provider.channels()))
            .collect()
    }

    /// Asks the provider of that name; `None` when there is none.
    pub fn with<T>(&self, name: &str, ask: impl FnOnce(&Provider) -> T) -> Option<T> {
        let providers = self.0.borrow();
        let found = providers.iter().find(|it| it.name == name);
        found.map(|it| ask(&it.provider))
    }

    /// Asks the provider of that name for something that changes it; `None` when there is none.
    pub fn with_mut<T>(&self, name: &str, ask: impl FnOnce(&mut Provider) -> T) -> Option<T> {
        let mut providers = self.0.borrow_mut();
        let found = providers.iter_mut().find(|it| it.name == name);
        found.map(|it| ask(&mut it.provider))
    }

    /// Those for that way, in their order.
    #[must_use]
    pub fn for_channel(&self, channel: Channel) -> Vec<String> {
        self.listed(|it| it.provider.channels().contains(&channel))
    }

    /// Those that take our texts that way, to that number.
    #[must_use]
    pub fn message_providers(&self, channel: Channel, to: &PhoneNumber) -> Vec<String> {
        self.listed(|active| {
            let takes = active.usage.takes(to);
            takes
                && matches!(&active.provider, Provider::Message(it) if it.channels().contains(&channel))
        })
    }

    /// Those that are asked for that number that way, in their order.
    #[must_use]
    pub fn for_number(&self, channel: Channel, to: &PhoneNumber) -> Vec<String> {
        self.listed(|it| it.provider.channels().contains(&channel) && it.usage.takes(to))
    }

    /// How often the one of that name is asked.
    #[must_use]
    pub fn limits(&self, name: &str) -> ProviderLimits {
        let providers = self.0.borrow();
        let found = providers.iter().find(|it| it.name == name);
        found.map(|it| it.usage.limits()).unwrap_or_default()
    }

    /// Whether every number has a provider of that channel; without one for all of them, the regions of `wanted` that
    /// have none.
    #[must_use]
    pub fn uncovered(&self, channel: Channel, wanted: &[&str]) -> Option<Vec<String>> {
        let providers = self.0.borrow();
        let usages: Vec<&Usage> = providers
            .iter()
            .filter(|it| it.provider.channels().contains(&channel))
            .map(|it| &it.usage)
            .collect();
        if usages.is_empty() || usages.iter().any(|usage| usage.takes_all()) {
            return None;
        }
        let is_uncovered = |region: &&&str| !usages.iter().any(|usage| usage.takes_region(region));
        let uncovered = wanted.iter().filter(is_uncovered);
        Some(uncovered.map(|region| (*region).to_owned()).collect())
    }

    /// Those that may be asked for a code, the one after the last first: a person who asks again was not reached.
    /// What nobody has proven goes first to where it can take nothing of what somebody has: to providers that take our
    /// text, and to those that keep it apart. A reset, which anybody may ask for, goes nowhere else.
    #[must_use]
    pub fn for_code(&self, asker: &Asker<'_>) -> Vec<String> {
        let mut order = self.for_number(asker.channel, asker.to);
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
        // Codes of message providers are ours and checked here, in a time that tells nothing: those come first.
        let is_ours = |name: &String| {
            self.with(name, |it| matches!(it, Provider::Message(_)))
                .unwrap_or(false)
        };
        if apart.iter().any(is_ours) {
            apart.retain(is_ours);
        }
        apart
    }

    /// Whether there is a way to telephones on which nobody takes our texts: what is sent there for a reset is checked
    /// by whoever made it.
    #[must_use]
    pub fn has_way_of_verification_only(&self) -> bool {
        let providers = self.0.borrow();
        let ways = |is_ours: bool| -> Vec<Channel> {
            let of_kind =
                |it: &&ActiveProvider| matches!(it.provider, Provider::Message(_)) == is_ours;
            let found = providers.iter().filter(of_kind);
            found.flat_map(|it| it.provider.channels()).collect()
        };
        let ours = ways(true);
        ways(false).iter().any(|way| !ours.contains(way))
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

    fn listed(&self, is: impl Fn(&ActiveProvider) -> bool) -> Vec<String> {
        let providers = self.0.borrow();
        let found = providers.iter().filter(|it| is(it));
        found.map(|it| it.name.clone()).collect()
    }
}
