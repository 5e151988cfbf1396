//! What every rule is given beside its own arguments: the time, the policy, and where its audit events go.

use super::source::Source;
use crate::audit::Event;
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::Deriver;
use crate::store::RawRow;
use crate::types::Network;

/// What a rule decides by, and what it leaves behind beside the account.
#[derive(Debug)]
pub struct RuleContext<'a> {
    /// The time of the request.
    pub now: UnixTime,
    /// The limits of the site.
    pub policy: &'a Policy,
    /// The events of this change.
    pub audit: &'a mut AuditBuffer,
    /// Derives what the account does not keep. Without it nothing that is derived is ever right.
    pub deriver: Option<Deriver<'a>>,
    /// The shared rows that were read with the account, in the order of their names: see
    /// [`Accounts::change_beside`](super::Accounts::change_beside).
    pub beside: &'a [Option<RawRow>],
}

impl<'a> RuleContext<'a> {
    /// A rule that runs at `now`, under `policy`, with its events going to `audit`.
    #[must_use]
    pub const fn new(now: UnixTime, policy: &'a Policy, audit: &'a mut AuditBuffer) -> Self {
        Self {
            now,
            policy,
            audit,
            deriver: None,
            beside: &[],
        }
    }

    /// The same, with the secrets of the account's user within reach.
    #[must_use]
    pub const fn deriving(mut self, deriver: Deriver<'a>) -> Self {
        self.deriver = Some(deriver);
        self
    }

    /// The same, beside these rows.
    #[must_use]
    pub const fn beside(mut self, rows: &'a [Option<RawRow>]) -> Self {
        self.beside = rows;
        self
    }

    /// Notes an event, from the address the request came from.
    pub fn note(&mut self, event: Event) {
        self.audit.note(event);
    }
}

/// The audit events of a change, collected while its rule decides.
#[derive(Debug, Default)]
pub struct AuditBuffer {
    source: Source,
    events: Vec<Event>,
}

impl AuditBuffer {
    /// For a request from there.
    #[must_use]
    pub const fn new(source: Source) -> Self {
        Self {
            source,
            events: Vec::new(),
        }
    }

    /// For a request from that address.
    #[must_use]
    pub fn from_ip(ip: Option<&str>) -> Self {
        Self::new(Source::from_ip(ip))
    }

    /// Notes an event, from the address the request came from.
    pub fn note(&mut self, mut event: Event) {
        event.ip = self.ip().map(str::to_owned);
        self.events.push(event);
    }

    /// Notes an event that another request caused, from that one's address.
    pub(super) fn note_from(&mut self, ip: Option<String>, mut event: Event) {
        event.ip = ip;
        self.events.push(event);
    }

    /// Where the request came from.
    pub(super) const fn source(&self) -> &Source {
        &self.source
    }

    /// See [`Source::network`].
    pub(super) fn network(&self) -> Option<Network> {
        self.source.network()
    }

    /// See [`Source::site`].
    pub(super) fn site(&self) -> Option<Network> {
        self.source.site()
    }

    pub(super) fn ip(&self) -> Option<&str> {
        self.source.ip()
    }

    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// What was noted so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}
