//! The providers in use, and the list of them in the store.
//!
//! ```text
//! row "providers" = sealed list of entries, in their order      (crypto::seal, domain "providers")
//!                    bound to the site and to the version of the row
//!
//! before they are used:  the row is read  ─▶ as it was: the providers stay, with their connections
//!                                         └▶ another:   those whose entry changed are made anew
//! a change:  read ─▶ open ─▶ decide ─▶ note in the audit ─▶ seal ─▶ swap if unchanged
//!              ▲                                                        │ lost
//!              └────────────────────────────────────────────────────────┘
//! ```
//!
//! A provider that was named with nothing but a password behind it (by whoever was the first to have a factor,
//! or in an emergency), or that was only proposed, waits: an operator may try it out, and no code goes there and none is asked about
//! there, until somebody with a proof that counts, or on the server, saves it again.
//!
//! A list that does not open is no empty list: nothing is sent until an operator has mended it, and
//! who needs a second factor needs it all the same.
//!
//! The audit is written before the change. So there may be an event whose change failed, with the
//! store; there is no change without an event.

use std::sync::Arc;

use super::error::{Misconfiguration, ProviderTrouble, Unavailable};
use super::named::named;
use super::provider_list::{ALL, ListKey, ListRow, Listed, StoredError, active};
use super::{Error, Operator, Verifier, providers};
use crate::account::Source;
use crate::audit::{Authority, Event, EventKind, clean};
use crate::clock::UnixTime;
use crate::crypto::Domain;
use crate::delivery::ActiveProviders;
use crate::shared::{SharedError, Stored};
use crate::sms::{
    self, Changes, MOST_NAME_BYTES, Provider, ProviderConfig, ProviderConfigError, ProviderKind,
    Value,
};
use crate::store::{Swap, Version};
use crate::types::{Method, Requester, UserId};

pub use super::providers::ProviderSource;

/// Lost swaps after which a change gives up.
const MOST_TRIES: u32 = 20;

/// One provider, without its secrets.
#[derive(Debug, Clone)]
pub struct ProviderView {
    /// What it is called.
    pub name: String,
    /// The stable name of its kind.
    pub kind: &'static str,
    /// The ways it has; none when no provider can be made of the entry.
    pub methods: Vec<Method>,
    /// Only it can say of a code whether that is right.
    pub checks_its_own_codes: bool,
    /// It keeps a list of messages that can be read.
    pub keeps_log: bool,
    /// Everything that is no secret, besides name and kind.
    pub settings: Vec<(String, Value)>,
    /// The names of the secrets that are set.
    pub secrets: Vec<&'static str>,
    /// It is set up to report what became of messages.
    pub reports: bool,
    /// Where it comes from.
    pub source: ProviderSource,
    /// Somebody with a proof that counts stands for it, or the server; or else no code goes there.
    pub confirmed: bool,
    /// It is set up, and has not failed lately.
    pub available: bool,
    /// When it may be asked again, if it has failed lately.
    pub retry_at: Option<UnixTime>,
}

fn unknown() -> Error {
    Misconfiguration::UnknownProvider.into()
}

impl Verifier {
    /// Looks whether another process has changed the providers. To be called before they are used.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the list does not open: nothing is sent then.
    pub(super) fn renew_providers(&self, now: Option<UnixTime>) -> Result<(), Error> {
        match self.unreadable_providers(now)? {
            Some(why) => Err(Unavailable::Providers(why).into()),
            None => Ok(()),
        }
    }

    /// As [`Verifier::renew_providers`], for pages of operators: it is theirs to mend.
    pub(super) fn renew_for_operators(&self, now: UnixTime) -> Result<(), Error> {
        match self.unreadable_providers(Some(now))? {
            Some(why) => Err(Misconfiguration::Providers(why).into()),
            None => Ok(()),
        }
    }

    /// Renews the providers; says why if the list does not open.
    fn unreadable_providers(
        &self,
        now: Option<UnixTime>,
    ) -> Result<Option<Arc<StoredError>>, Error> {
        if self.registry.source != ProviderSource::Store {
            return Ok(None);
        }
        let stored = self.rows.get(&ListKey)?;
        let mut read = self.registry.read.borrow_mut();
        // No list before, none now.
        if stored.is_none() && read.seen.is_none() {
            return Ok(None);
        }
        if read.seen.as_ref() != Some(&stored) {
            let taken = self.take_over(stored.as_ref());
            read.unreadable = taken.err().map(Arc::new);
            if read.unreadable.is_some() {
                self.providers.take();
                self.registry.waiting.take();
                self.registry.listed.borrow_mut().clear();
            }
            read.seen = Some(stored.clone());
        }
        if read.unreadable.is_some() {
            return Ok(read.unreadable.clone());
        }
        if let (Some(now), Some(stored), false) = (now, &stored, read.resealed)
            && !self.is_under_first_key(stored)
        {
            // Whoever is faster has done it; and what fails now is done at the next change.
            read.resealed = true;
            if let Ok(list) = self.opened(stored)
                && let Ok(Swap::Done) = self.put(now, Some(stored.version), &list)
            {
                // With that event the chain is sealed anew, too.
                let _ = self.note_for_providers(
                    now,
                    &Source::default(),
                    &Event::by_itself(EventKind::ProvidersResealed),
                );
            }
        }
        Ok(None)
    }

    /// Puts the providers of a row in the place of those in use. Those whose entry is the same stay.
    fn take_over(&self, stored: Option<&Stored<ListRow>>) -> Result<(), StoredError> {
        let mut listed = self.registry.listed.borrow_mut();
        let (mut providers, mut waiting) = (Vec::new(), Vec::new());
        let (before, mut in_use) = (std::mem::take(&mut *listed), self.providers.take());
        in_use.append(&mut self.registry.waiting.take());
        let Some(stored) = stored else {
            return Ok(());
        };
        for written in self.opened(stored)? {
            let json = written.to_json()?;
            let kept = before
                .iter()
                .any(|it| it.is(&json))
                .then(|| in_use.iter().position(|it| it.name == written.name()))
                .flatten()
                .map(|place| in_use.swap_remove(place));
            let provider = match kept {
                Some(provider) => Ok(provider),
                None => active(&written, &self.config),
            };
            let trouble = match provider {
                Ok(provider) => {
                    let place = match written.unconfirmed() {
                        None => &mut providers,
                        Some(_) => &mut waiting,
                    };
                    place.push(provider);
                    None
                }
                Err(why) => Some(Arc::new(why)),
            };
            listed.push(Listed {
                written,
                json,
                trouble,
            });
        }
        self.providers.set(providers);
        self.registry.waiting.set(waiting);
        Ok(())
    }

    fn is_under_first_key(&self, stored: &Stored<ListRow>) -> bool {
        match &stored.row {
            ListRow::Sealed(sealed) => self.rows.context(stored.version).is_under_first_key(sealed),
            ListRow::Plain(_) => true,
        }
    }

    fn opened(&self, stored: &Stored<ListRow>) -> Result<Vec<ProviderConfig>, StoredError> {
        let opened;
        let plain: &[u8] = match &stored.row {
            ListRow::Sealed(sealed) => {
                let context = self.rows.context(stored.version);
                opened = context
                    .open(Domain::Providers, sealed)
                    .map_err(StoredError::Sealed)?;
                &opened
            }
            ListRow::Plain(plain) => plain,
        };
        Ok(sms::from_json(plain)?)
    }

    /// Seals a list and swaps it in.
    fn put(
        &self,
        now: UnixTime,
        expected: Option<Version>,
        list: &[ProviderConfig],
    ) -> Result<Swap, Error> {
        let plain = sms::to_json(list)?;
        self.rows
            .swap(now, &ListKey, expected, &ListRow::Plain(plain))
            .map_err(|error| match error {
                SharedError::Row { .. } => ProviderConfigError::TooLong.into(),
                error => error.into(),
            })
    }

    /// Changes the list in the store. `rule` runs again on the new list when somebody else was faster;
    /// without an event there is nothing to change.
    fn change_providers(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        rule: impl Fn(
            Result<Vec<ProviderConfig>, Error>,
        ) -> Result<Option<(Vec<ProviderConfig>, Event)>, Error>,
    ) -> Result<(), Error> {
        if self.registry.source != ProviderSource::Store {
            return Err(Misconfiguration::ProvidersElsewhere(self.registry.place.clone()).into());
        }
        let source = self.source_if(operator.client());
        let mut noted = None;
        for _ in 0..MOST_TRIES {
            let stored = self.rows.get(&ListKey)?;
            let list = match &stored {
                Some(stored) => self
                    .opened(stored)
                    .map_err(|why| Error::from(Misconfiguration::Providers(Arc::new(why)))),
                None => Ok(Vec::new()),
            };
            let Some((list, event)) = rule(list)? else {
                return Ok(());
            };
            // Before the event: what cannot be kept did not happen.
            sms::to_json(&list)?;
            if noted.as_ref() != Some(&event) {
                self.note_for_providers(now, &source, &event)?;
                noted = Some(event);
            }
            match self.put(now, stored.map(|stored| stored.version), &list)? {
                Swap::Done => return Ok(()),
                Swap::Conflict => {}
            }
        }
        Err(Unavailable::ProvidersBusy.into())
    }

    /// Adds an event to the chain of the providers.
    pub(super) fn note_for_providers(
        &self,
        now: UnixTime,
        source: &Source,
        event: &Event,
    ) -> Result<(), Error> {
        let user = UserId::providers();
        Ok(self.accounts.change(&user, now, source, |_, context| {
            context.note(event.clone());
            Ok(())
        })??)
    }

    /// Who it is, and what stands behind them.
    pub(super) fn operator_of_all<'a>(
        &self,
        now: UnixTime,
        operator: &Operator<'a>,
    ) -> Result<(&'a str, Option<Authority>), Error> {
        named(operator.by(), "-")?;
        let authority = self.authority_over_all(now, operator)?;
        Ok((operator.by(), Some(authority)))
    }

    /// Adds a provider, or changes it. See [`ProviderConfig::changed`]. Without any changes, somebody who may stands for
    /// one that was named with nothing but a password; whoever may not changes nothing by that.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired) and
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent) of an operator who may not act for all;
    /// [`Error::Configuration`] with the provider's name and advice; nothing is changed then.
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn save_provider(
        &self,
        now: UnixTime,
        name: &str,
        changes: &Changes,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let (by, authority) = self.operator_of_all(now, operator)?;
        if !sms::is_name(name) {
            return Err(Misconfiguration::ProviderName(MOST_NAME_BYTES).into());
        }
        let wrong = |why: ProviderConfigError| Error::provider(name, why);
        self.change_providers(now, operator, |list| {
            let mut list = list?;
            let place = list.iter().position(|it| it.name() == name);
            let before = place.and_then(|place| list.get(place));
            let is_unproven = operator.must_be_confirmed(authority);
            if is_unproven && before.is_some() && changes.is_empty() {
                // A save without changes confirms the entry, which takes an authority that counts.
                return Ok(None);
            }
            let (mut after, mut what) =
                ProviderConfig::changed(before, name, changes).map_err(wrong)?;
            if is_unproven {
                after.named_by(&clean(by), before).map_err(wrong)?;
            } else if after.confirm() || before.is_some_and(|it| it.unconfirmed().is_some()) {
                what.push_str("; confirmed");
            }
            after.make(&providers::setup(&self.config)).map_err(wrong)?;
            let kind = match place.and_then(|place| list.get_mut(place)) {
                Some(slot) => {
                    *slot = after;
                    EventKind::ProviderChanged
                }
                None => {
                    list.push(after);
                    EventKind::ProviderAdded
                }
            };
            let event = Event::new(kind, Requester::Operator);
            if let Some(why) = operator.why() {
                what.push_str("; because: ");
                what.push_str(why);
            }
            let event = event.provider(name).by(by, &what);
            Ok(Some((list, event.authority(authority))))
        })?;
        // The new settings are tried at once. Should closing the breaker fail, it ends by itself.
        let _ = self.sender().record().close_breaker(name, now);
        Ok(())
    }

    /// Removes a provider; by the name `*` all of them, even a list that does not open.
    ///
    /// # Errors
    /// As [`Verifier::save_provider`]
    pub fn remove_provider(
        &self,
        now: UnixTime,
        name: &str,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let (by, authority) = self.operator_of_all(now, operator)?;
        self.change_providers(now, operator, |list| {
            let event = Event::new(EventKind::ProviderRemoved, Requester::Operator);
            let event = event.authority(authority);
            if name == ALL {
                let names = list.map_or_else(
                    |_| "all: they could not be opened".to_owned(),
                    |list| format!("all: {}", names(&list).join(", ")),
                );
                return Ok(Some((Vec::new(), event.by(by, &names))));
            }
            let mut list = list?;
            let place = list.iter().position(|it| it.name() == name);
            let removed = list.remove(place.ok_or_else(unknown)?);
            let kind = removed.kind().map_or("unknown", ProviderKind::name);
            Ok(Some((list, event.provider(name).by(by, kind))))
        })
    }

    /// Puts the providers in that order.
    ///
    /// # Errors
    /// As [`Verifier::save_provider`]
    pub fn order_providers(
        &self,
        now: UnixTime,
        order: &[String],
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let (by, authority) = self.operator_of_all(now, operator)?;
        self.change_providers(now, operator, |list| {
            let mut left = list?;
            let before = names(&left).join(", ");
            let mut ordered = Vec::with_capacity(left.len());
            for name in order {
                let place = left.iter().position(|it| it.name() == name);
                ordered.push(left.remove(place.ok_or_else(every_one_once)?));
            }
            if !left.is_empty() {
                return Err(every_one_once());
            }
            let after = names(&ordered).join(", ");
            let event = Event::new(EventKind::ProvidersOrdered, Requester::Operator).by(by, &after);
            let event = event.authority(authority);
            Ok((before != after).then_some((ordered, event)))
        })
    }

    /// Where they come from, whether or not there are any. Nobody is asked.
    #[must_use]
    pub const fn providers_source(&self) -> ProviderSource {
        self.registry.source
    }

    /// The providers in the order they are asked.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the list does not open.
    pub fn providers(&self, now: UnixTime) -> Result<Vec<ProviderView>, Error> {
        self.renew_for_operators(now)?;
        let listed = self.registry.listed.borrow();
        let mut views = Vec::with_capacity(listed.len());
        for Listed {
            written, trouble, ..
        } in listed.iter()
        {
            let name = written.name();
            let retry_at = self.sender().record().open_until(name, now)?;
            let in_use = self.registry.place_of(written, &self.providers);
            let is = |fact: fn(&Provider) -> bool| in_use.with(name, fact).unwrap_or(false);
            views.push(ProviderView {
                name: name.to_owned(),
                kind: written.kind().map_or("unknown", ProviderKind::name),
                methods: in_use.methods(name),
                confirmed: written.unconfirmed().is_none(),
                checks_its_own_codes: is(Provider::checks_its_own_codes),
                keeps_log: is(Provider::keeps_log),
                settings: written.settings(),
                reports: written.reports(),
                secrets: written.secrets(),
                source: self.registry.source,
                available: trouble.is_none() && retry_at.is_none(),
                retry_at,
            });
        }
        Ok(views)
    }

    /// Asks a provider that is in use, or waits to be confirmed: for operators.
    ///
    /// # Errors
    /// [`Error::Configuration`]: there is none, or none could be made of the entry.
    pub(super) fn with_provider<T>(
        &self,
        name: &str,
        ask: impl FnOnce(&mut Provider) -> T,
    ) -> Result<T, Error> {
        let place = self.place_of_provider(name)?;
        place.with_mut(name, ask).ok_or_else(unknown)
    }

    /// Where the provider of that name is, in use or waiting to be confirmed.
    ///
    /// # Errors
    /// As [`Verifier::with_provider`].
    pub(super) fn place_of_provider(&self, name: &str) -> Result<&ActiveProviders, Error> {
        for place in [&self.providers, &self.registry.waiting] {
            if place.with(name, |_| ()).is_some() {
                return Ok(place);
            }
        }
        let troubles = self.registry.troubles();
        let trouble = troubles.into_iter().find(|(known, _)| known == name);
        Err(trouble.map_or_else(unknown, |(_, why)| {
            Error::provider(name, ProviderTrouble::Config(why))
        }))
    }
}

fn names(list: &[ProviderConfig]) -> Vec<&str> {
    list.iter().map(ProviderConfig::name).collect()
}

fn every_one_once() -> Error {
    Misconfiguration::ProviderOrder.into()
}
