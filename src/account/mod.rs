//! Everything the product knows of one user, and every rule over it.
//!
//! An [`Account`] is one document; each rule is a function of it, of what was asked and of the time.
//! Rules do no I/O, draw no random numbers and ask no clock: ids and codes come as arguments, drawn
//! by the caller. So a rule is tested without a database, and the login machine is explored
//! exhaustively (`tests/login_machine.rs`).
//!
//! [`Accounts::change`] is the only way from a rule to a store: load → open → decide → seal →
//! swap if unchanged. A refused proof is a change too: its failure is charged in the same swap that
//! the answer depends on.
//!
//! ```text
//!                    begin_login                          verify
//!   password right ──────────────▶ challenge open ─────────────────▶ proof accepted: challenge spent
//!          │ no factor               │   │  ▲                │
//!          ▼                         │   │  └── wrong ───────┘ failure charged, block perhaps
//!       Allowed                      │   └───── sixth challenge: the oldest of whoever opened most is closed
//!                                    └───────── epoch rises (factor, password, role): all are closed
//! ```

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::audit::{Authority, Beginning, Event, Head, Kind};
use crate::clock::{SKEW, UnixTime};
use crate::config::Policy;
use crate::crypto::code::LookupCode;
use crate::crypto::{HashKey, bytes};
use crate::types::{Method, Network, Purpose, Requester};

mod accounts;
mod backup;
mod challenge;
mod check;
mod document;
mod lockout;
mod network;
mod oob_enrolment;
mod operate;
mod otpauth;
mod out_of_band;
mod repeats;
mod sent;
pub mod totp;
mod unanswered;

pub use accounts::{AccountError, Accounts, NewCell};
pub use challenge::{ChallengeId, ChallengeToken, GrantId, SetupId};
pub use document::DocumentError;
pub use lockout::Charged;
pub use oob_enrolment::Recipient;
pub use operate::TRUST_SECONDS;
pub use out_of_band::{Checked, Confirmed, Destination, RemoteCheck, Replaced, Step, Waiting};
pub use sent::RemoteVerification;

use backup::BackupCodes;
use challenge::{Challenges, Grants};
use check::{OpenCheck, OpenChecks};
use document::Format;
use lockout::Failures;
use network::{Known, NetworkId, Opener};
use oob_enrolment::{EmailFactor, FormerPhone, PendingContacts, PhoneFactor};
use repeats::Repeats;
use totp::{Began, PendingTotp, Totp, TotpFactor};

/// How long a set-up waits for its confirmation, in seconds.
pub const PENDING_SECONDS: u64 = 30 * 60;
/// Wrong codes after which the set-up of a number or address is over.
const PENDING_TRIES: u8 = 10;

/// Why nobody is let in. The texts are for whoever holds the wrong code: they say nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Wrong, used, expired or foreign: all look the same.
    #[error("The code was not accepted.")]
    Rejected,
    /// Too many failures.
    #[error("Too many attempts.")]
    LockedOut {
        /// Seconds until the next try; 0 when waiting does not help.
        retry_after: u64,
        /// The method has to be enrolled anew.
        disabled: bool,
    },
    /// Answered, superseded or never ours.
    #[error("This sign-in is no longer open.")]
    ChallengeClosed,
    /// A change needs a fresh proof.
    #[error("Please confirm with your second factor first.")]
    StepUpRequired,
    /// The factor is too new to act on others.
    #[error("Your second factor was set up too recently to act for others.")]
    TooRecent {
        /// Seconds until it is not.
        retry_after: u64,
    },
    /// Too many codes were asked for, or too many sign-ins begun and not finished; or somebody else's request has to end
    /// first.
    #[error("Please wait before asking again.")]
    Throttled {
        /// Seconds until asking again may help.
        retry_after: u64,
    },
    /// No code went out, and trying again will not help.
    #[error("No code could be sent.")]
    NotSent {
        /// Why, as a stable name.
        reason: &'static str,
    },
}

/// What a rule wants remembered beside the account: its audit events.
#[derive(Debug, Default)]
pub struct AuditBuffer {
    ip: Option<String>,
    events: Vec<Event>,
}

impl AuditBuffer {
    /// For a request from that address.
    #[must_use]
    pub fn from_ip(ip: Option<&str>) -> Self {
        Self {
            ip: ip.map(str::to_owned),
            events: Vec::new(),
        }
    }

    /// Notes an event, from the address the request came from.
    pub fn note(&mut self, mut event: Event) {
        event.ip.clone_from(&self.ip);
        self.events.push(event);
    }

    /// Notes an event that another request caused, from that one's address.
    fn note_from(&mut self, ip: Option<String>, mut event: Event) {
        event.ip = ip;
        self.events.push(event);
    }

    /// Where the request came from; `None` when its address is not known. `::` stands for that (RFC 4291 section
    /// 2.5.2): whoever has no address shares no network with anybody, and none becomes known by a proof of theirs.
    fn network(&self) -> Option<Network> {
        let ip: IpAddr = self.ip()?.parse().ok()?;
        (!ip.is_unspecified()).then(|| Network::of(ip))
    }

    fn ip(&self) -> Option<&str> {
        self.ip.as_deref()
    }

    fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// What was noted so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

/// What [`Account::verify`] says when it says yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// For what.
    pub purpose: Purpose,
    /// The epoch it was accepted in.
    pub epoch: u64,
    /// Backup codes left; `None` when there are none kept.
    pub backup_codes_left: Option<usize>,
    /// The grant was recorded (step-up only).
    pub granted: bool,
}

/// One user's second factors and all that goes with them, as they stand in the sealed document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    format: Format,
    /// Rises with every change of factors, password or role. At least the time it rose, so that it
    /// rises even over an account that was lost.
    epoch: u64,
    /// Key of the backup codes' hashes and of the audit chain. It stays when the site's key rotates.
    #[serde(with = "bytes")]
    key: HashKey,
    audit: Head,
    audit_begins: Beginning,
    /// When it was last written, by that of the clocks that was furthest ahead.
    written: UnixTime,
    /// How often it was found to be written by a clock that was ahead; see [`Account::put_right`].
    set_back: u32,
    primary: Option<Method>,
    last_verified: Option<UnixTime>,
    /// From when its user may act on others; see [`operate`].
    trusted_from: UnixTime,
    totp: Option<TotpFactor>,
    backup: Option<BackupCodes>,
    failures: Vec<(Method, Failures)>,
    /// To sign in.
    challenges: Challenges,
    /// Of those who are signed in, apart, so that whoever has only the password cannot close them.
    step_ups: Challenges,
    grants: Grants,
    phone: Option<PhoneFactor>,
    email: Option<EmailFactor>,
    former_phone: Option<FormerPhone>,
    pending_contacts: PendingContacts,
    /// Challenges that needed no password, apart from those that did: whoever opens them can neither
    /// close nor block a sign-in.
    resets: Challenges,
    reset_failures: Failures,
    /// Where proofs came from.
    known: Known,
    /// Failures of codes that nobody can guess, from there: whoever asks from elsewhere slows the user down
    /// no more than they are slowed down themselves.
    known_failures: Failures,
    /// What a provider was asked and has not answered yet.
    checks: OpenChecks,
    /// Events that are counted and not written yet.
    repeats: Repeats,
}

const _: fn(&Account) -> &HashKey = |account| &account.key;

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("epoch", &self.epoch)
            .field("methods", &self.methods())
            .finish_non_exhaustive()
    }
}

impl Account {
    /// An account without factors. `key` is 32 random bytes.
    #[must_use]
    pub fn new(key: HashKey) -> Self {
        Self {
            format: Format,
            epoch: 0,
            key,
            audit: Head::EMPTY,
            audit_begins: Beginning::EMPTY,
            written: UnixTime::START,
            set_back: 0,
            primary: None,
            last_verified: None,
            trusted_from: UnixTime::START,
            totp: None,
            backup: None,
            failures: Vec::new(),
            challenges: Challenges::NONE,
            step_ups: Challenges::NONE,
            grants: Grants::NONE,
            phone: None,
            email: None,
            former_phone: None,
            pending_contacts: PendingContacts::NONE,
            resets: Challenges::NONE,
            reset_failures: Failures::default(),
            known: Known::NONE,
            known_failures: Failures::default(),
            checks: OpenChecks::NONE,
            repeats: Repeats::NONE,
        }
    }

    // -- what it is -----------------------------------------------------------------------------

    /// A factor is confirmed, so a sign-in needs a proof. Backup codes alone do not count.
    #[must_use]
    pub const fn is_enrolled(&self) -> bool {
        self.totp.is_some() || self.phone.is_some() || self.email.is_some()
    }

    /// Enrolled methods, the primary first and backup codes last.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let mut methods = Vec::new();
        if self.totp.is_some() {
            methods.push(Method::Totp);
        }
        methods.extend(self.phone_methods());
        if self.email.is_some() {
            methods.push(Method::Email);
        }
        if self.backup.as_ref().is_some_and(|codes| codes.left() > 0) {
            methods.push(Method::BackupCode);
        }
        if let Some(position) = methods.iter().position(|m| Some(*m) == self.primary) {
            methods
                .get_mut(..=position)
                .unwrap_or_default()
                .rotate_right(1);
        }
        methods
    }

    /// Enrolled methods that failed too often and have to be enrolled anew.
    #[must_use]
    pub fn disabled(&self) -> Vec<Method> {
        let enrolled = self.methods();
        self.failures
            .iter()
            .filter(|(_, f)| f.disabled())
            .flat_map(|(m, _)| self.methods_of(*m))
            .filter(|m| enrolled.contains(m))
            .collect()
    }

    /// Enrolled methods that are blocked at `now`, and until when.
    #[must_use]
    pub fn locks(&self, now: UnixTime) -> Vec<(Method, UnixTime)> {
        let enrolled = self.methods();
        let counters = self.failures.iter().map(|(m, f)| (*m, f));
        counters
            .chain([(Method::BackupCode, &self.known_failures)])
            .filter_map(|(m, f)| Some((m, f.blocked_until().filter(|until| *until > now)?)))
            .flat_map(|(m, until)| self.methods_of(m).into_iter().map(move |m| (m, until)))
            .filter(|(m, _)| enrolled.contains(m))
            .collect()
    }

    /// The method asked for first.
    #[must_use]
    pub const fn primary(&self) -> Option<Method> {
        self.primary
    }

    /// Unspent backup codes; `None` when the account has no set.
    #[must_use]
    pub fn backup_codes_left(&self) -> Option<usize> {
        self.backup.as_ref().map(BackupCodes::left)
    }

    /// When a proof was last accepted.
    #[must_use]
    pub const fn last_verified(&self) -> Option<UnixTime> {
        self.last_verified
    }

    /// How far the authenticator's clock was off at the last acceptance, in seconds.
    #[must_use]
    pub fn totp_drift(&self) -> Option<i64> {
        self.totp.as_ref().map(TotpFactor::drift)
    }

    /// When the authenticator shows a code that was not accepted yet.
    #[must_use]
    pub fn totp_next(&self) -> Option<UnixTime> {
        self.totp.as_ref().and_then(TotpFactor::next)
    }

    /// See the field.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The end of the audit chain and its key.
    #[must_use]
    pub const fn chain(&self) -> (&HashKey, &Head) {
        (&self.key, &self.audit)
    }

    /// Brings back what a clock that was ahead has put into the future, so that nothing waits or lasts longer from
    /// `now` than it would have had the clock been right. Done to every account that is loaded, before any rule.
    /// Whether the clock that wrote it was further ahead than those of two servers may be apart: then
    /// [`Account::end_what_is_ahead`] is to be stored.
    ///
    /// The last accepted time step stays: a code is accepted once, whatever the clock shows.
    #[must_use]
    pub fn put_right(&mut self, now: UnixTime, policy: &Policy) -> bool {
        let latest = self.written.max(now);
        let is_ahead = self.end_what_is_ahead(now, policy);
        for (_, failures) in &mut self.failures {
            failures.put_right(now, policy);
        }
        self.reset_failures.put_right(now, policy);
        self.known_failures.put_right(now, policy);
        self.challenges.put_right(now);
        self.step_ups.put_right(now);
        self.resets.put_right(now);
        if let Some(former) = &mut self.former_phone {
            former.removed = former.removed.min(now);
        }
        self.last_verified = self.last_verified.map(|at| at.min(now));
        self.audit_begins.at = self.audit_begins.at.map(|at| at.min(now));
        self.limit_trust_wait(latest);
        is_ahead
    }

    /// Takes out what a clock that was ahead has given, or it would be good when its time comes: grants, codes,
    /// set-ups and open challenges. Whether the clock that wrote it was that far ahead.
    ///
    /// Nothing else: it may be `now` that is wrong, and a clock that is behind is to end no block and no wait.
    #[must_use]
    pub fn end_what_is_ahead(&mut self, now: UnixTime, policy: &Policy) -> bool {
        for challenges in [&mut self.challenges, &mut self.step_ups, &mut self.resets] {
            challenges.end_what_is_ahead(now, policy);
        }
        self.grants.put_right(now);
        self.pending_contacts.put_right(now);
        let is_ahead = self.written > now.plus(SKEW);
        if is_ahead {
            self.written = now;
            // Of a set-up of an authenticator there is nothing here that could be taken out.
            self.set_back = self.set_back.saturating_add(1);
        }
        is_ahead
    }

    /// It is about to be written.
    fn stamp(&mut self, now: UnixTime) {
        self.written = self.written.max(now);
    }

    /// Where the audit chain begins.
    #[must_use]
    pub const fn chain_begins(&self) -> &Beginning {
        &self.audit_begins
    }

    /// The time of the oldest event that may go. The last one always stays: it says that there was an account.
    fn oldest_event(&self) -> Option<UnixTime> {
        let first = self.audit_begins.after.seq.saturating_add(1);
        self.audit_begins.at.filter(|_| first < self.audit.seq)
    }

    // -- challenges -----------------------------------------------------------------------------

    /// Opens a challenge. When there is no room for it, the oldest of whoever opened most is closed.
    ///
    /// # Errors
    /// [`Denied::Throttled`]: too many were opened from that network and not proven.
    pub fn open_challenge(
        &mut self,
        id: ChallengeId,
        purpose: Purpose,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> Result<Vec<Method>, Denied> {
        let opener = self.opener(journal);
        self.list_mut(purpose).open(id, purpose, opener, now)?;
        journal.note(Event::about(purpose, Kind::ChallengeOpened));
        let mut methods = self.methods_for(purpose);
        methods.retain(|method| !self.is_disabled(purpose, *method));
        Ok(methods)
    }

    /// Who opens what the request of that journal asks for.
    fn opener(&self, journal: &AuditBuffer) -> Opener {
        let site = journal.ip().and_then(|ip| ip.parse().ok());
        Opener {
            from: NetworkId::of(&self.key, site.map(Network::site_of)),
            is_known: self.is_known(journal.network()),
        }
    }

    /// Whether one of the last proofs came from that network.
    #[must_use]
    pub fn is_known(&self, network: Option<Network>) -> bool {
        network.is_some() && self.known.holds(NetworkId::of(&self.key, network))
    }

    /// A proof came from where this request comes from.
    fn remember_network(&mut self, journal: &AuditBuffer) {
        if let Some(network) = journal.network() {
            self.known.remember(NetworkId::of(&self.key, Some(network)));
        }
    }

    /// Decides on a proof, and charges it if it is wrong. Without an open challenge nothing moves:
    /// whoever does not know the password cannot lock anybody out. A step-up that succeeds is
    /// remembered as `grant`.
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    #[allow(clippy::too_many_arguments)] // a proof, its place, its limits and its record
    pub fn verify(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        proof: &str,
        grant: Option<GrantId>,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<Accepted, Denied> {
        self.admit(marker, method, now, policy)?;
        let accepted = match method {
            Method::Totp => self
                .totp
                .as_mut()
                .is_some_and(|factor| factor.accept(proof, now, policy)),
            Method::BackupCode => self
                .backup
                .as_mut()
                .is_some_and(|codes| codes.spend(&self.key, proof)),
            Method::Email | Method::Sms | Method::Voice | Method::WhatsApp => {
                self.spend_sent(marker, method, proof, now, policy)
            }
            // Not enrolled, hence refused above; here so that a new method cannot be forgotten.
            Method::Passkey | Method::RecoveryCode => false,
        };
        self.decide(accepted, marker, method, grant, now, policy, journal)
    }

    /// A proof was looked at: it is accepted or charged.
    #[allow(clippy::too_many_arguments)] // as above
    fn decide(
        &mut self,
        right: bool,
        marker: &ChallengeToken,
        method: Method,
        grant: Option<GrantId>,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<Accepted, Denied> {
        if !right {
            self.charge(marker, method, now, policy, journal);
            return Err(Denied::Rejected);
        }
        self.counter_for(marker, method).succeed();
        Ok(self.accept(marker, method, grant, now, journal))
    }

    /// Whether a proof for a challenge may be looked at.
    fn admit(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<(), Denied> {
        if !self.list(marker.purpose).is_open(marker, now, policy) {
            return Err(Denied::ChallengeClosed);
        }
        // What is not enrolled cannot be guessed, so there is nothing to charge.
        if !self.methods_for(marker.purpose).contains(&method) {
            return Err(Denied::Rejected);
        }
        if self.is_disabled(marker.purpose, method) {
            return Err(Denied::LockedOut {
                retry_after: 0,
                disabled: true,
            });
        }
        self.counter_for(marker, method).admit(now)
    }

    /// What failed too often to sign in proves nothing else, either, until it is enrolled anew (NIST
    /// SP 800-63B-4 section 3.2.2); what failed too often without a password says nothing of those who
    /// have it.
    fn is_disabled(&self, purpose: Purpose, method: Method) -> bool {
        let reset = purpose == Purpose::ResetPassword && self.reset_failures.disabled();
        reset || self.disabled().contains(&method)
    }

    /// Counts a failure, and notes it and what it led to.
    fn charge(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) {
        // A code that nobody can guess is slowed down and no more: whoever has the password must not be able to
        // take it from its user, and it is what repairs everything else.
        let disable_after = if method.is_lookup() {
            0
        } else {
            policy.disable_after
        };
        let policy = &Policy {
            disable_after,
            ..*policy
        };
        let purpose = marker.purpose;
        let counter = self.counter_for(marker, method);
        let charged = counter.charge(now, policy);
        let led_to = Self::led_to(counter, charged, purpose, method);
        journal.note(Event::about(purpose, Kind::Rejected).method(method));
        if let Some(event) = led_to {
            journal.note(event);
        }
    }

    /// What a failure led to, as long as that stands.
    fn led_to(
        counter: &Failures,
        charged: Charged,
        purpose: Purpose,
        method: Method,
    ) -> Option<Event> {
        let kind = match charged {
            Charged::Blocked if counter.blocked_until().is_some() => Kind::Blocked,
            Charged::Disabled if counter.disabled() => Kind::Disabled,
            Charged::Free | Charged::Blocked | Charged::Disabled => return None,
        };
        Some(Event::about(purpose, kind).method(method))
    }

    /// Notes the questions to providers whose request ended before the answer: their attempts stay
    /// charged. To be called before every change.
    pub fn note_interrupted(&mut self, now: UnixTime, journal: &mut AuditBuffer) {
        for check in self.checks.interrupted(now) {
            self.note_unsettled(check, journal);
        }
    }

    /// What of `events` is to be written with a change: of what people without a proof can cause again and
    /// again, a number. To be called once before each write.
    #[must_use]
    pub fn condense(&mut self, events: Vec<Event>, now: UnixTime) -> Vec<Event> {
        self.repeats.condense(events, now)
    }

    fn note_unsettled(&mut self, check: OpenCheck, journal: &mut AuditBuffer) {
        let OpenCheck {
            purpose,
            method,
            charged,
            asked,
            provider,
            ip,
            ..
        } = check;
        let event = Event::about(purpose, Kind::CheckInterrupted)
            .method(method)
            .provider(&provider)
            .since(asked);
        journal.note_from(ip.clone(), event);
        let counter = self.counter(purpose, method);
        if let Some(event) = Self::led_to(counter, charged, purpose, method) {
            journal.note_from(ip, event);
        }
    }

    /// The proof was right: the challenge is spent.
    fn accept(
        &mut self,
        marker: &ChallengeToken,
        method: Method,
        grant: Option<GrantId>,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> Accepted {
        self.list_mut(marker.purpose).close(marker);
        self.remember_network(journal);
        if let Some(phone) = self.phone.as_mut().filter(|_| method == Method::Sms) {
            phone.unanswered.typed_back();
        }
        self.last_verified = Some(now);
        journal.note(Event::about(marker.purpose, Kind::Accepted).method(method));
        if method == Method::BackupCode {
            journal.note(Event::about(marker.purpose, Kind::BackupSpent).method(method));
        }
        let grant = grant.filter(|_| marker.purpose == Purpose::StepUp);
        if let Some(grant) = grant {
            self.grants.give(grant, now);
        }
        Accepted {
            purpose: marker.purpose,
            epoch: self.epoch,
            backup_codes_left: self.backup_codes_left(),
            granted: grant.is_some(),
        }
    }

    const fn list(&self, purpose: Purpose) -> &Challenges {
        match purpose {
            Purpose::Login => &self.challenges,
            Purpose::StepUp | Purpose::VerifyPhone => &self.step_ups,
            Purpose::ResetPassword => &self.resets,
        }
    }

    const fn list_mut(&mut self, purpose: Purpose) -> &mut Challenges {
        match purpose {
            Purpose::Login => &mut self.challenges,
            Purpose::StepUp | Purpose::VerifyPhone => &mut self.step_ups,
            Purpose::ResetPassword => &mut self.resets,
        }
    }

    /// The failures that count. Without the password nobody moves a counter of those who know it.
    fn counter(&mut self, purpose: Purpose, method: Method) -> &mut Failures {
        match purpose {
            Purpose::ResetPassword => &mut self.reset_failures,
            Purpose::Login | Purpose::StepUp | Purpose::VerifyPhone => self.failures_of(method),
        }
    }

    /// The same for an attempt at a challenge: of a code that nobody can guess, that of where it came from.
    fn counter_for(&mut self, marker: &ChallengeToken, method: Method) -> &mut Failures {
        if method.is_lookup() && self.list(marker.purpose).is_from_known(marker) {
            &mut self.known_failures
        } else {
            self.counter(marker.purpose, method)
        }
    }

    fn failures_of(&mut self, method: Method) -> &mut Failures {
        let method = authenticator(method);
        let position = match self.failures.iter().position(|(m, _)| *m == method) {
            Some(position) => position,
            None => {
                self.failures.push((method, Failures::default()));
                self.failures.len().saturating_sub(1)
            }
        };
        #[allow(clippy::indexing_slicing)] // found or pushed just above
        &mut self.failures[position].1
    }

    // -- the user's own settings ----------------------------------------------------------------

    /// Whether a change may be made now: freely as long as there is no factor, then with a grant.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`]
    pub fn allow_change(&self, grant: Option<&GrantId>, now: UnixTime) -> Result<(), Denied> {
        if self.is_enrolled() && !grant.is_some_and(|id| self.grants.holds(id, now)) {
            return Err(Denied::StepUpRequired);
        }
        Ok(())
    }

    /// What stands behind a change that [`Account::allow_change`] allowed.
    #[must_use]
    pub const fn changer(&self) -> Requester {
        if self.is_enrolled() {
            Requester::Proven
        } else {
            Requester::Password
        }
    }

    /// Begins to set up an authenticator app, with that grant if one was needed. The account remembers only that it happened: what waits for its
    /// proof is for whoever began it, to keep sealed.
    #[must_use]
    pub fn start_totp(
        &self,
        totp: Totp,
        name: &str,
        grant: Option<GrantId>,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> PendingTotp {
        journal.note(Event::new(Kind::EnrolmentStarted, self.changer()).method(Method::Totp));
        PendingTotp::new(totp, name.to_owned(), grant, self.began(), now)
    }

    /// Whether a set-up may still be confirmed: it ends after half an hour, with the epoch in which it began, and
    /// when the clock is found to have been ahead.
    #[must_use]
    pub fn awaits(&self, setup: &PendingTotp, now: UnixTime) -> bool {
        setup.counts(self.began(), now)
    }

    /// What a set-up that begins now ends with.
    const fn began(&self) -> Began {
        Began {
            epoch: self.epoch,
            set_back: self.set_back,
        }
    }

    /// Confirms a set-up with a code of its secret. Returns whether `codes` became the account's
    /// backup codes: they do with the first factor.
    ///
    /// # Errors
    /// [`Denied::Rejected`]
    pub fn confirm_totp(
        &mut self,
        setup: &PendingTotp,
        code: &str,
        codes: &[LookupCode],
        now: UnixTime,
        policy: &Policy,
        journal: &mut AuditBuffer,
    ) -> Result<bool, Denied> {
        if !self.awaits(setup, now) {
            return Err(Denied::Rejected);
        }
        let factor = setup.prove(code, now, policy).ok_or(Denied::Rejected)?;
        let (first, changer) = (!self.is_enrolled(), self.changer());
        self.totp = Some(factor);
        // A new binding: the failures belonged to the old secret.
        self.failures.retain(|(m, _)| *m != Method::Totp);
        self.primary = self.primary.or(Some(Method::Totp));
        if first {
            self.set_backup_codes(codes);
            self.begin_trust(now);
        }
        self.raise_epoch(setup.grant(), now);
        self.remember_network(journal);
        journal.note(Event::new(Kind::Enrolled, changer).method(Method::Totp));
        Ok(first)
    }

    fn set_backup_codes(&mut self, codes: &[LookupCode]) {
        self.backup = Some(BackupCodes::new(&self.key, codes));
        self.failures.retain(|(m, _)| *m != Method::BackupCode);
        self.known_failures = Failures::default();
    }

    /// Replaces the backup codes, with that grant.
    pub fn regenerate_backup_codes(
        &mut self,
        codes: &[LookupCode],
        grant: Option<&GrantId>,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) {
        self.set_backup_codes(codes);
        self.raise_epoch(grant, now);
        journal.note(
            Event::new(Kind::BackupRegenerated, Requester::Proven).method(Method::BackupCode),
        );
    }

    /// Asks for `method` first. `false` when it is not enrolled or only a way back in.
    pub fn set_primary(&mut self, method: Method, journal: &mut AuditBuffer) -> bool {
        if method == Method::BackupCode || !self.methods().contains(&method) {
            return false;
        }
        if self.primary != Some(method) {
            self.primary = Some(method);
            journal.note(Event::new(Kind::PrimaryChanged, Requester::Proven).method(method));
        }
        true
    }

    /// Removes a factor, with that grant; with the last one the backup codes go too. `false` when it is not enrolled.
    pub fn remove(
        &mut self,
        method: Method,
        grant: Option<&GrantId>,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> bool {
        let removed = match method {
            Method::Totp => self.totp.take().is_some(),
            Method::BackupCode => self.backup.take().is_some(),
            Method::Email => self.email.take().is_some(),
            Method::Sms | Method::Voice | Method::WhatsApp => self.remove_phone_method(method, now),
            Method::Passkey | Method::RecoveryCode => false,
        };
        if !removed {
            return false;
        }
        // The failures stay: removing and enrolling anew is a new binding and clears them there.
        if !self.is_enrolled() {
            self.backup = None;
        }
        if self.primary == Some(method) {
            let mut left = self.methods().into_iter();
            self.primary = left.find(|method| *method != Method::BackupCode);
        }
        self.raise_epoch(grant, now);
        journal.note(Event::new(Kind::Removed, Requester::Proven).method(method));
        true
    }

    // -- operators ------------------------------------------------------------------------------

    /// Ends every challenge, grant, pending set-up and sign-in; returns the new epoch.
    pub fn end_sign_ins(
        &mut self,
        by: &str,
        why: &str,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> u64 {
        self.raise_epoch(None, now);
        journal.note(Event::new(Kind::EpochRaised, Requester::Operator).by(by, why));
        self.epoch
    }

    /// Ends the blocks. What is disabled stays so, and the failures of the last weeks still count; not those of
    /// resets, which anybody can cause.
    ///
    /// # Errors
    /// [`Denied`] of whoever may not act on an account with a factor; nothing is done then.
    pub fn unlock(
        &mut self,
        authority: Result<Authority, Denied>,
        by: &str,
        why: &str,
        journal: &mut AuditBuffer,
    ) -> Result<(), Denied> {
        let authority = self.permit(authority)?;
        for (_, failures) in &mut self.failures {
            failures.unblock();
        }
        self.reset_failures = Failures::default();
        self.known_failures = Failures::default();
        let event = Event::new(Kind::Unlocked, Requester::Operator).by(by, why);
        journal.note(event.authority(authority));
        Ok(())
    }

    /// Removes every factor. The audit chain and the epoch go on.
    ///
    /// # Errors
    /// As [`Account::unlock`].
    pub fn reset(
        &mut self,
        authority: Result<Authority, Denied>,
        by: &str,
        why: &str,
        now: UnixTime,
        journal: &mut AuditBuffer,
    ) -> Result<(), Denied> {
        let authority = self.permit(authority)?;
        self.clear(now);
        let event = Event::new(Kind::Reset, Requester::Operator).by(by, why);
        journal.note(event.authority(authority));
        Ok(())
    }

    fn clear(&mut self, now: UnixTime) {
        self.totp = None;
        self.phone = None;
        self.former_phone = None;
        self.email = None;
        self.backup = None;
        self.primary = None;
        self.last_verified = None;
        self.trusted_from = UnixTime::START;
        self.failures.clear();
        self.reset_failures = Failures::default();
        self.known_failures = Failures::default();
        self.known = Known::NONE;
        self.raise_epoch(None, now);
    }

    /// Ends what was open. `grant` is the proof that the change was made with: whoever gave it may make another one
    /// while it is fresh.
    fn raise_epoch(&mut self, grant: Option<&GrantId>, now: UnixTime) {
        self.epoch = self.epoch.saturating_add(1).max(now.unsigned());
        self.challenges = Challenges::NONE;
        self.step_ups = Challenges::NONE;
        self.grants.keep_only(grant);
        self.pending_contacts = PendingContacts::NONE;
        self.resets = Challenges::NONE;
    }
}

/// What failures are counted by: a telephone is one authenticator, however it is reached.
const fn authenticator(method: Method) -> Method {
    match method {
        Method::Voice | Method::WhatsApp => Method::Sms,
        other => other,
    }
}

#[cfg(test)]
mod tests;
