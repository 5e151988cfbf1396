//! What a site's policy would do to users, and what goes on without a licence: taking it back.

use super::demanded::{Standing, earlier};
use super::named::named;
use super::{Error, Operator, User, Verifier};
use crate::account::{Account, Denied, Permit, ReadForSignIn};
use crate::audit::{Authority, EventKind};
use crate::clock::UnixTime;
use crate::types::{Method, Purpose, Strength, UserId};

/// What a policy would do to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Their next sign-in ends with a set-up.
    Stopped,
    /// So it does from a later day on.
    Grace,
    /// A set-up is suggested to them.
    Encouraged,
    /// Their next step-up ends with one, or from a later day on; sign-ins do not.
    StepUp,
    /// Nothing.
    Unaffected,
}

impl Outcome {
    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Grace => "grace",
            Self::Encouraged => "encouraged",
            Self::StepUp => "step-up",
            Self::Unaffected => "unaffected",
        }
    }
}

/// What a policy would do to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// Whom.
    pub user: UserId,
    /// What.
    pub outcome: Outcome,
    /// From when no sign-in of theirs would end without a set-up; of [`Outcome::StepUp`], no step-up.
    pub due: Option<UnixTime>,
    /// The places of the rules that are for them, those that are off among them. What is in nobody's list is for nobody: its
    /// names may be mistyped.
    pub rules: Vec<usize>,
    /// A rule asks for more than anything of them, they have it, and no look-up code is left to them: whoever guesses at that
    /// factor until it is disabled leaves them nothing that counts.
    pub lacks_codes: bool,
}

/// What a site's policy asks of somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// From when no sign-in ends without a set-up.
    pub due: Option<UnixTime>,
    /// From when no step-up does.
    pub step_up_due: Option<UnixTime>,
    /// These days are the account's. Where they are not, a time of grace begins with the next sign-in, and they are what
    /// they would be if that were now.
    pub has_begun: bool,
    /// A set-up is suggested.
    pub is_encouraged: bool,
    /// A first set-up takes the password once more ([`Verifier::grant_after_password`]).
    pub takes_password: bool,
    /// How strong a factor has to be that is set up next; `None`: any.
    pub set_up: Option<Strength>,
    /// What proves a step-up: nothing that is too weak beside something stronger.
    pub proves: Vec<Method>,
}

impl Verifier {
    /// Whoever changes or removes the policy in force has shown what it asks of them, by now or later, with the very
    /// grant that they bring. That counts without a licence, too, or whoever may not change it would wait for
    /// the licence to end, or take it away. On the server, and in an emergency, nothing has to be shown.
    pub(super) fn authority_over_policy(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
    ) -> Result<Authority, Error> {
        let authority = self.authority_over_all(now, operator)?;
        let Ok(user) = UserId::new(operator.by()) else {
            return Ok(authority);
        };
        if matches!(authority, Authority::Server | Authority::Emergency) {
            return Ok(authority);
        }
        let ReadForSignIn {
            account, policy, ..
        } = self.accounts.read_for_sign_in(&user, now)?;
        // Nobody says what they are: every rule that asks for a role or group is theirs.
        let user = User {
            standing: Standing::Unknown,
            id: user,
            name: String::new(),
            email: None,
            locale: None,
        };
        let enforced = self.enforced(now, &user, &policy)?;
        let needs = match (&enforced, policy) {
            (Some(enforced), _) => enforced.judge(account.as_deref(), now).strongest(),
            (None, Ok(Some(policy))) => self
                .asks_without_licence(&policy, &user.id)
                .max(account.as_deref().and_then(Account::last_asked)),
            (None, _) => None,
        };
        let grant = self.grant(&user.id, operator.grant());
        let has_shown = |needs| {
            let shown = account.as_ref().zip(grant.as_ref());
            shown.is_some_and(|(account, grant)| account.has_shown(needs, grant, now))
        };
        if needs.is_none_or(has_shown) {
            Ok(authority)
        } else {
            Err(Denied::StepUpRequired.into())
        }
    }

    pub(super) fn remove_enforcement(
        &self,
        now: UnixTime,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        self.authority_over_policy(now, operator)?;
        let kind = EventKind::PolicyRemoved;
        self.take_back(now, kind, operator, reason, |all| {
            all.policy.take().is_some()
        })
    }

    /// What the site's policy asks of a user, for pages of theirs.
    ///
    /// # Errors
    /// [`Error::StandingWanted`], [`Error::Unavailable`]
    pub fn asked_of(&self, now: UnixTime, user: &User) -> Result<Asked, Error> {
        let ReadForSignIn {
            account, policy, ..
        } = self.accounts.read_for_sign_in(&user.id, now)?;
        let least = self.config.profile().least();
        let is_enrolled = account.as_deref().is_some_and(Account::is_enrolled);
        let by_profile = Asked {
            due: account
                .as_ref()
                .and_then(|it| it.is_too_weak().then_some(now)),
            takes_password: least.is_some() && !is_enrolled,
            set_up: least
                .filter(|least| !account.as_ref().is_some_and(|it| it.has_strength(*least))),
            ..Asked::default()
        };
        let proves = |needs| {
            let account = account.as_ref();
            account.map_or_else(Vec::new, |it| it.proving(Purpose::StepUp, needs))
        };
        let Some(enforced) = self.enforced(now, user, &policy)? else {
            return Ok(Asked {
                proves: proves(None),
                ..by_profile
            });
        };
        let demanded = enforced.judge(account.as_deref(), now);
        Ok(Asked {
            proves: proves(demanded.step_up),
            due: earlier(demanded.due, by_profile.due),
            step_up_due: demanded.step_up_due(account.as_deref()),
            has_begun: !demanded.dues.is_empty() && !demanded.has_news(account.as_deref()),
            is_encouraged: demanded.is_encouraged,
            ..by_profile
        })
    }

    /// Somebody who is signed in puts off what is suggested to them.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn skip_encouragement(
        &self,
        now: UnixTime,
        user: &User,
        client: &super::Client,
    ) -> Result<(), Error> {
        if !self.asked_of(now, user)?.is_encouraged {
            return Ok(());
        }
        let source = self.source(client);
        let changed = self
            .accounts
            .change(&user.id, now, &source, |account, context| {
                account.put_off_encouragement(context);
                Ok(())
            })?;
        Ok(changed?)
    }

    /// Whether a method can be set up here by that challenge: the site has it, and it is as strong as is asked for.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn offers_by(&self, now: UnixTime, challenge: &str, method: Method) -> Result<bool, Error> {
        if method.is_lookup() || !self.offers(now, method)? {
            return Ok(false);
        }
        let Some((user, _)) = self.challenge_for(challenge) else {
            return Ok(true);
        };
        let permit = self.permit(&user, Some(challenge));
        if matches!(permit, Permit::None | Permit::Password(_)) {
            return Ok(true);
        }
        let account = self.accounts.read(&user, now)?;
        Ok(account.is_none_or(|account| account.would_do(&permit, method, now).is_ok()))
    }
}
