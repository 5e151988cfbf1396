//! What a code that was sent is for: an open challenge, or the set-up of a number or address.
//!
//! Both are sent, tried and settled by the same rules (`out_of_band`); here is what differs: who may try, what a wrong
//! code costs, and what a right one leads to.

use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::denied::Denied;
use super::ids::{GrantId, SetupId};
use super::lockout::Charged;
use super::new_codes::NewCodes;
use super::oob_enrolment::Confirmed;
use super::remote_check::{Checked, RemoteCheck};
use super::sent::{Binding, LONGEST_LIFE, RemoteVerification, Sent};
use super::sign_in::Accepted;
use super::spent::{CodeName, Shown};
use super::state::Account;
use crate::audit::{Event, EventKind, Unusual};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::types::{Method, Purpose};

/// What a code that was sent is for: [`ForChallenge`] or [`ForEnrolment`].
pub trait CodeTarget {
    /// What a right code leads to.
    type Done;

    /// Whether a code may be sent or tried now, and by which method.
    fn admit(
        &self,
        account: &mut Account,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Method, Denied>;

    /// Whether it still waits for a code.
    fn is_open(&self, account: &Account, now: UnixTime, policy: &Policy) -> bool;

    /// How a code is refused that is not right, while it waits for one and when it does no more.
    fn refusal(&self, is_open: bool) -> Denied;

    /// For how many seconds a code is good that is sent for it.
    fn life(&self, policy: &Policy) -> u64;

    /// How many seconds a code may have left when it is tried, or it is from a clock that was ahead.
    fn longest_life(&self, policy: &Policy) -> u64;

    /// What a code of ours is bound to.
    fn binding(&self, method: Method) -> Binding<'_>;

    /// What is on its way by that method; `None` if it is over.
    fn sent<'a>(&self, account: &'a mut Account, method: Method) -> Option<&'a mut Sent>;

    /// What is on its way by any method.
    fn all_sent<'a>(&self, account: &'a mut Account) -> &'a mut [Sent];

    /// An event about it.
    fn event(&self, account: &Account, kind: EventKind, method: Method) -> Event;

    /// What a code that is typed is remembered by, and from where it comes.
    fn shown(
        &self,
        account: &Account,
        method: Method,
        typed: &str,
        context: &RuleContext<'_>,
    ) -> Shown;

    /// Counts a wrong code.
    fn reject(&self, account: &mut Account, shown: &Shown, context: &mut RuleContext<'_>);

    /// Charges the attempt before a provider is asked about it, and says what is to be asked.
    fn open_check(
        &self,
        account: &mut Account,
        verification: RemoteVerification,
        judged: bool,
        shown: Shown,
        context: &mut RuleContext<'_>,
    ) -> RemoteCheck;

    /// Takes out the check that is answered; `false` if it was given up.
    fn close_check(&self, account: &mut Account, check: &RemoteCheck, now: UnixTime) -> bool;

    /// Whether a check is about what is still waited for; then that is spent.
    fn settles(&self, account: &mut Account, check: &RemoteCheck) -> bool;

    /// Nobody looked at the code: the attempt was none.
    fn give_back(&self, account: &mut Account, check: &RemoteCheck, policy: &Policy);

    /// Notes what a check that was not answered with yes has led to.
    fn note_answer(
        &self,
        account: &mut Account,
        check: &RemoteCheck,
        answer: Checked,
        context: &mut RuleContext<'_>,
    );

    /// The code was right: one of ours, or one of a provider's, by that check.
    fn accept(
        &self,
        account: &mut Account,
        check: Option<&RemoteCheck>,
        shown: &Shown,
        context: &mut RuleContext<'_>,
    ) -> Result<Self::Done, Denied>;
}

/// A code that proves an open challenge.
#[derive(Debug, Clone, Copy)]
pub struct ForChallenge<'a> {
    /// Which challenge.
    pub token: &'a ChallengeToken,
    /// How the code is sent.
    pub method: Method,
    /// Under which name a step-up that succeeds is remembered.
    pub grant: Option<GrantId>,
}

impl CodeTarget for ForChallenge<'_> {
    type Done = Accepted;

    fn admit(
        &self,
        account: &mut Account,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Method, Denied> {
        account.admit(self.token, self.method, now, policy)?;
        Ok(self.method)
    }

    fn is_open(&self, account: &Account, now: UnixTime, policy: &Policy) -> bool {
        // A day from which more is asked may have come since somebody was asked about a code.
        let list = account.list(self.token.purpose);
        list.is_open(self.token, now, policy) && account.may_prove(self.token, self.method, now)
    }

    fn refusal(&self, is_open: bool) -> Denied {
        if is_open {
            Denied::Rejected
        } else {
            Denied::ChallengeClosed
        }
    }

    fn life(&self, policy: &Policy) -> u64 {
        policy.code_seconds(self.token.purpose).into()
    }

    fn longest_life(&self, policy: &Policy) -> u64 {
        self.life(policy)
    }

    fn binding(&self, method: Method) -> Binding<'_> {
        Binding {
            what: self.token.purpose.as_str(),
            whom: self.token.id.bytes(),
            method,
        }
    }

    fn sent<'a>(&self, account: &'a mut Account, method: Method) -> Option<&'a mut Sent> {
        account
            .list_mut(self.token.purpose)
            .sent(self.token, method)
    }

    fn all_sent<'a>(&self, account: &'a mut Account) -> &'a mut [Sent] {
        account.list_mut(self.token.purpose).all_sent(self.token)
    }

    fn event(&self, _: &Account, kind: EventKind, method: Method) -> Event {
        Event::about(self.token.purpose, kind).method(method)
    }

    fn shown(
        &self,
        account: &Account,
        method: Method,
        typed: &str,
        context: &RuleContext<'_>,
    ) -> Shown {
        Shown {
            code: CodeName::of_digits(&account.key, method, typed),
            from: account.shown_from(context),
        }
    }

    fn reject(&self, account: &mut Account, shown: &Shown, context: &mut RuleContext<'_>) {
        let found = account.find_spent(self.method, shown);
        account.charge(self.token, self.method, &found, shown.from, context);
    }

    fn open_check(
        &self,
        account: &mut Account,
        verification: RemoteVerification,
        judged: bool,
        shown: Shown,
        context: &mut RuleContext<'_>,
    ) -> RemoteCheck {
        let to = account.phone().unwrap_or_default().to_owned();
        let charged = account
            .counter(self.token.purpose, self.method)
            .charge(context.now, context.policy);
        let (number, given_up) = account.checks.open(
            self.token,
            self.method,
            charged,
            &verification.provider,
            context.audit.ip(),
            context.now,
        );
        if let Some(given_up) = given_up {
            account.note_unsettled(given_up, context.audit);
        }
        RemoteCheck {
            verification,
            to,
            at: context.now,
            charged,
            judged,
            number,
            shown,
        }
    }

    fn close_check(&self, account: &mut Account, check: &RemoteCheck, _: UnixTime) -> bool {
        let closed = account
            .checks
            .close(self.token, self.method, check.number, check.at);
        closed.is_some()
    }

    /// A number that was changed meanwhile is not the one that the provider spoke of.
    fn settles(&self, account: &mut Account, check: &RemoteCheck) -> bool {
        account.phone() == Some(check.to.as_str())
            && account
                .methods_for(self.token.purpose)
                .contains(&self.method)
            && self
                .sent(account, self.method)
                .is_some_and(|sent| sent.settle(&check.verification))
    }

    fn give_back(&self, account: &mut Account, check: &RemoteCheck, policy: &Policy) {
        account
            .counter(self.token.purpose, self.method)
            .give_back(check.at, check.charged, policy);
    }

    fn note_answer(
        &self,
        account: &mut Account,
        check: &RemoteCheck,
        answer: Checked,
        context: &mut RuleContext<'_>,
    ) {
        let kind = match answer {
            Checked::Unanswered | Checked::NotAsked => EventKind::CheckUnanswered,
            Checked::Right | Checked::Wrong | Checked::Over => EventKind::Rejected,
        };
        let (purpose, method) = (self.token.purpose, self.method);
        let failures = account.counter(purpose, method).consecutive;
        let mut event = self.event(account, kind, method);
        if kind == EventKind::Rejected {
            let found = account.find_spent(method, &check.shown);
            event = account.judged(event, &found, check.shown.from);
        }
        let event = event.unusual(Unusual {
            failures,
            ..Unusual::default()
        });
        context.note(event.provider(&check.verification.provider));
        let counter = account.counter(purpose, method);
        if let Some(event) = Account::led_to(counter, check.charged, purpose, method) {
            context.note(event);
        }
    }

    fn accept(
        &self,
        account: &mut Account,
        check: Option<&RemoteCheck>,
        shown: &Shown,
        context: &mut RuleContext<'_>,
    ) -> Result<Accepted, Denied> {
        let failures = match check {
            Some(check) => {
                let counter = account.counter(self.token.purpose, self.method);
                // The one that was charged before anybody could say that it was right.
                let before = counter.consecutive.saturating_sub(1);
                counter.refund(check.at, check.charged);
                before
            }
            None => account.counter_for(self.token, self.method).succeed(),
        };
        let used = account.only(self.method).ok_or(Denied::Rejected)?;
        account.remember_spent(self.method, shown, context);
        Ok(account.accept(self.token, used, failures, self.grant, context))
    }
}

/// A code that proves the number or address of a set-up.
#[derive(Debug, Clone, Copy)]
pub struct ForEnrolment<'a> {
    /// Which set-up.
    pub setup: &'a SetupId,
    /// What become the account's look-up codes, if this is its first factor.
    pub codes: NewCodes<'a>,
}

impl CodeTarget for ForEnrolment<'_> {
    type Done = Confirmed;

    fn admit(&self, account: &mut Account, now: UnixTime, _: &Policy) -> Result<Method, Denied> {
        let pending = account.pending_contacts.get(self.setup, now);
        let pending = pending.filter(|pending| !pending.is_used_up());
        pending
            .map(|pending| pending.method)
            .ok_or(Denied::Rejected)
    }

    fn is_open(&self, account: &Account, now: UnixTime, _: &Policy) -> bool {
        account.pending_contacts.get(self.setup, now).is_some()
    }

    fn refusal(&self, _: bool) -> Denied {
        Denied::Rejected
    }

    fn life(&self, policy: &Policy) -> u64 {
        policy.code_seconds(Purpose::VerifyPhone).into()
    }

    /// A set-up that began at a later time is stale as a whole.
    fn longest_life(&self, _: &Policy) -> u64 {
        LONGEST_LIFE
    }

    fn binding(&self, method: Method) -> Binding<'_> {
        Binding {
            what: "enrol",
            whom: self.setup.bytes(),
            method,
        }
    }

    fn sent<'a>(&self, account: &'a mut Account, _: Method) -> Option<&'a mut Sent> {
        Some(account.pending_contacts.by_id(self.setup)?.sent())
    }

    fn all_sent<'a>(&self, account: &'a mut Account) -> &'a mut [Sent] {
        match account.pending_contacts.by_id(self.setup) {
            Some(pending) => std::slice::from_mut(pending.sent()),
            None => &mut [],
        }
    }

    fn event(&self, account: &Account, kind: EventKind, method: Method) -> Event {
        account.about_contact(method, kind)
    }

    /// A set-up is its holder's alone: nothing of it is looked up or remembered.
    fn shown(&self, _: &Account, _: Method, _: &str, _: &RuleContext<'_>) -> Shown {
        Shown::NOTHING
    }

    fn reject(&self, account: &mut Account, _: &Shown, _: &mut RuleContext<'_>) {
        let Some(pending) = account.pending_contacts.by_id(self.setup) else {
            return;
        };
        pending.count_try();
        if pending.is_used_up() {
            account.pending_contacts.take(self.setup);
        }
    }

    fn open_check(
        &self,
        account: &mut Account,
        verification: RemoteVerification,
        judged: bool,
        shown: Shown,
        context: &mut RuleContext<'_>,
    ) -> RemoteCheck {
        let pending = account.pending_contacts.by_id(self.setup);
        let to = pending.map_or_else(String::new, |pending| {
            pending.count_try();
            pending.to.clone()
        });
        RemoteCheck {
            verification,
            to,
            at: context.now,
            charged: Charged::Free,
            judged,
            number: 0,
            shown,
        }
    }

    fn close_check(&self, account: &mut Account, _: &RemoteCheck, now: UnixTime) -> bool {
        account.pending_contacts.get(self.setup, now).is_some()
    }

    fn settles(&self, account: &mut Account, check: &RemoteCheck) -> bool {
        let pending = account.pending_contacts.by_id(self.setup);
        pending.is_some_and(|pending| pending.sent().settle(&check.verification))
    }

    fn give_back(&self, account: &mut Account, _: &RemoteCheck, _: &Policy) {
        if let Some(pending) = account.pending_contacts.by_id(self.setup) {
            pending.give_back_try();
        }
    }

    /// A set-up harms nobody: its tries are counted in it, and it is over after a few.
    fn note_answer(&self, _: &mut Account, _: &RemoteCheck, _: Checked, _: &mut RuleContext<'_>) {}

    fn accept(
        &self,
        account: &mut Account,
        _: Option<&RemoteCheck>,
        _: &Shown,
        context: &mut RuleContext<'_>,
    ) -> Result<Confirmed, Denied> {
        account.bind(self.setup, self.codes, context)
    }
}
