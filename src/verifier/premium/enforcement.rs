//! Where a site's policy meets sign-ins, and where it is set, tried and taken back.

use super::super::demanded::{Demanded, Memberships, Standing};
use super::super::enforcement::{Foreseen, Outcome};
use super::super::error::{Error, Unavailable};
use super::super::finding::{self, Finding};
use super::super::{Operator, User, Verifier, named::named};
use super::licence;
use crate::account::{
    Account, AccountError, EnrolmentKey, EnrolmentRow, Factor, KeptPolicy, RequirementId,
};
use crate::audit::{Authority, EventKind};
use crate::clock::UnixTime;
use crate::crypto::{OpenError, OsEntropy};
use crate::premium::Premium;
use crate::premium::enforcement::{self, Applied, Policy, Subject};
use crate::types::{Method, Strength, UserId};

/// Users that one dry run looks at, at most.
const MOST_USERS: usize = 1000;

/// What of a site's policy is for one user.
pub(in crate::verifier) struct Enforced(Applied);

fn subject<'a>(user: &'a UserId, standing: Option<&'a Memberships>) -> Subject<'a> {
    Subject {
        user: user.as_str(),
        roles: standing.and_then(|it| it.roles.as_deref()),
        groups: standing.and_then(|it| it.groups.as_deref()),
    }
}

impl Enforced {
    /// What it asks of its user, who has that account.
    pub(in crate::verifier) fn judge(&self, account: Option<&Account>, now: UnixTime) -> Demanded {
        // What is suspended is enrolled: nothing is asked for, or not, because of it.
        let factors = account.into_iter().flat_map(Account::factors);
        let methods: Vec<_> = factors.map(Factor::method).collect();
        let kept: Vec<_> = account.into_iter().flat_map(Account::dues).collect();
        let put_off = account.and_then(Account::put_off);
        let verdict = self.0.decide(&methods, &kept, put_off, now);
        Demanded {
            sign_in: verdict.sign_in,
            step_up: verdict.step_up,
            due: verdict.due,
            is_encouraged: verdict.is_encouraged,
            sign_in_days: verdict.sign_in_days,
            step_up_days: verdict.step_up_days,
            dues: verdict.dues,
        }
    }
}

fn known(user: &User, asks: bool) -> Result<Option<Memberships>, Error> {
    match &user.standing {
        Standing::Unasked if asks => Err(Error::StandingWanted(user.id.clone())),
        Standing::Known(memberships) => Ok(Some(memberships.clone())),
        Standing::Unknown | Standing::Unasked => Ok(None),
    }
}

impl Verifier {
    /// What the site's policy is for that user; `None` without one, and without a licence.
    ///
    /// # Errors
    /// [`Error::StandingWanted`]; [`Error::Unavailable`], also where the row does not open, unless it is known that no
    /// licence counts: what cannot be read may ask for something.
    pub(in crate::verifier) fn enforced(
        &self,
        now: UnixTime,
        user: &User,
        kept: &Result<Option<KeptPolicy>, OpenError>,
    ) -> Result<Option<Enforced>, Error> {
        if matches!(kept, Ok(None)) {
            return Ok(None);
        }
        let premium = match (self.premium(now), kept) {
            (Ok(premium), _) => premium,
            // Without an account, too: who has none may be the one it is about.
            (Err(Error::LicenceRequired(why)), Err(broken)) if self.may_be_licensed(&why)? => {
                return Err(AccountError::Requirement(*broken).into());
            }
            (Err(Error::LicenceRequired(_)), _) => return Ok(None),
            (Err(error), _) => return Err(error),
        };
        let Some(kept) = (kept.as_ref()).map_err(|why| AccountError::Requirement(*why))? else {
            return Ok(None);
        };
        // It was read before it was written; another version may have written more.
        let policy = self.licence.policy(&premium, &kept.text);
        let policy = policy.map_err(|_| Unavailable::Policy)?;
        let standing = known(user, policy.asks_for_standing())?;
        Ok(Some(Enforced(
            policy.of(&subject(&user.id, standing.as_ref())),
        )))
    }

    /// The strongest that a policy asks of a user, by now or later, where no licence is good.
    #[allow(clippy::unused_self)] // as without the feature
    pub(in crate::verifier) fn asks_without_licence(
        &self,
        policy: &KeptPolicy,
        user: &UserId,
    ) -> Option<Strength> {
        enforcement::strongest_without_licence(&policy.text, user.as_str())
    }

    /// Whether a row of requirements that does not open keeps out whoever has no account, too.
    pub(in crate::verifier) fn may_be_enforced(&self, now: UnixTime) -> bool {
        match self.premium(now) {
            Err(Error::LicenceRequired(why)) => self.may_be_licensed(&why).unwrap_or(true),
            _ => true,
        }
    }

    /// What of the rules and of trusted devices does not count, or will not.
    pub(in crate::verifier) fn enforcement_health(&self, now: Option<UnixTime>) -> Vec<Finding> {
        // A store that cannot be asked, and a row that does not open, are told of the store.
        let (Some(now), Ok(required)) = (now, self.accounts.required_of_everybody()) else {
            return Vec::new();
        };
        let is_set = required.is_some_and(|required| required.policy.is_some());
        let days = self.config.policy().device_days;
        let mut findings = Vec::new();
        match self.premium(now) {
            Ok(premium) => {
                if let Some(until) = licence::ends_at(&premium, now) {
                    if is_set {
                        findings.push(
                            Finding::warning(finding::ENFORCEMENT_ENDING).with("until", until),
                        );
                    }
                    if days > 0 {
                        findings
                            .push(Finding::warning(finding::DEVICES_ENDING).with("until", until));
                    }
                }
            }
            Err(Error::LicenceRequired(why)) => {
                if is_set {
                    findings.push(Finding::problem(finding::ENFORCEMENT_OFF));
                }
                // Days are a setting that has a value everywhere: where nobody has a key, nobody misses them.
                let has_key = self.has_licence_key(&why);
                if days > 0 && has_key {
                    findings.push(Finding::warning(finding::DEVICES_OFF).with("days", days));
                }
            }
            Err(_) => {}
        }
        findings
    }

    /// The policy that is set, as it was written; `None` without one.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn enforcement(&self) -> Result<Option<String>, Error> {
        let required = self.accounts.required_of_everybody()?;
        let policy = required.and_then(|required| required.policy);
        Ok(policy.map(|policy| policy.text))
    }

    /// Gives the site that policy; an empty one takes it back, which needs no licence. Sign-ins and step-ups that are
    /// open then have to be begun anew.
    ///
    /// Whoever sets it has to have shown what it asks of them: by a proof of that strength, with that grant. On the
    /// server nothing has to be shown.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`]; [`Error::Invalid`] with the path of what is wrong; as
    /// [`Verifier::require_all_enrolments`]
    pub fn set_enforcement(
        &self,
        now: UnixTime,
        text: &str,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        if text.is_empty() {
            return self.remove_enforcement(now, operator, reason);
        }
        let premium = self.premium(now)?;
        let policy = self.policy_of(&premium, now, text)?;
        let authority = self.authority_over_policy(now, operator)?;
        if authority != Authority::Server {
            self.shows_what_it_asks(now, &policy, operator)?;
        }
        let kept = KeptPolicy {
            id: RequirementId::draw(&mut OsEntropy)?,
            text: text.to_owned(),
        };
        self.note_of_everybody(now, EventKind::PolicyChanged, operator, reason)?;
        Ok(self.rows.update(now, &EnrolmentKey, |slot| {
            EnrolmentRow::change(slot, |all| all.policy = Some(kept.clone()));
        })?)
    }

    fn policy_of(&self, premium: &Premium, now: UnixTime, text: &str) -> Result<Policy, Error> {
        let invalid = |why: String| Error::invalid("policy", why);
        let policy = Policy::read(premium, text)
            .map_err(|why| invalid(format!("must be a policy: {why}")))?;
        if let Some(strongest) = policy.strongest() {
            let is_offered =
                |method: &Method| {
                    Ok(!method.is_lookup()
                        && strongest.admits(*method)
                        && self.offers(now, *method)?)
                };
            let found: Result<Vec<bool>, Error> = Method::ALL.iter().map(is_offered).collect();
            if !found?.contains(&true) {
                let why = format!("must not ask for {strongest}: this site has no such method");
                return Err(invalid(why));
            }
        }
        Ok(policy)
    }

    /// Whoever sets a policy that they do not satisfy themselves would be the first to be shut out, or has shown less
    /// than they ask of others.
    fn shows_what_it_asks(
        &self,
        now: UnixTime,
        policy: &Policy,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let refused = |strength: Strength| {
            let why = format!(
                "must ask of whoever sets it no more than they have just proven: it asks for a factor that is {strength}"
            );
            Err(Error::invalid("policy", why))
        };
        let Ok(user) = UserId::new(operator.by()) else {
            return policy.strongest().map_or(Ok(()), refused);
        };
        // Nobody says what they are: every rule that asks for a role or group is theirs.
        let (sign_in, step_up) = policy.of(&subject(&user, None)).full();
        let Some(needs) = sign_in.max(step_up) else {
            return Ok(());
        };
        let grant = self.grant(&user, operator.grant());
        let account = self.accounts.read(&user, now)?;
        let has_shown = account.zip(grant).is_some_and(|(account, grant)| {
            account.has_strength(needs) && account.has_shown(needs, &grant, now)
        });
        if has_shown { Ok(()) } else { refused(needs) }
    }

    /// What a policy would do to each of these users now, if it were set. Nothing is written.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Invalid`], [`Error::StandingWanted`], [`Error::Unavailable`]
    pub fn preview_enforcement(
        &self,
        now: UnixTime,
        text: &str,
        users: &[User],
    ) -> Result<Vec<Foreseen>, Error> {
        let premium = self.premium(now)?;
        let policy = self.policy_of(&premium, now, text)?;
        if users.len() > MOST_USERS {
            let why = format!("must have {MOST_USERS} users at most");
            return Err(Error::invalid("users", why));
        }
        let asks = policy.asks_for_standing();
        let foresee = |user: &User| {
            let standing = known(user, asks)?;
            let account = self.accounts.read(&user.id, now)?;
            let enforced = Enforced(policy.of(&subject(&user.id, standing.as_ref())));
            let demanded = enforced.judge(account.as_ref(), now);
            let step_up_due = demanded.step_up_due(account.as_ref());
            let (outcome, due) = match (demanded.due, step_up_due) {
                (Some(due), _) if due <= now => (Outcome::Stopped, Some(due)),
                (Some(due), _) => (Outcome::Grace, Some(due)),
                (None, _) if demanded.is_encouraged => (Outcome::Encouraged, None),
                (None, Some(due)) => (Outcome::StepUp, Some(due)),
                (None, None) => (Outcome::Unaffected, None),
            };
            let (sign_in, step_up) = enforced.0.full();
            let needs = (sign_in.max(step_up)).filter(|needs| *needs > Strength::Any);
            let has_no_code = |account: &Account| {
                let kept = account.backup_codes_left();
                kept.or_else(|| account.recovery_codes_left()).unwrap_or(0) == 0
            };
            let lacks_codes = needs.zip(account.as_ref()).is_some_and(|(needs, account)| {
                account.has_strength(needs) && has_no_code(account)
            });
            Ok(Foreseen {
                user: user.id.clone(),
                outcome,
                due,
                rules: enforced.0.places().to_vec(),
                lacks_codes,
            })
        };
        users.iter().map(foresee).collect()
    }
}
