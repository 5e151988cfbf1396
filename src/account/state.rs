//! One user's second factors and all that goes with them; the rules over it are in the files beside this one.

use std::fmt;

use super::app::AppClock;
use super::backup::BackupCodes;
use super::challenge::Challenges;
use super::challenge_token::ChallengeToken;
use super::demand::{Asked, Due};
use super::device_record::DeviceRecord;
use super::factor::{Factor, FactorId};
use super::grants::Grants;
use super::guesses::Guesses;
use super::hold_record::Repudiation;
use super::ids::GrantId;
use super::import_record::ImportRecord;
use super::lockout::Failures;
use super::network::{Known, LastNamed};
use super::notice_record::{Contact, Notices};
use super::oob_factor::{FormerPhone, Telephone};
use super::open_checks::OpenChecks;
use super::pending_oob::PendingContacts;
use super::recovery::RecoveryCodes;
use super::repeats::Repeats;
use super::requirement::{OfEverybody, RequiredEnrolment};
use super::spent::SpentCodes;
use super::temporary_record::TemporaryCode;
use crate::audit::{Beginning, Head};
use crate::clock::UnixTime;
use crate::crypto::recovery_code::RecoveryCode;
use crate::crypto::{Deriver, HashKey, KeyId};
use crate::types::{Method, Purpose, Strength};

/// One user's second factors and all that goes with them.
pub struct Account {
    /// Rises with every change of factors, password or role. At least the time it rose, so that it
    /// rises even over an account that was lost.
    pub(super) epoch: u64,
    /// Key of the backup codes' hashes and of the audit chain. It stays when the site's key rotates.
    pub(super) key: HashKey,
    pub(super) audit: Head,
    pub(super) audit_begins: Beginning,
    /// When it was last written, by that of the clocks that was furthest ahead.
    pub(super) written: UnixTime,
    /// How often it was found to be written by a clock that was ahead; see [`Account::put_right`].
    pub(super) set_back: u32,
    pub(super) primary: Option<Method>,
    pub(super) last_verified: Option<UnixTime>,
    /// From when its user may act on others; see [`operate`].
    pub(super) trusted_from: UnixTime,
    /// What is enrolled, in that order: at most [`MOST_APPS`](super::MOST_APPS) apps, one factor a way to the telephone, one mailbox, one
    /// set of backup or recovery codes.
    pub(super) factors: Vec<Factor>,
    /// The number that the factors of the telephone reach; there is one as long as there is such a factor.
    pub(super) telephone: Option<Telephone>,
    /// By authenticator: all apps are one, and so is a telephone, however it is reached.
    pub(super) failures: Vec<(Method, Failures)>,
    /// To sign in.
    pub(super) challenges: Challenges,
    /// Of those who are signed in, apart, so that whoever has only the password cannot close them.
    pub(super) step_ups: Challenges,
    pub(super) grants: Grants,
    pub(super) former_phone: Option<FormerPhone>,
    pub(super) pending_contacts: PendingContacts,
    /// Challenges that needed no password, apart from those that did: whoever opens them can neither
    /// close nor block a sign-in.
    pub(super) resets: Challenges,
    pub(super) reset_failures: Failures,
    /// Where proofs came from.
    pub(super) known: Known,
    /// Not in its document.
    pub(super) last_named: LastNamed,
    /// Failures of codes that nobody can guess, from there: whoever asks from elsewhere slows the user down
    /// no more than they are slowed down themselves.
    pub(super) known_failures: Failures,
    /// What a provider was asked and has not answered yet.
    pub(super) checks: OpenChecks,
    /// Events that are counted and not written yet.
    pub(super) repeats: Repeats,
    /// Its user has to enrol, anew if something is enrolled.
    pub(super) required: Option<RequiredEnrolment>,
    /// What is required of everybody beside that; read with the account, and not in its document.
    pub(super) of_everybody: Option<OfEverybody>,
    /// How strong a factor the site's profile asks of everybody; told with every look, and not in its document.
    pub(super) least: Option<Strength>,
    /// The last generation of a derived app's secret that was shown to anybody, and of recovery codes. They never fall,
    /// or a secret would be given twice: also not with the factor. They begin anew with every second, far above, for an
    /// account that was lost.
    pub(super) app_generation: u64,
    pub(super) codes_generation: u64,
    /// What is kept of the devices that its user trusts.
    pub(super) devices: DeviceRecord,
    /// From when a site's policy asks more of its user, at most one day for each strength. None ever moves to a later
    /// one, nor goes: not with a factor, a role or the policy.
    pub(super) dues: Vec<Due>,
    /// What it asked of its user last.
    pub(super) asked: Asked,
    /// When its user last put off what the site encourages.
    pub(super) put_off: Option<UnixTime>,
    /// Wrong answers from where no proof has come.
    pub(super) guesses: Guesses,
    /// How its user is reached; `None`: no host has said so yet.
    pub(super) contact: Option<Contact>,
    /// What is still to be told of it.
    pub(super) notices: Notices,
    /// What its user said was not them; `None`: nothing ever.
    pub(super) repudiation: Option<Repudiation>,
    /// What an operator issued to its user, who lost everything else.
    pub(super) temporary_code: Option<TemporaryCode>,
    /// When its user was last reminded to set up what is required of them.
    pub(super) reminded: Option<UnixTime>,
    /// Codes that proved something, and are spent.
    pub(super) spent: SpentCodes,
    /// That it was taken over from other software; `None`: never.
    pub(super) imported: Option<ImportRecord>,
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
            epoch: 0,
            key,
            audit: Head::EMPTY,
            audit_begins: Beginning::EMPTY,
            written: UnixTime::START,
            set_back: 0,
            primary: None,
            last_verified: None,
            trusted_from: UnixTime::START,
            factors: Vec::new(),
            telephone: None,
            failures: Vec::new(),
            challenges: Challenges::NONE,
            step_ups: Challenges::NONE,
            grants: Grants::NONE,
            former_phone: None,
            pending_contacts: PendingContacts::NONE,
            resets: Challenges::NONE,
            reset_failures: Failures::default(),
            known: Known::NONE,
            last_named: LastNamed::default(),
            known_failures: Failures::default(),
            checks: OpenChecks::NONE,
            repeats: Repeats::NONE,
            required: None,
            of_everybody: None,
            least: None,
            app_generation: 0,
            codes_generation: 0,
            devices: DeviceRecord::NONE,
            dues: Vec::new(),
            asked: Asked::default(),
            put_off: None,
            guesses: Guesses::NONE,
            contact: None,
            notices: Notices::NONE,
            repudiation: None,
            temporary_code: None,
            reminded: None,
            spent: SpentCodes::NONE,
            imported: None,
        }
    }

    /// A factor is confirmed, so a sign-in needs a proof. Look-up codes alone do not count; what is suspended does, or
    /// nobody would be asked for anything.
    #[must_use]
    pub fn is_enrolled(&self) -> bool {
        let mut factors = self.factors.iter();
        factors.any(|factor| !factor.method().is_lookup())
    }

    /// What is enrolled: apps first, then the ways to the telephone, the mailbox, and look-up codes last, as long as
    /// there are any left; of a kind in the order of their enrolment.
    pub fn factors(&self) -> impl Iterator<Item = &Factor> {
        let of = |wanted: fn(Method) -> bool| {
            let factors = self.factors.iter();
            factors.filter(move |factor| wanted(factor.method()))
        };
        of(|method| method == Method::Totp)
            .chain(of(Method::is_phone))
            .chain(of(|method| method == Method::Email))
            .chain(of(Method::is_lookup).filter(|factor| !factor.is_used_up()))
    }

    /// The factor that was proven or enrolled last of those with that method.
    pub(super) fn latest(&self, method: Method) -> Option<&Factor> {
        let factors = self.factors.iter().filter(|it| it.method() == method);
        factors.max_by_key(|it| it.last_used_at.max(Some(it.enrolled_at)))
    }

    pub(super) fn factor_mut(&mut self, id: &FactorId) -> Option<&mut Factor> {
        self.factors.iter_mut().find(|factor| factor.id == *id)
    }

    pub(super) fn has(&self, method: Method) -> bool {
        self.factors.iter().any(|factor| factor.method() == method)
    }

    /// Enrolled methods, the primary first and look-up codes last; none of which everything is suspended.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let factors = self.factors().filter(|factor| !factor.is_suspended);
        let mut methods: Vec<Method> = factors.map(Factor::method).collect();
        methods.dedup();
        if let Some(position) = methods.iter().position(|m| Some(*m) == self.primary) {
            methods
                .get_mut(..=position)
                .unwrap_or_default()
                .rotate_right(1);
        }
        methods
    }

    /// Whether it is one of [`Account::methods`].
    fn offers(&self, method: Method) -> bool {
        self.factors().any(|factor| factor.method() == method)
    }

    /// Enrolled methods that failed too often and have to be enrolled anew.
    #[must_use]
    pub fn disabled(&self) -> Vec<Method> {
        self.failures
            .iter()
            .filter(|(_, f)| f.disabled())
            .flat_map(|(m, _)| self.methods_of(*m))
            .filter(|m| self.offers(*m))
            .collect()
    }

    /// Enrolled methods that are blocked at `now`, and until when.
    #[must_use]
    pub fn locks(&self, now: UnixTime) -> Vec<(Method, UnixTime)> {
        let counters = self.failures.iter().map(|(m, f)| (*m, f));
        counters
            .chain([(Method::BackupCode, &self.known_failures)])
            .filter_map(|(m, f)| Some((m, f.blocked_until().filter(|until| *until > now)?)))
            .flat_map(|(m, until)| self.methods_of(m).into_iter().map(move |m| (m, until)))
            .filter(|(m, _)| self.offers(*m))
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
        self.backup().map(BackupCodes::left)
    }

    /// Recovery codes that are still good; `None` when the account has no set.
    #[must_use]
    pub fn recovery_codes_left(&self) -> Option<usize> {
        self.recovery().map(RecoveryCodes::left)
    }

    /// The number of the first recovery code that is still good.
    #[must_use]
    pub fn next_recovery_code(&self) -> Option<u8> {
        self.recovery()?.expected()
    }

    /// All of the account's recovery codes, from the first on: for the one time that they are shown.
    #[must_use]
    pub fn recovery_codes(&self, deriver: &Deriver<'_>) -> Vec<RecoveryCode> {
        let codes = self.recovery();
        codes.map_or_else(Vec::new, |codes| codes.all(deriver))
    }

    /// The keys that the account's secrets are derived from: without them it cannot be verified.
    pub fn derived_from(&self) -> impl Iterator<Item = &KeyId> {
        let factors = self.factors.iter();
        factors.filter_map(|factor| Some(&factor.derivation()?.key))
    }

    /// The key that bears the name of the one that a secret was derived from, and is another one; `None` as long as all is
    /// as it was.
    #[must_use]
    pub fn derived_otherwise(&self, deriver: &Deriver<'_>) -> Option<&KeyId> {
        let mut factors = self.factors.iter();
        let factor = factors.find(|it| !it.is_derived_as_ever(&self.key, deriver))?;
        Some(&factor.derivation()?.key)
    }

    /// When a proof was last accepted.
    #[must_use]
    pub const fn last_verified(&self) -> Option<UnixTime> {
        self.last_verified
    }

    /// When a proof of that method was last accepted; `None` if none was, by any factor that is still enrolled.
    #[must_use]
    pub fn last_verified_by(&self, method: Method) -> Option<UnixTime> {
        let factors = self.factors.iter().filter(|it| it.method() == method);
        factors.filter_map(|it| it.last_used_at).max()
    }

    /// How far the clock of the authenticator app that was used last was off then, in seconds.
    #[must_use]
    pub fn totp_drift(&self) -> Option<i64> {
        let app = self.latest(Method::Totp)?.app()?;
        Some(app.drift)
    }

    /// How far off the clock of that app is, in seconds, once several codes in a row have said so.
    #[must_use]
    pub fn steady_totp_drift(&self) -> Option<i64> {
        self.latest(Method::Totp)?.app()?.sure_drift()
    }

    /// The clock of that app, once it was used.
    pub(super) fn app_clock(&self) -> Option<AppClock> {
        let factor = self.latest(Method::Totp)?;
        Some(AppClock {
            used: factor.last_used_at?,
            drift: factor.app()?.sure_drift(),
        })
    }

    /// When the app that was enrolled last shows a code that was not accepted yet.
    #[must_use]
    pub fn totp_next(&self) -> Option<UnixTime> {
        self.factors.iter().rev().find_map(Factor::app)?.next()
    }

    pub(super) fn backup(&self) -> Option<&BackupCodes> {
        self.factors.iter().find_map(Factor::backup)
    }

    pub(super) fn recovery(&self) -> Option<&RecoveryCodes> {
        self.factors.iter().find_map(Factor::recovery)
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

    /// Where the audit chain begins.
    #[must_use]
    pub const fn chain_begins(&self) -> &Beginning {
        &self.audit_begins
    }

    /// The time of the oldest event that may go. The last one always stays: it says that there was an account.
    pub(super) fn oldest_event(&self) -> Option<UnixTime> {
        let first = self.audit_begins.after.seq.saturating_add(1);
        self.audit_begins.at.filter(|_| first < self.audit.seq)
    }

    /// The verified number, as E.164.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.telephone.as_ref().map(|phone| phone.number.as_str())
    }

    /// The verified e-mail address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.factors.iter().find_map(Factor::address)
    }

    /// Whether that number or address is the user's own, proven by a code.
    #[must_use]
    pub fn is_reached_at(&self, method: Method, to: &str) -> bool {
        let own = match method {
            Method::Email => self.email(),
            _ => self.phone(),
        };
        own == Some(to) && !self.is_unproven(method)
    }

    pub(super) fn phone_methods(&self) -> Vec<Method> {
        let methods = self.factors.iter().map(Factor::method);
        methods.filter(|method| method.is_phone()).collect()
    }

    /// The enrolled methods whose failures are counted under `method`.
    pub(super) fn methods_of(&self, method: Method) -> Vec<Method> {
        match (method, self.phone_methods()) {
            (Method::Sms, methods) if !methods.is_empty() => methods,
            (Method::BackupCode, _) if self.recovery().is_some() => vec![Method::RecoveryCode],
            _ => vec![method],
        }
    }

    /// What may prove a challenge of that purpose.
    #[must_use]
    pub fn methods_for(&self, purpose: Purpose) -> Vec<Method> {
        let mut methods = self.methods();
        if matches!(purpose, Purpose::VerifyPhone | Purpose::ResetPassword) {
            methods.retain(|method| method.is_phone());
        }
        if purpose == Purpose::ResetPassword && !self.resets_by_phone() {
            methods.clear();
        }
        methods
    }

    pub(super) const fn list(&self, purpose: Purpose) -> &Challenges {
        match purpose {
            Purpose::Login => &self.challenges,
            Purpose::StepUp | Purpose::VerifyPhone => &self.step_ups,
            Purpose::ResetPassword => &self.resets,
        }
    }

    pub(super) const fn list_mut(&mut self, purpose: Purpose) -> &mut Challenges {
        match purpose {
            Purpose::Login => &mut self.challenges,
            Purpose::StepUp | Purpose::VerifyPhone => &mut self.step_ups,
            Purpose::ResetPassword => &mut self.resets,
        }
    }

    /// The failures that count. Without the password nobody moves a counter of those who know it.
    pub(super) fn counter(&mut self, purpose: Purpose, method: Method) -> &mut Failures {
        match purpose {
            Purpose::ResetPassword => &mut self.reset_failures,
            Purpose::Login | Purpose::StepUp | Purpose::VerifyPhone => self.failures_of(method),
        }
    }

    /// The same for an attempt at a challenge: of a code that nobody can guess, that of where it came from.
    pub(super) fn counter_for(&mut self, token: &ChallengeToken, method: Method) -> &mut Failures {
        if method.is_lookup() && self.list(token.purpose).is_from_known(token) {
            &mut self.known_failures
        } else {
            self.counter(token.purpose, method)
        }
    }

    pub(super) fn failures_of(&mut self, method: Method) -> &mut Failures {
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

    /// Ends what was open. `grant` is the proof that the change was made with: whoever gave it may make another one
    /// while it is fresh.
    pub(super) fn raise_epoch(&mut self, grant: Option<&GrantId>, now: UnixTime) {
        self.epoch = self.epoch.saturating_add(1).max(now.unsigned());
        self.challenges = Challenges::NONE;
        self.step_ups = Challenges::NONE;
        self.grants.keep_only(grant);
        self.pending_contacts = PendingContacts::NONE;
        self.resets = Challenges::NONE;
        self.devices.clear();
        self.temporary_code = None;
    }
}

/// Generations that every second has. Nobody begins so many set-ups in one, so none is ever of a second that is yet to
/// come: what is given after an account was lost lies above all that anybody was given before.
const GENERATIONS_A_SECOND: u64 = 1 << 20;

/// The generation after that one: no lower than the first one of this second, so that it rises even over an account that
/// was lost.
pub(super) fn generation_after(last: u64, now: UnixTime) -> u64 {
    let first = now.unsigned().saturating_mul(GENERATIONS_A_SECOND);
    last.saturating_add(1).max(first)
}

/// What failures are counted by: a telephone is one authenticator, however it is reached, and so are look-up codes, of
/// which an account has one set.
const fn authenticator(method: Method) -> Method {
    match method {
        Method::Voice | Method::WhatsApp => Method::Sms,
        Method::RecoveryCode => Method::BackupCode,
        other => other,
    }
}
